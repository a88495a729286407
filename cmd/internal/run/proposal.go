package run

import (
	"context"
	"strings"

	"sitecover/reports"
	"sitecover/siting"
)

// WriteSites writes the answer of a single-tier model into a folder: a workbook and map layers.
func (s *Session) WriteSites(ctx context.Context, dir string, p siting.OneProblem, one *siting.One, o ReportOptions) error {
	out := &reports.Proposal{Tier: p.Tier, Facts: oneFacts(s, p, one), Candidates: one.Candidates, Picks: one.Picks, Served: s.newlyServed(p.Tier, one)}
	return s.writeProposal(ctx, dir, out, o)
}

// WriteStations writes the stations of the session, which must have been found, in the same way.
func (s *Session) WriteStations(ctx context.Context, dir string, o ReportOptions) error {
	set := s.Stations
	unit := [2]string{"指数分", "index points"}
	if set.Counted {
		unit = [2]string{"人次/日", "people a day"}
	}
	out := &reports.Proposal{Tier: -1, Facts: []reports.Fact{
		{ZH: "得分的单位", EN: "unit of scores", Value: unit},
		{ZH: "推荐驿站数", EN: "stations proposed", Kind: reports.FactCount, Value: len(set.Stations)},
		{ZH: "已有驿站数", EN: "stations that stand already", Kind: reports.FactCount, Value: set.Standing},
		{ZH: "合计人流得分", EN: "footfall score together", Kind: reports.FactNumber, Value: set.Score},
		{ZH: "上限：任何选址都不可能超过", EN: "bound: no choice of places can exceed it", Kind: reports.FactNumber, Value: set.Bound},
		{ZH: "差距", EN: "gap", Kind: reports.FactShare, Value: set.Gap},
	}}
	out.Facts = append(out.Facts, s.hourFacts()...)
	return s.writeProposal(ctx, dir, out, o)
}

// hourFacts tell of opening hours and counts by the hour; nothing where there are none.
func (s *Session) hourFacts() (out []reports.Fact) {
	hours, text := s.Stations.Hours, s.Study.Stations.HoursText
	if hours.Asked {
		out = append(out, reports.Fact{ZH: "驿站开放时段", EN: "opening hours of the stations", Value: [2]string{text, text}})
	}
	if hours.ByHour > 0 {
		out = append(out, reports.Fact{ZH: "按时段计数的地点", EN: "places counted by the hour", Kind: reports.FactCount, Value: hours.ByHour},
			reports.Fact{ZH: "其人流在开放时段内的比例", EN: "share of their people who pass while the stations are open", Kind: reports.FactShare, Value: hours.Share})
	} else if hours.Asked {
		out = append(out, reports.Fact{ZH: "分时段人流", EN: "footfall by the hour", Value: [2]string{"没有，按全天人流计", "none: that of the whole day counts"}})
	}
	return out
}

func (s *Session) writeProposal(ctx context.Context, dir string, p *reports.Proposal, o ReportOptions) error {
	s.stage("写出选址结果", "writing the sites")
	return reports.WriteProposal(ctx, dir, s.Arranged(o.Version), p, reports.Options{Lang: o.Lang, Layers: o.Layers, CRS: o.CRS,
		Manifest: func(files []reports.Written) ([]byte, error) { return s.manifest(ctx, MadeBySite, dir, o, files) }})
}

// oneFacts say how good an answer is.
func oneFacts(s *Session, p siting.OneProblem, one *siting.One) []reports.Fact {
	status := map[siting.Status][2]string{siting.Optimal: {"已证明最优", "proved optimal"}, siting.Feasible: {"可行，最优性见差距", "feasible; see the gap"}, siting.Infeasible: {"无解", "infeasible"}}
	total := s.Result.Total[p.Tier]
	name := strings.ToUpper(string(p.Model))
	facts := []reports.Fact{
		{ZH: "设施级别", EN: "tier", Value: [2]string{s.tiers[p.Tier].Name, s.tiers[p.Tier].Name}},
		{ZH: "模型", EN: "model", Value: [2]string{name, name}},
		{ZH: "状态", EN: "status", Value: status[one.Status]},
		{ZH: "拟建处数", EN: "sites proposed", Kind: reports.FactCount, Value: len(one.Picks)},
		{ZH: "费用", EN: "cost", Kind: reports.FactMoney, Value: one.Cost},
		{ZH: "人口", EN: "people", Kind: reports.FactPeople, Value: total.People.Float()},
		{ZH: "今天覆盖人口", EN: "people covered today", Kind: reports.FactPeople, Value: total.Covered.Float()},
		{ZH: "建成后覆盖人口", EN: "people covered then", Kind: reports.FactPeople, Value: one.Covered.Float()},
		{ZH: "建成后覆盖率", EN: "share covered then", Kind: reports.FactShare, Value: one.Effective},
		{ZH: "任何候选点都够不到的人口", EN: "people beyond every candidate", Kind: reports.FactPeople, Value: one.OutOfReach.Float()},
		{ZH: "目标值（单位见模型）", EN: "objective, in the unit of the model", Kind: reports.FactNumber, Value: one.Objective},
		{ZH: "界限：同样的规则，任何方案都不可能更好", EN: "bound: no choice under the same rules is better", Kind: reports.FactNumber, Value: one.Bound},
	}
	if bounded(one.Bound, one.Gap) {
		facts = append(facts, reports.Fact{ZH: "差距", EN: "gap", Kind: reports.FactShare, Value: one.Gap})
	}
	if zh, en := reports.Infeasible(one.Reason); zh != "" {
		facts = append(facts, reports.Fact{ZH: "无解的原因", EN: "why it is infeasible", Value: [2]string{zh, en}})
	}
	return facts
}

// newlyServed tells for every demand point which pick of an answer newly serves it, the first of several; -1 = none.
func (s *Session) newlyServed(tier int, one *siting.One) []int32 {
	out := make([]int32, s.Demand.Len())
	for i := range out {
		out[i] = -1
	}
	row := map[string]int{}
	for r, c := range s.found.Serving[tier] {
		row[s.found.All[c].ID] = r
	}
	for k, pick := range one.Picks {
		r, ok := row[one.Candidates[pick.Candidate].ID]
		if !ok {
			continue
		}
		columns, _ := s.found.Reach[tier].Row(r)
		for _, i := range columns {
			if out[i] < 0 && !s.Result.Services[tier].Covered(int(i)) {
				out[i] = int32(k)
			}
		}
	}
	return out
}

// bounded reports whether a bound says anything, so that there is a gap to it. The gap of what is minimised is a share of the bound
// and has no limit: beyond the whole of it a percentage is no help.
func bounded(bound, gap float64) bool { return gap == 0 || bound > 0 && gap <= 1 }

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/siting"
)

// candidateWhy says what became of one candidate ID or place ID.
func (a *app) candidateWhy(cmd *cobra.Command, s *run.Session, id string) error {
	v, err := s.Why(cmd.Context(), data.CandidateID(id))
	if err != nil {
		return err
	}
	if a.json {
		return a.emit(v)
	}
	a.printWhy(v)
	return nil
}

// whyPlanned says it of a plan, with what the plan would be otherwise.
func (a *app) whyPlanned(v *run.WhyReport) error {
	if a.json {
		return a.emit(v)
	}
	a.printWhy(v)
	switch {
	case v.Without != nil:
		a.printf("不建这一处，重新规划：", "planned again without it:")
		a.printPrice(v.Without)
	case v.With != nil:
		a.printf("一定要建这一处，重新规划：", "planned again with it:")
		a.printPrice(v.With)
	}
	return nil
}

// printWhy says what became of one candidate ID, tier by tier.
func (a *app) printWhy(v *run.WhyReport) {
	a.printf("%s %s", "%s %s", v.Candidate, v.Name)
	for _, t := range v.Tiers {
		switch t.Status {
		case "chosen":
			a.printf("%s：已选，%d 年投资；半径内 %s 人", "%s: chosen, with the money of %d; %s people within reach", t.Tier, t.Year, people(t.Within))
		case "not_chosen":
			a.printf("%s：是候选，未选：半径内 %s 人，方案之外还能新增 %s 人，造价 %s 万元", "%s: a candidate, not chosen: %s people within reach, beside the plan it would add %s, for %s 万元",
				t.Tier, people(t.Within), people(t.Left), wan(t.Cost))
		case "candidate":
			a.printf("%s：是候选：半径内 %s 人，可新增 %s 人，造价 %s 万元", "%s: a candidate: %s people within reach, it would add %s, for %s 万元",
				t.Tier, people(t.Within), people(t.Left), wan(t.Cost))
		default:
			detail := t.Detail
			if detail != "" {
				detail = " (" + detail + ")"
			}
			a.printf("%s：不是候选：%s%s", "%s: no candidate: %s%s", t.Tier, a.rejected(t.Reason), detail)
		}
	}
}

// printRejected counts what is no candidate of a tier, by reason, and lists it where that is asked.
func (a *app) printRejected(v run.OneReport) {
	if v.Places != nil && len(v.Places) == 0 {
		a.printf("考察过的地点、网格都是候选", "every place and cell that was looked at is a candidate")
	}
	if len(v.Places) > 0 {
		w := a.table(a.t("候选点", "candidate"), a.t("名称", "name"), a.t("经度,纬度", "lon,lat"), a.t("原因", "reason"), a.t("说明", "detail"))
		for _, r := range v.Places {
			w.AppendRow(row(r.Candidate, r.Name, lonlat(r.Lon, r.Lat), a.rejected(r.Reason), r.Detail))
		}
		w.Render()
	}
	var parts []string
	total := 0
	for _, reason := range slices.Sorted(maps.Keys(v.Rejected)) {
		parts = append(parts, fmt.Sprintf("%s %d", a.rejected(reason), v.Rejected[reason]))
		total += v.Rejected[reason]
	}
	if total > 0 {
		a.printf("不能作候选的 %d 处：%s（--rejected 逐一列出）", "%d places and cells are no candidates: %s (--rejected lists them)", total, strings.Join(parts, a.t("、", ", ")))
	}
}

// rejections are the words for siting's reasons and for what was never looked at.
var rejections = map[string]data.Text{
	"exclusion":           {ZH: "在禁建区内", EN: "inside an exclusion"},
	"outside":             {ZH: "在研究区外", EN: "outside the study area"},
	"no_road":             {ZH: "附近没有可用道路", EN: "no usable road near"},
	"duplicate":           {ZH: "与另一候选点重合", EN: "on the spot of another candidate"},
	"spacing":             {ZH: "离现有设施太近", EN: "too near to an existing site"},
	"few_people":          {ZH: "服务半径内人口太少", EN: "too few people within the limit"},
	"banned":              {ZH: "已禁止", EN: "banned"},
	"region":              {ZH: "不在规定的区域内", EN: "outside the regions asked for"},
	"far_road":            {ZH: "离规定等级的道路太远", EN: "too far from a road of the classes asked for"},
	"far_place":           {ZH: "离规定种类的地点太远", EN: "too far from a place of the kinds asked for"},
	"few_around":          {ZH: "周边人口太少", EN: "too few people around"},
	"no_parent":           {ZH: "范围内没有上级设施可依托", EN: "no parent site can be within reach"},
	"unknown":             {ZH: "研究中没有这个编号", EN: "no such id in the study"},
	"kind":                {ZH: "这种地点不能承载该级设施", EN: "places of its kind may not host the tier"},
	"cells":               {ZH: "该级设施不占用空地", EN: "the tier takes no bare cells"},
	"empty":               {ZH: "网格无人居住也不临路", EN: "nobody lives in the cell and no road fronts it"},
	siting.PassedExisting: {ZH: "离已有驿站太近", EN: "too near to a station that stands already"},
	siting.PassedSpacing:  {ZH: "离已选驿站太近", EN: "too near to a chosen station"},
	siting.PassedNothing:  {ZH: "不再增加人流", EN: "adds no footfall"},
	siting.PassedCount:    {ZH: "名额已用于更好的地点", EN: "all stations asked for stand at better places"},
	"site":                {ZH: "现有设施，没有 upgrade_cost 或不属于该级", EN: "an existing site: no upgrade_cost, or of another tier"},
}

func (a *app) rejected(reason string) string {
	if t, ok := rejections[reason]; ok {
		return t.In(a.lang)
	}
	return reason
}

package run

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"

	"sitecover/data"
)

// PlanComparison puts two plans side by side: outputs of plan, or scenarios of a study. Differences are after less before.
type PlanComparison struct {
	Before  PlanSide          `json:"before"`
	After   PlanSide          `json:"after"`
	Years   []PlanYearChange  `json:"years"`
	Targets []TargetChange    `json:"targets"` // that either plan is asked to meet
	Kept    []PlannedChange   `json:"sitesKept"`
	Moved   []PlannedChange   `json:"sitesMovedInTime"`
	Dropped []PlannedChange   `json:"sitesDropped"`
	Added   []PlannedChange   `json:"sitesAdded"`
	Regions []PlanRegionCount `json:"regions"` // sites and money of the regions where the plans differ
}

// PlanSide is one of the plans.
type PlanSide struct {
	Name   string `json:"name"`
	Study  string `json:"study"`
	Status string `json:"status"`
	ReasonView
	Objective float64 `json:"objective"`
	Bound     float64 `json:"bound"`
	Gap       float64 `json:"gap"`
	Stopped   string  `json:"stoppedEarly,omitempty"`
	Sites     int     `json:"sites"`
	Spent     int64   `json:"spentYuan"`
	Missed    int     `json:"missedTargets"`
}

// PlanYearChange is a year of both plans; a plan that does not have the year has null there.
type PlanYearChange struct {
	Year   int              `json:"year"`
	Before *PlanYearMoney   `json:"before"`
	After  *PlanYearMoney   `json:"after"`
	Tiers  []PlanTierChange `json:"tiers"`
}

// PlanYearMoney is the money of a year.
type PlanYearMoney struct {
	Budget int64 `json:"budgetYuan"`
	Spent  int64 `json:"spentYuan"`
}

// PlanTierChange is a tier at the end of a year; null where a plan does not have it.
type PlanTierChange struct {
	Tier   string        `json:"tier"`
	Before *TierYearView `json:"before"`
	After  *TierYearView `json:"after"`
	People *float64      `json:"peopleMore"` // covered after less before
}

// TargetChange is a target of either plan; null where it is not asked.
type TargetChange struct {
	Year   int         `json:"year"`
	Tier   string      `json:"tier"`
	Kind   string      `json:"kind"` // "effective", "presence" or "upgraded"
	Before *TargetSide `json:"before"`
	After  *TargetSide `json:"after"`
}

// TargetSide is a target of one plan.
type TargetSide struct {
	Target float64 `json:"target"`
	Got    float64 `json:"got"`
	Met    bool    `json:"met"`
}

// PlannedChange is a site of either plan: years and money are 0 where a plan does not hold it.
type PlannedChange struct {
	Candidate  string    `json:"candidate"`
	Host       string    `json:"host,omitempty"`
	Tier       string    `json:"tier"`
	Region     RegionRef `json:"region"`
	Lon        float64   `json:"lon"`
	Lat        float64   `json:"lat"`
	YearBefore int       `json:"yearBefore,omitempty"`
	YearAfter  int       `json:"yearAfter,omitempty"`
	CostBefore int64     `json:"costBeforeYuan,omitempty"`
	CostAfter  int64     `json:"costAfterYuan,omitempty"`
}

// PlanRegionCount is what a region gets by either plan.
type PlanRegionCount struct {
	Region      RegionRef `json:"region"`
	SitesBefore int       `json:"sitesBefore"`
	SitesAfter  int       `json:"sitesAfter"`
	SpentBefore int64     `json:"spentBeforeYuan"`
	SpentAfter  int64     `json:"spentAfterYuan"`
}

// PlanOf plans a scenario of the study, "" = the study itself, and tells it. The session's own plan stays.
func (s *Session) PlanOf(ctx context.Context, scenario string) (PlanReport, error) {
	if !s.HasPlan() {
		return PlanReport{}, &VariantError{data.T("%s 里没有 budget，无法编制计划", "%s has no budget, so there is nothing to plan", s.Study.Path)}
	}
	if scenario == "" {
		if err := s.Rollout(ctx); err != nil {
			return PlanReport{}, err
		}
		return PlanView(s), nil
	}
	was, found := s.Plan, s.found
	plan, set, err := s.vary(ctx, Variant{Scenario: scenario})
	if err != nil {
		return PlanReport{}, err
	}
	s.Plan, s.found = plan, set
	v := PlanView(s)
	v.Scenario = scenario
	s.Plan, s.found = was, found
	return v, nil
}

// ReadPlan reads what `plan --json` has written.
func ReadPlan(path string) (v PlanReport, err error) {
	fail := func(what data.Text) error {
		return data.InputErrors{&data.InputError{File: path, What: what, Hint: data.T("用 sitecover plan --json > %s 写出", "write it with sitecover plan --json > %s", path)}}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return v, fail(data.T("读不了这个文件：%v", "cannot be read: %v", err))
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return v, fail(data.T("不是 plan --json 的输出：%v", "is no output of plan --json: %v", err))
	}
	if v.Status == "" || v.Years == nil && v.Reason == "" || v.Sites == nil {
		return v, fail(data.T("不是 plan --json 的输出：没有 status、years、sites", "is no output of plan --json: it has no status, years and sites"))
	}
	return v, nil
}

// ComparePlans puts two plans side by side under the names given.
func ComparePlans(before, after PlanReport, names [2]string) *PlanComparison {
	out := &PlanComparison{Before: planSide(before, names[0]), After: planSide(after, names[1]), Years: []PlanYearChange{}, Targets: []TargetChange{},
		Kept: []PlannedChange{}, Moved: []PlannedChange{}, Dropped: []PlannedChange{}, Added: []PlannedChange{}, Regions: []PlanRegionCount{}}
	out.sites(before.Sites, after.Sites)
	out.years(before.Years, after.Years)
	return out
}

func planSide(p PlanReport, name string) PlanSide {
	s := PlanSide{Name: name, Study: p.Study, Status: p.Status, ReasonView: p.ReasonView, Objective: p.Objective, Bound: p.Bound, Gap: p.Gap,
		Stopped: p.Stopped, Sites: len(p.Sites), Missed: len(p.Missed)}
	for i := range p.Sites {
		s.Spent += p.Sites[i].Cost
	}
	return s
}

// sites matches the sites of both plans by candidate and tier, in the order of the later plan and then of the earlier one.
func (out *PlanComparison) sites(before, after []PickView) {
	type key struct{ candidate, tier string }
	was := map[key]*PickView{}
	for i := range before {
		was[key{before[i].Candidate, before[i].Tier}] = &before[i]
	}
	regions := map[string]*PlanRegionCount{}
	region := func(p *PickView) *PlanRegionCount {
		if regions[p.Region.ID] == nil {
			regions[p.Region.ID] = &PlanRegionCount{Region: p.Region}
		}
		return regions[p.Region.ID]
	}
	kept := map[key]bool{}
	for i := range after {
		p := &after[i]
		c := PlannedChange{Candidate: p.Candidate, Host: p.Host, Tier: p.Tier, Region: p.Region, Lon: p.Lon, Lat: p.Lat, YearAfter: p.Year, CostAfter: p.Cost}
		r := region(p)
		r.SitesAfter, r.SpentAfter = r.SitesAfter+1, r.SpentAfter+p.Cost
		k := key{p.Candidate, p.Tier}
		old := was[k]
		if old == nil {
			out.Added = append(out.Added, c)
			continue
		}
		kept[k] = true
		if c.YearBefore, c.CostBefore = old.Year, old.Cost; old.Year == p.Year {
			out.Kept = append(out.Kept, c)
		} else {
			out.Moved = append(out.Moved, c)
		}
	}
	for i := range before {
		p := &before[i]
		r := region(p)
		r.SitesBefore, r.SpentBefore = r.SitesBefore+1, r.SpentBefore+p.Cost
		if !kept[key{p.Candidate, p.Tier}] {
			out.Dropped = append(out.Dropped, PlannedChange{Candidate: p.Candidate, Host: p.Host, Tier: p.Tier, Region: p.Region, Lon: p.Lon, Lat: p.Lat, YearBefore: p.Year, CostBefore: p.Cost})
		}
	}
	for _, r := range regions {
		if r.SitesBefore != r.SitesAfter || r.SpentBefore != r.SpentAfter {
			out.Regions = append(out.Regions, *r)
		}
	}
	slices.SortFunc(out.Regions, func(a, b PlanRegionCount) int { return strings.Compare(a.Region.ID, b.Region.ID) })
}

// years matches years and tiers; tiers come in the order of the earlier plan, then those that only the later one has.
func (out *PlanComparison) years(before, after []YearView) {
	of := func(years []YearView) map[int]*YearView {
		m := map[int]*YearView{}
		for i := range years {
			m[years[i].Year] = &years[i]
		}
		return m
	}
	a, b := of(before), of(after)
	var all []int
	for _, y := range slices.Concat(before, after) {
		all = append(all, y.Year)
	}
	slices.Sort(all)
	for _, year := range slices.Compact(all) {
		c := PlanYearChange{Year: year, Tiers: []PlanTierChange{}}
		tiers := map[string]int{}
		add := func(y *YearView, take func(t *PlanTierChange, v *TierYearView)) *PlanYearMoney {
			if y == nil {
				return nil
			}
			for i := range y.Tiers {
				v := &y.Tiers[i]
				if _, seen := tiers[v.Tier]; !seen {
					tiers[v.Tier] = len(c.Tiers)
					c.Tiers = append(c.Tiers, PlanTierChange{Tier: v.Tier})
				}
				take(&c.Tiers[tiers[v.Tier]], v)
			}
			return &PlanYearMoney{y.Budget, y.Spent}
		}
		c.Before = add(a[year], func(t *PlanTierChange, v *TierYearView) { t.Before = v })
		c.After = add(b[year], func(t *PlanTierChange, v *TierYearView) { t.After = v })
		for i := range c.Tiers {
			if t := &c.Tiers[i]; t.Before != nil && t.After != nil {
				more := t.After.Covered - t.Before.Covered
				t.People = &more
			}
			out.targets(year, &c.Tiers[i])
		}
		out.Years = append(out.Years, c)
	}
}

// targets adds the targets of a tier in a year.
func (out *PlanComparison) targets(year int, t *PlanTierChange) {
	for _, kind := range []string{"effective", "presence", "upgraded"} {
		c := TargetChange{Year: year, Tier: t.Tier, Kind: kind, Before: targetSide(t.Before, kind), After: targetSide(t.After, kind)}
		if c.Before != nil || c.After != nil {
			out.Targets = append(out.Targets, c)
		}
	}
}

// targetSide tells whether a target is met, to a billionth of the share; nil where it is not asked.
func targetSide(v *TierYearView, kind string) *TargetSide {
	if v == nil {
		return nil
	}
	var target *float64
	got := 0.0
	switch kind {
	case "effective":
		if target = v.Target; v.Effective != nil {
			got = *v.Effective
		}
	case "presence":
		target, got = v.PresenceTarget, float64(v.Owning)/float64(max(1, v.Required))
	default:
		target, got = v.UpgradeTarget, float64(v.Upgraded)/float64(max(1, cmp.Or(v.Existing, v.Upgraded)))
	}
	if target == nil {
		return nil
	}
	return &TargetSide{*target, got, got >= *target-1e-9}
}

package run

import (
	"context"
	"fmt"
	"slices"

	"sitecover/data"
	"sitecover/siting"
)

// Variant is the study's plan under other terms. The zero value changes nothing.
type Variant struct {
	Scenario string       // name of a scenario of the study; "" = the study itself
	Pins     []siting.Pin // beside those of the study and the scenario
	Bans     []string     // candidate IDs, beside those of the study and the scenario
	Swaps    []Swap       // of sites of the study's plan
}

// Swap puts a candidate in the place of a site of the study's plan: the same tier with the money of the same year.
type Swap struct{ Out, In string }

// VariantError says that a variant cannot be planned as asked.
type VariantError struct{ Text data.Text }

// Error returns the English form.
func (e *VariantError) Error() string { return e.Text.EN }

// Vary computes the plan of a variant with the study's seed, and puts its price beside it. Where it only pins, bans and swaps, the study's
// plan is adapted (siting.RolloutNear): of two searches from nothing the difference would be more than the price. The session's
// Plan and candidates become those of the variant.
func (s *Session) Vary(ctx context.Context, v Variant) (*PriceView, error) {
	if err := s.Rollout(ctx); err != nil {
		return nil, err
	}
	base := s.Plan
	if err := v.swap(base); err != nil {
		return nil, err
	}
	plan, found, err := s.vary(ctx, v)
	if err != nil {
		return nil, err
	}
	s.Plan, s.found = plan, found
	price := s.price(base, plan)
	if v.Scenario == "" {
		price.tighter()
	}
	return price, nil
}

// swap turns the swaps into a ban and a pin each.
func (v *Variant) swap(base *siting.Plan) error {
	for _, w := range v.Swaps {
		at := slices.IndexFunc(base.Picks, func(p siting.Pick) bool { return base.Candidates[p.Candidate].ID == w.Out })
		if at < 0 {
			return &VariantError{data.T("%s 不在本研究的方案里，无从替换", "%s is not in the study's plan, so nothing can take its place", w.Out)}
		}
		v.Bans = append(v.Bans, w.Out)
		v.Pins = append(v.Pins, siting.Pin{Candidate: w.In, Tier: base.Picks[at].Tier, Year: base.Picks[at].Year})
	}
	v.Swaps = nil
	return nil
}

// Instead plans the session's problem once more without a candidate that the plan holds, or with one that it does not hold, and
// puts the price beside it. The session's plan stays. ok is false where the ID is neither in the plan nor a candidate.
func (s *Session) Instead(ctx context.Context, id string) (price *PriceView, ok bool, err error) {
	base, asked := s.Plan, s.asked
	is := func(i int) bool { return base.Candidates[i].ID == id }
	p := *asked
	switch {
	case slices.ContainsFunc(base.Picks, func(k siting.Pick) bool { return is(k.Candidate) }):
		p.Bans = append(slices.Clone(p.Bans), id)
		p.Pins = slices.DeleteFunc(slices.Clone(p.Pins), func(pin siting.Pin) bool { return pin.Candidate == id })
	case slices.ContainsFunc(base.Candidates, func(c siting.Candidate) bool { return c.ID == id }) && !slices.Contains(p.Bans, id):
		p.Pins = append(slices.Clone(p.Pins), siting.Pin{Candidate: id, Tier: siting.AllTiers})
	default:
		return nil, false, nil
	}
	plan, err := s.rolloutNear(ctx, p, base)
	s.asked = asked
	if err != nil {
		return nil, false, err
	}
	price = s.price(base, plan)
	price.tighter()
	return price, true, nil
}

// tighter notes that the variant's rules are the study's and more: the true price is never below nothing.
func (v *PriceView) tighter() {
	if v.Least != nil {
		*v.Least = max(0, *v.Least)
	}
}

// vary computes the plan of a variant; the plan of the study itself must have been computed.
func (s *Session) vary(ctx context.Context, v Variant) (*siting.Plan, *siting.CandidateSet, error) {
	found, err := s.Candidates(ctx)
	if err != nil {
		return nil, nil, err
	}
	p := s.problem(found)
	if v.Scenario != "" {
		if p, err = s.scenario(ctx, p, v.Scenario); err != nil {
			return nil, nil, err
		}
	}
	p.Pins, p.Bans = append(p.Pins, v.Pins...), append(p.Bans, v.Bans...)
	for _, id := range p.Bans {
		if !s.knows(id) {
			return nil, nil, &VariantError{data.T("%s 不是本研究的地点、网格或设施", "%s is no place, cell or site of the study", id)}
		}
	}
	// A place that is no candidate is as good as banned.
	p.Bans = slices.DeleteFunc(slices.Clone(p.Bans), func(id string) bool {
		return !slices.ContainsFunc(p.Found.All, func(c siting.Candidate) bool { return c.ID == id })
	})
	if v.Scenario == "" && s.Plan.Status != siting.Infeasible {
		plan, err := s.rolloutNear(ctx, p, s.Plan)
		return plan, p.Found, err
	}
	plan, err := s.rollout(ctx, p, data.T("优化方案变体", "optimising the variant"))
	return plan, p.Found, err
}

// scenario applies a named scenario to the study's problem.
func (s *Session) scenario(ctx context.Context, p siting.Problem, name string) (siting.Problem, error) {
	at := slices.IndexFunc(s.Study.Scenarios, func(c data.ScenarioSpec) bool { return c.Name == name })
	if at < 0 {
		names := make([]string, len(s.Study.Scenarios))
		for i, c := range s.Study.Scenarios {
			names[i] = c.Name
		}
		return p, &VariantError{data.T("study.yaml 里没有方案 %q，现有：%v", "there is no scenario %q, the study has %v", name, names)}
	}
	c := &s.Study.Scenarios[at]
	if c.Budgets != nil {
		p.Budgets = c.Budgets
	}
	if c.NoTargets {
		p.Targets = nil
	}
	p.Pins, p.Bans = append(p.Pins, pins(c.Pin)...), append(p.Bans, c.Ban...)
	s.regional(&p, c.Plan)
	p.Options.LeadYears, p.Options.Unspent = c.Plan.LeadYears, c.Plan.Unspent
	if c.Spacing < 0 && c.MinPeople < 0 && !c.HostsOnly {
		return p, nil
	}
	for t := range p.Rules {
		if c.Spacing >= 0 {
			p.Rules[t].Spacing = c.Spacing
		}
		if c.MinPeople >= 0 {
			p.Rules[t].MinPeople = c.MinPeople
		}
		p.Rules[t].Cells = p.Rules[t].Cells && !c.HostsOnly
	}
	s.stage("查找候选地点", "looking for candidates")
	var err error
	p.Found, err = siting.FindCandidates(ctx, p.World, p.Rules)
	return p, err
}

// Scenarios plans every scenario of the study and puts them beside the study's own plan.
func (s *Session) Scenarios(ctx context.Context) (*ScenarioReport, error) {
	if len(s.Study.Scenarios) == 0 {
		return nil, &VariantError{data.T("study.yaml 里没有 scenarios；加上例如 scenarios: {节约: {budget: {2027: 300 万元}}}",
			"study.yaml has no scenarios; add for example scenarios: {lean: {budget: {2027: 300 万元}}}")}
	}
	if err := s.Rollout(ctx); err != nil {
		return nil, err
	}
	out := &ScenarioReport{Study: s.Study.Name, Seed: s.Plan.Seed, Plans: []OutcomeView{s.outcome("", s.Plan)}}
	for i := range s.Study.Scenarios {
		plan, _, err := s.vary(ctx, Variant{Scenario: s.Study.Scenarios[i].Name})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Study.Scenarios[i].Name, err)
		}
		o := s.outcome(s.Study.Scenarios[i].Name, plan)
		o.Price = s.price(s.Plan, plan)
		out.Plans = append(out.Plans, o)
	}
	return out, nil
}

// ScenarioReport puts plans side by side; the first is the study's own.
type ScenarioReport struct {
	Study string        `json:"study"`
	Seed  uint64        `json:"seed"`
	Plans []OutcomeView `json:"plans"`
}

// OutcomeView is what a plan comes to.
type OutcomeView struct {
	Scenario string `json:"scenario,omitempty"` // "" = the study itself
	Status   string `json:"status"`
	ReasonView
	Objective float64        `json:"objective"`
	Bound     float64        `json:"bound"`
	Gap       float64        `json:"gap"`
	Stopped   string         `json:"stoppedEarly,omitempty"` // "interrupted" or "time"
	Sites     int            `json:"sites"`
	Spent     int64          `json:"spentYuan"`
	Missed    int            `json:"missedTargets"`
	Year      int            `json:"lastYear"`
	Tiers     []TierYearView `json:"tiers"` // at the end of the last year
	Price     *PriceView     `json:"price,omitempty"`
}

func (s *Session) outcome(name string, p *siting.Plan) OutcomeView {
	v := OutcomeView{Scenario: name, Status: string(p.Status), ReasonView: reasonView(p.Reason), Objective: p.Objective, Bound: p.Bound, Gap: p.Gap, Stopped: s.stoppedBy(p.Stopped),
		Sites: len(p.Picks), Spent: int64(spent(p)), Missed: len(p.Missed), Tiers: []TierYearView{}}
	if n := len(p.Years); n > 0 {
		last := s.yearView(p.Years[n-1])
		v.Year, v.Tiers = last.Year, last.Tiers
	}
	return v
}

// PriceView is what a variant costs against the study's own plan: positive = the variant is worse, or dearer.
type PriceView struct {
	Objective float64 `json:"objective"` // of the plans found
	// Least and Most bound the true price, whatever the searches missed: no better plan under either terms can make it
	// smaller or larger. Only told when both plans miss no target.
	Least     *float64        `json:"objectiveAtLeast"`
	Most      *float64        `json:"objectiveAtMost"`
	Status    string          `json:"status"` // of the variant's plan, and how far it may be from the best under its terms
	Bound     float64         `json:"bound"`
	Gap       float64         `json:"gap"`
	Stopped   string          `json:"stoppedEarly,omitempty"`
	Spent     int64           `json:"spentYuan"`     // more money than the study's plan
	Missed    int             `json:"missedTargets"` // more targets missed than by the study's plan
	Tiers     []TierPriceView `json:"tiers"`
	Years     []YearPriceView `json:"years"`
	Dropped   []PlannedView   `json:"sitesDropped"` // of the study's plan
	Added     []PlannedView   `json:"sitesAdded"`
	Moved     []PlannedView   `json:"sitesMovedInTime"` // same place and tier in another year: the variant's year
	Unchanged int             `json:"sitesUnchanged"`
}

// TierPriceView is the price in people of a tier at the end of the last year of both plans.
type TierPriceView struct {
	Tier   string  `json:"tier"`
	Year   int     `json:"year"`
	People float64 `json:"people"` // fewer people covered
	Owning int     `json:"owning"` // fewer regions with a site
}

// YearPriceView is the price of one year.
type YearPriceView struct {
	Year  int             `json:"year"`
	Spent int64           `json:"spentYuan"` // more money than the study's plan
	Tiers []TierPriceView `json:"tiers"`
}

// yearPrices puts two plans side by side year by year, as far as both go.
func (s *Session) yearPrices(base, plan *siting.Plan) []YearPriceView {
	out := []YearPriceView{}
	for k := range min(len(base.Years), len(plan.Years)) {
		a, b := &base.Years[k], &plan.Years[k]
		y := YearPriceView{Year: a.Year, Spent: int64(b.Spent - a.Spent), Tiers: []TierPriceView{}}
		for t := range s.tiers {
			y.Tiers = append(y.Tiers, TierPriceView{s.tiers[t].ID, a.Year, (a.Tiers[t].Covered - b.Tiers[t].Covered).Float(), a.Tiers[t].Owning - b.Tiers[t].Owning})
		}
		out = append(out, y)
	}
	return out
}

// PlannedView names a planned site.
type PlannedView struct {
	Candidate string `json:"candidate"`
	Host      string `json:"host,omitempty"`
	Tier      string `json:"tier"`
	Year      int    `json:"year"`
}

// price compares a variant's plan with the study's.
func (s *Session) price(base, plan *siting.Plan) *PriceView {
	v := &PriceView{Objective: base.Objective - plan.Objective, Spent: int64(spent(plan) - spent(base)), Missed: len(plan.Missed) - len(base.Missed),
		Status: string(plan.Status), Bound: plan.Bound, Gap: plan.Gap, Stopped: s.stoppedBy(plan.Stopped), Years: []YearPriceView{},
		Tiers: []TierPriceView{}, Dropped: []PlannedView{}, Added: []PlannedView{}, Moved: []PlannedView{}}
	if len(base.Missed)+len(plan.Missed) == 0 && plan.Status != siting.Infeasible {
		least, most := base.Objective-plan.Bound, base.Bound-plan.Objective
		v.Least, v.Most = &least, &most
	}
	if v.Years = s.yearPrices(base, plan); len(v.Years) > 0 {
		v.Tiers = v.Years[len(v.Years)-1].Tiers
	}
	type key struct {
		id   string
		tier int
	}
	years := map[key]int{}
	for _, p := range base.Picks {
		years[key{base.Candidates[p.Candidate].ID, p.Tier}] = p.Year
	}
	kept := map[key]bool{}
	for _, p := range plan.Picks {
		k := key{plan.Candidates[p.Candidate].ID, p.Tier}
		year, had := years[k]
		kept[k] = had
		switch view := s.planned(plan, p); {
		case !had:
			v.Added = append(v.Added, view)
		case year != p.Year:
			v.Moved = append(v.Moved, view)
		default:
			v.Unchanged++
		}
	}
	for _, p := range base.Picks {
		if !kept[key{base.Candidates[p.Candidate].ID, p.Tier}] {
			v.Dropped = append(v.Dropped, s.planned(base, p))
		}
	}
	return v
}

func (s *Session) planned(plan *siting.Plan, p siting.Pick) PlannedView {
	c := &plan.Candidates[p.Candidate]
	return PlannedView{c.ID, c.Name, s.tiers[p.Tier].ID, p.Year}
}

func spent(p *siting.Plan) (sum siting.Yuan) {
	for _, k := range p.Picks {
		sum += k.Cost
	}
	return sum
}

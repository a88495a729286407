package siting

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Relief tells how the targets that a plan misses could be met.
type Relief struct {
	// More is the least more money, all in MoneyYear, with which a plan was found that misses nothing; negative = none up to Tried.
	More      Yuan
	MoneyYear int
	// Short is proved: with this much more, or less, every plan misses something. Negative = nothing is proved.
	Short Yuan
	Tried Yuan // the most that was tried

	Targets []TargetRelief // parallel to Plan.Missed
	Rules   []RuleRelief   // rules without which fewer targets are missed with the same money, fewest first
}

// TargetRelief is what could be done about one missed target alone.
type TargetRelief struct {
	Reach float64 // share that all candidates reach together, whatever the money and the spacing: above it no target can be met
	// Later is the first year by whose end the share is reached if the missed targets all move by the same number of years, as few
	// as will do, and the money of the last year with any goes on; 0 = not within ten years.
	Later int
}

// RuleRelief is what comes of dropping one rule.
type RuleRelief struct {
	Rule   string // as of RulePrice, or "quotas"
	Tier   int    // whose rule, AllTiers = the plan's
	Missed int    // targets missed without it
}

// laterYears is by how many years targets are moved at most.
const laterYears = 10

// Relieve looks for what would let a plan meet the targets that it misses: money, time, or the rules that stand in the way. Each is found
// by planning again, about two dozen times, with at most the given iterations; 0 = few. It is the plan's Problem that is asked; the context's
// end, like Until's, ends the looking with what has been found.
func Relieve(ctx context.Context, p Problem, plan *Plan, iterations int) (*Relief, error) {
	if plan.Status == Infeasible || len(plan.Missed) == 0 {
		return nil, errors.New("siting: Relieve: the plan misses no target")
	}
	if p.Found == nil {
		return nil, errors.New("siting: Relieve: Problem.Found is missing")
	}
	if p.Options.Solve.Iterations = iterations; iterations == 0 {
		p.Options.Solve.Iterations = minIterations
	}
	p.Options.Solve.Progress = nil
	ctx, end := searching(ctx, p.Options.Until)
	defer end()
	r := &reliever{p: p, plan: plan, out: &Relief{More: -1, Short: -1}}
	for _, step := range []func(context.Context) error{r.later, r.money, r.rules} {
		if err := step(ctx); err != nil && ctx.Err() == nil {
			return nil, err
		}
	}
	return r.out, nil
}

// reliever is a search for relief.
type reliever struct {
	p    Problem
	plan *Plan
	out  *Relief
}

// later finds what the candidates reach, and the year in which a target is met when the money goes on.
func (r *reliever) later(ctx context.Context) error {
	m, err := newModel(&r.p, r.p.Found)
	if err != nil {
		return err
	}
	m.rollout() // numbers the rows
	met, err := r.delayed(ctx, laterYears)
	if err != nil {
		return err
	}
	if len(met.Missed) == 0 {
		for low, high := 0, laterYears; high-low > 1; { // all are met when moved by high years, not by low
			middle := (low + high) / 2
			plan, err := r.delayed(ctx, middle)
			if err != nil {
				return err
			}
			if len(plan.Missed) == 0 {
				high, met = middle, plan
			} else {
				low = middle
			}
		}
	}
	for _, miss := range r.plan.Missed {
		r.out.Targets = append(r.out.Targets, TargetRelief{Reach: m.reachShare(miss), Later: firstYear(met, miss)})
	}
	return nil
}

// delayed plans with the missed targets moved by so many years; the money of the last year with any goes on.
func (r *reliever) delayed(ctx context.Context, by int) (*Plan, error) {
	q := r.p
	q.Budgets = slices.Clone(q.Budgets)
	last, from, money := 0, 0, Yuan(0)
	for _, b := range q.Budgets {
		if last = max(last, b.Year); b.Money > 0 && b.Year > from {
			money, from = b.Money, b.Year
		}
	}
	for k := range q.Budgets {
		if q.Budgets[k].Year > from {
			q.Budgets[k].Money = money // years without any at the end of the list
		}
	}
	for year := last + 1; year <= last+by; year++ {
		q.Budgets = append(q.Budgets, Budget{year, money})
	}
	q.Targets = slices.Clone(q.Targets)
	for k := range q.Targets {
		t := &q.Targets[k]
		if slices.ContainsFunc(r.plan.Missed, func(m Miss) bool { return m.Target == *t }) {
			t.Year += by
		}
	}
	plan, err := Rollout(ctx, q)
	if err == nil {
		err = ctx.Err() // cut short: it says nothing
	}
	return plan, err
}

// reachShare is the share that all candidates together reach for the kind of a missed target.
func (m *model) reachShare(miss Miss) float64 {
	t := miss.Target.Tier
	total := &m.w.Coverage.Total[t]
	switch miss.Kind {
	case "effective":
		return share(int64(total.Covered+m.reachable(t)), int64(total.People))
	case "presence":
		owners := map[int32]bool{}
		for _, c := range m.columns {
			if c.tier == t {
				if r := m.owner(c.candidate, t); slices.Contains(m.w.Coverage.Blank[t], r) {
					owners[r] = true
				}
			}
		}
		return share(int64(total.Owning+len(owners)), int64(total.Required))
	}
	return 1
}

// firstYear returns the first year after a target's by whose end a plan reaches its share, 0 = none.
func firstYear(plan *Plan, miss Miss) int {
	for _, y := range plan.Years {
		if y.Year <= miss.Target.Year {
			continue
		}
		t := y.Tiers[miss.Target.Tier]
		switch miss.Kind {
		case "effective":
			if t.Effective >= miss.Target.Effective {
				return y.Year
			}
		case "presence":
			if t.Required > 0 && float64(t.Owning)/float64(t.Required) >= miss.Target.Presence {
				return y.Year
			}
		case "upgraded":
			if t.Existing > 0 && float64(t.Upgraded)/float64(t.Existing) >= miss.Target.Upgraded {
				return y.Year
			}
		}
	}
	return 0
}

// grain is what amounts of money are looked for in.
const grain = Wan

// money looks for the least more money with which nothing is missed: doubling, then halving the difference.
func (r *reliever) money(ctx context.Context) error {
	first := r.plan.Missed[0].Target.Year
	for _, miss := range r.plan.Missed {
		first = min(first, miss.Target.Year)
	}
	all, year := Yuan(0), 0
	for _, b := range r.p.Budgets {
		all += b.Money
		if b.Year <= first-r.p.Options.LeadYears {
			year = max(year, b.Year)
		}
	}
	if year == 0 {
		return nil // no money comes in time
	}
	r.out.MoneyYear = year
	step := max(grain, all/20/grain*grain)
	least, most := Yuan(0), Yuan(-1) // missed with least, met with most
	for more := step; more <= 64*step; more *= 2 {
		met, err := r.with(ctx, year, more)
		if err != nil {
			return err
		}
		if met {
			most = more
			break
		}
		least = more
	}
	if r.out.More = most; most < 0 {
		return nil
	}
	for range 6 {
		more := (least + most) / 2 / grain * grain
		if more <= least {
			break
		}
		met, err := r.with(ctx, year, more)
		if err != nil {
			return err
		}
		if met {
			most, r.out.More = more, more
		} else {
			least = more
		}
	}
	return nil
}

// with plans with more money, tells whether it misses nothing, and notes what is proved.
func (r *reliever) with(ctx context.Context, year int, more Yuan) (bool, error) {
	q := r.p
	q.Budgets = slices.Clone(q.Budgets)
	for k := range q.Budgets {
		if q.Budgets[k].Year == year {
			q.Budgets[k].Money += more
		}
	}
	plan, err := Rollout(ctx, q)
	if err != nil {
		return false, err
	}
	if err := ctx.Err(); err != nil {
		return false, err // cut short: it says nothing
	}
	r.out.Tried = max(r.out.Tried, more)
	if slices.ContainsFunc(plan.Missed, func(m Miss) bool { return m.Bound < m.asked()-1e-12 }) {
		r.out.Short = max(r.out.Short, more)
	}
	return len(plan.Missed) == 0, nil
}

// asked is the share that the target of a miss asks for.
func (m *Miss) asked() float64 {
	switch m.Kind {
	case "presence":
		return m.Target.Presence
	case "upgraded":
		return m.Target.Upgraded
	}
	return m.Target.Effective
}

// rules drops one rule after the other, of the tiers that miss a target.
func (r *reliever) rules(ctx context.Context) error {
	try := func(name string, tier int, q Problem) error {
		plan, err := Rollout(ctx, q)
		if err != nil {
			return fmt.Errorf("without %s: %w", name, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(plan.Missed) < len(r.plan.Missed) {
			r.out.Rules = append(r.out.Rules, RuleRelief{name, tier, len(plan.Missed)})
		}
		return nil
	}
	if slices.ContainsFunc(r.p.Quotas, func(q Quota) bool { return q.Max >= 0 || q.Money >= 0 }) {
		q := r.p
		q.Quotas = nil
		if err := try("quotas", AllTiers, q); err != nil {
			return err
		}
	}
	for t := range r.p.Rules {
		if !slices.ContainsFunc(r.plan.Missed, func(m Miss) bool { return m.Target.Tier == t && m.Kind != "upgraded" }) {
			continue
		}
		for _, v := range without(r.p.World, r.p.Rules[t]) {
			q := r.p
			q.Rules = slices.Clone(q.Rules)
			q.Rules[t] = v.rules
			var err error
			if q.Found, err = FindCandidates(ctx, q.World, q.Rules); err != nil {
				return err
			}
			if err := try(v.name, t, q); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(r.out.Rules, func(a, b RuleRelief) int { return a.Missed - b.Missed })
	return nil
}

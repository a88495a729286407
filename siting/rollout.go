package siting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"sitecover/coverage"
	"sitecover/siting/solve"
)

// Problem asks for a rollout: what to open with the money of which year.
type Problem struct {
	World   *World
	Rules   []TierRules   // one per tier of the World
	Found   *CandidateSet // nil = Rollout looks for the candidates itself
	Budgets []Budget      // at most one a year; a year between two budgets without one of its own has no money
	Targets []Target      // may be empty
	Pins    []Pin         // sites that the plan must hold; may be empty
	Bans    []string      // candidate IDs that the plan must not hold, for any tier; may be empty
	Fair    *Fair         // nil = not asked
	Quotas  []Quota       // what regions get at least and at most; may be empty
	Pilots  *Pilots       // nil = none
	Groups  []GroupWeight // groups of people who count more in the objective; may be empty
	Options Options
}

// Fair asks that every region of a level gets something by a year: a site of any tier that the plan opens or upgrades in it.
type Fair struct {
	Level int // index of the World's levels
	Year  int // at whose end the sites are open
}

// Rollout chooses sites and years for all tiers together.
//
// A site that the money of year k pays for counts as open at the end of year k + LeadYears, and stays. Let T be the tiers,
// I_t the people of tier t's demand points that nobody serves today, R_t the regions of its owner level without a qualifying
// site, x_jtk = 1 if the money of year k opens tier t at candidate j, Y the years from the first to the last opening:
//
//	first  min  sum over targets of weight x people (or regions) missing in the target's year
//	then   max  sum_{t, y in Y} w_t ( sum_{i in I_t} people_i covered_ity + v_t sum_{r in R_t} owning_rty + preferred_ty )
//	s.t.   covered_ity <= sum of x_jtk over candidates j within t's limit of i, k + LeadYears <= y
//	       owning_rty  <= the same over candidates j in region r
//	       sum_jt cost_jt x_jtk <= budget_k for every year k (or cumulatively, where unspent money carries over)
//	       sum_tk x_jtk <= 1 for every candidate j: a place serves one tier
//	       x_jtk <= sum of x_j't'l over l <= k and candidates j' within ParentWithin of j, t' the parent tier of t, unless
//	                a site of t' stands there today
//	       x_jt + x_j't <= 1 where j and j' are nearer than the tier's spacing
//	       sum of x_jtk, or of cost_jt x_jtk, over the columns of a region <= Max, or Money, of every Quota up to its year
//
// w_t and v_t are the Weights of the plan, preferred_ty is the Worth of the preferred sites open by y (Prefer). Existing sites are taken as they stand on the reporting date. It is the
// multi-period maximal covering problem (Gunawardane, EJOR 10, 1982; MCLP: Church & ReVelle, Papers RSA 32, 1974) over the
// tiers of a hierarchy that do not stand in for each other (Moore & ReVelle, Geographical Analysis 14, 1982).
//
// Ties go to host places, then to the lowest candidate ID. Targets that the plan misses are listed in Missed; the status is
// Infeasible only where Pins break a rule or cost more than there is. The error joins everything that is wrong with the
// problem.
func Rollout(ctx context.Context, p Problem) (*Plan, error) {
	s, err := State(ctx, p)
	if err != nil {
		return nil, err
	}
	return s.Solve(ctx)
}

// State puts a Problem into the solvers' terms, so that others can be asked too; see Stated.LP.
func State(ctx context.Context, p Problem) (*Stated, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	set := p.Found
	if set == nil {
		var err error
		if set, err = FindCandidates(ctx, p.World, p.Rules); err != nil {
			return nil, err
		}
	}
	m, err := newModel(&p, set)
	if err != nil {
		return nil, err
	}
	return &Stated{m: m, problem: m.rollout()}, nil
}

// Solve plans. The context's end, like Until's, ends the search with the best plan so far.
func (s *Stated) Solve(ctx context.Context) (*Plan, error) {
	o := s.m.p.Options
	search, end := searching(ctx, o.Until)
	defer end()
	sol, err := solve.Rollout(search, s.problem, searchOptions(o.Solve, s.problem))
	if err != nil {
		return nil, fmt.Errorf("siting: %w", err)
	}
	plan := s.m.plan(sol)
	plan.Stopped = search.Err() != nil && plan.Status == Feasible
	// A deadline ends the search, not the description of what it found.
	return plan, s.m.link(context.WithoutCancel(ctx), plan)
}

// searchOptions fills in the iteration budget that grows smaller with the problem. It depends on the problem alone, so that
// the plan does.
func searchOptions(o solve.Options, p *solve.RolloutProblem) solve.Options {
	if o.Iterations > 0 {
		return o
	}
	// An iteration looks at every entry and sorts every column, for every year.
	work := p.Years() * (len(p.Cover.Row) + 20*p.Cover.Columns())
	o.Iterations = min(max(searchWork/max(1, work), minIterations), solve.DefaultIterations)
	return o
}

// The default iteration budget: this much work (about ten seconds of one core), but not fewer iterations than bring a bound
// of some use.
const (
	searchWork    = 3_000_000_000
	minIterations = 60
)

// ErrNested is returned for a rollout of tiers whose higher tiers stand in for them: a site to be built would count for several tiers,
// which the objective does not know. The models for one tier take today's stand-ins as they are.
var ErrNested = errors.New("a rollout cannot plan for tiers that sites of higher tiers stand in for")

// maxYears bounds the years from the first budget to the last budget or target.
const maxYears = 60

// Validate names everything that is wrong with the problem.
func (p *Problem) Validate() error {
	if p.World == nil {
		return errors.New("siting: Problem.World is missing")
	}
	errs := []error{p.World.Validate(), p.World.validateRules(p.Rules), p.Options.Validate()}
	if p.Found != nil && (len(p.Found.Serving) != len(p.World.Tiers) || len(p.Found.Reach) != len(p.World.Tiers)) {
		errs = append(errs, fmt.Errorf("siting: Problem.Found is of %d tiers, not %d", len(p.Found.Serving), len(p.World.Tiers)))
	}
	for i := range p.World.Tiers {
		if p.World.Tiers[i].Nested {
			errs = append(errs, fmt.Errorf("siting: Problem.World.Tiers[%d].Nested: %w", i, ErrNested))
		}
	}
	if len(p.Budgets) == 0 {
		errs = append(errs, errors.New("siting: Problem.Budgets is empty: a rollout needs the money of at least one year"))
	}
	seen := map[int]bool{}
	low, high := math.MaxInt, math.MinInt
	for _, b := range p.Budgets {
		if b.Money < 0 {
			errs = append(errs, fmt.Errorf("siting: budget of %d: %d 元 is negative", b.Year, b.Money))
		}
		if seen[b.Year] {
			errs = append(errs, fmt.Errorf("siting: two budgets for %d", b.Year))
		}
		seen[b.Year] = true
		low, high = min(low, b.Year), max(high, b.Year)
	}
	if p.Fair != nil {
		if p.Fair.Level < 0 || p.Fair.Level >= len(p.World.Regions.Levels) {
			errs = append(errs, fmt.Errorf("siting: Fair.Level %d of %d", p.Fair.Level, len(p.World.Regions.Levels)))
		}
		high = max(high, p.Fair.Year)
	}
	errs = append(errs, p.validateQuotas(), validateGroups(p.World, p.Groups))
	for _, q := range p.Quotas {
		if q.Min > 0 {
			high = max(high, q.Year)
		}
	}
	for k, t := range p.Targets {
		errs = append(errs, p.validateTarget(k, t))
		high = max(high, t.Year)
	}
	if low <= high && high-low >= maxYears {
		errs = append(errs, fmt.Errorf("siting: budgets and targets span %d to %d: want at most %d years", low, high, maxYears))
	}
	return errors.Join(errs...)
}

func (p *Problem) validateTarget(k int, t Target) error {
	var errs []error
	if t.Tier < 0 || t.Tier >= len(p.World.Tiers) {
		return fmt.Errorf("siting: Targets[%d].Tier %d of %d", k, t.Tier, len(p.World.Tiers))
	}
	if !(t.Effective <= 1) {
		errs = append(errs, fmt.Errorf("siting: Targets[%d].Effective %v: want a share up to 1", k, t.Effective))
	}
	if !(t.Presence <= 1) {
		errs = append(errs, fmt.Errorf("siting: Targets[%d].Presence %v: want a share up to 1", k, t.Presence))
	}
	if !(t.Upgraded >= 0 && t.Upgraded <= 1) {
		errs = append(errs, fmt.Errorf("siting: Targets[%d].Upgraded %v: want a share from 0 to 1", k, t.Upgraded))
	}
	if t.Presence > 0 && p.World.Tiers[t.Tier].OwnerLevel < 0 {
		errs = append(errs, fmt.Errorf("siting: Targets[%d].Presence: tier %s has no owner level", k, p.World.Tiers[t.Tier].ID))
	}
	return errors.Join(errs...)
}

// column is one choice of the solver: a tier at a candidate.
type column struct {
	candidate int32
	tier      int
	row       int // of the tier's Reach
}

// model is a Problem in the solver's terms. Class 2t holds the people of tier t, class 2t+1 its owner-level regions.
type model struct {
	p     *Problem
	w     *World
	set   *CandidateSet
	first int // year of the first money
	years int // years of money, up to the last one that a budget or target asks for

	columns    []column          // by candidate, then tier: the order that decides ties
	rowOf      [][]int32         // per tier and demand point: row, -1 = served already or out of everyone's reach
	ownerOf    []map[int32]int32 // per tier: row of a region without a qualifying site
	weights    []Weights
	scale      scale
	pinned     []int32  // per column: year of money that it must open in, solve.Free or solve.Banned; nil = no pins and bans
	loose      []askRow // pins that leave the year or the tier open
	pilots     ask
	asked      []ask             // classes from 2 x tiers on
	upgradeAsk []int             // per tier: its ask of upgrades, -1 = none
	likes      []bool            // per column: preferred by its tier's rules; nil = no preferences
	fulfils    map[int32][]int32 // per column: rows of asks, ascending
}

func newModel(p *Problem, set *CandidateSet) (*model, error) {
	m := &model{p: p, w: p.World, set: set, first: math.MaxInt}
	last := math.MinInt
	for _, b := range p.Budgets {
		m.first, last = min(m.first, b.Year), max(last, b.Year)
	}
	for _, t := range p.Targets {
		last = max(last, t.Year-p.Options.LeadYears)
	}
	if p.Fair != nil {
		last = max(last, p.Fair.Year-p.Options.LeadYears)
	}
	for _, q := range p.Quotas {
		if q.Min > 0 && q.Year > 0 {
			last = max(last, q.Year-p.Options.LeadYears)
		}
	}
	m.years = last - m.first + 1
	m.choose()
	for t := range m.w.Tiers {
		m.weights = append(m.weights, m.tierWeights(t))
	}
	if err := m.pin(); err != nil {
		return nil, err
	}
	m.upgradeAsk = slices.Repeat([]int{-1}, len(m.w.Tiers))
	var err error
	if m.pilots, err = m.pilotAsk(); err != nil {
		return nil, err
	}
	m.asked = m.asks()
	m.scale = m.fit()
	return m, nil
}

// choose lists the columns: candidates ascending, and their tiers ascending.
func (m *model) choose() {
	rows := make([]int, len(m.w.Tiers))
	for i := range m.set.All {
		for _, t := range m.set.All[i].Tiers {
			m.columns = append(m.columns, column{int32(i), t, rows[t]})
			rows[t]++
		}
	}
}

// reason says why a solution is infeasible, with the pins that are to blame by name.
func (m *model) reason(sol *solve.RolloutSolution) Reason {
	if sol.Reason.Code == "" {
		return m.unheld(sol)
	}
	out := because(sol.Reason)
	for _, j := range sol.Blocking {
		c := m.columns[j]
		out.Blocked = append(out.Blocked, Blocked{m.set.All[c.candidate].ID, m.w.Tiers[c.tier].ID, m.first + int(m.pinned[j])})
	}
	return out
}

// tierWeights returns the weights of a tier, defaults filled in.
func (m *model) tierWeights(t int) Weights {
	r := &m.p.Rules[t]
	w := Weights{Person: r.weight()}
	switch required := m.w.Coverage.Total[t].Required; {
	case required == 0 || r.PresenceWeight < 0:
	case r.PresenceWeight > 0:
		w.Presence = r.PresenceWeight
	default:
		w.Presence = m.w.Coverage.Total[t].People.Float() / float64(required)
	}
	return w
}

// owner returns the region of the tier's owner level that would own a site of the candidate, -1 = none.
func (m *model) owner(candidate int32, t int) int32 {
	level, region := m.w.Tiers[t].OwnerLevel, m.set.All[candidate].Region
	if level < 0 || region < 0 {
		return -1
	}
	return m.w.Regions.Ancestor(region, level)
}

// rollout states the problem for the solver. What stands today is left out of it: its objective is what the plan adds.
func (m *model) rollout() *solve.RolloutProblem {
	out := &solve.RolloutProblem{
		Budget:  make([]int64, m.years),
		Unspent: m.p.Options.Unspent,
		Value:   m.scale.value,
		Goals:   m.goals(),
		Fixed:   m.pinned,
	}
	for _, b := range m.p.Budgets {
		out.Budget[b.Year-m.first] = int64(b.Money)
	}
	m.rows(out)
	m.incidence(&out.Cover)
	out.Conflicts = m.conflicts()
	out.Caps = m.caps()
	out.Needs = m.needs()
	return out
}

// rows numbers the people and regions that some candidate can newly serve.
func (m *model) rows(out *solve.RolloutProblem) {
	add := func(class int, weight int64) int32 {
		out.Class = append(out.Class, int32(class))
		out.Cover.Weight = append(out.Cover.Weight, weight)
		out.Cover.Rows++
		return int32(out.Cover.Rows - 1)
	}
	m.rowOf = make([][]int32, len(m.w.Tiers))
	m.ownerOf = make([]map[int32]int32, len(m.w.Tiers))
	for t := range m.w.Tiers {
		service := &m.w.Coverage.Services[t]
		reached := make([]bool, m.w.Demand.Len())
		for _, d := range m.set.Reach[t].Column {
			reached[d] = true
		}
		m.rowOf[t] = make([]int32, len(reached))
		for d := range reached {
			m.rowOf[t][d] = -1
			if reached[d] && !service.Covered(d) && m.w.Demand.People[d] > 0 {
				m.rowOf[t][d] = add(2*t, m.scale.people(m.w.Demand.People[d]))
			}
		}
		m.ownerOf[t] = map[int32]int32{}
		for _, region := range m.w.Coverage.Blank[t] {
			m.ownerOf[t][region] = add(2*t+1, 1)
		}
	}
	m.askRows(add)
}

// incidence lists the rows of every column.
func (m *model) incidence(cover *solve.Cover) {
	cover.Offset = make([]int64, 1, len(m.columns)+1)
	for j, c := range m.columns {
		demand, _ := m.set.Reach[c.tier].Row(c.row)
		for _, d := range demand {
			if row := m.rowOf[c.tier][d]; row >= 0 {
				cover.Row = append(cover.Row, row) // ascending, as demand is
			}
		}
		if row, blank := m.ownerOf[c.tier][m.owner(c.candidate, c.tier)]; blank {
			cover.Row = append(cover.Row, row) // after all people of the tier
		}
		cover.Row = append(cover.Row, m.fulfils[int32(j)]...) // after all tiers
		cover.Offset = append(cover.Offset, int64(len(cover.Row)))
		cover.Cost = append(cover.Cost, int64(m.cost(c)))
	}
}

func (m *model) cost(c column) Yuan { return m.p.Rules[c.tier].Cost(&m.set.All[c.candidate]) }

// goals states the targets as what is still missing today, in the solver's years. A target that falls before the first
// opening, or that is met today, asks nothing of the solver.
func (m *model) goals() []solve.Goal {
	var goals []solve.Goal
	for _, t := range m.p.Targets {
		year := t.Year - m.p.Options.LeadYears - m.first
		if year < 0 {
			continue
		}
		total := &m.w.Coverage.Total[t.Tier]
		if missing := need(t.Effective, int64(total.People)) - int64(total.Covered); missing > 0 {
			goals = append(goals, solve.Goal{Class: int32(2 * t.Tier), Year: int32(year),
				Amount: m.scale.people(coverage.People(missing)), Weight: m.scale.miss[2*t.Tier]})
		}
		if missing := need(t.Presence, int64(total.Required)) - int64(total.Owning); missing > 0 {
			goals = append(goals, solve.Goal{Class: int32(2*t.Tier + 1), Year: int32(year),
				Amount: missing, Weight: m.scale.miss[2*t.Tier+1]})
		}
	}
	goals = append(goals, m.askGoals()...)
	return slices.DeleteFunc(goals, func(g solve.Goal) bool { return g.Amount == 0 })
}

// need returns how many of total a share asks for: the least number that is at least the share of it. Half a unit is
// forgiven, so that 0.7 of 10 people, which is 7.000000000000001 in binary, asks for 7. A negative share asks for nothing.
func need(share float64, total int64) int64 {
	if !(share > 0) {
		return 0
	}
	return int64(math.Ceil(share*float64(total) - 0.5))
}

package siting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/siting/solve"
)

// Model is a siting model for one tier at one time.
type Model string

// The models.
const (
	MCLP Model = "mclp" // cover most people with so many sites or so much money
	LSCP Model = "lscp" // cover everyone, or a share, with fewest sites or least money

	PMedian Model = "pmedian" // so many sites with the least mean way
	PCenter Model = "pcenter" // so many sites with the shortest longest way
	Backup  Model = "backup"  // a site within the limit for most people, and a second one

	Capacitated Model = "capacitated" // serve most people when no site serves more than its capacity
	Region      Model = "region"      // every region its own site, then cover most people
)

// Unit is what a model limits or minimises.
type Unit uint8

// The units.
const (
	BySites Unit = iota // number of sites
	ByMoney             // 元
)

// OneProblem asks a model for new sites of one tier, all opened together.
type OneProblem struct {
	World  *World
	Rules  []TierRules   // one per tier of the World
	Found  *CandidateSet // nil = SolveOne looks for the candidates itself
	Tier   int
	Model  Model
	Unit   Unit
	Limit  int64           // MCLP, Backup: sites or 元 to spend, >= 0; PMedian, PCenter: sites
	Second float64         // Backup: what a second site within the limit counts, of 1 for both together, in whole hundredths, (0, 1]; 0 = 0.5
	Share  float64         // LSCP: share of the tier's people that must be covered, those of today included, (0, 1]; 0 = everyone whom some candidate reaches
	Groups []GroupWeight   // MCLP: groups of people who count more; may be empty
	Solve  solve.Options   // the zero value is the solver's default
	Until  <-chan struct{} // ends the search when it is closed, as in Options; nil = never
}

// One is the answer of a model for one tier.
type One struct {
	Candidates []Candidate // of the tier
	Rejected   []Rejection
	Picks      []Pick // in the order of what each adds to those before it; their years are 0
	Status     Status
	Stopped    bool    // the search was ended before its gap, its proof and its iterations
	Objective  float64 // MCLP: people newly covered; LSCP: sites or 元; PMedian, PCenter: metres or seconds; Backup: people, weighted by Second
	Before     float64 // PMedian, PCenter: mean or longest way today; Backup: people with two sites within the limit today
	After      float64 // Backup: people with two sites within the limit in the end
	Bound      float64 // no choice under the same rules has a better objective
	Gap        float64 // |Bound - Objective| / Bound
	Reason     Reason  // why it is infeasible

	Covered    coverage.People // people of the tier covered in the end
	Effective  float64         // share of people; NaN without people
	OutOfReach coverage.People // people whom no open site and no candidate reaches
	Without    int             // Region: regions that still own no site
	TooNear    [][2]int        // LSCP, PMedian, PCenter: pairs of Picks nearer to each other than the spacing, which that model does not know
	Cost       Yuan
}

// Validate names everything that is wrong with the problem.
func (p *OneProblem) Validate() error {
	if p.World == nil {
		return errors.New("siting: OneProblem.World is missing")
	}
	errs := []error{p.World.Validate(), p.World.validateRules(p.Rules), validateGroups(p.World, p.Groups)}
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("siting: OneProblem."+format, args...))
	}
	if p.Tier < 0 || p.Tier >= len(p.World.Tiers) {
		bad("Tier %d of %d", p.Tier, len(p.World.Tiers))
	}
	switch p.Model {
	case MCLP, LSCP, Backup:
	case Capacitated:
		if p.Tier >= 0 && p.Tier < len(p.Rules) && p.Rules[p.Tier].Capacity == nil {
			bad("Rules[%d].Capacity is missing", p.Tier)
		}
	case Region:
		if p.Tier >= 0 && p.Tier < len(p.World.Tiers) && p.World.Tiers[p.Tier].OwnerLevel < 0 {
			bad("Tier %d: no region level owns its sites", p.Tier)
		}
	case PMedian, PCenter:
		if p.Unit != BySites {
			bad("Unit: %s limits the number of sites", p.Model)
		}
	default:
		bad("Model %q: want %q, %q, %q, %q, %q, %q or %q", p.Model, MCLP, LSCP, PMedian, PCenter, Backup, Capacitated, Region)
	}
	if p.Unit > ByMoney {
		bad("Unit %d is unknown", p.Unit)
	}
	if p.Limit < 0 {
		bad("Limit %d is negative", p.Limit)
	}
	if !(p.Share >= 0 && p.Share <= 1) {
		bad("Share %v: want 0 (all within reach) to 1", p.Share)
	}
	if !(p.Second >= 0 && p.Second <= 1) || math.Abs(p.Second*100-math.Round(p.Second*100)) > 1e-9 {
		bad("Second %v: want 0 (the default) to 1 in whole hundredths", p.Second)
	}
	if p.Found != nil && (len(p.Found.Serving) != len(p.World.Tiers) || len(p.Found.Reach) != len(p.World.Tiers)) {
		bad("Found is of %d tiers, not %d", len(p.Found.Serving), len(p.World.Tiers))
	}
	return errors.Join(errs...)
}

// SolveOne answers one model for one tier. Ties go to host places, then to the lowest candidate ID.
func SolveOne(ctx context.Context, p OneProblem) (*One, error) {
	s, err := StateOne(ctx, p)
	if err != nil {
		return nil, err
	}
	return s.Solve(ctx)
}

// StatedOne is a OneProblem as the solvers take it.
type StatedOne struct{ o *oneModel }

// StateOne puts a OneProblem into the solvers' terms, so that others can be asked too; see LP.
func StateOne(ctx context.Context, p OneProblem) (*StatedOne, error) {
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
	o, err := newOneModel(&p, set.only(p.Tier))
	if err != nil {
		return nil, err
	}
	return &StatedOne{o}, nil
}

// Solve answers the model. The context's end, like Until's, ends the search with the best answer so far.
func (s *StatedOne) Solve(ctx context.Context) (*One, error) {
	o := s.o
	solver := o.mclp
	switch o.p.Model {
	case LSCP:
		solver = o.lscp
	case PMedian:
		solver = o.pmedian
	case PCenter:
		solver = o.pcenter
	case Backup:
		solver = o.backup
	case Capacitated:
		solver = o.capacitated
	case Region:
		solver = o.region
	}
	search, end := searching(ctx, o.p.Until)
	defer end()
	open, out, err := solver(ctx, search)
	if err != nil {
		return nil, fmt.Errorf("siting: %s: %w", o.p.Model, err)
	}
	out.Stopped = out.Status == Feasible && search.Err() != nil
	o.finish(open, out)
	return out, nil
}

// only returns the part of a set that serves one tier.
func (s *CandidateSet) only(tier int) *CandidateSet {
	out := &CandidateSet{Considered: s.Considered, Serving: make([][]int32, len(s.Serving)), Reach: make([]*geo.CostMatrix, len(s.Reach))}
	for t := range s.Reach {
		out.Reach[t] = &geo.CostMatrix{Limit: s.Reach[t].Limit, Columns: s.Reach[t].Columns, Offset: []int64{0}}
	}
	keep := make([]bool, len(s.Serving[tier])) // an upgrade serves nobody anew
	for r, i := range s.Serving[tier] {
		keep[r] = s.All[i].Way != Upgrade
	}
	var rows []int32
	rows, out.Reach[tier] = pickRows(s.Serving[tier], s.Reach[tier], keep)
	for _, i := range rows {
		c := s.All[i]
		c.Tiers = []int{tier}
		out.Serving[tier] = append(out.Serving[tier], int32(len(out.All)))
		out.All = append(out.All, c)
	}
	for _, r := range s.Rejected {
		if r.Tier == tier || r.Tier == AllTiers {
			out.Rejected = append(out.Rejected, r)
		}
	}
	return out
}

// oneModel is a OneProblem in the solver's terms: a rollout of one year that only its people matter to.
type oneModel struct {
	p       *OneProblem
	m       *model
	problem *solve.RolloutProblem
}

func newOneModel(p *OneProblem, set *CandidateSet) (*oneModel, error) {
	rules := slices.Clone(p.Rules)
	for t := range rules {
		rules[t].Weight, rules[t].PresenceWeight, rules[t].Prefer, rules[t].ParentWithin = 1, -1, Prefer{}, 0
	}
	m, err := newModel(&Problem{World: p.World, Rules: rules, Found: set, Budgets: []Budget{{Money: Yuan(p.Limit)}}}, set)
	if err != nil {
		return nil, err
	}
	o := &oneModel{p: p, m: m, problem: m.rollout()}
	if p.Unit == BySites {
		o.problem.Cover.Cost = nil
	}
	for i, class := range o.problem.Class {
		if int(class) != 2*p.Tier {
			o.problem.Cover.Weight[i] = 0
		}
	}
	if p.Model == MCLP {
		o.weigh()
	}
	return o, nil
}

// weigh lets the members of groups count more.
func (o *oneModel) weigh() {
	for d, row := range o.m.rowOf[o.p.Tier] {
		if more := extra(o.m.w, o.p.Groups, d); row >= 0 && more > 0 {
			o.problem.Cover.Weight[row] += o.m.scale.people(coverage.People(math.Round(more * float64(coverage.Person))))
		}
	}
}

// answer starts an answer; Objective and Bound are still in the solver's units.
func (o *oneModel) answer(status solve.Status, reason Reason) *One {
	total := &o.m.w.Coverage.Total[o.p.Tier]
	return &One{
		Candidates: o.m.set.All, Rejected: o.m.set.Rejected, Status: Status(status), Reason: reason,
		OutOfReach: total.People - total.Covered - o.m.reachable(o.p.Tier),
	}
}

// finish orders the chosen columns by what each adds to those before it and describes them.
func (o *oneModel) finish(open []int32, out *One) {
	m, t := o.m, o.p.Tier
	total := &m.w.Coverage.Total[t]
	out.Covered = total.Covered
	var counts *reached
	if out.Status != Infeasible {
		sol := &solve.RolloutSolution{Year: make([]int32, len(m.columns))}
		for j := range sol.Year {
			sol.Year[j] = -1
		}
		for _, j := range open {
			sol.Year[j] = 0
		}
		s, chosen := m.standing(), m.chosen(sol)
		if o.p.Model == Backup {
			counts = o.reached()
		}
		for left := slices.Sorted(slices.Values(open)); len(left) > 0; {
			best, most := 0, int64(-1)
			for k, j := range left {
				add := int64(m.worth(s, j).gained)
				if counts != nil {
					_, add = counts.adds(m.reach(j))
				}
				if add > most {
					best, most = k, add
				}
			}
			if o.p.Model == MCLP && most == 0 {
				break // money that is left, but nobody to serve with it
			}
			p := m.pick(s, chosen, left[best], 0)
			p.Reason = ForCoverage
			if counts != nil {
				p.Second, _ = counts.adds(m.reach(left[best]))
				counts.open(m.reach(left[best]))
			}
			out.Picks = append(out.Picks, p)
			out.Covered += p.Gained
			out.Cost += p.Cost
			left = slices.Delete(left, best, best+1)
		}
	}
	out.Effective = share(int64(out.Covered), int64(total.People))
	if counts != nil {
		out.After = counts.twice()
	}
	if o.p.Model == LSCP || o.p.Model == PMedian || o.p.Model == PCenter || o.p.Model == Capacitated {
		out.TooNear = o.tooNear(out)
	}
}

// tooNear lists the pairs of picks that are nearer to each other than the spacing.
func (o *oneModel) tooNear(out *One) (pairs [][2]int) {
	for a := range out.Picks {
		for b := range a {
			p, q := out.Candidates[out.Picks[a].Candidate].Point, out.Candidates[out.Picks[b].Candidate].Point
			if geo.Distance(p, q) < o.p.Rules[o.p.Tier].Spacing {
				pairs = append(pairs, [2]int{b, a})
			}
		}
	}
	return pairs
}

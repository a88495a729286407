package solve

import (
	"context"
	"errors"
	"slices"
)

// CapacitatedProblem asks for the columns that serve most weight for the money when none serves more than its capacity.
//
//	max  sum_ij z_ij
//	s.t. sum_j z_ij <= w_i,  sum_i z_ij <= Q_j x_j,  z_ij > 0 only where j covers i,  sum_j c_j x_j <= Budget,
//	     x_j in {0,1},  z_ij >= 0
//
// Current & Storbeck, Environment and Planning B 15 (1988); Pirkul & Schilling, Management Science 37 (1991). There a row
// is served by one column; here its weight may be parted, since a row stands for many people. The whole z that a best answer
// has then exists as well.
type CapacitatedProblem struct {
	Cover    Cover
	Capacity []int64 // per column, in the unit of the weights, >= 0
	Budget   int64   // in the unit of the costs; with Cover.Cost nil the number of columns
	Fixed    []int32 // columns that must open; they spend money too
	Banned   []int32 // columns that must not open
}

// CapacitatedSolution is a Solution with what every column serves.
type CapacitatedSolution struct {
	Solution
	Load   []int64 // per column of Open: weight it serves, at most its capacity
	Served []int64 // per row: weight served, at most its weight
}

// Validate reports every kind of fault of the problem as *ProblemError (joined).
func (p *CapacitatedProblem) Validate() error {
	errs := []error{p.Cover.Validate()}
	if len(p.Capacity) != p.Cover.Columns() {
		errs = append(errs, bad("Capacity", "has %d entries for %d columns", len(p.Capacity), p.Cover.Columns()))
	}
	for j, q := range p.Capacity {
		if q < 0 {
			errs = append(errs, bad("Capacity", "column %d: %d is negative", j, q))
			break
		}
	}
	if p.Budget < 0 {
		errs = append(errs, bad("Budget", "%d is negative", p.Budget))
	}
	errs = append(errs, validateColumnSet("Fixed", p.Fixed, p.Cover.Columns()),
		validateColumnSet("Banned", p.Banned, p.Cover.Columns()))
	return errors.Join(errs...)
}

// Capacitated solves the capacitated covering problem; see CapacitatedProblem. What a set of columns serves is a maximum
// flow that is kept up to date as columns open and close. Greedy, then ruin and recreate, find the answer; a Lagrangian
// dual, whose inner problems are knapsacks, bounds it; branch and bound on the columns proves it.
func Capacitated(ctx context.Context, p *CapacitatedProblem, o Options) (*CapacitatedSolution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	// What is fixed in advance costs as in a cover without capacities.
	plain := MaxCoverProblem{Cover: p.Cover, Budget: p.Budget, Fixed: p.Fixed, Banned: p.Banned}
	if _, _, s := plain.base(); s != nil {
		return &CapacitatedSolution{Solution: *s}, nil
	}
	drop := make([]bool, p.Cover.Columns())
	for _, j := range p.Banned {
		drop[j] = true
	}
	in := newInstance(&p.Cover, reduction{dropColumn: drop, keepColumns: true})
	t := newCapacityTree(ctx, in, p, o)
	t.solve()
	s := &CapacitatedSolution{Solution: Solution{Objective: t.top, Bound: float64(t.bound), Status: Feasible, Iterations: t.meter.iterations()}}
	s.Gap = gapOf(s.Objective, s.Bound)
	if t.bound == t.top {
		s.Status = Optimal
	}
	t.describe(s)
	return s, nil
}

// describe writes down the best plan and who is served by it.
func (t *capacityTree) describe(s *CapacitatedSolution) {
	f := newCapacityFlow(t.in, t.capacity)
	for _, j := range t.best {
		f.enter(j)
	}
	s.Served = make([]int64, t.p.Cover.Rows)
	left := slices.Clone(f.served) // rows that were merged are served in their order
	for i, k := range t.in.from {
		if k >= 0 {
			s.Served[i] = min(left[k], t.p.Cover.WeightOf(int32(i)))
			left[k] -= s.Served[i]
		}
	}
	order := slices.Clone(t.best)
	slices.Sort(order)
	for _, k := range order {
		s.Open = append(s.Open, t.in.orig[k])
		s.Load = append(s.Load, f.load[k])
	}
}

// capacityTree is the branch and bound of a capacitated cover.
type capacityTree struct {
	ctx      context.Context
	o        Options
	p        *CapacitatedProblem
	in       *instance
	capacity []int64 // per column of in
	dual     *capacityDual
	search   *capacitySearch
	meter    meter
	top      int64
	best     []int32 // columns of in
	bound    int64
	close    bool
}

func newCapacityTree(ctx context.Context, in *instance, p *CapacitatedProblem, o Options) *capacityTree {
	t := &capacityTree{ctx: ctx, o: o, p: p, in: in, top: -1, meter: newMeter(o, len(in.col.item))}
	state := make([]int8, in.columns())
	fixed := make([]bool, p.Cover.Columns())
	for _, j := range p.Fixed {
		fixed[j] = true
	}
	for k, j := range in.orig {
		t.capacity = append(t.capacity, p.Capacity[j])
		if fixed[j] {
			state[k] = 1
		}
	}
	t.dual = newCapacityDual(in, t.capacity, p.Budget, state, o.workers())
	t.search = newCapacitySearch(in, t.capacity, p.Budget, state, o.Seed)
	return t
}

func (t *capacityTree) accept(columns []int32, value int64) {
	if value > t.top {
		t.top, t.best = value, slices.Clone(columns)
	}
}

func (t *capacityTree) spent() bool { return t.close || t.ctx.Err() != nil || t.meter.spent() }

// solve lowers the bound and raises the answer in turn, then branches.
func (t *capacityTree) solve() {
	t.search.fill(0)
	t.accept(t.search.list, t.search.value)
	t.search.keep()
	last := int64(-1)
	for k := 0; k == 0 || !t.spent(); k++ {
		steps := both(t.o.workers(), func() int { return t.dual.run(t.ctx, 50, t.top) }, func() { t.search.run(t.ctx, 40) })
		t.accept(t.search.best, t.search.top)
		t.meter.add(len(t.in.col.item), steps+40)
		t.round(t.dual)
		t.bound = max(t.top, t.dual.bound())
		gap := gapOf(t.top, float64(t.bound))
		t.o.report(Progress{t.meter.iterations(), t.top, float64(t.bound), gap})
		if t.close = gap <= t.o.Gap; t.close {
			return
		}
		if k%8 == 7 {
			if last >= 0 && last-t.dual.best < max(1<<t.dual.shift/4, t.dual.best>>14) {
				break
			}
			last = t.dual.best
		}
	}
	if !t.spent() {
		t.bound = min(t.bound, max(t.top, t.node(t.dual, 0)))
		t.bound = max(t.bound, t.top)
	}
}

// round opens what the dual is surest of, and fills up.
func (t *capacityTree) round(d *capacityDual) {
	s := t.search
	s.become(d.surest())
	s.fill(0)
	t.accept(s.list, s.value)
	if s.value > s.top {
		s.keep()
	}
	s.become(s.best)
}

// node returns an upper bound of every plan that opens and closes what the dual's state says.
func (t *capacityTree) node(d *capacityDual, depth int) int64 {
	if depth > 0 {
		steps := d.run(t.ctx, 40, t.top)
		t.meter.add(len(t.in.col.item), steps)
		t.round(d)
	}
	high := d.bound()
	if high <= t.top || t.spent() {
		return high
	}
	j := d.branch()
	if j < 0 { // all is decided: the state is the plan
		t.search.become(d.open())
		t.accept(t.search.list, t.search.value)
		value := t.search.value
		t.search.become(t.search.best)
		return value
	}
	least := int64(-1)
	for _, choice := range []int8{1, -1} {
		if c, ok := d.child(j, choice); ok {
			least = max(least, t.node(c, depth+1))
		}
	}
	return min(high, least)
}

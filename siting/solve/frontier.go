package solve

import (
	"context"
	"errors"
	"math"
)

// FrontierProblem asks what a maximal cover reaches at each of several budgets: the curve of coverage against money; see
// MaxCoverProblem for the model of each point.
type FrontierProblem struct {
	Cover     Cover
	Budgets   []int64   // strictly ascending, >= 0
	Covered   []bool    // rows that are covered already and count in the objective; nil = none
	Conflicts [][]int32 // sets of columns of which at most one opens; nil = none
}

// FrontierPoint is the answer at one budget.
type FrontierPoint struct {
	Budget    int64
	Open      []int32 // ascending
	Spent     int64
	Objective int64
	Bound     float64 // no plan within the budget covers more
	Gap       float64
	Status    Status
}

// Validate reports every kind of fault of the problem as *ProblemError (joined).
func (p *FrontierProblem) Validate() error {
	errs := []error{p.Cover.Validate()}
	last := int64(-1)
	for k, b := range p.Budgets {
		if b <= last || b > MaxTotal {
			errs = append(errs, bad("Budgets", "entry %d: %d after %d (want ascending, >= 0)", k, b, last))
			break
		}
		last = b
	}
	if len(p.Budgets) == 0 {
		errs = append(errs, bad("Budgets", "is empty"))
	}
	if p.Covered != nil && len(p.Covered) != p.Cover.Rows {
		errs = append(errs, bad("Covered", "has %d entries for %d rows", len(p.Covered), p.Cover.Rows))
	}
	for k, set := range p.Conflicts {
		for _, j := range set {
			if j < 0 || int(j) >= p.Cover.Columns() {
				return errors.Join(append(errs, bad("Conflicts", "set %d: column %d of %d", k, j, p.Cover.Columns()))...)
			}
		}
	}
	return errors.Join(errs...)
}

// frontierSteps is the number of dual steps a budget when Options.Iterations is 0.
const frontierSteps = 100

// Frontier solves the problem for all budgets in one go, for covers that are too large to search one by one. One greedy
// order serves as the first plan of every budget. The linear relaxation moves on from budget to budget; its multipliers, put
// into exact integers, bound every budget, since they are good for any. The plan of each budget grows from that of the one
// before and is ruined and recreated in small places, among the columns that the relaxation finds worth their money.
// Options.Iterations is the number of steps of the relaxation a budget; the search goes along. Points and bounds are
// monotone: what less money covers more does too. It works on the cover itself: beside it, it needs about 35 bytes a row
// and a column, 4 more a row for every worker, and copies of the windows that are searched.
func Frontier(ctx context.Context, p *FrontierProblem, o Options) ([]FrontierPoint, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	if o.Iterations == 0 {
		o.Iterations = frontierSteps
	}
	return newFrontier(p, o).solve(ctx), nil
}

// solve answers all budgets.
func (f *frontier) solve(ctx context.Context) []FrontierPoint {
	f.greedy(ctx)
	relax := newFrontierDual(f)
	for k := range f.budgets {
		relax.solve(ctx, k)
		copy(f.least, relax.least)
		if !f.done(k) && ctx.Err() == nil {
			f.search(ctx, relax, k)
		}
		f.o.report(Progress{k + 1, f.base + f.value[k], float64(f.base + f.high(k)), gapOf(f.base+f.value[k], float64(f.base+f.high(k)))})
	}
	return f.points()
}

// frontier is a running solution.
type frontier struct {
	o       Options
	in      *instance // of the cover itself
	near    csr       // per column: sets of conflicts that it is in
	sets    int
	total   int64 // weight that is not covered yet
	shift   uint  // bounds count in units of 2^-shift of a weight
	budgets []int64
	base    int64   // covered whatever is chosen
	order   []int32 // the greedy's columns, as they opened
	prefix  []int   // per budget: how many of them it can pay
	open    [][]int32
	value   []int64
	least   []int64 // per budget: smallest value of the dual

	plan    *frontierPlan
	whole   int64         // entries that are searched at once
	windows *windowSearch // nil = not needed yet
	rate    float64       // what money is worth to plans, in parts of what it is to the relaxation
	list    []int32       // scratch: columns
	parts   [][]int32     // scratch per worker: per row and set
	wide    []int64       // scratch: per row and set, or per column
}

func newFrontier(p *FrontierProblem, o Options) *frontier {
	c, n := &p.Cover, len(p.Budgets)
	in := &instance{cost: c.Cost, col: csr{off: c.Offset, item: c.Row}}
	if len(c.Offset) == 0 {
		in.col.off = []int64{0}
	}
	if in.cost == nil {
		in.cost = make([]int64, c.Columns())
		for j := range in.cost {
			in.cost[j] = 1
		}
	}
	f := &frontier{o: o, in: in, budgets: p.Budgets, sets: len(p.Conflicts), open: make([][]int32, n), value: make([]int64, n),
		prefix: make([]int, n), least: make([]int64, n)}
	for i := range c.Rows {
		if w := c.WeightOf(int32(i)); p.Covered != nil && p.Covered[i] {
			f.base += w
		} else {
			f.total += w
		}
	}
	if c.Weight != nil && f.base == 0 {
		in.w = c.Weight // read only
	} else {
		in.w = make([]int64, c.Rows)
		for i := range in.w {
			if p.Covered == nil || !p.Covered[i] {
				in.w[i] = c.WeightOf(int32(i))
			}
		}
	}
	f.shift = scaleOf(f.total)
	for k := range f.least {
		f.least[k] = math.MaxInt64
	}
	if f.sets > 0 {
		sets := csr{off: []int64{0}}
		for _, set := range p.Conflicts {
			sets.item = append(sets.item, sortedSet(set)...)
			sets.off = append(sets.off, int64(len(sets.item)))
		}
		f.near = sets.transpose(in.columns())
	}
	f.list = make([]int32, 0, in.columns())
	for range o.workers() {
		f.parts = append(f.parts, make([]int32, c.Rows+f.sets))
	}
	f.wide = make([]int64, max(c.Rows+f.sets, in.columns()))
	f.plan, f.rate = newFrontierPlan(f), windowPrice
	f.whole = partWhole
	return f
}

// setsOf returns the sets of conflicts that column j is in.
func (f *frontier) setsOf(j int) []int32 {
	if f.sets == 0 {
		return nil
	}
	return f.near.at(j)
}

// greedy fills the plans of all budgets: each goes on where the one before ended.
func (f *frontier) greedy(ctx context.Context) {
	p := f.plan
	p.ask()
	for k, b := range f.budgets {
		if ctx.Err() == nil {
			f.order = append(f.order, p.fill(b, p.useful())...) // gains of before are no smaller than now
		}
		f.prefix[k] = len(f.order)
		f.open[k], f.value[k] = sortedSet(f.order), p.value
	}
}

// high returns the bound of a budget, in the unit of the weights: the optimum is an integer.
func (f *frontier) high(k int) int64 {
	if f.least[k] == math.MaxInt64 {
		return f.total
	}
	return max(f.value[k], f.least[k]>>f.shift)
}

// done reports whether nothing more is asked of budget k.
func (f *frontier) done(k int) bool {
	return gapOf(f.base+f.value[k], float64(f.base+f.high(k))) <= f.o.Gap
}

// points writes the answers down.
func (f *frontier) points() []FrontierPoint {
	out := make([]FrontierPoint, len(f.budgets))
	for k := 1; k < len(out); k++ {
		if f.value[k] < f.value[k-1] {
			f.value[k], f.open[k] = f.value[k-1], f.open[k-1]
		}
	}
	for k := len(out) - 1; k >= 0; k-- {
		if k+1 < len(out) {
			f.least[k] = min(f.least[k], f.least[k+1])
		}
		a := FrontierPoint{Budget: f.budgets[k], Open: sortedSet(f.open[k]), Objective: f.base + f.value[k],
			Bound: float64(f.base + f.high(k)), Status: Feasible}
		for _, j := range a.Open {
			a.Spent += f.in.cost[j]
		}
		if a.Gap = gapOf(a.Objective, a.Bound); a.Gap == 0 {
			a.Status = Optimal
		}
		out[k] = a
	}
	return out
}

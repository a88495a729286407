package solve

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
)

// FrontierProblem asks what a maximal cover reaches at each of several budgets: the curve of coverage against money; see
// MaxCoverProblem for the model of each point.
type FrontierProblem struct {
	Cover   Cover
	Budgets []int64 // strictly ascending, >= 0
	Covered []bool  // rows that are covered already and count in the objective; nil = none
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
	return errors.Join(errs...)
}

// frontierSteps is the number of dual steps a budget when Options.Iterations is 0.
const frontierSteps = 60

// Frontier solves the problem for all budgets in one go, for covers that are too large to search one by one. One greedy
// order serves as the first plan of every budget; one dual is moved from budget to budget, and every point that it settles on
// bounds all of them, since multipliers are good for any budget. Plans are rounded from the dual. Options.Iterations is the
// number of dual steps a budget. Points and bounds are monotone: what less money covers more does too. It works on the
// cover itself, without a copy or a transpose: beside it, it needs about 100 bytes a row and a column.
func Frontier(ctx context.Context, p *FrontierProblem, o Options) ([]FrontierPoint, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	if o.Iterations == 0 {
		o.Iterations = frontierSteps
	}
	f := newFrontier(p, o)
	f.greedy()
	for k := range f.budgets {
		f.solve(ctx, k)
		f.o.report(Progress{k + 1, f.base + f.value[k], float64(f.base + f.high(k)), gapOf(f.base+f.value[k], float64(f.base+f.high(k)))})
		if ctx.Err() != nil {
			break
		}
	}
	return f.points(), nil
}

// frontier is a running solution.
type frontier struct {
	o       Options
	in      *instance // of the cover itself
	budgets []int64
	base    int64 // covered whatever is chosen
	dual    *maxDual
	order   []int32 // the greedy's columns, as they opened
	prefix  []int   // per budget: how many of them it can pay
	open    [][]int32
	value   []int64
	least   []int64 // per budget: smallest value of the dual
	price   float64 // what a unit of money was worth at the end of the last step
}

func newFrontier(p *FrontierProblem, o Options) *frontier {
	c := &p.Cover
	in := &instance{w: make([]int64, c.Rows), cost: c.Cost, col: csr{off: c.Offset, item: c.Row}}
	if len(c.Offset) == 0 {
		in.col.off = []int64{0}
	}
	if in.cost == nil {
		in.cost = slices.Repeat([]int64{1}, c.Columns())
	}
	f := &frontier{o: o, in: in, budgets: p.Budgets, open: make([][]int32, len(p.Budgets)), value: make([]int64, len(p.Budgets)),
		prefix: make([]int, len(p.Budgets)), least: slices.Repeat([]int64{math.MaxInt64}, len(p.Budgets))}
	for i := range in.w {
		if w := c.WeightOf(int32(i)); p.Covered != nil && p.Covered[i] {
			f.base += w
		} else {
			in.w[i] = w
		}
	}
	f.dual = newMaxDual(in, 0, nil, o.workers())
	return f
}

// greedy fills the plans of all budgets: each goes on where the one before ended.
func (f *frontier) greedy() {
	p := newPlan(f.in)
	for k, b := range f.budgets {
		p.greedy(b)
		f.prefix[k] = len(p.list)
		f.open[k], f.value[k] = slices.Clone(p.list), p.value
	}
	f.order = p.list
}

// solve moves the dual for one budget and rounds plans from it.
func (f *frontier) solve(ctx context.Context, k int) {
	d := f.dual
	d.budget, d.best, d.stale = f.budgets[k], math.MaxInt64, 0
	if k > 0 { // where the budget before ended, and what the greedy suggests: the better of the two
		copy(d.lambda, d.centre)
		f.step(k)
	}
	d.begin(f.order[:f.prefix[k]])
	for n := range f.o.Iterations {
		if ctx.Err() != nil && f.least[k] != math.MaxInt64 {
			return
		}
		if f.step(k); f.high(k) <= f.value[k] {
			break
		}
		if n == f.o.Iterations/2 || n == f.o.Iterations-1 {
			f.round(k)
		}
	}
	f.everywhere()
}

// high returns the bound of a budget, in the unit of the weights.
func (f *frontier) high(k int) int64 {
	if f.least[k] == math.MaxInt64 {
		var sum int64
		for _, w := range f.in.w {
			sum += w
		}
		return sum
	}
	return max(f.value[k], f.least[k]>>f.dual.shift)
}

// step evaluates the dual for budget k, keeps it when it is the best, and moves on.
func (f *frontier) step(k int) {
	d := f.dual
	d.prices()
	value, full := f.choose(f.price * 0.9)
	if !full {
		value, _ = f.choose(0)
	}
	for i, l := range d.lambda {
		value += d.most[i] - l
	}
	d.average()
	f.least[k] = min(f.least[k], value)
	d.adapt(value)
	d.move(f.value[k] << d.shift)
}

// choose solves the inner knapsack with fractions among the columns worth at least so much for the money; full is false when
// these do not spend it all.
func (f *frontier) choose(least float64) (value int64, full bool) {
	d := f.dual
	f.rank(least)
	d.chosen, d.part = d.chosen[:0], 1
	left := d.budget
	for _, j := range d.order {
		c := f.in.cost[j]
		d.chosen = append(d.chosen, j)
		if c > left {
			d.part = float64(left) / float64(c)
			f.price = float64(d.r[j]) / float64(c)
			return value + partOf(d.r[j], left, c), true
		}
		left -= c
		value += d.r[j]
	}
	f.price = 0
	return value, least <= 0 || left == 0
}

// partOf returns r x left / c, rounded up.
func partOf(r, left, c int64) int64 {
	return min(r, int64(math.Ceil(float64(r)*(float64(left)/float64(c))*(1+1e-15)))+1)
}

// rank lists the columns that are worth at least so much for the money, best first.
func (f *frontier) rank(least float64) {
	d := f.dual
	d.order = d.order[:0]
	for j, r := range d.r {
		if r > 0 && float64(r) >= least*float64(f.in.cost[j]) {
			d.order = append(d.order, int32(j))
		}
	}
	slices.SortFunc(d.order, func(a, b int32) int {
		return cmp.Or(-compareRatio(d.r[a], f.in.cost[a], d.r[b], f.in.cost[b]), cmp.Compare(a, b))
	})
}

// everywhere bounds all budgets by the multipliers of the centre.
func (f *frontier) everywhere() {
	d := f.dual
	copy(d.lambda, d.centre)
	d.prices()
	f.rank(0)
	var base, sum, spent int64
	for i, l := range d.lambda {
		base += d.most[i] - l
	}
	at := 0
	for k, b := range f.budgets {
		for ; at < len(d.order) && spent+f.in.cost[d.order[at]] <= b; at++ {
			spent += f.in.cost[d.order[at]]
			sum += d.r[d.order[at]]
		}
		value := base + sum
		if at < len(d.order) {
			value += partOf(d.r[d.order[at]], b-spent, f.in.cost[d.order[at]])
		}
		f.least[k] = min(f.least[k], value)
	}
}

// round builds a plan for budget k from the averaged plan of the dual: what it is surest of opens first, as long as that
// adds most of its price; the greedy fills up. Then what is missed least is closed and the greedy fills up again.
func (f *frontier) round(k int) {
	d, p := f.dual, newPlan(f.in)
	var wanted []int32
	for j, x := range d.x {
		if x > 0.25 {
			wanted = append(wanted, int32(j))
		}
	}
	slices.SortFunc(wanted, func(a, b int32) int { return cmp.Or(-cmp.Compare(d.x[a], d.x[b]), cmp.Compare(a, b)) })
	price := f.price / float64(int64(1)<<d.shift)
	for _, j := range wanted {
		if c := f.in.cost[j]; p.spent+c <= f.budgets[k] && float64(p.gain(j)) >= 0.9*price*float64(c) {
			p.add(j)
		}
	}
	p.greedy(f.budgets[k])
	f.accept(k, p)
	for range 2 {
		list := slices.Clone(p.list)
		slices.SortFunc(list, func(a, b int32) int {
			return cmp.Or(compareRatio(p.loss[a], f.in.cost[a], p.loss[b], f.in.cost[b]), cmp.Compare(a, b))
		})
		for _, j := range list[:len(list)/20] {
			p.drop(j)
		}
		p.greedy(f.budgets[k])
		f.accept(k, p)
	}
}

func (f *frontier) accept(k int, p *plan) {
	if p.value > f.value[k] {
		f.value[k], f.open[k] = p.value, append(f.open[k][:0], p.list...)
	}
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

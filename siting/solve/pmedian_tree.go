package solve

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// medianDual is the Lagrangian dual of the p-median problem. With multipliers u_i for sum_j x_ij = 1,
//
//	L(u) = sum_i u_i + the P smallest sum_i min(0, w_i d_ij - u_i)
//
// is at most the optimum (Cornuejols, Fisher & Nemhauser, Management Science 23, 1977). u_i is held at or below the
// distance where the row's list ends, so that lists are enough. volume minimises -L.
type medianDual struct {
	volume
	n      *nearest
	state  []int8    // per column: opened, closed, or undecided
	r      []int64   // per column: sum_i max(0, u_i - w_i d_ij)
	atBest []int64   // r at centre
	x      []float64 // averaged y
	mark   []bool    // scratch: chosen columns
	order  []int32   // scratch
}

const (
	undecided int8 = iota
	opened
	closed
)

func newMedianDual(n *nearest, state []int8, start []int64, workers int) *medianDual {
	var total int64
	far := n.farthest()
	for i, w := range n.w {
		total += w * int64(far[i])
	}
	shift := scaleOf(total + 1)
	most := make([]int64, n.Rows)
	for i, w := range n.w {
		most[i] = w * int64(n.dist[(i+1)*n.each-1]) << shift
		if n.each == n.Columns {
			most[i] += w << shift
		}
	}
	d := &medianDual{volume: newVolume(most, shift, workers), n: n, state: state, r: make([]int64, n.Columns),
		atBest: make([]int64, n.Columns), x: make([]float64, n.Columns), mark: make([]bool, n.Columns)}
	for i := range most {
		d.lambda[i] = min(most[i], n.w[i]*int64(n.dist[i*n.each+min(n.each-1, n.Columns/n.P)])<<shift)
		if start != nil {
			d.lambda[i] = start[i]
		}
	}
	return d
}

// bound returns the bound in the unit of weight x distance, rounded up: the optimum is an integer.
func (d *medianDual) bound() int64 { return max(0, -(d.best >> d.shift)) }

// step evaluates the dual at lambda, keeps it when it is the best, and moves on towards the best known cost.
func (d *medianDual) step(target int64) {
	n := d.n
	clear(d.r)
	var value int64
	for i, u := range d.lambda {
		value -= u
		columns, dist := n.row(i)
		w := n.w[i]
		for k, x := range dist {
			less := u - w*int64(x)<<d.shift
			if less <= 0 {
				break
			}
			d.r[columns[k]] += less
		}
	}
	clear(d.mark)
	for j := range d.x {
		d.x[j] *= 1 - d.alpha
	}
	for _, j := range d.choose(d.r) {
		value += d.r[j]
		d.mark[j] = true
		d.x[j] += d.alpha
	}
	for i, u := range d.lambda {
		columns, dist := n.row(i)
		w, served := n.w[i], -1.0
		for k, x := range dist {
			if w*int64(x)<<d.shift >= u {
				break
			}
			if d.mark[columns[k]] {
				served++
			}
		}
		d.mix(i, served)
	}
	if d.adapt(value) {
		copy(d.atBest, d.r)
	}
	d.move(-target << d.shift)
}

// choose returns P columns: the opened ones and of the undecided ones those of largest r.
func (d *medianDual) choose(r []int64) []int32 {
	d.order = d.order[:0]
	for j, s := range d.state {
		if s != closed {
			d.order = append(d.order, int32(j))
		}
	}
	slices.SortFunc(d.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(d.rank(a), d.rank(b)), cmp.Compare(r[b], r[a]), cmp.Compare(a, b))
	})
	return d.order[:min(len(d.order), d.n.P)]
}

func (d *medianDual) rank(j int32) int {
	if d.state[j] == opened {
		return 0
	}
	return 1
}

// likely returns the P columns that the fractional plan opens most.
func (d *medianDual) likely() []int32 {
	order := make([]int32, d.n.Columns)
	for j := range order {
		order[j] = int32(j)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(d.x[b], d.x[a]), cmp.Compare(a, b)) })
	return order[:d.n.P]
}

// run makes at most n steps; it stops when the bound reaches target or ctx ends, but not before the first.
func (d *medianDual) run(ctx context.Context, n int, target int64) int {
	for k := range n {
		if d.best != math.MaxInt64 && (d.bound() >= target || ctx.Err() != nil) {
			return k
		}
		d.step(target)
	}
	return n
}

// medianTree is the branch and bound of a p-median problem: nodes open or close columns.
type medianTree struct {
	ctx   context.Context
	o     Options
	n     *nearest
	meter meter
	top   int64
	best  []int32
	bound int64
	close bool
}

func newMedianTree(ctx context.Context, n *nearest, o Options) *medianTree {
	return &medianTree{ctx: ctx, o: o, n: n, top: math.MaxInt64, meter: newMeter(o, len(n.column))}
}

func (t *medianTree) spent() bool { return t.close || t.ctx.Err() != nil || t.meter.spent() }

// solve searches, bounds and proves.
func (t *medianTree) solve() {
	s := newMedianSearch(t.n, t.o.Seed, greedyMedian(t.n))
	s.climb(t.ctx)
	state := make([]int8, t.n.Columns)
	d := newMedianDual(t.n, state, nil, t.o.workers())
	last := int64(math.MinInt64)
	for k := 0; k == 0 || !t.spent(); k++ {
		target := s.top
		steps := both(t.o.workers(), func() int { return d.run(t.ctx, 25, target) }, func() { s.kick(t.ctx, 15) })
		s.adopt(t.ctx, d.likely())
		t.meter.add(len(t.n.column), steps)
		t.top, t.best, t.bound = s.top, s.best, min(s.top, d.bound())
		gap := gapOf(t.top, float64(t.bound))
		t.o.report(Progress{t.meter.iterations(), t.top, float64(t.bound), gap})
		if t.close = gap <= t.o.Gap; t.close {
			return
		}
		if k%16 == 15 {
			if -d.best-last < max(1<<d.shift/4, -d.best>>16) {
				break
			}
			last = -d.best
		}
	}
	if !t.spent() {
		t.bound = max(t.bound, min(t.top, t.below(d, 0)))
	}
}

// below returns a lower bound of everything below the node whose dual is d.
func (t *medianTree) below(d *medianDual, depth int) int64 {
	low := d.bound()
	if low >= t.top || t.spent() {
		return low
	}
	free := t.fix(d)
	plan := d.choose(d.atBest)
	if len(plan) < t.n.P {
		return math.MaxInt64 // too few columns left
	}
	t.accept(plan)
	if low >= t.top || free == 0 {
		return t.leaf(d, low)
	}
	branch, unsure := -1, -1.0
	for j, x := range d.x {
		if v := min(x, 1-x)*1e6 + 1/(1+math.Abs(x-0.5)); d.state[j] == undecided && v > unsure {
			branch, unsure = j, v
		}
	}
	result := int64(math.MaxInt64)
	for _, s := range []int8{opened, closed} {
		state := slices.Clone(d.state)
		state[branch] = s
		if !t.possible(state) {
			continue
		}
		c := newMedianDual(t.n, state, d.centre, t.o.workers())
		steps := c.run(t.ctx, 40, t.top)
		t.meter.add(len(t.n.column), steps)
		result = min(result, t.below(c, depth+1))
	}
	return max(low, result)
}

// possible reports whether P columns can be opened in a state.
func (t *medianTree) possible(state []int8) bool {
	open, left := 0, 0
	for _, s := range state {
		if s == opened {
			open++
		}
		if s != closed {
			left++
		}
	}
	return open <= t.n.P && left >= t.n.P
}

// leaf bounds a node without undecided columns: it is the one plan that is left, which has been accepted.
func (t *medianTree) leaf(d *medianDual, low int64) int64 {
	if low >= t.top {
		return low
	}
	return t.cost(d.choose(d.atBest))
}

// accept remembers a plan when it is the cheapest.
func (t *medianTree) accept(plan []int32) {
	if c := t.cost(plan); c < t.top {
		t.top, t.best = c, slices.Clone(plan)
	}
}

func (t *medianTree) cost(plan []int32) (c int64) {
	for i, w := range t.n.w {
		d := uint32(math.MaxUint32)
		for _, j := range plan {
			d = min(d, t.n.Distance[int(j)*t.n.Rows+i])
		}
		c += w * int64(d)
	}
	return c
}

// fix opens and closes columns by their reduced costs and returns how many stay undecided.
func (t *medianTree) fix(d *medianDual) (free int) {
	chosen := d.choose(d.atBest)
	room := (t.top-1)<<d.shift + d.best // what a better plan may exceed the bound by
	in, out := int64(math.MaxInt64), int64(math.MinInt64)
	isChosen := make([]bool, len(d.state))
	for _, j := range chosen {
		isChosen[j] = true
		if d.state[j] == undecided {
			in = min(in, d.atBest[j])
		}
	}
	for j, s := range d.state {
		if s == undecided && !isChosen[j] {
			out = max(out, d.atBest[j])
		}
	}
	for j, s := range d.state {
		switch {
		case s != undecided:
		case !isChosen[j] && in != math.MaxInt64 && in-d.atBest[j] > room, !isChosen[j] && in == math.MaxInt64:
			d.state[j] = closed
		case isChosen[j] && (out == math.MinInt64 || d.atBest[j]-out > room):
			d.state[j] = opened
		default:
			free++
		}
	}
	return free
}

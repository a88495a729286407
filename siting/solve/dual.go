package solve

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
)

// maxDual is the Lagrangian dual of the maximal covering problem. With multipliers l_i for y_i <= sum_{j covers i} x_j,
//
//	L(l) = sum_i max(0, w_i - l_i) + max { sum_j r_j x_j : sum_j c_j x_j <= B, 0 <= x <= 1 },  r_j = sum_{i in j} l_i
//
// is at least the optimum for every l >= 0. Multipliers are integers in units of 2^-shift of a weight, so that L is exact
// and the bound cannot be crossed by rounding. They are moved by the volume algorithm (Barahona & Anbil, Mathematical
// Programming 87, 2000).
type maxDual struct {
	volume
	in     *instance
	budget int64
	group  []int32 // per column: at most one of a group opens; -1 or nil = no group

	r      []int64   // r_j at lambda
	atBest []int64   // r_j at centre
	x      []float64 // averaged x, the near-optimal fractional solution
	chosen []int32   // columns with x > 0 at lambda, the last one perhaps fractional
	part   float64   // x of the last chosen
	cover  []float64 // scratch per row
	order  []int32   // scratch per column
	unit   bool      // all costs equal
}

func newMaxDual(in *instance, budget int64, group []int32, workers int) *maxDual {
	m, n := in.rows(), in.columns()
	var sum int64
	for _, w := range in.w {
		sum += w
	}
	shift := scaleOf(sum)
	most := make([]int64, m)
	for i, w := range in.w {
		most[i] = w << shift
	}
	d := &maxDual{volume: newVolume(most, shift, workers), in: in, budget: budget, group: group, cover: make([]float64, m),
		r: make([]int64, n), atBest: make([]int64, n), x: make([]float64, n), order: make([]int32, n), unit: true}
	for _, c := range in.cost {
		d.unit = d.unit && c == in.cost[0]
	}
	copy(d.lambda, d.most)
	return d
}

// rescale counts in units of 2^-shift from now on, and starts from the given multipliers; nil = as before. It must come
// before the first step.
func (d *maxDual) rescale(shift uint, start []int64) {
	d.shift = shift
	for i, w := range d.in.w {
		d.most[i] = w << shift
		d.lambda[i] = d.most[i]
		if start != nil {
			d.lambda[i] = min(start[i], d.most[i])
		}
	}
}

// bound returns the bound in the unit of the weights, rounded down: the optimum is an integer.
func (d *maxDual) bound() int64 { return d.best >> d.shift }

// step evaluates the dual at lambda, keeps it when it is the best, and moves on. target is the best known objective.
func (d *maxDual) step(target int64) {
	d.prices()
	value := d.choose()
	for i, l := range d.lambda {
		value += d.most[i] - l
	}
	d.average()
	if d.adapt(value) {
		copy(d.atBest, d.r)
	}
	d.move(target << d.shift)
}

// prices computes r.
func (d *maxDual) prices() {
	parallel(d.in.columns(), d.work, func(from, to int) {
		for j := from; j < to; j++ {
			var s int64
			for _, i := range d.in.col.at(j) {
				s += d.lambda[i]
			}
			d.r[j] = s
		}
	})
}

// choose solves the inner knapsack with fractions and returns its value, rounded up.
func (d *maxDual) choose() int64 {
	d.order = d.order[:0]
	for j := range d.r {
		if d.r[j] > 0 && d.in.cost[j] <= d.budget {
			d.order = append(d.order, int32(j))
		}
	}
	d.keepGroupBest()
	d.chosen, d.part = d.chosen[:0], 1
	if d.unit {
		return d.chooseUnit()
	}
	slices.SortFunc(d.order, func(a, b int32) int { return -compareRatio(d.r[a], d.in.cost[a], d.r[b], d.in.cost[b]) })
	var value int64
	left := d.budget
	for _, j := range d.order {
		c := d.in.cost[j]
		if c > left {
			if left > 0 {
				hi, lo := bits.Mul64(uint64(d.r[j]), uint64(left))
				q, rest := bits.Div64(hi, lo, uint64(c)) // r < 2^53, left < c: q fits
				if rest > 0 {
					q++
				}
				value += int64(q)
				d.chosen, d.part = append(d.chosen, j), float64(left)/float64(c)
			}
			break
		}
		left -= c
		value += d.r[j]
		d.chosen = append(d.chosen, j)
	}
	return value
}

// chooseUnit takes the columns of largest r when all costs are the same.
func (d *maxDual) chooseUnit() int64 {
	p := len(d.order)
	if len(d.in.cost) > 0 && d.in.cost[0] > 0 {
		p = int(min(int64(p), d.budget/d.in.cost[0]))
	}
	slices.SortFunc(d.order, func(a, b int32) int { return cmp.Or(cmp.Compare(d.r[b], d.r[a]), cmp.Compare(a, b)) })
	var value int64
	for _, j := range d.order[:p] {
		value += d.r[j]
		d.chosen = append(d.chosen, j)
	}
	return value
}

// keepGroupBest would be exact only for a fixed price of money, so groups are relaxed here by an upper envelope: of a
// group, a column that is dearer and not better than another is dropped. What is left is a valid relaxation.
func (d *maxDual) keepGroupBest() {
	if d.group == nil {
		return
	}
	type top struct{ j int32 }
	best := map[int32]top{}
	kept := d.order[:0]
	slices.SortFunc(d.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(d.in.cost[a], d.in.cost[b]), cmp.Compare(d.r[b], d.r[a]), cmp.Compare(a, b))
	})
	for _, j := range d.order {
		g := d.group[j]
		if g >= 0 {
			if t, ok := best[g]; ok && d.r[t.j] >= d.r[j] {
				continue
			}
			best[g] = top{j}
		}
		kept = append(kept, j)
	}
	d.order = kept
}

// compareRatio compares r1/c1 with r2/c2 exactly; a cost of 0 is an infinite ratio.
func compareRatio(r1, c1, r2, c2 int64) int {
	h1, l1 := bits.Mul64(uint64(r1), uint64(c2))
	h2, l2 := bits.Mul64(uint64(r2), uint64(c1))
	return cmp.Or(cmp.Compare(h1, h2), cmp.Compare(l1, l2))
}

// average mixes the inner solution into the averaged one.
func (d *maxDual) average() {
	clear(d.cover)
	for j := range d.x {
		d.x[j] *= 1 - d.alpha
	}
	for k, j := range d.chosen {
		x := 1.0
		if k == len(d.chosen)-1 {
			x = d.part
		}
		d.x[j] += float64(d.alpha * x)
		for _, i := range d.in.col.at(int(j)) {
			d.cover[i] += x
		}
	}
	for i, c := range d.cover {
		y := 1.0
		if d.lambda[i] >= d.most[i] {
			y = min(1, c) // any y is optimal here: take the one that asks for no move
		}
		d.mix(i, c-y)
	}
}

// run makes at most n steps; it stops when the bound meets the target or ctx ends, but not before the first. It returns
// the steps made.
func (d *maxDual) run(ctx context.Context, n int, target int64) int {
	for k := range n {
		if d.bound() <= target || ctx.Err() != nil && d.best != math.MaxInt64 {
			return k
		}
		d.step(target)
	}
	return n
}

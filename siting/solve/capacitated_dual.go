package solve

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// capacityDual is the Lagrangian dual of a capacitated cover. With multipliers 0 <= u_i <= 1 for sum_j z_ij <= w_i,
//
//	L(u) = sum_i u_i w_i + max { sum_j g_j x_j : sum_j c_j x_j <= Budget, 0 <= x <= 1 },
//	g_j  = max { sum_i (1 - u_i) z_ij : sum_i z_ij <= Q_j, z_ij <= w_i }
//
// is at least the optimum (Pirkul & Schilling, Management Science 37, 1991). Multipliers are in units of 2^-shift, so that
// L is exact.
type capacityDual struct {
	volume
	in       *instance
	capacity []int64
	budget   int64
	state    []int8    // per column: 1 = must open, -1 = must not, 0 = free
	g        []int64   // per column
	x        []float64 // averaged
	order    []int32   // scratch: columns by what they are worth for their money
	cover    []float64 // scratch per row
}

func newCapacityDual(in *instance, capacity []int64, budget int64, state []int8, workers int) *capacityDual {
	var sum int64
	for _, w := range in.w {
		sum += w
	}
	for j, q := range capacity { // so that even what all columns serve together stays exact
		var reach int64
		for _, i := range in.col.at(j) {
			reach += in.w[i]
		}
		sum += min(q, reach, MaxTotal)
		if sum > MaxTotal {
			break
		}
	}
	shift := scaleOf(sum)
	most := make([]int64, in.rows())
	for i := range most {
		most[i] = 1 << shift
	}
	return &capacityDual{volume: newVolume(most, shift, workers), in: in, capacity: capacity, budget: budget, state: state,
		g: make([]int64, in.columns()), x: make([]float64, in.columns()), cover: make([]float64, in.rows())}
}

// bound returns the bound in the unit of the weights, rounded down: the optimum is an integer.
func (d *capacityDual) bound() int64 { return d.best >> d.shift }

// byPrice returns the rows of column j, those with the smallest multipliers first, when not all fit into its capacity.
func (d *capacityDual) byPrice(j int) []int32 {
	rows := d.in.col.at(j)
	var sum int64
	for _, i := range rows {
		sum += d.in.w[i]
	}
	if sum <= d.capacity[j] {
		return rows
	}
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b int32) int { return cmp.Or(cmp.Compare(d.lambda[a], d.lambda[b]), cmp.Compare(a, b)) })
	return rows
}

// step evaluates the dual at lambda, keeps it when it is the best, and moves on.
func (d *capacityDual) step(target int64) {
	parallel(d.in.columns(), d.work, func(from, to int) {
		for j := from; j < to; j++ {
			d.g[j] = 0
			left := d.capacity[j]
			for _, i := range d.byPrice(j) {
				z := min(left, d.in.w[i])
				d.g[j] += z * (1<<d.shift - d.lambda[i])
				left -= z
			}
		}
	})
	clear(d.cover)
	for j := range d.x {
		d.x[j] *= 1 - d.alpha
	}
	value := d.choose()
	for i, w := range d.in.w {
		value += w * d.lambda[i]
		d.mix(i, float64(w)-d.cover[i])
	}
	d.adapt(value)
	d.move(target << d.shift)
}

// choose solves the inner knapsack with fractions, takes down what it serves, and returns its value, rounded up.
func (d *capacityDual) choose() (value int64) {
	left := d.budget
	d.order = d.order[:0]
	for j, s := range d.state {
		switch {
		case s > 0:
			left -= d.in.cost[j]
			value += d.g[j]
			d.serve(j, 1)
		case s == 0 && d.g[j] > 0:
			d.order = append(d.order, int32(j))
		}
	}
	slices.SortFunc(d.order, func(a, b int32) int {
		return cmp.Or(-compareRatio(d.g[a], d.in.cost[a], d.g[b], d.in.cost[b]), cmp.Compare(a, b))
	})
	for _, j := range d.order {
		c := d.in.cost[j]
		if c > d.budget { // never opens
			continue
		}
		if c <= left {
			left -= c
			value += d.g[j]
			d.serve(int(j), 1)
			continue
		}
		if left > 0 {
			part := float64(left) / float64(c)
			value += min(d.g[j], int64(math.Ceil(float64(d.g[j])*part*(1+1e-15)))+1)
			d.serve(int(j), part)
		}
		break
	}
	return value
}

// serve notes what column j serves when it opens to a part.
func (d *capacityDual) serve(j int, part float64) {
	d.x[j] += float64(d.alpha * part)
	left := d.capacity[j]
	for _, i := range d.byPrice(j) {
		z := min(left, d.in.w[i])
		left -= z
		if d.lambda[i] < d.most[i] { // where nothing is gained, nothing is served
			d.cover[i] += float64(float64(z) * part)
		}
		if left == 0 {
			return
		}
	}
}

// run makes at most n steps; it stops when the bound meets the target or ctx ends, but not before the first.
func (d *capacityDual) run(ctx context.Context, n int, target int64) int {
	for k := range n {
		if d.best != math.MaxInt64 && (d.bound() <= target || ctx.Err() != nil) {
			return k
		}
		d.step(target)
	}
	return n
}

// open lists the columns that must open.
func (d *capacityDual) open() (columns []int32) {
	for j, s := range d.state {
		if s > 0 {
			columns = append(columns, int32(j))
		}
	}
	return columns
}

// surest lists the columns that open to a half and more in the averaged plan, surest first.
func (d *capacityDual) surest() (columns []int32) {
	for j, x := range d.x {
		if d.state[j] == 0 && x > 0.5 {
			columns = append(columns, int32(j))
		}
	}
	slices.SortFunc(columns, func(a, b int32) int { return cmp.Or(-cmp.Compare(d.x[a], d.x[b]), cmp.Compare(a, b)) })
	return append(d.open(), columns...)
}

// branch returns the free column that the averaged plan is most unsure of; -1 = none is free and may open.
func (d *capacityDual) branch() int32 {
	left := d.budget
	for j, s := range d.state {
		if s > 0 {
			left -= d.in.cost[j]
		}
	}
	best, value := int32(-1), -1.0
	for j, x := range d.x {
		if d.state[j] != 0 || d.in.cost[j] > left || len(d.in.col.at(j)) == 0 || d.capacity[j] == 0 {
			continue
		}
		if v := (1e-9 + min(x, 1-x)) * float64(1+d.g[j]); v > value {
			best, value = int32(j), v
		}
	}
	return best
}

// child returns the dual with one more column decided; ok is false when the money does not reach.
func (d *capacityDual) child(j int32, choice int8) (*capacityDual, bool) {
	state := slices.Clone(d.state)
	state[j] = choice
	c := newCapacityDual(d.in, d.capacity, d.budget, state, d.work)
	copy(c.lambda, d.centre)
	left := d.budget
	for _, k := range c.open() {
		left -= d.in.cost[k]
	}
	return c, left >= 0
}

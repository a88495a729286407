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
	price  float64   // of money, where costs differ
	winner []int32   // scratch per group: its best column
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
	for _, g := range group {
		for int(g) >= len(d.winner) {
			d.winner = append(d.winner, -1)
		}
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

// begin starts from the multipliers that a plan suggests: rows that it leaves bare count in full; of what a column adds, as
// much as money is worth where the plan stops. columns are in the order in which they were added.
func (d *maxDual) begin(columns []int32) {
	gains, worth := make([]int64, len(columns)), make([]float64, len(columns))
	since := make([]int32, d.in.rows()) // 1 + place of the column that covers the row first
	for k, j := range columns {
		for _, i := range d.in.col.at(int(j)) {
			if since[i] == 0 {
				since[i] = int32(k) + 1
				gains[k] += d.in.w[i]
			}
		}
		worth[k] = float64(gains[k]) / math.Max(1, float64(d.in.cost[j]))
	}
	if len(columns) == 0 {
		return
	}
	slices.Sort(worth)
	least := worth[len(worth)/10]
	d.price = least * float64(int64(1)<<d.shift)
	for i, k := range since {
		if k > 0 {
			share := least * math.Max(1, float64(d.in.cost[columns[k-1]])) / math.Max(1, float64(gains[k-1]))
			d.lambda[i] = int64(min(1, share) * float64(d.most[i]))
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

// choose solves the inner knapsack with fractions and returns at least its value. With costs that differ it is solved
// through its own dual, the price of money: sum_G max(0, max_{j in G} r_j - price c_j) + price B, for the price at which
// the columns that are worth it just spend the budget. Any price gives a valid bound.
func (d *maxDual) choose() int64 {
	d.order = d.order[:0]
	for j := range d.r {
		if d.r[j] > 0 && d.in.cost[j] <= d.budget {
			d.order = append(d.order, int32(j))
		}
	}
	d.chosen, d.part = d.chosen[:0], 1
	if d.unit && d.group == nil {
		return d.chooseUnit()
	}
	low, high := 0.0, d.price // spent at low exceeds the budget, at high it does not
	if d.takes(low, false) <= float64(d.budget) {
		high = 0
	} else {
		for high = math.Max(high*1.01, 1); d.takes(high, false) > float64(d.budget); high *= 2 {
			low = high
		}
		if near := d.price * 0.99; near > low && d.takes(near, false) > float64(d.budget) {
			low = near
		}
		for range 30 {
			mid := (low + high) / 2
			if high-low < 1e-4*high || mid <= low || mid >= high {
				break
			}
			if d.takes(mid, false) > float64(d.budget) {
				low = mid
			} else {
				high = mid
			}
		}
	}
	d.price = high
	d.takes(high, true)
	var value int64
	for _, j := range d.chosen { // rounded so that the bound stays valid
		value += d.r[j] - int64(math.Floor(high*float64(d.in.cost[j])*(1-1e-15)))
	}
	return value + int64(math.Ceil(high*float64(d.budget)*(1+1e-15))) + 1
}

// takes returns what the columns cost that are worth the price, one of a group; keep writes them to chosen.
func (d *maxDual) takes(price float64, keep bool) (spent float64) {
	if d.group != nil {
		for g := range d.winner {
			d.winner[g] = -1
		}
	}
	worth := func(j int32) float64 { return float64(d.r[j]) - float64(price*float64(d.in.cost[j])) }
	for _, j := range d.order {
		if worth(j) <= 0 {
			continue
		}
		if d.group != nil && d.group[j] >= 0 {
			if w := d.winner[d.group[j]]; w < 0 || worth(j) > worth(w) {
				d.winner[d.group[j]] = j
			}
			continue
		}
		if spent += float64(d.in.cost[j]); keep {
			d.chosen = append(d.chosen, j)
		}
	}
	for _, j := range d.winner {
		if j < 0 {
			continue
		}
		if spent += float64(d.in.cost[j]); keep {
			d.chosen = append(d.chosen, j)
		}
	}
	return spent
}

// chooseUnit takes the columns of largest r when all costs are the same.
func (d *maxDual) chooseUnit() int64 {
	p := len(d.order)
	if len(d.in.cost) > 0 && d.in.cost[0] > 0 {
		p = int(min(int64(p), d.budget/d.in.cost[0]))
	}
	d.top(p)
	slices.SortFunc(d.order[:p], func(a, b int32) int { return cmp.Or(cmp.Compare(d.r[b], d.r[a]), cmp.Compare(a, b)) })
	var value int64
	for _, j := range d.order[:p] {
		value += d.r[j]
		d.chosen = append(d.chosen, j)
	}
	return value
}

// top moves the p columns of largest r to the front of order; of equal ones, the lowest.
func (d *maxDual) top(p int) {
	before := func(a, b int32) bool { return d.r[a] > d.r[b] || d.r[a] == d.r[b] && a < b }
	o := d.order
	for low, high := 0, len(o); p > low && p < high; { // columns in front of low belong to the top, those from high on do not
		pivot := o[low+(high-low)/2]
		a, b := low, high-1
		for a <= b {
			for before(o[a], pivot) {
				a++
			}
			for before(pivot, o[b]) {
				b--
			}
			if a <= b {
				o[a], o[b] = o[b], o[a]
				a++
				b--
			}
		}
		switch { // low..b are before a..high, and between them is at most the pivot
		case p <= b:
			high = b + 1
		case p >= a:
			low = a
		default:
			return
		}
	}
}

// compareRatio compares r1/c1 with r2/c2 exactly; a cost of 0 is an infinite ratio.
func compareRatio(r1, c1, r2, c2 int64) int {
	h1, l1 := bits.Mul64(uint64(r1), uint64(c2))
	h2, l2 := bits.Mul64(uint64(r2), uint64(c1))
	return cmp.Or(cmp.Compare(h1, h2), cmp.Compare(l1, l2))
}

// averageColumns mixes the columns of the inner solution into the averaged ones, and sums in cover how often it covers each row.
func (d *maxDual) averageColumns() {
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
}

// average mixes the inner solution into the averaged one.
func (d *maxDual) average() {
	d.averageColumns()
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

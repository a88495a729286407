package solve

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// frontierDual relaxes the maximal cover of one budget after the other,
//
//	max  sum_i w_i y_i
//	s.t. y_i <= sum_{j covers i} x_j,  y_i <= 1,  sum_j c_j x_j <= B,  sum_{j in S} x_j <= 1 for each set of conflicts S,  x >= 0
//
// by the primal-dual hybrid gradient method (Chambolle & Pock 2011) with diagonal step lengths (Pock & Chambolle 2011), in the
// reflected form that is pulled back to where it started (Halpern 1967; Lu & Yang, "Restarted Halpern PDHG for linear
// programming", 2024) and restarted now and then. The step lengths follow the size of what they move: a multiplier's own, a
// column's own share, so that columns of no use and rows of no weight do not slow the others down.
//
// Its multipliers are floats and only good guesses: evaluate rounds them to integers in units of 2^-shift of a weight and
// takes the bounds of these exactly. A multiplier of each row and set makes one array: rows first.
type frontierDual struct {
	f      *frontier
	lambda []float32 // per row and set: multiplier, in weight
	from   []float32 // what it was at the restart
	stride []float32 // its step length
	cover  []int32   // per row and set: sum of the x there, in units of 1 / frontierUnit; the first worker adds up here
	fixed  []int64   // per row and set: lambda in units of 2^-shift, while it is evaluated

	mu    float64   // what money is worth
	x     []float32 // per column
	r     []int64   // per column: worth at fixed
	core  []int32   // columns that may be worth their money
	fromX []float32 // per column of core, like from
	reach []float32 // per column of core, like stride
	ahead []float32 // per column of core: x, reflected

	tail  float64 // what the greedy's last columns add for the money
	seen  []bool  // per row: covered by the greedy's columns so far
	least []int64 // per budget: smallest bound in units of 2^-shift
}

const (
	frontierRound = 25       // steps between restarts
	frontierUnit  = 1 << 18  // of x in cover
	frontierCore  = 0.98     // columns worth this part of their price take part
	frontierRank  = 0.95     // columns worth less than this part are not ranked, but bounded together
	frontierPace  = 0.5      // step lengths of rows are shorter and those of columns longer by this
	frontierFloor = 0.05     // step lengths of rows are those of multipliers of this part of the weight at least
	frontierShare = 1. / 500 // and of columns those of this x at least
)

func newFrontierDual(f *frontier) *frontierDual {
	m, n := f.in.rows(), f.in.columns()
	d := &frontierDual{f: f, lambda: make([]float32, m+f.sets), from: make([]float32, m+f.sets), stride: make([]float32, m+f.sets),
		cover: f.parts[0], fixed: f.wide[:m+f.sets], x: make([]float32, n), r: make([]int64, n), seen: make([]bool, m),
		least: slices.Clone(f.least)}
	for i, w := range f.in.w {
		d.lambda[i] = float32(w)
	}
	return d
}

// solve moves the relaxation on to budget k. It evaluates what it has at least once, whatever ctx says.
func (d *frontierDual) solve(ctx context.Context, k int) {
	if k > 0 && ctx.Err() != nil {
		return
	}
	d.begin(k)
	d.evaluate()
	for done := 0; done < d.f.o.Iterations; {
		if ctx.Err() != nil || d.mu == 0 || d.least[k] != math.MaxInt64 && d.least[k]>>d.f.shift <= d.f.value[k] {
			return
		}
		n := min(frontierRound, d.f.o.Iterations-done)
		d.choose()
		d.round(d.f.budgets[k], n)
		d.evaluate()
		done += n
	}
}

// begin takes in the columns that the greedy opens between the budget before and this one: rows that they cover first count
// as much as money is worth then, and multipliers below their limits follow the price of money.
func (d *frontierDual) begin(k int) {
	in, from := d.f.in, 0
	if k > 0 {
		from = d.f.prefix[k-1]
	}
	opened := d.f.order[from:d.f.prefix[k]]
	worth := make([]float64, 0, len(opened))
	for _, j := range opened {
		gain := int64(0)
		for _, i := range in.col.at(int(j)) {
			if !d.seen[i] {
				gain += in.w[i]
			}
		}
		d.x[j] = 1
		price := math.Max(1, float64(in.cost[j]))
		worth = append(worth, float64(gain)/price)
		for _, i := range in.col.at(int(j)) {
			if !d.seen[i] { // of a price of 1, for now
				d.seen[i] = true
				d.lambda[i] = -float32(float64(in.w[i]) * price / math.Max(1, float64(gain)))
			}
		}
	}
	if len(worth) == 0 {
		return
	}
	slices.Sort(worth)
	tail := worth[len(worth)/10]
	if d.mu == 0 {
		d.mu = tail
	} else {
		d.follow(tail / d.tail)
	}
	d.tail = math.Max(tail, 1e-9)
	for i, w := range in.w {
		if l := d.lambda[i]; l < 0 {
			d.lambda[i] = min(-l*float32(d.mu), float32(w))
		}
	}
}

// follow moves the price of money, and with it the multipliers that it decides.
func (d *frontierDual) follow(by float64) {
	d.mu *= by
	for i, w := range d.f.in.w {
		if l := d.lambda[i]; l > 0 && l < float32(w) {
			d.lambda[i] = min(l*float32(by), float32(w))
		}
	}
	for q := len(d.f.in.w); q < len(d.lambda); q++ {
		d.lambda[q] *= float32(by)
	}
}

// choose picks the columns that take part until the next restart, by what they are worth.
func (d *frontierDual) choose() {
	least, n := frontierCore*math.Ldexp(d.mu, int(d.f.shift)), 0
	take := func(j int) bool { return d.x[j] > 0 || d.r[j] > 0 && float64(d.r[j]) >= least*float64(d.f.in.cost[j]) }
	for j := range d.r {
		if take(j) {
			n++
		}
	}
	d.core = slices.Grow(d.core[:0], n)
	for j := range d.r {
		if take(j) {
			d.core = append(d.core, int32(j))
		}
	}
	d.fromX, d.reach, d.ahead = resized(d.fromX, n), resized(d.reach, n), resized(d.ahead, n)
}

// resized returns n values, in the old array where it is large enough; what they are is left open.
func resized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// round makes n steps from where d stands. But for the last, a step goes as far again as the method asks and then some of the
// way back to where the round began.
func (d *frontierDual) round(budget int64, n int) {
	money, from := d.lengths(), d.mu
	copy(d.from, d.lambda)
	for k, j := range d.core {
		d.fromX[k] = d.x[j]
	}
	for k := range n {
		back := 1 / float32(k+2)
		if k == n-1 {
			back = -1
		}
		d.moveColumns(back)
		spent := d.spread(d.ahead)
		d.moveRows(back)
		mu := math.Max(0, d.mu+float64(money*(spent-float64(budget))))
		if back >= 0 {
			mu = float64(float64(1-back)*(2*mu-d.mu)) + float64(float64(back)*from)
		}
		d.mu = mu
	}
	d.mu = min(max(d.mu, from/2), from*2)
}

// lengths sets the step lengths and returns that of the price of money. With the guesses X_j and L_i of the sizes of x and
// lambda they are X_j / (sum over the rows of j of L_i) and L_i / (sum over the columns of i of X_j), which keeps the
// product of matrix and step lengths at a norm of at most 1 (test of Schur).
func (d *frontierDual) lengths() float64 {
	in, m, total := d.f.in, d.f.in.rows(), 0.0
	price := math.Ldexp(d.mu, int(d.f.shift))
	for k, j := range d.core {
		short := math.Max(0, 1-float64(d.r[j])/math.Max(1, price*float64(in.cost[j])))
		d.fromX[k] = max(d.x[j], float32(0.3*math.Exp(-12*short)), frontierShare)
		total += float64(float64(d.fromX[k]) * float64(in.cost[j]))
	}
	d.spread(d.fromX)
	parallel(len(d.lambda), d.f.o.workers(), func(from, to int) {
		for i := from; i < to; i++ {
			size := float32(d.mu * frontierFloor)
			if i < m {
				size = frontierFloor * float32(in.w[i])
			}
			d.from[i] = max(d.lambda[i], size)
			d.stride[i] = frontierPace * d.from[i] * frontierUnit / float32(max(1, d.cover[i]))
		}
	})
	parallel(len(d.core), d.f.o.workers(), func(from, to int) {
		for k := from; k < to; k++ {
			j := int(d.core[k])
			s := float32(d.mu * float64(in.cost[j]))
			for _, i := range in.col.at(j) {
				s += d.from[i]
			}
			for _, q := range d.f.setsOf(j) {
				s += d.from[m+int(q)]
			}
			d.reach[k] = d.fromX[k] / max(frontierPace*s, 1e-30)
		}
	})
	return frontierPace * d.mu / math.Max(total, 1e-30)
}

// spread sums the x of the core over every row and set and returns what they cost. Sums are of integers, so that they do not
// depend on who adds what.
func (d *frontierDual) spread(x []float32) (spent float64) {
	in, m := d.f.in, d.f.in.rows()
	workers := d.f.o.workers()
	spread(workers, workers, func(w int) {
		part := d.f.parts[w]
		clear(part)
		for k := len(d.core) * w / workers; k < len(d.core)*(w+1)/workers; k++ {
			v, j := int32(x[k]*frontierUnit), int(d.core[k])
			if v == 0 {
				continue
			}
			for _, i := range in.col.at(j) {
				part[i] += v
			}
			for _, q := range d.f.setsOf(j) {
				part[m+int(q)] += v
			}
		}
	})
	parallel(len(d.cover), workers, func(from, to int) {
		for _, part := range d.f.parts[1:] {
			for i := from; i < to; i++ {
				d.cover[i] += part[i]
			}
		}
	})
	for k, j := range d.core {
		spent += float64(float64(x[k]) * float64(in.cost[j]))
	}
	return spent
}

// moveRows moves the multipliers of rows and sets against what is short of or beyond 1 there; back is the part of the way
// back, negative for none and no reflection.
func (d *frontierDual) moveRows(back float32) {
	in, m := d.f.in, d.f.in.rows()
	parallel(len(d.lambda), d.f.o.workers(), func(from, to int) {
		for i := from; i < to; i++ {
			short, l := 1-float32(d.cover[i])/frontierUnit, d.lambda[i]
			if i < m {
				l = min(max(l+float32(d.stride[i]*short), 0), float32(in.w[i]))
			} else {
				l = max(l-float32(d.stride[i]*short), 0)
			}
			if back >= 0 {
				l = float32((1-back)*(2*l-d.lambda[i])) + float32(back*d.from[i])
			}
			d.lambda[i] = l
		}
	})
}

// moveColumns moves the x by what columns are worth beyond their price; see moveRows.
func (d *frontierDual) moveColumns(back float32) {
	in, m := d.f.in, d.f.in.rows()
	parallel(len(d.core), d.f.o.workers(), func(from, to int) {
		for k := from; k < to; k++ {
			j := int(d.core[k])
			r := -float32(d.mu * float64(in.cost[j]))
			for _, i := range in.col.at(j) {
				r += d.lambda[i]
			}
			for _, q := range d.f.setsOf(j) {
				r -= d.lambda[m+int(q)]
			}
			x := min(max(d.x[j]+float32(d.reach[k]*r), 0), 1)
			d.ahead[k] = 2*x - d.x[j]
			if back >= 0 {
				x = float32((1-back)*d.ahead[k]) + float32(back*d.fromX[k])
			}
			d.x[j] = x
		}
	})
}

// evaluate bounds all budgets by
//
//	sum_i (w_i - l_i) + sum_S l_S + max { sum_j r_j x_j : sum_j c_j x_j <= B, 0 <= x <= 1 },  r_j = sum_{i in j} l_i - sum_{S has j} l_S
//
// for the multipliers l that are lambda in integers. It keeps r.
func (d *frontierDual) evaluate() {
	f, m, base := d.f, d.f.in.rows(), int64(0)
	scale := math.Ldexp(1, int(f.shift))
	for i, l := range d.lambda {
		v := int64(math.Min(math.Max(0, float64(l))*scale, float64(MaxTotal)))
		if i < m {
			v = min(v, f.in.w[i]<<f.shift)
			base += f.in.w[i]<<f.shift - v
		} else if base += v; base > f.total<<f.shift {
			return // far off: bounds nothing
		}
		d.fixed[i] = v
	}
	parallel(len(d.r), f.o.workers(), func(from, to int) {
		for j := from; j < to; j++ {
			var s int64
			for _, i := range f.in.col.at(j) {
				s += d.fixed[i]
			}
			for _, q := range f.setsOf(j) {
				s -= d.fixed[m+int(q)]
			}
			d.r[j] = s
		}
	})
	least := frontierRank * d.mu * scale
	d.rank(least)
	for k, b := range f.budgets {
		d.least[k] = min(d.least[k], base+d.knapsack(b, least))
	}
}

// rank lists the columns that are worth at least so much for the money, best first.
func (d *frontierDual) rank(least float64) {
	f, cost := d.f, d.f.in.cost
	f.list = f.list[:0]
	for j, r := range d.r {
		if r > 0 && float64(r) >= least*float64(cost[j]) {
			f.list = append(f.list, int32(j))
		}
	}
	slices.SortFunc(f.list, func(a, b int32) int {
		return cmp.Or(-compareRatio(d.r[a], cost[a], d.r[b], cost[b]), cmp.Compare(a, b))
	})
}

// knapsack returns at least what the budget buys of r, with fractions of columns that it can pay. What is not ranked is
// worth less than least for the money.
func (d *frontierDual) knapsack(budget int64, least float64) (value int64) {
	most, left := d.f.total<<d.f.shift, budget
	for _, j := range d.f.list {
		c := d.f.in.cost[j]
		switch {
		case c > budget:
			continue
		case value >= most:
			return most // more than there is
		case c > left:
			return value + partOf(d.r[j], left, c)
		}
		left -= c
		value += d.r[j]
	}
	return value + int64(math.Min(math.Ceil(least*float64(left)*(1+1e-15)), float64(most)))
}

// partOf returns r x left / c, rounded up.
func partOf(r, left, c int64) int64 {
	return min(r, int64(math.Ceil(float64(r)*(float64(left)/float64(c))*(1+1e-15)))+1)
}

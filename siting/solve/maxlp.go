package solve

import (
	"context"
	"math"
	"slices"
)

// maxLP solves the linear relaxation of a maximal cover through its dual, the function that maxDual bounds:
//
//	f(l, q) = sum_i (w_i - l_i) + B q + sum_j phi_j(t_j),  t_j = sum_{i in j} l_i - c_j q,  0 <= l_i <= w_i,  q >= 0
//
// where phi_j(t) is max(0, t) for a free column, t for one that is open and 0 for one that is dropped. It is convex and
// piecewise linear, so it has a least point where as many t_j vanish as multipliers lie strictly within their limits: the
// tight columns and the basic multipliers. The matrix between the two is all that needs an inverse, and it is as small as
// the number of columns that the relaxation opens in part, whatever the number of rows. A step lets one limit go and walks
// down the line on which the other t_j stay 0, across breakpoints, until f rises: the simplex method for piecewise linear
// functions (Fourer, "A simplex algorithm for piecewise-linear programming I", Mathematical Programming 33, 1985).
//
// Every point on the way is a bound, but one in floating point: maxVisit rounds the multipliers to integers and takes
// the exact bound there. The multiplier at index rows() is q, the price of money.
type maxLP struct {
	in    *instance
	upper []float64 // limit of each multiplier
	cost  []float64 // per column, the dearest is 1
	money float64   // in the unit of cost
	dear  float64   // that unit
	total float64   // of the weights
	lpPoint

	rise   []float64 // scratch: how the basic multipliers move
	slope  []float64 // scratch per column: how t moves
	grade  []float64 // scratch per multiplier: the derivative of f
	mixed  []float64 // scratch per place
	bends  []bend
	fresh  int  // pivots since the inverse was made anew
	steps  int  // made in all
	still  bool // the last step has moved one multiplier only
	pinned bool // the price of money stays what it is
	work   int64
}

// lpPoint is where a maxLP stands. A copy of it is where the LPs of the parts of a node start.
type lpPoint struct {
	l     []float64 // multipliers, the price last
	t     []float64 // per column; 0 for tight ones
	x     []float64 // per column: 0 or 1 where not tight
	low   []float64 // per column: limits of x, 0 or 1
	high  []float64
	basic []int32     // multipliers strictly within their limits
	tight []int32     // columns, as many
	of    []int32     // per multiplier: its place in basic, -1 = none
	at    []int32     // per column: its place in tight, -1 = none
	inv   [][]float64 // inv[p][q]: how basic q moves when t of tight p grows by 1
	count []int32     // per row: columns that are open and not tight
	spent float64     // on them
	wide  []float64   // per multiplier: weight of its price, how far it moves others; see devex
	broad []float64   // per column: the same of its t
}

// bend is a breakpoint of f on a line.
type bend struct {
	at     float64
	column int32
}

const (
	lpWide  = 400  // tight columns; a larger inverse is dear, and the volume algorithm comes close
	lpClose = 1e-9 // how far x may be off
	lpPivot = 1e-7 // the least change that a column stops at
)

func newMaxLP(in *instance, budget int64) *maxLP {
	m, n := in.rows(), in.columns()
	s := &maxLP{in: in, upper: make([]float64, m+1), cost: make([]float64, n), slope: make([]float64, n), grade: make([]float64, m+1)}
	dear := int64(1)
	for _, c := range in.cost {
		dear = max(dear, c)
	}
	for j, c := range in.cost {
		s.cost[j] = float64(c) / float64(dear)
	}
	s.money, s.dear = float64(budget)/float64(dear), float64(dear)
	for i, w := range in.w {
		s.total += float64(w)
		// Limits that all differ a little leave no ties to cycle in. Together they are off by less than a third.
		s.upper[i] = float64(w) - 0.3/float64(m)*float64(1+mix(uint64(i))&1023)/1024
	}
	s.upper[m] = math.Inf(1)
	s.lpPoint = lpPoint{l: make([]float64, m+1), t: make([]float64, n), x: make([]float64, n), low: make([]float64, n),
		high: make([]float64, n), of: make([]int32, m+1), at: make([]int32, n), count: make([]int32, m),
		wide: make([]float64, m+1), broad: make([]float64, n)}
	for v := range s.wide {
		s.wide[v] = 1
	}
	for j := range s.broad {
		s.broad[j] = 1
	}
	for v := range s.of {
		s.of[v] = -1
	}
	for j := range s.at {
		s.at[j], s.high[j] = -1, 1
	}
	return s
}

// lean returns a copy without the inverse, which can be made anew.
func (p *lpPoint) lean() *lpPoint {
	q := *p
	q.inv = nil
	c := new(lpPoint)
	c.become(&q)
	return c
}

// become makes p a copy of q without new memory where it can.
func (p *lpPoint) become(q *lpPoint) {
	p.l, p.t, p.x = append(p.l[:0], q.l...), append(p.t[:0], q.t...), append(p.x[:0], q.x...)
	p.low, p.high = append(p.low[:0], q.low...), append(p.high[:0], q.high...)
	p.basic, p.tight = append(p.basic[:0], q.basic...), append(p.tight[:0], q.tight...)
	p.wide, p.broad = append(p.wide[:0], q.wide...), append(p.broad[:0], q.broad...)
	p.of, p.at = append(p.of[:0], q.of...), append(p.at[:0], q.at...)
	p.count, p.spent = append(p.count[:0], q.count...), q.spent
	for k, v := range q.inv {
		if k < len(p.inv) {
			p.inv[k] = append(p.inv[k][:0], v...)
		} else {
			p.inv = append(p.inv, slices.Clone(v))
		}
	}
	p.inv = p.inv[:len(q.inv)]
}

// begin starts at multipliers in units of 2^-shift and a price of money in the unit of the weights for one of cost.
func (s *maxLP) begin(start []int64, shift uint, price float64) {
	unit := 1 / float64(int64(1)<<shift)
	near := 1 / float64(len(s.l)) // of a limit is at it: what merging rows or rounding has moved off
	for i, l := range start {
		switch f := float64(l) * unit; {
		case f < near:
			s.l[i] = 0
		case f > s.upper[i]-near:
			s.l[i] = s.upper[i]
		default:
			s.l[i] = f
		}
	}
	s.l[len(s.l)-1] = price
	s.measure()
	for j, t := range s.t {
		if t > 0 && s.high[j] > 0 || s.low[j] > 0 {
			s.flip(int32(j))
		}
	}
}

// lpBasis names the basis that a relaxation ended with, so that a smaller one can begin with what is left of it.
type lpBasis struct {
	rows, columns []int32 // basic rows and tight columns
	price         bool    // is basic as well
}

// basis returns the basis.
func (s *maxLP) basis() *lpBasis {
	b := &lpBasis{columns: slices.Clone(s.tight)}
	for _, v := range s.basic {
		if int(v) == s.in.rows() {
			b.price = true
		} else {
			b.rows = append(b.rows, v)
		}
	}
	return b
}

// carry takes a basis along from an instance to a smaller one made of it.
func (b *lpBasis) carry(from, to *instance) *lpBasis {
	if b == nil {
		return nil
	}
	c := &lpBasis{price: b.price}
	for _, i := range b.rows {
		if k := to.from[i]; k >= 0 && !slices.Contains(c.rows, k) {
			c.rows = append(c.rows, k)
		}
	}
	for _, j := range b.columns {
		if k, is := slices.BinarySearch(to.orig, from.orig[j]); is {
			c.columns = append(c.columns, int32(k))
		}
	}
	return c
}

// resume takes up a basis where the multipliers are.
func (s *maxLP) resume(b *lpBasis) {
	for _, j := range b.columns {
		if s.x[j] > 0.5 {
			s.flip(j)
		}
	}
	s.tight, s.basic = slices.Clone(b.columns), slices.Clone(b.rows)
	if b.price {
		s.basic = append(s.basic, int32(s.in.rows()))
	}
	s.renew()
	s.measure()
	for p, j := range s.tight { // rounding and merging rows have moved t a little
		for q, a := range s.inv[p] {
			v := s.basic[q]
			s.l[v] = min(max(s.l[v]-float64(a*s.t[j]), 0), s.upper[v])
		}
	}
	s.measure()
	for j, t := range s.t {
		if s.at[j] >= 0 {
			s.t[j] = 0
		} else if s.low[j] < s.high[j] && (s.x[j] > 0.5) != (t > 0) {
			s.flip(int32(j))
		}
	}
}

// measure computes t anew.
func (s *maxLP) measure() {
	q := s.l[len(s.l)-1]
	for j := range s.t {
		var sum float64
		for _, i := range s.in.col.at(j) {
			sum += s.l[i]
		}
		s.t[j] = sum - float64(s.cost[j]*q)
	}
	s.work += int64(len(s.in.col.item))
}

// flip opens or closes a column that is not tight.
func (s *maxLP) flip(j int32) {
	by := int32(1)
	if s.x[j] > 0.5 {
		by = -1
	}
	s.x[j] = float64(1+by) / 2
	s.spent += float64(by) * s.cost[j]
	for _, i := range s.in.col.at(int(j)) {
		s.count[i] += by
	}
}

// value returns f.
func (s *maxLP) value() float64 {
	m := s.in.rows()
	f := s.total + float64(s.money*s.l[m])
	for _, l := range s.l[:m] {
		f -= l
	}
	for j, t := range s.t {
		if s.at[j] < 0 {
			f += float64(t * s.x[j])
		}
	}
	return f
}

// limit sets the limits of x of a column.
func (s *maxLP) limit(j int32, low, high float64) {
	s.low[j], s.high[j] = low, high
	if s.at[j] < 0 && (s.x[j] < low || s.x[j] > high) {
		s.flip(j)
	}
}

// lpEnd says how a run ended.
type lpEnd int

const (
	lpBest  lpEnd = iota // at the least point
	lpLow                // below the value asked for
	lpShort              // out of steps, of work or of time, or the inverse became too large
	lpEmpty              // f falls without end: no x keeps the limits
)

// lpRun says how far a run goes.
type lpRun struct {
	steps int     // at most; 0 = as many as a run can need
	work  int64   // entries looked at, at most
	stop  float64 // f below which nobody asks for more
}

// run moves to where f is least, or as far as it may.
func (s *maxLP) run(ctx context.Context, r lpRun) lpEnd {
	s.measure()
	s.still = false
	if r.steps == 0 {
		r.steps = 1000 + 8*(len(s.l)+len(s.t)) // more would be going round in circles
	}
	f, end := s.value(), s.work+r.work
	for range r.steps {
		if f < r.stop {
			if f = s.value(); f < r.stop {
				return lpLow
			}
		}
		if s.work > end || len(s.basic) > lpWide || ctx.Err() != nil {
			return lpShort
		}
		if s.refresh() {
			f = s.value()
		}
		column, v, by := s.enter()
		if column < 0 && v < 0 {
			return lpBest
		}
		s.steps++
		fall, ok := s.walk(column, v, by)
		if !ok {
			return lpEmpty
		}
		f -= fall
	}
	return lpShort
}

// refresh computes x and the derivatives, and reports whether it had to make the inverse anew for that.
func (s *maxLP) refresh() bool {
	if !s.still {
		s.solve()
	}
	if s.fresh == 0 || s.off() <= 1e-7 {
		return false
	}
	s.renew()
	s.solve()
	return true
}

// solve computes x of the tight columns and the derivative of f by every multiplier.
func (s *maxLP) solve() {
	m := s.in.rows()
	want := append(s.mixed[:0], make([]float64, len(s.basic))...)
	for q, v := range s.basic {
		if int(v) == m {
			want[q] = s.spent - s.money
		} else {
			want[q] = float64(1 - s.count[v])
		}
	}
	s.mixed = want
	for i, c := range s.count {
		s.grade[i] = float64(c - 1)
	}
	s.grade[m] = s.money - s.spent
	for p, j := range s.tight {
		var x float64
		for q, a := range s.inv[p] {
			x += float64(a * want[q])
		}
		s.x[j] = x
		for _, i := range s.in.col.at(int(j)) {
			s.grade[i] += x
		}
		s.grade[m] -= float64(s.cost[j] * x)
		s.work += int64(len(s.in.col.at(int(j))))
	}
	if s.pinned {
		s.grade[m] = 0
	}
	s.work += int64(len(s.count) + len(s.tight)*len(s.basic))
}

// off returns how far the basic multipliers' derivatives are from 0.
func (s *maxLP) off() (far float64) {
	for _, v := range s.basic {
		far = max(far, math.Abs(s.grade[v]))
	}
	return far
}

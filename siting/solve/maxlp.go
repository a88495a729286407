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

	rise  []float64 // scratch: how the basic multipliers move
	slope []float64 // scratch per column: how t moves
	grade []float64 // scratch per multiplier: the derivative of f
	mixed []float64 // scratch per place
	bends []bend
	fresh int  // pivots since the inverse was made anew
	steps int  // made in all
	still bool // the last step has moved one multiplier only
	work  int64
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
	s.work += int64(len(s.count) + len(s.tight)*len(s.basic))
}

// off returns how far the basic multipliers' derivatives are from 0.
func (s *maxLP) off() (far float64) {
	for _, v := range s.basic {
		far = max(far, math.Abs(s.grade[v]))
	}
	return far
}

// enter returns what to let go: a tight column whose x is out of its limits, or a multiplier along which f falls, and the
// direction of its t or of itself. Both are -1 at the least point.
func (s *maxLP) enter() (column, v int32, by float64) {
	column, v = -1, -1
	most := 0.0
	for _, j := range s.tight {
		side := -1.0
		off := s.low[j] - s.x[j]
		if over := s.x[j] - s.high[j]; over > off {
			side, off = 1, over
		}
		if off > lpClose && off*off > most*s.broad[j] {
			column, by, most = j, side, off*off/s.broad[j]
		}
	}
	for k, g := range s.grade {
		if g > lpClose {
			if s.l[k] > 0 && g*g > most*s.wide[k] && s.of[k] < 0 {
				column, v, by, most = -1, int32(k), -1, g*g/s.wide[k]
			}
		} else if g < -lpClose && s.l[k] < s.upper[k] && g*g > most*s.wide[k] && s.of[k] < 0 {
			column, v, by, most = -1, int32(k), 1, g*g/s.wide[k]
		}
	}
	return column, v, by
}

// devex brings the weights of the prices up to date before a pivot: the weight of what is not basic grows with how far what leaves the
// basis moves with it (Harris, "Pivot selection methods of the Devex LP code", Mathematical Programming 5, 1973).
func (s *maxLP) devex(column, v, end, stop int32) {
	if end < 0 && stop == v {
		return
	}
	var rho []float64
	if end >= 0 {
		rho = s.through(end)
	} else {
		rho = append(s.mixed[:0], make([]float64, len(s.tight))...)
		for p, a := range s.inv {
			rho[p] = a[s.of[stop]]
		}
		s.mixed = rho
	}
	m := s.in.rows()
	clear(s.grade)
	for p, j := range s.tight {
		if rho[p] == 0 {
			continue
		}
		for _, i := range s.in.col.at(int(j)) {
			s.grade[i] -= rho[p]
		}
		s.grade[m] += float64(rho[p] * s.cost[j])
		s.work += int64(len(s.in.col.at(int(j))))
	}
	if end >= 0 {
		for _, i := range s.in.col.at(int(end)) {
			s.grade[i]++
		}
		s.grade[m] -= s.cost[end]
	}
	pivot, weight := 0.0, 0.0
	if column >= 0 {
		pivot, weight = rho[s.at[column]], s.broad[column]
	} else {
		pivot, weight = s.grade[v], s.wide[v]
	}
	f := weight / (pivot * pivot)
	for k, a := range s.grade {
		if b := a * a * f; b > s.wide[k] {
			s.wide[k] = b
		}
	}
	for p, j := range s.tight {
		s.broad[j] = max(s.broad[j], rho[p]*rho[p]*f)
	}
	if end >= 0 {
		s.broad[end] = max(f, 1)
	} else {
		s.wide[stop] = max(f, 1)
	}
}

// walk lets a column or a multiplier go and moves along the line to where f is least. It returns how far f fell; ok is
// false when it falls without end.
func (s *maxLP) walk(column, v int32, by float64) (fall float64, ok bool) {
	s.direct(column, v, by)
	steep := 0.0 // how f falls
	if column >= 0 {
		if steep = s.low[column] - s.x[column]; by > 0 {
			steep = s.x[column] - s.high[column]
		}
	} else {
		steep = math.Abs(s.grade[v])
	}
	far, stop := s.room(v, by)
	s.bend(far)
	end := int32(-1)
	was, at, flips := 0.0, far, 0
	for len(s.bends) > 0 {
		b := s.nearest()
		fall += float64(steep * (b.at - was))
		was = b.at
		if steep -= math.Abs(s.slope[b.column]); steep <= 0 {
			end, at = b.column, b.at
			break
		}
		s.flip(b.column)
		flips++
	}
	s.still = flips == 0 && end < 0 && stop == v // x stays what it is
	if math.IsInf(at, 1) {
		return fall, false
	}
	if end < 0 {
		fall += float64(steep * (at - was))
	}
	s.devex(column, v, end, stop)
	s.move(column, v, by, at)
	s.pivot(column, v, end, stop)
	return fall, true
}

// direct sets how the basic multipliers and t move when column's t or multiplier v moves by 1 in direction by and the
// other tight columns stay tight.
func (s *maxLP) direct(column, v int32, by float64) {
	s.rise = append(s.rise[:0], make([]float64, len(s.basic))...)
	clear(s.slope)
	if column >= 0 {
		for q, a := range s.inv[s.at[column]] {
			s.rise[q] = float64(by * a)
		}
	} else {
		s.across(v, by, func(p int32, a float64) {
			for q, b := range s.inv[p] {
				s.rise[q] -= float64(a * b)
			}
		})
		s.spreadOut(v, by)
	}
	for q, r := range s.rise {
		if r != 0 {
			s.spreadOut(s.basic[q], r)
		}
	}
}

// across calls f for the places of the tight columns that multiplier v moves, with by times how much.
func (s *maxLP) across(v int32, by float64, f func(p int32, a float64)) {
	if int(v) == s.in.rows() {
		for p, j := range s.tight {
			f(int32(p), -float64(by*s.cost[j]))
		}
		return
	}
	for _, j := range s.in.row.at(int(v)) {
		if p := s.at[j]; p >= 0 {
			f(p, by)
		}
	}
}

// spreadOut adds to the slopes what multiplier v does when it moves by r.
func (s *maxLP) spreadOut(v int32, r float64) {
	if int(v) == s.in.rows() {
		for j, c := range s.cost {
			s.slope[j] -= float64(c * r)
		}
		return
	}
	row := s.in.row.at(int(v))
	for _, j := range row {
		s.slope[j] += r
	}
	s.work += int64(len(row))
}

// room returns how far the multipliers can move, and the one that stops first.
func (s *maxLP) room(v int32, by float64) (far float64, stop int32) {
	far, stop = math.Inf(1), -1
	if v >= 0 {
		if far, stop = s.l[v], v; by > 0 {
			far = s.upper[v] - s.l[v]
		}
	}
	for q, r := range s.rise {
		k := s.basic[q]
		var at float64
		switch {
		case r > lpPivot:
			at = (s.upper[k] - s.l[k]) / r
		case r < -lpPivot:
			at = s.l[k] / -r
		default:
			continue
		}
		if at = max(at, 0); at < far {
			far, stop = at, k
		}
	}
	return far, stop
}

// bend collects the breakpoints up to far.
func (s *maxLP) bend(far float64) {
	s.bends = s.bends[:0]
	for j, a := range s.slope {
		if s.at[j] >= 0 || s.low[j] == s.high[j] || math.Abs(a) < lpPivot || (s.x[j] > 0.5) == (a > 0) {
			continue
		}
		if at := max(0, -s.t[j]/a); at < far {
			s.bends = append(s.bends, bend{at, int32(j)})
		}
	}
	s.work += int64(len(s.slope))
}

// nearest takes the first breakpoint out of bends.
func (s *maxLP) nearest() bend {
	k := 0
	for i, b := range s.bends {
		if b.at < s.bends[k].at || b.at == s.bends[k].at && b.column < s.bends[k].column {
			k = i
		}
	}
	b := s.bends[k]
	last := len(s.bends) - 1
	s.bends[k] = s.bends[last]
	s.bends = s.bends[:last]
	return b
}

// move goes along the line.
func (s *maxLP) move(column, v int32, by, at float64) {
	for q, r := range s.rise {
		k := s.basic[q]
		s.l[k] = min(max(s.l[k]+float64(at*r), 0), s.upper[k])
	}
	if v >= 0 {
		s.l[v] = min(max(s.l[v]+float64(at*by), 0), s.upper[v])
	}
	for j, a := range s.slope {
		if s.at[j] < 0 {
			s.t[j] += float64(at * a)
		}
	}
	if column >= 0 {
		s.t[column] = by * at
	}
}

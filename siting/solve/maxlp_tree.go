package solve

import (
	"cmp"
	"math"
	"slices"
)

const (
	lpColumns = 2500    // an instance may have that the tree takes to the linear relaxation; on larger ones
	lpEntries = 1 << 19 // the volume algorithm comes closer in the same time
	lpSlow    = 9       // it takes over when 50 steps lower the bound by less than 2^-lpSlow of it
	lpTrial   = 8       // steps on either side of a candidate to split on
	lpShare   = 2       // what the meter counts as one entry
)

// small reports whether the relaxation of the instance is worth solving.
func (in *instance) small() bool { return in.columns() <= lpColumns && len(in.col.item) <= lpEntries }

// maxRoom is what a visit works with: a relaxation and the dual that makes its bounds exact. It may be used again.
type maxRoom struct {
	lp   *maxLP
	dual *maxDual
	here lpPoint // where the node is split
}

// newRoom returns the room for parts of a node.
func (v *maxVisit) newRoom() *maxRoom {
	n := &v.node
	d := newMaxDual(n.in, n.left, nil, 1)
	d.rescale(v.tree.shift, n.start)
	return &maxRoom{lp: newMaxLP(n.in, v.tree.money), dual: d}
}

// relax solves the relaxation of the root, from the multipliers of the dual, and gives it those that it ends at.
func (v *maxVisit) relax(d *maxDual) {
	n := &v.node
	v.tree.money = n.left
	s := newMaxLP(n.in, n.left)
	v.room = &maxRoom{lp: s, dual: d}
	low, high := d.thresholds()
	s.begin(d.centre, d.shift, math.Max(0, math.Ldexp((low+high)/2, -int(d.shift)))*s.dear)
	if n.basis != nil {
		s.resume(n.basis)
	}
	end := v.lower(lpRun{work: lpShare * (v.meter.most - v.meter.done) / 2})
	n.basis = s.basis()
	v.exact(d.budget)
	if end == lpShort {
		v.wide, v.room, n.basis = true, nil, nil
	}
}

// lower runs the relaxation until no better plan can be below the node, or as far as r and the meter say.
func (v *maxVisit) lower(r lpRun) lpEnd {
	s := v.room.lp
	before := s.work
	if r.work == 0 {
		r.work = lpShare * (v.meter.most - v.meter.done)
	}
	r.stop += float64(v.top + 1 - v.node.value)
	end := s.run(v.tree.ctx, r)
	v.meter.done += (s.work - before) / lpShare
	return end
}

// exact evaluates the dual at the multipliers of the relaxation, rounded, with left money for the columns that are
// free. When that is its best point it keeps it.
func (v *maxVisit) exact(left int64) {
	s, d := v.room.lp, v.room.dual
	for i := range d.lambda {
		d.lambda[i] = min(max(int64(math.Round(math.Ldexp(s.l[i], int(d.shift)))), 0), d.most[i])
	}
	d.prices()
	var value int64
	for j, r := range d.r {
		if s.low[j] == s.high[j] {
			value += r * int64(s.low[j])
			d.r[j] = 0
		}
	}
	d.budget = left
	value += d.choose()
	for i, l := range d.lambda {
		value += d.most[i] - l
	}
	if value < d.best {
		d.best = value
		copy(d.centre, d.lambda)
		copy(d.atBest, d.r)
	}
	copy(d.x, s.x)
	v.meter.done += int64(len(v.node.in.col.item))
}

// runLP bounds a node below the root by its relaxation and splits it.
func (v *maxVisit) runLP() {
	n := &v.node
	v.room.lp.lpPoint.become(n.from)
	v.room.lp.renew()
	if n.cause.step > 0 {
		v.decide(n.cause.here, float64(n.cause.side))
	}
	v.loopLP()
}

// loopLP bounds the node by the relaxation as it stands, decides on columns, and splits when nothing is left to decide.
func (v *maxVisit) loopLP() {
	n := &v.node
	d := v.room.dual
	for round := 0; ; round++ {
		d.best = math.MaxInt64
		end := v.lower(lpRun{})
		if v.exact(n.left); end == lpLow && n.value+d.bound() > v.top {
			v.lower(lpRun{stop: -1}) // the last rounding error counts
			v.exact(n.left)
		}
		n.high = min(n.high, n.value+d.bound())
		v.learn(d, round)
		if n.high <= v.top || v.spent() {
			return
		}
		again := v.fixLP()
		if n.left < 0 {
			n.high = v.top
			return
		}
		if again {
			continue
		}
		v.round()
		if n.high <= v.top || v.splitLP() {
			return
		}
	}
}

// decide opens or drops a column of the node for good. Columns that are too dear then are dropped with it; it reports whether
// that touched the relaxation.
func (v *maxVisit) decide(j int32, x float64) (again bool) {
	n, s := &v.node, v.room.lp
	again = s.at[j] >= 0 || s.x[j] != x
	s.limit(j, x, x)
	if x == 0 {
		return again
	}
	n.left -= n.in.cost[j]
	for k, c := range n.in.cost {
		if c > n.left && s.low[k] < s.high[k] {
			again = again || s.at[k] >= 0 || s.x[k] > 0
			s.limit(int32(k), 0, 0)
		}
	}
	return again
}

// fixLP decides on columns by their reduced costs, and reports whether the relaxation has to be solved again.
func (v *maxVisit) fixLP() (again bool) {
	s, d := v.room.lp, v.room.dual
	drop, opened, found := v.fix(d)
	if found == 0 {
		return false
	}
	for j, is := range drop {
		if is && s.low[j] < s.high[j] {
			again = v.decide(int32(j), 0) || again
		}
	}
	for _, j := range opened {
		if s.low[j] < s.high[j] {
			again = v.decide(j, 1) || again
		}
	}
	return again
}

// round makes a plan of the relaxation: what it opens, most of it first, and what a greedy choice adds.
func (v *maxVisit) round() {
	n, s := &v.node, v.room.lp
	var order []int32
	for j, x := range s.x {
		if x > 0.01 {
			order = append(order, int32(j))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.low[b], s.low[a]), cmp.Compare(s.x[b], s.x[a]), cmp.Compare(a, b))
	})
	p := newPlan(n.in)
	for _, j := range order {
		if p.spent+n.in.cost[j] <= v.tree.money {
			p.add(j)
		}
	}
	p.greedy(v.tree.money)
	v.accept(p.list, p.value)
	for j := range s.x {
		if s.low[j] < s.high[j] {
			return
		}
	}
	n.high = min(n.high, n.value+p.value) // nothing is left to decide
}

// splitLP branches like split, on columns that the relaxation opens in part.
func (v *maxVisit) splitLP() bool {
	n, s := &v.node, v.room.lp
	from := &v.room.here
	from.become(&s.lpPoint)
	level := v.level(v.room.dual)
	best, most := int32(-1), -1.0
	var high [2]int64
	for _, j := range v.parted() {
		score, lows := 1.0, [2]int64{math.MaxInt64, math.MaxInt64}
		for side := range 2 {
			step := math.Abs(float64(side) - s.x[j])
			gain, known := v.tree.lore.of(n.in.orig[j], side)
			if !known {
				low := v.tryLP(from, j, side)
				step = math.Abs(float64(side) - from.x[j])
				gain = max(0, float64(level-low)) / max(step, 1e-6)
				v.tried = append(v.tried, lesson{n.in.orig[j], side, gain})
				lows[side] = low >> v.tree.shift
				if low>>v.tree.shift <= v.top {
					n.left = v.leftOf(from)
					s.lpPoint.become(from)
					v.decide(j, float64(1-side))
					return false
				}
			}
			score *= max(gain*step, 1e-6)
		}
		if score > most {
			best, most, high = j, score, lows
		}
	}
	at := from.lean()
	for side := range 2 {
		c := *n
		c.depth++
		c.high = min(c.high, high[side])
		c.left = v.leftOf(from)
		c.from = at
		c.cause = branch{n.in.orig[best], best, side, max(math.Abs(float64(side)-from.x[best]), 1e-9), level}
		v.parts = append(v.parts, c)
	}
	return true
}

// leftOf returns the money that the columns opened for good leave.
func (v *maxVisit) leftOf(p *lpPoint) int64 {
	left := v.tree.money
	for j, x := range p.low {
		if x > 0 {
			left -= v.node.in.cost[j]
		}
	}
	return left
}

// parted returns the free columns that the relaxation opens nearest to one half.
func (v *maxVisit) parted() []int32 {
	s := v.room.lp
	var order []int32
	for j, low := range s.low {
		if low < s.high[j] {
			order = append(order, int32(j))
		}
	}
	doubt := func(j int32) float64 { return min(s.x[j], 1-s.x[j]) }
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(doubt(b), doubt(a)), cmp.Compare(a, b)) })
	k := 1
	for k < min(len(order), trialColumns) && doubt(order[k]) > 1e-6 {
		k++
	}
	return order[:k]
}

// tryLP returns the bound of a part after a few steps, in units of the dual.
func (v *maxVisit) tryLP(from *lpPoint, j int32, side int) int64 {
	n, s, d := &v.node, v.room.lp, v.room.dual
	s.lpPoint.become(from)
	n.left = v.leftOf(from)
	v.decide(j, float64(side))
	if n.left < 0 {
		return math.MinInt64
	}
	v.lower(lpRun{steps: lpTrial})
	d.best = math.MaxInt64
	v.exact(n.left)
	low := d.best + n.value<<v.tree.shift
	s.lpPoint.become(from)
	n.left = v.leftOf(from)
	return low
}

// likely returns the columns that the relaxation opens, at least in part; others where it was not solved.
func (v *maxVisit) likely(others []int32) (list []int32) {
	if v.room == nil {
		return others
	}
	for j, x := range v.room.lp.x {
		if x > 0.01 {
			list = append(list, int32(j))
		}
	}
	if len(list) == 0 {
		return others
	}
	return list
}

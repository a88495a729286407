package solve

import (
	"math"
	"slices"
)

// blockTree proves what a block costs by branch and bound on its linear relaxation. The dual of a cover is that of a maximal
// cover whose price of money is 1 and whose rows are worth any price, so maxLP solves it; each bound is then computed exactly
// at the multipliers it ends at, rounded to integers.
type blockTree struct {
	t  *coverTree // the cheapest cover, the budget
	b  *coverBlock
	lp *maxLP

	value  int64   // the exact bound at u, in units of 2^-shift
	u      []int64 // per row: multipliers, rounded
	free   []int64 // per column: c_j - r_j at u
	stack  []*lpPoint
	picked []int32 // scratch: columns of a cover
	seen   []bool  // scratch per row
}

// blockLore is what branching on a column has raised the bound by, per unit that its x moved, on either side.
type blockLore struct {
	sum   [2]float64
	times [2]float64
}

func (l *blockLore) add(o blockLore) {
	for side := range 2 {
		l.sum[side] += o.sum[side]
		l.times[side] += o.times[side]
	}
}

const (
	blockTrials   = 8    // columns that are tried before one is branched on
	blockTrusted  = 3    // times that a column was branched on, after which it is not tried again
	blockPatience = 12   // steps of a trial
	blockJitter   = 1e-6 // of a cost: no ties to cycle in
	blockWhole    = 1e-6 // how near to a whole number counts as one
)

// newBlockTree prepares the relaxation at the costs of the block, from multipliers in 2^-shift of a cost.
func newBlockTree(t *coverTree, b *coverBlock, start []int64) *blockTree {
	m, n := b.in.rows(), b.in.columns()
	s := newMaxLP(b.in, 0)
	s.total, s.pinned = 0, true
	for i := range s.upper {
		s.upper[i] = math.Inf(1)
	}
	for j := range s.cost {
		s.cost[j] *= 1 - blockJitter*float64(mix(uint64(j))&1023)/1024
	}
	s.begin(start, t.shift, s.dear)
	if b.lore == nil {
		b.lore = make([]blockLore, n)
	}
	return &blockTree{t: t, b: b, lp: s, u: make([]int64, m), free: make([]int64, n), seen: make([]bool, m)}
}

// run returns a bound of the block, and false when the relaxation could not be solved.
func (v *blockTree) run() (low int64, ok bool) {
	low, end := v.bound(0)
	if end == lpShort && !v.t.spent() {
		return low, false
	}
	return v.node(0, low, end), true
}

// bound solves the relaxation as far as it matters, and returns the exact bound; steps = 0 asks for all.
func (v *blockTree) bound(steps int) (int64, lpEnd) {
	s, t := v.lp, v.t
	before := s.work
	r := lpRun{steps: steps, work: lpShare * max(0, t.meter.most-t.meter.done), stop: -float64(t.limit()) - 1}
	end := s.run(t.ctx, r)
	t.meter.done += (s.work-before)/lpShare + 64
	if end == lpEmpty {
		return math.MaxInt64, end
	}
	low := v.exact()
	if end == lpLow && low < t.limit() { // rounding
		end = s.run(t.ctx, lpRun{steps: steps, work: r.work, stop: math.Inf(-1)})
		low = max(low, v.exact())
	}
	return low, end
}

// exact returns the bound at the multipliers of the relaxation.
func (v *blockTree) exact() int64 {
	s, in, shift := v.lp, v.b.in, v.t.shift
	most := math.Ldexp(1, 60) / float64(len(v.u)+1) // any multipliers give a bound; these do not overflow
	var value int64
	for i := range v.u {
		v.u[i] = int64(min(most, max(0, math.Round(math.Ldexp(s.l[i], int(shift))))))
		value += v.u[i]
	}
	for j := range v.free {
		f := in.cost[j] << shift
		for _, i := range in.col.at(j) {
			f -= v.u[i]
		}
		if v.free[j] = f; s.low[j] > 0 || f < 0 && s.high[j] > 0 {
			value += f
		}
	}
	v.t.meter.done += int64(len(in.col.item))
	v.value = value
	return -(-value >> shift)
}

// node returns a lower bound of every cover below, given that of the relaxation.
func (v *blockTree) node(depth int, low int64, end lpEnd) int64 {
	t, s := v.t, v.lp
	t.nodes++
	for low < t.limit() && end == lpBest && v.fix() {
		var next int64
		next, end = v.bound(0)
		low = max(low, next)
	}
	if low >= t.limit() || t.spent() || end == lpEmpty || end == lpShort {
		return low
	}
	v.round()
	if low >= t.limit() {
		return low
	}
	j := v.choose(depth, low)
	if j < 0 {
		return low
	}
	from := v.save(depth)
	least := int64(math.MaxInt64)
	first := 0
	if from.x[j] > 0.5 {
		first = 1
	}
	for k := range 2 {
		side := float64((first + k) % 2)
		if k > 0 {
			s.become(from)
		}
		s.limit(j, side, side)
		next, end := v.bound(0)
		v.learn(j, int(side), next-low, math.Abs(side-from.x[j]))
		least = min(least, v.node(depth+1, max(low, next), end))
	}
	return max(low, least)
}

// save keeps where the relaxation stands at a depth.
func (v *blockTree) save(depth int) *lpPoint {
	for len(v.stack) <= depth {
		v.stack = append(v.stack, new(lpPoint))
	}
	v.stack[depth].become(&v.lp.lpPoint)
	return v.stack[depth]
}

// fix opens and drops columns by their reduced costs, and reports whether the relaxation has to be solved again for that.
func (v *blockTree) fix() (again bool) {
	s, shift := v.lp, v.t.shift
	room := (v.t.limit()-1)<<shift - v.value
	for j, f := range v.free {
		if s.low[j] == s.high[j] {
			continue
		}
		switch {
		case f > room:
			again = again || s.at[j] >= 0 || s.x[j] > 0
			s.limit(int32(j), 0, 0)
		case -f > room:
			again = again || s.at[j] >= 0 || s.x[j] < 1
			s.limit(int32(j), 1, 1)
		}
	}
	return again
}

// round accepts what the relaxation opens, completed to a cover.
func (v *blockTree) round() {
	s, in := v.lp, v.b.in
	clear(v.seen)
	v.picked = v.picked[:0]
	var cost int64
	for j, x := range s.x {
		if x < 0.5 {
			continue
		}
		cost += in.cost[j]
		v.picked = append(v.picked, int32(j))
		for _, i := range in.col.at(j) {
			v.seen[i] = true
		}
	}
	for i, is := range v.seen {
		if is {
			continue
		}
		best := int32(-1)
		for _, j := range in.row.at(i) {
			if s.high[j] > 0 && (best < 0 || s.x[j] > s.x[best]) {
				best = j
			}
		}
		if best < 0 {
			return
		}
		if cost += in.cost[best]; cost >= v.t.top {
			return
		}
		v.picked = append(v.picked, best)
		for _, k := range in.col.at(int(best)) {
			v.seen[k] = true
		}
	}
	if cost < v.t.top {
		v.t.top, v.t.best = cost, slices.Clone(v.picked)
	}
}

// learn remembers what moving x of a column by step has raised the bound by.
func (v *blockTree) learn(j int32, side int, gain int64, step float64) {
	if gain > v.t.limit() {
		gain = v.t.limit()
	}
	l := &v.b.lore[j]
	l.sum[side] += float64(gain) / max(step, 1e-3)
	l.times[side]++
}

// choose returns the column to branch on, -1 = all are whole: the one that raises the bound most on both sides, as known from
// branching on it before or from trying (Achterberg, Koch & Martin, "Branching rules revisited", Operations Research Letters 33, 2005).
func (v *blockTree) choose(depth int, low int64) int32 {
	s := v.lp
	var list []int32
	for j := range s.low {
		if x := s.x[j]; s.low[j] < s.high[j] && x > blockWhole && x < 1-blockWhole {
			list = append(list, int32(j))
		}
	}
	if len(list) < 2 {
		return append(list, -1)[0]
	}
	score := make(map[int32]float64, len(list))
	for _, j := range list {
		score[j] = v.score(j)
	}
	slices.SortFunc(list, func(a, b int32) int {
		switch {
		case score[a] > score[b]:
			return -1
		case score[a] < score[b]:
			return 1
		}
		return int(a - b)
	})
	best, most, tried := list[0], -1.0, 0
	for _, j := range list {
		l := &v.b.lore[j]
		if min(l.times[0], l.times[1]) < blockTrusted {
			if tried++; tried > blockTrials {
				break
			}
			v.try(depth, j, low)
		}
		if p := v.score(j); p > most {
			best, most = j, p
		}
		if v.t.spent() {
			break
		}
	}
	return best
}

// score says how promising it is to branch on a column: the product of what either side is expected to gain.
func (v *blockTree) score(j int32) float64 {
	l, x := &v.b.lore[j], v.lp.x[j]
	each := func(side int, step float64) float64 {
		rate := float64(v.b.in.cost[j])
		if l.times[side] > 0 {
			rate = l.sum[side] / l.times[side]
		}
		return max(rate*step, 1e-3)
	}
	return each(0, x) * each(1, 1-x)
}

// try learns what both sides of a column gain in a few steps.
func (v *blockTree) try(depth int, j int32, low int64) {
	from := v.save(depth)
	for side := range 2 {
		v.lp.limit(j, float64(side), float64(side))
		next, _ := v.bound(blockPatience)
		v.learn(j, side, max(0, next-low), math.Abs(float64(side)-from.x[j]))
		v.lp.become(from)
	}
}

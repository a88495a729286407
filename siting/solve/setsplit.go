package solve

import (
	"math"
	"slices"
)

// coverSplit bounds a cover by blocks. Its rows are cut into blocks, and the cost of every column is split over the blocks
// that it covers rows of:
//
//	v(s) = sum_k min { sum_j s_jk x_j : x covers the rows of block k, x_j in {0, 1} },  s_jk >= 0, sum_k s_jk = c_j
//
// is at most the optimum, as a cover of all rows covers every block. At the best shares it equals the linear relaxation over
// the intersection of the convex hulls of the blocks' covers, so unlike a dual of the rows alone it closes the gap that lies
// within blocks (Lagrangean decomposition: Guignard & Kim, Mathematical Programming 39, 1987).
//
// v is concave and piecewise linear. It is raised by a proximal bundle method with one model per block (Kiwiel, Mathematical
// Programming 46, 1990): covers found so far bound each block from above, and the next shares s maximise the sum of these
// bounds less |s - centre|^2 / 2 step. Shares and bounds are integers in units of 2^-bits of a cost, so that the bound is
// exact; only the choice of the shares uses floating point.
type coverSplit struct {
	t      *coverTree
	n      *coverNode
	core   *instance
	bits   uint // of a share
	shift  uint // of the blocks' multipliers
	part   []int32
	blocks []*coverBlock
	slots  [][]int32 // per column: where its shares are kept, by block

	search *setSearch // for covers of the core
	chosen []int32    // columns that a block opened last, ascending

	trial      []int64 // per slot: the shares tried next
	centre     []int64 // per slot: the best so far
	best       int64   // sum of the bounds at centre; -1 = none yet
	floor      int64   // a bound known from elsewhere, in costs
	known      int64   // the best bound before, of other blocks
	multiplier []int64 // per row: of the block it is in
	kept       []int64 // multiplier at centre

	scale   float64   // what a column costs, about
	mean    []float64 // per column: how far the mixes of the pools open it, on average over its blocks
	step    float64   // of the bundle
	promise float64   // what the model says the trial gains, in costs
	cutOff  bool      // a block took too long
	failed  int       // trials in a row that did not
}

// blockColumns are the columns of a smallest block, about; blockBits the bits of a share at most.
const blockColumns, blockBits = 28, 20

// decompose raises the bound of the root by blocks, first many small ones, then ever fewer and larger ones, and returns it. A core
// of few columns is left to the tree.
func (t *coverTree) decompose(n *coverNode, d *setDual, low int64) int64 {
	depth := 0
	for n.in.columns()>>depth > blockColumns*3/2 {
		depth++
	}
	if depth == 0 {
		return low
	}
	s := newCoverSplit(t, n, d, depth)
	s.floor = low
	for s.climb(worthwhile) {
		if !s.coarsen() {
			s.climb(worthwhile / 10)
			break
		}
	}
	return s.lowest()
}

// worthwhile is the share of the gap that a trial has to close, on average, for another one with the same blocks.
const worthwhile = 0.08

// lowest returns the bound in the unit of the costs, rounded up: the optimum is an integer.
func (s *coverSplit) lowest() int64 { return max(s.floor, s.n.cost-(-s.best>>s.bits)) }

// newCoverSplit cuts the core of a node into 2^depth blocks and splits the costs as the multipliers of its dual suggest: a
// column pays in a block what its rows there pay for it, so that v is at least the bound of the dual.
func newCoverSplit(t *coverTree, n *coverNode, d *setDual, depth int) *coverSplit {
	core := n.in
	s := &coverSplit{t: t, n: n, core: core, multiplier: make([]int64, core.rows())}
	var sum int64
	for _, c := range core.cost {
		sum += c
	}
	for s.bits < blockBits && sum<<(s.bits+1) <= MaxTotal>>16 {
		s.bits++
	}
	s.shift = scaleOf(sum << s.bits)
	s.known = shifted(max(0, -d.best), int(s.bits)-int(d.shift))
	for i, u := range d.centre {
		s.multiplier[i] = shifted(u, int(s.bits+s.shift)-int(d.shift))
	}
	s.scale = meanCost(core, d.x)
	s.step = 0.3 * s.scale
	var parts int
	s.part, parts = newSplitter(core, d, t.o.Seed).parts(depth)
	s.search = newSetSearch(core, t.o.Seed)
	s.divide(parts)
	for j, at := range s.slots {
		s.share(int32(j), at)
	}
	return s
}

// meanCost returns what the columns of a fractional cover cost on average.
func meanCost(in *instance, x []float64) float64 {
	cost, open := 0.0, 0.0
	for j, v := range x {
		cost += float64(v * float64(in.cost[j]))
		open += v
	}
	return max(1, cost) / max(1, open)
}

// shifted returns x times 2^by.
func shifted(x int64, by int) int64 {
	if by < 0 {
		return x >> -by
	}
	return x << by
}

// divide makes the blocks of the parts, without shares.
func (s *coverSplit) divide(parts int) {
	s.blocks = cutBlocks(s.core, s.part, parts)
	s.slots = make([][]int32, s.core.columns())
	total := 0
	for _, b := range s.blocks {
		for k, j := range b.column {
			s.slots[j] = append(s.slots[j], b.slot[k])
			total++
		}
	}
	s.trial, s.centre, s.best = make([]int64, total), make([]int64, total), -1
	s.mean = make([]float64, s.core.columns())
	s.kept = make([]int64, s.core.rows())
}

// share splits the cost of column j by what its rows pay.
func (s *coverSplit) share(j int32, at []int32) {
	cost := s.core.cost[j] << s.bits
	if len(at) == 0 {
		return
	}
	paid := make([]int64, len(at))
	var sum int64
	parts := s.partsOf(j, s.part)
	for _, i := range s.core.col.at(int(j)) {
		k := slices.Index(parts, s.part[i])
		paid[k] += s.multiplier[i] >> s.shift
	}
	for _, p := range paid {
		sum += p
	}
	left := cost
	for k, p := range paid {
		if sum > cost {
			p = int64(float64(p) / float64(sum) * float64(cost))
		} else {
			p += (cost - sum) / int64(len(at))
		}
		p = min(p, left)
		s.trial[at[k]] = p
		left -= p
	}
	s.trial[at[0]] += left
}

// climb raises the bound as long as trials close the given share of the gap each. It reports whether joining blocks can do more:
// neither is the work done or the budget spent, nor did a block take too long.
func (s *coverSplit) climb(share float64) bool {
	const window = 3
	var last []int64
	for {
		s.evaluate()
		s.model()
		s.tell()
		if s.lowest() >= s.t.limit() || s.cutOff || s.t.spent() {
			return false
		}
		last = append(last, s.best)
		gap := float64((s.t.top-s.n.cost)<<s.bits - s.best)
		if k := len(last) - 1 - window; k >= 0 && float64(s.best-last[k]) < share*window*gap {
			return true
		}
	}
}

// tell reports progress, and ends the search when the gap is small enough.
func (s *coverSplit) tell() {
	t := s.t
	low := float64(t.base + s.lowest())
	gap := gapOf(t.base+t.top, low)
	t.o.report(Progress{t.meter.iterations(), t.base + t.top, low, gap})
	t.close = t.close || gap <= t.o.Gap
}

// evaluate bounds all blocks at the trial shares, which become the centre if that is better.
func (s *coverSplit) evaluate() {
	t := s.t
	gap := (t.top-s.n.cost)<<s.bits - max(s.known, s.best)
	slack := gap / int64(200*len(s.blocks))
	o := t.o
	o.Workers, o.Progress, o.Gap = 1, nil, 0
	for _, b := range s.blocks {
		for k, q := range b.slot {
			b.in.cost[k] = s.trial[q]
		}
	}
	spread(len(s.blocks)+1, t.o.workers(), func(k int) {
		if k == len(s.blocks) {
			s.look()
			return
		}
		sub := &coverTree{ctx: t.ctx, o: o, shift: s.shift, local: true, slack: slack, meter: meter{whole: t.meter.whole, most: (t.meter.most - t.meter.done) / 2}}
		s.blocks[k].solve(sub, s.multiplier)
	})
	t.accept(s.n, s.search.best, s.search.top)
	var total int64
	for _, b := range s.blocks {
		total += b.bound
		t.meter.done += b.work
		s.cutOff = s.cutOff || b.cutOff
	}
	s.judge(total)
	s.chosen = s.chosen[:0]
	for _, b := range s.blocks {
		s.remember(b)
		for _, k := range b.cover {
			s.chosen = append(s.chosen, b.column[k])
		}
	}
	s.chosen = sortedSet(s.chosen)
}

// look searches for a better cover among what the blocks have chosen last, all of which together covers every row.
func (s *coverSplit) look() {
	for len(s.search.list) > 0 {
		s.search.drop(s.search.list[len(s.search.list)-1])
	}
	for _, j := range s.chosen {
		s.search.add(j)
	}
	s.search.fill()
	s.search.run(min(mostMoves, blockMoves*s.core.columns()), s.lowest()-s.n.cost)
}

// judge makes the trial the centre when its bound is better, and fits the step to how well the model did.
func (s *coverSplit) judge(total int64) {
	if s.best >= 0 && total <= s.best {
		if s.failed++; s.failed%3 == 0 {
			s.step *= 0.7
		}
		return
	}
	if s.best >= 0 && float64(total-s.best) > 0.3*s.promise*math.Ldexp(1, int(s.bits)) {
		s.step *= 1.3
	}
	s.failed, s.best = 0, total
	copy(s.centre, s.trial)
	copy(s.kept, s.multiplier)
}

// remember adds the cover found last to the pool of its block.
func (s *coverSplit) remember(b *coverBlock) {
	if slices.ContainsFunc(b.pool, func(c blockCover) bool { return slices.Equal(c.columns, b.cover) }) {
		return
	}
	c := blockCover{columns: b.cover, shared: s.sharedOf(b, b.cover)}
	if len(b.pool) == 0 {
		c.weight = 1
	}
	b.pool = append(b.pool, c)
}

// partsOf returns the parts of a column's rows, ascending: block by block.
func (s *coverSplit) partsOf(j int32, part []int32) []int32 {
	var parts []int32
	for _, i := range s.core.col.at(int(j)) {
		parts = append(parts, part[i])
	}
	return sortedSet(parts)
}

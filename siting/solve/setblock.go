package solve

import "slices"

// coverBlock is a part of the rows of a cover with all columns that cover any of them, at costs that are shares of theirs:
// a small cover of its own, which is solved to the end.
type coverBlock struct {
	in     *instance // orig is 0, 1, 2 ...: answers name the columns of in
	column []int32   // per column: its index in the core
	row    []int32   // per row: its index in the core
	slot   []int32   // per column: where its share is kept

	cover  []int32 // the cheapest cover found at the shares tried last
	bound  int64   // of every cover, at the shares tried last
	work   int64   // passes over entries that bounding took, in the unit of a meter
	nodes  int     // of its tree
	cutOff bool    // bounding ended early
	lore   []blockLore
	pool   []blockCover
	hat    []float64 // per column: how far the mix of the pool opens it
}

// blockCover is a cover of a block that was once the cheapest.
type blockCover struct {
	columns []int32 // ascending
	shared  []int32 // those of them that other blocks have as well
	value   int64   // at the centre
	weight  float64 // in the mix of the pool
}

// cutBlocks makes the blocks of a part number per row, none of them empty. Slots are numbered in the order of the blocks.
// O(entries).
func cutBlocks(core *instance, part []int32, parts int) []*coverBlock {
	blocks := make([]*coverBlock, parts)
	for p := range blocks {
		blocks[p] = &coverBlock{in: &instance{col: csr{off: []int64{0}}}}
	}
	place := make([]int32, len(part)) // of a row in its block
	for i, p := range part {
		b := blocks[p]
		place[i] = int32(len(b.row))
		b.row, b.in.w = append(b.row, int32(i)), append(b.in.w, core.w[i])
	}
	for j := range core.columns() {
		for _, i := range core.col.at(j) {
			b := blocks[part[i]]
			if k := len(b.column); k == 0 || b.column[k-1] != int32(j) {
				b.column, b.in.orig = append(b.column, int32(j)), append(b.in.orig, int32(k))
				b.in.cost, b.in.col.off = append(b.in.cost, 0), append(b.in.col.off, 0)
			}
			b.in.col.item = append(b.in.col.item, place[i])
			b.in.col.off[len(b.column)] = int64(len(b.in.col.item))
		}
	}
	slots := int32(0)
	for _, b := range blocks {
		b.in.row, b.hat = b.in.col.transpose(b.in.rows()), make([]float64, len(b.column))
		for range b.column {
			b.slot = append(b.slot, slots)
			slots++
		}
	}
	return blocks
}

func (b *coverBlock) costOf(columns []int32) (c int64) {
	for _, j := range columns {
		c += b.in.cost[j]
	}
	return c
}

// candidate returns the cheapest cover that the pool and a short search around it know of.
func (b *coverBlock) candidate(seed uint64) []int32 {
	s := newSetSearch(b.in, seed)
	var best []int32
	for k, c := range b.pool {
		if k == 0 || b.costOf(c.columns) < b.costOf(best) {
			best = c.columns
		}
	}
	for _, j := range best {
		s.add(j)
	}
	s.fill()
	s.run(min(mostMoves, blockMoves*b.in.columns()), 0)
	return s.best
}

const (
	blockMoves = 15     // of a search for a cover, for each column
	mostMoves  = 20_000 // of a search for a cover
	blockSteps = 100    // of the dual of a block before branching
)

// solve bounds the block at the costs that its instance has now. Covers within tolerance of the cheapest are not told
// apart. multipliers holds those of all rows of the core, in 2^-shift of a share's unit; the block's are read and kept.
func (b *coverBlock) solve(t *coverTree, multipliers []int64) {
	b.cover = b.candidate(t.o.Seed)
	t.top, t.best = b.costOf(b.cover), b.cover
	start := make([]int64, b.in.rows())
	for k, i := range b.row {
		start[k] = multipliers[i]
	}
	d := newSetDual(b.in, t.shift, start, 1)
	t.meter.add(len(b.in.col.item), d.run(t.ctx, blockSteps, t.limit()))
	for k, i := range b.row {
		multipliers[i] = d.centre[k]
	}
	low := d.bound()
	if low < t.limit() {
		low = max(low, b.prove(t, d))
	}
	b.bound = min(low, t.limit())
	b.cover = slices.Clone(t.best)
	slices.Sort(b.cover)
	b.work, b.nodes, b.cutOff = t.meter.done, t.nodes, t.spent()
}

// prove bounds the block by branching.
func (b *coverBlock) prove(t *coverTree, d *setDual) int64 {
	if b.in.small() {
		if low, ok := newBlockTree(t, b, d.centre).run(); ok {
			return low
		}
	}
	n := coverNode{in: b.in, start: d.centre}
	drop, opened, _ := t.fix(&n, d)
	return t.node(n.open(opened, drop))
}

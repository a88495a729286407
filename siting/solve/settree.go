package solve

import (
	"context"
	"math"
)

// coverTree is the branch and bound of a full cover. Each node is reduced, bounded by a dual that starts from its
// parent's multipliers, thinned out by reduced costs, and split on a column.
type coverTree struct {
	ctx    context.Context
	o      Options
	shift  uint
	meter  meter
	nodes  int     // visited
	base   int64   // cost of what is open before the tree, for progress only
	top    int64   // cost of the best cover
	best   []int32 // its columns, as the problem names them
	bound  int64   // of the whole tree
	close  bool    // the wanted gap is reached
	local  bool    // a block of a larger cover: its tree is searched at once
	enough int64   // a cover of at most this cost ends the search; 0 = only a proof does
	slack  int64   // covers that save no more than this are not looked for
}

// coverNode is a part of the tree: what is left after some columns have opened and others have gone.
type coverNode struct {
	in     *instance
	start  []int64 // multipliers per row of in; nil = none yet
	chosen []int32 // open columns, as the problem names them
	cost   int64   // of chosen
	depth  int
	dead   bool // a row has no column left: nothing below
}

func newCoverTree(ctx context.Context, in *instance, o Options, base int64) *coverTree {
	var sum int64
	for _, c := range in.cost {
		sum += c
	}
	return &coverTree{ctx: ctx, o: o, shift: scaleOf(sum), base: base, top: math.MaxInt64, meter: newMeter(o, len(in.col.item))}
}

// solve returns the columns of the best cover; top and bound say the rest.
func (t *coverTree) solve(in *instance) []int32 {
	t.bound = min(t.node(coverNode{in: in}), t.limit())
	return t.best
}

// limit returns the cost that a cover must stay below to be looked for.
func (t *coverTree) limit() int64 { return t.top - t.slack }

// accept remembers a cover that completes the node.
func (t *coverTree) accept(n *coverNode, more []int32, cost int64) {
	if n.cost+cost >= t.top {
		return
	}
	t.top = n.cost + cost
	t.best = append(t.best[:0:0], n.chosen...)
	t.close = t.close || t.top <= t.enough
	for _, j := range more {
		t.best = append(t.best, n.in.orig[j])
	}
}

func (t *coverTree) spent() bool { return t.close || t.ctx.Err() != nil || t.meter.spent() }

// open returns the node after opening and dropping columns of its instance.
func (n *coverNode) open(opened []int32, drop []bool) coverNode {
	c := coverNode{chosen: n.chosen[:len(n.chosen):len(n.chosen)], cost: n.cost, depth: n.depth}
	rows := make([]bool, n.in.rows())
	gone := make([]bool, n.in.columns())
	copy(gone, drop)
	for _, j := range opened {
		c.chosen = append(c.chosen, n.in.orig[j])
		c.cost += n.in.cost[j]
		gone[j] = true
		for _, i := range n.in.col.at(int(j)) {
			rows[i] = true
		}
	}
	c.in = n.in.shrink(gone, rows)
	for i, k := range c.in.from {
		c.dead = c.dead || k < 0 && !rows[i]
	}
	c.start = carry(n.start, c.in)
	return c
}

// carry takes multipliers along to a smaller instance: merged rows add up.
func carry(multipliers []int64, to *instance) []int64 {
	if multipliers == nil {
		return nil
	}
	c := make([]int64, to.rows())
	for i, k := range to.from {
		if k >= 0 {
			c[k] += multipliers[i]
		}
	}
	return c
}

// reduce applies the reductions.
func (n *coverNode) reduce() {
	in, forced := reduceCover(n.in)
	n.chosen = n.chosen[:len(n.chosen):len(n.chosen)]
	for _, j := range forced {
		n.chosen = append(n.chosen, n.in.orig[j])
		n.cost += n.in.cost[j]
	}
	n.start = carry(n.start, in)
	n.in = in
}

// node returns a lower bound of every cover below n, and accepts better covers on the way.
func (t *coverTree) node(n coverNode) int64 {
	t.nodes++
	low := int64(0)
	for round := 0; ; round++ {
		if n.dead {
			return math.MaxInt64
		}
		n.reduce()
		if n.in.rows() == 0 {
			t.accept(&n, nil, 0)
			return max(low, n.cost)
		}
		d := newSetDual(n.in, t.shift, n.start, t.o.workers())
		t.climb(&n, d, round)
		low = max(low, n.cost+d.bound())
		if low >= t.limit() || t.spent() {
			return low
		}
		drop, opened, found := t.fix(&n, d)
		if found == 0 || found < n.in.columns()/20 && round > 0 {
			if n.depth == 0 && !t.local {
				low = max(low, t.decompose(&n, d, low))
			}
			if low >= t.limit() || t.spent() {
				return low
			}
			n.start = d.centre
			return max(low, t.split(n, d))
		}
		n.start = d.centre
		n = n.open(opened, drop)
	}
}

// nodeSteps are the steps of the dual in a node below the root.
const nodeSteps = 40

// climb raises the bound of a node. At the root the search for covers runs in turn with it.
func (t *coverTree) climb(n *coverNode, d *setDual, round int) {
	if n.depth > 0 || t.local {
		t.meter.add(len(n.in.col.item), d.run(t.ctx, nodeSteps, t.limit()-n.cost))
		return
	}
	s := newSetSearch(n.in, t.o.Seed+uint64(round))
	s.fill()
	t.accept(n, s.best, s.top)
	last := int64(math.MinInt64)
	for k := 0; k == 0 || !t.spent(); k++ {
		steps := d.run(t.ctx, 50, t.top-n.cost)
		t.meter.add(len(n.in.col.item), steps)
		low := float64(t.base + n.cost + d.bound())
		gap := gapOf(t.base+t.top, low)
		t.o.report(Progress{t.meter.iterations(), t.base + t.top, low, gap})
		if t.close = t.close || gap <= t.o.Gap; t.close {
			return
		}
		if n.cost+d.bound() >= t.top {
			return
		}
		s.run(2000, d.bound())
		t.accept(n, s.best, s.top)
		if k%8 == 7 {
			if -d.best-last < 1<<t.shift/16 {
				return
			}
			last = -d.best
		}
	}
}

// fix finds columns that no better cover opens, and columns that every better cover opens, by their reduced costs.
func (t *coverTree) fix(n *coverNode, d *setDual) (drop []bool, opened []int32, found int) {
	drop = make([]bool, n.in.columns())
	room := (t.limit()-1-n.cost)<<t.shift + d.best // what a better cover may exceed the bound by
	for j, r := range d.atBest {
		reduced := n.in.cost[j]<<t.shift - r
		switch {
		case reduced > room:
			drop[j] = true
			found++
		case -reduced > room:
			opened = append(opened, int32(j))
			found++
		}
	}
	return drop, opened, found
}

// split branches on the column that the fractional cover is most unsure of, with it first.
func (t *coverTree) split(n coverNode, d *setDual) int64 {
	best, value := int32(0), -1.0
	for j, x := range d.x {
		if v := min(x, 1-x) * float64(len(n.in.col.at(j))); v > value {
			best, value = int32(j), v
		}
	}
	with := n.open([]int32{best}, nil)
	with.depth++
	low := t.node(with)
	drop := make([]bool, n.in.columns())
	drop[best] = true
	without := n.open(nil, drop)
	without.depth++
	return min(low, t.node(without))
}

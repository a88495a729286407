package solve

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// maxTree is the branch and bound of a maximal cover. Each node is reduced, bounded by a dual that starts from its
// parent's multipliers, thinned out by reduced costs, and split on a column.
type maxTree struct {
	ctx   context.Context
	o     Options
	meter meter
	shift uint
	base  int64   // covered before the tree, for progress only
	top   int64   // weight that the best plan covers
	best  []int32 // its columns, as the problem names them
	bound int64   // of the whole tree
	close bool    // the wanted gap is reached

	search *maxSearch // of the root, which goes on below it
	root   maxNode    // that it works on
	visits int        // nodes below the root
}

// maxNode is a part of the tree: what is left after some columns have opened and others have gone.
type maxNode struct {
	in     *instance
	start  []int64 // multipliers per row of in; nil = none yet
	chosen []int32 // open columns, as the problem names them
	value  int64   // covered by chosen
	left   int64   // money
	depth  int
}

func newMaxTree(ctx context.Context, in *instance, o Options, base int64) *maxTree {
	var sum int64
	for _, w := range in.w {
		sum += w
	}
	return &maxTree{ctx: ctx, o: o, base: base, top: -1, shift: scaleOf(sum), meter: newMeter(o, len(in.col.item))}
}

// solve returns the columns of the best plan; top and bound say the rest.
func (t *maxTree) solve(in *instance, budget int64) []int32 {
	t.bound = max(t.node(maxNode{in: in, left: budget}), t.top)
	return t.best
}

func (t *maxTree) accept(n *maxNode, more []int32, value int64) {
	if n.value+value <= t.top {
		return
	}
	t.top = n.value + value
	t.best = append(t.best[:0:0], n.chosen...)
	for _, j := range more {
		t.best = append(t.best, n.in.orig[j])
	}
}

func (t *maxTree) spent() bool { return t.close || t.ctx.Err() != nil || t.meter.spent() }

// open returns the node after opening and dropping columns of its instance.
func (n *maxNode) open(opened []int32, drop []bool) maxNode {
	c := maxNode{chosen: n.chosen[:len(n.chosen):len(n.chosen)], value: n.value, left: n.left, depth: n.depth}
	rows := make([]bool, n.in.rows())
	gone := make([]bool, n.in.columns())
	copy(gone, drop)
	for _, j := range opened {
		c.chosen = append(c.chosen, n.in.orig[j])
		c.left -= n.in.cost[j]
		gone[j] = true
		for _, i := range n.in.col.at(int(j)) {
			if !rows[i] {
				rows[i] = true
				c.value += n.in.w[i]
			}
		}
	}
	for j, cost := range n.in.cost {
		gone[j] = gone[j] || cost > c.left
	}
	c.in = n.in.shrink(gone, rows)
	c.start = carry(n.start, c.in)
	return c
}

// reduce drops columns that are too dear or that another one replaces: it covers the same rows and more for no more money.
func (n *maxNode) reduce() {
	k := newKernel(n.in)
	for j, c := range n.in.cost {
		if c > n.left {
			k.dropColumn(int32(j))
		}
	}
	k.sign()
	k.dropColumns()
	if in := n.in.shrink(k.colOff, nil); in.columns() < n.in.columns() {
		n.start = carry(n.start, in)
		n.in = in
	}
}

// node returns an upper bound of every plan below n, and accepts better plans on the way.
func (t *maxTree) node(n maxNode) int64 {
	for round := 0; ; round++ {
		n.reduce()
		if all, cost := n.in.everything(); cost <= n.left {
			t.accept(&n, all, n.in.total())
			return n.value + n.in.total()
		}
		d := newMaxDual(n.in, n.left, nil, t.o.workers())
		d.rescale(t.shift, n.start)
		t.climb(&n, d, round)
		high := n.value + d.bound()
		if high <= t.top || t.spent() {
			return high
		}
		n.start = d.centre
		drop, opened, found := t.fix(&n, d)
		if found == 0 || found < n.in.columns()/20 && round > 0 {
			return min(high, t.split(n, d))
		}
		var cost int64
		for _, j := range opened {
			cost += n.in.cost[j]
		}
		if cost > n.left {
			return t.top // what every better plan must open is too dear
		}
		n = n.open(opened, drop)
	}
}

// everything returns all columns and what they cost.
func (in *instance) everything() (all []int32, cost int64) {
	for j, c := range in.cost {
		all = append(all, int32(j))
		cost += c
	}
	return all, cost
}

func (in *instance) total() (w int64) {
	for _, v := range in.w {
		w += v
	}
	return w
}

// climb lowers the bound of a node. At the root the search for plans runs in turn with it.
func (t *maxTree) climb(n *maxNode, d *maxDual, round int) {
	if n.depth > 0 {
		t.meter.add(len(n.in.col.item), d.run(t.ctx, 40, t.top-n.value))
		p := newPlan(n.in)
		for _, j := range d.chosen {
			if p.spent+n.in.cost[j] <= n.left {
				p.add(j)
			}
		}
		p.greedy(n.left)
		t.accept(n, p.list, p.value)
		if t.visits++; t.visits%8 == 0 {
			t.search.kick(t.ctx, 8)
			t.accept(&t.root, t.search.best, t.search.top)
		}
		return
	}
	s := newMaxSearch(n.in, n.left, t.o.Seed+uint64(round))
	t.search, t.root = s, *n
	s.start(t.ctx)
	s.become(t.ctx, n.in.named(t.best))
	t.accept(n, s.best, s.top)
	last := int64(math.MaxInt64)
	for k := 0; k == 0 || !t.spent(); k++ {
		steps := both(t.o.workers(), func() int { return d.run(t.ctx, 50, t.top-n.value) }, func() { s.kick(t.ctx, 30) })
		t.accept(n, s.best, s.top)
		if s.recall(); k%3 != 0 {
			s.forget()
		}
		s.become(t.ctx, d.chosen)
		t.accept(n, s.best, s.top)
		t.meter.add(len(n.in.col.item), steps)
		high := float64(t.base + n.value + d.bound())
		gap := gapOf(t.base+t.top, high)
		t.o.report(Progress{t.meter.iterations(), t.base + t.top, high, gap})
		if t.close = gap <= t.o.Gap; t.close {
			return
		}
		if k%8 == 7 {
			if last-d.best < max(1<<t.shift/4, d.best>>14) {
				return
			}
			last = d.best
		}
	}
}

// named returns the columns here that are among the problem's columns.
func (in *instance) named(columns []int32) (here []int32) {
	for k, j := range in.orig {
		if slices.Contains(columns, j) {
			here = append(here, int32(k))
		}
	}
	return here
}

// fix finds columns that no better plan opens, and columns that every better plan opens, by their reduced costs.
func (t *maxTree) fix(n *maxNode, d *maxDual) (drop []bool, opened []int32, found int) {
	drop = make([]bool, n.in.columns())
	room := float64(d.best-(t.top+1-n.value)<<t.shift)*(1+1e-9) + 1 // what the bound exceeds a better plan by
	lowIn, highOut := d.thresholds()
	for j, r := range d.atBest {
		cost := float64(n.in.cost[j])
		switch {
		case float64(lowIn*cost)-float64(r) > room:
			drop[j] = true
			found++
		case float64(r)-float64(highOut*cost) > room:
			opened = append(opened, int32(j))
			found++
		}
	}
	return drop, opened, found
}

// thresholds returns the price of money at the centre: a column that is let in displaces gains of at least the first for
// each unit of its cost, one that is kept out is replaced by gains of at most the second.
func (d *maxDual) thresholds() (lowIn, highOut float64) {
	order := d.order[:0]
	for j := range d.atBest {
		order = append(order, int32(j))
	}
	r, c := d.atBest, d.in.cost
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(-compareRatio(r[a], c[a], r[b], c[b]), cmp.Compare(a, b)) })
	left := d.budget
	for k, j := range order {
		if c[j] <= left {
			left -= c[j]
			continue
		}
		price := float64(r[j]) / float64(c[j])
		if d.unit && k > 0 {
			return float64(r[order[k-1]]) / float64(c[j]), price
		}
		return price, price
	}
	return 0, 0
}

// split branches on the column that the fractional plan is most unsure of, with it first.
func (t *maxTree) split(n maxNode, d *maxDual) int64 {
	best, value := int32(0), -1.0
	for j, x := range d.x {
		if v := min(x, 1-x) * float64(d.atBest[j]); v > value {
			best, value = int32(j), v
		}
	}
	with := n.open([]int32{best}, nil)
	with.depth++
	high := t.node(with)
	drop := make([]bool, n.in.columns())
	drop[best] = true
	without := n.open(nil, drop)
	without.depth++
	return max(high, t.node(without))
}

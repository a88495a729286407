package solve

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// maxTree is the branch and bound of a maximal cover. Each node is reduced, bounded by a dual that starts from its
// parent's multipliers, thinned out by reduced costs, and split on a column. Where the root is small enough its linear
// relaxation takes the place of the dual, and the nodes below keep its instance: they go on from the basis of their parent. Nodes are visited a few at a time, whether
// there are workers for them or not: what one visit finds is known to the next ones only.
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
	money  int64      // of the instance that the relaxations are of
	rooms  []*maxRoom // for as many visits
	lore   lore
}

// maxNode is a part of the tree: what is left after some columns have opened and others have gone.
type maxNode struct {
	in     *instance
	start  []int64 // multipliers per row of in; nil = none yet
	chosen []int32 // open columns, as the problem names them
	value  int64   // covered by chosen
	left   int64   // money
	high   int64   // no plan below covers more
	depth  int
	cause  branch
	basis  *lpBasis // of the relaxation that this node is the rest of; nil = none yet
	from   *lpPoint // where its relaxation starts; nil = it is bounded by the volume algorithm
}

// maxVisit is the work on a node. Below the root it only reads the tree.
type maxVisit struct {
	tree  *maxTree
	node  maxNode
	meter meter
	top   int64     // weight that the best plan covers, as far as this visit knows
	best  []int32   // its columns, as the problem names them; nil = found elsewhere
	parts []maxNode // what the node was split into; otherwise node.high is all there is to say
	tried []lesson
	room  *maxRoom
	wide  bool // the relaxation is too large
}

func newMaxTree(ctx context.Context, in *instance, o Options, base int64) *maxTree {
	var sum int64
	for _, w := range in.w {
		sum += w
	}
	return &maxTree{ctx: ctx, o: o, base: base, top: -1, lore: lore{}, shift: scaleOf(sum), meter: newMeter(o, len(in.col.item))}
}

// rootSearch and treeSearch are how many entries the bound looks at for one that the search looks at, at the root and below.
const (
	rootSearch = 2
	treeSearch = 8
)

const (
	nodesAtOnce = 8   // are visited before their findings are put together
	manyNodes   = 200 // open
)

// solve returns the columns of the best plan; top and bound say the rest.
func (t *maxTree) solve(in *instance, budget int64) []int32 {
	first := []*maxVisit{t.visit(maxNode{in: in, left: budget, high: math.MaxInt64})}
	first[0].run(t.climb)
	open := t.collect(nil, first)
	work := t.meter.whole
	for len(open) > 0 && !t.spent() {
		var visits []*maxVisit
		visits, open = t.pick(open)
		spread(len(visits)+1, t.o.workers(), func(k int) {
			if k == 0 {
				t.search.kick(t.ctx, work)
				return
			}
			visits[k-1].below()
		})
		if t.search.top > t.top-t.root.value {
			t.top, t.best = t.root.value+t.search.top, t.root.with(t.search.best)
		}
		before := t.meter.done
		open = t.collect(open, visits)
		work = (t.meter.done - before) / treeSearch
		t.tell(open)
	}
	t.bound = t.high(open)
	return t.best
}

// high returns the bound of the tree as long as some nodes are open.
func (t *maxTree) high(open []maxNode) int64 {
	high := max(t.bound, t.top)
	for _, n := range open {
		high = max(high, n.high)
	}
	return high
}

// tell reports how far the tree has come, and closes it when that is far enough.
func (t *maxTree) tell(open []maxNode) {
	high := float64(t.base + t.high(open))
	gap := gapOf(t.base+t.top, high)
	t.o.report(Progress{t.meter.iterations(), t.base + t.top, high, gap})
	t.close = gap <= t.o.Gap
}

// pick takes the nodes to visit next out of the open ones: those of highest bound, or the newest when there are many to keep.
func (t *maxTree) pick(open []maxNode) (visits []*maxVisit, rest []maxNode) {
	if len(open) < manyNodes {
		slices.SortStableFunc(open, func(a, b maxNode) int { return cmp.Compare(a.high, b.high) })
	}
	for len(open) > 0 && len(visits) < nodesAtOnce {
		n := open[len(open)-1]
		if open = open[:len(open)-1]; n.high <= t.top {
			continue
		}
		v := t.visit(n)
		if n.from != nil {
			if len(t.rooms) <= len(visits) {
				t.rooms = append(t.rooms, v.newRoom())
			}
			v.room = t.rooms[len(visits)]
		}
		visits = append(visits, v)
	}
	return visits, open
}

// below works on a node below the root.
func (v *maxVisit) below() {
	if v.node.from != nil {
		v.runLP()
		return
	}
	v.run((*maxVisit).climb)
}

func (t *maxTree) visit(n maxNode) *maxVisit {
	return &maxVisit{tree: t, node: n, meter: t.meter, top: t.top}
}

// collect puts together what visits found, and returns the open nodes with their parts, the first of the first visit last.
func (t *maxTree) collect(open []maxNode, visits []*maxVisit) []maxNode {
	before := t.meter.done
	for k := len(visits) - 1; k >= 0; k-- {
		v := visits[k]
		t.meter.done += v.meter.done - before
		if v.best != nil && v.top > t.top {
			t.top, t.best = v.top, v.best
		}
		if v.parts == nil {
			t.bound = max(t.bound, v.node.high)
		}
		open = append(open, v.parts...)
		for _, l := range v.tried {
			t.lore.add(l)
		}
	}
	return open
}

func (t *maxTree) spent() bool { return t.close || t.ctx.Err() != nil || t.meter.spent() }

// with returns the open columns and more, which are named as the instance does, as the problem names them.
func (n *maxNode) with(more []int32) []int32 {
	all := append([]int32{}, n.chosen...)
	for _, j := range more {
		all = append(all, n.in.orig[j])
	}
	return all
}

func (v *maxVisit) accept(more []int32, value int64) {
	if v.node.value+value > v.top {
		v.top, v.best = v.node.value+value, v.node.with(more)
	}
}

func (v *maxVisit) spent() bool { return v.tree.close || v.tree.ctx.Err() != nil || v.meter.spent() }

// open returns the node after opening and dropping columns of its instance.
func (n *maxNode) open(opened []int32, drop []bool) maxNode {
	c := maxNode{chosen: n.chosen[:len(n.chosen):len(n.chosen)], value: n.value, left: n.left, high: n.high, depth: n.depth}
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
	c.start, c.basis = carry(n.start, c.in), n.basis.carry(n.in, c.in)
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
		n.start, n.basis = carry(n.start, in), n.basis.carry(n.in, in)
		n.in = in
	}
}

// run bounds the node, accepts better plans on the way, and splits what it cannot close.
func (v *maxVisit) run(climb func(v *maxVisit, d *maxDual, round int)) {
	n := &v.node
	for round := 0; ; round++ {
		n.reduce()
		if all, cost := n.in.everything(); cost <= n.left {
			v.accept(all, n.in.total())
			n.high = min(n.high, n.value+n.in.total())
			return
		}
		d := newMaxDual(n.in, n.left, nil, v.workers())
		d.rescale(v.tree.shift, n.start)
		climb(v, d, round)
		n.high = min(n.high, n.value+d.bound())
		v.learn(d, round)
		if n.high <= v.top || v.spent() {
			return
		}
		n.start = d.centre
		drop, opened, found := v.fix(d)
		if found == 0 || found < n.in.columns()/20 && round > 0 {
			if v.room != nil {
				v.loopLP()
				return
			}
			if v.split(d) {
				return
			}
			continue
		}
		var cost int64
		for _, j := range opened {
			cost += n.in.cost[j]
		}
		if cost > n.left {
			n.high = v.top // what every better plan must open is too dear
			return
		}
		*n = n.open(opened, drop)
	}
}

// workers is one below the root, where nodes are visited side by side.
func (v *maxVisit) workers() int {
	if v.node.depth > 0 {
		return 1
	}
	return v.tree.o.workers()
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

// climb lowers the bound of a node.
func (v *maxVisit) climb(d *maxDual, _ int) {
	n := &v.node
	v.meter.add(len(n.in.col.item), d.run(v.tree.ctx, 50, v.top-n.value))
	p := newPlan(n.in)
	for _, j := range d.chosen {
		if p.spent+n.in.cost[j] <= n.left {
			p.add(j)
		}
	}
	p.greedy(n.left)
	v.accept(p.list, p.value)
}

// climb lowers the bound of the root. The search for plans runs in turn with it.
func (t *maxTree) climb(v *maxVisit, d *maxDual, round int) {
	n := &v.node
	s := newMaxSearch(n.in, n.left, t.o.Seed+uint64(round))
	t.search, t.root = s, *n
	s.start(t.ctx)
	s.become(t.ctx, n.in.named(v.best))
	v.accept(s.best, s.top)
	steps := 50 // at once
	if n.basis != nil {
		steps = 1 // the multipliers come from a relaxation: they cannot get much better
	}
	last, before := int64(math.MaxInt64), int64(math.MaxInt64) // bounds one round and eight rounds ago
	for k := 0; k == 0 || !v.spent(); k++ {
		t.seek(v, func() int { return d.run(t.ctx, steps, v.top-n.value) })
		if s.recall(); k%3 != 0 {
			s.forget()
		}
		s.become(t.ctx, d.chosen)
		v.accept(s.best, s.top)
		high := float64(t.base + n.value + d.bound())
		gap := gapOf(t.base+v.top, high)
		t.o.report(Progress{v.meter.iterations(), t.base + v.top, high, gap})
		if t.close = gap <= t.o.Gap; t.close {
			return
		}
		if !v.wide && n.in.small() && (round > 0 || last-d.best < d.best>>lpSlow) {
			t.seek(v, func() int { v.relax(d); return 0 })
			if !v.wide {
				s.likely = v.likely(s.likely)
				return
			}
			steps = 50
		}
		if k%8 == 7 {
			if before-d.best < max(1<<t.shift/4, d.best>>14) {
				return
			}
			before = d.best
		}
		last = d.best
	}
}

// seek searches for plans while the bound is lowered.
func (t *maxTree) seek(v *maxVisit, lower func() (steps int)) {
	entries := len(v.node.in.col.item)
	steps := both(t.o.workers(), lower, func() { t.search.kick(t.ctx, 50*int64(entries)/rootSearch) })
	v.accept(t.search.best, t.search.top)
	v.meter.add(entries, steps)
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
func (v *maxVisit) fix(d *maxDual) (drop []bool, opened []int32, found int) {
	n := &v.node
	drop = make([]bool, n.in.columns())
	room := float64(d.best-(v.top+1-n.value)<<v.tree.shift)*(1+1e-9) + 1 // what the bound exceeds a better plan by
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
	for j, r := range d.atBest {
		if r > 0 { // others do not ask for money, and have no ratio when they cost nothing
			order = append(order, int32(j))
		}
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

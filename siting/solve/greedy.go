package solve

import (
	"container/heap"
	"math"
)

// plan is a set of open columns of an instance with what they cover, kept up to date as columns open and close.
type plan struct {
	in    *instance
	open  []bool
	list  []int32 // open columns, in no particular order
	place []int32 // per column: its place in list
	count []int32 // per row: open columns that cover it
	only  []int32 // per row: xor of the open columns that cover it, which names the only one when count is 1
	loss  []int64 // per column: weight that only it covers
	value int64   // weight covered
	spent int64

	near   csr     // per column: the sets that it is in, of which at most one column opens
	holder []int32 // per set: 1 + the open column; nil = no sets
}

func newPlan(in *instance) *plan {
	n, m := in.columns(), in.rows()
	return &plan{in: in, open: make([]bool, n), place: make([]int32, n), count: make([]int32, m), only: make([]int32, m),
		loss: make([]int64, n)}
}

// blocker returns 1 + an open column that shares a set with column j; 0 = none.
func (p *plan) blocker(j int32) int32 {
	if p.holder == nil {
		return 0
	}
	for _, q := range p.near.at(int(j)) {
		if p.holder[q] != 0 {
			return p.holder[q]
		}
	}
	return 0
}

// hold notes in the sets of column j who is open.
func (p *plan) hold(j, holder int32) {
	if p.holder == nil {
		return
	}
	for _, q := range p.near.at(int(j)) {
		p.holder[q] = holder
	}
}

// add opens column j.
func (p *plan) add(j int32) {
	p.open[j], p.place[j] = true, int32(len(p.list))
	p.list = append(p.list, j)
	p.spent += p.in.cost[j]
	p.hold(j, j+1)
	for _, i := range p.in.col.at(int(j)) {
		switch p.count[i] {
		case 0:
			p.value += p.in.w[i]
			p.loss[j] += p.in.w[i]
		case 1:
			p.loss[p.only[i]] -= p.in.w[i]
		}
		p.count[i]++
		p.only[i] ^= j
	}
}

// drop closes column j.
func (p *plan) drop(j int32) {
	last := p.list[len(p.list)-1]
	p.list[p.place[j]], p.place[last] = last, p.place[j]
	p.list = p.list[:len(p.list)-1]
	p.open[j] = false
	p.spent -= p.in.cost[j]
	p.hold(j, 0)
	for _, i := range p.in.col.at(int(j)) {
		p.count[i]--
		p.only[i] ^= j
		switch p.count[i] {
		case 0:
			p.value -= p.in.w[i]
			p.loss[j] -= p.in.w[i]
		case 1:
			p.loss[p.only[i]] += p.in.w[i]
		}
	}
}

// gain returns the weight that opening column j would add.
func (p *plan) gain(j int32) int64 {
	var g int64
	for _, i := range p.in.col.at(int(j)) {
		if p.count[i] == 0 {
			g += p.in.w[i]
		}
	}
	return g
}

// offer is a column and what it would add, as known when it was last looked at.
type offer struct {
	gain, cost int64
	column     int32
}

// offers is a heap with the best gain for the money on top; ties to the lowest column.
type offers []offer

func (h offers) Len() int { return len(h) }
func (h offers) Less(a, b int) bool {
	if c := compareRatio(h[a].gain, h[a].cost, h[b].gain, h[b].cost); c != 0 {
		return c > 0
	}
	return h[a].column < h[b].column
}
func (h offers) Swap(a, b int) { h[a], h[b] = h[b], h[a] }
func (h *offers) Push(x any)   { *h = append(*h, x.(offer)) }
func (h *offers) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// greedy adds columns by gain for the money while they fit into the budget and beside those of their sets. Gains only shrink as the plan grows, so a
// column is looked at again only when it comes up (lazy evaluation: Minoux 1978; Leskovec et al. 2007, "CELF").
func (p *plan) greedy(budget int64) {
	h := make(offers, 0, p.in.columns())
	for j := range p.in.columns() {
		if g := p.gain(int32(j)); g > 0 && !p.open[j] {
			h = append(h, offer{g, p.in.cost[j], int32(j)})
		}
	}
	heap.Init(&h)
	cheapest := int64(math.MaxInt64)
	for _, b := range h {
		cheapest = min(cheapest, b.cost)
	}
	for len(h) > 0 && p.spent+cheapest <= budget {
		top := &h[0]
		if p.spent+top.cost > budget || p.blocker(top.column) != 0 {
			heap.Pop(&h)
			continue
		}
		if g := p.gain(top.column); g < top.gain {
			if top.gain = g; g == 0 {
				heap.Pop(&h)
			} else {
				heap.Fix(&h, 0)
			}
			continue
		}
		p.add(top.column)
		heap.Pop(&h)
	}
}

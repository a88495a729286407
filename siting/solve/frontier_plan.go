package solve

import "math"

// frontierPlan is a set of open columns of a whole cover with what they cover. It keeps little, for covers that fill the memory.
type frontierPlan struct {
	f      *frontier
	open   []bool
	count  []int32 // per row: open columns that cover it
	holder []int32 // per set: 1 + the open column
	gains  []int64 // per column: what it would add, as known when it was last asked; shared with fixed of the relaxation
	value  int64   // weight covered
	spent  int64
	sites  int // open columns
}

func newFrontierPlan(f *frontier) *frontierPlan {
	return &frontierPlan{f: f, open: make([]bool, f.in.columns()), count: make([]int32, f.in.rows()), holder: make([]int32, f.sets),
		gains: f.wide[:f.in.columns()]}
}

// add opens column j.
func (p *frontierPlan) add(j int32) {
	p.open[j] = true
	p.sites++
	p.spent += p.f.in.cost[j]
	for _, q := range p.f.setsOf(int(j)) {
		p.holder[q] = j + 1
	}
	for _, i := range p.f.in.col.at(int(j)) {
		if p.count[i] == 0 {
			p.value += p.f.in.w[i]
		}
		p.count[i]++
	}
}

// drop closes column j.
func (p *frontierPlan) drop(j int32) {
	p.open[j] = false
	p.sites--
	p.spent -= p.f.in.cost[j]
	for _, q := range p.f.setsOf(int(j)) {
		p.holder[q] = 0
	}
	for _, i := range p.f.in.col.at(int(j)) {
		if p.count[i]--; p.count[i] == 0 {
			p.value -= p.f.in.w[i]
		}
	}
}

// become opens exactly these columns.
func (p *frontierPlan) become(columns []int32) {
	clear(p.open)
	clear(p.count)
	clear(p.holder)
	p.value, p.spent, p.sites = 0, 0, 0
	for _, j := range columns {
		p.add(j)
	}
}

// columns lists the open columns, ascending.
func (p *frontierPlan) columns() (list []int32) {
	for j, is := range p.open {
		if is {
			list = append(list, int32(j))
		}
	}
	return list
}

// blocked reports whether an open column shares a set with column j.
func (p *frontierPlan) blocked(j int32) bool {
	for _, q := range p.f.setsOf(int(j)) {
		if p.holder[q] != 0 {
			return true
		}
	}
	return false
}

// gain returns the weight that opening column j would add, loss what closing it would leave bare.
func (p *frontierPlan) gain(j int32) int64 { return p.alone(j, 0) }
func (p *frontierPlan) loss(j int32) int64 { return p.alone(j, 1) }

// alone returns the weight of the rows of column j that so many open columns cover.
func (p *frontierPlan) alone(j, count int32) (sum int64) {
	for _, i := range p.f.in.col.at(int(j)) {
		if p.count[i] == count {
			sum += p.f.in.w[i]
		}
	}
	return sum
}

// ask notes what every column would add.
func (p *frontierPlan) ask() {
	parallel(len(p.gains), p.f.o.workers(), func(from, to int) {
		for j := from; j < to; j++ {
			p.gains[j] = p.gain(int32(j))
		}
	})
}

// useful lists the closed columns that would add something, as known.
func (p *frontierPlan) useful() []int32 {
	p.f.list = p.f.list[:0]
	for j, g := range p.gains {
		if g > 0 && !p.open[j] {
			p.f.list = append(p.f.list, int32(j))
		}
	}
	return p.f.list
}

// askThese is ask for these columns.
func (p *frontierPlan) askThese(columns []int32) {
	parallel(len(columns), p.f.o.workers(), func(from, to int) {
		for _, j := range columns[from:to] {
			p.gains[j] = p.gain(j)
		}
	})
}

// fill opens closed columns of a list by gain for the money while they fit into the budget and beside those of their sets,
// and returns them in order. gains must be no smaller than what these add; they only shrink as the plan grows, so a column
// is looked at again only when it comes up (lazy evaluation: Minoux 1978; Leskovec et al. 2007, "CELF"). It uses up the list.
func (p *frontierPlan) fill(budget int64, list []int32) (opened []int32) {
	h := frontierHeap{list, p.gains, p.f.in.cost}
	cheapest := int64(math.MaxInt64)
	for _, j := range list {
		cheapest = min(cheapest, h.cost[j])
	}
	h.start()
	for len(h.item) > 0 && p.spent+cheapest <= budget {
		j := h.item[0]
		if p.spent+h.cost[j] > budget || p.blocked(j) {
			h.pop()
			continue
		}
		if g := p.gain(j); g < p.gains[j] {
			if p.gains[j] = g; g == 0 {
				h.pop()
			} else {
				h.sift(0)
			}
			continue
		}
		p.add(j)
		opened = append(opened, j)
		h.pop()
	}
	return opened
}

// frontierHeap is a heap of columns with the best gain for the money on top; ties to the lowest column.
type frontierHeap struct {
	item       []int32
	gain, cost []int64
}

func (h *frontierHeap) before(a, b int32) bool {
	if c := compareRatio(h.gain[a], h.cost[a], h.gain[b], h.cost[b]); c != 0 {
		return c > 0
	}
	return a < b
}

// start puts the columns in order.
func (h *frontierHeap) start() {
	for k := len(h.item)/2 - 1; k >= 0; k-- {
		h.sift(k)
	}
}

// pop drops the first column.
func (h *frontierHeap) pop() {
	last := len(h.item) - 1
	h.item[0] = h.item[last]
	if h.item = h.item[:last]; last > 0 {
		h.sift(0)
	}
}

func (h *frontierHeap) sift(k int) {
	for x := h.item[k]; ; {
		c := 2*k + 1
		if c+1 < len(h.item) && h.before(h.item[c+1], h.item[c]) {
			c++
		}
		if c >= len(h.item) || !h.before(h.item[c], x) {
			h.item[k] = x
			return
		}
		h.item[k] = h.item[c]
		k = c
	}
}

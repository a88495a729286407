package solve

import (
	"context"
	"math/rand/v2"
	"slices"
)

// capacityFlow is what a set of open columns serves: a maximum flow from columns to rows, kept so by augmenting paths as
// columns open and close (Ford & Fulkerson, 1956). The value of a maximum flow does not depend on how it came about.
type capacityFlow struct {
	in       *instance
	capacity []int64
	entry    []int64 // per entry of in.row: the same entry in in.col
	flow     []int64 // per entry of in.col
	served   []int64 // per row
	load     []int64 // per column
	isOpen   []bool
	list     []int32
	place    []int32
	value    int64

	// The present search for a path: what it saw, from where, and the entry of in.col between the two.
	clock               int32
	queue               []int32
	columnSeen, rowSeen []int32
	columnBy, rowBy     []int32
	columnVia, rowVia   []int64
}

func newCapacityFlow(in *instance, capacity []int64) *capacityFlow {
	n, m := in.columns(), in.rows()
	f := &capacityFlow{in: in, capacity: capacity, entry: make([]int64, len(in.col.item)), flow: make([]int64, len(in.col.item)),
		served: make([]int64, m), load: make([]int64, n), isOpen: make([]bool, n), place: make([]int32, n),
		columnSeen: make([]int32, n), rowSeen: make([]int32, m), columnBy: make([]int32, n), rowBy: make([]int32, m),
		columnVia: make([]int64, n), rowVia: make([]int64, m)}
	next := slices.Clone(in.row.off)
	for k, i := range in.col.item {
		f.entry[next[i]] = int64(k)
		next[i]++
	}
	return f
}

// enter opens column j and lets it serve all it can.
func (f *capacityFlow) enter(j int32) {
	f.isOpen[j], f.place[j] = true, int32(len(f.list))
	f.list = append(f.list, j)
	for f.load[j] < f.capacity[j] && f.extend(j) {
	}
}

// leave closes column j; others take over what they can.
func (f *capacityFlow) leave(j int32) {
	last := f.list[len(f.list)-1]
	f.list[f.place[j]], f.place[last] = last, f.place[j]
	f.list = f.list[:len(f.list)-1]
	f.isOpen[j] = false
	f.value -= f.load[j]
	f.load[j] = 0
	at := f.in.col.off[j]
	for k, i := range f.in.col.at(int(j)) {
		f.served[i] -= f.flow[at+int64(k)]
	}
	for k, i := range f.in.col.at(int(j)) {
		lost := f.flow[at+int64(k)] > 0
		f.flow[at+int64(k)] = 0
		for lost && f.served[i] < f.in.w[i] && f.refill(i) {
		}
	}
}

// sawColumn notes that column d was reached from row i by an entry, unless it was seen before.
func (f *capacityFlow) sawColumn(d, i int32, via int64) bool {
	if f.columnSeen[d] == f.clock {
		return false
	}
	f.columnSeen[d], f.columnBy[d], f.columnVia[d] = f.clock, i, via
	return true
}

// sawRow is the same for a row and the column it was reached from.
func (f *capacityFlow) sawRow(i, c int32, via int64) bool {
	if f.rowSeen[i] == f.clock {
		return false
	}
	f.rowSeen[i], f.rowBy[i], f.rowVia[i] = f.clock, c, via
	return true
}

// extend finds weight that column j can serve, perhaps taken over from columns that can serve other rows instead. It reports
// whether there was any.
func (f *capacityFlow) extend(j int32) bool {
	f.clock++
	f.queue = append(f.queue[:0], j)
	f.sawColumn(j, -1, -1)
	for head := 0; head < len(f.queue); head++ {
		c := f.queue[head]
		at := f.in.col.off[c]
		for k, i := range f.in.col.at(int(c)) {
			if !f.sawRow(i, c, at+int64(k)) {
				continue
			}
			if f.served[i] < f.in.w[i] {
				f.pushTo(j, i)
				return true
			}
			for e := f.in.row.off[i]; e < f.in.row.off[i+1]; e++ {
				if d := f.in.row.item[e]; f.flow[f.entry[e]] > 0 && f.sawColumn(d, i, f.entry[e]) {
					f.queue = append(f.queue, d)
				}
			}
		}
	}
	return false
}

// pushTo moves as much as fits along the path from column j to row i.
func (f *capacityFlow) pushTo(j, i int32) {
	most := min(f.capacity[j]-f.load[j], f.in.w[i]-f.served[i])
	for c := f.rowBy[i]; c != j; c = f.rowBy[f.columnBy[c]] {
		most = min(most, f.flow[f.columnVia[c]])
	}
	f.flow[f.rowVia[i]] += most
	for c := f.rowBy[i]; c != j; c = f.rowBy[f.columnBy[c]] {
		f.flow[f.columnVia[c]] -= most
		f.flow[f.rowVia[f.columnBy[c]]] += most
	}
	f.load[j] += most
	f.served[i] += most
	f.value += most
}

// refill finds an open column with room that can serve row i, perhaps by way of columns that leave other rows to it. It
// reports whether there was one.
func (f *capacityFlow) refill(i int32) bool {
	f.clock++
	f.queue = append(f.queue[:0], i)
	f.sawRow(i, -1, -1)
	for head := 0; head < len(f.queue); head++ {
		r := f.queue[head]
		for e := f.in.row.off[r]; e < f.in.row.off[r+1]; e++ {
			c := f.in.row.item[e]
			if !f.isOpen[c] || !f.sawColumn(c, r, f.entry[e]) {
				continue
			}
			if f.load[c] < f.capacity[c] {
				f.pushFrom(c, i)
				return true
			}
			at := f.in.col.off[c]
			for k, other := range f.in.col.at(int(c)) {
				if f.flow[at+int64(k)] > 0 && f.sawRow(other, c, at+int64(k)) {
					f.queue = append(f.queue, other)
				}
			}
		}
	}
	return false
}

// pushFrom moves as much as fits along the path from row i back to column c.
func (f *capacityFlow) pushFrom(c, i int32) {
	most := min(f.capacity[c]-f.load[c], f.in.w[i]-f.served[i])
	for r := f.columnBy[c]; r != i; r = f.columnBy[f.rowBy[r]] {
		most = min(most, f.flow[f.rowVia[r]])
	}
	f.flow[f.columnVia[c]] += most
	for r := f.columnBy[c]; r != i; r = f.columnBy[f.rowBy[r]] {
		f.flow[f.rowVia[r]] -= most
		f.flow[f.columnVia[f.rowBy[r]]] += most
	}
	f.load[c] += most
	f.served[i] += most
	f.value += most
}

// capacitySearch improves a plan by ruin and recreate.
type capacitySearch struct {
	*capacityFlow
	budget int64
	spent  int64
	state  []int8 // 1 = must stay open, -1 = must stay closed
	rand   *rand.Rand
	best   []int32
	top    int64
}

func newCapacitySearch(in *instance, capacity []int64, budget int64, state []int8, seed uint64) *capacitySearch {
	s := &capacitySearch{capacityFlow: newCapacityFlow(in, capacity), budget: budget, state: state, top: -1,
		rand: rand.New(rand.NewPCG(seed, 4))}
	for j, is := range state {
		if is > 0 {
			s.open(int32(j))
		}
	}
	return s
}

func (s *capacitySearch) open(j int32) {
	s.spent += s.in.cost[j]
	s.enter(j)
}

func (s *capacitySearch) shut(j int32) {
	s.spent -= s.in.cost[j]
	s.leave(j)
}

// fill opens columns by what they could serve for the money, as far as rows within their reach go unserved. Now and then it
// overlooks one; 0 = never.
func (s *capacitySearch) fill(overlook int) {
	h := make([]ruinBid, 0, s.in.columns())
	for j := range int32(s.in.columns()) {
		if b, ok := s.bid(j); ok {
			h = append(h, b)
		}
	}
	bids := bidHeap(h)
	for bids.start(); len(bids) > 0; {
		was := bids[0]
		b, ok := s.bid(was.column)
		switch {
		case !ok:
			bids.pop()
		case b != was:
			bids.change(b)
		case overlook > 0 && s.rand.IntN(overlook) == 0:
			bids.pop()
		default:
			bids.pop()
			s.open(b.column)
		}
	}
}

// bid values a closed column that can be paid.
func (s *capacitySearch) bid(j int32) (ruinBid, bool) {
	if s.isOpen[j] || s.state[j] < 0 || s.spent+s.in.cost[j] > s.budget {
		return ruinBid{}, false
	}
	var free int64
	for _, i := range s.in.col.at(int(j)) {
		free += s.in.w[i] - s.served[i]
	}
	// Where no row goes unserved at all, others may still be taken over; that is left to the exchange of columns.
	v := float64(min(free, s.capacity[j]))
	return ruinBid{v / max(1, float64(s.in.cost[j])), j, 0}, v > 0
}

// become makes the plan open these columns, as far as the money goes, beside those that must open.
func (s *capacitySearch) become(columns []int32) {
	want := make([]bool, len(s.isOpen))
	for _, j := range columns {
		want[j] = true
	}
	for k := len(s.list) - 1; k >= 0; k-- {
		if j := s.list[k]; !want[j] && s.state[j] <= 0 {
			s.shut(j)
		}
	}
	for _, j := range columns {
		if !s.isOpen[j] && s.state[j] >= 0 && s.spent+s.in.cost[j] <= s.budget {
			s.open(j)
		}
	}
}

// keep remembers the plan as the best.
func (s *capacitySearch) keep() {
	s.top = s.value
	s.best = append(s.best[:0], s.list...)
}

// run closes a few columns and fills up again, n times, and goes back where that is worse.
func (s *capacitySearch) run(ctx context.Context, n int) {
	for range n {
		if ctx.Err() != nil || len(s.list) == 0 {
			return
		}
		before, was := slices.Clone(s.list), s.value
		j := s.list[s.rand.IntN(len(s.list))]
		for range 1 + s.rand.IntN(4) {
			if s.isOpen[j] && s.state[j] <= 0 {
				s.shut(j)
			}
			if len(s.list) == 0 {
				break
			}
			if j = s.near(j); !s.isOpen[j] {
				j = s.list[s.rand.IntN(len(s.list))]
			}
		}
		s.fill(20)
		switch {
		case s.value > s.top:
			s.keep()
		case s.value < was:
			s.become(before)
		}
	}
}

// near returns a column that shares a row with column j.
func (s *capacitySearch) near(j int32) int32 {
	rows := s.in.col.at(int(j))
	if len(rows) == 0 {
		return j
	}
	next := s.in.row.at(int(rows[s.rand.IntN(len(rows))]))
	return next[s.rand.IntN(len(next))]
}

package solve

import (
	"container/heap"
	"math/rand/v2"
)

// splitter cuts rows into parts of equal weight that share few columns, by repeated bisection: an order of breadth-first
// search from the far end is halved, and rows then change sides one by one as long as that pays (Fiduccia & Mattheyses, "A
// linear-time heuristic for improving network partitions", DAC 1982; rows are its cells, columns its nets).
type splitter struct {
	in     *instance
	weight []int64    // per row
	price  []int64    // per column: what it costs to have it on both sides
	rand   *rand.Rand // of the rows where a search begins
	inside []bool     // per row: in the part being cut
	side   []bool     // per row
	count  [][2]int32 // per column: rows on either side
	gain   []int64    // per row: what changing sides would save
	locked []bool     // per row: has changed sides in this pass
	seen   []bool     // per column
	queue  moveHeap
}

// splitTries are the starts that a bisection tries.
const splitTries = 6

// newSplitter prepares to cut a cover of which a dual is known. Parts are to have as many columns and as much of the dual, together;
// columns that the fractional cover is sure of cost little on both sides.
func newSplitter(in *instance, d *setDual, seed uint64) *splitter {
	m, n := in.rows(), in.columns()
	s := &splitter{in: in, rand: rand.New(rand.NewPCG(seed, 5)), weight: make([]int64, m), price: make([]int64, n),
		inside: make([]bool, m), side: make([]bool, m), locked: make([]bool, m), gain: make([]int64, m), count: make([][2]int32, n), seen: make([]bool, n)}
	var paid float64
	for _, u := range d.centre {
		paid += float64(u)
	}
	for i, u := range d.centre {
		share := 0.0
		for _, j := range in.row.at(i) {
			share += 1 / float64(len(in.col.at(int(j))))
		}
		s.weight[i] = 1 + int64(1e9*share/float64(n)) + int64(1e9*float64(u)/max(1, paid))
	}
	for j := range s.price {
		x := min(1, d.x[j])
		s.price[j] = 1 + int64(16*x*(1-x))
	}
	return s
}

// parts numbers the parts of the rows, at most 2^depth of them, none of them empty.
func (s *splitter) parts(depth int) (part []int32, count int) {
	m := s.in.rows()
	part = make([]int32, m)
	groups := [][]int32{make([]int32, m)}
	for i := range m {
		groups[0][i] = int32(i)
	}
	for range depth {
		var next [][]int32
		for _, g := range groups {
			a, b := s.halve(g)
			if next = append(next, a); len(b) > 0 {
				next = append(next, b)
			}
		}
		groups = next
	}
	for k, g := range groups {
		for _, i := range g {
			part[i] = int32(k)
		}
	}
	return part, len(groups)
}

// halve cuts a group of rows in two.
func (s *splitter) halve(rows []int32) (a, b []int32) {
	if len(rows) < 2 {
		return rows, nil
	}
	var total int64
	for _, i := range rows {
		s.inside[i] = true
		total += s.weight[i]
	}
	best, least := make([]bool, len(rows)), int64(-1)
	for range splitTries {
		order := rows
		from := rows[s.rand.IntN(len(rows))]
		for range 3 { // each time from the row found last
			order = s.walk(rows, from)
			from = order[len(order)-1]
		}
		var sum int64
		for _, i := range order {
			if s.side[i] = 2*sum < total; s.side[i] {
				sum += s.weight[i]
			}
		}
		if cut := s.improve(rows, sum, total); least < 0 || cut < least {
			least = cut
			for k, i := range rows {
				best[k] = s.side[i]
			}
		}
	}
	for k, i := range rows {
		s.inside[i] = false
		if best[k] {
			a = append(a, i)
		} else {
			b = append(b, i)
		}
	}
	if len(a) == 0 {
		return b, nil
	}
	return a, b
}

// walk returns the rows in the order of a breadth-first search; where it ends before all are found, it goes on with the first left.
func (s *splitter) walk(rows []int32, from int32) []int32 {
	for _, i := range rows {
		s.locked[i] = false
		for _, j := range s.in.row.at(int(i)) {
			s.seen[j] = false
		}
	}
	order := make([]int32, 1, len(rows))
	order[0], s.locked[from] = from, true
	left := 0
	for k := 0; len(order) < len(rows); k++ {
		if k == len(order) {
			for s.locked[rows[left]] {
				left++
			}
			order, s.locked[rows[left]] = append(order, rows[left]), true
		}
		for _, j := range s.in.row.at(int(order[k])) {
			if s.seen[j] {
				continue
			}
			s.seen[j] = true
			for _, i := range s.in.col.at(int(j)) {
				if s.inside[i] && !s.locked[i] {
					order, s.locked[i] = append(order, i), true
				}
			}
		}
	}
	return order
}

func sideOf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// improve moves rows between the sides, the first of which weighs sum of total, and returns the price of the columns that
// are on both sides in the end.
func (s *splitter) improve(rows []int32, sum, total int64) (cut int64) {
	for _, i := range rows {
		for _, j := range s.in.row.at(int(i)) {
			s.count[j] = [2]int32{}
		}
	}
	for _, i := range rows {
		for _, j := range s.in.row.at(int(i)) {
			c := &s.count[j]
			if c[0] == 0 && c[1] > 0 && !s.side[i] || c[1] == 0 && c[0] > 0 && s.side[i] {
				cut += s.price[j]
			}
			c[sideOf(s.side[i])]++
		}
	}
	for range 4 {
		saved := s.pass(rows, &sum, total)
		if cut -= saved; saved == 0 {
			break
		}
	}
	return cut
}

// pass moves every row at most once, the one that saves most first, and takes back what did not pay.
func (s *splitter) pass(rows []int32, sum *int64, total int64) (saved int64) {
	s.queue = s.queue[:0]
	for _, i := range rows {
		s.locked[i] = false
		s.gain[i] = s.saves(i)
		s.queue = append(s.queue, rowMove{s.gain[i], i})
	}
	heap.Init(&s.queue)
	var moved []int32
	var now int64
	kept := 0
	for len(s.queue) > 0 && len(moved)-kept <= 50+len(rows)/20 {
		m := heap.Pop(&s.queue).(rowMove)
		i := m.row
		if s.locked[i] || m.gain != s.gain[i] {
			continue // moved, or in the queue again with another gain
		}
		to := *sum + s.weight[i]
		if s.side[i] {
			to = *sum - s.weight[i]
		}
		if 100*to < 42*total || 100*to > 58*total {
			continue // would unbalance the sides
		}
		now += m.gain
		*sum, s.locked[i] = to, true
		s.move(i)
		if moved = append(moved, i); now > saved {
			saved, kept = now, len(moved)
		}
	}
	for _, i := range moved[kept:] {
		if s.side[i] {
			*sum -= s.weight[i]
		} else {
			*sum += s.weight[i]
		}
		s.move(i)
	}
	return saved
}

// saves returns what changing the side of row i would save.
func (s *splitter) saves(i int32) (g int64) {
	own := sideOf(s.side[i])
	for _, j := range s.in.row.at(int(i)) {
		switch c := s.count[j]; {
		case c[own] == 1 && c[1-own] > 0:
			g += s.price[j]
		case c[own] > 1 && c[1-own] == 0:
			g -= s.price[j]
		}
	}
	return g
}

// move changes the side of row i, and the gains of the rows to which it makes a difference.
func (s *splitter) move(i int32) {
	from := sideOf(s.side[i])
	s.side[i] = !s.side[i]
	for _, j := range s.in.row.at(int(i)) {
		c := &s.count[j]
		critical := c[1-from] <= 1 || c[from] <= 2
		c[from]--
		c[1-from]++
		if !critical {
			continue
		}
		for _, k := range s.in.col.at(int(j)) {
			if !s.inside[k] || s.locked[k] {
				continue
			}
			if g := s.saves(k); g != s.gain[k] {
				s.gain[k] = g
				heap.Push(&s.queue, rowMove{g, k})
			}
		}
	}
}

// rowMove is a row and what changing its side saves.
type rowMove struct {
	gain int64
	row  int32
}

// moveHeap has the largest gain on top, of equal ones the lowest row.
type moveHeap []rowMove

func (h moveHeap) Len() int { return len(h) }
func (h moveHeap) Less(a, b int) bool {
	return h[a].gain > h[b].gain || h[a].gain == h[b].gain && h[a].row < h[b].row
}
func (h moveHeap) Swap(a, b int) { h[a], h[b] = h[b], h[a] }
func (h *moveHeap) Push(m any)   { *h = append(*h, m.(rowMove)) }
func (h *moveHeap) Pop() any {
	last := len(*h) - 1
	m := (*h)[last]
	*h = (*h)[:last]
	return m
}

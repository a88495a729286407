package solve

import (
	"context"
	"math/rand/v2"
	"slices"
)

// medianSearch is an iterated interchange. It keeps, for all pairs at once, what a swap would bring:
//
//	profit(in, out) = gain(in) - loss(out) + extra(in, out)
//
// and after a swap updates it only for the rows whose nearest two columns change (Resende & Werneck, EJOR 174, 2007).
type medianSearch struct {
	*nearest
	rand   *rand.Rand
	slot   []int32 // per column: its place in open, -1 = closed
	open   []int32
	first  []int32 // per row: place of the nearest open column
	second []int32 // per row: place of the second nearest, -1 = none
	d1, d2 []uint32
	gain   []int64 // per column
	loss   []int64 // per place
	extra  []int64 // per column x place
	cost   int64

	best []int32
	top  int64
}

func newMedianSearch(n *nearest, seed uint64, start []int32) *medianSearch {
	s := &medianSearch{nearest: n, rand: rand.New(rand.NewPCG(seed, 4)), slot: make([]int32, n.Columns),
		first: make([]int32, n.Rows), second: make([]int32, n.Rows), d1: make([]uint32, n.Rows), d2: make([]uint32, n.Rows),
		gain: make([]int64, n.Columns), loss: make([]int64, n.P), extra: make([]int64, n.Columns*n.P)}
	s.load(start)
	s.best, s.top = slices.Clone(s.open), s.cost
	return s
}

// load opens exactly the given columns.
func (s *medianSearch) load(columns []int32) {
	s.open = append(s.open[:0], columns...)
	for j := range s.slot {
		s.slot[j] = -1
	}
	for k, j := range s.open {
		s.slot[j] = int32(k)
	}
	s.cost = 0
	clear(s.gain)
	clear(s.loss)
	clear(s.extra)
	for i := range s.Rows {
		s.assign(i)
		s.count(i, 1)
	}
}

// assign finds the nearest two open columns of a row: in its list, and where that ends among all open ones.
func (s *medianSearch) assign(i int) {
	columns, dist := s.row(i)
	s.first[i], s.second[i], s.d2[i] = -1, -1, 0
	for k, j := range columns {
		if at := s.slot[j]; at >= 0 {
			if s.first[i] < 0 {
				s.first[i], s.d1[i] = at, dist[k]
			} else {
				s.second[i], s.d2[i] = at, dist[k]
				return
			}
		}
	}
	had := s.first[i]
	for at, j := range s.open {
		d := s.Distance[int(j)*s.Rows+i]
		switch {
		case int32(at) == had:
		case s.first[i] < 0 || d < s.d1[i] && had < 0:
			s.second[i], s.d2[i] = s.first[i], s.d1[i]
			s.first[i], s.d1[i] = int32(at), d
		case s.second[i] < 0 || d < s.d2[i]:
			s.second[i], s.d2[i] = int32(at), d
		}
	}
	if s.second[i] < 0 { // one open column: losing it costs more than any distance
		s.d2[i] = max(s.d1[i], dist[len(dist)-1])
	}
}

// count adds (sign 1) or takes back (-1) a row's part in all profits.
func (s *medianSearch) count(i int, sign int64) {
	w := sign * s.w[i]
	d1, d2, at := s.d1[i], s.d2[i], s.first[i]
	s.cost += w * int64(d1)
	s.loss[at] += w * int64(d2-d1)
	columns, dist := s.row(i)
	for k, d := range dist {
		if d >= d2 {
			break
		}
		j := columns[k]
		if d < d1 {
			s.gain[j] += w * int64(d1-d)
			s.extra[int(j)*s.P+int(at)] += w * int64(d2-d1)
		} else {
			s.extra[int(j)*s.P+int(at)] += w * int64(d2-d)
		}
	}
}

// swap closes the column at a place and opens another there.
func (s *medianSearch) swap(in, at int32) {
	out := s.open[at]
	s.open[at], s.slot[in], s.slot[out] = in, at, -1
	to := s.Distance[int(in)*s.Rows : int(in+1)*s.Rows]
	for i, d := range to {
		if s.first[i] == at || s.second[i] == at || d < s.d2[i] {
			s.count(i, -1)
			s.assign(i)
			s.count(i, 1)
		}
	}
}

// climb makes the best swap as long as one pays.
func (s *medianSearch) climb(ctx context.Context) {
	for ctx.Err() == nil {
		in, at, most := int32(-1), int32(-1), int64(0)
		for j := range s.Columns {
			if s.slot[j] >= 0 {
				continue
			}
			for k, x := range s.extra[j*s.P : (j+1)*s.P] {
				if p := s.gain[j] - s.loss[k] + x; p > most {
					in, at, most = int32(j), int32(k), p
				}
			}
		}
		if in < 0 {
			break
		}
		before, out := s.cost, s.open[at]
		if s.swap(in, at); s.cost >= before { // a list ended too early to tell
			s.swap(out, at)
			break
		}
	}
	if s.cost < s.top {
		s.top = s.cost
		s.best = append(s.best[:0], s.open...)
	}
}

// kick makes n times a few random swaps from the best and climbs again.
func (s *medianSearch) kick(ctx context.Context, n int) {
	for range n {
		if ctx.Err() != nil || s.P == s.Columns {
			return
		}
		s.back()
		for range 1 + s.rand.IntN(min(4, s.P)) {
			if j := int32(s.rand.IntN(s.Columns)); s.slot[j] < 0 {
				s.swap(j, int32(s.rand.IntN(s.P)))
			}
		}
		s.climb(ctx)
	}
}

// back returns to the best plan.
func (s *medianSearch) back() { s.become(s.best) }

// adopt climbs from the given columns.
func (s *medianSearch) adopt(ctx context.Context, columns []int32) {
	s.become(columns)
	s.climb(ctx)
}

// become opens exactly the given columns, by swaps.
func (s *medianSearch) become(columns []int32) {
	want := make([]bool, s.Columns)
	for _, j := range columns {
		want[j] = true
	}
	k := int32(0)
	for _, j := range columns {
		if s.slot[j] >= 0 {
			continue
		}
		for want[s.open[k]] {
			k++
		}
		s.swap(j, k)
	}
}

// greedyMedian opens one column after the other, each time the one that shortens the ways most, lazily.
func greedyMedian(n *nearest) []int32 {
	d1 := n.farthest()
	gain := func(j int32) (g int64) {
		for i, d := range n.Distance[int(j)*n.Rows : int(j+1)*n.Rows] {
			if d < d1[i] {
				g += n.w[i] * int64(d1[i]-d)
			}
		}
		return g
	}
	known := make([]int64, n.Columns)
	for j := range known {
		known[j] = gain(int32(j))
	}
	var open []int32
	taken := make([]bool, n.Columns)
	for len(open) < n.P {
		best, value := int32(-1), int64(-1)
		for j := range n.Columns {
			if taken[j] || known[j] <= value {
				continue
			}
			if known[j] = gain(int32(j)); known[j] > value {
				best, value = int32(j), known[j]
			}
		}
		taken[best] = true
		open = append(open, best)
		for i, d := range n.Distance[int(best)*n.Rows : int(best+1)*n.Rows] {
			d1[i] = min(d1[i], d)
		}
	}
	return open
}

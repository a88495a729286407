package solve

import (
	"container/heap"
	"context"
	"slices"
)

// bid is a column, the year it would open in and what it would add, as known when it was last looked at.
type bid struct {
	gain   score // missing: by how much the shortfall falls
	cost   int64
	column int32
	year   int32
}

// bids is a heap with the best bid for the money on top: first what it does for the goals, then its value.
type bids []bid

func (h bids) Len() int { return len(h) }
func (h bids) Less(a, b int) bool {
	if c := compareRatio(h[a].gain.missing, h[a].cost, h[b].gain.missing, h[b].cost); c != 0 {
		return c > 0
	}
	if c := compareRatio(h[a].gain.value, h[a].cost, h[b].gain.value, h[b].cost); c != 0 {
		return c > 0
	}
	return h[a].column < h[b].column
}
func (h bids) Swap(a, b int) { h[a], h[b] = h[b], h[a] }
func (h *bids) Push(x any)   { *h = append(*h, x.(bid)) }
func (h *bids) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// rolloutSearch improves a rollout.
type rolloutSearch struct {
	*rollout
	profiles [][]int64
	best     []int32 // year per column of the best plan
	top      score
	opened   []int32   // scratch
	blind    bool      // look at value only
	worth    [][]int64 // per class and year: what a unit counts when blind; nil = the value of the class
}

func newRolloutSearch(r *rollout) *rolloutSearch {
	s := &rolloutSearch{rollout: r, profiles: make([][]int64, len(r.cover))}
	for c := range s.profiles {
		s.profiles[c] = make([]int64, r.years+1)
	}
	s.best = slices.Clone(r.year)
	s.top = r.score()
	return s
}

// earliest returns the first year from t on in which column j may open and can be paid, or -1.
func (s *rolloutSearch) earliest(j, t int32) int32 {
	for ; int(t) < s.years; t++ {
		if s.affords(s.in.cost[j], t) && s.allows(j, t) {
			return t
		}
	}
	return -1
}

// look returns what column j would add in its first possible year; ok is false when it cannot open or adds nothing.
func (s *rolloutSearch) look(j int32) (b bid, ok bool) {
	t := s.earliest(j, 0)
	if t < 0 {
		return bid{}, false
	}
	s.profile(j, s.profiles)
	b = bid{s.gain(s.profiles, t), s.in.cost[j], j, t}
	if s.blind {
		b.gain.missing = 0
		if s.worth != nil {
			b.gain.value = s.pricedGain(s.profiles, t)
		}
	}
	return b, b.gain != score{}
}

// greedy opens columns by gain for the money, each in the first year that has money for it: a column is never worth less
// for opening earlier. Bids only fall as the plan grows, save where a column waits for what it needs. skip holds columns
// that are left out; nil = none.
func (s *rolloutSearch) greedy(skip []bool) {
	var h bids
	for j := range s.in.columns() {
		if int(s.year[j]) < s.years || skip != nil && skip[j] {
			continue
		}
		if b, ok := s.look(int32(j)); ok {
			h = append(h, b)
		}
	}
	heap.Init(&h)
	for len(h) > 0 {
		was := h[0]
		now, ok := s.look(was.column)
		if int(s.year[was.column]) < s.years || !ok {
			heap.Pop(&h)
			continue
		}
		if now.gain != was.gain || now.year != was.year {
			h[0] = now
			heap.Fix(&h, 0)
			continue
		}
		heap.Pop(&h)
		s.open(now.column, now.year)
		for _, k := range s.needy.at(int(now.column)) {
			if b, ok := s.look(k); ok && (skip == nil || !skip[k]) {
				heap.Push(&h, b)
			}
		}
	}
}

// advance moves columns to earlier years where that improves the plan.
func (s *rolloutSearch) advance() {
	for again := true; again; {
		again = false
		for j := range s.in.columns() {
			t := s.year[j]
			if int(t) >= s.years || s.fixed[j] {
				continue
			}
			before := s.score()
			s.close(int32(j))
			if e := s.earliest(int32(j), 0); e >= 0 && e < t {
				s.open(int32(j), e)
				if s.score().better(before) {
					again = true
					continue
				}
				s.close(int32(j))
			}
			s.open(int32(j), t)
		}
	}
}

// exchange swaps the years of two columns where the money allows it and the plan gets better.
func (s *rolloutSearch) exchange(ctx context.Context) bool {
	s.list()
	changed := false
	for _, a := range s.opened {
		for _, b := range s.opened {
			if s.year[a] >= s.year[b] || ctx.Err() != nil {
				continue
			}
			before, ta, tb := s.score(), s.year[a], s.year[b]
			s.close(a)
			s.close(b)
			if s.try(b, ta) {
				if s.try(a, tb) {
					if s.whole() && s.score().better(before) {
						changed = true
						continue
					}
					s.close(a)
				}
				s.close(b)
			}
			s.open(a, ta)
			s.open(b, tb)
		}
	}
	return changed
}

// try opens column j in year t if it may and can be paid.
func (s *rolloutSearch) try(j, t int32) bool {
	if !s.affords(s.in.cost[j], t) || !s.allows(j, t) {
		return false
	}
	s.open(j, t)
	return true
}

// whole reports whether every open column has what it needs.
func (s *rolloutSearch) whole() bool {
	if s.p.Needs == nil {
		return true
	}
	for j, t := range s.year {
		if int(t) < s.years && !s.fixed[j] && !s.provided(int32(j), t) {
			return false
		}
	}
	return true
}

// list refreshes opened, the free columns that are open.
func (s *rolloutSearch) list() {
	s.opened = s.opened[:0]
	for j, t := range s.year {
		if int(t) < s.years && !s.fixed[j] {
			s.opened = append(s.opened, int32(j))
		}
	}
}

// keep remembers the plan when it is the best, and reports whether it is.
func (s *rolloutSearch) keep() bool {
	if now := s.score(); now.better(s.top) {
		s.top = now
		copy(s.best, s.year)
		return true
	}
	return false
}

// restore makes the plan the best one again.
func (s *rolloutSearch) restore() { s.become(s.best) }

// become makes the plan the given one: the year of every column.
func (s *rolloutSearch) become(year []int32) {
	for j, t := range s.year {
		if t != year[j] && int(t) < s.years {
			s.close(int32(j))
		}
	}
	for j, t := range year {
		if s.year[j] != t {
			s.open(int32(j), t)
		}
	}
}

// polish moves columns between years, fills up again and keeps the plan when it is the best.
func (s *rolloutSearch) polish(ctx context.Context) {
	s.advance()
	if s.list(); len(s.opened) < 100 {
		s.exchange(ctx)
	}
	s.greedy(nil)
	s.keep()
}

package solve

import (
	"cmp"
	"slices"
)

// round builds a plan from the fractional plan of the dual: what it is surest of opens first, as long as that adds at least
// the given share of its price; then the greedy fills up.
func (s *rolloutSearch) round(d *rolloutDual, least, share float64) {
	s.list()
	for _, j := range s.opened {
		s.close(j)
	}
	var wanted []int
	for k, x := range d.x {
		if x > least {
			wanted = append(wanted, k)
		}
	}
	slices.SortFunc(wanted, func(a, b int) int { return cmp.Or(-cmp.Compare(d.x[a], d.x[b]), cmp.Compare(a, b)) })
	price := make([]float64, s.years)
	for t := range price {
		price[t] = d.price(t) / float64(int64(1)<<d.shift)
	}
	for _, k := range wanted {
		j, t := int32(k/s.years), int32(k%s.years)
		if int(s.year[j]) < s.years || !s.affords(s.in.cost[j], t) || !s.allows(j, t) {
			continue
		}
		s.profile(j, s.profiles)
		if float64(s.gain(s.profiles, t).value) >= share*price[t]*float64(s.in.cost[j]) {
			s.open(j, t)
		}
	}
	s.blind = true // value first: meet serves the goals then, with what is worth least
	s.greedy(nil)
	s.blind = false
	s.meet()
}

// meet makes room for the goals that a plan misses: again and again it closes the columns whose value is least for their
// money, a twentieth of every year's, and lets the greedy, which serves goals first, spend what that frees.
func (s *rolloutSearch) meet() {
	for range 8 {
		missing := s.score().missing
		if missing <= s.top.missing {
			return
		}
		freed := make([]int64, s.years)
		for _, j := range s.cheapest() {
			t := s.year[j]
			if freed[t]*20 < s.p.Budget[t] && !s.needed(j) {
				freed[t] += s.in.cost[j]
				s.close(j)
			}
		}
		if s.greedy(nil); s.score().missing >= missing {
			return
		}
	}
}

// cheapest lists the open columns that no goal would miss, by what they are worth for their money, least first.
func (s *rolloutSearch) cheapest() []int32 {
	s.list()
	before := s.score()
	worth := make([]int64, s.in.columns())
	keep := s.opened[:0]
	for _, j := range s.opened {
		t := s.year[j]
		s.close(j)
		after := s.score()
		s.open(j, t)
		if worth[j] = before.value - after.value; after.missing == before.missing {
			keep = append(keep, j)
		}
	}
	slices.SortFunc(keep, func(a, b int32) int {
		return cmp.Or(compareRatio(worth[a], s.in.cost[a], worth[b], s.in.cost[b]), cmp.Compare(a, b))
	})
	return keep
}

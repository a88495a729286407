package solve

import (
	"cmp"
	"slices"
)

// round builds a plan from the fractional plan of the dual: what it is surest of opens first, as long as that adds at least
// the given share of its price; then the greedy fills up.
func (s *rolloutSearch) round(d *rolloutDual, push, least float64) {
	const share = 0.9
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
	s.blind, s.worth = true, d.goals.pushed(push) // meet serves the goals then, with what is worth least
	price := make([]float64, s.years)
	for t := range price {
		price[t] = d.price(t)
	}
	for _, k := range wanted {
		j, t := int32(k/s.years), int32(k%s.years)
		if int(s.year[j]) < s.years || !s.affords(s.in.cost[j], t) || !s.allows(j, t) {
			continue
		}
		s.profile(j, s.profiles)
		if float64(s.pricedGain(s.profiles, t)) >= share*price[t]*float64(s.in.cost[j]) {
			s.open(j, t)
		}
	}
	s.greedy(nil)
	s.blind, s.worth = false, nil
	s.greedy(nil)
	s.meet()
}

// pricedGain returns what opening a column in year t adds at the prices of the dual, which count what goals are worth.
func (s *rolloutSearch) pricedGain(profile [][]int64, t int32) (value int64) {
	for c, weights := range profile {
		var later int64
		for y := s.years; y > int(t); y-- {
			later += weights[y]
			value += s.worth[c][y-1] * later
		}
	}
	return value
}

// meet makes room for the goals that a plan misses: again and again it closes the columns whose value is least for their
// money, a 256th of every year's and twice as much each time, and lets the greedy, which serves goals first, spend what that
// frees.
func (s *rolloutSearch) meet() {
	for k := range 8 {
		missing := s.score().missing
		if missing <= s.top.missing {
			return
		}
		freed := make([]int64, s.years)
		for _, j := range s.cheapest() {
			t := s.year[j]
			if freed[t] < s.p.Budget[t]>>(8-k) && !s.needed(j) {
				freed[t] += s.in.cost[j]
				s.close(j)
			}
		}
		s.greedy(nil)
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

// prune closes free columns that add nothing: without them no year has less value, no goal misses more and no other column
// lacks what it needs. Dear ones go first.
func (s *rolloutSearch) prune() {
	for again := true; again; { // a column may be of no use once the one that needed it is gone
		again = false
		s.list()
		slices.SortFunc(s.opened, func(a, b int32) int { return cmp.Or(cmp.Compare(s.in.cost[b], s.in.cost[a]), cmp.Compare(a, b)) })
		for _, j := range s.opened {
			t := s.year[j]
			if s.needed(j) {
				continue
			}
			before := s.score()
			s.close(j)
			if after := s.score(); after != before {
				s.open(j, t)
				continue
			}
			again = true
		}
	}
	copy(s.best, s.year)
}

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
	s.greedy(nil)
}

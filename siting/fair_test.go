package siting

import "testing"

// The east has two places with 64 and 32 people, the west one with 8. With money for one site a year from 2026 to 2028 the west
// comes last; asked that every region gets something by 2027 it comes second, and by 2026, when one site is all there is money
// for, one of the two regions gets nothing: the one whose wait costs least in people.
func TestEveryRegionGetsSomethingInTime(t *testing.T) {
	p := func(fair *Fair) *Plan {
		y := newToy(t, straightTier(100, -1))
		y.people(at(1000, 1000), 64)
		y.people(at(2000, 1000), 32)
		y.people(at(-1000, 1000), 8)
		y.place("east1", "hall", at(1000, 1000))
		y.place("east2", "hall", at(2000, 1000))
		y.place("west", "hall", at(-1000, 1000))
		return y.rollout(Problem{Rules: []TierRules{{Host: 10}}, Budgets: []Budget{{2026, 10}, {2027, 10}, {2028, 10}}, Fair: fair})
	}
	for _, c := range []struct {
		fair    *Fair
		want    string
		nothing int
	}{
		{nil, "2026 host:east1/0(+64) 2027 host:east2/0(+32) 2028 host:west/0(+8)", 0},
		{&Fair{Level: 0, Year: 2027}, "2026 host:east1/0(+64) 2027 host:west/0(+8) 2028 host:east2/0(+32)", 0},
		{&Fair{Level: 0, Year: 2026}, "2026 host:east1/0(+64) 2027 host:east2/0(+32) 2028 host:west/0(+8)", 1},
	} {
		plan := p(c.fair)
		if got := picks(plan); got != c.want || len(plan.Unfair) != c.nothing {
			t.Errorf("fair %v: %s and %d with nothing, want %s and %d", c.fair, got, len(plan.Unfair), c.want, c.nothing)
		}
	}
}

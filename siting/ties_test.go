package siting

import (
	"fmt"
	"testing"
)

// Three hosts and the cell reach the same people at the same cost: the host of the lowest ID opens, in every model and
// whatever the order of the places.
func TestTiesGoToHostsThenToTheLowestID(t *testing.T) {
	for _, order := range [][]string{{"a", "b", "c"}, {"c", "b", "a"}, {"b", "a", "c"}} {
		y := newToy(t, straightTier(400, -1))
		y.people(at(1000, 1000), 8)
		for _, id := range order {
			y.place(id, "hall", at(1000, 1050))
		}
		rules := []TierRules{{New: 10, Host: 10, Cells: true}}
		for seed := range uint64(5) {
			p := Problem{Rules: rules, Budgets: []Budget{{2026, 10}, {2027, 0}}}
			p.Options.Solve.Seed = seed
			if got := picks(y.rollout(p)); got != "2026 host:a/0(+8)" {
				t.Errorf("rollout of %v, seed %d: %s", order, seed, got)
			}
			for _, model := range []Model{MCLP, LSCP} {
				one := OneProblem{Rules: rules, Model: model, Limit: 1}
				one.Solve.Seed = seed
				if got := sketch(y.one(one)); got != "a+8" {
					t.Errorf("%s of %v, seed %d: %s", model, order, seed, got)
				}
			}
		}
	}
}

// Equal spots of a grid of markets: the stations are those that come first by ID, rank by rank.
func TestTiesOfStationsGoToTheLowestID(t *testing.T) {
	y := newToy(t)
	for k := range 6 {
		y.place(fmt.Sprintf("m%d", 5-k), "market", at(400, 300+600*float64(k)))
	}
	r := stationRules(3, map[string]float64{"market": 5})
	r.Spacing = 500
	for i, s := range y.stations(r) {
		if want := fmt.Sprintf("host:m%d", i); s.Candidate.ID != want {
			t.Errorf("rank %d is %s, want %s", s.Rank, s.Candidate.ID, want)
		}
	}
}

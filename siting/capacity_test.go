package siting

import "testing"

// Two sites of today 400 m apart with 8 and 4 people, and 2 people 90 m from the eastern one, 310 m from the western: the west serves 8, the east
// 6. At 1 person per 10 m² 60 m² are 6 people: the west, of 60 m², has two too many; the east, of unknown area, may have 5 and has one too
// many. A hall between takes the 2 (40 m), then the east has 4.
func TestLoads(t *testing.T) {
	tier := straightTier(350, -1)
	tier.MinArea = 30
	y := newToy(t, tier)
	y.people(at(1000, 1000), 8)
	y.people(at(1400, 1000), 4)
	y.people(at(1310, 1000), 2)
	y.people(at(1800, 1000), 1) // beyond everybody's reach but the hall's
	y.site("w", 0, at(1000, 1000))
	y.site("e", 0, at(1400, 1000))
	y.w.Sites[0].FloorArea = 60
	y.place("hall", "hall", at(1350, 1000))
	y.place("far", "hall", at(1790, 1000))
	rules := []TierRules{{Host: 1, Capacity: &Capacity{Site: 5, PerArea: 0.1}}}
	today := Loads(y.world(), rules)
	if len(today) != 2 || today[0].Site != 1 || today[0].People.Float() != 6 || today[0].Capacity != 5 || !today[0].Over() ||
		today[1].Site != 0 || today[1].People.Float() != 8 || today[1].Capacity != 6 || !today[1].Over() {
		t.Errorf("today: %+v", today)
	}
	plan := y.rollout(Problem{Rules: rules, Budgets: []Budget{{2026, 2}}, Pins: []Pin{{Candidate: "host:hall", Tier: 0}, {Candidate: "host:far", Tier: 0}}})
	got := map[string]float64{}
	for _, l := range plan.Loads {
		id := ""
		if l.Site >= 0 {
			id = y.w.Sites[l.Site].ID
		} else {
			id = plan.Candidates[plan.Picks[l.Pick].Candidate].ID
			if l.Capacity != 3 || l.Over() { // 30 m² at least
				t.Errorf("%s: %+v", id, l)
			}
		}
		got[id] = l.People.Float()
	}
	if got["w"] != 8 || got["e"] != 4 || got["host:hall"] != 2 || got["host:far"] != 1 {
		t.Errorf("with the plan: %v", got)
	}
}

func TestCapacityOf(t *testing.T) {
	for _, c := range []struct {
		capacity Capacity
		area     float64
		people   float64
		ok       bool
	}{
		{Capacity{Site: 5}, 100, 5, true}, {Capacity{Site: 5}, -1, 5, true}, {Capacity{PerArea: 2}, 100, 200, true},
		{Capacity{PerArea: 2}, -1, 0, false}, {Capacity{Site: 5, PerArea: 2}, -1, 5, true}, {Capacity{Site: 5, PerArea: 2}, 0, 0, true},
	} {
		if people, ok := c.capacity.Of(c.area); people != c.people || ok != c.ok {
			t.Errorf("%+v of %v: %v %v", c.capacity, c.area, people, ok)
		}
	}
}

// A site of today for 5 people has 8 beside it; halls stand beside the 8 (L), beside 4 others (M), and beside 2 more (R), each for 6. Today 5
// are served. One more: L serves the 3 that are left, M its 4, R its 2: M, 9 in all. Two: M and L, 12. Three serve all 14. By plain coverage L
// would add nothing.
func TestCapacitatedByHand(t *testing.T) {
	y := newToy(t, straightTier(60, -1))
	y.people(at(1000, 1000), 8)
	y.people(at(1300, 1000), 4)
	y.people(at(1600, 1000), 2)
	y.site("old", 0, at(990, 1000))
	y.place("L", "hall", at(1010, 1000))
	y.place("M", "hall", at(1300, 1000))
	y.place("R", "hall", at(1600, 1000))
	rules := []TierRules{{Host: 10, Capacity: &Capacity{Site: 5}}}
	rules[0].Capacity.Site = 5
	for limit, want := range map[int64]struct {
		ids string
		sum float64
	}{0: {"", 5}, 1: {"M+4", 9}, 2: {"M+4 L+0", 12}, 3: {"M+4 R+2 L+0", 14}} {
		one := y.one(OneProblem{Rules: rules, Model: Capacitated, Limit: limit})
		if one.Objective != want.sum || one.Before != 5 || one.Status != Optimal || one.Bound != want.sum || sketch(one) != want.ids {
			t.Errorf("%d sites: %s for %v (%s, bound %v, before %v), want %s for %v", limit, sketch(one), one.Objective, one.Status, one.Bound, one.Before, want.ids, want.sum)
		}
	}
	// By money: 19 元 buy one.
	if one := y.one(OneProblem{Rules: rules, Model: Capacitated, Unit: ByMoney, Limit: 19}); one.Objective != 9 || one.Cost != 10 {
		t.Errorf("for money: %v", one.Objective)
	}
	if _, err := SolveOne(t.Context(), OneProblem{World: y.world(), Rules: []TierRules{{}}, Model: Capacitated, Limit: 1}); err == nil {
		t.Error("solved without capacities")
	}
}

// Two towns: the hall with most people and the second stand in the east, one with 1 person in the west. One site per town: with two sites one
// each, although the two eastern ones cover more; with one site the better town's best; with three all.
func TestEveryRegionItsOwn(t *testing.T) {
	tier := straightTier(60, 0)
	y := newToy(t, tier)
	for k, n := range []int64{8, 4} {
		y.people(at(1000+200*float64(k), 1000), n)
		y.place(string(rune('a'+k)), "hall", at(1000+200*float64(k), 1000))
	}
	y.people(at(-1000, 1000), 1)
	y.place("w", "hall", at(-1000, 1000))
	for limit, want := range map[int64]struct {
		ids     string
		without int
	}{1: {"a+8", 1}, 2: {"a+8 w+1", 0}, 3: {"a+8 b+4 w+1", 0}} {
		one := y.one(OneProblem{Rules: []TierRules{{Host: 10}}, Model: Region, Limit: limit})
		if sketch(one) != want.ids || one.Without != want.without || one.Status != Optimal {
			t.Errorf("%d sites: %s, %d without (%s); want %s, %d", limit, sketch(one), one.Without, one.Status, want.ids, want.without)
		}
	}
}

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
		capacity    Capacity
		area, staff float64
		people      float64
		ok          bool
	}{
		{Capacity{Site: 5}, 100, 3, 5, true}, {Capacity{Site: 5}, -1, -1, 5, true}, {Capacity{PerArea: 2}, 100, -1, 200, true},
		{Capacity{PerArea: 2}, -1, 3, 0, false}, {Capacity{Site: 5, PerArea: 2}, -1, 3, 5, true}, {Capacity{Site: 5, PerArea: 2}, 0, 3, 0, true},
		{Capacity{PerStaff: 50}, -1, 3, 150, true}, {Capacity{PerStaff: 50}, 100, -1, 0, false}, {Capacity{PerStaff: 50, Site: 5}, 100, -1, 5, true},
		{Capacity{PerStaff: 50, PerArea: 2}, 100, 3, 150, true}, {Capacity{PerStaff: 50, PerArea: 2}, 60, 3, 120, true}, // the scarcer
		{Capacity{PerStaff: 50, PerArea: 2}, 60, -1, 120, true}, {Capacity{PerStaff: 50, Site: 5}, -1, 0, 0, true},
	} {
		if people, ok := c.capacity.Of(c.area, c.staff); people != c.people || ok != c.ok {
			t.Errorf("%+v of %v m², %v people: %v %v", c.capacity, c.area, c.staff, people, ok)
		}
	}
	tier := straightTier(350, -1)
	tier.MinArea = 30
	for _, c := range []struct {
		capacity Capacity
		people   float64
	}{{Capacity{PerStaff: 50, Staff: 2}, 100}, {Capacity{PerStaff: 50, Staff: 2, PerArea: 2}, 60}, {Capacity{PerStaff: 50, Site: 7}, 7}} {
		if people, ok := c.capacity.newSite(&tier); people != c.people || !ok {
			t.Errorf("a new site of %+v: %v %v", c.capacity, people, ok)
		}
	}
	if err := (&Capacity{PerStaff: -1, Staff: -2}).Validate(); err == nil {
		t.Error("negative staff is taken")
	}
}

package siting

import (
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo/network"
)

// A pin that leaves the year open takes the best one. Of the greedy trap's pairs with M, in 2026 and 2027: M then L gives
// 24 + 28 + 28 = 80 person-years, M then R 24 + 27 + 27 = 78 (M holds the 8 that R shares), L then M 76: M goes first.
func TestLoosePinsTakeTheBestYear(t *testing.T) {
	p := Problem{Rules: []TierRules{{Host: 10}}, Budgets: []Budget{{2026, 10}, {2027, 10}, {2028, 0}},
		Pins: []Pin{{Candidate: "host:M", Tier: AllTiers}}}
	plan := greedyTrap(t).rollout(p)
	if got, want := picks(plan), "2026 host:M/0(+24) 2027 host:L/0(+4)"; got != want || plan.Objective != 80 {
		t.Errorf("picks %s for %v, want %s for 80", got, plan.Objective, want)
	}
	if !plan.Picks[0].Pinned || plan.Picks[1].Pinned {
		t.Errorf("pinned %v, %v", plan.Picks[0].Pinned, plan.Picks[1].Pinned)
	}
	p.Budgets = []Budget{{2026, 9}, {2027, 9}}
	if plan = greedyTrap(t).rollout(p); plan.Status != Infeasible || !strings.Contains(plan.Reason.String(), "unheld host:M") {
		t.Errorf("%s: %q", plan.Status, plan.Reason)
	}
}

// Without L and R only M is left: 24 people for three years.
func TestBansKeepCandidatesOut(t *testing.T) {
	p := Problem{Rules: []TierRules{{Host: 10}}, Budgets: []Budget{{2026, 10}, {2027, 10}, {2028, 0}}, Bans: []string{"host:L", "host:R"}}
	plan := greedyTrap(t).rollout(p)
	if got, want := picks(plan), "2026 host:M/0(+24)"; got != want || plan.Objective != 72 {
		t.Errorf("picks %s for %v, want %s for 72", got, plan.Objective, want)
	}
}

// The bus stop beside L makes it worth 5 more people: L alone is worth 25 against M's 24.
func TestPreferredSitesAreWorthMore(t *testing.T) {
	y := greedyTrap(t)
	y.place("stop", "bus_stop", at(1050, 1090))
	prefer := Prefer{Place: &NearPlace{Kinds: []string{"bus_stop"}, Within: distance(at(1050, 1000), at(1050, 1090))}, Worth: 5}
	rules := []TierRules{{Host: 10, HostKinds: []string{"hall"}, Prefer: prefer}}
	plan := y.rollout(Problem{Rules: rules, Budgets: []Budget{{2026, 10}}})
	if got, want := picks(plan), "2026 host:L/0(+20)"; got != want || plan.Objective != 25 || !plan.Picks[0].Preferred {
		t.Errorf("picks %s for %v, want %s for 25", got, plan.Objective, want)
	}
	rules[0].Prefer.Place.Within-- // a metre too far
	if got, want := picks(y.rollout(Problem{Rules: rules, Budgets: []Budget{{2026, 10}}})), "2026 host:M/0(+24)"; got != want {
		t.Errorf("picks %s, want %s", got, want)
	}
}

// A trunk road runs along y = 1200 from x = 900 to 1100, a lane along y = 1050. Hosts at y = 1000: L at 1050 is 200 m from the
// trunk road, M at 1150 is √(50² + 200²) = 206 m from its end.
func TestMustAsksForARoad(t *testing.T) {
	y := greedyTrap(t)
	y.w.Roads = &network.Roads{Nodes: []orb.Point{at(900, 1200), at(1100, 1200), at(900, 1050), at(1300, 1050)}, Refs: []int32{0, 1, 2, 3},
		Ways: []network.Way{{Class: network.Trunk, First: 0, Count: 2}, {Class: network.Residential, First: 2, Count: 2}}}
	for within, want := range map[float64]string{199: "", 201: "host:L", 205: "host:L", 207: "host:L host:M"} {
		rules := TierRules{Must: Must{Road: &NearRoad{Classes: []network.Class{network.Trunk, network.Primary}, Within: within}}}
		set := y.find(rules)
		var ids []string
		for _, c := range set.All {
			ids = append(ids, c.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("within %v m: %q, want %q", within, got, want)
		}
		if len(set.All)+len(set.Rejected) != set.Considered {
			t.Errorf("%d + %d of %d", len(set.All), len(set.Rejected), set.Considered)
		}
	}
}

// Two tiers on one spot in the lake: only the second avoids water, so that the place stays for the first.
func TestTiersAvoidTheirOwnKindsOfLand(t *testing.T) {
	y := newToy(t, straightTier(100, -1), straightTier(50, -1))
	y.people(at(1000, 1000), 8)
	y.place("pier", "hall", at(1000, 1000))
	y.w.Exclusions = []Exclusion{{Name: "lake", Kind: "water", Shape: square(900, 900, 200)}}
	set := y.find(TierRules{Avoid: []string{"hazard"}}, TierRules{})
	if len(set.All) != 1 || len(set.All[0].Tiers) != 1 || set.All[0].Tiers[0] != 0 {
		t.Fatalf("candidates %+v", set.All)
	}
	if r := set.Rejected; len(r) != 1 || r[0].Tier != 1 || r[0].Reason != RejectedExclusion || r[0].Detail != "lake" {
		t.Errorf("rejected %+v", r)
	}
	if set = y.find(TierRules{}, TierRules{}); len(set.All) > 0 || set.Rejected[0].Tier != AllTiers {
		t.Errorf("with every kind: %+v, %+v", set.All, set.Rejected)
	}
}

// The nearest point of a segment is at an end or between: 30 m beside its middle, 40 m beyond its end with 30 m beside: 50 m.
func TestDistanceToSegments(t *testing.T) {
	roads := &network.Roads{Nodes: []orb.Point{at(0, 100), at(100, 100)}, Refs: []int32{0, 1}, Ways: []network.Way{{Class: network.Trunk, Count: 2}}}
	ix := newLineIndex(roads, []network.Class{network.Trunk})
	for p, want := range map[orb.Point]float64{at(50, 130): 30, at(140, 130): 50, at(20, 100): 0} {
		if got := ix.distance(p, 200); got < want-0.01 || got > want+0.01 {
			t.Errorf("%v: %v m, want %v", p, got, want)
		}
	}
}

package siting

import (
	"fmt"
	"strings"
	"testing"

	"sitecover/geo"
)

// hierarchyToy has centres (tier 0, 300 m) and stations (tier 1, 100 m) along y = 1000: the far hall (3000) has 64 people, the
// near hall (1000) 32; a centre may stand in the town hall (2800), 200 m from the far hall. A centre stands at 1100 today.
func hierarchyToy(t *testing.T) *toy {
	centre, station := straightTier(300, -1), straightTier(100, -1)
	station.Parent = 0
	y := newToy(t, centre, station)
	y.people(at(3000, 1000), 64)
	y.people(at(1000, 1000), 32)
	y.place("far", "hall", at(3000, 1000))
	y.place("near", "hall", at(1000, 1000))
	y.place("town", "townhall", at(2800, 1000))
	y.site("c", 0, at(1100, 1000))
	return y
}

func hierarchyRules(within float64) []TierRules {
	return []TierRules{{Host: 10, HostKinds: []string{"townhall"}, Weight: 0.001}, {Host: 2, HostKinds: []string{"hall"}, ParentWithin: within}}
}

// With 2 a year and 10 in 2028 the far hall would come first, but it needs its centre, which only 2028 can pay: so the near hall in
// 2026, the centre in 2028 and the far hall in 2029 (or with 12, both in 2028).
func TestStationsWaitForTheirCentre(t *testing.T) {
	plan := hierarchyToy(t).rollout(Problem{Rules: hierarchyRules(200), Budgets: []Budget{{2026, 2}, {2027, 2}, {2028, 10}, {2029, 2}}})
	if got, want := picks(plan), "2026 host:near/1(+32) 2028 host:town/0(+64) 2029 host:far/1(+64)"; got != want {
		t.Errorf("picks %s, want %s", got, want)
	}
	plan = hierarchyToy(t).rollout(Problem{Rules: hierarchyRules(0), Budgets: []Budget{{2026, 2}, {2027, 2}, {2028, 10}, {2029, 2}}})
	if got, want := picks(plan), "2026 host:far/1(+64) 2027 host:near/1(+32) 2028 host:town/0(+64)"; got != want {
		t.Errorf("free of it: %s, want %s", got, want)
	}
}

// 199 m are too short for the far hall: no centre can ever be near enough.
func TestCandidatesWithoutAPossibleParent(t *testing.T) {
	set := hierarchyToy(t).find(hierarchyRules(199)...)
	for _, c := range set.All {
		if c.ID == "host:far" {
			t.Error("the far hall is a candidate")
		}
	}
	if len(set.Rejected) != 1 || set.Rejected[0].ID != "host:far" || set.Rejected[0].Reason != RejectedNoParent || set.Rejected[0].Tier != 1 {
		t.Errorf("rejected %+v", set.Rejected)
	}
}

// The near hall belongs to the centre of today, 100 m away; the far hall, opened in 2029, to the planned one, 200 m away.
func TestLinks(t *testing.T) {
	y := hierarchyToy(t)
	y.site("s", 1, at(900, 1000)) // a station of today, 200 m from c
	plan := y.rollout(Problem{Rules: hierarchyRules(200), Budgets: []Budget{{2026, 2}, {2027, 2}, {2028, 10}, {2029, 2}}})
	var got []string
	for _, l := range plan.Links {
		child, parent := "", "none"
		if l.Site >= 0 {
			child = y.w.Sites[l.Site].ID
		} else {
			child = plan.Candidates[plan.Picks[l.Pick].Candidate].ID
		}
		if l.ParentSite >= 0 {
			parent = y.w.Sites[l.ParentSite].ID
		} else if l.ParentPick >= 0 {
			parent = plan.Candidates[plan.Picks[l.ParentPick].Candidate].ID
		}
		if l.Metric != geo.Metres || !l.Straight {
			t.Errorf("%+v", l)
		}
		got = append(got, fmt.Sprintf("%s-%s %.0f", child, parent, l.Cost))
	}
	want := "s-c 200, host:far-host:town 200"
	if strings.Join(got, ", ") != want { // s serves the near people, so that nobody needs the near hall
		t.Errorf("links %s, want %s", strings.Join(got, ", "), want)
	}
	for _, p := range plan.Picks {
		if (p.Tier == 1) != (p.Parent != nil) {
			t.Errorf("%+v", p)
		}
	}
}

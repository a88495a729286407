package siting

import (
	"slices"
	"testing"
)

// upgradeToy has one site below standard in the west (its 64 people are served, but the west owns no qualifying site), one up to
// standard in the east, and a hall in the east with 8 people nobody serves. The standard is 100 m².
func upgradeToy(t *testing.T) *toy {
	tier := straightTier(100, 0)
	tier.MinArea = 100
	y := newToy(t, tier)
	y.people(at(-1000, 1000), 64)
	y.people(at(1000, 1000), 16)
	y.people(at(2000, 1000), 8)
	y.site("w", 0, at(-1000, 1000))
	y.w.Sites[0].FloorArea = 60
	y.site("e", 0, at(1000, 1000))
	y.w.Sites[1].FloorArea = 100
	y.place("hall", "hall", at(2000, 1000))
	return y
}

// An upgrade gives the west its first qualifying site: worth the mean people of a region, (64 + 24) / 2 = 44 a year, for 3, while
// the hall serves 8 for 10. With 10 a year: the upgrade first, then the hall. The hall first would give 8 + 52 against 44 + 52.
func TestUpgradesGivePresence(t *testing.T) {
	y := upgradeToy(t)
	rules := []TierRules{{Host: 10, Upgrades: true, Upgrade: 3}}
	plan := y.rollout(Problem{Rules: rules, Budgets: []Budget{{2026, 10}, {2027, 10}}})
	if got, want := picks(plan), "2026 site:w/0(+0) 2027 host:hall/0(+8)"; got != want || plan.Objective != 96 {
		t.Fatalf("picks %s for %v, want %s for 96", got, plan.Objective, want)
	}
	if p := plan.Picks[0]; p.Way != Upgrade || p.Reason != ForPresence || p.Cost != 3 || y.w.Regions.All[p.Owner].ID != "W" || p.RunnerUp != nil {
		t.Errorf("the upgrade: %+v", p)
	}
	if p := plan.Picks[1]; p.Way != Convert || p.Reason != ForCoverage {
		t.Errorf("the hall: %+v", p)
	}
	if x := plan.Years[1].Tiers[0]; x.Owning != 2 || x.Upgraded != 1 || x.Existing != 2 {
		t.Errorf("2027: %+v", x)
	}
	// Without a price for upgrades there are none, and the west stays blank.
	plan = y.rollout(Problem{Rules: []TierRules{{Host: 10}}, Budgets: []Budget{{2026, 20}}})
	if got, want := picks(plan), "2026 host:hall/0(+8)"; got != want || len(plan.NoPlace[0]) != 1 {
		t.Errorf("picks %s, blank %v", got, plan.NoPlace)
	}
}

// A target of 100 % upgraded by 2027 asks for the eastern site too, which has no value of its own; half by 2026 and all by 2027
// with money for one a year leaves nothing for the hall. A site costs 3, the hall 10: 3 a year.
func TestUpgradeTargets(t *testing.T) {
	y := upgradeToy(t)
	p := Problem{Rules: []TierRules{{Host: 3, Upgrades: true, Upgrade: 3}}, Budgets: []Budget{{2026, 3}, {2027, 3}},
		Targets: []Target{{Year: 2026, Effective: -1, Presence: -1, Upgraded: 0.5}, {Year: 2027, Effective: -1, Presence: -1, Upgraded: 1}}}
	plan := y.rollout(p)
	if got, want := picks(plan), "2026 site:w/0(+0) 2027 site:e/0(+0)"; got != want || len(plan.Missed) > 0 {
		t.Fatalf("picks %s, missed %v, want %s", got, plan.Missed, want)
	}
	if plan.Picks[1].Reason != ForUpgrade || plan.Years[1].Tiers[0].UpgradeTarget != 1 || plan.Years[1].Tiers[0].UpgradeBound != 1 {
		t.Errorf("%+v, %+v", plan.Picks[1], plan.Years[1].Tiers[0])
	}
	p.Targets = p.Targets[:0:0]
	p.Targets = append(p.Targets, Target{Year: 2026, Effective: -1, Presence: -1, Upgraded: 1})
	plan = y.rollout(p)
	if len(plan.Missed) != 1 || plan.Missed[0].Kind != "upgraded" || plan.Missed[0].Got != 0.5 || plan.Missed[0].Bound != 0.5 {
		t.Errorf("missed %+v", plan.Missed)
	}
}

// Upgrades stand inside exclusions and beside other sites; bans bind them; single-tier models know nothing of them.
func TestUpgradesStandWhereTheyStand(t *testing.T) {
	y := upgradeToy(t)
	y.w.Exclusions = []Exclusion{{Name: "lake", Kind: "water", Shape: square(-1500, 500, 1000)}}
	rules := TierRules{Host: 1, Upgrades: true, Spacing: 5000, Banned: []string{"site:e"}}
	set := y.find(rules)
	if len(set.All) != 1 || set.All[0].ID != "site:w" || set.All[0].Site != 0 {
		t.Fatalf("candidates %+v", set.All)
	}
	reasons := map[string]string{}
	for _, r := range set.Rejected {
		reasons[r.ID] = r.Reason
	}
	if reasons["site:e"] != RejectedBanned || reasons["host:hall"] != RejectedSpacing || set.Considered != 3 {
		t.Errorf("rejected %v of %d", reasons, set.Considered)
	}
	if only := y.find(TierRules{Upgrades: true}).only(0); slices.ContainsFunc(only.All, func(c Candidate) bool { return c.Way == Upgrade }) {
		t.Errorf("a single-tier model is offered %+v", only.All)
	}
}

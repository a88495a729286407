package siting

import (
	"context"
	"testing"
)

// The greedy trap with halls for 10 万 each: 4, 16, 8, 2 and 1 people. A target of everybody (31) by 2027 with money for one site in 2026
// is missed: 24 at most. L and R together do it, for 10 万 more in 2026 and no less; with 10 万 a year it is met at the end of 2027.
func TestRelieveNamesMoneyAndYear(t *testing.T) {
	y := greedyTrap(t)
	p := Problem{Rules: []TierRules{{Host: 10 * Wan, New: 10 * Wan}}, Budgets: []Budget{{2026, 10 * Wan}},
		Targets: []Target{{Year: 2026, Effective: 1, Presence: -1}}}
	p.World = y.world()
	var err error
	if p.Found, err = FindCandidates(context.Background(), p.World, p.Rules); err != nil {
		t.Fatal(err)
	}
	plan, err := Rollout(context.Background(), p)
	if err != nil || len(plan.Missed) != 1 {
		t.Fatalf("%+v, %v", plan.Missed, err)
	}
	r, err := Relieve(context.Background(), p, plan, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r.More != 10*Wan || r.MoneyYear != 2026 || r.Short != 9*Wan {
		t.Errorf("%d more in %d, %d proved too little; want 10, 2026, 9 万", r.More, r.MoneyYear, r.Short)
	}
	if len(r.Targets) != 1 || r.Targets[0].Reach != 1 || r.Targets[0].Later != 2027 {
		t.Errorf("targets %+v", r.Targets)
	}
	// With R banned 3 people are beyond every candidate, and no money helps; without the ban it is as before. One more rule in the way
	// is a quota of one site.
	p.Rules[0].Banned = []string{"host:R"}
	p.Budgets = []Budget{{2026, 30 * Wan}}
	if p.Found, err = FindCandidates(context.Background(), p.World, p.Rules); err != nil {
		t.Fatal(err)
	}
	if plan, err = Rollout(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if r, err = Relieve(context.Background(), p, plan, 0); err != nil {
		t.Fatal(err)
	}
	if r.More >= 0 || r.Targets[0].Reach != 28.0/31 || r.Targets[0].Later != 0 {
		t.Errorf("%+v", r)
	}
	if len(r.Rules) == 0 || r.Rules[0] != (RuleRelief{"banned", 0, 0}) {
		t.Errorf("rules %+v", r.Rules)
	}
	p.Rules[0].Banned, p.Quotas = nil, []Quota{{Tier: 0, Max: 1, Money: -1}}
	if p.Found, err = FindCandidates(context.Background(), p.World, p.Rules); err != nil {
		t.Fatal(err)
	}
	if plan, err = Rollout(context.Background(), p); err != nil || len(plan.Missed) != 1 {
		t.Fatalf("%+v, %v", plan, err)
	}
	if r, err = Relieve(context.Background(), p, plan, 0); err != nil || len(r.Rules) != 1 || r.Rules[0] != (RuleRelief{"quotas", AllTiers, 0}) {
		t.Errorf("%+v, %v", r, err)
	}
}

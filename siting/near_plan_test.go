package siting

import (
	"context"
	"slices"
	"testing"

	"sitecover/siting/solve"
)

// Plans near a plan keep bans and pins, in any year or a given one, and its bounds; what they are worth is never more than the bound.
func TestRolloutNearKeepsPinsAndBans(t *testing.T) {
	kept := 0
	for seed := range uint64(60) {
		p := randomProblem(t, seed)
		p.Options.Solve = solve.Options{Iterations: 20}
		if seed%2 == 0 {
			p.Targets = []Target{{Year: 2027, Tier: 0, Effective: 0.5, Presence: -1}}
		}
		base, err := Rollout(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		base.Status = Feasible // as if nothing were proved
		if len(base.Picks) == 0 {
			continue
		}
		id := base.Candidates[base.Picks[int(seed)%len(base.Picks)].Candidate].ID
		if seed%3 == 0 {
			p.Bans = []string{id}
		} else {
			c := base.Candidates[int(seed)%len(base.Candidates)]
			id = c.ID
			pin := Pin{Candidate: id, Tier: c.Tiers[0]}
			if seed%3 == 1 {
				pin.Year = 2026
			}
			p.Pins = []Pin{pin}
		}
		plan, err := RolloutNear(context.Background(), p, base)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Status == Infeasible {
			continue
		}
		kept++
		checkPlan(t, p, plan)
		holds := slices.ContainsFunc(plan.Picks, func(k Pick) bool { return plan.Candidates[k.Candidate].ID == id })
		if holds == (len(p.Bans) > 0) {
			t.Errorf("seed %d: bans %v pins %v, the plan holds %s: %v", seed, p.Bans, p.Pins, id, holds)
		}
		if plan.Objective > plan.Bound*(1+1e-9) {
			t.Errorf("seed %d: objective %v, bound %v", seed, plan.Objective, plan.Bound)
		}
	}
	if kept < 30 {
		t.Errorf("only %d plans", kept)
	}
}

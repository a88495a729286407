package siting

import (
	"context"
	"math"
	"slices"
	"testing"

	"sitecover/siting/solve"
)

// Our own answers, judged as if somebody else had given them, come out as we say: no rule broken, the same objective and the same
// shortfall. A column that the money of its year does not pay for breaks a rule.
func TestJudgeAgreesWithUs(t *testing.T) {
	for seed := range uint64(40) {
		p := randomProblem(t, seed)
		if seed%2 == 0 {
			p.Targets = []Target{{Year: 2027, Tier: 0, Effective: 0.9, Presence: 1}}
		}
		s, err := State(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		sol, err := solve.Rollout(context.Background(), s.problem, solve.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var open, year []int32
		for j, at := range sol.Year {
			if at >= 0 {
				open, year = append(open, int32(j)), append(year, at)
			}
		}
		missed, objective, err := s.Judge(open, year)
		if err != nil || missed != sol.Shortfall || math.Abs(objective-float64(sol.Objective)/s.m.scale.one) > 1e-9*math.Max(1, objective) {
			t.Fatalf("seed %d: judged %d missed, %v (%v); the solver says %d, %d", seed, missed, objective, err, sol.Shortfall, sol.Objective)
		}
		for j, at := range sol.Year {
			if at < 0 && s.problem.Cover.CostOf(j) > s.problem.Budget[0] {
				if _, _, err := s.Judge(append(slices.Clone(open), int32(j)), append(slices.Clone(year), 0)); err == nil {
					t.Fatalf("seed %d: column %d for %d of %d breaks no rule", seed, j, s.problem.Cover.CostOf(j), s.problem.Budget[0])
				}
			}
		}
	}
}

// The single-tier models that have an LP: our answer judged is our objective, and nothing at all leaves people without.
func TestJudgeOfOneTier(t *testing.T) {
	for seed := range uint64(20) {
		q := randomProblem(t, seed)
		for _, p := range []OneProblem{{Model: MCLP, Limit: 2}, {Model: LSCP}, {Model: LSCP, Share: 0.5}, {Model: Backup, Limit: 2}} {
			p.World, p.Rules = q.World, q.Rules
			s, err := StateOne(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			one, err := s.Solve(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.LP(); err != nil || one.Status == Infeasible {
				continue
			}
			var open []int32
			for _, k := range one.Picks {
				open = append(open, int32(k.Candidate)) // one tier: columns are candidates
			}
			got, err := s.Judge(open)
			if err != nil || math.Abs(got-one.Objective) > 1e-9*math.Max(1, got) {
				t.Errorf("seed %d, %s: judged %v (%v), we say %v", seed, p.Model, got, err, one.Objective)
			}
			if _, err := s.Judge(nil); (err != nil) != (p.Model == LSCP && len(open) > 0) {
				t.Errorf("seed %d, %s: opening nothing: %v", seed, p.Model, err)
			}
		}
	}
}

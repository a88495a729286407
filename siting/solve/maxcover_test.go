package solve

import (
	"context"
	"math/rand/v2"
	"testing"
)

func TestMaxCoverAgreesWithBruteForce(t *testing.T) {
	proved := 0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := r.IntN(13)
		p := &MaxCoverProblem{Cover: randomCover(r, n), Budget: int64(r.IntN(12))}
		p.Covered = someRows(r, p.Cover.Rows)
		if r.IntN(3) == 0 {
			p.Fixed, p.Banned = someColumns(r, n, 2), someColumns(r, n, 2)
		}
		want := bestCover(p)
		got, err := MaxCover(context.Background(), p, Options{Seed: seed, Iterations: 300})
		if err != nil {
			t.Fatal(err)
		}
		if checkAnswer(t, seed, got, want, 1) {
			proved++
		}
		if got.Status == Infeasible {
			continue
		}
		open := asSet(got.Open)
		if !keepsRules(open, p.Fixed, p.Banned) || setCost(&p.Cover, open) > p.Budget {
			t.Fatalf("seed %d: plan %v breaks a rule", seed, got.Open)
		}
		if w := coveredWeight(&p.Cover, p.Covered, func(j int) bool { return open>>j&1 == 1 }); w != got.Objective {
			t.Fatalf("seed %d: claims %d, covers %d", seed, got.Objective, w)
		}
	}
	t.Logf("%d of 200 proved", proved)
}

func asSet(columns []int32) (set int) {
	for _, j := range columns {
		set |= 1 << j
	}
	return set
}

// checkAnswer holds a solution against the known optimum (-1 = infeasible). sign is 1 for maximisation, -1 for minimisation.
func checkAnswer(t *testing.T, seed uint64, got *Solution, want, sign int64) (proved bool) {
	t.Helper()
	if (got.Status == Infeasible) != (want < 0) {
		t.Fatalf("seed %d: status %s (%s), optimum %d", seed, got.Status, got.Reason, want)
	}
	if got.Status == Infeasible {
		if got.Reason == (Reason{}) {
			t.Fatalf("seed %d: infeasible without a reason", seed)
		}
		return true
	}
	if float64(sign)*(got.Bound-float64(want)) < 0 {
		t.Fatalf("seed %d: bound %v is crossed by the optimum %d", seed, got.Bound, want)
	}
	if sign*(want-got.Objective) < 0 {
		t.Fatalf("seed %d: objective %d is better than the optimum %d", seed, got.Objective, want)
	}
	if got.Status == Optimal && got.Objective != want {
		t.Fatalf("seed %d: claims %d as optimal, optimum is %d", seed, got.Objective, want)
	}
	return got.Status == Optimal
}

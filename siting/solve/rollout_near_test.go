package solve

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// A plan that is adapted to a ban or a pin keeps every rule, is never better than trying all, and never worse than the plan
// with nothing but the banned column gone. With nothing changed it never gets worse.
func TestRolloutNearKeepsRulesAndThePlan(t *testing.T) {
	best, pinned := 0, 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 19))
		p := randomRollout(r)
		n := p.Cover.Columns()
		base, err := Rollout(context.Background(), p, Options{Seed: seed, Iterations: 40})
		if err != nil {
			t.Fatal(err)
		}
		if base.Status == Infeasible || n == 0 {
			continue
		}
		tight, least := *p, slices.Clone(base.Year)
		tight.Fixed = slices.Repeat([]int32{Free}, n)
		copy(tight.Fixed, p.Fixed)
		if j := r.IntN(n); seed%3 > 0 && tight.Fixed[j] == Free {
			tight.Fixed[j] = Banned
			least[j] = -1
			if seed%3 == 2 {
				tight.Fixed[j], pinned = int32(r.IntN(p.Years())), pinned+1
			}
		}
		got, err := RolloutNear(context.Background(), &tight, base.Year, Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		want, found := bestRollout(&tight)
		if (got.Status == Infeasible) == found {
			t.Fatalf("seed %d: status %s (%s), feasible %v", seed, got.Status, got.Reason, found)
		}
		if !found {
			continue
		}
		s, ok := plainScore(&tight, got.Year)
		if !ok || s.value != got.Objective || s.missing != got.Shortfall || s.better(want) || got.Bound < float64(got.Objective) {
			t.Fatalf("seed %d: %+v, plainly %+v (%v), best %+v", seed, got, s, ok, want)
		}
		if floor, ok := plainScore(&tight, least); ok && floor.better(s) {
			t.Fatalf("seed %d: %+v, the plan as it was has %+v", seed, s, floor)
		}
		again, err := RolloutNear(context.Background(), &tight, base.Year, Options{Seed: seed, Workers: 3})
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("seed %d: not the same again: %v", seed, err)
		}
		if !want.better(s) {
			best++
		}
	}
	if pinned < 30 || best < 150 {
		t.Errorf("only %d pins, %d plans as good as trying all", pinned, best)
	}
}

func TestRolloutNearRefuses(t *testing.T) {
	p := &RolloutProblem{Cover: line(3, 1), Value: []int64{1}, Budget: []int64{1}}
	if _, err := RolloutNear(context.Background(), p, []int32{-1}, Options{}); !isProblemError(err, "start") {
		t.Errorf("a plan of one column for three: %v", err)
	}
	if _, err := RolloutNear(context.Background(), &RolloutProblem{Budget: []int64{-1}}, nil, Options{}); !isProblemError(err, "Budget") {
		t.Errorf("negative money: %v", err)
	}
}

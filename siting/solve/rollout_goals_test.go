package solve

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
)

// everyPlan calls see with every plan that keeps the rules.
func everyPlan(p *RolloutProblem, see func(year []int32, s score)) {
	year := make([]int32, p.Cover.Columns())
	var try func(j int)
	try = func(j int) {
		if j == len(year) {
			if s, ok := plainScore(p, year); ok {
				see(year, s)
			}
			return
		}
		for t := int32(-1); int(t) < p.Years(); t++ {
			year[j] = t
			try(j + 1)
		}
	}
	try(0)
}

// goalRollout draws a rollout with at least one goal.
func goalRollout(seed uint64) *RolloutProblem {
	r := rand.New(rand.NewPCG(seed, 31))
	for {
		if p := randomRollout(r); len(p.Goals) > 0 && p.Cover.Columns() > 0 {
			return p
		}
	}
}

// The dual alone, after a few steps, with every shortfall that some plan has: no plan that misses as little is worth more.
func TestGoalPricesBoundEveryPlanWithThatShortfall(t *testing.T) {
	for seed := range uint64(150) {
		p := goalRollout(seed)
		best := map[int64]int64{}
		everyPlan(p, func(_ []int32, s score) { best[s.missing] = max(best[s.missing], s.value) })
		for missing := range best {
			most := int64(0)
			for m, v := range best {
				if m <= missing {
					most = max(most, v)
				}
			}
			r := newRollout(p)
			if reason, _ := r.openFixed(); reason.Code != "" {
				t.Fatalf("seed %d: %s, but there are plans", seed, reason)
			}
			d := newRolloutDual(r, 1)
			d.run(context.Background(), 3, most)
			d.allowShortfall(missing)
			d.run(context.Background(), 40, most)
			if d.bound() < most {
				t.Fatalf("seed %d: bound %d with shortfall %d, a plan has %d", seed, d.bound(), missing, most)
			}
		}
	}
}

// Two sites cost all the money of the one year there is. A covers 64 people of class 0; B covers 16 of class 0 and the 1 of
// class 1 that the goal asks for. Without the goal 64 could be reached, with it only 16: the bound has to know.
func TestBoundKnowsWhatGoalsCost(t *testing.T) {
	p := &RolloutProblem{
		Cover: Cover{Rows: 3, Offset: []int64{0, 1, 3}, Row: []int32{0, 1, 2}, Weight: []int64{64, 16, 1}},
		Class: []int32{0, 0, 1}, Value: []int64{1, 0}, Budget: []int64{1},
		Goals: []Goal{{Class: 1, Year: 0, Amount: 1, Weight: 1}},
	}
	r := newRollout(p)
	d := newRolloutDual(r, 1)
	d.allowShortfall(0)
	if d.run(context.Background(), 400, 16); d.bound() > 17 {
		t.Errorf("bound %d, want 16 or hardly more", d.bound())
	}
}

// What Rollout claims holds for every plan that misses as little as its own, and no column that it opens is idle.
func TestRolloutWithGoals(t *testing.T) {
	for seed := range uint64(200) {
		p := goalRollout(seed)
		got, err := Rollout(context.Background(), p, Options{Seed: seed, Iterations: 50})
		if err != nil {
			t.Fatal(err)
		}
		if got.Status == Infeasible {
			continue
		}
		everyPlan(p, func(year []int32, s score) {
			if s.missing <= got.Shortfall && float64(s.value) > got.Bound {
				t.Fatalf("seed %d: bound %v with shortfall %d, plan %v has %v", seed, got.Bound, got.Shortfall, year, s)
			}
		})
		for j, y := range got.Year {
			if y < 0 || p.Fixed != nil && p.Fixed[j] >= 0 {
				continue
			}
			without := slices.Clone(got.Year)
			without[j] = -1
			if s, ok := plainScore(p, without); ok && s == (score{got.Shortfall, got.Objective}) {
				t.Fatalf("seed %d: plan %v opens column %d for nothing", seed, got.Year, j)
			}
		}
	}
}

// Column 0 covers both rows, 1 and 2 one each: opened together, the dear one goes, and the others stay. Column 3 covers
// nothing but is needed by 1.
func TestPruneClosesWhatAddsNothing(t *testing.T) {
	p := &RolloutProblem{
		Cover: Cover{Rows: 2, Offset: []int64{0, 2, 3, 4, 4}, Row: []int32{0, 1, 0, 1}, Cost: []int64{8, 2, 2, 1}},
		Value: []int64{1}, Budget: []int64{13, 0}, Needs: [][]int32{nil, {3}, nil, nil},
	}
	r := newRollout(p)
	s := newRolloutSearch(r)
	for j := range int32(4) {
		s.open(j, 0)
	}
	s.prune()
	if want := []int32{2, 0, 0, 0}; !slices.Equal(s.year, want) {
		t.Errorf("years %v, want %v", s.year, want)
	}
}

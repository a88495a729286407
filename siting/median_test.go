package siting

import (
	"context"
	"math"
	"math/bits"
	"testing"
)

// oracle tries every set of at most p candidates and returns the least value.
func oracle(n, p int, value func(open []int) float64) float64 {
	best := math.Inf(1)
	for set := range 1 << n {
		if bits.OnesCount(uint(set)) > p {
			continue
		}
		var open []int
		for j := range n {
			if set>>j&1 == 1 {
				open = append(open, j)
			}
		}
		best = min(best, value(open))
	}
	return best
}

// On random worlds the distance models agree with trying every set, worked out from great circles alone.
func TestOtherModelsAgreeWithTryingAll(t *testing.T) {
	for seed := range uint64(60) {
		p := randomProblem(t, seed)
		tier, sites := int(seed%2), 1+int(seed/2%2)
		for r := range p.Rules {
			p.Rules[r].Spacing = 0
		}
		w := p.World
		far := w.Tiers[tier].Limit.Max.Value() * Farthest
		set, err := FindCandidates(context.Background(), w, p.Rules)
		if err != nil {
			t.Fatal(err)
		}
		way := func(i int, open []int) float64 {
			least := far
			for _, s := range w.Coverage.Services[tier].Open {
				least = min(least, impedance(w.Sites[s].Point, w.Demand.Point[i]).Value())
			}
			for _, j := range open {
				least = min(least, impedance(set.All[set.Serving[tier][j]].Point, w.Demand.Point[i]).Value())
			}
			return least
		}
		values := map[Model]func([]int) float64{
			PMedian: func(open []int) float64 {
				sum, people := 0.0, 0.0
				for i, n := range w.Demand.People {
					sum, people = sum+n.Float()*way(i, open), people+n.Float()
				}
				return sum / people
			},
			PCenter: func(open []int) float64 {
				longest := 0.0
				for i := range w.Demand.People {
					longest = max(longest, way(i, open))
				}
				return longest
			},
		}
		for model, value := range values {
			one, err := SolveOne(context.Background(), OneProblem{World: w, Rules: p.Rules, Found: set, Tier: tier, Model: model, Limit: int64(sites)})
			if err != nil {
				t.Fatal(err)
			}
			want := oracle(len(set.Serving[tier]), sites, value)
			if math.Abs(one.Objective-want) > 1e-3 || one.Status != Optimal {
				t.Errorf("seed %d, %s of %d sites: %v (%s), want %v", seed, model, sites, one.Objective, one.Status, want)
			}
			if one.Before < one.Objective-1e-6 {
				t.Errorf("seed %d, %s: %v after %v", seed, model, one.Objective, one.Before)
			}
		}
	}
}

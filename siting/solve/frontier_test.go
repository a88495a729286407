package solve

import (
	"context"
	"math/rand/v2"
	"reflect"
	"testing"
)

// On 200 random problems no point is below its plan or above its bound, the best of every budget lies between the two, and
// neither workers nor the end of the time change that.
func TestFrontierAgainstEverySet(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 51))
		p := &FrontierProblem{Cover: randomCover(r, 1+r.IntN(12)), Budgets: []int64{0, 1, 3, 4, 8, 20}}
		p.Covered = someRows(r, p.Cover.Rows)
		one, err := Frontier(context.Background(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		many, _ := Frontier(context.Background(), p, Options{Workers: 3})
		if !reflect.DeepEqual(one, many) {
			t.Fatalf("seed %d: three workers answer %+v, one %+v", seed, many, one)
		}
		short, err := Frontier(cancelled, p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for k, b := range p.Budgets {
			best := bestCover(&MaxCoverProblem{Cover: p.Cover, Budget: b, Covered: p.Covered})
			for _, a := range []FrontierPoint{one[k], short[k]} {
				var cost int64
				open := map[int]bool{}
				for _, j := range a.Open {
					cost += p.Cover.CostOf(int(j))
					open[int(j)] = true
				}
				got := coveredWeight(&p.Cover, p.Covered, func(j int) bool { return open[j] })
				if a.Budget != b || cost > b || cost != a.Spent || got != a.Objective || got > best || a.Bound < float64(best) ||
					a.Status == Optimal && got != best {
					t.Fatalf("seed %d, budget %d: %+v covers %d for %d, best is %d", seed, b, a, got, cost, best)
				}
			}
			if k > 0 && (one[k].Objective < one[k-1].Objective || one[k].Bound < one[k-1].Bound) {
				t.Fatalf("seed %d: the curve falls at budget %d: %+v", seed, b, one)
			}
		}
	}
}

func TestFrontierTellsFaults(t *testing.T) {
	for _, p := range []*FrontierProblem{{}, {Budgets: []int64{2, 2}}, {Budgets: []int64{-1}}, {Budgets: []int64{1}, Covered: []bool{true}}} {
		if _, err := Frontier(context.Background(), p, Options{}); !isProblemError(err, "solve: ") {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

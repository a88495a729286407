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

// On 100 random problems with conflicts the best of every budget, by trying all sets of columns, lies between plan and bound,
// and plans keep the conflicts.
func TestFrontierWithConflictsAgainstEverySet(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 52))
		p := &FrontierProblem{Cover: randomCover(r, 2+r.IntN(9)), Budgets: []int64{0, 1, 3, 6, 20}}
		n := p.Cover.Columns()
		for range r.IntN(5) {
			p.Conflicts = append(p.Conflicts, []int32{int32(r.IntN(n)), int32(r.IntN(n))})
		}
		points, err := Frontier(context.Background(), p, Options{Seed: seed, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		for k, a := range points {
			mask := 0
			for _, j := range a.Open {
				mask |= 1 << j
			}
			if !keepsApart(p.Conflicts, mask) {
				t.Fatalf("seed %d: %+v opens columns in conflict, of %v", seed, a, p.Conflicts)
			}
			best := int64(0)
			for mask := range 1 << n {
				var cost int64
				for j := range n {
					cost += p.Cover.CostOf(j) * int64(mask>>j&1)
				}
				if cost <= p.Budgets[k] && keepsApart(p.Conflicts, mask) {
					best = max(best, coveredWeight(&p.Cover, nil, func(j int) bool { return mask>>j&1 == 1 }))
				}
			}
			if a.Objective > best || a.Bound < float64(best) || a.Status == Optimal && a.Objective != best || k > 0 && a.Bound < points[k-1].Bound {
				t.Fatalf("seed %d, budget %d: %+v, best is %d", seed, p.Budgets[k], a, best)
			}
		}
	}
}

// keepsApart reports whether at most one column of each set is among the bits of mask.
func keepsApart(sets [][]int32, mask int) bool {
	for _, set := range sets {
		open := 0
		for _, j := range sortedSet(set) {
			open += mask >> j & 1
		}
		if open > 1 {
			return false
		}
	}
	return true
}

// A row of towns, 1 km apart, of 3, 8 and 5 people; a site covers its town and the next to the right: 11, 13 and 5. The middle
// one alone is the best for one site (13). Two sites: the first and the second cover 16, all; when they exclude each other, the
// first and the third do. When both exclude the first, the second and the third share a town: 13 remain.
func TestFrontierKeepsConflicts(t *testing.T) {
	c := Cover{Rows: 3, Offset: []int64{0, 2, 4, 5}, Row: []int32{0, 1, 1, 2, 2}, Weight: []int64{3, 8, 5}}
	for _, k := range []struct {
		sets [][]int32
		two  int64
	}{{nil, 16}, {[][]int32{{0, 1}}, 16}, {[][]int32{{0, 1}, {0, 2}}, 13}} {
		points, err := Frontier(context.Background(), &FrontierProblem{Cover: c, Budgets: []int64{1, 2}, Conflicts: k.sets}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if points[0].Objective != 13 || points[1].Objective != k.two || points[1].Bound < float64(k.two) {
			t.Errorf("%v: %+v, want 13 and %d", k.sets, points, k.two)
		}
	}
}

func TestFrontierTellsFaults(t *testing.T) {
	for _, p := range []*FrontierProblem{{}, {Budgets: []int64{2, 2}}, {Budgets: []int64{-1}}, {Budgets: []int64{1}, Covered: []bool{true}},
		{Budgets: []int64{1}, Conflicts: [][]int32{{0}}}} {
		if _, err := Frontier(context.Background(), p, Options{}); !isProblemError(err, "solve: ") {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// inWindows solves a problem in windows, however small it is.
func inWindows(p *FrontierProblem, o Options) []FrontierPoint {
	f := newFrontier(p, o)
	f.whole = -1
	return f.solve(context.Background())
}

// On 200 random problems, with and without conflicts, that are searched in windows, the best of every budget lies between plan
// and bound.
func TestFrontierInWindowsAgainstEverySet(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 53))
		p := &FrontierProblem{Cover: randomCover(r, 2+r.IntN(9)), Budgets: []int64{1, 3, 6, 20}}
		n := p.Cover.Columns()
		for range int(seed%2) * r.IntN(5) {
			p.Conflicts = append(p.Conflicts, []int32{int32(r.IntN(n)), int32(r.IntN(n))})
		}
		for k, a := range inWindows(p, Options{Seed: seed, Workers: 2, Iterations: 50}) {
			best, mask := int64(0), 0
			for _, j := range a.Open {
				mask |= 1 << j
			}
			got := coveredWeight(&p.Cover, nil, func(j int) bool { return mask>>j&1 == 1 })
			for mask := range 1 << n {
				if costOf(&p.Cover, mask) <= p.Budgets[k] && keepsApart(p.Conflicts, mask) {
					best = max(best, coveredWeight(&p.Cover, nil, func(j int) bool { return mask>>j&1 == 1 }))
				}
			}
			if got != a.Objective || costOf(&p.Cover, mask) != a.Spent || a.Spent > a.Budget || !keepsApart(p.Conflicts, mask) ||
				got > best || a.Bound < float64(best) {
				t.Fatalf("seed %d: %+v covers %d for %d, best is %d", seed, a, got, costOf(&p.Cover, mask), best)
			}
		}
	}
}

// costOf returns what the columns of mask cost.
func costOf(c *Cover, mask int) (cost int64) {
	for j := range c.Columns() {
		cost += c.CostOf(j) * int64(mask>>j&1)
	}
	return cost
}

// discs is a cover of m clients by n discs of radius r in a unit square.
func discs(m, n int, radius float64, r *rand.Rand) Cover {
	at := make([][2]float64, m)
	c := Cover{Rows: m, Offset: []int64{0}}
	for i := range at {
		at[i] = [2]float64{r.Float64(), r.Float64()}
		c.Weight = append(c.Weight, 1+r.Int64N(100))
	}
	for range n {
		x, y := r.Float64(), r.Float64()
		for i, a := range at {
			if (a[0]-x)*(a[0]-x)+(a[1]-y)*(a[1]-y) <= radius*radius {
				c.Row = append(c.Row, int32(i))
			}
		}
		c.Offset = append(c.Offset, int64(len(c.Row)))
	}
	return c
}

// A square of 3,000 clients and 2,000 discs holds many windows. The answers do not depend on workers, keep money and conflicts,
// cover what they say, and beat the greedy by as much as when the square is searched whole, but for a percent.
func TestFrontierWindowsOfASquare(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 54))
	p := &FrontierProblem{Cover: discs(3000, 2000, 0.04, r), Budgets: []int64{50, 100, 150}}
	for range 300 {
		j := r.Int32N(1999)
		p.Conflicts = append(p.Conflicts, []int32{j, j + 1})
	}
	one := inWindows(p, Options{Workers: 1, Iterations: 50})
	if many := inWindows(p, Options{Workers: 3, Iterations: 50}); !reflect.DeepEqual(one, many) {
		t.Fatalf("three workers answer %+v, one %+v", many, one)
	}
	whole, err := Frontier(context.Background(), p, Options{Iterations: 50})
	if err != nil {
		t.Fatal(err)
	}
	for k, a := range one {
		open := map[int]bool{}
		for _, j := range a.Open {
			open[int(j)] = true
		}
		got := coveredWeight(&p.Cover, nil, func(j int) bool { return open[j] })
		for _, set := range p.Conflicts {
			if open[int(set[0])] && open[int(set[1])] {
				t.Errorf("budget %d opens %v", a.Budget, set)
			}
		}
		if got != a.Objective || a.Spent != int64(len(a.Open)) || a.Spent > a.Budget || float64(got) > a.Bound || a.Gap > 0.1 {
			t.Errorf("%+v covers %d", a, got)
		}
		if float64(a.Objective) < 0.99*float64(whole[k].Objective) {
			t.Errorf("budget %d: %d in windows, %d searched whole, bound %.0f", a.Budget, a.Objective, whole[k].Objective, a.Bound)
		}
		t.Logf("budget %d: %d in windows, %d searched whole, bound %.0f", a.Budget, a.Objective, whole[k].Objective, a.Bound)
	}
}

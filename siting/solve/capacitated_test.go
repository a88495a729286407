package solve

import (
	"context"
	"math/rand/v2"
	"testing"
)

// plainFlow is what a set of columns serves, found with paths over the plainest graph: one unit at a time.
func plainFlow(p *CapacitatedProblem, open func(j int) bool) int64 {
	owner := [][]int{} // per unit of weight: the column that serves it
	var units [][]int  // per column: its units
	for i := range p.Cover.Rows {
		for range p.Cover.WeightOf(int32(i)) {
			owner = append(owner, []int{i, -1})
		}
	}
	for j := range p.Cover.Columns() {
		var u []int
		for k, o := range owner {
			for _, i := range p.Cover.Column(j) {
				if int(i) == o[0] {
					u = append(u, k)
				}
			}
		}
		units = append(units, u)
	}
	var seen []bool
	var find func(j int) bool
	find = func(j int) bool {
		for _, k := range units[j] {
			if seen[k] {
				continue
			}
			seen[k] = true
			if owner[k][1] < 0 || find(owner[k][1]) {
				owner[k][1] = j
				return true
			}
		}
		return false
	}
	var total int64
	for j := range units {
		for range p.Capacity[j] {
			seen = make([]bool, len(owner))
			if !open(j) || !find(j) {
				break
			}
			total++
		}
	}
	return total
}

func randomCapacitated(r *rand.Rand, columns int) *CapacitatedProblem {
	p := &CapacitatedProblem{Cover: randomCover(r, columns), Budget: int64(r.IntN(15))}
	for i := range p.Cover.Weight {
		p.Cover.Weight[i] %= 5
	}
	for range columns {
		p.Capacity = append(p.Capacity, int64(r.IntN(9)))
	}
	if r.IntN(3) == 0 {
		p.Fixed, p.Banned = someColumns(r, columns, 2), someColumns(r, columns, 2)
	}
	return p
}

// On 200 random problems the answer is what every set of columns tried out gives, and the bound is not below it, however
// early the search ends.
func TestCapacitatedAgainstEverySet(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 41))
		p := randomCapacitated(r, 1+r.IntN(9))
		best := int64(-1)
		for set := range 1 << p.Cover.Columns() {
			if keepsRules(set, p.Fixed, p.Banned) && setCost(&p.Cover, set) <= p.Budget {
				best = max(best, plainFlow(p, func(j int) bool { return set>>j&1 == 1 }))
			}
		}
		for _, iterations := range []int{1, 0} {
			got, err := Capacitated(context.Background(), p, Options{Seed: seed, Iterations: iterations})
			if err != nil {
				t.Fatal(err)
			}
			if best < 0 {
				if got.Status != Infeasible || got.Reason == (Reason{}) {
					t.Fatalf("seed %d: %+v, but nothing keeps the rules", seed, got)
				}
				continue
			}
			checkCapacitated(t, seed, p, got)
			if got.Objective > best || got.Bound < float64(best) || iterations == 0 && (got.Objective != best || got.Status != Optimal) {
				t.Fatalf("seed %d: %d (%s), bound %v, want %d", seed, got.Objective, got.Status, got.Bound, best)
			}
		}
	}
}

// checkCapacitated checks that loads and served weights belong to the answer.
func checkCapacitated(t *testing.T, seed uint64, p *CapacitatedProblem, s *CapacitatedSolution) {
	t.Helper()
	var cost, load, served int64
	for k, j := range s.Open {
		cost += p.Cover.CostOf(int(j))
		load += s.Load[k]
		if s.Load[k] > p.Capacity[j] {
			t.Fatalf("seed %d: column %d serves %d of at most %d", seed, j, s.Load[k], p.Capacity[j])
		}
	}
	for i, w := range s.Served {
		served += w
		if w < 0 || w > p.Cover.WeightOf(int32(i)) {
			t.Fatalf("seed %d: %d of row %d are served, it has %d", seed, w, i, p.Cover.WeightOf(int32(i)))
		}
	}
	if cost > p.Budget || load != s.Objective || served != s.Objective {
		t.Fatalf("seed %d: cost %d of %d, load %d, served %d, objective %d", seed, cost, p.Budget, load, served, s.Objective)
	}
}

// A serves rows a (4) and b (4), B only b; each can serve 4. Alone A serves 4. With B it has to leave b to it: 8.
func TestCapacitatedHandsRowsOver(t *testing.T) {
	p := &CapacitatedProblem{Cover: Cover{Rows: 2, Offset: []int64{0, 2, 3}, Row: []int32{0, 1, 1}, Weight: []int64{4, 4}},
		Capacity: []int64{4, 4}, Budget: 2}
	got, err := Capacitated(context.Background(), p, Options{})
	if err != nil || got.Objective != 8 || got.Status != Optimal || len(got.Open) != 2 {
		t.Errorf("%+v %v, want 8 with both", got, err)
	}
}

package solve

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomRollout draws a small rollout problem with every kind of rule.
func randomRollout(r *rand.Rand) *RolloutProblem {
	n := r.IntN(7)
	p := &RolloutProblem{Cover: randomCover(r, n), Value: []int64{int64(1 + r.IntN(3)), int64(r.IntN(3))}}
	years := 1 + r.IntN(3)
	for range years {
		p.Budget = append(p.Budget, int64(r.IntN(9)))
	}
	p.Unspent = Unspent(r.IntN(2))
	p.Class = make([]int32, p.Cover.Rows)
	for i := range p.Class {
		p.Class[i] = int32(r.IntN(2))
	}
	p.Covered = someRows(r, p.Cover.Rows)
	if r.IntN(3) == 0 {
		p.Earliest = make([]int32, n)
		p.Fixed = make([]int32, n)
		for j := range n {
			p.Earliest[j] = int32(r.IntN(2))
			p.Fixed[j] = []int32{Free, Free, Free, Banned, int32(r.IntN(years))}[r.IntN(5)]
		}
	}
	for range r.IntN(3) {
		p.Conflicts = append(p.Conflicts, sortedSet(someColumns(r, n, 3)))
	}
	for range r.IntN(3) {
		c := Cap{Columns: sortedSet(someColumns(r, n, 5)), Until: int32(r.IntN(years)), Most: int64(r.IntN(3))}
		if r.IntN(2) == 0 {
			for range c.Columns {
				c.Amount = append(c.Amount, int64(r.IntN(6)))
			}
			c.Most = int64(r.IntN(12))
		}
		p.Caps = append(p.Caps, c)
	}
	if r.IntN(3) == 0 {
		p.Needs = make([][]int32, n)
		for j := range n {
			if r.IntN(2) == 0 {
				p.Needs[j] = sortedSet(someColumns(r, n, 2))
			}
		}
	}
	for range r.IntN(3) {
		p.Goals = append(p.Goals, Goal{Class: int32(r.IntN(2)), Year: int32(r.IntN(years)), Amount: int64(r.IntN(120)), Weight: int64(1 + r.IntN(2))})
	}
	return p
}

// plainScore evaluates a plan (year per column, -1 = never) from the problem's definition; ok is false if it breaks a rule.
func plainScore(p *RolloutProblem, year []int32) (s score, ok bool) {
	openBy := func(j int, t int) bool { return year[j] >= 0 && int(year[j]) <= t }
	var carried int64
	for t := range p.Budget {
		var spent int64
		for j := range year {
			if int(year[j]) == t {
				spent += p.Cover.CostOf(j)
			}
		}
		if left := p.Budget[t] + carried - spent; left < 0 {
			return s, false
		} else if p.Unspent == CarriesOver {
			carried = left
		}
	}
	for j, t := range year {
		f := Free
		if p.Fixed != nil {
			f = p.Fixed[j]
		}
		if f == Banned && t >= 0 || f >= 0 && t != f || t >= 0 && p.Earliest != nil && t < p.Earliest[j] {
			return s, false
		}
		if t < 0 || f >= 0 || p.Needs == nil || len(p.Needs[j]) == 0 {
			continue
		}
		if !slices.ContainsFunc(p.Needs[j], func(k int32) bool { return openBy(int(k), int(t)) && int(k) != j }) {
			return s, false
		}
	}
	for _, set := range p.Conflicts {
		n := 0
		for _, j := range set {
			if year[j] >= 0 {
				n++
			}
		}
		if n > 1 {
			return s, false
		}
	}
	for _, c := range p.Caps {
		var sum int64
		for k, j := range c.Columns {
			switch {
			case year[j] < 0 || year[j] > c.Until:
			case c.Amount == nil:
				sum++
			default:
				sum += c.Amount[k]
			}
		}
		if sum > c.Most {
			return s, false
		}
	}
	cover := func(class int32, t int) (w int64) {
		c := p.Cover
		c.Weight = make([]int64, c.Rows)
		for i := range c.Weight {
			if p.Class[i] == class {
				c.Weight[i] = p.Cover.WeightOf(int32(i))
			}
		}
		return coveredWeight(&c, p.Covered, func(j int) bool { return openBy(j, t) })
	}
	for t := range p.Budget {
		for c, v := range p.Value {
			s.value += v * cover(int32(c), t)
		}
	}
	for _, g := range p.Goals {
		s.missing += g.Weight * max(0, g.Amount-cover(g.Class, int(g.Year)))
	}
	return s, true
}

// bestRollout tries every plan.
func bestRollout(p *RolloutProblem) (best score, found bool) {
	year := make([]int32, p.Cover.Columns())
	var try func(j int)
	try = func(j int) {
		if j == len(year) {
			if s, ok := plainScore(p, year); ok && (!found || s.better(best)) {
				best, found = s, true
			}
			return
		}
		for t := int32(-1); int(t) < p.Years(); t++ {
			year[j] = t
			try(j + 1)
		}
	}
	try(0)
	return best, found
}

func TestRolloutAgreesWithBruteForce(t *testing.T) {
	proved, best := 0, 0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 9))
		p := randomRollout(r)
		want, found := bestRollout(p)
		got, err := Rollout(context.Background(), p, Options{Seed: seed, Iterations: 200})
		if err != nil {
			t.Fatal(err)
		}
		if (got.Status == Infeasible) == found {
			t.Fatalf("seed %d: status %s (%s), feasible %v", seed, got.Status, got.Reason, found)
		}
		if !found {
			if got.Reason == (Reason{}) {
				t.Fatalf("seed %d: infeasible without a reason", seed)
			}
			continue
		}
		claimed := score{got.Shortfall, got.Objective}
		if s, ok := plainScore(p, got.Year); !ok || s != claimed {
			t.Fatalf("seed %d: plan %v claims %v, is %v, keeps the rules: %v", seed, got.Year, claimed, s, ok)
		}
		if got.ShortfallBound > float64(want.missing) || got.Bound < float64(want.value) {
			t.Fatalf("seed %d: bounds %v, %v are crossed by %v", seed, got.ShortfallBound, got.Bound, want)
		}
		if got.Status == Optimal {
			proved++
		}
		if claimed == want {
			best++
		} else if got.Status == Optimal || claimed.better(want) {
			t.Fatalf("seed %d: claims %v as %s, optimum is %v", seed, claimed, got.Status, want)
		}
	}
	t.Logf("of 200: %d proved, %d best", proved, best)
}

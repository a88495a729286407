package siting

import (
	"context"
	"math"
	"testing"

	"sitecover/geo"
	"sitecover/siting/solve"
)

// backupOf works out the backup model's objective for candidates of a tier from great circles alone.
func backupOf(w *World, set *CandidateSet, tier int, open []int, second float64) (value, twice float64) {
	for i, n := range w.Demand.People {
		today, then := 0, 0
		for _, s := range w.Coverage.Services[tier].Open {
			if w.Tiers[tier].Limit.Covers(impedance(w.Sites[s].Point, w.Demand.Point[i])) {
				today++
			}
		}
		then = today
		for _, j := range open {
			if w.Tiers[tier].Limit.Covers(impedance(set.All[set.Serving[tier][j]].Point, w.Demand.Point[i])) {
				then++
			}
		}
		if today == 0 && then >= 1 {
			value += (1 - second) * n.Float()
		}
		if then >= 2 {
			twice += n.Float()
			if today < 2 {
				value += second * n.Float()
			}
		}
	}
	return value, twice
}

// On random worlds, with and without spacing and money, the backup model agrees with trying every set of candidates.
func TestBackupModelAgreesWithTryingAll(t *testing.T) {
	for seed := range uint64(60) {
		p := randomProblem(t, seed)
		tier, w := int(seed%2), p.World
		if seed%3 == 0 {
			for r := range p.Rules {
				p.Rules[r].Spacing = 0
			}
		}
		set, err := FindCandidates(context.Background(), w, p.Rules)
		if err != nil {
			t.Fatal(err)
		}
		one := OneProblem{World: w, Rules: p.Rules, Found: set, Tier: tier, Model: Backup, Limit: 1 + int64(seed/2%3), Second: []float64{0, 0.25, 0.8, 1}[seed%4]}
		if seed%5 == 0 {
			one.Unit, one.Limit = ByMoney, int64(p.Rules[tier].New+p.Rules[tier].Host)
		}
		second := one.Second
		if second == 0 {
			second = 0.5
		}
		want := 0.0
		for bits := range 1 << len(set.Serving[tier]) {
			var open []int
			cost, near := int64(0), false
			for j, c := range set.Serving[tier] {
				if bits>>j&1 == 0 {
					continue
				}
				for _, k := range open {
					a, b := set.All[c].Point, set.All[set.Serving[tier][k]].Point
					near = near || geo.Distance(a, b) < p.Rules[tier].Spacing
				}
				if open = append(open, j); one.Unit == ByMoney {
					cost += int64(p.Rules[tier].Cost(&set.All[c]))
				} else {
					cost++
				}
			}
			if cost <= one.Limit && !near {
				value, _ := backupOf(w, set, tier, open, second)
				want = max(want, value)
			}
		}
		got, err := SolveOne(context.Background(), one)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Objective-want) > 1e-3 || got.Status != Optimal {
			t.Errorf("seed %d: %v (%s), want %v", seed, got.Objective, got.Status, want)
		}
		var open []int
		sum := 0.0
		for _, k := range got.Picks {
			open = append(open, k.Candidate) // one tier: candidates are those that serve it
			sum += second*k.Second.Float() + (1-second)*k.Gained.Float()
		}
		if value, twice := backupOf(w, &CandidateSet{All: got.Candidates, Serving: serving(tier, len(got.Candidates))}, tier, open, second); math.Abs(value-want) > 1e-3 ||
			math.Abs(twice-got.After) > 1e-6 || math.Abs(sum-want) > 1e-3 {
			t.Errorf("seed %d: the picks are worth %v, their parts %v, want %v; %v people have two sites, the answer says %v", seed, value, sum, want, twice, got.After)
		}
	}
}

// serving lists the first n candidates for one tier.
func serving(tier, n int) [][]int32 {
	out := make([][]int32, tier+1)
	for i := range n {
		out[tier] = append(out[tier], int32(i))
	}
	return out
}

func TestBackupModelRefusesSecond(t *testing.T) {
	p := randomProblem(t, 1)
	for _, second := range []float64{-0.1, 1.1, 0.123, math.NaN()} {
		one := OneProblem{World: p.World, Rules: p.Rules, Model: Backup, Limit: 1, Second: second}
		if _, err := SolveOne(context.Background(), one); err == nil {
			t.Errorf("a second site that counts %v is taken", second)
		}
	}
	if _, err := solve.BackupCover(context.Background(), &solve.BackupProblem{First: -1}, solve.Options{}); err == nil {
		t.Error("a negative first cover is taken")
	}
}

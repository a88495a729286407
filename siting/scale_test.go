package siting

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/siting/solve"
)

// county is a made county of side × side communities of 2 km, three tiers in circles of 1,000, 500 and 300 m, people around
// five towns, and a few sites of every tier.
func county(t testing.TB, side int) Problem {
	t.Helper()
	rnd := rand.New(rand.NewPCG(11, uint64(side)))
	const km = 1000.0
	width := float64(side) * 2 * km
	all := []geo.Region{{ID: "C", Level: 0, Parent: -1, Shape: square(0, 0, width)}}
	for a := range side {
		for b := range side {
			all = append(all, geo.Region{ID: fmt.Sprintf("c%02d%02d", a, b), Level: 1, Parent: 0,
				Shape: square(float64(a)*2*km, float64(b)*2*km, 2*km)})
		}
	}
	w := &World{}
	w.Regions = must[*geo.Regions](t)(geo.NewRegions([]geo.Level{{ID: "county"}, {ID: "community"}}, all))
	w.Grid = must[*grid.Grid](t)(grid.Build(context.Background(), w.Regions, 9))
	w.Demand = &coverage.Demand{}
	towns := make([]orb.Point, 5)
	for k := range towns {
		towns[k] = at(rnd.Float64()*width, rnd.Float64()*width)
	}
	for _, part := range w.Grid.Parts {
		density := 20.0
		for _, town := range towns {
			density += 2500 * math.Exp(-distance(part.Centre, town)/(1.5*km))
		}
		if people := math.Floor(density * part.Share * rnd.Float64() * 2); people > 0 {
			w.Demand.Point = append(w.Demand.Point, part.Centre)
			w.Demand.People = append(w.Demand.People, coverage.People(people)*coverage.Person)
			w.Demand.Region = append(w.Demand.Region, part.Region)
			w.Demand.Cell = append(w.Demand.Cell, part.Cell)
		}
	}
	w.Tiers = []coverage.Tier{straightTier(1000, 0), straightTier(500, 1), straightTier(300, -1)}
	for k := range 3 * side {
		p := at(rnd.Float64()*width, rnd.Float64()*width)
		w.Sites = append(w.Sites, coverage.Site{ID: fmt.Sprint(k), Tier: k % 3, Point: p, Region: w.Regions.Locate(p), FloorArea: -1})
		w.Places = append(w.Places, Place{ID: fmt.Sprint(k), Kind: "hall", Point: at(rnd.Float64()*width, rnd.Float64()*width)})
	}
	w.Coverage = must[*coverage.Result](t)(coverage.Compute(context.Background(), w.Input))
	p := Problem{World: w, Options: DefaultOptions(), Rules: []TierRules{
		{New: 80 * Wan, Host: 60 * Wan, Cells: true, MinPeople: 200, Spacing: 1000},
		{New: 12 * Wan, Host: 8 * Wan, Cells: true, MinPeople: 50, Spacing: 500},
		{New: 3 * Wan, Host: 2 * Wan, Cells: true, MinPeople: 10, Spacing: 300},
	}}
	for year := 2026; year <= 2030; year++ {
		p.Budgets = append(p.Budgets, Budget{year, Yuan(side*side) * Wan})
	}
	p.Options.Solve = solve.Options{Iterations: 200, Seed: 1}
	p.Found = must[*CandidateSet](t)(FindCandidates(context.Background(), w, p.Rules))
	return p
}

// Three tiers over five years: the plan keeps its rules, coverage confirms it, and the proven gap is small.
func TestCountyRollout(t *testing.T) {
	p := county(t, 5)
	p.Options.Solve.Iterations = 80
	plan := must[*Plan](t)(Rollout(context.Background(), p))
	if got := checkPlan(t, p, plan); math.Abs(got-plan.Objective) > 1e-9*got {
		t.Errorf("objective %v, by coverage %v", plan.Objective, got)
	}
	if plan.Gap > 0.05 {
		t.Errorf("gap %v", plan.Gap)
	}
	p.Options.Solve.Workers, p.World.Workers = 2, 1
	if again := must[*Plan](t)(Rollout(context.Background(), p)); picks(again) != picks(plan) || again.Bound != plan.Bound {
		t.Errorf("two workers: %s bound %v, one: %s bound %v", picks(again), again.Bound, picks(plan), plan.Bound)
	}
	t.Logf("%d candidates, %d picks, objective %.0f, bound %.0f, gap %.2f %%", len(plan.Candidates), len(plan.Picks),
		plan.Objective, plan.Bound, 100*plan.Gap)
}

// A share is met, and without its last site it would not be.
func TestCountyLSCPOpensNoMoreThanTheShareAsks(t *testing.T) {
	p := county(t, 4)
	for _, share := range []float64{0.3, 0.5, 0.7} {
		got := must[*One](t)(SolveOne(context.Background(), OneProblem{World: p.World, Rules: p.Rules, Found: p.Found, Tier: 2,
			Model: LSCP, Share: share, Solve: solve.Options{Iterations: 200}}))
		last := got.Picks[len(got.Picks)-1].Gained
		total := p.World.Coverage.Total[2].People
		if got.Effective < share || (got.Covered-last).Float() >= share*total.Float() {
			t.Errorf("share %v: %v with %d sites, the last adds %v", share, got.Effective, len(got.Picks), last.Float())
		}
		if got.Bound > got.Objective || got.Objective != float64(len(got.Picks)) {
			t.Errorf("share %v: objective %v of %d sites, bound %v", share, got.Objective, len(got.Picks), got.Bound)
		}
	}
}

func BenchmarkRollout(b *testing.B) {
	for _, side := range []int{5, 10, 20} {
		b.Run(fmt.Sprintf("communities=%d", side*side), func(b *testing.B) {
			p := county(b, side)
			b.ReportAllocs()
			for b.Loop() {
				plan := must[*Plan](b)(Rollout(context.Background(), p))
				b.ReportMetric(100*plan.Gap, "gap%")
				b.ReportMetric(float64(len(plan.Candidates)), "candidates")
			}
		})
	}
}

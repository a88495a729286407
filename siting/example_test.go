package siting_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/siting"
)

// A town of one region with three families and two halls. The first year's money pays for one site, the second's for another.
func ExampleRollout() {
	ctx := context.Background()
	shape := orb.MultiPolygon{{{{120, 31}, {120.1, 31}, {120.1, 31.1}, {120, 31.1}, {120, 31}}}}
	regions, err := geo.NewRegions([]geo.Level{{ID: "town"}}, []geo.Region{{ID: "T", Name: "Example", Parent: -1, Shape: shape}})
	if err != nil {
		log.Fatal(err)
	}
	cells, err := grid.Build(ctx, regions, 8)
	if err != nil {
		log.Fatal(err)
	}
	cell := func(p orb.Point) int32 {
		i, _ := cells.Index(grid.CellOf(p, 8))
		return i
	}
	families := []orb.Point{{120.02, 31.02}, {120.023, 31.02}, {120.08, 31.08}}
	world := &siting.World{
		Input: coverage.Input{
			Date: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), Regions: regions, Grid: cells,
			Demand: &coverage.Demand{
				Point: families, People: []coverage.People{4 * coverage.Person, 2 * coverage.Person, 3 * coverage.Person},
				Region: []int32{0, 0, 0}, Cell: []int32{cell(families[0]), cell(families[1]), cell(families[2])},
			},
			Tiers: []coverage.Tier{{ID: "station", Mode: coverage.Straight, OwnerLevel: -1, Parent: -1,
				Limit: geo.Limit{Metric: geo.Metres, Max: geo.ToImpedance(500)}}},
		},
		Places: []siting.Place{
			{ID: "library", Name: "Library", Kind: "culture", Point: orb.Point{120.021, 31.02}, Footfall: -1},
			{ID: "clinic", Name: "Clinic", Kind: "health", Point: orb.Point{120.08, 31.081}, Footfall: -1},
		},
	}
	if world.Coverage, err = coverage.Compute(ctx, world.Input); err != nil {
		log.Fatal(err)
	}
	plan, err := siting.Rollout(ctx, siting.Problem{
		World:   world,
		Rules:   []siting.TierRules{{New: 15 * siting.Wan, Host: 10 * siting.Wan}},
		Budgets: []siting.Budget{{Year: 2026, Money: 12 * siting.Wan}, {Year: 2027, Money: 12 * siting.Wan}},
		Options: siting.DefaultOptions(),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, pick := range plan.Picks {
		fmt.Printf("%d: %s, open in %d, %.0f people\n", pick.Year, plan.Candidates[pick.Candidate].Name, pick.OpenYear, pick.Gained.Float())
	}
	for _, year := range plan.Years {
		fmt.Printf("end of %d: %.0f %%\n", year.Year, 100*year.Tiers[0].Effective)
	}
	// Output:
	// 2026: Library, open in 2027, 6 people
	// 2027: Clinic, open in 2028, 3 people
	// end of 2026: 0 %
	// end of 2027: 67 %
	// end of 2028: 100 %
}

package coverage_test

import (
	"context"
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
)

// A study of seven cells with 100 people each, and one site in the middle that serves 200 m as the crow flies.
func Example() {
	town := orb.Point{113.5, 23.5}
	cells, err := grid.FromCells(grid.CellOf(town, 9).GridDisk(1), 9)
	if err != nil {
		fmt.Println(err)
		return
	}
	regions, err := geo.NewRegions([]geo.Level{{ID: "town"}}, []geo.Region{{ID: "440100", Name: "Town", Parent: -1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var population coverage.Population
	for _, cell := range cells.Cells {
		population.Cells = append(population.Cells, coverage.CellCount{Cell: cell, People: 100})
	}
	demand, _, err := coverage.Distribute(cells, regions, population)
	if err != nil {
		fmt.Println(err)
		return
	}
	input := coverage.Input{
		Date: time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC), Regions: regions, Grid: cells, Demand: demand,
		Tiers: []coverage.Tier{{ID: "station", Mode: coverage.Straight, Limit: geo.Limit{Metric: geo.Metres, Max: geo.ToImpedance(200)}}},
		Sites: []coverage.Site{{ID: "s1", Point: town, Region: 0}},
	}
	result, err := coverage.Compute(context.Background(), input)
	if err != nil {
		fmt.Println(err)
		return
	}
	share, _ := result.Total[0].Effective()
	fmt.Printf("%.0f of %.0f people are covered, %.1f %%\n", result.Total[0].Covered.Float(), result.Total[0].People.Float(), 100*share)
	for _, gap := range coverage.FindGaps(input, result, nil) {
		fmt.Printf("gap %d: %.0f people in %d cells, the nearest site %s is %.0f m away\n", gap.Rank, gap.People.Float(), len(gap.Cells), input.Sites[gap.Site].ID, gap.Metres)
	}
	// Output:
	// 100 of 700 people are covered, 14.3 %
	// gap 1: 600 people in 6 cells, the nearest site s1 is 299 m away
}

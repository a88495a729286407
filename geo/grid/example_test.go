package grid_test

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/grid"
)

func ExampleBuild() {
	square := func(w, e float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{w, 31.4}, {e, 31.4}, {e, 31.42}, {w, 31.42}, {w, 31.4}}}}
	}
	regions, err := geo.NewRegions([]geo.Level{{ID: "town"}}, []geo.Region{
		{ID: "west", Parent: -1, Shape: square(121, 121.02)},
		{ID: "east", Parent: -1, Shape: square(121.02, 121.04)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := grid.Build(context.Background(), regions, 8)
	if err != nil {
		fmt.Println(err)
		return
	}
	cell, _ := g.Index(grid.CellOf(orb.Point{121.02, 31.41}, g.Resolution))
	fmt.Println(g.Cells[cell])
	for _, part := range g.PartsOf(cell) {
		fmt.Printf("%s %.1f %%\n", regions.All[part.Region].ID, 100*part.Share)
	}
	// Output:
	// 8830983351fffff
	// east 32.7 %
	// west 67.3 %
}

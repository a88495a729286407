package geo_test

import (
	"fmt"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

func ExampleDistance() {
	beijing, shanghai := orb.Point{116.4074, 39.9042}, orb.Point{121.4737, 31.2304}
	fmt.Printf("%.0f km\n", geo.Distance(beijing, shanghai)/1000)
	// Output: 1067 km
}

func ExampleRegions_Locate() {
	square := func(w, e float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{w, 0}, {e, 0}, {e, 1}, {w, 1}, {w, 0}}}}
	}
	regions, err := geo.NewRegions(
		[]geo.Level{{ID: "county", Name: "县"}, {ID: "town", Name: "镇"}},
		[]geo.Region{
			{ID: "320583", Level: 0, Parent: -1, Shape: square(0, 2)},
			{ID: "320583101", Level: 1, Parent: 0, Shape: square(0, 1)},
			{ID: "320583102", Level: 1, Parent: 0, Shape: square(1, 2)},
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range regions.Path(regions.Locate(orb.Point{1.5, 0.5})) {
		fmt.Println(regions.Levels[regions.All[i].Level].Name, regions.All[i].ID)
	}
	// Output:
	// 县 320583
	// 镇 320583102
}

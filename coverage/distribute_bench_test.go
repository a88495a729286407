package coverage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/grid"
)

// townsCounty is one of 0.4° x 0.3° (about 1,270 km²) with side² towns: 400 rectangles.
func townsCounty(tb testing.TB, side int) *geo.Regions {
	tb.Helper()
	all := []geo.Region{{ID: "county", Parent: -1, Shape: box(121, 31, 121.4, 31.3)}}
	for i := range side * side {
		w, s := 121+0.4*float64(i%side)/float64(side), 31+0.3*float64(i/side)/float64(side)
		all = append(all, geo.Region{
			ID: fmt.Sprintf("%04d", i), Level: 1, Parent: 0,
			Shape: box(w, s, w+0.4/float64(side), s+0.3/float64(side)),
		})
	}
	r, err := geo.NewRegions([]geo.Level{{ID: "county"}, {ID: "town"}}, all)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func BenchmarkDistributePoints(b *testing.B) {
	r := townsCounty(b, 20)
	g, err := grid.Build(context.Background(), r, 9)
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	p := Population{Totals: []RegionTotal{{Region: 0, People: 600_000}}}
	for range 1_000_000 {
		p.Points = append(p.Points, PointCount{orb.Point{121 + 0.4*rng.Float64(), 31 + 0.3*rng.Float64()}, 1})
	}
	b.ReportAllocs()
	for b.Loop() {
		distribute(b, g, r, p)
	}
}

func BenchmarkDistributeCells(b *testing.B) {
	r := townsCounty(b, 20)
	g, err := grid.Build(context.Background(), r, 10)
	if err != nil {
		b.Fatal(err)
	}
	var p Population
	for i, c := range g.Cells {
		p.Cells = append(p.Cells, CellCount{c, float64(i % 100)})
	}
	b.ReportAllocs()
	for b.Loop() {
		distribute(b, g, r, p)
		b.ReportMetric(float64(len(g.Cells)), "cells")
	}
}

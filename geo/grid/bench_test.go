package grid

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

// wavy is a boundary of 5,000 vertices that holds about 48,000 cells of resolution 10.
func wavy() orb.Ring {
	const vertices = 5000
	ring := make(orb.Ring, 0, vertices+1)
	for i := range vertices {
		a := 2 * math.Pi * float64(i) / vertices
		r := 0.1184 * (1 + 0.15*math.Sin(9*a) + 0.02*math.Sin(311*a))
		ring = append(ring, orb.Point{121 + r*math.Cos(a)/0.857, 31 + r*math.Sin(a)})
	}
	return append(ring, ring[0])
}

func BenchmarkBuild5000VerticesRes10(b *testing.B) {
	r := mustRegions(b, []geo.Region{{ID: "x", Parent: -1, Shape: orb.MultiPolygon{{wavy()}}}})
	b.ReportAllocs()
	for b.Loop() {
		g := mustBuild(b, r, 10)
		b.ReportMetric(float64(len(g.Cells)), "cells")
	}
}

// BenchmarkPolygonToCells5000VerticesRes10 is the yardstick: the C library on the same boundary, without shares.
func BenchmarkPolygonToCells5000VerticesRes10(b *testing.B) {
	var loop h3.GeoLoop
	for _, p := range wavy() {
		loop = append(loop, h3.NewLatLng(p[1], p[0]))
	}
	b.ReportAllocs()
	for b.Loop() {
		b.ReportMetric(float64(len(h3.PolygonToCells(h3.GeoPolygon{GeoLoop: loop}, 10))), "cells")
	}
}

func BenchmarkBuildLiechtensteinRes10(b *testing.B) {
	r := liechtenstein(b)
	b.ReportAllocs()
	for b.Loop() {
		mustBuild(b, r, 10)
	}
}

func BenchmarkDissolve(b *testing.B) {
	cells := CellOf(orb.Point{121, 31}, 9).GridDisk(50)
	b.ReportAllocs()
	for b.Loop() {
		Dissolve(cells)
	}
}

// BenchmarkBuildProvince is a province of 100 x 100 counties' worth of towns at resolution 9: about 1 million cells.
func BenchmarkBuildProvince(b *testing.B) {
	all := []geo.Region{{ID: "province", Parent: -1, Shape: orb.MultiPolygon{{rect(117, 31, 120.6, 34)}}}}
	const side = 40
	for i := range side * side {
		w, s := 117+3.6*float64(i%side)/side, 31+3*float64(i/side)/side
		all = append(all, geo.Region{
			ID: fmt.Sprintf("%05d", i), Level: 1, Parent: 0,
			Shape: orb.MultiPolygon{{rect(w, s, w+3.6/side, s+3.0/side)}},
		})
	}
	r := mustRegions(b, all)
	b.ReportAllocs()
	for b.Loop() {
		b.ReportMetric(float64(len(mustBuild(b, r, 9).Cells)), "cells")
	}
}

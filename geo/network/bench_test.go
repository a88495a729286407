//go:build unix

package network

import (
	"context"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// measure runs the benchmark and reports, besides the time on the clock, the processor time: on a machine that others use as well
// only the latter can be compared.
func measure(b *testing.B, op func()) {
	b.ReportAllocs()
	used := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	start := int64(0)
	for b.Loop() {
		if start == 0 {
			start = used()
		}
		op()
	}
	b.ReportMetric(float64(used()-start)/float64(b.N), "cpu-ns/op")
}

// plain is a made-up plain of side × side junctions about 80 m apart, joined by streets with a bend; it has 2 side (side-1) edges.
func plain(side int) *Roads {
	rng := rand.New(rand.NewPCG(1, 1))
	at := func(x, y float64) orb.Point {
		return orb.Point{118 + (x+rng.Float64()/2)*80/metresPerDegree/0.85, 32 + (y+rng.Float64()/2)*80/metresPerDegree}
	}
	roads := &Roads{}
	for y := range side {
		for x := range side {
			roads.Nodes = append(roads.Nodes, at(float64(x), float64(y)))
		}
	}
	for y := range side {
		for x := range side {
			from := int32(y*side + x)
			if x+1 < side {
				roads.Nodes = append(roads.Nodes, at(float64(x)+.5, float64(y)))
				roads.add(Both, from, int32(len(roads.Nodes)-1), from+1)
			}
			if y+1 < side {
				roads.Nodes = append(roads.Nodes, at(float64(x), float64(y)+.5))
				roads.add(Both, from, int32(len(roads.Nodes)-1), from+int32(side))
			}
		}
	}
	return roads
}

// scatter draws points over the plain.
func scatter(n, side int) []orb.Point {
	rng := rand.New(rand.NewPCG(2, 2))
	points := make([]orb.Point, n)
	for i := range points {
		points[i] = orb.Point{118 + rng.Float64()*float64(side)*80/metresPerDegree/0.85, 32 + rng.Float64()*float64(side)*80/metresPerDegree}
	}
	return points
}

func BenchmarkBuild(b *testing.B) {
	for _, side := range []int{256, 1024} {
		roads := plain(side)
		b.Run(fmt.Sprint("junctions=", side*side), func(b *testing.B) {
			measure(b, func() { build(b, roads, "walk", geo.Metres) })
		})
	}
}

func BenchmarkSnap(b *testing.B) {
	for _, side := range []int{256, 1024} {
		g := build(b, plain(side), "walk", geo.Metres)
		points := scatter(1<<20, side)
		b.Run(fmt.Sprint("junctions=", side*side), func(b *testing.B) {
			measure(b, func() { g.Snap(points) })
		})
	}
}

// BenchmarkMatrix: 1,000 sites, 1 km, and as many demands as junctions.
func BenchmarkMatrix(b *testing.B) {
	for _, side := range []int{256, 1024} {
		g := build(b, plain(side), "walk", geo.Metres)
		sites, demand := g.Snap(scatter(1000, side)), g.Snap(scatter(side*side, side))
		for workers := 1; workers <= 2; workers++ {
			b.Run(fmt.Sprintf("junctions=%d/workers=%d", side*side, workers), func(b *testing.B) {
				limit := geo.Limit{Metric: geo.Metres, Max: 1_000_000}
				measure(b, func() {
					if _, err := g.Matrix(context.Background(), sites, demand, limit, workers); err != nil {
						b.Fatal(err)
					}
				})
			})
		}
	}
}

func BenchmarkNearestSites(b *testing.B) {
	const side = 1024
	g := build(b, plain(side), "walk", geo.Metres)
	sites, demand := g.Snap(scatter(1000, side)), g.Snap(scatter(side*side, side))
	measure(b, func() {
		if _, err := g.Nearest(context.Background(), sites, demand, geo.Limit{Metric: geo.Metres, Max: 1_000_000}); err != nil {
			b.Fatal(err)
		}
	})
}

//go:build unix

package network

import (
	"context"
	"fmt"
	"testing"

	"sitecover/geo"
)

// BenchmarkIsochrones: bands of 300, 500 and 1,000 m on a plain of a million junctions; around one site, around each of 300 sites, and
// around all of them together.
func BenchmarkIsochrones(b *testing.B) {
	const side = 1024
	g := build(b, plain(side), "walk", geo.Metres)
	sites := g.Snap(scatter(300, side))
	limits := []geo.Limit{{Metric: geo.Metres, Max: 300_000}, {Metric: geo.Metres, Max: 500_000}, {Metric: geo.Metres, Max: 1_000_000}}
	draw := func(sites []Snap, workers int) {
		if _, err := g.Isochrones(context.Background(), sites, limits, IsochroneOptions{Workers: workers}); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("one", func(b *testing.B) { measure(b, func() { draw(sites[:1], 1) }) })
	for workers := 1; workers <= 2; workers++ {
		b.Run(fmt.Sprintf("each=300/workers=%d", workers), func(b *testing.B) {
			measure(b, func() {
				for i := range sites {
					draw(sites[i:i+1], workers)
				}
			})
		})
		b.Run(fmt.Sprintf("union=300/workers=%d", workers), func(b *testing.B) { measure(b, func() { draw(sites, workers) }) })
	}
}

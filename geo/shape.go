package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Contains reports whether a point lies in a shape or exactly on its border, the border of a hole included. Edges are
// straight in longitude and latitude, as GeoJSON has them (RFC 7946, section 3.1.1). It takes time linear in the number of
// vertices; Regions.Locate is much faster for many points.
func Contains(shape orb.MultiPolygon, p orb.Point) bool {
	for _, polygon := range shape {
		if polygonContains(polygon, p) {
			return true
		}
	}
	return false
}

func polygonContains(polygon orb.Polygon, p orb.Point) bool {
	inside := false
	for _, ring := range polygon {
		for i := range ring {
			// The edge that would close an open ring is edge 0; in a closed ring it has no length and does nothing.
			switch a := ring[(i+len(ring)-1)%len(ring)]; crossing(a, ring[i], p) {
			case onEdge:
				return true
			case crosses:
				inside = !inside
			}
		}
	}
	return inside
}

type relation uint8

const (
	misses relation = iota
	crosses
	onEdge
)

// crossing tells whether the edge a-b contains p, or else crosses the ray that runs from p to the east. Of the two ends of
// an edge only the lower one belongs to it, so that a ray through a vertex counts once.
func crossing(a, b, p orb.Point) relation {
	if a[1] > b[1] {
		a, b = b, a // the same arithmetic for both directions: neighbours that share an edge agree about it
	}
	if p[1] < a[1] || p[1] > b[1] || p[0] > max(a[0], b[0]) {
		return misses
	}
	if a[1] == b[1] {
		if p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) {
			return onEdge
		}
		return misses
	}
	side := (b[0]-a[0])*(p[1]-a[1]) - (p[0]-a[0])*(b[1]-a[1]) // > 0: p lies west of the edge
	switch {
	case side == 0:
		return onEdge
	case side > 0 && p[1] < b[1]:
		return crosses
	}
	return misses
}

// InteriorPoint returns a point strictly inside a shape, well away from its border where that is cheap: the middle of the
// widest of some west-east lines through the largest part. A shape without any area gives its first vertex, an empty one
// NaN, NaN.
func InteriorPoint(shape orb.MultiPolygon) orb.Point {
	best := orb.Point{math.NaN(), math.NaN()}
	if len(shape) == 0 {
		return best
	}
	largest, area := 0, -1.0
	for i := range shape {
		if a := Area(shape[i : i+1]); a > area {
			largest, area = i, a
		}
	}
	polygon := shape[largest]
	if len(polygon) == 0 || len(polygon[0]) == 0 {
		return best
	}
	best = polygon[0][0]
	width := 0.0
	for _, y := range probeLines(polygon[0]) {
		xs := crossingsAt(polygon, y)
		for i := 0; i+1 < len(xs); i += 2 {
			p := orb.Point{(xs[i] + xs[i+1]) / 2, y}
			if w := xs[i+1] - xs[i]; w > width && polygonContains(polygon, p) {
				best, width = p, w
			}
		}
	}
	return best
}

// probeLines returns latitudes at which to look for an interior point: fifteen even ones and, for shapes of which these see
// nothing, one in the middle of the tallest gap between vertices.
func probeLines(ring orb.Ring) []float64 {
	ys := make([]float64, 0, len(ring))
	for _, p := range ring {
		ys = append(ys, p[1])
	}
	slices.Sort(ys)
	low, high := ys[0], ys[len(ys)-1]
	const lines = 15
	probes := make([]float64, 0, lines+1)
	for i := range lines {
		probes = append(probes, low+(high-low)*float64(i+1)/(lines+1))
	}
	gap, at := -1.0, low
	for i := 1; i < len(ys); i++ {
		if d := ys[i] - ys[i-1]; d > gap {
			gap, at = d, ys[i-1]+d/2
		}
	}
	return append(probes, at)
}

// crossingsAt returns the longitudes at which the edges of a polygon cross a latitude, ascending.
func crossingsAt(polygon orb.Polygon, y float64) []float64 {
	var xs []float64
	for _, ring := range polygon {
		for i := range ring {
			a, b := ring[(i+len(ring)-1)%len(ring)], ring[i]
			if (a[1] <= y) != (b[1] <= y) {
				xs = append(xs, a[0]+(b[0]-a[0])*(y-a[1])/(b[1]-a[1]))
			}
		}
	}
	slices.Sort(xs)
	return xs
}

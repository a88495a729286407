package geo

import (
	"math"
	"sync"

	"github.com/paulmach/orb"
)

// locator answers Contains for one shape in about the square root of its vertices: the edges are filed by horizontal bands
// of latitude, and a query looks at the edges of one band only. It gives bit for bit the answer of Contains.
type locator struct {
	bound orb.Bound
	scale float64 // bands per degree
	first []int32 // edges of band b are edges[first[b]:first[b+1]]
	edges []bandEdge
}

type bandEdge struct {
	a, b    orb.Point
	polygon int32
}

// lazyLocator makes the locator of a shape when it is first asked for: the outline of a province takes as much room as those of
// its villages together, and is hardly ever asked about. Safe for concurrent use.
type lazyLocator struct {
	once sync.Once
	made *locator
}

func (l *lazyLocator) of(shape orb.MultiPolygon) *locator {
	l.once.Do(func() { l.made = newLocator(shape) })
	return l.made
}

func newLocator(shape orb.MultiPolygon) *locator {
	l := &locator{bound: shape.Bound()}
	vertices := 0
	forEdges(shape, func(bandEdge) { vertices++ })
	bands := max(1, vertices/4)
	if height := l.bound.Max[1] - l.bound.Min[1]; height > 0 {
		l.scale = float64(bands) / height
	}
	count := make([]int32, bands+1)
	forEdges(shape, func(e bandEdge) {
		low, high := l.bands(e, bands)
		for b := low; b <= high; b++ {
			count[b+1]++
		}
	})
	for b := range bands {
		count[b+1] += count[b]
	}
	l.first = count
	l.edges = make([]bandEdge, count[bands])
	next := append([]int32(nil), count[:bands]...)
	forEdges(shape, func(e bandEdge) {
		low, high := l.bands(e, bands)
		for b := low; b <= high; b++ {
			l.edges[next[b]] = e
			next[b]++
		}
	})
	return l
}

func forEdges(shape orb.MultiPolygon, visit func(bandEdge)) {
	for i, polygon := range shape {
		for _, ring := range polygon {
			for j := range ring {
				a, b := ring[(j+len(ring)-1)%len(ring)], ring[j]
				if a != b {
					visit(bandEdge{a: a, b: b, polygon: int32(i)})
				}
			}
		}
	}
}

// band is monotone in y, so that every edge is filed in all the bands in which a point on it can fall.
func (l *locator) band(y float64, bands int) int {
	return min(max(int(math.Floor((y-l.bound.Min[1])*l.scale)), 0), bands-1)
}

func (l *locator) bands(e bandEdge, bands int) (low, high int) {
	return l.band(min(e.a[1], e.b[1]), bands), l.band(max(e.a[1], e.b[1]), bands)
}

func (l *locator) contains(p orb.Point) bool {
	if !l.bound.Contains(p) || math.IsNaN(p[0]) || math.IsNaN(p[1]) {
		return false
	}
	b := l.band(p[1], len(l.first)-1)
	// Edges of a band are in the order of the polygons: a point is inside when it is inside one of them.
	inside, polygon := false, int32(-1)
	for _, e := range l.edges[l.first[b]:l.first[b+1]] {
		if e.polygon != polygon {
			if inside {
				return true
			}
			polygon = e.polygon
		}
		switch crossing(e.a, e.b, p) {
		case onEdge:
			return true
		case crosses:
			inside = !inside
		}
	}
	return inside
}

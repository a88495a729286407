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
	rings []locatorRing
}

// bandEdge is the edge of a ring that ends at a vertex. An edge is filed in several bands: numbers take less room than points.
type bandEdge struct{ ring, at int32 }

type locatorRing struct {
	points  orb.Ring
	polygon int32
}

// ends returns the ends of an edge.
func (l *locator) ends(e bandEdge) (a, b orb.Point) {
	ring := l.rings[e.ring].points
	if e.at == 0 {
		return ring[len(ring)-1], ring[0]
	}
	return ring[e.at-1], ring[e.at]
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
	for i, polygon := range shape {
		for _, ring := range polygon {
			l.rings = append(l.rings, locatorRing{ring, int32(i)})
		}
	}
	vertices := 0
	l.forEdges(func(bandEdge) { vertices++ })
	bands := max(1, vertices/4)
	if height := l.bound.Max[1] - l.bound.Min[1]; height > 0 {
		l.scale = float64(bands) / height
	}
	count := make([]int32, bands+1)
	l.forEdges(func(e bandEdge) {
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
	l.forEdges(func(e bandEdge) {
		low, high := l.bands(e, bands)
		for b := low; b <= high; b++ {
			l.edges[next[b]] = e
			next[b]++
		}
	})
	return l
}

func (l *locator) forEdges(visit func(bandEdge)) {
	for r := range l.rings {
		for i := range l.rings[r].points {
			e := bandEdge{int32(r), int32(i)}
			if a, b := l.ends(e); a != b {
				visit(e)
			}
		}
	}
}

// band is monotone in y, so that every edge is filed in all the bands in which a point on it can fall.
func (l *locator) band(y float64, bands int) int {
	return min(max(int(math.Floor((y-l.bound.Min[1])*l.scale)), 0), bands-1)
}

func (l *locator) bands(e bandEdge, bands int) (low, high int) {
	a, b := l.ends(e)
	return l.band(min(a[1], b[1]), bands), l.band(max(a[1], b[1]), bands)
}

func (l *locator) contains(p orb.Point) bool {
	if !l.bound.Contains(p) || math.IsNaN(p[0]) || math.IsNaN(p[1]) {
		return false
	}
	b := l.band(p[1], len(l.first)-1)
	// Edges of a band are in the order of the polygons: a point is inside when it is inside one of them.
	inside, polygon := false, int32(-1)
	for _, e := range l.edges[l.first[b]:l.first[b+1]] {
		if of := l.rings[e.ring].polygon; of != polygon {
			if inside {
				return true
			}
			polygon = of
		}
		a, b := l.ends(e)
		switch crossing(a, b, p) {
		case onEdge:
			return true
		case crosses:
			inside = !inside
		}
	}
	return inside
}

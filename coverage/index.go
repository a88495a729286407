package coverage

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"sitecover/geo"
)

// smallRadius is less than every radius of the Earth in metres. Search boxes computed with it are a little too large, so
// they never lose a point; the great-circle distance then decides.
const smallRadius = 6_350_000.0

// pointIndex finds points by great-circle distance. Immutable, safe for concurrent use.
type pointIndex struct {
	points []orb.Point // WGS84 lon, lat
	tree   rtree.RTreeG[int32]
}

func newPointIndex(points []orb.Point) *pointIndex {
	ix := &pointIndex{points: points}
	for i, p := range points {
		ix.tree.Insert([2]float64(p), [2]float64(p), int32(i))
	}
	return ix
}

// near calls yield for every point in a box that holds all points within metres of p, and for some beyond, in no particular
// order, until yield returns false.
func (ix *pointIndex) near(p orb.Point, metres float64, yield func(i int32) bool) {
	for _, b := range boxes(p, metres) {
		more := true
		ix.tree.Search(b[0], b[1], func(_, _ [2]float64, i int32) bool {
			more = yield(i)
			return more
		})
		if !more {
			return
		}
	}
}

// nearest returns the point nearest to p and its distance in metres; equal distances go to the one that less puts first.
// It returns -1 when there are no points.
func (ix *pointIndex) nearest(p orb.Point, less func(i, j int32) bool) (int32, float64) {
	const half = math.Pi * smallRadius // half-way round the Earth: everything is nearer, or in the box of every longitude
	best, least := int32(-1), math.Inf(1)
	for r := 500.0; ; r *= 4 {
		ix.near(p, r, func(i int32) bool {
			d := geo.Distance(p, ix.points[i])
			if best < 0 || d < least || d == least && i != best && less(i, best) {
				best, least = i, d
			}
			return true
		})
		if best >= 0 && least <= r || r > half {
			return best, least
		}
	}
}

// boxes returns the boxes in lon, lat degrees that together hold the cap of the given radius around p: one, two when the
// cap crosses the 180° meridian, one of every longitude when it holds a pole.
func boxes(p orb.Point, metres float64) [][2][2]float64 {
	const deg = 180 / math.Pi
	angle := (metres + 0.001) / smallRadius // at most a millimetre is lost by rounding impedances
	south, north := p[1]-angle*deg, p[1]+angle*deg
	if south <= -90 || north >= 90 {
		return [][2][2]float64{{{-180, south}, {180, north}}}
	}
	// Half the width of the cap in longitude: sin(dlon) = sin(angle) / cos(lat).
	dlon := math.Asin(math.Min(1, math.Sin(angle)/math.Cos(p[1]/deg))) * deg
	dlon += 1e-9 // the arc sine is steep near 90°
	west, east := p[0]-dlon, p[0]+dlon
	switch {
	case west < -180:
		return [][2][2]float64{{{-180, south}, {east, north}}, {{west + 360, south}, {180, north}}}
	case east > 180:
		return [][2][2]float64{{{-180, south}, {east - 360, north}}, {{west, south}, {180, north}}}
	}
	return [][2][2]float64{{{west, south}, {east, north}}}
}

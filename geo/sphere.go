package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Radius is the mean radius R1 of the Earth in metres: (2a+b)/3 of the GRS80 ellipsoid (H. Moritz, Geodetic Reference
// System 1980, Journal of Geodesy 74, 2000). Distances and areas of this package are on the sphere of this radius; against
// the ellipsoid they are off by up to 0.56 %.
const Radius = 6371008.7714

const radian = math.Pi / 180

// Distance returns the great-circle distance of two WGS84 points (longitude, latitude in degrees) in metres on the mean
// sphere, by the haversine formula (R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68, 1984), which keeps its
// precision at small distances. It is symmetric bit for bit.
func Distance(a, b orb.Point) float64 {
	sinLat := math.Sin((b[1] - a[1]) * radian / 2)
	sinLon := math.Sin((b[0] - a[0]) * radian / 2)
	h := sinLat*sinLat + math.Cos(a[1]*radian)*math.Cos(b[1]*radian)*sinLon*sinLon
	return 2 * Radius * math.Asin(math.Sqrt(min(h, 1)))
}

// Area returns the area of a shape in square metres on the mean sphere: the holes are subtracted, the parts added, and the
// direction of the rings does not matter.
//
// It is measured in Lambert's cylindrical equal-area plane, x = longitude, y = sin latitude (J. P. Snyder, Map
// Projections: A Working Manual, USGS 1395, 1987, section 10), where edges are taken as straight. Pieces cut apart in that
// plane add up to the whole exactly. Shapes across the 180th meridian are not supported.
func Area(shape orb.MultiPolygon) float64 {
	sum := 0.0
	for _, polygon := range shape {
		for i, ring := range polygon {
			if a := math.Abs(ringArea(ring)); i == 0 {
				sum += a
			} else {
				sum -= a
			}
		}
	}
	return sum * Radius * Radius
}

// ringArea returns the signed area of a ring on the unit sphere, positive when it runs counter-clockwise. A ring whose last
// point does not repeat the first is closed.
func ringArea(ring orb.Ring) float64 {
	if len(ring) < 3 {
		return 0
	}
	// Measured from the first vertex: the products stay small, so that little is lost to rounding.
	x0, y0 := ring[0][0]*radian, math.Sin(ring[0][1]*radian)
	sum, px, py := 0.0, 0.0, 0.0
	for _, p := range ring[1:] {
		x, y := p[0]*radian-x0, math.Sin(p[1]*radian)-y0
		sum += px*y - x*py
		px, py = x, y
	}
	return sum / 2
}

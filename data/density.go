package data

import (
	"math"

	"github.com/paulmach/orb"

	"sitecover/data/geotiff"
)

// What the pixels of a raster of people count.
const (
	PixelPeople = ""        // people in the pixel
	PerKm2      = "per_km2" // people per square kilometre
	PerHectare  = "per_ha"  // people per hectare
)

// The ellipsoid of WGS84, and its eccentricity. CGCS2000's differs from it in the eleventh digit.
const (
	semiMajor    = 6378137.0
	eccentricity = 0.0818191908426215
)

// equalArea maps degrees to metres on the cylindrical equal-area projection of the ellipsoid (Snyder, Map Projections: A Working Manual,
// USGS PP 1395, 1987, equations 3-12 and 10-14 with standard parallel 0). Rectangles of longitude and latitude keep their exact area.
func equalArea(p orb.Point) orb.Point {
	sin := math.Sin(p[1] * math.Pi / 180)
	es := eccentricity * sin
	q := (1 - eccentricity*eccentricity) * (sin/(1-es*es) + math.Atanh(es)/eccentricity)
	return orb.Point{semiMajor * p[0] * math.Pi / 180, semiMajor * q / 2}
}

// pixelSizer returns areas of pixels in m², for one goroutine.
type pixelSizer struct {
	image *geotiff.Image
	at    *positions
	row   int     // of area, where rows are parallels
	area  float64 // NaN = none known
}

func newPixelSizer(image *geotiff.Image, at *positions) *pixelSizer {
	return &pixelSizer{image: image, at: at, area: math.NaN()}
}

// of returns the area of a pixel. Pixels of a row between two parallels are all alike.
func (s *pixelSizer) of(x, y int) (float64, error) {
	degrees := s.at.system == nil || !s.at.system.Projected()
	if degrees && s.image.Level() && s.row == y && s.area == s.area {
		return s.area, nil
	}
	var corner [4]orb.Point
	for i, d := range [4][2]int{{0, 0}, {1, 0}, {1, 1}, {0, 1}} {
		p := s.image.Point(float64(x+d[0]), float64(y+d[1]))
		if !degrees {
			q, problem := s.at.wgs84(p)
			if problem != nil {
				return 0, &rasterPointError{p, problem}
			}
			p = q
		}
		corner[i] = equalArea(p)
	}
	sum := 0.0
	for i, p := range corner {
		q := corner[(i+1)%4]
		sum += (p[0] - corner[0][0]) * (q[1] - corner[0][1])
		sum -= (q[0] - corner[0][0]) * (p[1] - corner[0][1])
	}
	s.row, s.area = y, math.Abs(sum)/2
	return s.area, nil
}

// fromEqualArea is the inverse of equalArea, to the last digits by Newton's method from the authalic latitude.
func fromEqualArea(p orb.Point) orb.Point {
	pole := equalArea(orb.Point{0, 90})[1]
	lat := math.Asin(max(-1, min(1, p[1]/pole))) * 180 / math.Pi
	for range 10 {
		phi := lat * math.Pi / 180
		es := eccentricity * math.Sin(phi)
		slope := semiMajor * (1 - eccentricity*eccentricity) * math.Cos(phi) / ((1 - es*es) * (1 - es*es)) * math.Pi / 180
		if slope == 0 {
			break
		}
		step := (p[1] - equalArea(orb.Point{0, lat})[1]) / slope
		lat += step
		if math.Abs(step) < 1e-12 {
			break
		}
	}
	return orb.Point{p[0] / semiMajor * 180 / math.Pi, lat}
}

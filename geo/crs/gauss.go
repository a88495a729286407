package crs

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// The ellipsoid of CGCS2000 (GB/T 14911; semi-axis in metres, flattening).
const (
	axis       = 6378137.0
	flattening = 1 / 298.257222101
)

// Constants of Krüger's series in the third flattening n, to its fifth power: good to a micrometre within ten degrees of
// the meridian. C. F. F. Karney, Transverse Mercator with an accuracy of a few nanometers, Journal of Geodesy 85 (2011),
// equations 14, 35 and 36.
const (
	n   = flattening / (2 - flattening)
	nn  = n * n
	nnn = n * nn
	n4  = nn * nn
	n5  = n4 * n

	rectifying = axis / (1 + n) * (1 + nn/4 + n4/64) // radius of the circle as long as a meridian
)

var (
	eccentricity = math.Sqrt(flattening * (2 - flattening))
	forward      = [5]float64{
		n/2 - 2*nn/3 + 5*nnn/16 + 41*n4/180 - 127*n5/288,
		13*nn/48 - 3*nnn/5 + 557*n4/1440 + 281*n5/630,
		61*nnn/240 - 103*n4/140 + 15061*n5/26880,
		49561*n4/161280 - 179*n5/168,
		34729 * n5 / 80640,
	}
	backward = [5]float64{
		n/2 - 2*nn/3 + 37*nnn/96 - n4/360 - 81*n5/512,
		nn/48 + nnn/15 - 437*n4/1440 + 46*n5/105,
		17*nnn/480 - 37*n4/840 - 209*n5/4480,
		4397*n4/161280 - 11*n5/504,
		4583 * n5 / 161280,
	}
)

// gaussKruger is one zone: a transverse Mercator projection of scale 1 on its central meridian.
type gaussKruger struct {
	epsg     int
	meridian float64 // degrees
	easting  float64 // of the meridian: 500,000, after the zone's number where that is a prefix
}

// GaussKruger returns a zone of CGCS2000 by its EPSG code: 4491–4501 and 4502–4512 are the 6° zones with the zone's number
// before the easting and without, 4513–4533 and 4534–4554 the 3° zones, with central meridians 75°, 81° … 135° and 75°,
// 78° … 135°. The error is ErrUnknown for any other code.
func GaussKruger(epsg int) (CRS, error) {
	zone := func(i, step, first int) CRS {
		g := gaussKruger{epsg: epsg, meridian: float64(75 + step*i), easting: 500_000}
		if first > 0 {
			g.easting += float64(first+i) * 1e6
		}
		return g
	}
	switch {
	case epsg >= 4491 && epsg <= 4501:
		return zone(epsg-4491, 6, 13), nil
	case epsg >= 4502 && epsg <= 4512:
		return zone(epsg-4502, 6, 0), nil
	case epsg >= 4513 && epsg <= 4533:
		return zone(epsg-4513, 3, 25), nil
	case epsg >= 4534 && epsg <= 4554:
		return zone(epsg-4534, 3, 0), nil
	}
	return nil, fmt.Errorf("%w: EPSG %d", ErrUnknown, epsg)
}

func (g gaussKruger) Name() string    { return "epsg:" + strconv.Itoa(g.epsg) }
func (g gaussKruger) Projected() bool { return true }

// Farther from the meridian than this nobody uses a zone: what lies there has another zone, or a zone's number too many or
// too few in its easting.
const (
	maxDegrees = 12.0
	maxMetres  = 1_400_000.0
)

func (g gaussKruger) FromWGS84(p orb.Point) (orb.Point, error) {
	if err := checkDegrees(p); err != nil {
		return p, err
	}
	if math.Abs(p[0]-g.meridian) > maxDegrees {
		return p, fmt.Errorf("%w: longitude %g is too far from the meridian %g° of %s", ErrRange, p[0], g.meridian, g.Name())
	}
	sinLon, cosLon := math.Sincos((p[0] - g.meridian) * math.Pi / 180)
	t := conformal(math.Tan(p[1] * math.Pi / 180))
	xi, eta := math.Atan2(t, cosLon), math.Asinh(sinLon/math.Hypot(t, cosLon))
	north, east := xi, eta
	for i, a := range forward {
		k := float64(2 * (i + 1))
		north += a * math.Sin(k*xi) * math.Cosh(k*eta)
		east += a * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	return orb.Point{g.easting + rectifying*east, rectifying * north}, nil
}

func (g gaussKruger) ToWGS84(p orb.Point) (orb.Point, error) {
	if !(math.Abs(p[0]-g.easting) <= maxMetres && math.Abs(p[1]) <= 10_001_965) {
		return p, fmt.Errorf("%w: (%.3f, %.3f) is no easting, northing of %s, whose meridian has easting %.0f", ErrRange, p[0], p[1], g.Name(), g.easting)
	}
	north, east := p[1]/rectifying, (p[0]-g.easting)/rectifying
	xi, eta := north, east
	for i, b := range backward {
		k := float64(2 * (i + 1))
		xi -= b * math.Sin(k*north) * math.Cosh(k*east)
		eta -= b * math.Cos(k*north) * math.Sinh(k*east)
	}
	sin, cos := math.Sincos(xi)
	sinh := math.Sinh(eta)
	lat := math.Atan(geographic(sin / math.Hypot(sinh, cos)))
	return orb.Point{g.meridian + math.Atan2(sinh, cos)*180/math.Pi, lat * 180 / math.Pi}, nil
}

// conformal returns the tangent of the conformal latitude for the tangent of the geographic one (Karney, equation 7).
func conformal(t float64) float64 {
	secant := math.Hypot(1, t)
	s := math.Sinh(eccentricity * math.Atanh(eccentricity*t/secant))
	return t*math.Hypot(1, s) - s*secant
}

// geographic is the inverse of conformal, by Newton's method (Karney, equations 19 to 21): three steps reach the last digit.
func geographic(want float64) float64 {
	e2 := eccentricity * eccentricity
	t := want / (1 - e2)
	for range 5 {
		have := conformal(t)
		step := (want - have) / math.Hypot(1, have) * (1 + (1-e2)*t*t) / ((1 - e2) * math.Hypot(1, t))
		t += step
		if math.Abs(step) < 1e-15*max(1, math.Abs(t)) {
			break
		}
	}
	return t
}

package crs

import (
	"math"

	"github.com/paulmach/orb"
)

// GCJ-02 is WGS84 shifted by some hundred metres that vary from place to place, prescribed for maps of mainland China. Its
// formula was never published; the one below is the one known from open sources since 2011 and agrees with the map
// services to the last digits they give. It is written on the Krasovsky 1940 ellipsoid.
const (
	krasovskyAxis = 6378245.0
	krasovskyE2   = 0.00669342162296594323
)

type gcj02 struct{}

func (gcj02) Name() string    { return "gcj02" }
func (gcj02) Projected() bool { return false }

func (gcj02) FromWGS84(p orb.Point) (orb.Point, error) {
	if err := checkDegrees(p); err != nil {
		return p, err
	}
	return toGCJ(p), nil
}

func (gcj02) ToWGS84(p orb.Point) (orb.Point, error) {
	if err := checkDegrees(p); err != nil {
		return p, err
	}
	return fromGCJ(p), nil
}

// shifted reports whether a point lies in the rectangle in which GCJ-02 differs from WGS84. It holds neighbouring
// countries too: who has data of theirs must not declare it as GCJ-02.
func shifted(p orb.Point) bool {
	return p[0] >= 72.004 && p[0] <= 137.8347 && p[1] >= 0.8293 && p[1] <= 55.8271
}

func toGCJ(p orb.Point) orb.Point {
	if !shifted(p) {
		return p
	}
	d := gcjShift(p)
	return orb.Point{p[0] + d[0], p[1] + d[1]}
}

// gcjShift returns the shift at a WGS84 point in degrees.
func gcjShift(p orb.Point) orb.Point {
	x, y := p[0]-105, p[1]-35
	// The shift in metres: a quadratic, a root, and waves, the first of which are common to both directions.
	common := 20*math.Sin(6*math.Pi*x) + 20*math.Sin(2*math.Pi*x)
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + 2.0/3*(common+
		20*math.Sin(math.Pi*x)+40*math.Sin(math.Pi*x/3)+150*math.Sin(math.Pi*x/12)+300*math.Sin(math.Pi*x/30))
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + 2.0/3*(common+
		20*math.Sin(math.Pi*y)+40*math.Sin(math.Pi*y/3)+160*math.Sin(math.Pi*y/12)+320*math.Sin(math.Pi*y/30))
	// To degrees by the ellipsoid's radii of curvature.
	sin, cos := math.Sincos(p[1] * math.Pi / 180)
	w2 := 1 - krasovskyE2*sin*sin
	normal := krasovskyAxis / math.Sqrt(w2)
	meridian := normal * (1 - krasovskyE2) / w2
	return orb.Point{east / (normal * cos) * 180 / math.Pi, north / meridian * 180 / math.Pi}
}

// fromGCJ solves toGCJ(w) = p. The shift changes by less than a hundredth from place to place, so that every step gains two
// digits: it ends within 1e-11 degrees, a thousandth of a millimetre.
func fromGCJ(p orb.Point) orb.Point {
	if !shifted(p) {
		return p
	}
	return invert(p, func(w orb.Point) orb.Point {
		d := gcjShift(w)
		return orb.Point{w[0] + d[0], w[1] + d[1]}
	})
}

// invert finds the w near p with f(w) = p, for an f that is nearly a shift.
func invert(p orb.Point, f func(orb.Point) orb.Point) orb.Point {
	w := p
	for range 30 {
		q := f(w)
		dx, dy := p[0]-q[0], p[1]-q[1]
		w[0] += dx
		w[1] += dy
		if math.Abs(dx) < 1e-12 && math.Abs(dy) < 1e-12 {
			break
		}
	}
	return w
}

// bd09 is the system of Baidu's maps: GCJ-02, shifted and turned once more.
type bd09 struct{}

func (bd09) Name() string    { return "bd09" }
func (bd09) Projected() bool { return false }

func (bd09) FromWGS84(p orb.Point) (orb.Point, error) {
	if err := checkDegrees(p); err != nil {
		return p, err
	}
	if !shifted(p) {
		return p, nil
	}
	return gcjToBD(toGCJ(p)), nil
}

func (bd09) ToWGS84(p orb.Point) (orb.Point, error) {
	if err := checkDegrees(p); err != nil {
		return p, err
	}
	if !shifted(p) {
		return p, nil
	}
	return fromGCJ(invert(p, gcjToBD)), nil
}

func gcjToBD(p orb.Point) orb.Point {
	const waves = math.Pi * 3000 / 180
	radius := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*waves)
	sin, cos := math.Sincos(math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*waves))
	return orb.Point{radius*cos + 0.0065, radius*sin + 0.006}
}

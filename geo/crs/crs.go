// Package crs converts coordinates to and from WGS84: CGCS2000 in degrees and in its Gauss–Krüger zones, and the shifted
// systems of Chinese map services, GCJ-02 and BD-09.
//
// Points are (longitude, latitude) in degrees, or (easting, northing) in metres for Gauss–Krüger; which of the two a file
// means is for its reader to say: nothing is guessed here, and what cannot be meant is ErrRange. CGCS2000 and WGS84 are
// taken as equal: they differ by centimetres.
package crs

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// CRS is a coordinate reference system. Its values are immutable and safe for concurrent use.
type CRS interface {
	// Name returns the name that Parse reads.
	Name() string
	// ToWGS84 converts a point of the system to WGS84 longitude, latitude; the error is ErrRange for a point that the
	// system does not have.
	ToWGS84(p orb.Point) (orb.Point, error)
	// FromWGS84 is the inverse of ToWGS84.
	FromWGS84(p orb.Point) (orb.Point, error)
	// Projected reports whether points are metres (easting, northing) and not degrees.
	Projected() bool
}

// Errors of this package.
var (
	ErrUnknown = errors.New("crs: unknown coordinate reference system")
	ErrRange   = errors.New("crs: coordinates out of range")
)

// The systems in degrees.
var (
	WGS84    CRS = degrees("wgs84")
	CGCS2000 CRS = degrees("cgcs2000")
	GCJ02    CRS = gcj02{}
	BD09     CRS = bd09{}
)

// Parse returns the system of a name: wgs84, cgcs2000, gcj02, bd09 (in any case, with or without a dash), or an EPSG code
// with or without "EPSG:": 4326, 4490, and 4491 to 4554 for the Gauss–Krüger zones of CGCS2000. The error is ErrUnknown.
func Parse(name string) (CRS, error) {
	key := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "")
	for _, c := range []CRS{WGS84, CGCS2000, GCJ02, BD09} {
		if key == c.Name() {
			return c, nil
		}
	}
	code, err := strconv.Atoi(strings.TrimPrefix(key, "epsg:"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %q", ErrUnknown, name)
	case code == 4326:
		return WGS84, nil
	case code == 4490:
		return CGCS2000, nil
	}
	return GaussKruger(code)
}

// degrees is a system that is taken as WGS84.
type degrees string

func (d degrees) Name() string                             { return string(d) }
func (d degrees) Projected() bool                          { return false }
func (d degrees) ToWGS84(p orb.Point) (orb.Point, error)   { return p, checkDegrees(p) }
func (d degrees) FromWGS84(p orb.Point) (orb.Point, error) { return p, checkDegrees(p) }

func checkDegrees(p orb.Point) error {
	if !geo.ValidPoint(p) {
		return fmt.Errorf("%w: (%g, %g) is no longitude, latitude in degrees", ErrRange, p[0], p[1])
	}
	return nil
}

package grid

import (
	"math"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// CellOf returns the H3 cell of a resolution (0..15) that contains a WGS84 point (longitude, latitude in degrees), and 0
// for a point or a resolution that is not valid. It does not call the H3 library but agrees with it, except for points
// within a micrometre of a cell's edge.
func CellOf(p orb.Point, resolution int) h3.Cell {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) || resolution < 0 || resolution > 15 {
		return 0
	}
	if c := cellOn(vecOf(p), resolution); c != 0 {
		return c
	}
	return h3.LatLngToCell(h3.NewLatLng(p[1], p[0]), resolution)
}

// centreOf returns the centre of a valid cell.
func centreOf(c h3.Cell) orb.Point {
	if h, ok := hexagonOf(c); ok {
		return h.centre().point()
	}
	p := c.LatLng()
	return orb.Point{p.Lng, p.Lat}
}

// boundaryOf returns the closed, counter-clockwise boundary of a valid cell.
func boundaryOf(c h3.Cell) orb.Ring {
	if h, ok := hexagonOf(c); ok && !c.IsPentagon() {
		if corners, ok := h.corners(); ok {
			ring := make(orb.Ring, 0, 7)
			for _, v := range corners {
				ring = append(ring, v.point())
			}
			return append(ring, ring[0])
		}
	}
	b := c.Boundary()
	ring := make(orb.Ring, 0, len(b)+1)
	for _, p := range b {
		ring = append(ring, orb.Point{p.Lng, p.Lat})
	}
	return append(ring, ring[0])
}

// outline is a cell in the equal-area plane.
type outline struct {
	centre  pt
	corners []pt // counter-clockwise
}

// outlineOf returns the outline of a valid cell. The corners are appended to scratch.
func outlineOf(c h3.Cell, scratch []pt) outline {
	if h, ok := hexagonOf(c); ok && !c.IsPentagon() {
		if corners, ok := h.corners(); ok {
			for _, v := range corners {
				scratch = append(scratch, v.plane())
			}
			return outline{h.centre().plane(), scratch}
		}
	}
	return outline{project(centreOf(c)), openRing(boundaryOf(c))}
}

// The cells of H3 are regular hexagons in the gnomonic projection of each face of an icosahedron: the centres of
// neighbours lie res0Spacing / √7^resolution apart there, in Earth radii. On the sphere they are largest in the middle of
// a face; at an angle t from there they shrink by cos² t along the radius, and by cos t across.
const (
	res0Spacing  = 0.381966011250105151795413165634361882 // 2 - golden ratio
	farthestFace = 0.6524                                 // radians from the middle of a face to its corners
)

// cellInner returns an angle in radians that is at most the radius of the largest circle inside any cell whose centre lies
// within an angle (radians) of a point.
func cellInner(resolution int, p orb.Point, within float64) float64 {
	v := vecOf(p)
	t := math.Acos(min(v.dot(faces[nearestFace(v)].centre), 1)) + within
	cos := math.Cos(min(t, farthestFace))
	return res0Spacing / 2 * cos * cos / math.Pow(7, float64(resolution)/2)
}

// cellOuter returns an angle in radians that is at least the distance of any point of a cell from its centre.
func cellOuter(resolution int) float64 {
	return res0Spacing / math.Sqrt(3) * 1.01 / math.Pow(7, float64(resolution)/2)
}

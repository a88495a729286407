package grid

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// CellOf returns the H3 cell of a resolution (0..15) that contains a WGS84 point (longitude, latitude in degrees), and 0
// for a point or a resolution that is not valid. It does not call the H3 library but agrees with it, except for points
// within a micrometre of a cell's edge. For many points near one another a Finder is faster.
func CellOf(p orb.Point, resolution int) h3.Cell {
	if resolution < 0 || resolution > 15 {
		return 0
	}
	f := Finder{lattice: &lattices[resolution]}
	return f.CellOf(p)
}

// Finder finds the cells of many points. It remembers the last one: points that follow one another at one latitude, in one
// cell or on one face of the icosahedron, as those of a raster do, cost less. The answers do not depend on the order. A
// Finder is not safe for concurrent use.
type Finder struct {
	lattice        *lattice
	lat            float64 // of the last point, degrees
	sinLat, cosLat float64
	face           int
	z              eisenstein
	cell           h3.Cell // 0 = there is no last point yet
}

// NewFinder returns a Finder of cells of a resolution; the error is ErrResolution for one that is not 0..15.
func NewFinder(resolution int) (*Finder, error) {
	if resolution < 0 || resolution > 15 {
		return nil, fmt.Errorf("%w, not %d", ErrResolution, resolution)
	}
	return &Finder{lattice: &lattices[resolution]}, nil
}

// insideFace is a cosine: a point whose angle from the middle of a face has a larger one is on that face, as the sides
// touch a circle of atan(res0Spacing) = 20.9°.
const insideFace = 0.9342

// CellOf returns the cell of a WGS84 point, 0 for a point that is not valid.
func (f *Finder) CellOf(p orb.Point) h3.Cell {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return 0
	}
	if f.cell == 0 || p[1] != f.lat {
		f.lat = p[1]
		f.sinLat, f.cosLat = math.Sincos(p[1] * radian)
	}
	sinLon, cosLon := math.Sincos(p[0] * radian)
	v := vec{f.cosLat * cosLon, f.cosLat * sinLon, f.sinLat}
	on := f.face
	if v.dot(faces[on].centre) <= insideFace {
		on = nearestFace(v)
	}
	z := f.lattice.at(faces[on].plane(v))
	if z == f.z && on == f.face && f.cell != 0 {
		return f.cell
	}
	f.face, f.z = on, z
	if f.cell = cellAt(on, z, f.lattice.resolution); f.cell == 0 {
		f.cell = h3.LatLngToCell(h3.NewLatLng(p[1], p[0]), f.lattice.resolution)
	}
	return f.cell
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
	if h, ok := hexagonOf(c); ok && !isPentagon(c) {
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

// isPentagon reports whether a valid cell is one of the twelve pentagons of its resolution: the middle of a base cell on a
// vertex of the icosahedron.
func isPentagon(c h3.Cell) bool {
	resolution := int(c >> 52 & 15)
	digits := uint64(c) << 19 >> 19 >> (3 * (15 - resolution))
	return digits == 0 && onVertex[c>>45&127]
}

// outline is a cell in the equal-area plane.
type outline struct {
	centre  pt
	corners []pt // counter-clockwise
}

// outlineOf returns the outline of a valid cell. The corners are appended to scratch.
func outlineOf(c h3.Cell, scratch []pt) outline {
	if h, ok := hexagonOf(c); ok {
		if o, ok := h.outline(c, scratch); ok {
			return o
		}
	}
	return bentOutline(c)
}

// outline returns the outline of the hexagon of cell c; ok is false for a pentagon and for a hexagon that lies on two faces.
func (h *hexagon) outline(c h3.Cell, scratch []pt) (o outline, ok bool) {
	if isPentagon(c) {
		return o, false
	}
	corners, ok := h.corners()
	if !ok {
		return o, false
	}
	for _, v := range corners {
		scratch = append(scratch, v.plane())
	}
	return outline{h.centre().plane(), scratch}, true
}

// bentOutline returns the outline of a cell that is no hexagon of one face.
func bentOutline(c h3.Cell) outline { return outline{project(centreOf(c)), openRing(boundaryOf(c))} }

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

package grid

import (
	"math"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// CellOf returns the H3 cell of a resolution (0..15) that contains a WGS84 point (longitude, latitude in degrees), and 0
// for a point or a resolution that is not valid.
func CellOf(p orb.Point, resolution int) h3.Cell {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) || resolution < 0 || resolution > 15 {
		return 0
	}
	return h3.LatLngToCell(h3.NewLatLng(p[1], p[0]), resolution)
}

func centreOf(c h3.Cell) orb.Point {
	p := c.LatLng()
	return orb.Point{p.Lng, p.Lat}
}

// boundaryOf returns the closed, counter-clockwise boundary of a cell.
func boundaryOf(c h3.Cell) orb.Ring {
	b := c.Boundary()
	ring := make(orb.Ring, 0, len(b)+1)
	for _, p := range b {
		ring = append(ring, orb.Point{p.Lng, p.Lat})
	}
	return append(ring, ring[0])
}

// The cells of H3 are regular hexagons in the gnomonic projection of each face of an icosahedron: the centres of
// neighbours lie res0Spacing / √7^resolution apart there, in Earth radii. On the sphere they are largest in the middle of
// a face; towards its corners, 37.377° away, they shrink by at most cos² of that angle.
const (
	res0Spacing = 0.381966011250105 // 2 - golden ratio
	shrink      = 0.6315            // cos² 37.377°
)

// cellInner returns an angle in radians that is at most the radius of the largest circle inside any cell.
func cellInner(resolution int) float64 {
	return res0Spacing / 2 * shrink / math.Pow(7, float64(resolution)/2)
}

// cellOuter returns an angle in radians that is at least the distance of any point of a cell from its centre.
func cellOuter(resolution int) float64 {
	return res0Spacing / math.Sqrt(3) * 1.01 / math.Pow(7, float64(resolution)/2)
}

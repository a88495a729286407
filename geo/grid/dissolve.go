package grid

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// Dissolve returns the outline of a set of valid cells of one resolution: a polygon for every connected group, with its
// holes. Outer rings run counter-clockwise, holes clockwise, and all are closed. Repeated cells count once. The order of
// the polygons, and where their rings start, follow from the set of cells alone.
//
// Every edge that two cells share cancels out. Three cells meet at every corner, so an outline passes a corner at most
// once and the rings never touch.
func Dissolve(cells []h3.Cell) orb.MultiPolygon {
	cells = slices.Clone(cells)
	slices.Sort(cells)
	cells = slices.Compact(cells)
	all := make([]int32, len(cells))
	for i := range all {
		all[i] = int32(i)
	}
	return newAround(cells, 1).Outline(all, func(int32) bool { return true })
}

// outliner gathers the edges of cells, but for those that are known to cancel out, and joins what remains.
type outliner struct {
	corners corners
	edges   map[[2]int32]bool // every edge in its direction; nil = none of them can cancel out
	order   [][2]int32
}

// whole adds all edges of a cell. The neighbours' edges may cancel them out.
func (o *outliner) whole(c h3.Cell) {
	if o.edges == nil {
		o.edges = make(map[[2]int32]bool, 2*len(o.order))
		for _, e := range o.order {
			o.edges[e] = true
		}
	}
	ring := boundaryOf(c)
	from := o.corners.id(ring[0])
	for _, p := range ring[1:] {
		to := o.corners.id(p)
		o.add(from, to)
		from = to
	}
}

// some adds the edges of a hexagon, from corner k to the next, for which rim says so.
func (o *outliner) some(c h3.Cell, rim *[6]bool) {
	h, _ := hexagonOf(c)
	for k, on := range rim {
		if on {
			o.add(o.corners.id(h.corner(k)), o.corners.id(h.corner((k+1)%6)))
		}
	}
}

func (o *outliner) add(from, to int32) {
	if from == to {
		return
	}
	if o.edges != nil {
		o.edges[[2]int32{from, to}] = true
	}
	o.order = append(o.order, [2]int32{from, to})
}

// shape follows the edges that no other one cancels out.
func (o *outliner) shape() orb.MultiPolygon {
	next := make([]int32, len(o.corners.points))
	for i := range next {
		next[i] = -1
	}
	for _, e := range o.order {
		if o.edges == nil || !o.edges[[2]int32{e[1], e[0]}] {
			next[e[0]] = e[1]
		}
	}
	var outer, holes []orb.Ring
	for _, e := range o.order {
		if next[e[0]] != e[1] {
			continue
		}
		var ring orb.Ring
		for at := e[0]; next[at] >= 0; {
			ring = append(ring, o.corners.points[at])
			at, next[at] = next[at], -1
		}
		ring = append(ring, ring[0])
		if ring.Orientation() == orb.CCW {
			outer = append(outer, ring)
		} else {
			holes = append(holes, ring)
		}
	}
	return assemble(outer, holes)
}

// assemble gives every hole to the smallest outer ring around it.
func assemble(outer, holes []orb.Ring) orb.MultiPolygon {
	shape := make(orb.MultiPolygon, len(outer))
	bounds := make([]orb.Bound, len(outer))
	for i, ring := range outer {
		shape[i] = orb.Polygon{ring}
		bounds[i] = ring.Bound()
	}
	for _, hole := range holes {
		best, size := -1, math.Inf(1)
		for i, b := range bounds {
			area := (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1])
			if area < size && b.Contains(hole[0]) && inRing(outer[i], hole[0]) {
				best, size = i, area
			}
		}
		if best >= 0 {
			shape[best] = append(shape[best], hole)
		}
	}
	return shape
}

func inRing(ring orb.Ring, p orb.Point) bool {
	inside := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a[1] <= p[1]) != (b[1] <= p[1]) && p[0] < a[0]+(b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1]) {
			inside = !inside
		}
	}
	return inside
}

// corners numbers points so that one corner, computed from two cells and differing in the last digits, has one number.
type corners struct {
	index  map[[2]int64]int32 // square of the plane -> the one corner in it
	points []orb.Point
}

const (
	// tolerance in degrees: a tenth of a millimetre, far above rounding and far below the edges of the smallest cells.
	tolerance = 1e-9
	// square in degrees: a centimetre, so that only points within the tolerance of its side have to look across it.
	square = 1e-7
)

func (c *corners) id(p orb.Point) int32 {
	low := [2]int64{int64(math.Floor((p[0] - tolerance) / square)), int64(math.Floor((p[1] - tolerance) / square))}
	high := [2]int64{int64(math.Floor((p[0] + tolerance) / square)), int64(math.Floor((p[1] + tolerance) / square))}
	for x := low[0]; x <= high[0]; x++ {
		for y := low[1]; y <= high[1]; y++ {
			if i, ok := c.index[[2]int64{x, y}]; ok {
				return i
			}
		}
	}
	i := int32(len(c.points))
	c.points = append(c.points, p)
	c.index[[2]int64{int64(math.Floor(p[0] / square)), int64(math.Floor(p[1] / square))}] = i
	return i
}

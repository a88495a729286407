package grid

import (
	"math"

	"github.com/paulmach/orb"
)

// tree cuts a shape into boxes, halving again and again, until a box is full, empty, or small with few vertices. Boxes tile
// the plane, so the area of the shape in any polygon is the sum over the boxes; only the boxes along the border hold
// vertices, and a cell meets a handful of them whatever the size of the shape.
type tree struct {
	bounds box
	nodes  []node
}

type node struct {
	box   box
	state state
	high  int32 // inner node: the child of the upper half; the child of the lower half is the next node
	rings [][]pt
}

type state uint8

const (
	inner state = iota
	empty
	full
	mixed // a leaf crossed by the border: see rings
)

const leafVertices = 24

// newTree builds the tree of a shape with leaves not much larger than grain, in radians. It takes O(V log V).
func newTree(shape orb.MultiPolygon, grain float64) *tree {
	var rings [][]pt
	var all []pt
	for _, polygon := range shape {
		for i, ring := range polygon {
			r := openRing(ring)
			if len(r) < 3 {
				continue
			}
			// Outer rings run counter-clockwise and holes clockwise, so that signed areas add up.
			if (ringMoment(r, r[0]).area < 0) == (i == 0) {
				for a, b := 0, len(r)-1; a < b; a, b = a+1, b-1 {
					r[a], r[b] = r[b], r[a]
				}
			}
			rings = append(rings, r)
			all = append(all, r...)
		}
	}
	t := &tree{}
	if len(all) == 0 {
		return t
	}
	t.bounds = boxOf(all)
	t.split(t.bounds, rings, grain)
	return t
}

// openRing projects a ring and leaves out repeated points.
func openRing(ring orb.Ring) []pt {
	r := make([]pt, 0, len(ring))
	for i, p := range ring {
		if i > 0 && p == ring[i-1] || i == len(ring)-1 && p == ring[0] {
			continue
		}
		r = append(r, project(p))
	}
	return r
}

// split appends the node of a box, and those below it.
func (t *tree) split(b box, rings [][]pt, grain float64) {
	vertices, area := 0, 0.0
	for _, r := range rings {
		vertices += len(r)
		area += ringMoment(r, b.min).area
	}
	i := len(t.nodes)
	t.nodes = append(t.nodes, node{box: b, state: mixed})
	width, height := b.max.x-b.min.x, b.max.y-b.min.y
	const nothing = 1e-12 // of the box; at most a millionth of a cell, as a box holds less than a million
	switch {
	case vertices == 0 || math.Abs(area) <= nothing*b.area() && max(width, height) <= grain:
		t.nodes[i].state = empty
		return
	case area >= (1-nothing)*b.area():
		t.nodes[i].state = full
		return
	case vertices <= leafVertices && max(width, height) <= grain, max(width, height) <= grain/16:
		t.nodes[i].rings = rings
		return
	}
	low, high, ax, at := b, b, axisX, (b.min.x+b.max.x)/2
	if height > width {
		ax, at = axisY, (b.min.y+b.max.y)/2
		low.max.y, high.min.y = at, at
	} else {
		low.max.x, high.min.x = at, at
	}
	t.nodes[i].state = inner
	t.split(low, cutRings(rings, ax, at, lower), grain)
	t.nodes[i].high = int32(len(t.nodes))
	t.split(high, cutRings(rings, ax, at, upper), grain)
}

func cutRings(rings [][]pt, ax axis, at float64, keep side) [][]pt {
	var out [][]pt
	for _, r := range rings {
		if c := cutAxis(nil, r, ax, at, keep); len(c) >= 3 {
			out = append(out, c)
		}
	}
	return out
}

// look tells whether the shape fills a box, leaves it empty, or neither is sure (mixed).
func (t *tree) look(b box) state {
	if len(t.nodes) == 0 || !t.bounds.overlaps(b) {
		return empty
	}
	s := t.lookAt(0, b)
	if s == full && !t.bounds.holds(b) {
		return mixed
	}
	return s
}

func (t *tree) lookAt(i int32, b box) state {
	n := &t.nodes[i]
	if n.state != inner {
		return n.state
	}
	low, high := t.nodes[i+1].box.overlaps(b), t.nodes[n.high].box.overlaps(b)
	if !low || !high {
		if low {
			return t.lookAt(i+1, b)
		}
		return t.lookAt(n.high, b)
	}
	s := t.lookAt(i+1, b)
	if s == mixed || s != t.lookAt(n.high, b) {
		return mixed
	}
	return s
}

// within returns the area and moments, about ref, of the shape inside a convex counter-clockwise polygon.
func (t *tree) within(c *cutter, convex []pt, ref pt) moment {
	if len(t.nodes) == 0 {
		return moment{}
	}
	return t.withinAt(0, c, convex, boxOf(convex), ref)
}

func (t *tree) withinAt(i int32, c *cutter, convex []pt, bounds box, ref pt) moment {
	n := &t.nodes[i]
	var m moment
	switch {
	case !n.box.overlaps(bounds):
	case n.state == inner:
		m = t.withinAt(i+1, c, convex, bounds, ref).add(t.withinAt(n.high, c, convex, bounds, ref))
	case n.state == full && n.box.holds(bounds):
		m = ringMoment(convex, ref)
	case n.state == full:
		m = ringMoment(c.byBox(convex, n.box), ref)
	case n.state == mixed:
		for _, r := range n.rings {
			m = m.add(ringMoment(c.byConvex(r, convex), ref))
		}
	}
	return m
}

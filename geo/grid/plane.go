package grid

import (
	"math"

	"github.com/paulmach/orb"
)

// Shares are measured in Lambert's cylindrical equal-area plane, x = longitude in radians, y = sin latitude, the plane of
// geo.Area: what is cut apart there adds up exactly.

const radian = math.Pi / 180

// pt is a point of the equal-area plane.
type pt struct{ x, y float64 }

func project(p orb.Point) pt { return pt{p[0] * radian, math.Sin(p[1] * radian)} }

func (p pt) unproject() orb.Point { return orb.Point{p.x / radian, math.Asin(p.y) / radian} }

// box is a rectangle of the plane with its sides along the axes.
type box struct{ min, max pt }

func (b box) area() float64 { return (b.max.x - b.min.x) * (b.max.y - b.min.y) }

func (b box) overlaps(o box) bool {
	return b.min.x <= o.max.x && b.max.x >= o.min.x && b.min.y <= o.max.y && b.max.y >= o.min.y
}

func (b box) holds(o box) bool {
	return b.min.x <= o.min.x && b.max.x >= o.max.x && b.min.y <= o.min.y && b.max.y >= o.max.y
}

func boxOf(points []pt) box {
	b := box{points[0], points[0]}
	for _, p := range points[1:] {
		b.min.x, b.min.y = min(b.min.x, p.x), min(b.min.y, p.y)
		b.max.x, b.max.y = max(b.max.x, p.x), max(b.max.y, p.y)
	}
	return b
}

// moment is an area with its first moments about a reference point that the caller keeps: the centroid is
// reference + (mx, my) / area.
type moment struct{ area, mx, my float64 }

func (m moment) add(o moment) moment { return moment{m.area + o.area, m.mx + o.mx, m.my + o.my} }
func (m moment) sub(o moment) moment { return moment{m.area - o.area, m.mx - o.mx, m.my - o.my} }

// ringMoment returns the signed area and moments of a ring (its last point does not repeat the first) about ref; the area
// is positive for a counter-clockwise ring.
func ringMoment(ring []pt, ref pt) moment {
	var m moment
	if len(ring) < 3 {
		return m
	}
	last := ring[len(ring)-1]
	px, py := last.x-ref.x, last.y-ref.y
	for _, p := range ring {
		x, y := p.x-ref.x, p.y-ref.y
		cross := px*y - x*py
		m.area += cross
		m.mx += (px + x) * cross
		m.my += (py + y) * cross
		px, py = x, y
	}
	return moment{m.area / 2, m.mx / 6, m.my / 6}
}

// cutAxis appends to dst the part of ring on one side of a line along an axis: one step of Sutherland and Hodgman (Reentrant
// Polygon Clipping, CACM 17, 1974). Parts that it joins by edges along the cut have exactly their own area, because those
// edges run there and back; that is all that is asked here.
func cutAxis(dst, ring []pt, axis axis, at float64, keep side) []pt {
	if len(ring) == 0 {
		return dst
	}
	value := func(p pt) float64 {
		v := p.x
		if axis == axisY {
			v = p.y
		}
		return (v - at) * float64(keep)
	}
	prev := ring[len(ring)-1]
	pv := value(prev)
	for _, p := range ring {
		v := value(p)
		if (v >= 0) != (pv >= 0) {
			// The same arithmetic whichever end comes first, so that both sides of the cut get one point.
			a, b, va, vb := prev, p, pv, v
			if va < 0 {
				a, b, va, vb = p, prev, v, pv
			}
			if keep == lower {
				a, b, va, vb = b, a, -vb, -va
			}
			t := va / (va - vb)
			q := pt{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t}
			if axis == axisX {
				q.x = at
			} else {
				q.y = at
			}
			dst = append(dst, q)
		}
		if v >= 0 {
			dst = append(dst, p)
		}
		prev, pv = p, v
	}
	return dst
}

type axis uint8

const (
	axisX axis = iota
	axisY
)

// side is the sign of the half plane that is kept.
type side int8

const (
	lower side = -1
	upper side = 1
)

// cutLine appends to dst the part of ring on the left of the directed line a-b.
func cutLine(dst, ring []pt, a, b pt) []pt {
	if len(ring) == 0 {
		return dst
	}
	dx, dy := b.x-a.x, b.y-a.y
	prev := ring[len(ring)-1]
	pv := dx*(prev.y-a.y) - dy*(prev.x-a.x)
	for _, p := range ring {
		v := dx*(p.y-a.y) - dy*(p.x-a.x)
		if (v >= 0) != (pv >= 0) {
			t := pv / (pv - v)
			dst = append(dst, pt{prev.x + (p.x-prev.x)*t, prev.y + (p.y-prev.y)*t})
		}
		if v >= 0 {
			dst = append(dst, p)
		}
		prev, pv = p, v
	}
	return dst
}

// cutter cuts rings by convex polygons. It holds the scratch space: one per goroutine.
type cutter struct{ a, b []pt }

// byConvex returns the part of ring inside a convex counter-clockwise polygon. The result is valid until the next call.
func (c *cutter) byConvex(ring, convex []pt) []pt {
	c.a = append(c.a[:0], ring...)
	from := convex[len(convex)-1]
	for _, to := range convex {
		c.b = cutLine(c.b[:0], c.a, from, to)
		c.a, c.b = c.b, c.a
		if len(c.a) == 0 {
			break
		}
		from = to
	}
	return c.a
}

// byBox returns the part of ring inside a box. The result is valid until the next call.
func (c *cutter) byBox(ring []pt, b box) []pt {
	c.a = cutAxis(c.a[:0], ring, axisX, b.min.x, upper)
	c.b = cutAxis(c.b[:0], c.a, axisX, b.max.x, lower)
	c.a = cutAxis(c.a[:0], c.b, axisY, b.min.y, upper)
	c.b = cutAxis(c.b[:0], c.a, axisY, b.max.y, lower)
	return c.b
}

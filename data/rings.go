package data

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// shapeProblem is one thing wrong with a polygon, and where.
type shapeProblem struct{ what, hint Text }

// place prints a position for people to look up: longitude, latitude.
func place(p orb.Point) string { return fmt.Sprintf("%.6f, %.6f", p[0], p[1]) }

// shapeCheck is a multipolygon being checked.
type shapeCheck struct {
	shape    orb.MultiPolygon
	problems []shapeProblem
	repeated int  // points that repeat the one before, dropped
	adjacent bool // parts that share an edge
}

// checkShape checks that every ring is closed, has an area's worth of points and crosses neither itself nor another. It returns the
// shape without repeated points, outer rings anticlockwise and holes clockwise (RFC 7946), which changes no area.
func checkShape(shape orb.MultiPolygon) shapeCheck {
	c := shapeCheck{}
	for p, polygon := range shape {
		clean := make(orb.Polygon, 0, len(polygon))
		for r, ring := range polygon {
			out, ok := c.ring(ring, partName(len(shape), p, r))
			if ok {
				clean = append(clean, out)
			}
		}
		if len(clean) > 0 {
			c.shape = append(c.shape, clean)
		}
	}
	if len(c.problems) > 0 {
		return c
	}
	if len(c.shape) == 0 {
		c.note(T("没有面积", "has no rings"), T("重新导出，或删去这个要素", "export it again, or remove the feature"))
		return c
	}
	c.crossings()
	if len(c.problems) == 0 {
		c.nesting()
	}
	for _, polygon := range c.shape {
		for r := range polygon {
			if (polygon[r].Orientation() == orb.CCW) != (r == 0) {
				polygon[r].Reverse()
			}
		}
	}
	return c
}

// partName names a ring in front of a sentence: "" for the only one.
func partName(parts, part, ring int) Text {
	var t Text
	if parts > 1 {
		t = T("第 %d 部分的", "part %d, ", part+1)
	}
	if ring > 0 {
		hole := T("第 %d 个洞的", "hole %d, ", ring)
		t = Text{t.ZH + hole.ZH, t.EN + hole.EN}
	}
	return t
}

func (c *shapeCheck) note(what, hint Text) { c.problems = append(c.problems, shapeProblem{what, hint}) }

// ring checks one ring by itself.
func (c *shapeCheck) ring(ring orb.Ring, name Text) (orb.Ring, bool) {
	for _, p := range ring {
		if !geo.ValidPoint(p) {
			_, what, hint := badPoint(p)
			c.note(Text{fmt.Sprintf("%s点 %s %s", name.ZH, place(p), what.ZH), fmt.Sprintf("%spoint %s: %s", name.EN, place(p), what.EN)}, hint)
			return nil, false
		}
	}
	if len(ring) > 0 && ring[0] != ring[len(ring)-1] {
		a, b := ring[0], ring[len(ring)-1]
		c.note(Text{fmt.Sprintf("%s环没有闭合：起点 %s，终点 %s", name.ZH, place(a), place(b)),
			fmt.Sprintf("%sring is open: it starts at %s and ends at %s", name.EN, place(a), place(b))},
			T("首尾两点必须相同；或在来源里写 repair: true", "the last point must repeat the first; or write repair: true for the source"))
		return nil, false
	}
	clean := make(orb.Ring, 0, len(ring))
	for i, p := range ring {
		if i > 0 && p == ring[i-1] {
			c.repeated++
			continue
		}
		clean = append(clean, p)
	}
	if len(clean) < 4 {
		c.note(Text{fmt.Sprintf("%s环只有 %d 个不同的点", name.ZH, max(len(clean)-1, 0)), fmt.Sprintf("%sring has only %d different points", name.EN, max(len(clean)-1, 0))},
			T("一个环至少要三个不同的点", "a ring needs at least three"))
		return nil, false
	}
	return clean, true
}

// segment is one edge of a ring.
type segment struct {
	a, b    orb.Point
	polygon int32
	ring    int32 // index over all rings of the shape
	at      int32 // index in the ring
}

// maxCrossings is how many crossings are looked for before the search ends: one is named, the others are only counted.
const maxCrossings = 100

// crossings finds edges that cross or run over each other, by a sweep from west to east over the edges of all rings: each edge meets
// only those that overlap it in longitude. Time O(n log n + n·w), w = edges that one meridian cuts.
func (c *shapeCheck) crossings() {
	segments, rings := c.segments()
	slices.SortFunc(segments, func(x, y segment) int {
		return cmp.Or(cmp.Compare(min(x.a[0], x.b[0]), min(y.a[0], y.b[0])), cmp.Compare(x.ring, y.ring), cmp.Compare(x.at, y.at))
	})
	var active []int32
	var found []crossing
	for i := range segments {
		s := &segments[i]
		west := min(s.a[0], s.b[0])
		keep := active[:0]
		for _, j := range active {
			o := &segments[j]
			if max(o.a[0], o.b[0]) < west {
				continue
			}
			keep = append(keep, j)
			if max(o.a[1], o.b[1]) < min(s.a[1], s.b[1]) || max(s.a[1], s.b[1]) < min(o.a[1], o.b[1]) {
				continue
			}
			if x, ok := c.meet(rings, s, o); ok && len(found) < maxCrossings {
				found = append(found, x)
			}
		}
		active = append(keep, int32(i))
		if len(found) >= maxCrossings {
			break
		}
	}
	c.tell(found)
}

func (c *shapeCheck) segments() (segments []segment, rings []orb.Ring) {
	for p, polygon := range c.shape {
		for _, ring := range polygon {
			for i := 0; i+1 < len(ring); i++ {
				segments = append(segments, segment{ring[i], ring[i+1], int32(p), int32(len(rings)), int32(i)})
			}
			rings = append(rings, ring)
		}
	}
	return segments, rings
}

// crossing is a place where two edges should not meet.
type crossing struct {
	at   orb.Point
	over bool // they run over each other
	same bool // edges of one ring
}

func (c *shapeCheck) tell(found []crossing) {
	if len(found) == 0 {
		return
	}
	slices.SortFunc(found, func(x, y crossing) int {
		return cmp.Or(cmp.Compare(x.at[0], y.at[0]), cmp.Compare(x.at[1], y.at[1]))
	})
	zh, en := "环与另一个环交叉", "rings cross"
	switch first := found[0]; {
	case first.over:
		zh, en = "环沿自身折返或重叠", "ring runs back over itself"
	case first.same:
		zh, en = "环自相交", "ring crosses itself"
	}
	where := place(found[0].at)
	what := Text{zh + "，位置 " + where, en + " at " + where}
	if n := len(found) - 1; n > 0 {
		more := fmt.Sprint(n)
		if n+1 == maxCrossings {
			more = fmt.Sprintf("%d+", n)
		}
		what = Text{what.ZH + "，另有 " + more + " 处", what.EN + " and in " + more + " more places"}
	}
	c.note(what, T("在来源里写 repair: true 自动修复，或在 GIS 里修复几何（如 QGIS 的“修复几何”）", "write repair: true for the source, or repair the geometry in a GIS, such as \"Fix geometries\" in QGIS"))
}

// orient returns the side of the line a→b on which p lies: +1 left, -1 right, 0 on it, exactly. A floating-point filter decides nearly
// every case; what it cannot decide is computed in rational numbers.
func orient(a, b, p orb.Point) int {
	if p == a || p == b {
		return 0 // edges that follow each other share a point: by far the most frequent zero
	}
	dx, dy, px, py := b[0]-a[0], b[1]-a[1], p[0]-a[0], p[1]-a[1]
	if (dx == 0 || py == 0) && (dy == 0 || px == 0) {
		return 0 // all on one parallel or meridian: differences are zero only of equal numbers
	}
	left, right := dx*py, dy*px
	det := left - right
	// 4 ulp of the sum of the magnitudes bounds the error of the three roundings on each side (Shewchuk 1997).
	bound := 4.5e-16 * (abs(left) + abs(right))
	switch {
	case det > bound:
		return 1
	case det < -bound:
		return -1
	}
	r := func(f float64) *big.Rat { return new(big.Rat).SetFloat64(f) }
	sub := func(x, y float64) *big.Rat { return new(big.Rat).Sub(r(x), r(y)) }
	l := new(big.Rat).Mul(sub(b[0], a[0]), sub(p[1], a[1]))
	return l.Cmp(new(big.Rat).Mul(sub(b[1], a[1]), sub(p[0], a[0])))
}

// meet decides whether two edges meet in a way that is not allowed. Rings may touch in points, but not pass through each other.
func (c *shapeCheck) meet(rings []orb.Ring, s, o *segment) (crossing, bool) {
	x := crossing{same: s.ring == o.ring}
	o1, o2 := orient(s.a, s.b, o.a), orient(s.a, s.b, o.b)
	o3, o4 := orient(o.a, o.b, s.a), orient(o.a, o.b, s.b)
	if o1*o2 < 0 && o3*o4 < 0 {
		x.at = intersection(s, o)
		return x, true
	}
	if o1*o2 > 0 || o3*o4 > 0 {
		return x, false
	}
	if o1 == 0 && o2 == 0 {
		at, over := overlap(s, o)
		if !over {
			return c.through(rings, s, o)
		}
		if s.polygon != o.polygon {
			c.adjacent = true
			return x, false
		}
		x.at, x.over = at, true
		return x, true
	}
	return c.through(rings, s, o)
}

// overlap reports whether two edges on one line share more than a point, and where that begins.
func overlap(s, o *segment) (orb.Point, bool) {
	axis := 0
	if s.a[0] == s.b[0] {
		axis = 1
	}
	lowS, highS := ordered(s, axis)
	lowO, highO := ordered(o, axis)
	if lowO[axis] > lowS[axis] {
		lowS = lowO
	}
	return lowS, lowS[axis] < min(highS[axis], highO[axis])
}

func ordered(s *segment, axis int) (low, high orb.Point) {
	if s.a[axis] <= s.b[axis] {
		return s.a, s.b
	}
	return s.b, s.a
}

func intersection(s, o *segment) orb.Point {
	dx, dy := s.b[0]-s.a[0], s.b[1]-s.a[1]
	ex, ey := o.b[0]-o.a[0], o.b[1]-o.a[1]
	t := ((o.a[0]-s.a[0])*ey - (o.a[1]-s.a[1])*ex) / (dx*ey - dy*ex)
	return orb.Point{s.a[0] + t*dx, s.a[1] + t*dy}
}

// through decides whether the paths of two edges that touch in a point pass through each other there. Each touch is judged once: by the
// edges that begin at the point, or for a point inside an edge by that edge and the one that begins at the point.
func (c *shapeCheck) through(rings []orb.Ring, s, o *segment) (crossing, bool) {
	x := crossing{same: s.ring == o.ring}
	switch {
	case s.a == o.a:
		x.at = s.a
		return x, splits(s.a, before(rings, o), o.b, before(rings, s), s.b)
	case inside(o, s.a):
		x.at = s.a
		return x, splits(s.a, o.a, o.b, before(rings, s), s.b)
	case inside(s, o.a):
		x.at = o.a
		return x, splits(o.a, s.a, s.b, before(rings, o), o.b)
	}
	return x, false
}

// before returns the point before an edge's first.
func before(rings []orb.Ring, s *segment) orb.Point {
	ring := rings[s.ring]
	if s.at == 0 {
		return ring[len(ring)-2]
	}
	return ring[s.at-1]
}

// inside reports whether p lies on the edge, but at neither end.
func inside(s *segment, p orb.Point) bool {
	return p != s.a && p != s.b && orient(s.a, s.b, p) == 0 &&
		min(s.a[0], s.b[0]) <= p[0] && p[0] <= max(s.a[0], s.b[0]) && min(s.a[1], s.b[1]) <= p[1] && p[1] <= max(s.a[1], s.b[1])
}

// splits reports whether p and n lie on different sides of the path q → v → r. Directions along the path count as neither side: those
// are overlaps, which meet finds by themselves.
func splits(v, q, r, p, n orb.Point) bool {
	sideP, sideN := sideOf(v, q, r, p), sideOf(v, q, r, n)
	return sideP*sideN < 0
}

// sideOf returns +1 when the direction v→p lies left of the path q → v → r, -1 right of it, 0 along it.
func sideOf(v, q, r, p orb.Point) int {
	turn := orient(q, v, r)
	in, out := orient(q, v, p), orient(v, r, p)
	switch {
	case turn > 0: // left turn: the left side is the narrow one
		if in > 0 && out > 0 {
			return 1
		}
		if in < 0 || out < 0 {
			return -1
		}
	case turn < 0:
		if in < 0 && out < 0 {
			return -1
		}
		if in > 0 || out > 0 {
			return 1
		}
	default:
		return out
	}
	return 0
}

// nesting checks that holes lie in their polygon and that parts do not lie in each other. It is asked after crossings found
// none, so one point of a ring tells for the whole.
func (c *shapeCheck) nesting() {
	for p, polygon := range c.shape {
		shell := orb.MultiPolygon{{polygon[0]}}
		for r, hole := range polygon[1:] {
			inner := geo.InteriorPoint(orb.MultiPolygon{{hole}})
			if !geo.Contains(shell, inner) {
				name := partName(len(c.shape), p, 0)
				what := T("第 %d 个洞在多边形之外", "hole %d lies outside its polygon", r+1)
				c.note(Text{name.ZH + what.ZH, name.EN + what.EN}, T("洞必须在外环之内", "a hole must lie inside the outer ring"))
			}
		}
	}
	bounds := make([]orb.Bound, len(c.shape))
	for i, polygon := range c.shape {
		bounds[i] = polygon.Bound()
	}
	for i := range c.shape {
		for j := range c.shape {
			if i == j || !bounds[j].Contains(bounds[i].Min) || !bounds[j].Contains(bounds[i].Max) {
				continue
			}
			if bounds[i] == bounds[j] && i < j {
				continue // twins: judged once
			}
			inner := geo.InteriorPoint(orb.MultiPolygon{c.shape[i]})
			if geo.Contains(orb.MultiPolygon{c.shape[j]}, inner) {
				c.note(T("第 %d 部分与第 %d 部分重叠，位置 %s", "parts %d and %d overlap at %s", min(i, j)+1, max(i, j)+1, place(inner)), T("删去重复的部分", "remove the part that is drawn twice"))
			}
		}
	}
}

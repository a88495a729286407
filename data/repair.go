package data

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/data/shapefile"
	"sitecover/geo"
)

// maxRepair is the largest share of its area that a polygon may gain or lose by repair.
const maxRepair = 0.005

// repairShape makes a valid shape of one whose rings are open, repeat points, run back over themselves or cross. Inside is what an odd number
// of rings goes around. Edges are cut where they meet, pieces that are there an even number of times cancel, and what is left is walked
// along with the inside on the left. ok is false when that does not end in a valid shape.
func repairShape(shape orb.MultiPolygon) (out orb.MultiPolygon, ok bool) {
	var rings []orb.Ring
	for _, polygon := range shape {
		for _, ring := range polygon {
			for _, p := range ring {
				if !geo.ValidPoint(p) {
					return nil, false
				}
			}
			rings = append(rings, ring)
		}
	}
	const rounds = 6 // cutting moves edges by rounding, which may make them cross anew
	for range rounds {
		edges := splitEdges(edgesOf(rings))
		if rings = walkRings(edges); len(rings) == 0 {
			return nil, false
		}
		lines := make([]orb.LineString, len(rings))
		for i, r := range rings {
			lines[i] = orb.LineString(r)
		}
		out, _ = shapefile.Assemble(lines)
		out = withoutCrumbs(out)
		if check := checkShape(out); len(check.problems) == 0 {
			return check.shape, true
		}
	}
	return nil, false
}

// withoutCrumbs drops parts and holes of less than a ten-millionth of the whole: the specks that rounding leaves at crossings.
func withoutCrumbs(shape orb.MultiPolygon) orb.MultiPolygon {
	least := geo.Area(shape) * 1e-7
	var out orb.MultiPolygon
	for _, polygon := range shape {
		kept := polygon[:0:0]
		for i, ring := range polygon {
			if geo.Area(orb.MultiPolygon{{ring}}) > least {
				kept = append(kept, ring)
			} else if i == 0 {
				break
			}
		}
		if len(kept) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

// snap rounds to 1e-9 degree, a tenth of a millimetre, so that points that are meant to be one are one.
func snap(p orb.Point) orb.Point {
	return orb.Point{math.Round(p[0]*1e9) / 1e9, math.Round(p[1]*1e9) / 1e9}
}

// edge is an undirected edge, from its western (southern) end.
type edge struct{ a, b orb.Point }

func newEdge(a, b orb.Point) edge {
	if a[0] > b[0] || a[0] == b[0] && a[1] > b[1] {
		a, b = b, a
	}
	return edge{a, b}
}

// edgesOf lists the edges of rings, closing those that are open.
func edgesOf(rings []orb.Ring) []edge {
	var out []edge
	for _, ring := range rings {
		for i := range ring {
			a, b := snap(ring[i]), snap(ring[(i+1)%len(ring)])
			if a != b {
				out = append(out, newEdge(a, b))
			}
		}
	}
	return out
}

func comparePoints(a, b orb.Point) int {
	if c := cmp.Compare(a[0], b[0]); c != 0 {
		return c // millions are sorted: the second is rarely asked
	}
	return cmp.Compare(a[1], b[1])
}

func compareEdges(x, y edge) int { return cmp.Or(comparePoints(x.a, y.a), comparePoints(x.b, y.b)) }

// splitEdges cuts edges where they meet others and keeps the pieces that are there an odd number of times.
func splitEdges(edges []edge) []edge {
	slices.SortFunc(edges, compareEdges)
	cuts := make([][]orb.Point, len(edges))
	var active []int
	for i, e := range edges {
		keep := active[:0]
		for _, j := range active {
			if edges[j].b[0] < e.a[0] {
				continue
			}
			keep = append(keep, j)
			for _, p := range meetings(e, edges[j]) {
				cuts[i], cuts[j] = append(cuts[i], p), append(cuts[j], p)
			}
		}
		active = append(keep, i)
	}
	var pieces []edge
	for i, e := range edges {
		points := append(cuts[i], e.a, e.b)
		// Along the edge: by its longer axis, on which the cuts, though rounded, keep their order.
		axis, sign := 0, 1.0
		if math.Abs(e.b[1]-e.a[1]) > e.b[0]-e.a[0] {
			axis = 1
			if e.b[1] < e.a[1] {
				sign = -1
			}
		}
		slices.SortFunc(points, func(p, q orb.Point) int { return cmp.Or(cmp.Compare(sign*p[axis], sign*q[axis]), comparePoints(p, q)) })
		for k := 0; k+1 < len(points); k++ {
			if points[k] != points[k+1] {
				pieces = append(pieces, newEdge(points[k], points[k+1]))
			}
		}
	}
	slices.SortFunc(pieces, compareEdges)
	var odd []edge
	for i := 0; i < len(pieces); {
		j := i
		for j < len(pieces) && pieces[j] == pieces[i] {
			j++
		}
		if (j-i)%2 == 1 {
			odd = append(odd, pieces[i])
		}
		i = j
	}
	return odd
}

// meetings returns where two edges must be cut: at a crossing, or at ends of one that lie on the other.
func meetings(x, y edge) []orb.Point {
	if max(x.a[1], x.b[1]) < min(y.a[1], y.b[1]) || max(y.a[1], y.b[1]) < min(x.a[1], x.b[1]) {
		return nil
	}
	o1, o2 := orient(x.a, x.b, y.a), orient(x.a, x.b, y.b)
	o3, o4 := orient(y.a, y.b, x.a), orient(y.a, y.b, x.b)
	if o1*o2 < 0 && o3*o4 < 0 {
		s, o := segment{a: x.a, b: x.b}, segment{a: y.a, b: y.b}
		return []orb.Point{snap(intersection(&s, &o))}
	}
	var out []orb.Point
	for _, end := range []struct {
		p    orb.Point
		o    int
		on   edge
		same bool
	}{{y.a, o1, x, false}, {y.b, o2, x, false}, {x.a, o3, y, false}, {x.b, o4, y, false}} {
		s := segment{a: end.on.a, b: end.on.b}
		if end.o == 0 && inside(&s, end.p) {
			out = append(out, end.p)
		}
	}
	return out
}

// walkRings follows edges that all part inside from outside, with the inside on the left. At a point where several meet, the next is
// the first one clockwise from where the walk came from: the wedge between them is inside, and rings touch but never cross.
func walkRings(edges []edge) []orb.Ring {
	around := map[orb.Point][]int{} // edges at a point
	for i, e := range edges {
		around[e.a] = append(around[e.a], i)
		around[e.b] = append(around[e.b], i)
	}
	used := make([]bool, len(edges))
	var rings []orb.Ring
	for i, e := range edges {
		if used[i] {
			continue
		}
		from, to := e.a, e.b
		if !insideLeft(edges, e) {
			from, to = to, from
		}
		start, at := from, i
		ring := orb.Ring{from}
		for {
			used[at] = true
			ring = append(ring, to)
			if to == start {
				break
			}
			next := -1
			best := math.Inf(1)
			back := math.Atan2(from[1]-to[1], from[0]-to[0])
			for _, k := range around[to] {
				if used[k] {
					continue
				}
				end := edges[k].a
				if end == to {
					end = edges[k].b
				}
				turn := math.Mod(back-math.Atan2(end[1]-to[1], end[0]-to[0])+4*math.Pi, 2*math.Pi)
				if turn < best {
					best, next = turn, k
				}
			}
			if next < 0 {
				return nil // an end that leads nowhere: rounding has torn the ring
			}
			from, at = to, next
			to = edges[next].a
			if to == from {
				to = edges[next].b
			}
		}
		rings = append(rings, ring)
	}
	return rings
}

// insideLeft reports whether the inside is left of an edge as it runs from a to b: an even number of edges lies beyond it on its right.
func insideLeft(edges []edge, e edge) bool {
	m := orb.Point{(e.a[0] + e.b[0]) / 2, (e.a[1] + e.b[1]) / 2}
	vertical := math.Abs(e.b[1]-e.a[1]) > e.b[0]-e.a[0]
	// The ray runs east from a steep edge, whose right is east when it leads north; south from a flat one, which leads east.
	axis, other := 1, 0
	if vertical {
		axis, other = 0, 1
	}
	beyond := 0
	for _, f := range edges {
		if f == e || (f.a[other] > m[other]) == (f.b[other] > m[other]) {
			continue
		}
		t := f.a[axis] + (m[other]-f.a[other])/(f.b[other]-f.a[other])*(f.b[axis]-f.a[axis])
		if vertical && t > m[0] || !vertical && t < m[1] {
			beyond++
		}
	}
	rightIsBeyond := !vertical || e.b[1] > e.a[1]
	return (beyond%2 == 0) == rightIsBeyond
}

// sound checks a shape, and repairs it when the source asks for that. Problems are noted; so is every repair, with the area before and after.
func (in *input) sound(src Source, number int, label string, shape orb.MultiPolygon) (shapeCheck, bool) {
	check := checkShape(shape)
	if len(check.problems) == 0 {
		return check, true
	}
	if src.Repair {
		if fixed, ok := in.repaired(number, label, shape, check); ok {
			return fixed, true
		}
		return check, false
	}
	for _, p := range check.problems {
		_ = in.fail(number, label, "", p.what, p.hint)
	}
	return check, false
}

func (in *input) repaired(number int, label string, shape orb.MultiPolygon, check shapeCheck) (shapeCheck, bool) {
	first := check.problems[0]
	fixed, ok := repairShape(shape)
	if !ok {
		_ = in.fail(number, label, "", Text{first.what.ZH + "；自动修复失败", first.what.EN + "; it could not be repaired"}, first.hint)
		return check, false
	}
	before, after := geo.Area(closed(shape)), geo.Area(fixed)
	change := (after - before) / before
	if !(math.Abs(change) <= maxRepair) {
		_ = in.fail(number, label, "", Text{fmt.Sprintf("%s；自动修复会使面积由 %.4f 变为 %.4f 平方公里", first.what.ZH, before/1e6, after/1e6),
			fmt.Sprintf("%s; a repair would change the area from %.4f to %.4f km²", first.what.EN, before/1e6, after/1e6)},
			T("变化超过 0.5%%，请在 GIS 里人工修复", "that is more than 0.5%%: repair it by hand in a GIS"))
		return check, false
	}
	more := Text{}
	if n := len(check.problems) - 1; n > 0 {
		more = T("（另有 %d 个问题）", " (and %d more problems)", n)
	}
	in.c.find("warning", in.name, number, Text{
		fmt.Sprintf("%s：%s%s；已自动修复，面积 %.4f → %.4f 平方公里（%+.4f%%）", label, first.what.ZH, more.ZH, before/1e6, after/1e6, 100*change),
		fmt.Sprintf("%s: %s%s; repaired, area %.4f → %.4f km² (%+.4f%%)", label, first.what.EN, more.EN, before/1e6, after/1e6, 100*change)})
	return shapeCheck{shape: fixed}, true
}

// closed closes open rings, for their area.
func closed(shape orb.MultiPolygon) orb.MultiPolygon {
	out := make(orb.MultiPolygon, 0, len(shape))
	for _, polygon := range shape {
		var p orb.Polygon
		for _, ring := range polygon {
			if len(ring) > 0 && ring[0] != ring[len(ring)-1] {
				ring = append(slices.Clone(ring), ring[0])
			}
			p = append(p, ring)
		}
		out = append(out, p)
	}
	return out
}

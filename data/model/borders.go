package model

import (
	"cmp"
	"math"
	"slices"
)

// Borders are drawn through the triangles of the mesh: a triangle whose corners belong to two regions is cut by one
// segment, one with three regions by three segments that meet inside it. Neighbours share every point, so that regions
// fill their parents exactly, and no two segments cross, because each stays in its own triangle.

// halfEdge is a piece of border with the region left on its left. Its ends are cuts of mesh edges, numbered as these, or
// middles of triangles, numbered after all edges.
type halfEdge struct {
	from, to    int64
	left, right int32
}

// borders returns the borders between communities.
func (w *world) borders() []halfEdge {
	m := w.mesh
	label := w.communityOf.label
	var out []halfEdge
	put := func(from, to int64, left, right int32) {
		if left >= 0 {
			out = append(out, halfEdge{from, to, left, right})
		}
		if right >= 0 {
			out = append(out, halfEdge{to, from, right, left})
		}
	}
	for p := range int32(m.size()) {
		e, ne, nw := m.next(p, east), m.next(p, northEast), m.next(p, northWest)
		for k, q := range [2][2]int32{{e, ne}, {ne, nw}} {
			if q[0] < 0 || q[1] < 0 {
				continue
			}
			a, b, c := label[p], label[q[0]], label[q[1]]
			if a == b && b == c {
				continue
			}
			ab, bc, ca := m.edge(p, k), m.facing(p, k), m.edge(p, k+1)
			switch {
			case b == c:
				put(ab, ca, a, b)
			case a == c:
				put(bc, ab, b, a)
			case a == b:
				put(ca, bc, c, a)
			default:
				mid := 3*int64(m.size()) + 2*int64(p) + int64(k)
				put(ab, mid, a, b)
				put(bc, mid, b, c)
				put(ca, mid, c, a)
			}
		}
	}
	return out
}

// borderPoint returns the place of an end of a border.
func (w *world) borderPoint(id int64) vec {
	m := w.mesh
	if id < 3*int64(m.size()) {
		p := int32(id / 3)
		q := m.next(p, int(id%3))
		return m.at(p).lerp(m.at(q), w.cutShare(id, p, q))
	}
	id -= 3 * int64(m.size())
	p, k := int32(id/2), int(id%2)
	a, b, c := w.borderPoint(m.edge(p, k)), w.borderPoint(m.edge(p, k+1)), w.borderPoint(m.facing(p, k))
	return a.add(b).add(c).mul(1.0 / 3)
}

// facing returns the edge that faces p in its triangle k: 0 lies to the north-east, 1 to the north.
func (m *mesh) facing(p int32, k int) int64 {
	if k == 0 {
		return m.edge(m.next(p, east), northWest)
	}
	return m.edge(m.next(p, northWest), east)
}

// cutShare returns where between p and q the border runs: on the river or road there, or where both claims cost the same.
func (w *world) cutShare(edge int64, p, q int32) float64 {
	if k, ok := w.cuts.at(edge); ok {
		return min(max(float64(k.t), 0.08), 0.92)
	}
	a, b := w.communityOf.label[p], w.communityOf.label[q]
	if a >= 0 && b >= 0 && w.townOf.label[p] >= 0 {
		cost := w.communityOf.cost
		if w.townOf.label[p] != w.townOf.label[q] {
			cost = w.townOf.cost
		}
		if d := float64(cost[q]-cost[p]) / (3 * w.mesh.step); !math.IsNaN(d) {
			return min(max(0.5+d, 0.15), 0.85)
		}
	}
	return 0.5 + 0.3*w.seed.field(50).at(float64(p%int32(w.mesh.cols))/3, float64(p)/float64(w.mesh.cols)/3)
}

// shape is a region's area: polygons of rings, each ring closed, the first of a polygon outside and counter-clockwise.
type shape [][][]vec

// shapes assembles the regions of a level: of tells the region of a community, -1 for none.
func (w *world) shapes(edges []halfEdge, n int, of func(community int32) int32) []shape {
	first := make([]int32, n+1)
	keep := func(h halfEdge) int32 {
		l := of(h.left)
		if h.right >= 0 && of(h.right) == l {
			return -1
		}
		return l
	}
	for _, h := range edges {
		if l := keep(h); l >= 0 {
			first[l+1]++
		}
	}
	for l := range n {
		first[l+1] += first[l]
	}
	sorted := make([]halfEdge, first[n])
	next := append([]int32(nil), first[:n]...)
	for _, h := range edges {
		if l := keep(h); l >= 0 {
			sorted[next[l]] = h
			next[l]++
		}
	}
	out := make([]shape, n)
	for l := range n {
		out[l] = w.assemble(sorted[first[l]:first[l+1]])
	}
	return out
}

// assemble joins half edges to rings and rings to polygons. Every end has one half edge that leaves it.
func (w *world) assemble(edges []halfEdge) shape {
	slices.SortFunc(edges, func(a, b halfEdge) int { return cmp.Compare(a.from, b.from) })
	used := make([]bool, len(edges))
	var outer, holes [][]vec
	for i := range edges {
		var ring []vec
		for k := i; !used[k]; {
			used[k] = true
			ring = append(ring, w.borderPoint(edges[k].from))
			k, _ = slices.BinarySearchFunc(edges, edges[k].to, func(h halfEdge, to int64) int { return cmp.Compare(h.from, to) })
		}
		if len(ring) == 0 {
			continue
		}
		ring = append(ring, ring[0])
		if ringArea(ring) > 0 {
			outer = append(outer, ring)
		} else {
			holes = append(holes, ring)
		}
	}
	return polygons(outer, holes)
}

// polygons puts every hole into the smallest outer ring around it; the largest polygon comes first.
func polygons(outer, holes [][]vec) shape {
	slices.SortStableFunc(outer, func(a, b []vec) int { return cmp.Compare(ringArea(b), ringArea(a)) })
	out := make(shape, len(outer))
	for i, r := range outer {
		out[i] = [][]vec{r}
	}
	for _, h := range holes {
		for i := len(outer) - 1; i >= 0; i-- {
			if inRing(outer[i], h[0]) {
				out[i] = append(out[i], h)
				break
			}
		}
	}
	return out
}

// ringArea returns the area of a closed ring, positive counter-clockwise.
func ringArea(r []vec) float64 {
	sum := 0.0
	o := r[0]
	for i := 1; i < len(r); i++ {
		sum += (r[i-1].x-o.x)*(r[i].y-o.y) - (r[i].x-o.x)*(r[i-1].y-o.y)
	}
	return sum / 2
}

// inRing reports whether p lies inside the closed ring.
func inRing(r []vec, p vec) bool {
	in := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(b.x-a.x)*(p.y-a.y)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

package network

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// arc is one way out of a node. Head and weight lie side by side because a search always needs both.
type arc struct {
	head   int32
	weight uint32
}

// adjacency lists the arcs of every node one after the other.
type adjacency struct {
	first []int32 // arcs of node n are arcs[first[n]:first[n+1]]
	arcs  []arc
	edge  []int32 // the edge of each arc; not needed while searching, hence apart
	shift uint8   // width of a queue bucket, as a power of two, that suits the weights
}

// edgeList is what adjacencies are made of.
type edgeList struct {
	nodes  int
	edges  []edge
	oneWay []Direction // nil: all open both ways
}

// edge is what searches need to know of an edge.
type edge struct {
	from, to int32  // the nodes at its start and end
	weight   uint32 // thousandths of the metric's unit
}

// sides says which arcs an edge gives: from its start to its end, and back. They are relative to the direction of the arcs, so
// that againstEdges on its own gives the reversed graph.
type sides uint8

const (
	alongEdges sides = 1 << iota
	againstEdges
)

// newAdjacency lists arcs in the direction of travel (alongEdges), against it (againstEdges), or, where nothing is
// one-way, both at once, which is the same graph. Arcs of a node are in the order of their edges. Loops lead nowhere and are left out.
func newAdjacency(l edgeList, s sides) *adjacency {
	reversed := s == againstEdges
	a := &adjacency{first: make([]int32, l.nodes+1)}
	each := func(visit func(tail, head int32, edge int)) {
		for e := range l.edges {
			u, v := l.edges[e].from, l.edges[e].to
			if u == v {
				continue
			}
			uv, vu := true, true
			if l.oneWay != nil {
				uv, vu = l.oneWay[e] != Backward, l.oneWay[e] != Forward
			}
			if reversed {
				uv, vu = vu, uv
			}
			if uv {
				visit(u, v, e)
			}
			if vu {
				visit(v, u, e)
			}
		}
	}
	each(func(tail, _ int32, _ int) { a.first[tail+1]++ })
	for n := range l.nodes {
		a.first[n+1] += a.first[n]
	}
	total := a.first[l.nodes]
	a.arcs, a.edge = make([]arc, total), make([]int32, total)
	next := slices.Clone(a.first[:l.nodes])
	sum := uint64(0)
	each(func(tail, head int32, edge int) {
		i := next[tail]
		next[tail]++
		a.arcs[i] = arc{head, l.edges[edge].weight}
		a.edge[i] = int32(edge)
		sum += uint64(l.edges[edge].weight)
	})
	a.shift = bucketShift(sum, len(a.arcs))
	return a
}

// hilbertOrder sorts ids by the place of their points along a Hilbert curve of 2^16 steps a side, ties by id.
func hilbertOrder(ids []int32, at func(int32) orb.Point) {
	if len(ids) == 0 {
		return
	}
	box := at(ids[0]).Bound()
	for _, id := range ids {
		box = box.Extend(at(id))
	}
	scale := math.Max(box.Max[0]-box.Min[0], box.Max[1]-box.Min[1])
	if scale == 0 {
		scale = 1
	}
	keys := make([]uint64, len(ids))
	for i, id := range ids {
		p := at(id)
		x, y := (p[0]-box.Min[0])/scale*hilbertMax, (p[1]-box.Min[1])/scale*hilbertMax
		keys[i] = uint64(hilbert(uint32(x), uint32(y)))<<32 | uint64(uint32(id))
	}
	slices.Sort(keys)
	for i, k := range keys {
		ids[i] = int32(uint32(k))
	}
}

const (
	hilbertBits = 16
	hilbertMax  = 1<<hilbertBits - 1
)

// hilbert returns the distance along the Hilbert curve of the square with 2^16 cells a side (the classic quadrant walk: take
// the quadrant's rank, then turn the square so that the quadrant looks like the whole).
func hilbert(x, y uint32) uint32 {
	var d uint32
	for b := hilbertBits - 1; b >= 0; b-- {
		qx, qy := x>>b&1, y>>b&1
		d = d<<2 | (3*qx ^ qy)
		if qy == 0 {
			if qx == 1 {
				x, y = hilbertMax-x, hilbertMax-y
			}
			x, y = y, x
		}
	}
	return d
}

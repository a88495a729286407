package network

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"

	"sitecover/geo"
	"sitecover/geo/pack"
)

// ErrEncoding says that bytes are not those of a graph of the roads at hand.
var ErrEncoding = errors.New("network: not a graph of these roads")

// Fingerprint is a hash of all of the roads that a graph depends on: names and ids leave no trace in its edges, and none here.
func (r *Roads) Fingerprint() ([sha256.Size]byte, error) {
	type bare struct {
		First, Count          int32
		MaxSpeed              float32
		Class, Access, OneWay uint8
		Zero                  uint8 // which leaves no gap
	}
	ways := make([]bare, len(r.Ways))
	for i, w := range r.Ways {
		ways[i] = bare{First: w.First, Count: w.Count, MaxSpeed: w.MaxSpeed, Class: uint8(w.Class), Access: uint8(w.Access), OneWay: uint8(w.OneWay)}
	}
	return pack.Sum(&ways, &r.Refs, &r.Nodes)
}

// flatGraph is what is written of a graph: all but the roads, mode and metric, which its reader has.
type flatGraph struct {
	Edges  []edge
	First  []int32
	Way    []int32
	OneWay []Direction
	Place  []int32
	Loops  []int32
	Out    flatAdjacency
	In     *flatAdjacency // nil: the same
	Index  flatIndex
}

type flatAdjacency struct {
	First []int32
	Arcs  []arc
	Edge  []int32
	Shift uint8
}

type flatIndex struct {
	Width, Height             float64
	South                     int32
	Row, Col, First, Segments []int32
}

func (a *adjacency) flat() flatAdjacency { return flatAdjacency{a.first, a.arcs, a.edge, a.shift} }

// Write writes a graph for Read, as package pack does.
func (g *Graph) Write(w io.Writer) error {
	x := &g.index
	flat := flatGraph{Edges: g.edges, First: g.first, Way: g.way, OneWay: g.oneWay, Place: g.place, Loops: g.loops, Out: g.out.flat(),
		Index: flatIndex{x.width, x.height, x.south, x.row, x.col, x.first, x.segments}}
	if g.in != g.out {
		in := g.in.flat()
		flat.In = &in
	}
	return pack.Write(w, &flat)
}

// Read reads what Write wrote of the graph that Build makes of the same roads, mode and metric: the same graph. The source has at most so many
// bytes, and ends with the graph. Bytes that are none, or that point to what the roads do not have, are ErrEncoding; whether it is the right
// graph is for those who keep it (see Roads.Fingerprint). Time linear in the graph, most of it copying.
func Read(r io.Reader, most int64, roads *Roads, mode Mode, metric geo.Metric) (*Graph, error) {
	var flat flatGraph
	if err := pack.Read(r, most, &flat); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	x := &flat.Index
	g := &Graph{Mode: mode, Metric: metric, roads: roads, edges: flat.Edges, first: flat.First, way: flat.Way, oneWay: flat.OneWay, place: flat.Place, loops: flat.Loops,
		index: segmentIndex{width: x.Width, height: x.Height, south: x.South, row: x.Row, col: x.Col, first: x.First, segments: x.Segments}}
	g.out = flat.Out.adjacency()
	g.in = g.out
	if flat.In != nil {
		g.in = flat.In.adjacency()
	}
	if (g.oneWay == nil) != (g.in == g.out) || g.oneWay != nil && len(g.oneWay) != len(g.edges) {
		return nil, fmt.Errorf("%w: directions", ErrEncoding)
	}
	for what, sound := range map[string]func() bool{"edges": g.soundEdges, "index": g.soundIndex,
		"arcs": func() bool { return g.out.sound(g) && (g.in == g.out || g.in.sound(g)) }} {
		if !sound() {
			return nil, fmt.Errorf("%w: %s", ErrEncoding, what)
		}
	}
	return g, nil
}

func (a *flatAdjacency) adjacency() *adjacency {
	return &adjacency{first: a.First, arcs: a.Arcs, edge: a.Edge, shift: a.Shift}
}

// within reports whether all numbers are at least 0 and below n.
func within(list []int32, n int) bool {
	for _, v := range list {
		if v < 0 || int(v) >= n {
			return false
		}
	}
	return true
}

// offsets reports whether a list divides n things into so many runs.
func offsets(list []int32, runs, n int) bool {
	if len(list) != runs+1 || list[0] != 0 || int(list[runs]) != n {
		return false
	}
	for i := range runs {
		if list[i] > list[i+1] {
			return false
		}
	}
	return true
}

// soundEdges reports whether every edge is a piece of a way.
func (g *Graph) soundEdges() bool {
	n := len(g.edges)
	if len(g.first) != n || len(g.way) != n || n > maxEdges || !within(g.place, len(g.roads.Nodes)) || !within(g.loops, n) || !within(g.way, len(g.roads.Ways)) {
		return false
	}
	for e := range g.edges {
		w := &g.roads.Ways[g.way[e]]
		last := int64(w.First) + int64(w.Count) - 1
		if e+1 < n && g.way[e+1] == g.way[e] {
			last = min(last, int64(g.first[e+1]))
		}
		if x := &g.edges[e]; g.first[e] < w.First || int64(g.first[e]) >= last || last >= int64(len(g.roads.Refs)) ||
			x.from < 0 || x.to < 0 || int(x.from) >= len(g.place) || int(x.to) >= len(g.place) {
			return false
		}
		if e+1 < n && g.way[e+1] == g.way[e] && int64(g.first[e+1]) != last {
			return false
		}
	}
	return true
}

func (a *adjacency) sound(g *Graph) bool {
	if !offsets(a.first, len(g.place), len(a.arcs)) || len(a.edge) != len(a.arcs) || !within(a.edge, len(g.edges)) {
		return false
	}
	sum := uint64(0)
	for i := range a.arcs {
		if h := a.arcs[i].head; h < 0 || int(h) >= len(g.place) {
			return false
		}
		sum += uint64(a.arcs[i].weight)
	}
	return a.shift == bucketShift(sum, len(a.arcs)) // another one makes searches slow
}

func (g *Graph) soundIndex() bool {
	x := &g.index
	if x.height != cellMetres/metresPerDegree {
		return false
	}
	if len(g.place) == 0 {
		return len(x.row) == 0 && len(x.segments) == 0
	}
	// A segment is followed by its other end, hence one less than nodes.
	return len(x.row) > 0 && offsets(x.row, len(x.row)-1, len(x.col)) && offsets(x.first, len(x.col), len(x.segments)) && within(x.segments, len(g.roads.Refs)-1) &&
		x.width >= x.height && x.width*maxCosLat <= x.height && math.Abs(float64(x.south))*x.height <= 91 && float64(len(x.row))*x.height <= 182
}

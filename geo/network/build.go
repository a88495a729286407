package network

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// ErrRoads is wrapped by every error about roads that contradict themselves.
var ErrRoads = errors.New("network: bad roads")

// maxReported is how many faults of the roads one error lists.
const maxReported = 20

// maxEdges keeps the arcs of a graph, two an edge, within int32.
const maxEdges = 1 << 30

// Graph is the road graph of one mode and metric. Its edges are the usable ways, cut where usable ways meet; the bends between
// are kept as geometry, which the graph shares with the Roads it was built from. Edges are numbered in the order of Roads.Refs.
// Immutable.
type Graph struct {
	Mode   Mode
	Metric geo.Metric

	roads  *Roads
	edges  []edge      // in the order of Refs
	first  []int32     // by edge: position of its first node in roads.Refs
	way    []int32     // by edge: index into roads.Ways
	oneWay []Direction // by edge; nil when every edge is open both ways
	place  []int32     // by node: index into roads.Nodes; nodes are numbered along a Hilbert curve

	out   *adjacency // arcs along the direction of travel
	in    *adjacency // arcs against it; the same as out when nothing is one-way
	index segmentIndex
	loops []int32 // edges that begin and end at one node, ascending; they have no arcs

	pool sync.Pool // of *search[uint32], so that small searches do not each pay for the whole graph
}

// Nodes returns the number of nodes.
func (g *Graph) Nodes() int { return len(g.place) }

// Edges returns the number of edges.
func (g *Graph) Edges() int { return len(g.edges) }

// Weight returns the cost of an edge from end to end, in g.Metric.
func (g *Graph) Weight(edge int32) geo.Impedance { return geo.Impedance(g.edges[edge].weight) }

// Way returns the index into Roads.Ways of the way that an edge is a piece of.
func (g *Graph) Way(edge int32) int32 { return g.way[edge] }

// Road returns the way that an edge is a piece of, as the source gave it: its name, class and id.
func (g *Graph) Road(edge int32) Way { return g.roads.Ways[g.way[edge]] }

// Ends returns the nodes at the start and the end of an edge. Edges that share a node meet there.
func (g *Graph) Ends(edge int32) (from, to int32) { return g.edges[edge].from, g.edges[edge].to }

// Line returns the geometry of an edge in the order of its way, WGS84 lon, lat. It is a copy.
func (g *Graph) Line(edge int32) orb.LineString {
	refs := g.roads.Refs[g.first[edge] : g.last(edge)+1]
	line := make(orb.LineString, len(refs))
	for i, r := range refs {
		line[i] = g.roads.Nodes[r]
	}
	return line
}

// forward and backward tell whether the edge may be travelled in the order of its way, and against it.
func (g *Graph) forward(edge int32) bool  { return g.oneWay == nil || g.oneWay[edge] != Backward }
func (g *Graph) backward(edge int32) bool { return g.oneWay == nil || g.oneWay[edge] != Forward }

// Build makes the graph of the ways that the mode may use. Edge costs are the great-circle lengths of their segments, summed and
// rounded once, or the time that they take at the class's speed (or the posted limit where that is lower and Mode.Posted).
// Ways without access, of a closed class or of fewer than two nodes are left out. Roads that contradict themselves are an error wrapping ErrRoads
// that lists the first faults. Time and memory grow with the number of nodes of the usable ways.
func Build(ctx context.Context, roads *Roads, mode Mode, metric geo.Metric) (*Graph, error) {
	if err := mode.Validate(); err != nil {
		return nil, err
	}
	if metric != geo.Metres && metric != geo.Seconds {
		return nil, fmt.Errorf("network: unknown metric %v", metric)
	}
	order, err := checkRoads(roads)
	if err != nil {
		return nil, err
	}
	g := &Graph{Mode: mode, Metric: metric, roads: roads}
	ends, err := g.cut(ctx, order)
	if err != nil {
		return nil, err
	}
	g.numberNodes(ends)
	if g.oneWay == nil {
		g.out = newAdjacency(g.edgeList(), alongEdges|againstEdges)
		g.in = g.out
	} else {
		g.out = newAdjacency(g.edgeList(), alongEdges)
		g.in = newAdjacency(g.edgeList(), againstEdges)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.index = newSegmentIndex(g)
	return g, ctx.Err()
}

// checkRoads finds contradictions, and returns the ways in the order of their place in Refs.
func checkRoads(roads *Roads) ([]int32, error) {
	var faults []error
	total := 0
	fault := func(format string, args ...any) {
		if total++; total <= maxReported {
			faults = append(faults, fmt.Errorf("%w: "+format, append([]any{ErrRoads}, args...)...))
		}
	}
	for i, p := range roads.Nodes {
		if !(math.Abs(p.Lon()) <= 180 && math.Abs(p.Lat()) <= 90) {
			fault("node %d: position %v out of range", i, p)
		}
	}
	order := make([]int32, len(roads.Ways))
	for i := range roads.Ways {
		w := &roads.Ways[i]
		order[i] = int32(i)
		if w.First < 0 || w.Count < 0 || int64(w.First)+int64(w.Count) > int64(len(roads.Refs)) {
			fault("way %d: nodes [%d, +%d) outside Refs", w.ID, w.First, w.Count)
			continue
		}
		if w.Class >= NumClasses {
			fault("way %d: unknown class %d", w.ID, w.Class)
		}
		if w.OneWay < Backward || w.OneWay > Forward {
			fault("way %d: unknown direction %d", w.ID, w.OneWay)
		}
		if !(w.MaxSpeed >= 0) || math.IsInf(float64(w.MaxSpeed), 0) {
			fault("way %d: posted speed %v km/h", w.ID, w.MaxSpeed)
		}
		for _, r := range roads.Refs[w.First : w.First+w.Count] {
			if r < 0 || int(r) >= len(roads.Nodes) {
				fault("way %d: no node %d", w.ID, r)
				break
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(roads.Ways[a].First) - int(roads.Ways[b].First) })
	for k := 1; k < len(order); k++ {
		a, b := &roads.Ways[order[k-1]], &roads.Ways[order[k]]
		if a.Count > 0 && b.Count > 0 && int64(a.First)+int64(a.Count) > int64(b.First) {
			fault("ways %d and %d share their place in Refs", a.ID, b.ID)
		}
	}
	if total > len(faults) {
		faults = append(faults, fmt.Errorf("%w: and %d more", ErrRoads, total-len(faults)))
	}
	return order, errors.Join(faults...)
}

// cut splits the usable ways where they meet and weighs the pieces. It returns, by Roads node, whether the node ends an edge.
func (g *Graph) cut(ctx context.Context, order []int32) ([]bool, error) {
	roads := g.roads
	seen, ends := make([]bool, len(roads.Nodes)), make([]bool, len(roads.Nodes))
	usable := order[:0:0]
	for _, wi := range order {
		w := &roads.Ways[wi]
		if w.Count < 2 || g.Mode.speedOn(w) == 0 {
			continue
		}
		usable = append(usable, wi)
		refs := roads.Refs[w.First : w.First+w.Count]
		ends[refs[0]], ends[refs[len(refs)-1]] = true, true
		for i, r := range refs {
			if i > 0 && r == refs[i-1] {
				continue // the same node twice in a row is not a junction
			}
			ends[r] = ends[r] || seen[r]
			seen[r] = true
		}
	}
	edges := g.countEdges(usable, ends)
	if edges > maxEdges {
		return nil, fmt.Errorf("network: %d edges, at most %d can be held", edges, maxEdges)
	}
	g.edges, g.first, g.way = make([]edge, 0, edges), make([]int32, 0, edges), make([]int32, 0, edges)
	for k, wi := range usable {
		if k&0xfff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := g.cutWay(wi, ends); err != nil {
			return nil, err
		}
	}
	return ends, nil
}

// endsEdge tells whether an edge of the way ends at its i-th node: at junctions, but not between a node and its own repetition.
func (g *Graph) endsEdge(w *Way, i int32, ends []bool) bool {
	at := g.roads.Refs[w.First+i]
	return ends[at] && (i+1 == w.Count || at != g.roads.Refs[w.First+i-1])
}

func (g *Graph) countEdges(ways []int32, ends []bool) int {
	n := 0
	for _, wi := range ways {
		w := &g.roads.Ways[wi]
		for i := int32(1); i < w.Count; i++ {
			if g.endsEdge(w, i, ends) {
				n++
			}
		}
	}
	return n
}

// cutWay appends the edges of one way. They lie end to end: the first begins where the way does, the last ends there.
func (g *Graph) cutWay(wi int32, ends []bool) error {
	w := &g.roads.Ways[wi]
	start, metres := w.First, 0.0
	for i := int32(1); i < w.Count; i++ {
		ref := w.First + i
		metres += geo.Distance(g.roads.Nodes[g.roads.Refs[ref-1]], g.roads.Nodes[g.roads.Refs[ref]])
		if !g.endsEdge(w, i, ends) {
			continue
		}
		cost := g.cost(metres, wi)
		if cost == geo.Unreachable {
			return fmt.Errorf("%w: way %d: a piece of %.0f m is too long", ErrRoads, w.ID, metres)
		}
		g.addEdge(edge{weight: uint32(cost)}, start, wi)
		start, metres = ref, 0
	}
	return nil
}

// addEdge appends an edge of the way wi that begins at a position of Refs. Its nodes are numbered later.
func (g *Graph) addEdge(e edge, first, wi int32) {
	if dir := g.roads.Ways[wi].OneWay; g.Mode.OneWay && (dir != Both || g.oneWay != nil) {
		if g.oneWay == nil {
			g.oneWay = make([]Direction, len(g.edges), cap(g.edges))
		}
		g.oneWay = append(g.oneWay, dir)
	}
	g.edges, g.first, g.way = append(g.edges, e), append(g.first, first), append(g.way, wi)
}

// last returns the position in Refs of the last node of an edge.
func (g *Graph) last(edge int32) int32 {
	if e := edge + 1; int(e) < len(g.way) && g.way[e] == g.way[edge] {
		return g.first[e]
	}
	w := &g.roads.Ways[g.way[edge]]
	return w.First + w.Count - 1
}

// cost converts metres along a way to the graph's metric.
func (g *Graph) cost(metres float64, way int32) geo.Impedance {
	if g.Metric == geo.Metres {
		return geo.ToImpedance(metres)
	}
	return geo.ToImpedance(metres * 3.6 / g.Mode.speedOn(&g.roads.Ways[way]))
}

// numberNodes numbers the ends of edges along a Hilbert curve, so that a search walks through nearby memory.
func (g *Graph) numberNodes(ends []bool) {
	for r, end := range ends {
		if end {
			g.place = append(g.place, int32(r))
		}
	}
	hilbertOrder(g.place, func(r int32) orb.Point { return g.roads.Nodes[r] })
	number := make([]int32, len(g.roads.Nodes))
	for n, r := range g.place {
		number[r] = int32(n)
	}
	for e := range g.edges {
		from, to := number[g.roads.Refs[g.first[e]]], number[g.roads.Refs[g.last(int32(e))]]
		g.edges[e].from, g.edges[e].to = from, to
		if from == to {
			g.loops = append(g.loops, int32(e))
		}
	}
}

// take lends a scratch for one search; give takes it back after a complete search.
func (g *Graph) take() *search[uint32] {
	if s, ok := g.pool.Get().(*search[uint32]); ok {
		return s
	}
	return newSearch[uint32](len(g.place))
}

func (g *Graph) give(s *search[uint32]) { g.pool.Put(s) }

func (g *Graph) edgeList() edgeList {
	return edgeList{nodes: len(g.place), edges: g.edges, oneWay: g.oneWay}
}

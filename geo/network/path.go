package network

import (
	"context"
	"errors"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// ErrNoPath is returned when no way leads from the demand to the site within the limit.
var ErrNoPath = errors.New("network: no path within the limit")

// Route is a cheapest way from a demand to a site.
type Route struct {
	Cost geo.Impedance  // both access legs included
	Line orb.LineString // from the demand's point on its edge to the site's, WGS84 lon, lat; the access legs are not drawn
	Edge []int32        // the edges used, in order; the first and the last may be used in part
}

// Path returns a cheapest way from demand to site, of equally cheap ones always the same. It returns ErrNoPath where there is
// none within the limit or one of them is unconnected; other errors as for Matrix.
func (g *Graph) Path(ctx context.Context, site, demand Snap, limit geo.Limit) (*Route, error) {
	if err := g.check(limit, []Snap{site}, []Snap{demand}); err != nil {
		return nil, err
	}
	if !site.OK || !demand.OK {
		return nil, ErrNoPath
	}
	s, err := g.searchFrom(ctx, &site, limit)
	if err != nil {
		return nil, err
	}
	defer g.give(s)
	r, leave := &Route{Cost: geo.Unreachable}, end{node: -1}
	if site.Edge == demand.Edge {
		r.Cost = g.direct(&demand, &site)
	}
	for _, end := range g.leaving(&demand) {
		if end.node < 0 || s.key[end.node] == unseen[uint32]() {
			continue
		}
		if c := end.cost.Add(geo.Impedance(s.key[end.node])); c < r.Cost {
			r.Cost, leave = c, end
		}
	}
	if !limit.Covers(r.Cost) {
		return nil, ErrNoPath
	}
	if leave.node < 0 {
		r.Edge = []int32{site.Edge}
		r.Line = g.stretch(nil, site.Edge, mark{demand.Offset, demand.Point}, mark{site.Offset, site.Point})
		return r, nil
	}
	g.trace(r, s, &demand, &site, leave.node)
	return r, nil
}

// searchFrom searches from one connected site, against the direction of travel. The scratch must be given back.
func (g *Graph) searchFrom(ctx context.Context, site *Snap, limit geo.Limit) (*search[uint32], error) {
	s := g.take()
	s.prepare(g.in, uint32(limit.Max))
	for _, end := range g.arriving(site) {
		if end.node >= 0 && limit.Covers(end.cost) {
			s.start(end.node, uint32(end.cost))
		}
	}
	if err := s.run(ctx, g.in, uint32(limit.Max)); err != nil {
		return nil, err // the scratch is left to the collector
	}
	return s, nil
}

// trace follows costs downhill from the node at which the demand leaves its edge to the one at which the site is entered.
func (g *Graph) trace(r *Route, s *search[uint32], demand, site *Snap, node int32) {
	r.Edge = append(r.Edge, demand.Edge)
	r.Line = g.stretch(r.Line, demand.Edge, mark{demand.Offset, demand.Point}, g.markAt(demand.Edge, g.endAt(demand, node)))
	entry, arcs := g.downhill(s, site, node)
	for _, k := range arcs {
		e, head := g.out.edge[k], g.out.arcs[k].head
		from, to := g.markAt(e, 0), g.markAt(e, geo.Impedance(g.edges[e].weight))
		if g.edges[e].from == head {
			from, to = to, from
		}
		r.Edge = append(r.Edge, e)
		r.Line = g.stretch(r.Line, e, from, to)
	}
	r.Edge = append(r.Edge, site.Edge)
	r.Line = g.stretch(r.Line, site.Edge, g.markAt(site.Edge, entry), mark{site.Offset, site.Point})
}

// endAt is the offset of the end of the demand's edge that leads over the node. On a loop, where both do, it is the cheaper one.
func (g *Graph) endAt(demand *Snap, node int32) geo.Impedance {
	ends := g.leaving(demand)
	if ends[0].node == node && (ends[1].node != node || ends[0].cost <= ends[1].cost) {
		return 0
	}
	return geo.Impedance(g.edges[demand.Edge].weight)
}

// downhill returns the arcs of a cheapest way from the node to an end of the site's edge, and the offset of that end. Arcs without
// weight can lead in circles, hence the search with a way back; everywhere else the first try succeeds.
func (g *Graph) downhill(s *search[uint32], site *Snap, node int32) (geo.Impedance, []int32) {
	ends := g.arriving(site)
	seen := map[int32]bool{node: true}
	nodes, next, arcs := []int32{node}, []int32{g.out.first[node]}, []int32(nil)
	for len(nodes) > 0 {
		top := len(nodes) - 1
		at := nodes[top]
		for i, end := range ends {
			if end.node == at && uint32(end.cost) == s.key[at] {
				return geo.Impedance(uint32(i) * g.edges[site.Edge].weight), arcs
			}
		}
		k := next[top]
		if k == g.out.first[at+1] {
			nodes, next = nodes[:top], next[:top]
			arcs = arcs[:max(0, top-1)]
			continue
		}
		next[top]++
		a := g.out.arcs[k]
		if c := s.key[a.head]; !seen[a.head] && c != unseen[uint32]() && c <= s.key[at] && s.key[at]-c == a.weight {
			seen[a.head] = true
			nodes, next, arcs = append(nodes, a.head), append(next, g.out.first[a.head]), append(arcs, k)
		}
	}
	panic("network: a reached node without a way back") // the search that reached it is broken
}

// mark is a place on an edge.
type mark struct {
	offset geo.Impedance
	point  orb.Point
}

// markAt is the start (offset 0) or the end of an edge.
func (g *Graph) markAt(edge int32, offset geo.Impedance) mark {
	ref := g.last(edge)
	if offset == 0 {
		ref = g.first[edge]
	}
	return mark{offset, g.roads.Nodes[g.roads.Refs[ref]]}
}

// stretch appends the geometry of an edge between two places, in either direction. Points on the spot are not repeated.
func (g *Graph) stretch(line orb.LineString, edge int32, from, to mark) orb.LineString {
	add := func(p orb.Point) {
		if len(line) == 0 || line[len(line)-1] != p {
			line = append(line, p)
		}
	}
	low, high := min(from.offset, to.offset), max(from.offset, to.offset)
	var between []orb.Point
	metres, nodes := 0.0, g.roads.Nodes
	for i := g.first[edge] + 1; i < g.last(edge); i++ {
		a, b := nodes[g.roads.Refs[i-1]], nodes[g.roads.Refs[i]]
		metres += geo.Distance(a, b)
		if c := g.cost(metres, g.way[edge]); low < c && c < high {
			between = append(between, b)
		}
	}
	if from.offset > to.offset {
		slices.Reverse(between)
	}
	add(from.point)
	for _, p := range between {
		add(p)
	}
	add(to.point)
	return line
}

package network

import (
	"context"
	"slices"

	"sitecover/geo"
)

// ReachedEdge is an edge from which a site can be reached, and the cost of travel from its two ends to the site, the site's
// access leg included. An end is Unreachable when it is beyond the limit or when the direction of the edge forbids to leave
// the edge there.
type ReachedEdge struct {
	Edge int32
	From geo.Impedance // from the start of the edge
	To   geo.Impedance // from the end of the edge
}

// At returns the cost from the place at an offset of an edge of this weight, by way of the cheaper end. On the site's own edge the way
// straight along the edge may be cheaper still.
func (r ReachedEdge) At(offset, weight geo.Impedance) geo.Impedance {
	return min(r.From.Add(offset), r.To.Add(weight-offset))
}

// Reach returns the edges from which the site can be reached within the limit, wholly or in part, in ascending order. The site's own edge
// is among them whatever the limit. An unconnected site reaches nothing. Errors as for Matrix.
func (g *Graph) Reach(ctx context.Context, site Snap, limit geo.Limit) ([]ReachedEdge, error) {
	if err := g.check(limit, []Snap{site}); err != nil {
		return nil, err
	}
	if !site.OK {
		return []ReachedEdge{}, nil
	}
	s, err := g.searchFrom(ctx, &site, limit)
	if err != nil {
		return nil, err
	}
	defer g.give(s)
	edges := []int32{site.Edge}
	for _, n := range s.touched {
		edges = append(edges, g.in.edge[g.in.first[n]:g.in.first[n+1]]...)
	}
	for _, e := range g.loops {
		if s.key[g.edges[e].from] != unseen[uint32]() {
			edges = append(edges, e)
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	reached := make([]ReachedEdge, len(edges))
	for i, e := range edges {
		reached[i] = ReachedEdge{Edge: e, From: geo.Unreachable, To: geo.Unreachable}
		if g.backward(e) {
			reached[i].From = geo.Impedance(s.key[g.edges[e].from])
		}
		if g.forward(e) {
			reached[i].To = geo.Impedance(s.key[g.edges[e].to])
		}
	}
	return reached, nil
}

// Components are the parts of a graph that no road joins, one-way or not.
type Components struct {
	Of     []int32  // by edge: its component
	Edges  []int32  // by component: number of edges
	Weight []uint64 // by component: sum of the weights of its edges, in the graph's metric
}

// Components finds the components, heaviest first, then by lowest edge.
func (g *Graph) Components() *Components {
	parent := make([]int32, len(g.place))
	for n := range parent {
		parent[n] = int32(n)
	}
	root := func(n int32) int32 {
		for parent[n] != n {
			parent[n] = parent[parent[n]]
			n = parent[n]
		}
		return n
	}
	for e := range g.edges {
		a, b := root(g.edges[e].from), root(g.edges[e].to)
		parent[max(a, b)] = min(a, b)
	}
	// Number by the first edge seen, then by weight.
	number := make(map[int32]int32)
	c := &Components{Of: make([]int32, len(g.edges))}
	for e := range g.edges {
		r := root(g.edges[e].from)
		k, ok := number[r]
		if !ok {
			k = int32(len(c.Edges))
			number[r] = k
			c.Edges, c.Weight = append(c.Edges, 0), append(c.Weight, 0)
		}
		c.Of[e] = k
		c.Edges[k]++
		c.Weight[k] += uint64(g.edges[e].weight)
	}
	c.sort()
	return c
}

// sort renumbers the components, heaviest first.
func (c *Components) sort() {
	order := make([]int32, len(c.Edges))
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch {
		case c.Weight[a] > c.Weight[b]:
			return -1
		case c.Weight[a] < c.Weight[b]:
			return 1
		}
		return 0
	})
	edges, weight, number := make([]int32, len(order)), make([]uint64, len(order)), make([]int32, len(order))
	for k, was := range order {
		edges[k], weight[k], number[was] = c.Edges[was], c.Weight[was], int32(k)
	}
	c.Edges, c.Weight = edges, weight
	for e := range c.Of {
		c.Of[e] = number[c.Of[e]]
	}
}

// Count returns the number of components.
func (c *Components) Count() int { return len(c.Edges) }

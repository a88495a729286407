package network

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"sitecover/geo"
)

// ErrSnap is returned for a Snap that cannot belong to the graph.
var ErrSnap = errors.New("network: snap of another graph")

// Matrix returns the cost of travel from every demand to every site within the limit, both access legs included: rows are sites,
// columns demands. Unconnected sites have empty rows, unconnected demands no entries. The limit must be in the graph's metric
// (geo.ErrMetric otherwise); workers is the number of goroutines, at least 1, and does not change the result. Each worker holds 4 bytes a node
// and 4 a demand; the time is that of one search a site, in proportion to what lies within the limit.
func (g *Graph) Matrix(ctx context.Context, sites, demand []Snap, limit geo.Limit, workers int) (*geo.CostMatrix, error) {
	if workers < 1 {
		return nil, fmt.Errorf("network: workers %d: want at least 1", workers)
	}
	if err := g.check(limit, sites, demand); err != nil {
		return nil, err
	}
	att := g.attach(demand)
	workers = max(1, min(workers, len(sites)))
	rows := make([]row, len(sites))
	parts := make([]*rowWriter, workers)
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range workers {
		parts[w] = newRowWriter(g, att, limit)
		wg.Go(func() {
			for ctx.Err() == nil {
				s := int(next.Add(1)) - 1
				if s >= len(sites) {
					return
				}
				var err error
				if rows[s], err = parts[w].row(ctx, sites[s]); err != nil {
					return // ctx ended: said below
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, p := range parts {
		g.give(p.search)
	}
	return assemble(limit, len(demand), rows), nil
}

// row is a row on its way into a matrix.
type row struct {
	column []int32
	cost   []geo.Impedance
}

// assemble copies the rows into one matrix, in the order of the sites, and lets go of them on the way.
func assemble(limit geo.Limit, columns int, rows []row) *geo.CostMatrix {
	m := &geo.CostMatrix{Limit: limit, Columns: columns, Offset: make([]int64, len(rows)+1)}
	for r := range rows {
		m.Offset[r+1] = m.Offset[r] + int64(len(rows[r].column))
	}
	m.Column, m.Cost = make([]int32, m.Offset[len(rows)]), make([]geo.Impedance, m.Offset[len(rows)])
	for r := range rows {
		copy(m.Column[m.Offset[r]:], rows[r].column)
		copy(m.Cost[m.Offset[r]:], rows[r].cost)
		rows[r] = row{}
	}
	return m
}

// check refuses what cannot be searched for.
func (g *Graph) check(limit geo.Limit, lists ...[]Snap) error {
	if limit.Metric != g.Metric {
		return fmt.Errorf("%w: limit in %v, graph in %v", geo.ErrMetric, limit.Metric, g.Metric)
	}
	if limit.Max == geo.Unreachable {
		return errors.New("network: the limit must be finite")
	}
	for _, list := range lists {
		for i, s := range list {
			if s.OK && (s.Edge < 0 || int(s.Edge) >= len(g.edges) || uint32(s.Offset) > g.edges[s.Edge].weight) {
				return fmt.Errorf("%w: snap %d: edge %d, offset %d", ErrSnap, i, s.Edge, s.Offset)
			}
		}
	}
	return nil
}

// leg is the part of a demand's way between the demand and a node: along the edge and straight.
type leg struct {
	demand int32
	cost   geo.Impedance
}

// attachment hangs demands on the graph: for every node the legs of the demands that can reach it along their own edge.
type attachment struct {
	demand []Snap
	first  []int32 // legs of node n are legs[first[n]:first[n+1]]
	legs   []leg
}

func (g *Graph) attach(demand []Snap) *attachment {
	a := &attachment{demand: demand, first: make([]int32, len(g.place)+1)}
	each := func(visit func(node int32, l leg)) {
		for i := range demand {
			if !demand[i].OK {
				continue
			}
			for _, end := range g.leaving(&demand[i]) {
				if end.node >= 0 {
					visit(end.node, leg{int32(i), end.cost})
				}
			}
		}
	}
	each(func(node int32, _ leg) { a.first[node+1]++ })
	for n := range g.place {
		a.first[n+1] += a.first[n]
	}
	a.legs = make([]leg, a.first[len(g.place)])
	next := slices.Clone(a.first)
	each(func(node int32, l leg) {
		a.legs[next[node]] = l
		next[node]++
	})
	return a
}

// at returns the legs that end at a node.
func (a *attachment) at(node int32) []leg { return a.legs[a.first[node]:a.first[node+1]] }

// end is an end of a snap's edge and the cost between it and the snapped point, access leg included.
type end struct {
	node int32 // -1: the edge's direction forbids it
	cost geo.Impedance
}

// leaving lists the nodes that someone who starts at the snapped point can reach along its edge. At an end of the edge one is at
// that node, whatever the direction of the edge.
func (g *Graph) leaving(s *Snap) [2]end { return g.ends(s, g.backward(s.Edge), g.forward(s.Edge)) }

// arriving lists the nodes from which the snapped point can be reached along its edge.
func (g *Graph) arriving(s *Snap) [2]end { return g.ends(s, g.forward(s.Edge), g.backward(s.Edge)) }

func (g *Graph) ends(s *Snap, start, finish bool) [2]end {
	rest := geo.Impedance(g.edges[s.Edge].weight) - s.Offset
	both := [2]end{{g.edges[s.Edge].from, s.Access.Add(s.Offset)}, {g.edges[s.Edge].to, s.Access.Add(rest)}}
	if !start && s.Offset != 0 {
		both[0].node = -1
	}
	if !finish && rest != 0 {
		both[1].node = -1
	}
	return both
}

// direct is the cost from demand to site, both on the same edge, without leaving the edge; Unreachable against its direction.
func (g *Graph) direct(demand, site *Snap) geo.Impedance {
	along := geo.Unreachable
	switch {
	case demand.Offset == site.Offset:
		along = 0
	case demand.Offset < site.Offset && g.forward(site.Edge):
		along = site.Offset - demand.Offset
	case demand.Offset > site.Offset && g.backward(site.Edge):
		along = demand.Offset - site.Offset
	}
	return demand.Access.Add(along).Add(site.Access)
}

// rowWriter computes rows of a matrix for one goroutine.
type rowWriter struct {
	g      *Graph
	att    *attachment
	limit  geo.Limit
	search *search[uint32]
	best   []geo.Impedance // by demand; all Unreachable between rows
	found  []int32         // demands of the current row
	free   row             // room for the next rows
}

// rowChunk is the number of entries for which room is made at a time.
const rowChunk = 1 << 16

func newRowWriter(g *Graph, att *attachment, limit geo.Limit) *rowWriter {
	w := &rowWriter{g: g, att: att, limit: limit, search: g.take()}
	w.best = make([]geo.Impedance, len(att.demand))
	for i := range w.best {
		w.best[i] = geo.Unreachable
	}
	return w
}

// row computes the row of one site.
func (w *rowWriter) row(ctx context.Context, site Snap) (row, error) {
	if !site.OK {
		return row{}, nil
	}
	g, s := w.g, w.search
	bound := uint32(w.limit.Max)
	s.prepare(g.in, bound)
	for _, end := range g.arriving(&site) {
		if end.node >= 0 && w.limit.Covers(end.cost) {
			s.start(end.node, uint32(end.cost))
		}
	}
	if err := s.run(ctx, g.in, bound); err != nil {
		return row{}, err
	}
	for _, n := range s.touched {
		reached := geo.Impedance(s.key[n])
		for _, leg := range w.att.at(n) {
			w.offer(leg.demand, reached.Add(leg.cost))
		}
	}
	// Whoever is on the site's own edge has a leg to at least one of its ends.
	for _, n := range [2]int32{g.edges[site.Edge].from, g.edges[site.Edge].to} {
		for _, leg := range w.att.at(n) {
			if demand := &w.att.demand[leg.demand]; demand.Edge == site.Edge {
				w.offer(leg.demand, g.direct(demand, &site))
			}
		}
	}
	return w.collect(), nil
}

// collect returns what was found as a row, and readies best and found for the next one.
func (w *rowWriter) collect() row {
	n := len(w.found)
	if n == 0 {
		return row{}
	}
	if len(w.free.column) < n {
		w.free = row{make([]int32, max(n, rowChunk)), make([]geo.Impedance, max(n, rowChunk))}
	}
	r := row{w.free.column[:n:n], w.free.cost[:n:n]}
	w.free = row{w.free.column[n:], w.free.cost[n:]}
	w.sortFound()
	for i, d := range w.found {
		r.column[i], r.cost[i] = d, w.best[d]
		w.best[d] = geo.Unreachable
	}
	w.found = w.found[:0]
	return r
}

// sortFound puts the demands found in ascending order: by sorting, or, when they lie close together, by looking at all between
// the first and the last.
func (w *rowWriter) sortFound() {
	low, high := slices.Min(w.found), slices.Max(w.found)
	if n := len(w.found); int(high-low) > 2*n*bits.Len(uint(n)) {
		slices.Sort(w.found)
		return
	}
	w.found = w.found[:0]
	for d := low; d <= high; d++ {
		if w.best[d] != geo.Unreachable {
			w.found = append(w.found, d)
		}
	}
}

// offer notes a cost for a demand if it is within the limit and the cheapest so far.
func (w *rowWriter) offer(demand int32, cost geo.Impedance) {
	was := w.best[demand]
	if cost >= was || !w.limit.Covers(cost) {
		return
	}
	if was == geo.Unreachable {
		w.found = append(w.found, demand)
	}
	w.best[demand] = cost
}

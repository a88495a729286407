package network

import (
	"context"
	"slices"
	"sort"

	"sitecover/geo"
)

// NearestSites is the nearest site of every demand and the cost of travel to it, both access legs included.
type NearestSites struct {
	Site []int32         // by demand: index of the site, of equally near ones the lowest; -1 = none within the limit
	Cost []geo.Impedance // by demand; Unreachable where there is no site
}

// Nearest finds for every demand the nearest site within the limit, in one search from all sites at once: its time does not grow with
// the number of sites in reach of a place. It agrees with the least entry of each column of Matrix. Errors as for Matrix.
func (g *Graph) Nearest(ctx context.Context, sites, demand []Snap, limit geo.Limit) (*NearestSites, error) {
	if err := g.check(limit, sites, demand); err != nil {
		return nil, err
	}
	s := newSearch[label](len(g.place))
	s.prepare(g.in, uint32(limit.Max))
	for i := range sites {
		if !sites[i].OK {
			continue
		}
		for _, end := range g.arriving(&sites[i]) {
			if end.node >= 0 && limit.Covers(end.cost) {
				s.start(end.node, newLabel(uint32(end.cost), int32(i)))
			}
		}
	}
	if err := s.run(ctx, g.in, uint32(limit.Max)); err != nil {
		return nil, err
	}
	onEdge := groupByEdge(sites)
	n := &NearestSites{Site: make([]int32, len(demand)), Cost: make([]geo.Impedance, len(demand))}
	for i := range demand {
		n.Site[i], n.Cost[i] = -1, geo.Unreachable
		if !demand[i].OK {
			continue
		}
		best := g.nearestOf(&demand[i], s.key)
		for _, k := range onEdge.on(demand[i].Edge) {
			best = min(best, newLabel(uint32(g.direct(&demand[i], &sites[k])), k))
		}
		if cost := geo.Impedance(best.cost()); limit.Covers(cost) {
			n.Site[i], n.Cost[i] = best.site(), cost
		}
	}
	return n, ctx.Err()
}

// nearestOf is the label of a demand whose way leads over a node.
func (g *Graph) nearestOf(demand *Snap, node []label) label {
	best := unseen[label]()
	for _, end := range g.leaving(demand) {
		if end.node < 0 || node[end.node] == unseen[label]() {
			continue
		}
		at := node[end.node]
		best = min(best, newLabel(uint32(end.cost.Add(geo.Impedance(at.cost()))), at.site()))
	}
	return best
}

// byEdge lists snaps by edge, then index. Those that are not OK are left out.
type byEdge struct {
	edge  []int32
	index []int32
}

func groupByEdge(snaps []Snap) byEdge {
	keys := make([]uint64, 0, len(snaps))
	for i := range snaps {
		if snaps[i].OK {
			keys = append(keys, uint64(snaps[i].Edge)<<32|uint64(i))
		}
	}
	slices.Sort(keys)
	b := byEdge{edge: make([]int32, len(keys)), index: make([]int32, len(keys))}
	for i, k := range keys {
		b.edge[i], b.index[i] = int32(k>>32), int32(uint32(k))
	}
	return b
}

// on returns the indexes of the snaps on an edge, ascending.
func (b *byEdge) on(edge int32) []int32 {
	from := sort.Search(len(b.edge), func(i int) bool { return b.edge[i] >= edge })
	to := from
	for to < len(b.edge) && b.edge[to] == edge {
		to++
	}
	return b.index[from:to]
}

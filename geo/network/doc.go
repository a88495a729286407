// Package network answers how far people travel over roads: it builds the road graph of one mode and one metric, snaps points
// onto its edges, and searches it within a limit.
//
//	g, err := network.Build(ctx, roads, mode, geo.Metres)
//	demand, sites := g.Snap(homes), g.Snap(centres)
//	matrix, err := g.Matrix(ctx, sites, demand, geo.Limit{Metric: geo.Metres, Max: 1_000_000}, workers)
//
// A cost is the walk from the demand point straight to the nearest point on the nearest usable edge, the shortest way along
// the edges to the point where the site meets its edge, and the straight leg to the site. People travel TO the sites: with
// one-way roads the search runs over the reversed graph from each site.
//
// Costs are integers (mm or ms): each edge is rounded once, each position on an edge once, each access leg once. Everything
// after that is exact, so results do not depend on the number of workers or on the order of work. All positions are
// WGS84 (longitude, latitude) degrees; extents that cross the antimeridian are not supported.
//
// A Graph is immutable and safe for concurrent use; each search works on a scratch of its own. A search costs time in
// proportion to what it reaches, not to the size of the graph.
package network

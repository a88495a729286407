// Package network is the road graph: built for one mode and metric, points snapped onto its edges, bounded
// shortest-path searches from sites, cost matrices. Costs are integers (mm or ms).
package network

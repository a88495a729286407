package network

import (
	"math"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// Piece is a stretch of an edge, as short as asked for: a bit of street with its buildings.
type Piece struct {
	Edge   int32
	Class  Class
	Metres float64   // length along the street, great circles
	Middle orb.Point // half-way along it; WGS84 lon, lat
}

// Pieces cuts each of the edges [from, to) into the least number of pieces of equal length that are no longer than longest
// metres (more than 0), and visits them edge by edge in the order of the way. Edges without length have no pieces. The
// pieces of an edge depend on its geometry alone, not on the other roads beyond where they meet it.
func (g *Graph) Pieces(from, to int32, longest float64, visit func(Piece)) {
	var lengths []float64
	for e := from; e < to; e++ {
		refs := g.roads.Refs[g.first[e] : g.last(e)+1]
		lengths = lengths[:0]
		total := 0.0
		for i := 1; i < len(refs); i++ {
			metres := geo.Distance(g.roads.Nodes[refs[i-1]], g.roads.Nodes[refs[i]])
			lengths = append(lengths, metres)
			total += metres
		}
		if total == 0 {
			continue
		}
		n := math.Ceil(total / longest)
		p := Piece{Edge: e, Class: g.roads.Ways[g.way[e]].Class, Metres: total / n}
		segment, before := 0, 0.0 // the segment that the middle lies on, and the metres before it
		for k := 0.5; k < n; k++ {
			at := k * p.Metres
			for segment < len(lengths)-1 && before+lengths[segment] < at {
				before += lengths[segment]
				segment++
			}
			a, b := g.roads.Nodes[refs[segment]], g.roads.Nodes[refs[segment+1]]
			t := 0.0
			if lengths[segment] > 0 {
				t = min((at-before)/lengths[segment], 1)
			}
			p.Middle = orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
			visit(p)
		}
	}
}

package reports

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"

	"sitecover/geo"
	"sitecover/geo/network"
)

// roadRank sorts road classes into the three strengths of line the map knows; ranks from 3 on are drawn only close up.
func roadRank(c network.Class) int {
	switch {
	case c <= network.Primary:
		return 0
	case c <= network.Tertiary:
		return 1
	case c <= network.LivingStreet:
		return 2
	case c == network.Ferry:
		return -1
	}
	return 3
}

// maxRoadPoints keeps the base map small: the lowest ranks are left out of it, whole, until it fits. Only the picture is
// simplified; every figure rests on all roads.
const maxRoadPoints = 300_000

// packedLines is a set of lines of one kind.
type packedLines struct {
	Kind  int    `json:"kind"`
	Count int    `json:"count"`
	Data  string `json:"data"`
}

// packRoads draws the roads for the map: by rank, simplified to about the width of the line.
func packRoads(p projection, roads *network.Roads) []packedLines {
	out := []packedLines{}
	if roads == nil {
		return out
	}
	tolerance := [4]float64{6, 6, 4, 4} // metres
	var lines [4][]orb.LineString
	var points [4]int
	for i := range roads.Ways {
		w := &roads.Ways[i]
		rank := roadRank(w.Class)
		if rank < 0 || w.Count < 2 {
			continue
		}
		at := make([]orb.Point, 0, w.Count)
		for _, n := range roads.Refs[w.First : w.First+w.Count] {
			at = append(at, roads.Nodes[n])
		}
		ls := simplify.DouglasPeucker(tolerance[rank] / p.quantum).LineString(p.line(at))
		lines[rank] = append(lines[rank], ls)
		points[rank] += len(ls)
	}
	total := 0
	for rank := range lines {
		if total += points[rank]; len(lines[rank]) == 0 || total > maxRoadPoints && rank > 0 {
			continue
		}
		var pk packer
		for _, ls := range lines[rank] {
			pk.line(ls)
		}
		out = append(out, packedLines{Kind: rank, Count: len(lines[rank]), Data: pk.String()})
	}
	return out
}

// packRings packs the rings of polygons, simplified to the tolerance in metres, as lines.
func packRings(p projection, shape orb.MultiPolygon, tolerance float64, pk *packer) (count int) {
	for _, poly := range shape {
		for _, ring := range poly {
			ls := p.line(ring)
			if tolerance > 0 {
				ls = simplify.DouglasPeucker(tolerance / p.quantum).LineString(ls)
			}
			if len(ls) < 4 {
				continue
			}
			pk.line(ls)
			count++
		}
	}
	return count
}

// edge is a piece of boundary between two vertices, in a canonical direction.
type edge struct{ a, b orb.Point }

func comparePoints(a, b orb.Point) int {
	if c := cmp.Compare(a[0], b[0]); c != 0 {
		return c
	}
	return cmp.Compare(a[1], b[1])
}

// packBorders draws the boundaries of all regions, every piece once, at the coarsest level it bounds: a county border is
// not drawn again as the border of its towns. Pieces are joined to lines between junctions and each line is simplified
// once, so neighbours stay neighbours.
func packBorders(p projection, rs *geo.Regions) []packedLines {
	level := map[edge]int{}
	for i := range rs.All {
		for _, poly := range rs.All[i].Shape {
			for _, ring := range poly {
				for k := 1; k < len(ring); k++ {
					e := edge{ring[k-1], ring[k]}
					if comparePoints(e.a, e.b) > 0 {
						e.a, e.b = e.b, e.a
					}
					if l, ok := level[e]; e.a != e.b && (!ok || rs.All[i].Level < l) {
						level[e] = rs.All[i].Level
					}
				}
			}
		}
	}
	byLevel := make([][]edge, len(rs.Levels))
	for e, l := range level {
		byLevel[l] = append(byLevel[l], e)
	}
	out := []packedLines{}
	for l, edges := range byLevel {
		if len(edges) == 0 {
			continue
		}
		slices.SortFunc(edges, func(x, y edge) int {
			if c := comparePoints(x.a, y.a); c != 0 {
				return c
			}
			return comparePoints(x.b, y.b)
		})
		lines := joinEdges(edges)
		var pk packer
		for _, ls := range lines {
			pk.line(simplify.DouglasPeucker(5 / p.quantum).LineString(p.line(ls)))
		}
		out = append(out, packedLines{Kind: l, Count: len(lines), Data: pk.String()})
	}
	return out
}

// joinEdges joins sorted edges into lines that end where other than two edges meet; what is left over are closed rings.
func joinEdges(edges []edge) []orb.LineString {
	at := map[orb.Point][]int{}
	for i, e := range edges {
		at[e.a] = append(at[e.a], i)
		at[e.b] = append(at[e.b], i)
	}
	used := make([]bool, len(edges))
	var lines []orb.LineString
	walk := func(i int, from orb.Point) {
		ls := orb.LineString{from}
		for i >= 0 {
			used[i] = true
			if from == edges[i].a {
				from = edges[i].b
			} else {
				from = edges[i].a
			}
			ls = append(ls, from)
			i = nextEdge(at[from], used)
		}
		lines = append(lines, ls)
	}
	for i, e := range edges { // lines that start at a junction or a loose end
		for _, end := range [2]orb.Point{e.a, e.b} {
			if !used[i] && len(at[end]) != 2 {
				walk(i, end)
			}
		}
	}
	for i, e := range edges { // closed rings
		if !used[i] {
			walk(i, e.a)
		}
	}
	return lines
}

// nextEdge returns the unused one of two edges that meet, or -1 at a junction, a loose end or a closed ring.
func nextEdge(meeting []int, used []bool) int {
	if len(meeting) != 2 {
		return -1
	}
	for _, i := range meeting {
		if !used[i] {
			return i
		}
	}
	return -1
}

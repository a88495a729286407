package network

import (
	"math"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// Snap is where a point meets the road graph: the nearest point on the nearest usable edge. It belongs to the graph that made it.
// A Snap that is not OK is unconnected: farther than Mode.MaxAccess from every usable edge. Its other fields say nothing.
type Snap struct {
	OK     bool
	Edge   int32         // of equally near edges the lowest
	Offset geo.Impedance // cost along the edge from its start to the point, in [0, weight of the edge]
	Access geo.Impedance // cost of the straight leg between the point and the edge
	Point  orb.Point     // on the edge; WGS84 lon, lat
}

// snapBatch is the number of points that one goroutine takes at a time.
const snapBatch = 4096

// Snap puts each point on the nearest edge of the graph, at most Mode.MaxAccess metres away (a point exactly that far is connected). Nearness is
// measured in the plane that touches the sphere at the point, the access leg on the sphere. The leg costs its metres, or its time at
// Mode.OffRoad. Points that are no positions are not OK. All processors share the work; the result does not depend on it.
func (g *Graph) Snap(points []orb.Point) []Snap {
	snaps := make([]Snap, len(points))
	// Neighbours one after the other find their part of the index still in the cache.
	order := make([]int32, len(points))
	for i := range order {
		order[i] = int32(i)
	}
	hilbertOrder(order, func(i int32) orb.Point { return points[i] })
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (len(points)+snapBatch-1)/snapBatch) {
		wg.Go(func() {
			for {
				to := int(next.Add(snapBatch))
				if to-snapBatch >= len(order) {
					return
				}
				for _, i := range order[to-snapBatch : min(to, len(order))] {
					snaps[i] = g.snapPoint(points[i])
				}
			}
		})
	}
	wg.Wait()
	return snaps
}

func (g *Graph) snapPoint(p orb.Point) Snap {
	none := Snap{Edge: -1}
	if !(math.Abs(p.Lon()) <= 180 && math.Abs(p.Lat()) <= 90) {
		return none
	}
	n := newNearest(p, g.Mode.MaxAccess)
	n.search(g)
	if n.ref < 0 {
		return none
	}
	metres := geo.Distance(p, n.point)
	if metres > g.Mode.MaxAccess {
		return none
	}
	s := Snap{OK: true, Point: n.point, Edge: g.edgeAt(n.ref), Access: g.accessCost(metres)}
	s.Offset = g.offset(s.Edge, n)
	return s
}

// accessCost is the cost of the straight leg.
func (g *Graph) accessCost(metres float64) geo.Impedance {
	if g.Metric == geo.Seconds {
		return geo.ToImpedance(metres * 3.6 / g.Mode.OffRoad)
	}
	return geo.ToImpedance(metres)
}

// edgeAt returns the edge of the segment that begins at a position of Roads.Refs.
func (g *Graph) edgeAt(ref int32) int32 {
	return int32(sort.Search(len(g.first), func(e int) bool { return g.first[e] > ref })) - 1
}

// offset is the cost along the edge up to the point found. It adds up in the same order as the edge's weight did, so that the end of
// the edge gets exactly the weight.
func (g *Graph) offset(edge int32, n nearest) geo.Impedance {
	refs, nodes := g.roads.Refs, g.roads.Nodes
	metres := 0.0
	for i := g.first[edge]; i < n.ref; i++ {
		metres += geo.Distance(nodes[refs[i]], nodes[refs[i+1]])
	}
	metres += geo.Distance(nodes[refs[n.ref]], n.point)
	// A point inside the last segment can exceed the weight by the rounding of the two halves.
	return min(g.cost(metres, g.way[edge]), geo.Impedance(g.edges[edge].weight))
}

// nearest is the search for the segment nearest to one point, in the plane that touches the sphere there.
type nearest struct {
	at     orb.Point
	sx, sy float64 // metres per degree of longitude and latitude at the point
	ref    int32   // the nearest segment so far, -1 = none
	square float64 // its distance squared, m²; before one is found, the largest distance allowed
	point  orb.Point
}

func newNearest(p orb.Point, within float64) nearest {
	// A little more than allowed: the exact test is made on the sphere.
	limit := within*(1+1e-3) + 1
	return nearest{at: p, sx: metresPerDegree * math.Cos(p.Lat()*math.Pi/180), sy: metresPerDegree, ref: -1, square: limit * limit}
}

// search looks at the surroundings of the point, wider and wider, until nothing nearer can lie outside.
func (n *nearest) search(g *Graph) {
	for radius := float64(cellMetres) / 2; ; radius *= 3 {
		n.lookAround(g, radius)
		if n.square <= radius*radius {
			return
		}
	}
}

// lookAround compares the segments in all cells that come within the radius, in metres.
func (n *nearest) lookAround(g *Graph, radius float64) {
	x := &g.index
	radius = math.Min(radius, math.Sqrt(n.square))
	south, north := n.at.Lat()-radius/n.sy, n.at.Lat()+radius/n.sy
	dx := math.Min(radius/n.sx, 360) // at a pole every longitude is near
	west, east := int32(math.Floor((n.at.Lon()-dx)/x.width)), int32(math.Floor((n.at.Lon()+dx)/x.width))
	for row := int32(math.Floor(south / x.height)); row <= int32(math.Floor(north/x.height)); row++ {
		for _, ref := range x.between(row, west, east) {
			n.look(g.roads, ref)
		}
	}
}

// look compares one segment with the nearest so far.
func (n *nearest) look(roads *Roads, ref int32) {
	a, b := roads.Nodes[roads.Refs[ref]], roads.Nodes[roads.Refs[ref+1]]
	ax, ay := (a[0]-n.at[0])*n.sx, (a[1]-n.at[1])*n.sy
	bx, by := (b[0]-n.at[0])*n.sx, (b[1]-n.at[1])*n.sy
	dx, dy := bx-ax, by-ay
	p, px, py := a, ax, ay
	if dot, length := -(ax*dx + ay*dy), dx*dx+dy*dy; dot >= length && length > 0 {
		p, px, py = b, bx, by
	} else if dot > 0 {
		t := dot / length
		p = orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
		px, py = ax+t*dx, ay+t*dy
	}
	square := px*px + py*py
	if square < n.square || (square == n.square && (n.ref < 0 || ref < n.ref)) {
		n.ref, n.square, n.point = ref, square, p
	}
}

package network

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// plane is the tangent plane at a block: metres per degree.
type plane struct{ sx, sy float64 }

func planeAt(lat float64) plane {
	return plane{metresPerDegree * math.Cos(lat*math.Pi/180), metresPerDegree}
}

// reach is a segment in the plane, and what it costs to travel on from it. Its points are relative to an origin, in metres.
type reach struct {
	ref, edge      int32
	ax, ay, dx, dy float64 // from its first node to its second
	square         float64 // its length squared
	offset, along  float64 // cost of the edge up to its first node, and from there to its second
	weight         float64 // of the whole edge
	from, to       float64 // cost of travel from the ends of the edge
	own            []int32 // sites on this edge
}

// reachOf describes the segment that begins at a position of Roads.Refs.
func (f *field) reachOf(ref int32, origin orb.Point, pl plane) reach {
	r := f.segment(ref, origin, pl)
	f.know(&r, pl)
	return r
}

// know looks up the costs of a segment.
func (f *field) know(r *reach, pl plane) {
	g := f.g
	at := func(i int32) (x, y float64) {
		p := g.roads.Nodes[g.roads.Refs[i]]
		return p[0] * pl.sx, p[1] * pl.sy
	}
	r.edge = g.edgeAt(r.ref)
	r.from, r.to = f.ends(r.edge)
	r.own = f.onEdge.on(r.edge)
	r.weight = float64(g.edges[r.edge].weight) / 1000
	// The edge's weight is shared out by length in the plane.
	before, total := 0.0, 0.0
	px, py := at(g.first[r.edge])
	for i, last := g.first[r.edge]+1, g.last(r.edge); i <= last; i++ {
		x, y := at(i)
		total += math.Sqrt((x-px)*(x-px) + (y-py)*(y-py))
		if i == r.ref {
			before = total
		}
		px, py = x, y
	}
	if total > 0 {
		r.offset, r.along = r.weight*before/total, r.weight*math.Sqrt(r.square)/total
	}
}

// nearest returns the square of the distance to the segment from a point, and how far along it the nearest place is, 0 to 1.
func (r *reach) nearest(x, y float64) (square, t float64) {
	x, y = x-r.ax, y-r.ay
	if dot := x*r.dx + y*r.dy; dot >= r.square && r.square > 0 {
		x, y, t = x-r.dx, y-r.dy, 1
	} else if dot > 0 {
		t = dot / r.square
		x, y = x-t*r.dx, y-t*r.dy
	}
	return x*x + y*y, t
}

// costAt returns the cost of travel from a place on the segment. Where a one-way street passes a site, the cost leaps: those just past it
// have to go round. Places no more than slack metres past it are counted as before it.
func (f *field) costAt(r *reach, t, slack float64) float64 {
	o := r.offset + t*r.along
	if slack > 0 && r.square > 0 {
		slack *= r.along / math.Sqrt(r.square)
	}
	cost := min(r.from+o, r.to+r.weight-o)
	for _, k := range r.own {
		s := &f.sites[k]
		at := s.Offset.Value()
		if o <= at+slack && f.g.forward(r.edge) || o >= at-slack && f.g.backward(r.edge) {
			cost = min(cost, math.Abs(at-o)+s.Access.Value())
		}
	}
	return cost
}

// look returns the distance of a point from the segment in metres, and the cost from the point by way of it.
func (f *field) look(r *reach, x, y float64) (metres, cost float64) {
	square, t := r.nearest(x, y)
	metres = math.Sqrt(square)
	return metres, metres*f.perMetre + f.costAt(r, t, 0)
}

// near is a segment and its distance from the middle of a block, as one number that sorts by distance, then segment: the bits of
// the distance as a float32, which are in order because it is not negative, and the position in Roads.Refs.
type near uint64

func newNear(metres float64, ref int32) near {
	return near(math.Float32bits(float32(metres)))<<32 | near(uint32(ref))
}

func (n near) ref() int32      { return int32(uint32(n)) }
func (n near) metres() float64 { return float64(math.Float32frombits(uint32(n >> 32))) }

// nearSlack is more than what a distance loses as a float32.
const nearSlack = 1 + 1e-6

// seen is a segment near a block. Its costs are looked up when they are first asked for.
type seen struct {
	metres float64 // from the middle of the block
	known  bool    // all of reach is filled in
	reach
}

// painter computes blocks for one goroutine.
type painter struct {
	f     *field
	near  []near
	found []seen // nearest first
}

// paint computes the field in a block. It first gathers the segments that can be the nearest of any of its points.
func (p *painter) paint(b *block) {
	f := p.f
	const half = float64(blockSide-1) / 2
	origin := orb.Point{(float64(b.col)*blockSide + half) * f.stepX, (float64(b.row)*blockSide + half) * f.stepY}
	pl := planeAt(origin[1])
	dx, dy := f.stepX*pl.sx, f.stepY*pl.sy
	p.gather(origin, pl, half*math.Sqrt(dx*dx+dy*dy))
	for row := range blockSide {
		for col := range blockSide {
			i := row*blockSide + col
			cost, ref := p.at((float64(col)-half)*dx, (float64(row)-half)*dy, pl)
			b.cost[i], b.ref[i] = float32(cost), ref
		}
	}
}

// gather collects, nearest first, all segments that may be nearest to a point of the circle around the block, and those that come near
// enough to one to count all the same.
func (p *painter) gather(origin orb.Point, pl plane, radius float64) {
	f := p.f
	most := f.maxLeg + radius
	keep := 0.0
	for look := min(2.25*radius, most); ; look = min(3*look, most) {
		nearest := p.collect(origin, pl, look, radius)
		keep = max(nearest+2*radius, f.near+radius)
		if keep <= look || look == most {
			break
		}
		if keep < 3*look {
			look = keep / 3 * 1.01 // the loop takes it times 3
		}
	}
	slices.Sort(p.near)
	p.found = p.found[:0]
	for i, n := range p.near {
		if n.metres() > keep*nearSlack {
			break
		}
		if i == 0 || n != p.near[i-1] {
			p.found = append(p.found, seen{metres: n.metres(), reach: f.segment(n.ref(), origin, pl)})
		}
	}
}

// segment returns the geometry of the segment that begins at a position of Roads.Refs.
func (f *field) segment(ref int32, origin orb.Point, pl plane) reach {
	roads := f.g.roads
	a, b := roads.Nodes[roads.Refs[ref]], roads.Nodes[roads.Refs[ref+1]]
	r := reach{ref: ref, ax: (a[0] - origin[0]) * pl.sx, ay: (a[1] - origin[1]) * pl.sy, dx: (b[0] - a[0]) * pl.sx, dy: (b[1] - a[1]) * pl.sy}
	r.square = r.dx*r.dx + r.dy*r.dy
	return r
}

// collect finds the segments in all index cells within so many metres of a point, and returns the distance of the nearest. It leaves out
// those that are too far to matter in a circle of this radius.
func (p *painter) collect(at orb.Point, pl plane, metres, radius float64) float64 {
	x := &p.f.g.index
	p.near = p.near[:0]
	nearest, keep := infinite, infinite // squares
	dx := min(metres/pl.sx, 360)
	west, east := floorTo(at[0]-dx, x.width), floorTo(at[0]+dx, x.width)
	for row := floorTo(at[1]-metres/pl.sy, x.height); row <= floorTo(at[1]+metres/pl.sy, x.height); row++ {
		for _, ref := range x.between(row, west, east) {
			s := p.f.segment(ref, at, pl)
			square, _ := s.nearest(0, 0)
			if square > keep {
				continue
			}
			p.near = append(p.near, newNear(math.Sqrt(square), ref))
			if square < nearest {
				nearest = square
				keep = max(math.Sqrt(square)+2*radius, p.f.near+radius) * nearSlack
				keep *= keep
			}
		}
	}
	return math.Sqrt(nearest)
}

// at returns the field at a point, and the segment that it is owed to. Of equally near segments the first of Roads.Refs counts.
func (p *painter) at(x, y float64, pl plane) (cost float64, ref int32) {
	f := p.f
	know := func(s *seen) *reach {
		if !s.known {
			f.know(&s.reach, pl)
			s.known = true
		}
		return &s.reach
	}
	away := math.Sqrt(x*x + y*y)
	best, bestT, least, distance := -1, 0.0, f.maxLeg*f.maxLeg, f.maxLeg
	cost, ref = infinite, -1
	for i := range p.found {
		s := &p.found[i]
		if s.metres-away > max(distance, f.near)+0.01 { // with room for rounding
			break // and so are all that follow
		}
		square, t := s.nearest(x, y)
		if square < least || square == least && (best < 0 || s.ref < p.found[best].ref) {
			best, bestT, least, distance = i, t, square, math.Sqrt(square)
		}
		if square <= f.near*f.near {
			if c := math.Sqrt(square)*f.perMetre + f.costAt(know(s), t, f.near); c < cost || c == cost && s.ref < ref {
				cost, ref = c, s.ref
			}
		}
	}
	if best < 0 {
		return infinite, -1
	}
	if c := distance*f.perMetre + f.costAt(know(&p.found[best]), bestT, 0); c < cost || ref < 0 {
		cost, ref = c, p.found[best].ref
	}
	return cost, ref
}

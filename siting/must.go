package siting

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/network"
)

// Must is what the ground must offer to a new site of a tier. The zero value asks for nothing. Distances are great circles
// in metres; exactly at the distance counts as within.
type Must struct {
	Road    *NearRoad
	Place   *NearPlace
	People  *PeopleWithin
	Regions []int32 // in one of these regions, of any level; empty = anywhere
}

// NearRoad asks for a road of one of the classes.
type NearRoad struct {
	Classes []network.Class
	Within  float64 // metres to the nearest point of its line
}

// NearPlace asks for a place of one of the kinds.
type NearPlace struct {
	Kinds  []string
	Within float64 // metres
}

// PeopleWithin asks for people around the candidate, counted at their demand points.
type PeopleWithin struct {
	People float64
	Radius float64 // metres
}

// Prefer makes a candidate worth more than the people it serves. The zero value prefers nothing.
type Prefer struct {
	Place *NearPlace // candidates that are near such a place are preferred
	Worth float64    // what a preferred site is worth a year, in people of its tier; it is counted in the objective
}

// validate names what is out of range.
func (m *Must) validate(w *World) error {
	var errs []error
	if m.Road != nil {
		if len(m.Road.Classes) == 0 {
			errs = append(errs, errors.New("Must.Road.Classes is empty"))
		}
		if w.Roads == nil {
			errs = append(errs, errors.New("Must.Road: the World has no Roads"))
		}
		errs = append(errs, positiveMetres("Must.Road.Within", m.Road.Within))
	}
	if m.Place != nil {
		errs = append(errs, m.Place.validate("Must.Place"))
	}
	if m.People != nil {
		errs = append(errs, positiveMetres("Must.People.Radius", m.People.Radius))
		if !(m.People.People >= 0) || math.IsInf(m.People.People, 0) {
			errs = append(errs, fmt.Errorf("Must.People.People %v: want a number >= 0", m.People.People))
		}
	}
	for _, r := range m.Regions {
		if r < 0 || int(r) >= len(w.Regions.All) {
			errs = append(errs, fmt.Errorf("Must.Regions: region %d of %d", r, len(w.Regions.All)))
		}
	}
	return errors.Join(errs...)
}

func (p *Prefer) validate() error {
	var errs []error
	if p.Place != nil {
		errs = append(errs, p.Place.validate("Prefer.Place"))
	}
	if !(p.Worth >= 0 && p.Worth <= maxPresence) {
		errs = append(errs, fmt.Errorf("Prefer.Worth %v: want people from 0 to %d", p.Worth, maxPresence))
	}
	return errors.Join(errs...)
}

func (n *NearPlace) validate(field string) error {
	if len(n.Kinds) == 0 {
		return fmt.Errorf("%s.Kinds is empty", field)
	}
	return positiveMetres(field+".Within", n.Within)
}

func positiveMetres(field string, v float64) error {
	if !(v > 0) || math.IsInf(v, 0) {
		return fmt.Errorf("%s %v: want metres > 0", field, v)
	}
	return nil
}

// ground answers what the rules of one tier ask of the ground.
type ground struct {
	w      *World
	must   *Must
	roads  *lineIndex
	places *nearIndex
	people *nearIndex
	in     []bool // per region: it or one of its ancestors is asked for
}

func newGround(w *World, must *Must) *ground {
	g := &ground{w: w, must: must}
	if must.Road != nil {
		g.roads = newLineIndex(w.Roads, must.Road.Classes)
	}
	if must.Place != nil {
		g.places = placesOf(w, must.Place.Kinds)
	}
	if must.People != nil {
		g.people = newNearIndex(w.Demand.Point)
	}
	if len(must.Regions) > 0 {
		g.in = make([]bool, len(w.Regions.All))
		for i := range g.in {
			for _, up := range w.Regions.Path(int32(i)) {
				g.in[i] = g.in[i] || slices.Contains(must.Regions, up)
			}
		}
	}
	return g
}

// placesOf indexes the places of the kinds.
func placesOf(w *World, kinds []string) *nearIndex {
	ix := newNearIndex(nil)
	for i := range w.Places {
		if slices.Contains(kinds, w.Places[i].Kind) {
			ix.add(w.Places[i].Point)
		}
	}
	return ix
}

// refuse says which condition a candidate fails, and by how much; "" when it meets all.
func (g *ground) refuse(c *Candidate) (reason, detail string) {
	if g.in != nil && (c.Region < 0 || !g.in[c.Region]) {
		return RejectedRegion, ""
	}
	if g.roads != nil {
		if d := g.roads.distance(c.Point, g.must.Road.Within); d > g.must.Road.Within {
			return RejectedFarRoad, fmt.Sprintf("> %.0f m", g.must.Road.Within)
		}
	}
	if g.places != nil {
		if len(g.places.within(c.Point, upTo(g.must.Place.Within))) == 0 {
			return RejectedFarPlace, fmt.Sprintf("> %.0f m", g.must.Place.Within)
		}
	}
	if g.people != nil {
		var sum coverage.People
		for _, d := range g.people.within(c.Point, upTo(g.must.People.Radius)) {
			sum += g.w.Demand.People[d]
		}
		if sum.Float() < g.must.People.People {
			return RejectedFewAround, fmt.Sprintf("%.0f < %.0f, %.0f m", sum.Float(), g.must.People.People, g.must.People.Radius)
		}
	}
	return "", ""
}

// upTo turns the strict limit of a nearIndex into "at most so many metres".
func upTo(metres float64) float64 { return math.Nextafter(metres, math.Inf(1)) }

// lineIndex finds the distance to the nearest of many road segments.
type lineIndex struct {
	segments [][2]orb.Point // WGS84 lon, lat
	tree     rtree.RTreeG[int32]
}

// newLineIndex holds the segments of roads of the classes.
func newLineIndex(roads *network.Roads, classes []network.Class) *lineIndex {
	ix := &lineIndex{}
	for k := range roads.Ways {
		way := &roads.Ways[k]
		if !slices.Contains(classes, way.Class) {
			continue
		}
		refs := roads.Refs[way.First : way.First+way.Count]
		for i := 1; i < len(refs); i++ {
			a, b := roads.Nodes[refs[i-1]], roads.Nodes[refs[i]]
			low := [2]float64{min(a[0], b[0]), min(a[1], b[1])}
			high := [2]float64{max(a[0], b[0]), max(a[1], b[1])}
			ix.tree.Insert(low, high, int32(len(ix.segments)))
			ix.segments = append(ix.segments, [2]orb.Point{a, b})
		}
	}
	return ix
}

// distance returns the metres from p to the nearest segment among those whose box is within the given metres; +Inf when
// there is none. Segments are short, so that their plane around p is good to a millimetre.
func (ix *lineIndex) distance(p orb.Point, metres float64) float64 {
	least := math.Inf(1)
	low, high := capBox(p, metres)
	ix.tree.Search(low, high, func(_, _ [2]float64, i int32) bool {
		least = min(least, geo.Distance(p, nearestOn(ix.segments[i][0], ix.segments[i][1], p)))
		return true
	})
	return least
}

// nearestOn returns the point of the segment from a to b that is nearest to p, in a plane around p.
func nearestOn(a, b, p orb.Point) orb.Point {
	shrink := math.Cos(p[1] * math.Pi / 180)
	dx, dy := (b[0]-a[0])*shrink, b[1]-a[1]
	length := dx*dx + dy*dy
	if length == 0 {
		return a
	}
	u := ((p[0]-a[0])*shrink*dx + (p[1]-a[1])*dy) / length
	u = math.Max(0, math.Min(1, u))
	return orb.Point{a[0] + u*(b[0]-a[0]), a[1] + u*(b[1]-a[1])}
}

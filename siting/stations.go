package siting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// StationRules say where 红色驿站 may stand and what counts as footfall. Start from DefaultStationRules.
type StationRules struct {
	Count     int                // stations to propose; at most so many, >= 1
	Catchment float64            // metres on foot from which people come; > 0. Default 300
	Spacing   float64            // metres, great circle, between stations, existing ones included; >= 0. Default 1,000
	Weights   map[string]float64 // place kind -> index points; PartResidents per 100 people, PartRoad per class step; >= 0
	HostKinds []string           // place kinds that may host a station; empty = every kind with a weight > 0
	// Roadside is what a station without a host captures, as a share of what a host place at the same spot would: hosts
	// come first. In (0, 1]. Default 0.8.
	Roadside float64
	Mode     string          // travel mode of the catchment, whose graph in metres must be among World.Graphs, or coverage.Straight. Default "walk"
	Existing []coverage.Site // stations that stand already: they keep the spacing and what they capture
	Workers  []WorkerGroup   // who works out of doors; may be empty
	// Hours are when the new stations are open: what passes at other times counts for nothing. nil = all day, every day.
	Hours *coverage.Week

	Runs int     // sensitivity runs; 0 = none. Default 20
	Vary float64 // by which share weights and catchment move in them, both ways; [0, 1). Default 0.2
	Seed uint64  // of the sensitivity runs
}

// WorkerGroup are people who work out of doors, such as couriers, drivers or sanitation workers: a source of footfall of their own.
type WorkerGroup struct {
	ID     string  // the kind of its part of a score; no place kind, PartResidents or PartRoad
	Weight float64 // index points per 100 of them; >= 0
	At     []Workers
}

// Workers are so many of a group at a place.
type Workers struct {
	Point orb.Point // WGS84
	Heads float64   // >= 0
}

// DefaultStationRules returns the documented defaults; Count and Weights are the study's.
func DefaultStationRules() StationRules {
	return StationRules{Catchment: 300, Spacing: 1000, Roadside: 0.8, Mode: "walk", Runs: 20, Vary: 0.2}
}

// Validate names every field that is out of range.
func (r *StationRules) Validate() error {
	var errs []error
	need := func(ok bool, field string, v any, want string) {
		if !ok {
			errs = append(errs, fmt.Errorf("siting: StationRules.%s %v: want %s", field, v, want))
		}
	}
	need(r.Count >= 1, "Count", r.Count, "at least 1")
	need(r.Catchment > 0 && r.Catchment <= maxCatchment, "Catchment", r.Catchment, fmt.Sprintf("metres up to %d", maxCatchment))
	need(r.Spacing >= 0 && !math.IsInf(r.Spacing, 0), "Spacing", r.Spacing, "metres >= 0")
	need(r.Roadside > 0 && r.Roadside <= 1, "Roadside", r.Roadside, "a share in (0, 1]")
	need(r.Mode != "", "Mode", `""`, "a travel mode")
	need(r.Runs >= 0, "Runs", r.Runs, ">= 0")
	need(r.Vary >= 0 && r.Vary < 1, "Vary", r.Vary, "a share in [0, 1)")
	for _, kind := range slices.Sorted(maps.Keys(r.Weights)) {
		v := r.Weights[kind]
		need(v >= 0 && !math.IsInf(v, 0), "Weights["+kind+"]", v, "a number >= 0")
	}
	seen := map[string]bool{PartResidents: true, PartRoad: true}
	for k, g := range r.Workers {
		need(g.ID != "" && !seen[g.ID], fmt.Sprintf("Workers[%d].ID", k), fmt.Sprintf("%q", g.ID), "a word of its own")
		seen[g.ID] = true
		need(g.Weight >= 0 && !math.IsInf(g.Weight, 0), "Workers["+g.ID+"].Weight", g.Weight, "a number >= 0")
		for _, a := range g.At {
			need(a.Heads >= 0 && !math.IsInf(a.Heads, 0), "Workers["+g.ID+"].Heads", a.Heads, "a number >= 0")
			need(geo.ValidPoint(a.Point), "Workers["+g.ID+"].Point", a.Point, "longitude, latitude")
		}
	}
	return errors.Join(errs...)
}

// maxCatchment bounds StationRules.Catchment, in metres.
const maxCatchment = 20_000

// FindStations proposes the set of stations S that captures most footfall:
//
//	max  sum_i v_i (1 - e_i prod_{j in S} (1 - a_ij)) + sum_{j in S} h_j road_j,   |S| <= Count,  spacing kept
//
// v_i is the footfall of generator i (see surface), a_ij = h_j (1 - (d_ij / Catchment)²) the share of it that a station at j
// captures over d_ij metres on foot, h_j = 1 in a host place and Roadside elsewhere, e_i what existing stations leave, and
// road_j the footfall of the main road at j. Two stations that reach the same generator share it with diminishing return, as
// if people dropped in independently (the probabilistic coverage of Karasakal & Karasakal, Computers & OR 31, 2004, without
// its distance classes).
//
// Candidates are host places and, on trunk, primary, secondary and tertiary roads, one road-side point per H3 cell of
// resolution 10, the point nearest to the cell's centre of the highest class. The objective is submodular without the
// spacing; the answer is greedy, then improved by single exchanges until none helps, and comes with a bound (see proof). Stations
// are ranked by what each adds to those before it. Ties go to hosts, then to the lowest ID.
func FindStations(ctx context.Context, w *World, r StationRules) (*StationSet, error) {
	if err := errors.Join(w.Validate(), r.Validate()); err != nil {
		return nil, err
	}
	f, err := newFootfall(ctx, w, &r)
	if err != nil {
		return nil, fmt.Errorf("siting: stations: %w", err)
	}
	best, err := f.choose(ctx, f.base())
	if err != nil {
		return nil, err
	}
	out := &StationSet{Stations: f.describe(best), Standing: len(r.Existing), Counted: f.surface.counted, Hours: f.surface.hours}
	out.Score, _ = f.total(f.base(), best)
	if out.Bound, err = f.proof(ctx, f.base(), best); err != nil {
		return nil, err
	}
	if out.Bound > 0 {
		out.Gap = (out.Bound - out.Score) / out.Bound
	}
	if err := f.sensitivity(ctx, out.Stations); err != nil {
		return nil, err
	}
	out.Passed = f.passOver(best)
	return out, nil
}

// spot is a place that may get a station.
type spot struct {
	Candidate
	class network.Class // of the main road it stands at, NumClasses = none
}

// footfall is one search for stations.
type footfall struct {
	w       *World
	r       *StationRules
	surface *surface
	kinds   []string // of generators and PartRoad, sorted: the index of a kind is its factor's
	kindOf  []int32  // per generator
	road    int32    // index of PartRoad
	spots   []spot   // hosts by ID, then road-side points by cell: the order that decides ties
	near    *nearIndex
	reach   *geo.CostMatrix // spots x generators, within the largest catchment of any run
	stand   *geo.CostMatrix // existing stations x generators
	beside  [][]float64     // per entry of stand: which part of the generator's footfall passes while that station is open
	passed  []Passed        // places that may not have a station
	often   []int           // per spot: how many sensitivity runs put a station there; nil = none was run
}

func newFootfall(ctx context.Context, w *World, r *StationRules) (*footfall, error) {
	f := &footfall{w: w, r: r, surface: newSurface(w, r)}
	f.findSpots()
	f.near = newNearIndex(nil)
	points := make([]orb.Point, len(f.spots))
	for i := range f.spots {
		points[i] = f.spots[i].Point
		f.near.add(points[i])
	}
	generators := make([]orb.Point, len(f.surface.generators))
	seen := map[string]bool{PartRoad: true}
	for i, g := range f.surface.generators {
		generators[i] = g.point
		seen[g.kind] = true
	}
	f.kinds = slices.Sorted(maps.Keys(seen))
	for _, g := range f.surface.generators {
		k, _ := slices.BinarySearch(f.kinds, g.kind)
		f.kindOf = append(f.kindOf, int32(k))
	}
	road, _ := slices.BinarySearch(f.kinds, PartRoad)
	f.road = int32(road)
	standing := make([]orb.Point, len(r.Existing))
	for i := range standing {
		standing[i] = r.Existing[i].Point
	}
	var err error
	if f.reach, err = w.walkMatrix(ctx, r.Mode, points, generators, r.Catchment*(1+r.Vary)); err != nil {
		return nil, err
	}
	if f.stand, err = w.walkMatrix(ctx, r.Mode, standing, generators, r.Catchment*(1+r.Vary)); err != nil {
		return nil, err
	}
	for e := range r.Existing {
		f.beside = append(f.beside, f.openBeside(e))
	}
	return f, nil
}

// openBeside returns, for every generator that an existing station reaches, which part of what passes while the new stations are
// open passes while that station is open too: all of it where its hours, or the hours of the footfall, are not known.
func (f *footfall) openBeside(e int) []float64 {
	generators, _ := f.stand.Row(e)
	out := make([]float64, len(generators))
	var both *shares
	if hours := f.r.Existing[e].Hours; hours != nil {
		both = f.surface.times.shares(f.r.Hours, hours)
	}
	for k, i := range generators {
		out[k] = 1
		if g := &f.surface.generators[i]; both != nil && g.share > 0 {
			out[k] = both.of(g.kind, g.place(f.w)) / g.share
		}
	}
	return out
}

// findSpots lists the hosts and road-side points in the study area, outside exclusions, and far enough from existing
// stations.
func (f *footfall) findSpots() {
	land := newLandIndex(f.w.Exclusions)
	existing := newNearIndex(nil)
	for i := range f.r.Existing {
		existing.add(f.r.Existing[i].Point)
	}
	roads := roadSpots(f.w.Roads)
	add := func(s spot) {
		var inside bool
		s.Cell, s.Region, inside = f.w.locate(s.Point)
		if !inside {
			f.pass(s, "outside", "")
			return
		}
		if e := land.holding(s.Point); e != nil {
			f.pass(s, "exclusion", e.Name)
			return
		}
		if i, _ := existing.nearest(s.Point, f.r.Spacing); i >= 0 {
			f.pass(s, PassedExisting, f.r.Existing[i].ID)
			return
		}
		f.spots = append(f.spots, s)
	}
	for _, i := range placesByID(f.w.Places) {
		p := &f.w.Places[i]
		if !f.hosts(p.Kind) {
			continue
		}
		class := network.NumClasses
		if road, ok := roads[grid.CellOf(p.Point, roadResolution)]; ok {
			class = road.class
		}
		add(spot{Candidate{ID: "host:" + p.ID, Name: p.Name, Point: p.Point, Host: int32(i)}, class})
	}
	cells := slices.Sorted(maps.Keys(roads))
	for _, cell := range cells {
		road := roads[cell]
		add(spot{Candidate{ID: "road:" + cell.String(), Name: road.name, Point: road.point, Host: -1}, road.class})
	}
}

func (f *footfall) hosts(kind string) bool {
	if len(f.r.HostKinds) == 0 {
		return f.r.Weights[kind] > 0
	}
	return slices.Contains(f.r.HostKinds, kind)
}

// placesByID returns the indexes of places by ID.
func placesByID(places []Place) []int32 {
	order := make([]int32, len(places))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(places[a].ID, places[b].ID) })
	return order
}

// Road-side points: one per cell of this resolution (edge 76 m), found by walking the roads in steps of so many metres.
const (
	roadResolution = 10
	roadStep       = 25.0
)

// roadSpot is the road-side point of a cell.
type roadSpot struct {
	class network.Class
	point orb.Point
	name  string
	away  float64 // metres from the cell's centre
}

// roadSpots returns the road-side point of every cell that a main road crosses (up to the length of a step). It depends on
// the roads, not on the order of their ways.
func roadSpots(roads *network.Roads) map[h3.Cell]roadSpot {
	out := map[h3.Cell]roadSpot{}
	if roads == nil {
		return out
	}
	for k := range roads.Ways {
		way := &roads.Ways[k]
		if roadSteps(way.Class) == 0 || way.Access&network.Foot == 0 {
			continue
		}
		refs := roads.Refs[way.First : way.First+way.Count]
		for i := 1; i < len(refs); i++ {
			a, b := roads.Nodes[refs[i-1]], roads.Nodes[refs[i]]
			steps := max(1, int(math.Ceil(geo.Distance(a, b)/roadStep)))
			for s := range steps + 1 {
				u := float64(s) / float64(steps)
				p := orb.Point{a[0] + u*(b[0]-a[0]), a[1] + u*(b[1]-a[1])}
				cell := grid.CellOf(p, roadResolution)
				centre := h3.CellToLatLng(cell)
				spot := roadSpot{way.Class, p, way.Name, geo.Distance(p, orb.Point{centre.Lng, centre.Lat})}
				if old, ok := out[cell]; !ok || spot.before(old) {
					out[cell] = spot
				}
			}
		}
	}
	return out
}

// before orders the points of a cell: the highest class, then the nearest to the centre, then by position and name.
func (s roadSpot) before(o roadSpot) bool {
	return cmp.Or(cmp.Compare(s.class, o.class), cmp.Compare(s.away, o.away), cmp.Compare(s.point[0], o.point[0]),
		cmp.Compare(s.point[1], o.point[1]), cmp.Compare(s.name, o.name)) < 0
}

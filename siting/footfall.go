package siting

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/network"
)

// Parts of a station's score that are no places.
const (
	PartResidents = "residents" // people who live within the catchment
	PartRoad      = "road"      // people who pass on the main road that it stands at
)

// generator is a source of footfall: a place, or the residents of a demand point.
type generator struct {
	point   orb.Point
	kind    string
	value   float64 // while the new stations are open: index points, or people a day when any place of the study is counted
	share   float64 // which part of its day's footfall that is; 1 where it is not known
	counted bool
	index   int32 // of the world's places; -1 = no place
}

// place returns the place that it is, nil for none.
func (g *generator) place(w *World) *Place {
	if g.index < 0 {
		return nil
	}
	return &w.Places[g.index]
}

// surface is the footfall of a study before anyone captures it.
//
// The index is transparent: a place is worth the weight of its kind, 100 residents the weight of "residents", 100 workers of a group its weight, and a main
// road the weight of "road" times its steps: tertiary 1, secondary 2, primary 3, trunk 4. Where places carry counted people
// a day, the surface is in people a day: a counted place is worth its count, and one index point is worth what it is worth
// on average at the counted places whose kind has a weight (sum of counts / sum of weights; nothing when there are none). Of all
// this counts what passes while the new stations are open (see daytimes).
type surface struct {
	generators []generator // places by ID, then residents by demand point
	point      float64     // value of one index point over the whole day
	road       float64     // which part of the footfall of main roads passes while the new stations are open
	counted    bool        // some place is counted: values are people a day
	times      *daytimes
	hours      StationHours
}

// newSurface builds the surface of a study.
func newSurface(w *World, r *StationRules) *surface {
	s, weights := &surface{point: 1, times: newDaytimes(w.Places)}, r.Weights
	places := placesByID(w.Places)
	open := s.times.shares(r.Hours)
	s.road, s.hours = open.of(PartRoad, nil), s.times.tell(w.Places, r.Hours != nil, open)
	add := func(g generator, place *Place) {
		g.share = open.of(g.kind, place)
		if g.value *= g.share; g.value > 0 {
			s.generators = append(s.generators, g)
		}
	}
	count, weight := 0.0, 0.0
	for _, i := range places {
		p := &w.Places[i]
		if p.Footfall >= 0 {
			s.counted = true
			if v := weights[p.Kind]; v > 0 {
				count, weight = count+p.Footfall, weight+v
			}
		}
	}
	if s.counted {
		s.point = 0
		if weight > 0 {
			s.point = count / weight
		}
	}
	for _, i := range places {
		p := &w.Places[i]
		g := generator{point: p.Point, kind: p.Kind, value: weights[p.Kind] * s.point, index: i}
		if p.Footfall >= 0 {
			g.value, g.counted = p.Footfall, true
		}
		add(g, p)
	}
	for i, people := range w.Demand.People {
		add(generator{point: w.Demand.Point[i], kind: PartResidents, value: weights[PartResidents] * s.point * people.Float() / 100, index: -1}, nil)
	}
	for _, g := range r.Workers {
		for _, a := range g.At {
			add(generator{point: a.Point, kind: g.ID, value: g.Weight * s.point * a.Heads / 100, index: -1}, nil)
		}
	}
	return s
}

// roadSteps returns how many class steps a road is worth.
func roadSteps(c network.Class) float64 {
	if c < network.Trunk || c > network.Tertiary {
		return 0
	}
	return float64(network.Tertiary-c) + 1
}

// roadName names the main road classes as the sources do.
func roadName(c network.Class) string {
	switch c {
	case network.Trunk:
		return "trunk"
	case network.Primary:
		return "primary"
	case network.Secondary:
		return "secondary"
	case network.Tertiary:
		return "tertiary"
	}
	return ""
}

// decay is the share of a generator's footfall that a station captures at an impedance: 1 - (d / catchment)², which is all
// of it at the door and nothing at the catchment's edge or beyond (the Epanechnikov kernel).
func decay(d geo.Impedance, catchment float64) float64 {
	x := d.Value() / catchment
	return math.Max(0, 1-x*x)
}

// walkMatrix returns the metres on foot from generators (columns) to points (rows) within the limit.
func (w *World) walkMatrix(ctx context.Context, mode string, points, generators []orb.Point, metres float64) (*geo.CostMatrix, error) {
	limit := geo.Limit{Metric: geo.Metres, Max: geo.ToImpedance(metres)}
	if mode == coverage.Straight {
		return coverage.StraightMatrix(ctx, points, generators, limit, w.Workers)
	}
	g := w.Graphs[coverage.GraphKey{Mode: mode, Metric: geo.Metres}]
	if g == nil {
		return nil, fmt.Errorf("no road graph for mode %q in %v", mode, geo.Metres)
	}
	return g.Matrix(ctx, g.Snap(points), g.Snap(generators), limit, w.workers())
}

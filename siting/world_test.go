package siting

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// metre is a degree of latitude, and near the equator of longitude, per metre.
const metre = 180 / (math.Pi * geo.Radius)

// at returns the point x metres east and y metres north of 0°, 0°.
func at(x, y float64) orb.Point { return orb.Point{x * metre, y * metre} }

// square returns the square from (x, y) to (x+side, y+side), in metres.
func square(x, y, side float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{at(x, y), at(x+side, y), at(x+side, y+side), at(x, y+side), at(x, y)}}}
}

// toy is a world of two regions side by side, W to the west and E to the east of x = 0, each 4,000 m wide and high.
// People live where the test puts them.
type toy struct {
	t *testing.T
	w *World
}

func newToy(t *testing.T, tiers ...coverage.Tier) *toy {
	t.Helper()
	regions, err := geo.NewRegions([]geo.Level{{ID: "town"}}, []geo.Region{
		{ID: "E", Name: "East", Parent: -1, Shape: square(0, 0, 4000)},
		{ID: "W", Name: "West", Parent: -1, Shape: square(-4000, 0, 4000)},
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := grid.Build(context.Background(), regions, 9)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{}
	w.Date = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	w.Regions, w.Grid, w.Demand, w.Tiers = regions, g, &coverage.Demand{}, tiers
	w.Graphs = map[coverage.GraphKey]*network.Graph{}
	return &toy{t, w}
}

// straightTier serves people within a circle of the radius in metres.
func straightTier(radius float64, ownerLevel int) coverage.Tier {
	return coverage.Tier{ID: fmt.Sprintf("r%.0f", radius), Mode: coverage.Straight, OwnerLevel: ownerLevel, Parent: -1,
		Limit: geo.Limit{Metric: geo.Metres, Max: geo.ToImpedance(radius)}}
}

// people puts whole people at a point.
func (y *toy) people(p orb.Point, n int64) {
	y.t.Helper()
	cell, region, inside := y.w.locate(p)
	if !inside {
		y.t.Fatalf("%v is outside the toy", p)
	}
	d := y.w.Demand
	d.Point, d.People = append(d.Point, p), append(d.People, coverage.People(n)*coverage.Person)
	d.Region, d.Cell = append(d.Region, region), append(d.Cell, cell)
}

func (y *toy) place(id, kind string, p orb.Point) {
	y.w.Places = append(y.w.Places, Place{ID: id, Name: "place " + id, Kind: kind, Point: p, Footfall: -1})
}

func (y *toy) site(id string, tier int, p orb.Point) {
	_, region, _ := y.w.locate(p)
	y.w.Sites = append(y.w.Sites, coverage.Site{ID: id, Name: "site " + id, Tier: tier, Point: p, Region: region, FloorArea: -1})
}

// world computes the coverage and returns the world.
func (y *toy) world() *World {
	y.t.Helper()
	res, err := coverage.Compute(context.Background(), y.w.Input)
	if err != nil {
		y.t.Fatal(err)
	}
	y.w.Coverage = res
	return y.w
}

func (y *toy) find(rules ...TierRules) *CandidateSet {
	y.t.Helper()
	set, err := FindCandidates(context.Background(), y.world(), rules)
	if err != nil {
		y.t.Fatal(err)
	}
	return set
}

func (y *toy) rollout(p Problem) *Plan {
	y.t.Helper()
	p.World = y.world()
	plan, err := Rollout(context.Background(), p)
	if err != nil {
		y.t.Fatal(err)
	}
	return plan
}

// picks renders a plan as "2026 host:a(+3) 2027 cell:x(+1)".
func picks(p *Plan) string {
	out, year := "", 0
	for _, k := range p.Picks {
		if k.Year != year {
			year = k.Year
			out += fmt.Sprintf(" %d", year)
		}
		out += fmt.Sprintf(" %s/%d(+%g)", p.Candidates[k.Candidate].ID, k.Tier, k.Gained.Float())
	}
	if out == "" {
		return ""
	}
	return out[1:]
}

func distance(a, b orb.Point) float64 { return geo.Distance(a, b) }

func impedance(a, b orb.Point) geo.Impedance { return geo.ToImpedance(geo.Distance(a, b)) }

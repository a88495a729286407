package coverage

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/network"
)

// at returns the point so many metres east and north of the toy origin.
func at(eastward, northward float64) orb.Point {
	p := north(toyOrigin, northward)
	p[0] += eastward / (geo.Radius * math.Cos(p[1]*math.Pi/180)) * 180 / math.Pi
	return p
}

// streetInput is the toy county with one street, from the origin to 4,000 m north of it. People are powers of two:
//
//	people  at (east, north)     on foot to s1, which stands 100 m east of the street's beginning
//	1         0 m,     0 m      100 m
//	2         0 m,   850 m      950 m
//	4         0 m,   950 m    1,050 m, by circle 955 m
//	8       600 m,     0 m      unconnected, by circle 500 m
//	16        0 m, 3,000 m    3,100 m
func streetInput(t testing.TB, limit geo.Limit) Input {
	in, c := toyInput(t)
	roads := &network.Roads{
		Nodes: []orb.Point{at(0, 0), at(0, 4000)}, Refs: []int32{0, 1},
		Ways: []network.Way{{Class: network.Residential, Access: network.Foot, Count: 2}},
	}
	in.Modes = map[string]network.Mode{}
	in.Graphs = map[GraphKey]*network.Graph{}
	for _, mode := range network.StandardModes() {
		in.Modes[mode.ID] = mode
	}
	graph, err := network.Build(context.Background(), roads, in.Modes["walk"], limit.Metric)
	if err != nil {
		t.Fatal(err)
	}
	in.Graphs[GraphKey{"walk", limit.Metric}] = graph
	in.Demand = &Demand{
		Point:  []orb.Point{at(0, 0), at(0, 850), at(0, 950), at(600, 0), at(0, 3000)},
		People: []People{1 * Person, 2 * Person, 4 * Person, 8 * Person, 16 * Person},
		Region: []int32{villageA1, villageA1, villageA2, villageA2, townB},
		Cell:   []int32{c[0], c[0], c[1], c[1], c[3]},
	}
	in.Tiers = []Tier{{ID: "centre", Limit: limit, Mode: "walk", OwnerLevel: -1, Parent: -1}}
	in.Sites = []Site{
		{ID: "s1", Point: at(100, 0), Region: villageA1},
		{ID: "s2", Point: at(700, 3000), Region: townB}, // unconnected itself
	}
	return in
}

func TestStreetInMetres(t *testing.T) {
	in := streetInput(t, metres(1000))
	res := mustCompute(t, in)
	s := res.Services[0]
	if want := []int32{0, 0, -1, -1, -1}; !slices.Equal(s.Nearest, want) {
		t.Errorf("nearest = %v, want %v", s.Nearest, want)
	}
	for i, want := range []float64{100, 950} {
		if math.Abs(s.Cost[i].Value()-want) > 0.01 {
			t.Errorf("demand %d: %v m, want %v", i, s.Cost[i].Value(), want)
		}
	}
	// s2 serves nobody on foot, but its circle holds the 16 at 700 m from it.
	p := Person
	want := Indicators{People: 31 * p, Covered: 3 * p, Unconnected: 8 * p, Circle: 31 * p, OverClaim: 28 * p,
		Cells: 3, CoveredCells: 1, Open: 2, Qualifying: 2}
	if res.Total[0] != want {
		t.Errorf("total:\n got %+v\nwant %+v", res.Total[0], want)
	}
	if want := []int32{1}; !slices.Equal(res.Unconnected[0], want) {
		t.Errorf("unconnected sites = %v, want %v", res.Unconnected[0], want)
	}
}

// 16 minutes at 3.8 km/h are 1,013.3 m: the same people as above walk it, and the circle has that radius.
func TestStreetInSeconds(t *testing.T) {
	in := streetInput(t, geo.Limit{Metric: geo.Seconds, Max: geo.ToImpedance(16 * 60)})
	if got := CircleLimit(in.Tiers[0], in.Modes); got.Metric != geo.Metres || got.Max != 1_013_333 {
		t.Errorf("circle = %+v, want 1,013.333 m", got)
	}
	res := mustCompute(t, in)
	if x := res.Total[0]; x.Covered != 3*Person || x.Circle != 31*Person || x.Unconnected != 8*Person {
		t.Errorf("total = %+v", x)
	}
	if got := res.Services[0].Cost[1].Value(); math.Abs(got-900) > 0.01 { // 950 m at 3.8 km/h
		t.Errorf("950 m take %v s, want 900", got)
	}
}

func TestCircleSpeedOfAModeWithoutResidentialStreets(t *testing.T) {
	var m network.Mode
	m.Speed[network.Motorway], m.Speed[network.Ferry] = 100, 20
	if got := CircleSpeed(m); got != 100 {
		t.Errorf("speed = %v km/h, want the highest, 100", got)
	}
}

// A street of its own, 300 m east of the other and joined to nothing: people there have a road, but no way to the site.
func TestIsland(t *testing.T) {
	ctx := context.Background()
	in := streetInput(t, metres(1000))
	roads := &network.Roads{
		Nodes: []orb.Point{at(0, 0), at(0, 4000), at(300, 0), at(300, 400)}, Refs: []int32{0, 1, 2, 3},
		Ways: []network.Way{
			{Class: network.Residential, Access: network.Foot, Count: 2},
			{Class: network.Residential, Access: network.Foot, First: 2, Count: 2},
		},
	}
	in.Graphs[GraphKey{"walk", geo.Metres}] = must[*network.Graph](t)(network.Build(ctx, roads, in.Modes["walk"], geo.Metres))
	in.Demand.Point[0] = at(300, 200) // the 1
	s := mustCompute(t, in).Services[0]
	if s.Covered(0) || !s.Connected[0] || !s.Circle[0] {
		t.Errorf("covered %v, connected %v, circle %v; want false, true, true", s.Covered(0), s.Connected[0], s.Circle[0])
	}
	if e := must[*Explanation](t)(Explain(ctx, in, 0, at(300, 200), 0)); e.Reason != NoWay || e.Site != -1 {
		t.Errorf("explanation = %+v", e)
	}
}

// 100,000 sites, all but one on the same spot: the lowest ID serves, all are counted.
func TestAHundredThousandSites(t *testing.T) {
	in, _ := toyInput(t)
	in.Sites = make([]Site, 100_000)
	for i := range in.Sites {
		in.Sites[i] = Site{ID: fmt.Sprintf("s%06d", 99_999-i), Point: toyOrigin, Region: villageA1, FloorArea: 100}
	}
	in.Sites[7].Point = north(toyOrigin, 3000)
	res := mustCompute(t, in)
	s := res.Services[0]
	if s.Reach[0] != 99_999 || s.Nearest[0] != 99_999 || s.Nearest[6] != 7 || res.Total[0].Qualifying != 100_000 {
		t.Errorf("reach %d, nearest %d and %d, %d qualifying", s.Reach[0], s.Nearest[0], s.Nearest[6], res.Total[0].Qualifying)
	}
}

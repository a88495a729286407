package network

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

func TestStandardModesAreValid(t *testing.T) {
	speeds := map[string]float64{"walk": 3.8, "elderly": 2.9, "ebike": 15, "drive": 20}
	for _, m := range StandardModes() {
		if err := m.Validate(); err != nil {
			t.Error(err)
		}
		if m.Speed[Residential] != speeds[m.ID] || m.MaxAccess != 500 {
			t.Errorf("%s: %v km/h, %v m", m.ID, m.Speed[Residential], m.MaxAccess)
		}
		delete(speeds, m.ID)
	}
	if len(speeds) > 0 {
		t.Errorf("no mode for %v", speeds)
	}
}

func TestValidateNamesEveryBadField(t *testing.T) {
	err := Mode{Access: Foot | Car, Speed: [NumClasses]float64{Primary: math.NaN(), Steps: -1}, OffRoad: math.Inf(1)}.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, field := range []string{"ID:", "Access: 5", "Speed[primary]: NaN", "Speed[steps]: -1", "every class is closed", "OffRoad: +Inf", "MaxAccess: 0 m"} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("%q is not in:\n%v", field, err)
		}
	}
}

func TestBuildRefusesRoadsThatContradictThemselves(t *testing.T) {
	good := func() *Roads { return drawTown("A--B--C").roads }
	cases := []struct {
		name  string
		spoil func(*Roads)
		want  string
	}{
		{"a way of nodes that are not there", func(r *Roads) { r.Refs[1] = 7 }, "way 1: no node 7"},
		{"a negative node", func(r *Roads) { r.Refs[1] = -1 }, "way 1: no node -1"},
		{"a way that runs out of Refs", func(r *Roads) { r.Ways[1].Count = 3 }, "way 2: nodes [2, +3) outside Refs"},
		{"a count that overflows", func(r *Roads) { r.Ways[1].Count = math.MaxInt32 }, "outside Refs"},
		{"two ways in one place", func(r *Roads) { r.Ways[1].First = 1 }, "ways 1 and 2 share their place"},
		{"an unknown class", func(r *Roads) { r.Ways[0].Class = NumClasses }, "way 1: unknown class 16"},
		{"an unknown direction", func(r *Roads) { r.Ways[0].OneWay = 2 }, "way 1: unknown direction 2"},
		{"a negative speed limit", func(r *Roads) { r.Ways[0].MaxSpeed = -5 }, "way 1: posted speed -5"},
		{"a speed limit that is no number", func(r *Roads) { r.Ways[0].MaxSpeed = float32(math.NaN()) }, "posted speed NaN"},
		{"a node off the globe", func(r *Roads) { r.Nodes[0] = orb.Point{0, 91} }, "node 0: position [0 91]"},
		{"a node that is nowhere", func(r *Roads) { r.Nodes[0] = orb.Point{math.NaN(), 0} }, "node 0: position [NaN 0]"},
		{"a way too long to count", func(r *Roads) { r.Nodes[0] = orb.Point{90, 0} }, "way 1: a piece of"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			roads := good()
			c.spoil(roads)
			_, err := Build(context.Background(), roads, mode(t, "walk"), geo.Metres)
			if !errors.Is(err, ErrRoads) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	roads := good()
	roads.Nodes = make([]orb.Point, 100)
	for i := range roads.Nodes {
		roads.Nodes[i][0] = 200
	}
	if _, err := Build(context.Background(), roads, mode(t, "walk"), geo.Metres); err == nil || !strings.Contains(err.Error(), "and 80 more") {
		t.Errorf("a hundred faults: got %v", err)
	}
	if _, err := Build(context.Background(), good(), Mode{}, geo.Metres); err == nil {
		t.Error("an empty mode was taken")
	}
	if _, err := Build(context.Background(), good(), mode(t, "walk"), 0); err == nil {
		t.Error("no metric was taken for one")
	}
}

func TestSearchesRefuseWhatTheyCannotAnswer(t *testing.T) {
	g := build(t, drawTown("A--B").roads, "walk", geo.Metres)
	ctx, ok := context.Background(), g.Snap([]orb.Point{place(1, 0)})
	limit := geo.Limit{Metric: geo.Metres, Max: 1000}
	if _, err := g.Matrix(ctx, ok, ok, geo.Limit{Metric: geo.Seconds, Max: 1000}, 1); !errors.Is(err, geo.ErrMetric) {
		t.Errorf("seconds on a graph in metres: got %v", err)
	}
	if _, err := g.Nearest(ctx, ok, ok, geo.Limit{Metric: geo.Metres, Max: geo.Unreachable}); err == nil {
		t.Error("an endless limit was taken")
	}
	if _, err := g.Matrix(ctx, ok, ok, limit, 0); err == nil {
		t.Error("no workers were taken")
	}
	for _, s := range []Snap{{OK: true, Edge: 1}, {OK: true, Edge: -1}, {OK: true, Offset: 300_001}} {
		if _, err := g.Matrix(ctx, ok, []Snap{s}, limit, 1); !errors.Is(err, ErrSnap) {
			t.Errorf("%+v: got %v", s, err)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := g.Matrix(gone, ok, ok, limit, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Matrix: got %v", err)
	}
	if _, err := Build(gone, drawTown("A--B").roads, mode(t, "walk"), geo.Metres); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Build: got %v", err)
	}
}

// Empty inputs are inputs: no roads, no sites, no demand.
func TestNothingGivesNothing(t *testing.T) {
	far := []orb.Point{place(1, 0), {math.NaN(), 0}, {0, math.Inf(1)}, {0, 90}, {180, -90}}
	for _, roads := range []*Roads{{}, {Nodes: []orb.Point{{1, 1}}}, drawTown("A--B").roads} {
		for _, points := range [][]orb.Point{nil, far} {
			for _, sites := range [][]orb.Point{nil, far} {
				g := build(t, roads, "walk", geo.Seconds)
				m := mustMatrix(t, g, g.Snap(sites), g.Snap(points), 1000)
				if m.Rows() != len(sites) || m.Columns != len(points) || len(m.Cost) > 1 {
					t.Errorf("%d rows, %d columns, %d entries", m.Rows(), m.Columns, len(m.Cost))
				}
				if n, err := g.Nearest(context.Background(), g.Snap(sites), g.Snap(points), m.Limit); err != nil || len(n.Site) != len(points) {
					t.Errorf("nearest: %v %v", n, err)
				}
			}
		}
	}
}

// A street is cut where usable streets meet and nowhere else: the bend at b is not a junction, and the footway through it is one only
// for those who may use it.
func TestStreetsAreCutAtJunctionsOfUsableStreetsOnly(t *testing.T) {
	roads := &Roads{Nodes: []orb.Point{place(0, 0), place(1, 0), place(2, 0), place(1, 1)}}
	roads.add(Both, 0, 1, 2)
	roads.add(Both, 1, 3)
	roads.Ways[1].Access = Foot
	if g := build(t, roads, "walk", geo.Metres); g.Edges() != 3 || g.Nodes() != 4 {
		t.Errorf("walking: %d edges, %d nodes; want 3, 4", g.Edges(), g.Nodes())
	}
	g := build(t, roads, "drive", geo.Metres)
	if g.Edges() != 1 || g.Nodes() != 2 || g.Weight(0) != 200_000 || g.Way(0) != 0 {
		t.Errorf("driving: %d edges, %d nodes; want 1, 2", g.Edges(), g.Nodes())
	}
	if from, to := g.Ends(0); g.Road(0).ID != 1 || from == to {
		t.Errorf("way %d from %d to %d", g.Road(0).ID, from, to)
	}
	if line := g.Line(0); len(line) != 3 || line[1] != place(1, 0) {
		t.Errorf("the bend is lost: %v", line)
	}
}

// FuzzBuild: whatever the roads, Build and the searches return, with an error or without.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{0, 0, 10, 10, 20, 20}, []byte{0, 1, 1, 2}, []byte{0, 2, 0, 2, 2, 1}, uint8(3))
	f.Add([]byte{5, 5, 5, 5}, []byte{0, 1, 0, 0}, []byte{0, 4, 2}, uint8(6))
	f.Fuzz(func(t *testing.T, nodes, refs, ways []byte, which uint8) {
		roads := &Roads{}
		for i := 0; i+1 < len(nodes); i += 2 {
			roads.Nodes = append(roads.Nodes, place(float64(nodes[i])/8, float64(nodes[i+1])/8))
		}
		for _, r := range refs {
			roads.Refs = append(roads.Refs, int32(int8(r)))
		}
		for i := 0; i+2 < len(ways); i += 3 {
			roads.Ways = append(roads.Ways, Way{
				First: int32(int8(ways[i])), Count: int32(int8(ways[i+1])), OneWay: Direction(int8(ways[i+2]) % 3),
				Class: Class(ways[i+2] / 16), Access: Access(ways[i+2]), MaxSpeed: float32(ways[i+2]),
			})
		}
		modes := StandardModes()
		g, err := Build(context.Background(), roads, modes[int(which)%len(modes)], geo.Metric(which/4%2)+geo.Metres)
		if err != nil {
			return
		}
		snaps := g.Snap(roads.Nodes)
		m := mustMatrix(t, g, snaps, snaps, 5_000_000)
		for s, snap := range snaps {
			if _, costs := m.Row(s); snap.OK && len(costs) == 0 {
				t.Fatalf("site %d does not even reach itself", s)
			}
			if _, err := g.Reach(context.Background(), snap, m.Limit); err != nil {
				t.Fatal(err)
			}
			if _, err := g.Path(context.Background(), snap, snaps[0], m.Limit); err != nil && !errors.Is(err, ErrNoPath) {
				t.Fatal(err)
			}
		}
		g.Components()
	})
}

func ExampleGraph_Matrix() {
	// Two streets of 300 m that meet in b, on the equator: a ── b ── c.
	metre := 1 / (geo.Radius * math.Pi / 180)
	roads := &Roads{
		Nodes: []orb.Point{{0, 0}, {300 * metre, 0}, {600 * metre, 0}},
		Refs:  []int32{0, 1, 1, 2},
		Ways: []Way{
			{ID: 1, Class: Residential, Access: Foot, First: 0, Count: 2},
			{ID: 2, Class: Residential, Access: Foot, First: 2, Count: 2},
		},
	}
	g, err := Build(context.Background(), roads, StandardModes()[0], geo.Metres)
	if err != nil {
		fmt.Println(err)
		return
	}
	homes := g.Snap([]orb.Point{{100 * metre, 20 * metre}, {0, 0}, {0, 600 * metre}})
	centre := g.Snap([]orb.Point{{500 * metre, 0}})
	limit := geo.Limit{Metric: geo.Metres, Max: geo.ToImpedance(450)}
	m, err := g.Matrix(context.Background(), centre, homes, limit, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	columns, costs := m.Row(0)
	for k, home := range columns {
		fmt.Printf("home %d: %v m\n", home, costs[k].Value())
	}
	fmt.Println("home 2 connected:", homes[2].OK)
	// Output:
	// home 0: 420 m
	// home 2 connected: false
}

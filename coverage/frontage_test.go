package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
	"pgregory.net/rapid"

	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// streetsOf draws streets on foot through the given points, one way each.
func streetsOf(t testing.TB, class network.Class, lines ...orb.LineString) *network.Graph {
	t.Helper()
	roads := &network.Roads{}
	addStreets(roads, class, lines...)
	return walkGraph(t, roads)
}

func addStreets(roads *network.Roads, class network.Class, lines ...orb.LineString) {
	for _, line := range lines {
		roads.Ways = append(roads.Ways, network.Way{Class: class, Access: network.Foot, First: int32(len(roads.Refs)), Count: int32(len(line))})
		for _, p := range line {
			roads.Refs = append(roads.Refs, int32(len(roads.Nodes)))
			roads.Nodes = append(roads.Nodes, p)
		}
	}
}

func walkGraph(t testing.TB, roads *network.Roads) *network.Graph {
	t.Helper()
	for _, mode := range network.StandardModes() {
		if mode.ID == "walk" {
			return must[*network.Graph](t)(network.Build(context.Background(), roads, mode, geo.Metres))
		}
	}
	panic("no walk")
}

// oneCell is a study of the cell around the toy origin with so many people at its centre.
func oneCell(t testing.TB, people People) Input {
	t.Helper()
	in := cellStudy(t, must[*grid.Grid](t)(grid.FromCells([]h3.Cell{grid.CellOf(toyOrigin, 9)}, 9)))
	in.addPeople(0, 0, people)
	return in
}

func placeOn(t testing.TB, in Input, graph *network.Graph, opts FrontageOptions) (*Demand, *FrontageReport) {
	t.Helper()
	d, report, err := PlaceOnFrontage(context.Background(), in.Demand, in.Grid, in.Regions, graph, opts)
	if err != nil {
		t.Fatal(err)
	}
	return d, report
}

// from returns the point so many metres east and north of p.
func from(p orb.Point, east, northward float64) orb.Point {
	p = north(p, northward)
	p[0] += east / (geo.Radius * math.Cos(p[1]*math.Pi/180)) * 180 / math.Pi
	return p
}

// Two streets inside one cell, 90 m and 30 m long and 100 m apart: with two points, three quarters of the people live in the
// middle of the first and a quarter in the middle of the second.
func TestPeopleFollowTheLengthOfTheStreets(t *testing.T) {
	in := oneCell(t, 4*Person)
	c := in.Grid.Centre(0)
	graph := streetsOf(t, network.Residential,
		orb.LineString{from(c, -45, 50), from(c, 45, 50)}, orb.LineString{from(c, -15, -50), from(c, 15, -50)})
	d, report := placeOn(t, in, graph, FrontageOptions{PerPart: 2, Piece: 100})
	if !slices.Equal(d.People, []People{Person, 3 * Person}) && !slices.Equal(d.People, []People{3 * Person, Person}) {
		t.Fatalf("people %v", d.People)
	}
	for i, n := range d.People {
		want := from(c, 0, 50)
		if n == Person {
			want = from(c, 0, -50)
		}
		if m := geo.Distance(d.Point[i], want); m > 0.02 {
			t.Errorf("%v people live %.3f m from the middle of their street", n.Float(), m)
		}
	}
	if report.Streets != 1 || report.Points != 2 || math.Abs(report.Metres-120) > 0.1 {
		t.Errorf("report %+v", *report)
	}
}

// A 1,000 m street through the middle of a cell reaches beyond it on both sides: only what lies inside counts, and the
// points come one for every 100 m.
func TestOnlyTheStreetInsideTheCellCounts(t *testing.T) {
	in := oneCell(t, 64*Person)
	c := in.Grid.Centre(0)
	graph := streetsOf(t, network.Residential, orb.LineString{from(c, -500, 0), from(c, 500, 0)})
	d, report := placeOn(t, in, graph, FrontageOptions{Piece: 10, PerPart: 50})
	inside := 0.0
	for x := -499.5; x < 500; x++ {
		if grid.CellOf(from(c, x, 0), 9) == in.Grid.Cells[0] {
			inside++
		}
	}
	if math.Abs(report.Metres-inside) > 10 || d.Len() != int(math.Ceil(report.Metres/100)) {
		t.Errorf("%.0f m of street and %d points; %.0f m lie inside", report.Metres, d.Len(), inside)
	}
	for i, p := range d.Point {
		if grid.CellOf(p, 9) != in.Grid.Cells[0] {
			t.Errorf("point %d lies outside the cell", i)
		}
	}
}

func TestClassesDecideWhoLivesWhere(t *testing.T) {
	c := grid.CellOf(toyOrigin, 9)
	for _, test := range []struct {
		name                 string
		classes              []network.Class
		streets, lanes, kept int
		at                   int // the road, counted from the centre to the north, that everybody lives on; -1 the centre
	}{
		{"a street beats the path next to the centre", []network.Class{network.Path, network.Residential}, 1, 0, 0, 1},
		{"a path is better than nothing", []network.Class{network.Trunk, network.Path}, 0, 1, 0, 1},
		{"nobody lives on a trunk road", []network.Class{network.Trunk}, 0, 0, 1, -1},
		{"without any road the point stays", nil, 0, 0, 1, -1},
	} {
		in := oneCell(t, 8*Person)
		centre := in.Grid.Centre(0)
		roads := &network.Roads{}
		for i, class := range test.classes {
			y := float64(20 + 40*i)
			addStreets(roads, class, orb.LineString{from(centre, -20, y), from(centre, 20, y)})
		}
		d, report := placeOn(t, in, walkGraph(t, roads), FrontageOptions{PerPart: 1})
		want := centre
		if test.at >= 0 {
			want = from(centre, 0, float64(20+40*test.at))
		}
		if d.Len() != 1 || geo.Distance(d.Point[0], want) > 0.02 || d.People[0] != 8*Person || in.Grid.Cells[d.Cell[0]] != c {
			t.Errorf("%s: %+v, want %v", test.name, d, want)
		}
		if report.Streets != test.streets || report.Lanes != test.lanes || report.Kept != test.kept || (report.Lost > 0) != (test.kept > 0) {
			t.Errorf("%s: report %+v", test.name, *report)
		}
	}
}

// squares are two villages side by side that cut through cells, and land around them that only the county owns.
func squares(t testing.TB) Input {
	t.Helper()
	box := func(west, south, east, northward float64) orb.MultiPolygon {
		a, b := at(west, south), at(east, northward)
		return orb.MultiPolygon{{{a, {b[0], a[1]}, b, {a[0], b[1]}, a}}}
	}
	regions := must[*geo.Regions](t)(geo.NewRegions([]geo.Level{{ID: "county"}, {ID: "village"}}, []geo.Region{
		{ID: "C", Parent: -1, Shape: box(-1000, -1000, 1000, 1000)},
		{ID: "V", Level: 1, Parent: 0, Shape: box(-900, -500, 0, 500)},
		{ID: "W", Level: 1, Parent: 0, Shape: box(0, -500, 900, 500)},
	}))
	return Input{Date: toyDate, Regions: regions, Grid: must[*grid.Grid](t)(grid.Build(context.Background(), regions, 9)), Demand: &Demand{}}
}

// randomFrontage is the squares with people in random parts and random streets of all classes.
func randomFrontage(t testing.TB, rng *rand.Rand) (Input, *network.Roads) {
	in := squares(t)
	for _, p := range in.Grid.Parts {
		if rng.IntN(4) > 0 {
			in.Demand.Cell = append(in.Demand.Cell, p.Cell)
			in.Demand.Region = append(in.Demand.Region, p.Region)
			in.Demand.People = append(in.Demand.People, People(rng.Int64N(200))*Person/7+People(rng.Int64N(9)))
			in.Demand.Point = append(in.Demand.Point, p.Centre)
		}
	}
	roads := &network.Roads{}
	for range rng.IntN(40) {
		line := orb.LineString{at(rng.Float64()*2400-1200, rng.Float64()*2400-1200)}
		for range 1 + rng.IntN(4) {
			line = append(line, from(line[len(line)-1], rng.Float64()*400-200, rng.Float64()*400-200))
		}
		addStreets(roads, network.Class(rng.IntN(int(network.NumClasses))), line)
	}
	members := make([]People, in.Demand.Len())
	for i, n := range in.Demand.People {
		members[i] = People(rng.Int64N(int64(n) + 1))
	}
	in.Demand.Groups = []DemandGroup{{ID: "60+", People: members}}
	return in, roads
}

// Whatever the streets: every part keeps its people, every point lies in its part, and taking the points of each part together
// gives back what came in.
func TestFrontageKeepsPeopleInTheirParts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		in, roads := randomFrontage(t, rng)
		opts := FrontageOptions{PerPart: rng.IntN(10), Piece: []float64{0, 7, 60}[rng.IntN(3)], Workers: 1 + rng.IntN(3)}
		d, report := placeOn(t, in, walkGraph(t, roads), opts)
		if report.Points != d.Len() || report.Points < report.Streets+report.Lanes+report.Kept {
			rt.Fatalf("report %+v, %d points", *report, d.Len())
		}
		back, members := &Demand{}, []People(nil)
		for i := range d.People {
			last := back.Len() - 1
			if last < 0 || d.Cell[i] != back.Cell[last] || d.Region[i] != back.Region[last] {
				back.Cell, back.Region = append(back.Cell, d.Cell[i]), append(back.Region, d.Region[i])
				back.People, members = append(back.People, 0), append(members, 0)
				last++
			} else if d.Point[i][0] < d.Point[i-1][0] {
				rt.Fatalf("points of a part do not go from west to east")
			}
			back.People[last] += d.People[i]
			members[last] += d.Groups[0].People[i]
			single := slices.IndexFunc(in.Demand.Point, func(p orb.Point) bool { return p == d.Point[i] }) >= 0
			if !single && (grid.CellOf(d.Point[i], 9) != in.Grid.Cells[d.Cell[i]] || in.Regions.Locate(d.Point[i]) != d.Region[i]) {
				rt.Fatalf("point %d lies outside its part", i)
			}
		}
		if !slices.Equal(members, in.Demand.Groups[0].People) {
			rt.Fatalf("members merged back: %v, was %v", members, in.Demand.Groups[0].People)
		}
		if !slices.Equal(back.People, in.Demand.People) || !slices.Equal(back.Cell, in.Demand.Cell) || !slices.Equal(back.Region, in.Demand.Region) {
			rt.Fatalf("merged back: %v, was %v", back.People, in.Demand.People)
		}
	})
}

// The order of the roads and the number of workers leave no trace.
func TestFrontageDependsOnTheMapAlone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
		in, roads := randomFrontage(t, rng)
		shuffled := &network.Roads{Nodes: roads.Nodes}
		for _, k := range rng.Perm(len(roads.Ways)) {
			w := roads.Ways[k]
			refs := roads.Refs[w.First : w.First+w.Count]
			w.First = int32(len(shuffled.Refs))
			shuffled.Refs = append(shuffled.Refs, refs...)
			shuffled.Ways = append(shuffled.Ways, w)
		}
		a, ra := placeOn(t, in, walkGraph(t, roads), FrontageOptions{Workers: 1, Piece: 40})
		b, rb := placeOn(t, in, walkGraph(t, shuffled), FrontageOptions{Workers: 3, Piece: 40})
		if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(ra, rb) {
			rt.Fatal("another order of the roads, another result")
		}
	})
}

// Coverage of people on streets: all the house's sums hold with several points a part, and a larger limit covers whoever a
// smaller one does.
func TestCoverageOfFrontageAddsUpAndGrowsWithTheLimit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 3))
		in, roads := randomFrontage(t, rng)
		d, _ := placeOn(t, in, walkGraph(t, roads), FrontageOptions{})
		in.Demand = d
		in.Tiers = []Tier{{ID: "near", Mode: "walk", Limit: metres(float64(rng.IntN(500))), OwnerLevel: -1, Parent: -1}}
		far := in.Tiers[0]
		far.ID, far.Limit.Max = "far", far.Limit.Max+geo.ToImpedance(float64(rng.IntN(500)))
		in.Tiers = append(in.Tiers, far)
		in.addGraphs(t, roads)
		for k := range 4 {
			p := at(rng.Float64()*2000-1000, rng.Float64()*2000-1000)
			for tier := range 2 {
				in.Sites = append(in.Sites, Site{ID: fmt.Sprint(tier, k), Tier: tier, Point: p, Region: -1, FloorArea: -1})
			}
		}
		res := mustCompute(t, in)
		near, farther := &res.Services[0], &res.Services[1]
		for i := range d.People {
			if near.Covered(i) && (!farther.Covered(i) || farther.Cost[i] != near.Cost[i]) {
				rt.Fatalf("point %d: %v near, %v far", i, near.Cost[i], farther.Cost[i])
			}
		}
		var people People
		for _, n := range d.People {
			people += n
		}
		gaps := FindGaps(in, res, nil)
		for k := range res.Services {
			sum := res.Total[k].Covered + res.Scattered[k]
			for _, g := range gaps {
				if g.Tier == k {
					sum += g.People
				}
			}
			if sum != people {
				rt.Fatalf("tier %d: covered + gaps + scattered = %v of %v", k, sum, people)
			}
		}
	})
}

func TestFrontageRefusesBadInput(t *testing.T) {
	in := oneCell(t, Person)
	graph := streetsOf(t, network.Residential)
	for _, test := range []struct {
		field  string
		opts   FrontageOptions
		demand *Demand
	}{
		{"PerPart", FrontageOptions{PerPart: -1}, in.Demand},
		{"Piece", FrontageOptions{Piece: math.NaN()}, in.Demand},
		{"Streets[0]", FrontageOptions{Streets: []network.Class{network.NumClasses}}, in.Demand},
		{"Lanes[1]", FrontageOptions{Lanes: []network.Class{network.Path, 99}}, in.Demand},
		{"Spacing", FrontageOptions{Spacing: 0.5}, in.Demand},
		{"Workers", FrontageOptions{Workers: -2}, in.Demand},
		{"Demand", FrontageOptions{}, &Demand{People: []People{1}}},
		{"Demand[0]", FrontageOptions{}, &Demand{Point: make([]orb.Point, 1), People: []People{1}, Cell: []int32{7}, Region: []int32{0}}},
		{"Demand[1]", FrontageOptions{}, &Demand{Point: make([]orb.Point, 2), People: []People{1, 1}, Cell: []int32{0, 0}, Region: []int32{0, 0}}},
		{"Demand[0]", FrontageOptions{}, &Demand{Point: make([]orb.Point, 1), People: []People{-1}, Cell: []int32{0}, Region: []int32{0}}},
	} {
		_, _, err := PlaceOnFrontage(context.Background(), test.demand, in.Grid, in.Regions, graph, test.opts)
		var field *FieldError
		if !errors.As(err, &field) || field.Field != test.field {
			t.Errorf("want %s refused, got %v", test.field, err)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := PlaceOnFrontage(cancelled, in.Demand, in.Grid, in.Regions, graph, FrontageOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestAccuracyOnPortoAlegre prints the table of docs/cell-accuracy.md (go test -run AccuracyOnPortoAlegre -v ./coverage) and holds it
// to its message: eight points a part must come closer to the whole street network than one point does.
func TestAccuracyOnPortoAlegre(t *testing.T) {
	in, roads := portoAlegre(t)
	graph := walkGraph(t, roads)
	for _, limit := range []float64{300, 500, 1000} {
		in.Tiers[0].Limit = metres(limit)
		rows := accuracyRows(t, in, graph)
		for _, row := range rows {
			t.Logf("limit %4.0f m  %s", limit, row)
		}
		single, eight := rows[0], rows[slices.IndexFunc(rows, func(r accuracyRow) bool { return r.name == "8" })]
		if eight.wrong*2 > single.wrong {
			t.Errorf("limit %v: one point puts %.0f people wrong, eight %.0f", limit, single.wrong, eight.wrong)
		}
	}
}

// People on the streets and the polygon of the tier agree: whoever Compute finds covered lives inside the service area, give or take two
// steps of its lattice.
func TestServiceAreaOfPortoAlegreHoldsTheCovered(t *testing.T) {
	in, roads := portoAlegre(t)
	graph := walkGraph(t, roads)
	in.Demand, _ = placeOn(t, in, graph, FrontageOptions{PerPart: 3})
	in.Tiers[0].Limit = metres(500)
	service := mustCompute(t, in).Services[0]
	var sites []orb.Point
	for _, i := range service.Open {
		sites = append(sites, in.Sites[i].Point)
	}
	const step = 10.0
	limits := []geo.Limit{metres(500 - 2*step), metres(500), metres(500 + 2*step)}
	areas := must[[]orb.MultiPolygon](t)(graph.Isochrones(context.Background(), graph.Snap(sites), limits, network.IsochroneOptions{Step: step}))
	regions := make([]*geo.Regions, len(areas))
	for k := range areas {
		regions[k] = must[*geo.Regions](t)(geo.NewRegions([]geo.Level{{ID: "area"}}, []geo.Region{{ID: "area", Parent: -1, Shape: areas[k]}}))
	}
	covered, inside := 0, 0
	for i, p := range in.Demand.Point {
		if service.Covered(i) {
			covered++
		}
		if regions[1].Contains(0, p) {
			inside++
		}
		if service.Covered(i) && service.Cost[i] <= limits[0].Max && !regions[1].Contains(0, p) {
			t.Errorf("point %d at %v costs %v m and lies outside", i, p, service.Cost[i].Value())
		}
		if service.Covered(i) && !regions[2].Contains(0, p) {
			t.Errorf("point %d at %v costs %v m and lies outside even 520 m", i, p, service.Cost[i].Value())
		}
	}
	t.Logf("%d of %d points covered, %d inside the service area of %.2f km²", covered, in.Demand.Len(), inside, geo.Area(areas[1])/1e6)
}

// accuracyRow compares one way of placing people with the finest.
type accuracyRow struct {
	name    string
	points  int
	covered float64 // people
	share   float64
	wrong   float64 // people: the sum over cells of |covered people - covered people of the finest|
	took    time.Duration
}

func (r accuracyRow) String() string {
	return fmt.Sprintf("%-8s %7d points  covered %9.0f = %6.2f %%  wrong %8.0f people  compute %v", r.name, r.points, r.covered, 100*r.share, r.wrong,
		r.took.Round(time.Millisecond))
}

// accuracyRows computes the first tier with one point a part, then with more and more; the finest, every 10 m a point, is the measure.
func accuracyRows(t testing.TB, in Input, graph *network.Graph) []accuracyRow {
	t.Helper()
	single := in.Demand
	covered := func(d *Demand) ([]float64, accuracyRow) {
		in.Demand = d
		start := time.Now()
		res := mustCompute(t, in)
		row := accuracyRow{points: d.Len(), took: time.Since(start), covered: res.Total[0].Covered.Float()}
		row.share, _ = res.Total[0].Effective()
		cells := make([]float64, len(in.Grid.Cells))
		for i := range d.People {
			if res.Services[0].Covered(i) {
				cells[d.Cell[i]] += d.People[i].Float()
			}
		}
		return cells, row
	}
	in.Demand = single
	fine, _ := placeOn(t, in, graph, FrontageOptions{PerPart: maxPerPart, Piece: 10, Spacing: 10})
	truth, finest := covered(fine)
	var rows []accuracyRow
	for _, perPart := range []int{0, 1, 2, 4, 8, 16, 32} {
		d, name := single, "single"
		if perPart > 0 {
			in.Demand = single
			d, _ = placeOn(t, in, graph, FrontageOptions{PerPart: perPart})
			name = fmt.Sprint(perPart)
		}
		cells, row := covered(d)
		row.name = name
		for c := range cells {
			row.wrong += math.Abs(cells[c] - truth[c])
		}
		rows = append(rows, row)
	}
	finest.name = "finest"
	return append(rows, finest)
}

// BenchmarkPlaceOnFrontage: 99,919 cells of resolution 9 with streets 200 m apart, both ways.
func BenchmarkPlaceOnFrontage(b *testing.B) {
	in := bigInput(b, 0)
	roads := &network.Roads{}
	const side, apart = 516, 200.0
	for i := range side * side {
		roads.Nodes = append(roads.Nodes, at(float64(i%side-side/2)*apart, float64(i/side-side/2)*apart))
	}
	add := func(a, c int) {
		roads.Ways = append(roads.Ways, network.Way{Class: network.Residential, Access: network.Foot, First: int32(len(roads.Refs)), Count: 2})
		roads.Refs = append(roads.Refs, int32(a), int32(c))
	}
	for i := range side * side {
		if i%side < side-1 {
			add(i, i+1)
		}
		if i/side < side-1 {
			add(i, i+side)
		}
	}
	graph := walkGraph(b, roads)
	b.ReportAllocs()
	for b.Loop() {
		d, _, err := PlaceOnFrontage(context.Background(), in.Demand, in.Grid, in.Regions, graph, FrontageOptions{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(d.Len()), "points")
	}
}

package siting

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// reasons renders rejections as "id/tier reason (detail)".
func reasons(set *CandidateSet) []string {
	var out []string
	for _, r := range set.Rejected {
		out = append(out, fmt.Sprintf("%s/%d %s (%s)", r.ID, r.Tier, r.Reason, r.Detail))
	}
	return out
}

func ids(set *CandidateSet) []string {
	var out []string
	for _, c := range set.All {
		out = append(out, fmt.Sprintf("%s%v", c.ID, c.Tiers))
	}
	return out
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// addRoads gives the toy walking roads, and the network to every tier that asks for mode walk.
func (y *toy) addRoads(roads *network.Roads) {
	y.t.Helper()
	walk := network.StandardModes()[0]
	g, err := network.Build(context.Background(), roads, walk, geo.Metres)
	if err != nil {
		y.t.Fatal(err)
	}
	y.w.Modes = map[string]network.Mode{walk.ID: walk}
	y.w.Graphs[coverage.GraphKey{Mode: walk.ID, Metric: geo.Metres}] = g
}

// Every reason has its place: what is wrong for all tiers is said once, what is wrong for a tier is said for the tier, and a
// candidate keeps the tiers that are left.
func TestCandidatesSayWhyNot(t *testing.T) {
	y := newToy(t, straightTier(200, -1), straightTier(400, -1))
	y.people(at(1000, 1000), 8)
	y.people(at(1300, 1000), 4)
	y.place("fine", "hall", at(1000, 1000))
	y.place("few", "hall", at(1350, 1000)) // 4 people within 200 m, 12 within 400 m
	y.place("lake", "hall", at(2500, 2500))
	y.place("abroad", "hall", at(9000, 9000))
	y.place("near", "hall", at(1000, 1400)) // 100 m from the station of tier 1
	y.place("shop", "shop", at(1000, 1050))
	y.place("banned", "hall", at(1020, 1000))
	y.site("S", 1, at(1000, 1500))
	y.w.Exclusions = []Exclusion{{Kind: "water", Name: "West Lake", Shape: square(2000, 2000, 1000)}}
	set := y.find(
		TierRules{HostKinds: []string{"hall"}, MinPeople: 5, Banned: []string{"host:banned"}},
		TierRules{HostKinds: []string{"hall"}, MinPeople: 5, Spacing: 300, Banned: []string{"host:banned"}},
	)
	// near: nobody within 200 m; few: 4 of the 5 people asked.
	same(t, "candidates", ids(set), []string{"host:few[1]", "host:fine[0 1]"})
	same(t, "rejections", reasons(set), []string{
		"host:abroad/-1 outside ()",
		"host:banned/0 banned ()",
		"host:banned/1 banned ()",
		"host:few/0 few_people (4 < 5)",
		"host:lake/-1 exclusion (West Lake)",
		"host:near/0 few_people (0 < 5)",
		"host:near/1 spacing (site S, 100 m)",
	})
	if set.Considered != 6 { // the shop is no host
		t.Errorf("%d considered", set.Considered)
	}
	for tier, want := range [][]int64{{8}, {12, 12}} { // rows: fine; few and fine
		for r := range want {
			var people coverage.People
			columns, _ := set.Reach[tier].Row(r)
			for _, d := range columns {
				people += y.w.Demand.People[d]
			}
			if people != coverage.People(want[r])*coverage.Person {
				t.Errorf("tier %d row %d reaches %v", tier, r, people.Float())
			}
		}
	}
}

// Exactly the spacing is far enough, exactly the limit is near enough.
func TestCandidatesAtTheBoundary(t *testing.T) {
	y := newToy(t, straightTier(200, -1))
	y.people(at(1000, 1000), 1)
	y.place("a", "hall", at(1000, 1000))
	y.site("S", 0, at(1000, 1300))
	d := distance(y.w.Sites[0].Point, y.w.Places[0].Point)
	if set := y.find(TierRules{Spacing: d}); len(set.All) != 1 {
		t.Errorf("at the spacing: %v", reasons(set))
	}
	if set := y.find(TierRules{Spacing: math.Nextafter(d, 1e9)}); len(set.All) != 0 {
		t.Error("nearer than the spacing, yet a candidate")
	}
	if set := y.find(TierRules{MinPeople: 1}); len(set.All) != 1 {
		t.Errorf("just enough people: %v", reasons(set))
	}
}

// Where every tier is straight, bare cells are those with people, at their centres.
func TestCellsOfAStraightWorld(t *testing.T) {
	y := newToy(t, straightTier(300, -1))
	y.people(at(1000, 1000), 1)
	y.people(at(2000, 2000), 1)
	y.people(at(2010, 2000), 0)
	set := y.find(TierRules{Cells: true})
	if len(set.All) != 2 || set.Considered != 2 {
		t.Fatalf("candidates %v, considered %d", ids(set), set.Considered)
	}
	for _, c := range set.All {
		if c.Point != y.w.Grid.Centre(c.Cell) || c.ID != "cell:"+y.w.Grid.Cells[c.Cell].String() || c.Host >= 0 || y.w.Regions.All[c.Region].ID != "E" {
			t.Errorf("candidate %+v", c)
		}
	}
}

// A road runs east along y = 1000 from x = 500 to 3500. Cells that it crosses are candidates though nobody lives there, on
// the road; the people who live 100 m beside it have theirs on the road too; those 2 km away are without a road.
func TestCellsStandOnRoads(t *testing.T) {
	tier := straightTier(1000, -1)
	tier.Mode = "walk"
	y := newToy(t, tier)
	roads := &network.Roads{}
	road(roads, network.Residential, [2]float64{500, 1000}, [2]float64{3500, 1000})
	y.addRoads(roads)
	y.people(at(1000, 1100), 16)
	y.people(at(1000, 3100), 4)
	set := y.find(TierRules{Cells: true})
	if len(set.All) < 8 || len(set.All) > 25 {
		t.Errorf("%d candidates along 3 km of road", len(set.All))
	}
	seen := map[string]bool{}
	for _, c := range set.All {
		if math.Abs(c.Point[1]-1000*metre) > 1e-9 || c.Point[0] < 500*metre-1e-9 || c.Point[0] > 3500*metre+1e-9 {
			t.Errorf("%s stands at %v, off the road", c.ID, c.Point)
		}
		if y.w.Grid.Cells[c.Cell] != grid.CellOf(c.Point, 9) {
			t.Errorf("%s stands in another cell than it says", c.ID)
		}
		seen[c.ID] = true
	}
	far, _ := y.w.Grid.Index(grid.CellOf(at(1000, 3100), 9))
	want := "cell:" + y.w.Grid.Cells[far].String() + "/0 no_road (walk)"
	if !slices.Contains(reasons(set), want) {
		t.Errorf("rejections %v, want %s among them", reasons(set), want)
	}
	for _, r := range set.Rejected {
		if seen[r.ID] {
			t.Errorf("%s is candidate and rejected", r.ID)
		}
		seen[r.ID] = true
	}
	if len(seen) != set.Considered {
		t.Errorf("%d considered, %d accounted for", set.Considered, len(seen))
	}
}

// The candidates and reasons do not depend on the order of places, sites and exclusions.
func TestCandidatesIgnoreTheOrderOfTheirInputs(t *testing.T) {
	build := func(reverse bool) *CandidateSet {
		y := newToy(t, straightTier(300, -1))
		for k := range 30 {
			y.people(at(float64(100*k)+200, float64(70*k)+300), int64(k))
			y.place(fmt.Sprintf("%02d", k), "hall", at(float64(100*k)+230, float64(70*k)+350))
		}
		for k := range 6 {
			y.site(fmt.Sprint(k), 0, at(float64(500*k)+210, float64(350*k)+330))
			y.w.Exclusions = append(y.w.Exclusions, Exclusion{Kind: "hazard", Name: fmt.Sprint(k % 2), Shape: square(float64(400*k), float64(280*k), 300)})
		}
		if reverse {
			slices.Reverse(y.w.Places)
			slices.Reverse(y.w.Sites)
			slices.Reverse(y.w.Exclusions)
		}
		return y.find(TierRules{Cells: true, Spacing: 120, MinPeople: 3})
	}
	a, b := build(false), build(true)
	same(t, "candidates", ids(b), ids(a))
	same(t, "rejections", reasons(b), reasons(a))
}

func TestFindCandidatesRefusesAWorldThatDoesNotFit(t *testing.T) {
	w := newToy(t, straightTier(300, -1)).world()
	for _, c := range []struct {
		want string
		mar  func(*World)
	}{
		{"Grid: missing", func(w *World) { w.Grid = nil }},
		{"World.Coverage is missing", func(w *World) { w.Coverage = nil }},
		{"World.Coverage has 1 tiers, World.Tiers 2", func(w *World) { w.Tiers = append(w.Tiers, straightTier(500, -1)) }},
		{"columns differ in length", func(w *World) { w.Demand = &coverage.Demand{People: make([]coverage.People, 1)} }},
		{"has 0 demand points, World.Demand 1", func(w *World) {
			w.Demand = &coverage.Demand{Point: []orb.Point{at(1, 1)}, People: make([]coverage.People, 1), Region: []int32{0}, Cell: []int32{0}}
		}},
		{`Places["x"].Point [NaN 0]`, func(w *World) { w.Places = []Place{{ID: "x", Point: orb.Point{math.NaN(), 0}}} }},
		{`Places["x"].Footfall NaN`, func(w *World) { w.Places = []Place{{ID: "x", Footfall: math.NaN()}} }},
		{`two places with ID "x"`, func(w *World) { w.Places = []Place{{ID: "x"}, {ID: "x"}} }},
	} {
		bad := *w
		bad.Tiers = slices.Clone(w.Tiers)
		c.mar(&bad)
		if _, err := FindCandidates(context.Background(), &bad, []TierRules{{}}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want it to say %q", err, c.want)
		}
	}
}

// Every pair nearer than the spacing is in a set, and every two members of a set are.
func TestConflictSetsHoldJustTheNearPairs(t *testing.T) {
	y := newToy(t)
	for k := range 60 {
		y.place(fmt.Sprintf("%02d", k), "hall", at(float64(k*k*37%1500), float64(k*k*k*13%1500)))
	}
	const spacing = 260
	place := y.w.Places
	near := map[[2]int32]bool{}
	for i := range place {
		for k := range i {
			if distance(place[i].Point, place[k].Point) < spacing {
				near[[2]int32{int32(k), int32(i)}] = false
			}
		}
	}
	pts := newNearIndex(nil)
	for i := range place {
		pts.add(place[i].Point)
	}
	for _, set := range tooNear(pts.points, spacing) {
		for b := range set {
			for a := range b {
				pair := [2]int32{set[a], set[b]}
				if _, ok := near[pair]; !ok {
					t.Errorf("%v keep the spacing or are not ascending", pair)
				}
				near[pair] = true
			}
		}
	}
	for pair, held := range near {
		if !held {
			t.Errorf("%v are in no set", pair)
		}
	}
	if len(near) < 50 {
		t.Fatalf("only %d near pairs: the test says little", len(near))
	}
}

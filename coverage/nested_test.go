package coverage

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sitecover/geo"
)

// nestedToy is the toy county with three tiers: centre, station (500 m, one a village) and point (100 m). The centre s1 stands at 0 m in
// A1 with 100 m²; the station s2 at 3,000 m in town B, in no village, with 60 m².
//
//	tier     of its own               with nested: true
//	centre   s1: 1 + 2 + 4 = 7        the same: nothing is above it
//	station  s2: 32                   s1 adds 1 (0 m) and 2 (500 m, exactly at the limit): 35
//	point    nobody                   s1: 1 at 0 m; s2: 32 at 3,000 m: 33
func nestedToy(t testing.TB, nested bool) Input {
	in, _ := toyInput(t)
	in.Tiers = []Tier{in.Tiers[0],
		{ID: "station", Limit: metres(500), Mode: Straight, OwnerLevel: 2, Parent: 0, Nested: nested},
		{ID: "point", Limit: metres(100), Mode: Straight, OwnerLevel: -1, Parent: 1, Nested: nested}}
	in.Sites = append(slices.Clone(in.Sites), Site{ID: "s2", Tier: 1, Point: north(toyOrigin, 3000), Region: townB, FloorArea: 60})
	return in
}

func TestNestedToy(t *testing.T) {
	for _, c := range []struct {
		name     string
		nested   bool
		minArea  float64 // of station and point
		covered  [3]float64
		standIns [3]int
		owning   int // villages with a station, of A1, A2 and B1
	}{
		{"apart", false, 0, [3]float64{7, 32, 0}, [3]int{}, 0},
		{"nested", true, 0, [3]float64{7, 35, 33}, [3]int{0, 1, 2}, 1},
		{"exactly large enough", true, 100, [3]float64{7, 35, 1}, [3]int{0, 1, 1}, 1}, // s2 has 60 m²: a station, but no point
		{"too small", true, 100.5, [3]float64{7, 32, 0}, [3]int{}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := nestedToy(t, c.nested)
			in.Tiers[1].MinArea, in.Tiers[2].MinArea = c.minArea, c.minArea
			res := mustCompute(t, in)
			for k, x := range res.Total {
				if x.Covered.Float() != c.covered[k] || x.StandIns != c.standIns[k] {
					t.Errorf("tier %d: %v covered with %d stand-ins, want %v with %d", k, x.Covered.Float(), x.StandIns, c.covered[k], c.standIns[k])
				}
				if own := [3]int{1, 1, 0}[k]; x.Open != own {
					t.Errorf("tier %d: %d sites of its own, want %d", k, x.Open, own)
				}
			}
			if x := res.Total[1]; x.Required != 3 || x.Owning != c.owning || len(res.Blank[1]) != 3-c.owning {
				t.Errorf("%d of %d villages own a station, blank %v; want %d of 3", x.Owning, x.Required, res.Blank[1], c.owning)
			}
			if x := res.Region[1][villageA1]; (x.Owning == 1) != (c.owning == 1) {
				t.Errorf("A1 owns %d stations", x.Owning)
			}
		})
	}
}

// A lower tier never stands in for a higher one, a sister tier for neither, and only the nested tier takes from above.
func TestServes(t *testing.T) {
	// 0 centre; 1 station and 2 sister of centre; 3 point of station
	tiers := []Tier{{Parent: -1}, {Parent: 0, Nested: true}, {Parent: 0}, {Parent: 1, Nested: true, MinArea: 50}}
	for _, c := range []struct {
		site, tier int
		area       float64
		want       bool
	}{
		{0, 0, -1, true}, {1, 0, -1, false}, {2, 0, -1, false}, {3, 0, 90, false},
		{0, 1, -1, true}, {2, 1, -1, false}, {3, 1, 90, false},
		{0, 2, -1, false},
		{0, 3, 50, true}, {0, 3, 49.9, false}, {0, 3, -1, false}, {1, 3, 50, true}, {2, 3, 90, false},
		{3, 3, 1, true}, // its own site serves whatever its area; it only does not qualify
	} {
		if s := (Site{Tier: c.site, FloorArea: c.area}); s.Serves(tiers, c.tier) != c.want {
			t.Errorf("site of tier %d with %v m² serves tier %d: want %v", c.site, c.area, c.tier, c.want)
		}
	}
}

func TestNestedNeedsAParent(t *testing.T) {
	for _, parent := range []int{-1, 1, 2} {
		in := nestedToy(t, true)
		in.Tiers[1].Parent = parent
		_, err := Compute(t.Context(), in)
		var field *FieldError
		if !errors.As(err, &field) || field.Field != "Tiers[1].Nested" {
			t.Errorf("parent %d: got %v", parent, err)
		}
	}
}

// Nested coverage is a superset of the same without it, and exactly what it is to enter every stand-in in the ledger once more as a site
// of the lower tier.
func TestNestedIsTheLedgerWrittenOut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		got := mustCompute(t, in)
		apart, written := in, in
		apart.Tiers = slices.Clone(in.Tiers)
		for k := range apart.Tiers {
			apart.Tiers[k].Nested = false
		}
		written.Tiers, written.Sites = apart.Tiers, slices.Clone(in.Sites)
		for k := range in.Tiers {
			for _, s := range in.Sites {
				above := false
				for p := in.Tiers[k].Parent; p >= 0; p = in.Tiers[p].Parent {
					above = above || p == s.Tier
				}
				if in.Tiers[k].Nested && above && s.Qualifies(in.Tiers[k]) {
					s.ID, s.Tier = s.ID+"/"+in.Tiers[k].ID, k
					written.Sites = append(written.Sites, s)
				}
			}
		}
		less, want := mustCompute(t, apart), mustCompute(t, written)
		for k := range in.Tiers {
			for i := range in.Demand.People {
				if less.Services[k].Covered(i) && !got.Services[k].Covered(i) {
					rt.Fatalf("tier %d, demand %d: lost by nesting", k, i)
				}
			}
			if a, b := got.Services[k], want.Services[k]; !slices.Equal(a.Cost, b.Cost) || !slices.Equal(a.Reach, b.Reach) || !slices.Equal(a.Circle, b.Circle) {
				rt.Fatalf("tier %d: not what the ledger written out gives", k)
			}
			if !slices.Equal(got.Blank[k], want.Blank[k]) || got.Scattered[k] != want.Scattered[k] {
				rt.Fatalf("tier %d: blank %v, want %v", k, got.Blank[k], want.Blank[k])
			}
			for r, x := range got.Region[k] {
				y, z := want.Region[k][r], less.Region[k][r]
				if x.Open != z.Open || x.Qualifying != z.Qualifying || x.Open+x.StandIns != y.Open {
					rt.Fatalf("tier %d, region %d: sites %+v, written out %+v, apart %+v", k, r, x, y, z)
				}
				x.StandIns, x.Open, x.Qualifying, x.BelowStandard, x.AreaUnknown = 0, y.Open, y.Qualifying, y.BelowStandard, y.AreaUnknown
				if x != y {
					rt.Fatalf("tier %d, region %d: %+v, want %+v", k, r, x, y)
				}
			}
		}
	})
}

// What explains one point agrees with what is computed of all of them, stand-ins and all.
func TestNestedExplanationsAgree(t *testing.T) {
	in := nestedToy(t, true)
	res := mustCompute(t, in)
	for k := range in.Tiers {
		entities := make([]Entity, 0, in.Demand.Len())
		for i, p := range in.Demand.Point {
			e, err := Explain(t.Context(), in, k, p, geo.Impedance(0))
			if err != nil {
				t.Fatal(err)
			}
			if (e.Reason == Served) != res.Services[k].Covered(i) || len(e.Within) != int(res.Services[k].Reach[i]) {
				t.Errorf("tier %d, point %d: %+v, computed: covered %v", k, i, e, res.Services[k].Covered(i))
			}
			entities = append(entities, Entity{ID: string(rune('a' + i)), Point: p, Region: in.Demand.Region[i], Headcount: Person})
		}
		all, err := Entities(t.Context(), in, entities)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range all[k].Service {
			if e.Covered != res.Services[k].Covered(i) {
				t.Errorf("tier %d, entity %d: covered %v", k, i, e.Covered)
			}
		}
	}
}

// A centre that opens serves the nested tiers too, and one that closes serves none of them any more.
func TestNestedScenario(t *testing.T) {
	in := nestedToy(t, true)
	s, err := NewScenario(t.Context(), in, mustCompute(t, in))
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.Close(t.Context(), "s1"); err != nil {
		t.Fatal(err)
	}
	if got := [3]float64{s.Result().Total[0].Covered.Float(), s.Result().Total[1].Covered.Float(), s.Result().Total[2].Covered.Float()}; got != [3]float64{0, 32, 32} {
		t.Errorf("without s1: %v", got)
	}
	site := randomSite(in, rand.New(rand.NewPCG(1, 1)), "new")
	site.Tier, site.Point, site.Hours, site.FloorArea = 0, north(toyOrigin, 2000), nil, 100 // 16 within 100 m; 1/2 at exactly 500 m; 4 + 8 + 32 within 1,000 m
	if s, err = s.Add(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	if what := differs(s.Result(), mustCompute(t, s.Input())); what != "" {
		t.Error(what)
	}
	if got := [3]float64{s.Result().Total[0].Covered.Float(), s.Result().Total[1].Covered.Float(), s.Result().Total[2].Covered.Float()}; got != [3]float64{60.5, 48.5, 48} {
		t.Errorf("with a new centre: %v", got)
	}
}

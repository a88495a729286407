package coverage

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sitecover/geo"
	"sitecover/geo/grid"
)

func computed(t testing.TB, in Input) Computed {
	return Computed{Input: in, Result: mustCompute(t, in)}
}

// From the toy county to the same with s2 at 1,400 m instead of s1: covered are now the 1/2 at 1,500 m, the 2 at 500 m, the 4, the 8 and the
// 16 at 2,000 m, no longer the 1 at 0 m.
func TestCompareOfTheToyCounty(t *testing.T) {
	in, c := toyInput(t)
	before := computed(t, in)
	in.Sites = []Site{{ID: "s2", Point: north(toyOrigin, 1400), Region: villageA2, FloorArea: -1}}
	got := must[*Comparison](t)(Compare(before, computed(t, in)))
	if len(got.Tiers) != 1 || got.Added != nil || got.Removed != nil {
		t.Fatalf("comparison = %+v", got)
	}
	x, p := got.Tiers[0], Person
	if x.Rule || !slices.Equal(x.Opened, []string{"s2"}) || !slices.Equal(x.Closed, []string{"s1"}) || x.Moved != nil {
		t.Errorf("tier change = %+v", x)
	}
	if gained := x.Total.Gained(); gained != 61*p/2-7*p {
		t.Errorf("gained = %v", gained.Float())
	}
	want := []CellChange{
		{Cell: in.Grid.Cells[c[0]], PeopleBefore: 7 * p / 2, PeopleAfter: 7 * p / 2, CoveredBefore: 3 * p, CoveredAfter: 5 * p / 2, CountedBefore: true, CountedAfter: true},
		{Cell: in.Grid.Cells[c[1]], PeopleBefore: 12 * p, PeopleAfter: 12 * p, CoveredBefore: 4 * p, CoveredAfter: 12 * p, CountedAfter: true},
		{Cell: in.Grid.Cells[c[2]], PeopleBefore: 16 * p, PeopleAfter: 16 * p, CoveredAfter: 16 * p, CountedAfter: true},
	}
	slices.SortFunc(want, func(a, b CellChange) int { return int(a.Cell - b.Cell) })
	if !reflect.DeepEqual(x.Cells, want) {
		t.Errorf("cells:\n got %+v\nwant %+v", x.Cells, want)
	}
	for r, y := range x.Regions {
		if y.ID != in.Regions.All[r].ID || !y.Before || !y.After || y.Change.Before != before.Result.Region[0][r] {
			t.Errorf("region %d = %+v", r, y)
		}
	}
}

func TestCompareMatchesByID(t *testing.T) {
	in, _ := toyInput(t)
	in.Tiers = append(in.Tiers, Tier{ID: "old", Mode: Straight, Limit: metres(1), OwnerLevel: -1})
	before := computed(t, in)
	later := in
	later.Tiers = []Tier{{ID: "new", Mode: Straight, Limit: metres(1), OwnerLevel: -1}, in.Tiers[0]}
	later.Tiers[1].MinArea = 50
	later.Sites = []Site{{ID: "s1", Tier: 1, Point: north(toyOrigin, 1), Region: villageA1}}
	later.Regions = must[*geo.Regions](t)(geo.NewRegions([]geo.Level{{ID: "town"}, {ID: "village"}}, []geo.Region{
		{ID: "A", Parent: -1}, {ID: "Z", Parent: -1}, {ID: "A1", Level: 1, Parent: 0}, {ID: "A2", Level: 1, Parent: 0}, {ID: "B1", Level: 1, Parent: 1}, {ID: "B2", Level: 1, Parent: 1},
	}))
	got := must[*Comparison](t)(Compare(before, computed(t, later)))
	if !slices.Equal(got.Added, []string{"new"}) || !slices.Equal(got.Removed, []string{"old"}) || len(got.Tiers) != 1 {
		t.Fatalf("comparison = %+v", got)
	}
	x := got.Tiers[0]
	if x.ID != "centre" || x.Before != 0 || x.After != 1 || !x.Rule || !slices.Equal(x.Moved, []string{"s1"}) || x.Opened != nil || x.Closed != nil {
		t.Errorf("tier change = %+v", x)
	}
	var ids []string
	for _, r := range x.Regions {
		mark := map[[2]bool]string{{true, true}: "=", {true, false}: "-", {false, true}: "+"}[[2]bool{r.Before, r.After}]
		ids = append(ids, mark+r.ID)
	}
	if want := []string{"=A", "+Z", "=A1", "=A2", "=B1", "+B2", "-C", "-B"}; !slices.Equal(ids, want) {
		t.Errorf("regions = %v, want %v", ids, want)
	}
}

func TestCompareRefusesWhatCannotBeCompared(t *testing.T) {
	in, _ := toyInput(t)
	a := computed(t, in)
	other := in
	other.Grid = must[*grid.Grid](t)(grid.FromCells(grid.CellOf(toyOrigin, 8).GridDisk(3), 8))
	other.Demand = &Demand{}
	var field *FieldError
	if _, err := Compare(a, computed(t, other)); !errors.As(err, &field) || field.Field != "Grid.Resolution" {
		t.Errorf("another resolution: %v", err)
	}
	if _, err := Compare(Computed{}, Computed{Input: in, Result: &Result{}}); !errors.As(err, &field) {
		t.Errorf("no results: %v", err)
	}
}

// The cells tell the same sum as the totals; nothing changed means an empty list; and the way back is the mirror image.
func TestCompareAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		a := computed(t, in)
		s := must[*Scenario](t)(NewScenario(context.Background(), in, a.Result))
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "site"), 9))
		s = must[*Scenario](t)(s.Add(context.Background(), randomSite(in, rng, "new")))
		b := Computed{Input: s.Input(), Result: s.Result()}
		if rng.IntN(2) == 0 { // people moved away, others came
			b.Input.Demand = &Demand{Point: in.Demand.Point, Region: in.Demand.Region, Cell: in.Demand.Cell}
			for _, p := range in.Demand.People {
				b.Input.Demand.People = append(b.Input.Demand.People, max(0, p+People(rng.IntN(3)-1)*Person))
			}
			b.Result = mustCompute(t, b.Input)
		}
		there, back := must[*Comparison](t)(Compare(a, b)), must[*Comparison](t)(Compare(b, a))
		same := must[*Comparison](t)(Compare(a, a))
		for k, x := range there.Tiers {
			var gained People
			cells := 0
			for n, c := range x.Cells {
				gained += c.CoveredAfter - c.CoveredBefore
				if c.CountedAfter {
					cells++
				}
				if c.CountedBefore {
					cells--
				}
				m := back.Tiers[k].Cells[n]
				if m.Cell != c.Cell || m.CoveredBefore != c.CoveredAfter || m.CoveredAfter != c.CoveredBefore || m.CountedAfter != c.CountedBefore {
					rt.Fatalf("back is %+v, there is %+v", m, c)
				}
			}
			if gained != x.Total.Gained() || cells != x.Total.After.CoveredCells-x.Total.Before.CoveredCells {
				rt.Fatalf("cells tell %v people and %d cells, totals %+v", gained, cells, x.Total)
			}
			if y := same.Tiers[k]; y.Cells != nil || y.Opened != nil || y.Closed != nil || y.Rule || y.Total.Gained() != 0 {
				rt.Fatalf("compared with itself: %+v", y)
			}
		}
	})
}

package coverage

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo/grid"
)

// membersPerRegion is perRegion for one group.
func membersPerRegion(d *Demand, group int, regions func(int32) []int32, n int) []People {
	out := make([]People, n)
	for i, members := range d.Groups[group].People {
		for _, region := range regions(d.Region[i]) {
			out[region] += members
		}
	}
	return out
}

// Three places, 8 people each, of whom 4, 2 and 1 are old. The totals: west 32 people, which doubles its 16 and so its old
// from 6 to 12; east 16 people, 8 of them old: the group's own total. What is outside is cut off with its old people.
func TestGroupsGoWithThePeople(t *testing.T) {
	g, r := distributionWorld(t, 8)
	p := Population{
		Points: []PointCount{{inNorth, 8}, {inSouth, 8}, {inEast, 8}, {nowhere, 8}},
		Totals: []RegionTotal{{2, 32}, {1, 16}},
		Groups: []GroupCount{{ID: "old", Points: []float64{4, 2, 1, 8}, Totals: []float64{math.NaN(), 8}}},
	}
	d, a := distribute(t, g, r, p)
	if got, want := membersPerRegion(d, 0, r.Path, 5), []People{20 * Person, 8 * Person, 12 * Person, 8 * Person, 4 * Person}; !slices.Equal(got, want) {
		t.Errorf("old %v, want %v", got, want)
	}
	want := []GroupSum{{ID: "old", Input: 15 * Person, Inside: 7 * Person, Outside: 8 * Person, Total: 20 * Person,
		Own: []Scaled{{Region: 1, Before: Person, After: 8 * Person}}}}
	if !reflect.DeepEqual(a.Groups, want) {
		t.Errorf("account %+v, want %+v", a.Groups, want)
	}
}

// North has 8 people, 4 of them old, south 8 and 1. A total of 13 old among the 16 gives 10.4 and 2.6 in proportion; north has
// room for 8, so south takes the other 5.
func TestAGroupIsNeverLargerThanThePeople(t *testing.T) {
	g, r := distributionWorld(t, 8)
	p := Population{
		Points: []PointCount{{inNorth, 8}, {inSouth, 8}},
		Totals: []RegionTotal{{2, 16}},
		Groups: []GroupCount{{ID: "old", Points: []float64{4, 1}, Totals: []float64{13}}},
	}
	d, a := distribute(t, g, r, p)
	if got, want := d.Groups[0].People, []People{8 * Person, 5 * Person}; !slices.Equal(got, want) && !slices.Equal(got, []People{want[1], want[0]}) {
		t.Errorf("old %v", got)
	}
	if a.Groups[0].Capped != 24*Person/10 {
		t.Errorf("capped %v", a.Groups[0].Capped)
	}
	// A county of 20 people leaves 4 for the east, so that 20 old people do not fit there: 13 + 4 at most.
	p.Totals = append(p.Totals, RegionTotal{0, 20})
	p.Groups[0].Totals = []float64{13, 20}
	_, a = distribute(t, g, r, p)
	if want := []Conflict{{Region: 0, Total: 20 * Person, Held: 13 * Person}}; !slices.Equal(a.Groups[0].Conflicts, want) {
		t.Errorf("conflicts %+v, want %+v", a.Groups[0].Conflicts, want)
	}
}

// Nobody says where the old live, only how many they are: they live like the others. Of a region that only its total knows and
// that does not tell, nothing is known.
func TestGroupsThatOnlyTotalsTell(t *testing.T) {
	g, r := distributionWorld(t, 8)
	d, a := distribute(t, g, r, Population{
		Points: []PointCount{{inNorth, 6}, {inSouth, 2}},
		Totals: []RegionTotal{{2, 16}, {1, 32}},
		Groups: []GroupCount{{ID: "old", Totals: []float64{8, math.NaN()}}},
	})
	if got, want := membersPerRegion(d, 0, r.Path, 5), []People{8 * Person, 0, 8 * Person, 6 * Person, 2 * Person}; !slices.Equal(got, want) {
		t.Errorf("old %v, want %v", got, want)
	}
	if x := a.Groups[0]; x.Silent != 32*Person || len(x.Spread) != 1 || x.Spread[0].People != 8*Person || x.Total != 8*Person {
		t.Errorf("account %+v", x)
	}
}

func TestGroupsAreChecked(t *testing.T) {
	g, r := distributionWorld(t, 8)
	_, _, err := Distribute(g, r, Population{
		Points: []PointCount{{inNorth, 6}, {inSouth, 2}},
		Totals: []RegionTotal{{2, 16}},
		Groups: []GroupCount{
			{ID: "a", Points: []float64{7, math.NaN()}, Totals: []float64{17}},
			{ID: "a", Points: []float64{1}},
			{},
		},
	})
	if !errors.Is(err, ErrGroup) || !errors.Is(err, ErrPeople) {
		t.Fatal(err)
	}
	for _, want := range []string{`7 of "a" among 6`, "not NaN", `17 of "a" among 16`, `"a" is given twice`, "1 counts for 2 points", "has no ID"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %s in\n%v", want, err)
		}
	}
}

// Whatever comes in: a group is conserved, never larger than the people anywhere, meets its own totals or says why not, and the
// people are where they would be without it.
func TestGroupsAreConserved(t *testing.T) {
	g, r := distributionWorld(t, 8)
	people := rapid.OneOf(rapid.Float64Range(0, 1e6), rapid.Float64Range(0, 1e-5), rapid.Just(0.0))
	share := rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, 1}))
	point := func(rt *rapid.T) orb.Point {
		return orb.Point{rapid.Float64Range(120.9, 121.3).Draw(rt, "lon"), rapid.Float64Range(30.9, 31.2).Draw(rt, "lat")}
	}
	rapid.Check(t, func(rt *rapid.T) {
		var p Population
		group := GroupCount{ID: "g", Cells: []float64{}, Points: []float64{}, Totals: []float64{}}
		sum := 0.0
		for range rapid.IntRange(0, 15).Draw(rt, "cells") {
			n, s := people.Draw(rt, "people"), share.Draw(rt, "share")
			p.Cells = append(p.Cells, CellCount{grid.CellOf(point(rt), rapid.IntRange(6, 10).Draw(rt, "resolution")), n})
			group.Cells, sum = append(group.Cells, n*s), sum+n*s
		}
		for range rapid.IntRange(0, 15).Draw(rt, "points") {
			n, s := people.Draw(rt, "people"), share.Draw(rt, "share")
			p.Points = append(p.Points, PointCount{point(rt), n})
			group.Points, sum = append(group.Points, n*s), sum+n*s
		}
		for _, region := range rapid.SliceOfNDistinct(rapid.Int32Range(0, 4), 0, 5, rapid.ID[int32]).Draw(rt, "totals") {
			n, s := math.Round(people.Draw(rt, "total")), share.Draw(rt, "share")
			p.Totals = append(p.Totals, RegionTotal{region, n})
			own := math.Round(n * s)
			if rapid.Bool().Draw(rt, "silent") {
				own = math.NaN()
			}
			group.Totals = append(group.Totals, own)
		}
		plain, _, err := Distribute(g, r, p)
		if err != nil {
			rt.Fatal(err)
		}
		p.Groups = []GroupCount{group}
		d, a, err := Distribute(g, r, p)
		if err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(d.People, plain.People) || !slices.Equal(d.Cell, plain.Cell) {
			rt.Fatal("the people are elsewhere")
		}
		x := a.Groups[0]
		if x.Inside+x.Outside != x.Input || math.Abs(x.Input.Float()-sum) > 1e-9*sum+40e-6 {
			rt.Errorf("input %v, sum %v, inside %v, outside %v", x.Input, sum, x.Inside, x.Outside)
		}
		for i := range d.People {
			if !d.membersFit(i) {
				rt.Errorf("%v members among %v people", d.Groups[0].People[i], d.People[i])
			}
		}
		got := membersPerRegion(d, 0, r.Path, 5)
		if got[0] != x.Total || len(p.Totals) == 0 && x.Total != x.Inside {
			rt.Errorf("total %v of %+v", got[0], x)
		}
		for k, total := range p.Totals {
			if math.IsNaN(group.Totals[k]) {
				continue
			}
			conflict := slices.ContainsFunc(x.Conflicts, func(c Conflict) bool { return c.Region == total.Region })
			if held := got[total.Region].Float(); (held != group.Totals[k]) != conflict {
				rt.Errorf("region %d holds %v members, its total says %v, conflict %v", total.Region, held, group.Totals[k], conflict)
			}
		}
	})
}

// In the toy county 1 + 2 + 4 of 63.5 people are covered, in A1 and A2. Everybody in group all, the first and the sixth in some.
func TestCoverageOfGroups(t *testing.T) {
	in, _ := toyInput(t)
	in.Demand.Groups = []DemandGroup{
		{"all", in.Demand.People},
		{"some", []People{Person, 0, 0, 0, 0, 8 * Person, 0}},
		{"none", make([]People, 7)},
	}
	res := mustCompute(t, in)
	groups := res.Groups[0]
	for r, x := range res.Region[0] {
		if all := groups[0].Region[r]; all.People != x.People || all.Covered != x.Covered || all.Unconnected != x.Unconnected {
			t.Errorf("region %d: everybody %+v, people %+v", r, all, x)
		}
	}
	if share, ok := groups[1].Total.Effective(); !ok || share != 1.0/9 {
		t.Errorf("some: %v, %v", share, ok)
	}
	if share, ok := groups[1].Region[townA].Effective(); !ok || share != 1 {
		t.Errorf("some of town A: %v, %v", share, ok)
	}
	if _, ok := groups[2].Total.Effective(); ok {
		t.Error("a group of nobody has a coverage")
	}
	var uncovered People
	for _, gap := range FindGaps(in, res, nil) {
		if gap.Groups[0] != gap.People {
			t.Errorf("gap %s: %v of %v", gap.ID, gap.Groups[0], gap.People)
		}
		uncovered += gap.Groups[1]
	}
	if uncovered != 8*Person {
		t.Errorf("%v of some in gaps", uncovered)
	}
	in.Demand.Groups[1].People[1] = 3 * Person // of 2
	if err := in.Validate(); !errors.Is(err, ErrGroup) {
		t.Errorf("3 of 2 people: %v", err)
	}
}

// The people of each old point are divided among new points in any way: its members stay, and fit.
func TestCarryGroups(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		from, to := &Demand{}, &Demand{}
		group := DemandGroup{ID: "g"}
		for c := range rapid.IntRange(0, 5).Draw(rt, "points") {
			var sum People
			for range rapid.IntRange(1, 4).Draw(rt, "pieces") {
				n := People(rapid.Int64Range(0, 9).Draw(rt, "people"))
				to.People, to.Cell, to.Region = append(to.People, n), append(to.Cell, int32(c/2)), append(to.Region, int32(c%2))
				sum += n
			}
			from.People, from.Cell, from.Region = append(from.People, sum), append(from.Cell, int32(c/2)), append(from.Region, int32(c%2))
			group.People = append(group.People, People(rapid.Int64Range(0, int64(sum)).Draw(rt, "members")))
		}
		from.Groups = []DemandGroup{group}
		if err := CarryGroups(from, to); err != nil {
			rt.Fatal(err)
		}
		held := map[string]People{}
		for i := range to.People {
			if !to.membersFit(i) {
				rt.Fatalf("point %d: %v of %v", i, to.Groups[0].People[i], to.People[i])
			}
			held[fmt.Sprint(to.Cell[i], to.Region[i])] += to.Groups[0].People[i]
		}
		for i, n := range group.People {
			if got := held[fmt.Sprint(from.Cell[i], from.Region[i])]; got != n {
				rt.Fatalf("%v members became %v", n, got)
			}
		}
		if to.Len() > 0 {
			to.People[0]++
			var field *FieldError
			if err := CarryGroups(from, to); !errors.As(err, &field) {
				rt.Fatalf("other people: %v", err)
			}
		}
	})
}

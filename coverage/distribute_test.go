package coverage

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
	"pgregory.net/rapid"

	"sitecover/geo"
	"sitecover/geo/grid"
)

func box(w, s, e, n float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
}

// distributionWorld is a county of 0.2° x 0.1° with two towns side by side; the west town has two communities, one above
// the other, the east town none. Region indexes: 0 county, 1 east, 2 west, 3 north of west, 4 south of west.
func distributionWorld(t testing.TB, resolution int) (*grid.Grid, *geo.Regions) {
	t.Helper()
	r, err := geo.NewRegions([]geo.Level{{ID: "county"}, {ID: "town"}, {ID: "community"}}, []geo.Region{
		{ID: "county", Level: 0, Parent: -1, Shape: box(121, 31, 121.2, 31.1)},
		{ID: "east", Level: 1, Parent: 0, Shape: box(121.1, 31, 121.2, 31.1)},
		{ID: "west", Level: 1, Parent: 0, Shape: box(121, 31, 121.1, 31.1)},
		{ID: "north", Level: 2, Parent: 2, Shape: box(121, 31.05, 121.1, 31.1)},
		{ID: "south", Level: 2, Parent: 2, Shape: box(121, 31, 121.1, 31.05)},
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := grid.Build(context.Background(), r, resolution)
	if err != nil {
		t.Fatal(err)
	}
	return g, r
}

// perRegion returns the people of every region, descendants included.
func perRegion(d *Demand, r *geo.Regions) []People {
	out := make([]People, len(r.All))
	for i, n := range d.People {
		for _, region := range r.Path(d.Region[i]) {
			out[region] += n
		}
	}
	return out
}

func distribute(t testing.TB, g *grid.Grid, r *geo.Regions, p Population) (*Demand, *Distribution) {
	t.Helper()
	d, a, err := Distribute(g, r, p)
	if err != nil {
		t.Fatal(err)
	}
	return d, a
}

var (
	inNorth = orb.Point{121.05, 31.08}
	inSouth = orb.Point{121.05, 31.02}
	inEast  = orb.Point{121.15, 31.05}
	nowhere = orb.Point{121.3, 31.05}
)

func TestPointsGoToTheirRegion(t *testing.T) {
	g, r := distributionWorld(t, 8)
	border := orb.Point{121.05, 31.05} // of north and south: the lower index, north
	d, a := distribute(t, g, r, Population{Points: []PointCount{
		{inNorth, 1}, {inSouth, 2}, {inEast, 4}, {nowhere, 8}, {border, 16}, {orb.Point{121.1000001, 31.0999999}, 32},
	}})
	if got, want := perRegion(d, r), []People{55 * Person, 36 * Person, 19 * Person, 17 * Person, 2 * Person}; !slices.Equal(got, want) {
		t.Errorf("people %v, want %v", got, want)
	}
	if a.Input != 63*Person || a.Outside != 8*Person || a.Inside != 55*Person || a.Total != 55*Person || a.Sources[0].OutsideRecords != 1 {
		t.Errorf("account %+v", a)
	}
	for i, c := range d.Cell {
		if d.Point[i] != g.PartsOf(c)[slices.IndexFunc(g.PartsOf(c), func(p grid.Part) bool { return p.Region == d.Region[i] })].Centre {
			t.Errorf("demand %d does not stand in the middle of its part", i)
		}
	}
}

func TestCellCountsAreSplitByArea(t *testing.T) {
	g, r := distributionWorld(t, 8)
	cell := grid.CellOf(orb.Point{121.1, 31.05}, 8) // where west's two communities and east meet
	i, _ := g.Index(cell)
	if len(g.PartsOf(i)) != 3 {
		t.Fatalf("parts %v", g.PartsOf(i))
	}
	d, a := distribute(t, g, r, Population{Cells: []CellCount{{cell, 1024}}})
	if a.Total != 1024*Person || a.Outside != 0 {
		t.Errorf("account %+v", a)
	}
	for j, p := range g.PartsOf(i) {
		if got := d.People[j].Float(); math.Abs(got-1024*p.Share) > 1e-3 {
			t.Errorf("part %d of share %v holds %v", j, p.Share, got)
		}
	}
	edge := grid.CellOf(orb.Point{121.2, 31.05}, 8)
	j, _ := g.Index(edge)
	share := g.PartsOf(j)[0].Share
	_, a = distribute(t, g, r, Population{Cells: []CellCount{{edge, 1024}}})
	if math.Abs(a.Total.Float()-1024*share) > 1e-3 || a.Outside+a.Inside != 1024*Person {
		t.Errorf("a border cell of share %v: account %+v", share, a)
	}
	_, a = distribute(t, g, r, Population{Cells: []CellCount{{grid.CellOf(nowhere, 8), 7}}})
	if a.Outside != 7*Person || a.Sources[0].OutsideRecords != 1 {
		t.Errorf("outside: %+v", a)
	}
}

func TestCellCountsOfOtherResolutions(t *testing.T) {
	g, r := distributionWorld(t, 9)
	coarse := grid.CellOf(inEast, 7)
	d, a := distribute(t, g, r, Population{Cells: []CellCount{{coarse, 49}}})
	if a.Total != 49*Person || d.Len() != 49 {
		t.Errorf("49 children hold %v in %d", a.Total, d.Len())
	}
	for i, n := range d.People {
		if n != Person {
			t.Errorf("child %d holds %v", i, n)
		}
	}
	fine := grid.CellOf(inSouth, 11)
	d, _ = distribute(t, g, r, Population{Cells: []CellCount{{fine, 3}, {grid.CellOf(nowhere, 11), 5}}})
	if d.Len() != 1 || d.People[0] != 3*Person || g.Cells[d.Cell[0]] != fine.Parent(9) || d.Region[0] != 4 {
		t.Errorf("a finer cell: %+v", d)
	}
}

func TestControlTotals(t *testing.T) {
	g, r := distributionWorld(t, 9)
	points := []PointCount{{inNorth, 1}, {inSouth, 3}, {inEast, 4}}
	for _, c := range []struct {
		what      string
		points    []PointCount
		totals    []RegionTotal
		want      []float64 // county, east, west, north, south
		scaled    int
		even      int
		conflicts []Conflict
		free      People
	}{
		{"no totals", points, nil, []float64{8, 4, 4, 1, 3}, 0, 0, nil, 0},
		{"the county's", points, []RegionTotal{{0, 16}}, []float64{16, 8, 8, 2, 6}, 1, 0, nil, 0},
		{"of one town", points, []RegionTotal{{2, 16}}, []float64{20, 4, 16, 4, 12}, 1, 0, nil, 4 * Person},
		// South's total comes off west's: north holds the rest.
		{"of a town and one of its communities", points, []RegionTotal{{4, 5}, {2, 16}}, []float64{20, 4, 16, 11, 5}, 2, 0, nil, 4 * Person},
		{"of communities that add up", points, []RegionTotal{{2, 16}, {3, 7}, {4, 9}}, []float64{20, 4, 16, 7, 9}, 2, 0, nil, 4 * Person},
		{
			"of communities that do not", points, []RegionTotal{{2, 17}, {3, 7}, {4, 9}}, []float64{20, 4, 16, 7, 9}, 2, 0,
			[]Conflict{{2, 17 * Person, 16 * Person}}, 4 * Person,
		},
		{
			"of a community beyond its town's", points, []RegionTotal{{2, 6}, {4, 9}}, []float64{14, 4, 10, 1, 9}, 1, 0,
			[]Conflict{{2, 6 * Person, 10 * Person}}, 4 * Person,
		},
		{"nobody anywhere", nil, []RegionTotal{{0, 16}}, []float64{16, 8, 8, 4, 4}, 0, 1, nil, 0},
		{"nobody in one", points, []RegionTotal{{1, 0}, {3, 2}}, []float64{5, 0, 5, 2, 3}, 2, 0, nil, 3 * Person},
		{"a total of zero where nobody is", nil, []RegionTotal{{1, 0}}, []float64{0, 0, 0, 0, 0}, 0, 0, nil, 0},
	} {
		d, a := distribute(t, g, r, Population{Points: c.points, Totals: c.totals})
		got := perRegion(d, r)
		for i, want := range c.want {
			tolerance := 0.0
			if c.even > 0 && i > 0 {
				tolerance = 1.1e-3 // north is smaller than south by tan 31° x 0.05° = 5.2e-4: 3.99895 and 4.00105 of 8
			}
			if math.Abs(got[i].Float()-want) > tolerance {
				t.Errorf("%s: region %s holds %v, want %v", c.what, r.All[i].ID, got[i].Float(), want)
			}
		}
		if len(a.Scaled) != c.scaled || len(a.Even) != c.even || !slices.Equal(a.Conflicts, c.conflicts) || a.Uncontrolled != c.free || a.Total != got[0] {
			t.Errorf("%s: account %+v", c.what, a)
		}
	}
}

func TestDistributeRefuses(t *testing.T) {
	g, r := distributionWorld(t, 8)
	bad := Population{
		Cells:  []CellCount{{0, 1}, {grid.CellOf(inEast, 8), -1}, {grid.CellOf(inEast, 8), math.NaN()}, {h3.Res0Cells()[0], 1}},
		Points: []PointCount{{orb.Point{0, 91}, 1}, {inEast, math.Inf(1)}},
		Totals: []RegionTotal{{9, 1}, {1, 1}, {1, 2}, {2, -3}},
	}
	_, _, err := Distribute(g, r, bad)
	for _, want := range []error{ErrPeople, ErrPlace, ErrTotal} {
		if !errors.Is(err, want) {
			t.Errorf("no %v in\n%v", want, err)
		}
	}
	for _, want := range []string{"cell 0:", "cell 1:", "cell 2:", "cell 3:", "point 0:", "point 1:", "total 0:", "total 2:", "total 3:", `"east" has two`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %s in\n%v", want, err)
		}
	}
	if _, _, err := Distribute(g, r, Population{Points: []PointCount{{inEast, 1e13}}}); !errors.Is(err, ErrPopulation) {
		t.Errorf("too many: %v", err)
	}
	if _, _, err := Distribute(g, r, Population{Points: make([]PointCount, 5)}); err != nil {
		t.Errorf("points at 0, 0 with nobody: %v", err)
	}
}

// A town that keeps a strip of two metres beside its community, too small to be a part of any cell: who lives there must
// not be lost, nor move to the next town, however near its parts are.
func TestSliversKeepTheirPeople(t *testing.T) {
	const strip = 2e-5
	r, err := geo.NewRegions([]geo.Level{{ID: "town"}, {ID: "community"}}, []geo.Region{
		{ID: "a", Level: 0, Parent: -1, Shape: box(121, 31, 121.1, 31.1)},
		{ID: "b", Level: 0, Parent: -1, Shape: box(121.1, 31, 121.2, 31.1)},
		{ID: "a1", Level: 1, Parent: 0, Shape: box(121, 31, 121.1-strip, 31.1)},
	})
	if err != nil {
		t.Fatal(err)
	}
	g, err := grid.Build(context.Background(), r, 7)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		p := orb.Point{121.1 - strip/2, 31.001 + 0.098*float64(i)/49}
		if at := r.Locate(p); at != 0 {
			t.Fatalf("%v lies in %d", p, at)
		}
		d, a := distribute(t, g, r, Population{Points: []PointCount{{p, 1}}})
		if got := perRegion(d, r); got[0] != Person || a.Outside != 0 {
			t.Errorf("%v: people %v", p, got)
		}
	}
}

func TestDistributeOnCellsAlone(t *testing.T) {
	cells := grid.CellOf(inEast, 9).GridDisk(1)
	g, err := grid.FromCells(cells, 9)
	if err != nil {
		t.Fatal(err)
	}
	r, err := geo.NewRegions([]geo.Level{{ID: "area"}}, []geo.Region{{ID: "all", Parent: -1}})
	if err != nil {
		t.Fatal(err)
	}
	p := Population{Points: []PointCount{{inEast, 2}, {nowhere, 4}}}
	for _, c := range cells {
		p.Cells = append(p.Cells, CellCount{c, 1})
	}
	d, a := distribute(t, g, r, p)
	if d.Len() != 7 || a.Total != 9*Person || a.Outside != 4*Person || len(a.Sources) != 2 {
		t.Errorf("%d, %+v", d.Len(), a)
	}
}

// Whatever comes in: nothing is lost, nothing is made, and what a region is said to have it has.
func TestDistributeConserves(t *testing.T) {
	g, r := distributionWorld(t, 8)
	people := rapid.OneOf(rapid.Float64Range(0, 1e6), rapid.Float64Range(0, 1e-5), rapid.Just(0.0))
	point := func(rt *rapid.T) orb.Point {
		return orb.Point{rapid.Float64Range(120.9, 121.3).Draw(rt, "lon"), rapid.Float64Range(30.9, 31.2).Draw(rt, "lat")}
	}
	rapid.Check(t, func(rt *rapid.T) {
		var p Population
		sum := 0.0
		for range rapid.IntRange(0, 20).Draw(rt, "cells") {
			c := CellCount{grid.CellOf(point(rt), rapid.IntRange(6, 10).Draw(rt, "resolution")), people.Draw(rt, "people")}
			p.Cells, sum = append(p.Cells, c), sum+c.People
		}
		for range rapid.IntRange(0, 20).Draw(rt, "points") {
			c := PointCount{point(rt), people.Draw(rt, "people")}
			p.Points, sum = append(p.Points, c), sum+c.People
		}
		for _, region := range rapid.SliceOfNDistinct(rapid.Int32Range(0, 4), 0, 5, rapid.ID[int32]).Draw(rt, "totals") {
			p.Totals = append(p.Totals, RegionTotal{region, math.Round(people.Draw(rt, "total"))})
		}
		d, a, err := Distribute(g, r, p)
		if err != nil {
			rt.Fatal(err)
		}
		if a.Inside+a.Outside != a.Input || math.Abs(a.Input.Float()-sum) > 1e-9*sum+2e-6 {
			rt.Errorf("input %v, sum %v, inside %v, outside %v", a.Input, sum, a.Inside, a.Outside)
		}
		got := perRegion(d, r)
		if got[0] != a.Total || len(p.Totals) == 0 && a.Total != a.Inside {
			rt.Errorf("total %v of %+v", got[0], a)
		}
		for _, total := range p.Totals {
			conflict := slices.ContainsFunc(a.Conflicts, func(c Conflict) bool { return c.Region == total.Region })
			if held := got[total.Region].Float(); (held != total.People) != conflict {
				rt.Errorf("region %d holds %v, its total says %v, conflict %v", total.Region, held, total.People, conflict)
			}
		}
		for _, n := range d.People {
			if n <= 0 {
				rt.Errorf("a demand of %v", n)
			}
		}
	})
}

func TestSplitIsExactAndFair(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1<<40), 1, 30).Draw(rt, "weights")
		weights = append(weights, 1)
		total := rapid.Int64Range(0, 1<<60).Draw(rt, "total")
		var a apportioner
		shares := a.split(total, weights)
		sum, all := int64(0), 0.0
		for _, w := range weights {
			all += float64(w)
		}
		for i, s := range shares {
			sum += s
			if quota := float64(total) * float64(weights[i]) / all; math.Abs(float64(s)-quota) > 1+1e-12*float64(total) {
				rt.Errorf("share %d of quota %v", s, quota)
			}
		}
		if sum != total {
			rt.Errorf("%d shared out of %d", sum, total)
		}
	})
	var a apportioner
	if got := a.split(10, []int64{1, 1, 1}); !slices.Equal(got, []int64{4, 3, 3}) {
		t.Errorf("ties: %v", got)
	}
}

package coverage

import (
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
	"sitecover/geo/grid"
)

var (
	toyOrigin = orb.Point{113.5, 23.5}
	toyDate   = time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC)
)

// Regions of the toy county by index: one county, two towns, three villages. Town B owns some land that is in no village.
const (
	county = int32(iota)
	townA
	townB
	villageA1
	villageA2
	villageB1
)

func toyRegions(t testing.TB) *geo.Regions {
	t.Helper()
	r, err := geo.NewRegions(
		[]geo.Level{{ID: "county"}, {ID: "town"}, {ID: "village"}},
		[]geo.Region{
			{ID: "C", Level: 0, Parent: -1}, {ID: "A", Level: 1, Parent: 0}, {ID: "B", Level: 1, Parent: 0},
			{ID: "A1", Level: 2, Parent: 1}, {ID: "A2", Level: 2, Parent: 1}, {ID: "B1", Level: 2, Parent: 2},
		})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// toyGrid returns the cells within three rings of a cell, and the indexes of five of them: alone and far from the others,
// two neighbours, one far from all these, and one more that touches none of them.
func toyGrid(t testing.TB) (*grid.Grid, [5]int32) {
	t.Helper()
	centre := grid.CellOf(toyOrigin, 9)
	g, err := grid.FromCells(centre.GridDisk(3), 9)
	if err != nil {
		t.Fatal(err)
	}
	index := func(c h3.Cell) int32 {
		i, ok := g.Index(c)
		if !ok {
			t.Fatalf("cell %v is not in the grid", c)
		}
		return i
	}
	picked := []h3.Cell{centre, centre.GridDisk(1)[1]} // the two neighbours
	ring := centre.GridDisk(3)
	slices.Sort(ring)
	for _, c := range ring {
		far := true
		for _, p := range picked {
			far = far && c.GridDistance(p) >= 2
		}
		if far && len(picked) < 5 {
			picked = append(picked, c)
		}
	}
	return g, [5]int32{index(picked[2]), index(picked[0]), index(picked[1]), index(picked[3]), index(picked[4])}
}

// toyInput is a county on one meridian. People are powers of two, so that a sum says who is in it:
//
//	people  at      region  cell
//	1           0 m A1      c0
//	2         500 m A1      c0
//	1/2     1,500 m A1      c0
//	4       1,000 m A2      c1
//	8     1,000.1 m A2      c1
//	16      2,000 m B1      c2   (c1 and c2 touch)
//	32      3,000 m B       c3
//
// Cell parts: c0 is all A1's; c1 3/4 A2's, 1/4 A1's; c2 half A2's, half B1's: A2 has the lower index; c3 is all B's; c4 has
// nobody. The one site stands at 0 m in A1 and serves 1,000 m straight: 1 + 2 + 4 = 7 of 63.5 people.
func toyInput(t testing.TB) (Input, [5]int32) {
	g, c := toyGrid(t)
	h := *g
	h.Parts = []grid.Part{
		{Cell: c[0], Region: villageA1, Share: 1},
		{Cell: c[1], Region: villageA1, Share: 0.25}, {Cell: c[1], Region: villageA2, Share: 0.75},
		{Cell: c[2], Region: villageB1, Share: 0.5}, {Cell: c[2], Region: villageA2, Share: 0.5},
		{Cell: c[3], Region: townB, Share: 1}, {Cell: c[4], Region: townB, Share: 1},
	}
	at := func(m float64) orb.Point { return north(toyOrigin, m) }
	return Input{
		Date: toyDate, Regions: toyRegions(t), Grid: &h, Workers: 1,
		Demand: &Demand{
			Point:  []orb.Point{at(0), at(500), at(1500), at(1000), at(1000.1), at(2000), at(3000)},
			People: []People{1 * Person, 2 * Person, Person / 2, 4 * Person, 8 * Person, 16 * Person, 32 * Person},
			Region: []int32{villageA1, villageA1, villageA1, villageA2, villageA2, villageB1, townB},
			Cell:   []int32{c[0], c[0], c[0], c[1], c[1], c[2], c[3]},
		},
		Tiers: []Tier{{ID: "centre", Limit: metres(1000), Mode: Straight, MinArea: 100, OwnerLevel: 1, Parent: -1}},
		Sites: []Site{{ID: "s1", Tier: 0, Point: toyOrigin, Region: villageA1, FloorArea: 100}},
	}, c
}

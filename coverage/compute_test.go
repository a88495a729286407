package coverage

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/grid"
)

func mustCompute(t testing.TB, in Input) *Result {
	t.Helper()
	res, err := Compute(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestToyCounty(t *testing.T) {
	in, _ := toyInput(t)
	res := mustCompute(t, in)

	s := res.Services[0]
	if want := []int32{0, 0, -1, 0, -1, -1, -1}; !slices.Equal(s.Nearest, want) {
		t.Errorf("nearest = %v, want %v", s.Nearest, want)
	}
	x := geo.Unreachable
	if want := []geo.Impedance{0, 500_000, x, 1_000_000, x, x, x}; !slices.Equal(s.Cost, want) {
		t.Errorf("cost = %v, want %v", s.Cost, want)
	}
	// All figures follow from the table at toyInput. c0 has 3 of 3.5 covered: a covered cell whose half a person is scattered.
	// c1 has 4 of 12 covered: a gap cell, of A2. c2 falls to A2 by the tie. Circle = Covered for a straight tier.
	p := Person
	want := []Indicators{
		county:    {People: 127 * p / 2, Covered: 7 * p, Circle: 7 * p, Cells: 4, CoveredCells: 1, Open: 1, Qualifying: 1, Required: 2, Owning: 1},
		townA:     {People: 31 * p / 2, Covered: 7 * p, Circle: 7 * p, Cells: 3, CoveredCells: 1, Open: 1, Qualifying: 1, Required: 1, Owning: 1},
		townB:     {People: 48 * p, Cells: 1, Required: 1},
		villageA1: {People: 7 * p / 2, Covered: 3 * p, Circle: 3 * p, Cells: 1, CoveredCells: 1, Open: 1, Qualifying: 1},
		villageA2: {People: 12 * p, Covered: 4 * p, Circle: 4 * p, Cells: 2},
		villageB1: {People: 16 * p},
	}
	for r := range want {
		if res.Region[0][r] != want[r] {
			t.Errorf("region %s:\n got %+v\nwant %+v", in.Regions.All[r].ID, res.Region[0][r], want[r])
		}
	}
	if res.Total[0] != want[county] {
		t.Errorf("total = %+v, want the county's", res.Total[0])
	}
	if want := []int32{townB}; !slices.Equal(res.Blank[0], want) {
		t.Errorf("blank = %v, want %v", res.Blank[0], want)
	}
	if res.Scattered[0] != p/2 {
		t.Errorf("scattered = %v people, want 0.5", res.Scattered[0].Float())
	}
}

func TestPresenceAsksForFloorArea(t *testing.T) {
	in, _ := toyInput(t)
	day := func(d int) time.Time { return time.Date(2024, 12, d, 0, 0, 0, 0, time.UTC) }
	in.Sites = []Site{
		{ID: "small", Region: villageA1, FloorArea: 0, Point: toyOrigin},
		{ID: "unknown", Region: townB, FloorArea: -1, Point: toyOrigin},
		{ID: "closed today", Region: townB, FloorArea: 500, Point: toyOrigin, Closed: day(31)},
		{ID: "opens tomorrow", Region: townB, FloorArea: 500, Point: toyOrigin, Opened: day(31).AddDate(0, 0, 1)},
		{ID: "county's own", Region: county, FloorArea: 500, Point: toyOrigin, Opened: day(31)},
		{ID: "outside", Region: -1, FloorArea: 500, Point: toyOrigin},
	}
	res := mustCompute(t, in)
	if want := []int32{0, 1, 4, 5}; !slices.Equal(res.Services[0].Open, want) {
		t.Fatalf("open = %v, want %v", res.Services[0].Open, want)
	}
	// The county's own site belongs to no town, the one outside to nobody: no town owns a qualifying site.
	total := res.Total[0]
	got := [6]int{total.Open, total.Qualifying, total.BelowStandard, total.AreaUnknown, total.Required, total.Owning}
	if want := [6]int{3, 1, 1, 1, 2, 0}; got != want {
		t.Errorf("open, qualifying, below, unknown, required, owning = %v, want %v", got, want)
	}
	if want := []int32{townA, townB}; !slices.Equal(res.Blank[0], want) {
		t.Errorf("blank = %v, want %v", res.Blank[0], want)
	}
	in.Tiers[0].MinArea = 0 // none asked: known or not, small or not, they all qualify
	if got := mustCompute(t, in).Total[0]; got.Qualifying != 3 || got.Owning != 2 || got.AreaUnknown != 0 {
		t.Errorf("without a minimum: %+v", got)
	}
	in.Tiers[0].OwnerLevel = -1
	if res := mustCompute(t, in); res.Blank[0] != nil || res.Total[0].Required != 0 {
		t.Errorf("no owner level: %d required, blank %v", res.Total[0].Required, res.Blank[0])
	}
}

func TestTiesBetweenSitesGoToTheLowestID(t *testing.T) {
	in, _ := toyInput(t)
	in.Sites = []Site{{ID: "b", Point: north(toyOrigin, 500)}, {ID: "a", Point: north(toyOrigin, 500)}, {ID: "c", Point: north(toyOrigin, 500)}}
	s := mustCompute(t, in).Services[0]
	if want := []int32{1, 1, 1, 1, 1, -1, -1}; !slices.Equal(s.Nearest, want) {
		t.Errorf("nearest = %v, want %v", s.Nearest, want)
	}
	if want := []int32{3, 3, 3, 3, 3, 0, 0}; !slices.Equal(s.Reach, want) {
		t.Errorf("reach = %v, want %v", s.Reach, want)
	}
}

func TestSmallStudies(t *testing.T) {
	in, _ := toyInput(t)

	none := in
	none.Sites = nil
	res := mustCompute(t, none)
	if x := res.Total[0]; x.People != 127*Person/2 || x.Covered != 0 || x.CoveredCells != 0 || x.Cells != 4 {
		t.Errorf("no sites: %+v", x)
	}
	if gaps := FindGaps(none, res, nil); len(gaps) == 0 || gaps[0].Site != -1 || gaps[0].Metres != 0 || gaps[0].Place != "" {
		t.Errorf("no sites, no places: gaps %+v", gaps)
	}

	empty := in
	empty.Demand = &Demand{}
	res = mustCompute(t, empty)
	if _, ok := res.Total[0].Effective(); ok || res.Total[0].Owning != 1 {
		t.Errorf("no people: %+v", res.Total[0])
	}
	if gaps := FindGaps(empty, res, nil); len(gaps) != 0 {
		t.Errorf("no people: gaps %+v", gaps)
	}
	if _, ok := mustCompute(t, in).Region[0][villageB1].Presence(); ok {
		t.Error("a village has a presence share for a tier of towns")
	}

	g, err := grid.FromCells(in.Grid.Cells[:1], 9)
	if err != nil {
		t.Fatal(err)
	}
	regions, err := geo.NewRegions([]geo.Level{{ID: "all"}}, []geo.Region{{ID: "all", Parent: -1}})
	if err != nil {
		t.Fatal(err)
	}
	one := Input{
		Date: toyDate, Regions: regions, Grid: g, Tiers: []Tier{{ID: "t", Mode: Straight, Limit: metres(0)}},
		Demand: &Demand{Point: []orb.Point{g.Centre(0)}, People: []People{8 * Person}, Region: []int32{0}, Cell: []int32{0}},
	}
	res = mustCompute(t, one)
	gaps := FindGaps(one, res, []Named{{"far", orb.Point{-70, -20}}})
	if len(gaps) != 1 || gaps[0].People != 8*Person || gaps[0].Place != "far" || len(gaps[0].Shape) != 1 || res.Total[0].Cells != 1 {
		t.Errorf("one cell: total %+v, gaps %+v", res.Total[0], gaps)
	}
	one.Sites = []Site{{ID: "s", Point: g.Centre(0)}} // a limit of zero metres covers who lives at the site
	if x := mustCompute(t, one).Total[0]; x.Covered != 8*Person || x.Owning != 1 {
		t.Errorf("one cell with a site: %+v", x)
	}
	one.Tiers = nil
	one.Sites = nil
	if res := mustCompute(t, one); len(res.Services)+len(res.Total) != 0 {
		t.Errorf("no tiers: %+v", res)
	}
}

func TestValidateNamesEveryField(t *testing.T) {
	if err := (Input{Workers: -1}).Validate(); err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("empty input: %v", err)
	}
	in, _ := toyInput(t)
	in.Tiers = []Tier{
		{ID: "seconds", Mode: Straight, Limit: geo.Limit{Metric: geo.Seconds}},
		{ID: "no graph", Mode: "walk", Limit: geo.Limit{Metric: geo.Seconds}, OwnerLevel: 3, MinArea: -1},
		{ID: "no metric", Mode: "walk"},
	}
	in.Sites = []Site{{ID: "a"}, {ID: "a", Tier: 3, Region: 6, Point: orb.Point{0, 95}}}
	in.Demand.Cell[2] = 10_000
	err := in.Validate()
	for _, want := range []string{
		"Demand[2]: cell 10000 does not exist", "Tiers[0].Limit: straight", "Tiers[1].OwnerLevel", "Tiers[1].MinArea",
		"Tiers[1].Mode: no road graph", "Tiers[1].Mode: mode \"walk\" is not among", "Tiers[2].Limit: unknown metric",
		"Sites[1].ID: \"a\" is also the ID of Sites[0]", "Sites[1].Tier", "Sites[1].Region", "Sites[1].Point",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
	var field *FieldError
	if !errors.As(err, &field) || !errors.Is(err, geo.ErrMetric) {
		t.Errorf("error is no FieldError with ErrMetric: %v", err)
	}
	if _, got := Compute(context.Background(), in); got == nil || got.Error() != err.Error() {
		t.Errorf("Compute: %v", got)
	}
}

func TestAGapOfTwoRegionsAlikeIsOfTheFirst(t *testing.T) {
	in, _ := toyInput(t)
	in.Demand.People[4], in.Demand.People[5] = 16*Person, 16*Person // in A2 and in B1, of the gap c1 + c2
	for _, g := range FindGaps(in, mustCompute(t, in), nil) {
		if len(g.Cells) == 2 && g.People == 32*Person && g.Region == villageA2 {
			return
		}
	}
	t.Error("no gap of 32 people in A2")
}

func TestComputeStopsWhenAsked(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, in := range []Input{first(toyInput(t)), streetInput(t, metres(1000))} {
		if _, err := Compute(cancelled, in); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want context.Canceled", err)
		}
	}
}

func first[A, B any](a A, _ B) A { return a }

func TestGapsOfTheToyCounty(t *testing.T) {
	in, c := toyInput(t)
	res := mustCompute(t, in)
	names := []Named{{"market", north(toyOrigin, 2900)}, {"school", north(toyOrigin, 1900)}, {"bridge", north(toyOrigin, 1900)}}
	gaps := FindGaps(in, res, names)
	if len(gaps) != 2 {
		t.Fatalf("%d gaps, want 2", len(gaps))
	}
	// c3 alone: 32 people of B at 3,000 m. c1 + c2: 8 of A2 and 16 of B1; their mean lies at (8×1,000.1 + 16×2,000) / 24 =
	// 1,667 m, nearer to the 16 at 2,000 m. The bridge is as near as the school and comes first by name.
	lone, pair := gaps[0], gaps[1]
	if lone.Rank != 1 || lone.People != 32*Person || lone.Region != townB || !slices.Equal(lone.Touches, []int32{townB}) ||
		lone.Place != "market" || lone.Site != 0 || geo.ToImpedance(lone.Metres) != 3_000_000 || !slices.Equal(lone.Cells, []int32{c[3]}) {
		t.Errorf("lone gap = %+v", lone)
	}
	cells := []int32{c[1], c[2]}
	slices.Sort(cells)
	if pair.Rank != 2 || pair.People != 24*Person || pair.Region != villageB1 || !slices.Equal(pair.Touches, []int32{villageA2, villageB1}) ||
		pair.Place != "bridge" || geo.ToImpedance(pair.Metres) != 2_000_000 || !slices.Equal(pair.Cells, cells) {
		t.Errorf("pair gap = %+v", pair)
	}
	if want := "centre-" + in.Grid.Cells[cells[0]].String(); pair.ID != want {
		t.Errorf("ID = %q, want %q", pair.ID, want)
	}
	// Two hexagons share two corners: ten remain, and the first is repeated.
	if len(pair.Shape) != 1 || len(pair.Shape[0]) != 1 || len(pair.Shape[0][0]) != 11 {
		t.Errorf("shape = %v", pair.Shape)
	}
	again := FindGaps(in, res, names)
	if !reflect.DeepEqual(gaps, again) {
		t.Error("the same gaps again differ")
	}
}

package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sitecover/geo"
	"sitecover/geo/grid"
)

func catchments(t testing.TB, in Input, opts CatchmentOptions) []Catchment {
	t.Helper()
	all, err := Catchments(context.Background(), in, mustCompute(t, in), opts)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// disc is a study of all cells within so many rings of the toy origin, one person in each, served straight.
func disc(t testing.TB, rings int) Input {
	t.Helper()
	in := cellStudy(t, must[*grid.Grid](t)(grid.FromCells(grid.CellOf(toyOrigin, 9).GridDisk(rings), 9)))
	for c := range in.Grid.Cells {
		in.addPeople(int32(c), 0, Person)
	}
	in.Tiers = []Tier{{ID: "t", Mode: Straight, Limit: metres(100), OwnerLevel: -1, Parent: -1}}
	return in
}

// Two sites 2,000 m apart on a meridian: the border runs half-way, far beyond the limit of 100 m.
func TestCatchmentsDivideTheLandAtHalfWay(t *testing.T) {
	in := disc(t, 8)
	in.Sites = []Site{{ID: "n", Point: at(0, 1000)}, {ID: "s", Point: at(0, -1000)}}
	all := catchments(t, in, CatchmentOptions{})
	if len(all) != 2 || len(all[0].Cells)+len(all[1].Cells) != len(in.Grid.Cells) {
		t.Fatalf("%d catchments", len(all))
	}
	for i, a := range all {
		for _, c := range a.Cells {
			if y := in.Grid.Centre(c)[1] - toyOrigin[1]; (y < 0) != (i == 1) {
				t.Errorf("the cell at %v is with site %s", in.Grid.Centre(c), in.Sites[a.Site].ID)
			}
		}
		if a.Pieces != 1 || a.Moved != 0 || a.People != People(len(a.Cells))*Person {
			t.Errorf("catchment %d: %d pieces, %v moved, %v people in %d cells", i, a.Pieces, a.Moved, a.People, len(a.Cells))
		}
	}
}

// Two sites in one place are equally near to everybody: the lower ID takes all, the other has no land.
func TestTheLowerIDWinsATie(t *testing.T) {
	in := disc(t, 2)
	in.Sites = []Site{{ID: "b", Point: toyOrigin}, {ID: "a", Point: toyOrigin}}
	all := catchments(t, in, CatchmentOptions{})
	if len(all[0].Cells) != 0 || all[0].Pieces != 0 || all[0].Shape == nil || len(all[1].Cells) != len(in.Grid.Cells) {
		t.Errorf("b has %d cells, a %d", len(all[0].Cells), len(all[1].Cells))
	}
}

// A site near the edge and one in the middle share a disc 1 : 4 or so. Balanced to 1.1, neither has more than 10 % above the mean.
func TestBalanceEvensOutPeople(t *testing.T) {
	in := disc(t, 8) // 217 cells
	in.Sites = []Site{{ID: "edge", Point: at(0, 2300)}, {ID: "middle", Point: at(0, 0)}}
	before := catchments(t, in, CatchmentOptions{})
	after := catchments(t, in, CatchmentOptions{Balance: 1.1})
	mean := float64(len(in.Grid.Cells)) / 2
	if before[1].People.Float() < 1.3*mean {
		t.Fatalf("nothing to balance: %v of %v", before[1].People.Float(), 2*mean)
	}
	for _, a := range after {
		if a.People.Float() > 1.1*mean || a.Pieces != 1 {
			t.Errorf("%s has %v people, the mean is %v; %d pieces", in.Sites[a.Site].ID, a.People.Float(), mean, a.Pieces)
		}
	}
	if after[0].Moved == 0 || after[1].Moved != 0 {
		t.Errorf("moved: %v to the edge, %v to the middle", after[0].Moved, after[1].Moved)
	}
}

// checkCatchments holds a division to its invariants.
func checkCatchments(t testing.TB, in Input, all []Catchment) {
	t.Helper()
	seen := make([]bool, len(in.Grid.Cells))
	var people, want People
	area, land := 0.0, 0.0
	for _, a := range all {
		if !slices.IsSorted(a.Cells) {
			t.Fatal("cells are not in order")
		}
		for _, c := range a.Cells {
			if seen[c] {
				t.Fatalf("cell %d is in two catchments", c)
			}
			seen[c] = true
		}
		people += a.People
		area += geo.Area(a.Shape)
	}
	for c, ok := range seen {
		if !ok {
			t.Fatalf("cell %d is in no catchment", c)
		}
		land += in.Grid.Area(int32(c))
	}
	for _, n := range in.Demand.People {
		want += n
	}
	if people != want {
		t.Fatalf("%v people in catchments, %v in all", people, want)
	}
	if math.Abs(area-land) > 1e-6*land {
		t.Fatalf("%v m² of catchments, %v m² of land", area, land)
	}
}

// On random counties, straight, on foot and by car: an exact partition, connected, true to Compute for all who are covered, the same in
// every order, and balancing never makes it less even.
func TestCatchmentsPartitionTheLand(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		res := mustCompute(t, in)
		for k := range in.Tiers {
			kept := catchments(t, in, CatchmentOptions{Tier: k, Strays: KeepStrays})
			joined := catchments(t, in, CatchmentOptions{Tier: k})
			if len(kept) != len(res.Services[k].Open) {
				rt.Fatalf("%d catchments of %d sites", len(kept), len(res.Services[k].Open))
			}
			if len(kept) == 0 {
				continue
			}
			checkCatchments(t, in, kept)
			checkCatchments(t, in, joined)
			for _, a := range joined {
				if a.Pieces > 1 {
					rt.Fatalf("an area of %d pieces on land of one piece", a.Pieces)
				}
			}
			checkNearest(rt, in, res, k)
			even := catchments(t, in, CatchmentOptions{Tier: k, Balance: 1.2, Rounds: 8})
			checkCatchments(t, in, even)
			if fullest(even) > fullest(joined) && fullest(even).Float() > 1.2*residents(joined).Float()/float64(len(joined)) {
				rt.Fatalf("balanced %v, before %v", fullest(even), fullest(joined))
			}
			checkOrder(rt, t, in, CatchmentOptions{Tier: k, Balance: 1.2, Rounds: 3})
		}
	})
}

func fullest(all []Catchment) (most People) {
	for _, a := range all {
		most = max(most, a.People)
	}
	return most
}

func residents(all []Catchment) (sum People) {
	for _, a := range all {
		sum += a.People
	}
	return sum
}

// checkNearest compares the unlimited search with Compute's nearest sites.
func checkNearest(rt *rapid.T, in Input, res *Result, k int) {
	s := res.Services[k]
	d := newDivider(in, s.Open, CatchmentOptions{Tier: k})
	nearest, err := d.assign(context.Background(), make([]float64, len(s.Open)))
	if err != nil {
		rt.Fatal(err)
	}
	for i := range in.Demand.People {
		if s.Covered(i) && d.open[nearest[i]] != s.Nearest[i] {
			rt.Fatalf("point %d: nearest %s, Compute says %s", i, in.Sites[d.open[nearest[i]]].ID, in.Sites[s.Nearest[i]].ID)
		}
	}
}

// checkOrder compares with the sites in another order and another number of workers.
func checkOrder(rt *rapid.T, t *testing.T, in Input, opts CatchmentOptions) {
	want := map[string]string{}
	for _, a := range catchments(t, in, opts) {
		want[in.Sites[a.Site].ID] = fmt.Sprint(a.Cells, a.People, a.Moved, a.Pieces)
	}
	in.Sites = slices.Clone(in.Sites)
	slices.Reverse(in.Sites)
	in.Workers = 4 - in.Workers
	for _, a := range catchments(t, in, opts) {
		if got := fmt.Sprint(a.Cells, a.People, a.Moved, a.Pieces); got != want[in.Sites[a.Site].ID] {
			rt.Fatalf("site %s: %s, in another order %s", in.Sites[a.Site].ID, want[in.Sites[a.Site].ID], got)
		}
	}
}

func TestCatchmentsRefuseBadOptions(t *testing.T) {
	in := disc(t, 1)
	res := mustCompute(t, in)
	for field, opts := range map[string]CatchmentOptions{
		"Tier": {Tier: 1}, "Strays": {Strays: 7}, "Balance": {Balance: 0.9}, "Rounds": {Rounds: -1},
	} {
		_, err := Catchments(context.Background(), in, res, opts)
		var bad *FieldError
		if !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("want %s refused, got %v", field, err)
		}
	}
	if all := catchments(t, in, CatchmentOptions{}); len(all) != 0 || all == nil {
		t.Errorf("no sites, and %v", all)
	}
	in.Sites = []Site{{ID: "s", Point: toyOrigin}}
	res = mustCompute(t, in)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Catchments(ctx, in, res, CatchmentOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestCatchmentsOfPortoAlegre(t *testing.T) {
	in, _ := portoAlegre(t)
	for _, opts := range []CatchmentOptions{{Strays: KeepStrays}, {}, {Balance: 1.5}} {
		all := catchments(t, in, opts)
		checkCatchments(t, in, all)
		pieces, split, moved := 0, 0, People(0)
		for _, a := range all {
			pieces += a.Pieces
			moved += a.Moved
			if a.Pieces > 1 {
				split++
			}
		}
		t.Logf("%+v: %d sites, fullest %.0f people (mean %.0f), %d pieces, %d areas in several, %.0f people moved", opts, len(all), fullest(all).Float(),
			residents(all).Float()/float64(len(all)), pieces, split, moved.Float())
	}
}

func BenchmarkCatchments(b *testing.B) {
	in := bigInput(b, 1000)
	res := mustCompute(b, in)
	for _, balance := range []float64{0, 1.5} {
		b.Run(fmt.Sprintf("cells=99919/sites=1000/balance=%v", balance), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Catchments(context.Background(), in, res, CatchmentOptions{Balance: balance, Rounds: 10}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

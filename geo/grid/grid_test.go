package grid

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

var levels = []geo.Level{{ID: "county"}, {ID: "town"}, {ID: "community"}}

func rect(w, s, e, n float64) orb.Ring {
	return orb.Ring{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}
}

func mustRegions(t testing.TB, all []geo.Region) *geo.Regions {
	t.Helper()
	r, err := geo.NewRegions(levels, all)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustBuild(t testing.TB, r *geo.Regions, resolution int) *Grid {
	t.Helper()
	g, err := Build(context.Background(), r, resolution)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// toy is a county of 0.2° x 0.1° at 昆山's latitude: town "east" with a hole that belongs to nobody, town "west" in two
// parts around it, with community "a" covering only some of "west": the rest is owned by the town.
func toy() []geo.Region {
	return []geo.Region{
		{ID: "county", Level: 0, Parent: -1, Shape: orb.MultiPolygon{{rect(121, 31, 121.2, 31.1), rect(121.13, 31.03, 121.16, 31.06)}}},
		{ID: "west", Level: 1, Parent: 0, Shape: orb.MultiPolygon{{rect(121, 31, 121.1, 31.1)}, {rect(121.18, 31, 121.2, 31.1)}}},
		{ID: "east", Level: 1, Parent: 0, Shape: orb.MultiPolygon{{rect(121.1, 31, 121.18, 31.1), rect(121.13, 31.03, 121.16, 31.06)}}},
		{ID: "a", Level: 2, Parent: 1, Shape: orb.MultiPolygon{{rect(121.02, 31.02, 121.05, 31.07)}}},
	}
}

// partAreas returns the area of every region's own parts in m².
func partAreas(g *Grid, r *geo.Regions) []float64 {
	sums := make([]float64, len(r.All))
	for _, p := range g.Parts {
		sums[p.Region] += p.Share * geo.Area(orb.MultiPolygon{{g.Boundary(p.Cell)}})
	}
	return sums
}

// checkGrid holds a grid to its invariants and to the areas of its regions, own parts of the descendants included.
// A parent drops what it has of a cell beside its children when that is under 0.1 %: it gets a tolerance of its own.
func checkGrid(t *testing.T, g *Grid, r *geo.Regions, parents float64) {
	t.Helper()
	if !slices.IsSorted(g.Cells) {
		t.Error("cells are not ascending")
	}
	own := partAreas(g, r)
	total := slices.Clone(own)
	for i := len(r.All) - 1; i >= 0; i-- {
		if p := r.All[i].Parent; p >= 0 {
			total[p] += total[i]
		}
	}
	for i, region := range r.All {
		tolerance := 1e-6
		if len(r.Children(int32(i))) > 0 {
			tolerance = parents
		}
		if want := geo.Area(region.Shape); math.Abs(total[i]-want) > tolerance*want {
			t.Errorf("region %s: parts of %.3f m², shape of %.3f m²", region.ID, total[i], want)
		}
	}
	for c := range g.Cells {
		sum := 0.0
		from, to := g.PartRange(int32(c))
		if from == to {
			t.Fatalf("cell %d has no parts", c)
		}
		for i, p := range g.PartsOf(int32(c)) {
			if p.Cell != int32(c) || i > 0 && p.Region <= g.Parts[int(from)+i-1].Region || !(p.Share > 0 && p.Share <= 1) {
				t.Fatalf("part %+v of cell %d", p, c)
			}
			if geo.Distance(p.Centre, g.Centre(p.Cell)) > 3000 {
				t.Fatalf("part %+v lies far from its cell", p)
			}
			sum += p.Share
		}
		if sum > 1+1e-9 {
			t.Fatalf("shares of cell %d sum to %v", c, sum)
		}
	}
}

func TestBuildToy(t *testing.T) {
	r := mustRegions(t, toy())
	for resolution := 7; resolution <= 10; resolution++ {
		g := mustBuild(t, r, resolution)
		checkGrid(t, g, r, 1e-4)
	}
}

func liechtenstein(t testing.TB) *geo.Regions {
	t.Helper()
	raw, err := os.ReadFile("../../../shared/data/liechtenstein/boundaries.geojson")
	if err != nil {
		t.Skip("real data is not at hand:", err)
	}
	var fc geojson.FeatureCollection
	if err := json.Unmarshal(raw, &fc); err != nil {
		t.Fatal(err)
	}
	var all []geo.Region
	for _, f := range fc.Features {
		level := map[string]int{"2": 0, "6": 1, "8": 2}
		l, ok := level[f.Properties.MustString("admin_level", "")]
		if !ok {
			continue
		}
		g := geo.Region{ID: f.Properties.MustString("name"), Level: l, Parent: -1}
		g.ID += f.Properties.MustString("admin_level")
		switch s := f.Geometry.(type) {
		case orb.Polygon:
			g.Shape = orb.MultiPolygon{s}
		case orb.MultiPolygon:
			g.Shape = s
		}
		all = append(all, g)
	}
	return mustRegions(t, geo.ParentByShape(levels, all))
}

func TestLiechtensteinAddsUp(t *testing.T) {
	r := liechtenstein(t)
	if len(r.All) != 14 || len(r.Children(0)) != 2 {
		t.Fatalf("%d regions", len(r.All))
	}
	for _, resolution := range []int{8, 9, 10} {
		g := mustBuild(t, r, resolution)
		checkGrid(t, g, r, 1e-6)
		own := partAreas(g, r)
		sum := 0.0
		for i := range r.All {
			if r.All[i].Level == 2 {
				sum += own[i]
			} else if own[i] != 0 {
				t.Errorf("%s owns %.1f m² beside its children", r.All[i].ID, own[i])
			}
		}
		if country := geo.Area(r.All[0].Shape); math.Abs(sum-country) > 1e-6*country {
			t.Errorf("municipalities %.1f m², country %.1f m²", sum, country)
		}
	}
}

func star(rng *rand.Rand, centre orb.Point, radius float64, vertices int) orb.Ring {
	ring := make(orb.Ring, 0, vertices+1)
	for i := range vertices {
		a, r := 2*math.Pi*float64(i)/float64(vertices), radius*(0.6+0.4*rng.Float64())
		ring = append(ring, orb.Point{centre[0] + r*math.Cos(a), centre[1] + r*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// Build must find the cells and shares that clipping every cell of a wide neighbourhood by all rings finds.
func TestBuildAgreesWithClippingEveryCell(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, centre := range []orb.Point{{121, 31.4}, {9.5, 47.1}, {-51.2, -30}, {87.6, 43.8}} {
		shape := orb.MultiPolygon{
			{star(rng, centre, 0.04, 300), star(rng, centre, 0.01, 40)},
			{star(rng, orb.Point{centre[0] + 0.06, centre[1]}, 0.001, 5)}, // smaller than a cell
		}
		r := mustRegions(t, []geo.Region{{ID: "x", Level: 0, Parent: -1, Shape: shape}})
		g := mustBuild(t, r, 8)
		checkGrid(t, g, r, 1e-6)
		all := CellOf(centre, 8).GridDisk(16)
		slices.Sort(all)
		var want []h3.Cell
		for _, cell := range all {
			share := naiveShare(shape, cell)
			if share < minShare {
				continue
			}
			want = append(want, cell)
			i, ok := g.Index(cell)
			if !ok {
				t.Errorf("cell %s with a share of %g is missing", cell, share)
				continue
			}
			if got := g.PartsOf(i)[0].Share; math.Abs(got-share) > 1e-8 {
				t.Errorf("cell %s: share %v, want %v", cell, got, share)
			}
		}
		if !slices.Equal(want, g.Cells) {
			t.Errorf("at %v: %d cells, want %d", centre, len(g.Cells), len(want))
		}
	}
}

// naiveShare clips every whole ring by the cell.
func naiveShare(shape orb.MultiPolygon, cell h3.Cell) float64 {
	hex := openRing(boundaryOf(cell))
	var c cutter
	sum := 0.0
	for _, polygon := range shape {
		for i, ring := range polygon {
			a := math.Abs(ringMoment(c.byConvex(openRing(ring), hex), hex[0]).area)
			if i > 0 {
				a = -a
			}
			sum += a
		}
	}
	return sum / ringMoment(hex, hex[0]).area
}

func TestOverlappingSistersAreScaled(t *testing.T) {
	r := mustRegions(t, []geo.Region{
		{ID: "a", Level: 0, Parent: -1, Shape: orb.MultiPolygon{{rect(121, 31, 121.1, 31.1)}}},
		{ID: "b", Level: 0, Parent: -1, Shape: orb.MultiPolygon{{rect(121, 31, 121.1, 31.1)}}},
	})
	g := mustBuild(t, r, 8)
	i, ok := g.Index(CellOf(orb.Point{121.05, 31.05}, 8))
	if !ok {
		t.Fatal("the middle cell is missing")
	}
	for _, p := range g.PartsOf(i) {
		if p.Share != 0.5 {
			t.Errorf("part %+v, want one half", p)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	at := func(ring orb.Ring) *geo.Regions {
		return mustRegions(t, []geo.Region{{ID: "x", Level: 0, Parent: -1, Shape: orb.MultiPolygon{{ring}}}})
	}
	good := at(rect(121, 31, 121.01, 31.01))
	for _, c := range []struct {
		what       string
		regions    *geo.Regions
		resolution int
		want       error
	}{
		{"too coarse", good, 6, ErrResolution},
		{"too fine", good, 12, ErrResolution},
		{"the date line", at(rect(-180, 31, 180, 32)), 7, ErrExtent},
		{"a pole", at(rect(0, 70, 10, 89)), 7, ErrExtent},
		{"too many cells", at(rect(0, 0, 40, 40)), 11, ErrExtent},
		{"no area", at(orb.Ring{{1, 1}, {2, 1}, {2, 1}, {1, 1}}), 7, ErrExtent},
		{"no shapes", mustRegions(t, []geo.Region{{ID: "x", Parent: -1}}), 7, ErrExtent},
	} {
		if _, err := Build(context.Background(), c.regions, c.resolution); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Build(ctx, good, 9); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// The sea off Dalian holds a pentagon of every resolution.
func TestPentagonsAreCellsLikeOthers(t *testing.T) {
	r := mustRegions(t, []geo.Region{
		{ID: "west", Parent: -1, Shape: orb.MultiPolygon{{rect(122.28, 39.08, 122.301, 39.12)}}},
		{ID: "east", Parent: -1, Shape: orb.MultiPolygon{{rect(122.301, 39.08, 122.33, 39.12)}}},
	})
	for resolution := MinResolution; resolution <= MaxResolution; resolution++ {
		g := mustBuild(t, r, resolution)
		checkGrid(t, g, r, 1e-6)
		pentagon, ok := g.Index(CellOf(northern[2], resolution))
		if !ok || !g.Cells[pentagon].IsPentagon() {
			t.Fatalf("resolution %d: no pentagon", resolution)
		}
		if got := len(g.Neighbours(pentagon, nil)); resolution > 7 && got != 5 {
			t.Errorf("resolution %d: %d neighbours", resolution, got)
		}
		want := 0.0
		for _, c := range g.Cells {
			want += geo.Area(orb.MultiPolygon{{boundaryOf(c)}})
		}
		if shape := Dissolve(g.Cells); len(shape) != 1 || math.Abs(geo.Area(shape)-want) > 1e-9*want {
			t.Errorf("resolution %d: outline of %d parts", resolution, len(shape))
		}
	}
}

func TestFromCells(t *testing.T) {
	fine := CellOf(orb.Point{121, 31.4}, 9)
	g, err := FromCells([]h3.Cell{fine, fine, fine.Parent(8), CellOf(orb.Point{121.5, 31.4}, 11)}, 9)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Cells) != 8 || len(g.Parts) != 8 {
		t.Fatalf("%d cells, want the seven children and one parent", len(g.Cells))
	}
	i, ok := g.Index(fine)
	if !ok || g.Parts[i].Share != 1 || g.Parts[i].Cell != i || len(g.PartsOf(i)) != 1 {
		t.Errorf("cell %d", i)
	}
	if _, err := FromCells([]h3.Cell{0, 12345}, 9); !errors.Is(err, ErrCell) {
		t.Errorf("bad cells: %v", err)
	}
	if _, err := FromCells(nil, 9); !errors.Is(err, ErrExtent) {
		t.Errorf("no cells: %v", err)
	}
	if _, err := FromCells([]h3.Cell{fine}, 12); !errors.Is(err, ErrResolution) {
		t.Errorf("resolution 12: %v", err)
	}
}

func TestNeighbours(t *testing.T) {
	disk := CellOf(orb.Point{121, 31.4}, 9).GridDisk(2)
	g, err := FromCells(disk, 9)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[int]int{}
	for i := range g.Cells {
		ns := g.Neighbours(int32(i), nil)
		counts[len(ns)]++
		for _, n := range ns {
			if !slices.Contains(g.Neighbours(n, nil), int32(i)) {
				t.Errorf("%d and %d disagree", i, n)
			}
		}
	}
	// Nineteen cells: seven inside with six neighbours; of the twelve around, six corners with three and six with four.
	if counts[6] != 7 || counts[3] != 6 || counts[4] != 6 {
		t.Errorf("neighbours: %v", counts)
	}
}

func TestDissolve(t *testing.T) {
	centre := CellOf(orb.Point{121, 31.4}, 9)
	ring := slices.DeleteFunc(centre.GridDisk(1), func(c h3.Cell) bool { return c == centre })
	far := CellOf(orb.Point{121.1, 31.4}, 9)
	shape := Dissolve(append(ring, far, far))
	if len(shape) != 2 {
		t.Fatalf("%d polygons, want the ring of six and the far one", len(shape))
	}
	slices.SortFunc(shape, func(a, b orb.Polygon) int { return len(b) - len(a) })
	// Six hexagons in a ring: 36 edges, 6 shared ones cancel twice, 6 remain inside.
	if len(shape[0]) != 2 || len(shape[0][0]) != 19 || len(shape[0][1]) != 7 || len(shape[1]) != 1 || len(shape[1][0]) != 7 {
		t.Fatalf("rings %v", shape)
	}
	if shape[0][0].Orientation() != orb.CCW || shape[0][1].Orientation() != orb.CW {
		t.Error("orientation")
	}
	want := 0.0
	for _, c := range append(ring, far) {
		want += geo.Area(orb.MultiPolygon{{boundaryOf(c)}})
	}
	if got := geo.Area(shape); math.Abs(got-want) > 1e-9*want {
		t.Errorf("area %v, of the cells %v", got, want)
	}
	if Dissolve(nil) == nil || len(Dissolve(nil)) != 0 {
		t.Error("of nothing")
	}
}

// Random sets of cells keep their area whatever holes and islands they have, and the order they come in does not matter.
func TestDissolveKeepsArea(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, at := range []orb.Point{{121, 31.4}, {9.5, 47.1}, {-51.2, -30}, {0, 52}} {
		var cells []h3.Cell
		want := 0.0
		for _, c := range CellOf(at, 9).GridDisk(20) {
			if rng.IntN(5) < 3 {
				cells = append(cells, c)
				want += geo.Area(orb.MultiPolygon{{boundaryOf(c)}})
			}
		}
		shape := Dissolve(cells)
		if got := geo.Area(shape); math.Abs(got-want) > 1e-9*want {
			t.Errorf("at %v: area %v, of the cells %v", at, got, want)
		}
		for _, c := range cells {
			if !geo.Contains(shape, centreOf(c)) {
				t.Errorf("at %v: cell %s is lost", at, c)
			}
		}
		rng.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
		if again := Dissolve(cells); !again.Equal(shape) {
			t.Error("order matters")
		}
	}
}

func TestCellOf(t *testing.T) {
	if got := CellOf(orb.Point{121, 31.4}, 9); !got.IsValid() || got.Resolution() != 9 {
		t.Errorf("cell %v", got)
	}
	for _, p := range []orb.Point{{math.NaN(), 0}, {0, math.NaN()}, {181, 0}, {0, -91}} {
		if got := CellOf(p, 9); got != 0 {
			t.Errorf("cell of %v: %v", p, got)
		}
	}
	if CellOf(orb.Point{1, 1}, 16) != 0 || CellOf(orb.Point{1, 1}, -1) != 0 {
		t.Error("resolution")
	}
}

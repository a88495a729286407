package geo

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func rect(w, s, e, n float64) orb.Ring {
	return orb.Ring{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}
}

func near(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > relative*math.Abs(want) {
		t.Errorf("%s = %v, want %v within %g of it", what, got, want, relative)
	}
}

func TestDistance(t *testing.T) {
	degree := Radius * math.Pi / 180 // 111,195 m
	near(t, "one degree of latitude", Distance(orb.Point{120, 31}, orb.Point{120, 32}), degree, 1e-12)
	near(t, "one degree of the equator", Distance(orb.Point{0, 0}, orb.Point{1, 0}), degree, 1e-12)
	near(t, "pole to pole", Distance(orb.Point{7, 90}, orb.Point{99, -90}), Radius*math.Pi, 1e-12)
	// One metre: cos(60°) = 1/2 halves a step of longitude.
	near(t, "a metre at 60°", Distance(orb.Point{10, 60}, orb.Point{10 + 2/degree, 60}), 1, 1e-8)
	if d := Distance(orb.Point{9, 47}, orb.Point{9, 47}); d != 0 {
		t.Errorf("a point is %v m away from itself", d)
	}
	a, b := orb.Point{120.98, 31.38}, orb.Point{120.99, 31.39}
	if Distance(a, b) != Distance(b, a) {
		t.Error("not symmetric")
	}
}

func TestArea(t *testing.T) {
	// A rectangle of longitudes and latitudes has the area R² Δλ (sin φ2 - sin φ1): the whole sphere is 4 π R².
	near(t, "half the sphere", Area(orb.MultiPolygon{{rect(-180, 0, 180, 90)}}), 2*math.Pi*Radius*Radius, 1e-12)
	near(t, "to 30° north", Area(orb.MultiPolygon{{rect(0, 0, 90, 30)}}), math.Pi/2*0.5*Radius*Radius, 1e-12)
	whole := Area(orb.MultiPolygon{{rect(0, 0, 3, 3)}})
	hole := Area(orb.MultiPolygon{{rect(1, 1, 2, 2)}})
	near(t, "with a hole", Area(orb.MultiPolygon{{rect(0, 0, 3, 3), rect(1, 1, 2, 2)}}), whole-hole, 1e-12)
	near(t, "of two parts", Area(orb.MultiPolygon{{rect(0, 0, 3, 3)}, {rect(1, 1, 2, 2)}}), whole+hole, 1e-12)
}

func TestContainsCountsBorders(t *testing.T) {
	shape := orb.MultiPolygon{{rect(0, 0, 3, 3), rect(1, 1, 2, 2)}, {rect(5, 0, 6, 1)}}
	for _, c := range []struct {
		what string
		p    orb.Point
		want bool
	}{
		{"inside", orb.Point{0.5, 0.5}, true},
		{"in the hole", orb.Point{1.5, 1.5}, false},
		{"on the hole's border", orb.Point{1, 1.5}, true},
		{"on the outer border", orb.Point{3, 2}, true},
		{"on the top border", orb.Point{2, 3}, true},
		{"on a corner", orb.Point{0, 0}, true},
		{"west, level with a vertex", orb.Point{-1, 1}, false},
		{"east, level with the base", orb.Point{4, 0}, false},
		{"in the second part", orb.Point{5.5, 0.5}, true},
		{"nowhere", orb.Point{math.NaN(), 1}, false},
	} {
		if got := Contains(shape, c.p); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
		if got := newLocator(shape).contains(c.p); got != c.want {
			t.Errorf("%s, by bands: %v", c.what, got)
		}
	}
}

// star returns a ring around a centre with random radii: never self-crossing.
func star(rng *rand.Rand, centre orb.Point, radius float64, vertices int) orb.Ring {
	ring := make(orb.Ring, 0, vertices+1)
	for i := range vertices {
		a, r := 2*math.Pi*float64(i)/float64(vertices), radius*(0.3+0.7*rng.Float64())
		ring = append(ring, orb.Point{centre[0] + r*math.Cos(a), centre[1] + r*math.Sin(a)})
	}
	return append(ring, ring[0])
}

func TestInteriorPointLiesInside(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		shape := orb.MultiPolygon{{star(rng, orb.Point{9, 47}, 1, 3+i%40), star(rng, orb.Point{9, 47}, 0.1, 5)}, {star(rng, orb.Point{12, 47}, 0.2, 9)}}
		if p := InteriorPoint(shape); !Contains(shape, p) {
			t.Errorf("shape %d: %v is outside", i, p)
		}
	}
	comb := orb.MultiPolygon{{orb.Ring{{0, 0}, {10, 0}, {10, 1e-6}, {0, 1e-6}, {0, 0}}}}
	if p := InteriorPoint(comb); !Contains(comb, p) || p[1] == 0 {
		t.Errorf("sliver: %v", p)
	}
	if p := InteriorPoint(nil); !math.IsNaN(p[0]) {
		t.Errorf("of nothing: %v", p)
	}
}

var toyLevels = []Level{{ID: "county"}, {ID: "town"}, {ID: "community"}}

// The toy world: a county 4 x 2 of two towns; the west town has two communities, the east one none.
//
//	+---+---+-------+
//	| a | b |  east |
//	+---+---+-------+
func toy() []Region {
	return []Region{
		{ID: "b", Level: 2, Parent: 1, Shape: orb.MultiPolygon{{rect(1, 0, 2, 2)}}},
		{ID: "west", Level: 1, Parent: 3, Shape: orb.MultiPolygon{{rect(0, 0, 2, 2)}}},
		{ID: "a", Level: 2, Parent: 1, Shape: orb.MultiPolygon{{rect(0, 0, 1, 2)}}},
		{ID: "county", Level: 0, Parent: -1, Shape: orb.MultiPolygon{{rect(0, 0, 4, 2)}}},
		{ID: "east", Level: 1, Parent: 3, Shape: orb.MultiPolygon{{rect(2, 0, 4, 2)}}},
	}
}

func TestRegionsTree(t *testing.T) {
	r, err := NewRegions(toyLevels, toy())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, g := range r.All {
		ids = append(ids, g.ID)
	}
	if got := strings.Join(ids, " "); got != "county east west a b" {
		t.Fatalf("order %q", got)
	}
	if got := r.Children(0); !slices.Equal(got, []int32{1, 2}) {
		t.Errorf("children of the county: %v", got)
	}
	if got := r.Children(2); !slices.Equal(got, []int32{3, 4}) {
		t.Errorf("children of west: %v", got)
	}
	if got := r.Path(4); !slices.Equal(got, []int32{0, 2, 4}) {
		t.Errorf("path of b: %v", got)
	}
	if r.Ancestor(4, 0) != 0 || r.Ancestor(4, 1) != 2 || r.Ancestor(4, 2) != 4 || r.Ancestor(1, 2) != -1 {
		t.Error("ancestors")
	}
	if i, ok := r.Index("east"); i != 1 || !ok {
		t.Error("index of east")
	}
	if _, ok := r.Index("nowhere"); ok {
		t.Error("index of nowhere")
	}
	for _, c := range []struct {
		p    orb.Point
		want int32
	}{
		{orb.Point{0.5, 1}, 3},
		{orb.Point{1, 1}, 3},    // on the border of a and b: the lowest index
		{orb.Point{2, 1}, 4},    // on the border of b and east: the deepest level
		{orb.Point{3, 1}, 1},    // east has no communities
		{orb.Point{4, 2}, 1},    // the corner of everything
		{orb.Point{4.1, 2}, -1}, // outside
	} {
		if got := r.Locate(c.p); got != c.want {
			t.Errorf("%v lies in %d, want %d", c.p, got, c.want)
		}
	}
}

func TestNewRegionsReportsEveryProblem(t *testing.T) {
	levels := []Level{{ID: "town"}, {ID: "town"}, {ID: ""}}
	_, err := NewRegions(levels, []Region{
		{ID: "a", Level: 0, Parent: 0, Shape: orb.MultiPolygon{{rect(0, 0, 1, 1)}}},
		{ID: "a", Level: 7, Parent: -1, Shape: orb.MultiPolygon{{rect(0, 0, 1, 91)}}},
		{ID: "", Level: 1, Parent: 99},
		{ID: "open", Level: 1, Parent: -1, Shape: orb.MultiPolygon{{orb.Ring{{0, 0}, {1, 0}, {1, 1}}}}},
	})
	if !errors.Is(err, ErrRegions) {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{
		`level ID "town" is used twice`, `level 2 has no ID`, `parent "a" is not of a coarser level`,
		`region ID "a" is used twice`, `level 7 does not exist`, `(1, 91) is no longitude, latitude`,
		`region 2 has no ID`, `parent 99 does not exist`, `has no shape`, `not closed`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %q in\n%v", want, err)
		}
	}
	if _, err := NewRegions(nil, nil); err == nil {
		t.Error("no levels and no regions is accepted")
	}
}

func TestParentByShape(t *testing.T) {
	all := toy()
	for i := range all {
		all[i].Parent = -1
	}
	// Community a sticks out of its town by a tenth on either side.
	all[2].Shape = orb.MultiPolygon{{rect(-0.1, -0.1, 1, 2.1)}}
	all = append(all, Region{ID: "island", Level: 2, Parent: -1, Shape: orb.MultiPolygon{{rect(9, 9, 10, 10)}}})
	got := ParentByShape(toyLevels, all)
	for i, want := range []int32{1, 3, 1, -1, 3, -1} {
		if got[i].Parent != want {
			t.Errorf("parent of %s: %d, want %d", got[i].ID, got[i].Parent, want)
		}
		if all[i].Parent != -1 {
			t.Errorf("the input was changed")
		}
	}
}

// The index must answer as a scan over all regions does, on borders and vertices too.
func TestLocateAgreesWithAScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var all []Region
	for i := range 60 {
		c := orb.Point{rng.Float64() * 4, rng.Float64() * 4}
		all = append(all, Region{
			ID: string(rune('A' + i)), Level: i % 3, Parent: -1,
			Shape: orb.MultiPolygon{{star(rng, c, 1, 50), star(rng, c, 0.2, 6)}, {star(rng, orb.Point{c[0] + 2, c[1]}, 0.3, 4)}},
		})
	}
	r, err := NewRegions(toyLevels, all)
	if err != nil {
		t.Fatal(err)
	}
	check := func(p orb.Point) {
		want := int32(-1)
		for i, g := range r.All {
			if Contains(g.Shape, p) && (want < 0 || g.Level > r.All[want].Level) {
				want = int32(i)
			}
		}
		if got := r.Locate(p); got != want {
			t.Fatalf("%v lies in %d, by a scan in %d", p, got, want)
		}
	}
	for range 5000 {
		check(orb.Point{rng.Float64()*8 - 1, rng.Float64()*6 - 1})
	}
	for _, g := range r.All {
		for _, p := range g.Shape[0][0] {
			check(p)
		}
	}
}

// benchmarkRegions are 400 stars of 250 vertices side by side.
func benchmarkRegions(b *testing.B) *Regions {
	rng := rand.New(rand.NewPCG(5, 6))
	var all []Region
	for i := range 400 {
		c := orb.Point{120 + float64(i%20)/10, 31 + float64(i/20)/10}
		all = append(all, Region{ID: fmt.Sprint(i), Parent: -1, Shape: orb.MultiPolygon{{star(rng, c, 0.05, 250)}}})
	}
	r, err := NewRegions(toyLevels, all)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

func BenchmarkLocate(b *testing.B) {
	r := benchmarkRegions(b)
	rng := rand.New(rand.NewPCG(7, 8))
	b.ReportAllocs()
	for b.Loop() {
		r.Locate(orb.Point{120 + 2*rng.Float64(), 31 + 2*rng.Float64()})
	}
}

// BenchmarkLocateNaive is the scan over all regions that Locate replaces.
func BenchmarkLocateNaive(b *testing.B) {
	r := benchmarkRegions(b)
	rng := rand.New(rand.NewPCG(7, 8))
	b.ReportAllocs()
	for b.Loop() {
		p := orb.Point{120 + 2*rng.Float64(), 31 + 2*rng.Float64()}
		for i := range r.All {
			Contains(r.All[i].Shape, p)
		}
	}
}

func BenchmarkDistance(b *testing.B) {
	p, q := orb.Point{120.98, 31.38}, orb.Point{120.99, 31.39}
	b.ReportAllocs()
	for b.Loop() {
		Distance(p, q)
	}
}

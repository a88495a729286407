package grid

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// dissolveByCoordinates is Dissolve without any knowledge of neighbours: all edges of all cells, cancelled by their coordinates.
func dissolveByCoordinates(cells []h3.Cell) orb.MultiPolygon {
	cells = slices.Clone(cells)
	slices.Sort(cells)
	o := outliner{corners: corners{index: map[[2]int64]int32{}}}
	for _, c := range slices.Compact(cells) {
		o.whole(c)
	}
	return o.shape()
}

// nearPlaces are within one face, over its sides, and around pentagons, where cells have five neighbours and bent edges.
func nearPlaces() []orb.Point {
	return append([]orb.Point{{121, 31.4}, {9.5, 47.1}, {-51.2, -30}, {0, 52}, {180, 0}, {0, 90}}, northern[:]...)
}

// sameShape tells whether two outlines pass the same corners, to a tenth of a millimetre.
func sameShape(a, b orb.MultiPolygon) bool {
	return slices.EqualFunc(a, b, func(p, q orb.Polygon) bool {
		return slices.EqualFunc(p, q, func(r, s orb.Ring) bool {
			return slices.EqualFunc(r, s, func(x, y orb.Point) bool {
				return max(x[0]-y[0], y[0]-x[0], x[1]-y[1], y[1]-x[1]) < tolerance
			})
		})
	})
}

func TestOutlineAgreesWithCoordinates(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, at := range nearPlaces() {
		for _, resolution := range []int{5, 8, 9} {
			for _, share := range []float64{1, 0.8, 0.5, 0.1} {
				cells := slices.DeleteFunc(CellOf(at, resolution).GridDisk(9), func(h3.Cell) bool { return rng.Float64() > share })
				got, want := Dissolve(cells), dissolveByCoordinates(cells)
				if at[1] == 90 || at[0] == 180 {
					continue // rings that hold the pole or cross the 180° meridian have no inside on a flat map
				}
				if !sameShape(got, want) {
					t.Errorf("%v, resolution %d, share %v: %d polygons, want %d", at, resolution, share, len(got), len(want))
				}
			}
		}
	}
}

func TestAroundAgreesWithNeighbours(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, at := range nearPlaces() {
		cells := slices.DeleteFunc(CellOf(at, 8).GridDisk(40), func(h3.Cell) bool { return rng.IntN(4) == 0 })
		g, err := FromCells(cells, 8)
		if err != nil {
			t.Fatal(err)
		}
		one, two := g.Around(1), g.Around(2)
		if !slices.Equal(one.next, two.next) || !slices.Equal(one.plain, two.plain) {
			t.Errorf("%v: two workers find other neighbours than one", at)
		}
		for c := range int32(len(g.Cells)) {
			got := slices.DeleteFunc(slices.Clone(one.Neighbours(c)), func(n int32) bool { return n < 0 })
			slices.Sort(got)
			if want := g.Neighbours(c, nil); !slices.Equal(got, want) {
				t.Fatalf("%v: cell %v: neighbours %v, want %v", at, g.Cells[c], got, want)
			}
		}
	}
}

// A part of a grid has the outline that its cells have alone.
func TestOutlineOfAPart(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, at := range nearPlaces() {
		if at[1] == 90 || at[0] == 180 {
			continue
		}
		g, err := FromCells(CellOf(at, 9).GridDisk(12), 9)
		if err != nil {
			t.Fatal(err)
		}
		in := make([]bool, len(g.Cells))
		var part []int32
		var codes []h3.Cell
		for i := range in {
			if in[i] = rng.IntN(3) > 0; in[i] {
				part, codes = append(part, int32(i)), append(codes, g.Cells[i])
			}
		}
		if got := g.Around(1).Outline(part, func(c int32) bool { return in[c] }); !sameShape(got, Dissolve(codes)) {
			t.Errorf("%v: %d polygons", at, len(got))
		}
	}
}

func BenchmarkAround(b *testing.B) {
	g, err := FromCells(CellOf(orb.Point{121, 31}, 9).GridDisk(182), 9)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		g.Around(1)
	}
}

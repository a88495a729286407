package grid

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

var update = flag.Bool("update", false, "rewrite the tables and golden files")

// facePoints returns points all over the sphere, and more close to the edges and the vertices of the faces, where the rare
// cases are.
func facePoints(seed uint64, n int) []vec {
	rng := rand.New(rand.NewPCG(seed, 9))
	points := make([]vec, 0, n)
	for i := range n {
		v := vec{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}.unit()
		switch i % 4 {
		case 1:
			p := northern[rng.IntN(6)]
			w, size := vecOf(p), math.Pow(10, -6*rng.Float64())
			if rng.IntN(2) == 0 {
				w = vec{-w[0], -w[1], -w[2]}
			}
			v = vec{w[0] + v[0]*size, w[1] + v[1]*size, w[2] + v[2]*size}.unit()
		case 3:
			// Pull the point towards the edge between its two nearest faces.
			f := nearestFace(v)
			x, y := faces[f].plane(v)
			for m := margin(x, y); math.Abs(m) > 1e-9; m = margin(x, y) {
				s := res0Spacing / (res0Spacing - m)
				x, y = x*s, y*s
			}
			s := 1 - math.Pow(rng.Float64(), 4)*0.2
			v = faces[f].sphere(x*s, y*s)
		}
		points = append(points, v)
	}
	return points
}

// TestFaceTable asks the library for the base cells and their turns, and compares the table with its answers.
func TestFaceTable(t *testing.T) {
	n := 200_000
	if *update {
		n = 20_000_000
	}
	var base [20][slots]int
	var turn [20][slots * 7]byte
	for f := range turn {
		for i := range turn[f] {
			turn[f][i] = '-'
		}
		for i := range base[f] {
			base[f][i] = -1
		}
	}
	const resolution = 8
	for _, v := range facePoints(10, n) {
		f := nearestFace(v)
		x, y := faces[f].plane(v)
		ad, ok := addressOf(lattices[resolution].at(x, y), resolution)
		if !ok {
			t.Fatalf("%v is on no base cell of face %d", v.point(), f)
		}
		p := v.point()
		want := h3.LatLngToCell(h3.NewLatLng(p[1], p[0]), resolution)
		if b := &base[f][ad.slot]; *b < 0 {
			*b = want.BaseCellNumber()
		} else if *b != want.BaseCellNumber() {
			continue // on the very edge of a cell: TestCellOfAgreesWithH3 looks at these
		}
		at := &turn[f][int(ad.slot)*7+int(ad.lead)]
		for turns := range uint8(6) {
			if ad.index(resolution, uint64(base[f][ad.slot]), turns) == want && *at == '-' {
				*at = '0' + turns
			}
		}
	}
	if *update {
		writeFaceTable(t, base, turn)
		return
	}
	for f := range turn {
		for i, c := range turn[f] {
			if got := faceTurn[f][i]; c != '-' && got != c {
				t.Errorf("face %d, slot %d, code %d: %c turns, want %c", f, i/7, i%7, got, c)
			}
		}
		for i, b := range base[f] {
			if got := faceBase[f][i]; b >= 0 && int(got) != b {
				t.Errorf("face %d, slot %d: base cell %d, want %d", f, i, got, b)
			}
		}
	}
}

func writeFaceTable(t *testing.T, base [20][slots]int, turn [20][slots * 7]byte) {
	raw, err := os.ReadFile("facetable.go")
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(raw, []byte("var faceBase"))
	out := bytes.NewBuffer(head)
	out.WriteString("var faceBase = [20][slots]uint8{\n")
	for _, row := range base {
		out.WriteString("\t{")
		for i, b := range row {
			if i > 0 {
				out.WriteString(", ")
			}
			fmt.Fprint(out, b)
		}
		out.WriteString("},\n")
	}
	out.WriteString("}\n\nvar faceTurn = [20]string{\n")
	for _, row := range turn {
		fmt.Fprintf(out, "\t%q,\n", row[:])
	}
	out.WriteString("}\n")
	text, err := format.Source(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("facetable.go", text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every resolution, the whole sphere, and the edges of the icosahedron's faces above all.
func TestCellOfAgreesWithH3(t *testing.T) {
	points := facePoints(11, 40_000)
	for resolution := range 16 {
		unknown := 0
		for _, v := range points {
			p := v.point()
			got, want := CellOf(p, resolution), h3.LatLngToCell(h3.NewLatLng(p[1], p[0]), resolution)
			f := nearestFace(v)
			if cellAt(f, lattices[resolution].at(faces[f].plane(v)), resolution) == 0 {
				unknown++
			}
			if got != want {
				// Both must have the point on their edges: a nearly equal distance from the two centres.
				a, b := geo.Distance(p, centreOf(got)), geo.Distance(p, centreOf(want))
				if !got.IsValid() || math.Abs(a-b) > 1e-6+1e-9*a && !onFaceEdge(v) {
					t.Errorf("resolution %d, %v: %s, want %s (%v m and %v m away)", resolution, p, got, want, a, b)
				}
			}
		}
		if unknown > 0 {
			t.Logf("resolution %d: %d points asked of the library", resolution, unknown)
		}
	}
}

func onFaceEdge(v vec) bool {
	x, y := faces[nearestFace(v)].plane(v)
	return math.Abs(margin(x, y)) < 1e-13
}

func TestCentresAndBoundariesAgreeWithH3(t *testing.T) {
	near := func(a, b orb.Point) bool { return geo.Distance(a, b) < 1e-5 }
	for i, v := range facePoints(12, 60_000) {
		c := h3.LatLngToCell(h3.NewLatLng(v.point()[1], v.point()[0]), i%16)
		ll := c.LatLng()
		if got, want := centreOf(c), (orb.Point{ll.Lng, ll.Lat}); !near(got, want) {
			t.Errorf("centre of %s: %v, want %v", c, got, want)
		}
		got, want := boundaryOf(c), c.Boundary()
		if len(got) != len(want)+1 || got[0] != got[len(got)-1] {
			t.Errorf("boundary of %s: %v, want %v", c, got, want)
			continue
		}
		if isPentagon(c) != c.IsPentagon() {
			t.Errorf("%s: pentagon %v", c, isPentagon(c))
		}
		for _, p := range got {
			found := false
			for _, q := range want {
				found = found || near(p, orb.Point{q.Lng, q.Lat})
			}
			if !found {
				t.Errorf("corner %v of %s is not among %v", p, c, want)
			}
		}
	}
	for resolution := range 16 {
		for _, c := range h3.Pentagons(resolution) {
			ll := c.LatLng()
			if got := centreOf(c); !isPentagon(c) || !near(got, orb.Point{ll.Lng, ll.Lat}) || len(boundaryOf(c)) < 6 {
				t.Errorf("pentagon %s", c)
			}
		}
	}
}

func TestNeighboursAgreeWithH3(t *testing.T) {
	for i, v := range facePoints(14, 60_000) {
		c := h3.LatLngToCell(h3.NewLatLng(v.point()[1], v.point()[0]), 7+i%5)
		got := neighboursOf(c, nil)
		want := slices.DeleteFunc(c.GridDisk(1), func(n h3.Cell) bool { return n == c })
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("neighbours of %s: %v, want %v", c, got, want)
		}
	}
}

// A finder must not remember too much: its answers are those of CellOf in any order of points.
func TestFinderAgreesWithCellOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	for resolution := range 16 {
		f, err := NewFinder(resolution)
		if err != nil {
			t.Fatal(err)
		}
		p := orb.Point{0, 0}
		for range 5000 {
			switch rng.IntN(4) {
			case 0:
				p = orb.Point{rng.Float64()*360 - 180, rng.Float64()*180 - 90}
			case 1:
				p[0] = max(min(p[0]+rng.NormFloat64()*0.01, 180), -180)
			case 2:
				p[1] = max(min(p[1]+rng.NormFloat64()*0.01, 90), -90)
			case 3:
				p[0] = max(min(p[0]+rng.NormFloat64()*5, 180), -180)
			}
			if got, want := f.CellOf(p), CellOf(p, resolution); got != want {
				t.Fatalf("resolution %d, %v: %s, want %s", resolution, p, got, want)
			}
		}
		if f.CellOf(orb.Point{0, 91}) != 0 {
			t.Error("latitude 91")
		}
	}
	if _, err := NewFinder(16); err == nil {
		t.Error("resolution 16")
	}
}

func FuzzCellOf(f *testing.F) {
	f.Add(121.0, 31.4, 9)
	f.Add(-180.0, 90.0, 15)
	f.Add(122.3, 39.1, 7)
	f.Fuzz(func(t *testing.T, lon, lat float64, resolution int) {
		c := CellOf(orb.Point{lon, lat}, resolution)
		valid := math.Abs(lon) <= 180 && math.Abs(lat) <= 90 && resolution >= 0 && resolution <= 15
		if valid != c.IsValid() {
			t.Errorf("cell %x", uint64(c))
		}
	})
}

func BenchmarkCellOf(b *testing.B) {
	points := facePoints(13, 1024)
	at := make([]orb.Point, len(points))
	for i, v := range points {
		at[i] = v.point()
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		CellOf(at[i%1024], 9)
	}
}

// BenchmarkFinder walks along rows of pixels of 3", about 93 m, as a raster does.
func BenchmarkFinder(b *testing.B) {
	f, err := NewFinder(9)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		f.CellOf(orb.Point{120 + float64(i%3600)/1200, 31 + float64(i/3600%3600)/1200})
	}
}

func BenchmarkNeighbours(b *testing.B) {
	g, err := FromCells(CellOf(orb.Point{121, 31.4}, 9).GridDisk(50), 9)
	if err != nil {
		b.Fatal(err)
	}
	var dst []int32
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		dst = g.Neighbours(int32(i%len(g.Cells)), dst[:0])
	}
}

func BenchmarkCellOfLibrary(b *testing.B) {
	points := facePoints(13, 1024)
	at := make([]h3.LatLng, len(points))
	for i, v := range points {
		at[i] = h3.NewLatLng(v.point()[1], v.point()[0])
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h3.LatLngToCell(at[i%1024], 9)
	}
}

func BenchmarkBoundary(b *testing.B) {
	c := CellOf(orb.Point{121, 31.4}, 9)
	b.ReportAllocs()
	for b.Loop() {
		boundaryOf(c)
	}
}

func BenchmarkBoundaryLibrary(b *testing.B) {
	c := CellOf(orb.Point{121, 31.4}, 9)
	b.ReportAllocs()
	for b.Loop() {
		c.Boundary()
	}
}

package reports

import (
	"encoding/base64"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
	"pgregory.net/rapid"

	"sitecover/geo"
)

// unpacker reads what packer writes: the test's own twin of assets/js/unpack.js.
type unpacker struct {
	buf  []byte
	x, y int64
}

func (u *unpacker) uint() uint64 {
	var v uint64
	for shift := 0; ; shift += 7 {
		b := u.buf[0]
		u.buf = u.buf[1:]
		v |= uint64(b&127) << shift
		if b < 128 {
			return v
		}
	}
}

func (u *unpacker) int() int64 {
	v := u.uint()
	return int64(v>>1) ^ -int64(v&1)
}

func unpack(t testing.TB, s string) *unpacker {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return &unpacker{buf: b}
}

func TestPackerRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		numbers := rapid.SliceOf(rapid.Int64Range(-1<<40, 1<<40)).Draw(rt, "numbers")
		var p packer
		for _, n := range numbers {
			p.int(n)
			p.uint(uint64(max(n, -n)))
		}
		u := unpack(t, p.String())
		for _, n := range numbers {
			if got := u.int(); got != n {
				rt.Fatalf("got %d, want %d", got, n)
			}
			if got := u.uint(); got != uint64(max(n, -n)) {
				rt.Fatalf("got %d, want %d", got, max(n, -n))
			}
		}
		if len(u.buf) > 0 {
			rt.Fatalf("%d bytes left", len(u.buf))
		}
	})
}

// TestHexagonModel rebuilds every cell of a county from the 36 numbers, and of places where cells are odd, and compares the
// corners with H3's.
func TestHexagonModel(t *testing.T) {
	for name, tc := range map[string]struct {
		at         h3.LatLng
		ring       int
		resolution int
		odd        int // most cells that may travel with their own corners
	}{
		"a county":       {h3.LatLng{Lat: 31.3, Lng: 120.9}, 60, 9, 150},
		"one cell":       {h3.LatLng{Lat: 31.3, Lng: 120.9}, 0, 9, 1},
		"a pentagon":     {h3.Pentagons(9)[3].LatLng(), 12, 9, 500},
		"far north":      {h3.LatLng{Lat: 53.5, Lng: 122.3}, 40, 8, 0},
		"a whole region": {h3.LatLng{Lat: 36, Lng: 103}, 60, 7, 11000},
	} {
		t.Run(name, func(t *testing.T) {
			cells := h3.LatLngToCell(tc.at, tc.resolution).GridDisk(tc.ring)
			slices.Sort(cells)
			bound := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
			for _, c := range cells {
				for _, v := range c.Boundary() {
					bound = bound.Extend(orb.Point{v.Lng, v.Lat})
				}
			}
			p := newProjection(bound)
			m := packHexagons(p, cells)
			models, odd := unpack(t, m.Model), 0
			u, shapes := unpack(t, m.Centre), make([]hexShape, len(cells))
			for i, c := range cells {
				shapes[i] = shapeOf(p, c)
				u.x += u.int()
				u.y += u.int()
				if math.Hypot(float64(u.x)-shapes[i].x, float64(u.y)-shapes[i].y) > 0.75 {
					t.Fatalf("cell %d: centre off by more than a quantum", i)
				}
			}
			alignCorners(shapes)
			for i, s := range shapes {
				n := int(models.uint())
				if odd += btoi(n == 0); n > 0 && !m.fits(p, n, s) {
					t.Fatalf("cell %d neither fits the model nor travels by itself", i)
				}
			}
			if odd > tc.odd {
				t.Errorf("%d of %d cells need their own corners, expected at most %d", odd, len(cells), tc.odd)
			}
		})
	}
}

func TestProjectionKeepsLengths(t *testing.T) {
	b := orb.Bound{Min: orb.Point{120.5, 31.0}, Max: orb.Point{121.3, 31.6}}
	p := newProjection(b)
	for _, pair := range [][2]orb.Point{{{120.9, 31.3}, {120.91, 31.3}}, {{120.9, 31.3}, {120.9, 31.31}}, {{120.6, 31.05}, {120.61, 31.06}}} {
		x0, y0 := p.forward(pair[0])
		x1, y1 := p.forward(pair[1])
		got, want := math.Hypot(x1-x0, y1-y0)*p.quantum, geo.Distance(pair[0], pair[1])
		if math.Abs(got-want) > 0.005*want {
			t.Errorf("%v: %.2f m on the map, %.2f m on the ground", pair, got, want)
		}
	}
}

// Two squares side by side share one side. It must be drawn once, as one of three lines that meet at its two ends:
//
//	+---+---+
//	|   |   |
//	+---+---+
func TestBordersAreDrawnOnce(t *testing.T) {
	square := func(x float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{x, 0}, {x + 1, 0}, {x + 1, 1}, {x, 1}, {x, 0}}}}
	}
	both := orb.MultiPolygon{{{{0, 0}, {1, 0}, {2, 0}, {2, 1}, {1, 1}, {0, 1}, {0, 0}}}}
	rs, err := geo.NewRegions([]geo.Level{{ID: "a"}, {ID: "b"}}, []geo.Region{
		{ID: "0", Level: 0, Parent: -1, Shape: both}, {ID: "1", Level: 1, Parent: 0, Shape: square(0)}, {ID: "2", Level: 1, Parent: 0, Shape: square(1)}})
	if err != nil {
		t.Fatal(err)
	}
	got := packBorders(newProjection(orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{2, 1}}), rs)
	if len(got) != 2 || got[0].Kind != 0 || got[1].Kind != 1 {
		t.Fatalf("levels %+v", got)
	}
	// The outline is one closed ring; the side between the squares is one line at the finer level.
	if got[0].Count != 1 || got[1].Count != 1 {
		t.Errorf("%d and %d lines, want 1 and 1", got[0].Count, got[1].Count)
	}
	if n := unpack(t, got[1].Data).uint(); n != 2 {
		t.Errorf("the shared side has %d points, want 2", n)
	}
}

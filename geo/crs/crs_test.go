package crs

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

func TestParse(t *testing.T) {
	for name, want := range map[string]string{
		"wgs84": "wgs84", " GCJ-02 ": "gcj02", "BD09": "bd09", "CGCS2000": "cgcs2000", "EPSG:4326": "wgs84", "4490": "cgcs2000",
		"epsg:4549": "epsg:4549", "4491": "epsg:4491",
	} {
		c, err := Parse(name)
		if err != nil || c.Name() != want {
			t.Errorf("%q: %v, %v", name, c, err)
			continue
		}
		if again, err := Parse(c.Name()); err != nil || again != c {
			t.Errorf("%q does not read back", c.Name())
		}
	}
	for _, name := range []string{"", "mars", "EPSG:4555", "4000", "epsg:x"} {
		if _, err := Parse(name); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func rows(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open("../../../shared/data/crs/" + name)
	if err != nil {
		t.Skip("reference points are not at hand:", err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Every zone against points computed by PROJ, as closely as the degrees are given there.
func TestGaussKrugerAgreesWithReference(t *testing.T) {
	for _, row := range rows(t, "cgcs2000-gauss-kruger.csv") {
		c, err := Parse(row[0])
		if err != nil {
			t.Fatal(err)
		}
		lonLat := orb.Point{number(t, row[3]), number(t, row[4])}
		metres := orb.Point{number(t, row[5]), number(t, row[6])}
		got, err := c.FromWGS84(lonLat)
		if err != nil {
			t.Errorf("%v: %v", row, err)
			continue
		}
		if d := math.Hypot(got[0]-metres[0], got[1]-metres[1]); d > 1.2e-5 { // the degrees are given to 1e-10: 11 µm
			t.Errorf("%v: %v is %g m off", row, got, d)
		}
		back, err := c.ToWGS84(metres)
		if err != nil || math.Abs(back[0]-lonLat[0]) > 1.2e-10 || math.Abs(back[1]-lonLat[1]) > 1.2e-10 {
			t.Errorf("%v: back at %v, %v", row, back, err)
		}
	}
}

func TestShiftedSystemsAgreeWithPublishedPairs(t *testing.T) {
	for _, row := range rows(t, "gcj02-bd09.csv") {
		from := orb.Point{number(t, row[3]), number(t, row[2])}
		want := orb.Point{number(t, row[5]), number(t, row[4])}
		var got orb.Point
		tolerance := 1e-12
		switch row[0] + " " + row[1] {
		case "wgs84 gcj02":
			got = toGCJ(from)
		case "gcj02 bd09":
			got = gcjToBD(from)
		case "bd09 gcj02": // published from an inverse of one step, good to about a metre
			got, tolerance = invert(from, gcjToBD), 1e-5
		default:
			t.Fatalf("%v", row)
		}
		if math.Abs(got[0]-want[0]) > tolerance || math.Abs(got[1]-want[1]) > tolerance {
			t.Errorf("%v: %v, want %v", row, got, want)
		}
	}
}

// There and back over the whole of China: within a tenth of a millimetre, for every system.
func TestRoundTrips(t *testing.T) {
	systems := []CRS{WGS84, CGCS2000, GCJ02, BD09}
	for epsg := 4491; epsg <= 4554; epsg++ {
		c, err := GaussKruger(epsg)
		if err != nil {
			t.Fatal(err)
		}
		systems = append(systems, c)
	}
	rapid.Check(t, func(rt *rapid.T) {
		p := orb.Point{rapid.Float64Range(73.5, 135.1).Draw(rt, "lon"), rapid.Float64Range(3.5, 53.6).Draw(rt, "lat")}
		for _, c := range systems {
			there, err := c.FromWGS84(p)
			if errors.Is(err, ErrRange) && c.Projected() {
				continue
			}
			if err != nil {
				rt.Fatal(err)
			}
			back, err := c.ToWGS84(there)
			if err != nil || geo.Distance(p, back) > 1e-4 {
				rt.Errorf("%s: %v to %v to %v, %v", c.Name(), p, there, back, err)
			}
		}
	})
	for _, p := range []orb.Point{{105, 35}, {105 + 1e-13, 35}, {105 - 1e-9, 20}} { // the root in GCJ-02 has its edge here
		there, _ := GCJ02.FromWGS84(p)
		if back, _ := GCJ02.ToWGS84(there); geo.Distance(p, back) > 1e-4 {
			t.Errorf("%v: back at %v", p, back)
		}
	}
}

func TestOutsideChinaNothingIsShifted(t *testing.T) {
	p := orb.Point{9.5, 47.1}
	for _, c := range []CRS{GCJ02, BD09} {
		if got, err := c.FromWGS84(p); got != p || err != nil {
			t.Errorf("%s: %v, %v", c.Name(), got, err)
		}
		if got, err := c.ToWGS84(p); got != p || err != nil {
			t.Errorf("%s: %v, %v", c.Name(), got, err)
		}
	}
}

func TestOutOfRange(t *testing.T) {
	plain, _ := GaussKruger(4549)    // 3°, meridian 120°, no prefix
	prefixed, _ := GaussKruger(4528) // the same with zone 40 before
	for _, c := range []struct {
		what string
		crs  CRS
		p    orb.Point
	}{
		{"a prefix too many", plain, orb.Point{40_500_000, 3_500_000}},
		{"a prefix too few", prefixed, orb.Point{500_000, 3_500_000}},
		{"swapped axes", plain, orb.Point{3_500_000, 500_000}},
		{"degrees for metres", prefixed, orb.Point{120, 31}},
		{"nothing", plain, orb.Point{math.NaN(), 0}},
		{"metres for degrees", WGS84, orb.Point{500_000, 3_500_000}},
		{"latitude 91", GCJ02, orb.Point{120, 91}},
		{"no latitude", BD09, orb.Point{120, math.NaN()}},
	} {
		if _, err := c.crs.ToWGS84(c.p); !errors.Is(err, ErrRange) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if _, err := plain.FromWGS84(orb.Point{100, 31}); !errors.Is(err, ErrRange) {
		t.Errorf("20° from the meridian: %v", err)
	}
}

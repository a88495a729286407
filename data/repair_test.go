package data

import (
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// planarArea is in units of the coordinates, holes taken off.
func planarArea(shape orb.MultiPolygon) float64 {
	sum := 0.0
	for _, polygon := range shape {
		for i, ring := range polygon {
			a := 0.0
			for k := range ring[:len(ring)-1] {
				a += (ring[k][0]*ring[k+1][1] - ring[k+1][0]*ring[k][1]) / 2
			}
			if i == 0 {
				sum += math.Abs(a)
			} else {
				sum -= math.Abs(a)
			}
		}
	}
	return sum
}

// TestRepairShape: what comes out is valid, and has the area that an odd number of turns goes around.
func TestRepairShape(t *testing.T) {
	for name, c := range map[string]struct {
		shape orb.MultiPolygon
		area  float64
		parts int
	}{
		"a valid square":            {orb.MultiPolygon{{box(0, 0, 2, 2)}}, 4, 1},
		"an open ring":              {orb.MultiPolygon{{box(0, 0, 2, 2)[:4]}}, 4, 1},
		"a bow tie":                 {orb.MultiPolygon{{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}}, 2, 2},
		"a spike outwards":          {orb.MultiPolygon{{{{0, 0}, {2, 0}, {2, 1}, {3, 1}, {2, 1}, {2, 2}, {0, 2}, {0, 0}}}}, 4, 1},
		"a spike inwards":           {orb.MultiPolygon{{{{0, 0}, {2, 0}, {2, 1}, {1, 1}, {2, 1}, {2, 2}, {0, 2}, {0, 0}}}}, 4, 1},
		"an edge walked thrice":     {orb.MultiPolygon{{{{0, 0}, {2, 0}, {0, 0}, {2, 0}, {2, 2}, {0, 2}, {0, 0}}}}, 4, 1},
		"repeated points":           {orb.MultiPolygon{{{{0, 0}, {0, 0}, {2, 0}, {2, 0}, {2, 2}, {0, 2}, {0, 2}, {0, 0}}}}, 4, 1},
		"a hole across the edge":    {orb.MultiPolygon{{box(0, 0, 4, 4), box(3, 1, 5, 2)}}, 16, 2},
		"a hole drawn clockwise":    {orb.MultiPolygon{{box(0, 0, 4, 4), box(1, 1, 2, 2)}}, 15, 1},
		"parts that share an edge":  {orb.MultiPolygon{{box(0, 0, 2, 2)}, {box(2, 0, 4, 2)}}, 8, 1},
		"parts that touch":          {orb.MultiPolygon{{box(0, 0, 2, 2)}, {box(2, 2, 4, 4)}}, 8, 2},
		"a loop at a corner":        {orb.MultiPolygon{{{{0, 0}, {4, 0}, {4, 4}, {3, 4}, {3, 5}, {5, 5}, {5, 4}, {3, 4}, {0, 4}, {0, 0}}}}, 18, 1},
		"a ring through a point":    {orb.MultiPolygon{{{{0, 0}, {4, 0}, {2, 2}, {4, 4}, {0, 4}, {2, 2}, {0, 0}}}}, 8, 2},
		"a ring of two points more": {orb.MultiPolygon{{box(0, 0, 2, 2)}, {{{5, 5}, {6, 6}, {5, 5}}}}, 4, 1},
	} {
		got, ok := repairShape(c.shape)
		if !ok {
			t.Errorf("%s: not repaired", name)
			continue
		}
		if a := planarArea(got); math.Abs(a-c.area) > 1e-6 || len(got) != c.parts {
			t.Errorf("%s: area %g in %d parts, want %g in %d: %v", name, a, len(got), c.area, c.parts, got)
		}
	}
	for name, shape := range map[string]orb.MultiPolygon{
		"nothing":        {},
		"a line":         {{{{0, 0}, {1, 1}, {0, 0}}}},
		"the same twice": {{box(0, 0, 1, 1)}, {box(0, 0, 1, 1)}},
		"not on Earth":   {{box(0, 0, 1, 200)}},
		"no position":    {{{{0, 0}, {1, math.NaN()}, {1, 1}, {0, 0}}}},
	} {
		if got, ok := repairShape(shape); ok {
			t.Errorf("%s: repaired to %v", name, got)
		}
	}
}

// TestRepairOfScribbles: whatever is drawn, the result is valid or refused, and points are inside as the odd rule has it.
func TestRepairOfScribbles(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	repaired := 0
	for trial := range 150 {
		n := 4 + rng.IntN(16)
		ring := make(orb.Ring, n)
		for i := range ring {
			if ring[i] = (orb.Point{rng.Float64(), rng.Float64()}); trial%2 == 0 { // on a grid: many edges over one another
				ring[i] = orb.Point{float64(rng.IntN(5)), float64(rng.IntN(5))}
			}
		}
		ring = append(ring, ring[0])
		got, ok := repairShape(orb.MultiPolygon{{ring}})
		if !ok {
			continue
		}
		repaired++
		for range 50 {
			p := orb.Point{rng.Float64() * 4, rng.Float64() * 4}
			if trial%2 == 1 {
				p[0], p[1] = p[0]/4, p[1]/4
			}
			if geo.Contains(orb.MultiPolygon{{ring}}, p) != geo.Contains(got, p) && !nearEdge(ring, p) {
				t.Fatalf("trial %d: %v: %v is inside of one only\n%v\n%v", trial, ring, p, ring, got)
			}
		}
	}
	if repaired < 140 {
		t.Errorf("only %d of 150 were repaired", repaired)
	}
}

func nearEdge(ring orb.Ring, p orb.Point) bool {
	for i := range ring[:len(ring)-1] {
		a, b := ring[i], ring[i+1]
		dx, dy := b[0]-a[0], b[1]-a[1]
		if l := math.Hypot(dx, dy); l > 0 && math.Abs((p[0]-a[0])*dy-(p[1]-a[1])*dx)/l < 1e-6 {
			return true
		}
	}
	return false
}

// TestRepairIsAsked: the area is R²·Δλ·(sin 30.01° - sin 30°) with R = 6,371,008.8 m and Δλ = 0.02°. An invalid boundary is repaired only when the study says so, and the report tells of it.
func TestRepairIsAsked(t *testing.T) {
	files := toyFiles()
	spike := "[120.02,30.01],[120.02,30.015],[120.02,30.01],[120,30.01],[120,30]]]"
	files["boundaries.geojson"] = strings.Replace(files["boundaries.geojson"], "[120.02,30.01],[120,30.01],[120,30]]]", spike, 1)
	if _, err := readToy(t, files); err == nil {
		t.Fatal("an invalid boundary was accepted")
	}
	files["study.yaml"] = strings.Replace(files["study.yaml"], "file: boundaries.geojson", "file: boundaries.geojson\n    repair: true", 1)
	d := mustReadToy(t, files)
	near(t, "repaired", &Dataset{Study: d.Study, Regions: d.Regions, Roads: d.Roads}, &Dataset{Regions: d.Regions, Roads: d.Roads})
	want := "A south: ring runs back over itself at 120.020000, 30.010000; repaired, area 2.1415 → 2.1415 km² (+0.0000%)"
	for _, f := range d.Findings {
		if f.What.EN == want && f.Row == 4 && f.Severity == "warning" {
			return
		}
	}
	t.Errorf("no finding %q in %v", want, d.Findings)
}

// TestSuzhou reads a real file of which nearly every ring is invalid, in GCJ-02.
func TestSuzhou(t *testing.T) {
	const path = "../../shared/data/china/suzhou-districts.gcj02.geojson"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skip("the districts of Suzhou are not at hand:", err)
	}
	dir := writeToy(t, map[string]string{"suzhou.geojson": string(text), "p.csv": "lon,lat,people\n120.6,31.3,5\n",
		"study.yaml": "name: S\ndate: 2026-12-31\nlevels: [{id: county}]\nareas: [{file: suzhou.geojson, level: county, crs: gcj02, repair: true}]\n" +
			"population: [{file: p.csv, kind: points}]\ntiers: [{id: c, radius: 1 km, mode: straight}]\n"})
	d := mustRead(t, dir)
	if len(d.Regions.All) != 9 {
		t.Errorf("%d districts, want 9", len(d.Regions.All))
	}
	for _, f := range d.Findings {
		t.Log(f.What.EN)
	}
}

func FuzzRepair(f *testing.F) {
	f.Add([]byte{0, 0, 2, 2, 2, 0, 0, 2})
	f.Add([]byte{0, 0, 9, 0, 9, 9, 9, 12, 9, 9, 0, 9})
	f.Fuzz(func(t *testing.T, text []byte) {
		var ring orb.Ring
		for i := 0; i+1 < len(text) && i < 400; i += 2 {
			ring = append(ring, orb.Point{float64(text[i]) / 7, float64(text[i+1]) / 7})
		}
		if got, ok := repairShape(orb.MultiPolygon{{ring}}); ok && len(checkShape(got).problems) > 0 {
			t.Fatal("the repair is invalid")
		}
	})
}

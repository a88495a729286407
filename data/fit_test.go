package data

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

// squareMetres is the area of a box in degrees.
func squareMetres(w, s, e, n float64) float64 {
	low, high := equalArea(orb.Point{w, s}), equalArea(orb.Point{e, n})
	return (high[0] - low[0]) * (high[1] - low[1])
}

// fitFindings reads the toy with the corner that A1, A2, B1 and B2 share moved in one of them.
func fitFindings(t *testing.T, edit ...string) []string {
	t.Helper()
	files := toyFiles()
	before := files["boundaries.geojson"]
	files["boundaries.geojson"] = strings.NewReplacer(edit...).Replace(before)
	if len(edit) > 0 && files["boundaries.geojson"] == before {
		t.Fatal("nothing to edit in", before)
	}
	var out []string
	for _, f := range mustReadToy(t, files).Findings {
		if strings.Contains(f.What.EN, "its parts") {
			out = append(out, f.Severity+": "+f.What.EN)
		}
	}
	return out
}

func TestRegionsThatFit(t *testing.T) {
	if got := fitFindings(t); len(got) > 0 {
		t.Errorf("the clean toy does not fit: %q", got)
	}
}

// TestMisfits: child A1 of A is drawn 0.001° too wide to the east, over the border to B, and 0.002° too low in the north: a strip outside A
// and a gap under A2.
func TestMisfits(t *testing.T) {
	r := &reader{c: newCollector(), study: &Study{Areas: []AreaSource{{Source: Source{File: "b.geojson"}}}}}
	regions := []geo.Region{
		{ID: "A", Name: "A", Level: 0, Parent: -1, Shape: orb.MultiPolygon{{box(120, 30, 120.02, 30.02)}}},
		{ID: "A1", Name: "A1", Level: 1, Parent: 0, Shape: orb.MultiPolygon{{box(120, 30, 120.021, 30.008)}}},
		{ID: "A2", Name: "A2", Level: 1, Parent: 0, Shape: orb.MultiPolygon{{box(120, 30.01, 120.02, 30.02)}}},
		{ID: "A3", Name: "A3", Level: 1, Parent: 0, Shape: orb.MultiPolygon{{box(120.005, 30.015, 120.01, 30.02)}}},
	}
	var err error
	if r.regions, err = geo.NewRegions([]geo.Level{{ID: "a"}, {ID: "b"}}, regions); err != nil {
		t.Fatal(err)
	}
	r.fit(context.Background())
	want := []string{
		fmt.Sprintf(`"A": its parts overlap in 1 places, %.0[1]f m² together; the largest has %.0[1]f m², at 120.007500, 30.017500 (A2, A3)`, squareMetres(120.005, 30.015, 120.01, 30.02)),
		fmt.Sprintf(`"A": its parts leave 1 gaps, %.0[1]f m² together; the largest has %.0[1]f m², at 120.010000, 30.009000`, squareMetres(120, 30.008, 120.02, 30.01)),
		fmt.Sprintf(`"A": its parts reach out of it in 1 places, %.0[1]f m² together; the largest has %.0[1]f m², at 120.020500, 30.004000 (A1)`, squareMetres(120.02, 30, 120.021, 30.008)),
	}
	if len(r.c.findings) != len(want) {
		t.Fatalf("%+v", r.c.findings)
	}
	for i, f := range r.c.findings {
		if f.What.EN != want[i] || f.Severity != "warning" {
			t.Errorf("%s: %s\nwant %s", f.Severity, f.What.EN, want[i])
		}
	}
}

// TestMisfitAreas compares the sweep with the depth counted cell by cell: boxes of whole thousandths of a degree.
func TestMisfitAreas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type rect struct{ w, s, e, n int }
		strip := &stripper{edges: map[edge]int32{}}
		var boxes []rect
		for range rapid.IntRange(1, 6).Draw(t, "boxes") {
			b := rect{w: rapid.IntRange(0, 8).Draw(t, "w"), s: rapid.IntRange(0, 8).Draw(t, "s")}
			b.e, b.n = rapid.IntRange(b.w+1, 10).Draw(t, "e"), rapid.IntRange(b.s+1, 10).Draw(t, "n")
			boxes = append(boxes, b)
		}
		degree := func(i int) float64 { return 30 + float64(i)/1000 }
		for i, b := range boxes {
			weight := int32(1)
			if i == 0 {
				weight = -1 // the parent
			}
			strip.add(orb.MultiPolygon{{box(degree(b.w), degree(b.s), degree(b.e), degree(b.n))}}, weight)
		}
		var want, got [2]float64
		for x := range 10 {
			for y := range 10 {
				depth := 0
				for i, b := range boxes {
					if b.w <= x && x < b.e && b.s <= y && y < b.n {
						depth++
						if i == 0 {
							depth -= 2
						}
					}
				}
				area := squareMetres(degree(x), degree(y), degree(x+1), degree(y+1))
				want[0] += float64(max(depth, 0)) * area
				want[1] += float64(max(-depth, 0)) * area
			}
		}
		for _, p := range sweepMisfits(strip.left(), 0) {
			got[p.kind] += p.area
		}
		for k := range got {
			if math.Abs(got[k]-want[k]) > 1e-6*(1+want[k]) {
				t.Errorf("kind %d: %v m², want %v", k, got[k], want[k])
			}
		}
	})
}

// TestLevelsByCode: the toy with codes as statistics write them, in one file, without levels or parents. The shapes are those of the other
// town, so that only the codes can tell the parents.
func TestLevelsByCode(t *testing.T) {
	files := toyFiles()
	swapped := strings.NewReplacer(`"C"`, `"320583000000"`, `"A"`, `"320583100000"`, `"B"`, `"320583101000"`, `"A1"`, `"320583100001"`, `"A2"`, `"320583100002"`,
		`"B1"`, `"320583101001"`, `"B2"`, `"320583101002"`).Replace(files["boundaries.geojson"])
	files["boundaries.geojson"] = strings.ReplaceAll(swapped, `"level"`, `"kind"`)
	files["totals.csv"] = "region,people\n320583100000,3000\n"
	study := files["study.yaml"]
	files["study.yaml"] = strings.Replace(study, "fields: {level: level, id: code}", "fields: {id: code}\n    levels_from: code", 1)
	d := mustReadToy(t, files)
	for _, g := range d.Regions.All {
		code := trimCode(g.ID)
		if want := map[int]int{6: 0, 9: 1, 12: 2}[len(code)]; g.Level != want {
			t.Errorf("%s is of level %d, want %d", g.ID, g.Level, want)
		}
		if g.Level > 0 && !strings.HasPrefix(code, trimCode(d.Regions.All[g.Parent].ID)) {
			t.Errorf("the parent of %s is %s", g.ID, d.Regions.All[g.Parent].ID)
		}
	}
	files["study.yaml"] = strings.Replace(study, "fields: {level: level, id: code}", "fields: {id: code}\n    levels_from: code\n    level_values: {'9': town, '12': community}", 1)
	if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "is a level of which no boundary was found") {
		t.Error(err)
	}
	files["study.yaml"] = strings.Replace(study, "fields: {level: level, id: code}", "fields: {id: code}\n    levels_from: code", 1)
	files["boundaries.geojson"] = strings.Replace(files["boundaries.geojson"], "320583101002", "3205", 1)
	if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "has codes of 4 lengths (4 6 9 12), the study has 3 levels") {
		t.Error(err)
	}
}

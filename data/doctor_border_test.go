package data

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sitecover/geo"
	"sitecover/geo/crs"
)

// suzhou returns the districts of Suzhou, which are in GCJ-02, with their names.
func suzhou(t *testing.T) (raw string, shapes []namedShape) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "china", "suzhou-districts.gcj02.geojson"))
	if err != nil {
		t.Skip("the shared data folder is absent")
	}
	features, err := geojson.UnmarshalFeatureCollection(content)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range features.Features {
		shape, ok := polygons(&feature{geometry: f.Geometry})
		if !ok {
			t.Fatalf("%v is no polygon", f.ID)
		}
		shapes = append(shapes, namedShape{f.Properties.MustString("name"), shape})
	}
	return string(content), shapes
}

// wgs converts a point of the file to WGS84.
func wgs(t *testing.T, p orb.Point) orb.Point {
	t.Helper()
	q, err := crs.GCJ02.ToWGS84(p)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

const suzhouStudy = `name: 苏州
date: 2026-12-31
levels: [{id: district, name: 区}]
areas: [{file: areas.geojson, level: district, repair: true%s}]
population: [{file: people.csv, kind: points}]
%s
tiers: [{id: station, radius: 1 km, mode: straight}]
`

// borderRoads draws WGS84 roads along every third stretch of the true borders.
func borderRoads(t *testing.T, shapes []namedShape) string {
	var lines []string
	for _, s := range shapes {
		for _, polygon := range s.shape {
			ring := polygon[0]
			for i := 0; i+10 < len(ring); i += 30 {
				var points []string
				for _, p := range ring[i : i+10] {
					q := wgs(t, p)
					points = append(points, fmt.Sprintf("[%.6f,%.6f]", q[0], q[1]))
				}
				lines = append(lines, lineFeature(`"highway":"tertiary"`, strings.Join(points, ",")))
			}
		}
	}
	return collection(lines...)
}

// borderSites puts WGS84 sites 400 m from a corner, inside and on no line of the 1024th-of-a-degree mesh on which the corners lie, the true borders, each named after its district.
func borderSites(t *testing.T, shapes []namedShape) string {
	var b strings.Builder
	b.WriteString("编号,名称,级别,经度,纬度\n")
	n := 0
	for _, s := range shapes {
		ring := s.shape[0][0]
		sound, ok := repairShape(s.shape)
		if !ok {
			t.Fatalf("%s cannot be repaired", s.name)
		}
		for i := 0; i < len(ring); i += 25 {
			for _, step := range []orb.Point{{0.0031, 0.0025}, {-0.0031, 0.0025}, {0.0031, -0.0025}, {-0.0031, -0.0025}} {
				p := orb.Point{ring[i][0] + step[0], ring[i][1] + step[1]}
				if geo.Contains(sound, p) {
					q := wgs(t, p)
					n++
					fmt.Fprintf(&b, "S%d,%s第%d站,station,%.6f,%.6f\n", n, s.name, n, q[0], q[1])
					break
				}
			}
		}
	}
	return b.String()
}

func suzhouPeople(t *testing.T, shapes []namedShape) string {
	out := "lon,lat,people\n"
	for _, s := range shapes {
		p := wgs(t, geo.InteriorPoint(s.shape))
		out += fmt.Sprintf("%.6f,%.6f,1000\n", p[0], p[1])
	}
	return out
}

func examine(t *testing.T, files map[string]string) *Examination {
	t.Helper()
	e, err := Examine(context.Background(), writeToy(t, files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func shifts(e *Examination, file string) (out []Finding) {
	for _, f := range e.Findings {
		if f.Code == CodeShifted && (file == "" || f.File == file) {
			out = append(out, f)
		}
	}
	return out
}

// TestBoundariesInGCJ02: the districts of Suzhou, declared WGS84, are told apart by roads along a third of their borders, and by WGS84
// sites whose names tell their district; declared as what they are, nothing is said. Every polygon is repaired within half a per cent.
func TestBoundariesInGCJ02(t *testing.T) {
	raw, shapes := suzhou(t)
	for _, c := range []struct{ name, declare, sources string }{
		{"roads", "", "roads: [roads.geojson]"},
		{"sites", "", "sites: [{file: sites.csv, outside: keep}]"},
		{"sites inside", "", "sites: [sites.csv]"},
		{"declared, roads", ", crs: gcj02", "roads: [roads.geojson]"},
		{"declared, sites", ", crs: gcj02", "sites: [sites.csv]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := examine(t, map[string]string{"study.yaml": fmt.Sprintf(suzhouStudy, c.declare, c.sources), "areas.geojson": raw,
				"people.csv": suzhouPeople(t, shapes), "roads.geojson": borderRoads(t, shapes), "sites.csv": borderSites(t, shapes)})
			found := shifts(e, "")
			if c.declare != "" {
				if len(found) != 0 || e.Data == nil {
					t.Fatalf("false alarm: %v %v", found, e.Errors)
				}
				return
			}
			if len(found) != 1 || found[0].File != "areas.geojson" || found[0].Repair == nil || found[0].Repair.CRS != "gcj02" {
				t.Fatalf("found %+v, errors %v", found, e.Errors)
			}
			t.Log(found[0].What.EN)
		})
	}
}

// TestSuzhouIsRepaired: nearly every ring is invalid; every district comes out valid, with its area within half a per cent.
func TestSuzhouIsRepaired(t *testing.T) {
	raw, shapes := suzhou(t)
	invalid, worst := 0, 0.0
	for _, s := range shapes {
		if len(checkShape(s.shape).problems) > 0 {
			invalid++
		}
	}
	e := examine(t, map[string]string{"study.yaml": fmt.Sprintf(suzhouStudy, ", crs: gcj02", ""), "areas.geojson": raw, "people.csv": suzhouPeople(t, shapes)})
	if e.Data == nil {
		t.Fatalf("not read: %v", e.Errors)
	}
	if len(e.Data.Regions.All) != len(shapes) {
		t.Fatalf("%d of %d districts", len(e.Data.Regions.All), len(shapes))
	}
	for _, s := range shapes {
		fixed, ok := repairShape(s.shape)
		before, after := geo.Area(closed(s.shape)), geo.Area(fixed)
		if change := abs(after-before) / before; !ok || change > maxRepair {
			t.Errorf("%s: %v, area changes by %.3f %%", s.name, ok, 100*change)
		} else {
			worst = max(worst, change)
		}
		if left := checkShape(fixed).problems; len(left) > 0 {
			t.Errorf("%s: still %v", s.name, left)
		}
	}
	if invalid < len(shapes)/2 {
		t.Errorf("only %d of %d are invalid: is it still the file?", invalid, len(shapes))
	}
	t.Logf("%d of %d districts invalid, areas change by at most %.5f %%", invalid, len(shapes), 100*worst)
}

// TestRoadsInGCJ02: of a ledger in WGS84 and roads in GCJ-02 that are declared WGS84, the roads are blamed, not the ledger. Each of
// twelve sites stands 20 m beside its road.
func TestRoadsInGCJ02(t *testing.T) {
	var lines []string
	sites := "编号,名称,级别,经度,纬度\n"
	for i := range 12 {
		lat := 31.30 + 0.01*float64(i)
		var ends []string
		for _, lon := range []float64{120.60, 120.62} {
			p, err := crs.GCJ02.FromWGS84(orb.Point{lon, lat})
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			ends = append(ends, string(text))
		}
		lines = append(lines, lineFeature(`"highway":"tertiary"`, strings.Join(ends, ",")))
		sites += fmt.Sprintf("S%d,站%d,station,120.61,%.6f\n", i, i, lat+20/111_195.0)
	}
	study := "name: T\ndate: 2026-12-31\nlevels: [{id: a}]\nareas: [{file: areas.geojson, level: a}]\npopulation: [{file: people.csv, kind: points}]\nroads: [{file: roads.geojson%s}]\nsites: [sites.csv]\ntiers: [{id: station, radius: 1 km, mode: walk}]\n"
	files := map[string]string{"areas.geojson": collection(polygonFeature(`"id":"1","name":"A"`, square("120.5", "31.2", "120.8", "31.5"))),
		"people.csv": "lon,lat,people\n120.61,31.35,10\n", "roads.geojson": collection(lines...), "sites.csv": sites}
	files["study.yaml"] = fmt.Sprintf(study, "")
	if found := shifts(examine(t, files), ""); len(found) != 1 || found[0].File != "roads.geojson" || found[0].Repair.CRS != "gcj02" {
		t.Errorf("found %+v", found)
	}
	files["study.yaml"] = fmt.Sprintf(study, ", crs: gcj02")
	if found := shifts(examine(t, files), ""); len(found) != 0 {
		t.Errorf("false alarm: %+v", found)
	}
}

package reports

import (
	"bytes"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sitecover/coverage"
)

func TestLayersAreGeoJSONWithAllTheirFeatures(t *testing.T) {
	s := makeStudy(t, smallWorld)
	_, files := written(t, s, Chinese)
	inhabited := map[int32]bool{}
	for _, c := range s.Demand.Cell {
		inhabited[c] = true
	}
	decimals := regexp.MustCompile(`\d\.\d{8,}`)
	for name, want := range map[string]int{"cells": len(inhabited), "sites": len(s.Sites), "gaps": len(s.Gaps), "plan": len(s.Plan.Picks),
		"stations": len(s.Stations), "regions": len(s.Regions.All)} {
		body := files["layers/"+name+".geojson"]
		fc, err := geojson.UnmarshalFeatureCollection(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(fc.Features) != want {
			t.Errorf("%s: %d features, want %d", name, len(fc.Features), want)
		}
		for i, f := range fc.Features {
			checkRings(t, name, i, f.Geometry)
		}
		if m := decimals.Find(body); m != nil {
			t.Errorf("%s: %s has more than seven decimals", name, m)
		}
		if bytes.Contains(body, []byte("\ufffd")) {
			t.Errorf("%s: broken characters", name)
		}
	}
}

// checkRings: rings are closed, outer ones anticlockwise, holes clockwise, inside the degrees.
func checkRings(t *testing.T, name string, i int, g orb.Geometry) {
	t.Helper()
	mp, ok := g.(orb.MultiPolygon)
	if !ok {
		return
	}
	for _, poly := range mp {
		for k, ring := range poly {
			if !ring.Closed() {
				t.Errorf("%s %d: an open ring", name, i)
			}
			if want := map[bool]orb.Orientation{true: orb.CCW, false: orb.CW}[k == 0]; ring.Orientation() != want {
				t.Errorf("%s %d: ring %d turns the wrong way", name, i, k)
			}
		}
	}
}

// TestLayersAgreeWithTheStudy adds up the cells' people and covered people, and compares with the totals.
func TestLayersAgreeWithTheStudy(t *testing.T) {
	s := makeStudy(t, smallWorld)
	_, files := written(t, s, Chinese)
	fc, err := geojson.UnmarshalFeatureCollection(files["layers/cells.geojson"])
	if err != nil {
		t.Fatal(err)
	}
	var people, covered float64
	for _, f := range fc.Features {
		n := f.Properties["people"].(float64)
		people += n
		covered += n * f.Properties["covered_station"].(float64)
	}
	total := s.Coverage.Total[1]
	if math.Abs(people-total.People.Float()) > 0.001*float64(len(fc.Features)) {
		t.Errorf("cells hold %v people, the study %v", people, total.People.Float())
	}
	if math.Abs(covered-total.Covered.Float()) > 0.01*float64(len(fc.Features)) {
		t.Errorf("cells hold %v covered people, the study %v", covered, total.Covered.Float())
	}
	for _, name := range nasty {
		if !bytes.Contains(files["layers/sites.geojson"], jsonText(t, name)) {
			t.Errorf("the name %.40q is not in the sites", name)
		}
	}
}

func jsonText(t *testing.T, s string) []byte {
	t.Helper()
	b, err := fields{{"x", s}}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(bytes.TrimPrefix(b, []byte(`{"x":`)), []byte("}"))
}

// TestLayersOpenInGDAL asks ogrinfo, as QGIS reads files through the same library.
func TestLayersOpenInGDAL(t *testing.T) {
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		t.Skip("no ogrinfo on PATH (Debian: gdal-bin)")
	}
	dir, _ := written(t, makeStudy(t, smallWorld), Chinese)
	for _, name := range []string{"cells", "sites", "gaps", "plan", "stations", "regions"} {
		out, err := exec.Command("ogrinfo", "-so", "-al", filepath.Join(dir, "layers", name+".geojson")).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("WGS 84")) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestFieldsKeepTheirOrderAndHaveNoNaN(t *testing.T) {
	got, err := fields{{"b", 1}, {"a", math.NaN()}, {"c", share(coverage.Person, 0)}, {"d", "</x>"}}.MarshalJSON()
	if want := "{\"b\":1,\"a\":null,\"c\":null,\"d\":\"\\u003c/x\\u003e\"}"; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

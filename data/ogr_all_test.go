package data

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/siting"
)

// The bar of this file: one dataset, written by GDAL in every format of features and in projected coordinates, reads back to the same people,
// places, sites and exclusions, coordinate for coordinate. Boundaries and roads are held to it in ogr_test.go.

// writtenBy are the formats, by what follows the name of a file: the ending, with what tells it from others of that ending.
var writtenBy = map[string][]string{
	".geojson":     {"-lco", "COORDINATE_PRECISION=9"},
	"-rfc.json":    {"-lco", "RFC7946=YES", "-lco", "COORDINATE_PRECISION=9"},
	"-z.geojson":   {"-dim", "XYZ", "-lco", "COORDINATE_PRECISION=9"},
	".gpkg":        nil,
	"-multi.gpkg":  {"-dim", "XYZ", "-nlt", "PROMOTE_TO_MULTI"},
	"-zone.gpkg":   {"-s_srs", "EPSG:4490", "-t_srs", "EPSG:4548"},
	"-utf8.shp":    {"-lco", "ENCODING=UTF-8"},
	"-gb.shp":      {"-lco", "ENCODING=GB18030"},
	"-zm.shp":      {"-dim", "XYZM", "-lco", "ENCODING=UTF-8"},
	"-zone.shp":    {"-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527", "-lco", "ENCODING=GB18030"},
	".kml":         {"-f", "KML"},
	"-lib.kml":     {"-f", "LIBKML"},
	".kmz":         {"-f", "LIBKML"},
	".csv":         {"-lco", "GEOMETRY=AS_WKT"},
	"-z.csv":       {"-dim", "XYZ", "-lco", "GEOMETRY=AS_WKT", "-lco", "SEPARATOR=SEMICOLON"},
	"-tab-bom.csv": {"-lco", "GEOMETRY=AS_WKT", "-lco", "SEPARATOR=TAB", "-lco", "WRITE_BOM=YES"},
}

// inEveryFormat has GDAL write a file of the folder in every format and calls compare with each.
func inEveryFormat(t *testing.T, dir, source string, compare func(t *testing.T, file string)) {
	t.Helper()
	stem := strings.TrimSuffix(source, filepath.Ext(source))
	for suffix, args := range writtenBy {
		t.Run(suffix, func(t *testing.T) {
			file := stem + "_" + suffix
			gdal(t, dir, append(append([]string{"ogr2ogr", file}, args...), source)...)
			compare(t, file)
		})
	}
}

// peopleFiles writes people of the model county as points and as polygons.
func peopleFiles(t *testing.T, dir string, people []coverage.CellCount) {
	t.Helper()
	type object = map[string]any
	var points, shapes []object
	for i, c := range people {
		if i%2 > 0 {
			continue // a few are enough
		}
		count := object{"people": c.People, "old": math.Floor(c.People / 4), "name": fmt.Sprintf("第%d组", i)}
		centre, ring := c.Cell.LatLng(), [][2]float64{}
		for _, v := range c.Cell.Boundary() {
			ring = append(ring, [2]float64{v.Lng, v.Lat})
		}
		points = append(points, object{"type": "Feature", "properties": count, "geometry": object{"type": "Point", "coordinates": [2]float64{centre.Lng, centre.Lat}}})
		shapes = append(shapes, object{"type": "Feature", "properties": count, "geometry": object{"type": "Polygon", "coordinates": [][][2]float64{append(ring, ring[0])}}})
	}
	for name, features := range map[string][]object{"points.json": points, "shapes.json": shapes} {
		text, err := json.Marshal(object{"type": "FeatureCollection", "features": features})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// onlyPeople edits the model's study to count one file of people.
func onlyPeople(t *testing.T, dir, file, kind string) *Dataset {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(text), "\npopulation:")
	_, after, _ = strings.Cut(after, "\n\n")
	path := filepath.Join(dir, "people.yaml")
	entry := fmt.Sprintf("\npopulation:\n  - {file: %s, kind: %s, fields: {people: people}, groups: {old: old}}\n\n", file, kind)
	if err := os.WriteFile(path, []byte(before+entry+after), 0o600); err != nil {
		t.Fatal(err)
	}
	study, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Read(context.Background(), study, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func samePeople(t *testing.T, got, want []coverage.PointCount) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d points, want %d", len(got), len(want))
	}
	// Points are sorted by their position, of which the last digit may differ: compare each with those around.
	used := make([]bool, len(want))
	for _, p := range got {
		at := slices.IndexFunc(want, func(q coverage.PointCount) bool { return samePlace(p.Point, q.Point) && p.People == q.People })
		if at < 0 || used[at] {
			t.Fatalf("nobody, or not these %v people, at %v", p.People, p.Point)
		}
		used[at] = true
	}
}

func TestPeopleOfEveryFormat(t *testing.T) {
	dir := modelCounty(t)
	peopleFiles(t, dir, readEdited(t, dir).Population.Cells)
	want := onlyPeople(t, dir, "points.json", "points").Population
	if len(want.Points) < 40 {
		t.Fatalf("only %d points", len(want.Points))
	}
	inEveryFormat(t, dir, "points.json", func(t *testing.T, file string) {
		got := onlyPeople(t, dir, file, "points").Population
		samePeople(t, got.Points, want.Points)
	})
	sum := func(d *Dataset) (people float64) {
		for _, p := range d.Population.Points {
			people += p.People
		}
		return people
	}
	shapes := sum(onlyPeople(t, dir, "shapes.json", "polygons"))
	inEveryFormat(t, dir, "shapes.json", func(t *testing.T, file string) {
		if got := sum(onlyPeople(t, dir, file, "polygons")); math.Abs(got-shapes) > 1e-6 || shapes == 0 {
			t.Errorf("%v people in polygons, want %v", got, shapes)
		}
	})
}

// TestPeopleInTables reads the same counts from CSV and from a workbook as GDAL writes them, as cells and as points with coordinates.
func TestPeopleInTables(t *testing.T) {
	dir := modelCounty(t)
	want := readEdited(t, dir).Population
	gdal(t, dir, "ogr2ogr", "-f", "XLSX", "cells.xlsx", "population.csv", "-nln", "人口", "-oo", "AUTODETECT_TYPE=YES")
	got := readEdited(t, dir, "file: population.csv", "sheet: 人口\n    file: cells.xlsx").Population
	if !slices.Equal(got.Cells, want.Cells) {
		t.Errorf("the %d cells of the workbook are not the %d of the table", len(got.Cells), len(want.Cells))
	}
	gdal(t, dir, "ogr2ogr", "-f", "XLSX", "totals.xlsx", "totals.csv")
	if got := readEdited(t, dir, "totals.csv", "totals.xlsx").Population; !slices.Equal(got.Totals, want.Totals) || len(want.Totals) == 0 {
		t.Error("the totals of the workbook are not those of the table")
	}
	peopleFiles(t, dir, want.Cells)
	points := onlyPeople(t, dir, "points.json", "points").Population
	for file, args := range map[string][]string{
		"xy.csv":  {"-lco", "GEOMETRY=AS_XY"},
		"xy.xlsx": {"-f", "XLSX", "-dialect", "SQLite", "-sql", "SELECT ST_X(geometry) AS 经度, ST_Y(geometry) AS 纬度, people, old, name FROM points"},
	} {
		gdal(t, dir, append(append([]string{"ogr2ogr", file}, args...), "points.json")...)
		samePeople(t, onlyPeople(t, dir, file, "points").Population.Points, points.Points)
	}
}

func TestPlacesOfEveryFormat(t *testing.T) {
	dir := modelCounty(t)
	want := readEdited(t, dir).Places
	inEveryFormat(t, dir, "places.geojson", func(t *testing.T, file string) {
		got := readEdited(t, dir, "file: places.geojson", "file: "+file+"\n    fields: {id: id, name: name, kind: kind}").Places
		if len(got) != len(want) || len(want) == 0 {
			t.Fatalf("%d places, want %d", len(got), len(want))
		}
		for i, p := range got { // by their ids
			if w := want[i]; p.ID != w.ID || p.Name != w.Name || p.Kind != w.Kind || p.Region != w.Region || !samePlace(p.Point, w.Point) {
				t.Fatalf("%+v, want %+v", p, w)
			}
		}
	})
}

// TestSitesOfEveryFormat has GDAL turn the ledger, a workbook, into features of each format.
func TestSitesOfEveryFormat(t *testing.T) {
	dir := modelCounty(t)
	want := readEdited(t, dir).Sites
	type object = map[string]any
	var features []object
	for _, s := range want {
		tier := []string{"centre", "station", "point"}[s.Tier]
		props := object{"id": s.ID, "name": s.Name, "tier": tier, "area": nil}
		if s.FloorArea >= 0 {
			props["area"] = s.FloorArea
		}
		features = append(features, object{"type": "Feature", "properties": props, "geometry": object{"type": "Point", "coordinates": [2]float64{s.Point[0], s.Point[1]}}})
	}
	text, err := json.Marshal(object{"type": "FeatureCollection", "features": features})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sites.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	inEveryFormat(t, dir, "sites.json", func(t *testing.T, file string) {
		got := readEdited(t, dir, "file: sites.xlsx\n    sheet: 阵地台账\n    tiers: {党群服务中心: centre, 党群服务站: station, 党群服务点: point}", "file: "+file).Sites
		if len(got) != len(want) || len(want) == 0 {
			t.Fatalf("%d sites, want %d", len(got), len(want))
		}
		for i, s := range got {
			if w := want[i]; s.ID != w.ID || s.Name != w.Name || s.Tier != w.Tier || s.FloorArea != w.FloorArea || s.Region != w.Region || !samePlace(s.Point, w.Point) {
				t.Fatalf("%+v, want %+v", s, w)
			}
		}
	})
}

func TestExclusionsOfEveryFormat(t *testing.T) {
	dir := modelCounty(t)
	want := readEdited(t, dir).Exclusions
	inEveryFormat(t, dir, "exclusions.geojson", func(t *testing.T, file string) {
		got := readEdited(t, dir, "- exclusions.geojson", "- {file: "+file+", fields: {name: name, kind: kind}}").Exclusions
		if len(got) != len(want) || len(want) == 0 {
			t.Fatalf("%d exclusions, want %d", len(got), len(want))
		}
		used := make([]bool, len(want))
		for _, x := range got {
			at := slices.IndexFunc(want, func(w siting.Exclusion) bool {
				return x.Kind == w.Kind && x.Name == w.Name && sameBound(x.Shape, w.Shape) && sameShape(x.Shape, w.Shape)
			})
			if at < 0 || used[at] {
				t.Fatalf("no such exclusion: %s %s", x.Kind, x.Name)
			}
			used[at] = true
		}
	})
}

// sameBound reports whether two shapes span the same place: much faster than sameShape.
func sameBound(a, b orb.MultiPolygon) bool {
	p, q := a.Bound(), b.Bound()
	return samePlace(p.Min, q.Min) && samePlace(p.Max, q.Max)
}

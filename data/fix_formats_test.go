package data

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A study whose boundaries cross themselves a little, and whose sites are 0,0, the wrong way round, and written twice. The spike of 西社区 is
// a triangle of 20 by 11 m that turns over: 0.005 % of its area.
const (
	brokenAreas = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"320506001","name":"试验镇","level":"town","面积":8.28},"geometry":{"type":"Polygon","coordinates":[[[118.00,33.00],[118.04,33.00],[118.04,33.02],[118.00,33.02],[118.00,33.00]]]}},
{"type":"Feature","properties":{"id":"320506001001","name":"西社区","level":"community","面积":4.14},"geometry":{"type":"Polygon","coordinates":[[[118.00,33.00],[118.02,33.00],[118.02,33.02],[118.01,33.02],[118.0101,33.0201],[118.0102,33.02],[118.0099,33.02],[118.00,33.02],[118.00,33.00]]]}},
{"type":"Feature","properties":{"id":"320506001002","name":"东社区","level":"community","面积":4.14},"geometry":{"type":"Polygon","coordinates":[[[118.02,33.00],[118.04,33.00],[118.04,33.02],[118.02,33.02],[118.02,33.00]]]}}
]}
`
	brokenSites = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"编号":"S1","名称":"西社区站","级别":"station"},"geometry":{"type":"Point","coordinates":[118.010,33.0101]}},
{"type":"Feature","properties":{"编号":"S2","名称":"反写站","级别":"station"},"geometry":{"type":"Point","coordinates":[33.0101,118.030]}},
{"type":"Feature","properties":{"编号":"S3","名称":"零点站","级别":"station"},"geometry":{"type":"Point","coordinates":[0,0]}},
{"type":"Feature","properties":{"编号":"S4","名称":"西社区站","级别":"station"},"geometry":{"type":"Point","coordinates":[118.0101,33.0101]}},
{"type":"Feature","properties":{"编号":"S5","名称":"东社区站","级别":"station"},"geometry":{"type":"Point","coordinates":[118.025,33.0101]}}
]}
`
	brokenStudy = `name: 试验县
date: 2026-12-31
levels: [{id: town, name: 镇}, {id: community, name: 社区}]
areas: [{file: areas.geojson, fields: {level: level}}]
population: [{file: people.csv, kind: points}]
sites: [sites.geojson]
tiers: [{id: station, name: 站, radius: 500 m, mode: straight}]
`
)

// fixCodes are the codes that the broken study shows.
var fixCodes = []string{"ring-self-crossing", CodeSwapped, CodeZero, CodeTwin}

func codesOf(e *Examination) map[string]int {
	out := map[string]int{}
	for _, f := range e.Findings {
		out[f.Code]++
	}
	return out
}

func broken(t *testing.T) string {
	t.Helper()
	return filepath.Dir(writeToy(t, map[string]string{"study.yaml": brokenStudy, "areas.geojson": brokenAreas, "sites.geojson": brokenSites,
		"people.csv": "lon,lat,people\n118.010,33.010,640\n118.030,33.010,1280\n"}))
}

// fixed examines a study, corrects it, and examines the copy, which must be free of what was found and have lost nothing.
func fixed(t *testing.T, dir string) (out string, changes []Change) {
	t.Helper()
	e, err := Examine(context.Background(), filepath.Join(dir, "study.yaml"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	out = filepath.Join(t.TempDir(), "fixed")
	if changes, err = Fix(context.Background(), e, out); err != nil {
		t.Fatalf("%v; found %v", err, e.Findings)
	}
	for _, c := range changes {
		if !c.Done {
			t.Errorf("not corrected: %+v", c)
		}
	}
	again, err := Examine(context.Background(), filepath.Join(out, "study.yaml"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if again.Data == nil {
		t.Fatalf("the copy has errors: %v", again.Errors)
	}
	left := codesOf(again)
	for _, code := range fixCodes {
		if left[code] > 0 {
			t.Errorf("%s is left in the copy: %v", code, again.Findings)
		}
	}
	if n, m := len(again.Data.Regions.All), len(again.Data.Sites); n != 3 || m != 3 {
		t.Errorf("the copy has %d regions and %d sites, want 3 and 3", n, m)
	}
	return out, changes
}

// ogrFeatures reads a file as GDAL does; a file that GDAL does not open fails the test.
func ogrFeatures(t *testing.T, dir, file string) (props []map[string]any) {
	t.Helper()
	target := filepath.Join(t.TempDir(), "all.geojson")
	gdal(t, dir, "ogr2ogr", "-f", "GeoJSON", target, file)
	text, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Features []struct {
			Properties map[string]any `json:"properties"`
			Geometry   any            `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, f := range all.Features {
		if f.Geometry == nil {
			t.Errorf("%s: a feature without geometry: %v", file, f.Properties)
		}
		props = append(props, f.Properties)
	}
	return props
}

// zipped makes a KMZ of a KML file, with a picture beside it.
func zipped(t *testing.T, dir, name string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name+".kml"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for part, content := range map[string][]byte{"doc.kml": text, "images/icon.png": []byte("no picture")} {
		f, err := w.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".kmz"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFixKeepsTheFormat: boundaries and sites in every format of features, as GDAL writes them, are corrected in files of the same name and
// format, which GDAL opens, with every attribute of every feature that stays.
func TestFixKeepsTheFormat(t *testing.T) {
	for name, c := range map[string]struct {
		ending string
		args   []string
		beside []string // endings that the copy must have too
	}{
		"GeoJSON":              {".geojson", nil, nil},
		"Shapefile in UTF-8":   {".shp", []string{"-lco", "ENCODING=UTF-8"}, []string{".shx", ".dbf", ".prj", ".cpg"}},
		"Shapefile in GB18030": {".shp", []string{"-lco", "ENCODING=GB18030"}, []string{".shx", ".dbf", ".prj", ".cpg"}},
		"Shapefile, heights":   {".shp", []string{"-lco", "ENCODING=UTF-8", "-dim", "XYZ"}, []string{".shx", ".dbf"}},
		"GeoPackage":           {".gpkg", nil, nil},
		"GeoPackage, multi":    {".gpkg", []string{"-nlt", "PROMOTE_TO_MULTI"}, nil},
		"GeoPackage, no index": {".gpkg", []string{"-lco", "SPATIAL_INDEX=NO"}, nil},
		"KML":                  {".kml", []string{"-f", "KML"}, nil},
		"KMZ":                  {".kmz", []string{"-f", "KML"}, nil},
		"CSV":                  {".csv", []string{"-lco", "GEOMETRY=AS_WKT", "-lco", "SEPARATOR=SEMICOLON", "-lco", "LINEFORMAT=CRLF", "-lco", "WRITE_BOM=YES"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := broken(t)
			files := []string{"areas"}
			if c.ending != ".csv" { // ledgers in CSV have coordinates in columns
				files = append(files, "sites")
			}
			text := brokenStudy
			want := map[string][]map[string]any{}
			for _, f := range files {
				switch c.ending {
				case ".geojson":
				case ".kmz": // the driver that writes it drops shapes that are not valid
					gdal(t, dir, append(append([]string{"ogr2ogr", f + ".kml"}, c.args...), f+".geojson")...)
					zipped(t, dir, f)
				default:
					gdal(t, dir, append(append([]string{"ogr2ogr", f + c.ending}, c.args...), f+".geojson")...)
				}
				text = strings.Replace(text, f+".geojson", f+c.ending, 1)
				want[f] = ogrFeatures(t, dir, f+c.ending)
			}
			if err := os.WriteFile(filepath.Join(dir, "study.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			out, _ := fixed(t, dir)
			for _, f := range files {
				got := ogrFeatures(t, out, f+c.ending)
				stay := want[f]
				if f == "sites" {
					stay = []map[string]any{stay[0], stay[1], stay[4]}
				}
				if !slices.EqualFunc(got, stay, sameProperties) {
					t.Errorf("%s%s: attributes\n%v, want\n%v", f, c.ending, got, stay)
				}
				for _, ending := range c.beside {
					if _, err := os.Stat(filepath.Join(out, f+ending)); err != nil {
						t.Error(err)
					}
				}
			}
			study, err := os.ReadFile(filepath.Join(out, "study.yaml"))
			if err != nil || !strings.Contains(string(study), "areas"+c.ending) {
				t.Errorf("the study does not read the copy: %s (%v)", study, err)
			}
		})
	}
}

// sameProperties compares attributes; a WKT column, which GDAL also shows as an attribute, is the geometry.
func sameProperties(a, b map[string]any) bool {
	for _, key := range []string{"WKT"} {
		delete(a, key)
		delete(b, key)
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

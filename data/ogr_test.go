package data

import (
	"context"
	"encoding/xml"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"

	"sitecover/data/model"
	"sitecover/geo/network"
)

// gdal runs one of GDAL's programs in a folder. Where they are missing the test is skipped, except in CI, which installs them.
func gdal(t testing.TB, dir string, command ...string) string {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		if os.Getenv("SITECOVER_NEED_GDAL") != "" {
			t.Fatal(err)
		}
		t.Skipf("GDAL is not installed: %v", err)
	}
	run := exec.Command(command[0], command[1:]...)
	run.Dir = dir
	run.Env = append(os.Environ(), "OSM_USE_CUSTOM_INDEXING=NO")
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return string(out)
}

// modelCounty writes a small model county, whose files GDAL then writes in other formats.
func modelCounty(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := model.Generate(context.Background(), dir, model.Options{Seed: 1, People: 20_000}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// readEdited reads the study of a folder with its text edited.
func readEdited(t *testing.T, dir string, edits ...string) *Dataset {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	before := string(text)
	edited := strings.NewReplacer(edits...).Replace(before)
	if len(edits) > 0 && edited == before {
		t.Fatalf("nothing to edit: %q", edits)
	}
	path := filepath.Join(dir, "edited.yaml")
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
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

// tolerance is how far a coordinate may be from its original: a centimetre.
const tolerance = 1e-7

func samePlace(p, q orb.Point) bool {
	return math.Abs(p[0]-q[0]) <= tolerance && math.Abs(p[1]-q[1]) <= tolerance
}

// sameShape reports whether two shapes have the same rings, whatever point each begins with.
func sameShape(a, b orb.MultiPolygon) bool {
	if len(a) != len(b) {
		return false
	}
	for _, polygon := range a {
		found := false
		for _, other := range b {
			found = found || samePolygon(polygon, other)
		}
		if !found {
			return false
		}
	}
	return true
}

func samePolygon(a, b orb.Polygon) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		found := false
		for j := range b {
			found = found || (i == 0) == (j == 0) && sameRing(a[i], b[j])
		}
		if !found {
			return false
		}
	}
	return true
}

func sameRing(a, b orb.Ring) bool {
	n := len(a) - 1
	if n != len(b)-1 {
		return false
	}
	for shift := range n {
		same := true
		for i := 0; i < n && same; i++ {
			same = samePlace(a[i], b[(i+shift)%n])
		}
		if same {
			return true
		}
	}
	return false
}

func compareRegions(t *testing.T, got, want *Dataset) {
	t.Helper()
	if len(got.Regions.All) != len(want.Regions.All) {
		t.Fatalf("%d regions, want %d", len(got.Regions.All), len(want.Regions.All))
	}
	for i, g := range got.Regions.All {
		w := want.Regions.All[i]
		if g.ID != w.ID || g.Name != w.Name || g.Level != w.Level || g.Parent != w.Parent {
			t.Errorf("region %s %s of level %d under %d, want %s %s, %d, %d", g.ID, g.Name, g.Level, g.Parent, w.ID, w.Name, w.Level, w.Parent)
		}
		if !sameShape(g.Shape, w.Shape) {
			t.Errorf("the shape of %s differs by more than %v degrees", g.Name, tolerance)
		}
	}
}

// TestBoundariesOfEveryFormat reads the model county's regions as GDAL writes them: in each format of features, in each encoding of a
// shapefile, and in projected coordinates both ways of telling the zone.
func TestBoundariesOfEveryFormat(t *testing.T) {
	dir := modelCounty(t)
	want := readEdited(t, dir)
	for name, c := range map[string]struct {
		file   string
		args   []string
		fields string // replaces that of the study, "" = the same
	}{
		"GeoJSON":                     {"b.geojson", []string{"-lco", "RFC7946=YES", "-lco", "COORDINATE_PRECISION=9"}, ""},
		"GeoJSON of CGCS2000":         {"b4490.json", []string{"-a_srs", "EPSG:4490", "-lco", "COORDINATE_PRECISION=9"}, ""},
		"Shapefile in UTF-8":          {"utf8.shp", []string{"-lco", "ENCODING=UTF-8"}, ""},
		"Shapefile in GB18030":        {"gb.shp", []string{"-lco", "ENCODING=GB18030"}, ""},
		"Shapefile of a 3° zone":      {"zone39.shp", []string{"-s_srs", "EPSG:4490", "-t_srs", "EPSG:4527", "-lco", "ENCODING=UTF-8"}, ""},
		"GeoPackage":                  {"b.gpkg", nil, ""},
		"GeoPackage of a 3° zone":     {"zone117.gpkg", []string{"-s_srs", "EPSG:4490", "-t_srs", "EPSG:4548"}, ""},
		"GeoPackage with heights":     {"z.gpkg", []string{"-dim", "XYZ", "-nlt", "PROMOTE_TO_MULTI"}, ""},
		"GeoPackage 1.0, no index":    {"v10.gpkg", []string{"-dsco", "VERSION=1.0", "-lco", "SPATIAL_INDEX=NO"}, ""},
		"KML":                         {"b.kml", []string{"-f", "KML"}, ""},
		"KML of libkml":               {"lib.kml", []string{"-f", "LIBKML"}, ""},
		"KMZ":                         {"b.kmz", []string{"-f", "LIBKML"}, ""},
		"WKT in CSV":                  {"b.csv", []string{"-lco", "GEOMETRY=AS_WKT", "-lco", "SEPARATOR=SEMICOLON"}, ""},
		"WKT in CSV, tab, with a BOM": {"tab.csv", []string{"-lco", "GEOMETRY=AS_WKT", "-lco", "SEPARATOR=TAB", "-lco", "WRITE_BOM=YES"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			gdal(t, dir, append(append([]string{"ogr2ogr", c.file}, c.args...), "boundaries.geojson")...)
			edits := []string{"boundaries.geojson", c.file}
			if c.fields != "" {
				edits = append(edits, "name: name, parent", "name: "+c.fields+", parent")
			}
			compareRegions(t, readEdited(t, dir, edits...), want)
		})
	}
}

// TestLayersOfAGeoPackage: a file of two layers is read by the name of one, and refused without.
func TestLayersOfAGeoPackage(t *testing.T) {
	dir := modelCounty(t)
	want := readEdited(t, dir)
	gdal(t, dir, "ogr2ogr", "all.gpkg", "boundaries.geojson", "-nln", "区划")
	gdal(t, dir, "ogr2ogr", "-update", "all.gpkg", "exclusions.geojson", "-nln", "禁建区")
	got := readEdited(t, dir, "file: boundaries.geojson", "file: all.gpkg\n    layer: 区划", "- exclusions.geojson", "- {file: all.gpkg, layer: 禁建区}")
	compareRegions(t, got, want)
	if len(got.Exclusions) != len(want.Exclusions) {
		t.Errorf("%d exclusions, want %d", len(got.Exclusions), len(want.Exclusions))
	}
	for _, level := range []string{"county", "town", "community"} {
		gdal(t, dir, "ogr2ogr", "-update", "all.gpkg", "boundaries.geojson", "-nln", level, "-where", "level = '"+level+"'")
	}
	var three strings.Builder
	for _, level := range []string{"county", "town", "community"} {
		fmt.Fprintf(&three, "- {file: all.gpkg, layer: %[1]s, level: %[1]s, fields: {id: code}, parents: code}\n  ", level)
	}
	compareRegions(t, readEdited(t, dir, "- file: boundaries.geojson\n    fields: {id: code, name: name, parent: parent, level: level}\n", three.String()), want)
	for layer, want := range map[string]string{"": "holds 5 layers", "\n    layer: 区": `layer "区": is not a layer of the file`} {
		text, _ := os.ReadFile(filepath.Join(dir, "study.yaml"))
		path := filepath.Join(dir, "bad.yaml")
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), "file: boundaries.geojson", "file: all.gpkg"+layer, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		study, err := Load(path)
		if err == nil {
			_, err = Read(context.Background(), study, Options{})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", layer, err, want)
		}
	}
}

// roadTags are the tags that files of lines carry on.
const roadTags = "name,highway,oneway,maxspeed,access,foot,bicycle,junction,bridge,tunnel,layer,service,ref,motor_vehicle"

// ways lists the ways of a network by id, with their points and what travel asks of them.
func ways(roads *network.Roads) map[int64]string {
	out := map[int64]string{}
	for _, w := range roads.Ways {
		var line strings.Builder
		for _, ref := range roads.Refs[w.First : w.First+w.Count] {
			p := roads.Nodes[ref]
			fmt.Fprintf(&line, " %.6f,%.6f", p[0], p[1])
		}
		out[w.ID] = fmt.Sprintf("%s class %d access %d direction %d speed %v:%s", w.Name, w.Class, w.Access, w.OneWay, w.MaxSpeed, line.String())
	}
	return out
}

func compareRoads(t *testing.T, got, want *network.Roads) {
	t.Helper()
	g, w := ways(got), ways(want)
	if len(g) != len(w) {
		t.Errorf("%d ways, want %d", len(g), len(w))
	}
	for id, way := range w {
		if g[id] != way {
			t.Errorf("way %d\n got %s\nwant %s", id, g[id], way)
			return
		}
	}
	if a, b := junctions(got), junctions(want); a != b {
		t.Errorf("%d junctions and %d ends, want %d and %d", a[0], a[1], b[0], b[1])
	}
}

// junctions counts the nodes where three or more edges meet and those where one ends.
func junctions(roads *network.Roads) (count [2]int) {
	degree := make([]int, len(roads.Nodes))
	for _, w := range roads.Ways {
		for k, ref := range roads.Refs[w.First : w.First+w.Count] {
			if k > 0 {
				degree[ref]++
			}
			if k < int(w.Count)-1 {
				degree[ref]++
			}
		}
	}
	for _, d := range degree {
		if d > 2 {
			count[0]++
		}
		if d == 1 {
			count[1]++
		}
	}
	return count
}

// TestRoadsOfEveryFormat reads one network from PBF, from XML, and from lines as GDAL writes them: the same ways, joined in the same places.
func TestRoadsOfEveryFormat(t *testing.T) {
	dir := modelCounty(t)
	want := readEdited(t, dir).Roads
	conf := "[general]\nattribute_name_laundering=no\n[points]\nosm_id=yes\n[lines]\nosm_id=yes\nattributes=" + roadTags + "\nother_tags=no\n[multipolygons]\nosm_id=yes\n[multilinestrings]\nosm_id=yes\n[other_relations]\nosm_id=yes\n"
	if err := os.WriteFile(filepath.Join(dir, "osm.ini"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	writeOSM(t, filepath.Join(dir, "roads.osm.pbf"), filepath.Join(dir, "roads.osm"))
	t.Run("OSM XML", func(t *testing.T) { compareRoads(t, readEdited(t, dir, "roads.osm.pbf", "roads.osm").Roads, want) })
	gdal(t, dir, "ogr2ogr", "-oo", "CONFIG_FILE=osm.ini", "lines.gpkg", "roads.osm.pbf", "lines")
	for name, c := range map[string]struct {
		file string
		args []string
	}{
		"GeoPackage":             {"lines.gpkg", nil},
		"GeoJSON":                {"lines.geojson", []string{"-lco", "COORDINATE_PRECISION=9"}},
		"Shapefile":              {"lines.shp", []string{"-lco", "ENCODING=GB18030"}},
		"Shapefile of a 6° zone": {"lines20.shp", []string{"-s_srs", "EPSG:4490", "-t_srs", "EPSG:4498", "-lco", "ENCODING=UTF-8"}},
		"Shapefile with heights": {"linesz.shp", []string{"-dim", "XYZM", "-lco", "ENCODING=UTF-8"}},
		"GeoPackage, multi":      {"linesm.gpkg", []string{"-dim", "XYZ", "-nlt", "PROMOTE_TO_MULTI"}},
		"KML":                    {"lines.kml", []string{"-f", "LIBKML"}},
		"KMZ":                    {"lines.kmz", []string{"-f", "LIBKML"}},
		"WKT in CSV":             {"lines.csv", []string{"-lco", "GEOMETRY=AS_WKT"}},
		"WKT in CSV, heights":    {"linesz.csv", []string{"-dim", "XYZ", "-lco", "GEOMETRY=AS_WKT"}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.file != "lines.gpkg" {
				gdal(t, dir, append(append([]string{"ogr2ogr", c.file}, c.args...), "lines.gpkg")...)
			}
			got := readEdited(t, dir, "- roads.osm.pbf", "- {file: "+c.file+", fields: {id: osm_id}}").Roads
			compareRoads(t, got, want)
		})
	}
}

// writeOSM turns PBF into XML with another library.
func writeOSM(t *testing.T, from, to string) {
	t.Helper()
	file, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	scanner := osmpbf.New(context.Background(), file, 1)
	defer scanner.Close()
	all := &osm.OSM{Version: "0.6"}
	for scanner.Scan() {
		all.Append(scanner.Object())
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	text, err := xml.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, append([]byte(xml.Header), text...), 0o600); err != nil {
		t.Fatal(err)
	}
}

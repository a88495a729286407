package reports

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	h3 "github.com/uber/h3-go/v4"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// writtenLayers writes a report with all formats and returns its folder.
func writtenLayers(t *testing.T, s *Study, crs string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	if err := Write(context.Background(), dir, s, Options{Layers: AllLayers, CRS: crs}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestLayerFilesAreTheSameBytes writes every format twice.
func TestLayerFilesAreTheSameBytes(t *testing.T) {
	s := makeStudy(t, smallWorld)
	one, two := writtenLayers(t, s, "gcj02"), writtenLayers(t, s, "gcj02")
	n := 0
	err := filepath.WalkDir(one, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(one, path)
		if err != nil {
			return err
		}
		n++
		a, errA := os.ReadFile(path)
		b, errB := os.ReadFile(filepath.Join(two, rel))
		if errors.Join(errA, errB) != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%v, %v)", rel, errA, errB)
		}
		return nil
	})
	if err != nil || n != 2+6+1+1+6*4+1+6 {
		t.Errorf("%d files (%v)", n, err)
	}
}

// inhabited counts the cells with people: the layer of cells has no others.
func inhabited(s *Study) int {
	cells := map[int32]bool{}
	for i, c := range s.Demand.Cell {
		if s.Demand.People[i] > 0 {
			cells[c] = true
		}
	}
	return len(cells)
}

// TestGeoPackageHoldsEveryFeatureAndAStyle reads it back through SQLite.
func TestGeoPackageHoldsEveryFeatureAndAStyle(t *testing.T) {
	s := makeStudy(t, smallWorld)
	db, err := sql.Open("sqlite", filepath.Join(writtenLayers(t, s, ""), "layers", "layers.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, want := range map[string]int{"sites": len(s.Sites), "gaps": len(s.Gaps), "plan": len(s.Plan.Picks), "stations": len(s.Stations), "regions": len(s.Regions.All), "cells": inhabited(s)} {
		var n int
		var qml string
		if err := db.QueryRow("SELECT count(*) FROM " + name).Scan(&n); err != nil || n != want {
			t.Errorf("%s: %d features, want %d (%v)", name, n, want, err)
		}
		if err := db.QueryRow("SELECT styleQML FROM layer_styles WHERE f_table_name = ? AND useAsDefault = 1", name).Scan(&qml); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// QGIS turns down a style of another geometry type than the layer's: 0 points, 2 polygons.
		var geometry string
		if err := db.QueryRow("SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?", name).Scan(&geometry); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if number := map[string]string{"POINT": "0", "POLYGON": "2", "MULTIPOLYGON": "2"}[geometry]; number == "" || !strings.Contains(qml, "<layerGeometryType>"+number+"<") {
			t.Errorf("%s: the style is not one of a layer of type %s", name, geometry)
		}
		d := xml.NewDecoder(strings.NewReader(qml))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s: the style is no XML: %v", name, err)
				break
			}
		}
	}
	var check string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("integrity: %s (%v)", check, err)
	}
}

// gdal finds a program of GDAL, or skips the test; SITECOVER_NEED_GDAL=1 makes that a failure.
func gdal(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("SITECOVER_NEED_GDAL") != "" {
		t.Fatal("no " + name + " found, and SITECOVER_NEED_GDAL is set")
	}
	if err != nil {
		t.Skip("no " + name + " on PATH (Debian: apt-get install gdal-bin)")
	}
	return path
}

// TestOGRReadsEveryAttribute has GDAL turn the sites and gaps of every format into CSV: names, people and places are the study's, hostile names
// to the letter as far as the format holds them (254 bytes of GB18030 in a Shapefile).
func TestOGRReadsEveryAttribute(t *testing.T) {
	ogr2ogr := gdal(t, "ogr2ogr")
	s := makeStudy(t, smallWorld)
	for system, suffix := range map[string]string{"wgs84": "", "cgcs2000": ".cgcs2000", "gcj02": ".gcj02"} {
		dir := filepath.Join(writtenLayers(t, s, system), "layers")
		in, err := frameOf(system)
		if err != nil {
			t.Fatal(err)
		}
		for format, args := range map[string][]string{"GeoPackage": {"layers" + suffix + ".gpkg", "sites"}, "GeoJSON": {"sites" + suffix + ".geojson"}, "Shapefile": {"shp/sites" + suffix + ".shp"}, "KML": {"layers" + suffix + ".kml", "现有站点"}} {
			args[0] = filepath.Join(dir, filepath.FromSlash(args[0]))
			out, err := exec.Command(ogr2ogr, append([]string{"-f", "CSV", "-lco", "GEOMETRY=AS_XY", "/vsistdout/"}, args...)...).Output()
			if err != nil {
				t.Errorf("%s: %v", format, err)
				continue
			}
			rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
			if err != nil || len(rows) != len(s.Sites)+1 {
				t.Errorf("%s in %s: %d rows, want %d (%v)", format, system, len(rows)-1, len(s.Sites), err)
				continue
			}
			at := map[string]int{}
			for i, name := range rows[0] {
				at[strings.ToLower(name)] = i
			}
			for i, site := range s.Sites {
				row, name := rows[i+1], site.Name
				if format == "Shapefile" {
					text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(gb18030(site.Name, maxDBFText))
					if err != nil {
						t.Fatal(err)
					}
					name = string(text)
				}
				if got := row[at["name"]]; got != name {
					t.Errorf("%s in %s: name %.60q, want %.60q", format, system, got, name)
				}
				if format != "KML" && row[at["id"]] != site.ID { // GDAL keeps KML's own id in that column
					t.Errorf("%s in %s: id %q, want %q", format, system, row[at["id"]], site.ID)
				}
				p := in.turn(site.Point).(orb.Point)
				x, errX := strconv.ParseFloat(row[at["x"]], 64)
				y, errY := strconv.ParseFloat(row[at["y"]], 64)
				if errX != nil || errY != nil || math.Abs(x-p[0]) > 1e-6 || math.Abs(y-p[1]) > 1e-6 {
					t.Errorf("%s in %s: %s at %s, %s, want %v", format, system, site.ID, row[at["x"]], row[at["y"]], p)
				}
			}
		}
	}
}

// TestOGRReadsEveryFormat counts features, and reads the system, with GDAL's tool.
func TestOGRReadsEveryFormat(t *testing.T) {
	ogrinfo := gdal(t, "ogrinfo")
	s := makeStudy(t, smallWorld)
	for system, mark := range map[string]string{"wgs84": "WGS 84", "cgcs2000": "China Geodetic Coordinate System 2000"} {
		dir := filepath.Join(writtenLayers(t, s, system), "layers")
		suffix := map[string]string{"wgs84": "", "cgcs2000": ".cgcs2000"}[system]
		for name, want := range map[string]int{"sites": len(s.Sites), "gaps": len(s.Gaps), "regions": len(s.Regions.All), "plan": len(s.Plan.Picks)} {
			for _, args := range [][]string{{"layers" + suffix + ".gpkg", name}, {"shp/" + name + suffix + ".shp", name + suffix}, {name + suffix + ".geojson", name}} {
				out, err := exec.Command(ogrinfo, "-so", filepath.Join(dir, filepath.FromSlash(args[0])), args[1]).CombinedOutput()
				text := string(out)
				if err != nil || strings.Contains(text, "Warning") || strings.Contains(text, "ERROR") {
					t.Errorf("%s: %v\n%s", args[0], err, text)
				}
				if !strings.Contains(text, fmt.Sprintf("Feature Count: %d\n", want)) {
					t.Errorf("%s: want %d features:\n%s", args[0], want, text)
				}
				if !strings.Contains(text, mark) {
					t.Errorf("%s: not in %s:\n%s", args[0], mark, text)
				}
			}
		}
		out, err := exec.Command(ogrinfo, "-so", "-al", filepath.Join(dir, "layers"+suffix+".kml")).CombinedOutput()
		if err != nil || !strings.Contains(string(out), fmt.Sprintf("Feature Count: %d\n", len(s.Sites))) {
			t.Errorf("KML: %v\n%s", err, out)
		}
		// Names come back as they were, through GB18030 and its code page.
		out, err = exec.Command(ogrinfo, "-al", "-q", filepath.Join(dir, "shp", "regions"+suffix+".shp")).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "试验县") {
			t.Errorf("Shapefile: %v; the county's name is not in it", err)
		}
	}
}

// TestShiftedLayersSaySo: GCJ-02 moves a point by hundreds of metres, and the file is named so.
func TestShiftedLayersSaySo(t *testing.T) {
	s := makeStudy(t, smallWorld)
	read := func(path string) orb.Point {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fc, err := geojson.UnmarshalFeatureCollection(body)
		if err != nil {
			t.Fatal(err)
		}
		return fc.Features[0].Geometry.(orb.Point)
	}
	p := read(filepath.Join(writtenLayers(t, s, ""), "layers", "sites.geojson"))
	q := read(filepath.Join(writtenLayers(t, s, "GCJ-02"), "layers", "sites.gcj02.geojson"))
	if d := (q[0]-p[0])*(q[0]-p[0]) + (q[1]-p[1])*(q[1]-p[1]); d < 1e-6 || d > 1e-4 {
		t.Errorf("%v moves to %v", p, q)
	}
}

func TestCellCSVHoldsTheIds(t *testing.T) {
	s := makeStudy(t, smallWorld)
	body, err := os.ReadFile(filepath.Join(writtenLayers(t, s, ""), "layers", "cells.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if rows[0][0] != "h3" {
		t.Errorf("the first column is %q", rows[0][0])
	}
	for _, row := range rows[1:] {
		if c := h3.Cell(h3.IndexFromString(row[0])); !c.IsValid() {
			t.Errorf("%q is no cell", row[0])
		}
		for _, v := range row {
			if strings.HasPrefix(v, "=") {
				t.Errorf("%q would be a formula", v)
			}
		}
	}
}

func TestGB18030KeepsWholeCharacters(t *testing.T) {
	long := strings.Repeat("社", 130) + "𠮷"
	code := gb18030(long, maxDBFText)
	if len(code) != 254 {
		t.Errorf("%d bytes", len(code))
	}
	back, err := simplifiedchinese.GB18030.NewDecoder().Bytes(code)
	if err != nil || string(back) != strings.Repeat("社", 127) {
		t.Errorf("%q (%v)", back, err)
	}
	if got := shortNames([]string{"unconnected_a", "unconnected_b", "名"}); got[0] == got[1] || len(got[1]) > 10 {
		t.Errorf("%q", got)
	}
}

func TestOptionsRefuseUnknownFormats(t *testing.T) {
	err := Options{Layers: []string{"dwg"}, CRS: "beijing54"}.Validate()
	if err == nil || !strings.Contains(err.Error(), "dwg") || !strings.Contains(err.Error(), "beijing54") {
		t.Errorf("%v", err)
	}
}

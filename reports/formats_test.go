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
	"os"
	"os/exec"
	"path/filepath"
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

// TestGeoPackageHoldsEveryFeatureAndAStyle reads it back through SQLite.
func TestGeoPackageHoldsEveryFeatureAndAStyle(t *testing.T) {
	s := makeStudy(t, smallWorld)
	db, err := sql.Open("sqlite", filepath.Join(writtenLayers(t, s, ""), "layers", "layers.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, want := range map[string]int{"sites": len(s.Sites), "gaps": len(s.Gaps), "plan": len(s.Plan.Picks), "stations": len(s.Stations), "regions": len(s.Regions.All)} {
		var n int
		var qml string
		if err := db.QueryRow("SELECT count(*) FROM " + name).Scan(&n); err != nil || n != want {
			t.Errorf("%s: %d features, want %d (%v)", name, n, want, err)
		}
		if err := db.QueryRow("SELECT styleQML FROM layer_styles WHERE f_table_name = ? AND useAsDefault = 1", name).Scan(&qml); err != nil {
			t.Errorf("%s: %v", name, err)
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

// TestOGRReadsEveryFormat counts features, and reads the system, with GDAL's tool.
func TestOGRReadsEveryFormat(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("no ogrinfo on PATH (Debian: apt-get install gdal-bin)")
	}
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

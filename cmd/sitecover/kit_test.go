package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/geo/crs"
)

// The broken-office kit: a sound study and what an office may do to it, one defect a folder. Every defect must be found by `check` under its
// code, in the file where it is, with words that name it. SITECOVER_KIT=FOLDER go test ./cmd/sitecover -run TestKit writes the folders out.

// dirty is one defect: a file of the sound study in which old becomes now, or what make does to the files.
type dirty struct {
	name     string
	file     string
	old, now string
	make     func(t *testing.T, files map[string]string)

	code  string
	where string // start of where it is told, e.g. "sites.csv:2"; "" = the file
	words string // of the English text or hint
}

func gbk(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// workbook makes an Excel ledger of rows.
func workbook(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// edited opens a workbook, changes it, and returns what it is then.
func edited(t *testing.T, book string, change func(*excelize.File) error, options ...excelize.Options) string {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	if err := change(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b, options...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// asWorkbook makes the ledger an Excel file.
func asWorkbook(rows ...[]any) func(*testing.T, map[string]string) {
	return func(t *testing.T, files map[string]string) {
		files["sites.xlsx"] = workbook(t, rows...)
		files["study.yaml"] = strings.Replace(files["study.yaml"], "sites.csv", "sites.xlsx", 1)
	}
}

// with adds or replaces files, and text of the study.
func with(name, content string, study ...string) func(*testing.T, map[string]string) {
	return func(_ *testing.T, files map[string]string) {
		files[name] = content
		files["study.yaml"] = strings.NewReplacer(study...).Replace(files["study.yaml"])
	}
}

// soundOffice is the study without a defect: two communities of 1.9 × 2.2 km in a town, roads through both, 12 stops along them.
func soundOffice() map[string]string {
	files := map[string]string{
		"study.yaml": `name: 试验县
date: 2026-12-31
seed: 1
levels:
  - {id: town, name: 镇}
  - {id: community, name: 社区}
areas:
  - {file: areas.geojson, fields: {level: level}}
population:
  - {file: people.csv, kind: points}
roads:
  - {file: roads.geojson}
sites:
  - {file: sites.csv}
places:
  - {file: places.csv}
exclusions:
  - {file: exclusions.geojson}
codes:
  - {file: codes.csv, year: 2026}
tiers:
  - {id: centre, name: 中心, radius: 1000 m, mode: walk, one_per: town}
  - {id: station, name: 站, radius: 500 m, mode: walk, parent: centre, one_per: community}
`,
		"areas.geojson": `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"320506001","name":"试验镇","level":"town"},"geometry":{"type":"Polygon","coordinates":[[[118.00,33.00],[118.04,33.00],[118.04,33.02],[118.00,33.02],[118.00,33.00]]]}},
{"type":"Feature","properties":{"id":"320506001001","name":"西社区","level":"community"},"geometry":{"type":"Polygon","coordinates":[[[118.00,33.00],[118.02,33.00],[118.02,33.02],[118.00,33.02],[118.00,33.00]]]}},
{"type":"Feature","properties":{"id":"320506001002","name":"东社区","level":"community"},"geometry":{"type":"Polygon","coordinates":[[[118.02,33.00],[118.04,33.00],[118.04,33.02],[118.02,33.02],[118.02,33.00]]]}}
]}
`,
		"people.csv": "lon,lat,people\n118.010,33.010,640\n118.030,33.010,1280\n",
		"roads.geojson": `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"highway":"residential","name":"西路"},"geometry":{"type":"LineString","coordinates":[[118.001,33.010],[118.020,33.010]]}},
{"type":"Feature","properties":{"highway":"primary","name":"东路"},"geometry":{"type":"LineString","coordinates":[[118.020,33.010],[118.039,33.010]]}}
]}
`,
		"sites.csv":  "编号,名称,级别,经度,纬度,建筑面积,启用日期,关闭日期\nS1,西社区站,station,118.010,33.0101,320,2019-05-01,\nS2,中心,centre,118.020,33.0101,1200,2020-01-01,\n",
		"codes.csv":  "区划代码,名称,原代码\n320506001,试验镇,\n320506001001,西社区,\n320506001002,东社区,\n",
		"places.csv": "id,name,kind,lon,lat\n",
		"exclusions.geojson": `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"南湖","kind":"water"},"geometry":{"type":"Polygon","coordinates":[[[118.001,33.001],[118.003,33.001],[118.003,33.003],[118.001,33.003],[118.001,33.001]]]}}
]}
`,
	}
	for i := range 12 {
		files["places.csv"] += fmt.Sprintf("P%d,站牌%d,bus_stop,%.6f,33.0101\n", i, i, 118.003+0.003*float64(i))
	}
	return files
}

// written rewrites a file of the kit with every position as another system, or another order, has it.
func written(file string, at func(orb.Point) (orb.Point, error)) func(*testing.T, map[string]string) {
	return func(t *testing.T, files map[string]string) {
		t.Helper()
		turn := func(x, y string) (string, string) {
			lon, errX := strconv.ParseFloat(x, 64)
			lat, errY := strconv.ParseFloat(y, 64)
			p, err := at(orb.Point{lon, lat})
			if err := errors.Join(errX, errY, err); err != nil {
				t.Fatal(err)
			}
			return strconv.FormatFloat(p[0], 'f', 6, 64), strconv.FormatFloat(p[1], 'f', 6, 64)
		}
		files[file] = positions.ReplaceAllStringFunc(files[file], func(m string) string {
			x, y, _ := strings.Cut(m, ",")
			x, y = turn(x, y)
			return x + "," + y
		})
	}
}

// positions finds longitude and latitude in the files of the kit.
var positions = regexp.MustCompile(`118\.\d+,33\.\d+`)

// peopleAlong are people on twelve points along the roads.
func peopleAlong(files map[string]string) {
	files["people.csv"] = "lon,lat,people\n"
	for i := range 12 {
		files["people.csv"] += fmt.Sprintf("%.6f,33.0102,160\n", 118.003+0.003*float64(i))
	}
}

// zone is a Gauss–Krüger zone by its code.
func zone(t *testing.T, code int) crs.CRS {
	t.Helper()
	system, err := crs.GaussKruger(code)
	if err != nil {
		t.Fatal(err)
	}
	return system
}

const west = "[[118.00,33.00],[118.02,33.00],[118.02,33.02],[118.00,33.02],[118.00,33.00]]"

// kit lists the defects.
func kit() []dirty {
	site := []any{"编号", "名称", "级别", "经度", "纬度"}
	return []dirty{
		// Files
		{name: "file-gone", file: "study.yaml", old: "sites.csv", now: "site.csv", code: "file-missing", where: "study.yaml:14", words: "did you mean sites.csv"},
		{name: "file-empty", make: with("people.csv", ""), code: "file-empty", where: "people.csv", words: "is empty"},
		{name: "file-header-only", make: with("people.csv", "lon,lat,people\n"), code: "file-empty", where: "people.csv", words: "no rows"},
		{name: "ledger-utf16", make: func(t *testing.T, f map[string]string) {
			out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(f["sites.csv"])
			if err != nil {
				t.Fatal(err)
			}
			f["sites.csv"] = out
		}, code: "file-encoding", where: "sites.csv", words: "UTF-16"},
		{name: "ledger-gbk", make: func(t *testing.T, f map[string]string) { f["sites.csv"] = gbk(t, f["sites.csv"]) }, code: "file-gbk", where: "sites.csv", words: "GB18030"},
		{name: "boundaries-gbk", make: func(t *testing.T, f map[string]string) { f["areas.geojson"] = gbk(t, f["areas.geojson"]) }, code: "file-encoding", where: "areas.geojson", words: "UTF-8"},
		{name: "excel-named-csv", make: with("sites.csv", "PK\x03\x04 and so on"), code: "file-kind", where: "sites.csv", words: "Excel"},
		{name: "csv-named-excel", make: with("sites.xlsx", "id,name\n1,2\n", "sites.csv", "sites.xlsx"), code: "file-kind", where: "sites.xlsx", words: "Excel"},
		{name: "binary-ledger", make: with("people.csv", "lon,lat\n\x00\x01"), code: "file-kind", where: "people.csv", words: "not a text file"},
		{name: "geojson-cut", file: "areas.geojson", make: func(_ *testing.T, f map[string]string) { f["areas.geojson"] = f["areas.geojson"][:400] }, code: "file-damaged", where: "areas.geojson", words: "line"},
		{name: "geojson-web-page", make: with("roads.geojson", "<html>404</html>"), code: "file-kind", where: "roads.geojson", words: "not GeoJSON"},
		{name: "pbf-that-is-none", make: with("roads.osm.pbf", strings.Repeat("no roads here ", 20), "roads.geojson", "roads.osm.pbf"), code: "file-kind", where: "roads.osm.pbf", words: "OSM PBF"},
		{name: "shapefile-that-is-none", make: with("areas.shp", strings.Repeat("x", 200), "areas.geojson", "areas.shp"), code: "file-kind", where: "areas.shp", words: "shapefile"},
		{name: "raster-that-is-none", make: with("people.tif", strings.Repeat("x", 200), "file: people.csv, kind: points", "file: people.tif, kind: raster"), code: "file-kind", where: "people.tif", words: "GeoTIFF"},
		{name: "sheet-gone", make: func(t *testing.T, f map[string]string) {
			asWorkbook(site, []any{"S1", "站", "station", 118.01, 33.01})(t, f)
			f["study.yaml"] = strings.Replace(f["study.yaml"], "sites.xlsx}", "sites.xlsx, sheet: 台账}", 1)
		}, code: "sheet-missing", where: "sites.xlsx", words: "sheet"},

		{name: "sheet-hidden", make: func(t *testing.T, f map[string]string) {
			asWorkbook(site, []any{"S1", "西社区站", "station", 118.01, 33.0101}, []any{"S2", "中心", "centre", 118.02, 33.0101})(t, f)
			f["sites.xlsx"] = edited(t, f["sites.xlsx"], func(b *excelize.File) error { return b.SetRowVisible("Sheet1", 2, false) })
		}, code: "sheet-hidden", where: "sites.xlsx", words: "hidden"},
		{name: "sheet-formula", make: func(t *testing.T, f map[string]string) {
			asWorkbook(append(site[:5:5], "建筑面积"), []any{"S1", "西社区站", "station", 118.01, 33.0101}, []any{"S2", "中心", "centre", 118.02, 33.0101})(t, f)
			f["sites.xlsx"] = edited(t, f["sites.xlsx"], func(b *excelize.File) error { return b.SetCellFormula("Sheet1", "F2", "100*3") })
		}, code: "sheet-formula", where: "sites.xlsx", words: "no computed value"},
		{name: "sheet-password", make: func(t *testing.T, f map[string]string) {
			asWorkbook(site)(t, f)
			f["sites.xlsx"] = edited(t, f["sites.xlsx"], func(*excelize.File) error { return nil }, excelize.Options{Password: "1234"})
		}, code: "file-kind", where: "sites.xlsx", words: "password"},
		{name: "excel-of-before-2007", make: with("sites.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sites.csv", "sites.xls"), code: "file-kind", where: "study.yaml:14", words: "save it as .xlsx"},
		{name: "excel-of-before-2007-renamed", make: with("sites.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"+strings.Repeat("\x00", 600), "sites.csv", "sites.xlsx"), code: "file-kind", where: "sites.xlsx", words: "old workbook"},
		{name: "letters-lost", file: "sites.csv", old: "西社区站", now: "????站", code: "file-encoding", where: "sites.csv:2", words: "letters were lost"},
		{name: "row-of-totals", file: "sites.csv", old: "S2,", now: "合计,,,,,1520,,\nS2,", code: "feature-left", where: "sites.csv:3", words: "rows of totals"},
		{name: "remark-below", make: func(_ *testing.T, f map[string]string) { f["people.csv"] += "注：2026年6月数据,,\n" }, code: "feature-left", where: "people.csv:4", words: "remarks below"},

		// Coordinates
		{name: "site-zero", file: "sites.csv", old: "118.010,33.0101", now: "0,0", code: "position-zero", where: "sites.csv:2", words: "0,0"},
		{name: "site-without-position", file: "sites.csv", old: "118.010,33.0101", now: ",", code: "position-missing", where: "sites.csv:2", words: "coordinates"},
		{name: "site-swapped", file: "sites.csv", old: "118.010,33.0101", now: "33.0101,118.010", code: "axes-swapped", where: "sites.csv:2", words: "swapped"},
		{name: "site-projected", file: "sites.csv", old: "118.010,33.0101", now: "39500934,3654091", code: "crs-projected", where: "sites.csv:2", words: "projected metres"},
		{name: "people-swapped", file: "people.csv", old: "118.010,33.010", now: "33.010,118.010", code: "axes-swapped", where: "people.csv:2", words: "swapped"},
		{name: "people-latitude-95", file: "people.csv", old: "33.010,640", now: "95,640", code: "number-range", where: "people.csv:2", words: "out of range"},
		{name: "stops-gcj02", make: written("places.csv", crs.GCJ02.FromWGS84), code: "crs-shifted", where: "places.csv", words: "gcj02"},
		{name: "stops-bd09", make: written("places.csv", crs.BD09.FromWGS84), code: "crs-shifted", where: "places.csv", words: "bd09"},
		{name: "roads-gcj02", make: written("roads.geojson", crs.GCJ02.FromWGS84), code: "crs-shifted", where: "roads.geojson", words: "gcj02"},
		{name: "people-gcj02", make: func(t *testing.T, f map[string]string) {
			peopleAlong(f)
			written("people.csv", crs.GCJ02.FromWGS84)(t, f)
		}, code: "crs-shifted", where: "people.csv", words: "gcj02"},
		{name: "stops-all-swapped", make: written("places.csv", func(p orb.Point) (orb.Point, error) { return orb.Point{p[1], p[0]}, nil }), code: "axes-swapped", where: "places.csv", words: "12 records, of which 12"},
		{name: "stops-zone-with-prefix", make: func(t *testing.T, f map[string]string) {
			written("places.csv", zone(t, 4527).FromWGS84)(t, f)
		}, code: "crs-projected", where: "places.csv", words: "most likely of EPSG:4527"},
		{name: "stops-zone-without-prefix", make: func(t *testing.T, f map[string]string) {
			written("places.csv", zone(t, 4548).FromWGS84)(t, f)
		}, code: "crs-projected", where: "places.csv", words: "most likely of EPSG:4548"},
		{name: "stops-northing-first", make: func(t *testing.T, f map[string]string) {
			written("places.csv", func(p orb.Point) (orb.Point, error) {
				q, err := zone(t, 4548).FromWGS84(p)
				return orb.Point{q[1], q[0]}, err
			})(t, f)
		}, code: "crs-projected", where: "places.csv", words: "axes: yx"},
		{name: "boundary-swapped", file: "areas.geojson", old: west, now: "[[33.00,118.00],[33.00,118.02],[33.02,118.02],[33.02,118.00],[33.00,118.00]]", code: "axes-swapped", where: "areas.geojson:2", words: "swapped"},
		{name: "boundary-projected", file: "areas.geojson", old: west, now: "[[500000,3318785],[501929,3318785],[501929,3319893],[500000,3319893],[500000,3318785]]", code: "crs-projected", where: "areas.geojson:2", words: "projected"},
		{name: "degrees-declared-projected", file: "study.yaml", old: "{file: sites.csv}", now: "{file: sites.csv, crs: EPSG:4548}", code: "crs-projected", where: "sites.csv:2", words: "degrees"},
		{name: "crs-unknown", file: "study.yaml", old: "{file: sites.csv}", now: "{file: sites.csv, crs: beijing54}", code: "crs-unknown", where: "study.yaml:14", words: "coordinate system"},
		{name: "boundary-file-beijing54", file: "areas.geojson", old: `"features"`, now: `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2437"}},"features"`, code: "crs-unknown", where: "areas.geojson", words: "coordinate system"},
		{name: "people-elsewhere", make: with("people.csv", "lon,lat,people\n110.1,30.1,50\n110.2,30.1,60\n"), code: "elsewhere", where: "people.csv", words: "extent"},
		{name: "roads-elsewhere", make: with("roads.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"highway":"primary"},"geometry":{"type":"LineString","coordinates":[[110,30],[110.1,30]]}}]}`), code: "elsewhere", where: "roads.geojson", words: "road"},

		// Boundaries
		{name: "ring-open", file: "areas.geojson", old: west, now: "[[118.00,33.00],[118.02,33.00],[118.02,33.02],[118.00,33.02]]", code: "ring-open", where: "areas.geojson:2", words: "open"},
		{name: "ring-bow-tie", file: "areas.geojson", old: west, now: "[[118.00,33.00],[118.02,33.02],[118.02,33.00],[118.00,33.02],[118.00,33.00]]", code: "ring-self-crossing", where: "areas.geojson:2", words: "crosses itself"},
		{name: "ring-spike", file: "areas.geojson", old: west, now: "[[118.00,33.00],[118.02,33.00],[118.02,33.02],[118.02,33.03],[118.02,33.02],[118.00,33.02],[118.00,33.00]]", code: "ring-self-crossing", where: "areas.geojson:2", words: "back over itself"},
		{name: "ring-two-points", file: "areas.geojson", old: west, now: "[[118.00,33.00],[118.02,33.00],[118.00,33.00]]", code: "ring-points", where: "areas.geojson:2", words: "different points"},
		{name: "hole-outside", file: "areas.geojson", old: west, now: west + ",[[118.03,33.001],[118.031,33.001],[118.031,33.002],[118.03,33.001]]", code: "ring-hole", where: "areas.geojson:2", words: "hole"},
		{name: "ring-repaired", make: func(_ *testing.T, f map[string]string) {
			f["areas.geojson"] = strings.Replace(f["areas.geojson"], west, "[[118.00,33.00],[118.02,33.00],[118.02,33.02],[118.01,33.02],[118.0101,33.0201],[118.0102,33.02],[118.0099,33.02],[118.00,33.02],[118.00,33.00]]", 1)
			f["study.yaml"] = strings.Replace(f["study.yaml"], "fields: {level: level}}", "fields: {level: level}, repair: true}", 1)
		}, code: "ring-repaired", where: "areas.geojson:2", words: "repaired"},
		{name: "region-twice", file: "areas.geojson", old: "320506001002", now: "320506001001", code: "region-twice", where: "areas.geojson:3", words: "already used"},
		{name: "region-nameless", file: "areas.geojson", old: `"id":"320506001001","name":"西社区",`, now: "", code: "region-nameless", where: "areas.geojson:2", words: "neither"},
		{name: "region-orphan", file: "areas.geojson", old: "[[118.02,33.00],[118.04,33.00],[118.04,33.02],[118.02,33.02],[118.02,33.00]]", now: "[[119.02,33.00],[119.04,33.00],[119.04,33.02],[119.02,33.02],[119.02,33.00]]", code: "region-orphan", where: "areas.geojson:3", words: "coarser level"},
		{name: "level-without-boundaries", file: "study.yaml", old: "  - {id: community, name: 社区}", now: "  - {id: community, name: 社区}\n  - {id: block, name: 网格}", code: "region-level", where: "study.yaml:7", words: "no boundary"},
		{name: "region-without-shape", file: "areas.geojson", old: `{"type":"Polygon","coordinates":[` + west + `]}`, now: "null", code: "feature-left", where: "areas.geojson:2", words: "no shape"},
		{name: "field-of-no-feature", file: "study.yaml", old: "fields: {level: level}", now: "fields: {level: level, name: mingcheng}", code: "column-missing", where: "areas.geojson", words: "columns of the file"},
		{name: "exclusion-open", file: "exclusions.geojson", old: "[118.001,33.003],[118.001,33.001]", now: "[118.001,33.003]", code: "ring-open", where: "exclusions.geojson:1", words: "open"},

		// Codes
		{name: "code-short", file: "areas.geojson", old: "320506001001", now: "32050600101", code: "code-length", where: "areas.geojson:2", words: "digits"},
		{name: "code-wrong-parent", file: "areas.geojson", old: "320506001001", now: "320507001001", code: "code-parent", where: "areas.geojson:2", words: "does not begin"},
		{name: "code-renamed", file: "codes.csv", old: "西社区", now: "金桥社区", code: "code-renamed", where: "areas.geojson:2", words: "金桥社区"},
		{name: "code-recoded", file: "codes.csv", old: "320506001001,西社区,", now: "320506001009,西社区,", code: "code-recoded", where: "areas.geojson:2", words: "320506001009"},
		{name: "code-moved", file: "codes.csv", old: "320506001001,西社区,", now: "320506002,新镇,\n320506002001,西社区,320506001001", code: "code-recoded", where: "areas.geojson:2", words: "under another parent: 320506002 新镇"},
		{name: "code-merged", file: "codes.csv", old: "320506001001,西社区,\n320506001002,东社区,", now: "320506001010,联合社区,320506001001、320506001002", code: "code-merged", where: "areas.geojson:2", words: "merged"},
		{name: "code-split", file: "codes.csv", old: "320506001001,西社区,", now: "320506001011,西一社区,320506001001\n320506001012,西二社区,320506001001", code: "code-split", where: "areas.geojson:2", words: "split"},
		{name: "code-unknown", file: "codes.csv", old: "320506001001,西社区,\n", now: "", code: "code-unknown", where: "areas.geojson:2", words: "no code"},
		{name: "code-absent", file: "codes.csv", old: "320506001002,东社区,", now: "320506001002,东社区,\n320506001003,北社区,", code: "code-absent", where: "areas.geojson:1", words: "北社区"},

		// Ledgers
		{name: "site-twice", file: "sites.csv", old: "S2,", now: "S3,西社区站,station,118.0101,33.0101,320,,\nS2,", code: "site-twice", where: "sites.csv:3", words: "written twice"},
		{name: "id-twice", file: "sites.csv", old: "S2,", now: "S1,", code: "id-twice", where: "sites.csv:3", words: "used twice"},
		{name: "name-gone", file: "sites.csv", old: "S1,西社区站", now: ",", code: "name-missing", where: "sites.csv:2", words: "no name"},
		{name: "tier-unknown", file: "sites.csv", old: "西社区站,station", now: "西社区站,分站", code: "tier-unknown", where: "sites.csv:2", words: "not a tier"},
		{name: "tier-gone", file: "sites.csv", old: "西社区站,station", now: "西社区站,", code: "tier-missing", where: "sites.csv:2", words: "no tier"},
		{name: "site-outside", file: "sites.csv", old: "118.010,", now: "118.110,", code: "site-outside", where: "sites.csv:2", words: "outside the study area"},
		{name: "date-invalid", file: "sites.csv", old: "2019-05-01", now: "2019-15-01", code: "date-invalid", where: "sites.csv:2", words: "not a date"},
		{name: "closed-before-opened", file: "sites.csv", old: "2019-05-01,", now: "2019-05-01,2018-01-01", code: "date-order", where: "sites.csv:2", words: "not after"},
		{name: "area-negative", file: "sites.csv", old: ",320,", now: ",-320,", code: "number-negative", where: "sites.csv:2", words: "negative"},
		{name: "area-words", file: "sites.csv", old: ",320,", now: ",三百,", code: "number-invalid", where: "sites.csv:2", words: "not a number"},
		{name: "column-twice", file: "sites.csv", old: "建筑面积,", now: "建筑面积(㎡),建筑面积(亩),", code: "column-twice", where: "sites.csv:1", words: "2 columns"},
		{name: "column-gone", file: "sites.csv", old: "级别", now: "档次甲", code: "column-missing", where: "sites.csv:1", words: "column"},
		{name: "quote-open", file: "sites.csv", old: "西社区站", now: `"西社区站`, code: "quote-open", where: "sites.csv", words: "quote"},
		{name: "excel-tier-unknown", make: asWorkbook([]any{"2026年台账"}, site, []any{"S1", "站", "宫殿", 118.01, 33.01}), code: "tier-unknown", where: "sites.xlsx:3", words: "not a tier"},

		// People
		{name: "people-negative", file: "people.csv", old: ",640", now: ",-640", code: "number-negative", where: "people.csv:2", words: "negative"},
		{name: "people-words", file: "people.csv", old: ",640", now: ",许多", code: "number-invalid", where: "people.csv:2", words: "not a number"},
		{name: "people-in-ten-thousands", file: "people.csv", old: "people", now: "人口（万人）", code: "number-unit", where: "people.csv:1", words: "万人"},
		{name: "people-of-no-feature", make: with("people.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"renkou":5},"geometry":{"type":"Point","coordinates":[118.01,33.01]}}]}`, "people.csv", "people.geojson"), code: "people-missing", where: "people.geojson", words: "no people"},
		{name: "people-ten-billion", file: "people.csv", old: ",640", now: ",64000000000", code: "people-huge", where: "people.csv:2", words: "billion"},
		{name: "people-on-one-point", file: "people.csv", old: ",640", now: ",64000", code: "people-dense", where: "people.csv", words: "densest"},
		{name: "people-roadless", file: "people.csv", old: "118.010,33.010", now: "118.010,33.018", code: "people-roadless", where: "roads.geojson", words: "no usable road"},
		{name: "roads-of-one-half", file: "roads.geojson", old: "[[118.001,33.010],[118.020,33.010]]", now: "[[118.020,33.010],[118.021,33.010]]", code: "people-roadless", where: "roads.geojson", words: "no usable road at all, and 640 people: 西社区"},
		{name: "people-outside", file: "people.csv", old: "lon,lat,people\n", now: "lon,lat,people\n118.2,33.01,500\n", code: "people-outside", where: "people.csv", words: "outside"},
		{name: "totals-differ", make: with("totals.csv", "region,people\n320506001001,6400\n320506001002,1280\n", "  - {file: people.csv, kind: points}", "  - {file: people.csv, kind: points}\n  - {file: totals.csv, kind: totals}"), code: "people-total-differs", where: "totals.csv", words: "西社区"},
		{name: "total-of-nowhere", make: with("totals.csv", "region,people\n北社区,6400\n", "  - {file: people.csv, kind: points}", "  - {file: people.csv, kind: points}\n  - {file: totals.csv, kind: totals}"), code: "region-unknown", where: "totals.csv:2", words: "not a known region"},
		{name: "cell-invalid", make: with("cells.csv", "h3,people\n8928308280fffg,5\n", "file: people.csv, kind: points", "file: cells.csv, kind: h3"), code: "cell-invalid", where: "cells.csv:2", words: "H3"},

		// Roads
		{name: "road-island", make: func(_ *testing.T, f map[string]string) {
			f["roads.geojson"] = strings.Replace(f["roads.geojson"], "[[118.020,33.010],[118.039,33.010]]", "[[118.026,33.010],[118.039,33.010]]", 1)
		}, code: "road-islands", where: "roads.geojson", words: "no road joins"},
		{name: "road-gap", file: "roads.geojson", old: "[[118.020,33.010],[118.039", now: "[[118.02003,33.010],[118.039", code: "road-gap", where: "roads.geojson", words: "not joined"},
		{name: "road-classes", make: func(_ *testing.T, f map[string]string) {
			f["roads.geojson"] = strings.ReplaceAll(f["roads.geojson"], "residential", "secondary")
		}, code: "road-classes-missing", where: "roads.geojson", words: "main roads only"},
		{name: "road-classless", file: "roads.geojson", old: `"highway":"residential",`, now: "", code: "road-class", where: "roads.geojson", words: "class"},
		{name: "road-of-a-point", file: "roads.geojson", old: "[[118.001,33.010],[118.020,33.010]]", now: "[[118.001,33.010]]", code: "road-points", where: "roads.geojson:1", words: "points"},
		{name: "roads-are-points", make: with("roads.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"x"},"geometry":{"type":"Point","coordinates":[118.01,33.01]}}]}`), code: "road-none", where: "roads.geojson", words: "no road"},

		// The study file
		{name: "key-mistyped", file: "study.yaml", old: "tiers:", now: "teirs:", code: "study-key", where: "study.yaml", words: "tiers"},
		{name: "radius-without-unit", file: "study.yaml", old: "radius: 1000 m", now: "radius: 1000", code: "study-value", where: "study.yaml", words: "unit"},
		{name: "yaml-tab", file: "study.yaml", old: "levels:", now: "\tlevels:", code: "study-key", where: "study.yaml", words: "tab"},
		{name: "kind-unknown", file: "places.csv", old: "P0,站牌0,bus_stop", now: "P0,站牌0,飞碟场", code: "kind-unknown", where: "places.csv", words: "飞碟场"},
	}
}

// spoil makes the files of a defect.
func spoil(t *testing.T, d dirty) map[string]string {
	t.Helper()
	files := soundOffice()
	if d.make != nil {
		d.make(t, files)
		return files
	}
	if !strings.Contains(files[d.file], d.old) {
		t.Fatalf("%s: %s does not hold %q", d.name, d.file, d.old)
	}
	files[d.file] = strings.Replace(files[d.file], d.old, d.now, 1)
	return files
}

func writeFiles(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "study.yaml")
}

// checkJSON runs `check --json` and returns what it prints.
func checkJSON(t *testing.T, study string) run.Check {
	t.Helper()
	var out, errs bytes.Buffer
	execute(context.Background(), []string{"--lang", "en", "--quiet", "--json", "check", study}, &out, &errs)
	var v run.Check
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out.String(), errs.String())
	}
	return v
}

// TestKit runs every dirty folder through check: the defect is found under its code, where it is, by name.
func TestKit(t *testing.T) {
	out := os.Getenv("SITECOVER_KIT")
	list := kit()
	if len(list) < 60 {
		t.Errorf("only %d defects", len(list))
	}
	known := strings.Join(data.Codes(), " ") + " "
	for _, d := range list {
		t.Run(d.name, func(t *testing.T) {
			dir := t.TempDir()
			if out != "" {
				dir = filepath.Join(out, d.name)
			}
			if !strings.Contains(known, d.code+" ") {
				t.Fatalf("%s is no code", d.code)
			}
			v := checkJSON(t, writeFiles(t, dir, spoil(t, d)))
			for _, f := range v.Findings {
				if f.Code == d.code && strings.HasPrefix(f.Where, d.where) && strings.Contains(f.Text+" "+f.Hint+" "+f.Field, d.words) {
					return
				}
			}
			text, err := json.MarshalIndent(v.Findings, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			t.Errorf("not found: %s at %s, %q, among\n%s", d.code, d.where, d.words, text)
		})
	}
}

// TestKitIsSoundWithoutDefects: the study that the defects are made in raises no alarm itself.
func TestKitIsSoundWithoutDefects(t *testing.T) {
	v := checkJSON(t, writeFiles(t, t.TempDir(), soundOffice()))
	for _, f := range v.Findings {
		if f.Severity != data.SeverityInfo {
			t.Errorf("false alarm: %+v", f)
		}
	}
	if !v.Sound || v.People != 1920 {
		t.Errorf("sound %v, %g people", v.Sound, v.People)
	}
}

// TestKitIsFixed: whatever a finding of the kit says that it can be corrected is gone from the corrected copy, and the files of the copy keep
// their names.
func TestKitIsFixed(t *testing.T) {
	fixed := 0
	for _, d := range kit() {
		t.Run(d.name, func(t *testing.T) {
			files := soundOffice()
			dir := t.TempDir()
			if d.make != nil {
				d.make(t, files)
			} else {
				files[d.file] = strings.Replace(files[d.file], d.old, d.now, 1)
			}
			study := writeFiles(t, dir, files)
			before := checkJSON(t, study)
			if !slices.ContainsFunc(before.Findings, func(f run.FindingView) bool { return f.Fixable }) {
				return
			}
			fixed++
			out := filepath.Join(t.TempDir(), "fixed")
			var text, errs bytes.Buffer
			execute(context.Background(), []string{"check", study, "--fix", "--out", out, "--json", "--quiet"}, &text, &errs)
			var told run.Fixed
			if err := json.Unmarshal(text.Bytes(), &told); err != nil {
				t.Fatalf("%v: %s %s", err, text.String(), errs.String())
			}
			for _, c := range told.Changes {
				if filepath.Ext(c.File) != filepath.Ext(c.Copy) {
					t.Errorf("%s became %s", c.File, c.Copy)
				}
			}
			after := checkJSON(t, filepath.Join(out, "study.yaml"))
			for _, f := range before.Findings {
				if !f.Fixable || slices.ContainsFunc(told.Changes, func(c run.CorrectionView) bool { return c.File == f.File && c.Code == f.Code && !c.Done }) {
					continue
				}
				if slices.ContainsFunc(after.Findings, func(g run.FindingView) bool { return g.Code == f.Code && g.File == f.File && g.Severity == f.Severity }) {
					t.Errorf("%s at %s is left in the copy", f.Code, f.Where)
				}
			}
		})
	}
	if fixed < 10 {
		t.Errorf("only %d defects can be corrected", fixed)
	}
}

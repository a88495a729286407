package data

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"

	"sitecover/geo/crs"
)

// What offices send: each test holds one habit of theirs, on the toy study.

// found returns the finding whose English text holds the words.
func found(d *Dataset, words string) *Finding {
	i := slices.IndexFunc(d.Findings, func(f Finding) bool { return strings.Contains(f.What.EN, words) })
	if i < 0 {
		return nil
	}
	return &d.Findings[i]
}

func wantFinding(t *testing.T, d *Dataset, row int, words string) {
	t.Helper()
	if f := found(d, words); f == nil || row > 0 && f.Row != row {
		t.Errorf("%q of row %d is not among %+v", words, row, d.Findings)
	}
}

// book writes a workbook as text, its sheets in order.
func book(t *testing.T, edit func(*excelize.File), rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if edit != nil {
		edit(f)
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var ledgerHead = []any{"编号", "名称", "级别", "经度", "纬度", "建筑面积"}

func withLedger(content string) map[string]string {
	files := toyFiles()
	files["sites.xlsx"] = content
	files["study.yaml"] = strings.Replace(files["study.yaml"], "sites.csv", "sites.xlsx", 1)
	return files
}

func TestRowsThatAreNoRecords(t *testing.T) {
	d := mustReadToy(t, withLedger(book(t, nil, ledgerHead, []any{"一、西片区"}, []any{"S1", "合计小区站", "站", 120.005, 30.005, 1200}, []any{"小 计", "", "", "", "", 1200}, []any{"（二）东片区"},
		[]any{"S2", "注水厂站", "站", 120.025, 30.005, 350}, []any{"", "合计", "", "", "", 1550}, []any{}, []any{"注：截至2026年"}, []any{"填表人：张三", "", "", "审核人：李四"})))
	if len(d.Sites) != 2 || d.Sites[0].Name != "合计小区站" || d.Sites[1].Name != "注水厂站" {
		t.Errorf("%+v", d.Sites)
	}
	wantFinding(t, d, 4, "rows of totals, which are no records, left out: 2")
	wantFinding(t, d, 2, "headings between rows, which are no records, left out: 2")
	wantFinding(t, d, 9, "remarks below the table, which are no records, left out: 2")

	files := toyFiles()
	files["totals.csv"] += "合计,15000\n注：抽样推算,\n"
	if d := mustReadToy(t, files); len(d.Population.Totals) != 2 {
		t.Errorf("%+v", d.Population.Totals)
	}
	files["totals.csv"] = strings.Replace(files["totals.csv"], "合计", "合计区", 1) // a name, maybe
	if _, err := readToy(t, files); err == nil {
		t.Error("a region that nobody knows is left out like a sum")
	}
}

func TestSheets(t *testing.T) {
	row := []any{"S1", "站", "站", 120.005, 30.005, 1200}
	d := mustReadToy(t, withLedger(book(t, func(f *excelize.File) {
		_, err := f.NewSheet("台账")
		must(t, err)
		must(t, f.SetSheetRow("台账", "A1", &ledgerHead))
		must(t, f.SetSheetRow("台账", "A2", &[]any{"S7", "新站", "站", 120.005, 30.005}))
		must(t, f.SetCellFormula("台账", "F2", "100*3"))
		must(t, f.SetSheetRow("台账", "A3", &[]any{"S8", "西站", "站", 120.006, 30.005, 90}))
		must(t, f.SetRowVisible("台账", 3, false))
		f.SetActiveSheet(1)
		must(t, f.SetSheetVisible("Sheet1", false))
	}, ledgerHead, row)))
	if len(d.Sites) != 2 || d.Sites[0].ID != "S7" || d.Sites[0].FloorArea != -1 {
		t.Errorf("%+v", d.Sites)
	}
	wantFinding(t, d, 0, `the sheet "台账" is read, other sheets left out: Sheet1`)
	wantFinding(t, d, 0, "1 formulas have no computed value, and count as empty cells, the first in F2")
	wantFinding(t, d, 0, "1 rows are hidden in the workbook")

	_, err := readToy(t, withLedger(book(t, func(f *excelize.File) {
		_, err := f.NewSheet("台账")
		must(t, err)
	}, []any{"填表说明"})))
	if err == nil || !strings.Contains(err.Error(), "the workbook also holds 台账") {
		t.Error(err)
	}
	for name, c := range map[string]struct{ content, words string }{
		"of before 2007":  {string(oleMagic) + strings.Repeat("\x00", 600) + "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00", "is an old workbook"},
		"with a password": {string(oleMagic) + strings.Repeat("\x00", 600) + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", "remove the password"},
	} {
		if _, err := readToy(t, withLedger(c.content)); err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("a workbook %s: %v", name, err)
		}
	}
}

// TestPeopleInWorkbooks: cells and totals come from sheets as from tables.
func TestPeopleInWorkbooks(t *testing.T) {
	want := mustReadToy(t, toyFiles()).Population
	files := toyFiles()
	files["cells.xlsx"] = book(t, func(f *excelize.File) {
		_, err := f.NewSheet("格网")
		must(t, err)
		for i, row := range [][]any{{"h3", "人口"}, {"89419679833ffff", "１０２４"}, {"89419679867ffff", 2048}, {"89419679eafffff", 4096}, {"89419679e67ffff", 8192}, {"合计", 15360}} {
			must(t, f.SetSheetRow("格网", fmt.Sprintf("A%d", i+1), &row))
		}
	}, []any{"说明"})
	files["totals.xlsx"] = book(t, nil, []any{"2026年常住人口"}, []any{"街道", "常住人口"}, []any{"A", 3000}, []any{"B", 12000}, []any{"合计", 15000})
	files["study.yaml"] = strings.NewReplacer("file: cells.csv", "sheet: 格网, file: cells.xlsx", "totals.csv", "totals.xlsx").Replace(files["study.yaml"])
	got := mustReadToy(t, files).Population
	if !slices.Equal(got.Cells, want.Cells) || !slices.Equal(got.Totals, want.Totals) {
		t.Errorf("%+v and %+v, want %+v and %+v", got.Cells, got.Totals, want.Cells, want.Totals)
	}
}

// TestHeadersOfTables: a header of two rows below a title of two cells, as a sheet saved as CSV has it.
func TestHeadersOfTables(t *testing.T) {
	files := toyFiles()
	files["sites.csv"] = "党群阵地台账,,,,,单位：㎡\n编号,名称,级别,坐标,,面积\n,,,经度,纬度,\nS1,West,中心,120.005,30.005,1200\n"
	d := mustReadToy(t, files)
	if len(d.Sites) != 1 || d.Sites[0].FloorArea != 1200 || d.Sites[0].Point != (orb.Point{120.005, 30.005}) {
		t.Errorf("%+v", d.Sites)
	}
	files["sites.csv"] = "编号,名称,级别,经度,纬度,面积(㎡),面积(亩)\nS1,???站,中心,120.005,30.005,1200,1.8\n"
	d = mustReadToy(t, files)
	wantFinding(t, d, 1, `2 columns are called "面积(㎡)", the first is read`)
	wantFinding(t, d, 2, "letters were lost in 1 texts")
}

// TestDegreesWithMinutes: no guess, but the number that is meant.
func TestDegreesWithMinutes(t *testing.T) {
	for text, want := range map[string]float64{"118°37′12″": 118.62, "118度37分12秒": 118.62, "E118.62": 118.62, "118.62°": 118.62, "东经118°37'12\"": 118.62, "33°12′36.36″N": 33.2101, "118°61′": 0, "118.62米": 0, "": 0} {
		if got, ok := sexagesimal(text); ok != (want > 0) || math.Abs(got-want) > 1e-9 && ok {
			t.Errorf("%q is %v (%v), want %v", text, got, ok, want)
		}
	}
	files := toyFiles()
	files["sites.csv"] = strings.Replace(files["sites.csv"], "120.005,", "120°0′18″,", 1)
	if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "write degrees as one decimal number: 120.0050000") {
		t.Error(err)
	}
}

// TestCodesWithZeros: statistics write every code with twelve digits.
func TestCodesWithZeros(t *testing.T) {
	files := toyFiles()
	files["boundaries.geojson"] = strings.NewReplacer(`"code":"A"`, `"code":320583100.0`, `"code":"B"`, `"code":"320583101"`).Replace(files["boundaries.geojson"])
	files["totals.csv"] = "区划代码,常住人口\n320583100000,3000\n320583101000,12000\n"
	want := mustReadToy(t, toyFiles()).Population.Totals
	if got := mustReadToy(t, files).Population.Totals; len(got) != 2 || got[0].People != want[0].People || got[1].People != want[1].People {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestTablesOfGeometries: places, people, sites and roads from a column of well-known text, with heights.
func TestTablesOfGeometries(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	files := toyFiles()
	files["roads.csv"] = "id,highway,name,oneway,maxspeed,wkt\n1,residential,South Street,,,\"LINESTRING Z (120 30.005 5, 120.02 30.005 5, 120.04 30.005 5)\"\n2,tertiary,,yes,40,\"MULTILINESTRING((120.02 30.005,120.02 30.015))\"\n"
	files["sites.csv"] = "编号;名称;级别;面积;geom\nS1;West centre;中心;1200;SRID=4490;POINT(120.005 30.005)\n"
	files["sites.csv"] = "编号\t名称\t级别\t面积\tgeom\nS1\tWest centre\t中心\t1200\tSRID=4490;POINT(120.005 30.005)\nS2\tEast station\t站\t350\tPOINT ZM(120.025 30.005 1 2)\n"
	files["study.yaml"] = strings.Replace(files["study.yaml"], "roads.geojson", "roads.csv", 1)
	got := mustReadToy(t, files)
	if g, w := fmt.Sprintf("%+v", got.Roads.Ways), fmt.Sprintf("%+v", want.Roads.Ways); g != w {
		t.Errorf("%s, want %s", g, w)
	}
	if len(got.Sites) != len(want.Sites) || got.Sites[0].Point != want.Sites[0].Point || got.Sites[1].Point != want.Sites[1].Point {
		t.Errorf("%+v, want %+v", got.Sites, want.Sites)
	}
	for text, want := range map[string]string{
		"POINT Z (1 2 3)": "POINT(1 2)", "POINT(1 2 3)": "POINT(1 2)", "POINT ZM(1 2 3 4)": "POINT(1 2)", "Polygon M ((1 2 3,4 5 6, -7e1 8 9))": "Polygon((1 2,4 5,-7e1 8))",
		"POINT(1 2)": "POINT(1 2)", "LINESTRING(1 2 3, 4 5)": "LINESTRING(1 2 3, 4 5)", "POINT Z (1 2)": "POINT Z (1 2)", "LINESTRING(1 2 3 4, 5 6)": "LINESTRING(1 2 3 4, 5 6)",
	} {
		if got := flatWKT(text); got != want {
			t.Errorf("%q without heights is %q, want %q", text, got, want)
		}
	}
}

// TestPointsAsMultipoints: databases hold every point as a multipoint; nobody may be lost, and nobody at all is an error.
func TestPointsAsMultipoints(t *testing.T) {
	files := toyFiles()
	people := func(kind, coordinates string) string {
		return collection(`{"type":"Feature","properties":{"people":640},"geometry":{"type":"` + kind + `","coordinates":` + coordinates + `}}`)
	}
	files["people.geojson"] = people("MultiPoint", "[[120.005,30.005]]")
	files["study.yaml"] = strings.Replace(files["study.yaml"], "{file: cells.csv, kind: h3}", "{file: people.geojson, kind: points}", 1)
	if d := mustReadToy(t, files); len(d.Population.Points) != 1 || d.Population.Points[0].People != 640 {
		t.Errorf("%+v", d.Population)
	}
	files["people.geojson"] = people("MultiPoint", "[[120.005,30.005],[120.006,30.005]]")
	if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "holds no people that could be used") {
		t.Error(err)
	}
}

// TestRegionsWithoutAShape are named, since their people and sites go elsewhere.
func TestRegionsWithoutAShape(t *testing.T) {
	files := toyFiles()
	files["boundaries.geojson"] = strings.Replace(files["boundaries.geojson"], "\n]", `,{"type":"Feature","properties":{"level":"community","code":"B3","name":"B west"},"geometry":null}`+"\n]", 1)
	if !strings.Contains(files["boundaries.geojson"], "B3") {
		t.Fatal("nothing added")
	}
	wantFinding(t, mustReadToy(t, files), 8, `1 regions have no shape, or a collection of shapes, left out, the first is "B west"`)
}

// TestLabelsInKML: map programs put a point beside a polygon to place its name.
func TestLabelsInKML(t *testing.T) {
	files := toyFiles()
	for name, content := range useAreas("a.kml", "folder", "") {
		files[name] = content
	}
	files["a.kml"] = strings.Replace(toyKML(), "<MultiGeometry>", "<MultiGeometry><Point><coordinates>120.01,30.005</coordinates></Point>", 1)
	d := mustReadToy(t, files)
	if len(d.Regions.All) != 7 {
		t.Errorf("%d regions", len(d.Regions.All))
	}
	wantFinding(t, d, 0, "points that only place the name of a shape, left out: 1")
}

// TestLettersOfShapefiles: what .cpg files say without looking, names of fields that were cut in the middle of a letter, numbers with decimals
// where codes are meant, and asterisks.
func TestLettersOfShapefiles(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	for _, cpg := range []string{"ISO-8859-1", "System", "1252", "88591"} {
		got := mustReadToy(t, shapefileToy(t, crs.WGS84, "", gbk, cpg))
		if got.Sites[0].ID != want.Sites[0].ID || got.Sites[0].Tier != want.Sites[0].Tier {
			t.Errorf("%s: %+v", cpg, got.Sites)
		}
		wantFinding(t, got, 0, "the .cpg says "+cpg)
	}
	if _, err := readToy(t, shapefileToy(t, crs.WGS84, "", gbk, "BIG5")); err == nil || !strings.Contains(err.Error(), "encoding that is not known") {
		t.Error(err)
	}

	files := shapefileToy(t, crs.WGS84, "", func(s string) string { return s }, "UTF-8")
	dbf := []byte(files["sites.dbf"])
	copy(dbf[32+32*3:], "建筑\xe9\x9d_1\x00") // 建筑面积 cut to eight bytes, and numbered
	dbf[32+32*3+11] = 'N'
	width, from := 1+4*40, 32+32*4+1
	copy(dbf[from+1+3*40:], "1.20000000000e+003                      ")
	copy(dbf[from+width+1+3*40:], strings.Repeat("*", 40))
	files["sites.dbf"] = string(dbf)
	files["study.yaml"] = strings.Replace(files["study.yaml"], "file: sites.shp", "file: sites.shp\n    fields: {area: 建筑_1}", 1)
	got := mustReadToy(t, files)
	if got.Sites[0].ID != "S1" || got.Sites[0].FloorArea != 1200 || got.Sites[1].FloorArea != -1 {
		t.Errorf("%+v", got.Sites)
	}
	wantFinding(t, got, 2, `1 numbers are asterisks in the attribute table (not filled in, or too long for the field), the first in "建筑_1"`)

	files = shapefileToy(t, crs.WGS84, "", gbk, "GBK")
	files["study.yaml"] = strings.Replace(files["study.yaml"], "file: sites.shp", "file: sites.shp\n    fields: {area: 面积合计数}", 1)
	if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "did you mean 面积?") {
		t.Error(err)
	}
}

// TestRastersThatWouldBeMisread: scaled values, masks and projections that are not known are refused; what a raster does not reach is told.
func TestRastersThatWouldBeMisread(t *testing.T) {
	dir := t.TempDir()
	grid := "ncols 40\nnrows 30\nxllcorner 119.99\nyllcorner 29.99\ncellsize 0.002\n" + strings.Repeat(strings.Repeat("2 ", 40)+"\n", 30)
	must(t, os.WriteFile(filepath.Join(dir, "p.asc"), []byte(grid), 0o600))
	translate := func(name string, args ...string) string {
		gdal(t, dir, append(append([]string{"gdal_translate", "-q", "-a_srs", "EPSG:4326", "-ot", "Float32"}, args...), "p.asc", name)...)
		return name
	}
	read := func(name string) (*Dataset, error) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		files := toyFiles()
		files["pop.tif"] = string(text)
		files["study.yaml"] = strings.Replace(files["study.yaml"], "{file: cells.csv, kind: h3}", "{file: pop.tif, kind: raster}", 1)
		return readToy(t, files)
	}
	plain, err := read(translate("plain.tif"))
	must(t, err)
	total := func(d *Dataset) (n float64) {
		for _, c := range d.Population.Cells {
			n += c.People
		}
		return n
	}
	for _, args := range [][]string{{"-a_scale", "1", "-a_offset", "0"}, {"-co", "COMPRESS=DEFLATE", "-co", "TILED=YES", "-outsize", "100%", "100%"}} {
		if d, err := read(translate("same.tif", args...)); err != nil || math.Abs(total(d)-total(plain)) > 1e-6 {
			t.Errorf("%v: %v", args, err)
		}
	}
	gdal(t, dir, "gdal_translate", "-q", "--config", "GDAL_TIFF_INTERNAL_MASK", "YES", "-b", "1", "-mask", "1", "plain.tif", "mask.tif")
	gdal(t, dir, "gdalwarp", "-q", "-t_srs", "ESRI:54009", "plain.tif", "mollweide.tif")
	gdal(t, dir, "gdaladdo", "-q", translate("overviews.tif"), "2", "4")
	if d, err := read("overviews.tif"); err != nil || math.Abs(total(d)-total(plain)) > 1e-6 {
		t.Errorf("with overviews: %v", err)
	}
	for name, words := range map[string]string{
		translate("scaled.tif", "-a_scale", "0.1"):  "its values are yet to be scaled",
		translate("shifted.tif", "-a_offset", "-3"): "its values are yet to be scaled",
		"mask.tif":      "a mask tells which pixels hold data",
		"mollweide.tif": "is a coordinate system that is not known",
		translate("packed.tif", "-co", "COMPRESS=LZMA"):       "compression LZMA",
		translate("packbits.tif", "-co", "COMPRESS=PACKBITS"): "compression PackBits",
	} {
		if _, err := read(name); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v, want %q", name, err, words)
		}
	}
	half, err := read(translate("half.tif", "-srcwin", "0", "0", "15", "30"))
	must(t, err)
	wantFinding(t, half, 0, `2 of 4 regions lie outside the raster, such as "B south"`)
}

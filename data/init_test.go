package data

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// initToy writes files, and returns what Init says of their folder and the study it makes.
func initToy(t *testing.T, files map[string]string) (text string, notes []string) {
	t.Helper()
	path := writeToy(t, files)
	raw, said, err := initAt(filepath.Dir(path), date(2026, 3, 4))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range said {
		if n.ZH == "" || n.EN == "" {
			t.Errorf("note %+v lacks a language", n)
		}
		notes = append(notes, n.EN)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return string(raw), notes
}

// TestInitOfTheToyCounty: what Init guesses of the toy county's files must be read to the same data as the study written by hand.
func TestInitOfTheToyCounty(t *testing.T) {
	files := toyFiles()
	delete(files, "study.yaml")
	files["readme.txt"], files["old.dbf"] = "x", "x"
	text, notes := initToy(t, files)
	files["study.yaml"] = text
	got, want := mustReadToy(t, files), mustReadToy(t, toyFiles())
	if len(got.Regions.All) != 7 || got.Regions.Levels[2].ID != "community" || len(got.Sites) != 2 || len(got.Population.Totals) != 2 || len(got.Exclusions) != 1 {
		t.Errorf("read %d regions, %d sites, %d totals", len(got.Regions.All), len(got.Sites), len(got.Population.Totals))
	}
	if !slices.Equal(got.Population.Cells, want.Population.Cells) || len(got.Roads.Ways) != len(want.Roads.Ways) {
		t.Error("people or roads differ")
	}
	if got.Study.Date != date(2020, 12, 31) {
		t.Errorf("date %v, want the end of the ledger's last year", got.Study.Date)
	}
	if !slices.Contains(notes, "old.dbf: not a format that is read here, not used") {
		t.Errorf("notes say nothing of old.dbf: %q", notes)
	}
	if !strings.Contains(text, "# 猜测 / guessed: levels by level") {
		t.Error("guesses are not marked in the text")
	}
}

func TestInitOfOtherFolders(t *testing.T) {
	toy := toyFiles()
	text, notes := initToy(t, map[string]string{})
	if !strings.Contains(text, "# population:") || !strings.Contains(strings.Join(notes, "\n"), "population must be filled in") {
		t.Errorf("an empty folder: %q", notes)
	}
	one := strings.NewReplacer(`"level":"town",`, "").Replace(collection(strings.Split(toy["boundaries.geojson"], ",\n")[1:3]...))
	text, _ = initToy(t, map[string]string{"街道.geojson": one, "人口点.csv": "经度,纬度,人口\n120.01,30.01,5\n", "broken.geojson": "{"})
	for _, want := range []string{`{id: town, name: 街道}`, "file: 街道.geojson", "{file: 人口点.csv, kind: points}", "mode: straight", "date: 2026-03-04"} {
		if !strings.Contains(text, want) {
			t.Errorf("the guess lacks %q:\n%s", want, text)
		}
	}
	text, _ = initToy(t, map[string]string{"roads.osm": toyOSM, "lines.geojson": toy["roads.geojson"], "pop.tif": toyRaster().bytes(), "区.gpkg": toyGeoPackage(t)})
	for _, want := range []string{"{file: roads.osm}", "{file: pop.tif, kind: raster}", "file: 区.gpkg"} {
		if !strings.Contains(text, want) || strings.Contains(text, "lines.geojson") {
			t.Errorf("the guess lacks %q:\n%s", want, text)
		}
	}
	square := `"geometry":{"type":"Polygon","coordinates":[[[120,30],[120.1,30],[120.1,30.1],[120,30.1],[120,30]]]}}]}`
	text, _ = initToy(t, map[string]string{
		"园区.csv":            "编号,名称,类型,经度,纬度,从业人数\n1,甲园,园区,120.01,30.01,50\n",
		"zones.geojson":     `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"甲","kind":"新建小区"},` + square,
		"居住用地.geojson":      `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},` + square,
		"分社区人口.csv":         "区划代码,常住人口,60岁以上\n1,5,2\n",
		"districts.geojson": `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"乙"},` + square,
	})
	for _, want := range []string{"entities:\n  - {file: 园区.csv}", "zones:\n  - {file: zones.geojson}", "residential:\n  - {file: 居住用地.geojson}", `groups: {"60岁以上": "60岁以上"}`, "- file: districts.geojson"} {
		if !strings.Contains(text, want) {
			t.Errorf("the guess lacks %q:\n%s", want, text)
		}
	}
	if _, _, err := Init(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a folder that is not there gives no error")
	}
}

func TestQuotesSurviveYAML(t *testing.T) {
	for _, s := range []string{"a", "no", "3", "a: b", "#x", "村 (1)", `"`, "-", " x", "a,b", "云岭县", "{a}", "a.b"} {
		y := &yamlFile{name: "t", c: newCollector(), set: map[string]int{}}
		node := y.parseYAML([]byte("k: {" + quoteYAML(s) + ": " + quoteYAML(s) + "}"))
		if node == nil || node.Content[1].Content[0].Value != s || node.Content[1].Content[1].Value != s || node.Content[1].Content[1].Tag != "!!str" {
			t.Errorf("%q does not survive as %s", s, quoteYAML(s))
		}
	}
}

package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// toyKML is the toy's boundaries as KML: levels by folder, codes as data, one polygon inside a MultiGeometry.
func toyKML() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Toy</name>`)
	folder := ""
	for _, r := range []struct {
		level, code, name string
		ring              orb.Ring
	}{
		{"county", "C", "Toy", box(120, 30, 120.04, 30.02)}, {"town", "A", "West", box(120, 30, 120.02, 30.02)}, {"town", "B", "East", box(120.02, 30, 120.04, 30.02)},
		{"community", "A1", "A south", box(120, 30, 120.02, 30.01)}, {"community", "A2", "A north", box(120, 30.01, 120.02, 30.02)},
		{"community", "B1", "B south", box(120.02, 30, 120.04, 30.01)}, {"community", "B2", "B north", box(120.02, 30.01, 120.04, 30.02)},
	} {
		if r.level != folder {
			if folder != "" {
				b.WriteString("</Folder>")
			}
			folder = r.level
			fmt.Fprintf(&b, "<Folder><name>%s</name>", folder)
		}
		var line strings.Builder
		for _, p := range r.ring {
			fmt.Fprintf(&line, "%v,%v,0 \n", p[0], p[1])
		}
		polygon := "<Polygon><outerBoundaryIs><LinearRing><coordinates>" + line.String() + "</coordinates></LinearRing></outerBoundaryIs></Polygon>"
		if r.code == "A1" {
			polygon = "<MultiGeometry>" + polygon + "</MultiGeometry>"
		}
		fmt.Fprintf(&b, `<Placemark><name>%s</name><Style><LineStyle/></Style><ExtendedData><Data name="code"><value>%s</value></Data></ExtendedData>%s</Placemark>`, r.name, r.code, polygon)
	}
	b.WriteString("</Folder></Document></kml>\n")
	return b.String()
}

func kmz(t testing.TB, name, text string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// toyWKT is the toy's boundaries as a table.
func toyWKT() string {
	var b strings.Builder
	b.WriteString("level,code,name,wkt\n")
	in := &input{name: "b.geojson", c: newCollector(), utf8: true}
	scanFeatures(in, []byte(toyFiles()["boundaries.geojson"]), func(f *feature) error {
		shape, _ := polygons(f)
		var line []string
		for _, p := range shape[0][0] {
			line = append(line, fmt.Sprintf("%v %v", p[0], p[1]))
		}
		fmt.Fprintf(&b, "%s,%s,%s,\"SRID=4490;POLYGON((%s))\"\n", f.get("level"), f.get("code"), f.get("name"), strings.Join(line, ", "))
		return nil
	})
	return b.String()
}

// useAreas makes the toy study read its boundaries from another file.
func useAreas(name, level, text string) map[string]string {
	study := strings.Replace(toyStudy, "file: boundaries.geojson\n    fields: {level: level, id: code}", "file: "+name+"\n    fields: {level: "+level+", id: code}", 1)
	return map[string]string{"study.yaml": study, name: text}
}

// TestKMLAndWKT: the toy study with its boundaries as KML, KMZ and text in a table is the toy study.
func TestKMLAndWKT(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	for name, with := range map[string]map[string]string{
		"kml":     useAreas("a.kml", "folder", toyKML()),
		"kml gbk": useAreas("a.kml", "folder", gbk(strings.Replace(toyKML(), `"UTF-8"`, `"GB2312"`, 1))),
		"kmz":     useAreas("a.kmz", "folder", kmz(t, "doc.kml", toyKML())),
		"wkt":     useAreas("a.csv", "level", toyWKT()),
	} {
		files := toyFiles()
		for n, text := range with {
			files[n] = text
		}
		got := mustReadToy(t, files)
		near(t, name, got, want)
		for i, g := range got.Regions.All {
			if w := want.Regions.All[i]; g.ID != w.ID || g.Name != w.Name || g.Parent != w.Parent {
				t.Errorf("%s: region %+v, want %+v", name, g, w)
			}
		}
	}
}

// TestFormatsOfGDAL reads what GDAL writes.
func TestFormatsOfGDAL(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	var paths []string
	script := convertToy + "import os\nfiona.supported_drivers['KML'] = 'rw'\n"
	drivers := []struct{ driver, ext, options string }{{"KML", ".kml", ""}, {"CSV", ".csv", ", GEOMETRY='AS_WKT'"}}
	for _, c := range drivers {
		files := toyFiles()
		files["study.yaml"] = strings.NewReplacer("boundaries.geojson", "boundaries"+c.ext, "water.geojson", "water"+c.ext).Replace(files["study.yaml"])
		path := writeToy(t, files)
		paths = append(paths, path)
		script += fmt.Sprintf("os.chdir(%q)\nfor n in ('boundaries', 'water'): convert(n, 'Polygon', %q, %q, 'EPSG:4326'%s)\n", filepath.Dir(path), c.driver, c.ext, c.options)
	}
	ogr(t, filepath.Dir(paths[0]), script)
	for i, c := range drivers {
		near(t, c.driver, mustRead(t, paths[i]), want)
	}
}

func TestArchiveBomb(t *testing.T) {
	l := &limitedReader{strings.NewReader(strings.Repeat("<kml>", 1000)), 100}
	in := &input{name: "a.kmz", c: newCollector()}
	rows := 0
	scanKML(in, l, &rows, func(*feature) error { return nil })
	if len(in.c.errs) != 1 || !strings.Contains(in.c.errs[0].Error(), "unpacks to more than") {
		t.Errorf("%v", in.c.errs)
	}
}

func FuzzKML(f *testing.F) {
	f.Add([]byte(toyKML()))
	for _, c := range badFiles {
		if strings.HasSuffix(c.file, ".kml") {
			f.Add([]byte(c.new))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFeatures(t, "a.kml", map[string][]byte{"a.kml": text}) })
}

func FuzzKMZ(f *testing.F) {
	f.Add([]byte(kmz(f, "doc.kml", toyKML())))
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFeatures(t, "a.kmz", map[string][]byte{"a.kmz": text}) })
}

func FuzzWKT(f *testing.F) {
	f.Add([]byte(toyWKT()))
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFeatures(t, "a.csv", map[string][]byte{"a.csv": text}) })
}

package data

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	"github.com/paulmach/orb/encoding/wkb"
	geom "github.com/twpayne/go-geom"
	geomwkb "github.com/twpayne/go-geom/encoding/wkb"
)

// TestWKB reads what two other libraries write: every type, both byte orders, heights and measures, an SRID.
func TestWKB(t *testing.T) {
	ring := orb.Ring{{120, 30}, {121, 30}, {121, 31}, {120, 30}}
	for _, g := range []orb.Geometry{
		orb.Point{120, 30}, orb.LineString{{1, 2}, {3, 4}}, orb.Polygon{ring, ring}, orb.MultiPoint{{1, 2}, {3, 4}},
		orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}, orb.MultiPolygon{{ring}, {ring, ring}},
	} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			if got, err := readWKB(wkb.MustMarshal(g, order)); err != nil || !reflect.DeepEqual(got, g) {
				t.Errorf("%v: %v", got, err)
			}
			if got, err := readWKB(ewkb.MustMarshal(g, 4490, order)); err != nil || !reflect.DeepEqual(got, g) {
				t.Errorf("with an SRID: %v: %v", got, err)
			}
		}
		whole := wkb.MustMarshal(g)
		for n := range whole {
			if _, err := readWKB(whole[:n]); err == nil {
				t.Fatalf("%T of %d of %d bytes is read", g, n, len(whole))
			}
		}
	}
	for layout, flat := range map[geom.Layout][]float64{geom.XYZ: {1, 2, 9, 3, 4, 9}, geom.XYM: {1, 2, 9, 3, 4, 9}, geom.XYZM: {1, 2, 8, 9, 3, 4, 8, 9}} {
		b, err := geomwkb.Marshal(geom.NewMultiLineStringFlat(layout, flat, []int{len(flat)}), geomwkb.NDR)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readWKB(b); err != nil || !reflect.DeepEqual(got, orb.MultiLineString{{{1, 2}, {3, 4}}}) {
			t.Errorf("%v: %v, %v", layout, got, err)
		}
	}
	// Types for curves that hold none, as ArcGIS's databases come out of GDAL; with an arc they are refused.
	little := binary.LittleEndian
	head := func(kind, count uint32) []byte {
		return little.AppendUint32(little.AppendUint32([]byte{1}, kind), count)
	}
	line := wkb.MustMarshal(orb.LineString(ring), little)
	arc := append(head(8, 4), line[9:]...)
	curved := append(head(10, 1), line...)
	for _, c := range []struct {
		b    []byte
		want orb.Geometry
	}{
		{curved, orb.Polygon{ring}},
		{append(head(12, 1), curved...), orb.MultiPolygon{{ring}}},
		{append(head(12, 1), wkb.MustMarshal(orb.Polygon{ring}, little)...), orb.MultiPolygon{{ring}}},
		{append(head(11, 1), line...), orb.MultiLineString{orb.LineString(ring)}},
		{arc, nil}, {append(head(10, 1), arc...), nil}, {append(head(11, 1), arc...), nil}, {head(15, 0), nil},
	} {
		got, err := readWKB(c.b)
		if c.want == nil && !errors.Is(err, errCurve) || c.want != nil && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%x: %v, %v, want %v", c.b[:9], got, err, c.want)
		}
	}
	empty := wkb.MustMarshal(orb.Point{math.NaN(), math.NaN()})
	if got, err := readWKB(empty); err != nil || got != nil {
		t.Errorf("an empty point is %v, %v", got, err)
	}
	huge := []byte{1, 3, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}
	if _, err := readWKB(huge); err == nil {
		t.Error("four thousand million rings in nine bytes are believed")
	}
}

// toyGeoPackage writes boundaries as a GeoPackage, after the standard and without another writer; more statements may follow.
func toyGeoPackage(t testing.TB, more ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.gpkg")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	run := func(query string, args ...any) {
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatal(query, err)
		}
	}
	run(`PRAGMA page_size = 512`)
	run(`PRAGMA journal_mode = OFF`)
	run(`PRAGMA synchronous = OFF`)
	run(`CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT)`)
	run(`INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 4490, 'EPSG', 4490, '')`)
	run(`CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT)`)
	run(`CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER)`)
	run(`INSERT INTO gpkg_contents VALUES ('areas', 'features'), ('notes', 'attributes')`)
	run(`INSERT INTO gpkg_geometry_columns VALUES ('areas', 'geom', 4490)`)
	run(`CREATE TABLE areas (fid INTEGER PRIMARY KEY, geom BLOB, code TEXT, name TEXT, level TEXT, built DATE, photo BLOB, size REAL)`)
	in := &input{name: "b.geojson", c: newCollector(), utf8: true}
	scanFeatures(in, []byte(toyFiles()["boundaries.geojson"]), func(f *feature) error {
		blob := append([]byte{'G', 'P', 0, 1, 0, 0, 0, 0}, wkb.MustMarshal(f.geometry)...)
		run(`INSERT INTO areas (geom, code, name, level, built, photo, size) VALUES (?, ?, ?, ?, '2020-05-01', x'00ff', 1.5)`, blob, f.get("code"), f.get("name"), f.get("level"))
		return nil
	})
	for _, q := range more {
		run(q)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// layerStudy is the toy study with other boundaries.
func layerStudy(source string) string {
	return strings.Replace(toyStudy, "file: boundaries.geojson", source, 1)
}

func TestGeoPackage(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	files := toyFiles()
	files["study.yaml"], files["b.gpkg"] = layerStudy("file: b.gpkg"), toyGeoPackage(t)
	got := mustReadToy(t, files)
	compareRegions(t, got, want)
	for _, in := range got.Inputs {
		if in.Path == "b.gpkg" && (in.CRS != "cgcs2000" || in.Rows != 7) {
			t.Errorf("%+v", in)
		}
	}
	props := map[string]string{}
	path := filepath.Join(t.TempDir(), "b.gpkg")
	if err := os.WriteFile(path, []byte(files["b.gpkg"]), 0o600); err != nil {
		t.Fatal(err)
	}
	in := &input{name: "b.gpkg", path: path, c: newCollector()}
	readGeoPackage(in, func(f *feature) error {
		for _, p := range f.props {
			props[p.key] = p.value
		}
		return nil
	})
	if props["built"] != "2020-05-01" || props["size"] != "1.5" || props["photo"] != "" {
		t.Errorf("properties %v", props)
	}
}

// TestGeoPackageRefused: what would run queries when it is read, what is damaged, and what another program has not finished writing.
func TestGeoPackageRefused(t *testing.T) {
	endless := `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x AS fid, x'00' AS geom FROM c`
	for name, c := range map[string]struct{ text, want string }{
		"a view":               {toyGeoPackage(t, `DROP TABLE areas`, `CREATE VIEW areas AS `+endless), "layer areas that is no table"},
		"no such table":        {toyGeoPackage(t, `DROP TABLE areas`), "layer areas that is no table"},
		"no geometries":        {toyGeoPackage(t, `ALTER TABLE areas DROP COLUMN geom`), "layer areas that is no table"},
		"no layers":            {toyGeoPackage(t, `DELETE FROM gpkg_contents`), "holds no layer"},
		"no GeoPackage":        {toyGeoPackage(t, `DROP TABLE gpkg_contents`), "is not a GeoPackage"},
		"text":                 {"not a database at all", "is not a GeoPackage"},
		"cut off":              {toyGeoPackage(t)[:2000], "GeoPackage"},
		"an unknown system":    {toyGeoPackage(t, `UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 32650`), "is a coordinate system that is not known"},
		"a damaged geometry":   {toyGeoPackage(t, `UPDATE areas SET geom = x'4750' WHERE fid = 3`), "is no geometry of a GeoPackage"},
		"an extended geometry": {toyGeoPackage(t, `UPDATE areas SET geom = x'47500021000000000102' WHERE fid = 3`), "is no geometry of a GeoPackage"},
	} {
		files := toyFiles()
		files["study.yaml"], files["b.gpkg"] = layerStudy("file: b.gpkg"), c.text
		if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	files := toyFiles()
	files["study.yaml"], files["b.gpkg"], files["b.gpkg-wal"] = layerStudy("file: b.gpkg"), toyGeoPackage(t), "unfinished"
	if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "is open in another program") {
		t.Error(err)
	}
}

// toyTopoJSON is two towns side by side in a county, quantised: arc 0 is the line between them, 1 goes round the west, 2 round the east.
const toyTopoJSON = `{"type":"Topology","transform":{"scale":[0.01,0.01],"translate":[120,30]},
"arcs":[[[2,0],[0,2]],[[2,2],[-2,0],[0,-2],[2,0]],[[2,0],[2,0],[0,2],[-2,0]]],
"objects":{"towns":{"type":"GeometryCollection","geometries":[
 {"type":"Polygon","arcs":[[0,1]],"id":"A","properties":{"name":"West","people":12,"note":null}},
 {"type":"MultiPolygon","arcs":[[[-1,2]]],"properties":{"name":"East","open":true}},
 {"type":"Point","coordinates":[1,1],"properties":{"name":"Middle"}},
 {"type":null,"properties":{"name":"Nowhere"}}]},
"lines":{"type":"LineString","arcs":[-2,0]}}}`

func TestTopoJSON(t *testing.T) {
	read := func(layer, text string) ([]feature, *collector) {
		in := &input{name: "t.json", c: newCollector(), utf8: true, layer: layer}
		var out []feature
		scanFeatures(in, []byte(text), func(f *feature) error { out = append(out, *f); return nil })
		return out, in.c
	}
	got, c := read("towns", toyTopoJSON)
	if err := c.err(); err != nil || len(got) != 4 {
		t.Fatal(len(got), err)
	}
	west := orb.Polygon{{{120.02, 30}, {120.02, 30.02}, {120, 30.02}, {120, 30}, {120.02, 30}}}
	east := orb.MultiPolygon{{{{120.02, 30.02}, {120.02, 30}, {120.04, 30}, {120.04, 30.02}, {120.02, 30.02}}}}
	if !samePolygon(got[0].geometry.(orb.Polygon), west) || got[0].id != "A" || got[0].get("people") != "12" {
		t.Errorf("%+v", got[0])
	}
	if !sameShape(got[1].geometry.(orb.MultiPolygon), east) || got[1].get("open") != "true" || got[2].geometry != (orb.Point{120.01, 30.01}) || got[3].geometry != nil {
		t.Errorf("%+v", got[1:])
	}
	lines, c := read("lines", toyTopoJSON)
	if err := c.err(); err != nil || len(lines) != 1 || len(lines[0].geometry.(orb.LineString)) != 5 {
		t.Errorf("%+v, %v", lines, err)
	}
	for text, want := range map[string]string{
		toyTopoJSON: "holds 2 layers", `{"type":"Topology","objects":{},"arcs":[]}`: "holds no layer",
		`{"type":"Topology","objects":{"a":{"type":"LineString","arcs":[7]}},"arcs":[]}`:          "wrong geometry in feature 1",
		`{"type":"Topology","objects":{"a":{"type":"LineString","arcs":[0]}},"arcs":[[[1],[2]]]}`: "wrong position in arc 0",
		`{"type":"Topology","objects":{"a":{"type":"Circle"}},"arcs":[]}`:                         `type "Circle"`,
		bombTopology(): "makes more than 20000000 points",
	} {
		if _, c := read("", text); c.err() == nil || !strings.Contains(c.err().Error(), want) {
			t.Errorf("%.60s: %v, want %q", text, c.err(), want)
		}
	}
}

// bombTopology is a small file that would unpack to a thousand million points.
func bombTopology() string {
	arc := strings.TrimSuffix(strings.Repeat("[0,0],", 20_000), ",")
	use := strings.TrimSuffix(strings.Repeat("0,", 50_000), ",")
	return fmt.Sprintf(`{"type":"Topology","objects":{"a":{"type":"LineString","arcs":[%s]}},"arcs":[[%s]]}`, use, arc)
}

// toyOSM is two streets that meet in node 2, a third that JOSM has deleted, and a building.
const toyOSM = `<?xml version="1.0" encoding="UTF-8"?><osm version="0.6" generator="t"><bounds minlat="30" minlon="120" maxlat="31" maxlon="121"/>
<node id="1" lat="30.001" lon="120.001"/><node id="2" lat="30.001" lon="120.0020000"><tag k="highway" v="crossing"/></node>
<node id="-3" lat="30.002" lon="120.002"/><node id="4" action="delete" lat="30" lon="120"/>
<way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/><tag k="name" v="人民路 &amp; 一号"/><tag k="oneway" v="yes"/></way>
<way id="8"><nd ref="2"/><nd ref="-3"/><tag k="highway" v="steps"/></way>
<way id="9" action="delete"><nd ref="1"/><nd ref="-3"/><tag k="highway" v="primary"/></way>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="-3"/><nd ref="1"/><tag k="building" v="yes"/></way>
<relation id="1"><member type="way" ref="7" role=""/></relation></osm>`

func TestOSMXML(t *testing.T) {
	blocks, err := readOSM(context.Background(), strings.NewReader(toyOSM))
	if err != nil {
		t.Fatal(err)
	}
	roads, _ := assembleRoads(blocks)
	if len(roads.Ways) != 2 || roads.Ways[0].Name != "人民路 & 一号" || len(roads.Nodes) != 3 {
		t.Errorf("%+v", roads)
	}
	for text, want := range map[string]string{
		"":            "is not an OSM XML file",
		"<kml></kml>": "is not an OSM XML file",
		toyOSM[:700]:  "is not XML, or is cut off",
		strings.Replace(toyOSM, "lat=\"30.001\"", "lat=\"91\"", 1): `line 2: lat="91" cannot be`,
		strings.Replace(toyOSM, "ref=\"1\"", "ref=\"one\"", 1):     `ref="one" cannot be`,
	} {
		if _, err := readOSM(context.Background(), strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", text, err, want)
		}
	}
}

func FuzzWKB(f *testing.F) {
	f.Add(wkb.MustMarshal(orb.MultiPolygon{{{{1, 2}, {3, 4}, {5, 1}, {1, 2}}}}))
	f.Add(ewkb.MustMarshal(orb.MultiPoint{{1, 2}}, 4490))
	f.Add([]byte{0, 0, 0, 0x0b, 0xba, 0, 0, 0, 1, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		if g, err := readWKB(b); err == nil && g != nil && g.Dimensions() < 0 {
			t.Fatal("no geometry")
		}
		_, _ = gpkgGeometry(b) // must only not panic
	})
}

func FuzzGeoPackage(f *testing.F) {
	f.Add([]byte(toyGeoPackage(f)))
	f.Add([]byte(toyGeoPackage(f, `DROP TABLE areas`, `CREATE VIEW areas AS SELECT 1 AS fid, x'00' AS geom`)))
	f.Fuzz(func(t *testing.T, text []byte) { fuzzFeatures(t, "a.gpkg", map[string][]byte{"a.gpkg": text}) })
}

func FuzzTopoJSON(f *testing.F) {
	f.Add([]byte(toyTopoJSON))
	f.Add([]byte(strings.Replace(toyTopoJSON, `"transform":{"scale":[0.01,0.01],"translate":[120,30]},`, "", 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := &input{name: "f.topojson", c: newCollector(), utf8: true}
		scanTopology(in, text, func(*feature) error { return nil })
		if err := in.c.err(); err != nil {
			checkErrors(t, err)
		}
	})
}

func FuzzOSMXML(f *testing.F) {
	f.Add([]byte(toyOSM))
	f.Fuzz(func(t *testing.T, text []byte) {
		if blocks, err := readOSM(context.Background(), bytes.NewReader(text)); err == nil {
			assembleRoads(blocks)
		}
	})
}

package data

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo/crs"
)

// testSHP writes a .shp file by the description of the format, independently of the reader. Rings wind clockwise, as it asks.
func testSHP(kind int32, shapes ...orb.Geometry) string {
	var body bytes.Buffer
	little := func(b *bytes.Buffer, values ...any) {
		for _, v := range values {
			_ = binary.Write(b, binary.LittleEndian, v) // a buffer does not fail
		}
	}
	for i, g := range shapes {
		var rec bytes.Buffer
		var rings []orb.Ring
		switch g := g.(type) {
		case nil:
			little(&rec, int32(0))
		case orb.Point:
			little(&rec, kind, g[0], g[1])
		case orb.LineString:
			rings = []orb.Ring{orb.Ring(g)}
		case orb.Polygon:
			for _, r := range g {
				r = append(orb.Ring{}, r...)
				r.Reverse()
				rings = append(rings, r)
			}
		case orb.MultiPolygon:
			for _, p := range g {
				for _, r := range p {
					r = append(orb.Ring{}, r...)
					r.Reverse()
					rings = append(rings, r)
				}
			}
		}
		if rings != nil {
			n := int32(0)
			for _, r := range rings {
				n += int32(len(r))
			}
			little(&rec, kind, [4]float64{}, int32(len(rings)), n)
			n = 0
			for _, r := range rings {
				little(&rec, n)
				n += int32(len(r))
			}
			for _, r := range rings {
				for _, p := range r {
					little(&rec, p[0], p[1])
				}
			}
		}
		_ = binary.Write(&body, binary.BigEndian, []int32{int32(i + 1), int32(rec.Len() / 2)})
		body.Write(rec.Bytes())
	}
	var out bytes.Buffer
	_ = binary.Write(&out, binary.BigEndian, []int32{9994, 0, 0, 0, 0, 0, int32((100 + body.Len()) / 2)})
	little(&out, int32(1000), kind, [8]float64{})
	return out.String() + body.String()
}

// testDBF writes a table of texts.
func testDBF(mark byte, names []string, rows [][]string) string {
	const width = 40
	var out bytes.Buffer
	length := uint16(32 + 32*len(names) + 1)
	out.Write([]byte{3, 126, 1, 1})
	for _, v := range []any{uint32(len(rows)), length, uint16(1 + width*len(names))} {
		_ = binary.Write(&out, binary.LittleEndian, v)
	}
	out.Write(append(make([]byte, 17), mark, 0, 0))
	for _, n := range names {
		d := make([]byte, 32)
		copy(d[:11], n)
		d[11], d[16] = 'C', width
		out.Write(d)
	}
	out.WriteByte(0x0D)
	for _, row := range rows {
		out.WriteByte(' ')
		for _, v := range row {
			cell := v + strings.Repeat(" ", width)
			out.WriteString(cell[:width])
		}
	}
	return out.String() + "\x1a"
}

func toySHP() string {
	return testSHP(1, orb.Point{120.01, 30.005}, orb.Point{120.03, 30.015}, orb.Point{120.03, 30.016})
}

func toyPlaceRows() [][]string {
	return [][]string{{"Stop 1", "bus_stop"}, {"Market", "market"}, {"Bench", "bench"}}
}

// project writes a geometry in another system.
func project(t testing.TB, system crs.CRS, shapes []orb.Geometry) []orb.Geometry {
	t.Helper()
	for i, g := range shapes {
		one := func(p *orb.Point) {
			q, err := system.FromWGS84(*p)
			if err != nil {
				t.Fatal(err)
			}
			*p = q
		}
		if p, ok := g.(orb.Point); ok {
			one(&p)
			shapes[i] = p
			continue
		}
		eachPoint(g, one)
	}
	return shapes
}

// shapefileToy is the toy study with every file of features a shapefile in a system, its letters encoded.
func shapefileToy(t testing.TB, system crs.CRS, prj string, encode func(string) string, cpg string) map[string]string {
	t.Helper()
	files := toyFiles()
	put := func(name string, kind int32, names []string, rows [][]string, shapes ...orb.Geometry) {
		for _, row := range rows {
			for i := range row {
				row[i] = encode(row[i])
			}
		}
		files[name+".shp"] = testSHP(kind, project(t, system, shapes)...)
		files[name+".dbf"] = testDBF(0, names, rows)
		files[name+".prj"] = prj
		if cpg != "" {
			files[name+".cpg"] = cpg
		}
	}
	put("boundaries", 5, []string{"level", "code", "name"}, [][]string{{"county", "C", "Toy"}, {"town", "A", "West"}, {"town", "B", "East"},
		{"community", "A1", "A south"}, {"community", "A2", "A north"}, {"community", "B1", "B south"}, {"community", "B2", "B north"}},
		orb.Polygon{box(120, 30, 120.04, 30.02)}, orb.Polygon{box(120, 30, 120.02, 30.02)}, orb.Polygon{box(120.02, 30, 120.04, 30.02)},
		orb.Polygon{box(120, 30, 120.02, 30.01)}, orb.Polygon{box(120, 30.01, 120.02, 30.02)}, orb.Polygon{box(120.02, 30, 120.04, 30.01)}, orb.Polygon{box(120.02, 30.01, 120.04, 30.02)})
	put("roads", 3, []string{"id", "highway", "name", "oneway", "maxspeed"}, [][]string{{"1", "residential", "South Street", "", ""}, {"2", "tertiary", "", "yes", "40"}},
		orb.LineString{{120, 30.005}, {120.02, 30.005}, {120.04, 30.005}}, orb.LineString{{120.02, 30.005}, {120.02, 30.015}})
	put("sites", 1, []string{"编号", "名称", "级别", "面积"}, [][]string{{"S1", "West centre", "中心", "1200"}, {"S2", "East station", "站", "350"}},
		orb.Point{120.005, 30.005}, orb.Point{120.025, 30.005})
	put("places", 1, []string{"name", "kind"}, toyPlaceRows(), orb.Point{120.01, 30.005}, orb.Point{120.03, 30.015}, orb.Point{120.03, 30.016})
	put("water", 5, []string{"name"}, [][]string{{"Lake"}}, orb.Polygon{box(120.001, 30.001, 120.002, 30.002)})
	for i, n := range []string{"编号", "名称", "级别", "面积"} { // the names of the fields are letters too
		d := []byte(files["sites.dbf"])
		copy(d[32+32*i:32+32*i+11], make([]byte, 11))
		copy(d[32+32*i:32+32*i+11], encode(n))
		files["sites.dbf"] = string(d)
	}
	files["study.yaml"] = strings.NewReplacer("boundaries.geojson", "boundaries.shp", "roads.geojson", "roads.shp", "sites.csv", "sites.shp",
		"places.geojson", "places.shp", "water.geojson", "water.shp").Replace(files["study.yaml"])
	return files
}

const prjZone40 = `PROJCS["CGCS2000_3_Degree_GK_Zone_40",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",40500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

// TestShapefiles: the toy study from shapefiles is the toy study, whatever the system and the letters.
func TestShapefiles(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	zone, _ := crs.GaussKruger(4528)
	same := func(s string) string { return s }
	for _, c := range []struct {
		name   string
		system crs.CRS
		prj    string
		encode func(string) string
		cpg    string
	}{
		{"wgs84, utf-8", crs.WGS84, "", same, "UTF-8"},
		{"cgcs2000 zone, gbk", zone, prjZone40, gbk, "GBK"},
		{"cgcs2000 zone, gbk not declared", zone, prjZone40, gbk, ""},
		{"utf-8 not declared", crs.WGS84, "", same, ""},
		{"gbk declared as utf-8", crs.WGS84, "", gbk, "utf-8"},
	} {
		got := mustReadToy(t, shapefileToy(t, c.system, c.prj, c.encode, c.cpg))
		near(t, c.name, got, want)
		for i, s := range got.Sites {
			if w := want.Sites[i]; s.ID != w.ID || s.Tier != w.Tier || s.FloorArea != w.FloorArea || s.Region != w.Region {
				t.Errorf("%s: site %+v, want %+v", c.name, s, w)
			}
		}
		for i, g := range got.Regions.All {
			if w := want.Regions.All[i]; g.ID != w.ID || g.Name != w.Name || g.Parent != w.Parent {
				t.Errorf("%s: region %+v, want %+v", c.name, g, w)
			}
		}
		if w := fmt.Sprintf("%+v", want.Roads.Ways); fmt.Sprintf("%+v", got.Roads.Ways) != w {
			t.Errorf("%s: ways %+v, want %s", c.name, got.Roads.Ways, w)
		}
		hashes := 0
		for _, in := range got.Inputs {
			if strings.HasSuffix(in.Path, ".dbf") && len(in.SHA256) == 64 {
				hashes++
			}
		}
		if hashes != 5 {
			t.Errorf("%s: %d tables in the manifest, want 5", c.name, hashes)
		}
	}
}

// TestShapefileRings: outer rings, holes, and an island in a hole, whatever way they wind. The areas are powers of two times that of the
// unit square (u² = 1e-4 square degrees): 4² - 2² + 1² = 13.
func TestShapefileRings(t *testing.T) {
	const u = 0.01
	rings := orb.Polygon{box(0, 0, 4*u, 4*u), box(u, u, 3*u, 3*u), box(1.5*u, 1.5*u, 2.5*u, 2.5*u)}
	for turn := range 8 {
		for first := range 3 {
			var p orb.Polygon
			for i := range 3 {
				r := append(orb.Ring{}, rings[(first+i)%3]...)
				if turn>>i&1 == 1 {
					r.Reverse()
				}
				p = append(p, r)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "a.shp"), []byte(testSHP(5, p)), 0o600); err != nil {
				t.Fatal(err)
			}
			in := &input{name: "a.shp", path: filepath.Join(dir, "a.shp"), c: newCollector()}
			readFeatures(in, func(f *feature) error {
				shape, _ := polygons(f)
				check := checkShape(shape)
				if len(check.problems) > 0 || len(check.shape) != 2 || len(check.shape[0])+len(check.shape[1]) != 3 {
					t.Fatalf("turn %d first %d: %v, %v", turn, first, check.shape, check.problems)
				}
				area := 0.0
				for _, q := range check.shape {
					for _, r := range q {
						for i := range r[:len(r)-1] {
							area += (r[i][0]*r[i+1][1] - r[i+1][0]*r[i][1]) / 2
						}
					}
				}
				if math.Abs(area/(u*u)-13) > 1e-9 {
					t.Errorf("turn %d first %d: area %g", turn, first, area/(u*u))
				}
				return nil
			})
			if err := in.c.err(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// ogr writes files with GDAL from Python, where it is at hand: a reader that agrees with its own writer alone proves little.
func ogr(t *testing.T, dir, script string) {
	t.Helper()
	cmd := exec.Command("python3", "-c", "try:\n import fiona, rasterio\nexcept ImportError:\n exit(77)\n"+script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if _, missing := exec.LookPath("python3"); missing != nil || cmd.ProcessState.ExitCode() == 77 {
		t.Skip("python3 with fiona and rasterio (GDAL) is not at hand")
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// convertToy is a script that writes the toy's files of features with a driver in a system.
const convertToy = `
import fiona, json, sys
from fiona.transform import transform_geom
def convert(name, kind, driver, ext, crs, **options):
    feats = json.load(open(name + '.geojson'))['features']
    keys = []
    for f in feats:
        keys += [k for k in f['properties'] if k not in keys]
    schema = {'geometry': kind, 'properties': {k: 'str' for k in keys}}
    with fiona.open(name + ext, 'w', driver=driver, crs=crs, schema=schema, **options) as out:
        for f in feats:
            g = transform_geom('EPSG:4326', crs, f['geometry']) if crs != 'EPSG:4326' else f['geometry']
            out.write({'type': 'Feature', 'geometry': g, 'properties': {k: (None if f['properties'].get(k) is None else str(f['properties'][k])) for k in keys}})
`

func TestShapefilesOfGDAL(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	var paths []string
	script := convertToy + "import os\n"
	systems := []struct{ crs, encoding string }{{"EPSG:4326", "UTF-8"}, {"EPSG:4490", "GBK"}, {"EPSG:4528", "GBK"}, {"EPSG:4549", "UTF-8"}}
	for _, c := range systems {
		files := toyFiles()
		files["study.yaml"] = strings.NewReplacer("boundaries.geojson", "boundaries.shp", "roads.geojson", "roads.shp", "places.geojson", "places.shp", "water.geojson", "water.shp").Replace(files["study.yaml"])
		path := writeToy(t, files)
		paths = append(paths, path)
		script += fmt.Sprintf("os.chdir(%q)\n", filepath.Dir(path))
		for name, kind := range map[string]string{"boundaries": "Polygon", "roads": "LineString", "places": "Point", "water": "Polygon"} {
			script += fmt.Sprintf("convert(%q, %q, 'ESRI Shapefile', '.shp', %q, encoding=%q)\n", name, kind, c.crs, c.encoding)
		}
	}
	ogr(t, filepath.Dir(paths[0]), script)
	for i, c := range systems {
		near(t, c.crs, mustRead(t, paths[i]), want)
	}
}

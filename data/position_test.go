package data

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo/crs"
)

var (
	jsonPosition = regexp.MustCompile(`\[(1[12]\d[.\d]*),(30[.\d]*)\]`)
	rowPosition  = regexp.MustCompile(`,(12\d\.\d+),(30\.\d+),`)
)

// inSystem rewrites every position of the toy study in another system, and declares it.
func inSystem(t testing.TB, system crs.CRS, axes string) map[string]string {
	t.Helper()
	files := toyFiles()
	for name, text := range files {
		pattern, format := jsonPosition, "[%s,%s]"
		if strings.HasSuffix(name, ".csv") {
			pattern, format = rowPosition, ",%s,%s,"
		}
		if name == "cells.csv" || name == "totals.csv" || name == "study.yaml" {
			continue
		}
		files[name] = pattern.ReplaceAllStringFunc(text, func(s string) string {
			m := pattern.FindStringSubmatch(s)
			lon, _ := strconv.ParseFloat(m[1], 64) // the pattern is that of a number
			lat, _ := strconv.ParseFloat(m[2], 64)
			p, err := system.FromWGS84(orb.Point{lon, lat})
			if err != nil {
				t.Fatal(err)
			}
			if axes == AxesYX {
				p[0], p[1] = p[1], p[0]
			}
			return fmt.Sprintf(format, strconv.FormatFloat(p[0], 'f', -1, 64), strconv.FormatFloat(p[1], 'f', -1, 64))
		})
		if !pattern.MatchString(text) {
			t.Fatalf("%s holds no position", name)
		}
	}
	say := fmt.Sprintf(", crs: %s, axes: %s}", system.Name(), axes)
	files["study.yaml"] = strings.NewReplacer(
		"  - file: boundaries.geojson\n", "  - file: boundaries.geojson\n    crs: "+system.Name()+"\n    axes: "+axes+"\n",
		"  - roads.geojson\n", "  - {file: roads.geojson"+say+"\n",
		"  - file: sites.csv\n", "  - file: sites.csv\n    crs: "+system.Name()+"\n    axes: "+axes+"\n",
		"  - places.geojson\n", "  - {file: places.geojson"+say+"\n",
		"kind: water}", "kind: water"+say).Replace(files["study.yaml"])
	return files
}

// near compares two datasets position by position, within 1e-7 degree.
func near(t *testing.T, name string, got, want *Dataset) {
	t.Helper()
	points := func(d *Dataset) (all []orb.Point, what []string) {
		add := func(p orb.Point, of string) { all, what = append(all, p), append(what, of) }
		for _, g := range d.Regions.All {
			eachPoint(g.Shape, func(p *orb.Point) { add(*p, "region "+g.ID) })
		}
		for _, p := range d.Roads.Nodes {
			add(p, "road")
		}
		for _, s := range d.Sites {
			add(s.Point, "site "+s.ID)
		}
		for _, p := range d.Places {
			add(p.Point, "place "+p.Name)
		}
		for _, x := range d.Exclusions {
			eachPoint(x.Shape, func(p *orb.Point) { add(*p, "exclusion "+x.Name) })
		}
		for _, p := range d.Population.Points {
			add(p.Point, "people")
		}
		return all, what
	}
	a, names := points(got)
	b, _ := points(want)
	if len(a) != len(b) {
		t.Fatalf("%s: %d positions, want %d", name, len(a), len(b))
	}
	for i := range a {
		if d := max(math.Abs(a[i][0]-b[i][0]), math.Abs(a[i][1]-b[i][1])); !(d <= 1e-7) {
			t.Errorf("%s: %s at %v, want %v", name, names[i], a[i], b[i])
		}
	}
}

// TestSystems: the same study, written in other systems, is the same study.
func TestSystems(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	for _, c := range []struct{ name, axes string }{
		{"cgcs2000", AxesXY}, {"gcj02", AxesXY}, {"bd09", AxesXY}, {"epsg:4528", AxesXY}, {"epsg:4528", AxesYX}, {"epsg:4549", AxesXY}, {"epsg:4498", AxesXY}, {"wgs84", AxesYX},
	} {
		system, err := crs.Parse(c.name)
		if err != nil {
			t.Fatal(err)
		}
		got := mustReadToy(t, inSystem(t, system, c.axes))
		near(t, c.name+" "+c.axes, got, want)
		for _, in := range got.Inputs {
			says := c.name
			if c.axes == AxesYX {
				says += " (yx)"
			}
			if in.Role == "boundaries" && in.CRS != says {
				t.Errorf("%s: the manifest says %s", says, in.CRS)
			}
		}
	}
}

// TestDeclaredByTheFile: a GeoJSON file that names its system needs no crs in the study.
func TestDeclaredByTheFile(t *testing.T) {
	want := mustReadToy(t, toyFiles())
	system, _ := crs.GaussKruger(4528)
	files := inSystem(t, system, AxesXY)
	files["study.yaml"] = strings.Replace(files["study.yaml"], "    crs: epsg:4528\n    axes: xy\n", "", 1) // of the boundaries
	files["boundaries.geojson"] = strings.Replace(files["boundaries.geojson"], `"features"`, `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4528"}},"features"`, 1)
	near(t, "declared", mustReadToy(t, files), want)
	// A shifted file calls itself WGS84, as they all do: the study knows better, and the difference is told.
	files = inSystem(t, crs.GCJ02, AxesXY)
	files["boundaries.geojson"] = strings.Replace(files["boundaries.geojson"], `"features"`, `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features"`, 1)
	got := mustReadToy(t, files)
	near(t, "shifted", got, want)
	told := false
	for _, f := range got.Findings {
		told = told || f.What.EN == "declares wgs84; it is read as gcj02, as the study says"
	}
	if !told {
		t.Errorf("the difference is not told: %v", got.Findings)
	}
}

// TestReferenceSystems reads the points that PROJ computed as ledgers of people, one for every zone.
func TestReferenceSystems(t *testing.T) {
	f, err := os.Open("../../shared/data/crs/cgcs2000-gauss-kruger.csv")
	if err != nil {
		t.Skip("reference points are not at hand:", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		at := newPositions(Source{CRS: "EPSG:" + row[0]})
		number := func(i int) float64 {
			v, err := strconv.ParseFloat(row[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		p, problem := at.wgs84(orb.Point{number(5), number(6)})
		if problem != nil || math.Abs(p[0]-number(3)) > 1e-7 || math.Abs(p[1]-number(4)) > 1e-7 {
			t.Errorf("%v: %v, %v", row, p, problem)
		}
	}
}

// TestSystemOfText recognises what files say of themselves; the .prj texts are as Esri's and QGIS' software writes them.
func TestSystemOfText(t *testing.T) {
	esri := func(name, meridian, easting string) string {
		return `PROJCS["` + name + `",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",` + easting + `],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",` + meridian + `],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	}
	for text, want := range map[string]string{
		esri("CGCS2000_3_Degree_GK_Zone_40", "120.0", "40500000.0"): "epsg:4528",
		esri("CGCS2000_3_Degree_GK_CM_120E", "120.0", "500000.0"):   "epsg:4549",
		esri("CGCS2000_GK_Zone_20", "117.0", "20500000.0"):          "epsg:4498",
		esri("CGCS2000_GK_CM_117E_6_Degree", "117.0", "500000.0"):   "epsg:4509",
		esri("something of our own", "119.5", "500000.0"):           "",
		`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`:                   "wgs84",
		`GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.017]]`: "cgcs2000",
		`PROJCS["Beijing_1954_3_Degree_GK_Zone_40",GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]]],PROJECTION["Gauss_Kruger"]]`: "",
		`GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]]]`:                                                                                "",
		`PROJCRS["CGCS2000 / 3-degree Gauss-Kruger zone 40",BASEGEOGCRS["China Geodetic Coordinate System 2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101]]],CONVERSION["3-degree Gauss-Kruger zone 40",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Latitude of natural origin",0],PARAMETER["Longitude of natural origin",120],PARAMETER["Scale factor at natural origin",1],PARAMETER["False easting",40500000],PARAMETER["False northing",0]]]`: "epsg:4528",
		`PROJCS["WGS 84 / UTM zone 51N",GEOGCS["WGS 84",DATUM["WGS_1984"]],PROJECTION["Transverse_Mercator"],PARAMETER["central_meridian",123],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000]]`:                                                                                                                                                                                                                                                                 "",
		"urn:ogc:def:crs:OGC:1.3:CRS84": "wgs84", "urn:ogc:def:crs:EPSG::4490": "cgcs2000", "urn:ogc:def:crs:EPSG:9.8:4528": "epsg:4528", "EPSG:2437": "", "": "",
	} {
		got := ""
		if system, known := systemOfText(text); known {
			got = system.Name()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

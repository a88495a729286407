package data

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
)

var update = flag.Bool("update", false, "write the golden files anew")

// badCase is a study with one thing (or a few) wrong with it. The messages that it must give stand in testdata/bad.txt.
type badCase struct {
	name string
	file string // to change
	old  string // text to replace; "" = the whole file
	new  string
	with map[string]string // further files; "" removes one
}

func gbk(s string) string {
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

// badStudies are faults of the YAML.
var badStudies = []badCase{
	{name: "unknown key with a near one", file: "study.yaml", old: "population:", new: "popluation:"},
	{name: "unknown key in a tier", file: "study.yaml", old: "    one_per: town", new: "    oneper: town"},
	{name: "key given twice", file: "study.yaml", old: "date: 2026-12-31", new: "date: 2026-12-31\ndate: 2027-12-31"},
	{name: "name and date missing", file: "study.yaml", old: "name: Toy county\ndate: 2026-12-31\n", new: "language: zh\n"},
	{name: "date that is none", file: "study.yaml", old: "2026-12-31", new: "2026-02-30"},
	{name: "language unknown", file: "study.yaml", old: "date:", new: "language: fr\ndate:"},
	{name: "tab in the indentation", file: "study.yaml", old: "  resolution: 9", new: "\tresolution: 9"},
	{name: "bad indentation", file: "study.yaml", old: "    minutes: 15 min", new: "   minutes: 15 min"},
	{name: "empty study", file: "study.yaml", new: ""},
	{name: "study is a list", file: "study.yaml", new: "- a\n- b\n"},
	{name: "study is not UTF-8", file: "study.yaml", old: "Toy county", new: gbk("玩具县")},
	{name: "two documents", file: "study.yaml", old: "stations:", new: "---\nstations:"},
	{name: "resolution too fine", file: "study.yaml", old: "resolution: 9", new: "resolution: 12"},
	{name: "resolution no number", file: "study.yaml", old: "resolution: 9", new: "resolution: nine"},
	{name: "radius without a unit", file: "study.yaml", old: "radius: 1000 m", new: "radius: 1000"},
	{name: "radius in minutes", file: "study.yaml", old: "radius: 1000 m", new: "radius: 15 min"},
	{name: "radius zero", file: "study.yaml", old: "radius: 1000 m", new: "radius: 0 m"},
	{name: "radius negative", file: "study.yaml", old: "radius: 1000 m", new: "radius: -5 m"},
	{name: "radius huge", file: "study.yaml", old: "radius: 1000 m", new: "radius: 900 km"},
	{name: "neither radius nor minutes", file: "study.yaml", old: "    radius: 1000 m\n", new: ""},
	{name: "both radius and minutes", file: "study.yaml", old: "    minutes: 15 min", new: "    minutes: 15 min\n    radius: 500 m"},
	{name: "minutes in a straight line", file: "study.yaml", old: "mode: walk", new: "mode: straight"},
	{name: "mode unknown", file: "study.yaml", old: "mode: walk", new: "mode: wlak"},
	{name: "level unknown", file: "study.yaml", old: "one_per: town", new: "one_per: twon"},
	{name: "tier twice", file: "study.yaml", old: "  - id: station", new: "  - id: centre"},
	{name: "parent listed after", file: "study.yaml", old: "    cost: 80 万元", new: "    cost: 80 万元\n    parent: station"},
	{name: "parent unknown", file: "study.yaml", old: "parent: centre", new: "parent: center"},
	{name: "host kind unknown", file: "study.yaml", old: "[bus_stop, market]", new: "[busstop, market]"},
	{name: "cost in dollars", file: "study.yaml", old: "cost: 15 万元", new: "cost: 15 dollars"},
	{name: "cost of half a yuan", file: "study.yaml", old: "cost: 15 万元", new: "cost: 15.5 元"},
	{name: "share without percent", file: "study.yaml", old: "effective: 85%", new: "effective: 0.85"},
	{name: "share above one", file: "study.yaml", old: "effective: 85%", new: "effective: 120%"},
	{name: "target of an unknown tier", file: "study.yaml", old: "{centre: {effective: 85%", new: "{centrum: {effective: 85%"},
	{name: "target year before the date", file: "study.yaml", old: "  2027: {centre", new: "  2025: {centre"},
	{name: "target year no year", file: "study.yaml", old: "  2027: {centre", new: "  next: {centre"},
	{name: "budget missing for a target year", file: "study.yaml", old: "  2027: 500 万元\n", new: ""},
	{name: "budget without a unit", file: "study.yaml", old: "2028: 80.5 万元", new: "2028: 805000"},
	{name: "budget year twice", file: "study.yaml", old: "2028: 80.5 万元", new: "2027: 80.5 万元"},
	{name: "presence asked without one_per", file: "study.yaml", old: "    one_per: town\n", new: ""},
	{name: "no tiers", file: "study.yaml", old: toyStudy[strings.Index(toyStudy, "tiers:\n  - id"):], new: ""},
	{name: "population kind missing", file: "study.yaml", old: "{file: cells.csv, kind: h3}", new: "cells.csv"},
	{name: "file missing with a near one", file: "study.yaml", old: "file: sites.csv", new: "file: site.csv"},
	{name: "folder missing", file: "study.yaml", old: "file: sites.csv", new: "file: ledgers/a.csv"},
	{name: "format that the role cannot read", file: "study.yaml", old: "file: sites.csv", new: "file: study.yaml"},
	{name: "file named twice", file: "study.yaml", old: "  - roads.geojson", new: "  - roads.geojson\n  - file: roads.geojson"},
	{name: "coordinate system unknown", file: "study.yaml", old: "file: sites.csv", new: "file: sites.csv\n    crs: epsg4528"},
	{name: "axes unknown", file: "study.yaml", old: "file: sites.csv", new: "file: sites.csv\n    axes: ny"},
	{name: "OSM file declared shifted", file: "study.yaml", old: "  - roads.geojson", new: "  - {file: roads.osm.pbf, crs: gcj02}", with: map[string]string{"roads.osm.pbf": toyPBF()}},
	{name: "cells declared shifted", file: "study.yaml", old: "{file: cells.csv, kind: h3}", new: "{file: cells.csv, kind: h3, crs: BD-09}"},
	{name: "roads needed", file: "study.yaml", old: "roads:\n  - roads.geojson\n", new: ""},
	{name: "weight of an unknown kind", file: "study.yaml", old: "  count: 2", new: "  count: 2\n  weights: {markt: 3}"},
	{name: "speed without a unit", file: "study.yaml", old: "grid:", new: "modes:\n  walk: {speed: 3.8}\ngrid:"},
	{name: "mode of one's own without a base", file: "study.yaml", old: "grid:", new: "modes:\n  skate: {speed: 9 km/h}\ngrid:"},
	{name: "many at once, in the order of the lines", file: "study.yaml", old: "radius: 1000 m\n    one_per: town", new: "radius: 1000\n    one_per: street"},
}

// badFiles are faults of the files that a sound study names.
var badFiles = []badCase{
	{name: "column missing", file: "sites.csv", old: "纬度", new: "高度"},
	{name: "column of fields missing", file: "study.yaml", old: "{file: cells.csv, kind: h3}", new: "{file: cells.csv, kind: h3, fields: {people: peple}}"},
	{name: "text in a number", file: "sites.csv", old: "1200", new: "1200平"},
	{name: "thousands separator", file: "totals.csv", old: "A,3000", new: `A,"3,000"`},
	{name: "latitude 95", file: "sites.csv", old: "120.025,30.005", new: "120.025,95"},
	{name: "axes swapped out of range", file: "sites.csv", old: "120.025,30.005", new: "30.005,120.025"},
	{name: "axes swapped within range", file: "boundaries.geojson", old: "", new: strings.NewReplacer("120", "80").Replace(toyFiles()["boundaries.geojson"]),
		with: map[string]string{"sites.csv": "编号,名称,级别,经度,纬度\nS1,West centre,中心,30.005,80.005\n", "cells.csv": "", "totals.csv": "", "points.csv": "lon,lat,people\n30.005,80.005,5\n", "roads.geojson": "", "places.geojson": "",
			"study.yaml": "name: T\ndate: 2026-12-31\nlevels:\n  - {id: county}\n  - {id: town}\n  - {id: community}\nareas: [{file: boundaries.geojson, fields: {level: level, id: code}}]\npopulation: [{file: points.csv, kind: points}]\nsites: [{file: sites.csv, tiers: {中心: c}}]\ntiers: [{id: c, radius: 1 km, mode: straight}]\n"}},
	{name: "projected metres", file: "sites.csv", old: "120.025,30.005", new: "497580.5,3320113.2"},
	{name: "position 0,0", file: "sites.csv", old: "120.025,30.005", new: "0,0"},
	{name: "no coordinates", file: "sites.csv", old: "120.025,30.005", new: ","},
	{name: "site outside the area", file: "sites.csv", old: "120.025,30.005", new: "120.05,30.005"},
	{name: "tier unknown", file: "sites.csv", old: "East station,站", new: "East station,分站"},
	{name: "tier empty", file: "sites.csv", old: "East station,站", new: "East station,"},
	{name: "id twice", file: "sites.csv", old: "S2,", new: "S1,"},
	{name: "closed before opened", file: "sites.csv", old: "2024年3月31日", new: "2018年3月31日"},
	{name: "date that is none in a ledger", file: "sites.csv", old: "2020/6/1", new: "2020/13/1"},
	{name: "floor area negative", file: "sites.csv", old: ",350,", new: ",-350,"},
	{name: "several faults in one row", file: "sites.csv", old: "120.025,30.005,350", new: "120.025,95,x"},
	{name: "file empty", file: "sites.csv", new: ""},
	{name: "header only", file: "cells.csv", new: "h3,people\n"},
	{name: "quote left open", file: "sites.csv", old: "East station", new: `"East station`},
	{name: "more columns than the header", file: "cells.csv", old: "ffff,1024", new: "ffff,1,024"},
	{name: "GBK header with a fault", file: "sites.csv", new: gbk("编号,名称,级别,经度,纬度\nS1,西区中心,中心,120.005,95\n")},
	{name: "BOM with a fault", file: "sites.csv", new: "\ufeff编号,名称,级别,经度,纬度\nS1,West,中心,120.005,95\n"},
	{name: "UTF-16", file: "cells.csv", new: "\xff\xfeh\x003\x00"},
	{name: "Excel named csv", file: "sites.csv", new: "PK\x03\x04 and so on"},
	{name: "binary named csv", file: "cells.csv", new: "h3,people\n\x00\x01\x02"},
	{name: "people negative", file: "cells.csv", old: ",1024", new: ",-1024"},
	{name: "people not a number", file: "cells.csv", old: ",1024", new: ",NaN"},
	{name: "people missing", file: "cells.csv", old: ",1024", new: ","},
	{name: "cell invalid", file: "cells.csv", old: "89419679833ffff", new: "89419679833fffz"},
	{name: "cell twice", file: "cells.csv", old: "89419679867ffff", new: "89419679833ffff"},
	{name: "total of an unknown region", file: "totals.csv", old: "A,3000", new: "AA,3000"},
	{name: "total given twice", file: "totals.csv", old: "B,12000", new: "West,12000"},
	{name: "ring open", file: "boundaries.geojson", old: "[120.02,30.01],[120,30.01],[120,30]]]", new: "[120.02,30.01],[120,30.01]]]"},
	{name: "ring crosses itself", file: "boundaries.geojson", old: "[120.02,30],[120.02,30.01],[120,30.01]", new: "[120.02,30.01],[120.02,30],[120,30.01]"},
	{name: "ring of two points", file: "boundaries.geojson", old: square("120", "30", "120.02", "30.01"), new: "[[[120,30],[120.02,30],[120,30]]]"},
	{name: "ring runs back over itself", file: "boundaries.geojson", old: square("120", "30", "120.02", "30.01"), new: "[[[120,30],[120.02,30],[120.02,30.01],[120.02,30.015],[120.02,30.01],[120,30.01],[120,30]]]"},
	{name: "hole outside", file: "boundaries.geojson", old: square("120", "30", "120.02", "30.01"), new: "[[[120,30],[120.02,30],[120.02,30.01],[120,30.01],[120,30]],[[120.03,30.001],[120.031,30.001],[120.031,30.002],[120.03,30.001]]]"},
	{name: "boundary with NaN", file: "boundaries.geojson", old: "[120.02,30.01]", new: "[120.02,NaN]"},
	{name: "boundary in projected metres", file: "boundaries.geojson", old: "[[[120,30],[120.02,30],[120.02,30.01]", new: "[[[500000,3318785],[501929,3318785],[501929,3319893]"},
	{name: "boundary latitude first", file: "boundaries.geojson", old: "[[[120,30],[120.02,30],[120.02,30.01],[120,30.01],[120,30]]]", new: "[[[30,120],[30,120.02],[30.01,120.02],[30.01,120],[30,120]]]"},
	{name: "region id twice", file: "boundaries.geojson", old: `"code":"A2"`, new: `"code":"A1"`},
	{name: "region without a name or id", file: "boundaries.geojson", old: `"code":"A2","name":"A north"`, new: `"x":1`},
	{name: "region with no parent around it", file: "boundaries.geojson", old: square("120.02", "30.01", "120.04", "30.02"), new: square("121.02", "30.01", "121.04", "30.02")},
	{name: "parent by name unknown", file: "boundaries.geojson", old: `"code":"A2"`, new: `"code":"A2","parent":"Wst"`},
	{name: "level without boundaries", file: "study.yaml", old: "  - {id: town, name: 镇}", new: "  - {id: town, name: 镇}\n  - {id: block, name: 网格}"},
	{name: "two files with faults, in the order of the study", file: "sites.csv", old: ",350,", new: ",-350,", with: map[string]string{"study.yaml": strings.Replace(strings.Replace(toyStudy, "exclusions:\n  - {file: water.geojson, kind: water}\n", "", 1), "areas:", "exclusions:\n  - water.geojson\nareas:", 1), "water.geojson": "{}"}},
	{name: "no feature of the levels", file: "boundaries.geojson", new: collection(polygonFeature(`"level":"province","code":"P"`, square("120", "30", "120.04", "30.02")))},
	{name: "GeoJSON cut off", file: "boundaries.geojson", new: toyFiles()["boundaries.geojson"][:700]},
	{name: "GeoJSON with a stray comma", file: "places.geojson", old: "[120.01,30.005]", new: "[120.01,,30.005]"},
	{name: "GeoJSON that is not JSON", file: "places.geojson", new: "<html>404</html>"},
	{name: "GeoJSON of an unknown system", file: "places.geojson", old: `"features"`, new: `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2437"}},"features"`},
	{name: "GeoJSON declared projected, degrees inside", file: "places.geojson", old: `"features"`, new: `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4528"}},"features"`},
	{name: "GeoJSON declared projected too late", file: "places.geojson", old: "\n]}", new: `],"crs":{"type":"name","properties":{"name":"EPSG:4549"}}}`},
	{name: "projected metres with a prefix", file: "sites.csv", old: "120.005,30.005", new: "40500482.1,3320667.6"},
	{name: "projected metres, northing first", file: "sites.csv", old: "120.005,30.005", new: "3320667.6,40500482.1"},
	{name: "metres declared as a zone without a prefix", file: "sites.csv", old: "120.005,30.005", new: "40500482.1,3320667.6", with: systemOfSites("EPSG:4549")},
	{name: "metres of a prefix too few", file: "sites.csv", old: "120.005,30.005", new: "500482.1,3320667.6", with: systemOfSites("EPSG:4528")},
	{name: "northing first", file: "sites.csv", old: "120.005,30.005", new: "3320667.6,40500482.1", with: systemOfSites("EPSG:4528")},
	{name: "degrees declared as metres", file: "sites.csv", with: systemOfSites("EPSG:4528"), new: toyFiles()["sites.csv"]},
	{name: "metres declared as GCJ-02", file: "sites.csv", old: "120.005,30.005", new: "500482.1,3320667.6", with: systemOfSites("gcj02")},
	{name: "GCJ-02 axes swapped", file: "sites.csv", old: "120.005,30.005", new: "30.005,120.005", with: systemOfSites("gcj02")},
	{name: "GCJ-02 latitude first, within range", file: "sites.csv", old: "120.005,30.005", new: "30.005,87", with: systemOfSites("gcj02")},
	{name: "BD-09 outside China", file: "sites.csv", old: "120.005,30.005", new: "9.5,47.1", with: systemOfSites("bd09")},
	{name: "projected position 0,0", file: "sites.csv", old: "120.005,30.005", new: "0,0", with: systemOfSites("EPSG:4549")},
	{name: "boundary in another zone", file: "boundaries.geojson", old: "[[[120,30],[120.02,30],[120.02,30.01]", new: "[[[500000,3318785],[501929,3318785],[501929,3319893]", with: map[string]string{"study.yaml": strings.Replace(toyStudy, "file: boundaries.geojson", "file: boundaries.geojson\n    crs: EPSG:4528", 1)}},
	{name: "TopoJSON", file: "places.geojson", new: `{"type":"Topology","objects":{}}`},
	{name: "place at latitude 95", file: "places.geojson", old: "120.01,30.005", new: "120.01,95"},
	{name: "stations open at no time", file: "study.yaml", old: "  count: 2\n", new: "  count: 2\n  hours: 25:00-26:00\n"},
	{name: "stretches of the day that are none", file: "study.yaml", old: "  - places.geojson", new: "  - {file: places.geojson, bands: {早高峰: morning, 夜间: 22:00-06:00, 午夜: 00:00-02:00}}"},
	{name: "stretches without their columns", file: "study.yaml", old: "  - places.geojson", new: "  - {file: p.csv, bands: {早高峰: 07:00-09:00}}", with: map[string]string{"p.csv": "name,kind,lon,lat,早高锋\nA,market,120.01,30.005,3\n"}},
	{name: "footfall is text", file: "places.geojson", old: `"name":"Stop 1"`, new: `"name":"Stop 1","footfall":"many"`},
	{name: "exclusion crosses itself", file: "water.geojson", old: "[120.002,30.001],[120.002,30.002]", new: "[120.002,30.002],[120.002,30.001]"},
	{name: "roads elsewhere", file: "roads.geojson", new: strings.ReplaceAll(toyFiles()["roads.geojson"], "[120", "[110")},
	{name: "roads without roads", file: "roads.geojson", new: collection(pointFeature("", "120.01,30.01"))},
	{name: "road of one point", file: "roads.geojson", old: "[120.02,30.005],[120.02,30.015]", new: "[120.02,30.005]"},
	{name: "PBF cut off", file: "roads.osm.pbf", new: toyPBF()[:len(toyPBF())-20], with: usePBF},
	{name: "PBF damaged", file: "roads.osm.pbf", new: damage(toyPBF()), with: usePBF},
	{name: "PBF that is XML", file: "roads.osm.pbf", new: `<?xml version="1.0"?><osm></osm>`, with: usePBF},
	{name: "PBF empty", file: "roads.osm.pbf", new: "", with: usePBF},
	{name: "PBF with an unknown feature", file: "roads.osm.pbf", new: historyPBF(), with: usePBF},
	{name: "shapefile that is none", file: "places.shp", new: strings.Repeat("no shapefile ", 20), with: usePlacesSHP("", nil)},
	{name: "shapefile cut off", file: "places.shp", new: toySHP()[:140], with: usePlacesSHP("", nil)},
	{name: "shapefile record damaged", file: "places.shp", new: toySHP()[:104] + "\x00\x00\x00\x01" + toySHP()[108:], with: usePlacesSHP("", nil)},
	{name: "shapefile of patches", file: "places.shp", new: toySHP()[:32] + "\x1f" + toySHP()[33:], with: usePlacesSHP("", nil)},
	{name: "shapefile with a table too short", file: "places.shp", new: toySHP(), with: usePlacesSHP("", toyPlaceRows()[:2])},
	{name: "shapefile with a table too long", file: "places.shp", new: toySHP(), with: usePlacesSHP("", append(toyPlaceRows(), []string{"Shop", "shop"}))},
	{name: "shapefile with a table that is none", file: "places.dbf", new: "no table", with: usePlacesSHP("", nil)},
	{name: "shapefile of an unknown system", file: "places.prj", new: `PROJCS["Xian_1980_3_Degree_GK_Zone_40",GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980"]]]`, with: usePlacesSHP("", toyPlaceRows())},
	{name: "shapefile of unknown letters", file: "places.cpg", new: "KLINGON", with: usePlacesSHP("", toyPlaceRows())},
	{name: "shapefile at latitude 95", file: "places.shp", new: testSHP(1, orb.Point{120.01, 95}), with: usePlacesSHP("", toyPlaceRows()[:1])},
	{name: "shapefile in metres without .prj", file: "places.shp", new: testSHP(1, orb.Point{40500482.1, 3320667.6}), with: usePlacesSHP("", toyPlaceRows()[:1])},
	{name: "boundary shapefile crosses itself", file: "a.shp", new: testSHP(5, orb.Polygon{{{120, 30}, {120.02, 30.01}, {120.02, 30}, {120, 30.01}, {120, 30}}}),
		with: map[string]string{"a.dbf": testDBF(0, []string{"XZQDM", "XZQMC", "level"}, [][]string{{"A1", "A south", "community"}}), "study.yaml": strings.Replace(toyStudy, "file: boundaries.geojson\n    fields: {level: level, id: code}", "file: a.shp\n    fields: {level: level}", 1)}},
	{name: "KML that is HTML", file: "a.kml", new: "<html><body>404</body></html>", with: useAreas("a.kml", "folder", "")},
	{name: "KML cut off", file: "a.kml", new: toyKML()[:900], with: useAreas("a.kml", "folder", "")},
	{name: "KML with a bad position", file: "a.kml", new: strings.Replace(toyKML(), "120.04,30,0", "120.04;30", 1), with: useAreas("a.kml", "folder", "")},
	{name: "KML of unknown letters", file: "a.kml", new: strings.Replace(toyKML(), "UTF-8", "EBCDIC", 1), with: useAreas("a.kml", "folder", "")},
	{name: "KML of mixed geometries", file: "a.kml", new: strings.Replace(toyKML(), "<MultiGeometry>", "<MultiGeometry><LineString><coordinates>1,2 3,4</coordinates></LineString>", 1), with: useAreas("a.kml", "folder", "")},
	{name: "KML crosses itself", file: "a.kml", new: strings.Replace(toyKML(), "120.04,30,0 \n120.04,30.02,0", "120.04,30.02,0 \n120.04,30,0", 1), with: useAreas("a.kml", "folder", "")},
	{name: "KMZ that is no archive", file: "a.kmz", new: toyKML(), with: useAreas("a.kmz", "folder", "")},
	{name: "table without geometries", file: "a.csv", new: "level,code,name\ntown,A,West\n", with: useAreas("a.csv", "level", "")},
	{name: "WKT that is none", file: "a.csv", new: strings.Replace(toyWKT(), "POLYGON((120 30, 120.02 30, 120.02 30.01", "POLYGON((120 30, 120.02 30 120.02 30.01", 1), with: useAreas("a.csv", "level", "")},
	{name: "field that no feature has", file: "study.yaml", old: "fields: {level: level", new: "fields: {name: nmae, level: level"},
	{name: "people in units of 10,000", file: "totals.csv", old: "常住人口", new: "常住人口（万人）"},
	{name: "WKT of an unknown system", file: "a.csv", new: strings.Replace(toyWKT(), "SRID=4490", "SRID=32651", 1), with: useAreas("a.csv", "level", "")},
	{name: "repair that would change too much", file: "boundaries.geojson", old: "[120.02,30],[120.02,30.01],[120,30.01]", new: "[120.02,30.01],[120.02,30],[120,30.01]", with: repairAreas},
	{name: "repair of what is no ring", file: "boundaries.geojson", old: square("120", "30", "120.02", "30.01"), new: "[[[120,30],[120.02,30],[120,30]]]", with: repairAreas},
	{name: "repair that is no yes or no", file: "study.yaml", old: "file: boundaries.geojson", new: "file: boundaries.geojson\n    repair: maybe"},
	{name: "raster that is none", file: "pop.tif", new: "no raster at all", with: useRaster("pop.tif", "")},
	{name: "raster cut off", file: "pop.tif", new: toyRaster().bytes()[:3300], with: useRaster("pop.tif", "")},
	{name: "raster of JPEG", file: "pop.tif", new: changed(func(f *tiff) { f.compress = 7 }), with: useRaster("pop.tif", "")},
	{name: "raster that is packed by no rule", file: "pop.tif", new: changed(func(f *tiff) { f.compress = 8 }), with: useRaster("pop.tif", "")},
	{name: "raster without a place", file: "pop.tif", new: changed(func(f *tiff) { f.noPlace = true }), with: useRaster("pop.tif", "")},
	{name: "raster of an unknown system", file: "pop.tif", new: changed(func(f *tiff) { f.epsg = 32651 }), with: useRaster("pop.tif", "")},
	{name: "raster elsewhere", file: "pop.tif", new: changed(func(f *tiff) { f.origin = orb.Point{110, 30} }), with: useRaster("pop.tif", "")},
	{name: "raster with nodata not declared", file: "pop.tif", new: changed(func(f *tiff) { f.nodata = "" }), with: useRaster("pop.tif", "")},
	{name: "raster of huge numbers", file: "pop.tif", new: changed(func(f *tiff) { f.values[7] = 3e38 }), with: useRaster("pop.tif", "")},
	{name: "raster without data", file: "pop.tif", new: changed(func(f *tiff) { f.values = make([]float32, 800); f.nodata = "0" }), with: useRaster("pop.tif", "")},
	{name: "raster that is no kind of it", file: "study.yaml", old: "{file: cells.csv, kind: h3}", new: "{file: pop.tif, kind: h3}", with: map[string]string{"pop.tif": "x"}},
	{name: "raster with groups", file: "study.yaml", old: "{file: cells.csv, kind: h3}", new: "{file: pop.tif, kind: raster, groups: {old: 60岁}}", with: map[string]string{"pop.tif": "x"}},
	{name: "workbook that is no zip", file: "sites.xlsx", new: "this is no zip", with: useXLSX},
	{name: "workbook of the old format", file: "sites.xlsx", new: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", with: useXLSX},
}

var repairAreas = map[string]string{"study.yaml": strings.Replace(toyStudy, "file: boundaries.geojson", "file: boundaries.geojson\n    repair: true", 1)}

var (
	usePBF  = map[string]string{"study.yaml": strings.Replace(toyStudy, "roads.geojson", "roads.osm.pbf", 1)}
	useXLSX = map[string]string{"study.yaml": strings.Replace(toyStudy, "sites.csv", "sites.xlsx", 1)}
)

// usePlacesSHP makes the toy study read its places from a shapefile.
func usePlacesSHP(letters string, rows [][]string) map[string]string {
	files := map[string]string{"study.yaml": strings.Replace(toyStudy, "places.geojson", "places.shp", 1), "places.shp": toySHP()}
	if rows != nil {
		files["places.dbf"] = testDBF(0, []string{"name", "kind"}, rows)
	}
	if letters != "" {
		files["places.cpg"] = letters
	}
	return files
}

func systemOfSites(crs string) map[string]string {
	return map[string]string{"study.yaml": strings.Replace(toyStudy, "file: sites.csv", "file: sites.csv\n    crs: "+crs, 1)}
}

// damage flips bytes inside the last packed block.
func damage(pbf string) string {
	b := []byte(pbf)
	for i := len(b) - 40; i < len(b)-20; i++ {
		b[i] ^= 0x55
	}
	return string(b)
}

// historyPBF asks for a feature that readers of plain extracts do not have.
func historyPBF() string {
	var out bytes.Buffer
	appendBlob(&out, "OSMHeader", appendField(nil, 4, []byte("HistoricalInformation")))
	return out.String() + toyPBF()
}

// files returns the toy study with the fault in it.
func (c badCase) files(t testing.TB) map[string]string {
	files := toyFiles()
	for name, text := range c.with {
		files[name] = text
		if text == "" && name != c.file {
			delete(files, name)
		}
	}
	if c.old == "" {
		files[c.file] = c.new
		return files
	}
	if !strings.Contains(files[c.file], c.old) {
		t.Fatalf("%s: %s does not hold %q", c.name, c.file, c.old)
	}
	files[c.file] = strings.Replace(files[c.file], c.old, c.new, 1)
	return files
}

// TestBadInputs holds the messages of every fault, in both languages, against testdata/bad.txt.
func TestBadInputs(t *testing.T) {
	var got strings.Builder
	for _, c := range append(badStudies, badFiles...) {
		_, err := readToy(t, c.files(t))
		if err == nil {
			t.Errorf("%s: no error", c.name)
			continue
		}
		fmt.Fprintf(&got, "== %s\n", c.name)
		for _, e := range inputErrors(t, err) {
			if e.File == "" || e.What.ZH == "" || e.What.EN == "" || e.Hint.ZH == "" || e.Hint.EN == "" {
				t.Errorf("%s: incomplete error %+v", c.name, e)
			}
			fmt.Fprintf(&got, "%s\n%s\n", e.In("en"), e.In("zh"))
		}
		var one *InputError
		if !errors.As(err, &one) {
			t.Errorf("%s: errors.As finds no InputError", c.name)
		}
	}
	compareGolden(t, "bad.txt", got.String())
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s line %d (refresh with -update):\n got %s\nwant %s", path, i+1, g[i], at(w, i))
		}
	}
	t.Fatalf("%s: %d lines are missing", path, len(w)-len(g))
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end)"
}

// TestToyIsGood makes sure that the faults above are the only ones.
func TestToyIsGood(t *testing.T) {
	d := mustReadToy(t, toyFiles())
	if n := len(d.Regions.All); n != 7 {
		t.Errorf("%d regions, want 7", n)
	}
	if n := len(d.Sites); n != 2 {
		t.Errorf("%d sites, want 2", n)
	}
	for _, f := range d.Findings {
		if f.Severity == "warning" {
			t.Errorf("warning %v", f)
		}
	}
}

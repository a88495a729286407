package data

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"google.golang.org/protobuf/encoding/protowire"
)

// The toy county: 0.04° × 0.02° at 120 E, 30 N. Two towns side by side (west A, east B), each of two communities
// (south 1, north 2). One H3 cell with a power of two of people in each community, so that a sum names its parts.
//
//	lat 30.02 +------+------+
//	          |  A2  |  B2  |
//	    30.01 +------+------+
//	          |  A1  |  B1  |
//	    30.00 +------+------+
//	      lon 120.0  .02   .04
const toyStudy = `name: Toy county
date: 2026-12-31
levels:
  - {id: county, name: 县}
  - {id: town, name: 镇}
  - {id: community, name: 社区}
areas:
  - file: boundaries.geojson
    fields: {level: level, id: code}
population:
  - {file: cells.csv, kind: h3}
  - {file: totals.csv, kind: totals}
roads:
  - roads.geojson
sites:
  - file: sites.csv
    tiers: {中心: centre, 站: station}
places:
  - places.geojson
exclusions:
  - {file: water.geojson, kind: water}
grid:
  resolution: 9
tiers:
  - id: centre
    name: 党群服务中心
    radius: 1000 m
    one_per: town
    cost: 80 万元
    host_cost: 2.5 万元
  - id: station
    name: 党群服务站
    minutes: 15 min
    mode: walk
    one_per: community
    parent: centre
    min_area: 300 m2
    hosts: [bus_stop, market]
    cost: 15 万元
targets:
  2027: {centre: {effective: 85%, presence: 100%}}
budget:
  2027: 500 万元
  2028: 80.5 万元
stations:
  count: 2
`

func square(west, south, east, north string) string {
	return "[[[" + west + "," + south + "],[" + east + "," + south + "],[" + east + "," + north + "],[" + west + "," + north + "],[" + west + "," + south + "]]]"
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + "\n" + strings.Join(features, ",\n") + "\n]}\n"
}

func polygonFeature(props, coordinates string) string {
	return `{"type":"Feature","properties":{` + props + `},"geometry":{"type":"Polygon","coordinates":` + coordinates + `}}`
}

func pointFeature(props, at string) string {
	return `{"type":"Feature","properties":{` + props + `},"geometry":{"type":"Point","coordinates":[` + at + `]}}`
}

func lineFeature(props, coordinates string) string {
	return `{"type":"Feature","properties":{` + props + `},"geometry":{"type":"LineString","coordinates":[` + coordinates + `]}}`
}

// toyFiles returns the files of a study without a fault.
func toyFiles() map[string]string {
	return map[string]string{
		"study.yaml": toyStudy,
		"boundaries.geojson": collection(
			polygonFeature(`"level":"county","code":"C","name":"Toy"`, square("120", "30", "120.04", "30.02")),
			polygonFeature(`"level":"town","code":"A","name":"West"`, square("120", "30", "120.02", "30.02")),
			polygonFeature(`"level":"town","code":"B","name":"East"`, square("120.02", "30", "120.04", "30.02")),
			polygonFeature(`"level":"community","code":"A1","name":"A south"`, square("120", "30", "120.02", "30.01")),
			polygonFeature(`"level":"community","code":"A2","name":"A north"`, square("120", "30.01", "120.02", "30.02")),
			polygonFeature(`"level":"community","code":"B1","name":"B south"`, square("120.02", "30", "120.04", "30.01")),
			polygonFeature(`"level":"community","code":"B2","name":"B north"`, square("120.02", "30.01", "120.04", "30.02"))),
		"cells.csv":  "h3,people\n89419679833ffff,1024\n89419679867ffff,2048\n89419679eafffff,4096\n89419679e67ffff,8192\n",
		"totals.csv": "区划代码,常住人口\nA,3000\nB,12000\n",
		"roads.geojson": collection(
			lineFeature(`"id":1,"highway":"residential","name":"South Street"`, "[120,30.005],[120.02,30.005],[120.04,30.005]"),
			lineFeature(`"id":2,"highway":"tertiary","oneway":"yes","maxspeed":"40"`, "[120.02,30.005],[120.02,30.015]")),
		"sites.csv": "编号,名称,级别,经度,纬度,建筑面积(㎡),启用日期,关闭日期\n" +
			"S1,West centre,中心,120.005,30.005,1200,2019-05-01,\n" +
			"S2,East station,站,120.025,30.005,350,2020/6/1,2024年3月31日\n",
		"places.geojson": collection(
			pointFeature(`"name":"Stop 1","highway":"bus_stop"`, "120.01,30.005"),
			pointFeature(`"name":"Market","amenity":"marketplace"`, "120.03,30.015"),
			pointFeature(`"amenity":"bench"`, "120.03,30.016")),
		"water.geojson": collection(polygonFeature(`"name":"Lake"`, square("120.001", "30.001", "120.002", "30.002"))),
	}
}

// writeToy writes files into a fresh folder and returns the study file's path.
func writeToy(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "study.yaml")
}

// readToy loads and reads a study.
func readToy(t testing.TB, files map[string]string) (*Dataset, error) {
	t.Helper()
	study, err := Load(writeToy(t, files))
	if err != nil {
		return nil, err
	}
	return Read(context.Background(), study, Options{})
}

func mustReadToy(t testing.TB, files map[string]string) *Dataset {
	t.Helper()
	dataset, err := readToy(t, files)
	if err != nil {
		t.Fatal(err)
	}
	return dataset
}

// inputErrors returns the problems of an error that must be InputErrors.
func inputErrors(t testing.TB, err error) InputErrors {
	t.Helper()
	var es InputErrors
	if !errors.As(err, &es) {
		t.Fatalf("error is %T (%v), want InputErrors", err, err)
	}
	return es
}

// workbook returns an Excel file with the rows on its sheet "Sheet1".
func workbook(t testing.TB, rows ...[]any) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := book.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// pbfNode and pbfTestWay are what testPBF writes.
type pbfNode struct {
	id       int64
	lon, lat float64
}

type pbfTestWay struct {
	id   int64
	refs []int64
	tags [][2]string
}

// testPBF returns an OSM PBF file written independently of the reader: a header, one block of dense nodes, one of ways.
func testPBF(nodes []pbfNode, ways []pbfTestWay) string {
	var out bytes.Buffer
	header := protowire.AppendTag(nil, 4, protowire.BytesType)
	header = protowire.AppendString(header, "OsmSchema-V0.6")
	header = protowire.AppendTag(header, 4, protowire.BytesType)
	header = protowire.AppendString(header, "DenseNodes")
	appendBlob(&out, "OSMHeader", header)
	appendBlob(&out, "OSMData", primitiveBlock([]string{""}, denseGroup(nodes)))
	table := []string{""}
	index := func(s string) uint64 {
		for i, have := range table {
			if have == s && i > 0 {
				return uint64(i)
			}
		}
		table = append(table, s)
		return uint64(len(table) - 1)
	}
	var group []byte
	for _, w := range ways {
		var keys, values, refs []byte
		for _, tag := range w.tags {
			keys = protowire.AppendVarint(keys, index(tag[0]))
			values = protowire.AppendVarint(values, index(tag[1]))
		}
		last := int64(0)
		for _, ref := range w.refs {
			refs = protowire.AppendVarint(refs, protowire.EncodeZigZag(ref-last))
			last = ref
		}
		way := protowire.AppendTag(nil, 1, protowire.VarintType)
		way = protowire.AppendVarint(way, uint64(w.id))
		way = appendField(way, 2, keys)
		way = appendField(way, 3, values)
		way = appendField(way, 8, refs)
		group = appendField(group, 3, way)
	}
	appendBlob(&out, "OSMData", primitiveBlock(table, group))
	return out.String()
}

func appendField(to []byte, field protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(to, field, protowire.BytesType), content)
}

func denseGroup(nodes []pbfNode) []byte {
	var ids, lats, lons []byte
	var id, lat, lon int64
	for _, n := range nodes {
		x, y := int64(n.lon*1e7+0.5), int64(n.lat*1e7+0.5)
		ids = protowire.AppendVarint(ids, protowire.EncodeZigZag(n.id-id))
		lats = protowire.AppendVarint(lats, protowire.EncodeZigZag(y-lat))
		lons = protowire.AppendVarint(lons, protowire.EncodeZigZag(x-lon))
		id, lat, lon = n.id, y, x
	}
	dense := appendField(nil, 1, ids)
	dense = appendField(dense, 8, lats)
	dense = appendField(dense, 9, lons)
	return appendField(nil, 2, dense)
}

func primitiveBlock(table []string, group []byte) []byte {
	var strings []byte
	for _, s := range table {
		strings = appendField(strings, 1, []byte(s))
	}
	return appendField(appendField(nil, 1, strings), 2, group)
}

func appendBlob(out *bytes.Buffer, kind string, content []byte) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(content) // a buffer does not fail
	_ = z.Close()
	blob := protowire.AppendTag(nil, 2, protowire.VarintType)
	blob = protowire.AppendVarint(blob, uint64(len(content)))
	blob = appendField(blob, 3, packed.Bytes())
	header := appendField(nil, 1, []byte(kind))
	header = protowire.AppendTag(header, 3, protowire.VarintType)
	header = protowire.AppendVarint(header, uint64(len(blob)))
	var size [4]byte
	binary.BigEndian.PutUint32(size[:], uint32(len(header)))
	out.Write(size[:])
	out.Write(header)
	out.Write(blob)
}

// toyPBF is the toy county's roads as an OSM extract.
func toyPBF() string {
	return testPBF(
		[]pbfNode{{11, 120, 30.005}, {12, 120.02, 30.005}, {13, 120.04, 30.005}, {14, 120.02, 30.015}, {15, 120.03, 30.019}},
		[]pbfTestWay{
			{1, []int64{11, 12, 13}, [][2]string{{"highway", "residential"}, {"name", "South Street"}}},
			{2, []int64{12, 14}, [][2]string{{"highway", "tertiary"}, {"oneway", "yes"}, {"maxspeed", "40"}}},
		})
}

// mustRead loads and reads the study of a path.
func mustRead(t testing.TB, path string) *Dataset {
	t.Helper()
	study, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	dataset, err := Read(context.Background(), study, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return dataset
}

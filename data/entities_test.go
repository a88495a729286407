package data

import (
	"strings"
	"testing"

	"sitecover/coverage"
)

func entityFiles() map[string]string {
	files := toyFiles()
	files["study.yaml"] = toyStudy + `entities:
  - {file: parks.csv, kind: park}
  - {file: others.geojson, kinds: {写字楼: office}}
zones:
  - {file: fringe.geojson, kind: fringe}
  - estates.geojson
residential:
  - homes.geojson
`
	files["homes.geojson"] = collection(polygonFeature(`"name":"Homes"`, square("120.003", "30.001", "120.004", "30.002")), pointFeature(`"x":1`, "120.01,30.01"))
	files["parks.csv"] = "名称,经度,纬度,从业人数\nWest park,120.005,30.005,1200.5\nFar park,121,30.005,9\nEast park,120.03,30.005,\n"
	files["others.geojson"] = collection(pointFeature(`"name":"Tower","类型":"写字楼","headcount":800`, "120.03,30.015"),
		polygonFeature(`"id":"M","type":"market","人数":40`, square("120.011", "30.011", "120.012", "30.012")))
	files["fringe.geojson"] = collection(polygonFeature(`"name":"Fringe"`, square("120.001", "30.001", "120.002", "30.002")))
	files["estates.geojson"] = collection(polygonFeature(`"name":"Estate","kind":"new_estate"`, square("120.003", "30.001", "120.004", "30.002")))
	return files
}

func TestEntitiesAndZonesAreRead(t *testing.T) {
	d := mustReadToy(t, entityFiles())
	var got []string
	for _, e := range d.Entities {
		got = append(got, e.ID+" "+e.Kind+" "+d.Regions.All[e.Region].ID)
	}
	if want := "East park park B1|M market A2|Tower office B2|West park park A1"; strings.Join(got, "|") != want {
		t.Errorf("entities %s, want %s", strings.Join(got, "|"), want)
	}
	if d.Entities[0].Headcount >= 0 || d.Entities[3].Headcount != 1200*coverage.Person+coverage.Person/2 {
		t.Errorf("headcounts %v, %v", d.Entities[0].Headcount, d.Entities[3].Headcount)
	}
	if len(d.Zones) != 2 || d.Zones[0].Kind != "fringe" || d.Zones[1].Kind != "new_estate" || d.Zones[1].Name != "Estate" {
		t.Errorf("zones %+v", d.Zones)
	}
	if len(d.Residential) != 1 {
		t.Errorf("residential land %v", d.Residential)
	}
	told := 0
	for _, f := range d.Findings {
		if strings.Contains(f.What.EN, "1 entities outside") || strings.Contains(f.What.EN, "headcount of 1 entities") ||
			f.File == "homes.geojson" && strings.Contains(f.What.EN, "no polygons, left out: 1") {
			told++
		}
	}
	if told != 3 {
		t.Errorf("findings %+v", d.Findings)
	}
	roles := map[string]int{}
	for _, in := range d.Inputs {
		roles[in.Role]++
	}
	if roles["entities"] != 2 || roles["zones"] != 2 || roles["residential"] != 1 {
		t.Errorf("inputs %v", roles)
	}
}

func TestBadEntitiesAndZones(t *testing.T) {
	files := entityFiles()
	files["parks.csv"] = "名称,经度,纬度,从业人数\n,120.005,30.005,12\nPark,120.03,30.005,-1\nPark 2,120.03,30.005,many\n"
	files["others.geojson"] = collection(pointFeature(`"name":"Tower","headcount":800`, "120.03,30.015"))
	files["estates.geojson"] = collection(polygonFeature(`"name":"Estate"`, square("120.003", "30.001", "120.004", "30.002")))
	_, err := readToy(t, files)
	wantErrors(t, err,
		`parks.csv:2: 名称: has no name (hint: fill in the name or the id)`,
		`parks.csv:3: 从业人数 "-1": must not be negative (hint: write zero or more; leave it empty where it is not known)`,
		`parks.csv:4: 从业人数 "many": is not a number (hint: write digits only)`,
		`others.geojson:1: kind: has no kind (hint: fill in the kind, or give the source a kind)`,
		`estates.geojson:1: kind: has no kind (hint: fill in the kind, or give the source a kind)`)
	files = entityFiles()
	files["parks.csv"] = "编号,名称,经度,纬度,从业人数\nP,Park,120.005,30.005,12\nP,Park,120.03,30.005,1\n"
	_, err = readToy(t, files)
	wantErrors(t, err, `parks.csv:3: id "P": is used twice (parks.csv, row 2) (hint: every entity needs an id of its own)`)
}

package data

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"sitecover/coverage"
)

// boxFeature is a feature of one box.
func boxFeature(properties string, w, s, e, n float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":"Polygon","coordinates":[[[%[2]v,%[3]v],[%[4]v,%[3]v],[%[4]v,%[5]v],[%[2]v,%[5]v],[%[2]v,%[3]v]]]}}`, properties, w, s, e, n)
}

// polygonWorld is the toy with people in two boxes instead of cells: 1200 with 300 elderly over A1 and half of B1, and 100 in the north.
func polygonWorld(more string) map[string]string {
	files := toyFiles()
	study := strings.Replace(toyStudy, "{file: cells.csv, kind: h3}", "{file: people.geojson, kind: polygons, groups: {elderly: old}}", 1)
	files["study.yaml"] = strings.Replace(study, "  - {file: totals.csv, kind: totals}\n", "", 1) + more
	files["people.geojson"] = collection(boxFeature(`"people":1200,"old":300`, 120, 30, 120.03, 30.01), boxFeature(`"people":100,"old":0`, 120.01, 30.011, 120.012, 30.012))
	return files
}

// sums adds up points west and east of the border between the towns.
func sums(pop coverage.Population) (west, east, old float64) {
	for i, p := range pop.Points {
		if p.Point[0] < 120.02 {
			west += p.People
		} else {
			east += p.People
		}
		if len(pop.Groups) > 0 {
			old += pop.Groups[0].Points[i]
		}
	}
	return west, east, old
}

// TestPeopleInPolygons: by area two thirds of 1200 live in the west, to the width of a small cell; nobody is lost.
func TestPeopleInPolygons(t *testing.T) {
	pop := mustReadToy(t, polygonWorld("")).Population
	west, east, old := sums(pop)
	if math.Abs(west+east-1300) > 1e-9 || math.Abs(old-300) > 1e-9 || math.Abs(east-400) > 15 {
		t.Errorf("%v people in the west, %v in the east, %v elderly", west, east, old)
	}
	if len(pop.Points) < 150 {
		t.Errorf("only %d pieces", len(pop.Points))
	}
}

// TestPeopleInBuildings: of two buildings the one in the east has three times the floor area, so three quarters of the people live there. The
// polygon without a building is spread by area. Switched off, all are.
func TestPeopleInBuildings(t *testing.T) {
	files := polygonWorld("buildings: [{file: houses.csv}]\n")
	files["houses.csv"] = "lon,lat,floors\n120.005,30.005,2\n120.025,30.005,6\n120.035,30.015,50\n"
	pop := mustReadToy(t, files).Population
	if west, east, old := sums(pop); math.Abs(west-400) > 1e-9 || math.Abs(east-900) > 1e-9 || math.Abs(old-300) > 1e-9 {
		t.Errorf("%v people in the west, %v in the east, %v elderly", west, east, old)
	}
	if len(pop.Weights) != 3 {
		t.Errorf("weights %v", pop.Weights)
	}
	files["study.yaml"] = strings.Replace(files["study.yaml"], "resolution: 9", "resolution: 9\n  spread: area", 1)
	pop = mustReadToy(t, files).Population
	if west, _, _ := sums(pop); math.Abs(west-900) > 15 || pop.Weights != nil {
		t.Errorf("by area %v people live in the west", west)
	}
}

// TestPeopleOnResidentialLand: land only in the east half of the polygon takes all its people. Buildings as polygons weigh by their
// ground times their floors.
func TestPeopleOnResidentialLand(t *testing.T) {
	files := polygonWorld("residential: [land.geojson]\n")
	files["land.geojson"] = collection(boxFeature(``, 120.021, 30.002, 120.029, 30.008))
	if west, east, _ := sums(mustReadToy(t, files).Population); math.Abs(west-100) > 1e-9 || math.Abs(east-1200) > 1e-9 {
		t.Errorf("%v people in the west, %v in the east", west, east)
	}
	files = polygonWorld("buildings: [houses.geojson]\n")
	files["houses.geojson"] = collection(boxFeature(`"floors":1`, 120.005, 30.005, 120.006, 30.006), boxFeature(`"层数":3`, 120.025, 30.005, 120.026, 30.006))
	if west, east, _ := sums(mustReadToy(t, files).Population); math.Abs(west-400) > 1 || math.Abs(east-900) > 1 {
		t.Errorf("%v people in the west, %v in the east", west, east)
	}
	for text, want := range map[string]string{"lon,lat,weight\n120,30,-1\n": "must not be negative", "lon,lat,weight\n120,30,many\n": "is not a number", "name\nx\n": "has no column"} {
		files := polygonWorld("buildings: [{file: houses.csv}]\n")
		files["houses.csv"] = text
		if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

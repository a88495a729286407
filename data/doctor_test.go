package data

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo/crs"
)

// stops returns twelve bus stops on the toy's South Street, or 5 m from it, written in a system.
func stops(t testing.TB, system crs.CRS) string {
	t.Helper()
	var list []string
	for i := range 12 {
		p, err := system.FromWGS84(orb.Point{120.005 + 0.0025*float64(i), 30.005 + 0.00005*float64(i%2)})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, pointFeature(`"highway":"bus_stop"`, fmt.Sprintf("%.9f,%.9f", p[0], p[1])))
	}
	return collection(list...)
}

// TestCoordinateDoctor: stops in another system than declared are told by the roads, and only they.
func TestCoordinateDoctor(t *testing.T) {
	systems := []crs.CRS{crs.WGS84, crs.GCJ02, crs.BD09}
	for _, written := range systems {
		for _, declared := range systems {
			files := toyFiles()
			files["places.geojson"] = stops(t, written)
			files["study.yaml"] = strings.Replace(files["study.yaml"], "- places.geojson", "- {file: places.geojson, crs: "+declared.Name()+"}", 1)
			told := ""
			for _, f := range mustReadToy(t, files).Findings {
				if strings.HasPrefix(f.What.EN, "may be in ") && f.File == "places.geojson" && f.Severity == "warning" {
					told = strings.TrimSuffix(strings.Fields(f.What.EN)[3], ",")
					t.Log(f.What.EN)
					if strings.Contains(f.What.EN+f.What.ZH, "%!") {
						t.Error(f.What)
					}
				}
			}
			want := written.Name()
			if written == declared {
				want = ""
			}
			if told != want {
				t.Errorf("%s declared as %s: told %q", written.Name(), declared.Name(), told)
			}
		}
	}
}

// TestSegmentDistance: a degree is 111,195 m on the sphere.
func TestSegmentDistance(t *testing.T) {
	a, b := orb.Point{10, 0}, orb.Point{11, 0}
	for p, want := range map[orb.Point]float64{{10.5, 0.001}: 111.195, {9.999, 0}: 111.195, {11, 0.002}: 222.39, {10.2, 0}: 0} {
		if d := segmentDistance(p, a, b); math.Abs(d-want) > 0.01 {
			t.Errorf("%v: %g m, want %g", p, d, want)
		}
	}
}

func TestTwins(t *testing.T) {
	files := toyFiles()
	files["sites.csv"] = "编号,名称,级别,经度,纬度,启用日期,关闭日期\n" +
		"S1,Hall,站,120.005,30.005,,\nS2,Hall,站,120.0053,30.005,,\n" + // 29 m
		"S3,Hall,站,120.015,30.005,,\nS4,Hall,中心,120.005,30.005,,\n" + // far; of another tier
		"S5,Old,站,120.006,30.005,2010,2020\nS6,Old,站,120.006,30.005,2020,\n" // one after the other
	var got []string
	for _, f := range mustReadToy(t, files).Findings {
		if strings.Contains(f.What.EN, "written twice") {
			got = append(got, fmt.Sprintf("%d %s", f.Row, f.What.EN))
		}
	}
	if want := `3 "Hall" stands 29 m from the site of the same name and tier in row 2 of sites.csv: is it written twice?`; len(got) != 1 || got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}
}

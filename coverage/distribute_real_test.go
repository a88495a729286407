package coverage

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sitecover/geo"
	"sitecover/geo/grid"
)

func readFeatures(t *testing.T, name string) []*geojson.Feature {
	t.Helper()
	raw, err := os.ReadFile("../../shared/data/liechtenstein/" + name)
	if err != nil {
		t.Skip("real data is not at hand:", err)
	}
	var fc geojson.FeatureCollection
	if err := json.Unmarshal(raw, &fc); err != nil {
		t.Fatal(err)
	}
	return fc.Features
}

// Liechtenstein's villages hold 38,195 people (its file counts Nendeln twice, inside Eschen). The country, its two
// constituencies and its eleven municipalities must all add up to that, and the municipalities to their totals when these
// are given.
func TestLiechtensteinsPeopleAddUp(t *testing.T) {
	levels := []geo.Level{{ID: "country"}, {ID: "constituency"}, {ID: "municipality"}}
	var all []geo.Region
	for _, f := range readFeatures(t, "boundaries.geojson") {
		level, ok := map[string]int{"2": 0, "6": 1, "8": 2}[f.Properties.MustString("admin_level", "")]
		if !ok {
			continue
		}
		g := geo.Region{ID: strconv.Itoa(level) + f.Properties.MustString("name"), Level: level, Parent: -1}
		switch s := f.Geometry.(type) {
		case orb.Polygon:
			g.Shape = orb.MultiPolygon{s}
		case orb.MultiPolygon:
			g.Shape = s
		}
		all = append(all, g)
	}
	r, err := geo.NewRegions(levels, geo.ParentByShape(levels, all))
	if err != nil {
		t.Fatal(err)
	}
	var p Population
	for _, f := range readFeatures(t, "places_population.geojson") {
		n, err := strconv.ParseFloat(f.Properties.MustString("population", "0"), 64)
		if err != nil {
			t.Fatal(err)
		}
		p.Points = append(p.Points, PointCount{f.Geometry.(orb.Point), n})
	}
	g, err := grid.Build(context.Background(), r, 9)
	if err != nil {
		t.Fatal(err)
	}
	d, a := distribute(t, g, r, p)
	if a.Total != 38_195*Person || a.Outside != 0 {
		t.Errorf("account %+v", a)
	}
	checkLevels(t, r, perRegion(d, r), 38_195*Person)

	want := People(0)
	for i, region := range r.All {
		if region.Level == 2 {
			n := 1000 + float64(i)/8
			p.Totals = append(p.Totals, RegionTotal{int32(i), n})
			want += People(n * float64(Person))
		}
	}
	d, a = distribute(t, g, r, p)
	if a.Total != want || len(a.Scaled)+len(a.Even) != 11 || len(a.Conflicts) != 0 || a.Uncontrolled != 0 {
		t.Errorf("account %+v", a)
	}
	got := perRegion(d, r)
	checkLevels(t, r, got, want)
	for _, total := range p.Totals {
		if got[total.Region].Float() != total.People {
			t.Errorf("%s: %v, want %v", r.All[total.Region].ID, got[total.Region].Float(), total.People)
		}
	}
}

// checkLevels holds the sum over the regions of every level to the total.
func checkLevels(t *testing.T, r *geo.Regions, people []People, want People) {
	t.Helper()
	for level := range r.Levels {
		sum := People(0)
		for i, region := range r.All {
			if region.Level == level {
				sum += people[i]
			}
		}
		if sum != want {
			t.Errorf("level %s: %v people, want %v", r.Levels[level].ID, sum.Float(), want.Float())
		}
	}
}

package coverage

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// landShapes are an estate across the border of north and south, one in the east, another there, and one outside.
func landShapes() []orb.MultiPolygon {
	return []orb.MultiPolygon{
		box(121.04, 31.04, 121.06, 31.07), box(121.15, 31.02, 121.152, 31.022), box(121.16, 31.02, 121.162, 31.022), box(121.3, 31.02, 121.31, 31.03),
	}
}

func TestResidentialLandIsConserved(t *testing.T) {
	g, r := distributionWorld(t, 9)
	shapes := landShapes()
	land, err := ResidentialLand(context.Background(), g, r, shapes)
	if err != nil {
		t.Fatal(err)
	}
	byRegion := map[int32]float64{}
	for i, area := range land.Area {
		byRegion[land.Region[i]] += area.SquareMetres()
	}
	// The border runs through a row of cells: each piece goes to the side of its centroid.
	for region, want := range map[int32]float64{3: geo.Area(box(121.04, 31.05, 121.06, 31.07)), 4: geo.Area(box(121.04, 31.04, 121.06, 31.05))} {
		if got := byRegion[region]; math.Abs(got-want) > 0.05*want {
			t.Errorf("region %d has %v m², want %v", region, got, want)
		}
	}
	if want := geo.Area(shapes[3]); math.Abs(land.Outside.SquareMetres()-want) > 1e-4*want {
		t.Errorf("outside %v m², want %v", land.Outside.SquareMetres(), want)
	}
	if got, want := byRegion[3]+byRegion[4], geo.Area(shapes[0]); math.Abs(got-want) > 1e-4*want {
		t.Errorf("the estate has %v m², want %v", got, want)
	}
	if got, want := byRegion[1], geo.Area(shapes[1])+geo.Area(shapes[2]); math.Abs(got-want) > 1e-4*want {
		t.Errorf("the east has %v m², want %v", got, want)
	}
	again, err := ResidentialLand(context.Background(), g, r, shapes)
	if err != nil || !reflect.DeepEqual(land, again) {
		t.Errorf("a second time it differs: %v", err)
	}
	if none, err := ResidentialLand(context.Background(), g, r, nil); err != nil || len(none.Area) != 0 {
		t.Errorf("of nothing: %+v, %v", none, err)
	}
	if _, err := ResidentialLand(context.Background(), g, r, []orb.MultiPolygon{box(0, 0, 400, 1)}); !errors.Is(err, geo.ErrRegions) {
		t.Errorf("a shape beyond the world: %v", err)
	}
}

// Pieces of 1, 2 and 4 cm² at 0, 1,000 and 1,001 m of the toy county's site, which serves 1,000 m.
func TestCoverLand(t *testing.T) {
	in, _ := toyInput(t)
	land := &Land{
		Point:  []orb.Point{toyOrigin, north(toyOrigin, 1000), north(toyOrigin, 1001)},
		Region: []int32{villageA1, villageA2, townB}, Area: []LandArea{1, 2, 4},
	}
	all, err := CoverLand(context.Background(), in, land)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]LandFigures, 6)
	want[county], want[townA], want[townB], want[villageA1], want[villageA2] = LandFigures{7, 3}, LandFigures{3, 3}, LandFigures{4, 0}, LandFigures{1, 1}, LandFigures{2, 2}
	if !reflect.DeepEqual(all[0].Region, want) || all[0].Total != want[county] {
		t.Errorf("%+v, want %+v", all[0], want)
	}
	if share, ok := all[0].Total.Effective(); !ok || share != 3.0/7 {
		t.Errorf("share %v", share)
	}
	if _, ok := all[0].Region[villageB1].Effective(); ok {
		t.Error("a region without land has a share")
	}
	land.Region = nil
	var field *FieldError
	if _, err := CoverLand(context.Background(), in, land); !errors.As(err, &field) {
		t.Errorf("columns of two lengths: %v", err)
	}
}

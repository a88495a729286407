package siting

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

// The index finds just the points that a look at all of them finds, at every latitude but the poles.
func TestNearIndexAgainstALookAtAllPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-85, 85).Draw(t, "latitude")
		point := rapid.Custom(func(t *rapid.T) orb.Point {
			return orb.Point{100 + rapid.Float64Range(0, 0.1).Draw(t, "lon"), lat + rapid.Float64Range(0, 0.05).Draw(t, "lat")}
		})
		points := rapid.SliceOfN(point, 1, 40).Draw(t, "points")
		p := point.Draw(t, "p")
		metres := rapid.Float64Range(0, 10_000).Draw(t, "metres")
		var want []int32
		nearest, least := int32(-1), metres
		for i, q := range points {
			if d := geo.Distance(p, q); d < metres {
				want = append(want, int32(i))
				if d < least {
					nearest, least = int32(i), d
				}
			}
		}
		ix := newNearIndex(points)
		if got := ix.within(p, metres); !slices.Equal(got, want) {
			t.Fatalf("within %v m of %v: %v, want %v", metres, p, got, want)
		}
		if got, _ := ix.nearest(p, metres); got != nearest {
			t.Fatalf("nearest %v, want %v", got, nearest)
		}
	})
}

// The first exclusion by kind and name names the rejection, and its border belongs to it.
func TestLandIndexNamesTheFirst(t *testing.T) {
	ix := newLandIndex([]Exclusion{
		{Kind: "water", Name: "lake", Shape: square(0, 0, 100)},
		{Kind: "hazard", Name: "slope", Shape: square(50, 0, 100)},
		{Kind: "hazard", Name: "flood", Shape: square(50, 0, 100)},
		{Kind: "empty"},
	})
	for _, c := range []struct {
		x    float64
		want string
	}{{20, "lake"}, {70, "flood"}, {120, "flood"}, {0, "lake"}, {151, ""}} {
		got := ""
		if e := ix.holding(at(c.x, 50)); e != nil {
			got = e.Name
		}
		if got != c.want {
			t.Errorf("at %v m: %q, want %q", c.x, got, c.want)
		}
	}
}

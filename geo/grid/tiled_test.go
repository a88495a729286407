package grid

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// A parent of 2 x 1 units and what its children make of it.
func TestTiled(t *testing.T) {
	ring := func(points ...orb.Point) orb.Ring { return append(points, points[0]) }
	parent := ring(orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{2, 0}, orb.Point{2, 1}, orb.Point{1, 1}, orb.Point{0, 1})
	west := ring(orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{1, 1}, orb.Point{0, 1})
	east := ring(orb.Point{1, 0}, orb.Point{2, 0}, orb.Point{2, 1}, orb.Point{1, 1})
	hole := ring(orb.Point{1.2, 0.2}, orb.Point{1.8, 0.2}, orb.Point{1.8, 0.8}, orb.Point{1.2, 0.8})
	short := ring(orb.Point{1, 0}, orb.Point{2, 0}, orb.Point{2, 0.9}, orb.Point{1, 1})
	plain := ring(orb.Point{0, 0}, orb.Point{2, 0}, orb.Point{2, 1}, orb.Point{0, 1})
	turned := slices.Clone(east)
	turned.Reverse()
	for _, c := range []struct {
		name     string
		parent   orb.Polygon
		children []orb.Polygon
		want     bool
	}{
		{"two halves", orb.Polygon{parent}, []orb.Polygon{{west}, {east}}, true},
		{"drawn the other way round", orb.Polygon{parent}, []orb.Polygon{{west}, {turned}}, true},
		{"an enclave fills its hole", orb.Polygon{parent}, []orb.Polygon{{west}, {east, hole}, {hole}}, true},
		{"parent and child share the hole", orb.Polygon{parent, hole}, []orb.Polygon{{west}, {east, hole}}, true},
		{"a hole is left", orb.Polygon{parent}, []orb.Polygon{{west}, {east, hole}}, false},
		{"a strip is left", orb.Polygon{parent}, []orb.Polygon{{west}, {short}}, false},
		{"one child twice", orb.Polygon{parent}, []orb.Polygon{{west}, {west}, {east}}, false},
		{"corners that the parent lacks are not recognised", orb.Polygon{plain}, []orb.Polygon{{west}, {east}}, false},
		{"no children", orb.Polygon{parent}, nil, false},
	} {
		all := []geo.Region{{ID: "p", Level: 0, Parent: -1, Shape: orb.MultiPolygon{c.parent}}}
		for i, child := range c.children {
			all = append(all, geo.Region{ID: string(rune('a' + i)), Level: 1, Parent: 0, Shape: orb.MultiPolygon{child}})
		}
		regions, err := geo.NewRegions([]geo.Level{{ID: "top"}, {ID: "sub"}}, all)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if got := tiled(regions, 0); got != c.want {
			t.Errorf("%s: tiled = %v", c.name, got)
		}
	}
}

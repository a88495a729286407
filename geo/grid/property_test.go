package grid

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

// A rectangle cut by west-east and south-north lines: whatever the cuts, the pieces add up to the whole in every cell, and
// cutting changes neither the cells nor what they hold.
func TestCuttingARegionChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.Float64Range(-170, 170).Draw(rt, "west")
		s := rapid.Float64Range(-60, 60).Draw(rt, "south")
		width := rapid.Float64Range(0.001, 0.05).Draw(rt, "width")
		height := rapid.Float64Range(0.001, 0.05).Draw(rt, "height")
		cut := orb.Point{
			w + width*rapid.Float64Range(0.01, 0.99).Draw(rt, "cut x"),
			s + height*rapid.Float64Range(0.01, 0.99).Draw(rt, "cut y"),
		}
		e, n := w+width, s+height
		whole := geo.Region{ID: "whole", Level: 0, Parent: -1, Shape: orb.MultiPolygon{{rect(w, s, e, n)}}}
		all := []geo.Region{whole}
		for i, r := range []orb.Ring{rect(w, s, cut[0], cut[1]), rect(cut[0], s, e, cut[1]), rect(w, cut[1], cut[0], n), rect(cut[0], cut[1], e, n)} {
			all = append(all, geo.Region{ID: fmt.Sprint(i), Level: 1, Parent: 0, Shape: orb.MultiPolygon{{r}}})
		}
		one := mustBuild(t, mustRegions(t, all[:1]), 8)
		many := mustBuild(t, mustRegions(t, all), 8)
		if !reflect.DeepEqual(one.Cells, many.Cells) {
			rt.Fatalf("%d cells in one piece, %d in four", len(one.Cells), len(many.Cells))
		}
		for c := range one.Cells {
			sum := 0.0
			for _, p := range many.PartsOf(int32(c)) {
				if p.Region == 0 {
					rt.Errorf("the whole owns %v beside its pieces", p.Share)
				}
				sum += p.Share
			}
			if want := one.PartsOf(int32(c))[0].Share; sum < want-1e-8 || sum > want+1e-8 {
				rt.Errorf("cell %d: %v in pieces, %v in one", c, sum, want)
			}
		}
	})
}

func TestBuildDoesNotDependOnCores(t *testing.T) {
	r := liechtenstein(t)
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	one := mustBuild(t, r, 9)
	runtime.GOMAXPROCS(4)
	if four := mustBuild(t, r, 9); !reflect.DeepEqual(one, four) {
		t.Error("one core and four give different grids")
	}
}

// Every point of the study area must find its cell, and its region among the cell's parts.
func TestPointsFindTheirParts(t *testing.T) {
	r := mustRegions(t, toy())
	g := mustBuild(t, r, 9)
	rapid.Check(t, func(rt *rapid.T) {
		p := orb.Point{rapid.Float64Range(120.99, 121.21).Draw(rt, "lon"), rapid.Float64Range(30.99, 31.11).Draw(rt, "lat")}
		region := r.Locate(p)
		if region < 0 {
			return
		}
		i, ok := g.Index(CellOf(p, 9))
		if !ok {
			rt.Fatalf("%v lies in %d, but its cell is missing", p, region)
		}
		// A town's remainder beside its community may be too small to be a part: then the community has it.
		for _, part := range g.PartsOf(i) {
			if part.Region == region || r.Ancestor(part.Region, r.All[region].Level) == region || r.Ancestor(region, r.All[part.Region].Level) == part.Region {
				return
			}
		}
		rt.Errorf("%v lies in %d, which has no part of its cell", p, region)
	})
}

package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// ParentByShape returns a copy of regions in which every region without a parent (-1) below the coarsest level got one from
// the map: the region of the nearest coarser level that holds most of it. It is judged by points spread over the region,
// its interior point first, so that borders drawn at different scales do no harm; ties go to the region first in the
// list. A region that no coarser one holds keeps -1, which the caller should report.
func ParentByShape(levels []Level, regions []Region) []Region {
	out := append([]Region(nil), regions...)
	f := parentFinder{regions: regions, locators: make([]lazyLocator, len(regions))}
	for i, g := range regions {
		if len(g.Shape) > 0 {
			bound := g.Shape.Bound()
			f.tree.Insert(bound.Min, bound.Max, int32(i))
		}
	}
	for i := range out {
		if out[i].Parent >= 0 || out[i].Level == 0 || len(out[i].Shape) == 0 {
			continue
		}
		points := samplePoints(out[i].Shape, f.locators[i].of(out[i].Shape))
		for level := min(out[i].Level, len(levels)) - 1; level >= 0 && out[i].Parent < 0; level-- {
			out[i].Parent = f.mostHolding(level, points)
		}
	}
	return out
}

// parentFinder finds the regions around points.
type parentFinder struct {
	regions  []Region
	locators []lazyLocator
	tree     rtree.RTreeG[int32] // bounding boxes of the shapes
}

// mostHolding returns the region of a level that contains the most of the points, -1 when none contains any.
func (f *parentFinder) mostHolding(level int, points []orb.Point) int32 {
	bound := orb.MultiPoint(points).Bound()
	var near []int32
	f.tree.Search(bound.Min, bound.Max, func(_, _ [2]float64, i int32) bool {
		if f.regions[i].Level == level {
			near = append(near, i)
		}
		return true
	})
	slices.Sort(near)
	best, most := int32(-1), 0
	for _, i := range near {
		l := f.locators[i].of(f.regions[i].Shape)
		held := 0
		for _, p := range points {
			if l.contains(p) {
				held++
			}
		}
		if held > most {
			best, most = i, held
		}
	}
	return best
}

// samplePoints returns the interior point of a shape and those points of a 16 x 16 raster over it that lie inside.
func samplePoints(shape orb.MultiPolygon, l *locator) []orb.Point {
	var points []orb.Point
	if p := InteriorPoint(shape); !math.IsNaN(p[0]) {
		points = append(points, p)
	}
	const side = 16
	size := orb.Point{l.bound.Max[0] - l.bound.Min[0], l.bound.Max[1] - l.bound.Min[1]}
	for row := range side {
		for column := range side {
			p := orb.Point{
				l.bound.Min[0] + size[0]*(float64(column)+0.5)/side,
				l.bound.Min[1] + size[1]*(float64(row)+0.5)/side,
			}
			if l.contains(p) {
				points = append(points, p)
			}
		}
	}
	return points
}

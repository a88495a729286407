package siting

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"sitecover/geo"
)

// nearIndex finds points within a great-circle distance. It does not look across the 180th meridian or a pole.
type nearIndex struct {
	points []orb.Point // WGS84 lon, lat
	tree   rtree.RTreeG[int32]
}

func newNearIndex(points []orb.Point) *nearIndex {
	ix := &nearIndex{}
	for _, p := range points {
		ix.add(p)
	}
	return ix
}

// add appends a point; its index is the number of points before it.
func (ix *nearIndex) add(p orb.Point) {
	ix.tree.Insert([2]float64(p), [2]float64(p), int32(len(ix.points)))
	ix.points = append(ix.points, p)
}

// within returns the indexes of the points at less than the given metres from p, ascending.
func (ix *nearIndex) within(p orb.Point, metres float64) []int32 {
	var found []int32
	low, high := capBox(p, metres)
	ix.tree.Search(low, high, func(_, _ [2]float64, i int32) bool {
		if geo.Distance(p, ix.points[i]) < metres {
			found = append(found, i)
		}
		return true
	})
	slices.Sort(found)
	return found
}

// nearest returns the index of the point nearest to p among those at less than the given metres, and its distance; -1 when
// there is none. The lowest index wins a tie.
func (ix *nearIndex) nearest(p orb.Point, metres float64) (int32, float64) {
	best, least := int32(-1), math.Inf(1)
	for _, i := range ix.within(p, metres) {
		if d := geo.Distance(p, ix.points[i]); d < least {
			best, least = i, d
		}
	}
	return best, least
}

// capBox returns a box in lon, lat degrees that holds the cap of the given radius around p.
func capBox(p orb.Point, metres float64) (low, high [2]float64) {
	const deg = 180 / math.Pi
	angle := metres * (1 + 1e-9) / geo.Radius
	dlat := angle * deg
	dlon := 180.0
	if math.Abs(p[1])+dlat < 90 {
		dlon = math.Asin(math.Min(1, math.Sin(angle)/math.Cos(p[1]/deg)))*deg + 1e-9
	}
	return [2]float64{p[0] - dlon, p[1] - dlat}, [2]float64{p[0] + dlon, p[1] + dlat}
}

// landIndex answers which exclusion holds a point.
type landIndex struct {
	land []Exclusion
	tree rtree.RTreeG[int32]
}

func newLandIndex(land []Exclusion) *landIndex {
	ix := &landIndex{land: land}
	for i := range land {
		if len(land[i].Shape) == 0 {
			continue // an empty shape holds nothing
		}
		b := land[i].Shape.Bound()
		ix.tree.Insert([2]float64(b.Min), [2]float64(b.Max), int32(i))
	}
	return ix
}

// all returns the exclusions that contain p, by kind, then name. The border belongs to the exclusion.
func (ix *landIndex) all(p orb.Point) []*Exclusion {
	var found []*Exclusion
	ix.tree.Search([2]float64(p), [2]float64(p), func(_, _ [2]float64, i int32) bool {
		if geo.Contains(ix.land[i].Shape, p) {
			found = append(found, &ix.land[i])
		}
		return true
	})
	slices.SortFunc(found, func(a, b *Exclusion) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	return found
}

// holding returns the exclusion that contains p, the first by kind, then name; nil when none does. The border belongs to
// the exclusion.
func (ix *landIndex) holding(p orb.Point) *Exclusion {
	var best *Exclusion
	ix.tree.Search([2]float64(p), [2]float64(p), func(_, _ [2]float64, i int32) bool {
		e := &ix.land[i]
		if best != nil && (best.Kind < e.Kind || best.Kind == e.Kind && best.Name <= e.Name) {
			return true
		}
		if geo.Contains(e.Shape, p) {
			best = e
		}
		return true
	})
	return best
}

package coverage

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"sitecover/geo"
	"sitecover/geo/grid"
)

// Zone is an area of a special kind that planners look at first: the urban fringe, a new estate, a village turned community.
// Zones may overlap.
type Zone struct {
	Name  string
	Kind  string // the study's own word
	Shape orb.MultiPolygon
}

// ZoneTouch is a zone that a gap touches.
type ZoneTouch struct {
	Zone   int32  // index into the zones
	People People // uncovered people of the gap whose demand points lie in the zone
}

// MarkZones sets Gap.Zones: the zones that hold demand points of the gap with uncovered people, or that have their own interior point
// in one of the gap's cells, as small ones may hold no demand point at all; most uncovered people first, equals by
// index. The gaps must be those of the input and its result. The error names a shape that cannot be used.
func MarkZones(in Input, res *Result, gaps []Gap, zones []Zone) error {
	if len(zones) == 0 {
		return nil
	}
	ix, err := newZoneIndex(zones)
	if err != nil {
		return err
	}
	inner := make(map[int32][]int32) // cell of the grid: zones whose interior point lies in it
	for z := range zones {
		if c, ok := in.Grid.Index(grid.CellOf(geo.InteriorPoint(zones[z].Shape), in.Grid.Resolution)); ok {
			inner[c] = append(inner[c], int32(z))
		}
	}
	demand := demandByCell(in)
	for g := range gaps {
		gap := &gaps[g]
		s := &res.Services[gap.Tier]
		held := map[int32]People{}
		for _, c := range gap.Cells {
			for _, z := range inner[c] {
				held[z] += 0
			}
			for _, i := range demand.at(c) {
				if people := in.Demand.People[i]; people > 0 && !s.Covered(int(i)) {
					ix.at(in.Demand.Point[i], func(z int32) { held[z] += people })
				}
			}
		}
		gap.Zones = nil
		for z, people := range held {
			gap.Zones = append(gap.Zones, ZoneTouch{z, people})
		}
		slices.SortFunc(gap.Zones, func(a, b ZoneTouch) int {
			return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Zone, b.Zone))
		})
	}
	return nil
}

// zoneIndex finds the zones that hold a point.
type zoneIndex struct {
	shapes *geo.Regions // one region a zone, in the same order
	tree   rtree.RTreeG[int32]
}

func newZoneIndex(zones []Zone) (*zoneIndex, error) {
	ix := &zoneIndex{}
	regions := make([]geo.Region, len(zones))
	for i, z := range zones {
		if len(z.Shape) == 0 {
			return nil, &FieldError{Field: fmt.Sprintf("zones[%d].Shape", i), What: "has no polygon"}
		}
		regions[i] = geo.Region{ID: fmt.Sprintf("%010d", i), Parent: -1, Shape: z.Shape}
		b := z.Shape.Bound()
		ix.tree.Insert(b.Min, b.Max, int32(i))
	}
	var err error
	ix.shapes, err = geo.NewRegions([]geo.Level{{ID: "zone"}}, regions)
	return ix, err
}

// at calls yield for every zone that holds p, in no particular order.
func (ix *zoneIndex) at(p orb.Point, yield func(zone int32)) {
	ix.tree.Search(p, p, func(_, _ [2]float64, z int32) bool {
		if ix.shapes.Contains(z, p) {
			yield(z)
		}
		return true
	})
}

package coverage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// Entity is a place whose people count as one: an industrial park, an office tower, a state-owned enterprise, a market. They are
// there besides the residents, and never added to them.
type Entity struct {
	ID        string // unique within the study
	Name      string
	Kind      string    // the study's own word
	Headcount People    // who work or trade there; negative = not known
	Point     orb.Point // WGS84 longitude, latitude
	Region    int32     // deepest region that contains it, -1 outside all
}

// EntityService is what a tier does for one entity.
type EntityService struct {
	Site      int32         // nearest open site, within the limit or beyond; -1 = none was found
	Cost      geo.Impedance // to it; geo.Unreachable = none was found
	Covered   bool
	Connected bool // near enough to a road of the mode; always so for straight tiers
}

// EntityFigures count the entities of one kind in one region.
type EntityFigures struct {
	Entities int
	Covered  int
	Unknown  int    // of Entities, whose headcount is not known; the sums leave them out
	Heads    People // headcount
	Reached  People // of the covered ones
}

func (x *EntityFigures) add(y EntityFigures) {
	x.Entities += y.Entities
	x.Covered += y.Covered
	x.Unknown += y.Unknown
	x.Heads += y.Heads
	x.Reached += y.Reached
}

// Effective returns the share of entities covered; ok is false where there are none.
func (x EntityFigures) Effective() (share float64, ok bool) {
	if x.Entities == 0 {
		return 0, false
	}
	return float64(x.Covered) / float64(x.Entities), true
}

// EntityKind are the figures of one kind of entity. Entities outside every region are in Total alone.
type EntityKind struct {
	Kind   string
	Region []EntityFigures // per region; a parent is its children and what it owns itself
	Total  EntityFigures
}

// TierEntities is what one tier does for all entities.
type TierEntities struct {
	Service []EntityService // parallel to the entities
	Kinds   []EntityKind    // by kind
}

// EntitySearch is how far beyond the limit of a tier the nearest site of an entity is looked for: so many times the limit.
const EntitySearch = 10

// Entities tells for every tier which entities are covered and which site is nearest, by the rules of Compute: an entity that stands
// at a demand point is covered when its residents are. Of equally near sites the one with the lowest ID serves. The error
// joins every unusable field of the input and the entities, as *FieldError, or is the context's. It costs one search of the
// road graph a tier, from all sites at once.
func Entities(ctx context.Context, in Input, entities []Entity) ([]TierEntities, error) {
	if err := errors.Join(in.Validate(), in.checkEntities(entities)); err != nil {
		return nil, err
	}
	points := make([]orb.Point, len(entities))
	for i, e := range entities {
		points[i] = e.Point
	}
	out := make([]TierEntities, len(in.Tiers))
	for t := range in.Tiers {
		limit := in.Tiers[t].Limit
		limit.Max = geo.Impedance(min(EntitySearch*uint64(limit.Max), uint64(geo.Unreachable)-1))
		service, err := in.nearestServices(ctx, t, points, limit)
		if err != nil {
			return nil, fmt.Errorf("coverage: tier %q: %w", in.Tiers[t].ID, err)
		}
		out[t] = TierEntities{Service: service, Kinds: in.sumEntities(entities, service)}
	}
	return out, nil
}

func (in *Input) checkEntities(entities []Entity) error {
	var errs []error
	seen := make(map[string]int, len(entities))
	for i, e := range entities {
		bad := func(field, format string, args ...any) {
			errs = append(errs, &FieldError{Field: fmt.Sprintf("entities[%d].%s", i, field), What: fmt.Sprintf(format, args...)})
		}
		if j, twice := seen[e.ID]; twice {
			bad("ID", "%q is also the ID of entities[%d]", e.ID, j)
		}
		seen[e.ID] = i
		if !geo.ValidPoint(e.Point) {
			bad("Point", "no longitude, latitude: %v", e.Point)
		}
		if e.Headcount > People(math.MaxInt64/int64(max(1, len(entities)))) {
			bad("Headcount", "%v is too large", e.Headcount.Float())
		}
		if in.Regions != nil && (e.Region < -1 || int(e.Region) >= len(in.Regions.All)) {
			bad("Region", "region %d does not exist", e.Region)
		}
	}
	return errors.Join(errs...)
}

// nearestServices finds the nearest open site of a tier for every point, as far as a limit of the tier's metric.
func (in *Input) nearestServices(ctx context.Context, t int, points []orb.Point, wide geo.Limit) ([]EntityService, error) {
	tier := in.Tiers[t]
	open := in.servingByID(t)
	sites := make([]orb.Point, len(open))
	for k, i := range open {
		sites[k] = in.Sites[i].Point
	}
	out := make([]EntityService, len(points))
	set := func(i int, site int32, cost geo.Impedance) {
		out[i].Site, out[i].Cost = -1, geo.Unreachable
		if site >= 0 && wide.Covers(cost) {
			out[i].Site, out[i].Cost, out[i].Covered = open[site], cost, tier.Limit.Covers(cost)
		}
	}
	if tier.Mode == Straight {
		index := newPointIndex(sites)
		for i, p := range points {
			site, metres := index.nearest(p, func(a, b int32) bool { return a < b })
			set(i, site, geo.ToImpedance(metres))
			out[i].Connected = true
		}
		return out, ctx.Err()
	}
	graph := in.Graphs[GraphKey{tier.Mode, tier.Limit.Metric}]
	snaps := graph.Snap(points)
	found, err := graph.Nearest(ctx, graph.Snap(sites), snaps, wide)
	if err != nil {
		return nil, err
	}
	for i := range points {
		set(i, found.Site[i], found.Cost[i])
		out[i].Connected = snaps[i].OK
	}
	return out, nil
}

// sumEntities counts the entities of every kind in every region.
func (in *Input) sumEntities(entities []Entity, service []EntityService) []EntityKind {
	at := map[string]int{}
	var kinds []EntityKind
	for i, e := range entities {
		k, known := at[e.Kind]
		if !known {
			k = len(kinds)
			at[e.Kind] = k
			kinds = append(kinds, EntityKind{Kind: e.Kind, Region: make([]EntityFigures, len(in.Regions.All))})
		}
		x := EntityFigures{Entities: 1, Heads: max(e.Headcount, 0)}
		if e.Headcount < 0 {
			x.Unknown = 1
		}
		if service[i].Covered {
			x.Covered, x.Reached = 1, x.Heads
		}
		kinds[k].Total.add(x)
		for r := e.Region; r >= 0; r = in.Regions.All[r].Parent {
			kinds[k].Region[r].add(x)
		}
	}
	slices.SortFunc(kinds, func(a, b EntityKind) int { return cmp.Compare(a.Kind, b.Kind) })
	return kinds
}

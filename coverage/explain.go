package coverage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/network"
)

// Reason says why a place is covered by a tier or not. Reports translate it.
type Reason string

// The reasons.
const (
	Served Reason = "covered" // an open site is within the limit
	NoSite Reason = "no_site" // the tier has no open site at all
	NoRoad Reason = "no_road" // the place is farther than max_access from any usable road
	TooFar Reason = "too_far" // the nearest open site is beyond the limit
	NoWay  Reason = "no_way"  // no open site can be reached as far as was searched: an island, or sites without a road
)

// Reached is a site and what it costs to go there.
type Reached struct {
	Site int32 // index into the input's sites
	Cost geo.Impedance
}

// Explanation says what a tier means at one place.
type Explanation struct {
	Reason Reason
	Limit  geo.Limit
	Within []Reached      // open sites within the limit, nearest first, equals by ID
	Site   int32          // nearest open site, within the limit or beyond; -1 = none was found
	Cost   geo.Impedance  // to it; geo.Unreachable = none was found
	Path   orb.LineString // the way there, from road to road (straight tiers: from place to site); WGS84, nil = no site
	Access float64        // metres from the place to its road, 0 for straight tiers; +Inf without a road
	Circle bool           // whether the circle of the limit around some open site would claim the place (see CircleLimit)
}

// Explain says why a place (WGS84 longitude, latitude) is covered by a tier on the input's date or not, by the same rules
// as Compute: at a demand point it tells the same. Sites beyond the limit are looked for up to the impedance search, in the
// tier's metric; 0 stands for ten times the limit.
func Explain(ctx context.Context, in Input, tier int, at orb.Point, search geo.Impedance) (*Explanation, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if tier < 0 || tier >= len(in.Tiers) {
		return nil, &FieldError{Field: "tier", What: fmt.Sprintf("tier %d does not exist", tier)}
	}
	if err := checkPoints("at", []orb.Point{at}); err != nil {
		return nil, err
	}
	limit := in.Tiers[tier].Limit
	if search == 0 {
		search = geo.Impedance(min(10*uint64(limit.Max), uint64(geo.Unreachable)-1))
	}
	if search == geo.Unreachable || search < limit.Max {
		return nil, &FieldError{Field: "search", What: fmt.Sprintf("%v is not finite or below the limit %v", search.Value(), limit.Max.Value())}
	}
	e := &explainer{in: in, tier: in.Tiers[tier], at: at, wide: geo.Limit{Metric: limit.Metric, Max: search}}
	e.open = in.servingByID(tier)
	e.out = &Explanation{Limit: limit, Site: -1, Cost: geo.Unreachable, Circle: e.circle()}
	if len(e.open) == 0 {
		e.out.Reason = NoSite
	}
	var err error
	if e.tier.Mode == Straight {
		e.straight()
	} else {
		err = e.network(ctx)
	}
	return e.out, err
}

type explainer struct {
	in   Input
	tier Tier
	at   orb.Point
	wide geo.Limit
	open []int32 // by ID
	out  *Explanation
}

func (e *explainer) circle() bool {
	limit := CircleLimit(e.tier, e.in.Modes)
	return slices.ContainsFunc(e.open, func(i int32) bool {
		return limit.Covers(geo.ToImpedance(geo.Distance(e.in.Sites[i].Point, e.at)))
	})
}

// settle takes the sites found, by ID, and draws the conclusion.
func (e *explainer) settle(found []Reached) {
	slices.SortStableFunc(found, func(a, b Reached) int { return cmp.Compare(a.Cost, b.Cost) })
	for _, r := range found {
		if e.tier.Limit.Covers(r.Cost) {
			e.out.Within = append(e.out.Within, r)
		}
	}
	switch {
	case e.out.Reason != "": // already known
	case len(found) == 0:
		e.out.Reason = NoWay
	case len(e.out.Within) > 0:
		e.out.Reason = Served
	default:
		e.out.Reason = TooFar
	}
	if len(found) > 0 {
		e.out.Site, e.out.Cost = found[0].Site, found[0].Cost
	}
}

func (e *explainer) straight() {
	var found []Reached
	for _, i := range e.open {
		if cost := geo.ToImpedance(geo.Distance(e.in.Sites[i].Point, e.at)); e.wide.Covers(cost) {
			found = append(found, Reached{i, cost})
		}
	}
	e.settle(found)
	if e.out.Site >= 0 {
		e.out.Path = orb.LineString{e.at, e.in.Sites[e.out.Site].Point}
	}
}

// network searches from each site that can be within the limit at all; if none is, from all sites at once.
func (e *explainer) network(ctx context.Context) error {
	graph := e.in.Graphs[GraphKey{e.tier.Mode, e.tier.Limit.Metric}]
	here := graph.Snap([]orb.Point{e.at})
	if !here[0].OK {
		e.out.Access = math.Inf(1)
		if e.out.Reason == "" {
			e.out.Reason = NoRoad
		}
		return nil
	}
	e.out.Access = geo.Distance(e.at, here[0].Point)
	snaps := graph.Snap(e.points(e.open))
	found, err := e.within(ctx, graph, snaps, here)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		n, err := graph.Nearest(ctx, snaps, here, e.wide)
		if err != nil {
			return err
		}
		if n.Site[0] >= 0 {
			found = []Reached{{e.open[n.Site[0]], n.Cost[0]}}
		}
	}
	e.settle(found)
	if e.out.Site < 0 {
		return nil
	}
	route, err := graph.Path(ctx, snaps[slices.Index(e.open, e.out.Site)], here[0], e.wide)
	if err != nil {
		return err
	}
	e.out.Path = route.Line
	return nil
}

func (e *explainer) points(sites []int32) []orb.Point {
	points := make([]orb.Point, len(sites))
	for k, i := range sites {
		points[k] = e.in.Sites[i].Point
	}
	return points
}

// within finds the sites within the limit. No way is shorter than the great circle, so only sites inside it are searched from; a
// little is added for the rounding of edges.
func (e *explainer) within(ctx context.Context, graph *network.Graph, snaps, here []network.Snap) ([]Reached, error) {
	reach := e.tier.Limit.Max.Value()
	if e.tier.Limit.Metric == geo.Seconds {
		mode := graph.Mode
		reach *= max(slices.Max(mode.Speed[:]), mode.OffRoad) / 3.6
	}
	reach += 10 + reach/100
	var near []network.Snap
	var which []int32
	for k, i := range e.open {
		if geo.Distance(e.in.Sites[i].Point, e.at) <= reach {
			near, which = append(near, snaps[k]), append(which, i)
		}
	}
	m, err := graph.Matrix(ctx, near, here, e.tier.Limit, workerCount(e.in.Workers))
	if err != nil {
		return nil, err
	}
	var found []Reached
	for r, i := range which {
		if _, costs := m.Row(r); len(costs) > 0 {
			found = append(found, Reached{i, costs[0]})
		}
	}
	return found, nil
}

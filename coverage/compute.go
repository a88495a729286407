package coverage

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/network"
)

// Compute answers who is served by what on the reporting date, for every tier, and what that makes of every region.
//
// Of several sites at the same impedance the one with the lowest ID serves. Sites outside every region serve but are counted
// in no region and no total. The error joins every unusable field of the input (see Input.Validate), or is the context's.
// The result depends on the input alone, not on the order of sites or the number of workers.
func Compute(ctx context.Context, in Input) (*Result, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	c := &computer{in: in, snaps: map[GraphKey][]network.Snap{}}
	res := &Result{Date: in.Date}
	owner := cellOwners(in)
	for t := range in.Tiers {
		s, cut, err := c.service(ctx, t)
		if err != nil {
			return nil, fmt.Errorf("coverage: tier %q: %w", in.Tiers[t].ID, err)
		}
		res.Services = append(res.Services, s)
		res.Unconnected = append(res.Unconnected, cut)
		f := sum(in, &s, owner)
		res.Region = append(res.Region, f.region)
		res.Total = append(res.Total, f.total)
		res.Blank = append(res.Blank, f.blank)
		res.Scattered = append(res.Scattered, f.scattered)
		if f.groups != nil {
			res.Groups = append(res.Groups, f.groups)
		}
	}
	return res, nil
}

// CircleSpeed returns the speed in km/h that turns the minutes of a mode into the radius of a circle on the map, as one
// would do by hand: the mode's speed on a residential street, or its highest where residential streets are closed to it.
func CircleSpeed(m network.Mode) float64 {
	if v := m.Speed[network.Residential]; v > 0 {
		return v
	}
	return slices.Max(m.Speed[:])
}

// CircleLimit returns the great-circle limit in metres that stands for the tier's limit: itself when that is in metres,
// otherwise the way the mode makes in that time at CircleSpeed.
func CircleLimit(t Tier, modes map[string]network.Mode) geo.Limit {
	if t.Limit.Metric == geo.Metres {
		return t.Limit
	}
	radius := geo.ToImpedance(t.Limit.Max.Value() * CircleSpeed(modes[t.Mode]) / 3.6)
	return geo.Limit{Metric: geo.Metres, Max: min(radius, geo.Unreachable-1)}
}

// computer keeps what the tiers share.
type computer struct {
	in    Input
	snaps map[GraphKey][]network.Snap // of the demand, per road graph
}

// service computes one tier, and lists its open sites without a road.
func (c *computer) service(ctx context.Context, t int) (Service, []int32, error) {
	tier := c.in.Tiers[t]
	s := Service{Tier: t, Connected: make([]bool, c.in.Demand.Len())}
	var points []orb.Point
	s.Open = c.in.serving(t)
	for _, i := range s.Open {
		points = append(points, c.in.Sites[i].Point)
	}
	var cut []int32
	var err error
	if tier.Mode == Straight {
		for i := range s.Connected {
			s.Connected[i] = true
		}
		s.Matrix, err = StraightMatrix(ctx, points, c.in.Demand.Point, tier.Limit, c.in.Workers)
	} else {
		cut, err = c.network(ctx, &s, points)
	}
	if err != nil {
		return s, nil, err
	}
	label(c.in, &s)
	if tier.Mode == Straight {
		s.Circle = make([]bool, len(s.Nearest))
		for i := range s.Circle {
			s.Circle[i] = s.Covered(i)
		}
		return s, cut, nil
	}
	s.Circle, err = straightCovered(ctx, points, c.in.Demand.Point, CircleLimit(tier, c.in.Modes), c.in.Workers)
	return s, cut, err
}

// network fills the matrix and the connected demand of a tier that travels on roads.
func (c *computer) network(ctx context.Context, s *Service, points []orb.Point) (cut []int32, err error) {
	tier := c.in.Tiers[s.Tier]
	key := GraphKey{tier.Mode, tier.Limit.Metric}
	graph := c.in.Graphs[key]
	demand, ok := c.snaps[key]
	if !ok {
		demand = graph.Snap(c.in.Demand.Point)
		c.snaps[key] = demand
	}
	for i := range demand {
		s.Connected[i] = demand[i].OK
	}
	sites := graph.Snap(points)
	for i := range sites {
		if !sites[i].OK {
			cut = append(cut, s.Open[i])
		}
	}
	s.Matrix, err = graph.Matrix(ctx, sites, demand, tier.Limit, workerCount(c.in.Workers))
	return cut, err
}

// label finds the nearest site and the number of sites of every demand point from the matrix.
func label(in Input, s *Service) {
	n := in.Demand.Len()
	s.Nearest, s.Cost, s.Reach = make([]int32, n), make([]geo.Impedance, n), make([]int32, n)
	for i := range n {
		s.Nearest[i], s.Cost[i] = -1, geo.Unreachable
	}
	for r, site := range s.Open {
		columns, costs := s.Matrix.Row(r)
		for k, i := range columns {
			s.Reach[i]++
			if cost := costs[k]; cost < s.Cost[i] || cost == s.Cost[i] && in.Sites[site].ID < in.Sites[s.Nearest[i]].ID {
				s.Nearest[i], s.Cost[i] = site, cost
			}
		}
	}
}

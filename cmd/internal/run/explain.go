package run

import (
	"context"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sitecover/coverage"
	"sitecover/geo/grid"
	"sitecover/siting"
)

// PlaceReport says why a place is covered or not, tier by tier.
type PlaceReport struct {
	Study  string      `json:"study"`
	Lon    float64     `json:"lon"`
	Lat    float64     `json:"lat"`
	Cell   string      `json:"cell"`
	Path   []RegionRef `json:"regions"` // from the coarsest down; empty outside the study area
	People float64     `json:"cellPeople"`
	Tiers  []TierWhy   `json:"tiers"`
}

// TierWhy is the explanation of one tier.
type TierWhy struct {
	Tier    string       `json:"tier"`
	Limit   string       `json:"limit"`
	Reason  string       `json:"reason"` // covered, no_site, no_road, too_far, no_way
	Site    string       `json:"site,omitempty"`
	Cost    *float64     `json:"cost"` // to it, in the limit's unit (m or s)
	Access  *float64     `json:"accessMetres"`
	Within  int          `json:"sitesWithin"`
	Circle  bool         `json:"circleClaims"`
	Fix     *FixView     `json:"fix"` // nearest candidate that would serve the place; null when covered or none would
	Segment [][2]float64 `json:"path,omitempty"`
}

// FixView is the candidate that would cover a place.
type FixView struct {
	Candidate string  `json:"candidate"`
	Host      string  `json:"host,omitempty"`
	Lon       float64 `json:"lon"`
	Lat       float64 `json:"lat"`
	Distance  float64 `json:"distance"` // of explain: from the place, in the limit's unit; of gaps: metres from the gap's centre
	YuanCost  int64   `json:"costYuan"`
	People    float64 `json:"people,omitempty"` // of gaps: uncovered people that it would cover
}

// ExplainPlace explains a place (WGS84 longitude, latitude) for every tier.
func (s *Session) ExplainPlace(ctx context.Context, at orb.Point) (*PlaceReport, error) {
	if err := s.Coverage(ctx); err != nil {
		return nil, err
	}
	cell := grid.CellOf(at, s.Grid.Resolution)
	out := &PlaceReport{Study: s.Study.Name, Lon: at[0], Lat: at[1], Cell: cell.String(), Path: []RegionRef{}}
	if r := s.Data.Regions.Locate(at); r >= 0 {
		for _, i := range s.Data.Regions.Path(r) {
			out.Path = append(out.Path, s.Ref(i))
		}
	}
	demand := s.demandNear(cell.String(), at)
	if c, ok := s.Grid.Index(cell); ok {
		for i, at := range s.Demand.Cell {
			if at == c {
				out.People += s.Demand.People[i].Float()
			}
		}
	}
	for t := range s.tiers {
		why, err := s.why(ctx, t, at, demand)
		if err != nil {
			return nil, err
		}
		out.Tiers = append(out.Tiers, *why)
	}
	return out, nil
}

// demandNear is the demand point of the cell that is nearest to the place, -1 where nobody lives in the cell.
func (s *Session) demandNear(cell string, at orb.Point) int {
	best, far := -1, math.Inf(1)
	for i, c := range s.Demand.Cell {
		if s.Grid.Cells[c].String() != cell {
			continue
		}
		p := s.Demand.Point[i]
		if d := math.Hypot(p[0]-at[0], p[1]-at[1]); d < far {
			best, far = i, d
		}
	}
	return best
}

func (s *Session) why(ctx context.Context, t int, at orb.Point, demand int) (*TierWhy, error) {
	e, err := coverage.Explain(ctx, s.input(), t, at, 0)
	if err != nil {
		return nil, err
	}
	tier := s.tiers[t]
	out := &TierWhy{Tier: tier.ID, Limit: LimitText(tier.Limit), Reason: string(e.Reason), Within: len(e.Within), Circle: e.Circle,
		Access: share(e.Access, !math.IsInf(e.Access, 0))}
	if e.Site >= 0 {
		out.Site = s.Data.Sites[e.Site].ID
		out.Cost = share(e.Cost.Value(), !math.IsInf(e.Cost.Value(), 0))
	}
	for _, p := range e.Path {
		out.Segment = append(out.Segment, [2]float64{p[0], p[1]})
	}
	if e.Reason != coverage.Served && demand >= 0 {
		found, err := s.Candidates(ctx)
		if err != nil {
			return nil, err
		}
		out.Fix = s.fix(found, t, int32(demand))
	}
	return out, nil
}

// fix is the cheapest candidate of a tier that reaches a demand point, the nearest of equals.
func (s *Session) fix(found *siting.CandidateSet, tier int, demand int32) *FixView {
	var best *FixView
	spec := s.Study.Tiers[tier]
	for row, i := range found.Serving[tier] {
		columns, costs := found.Reach[tier].Row(row)
		for k, d := range columns {
			if d != demand {
				continue
			}
			c := found.All[i]
			money := spec.Cost
			if c.Host >= 0 {
				money = spec.Host
			}
			f := &FixView{c.ID, c.Name, c.Point[0], c.Point[1], costs[k].Value(), int64(money), 0}
			if best == nil || f.YuanCost < best.YuanCost || f.YuanCost == best.YuanCost && f.Distance < best.Distance {
				best = f
			}
		}
	}
	return best
}

// PathLayer is the explanation as GeoJSON: the place, and the path to the nearest site of every tier.
func (p *PlaceReport) PathLayer() *geojson.FeatureCollection {
	fc := geojson.NewFeatureCollection()
	place := geojson.NewFeature(orb.Point{p.Lon, p.Lat})
	place.Properties["cell"] = p.Cell
	fc.Append(place)
	for _, t := range p.Tiers {
		if len(t.Segment) < 2 {
			continue
		}
		line := make(orb.LineString, len(t.Segment))
		for i, q := range t.Segment {
			line[i] = q
		}
		f := geojson.NewFeature(line)
		f.Properties["tier"], f.Properties["site"], f.Properties["reason"] = t.Tier, t.Site, t.Reason
		if t.Cost != nil {
			f.Properties["cost"] = *t.Cost
		}
		fc.Append(f)
	}
	return fc
}

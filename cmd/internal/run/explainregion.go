package run

import (
	"context"
	"slices"
)

// RegionReport says how a region is served, by its own sites and by others', and where its gaps are.
type RegionReport struct {
	Study  string      `json:"study"`
	Region RegionRef   `json:"region"`
	Path   []RegionRef `json:"path"`
	Tiers  []RegionWhy `json:"tiers"`
}

// RegionWhy is one tier in a region.
type RegionWhy struct {
	Tier string `json:"tier"`
	Name string `json:"name"`
	IndicatorView
	Detail *DetailView `json:"detail"`
	Served []string    `json:"servedBy"` // open sites that are the nearest of somebody in the region, most people first
	Gaps   []GapView   `json:"gaps"`     // gap areas with most of their people in the region
}

// ExplainRegion explains a region by its id for every tier.
func (s *Session) ExplainRegion(ctx context.Context, region int32) (*RegionReport, error) {
	if err := s.FindGaps(ctx); err != nil {
		return nil, err
	}
	coverage := CoverageView(s)
	if err := s.AddDetail(&coverage); err != nil {
		return nil, err
	}
	gaps := GapsView(s)
	if err := s.AddFixes(ctx, &gaps); err != nil {
		return nil, err
	}
	out := &RegionReport{Study: s.Study.Name, Region: s.Ref(region)}
	for _, r := range s.Data.Regions.Path(region) {
		out.Path = append(out.Path, s.Ref(r))
	}
	for t, tier := range s.tiers {
		r := coverage.Tiers[t].Regions[region]
		why := RegionWhy{Tier: tier.ID, Name: tier.Name, IndicatorView: r.IndicatorView, Detail: r.Detail, Served: s.servedBy(t, region), Gaps: []GapView{}}
		for i, g := range s.Gaps {
			if g.Tier == t && g.Region >= 0 && slices.Contains(s.Data.Regions.Path(g.Region), region) {
				why.Gaps = append(why.Gaps, gaps.Gaps[i])
			}
		}
		out.Tiers = append(out.Tiers, why)
	}
	return out, nil
}

// servedBy lists the sites that serve people of a region as their nearest, most people first, equals by id.
func (s *Session) servedBy(t int, region int32) []string {
	people := map[int32]int64{}
	for i, site := range s.Result.Services[t].Nearest {
		if site >= 0 && slices.Contains(s.Data.Regions.Path(s.Demand.Region[i]), region) {
			people[site] += int64(s.Demand.People[i])
		}
	}
	out := []string{}
	for len(people) > 0 {
		best := int32(-1)
		for i := range people {
			if best < 0 || people[i] > people[best] || people[i] == people[best] && s.Data.Sites[i].ID < s.Data.Sites[best].ID {
				best = i
			}
		}
		out = append(out, s.Data.Sites[best].ID)
		delete(people, best)
	}
	return out
}

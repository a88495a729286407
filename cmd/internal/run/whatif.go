package run

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/data"
)

// Edit is one change of the existing sites: add (Tier and Point), move (Site and Point) or close (Site).
type Edit struct {
	Tier  string
	Site  string
	Point orb.Point // WGS84 longitude, latitude
	Kind  EditKind
}

// EditKind says what an Edit does.
type EditKind uint8

// The kinds of edits.
const (
	AddSite EditKind = iota + 1
	MoveSite
	CloseSite
)

// EditError says that an edit cannot be made.
type EditError struct{ Text data.Text }

// Error returns the English form.
func (e *EditError) Error() string { return e.Text.EN }

// WhatIf applies the edits in their order on top of today's coverage and tells what changes, without computing the rest anew.
func (s *Session) WhatIf(ctx context.Context, edits []Edit) (*Comparison, error) {
	if err := s.Coverage(ctx); err != nil {
		return nil, err
	}
	scenario, err := coverage.NewScenario(ctx, s.input(), s.Result)
	if err != nil {
		return nil, err
	}
	for n, e := range edits {
		if scenario, err = s.apply(ctx, scenario, n, e); err != nil {
			return nil, err
		}
	}
	diff, err := coverage.Compare(coverage.Computed{Input: s.input(), Result: s.Result},
		coverage.Computed{Input: scenario.Input(), Result: scenario.Result()})
	if err != nil {
		return nil, err
	}
	return comparisonView(s, s, diff), nil
}

func (s *Session) apply(ctx context.Context, on *coverage.Scenario, n int, e Edit) (*coverage.Scenario, error) {
	region := int32(-1)
	if e.Kind != CloseSite {
		region = s.locate(e.Point)
		if region < 0 {
			return nil, &EditError{data.T("%.6f,%.6f 在研究区外", "%.6f,%.6f is outside the study area", e.Point[0], e.Point[1])}
		}
	}
	if e.Kind == AddSite {
		tier := slices.IndexFunc(s.tiers, func(t coverage.Tier) bool { return t.ID == e.Tier })
		if tier < 0 {
			return nil, &EditError{data.T("没有 %q 这一级设施", "there is no tier %q", e.Tier)}
		}
		return on.Add(ctx, coverage.Site{ID: fmt.Sprintf("new-%d", n+1), Tier: tier, Point: e.Point, Region: region, FloorArea: s.tiers[tier].MinArea, Staff: -1})
	}
	open := slices.ContainsFunc(on.Input().Sites, func(x coverage.Site) bool { return x.ID == e.Site && x.OpenOn(s.Study.Date) })
	if !open {
		return nil, &EditError{data.T("没有编号为 %q 的开放设施", "there is no open site with id %q", e.Site)}
	}
	if e.Kind == MoveSite {
		return on.Move(ctx, e.Site, e.Point, region)
	}
	return on.Close(ctx, e.Site)
}

// locate is the deepest region at a place; a study without boundaries is one region wherever its cells are.
func (s *Session) locate(p orb.Point) int32 {
	if len(s.Study.Areas) > 0 {
		return s.Data.Regions.Locate(p)
	}
	return 0
}

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
		return on.Add(ctx, coverage.Site{ID: fmt.Sprintf("new-%d", n+1), Tier: tier, Point: e.Point, Region: region, FloorArea: s.tiers[tier].MinArea})
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

// Comparison is what changed between two results.
type Comparison struct {
	Before string           `json:"before"`
	After  string           `json:"after"`
	Tiers  []TierComparison `json:"tiers"`
	Added  []string         `json:"tiersAdded"`
	Gone   []string         `json:"tiersRemoved"`
}

// TierComparison is what changed of one tier; regions and cells without a change are left out.
type TierComparison struct {
	Tier        string             `json:"tier"`
	Name        string             `json:"name"`
	RuleChanged bool               `json:"ruleChanged"`
	Before      IndicatorView      `json:"before"`
	After       IndicatorView      `json:"after"`
	Gained      float64            `json:"peopleGained"`
	Opened      []string           `json:"sitesOpened"`
	Closed      []string           `json:"sitesClosed"`
	Moved       []string           `json:"sitesMoved"`
	Regions     []RegionComparison `json:"regions"`
	Cells       []CellComparison   `json:"cells"`
}

// RegionComparison is a region that changed.
type RegionComparison struct {
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Level  string        `json:"level"`
	Before IndicatorView `json:"before"`
	After  IndicatorView `json:"after"`
	Gained float64       `json:"peopleGained"`
}

// CellComparison is a cell that changed.
type CellComparison struct {
	Cell          string  `json:"cell"`
	PeopleBefore  float64 `json:"peopleBefore"`
	PeopleAfter   float64 `json:"peopleAfter"`
	CoveredBefore float64 `json:"coveredBefore"`
	CoveredAfter  float64 `json:"coveredAfter"`
}

// Compare tells what changed from one study to another: two years, or two scenarios.
func Compare(ctx context.Context, before, after *Session) (*Comparison, error) {
	for _, s := range []*Session{before, after} {
		if err := s.Coverage(ctx); err != nil {
			return nil, err
		}
	}
	diff, err := coverage.Compare(coverage.Computed{Input: before.input(), Result: before.Result},
		coverage.Computed{Input: after.input(), Result: after.Result})
	if err != nil {
		return nil, err
	}
	return comparisonView(before, after, diff), nil
}

func comparisonView(before, after *Session, diff *coverage.Comparison) *Comparison {
	out := &Comparison{Before: before.Study.Path, After: after.Study.Path, Tiers: []TierComparison{}, Added: notNil(diff.Added), Gone: notNil(diff.Removed)}
	for _, t := range diff.Tiers {
		view := TierComparison{Tier: t.ID, Name: after.tiers[t.After].Name, RuleChanged: t.Rule, Before: indicators(t.Total.Before), After: indicators(t.Total.After),
			Gained: t.Total.Gained().Float(), Opened: notNil(t.Opened), Closed: notNil(t.Closed), Moved: notNil(t.Moved),
			Regions: []RegionComparison{}, Cells: []CellComparison{}}
		for _, r := range t.Regions {
			if r.Change.Before == r.Change.After {
				continue
			}
			ref := refByID(after, r.ID)
			if ref.ID == "" {
				ref = refByID(before, r.ID)
			}
			view.Regions = append(view.Regions, RegionComparison{r.ID, ref.Name, ref.Level, indicators(r.Change.Before), indicators(r.Change.After), r.Change.Gained().Float()})
		}
		for _, c := range t.Cells {
			view.Cells = append(view.Cells, CellComparison{c.Cell.String(), c.PeopleBefore.Float(), c.PeopleAfter.Float(), c.CoveredBefore.Float(), c.CoveredAfter.Float()})
		}
		out.Tiers = append(out.Tiers, view)
	}
	return out
}

func refByID(s *Session, id string) RegionRef {
	i, ok := s.Data.Regions.Index(id)
	if !ok {
		return RegionRef{}
	}
	return s.Ref(i)
}

// notNil makes JSON say [] instead of null.
func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

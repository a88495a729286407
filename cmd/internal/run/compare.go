package run

import (
	"bytes"
	"context"
	"encoding/json"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/reports"
)

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
	Groups      []GroupComparison  `json:"groups,omitempty"`
	Hours       []HoursComparison  `json:"hours,omitempty"`
	Entities    *EntityComparison  `json:"entities,omitempty"`
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

// GroupComparison is a group of people before and after; null on a side that does not count it.
type GroupComparison struct {
	Group  string     `json:"group"`
	Before *GroupView `json:"before"`
	After  *GroupView `json:"after"`
	Gained float64    `json:"membersGained"`
}

// HoursComparison is a moment of the week before and after; null on a side that gives no hours.
type HoursComparison struct {
	Moment string     `json:"moment"`
	Words  data.Text  `json:"-"` // the moment as people say it
	Before *HoursView `json:"before"`
	After  *HoursView `json:"after"`
}

// EntityComparison is what changed for entities; lists hold their IDs.
type EntityComparison struct {
	Kinds   []KindComparison `json:"kinds"`
	Reached []string         `json:"newlyCovered"`
	Lost    []string         `json:"noLongerCovered"`
	Added   []string         `json:"added"`
	Removed []string         `json:"removed"`
}

// KindComparison is a kind of entity before and after.
type KindComparison struct {
	Kind          string `json:"kind"`
	Before        int    `json:"entitiesBefore"`
	After         int    `json:"entitiesAfter"`
	CoveredBefore int    `json:"coveredBefore"`
	CoveredAfter  int    `json:"coveredAfter"`
}

// Compare tells what changed from one study to another: two years, or two scenarios.
func Compare(ctx context.Context, before, after *Session) (*Comparison, error) {
	diff, err := compared(ctx, before, after)
	if err != nil {
		return nil, err
	}
	return comparisonView(before, after, diff), nil
}

// compared computes both sides and what differs.
func compared(ctx context.Context, before, after *Session) (*coverage.Comparison, error) {
	var sides [2]coverage.Computed
	for i, s := range []*Session{before, after} {
		if err := s.Coverage(ctx); err != nil {
			return nil, err
		}
		c := coverage.Computed{Input: s.input(), Result: s.Result}
		if s.knowsHours() {
			hours, err := coverage.ByHours(c.Input, s.Result, coverage.DefaultMoments())
			if err != nil {
				return nil, err
			}
			c.Hours = hours
		}
		if len(s.Data.Entities) > 0 {
			services, err := coverage.Entities(ctx, c.Input, s.Data.Entities)
			if err != nil {
				return nil, err
			}
			c.Entities, c.EntityService = s.Data.Entities, services
		}
		sides[i] = c
	}
	return coverage.Compare(sides[0], sides[1])
}

// CompareReport compares two studies and writes the comparison report into a folder.
func CompareReport(ctx context.Context, before, after *Session, dir string, o ReportOptions) (*Comparison, error) {
	diff, err := compared(ctx, before, after)
	if err != nil {
		return nil, err
	}
	view := comparisonView(before, after, diff)
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(view); err != nil {
		return nil, err
	}
	after.stage("写出对比报告", "writing the comparison")
	c := &reports.Comparing{Before: before.Arranged(o.Version), After: after.Arranged(o.Version), Diff: diff, JSON: text.Bytes()}
	if c.Before.Name == c.After.Name && c.Before.Date.Equal(c.After.Date) { // scenarios of one study: told apart by their files
		c.BeforeName, c.AfterName = before.Study.Path, after.Study.Path
	}
	return view, reports.WriteComparison(ctx, dir, c, reports.Options{Lang: o.Lang,
		Manifest: func(files []reports.Written) ([]byte, error) {
			return manifestOfComparison(ctx, before, after, dir, o, files)
		}})
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
		addOthers(&view, t)
		out.Tiers = append(out.Tiers, view)
	}
	return out
}

// addOthers tells what changed by other measures than residents at all hours.
func addOthers(view *TierComparison, t coverage.TierChange) {
	for _, g := range t.Groups {
		side := func(there bool, x coverage.GroupFigures) *GroupView {
			if !there {
				return nil
			}
			v := groupView(g.ID, x)
			return &v
		}
		view.Groups = append(view.Groups, GroupComparison{g.ID, side(g.Before, g.Total.Before), side(g.After, g.Total.After), g.Total.Gained().Float()})
	}
	for _, h := range t.Hours {
		words := data.Text{ZH: h.Moment.ZH, EN: h.Moment.EN}
		side := func(x coverage.HoursSide) *HoursView {
			if !x.Given {
				return nil
			}
			return &HoursView{h.Moment.ID, words, x.Open, x.Closed, x.Unknown, x.Covered.Float(), x.Possible.Float(), share(x.Effective())}
		}
		view.Hours = append(view.Hours, HoursComparison{h.Moment.ID, words, side(h.Before), side(h.After)})
	}
	if e := t.Entities; e != nil {
		view.Entities = &EntityComparison{[]KindComparison{}, notNil(e.Reached), notNil(e.Lost), notNil(e.Added), notNil(e.Removed)}
		for _, k := range e.Kinds {
			view.Entities.Kinds = append(view.Entities.Kinds, KindComparison{k.Kind, k.Before.Entities, k.After.Entities, k.Before.Covered, k.After.Covered})
		}
	}
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

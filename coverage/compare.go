package coverage

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	h3 "github.com/uber/h3-go/v4"
)

// Computed is an input with its result, and what else has been computed of it.
type Computed struct {
	Input         Input
	Result        *Result
	Hours         [][]HoursCoverage // of ByHours; nil = hours are not compared
	Entities      []Entity          // with what Entities returned of them; nil = none
	EntityService []TierEntities
}

// check tells what of a side cannot be compared.
func (c *Computed) check(side string) error {
	if err := c.Input.Validate(); err != nil {
		return fmt.Errorf("%s: %w", side, err)
	}
	tiers := len(c.Input.Tiers)
	switch {
	case c.Result == nil || len(c.Result.Services) != tiers:
		return &FieldError{Field: side + ".Result", What: "is not of this input"}
	case c.Hours != nil && len(c.Hours) != tiers:
		return &FieldError{Field: side + ".Hours", What: fmt.Sprintf("%d tiers, the input has %d", len(c.Hours), tiers)}
	case len(c.Entities) > 0 && len(c.EntityService) != tiers:
		return &FieldError{Field: side + ".EntityService", What: fmt.Sprintf("%d tiers, the input has %d", len(c.EntityService), tiers)}
	}
	for _, t := range c.EntityService {
		if len(t.Service) != len(c.Entities) {
			return &FieldError{Field: side + ".EntityService", What: fmt.Sprintf("%d entities of %d", len(t.Service), len(c.Entities))}
		}
	}
	return nil
}

// Comparison is what changed from one result to another, of two years or of two scenarios. Tiers, regions, sites and cells are
// matched by their own IDs, so the two studies may list them differently.
type Comparison struct {
	Tiers   []TierChange // tiers of both, in the order of the later result
	Added   []string     // IDs of tiers that only the later result has
	Removed []string     // IDs of tiers that only the earlier result has
}

// TierChange is what changed of one tier.
type TierChange struct {
	ID            string
	Before, After int  // its index in the two results
	Rule          bool // limit, mode, minimum area or owner level differ: not all change is made by sites
	Total         Change
	Regions       []RegionChange // all regions of the later result, then those that only the earlier one has
	Cells         []CellChange   // cells whose people or covered people differ, ascending by H3 index
	Opened        []string       // IDs of sites open in the later result only, ascending
	Closed        []string       // IDs of sites open in the earlier result only, ascending
	Moved         []string       // IDs of sites open in both that stand elsewhere, ascending

	Groups   []GroupChange   // by group, where either side has groups
	Hours    []HoursChange   // by moment of the week, where both or either give hours
	Entities *EntitiesChange // nil where neither side has entities
}

// Change is a pair of figures.
type Change struct{ Before, After Indicators }

// Gained returns how many more people are covered; negative = fewer.
func (c Change) Gained() People { return c.After.Covered - c.Before.Covered }

// RegionChange is a region's pair of figures; a region missing on one side has zeros there.
type RegionChange struct {
	ID            string
	Change        Change
	Before, After bool // whether each side has the region
}

// CellChange is a cell that differs. A cell missing on one side has nobody there.
type CellChange struct {
	Cell                        h3.Cell
	PeopleBefore, PeopleAfter   People
	CoveredBefore, CoveredAfter People
	CountedBefore, CountedAfter bool // among the covered cells
}

// Compare tells what changed from one result to another. Both must be on grids of the same resolution; tier and region
// IDs must be unique in each. O(demand + cells + regions + sites), and sorting.
func Compare(before, after Computed) (*Comparison, error) {
	if err := errors.Join(before.check("before"), after.check("after")); err != nil {
		return nil, err
	}
	if a, b := before.Input.Grid.Resolution, after.Input.Grid.Resolution; a != b {
		return nil, &FieldError{Field: "Grid.Resolution", What: fmt.Sprintf("%d before, %d after", a, b)}
	}
	c := &Comparison{}
	earlier := map[string]int{}
	for i, t := range before.Input.Tiers {
		earlier[t.ID] = i
	}
	for i, t := range after.Input.Tiers {
		if j, ok := earlier[t.ID]; ok {
			c.Tiers = append(c.Tiers, compareTier(before, after, j, i))
			delete(earlier, t.ID)
		} else {
			c.Added = append(c.Added, t.ID)
		}
	}
	for _, t := range before.Input.Tiers {
		if _, left := earlier[t.ID]; left {
			c.Removed = append(c.Removed, t.ID)
		}
	}
	return c, nil
}

func compareTier(before, after Computed, i, j int) TierChange {
	a, b := before.Input.Tiers[i], after.Input.Tiers[j]
	c := TierChange{
		ID: b.ID, Before: i, After: j,
		Rule:  a.Limit != b.Limit || a.Mode != b.Mode || a.MinArea != b.MinArea || ownerLevel(before, a) != ownerLevel(after, b),
		Total: Change{before.Result.Total[i], after.Result.Total[j]},
	}
	c.Regions = compareRegions(before, after, i, j)
	c.Cells = compareCells(cellFigures(before, i), cellFigures(after, j))
	compareSites(&c, openSites(before, i), openSites(after, j))
	c.Groups, c.Hours, c.Entities = compareGroups(before, after, i, j), compareHours(before, after, i, j), compareEntities(before, after, i, j)
	return c
}

func ownerLevel(c Computed, t Tier) string {
	if t.OwnerLevel < 0 {
		return ""
	}
	return c.Input.Regions.Levels[t.OwnerLevel].ID
}

func compareRegions(before, after Computed, i, j int) (out []RegionChange) {
	for r, region := range after.Input.Regions.All {
		x := RegionChange{ID: region.ID, After: true, Change: Change{After: after.Result.Region[j][r]}}
		if q, ok := before.Input.Regions.Index(region.ID); ok {
			x.Before, x.Change.Before = true, before.Result.Region[i][q]
		}
		out = append(out, x)
	}
	for q, region := range before.Input.Regions.All {
		if _, ok := after.Input.Regions.Index(region.ID); !ok {
			out = append(out, RegionChange{ID: region.ID, Before: true, Change: Change{Before: before.Result.Region[i][q]}})
		}
	}
	return out
}

// cellFigure is what a result says of one inhabited cell.
type cellFigure struct {
	cell              h3.Cell
	people, uncovered People
}

// cellFigures lists the inhabited cells, ascending.
func cellFigures(c Computed, tier int) (out []cellFigure) {
	people, uncovered := uncoveredByCell(c.Input, &c.Result.Services[tier])
	for k, n := range people {
		if n > 0 {
			out = append(out, cellFigure{c.Input.Grid.Cells[k], n, uncovered[k]})
		}
	}
	slices.SortFunc(out, func(a, b cellFigure) int { return cmp.Compare(a.cell, b.cell) })
	return out
}

// compareCells merges two ascending lists and keeps what differs.
func compareCells(a, b []cellFigure) (out []CellChange) {
	for len(a) > 0 || len(b) > 0 {
		var x, y cellFigure
		order := 0
		switch {
		case len(b) == 0:
			order = -1
		case len(a) == 0:
			order = 1
		default:
			order = cmp.Compare(a[0].cell, b[0].cell)
		}
		if order <= 0 {
			x, a = a[0], a[1:]
		}
		if order >= 0 {
			y, b = b[0], b[1:]
		}
		if x.people == y.people && x.uncovered == y.uncovered {
			continue
		}
		out = append(out, CellChange{
			Cell: max(x.cell, y.cell), PeopleBefore: x.people, PeopleAfter: y.people,
			CoveredBefore: x.people - x.uncovered, CoveredAfter: y.people - y.uncovered,
			CountedBefore: x.people > 0 && !isGap(x.people, x.uncovered), CountedAfter: y.people > 0 && !isGap(y.people, y.uncovered),
		})
	}
	return out
}

// openSites lists the open sites of a tier by ID.
func openSites(c Computed, tier int) []Site {
	var out []Site
	for _, i := range c.Result.Services[tier].Open {
		if c.Input.Sites[i].Tier == tier {
			out = append(out, c.Input.Sites[i])
		}
	}
	slices.SortFunc(out, func(a, b Site) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func compareSites(c *TierChange, a, b []Site) {
	find := func(list []Site, id string) (Site, bool) {
		k, ok := slices.BinarySearchFunc(list, id, func(s Site, id string) int { return cmp.Compare(s.ID, id) })
		if !ok {
			return Site{}, false
		}
		return list[k], true
	}
	for _, s := range b {
		if old, ok := find(a, s.ID); !ok {
			c.Opened = append(c.Opened, s.ID)
		} else if old.Point != s.Point {
			c.Moved = append(c.Moved, s.ID)
		}
	}
	for _, s := range a {
		if _, ok := find(b, s.ID); !ok {
			c.Closed = append(c.Closed, s.ID)
		}
	}
}

package coverage

import "slices"

// GroupChange is what changed for one group of people.
type GroupChange struct {
	ID            string
	Before, After bool // whether each side has the group
	Total         GroupPair
	Regions       []GroupRegionChange // in the order of TierChange.Regions
}

// GroupPair is a pair of figures of a group; a side that lacks the group, or the region, has zeros.
type GroupPair struct{ Before, After GroupFigures }

// Gained returns how many more members are covered; negative = fewer.
func (p GroupPair) Gained() People { return p.After.Covered - p.Before.Covered }

// GroupRegionChange is a group's pair of figures in one region.
type GroupRegionChange struct {
	ID string
	GroupPair
}

// HoursChange is what changed at one moment of the week.
type HoursChange struct {
	Moment        NamedMoment
	Before, After HoursSide
	Regions       []HoursRegionChange // in the order of TierChange.Regions
}

// HoursSide is one side of an HoursChange.
type HoursSide struct {
	Given                 bool // whether this side has the moment
	Open, Closed, Unknown int  // sites, as in HoursCoverage
	HoursFigures
}

// HoursRegionChange is a region's pair of figures at one moment.
type HoursRegionChange struct {
	ID            string
	Before, After HoursFigures
}

// EntitiesChange is what changed for entities such as parks and towers. Lists hold IDs, ascending.
type EntitiesChange struct {
	Kinds   []KindChange // in the order of the later side, then those that only the earlier one has
	Reached []string     // not covered before, covered now
	Lost    []string     // covered before, no longer now
	Added   []string     // of the later side only
	Removed []string     // of the earlier side only
}

// KindChange is the pair of figures of one kind of entity; a side that lacks it has zeros.
type KindChange struct {
	Kind          string
	Before, After EntityFigures
}

// match pairs two lists of unique IDs: for each of the later list its places in the earlier and the later one, then those that only the
// earlier one has; -1 where a list lacks it.
func match(before, after []string) (out [][2]int) {
	earlier := map[string]int{}
	for i, id := range before {
		earlier[id] = i
	}
	for j, id := range after {
		i, ok := earlier[id]
		if !ok {
			i = -1
		}
		out = append(out, [2]int{i, j})
		delete(earlier, id)
	}
	for i, id := range before {
		if _, left := earlier[id]; left {
			out = append(out, [2]int{i, -1})
		}
	}
	return out
}

// ids lists what name gives for each item.
func ids[T any](items []T, name func(T) string) []string {
	out := make([]string, len(items))
	for i, x := range items {
		out[i] = name(x)
	}
	return out
}

// itemOf is item i of a list, or the zero value where the list has none.
func itemOf[T any](items []T, i int) (x T) {
	if i >= 0 && i < len(items) {
		x = items[i]
	}
	return x
}

// regionPairs matches the regions of two studies.
func regionPairs(before, after Computed) (pairs [][2]int, names []string) {
	id := func(c Computed) []string {
		out := make([]string, len(c.Input.Regions.All))
		for i := range out {
			out[i] = c.Input.Regions.All[i].ID
		}
		return out
	}
	a, b := id(before), id(after)
	pairs = match(a, b)
	for _, p := range pairs {
		if p[1] >= 0 {
			names = append(names, b[p[1]])
		} else {
			names = append(names, a[p[0]])
		}
	}
	return pairs, names
}

func compareGroups(before, after Computed, i, j int) (out []GroupChange) {
	id := func(g GroupCoverage) string { return g.ID }
	a, b := itemOf(before.Result.Groups, i), itemOf(after.Result.Groups, j)
	regions, names := regionPairs(before, after)
	for _, p := range match(ids(a, id), ids(b, id)) {
		x, y := itemOf(a, p[0]), itemOf(b, p[1])
		c := GroupChange{ID: y.ID, Before: p[0] >= 0, After: p[1] >= 0, Total: GroupPair{x.Total, y.Total}}
		if p[1] < 0 {
			c.ID = x.ID
		}
		for k, r := range regions {
			c.Regions = append(c.Regions, GroupRegionChange{names[k], GroupPair{itemOf(x.Region, r[0]), itemOf(y.Region, r[1])}})
		}
		out = append(out, c)
	}
	return out
}

func compareHours(before, after Computed, i, j int) (out []HoursChange) {
	id := func(h HoursCoverage) string { return h.Moment.ID }
	a, b := itemOf(before.Hours, i), itemOf(after.Hours, j)
	regions, names := regionPairs(before, after)
	side := func(h HoursCoverage, given bool) HoursSide {
		return HoursSide{given, h.Open, h.Closed, h.Unknown, h.Total}
	}
	for _, p := range match(ids(a, id), ids(b, id)) {
		x, y := itemOf(a, p[0]), itemOf(b, p[1])
		c := HoursChange{Moment: y.Moment, Before: side(x, p[0] >= 0), After: side(y, p[1] >= 0)}
		if p[1] < 0 {
			c.Moment = x.Moment
		}
		for k, r := range regions {
			c.Regions = append(c.Regions, HoursRegionChange{names[k], itemOf(x.Region, r[0]), itemOf(y.Region, r[1])})
		}
		out = append(out, c)
	}
	return out
}

// compareEntities matches entities by ID and kinds by name; nil where neither side has entities.
func compareEntities(before, after Computed, i, j int) *EntitiesChange {
	if len(before.Entities)+len(after.Entities) == 0 {
		return nil
	}
	a, b := itemOf(before.EntityService, i), itemOf(after.EntityService, j)
	c := &EntitiesChange{}
	kind := func(k EntityKind) string { return k.Kind }
	for _, p := range match(ids(a.Kinds, kind), ids(b.Kinds, kind)) {
		x, y := itemOf(a.Kinds, p[0]), itemOf(b.Kinds, p[1])
		change := KindChange{Kind: y.Kind, Before: x.Total, After: y.Total}
		if p[1] < 0 {
			change.Kind = x.Kind
		}
		c.Kinds = append(c.Kinds, change)
	}
	id := func(e Entity) string { return e.ID }
	for _, p := range match(ids(before.Entities, id), ids(after.Entities, id)) {
		switch was, is := itemOf(a.Service, p[0]).Covered, itemOf(b.Service, p[1]).Covered; {
		case p[0] < 0:
			c.Added = append(c.Added, after.Entities[p[1]].ID)
		case p[1] < 0:
			c.Removed = append(c.Removed, before.Entities[p[0]].ID)
		case is && !was:
			c.Reached = append(c.Reached, after.Entities[p[1]].ID)
		case was && !is:
			c.Lost = append(c.Lost, after.Entities[p[1]].ID)
		}
	}
	for _, list := range [][]string{c.Reached, c.Lost, c.Added, c.Removed} {
		slices.Sort(list)
	}
	return c
}

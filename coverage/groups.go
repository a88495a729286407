package coverage

import (
	"errors"
	"fmt"
	"math"
)

// GroupCount says how many of the people of a population belong to one group, such as those of 60 and older or party members.
// Its columns are parallel to the records of the population. A member is one of the record's people, so a count above
// theirs is an error.
type GroupCount struct {
	ID     string    // as the study names the group, unique
	Cells  []float64 // parallel to Population.Cells; nil = no cell tells
	Points []float64 // parallel to Population.Points; nil = no point tells
	Totals []float64 // parallel to Population.Totals; NaN = this total does not tell; nil = none does
}

// DemandGroup is the part of the demand that belongs to one group.
type DemandGroup struct {
	ID     string
	People []People // parallel to Demand.People, and nowhere above it
}

// GroupSum is the account of how one group was put on the grid. Inside + Outside = Input exactly.
type GroupSum struct {
	ID      string
	Input   People // of all cells and points
	Inside  People // of Input, before control totals
	Outside People // of Input
	Total   People // on the grid

	Own       []Scaled   // regions scaled to a total of the group's own, by region; elsewhere the group went with the people
	Spread    []Even     // regions with a total of the group that no source places: spread like the people, by region
	Conflicts []Conflict // totals of the group that could not be met, by region
	Capped    People     // moved to other parts of a region because a part would have more members than people
	Silent    People     // people of regions known from their total alone, which does not tell the group: no members there
}

// ErrGroup is returned for a group whose counts do not fit the population.
var ErrGroup = errors.New("coverage: group")

// excess is by how much of a person a group may stand above its record's people: sources that are sums of rounded numbers.
const excess = 1e-6

// checkGroups notes everything wrong with the groups.
func (p Population) checkGroups(bad func(kind string, i int, err error)) {
	seen := map[string]bool{}
	for k, g := range p.Groups {
		switch {
		case g.ID == "":
			bad("group", k, fmt.Errorf("%w: has no ID", ErrGroup))
		case seen[g.ID]:
			bad("group", k, fmt.Errorf("%w: %q is given twice", ErrGroup, g.ID))
		}
		seen[g.ID] = true
		column := func(kind string, counts []float64, n int, people func(int) float64, mayLack bool) {
			if counts != nil && len(counts) != n {
				bad("group", k, fmt.Errorf("%w: %q has %d counts for %d %ss", ErrGroup, g.ID, len(counts), n, kind))
				return
			}
			for i, count := range counts {
				if mayLack && math.IsNaN(count) {
					continue
				}
				if !(count >= 0) {
					bad(kind, i, fmt.Errorf("%w: %w, not %g", ErrGroup, ErrPeople, count))
				} else if count > people(i)+excess {
					bad(kind, i, fmt.Errorf("%w: %g of %q among %g people", ErrGroup, count, g.ID, people(i)))
				}
			}
		}
		column("cell", g.Cells, len(p.Cells), func(i int) float64 { return p.Cells[i].People }, false)
		column("point", g.Points, len(p.Points), func(i int) float64 { return p.Points[i].People }, false)
		column("total", g.Totals, len(p.Totals), func(i int) float64 { return p.Totals[i].People }, true)
	}
}

// groupDistributor puts one group on the parts of the grid. It follows the people: what is done to them is done to the group,
// in proportion to them, so that no part ever has more members than people.
type groupDistributor struct {
	counts  GroupCount
	people  []People // per part of the grid: the members
	held    []People // per region, while control totals are met
	account GroupSum
	round   rounder
	shares  apportioner
	old     []int64 // members of a pool before it is scaled
}

func newGroupDistributors(counts []GroupCount, parts int) []*groupDistributor {
	var out []*groupDistributor
	for _, c := range counts {
		out = append(out, &groupDistributor{counts: c, people: make([]People, parts), account: GroupSum{ID: c.ID}})
	}
	return out
}

// take turns a count into members of a record of so many people. What does not fit because of rounding waits for the next.
func (g *groupDistributor) take(count float64, people People) People {
	n := g.round.next(count)
	if n > people {
		g.round.given -= n - people
		n = people
	}
	g.account.Input += n
	return n
}

// cell puts the members of a cell's record where its people went: shares of the parts, and last what lies outside.
func (g *groupDistributor) cell(i int, parts []int32, shares []int64) {
	if g.counts.Cells == nil {
		return
	}
	people := int64(0)
	for _, n := range shares {
		people += n
	}
	members := g.take(g.counts.Cells[i], People(people))
	if members == 0 {
		return
	}
	// With the people as weights a quota is at most the people, and so is the quota rounded up.
	split := g.shares.split(int64(members), shares)
	for k, part := range parts {
		g.people[part] += People(split[k])
	}
	g.account.Outside += People(split[len(parts)])
}

// point puts the members of a point of so many people into its part, -1 = outside.
func (g *groupDistributor) point(i int, part int32, people People) {
	if g.counts.Points == nil {
		return
	}
	members := g.take(g.counts.Points[i], people)
	if part < 0 {
		g.account.Outside += members
		return
	}
	g.people[part] += members
}

// totalOf returns the group's own number in a control total, NaN = it does not tell.
func (g *groupDistributor) totalOf(i int32) float64 {
	if g.counts.Totals == nil {
		return math.NaN()
	}
	return g.counts.Totals[i]
}

// groupTarget is what becomes of the members of a pool of parts whose people are scaled.
type groupTarget struct {
	region int32
	total  float64 // the group's own control total; NaN = none
	pool   []int32
	people []People // per part of the grid, after scaling
	before People   // people of the pool before
	after  People   // people of the pool after
}

// meet brings the members of a pool to the group's own total where there is one, else along with the people, and returns the
// change.
func (g *groupDistributor) meet(t groupTarget) People {
	g.old = g.old[:0]
	before := People(0)
	for _, part := range t.pool {
		g.old = append(g.old, int64(g.people[part]))
		before += g.people[part]
	}
	target := People(mulDiv(int64(before), int64(t.after), int64(t.before))) // along with the people
	if !math.IsNaN(t.total) {
		var round rounder
		want := round.next(t.total)
		own := want - (g.held[t.region] - before)
		switch {
		case own < 0 || own > t.after:
			g.account.Conflicts = append(g.account.Conflicts, Conflict{Region: t.region, Total: want, Held: g.held[t.region] - before + target})
		case before > 0:
			g.account.Own = append(g.account.Own, Scaled{Region: t.region, Before: before, After: own})
			target = own
		default:
			if own > 0 {
				g.account.Spread = append(g.account.Spread, Even{Region: t.region, People: own, Parts: len(t.pool)})
			}
			target = own
		}
	} else if t.before == 0 {
		g.account.Silent += t.after
	}
	g.share(target, t)
	return target - before
}

// share gives the parts of a pool their members: in proportion to those they had, or to the people when there were none, and
// never more than the people. What a full part cannot take goes to the others in the same proportion.
func (g *groupDistributor) share(target People, t groupTarget) {
	weights := g.old
	room := make([]int64, len(t.pool))
	sum := int64(0)
	for k, part := range t.pool {
		room[k] = int64(t.people[part])
		sum += weights[k]
		g.people[part] = 0
	}
	for left := int64(target); left > 0; {
		if sum == 0 { // nobody to go by: where there is room
			weights = append([]int64(nil), room...)
		}
		over := int64(0)
		for k, n := range g.shares.split(left, weights) {
			if n >= room[k] {
				if n > room[k]+1 { // one is rounding
					g.account.Capped += People(n - room[k])
				}
				over += n - room[k]
				n = room[k]
				weights[k] = 0
			}
			room[k] -= n
			g.people[t.pool[k]] += People(n)
		}
		left, sum = over, 0
		for _, w := range weights {
			sum += w
		}
	}
}

// mulDiv returns a × b / c rounded to nearest, 0 when c is 0. All are at least 0 and the result fits.
func mulDiv(a, b, c int64) int64 {
	if c == 0 {
		return 0
	}
	var w wide
	w.addProduct(uint64(a), uint64(b))
	w.add(uint64(c) / 2)
	return int64(w.div(uint64(c)))
}

// membersFit reports whether every group of point i has from none to all of its people.
func (d *Demand) membersFit(i int) bool {
	for k := range d.Groups {
		if n := d.Groups[k].People[i]; n < 0 || n > d.People[i] {
			return false
		}
	}
	return true
}

// GroupCoverage is what one tier does for one group of people.
type GroupCoverage struct {
	ID     string
	Region []GroupFigures // per region; a parent is its children and what it owns itself
	Total  GroupFigures
}

// GroupFigures count the members of a group in one region.
type GroupFigures struct {
	People      People // members who live there
	Covered     People // of them within the limit of an open site, whichever region owns it
	Unconnected People // of them farther than max_access from any usable road
}

// Effective returns 有效覆盖 of the group, the share of its members covered; ok is false where it has none.
func (x GroupFigures) Effective() (share float64, ok bool) {
	if x.People == 0 {
		return 0, false
	}
	return float64(x.Covered) / float64(x.People), true
}

func (x *GroupFigures) add(y GroupFigures) {
	x.People += y.People
	x.Covered += y.Covered
	x.Unconnected += y.Unconnected
}

// sumGroups adds up the members of every group, from the deepest regions upwards; nil without groups.
func sumGroups(in Input, s *Service) []GroupCoverage {
	var out []GroupCoverage
	for _, g := range in.Demand.Groups {
		c := GroupCoverage{ID: g.ID, Region: make([]GroupFigures, len(in.Regions.All))}
		for i, n := range g.People {
			if n == 0 {
				continue
			}
			x := &c.Region[in.Demand.Region[i]]
			x.People += n
			if s.Covered(i) {
				x.Covered += n
			}
			if !s.Connected[i] {
				x.Unconnected += n
			}
		}
		for r := len(c.Region) - 1; r >= 0; r-- {
			if parent := in.Regions.All[r].Parent; parent >= 0 {
				c.Region[parent].add(c.Region[r])
			} else {
				c.Total.add(c.Region[r])
			}
		}
		out = append(out, c)
	}
	return out
}

// CarryGroups gives the groups of a demand to another one that holds the same people at other points: each (cell, region) of
// the first with its people divided among points of the second. A group is divided as the people are, by largest remainders:
// the members of each (cell, region) are conserved and no point has more members than people. The error is a *FieldError
// when the people of some (cell, region) differ.
func CarryGroups(from, to *Demand) error {
	if len(from.Groups) == 0 {
		return nil
	}
	type key struct{ cell, region int32 }
	points := make(map[key][]int32, from.Len())
	for i := range to.People {
		k := key{to.Cell[i], to.Region[i]}
		points[k] = append(points[k], int32(i))
	}
	groups := make([]DemandGroup, len(from.Groups))
	for k, g := range from.Groups {
		groups[k] = DemandGroup{ID: g.ID, People: make([]People, to.Len())}
	}
	people := make(map[key]People, len(points)) // of the first, as far as it has been looked through
	members := make([]map[key]People, len(groups))
	for k := range members {
		members[k] = make(map[key]People, len(points))
	}
	var order []key
	for i, n := range from.People {
		at := key{from.Cell[i], from.Region[i]}
		if _, seen := people[at]; !seen {
			order = append(order, at)
		}
		people[at] += n
		for k := range members {
			members[k][at] += from.Groups[k].People[i]
		}
	}
	var shares apportioner
	var weights []int64
	for _, at := range order {
		weights = weights[:0]
		sum := People(0)
		for _, i := range points[at] {
			weights = append(weights, int64(to.People[i]))
			sum += to.People[i]
		}
		if sum != people[at] {
			return &FieldError{Field: "to", What: fmt.Sprintf("cell %d has %v people in region %d, %v before", at.cell, sum.Float(), at.region, people[at].Float())}
		}
		for k := range groups {
			if members[k][at] == 0 {
				continue
			}
			for j, n := range shares.split(int64(members[k][at]), weights) {
				groups[k].People[points[at][j]] = People(n)
			}
		}
	}
	to.Groups = groups
	return nil
}

package coverage

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

// place returns the part of a cell in the region of a point, -1 when the point is outside every region. Slivers that are
// too small to be parts are looked after by the nearest part of the region in the cells around, else by one of its
// ancestors or descendants, else by any.
func (d *distributor) place(cell h3.Cell, p orb.Point) int32 {
	i, ok := d.grid.Index(cell)
	if len(d.regions.All[0].Shape) == 0 { // the study area is the cells
		if !ok {
			return -1
		}
		from, _ := d.grid.PartRange(i)
		return from
	}
	if ok {
		if from, _ := d.grid.PartRange(i); d.grid.Parts[from].Share == 1 {
			return from // the cell lies in one region, and so does the point
		}
	}
	region := d.regions.Locate(p)
	if region < 0 {
		return -1
	}
	if ok {
		if part := d.partIn(i, region); part >= 0 {
			return part
		}
	}
	best, metres := int32(-1), 0.0
	for _, c := range cell.GridDisk(1) {
		j, found := d.grid.Index(c)
		if !found {
			continue
		}
		from, to := d.grid.PartRange(j)
		for part := from; part < to; part++ {
			q := d.grid.Parts[part]
			m := geo.Distance(p, q.Centre) + 1e7*d.kinship(q.Region, region) // kin before neighbours
			if best < 0 || m < metres || m == metres && part < best {
				best, metres = part, m
			}
		}
	}
	return best
}

// kinship tells how far two regions are related: 0 the same, 1 one holds the other, 2 not at all.
func (d *distributor) kinship(a, b int32) float64 {
	level := min(d.regions.All[a].Level, d.regions.All[b].Level)
	switch {
	case a == b:
		return 0
	case d.regions.Ancestor(a, level) == d.regions.Ancestor(b, level):
		return 1
	}
	return 2
}

// partIn returns the part of a cell in a region, -1 = none.
func (d *distributor) partIn(cell, region int32) int32 {
	from, to := d.grid.PartRange(cell)
	for part := from; part < to; part++ {
		if d.grid.Parts[part].Region == region {
			return part
		}
	}
	return -1
}

// control scales the people of the parts to the control totals, the finest level first.
func (d *distributor) control(totals []RegionTotal) error {
	d.account.Total = peopleOf(d.people)
	for _, g := range d.groups {
		g.account.Total = peopleOf(g.people)
	}
	if len(totals) == 0 {
		return nil
	}
	order := make([]int32, len(totals))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(totals[a].Region, totals[b].Region) })
	sorted := make([]RegionTotal, len(totals))
	for to, from := range order {
		sorted[to] = totals[from]
	}
	if err := d.checkRoom(sorted); err != nil {
		return err
	}
	pools := d.pools(sorted)
	held := d.held(d.people)
	for _, g := range d.groups {
		g.held = d.held(g.people)
	}
	for _, n := range pools.free {
		d.account.Uncontrolled += d.people[n]
	}
	// Regions are sorted by level, so that going backwards meets every region before its parents.
	for i := len(sorted) - 1; i >= 0; i-- {
		before, after := d.meet(sorted[i], pools.of[i], held[sorted[i].Region])
		d.change(held, sorted[i].Region, after-before)
		d.account.Total += after - before
		for _, g := range d.groups {
			t := groupTarget{region: sorted[i].Region, total: g.totalOf(order[i]), pool: pools.of[i], people: d.people, before: before, after: after}
			change := g.meet(t)
			d.change(g.held, t.region, change)
			g.account.Total += change
		}
	}
	slices.Reverse(d.account.Scaled)
	slices.Reverse(d.account.Even)
	slices.Reverse(d.account.Conflicts)
	for _, g := range d.groups {
		slices.Reverse(g.account.Own)
		slices.Reverse(g.account.Spread)
		slices.Reverse(g.account.Conflicts)
	}
	return nil
}

func peopleOf(people []People) (sum People) {
	for _, n := range people {
		sum += n
	}
	return sum
}

// change adds to a region and all that hold it.
func (d *distributor) change(held []People, region int32, by People) {
	for ; region >= 0; region = d.regions.All[region].Parent {
		held[region] += by
	}
}

// meet brings one region, which holds that many people now, to its total by changing the parts of its pool, and returns
// the people of the pool before and after.
func (d *distributor) meet(total RegionTotal, pool []int32, held People) (before, after People) {
	var round rounder
	want := round.next(total.People)
	weights := make([]int64, len(pool))
	for i, part := range pool {
		weights[i] = int64(d.people[part])
		before += d.people[part]
	}
	target := want - (held - before) // for the pool, after what finer totals gave the rest
	switch {
	case target < 0 || len(pool) == 0:
		if held != want {
			d.account.Conflicts = append(d.account.Conflicts, Conflict{Region: total.Region, Total: want, Held: held})
		}
		return before, before
	case before == 0 && target == 0:
		return 0, 0
	case before == 0:
		weighted := d.weightOf(pool) > 0
		for i, part := range pool {
			if weights[i] = d.landWeight(part); weighted {
				weights[i] = d.weight[part]
			}
		}
		d.account.Even = append(d.account.Even, Even{Region: total.Region, People: target, Parts: len(pool), Weighted: weighted})
	default:
		d.account.Scaled = append(d.account.Scaled, Scaled{Region: total.Region, Before: before, After: target})
	}
	for i, n := range d.shares.split(int64(target), weights) {
		d.people[pool[i]] = People(n)
	}
	return before, target
}

// landWeight returns the area of a part as an integer weight of at least 1, in 1/64 m².
func (d *distributor) landWeight(part int32) int64 {
	p := d.grid.Parts[part]
	return max(int64(p.Share*d.grid.Area(p.Cell)*64), 1)
}

// checkRoom refuses people for regions that have no part of any cell.
func (d *distributor) checkRoom(totals []RegionTotal) error {
	room := make([]bool, len(d.regions.All))
	for _, part := range d.grid.Parts {
		for i := part.Region; i >= 0 && !room[i]; i = d.regions.All[i].Parent {
			room[i] = true
		}
	}
	var errs []error
	for _, t := range totals {
		if !room[t.Region] && t.People > 0 {
			errs = append(errs, fmt.Errorf("%w: region %q has %v people and no cell to put them in", ErrTotal, d.regions.All[t.Region].ID, t.People))
		}
	}
	return errors.Join(errs...)
}

// held returns the people (per part of the grid) of every region, those of its descendants included.
func (d *distributor) held(people []People) []People {
	held := make([]People, len(d.regions.All))
	for i, part := range d.grid.Parts {
		held[part.Region] += people[i]
	}
	for i := len(held) - 1; i >= 0; i-- {
		if parent := d.regions.All[i].Parent; parent >= 0 {
			held[parent] += held[i]
		}
	}
	return held
}

// pools are the parts that answer to each total, and those that answer to none.
type pools struct {
	of   [][]int32 // parallel to the totals
	free []int32
}

func (d *distributor) pools(totals []RegionTotal) pools {
	// The total that rules a region is its own or that of its parent, which comes first.
	rules := make([]int32, len(d.regions.All))
	for i := range rules {
		rules[i] = -1
		if parent := d.regions.All[i].Parent; parent >= 0 {
			rules[i] = rules[parent]
		}
		if at, ok := slices.BinarySearchFunc(totals, int32(i), func(t RegionTotal, region int32) int {
			return cmp.Compare(t.Region, region)
		}); ok {
			rules[i] = int32(at)
		}
	}
	p := pools{of: make([][]int32, len(totals))}
	for i, part := range d.grid.Parts {
		if rule := rules[part.Region]; rule >= 0 {
			p.of[rule] = append(p.of[rule], int32(i))
		} else {
			p.free = append(p.free, int32(i))
		}
	}
	return p
}

// demand lists the parts with people.
func (d *distributor) demand() *Demand {
	out := &Demand{}
	for _, g := range d.groups {
		out.Groups = append(out.Groups, DemandGroup{ID: g.counts.ID})
		d.account.Groups = append(d.account.Groups, g.account)
	}
	for i, part := range d.grid.Parts {
		if d.people[i] == 0 {
			continue
		}
		out.Point = append(out.Point, part.Centre)
		out.People = append(out.People, d.people[i])
		out.Region = append(out.Region, part.Region)
		out.Cell = append(out.Cell, part.Cell)
		for k, g := range d.groups {
			out.Groups[k].People = append(out.Groups[k].People, g.people[i])
		}
	}
	return out
}

// apportioner shares out whole numbers by largest remainders (Hamilton's method). It keeps its scratch space.
type apportioner struct {
	shares []int64
	rest   []uint64
	order  []int32
}

// split shares total (>= 0) in proportion to weights (>= 0, of a positive sum below 2^63). The shares sum to total
// exactly and each is within one of its quota; what rounding leaves goes to the largest remainders, ties to the lowest
// index. The result is valid until the next call.
func (a *apportioner) split(total int64, weights []int64) []int64 {
	a.shares, a.rest, a.order = a.shares[:0], a.rest[:0], a.order[:0]
	sum := uint64(0)
	for _, w := range weights {
		sum += uint64(w)
	}
	left := total
	for i, w := range weights {
		high, low := bits.Mul64(uint64(total), uint64(w))
		quota, rest := bits.Div64(high, low, sum) // fits, as w <= sum
		left -= int64(quota)
		a.shares = append(a.shares, int64(quota))
		a.rest = append(a.rest, rest)
		if rest > 0 {
			a.order = append(a.order, int32(i))
		}
	}
	if left == 0 {
		return a.shares
	}
	slices.SortFunc(a.order, func(x, y int32) int {
		return cmp.Or(cmp.Compare(a.rest[y], a.rest[x]), cmp.Compare(x, y))
	})
	for _, i := range a.order[:left] {
		a.shares[i]++
	}
	return a.shares
}

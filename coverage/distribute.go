package coverage

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
	"sitecover/geo/grid"
)

// Distribution is the account of how people were put on the grid: what came in, what lies outside, what control totals
// changed.
type Distribution struct {
	Sources []SourceSum // cells, then points; only kinds with records
	Input   People      // of all cells and points together
	Inside  People      // of Input, before control totals
	Outside People      // of Input, outside every region; Inside + Outside = Input exactly
	Total   People      // on the grid: Inside, less and plus what control totals changed

	Scaled       []Scaled   // regions scaled to their control total, by region
	Even         []Even     // regions with a total and no source people: spread by area, by region
	Conflicts    []Conflict // totals that finer totals contradict, by region
	Uncontrolled People     // of Total, in no region with a control total; 0 when there are no totals at all
	Groups       []GroupSum // per group, in the population's order
}

// SourceSum is the account of one kind of source.
type SourceSum struct {
	Kind           string // "cells" or "points"
	Records        int
	OutsideRecords int // records of which nothing lies inside the study area
	Input          People
	Outside        People
}

// Scaled is a region whose people were scaled to its control total. Parts that answer to a finer total are not counted.
type Scaled struct {
	Region int32
	Before People
	After  People
}

// Factor returns After / Before.
func (s Scaled) Factor() float64 { return float64(s.After) / float64(s.Before) }

// Even is a region whose people are spread by area because no source says where they live.
type Even struct {
	Region int32
	People People
	Parts  int
	// Weighted: by the weights of places instead of by area.
	Weighted bool
}

// Conflict is a control total that was not met because the finer totals inside the region, which win, add up to
// something else.
type Conflict struct {
	Region int32
	Total  People // what the total says
	Held   People // what the region holds
}

// Errors of Distribute.
var (
	ErrPeople     = errors.New("coverage: people must be a finite number of at least 0")
	ErrPlace      = errors.New("coverage: not a place on the map")
	ErrTotal      = errors.New("coverage: control total")
	ErrPopulation = errors.New("coverage: more people than fit")
)

// Distribute puts people on the parts of the grid.
//
//   - Cell counts are spread by area. A cell of the grid's resolution is split by the shares of its parts; a coarser one
//     counts as its children, all of the same weight; a finer one goes to its parent, to the part of the region that
//     holds its centre. What lies outside every region is cut off and reported.
//   - Where weights are given, what a cell has inside the study area goes to its parts by the weights in them instead of by area,
//     as long as any weight lies in them; so do totals without other people. This is dasymetric mapping (Wright, Geographical
//     Review 26, 1936).
//   - Points go to the part of their cell that lies in their region, points outside every region are reported.
//   - Cells and points add up. Both are then scaled, region by region, to the control totals. A part answers to the
//     finest total around it; a coarser total rules what no finer one does, after these are taken off it. Where nothing
//     is left to rule, or less than nothing, the finer ones win and the difference is a Conflict.
//   - A region with a total but no people from any source is spread evenly by area.
//   - Groups go where their people go, record by record, and are scaled with them; a total that tells a group's own number
//     scales the group to it instead. A group that only totals tell is spread like the people. No part has more members of
//     a group than people.
//
// People are fixed-point numbers shared out by largest remainders, ties to the lowest part: Inside + Outside = Input, and
// the people of a region are its control total, to the last millionth of a person. Every record that is not usable is an
// error (ErrPeople, ErrPlace, ErrTotal, ErrPopulation, ErrGroup), joined up to a cap.
func Distribute(g *grid.Grid, r *geo.Regions, p Population) (*Demand, *Distribution, error) {
	if err := p.check(g, r); err != nil {
		return nil, nil, err
	}
	d := &distributor{grid: g, regions: r, people: make([]People, len(g.Parts)), account: &Distribution{}}
	d.groups = newGroupDistributors(p.Groups, len(g.Parts))
	if err := d.weigh(p.Weights); err != nil {
		return nil, nil, err
	}
	d.addCells(p.Cells)
	if err := d.addPoints(p.Points); err != nil {
		return nil, nil, err
	}
	d.account.Inside = d.account.Input - d.account.Outside
	for _, group := range d.groups {
		group.account.Inside = group.account.Input - group.account.Outside
	}
	if err := d.control(p.Totals); err != nil {
		return nil, nil, err
	}
	return d.demand(), d.account, nil
}

// maxPeople bounds the sum of a population, and so every sum of People in the house.
const maxPeople = 1e12

const maxErrors = 20

// check returns all problems of the records, up to a cap.
func (p Population) check(g *grid.Grid, r *geo.Regions) error {
	var errs []error
	more := 0
	bad := func(kind string, i int, err error) {
		if len(errs) < maxErrors {
			errs = append(errs, fmt.Errorf("%s %d: %w", kind, i, err))
		} else {
			more++
		}
	}
	sum := 0.0
	count := func(kind string, i int, people float64) {
		if !(people >= 0) || math.IsInf(people, 0) {
			bad(kind, i, fmt.Errorf("%w, not %g", ErrPeople, people))
			return
		}
		sum += people
	}
	for i, c := range p.Cells {
		count("cell", i, c.People)
		if !c.Cell.IsValid() {
			bad("cell", i, fmt.Errorf("%w: %#x is no H3 cell", ErrPlace, uint64(c.Cell)))
		} else if g.Resolution-c.Cell.Resolution() > grid.MaxSplit {
			bad("cell", i, fmt.Errorf("%w: %s is too coarse for a grid of resolution %d", ErrPlace, c.Cell, g.Resolution))
		}
	}
	for i, c := range p.Points {
		count("point", i, c.People)
		if !geo.ValidPoint(c.Point) {
			bad("point", i, fmt.Errorf("%w: (%g, %g)", ErrPlace, c.Point[0], c.Point[1]))
		}
	}
	seen := map[int32]bool{}
	for i, c := range p.Totals {
		count("total", i, c.People)
		if c.Region < 0 || int(c.Region) >= len(r.All) {
			bad("total", i, fmt.Errorf("%w: region %d does not exist", ErrTotal, c.Region))
		} else if seen[c.Region] {
			bad("total", i, fmt.Errorf("%w: region %q has two", ErrTotal, r.All[c.Region].ID))
		}
		seen[c.Region] = true
	}
	p.checkGroups(bad)
	if sum > maxPeople {
		errs = append(errs, fmt.Errorf("%w: %g", ErrPopulation, sum))
	}
	if more > 0 {
		errs = append(errs, fmt.Errorf("and %d more", more))
	}
	return errors.Join(errs...)
}

type distributor struct {
	grid    *grid.Grid
	regions *geo.Regions
	people  []People // per part of the grid
	account *Distribution
	shares  apportioner
	groups  []*groupDistributor
	weight  []int64 // per part of the grid, of the places in it; nil = none are given

	cells   []h3.Cell // scratch of addCells
	parts   []int32
	weights []int64
	fine    [2]int64
}

// rounder turns a stream of real numbers of people into fixed-point ones whose running sum never strays from the real one
// by more than half a millionth: the rounding error of millions of small counts does not add up.
type rounder struct {
	sum, lost float64 // Kahan's compensated sum, in millionths
	given     People
}

func (r *rounder) next(people float64) People {
	y := people*float64(Person) - r.lost
	t := r.sum + y
	r.lost = (t - r.sum) - y
	r.sum = t
	n := max(People(math.Round(r.sum))-r.given, 0)
	r.given += n
	return n
}

// slack is the share of a cell that may be missing in its parts without any of its people being outside: the grid leaves
// out such remainders of a region beside its children.
const slack = 1e-3

func (d *distributor) addCells(cells []CellCount) {
	if len(cells) == 0 {
		return
	}
	sum := SourceSum{Kind: "cells", Records: len(cells)}
	var round rounder
	for i, c := range cells {
		n := round.next(c.People)
		var shares []int64
		if c.Cell.Resolution() > d.grid.Resolution {
			shares = d.shareFine(c, n)
		} else {
			shares = d.shareCoarse(c, n)
		}
		for k, part := range d.parts {
			d.people[part] += People(shares[k])
		}
		for _, g := range d.groups {
			g.cell(i, d.parts, shares)
		}
		sum.add(n, People(shares[len(d.parts)]))
	}
	d.close(sum)
}

func (s *SourceSum) add(n, outside People) {
	s.Input += n
	s.Outside += outside
	if outside == n && n > 0 {
		s.OutsideRecords++
	}
}

func (d *distributor) close(s SourceSum) {
	d.account.Sources = append(d.account.Sources, s)
	d.account.Input += s.Input
	d.account.Outside += s.Outside
}

// shareFine sets d.parts to the part for the count of a cell finer than the grid, and returns what lies inside it and outside.
func (d *distributor) shareFine(c CellCount, n People) []int64 {
	centre := c.Cell.LatLng()
	d.parts = d.parts[:0]
	if part := d.place(c.Cell.Parent(d.grid.Resolution), orb.Point{centre.Lng, centre.Lat}); part >= 0 {
		d.parts = append(d.parts, part)
	}
	d.fine[len(d.parts)] = 0
	d.fine[0] = int64(n)
	return d.fine[:len(d.parts)+1]
}

// weightOne is the weight of a whole cell when people are shared out by area.
const weightOne = 1 << 32

// areaWeight returns the share of a part as an integer weight of at least 1.
func areaWeight(share float64) int64 { return max(int64(math.Round(share*weightOne)), 1) }

// shareCoarse shares the count of a cell, no finer than the grid, among the parts of its children, d.parts, by area. It returns
// their shares and last what lies outside. They are valid until the next call.
func (d *distributor) shareCoarse(c CellCount, n People) []int64 {
	d.cells = grid.AppendAt(d.cells[:0], c.Cell, d.grid.Resolution)
	parts, weights := d.parts[:0], d.weights[:0]
	outside := int64(0)
	for _, cell := range d.cells {
		i, ok := d.grid.Index(cell)
		if !ok {
			outside += weightOne
			continue
		}
		left := int64(weightOne)
		from, to := d.grid.PartRange(i)
		for part := from; part < to; part++ {
			w := areaWeight(d.grid.Parts[part].Share)
			parts, weights = append(parts, part), append(weights, w)
			left -= w
		}
		if float64(left) > slack*weightOne {
			outside += left
		}
	}
	outside = d.reweigh(parts, weights, outside)
	weights = append(weights, outside)
	d.parts, d.weights = parts, weights
	return d.shares.split(int64(n), weights)
}

func (d *distributor) addPoints(points []PointCount) error {
	if len(points) == 0 {
		return nil
	}
	finder, err := grid.NewFinder(d.grid.Resolution)
	if err != nil {
		return err
	}
	sum := SourceSum{Kind: "points", Records: len(points)}
	var round rounder
	for i, p := range points {
		n := round.next(p.People)
		part := d.place(finder.CellOf(p.Point), p.Point)
		for _, g := range d.groups {
			g.point(i, part, n)
		}
		if part < 0 {
			sum.add(n, n)
			continue
		}
		d.people[part] += n
		sum.add(n, 0)
	}
	d.close(sum)
	return nil
}

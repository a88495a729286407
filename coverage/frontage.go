package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// FrontageOptions says how people are put along the streets. The zero value is the default.
type FrontageOptions struct {
	// PerPart is the largest number of points that one part of a cell gets; 0 = 8 (docs/cell-accuracy.md tells what others give and cost).
	PerPart int
	// Piece is the length in metres, at most, of the stretches that streets are cut into. A stretch belongs to the part
	// that holds its middle, so shorter ones divide streets between cells more exactly. 0 = a sixth of the side of a square
	// as large as a cell, but no more than 100: 54 m at resolution 9.
	Piece float64
	// Spacing is the length of street in metres that one point stands for, while PerPart allows it; 0 = 100.
	Spacing float64
	// Streets are the classes that people live on; nil = primary to service roads and pedestrian streets.
	Streets []network.Class
	// Lanes are the classes that count only in parts without any of Streets; nil = tracks, cycleways, footways, paths and
	// steps. Other classes, such as motorways and trunk roads, have no frontage.
	Lanes []network.Class
	// Workers are the parallel workers, 0 = one per processor. The result does not depend on it.
	Workers int
}

const (
	defaultPerPart = 8
	maxPerPart     = 1 << 16
	maxPiece       = 1000.0 // metres; longer ones would skip cells

	defaultSpacing = 100.0 // metres
)

// Validate reports every field that cannot be used, joined; each is a *FieldError.
func (o FrontageOptions) Validate() error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &FieldError{Field: field, What: fmt.Sprintf(format, args...)})
	}
	if o.PerPart < 0 || o.PerPart > maxPerPart {
		bad("PerPart", "%d: want 0 (default) to %d points", o.PerPart, maxPerPart)
	}
	if o.Piece != 0 && !(o.Piece >= 1 && o.Piece <= maxPiece) {
		bad("Piece", "%v m: want 0 (default) or 1 to %v", o.Piece, maxPiece)
	}
	if o.Spacing != 0 && !(o.Spacing >= 1 && o.Spacing <= 1e6) {
		bad("Spacing", "%v m: want 0 (default) or 1 to 1000000", o.Spacing)
	}
	for i, c := range o.Streets {
		if c >= network.NumClasses {
			bad(fmt.Sprintf("Streets[%d]", i), "unknown class %d", c)
		}
	}
	for i, c := range o.Lanes {
		if c >= network.NumClasses {
			bad(fmt.Sprintf("Lanes[%d]", i), "unknown class %d", c)
		}
	}
	if o.Workers < 0 {
		bad("Workers", "%d is negative", o.Workers)
	}
	return errors.Join(errs...)
}

// FrontageReport is the account of PlaceOnFrontage. Streets + Lanes + Kept = the parts with people.
type FrontageReport struct {
	Points  int     // demand points after, those of Kept included
	Streets int     // parts whose people were put along streets
	Lanes   int     // parts that have no street, whose people were put along lanes
	Kept    int     // parts without either: their people stay at the part's one point
	Lost    People  // people of Kept
	Metres  float64 // length of the streets and lanes that people were put along
	PerPart int     // as used
	Piece   float64 // metres, as used
}

// PlaceOnFrontage spreads the people of every part of a cell along the streets inside it, in proportion to their length, as
// dasymetric mapping along street networks does (P. Xie, A Framework for Interpolating the Population Surface at the
// Residential-Housing-Unit Level, GIScience & Remote Sensing 43, 2006, for the idea; the rules are this program's).
//
// The streets are those that the graph's mode may use, so that the points can be reached; each is cut into pieces, and a piece
// belongs to the part that holds its middle. The pieces of a part are gathered into compact groups of about equal length, one
// for every Spacing and at most PerPart of them; the people of a group live at the piece nearest to its middle, which lies on a street
// inside the part (to 1e-7 degrees). People are divided by largest remainders, so that each part keeps its people to the
// last millionth, and groups are divided as the people are (CarryGroups). A part without streets keeps its single point, which may then be unconnected.
//
// The demand must hold at most one point for a part, as Distribute makes it. The result has the points in the order of the
// demand's parts and within a part from west to east, then south to north. It depends on neither the order of the roads
// nor the workers. Errors: every unusable option or demand point as a *FieldError, joined, or the context's.
// Time O(metres of street / Piece + parts), memory about 30 bytes a piece inside inhabited parts.
func PlaceOnFrontage(ctx context.Context, d *Demand, g *grid.Grid, r *geo.Regions, graph *network.Graph, opts FrontageOptions) (*Demand, *FrontageReport, error) {
	if err := opts.Validate(); err != nil {
		return nil, nil, err
	}
	f := &frontage{demand: d, grid: g, regions: r, graph: graph, opts: opts.withDefaults(g)}
	if err := f.checkDemand(); err != nil {
		return nil, nil, err
	}
	pieces, err := f.find(ctx)
	if err != nil {
		return nil, nil, err
	}
	out, report, err := f.place(ctx, pieces)
	if err != nil {
		return nil, nil, err
	}
	return out, report, CarryGroups(d, out)
}

// withDefaults fills in what is not set.
func (o FrontageOptions) withDefaults(g *grid.Grid) FrontageOptions {
	if o.PerPart == 0 {
		o.PerPart = defaultPerPart
	}
	if o.Piece == 0 && len(g.Cells) > 0 {
		o.Piece = min(math.Sqrt(g.Area(0))/6, defaultSpacing)
	}
	if o.Spacing == 0 {
		o.Spacing = defaultSpacing
	}
	if o.Streets == nil {
		o.Streets = []network.Class{network.Primary, network.Secondary, network.Tertiary, network.Unclassified,
			network.Residential, network.LivingStreet, network.Service, network.Pedestrian}
	}
	if o.Lanes == nil {
		o.Lanes = []network.Class{network.Track, network.Cycleway, network.Footway, network.Path, network.Steps}
	}
	o.Workers = workerCount(o.Workers)
	return o
}

// frontage is one run of PlaceOnFrontage.
type frontage struct {
	demand  *Demand
	grid    *grid.Grid
	regions *geo.Regions
	graph   *network.Graph
	opts    FrontageOptions
	point   []int32 // by part of the grid: its demand point, -1 = none or without people
}

// checkDemand finds the part of every demand point.
func (f *frontage) checkDemand() error {
	d := f.demand
	if n := d.Len(); len(d.Point) != n || len(d.Region) != n || len(d.Cell) != n {
		return &FieldError{Field: "Demand", What: "columns differ in length"}
	}
	f.point = make([]int32, len(f.grid.Parts))
	seen := make([]bool, len(f.grid.Parts))
	for i := range f.point {
		f.point[i] = -1
	}
	for i, c := range d.Cell {
		part := int32(-1)
		if c >= 0 && int(c) < len(f.grid.Cells) {
			part = f.partIn(c, d.Region[i])
		}
		switch {
		case part < 0:
			return &FieldError{Field: fmt.Sprintf("Demand[%d]", i), What: fmt.Sprintf("cell %d has no part in region %d", c, d.Region[i])}
		case seen[part]:
			return &FieldError{Field: fmt.Sprintf("Demand[%d]", i), What: fmt.Sprintf("cell %d has two points in region %d", c, d.Region[i])}
		case d.People[i] < 0:
			return &FieldError{Field: fmt.Sprintf("Demand[%d]", i), What: fmt.Sprintf("%v people", d.People[i].Float())}
		}
		seen[part] = true
		if d.People[i] > 0 {
			f.point[part] = int32(i)
		}
	}
	return nil
}

// partIn returns the part of a cell in a region, -1 = none.
func (f *frontage) partIn(cell, region int32) int32 {
	from, to := f.grid.PartRange(cell)
	for part := from; part < to; part++ {
		if f.grid.Parts[part].Region == region {
			return part
		}
	}
	return -1
}

// found is a stretch and the demand point whose part it lies in.
type found struct {
	point int32
	stretch
}

// edgeBlock is how many edges a worker takes at a time.
const edgeBlock = 1 << 13

// find looks up the part of every piece of street. Blocks are joined in the order of the edges.
func (f *frontage) find(ctx context.Context) ([][]found, error) {
	var kinds [network.NumClasses]kind
	for _, c := range f.opts.Lanes {
		kinds[c] = lane
	}
	for _, c := range f.opts.Streets {
		kinds[c] = street
	}
	n := f.graph.Edges()
	blocks := make([][]found, (n+edgeBlock-1)/edgeBlock)
	var next atomic.Int64
	var group errgroup.Group
	for range min(f.opts.Workers, len(blocks)) {
		group.Go(func() error {
			s, err := newStreetFinder(f, &kinds)
			if err != nil {
				return err
			}
			for {
				b := int(next.Add(1)) - 1
				if b >= len(blocks) || ctx.Err() != nil {
					return ctx.Err()
				}
				s.out = s.out[:0]
				f.graph.Pieces(int32(b*edgeBlock), int32(min(n, (b+1)*edgeBlock)), f.opts.Piece, s.add)
				blocks[b] = slices.Clone(s.out)
			}
		})
	}
	return blocks, group.Wait()
}

// streetFinder finds the parts of pieces for one goroutine. Pieces next to each other mostly lie in one cell, so it remembers the last.
type streetFinder struct {
	f      *frontage
	kinds  *[network.NumClasses]kind
	finder *grid.Finder
	cell   uint64 // the last one
	parts  []grid.Part
	from   int32 // the first of parts
	lived  bool  // someone lives in one of them
	out    []found
}

func newStreetFinder(f *frontage, kinds *[network.NumClasses]kind) (*streetFinder, error) {
	finder, err := grid.NewFinder(f.grid.Resolution)
	return &streetFinder{f: f, kinds: kinds, finder: finder}, err
}

func (s *streetFinder) add(p network.Piece) {
	k := s.kinds[p.Class]
	if k == noFrontage {
		return
	}
	at := stretch{lon: int32(math.Round(p.Middle[0] * perDegree)), lat: int32(math.Round(p.Middle[1] * perDegree))}
	if at.mm = uint32(math.Round(p.Metres * 1000)); at.mm == 0 {
		return
	}
	if k == lane {
		at.mm |= laneBit
	}
	if point := s.pointOf(at.at()); point >= 0 {
		s.out = append(s.out, found{point, at})
	}
}

// pointOf returns the demand point of the part that holds p, -1 where nobody lives.
func (s *streetFinder) pointOf(p orb.Point) int32 {
	if c := s.finder.CellOf(p); uint64(c) != s.cell {
		s.cell, s.parts, s.lived = uint64(c), nil, false
		if i, ok := s.f.grid.Index(c); ok {
			from, to := s.f.grid.PartRange(i)
			s.from, s.parts = from, s.f.grid.Parts[from:to]
			for part := from; part < to; part++ {
				s.lived = s.lived || s.f.point[part] >= 0
			}
		}
	}
	switch {
	case !s.lived:
		return -1
	case len(s.parts) == 1 && s.parts[0].Share == 1 || len(s.f.regions.All[0].Shape) == 0:
		return s.f.point[s.from]
	}
	region := s.f.regions.Locate(p)
	for i := range s.parts {
		if s.parts[i].Region == region {
			return s.f.point[s.from+int32(i)]
		}
	}
	return -1
}

// partStretches lists the stretches of every demand point i: of[first[i]:first[i+1]].
type partStretches struct {
	first []int64
	of    []stretch
}

// byPoint sorts the stretches by demand point. The blocks are let go one by one.
func (f *frontage) byPoint(blocks [][]found) partStretches {
	s := partStretches{first: make([]int64, f.demand.Len()+1)}
	for _, block := range blocks {
		for _, x := range block {
			s.first[x.point+1]++
		}
	}
	for i := range f.demand.Len() {
		s.first[i+1] += s.first[i]
	}
	s.of = make([]stretch, s.first[f.demand.Len()])
	next := slices.Clone(s.first)
	for b, block := range blocks {
		for _, x := range block {
			s.of[next[x.point]] = x.stretch
			next[x.point]++
		}
		blocks[b] = nil
	}
	return s
}

// placed is the demand of a span of the old one.
type placed struct {
	demand Demand
	report FrontageReport
	mm     int64
}

// pointBlock is how many demand points a worker takes at a time.
const pointBlock = 1 << 12

// place puts the people of every part on its streets, span by span, and joins the spans in order.
func (f *frontage) place(ctx context.Context, blocks [][]found) (*Demand, *FrontageReport, error) {
	all := f.byPoint(blocks)
	n := f.demand.Len()
	spans := make([]placed, (n+pointBlock-1)/pointBlock)
	var next atomic.Int64
	var group errgroup.Group
	for range min(f.opts.Workers, len(spans)) {
		group.Go(func() error {
			m := &merger{most: int64(f.opts.PerPart), spacing: int64(f.opts.Spacing * 1000)}
			for {
				b := int(next.Add(1)) - 1
				if b >= len(spans) || ctx.Err() != nil {
					return ctx.Err()
				}
				for i := b * pointBlock; i < min(n, (b+1)*pointBlock); i++ {
					f.placePart(&spans[b], m, int32(i), all.of[all.first[i]:all.first[i+1]])
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	out, report := &Demand{}, &FrontageReport{PerPart: f.opts.PerPart, Piece: f.opts.Piece}
	mm := int64(0)
	for i := range spans {
		report.Points += spans[i].demand.Len()
		report.Streets += spans[i].report.Streets
		report.Lanes += spans[i].report.Lanes
		report.Kept += spans[i].report.Kept
		report.Lost += spans[i].report.Lost
		mm += spans[i].mm
	}
	report.Metres = float64(mm) / 1000
	out.Point, out.People = make([]orb.Point, 0, report.Points), make([]People, 0, report.Points)
	out.Region, out.Cell = make([]int32, 0, report.Points), make([]int32, 0, report.Points)
	for i := range spans {
		s := &spans[i].demand
		out.Point, out.People = append(out.Point, s.Point...), append(out.People, s.People...)
		out.Region, out.Cell = append(out.Region, s.Region...), append(out.Cell, s.Cell...)
		spans[i] = placed{}
	}
	return out, report, nil
}

// placePart appends the points of one part.
func (f *frontage) placePart(p *placed, m *merger, i int32, pieces []stretch) {
	people := f.demand.People[i]
	add := func(at orb.Point, n People) {
		p.demand.Point = append(p.demand.Point, at)
		p.demand.People = append(p.demand.People, n)
		p.demand.Region = append(p.demand.Region, f.demand.Region[i])
		p.demand.Cell = append(p.demand.Cell, f.demand.Cell[i])
	}
	if len(pieces) == 0 {
		if people > 0 {
			p.report.Kept++
			p.report.Lost += people
		}
		add(f.demand.Point[i], people)
		return
	}
	groups, kind := m.merge(pieces)
	if kind == street {
		p.report.Streets++
	} else {
		p.report.Lanes++
	}
	m.weights = m.weights[:0]
	for _, g := range groups {
		m.weights = append(m.weights, g.mm)
		p.mm += g.mm
	}
	for k, n := range m.shares.split(int64(people), m.weights) {
		if n > 0 {
			add(groups[k].at.at(), People(n))
		}
	}
}

package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
	"golang.org/x/sync/errgroup"

	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// CatchmentOptions says what areas to make. The zero value divides the land for the first tier: every cell to its nearest site, strays
// joined to their surroundings, not balanced.
type CatchmentOptions struct {
	Tier   int    // index of the tier whose open sites share the land
	Strays Strays // what becomes of pieces apart from their site's area
	// Balance is the largest number of people an area should have, as a multiple of the mean of all areas: 1.2 asks for no more
	// than 20 % above it. 0 = no balancing; otherwise at least 1.
	Balance float64
	// Rounds is how often balancing tries again; 0 = 60.
	Rounds int
}

// Strays says what becomes of cells that are apart from the rest of their site's area: those nearest by road to a site whose
// area does not touch them.
type Strays uint8

// The rules for strays.
const (
	JoinStrays Strays = iota // they go to the area with which they share most of their border, so that areas are connected where the land is
	KeepStrays               // they stay with the nearest site
)

const defaultRounds = 60

// Validate reports every field that cannot be used, joined; each is a *FieldError.
func (o CatchmentOptions) Validate(in Input) error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &FieldError{Field: field, What: fmt.Sprintf(format, args...)})
	}
	if o.Tier < 0 || o.Tier >= len(in.Tiers) {
		bad("Tier", "tier %d does not exist", o.Tier)
	}
	if o.Strays > KeepStrays {
		bad("Strays", "unknown rule %d", o.Strays)
	}
	if o.Balance != 0 && !(o.Balance >= 1 && o.Balance <= 1000) {
		bad("Balance", "%v: want 0 (none) or 1 to 1000 times the mean", o.Balance)
	}
	if o.Rounds < 0 || o.Rounds > 10_000 {
		bad("Rounds", "%d: want 0 (default) to 10000", o.Rounds)
	}
	return errors.Join(errs...)
}

// Catchment is the land that one site looks after (网格化的责任区).
type Catchment struct {
	Site   int32   // index into Input.Sites
	Cells  []int32 // grid cells, ascending; every cell of the grid is in exactly one catchment
	People People  // who live there; the sum over all catchments is all the people
	Moved  People  // of them, those for whom another site is nearer: cells are not divided, strays joined, areas balanced
	Pieces int     // connected pieces; 1 unless the land is in pieces itself or strays are kept, 0 for a site without land
	Shape  orb.MultiPolygon
}

// Catchments divides all land of the grid among the open sites of a tier, each cell to its nearest site, whatever the limit. There is
// one catchment a site, in the order of Result.Services[tier].Open; without an open site there is none.
//
// Nearest is by the tier's mode from every demand point, or from the largest part of a cell without people; of sites at the same impedance the
// one with the lowest ID is nearest. Whoever has no way to any site over the roads belongs to the site nearest as the crow
// flies. A cell goes as a whole to the site that is nearest to most of its people, of equals the one with the lowest ID: so that
// areas are made of cells, never overlap, and leave nothing out.
//
// Then strays are joined (see Strays): the piece with the site's own cell is the area's core, or the piece with most people where
// another site holds that cell; other pieces go, one ring of neighbours after another, to the core with which they share most cell sides, of
// equals to the lowest ID. Pieces that touch no core, such as islands, stay.
//
// Balance adds a handicap to the impedance of sites with too many people and takes it off those with fewer, round by round, with
// smaller and smaller steps (an additively weighted Voronoi diagram on the road network, its weights found by subgradient steps; F.
// Aurenhammer, F. Hoffmann, B. Aronov, Minkowski-type theorems and least-squares clustering, Algorithmica 20, 1998). The most even
// division of all rounds is taken, never one less even than without balancing. It is not promised that the ratio is met, nor that the
// division is the best there is: where few people live near a site, no border around it makes its neighbours' areas small enough.
//
// The result must be that of the same input. Errors: unusable options as *FieldErrors, joined, or the context's. The outcome depends on neither the
// order of sites nor the workers. Cost: one search of the whole road network, and one more a round.
func Catchments(ctx context.Context, in Input, res *Result, opts CatchmentOptions) ([]Catchment, error) {
	if err := opts.Validate(in); err != nil {
		return nil, err
	}
	if opts.Tier >= len(res.Services) {
		return nil, &FieldError{Field: "Result", What: fmt.Sprintf("no service of tier %d: it is of another input", opts.Tier)}
	}
	open := res.Services[opts.Tier].Open
	if len(open) == 0 {
		return []Catchment{}, nil
	}
	d := newDivider(in, open, opts)
	nearest, err := d.assign(ctx, make([]float64, len(open)))
	if err != nil {
		return nil, err
	}
	owner := d.cells(nearest)
	if opts.Balance > 0 {
		if owner, err = d.balance(ctx, owner); err != nil {
			return nil, err
		}
	}
	return d.catchments(owner, nearest), nil
}

// divider divides the land of one tier. Sites are numbered by ID here, so that the lower number wins ties.
type divider struct {
	in     Input
	opts   CatchmentOptions
	open   []int32 // by number: index into Input.Sites
	order  []int32 // by number: position in Service.Open
	graph  *network.Graph
	metric geo.Metric
	speed  float64 // metres a second as the crow flies, for handicaps in seconds

	points []orb.Point // the demand points, then one point for each cell without people
	cell   []int32     // by point
	people []People    // by point
	total  People

	crow    *pointIndex    // the sites
	snaps   []network.Snap // of the points
	entries []network.Snap // of the sites
	seat    []int32        // by number: the cell that the site stands in, -1 = none
	around  [][6]int32     // by cell: its neighbours, -1 = none
}

func newDivider(in Input, open []int32, opts CatchmentOptions) *divider {
	d := &divider{in: in, opts: opts, metric: in.Tiers[opts.Tier].Limit.Metric, speed: 1}
	for k := range open {
		d.order = append(d.order, int32(k))
	}
	slices.SortFunc(d.order, func(a, b int32) int { return strings.Compare(in.Sites[open[a]].ID, in.Sites[open[b]].ID) })
	var places []orb.Point
	for _, k := range d.order {
		d.open = append(d.open, open[k])
		places = append(places, in.Sites[open[k]].Point)
		seat, ok := in.Grid.Index(grid.CellOf(in.Sites[open[k]].Point, in.Grid.Resolution))
		if !ok {
			seat = -1
		}
		d.seat = append(d.seat, seat)
	}
	d.addPoints()
	d.crow = newPointIndex(places)
	tier := in.Tiers[opts.Tier]
	if tier.Mode != Straight {
		d.graph = in.Graphs[GraphKey{tier.Mode, tier.Limit.Metric}]
		d.snaps, d.entries = d.graph.Snap(d.points), d.graph.Snap(places)
		if d.metric == geo.Seconds {
			d.speed = CircleSpeed(in.Modes[tier.Mode]) / 3.6
		}
	}
	d.around = make([][6]int32, len(in.Grid.Cells))
	var near []int32
	for c := range d.around {
		d.around[c] = [6]int32{-1, -1, -1, -1, -1, -1}
		near = in.Grid.Neighbours(int32(c), near[:0])
		copy(d.around[c][:], near)
	}
	return d
}

// addPoints lists the demand points, and for every cell without people the middle of its largest part.
func (d *divider) addPoints() {
	in := d.in
	d.points = slices.Clone(in.Demand.Point)
	d.cell = slices.Clone(in.Demand.Cell)
	d.people = slices.Clone(in.Demand.People)
	lived := make([]bool, len(in.Grid.Cells))
	for i, c := range d.cell {
		lived[c] = lived[c] || d.people[i] > 0
		d.total += d.people[i]
	}
	largest := make([]int32, len(in.Grid.Cells)) // by cell: position of its largest part, -1 = none
	for c := range largest {
		largest[c] = -1
	}
	for i, p := range in.Grid.Parts {
		if best := largest[p.Cell]; best < 0 || p.Share > in.Grid.Parts[best].Share {
			largest[p.Cell] = int32(i)
		}
	}
	for c, part := range largest {
		if lived[c] {
			continue
		}
		at := in.Grid.Centre(int32(c))
		if part >= 0 {
			at = in.Grid.Parts[part].Centre
		}
		d.points, d.cell, d.people = append(d.points, at), append(d.cell, int32(c)), append(d.people, 0)
	}
}

// assign finds the nearest site of every point when each site has a handicap, in metres or seconds.
func (d *divider) assign(ctx context.Context, handicap []float64) ([]int32, error) {
	nearest := make([]int32, len(d.points))
	for i := range nearest {
		nearest[i] = -1
	}
	if d.graph != nil {
		// A handicap is a longer way from the road to the site.
		entries := slices.Clone(d.entries)
		for k := range entries {
			if entries[k].OK {
				entries[k].Access = entries[k].Access.Add(geo.ToImpedance(handicap[k]))
			}
		}
		found, err := d.graph.Nearest(ctx, entries, d.snaps, geo.Limit{Metric: d.metric, Max: geo.Unreachable - 1})
		if err != nil {
			return nil, err
		}
		copy(nearest, found.Site)
	}
	return nearest, d.crowFlies(ctx, nearest, handicap)
}

// crowSpan is how many points a worker takes at a time.
const crowSpan = 1024

// crowFlies finds the nearest site as the crow flies of every point that has none.
func (d *divider) crowFlies(ctx context.Context, nearest []int32, handicap []float64) error {
	top := slices.Max(handicap) * d.speed
	var next atomic.Int64
	var group errgroup.Group
	for range workerCount(d.in.Workers) {
		group.Go(func() error {
			for {
				from := int(next.Add(crowSpan)) - crowSpan
				if from >= len(nearest) || ctx.Err() != nil {
					return ctx.Err()
				}
				for i := from; i < min(len(nearest), from+crowSpan); i++ {
					if nearest[i] < 0 {
						nearest[i] = d.straightNearest(d.points[i], handicap, top)
					}
				}
			}
		})
	}
	return group.Wait()
}

// straightNearest returns the site nearest to a point as the crow flies, handicaps included, of which top is the largest in metres.
func (d *divider) straightNearest(p orb.Point, handicap []float64, top float64) int32 {
	first, metres := d.crow.nearest(p, func(i, j int32) bool { return i < j })
	best, least := first, geo.ToImpedance(metres+handicap[first]*d.speed)
	if top == 0 {
		return d.lowest(p, metres)
	}
	d.crow.near(p, metres+top, func(k int32) bool {
		cost := geo.ToImpedance(geo.Distance(p, d.crow.points[k]) + handicap[k]*d.speed)
		if cost < least || cost == least && k < best {
			best, least = k, cost
		}
		return true
	})
	return best
}

// lowest returns the lowest of the sites that are as near as the nearest, to the millimetre.
func (d *divider) lowest(p orb.Point, metres float64) int32 {
	best, least := int32(-1), geo.ToImpedance(metres)
	d.crow.near(p, metres+0.001, func(k int32) bool {
		if geo.ToImpedance(geo.Distance(p, d.crow.points[k])) == least && (best < 0 || k < best) {
			best = k
		}
		return true
	})
	return best
}

// cells gives every cell to the site that is nearest to most of its people, and joins strays where that is asked for.
func (d *divider) cells(nearest []int32) []int32 {
	owner := make([]int32, len(d.in.Grid.Cells))
	by := make([]int32, len(d.points)) // the points by cell, then site
	for i := range by {
		by[i] = int32(i)
	}
	slices.SortFunc(by, func(a, b int32) int {
		if d.cell[a] != d.cell[b] {
			return int(d.cell[a] - d.cell[b])
		}
		return int(nearest[a] - nearest[b])
	})
	for i := 0; i < len(by); {
		cell := d.cell[by[i]]
		best, most := int32(-1), People(-1)
		for i < len(by) && d.cell[by[i]] == cell {
			site, sum := nearest[by[i]], People(0)
			for ; i < len(by) && d.cell[by[i]] == cell && nearest[by[i]] == site; i++ {
				sum += d.people[by[i]]
			}
			if sum > most {
				best, most = site, sum
			}
		}
		owner[cell] = best
	}
	if d.opts.Strays == JoinStrays {
		d.join(owner)
	}
	return owner
}

// catchments describes the areas, in the order of Service.Open.
func (d *divider) catchments(owner, nearest []int32) []Catchment {
	out := make([]Catchment, len(d.open))
	for k, at := range d.order {
		out[at].Site = d.open[k]
	}
	for c, k := range owner {
		a := &out[d.order[k]]
		a.Cells = append(a.Cells, int32(c))
	}
	for i, n := range d.people {
		a := &out[d.order[owner[d.cell[i]]]]
		a.People += n
		if nearest[i] != owner[d.cell[i]] {
			a.Moved += n
		}
	}
	pieces := d.pieces(owner)
	for _, p := range pieces {
		out[d.order[p.site]].Pieces++
	}
	for i := range out {
		codes := make([]h3.Cell, len(out[i].Cells))
		for j, c := range out[i].Cells {
			codes[j] = d.in.Grid.Cells[c]
		}
		out[i].Shape = grid.Dissolve(codes)
	}
	return out
}

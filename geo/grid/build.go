package grid

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
	"golang.org/x/sync/errgroup"

	"sitecover/geo"
)

// The resolutions a study may have.
const (
	MinResolution = 7
	MaxResolution = 11
)

// Errors of Build and FromCells.
var (
	ErrResolution = errors.New("grid: resolution must be 7..11")
	ErrExtent     = errors.New("grid: study area is empty, too large, near a pole or across the 180th meridian")
	ErrCell       = errors.New("grid: not a usable H3 cell")
)

const (
	maxCells = 50_000_000
	// Pieces smaller than these shares of a cell are no parts: rounding for any region, digitising slack for what is left
	// of a region beside its children.
	minShare     = 1e-9
	minRemainder = 1e-3
)

// Build puts regions on the H3 grid: every cell that overlaps one, and its parts in the deepest regions. Shares are exact
// in the equal-area plane of geo.Area, holes and multi-part shapes included.
//
// A region owns what none of its children covers, unless that is less than 0.1 % of a cell. Where regions of one level
// overlap, the shares of a cell that would come to more than 1 are scaled down to 1.
//
// Cells are tested only along the borders, and not for regions that their children tile; the work is O(V log V) for V
// vertices plus a little for every cell. The result
// does not depend on the number of cores. One of the twelve pentagons of each resolution lies off
// Dalian; they are cells like all others. Errors: ErrResolution, ErrExtent, or that of ctx.
func Build(ctx context.Context, regions *geo.Regions, resolution int) (*Grid, error) {
	if resolution < MinResolution || resolution > MaxResolution {
		return nil, fmt.Errorf("%w, not %d", ErrResolution, resolution)
	}
	if err := checkExtent(regions, resolution); err != nil {
		return nil, err
	}
	b := &builder{regions: regions, resolution: resolution}
	for level := len(regions.Levels) - 1; level >= 0; level-- {
		if err := b.addLevel(ctx, level); err != nil {
			return nil, err
		}
	}
	return b.grid()
}

func checkExtent(regions *geo.Regions, resolution int) error {
	var total float64
	for _, g := range regions.All {
		if g.Parent < 0 {
			total += geo.Area(g.Shape)
		}
		if len(g.Shape) == 0 {
			continue
		}
		bound := g.Shape.Bound()
		if bound.Min[0] < -179 || bound.Max[0] > 179 || bound.Min[1] < -80 || bound.Max[1] > 80 {
			return fmt.Errorf("%w: region %q reaches from %v to %v", ErrExtent, g.ID, bound.Min, bound.Max)
		}
	}
	if total == 0 {
		return fmt.Errorf("%w: no region has an area", ErrExtent)
	}
	if n := total / h3.HexagonAreaAvgM2(resolution); n > maxCells {
		return fmt.Errorf("%w: %.0f km² are %.0f cells of resolution %d", ErrExtent, total/1e6, n, resolution)
	}
	return nil
}

// builder gathers the pieces of all regions, the deepest level first.
type builder struct {
	regions    *geo.Regions
	resolution int
	index      map[h3.Cell]int32 // cell -> position in cells
	cells      []h3.Cell
	newest     []int32 // per cell: its last piece, -1 = none
	pieces     []piece
}

// piece is the share of one region in one cell, as a moment about the cell's centre in units of the cell's area.
type piece struct {
	cell   int32
	before int32 // the cell's previous piece, -1 = none
	region int32
	moment moment
}

// found is a piece before its cell has a number.
type found struct {
	cell   h3.Cell
	moment moment
}

var whole = moment{area: 1}

// addLevel finds the pieces of the regions of one level, several regions at a time, and files them in region order.
func (b *builder) addLevel(ctx context.Context, level int) error {
	var todo []int32
	for i, g := range b.regions.All {
		if g.Level == level && len(g.Shape) > 0 && !tiled(b.regions, int32(i)) {
			todo = append(todo, int32(i))
		}
	}
	results := make([][]found, len(todo))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, region := range todo {
		group.Go(func() error {
			var err error
			results[i], err = b.find(ctx, region)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	b.grow(results)
	for i, region := range todo {
		for _, f := range results[i] {
			b.file(region, f)
		}
		results[i] = nil
	}
	return nil
}

// grow makes room for what is to be filed.
func (b *builder) grow(results [][]found) {
	n := 0
	for _, r := range results {
		n += len(r)
	}
	b.pieces = slices.Grow(b.pieces, n)
	if len(b.cells) == 0 { // the deepest level brings nearly all cells
		b.index = make(map[h3.Cell]int32, n)
		b.cells, b.newest = make([]h3.Cell, 0, n), make([]int32, 0, n)
	}
}

func (b *builder) file(region int32, f found) {
	cell, ok := b.index[f.cell]
	if !ok {
		cell = int32(len(b.cells))
		b.index[f.cell] = cell
		b.cells = append(b.cells, f.cell)
		b.newest = append(b.newest, -1)
	}
	b.pieces = append(b.pieces, piece{cell: cell, before: b.newest[cell], region: region, moment: f.moment})
	b.newest[cell] = int32(len(b.pieces) - 1)
}

// taken returns what the descendants of a region have of a cell already.
func (b *builder) taken(cell h3.Cell, region int32) moment {
	var sum moment
	i, ok := b.index[cell]
	if !ok {
		return sum
	}
	level := b.regions.All[region].Level
	for p := b.newest[i]; p >= 0; p = b.pieces[p].before {
		if b.regions.Ancestor(b.pieces[p].region, level) == region {
			sum = sum.add(b.pieces[p].moment)
		}
	}
	return sum
}

// find returns the pieces of one region, less what its descendants own. It only reads b: regions of a level run at once.
func (b *builder) find(ctx context.Context, region int32) ([]found, error) {
	outer := cellOuter(b.resolution)
	t := newTree(b.regions.All[region].Shape, 16*outer)
	parent, least := len(b.regions.Children(region)) > 0, minShare
	if parent {
		least = minRemainder
	}
	var out []found
	var c cutter
	seen := map[h3.Cell]bool{}
	err := t.samples(ctx, b.resolution, func(cell h3.Cell, p orb.Point) {
		if seen[cell] {
			return
		}
		seen[cell] = true
		var taken moment
		if parent {
			taken = b.taken(cell, region)
		}
		if 1-taken.area < least {
			return
		}
		m := whole
		switch t.look(around(p, 2*outer)) {
		case empty:
			return
		case mixed:
			m = t.share(&c, cell, outer)
		}
		if m = m.sub(taken); m.area >= least {
			out = append(out, found{cell, m})
		}
	})
	return out, err
}

// share returns the share of the shape in a cell as a moment about the cell's centre, in units of the cell's area. No point
// of the cell is farther from its centre than outer, in radians.
func (t *tree) share(c *cutter, cell h3.Cell, outer float64) moment {
	var scratch [6]pt
	var o outline
	h, ok := hexagonOf(cell)
	if ok {
		switch t.look(around(h.centre().point(), outer)) {
		case empty:
			return moment{}
		case full:
			return whole
		}
		o, ok = h.outline(cell, scratch[:0])
	}
	if !ok {
		o = bentOutline(cell)
	}
	ring, centre := o.corners, o.centre
	size := ringMoment(ring, centre).area
	var m moment
	if len(ring) == 6 {
		m = t.within(c, ring, centre)
	} else {
		// A cell on the edge between two faces of the icosahedron has more corners and may be slightly concave: it is
		// cut into triangles.
		last := ring[len(ring)-1]
		for _, p := range ring {
			m = m.add(t.within(c, []pt{centre, last, p}, centre))
			last = p
		}
	}
	if m.area > (1-minShare)*size {
		return whole
	}
	return moment{m.area / size, m.mx / size, m.my / size}
}

// around returns the box of all points within an angle (radians) of p.
func around(p orb.Point, angle float64) box {
	lat := p[1] * radian
	dx := angle / math.Cos(math.Abs(lat)+angle)
	x := p[0] * radian
	return box{pt{x - dx, math.Sin(lat - angle)}, pt{x + dx, math.Sin(lat + angle)}}
}

// grid sorts what was gathered.
func (b *builder) grid() (*Grid, error) {
	if len(b.cells) == 0 {
		return nil, fmt.Errorf("%w: no cells", ErrExtent)
	}
	order := make([]int32, len(b.cells))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int { return cmp.Compare(b.cells[x], b.cells[y]) })
	g := &Grid{
		Resolution: b.resolution,
		Cells:      make([]h3.Cell, 0, len(order)),
		Parts:      make([]Part, 0, len(b.pieces)),
		first:      make([]int32, 1, len(order)+1),
		centres:    make([]orb.Point, 0, len(order)),
	}
	var pieces []piece
	for to, from := range order {
		cell := b.cells[from]
		centre := centreOf(cell)
		g.Cells = append(g.Cells, cell)
		g.centres = append(g.centres, centre)
		pieces = pieces[:0]
		for p := b.newest[from]; p >= 0; p = b.pieces[p].before {
			pieces = append(pieces, b.pieces[p])
		}
		slices.SortFunc(pieces, func(x, y piece) int { return cmp.Compare(x.region, y.region) })
		g.addParts(int32(to), centre, pieces)
		g.first = append(g.first, int32(len(g.Parts)))
	}
	return g, nil
}

// addParts appends the parts of one cell. Overlapping regions are scaled down to the whole cell.
func (g *Grid) addParts(cell int32, centre orb.Point, pieces []piece) {
	sum := 0.0
	for _, p := range pieces {
		sum += p.moment.area
	}
	scale := 1 / max(sum, 1)
	c, outer := project(centre), cellOuter(g.Resolution)
	for _, p := range pieces {
		part := Part{Cell: cell, Region: p.region, Share: p.moment.area * scale, Centre: centre}
		if p.moment != whole {
			at := pt{c.x + p.moment.mx/p.moment.area, c.y + p.moment.my/p.moment.area}.unproject()
			// What is left of a region that its children overlap in part has no sensible centroid.
			if geo.Distance(at, centre) <= outer*geo.Radius {
				part.Centre = at
			}
		}
		g.Parts = append(g.Parts, part)
	}
}

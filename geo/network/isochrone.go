package network

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// IsochroneOptions says how finely service areas are drawn. The zero value is the default.
type IsochroneOptions struct {
	// Step is the side of the squares in metres that the area is drawn on; 0 = 10. Borders are placed within one step, and the work grows
	// with 1 / Step².
	Step float64
	// MaxLeg is how far from the streets, in metres, the area may reach; 0 = the mode's MaxAccess, which makes it the area in which
	// a demand point would be covered. A smaller one draws bands along the streets.
	MaxLeg float64
	// Workers is the number of goroutines, 0 = one per processor. The result does not depend on it.
	Workers int
}

const (
	defaultStep      = 10
	minStep, maxStep = 1, 1000 // metres
)

// Validate reports every field that cannot be used, by name.
func (o IsochroneOptions) Validate() error {
	var errs []error
	if o.Step != 0 && !(o.Step >= minStep && o.Step <= maxStep) {
		errs = append(errs, fmt.Errorf("network: IsochroneOptions.Step: %v m: want 0 (default) or %d to %d", o.Step, minStep, maxStep))
	}
	if o.MaxLeg != 0 && !(o.MaxLeg > 0 && o.MaxLeg <= maxMaxAccess) {
		errs = append(errs, fmt.Errorf("network: IsochroneOptions.MaxLeg: %v m: want 0 (default) to %d", o.MaxLeg, maxMaxAccess))
	}
	if o.Workers < 0 {
		errs = append(errs, fmt.Errorf("network: IsochroneOptions.Workers: %d is negative", o.Workers))
	}
	return errors.Join(errs...)
}

// Isochrones draws the land from which at least one of the sites can be reached within each of the limits: one multipolygon a limit, in their
// order. A place belongs to it when Matrix would find it within the limit: by the straight leg to the nearest street, along the
// streets, and by the site's access leg. Unconnected sites reach nothing; without any reach a multipolygon is empty.
//
// That cost is computed on a lattice of squares, Step apart, that is the same for every call on this graph, and the border of each
// limit is drawn through the squares (marching squares: W. E. Lorensen, H. E. Cline, Marching Cubes, SIGGRAPH 1987, in the
// plane). Where neighbouring lattice points belong to different streets, such as the two banks of a river, the border runs between
// the streets. Within √2 Step of a street that is reached, the street counts even where another is nearer, so that no
// reached street is too thin to be seen.
//
// What is promised: rings are closed and neither touch nor cross themselves or each other; outer rings run counter-clockwise,
// holes clockwise, and all holes are kept; a smaller limit's area lies inside a larger one's. A place on a street whose cost is
// 2 Step of off-road travel or more below the limit is inside; one where nothing within 5 Step on any street is within the limit is
// outside. Borders have one vertex for about every Step. The result depends on neither the order of the sites nor the workers.
//
// Time and memory grow with the area reached. Errors: geo.ErrMetric for a limit in another metric, ErrSnap, options that cannot be
// used, and the context's. WGS84 lon, lat; areas across the antimeridian are not supported.
func (g *Graph) Isochrones(ctx context.Context, sites []Snap, limits []geo.Limit, opts IsochroneOptions) ([]orb.MultiPolygon, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	far := geo.Limit{Metric: g.Metric}
	for _, l := range limits {
		if err := g.check(l, sites); err != nil {
			return nil, err
		}
		far.Max = max(far.Max, l.Max)
	}
	f, err := g.newField(ctx, sites, far, opts)
	if err != nil {
		return nil, err
	}
	defer g.give(f.search)
	if err := f.fill(ctx, opts.Workers); err != nil {
		return nil, err
	}
	areas := make([]orb.MultiPolygon, len(limits))
	for i, l := range limits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		areas[i] = f.trace(l.Max.Value())
	}
	return areas, nil
}

// field is the cost of travel to the nearest site as a function of the place, on a lattice of points whose rows and columns are
// numbered from 0°, 0°. It is held in blocks of 8 by 8 points, and only where it can be within the limit. Every value depends on its
// place alone, not on the blocks around it. Blocks are taken up from the streets outwards as far as the area goes.
type field struct {
	g      *Graph
	search *search[uint32] // done: the cost of every node reached
	sites  []Snap
	onEdge byEdge

	limit        float64 // metres or seconds, like all costs here
	perMetre     float64 // cost of a metre off the streets
	maxLeg       float64 // metres
	near         float64 // metres: a street as near as this counts even where another is nearer
	stepX, stepY float64 // degrees
	step         float64 // metres

	tiles  map[[2]int32]*tile // by row, column
	last   *tile              // the one that tileAt gave last
	blocks []block            // as they were found; tile.at tells where each is
}

const (
	blockSide = 8  // lattice points a side of a block
	tileSide  = 64 // blocks a side of a tile
)

// tile is a square of blocks.
type tile struct {
	row, col int32                     // of its first block
	at       [tileSide][tileSide]int32 // position in field.blocks, plus one; 0 = not held
}

// block holds the field at its points, by row, then column.
type block struct {
	row, col int32 // number of the block: its first lattice point is 8 row, 8 col
	cost     [blockSide * blockSide]float32
	ref      [blockSide * blockSide]int32 // the segment that gives the cost, else the nearest one; -1 = none within maxLeg
}

var infinite = math.Inf(1)

func (g *Graph) newField(ctx context.Context, sites []Snap, far geo.Limit, opts IsochroneOptions) (*field, error) {
	f := &field{g: g, limit: far.Max.Value(), perMetre: 1, maxLeg: opts.MaxLeg, step: opts.Step, tiles: map[[2]int32]*tile{}}
	for _, s := range sites {
		if s.OK {
			f.sites = append(f.sites, s)
		}
	}
	f.onEdge = groupByEdge(f.sites)
	if f.maxLeg == 0 {
		f.maxLeg = g.Mode.MaxAccess
	}
	if f.step == 0 {
		f.step = defaultStep
	}
	if g.Metric == geo.Seconds {
		f.perMetre = 3.6 / g.Mode.OffRoad
	}
	f.near = f.step * math.Sqrt2
	f.maxLeg = max(f.maxLeg, f.near)
	f.stepX, f.stepY = g.index.width*f.step/cellMetres, g.index.height*f.step/cellMetres
	f.search = g.take()
	f.search.prepare(g.in, uint32(far.Max))
	for i := range f.sites {
		for _, end := range g.arriving(&f.sites[i]) {
			if end.node >= 0 && far.Covers(end.cost) {
				f.search.start(end.node, uint32(end.cost))
			}
		}
	}
	return f, f.search.run(ctx, g.in, uint32(far.Max))
}

// ends returns the costs of leaving an edge over its start and over its end.
func (f *field) ends(edge int32) (from, to float64) {
	from, to = infinite, infinite
	e := &f.g.edges[edge]
	if k := f.search.key[e.from]; k != unseen[uint32]() && f.g.backward(edge) {
		from = geo.Impedance(k).Value()
	}
	if k := f.search.key[e.to]; k != unseen[uint32]() && f.g.forward(edge) {
		to = geo.Impedance(k).Value()
	}
	return from, to
}

// seed takes up the blocks along the edges that are reached.
func (f *field) seed() {
	g := f.g
	for _, n := range f.search.touched {
		for _, e := range g.in.edge[g.in.first[n]:g.in.first[n+1]] {
			f.seedAlong(e)
		}
	}
	for _, e := range g.loops {
		if from, to := f.ends(e); min(from, to) < infinite {
			f.seedAlong(e)
		}
	}
	for i := range f.sites {
		f.seedAlong(f.sites[i].Edge)
	}
}

// seedAlong takes up the blocks along an edge, bit by bit of its segments.
func (f *field) seedAlong(edge int32) {
	const bit = 2 * blockSide // steps
	roads := f.g.roads
	for ref, last := f.g.first[edge], f.g.last(edge); ref < last; ref++ {
		a, b := roads.Nodes[roads.Refs[ref]], roads.Nodes[roads.Refs[ref+1]]
		n := math.Ceil(max(math.Abs(b[0]-a[0])/f.stepX, math.Abs(b[1]-a[1])/f.stepY)/bit + 1e-9)
		from := a
		for k := 1.0; k <= n; k++ {
			to := orb.Point{a[0] + k/n*(b[0]-a[0]), a[1] + k/n*(b[1]-a[1])}
			f.takeAround(orb.MultiPoint{from, to}.Bound())
			from = to
		}
	}
}

// takeAround takes up the blocks that come within near of a box.
func (f *field) takeAround(box orb.Bound) {
	const spare = 1.5 * math.Sqrt2 // steps; with half a step for what a degree of longitude varies in length
	west, east := floorTo(box.Min[0]-spare*f.stepX, f.stepX*blockSide), floorTo(box.Max[0]+spare*f.stepX, f.stepX*blockSide)
	south, north := floorTo(box.Min[1]-spare*f.stepY, f.stepY*blockSide), floorTo(box.Max[1]+spare*f.stepY, f.stepY*blockSide)
	for row := south; row <= north; row++ {
		for col := west; col <= east; col++ {
			f.take(row, col)
		}
	}
}
func floorTo(x, unit float64) int32 { return int32(math.Floor(x / unit)) }

// take takes up a block, if it is not held.
func (f *field) take(row, col int32) {
	t := f.tileOf(row, col)
	if t == nil {
		t = &tile{row: row &^ (tileSide - 1), col: col &^ (tileSide - 1)}
		f.tiles[[2]int32{t.row, t.col}], f.last = t, t
	}
	if at := &t.at[row-t.row][col-t.col]; *at == 0 {
		f.blocks = append(f.blocks, block{row: row, col: col})
		*at = int32(len(f.blocks))
	}
}

// tileOf returns the tile of a block, nil where there is none.
func (f *field) tileOf(row, col int32) *tile {
	row, col = row&^(tileSide-1), col&^(tileSide-1)
	if f.last == nil || f.last.row != row || f.last.col != col {
		t := f.tiles[[2]int32{row, col}]
		if t == nil {
			return nil
		}
		f.last = t
	}
	return f.last
}

// blockAt returns the block of a number, nil when it is not held: the field is beyond the limit there.
func (f *field) blockAt(row, col int32) *block {
	t := f.tileOf(row, col)
	if t == nil || t.at[row-t.row][col-t.col] == 0 {
		return nil
	}
	return &f.blocks[t.at[row-t.row][col-t.col]-1]
}

// fillBatch is the number of blocks that one goroutine takes at a time.
const fillBatch = 64

// fill computes the field in the blocks along the streets, and then in those around each block that the area leaves, until it leaves
// none.
func (f *field) fill(ctx context.Context, workers int) error {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	f.seed()
	for from := 0; from < len(f.blocks); {
		to := len(f.blocks)
		if err := f.paint(ctx, f.blocks[from:to], workers); err != nil {
			return err
		}
		for i := from; i < to; i++ {
			f.spread(i)
		}
		from = to
	}
	return ctx.Err()
}

// spread takes up the blocks around a block that the area leaves over its rim.
func (f *field) spread(i int) {
	b := &f.blocks[i]
	brow, bcol := b.row, b.col
	var leaves [3][3]bool
	for k, cost := range b.cost {
		if float64(cost) > f.limit {
			continue
		}
		row, col := beyond(k/blockSide), beyond(k%blockSide)
		leaves[row][1], leaves[1][col], leaves[row][col] = true, true, true
	}
	for row := range leaves {
		for col := range leaves[row] {
			if leaves[row][col] {
				f.take(brow+int32(row)-1, bcol+int32(col)-1)
			}
		}
	}
}

// beyond tells next to which block a row or column of lattice points lies: 0 the one before, 2 the one after, 1 neither.
func beyond(i int) int {
	switch i {
	case 0:
		return 0
	case blockSide - 1:
		return 2
	}
	return 1
}

// paint computes the field in some blocks.
func (f *field) paint(ctx context.Context, blocks []block, workers int) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(blocks)/fillBatch+1) {
		wg.Go(func() {
			p := &painter{f: f}
			for ctx.Err() == nil {
				to := int(next.Add(fillBatch))
				if to-fillBatch >= len(blocks) {
					return
				}
				for i := to - fillBatch; i < min(to, len(blocks)); i++ {
					p.paint(&blocks[i])
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

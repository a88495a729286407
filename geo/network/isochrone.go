package network

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"slices"
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
	f.mark()
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
// place alone, not on the blocks around it.
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
	blocks []block            // by row of tiles, column of tiles, row, column
}

const (
	blockSide = 8  // lattice points a side of a block
	tileSide  = 64 // blocks a side of a tile
)

// tile is a square of blocks. Each row is a bit set of the blocks that are held.
type tile struct {
	row, col int32 // of its first block
	held     [tileSide]uint64
	first    [tileSide]int32 // position in field.blocks of the first block held of each row
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

// mark notes the blocks in which the field may be within the limit, with two steps to spare.
func (f *field) mark() {
	g := f.g
	visit := func(edge int32, cost float64) {
		if cost > f.limit {
			return
		}
		leg := min(f.maxLeg, (f.limit-cost)/f.perMetre)*1.02 + 3*f.step
		refs := g.roads.Refs[g.first[edge] : g.last(edge)+1]
		// A long edge is marked stretch by stretch, so that its box does not take in land far from it.
		prev := g.roads.Nodes[refs[0]]
		box := prev.Bound()
		for _, r := range refs[1:] {
			p := g.roads.Nodes[r]
			if wide := box.Extend(p); wide.Max[0]-wide.Min[0] > 16*blockSide*f.stepX || wide.Max[1]-wide.Min[1] > 16*blockSide*f.stepY {
				f.markAround(box, leg)
				box = prev.Bound()
			}
			box, prev = box.Extend(p), p
		}
		f.markAround(box, leg)
	}
	for _, n := range f.search.touched {
		cost := geo.Impedance(f.search.key[n]).Value()
		for k := g.in.first[n]; k < g.in.first[n+1]; k++ {
			visit(g.in.edge[k], cost)
		}
	}
	for _, e := range g.loops {
		from, to := f.ends(e)
		visit(e, min(from, to))
	}
	for i := range f.sites {
		visit(f.sites[i].Edge, f.sites[i].Access.Value())
	}
	f.allot()
}

// markAround marks the blocks within so many metres of a box.
func (f *field) markAround(box orb.Bound, metres float64) {
	dy := metres / metresPerDegree
	south, north := box.Min[1]-dy, box.Max[1]+dy
	widest := max(math.Abs(south), math.Abs(north))
	dx := min(dy/max(math.Cos(widest*math.Pi/180), 1e-6), 180)
	west, east := box.Min[0]-dx, box.Max[0]+dx
	c0, c1 := floorTo(west, f.stepX*blockSide), floorTo(east, f.stepX*blockSide)
	for row := floorTo(south, f.stepY*blockSide); row <= floorTo(north, f.stepY*blockSide); row++ {
		for col := c0; col <= c1; {
			t := f.tileAt(row, col)
			from, to := col-t.col, min(c1-t.col, tileSide-1)
			t.held[row-t.row] |= ^uint64(0) << from & (^uint64(0) >> (tileSide - 1 - to))
			col = t.col + tileSide
		}
	}
}

func floorTo(x, unit float64) int32 { return int32(math.Floor(x / unit)) }

// tileAt returns the tile of a block, and makes it where there is none.
func (f *field) tileAt(row, col int32) *tile {
	key := [2]int32{row &^ (tileSide - 1), col &^ (tileSide - 1)}
	if f.last != nil && f.last.row == key[0] && f.last.col == key[1] {
		return f.last
	}
	t := f.tiles[key]
	if t == nil {
		t = &tile{row: key[0], col: key[1]}
		f.tiles[key] = t
	}
	f.last = t
	return t
}

// allot gives every marked block its place.
func (f *field) allot() {
	all := make([]*tile, 0, len(f.tiles))
	for _, t := range f.tiles {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *tile) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col)) })
	n := 0
	for _, t := range all {
		for _, held := range t.held {
			n += bits.OnesCount64(held)
		}
	}
	f.blocks = make([]block, n)
	n = 0
	for _, t := range all {
		for r, held := range t.held {
			t.first[r] = int32(n)
			for ; held != 0; held &= held - 1 {
				f.blocks[n].row, f.blocks[n].col = t.row+int32(r), t.col+int32(bits.TrailingZeros64(held))
				n++
			}
		}
	}
}

// blockAt returns the block of a number, nil when it is not held: the field is beyond the limit there.
func (f *field) blockAt(row, col int32) *block {
	t := f.tiles[[2]int32{row &^ (tileSide - 1), col &^ (tileSide - 1)}]
	if t == nil {
		return nil
	}
	held, bit := t.held[row-t.row], uint64(1)<<(col-t.col)
	if held&bit == 0 {
		return nil
	}
	return &f.blocks[t.first[row-t.row]+int32(bits.OnesCount64(held&(bit-1)))]
}

// fillBatch is the number of blocks that one goroutine takes at a time.
const fillBatch = 64

// fill computes the field in all blocks.
func (f *field) fill(ctx context.Context, workers int) error {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(f.blocks)/fillBatch+1) {
		wg.Go(func() {
			p := &painter{f: f}
			for ctx.Err() == nil {
				to := int(next.Add(fillBatch))
				if to-fillBatch >= len(f.blocks) {
					return
				}
				for i := to - fillBatch; i < min(to, len(f.blocks)); i++ {
					p.paint(&f.blocks[i])
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

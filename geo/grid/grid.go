package grid

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

// FromCells returns the grid of a study area that is a set of cells: every cell is one whole part in region 0. Cells of a
// coarser resolution stand for all their children, of a finer one for their parent; repeats count once. Errors:
// ErrResolution, ErrExtent, and ErrCell for every cell that is not valid or too coarse (see MaxSplit).
func FromCells(cells []h3.Cell, resolution int) (*Grid, error) {
	if resolution < MinResolution || resolution > MaxResolution {
		return nil, fmt.Errorf("%w, not %d", ErrResolution, resolution)
	}
	var errs []error
	var all []h3.Cell
	for _, c := range cells {
		if !c.IsValid() {
			errs = append(errs, fmt.Errorf("%w: %x", ErrCell, uint64(c)))
			continue
		}
		if resolution-c.Resolution() > MaxSplit {
			errs = append(errs, fmt.Errorf("%w: %s is too coarse for resolution %d", ErrCell, c, resolution))
			continue
		}
		all = AppendAt(all, c, resolution)
		if len(all) > maxCells {
			return nil, fmt.Errorf("%w: more than %d cells", ErrExtent, maxCells)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: no cells", ErrExtent)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	g := &Grid{Resolution: resolution, Cells: all, first: make([]int32, 1, len(all)+1)}
	for i, c := range all {
		centre := centreOf(c)
		g.centres = append(g.centres, centre)
		g.Parts = append(g.Parts, Part{Cell: int32(i), Region: 0, Share: 1, Centre: centre})
		g.first = append(g.first, int32(i+1))
	}
	return g, nil
}

// MaxSplit is by how many resolutions a cell may be coarser than the grid that it is split for: it has up to 7^6 = 117,649
// descendants then.
const MaxSplit = 6

// AppendAt appends the cells of a resolution that stand for a valid cell: itself, its children, or its parent.
func AppendAt(dst []h3.Cell, c h3.Cell, resolution int) []h3.Cell {
	switch have := c.Resolution(); {
	case have == resolution:
		return append(dst, c)
	case have > resolution:
		return append(dst, c.Parent(resolution))
	}
	return append(dst, c.Children(resolution)...)
}

// Index returns the position of a cell in Cells.
func (g *Grid) Index(c h3.Cell) (int32, bool) {
	i, ok := slices.BinarySearch(g.Cells, c)
	return int32(i), ok
}

// PartsOf returns the parts of a cell, ascending by region. The slice is a view: do not modify.
func (g *Grid) PartsOf(cell int32) []Part { return g.Parts[g.first[cell]:g.first[cell+1]] }

// PartRange returns the half-open range of positions in Parts that belong to a cell.
func (g *Grid) PartRange(cell int32) (from, to int32) { return g.first[cell], g.first[cell+1] }

// Centre returns the centre of a cell.
func (g *Grid) Centre(cell int32) orb.Point { return g.centres[cell] }

// Boundary returns the closed, counter-clockwise boundary of a cell: six corners, or five of a pentagon, and more where it
// crosses an edge of the icosahedron.
func (g *Grid) Boundary(cell int32) orb.Ring { return boundaryOf(g.Cells[cell]) }

// Area returns the area of a whole cell in m², measured as geo.Area does.
func (g *Grid) Area(cell int32) float64 {
	var scratch [6]pt
	o := outlineOf(g.Cells[cell], scratch[:0])
	return ringMoment(o.corners, o.centre).area * geo.Radius * geo.Radius
}

// Neighbours appends to dst the cells of the grid that share an edge with a cell, ascending.
func (g *Grid) Neighbours(cell int32, dst []int32) []int32 {
	from := len(dst)
	var scratch [6]h3.Cell
	for _, c := range neighboursOf(g.Cells[cell], scratch[:0]) {
		if i, ok := g.Index(c); ok {
			dst = append(dst, i)
		}
	}
	slices.Sort(dst[from:])
	return dst
}

// neighboursOf appends the cells around a valid one.
func neighboursOf(c h3.Cell, dst []h3.Cell) []h3.Cell {
	if h, ok := hexagonOf(c); ok && !isPentagon(c) {
		if all, ok := h.neighbours(dst); ok {
			return all
		}
	}
	for _, n := range c.GridDisk(1) {
		if n != c {
			dst = append(dst, n)
		}
	}
	return dst
}

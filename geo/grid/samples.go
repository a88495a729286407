package grid

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

// span is a range of longitudes in radians.
type span struct{ from, to float64 }

// samples calls visit with every cell of a resolution that may overlap the shape, and a point of the cell, at least once,
// in a fixed order. The points lie on rows so close that every cell holds one: of rows s apart, one cuts every circle of
// radius s/√2 in a chord at least s long, which holds one of its points. Rows run only where the tree is not empty, with a
// margin of a cell.
func (t *tree) samples(ctx context.Context, resolution int, visit func(h3.Cell, orb.Point)) error {
	if len(t.nodes) == 0 {
		return nil
	}
	outer := cellOuter(resolution)
	middle := pt{(t.bounds.min.x + t.bounds.max.x) / 2, (t.bounds.min.y + t.bounds.max.y) / 2}.unproject()
	reach := 0.0
	for _, corner := range []pt{t.bounds.min, t.bounds.max, {t.bounds.min.x, t.bounds.max.y}, {t.bounds.max.x, t.bounds.min.y}} {
		reach = max(reach, geo.Distance(middle, corner.unproject())/geo.Radius)
	}
	step := cellInner(resolution, middle, reach+6*outer) * math.Sqrt2
	margin := 2 * outer // all of a cell that overlaps a box lies within a cell's width of it
	south := math.Asin(t.bounds.min.y) - margin
	rows := make([][]span, int((math.Asin(t.bounds.max.y)+margin-south)/step)+1)
	for i := range t.nodes {
		n := &t.nodes[i]
		if n.state != full && n.state != mixed {
			continue
		}
		low, high := math.Asin(n.box.min.y)-margin, math.Asin(n.box.max.y)+margin
		dx := margin / math.Cos(max(math.Abs(low), math.Abs(high)))
		for row := max(0, int((low-south)/step)); row < len(rows) && south+float64(row)*step <= high; row++ {
			rows[row] = append(rows[row], span{n.box.min.x - dx, n.box.max.x + dx})
		}
	}
	finder := Finder{lattice: &lattices[resolution]}
	for row, spans := range rows {
		if row%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		lat := south + float64(row)*step
		slices.SortFunc(spans, func(a, b span) int {
			if a.from < b.from {
				return -1
			}
			return 1
		})
		visitRow(spans, lat, step/math.Cos(lat), &finder, visit)
	}
	return nil
}

// visitRow walks the union of sorted spans at a latitude.
func visitRow(spans []span, lat, step float64, finder *Finder, visit func(h3.Cell, orb.Point)) {
	x, last := math.Inf(-1), h3.Cell(0)
	for _, s := range spans {
		for x = max(x, s.from); x <= s.to; x += step {
			p := orb.Point{x / radian, lat / radian}
			if cell := finder.CellOf(p); cell != last {
				visit(cell, p)
				last = cell
			}
		}
	}
}

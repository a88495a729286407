package network

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// metresPerDegree is one degree of latitude on the sphere that geo.Distance uses.
var metresPerDegree = geo.Distance(orb.Point{0, 0}, orb.Point{0, 1})

const (
	cellMetres = 75       // side of an index cell
	maxCosLat  = 1.0 / 64 // cells do not get wider than this in longitude: near the poles they are no longer square
)

// segmentIndex finds segments by place: a grid of square cells, of which only those that hold segments are stored, row by row from south to north
// and in each row from west to east. The cells of a row between two columns are therefore next to each other, and a far-off node
// costs no more than the empty rows between. A segment is known by the position of its first node in Roads.Refs, in whose order
// edges are numbered too.
type segmentIndex struct {
	width, height float64 // of a cell, degrees
	south         int32   // number of the first row
	row           []int32 // cells of row south+r are [row[r], row[r+1])
	col           []int32 // by cell: its column
	first         []int32 // segments of cell c are segments[first[c]:first[c+1]], ascending
	segments      []int32
}

func newSegmentIndex(g *Graph) segmentIndex {
	x := segmentIndex{height: cellMetres / metresPerDegree}
	if len(g.place) == 0 {
		return x
	}
	lat, low, high := 0.0, math.Inf(1), math.Inf(-1)
	for _, r := range g.place {
		lat += math.Abs(g.roads.Nodes[r].Lat())
	}
	x.width = x.height / max(maxCosLat, math.Cos(lat/float64(len(g.place))*math.Pi/180))
	for e := range g.first {
		for _, r := range g.roads.Refs[g.first[e] : g.last(int32(e))+1] {
			low, high = min(low, g.roads.Nodes[r].Lat()), max(high, g.roads.Nodes[r].Lat())
		}
	}
	// One row to spare on both sides, for the rounding that crossed allows for.
	x.south = int32(math.Floor(low/x.height)) - 1
	rows := int32(math.Floor(high/x.height)) + 2 - x.south
	x.fill(g, rows)
	return x
}

// fill sorts the segments into the cells of each row.
func (x *segmentIndex) fill(g *Graph, rows int32) {
	start := make([]int32, rows+1)
	x.eachCell(g, func(_, row, _ int32) { start[row-x.south+1]++ })
	for r := range rows {
		start[r+1] += start[r]
	}
	crossings := make([]uint64, start[rows]) // column and segment, grouped by row
	next := slices.Clone(start)
	x.eachCell(g, func(col, row, ref int32) {
		r := row - x.south
		// Columns are negative west of Greenwich: flip the sign bit, so that they sort as they lie.
		crossings[next[r]] = uint64(uint32(col)^1<<31)<<32 | uint64(ref)
		next[r]++
	})
	x.row = make([]int32, rows+1)
	x.segments = make([]int32, len(crossings))
	for r := range rows {
		row := crossings[start[r]:start[r+1]]
		slices.Sort(row)
		for i, c := range row {
			if i == 0 || c>>32 != row[i-1]>>32 {
				x.col = append(x.col, int32(uint32(c>>32)^1<<31))
				x.first = append(x.first, start[r]+int32(i))
			}
			x.segments[start[r]+int32(i)] = int32(uint32(c))
		}
		x.row[r+1] = int32(len(x.col))
	}
	x.first = append(x.first, int32(len(crossings)))
}

// eachCell visits every segment of every edge with each cell that it runs through.
func (x *segmentIndex) eachCell(g *Graph, visit func(col, row, ref int32)) {
	for e := range g.first {
		for ref, last := g.first[e], g.last(int32(e)); ref < last; ref++ {
			a, b := g.roads.Nodes[g.roads.Refs[ref]], g.roads.Nodes[g.roads.Refs[ref+1]]
			x.crossed(a, b, func(col, row int32) { visit(col, row, ref) })
		}
	}
}

// crossed visits the cells that the segment runs through: row by row, the columns between where it enters and leaves the row,
// with one part in a million of a cell to spare for rounding.
func (x *segmentIndex) crossed(a, b orb.Point, visit func(col, row int32)) {
	const spare = 1e-6
	if a.Lat() > b.Lat() {
		a, b = b, a
	}
	ax, ay := a.Lon()/x.width, a.Lat()/x.height
	bx, by := b.Lon()/x.width, b.Lat()/x.height
	for row := math.Floor(ay - spare); row <= math.Floor(by+spare); row++ {
		x0, x1 := ax, bx
		if by > ay {
			t0, t1 := max(0, (row-spare-ay)/(by-ay)), min(1, (row+1+spare-ay)/(by-ay))
			x0, x1 = ax+t0*(bx-ax), ax+t1*(bx-ax)
		}
		from, to := math.Floor(min(x0, x1)-spare), math.Floor(max(x0, x1)+spare)
		for col := from; col <= to; col++ {
			visit(int32(col), int32(row))
		}
	}
}

// between returns the segments in the cells of a row from one column to another, both included, west to east.
func (x *segmentIndex) between(row, from, to int32) []int32 {
	r := int(row) - int(x.south)
	if r < 0 || r >= len(x.row)-1 {
		return nil
	}
	cells := x.col[x.row[r]:x.row[r+1]]
	i, _ := slices.BinarySearch(cells, from)
	j := i
	for j < len(cells) && cells[j] <= to {
		j++
	}
	return x.segments[x.first[int(x.row[r])+i]:x.first[int(x.row[r])+j]]
}

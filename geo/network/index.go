package network

import (
	"math"
	"math/bits"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// metresPerDegree is one degree of latitude on the sphere that geo.Distance uses.
var metresPerDegree = geo.Distance(orb.Point{0, 0}, orb.Point{0, 1})

const (
	cellMetres = 100      // side of an index cell
	maxCosLat  = 1.0 / 64 // cells do not get wider than this in longitude: near the poles they are no longer square
)

// segmentIndex finds segments by place: a grid of square cells over the whole sphere of which only those that hold segments
// are stored, in a hash table. A far-off node therefore costs nothing. A segment is known by the position of its first
// node in Roads.Refs, in whose order edges are numbered too.
type segmentIndex struct {
	width, height float64 // of a cell, degrees
	cells         cellTable
	first         []int32 // segments of cell c are segments[first[c]:first[c+1]], ascending
	segments      []int32
}

func newSegmentIndex(g *Graph) segmentIndex {
	x := segmentIndex{height: cellMetres / metresPerDegree}
	lat, n := 0.0, 0
	for _, r := range g.place {
		lat += math.Abs(g.roads.Nodes[r].Lat())
		n++
	}
	cos := maxCosLat
	if n > 0 {
		cos = math.Max(cos, math.Cos(lat/float64(n)*math.Pi/180))
	}
	x.width = x.height / cos

	var counts []int32
	x.eachCell(g, func(key uint64, _ int32) {
		c := x.cells.add(key)
		if int(c) == len(counts) {
			counts = append(counts, 0)
		}
		counts[c]++
	})
	x.first = make([]int32, len(counts)+1)
	for c, n := range counts {
		x.first[c+1] = x.first[c] + n
		counts[c] = x.first[c]
	}
	x.segments = make([]int32, x.first[len(counts)])
	x.eachCell(g, func(key uint64, ref int32) {
		c := x.cells.find(key)
		x.segments[counts[c]] = ref
		counts[c]++
	})
	return x
}

// eachCell visits every segment of every edge with each cell that it runs through.
func (x *segmentIndex) eachCell(g *Graph, visit func(key uint64, ref int32)) {
	for e := range g.first {
		for ref := g.first[e]; ref < g.last[e]; ref++ {
			a, b := g.roads.Nodes[g.roads.Refs[ref]], g.roads.Nodes[g.roads.Refs[ref+1]]
			x.crossed(a, b, func(col, row int32) { visit(cellKey(col, row), ref) })
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
			t0, t1 := math.Max(0, (row-spare-ay)/(by-ay)), math.Min(1, (row+1+spare-ay)/(by-ay))
			x0, x1 = ax+t0*(bx-ax), ax+t1*(bx-ax)
		}
		from, to := math.Floor(math.Min(x0, x1)-spare), math.Floor(math.Max(x0, x1)+spare)
		for col := from; col <= to; col++ {
			visit(int32(col), int32(row))
		}
	}
}

// in returns the segments that run through the cell.
func (x *segmentIndex) in(col, row int32) []int32 {
	c := x.cells.find(cellKey(col, row))
	if c < 0 {
		return nil
	}
	return x.segments[x.first[c]:x.first[c+1]]
}

func cellKey(col, row int32) uint64 { return uint64(uint32(col))<<32 | uint64(uint32(row)) }

// cellTable numbers cells in the order they were added: open addressing, linear probing, at most half full.
type cellTable struct {
	slots []cellSlot
	used  int
}

type cellSlot struct {
	key uint64
	id  int32 // +1; 0 = empty
}

func (t *cellTable) slot(key uint64) int {
	// Fibonacci hashing: the multiplier is 2^64 divided by the golden ratio.
	return int(key * 0x9E3779B97F4A7C15 >> (64 - bits.TrailingZeros(uint(len(t.slots)))))
}

func (t *cellTable) find(key uint64) int32 {
	if len(t.slots) == 0 {
		return -1
	}
	for i := t.slot(key); ; i = (i + 1) & (len(t.slots) - 1) {
		if s := t.slots[i]; s.id == 0 || s.key == key {
			return s.id - 1
		}
	}
}

func (t *cellTable) add(key uint64) int32 {
	if c := t.find(key); c >= 0 {
		return c
	}
	if 2*(t.used+1) > len(t.slots) {
		old := t.slots
		t.slots = make([]cellSlot, max(64, 2*len(old)))
		for _, s := range old {
			if s.id != 0 {
				t.put(s)
			}
		}
	}
	t.used++
	t.put(cellSlot{key, int32(t.used)})
	return int32(t.used - 1)
}

func (t *cellTable) put(s cellSlot) {
	i := t.slot(s.key)
	for t.slots[i].id != 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = s
}

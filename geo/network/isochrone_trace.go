package network

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// crossing names a side of a lattice square that a border crosses: the lattice point at its lower or left end, and its direction.
// Borders pass through a side at most once.
type crossing struct {
	row, col int32
	up       bool // to the point above; otherwise to the point on the right
}

// contour is the border of one limit while it is put together.
type contour struct {
	f     *field
	limit float64
	next  map[crossing]crossing // the inside lies on the left of the way from one to the next
	order []crossing            // the keys of next, by block
	ring  map[crossing]int32    // by crossing: its ring
}

// trace draws the land where the field is within a limit.
func (f *field) trace(limit float64) orb.MultiPolygon {
	c := &contour{f: f, limit: limit, next: map[crossing]crossing{}, ring: map[crossing]int32{}}
	order := make([]int32, len(f.blocks))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		a, b := &f.blocks[i], &f.blocks[j]
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col))
	})
	var w window
	for _, i := range order {
		if w.load(f, &f.blocks[i]); w.crossed(limit) {
			for row := range int32(blockSide) {
				for col := range int32(blockSide) {
					c.square(&w, row, col)
				}
			}
		}
	}
	return c.polygons()
}

// window is the field in a block and in the first row and column of those after it.
type window struct {
	row, col int32 // of its first lattice point
	cost     [blockSide + 1][blockSide + 1]float32
}

func (w *window) load(f *field, b *block) {
	w.row, w.col = b.row*blockSide, b.col*blockSide
	for row := range blockSide {
		copy(w.cost[row][:blockSide], b.cost[row*blockSide:(row+1)*blockSide])
	}
	right, above, corner := f.blockAt(b.row, b.col+1), f.blockAt(b.row+1, b.col), f.blockAt(b.row+1, b.col+1)
	for i := range blockSide {
		w.cost[i][blockSide] = right.first(i * blockSide)
		w.cost[blockSide][i] = above.first(i)
	}
	w.cost[blockSide][blockSide] = corner.first(0)
}

// first returns the cost at a point; blocks that are not held are beyond every limit.
func (b *block) first(i int) float32 {
	if b == nil {
		return float32(infinite)
	}
	return b.cost[i]
}

// crossed reports whether a border passes through the window.
func (w *window) crossed(limit float64) bool {
	inside := w.inside(0, 0, limit)
	for row := range w.cost {
		for col := range w.cost {
			if w.inside(int32(row), int32(col), limit) != inside {
				return true
			}
		}
	}
	return false
}

func (w *window) inside(row, col int32, limit float64) bool {
	return float64(w.cost[row][col]) <= limit
}

// square adds the border within one square. Its corners are numbered counter-clockwise from the lower left one, its sides from the
// lower one.
func (c *contour) square(w *window, row, col int32) {
	corners := 0
	for i, at := range [4][2]int32{{0, 0}, {0, 1}, {1, 1}, {1, 0}} {
		if w.inside(row+at[0], col+at[1], c.limit) {
			corners |= 1 << i
		}
	}
	y, x := w.row+row, w.col+col
	sides := [4]crossing{{y, x, false}, {y, x + 1, true}, {y + 1, x, false}, {y, x, true}}
	add := func(from, to int) {
		c.next[sides[from]] = sides[to]
		c.order = append(c.order, sides[from])
	}
	switch corners {
	case 1:
		add(0, 3)
	case 2:
		add(1, 0)
	case 4:
		add(2, 1)
	case 8:
		add(3, 2)
	case 3:
		add(1, 3)
	case 6:
		add(2, 0)
	case 12:
		add(3, 1)
	case 9:
		add(0, 2)
	case 14:
		add(3, 0)
	case 13:
		add(0, 1)
	case 11:
		add(1, 2)
	case 7:
		add(2, 3)
	case 5, 10:
		// Opposite corners belong together when the middle is inside. The rule is the same for all limits, so that areas nest.
		middle := (float64(w.cost[row][col]) + float64(w.cost[row][col+1]) + float64(w.cost[row+1][col]) + float64(w.cost[row+1][col+1])) / 4
		joined := middle <= c.limit
		switch {
		case corners == 5 && joined:
			add(0, 1)
			add(2, 3)
		case corners == 5:
			add(0, 3)
			add(2, 1)
		case joined:
			add(3, 0)
			add(1, 2)
		default:
			add(1, 0)
			add(3, 2)
		}
	}
}

// ringOf is a closed border: its vertices, and the leftmost of its crossings with the inside on the left and the outside on the right.
type ringOf struct {
	line  orb.Ring
	left  crossing
	found bool // left is set
	area  float64
}

// polygons closes the rings and puts the holes into their polygons.
func (c *contour) polygons() orb.MultiPolygon {
	var rings []ringOf
	for _, start := range c.order {
		if _, done := c.ring[start]; !done {
			rings = append(rings, c.close(start, int32(len(rings))))
		}
	}
	polygon := make([]int32, len(rings)) // by ring: its polygon
	shape := orb.MultiPolygon{}
	for i := range rings {
		if polygon[i] = -1; rings[i].area > 0 {
			polygon[i] = int32(len(shape))
			shape = append(shape, orb.Polygon{rings[i].line})
		}
	}
	for i := range rings {
		if polygon[i] >= 0 {
			continue
		}
		// What lies to the left of a hole, up to the next border, is in its polygon. That border may be another hole's, farther
		// to the left.
		var way []int32
		r := int32(i)
		for polygon[r] < 0 {
			way = append(way, r)
			r = c.leftOf(&rings[r])
		}
		for _, hole := range way {
			polygon[hole] = polygon[r]
		}
	}
	for i := range rings {
		if rings[i].area <= 0 {
			shape[polygon[i]] = append(shape[polygon[i]], rings[i].line)
		}
	}
	return shape
}

// close follows one border around.
func (c *contour) close(start crossing, number int32) ringOf {
	var r ringOf
	x0, y0 := float64(start.col), float64(start.row)
	px, py := 0.0, 0.0
	for at := start; ; at = c.next[at] {
		if _, seen := c.ring[at]; seen {
			break
		}
		c.ring[at] = number
		x, y, leftInside := c.place(at)
		if !at.up && leftInside && (!r.found || at.col < r.left.col || at.col == r.left.col && at.row < r.left.row) {
			r.left, r.found = at, true
		}
		r.line = append(r.line, orb.Point{x * c.f.stepX, y * c.f.stepY})
		x, y = x-x0, y-y0
		r.area += px*y - x*py
		px, py = x, y
	}
	r.line = append(r.line, r.line[0])
	return r
}

// leftOf returns the ring on the left of a hole, with nothing but inside between them.
func (c *contour) leftOf(hole *ringOf) int32 {
	at := hole.left
	for {
		at.col--
		if cost, _ := c.f.value(at.row, at.col); float64(cost) > c.limit {
			return c.ring[at]
		}
	}
}

// value returns the field at a lattice point.
func (f *field) value(row, col int32) (cost float32, ref int32) {
	b := f.blockAt(row>>3, col>>3)
	if b == nil {
		return float32(infinite), -1
	}
	i := (row&7)*blockSide + col&7
	return b.cost[i], b.ref[i]
}

// edgeRoom keeps borders off the lattice points, so that rings cannot touch there.
const edgeRoom = 1.0 / 64

// place returns where the border crosses a side, in columns and rows of the lattice, and whether the first end of the side is inside.
func (c *contour) place(at crossing) (x, y float64, firstInside bool) {
	a, b := [2]int32{at.row, at.col}, [2]int32{at.row, at.col + 1}
	if at.up {
		b = [2]int32{at.row + 1, at.col}
	}
	cost, _ := c.f.value(a[0], a[1])
	firstInside = float64(cost) <= c.limit
	if !firstInside {
		a, b = b, a
	}
	t := min(max(c.f.cut(a, b, c.limit), edgeRoom), 1-edgeRoom)
	x = float64(a[1]) + t*float64(b[1]-a[1])
	y = float64(a[0]) + t*float64(b[0]-a[0])
	return x, y, firstInside
}

// cut returns how far from a, inside the limit, to b, outside, the border lies, 0 to 1. It grows with the limit.
func (f *field) cut(a, b [2]int32, limit float64) float64 {
	costA, refA := f.value(a[0], a[1])
	costB, refB := f.value(b[0], b[1])
	cross := func(from, to float64) float64 { // where a cost that rises evenly from one to the other meets the limit
		if !(to > from) {
			return 1
		}
		return (limit - from) / (to - from)
	}
	if refA == refB {
		return cross(float64(costA), float64(costB))
	}
	origin := orb.Point{float64(a[1]) * f.stepX, float64(a[0]) * f.stepY}
	pl := planeAt(origin[1])
	bx, by := float64(b[1]-a[1])*f.stepX*pl.sx, float64(b[0]-a[0])*f.stepY*pl.sy
	own := f.reachOf(refA, origin, pl)
	nearA, _ := f.look(&own, 0, 0)
	farA, ownB := f.look(&own, bx, by)
	// The wall: up to there the street of a counts.
	wall, past := 1.0, infinite
	if refB >= 0 {
		other := f.reachOf(refB, origin, pl)
		farB, _ := f.look(&other, 0, 0)
		nearB, _ := f.look(&other, bx, by)
		before, after := nearA-farB, farA-nearB
		switch {
		case before <= 0 && after > 0:
			wall = before / (before - after)
		case before > 0: // another street is nearer to a already
			wall = 0
		}
		if farA > nearA && nearA <= f.near && farA > f.near {
			wall = max(wall, (f.near-nearA)/(farA-nearA))
		}
		_, past = f.look(&other, wall*bx, wall*by)
	} else if farA > f.maxLeg {
		wall = (f.maxLeg - nearA) / (farA - nearA)
	}
	if t := cross(float64(costA), ownB); t <= wall || math.IsNaN(wall) {
		return t
	}
	if past > limit || wall >= 1 {
		return wall
	}
	return wall + (1-wall)*cross(past, float64(costB))
}

package grid

import (
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// Around knows the neighbours of every cell of a grid. Making one costs about half a microsecond a cell, after which walks and outlines
// over the grid need no arithmetic on H3 indexes. It takes 25 bytes a cell. Immutable, safe for concurrent use.
type Around struct {
	cells []h3.Cell // ascending
	next  []int32   // six a cell; of a plain one beyond the edges from corner 0 to 1, 1 to 2 and so on; -1 = no such cell
	plain []bool    // the cell and its neighbours lie on one face of the icosahedron
}

// Around looks up the neighbours of all cells with so many goroutines.
func (g *Grid) Around(workers int) *Around { return newAround(g.Cells, workers) }

// Neighbours returns the cells that share an edge with a cell, and -1 for those that are not in the grid, in a fixed order. The slice
// is a view: do not modify.
func (a *Around) Neighbours(cell int32) []int32 { return a.next[6*cell : 6*cell+6] }

// newAround takes cells ascending, without repeats.
func newAround(cells []h3.Cell, workers int) *Around {
	a := &Around{cells: cells, next: make([]int32, 6*len(cells)), plain: make([]bool, len(cells))}
	places := make([]place, len(cells))
	inSpans(len(cells), workers, func(from, to int) {
		for i := from; i < to; i++ {
			places[i] = placeOf(cells[i])
			a.plain[i] = places[i].plain
		}
	})
	b := newBlocks(places)
	// A cell that the tables do not know cannot be found by its place: what touches it is asked of the library.
	for i := range places {
		if places[i].face >= 0 {
			continue
		}
		var scratch [6]h3.Cell
		for _, c := range neighboursOf(cells[i], scratch[:0]) {
			if k, ok := slices.BinarySearch(cells, c); ok {
				a.plain[k] = false
			}
		}
	}
	inSpans(len(cells), workers, func(from, to int) {
		f := blockFinder{blocks: b}
		for i := from; i < to; i++ {
			next := a.next[6*i : 6*i+6]
			if !a.plain[i] {
				a.ask(cells[i], next)
				continue
			}
			p := places[i]
			for k := range next {
				u := unit[(k+1)%6+1]
				next[k] = f.at(p.face, p.a+int32(u.a), p.b+int32(u.b))
			}
		}
	})
	return a
}

// ask finds the neighbours of a cell that is not plain.
func (a *Around) ask(c h3.Cell, next []int32) {
	for k := range next {
		next[k] = -1
	}
	var scratch [6]h3.Cell
	for k, n := range neighboursOf(c, scratch[:0]) {
		if i, ok := slices.BinarySearch(a.cells, n); ok {
			next[k] = int32(i)
		}
	}
}

// place is where a cell lies: the lattice point of a face; face -1 = the tables do not know.
type place struct {
	a, b  int32
	face  int8
	plain bool
}

func placeOf(c h3.Cell) place {
	h, ok := hexagonOf(c)
	if !ok || isPentagon(c) {
		return place{face: -1}
	}
	spacing := math.Hypot(h.lattice.ux, h.lattice.uy)
	p := place{a: int32(h.z.a), b: int32(h.z.b), face: int8(h.index)}
	p.plain = margin(h.lattice.plane(float64(h.z.a), float64(h.z.b))) > 1.001*spacing
	return p
}

// inSpans runs work over [0, n) in spans, on so many goroutines.
func inSpans(n, workers int, work func(from, to int)) {
	workers = max(1, min(workers, n/4096))
	if workers == 1 {
		work(0, n)
		return
	}
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() { work(n*w/workers, n*(w+1)/workers) })
	}
	wait.Wait()
}

// blocks finds cells by their places: 4 × 4 lattice points are a block.
type blocks struct {
	of    map[blockKey]int32
	cells [][16]int32 // index of the cell, -1 = none
}

type blockKey struct {
	a, b int32
	face int8
}

func slot(a, b int32) int32 { return a&3<<2 | b&3 }

func newBlocks(places []place) *blocks {
	b := &blocks{of: map[blockKey]int32{}}
	last, at := blockKey{face: -1}, int32(-1)
	for i, p := range places {
		if p.face < 0 {
			continue
		}
		if key := (blockKey{p.a >> 2, p.b >> 2, p.face}); key != last {
			var known bool
			if at, known = b.of[key]; !known {
				at = int32(len(b.cells))
				b.of[key] = at
				b.cells = append(b.cells, [16]int32{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1})
			}
			last = key
		}
		b.cells[at][slot(p.a, p.b)] = int32(i)
	}
	return b
}

// blockFinder looks cells up for one goroutine. It remembers the last blocks: neighbours mostly lie in them.
type blockFinder struct {
	*blocks
	keys [4]blockKey
	ats  [4]int32
	used [4]bool
}

func (f *blockFinder) at(face int8, a, b int32) int32 {
	key := blockKey{a >> 2, b >> 2, face}
	k := (key.a&1)<<1 | key.b&1
	if !f.used[k] || f.keys[k] != key {
		at, ok := f.of[key]
		if !ok {
			at = -1
		}
		f.keys[k], f.ats[k], f.used[k] = key, at, true
	}
	if f.ats[k] < 0 {
		return -1
	}
	return f.cells[f.ats[k]][slot(a, b)]
}

// Outline returns the outline of some cells of the grid, as Dissolve does. The cells are ascending indexes without repeats; inside
// tells whether a cell is among them. It costs O(cells), and arithmetic for those at the rim only.
func (a *Around) Outline(cells []int32, inside func(cell int32) bool) orb.MultiPolygon {
	o := outliner{corners: corners{index: map[[2]int64]int32{}}}
	for _, c := range cells {
		if !a.plain[c] {
			o.whole(a.cells[c])
			continue
		}
		var rim [6]bool
		outside := false
		for k, n := range a.Neighbours(c) {
			if n < 0 || !inside(n) || !a.plain[n] {
				rim[k], outside = true, true
			}
		}
		if outside {
			o.some(a.cells[c], &rim)
		}
	}
	return o.shape()
}

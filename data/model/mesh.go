package model

import "math"

// mesh is a lattice of equilateral triangles over the land. Its points carry the regions, the costs and the people; roads
// are routed along its edges, and borders are drawn through its triangles.
type mesh struct {
	origin     vec
	step       float64 // metres between neighbouring points
	cols, rows int
}

// newMesh covers the area.
func newMesh(area box, step float64) *mesh {
	m := &mesh{origin: area.min, step: step}
	m.cols = int((area.max.x-area.min.x)/step) + 2
	m.rows = int((area.max.y-area.min.y)/(step*rowHeight)) + 2
	return m
}

// rowHeight is the distance of two rows of a lattice of unit triangles, √3/2.
const rowHeight = 0.8660254037844386

// size returns the number of points.
func (m *mesh) size() int { return m.cols * m.rows }

// at returns the place of point p.
func (m *mesh) at(p int32) vec {
	j := int(p) / m.cols
	i := int(p) - j*m.cols
	return vec{m.origin.x + (float64(i)+0.5*float64(j&1))*m.step, m.origin.y + float64(j)*m.step*rowHeight}
}

// nearest returns a point next to v, clamped to the lattice.
func (m *mesh) nearest(v vec) int32 {
	j := min(max(int(math.Round((v.y-m.origin.y)/(m.step*rowHeight))), 0), m.rows-1)
	i := min(max(int(math.Round((v.x-m.origin.x)/m.step-0.5*float64(j&1))), 0), m.cols-1)
	return int32(j*m.cols + i)
}

// triangle returns the corners of the triangle that holds v; ok is false at the rim of the mesh.
func (m *mesh) triangle(v vec) (corners [3]int32, ok bool) {
	y := (v.y - m.origin.y) / (m.step * rowHeight)
	j := int(math.Floor(y))
	fy := y - float64(j)
	s := (v.x-m.origin.x)/m.step - 0.5*float64(j&1) - 0.5*fy
	i := int(math.Floor(s))
	if i < 1 || j < 1 || i >= m.cols-2 || j >= m.rows-2 {
		return corners, false
	}
	p := int32(j*m.cols + i)
	e := p + 1
	if s-float64(i)+fy < 1 {
		return [3]int32{p, e, m.next(p, northEast)}, true
	}
	return [3]int32{e, m.next(e, northEast), m.next(e, northWest)}, true
}

// The six directions from a point. The first three own an edge: edge = 3*point + direction.
const (
	east = iota
	northEast
	northWest
	west
	southWest
	southEast
)

// next returns the neighbour of p in the direction, -1 beyond the rim.
func (m *mesh) next(p int32, dir int) int32 {
	j := int(p) / m.cols
	i := int(p) - j*m.cols
	odd := j & 1
	switch dir {
	case east:
		i++
	case west:
		i--
	case northEast:
		i, j = i+odd, j+1
	case northWest:
		i, j = i-1+odd, j+1
	case southWest:
		i, j = i-1+odd, j-1
	case southEast:
		i, j = i+odd, j-1
	}
	if i < 0 || i >= m.cols || j < 0 || j >= m.rows {
		return -1
	}
	return int32(j*m.cols + i)
}

// edge returns the number of the edge from p in the direction; both ends give the same.
func (m *mesh) edge(p int32, dir int) int64 {
	if dir >= west {
		return 3*int64(m.next(p, dir)) + int64(dir-west)
	}
	return 3*int64(p) + int64(dir)
}

// disc calls f for the points within radius metres of c.
func (m *mesh) disc(c vec, radius float64, f func(p int32, at vec)) {
	h := m.step * rowHeight
	j0 := max(int(math.Ceil((c.y-radius-m.origin.y)/h)), 0)
	j1 := min(int((c.y+radius-m.origin.y)/h), m.rows-1)
	for j := j0; j <= j1; j++ {
		dy := m.origin.y + float64(j)*h - c.y
		w := math.Sqrt(max(radius*radius-dy*dy, 0))
		x0 := m.origin.x + 0.5*float64(j&1)*m.step
		i0 := max(int(math.Ceil((c.x-w-x0)/m.step)), 0)
		i1 := min(int((c.x+w-x0)/m.step), m.cols-1)
		for i := i0; i <= i1; i++ {
			p := int32(j*m.cols + i)
			f(p, m.at(p))
		}
	}
}

// heap is a queue of mesh points, nearest first; ties go to the lower point. It holds stale entries: callers skip them.
type heap struct{ items []heapItem }

type heapItem struct {
	cost float32
	at   int32
}

func (a heapItem) before(b heapItem) bool { return a.cost < b.cost || a.cost == b.cost && a.at < b.at }

func (h *heap) push(cost float32, at int32) {
	h.items = append(h.items, heapItem{})
	x := heapItem{cost, at}
	i := len(h.items) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !x.before(h.items[up]) {
			break
		}
		h.items[i] = h.items[up]
		i = up
	}
	h.items[i] = x
}

func (h *heap) pop() heapItem {
	top := h.items[0]
	n := len(h.items) - 1
	x := h.items[n]
	h.items = h.items[:n]
	if n == 0 {
		return top
	}
	i := 0
	for {
		kid := 2*i + 1
		if kid >= n {
			break
		}
		if kid+1 < n && h.items[kid+1].before(h.items[kid]) {
			kid++
		}
		if !h.items[kid].before(x) {
			break
		}
		h.items[i] = h.items[kid]
		i = kid
	}
	h.items[i] = x
	return top
}

// spread is a claim on the points of a mesh: each goes to the seed that reaches it most cheaply, so that every claim is
// in one piece.
type spread struct {
	label []int32   // per point: the seed's label, -1 = reached by none
	cost  []float32 // per point: from its seed
}

// source is where a label starts to spread, and how much dearer than others it moves.
type source struct {
	at    int32
	label int32
	drag  float32
}

// spreadFrom lets the sources spread over the mesh. cost prices a step from p in a direction; negative forbids it.
// Time O(n log n).
func (m *mesh) spreadFrom(sources []source, cost func(p, q int32, dir int) float32) spread {
	s := spread{make([]int32, m.size()), make([]float32, m.size())}
	for i := range s.label {
		s.label[i], s.cost[i] = -1, float32(math.Inf(1))
	}
	drag := make(map[int32]float32, len(sources))
	var queue heap
	for _, src := range sources {
		if s.label[src.at] >= 0 {
			continue
		}
		s.label[src.at], s.cost[src.at] = src.label, 0
		drag[src.label] = src.drag
		queue.push(0, src.at)
	}
	for len(queue.items) > 0 {
		x := queue.pop()
		if x.cost > s.cost[x.at] {
			continue
		}
		slow := drag[s.label[x.at]]
		for dir := range 6 {
			q := m.next(x.at, dir)
			if q < 0 {
				continue
			}
			step := cost(x.at, q, dir)
			if step < 0 {
				continue
			}
			if c := x.cost + step*slow; c < s.cost[q] {
				s.cost[q], s.label[q] = c, s.label[x.at]
				queue.push(c, q)
			}
		}
	}
	return s
}

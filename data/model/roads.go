package model

import "sitecover/geo/network"

// line is a road as drawn: its shape in the plane and what is known of it.
type line struct {
	pts    []vec
	class  network.Class
	link   bool // a ramp of a motorway
	name   string
	ref    string
	oneway bool
	trim   bool // loose ends are cut back to the last junction
	apart  bool // above the others: joins them only where they share a point on purpose
}

// roads routes roads over the mesh. A road follows what is there already, so that routes grow into trees with shared
// trunks, and shuns hills and water, so that bridges are few.
type roads struct {
	m       *mesh
	used    []uint8 // per edge of the mesh: road class + 1, 0 = no road
	placed  map[int32]vec
	pending []path
	lines   []line
	main    []bool // per point: a main road is near

	cost  []float32
	from  []int8
	stamp []int32
	run   int32
}

// path is a routed road that has no final shape yet.
type path struct {
	line
	points []int32
}

// errand is a road to be routed.
type errand struct {
	from, to int32
	line     line
	toll     float32 // metres that a step over water costs
	limit    int     // points to look at before giving up
}

func newRoads(m *mesh) *roads {
	n := m.size()
	return &roads{m: m, used: make([]uint8, 3*n), placed: map[int32]vec{}, main: make([]bool, n),
		cost: make([]float32, n), from: make([]int8, n), stamp: make([]int32, n)}
}

// pull returns 1 near a main road, 0 elsewhere.
func (r *roads) pull(p int32) float64 {
	if r.main[p] {
		return 1
	}
	return 0
}

// existing is the price of using a road that is there, as a share of open country.
const existing = 0.38

// build routes one road by A* and notes its new parts. It reports whether there is a way.
func (w *world) build(e errand) bool {
	r, m := w.roads, w.mesh
	if e.from == e.to || w.county[e.from] < 0 || w.county[e.to] < 0 {
		return e.from == e.to
	}
	r.run++
	goal := m.at(e.to)
	var queue heap
	r.cost[e.from], r.stamp[e.from], r.from[e.from] = 0, r.run, -1
	queue.push(0, e.from)
	for looked := 0; len(queue.items) > 0; looked++ {
		x := queue.pop()
		if x.at == e.to {
			r.keep(e)
			return true
		}
		if looked > e.limit {
			return false
		}
		for dir := range 6 {
			q := m.next(x.at, dir)
			if q < 0 || w.county[q] < 0 {
				continue
			}
			c := r.cost[x.at] + w.step(x.at, q, dir, e.toll)
			if r.stamp[q] != r.run || c < r.cost[q] {
				r.cost[q], r.stamp[q], r.from[q] = c, r.run, int8(dir)
				queue.push(c+existing*float32(m.at(q).dist(goal)), q)
			}
		}
	}
	return false
}

// step is the price of building a road from p to its neighbour q.
func (w *world) step(p, q int32, dir int, toll float32) float32 {
	e := w.mesh.edge(p, dir)
	c := float32(w.mesh.step)
	if w.roads.used[e] > 0 {
		return existing * c
	}
	h := max(w.hill[q], 0)
	c *= 1 + 2.2*h*h + 0.85*(1+w.rough[q])
	if k, ok := w.cuts.at(e); ok {
		c += toll * min(1, 0.3+k.toll/5000)
	} else if w.wet[q] {
		c += toll
	}
	return c
}

// keep notes the parts of the way found that are new.
func (r *roads) keep(e errand) {
	at := e.to
	var part []int32
	flush := func() {
		if len(part) > 1 {
			r.pending = append(r.pending, path{e.line, part})
		}
		part = nil
	}
	for at != e.from {
		back := r.m.next(at, int(r.from[at]+3)%6)
		edge := r.m.edge(at, int(r.from[at]+3)%6)
		if r.used[edge] > 0 {
			flush()
		} else {
			r.used[edge] = uint8(e.line.class) + 1
			if part == nil {
				part = append(part, at)
			}
			part = append(part, back)
		}
		at = back
	}
	flush()
}

// draw gives the routed roads their shape: mesh points that are not placed yet are shaken a little and then drawn
// towards their neighbours along the roads, which rounds the corners of the mesh. Junctions stay joined.
func (r *roads) draw(shake noise) {
	var order []int32
	index := map[int32]int32{}
	id := func(p int32) int32 {
		i, ok := index[p]
		if !ok {
			i = int32(len(order))
			index[p] = i
			order = append(order, p)
		}
		return i
	}
	near := [][]int32{}
	link := func(a, b int32) {
		for len(near) < len(order) {
			near = append(near, nil)
		}
		near[a], near[b] = append(near[a], b), append(near[b], a)
	}
	for _, p := range r.pending {
		for i := 1; i < len(p.points); i++ {
			link(id(p.points[i-1]), id(p.points[i]))
		}
	}
	r.relax(order, near, shake)
	for _, p := range r.pending {
		l := p.line
		for _, q := range p.points {
			l.pts = append(l.pts, r.placed[q])
		}
		r.lines = append(r.lines, l)
	}
	r.pending = nil
}

// relax moves the points that are not placed yet and places them.
func (r *roads) relax(order []int32, near [][]int32, shake noise) {
	at, next := make([]vec, len(order)), make([]vec, len(order))
	fixed := make([]bool, len(order))
	for i, p := range order {
		at[i], fixed[i] = r.placed[p], true
		if _, ok := r.placed[p]; !ok {
			fixed[i] = len(near[i]) == 1 // ends stay where they were asked for
			at[i] = r.m.at(p)
			if !fixed[i] {
				at[i] = at[i].add(vec{shake.cell(int64(p), 1) - 0.5, shake.cell(int64(p), 2) - 0.5}.mul(0.5 * r.m.step))
			}
		}
	}
	for range 6 {
		for i := range at {
			next[i] = at[i]
			if fixed[i] {
				continue
			}
			var sum vec
			for _, j := range near[i] {
				sum = sum.add(at[j])
			}
			next[i] = at[i].lerp(sum.mul(1/float64(len(near[i]))), 0.55)
		}
		at, next = next, at
	}
	for i, p := range order {
		r.placed[p] = at[i]
	}
}

// planMainRoads routes the roads between counties and towns.
func (w *world) planMainRoads() {
	w.roads = newRoads(w.mesh)
	w.rough = make([]float32, w.mesh.size())
	for p, c := range w.county {
		if c >= 0 {
			w.rough[p] = float32(w.seed.field(41).fbm(w.mesh.at(int32(p)).mul(1/700.0), 2))
		}
	}
	limit := w.mesh.size()/w.land.counties*2 + 1000
	toll := float32(1600 * w.land.scale)
	build := func(a, b int32, l line) { w.build(errand{a, b, l, toll, limit}) }
	for i := range w.land.counties {
		g := w.gates(i)
		national := line{class: network.Primary, name: "国道", ref: "G9" + pad(90+i/w.land.cols%10, 2)}
		build(g.west, g.north, national)
		build(g.north, g.newTown, national)
		build(g.newTown, g.east, national)
		provincial := line{class: network.Primary, name: "省道", ref: "S9" + pad(i%w.land.cols%100, 2)}
		build(g.top, g.north, provincial)
		build(g.north, g.bridge, provincial)
		build(g.bridge, g.south, provincial)
		build(g.south, g.bottom, provincial)
	}
	for t := range w.towns {
		if x := &w.towns[t]; !x.street {
			g := w.gates(x.county)
			to := g.north
			for _, other := range []int32{g.newTown, g.south} {
				if w.mesh.at(other).dist(x.centre) < w.mesh.at(to).dist(x.centre) {
					to = other
				}
			}
			build(w.mesh.nearest(x.centre), to, line{class: network.Secondary, name: x.name[:len(x.name)-len("镇")] + "线", ref: "X" + pad(901+t%99, 3)})
		}
	}
	w.linkTowns(build)
	w.roads.draw(w.seed.field(42))
	for _, l := range w.roads.lines {
		w.mark(l.pts, 260)
		for _, p := range l.pts {
			w.mesh.disc(p, 500, func(q int32, _ vec) { w.roads.main[q] = true })
		}
	}
}

// linkTowns joins neighbouring towns: two are neighbours when no third is nearer to both (the relative neighbourhood
// graph).
func (w *world) linkTowns(build func(a, b int32, l line)) {
	reach := 0.6 * w.land.pitch
	b := newBuckets(w.land.area, reach, len(w.towns), func(i int) box { return boxOf(w.towns[i].centre, w.towns[i].centre, 0) })
	for i := range w.towns {
		c := w.towns[i].centre
		var near []int32
		b.near(boxOf(c, c, reach), func(j int32) { near = append(near, j) })
		for _, j := range near {
			if int(j) <= i || w.towns[i].street || w.towns[j].street || c.dist(w.towns[j].centre) > reach {
				continue
			}
			d, between := c.dist(w.towns[j].centre), false
			for _, k := range near {
				o := w.towns[k].centre
				between = between || int(k) != i && k != j && max(o.dist(c), o.dist(w.towns[j].centre)) < d
			}
			if !between {
				build(w.mesh.nearest(c), w.mesh.nearest(w.towns[j].centre), line{class: network.Tertiary, name: "乡道", ref: "Y" + pad(901+i%99, 3)})
			}
		}
	}
}

// gates are the mesh points of a county through which its main roads run.
type gates struct{ west, east, top, bottom, north, newTown, bridge, south int32 }

func (w *world) gates(i int) gates {
	l, s := w.land, w.land.scale
	c, k := i%l.cols, i/l.cols
	seat := l.seat(i)
	odd := k & 1
	return gates{
		west: w.border(l.centre(c, k), l.centre(c-1, k)), east: w.border(l.centre(c, k), l.centre(c+1, k)),
		top:     w.border(l.centre(c, k), l.centre(c+odd, k+1)),
		bottom:  w.border(l.centre(c, k), l.centre(c-1+odd, k-1)),
		north:   w.dry(seat.add(vec{-1500 * s, 2000 * s})),
		newTown: w.dry(l.newTownAt(i).add(vec{0, 1500 * s})),
		bridge:  w.dry(seat.add(vec{-2500 * s, -300 * s})),
		south:   w.dry(l.southAt(i).add(vec{-2100 * s, -400 * s})),
	}
}

// border returns the mesh point where the way from county centre a to b leaves the world, or the middle of the way.
func (w *world) border(a, b vec) int32 {
	best := w.mesh.nearest(a)
	mid := a.lerp(b, 0.5)
	if c := w.mesh.nearest(mid); w.county[c] >= 0 && w.county[w.mesh.nearest(b)] >= 0 {
		return w.dry(mid)
	}
	for t := 0.0; t < 1; t += 0.004 {
		p := w.mesh.nearest(a.lerp(b, t))
		if w.county[p] < 0 {
			break
		}
		if !w.wet[p] {
			best = p
		}
	}
	return best
}

// dry returns the mesh point nearest to v that is land of the model.
func (w *world) dry(v vec) int32 {
	best, found := 1e18, w.mesh.nearest(v)
	for radius := 2 * w.mesh.step; radius < 40*w.mesh.step && best > 1e17; radius *= 2 {
		w.mesh.disc(v, radius, func(p int32, at vec) {
			if d := at.dist(v); d < best && w.county[p] >= 0 && !w.wet[p] {
				best, found = d, p
			}
		})
	}
	return found
}

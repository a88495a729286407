package model

import (
	"math"

	"sitecover/geo/network"
)

// habit is how the streets of a kind of settlement are laid out.
type habit struct {
	warp  float64                 // bend of the grid, as a share of the spacing
	keep  float64                 // share of the minor streets that exist
	lanes float64                 // share of the blocks with a lane through them
	class func(i int) streetClass // of the i-th street from the middle
}

// streetClass is a class and whether streets of it reach beyond the built-up rim, to meet the roads around.
type streetClass struct {
	class network.Class
	far   bool
}

func grid(every int, main, middle network.Class) func(int) streetClass {
	return func(i int) streetClass {
		switch {
		case i%(2*every) == 0:
			return streetClass{main, true}
		case i%every == 0:
			return streetClass{middle, false}
		}
		return streetClass{network.Residential, false}
	}
}

func alley(i int) streetClass {
	if i == 0 {
		return streetClass{network.Residential, true}
	}
	if i%2 != 0 {
		return streetClass{network.LivingStreet, false}
	}
	return streetClass{network.Service, false}
}

func habitOf(k kind) habit {
	switch k {
	case oldTown:
		return habit{0.30, 0.84, 0.45, grid(3, network.Secondary, network.Tertiary)}
	case oldRing:
		return habit{0.22, 0.80, 0.60, grid(2, network.Secondary, network.Tertiary)}
	case newTown:
		return habit{0.05, 0.90, 0.75, grid(2, network.Secondary, network.Tertiary)}
	case southTown:
		return habit{0.06, 0.80, 0.35, grid(2, network.Secondary, network.Tertiary)}
	case estate:
		return habit{0.08, 0.90, 0.20, alley}
	case townSeat:
		return habit{0.22, 0.82, 0.40, grid(3, network.Tertiary, network.Residential)}
	case village:
		return habit{0.35, 0.66, 0.12, alley}
	}
	return habit{0.35, 0.72, 0, alley}
}

// layout is one settlement's street plan in the making.
type layout struct {
	w        *world
	zone     int
	x        *settlement
	h        habit
	rim      noise
	bend     noise
	cos, sin float64
	n        int // streets on either side of the middle
}

// layStreets draws the streets of settlement zone.
func (w *world) layStreets(zone int) {
	x := &w.settlements[zone]
	g := layout{w: w, zone: zone, x: x, h: habitOf(x.kind), rim: w.seed.field(24), bend: w.seed.field(43).field(uint64(zone)),
		cos: math.Cos(x.angle), sin: math.Sin(x.angle)}
	g.n = int(1.35*max(x.rx, x.ry)/x.spacing) + 1
	for i := -g.n; i <= g.n; i++ {
		g.street(i, 0)
		g.street(i, 1)
	}
	for i := -g.n; i < g.n; i++ {
		for j := -g.n; j < g.n; j++ {
			g.lane(i, j)
		}
	}
}

// at returns the place of grid coordinates (a, b).
func (g *layout) at(a, b float64) vec {
	s := g.x.spacing
	p := vec{a * s, b * s}
	q := p.mul(1 / (2.6 * s))
	p.x += 1.3 * g.h.warp * s * g.bend.fbm(q, 2)
	p.y += 1.3 * g.h.warp * s * g.bend.field(1).fbm(q, 2)
	return g.x.centre.add(p.rot(g.cos, g.sin))
}

// point returns the place at b along street i of the family: 0 runs across, 1 along.
func (g *layout) point(family int, i, b float64) vec {
	if family == 0 {
		return g.at(i, b)
	}
	return g.at(b, i)
}

// dice returns a fixed random number in [0, 1) for a piece of street.
func (g *layout) dice(family, i, j int) float64 {
	return g.bend.field(2).field(uint64(family)).cell(int64(i), int64(j))
}

// street draws the pieces of one street that are kept, joined where they follow each other.
func (g *layout) street(i, family int) {
	c := g.h.class(abs(i))
	l := line{class: c.class, name: g.name(family, i, c), trim: c.class <= network.Tertiary}
	l.oneway = g.x.kind == oldTown && c.class == network.Residential && g.dice(5+family, i, 0) < 0.3
	flush := func() {
		if len(l.pts) > 1 {
			g.w.roads.lines = append(g.w.roads.lines, l)
		}
		l.pts = nil
	}
	for j := -g.n; j < g.n; j++ {
		a, m, b := g.point(family, float64(i), float64(j)), g.point(family, float64(i), float64(j)+0.5), g.point(family, float64(i), float64(j)+1)
		if !c.far && g.dice(family, i, j) > g.h.keep || !g.allowed(a, m, b, c.far) {
			flush()
			continue
		}
		if l.pts == nil {
			l.pts = append(l.pts, a)
		}
		l.pts = append(l.pts, m, b)
	}
	flush()
}

// allowed reports whether a piece of street lies in the settlement, on dry land, and not beside a road that is there.
func (g *layout) allowed(a, m, b vec, far bool) bool {
	w, x := g.w, g.x
	if far {
		out := settlement{kind: x.kind, centre: x.centre, angle: x.angle, rx: 1.3 * x.rx, ry: 1.3 * x.ry}
		if x.kind == oldTown {
			out = *x
		}
		if !out.holds(m, g.rim) {
			return false
		}
	} else if !x.holds(a, g.rim) || !x.holds(b, g.rim) {
		return false
	}
	if w.county[w.mesh.nearest(m)] < 0 || g.zone < w.urban && w.land.bank(x.county, m) != w.land.bank(x.county, x.centre) {
		return false
	}
	if z := w.zoneAt(m); g.zone < w.urban && z >= 0 && z != g.zone || g.zone >= w.urban && z >= 0 {
		return false
	}
	if _, wet := w.land.crosses(a, b); wet || w.land.water(a, 14) || w.land.water(m, 14) || w.land.water(b, 14) {
		return false
	}
	near := 0.3 * x.spacing
	if far && g.zone < w.urban {
		near = min(0.5*x.spacing, 95)
	}
	return !(w.beside(a, near) && w.beside(m, near) && w.beside(b, near))
}

// lane draws a lane through block (i, j), or a blind one into it.
func (g *layout) lane(i, j int) {
	d := g.dice(7, i, j)
	if d > g.h.lanes {
		return
	}
	family := 0
	if g.dice(8, i, j) < 0.5 {
		family = 1
		i, j = j, i
	}
	u, v := float64(i)+0.5, float64(j)
	a, m, b := g.point(family, u, v), g.point(family, u, v+0.5), g.point(family, u, v+1)
	if !g.allowed(a, m, b, false) {
		return
	}
	l := line{class: network.Service, pts: []vec{a, m, b}}
	switch {
	case d < 0.25*g.h.lanes:
		l.class = network.Footway
	case d < 0.5*g.h.lanes:
		l.class = network.LivingStreet
	case d > 0.8*g.h.lanes:
		l.pts = l.pts[:2]
	}
	g.w.roads.lines = append(g.w.roads.lines, l)
}

// name returns the street's name; lanes and village streets have none.
func (g *layout) name(family, i int, c streetClass) string {
	if g.x.kind > southTown && !(g.x.kind == townSeat && i == 0) {
		return ""
	}
	if c.class == network.Residential && i%2 != 0 {
		return ""
	}
	// One pool per direction; neighbouring parts of the seat start at different places in it.
	pool := streetNames[family]
	return pool[(i+g.n+int(g.x.kind)*7)%len(pool)]
}

func abs(i int) int {
	if i < 0 {
		return -i
	}
	return i
}

// layUrbanStreets draws the streets of county seats and towns, the ring road of the old town, and the boulevards that
// join its parts over the rivers.
func (w *world) layUrbanStreets() {
	w.indexMain()
	from := len(w.roads.lines)
	for i := range w.land.counties {
		z, _ := w.zones(i)
		old := &w.settlements[z]
		ring := line{class: network.Secondary, name: "环城路"}
		for j := range 73 {
			a := 2 * math.Pi * float64(j%72) / 72
			r := old.rx * (1 + 0.04*w.seed.field(44).field(uint64(i)).at(3*math.Cos(a), 3*math.Sin(a)))
			ring.pts = append(ring.pts, old.centre.add(vec{r * math.Cos(a), r * math.Sin(a)}))
		}
		w.roads.lines = append(w.roads.lines, ring)
		w.boulevard("建设大道", old.axis(1, 0), w.settlements[z+2].axis(-0.7, 0))
		w.boulevard("人民大道", old.axis(0, -1), w.settlements[z+3].axis(-0.25, 0.7))
	}
	w.indexMain()
	for i := range w.settlements {
		w.layStreets(i)
	}
	for _, l := range w.roads.lines[from:] {
		if l.class <= network.Tertiary {
			w.mark(l.pts, 600)
		}
	}
}

// axis returns the place at (u, v) of the settlement's half axes.
func (x *settlement) axis(u, v float64) vec {
	return x.centre.add(vec{u * x.rx, v * x.ry}.rot(math.Cos(x.angle), math.Sin(x.angle)))
}

// boulevard draws a straight wide street, over whatever water lies in its way.
func (w *world) boulevard(name string, a, b vec) {
	l := line{class: network.Secondary, name: name, trim: true}
	n := int(a.dist(b)/70) + 1
	for i := range n + 1 {
		l.pts = append(l.pts, a.lerp(b, float64(i)/float64(n)))
	}
	w.roads.lines = append(w.roads.lines, l)
}

// indexMain files the roads drawn so far, for beside.
func (w *world) indexMain() {
	w.drawn = w.drawn[:0]
	for _, l := range w.roads.lines {
		for i := 1; i < len(l.pts); i++ {
			w.drawn = append(w.drawn, [2]vec{l.pts[i-1], l.pts[i]})
		}
	}
	w.drawnIndex = newBuckets(w.land.area, 250, len(w.drawn), func(i int) box { return boxOf(w.drawn[i][0], w.drawn[i][1], 95) })
}

// beside reports whether p is within d metres (at most 95) of a road drawn before.
func (w *world) beside(p vec, d float64) bool {
	for _, i := range w.drawnIndex.at(p) {
		if _, x := onSegment(p, w.drawn[i][0], w.drawn[i][1]); x < d {
			return true
		}
	}
	return false
}

package model

import (
	"math"

	"sitecover/geo/network"
)

// layExpressways draws one expressway along every row of counties: two carriageways, joined to the other roads only at
// interchanges.
func (w *world) layExpressways() {
	var routed []line
	for _, l := range w.roads.lines {
		if l.class == network.Primary || l.class == network.Secondary && l.ref != "" {
			routed = append(routed, l)
		}
	}
	for k := range w.land.rows {
		for _, mid := range w.insideRuns(w.expressway(k)) {
			w.carriageways(mid, "G9"+pad(980+k%20, 3), routed)
		}
	}
}

// expressway returns the middle line of the expressway of row k: north of the main river, following its large bends.
func (w *world) expressway(k int) []vec {
	l := w.land
	n := w.seed.field(3).field(uint64(k)) // the river's own
	var out []vec
	for s := l.area.min.x; s <= l.area.max.x; s += 100 {
		u := s / l.scale
		out = append(out, vec{s, float64(k)*l.row + 0.118*l.pitch + l.scale*(3200*n.at(u/15000, 0.5)-1300)})
	}
	return out
}

// insideRuns cuts a line to the runs inside the model.
func (w *world) insideRuns(pts []vec) [][]vec {
	var runs [][]vec
	var run []vec
	for _, p := range append(pts, vec{math.Inf(1), 0}) {
		if !math.IsInf(p.x, 1) && w.county[w.mesh.nearest(p)] >= 0 {
			run = append(run, p)
			continue
		}
		if len(run) > 30 {
			runs = append(runs, run)
		}
		run = nil
	}
	return runs
}

// aside returns the line moved d metres to the left of its direction.
func aside(pts []vec, d float64) []vec {
	out := make([]vec, len(pts))
	for i, p := range pts {
		dir := pts[min(i+1, len(pts)-1)].sub(pts[max(i-1, 0)]).unit()
		out[i] = p.add(dir.left().mul(d))
	}
	return out
}

// junction is where the expressway crosses a road that may get an interchange.
type junction struct {
	at    int // index into the middle line
	road  int // index into the routed lines
	point int // index into its points
}

// carriageways draws both directions and the ramps. Traffic keeps to the right: eastbound runs on the south side.
func (w *world) carriageways(mid []vec, ref string, routed []line) {
	eastbound, westbound := aside(mid, -14), aside(mid, 14)
	l := line{class: network.Motorway, name: "示例高速", ref: ref, oneway: true, apart: true}
	l.pts = eastbound
	w.roads.lines = append(w.roads.lines, l)
	l.pts = reversed(westbound)
	w.roads.lines = append(w.roads.lines, l)
	last := math.Inf(-1)
	for _, j := range w.junctions(mid, routed) {
		x := mid[j.at].x
		if x-last < 0.14*w.land.pitch || j.at < 8 || j.at > len(mid)-9 {
			continue
		}
		last = x
		w.ramps(j, eastbound, westbound, routed[j.road])
	}
}

// junctions finds the crossings of the middle line with the routed roads, from west to east.
func (w *world) junctions(mid []vec, routed []line) []junction {
	b := newBuckets(w.land.area, 400, len(mid)-1, func(i int) box { return boxOf(mid[i], mid[i+1], 0) })
	var found []junction
	for r, l := range routed {
		for p := 1; p < len(l.pts); p++ {
			hit := -1
			b.near(boxOf(l.pts[p-1], l.pts[p], 0), func(i int32) {
				if _, _, ok := crossing(mid[i], mid[i+1], l.pts[p-1], l.pts[p]); ok {
					hit = int(i)
				}
			})
			if hit >= 0 {
				found = append(found, junction{hit, r, p})
			}
		}
	}
	sortBy(found, func(a, b junction) bool {
		if a.at != b.at {
			return a.at < b.at
		}
		return a.road < b.road
	})
	return found
}

// ramps draws the four ramps of a diamond between the carriageways and the points of the road two steps away.
func (w *world) ramps(j junction, eastbound, westbound []vec, road line) {
	before, after := road.pts[max(j.point-3, 0)], road.pts[min(j.point+2, len(road.pts)-1)]
	south, north := before, after
	dir := eastbound[j.at+1].sub(eastbound[j.at])
	if rel := after.sub(before); dir.x*rel.y-dir.y*rel.x < 0 {
		south, north = after, before
	}
	ramp := func(a, b vec, along vec) {
		l := line{class: network.Motorway, link: true, name: "互通匝道", oneway: true, apart: true}
		ctl := a.lerp(b, 0.5).add(along)
		for i := range 9 {
			t := float64(i) / 8
			l.pts = append(l.pts, a.lerp(ctl, t).lerp(ctl.lerp(b, t), t))
		}
		w.roads.lines = append(w.roads.lines, l)
	}
	out := dir.unit().left().mul(-60)
	ramp(eastbound[j.at-5], south, out)
	ramp(south, eastbound[j.at+6], out)
	ramp(westbound[j.at+6], north, out.mul(-1))
	ramp(north, westbound[j.at-5], out.mul(-1))
}

func reversed(pts []vec) []vec {
	out := make([]vec, len(pts))
	for i, p := range pts {
		out[len(pts)-1-i] = p
	}
	return out
}

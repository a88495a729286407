package model

import (
	"math"

	"sitecover/geo/network"
)

// planVillageRoads routes a road from every village to its town, some between neighbouring villages, and lanes to the
// hamlets. A few hamlets in the hills have no road at all.
func (w *world) planVillageRoads() {
	toll := float32(7000 * w.land.scale)
	limit := w.mesh.size()/w.land.counties + 1000
	seat := make([]int32, len(w.towns))
	for t := range w.towns {
		seat[t] = w.mesh.nearest(w.towns[t].centre)
		if w.towns[t].street {
			g := w.gates(w.towns[t].county)
			seat[t] = [3]int32{g.north, g.newTown, g.south}[min(t-w.firstTown(t), 2)]
		}
	}
	for i := w.urban; i < len(w.settlements); i++ {
		if x := &w.settlements[i]; x.kind == village {
			w.build(errand{w.mesh.nearest(x.centre), seat[x.town], line{class: network.Tertiary, name: x.name + "路"}, toll, limit})
		}
	}
	w.linkVillages(toll)
	w.linkHamlets(toll)
	w.roads.draw(w.seed.field(45))
}

// firstTown returns the first town of the county that town t belongs to.
func (w *world) firstTown(t int) int {
	for t > 0 && w.towns[t-1].county == w.towns[t].county {
		t--
	}
	return t
}

// linkVillages joins villages that are relative neighbours.
func (w *world) linkVillages(toll float32) {
	reach := 2600 * max(w.land.scale, 0.5)
	var at []vec
	for _, x := range w.settlements {
		if x.kind == village {
			at = append(at, x.centre)
		}
	}
	b := newBuckets(w.land.area, reach, len(at), func(i int) box { return boxOf(at[i], at[i], 0) })
	for i, c := range at {
		var near []int32
		b.near(boxOf(c, c, reach), func(j int32) { near = append(near, j) })
		for _, j := range near {
			d := c.dist(at[j])
			if int(j) <= i || d > reach {
				continue
			}
			between := false
			for _, k := range near {
				between = between || int(k) != i && k != j && max(at[k].dist(c), at[k].dist(at[j])) < d
			}
			if !between {
				w.build(errand{w.mesh.nearest(c), w.mesh.nearest(at[j]), line{class: network.Unclassified}, toll, 4000})
			}
		}
	}
}

// linkHamlets joins hamlets to their villages by lanes, and some to each other by field tracks.
func (w *world) linkHamlets(toll float32) {
	rng := w.seed.field(46).rand(0)
	homes := make([]vec, len(w.communities))
	for c := range w.communities {
		homes[c] = w.mesh.at(w.communities[c].seed)
	}
	prev := int32(-1)
	for i := range w.settlements {
		x := &w.settlements[i]
		if x.kind != hamlet || w.land.onIsland(x.centre) {
			continue // an island has a ferry, see joiner.tie
		}
		home := homes[x.community]
		p := w.mesh.nearest(x.centre)
		remote := w.hill[p] > 0.5 && rng.Float64() < 0.35
		if !remote && x.centre.dist(home) < 2500 {
			w.build(errand{p, w.mesh.nearest(home), line{class: network.Unclassified}, toll, 4000})
		}
		if prev >= 0 && w.settlements[prev].community == x.community && rng.Float64() < 0.6 {
			w.build(errand{p, w.mesh.nearest(w.settlements[prev].centre), line{class: network.Track}, toll * 3, 2500})
		}
		prev = int32(i)
	}
}

// layVillageStreets draws the lanes of villages and hamlets, and footpaths into the fields and hills.
func (w *world) layVillageStreets() {
	w.indexMain()
	rng := w.seed.field(47).rand(0)
	for i := w.urban; i < len(w.settlements); i++ {
		x := &w.settlements[i]
		if x.kind != village && x.kind != hamlet {
			continue
		}
		w.layStreets(i)
		for range rng.IntN(3) {
			w.footpath(x.centre, 2*math.Pi*rng.Float64(), 200+450*rng.Float64(), w.seed.field(48).field(rng.Uint64()))
		}
	}
}

// footpath draws a winding path from c until it meets water or the border.
func (w *world) footpath(c vec, angle, length float64, bend noise) {
	l := line{class: network.Path, pts: []vec{c}}
	for s := 0.0; s < length; s += 55 {
		angle += 0.5 * bend.at(s/160, 0.5)
		p := l.pts[len(l.pts)-1].add(vec{55 * math.Cos(angle), 55 * math.Sin(angle)})
		if w.county[w.mesh.nearest(p)] < 0 || w.land.water(p, 10) || w.zoneAt(p) >= 0 {
			break
		}
		if _, wet := w.land.crosses(l.pts[len(l.pts)-1], p); wet {
			break
		}
		l.pts = append(l.pts, p)
	}
	if len(l.pts) > 3 {
		w.roads.lines = append(w.roads.lines, l)
	}
}

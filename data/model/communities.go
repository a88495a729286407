package model

import "math"

// makeCommunities divides every town among its communities, and then makes the odd cases that real boundaries have: a
// village with an island in another's lake, one with an exclave in the next town, and one that lies inside another.
func (w *world) makeCommunities() {
	var seeds []source
	for c, x := range w.communities {
		seeds = append(seeds, source{x.seed, int32(c), 1})
	}
	w.communityOf = w.mesh.spreadFrom(seeds, inside(w.townOf.label, w.price(w.seed.field(32), 800)))
	for i := range w.land.counties {
		if w.land.scale < 0.5 {
			continue // too small for discs of several mesh points
		}
		w.makeIsland(i)
		w.makeExclave(i)
		w.makeEnclave(i)
	}
	w.nameCommunities()
}

// makeIsland gives the lake's island to a village on the shore, and the water around it to another.
func (w *world) makeIsland(county int) {
	k := w.land.lakes[county]
	label := w.communityOf.label
	c := k.island.centre
	host := label[w.mesh.nearest(c)]
	if host < 0 {
		return
	}
	owner := w.nearestCommunity(c, func(o int32) bool {
		return o != host && w.communities[o].town == w.communities[host].town
	})
	if owner < 0 {
		return
	}
	w.mesh.disc(c, 2.1*k.island.radius, func(p int32, _ vec) {
		if label[p] >= 0 && w.communities[label[p]].seed != p {
			label[p] = host
		}
	})
	n := 0
	w.mesh.disc(c, 1.6*k.island.radius, func(p int32, at vec) {
		if k.island.holds(c.lerp(at, 0.85)) && w.communities[host].seed != p {
			label[p] = owner
			n++
		}
	})
	if n > 0 {
		w.addOutpost(c, owner, 230)
	}
}

// addOutpost puts a hamlet on land that a community owns away from home.
func (w *world) addOutpost(c vec, owner int32, people float64) {
	t := w.communities[owner].town
	w.settlements = append(w.settlements, settlement{kind: hamlet, county: w.towns[t].county, town: t, community: owner,
		centre: c, rx: 150, ry: 110, spacing: 70, people: people})
}

// nearestCommunity returns the community of the smallest distance from c to its seed that fits; -1 for none.
func (w *world) nearestCommunity(c vec, fits func(int32) bool) int32 {
	best, found := math.Inf(1), int32(-1)
	for o := range w.communities {
		if d := w.mesh.at(w.communities[o].seed).dist(c); d < best && fits(int32(o)) {
			best, found = d, int32(o)
		}
	}
	return found
}

// lonely returns the community that holds the whole disc, -1 when several do or a seed lies in it.
func (w *world) lonely(c vec, radius float64) int32 {
	label := w.communityOf.label
	host := label[w.mesh.nearest(c)]
	w.mesh.disc(c, radius, func(p int32, _ vec) {
		if label[p] != host || w.wet[p] || host >= 0 && w.communities[host].seed == p {
			host = -1
		}
	})
	return host
}

// findLonely looks for a disc inside one rural community of the county, trying places in turn from a fixed random order.
func (w *world) findLonely(county int, part uint64, radius float64, fits func(host int32, c vec) bool) (vec, int32) {
	rng := w.seed.field(part).rand(uint64(county))
	mid := w.land.seat(county)
	for range 4000 {
		a, r := 2*math.Pi*rng.Float64(), 0.45*w.land.pitch*math.Sqrt(rng.Float64())
		c := w.mesh.at(w.mesh.nearest(mid.add(vec{r * math.Cos(a), r * math.Sin(a)})))
		if w.county[w.mesh.nearest(c)] != int32(county) || w.zoneAt(c) >= 0 {
			continue
		}
		if host := w.lonely(c, radius+2.2*w.mesh.step); host >= 0 && !w.communities[host].urban && fits(host, c) {
			return c, host
		}
	}
	return vec{}, -1
}

// makeExclave gives a disc of one town's land to a village of the next town.
func (w *world) makeExclave(county int) {
	radius := 4.2 * w.mesh.step
	owner := int32(-1)
	c, host := w.findLonely(county, 33, radius, func(host int32, c vec) bool {
		owner = w.nearestCommunity(c, func(o int32) bool {
			return !w.communities[o].urban && w.countyOf(int(o)) == county && w.communities[o].town != w.communities[host].town
		})
		return owner >= 0 && w.mesh.at(w.communities[owner].seed).dist(c) < 0.09*w.land.pitch
	})
	if host < 0 {
		return
	}
	w.claim(c, radius, owner)
	w.addOutpost(c, owner, 260)
}

// makeEnclave founds a community inside another.
func (w *world) makeEnclave(county int) {
	radius := 5.2 * w.mesh.step
	c, host := w.findLonely(county, 34, radius, func(int32, vec) bool { return true })
	if host < 0 {
		return
	}
	own := int32(len(w.communities))
	w.communities = append(w.communities, community{town: w.communities[host].town, seed: w.mesh.nearest(c), enclos: true})
	w.claim(c, radius, own)
	w.settlements = append(w.settlements, settlement{kind: village, county: county, town: w.communities[host].town,
		community: own, centre: c, rx: 210, ry: 150, spacing: 78, people: 640})
}

// claim gives an uneven disc to a community.
func (w *world) claim(c vec, radius float64, owner int32) {
	b := blob{c, radius * 0.9, 0.25, w.seed.field(35).field(uint64(owner))}
	w.mesh.disc(c, radius, func(p int32, at vec) {
		if b.holds(at) {
			w.communityOf.label[p] = owner
		}
	})
}

package model

import (
	"math"
	"math/rand/v2"
)

// Shares of a county's communities.
const (
	urbanShare = 0.24 // neighbourhoods of the county seat
	seatShare  = 0.05 // second neighbourhoods of towns
)

// makeVillages places the seeds of all communities: neighbourhoods in the seat, one or two in every town, villages in
// between.
func (w *world) makeVillages() {
	first, list := pointsOf(w.townOf.label, len(w.towns))
	taken := map[int32]bool{}
	for i := range w.land.counties {
		rng := w.seed.field(30).rand(uint64(i))
		n := w.share(fullCommunities, 8)
		from := len(w.communities)
		w.seedNeighbourhoods(rng, i, int(math.Round(urbanShare*float64(n))), taken)
		w.seedTowns(rng, i, int(math.Round(seatShare*float64(n))), taken)
		w.seedVillages(rng, i, n-(len(w.communities)-from)-enclaves(w.land), first, list)
	}
}

// enclaves is how many communities of a county lie wholly inside another.
func enclaves(l *land) int {
	if l.scale < 0.5 {
		return 0
	}
	return 1
}

// seedNeighbourhoods spreads n neighbourhoods over the parts of the county seat, by their people.
func (w *world) seedNeighbourhoods(rng *rand.Rand, county, n int, taken map[int32]bool) {
	total := 0.0
	from, to := w.zones(county)
	for i := from; i < to; i++ {
		total += w.settlements[i].people
	}
	rest := total
	for i := from; i < to; i++ {
		x := &w.settlements[i]
		k := int(math.Round(float64(n) * rest / total))
		rest -= x.people
		k -= int(math.Round(float64(n) * rest / total))
		gap := 1.25 * math.Sqrt(math.Pi*x.rx*x.ry/float64(max(k, 1)))
		for range k {
			w.seedBest(rng, i, gap, taken)
		}
	}
}

// seedBest adds one neighbourhood to the settlement, as far from the others as 24 tries allow; gap is far enough.
func (w *world) seedBest(rng *rand.Rand, zone int, gap float64, taken map[int32]bool) {
	x := &w.settlements[zone]
	best, found := -1.0, int32(-1)
	for range 24 {
		a, r := 2*math.Pi*rng.Float64(), math.Sqrt(rng.Float64())
		c := x.centre.add(vec{x.rx * r * math.Cos(a), x.ry * r * math.Sin(a)}.rot(math.Cos(x.angle), math.Sin(x.angle)))
		p := w.mesh.nearest(c)
		if taken[p] || w.wet[p] || w.county[p] != int32(x.county) || w.zoneAt(c) != zone {
			continue
		}
		near := gap
		for q := len(w.communities) - 1; q >= 0 && w.countyOf(q) == x.county; q-- {
			near = min(near, w.mesh.at(w.communities[q].seed).dist(c))
		}
		if near > best {
			best, found = near, p
		}
	}
	if found >= 0 && best > 1.5*w.mesh.step {
		taken[found] = true
		w.addCommunity(found, true)
	}
}

func (w *world) countyOf(community int) int { return w.towns[w.communities[community].town].county }

func (w *world) addCommunity(p int32, urban bool) {
	w.communities = append(w.communities, community{town: w.townOf.label[p], seed: p, urban: urban})
}

// seedTowns gives every town one neighbourhood at its centre, and the larger ones a second, up to extra.
func (w *world) seedTowns(rng *rand.Rand, county, extra int, taken map[int32]bool) {
	for i := w.urban; i < len(w.settlements); i++ {
		x := &w.settlements[i]
		if x.county != county || x.kind != townSeat {
			continue
		}
		p := w.mesh.nearest(x.centre)
		if taken[p] {
			continue
		}
		taken[p] = true
		w.addCommunity(p, true)
		a := 2 * math.Pi * rng.Float64()
		q := w.mesh.nearest(x.centre.add(vec{math.Cos(a), math.Sin(a)}.mul(0.8 * x.rx)))
		if extra > 0 && !taken[q] && !w.wet[q] && w.townOf.label[q] == w.townOf.label[p] && w.mesh.at(q).dist(x.centre) > 3*w.mesh.step {
			taken[q] = true
			w.addCommunity(q, true)
			extra--
		}
	}
}

// seedVillages spreads n villages over the open land of the county's towns.
func (w *world) seedVillages(rng *rand.Rand, county, n int, first, list []int32) {
	var open []float64
	var ids []int
	total := 0.0
	for t := range w.towns {
		if w.towns[t].county != county {
			continue
		}
		area := 0.0
		for _, p := range list[first[t]:first[t+1]] {
			area += w.habitable(p)
		}
		ids, open, total = append(ids, t), append(open, area), total+area
	}
	rest := total
	for i, t := range ids {
		k := int(math.Round(float64(n) * rest / total))
		rest -= open[i]
		k -= int(math.Round(float64(n) * rest / total))
		if k > 0 {
			w.placeVillages(rng, int32(t), k, list[first[t]:first[t+1]])
		}
	}
}

// habitable returns how willingly people settle at a mesh point, 0 to 1.
func (w *world) habitable(p int32) float64 {
	if w.wet[p] {
		return 0
	}
	h := float64(w.hill[p])
	return min(max(1.05-1.25*max(h, 0), 0.02), 1)
}

// placeVillages puts n villages into a town, apart from each other and rather in the plain and near main roads.
func (w *world) placeVillages(rng *rand.Rand, town int32, n int, points []int32) {
	gap := w.mesh.step * math.Sqrt(float64(len(points))/float64(n))
	var here []vec
	for i := range w.communities {
		if w.communities[i].town == town {
			here = append(here, w.mesh.at(w.communities[i].seed))
		}
	}
	for range n {
		best, found := -1.0, int32(-1)
		for try := 0; try < 40 || found < 0 && try < 2000; try++ {
			p := points[rng.IntN(len(points))]
			at := w.mesh.at(p)
			if w.wet[p] || w.land.water(at, 60) || w.land.onIsland(at) || w.zoneAt(at) >= 0 {
				continue
			}
			score := w.habitable(p) * (0.6 + 0.4*rng.Float64()) * (1 + 0.25*w.roads.pull(p))
			for _, o := range here {
				d := at.dist(o)
				score = min(score, score*d/gap)
				if d < 2.5*w.mesh.step {
					score = -1
				}
			}
			if score > best {
				best, found = score, p
			}
		}
		if found < 0 {
			return // the town is full: fewer communities than asked for, never two in one place
		}
		here = append(here, w.mesh.at(found))
		w.addCommunity(found, false)
		size := math.Exp(0.45 * rng.NormFloat64())
		r := 165 * math.Sqrt(size)
		long := 1 + 0.7*rng.Float64()
		w.settlements = append(w.settlements, settlement{kind: village, county: w.towns[town].county, town: town,
			centre: w.mesh.at(found), angle: rng.Float64() * math.Pi, rx: r * long, ry: r / long * 1.2,
			spacing: 78, people: 520 * size})
	}
}

// makeHamlets scatters the smaller settlements around every village, inside its community.
func (w *world) makeHamlets() {
	rng := w.seed.field(31).rand(0)
	n := len(w.settlements)
	for i := range n {
		x := w.settlements[i]
		w.settlements[i].community = w.communityOf.label[w.mesh.nearest(x.centre)]
		if x.kind != village {
			continue
		}
		for range 1 + rng.IntN(5) {
			a, d := 2*math.Pi*rng.Float64(), (380+1100*rng.Float64())*max(w.land.scale, 0.5)
			c := x.centre.add(vec{d * math.Cos(a), d * math.Sin(a)})
			p := w.mesh.nearest(c)
			if w.communityOf.label[p] != w.settlements[i].community || w.wet[p] || w.land.water(c, 30) || w.hill[p] > 0.75 || w.zoneAt(c) >= 0 {
				continue
			}
			size := 0.3 + rng.Float64()
			r := 85 * math.Sqrt(size)
			w.settlements = append(w.settlements, settlement{kind: hamlet, county: x.county, town: x.town,
				community: w.settlements[i].community, centre: w.mesh.at(p), angle: rng.Float64() * math.Pi,
				rx: r * 1.5, ry: r, spacing: 70, people: 170 * size})
		}
	}
}

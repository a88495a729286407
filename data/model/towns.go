package model

import (
	"math"
	"math/rand/v2"
)

// A county of 600,000 people has this many towns and communities, in proportion for others.
const (
	fullTowns       = 11
	fullCommunities = 350
)

// share returns n in proportion to the people of a county, at least least.
func (w *world) share(n, least int) int {
	each := float64(w.opt.People) / float64(w.land.counties)
	return max(least, int(math.Round(float64(n)*each/DefaultPeople)))
}

// newTownAt and southAt are the later parts of a county seat: the new town beyond the tributary, and the development zone
// beyond the main river.
func (l *land) newTownAt(i int) vec {
	return l.bankAt(i, l.seat(i).x+4500*l.scale, 1750*l.scale)
}

func (l *land) southAt(i int) vec {
	return l.bankAt(i, l.seat(i).x+900*l.scale, -1500*l.scale)
}

// bankAt returns the place off metres north of the main river at the easting x.
func (l *land) bankAt(i int, x, off float64) vec {
	k := i / l.cols
	return l.riverAt(k, l.riverNear(k, x)).add(vec{0, off})
}

// makeTowns places the towns of every county and divides the land among them.
func (w *world) makeTowns() {
	m := w.mesh
	first, list := pointsOf(w.county, w.land.counties)
	for i := range w.land.counties {
		n := w.share(fullTowns, 2)
		rng := w.seed.field(20).rand(uint64(i))
		from := len(w.towns)
		w.addTown(town{county: i, centre: w.land.seat(i), street: true, drag: 2.6})
		if n >= 6 {
			w.addTown(town{county: i, centre: w.land.newTownAt(i), street: true, drag: 2.3})
			w.addTown(town{county: i, centre: w.land.southAt(i), street: true, drag: 2.6})
		}
		for len(w.towns)-from < n {
			c := w.placeTown(rng, list[first[i]:first[i+1]], w.towns[from:])
			w.addTown(town{county: i, centre: c, drag: float32(0.9 + 0.35*rng.Float64())})
		}
		w.nameTowns(from)
		for t := from; t < len(w.towns); t++ {
			w.towns[t].progress = 0.2 + 0.75*rng.Float64()
			if w.towns[t].street {
				w.towns[t].progress = 0.75 + 0.2*rng.Float64()
			}
		}
	}
	var seeds []source
	for t, x := range w.towns {
		seeds = append(seeds, source{m.nearest(x.centre), int32(t), x.drag})
	}
	w.townOf = m.spreadFrom(seeds, inside(w.county, w.price(w.seed.field(21), 2600)))
}

func (w *world) addTown(t town) { w.towns = append(w.towns, t) }

// placeTown picks a place in the plain, away from other towns and from the county's border.
func (w *world) placeTown(rng *rand.Rand, points []int32, others []town) vec {
	best, found := -1.0, w.mesh.at(points[len(points)/2])
	for range 60 {
		p := points[rng.IntN(len(points))]
		at := w.mesh.at(p)
		score := 0.55 + 0.45*rng.Float64()
		if w.wet[p] || w.hill[p] > 0.45 || w.land.water(at, 60) {
			continue
		}
		near := math.Inf(1)
		for _, o := range others {
			near = min(near, at.dist(o.centre))
		}
		for a := range 8 {
			c, s := math.Cos(float64(a)*math.Pi/4), math.Sin(float64(a)*math.Pi/4)
			if w.county[w.mesh.nearest(at.add(vec{c, s}.mul(0.075*w.land.pitch)))] != w.county[p] {
				score *= 0.7
			}
		}
		if score *= near; score > best {
			best, found = score, at
		}
	}
	return found
}

// makeSeats lays out the built-up parts of county seats and towns.
func (w *world) makeSeats() {
	s := w.land.scale
	for i := range w.land.counties {
		rng := w.seed.field(22).rand(uint64(i))
		w.zoneFirst = append(w.zoneFirst, len(w.settlements))
		seat := w.land.seat(i)
		tilt := 0.22 * (rng.Float64() - 0.5)
		add := func(k kind, c vec, angle, rx, ry, spacing, people float64) {
			w.settlements = append(w.settlements, settlement{kind: k, county: i, centre: c, angle: angle,
				rx: rx * s, ry: ry * s, spacing: spacing, people: people * s * s})
		}
		add(oldTown, seat, tilt, 1050, 1050, 150, 76_000)
		add(oldRing, seat, tilt, 2150, 1950, 205, 84_000)
		add(newTown, w.land.newTownAt(i), tilt+0.16, 1900, 1300, 255, 62_000)
		add(southTown, w.land.southAt(i), tilt-0.12, 1700, 1000, 310, 20_000)
		for range 7 {
			a := 2 * math.Pi * rng.Float64()
			c := seat.add(vec{1300 * s, 600 * s}).add(vec{3600 * s * math.Cos(a), 2700 * s * math.Sin(a)})
			if p := w.mesh.nearest(c); !w.land.water(c, 60) && w.county[p] == int32(i) && w.zoneAt(c) < 0 {
				add(estate, c, rng.Float64(), 330, 240, 120, 4200)
			}
		}
	}
	w.urban = len(w.settlements)
	for t := range w.towns {
		x := &w.towns[t]
		if x.street {
			continue
		}
		rng := w.seed.field(23).rand(uint64(t))
		size := 0.7 + 0.9*rng.Float64()*rng.Float64()*1.5
		r := 560 * math.Sqrt(size) * max(s, 0.5)
		w.settlements = append(w.settlements, settlement{kind: townSeat, county: x.county, town: int32(t), name: x.name,
			centre: x.centre, angle: rng.Float64() * math.Pi, rx: r * 1.25, ry: r * 0.8, spacing: 165,
			people: 9500 * size * min(1, s*s*1.5)})
	}
	for i := range w.settlements {
		w.settlements[i].town = w.townOf.label[w.mesh.nearest(w.settlements[i].centre)]
	}
}

// local returns p in the settlement's own axes, its rim at distance 1.
func (x *settlement) local(p vec) vec {
	d := p.sub(x.centre).rot(math.Cos(x.angle), -math.Sin(x.angle))
	return vec{d.x / x.rx, d.y / x.ry}
}

// holds reports whether p lies in the built-up area; rim makes its edge uneven.
func (x *settlement) holds(p vec, rim noise) bool {
	q := x.local(p)
	r := q.len()
	switch x.kind {
	case newTown, southTown, estate: // squarer than an ellipse
		r = math.Pow(q.x*q.x*q.x*q.x+q.y*q.y*q.y*q.y, 0.25)
	case oldTown:
		return r <= 1
	}
	return r <= 1+0.16*rim.fbm(p.mul(1/(0.5*x.rx)), 3)
}

// zones returns the range of settlements that are parts of the county's seat.
func (w *world) zones(county int) (from, to int) {
	if county < 0 || county >= len(w.zoneFirst) {
		return 0, 0
	}
	from, to = w.zoneFirst[county], w.urban
	if county+1 < len(w.zoneFirst) {
		to = w.zoneFirst[county+1]
	} else if to == 0 {
		to = len(w.settlements)
	}
	return from, to
}

// zoneAt returns the first part of the county's seat that holds p, -1 for none.
func (w *world) zoneAt(p vec) int {
	rim := w.seed.field(24)
	from, to := w.zones(int(w.county[w.mesh.nearest(p)]))
	for i := from; i < to; i++ {
		if x := &w.settlements[i]; x.local(p).len() < 1.5 && x.holds(p, rim) && w.land.bank(x.county, p) == w.land.bank(x.county, x.centre) {
			return i
		}
	}
	return -1
}

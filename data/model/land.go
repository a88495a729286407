package model

import (
	"math"
	"sort"
)

// river is a run of water: its centre line and half its width at every point.
type river struct {
	name string
	line []vec
	half []float64
	main bool
}

// lake is a star-shaped sheet of water around its centre, with an island of the same kind.
type lake struct {
	name   string
	county int
	shore  blob
	island blob
}

// blob is a star-shaped area: its radius varies smoothly with the direction.
type blob struct {
	centre vec
	radius float64
	rough  float64 // share of the radius by which it varies
	noise  noise
}

// reach returns the distance from the centre to the rim in the direction of angle a.
func (b blob) reach(a float64) float64 {
	c, s := math.Cos(a), math.Sin(a)
	return b.radius * (1 + b.rough*b.noise.fbm(vec{1.3*c + 5, 1.3*s + 5}, 4))
}

// holds reports whether p lies inside.
func (b blob) holds(p vec) bool {
	d := p.sub(b.centre)
	r := d.len()
	if r > b.radius*(1+1.5*b.rough) {
		return false
	}
	return r <= b.reach(math.Atan2(d.y, d.x))
}

// ring returns the rim as n points, counter-clockwise.
func (b blob) ring(n int) []vec {
	out := make([]vec, n)
	for i := range out {
		a := 2 * math.Pi * float64(i) / float64(n)
		r := b.reach(a)
		out[i] = b.centre.add(vec{r * math.Cos(a), r * math.Sin(a)})
	}
	return out
}

// land is the ground before people came: counties' outlines, rivers, lakes, hills.
type land struct {
	seed       noise
	pitch      float64 // metres between neighbouring county centres
	row        float64 // metres between rows of counties
	scale      float64 // pitch / 43 km
	cols, rows int
	counties   int
	area       box
	rivers     []river
	lakes      []lake

	reach []segment // of every river
	index *buckets  // of reach
}

// segment is a piece of a river.
type segment struct {
	a, b   vec
	ha, hb float64
	river  int32
}

// fullPitch is the distance between county centres of 600,000 people: 1,600 km² each.
const fullPitch = 43_000

func newLand(seed noise, counties int, peopleEach float64) *land {
	l := &land{seed: seed, counties: counties}
	l.scale = math.Sqrt(peopleEach / DefaultPeople)
	l.pitch = fullPitch * l.scale
	l.row = l.pitch * math.Sqrt(3) / 2
	l.cols = int(math.Ceil(math.Sqrt(float64(counties))))
	l.rows = (counties + l.cols - 1) / l.cols
	l.area = box{
		vec{-0.85 * l.pitch, -0.85 * l.pitch},
		vec{(float64(l.cols) + 0.35) * l.pitch, float64(l.rows-1)*l.row + 0.85*l.pitch},
	}
	for k := range l.rows {
		l.rivers = append(l.rivers, l.mainRiver(k))
	}
	for c := range counties {
		l.lakes = append(l.lakes, l.lake(c))
		l.rivers = append(l.rivers, l.streams(c)...)
	}
	l.fileRivers()
	return l
}

// centre returns the middle of the county in column c and row k, also of those beyond the rim.
func (l *land) centre(c, k int) vec {
	n := l.seed.field(1)
	shift := 0.5 * float64(k&1)
	return vec{
		(float64(c) + shift + 0.10*(n.cell(int64(c), int64(k))-0.5)) * l.pitch,
		float64(k)*l.row + 0.10*(n.cell(int64(c), int64(k)+1000)-0.5)*l.pitch,
	}
}

// county returns the county that p belongs to by the nearest centre, with borders bent by noise; -1 outside.
func (l *land) county(p vec) int {
	n := l.seed.field(2)
	q := p.mul(1 / (0.30 * l.pitch))
	p.x += 0.095 * l.pitch * n.fbm(q, 5)
	p.y += 0.095 * l.pitch * n.field(1).fbm(q, 5)
	k0, c0 := int(math.Round(p.y/l.row)), int(math.Round(p.x/l.pitch))
	best, found := math.Inf(1), -1
	for k := k0 - 1; k <= k0+1; k++ {
		for c := c0 - 2; c <= c0+1; c++ {
			if d := p.dist(l.centre(c, k)); d < best {
				best, found = d, -1
				if i := k*l.cols + c; c >= 0 && c < l.cols && k >= 0 && i < l.counties {
					found = i
				}
			}
		}
	}
	return found
}

// riverAt returns the centre line of the main river of row k at the parameter s, which is roughly the easting.
func (l *land) riverAt(k int, s float64) vec {
	n := l.seed.field(3).field(uint64(k))
	u := s / l.scale
	return vec{
		s + l.scale*(1500*n.at(u/6100, 3.5)+350*n.at(u/2300, 7.5)),
		float64(k)*l.row + l.scale*(4200*n.at(u/15000, 0.5)+2300*n.at(u/6200, 1.5)+520*n.at(u/2300, 2.5)-1500),
	}
}

// bank returns on which side of its main river county i's place p lies: 1 north, -1 south.
func (l *land) bank(i int, p vec) int {
	k := i / l.cols
	r := l.rivers[k].line
	// The main river runs eastward all the way, so that its points are sorted by their easting.
	j := sort.Search(len(r)-1, func(j int) bool { return r[j].x >= p.x })
	if p.y > r[j].y {
		return 1
	}
	return -1
}

// riverNear returns the parameter at which the main river of row k passes the easting x.
func (l *land) riverNear(k int, x float64) float64 {
	s := x
	for range 40 {
		s += 0.5 * (x - l.riverAt(k, s).x)
	}
	return s
}

func (l *land) mainRiver(k int) river {
	step := 60 * l.scale
	half := 95 * math.Sqrt(l.scale)
	n := l.seed.field(4).field(uint64(k))
	r := river{name: pick(riverNames, k), main: true}
	for s := l.area.min.x - 2*step; s <= l.area.max.x+2*step; s += step {
		r.line = append(r.line, l.riverAt(k, s))
		r.half = append(r.half, half*(1+0.35*n.at(s/(3000*l.scale), 0.5)))
	}
	return r
}

// seat returns the middle of the old town of county i: on the north bank of the main river.
func (l *land) seat(i int) vec {
	c, k := i%l.cols, i/l.cols
	x := l.centre(c, k).x - 0.045*l.pitch
	bank := l.riverAt(k, l.riverNear(k, x))
	return bank.add(vec{0, 1850 * l.scale})
}

// streams returns the small rivers of county i: one comes down from the hills in the north and joins the main river east
// of the old town, one comes from the south, one drains the lake.
func (l *land) streams(i int) []river {
	k := i / l.cols
	n := l.seed.field(5).field(uint64(i))
	mouth := func(x float64) vec { return l.riverAt(k, l.riverNear(k, x)) }
	seat := l.seat(i)
	north := mouth(seat.x + 2500*l.scale)
	south := mouth(seat.x + 0.20*l.pitch)
	drain := mouth(l.lakes[i].shore.centre.x + 0.05*l.pitch)
	return []river{
		l.stream(n, pick(streamNames, 3*i), north, north.add(vec{0.10 * l.pitch, 0.40 * l.pitch})),
		l.stream(n.field(1), pick(streamNames, 3*i+1), south, south.add(vec{0.04 * l.pitch, -0.36 * l.pitch})),
		l.stream(n.field(2), pick(streamNames, 3*i+2), drain, l.lakes[i].shore.centre),
	}
}

// stream winds from its mouth up to its source, ever narrower.
func (l *land) stream(n noise, name string, mouth, source vec) river {
	r := river{name: name}
	way := source.sub(mouth)
	steps := int(way.len()/(60*l.scale)) + 2
	side := way.unit().left()
	for j := range steps + 1 {
		t := float64(j) / float64(steps)
		u := t * way.len() / l.scale
		bend := min(1, u/2200, (1-t)*way.len()/l.scale/900+0.15)
		x := bend * l.scale * (2300*n.at(u/7000, 0.5) + 480*n.at(u/1800, 1.5))
		r.line = append(r.line, mouth.lerp(source, t).add(side.mul(x)))
		r.half = append(r.half, math.Sqrt(l.scale)*(42-30*t))
	}
	return r
}

func (l *land) lake(i int) lake {
	n := l.seed.field(6).field(uint64(i))
	k := i / l.cols
	x := l.seat(i).x - 0.20*l.pitch
	c := l.riverAt(k, l.riverNear(k, x)).add(vec{0, -0.145 * l.pitch})
	out := lake{name: pick(lakeNames, i), county: i}
	out.shore = blob{c, 0.052 * l.pitch, 0.42, n}
	out.island = blob{c.add(vec{0.008 * l.pitch, -0.006 * l.pitch}), 0.0115 * l.pitch, 0.25, n.field(1)}
	return out
}

// fileRivers indexes the pieces of all rivers by place.
func (l *land) fileRivers() {
	for i, r := range l.rivers {
		for j := 1; j < len(r.line); j++ {
			l.reach = append(l.reach, segment{r.line[j-1], r.line[j], r.half[j-1], r.half[j], int32(i)})
		}
	}
	l.index = newBuckets(l.area, 400, len(l.reach), func(i int) box {
		s := l.reach[i]
		return boxOf(s.a, s.b, max(s.ha, s.hb)+60)
	})
}

// lakeAt returns the lake that may hold p, nil for none.
func (l *land) lakeAt(p vec) *lake {
	k0 := int(math.Round(p.y / l.row))
	for k := max(k0-1, 0); k <= min(k0+1, l.rows-1); k++ {
		c0 := int(math.Round(p.x/l.pitch - 0.5*float64(k&1)))
		for c := max(c0-1, 0); c <= min(c0+1, l.cols-1); c++ {
			i := k*l.cols + c
			if i >= l.counties {
				continue
			}
			if x := &l.lakes[i]; p.dist(x.shore.centre) < 2*x.shore.radius {
				return x
			}
		}
	}
	return nil
}

// water reports whether p lies in a river or lake, or within margin metres (at most 60) of a river.
func (l *land) water(p vec, margin float64) bool {
	for _, i := range l.index.at(p) {
		s := &l.reach[i]
		t, d := onSegment(p, s.a, s.b)
		if d <= s.ha+(s.hb-s.ha)*t+margin {
			return true
		}
	}
	k := l.lakeAt(p)
	return k != nil && k.shore.holds(p) && !k.island.holds(p)
}

// onIsland reports whether p lies on an island in a lake.
func (l *land) onIsland(p vec) bool {
	k := l.lakeAt(p)
	return k != nil && k.island.holds(p)
}

// crosses returns where the way from a to b crosses the middle of a river, as a share of the way; ok is false when it
// does not.
func (l *land) crosses(a, b vec) (t float64, ok bool) {
	l.index.near(boxOf(a, b, 0), func(i int32) {
		if ok {
			return
		}
		if at, _, hit := crossing(a, b, l.reach[i].a, l.reach[i].b); hit {
			t, ok = at, true
		}
	})
	return t, ok
}

// hill returns how hilly the land is: below 0 plain, above 0.5 steep, above 0.8 mountain.
func (l *land) hill(p vec) float64 {
	k := math.Round(p.y / l.row)
	k = min(max(k, 0), float64(l.rows-1))
	d := (p.y - k*l.row) / (l.row / 2)
	q := p.mul(1 / (9500 * l.scale))
	return 0.62*d*d*(1.15+0.7*l.seed.field(7).fbm(q.mul(0.4), 2)) + 0.55*l.seed.field(8).fbm(q, 4) - 0.12
}

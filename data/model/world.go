package model

import (
	"context"
	"math"
)

// world is the model while it is being made. Every step reads what the steps before it left.
type world struct {
	opt   Options
	seed  noise
	frame frame
	land  *land
	mesh  *mesh

	county []int32   // per mesh point, -1 outside
	wet    []bool    // per mesh point: in a river or lake
	hill   []float32 // per mesh point, see land.hill
	rough  []float32 // per mesh point: how uneven the ground is for roads
	cuts   cuts

	cities      []unit
	countyUnits []unit
	towns       []town
	townOf      spread
	communities []community
	communityOf spread
	settlements []settlement
	urban       int   // settlements[:urban] are parts of county seats
	zoneFirst   []int // per county: its first part

	roads      *roads
	drawn      [][2]vec // pieces of the roads drawn so far
	drawnIndex *buckets
	net        *net
	people     []float32 // per mesh point
	totals     []int64   // per community, the official count

	places []place
	sites  []site
}

// unit is a county or something above it.
type unit struct {
	code, name string
	parent     int // index into the level above
}

// town is a town or a subdistrict.
type town struct {
	unit
	county   int
	centre   vec
	street   bool    // 街道
	drag     float32 // how much slower it spreads than others: small towns have large ones
	progress float64 // how far the network of sites has come, about 0.2 to 1
}

// community is a village or neighbourhood, the deepest region.
type community struct {
	unit
	town   int32
	seed   int32 // mesh point
	urban  bool
	enclos bool // lies wholly inside another community
}

// cut is where a border or a barrier crosses an edge of the mesh.
type cut struct {
	t    float32 // share of the edge, from its owner
	toll float32 // metres that the crossing costs a claim
}

// cuts holds the cuts of mesh edges. Few edges have one, and all are asked about again and again, so a bit an edge answers first.
type cuts struct {
	has []uint64
	of  map[int64]cut
}

func newCuts(edges int) cuts { return cuts{make([]uint64, edges/64+1), map[int64]cut{}} }

func (c *cuts) at(edge int64) (cut, bool) {
	if c.has[edge>>6]>>(edge&63)&1 == 0 {
		return cut{}, false
	}
	return c.of[edge], true
}

func (c *cuts) put(edge int64, k cut) {
	c.has[edge>>6] |= 1 << (edge & 63)
	c.of[edge] = k
}

// kind is what a settlement is.
type kind uint8

const (
	oldTown kind = iota
	oldRing      // around the old town
	newTown
	southTown
	estate
	townSeat
	village
	hamlet
)

// settlement is a place where people live, with its own streets.
type settlement struct {
	kind      kind
	county    int
	town      int32
	community int32 // of its centre
	name      string
	centre    vec
	angle     float64 // of its streets, radians
	rx, ry    float64 // half its length and width
	spacing   float64 // metres between streets
	people    float64
}

// build makes the whole model in memory.
func build(ctx context.Context, opt Options) (*world, error) {
	w := &world{opt: opt, seed: noise(mix(opt.Seed)), frame: frame{118.9, 33.3}}
	for _, step := range []func(){
		w.makeLand, w.makeCounties, w.makeTowns, w.planMainRoads, w.makeSeats, w.layUrbanStreets,
		w.makeVillages, w.makeCommunities, w.makeHamlets, w.planVillageRoads, w.layVillageStreets,
		w.layExpressways, w.joinRoads, w.scatter, w.housePeople, w.makePlaces, w.makeSites,
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		step()
	}
	return w, nil
}

// makeLand shapes the ground and puts the mesh over it.
func (w *world) makeLand() {
	counties := max(1, int(math.Round(float64(w.opt.People)/DefaultPeople)))
	w.land = newLand(w.seed, counties, float64(w.opt.People)/float64(counties))
	w.mesh = newMesh(w.land.area, meshStep*min(max(w.land.scale, 0.5), 1))
	n := w.mesh.size()
	w.cuts = newCuts(3 * n)
	w.county, w.wet, w.hill = make([]int32, n), make([]bool, n), make([]float32, n)
	for p := range int32(n) {
		at := w.mesh.at(p)
		w.county[p] = int32(w.land.county(at))
		if w.county[p] >= 0 {
			w.wet[p] = w.land.water(at, 0)
			w.hill[p] = float32(w.land.hill(at))
		}
	}
	for _, r := range w.land.rivers {
		toll := float32(1200)
		if r.main {
			toll = 5000
		}
		w.mark(r.line, toll*float32(w.land.scale))
	}
}

// meshStep is the distance of mesh points at full scale, in metres.
const meshStep = 100

// mark notes where a line crosses the edges of the mesh, so that borders follow it.
func (w *world) mark(line []vec, toll float32) {
	m := w.mesh
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		mid := a.lerp(b, 0.5)
		m.disc(mid, a.dist(b)/2+1.1*m.step, func(p int32, at vec) {
			for dir := range 3 {
				q := m.next(p, dir)
				if q < 0 {
					continue
				}
				if t, _, ok := crossing(at, m.at(q), a, b); ok {
					if e := m.edge(p, dir); w.cuts.of[e].toll < toll {
						w.cuts.put(e, cut{float32(t), toll})
					}
				}
			}
		})
	}
}

// makeCounties tidies the outlines so that every county is in one piece without holes, and names them.
func (w *world) makeCounties() {
	m := w.mesh
	var seeds []source
	for i := range w.land.counties {
		seeds = append(seeds, source{m.nearest(w.land.seat(i)), int32(i), 1})
	}
	raw := w.county
	own := m.spreadFrom(seeds, func(p, q int32, _ int) float32 {
		if raw[p] != raw[q] {
			return -1
		}
		return 1
	})
	outside := m.spreadFrom([]source{{0, 0, 1}}, func(_, q int32, _ int) float32 {
		if own.label[q] >= 0 {
			return -1
		}
		return 1
	})
	var rim []source
	for p, l := range own.label {
		if l >= 0 {
			rim = append(rim, source{int32(p), l, 1})
		}
	}
	w.county = own.label
	fill := m.spreadFrom(rim, func(_, q int32, _ int) float32 {
		if own.label[q] >= 0 || outside.label[q] >= 0 {
			return -1
		}
		return 1
	})
	w.county = fill.label
	w.nameCounties()
}

// price is the cost of a step for a claim on land: dearer uphill and over rivers, uneven everywhere, so that borders
// wander and then follow the water.
func (w *world) price(rough noise, size float64) func(p, q int32, dir int) float32 {
	m := w.mesh
	step := float32(m.step)
	return func(p, q int32, dir int) float32 {
		at := m.at(q).mul(1 / (size * w.land.scale))
		c := step * (1 + 1.3*float32(max(rough.fbm(at, 3)+0.3, 0)) + 0.8*max(w.hill[q], 0))
		if k, ok := w.cuts.at(m.edge(p, dir)); ok {
			c += k.toll
		}
		return c
	}
}

// inside returns a price that does not leave the region that a point belongs to.
func inside(region []int32, cost func(p, q int32, dir int) float32) func(p, q int32, dir int) float32 {
	return func(p, q int32, dir int) float32 {
		if region[p] != region[q] || region[q] < 0 {
			return -1
		}
		return cost(p, q, dir)
	}
}

// pointsOf lists the mesh points of every label 0..n-1, in ascending order: points of label l are list[first[l]:first[l+1]].
func pointsOf(label []int32, n int) (first []int32, list []int32) {
	first = make([]int32, n+1)
	for _, l := range label {
		if l >= 0 {
			first[l+1]++
		}
	}
	for l := range n {
		first[l+1] += first[l]
	}
	next := append([]int32(nil), first[:n]...)
	list = make([]int32, first[n])
	for p, l := range label {
		if l >= 0 {
			list[next[l]] = int32(p)
			next[l]++
		}
	}
	return first, list
}

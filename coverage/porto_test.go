package coverage

import (
	"container/heap"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/network"
)

// slowRoads is the brute force: every OSM node a key in a map, every stretch between two nodes an edge in metres as a
// float, points put on the nearest stretch in three dimensions after looking at all of them. It shares nothing with the road
// graph but the list of roads and the distance of two points.
type slowRoads struct {
	nodes    []orb.Point
	stretch  [][2]int32
	next     map[int32][]slowEdge
	off      float64 // metres that a point may be away
	vectors  [][3]float64
	latitude float64 // degrees of off, for a first look
}

type slowEdge struct {
	to     int32
	metres float64
}

type slowSnap struct {
	ok      bool
	stretch int
	along   float64 // metres from its first node
	rest    float64 // metres to its second
	access  float64
}

func newSlowRoads(roads *network.Roads, mode network.Mode) *slowRoads {
	s := &slowRoads{nodes: roads.Nodes, next: map[int32][]slowEdge{}, off: mode.MaxAccess}
	s.latitude = s.off / geo.Radius * 180 / math.Pi * 1.01
	for _, p := range roads.Nodes {
		s.vectors = append(s.vectors, vector(p))
	}
	for _, w := range roads.Ways {
		if w.Access&mode.Access == 0 || mode.Speed[w.Class] == 0 {
			continue
		}
		refs := roads.Refs[w.First : w.First+w.Count]
		for i := 1; i < len(refs); i++ {
			a, b := refs[i-1], refs[i]
			d := geo.Distance(roads.Nodes[a], roads.Nodes[b])
			s.stretch = append(s.stretch, [2]int32{a, b})
			s.next[a] = append(s.next[a], slowEdge{b, d})
			s.next[b] = append(s.next[b], slowEdge{a, d})
		}
	}
	return s
}

// vector returns the point in space, in metres from the middle of the Earth.
func vector(p orb.Point) [3]float64 {
	lon, lat := p[0]*math.Pi/180, p[1]*math.Pi/180
	return [3]float64{geo.Radius * math.Cos(lat) * math.Cos(lon), geo.Radius * math.Cos(lat) * math.Sin(lon), geo.Radius * math.Sin(lat)}
}

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func minus(a, b [3]float64) [3]float64 { return [3]float64{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }

func (s *slowRoads) snap(p orb.Point) slowSnap {
	best := slowSnap{access: math.Inf(1)}
	at := vector(p)
	for i, e := range s.stretch {
		pa, pb := s.nodes[e[0]], s.nodes[e[1]]
		if max(pa[1], pb[1]) < p[1]-s.latitude || min(pa[1], pb[1]) > p[1]+s.latitude {
			continue
		}
		a, b := s.vectors[e[0]], s.vectors[e[1]]
		ab, ap := minus(b, a), minus(at, a)
		t := 0.0
		if l := dot(ab, ab); l > 0 {
			t = min(1, max(0, dot(ap, ab)/l))
		}
		gone := [3]float64{t * ab[0], t * ab[1], t * ab[2]}
		away := minus(ap, gone)
		if d := math.Sqrt(dot(away, away)); d < best.access {
			length := math.Sqrt(dot(ab, ab))
			best = slowSnap{ok: d <= s.off, stretch: i, along: t * length, rest: (1 - t) * length, access: d}
		}
	}
	return best
}

// costs returns the metres from every demand to the site, +Inf beyond the limit: a walk is the same in both directions.
func (s *slowRoads) costs(site slowSnap, demand []slowSnap, limit float64) []float64 {
	out := make([]float64, len(demand))
	for i := range out {
		out[i] = math.Inf(1)
	}
	if !site.ok {
		return out
	}
	done := map[int32]float64{}
	ends := s.stretch[site.stretch]
	queue := slowQueue{{ends[0], site.access + site.along}, {ends[1], site.access + site.rest}}
	heap.Init(&queue)
	for len(queue) > 0 {
		e := heap.Pop(&queue).(slowEdge)
		if _, seen := done[e.to]; seen || e.metres > limit+1 {
			continue
		}
		done[e.to] = e.metres
		for _, n := range s.next[e.to] {
			heap.Push(&queue, slowEdge{n.to, e.metres + n.metres})
		}
	}
	for i, d := range demand {
		if !d.ok {
			continue
		}
		ends := s.stretch[d.stretch]
		if v, ok := done[ends[0]]; ok {
			out[i] = min(out[i], v+d.along+d.access)
		}
		if v, ok := done[ends[1]]; ok {
			out[i] = min(out[i], v+d.rest+d.access)
		}
		if d.stretch == site.stretch {
			out[i] = min(out[i], site.access+math.Abs(site.along-d.along)+d.access)
		}
	}
	return out
}

type slowQueue []slowEdge

func (q slowQueue) Len() int           { return len(q) }
func (q slowQueue) Less(i, j int) bool { return q[i].metres < q[j].metres }
func (q slowQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *slowQueue) Push(x any)        { *q = append(*q, x.(slowEdge)) }
func (q *slowQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// Every cell of Porto Alegre is covered or not as the brute force says, from as many sites, and as far as it says. The house counts
// whole millimetres per edge, the brute force does not: over some fifty edges the two may part by a few centimetres.
func TestPortoAlegreAgreesWithBruteForceOnEveryCell(t *testing.T) {
	in, roads := portoAlegre(t)
	service := mustCompute(t, in).Services[0]
	slow := newSlowRoads(roads, in.Modes["walk"])
	demand := make([]slowSnap, in.Demand.Len())
	for i, p := range in.Demand.Point {
		demand[i] = slow.snap(p)
		if demand[i].ok != service.Connected[i] {
			t.Errorf("cell %v: connected %v, brute force %v", in.Grid.Cells[i], service.Connected[i], demand[i].ok)
		}
	}
	const limit, tolerance = 1000, 0.05
	nearest, reach := make([]float64, len(demand)), make([]int32, len(demand))
	for i := range nearest {
		nearest[i] = math.Inf(1)
	}
	for _, site := range in.Sites {
		for i, d := range slow.costs(slow.snap(site.Point), demand, limit) {
			nearest[i] = min(nearest[i], d)
			if d <= limit {
				reach[i]++
			}
		}
	}
	covered, worst := 0, 0.0
	for i := range demand {
		if service.Covered(i) != (nearest[i] <= limit) || service.Reach[i] != reach[i] {
			t.Errorf("cell %v: %v m, %d sites; brute force %.3f m, %d sites", in.Grid.Cells[i], service.Cost[i].Value(), service.Reach[i], nearest[i], reach[i])
		}
		if service.Covered(i) {
			covered++
			worst = max(worst, math.Abs(service.Cost[i].Value()-nearest[i]))
		}
	}
	if worst > tolerance {
		t.Errorf("impedances differ by up to %v m, more than %v", worst, tolerance)
	}
	t.Logf("%d cells, %d sites, %d cells covered, largest difference %.4f m", len(demand), len(in.Sites), covered, worst)
}

func TestPortoAlegreGolden(t *testing.T) {
	in, _ := portoAlegre(t)
	res := mustCompute(t, in)
	golden(t, "porto-alegre.txt", summary(in, res, FindGaps(in, res, nil)))
}

// The country, its two constituencies and its eleven municipalities tell the same sums.
func TestLiechtensteinTablesAddUp(t *testing.T) {
	in := liechtenstein(t)
	res := mustCompute(t, in)
	for k := range in.Tiers {
		sums := make([]Indicators, len(in.Regions.Levels))
		for r, x := range res.Region[k] {
			sums[in.Regions.All[r].Level].add(x)
		}
		for level, x := range sums {
			if x.People != 38_195*Person {
				t.Errorf("level %d: %v people, want the 38,195 of the villages", level, x.People.Float())
			}
			x.Required, x.Owning = res.Total[k].Required, res.Total[k].Owning // not asked of the deeper levels
			if x != res.Total[k] {
				t.Errorf("tier %d, level %d:\n sum %+v\n total %+v", k, level, x, res.Total[k])
			}
		}
	}
	var names []Named
	for _, f := range features(t, "liechtenstein", "places_population.geojson") {
		names = append(names, Named{f.Properties.MustString("name"), f.Point()})
	}
	golden(t, "liechtenstein.txt", summary(in, res, FindGaps(in, res, names)))
}

package network

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

func isochrones(t testing.TB, g *Graph, sites []Snap, opts IsochroneOptions, limits ...float64) []orb.MultiPolygon {
	t.Helper()
	all := make([]geo.Limit, len(limits))
	for i, l := range limits {
		all[i] = geo.Limit{Metric: g.Metric, Max: geo.ToImpedance(l)}
	}
	areas, err := g.Isochrones(context.Background(), sites, all, opts)
	if err != nil {
		t.Fatal(err)
	}
	return areas
}

// A street of 600 m from west to east with the site in its middle. A place x m along the street and y m beside it costs x + y: the
// area of 100 m is a square standing on its corner, of 2 × 100² = 20,000 m².
func TestIsochroneOfOneStreetIsADiamond(t *testing.T) {
	town := drawTown("A-----B")
	g := build(t, town.roads, "walk", geo.Metres)
	area := isochrones(t, g, g.Snap([]orb.Point{place(3, 0)}), IsochroneOptions{Step: 2}, 100)[0]
	if len(area) != 1 || len(area[0]) != 1 {
		t.Fatalf("%d polygons, want one without holes", len(area))
	}
	if got := geo.Area(area); math.Abs(got-20_000) > 100 {
		t.Errorf("%.0f m², want 20,000", got)
	}
	for _, c := range []struct {
		x, y   float64 // hundreds of metres from the site
		inside bool
	}{{0.97, 0, true}, {1.03, 0, false}, {0, 0.97, true}, {0, 1.03, false}, {0.47, 0.47, true}, {0.53, 0.53, false}, {-0.47, -0.47, true}} {
		if geo.Contains(area, place(3+c.x, c.y)) != c.inside {
			t.Errorf("%v, %v: inside is %v", c.x, c.y, !c.inside)
		}
	}
}

// The two banks of a river, 200 m apart, and one bridge: the site's bank is served up to the middle of the water, the other bank
// from the bridge only. C is 100 + 400 m from D by the shore, but the bridge is at B-E.
//
//	D---E---F   north bank
//	    %       the ways A-B and D-E are joined by the bridge B-E only in the first town
//	A---B---C   south bank
func TestARiverIsCrossedByItsBridgeOnly(t *testing.T) {
	bridge := drawTown(`
D---E---F
    |
A---B---C`)
	none := drawTown(`
D---E---F

A---B---C`)
	for _, c := range []struct {
		town   town
		limit  float64
		x, y   float64
		inside bool
	}{
		{bridge, 700, 0, 2, false},  // A to B 400, over 200, to D 400: 1,000 m
		{bridge, 700, 4, 2, true},   // 600 m
		{bridge, 1050, 0, 2, true},  // 1,000 m
		{none, 1050, 0, 2, false},   // no way over
		{none, 1050, 0, 1.2, false}, // nearer to the other bank
		{none, 1050, 0, .8, true},   // the site's own side of the water
		{none, 1050, 8, .8, true},   // 800 + 80 m
	} {
		g := build(t, c.town.roads, "walk", geo.Metres)
		area := isochrones(t, g, g.Snap([]orb.Point{c.town.at['A']}), IsochroneOptions{}, c.limit)[0]
		if geo.Contains(area, place(c.x, c.y)) != c.inside {
			t.Errorf("limit %v, place %v, %v: inside is %v", c.limit, c.x, c.y, !c.inside)
		}
		checkShape(t, area)
	}
}

// A block of 800 m a side, of which the streets are reached everywhere but the middle is too far from all of them, has a hole.
func TestABigBlockKeepsItsHole(t *testing.T) {
	town := drawTown(`
A-------B
|       |
|       |
|       |
|       |
|       |
|       |
|       |
C-------D`)
	g := build(t, town.roads, "walk", geo.Metres)
	sites := g.Snap([]orb.Point{town.at['A'], town.at['B'], town.at['C'], town.at['D']})
	area := isochrones(t, g, sites, IsochroneOptions{}, 500)[0]
	if len(area) != 1 || len(area[0]) != 2 {
		t.Fatalf("%d polygons, the first of %d rings; want one hole", len(area), len(area[0]))
	}
	checkShape(t, area)
	// On the middle of a side 400 m are gone, so that 100 are left: the middle of the block is 400 m from everything.
	if geo.Contains(area, place(4, 4)) || !geo.Contains(area, place(4, 0.8)) || geo.Contains(area, place(4, 1.2)) {
		t.Error("the hole is not where it should be")
	}
}

// checkShape finds rings that are open, wound the wrong way, cross or touch, and holes outside their polygons.
func checkShape(t testing.TB, shape orb.MultiPolygon) {
	t.Helper()
	type side struct{ a, b orb.Point }
	var sides []side
	for _, polygon := range shape {
		for i, ring := range polygon {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				t.Fatalf("a ring of %d points that is not closed", len(ring))
			}
			want := orb.CCW
			if i > 0 {
				want = orb.CW
				if !geo.Contains(orb.MultiPolygon{{polygon[0]}}, ring[0]) {
					t.Fatal("a hole outside its polygon")
				}
			}
			if ring.Orientation() != want {
				t.Fatalf("ring %d winds the wrong way", i)
			}
			for k := 1; k < len(ring); k++ {
				sides = append(sides, side{ring[k-1], ring[k]})
			}
		}
	}
	// Only sides that come close to one another can cross: sweep from west to east.
	slices.SortFunc(sides, func(p, q side) int { return compare64(min(p.a[0], p.b[0]), min(q.a[0], q.b[0])) })
	for i, p := range sides {
		east := max(p.a[0], p.b[0])
		for _, q := range sides[i+1:] {
			if min(q.a[0], q.b[0]) > east {
				break
			}
			if p.b == q.a || p.a == q.b {
				if p.a == q.a || p.b == q.b || p.a == q.b && p.b == q.a {
					t.Fatal("two sides between the same points")
				}
				continue // one follows the other
			}
			if meet(p.a, p.b, q.a, q.b) {
				t.Fatalf("sides %v and %v meet", p, q)
			}
		}
	}
}

func compare64(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// meet reports whether two segments have a point in common.
func meet(a, b, c, d orb.Point) bool {
	turn := func(p, q, r orb.Point) float64 { return (q[0]-p[0])*(r[1]-p[1]) - (q[1]-p[1])*(r[0]-p[0]) }
	if max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	return turn(a, b, c)*turn(a, b, d) <= 0 && turn(c, d, a)*turn(c, d, b) <= 0
}

// spots are places along all streets, so many metres apart, as snapped points without an access leg, in exact places.
func spots(g *Graph, apart float64) []Snap {
	var all []Snap
	g.Pieces(0, int32(g.Edges()), apart, func(p Piece) {
		all = append(all, Snap{OK: true, Edge: p.Edge, Point: p.Middle})
	})
	first := 0
	for i := range all {
		if all[i].Edge != all[first].Edge {
			first = i
		}
		n := i
		for n < len(all) && all[n].Edge == all[i].Edge {
			n++
		}
		weight := g.Weight(all[i].Edge).Value()
		all[i].Offset = geo.ToImpedance(weight * (float64(i-first) + .5) / float64(n-first))
	}
	return all
}

// checkPromise holds areas to what the doc comment promises about places on streets, and returns how many it could judge.
func checkPromise(t testing.TB, g *Graph, sites []Snap, limits []float64, areas []orb.MultiPolygon, step float64) (in, out int) {
	t.Helper()
	all := spots(g, step/2)
	nearest, err := g.Nearest(context.Background(), sites, all, geo.Limit{Metric: g.Metric, Max: geo.ToImpedance(slices.Max(limits) * 3)})
	if err != nil {
		t.Fatal(err)
	}
	perMetre := 1.0
	if g.Metric == geo.Seconds {
		perMetre = 3.6 / g.Mode.OffRoad
	}
	// Spots by squares of 5 steps, to find those around a place.
	square := func(p orb.Point) [2]int {
		return [2]int{int(math.Floor(p[0] / (5 * step / metresPerDegree))), int(math.Floor(p[1] / (5 * step / metresPerDegree)))}
	}
	around := map[[2]int][]int{}
	for i := range all {
		around[square(all[i].Point)] = append(around[square(all[i].Point)], i)
	}
	every := 1 + len(all)/50_000 // of a whole city a sample will do
	for k, limit := range limits {
		locate := locatorOf(areas[k])
		for i := 0; i < len(all); i += every {
			cost := nearest.Cost[i].Value()
			inside := cost <= limit-2.05*step*perMetre
			outside := cost > limit
			for _, site := range sites { // a one-way street may be reached at the site's own place alone
				outside = outside && !(site.OK && site.Access.Value() <= limit && geo.Distance(all[i].Point, site.Point) <= 5*step)
			}
			reach := int(math.Ceil(1/math.Cos(all[i].Point[1]*math.Pi/180))) + 1
			for dx := -reach; dx <= reach && outside; dx++ {
				for dy := -1; dy <= 1; dy++ {
					c := square(all[i].Point)
					for _, j := range around[[2]int{c[0] + dx, c[1] + dy}] {
						// A spot every half step: what lies between them is at most a quarter of one cheaper or nearer.
						if nearest.Cost[j].Value() <= limit+step*perMetre && geo.Distance(all[i].Point, all[j].Point) <= 5.3*step {
							outside = false
						}
					}
				}
			}
			switch {
			case inside:
				in++
			case outside:
				out++
			default:
				continue
			}
			if locate(all[i].Point) != inside {
				t.Fatalf("limit %v: a spot at %v costs %.1f and its inside is %v", limit, all[i].Point, cost, !inside)
			}
		}
	}
	return in, out
}

func locatorOf(area orb.MultiPolygon) func(orb.Point) bool {
	if len(area) == 0 {
		return func(orb.Point) bool { return false }
	}
	r, err := geo.NewRegions([]geo.Level{{ID: "l"}}, []geo.Region{{ID: "r", Parent: -1, Shape: area}})
	if err != nil {
		panic(err)
	}
	return func(p orb.Point) bool { return r.Contains(0, p) }
}

// checkNested looks whether every vertex of the inner area lies in the outer one.
func checkNested(t testing.TB, inner, outer orb.MultiPolygon) {
	t.Helper()
	in := locatorOf(outer)
	on := map[orb.Point]bool{} // places that both borders share
	for _, polygon := range outer {
		for _, ring := range polygon {
			for _, p := range ring {
				on[p] = true
			}
		}
	}
	for _, polygon := range inner {
		for _, ring := range polygon {
			for _, p := range ring {
				if !on[p] && !in(p) {
					t.Fatalf("%v is in the smaller area only", p)
				}
			}
		}
	}
}

// On random towns, on foot and by car: valid shapes, nested, true to the streets, and the same whatever the order of the sites and the
// number of workers.
func TestIsochronesKeepTheirPromises(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		roads := &Roads{}
		n := 3 + rng.IntN(3)
		for i := range n * n {
			roads.Nodes = append(roads.Nodes, place(float64(i%n)*1.3+rng.Float64()*.6, float64(i/n)*1.3+rng.Float64()*.6))
		}
		for i := range n * n {
			for _, to := range []int{i + 1, i + n} {
				if to < n*n && (to != i+1 || i%n < n-1) && rng.IntN(3) > 0 {
					roads.add(Direction(rng.IntN(3)-1), int32(i), int32(to))
				}
			}
		}
		id := []string{"walk", "drive"}[rng.IntN(2)]
		metric := []geo.Metric{geo.Metres, geo.Seconds}[rng.IntN(2)]
		g := build(t, roads, id, metric)
		var points []orb.Point
		for range rng.IntN(4) {
			points = append(points, place(rng.Float64()*float64(n), rng.Float64()*float64(n)))
		}
		limits := []float64{100, 250, 400}
		opts := IsochroneOptions{Step: []float64{0, 5, 17}[rng.IntN(3)], MaxLeg: []float64{0, 60}[rng.IntN(2)], Workers: 1}
		areas := isochrones(t, g, g.Snap(points), opts, limits...)
		for i, area := range areas {
			checkShape(t, area)
			if i > 0 {
				checkNested(t, areas[i-1], area)
			}
		}
		step := opts.Step
		if step == 0 {
			step = defaultStep
		}
		checkPromise(t, g, g.Snap(points), limits, areas, step)
		slices.Reverse(points)
		opts.Workers = 3
		if again := isochrones(t, g, g.Snap(points), opts, limits...); !reflect.DeepEqual(areas, again) {
			rt.Fatal("another order of sites or number of workers, another area")
		}
	})
}

// On the real city: the same promises, and every cell's centre that Matrix finds within the limit lies inside, or the border passes within
// two steps of it; likewise outside.
func TestIsochronesOfPortoAlegre(t *testing.T) {
	roads := readPBF(t, "porto-alegre/poa_osm.pbf")
	cells, health := readHexagons(t)
	for _, c := range []struct {
		mode   string
		metric geo.Metric
		limits []float64
	}{{"walk", geo.Metres, []float64{300, 500, 1000}}, {"drive", geo.Seconds, []float64{60, 120}}} {
		g := build(t, roads, c.mode, c.metric)
		sites, demand := g.Snap(health), g.Snap(cells)
		areas := isochrones(t, g, sites, IsochroneOptions{}, c.limits...)
		for i, limit := range c.limits {
			checkShape(t, areas[i])
			if i > 0 {
				checkNested(t, areas[i-1], areas[i])
			}
			checkDemand(t, g, areas[i], cells, demand, sites, limit)
		}
		in, out := checkPromise(t, g, sites, c.limits, areas, defaultStep)
		t.Logf("%s %v: %d places on streets inside, %d outside, as promised", c.mode, c.metric, in, out)
	}
}

func checkDemand(t *testing.T, g *Graph, area orb.MultiPolygon, points []orb.Point, demand, sites []Snap, limit float64) {
	t.Helper()
	nearest, err := g.Nearest(context.Background(), sites, demand, geo.Limit{Metric: g.Metric, Max: geo.ToImpedance(limit)})
	if err != nil {
		t.Fatal(err)
	}
	inside := locatorOf(area)
	covered, off, worst := 0, 0, 0.0
	for i, p := range points {
		is := nearest.Site[i] >= 0
		if is {
			covered++
		}
		if is != inside(p) {
			m := toBorder(area, p)
			worst = max(worst, m)
			if off++; m > 2*defaultStep {
				t.Errorf("limit %v: cell %d at %v is covered: %v, and the border is %.1f m away", limit, i, p, is, m)
			}
		}
	}
	t.Logf("limit %v: %d of %d cells covered, %d on the wrong side, at most %.1f m from the border; %.2f km²", limit, covered, len(points), off, worst, geo.Area(area)/1e6)
}

// toBorder is the distance of a point to the nearest border in metres.
func toBorder(area orb.MultiPolygon, p orb.Point) float64 {
	pl := planeAt(p[1])
	least := infinite
	for _, polygon := range area {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				r := reach{ax: (a[0] - p[0]) * pl.sx, ay: (a[1] - p[1]) * pl.sy, dx: (b[0] - a[0]) * pl.sx, dy: (b[1] - a[1]) * pl.sy}
				r.square = r.dx*r.dx + r.dy*r.dy
				square, _ := r.nearest(0, 0)
				least = min(least, square)
			}
		}
	}
	return math.Sqrt(least)
}

func TestIsochronesRefuseBadInput(t *testing.T) {
	g := build(t, drawTown("A---B").roads, "walk", geo.Metres)
	sites := g.Snap([]orb.Point{place(1, 0)})
	metre := []geo.Limit{{Metric: geo.Metres, Max: 100_000}}
	for _, c := range []struct {
		name   string
		sites  []Snap
		limits []geo.Limit
		opts   IsochroneOptions
		want   error // nil = any
	}{
		{"seconds", sites, []geo.Limit{{Metric: geo.Seconds, Max: 1}}, IsochroneOptions{}, geo.ErrMetric},
		{"no finite limit", sites, []geo.Limit{{Metric: geo.Metres, Max: geo.Unreachable}}, IsochroneOptions{}, nil},
		{"another graph's snap", []Snap{{OK: true, Edge: 5}}, metre, IsochroneOptions{}, ErrSnap},
		{"step", sites, metre, IsochroneOptions{Step: 0.1}, nil},
		{"leg", sites, metre, IsochroneOptions{MaxLeg: math.NaN()}, nil},
		{"workers", sites, metre, IsochroneOptions{Workers: -1}, nil},
	} {
		_, err := g.Isochrones(context.Background(), c.sites, c.limits, c.opts)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := g.Isochrones(ctx, sites, metre, IsochroneOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	areas := isochrones(t, g, []Snap{{Edge: -1}}, IsochroneOptions{}, 100, 0)
	if len(areas) != 2 || len(areas[0]) != 0 || areas[0] == nil {
		t.Errorf("an unconnected site reaches %v", areas)
	}
}

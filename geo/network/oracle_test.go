package network

import (
	"container/heap"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

// oracle is the road network once more, the slow way: a map of arcs between named spots, in the direction of travel, into which every demand and
// site is inserted as a spot of its own. It shares with the code under test only the snaps and the rule that a piece of way between
// junctions is rounded once.
type oracle struct {
	arcs map[string]map[string]uint64
}

func (o *oracle) join(from, to string, cost uint64) {
	if o.arcs[from] == nil {
		o.arcs[from] = map[string]uint64{}
	}
	if was, ok := o.arcs[from][to]; !ok || cost < was {
		o.arcs[from][to] = cost
	}
}

// piece is a stretch of way between junctions.
type piece struct {
	from, to string
	weight   uint64
	oneWay   Direction
}

func pieces(roads *Roads, m Mode, metric geo.Metric) []piece {
	visits := map[int32]int{}
	usable := func(w Way) bool { return w.Access&m.Access != 0 && m.Speed[w.Class] > 0 && w.Count > 1 }
	for _, w := range roads.Ways {
		if !usable(w) {
			continue
		}
		refs := roads.Refs[w.First : w.First+w.Count]
		for i, r := range refs {
			if i == 0 || r != refs[i-1] {
				visits[r]++
			}
		}
		visits[refs[0]], visits[refs[len(refs)-1]] = 2, 2
	}
	var all []piece
	for _, w := range roads.Ways {
		if !usable(w) {
			continue
		}
		refs := roads.Refs[w.First : w.First+w.Count]
		speed := m.Speed[w.Class]
		if m.Posted && w.MaxSpeed > 0 && float64(w.MaxSpeed) < speed {
			speed = float64(w.MaxSpeed)
		}
		start, metres := refs[0], 0.0
		for i := 1; i < len(refs); i++ {
			metres += geo.Distance(roads.Nodes[refs[i-1]], roads.Nodes[refs[i]])
			if visits[refs[i]] < 2 || refs[i] == refs[i-1] && i < len(refs)-1 {
				continue
			}
			value := metres
			if metric == geo.Seconds {
				value = metres * 3.6 / speed
			}
			p := piece{fmt.Sprint("node ", start), fmt.Sprint("node ", refs[i]), uint64(geo.ToImpedance(value)), w.OneWay}
			if !m.OneWay {
				p.oneWay = Both
			}
			all = append(all, p)
			start, metres = refs[i], 0
		}
	}
	return all
}

// newOracle inserts the points into the pieces.
func newOracle(all []piece, demand, sites []Snap) *oracle {
	o := &oracle{arcs: map[string]map[string]uint64{}}
	cuts := make([]map[uint64]bool, len(all))
	for e, p := range all {
		cuts[e] = map[uint64]bool{0: true, p.weight: true}
	}
	for _, list := range [][]Snap{demand, sites} {
		for _, s := range list {
			if s.OK {
				cuts[s.Edge][uint64(s.Offset)] = true
			}
		}
	}
	spots := func(e int, offset uint64) []string { // at both ends at once on a piece without length
		var at []string
		if offset == 0 {
			at = append(at, all[e].from)
		}
		if offset == all[e].weight {
			at = append(at, all[e].to)
		}
		if at == nil {
			at = []string{fmt.Sprint("piece ", e, " at ", offset)}
		}
		return at
	}
	for e, p := range all {
		if p.weight == 0 {
			if p.oneWay != Backward {
				o.join(p.from, p.to, 0)
			}
			if p.oneWay != Forward {
				o.join(p.to, p.from, 0)
			}
			continue
		}
		offsets := slices.Sorted(maps.Keys(cuts[e]))
		for k := 1; k < len(offsets); k++ {
			a, b, step := spots(e, offsets[k-1])[0], spots(e, offsets[k])[0], offsets[k]-offsets[k-1]
			if p.oneWay != Backward {
				o.join(a, b, step)
			}
			if p.oneWay != Forward {
				o.join(b, a, step)
			}
		}
	}
	for i, d := range demand {
		if d.OK {
			for _, at := range spots(int(d.Edge), uint64(d.Offset)) {
				o.join(fmt.Sprint("demand ", i), at, uint64(d.Access))
			}
		}
	}
	for i, s := range sites {
		if s.OK {
			for _, at := range spots(int(s.Edge), uint64(s.Offset)) {
				o.join(at, fmt.Sprint("site ", i), uint64(s.Access))
			}
		}
	}
	return o
}

// from is Dijkstra's algorithm on names.
func (o *oracle) from(start string) map[string]uint64 {
	cost, done := map[string]uint64{start: 0}, map[string]bool{}
	todo := &spotHeap{{start, 0}}
	for todo.Len() > 0 {
		at := heap.Pop(todo).(spot)
		if done[at.name] {
			continue
		}
		done[at.name] = true
		for to, w := range o.arcs[at.name] {
			if was, ok := cost[to]; !ok || at.cost+w < was {
				cost[to] = at.cost + w
				heap.Push(todo, spot{to, at.cost + w})
			}
		}
	}
	return cost
}

type spot struct {
	name string
	cost uint64
}

type spotHeap []spot

func (h spotHeap) Len() int           { return len(h) }
func (h spotHeap) Less(i, j int) bool { return h[i].cost < h[j].cost }
func (h spotHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *spotHeap) Push(x any)        { *h = append(*h, x.(spot)) }
func (h *spotHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// world is a random small road network with points around it.
type world struct {
	roads         *Roads
	sites, demand []orb.Point
}

// drawWorld draws networks with all that is awkward: streets of several ways, loops, parallel streets, dead ends, islands, nodes
// on one spot, a node twice in a row, closed and useless ways, several points on one edge and on junctions.
func drawWorld(t *rapid.T) world {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	var w world
	w.roads = &Roads{}
	nodes := rapid.IntRange(1, 14).Draw(t, "nodes")
	at := func() orb.Point { return place(float64(rng.IntN(9)), float64(rng.IntN(9))) }
	for range nodes {
		w.roads.Nodes = append(w.roads.Nodes, at())
	}
	for range rapid.IntRange(0, 12).Draw(t, "ways") {
		refs := make([]int32, rng.IntN(6))
		for i := range refs {
			refs[i] = int32(rng.IntN(nodes))
			if i > 0 && rng.IntN(10) == 0 {
				refs[i] = refs[i-1]
			}
		}
		w.roads.add(Direction(rng.IntN(3)-1), refs...)
		way := &w.roads.Ways[len(w.roads.Ways)-1]
		if rng.IntN(8) == 0 {
			way.Access = Foot
		}
		if rng.IntN(8) == 0 {
			way.Class = Class(rng.IntN(int(NumClasses)))
		}
		if rng.IntN(4) == 0 {
			way.MaxSpeed = float32(5 * (1 + rng.IntN(12)))
		}
	}
	points := func(n int) []orb.Point {
		ps := make([]orb.Point, n)
		for i := range ps {
			ps[i] = at()
			if rng.IntN(3) > 0 {
				ps[i] = place(9*rng.Float64(), 9*rng.Float64())
			}
		}
		return ps
	}
	w.sites = points(rapid.IntRange(0, 5).Draw(t, "sites"))
	w.demand = points(rapid.IntRange(0, 12).Draw(t, "demand"))
	return w
}

func drawGraph(t *rapid.T, w world) *Graph {
	m := rapid.SampledFrom(StandardModes()).Draw(t, "mode")
	metric := rapid.SampledFrom([]geo.Metric{geo.Metres, geo.Seconds}).Draw(t, "metric")
	return mustBuild(t, w.roads, m, metric)
}

func mustBuild(t rapid.TB, roads *Roads, m Mode, metric geo.Metric) *Graph {
	g, err := Build(context.Background(), roads, m, metric)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func mustMatrix(t rapid.TB, g *Graph, sites, demand []Snap, limit geo.Impedance) *geo.CostMatrix {
	m, err := g.Matrix(context.Background(), sites, demand, geo.Limit{Metric: g.Metric, Max: limit}, 2)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// entries returns a matrix as a map, and checks its shape.
func entries(t rapid.TB, m *geo.CostMatrix) map[[2]int]geo.Impedance {
	all := map[[2]int]geo.Impedance{}
	for r := range m.Rows() {
		columns, costs := m.Row(r)
		for k, c := range columns {
			if k > 0 && columns[k-1] >= c {
				t.Fatalf("row %d is not ascending: %v", r, columns)
			}
			all[[2]int{r, int(c)}] = costs[k]
		}
	}
	return all
}

// drawLimit draws a limit, now and then one that is exactly the cost of some pair.
func drawLimit(t *rapid.T, g *Graph, sites, demand []Snap) geo.Impedance {
	limits := []geo.Impedance{0, 1, 300_000, 1_000_000, 2_500_000, 1 << 31, geo.Unreachable - 1}
	if m := mustMatrix(t, g, sites, demand, geo.Unreachable-1); len(m.Cost) > 0 && rapid.Bool().Draw(t, "on the boundary") {
		limits = m.Cost
	}
	return rapid.SampledFrom(limits).Draw(t, "limit")
}

// check runs a property on a few hundred random worlds.
func check(t *testing.T, property func(t *rapid.T)) {
	for range 5 {
		rapid.Check(t, property)
	}
}

func TestMatrixEqualsBruteForce(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		sites, demand := g.Snap(w.sites), g.Snap(w.demand)
		limit := drawLimit(t, g, sites, demand)
		all := pieces(w.roads, g.Mode, g.Metric)
		if len(all) != g.Edges() {
			t.Fatalf("%d edges, want %d", g.Edges(), len(all))
		}
		compare(t, newOracle(all, demand, sites), mustMatrix(t, g, sites, demand, limit), demand)
	})
}

// compare holds every column of the matrix whose demand is connected against the oracle.
func compare(t rapid.TB, o *oracle, m *geo.CostMatrix, demand []Snap) {
	got := entries(t, m)
	for d := range demand {
		from := o.from(fmt.Sprint("demand ", d))
		for s := range m.Rows() {
			want, ok := from[fmt.Sprint("site ", s)]
			ok = ok && want <= uint64(m.Limit.Max)
			cost, has := got[[2]int{s, d}]
			if has != ok || has && uint64(cost) != want {
				t.Fatalf("site %d, demand %d: got %v %v, want %v %v", s, d, cost, has, want, ok)
			}
		}
	}
}

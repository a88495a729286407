package network

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

const farthest = geo.Unreachable - 1

func TestSnapEqualsALookAtEverySegment(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		for i, s := range g.Snap(w.demand) {
			n := newNearest(w.demand[i], g.Mode.MaxAccess)
			for e := range g.first {
				for ref := g.first[e]; ref < g.last(int32(e)); ref++ {
					n.look(g.roads, ref)
				}
			}
			near := n.ref >= 0 && geo.Distance(w.demand[i], n.point) <= g.Mode.MaxAccess
			if s.OK != near {
				t.Fatalf("point %d: connected %v, want %v", i, s.OK, near)
			}
			if near && (s.Point != n.point || s.Edge != g.edgeAt(n.ref)) {
				t.Fatalf("point %d: on edge %d at %v, want %d at %v", i, s.Edge, s.Point, g.edgeAt(n.ref), n.point)
			}
		}
	})
}

// The segment index must not miss segments anywhere on the sphere, whatever their length and direction.
func TestSnapFindsLongSegmentsAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		a := orb.Point{360*rng.Float64() - 180, 170*rng.Float64() - 85}
		b := orb.Point{max(-180, min(180, a[0]+rng.NormFloat64()/10)), max(-85, min(85, a[1]+rng.NormFloat64()/10))}
		roads := &Roads{Nodes: []orb.Point{a, b}}
		roads.add(Both, 0, 1)
		g := mustBuild(t, roads, StandardModes()[0], geo.Metres)
		for range 20 {
			f := rng.Float64()
			p := orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}
			p[1] += (2*rng.Float64() - 1) * 499 / metresPerDegree
			if s := g.Snap([]orb.Point{p})[0]; !s.OK {
				t.Fatalf("%v lies within 500 m of the road %v %v", p, a, b)
			}
		}
	})
}

func TestALargerLimitAddsEntriesAndChangesNone(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		sites, demand := g.Snap(w.sites), g.Snap(w.demand)
		limit := drawLimit(t, g, sites, demand)
		small, large := entries(t, mustMatrix(t, g, sites, demand, limit)), entries(t, mustMatrix(t, g, sites, demand, farthest))
		maps.DeleteFunc(large, func(_ [2]int, c geo.Impedance) bool { return c > limit })
		if !maps.Equal(small, large) {
			t.Fatalf("limit %d: got %v, want %v", limit, small, large)
		}
	})
}

func TestReversingAllStreetsAndBothRolesGivesTheTranspose(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		reversed := *w.roads
		reversed.Ways = slices.Clone(w.roads.Ways)
		for i := range reversed.Ways {
			reversed.Ways[i].OneWay *= -1
		}
		h := mustBuild(t, &reversed, g.Mode, g.Metric)
		got := entries(t, mustMatrix(t, g, g.Snap(w.sites), g.Snap(w.demand), farthest))
		back := entries(t, mustMatrix(t, h, h.Snap(w.demand), h.Snap(w.sites), farthest))
		want := map[[2]int]geo.Impedance{}
		for at, c := range back {
			want[[2]int{at[1], at[0]}] = c
		}
		if !maps.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// A street between two junctions cuts no other street and comes last, so that the snaps of the network without it hold in the one
// with it. (Snapped anew, a point may well come to lie on the new street, and farther from where it was going.)
func TestAddingAStreetNeverWorsens(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		if g.Nodes() == 0 {
			return
		}
		sites, demand := g.Snap(w.sites), g.Snap(w.demand)
		before := entries(t, mustMatrix(t, g, sites, demand, farthest))
		ends := rapid.SliceOfN(rapid.SampledFrom(g.place), 2, 2).Draw(t, "new street")
		w.roads.add(Both, ends...)
		after := entries(t, mustMatrix(t, mustBuild(t, w.roads, g.Mode, g.Metric), sites, demand, farthest))
		for at, c := range before {
			if now, ok := after[at]; !ok || now > c {
				t.Fatalf("%v: %v became %v %v", at, c, now, ok)
			}
		}
	})
}

func TestNearestIsTheLeastEntryOfEachColumn(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.sites = append(w.sites, w.sites...) // ties
		g := drawGraph(t, w)
		sites, demand := g.Snap(w.sites), g.Snap(w.demand)
		limit := drawLimit(t, g, sites, demand)
		m := mustMatrix(t, g, sites, demand, limit)
		want := NearestSites{Site: make([]int32, len(demand)), Cost: make([]geo.Impedance, len(demand))}
		for d := range demand {
			want.Site[d], want.Cost[d] = -1, geo.Unreachable
		}
		for r := range m.Rows() {
			columns, costs := m.Row(r)
			for k, d := range columns {
				if costs[k] < want.Cost[d] {
					want.Site[d], want.Cost[d] = int32(r), costs[k]
				}
			}
		}
		got, err := g.Nearest(context.Background(), sites, demand, m.Limit)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Site, want.Site) || !slices.Equal(got.Cost, want.Cost) {
			t.Fatalf("got %v, want %v", *got, want)
		}
	})
}

// A path has the cost of the matrix; its line joins the two points along the streets and is as long as it costs.
func TestPathAgreesWithTheMatrix(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		sites, demand := g.Snap(w.sites), g.Snap(w.demand)
		m := mustMatrix(t, g, sites, demand, drawLimit(t, g, sites, demand))
		want := entries(t, m)
		for s := range sites {
			for d := range demand {
				r, err := g.Path(context.Background(), sites[s], demand[d], m.Limit)
				cost, ok := want[[2]int{s, d}]
				if !ok {
					if !errors.Is(err, ErrNoPath) {
						t.Fatalf("%d-%d: got %v %v, want ErrNoPath", s, d, r, err)
					}
					continue
				}
				if err != nil || r.Cost != cost {
					t.Fatalf("%d-%d: got %v %v, want %v", s, d, r, err, cost)
				}
				checkLine(t, g, r, sites[s], demand[d])
			}
		}
	})
}

func checkLine(t *rapid.T, g *Graph, r *Route, site, demand Snap) {
	if r.Line[0] != demand.Point || r.Line[len(r.Line)-1] != site.Point {
		t.Fatalf("line %v does not lead from %v to %v", r.Line, demand.Point, site.Point)
	}
	if r.Edge[0] != demand.Edge || r.Edge[len(r.Edge)-1] != site.Edge {
		t.Fatalf("edges %v do not lead from %d to %d", r.Edge, demand.Edge, site.Edge)
	}
	if g.Metric != geo.Metres {
		return
	}
	length := demand.Access.Value() + site.Access.Value()
	for i := 1; i < len(r.Line); i++ {
		length += geo.Distance(r.Line[i-1], r.Line[i])
	}
	// Each edge, each position and each access leg was rounded to a millimetre.
	if slack := 0.001 * float64(len(r.Edge)+4); math.Abs(length-r.Cost.Value()) > slack {
		t.Fatalf("line of %v m costs %v m", length, r.Cost.Value())
	}
}

// The costs along reached edges are those of the matrix for demands on these edges.
func TestReachAgreesWithTheMatrix(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		sites, demand := g.Snap(w.sites), g.Snap(w.demand)
		m := mustMatrix(t, g, sites, demand, drawLimit(t, g, sites, demand))
		want := entries(t, m)
		for s := range sites {
			edges, err := g.Reach(context.Background(), sites[s], m.Limit)
			if err != nil {
				t.Fatal(err)
			}
			reached := map[int32]ReachedEdge{}
			for _, r := range edges {
				reached[r.Edge] = r
			}
			for d := range demand {
				r, ok := reached[demand[d].Edge]
				if !demand[d].OK || demand[d].Edge == sites[s].Edge && sites[s].OK || demand[d].Offset == 0 || demand[d].Offset == g.Weight(demand[d].Edge) {
					continue // straight along the edge, or at a junction that other edges share: not told by these two costs
				}
				cost := geo.Unreachable
				if ok {
					cost = r.At(demand[d].Offset, g.Weight(r.Edge)).Add(demand[d].Access)
				}
				if entry, has := want[[2]int{s, d}]; has != m.Limit.Covers(cost) || has && entry != cost {
					t.Fatalf("site %d, demand %d: %v along the edge, %v %v in the matrix", s, d, cost, entry, has)
				}
			}
		}
	})
}

func TestEdgesAreInOneComponentExactlyWhenWalkersReachThem(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := mustBuild(t, w.roads, StandardModes()[0], geo.Metres)
		c := g.Components()
		middles := make([]Snap, g.Edges())
		for e := range middles {
			middles[e] = Snap{OK: true, Edge: int32(e)}
		}
		joined := entries(t, mustMatrix(t, g, middles, middles, farthest))
		for a := range middles {
			for b := range middles {
				if _, ok := joined[[2]int{a, b}]; ok != (c.Of[a] == c.Of[b]) {
					t.Fatalf("edges %d and %d: joined %v, components %v", a, b, ok, c.Of)
				}
			}
		}
		for k := 1; k < c.Count(); k++ {
			if c.Weight[k] > c.Weight[k-1] {
				t.Fatalf("components are not in order of weight: %v", c.Weight)
			}
		}
	})
}

func TestTheNumberOfWorkersDoesNotChangeTheMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		sites, demand := g.Snap(w.sites), g.Snap(w.demand)
		limit := geo.Limit{Metric: g.Metric, Max: farthest}
		var first *geo.CostMatrix
		for workers := 1; workers <= 5; workers++ {
			m, err := g.Matrix(context.Background(), sites, demand, limit, workers)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = m
			}
			if !reflect.DeepEqual(m, first) {
				t.Fatalf("%d workers: %v, want %v", workers, m, first)
			}
		}
	})
}

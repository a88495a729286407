package coverage

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// randomInput is a small county: the toy regions, up to 37 cells shared out among them at random, and tiers that go straight,
// on foot or by car over a lattice of streets with holes and one-way streets.
func randomInput(t *rapid.T, tb testing.TB) Input {
	g, _ := toyGrid(tb)
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	h := *g
	h.Parts = nil
	in := Input{Date: toyDate, Regions: toyRegions(tb), Grid: &h, Demand: &Demand{}, Workers: rapid.IntRange(1, 3).Draw(t, "workers")}
	for c := range h.Cells {
		regions := rng.Perm(len(in.Regions.All))[:rng.IntN(4)]
		slices.Sort(regions)
		for _, r := range regions {
			h.Parts = append(h.Parts, grid.Part{Cell: int32(c), Region: int32(r), Share: float64(1+rng.IntN(2)) / 8})
			if rng.IntN(3) > 0 {
				in.Demand.Cell = append(in.Demand.Cell, int32(c))
				in.Demand.Region = append(in.Demand.Region, int32(r))
				in.Demand.People = append(in.Demand.People, People(rng.IntN(4))*Person/3)
				centre := g.Centre(int32(c))
				in.Demand.Point = append(in.Demand.Point, orb.Point{centre[0] + rng.Float64()/500, centre[1] + rng.Float64()/500})
			}
		}
	}
	for k := range rng.IntN(3) {
		group := DemandGroup{ID: fmt.Sprintf("g%d", k)}
		for _, n := range in.Demand.People {
			group.People = append(group.People, People(rng.Int64N(int64(n)+1)))
		}
		in.Demand.Groups = append(in.Demand.Groups, group)
	}
	for k := range 1 + rng.IntN(3) {
		tier := Tier{ID: fmt.Sprintf("t%d", k), Mode: []string{Straight, "walk", "drive"}[rng.IntN(3)], Limit: metres(float64(rng.IntN(1500))),
			MinArea: float64(rng.IntN(2)) * 50, OwnerLevel: rng.IntN(4) - 1, Parent: -1}
		if k > 0 && rng.IntN(3) > 0 {
			tier.Parent = rng.IntN(k)
			tier.Nested = rng.IntN(3) > 0
		}
		if tier.Mode != Straight && rng.IntN(2) == 0 {
			tier.Limit = geo.Limit{Metric: geo.Seconds, Max: geo.ToImpedance(float64(rng.IntN(600)))}
		}
		in.Tiers = append(in.Tiers, tier)
	}
	in.addGraphs(tb, lattice(rng, 9, 250))
	for k := range rng.IntN(8) {
		in.Sites = append(in.Sites, randomSite(in, rng, fmt.Sprintf("s%d", k)))
	}
	if rng.IntN(4) == 0 {
		at := Moment(rng.IntN(week))
		in.At = &at
	}
	return in
}

// lattice is n streets by n, so many metres apart, around the toy origin, with a third of the blocks missing.
func lattice(rng *rand.Rand, n int, apart float64) *network.Roads {
	roads := &network.Roads{}
	add := func(a, b int) {
		if rng.IntN(3) > 0 {
			roads.Ways = append(roads.Ways, network.Way{Class: network.Residential, Access: network.Foot | network.Car,
				OneWay: network.Direction(rng.IntN(3) - 1), First: int32(len(roads.Refs)), Count: 2})
			roads.Refs = append(roads.Refs, int32(a), int32(b))
		}
	}
	for i := range n * n {
		roads.Nodes = append(roads.Nodes, at(float64(i%n-n/2)*apart, float64(i/n-n/2)*apart))
		if i%n < n-1 {
			add(i, i+1)
		}
		if i/n < n-1 {
			add(i, i+n)
		}
	}
	return roads
}

// randomSite stands within 1 km, or within 4 km and then often without a road.
func randomSite(in Input, rng *rand.Rand, id string) Site {
	spread := []float64{0.02, 0.08}[rng.IntN(2)] // degrees
	var hours *Week
	if rng.IntN(3) > 0 {
		from := Moment(rng.IntN(week))
		hours = &Week{[]Span{{from, from + Moment(rng.IntN(int(week-from)))}}}
	}
	return Site{
		Hours: hours,
		ID:    id, Tier: rng.IntN(len(in.Tiers)), Region: int32(rng.IntN(len(in.Regions.All)+1)) - 1, FloorArea: float64(rng.IntN(4)-1) * 40,
		Point: orb.Point{toyOrigin[0] + (rng.Float64()-.5)*spread, toyOrigin[1] + (rng.Float64()-.5)*spread},
	}
}

func TestSumsAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		res := mustCompute(t, in)
		var people People
		for _, p := range in.Demand.People {
			people += p
		}
		gaps := FindGaps(in, res, nil)
		for k := range in.Tiers {
			total := res.Total[k]
			if total.People != people {
				rt.Fatalf("%v people, %v at the start", total.People, people)
			}
			var inGaps People
			cells := 0
			for _, g := range gaps {
				if g.Tier == k {
					inGaps += g.People
					cells += len(g.Cells)
				}
			}
			if total.Covered+inGaps+res.Scattered[k] != people {
				rt.Fatalf("covered %v + gaps %v + scattered %v != %v", total.Covered, inGaps, res.Scattered[k], people)
			}
			if total.Cells-total.CoveredCells != cells {
				rt.Fatalf("%d cells, %d covered, %d in gaps", total.Cells, total.CoveredCells, cells)
			}
			if total.Required-total.Owning != len(res.Blank[k]) {
				rt.Fatalf("%d required, %d owning, %d blank", total.Required, total.Owning, len(res.Blank[k]))
			}
			for r, x := range res.Region[k] {
				want := ownFigures(in, res, k, int32(r))
				if x.People != want.People || x.Covered != want.Covered || x.Circle != want.Circle || x.Open != want.Open || x.Qualifying != want.Qualifying {
					rt.Fatalf("region %d: got %+v, want %+v", r, x, want)
				}
				if x.Open != x.Qualifying+x.BelowStandard+x.AreaUnknown {
					rt.Fatalf("region %d: sites do not add up: %+v", r, x)
				}
			}
		}
	})
}

// ownFigures is the slow way: who lies in a region is asked of every person and site by climbing the tree.
func ownFigures(in Input, res *Result, tier int, region int32) (x Indicators) {
	inside := func(r int32) bool {
		for ; r >= 0; r = in.Regions.All[r].Parent {
			if r == region {
				return true
			}
		}
		return false
	}
	s := &res.Services[tier]
	for i, p := range in.Demand.People {
		if inside(in.Demand.Region[i]) {
			x.People += p
			if s.Covered(i) {
				x.Covered += p
			}
			if s.Circle[i] {
				x.Circle += p
			}
		}
	}
	for _, site := range in.Sites {
		if site.Tier == tier && inside(site.Region) && in.open(&site) {
			x.Open++
			if site.Qualifies(in.Tiers[tier]) {
				x.Qualifying++
			}
		}
	}
	return x
}

func TestAnotherSiteNeverLowersCoverage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		before := mustCompute(t, in)
		in.Sites = append(slices.Clone(in.Sites), randomSite(in, rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "new"), 1)), "new"))
		after := mustCompute(t, in)
		for k := range in.Tiers {
			for i := range in.Demand.People {
				if a, b := before.Services[k].Cost[i], after.Services[k].Cost[i]; b > a {
					rt.Fatalf("tier %d, demand %d: cost %v became %v", k, i, a, b)
				}
			}
			for r := range before.Region[k] {
				a, b := before.Region[k][r], after.Region[k][r]
				if b.Covered < a.Covered || b.CoveredCells < a.CoveredCells || b.Owning < a.Owning {
					rt.Fatalf("tier %d, region %d: %+v became %+v", k, r, a, b)
				}
			}
		}
	})
}

func TestALargerLimitIsASuperset(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		before := mustCompute(t, in)
		in.Tiers = slices.Clone(in.Tiers)
		for k := range in.Tiers {
			in.Tiers[k].Limit.Max += metres(float64(rapid.IntRange(0, 1000).Draw(rt, "more"))).Max
		}
		after := mustCompute(t, in)
		for k := range in.Tiers {
			for i := range in.Demand.People {
				a, b := &before.Services[k], &after.Services[k]
				if a.Reach[i] > b.Reach[i] || a.Covered(i) && (!b.Covered(i) || a.Nearest[i] != b.Nearest[i] || a.Cost[i] != b.Cost[i]) {
					rt.Fatalf("tier %d, demand %d is served worse by a larger limit", k, i)
				}
			}
		}
	})
}

// The order in which sites and people are listed, and the number of workers, change nothing but the numbers that point to them.
func TestOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 2))
		other := in
		other.Workers = 2
		sites, demand := rng.Perm(len(in.Sites)), rng.Perm(in.Demand.Len())
		other.Sites, other.Demand = nil, &Demand{}
		for _, i := range sites {
			other.Sites = append(other.Sites, in.Sites[i])
		}
		for _, i := range demand {
			other.Demand.Point = append(other.Demand.Point, in.Demand.Point[i])
			other.Demand.People = append(other.Demand.People, in.Demand.People[i])
			other.Demand.Region = append(other.Demand.Region, in.Demand.Region[i])
			other.Demand.Cell = append(other.Demand.Cell, in.Demand.Cell[i])
		}
		for _, group := range in.Demand.Groups {
			members := make([]People, len(demand))
			for to, from := range demand {
				members[to] = group.People[from]
			}
			other.Demand.Groups = append(other.Demand.Groups, DemandGroup{group.ID, members})
		}
		names := []Named{{"x", toyOrigin}, {"y", north(toyOrigin, 900)}}
		a, b := mustCompute(t, in), mustCompute(t, other)
		if !reflect.DeepEqual(a.Region, b.Region) || !reflect.DeepEqual(a.Total, b.Total) || !reflect.DeepEqual(a.Blank, b.Blank) || !reflect.DeepEqual(a.Groups, b.Groups) {
			rt.Fatalf("figures differ:\n%+v\n%+v", a, b)
		}
		for k := range in.Tiers {
			for to, from := range demand {
				x, y := a.Services[k].Nearest[from], b.Services[k].Nearest[to]
				if (x < 0) != (y < 0) || x >= 0 && in.Sites[x].ID != other.Sites[y].ID {
					rt.Fatalf("tier %d, demand %d: served by %d or %d", k, from, x, y)
				}
			}
		}
		ga, gb := FindGaps(in, a, names), FindGaps(other, b, names)
		for i := range gb {
			if gb[i].Site >= 0 {
				gb[i].Site = int32(sites[gb[i].Site])
			}
		}
		if !reflect.DeepEqual(ga, gb) {
			rt.Fatalf("gaps differ:\n%+v\n%+v", ga, gb)
		}
	})
}

package siting

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// proof tells how good a set of stations is: no set under the same rules captures more than the bound.
//
// For every set T and every set S, since each station adds less the more there are before it,
//
//	f(S) <= f(T) + sum_{j in S - T} (f(T + j) - f(T))
//
// (G. L. Nemhauser, L. A. Wolsey & M. L. Fisher, Mathematical Programming 14, 1978). The right side is a sum over stations, so
// that most of it under Count and spacing is bounded by packing, below. The bound is the least over T: none, the first half of the
// chosen, and all of them.
func (f *footfall) proof(ctx context.Context, s setting, chosen []int32) (bound float64, err error) {
	score, _ := f.total(s, chosen)
	bound = math.Inf(1)
	tried := map[int]bool{}
	for _, size := range []int{0, (len(chosen) + 1) / 2, len(chosen)} {
		if tried[size] {
			continue
		}
		tried[size] = true
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		p := f.pack(s, chosen[:size])
		bound = math.Min(bound, p.base+p.most(score-p.base))
	}
	return math.Max(score, bound*(1+1e-9)), nil // the sums are rounded
}

// packing is: choose at most count of the spots, of a clique at most one, for most gain. Cliques are maximal sets of spots that are
// pairwise nearer than the spacing, or, where there are many spots, discs of half the spacing around every one.
type packing struct {
	base    float64   // what stands before the gains
	gain    []float64 // per spot, > 0
	cliques [][]int32 // of spots
	member  [][]int32 // per spot: its cliques
	count   int
}

// pack states what spots add beside the stations of T.
func (f *footfall) pack(s setting, t []int32) *packing {
	p := &packing{count: f.r.Count}
	c := f.nothing(s)
	for _, j := range t {
		p.base += c.open(j)
	}
	at := make([]int32, len(f.spots)) // index into gain + 1
	for j := range f.spots {
		if slices.Contains(t, int32(j)) {
			continue
		}
		if g := c.gain(int32(j)); g > 0 {
			p.gain = append(p.gain, g)
			at[j] = int32(len(p.gain))
		}
	}
	var points []orb.Point
	for j := range f.spots {
		if at[j] > 0 {
			points = append(points, f.spots[j].Point)
		}
	}
	p.member = make([][]int32, len(p.gain))
	for _, clique := range cliques(points, f.r.Spacing) {
		for _, k := range clique {
			p.member[k] = append(p.member[k], int32(len(p.cliques)))
		}
		p.cliques = append(p.cliques, clique)
	}
	return p
}

// manyPoints is from how many points on discs stand for all sets of pairwise near points, which become too many.
const manyPoints = 300

// cliques returns sets of points that are pairwise nearer than the spacing.
func cliques(points []orb.Point, spacing float64) (sets [][]int32) {
	if len(points) < manyPoints {
		return tooNear(points, spacing)
	}
	index := newNearIndex(points)
	for _, p := range points {
		if set := index.within(p, spacing/2); len(set) > 1 {
			sets = append(sets, set)
		}
	}
	return sets
}

// packSteps bounds the steps of the dual.
const packSteps = 400

// most returns a bound of the packing from above, by its Lagrangian dual: with prices u_C >= 0 of cliques,
//
//	L(u) = sum_C u_C + the sum of the count largest positive gain_j - sum_{C holds j} u_C
//
// lowered by subgradient steps with Polyak's length towards target, a value that some choice reaches.
func (p *packing) most(target float64) float64 {
	best, length, since := math.Inf(1), 1.0, 0
	price := make([]float64, len(p.cliques))
	slope := make([]float64, len(p.cliques))
	for range packSteps {
		value, chosen := p.priced(price)
		if value < best*(1-1e-6) {
			since = 0
		} else if since++; since == 10 {
			length, since = length/2, 0
		}
		best = math.Min(best, value)
		if best <= target*(1+1e-9) || length < 1e-3 {
			break
		}
		for c := range slope {
			slope[c] = 1
		}
		for _, j := range chosen {
			for _, c := range p.member[j] {
				slope[c]--
			}
		}
		norm := 0.0
		for c, v := range slope {
			if v > 0 && price[c] == 0 {
				slope[c] = 0 // a price does not fall below nothing
			}
			norm += slope[c] * slope[c]
		}
		if norm == 0 {
			break // the choice keeps every clique
		}
		step := length * (value - target) / norm
		for c, v := range slope {
			price[c] = math.Max(0, price[c]-step*v)
		}
	}
	return best
}

// priced returns the value of the dual at prices, and the spots that it rests on.
func (p *packing) priced(price []float64) (value float64, chosen []int32) {
	for _, u := range price {
		value += u
	}
	type priced struct {
		spot int32
		gain float64
	}
	var left []priced
	for j, g := range p.gain {
		for _, c := range p.member[j] {
			g -= price[c]
		}
		if g > 0 {
			left = append(left, priced{int32(j), g})
		}
	}
	slices.SortFunc(left, func(a, b priced) int { return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.spot, b.spot)) })
	for _, x := range left[:min(p.count, len(left))] {
		value += x.gain
		chosen = append(chosen, x.spot)
	}
	return value, chosen
}

package model

import (
	"cmp"
	"math"
	"slices"

	h3 "github.com/uber/h3-go/v4"
)

// housePeople puts the people of every settlement on the points of the mesh around its centre, and scales all to the
// number asked for.
func (w *world) housePeople() {
	total := 0.0
	for _, n := range w.people {
		total += float64(n)
	}
	for i := range w.settlements {
		total += w.house(i)
	}
	for i := range w.communities {
		if w.people[w.communities[i].seed] == 0 { // nobody's land has no community
			w.people[w.communities[i].seed] = 12
			total += 12
		}
	}
	k := float32(float64(w.opt.People) / total)
	sums := make([]float64, len(w.communities))
	for p := range w.people {
		w.people[p] *= k
		if l := w.communityOf.label[p]; l >= 0 {
			sums[l] += float64(w.people[p])
		}
	}
	w.countTotals(sums)
}

// house spreads one settlement's people and returns how many.
func (w *world) house(i int) float64 {
	x := &w.settlements[i]
	patch := w.seed.field(70).field(uint64(i))
	var points []int32
	var weights []float64
	sum := 0.0
	w.mesh.disc(x.centre, 1.5*max(x.rx, x.ry)+w.mesh.step, func(p int32, at vec) {
		if w.wet[p] || w.communityOf.label[p] < 0 {
			return
		}
		weight := 0.0
		if i < w.urban {
			if w.zoneAt(at) == i {
				weight = max(0.75+0.9*patch.fbm(at.mul(1/420.0), 2), 0.04)
			}
		} else if r := x.local(at).len(); r < 2 {
			weight = math.Exp(-1.6 * r * r)
		}
		if weight > 0 {
			points, weights, sum = append(points, p), append(weights, weight), sum+weight
		}
	})
	if sum == 0 {
		return 0
	}
	for j, p := range points {
		w.people[p] += float32(x.people * weights[j] / sum)
	}
	return x.people
}

// countTotals makes the official totals of the communities: they differ by a few per cent from what the cells hold, as
// two sources do, and add up to the number of people asked for.
func (w *world) countTotals(sums []float64) {
	drift := w.seed.field(71)
	total := 0.0
	for i := range sums {
		sums[i] *= 1 + 0.06*(drift.cell(int64(i), 0)-0.5)
		total += sums[i]
	}
	w.totals = make([]int64, len(sums))
	rest := int64(w.opt.People)
	order := make([]int, len(sums))
	for i := range sums {
		sums[i] *= float64(w.opt.People) / total
		w.totals[i] = int64(sums[i])
		rest -= w.totals[i]
		order[i] = i
	}
	// The largest remainders get the rest, one each.
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(sums[b]-math.Floor(sums[b]), sums[a]-math.Floor(sums[a]))
	})
	for k := int64(0); k < rest; k++ {
		w.totals[order[k%int64(len(order))]]++
	}
}

// cellCount is the people of an H3 cell, and how many of them are 60 or older and under 15.
type cellCount struct {
	cell               h3.Cell
	people, old, young int64
}

// ages returns the shares of the old and the young at mesh point p: villages have grown old, new quarters are young.
func (w *world) ages(p int32) (old, young float64) {
	old, young = 0.31, 0.14
	at := w.mesh.at(p)
	if c := w.communityOf.label[p]; c >= 0 && w.communities[c].urban {
		old, young = 0.19, 0.17
	}
	if z := w.zoneAt(at); z >= 0 && (w.settlements[z].kind == newTown || w.settlements[z].kind == estate) {
		old, young = 0.11, 0.21
	}
	bend := 0.3 * w.seed.field(75).fbm(at.mul(1/900.0), 2)
	return old * (1 + bend), young * (1 - bend)
}

// cells counts the people by H3 cells, ascending. Rounding to whole people is left to chance, fixed by the seed, so that
// it favours neither dense nor thin cells.
func (w *world) cells() []cellCount {
	type sums struct{ people, old, young float64 }
	all := map[h3.Cell]sums{}
	for p, n := range w.people {
		if n > 0 {
			lon, lat := w.frame.lonlat(w.mesh.at(int32(p)))
			c := h3.LatLngToCell(h3.LatLng{Lat: lat, Lng: lon}, w.opt.Resolution)
			old, young := w.ages(int32(p))
			s := all[c]
			all[c] = sums{s.people + float64(n), s.old + old*float64(n), s.young + young*float64(n)}
		}
	}
	out := make([]cellCount, 0, len(all))
	luck, ages := w.seed.field(72), w.seed.field(76)
	for c, s := range all {
		if k := int64(s.people + luck.cell(int64(c), 0)); k > 0 {
			old := min(int64(float64(k)*s.old/s.people+ages.cell(int64(c), 0)), k)
			young := min(int64(float64(k)*s.young/s.people+ages.cell(int64(c), 1)), k-old)
			out = append(out, cellCount{c, k, old, young})
		}
	}
	slices.SortFunc(out, func(a, b cellCount) int { return cmp.Compare(a.cell, b.cell) })
	return out
}

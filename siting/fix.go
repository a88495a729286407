package siting

import (
	"container/heap"
	"context"
	"fmt"
	"math/bits"

	"sitecover/coverage"
	"sitecover/geo"
)

// Fix is what would close a gap: single candidates that do part of it, and a few that together do what candidates can.
type Fix struct {
	Reachable coverage.People // uncovered people of the gap within the limit of some candidate; the others no candidate reaches

	Nearest  FixSite // the candidate nearest to the gap's centre of those that reach someone in the gap
	Cheapest FixSite // the one with the least money for each person of the gap that it covers
	Most     FixSite // the one that covers most people of the gap

	// Sites together cover as many people of the gap as candidates can, as far as the spacing allows: chosen one by one, the
	// least money for each newly covered person first. That is the greedy rule of Chvátal 1979 (A Greedy Heuristic for the
	// Set-Covering Problem), whose cost is within a factor 1 + ln(people) of the least; it is no plan: a plan weighs all gaps against each other.
	Sites []FixSite
}

// Cost returns the money for all Sites.
func (f *Fix) Cost() (sum Yuan) {
	for _, s := range f.Sites {
		sum += s.Cost
	}
	return sum
}

// Covered returns the people of the gap whom Sites cover together.
func (f *Fix) Covered() (sum coverage.People) {
	for _, s := range f.Sites {
		sum += s.People
	}
	return sum
}

// FixSite is a candidate as the answer to a gap.
type FixSite struct {
	Candidate int32           // index into CandidateSet.All; -1 = there is none
	Cost      Yuan            // of a site of the gap's tier there
	Metres    float64         // great circle to the gap's centre
	People    coverage.People // uncovered people of the gap that it covers; in Fix.Sites those whom the ones before do not
}

// noFixSite stands for "no candidate".
var noFixSite = FixSite{Candidate: -1}

// FixGaps tells for every gap what would close it: the result is parallel to the gaps. Gaps and candidates must be those of the
// world, and the rules the ones that the candidates were found by; errors name what does not fit, or are the context's. Equals go to the
// lowest candidate. It costs O(entries of the candidates' reach × log).
func FixGaps(ctx context.Context, w *World, gaps []coverage.Gap, set *CandidateSet, rules []TierRules) ([]Fix, error) {
	if len(rules) != len(w.Tiers) || len(set.Serving) != len(w.Tiers) || len(w.Coverage.Services) != len(w.Tiers) {
		return nil, fmt.Errorf("siting: %d rules, candidates for %d tiers and coverage of %d for %d tiers",
			len(rules), len(set.Serving), len(w.Coverage.Services), len(w.Tiers))
	}
	for i, gap := range gaps {
		if gap.Tier < 0 || gap.Tier >= len(w.Tiers) {
			return nil, fmt.Errorf("siting: gap %d: tier %d does not exist", i, gap.Tier)
		}
	}
	out := make([]Fix, len(gaps))
	for t := range w.Tiers {
		f := &fixer{w: w, set: set, rule: &rules[t], tier: t, gaps: gaps, gapOf: gapOfDemand(w, gaps, t)}
		reach := f.reach()
		for i := range gaps {
			if gaps[i].Tier != t {
				continue
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			out[i] = f.fix(int32(i), reach[i])
		}
	}
	return out, nil
}

// gapOfDemand returns the gap of a tier that each demand point is uncovered in, -1 = none.
func gapOfDemand(w *World, gaps []coverage.Gap, t int) []int32 {
	byCell := make([]int32, len(w.Grid.Cells))
	for i := range byCell {
		byCell[i] = -1
	}
	for i, gap := range gaps {
		if gap.Tier == t {
			for _, c := range gap.Cells {
				byCell[c] = int32(i)
			}
		}
	}
	of := make([]int32, w.Demand.Len())
	for i, c := range w.Demand.Cell {
		of[i] = -1
		if !w.Coverage.Services[t].Covered(i) && w.Demand.People[i] > 0 {
			of[i] = byCell[c]
		}
	}
	return of
}

// fixer works on the gaps of one tier.
type fixer struct {
	w     *World
	set   *CandidateSet
	rule  *TierRules
	tier  int
	gaps  []coverage.Gap
	gapOf []int32 // per demand point; -1 once it is covered
}

// offer is a candidate and the people of a gap that it would cover.
type offer struct {
	row    int32 // in the tier's reach
	people coverage.People
}

// reach lists for every gap the candidates that reach someone in it, ascending.
func (f *fixer) reach() [][]offer {
	all := make([][]offer, len(f.gaps))
	for row := range f.set.Serving[f.tier] {
		columns, _ := f.set.Reach[f.tier].Row(row)
		for _, i := range columns {
			g := f.gapOf[i]
			if g < 0 {
				continue
			}
			if last := len(all[g]) - 1; last < 0 || all[g][last].row != int32(row) {
				all[g] = append(all[g], offer{row: int32(row)})
			}
			all[g][len(all[g])-1].people += f.w.Demand.People[i]
		}
	}
	return all
}

func (f *fixer) site(gap int32, o offer) FixSite {
	candidate := f.set.Serving[f.tier][o.row]
	c := &f.set.All[candidate]
	return FixSite{Candidate: candidate, Cost: f.rule.Cost(c), Metres: geo.Distance(f.gaps[gap].Centre, c.Point), People: o.people}
}

// fix answers one gap.
func (f *fixer) fix(gap int32, offers []offer) Fix {
	out := Fix{Nearest: noFixSite, Cheapest: noFixSite, Most: noFixSite}
	for _, o := range offers {
		s := f.site(gap, o)
		if out.Nearest.Candidate < 0 || s.Metres < out.Nearest.Metres {
			out.Nearest = s
		}
		if out.Cheapest.Candidate < 0 || s.cheaper(out.Cheapest) {
			out.Cheapest = s
		}
		if s.People > out.Most.People {
			out.Most = s
		}
	}
	out.Sites, out.Reachable = f.greedy(gap, offers)
	return out
}

// cheaper reports whether s costs less money for each person than o; of the same price, whether it covers more people.
func (s FixSite) cheaper(o FixSite) bool {
	ah, al := bits.Mul64(uint64(s.Cost), uint64(o.People))
	bh, bl := bits.Mul64(uint64(o.Cost), uint64(s.People))
	if ah != bh || al != bl {
		return ah < bh || ah == bh && al < bl
	}
	return s.People > o.People
}

// bids is a heap of offers, the cheapest first; equals by row.
type bids []bid

type bid struct {
	FixSite
	row int32
}

func (b bids) Len() int { return len(b) }
func (b bids) Less(i, j int) bool {
	if b[i].cheaper(b[j].FixSite) {
		return true
	}
	return !b[j].cheaper(b[i].FixSite) && b[i].row < b[j].row
}
func (b bids) Swap(i, j int) { b[i], b[j] = b[j], b[i] }

// Push and Pop are heap's.
func (b *bids) Push(x any) { *b = append(*b, x.(bid)) }
func (b *bids) Pop() any {
	last := (*b)[len(*b)-1]
	*b = (*b)[:len(*b)-1]
	return last
}

// greedy chooses sites for a gap one by one, and returns how many of its people any candidate reaches. What a bid would newly cover
// only shrinks, so the best bid is the first that still holds when it is looked at again. It takes the people of the gap
// out of gapOf.
func (f *fixer) greedy(gap int32, offers []offer) (chosen []FixSite, reachable coverage.People) {
	var queue bids
	for _, o := range offers {
		queue = append(queue, bid{f.site(gap, o), o.row})
	}
	heap.Init(&queue)
	matrix := f.set.Reach[f.tier]
	crowded := false
	for queue.Len() > 0 {
		best := &queue[0]
		columns, _ := matrix.Row(int(best.row))
		now := coverage.People(0)
		for _, i := range columns {
			if f.gapOf[i] == gap {
				now += f.w.Demand.People[i]
			}
		}
		if now == 0 || f.tooNear(chosen, best.Candidate) {
			crowded = crowded || now > 0
			heap.Pop(&queue)
			continue
		}
		if now < best.People {
			best.People = now
			heap.Fix(&queue, 0)
			continue
		}
		chosen = append(chosen, best.FixSite)
		reachable += now
		for _, i := range columns {
			if f.gapOf[i] == gap {
				f.gapOf[i] = -1
			}
		}
		heap.Pop(&queue)
	}
	if crowded { // people whom only candidates too near to chosen ones reach
		for _, o := range offers {
			columns, _ := matrix.Row(int(o.row))
			for _, i := range columns {
				if f.gapOf[i] == gap {
					f.gapOf[i] = -1
					reachable += f.w.Demand.People[i]
				}
			}
		}
	}
	return chosen, reachable
}

// tooNear reports whether a candidate is nearer than the spacing to a chosen one.
func (f *fixer) tooNear(chosen []FixSite, candidate int32) bool {
	if f.rule.Spacing == 0 {
		return false
	}
	for _, s := range chosen {
		if geo.Distance(f.set.All[s.Candidate].Point, f.set.All[candidate].Point) < f.rule.Spacing {
			return true
		}
	}
	return false
}

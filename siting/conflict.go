package siting

import (
	"slices"

	"github.com/paulmach/orb"
)

// conflicts returns the sets of columns of which at most one may open: the tiers of one candidate, and the sites of one
// tier that are nearer to each other than its spacing. Sets are ascending.
func (m *model) conflicts() [][]int32 {
	var sets [][]int32
	for from := 0; from < len(m.columns); {
		to := from + 1
		for to < len(m.columns) && m.columns[to].candidate == m.columns[from].candidate {
			to++
		}
		if to-from > 1 {
			set := make([]int32, 0, to-from)
			for j := from; j < to; j++ {
				set = append(set, int32(j))
			}
			sets = append(sets, set)
		}
		from = to
	}
	for t := range m.w.Tiers {
		var columns []int32
		var points []orb.Point
		for j, c := range m.columns {
			if c.tier == t && m.set.All[c.candidate].Way != Upgrade { // existing sites stand where they stand
				columns = append(columns, int32(j))
				points = append(points, m.set.All[c.candidate].Point)
			}
		}
		for _, set := range tooNear(points, m.p.Rules[t].Spacing) {
			for k, i := range set {
				set[k] = columns[i]
			}
			sets = append(sets, set)
		}
	}
	return sets
}

// tooNear returns sets of points that are pairwise nearer than the spacing, so that every such pair is in a set. Large sets
// say more to a solver than pairs: each pair that no earlier set holds is grown, lowest index first, until no other
// neighbour is near to all of the set.
func tooNear(points []orb.Point, spacing float64) [][]int32 {
	if spacing <= 0 {
		return nil
	}
	index := newNearIndex(points)
	near := make([][]int32, len(points)) // neighbours, ascending, without the point itself
	for i, p := range points {
		near[i] = slices.DeleteFunc(index.within(p, spacing), func(k int32) bool { return k == int32(i) })
	}
	done := make([]map[int32]bool, len(points)) // partners above i that share a set with i
	mark := func(set []int32) {
		for a, i := range set {
			if done[i] == nil {
				done[i] = map[int32]bool{}
			}
			for _, k := range set[a+1:] {
				done[i][k] = true
			}
		}
	}
	var sets [][]int32
	for i := range points {
		for _, k := range near[i] {
			if k < int32(i) || done[i][k] {
				continue
			}
			set := grow(near, int32(i), k)
			mark(set)
			sets = append(sets, set)
		}
		done[i] = nil // no later set needs it
	}
	return sets
}

// grow returns a maximal set of pairwise neighbours that holds i and k, ascending.
func grow(near [][]int32, i, k int32) []int32 {
	set := []int32{i, k}
	for _, c := range near[i] {
		all := c != k
		for _, s := range set[1:] {
			if !all {
				break
			}
			_, all = slices.BinarySearch(near[s], c)
		}
		if all {
			set = append(set, c)
		}
	}
	slices.Sort(set)
	return set
}

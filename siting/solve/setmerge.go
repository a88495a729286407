package solve

import (
	"cmp"
	"slices"
)

// blockPair is two blocks that could become one.
type blockPair struct {
	a, b int
	gain float64 // how undecided the columns are that they share
	work float64 // what bounding them as one is expected to take, in the unit of a meter
}

// coarsen joins pairs of blocks, those first that share most columns which the mixes leave undecided: there one block sees what
// two do not. Pairs that would take too long to bound stay apart. It reports whether any were joined.
func (s *coverSplit) coarsen() bool {
	left := float64(s.t.meter.most - s.t.meter.done)
	pairs := s.pairs()
	slices.SortFunc(pairs, func(x, y blockPair) int {
		return cmp.Or(cmp.Compare(y.gain, x.gain), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	join := make([]int32, len(s.blocks))
	for k := range join {
		join[k] = -1
	}
	var taken []blockPair
	for _, p := range pairs {
		if join[p.a] < 0 && join[p.b] < 0 && p.gain > 0 && p.work < left*mergeShare {
			join[p.a], join[p.b] = 0, 0
			taken = append(taken, p)
			left -= p.work / mergeShare
		}
	}
	if len(taken) == 0 {
		return false
	}
	other := make(map[int]int, len(taken)) // the second of a pair by the first
	for k := range join {
		join[k] = -1
	}
	for _, p := range taken {
		other[p.a] = p.b
	}
	parts := int32(0)
	for k := range join {
		if join[k] >= 0 {
			continue
		}
		join[k] = parts
		if o, is := other[k]; is {
			join[o] = parts
		}
		parts++
	}
	s.merge(join, int(parts))
	return true
}

// mergeShare is the share of the iterations left that bounding all joined pairs once may take.
const mergeShare = 1.0 / 16

// pairs returns the pairs of blocks that share columns, a < b.
func (s *coverSplit) pairs() []blockPair {
	k := len(s.blocks)
	gain := make([]float64, k*k)
	for j := range s.slots {
		parts := s.partsOf(int32(j), s.part)
		open := float64(s.core.cost[j]) * s.mean[j] * (1 - s.mean[j])
		for x, a := range parts {
			for _, b := range parts[x+1:] {
				gain[int(a)*k+int(b)] += open
			}
		}
	}
	var list []blockPair
	for a, x := range s.blocks {
		for b := a + 1; b < k; b++ {
			if g := gain[a*k+b]; g > 0 {
				y := s.blocks[b]
				size := float64(len(x.in.col.item) + len(y.in.col.item))
				list = append(list, blockPair{a, b, g, float64(x.nodes) * float64(y.nodes) * size * nodeSteps})
			}
		}
	}
	return list
}

// merge joins blocks: join names the new block of each. Shares, multipliers and covers are carried along.
func (s *coverSplit) merge(join []int32, parts int) {
	old, centre, slots, part := s.blocks, s.centre, s.slots, s.part
	s.known, s.floor = max(s.known, s.best), s.lowest()
	copy(s.multiplier, s.kept)
	s.part = make([]int32, len(part))
	for i, p := range part {
		s.part[i] = join[p]
	}
	s.divide(parts)
	for j := range s.slots { // the slots of a column follow the order of its parts, before and after
		after := s.partsOf(int32(j), s.part)
		for k, p := range s.partsOf(int32(j), part) {
			s.trial[s.slots[j][slices.Index(after, join[p])]] += centre[slots[j][k]]
		}
	}
	for k, b := range old {
		s.inherit(s.blocks[join[k]], b)
	}
}

// inherit joins the covers of a block to those that a larger one has from another part of its rows, so that the mixes of both
// are mixed as before.
func (s *coverSplit) inherit(b, from *coverBlock) {
	at := make(map[int32]int32, len(b.column)) // place of a column of the core
	for k, j := range b.column {
		at[j] = int32(k)
	}
	if len(b.lore) == 0 {
		b.lore = make([]blockLore, len(b.column))
	}
	for k, l := range from.lore {
		b.lore[at[from.column[k]]].add(l)
	}
	pool := make([]blockCover, len(from.pool))
	for p, c := range from.pool {
		pool[p].weight = c.weight
		for _, k := range c.columns {
			pool[p].columns = append(pool[p].columns, at[from.column[k]])
		}
	}
	if len(b.pool) > 0 {
		pool = couple(b.pool, pool)
	}
	for p := range pool {
		pool[p].shared = s.sharedOf(b, pool[p].columns)
	}
	b.pool = pool
}

// sharedOf returns those of a block's columns that other blocks have as well.
func (s *coverSplit) sharedOf(b *coverBlock, columns []int32) (shared []int32) {
	for _, k := range columns {
		if len(s.slots[b.column[k]]) > 1 {
			shared = append(shared, k)
		}
	}
	return shared
}

// couple returns unions of covers from two pools, of which each cover of positive weight is part by that weight.
func couple(a, b []blockCover) (joined []blockCover) {
	a, b = weighted(a), weighted(b)
	for len(a) > 0 && len(b) > 0 { // one of the two ends at least, each time
		w := min(a[0].weight, b[0].weight)
		joined = append(joined, blockCover{columns: sortedSet(append(slices.Clone(a[0].columns), b[0].columns...)), weight: w})
		if a[0].weight -= w; a[0].weight == 0 {
			a = a[1:]
		}
		if b[0].weight -= w; b[0].weight == 0 {
			b = b[1:]
		}
	}
	return joined
}

// weighted returns the covers of positive weight, as copies.
func weighted(pool []blockCover) (list []blockCover) {
	for _, c := range pool {
		if c.weight > 0 {
			list = append(list, c)
		}
	}
	return list
}

package coverage

import (
	"context"
	"math"
	"slices"

	"sitecover/geo"
)

// piece is a connected group of cells with one site.
type piece struct {
	site   int32
	cells  []int32 // the lowest first, the others as they were found
	people People
}

// pieces finds the connected groups of cells with one site, in the order of their lowest cells.
func (d *divider) pieces(owner []int32) []piece {
	var all []piece
	people := make([]People, len(owner))
	for i, n := range d.people {
		people[d.cell[i]] += n
	}
	seen := make([]bool, len(owner))
	for c := range owner {
		if seen[c] {
			continue
		}
		p := piece{site: owner[c], cells: []int32{int32(c)}}
		seen[c] = true
		for k := 0; k < len(p.cells); k++ {
			p.people += people[p.cells[k]]
			for _, n := range d.around[p.cells[k]] {
				if n >= 0 && !seen[n] && owner[n] == p.site {
					seen[n] = true
					p.cells = append(p.cells, n)
				}
			}
		}
		all = append(all, p)
	}
	return all
}

// join gives strays to the cores around them.
func (d *divider) join(owner []int32) {
	all := d.pieces(owner)
	core := make([]int32, len(d.open)) // by site: its piece
	for k := range core {
		core[k] = -1
	}
	at := make([]int32, len(owner)) // by cell: its piece
	for i, p := range all {
		for _, c := range p.cells {
			at[c] = int32(i)
		}
		if core[p.site] < 0 || p.people > all[core[p.site]].people {
			core[p.site] = int32(i)
		}
	}
	for k, seat := range d.seat {
		if seat >= 0 && owner[seat] == int32(k) {
			core[k] = at[seat]
		}
	}
	settled := make([]bool, len(all))
	for _, i := range core {
		if i >= 0 {
			settled[i] = true
		}
	}
	// Each ring sees only what was settled before it, so that the order within a ring does not matter.
	for {
		var joined []int32
		to := map[int32]int32{}
		for i := range all {
			if settled[i] {
				continue
			}
			if site := d.mostShared(&all[i], owner, func(c int32) bool { return settled[at[c]] }); site >= 0 {
				joined = append(joined, int32(i))
				to[int32(i)] = site
			}
		}
		if len(joined) == 0 {
			return
		}
		for _, i := range joined {
			settled[i] = true
			for _, c := range all[i].cells {
				owner[c] = to[i]
			}
		}
	}
}

// mostShared returns the site with whose settled cells a piece shares most sides, the lowest of equals, -1 when it touches none.
func (d *divider) mostShared(p *piece, owner []int32, settled func(cell int32) bool) int32 {
	sides := map[int32]int{}
	for _, c := range p.cells {
		for _, n := range d.around[c] {
			if n >= 0 && settled(n) { // may be its own site's by now
				sides[owner[n]]++
			}
		}
	}
	best := int32(-1)
	for site, n := range sides {
		if best < 0 || n > sides[best] || n == sides[best] && site < best {
			best = site
		}
	}
	return best
}

// balance looks for handicaps that make the areas even, and returns the most even division it came across.
func (d *divider) balance(ctx context.Context, owner []int32) ([]int32, error) {
	sites := len(d.open)
	mean := d.total.Float() / float64(sites)
	if mean == 0 || sites == 1 {
		return owner, nil
	}
	best, load := owner, d.loads(owner)
	most := d.excess(load, mean)
	handicap := make([]float64, sites)
	rounds := d.opts.Rounds
	if rounds == 0 {
		rounds = defaultRounds
	}
	step := d.spacing()
	for r := range rounds {
		if most == 0 {
			break
		}
		for k := range handicap {
			// The mean, not the ratio, is aimed at: who is short of people lets others give.
			off := min(max(load[k]/mean-1, -1), 1)
			handicap[k] += step * off / math.Sqrt(float64(r+1))
		}
		low := slices.Min(handicap)
		for k := range handicap {
			handicap[k] -= low // only the differences matter, and a way cannot be shorter than none
		}
		nearest, err := d.assign(ctx, handicap)
		if err != nil {
			return nil, err
		}
		now := d.cells(nearest)
		load = d.loads(now)
		if x := d.excess(load, mean); x < most {
			best, most = now, x
		}
	}
	return best, nil
}

// loads returns the people of every site.
func (d *divider) loads(owner []int32) []float64 {
	sum := make([]People, len(d.open))
	for i, n := range d.people {
		sum[owner[d.cell[i]]] += n
	}
	load := make([]float64, len(sum))
	for k, n := range sum {
		load[k] = n.Float()
	}
	return load
}

// excess returns how many people are above the ratio asked for at the fullest site: what balancing makes small.
func (d *divider) excess(load []float64, mean float64) float64 {
	return max(slices.Max(load)-d.opts.Balance*mean, 0)
}

// spacing is about half the way from a site to its neighbours, in metres or seconds: the side of a square as large as one site's share of
// the land, halved.
func (d *divider) spacing() float64 {
	c := d.in.Grid.Area(0) * float64(len(d.in.Grid.Cells)) / float64(len(d.open))
	half := math.Sqrt(c) / 2
	if d.metric == geo.Seconds {
		return half / d.speed
	}
	return half
}

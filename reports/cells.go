package reports

import (
	"sitecover/coverage"
	"sitecover/geo"
)

// cell is one inhabited grid cell with what its people get from each tier. A cell that straddles regions is one cell here.
type cell struct {
	index  int32 // into Grid.Cells
	people coverage.People
	region int32 // the deepest region of most of its people
	parts  int   // number of regions its people live in
	tiers  []cellTier
}

// cellTier is the service of one tier in one cell.
type cellTier struct {
	covered     coverage.People
	unconnected coverage.People
	overClaim   coverage.People // inside a circle, yet not served
	site        int32           // nearest site within the limit for most of the covered people, -1 = none
	cost        geo.Impedance   // to that site
}

// share returns the covered share of the cell's people.
func (c cell) share(tier int) float64 {
	if c.people == 0 {
		return 0
	}
	return float64(c.tiers[tier].covered) / float64(c.people)
}

// collectCells adds up the demand of every cell. The demand is ordered by cell, so one pass is enough.
func collectCells(s *Study) []cell {
	d := s.Demand
	var out []cell
	for i := 0; i < d.Len(); {
		j := i
		for j < d.Len() && d.Cell[j] == d.Cell[i] {
			j++
		}
		out = append(out, collectCell(s, i, j))
		i = j
	}
	return out
}

// collectCell adds up the demand points [from, to), all of one cell.
func collectCell(s *Study, from, to int) cell {
	d := s.Demand
	c := cell{index: d.Cell[from], region: d.Region[from], parts: to - from, tiers: make([]cellTier, len(s.Tiers))}
	var most coverage.People
	for i := from; i < to; i++ {
		c.people += d.People[i]
		if d.People[i] > most {
			most, c.region = d.People[i], d.Region[i]
		}
	}
	for t := range c.tiers {
		x := &c.tiers[t]
		x.site, x.cost = -1, geo.Unreachable
		svc := &s.Coverage.Services[t]
		var most coverage.People = -1
		for i := from; i < to; i++ {
			served := svc.Nearest[i] >= 0
			if served {
				x.covered += d.People[i]
				if d.People[i] > most {
					most, x.site, x.cost = d.People[i], svc.Nearest[i], svc.Cost[i]
				}
			}
			if i < len(svc.Connected) && !svc.Connected[i] {
				x.unconnected += d.People[i]
			}
			if i < len(svc.Circle) && svc.Circle[i] && !served {
				x.overClaim += d.People[i]
			}
		}
	}
	return c
}

// regionPath returns the names from the coarsest region down to r, without the coarsest where it is the only one of its
// level (it names the whole study and says nothing about the place).
func regionPath(rs *geo.Regions, r int32) []string {
	var rev []int32
	for ; r >= 0; r = rs.All[r].Parent {
		rev = append(rev, r)
	}
	var out []string
	for i := len(rev) - 1; i >= 0; i-- {
		if rs.All[rev[i]].Parent < 0 && i > 0 && countLevel(rs, rs.All[rev[i]].Level) == 1 {
			continue
		}
		out = append(out, rs.All[rev[i]].Name)
	}
	return out
}

// ancestor returns the region of the given level that r lies in (r itself when it is of that level), or -1.
func ancestor(rs *geo.Regions, r int32, level int) int32 {
	for ; r >= 0; r = rs.All[r].Parent {
		if rs.All[r].Level == level {
			return r
		}
	}
	return -1
}

func countLevel(rs *geo.Regions, level int) int {
	n := 0
	for i := range rs.All {
		if rs.All[i].Level == level {
			n++
		}
	}
	return n
}

// rankLevel is the level whose regions are compared with each other: the deepest one that has at most 40, so that the
// list fits on a page (towns of a county, districts of a city).
func rankLevel(rs *geo.Regions) int {
	for l := len(rs.Levels) - 1; l > 0; l-- {
		if n := countLevel(rs, l); n > 0 && n <= 40 {
			return l
		}
	}
	return 0
}

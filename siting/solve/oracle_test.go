package solve

import (
	"math/rand/v2"
)

// randomCover draws a small cover: up to 12 columns, rows with repeats, zero weights and empty columns among them.
func randomCover(r *rand.Rand, columns int) Cover {
	c := Cover{Rows: r.IntN(25), Offset: []int64{0}}
	density := 0.05 + 0.4*r.Float64()
	for range columns {
		for i := range c.Rows {
			if r.Float64() < density {
				c.Row = append(c.Row, int32(i))
			}
		}
		c.Offset = append(c.Offset, int64(len(c.Row)))
	}
	if r.IntN(4) > 0 {
		c.Weight = make([]int64, c.Rows)
		for i := range c.Weight {
			c.Weight[i] = int64(r.IntN(20))
		}
	}
	if r.IntN(2) > 0 {
		c.Cost = make([]int64, columns)
		for j := range c.Cost {
			c.Cost[j] = int64(r.IntN(9))
		}
	}
	return c
}

// coveredWeight is what a set of columns covers, by the plainest means.
func coveredWeight(c *Cover, covered []bool, open func(j int) bool) int64 {
	is := make([]bool, c.Rows)
	copy(is, covered)
	for j := range c.Columns() {
		for _, i := range c.Column(j) {
			is[i] = is[i] || open(j)
		}
	}
	var w int64
	for i := range is {
		if is[i] {
			w += c.WeightOf(int32(i))
		}
	}
	return w
}

// bestCover tries every set of columns; -1 = none keeps the rules.
func bestCover(p *MaxCoverProblem) int64 {
	best := int64(-1)
	for set := range 1 << p.Cover.Columns() {
		if keepsRules(set, p.Fixed, p.Banned) && setCost(&p.Cover, set) <= p.Budget {
			best = max(best, coveredWeight(&p.Cover, p.Covered, func(j int) bool { return set>>j&1 == 1 }))
		}
	}
	return best
}

func keepsRules(set int, fixed, banned []int32) bool {
	for _, j := range fixed {
		if set>>j&1 == 0 {
			return false
		}
	}
	for _, j := range banned {
		if set>>j&1 == 1 {
			return false
		}
	}
	return true
}

func setCost(c *Cover, set int) (cost int64) {
	for j := range c.Columns() {
		if set>>j&1 == 1 {
			cost += c.CostOf(j)
		}
	}
	return cost
}

// someColumns draws a few column indexes.
func someColumns(r *rand.Rand, columns, most int) (s []int32) {
	for range r.IntN(most + 1) {
		if columns > 0 {
			s = append(s, int32(r.IntN(columns)))
		}
	}
	return s
}

func someRows(r *rand.Rand, rows int) []bool {
	if r.IntN(3) > 0 {
		return nil
	}
	is := make([]bool, rows)
	for i := range is {
		is[i] = r.IntN(4) == 0
	}
	return is
}

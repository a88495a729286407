package solve

import (
	"cmp"
	"context"
	"errors"
	"math/bits"
	"slices"
)

// SetCover finds the cheapest columns that cover every row, or a share of the weight; see SetCoverProblem. A full cover is
// reduced, bounded by a Lagrangian dual, searched by row weighting and proved by branch and bound with reduced-cost fixing;
// where a gap remains at the root of a larger cover, it is bounded by blocks of rows first, see coverSplit.
// A partial cover is a search for the least budget of MaxCover.
func SetCover(ctx context.Context, p *SetCoverProblem, o Options) (*Solution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	if p.Demand > 0 {
		return partialCover(ctx, p, o)
	}
	drop := make([]bool, p.Cover.Columns())
	var fixedCost int64
	fixed := sortedSet(p.Fixed)
	for _, j := range p.Banned {
		drop[j] = true
	}
	for _, j := range fixed {
		if drop[j] {
			return &Solution{Status: Infeasible, Reason: because(FixedBanned, int64(j)), Blocking: []int32{j}}, nil
		}
		fixedCost += p.Cover.CostOf(int(j))
	}
	covered := coveredBy(&p.Cover, p.Covered, fixed)
	if rows := uncoverable(&p.Cover, covered, drop); len(rows) > 0 {
		return &Solution{Status: Infeasible, Reason: because(Uncoverable, int64(len(rows))), Blocking: rows}, nil
	}
	for _, j := range fixed {
		drop[j] = true
	}
	in := newInstance(&p.Cover, reduction{dropColumn: drop, dropRow: covered, weightless: true})
	t := newCoverTree(ctx, in, o, fixedCost)
	open := append(fixed, t.solve(in)...)
	s := &Solution{Open: sortedSet(open), Objective: fixedCost + t.top, Bound: float64(fixedCost + t.bound), Status: Feasible, Iterations: t.meter.iterations()}
	s.Gap = gapOf(s.Objective, s.Bound)
	if t.bound == t.top {
		s.Status = Optimal
	}
	return s, nil
}

// uncoverable returns the rows that nothing covers, ascending.
func uncoverable(c *Cover, covered, drop []bool) (rows []int32) {
	can := make([]bool, c.Rows)
	copy(can, covered)
	for j := range c.Columns() {
		if !drop[j] {
			for _, i := range c.Column(j) {
				can[i] = true
			}
		}
	}
	for i, is := range can {
		if !is {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// partialCover finds the least budget with which Demand can be covered, by bisection: the bound of MaxCover says which
// budgets are too small, its plans which are enough.
func partialCover(ctx context.Context, p *SetCoverProblem, o Options) (*Solution, error) {
	sub := &MaxCoverProblem{Cover: p.Cover, Fixed: p.Fixed, Banned: p.Banned, Covered: p.Covered}
	for j := range p.Cover.Columns() {
		sub.Budget += p.Cover.CostOf(j)
	}
	best, err := MaxCover(context.WithoutCancel(ctx), sub, Options{Seed: o.Seed, Iterations: 1, Workers: o.Workers})
	if err != nil || best.Status == Infeasible {
		return best, err
	}
	if best.Objective < p.Demand {
		return &Solution{Status: Infeasible,
			Reason: because(ShortOfDemand, best.Objective, p.Demand-best.Objective)}, nil
	}
	cost := func(open []int32) (c int64) {
		for _, j := range open {
			c += p.Cover.CostOf(int(j))
		}
		return c
	}
	low, high, steps := p.least(), cost(best.Open), 0 // the optimum is within [low, high]
	unsure := high                                    // budgets from here on were tried without a decision
	each := min(200, max(1, o.iterations()/8))        // a few budgets are tried however short the search
	for low < unsure && steps < o.iterations() && ctx.Err() == nil {
		sub.Budget = low + (unsure-low)/2
		s, err := MaxCover(ctx, sub, Options{Seed: o.Seed, Iterations: min(each, o.iterations()-steps), Workers: o.Workers})
		if err != nil {
			return nil, err
		}
		steps += max(1, s.Iterations)
		switch {
		case s.Objective >= p.Demand:
			best, high = s, cost(s.Open)
			unsure = min(unsure, high)
		case s.Bound < float64(p.Demand):
			low = sub.Budget + 1
		default:
			unsure = sub.Budget
		}
		o.report(Progress{steps, high, float64(low), gapOf(high, float64(low))})
	}
	r := &Solution{Open: best.Open, Objective: high, Bound: float64(low), Status: Feasible, Iterations: steps, Gap: gapOf(high, float64(low))}
	if low == high {
		r.Status = Optimal
	}
	return r, nil
}

// least returns a bound of what covering Demand costs that takes no search: what it would cost if no two columns covered the
// same row and parts of columns could be had. The demand must not exceed what all columns cover.
func (p *SetCoverProblem) least() int64 {
	var low int64
	missing := p.Demand
	fixed := sortedSet(p.Fixed)
	for _, j := range fixed {
		low += p.Cover.CostOf(int(j))
	}
	covered := coveredBy(&p.Cover, p.Covered, fixed)
	for i, is := range covered {
		if is {
			missing -= p.Cover.WeightOf(int32(i))
		}
	}
	shut := sortedSet(append(slices.Clone(fixed), p.Banned...))
	var list []offer
	for j := range int32(p.Cover.Columns()) {
		if _, is := slices.BinarySearch(shut, j); is {
			continue
		}
		o := offer{cost: p.Cover.CostOf(int(j)), column: j}
		for _, i := range p.Cover.Column(int(j)) {
			if !covered[i] {
				o.gain += p.Cover.WeightOf(i)
			}
		}
		if o.gain > 0 {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b offer) int {
		return cmp.Or(compareRatio(b.gain, b.cost, a.gain, a.cost), cmp.Compare(a.column, b.column))
	})
	for _, o := range list {
		if missing <= 0 {
			break
		}
		if o.gain > missing { // cost x missing / gain, rounded up; it fits, as missing < gain
			h, l := bits.Mul64(uint64(o.cost), uint64(missing))
			part, rest := bits.Div64(h, l, uint64(o.gain))
			low += int64(part + min(rest, 1))
			break
		}
		low += o.cost
		missing -= o.gain
	}
	return low
}

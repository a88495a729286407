package solve

import (
	"context"
	"errors"
	"slices"
)

// MaxCover solves the maximal covering problem; see MaxCoverProblem. It reduces the problem, improves a lazy greedy
// plan by swaps and iterated local search, bounds it by a Lagrangian dual, and proves it by branch and bound. What is left
// after fixing columns is mostly small enough for the linear relaxation to be solved exactly at every node; see maxLP.
func MaxCover(ctx context.Context, p *MaxCoverProblem, o Options) (*Solution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	base, left, s := p.base()
	if s != nil {
		return s, nil
	}
	in := p.reduced()
	t := newMaxTree(ctx, in, o, base)
	open := append(slices.Clone(p.Fixed), t.solve(in, left)...)
	r := &Solution{Open: sortedSet(open), Objective: base + t.top, Bound: float64(base + t.bound), Status: Feasible, Iterations: t.meter.iterations()}
	r.Gap = gapOf(r.Objective, r.Bound)
	if t.bound == t.top {
		r.Status = Optimal
	}
	return r, nil
}

// base returns the weight that is covered whatever is chosen, and the money left after the fixed columns. When these are
// too dear, or fixed and banned at once, it returns the infeasible solution instead.
func (p *MaxCoverProblem) base() (covered, left int64, infeasible *Solution) {
	banned := make(map[int32]bool, len(p.Banned))
	for _, j := range p.Banned {
		banned[j] = true
	}
	fixed := sortedSet(p.Fixed)
	left = p.Budget
	for _, j := range fixed {
		if banned[j] {
			return 0, 0, &Solution{Status: Infeasible, Reason: because(FixedBanned, int64(j)), Blocking: []int32{j}}
		}
		left -= p.Cover.CostOf(int(j))
	}
	if left < 0 {
		return 0, 0, &Solution{Status: Infeasible, Blocking: fixed,
			Reason: because(FixedBudget, p.Budget-left, -left)}
	}
	for i, is := range coveredBy(&p.Cover, p.Covered, fixed) {
		if is {
			covered += p.Cover.WeightOf(int32(i))
		}
	}
	return covered, left, nil
}

// reduced returns the instance that is left after the fixed columns.
func (p *MaxCoverProblem) reduced() *instance {
	drop := make([]bool, p.Cover.Columns())
	for _, set := range [][]int32{p.Fixed, p.Banned} {
		for _, j := range set {
			drop[j] = true
		}
	}
	return newInstance(&p.Cover, reduction{dropColumn: drop, dropRow: coveredBy(&p.Cover, p.Covered, p.Fixed)})
}

// coveredBy returns which rows are covered by the columns or from the start.
func coveredBy(c *Cover, start []bool, columns []int32) []bool {
	is := make([]bool, c.Rows)
	copy(is, start)
	for _, j := range columns {
		for _, i := range c.Column(int(j)) {
			is[i] = true
		}
	}
	return is
}

func sortedSet(s []int32) []int32 {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}

package siting

import (
	"context"

	"sitecover/siting/solve"
)

// mclp is the maximal covering location problem of Church & ReVelle (Papers of the Regional Science Association 32, 1974),
// with a number of sites p or a budget (Church & Davis 1992 for unequal costs), beside the sites that stand already:
//
//	max  sum_i people_i y_i              over the demand points i that nobody serves today
//	s.t. y_i <= sum_{j: d_ij <= limit} x_j
//	     sum_j c_j x_j <= Limit          c_j = 1 by sites, the tier's cost at j by money
//	     x_j + x_k <= 1                  where j and k are nearer than the tier's spacing
//	     x, y in {0, 1}
//
// The answer is the people newly covered; Bound is from above.
func (o *oneModel) mclp(_, search context.Context) ([]int32, *One, error) {
	scale := float64(o.m.scale.unit) / 1e6
	if p := o.maxCover(); p != nil {
		s, err := solve.MaxCover(search, p, o.p.Solve)
		if err != nil {
			return nil, nil, err
		}
		out := o.answer(s.Status, because(s.Reason))
		out.Objective, out.Bound, out.Gap = float64(s.Objective)*scale, s.Bound*scale, s.Gap
		return s.Open, out, nil
	}
	s, err := solve.Rollout(search, o.problem, searchOptions(o.p.Solve, o.problem))
	if err != nil {
		return nil, nil, err
	}
	out := o.answer(s.Status, because(s.Reason))
	out.Objective, out.Bound, out.Gap = float64(s.Objective)*scale, s.Bound*scale, s.Gap
	return s.Order, out, nil
}

// maxCover is the problem without spacing, nil where it has one: that takes a rollout of one year.
func (o *oneModel) maxCover() *solve.MaxCoverProblem {
	if len(o.problem.Conflicts) > 0 {
		return nil
	}
	return &solve.MaxCoverProblem{Cover: o.problem.Cover, Budget: o.p.Limit}
}

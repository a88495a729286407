package siting

import (
	"context"
	"slices"

	"sitecover/coverage"
	"sitecover/siting/solve"
)

// lscp is the location set covering problem of Toregas, Swain, ReVelle & Bergman (Operations Research 19, 1971), whole or
// for a share of the people (Daskin & Owen, Geographical Analysis 31, 1999), beside the sites that stand already:
//
//	min  sum_j c_j x_j                   c_j = 1 by sites, the tier's cost at j by money
//	s.t. sum_{j: d_ij <= limit} x_j >= 1 for every demand point i that nobody serves today and some candidate reaches (Share 0)
//	     sum_i people_i y_i >= Share x people - people served today,  y_i <= sum_j x_j    (Share > 0)
//	     x, y in {0, 1}
//
// The model knows no spacing between new sites: pairs that are too near are listed in TooNear. A share beyond what the
// candidates reach is infeasible; the reason names the largest share that is possible. Bound is from below.
func (o *oneModel) lscp(_, search context.Context) ([]int32, *One, error) {
	p, settled := o.setCover()
	if settled != nil {
		return nil, settled, nil
	}
	s, err := solve.SetCover(search, p, o.p.Solve)
	if err != nil {
		return nil, nil, err
	}
	out := o.answer(s.Status, because(s.Reason))
	out.Objective, out.Bound, out.Gap = float64(s.Objective), s.Bound, s.Gap
	if o.p.Share == 0 || out.Status == Infeasible {
		return s.Open, out, nil
	}
	open := o.trim(s.Open, o.missing())
	if len(open) < len(s.Open) {
		out.Objective = 0
		for _, j := range open {
			out.Objective += float64(o.problem.Cover.CostOf(int(j)))
		}
		out.Gap = max(0, out.Objective-out.Bound) / max(1, out.Bound)
	}
	return open, out, nil
}

// missing is how many people the share asks for beyond those of today.
func (o *oneModel) missing() coverage.People {
	total := &o.m.w.Coverage.Total[o.p.Tier]
	return coverage.People(need(o.p.Share, int64(total.People))) - total.Covered
}

// setCover is the problem, or its answer where there is nothing to solve.
func (o *oneModel) setCover() (p *solve.SetCoverProblem, settled *One) {
	total := &o.m.w.Coverage.Total[o.p.Tier]
	p = &solve.SetCoverProblem{Cover: o.problem.Cover, Covered: make([]bool, o.problem.Cover.Rows)}
	for i, class := range o.problem.Class {
		p.Covered[i] = int(class) != 2*o.p.Tier
	}
	if o.p.Share == 0 {
		return p, nil
	}
	missing := int64(o.missing())
	if missing <= 0 {
		return nil, o.answer(solve.Optimal, Reason{}) // met today: nothing to open
	}
	if reach := int64(o.m.reachable(o.p.Tier)); missing > reach {
		return nil, o.answer(solve.Infeasible, Reason{Code: ShareTooLarge, Of: []float64{
			coverage.People(missing).Float(), coverage.People(reach).Float(), o.p.Share, share(int64(total.Covered)+reach, int64(total.People))}})
	}
	// Rounded weights may sum to a little less than the people within reach.
	p.Demand = min(missing/o.m.scale.unit, sum(o.problem.Cover.Weight))
	return p, nil
}

// trim keeps, of the columns in the order of what each adds per unit of cost to those before it, only as many as the missing
// people ask for.
func (o *oneModel) trim(open []int32, missing coverage.People) []int32 {
	s := o.m.standing()
	left := slices.Sorted(slices.Values(open))
	var kept []int32
	for len(left) > 0 && missing > 0 {
		best, most := 0, -1.0
		var add worth
		for k, j := range left {
			w := o.m.worth(s, j)
			if rate := w.gained.Float() / float64(max(1, o.problem.Cover.CostOf(int(j)))); rate > most {
				best, most, add = k, rate, w
			}
		}
		o.m.open(s, left[best], add)
		missing -= add.gained
		kept = append(kept, left[best])
		left = slices.Delete(left, best, best+1)
	}
	return kept
}

func sum(values []int64) (total int64) {
	for _, v := range values {
		total += v
	}
	return total
}

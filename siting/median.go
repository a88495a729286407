package siting

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/siting/solve"
)

// Farthest is how many times the tier's limit the distance models look: whoever is farther from every site counts as if at
// that distance.
const Farthest = 10

// maxDistances bounds the candidates x demand points of a distance model: 4 bytes each, up to 1 GB, and the
// solver's own beside, about as much.
const maxDistances = 250_000_000

// distances is a distance model in the solver's terms. Rows are the demand points with people; a column's distance is never
// more than that to the nearest site of today, so that the sites of today need no columns.
type distances struct {
	o       *oneModel
	problem *solve.PMedianProblem
	unit    int64 // millionths of a person in a unit of weight
	people  float64
	today   []uint32 // per row
}

// pmedian opens Limit sites beside those of today so that people travel least:
//
//	min  sum_i people_i min( d_i, min_{j open} d_ij )      d_i to the nearest site of today
//	s.t. sum_j x_j <= Limit
//
// Hakimi, Operations Research 12 (1964). Objective, Bound and Before are the mean way of a person in metres or seconds. The
// model knows no spacing.
func (o *oneModel) pmedian(ctx, search context.Context) ([]int32, *One, error) {
	d, err := o.distances(ctx)
	if err != nil {
		return nil, nil, err
	}
	d.problem.P = min(int(o.p.Limit), d.problem.Columns)
	before := int64(0)
	for i, v := range d.today {
		before += d.problem.Weight[i] * int64(v)
	}
	mean := func(v float64) float64 { return v / 1000 * float64(d.unit) / 1e6 / max(d.people, 1e-9) }
	if d.problem.P == 0 || d.problem.Rows == 0 {
		out := o.answer(solve.Optimal, Reason{})
		out.Objective, out.Bound, out.Before = mean(float64(before)), mean(float64(before)), mean(float64(before))
		return nil, out, nil
	}
	s, err := solve.PMedian(search, d.problem, o.p.Solve)
	if err != nil {
		return nil, nil, err
	}
	out := o.answer(s.Status, because(s.Reason))
	out.Objective, out.Bound, out.Gap, out.Before = mean(float64(s.Objective)), mean(s.Bound), s.Gap, mean(float64(before))
	return d.useful(s.Open), out, nil
}

// pcenter opens Limit sites beside those of today so that the longest way of anybody is shortest:
//
//	min  max_i min( d_i, min_{j open} d_ij )
//	s.t. sum_j x_j <= Limit
//
// Minieka, SIAM Review 12 (1970). Objective, Bound and Before are metres or seconds. The model knows no spacing.
func (o *oneModel) pcenter(ctx, search context.Context) ([]int32, *One, error) {
	d, err := o.distances(ctx)
	if err != nil {
		return nil, nil, err
	}
	d.problem.P = min(int(o.p.Limit), d.problem.Columns)
	before := 0.0
	for _, v := range d.today {
		before = max(before, float64(v)/1000)
	}
	if d.problem.P == 0 || d.problem.Rows == 0 {
		out := o.answer(solve.Optimal, Reason{})
		out.Objective, out.Bound, out.Before = before, before, before
		return nil, out, nil
	}
	s, err := solve.PCenter(search, d.problem, o.p.Solve)
	if err != nil {
		return nil, nil, err
	}
	out := o.answer(s.Status, because(s.Reason))
	out.Objective, out.Bound, out.Gap, out.Before = float64(s.Objective)/1000, s.Bound/1000, s.Gap, before
	return d.useful(s.Open), out, nil
}

// useful drops the columns that are nobody's nearest.
func (d *distances) useful(open []int32) []int32 {
	used := map[int32]bool{}
	for i := range d.problem.Rows {
		best, least := int32(-1), d.today[i]
		for _, j := range open {
			if v := d.problem.Distance[int(j)*d.problem.Rows+i]; v < least {
				best, least = j, v
			}
		}
		used[best] = true
	}
	return slices.DeleteFunc(slices.Clone(open), func(j int32) bool { return !used[j] })
}

// distances computes the ways from all people to all candidates and sites of today, thousandths of a metre or second.
func (o *oneModel) distances(ctx context.Context) (*distances, error) {
	w, t := o.m.w, o.p.Tier
	d := &distances{o: o, problem: &solve.PMedianProblem{}}
	row := make([]int32, w.Demand.Len())
	var people []coverage.People
	for i, n := range w.Demand.People {
		row[i] = -1
		if n > 0 {
			row[i] = int32(len(people))
			people = append(people, n)
			d.people += n.Float()
		}
	}
	rows, columns := len(people), len(o.m.columns)
	if rows*columns > maxDistances {
		return nil, fmt.Errorf("%d candidates x %d demand points are too many for a distance model (at most %d): narrow the candidates or use a coarser grid", columns, rows, maxDistances)
	}
	limit := w.Tiers[t].Limit
	far := min(uint64(limit.Max)*Farthest, uint64(geo.Unreachable)-1)
	limit.Max = geo.Impedance(far)
	d.today = slices.Repeat([]uint32{uint32(far)}, rows)
	var points []orb.Point
	for _, i := range w.Coverage.Services[t].Open {
		points = append(points, w.Sites[i].Point)
	}
	for _, c := range o.m.columns {
		points = append(points, o.m.set.All[c.candidate].Point)
	}
	matrix, _, err := w.reachWithin(ctx, t, points, limit)
	if err != nil {
		return nil, err
	}
	existing := len(points) - columns
	for k := range existing {
		demand, costs := matrix.Row(k)
		for n, i := range demand {
			if r := row[i]; r >= 0 {
				d.today[r] = min(d.today[r], uint32(costs[n]))
			}
		}
	}
	d.problem.Rows, d.problem.Columns = rows, columns
	d.problem.Distance = make([]uint32, 0, rows*columns)
	for j := range columns {
		d.problem.Distance = append(d.problem.Distance, d.today...)
		at := d.problem.Distance[j*rows:]
		demand, costs := matrix.Row(existing + j)
		for n, i := range demand {
			if r := row[i]; r >= 0 {
				at[r] = min(at[r], uint32(costs[n]))
			}
		}
	}
	d.weigh(people, float64(far))
	return d, nil
}

// weigh takes people in the finest unit whose products with the distances the solver can add up.
func (d *distances) weigh(people []coverage.People, far float64) {
	for d.unit = 1; d.people*1e6/float64(d.unit)*far > float64(solve.MaxTotal)/2; d.unit *= 10 {
	}
	for _, n := range people {
		d.problem.Weight = append(d.problem.Weight, int64(math.Round(float64(n)/float64(d.unit))))
	}
}

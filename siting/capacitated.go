package siting

import (
	"context"
	"fmt"
	"math"

	"sitecover/siting/solve"
)

// capacitated opens new sites so that most people are served when no site serves more than its capacity (Current & Storbeck, Environment
// and Planning B 15, 1988), beside the sites of today with theirs:
//
//	max  sum_ij z_ij
//	s.t. sum_j z_ij <= people_i,  sum_i z_ij <= capacity_j x_j,  z_ij > 0 only where d_ij <= limit,  sum_j c_j x_j <= Limit
//
// The people of a demand point may go to different sites. Objective, Bound and Before are people served, those of today's sites included.
// A site of today that nothing gives a capacity serves everybody within reach. The model knows no spacing.
func (o *oneModel) capacitated(_, search context.Context) ([]int32, *One, error) {
	p, err := o.capacityProblem()
	if err != nil {
		return nil, nil, err
	}
	existing := len(p.Fixed)
	today := *p
	for j := range o.m.columns {
		today.Banned = append(today.Banned, int32(existing+j))
	}
	before, err := solve.Capacitated(search, &today, o.p.Solve)
	if err != nil {
		return nil, nil, err
	}
	s, err := solve.Capacitated(search, p, o.p.Solve)
	if err != nil {
		return nil, nil, err
	}
	scale := float64(o.m.scale.unit) / 1e6
	out := o.answer(s.Status, because(s.Reason))
	out.Objective, out.Bound, out.Gap, out.Before = float64(s.Objective)*scale, s.Bound*scale, s.Gap, float64(before.Objective)*scale
	var open []int32
	for k, j := range s.Open {
		if int(j) >= existing && s.Load[k] > 0 { // one that serves nobody is not worth its money
			open = append(open, j-int32(existing))
		}
	}
	return open, out, nil
}

// capacityProblem has the sites of today as fixed columns of no cost, then the candidates.
func (o *oneModel) capacityProblem() (*solve.CapacitatedProblem, error) {
	w, t := o.m.w, o.p.Tier
	capacity := o.p.Rules[t].Capacity
	units := func(people float64) int64 {
		return int64(math.Floor(people * 1e6 / float64(o.m.scale.unit)))
	}
	everybody := int64(0)
	rowOf := make([]int32, w.Demand.Len())
	p := &solve.CapacitatedProblem{Budget: o.p.Limit, Cover: solve.Cover{Offset: []int64{0}, Cost: []int64{}}}
	for d, n := range w.Demand.People {
		rowOf[d] = -1
		if n > 0 {
			rowOf[d] = int32(p.Cover.Rows)
			p.Cover.Rows++
			p.Cover.Weight = append(p.Cover.Weight, o.m.scale.people(n))
			everybody += o.m.scale.people(n)
		}
	}
	add := func(demand []int32, cost, most int64) {
		for _, d := range demand {
			if rowOf[d] >= 0 {
				p.Cover.Row = append(p.Cover.Row, rowOf[d])
			}
		}
		p.Cover.Offset = append(p.Cover.Offset, int64(len(p.Cover.Row)))
		p.Cover.Cost, p.Capacity = append(p.Cover.Cost, cost), append(p.Capacity, most)
	}
	service := &w.Coverage.Services[t]
	for k, i := range service.Open {
		demand, _ := service.Matrix.Row(k)
		most := everybody
		if people, ok := capacity.Of(w.Sites[i].FloorArea, w.Sites[i].Staff); ok {
			most = units(people)
		}
		p.Fixed = append(p.Fixed, int32(k))
		add(demand, 0, most)
	}
	people, ok := capacity.newSite(&w.Tiers[t])
	if !ok {
		return nil, fmt.Errorf("tier %s: nothing says how many people a new site can serve", w.Tiers[t].ID)
	}
	for _, c := range o.m.columns {
		demand, _ := o.m.set.Reach[t].Row(c.row)
		cost := int64(1)
		if o.p.Unit == ByMoney {
			cost = int64(o.m.cost(c))
		}
		add(demand, cost, units(people))
	}
	return p, nil
}

// region gives every region of the tier's owner level that has none its own qualifying site, as many regions as the limit allows, and
// with what is left covers most people:
//
//	first  max  regions that own one
//	then   max  sum_i people_i y_i      as MCLP
//
// Objective and Bound are the people newly covered by the choices that give as many regions a site; spacing is kept.
func (o *oneModel) region(_, search context.Context) ([]int32, *One, error) {
	m, t := o.m, o.p.Tier
	placed := map[int32]bool{}
	for _, c := range m.columns {
		if r := m.owner(c.candidate, t); r >= 0 {
			if _, blank := m.ownerOf[t][r]; blank {
				placed[r] = true
			}
		}
	}
	for i, class := range o.problem.Class {
		if int(class) == 2*t+1 {
			o.problem.Cover.Weight[i] = 1
		}
	}
	o.problem.Goals = nil
	if len(placed) > 0 {
		o.problem.Goals = []solve.Goal{{Class: int32(2*t + 1), Amount: int64(len(placed)), Weight: 1}}
	}
	o.problem.Value[2*t+1] = 0
	s, err := solve.Rollout(search, o.problem, searchOptions(o.p.Solve, o.problem))
	if err != nil {
		return nil, nil, err
	}
	scale := float64(m.scale.unit) / 1e6
	out := o.answer(s.Status, because(s.Reason))
	out.Objective, out.Bound, out.Gap = float64(s.Objective)*scale, s.Bound*scale, s.Gap
	out.Without = m.w.Coverage.Total[t].Required - m.w.Coverage.Total[t].Owning - len(placed) + int(s.Shortfall)
	return s.Order, out, nil
}

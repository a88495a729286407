package siting

import (
	"context"
	"math"

	"sitecover/coverage"
	"sitecover/siting/solve"
)

// SecondShare is what OneProblem.Second counts as where it is 0: a first and a second site within reach count alike.
const SecondShare = 0.5

// backup opens sites so that most people have one within the limit, and a second one (BACOP2 in its weighted form, Hogan & ReVelle,
// Management Science 32, 1986), beside the sites that stand already:
//
//	max  sum_i people_i ( (1 - s) y_i + s u_i )      over demand points i with n_i sites of today within the limit
//	s.t. y_i + u_i <= n_i + sum_{j: d_ij <= limit} x_j,  u_i <= y_i
//	     sum_j c_j x_j <= Limit                      c_j = 1 by sites, the tier's cost at j by money
//	     x_j + x_k <= 1                              where j and k are nearer than the tier's spacing
//	     x, y, u in {0, 1}
//
// less what today's sites give. s is OneProblem.Second: with s = 1 only second sites count, and near 0 it is MCLP. Objective and Bound are
// people so weighted; Before and After are people with two sites within the limit, today and then.
func (o *oneModel) backup(_, search context.Context) ([]int32, *One, error) {
	p, unit := o.backupProblem()
	s, err := solve.BackupCover(search, p, o.p.Solve)
	if err != nil {
		return nil, nil, err
	}
	scale := unit / float64(p.First+p.Second)
	out := o.answer(s.Status, because(s.Reason))
	out.Objective, out.Bound, out.Gap = float64(s.Objective)*scale, s.Bound*scale, s.Gap
	for i, n := range o.m.w.Coverage.Services[o.p.Tier].Reach {
		if n >= 2 {
			out.Before += o.m.w.Demand.People[i].Float()
		}
	}
	return s.Open, out, nil
}

// backupProblem has a row for every demand point with people whom fewer than two sites reach today. unit is the people in a unit of
// weight.
func (o *oneModel) backupProblem() (p *solve.BackupProblem, unit float64) {
	m, t := o.m, o.p.Tier
	reach := m.w.Coverage.Services[t].Reach
	p = &solve.BackupProblem{Budget: o.p.Limit, Conflicts: o.problem.Conflicts,
		Cover: solve.Cover{Offset: make([]int64, 1, len(m.columns)+1), Cost: o.problem.Cover.Cost}}
	p.First, p.Second = o.secondRatio()
	step := m.scale.unit // millionths of a person
	for float64(m.w.Coverage.Total[t].People)/float64(step)*float64(p.First+p.Second) > float64(solve.MaxTotal)/2 {
		step *= 10
	}
	rowOf := make([]int32, m.w.Demand.Len())
	for i, n := range m.w.Demand.People {
		rowOf[i] = -1
		if reach[i] < 2 && n > 0 {
			rowOf[i] = int32(p.Cover.Rows)
			p.Cover.Rows++
			p.Cover.Weight = append(p.Cover.Weight, (int64(n)+step/2)/step)
			p.Covered = append(p.Covered, uint8(reach[i]))
		}
	}
	for _, c := range m.columns {
		demand, _ := m.set.Reach[t].Row(c.row)
		for _, i := range demand {
			if rowOf[i] >= 0 {
				p.Cover.Row = append(p.Cover.Row, rowOf[i])
			}
		}
		p.Cover.Offset = append(p.Cover.Offset, int64(len(p.Cover.Row)))
	}
	return p, float64(step) / float64(coverage.Person)
}

// secondRatio returns what a first and a second site within reach count, as small whole numbers.
func (o *oneModel) secondRatio() (first, second int64) {
	s := o.p.Second
	if s == 0 {
		s = SecondShare
	}
	second = int64(math.Round(s * 100))
	d := gcd(100, second)
	return (100 - second) / d, second / d
}

// reached counts the sites within the limit of every demand point while sites open.
type reached struct {
	people        []coverage.People
	sites         []int32
	first, second int64
}

func (o *oneModel) reached() *reached {
	r := &reached{people: o.m.w.Demand.People}
	for _, n := range o.m.w.Coverage.Services[o.p.Tier].Reach {
		r.sites = append(r.sites, int32(n))
	}
	r.first, r.second = o.secondRatio()
	return r
}

// adds returns whom one more site gives a second one, and what it counts with those whom it gives their first.
func (r *reached) adds(demand []int32) (second coverage.People, value int64) {
	for _, i := range demand {
		switch r.sites[i] {
		case 0:
			value += r.first * int64(r.people[i])
		case 1:
			second += r.people[i]
		}
	}
	return second, value + r.second*int64(second)
}

func (r *reached) open(demand []int32) {
	for _, i := range demand {
		r.sites[i]++
	}
}

// twice returns the people with two sites within the limit.
func (r *reached) twice() (people float64) {
	for i, n := range r.sites {
		if n >= 2 {
			people += r.people[i].Float()
		}
	}
	return people
}

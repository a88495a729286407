package siting

import (
	"errors"
	"fmt"
	"slices"

	"sitecover/siting/solve"
)

// ErrNoLP says that a model cannot be put to other solvers: it has no LP file, or there is nothing left to solve.
var ErrNoLP = errors.New("siting: no LP file")

// Stated is a Problem as the solvers take it.
type Stated struct {
	m       *model
	problem *solve.RolloutProblem
}

// LP is the rollout as other solvers take it, one aim at a time: with shortfall < 0 the least that targets can miss, else the most
// value of the plans that miss no more than that.
func (s *Stated) LP(shortfall int64) solve.LPModel {
	return &solve.RolloutLP{RolloutProblem: s.problem, Shortfall: shortfall}
}

// HasGoals reports whether targets and the like are left to meet: without any there is one aim only.
func (s *Stated) HasGoals() bool { return len(s.problem.Goals) > 0 }

// Judge works out somebody else's plan, columns of the LP in ascending order and the year of each: what it misses of the targets in
// the unit of Plan.Shortfall, and its objective in that of Plan.Objective. The error says which rule it breaks.
func (s *Stated) Judge(open, year []int32) (shortfall int64, objective float64, err error) {
	shortfall, value, err := judgeRollout(s.problem, open, year)
	return shortfall, float64(value) / s.m.scale.one, err
}

// LP is the problem as other solvers take it, without what a search could merge or leave out. The error wraps ErrNoLP.
func (s *StatedOne) LP() (solve.LPModel, error) {
	o := s.o
	switch o.p.Model {
	case Backup:
		p, _ := o.backupProblem()
		return p, nil
	case MCLP:
		if p := o.maxCover(); p != nil {
			return p, nil
		}
		return &solve.RolloutLP{RolloutProblem: o.problem}, nil
	case LSCP:
		p, settled := o.setCover()
		if settled != nil {
			return nil, fmt.Errorf("%w: nothing is left to solve (%s)", ErrNoLP, settled.Status)
		}
		return p, nil
	}
	return nil, fmt.Errorf("%w for %s", ErrNoLP, o.p.Model)
}

// Judge works out the objective of somebody else's answer, columns of the LP in ascending order, in the unit of One.Objective. The
// error says which rule of the model the answer breaks.
func (s *StatedOne) Judge(open []int32) (float64, error) {
	p, err := s.LP()
	if err != nil {
		return 0, err
	}
	scale := float64(s.o.m.scale.unit) / 1e6
	switch p := p.(type) {
	case *solve.BackupProblem:
		_, unit := s.o.backupProblem()
		value, err := judgeBackup(p, open)
		return float64(value) * unit / float64(p.First+p.Second), err
	case *solve.MaxCoverProblem:
		sum, err := addUp(&p.Cover, p.Covered, open)
		if err == nil && sum.cost > p.Budget {
			err = fmt.Errorf("siting: it costs %d of %d", sum.cost, p.Budget)
		}
		return float64(sum.covered) * scale, err
	case *solve.SetCoverProblem:
		sum, err := addUp(&p.Cover, p.Covered, open)
		switch {
		case err != nil:
		case p.Demand > 0 && sum.covered < p.Demand:
			err = fmt.Errorf("siting: it covers %d of %d", sum.covered, p.Demand)
		case p.Demand == 0 && sum.bare > 0:
			err = fmt.Errorf("siting: it leaves %d demand points bare", sum.bare)
		}
		return float64(sum.cost), err
	}
	year := make([]int32, len(open))
	_, value, err := judgeRollout(s.o.problem, open, year)
	return float64(value) * scale, err
}

// judgeBackup works out what columns of a backup problem count, and which rule they break.
func judgeBackup(p *solve.BackupProblem, open []int32) (value int64, err error) {
	once, err := addUp(&p.Cover, nil, open)
	if err != nil {
		return 0, err
	}
	if once.cost > p.Budget {
		return 0, fmt.Errorf("siting: it costs %d of %d", once.cost, p.Budget)
	}
	for k, set := range p.Conflicts {
		n := 0
		for _, j := range open {
			if slices.Contains(set, j) {
				n++
			}
		}
		if n > 1 {
			return 0, fmt.Errorf("siting: %d columns of conflict set %d", n, k)
		}
	}
	sites := make([]int, p.Cover.Rows)
	for i, n := range p.Covered {
		sites[i] = int(n)
	}
	for _, j := range open {
		for _, i := range p.Cover.Column(int(j)) {
			w := p.Cover.WeightOf(i)
			switch sites[i] {
			case 0:
				value += p.First * w
			case 1:
				value += p.Second * w
			}
			sites[i]++
		}
	}
	return value, nil
}

// addUp returns the weight that columns cover, and their cost. Rows that stay bare count in bare.
func addUp(c *solve.Cover, covered []bool, open []int32) (sum total, err error) {
	done := make([]bool, c.Rows)
	copy(done, covered)
	for _, j := range open {
		if j < 0 || int(j) >= c.Columns() {
			return sum, fmt.Errorf("siting: column %d of %d", j, c.Columns())
		}
		sum.cost += c.CostOf(int(j))
		for _, i := range c.Column(int(j)) {
			done[i] = true
		}
	}
	for i, d := range done {
		if d {
			sum.covered += c.WeightOf(int32(i))
		} else {
			sum.bare++
		}
	}
	return sum, nil
}

// total is what columns come to.
type total struct {
	covered, cost int64
	bare          int // rows
}

// judgeRollout works out what a rollout misses and is worth, and which rule it breaks. year is parallel to open.
func judgeRollout(p *solve.RolloutProblem, open, year []int32) (missing, value int64, err error) {
	years := p.Years()
	opened := make([]int32, p.Cover.Columns())
	for j := range opened {
		opened[j] = int32(years)
	}
	for k, j := range open {
		if j < 0 || int(j) >= len(opened) || year[k] < 0 || int(year[k]) >= years {
			return 0, 0, fmt.Errorf("siting: column %d in year %d", j, year[k])
		}
		opened[j] = year[k]
	}
	since := make([]int32, p.Cover.Rows)
	for i := range since {
		if since[i] = int32(years); p.Covered != nil && p.Covered[i] {
			since[i] = 0
		}
	}
	for j, t := range opened {
		for _, i := range p.Cover.Column(j) {
			since[i] = min(since[i], t)
		}
	}
	covered := make([][]int64, p.Classes())
	for c := range covered {
		covered[c] = make([]int64, years)
	}
	for i, from := range since {
		for t := int(from); t < years; t++ {
			c := 0
			if p.Class != nil {
				c = int(p.Class[i])
			}
			covered[c][t] += p.Cover.WeightOf(int32(i))
			value += p.Cover.WeightOf(int32(i)) * p.Value[c]
		}
	}
	for _, g := range p.Goals {
		missing += g.Weight * max(0, g.Amount-covered[g.Class][g.Year])
	}
	return missing, value, brokenRule(p, opened)
}

// brokenRule names the first rule of a rollout that a plan breaks, nil when it keeps all.
func brokenRule(p *solve.RolloutProblem, opened []int32) error {
	years := int32(p.Years())
	spent := make([]int64, years)
	for j, t := range opened {
		if t < years {
			spent[t] += p.Cover.CostOf(j)
			if p.Earliest != nil && t < p.Earliest[j] {
				return fmt.Errorf("siting: column %d opens too early", j)
			}
		}
		if p.Fixed != nil && (p.Fixed[j] >= 0 && p.Fixed[j] != t || p.Fixed[j] == solve.Banned && t < years) {
			return fmt.Errorf("siting: column %d is not where it is fixed", j)
		}
		if p.Needs != nil && len(p.Needs[j]) > 0 && t < years && !(p.Fixed != nil && p.Fixed[j] >= 0) {
			provided := false
			for _, k := range p.Needs[j] {
				provided = provided || k != int32(j) && opened[k] <= t
			}
			if !provided {
				return fmt.Errorf("siting: column %d lacks what it needs", j)
			}
		}
	}
	var left int64
	for t, b := range p.Budget {
		if left += b - spent[t]; left < 0 {
			return fmt.Errorf("siting: year %d spends more than there is", t)
		}
		if p.Unspent == solve.Lapses {
			left = 0
		}
	}
	for k, c := range p.Caps {
		var sum int64
		for i, j := range c.Columns {
			switch {
			case opened[j] > c.Until || opened[j] >= years:
			case c.Amount == nil:
				sum++
			default:
				sum += c.Amount[i]
			}
		}
		if sum > c.Most {
			return fmt.Errorf("siting: cap %d is exceeded: %d of %d", k, sum, c.Most)
		}
	}
	for k, set := range p.Conflicts {
		n := 0
		for _, j := range set {
			if opened[j] < years {
				n++
			}
		}
		if n > 1 {
			return fmt.Errorf("siting: %d columns of conflict set %d", n, k)
		}
	}
	return nil
}

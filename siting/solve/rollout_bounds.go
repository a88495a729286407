package solve

import (
	"context"
)

// rolloutBounds bounds every year of a rollout, for each class alone and for all together. What is covered at the end of a
// year is a single-period maximal cover with all the money up to then and all the columns that may be open by then, so the
// bound of that problem holds for every plan.
type rolloutBounds struct {
	r    *rollout
	rest [][]*yearDual // [year][class], and last the weighted whole
}

// yearDual is one such single-period problem.
type yearDual struct {
	dual  *maxDual
	base  int64 // covered whatever is chosen
	goal  int64 // what a greedy plan covers beyond that
	class int   // -1 = all, weighted
	year  int
}

func newRolloutBounds(r *rollout, workers int) *rolloutBounds {
	b := &rolloutBounds{r: r}
	for t := range r.years {
		var row []*yearDual
		for c := range r.cover {
			row = append(row, r.yearDual(t, c, workers))
		}
		b.rest = append(b.rest, append(row, r.yearDual(t, -1, workers)))
	}
	return b
}

// yearDual sets up the problem of the class (-1 = weighted whole) at the end of year t.
func (r *rollout) yearDual(t, class, workers int) *yearDual {
	p := r.p
	d := &yearDual{class: class, year: t}
	var money int64
	for y := range t + 1 {
		money += p.Budget[y]
	}
	drop := make([]bool, p.Cover.Columns())
	var fixed []int32
	for j := range drop {
		if f := r.fixed[j]; f {
			drop[j] = true
			if y := p.Fixed[j]; y >= 0 && int(y) <= t {
				fixed = append(fixed, int32(j))
				money -= p.Cover.CostOf(j)
			}
		} else if p.Earliest != nil && int(p.Earliest[j]) > t {
			drop[j] = true
		}
	}
	weighted := p.Cover
	weighted.Weight = make([]int64, p.Cover.Rows)
	done := coveredBy(&p.Cover, p.Covered, fixed)
	for i := range weighted.Weight {
		c := int(p.classOf(i))
		switch {
		case class < 0:
			weighted.Weight[i] = p.Value[c] * p.Cover.WeightOf(int32(i))
		case class == c:
			weighted.Weight[i] = p.Cover.WeightOf(int32(i))
		}
		if done[i] {
			d.base += weighted.Weight[i]
		}
	}
	in := newInstance(&weighted, reduction{dropColumn: drop, dropRow: done})
	d.dual = newMaxDual(in, max(0, money), largestSets(in, r.p.Conflicts, &r.sets), workers)
	g := newPlan(in) // conflicts do not matter here: it is only a place to start from
	g.greedy(max(0, money))
	d.dual.begin(g.list)
	d.goal = g.value
	return d
}

// largestSets puts each column into the largest conflict set it is in, so that every column is in one set at most; nil where
// there are no conflicts. sets lists those of each column as the problem of the instance names it.
func largestSets(in *instance, conflicts [][]int32, sets *csr) []int32 {
	if len(conflicts) == 0 {
		return nil
	}
	g := make([]int32, in.columns())
	for k, j := range in.orig {
		g[k] = -1
		for _, s := range sets.at(int(j)) {
			if g[k] < 0 || len(conflicts[s]) > len(conflicts[g[k]]) {
				g[k] = s
			}
		}
	}
	return g
}

// run makes n steps in every problem.
func (b *rolloutBounds) run(ctx context.Context, n int) {
	for _, row := range b.rest {
		for _, d := range row {
			d.dual.run(ctx, n, min(d.goal, d.dual.bound()-1))
		}
	}
}

func (d *yearDual) bound() float64 { return float64(d.base + d.dual.bound()) }

// class returns the bound of a class in year t.
func (b *rolloutBounds) class(c, t int) float64 { return b.rest[t][c].bound() }

// most returns the bound of the weighted whole in year t.
func (b *rolloutBounds) most(t int) float64 { return b.rest[t][len(b.rest[t])-1].bound() }

// total bounds the objective.
func (b *rolloutBounds) total() float64 {
	var s float64
	for t := range b.rest {
		s += b.most(t)
	}
	return s
}

// shortfall is at least what the bounds of the classes leave open.
func (b *rolloutBounds) shortfall() float64 {
	var s float64
	for _, g := range b.r.p.Goals {
		s += float64(g.Weight) * max(0, float64(g.Amount)-b.class(int(g.Class), int(g.Year)))
	}
	return s
}

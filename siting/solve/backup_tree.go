package solve

import (
	"cmp"
	"context"
	"slices"
)

// backupTree is the branch and bound of a backup problem: each part is bounded by a dual that starts from the multipliers of
// the part it comes from, rounded to a plan, thinned out by reduced costs, and split on a column.
type backupTree struct {
	ctx   context.Context
	o     Options
	meter meter
	top   int64   // value of the best plan
	best  []int32 // its columns, as the problem names them
	held  int     // entries of the parts that are being visited
	most  int     // of them: memory stays within a few times the problem
}

const (
	backupRounds    = 60 // of the dual and the search, on the whole problem
	backupRound     = 20 // steps of the dual in a round
	backupKicks     = 3  // of the search in a round
	backupPartSteps = 60 // of the dual on a part
)

// root searches and bounds the whole problem, then goes down. It returns a bound of all plans.
func (t *backupTree) root(q *backupPart) int64 {
	s := newBackupSearch(q, t.o.Seed)
	s.fill()
	s.exchange(t.ctx)
	t.accept(s)
	d := newBackupDual(s, t.o.workers())
	for k := 0; k < backupRounds && (k == 0 || !t.spent()); k++ {
		t.meter.add(len(q.in.col.item), d.run(t.ctx, backupRound, s.top))
		t.round(s, d)
		for range backupKicks {
			if t.ctx.Err() == nil {
				s.kick(t.ctx)
			}
		}
		t.accept(s)
		bound := q.base + d.bound()
		gap := gapOf(t.top, float64(max(t.top, bound)))
		t.o.report(Progress{t.meter.iterations(), t.top, float64(max(t.top, bound)), gap})
		if gap <= t.o.Gap {
			return bound
		}
	}
	return t.below(q, d)
}

func (t *backupTree) spent() bool { return t.ctx.Err() != nil || t.meter.spent() }

// accept takes the best plan of a search when it is the best of all.
func (t *backupTree) accept(s *backupSearch) {
	if s.base+s.top <= t.top {
		return
	}
	t.top = s.base + s.top
	t.best = slices.Clone(s.chosen)
	for _, j := range s.best {
		t.best = append(t.best, s.orig[j])
	}
}

// round makes a plan of the columns that the dual's average holds most of.
func (t *backupTree) round(s *backupSearch, d *backupDual) {
	order := make([]int32, 0, len(d.x))
	for j, x := range d.x {
		if x > 0.1 {
			order = append(order, int32(j))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(d.x[b], d.x[a]), cmp.Compare(a, b)) })
	s.become(order)
	s.fill()
	s.exchange(t.ctx)
}

// visit bounds a part and goes down; high is a bound of its plans that is known already, shares where its dual starts. It
// returns a bound of its plans that are better than the best.
func (t *backupTree) visit(q *backupPart, shares []float64, high int64) int64 {
	if t.spent() || t.held > t.most {
		return high
	}
	t.held += len(q.in.col.item)
	defer func() { t.held -= len(q.in.col.item) }()
	s := newBackupSearch(q, t.o.Seed)
	s.keep() // opening nothing more
	t.accept(s)
	if q.in.columns() == 0 {
		return q.base
	}
	d := newBackupDual(s, t.o.workers())
	d.follow(shares)
	t.meter.add(len(q.in.col.item), d.run(t.ctx, backupPartSteps, t.top-q.base))
	bound := min(high, q.base+d.bound())
	if bound <= t.top || gapOf(t.top, float64(bound)) <= t.o.Gap {
		return bound
	}
	t.round(s, d)
	t.accept(s)
	return min(bound, t.below(q, d))
}

// below thins out a part and splits what is left. d has bounded it.
func (t *backupTree) below(q *backupPart, d *backupDual) int64 {
	bound := q.base + d.bound()
	if bound <= t.top || t.spent() || q.in.columns() == 0 {
		return bound
	}
	shares := d.shares()
	down := func(open, drop []int32) int64 {
		c := q.part(open, drop)
		from := make([]float64, c.in.rows())
		for i, k := range c.in.from {
			if k >= 0 {
				from[k] = shares[i]
			}
		}
		return t.visit(c, from, bound)
	}
	if open, drop := d.settle(t.top - q.base); len(open)+len(drop) > 0 && q.keeps(open) {
		return down(open, drop)
	}
	j := d.unsure()
	open := down([]int32{j}, nil)
	return min(bound, max(open, down(nil, []int32{j})))
}

// keeps reports whether columns can all open together. Where they cannot, no plan is better than the best; branching finds
// that out.
func (q *backupPart) keeps(open []int32) bool {
	s := newBackupSearch(q, 0)
	for _, j := range open {
		if !s.fits(j) {
			return false
		}
		s.turn(j)
	}
	return true
}

// unsure returns the column that the averaged choice is most unsure of, weighed with what it is worth.
func (d *backupDual) unsure() int32 {
	best, most := int32(0), -1.0
	for j, x := range d.x {
		if doubt := (min(x, 1-x) + 1e-6) * float64(d.atBest[j]+1); doubt > most {
			best, most = int32(j), doubt
		}
	}
	return best
}

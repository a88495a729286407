package solve

import (
	"context"
	"errors"
	"slices"
)

// BackupProblem asks for the columns whose cover counts most, where a second cover of a row counts as well.
//
//	max  sum_i w_i (First y_i + Second u_i)
//	s.t. y_i + u_i <= sum_{j covers i} x_j + Covered_i,  u_i <= y_i,  sum_j c_j x_j <= Budget,
//	     sum_{j in S} x_j <= 1 for every conflict set S,  x, y, u in {0,1}
//
// less what the Covered_i count by themselves.
//
// BACOP2 of Hogan & ReVelle, Management Science 32 (1986), in its weighted form: First : Second is the exchange of a first
// cover for a backup. With Second = 0 it is MaxCoverProblem.
type BackupProblem struct {
	Cover         Cover
	Budget        int64
	First, Second int64     // what a unit of weight counts when it is covered once, and again when it is covered twice; >= 0
	Fixed         []int32   // columns that must open; they spend money too
	Banned        []int32   // columns that must not open
	Conflicts     [][]int32 // at most one column of a set opens. Ascending within a set
	Covered       []uint8   // per row: covers that are there already, which count in neither objective nor bound; nil = none
}

// Validate reports every kind of fault of the problem as *ProblemError (joined).
func (p *BackupProblem) Validate() error {
	errs := []error{p.Cover.Validate()}
	if p.Budget < 0 {
		errs = append(errs, bad("Budget", "%d is negative", p.Budget))
	}
	if p.First < 0 || p.Second < 0 || p.First > MaxTotal || p.Second > MaxTotal {
		errs = append(errs, bad("First", "%d or Second %d is out of range [0, %d]", p.First, p.Second, MaxTotal))
	}
	errs = append(errs, validateColumnSet("Fixed", p.Fixed, p.Cover.Columns()),
		validateColumnSet("Banned", p.Banned, p.Cover.Columns()), validateAscending("Conflicts", p.Conflicts, p.Cover.Columns()))
	if p.Covered != nil && len(p.Covered) != p.Cover.Rows {
		errs = append(errs, bad("Covered", "has %d entries for %d rows", len(p.Covered), p.Cover.Rows))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var sum float64
	for i := range p.Cover.Rows {
		sum += float64(p.Cover.WeightOf(int32(i))) * (float64(p.First) + float64(p.Second))
	}
	if sum > float64(MaxTotal) {
		return bad("First", "the sum of weight x (First + Second) exceeds %d", MaxTotal)
	}
	return nil
}

// BackupCover solves the backup coverage problem; see BackupProblem. Rows that the same columns cover are merged; a greedy
// plan is improved by exchanges and rebuilding, bounded by a Lagrangian dual, and proved by branch and bound with columns
// fixed by their reduced costs.
func BackupCover(ctx context.Context, p *BackupProblem, o Options) (*Solution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	if s := p.impossible(); s != nil {
		return s, nil
	}
	root := newBackupPart(p)
	root.base -= p.already()
	t := &backupTree{ctx: ctx, o: o, meter: newMeter(o, len(root.in.col.item)), top: -1, most: max(4*len(root.in.col.item), 1<<22)}
	bound := max(t.root(root), t.top)
	a := &Solution{Open: sortedSet(t.best), Objective: t.top, Bound: float64(bound), Status: Feasible, Iterations: t.meter.iterations()}
	if a.Gap = gapOf(a.Objective, a.Bound); a.Gap == 0 {
		a.Status = Optimal
	}
	return a, nil
}

// impossible returns the infeasible solution where fixed columns break a rule, nil otherwise.
func (p *BackupProblem) impossible() *Solution {
	money := MaxCoverProblem{Cover: p.Cover, Budget: p.Budget, Fixed: p.Fixed, Banned: p.Banned}
	if _, _, infeasible := money.base(); infeasible != nil {
		return infeasible
	}
	fixed := sortedSet(p.Fixed)
	for k, set := range p.Conflicts {
		var both []int32
		for _, j := range set {
			if _, is := slices.BinarySearch(fixed, j); is {
				both = append(both, j)
			}
		}
		if len(both) > 1 {
			return &Solution{Status: Infeasible, Blocking: both, Reason: because(FixedConflict, int64(len(both)), int64(k))}
		}
	}
	return nil
}

// worth returns what a unit of weight counts when it is covered n times.
func (p *BackupProblem) worth(n int32) int64 {
	switch {
	case n <= 0:
		return 0
	case n == 1:
		return p.First
	}
	return p.First + p.Second
}

// already is what the covers count that are there already.
func (p *BackupProblem) already() (value int64) {
	for i, n := range p.Covered {
		value += p.worth(int32(n)) * p.Cover.WeightOf(int32(i))
	}
	return value
}

// backupPart is what is left of a backup problem after its fixed and banned columns. The instance's kind is how often a row
// is covered already: 0 or 1.
type backupPart struct {
	p      *BackupProblem
	in     *instance
	next   [2][]int64 // per row: what the next cover counts, and the one after it
	sets   [][]int32  // conflicts among the columns of in
	of     csr        // per column: its sets
	base   int64      // value of what is covered whatever is chosen
	left   int64      // money
	orig   []int32    // per column: its index in the first problem
	chosen []int32    // columns that are open, as the first problem names them
}

// newBackupPart reduces a problem whose fixed columns keep the rules.
func newBackupPart(p *BackupProblem) *backupPart {
	q := &backupPart{p: p, left: p.Budget, chosen: sortedSet(p.Fixed)}
	count := make([]int32, p.Cover.Rows)
	for i, c := range p.Covered {
		count[i] = int32(c)
	}
	drop := make([]bool, p.Cover.Columns())
	for _, j := range q.chosen {
		drop[j] = true
		q.left -= p.Cover.CostOf(int(j))
		for _, i := range p.Cover.Column(int(j)) {
			count[i]++
		}
	}
	for _, set := range p.Conflicts { // who is in conflict with a fixed column is out
		if slices.ContainsFunc(set, func(j int32) bool { _, is := slices.BinarySearch(q.chosen, j); return is }) {
			for _, j := range set {
				drop[j] = true
			}
		}
	}
	for _, j := range p.Banned {
		drop[j] = true
	}
	for j := range drop {
		drop[j] = drop[j] || p.Cover.CostOf(j) > q.left
	}
	done := make([]bool, p.Cover.Rows)
	for i, c := range count {
		q.base += p.worth(c) * p.Cover.WeightOf(int32(i))
		done[i] = c >= 2
	}
	q.in = newInstance(&p.Cover, reduction{dropColumn: drop, dropRow: done, kind: count})
	q.orig = q.in.orig
	q.count()
	return q
}

// count fills in what covers count and the conflicts that are left.
func (q *backupPart) count() {
	for k := range q.next {
		q.next[k] = make([]int64, q.in.rows())
	}
	for i, w := range q.in.w {
		if q.in.kind[i] == 0 {
			q.next[0][i], q.next[1][i] = w*q.p.First, w*q.p.Second
		} else {
			q.next[0][i] = w * q.p.Second
		}
	}
	at := make(map[int32]int32, len(q.in.orig))
	for k, j := range q.in.orig {
		at[j] = int32(k)
	}
	for _, set := range q.p.Conflicts {
		var here []int32
		for _, j := range set {
			if k, is := at[j]; is {
				here = append(here, k)
			}
		}
		if len(here) > 1 {
			q.sets = append(q.sets, here)
		}
	}
	q.of = lists(q.sets).transpose(q.in.columns())
}

// part returns what is left when columns of q open and others go. The columns that open keep the rules.
func (q *backupPart) part(open, drop []int32) *backupPart {
	in := q.in
	p := &BackupProblem{Cover: Cover{Rows: in.rows(), Offset: in.col.off, Row: in.col.item, Weight: in.w, Cost: in.cost}, Budget: q.left,
		First: q.p.First, Second: q.p.Second, Fixed: open, Banned: drop, Conflicts: q.sets, Covered: make([]uint8, in.rows())}
	base := q.base
	for i, n := range in.kind {
		p.Covered[i] = uint8(n)
		base -= p.worth(n) * in.w[i] // the part counts it again
	}
	c := newBackupPart(p)
	c.base += base
	for k, j := range c.chosen {
		c.chosen[k] = q.orig[j]
	}
	c.chosen = append(c.chosen, q.chosen...)
	c.orig = make([]int32, len(c.in.orig))
	for k, j := range c.in.orig {
		c.orig[k] = q.orig[j]
	}
	return c
}

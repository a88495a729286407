package solve

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
)

// BackupProblem asks for the columns whose cover counts most, where a second cover of a row counts as well.
//
//	max  sum_i w_i (First y_i + Second u_i)
//	s.t. y_i + u_i <= sum_{j covers i} x_j + Covered_i,  u_i <= y_i,  sum_j c_j x_j <= Budget,  x, y, u in {0,1}
//
// BACOP2 of Hogan & ReVelle, Management Science 32 (1986), in its weighted form: First : Second is the exchange of a first
// cover for a backup. With Second = 0 it is MaxCoverProblem.
type BackupProblem struct {
	Cover         Cover
	Budget        int64
	First, Second int64   // what a unit of weight counts when it is covered once, and again when it is covered twice; >= 0
	Fixed         []int32 // columns that must open; they spend money too
	Banned        []int32 // columns that must not open
	Covered       []uint8 // per row: covers that are there already; nil = none
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
		validateColumnSet("Banned", p.Banned, p.Cover.Columns()))
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

// BackupCover solves the backup coverage problem; see BackupProblem. A greedy plan is improved by exchanges and rebuilding,
// bounded by a Lagrangian dual, and proved by branching where few columns are free. An iteration is a step of the dual.
func BackupCover(ctx context.Context, p *BackupProblem, o Options) (*Solution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	first := MaxCoverProblem{Cover: p.Cover, Budget: p.Budget, Fixed: p.Fixed, Banned: p.Banned}
	_, left, infeasible := first.base()
	if infeasible != nil {
		return infeasible, nil
	}
	if o.Iterations == 0 {
		o.Iterations = DefaultIterations / 10
	}
	s := newBackup(p, left, o.Seed)
	s.build()
	s.exchange(ctx)
	d := newBackupDual(s, o.workers())
	steps := 0
	for k := 0; k == 0 || steps < o.Iterations && ctx.Err() == nil; k++ {
		n := min(20, o.Iterations-steps)
		d.run(ctx, n, s.top)
		steps += n
		s.shake(ctx)
		gap := gapOf(s.top, float64(d.bound()))
		o.report(Progress{steps, s.top, float64(d.bound()), gap})
		if gap <= o.Gap {
			break
		}
	}
	bound := max(s.top, d.bound())
	if bound > s.top && gapOf(s.top, float64(bound)) > o.Gap && len(s.free) <= treeColumns && ctx.Err() == nil {
		s.restore(nil)
		nodes := 500 * o.Iterations
		if s.prove(ctx, 0, &nodes) {
			bound = s.top
		}
	}
	a := &Solution{Open: sortedSet(append(slices.Clone(p.Fixed), s.best...)), Objective: s.top, Bound: float64(bound), Status: Feasible, Iterations: steps}
	if a.Gap = gapOf(a.Objective, a.Bound); a.Gap == 0 {
		a.Status = Optimal
	}
	return a, nil
}

// backup is a plan of a backup problem, kept up to date as columns open and close.
type backup struct {
	p     *BackupProblem
	rand  *rand.Rand
	free  []int32 // columns that are neither fixed nor banned, ascending
	open  []bool  // per column
	count []int32 // per row: open columns that cover it, and what is there already
	start []int32 // per row: count with only the fixed columns
	left  int64
	value int64
	best  []int32 // free columns of the best plan
	top   int64
}

func newBackup(p *BackupProblem, left int64, seed uint64) *backup {
	n := p.Cover.Columns()
	s := &backup{p: p, rand: rand.New(rand.NewPCG(seed, 3)), open: make([]bool, n), count: make([]int32, p.Cover.Rows), left: left}
	for i, c := range p.Covered {
		s.count[i] = int32(c)
	}
	shut := make([]bool, n)
	for _, j := range sortedSet(p.Fixed) {
		shut[j] = true
		for _, i := range p.Cover.Column(int(j)) {
			s.count[i]++
		}
	}
	for _, j := range p.Banned {
		shut[j] = true
	}
	for j := range n {
		if !shut[j] {
			s.free = append(s.free, int32(j))
		}
	}
	for i, c := range s.count {
		s.value += p.worth(c) * p.Cover.WeightOf(int32(i))
	}
	s.start = slices.Clone(s.count)
	s.top = s.value
	return s
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

// gain returns what opening a closed column adds.
func (s *backup) gain(j int32) (gain int64) {
	for _, i := range s.p.Cover.Column(int(j)) {
		switch s.count[i] {
		case 0:
			gain += s.p.First * s.p.Cover.WeightOf(i)
		case 1:
			gain += s.p.Second * s.p.Cover.WeightOf(i)
		}
	}
	return gain
}

func (s *backup) turn(j int32) {
	if s.open[j] {
		s.open[j] = false
		s.left += s.p.Cover.CostOf(int(j))
		for _, i := range s.p.Cover.Column(int(j)) {
			s.count[i]--
		}
		s.value -= s.gain(j)
		return
	}
	s.value += s.gain(j)
	s.open[j] = true
	s.left -= s.p.Cover.CostOf(int(j))
	for _, i := range s.p.Cover.Column(int(j)) {
		s.count[i]++
	}
}

// build opens what adds most for the money until nothing more can be paid or adds anything.
func (s *backup) build() {
	for {
		best, gain := int32(-1), int64(0)
		for _, j := range s.free {
			if s.open[j] || s.p.Cover.CostOf(int(j)) > s.left {
				continue
			}
			if g := s.gain(j); g > 0 && (best < 0 || compareRatio(g, s.p.Cover.CostOf(int(j)), gain, s.p.Cover.CostOf(int(best))) > 0) {
				best, gain = j, g
			}
		}
		if best < 0 {
			break
		}
		s.turn(best)
	}
	s.keep()
}

func (s *backup) keep() {
	if s.value <= s.top {
		return
	}
	s.top, s.best = s.value, s.best[:0]
	for _, j := range s.free {
		if s.open[j] {
			s.best = append(s.best, j)
		}
	}
}

// restore makes the plan consist of these free columns.
func (s *backup) restore(columns []int32) {
	for _, j := range s.free {
		if s.open[j] {
			s.turn(j)
		}
	}
	for _, j := range columns {
		s.turn(j)
	}
}

// exchange puts the best column in the place of an open one while that improves the plan.
func (s *backup) exchange(ctx context.Context) {
	for again := true; again && ctx.Err() == nil; {
		again = false
		for _, o := range s.free {
			if !s.open[o] || ctx.Err() != nil {
				continue
			}
			was := s.value
			s.turn(o)
			in, gain := o, was-s.value
			for _, j := range s.free {
				if !s.open[j] && s.p.Cover.CostOf(int(j)) <= s.left {
					if g := s.gain(j); g > gain {
						in, gain = j, g
					}
				}
			}
			s.turn(in)
			again = again || in != o
		}
		s.build()
	}
}

// shake closes a few columns of the best plan and builds anew.
func (s *backup) shake(ctx context.Context) {
	s.restore(s.best)
	for range 1 + min(4, len(s.best)/2) {
		if len(s.best) == 0 {
			return
		}
		if j := s.best[s.rand.IntN(len(s.best))]; s.open[j] {
			s.turn(j)
		}
	}
	if j := s.free[s.rand.IntN(len(s.free))]; !s.open[j] && s.p.Cover.CostOf(int(j)) <= s.left {
		s.turn(j)
	}
	s.build()
	s.exchange(ctx)
}

// prove branches on the free columns from k on; below a node nothing can be worth more than with all of them open. It
// reports whether it came to the end.
func (s *backup) prove(ctx context.Context, k int, nodes *int) bool {
	if *nodes--; *nodes < 0 || ctx.Err() != nil {
		return false
	}
	s.keep()
	if k == len(s.free) || s.most(k) <= s.top {
		return true
	}
	j := s.free[k]
	if s.p.Cover.CostOf(int(j)) <= s.left {
		s.turn(j)
		done := s.prove(ctx, k+1, nodes)
		s.turn(j)
		if !done {
			return false
		}
	}
	return s.prove(ctx, k+1, nodes)
}

// most returns the value with every payable free column from k on open as well.
func (s *backup) most(k int) int64 {
	left, opened := s.left, []int32(nil)
	for _, j := range s.free[k:] {
		if s.p.Cover.CostOf(int(j)) <= left {
			opened = append(opened, j)
			s.turn(j)
		}
	}
	value := s.value
	for _, j := range opened {
		s.turn(j)
	}
	return value
}

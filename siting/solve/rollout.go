package solve

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
)

// Rollout solves the multi-year problem; see RolloutProblem. A lazy greedy plan over all years is improved by moves
// between years, exchanges and rebuilding, never year by year. Lagrangian duals bound every year and the whole.
func Rollout(ctx context.Context, p *RolloutProblem, o Options) (*RolloutSolution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	if o.Iterations == 0 {
		o.Iterations = DefaultIterations / 10
	}
	r := newRollout(p)
	if reason, blocking := r.openFixed(); reason.Code != "" {
		return impossibleRollout(p, reason, blocking), nil
	}
	t := &rolloutRun{o: o, dual: newRolloutDual(r, o.workers()), bounds: newRolloutBounds(r, o.workers()), search: newRolloutSearch(r),
		ruin: [2]*rolloutRuin{newRolloutRuin(r, o.Seed, 1.15), newRolloutRuin(r, o.Seed+1, 1.5)}}
	t.run(ctx)
	return t.solution(), nil
}

// impossibleRollout is the answer where fixed columns break a rule.
func impossibleRollout(p *RolloutProblem, reason Reason, blocking []int32) *RolloutSolution {
	s := &RolloutSolution{Status: Infeasible, Reason: reason, Blocking: blocking, Year: make([]int32, p.Cover.Columns())}
	for j := range s.Year {
		s.Year[j] = Free
	}
	return s
}

// rolloutRun is a running solution of a rollout.
type rolloutRun struct {
	o      Options
	dual   *rolloutDual
	bounds *rolloutBounds
	search *rolloutSearch
	ruin   [2]*rolloutRuin // chains of the search, that price goals differently
	steps  int
	proved bool // by branching
}

// run alternates bounds, plans rounded from the dual and rebuilding until the proof, the wanted gap, the end of the budget
// or of ctx.
func (t *rolloutRun) run(ctx context.Context) {
	s := t.search
	s.blind = true // the dual is about value: it starts from a plan that is too
	s.greedy(nil)
	s.blind = false
	s.keep()
	t.dual.begin(s.ordered(), s.best)
	s.meet()
	s.keep()
	for s.list(); len(s.opened) > 0; s.list() {
		s.close(s.opened[0])
	}
	s.greedy(nil)
	s.keep()
	const round = 25
	for k := 0; k == 0 || t.steps < t.o.iterations(); k++ {
		n := min(round, t.o.iterations()-t.steps)
		t.dual.allowShortfall(s.top.missing)
		t.improve(ctx, n)
		t.steps += n
		t.bounds.run(ctx, 3)
		if k == 0 && t.settle(ctx) {
			break
		}
		if push := t.pushes(); ctx.Err() == nil && k%2 == 0 {
			s.round(t.dual, push[k/2%len(push)], 0.3)
			s.polish(ctx)
		}
		gap := gapOf(s.top.value, t.bound())
		t.o.report(Progress{t.steps, s.top.value, t.bound(), gap})
		if ctx.Err() != nil || gap <= t.o.Gap && float64(s.top.missing) <= t.bounds.shortfall() {
			break
		}
	}
	if ctx.Err() == nil && !t.proved && (t.gap() > t.o.Gap || float64(s.top.missing) > t.bounds.shortfall()) {
		t.proved = s.prove(ctx, 200*t.o.iterations())
	}
	s.finish()
}

// finish makes the plan the best one, without what is of no use.
func (s *rolloutSearch) finish() {
	s.restore()
	s.prune()
	s.greedy(nil) // what was of no use may have cost money
	s.prune()
	s.keep()
}

// settleNodes is how many nodes of the tree a proof may take before the search goes on without it.
const settleNodes = 20_000

// settle proves a problem that is small enough for it to be quicker than more search. The bounds of the years get all their steps.
func (t *rolloutRun) settle(ctx context.Context) bool {
	if ctx.Err() != nil || t.gap() <= t.o.Gap && float64(t.search.top.missing) <= t.bounds.shortfall() {
		return false // it ends by itself
	}
	if t.proved = t.search.prove(ctx, settleNodes); !t.proved {
		t.search.restore()
		return false
	}
	t.bounds.run(ctx, 3*(t.o.iterations()-t.steps)/25)
	return true
}

// pushes lists how much more than their price goals count in rounding.
func (t *rolloutRun) pushes() []float64 {
	if len(t.search.p.Goals) == 0 {
		return []float64{1}
	}
	return []float64{1, 1.25}
}

// improve makes n steps of the dual, then both chains of the search go on. With goals they wait until the dual has prices.
func (t *rolloutRun) improve(ctx context.Context, n int) {
	const moves = 500
	t.dual.run(ctx, n, t.target())
	s, done := t.search, float64(t.steps)/float64(t.o.iterations())
	if len(s.p.Goals) > 0 && done < 0.25 {
		return
	}
	base := t.dual.goalPrices()
	spread(len(t.ruin), t.o.workers(), func(k int) {
		q := t.ruin[k]
		if s.top.better(q.top) {
			q.adopt(s.best, s.top)
		}
		q.round(ctx, base, moves, done)
	})
	for _, q := range t.ruin {
		if q.top.better(s.top) {
			s.top = q.top
			copy(s.best, q.best)
		} else if q.score().missing > s.top.missing && ctx.Err() == nil {
			s.become(q.year)
			s.meet()
			s.polish(ctx)
		}
	}
}

// target is where the dual aims: the best plan, or where goals keep that far below what can be, nearer to the bound.
func (t *rolloutRun) target() int64 {
	top := t.search.top.value
	if len(t.search.p.Goals) == 0 || t.dual.best == math.MaxInt64 {
		return top
	}
	return max(top, int64(float64(t.dual.bound())*0.98))
}

// gap is the distance to the proof.
func (t *rolloutRun) gap() float64 { return gapOf(t.search.top.value, t.bound()) }

// bound is the least proved limit of the objective.
func (t *rolloutRun) bound() float64 {
	if t.proved {
		return float64(t.search.top.value)
	}
	return math.Max(float64(t.search.top.value), math.Min(float64(t.dual.bound()), t.bounds.total()))
}

// openFixed opens the fixed columns, and says why that breaks a rule if it does.
func (r *rollout) openFixed() (reason Reason, blocking []int32) {
	for j, t := range r.p.Fixed {
		if t < 0 {
			continue
		}
		if r.p.Earliest != nil && t < r.p.Earliest[j] {
			return because(FixedEarly, int64(j), int64(t), int64(r.p.Earliest[j])), []int32{int32(j)}
		}
		r.open(int32(j), t)
	}
	for k, n := range r.taken {
		if n > 1 {
			return because(FixedConflict, int64(n), int64(k)), r.among(r.p.Conflicts[k])
		}
	}
	if k := r.caps.exceeded(); k >= 0 {
		return because(FixedCap, int64(r.caps.used[k]), int64(k), int64(r.p.Caps[k].Most)), r.among(r.p.Caps[k].Columns)
	}
	for t := range r.years {
		if !r.affords(0, int32(t)) || r.p.Unspent == Lapses && r.spent[t] > r.p.Budget[t] {
			return because(FixedMoney, int64(t)), r.fixedUpTo(int32(t))
		}
	}
	return Reason{}, nil
}

func (r *rollout) among(set []int32) (open []int32) {
	for _, j := range set {
		if int(r.year[j]) < r.years {
			open = append(open, j)
		}
	}
	return open
}

func (r *rollout) fixedUpTo(t int32) (columns []int32) {
	for j, y := range r.year {
		if y <= t {
			columns = append(columns, int32(j))
		}
	}
	return columns
}

// solution writes the plan down with its bounds.
func (t *rolloutRun) solution() *RolloutSolution {
	b, a := t.bounds, t.search.written()
	a.Iterations, a.Bound, a.ShortfallBound = t.steps, t.bound(), b.shortfall()
	for y := range a.Years {
		a.Years[y].Most = b.most(y)
		for c := range t.search.cover {
			a.Years[y].Bound = append(a.Years[y].Bound, b.class(c, y))
		}
	}
	if t.proved {
		a.ShortfallBound = float64(a.Shortfall)
	}
	a.Gap = gapOf(a.Objective, a.Bound)
	if a.Gap == 0 && a.ShortfallBound >= float64(a.Shortfall) {
		a.Status = Optimal
	}
	return a
}

// written writes the best plan, which is the present one, down without bounds.
func (s *rolloutSearch) written() *RolloutSolution {
	a := &RolloutSolution{Year: slices.Clone(s.year), Objective: s.top.value, Shortfall: s.top.missing, Missed: make([]int64, len(s.p.Goals)), Status: Feasible}
	for j, t := range a.Year {
		if int(t) == s.years {
			a.Year[j] = -1
		}
	}
	for k, g := range s.p.Goals {
		a.Missed[k] = max(0, g.Amount-s.cover[g.Class][g.Year])
	}
	for t := range s.years {
		y := RolloutYear{Spent: s.spent[t]}
		for c := range s.cover {
			y.Covered = append(y.Covered, s.cover[c][t])
			y.Value += s.value[c] * s.cover[c][t]
		}
		a.Years = append(a.Years, y)
	}
	a.Order = s.ordered()
	return a
}

// ordered lists the opened columns by year, and within a year by value added for the money in that order.
func (s *rolloutSearch) ordered() []int32 {
	var order []int32
	for t := range s.years {
		var todo []int32
		for j, y := range s.best {
			if int(y) == t {
				todo = append(todo, int32(j))
				s.close(int32(j))
			}
		}
		order = append(order, s.rank(todo, int32(t))...)
	}
	return order
}

// rank reopens the columns in year t, each time the one that adds most value for the money.
func (s *rolloutSearch) rank(columns []int32, t int32) (order []int32) {
	type entry struct {
		gain   score
		column int32
	}
	for len(columns) > 0 {
		list := make([]entry, 0, len(columns))
		for _, j := range columns {
			s.profile(j, s.profiles)
			list = append(list, entry{s.gain(s.profiles, t), j})
		}
		top := slices.MinFunc(list, func(a, b entry) int {
			return cmp.Or(compareRatio(b.gain.value, s.in.cost[b.column], a.gain.value, s.in.cost[a.column]), cmp.Compare(a.column, b.column))
		})
		s.open(top.column, t)
		order = append(order, top.column)
		columns = slices.DeleteFunc(columns, func(j int32) bool { return j == top.column })
	}
	return order
}

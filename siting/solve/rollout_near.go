package solve

import (
	"context"
	"errors"
	"slices"
)

// nearMoves is how many moves look for something better around what changes.
const nearMoves = 300

// RolloutNear adapts a known plan to a problem: what keeps the rules stays as it is, what is missed is met as far as possible,
// and only around what changes something better is looked for. A search from nothing would end in another corner of the many
// plans that are about as good, and hide what a single ban or pin costs.
//
// start holds the year of every column, -1 = not open. The bounds of the answer are what all columns together cover: valid,
// but no proof of anything. Options.Iterations 1 leaves out the search around what changes, for a first look. The answer depends on the seed; ctx's end ends it early.
func RolloutNear(ctx context.Context, p *RolloutProblem, start []int32, o Options) (*RolloutSolution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	if len(start) != p.Cover.Columns() {
		return nil, bad("start", "has %d entries, want %d", len(start), p.Cover.Columns())
	}
	r := newRollout(p)
	if reason, blocking := r.openFixed(); reason.Code != "" {
		return impossibleRollout(p, reason, blocking), nil
	}
	was := start
	start = makeRoom(p, start)
	s := newRolloutSearch(r)
	seeds := s.resume(start)
	for j, t := range was { // and what made room
		if t >= 0 && start[j] != t {
			seeds = append(seeds, int32(j))
		}
	}
	resumed := s.score()
	copy(s.best, s.year)
	s.top = score{missing: 0, value: -1}
	s.meet()
	s.top = resumed
	if !s.keep() { // closing what no goal would miss has met none
		s.restore()
	}
	s.polish(ctx)
	s.restore()
	if o.Iterations != 1 {
		q := newRolloutRuin(r, o.Seed, 1)
		q.improveNear(ctx, seeds, nearMoves)
		if q.top.better(s.top) {
			s.top = q.top
			copy(s.best, q.best)
		}
	}
	s.finish()
	return s.unbounded(), nil
}

// makeRoom returns a plan without what stands in the way of columns that are fixed elsewhere: their conflicts, and as much of the
// year's plan as they cost, what no goal would miss and what is worth least for its money first.
func makeRoom(p *RolloutProblem, start []int32) []int32 {
	loose, asked := *p, []int32(nil)
	loose.Fixed = slices.Clone(p.Fixed)
	for j, t := range p.Fixed {
		if t >= 0 && start[j] != t {
			loose.Fixed[j] = Banned
			asked = append(asked, int32(j))
		}
	}
	r := newRollout(&loose)
	if reason, _ := r.openFixed(); reason.Code != "" || len(asked) == 0 {
		return start
	}
	s := newRolloutSearch(r)
	s.resume(start)
	out := slices.Clone(start)
	shut := func(j int32) {
		if int(s.year[j]) < s.years && !s.fixed[j] {
			s.close(j)
			out[j] = -1
		}
	}
	for _, j := range asked {
		t := p.Fixed[j]
		for _, c := range s.sets.at(int(j)) {
			for _, k := range p.Conflicts[c] {
				shut(k)
			}
		}
		for !s.affords(s.in.cost[j], t) {
			list := slices.DeleteFunc(s.cheapest(), func(k int32) bool { return s.needed(k) || p.Unspent == Lapses && s.year[k] != t })
			if len(list) == 0 {
				break
			}
			shut(list[0])
		}
		s.spent[t] += s.in.cost[j] // kept for it
	}
	return out
}

// resume opens the columns of a plan in their years as far as the rules and the money go, the best for the money first. It
// returns the columns that could not, and the fixed ones that the plan has elsewhere: where things change.
func (s *rolloutSearch) resume(start []int32) (seeds []int32) {
	var wanted []int32
	for j, t := range start {
		switch {
		case t >= 0 && int(t) < s.years && !s.fixed[j]:
			wanted = append(wanted, int32(j))
		case s.fixed[j] && int(s.year[j]) < s.years && s.year[j] != t, s.fixed[j] && int(s.year[j]) == s.years && t >= 0:
			seeds = append(seeds, int32(j))
		}
	}
	worth := make([]int64, len(start))
	for _, j := range wanted {
		s.profile(j, s.profiles)
		worth[j] = s.gain(s.profiles, start[j]).value
	}
	slices.SortStableFunc(wanted, func(a, b int32) int { return -compareRatio(worth[a], s.in.cost[a], worth[b], s.in.cost[b]) })
	for _, j := range wanted {
		if s.affords(s.in.cost[j], start[j]) && s.fits(j, start[j]) {
			s.open(j, start[j])
		}
	}
	for again := true; again; { // what a column needs may not have opened
		again = false
		for _, j := range wanted {
			if int(s.year[j]) < s.years && !s.provided(j, s.year[j]) {
				s.close(j)
				again = true
			}
		}
	}
	for _, j := range wanted {
		if int(s.year[j]) == s.years && !s.try(j, start[j]) {
			seeds = append(seeds, j)
		}
	}
	return seeds
}

// improveNear makes n moves near the seeds and takes only what is better. What goals miss weighs more than anything else.
func (q *rolloutRuin) improveNear(ctx context.Context, seeds []int32, n int) {
	for k, g := range q.p.Goals {
		q.price[k] = float64(10*q.years) * float64(g.Weight)
	}
	q.now = q.worth()
	if len(seeds) == 0 {
		return
	}
	for range n {
		if ctx.Err() != nil {
			return
		}
		q.log = q.log[:0]
		q.around(seeds[q.rand.IntN(len(seeds))], 1+q.rand.IntN(4))
		if len(q.log) == 0 {
			continue
		}
		q.fill(50)
		if w := q.worth(); w > q.now {
			q.now = w
			q.keep()
		} else {
			q.undo()
		}
	}
}

// unbounded writes the plan down with the bounds that need no work.
func (s *rolloutSearch) unbounded() *RolloutSolution {
	all := make([]int64, len(s.value))
	copy(all, s.start)
	for i, w := range s.in.w {
		all[s.in.kind[i]] += w
	}
	a := s.written()
	for t := range a.Years {
		for c, w := range all {
			a.Years[t].Bound = append(a.Years[t].Bound, float64(w))
			a.Years[t].Most += float64(w) * float64(s.value[c])
		}
		a.Bound += a.Years[t].Most
	}
	a.Gap = gapOf(a.Objective, a.Bound)
	return a
}

package solve

import "context"

// rolloutTree proves small rollouts by branching on the year of one column after the other. Below a node nothing can be
// better than if every column still to come were opened as early as possible and no two of them covered the same row.
type rolloutTree struct {
	*rolloutSearch
	ctx     context.Context
	columns []int32 // free ones
	nodes   int     // that may still be visited
}

// treeColumns is the number of free columns up to which a proof by branching is tried.
const treeColumns = 40

// prove looks for better plans until there can be none; it reports whether it came to the end.
func (s *rolloutSearch) prove(ctx context.Context, nodes int) bool {
	t := &rolloutTree{rolloutSearch: s, ctx: ctx, nodes: nodes}
	s.list()
	for _, j := range s.opened {
		s.close(j)
	}
	for j := range s.year {
		if !s.fixed[j] {
			t.columns = append(t.columns, int32(j))
		}
	}
	if len(t.columns) > treeColumns {
		return false
	}
	return t.visit(0)
}

func (t *rolloutTree) visit(k int) bool {
	if t.nodes--; t.nodes < 0 || t.ctx.Err() != nil {
		return false
	}
	if t.hopeless(k) {
		return true
	}
	if k == len(t.columns) {
		if t.whole() {
			t.keep()
		}
		return true
	}
	j := t.columns[k]
	for y := range int32(t.years) {
		if !t.affords(t.in.cost[j], y) || !t.fits(j, y) {
			continue
		}
		t.open(j, y)
		done := t.visit(k + 1)
		t.close(j)
		if !done {
			return false
		}
	}
	return t.visit(k + 1)
}

// hopeless reports whether no plan below the node can be better than the best.
func (t *rolloutTree) hopeless(k int) bool {
	now := t.score()
	for _, j := range t.columns[k:] {
		first := int32(0)
		for int(first) < t.years && (!t.affords(t.in.cost[j], first) || !t.fits(j, first)) {
			first++
		}
		if int(first) == t.years {
			continue
		}
		t.profile(j, t.profiles)
		g := t.gain(t.profiles, first)
		now.missing = max(0, now.missing-g.missing)
		now.value += g.value
	}
	return !now.better(t.top)
}

package solve

import (
	"math/rand/v2"
	"slices"
)

// cut is a valid inequality of a full cover: the columns cost at least least together, because that is what it costs to
// cover certain rows that no other column covers.
type cut struct {
	columns []int32 // ascending
	least   int64
}

// addCuts adds inequalities to the dual that its fractional cover breaks: whatever is needed to cover the rows that lie wholly
// within a neighbourhood of columns, found by solving that small cover. The fractional cover pays less where it can use
// halves. It returns the number of cuts added.
func (t *coverTree) addCuts(n *coverNode, d *setDual, seeds, size int) int {
	r := rand.New(rand.NewPCG(t.o.Seed, uint64(len(d.cuts))))
	order := r.Perm(n.in.columns())
	order = order[:min(seeds, len(order))]
	found := make([]cut, len(order))
	spread(len(order), t.o.workers(), func(k int) {
		found[k] = t.localCut(n.in, d, int32(order[k]), size)
	})
	added := 0
	for _, c := range found {
		if c.columns != nil && !slices.ContainsFunc(d.cuts, func(o cut) bool { return slices.Equal(o.columns, c.columns) }) {
			d.addCut(c)
			added++
		}
	}
	return added
}

// localCut returns a broken inequality around a column, or none.
func (t *coverTree) localCut(in *instance, d *setDual, seed int32, size int) cut {
	inside := in.neighbourhood(seed, size)
	var rows, columns []int32
	dropRow := make([]bool, in.rows())
	for i := range dropRow {
		for _, j := range in.row.at(i) {
			dropRow[i] = dropRow[i] || !inside[j]
		}
		if !dropRow[i] {
			rows = append(rows, int32(i))
		}
	}
	used := make([]bool, in.columns())
	for _, i := range rows {
		for _, j := range in.row.at(int(i)) {
			used[j] = true
		}
	}
	dropColumn := make([]bool, in.columns())
	paid := 0.0
	for j, is := range used {
		if dropColumn[j] = !is; is {
			columns = append(columns, int32(j))
			paid += d.x[j] * float64(in.cost[j])
		}
	}
	if len(rows) == 0 {
		return cut{}
	}
	o := t.o
	o.Workers, o.Progress, o.Gap, o.Iterations = 1, nil, 0, 2000
	sub := newCoverTree(t.ctx, in, o, 0)
	sub.local, sub.shift = true, t.shift
	sub.enough = int64(paid + 0.02*float64(max(1, in.cost[seed])))
	sub.top = sub.enough + 1 // that nothing cheaper does is all that is asked
	small := in.shrink(dropColumn, dropRow)
	sub.within(small, carry(d.centre[:in.rows()], small))
	if sub.bound <= sub.enough {
		return cut{}
	}
	return cut{columns, sub.bound}
}

// neighbourhood returns the columns nearest to a column, in steps from column to row to column.
func (in *instance) neighbourhood(seed int32, size int) []bool {
	inside := make([]bool, in.columns())
	queue := []int32{seed}
	inside[seed] = true
	for k := 0; k < len(queue); k++ {
		for _, i := range in.col.at(int(queue[k])) {
			for _, j := range in.row.at(int(i)) {
				if !inside[j] && len(queue) < size {
					inside[j] = true
					queue = append(queue, j)
				}
			}
		}
	}
	return inside
}

// addCut gives the dual a multiplier for a cut.
func (d *setDual) addCut(c cut) {
	d.cuts = append(d.cuts, c)
	d.lambda, d.centre, d.slack = append(d.lambda, 0), append(d.centre, 0), append(d.slack, 0)
	d.most = append(d.most, 1<<d.shift)
}

// cutSizes are the columns in a neighbourhood, round by round: small ones are cheap, and cuts found change what others break.
var cutSizes = []int{60, 100, 140, 180, 140, 160, 180, 200, 220, 200, 220}

// strengthen raises the bound of the root by cuts in several rounds.
func (t *coverTree) strengthen(n *coverNode, d *setDual) {
	for _, size := range cutSizes {
		if n.in.columns() < 3*size || t.spent() || n.cost+d.bound() >= t.top {
			return
		}
		if t.addCuts(n, d, 16*n.in.columns()/size, size) == 0 {
			continue
		}
		d.theta, d.alpha, d.stale = 0.1, 0.05, 0
		t.meter.add(len(n.in.col.item), d.run(t.ctx, 800, t.top-n.cost))
		low := float64(t.base + n.cost + d.bound())
		t.o.report(Progress{t.meter.iterations(), t.base + t.top, low, gapOf(t.base+t.top, low)})
	}
}

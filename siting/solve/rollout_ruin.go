package solve

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// rolloutRuin improves a rollout by ruin and recreate: it closes a few columns, opens others by what they add for the money,
// and takes the new plan when it is better, or with a chance that falls with what it loses and with time (Schrimpf et al.,
// Journal of Computational Physics 159, 2000). What goals miss counts at the prices of the dual, so that plans may pass
// through misses; only plans that miss least are kept.
//
// Of every column it knows at all times how much weight of which class is first covered in which year, so that a column is
// valued without a look at its rows.
type rolloutRuin struct {
	*rollout
	rand   *rand.Rand
	slots  csr       // per column: the classes of its rows
	slotOf []int32   // per entry of in.row: the slot of the entry's column for the row's class
	first  []int64   // per slot and year 0..years: weight first covered in that year, years = never
	goals  [][]int32 // per class and year
	price  []float64 // per goal: what a missing unit counts
	heap   bidHeap
	was    []int32 // scratch: first years before a column closes
	list   []int32 // open free columns
	place  []int32 // per column: where it is in list
	log    []step  // what the present move did
	best   []int32 // year per column of the best plan
	top    score
	now    float64 // worth of the plan
	heat   float64
	push   float64   // what all prices of goals are raised by, > 1: at those of the dual plans would miss
	raise  []float64 // per goal: what its price is raised by
	lost   int       // rounds since the plan missed as little as the best
}

// step is an opening or closing of a move.
type step struct {
	column, year int32
	opened       bool
}

func newRolloutRuin(r *rollout, seed uint64, push float64) *rolloutRuin {
	n, y := r.in.columns(), r.years
	q := &rolloutRuin{rollout: r.fork(), rand: rand.New(rand.NewPCG(seed, 3)), slotOf: make([]int32, len(r.in.row.item)),
		goals: make([][]int32, len(r.value)*y), price: make([]float64, len(r.p.Goals)), place: make([]int32, n),
		push: push, raise: slices.Repeat([]float64{1}, len(r.p.Goals)),
		slots: csr{off: make([]int64, 1, n+1)}, best: slices.Clone(r.year), top: r.score()}
	slot := make([]int32, len(r.value)) // of the column at hand, by class
	next := slices.Clone(r.in.row.off)
	for j := range n {
		for c := range slot {
			slot[c] = -1
		}
		for _, i := range r.in.col.at(j) {
			c := r.in.kind[i]
			if slot[c] < 0 {
				slot[c] = int32(len(q.slots.item))
				q.slots.item = append(q.slots.item, c)
			}
			q.slotOf[next[i]] = slot[c]
			next[i]++
		}
		q.slots.off = append(q.slots.off, int64(len(q.slots.item)))
	}
	q.first = make([]int64, len(q.slots.item)*(y+1))
	for i, w := range r.in.w {
		for k := r.in.row.off[i]; k < r.in.row.off[i+1]; k++ {
			q.first[int(q.slotOf[k])*(y+1)+int(r.since[i])] += w
		}
	}
	for k, g := range r.p.Goals {
		at := int(g.Class)*y + int(g.Year)
		q.goals[at] = append(q.goals[at], int32(k))
	}
	for j, t := range r.year {
		if int(t) < y && !r.fixed[j] {
			q.listed(int32(j))
		}
	}
	return q
}

func (q *rolloutRuin) listed(j int32) {
	q.place[j] = int32(len(q.list))
	q.list = append(q.list, j)
}

// moved keeps first when row i is first covered in another year.
func (q *rolloutRuin) moved(i, from, to int32) {
	w, y := q.in.w[i], q.years+1
	for _, s := range q.slotOf[q.in.row.off[i]:q.in.row.off[i+1]] {
		q.first[int(s)*y+int(from)] -= w
		q.first[int(s)*y+int(to)] += w
	}
}

// enter opens column j in year t, leave closes it.
func (q *rolloutRuin) enter(j, t int32) {
	for _, i := range q.in.col.at(int(j)) {
		if was := q.since[i]; t < was {
			q.moved(i, was, t)
		}
	}
	q.open(j, t)
	q.listed(j)
	q.log = append(q.log, step{j, t, true})
}

func (q *rolloutRuin) leave(j int32) {
	q.log = append(q.log, step{j, q.year[j], false})
	q.was = q.was[:0]
	for _, i := range q.in.col.at(int(j)) {
		q.was = append(q.was, q.since[i])
	}
	q.close(j)
	for k, i := range q.in.col.at(int(j)) {
		if was := q.was[k]; was != q.since[i] {
			q.moved(i, was, q.since[i])
		}
	}
	last := q.list[len(q.list)-1]
	q.list[q.place[j]], q.place[last] = last, q.place[j]
	q.list = q.list[:len(q.list)-1]
}

// adds returns what opening column j in year t adds to worth.
func (q *rolloutRuin) adds(j, t int32) float64 {
	y := q.years
	var sum float64
	for s := q.slots.off[j]; s < q.slots.off[j+1]; s++ {
		c := int(q.slots.item[s])
		first := q.first[int(s)*(y+1) : int(s)*(y+1)+y+1]
		var later, value int64
		for u := y; u > int(t); u-- {
			later += first[u]
			value += later
			for _, g := range q.goals[c*y+u-1] {
				if lacks := q.p.Goals[g].Amount - q.cover[c][u-1]; lacks > 0 {
					sum += float64(q.price[g] * float64(min(later, lacks)))
				}
			}
		}
		sum += float64(q.value[c]) * float64(value)
	}
	return sum
}

// worth is the value of the plan less what goals miss, at their prices.
func (q *rolloutRuin) worth() float64 {
	var sum float64
	for c, v := range q.value {
		for _, w := range q.cover[c] {
			sum += float64(v * w)
		}
	}
	for k, g := range q.p.Goals {
		sum -= float64(q.price[k] * float64(max(0, g.Amount-q.cover[g.Class][g.Year])))
	}
	return sum
}

// become makes the plan the given one.
func (q *rolloutRuin) become(year []int32) {
	for j := range year {
		if q.year[j] != year[j] && int(q.year[j]) < q.years {
			q.leave(int32(j))
		}
	}
	for j, t := range year {
		if q.year[j] != t {
			q.enter(int32(j), t)
		}
	}
	q.log = q.log[:0]
	q.now = q.worth()
}

// undo takes back the present move.
func (q *rolloutRuin) undo() {
	n := len(q.log)
	for k := n - 1; k >= 0; k-- {
		if s := q.log[k]; s.opened {
			q.leave(s.column)
		} else {
			q.enter(s.column, s.year)
		}
	}
	q.log = q.log[:0]
}

// keep remembers the plan when it is the best.
func (q *rolloutRuin) keep() {
	if now := q.score(); now.better(q.top) {
		q.top = now
		copy(q.best, q.year)
	}
}

// bid values column j in the first year in which it may open and can be paid.
func (q *rolloutRuin) bid(j int32) (ruinBid, bool) {
	cost := q.in.cost[j]
	for t := range int32(q.years) {
		if !q.affords(cost, t) {
			continue
		}
		if q.p.Earliest != nil && t < q.p.Earliest[j] || !q.allows(j, t) {
			continue
		}
		if v := q.adds(j, t); v > 0 {
			return ruinBid{v / math.Max(1, float64(cost)), j, t}, true
		}
		return ruinBid{}, false
	}
	return ruinBid{}, false
}

// fill opens columns by what they add for the money. Now and then it overlooks one, so that not every plan is the same.
func (q *rolloutRuin) fill(overlook int) {
	q.heap = q.heap[:0]
	for j := range int32(q.in.columns()) {
		if int(q.year[j]) < q.years || q.fixed[j] {
			continue
		}
		if b, ok := q.bid(j); ok {
			q.heap = append(q.heap, b)
		}
	}
	for q.heap.start(); len(q.heap) > 0; {
		was := q.heap[0]
		b, ok := q.bid(was.column)
		switch {
		case !ok || int(q.year[was.column]) < q.years:
			q.heap.pop()
		case b != was:
			q.heap.change(b)
		case overlook > 0 && q.rand.IntN(overlook) == 0:
			q.heap.pop()
		default:
			q.heap.pop()
			q.enter(b.column, b.year)
		}
	}
}

// run makes n moves from the plan.
func (q *rolloutRuin) run(ctx context.Context, n int) {
	q.now = q.worth()
	for range n {
		if ctx.Err() != nil {
			return
		}
		q.log = q.log[:0]
		q.ruin()
		q.fill(50)
		w := q.worth()
		if w >= q.now || w > q.now-q.heat*-math.Log(1-q.rand.Float64()) {
			q.now = w
			q.keep()
		} else {
			q.undo()
		}
	}
}

// reprice lets goals count by the given prices. Those of goals that the plan misses rise from round to round.
func (q *rolloutRuin) reprice(base []float64) {
	for k, g := range q.p.Goals {
		if q.cover[g.Class][g.Year] < g.Amount {
			q.raise[k] = math.Min(q.raise[k]*1.15, 8)
		} else {
			q.raise[k] = math.Max(q.raise[k]*0.95, 1)
		}
		q.price[k] = base[k] * q.push * q.raise[k]
	}
}

// adopt takes up a better plan.
func (q *rolloutRuin) adopt(year []int32, top score) {
	q.top = top
	copy(q.best, year)
	q.become(year)
}

// round makes n moves. late runs from 0 to 1: towards the end no worse plans are taken.
func (q *rolloutRuin) round(ctx context.Context, base []float64, n int, late float64) {
	if q.score().missing > q.top.missing {
		q.lost++
	} else {
		q.lost = 0
	}
	if q.lost > 20 {
		q.become(q.best)
		q.lost = 0
	}
	q.reprice(base)
	q.heat = 0.01 * float64(q.top.value) / float64(len(q.list)+1) * math.Max(0, 1-late*1.1)
	q.run(ctx, n)
}

package solve

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// frontierPart is a part of the cover that a plan is searched in. Its memory is used again for the next part.
type frontierPart struct {
	in    *instance
	near  csr
	sets  int
	start []int32 // columns of in that are open at first
	next  []int64 // scratch
}

const (
	partEntries = 1 << 17 // covers of up to this size are searched whole,
	partWhole   = 1 << 19 // and such of which no more than this is worth its money
	partRuins   = 300     // ruins for each step of the relaxation; fewer where few columns are open
	partHeat    = 0.35    // of what an average column costs, at first
	partCold    = 0.007   // at the end
)

// search improves the plan of budget k by ruin and recreate (Schrimpf et al., Journal of Computational Physics 159, 2000;
// Christiaens & Vanden Berghe, Transportation Science 54, 2020), with annealing: among the columns that the relaxation d finds
// nearly worth their money, and those of the plan before. What is too large for that is searched in windows.
func (f *frontier) search(ctx context.Context, d *frontierDual, k int) {
	start := f.open[k]
	if k > 0 {
		start = f.open[k-1]
	}
	f.plan.become(start)
	f.plan.ask()
	f.plan.fill(f.budgets[k], f.plan.useful())
	for _, part := range f.parts {
		clear(part)
	}
	if least := f.wholePart(d); least >= 0 {
		f.searchWhole(ctx, d, k, least)
	} else {
		f.searchWindows(ctx, d, k)
	}
	if f.plan.value > f.value[k] {
		f.value[k], f.open[k] = f.plan.value, f.plan.columns()
	}
}

// wholePart returns what part of its price a column must be worth to be searched when the whole cover is searched at once,
// -1 when it is too large for that.
func (f *frontier) wholePart(d *frontierDual) float64 {
	unit := math.Ldexp(d.mu, int(f.shift))
	for _, least := range []float64{0, 0.9, 0.95, 0.97} {
		entries := int64(0)
		for j, r := range d.r {
			if r > 0 && float64(r) >= least*unit*float64(f.in.cost[j]) {
				entries += f.in.col.off[j+1] - f.in.col.off[j]
			}
		}
		if entries <= min(partEntries, f.whole) || least == 0.97 && entries <= f.whole {
			return least
		}
	}
	return -1
}

// searchWhole searches the plan in one part of columns worth so much of their price.
func (f *frontier) searchWhole(ctx context.Context, d *frontierDual, k int, least float64) {
	var columns []int32
	unit := least * math.Ldexp(d.mu, int(f.shift))
	for j, r := range d.r {
		if f.plan.open[j] || r > 0 && float64(r) >= unit*float64(f.in.cost[j]) {
			columns = append(columns, int32(j))
		}
	}
	part := &frontierPart{in: &instance{}}
	part.cut(f, columns, f.parts[0])
	s := newFrontierSearch(part, rand.New(rand.NewPCG(f.o.Seed, uint64(k))))
	s.budget, s.price = f.budgets[k], d.mu
	s.begin(part.start)
	s.far()
	ruins := f.o.Iterations * min(partRuins, 4*len(s.list))
	heat := s.price * float64(s.spent) / math.Max(1, float64(len(s.list)))
	best, top := slices.Clone(s.list), s.value
	for n := range ruins {
		if n%256 == 0 && ctx.Err() != nil {
			break
		}
		if s.ruin(heat * annealed(float64(n)/float64(ruins))); s.value > top {
			best, top = append(best[:0], s.list...), s.value
		}
	}
	if s.far(); s.value > top {
		best = s.list
	}
	f.plan.become(part.named(nil, best))
}

// annealed is the heat when so much of the search is done.
func annealed(done float64) float64 { return partHeat * math.Pow(partCold/partHeat, done) }

// named appends the columns of the cover that these columns of the part are.
func (p *frontierPart) named(out, list []int32) []int32 {
	for _, j := range list {
		out = append(out, p.in.orig[j])
	}
	return out
}

// cut copies out some columns and the rows that they cover and no other open column does; columns that a set bars are left
// out. number holds a zero for every row and set, before and after.
func (p *frontierPart) cut(f *frontier, columns, number []int32) {
	in, g := p.in, f.plan
	m, entries := f.in.rows(), 0
	for _, j := range columns {
		entries += len(f.in.col.at(int(j)))
		if g.open[j] {
			for _, i := range f.in.col.at(int(j)) {
				number[i]-- // so many of those that cover it are here
			}
			for _, q := range f.setsOf(int(j)) {
				number[m+int(q)] = -1
			}
		}
	}
	if cap(in.col.item) < entries { // parts differ in size: a little more serves the next ones too
		in.col.item, in.row.item = make([]int32, 0, entries+entries/4), make([]int32, 0, entries+entries/4)
	}
	in.orig, in.cost, in.w, p.start, p.sets = in.orig[:0], in.cost[:0], in.w[:0], p.start[:0], 0
	in.col = csr{append(in.col.off[:0], 0), in.col.item[:0]}
	p.near = csr{append(p.near.off[:0], 0), p.near.item[:0]}
	for _, j := range columns {
		if f.barred(j, number[m:]) {
			continue
		}
		if g.open[j] {
			p.start = append(p.start, int32(len(in.orig)))
		}
		in.orig, in.cost = append(in.orig, j), append(in.cost, f.in.cost[j])
		for _, i := range f.in.col.at(int(j)) {
			if number[i] <= 0 && g.count[i]+number[i] == 0 && f.in.w[i] > 0 {
				in.w = append(in.w, f.in.w[i])
				number[i] = int32(len(in.w))
			}
			if number[i] > 0 {
				in.col.item = append(in.col.item, number[i]-1)
			}
		}
		in.col.off = append(in.col.off, int64(len(in.col.item)))
		for _, q := range f.setsOf(int(j)) {
			if number[m+int(q)] <= 0 {
				p.sets++
				number[m+int(q)] = int32(p.sets)
			}
			p.near.item = append(p.near.item, number[m+int(q)]-1)
		}
		p.near.off = append(p.near.off, int64(len(p.near.item)))
	}
	for _, j := range columns {
		for _, i := range f.in.col.at(int(j)) {
			number[i] = 0
		}
		for _, q := range f.setsOf(int(j)) {
			number[m+int(q)] = 0
		}
	}
	p.transpose()
}

// barred reports whether an open column elsewhere shares a set with column j. Sets whose open column is here have a number.
func (f *frontier) barred(j int32, number []int32) bool {
	for _, q := range f.setsOf(int(j)) {
		if f.plan.holder[q] != 0 && number[q] == 0 {
			return true
		}
	}
	return false
}

// transpose fills in the rows of the part.
func (p *frontierPart) transpose() {
	in, m := p.in, len(p.in.w)
	in.row = csr{resized(in.row.off, m+1), resized(in.row.item, len(in.col.item))}
	clear(in.row.off)
	for _, i := range in.col.item {
		in.row.off[i+1]++
	}
	for i := range m {
		in.row.off[i+1] += in.row.off[i]
	}
	p.next = append(p.next[:0], in.row.off[:m]...)
	for j := range in.columns() {
		for _, i := range in.col.at(j) {
			in.row.item[p.next[i]] = int32(j)
			p.next[i]++
		}
	}
}

// frontierSearch is a plan that knows what every closed column would add.
type frontierSearch struct {
	*plan
	budget int64
	price  float64
	floor  float64 // what columns must add for the money to be opened by a ruin
	rand   *rand.Rand
	gains  []int64 // per column: weight of its rows that nothing covers
	stamp  []int32 // per column: the ruin that touched it last
	now    int32
	touch  []int32 // columns that this ruin touched
	out    []int32 // that it closed
	back   []int32 // that it opened
}

func newFrontierSearch(part *frontierPart, r *rand.Rand) *frontierSearch {
	s := &frontierSearch{plan: &plan{}}
	s.reset(part, r)
	return s
}

// reset takes up another part, in the memory of the one before, with nothing open.
func (s *frontierSearch) reset(part *frontierPart, r *rand.Rand) {
	n, m, p := part.in.columns(), part.in.rows(), s.plan
	*p = plan{in: part.in, open: zeros(p.open, n), place: zeros(p.place, n), count: zeros(p.count, m), only: zeros(p.only, m),
		loss: zeros(p.loss, n), list: p.list[:0], holder: p.holder}
	if part.sets > 0 {
		p.near, p.holder = part.near, zeros(p.holder, part.sets)
	} else {
		p.holder = nil
	}
	s.rand, s.gains, s.stamp, s.now, s.floor = r, zeros(s.gains, n), zeros(s.stamp, n), 0, 0
	for j := range n {
		for _, i := range part.in.col.at(j) {
			s.gains[j] += part.in.w[i]
		}
	}
}

// zeros returns n zeros, in the old array where it is large enough.
func zeros[T any](s []T, n int) []T {
	s = resized(s, n)
	clear(s)
	return s
}

// begin opens these columns.
func (s *frontierSearch) begin(columns []int32) {
	for _, j := range columns {
		s.enter(j)
	}
}

// enter opens column j, leave closes it and notes which columns that touches; both keep the gains.
func (s *frontierSearch) enter(j int32) {
	for _, i := range s.in.col.at(int(j)) {
		if s.count[i] == 0 {
			w := s.in.w[i]
			for _, k := range s.in.row.at(int(i)) {
				s.gains[k] -= w
			}
		}
	}
	s.add(j)
}

func (s *frontierSearch) leave(j int32) {
	s.drop(j)
	s.touched(j)
	for _, i := range s.in.col.at(int(j)) {
		if s.count[i] == 0 {
			w := s.in.w[i]
			for _, k := range s.in.row.at(int(i)) {
				s.gains[k] += w
				s.touched(k)
			}
		}
	}
}

func (s *frontierSearch) touched(j int32) {
	if s.stamp[j] != s.now {
		s.stamp[j] = s.now
		s.touch = append(s.touch, j)
	}
}

// ruin closes a few columns next to each other and opens others there. It takes that back when it costs more than the heat
// allows (Metropolis). Money that is left counts at its price.
func (s *frontierSearch) ruin(heat float64) {
	if len(s.list) == 0 {
		return
	}
	s.now++
	s.touch, s.out, s.back = s.touch[:0], s.out[:0], s.back[:0]
	value, spent := s.value, s.spent
	s.close(s.list[s.rand.IntN(len(s.list))])
	size := 1 + s.rand.IntN(4)
	for range 5 * size {
		if len(s.out) >= size {
			break
		}
		if j := s.neighbour(); j >= 0 {
			s.close(j)
		}
	}
	s.recreate()
	gain := float64(s.value-value) - float64(s.price*float64(s.spent-spent))
	if gain >= heat*math.Log(1-s.rand.Float64()) {
		return
	}
	for _, j := range s.back {
		s.leave(j)
	}
	for _, j := range s.out {
		s.enter(j)
	}
}

func (s *frontierSearch) close(j int32) {
	s.out = append(s.out, j)
	s.leave(j)
}

// neighbour returns an open column that a touched column meets: in a row that only it covers, or in a set; -1 = none found.
func (s *frontierSearch) neighbour() int32 {
	j := s.touch[s.rand.IntN(len(s.touch))]
	if o := s.blocker(j); o > 0 {
		return o - 1
	}
	rows := s.in.col.at(int(j))
	if len(rows) == 0 {
		return -1
	}
	if i := rows[s.rand.IntN(len(rows))]; s.count[i] == 1 {
		return s.only[i]
	}
	return -1
}

// recreate opens touched columns by gain for the money, now and then overlooking one.
func (s *frontierSearch) recreate() {
	for range 2 * len(s.out) {
		best, top := int32(-1), s.floor
		for _, j := range s.touch {
			g := s.gains[j]
			if g <= 0 || s.open[j] || s.spent+s.in.cost[j] > s.budget {
				continue
			}
			if r := float64(g) / math.Max(1e-9, float64(s.in.cost[j])); r > top && s.rand.Uint32() > 1<<29 && s.blocker(j) == 0 {
				best, top = j, r
			}
		}
		if best < 0 {
			return
		}
		s.enter(best)
		s.back = append(s.back, best)
	}
}

// far spends what money is left and swaps columns that are missed little for others that add more, however far apart.
func (s *frontierSearch) far() {
	for again := true; again; {
		again = false
		s.now++
		s.touch = s.touch[:0]
		closed, open := s.ranked()
		for _, j := range closed {
			if s.gains[j] > 0 && s.spent+s.in.cost[j] <= s.budget && s.blocker(j) == 0 {
				s.enter(j)
			}
		}
		for k := 0; k < len(closed) && k < len(open); k++ {
			o, j := open[k], closed[k]
			if s.gains[j] > s.loss[o] && !s.open[j] && s.spent-s.in.cost[o]+s.in.cost[j] <= s.budget && s.blocker(j) == 0 {
				s.leave(o)
				s.enter(j)
				again = true
			}
		}
	}
}

// ranked lists the closed columns that would add something, most for the money first, and the open ones, least missed first.
func (s *frontierSearch) ranked() (closed, open []int32) {
	for j, g := range s.gains {
		if g > 0 && !s.open[j] {
			closed = append(closed, int32(j))
		}
	}
	cost := s.in.cost
	slices.SortFunc(closed, func(a, b int32) int {
		return cmp.Or(-compareRatio(s.gains[a], cost[a], s.gains[b], cost[b]), cmp.Compare(a, b))
	})
	open = slices.Clone(s.list)
	slices.SortFunc(open, func(a, b int32) int {
		return cmp.Or(compareRatio(s.loss[a], cost[a], s.loss[b], cost[b]), cmp.Compare(a, b))
	})
	return closed, open
}

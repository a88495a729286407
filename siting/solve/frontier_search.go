package solve

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// frontierPart is the part of the cover that the plan of one budget is searched in.
type frontierPart struct {
	in    *instance
	near  csr
	start []int32 // columns of in that are open at first
	price float64 // what money is worth, in weight
}

const (
	partEntries = 1 << 17 // parts up to this size hold all columns
	partRuins   = 300     // ruins for each step of the relaxation; fewer where few columns are open
	partHeat    = 0.35    // of what an average column costs, at first
	partCold    = 0.007   // at the end
)

// part copies out what budget k is searched in: the columns that the relaxation d finds nearly worth their money and those of
// the plan before, at most half of the cover's entries. It returns nil when the point needs no search.
func (f *frontier) part(d *frontierDual, k int) *frontierPart {
	if k < 0 || f.done(k) {
		return nil
	}
	start := f.open[k]
	if k > 0 {
		start = f.open[k-1]
	}
	keep := make([]bool, f.in.columns())
	unit := math.Ldexp(d.mu, int(f.shift))
	for _, least := range []float64{0, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 1} {
		entries := 0
		for j, r := range d.r {
			if keep[j] = r > 0 && float64(r) >= least*unit*float64(f.in.cost[j]); keep[j] {
				entries += len(f.in.col.at(j))
			}
		}
		if entries <= partEntries || least >= 0.97 && entries <= len(f.in.col.item)/2 {
			break
		}
	}
	for _, j := range start {
		keep[j] = true
	}
	part := f.cut(keep)
	part.price = d.mu
	for c, j := range part.in.orig {
		if _, is := slices.BinarySearch(start, j); is {
			part.start = append(part.start, int32(c))
		}
	}
	return part
}

// cut copies out some columns and the rows that they cover.
func (f *frontier) cut(keep []bool) *frontierPart {
	in, n, entries := &instance{}, 0, 0
	for j, is := range keep {
		if is {
			n++
			entries += len(f.in.col.at(j))
		}
	}
	in.col = csr{off: make([]int64, 1, n+1), item: make([]int32, 0, entries)}
	near := csr{off: make([]int64, 1, n+1)}
	number := make([]int32, f.in.rows()) // 1 + the row of the part
	for j, is := range keep {
		if !is {
			continue
		}
		in.orig, in.cost = append(in.orig, int32(j)), append(in.cost, f.in.cost[j])
		for _, i := range f.in.col.at(j) {
			if f.in.w[i] == 0 {
				continue
			}
			if number[i] == 0 {
				in.w = append(in.w, f.in.w[i])
				number[i] = int32(len(in.w))
			}
			in.col.item = append(in.col.item, number[i]-1)
		}
		in.col.off = append(in.col.off, int64(len(in.col.item)))
		near.item = append(near.item, f.near.at(j)...)
		near.off = append(near.off, int64(len(near.item)))
	}
	in.row = in.col.transpose(len(in.w))
	return &frontierPart{in: in, near: near}
}

// search improves the plan of budget k by ruin and recreate (Schrimpf et al., Journal of Computational Physics 159, 2000;
// Christiaens & Vanden Berghe, Transportation Science 54, 2020), with annealing.
func (f *frontier) search(ctx context.Context, k int, part *frontierPart) {
	s := newFrontierSearch(part, f.budgets[k], f.sets, rand.New(rand.NewPCG(f.o.Seed, uint64(k))))
	s.begin(part.start)
	s.far()
	ruins := f.o.Iterations * min(partRuins, 2*len(s.list))
	heat := partHeat * part.price * float64(s.spent) / math.Max(1, float64(len(s.list)))
	for n := range ruins {
		if n%256 == 0 && ctx.Err() != nil {
			break
		}
		s.ruin(heat * math.Pow(partCold/partHeat, float64(n)/float64(ruins)))
	}
	s.far()
	if s.value > f.value[k] {
		f.value[k], f.open[k] = s.value, f.open[k][:0:0]
		for _, j := range s.list {
			f.open[k] = append(f.open[k], part.in.orig[j])
		}
	}
	slices.Sort(f.open[k])
}

// frontierSearch is a plan that knows what every closed column would add.
type frontierSearch struct {
	*plan
	budget int64
	price  float64
	rand   *rand.Rand
	gains  []int64 // per column: weight of its rows that nothing covers
	stamp  []int32 // per column: the ruin that touched it last
	now    int32
	touch  []int32 // columns that this ruin touched
	out    []int32 // that it closed
	back   []int32 // that it opened
}

func newFrontierSearch(part *frontierPart, budget int64, sets int, r *rand.Rand) *frontierSearch {
	n := part.in.columns()
	s := &frontierSearch{plan: newPlan(part.in), budget: budget, price: part.price, rand: r, gains: make([]int64, n), stamp: make([]int32, n)}
	s.keepApart(part.near, sets)
	for j := range n {
		for _, i := range part.in.col.at(j) {
			s.gains[j] += part.in.w[i]
		}
	}
	return s
}

// begin opens these columns and what the greedy adds to them.
func (s *frontierSearch) begin(columns []int32) {
	g := newPlan(s.in)
	g.keepApart(s.near, len(s.holder))
	for _, j := range columns {
		g.add(j)
	}
	g.greedy(s.budget)
	for _, j := range g.list {
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
		best, top := int32(-1), 0.0
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

package solve

import (
	"context"
	"math/rand/v2"
)

// maxSearch is an iterated local search for a maximal cover. It knows at all times what every closed column would add and
// every open one would leave bare, so that after a move only the columns next to it need a new look.
type maxSearch struct {
	*plan
	budget int64
	rand   *rand.Rand
	work   int64   // entries looked at
	best   []int32 // columns of the best plan
	top    int64   // what it covers
	from   []int32 // columns of the plan that is shaken
	at     int64   // what it covers
	likely []int32 // columns to open when shaking

	gains  []int64 // per column: weight of its rows that nothing covers
	saved  []int64 // scratch per column
	touch  []int32 // scratch: columns whose saved is set
	queue  []int32 // columns to look at
	queued []bool
}

func newMaxSearch(in *instance, budget int64, seed uint64) *maxSearch {
	n := in.columns()
	s := &maxSearch{plan: newPlan(in), budget: budget, top: -1, at: -1, rand: rand.New(rand.NewPCG(seed, 1)), gains: make([]int64, n),
		saved: make([]int64, n), queued: make([]bool, n)}
	for j := range n {
		for _, i := range in.col.at(j) {
			s.gains[j] += in.w[i]
		}
		s.likely = append(s.likely, int32(j))
	}
	return s
}

// enter opens column j and leave closes it; both keep gains and queue the columns that see a change.
func (s *maxSearch) enter(j int32) {
	for _, i := range s.in.col.at(int(j)) {
		if s.count[i] <= 1 {
			s.look(i)
		}
		if s.count[i] == 0 {
			for _, k := range s.in.row.at(int(i)) {
				s.gains[k] -= s.in.w[i]
			}
		}
	}
	s.add(j)
}

func (s *maxSearch) leave(j int32) {
	s.drop(j)
	for _, i := range s.in.col.at(int(j)) {
		if s.count[i] <= 1 {
			s.look(i)
		}
		if s.count[i] == 0 {
			for _, k := range s.in.row.at(int(i)) {
				s.gains[k] += s.in.w[i]
			}
		}
	}
}

// look queues the columns of row i.
func (s *maxSearch) look(i int32) {
	s.work += int64(len(s.in.row.at(int(i))))
	for _, k := range s.in.row.at(int(i)) {
		if !s.queued[k] {
			s.queued[k] = true
			s.queue = append(s.queue, k)
		}
	}
}

// start builds the greedy plan and climbs from it.
func (s *maxSearch) start(ctx context.Context) {
	g := newPlan(s.in)
	g.greedy(s.budget)
	s.become(ctx, g.list)
}

// become takes up a plan, as far as it fits into the budget, and climbs from it.
func (s *maxSearch) become(ctx context.Context, columns []int32) {
	s.back(columns)
	s.fill()
	s.climb(ctx)
}

// back makes the plan open exactly these columns, as far as the budget goes.
func (s *maxSearch) back(columns []int32) {
	want := make(map[int32]bool, len(columns))
	for _, j := range columns {
		want[j] = true
	}
	for k := len(s.list) - 1; k >= 0; k-- {
		if j := s.list[k]; !want[j] {
			s.leave(j)
		}
	}
	for _, j := range columns {
		if !s.open[j] && s.spent+s.in.cost[j] <= s.budget {
			s.enter(j)
		}
	}
}

// fill opens columns by gain for the money while they fit.
func (s *maxSearch) fill() {
	for {
		s.work += int64(len(s.gains))
		best := int32(-1)
		for j, g := range s.gains {
			if g > 0 && !s.open[j] && s.spent+s.in.cost[j] <= s.budget &&
				(best < 0 || compareRatio(g, s.in.cost[j], s.gains[best], s.in.cost[best]) > 0) {
				best = int32(j)
			}
		}
		if best < 0 {
			return
		}
		s.enter(best)
	}
}

// climb looks at the queued columns until no swap is left, and keeps the plan when it is the best.
func (s *maxSearch) climb(ctx context.Context) {
	for ctx.Err() == nil {
		for k := 0; k < len(s.queue); k++ {
			s.queued[s.queue[k]] = false
			s.improve(s.queue[k])
		}
		s.queue = s.queue[:0]
		if !s.far() {
			break
		}
	}
	if s.value > s.at {
		s.at = s.value
		s.from = append(s.from[:0], s.list...)
	}
	if s.value > s.top {
		s.top = s.value
		s.best = append(s.best[:0], s.list...)
	}
}

// improve opens column j if that pays, and closes the open column that is then missed least if the money asks for it.
func (s *maxSearch) improve(j int32) {
	s.work++
	free := s.budget - s.spent - s.in.cost[j]
	if s.open[j] || s.in.cost[j] > s.budget {
		return
	}
	if free >= 0 {
		if s.gains[j] > 0 {
			s.enter(j)
		}
		return
	}
	s.work += int64(len(s.in.col.at(int(j))) + len(s.list))
	s.touch = s.touch[:0]
	for _, i := range s.in.col.at(int(j)) {
		if s.count[i] == 1 {
			o := s.only[i]
			if s.saved[o] == 0 {
				s.touch = append(s.touch, o)
			}
			s.saved[o] += s.in.w[i]
		}
	}
	out, least := int32(-1), s.gains[j]
	for _, o := range s.list {
		if l := s.loss[o] - s.saved[o]; free+s.in.cost[o] >= 0 && (l < least || l == least && out >= 0 && o < out) {
			out, least = o, l
		}
	}
	for _, o := range s.touch {
		s.saved[o] = 0
	}
	if out >= 0 {
		s.leave(out)
		s.enter(j)
	}
}

// far swaps the open column that is missed least for a closed one that adds more, however far apart they are. It reports
// whether it did.
func (s *maxSearch) far() bool {
	out := int32(-1)
	for _, o := range s.list {
		if out < 0 || s.loss[o] < s.loss[out] || s.loss[o] == s.loss[out] && o < out {
			out = o
		}
	}
	if out < 0 {
		return false
	}
	in, most := int32(-1), s.loss[out]
	for j, g := range s.gains {
		if g > most && !s.open[j] && s.spent-s.in.cost[out]+s.in.cost[j] <= s.budget {
			in, most = int32(j), g
		}
	}
	if in < 0 {
		return false
	}
	s.leave(out)
	s.enter(in)
	return true
}

// forget shakes the plan that is climbed to next from now on; recall the best one again.
func (s *maxSearch) forget() { s.at = -1 }

func (s *maxSearch) recall() {
	s.at = s.top
	s.from = append(s.from[:0], s.best...)
}

// kick shakes the plan and climbs again until it has looked at so many entries.
func (s *maxSearch) kick(ctx context.Context, work int64) {
	for end := s.work + work; s.work < end; {
		if ctx.Err() != nil || len(s.from) == 0 {
			return
		}
		s.back(s.from)
		if s.rand.IntN(8) == 0 {
			s.shake()
		} else {
			s.stir()
		}
		s.fill()
		// In order the queue would undo the shake.
		s.rand.Shuffle(len(s.queue), func(a, b int) { s.queue[a], s.queue[b] = s.queue[b], s.queue[a] })
		s.climb(ctx)
	}
}

// shake closes a few columns and opens others, wherever they are.
func (s *maxSearch) shake() {
	for range min(len(s.from), 2+s.rand.IntN(3)) {
		s.leave(s.list[s.rand.IntN(len(s.list))])
	}
	for range 6 {
		s.offer(s.likely[s.rand.IntN(len(s.likely))])
	}
}

// stir closes an open column and some near it, and opens others there.
func (s *maxSearch) stir() {
	at := s.list[s.rand.IntN(len(s.list))]
	s.leave(at)
	want := 1 + s.rand.IntN(3)
	for k := 0; k < 12 && want > 0; k++ {
		i := s.rowOf(s.beside(at))
		if s.count[i] == 1 {
			s.leave(s.only[i])
			want--
		}
	}
	for range 6 {
		s.offer(s.beside(at))
	}
}

func (s *maxSearch) offer(j int32) {
	if !s.open[j] && s.spent+s.in.cost[j] <= s.budget {
		s.enter(j)
	}
}

func (s *maxSearch) rowOf(j int32) int32 {
	rows := s.in.col.at(int(j))
	return rows[s.rand.IntN(len(rows))]
}

// beside returns a column that shares a row with column j.
func (s *maxSearch) beside(j int32) int32 {
	row := s.in.row.at(int(s.rowOf(j)))
	return row[s.rand.IntN(len(row))]
}

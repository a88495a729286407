package solve

import (
	"math/rand/v2"
	"slices"
)

// setSearch looks for cheaper covers by weighting: it drops a column from a cover, repairs with what remains allowed, and
// makes rows that stay uncovered heavier so that they are not forgotten (Gao, Weise & Li, "An efficient local search
// heuristic with row weighting for the unicost set covering problem", EJOR 246, 2015; here with costs).
type setSearch struct {
	in     *instance
	rand   *rand.Rand
	open   []bool
	list   []int32
	place  []int32
	count  []int32
	only   []int32
	weight []int64 // per row
	score  []int64 // per column: weight it alone covers if open, weight it would add if closed
	moved  []int64 // per column: when it last opened or closed
	may    []bool  // per column: something next to it changed since it closed
	bare   []int32 // uncovered rows
	bareAt []int32
	cost   int64
	clock  int64

	best []int32
	top  int64 // cost of best
}

func newSetSearch(in *instance, seed uint64) *setSearch {
	n, m := in.columns(), in.rows()
	s := &setSearch{in: in, rand: rand.New(rand.NewPCG(seed, 3)), open: make([]bool, n), place: make([]int32, n),
		count: make([]int32, m), only: make([]int32, m), weight: make([]int64, m), score: make([]int64, n),
		moved: make([]int64, n), may: make([]bool, n), bareAt: make([]int32, m)}
	for i := range m {
		s.weight[i] = 1
		s.bareAt[i] = int32(i)
		s.bare = append(s.bare, int32(i))
	}
	for j := range n {
		s.may[j] = true
		s.score[j] = int64(len(in.col.at(j)))
	}
	return s
}

func (s *setSearch) add(j int32) {
	s.open[j], s.place[j] = true, int32(len(s.list))
	s.list = append(s.list, j)
	s.cost += s.in.cost[j]
	s.moved[j] = s.clock
	s.score[j] = 0
	for _, i := range s.in.col.at(int(j)) {
		switch s.count[i] {
		case 0:
			s.score[j] += s.weight[i]
			for _, k := range s.in.row.at(int(i)) {
				if k != j {
					s.score[k] -= s.weight[i]
					s.may[k] = true
				}
			}
			last := s.bare[len(s.bare)-1]
			s.bare[s.bareAt[i]], s.bareAt[last] = last, s.bareAt[i]
			s.bare = s.bare[:len(s.bare)-1]
		case 1:
			s.score[s.only[i]] -= s.weight[i]
		}
		s.count[i]++
		s.only[i] ^= j
	}
}

func (s *setSearch) drop(j int32) {
	last := s.list[len(s.list)-1]
	s.list[s.place[j]], s.place[last] = last, s.place[j]
	s.list = s.list[:len(s.list)-1]
	s.open[j], s.may[j] = false, false
	s.cost -= s.in.cost[j]
	s.moved[j] = s.clock
	s.score[j] = 0
	for _, i := range s.in.col.at(int(j)) {
		s.count[i]--
		s.only[i] ^= j
		switch s.count[i] {
		case 0:
			s.score[j] += s.weight[i]
			for _, k := range s.in.row.at(int(i)) {
				if k != j {
					s.score[k] += s.weight[i]
					s.may[k] = true
				}
			}
			s.bareAt[i] = int32(len(s.bare))
			s.bare = append(s.bare, i)
		case 1:
			s.score[s.only[i]] += s.weight[i]
		}
	}
}

// before orders columns by score for the money, then by how long they have not moved, then by index.
func (s *setSearch) before(a, b int32) int {
	if c := compareRatio(s.score[a], s.in.cost[a], s.score[b], s.in.cost[b]); c != 0 {
		return c
	}
	if s.moved[a] != s.moved[b] {
		if s.moved[a] > s.moved[b] {
			return -1
		}
		return 1
	}
	return int(b - a)
}

// least returns the open column that is worth least, tabu apart; -1 = none.
func (s *setSearch) least(tabu int32) int32 {
	best := int32(-1)
	for _, j := range s.list {
		if j != tabu && (best < 0 || s.leaves(j, best)) {
			best = j
		}
	}
	return best
}

// leaves reports whether j goes before b: worth less, or as much and not moved for longer.
func (s *setSearch) leaves(j, b int32) bool {
	if c := compareRatio(s.score[j], s.in.cost[j], s.score[b], s.in.cost[b]); c != 0 {
		return c < 0
	}
	return s.moved[j] < s.moved[b] || s.moved[j] == s.moved[b] && j < b
}

// fill covers what is bare, always with the column that covers most for the money, then drops columns that are not needed.
func (s *setSearch) fill() {
	for len(s.bare) > 0 {
		best := int32(-1)
		for j := range s.in.columns() {
			if !s.open[j] && s.score[j] > 0 && (best < 0 || s.before(int32(j), best) > 0) {
				best = int32(j)
			}
		}
		s.add(best)
	}
	s.keep()
}

// keep drops columns that are not needed, dearest first, and remembers the cover when it is the cheapest.
func (s *setSearch) keep() {
	for {
		best := int32(-1)
		for _, j := range s.list {
			if s.score[j] == 0 && (best < 0 || s.in.cost[j] > s.in.cost[best] || s.in.cost[j] == s.in.cost[best] && j < best) {
				best = j
			}
		}
		if best < 0 {
			break
		}
		s.drop(best)
	}
	if s.best == nil || s.cost < s.top {
		s.top = s.cost
		s.best = slices.Clone(s.list)
		if s.best == nil {
			s.best = []int32{}
		}
	}
}

// run makes n moves, or fewer when target is reached.
func (s *setSearch) run(n int, target int64) {
	tabu := int32(-1)
	for range n {
		s.clock++
		for len(s.bare) == 0 {
			s.keep()
			if s.top <= target || len(s.list) == 0 {
				return
			}
			s.drop(s.least(-1))
		}
		if out := s.least(tabu); out >= 0 {
			s.drop(out)
		}
		for len(s.bare) > 0 {
			in := s.repairer(s.bare[s.rand.IntN(len(s.bare))])
			if in < 0 || s.cost+s.in.cost[in] >= s.top {
				break
			}
			s.add(in)
			tabu = in
			for _, i := range s.bare {
				s.weight[i]++
				for _, k := range s.in.row.at(int(i)) {
					s.score[k]++
				}
			}
		}
	}
}

// repairer returns the best column that covers row i and may open, -1 when none may.
func (s *setSearch) repairer(i int32) int32 {
	best := int32(-1)
	for _, j := range s.in.row.at(int(i)) {
		if s.may[j] && (best < 0 || s.before(j, best) > 0) {
			best = j
		}
	}
	return best
}

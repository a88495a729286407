package solve

import (
	"context"
	"math/rand/v2"
	"slices"
)

// backupSearch is a plan of a part of a backup problem with what every column is worth to it, kept up to date as columns
// open and close. Where a second cover counts more than the first, it is led by the mean of both: otherwise nothing would
// promise anything before the first cover.
type backupSearch struct {
	*backupPart
	rand  *rand.Rand
	guide [2][]int64 // what leads: next, or the mean of both where the second is the larger
	open  []bool
	taken []int32 // per conflict set: open columns
	count []int32 // per row: open columns that cover it
	rates []int64 // per column: what opening it adds to what leads, or closing it takes away
	spent int64
	value int64   // beyond base
	best  []int32 // columns of the best plan
	top   int64   // its value; -1 = none yet
}

func newBackupSearch(q *backupPart, seed uint64) *backupSearch {
	s := &backupSearch{backupPart: q, rand: rand.New(rand.NewPCG(seed, 3)), guide: q.next, open: make([]bool, q.in.columns()),
		taken: make([]int32, len(q.sets)), count: make([]int32, q.in.rows()), rates: make([]int64, q.in.columns()), top: -1}
	if q.p.Second > q.p.First {
		s.guide = [2][]int64{slices.Clone(q.next[0]), slices.Clone(q.next[1])}
		for i := range s.guide[0] {
			if a, b := q.next[0][i], q.next[1][i]; b > a {
				s.guide[0][i], s.guide[1][i] = (a+b+1)/2, (a+b+1)/2
			}
		}
	}
	for j := range s.rates {
		for _, i := range q.in.col.at(j) {
			s.rates[j] += s.guide[0][i]
		}
	}
	return s
}

// adds returns what one more cover of a row that has n is worth.
func adds(next *[2][]int64, i, n int32) int64 {
	if n < 0 || n > 1 {
		return 0
	}
	return next[n][i]
}

// turn opens a closed column or closes an open one. Its own rate stays: what it adds is what it takes away again.
func (s *backupSearch) turn(j int32) {
	by := int32(1)
	if s.open[j] {
		by = -1
	}
	for _, i := range s.in.col.at(int(j)) {
		from := s.count[i]
		to := from + by
		s.count[i] = to
		s.value += int64(by) * adds(&s.next, i, min(from, to))
		if min(from, to) > 2 {
			continue
		}
		closed := adds(&s.guide, i, to) - adds(&s.guide, i, from)
		opened := adds(&s.guide, i, to-1) - adds(&s.guide, i, from-1)
		for _, k := range s.in.row.at(int(i)) {
			switch {
			case k == j:
			case s.open[k]:
				s.rates[k] += opened
			default:
				s.rates[k] += closed
			}
		}
	}
	for _, c := range s.of.at(int(j)) {
		s.taken[c] += by
	}
	s.open[j] = by > 0
	s.spent += int64(by) * s.in.cost[j]
}

// fits reports whether a closed column can be paid and is in conflict with no open one.
func (s *backupSearch) fits(j int32) bool {
	if s.spent+s.in.cost[j] > s.left {
		return false
	}
	for _, c := range s.of.at(int(j)) {
		if s.taken[c] > 0 {
			return false
		}
	}
	return true
}

// fill opens what adds most for the money until nothing more fits or adds anything, and keeps the plan when it is the best.
func (s *backupSearch) fill() {
	for {
		best := int32(-1)
		for k, rate := range s.rates {
			j := int32(k)
			if rate > 0 && !s.open[j] && (best < 0 || compareRatio(rate, s.in.cost[j], s.rates[best], s.in.cost[best]) > 0) && s.fits(j) {
				best = j
			}
		}
		if best < 0 {
			break
		}
		s.turn(best)
	}
	s.keep()
}

func (s *backupSearch) keep() {
	if s.value <= s.top {
		return
	}
	s.top, s.best = s.value, s.best[:0]
	for j, is := range s.open {
		if is {
			s.best = append(s.best, int32(j))
		}
	}
}

// become makes the plan consist of these columns, as far as they fit.
func (s *backupSearch) become(columns []int32) {
	for j, is := range s.open {
		if is {
			s.turn(int32(j))
		}
	}
	for _, j := range columns {
		if !s.open[j] && s.fits(j) {
			s.turn(j)
		}
	}
}

// exchange puts the best column in the place of an open one while that leads upwards.
func (s *backupSearch) exchange(ctx context.Context) {
	for again := true; again && ctx.Err() == nil; {
		again = false
		for k := range s.open {
			if !s.open[k] || ctx.Err() != nil {
				continue
			}
			out := int32(k)
			s.turn(out)
			in := out
			for i, rate := range s.rates {
				if rate > s.rates[in] && !s.open[i] && s.fits(int32(i)) {
					in = int32(i)
				}
			}
			s.turn(in)
			again = again || in != out
		}
		s.fill()
	}
}

// kick closes a few columns of the best plan, opens another and climbs again.
func (s *backupSearch) kick(ctx context.Context) {
	s.become(s.best)
	for range 1 + min(4, len(s.best)/2) {
		if len(s.best) == 0 {
			break
		}
		if j := s.best[s.rand.IntN(len(s.best))]; s.open[j] {
			s.turn(j)
		}
	}
	if n := len(s.open); n > 0 {
		if j := int32(s.rand.IntN(n)); !s.open[j] && s.fits(j) {
			s.turn(j)
		}
	}
	s.fill()
	s.exchange(ctx)
}

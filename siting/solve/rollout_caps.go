package solve

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Cap limits what a set of columns comes to together: a number of them, or an amount such as money.
type Cap struct {
	Columns []int32 // ascending
	Amount  []int64 // parallel to Columns, >= 0; nil = 1 each
	Most    int64   // >= 0
	Until   int32   // what opens in the years 0..Until counts
}

// amount returns what the k-th column of the cap comes to.
func (c *Cap) amount(k int) int64 {
	if c.Amount == nil {
		return 1
	}
	return c.Amount[k]
}

func (p *RolloutProblem) validateCaps() error {
	for k, c := range p.Caps {
		last := int32(-1)
		for _, j := range c.Columns {
			if j <= last || int(j) >= p.Cover.Columns() {
				return bad("Caps", "cap %d: column %d after %d, of %d (want strictly ascending)", k, j, last, p.Cover.Columns())
			}
			last = j
		}
		if c.Amount != nil && len(c.Amount) != len(c.Columns) {
			return bad("Caps", "cap %d: has %d amounts for %d columns", k, len(c.Amount), len(c.Columns))
		}
		if err := validateAmounts(fmt.Sprintf("Caps[%d].Amount", k), c.Amount); err != nil {
			return err
		}
		if c.Most < 0 || c.Until < 0 || int(c.Until) >= p.Years() {
			return bad("Caps", "cap %d: at most %d by year %d of %d", k, c.Most, c.Until, p.Years())
		}
	}
	return nil
}

// capped keeps up what the caps of a rollout have taken.
type capped struct {
	caps   []Cap
	of     csr     // per column: caps that it is in
	amount []int64 // parallel to of.item
	used   []int64 // per cap
}

func newCapped(p *RolloutProblem) capped {
	c := capped{caps: p.Caps, used: make([]int64, len(p.Caps))}
	columns := csr{off: make([]int64, 1, len(p.Caps)+1)}
	for k := range p.Caps {
		columns.item = append(columns.item, p.Caps[k].Columns...)
		columns.off = append(columns.off, int64(len(columns.item)))
	}
	c.of = columns.transpose(p.Cover.Columns())
	next := make([]int, len(p.Caps)) // transposing goes through the columns in order
	c.amount = make([]int64, len(c.of.item))
	for j := range c.of.len() {
		for at := c.of.off[j]; at < c.of.off[j+1]; at++ {
			k := c.of.item[at]
			c.amount[at] = p.Caps[k].amount(next[k])
			next[k]++
		}
	}
	return c
}

// take notes that column j opens in year t, times 1, or closes, times -1.
func (c *capped) take(j, t int32, times int64) {
	for at := c.of.off[j]; at < c.of.off[j+1]; at++ {
		if k := c.of.item[at]; t <= c.caps[k].Until {
			c.used[k] += times * c.amount[at]
		}
	}
}

// leaves reports whether the caps leave room for column j in year t.
func (c *capped) leaves(j, t int32) bool {
	for at := c.of.off[j]; at < c.of.off[j+1]; at++ {
		if k := c.of.item[at]; t <= c.caps[k].Until && c.used[k]+c.amount[at] > c.caps[k].Most {
			return false
		}
	}
	return true
}

// exceeded returns the first cap that is, -1 when none is.
func (c *capped) exceeded() int {
	for k := range c.caps {
		if c.used[k] > c.caps[k].Most {
			return k
		}
	}
	return -1
}

// sharedCap is what the dual knows of the caps: each column is in one of them at most, and that one counts all years.
type sharedCap struct {
	of     []int32    // per column, -1 = none
	cell   []int32    // per column: its group of conflicts within its cap, -1 = alone
	best   []int32    // scratch per cell: its column that gains most
	bids   [][]capBid // scratch per cap
	amount []int64    // per column
	left   []int64    // per cap, beyond the fixed columns
}

// newSharedCap puts each column into the tightest of its caps: the one with the least room for the amount of its columns.
// It expects a rollout with only its fixed columns open.
func newSharedCap(r *rollout, group []int32) *sharedCap {
	if len(r.p.Caps) == 0 {
		return nil
	}
	s := &sharedCap{of: make([]int32, r.in.columns()), amount: make([]int64, r.in.columns()), left: make([]int64, len(r.p.Caps))}
	tight := make([]float64, len(r.p.Caps))
	for k, c := range r.p.Caps {
		s.left[k] = c.Most - r.caps.used[k]
		var sum int64
		for i := range c.Columns {
			sum += c.amount(i)
		}
		if tight[k] = float64(c.Most) / math.Max(1, float64(sum)); int(c.Until) < r.years-1 {
			tight[k] = math.Inf(1)
		}
	}
	for j := range s.of {
		s.of[j] = -1
		for at := r.caps.of.off[j]; at < r.caps.of.off[j+1]; at++ {
			if k := r.caps.of.item[at]; tight[k] < 1 && (s.of[j] < 0 || tight[k] < tight[s.of[j]]) {
				s.of[j], s.amount[j] = k, r.caps.amount[at]
			}
		}
	}
	s.cells(group)
	return s
}

// cells numbers the pairs of group and cap. A group that several caps share falls apart: that relaxes its conflicts, no more.
func (s *sharedCap) cells(group []int32) {
	s.bids = make([][]capBid, len(s.left))
	s.cell = make([]int32, len(s.of))
	number := map[[2]int32]int32{}
	for j := range s.cell {
		s.cell[j] = -1
		if group == nil || group[j] < 0 {
			continue
		}
		key := [2]int32{group[j], s.of[j]}
		if _, ok := number[key]; !ok {
			number[key] = int32(len(number))
		}
		s.cell[j] = number[key]
	}
	s.best = make([]int32, len(number))
}

// choose returns what the columns gain at most within groups and caps, and calls open with each that opens whole, in order of caps.
// option < 0 marks columns that stay shut.
func (s *sharedCap) choose(option []int32, gains []int64, open func(j int32)) (value int64) {
	for c := range s.best {
		s.best[c] = -1
	}
	for j, o := range option {
		if c := s.cell[j]; o >= 0 && c >= 0 && (s.best[c] < 0 || gains[j] > gains[s.best[c]]) {
			s.best[c] = int32(j)
		}
	}
	for k := range s.bids {
		s.bids[k] = s.bids[k][:0]
	}
	for j, o := range option {
		if o < 0 || s.cell[j] >= 0 && s.best[s.cell[j]] != int32(j) {
			continue
		}
		if k := s.of[j]; k >= 0 {
			s.bids[k] = append(s.bids[k], capBid{int32(j), gains[j]})
			continue
		}
		value += gains[j]
		open(int32(j))
	}
	for k, bids := range s.bids {
		gain, whole := s.pass(int32(k), bids)
		value += gain
		for _, b := range whole {
			open(b.column)
		}
	}
	return value
}

// capBid is a column that a cap may let pass.
type capBid struct {
	column int32
	gain   int64
}

// pass lets the bids of one cap pass that gain most for what they take, the last one in part, and returns their gain: no choice
// within the cap gains more. whole are those that pass whole.
func (s *sharedCap) pass(k int32, bids []capBid) (gain int64, whole []capBid) {
	slices.SortFunc(bids, func(a, b capBid) int {
		return cmp.Or(compareRatio(b.gain, s.amount[b.column], a.gain, s.amount[a.column]), cmp.Compare(a.column, b.column))
	})
	left := s.left[k]
	for n, b := range bids {
		need := s.amount[b.column]
		if need > left {
			part := math.Ceil(float64(b.gain) * (float64(left) / float64(need)) * (1 + 1e-15)) // rounding up keeps the bound valid
			return gain + min(int64(part)+1, b.gain), bids[:n]
		}
		left -= need
		gain += b.gain
	}
	return gain, bids
}

package solve

import (
	"context"
	"errors"
	"slices"
)

// PCenter finds the P columns with the least largest distance from a row to its nearest open column. Rows of weight 0 do
// not count; other weights make no difference.
//
//	min  max_i min_{j open} d_ij
//	s.t. sum_j y_j = P
//
// It is a search among the distances for the least one within which P columns cover every row (Minieka, SIAM Review 12,
// 1970); each question is a set cover that is only solved until the answer is known.
func PCenter(ctx context.Context, p *PMedianProblem, o Options) (*Solution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	if p.P > p.Columns || p.P == 0 && p.Rows > 0 {
		return &Solution{Status: Infeasible, Reason: because(TooFew, int64(p.P), int64(p.Columns), int64(p.Rows))}, nil
	}
	c := &centerSearch{ctx: ctx, p: p, o: o}
	for i := range p.Rows {
		if p.weight(i) > 0 {
			c.rows = append(c.rows, int32(i))
		}
	}
	c.collect()
	s := c.solve()
	for j := int32(0); len(s.Open) < p.P; j++ { // P columns were asked for
		if !slices.Contains(s.Open, j) {
			s.Open = append(s.Open, j)
		}
	}
	s.Open = sortedSet(s.Open)
	return s, nil
}

// centerSearch is a bisection over the distances.
type centerSearch struct {
	ctx   context.Context
	p     *PMedianProblem
	o     Options
	rows  []int32  // that count
	dist  []uint32 // distinct distances, ascending
	steps int
}

func (c *centerSearch) collect() {
	for j := range c.p.Columns {
		for _, i := range c.rows {
			c.dist = append(c.dist, c.p.Distance[j*c.p.Rows+int(i)])
		}
		if len(c.dist) > 4<<20 { // thin out on the way
			slices.Sort(c.dist)
			c.dist = slices.Compact(c.dist)
		}
	}
	slices.Sort(c.dist)
	c.dist = slices.Compact(c.dist)
}

func (c *centerSearch) solve() *Solution {
	if len(c.rows) == 0 {
		return &Solution{Status: Optimal}
	}
	best := c.farthestFirst()
	low, high := 0, c.index(c.radius(best)) // the optimum is within dist[low..high]
	unsure := high                          // from here on down to low nothing is decided
	for low < unsure && c.ctx.Err() == nil && c.steps < c.o.iterations() {
		mid := (low + unsure) / 2
		open, enough, tooFew := c.covers(c.dist[mid])
		switch {
		case enough:
			best = open
			high = c.index(c.radius(best))
			unsure = min(unsure, high)
		case tooFew:
			low = mid + 1
		default:
			unsure = mid
		}
		c.o.report(Progress{c.steps, int64(c.dist[high]), float64(c.dist[low]), gapOf(int64(c.dist[high]), float64(c.dist[low]))})
	}
	s := &Solution{Open: best, Objective: int64(c.dist[high]), Bound: float64(c.dist[low]), Status: Feasible, Iterations: c.steps}
	s.Gap = gapOf(s.Objective, s.Bound)
	if low == high {
		s.Status = Optimal
	}
	return s
}

func (c *centerSearch) index(d uint32) int {
	k, _ := slices.BinarySearch(c.dist, d)
	return k
}

// radius returns the largest distance from a row to its nearest open column.
func (c *centerSearch) radius(open []int32) (most uint32) {
	for _, i := range c.rows {
		near := ^uint32(0)
		for _, j := range open {
			near = min(near, c.p.Distance[int(j)*c.p.Rows+int(i)])
		}
		most = max(most, near)
	}
	return most
}

// farthestFirst opens, P times, the column nearest to the row that is served worst.
func (c *centerSearch) farthestFirst() (open []int32) {
	near := make([]uint32, len(c.rows))
	for k := range near {
		near[k] = ^uint32(0)
	}
	for range c.p.P {
		worst := 0
		for k, d := range near {
			if d > near[worst] {
				worst = k
			}
		}
		best := int32(0)
		for j := range int32(c.p.Columns) {
			if c.at(worst, j) < c.at(worst, best) {
				best = j
			}
		}
		if slices.Contains(open, best) {
			break // the worst served row has its best column already
		}
		open = append(open, best)
		for k := range near {
			near[k] = min(near[k], c.at(k, best))
		}
	}
	return open
}

func (c *centerSearch) at(k int, j int32) uint32 { return c.p.Distance[int(j)*c.p.Rows+int(c.rows[k])] }

// covers asks whether P columns reach every row within d; both answers may be missing when time or iterations end.
func (c *centerSearch) covers(d uint32) (open []int32, enough, tooFew bool) {
	cover := Cover{Rows: len(c.rows), Offset: []int64{0}}
	reached := make([]bool, len(c.rows))
	for j := range int32(c.p.Columns) {
		for k := range c.rows {
			if c.at(k, j) <= d {
				cover.Row = append(cover.Row, int32(k))
				reached[k] = true
			}
		}
		cover.Offset = append(cover.Offset, int64(len(cover.Row)))
	}
	if slices.Contains(reached, false) {
		c.steps++
		return nil, false, true
	}
	in := newInstance(&cover, reduction{weightless: true})
	o := c.o
	o.Iterations, o.Progress, o.Gap = max(1, c.o.iterations()-c.steps), nil, 0
	t := newCoverTree(c.ctx, in, o, 0)
	t.enough = int64(c.p.P)
	t.top = t.enough + 1 // nothing above is of interest
	open = t.solve(in)
	c.steps += max(1, t.meter.iterations())
	return open, t.top <= t.enough, t.bound > t.enough
}

package solve

import (
	"context"
	"math"
)

// backupDual is the Lagrangian dual of a part of the backup problem: l_i prices the covers of row i.
//
//	L(l) = sum_i max(0, a_i - l_i) + max(0, b_i - l_i) + max { sum_j r_j x_j : sum_j c_j x_j <= B },  r_j = sum_{i in j} l_i
//
// with a_i and b_i what the next cover and the one after it count, or both their mean (rounded up) where the second is the
// larger: that is the least concave function above what 0, 1 and 2 covers count, so that L bounds every plan. The choice of
// columns is that of maxDual.
type backupDual struct {
	*maxDual
	second []int64 // b_i, in the dual's units; a_i is most
	ended  int64   // L where it was evaluated last
}

func newBackupDual(s *backupSearch, workers int) *backupDual {
	in := *s.in
	in.w, in.orig = s.guide[0], make([]int32, in.columns())
	for j := range in.orig {
		in.orig[j] = int32(j) // the sets name columns as the part does
	}
	d := &backupDual{maxDual: newMaxDual(&in, s.left, largestSets(&in, s.sets, &s.of), workers), second: make([]int64, len(in.w))}
	for i, b := range s.guide[1] {
		d.second[i] = b << d.shift
	}
	for i := range d.lambda {
		d.lambda[i] = d.most[i] / 2
	}
	return d
}

// follow starts from multipliers as shares of what a row's next cover counts.
func (d *backupDual) follow(shares []float64) {
	for i, s := range shares {
		d.lambda[i] = min(d.most[i], int64(s*float64(d.most[i])))
	}
}

// shares returns the best multipliers as shares of what a row's next cover counts.
func (d *backupDual) shares() []float64 {
	out := make([]float64, len(d.centre))
	for i, l := range d.centre {
		out[i] = float64(l) / math.Max(1, float64(d.most[i]))
	}
	return out
}

// evaluate returns L at lambda.
func (d *backupDual) evaluate() int64 {
	d.prices()
	value := d.choose()
	for i, l := range d.lambda {
		value += max(0, d.most[i]-l) + max(0, d.second[i]-l)
	}
	d.ended = value
	return value
}

// step evaluates the dual, keeps the multipliers when they are the best, and moves on. target is the best known value.
func (d *backupDual) step(target int64) {
	value := d.evaluate()
	d.mixAll()
	if d.adapt(value) {
		copy(d.atBest, d.r)
	}
	d.move(target << d.shift)
}

// mixAll averages the choice of columns and the subgradient.
func (d *backupDual) mixAll() {
	d.averageColumns()
	for i, c := range d.cover {
		l, want, free := d.lambda[i], 0.0, 0.0
		for _, worth := range [2]int64{d.most[i], d.second[i]} {
			switch {
			case l < worth:
				want++
			case l == worth: // taking it or not is the same: ask for no move
				free++
			}
		}
		d.mix(i, c-min(want+free, max(want, c)))
	}
}

// run makes at most n steps; it stops when the bound meets the target or ctx ends, but not before the first. It returns the
// steps made.
func (d *backupDual) run(ctx context.Context, n int, target int64) int {
	for k := range n {
		if d.best != math.MaxInt64 && (d.bound() <= target || ctx.Err() != nil) {
			return k
		}
		d.step(target)
	}
	return n
}

// settle returns the columns that every plan of a value above target opens, and those that none opens: those whose reduced
// cost makes up for what the bound exceeds the target.
func (d *backupDual) settle(target int64) (open, drop []int32) {
	copy(d.lambda, d.centre)
	value := d.evaluate()
	room := float64(value - (target+1)<<d.shift) // what a plan above target may lose against the bound
	if room < 0 {
		return nil, nil
	}
	price := d.price
	if d.unit && d.group == nil { // the choice was by number: the last one chosen tells what a column must be worth
		price = 0
		if k := len(d.chosen); k > 0 && d.in.cost[0] > 0 && int64(k) == d.budget/d.in.cost[0] {
			price = float64(d.r[d.chosen[k-1]]) / float64(d.in.cost[0])
			room += price * float64(d.budget%d.in.cost[0]) // money that is left over, which the price would count
		}
	}
	room = room*(1+1e-9) + 2
	for j, r := range d.r {
		worth := float64(r) - price*float64(d.in.cost[j])
		switch {
		case -worth > room:
			drop = append(drop, int32(j))
		case worth > room && (d.group == nil || d.group[j] < 0):
			open = append(open, int32(j))
		}
	}
	return open, drop
}

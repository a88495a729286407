package solve

import (
	"context"
	"math"
)

// setDual is the Lagrangian dual of "cover every row at least cost". With multipliers u_i >= 0 for the rows,
//
//	L(u) = sum_i u_i + sum_j min(0, c_j - r_j),  r_j = sum_{i in j} u_i
//
// is at most the optimum (Beasley, EJOR 31, 1987). volume minimises -L.
type setDual struct {
	volume
	in     *instance
	r      []int64   // r_j at lambda
	atBest []int64   // r_j at centre
	x      []float64 // averaged x
	cover  []float64 // scratch per row
}

// newSetDual starts from the given multipliers, scaled by shift; nil = each row takes its share of its cheapest column.
func newSetDual(in *instance, shift uint, start []int64, workers int) *setDual {
	m, n := in.rows(), in.columns()
	most, first := make([]int64, m), make([]int64, m)
	for i := range most {
		most[i] = math.MaxInt64
		first[i] = math.MaxInt64
		for _, j := range in.row.at(i) {
			most[i] = min(most[i], in.cost[j]<<shift)
			first[i] = min(first[i], in.cost[j]<<shift/int64(len(in.col.at(int(j)))))
		}
	}
	d := &setDual{volume: newVolume(most, shift, workers), in: in, r: make([]int64, n), atBest: make([]int64, n),
		x: make([]float64, n), cover: make([]float64, m)}
	for i := range d.lambda {
		d.lambda[i] = first[i]
		if start != nil {
			d.lambda[i] = min(start[i], most[i])
		}
	}
	return d
}

// bound returns the bound in the unit of the costs, rounded up: the optimum is an integer.
func (d *setDual) bound() int64 { return max(0, -(d.best >> d.shift)) }

// step evaluates the dual at lambda, keeps it when it is the best, and moves on towards the best known cost.
func (d *setDual) step(target int64) {
	clear(d.cover)
	var value int64
	for _, u := range d.lambda {
		value -= u
	}
	for j := range d.r {
		var r int64
		rows := d.in.col.at(j)
		for _, i := range rows {
			r += d.lambda[i]
		}
		d.r[j] = r
		d.x[j] *= 1 - d.alpha
		if over := r - d.in.cost[j]<<d.shift; over > 0 {
			value += over
			d.x[j] += d.alpha
			for _, i := range rows {
				d.cover[i]++
			}
		}
	}
	for i, c := range d.cover {
		d.mix(i, c-1)
	}
	if d.adapt(value) {
		copy(d.atBest, d.r)
	}
	d.move(-target << d.shift)
}

// run makes at most n steps; it stops when the bound reaches target or ctx ends, but not before the first.
func (d *setDual) run(ctx context.Context, n int, target int64) int {
	for k := range n {
		if d.best != math.MaxInt64 && (d.bound() >= target || ctx.Err() != nil) {
			return k
		}
		d.step(target)
	}
	return n
}

package solve

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
)

// PMedianProblem asks for the P columns with the least weighted distance from every row to its nearest open column.
//
//	min  sum_i sum_j w_i d_ij x_ij
//	s.t. sum_j x_ij = 1,  x_ij <= y_j,  sum_j y_j = P,  x, y in {0,1}
//
// Hakimi, Operations Research 12 (1964). Distances are integers of any unit; where a column cannot serve a row, give a
// distance that is larger than any real one.
type PMedianProblem struct {
	Rows, Columns int
	Distance      []uint32 // column-major: Distance[j*Rows+i] from row i to column j
	Weight        []int64  // per row, >= 0; nil = all 1
	P             int      // columns to open; opening fewer is never better
}

// Validate reports faults of the problem as *ProblemError (joined).
func (p *PMedianProblem) Validate() error {
	var errs []error
	if p.Rows < 0 || p.Columns < 0 || p.Rows > math.MaxInt32 || p.Columns > math.MaxInt32 || len(p.Distance) != p.Rows*p.Columns {
		errs = append(errs, bad("Distance", "has %d entries for %d rows and %d columns", len(p.Distance), p.Rows, p.Columns))
	}
	if p.P < 0 {
		errs = append(errs, bad("P", "%d is negative", p.P))
	}
	if p.Weight != nil && len(p.Weight) != p.Rows {
		errs = append(errs, bad("Weight", "has %d entries for %d rows", len(p.Weight), p.Rows))
	}
	errs = append(errs, validateAmounts("Weight", p.Weight))
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var total float64
	for i, d := range p.farthest() {
		total += float64(p.weight(i)) * float64(d)
	}
	if total > float64(MaxTotal) {
		return bad("Distance", "the sum of weight x largest distance exceeds %d", MaxTotal)
	}
	return nil
}

func (p *PMedianProblem) weight(i int) int64 {
	if p.Weight == nil {
		return 1
	}
	return p.Weight[i]
}

// farthest returns the largest distance of every row.
func (p *PMedianProblem) farthest() []uint32 {
	far := make([]uint32, p.Rows)
	for j := range p.Columns {
		for i, d := range p.Distance[j*p.Rows : (j+1)*p.Rows] {
			far[i] = max(far[i], d)
		}
	}
	return far
}

// PMedian solves the p-median problem; see PMedianProblem. Interchange with all swaps valued at once and iterated local
// search give the answer, a Lagrangian dual the bound, branch and bound with reduced-cost fixing the proof.
// Memory: 12 bytes for each row and each of its nearest columns (about 4 Columns / P of them) beside the distances.
func PMedian(ctx context.Context, p *PMedianProblem, o Options) (*Solution, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return nil, err
	}
	if p.P > p.Columns || p.P == 0 && p.Rows > 0 {
		return &Solution{Status: Infeasible, Reason: because(TooFew, int64(p.P), int64(p.Columns), int64(p.Rows))}, nil
	}
	if p.Rows == 0 {
		s := &Solution{Status: Optimal, Open: make([]int32, p.P)}
		for k := range s.Open {
			s.Open[k] = int32(k)
		}
		return s, nil
	}
	t := newMedianTree(ctx, newNearest(p, o.workers()), o)
	t.solve()
	s := &Solution{Open: sortedSet(t.best), Objective: t.top, Bound: float64(t.bound), Status: Feasible, Iterations: t.meter.iterations()}
	s.Gap = gapOf(s.Objective, s.Bound)
	if t.bound == t.top {
		s.Status = Optimal
	}
	return s, nil
}

// nearest is a p-median problem with the nearest columns of every row in order.
type nearest struct {
	*PMedianProblem
	each   int      // columns listed per row
	column []int32  // row-major: the row's columns by distance, ties to the lowest
	dist   []uint32 // their distances
	w      []int64
}

func newNearest(p *PMedianProblem, workers int) *nearest {
	n := &nearest{PMedianProblem: p, each: min(p.Columns, max(48, 4*p.Columns/p.P)), w: make([]int64, p.Rows)}
	for i := range n.w {
		n.w[i] = p.weight(i)
	}
	n.column, n.dist = make([]int32, p.Rows*n.each), make([]uint32, p.Rows*n.each)
	const block = 64 // rows at a time: reads run along the columns
	parallel(p.Rows, workers, func(from, to int) {
		key := make([]uint64, block*p.Columns)
		for a := from; a < to; a += block {
			b := min(a+block, to)
			for j := range p.Columns {
				for i, d := range p.Distance[j*p.Rows+a : j*p.Rows+b] {
					key[i*p.Columns+j] = uint64(d)<<32 | uint64(j)
				}
			}
			for i := a; i < b; i++ {
				n.list(i, key[(i-a)*p.Columns:(i-a+1)*p.Columns])
			}
		}
	})
	return n
}

// list writes the nearest columns of row i; keys are distance << 32 | column.
func (n *nearest) list(i int, keys []uint64) {
	smallest(keys, n.each)
	keys = keys[:n.each]
	slices.Sort(keys)
	for k, key := range keys {
		n.column[i*n.each+k], n.dist[i*n.each+k] = int32(uint32(key)), uint32(key>>32)
	}
}

// row returns the nearest columns of a row and their distances.
func (n *nearest) row(i int) ([]int32, []uint32) {
	return n.column[i*n.each : (i+1)*n.each], n.dist[i*n.each : (i+1)*n.each]
}

// smallest moves the k smallest elements to the front (quickselect with the median of three).
func smallest[T cmp.Ordered](a []T, k int) {
	low, high := 0, len(a)-1
	for low < high && k > low && k <= high {
		pivot := max(min(a[low], a[high]), min(max(a[low], a[high]), a[(low+high)/2]))
		i, j := low, high
		for i <= j {
			for a[i] < pivot {
				i++
			}
			for a[j] > pivot {
				j--
			}
			if i <= j {
				a[i], a[j] = a[j], a[i]
				i++
				j--
			}
		}
		switch {
		case k <= j+1:
			high = j
		case k > i:
			low = i
		default:
			return
		}
	}
}

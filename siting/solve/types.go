package solve

import (
	"errors"
	"fmt"
	"math"
)

// Status says what a solution is.
type Status string

// The statuses. Infeasible always comes with a reason.
const (
	Optimal    Status = "optimal"    // proved: no solution is better
	Feasible   Status = "feasible"   // keeps all rules; Bound says how much better another could be
	Infeasible Status = "infeasible" // no solution keeps the rules
)

// MaxTotal is the largest sum of weights, costs or weighted costs a problem may have. It keeps every sum exact in int64
// and every bound exact in float64.
const MaxTotal = int64(1) << 52

// Cover is a column-major incidence: which rows each column covers. It is read only while solvers run.
type Cover struct {
	Rows   int
	Offset []int64 // len = columns+1; column j covers Row[Offset[j]:Offset[j+1]]
	Row    []int32 // row indexes, strictly ascending within a column
	Weight []int64 // per row, >= 0; nil = all 1
	Cost   []int64 // per column, >= 0; nil = all 1
}

// Columns returns the number of columns.
func (c *Cover) Columns() int {
	if len(c.Offset) == 0 {
		return 0
	}
	return len(c.Offset) - 1
}

// Column returns the rows that column j covers. The slice is a view: do not modify.
func (c *Cover) Column(j int) []int32 { return c.Row[c.Offset[j]:c.Offset[j+1]] }

// WeightOf returns the weight of row i.
func (c *Cover) WeightOf(i int32) int64 {
	if c.Weight == nil {
		return 1
	}
	return c.Weight[i]
}

// CostOf returns the cost of column j.
func (c *Cover) CostOf(j int) int64 {
	if c.Cost == nil {
		return 1
	}
	return c.Cost[j]
}

// ProblemError says which field of a problem or of the options is malformed, and how.
type ProblemError struct {
	Field  string
	Reason string
}

// Error implements error.
func (e *ProblemError) Error() string { return fmt.Sprintf("solve: %s: %s", e.Field, e.Reason) }

func bad(field, format string, args ...any) error {
	return &ProblemError{Field: field, Reason: fmt.Sprintf(format, args...)}
}

// Validate checks shape, order and ranges, and reports every kind of fault it finds as *ProblemError (joined).
func (c *Cover) Validate() error {
	if c == nil {
		return bad("Cover", "is nil")
	}
	var errs []error
	if c.Rows < 0 || c.Rows > math.MaxInt32 {
		errs = append(errs, bad("Cover.Rows", "%d is out of range", c.Rows))
	}
	if c.Columns() > math.MaxInt32 {
		errs = append(errs, bad("Cover.Offset", "too many columns: %d", c.Columns()))
	}
	errs = append(errs, c.validateIncidence())
	if c.Weight != nil && len(c.Weight) != c.Rows {
		errs = append(errs, bad("Cover.Weight", "has %d entries for %d rows", len(c.Weight), c.Rows))
	} else {
		errs = append(errs, validateAmounts("Cover.Weight", c.Weight))
	}
	if c.Cost != nil && len(c.Cost) != c.Columns() {
		errs = append(errs, bad("Cover.Cost", "has %d entries for %d columns", len(c.Cost), c.Columns()))
	} else {
		errs = append(errs, validateAmounts("Cover.Cost", c.Cost))
	}
	return errors.Join(errs...)
}

func (c *Cover) validateIncidence() error {
	if len(c.Offset) == 0 {
		if len(c.Row) > 0 {
			return bad("Cover.Offset", "is empty but Row has %d entries", len(c.Row))
		}
		return nil
	}
	if c.Offset[0] != 0 || c.Offset[len(c.Offset)-1] != int64(len(c.Row)) {
		return bad("Cover.Offset", "must run from 0 to len(Row) = %d", len(c.Row))
	}
	for j := range c.Columns() {
		if c.Offset[j+1] < c.Offset[j] || c.Offset[j+1] > int64(len(c.Row)) {
			return bad("Cover.Offset", "entry %d: %d after %d", j+1, c.Offset[j+1], c.Offset[j])
		}
		last := int32(-1)
		for _, i := range c.Column(j) {
			if i <= last || int(i) >= c.Rows {
				return bad("Cover.Row", "column %d: row %d after %d, of %d rows (want strictly ascending)", j, i, last, c.Rows)
			}
			last = i
		}
	}
	return nil
}

// validateAmounts checks that all are >= 0 and that their sum is at most MaxTotal.
func validateAmounts(field string, amounts []int64) error {
	var sum int64
	for k, v := range amounts {
		if v < 0 || v > MaxTotal {
			return bad(field, "entry %d: %d is out of range [0, %d]", k, v, MaxTotal)
		}
		if sum += v; sum > MaxTotal {
			return bad(field, "the sum exceeds %d", MaxTotal)
		}
	}
	return nil
}

// Options steer a solver. The zero value is ready for use.
type Options struct {
	Seed       uint64         // of the local search
	Iterations int            // budget: passes over all entries, of at least 16,384; the local search goes along. 0 = DefaultIterations
	Gap        float64        // stop when (bound - objective) / bound is at most this, 0..1. 0 = only when proved optimal
	Workers    int            // goroutines; the answer does not depend on it. 0 = 1
	Progress   func(Progress) // called now and then from the calling goroutine; nil = not
}

// Progress is how far a solver has come.
type Progress struct {
	Iteration int
	Objective int64
	Bound     float64
	Gap       float64
}

// DefaultIterations is the budget when Options.Iterations is 0; of a Rollout, whose passes are longer, a tenth of it.
const DefaultIterations = 10_000

// Validate reports every option that is out of range as *ProblemError (joined).
func (o Options) Validate() error {
	var errs []error
	if o.Iterations < 0 {
		errs = append(errs, bad("Options.Iterations", "%d is negative", o.Iterations))
	}
	if !(o.Gap >= 0 && o.Gap <= 1) {
		errs = append(errs, bad("Options.Gap", "%v is outside [0, 1]", o.Gap))
	}
	if o.Workers < 0 {
		errs = append(errs, bad("Options.Workers", "%d is negative", o.Workers))
	}
	return errors.Join(errs...)
}

func (o Options) iterations() int {
	if o.Iterations == 0 {
		return DefaultIterations
	}
	return o.Iterations
}

func (o Options) workers() int { return max(1, o.Workers) }

func (o Options) report(p Progress) {
	if o.Progress != nil {
		o.Progress(p)
	}
}

// Solution is the answer of a single-period model.
type Solution struct {
	Open       []int32 // columns to open, ascending
	Objective  int64   // in the model's unit: weight covered, cost, or weighted cost
	Bound      float64 // no solution has a better objective
	Gap        float64 // |Bound - Objective| / Bound; 0 when both are 0
	Status     Status
	Reason     Reason  // why it is infeasible
	Blocking   []int32 // the rows or columns that the reason is about, ascending; nil when it is about a number only
	Iterations int     // bound iterations used
}

// gapOf returns the relative distance of objective and bound.
func gapOf(objective int64, bound float64) float64 {
	d := math.Abs(bound - float64(objective))
	if d == 0 {
		return 0
	}
	return d / math.Max(math.Abs(bound), 1)
}

package geo

import (
	"errors"
	"fmt"
	"math"
)

// Metric is the unit an impedance is counted in. Values of different metrics are never compared: every product that holds
// impedances carries its metric, and mixing two is ErrMetric.
type Metric uint8

// The two metrics. The zero value is no metric at all, so that a forgotten one is found.
const (
	Metres  Metric = iota + 1 // impedances in thousandths of a metre
	Seconds                   // impedances in thousandths of a second
)

// String returns "m" or "s".
func (m Metric) String() string {
	switch m {
	case Metres:
		return "m"
	case Seconds:
		return "s"
	}
	return fmt.Sprintf("metric(%d)", uint8(m))
}

// ErrMetric is returned when metres meet seconds.
var ErrMetric = errors.New("geo: impedances of different metrics cannot be mixed")

// Impedance is a travel cost in thousandths of its metric's unit: millimetres or milliseconds. Integers make sums and
// comparisons exact and independent of the order of work. The largest finite value is about 4,294 km or 49 days.
type Impedance uint32

// Unreachable marks what cannot be reached, or not within the limit that was searched.
const Unreachable Impedance = math.MaxUint32

// ToImpedance converts metres or seconds to an impedance, rounding to the nearest thousandth. It returns Unreachable for
// values that are negative, not finite or too large: callers check their inputs first.
func ToImpedance(value float64) Impedance {
	v := math.Round(value * 1000)
	if !(v >= 0 && v < math.MaxUint32) {
		return Unreachable
	}
	return Impedance(v)
}

// Value returns the impedance in metres or seconds; +Inf for Unreachable.
func (i Impedance) Value() float64 {
	if i == Unreachable {
		return math.Inf(1)
	}
	return float64(i) / 1000
}

// Add returns i + j, and Unreachable when either is or when the sum does not fit.
func (i Impedance) Add(j Impedance) Impedance {
	s := uint64(i) + uint64(j)
	if s >= uint64(Unreachable) {
		return Unreachable
	}
	return Impedance(s)
}

// Limit is the service standard of a tier: the largest impedance that still counts as served.
type Limit struct {
	Metric Metric
	Max    Impedance
}

// Covers is the boundary rule, the only one in the house: covered means impedance <= limit. Equality counts.
func (l Limit) Covers(i Impedance) bool { return i <= l.Max && i != Unreachable }

// CostMatrix is the sparse matrix of impedances from demand to sites within a limit: row = site, column = demand point.
// It is the one product that coverage, siting and accessibility share. Entries of a row are sorted by column. Immutable.
type CostMatrix struct {
	Limit   Limit       // entries beyond it are absent
	Columns int         // number of demand points
	Offset  []int64     // len = rows+1; row r is [Offset[r], Offset[r+1])
	Column  []int32     // demand index, ascending within a row
	Cost    []Impedance // in Limit.Metric, parallel to Column
}

// Rows returns the number of sites.
func (m *CostMatrix) Rows() int { return len(m.Offset) - 1 }

// Row returns the demand indexes within reach of site r and their impedances. The slices are views: do not modify.
func (m *CostMatrix) Row(r int) ([]int32, []Impedance) {
	a, b := m.Offset[r], m.Offset[r+1]
	return m.Column[a:b], m.Cost[a:b]
}

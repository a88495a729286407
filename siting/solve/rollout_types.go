package solve

import (
	"errors"
)

// Unspent says what happens to money that a year does not spend.
type Unspent uint8

// The zero value is the rule of most public budgets.
const (
	Lapses      Unspent = iota // it is gone at the year's end
	CarriesOver                // it adds to the next year's money
)

// Values of RolloutProblem.Fixed beside the years.
const (
	Free   int32 = -1 // the solver decides
	Banned int32 = -2 // never opened
)

// Goal asks that the covered weight of a class reaches Amount at the end of Year. Rows that are covered from the start
// count. Goals are met as far as possible before anything else is maximised.
type Goal struct {
	Class  int32
	Year   int32
	Amount int64 // in the unit of the class's row weights; e.g. ceil(share x class weight)
	Weight int64 // what one missing unit counts against the missing units of other goals; > 0
}

// RolloutProblem asks what to open and in which year. Years are 0..len(Budget)-1. A column covers its rows from the end of
// the year it is opened in, for ever; a row is covered when one open column covers it.
//
//	x_jt = 1 if column j opens in year t;  y_it = 1 if row i is covered at the end of year t;  s_g = what goal g misses
//
//	first   min  sum_g Weight_g s_g
//	then    max  sum_t sum_i Value_class(i) w_i y_it
//	s.t.    y_it <= sum_{j covers i} sum_{u<=t} x_ju        (or covered from the start)
//	        sum_t x_jt <= 1,  x_jt = 0 for t < Earliest_j, fixed years kept (Needs does not bind a fixed column)
//	        sum_j c_j x_jt <= Budget_t                      (CarriesOver: sum_{u<=t} on both sides)
//	        sum_{j in S} sum_t x_jt <= 1                    for every conflict set S
//	        sum_{j in C} sum_{u<=Until_C} a_Cj x_ju <= Most_C  for every cap C
//	        sum_{u<=t} x_ju <= sum_{k in Needs_j} sum_{u<=t} x_ku   where Needs_j is not empty
//	        s_g >= Amount_g - sum_{i in class} w_i y_i,Year_g
//
// This is the multi-period maximal covering problem (Gunawardane, EJOR 10, 1982) with budgets and goals.
type RolloutProblem struct {
	Cover     Cover
	Class     []int32   // per row; nil = all rows are class 0
	Value     []int64   // per class: what one unit of covered weight counts in a year; >= 0. Its length is the number of classes
	Budget    []int64   // per year, >= 0. Its length is the number of years
	Unspent   Unspent   // default Lapses
	Earliest  []int32   // per column: first year in which it may open; nil = all 0
	Fixed     []int32   // per column: Free, Banned or the year it must open in; nil = all Free. Fixed columns spend their year's money
	Conflicts [][]int32 // at most one column of a set opens, ever. Ascending within a set
	Caps      []Cap     // what sets of columns come to at most
	Needs     [][]int32 // per column: one of these must open in the same year or before; empty = nothing needed. nil = none
	Covered   []bool    // per row: covered from the start; nil = none
	Goals     []Goal
}

// Years returns the number of years.
func (p *RolloutProblem) Years() int { return len(p.Budget) }

// Classes returns the number of classes.
func (p *RolloutProblem) Classes() int { return len(p.Value) }

// RolloutYear is where a rollout stands at the end of a year.
type RolloutYear struct {
	Spent   int64
	Covered []int64   // per class: weight covered, rows covered from the start included
	Bound   []float64 // per class: no plan with the money up to this year can cover more
	Value   int64     // sum over classes of Value x Covered
	Most    float64   // no plan with the money up to this year can have a larger Value
}

// RolloutSolution is a plan over the years.
type RolloutSolution struct {
	Year           []int32 // per column: the year it opens in, -1 = never
	Order          []int32 // opened columns by year, and within a year by what each adds per unit of cost, best first
	Years          []RolloutYear
	Missed         []int64 // per goal: what it misses
	Shortfall      int64   // sum over goals of Weight x missed
	ShortfallBound float64 // no plan has a smaller shortfall
	Objective      int64   // sum over years of Value
	Bound          float64 // no plan with a shortfall as small has a larger Objective
	Gap            float64 // (Bound - Objective) / Bound
	Status         Status  // Optimal: both shortfall and objective are proved best
	Reason         Reason  // why it is infeasible: only fixed columns can be the cause
	Blocking       []int32 // the fixed columns that the reason is about, ascending
	Iterations     int
}

// Validate reports every kind of fault of the problem as *ProblemError (joined).
func (p *RolloutProblem) Validate() error {
	errs := []error{p.Cover.Validate()}
	n := p.Cover.Columns()
	length := func(field string, got, want int) {
		if got != want {
			errs = append(errs, bad(field, "has %d entries, want %d", got, want))
		}
	}
	if p.Class != nil {
		length("Class", len(p.Class), p.Cover.Rows)
	}
	for i, c := range p.Class {
		if c < 0 || int(c) >= p.Classes() {
			errs = append(errs, bad("Class", "row %d: class %d of %d", i, c, p.Classes()))
			break
		}
	}
	if p.Class == nil && p.Cover.Rows > 0 && p.Classes() < 1 {
		errs = append(errs, bad("Value", "is empty: at least one class is needed"))
	}
	errs = append(errs, validateAmounts("Value", p.Value), validateAmounts("Budget", p.Budget))
	if p.Unspent > CarriesOver {
		errs = append(errs, bad("Unspent", "%d is unknown", p.Unspent))
	}
	if p.Earliest != nil {
		length("Earliest", len(p.Earliest), n)
	}
	if p.Fixed != nil {
		length("Fixed", len(p.Fixed), n)
	}
	if p.Covered != nil {
		length("Covered", len(p.Covered), p.Cover.Rows)
	}
	errs = append(errs, p.validateColumns(), p.validateSets(), p.validateCaps(), p.validateGoals())
	return errors.Join(errs...)
}

func (p *RolloutProblem) validateColumns() error {
	for j, t := range p.Earliest {
		if t < 0 {
			return bad("Earliest", "column %d: year %d is negative", j, t)
		}
	}
	for j, t := range p.Fixed {
		if t < Banned || int(t) >= p.Years() {
			return bad("Fixed", "column %d: year %d of %d", j, t, p.Years())
		}
	}
	return nil
}

func (p *RolloutProblem) validateSets() error {
	n := p.Cover.Columns()
	if err := validateAscending("Conflicts", p.Conflicts, n); err != nil {
		return err
	}
	if p.Needs != nil && len(p.Needs) != n {
		return bad("Needs", "has %d entries, want %d", len(p.Needs), n)
	}
	return validateAscending("Needs", p.Needs, n)
}

// validateAscending checks sets of columns.
func validateAscending(field string, sets [][]int32, columns int) error {
	for k, set := range sets {
		last := int32(-1)
		for _, j := range set {
			if j <= last || int(j) >= columns {
				return bad(field, "set %d: column %d after %d, of %d (want strictly ascending)", k, j, last, columns)
			}
			last = j
		}
	}
	return nil
}

// validateGoals also keeps weighted sums within MaxTotal, so that the solver cannot overflow.
func (p *RolloutProblem) validateGoals() error {
	for k, g := range p.Goals {
		if g.Class < 0 || int(g.Class) >= p.Classes() || g.Year < 0 || int(g.Year) >= p.Years() {
			return bad("Goals", "goal %d: class %d of %d, year %d of %d", k, g.Class, p.Classes(), g.Year, p.Years())
		}
		if g.Amount < 0 || g.Amount > MaxTotal || g.Weight <= 0 || g.Weight > MaxTotal {
			return bad("Goals", "goal %d: amount %d or weight %d is out of range", k, g.Amount, g.Weight)
		}
	}
	var miss, value float64
	for _, g := range p.Goals {
		miss += float64(g.Amount) * float64(g.Weight)
	}
	if miss > float64(MaxTotal) {
		return bad("Goals", "the sum of amount x weight exceeds %d", MaxTotal)
	}
	if len(p.Class) != p.Cover.Rows && p.Class != nil || p.Cover.Weight != nil && len(p.Cover.Weight) != p.Cover.Rows {
		return nil // reported elsewhere
	}
	for i := range p.Cover.Rows {
		c := 0
		if p.Class != nil {
			c = int(p.Class[i])
		}
		if c < 0 || c >= p.Classes() {
			return nil // reported elsewhere
		}
		value += float64(p.Cover.WeightOf(int32(i))) * float64(p.Value[c]) * float64(p.Years())
	}
	if value > float64(MaxTotal) {
		return bad("Value", "the sum of value x weight x years exceeds %d", MaxTotal)
	}
	return nil
}

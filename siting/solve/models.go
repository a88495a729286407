package solve

import (
	"errors"
)

// MaxCoverProblem asks for the columns that cover most weight for the money (MCLP).
//
//	max  sum_i w_i y_i
//	s.t. y_i <= sum_{j covers i} x_j,  sum_j c_j x_j <= Budget,  x, y in {0,1}
//
// Church & ReVelle, Papers of the Regional Science Association 32 (1974). With Cover.Cost nil, Budget is the number p of
// columns.
type MaxCoverProblem struct {
	Cover   Cover
	Budget  int64
	Fixed   []int32 // columns that must open; they spend money too
	Banned  []int32 // columns that must not open
	Covered []bool  // rows that are covered already and count in the objective; nil = none
}

// Validate reports every kind of fault of the problem as *ProblemError (joined).
func (p *MaxCoverProblem) Validate() error {
	errs := []error{p.Cover.Validate()}
	if p.Budget < 0 {
		errs = append(errs, bad("Budget", "%d is negative", p.Budget))
	}
	errs = append(errs, validateColumnSet("Fixed", p.Fixed, p.Cover.Columns()),
		validateColumnSet("Banned", p.Banned, p.Cover.Columns()))
	if p.Covered != nil && len(p.Covered) != p.Cover.Rows {
		errs = append(errs, bad("Covered", "has %d entries for %d rows", len(p.Covered), p.Cover.Rows))
	}
	return errors.Join(errs...)
}

func validateColumnSet(field string, set []int32, columns int) error {
	for _, j := range set {
		if j < 0 || int(j) >= columns {
			return bad(field, "column %d is outside [0, %d)", j, columns)
		}
	}
	return nil
}

// SetCoverProblem asks for the cheapest columns that cover all rows, or a share of their weight (LSCP and partial LSCP).
//
//	min  sum_j c_j x_j
//	s.t. sum_{j covers i} x_j >= 1 for all rows i          (Demand = 0)
//	     sum_i w_i y_i >= Demand, y_i <= sum_{j covers i} x_j   (Demand > 0)
//
// Toregas, Swain, ReVelle & Bergman, Operations Research 19 (1971); partial: Daskin & Owen, Geographical Analysis 31 (1999).
type SetCoverProblem struct {
	Cover   Cover
	Demand  int64   // weight to cover, rows covered already included; 0 = every row
	Fixed   []int32 // columns that must open; they cost too
	Banned  []int32 // columns that must not open
	Covered []bool  // rows that are covered already; nil = none
}

// Validate reports every kind of fault of the problem as *ProblemError (joined).
func (p *SetCoverProblem) Validate() error {
	errs := []error{p.Cover.Validate()}
	if p.Demand < 0 {
		errs = append(errs, bad("Demand", "%d is negative", p.Demand))
	}
	errs = append(errs, validateColumnSet("Fixed", p.Fixed, p.Cover.Columns()),
		validateColumnSet("Banned", p.Banned, p.Cover.Columns()))
	if p.Covered != nil && len(p.Covered) != p.Cover.Rows {
		errs = append(errs, bad("Covered", "has %d entries for %d rows", len(p.Covered), p.Cover.Rows))
	}
	return errors.Join(errs...)
}

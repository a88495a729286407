package solve

import "fmt"

// Reason says why a problem has no solution: a code, for those who tell it in the words of their field, and the numbers that
// belong to it. The zero value is no reason.
type Reason struct {
	Code ReasonCode
	Of   [3]int64
}

// ReasonCode tells the kinds of Reason apart.
type ReasonCode string

// The kinds of Reason, each with what its numbers are.
const (
	FixedBanned   ReasonCode = "fixed-banned"   // the column
	FixedConflict ReasonCode = "fixed-conflict" // how many fixed columns, the conflict set
	FixedBudget   ReasonCode = "fixed-budget"   // what the fixed columns cost, how much that is over the budget
	FixedCap      ReasonCode = "fixed-cap"      // what the fixed columns come to, the cap, what it allows
	FixedMoney    ReasonCode = "fixed-money"    // the year up to which the fixed columns cost more than the money
	FixedEarly    ReasonCode = "fixed-early"    // the column, its fixed year, its earliest
	TooFew        ReasonCode = "too-few"        // columns asked for, columns, rows
	Uncoverable   ReasonCode = "uncoverable"    // rows that no column covers
	ShortOfDemand ReasonCode = "short"          // what all columns cover, how much that is below the demand
)

var reasonText = map[ReasonCode]string{
	FixedBanned:   "column %[1]d is fixed and banned",
	FixedConflict: "%[1]d fixed columns are in conflict set %[2]d",
	FixedBudget:   "the fixed columns cost %[1]d, %[2]d more than the budget",
	FixedCap:      "the fixed columns come to %[1]d where cap %[2]d allows %[3]d",
	FixedMoney:    "the columns fixed up to year %[1]d cost more than the money",
	FixedEarly:    "column %[1]d is fixed to year %[2]d but cannot open before year %[3]d",
	TooFew:        "%[1]d of %[2]d columns cannot serve %[3]d rows",
	Uncoverable:   "no column covers %[1]d of the rows",
	ShortOfDemand: "all columns together cover %[1]d, %[2]d less than the demand",
}

// String tells the reason in English and in the solver's terms, "" for the zero value.
func (r Reason) String() string {
	if r.Code == "" {
		return ""
	}
	return fmt.Sprintf(reasonText[r.Code]+"%[4]s", r.Of[0], r.Of[1], r.Of[2], "")
}

// because makes a Reason; at most three numbers.
func because(code ReasonCode, of ...int64) (r Reason) {
	r.Code = code
	copy(r.Of[:], of)
	return r
}

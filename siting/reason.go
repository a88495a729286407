package siting

import (
	"fmt"
	"strings"

	"sitecover/siting/solve"
)

// Reason says why a plan or an answer is infeasible: a code, the pins to blame, and the numbers that belong to the code. Reports
// put it into words. The zero value is no reason.
type Reason struct {
	Code    ReasonCode
	Blocked []Blocked // the pins that are to blame, in the order of the candidates
	Of      []float64 // the numbers of the code
}

// Blocked is a pin that a Reason is about.
type Blocked struct {
	ID   string // the candidate's
	Tier string // "" where any tier would do
	Year int    // meaningless where Tier is ""
}

// ReasonCode tells the kinds of Reason apart. Those of solve.ReasonCode keep their names and their numbers.
type ReasonCode string

// Kinds of Reason beside those of the solver.
const (
	Unheld ReasonCode = "unheld" // no plan was found that has the money and the distance for the pins
	// ShareTooLarge: candidates do not reach enough people. Its numbers are the people who must newly be covered, those of them
	// whom candidates reach, the share asked for and the largest possible one.
	ShareTooLarge ReasonCode = "share"
)

// because is the solver's reason as one of siting's.
func because(r solve.Reason) Reason {
	if r.Code == "" {
		return Reason{}
	}
	return Reason{Code: ReasonCode(r.Code), Of: []float64{float64(r.Of[0]), float64(r.Of[1]), float64(r.Of[2])}}
}

// String tells code and pins, for tests and messages to developers.
func (r Reason) String() string {
	var b strings.Builder
	b.WriteString(string(r.Code))
	for _, p := range r.Blocked {
		b.WriteString(" " + p.String())
	}
	return b.String()
}

// String tells the pin as "host:M (r60, 2027)".
func (b Blocked) String() string {
	if b.Tier == "" {
		return b.ID
	}
	return fmt.Sprintf("%s (%s, %d)", b.ID, b.Tier, b.Year)
}

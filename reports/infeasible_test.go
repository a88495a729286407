package reports

import (
	"strings"
	"testing"

	"sitecover/siting"
	"sitecover/siting/solve"
)

// Every kind of reason is told in both languages, with its pins and its numbers and without the solver's columns and rows.
func TestInfeasibleInBothLanguages(t *testing.T) {
	for _, code := range []siting.ReasonCode{
		siting.Unheld, siting.ShareTooLarge, siting.ReasonCode(solve.FixedBanned), siting.ReasonCode(solve.FixedConflict),
		siting.ReasonCode(solve.FixedBudget), siting.ReasonCode(solve.FixedCap), siting.ReasonCode(solve.FixedMoney), siting.ReasonCode(solve.FixedEarly),
		siting.ReasonCode(solve.TooFew), siting.ReasonCode(solve.Uncoverable), siting.ReasonCode(solve.ShortOfDemand),
	} {
		zh, en := Infeasible(siting.Reason{Code: code, Of: []float64{1, 2, 3, 4}})
		if zh == "" || en == "" || en == string(code) || strings.ContainsAny(zh, "abcdefghijklmnopqrstuvwxyz") ||
			strings.Contains(en, "column") || strings.Contains(en, "row") {
			t.Errorf("%s: %q, %q", code, zh, en)
		}
	}
	zh, en := Infeasible(siting.Reason{Code: siting.ReasonCode(solve.FixedMoney), Of: []float64{1, 0, 0},
		Blocked: []siting.Blocked{{ID: "host:M", Tier: "r60", Year: 2027}, {ID: "cell:1"}}})
	if en != "pinned host:M (r60, 2027), cell:1: more than the money" || zh != "指定的 host:M (r60, 2027)、cell:1：花费超过经费" {
		t.Errorf("%q, %q", zh, en)
	}
	if zh, en := Infeasible(siting.Reason{}); zh != "" || en != "" {
		t.Errorf("no reason is told as %q, %q", zh, en)
	}
}

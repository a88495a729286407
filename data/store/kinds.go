package store

import (
	"slices"

	"sitecover/data/standard"
	"sitecover/siting"
)

// Kinds lists the kinds of events that every workspace has, in the order in which they usually come.
func Kinds() []EventKind {
	return []EventKind{Planned, Declared, Reviewed, Approved, Tendered, Building, Accepted, Paid, OverrunApproved, ChangeApproved, Withdrawn,
		Opened, Upgraded, Moved, Closed, Assessed, Corrected, Undone}
}

// steps are the states of a project without a standard.
var steps = []EventKind{Planned, Declared, Reviewed, Approved, Tendered, Building, Accepted, Paid}

// rules are the process of a standard, ready to be asked.
type rules struct {
	step        map[EventKind]int         // kinds that are states of a project, with their place in the order
	needs       map[EventKind][]EventKind // states that must have been reached before
	clause      map[EventKind]string
	begins      map[EventKind]bool // states that begin a project
	last        EventKind
	overBudget  *standard.GateRule
	planChanged *standard.GateRule
	tender      *standard.GateRule // a contract above its amount needs a tender
}

// newRules takes the process of a standard; nil has the usual states in any order.
func newRules(p *standard.Process) *rules {
	r := &rules{step: map[EventKind]int{}, needs: map[EventKind][]EventKind{}, clause: map[EventKind]string{}, begins: map[EventKind]bool{Planned: true, Declared: true}}
	for i, k := range steps {
		r.step[k] = i
	}
	if p == nil {
		return r
	}
	for i, s := range p.States {
		k := EventKind(s.ID)
		r.step[k], r.clause[k], r.last = len(steps)+i, s.Clause, k
		for _, need := range s.Needs {
			r.needs[k] = append(r.needs[k], EventKind(need))
		}
		if len(s.Needs) == 0 {
			r.begins[k] = true
		}
	}
	for i := range p.Rules {
		rule := &p.Rules[i]
		switch rule.When {
		case "over_budget":
			r.overBudget = rule
		case "plan_changed":
			r.planChanged = rule
		case "contract_over":
			r.tender = rule
		}
	}
	return r
}

// known reports whether events may be of the kind.
func (r *rules) known(k EventKind) bool {
	_, step := r.step[k]
	return step || slices.Contains(Kinds(), k)
}

// tenderOver returns the amount above which a contract needs a tender; ok is false when none does.
func (r *rules) tenderOver() (siting.Yuan, bool) {
	if r.tender == nil {
		return 0, false
	}
	return siting.Yuan(r.tender.Over), true
}

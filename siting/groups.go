package siting

import (
	"errors"
	"fmt"
)

// GroupWeight makes the members of a group of people count more in the objective: each as so many people. Targets, coverage and every
// number of people that is reported stay unweighted.
type GroupWeight struct {
	Group  int     // index of the World's Demand.Groups
	Weight float64 // of a member, against 1 of everybody else; 1 to 10
}

// maxGroupWeight keeps weighted sums in the solver's range.
const maxGroupWeight = 10

func validateGroups(w *World, groups []GroupWeight) error {
	var errs []error
	seen := map[int]bool{}
	for k, g := range groups {
		if g.Group < 0 || g.Group >= len(w.Demand.Groups) {
			errs = append(errs, fmt.Errorf("siting: Groups[%d].Group %d of %d", k, g.Group, len(w.Demand.Groups)))
			continue
		}
		if seen[g.Group] {
			errs = append(errs, fmt.Errorf("siting: Groups[%d]: %s has two weights", k, w.Demand.Groups[g.Group].ID))
		}
		seen[g.Group] = true
		if !(g.Weight >= 1 && g.Weight <= maxGroupWeight) {
			errs = append(errs, fmt.Errorf("siting: Groups[%d].Weight %v: want 1 to %d", k, g.Weight, maxGroupWeight))
		}
	}
	return errors.Join(errs...)
}

// extra is what the members at a demand point count beside one each, in people. Who belongs to several groups counts for each.
func extra(w *World, groups []GroupWeight, d int) (people float64) {
	for _, g := range groups {
		people += float64((g.Weight - 1) * w.Demand.Groups[g.Group].People[d].Float())
	}
	return people
}

// groupWorth lists the demand points of a tier whose members count more, each with the columns that would newly serve it.
func (m *model) groupWorth(t int) ask {
	a := ask{kind: askGroup, tier: t}
	if len(m.p.Groups) == 0 {
		return a
	}
	row := make([]int32, m.w.Demand.Len()) // row of the ask + 1
	service := &m.w.Coverage.Services[t]
	for j, c := range m.columns {
		if c.tier != t {
			continue
		}
		demand, _ := m.set.Reach[t].Row(c.row)
		for _, d := range demand {
			if row[d] == 0 {
				worth := extra(m.w, m.p.Groups, int(d))
				if service.Covered(int(d)) || worth == 0 {
					row[d] = -1
					continue
				}
				a.rows = append(a.rows, askRow{worth: worth})
				row[d] = int32(len(a.rows))
			}
			if row[d] > 0 {
				at := &a.rows[row[d]-1]
				at.columns = append(at.columns, int32(j))
			}
		}
	}
	return a
}

// Weighted returns what people at demand points count with the weights of groups, in people.
func Weighted(w *World, groups []GroupWeight, d int) float64 {
	return w.Demand.People[d].Float() + extra(w, groups, d)
}

package siting

import (
	"errors"
	"fmt"
	"slices"

	"sitecover/siting/solve"
)

// Pin asks that a plan holds a site. It spends money like any other, and no rule may forbid it.
type Pin struct {
	Candidate string // ID
	Tier      int    // AllTiers = whichever tier is best; the year must then be open too
	Year      int    // whose money pays for it; 0 = whichever year is best
}

// pin finds the columns of the pins and of the bans.
func (m *model) pin() error {
	if len(m.p.Pins)+len(m.p.Bans) == 0 {
		return nil
	}
	m.pinned = make([]int32, len(m.columns))
	for j := range m.pinned {
		m.pinned[j] = solve.Free
	}
	of := m.columnsByID()
	var errs []error
	for k, id := range m.p.Bans {
		if _, err := m.candidateColumns(of, Pin{Candidate: id, Tier: AllTiers}); err != nil {
			errs = append(errs, fmt.Errorf("siting: Bans[%d]: %w", k, err))
			continue
		}
		for _, j := range of[id] {
			m.pinned[j] = solve.Banned
		}
	}
	for k, pin := range m.p.Pins {
		if err := m.pinOne(of, pin); err != nil {
			errs = append(errs, fmt.Errorf("siting: Pins[%d]: %w", k, err))
		}
	}
	return errors.Join(errs...)
}

// columnsByID lists the columns of every candidate, tiers ascending.
func (m *model) columnsByID() map[string][]int32 {
	of := make(map[string][]int32, len(m.set.All))
	for j, c := range m.columns {
		id := m.set.All[c.candidate].ID
		of[id] = append(of[id], int32(j))
	}
	return of
}

// pinOne fixes the column of a pin to its year, or asks for one of its columns in any year.
func (m *model) pinOne(of map[string][]int32, pin Pin) error {
	columns, err := m.candidateColumns(of, pin)
	if err != nil {
		return err
	}
	taken := func(j int32) bool {
		return m.pinned[j] >= 0 || slices.ContainsFunc(m.loose, func(r askRow) bool { return slices.Contains(r.columns, j) })
	}
	if slices.ContainsFunc(columns, taken) {
		return fmt.Errorf("%q is pinned twice", pin.Candidate)
	}
	if m.pinned[columns[0]] == solve.Banned {
		return fmt.Errorf("%q is pinned and banned", pin.Candidate)
	}
	if pin.Year == 0 {
		m.loose = append(m.loose, askRow{id: pin.Candidate, columns: columns})
		return nil
	}
	if pin.Tier == AllTiers {
		return fmt.Errorf("%q: a year without a tier", pin.Candidate)
	}
	year := pin.Year - m.first
	if year < 0 || year >= m.years {
		return fmt.Errorf("%q: no money in %d", pin.Candidate, pin.Year)
	}
	m.pinned[columns[0]] = int32(year)
	return nil
}

// candidateColumns returns the columns that a pin names; the error says why there are none.
func (m *model) candidateColumns(of map[string][]int32, pin Pin) ([]int32, error) {
	columns := slices.Clone(of[pin.Candidate])
	if pin.Tier != AllTiers {
		columns = slices.DeleteFunc(columns, func(j int32) bool { return m.columns[j].tier != pin.Tier })
	}
	if len(columns) > 0 {
		return columns, nil
	}
	if pin.Tier == AllTiers {
		return nil, fmt.Errorf("%q is no candidate%s", pin.Candidate, m.whyNot(pin))
	}
	return nil, fmt.Errorf("%q is no candidate for tier %d%s", pin.Candidate, pin.Tier, m.whyNot(pin))
}

// whyNot tells why a pin was rejected as a candidate, "" when it was never considered.
func (m *model) whyNot(pin Pin) string {
	for _, r := range m.set.Rejected {
		if r.ID == pin.Candidate && (r.Tier == pin.Tier || r.Tier == AllTiers || pin.Tier == AllTiers) {
			return fmt.Sprintf(": rejected for %s (%s)", r.Reason, r.Detail)
		}
	}
	return ""
}

// pins tells whether column j is asked for by a pin.
func (m *model) pins(j int32) bool {
	return m.pinned != nil && m.pinned[j] >= 0 ||
		slices.ContainsFunc(m.loose, func(r askRow) bool { return slices.Contains(r.columns, j) })
}

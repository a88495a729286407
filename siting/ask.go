package siting

import (
	"math"

	"sitecover/siting/solve"
)

// ask is a class of rows of its own, beside the people and the owner-level regions of the tiers: what a plan is asked for
// that is neither. A row counts once, as soon as one of its columns is open.
type ask struct {
	kind   askKind
	tier   int // whose weight the rows count with, AllTiers = none
	rows   []askRow
	goals  []askGoal
	weight float64 // what one missing row counts, in people of weight 1; pins outweigh all others
}

// askGoal is how many rows must count at the end of a year.
type askGoal struct {
	need int64
	year int32 // the solver's; negative = before any money
}

// askRow is what several columns can each fulfil.
type askRow struct {
	id      string  // for messages
	columns []int32 // ascending
	worth   float64 // people, for asks that are worth something
}

// askKind says what an ask is about.
type askKind uint8

const (
	askPrefer  askKind = iota // preferred candidates: one row each, worth something
	askUpgrade                // upgrades of existing sites: a share must count
	askFair                   // regions that shall get something: all must count
	askPilot                  // pilots: all must count with the first money
	askGroup                  // people of groups who count more: one row a demand point, worth what they count beside one
	askPin                    // pins that leave the year or the tier open: all must count in the end
)

// valued reports whether the rows of an ask are worth something by themselves.
func (a *ask) valued() bool { return a.kind == askPrefer || a.kind == askGroup }

// asks lists the asks of the problem.
func (m *model) asks() (asks []ask) {
	for t := range m.w.Tiers {
		if a := m.preferred(t); len(a.rows) > 0 {
			asks = append(asks, a)
		}
	}
	for t := range m.w.Tiers {
		if a := m.groupWorth(t); len(a.rows) > 0 {
			asks = append(asks, a)
		}
	}
	for t := range m.w.Tiers {
		if a := m.upgrades(t); len(a.goals) > 0 {
			m.upgradeAsk[t] = len(asks)
			asks = append(asks, a)
		}
	}
	if a := m.fair(); len(a.rows) > 0 {
		asks = append(asks, a)
	}
	asks = append(asks, m.quotaAsks()...)
	if len(m.pilots.rows) > 0 {
		asks = append(asks, m.pilots)
	}
	if len(m.loose) > 0 {
		asks = append(asks, ask{kind: askPin, tier: AllTiers, rows: m.loose, goals: []askGoal{{int64(len(m.loose)), int32(m.years - 1)}}})
	}
	return asks
}

// preferred lists the columns of a tier that its Prefer is about.
func (m *model) preferred(t int) ask {
	a := ask{kind: askPrefer, tier: t}
	prefer := &m.p.Rules[t].Prefer
	if prefer.Worth == 0 || prefer.Place == nil {
		return a
	}
	near := placesOf(m.w, prefer.Place.Kinds)
	m.likes = append(m.likes, make([]bool, len(m.columns)-len(m.likes))...)
	for j, c := range m.columns {
		if c.tier == t && len(near.within(m.point(int32(j)), upTo(prefer.Place.Within))) > 0 {
			a.rows = append(a.rows, askRow{id: m.set.All[c.candidate].ID, columns: []int32{int32(j)}, worth: prefer.Worth})
			m.likes[j] = true
		}
	}
	return a
}

// upgrades states the targets of upgraded sites of a tier. A missing one counts as much as a missing region, or as many
// people as a site has on average where no region level owns them.
func (m *model) upgrades(t int) ask {
	open := int64(len(m.w.upgradable(t)))
	a := ask{kind: askUpgrade, tier: t, weight: m.w.Coverage.Total[t].People.Float() / float64(max(1, m.w.Coverage.Total[t].Required, int(open)))}
	for _, target := range m.p.Targets {
		if target.Tier == t && target.Upgraded > 0 {
			if n := need(target.Upgraded, open); n > 0 {
				a.goals = append(a.goals, askGoal{n, int32(target.Year - m.p.Options.LeadYears - m.first)})
			}
		}
	}
	if len(a.goals) == 0 {
		return a
	}
	for j, c := range m.columns {
		if c.tier == t && m.set.All[c.candidate].Way == Upgrade {
			a.rows = append(a.rows, askRow{id: m.set.All[c.candidate].ID, columns: []int32{int32(j)}})
		}
	}
	return a
}

// fair lists the regions of the level that shall get something, with the columns in them. A missing one counts as the mean
// people of a region of the level.
func (m *model) fair() ask {
	a := ask{kind: askFair, tier: AllTiers}
	if m.p.Fair == nil {
		return a
	}
	columns := map[int32][]int32{}
	for j, c := range m.columns {
		if r := m.fairRegion(c.candidate); r >= 0 {
			columns[r] = append(columns[r], int32(j))
		}
	}
	for _, r := range m.fairRegions() {
		if len(columns[r]) > 0 {
			a.rows = append(a.rows, askRow{id: m.w.Regions.All[r].ID, columns: columns[r]})
		}
	}
	a.weight = m.everybody() / float64(max(1, len(a.rows)))
	a.goals = []askGoal{{int64(len(a.rows)), int32(m.p.Fair.Year - m.p.Options.LeadYears - m.first)}}
	return a
}

// fairRegion returns the region of Fair's level that a candidate stands in, -1 = none.
func (m *model) fairRegion(candidate int32) int32 {
	if r := m.set.All[candidate].Region; r >= 0 {
		return m.w.Regions.Ancestor(r, m.p.Fair.Level)
	}
	return -1
}

// fairRegions lists the regions of Fair's level.
func (m *model) fairRegions() []int32 { return m.regionsOf(m.p.Fair.Level) }

// class returns the class of an ask.
func (m *model) class(k int) int32 { return int32(2*len(m.w.Tiers) + k) }

// askScale fills in what the asks count in the solver's units. perPerson is the number of units in a person.
func (m *model) askScale(s *scale, perPerson float64, factor func(t int) float64) {
	for k := range m.asked {
		a := &m.asked[k]
		f := 1.0
		if a.tier >= 0 {
			f = factor(a.tier)
		}
		value := int64(0)
		if a.valued() {
			value = 1
		}
		s.value = append(s.value, value)
		s.miss = append(s.miss, max(1, int64(math.Round(f*a.weight*perPerson))))
		s.ask = append(s.ask, f*perPerson)
	}
}

// askWeight is the solver's weight of a row of an ask.
func (m *model) askWeight(s *scale, k int, r *askRow) int64 {
	if !m.asked[k].valued() {
		return 1
	}
	return int64(math.Round(r.worth * s.ask[k]))
}

// askLargest adds the largest sums of the asks to those of people and regions, and fixes the weight of a missing pin: it
// outweighs everything else together.
func (m *model) askLargest(s *scale, objective, shortfall float64) (float64, float64) {
	pins := -1
	for k := range m.asked {
		a := &m.asked[k]
		for i := range a.rows {
			objective += float64(m.years) * float64(m.askWeight(s, k, &a.rows[i])) * float64(s.value[m.class(k)])
		}
		if a.kind == askPin {
			pins = k
			continue
		}
		for _, g := range a.goals {
			shortfall += float64(g.need) * float64(s.miss[m.class(k)])
		}
	}
	if pins >= 0 {
		s.miss[m.class(pins)] = int64(min(shortfall, float64(solve.MaxTotal))) + 1
		shortfall += float64(len(m.loose)) * (shortfall + 1)
	}
	return objective, shortfall
}

// askRows numbers the rows of the asks, and lists per column those that it fulfils.
func (m *model) askRows(add func(class int, weight int64) int32) {
	m.fulfils = make(map[int32][]int32)
	for k := range m.asked {
		a := &m.asked[k]
		for i := range a.rows {
			row := add(int(m.class(k)), m.askWeight(&m.scale, k, &a.rows[i]))
			for _, j := range a.rows[i].columns {
				m.fulfils[j] = append(m.fulfils[j], row)
			}
		}
	}
}

// askGoals states the goals of the asks.
func (m *model) askGoals() (goals []solve.Goal) {
	for k := range m.asked {
		for _, g := range m.asked[k].goals {
			if g.year >= 0 {
				goals = append(goals, solve.Goal{Class: m.class(k), Year: g.year, Amount: g.need, Weight: m.scale.miss[m.class(k)]})
			}
		}
	}
	return goals
}

// unheld says which pins a solution does not hold, nothing when it holds all.
func (m *model) unheld(sol *solve.RolloutSolution) Reason {
	var loose []Blocked
	for _, r := range m.loose {
		held := false
		for _, j := range r.columns {
			held = held || sol.Year[j] >= 0
		}
		if !held {
			loose = append(loose, Blocked{ID: r.id})
		}
	}
	if loose == nil {
		return Reason{}
	}
	return Reason{Code: Unheld, Blocked: loose}
}

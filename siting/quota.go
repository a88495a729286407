package siting

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"sitecover/siting/solve"
)

// Quota limits what the plan gives to regions of a level, each by itself. It counts new sites, not upgrades; money counts for both.
type Quota struct {
	Level   int     // index of the World's levels
	Regions []int32 // of the level; nil = all of them
	Tier    int     // AllTiers = sites of all tiers together
	Min     int     // new sites at least; 0 = not asked
	Max     int     // new sites at most; negative = not asked
	Money   Yuan    // 元 at most; negative = not asked
	Year    int     // by whose end Min must be open, and up to which Max and Money count; 0 = over the whole plan
}

// NoQuota asks for nothing; set what is asked.
func NoQuota(level int) Quota { return Quota{Level: level, Tier: AllTiers, Max: -1, Money: -1} }

// QuotaState is where a region stands under a quota when the plan is followed.
type QuotaState struct {
	Quota  int // index into Problem.Quotas
	Region int32
	Sites  int // new ones that count
	Money  Yuan
	// Possible is how many new sites the region could have at most, by its candidates, the caps of this quota and all the money
	// alone: below Quota.Min no plan meets it.
	Possible int
}

// Short reports whether the region has fewer sites than the quota asks for.
func (s *QuotaState) Short(q *Quota) bool { return s.Sites < q.Min }

// Pilots come first: each gets a site with the first year's money.
type Pilots struct {
	Regions    []int32  // one new or upgraded site in each
	Candidates []string // IDs; each opens, for whichever tier
}

func (p *Problem) validateQuotas() error {
	var errs []error
	for k := range p.Quotas {
		q := &p.Quotas[k]
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("siting: Quotas[%d]."+format, append([]any{k}, args...)...))
		}
		if q.Level < 0 || q.Level >= len(p.World.Regions.Levels) {
			bad("Level %d of %d", q.Level, len(p.World.Regions.Levels))
			continue
		}
		for _, r := range q.Regions {
			if r < 0 || int(r) >= len(p.World.Regions.All) || p.World.Regions.All[r].Level != q.Level {
				bad("Regions: %d is no region of level %s", r, p.World.Regions.Levels[q.Level].ID)
			}
		}
		if q.Tier != AllTiers && (q.Tier < 0 || q.Tier >= len(p.World.Tiers)) {
			bad("Tier %d of %d", q.Tier, len(p.World.Tiers))
		}
		if q.Min < 0 || q.Max >= 0 && q.Max < q.Min {
			bad("Min %d: want 0 to Max %d", q.Min, q.Max)
		}
		if q.Min == 0 && q.Max < 0 && q.Money < 0 {
			bad("Min, Max and Money are all left open")
		}
	}
	if p.Pilots != nil {
		for _, r := range p.Pilots.Regions {
			if r < 0 || int(r) >= len(p.World.Regions.All) {
				errs = append(errs, fmt.Errorf("siting: Pilots.Regions: %d of %d regions", r, len(p.World.Regions.All)))
			}
		}
	}
	return errors.Join(errs...)
}

// quotaRegions lists the regions of a quota, ascending.
func (m *model) quotaRegions(q *Quota) []int32 {
	if q.Regions != nil {
		return slices.Compact(slices.Sorted(slices.Values(q.Regions)))
	}
	return m.regionsOf(q.Level)
}

// quotaColumns lists, per region of a quota, its columns: those of new sites, or with upgrades too.
func (m *model) quotaColumns(q *Quota, upgrades bool) map[int32][]int32 {
	out := map[int32][]int32{}
	for _, r := range m.quotaRegions(q) {
		out[r] = nil
	}
	for j, c := range m.columns {
		at := &m.set.All[c.candidate]
		if at.Region < 0 || q.Tier != AllTiers && q.Tier != c.tier || at.Way == Upgrade && !upgrades {
			continue
		}
		r := m.w.Regions.Ancestor(at.Region, q.Level)
		if _, ok := out[r]; ok {
			out[r] = append(out[r], int32(j))
		}
	}
	return out
}

// until is the last of the solver's years that a quota counts, negative when that is before any money.
func (m *model) until(q *Quota) int {
	if q.Year == 0 {
		return m.years - 1
	}
	return min(q.Year-m.p.Options.LeadYears-m.first, m.years-1)
}

// caps states what the quotas allow at most.
func (m *model) caps() (caps []solve.Cap) {
	for k := range m.p.Quotas {
		q := &m.p.Quotas[k]
		until := int32(m.until(q))
		if until < 0 {
			continue
		}
		if q.Max >= 0 {
			columns := m.quotaColumns(q, false)
			for _, r := range m.quotaRegions(q) {
				if len(columns[r]) > q.Max {
					caps = append(caps, solve.Cap{Columns: columns[r], Most: int64(q.Max), Until: until})
				}
			}
		}
		if q.Money >= 0 {
			columns := m.quotaColumns(q, true)
			for _, r := range m.quotaRegions(q) {
				if len(columns[r]) == 0 {
					continue
				}
				c := solve.Cap{Columns: columns[r], Most: int64(q.Money), Until: until}
				for _, j := range c.Columns {
					c.Amount = append(c.Amount, int64(m.cost(m.columns[j])))
				}
				caps = append(caps, c)
			}
		}
	}
	return caps
}

// quotaAsks states what the quotas ask at least. A missing site counts as the mean people of a region of the level.
func (m *model) quotaAsks() (asks []ask) {
	for k := range m.p.Quotas {
		q := &m.p.Quotas[k]
		if q.Min == 0 {
			continue
		}
		columns, regions := m.quotaColumns(q, false), m.quotaRegions(q)
		weight := m.everybody() / float64(max(1, len(m.regionsOf(q.Level))))
		if q.Min == 1 {
			a := ask{kind: askFair, tier: AllTiers, weight: weight}
			for _, r := range regions {
				if len(columns[r]) > 0 {
					a.rows = append(a.rows, askRow{id: m.w.Regions.All[r].ID, columns: columns[r]})
				}
			}
			a.goals = []askGoal{{int64(len(a.rows)), int32(m.until(q))}}
			asks = append(asks, a)
			continue
		}
		for _, r := range regions {
			a := ask{kind: askFair, tier: AllTiers, weight: weight, rows: m.perCandidate(columns[r])}
			a.goals = []askGoal{{int64(min(q.Min, len(a.rows))), int32(m.until(q))}}
			asks = append(asks, a)
		}
	}
	return slices.DeleteFunc(asks, func(a ask) bool { return len(a.rows) == 0 })
}

// perCandidate makes a row of each candidate's columns: it holds one tier.
func (m *model) perCandidate(columns []int32) (rows []askRow) {
	for k, j := range columns {
		if c := m.columns[j].candidate; k == 0 || m.columns[columns[k-1]].candidate != c {
			rows = append(rows, askRow{id: m.set.All[c].ID})
		}
		at := &rows[len(rows)-1]
		at.columns = append(at.columns, j)
	}
	return rows
}

// pilotAsk asks for the pilots with the first year's money. A missing one counts as everybody.
func (m *model) pilotAsk() (ask, error) {
	a := ask{kind: askPilot, tier: AllTiers, weight: m.everybody()}
	if m.p.Pilots == nil {
		return a, nil
	}
	var errs []error
	of := m.columnsByID()
	for _, id := range m.p.Pilots.Candidates {
		columns, err := m.candidateColumns(of, Pin{Candidate: id, Tier: AllTiers})
		if err != nil {
			errs = append(errs, fmt.Errorf("siting: Pilots: %w", err))
			continue
		}
		a.rows = append(a.rows, askRow{id: id, columns: columns})
	}
	for _, r := range m.p.Pilots.Regions {
		row := askRow{id: m.w.Regions.All[r].ID}
		for j, c := range m.columns {
			if at := m.set.All[c.candidate].Region; at >= 0 && m.w.Regions.Ancestor(at, m.w.Regions.All[r].Level) == r {
				row.columns = append(row.columns, int32(j))
			}
		}
		if len(row.columns) > 0 {
			a.rows = append(a.rows, row)
		}
	}
	a.goals = []askGoal{{int64(len(a.rows)), 0}}
	return a, errors.Join(errs...)
}

// everybody is the number of people, at least 1.
func (m *model) everybody() (people float64) {
	for _, n := range m.w.Demand.People {
		people += n.Float()
	}
	return math.Max(1, people)
}

// regionsOf lists the regions of a level.
func (m *model) regionsOf(level int) (out []int32) {
	for i := range m.w.Regions.All {
		if m.w.Regions.All[i].Level == level {
			out = append(out, int32(i))
		}
	}
	return out
}

// findQuotas tells where every region stands under the quotas, and which pilots do not come first.
func (m *model) findQuotas(out *Plan, sol *solve.RolloutSolution) {
	for k := range m.p.Quotas {
		q := &m.p.Quotas[k]
		until := m.until(q)
		sites, all := m.quotaColumns(q, false), m.quotaColumns(q, true)
		for _, r := range m.quotaRegions(q) {
			s := QuotaState{Quota: k, Region: r, Possible: m.possible(q, sites[r])}
			for _, j := range sites[r] {
				if t := sol.Year[j]; t >= 0 && int(t) <= until {
					s.Sites++
				}
			}
			for _, j := range all[r] {
				if t := sol.Year[j]; t >= 0 && int(t) <= until {
					s.Money += m.cost(m.columns[j])
				}
			}
			out.Quotas = append(out.Quotas, s)
		}
	}
	if m.p.Pilots == nil {
		return
	}
	first := map[string]bool{}
	inRegion := map[int32]bool{}
	for j, t := range sol.Year {
		if t != 0 {
			continue
		}
		c := &m.set.All[m.columns[j].candidate]
		first[c.ID] = true
		for r := c.Region; r >= 0; r = m.w.Regions.All[r].Parent {
			inRegion[r] = true
		}
	}
	late := Pilots{}
	for _, id := range m.p.Pilots.Candidates {
		if !first[id] {
			late.Candidates = append(late.Candidates, id)
		}
	}
	for _, r := range m.p.Pilots.Regions {
		if !inRegion[r] {
			late.Regions = append(late.Regions, r)
		}
	}
	if len(late.Candidates)+len(late.Regions) > 0 {
		out.Late = &late
	}
}

// possible is the most new sites that a region can have under a quota: its cheapest candidates for all the money up to then.
func (m *model) possible(q *Quota, columns []int32) int {
	var costs []Yuan
	for _, row := range m.perCandidate(columns) {
		least := Yuan(math.MaxInt64)
		for _, j := range row.columns {
			least = min(least, m.cost(m.columns[j]))
		}
		costs = append(costs, least)
	}
	slices.Sort(costs)
	var money Yuan
	for _, b := range m.p.Budgets {
		if b.Year-m.first <= m.until(q) {
			money += b.Money
		}
	}
	if q.Money >= 0 {
		money = min(money, q.Money)
	}
	n := 0
	for n < len(costs) && (q.Max < 0 || n < q.Max) && costs[n] <= money {
		money -= costs[n]
		n++
	}
	return n
}

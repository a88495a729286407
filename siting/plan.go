package siting

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/siting/solve"
)

// plan reads the solver's answer back: what opens when, whom it serves, and what is reached by the end of every year.
func (m *model) plan(sol *solve.RolloutSolution) *Plan {
	out := &Plan{
		Candidates: m.set.All, Rejected: m.set.Rejected, Considered: m.set.Considered,
		Status: Status(sol.Status), Reason: m.reason(sol),
		Objective: float64(sol.Objective) / m.scale.one, Bound: sol.Bound / m.scale.one, Gap: sol.Gap, Shortfall: sol.Shortfall,
		Iterations: sol.Iterations, Seed: m.p.Options.Solve.Seed, LeadYears: m.p.Options.LeadYears, Weights: m.weights, Groups: m.p.Groups,
	}
	m.findLimits(out)
	if out.Reason.Code != "" {
		out.Status = Infeasible
	}
	if out.Status == Infeasible {
		return out
	}
	s := m.standing()
	chosen := m.chosen(sol)
	for _, j := range sol.Order {
		out.Picks = append(out.Picks, m.pick(s, chosen, j, m.first+int(sol.Year[j])))
	}
	m.fillYears(out, sol)
	m.findMisses(out)
	m.findUnfair(out)
	m.findQuotas(out, sol)
	out.Loads = loads(m.w, m.set, m.p.Rules, out)
	return out
}

// findUnfair lists the regions that get nothing by the year of Fair.
func (m *model) findUnfair(out *Plan) {
	if m.p.Fair == nil {
		return
	}
	served := map[int32]bool{}
	for i := range out.Picks {
		if p := &out.Picks[i]; p.OpenYear <= m.p.Fair.Year {
			served[m.fairRegion(int32(p.Candidate))] = true
		}
	}
	for _, r := range m.fairRegions() {
		if !served[r] {
			out.Unfair = append(out.Unfair, r)
		}
	}
}

// findLimits tells what no money can change, and what the plan does not know.
func (m *model) findLimits(out *Plan) {
	end := time.Date(m.first+m.years+m.p.Options.LeadYears, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range m.w.Sites {
		s := &m.w.Sites[i]
		within := func(day time.Time) bool { return !day.IsZero() && day.After(m.w.Date) && day.Before(end) }
		if within(s.Opened) || within(s.Closed) {
			out.Changing = append(out.Changing, int32(i))
		}
	}
	placed := make([]map[int32]bool, len(m.w.Tiers))
	for t := range placed {
		placed[t] = map[int32]bool{}
		total := &m.w.Coverage.Total[t]
		out.OutOfReach = append(out.OutOfReach, total.People-total.Covered-m.reachable(t))
	}
	for _, c := range m.columns {
		placed[c.tier][m.owner(c.candidate, c.tier)] = true
	}
	out.NoPlace = make([][]int32, len(m.w.Tiers))
	for t := range out.NoPlace {
		for _, region := range m.w.Coverage.Blank[t] {
			if !placed[t][region] {
				out.NoPlace[t] = append(out.NoPlace[t], region)
			}
		}
		slices.Sort(out.NoPlace[t])
	}
}

// reachable returns how many people nobody serves today and some candidate of the tier reaches.
func (m *model) reachable(t int) coverage.People {
	var sum coverage.People
	for d, row := range m.rowOf[t] {
		if row >= 0 {
			sum += m.w.Demand.People[d]
		}
	}
	return sum
}

// standing is the state of a plan while it is walked through in its order.
type standing struct {
	served [][]bool         // per tier and demand point
	owning []map[int32]bool // per tier: regions that gained their first site by the plan
}

func (m *model) standing() *standing {
	s := &standing{}
	for t := range m.w.Tiers {
		served := make([]bool, m.w.Demand.Len())
		for d := range served {
			served[d] = m.w.Coverage.Services[t].Covered(d)
		}
		s.served = append(s.served, served)
		s.owning = append(s.owning, map[int32]bool{})
	}
	return s
}

// worth is what a column adds at a state.
type worth struct {
	gained coverage.People
	within coverage.People
	owner  int32   // region that gets its first qualifying site, -1 = none
	value  float64 // per year
}

func (m *model) worth(s *standing, j int32) worth {
	c := m.columns[j]
	w, extras := worth{owner: -1}, 0.0
	demand, _ := m.set.Reach[c.tier].Row(c.row)
	for _, d := range demand {
		w.within += m.w.Demand.People[d]
		if !s.served[c.tier][d] {
			w.gained += m.w.Demand.People[d]
			extras += extra(m.w, m.p.Groups, int(d))
		}
	}
	if region := m.owner(c.candidate, c.tier); region >= 0 {
		if _, blank := m.ownerOf[c.tier][region]; blank && !s.owning[c.tier][region] {
			w.owner = region
		}
	}
	w.value = m.weights[c.tier].Person * (w.gained.Float() + extras)
	if w.owner >= 0 {
		w.value += m.weights[c.tier].Person * m.weights[c.tier].Presence
	}
	return w
}

// reach returns the demand points within the limit of a column, ascending.
func (m *model) reach(j int32) []int32 {
	demand, _ := m.set.Reach[m.columns[j].tier].Row(m.columns[j].row)
	return demand
}

// open marks what a column serves.
func (m *model) open(s *standing, j int32, w worth) {
	c := m.columns[j]
	demand, _ := m.set.Reach[c.tier].Row(c.row)
	for _, d := range demand {
		s.served[c.tier][d] = true
	}
	if w.owner >= 0 {
		s.owning[c.tier][w.owner] = true
	}
}

// pick explains column j and opens it.
func (m *model) pick(s *standing, chosen *chosen, j int32, year int) Pick {
	c, w := m.columns[j], m.worth(s, j)
	p := Pick{
		Year: year, OpenYear: year + m.p.Options.LeadYears, Tier: c.tier, Candidate: int(c.candidate), Cost: m.cost(c),
		Way: m.set.All[c.candidate].Way, Gained: w.gained, Within: w.within, Owner: w.owner, Reason: ForCoverage,
		RunnerUp: m.runnerUp(s, chosen, j), Pinned: m.pins(j),
		Preferred: m.likes != nil && m.likes[j],
	}
	// A site that a target forced although it adds nothing of value stands for presence when it gives a first site.
	if w.owner >= 0 && (w.gained == 0 || m.weights[c.tier].Presence > w.gained.Float()) {
		p.Reason = ForPresence
	}
	if p.Way == Upgrade && w.owner < 0 {
		p.Reason = ForUpgrade
	}
	m.open(s, j, w)
	return p
}

// chosen is what a plan opens, for finding what could stand in for it.
type chosen struct {
	column    []bool
	candidate []bool
	tier      []tierPlaces
}

// tierPlaces are the columns of one tier and where they stand.
type tierPlaces struct {
	columns []int32
	index   *nearIndex
}

func (m *model) chosen(sol *solve.RolloutSolution) *chosen {
	out := &chosen{
		column: make([]bool, len(m.columns)), candidate: make([]bool, len(m.set.All)), tier: make([]tierPlaces, len(m.w.Tiers)),
	}
	for t := range out.tier {
		out.tier[t].index = newNearIndex(nil)
	}
	for j, c := range m.columns {
		if sol.Year[j] >= 0 {
			out.column[j], out.candidate[c.candidate] = true, true
		}
		places := &out.tier[c.tier]
		places.columns = append(places.columns, int32(j))
		places.index.add(m.set.All[c.candidate].Point)
	}
	return out
}

// neighbours is how many of the nearest candidates are looked at for a runner-up.
const neighbours = 50

// runnerUp returns the neighbour that could best stand in for column j at the state before it opens: the one of most value,
// then of least cost, then the first. It must not be in the plan, nor break the spacing to the rest of the plan.
func (m *model) runnerUp(s *standing, chosen *chosen, j int32) *RunnerUp {
	var best *RunnerUp
	var bestWorth worth
	for _, k := range m.nearby(chosen, j) {
		w := m.worth(s, k)
		if w.value == 0 || !m.standsIn(s, j, k) || m.tooNearPlan(chosen, j, k) {
			continue
		}
		cost := m.cost(m.columns[k])
		if best == nil || w.value > bestWorth.value || w.value == bestWorth.value &&
			(cost < best.Cost || cost == best.Cost && int(m.columns[k].candidate) < best.Candidate) {
			best = &RunnerUp{Candidate: int(m.columns[k].candidate), Cost: cost, Gained: w.gained, Owner: w.owner}
			bestWorth = w
		}
	}
	return best
}

// nearby returns the nearest columns of the tier of j whose candidates are not in the plan, nearest first.
func (m *model) nearby(chosen *chosen, j int32) []int32 {
	places := &chosen.tier[m.columns[j].tier]
	at := m.point(j)
	var found []int32
	for radius := 1000.0; radius <= 64_000; radius *= 2 {
		found = found[:0]
		for _, i := range places.index.within(at, radius) {
			if k := places.columns[i]; !chosen.candidate[m.columns[k].candidate] {
				found = append(found, k)
			}
		}
		if len(found) >= neighbours {
			break
		}
	}
	slices.SortStableFunc(found, func(a, b int32) int { return cmp.Compare(geo.Distance(at, m.point(a)), geo.Distance(at, m.point(b))) })
	return found[:min(len(found), neighbours)]
}

func (m *model) point(j int32) orb.Point { return m.set.All[m.columns[j].candidate].Point }

// standsIn tells whether column k would newly serve some of the people, or the region, that j newly serves.
func (m *model) standsIn(s *standing, j, k int32) bool {
	t := m.columns[j].tier
	if r := m.owner(m.columns[j].candidate, t); r >= 0 && r == m.owner(m.columns[k].candidate, t) {
		if _, blank := m.ownerOf[t][r]; blank && !s.owning[t][r] {
			return true
		}
	}
	a, _ := m.set.Reach[t].Row(m.columns[j].row)
	b, _ := m.set.Reach[t].Row(m.columns[k].row)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		case !s.served[t][a[0]] && m.w.Demand.People[a[0]] > 0:
			return true
		default:
			a, b = a[1:], b[1:]
		}
	}
	return false
}

// tooNearPlan tells whether k is nearer than the spacing to a site of the plan other than j.
func (m *model) tooNearPlan(chosen *chosen, j, k int32) bool {
	t := m.columns[j].tier
	places := &chosen.tier[t]
	if m.set.All[m.columns[k].candidate].Way == Upgrade {
		return false
	}
	for _, i := range places.index.within(m.point(k), m.p.Rules[t].Spacing) {
		if other := places.columns[i]; other != j && chosen.column[other] {
			return true
		}
	}
	return false
}

// fillYears adds up the picks to what stands at the end of every year.
func (m *model) fillYears(out *Plan, sol *solve.RolloutSolution) {
	lead := m.p.Options.LeadYears
	money := map[int]Yuan{}
	for _, b := range m.p.Budgets {
		money[b.Year] = b.Money
	}
	for year := m.first; year < m.first+m.years+lead; year++ {
		y := Year{Year: year, Budget: money[year]}
		for t := range m.w.Tiers {
			y.Tiers = append(y.Tiers, m.tierYear(t, year, sol))
		}
		for i := range out.Picks {
			p := &out.Picks[i]
			if p.Year == year {
				y.Spent += p.Cost
			}
			if p.OpenYear <= year {
				y.Tiers[p.Tier].Covered += p.Gained
				if p.Owner >= 0 {
					y.Tiers[p.Tier].Owning++
				}
				if p.Way == Upgrade {
					y.Tiers[p.Tier].Upgraded++
				}
			}
		}
		for t := range y.Tiers {
			y.Tiers[t].Effective = share(int64(y.Tiers[t].Covered), int64(m.w.Coverage.Total[t].People))
		}
		out.Years = append(out.Years, y)
	}
}

// tierYear returns what stands without the plan, with the bound and the targets of the year.
func (m *model) tierYear(t, year int, sol *solve.RolloutSolution) TierYear {
	total := &m.w.Coverage.Total[t]
	y := TierYear{Covered: total.Covered, Owning: total.Owning, Required: total.Required, Target: -1, Presence: -1, Existing: len(m.w.upgradable(t))}
	more, first := m.bounds(t, year, sol)
	y.Bound = math.Min(1, (float64(total.Covered)+more)/float64(total.People))
	y.PresenceBound = -1
	if total.Required > 0 {
		y.PresenceBound = math.Min(1, (float64(total.Owning)+first)/float64(total.Required))
	}
	if total.People == 0 {
		y.Bound = math.NaN()
	}
	for _, target := range m.p.Targets {
		if target.Tier == t && target.Year == year {
			y.Target, y.Presence = math.Max(y.Target, target.Effective), math.Max(y.Presence, target.Presence)
			y.UpgradeTarget = math.Max(y.UpgradeTarget, target.Upgraded)
		}
	}
	if y.Existing > 0 {
		y.UpgradeBound = math.Min(1, m.upgradable(t, year, sol)/float64(y.Existing))
	}
	return y
}

// bounds returns how many millionths of people and how many regions any plan can add to a tier by the end of a year.
func (m *model) bounds(t, year int, sol *solve.RolloutSolution) (people, regions float64) {
	k := year - m.p.Options.LeadYears - m.first
	if k < 0 {
		return 0, 0
	}
	bound := sol.Years[k].Bound
	return bound[2*t] * float64(m.scale.unit), math.Floor(bound[2*t+1] + 1e-6)
}

// upgradable returns how many sites of a tier any plan can upgrade by the end of a year.
func (m *model) upgradable(t, year int, sol *solve.RolloutSolution) float64 {
	k := year - m.p.Options.LeadYears - m.first
	switch a := m.upgradeAsk[t]; {
	case k < 0 || !m.p.Rules[t].Upgrades:
		return 0
	case a >= 0:
		return math.Floor(sol.Years[k].Bound[m.class(a)] + 1e-6)
	}
	return float64(len(m.w.upgradable(t))) // nobody asked, so that no bound was computed
}

// share returns part / total, NaN without a total.
func share(part, total int64) float64 {
	if total == 0 {
		return math.NaN()
	}
	return float64(part) / float64(total)
}

// findMisses lists the targets that the plan does not meet, in the order they were asked.
func (m *model) findMisses(out *Plan) {
	for _, target := range m.p.Targets {
		total := &m.w.Coverage.Total[target.Tier]
		var y TierYear
		if target.Year < m.first { // before any money: what stands today counts
			y = TierYear{Covered: total.Covered, Owning: total.Owning}
			y.Bound = share(int64(total.Covered), int64(total.People))
			y.PresenceBound = share(int64(total.Owning), int64(total.Required))
		} else {
			y = out.Years[target.Year-m.first].Tiers[target.Tier]
		}
		if int64(y.Covered) < need(target.Effective, int64(total.People)) {
			out.Missed = append(out.Missed, Miss{Target: target, Kind: "effective",
				Got: share(int64(y.Covered), int64(total.People)), Bound: y.Bound})
		}
		if int64(y.Owning) < need(target.Presence, int64(total.Required)) {
			out.Missed = append(out.Missed, Miss{Target: target, Kind: "presence",
				Got: share(int64(y.Owning), int64(total.Required)), Bound: y.PresenceBound})
		}
		if int64(y.Upgraded) < need(target.Upgraded, int64(len(m.w.upgradable(target.Tier)))) {
			out.Missed = append(out.Missed, Miss{Target: target, Kind: "upgraded",
				Got: share(int64(y.Upgraded), int64(len(m.w.upgradable(target.Tier)))), Bound: y.UpgradeBound})
		}
	}
}

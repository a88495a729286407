package siting

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"sitecover/coverage"
)

// Capacity is how many people a site of a tier can serve.
type Capacity struct {
	Site     float64 // people a site of which neither PerArea nor PerStaff tells; 0 = not known
	PerArea  float64 // people per m² of floor area; 0 = area says nothing
	PerStaff float64 // people per person who works there; 0 = staff says nothing
	Staff    float64 // who will work at a new site; 0 = not known
}

// Validate names every field that is out of range.
func (c *Capacity) Validate() error {
	var errs []error
	for _, f := range []struct {
		name  string
		value float64
	}{{"Site", c.Site}, {"PerArea", c.PerArea}, {"PerStaff", c.PerStaff}, {"Staff", c.Staff}} {
		if !(f.value >= 0) || math.IsInf(f.value, 0) {
			errs = append(errs, fmt.Errorf("capacity: %s %v: want people >= 0", f.name, f.value))
		}
	}
	return errors.Join(errs...)
}

// Of returns the people whom a site of so much area in m² and so many staff can serve, negative = not known: where both tell, the
// scarcer of the two. ok is false where nothing says.
func (c *Capacity) Of(area, staff float64) (people float64, ok bool) {
	people = math.Inf(1)
	if c.PerArea > 0 && area >= 0 {
		people = c.PerArea * area
	}
	if c.PerStaff > 0 && staff >= 0 {
		people = min(people, c.PerStaff*staff)
	}
	if math.IsInf(people, 1) {
		return c.Site, c.Site > 0
	}
	return people, true
}

// Load is how many people a site has to serve, if everybody within the tier's limit goes to the nearest.
type Load struct {
	Tier     int
	Site     int32 // the site where it stands today; -1 = it is planned
	Pick     int   // the site among Plan.Picks; -1 = it stands today
	People   coverage.People
	Capacity float64 // people
}

// Over reports whether there are more people than the site can serve.
func (l *Load) Over() bool { return l.People.Float() > l.Capacity }

// Loads tells what the sites of today have to serve, for the tiers whose rules name a capacity: by tier, sites by ID. Sites that nothing
// gives a capacity are left out.
func Loads(w *World, rules []TierRules) []Load { return loads(w, nil, rules, nil) }

// loads is Loads at the end of a plan; nil = today.
func loads(w *World, set *CandidateSet, rules []TierRules, plan *Plan) (out []Load) {
	for t := range w.Tiers {
		c := rules[t].Capacity
		if c == nil {
			continue
		}
		site, pick := nearestOf(w, set, plan, t)
		perSite, perPick := map[int32]coverage.People{}, map[int]coverage.People{}
		for d, n := range w.Demand.People {
			switch {
			case pick[d] >= 0:
				perPick[int(pick[d])] += n
			case site[d] >= 0:
				perSite[site[d]] += n
			}
		}
		for _, i := range w.standing(t) {
			area := w.Sites[i].FloorArea
			if !w.Sites[i].OpenOn(w.Date) {
				continue
			}
			if upgraded(plan, i) {
				area = max(area, w.Tiers[t].MinArea)
			}
			if capacity, ok := c.Of(area, w.Sites[i].Staff); ok {
				out = append(out, Load{Tier: t, Site: i, Pick: -1, People: perSite[i], Capacity: capacity})
			}
		}
		if plan == nil {
			continue
		}
		for k := range plan.Picks {
			if p := &plan.Picks[k]; p.Tier == t && p.Way != Upgrade {
				if capacity, ok := c.newSite(&w.Tiers[t]); ok {
					out = append(out, Load{Tier: t, Site: -1, Pick: k, People: perPick[k], Capacity: capacity})
				}
			}
		}
	}
	return out
}

// newSite is the capacity of a new site: it has the least area that qualifies, and the staff that the rule names.
func (c *Capacity) newSite(tier *coverage.Tier) (float64, bool) {
	area := -1.0
	if tier.MinArea > 0 {
		area = tier.MinArea
	}
	staff := -1.0
	if c.Staff > 0 {
		staff = c.Staff
	}
	return c.Of(area, staff)
}

func upgraded(plan *Plan, site int32) bool {
	return plan != nil && slices.ContainsFunc(plan.Picks, func(p Pick) bool {
		return p.Way == Upgrade && plan.Candidates[p.Candidate].Site == site
	})
}

// nearestOf returns, per demand point, the nearest site within the limit: one of today, or a pick. Ties go to today's, then to plan
// order.
func nearestOf(w *World, set *CandidateSet, plan *Plan, t int) (site, pick []int32) {
	service := &w.Coverage.Services[t]
	site, pick = service.Nearest, make([]int32, w.Demand.Len())
	cost := slices.Clone(service.Cost)
	for d := range pick {
		pick[d] = -1
	}
	if plan == nil {
		return site, pick
	}
	row := make(map[int32]int, len(set.Serving[t]))
	for r, i := range set.Serving[t] {
		row[i] = r
	}
	for k := range plan.Picks {
		p := &plan.Picks[k]
		if p.Tier != t || p.Way == Upgrade {
			continue
		}
		demand, costs := set.Reach[t].Row(row[int32(p.Candidate)])
		for n, d := range demand {
			if costs[n] < cost[d] {
				cost[d], pick[d] = costs[n], int32(k)
			}
		}
	}
	return site, pick
}

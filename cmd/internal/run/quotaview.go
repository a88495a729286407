package run

import (
	"cmp"
	"slices"

	"sitecover/reports"
	"sitecover/siting"
)

// QuotaView is where a region stands under a quota.
type QuotaView struct {
	Level    string    `json:"level"`
	Region   RegionRef `json:"region"`
	Tier     string    `json:"tier,omitempty"` // "" = all tiers together
	By       int       `json:"by,omitempty"`   // 0 = over the whole plan
	Min      int       `json:"min"`
	Max      *int      `json:"max"`
	MoneyMax *int64    `json:"moneyMaxYuan"`
	Sites    int       `json:"sites"` // new ones that count
	Spent    int64     `json:"spentYuan"`
	Short    bool      `json:"short"`
	Possible int       `json:"possible"` // sites that the region could have at most; below min no plan meets it
}

// PilotsView names pilots.
type PilotsView struct {
	Regions    []RegionRef `json:"regions,omitempty"`
	Candidates []string    `json:"candidates,omitempty"`
}

// WeightedView tells what the plan does for a group of people in a tier, unweighted.
type WeightedView struct {
	Group   string  `json:"group"`
	Weight  float64 `json:"weight"` // of a member in the objective
	Tier    string  `json:"tier"`
	People  float64 `json:"people"`
	Today   float64 `json:"coveredToday"`
	Covered float64 `json:"covered"` // at the plan's end
}

func (s *Session) quotaViews(p *siting.Plan) (out []QuotaView) {
	for _, q := range p.Quotas {
		rule := &s.asked.Quotas[q.Quota]
		v := QuotaView{Level: s.Data.Regions.Levels[rule.Level].ID, Region: s.Ref(q.Region), By: rule.Year, Min: rule.Min,
			Sites: q.Sites, Spent: int64(q.Money), Short: q.Short(rule), Possible: q.Possible}
		if rule.Tier != siting.AllTiers {
			v.Tier = s.tiers[rule.Tier].ID
		}
		if rule.Max >= 0 {
			v.Max = &rule.Max
		}
		if rule.Money >= 0 {
			money := int64(rule.Money)
			v.MoneyMax = &money
		}
		out = append(out, v)
	}
	return out
}

func (s *Session) latePilots(p *siting.Plan) *PilotsView {
	if p.Late == nil {
		return nil
	}
	v := &PilotsView{Candidates: p.Late.Candidates}
	for _, r := range p.Late.Regions {
		v.Regions = append(v.Regions, s.Ref(r))
	}
	return v
}

// planRules are the rules of the plan by regions and groups, as reports take them.
func (s *Session) planRules() (out reports.PlanRules) {
	if s.Plan == nil {
		return out
	}
	return reports.PlanRules{Quotas: s.asked.Quotas, Weighted: s.weighted(s.Plan)}
}

// groupViews tells of the groups that have a weight what the plan does for them.
func (s *Session) groupViews(p *siting.Plan) (out []WeightedView) {
	for _, w := range s.weighted(p) {
		out = append(out, WeightedView{w.Group, w.Weight, s.tiers[w.Tier].ID, w.People.Float(), w.Today.Float(), w.Covered.Float()})
	}
	return out
}

// weighted adds up, for every group that has a weight and every tier, the members whom the plan serves.
func (s *Session) weighted(p *siting.Plan) (out []reports.Weighted) {
	if len(p.Groups) == 0 || p.Status == siting.Infeasible {
		return nil
	}
	served := s.servedFrom()
	for _, g := range p.Groups {
		group := &s.Demand.Groups[g.Group]
		for t := range s.tiers {
			w := reports.Weighted{Group: group.ID, Weight: g.Weight, Tier: t}
			for d, n := range group.People {
				w.People += n
				if s.Result.Services[t].Covered(d) {
					w.Today += n
					w.Covered += n
				} else if served[t][d] > 0 {
					w.Covered += n
				}
			}
			out = append(out, w)
		}
	}
	return out
}

// LoadView is a site with more people nearest to it than it can serve.
type LoadView struct {
	Tier     string    `json:"tier"`
	Site     string    `json:"site"` // id, or the candidate's where it is planned
	Name     string    `json:"name,omitempty"`
	Region   RegionRef `json:"region"`
	Planned  bool      `json:"planned"`
	People   float64   `json:"people"`
	Capacity float64   `json:"capacity"`
	Times    float64   `json:"timesCapacity"`
}

// Overloaded lists today's sites with more people than they can serve, the most beyond first. Coverage must have been computed.
func (s *Session) Overloaded() []LoadView {
	return s.overloaded(siting.Loads(s.World(), s.Rules()), nil)
}

func (s *Session) overloaded(loads []siting.Load, plan *siting.Plan) (out []LoadView) {
	for _, l := range loads {
		if !l.Over() {
			continue
		}
		v := LoadView{Tier: s.tiers[l.Tier].ID, People: l.People.Float(), Capacity: l.Capacity, Times: l.People.Float() / l.Capacity}
		if l.Site >= 0 {
			site := &s.Data.Sites[l.Site]
			v.Site, v.Name, v.Region = site.ID, site.Name, s.Ref(site.Region)
		} else {
			c := &plan.Candidates[plan.Picks[l.Pick].Candidate]
			v.Site, v.Name, v.Region, v.Planned = c.ID, c.Name, s.Ref(c.Region), true
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b LoadView) int { return cmp.Compare(b.Times, a.Times) })
	return out
}

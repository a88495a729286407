package run

import (
	"math"

	"sitecover/siting"
)

// PlanReport is the rollout.
type PlanReport struct {
	Study    string `json:"study"`
	Scenario string `json:"scenario,omitempty"` // "" = the study itself
	Status   string `json:"status"`
	ReasonView
	Objective    float64        `json:"objective"`
	Bound        float64        `json:"bound"`
	Gap          float64        `json:"gap"`
	Stopped      string         `json:"stoppedEarly,omitempty"` // "interrupted" or "time": the search was ended before its gap and its iterations
	Seed         uint64         `json:"seed"`
	LeadYears    int            `json:"leadYears"`
	Considered   int            `json:"candidatesConsidered"`
	Candidates   int            `json:"candidates"`
	Rejected     map[string]int `json:"rejected"`
	Years        []YearView     `json:"years"`
	Sites        []PickView     `json:"sites"`
	BoundsIgnore []string       `json:"yearBoundsIgnore,omitempty"` // rules that the bounds of single years leave out, so that they are looser than they could be: "quotas"
	Missed       []MissView     `json:"missedTargets"`
	Unfair       []RegionRef    `json:"regionsWithNothing,omitempty"` // that plan.fair asks something for
	Quotas       []QuotaView    `json:"quotas,omitempty"`
	Late         *PilotsView    `json:"latePilots,omitempty"` // pilots that do not come first
	Groups       []WeightedView `json:"groups,omitempty"`     // that count more in objective and bound
	Overloaded   []LoadView     `json:"overloaded,omitempty"` // sites with more people than they can serve, at the plan's end
	Relief       *ReliefView    `json:"relief,omitempty"`     // what would meet the missed targets
	Price        *PriceView     `json:"price,omitempty"`      // of a variant against the study's plan
	Check        *CrossView     `json:"check,omitempty"`      // another solver's answer beside ours
}

// YearView is the outcome of one year.
type YearView struct {
	Year   int            `json:"year"`
	Budget int64          `json:"budgetYuan"`
	Spent  int64          `json:"spentYuan"`
	Tiers  []TierYearView `json:"tiers"`
}

// TierYearView is where a tier stands at the end of a year.
type TierYearView struct {
	Tier           string   `json:"tier"`
	Covered        float64  `json:"covered"`
	Effective      *float64 `json:"effective"`
	Bound          *float64 `json:"bound"`
	Target         *float64 `json:"target"`
	Owning         int      `json:"owning"`
	Required       int      `json:"required"`
	PresenceTarget *float64 `json:"presenceTarget"`
	PresenceBound  *float64 `json:"presenceBound"` // no plan with the same money and rules makes a larger share of regions own a site; null where none is required
	Upgraded       int      `json:"upgraded,omitempty"`
	Existing       int      `json:"existing,omitempty"` // sites of today that can be upgraded
	UpgradeTarget  *float64 `json:"upgradeTarget,omitempty"`
	UpgradeBound   *float64 `json:"upgradeBound,omitempty"`
}

// PickView is one site to open.
type PickView struct {
	Number         int       `json:"number"`
	Year           int       `json:"year"`
	OpenYear       int       `json:"openYear"`
	Tier           string    `json:"tier"`
	Candidate      string    `json:"candidate"`
	Host           string    `json:"host,omitempty"`
	Lon            float64   `json:"lon"`
	Lat            float64   `json:"lat"`
	Region         RegionRef `json:"region"`
	Cost           int64     `json:"costYuan"`
	Gained         float64   `json:"peopleGained"`
	Within         float64   `json:"peopleWithin"`
	Second         float64   `json:"peopleGivenSecond,omitempty"` // backup model: people whom it gives a second site within reach
	Reason         string    `json:"reason"`
	Way            string    `json:"way"`
	Parent         string    `json:"parent,omitempty"`     // id of an existing site, or candidate id of a planned one
	ParentCost     *float64  `json:"parentCost,omitempty"` // metres, or seconds where the parent tier is timed
	First          string    `json:"firstSiteOf,omitempty"`
	RunnerUp       string    `json:"runnerUp,omitempty"`
	RunnerUpGained float64   `json:"runnerUpGained,omitempty"`
	RunnerUpCost   int64     `json:"runnerUpCostYuan,omitempty"`
	PerPerson      *float64  `json:"yuanPerPerson"` // for each person newly covered; null where there is none
}

// MissView is a target that the plan does not meet.
type MissView struct {
	Year   int     `json:"year"`
	Tier   string  `json:"tier"`
	Kind   string  `json:"kind"`
	Target float64 `json:"target"`
	Got    float64 `json:"got"`
	Bound  float64 `json:"bound"`
}

// PlanView tells the rollout of the session, which must have been computed.
func PlanView(s *Session) PlanReport {
	p := s.Plan
	v := PlanReport{
		Study: s.Study.Name, Status: string(p.Status), ReasonView: reasonView(p.Reason), Objective: p.Objective, Bound: p.Bound, Gap: p.Gap,
		Stopped: s.stoppedBy(p.Stopped), Seed: p.Seed, LeadYears: p.LeadYears, Considered: p.Considered, Candidates: len(p.Candidates),
		Rejected: map[string]int{}, Years: []YearView{}, Sites: []PickView{}, Missed: []MissView{},
	}
	for _, r := range p.Rejected {
		v.Rejected[r.Reason]++
	}
	for _, y := range p.Years {
		v.Years = append(v.Years, s.yearView(y))
	}
	for i, pick := range p.Picks {
		site := s.pickView(p.Candidates, i, pick)
		if l := pick.Parent; l != nil {
			site.Parent, site.ParentCost = s.parentOf(p, l), share(l.Cost, true)
		}
		v.Sites = append(v.Sites, site)
	}
	for _, r := range p.Unfair {
		v.Unfair = append(v.Unfair, s.Ref(r))
	}
	v.Overloaded = s.overloaded(p.Loads, p)
	v.Quotas, v.Late, v.Groups = s.quotaViews(p), s.latePilots(p), s.groupViews(p)
	if len(p.Quotas) > 0 {
		v.BoundsIgnore = []string{"quotas"}
	}
	for _, m := range p.Missed {
		asked := m.Target.Effective
		switch m.Kind {
		case "presence":
			asked = m.Target.Presence
		case "upgraded":
			asked = m.Target.Upgraded
		}
		v.Missed = append(v.Missed, MissView{m.Target.Year, s.tiers[m.Target.Tier].ID, m.Kind, asked, m.Got, m.Bound})
	}
	return v
}

// parentOf names the parent of a link: a site's id, or the candidate's where it is planned; "" without one.
func (s *Session) parentOf(p *siting.Plan, l *siting.Link) string {
	switch {
	case l.ParentSite >= 0:
		return s.Data.Sites[l.ParentSite].ID
	case l.ParentPick >= 0:
		return p.Candidates[p.Picks[l.ParentPick].Candidate].ID
	}
	return ""
}

func (s *Session) yearView(y siting.Year) YearView {
	out := YearView{Year: y.Year, Budget: int64(y.Budget), Spent: int64(y.Spent)}
	for t, x := range y.Tiers {
		out.Tiers = append(out.Tiers, TierYearView{
			Tier: s.tiers[t].ID, Covered: x.Covered.Float(), Effective: number(x.Effective), Bound: number(x.Bound),
			Target: asked(x.Target), Owning: x.Owning, Required: x.Required, PresenceTarget: asked(x.Presence), PresenceBound: asked(x.PresenceBound), Existing: x.Existing,
			Upgraded: x.Upgraded, UpgradeTarget: share(x.UpgradeTarget, x.UpgradeTarget > 0), UpgradeBound: share(x.UpgradeBound, x.UpgradeTarget > 0),
		})
	}
	return out
}

func (s *Session) pickView(candidates []siting.Candidate, i int, pick siting.Pick) PickView {
	c := candidates[pick.Candidate]
	out := PickView{
		Number: i + 1, Year: pick.Year, OpenYear: pick.OpenYear, Tier: s.tiers[pick.Tier].ID, Candidate: c.ID, Host: c.Name,
		Lon: c.Point[0], Lat: c.Point[1], Region: s.Ref(c.Region), Cost: int64(pick.Cost), Gained: pick.Gained.Float(),
		Within: pick.Within.Float(), Second: pick.Second.Float(), Reason: pick.Reason, Way: string(pick.Way),
	}
	if pick.Owner >= 0 {
		out.First = s.Ref(pick.Owner).Name
	}
	out.PerPerson = share(float64(pick.Cost)/max(pick.Gained.Float(), 1e-9), pick.Gained > 0)
	if pick.RunnerUp != nil {
		out.RunnerUpCost = int64(pick.RunnerUp.Cost)
		out.RunnerUp, out.RunnerUpGained = candidates[pick.RunnerUp.Candidate].ID, pick.RunnerUp.Gained.Float()
	}
	return out
}

// number is nil for NaN, which JSON cannot say.
func number(v float64) *float64 { return share(v, !math.IsNaN(v)) }

// asked is nil for a target that is not set.
func asked(v float64) *float64 { return share(v, v >= 0) }

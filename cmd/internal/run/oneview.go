package run

import (
	"cmp"

	"sitecover/siting"
)

// OneReport is the answer of a single-tier model.
type OneReport struct {
	Study  string `json:"study"`
	Tier   string `json:"tier"`
	Model  string `json:"model"`
	Status string `json:"status"`
	ReasonView
	Objective  float64            `json:"objective"`
	Before     float64            `json:"before"`                 // distance models: today's mean or longest way; backup: people who have two sites within reach today
	After      float64            `json:"after,omitempty"`        // backup: people who have two then
	Second     float64            `json:"backupWeight,omitempty"` // backup: what a second site within reach counts, of 1 for both together
	Bound      float64            `json:"bound"`
	Gap        *float64           `json:"gap"`                    // null where the bound says nothing
	Stopped    string             `json:"stoppedEarly,omitempty"` // "interrupted" or "time": the search was ended before its gap and its iterations
	Covered    float64            `json:"covered"`
	Effective  *float64           `json:"effective"`
	OutOfReach float64            `json:"outOfReach"`
	Without    int                `json:"regionsWithout,omitempty"` // region model: regions that still own no site
	Cost       int64              `json:"costYuan"`
	Candidates int                `json:"candidates"`
	Rejected   map[string]int     `json:"rejected"`                 // places and cells that are no candidates of the tier, by reason
	Places     []RejectedView     `json:"rejectedPlaces,omitempty"` // each of them
	Sites      []PickView         `json:"sites"`
	Groups     map[string]float64 `json:"groupWeights,omitempty"` // objective and bound count members of groups so
	Check      *CrossView         `json:"check,omitempty"`        // another solver's answer beside ours
	TooNear    [][2]int           `json:"tooNear,omitempty"`      // numbers of sites nearer to each other than the spacing
}

// RejectedView is a place or cell that is no candidate, and why.
type RejectedView struct {
	Candidate string  `json:"candidate"`
	Name      string  `json:"name,omitempty"`
	Lon       float64 `json:"lon"`
	Lat       float64 `json:"lat"`
	Reason    string  `json:"reason"`
	Detail    string  `json:"detail,omitempty"`
}

// ListRejected adds the places and cells that are no candidates, each with its reason.
func (v *OneReport) ListRejected(one *siting.One) {
	v.Places = []RejectedView{}
	for _, r := range one.Rejected {
		v.Places = append(v.Places, RejectedView{r.ID, r.Name, r.Point[0], r.Point[1], r.Reason, r.Detail})
	}
}

// OneView tells the answer of a single-tier model.
func OneView(s *Session, p siting.OneProblem, one *siting.One) OneReport {
	v := OneReport{
		Study: s.Study.Name, Tier: s.tiers[p.Tier].ID, Model: string(p.Model), Status: string(one.Status), ReasonView: reasonView(one.Reason),
		Objective: one.Objective, Before: one.Before, Bound: one.Bound, Gap: share(one.Gap, bounded(one.Bound, one.Gap)), Stopped: s.stoppedBy(one.Stopped), Covered: one.Covered.Float(), Effective: number(one.Effective),
		OutOfReach: one.OutOfReach.Float(), Without: one.Without, Cost: int64(one.Cost), Candidates: len(one.Candidates), Sites: []PickView{}, Rejected: map[string]int{},
	}
	if p.Model == siting.Backup {
		v.After, v.Second = one.After, cmp.Or(p.Second, siting.SecondShare)
	}
	for _, r := range one.Rejected {
		v.Rejected[r.Reason]++
	}
	for i, pick := range one.Picks {
		v.Sites = append(v.Sites, s.pickView(one.Candidates, i, pick))
	}
	if p.Model == siting.MCLP {
		for _, g := range s.Study.Plan.Groups {
			if v.Groups == nil {
				v.Groups = map[string]float64{}
			}
			v.Groups[g.Group] = g.Weight
		}
	}
	for _, pair := range one.TooNear {
		v.TooNear = append(v.TooNear, [2]int{pair[0] + 1, pair[1] + 1})
	}
	return v
}

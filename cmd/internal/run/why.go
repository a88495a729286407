package run

import (
	"context"
	"slices"
	"strings"

	"sitecover/siting"
)

// WhyReport says what became of a place or cell in the search for sites.
type WhyReport struct {
	Candidate string        `json:"candidate"`
	Name      string        `json:"name,omitempty"`
	Tiers     []WhyTierView `json:"tiers"`
	// Without is the price of doing without a chosen candidate, With that of building one that is not chosen: the plan was made once
	// more. Dropped, added and moved sites are what else changes.
	Without *PriceView `json:"without,omitempty"`
	With    *PriceView `json:"with,omitempty"`
}

// WhyTierView says it for one tier.
type WhyTierView struct {
	Tier   string `json:"tier"`
	Status string `json:"status"`           // "rejected", "not_considered", "candidate", or with a plan "chosen", "not_chosen"
	Reason string `json:"reason,omitempty"` // of a rejection
	Detail string `json:"detail,omitempty"`
	Year   int    `json:"year,omitempty"` // of the money, when chosen
	// Within are the people within reach of a candidate; Left those of them whom nobody serves today or, with a plan, at its end.
	Within float64 `json:"peopleWithin"`
	Left   float64 `json:"peopleLeft"`
	Cost   int64   `json:"costYuan"`
}

// Why says why a candidate ID is no candidate, or what it would add. With the session's plan computed it also says whether
// the plan holds it.
func (s *Session) Why(ctx context.Context, id string) (*WhyReport, error) {
	found, err := s.Candidates(ctx)
	if err != nil {
		return nil, err
	}
	out := &WhyReport{Candidate: id}
	at := slices.IndexFunc(found.All, func(c siting.Candidate) bool { return c.ID == id })
	if at >= 0 {
		out.Name = found.All[at].Name
	}
	rules := s.Rules()
	for t := range s.tiers {
		v := WhyTierView{Tier: s.tiers[t].ID, Status: "not_considered"}
		row := slices.Index(found.Serving[t], int32(at))
		switch {
		case at >= 0 && row >= 0:
			s.whyCandidate(&v, found, t, at, row)
			v.Cost = int64(rules[t].Cost(&found.All[at]))
		default:
			for _, r := range found.Rejected {
				if r.ID == id && (r.Tier == t || r.Tier == siting.AllTiers) {
					v.Status, v.Reason, v.Detail, out.Name = "rejected", r.Reason, r.Detail, r.Name
				}
			}
			if v.Status == "not_considered" {
				v.Reason = s.notConsidered(id, t)
			}
		}
		out.Tiers = append(out.Tiers, v)
	}
	return out, nil
}

// WhyPlanned is Why with the session's plan, which must have been computed, and with the price of the opposite: the plan is made
// once more without the candidate, or with it.
func (s *Session) WhyPlanned(ctx context.Context, id string) (*WhyReport, error) {
	out, err := s.Why(ctx, id)
	if err != nil {
		return nil, err
	}
	price, planned, err := s.Instead(ctx, id)
	if err != nil || !planned {
		return out, err
	}
	if slices.ContainsFunc(out.Tiers, func(t WhyTierView) bool { return t.Status == "chosen" }) {
		out.Without = price
	} else {
		out.With = price
	}
	return out, nil
}

// whyCandidate tells whom a candidate would serve, and whether the plan holds it.
func (s *Session) whyCandidate(v *WhyTierView, found *siting.CandidateSet, t, at, row int) {
	v.Status = "candidate"
	served := make([]bool, s.Demand.Len())
	for d := range served {
		served[d] = s.Result.Services[t].Covered(d)
	}
	if s.Plan != nil {
		v.Status = "not_chosen"
		for _, p := range s.Plan.Picks {
			if p.Tier != t {
				continue
			}
			if p.Candidate == at {
				v.Status, v.Year = "chosen", p.Year
			}
			columns, _ := found.Reach[t].Row(slices.Index(found.Serving[t], int32(p.Candidate)))
			for _, d := range columns {
				served[d] = true
			}
		}
	}
	columns, _ := found.Reach[t].Row(row)
	for _, d := range columns {
		v.Within += s.Demand.People[d].Float()
		if !served[d] {
			v.Left += s.Demand.People[d].Float()
		}
	}
}

// notConsidered says why a tier never looked at an ID: "unknown", "kind" (its places may not host the tier), "cells" (the
// tier takes no bare cells) or "empty" (nobody lives in the cell and no road fronts it).
func (s *Session) notConsidered(id string, t int) string {
	switch {
	case !s.knows(id):
		return "unknown"
	case strings.HasPrefix(id, "host:"):
		return "kind"
	case strings.HasPrefix(id, "site:"):
		return "site"
	case !s.Study.Tiers[t].Cells:
		return "cells"
	}
	return "empty"
}

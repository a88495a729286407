package run

import (
	"context"

	"sitecover/data"
	"sitecover/siting"
)

// ReliefView tells how missed targets could be met.
type ReliefView struct {
	More      *int64             `json:"moreYuan"` // least found with which nothing is missed; null = none up to triedYuan
	MoneyYear int                `json:"moneyYear,omitempty"`
	Short     *int64             `json:"provedTooLittleYuan"` // with so much more, or less, something is missed whatever the plan
	Tried     int64              `json:"triedYuan"`
	Targets   []TargetReliefView `json:"targets"` // parallel to missedTargets
	Rules     []RuleReliefView   `json:"rules"`
}

// TargetReliefView is what could be done about one target.
type TargetReliefView struct {
	Reach *float64 `json:"candidatesReach"` // share that all candidates reach together
	Later int      `json:"reachedBy,omitempty"`
}

// RuleReliefView is what comes of dropping one rule.
type RuleReliefView struct {
	Rule   string `json:"rule"`
	Tier   string `json:"tier,omitempty"`
	Missed int    `json:"missedTargets"` // without it
}

// Relief looks for what would let the session's plan meet the targets that it misses.
func (s *Session) Relief(ctx context.Context) (*ReliefView, error) {
	until, done := s.until()
	defer done()
	text := data.T("查找如何达到未达的目标", "looking for what would meet the missed targets")
	s.stage(text.ZH, text.EN)
	p := *s.asked
	p.Options.Until = until
	r, err := siting.Relieve(ctx, p, s.Plan, s.opts.Search.Iterations)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	v := &ReliefView{MoneyYear: r.MoneyYear, Tried: int64(r.Tried), Targets: []TargetReliefView{}, Rules: []RuleReliefView{}}
	yuan := func(y siting.Yuan) *int64 {
		n := int64(y)
		return &n
	}
	if r.More >= 0 {
		v.More = yuan(r.More)
	}
	if r.Short >= 0 {
		v.Short = yuan(r.Short)
	}
	for _, t := range r.Targets {
		v.Targets = append(v.Targets, TargetReliefView{number(t.Reach), t.Later})
	}
	for _, q := range r.Rules {
		one := RuleReliefView{Rule: q.Rule, Missed: q.Missed}
		if q.Tier != siting.AllTiers {
			one.Tier = s.tiers[q.Tier].ID
		}
		v.Rules = append(v.Rules, one)
	}
	return v, nil
}

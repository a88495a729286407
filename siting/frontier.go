package siting

import (
	"context"
	"errors"
	"fmt"
	"math"

	"sitecover/coverage"
)

// FrontierPoint is the most that a limit of money or sites covers.
type FrontierPoint struct {
	Limit     int64 // 元 or sites, as the problem's Unit says
	Sites     int   // opened
	Cost      Yuan
	Covered   coverage.People // people of the tier covered in the end, those of today included
	Effective float64         // share of people; NaN without people
	Bound     float64         // people: no choice within the limit and the rules covers more, those of today included
	Gap       float64         // (Bound - Covered) / (Bound - people covered today), 0 where the bound is today's
	Status    Status
	Stopped   bool    // the search of this limit was ended before its gap, its proof and its iterations
	Marginal  float64 // people newly covered since the point before (the first: since today) per 万元, or per site, of more limit
}

// Frontier tells what an MCLP for one tier covers at every limit: the coverage-versus-budget curve. Limits ascend. What a
// smaller limit covers a larger one does too, and what a larger one cannot a smaller cannot either: points and bounds are
// tightened so, which keeps both monotone. The time is that of one MCLP a limit.
func Frontier(ctx context.Context, p OneProblem, limits []int64) ([]FrontierPoint, error) {
	p.Model, p.Limit = MCLP, 0
	errs := []error{p.Validate()}
	for k, limit := range limits {
		if limit < 0 || k > 0 && limit <= limits[k-1] {
			errs = append(errs, fmt.Errorf("siting: limit %d of the frontier, %d: want ascending limits >= 0", k, limit))
		}
	}
	if len(limits) == 0 {
		errs = append(errs, errors.New("siting: a frontier needs limits"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if p.Found == nil {
		var err error
		if p.Found, err = FindCandidates(ctx, p.World, p.Rules); err != nil {
			return nil, err
		}
	}
	out := make([]FrontierPoint, len(limits))
	for k, limit := range limits {
		p.Limit = limit
		one, err := SolveOne(ctx, p)
		if err != nil {
			return nil, err
		}
		today := p.World.Coverage.Total[p.Tier].Covered
		out[k] = FrontierPoint{Limit: limit, Sites: len(one.Picks), Cost: one.Cost, Covered: one.Covered, Status: one.Status, Stopped: one.Stopped,
			Bound: today.Float() + math.Max(one.Bound, (one.Covered-today).Float())}
		if k > 0 && out[k-1].Covered >= one.Covered { // no more for more money: the cheaper answer
			out[k].Sites, out[k].Cost, out[k].Covered = out[k-1].Sites, out[k-1].Cost, out[k-1].Covered
		}
	}
	tighten(p.World.Coverage.Total[p.Tier], out, p.Unit)
	return out, nil
}

// tighten makes the bounds monotone and fills in what follows from points and bounds.
func tighten(total coverage.Indicators, points []FrontierPoint, unit Unit) {
	for k := len(points) - 2; k >= 0; k-- {
		points[k].Bound = math.Min(points[k].Bound, points[k+1].Bound)
	}
	covered, limit := total.Covered, int64(0)
	for k := range points {
		f := &points[k]
		f.Effective = share(int64(f.Covered), int64(total.People))
		f.Bound = math.Max(f.Bound, f.Covered.Float())
		if room := f.Bound - total.Covered.Float(); room > 0 {
			f.Gap = (f.Bound - f.Covered.Float()) / room
		}
		if f.Gap == 0 {
			f.Status = Optimal
		}
		step := float64(f.Limit - limit)
		if unit == ByMoney {
			step /= float64(Wan)
		}
		if step > 0 {
			f.Marginal = (f.Covered - covered).Float() / step
		}
		covered, limit = f.Covered, f.Limit
	}
}

// RulePrice is what one rule of a tier costs in people: how many more could be covered with the same limit without it.
type RulePrice struct {
	Rule       string // "spacing", "min_people", "banned", "hosts", "cells", "exclusions", "must.near_road" ...
	Candidates int    // places that may hold the tier without the rule
	People     coverage.People
	// Least and Most bound the true price, whatever the searches missed.
	Least, Most float64
	Share       float64 // People as a share of the tier's people; NaN without people
}

// PriceRules answers the problem with the rules as they are, and again without each rule of the tier that asks for
// something. Rules of other tiers play no part.
func PriceRules(ctx context.Context, p OneProblem) (*One, []RulePrice, error) {
	p.Model, p.Found = MCLP, nil
	if err := p.Validate(); err != nil {
		return nil, nil, err
	}
	rules := make([]TierRules, len(p.Rules))
	for t := range rules {
		rules[t] = TierRules{NoHosts: true} // no candidates of other tiers
	}
	solve := func(r TierRules) (*One, error) {
		q := p
		q.Rules = append([]TierRules(nil), rules...)
		q.Rules[p.Tier] = r
		q.Rules[p.Tier].ParentWithin = 0 // parents are not looked for here
		return SolveOne(ctx, q)
	}
	base, err := solve(p.Rules[p.Tier])
	if err != nil {
		return nil, nil, err
	}
	total := p.World.Coverage.Total[p.Tier]
	var out []RulePrice
	for _, v := range without(p.World, p.Rules[p.Tier]) {
		one, err := solve(v.rules)
		if err != nil {
			return nil, nil, fmt.Errorf("without %s: %w", v.name, err)
		}
		// The answer under the rule is one without it too.
		more := max(0, one.Covered-base.Covered)
		gained := (base.Covered - total.Covered).Float()
		out = append(out, RulePrice{Rule: v.name, Candidates: len(one.Candidates), People: more, Share: share(int64(more), int64(total.People)),
			Least: math.Max(0, (one.Covered-total.Covered).Float()-math.Max(base.Bound, gained)),
			Most:  math.Max(more.Float(), math.Max(one.Bound, gained)-gained)})
	}
	return base, out, nil
}

// relaxed is a problem without one rule.
type relaxed struct {
	name  string
	rules TierRules
}

// without lists the rules that ask for something, each with what is left without it.
func without(w *World, r TierRules) (out []relaxed) {
	add := func(asked bool, name string, change func(*TierRules)) {
		if asked {
			v := relaxed{name, r}
			change(&v.rules)
			out = append(out, v)
		}
	}
	add(r.Spacing > 0, "spacing", func(r *TierRules) { r.Spacing = 0 })
	add(r.MinPeople > 0, "min_people", func(r *TierRules) { r.MinPeople = 0 })
	add(len(r.Banned) > 0, "banned", func(r *TierRules) { r.Banned = nil })
	add(!r.Cells, "cells", func(r *TierRules) { r.Cells = true })
	add(r.NoHosts || len(r.HostKinds) > 0, "hosts", func(r *TierRules) { r.NoHosts, r.HostKinds = false, nil })
	add(len(w.Exclusions) > 0 && (r.Avoid == nil || len(r.Avoid) > 0), "exclusions", func(r *TierRules) { r.Avoid = []string{} })
	add(r.Must.Road != nil, "must.near_road", func(r *TierRules) { r.Must.Road = nil })
	add(r.Must.Place != nil, "must.near_place", func(r *TierRules) { r.Must.Place = nil })
	add(r.Must.People != nil, "must.min_people_within", func(r *TierRules) { r.Must.People = nil })
	add(len(r.Must.Regions) > 0, "must.region", func(r *TierRules) { r.Must.Regions = nil })
	return out
}

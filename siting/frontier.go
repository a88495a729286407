package siting

import (
	"context"
	"errors"
	"fmt"
	"math"

	"sitecover/coverage"
	"sitecover/siting/solve"
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

// frontierApart is the number of cover entries up to which each limit is a problem of its own: these are proved in moments.
const frontierApart = 20_000

// Frontier tells what an MCLP for one tier covers at every limit: the coverage-versus-budget curve. Limits ascend. What a
// smaller limit covers a larger one does too, and what a larger one cannot a smaller cannot either: points and bounds are
// tightened so, which keeps both monotone. Small problems are solved limit by limit, larger ones all limits together, as
// solve.Frontier does: then p.Solve.Iterations counts the steps of its relaxation a limit. Progress counts limits. Spacing is kept by every point,
// and part of every bound.
func Frontier(ctx context.Context, p OneProblem, limits []int64) ([]FrontierPoint, error) {
	return frontier(ctx, p, limits, frontierApart)
}

// frontier solves limit by limit up to so many entries.
func frontier(ctx context.Context, p OneProblem, limits []int64, apart int) ([]FrontierPoint, error) {
	p.Model, p.Limit = MCLP, 0
	if err := errors.Join(p.Validate(), validateLimits(limits)); err != nil {
		return nil, err
	}
	if p.Found == nil {
		var err error
		if p.Found, err = FindCandidates(ctx, p.World, p.Rules); err != nil {
			return nil, err
		}
	}
	p.Limit = limits[len(limits)-1]
	o, err := newOneModel(&p, p.Found.only(p.Tier))
	if err != nil {
		return nil, err
	}
	curve := o.together
	if len(o.problem.Cover.Row) <= apart {
		curve = o.apart
	}
	out, err := curve(ctx, limits)
	if err != nil {
		return nil, err
	}
	tighten(p.World.Coverage.Total[p.Tier], out, p.Unit)
	return out, nil
}

func validateLimits(limits []int64) error {
	if len(limits) == 0 {
		return errors.New("siting: a frontier needs limits")
	}
	var errs []error
	for k, limit := range limits {
		if limit < 0 || k > 0 && limit <= limits[k-1] {
			errs = append(errs, fmt.Errorf("siting: limit %d of the frontier, %d: want ascending limits >= 0", k, limit))
		}
	}
	return errors.Join(errs...)
}

// apart solves a problem for each limit.
func (o *oneModel) apart(ctx context.Context, limits []int64) ([]FrontierPoint, error) {
	var out []FrontierPoint
	for k, limit := range limits {
		p := *o.p
		p.Limit, p.Solve.Progress = limit, nil
		one, err := SolveOne(ctx, p)
		if err != nil {
			return nil, err
		}
		out = o.point(out, limit, one)
		if o.p.Solve.Progress != nil {
			o.p.Solve.Progress(solve.Progress{Iteration: k + 1, Objective: int64(one.Objective), Bound: one.Bound, Gap: one.Gap})
		}
	}
	return out, nil
}

// together solves the problem for all limits at once.
func (o *oneModel) together(ctx context.Context, limits []int64) ([]FrontierPoint, error) {
	search, end := searching(ctx, o.p.Until)
	defer end()
	points, err := solve.Frontier(search, &solve.FrontierProblem{Cover: o.problem.Cover, Budgets: limits, Conflicts: o.problem.Conflicts}, o.p.Solve)
	if err != nil {
		return nil, fmt.Errorf("siting: frontier: %w", err)
	}
	scale := float64(o.m.scale.unit) / 1e6
	var out []FrontierPoint
	for _, f := range points {
		one := o.answer(f.Status, Reason{})
		one.Objective, one.Bound = float64(f.Objective)*scale, f.Bound*scale
		one.Stopped = f.Status == solve.Feasible && search.Err() != nil
		o.finish(f.Open, one)
		out = o.point(out, f.Budget, one)
	}
	return out, nil
}

// point adds the answer at a limit to a curve; when it is no better than the one before, that stays: the cheaper answer.
func (o *oneModel) point(curve []FrontierPoint, limit int64, one *One) []FrontierPoint {
	today := o.m.w.Coverage.Total[o.p.Tier].Covered
	f := FrontierPoint{Limit: limit, Sites: len(one.Picks), Cost: one.Cost, Covered: one.Covered, Status: one.Status, Stopped: one.Stopped,
		Bound: today.Float() + math.Max(one.Bound, (one.Covered-today).Float())}
	if n := len(curve); n > 0 && curve[n-1].Covered >= f.Covered {
		f.Sites, f.Cost, f.Covered = curve[n-1].Sites, curve[n-1].Cost, curve[n-1].Covered
	}
	return append(curve, f)
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

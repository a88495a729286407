package siting

import (
	"context"
	"fmt"
	"slices"

	"sitecover/siting/solve"
)

// RolloutNear plans a problem that is base's with further pins and bans, by changing base's plan as little as they ask for: what a
// ban or a pin costs would drown in the difference of two searches otherwise. base must be the answer of Rollout and feasible.
//
// The rules only get tighter, so the bounds of base hold. Where base is proved optimal, or the change makes the plan miss more of the targets
// than base does, the problem is solved anew as Rollout does.
func RolloutNear(ctx context.Context, p Problem, base *Plan) (*Plan, error) {
	if base.Status != Feasible {
		return Rollout(ctx, p)
	}
	tight, loose := splitPins(p)
	s, err := State(ctx, tight)
	if err != nil {
		return nil, err
	}
	search, end := searching(ctx, p.Options.Until)
	defer end()
	start := s.m.start(base)
	for _, pin := range loose {
		if err := s.settlePin(search, pin, start); err != nil {
			return nil, err
		}
	}
	sol, err := solve.RolloutNear(search, s.problem, start, p.Options.Solve)
	if err != nil {
		return nil, fmt.Errorf("siting: %w", err)
	}
	plan := s.m.plan(sol)
	if plan.Status == Infeasible || plan.Shortfall > base.Shortfall {
		anew, err := Rollout(ctx, p)
		if err != nil || plan.Status == Infeasible || anew.Shortfall < plan.Shortfall {
			return anew, err
		}
	}
	plan.keepBounds(base)
	plan.Stopped = search.Err() != nil
	return plan, s.m.link(context.WithoutCancel(ctx), plan)
}

// splitPins takes the pins that leave the year open out of a problem.
func splitPins(p Problem) (tight Problem, loose []Pin) {
	tight = p
	tight.Pins = nil
	for _, pin := range p.Pins {
		if pin.Year == 0 {
			loose = append(loose, pin)
		} else {
			tight.Pins = append(tight.Pins, pin)
		}
	}
	return tight, loose
}

// settlePin fixes a pin to the tier and year that leave most of a plan: each is tried.
func (s *Stated) settlePin(ctx context.Context, pin Pin, start []int32) error {
	columns, err := s.m.candidateColumns(s.m.columnsByID(), pin)
	if err != nil {
		return fmt.Errorf("siting: %w", err)
	}
	fixed := s.problem.Fixed
	if fixed == nil {
		fixed = slices.Repeat([]int32{solve.Free}, len(s.m.columns))
	}
	var best []int32
	var top *solve.RolloutSolution
	for _, j := range columns {
		if fixed[j] != solve.Free {
			return fmt.Errorf("siting: %q is pinned twice, or pinned and banned", pin.Candidate)
		}
		for t := range int32(s.m.years) {
			if start[j] >= 0 && start[j] != t {
				continue // it stands where the plan has it
			}
			p := *s.problem
			p.Fixed = slices.Clone(fixed)
			p.Fixed[j] = t
			sol, err := solve.RolloutNear(ctx, &p, start, solve.Options{Iterations: 1})
			if err != nil {
				return fmt.Errorf("siting: %w", err)
			}
			if sol.Status != solve.Infeasible && (top == nil || sol.Shortfall < top.Shortfall || sol.Shortfall == top.Shortfall && sol.Objective > top.Objective) {
				best, top = p.Fixed, sol
			}
		}
	}
	if best == nil { // no year has the money, or a rule forbids it: the last try says why
		best = slices.Clone(fixed)
		best[columns[0]] = 0
	}
	s.problem.Fixed, s.m.pinned = best, best
	return nil
}

// start returns the year of every column in a plan, -1 = not open.
func (m *model) start(base *Plan) []int32 {
	type key struct {
		id   string
		tier int
	}
	years := make(map[key]int32, len(base.Picks))
	for i := range base.Picks {
		k := &base.Picks[i]
		years[key{base.Candidates[k.Candidate].ID, k.Tier}] = int32(k.Year - m.first)
	}
	out := make([]int32, len(m.columns))
	for j, c := range m.columns {
		out[j] = -1
		if t, ok := years[key{m.set.All[c.candidate].ID, c.tier}]; ok {
			out[j] = t
		}
	}
	return out
}

// keepBounds takes over the bounds of a plan under looser rules.
func (out *Plan) keepBounds(base *Plan) {
	out.Bound = max(base.Bound, out.Objective)
	out.Gap = (out.Bound - out.Objective) / max(out.Bound, 1)
	for y := range out.Years {
		for t := range out.Years[y].Tiers {
			to, from := &out.Years[y].Tiers[t], &base.Years[y].Tiers[t]
			to.Bound, to.PresenceBound, to.UpgradeBound = from.Bound, from.PresenceBound, from.UpgradeBound
		}
	}
	for k := range out.Missed {
		for _, m := range base.Missed {
			if m.Target == out.Missed[k].Target && m.Kind == out.Missed[k].Kind {
				out.Missed[k].Bound = m.Bound
			}
		}
	}
}

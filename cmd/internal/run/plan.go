package run

import (
	"cmp"
	"context"
	"path/filepath"

	"sitecover/data"
	"sitecover/siting"
	"sitecover/siting/solve"
)

// World is what siting builds upon; coverage must have been computed.
func (s *Session) World() *siting.World {
	return &siting.World{Input: s.input(), Coverage: s.Result, Places: s.Data.Places, Exclusions: s.Data.Exclusions, Roads: s.Data.Roads}
}

// options of the search: the study's seed, and progress passed on.
func (s *Session) sitingOptions() siting.Options {
	o := siting.Options{LeadYears: s.Study.Plan.LeadYears, Unspent: s.Study.Plan.Unspent}
	search := s.opts.Search
	o.Solve = solve.Options{Seed: s.Study.Seed, Workers: s.opts.Workers, Gap: search.Gap, Iterations: search.Iterations}
	budget := cmp.Or(search.Iterations, solve.DefaultIterations)
	if s.opts.Progress != nil {
		o.Solve.Progress = func(p solve.Progress) {
			s.opts.Progress(data.Text{ZH: "优化建设计划", EN: "optimising the plan"}, int64(p.Iteration), int64(budget))
		}
	}
	return o
}

// Candidates looks for the places that may get a site.
func (s *Session) Candidates(ctx context.Context) (*siting.CandidateSet, error) {
	if s.found != nil {
		return s.found, nil
	}
	if err := s.Coverage(ctx); err != nil {
		return nil, err
	}
	err := s.checkRules()
	if err != nil {
		return nil, err
	}
	s.stage("查找候选地点", "looking for candidates")
	s.found, err = siting.FindCandidates(ctx, s.World(), s.Rules())
	return s.found, err
}

// HasPlan reports whether the study asks for a rollout: it needs money.
func (s *Session) HasPlan() bool { return len(s.Study.Budgets) > 0 }

// Rollout computes what to open in which year.
func (s *Session) Rollout(ctx context.Context) error {
	if s.Plan != nil || !s.HasPlan() {
		return nil
	}
	if err := s.refuseNested(); err != nil {
		return err
	}
	found, err := s.Candidates(ctx)
	if err != nil {
		return err
	}
	s.Plan, err = s.rollout(ctx, s.problem(found), data.T("优化建设计划", "optimising the plan"))
	return err
}

// refuseNested names the tiers that no rollout can plan for; see siting.ErrNested.
func (s *Session) refuseNested() error {
	var errs data.InputErrors
	for i := range s.Study.Tiers {
		if t := &s.Study.Tiers[i]; t.Nested {
			key := "tiers." + t.ID + ".nested"
			errs = append(errs, &data.InputError{File: filepath.Base(s.Study.Path), Row: s.Study.Set[key], Field: key, Value: "true",
				What: data.T("建设计划还不会把新建的上级设施算到本级，会算错", "the plan does not yet count new sites of higher tiers for this tier, and would be wrong"),
				Hint: data.T("coverage、gaps、site、frontier 可以用；要 plan 或带计划的 report，改为 nested: false，或删去 budget", "coverage, gaps, site and frontier work; for plan, or a report with a plan, write nested: false, or remove budget"),
				Err:  siting.ErrNested})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// rollout plans a problem until the search ends or is ended. The context's end leaves nothing.
func (s *Session) rollout(ctx context.Context, p siting.Problem, stage data.Text) (*siting.Plan, error) {
	return s.search(ctx, p, stage, func(p siting.Problem) (*siting.Plan, error) { return siting.Rollout(ctx, p) })
}

// rolloutNear plans the problem of a plan with further pins and bans, from that plan on.
func (s *Session) rolloutNear(ctx context.Context, p siting.Problem, base *siting.Plan) (*siting.Plan, error) {
	return s.search(ctx, p, data.T("重新优化，看代价", "planning again for the price"),
		func(p siting.Problem) (*siting.Plan, error) { return siting.RolloutNear(ctx, p, base) })
}

func (s *Session) search(ctx context.Context, p siting.Problem, stage data.Text, solver func(siting.Problem) (*siting.Plan, error)) (*siting.Plan, error) {
	until, done := s.until()
	defer done()
	s.stage(stage.ZH, stage.EN)
	p.Options.Until = until
	s.asked = &p
	plan, err := solver(p)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// problem is the rollout as the study asks for it.
func (s *Session) problem(found *siting.CandidateSet) siting.Problem {
	p := siting.Problem{
		World: s.World(), Rules: s.Rules(), Found: found, Pins: pins(s.Study.Candidates.Pin),
		Budgets: s.Study.Budgets, Targets: s.Study.Targets, Options: s.sitingOptions(),
	}
	s.regional(&p, s.Study.Plan)
	return p
}

// SolveOne answers a single-tier model: tier, model, unit and limit are the caller's; the rest is the study's.
func (s *Session) SolveOne(ctx context.Context, p siting.OneProblem) (*siting.One, error) {
	found, err := s.Candidates(ctx)
	if err != nil {
		return nil, err
	}
	until, done := s.until()
	defer done()
	s.stage("求最佳选址", "looking for the best sites")
	p.World, p.Rules, p.Found, p.Until = s.World(), s.Rules(), found, until
	p.Solve, p.Groups = s.sitingOptions().Solve, s.groupWeights(s.Study.Plan)
	one, err := siting.SolveOne(ctx, p)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return one, nil
}

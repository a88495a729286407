package run

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math"
	"time"

	"sitecover/cmd/internal/mip"
	"sitecover/data"
	"sitecover/siting"
	"sitecover/siting/solve"
)

// CrossView puts the answer of another solver beside ours.
type CrossView struct {
	Solver    string   `json:"solver"`
	Status    string   `json:"status"`  // as the program words it
	Optimal   bool     `json:"optimal"` // the program says that nothing is better
	Objective *float64 `json:"objective"`
	Ours      float64  `json:"ourObjective"`
	Bound     float64  `json:"ourBound"`
	Sites     int      `json:"sites"`
	Seconds   float64  `json:"seconds"`
	Verdict   string   `json:"verdict"`
	Detail    string   `json:"detail,omitempty"` // of a broken rule
}

// Verdicts of a CrossView.
const (
	CheckSame   = "same"          // the same objective
	CheckOurs   = "ours_better"   // ours is better
	CheckTheirs = "theirs_better" // theirs is better, within our bound
	CheckBeyond = "beyond_bound"  // theirs is better than our bound allows: one of the two is wrong
	CheckBroken = "rule_broken"   // theirs breaks a rule of the model
	CheckNone   = "no_answer"     // none within the time
)

// checkTime is how long another solver may take when the search has no time limit of its own.
const checkTime = time.Minute

// CheckError says why no other solver was asked.
type CheckError struct{ Text data.Text }

// Error returns the English form.
func (e *CheckError) Error() string { return e.Text.EN }

// CheckOne has another solver answer the model that one answers.
func (s *Session) CheckOne(ctx context.Context, solver string, p siting.OneProblem, one *siting.One) (*CrossView, error) {
	stated, model, err := s.stateOne(ctx, p)
	if err != nil {
		return nil, err
	}
	v := &CrossView{Solver: solver, Ours: one.Objective, Bound: one.Bound}
	err = s.ask(ctx, v, model, func(a *mip.Answer) {
		objective, err := stated.Judge(a.Open)
		v.judge(objective, err, p.Model == siting.LSCP)
	})
	return v, err
}

func (s *Session) stateOne(ctx context.Context, p siting.OneProblem) (*siting.StatedOne, solve.LPModel, error) {
	var err error
	p.World, p.Rules, p.Groups = s.World(), s.Rules(), s.groupWeights(s.Study.Plan)
	if p.Found, err = s.Candidates(ctx); err != nil {
		return nil, nil, err
	}
	stated, err := siting.StateOne(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	model, err := stated.LP()
	if errors.Is(err, siting.ErrNoLP) {
		err = &CheckError{data.T("模型 %s 没有可交给其他求解器的形式，或已没有可求解的内容（%v）", "model %s cannot be put to other solvers, or nothing is left to solve (%v)", p.Model, err)}
	}
	return stated, model, err
}

// CheckPlan has another solver answer the plan of the session: first what targets can be met, then the most value.
func (s *Session) CheckPlan(ctx context.Context, solver string) (*CrossView, error) {
	stated, err := siting.State(ctx, *s.asked)
	if err != nil {
		return nil, err
	}
	v := &CrossView{Solver: solver, Ours: s.Plan.Objective, Bound: s.Plan.Bound}
	shortfall := int64(0)
	if stated.HasGoals() {
		err := s.ask(ctx, v, stated.LP(-1), func(a *mip.Answer) {
			least, _, err := stated.Judge(a.Open, a.Year)
			shortfall = least
			switch {
			case err != nil:
				v.judge(0, err, false)
			case !a.Optimal:
				v.Verdict = CheckNone // without the least shortfall the second question has no sense
			case least < s.Plan.Shortfall && s.Plan.Status == siting.Optimal:
				v.Verdict = CheckBeyond
			}
		})
		if err != nil || v.Verdict != "" {
			return v, err
		}
	}
	err = s.ask(ctx, v, stated.LP(shortfall), func(a *mip.Answer) {
		least, objective, err := stated.Judge(a.Open, a.Year)
		v.judge(objective, err, false)
		switch {
		case err != nil || least == s.Plan.Shortfall:
		case least < s.Plan.Shortfall: // targets come first
			v.Verdict = CheckTheirs
		default:
			v.Verdict = CheckOurs
		}
	})
	return v, err
}

// ask puts a model to the other solver and lets read take its answer down.
func (s *Session) ask(ctx context.Context, v *CrossView, model solve.LPModel, read func(*mip.Answer)) error {
	until, done := s.until()
	defer done()
	s.stage("请 "+v.Solver+" 核对", "asking "+v.Solver)
	limited, cancel := context.WithTimeout(ctx, cmp.Or(s.opts.Search.Time, checkTime))
	defer cancel()
	go func() {
		select {
		case <-until:
			cancel()
		case <-limited.Done():
		}
	}()
	start := time.Now()
	a, err := mip.Solve(limited, v.Solver, model)
	v.Seconds += time.Since(start).Seconds()
	switch {
	case errors.Is(err, mip.ErrNotFound):
		return &CheckError{data.T("没有找到求解器 %s；装好后让它在 PATH 里（例如 apt install coinor-cbc 或 glpk-utils），或用 --write-lp 写出模型另行求解",
			"the solver %s is not on PATH; install it (for example apt install coinor-cbc or glpk-utils), or write the model with --write-lp and solve it elsewhere", v.Solver)}
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && limited.Err() != nil:
		v.Verdict, v.Status = CheckNone, "time"
		return nil
	case err != nil:
		return err
	}
	v.Status, v.Optimal, v.Sites = a.Status, a.Optimal, len(a.Open)
	if len(a.Open) == 0 && !a.Optimal {
		v.Verdict = CheckNone
		return nil
	}
	read(a)
	return nil
}

// judge compares an objective with ours; programs round to about 1e-6.
func (v *CrossView) judge(objective float64, broken error, least bool) {
	if broken != nil {
		v.Verdict, v.Detail = CheckBroken, broken.Error()
		return
	}
	v.Objective = &objective
	better, room := objective-v.Ours, objective-v.Bound
	if least {
		better, room = -better, -room
	}
	tolerance := 1e-9 * math.Max(1, math.Abs(v.Ours))
	switch {
	case room > tolerance:
		v.Verdict = CheckBeyond
	case better > tolerance:
		v.Verdict = CheckTheirs
	case better < -tolerance:
		v.Verdict = CheckOurs
	default:
		v.Verdict = CheckSame
	}
}

// WriteOneLP writes the model of one tier as an LP file.
func (s *Session) WriteOneLP(ctx context.Context, path string, p siting.OneProblem) error {
	_, model, err := s.stateOne(ctx, p)
	if err != nil {
		return err
	}
	return writeLP(path, model)
}

// WritePlanLP writes the plan's problem as an LP file: the most value of the plans that miss no more of the targets than ours.
func (s *Session) WritePlanLP(ctx context.Context, path string) error {
	stated, err := siting.State(ctx, *s.asked)
	if err != nil {
		return err
	}
	return writeLP(path, stated.LP(s.Plan.Shortfall))
}

func writeLP(path string, model solve.LPModel) error {
	var b bytes.Buffer
	if err := solve.WriteLP(&b, model); err != nil {
		return err
	}
	return WriteFile(path, b.Bytes())
}

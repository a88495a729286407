package run

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"strconv"

	"sitecover/data"
	"sitecover/siting"
	"sitecover/siting/solve"
)

// FrontierReport is the coverage-versus-budget curve of a tier.
type FrontierReport struct {
	Study   string              `json:"study"`
	Tier    string              `json:"tier"`
	Unit    string              `json:"unit"` // of the limits: "yuan" or "sites"
	Today   float64             `json:"coveredToday"`
	People  float64             `json:"people"`
	Points  []FrontierPointView `json:"points"`
	Stopped string              `json:"stoppedEarly,omitempty"` // "interrupted" or "time": the search of some point was ended before its gap and its iterations
}

// FrontierPointView is a point of the curve.
type FrontierPointView struct {
	Limit     int64    `json:"limit"`
	Sites     int      `json:"sites"`
	Cost      int64    `json:"costYuan"`
	Covered   float64  `json:"covered"`
	Effective *float64 `json:"effective"`
	Bound     float64  `json:"bound"`
	Gap       float64  `json:"gap"`
	Status    string   `json:"status"`
	Marginal  float64  `json:"marginal"` // people per 万元, or per site, since the point before
	Stopped   string   `json:"stoppedEarly,omitempty"`
}

// Frontier computes the curve of a tier in equal steps up to the limit of p.
func (s *Session) Frontier(ctx context.Context, p siting.OneProblem, steps int) (*FrontierReport, error) {
	found, err := s.Candidates(ctx)
	if err != nil {
		return nil, err
	}
	var limits []int64
	for k := 1; k <= steps; k++ {
		limit := p.Limit / int64(steps) * int64(k)
		if k == steps {
			limit = p.Limit
		}
		if n := len(limits); limit > 0 && (n == 0 || limit > limits[n-1]) {
			limits = append(limits, limit)
		}
	}
	until, done := s.until()
	defer done()
	s.stage("计算投入与覆盖曲线", "computing the frontier")
	p.Until = until
	p.World, p.Rules, p.Found, p.Solve = s.World(), s.Rules(), found, s.sitingOptions().Solve
	if s.opts.Progress != nil {
		p.Solve.Progress = func(now solve.Progress) {
			s.opts.Progress(data.Text{ZH: "计算投入与覆盖曲线", EN: "computing the frontier"}, int64(now.Iteration), int64(len(limits)))
		}
	}
	points, err := siting.Frontier(ctx, p, limits)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	total := &s.Result.Total[p.Tier]
	out := &FrontierReport{Study: s.Study.Name, Tier: s.tiers[p.Tier].ID, Unit: unitWord(p.Unit), Today: total.Covered.Float(), People: total.People.Float()}
	for _, f := range points {
		out.Points = append(out.Points, FrontierPointView{f.Limit, f.Sites, int64(f.Cost), f.Covered.Float(), number(f.Effective), f.Bound, f.Gap, string(f.Status), f.Marginal, s.stoppedBy(f.Stopped)})
		out.Stopped = cmp.Or(out.Stopped, s.stoppedBy(f.Stopped))
	}
	return out, nil
}

func unitWord(u siting.Unit) string {
	if u == siting.ByMoney {
		return "yuan"
	}
	return "sites"
}

// CSV is the curve as a table for spreadsheets.
func (r *FrontierReport) CSV() []byte {
	rows := [][]string{{"tier", "unit", "limit", "sites", "cost_yuan", "covered", "effective", "bound", "gap", "marginal", "stopped_early"}}
	for _, f := range r.Points {
		rows = append(rows, []string{r.Tier, r.Unit, strconv.FormatInt(f.Limit, 10), strconv.Itoa(f.Sites), strconv.FormatInt(f.Cost, 10), decimal(f.Covered, 3),
			optionalDecimal(f.Effective), decimal(f.Bound, 3), decimal(f.Gap, 6), decimal(f.Marginal, 3), f.Stopped})
	}
	return csvText(rows)
}

// RulesReport tells what each rule of a tier costs.
type RulesReport struct {
	Study   string          `json:"study"`
	Tier    string          `json:"tier"`
	Unit    string          `json:"unit"`
	Limit   int64           `json:"limit"`
	Covered float64         `json:"covered"` // with all rules
	Bound   float64         `json:"bound"`   // people newly covered at most
	Gap     float64         `json:"gap"`
	Sites   int             `json:"candidates"`
	Rules   []RulePriceView `json:"rules"`
	Stopped string          `json:"stoppedEarly,omitempty"` // the search with all rules was ended before its gap and its iterations
}

// RulePriceView is the price of one rule.
type RulePriceView struct {
	Rule       string   `json:"rule"`
	Candidates int      `json:"candidates"` // without the rule
	People     float64  `json:"people"`
	Share      *float64 `json:"share"`
	Least      float64  `json:"atLeast"`
	Most       float64  `json:"atMost"`
}

// PriceRules tells what each rule of a tier costs at the limit of p.
func (s *Session) PriceRules(ctx context.Context, p siting.OneProblem) (*RulesReport, error) {
	if err := s.Coverage(ctx); err != nil {
		return nil, err
	}
	if err := s.checkRules(); err != nil {
		return nil, err
	}
	until, done := s.until()
	defer done()
	s.stage("计算各项规则的代价", "pricing the rules")
	p.Until = until
	p.World, p.Rules, p.Solve = s.World(), s.Rules(), s.sitingOptions().Solve
	base, prices, err := siting.PriceRules(ctx, p)
	if err = errors.Join(err, ctx.Err()); err != nil {
		return nil, err
	}
	out := &RulesReport{Study: s.Study.Name, Tier: s.tiers[p.Tier].ID, Unit: unitWord(p.Unit), Limit: p.Limit, Covered: base.Covered.Float(),
		Bound: base.Bound, Gap: base.Gap, Sites: len(base.Candidates), Rules: []RulePriceView{}, Stopped: s.stoppedBy(base.Stopped)}
	for _, r := range prices {
		out.Rules = append(out.Rules, RulePriceView{r.Rule, r.Candidates, r.People.Float(), number(r.Share), r.Least, r.Most})
	}
	return out, nil
}

// CSV is the prices as a table for spreadsheets.
func (r *RulesReport) CSV() []byte {
	rows := [][]string{{"tier", "rule", "candidates", "people", "share", "at_least", "at_most"}}
	for _, f := range r.Rules {
		rows = append(rows, []string{r.Tier, f.Rule, strconv.Itoa(f.Candidates), decimal(f.People, 3), optionalDecimal(f.Share), decimal(f.Least, 3), decimal(f.Most, 3)})
	}
	return csvText(rows)
}

func decimal(v float64, digits int) string { return strconv.FormatFloat(v, 'f', digits, 64) }

func optionalDecimal(v *float64) string {
	if v == nil {
		return ""
	}
	return decimal(*v, 6)
}

func csvText(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // a buffer takes everything
	return b.Bytes()
}

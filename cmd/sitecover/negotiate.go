package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/siting"
)

// planFlags say which plan `plan` is asked for, and what to tell of it.
type planFlags struct {
	why       string
	pins      []string
	bans      []string
	swaps     []string
	scenario  string
	scenarios bool
	explain   int
	relax     bool
	cross     crossFlags
}

func (a *app) planFlags(cmd *cobra.Command, f *planFlags) {
	flags := cmd.Flags()
	flags.StringVar(&f.why, "why", "", a.t("说明这个候选点为什么选或不选（候选点编号或地点编号），并在没有它或必须有它的条件下重新规划：改建什么、代价多少", "say why this candidate is chosen or not (its id, or that of a place), and plan again without it or with it: what would be built instead, for which price"))
	flags.StringArrayVar(&f.pins, "pin", nil, a.t("必须建：编号[@级别[:年份]]，可重复；给出与原方案相比的代价", "must be built: ID[@tier[:year]], may be repeated; tells the price against the study's plan"))
	flags.StringArrayVar(&f.bans, "ban", nil, a.t("不得建：编号，可重复；给出与原方案相比的代价", "must not be built: ID, may be repeated; tells the price against the study's plan"))
	flags.StringArrayVar(&f.swaps, "swap", nil, a.t("换址：原编号=新编号，同级同年，可重复；给出与原方案相比的代价", "another place: OLD=NEW, same tier and year, may be repeated; tells the price against the study's plan"))
	flags.IntVar(&f.explain, "explain", 0, a.t("说明方案中的第几处：带来什么、花多少、为什么不是旁边的", "explain the site of this number: what it brings and costs, and why not its neighbour"))
	flags.StringVar(&f.scenario, "scenario", "", a.t("按 study.yaml 中 scenarios 的这一方案", "plan this scenario of study.yaml"))
	flags.BoolVar(&f.scenarios, "scenarios", false, a.t("并排比较 study.yaml 中的所有方案", "put all scenarios of study.yaml side by side"))
	flags.BoolVar(&f.relax, "relax", false, a.t("目标未达时，查找怎样才能达到：最少加多少钱、推迟到哪一年、哪条规则挡路（要重新规划二十多次）", "where targets are missed, look for what would meet them: the least more money, the year, the rules in the way (plans some two dozen times)"))
	a.crossFlags(cmd, &f.cross)
}

// check refuses questions that exclude each other.
func (f *planFlags) check() error {
	if f.scenarios && (f.scenario != "" || f.why != "" || f.explain != 0 || len(f.pins)+len(f.bans)+len(f.swaps) > 0) {
		return usage("--scenarios 不能与 --scenario、--pin、--ban、--swap、--why 同用", "--scenarios excludes --scenario, --pin, --ban, --swap and --why")
	}
	if f.explain < 0 || f.explain > 0 && f.why != "" {
		return usage("--explain 要给方案中的编号，不能与 --why 同用", "--explain takes the number of a site of the plan and excludes --why")
	}
	if f.relax && (f.scenarios || f.why != "" || f.explain > 0) {
		return usage("--relax 不能与 --scenarios、--why、--explain 同用", "--relax excludes --scenarios, --why and --explain")
	}
	if f.cross != (crossFlags{}) && (f.scenarios || f.why != "") {
		return usage("--solver、--write-lp 不能与 --scenarios、--why 同用", "--solver and --write-lp exclude --scenarios and --why")
	}
	return f.cross.check()
}

// variant reads pins and bans; ok is false when the study's own plan is asked for.
func (f *planFlags) variant(s *run.Session) (v run.Variant, ok bool, err error) {
	v.Scenario = f.scenario
	for _, text := range f.pins {
		pin, err := readPin(s, text)
		if err != nil {
			return v, false, err
		}
		v.Pins = append(v.Pins, pin)
	}
	for _, id := range f.bans {
		v.Bans = append(v.Bans, data.CandidateID(id))
	}
	for _, text := range f.swaps {
		out, in, ok := strings.Cut(text, "=")
		if !ok || out == "" || in == "" {
			return v, false, usage("--swap %q 应为 原编号=新编号", "--swap %q: want OLD=NEW", text)
		}
		v.Swaps = append(v.Swaps, run.Swap{Out: data.CandidateID(out), In: data.CandidateID(in)})
	}
	return v, v.Scenario != "" || len(v.Pins)+len(v.Bans)+len(v.Swaps) > 0, nil
}

// readPin reads "ID[@tier[:year]]".
func readPin(s *run.Session, text string) (siting.Pin, error) {
	pin := siting.Pin{Tier: siting.AllTiers}
	id, at, tiered := strings.Cut(text, "@")
	pin.Candidate = data.CandidateID(id)
	if id == "" {
		return pin, usage("--pin %q 缺少编号，应为 编号[@级别[:年份]]", "--pin %q has no id: want ID[@tier[:year]]", text)
	}
	if !tiered {
		return pin, nil
	}
	tier, year, dated := strings.Cut(at, ":")
	var ids []string
	for i, t := range s.Tiers() {
		if ids = append(ids, t.ID); t.ID == tier {
			pin.Tier = i
		}
	}
	if pin.Tier == siting.AllTiers {
		return pin, usage("--pin %q：没有 %q 这一级，可用：%s", "--pin %q: there is no tier %q, the study has %s", text, tier, strings.Join(ids, ", "))
	}
	if dated {
		n, err := strconv.Atoi(year)
		if err != nil || !slices.ContainsFunc(s.Study.Budgets, func(b siting.Budget) bool { return b.Year == n }) {
			return pin, usage("--pin %q：%q 不是有预算的年份", "--pin %q: %q is no year with a budget", text, year)
		}
		pin.Year = n
	}
	return pin, nil
}

// printPrice tells what a variant costs against the study's plan.
func (a *app) printPrice(v *run.PriceView) {
	for _, t := range v.Tiers {
		a.printf("%s：到 %d 年底%s，%s", "%s: at the end of %d %s and %s", t.Tier, t.Year,
			a.fewer(t.People, data.T("少覆盖 %s 人", "it covers %s fewer people", people(math.Abs(t.People))), data.T("多覆盖 %s 人", "it covers %s more people", people(math.Abs(t.People)))),
			a.fewer(float64(t.Owning), data.T("少 %d 个区域有设施", "%d fewer regions own a site", t.Owning), data.T("多 %d 个区域有设施", "%d more regions own a site", -t.Owning)))
	}
	a.printf("与原方案相比的代价：目标值 %s，%s，%s", "price against the study's plan: objective %s, %s, %s", people(v.Objective),
		a.fewer(float64(v.Spent), data.T("多花 %s 万元", "%s 万元 more", wan(v.Spent)), data.T("少花 %s 万元", "%s 万元 less", wan(-v.Spent))),
		a.fewer(float64(v.Missed), data.T("多 %d 个目标未达", "%d more targets missed", v.Missed), data.T("少 %d 个目标未达", "%d fewer targets missed", -v.Missed)))
	a.printf("这样的方案：状态 %s，离上限 %.2f %%", "that plan: status %s, %.2f %% from its bound", v.Status, v.Gap*100)
	if v.Least != nil {
		a.printf("已证明真实代价在 %s 与 %s 之间", "proved: the true price is from %s to %s", people(*v.Least), people(*v.Most))
	}
	for _, list := range []struct {
		zh, en string
		sites  []run.PlannedView
	}{{"不再建：%s", "dropped: %s", v.Dropped}, {"改为建：%s", "added: %s", v.Added}, {"换年份：%s", "in another year: %s", v.Moved}} {
		if len(list.sites) > 0 {
			a.printf(list.zh, list.en, planned(list.sites))
		}
	}
	a.printStopped(v.Stopped)
}

// fewer chooses the words for a loss, or for a gain where v is negative.
func (a *app) fewer(v float64, loss, gain data.Text) string {
	if v < 0 {
		return gain.In(a.lang)
	}
	return loss.In(a.lang)
}

// planned writes sites as "station host:p1 (2027)", the first of many.
func planned(sites []run.PlannedView) string {
	const most = 20
	var out []string
	for _, p := range sites[:min(most, len(sites))] {
		out = append(out, fmt.Sprintf("%s %s %s(%d)", p.Tier, p.Candidate, p.Host, p.Year))
	}
	if more := len(sites) - most; more > 0 {
		out = append(out, fmt.Sprintf("… +%d", more))
	}
	return strings.Join(out, "; ")
}

// scenarios prints the plans of all scenarios side by side.
func (a *app) scenarios(cmd *cobra.Command, s *run.Session) error {
	v, err := s.Scenarios(cmd.Context())
	if err != nil {
		return a.variantError(err)
	}
	if a.json {
		return a.emit(v)
	}
	head := []string{a.t("指标", "figure")}
	for _, p := range v.Plans {
		name := p.Scenario
		if name == "" {
			name = a.t("本研究", "study")
		}
		head = append(head, ">"+name)
	}
	w := a.table(head...)
	line := func(name string, cell func(p *run.OutcomeView) string) {
		out := row(name)
		for i := range v.Plans {
			out = append(out, cell(&v.Plans[i]))
		}
		w.AppendRow(out)
	}
	line(a.t("状态", "status"), func(p *run.OutcomeView) string { return p.Status })
	line(a.t("新建（处）", "sites"), func(p *run.OutcomeView) string { return count(p.Sites) })
	line(a.t("花费（万元）", "万元 spent"), func(p *run.OutcomeView) string { return wan(p.Spent) })
	line(a.t("未达目标", "targets missed"), func(p *run.OutcomeView) string { return count(p.Missed) })
	line(a.t("到何年底", "at the end of"), func(p *run.OutcomeView) string { return fmt.Sprint(p.Year) })
	for t := range s.Tiers() {
		id := s.Tiers()[t].ID
		line(id+a.t(" 覆盖人口", " people covered"), func(p *run.OutcomeView) string { return people(tierOf(p, t).Covered) })
		line(id+a.t(" 有效覆盖", " effective"), func(p *run.OutcomeView) string { return percent(tierOf(p, t).Effective) })
		line(id+a.t(" 上限", " bound"), func(p *run.OutcomeView) string { return percent(tierOf(p, t).Bound) })
		line(id+a.t(" 有形覆盖", " presence"), func(p *run.OutcomeView) string {
			return fmt.Sprintf("%d/%d", tierOf(p, t).Owning, tierOf(p, t).Required)
		})
	}
	line(a.t("目标值", "objective"), func(p *run.OutcomeView) string { return people(p.Objective) })
	line(a.t("差距", "gap"), func(p *run.OutcomeView) string { return percent(&p.Gap) })
	line(a.t("每万元目标值", "objective per 万元"), func(p *run.OutcomeView) string {
		if p.Spent == 0 {
			return "-"
		}
		return people(p.Objective / (float64(p.Spent) / 10_000))
	})
	w.Render()
	for _, p := range v.Plans {
		if p.Reason != "" {
			a.printf("%s：%s", "%s: %s", p.Scenario, p.Text().In(a.lang))
		}
		a.printStopped(p.Stopped)
	}
	return nil
}

// tierOf is a tier at the end of a plan's last year; an infeasible plan has none.
func tierOf(p *run.OutcomeView, t int) run.TierYearView {
	if t < len(p.Tiers) {
		return p.Tiers[t]
	}
	return run.TierYearView{}
}

// variantError puts what is wrong with a variant into the user's language.
func (a *app) variantError(err error) error {
	if e, ok := err.(*run.VariantError); ok {
		return &failure{text: e.Text}
	}
	return err
}

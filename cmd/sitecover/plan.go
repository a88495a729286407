package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/siting"
)

func (a *app) planCmd() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan [study.yaml]",
		Short: a.t("分年度建设计划：哪一年、在哪里、建哪一级", "the yearly rollout: what to build, where, in which year"),
		Long: a.t(`按每年预算与目标，联合优化各级设施的选址和年份。每个年份都给出上限：同样的钱，任何方案都不可能超过。
先尽量满足目标，再让覆盖的人年最多。已开放的设施不动；当年投资的设施次年起计入覆盖。`,
			`Chooses sites and years for all tiers together under the yearly money and targets. Every year comes with a bound that no
plan with the same money can exceed. Targets are met first as far as possible, then person-years covered are maximised.
Open sites stay; a site funded in one year counts from the next.`),
		Example: "  sitecover plan study.yaml\n  sitecover plan study.yaml --json > plan.json\n" +
			"  sitecover plan study.yaml --pin cell:8930866c123ffff@station:2027 --ban host:p12\n  sitecover plan study.yaml --scenarios",
		Args: a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			if err := a.readSearch(); err != nil {
				return err
			}
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if !s.HasPlan() {
				return &failure{text: data.T("%s 里没有 budget，无法编制计划；加上例如 budget: {2027: 500 万元}",
					"%s has no budget, so there is nothing to plan; add for example budget: {2027: 500 万元}", s.Study.Path)}
			}
			return a.plan(cmd, s, f)
		},
	}
	a.planFlags(cmd, &f)
	a.searchFlags(cmd)
	return cmd
}

// plan computes the plan that the flags ask for and tells of it what they ask.
func (a *app) plan(cmd *cobra.Command, s *run.Session, f planFlags) error {
	if f.scenarios {
		return a.scenarios(cmd, s)
	}
	variant, varied, err := f.variant(s)
	if err != nil {
		return err
	}
	var price *run.PriceView
	if varied {
		if price, err = s.Vary(cmd.Context(), variant); err != nil {
			return a.variantError(err)
		}
	} else if err := s.Rollout(cmd.Context()); err != nil {
		return err
	}
	if f.why != "" {
		v, err := s.WhyPlanned(cmd.Context(), data.CandidateID(f.why))
		if err != nil {
			return err
		}
		return a.whyPlanned(v)
	}
	view := run.PlanView(s)
	view.Price, view.Scenario = price, f.scenario
	if err := f.cross.ask(cmd, s, &view); err != nil {
		return a.checkError(err)
	}
	if f.relax && len(s.Plan.Missed) > 0 {
		if view.Relief, err = s.Relief(cmd.Context()); err != nil {
			return err
		}
	}
	if f.explain > 0 {
		return a.printPick(view, f.explain)
	}
	if a.json {
		return a.emit(view)
	}
	a.printPlan(s, view)
	if price != nil {
		a.printPrice(price)
	}
	a.printCross(view.Check)
	return nil
}

// ask writes the plan's problem and puts it to another solver, as far as the flags say.
func (f *crossFlags) ask(cmd *cobra.Command, s *run.Session, view *run.PlanReport) (err error) {
	if f.lp != "" {
		if err := s.WritePlanLP(cmd.Context(), f.lp); err != nil {
			return err
		}
	}
	if f.solver != "" && s.Plan.Status != siting.Infeasible {
		view.Check, err = s.CheckPlan(cmd.Context(), f.solver)
	}
	return err
}

func (a *app) printPlan(s *run.Session, v run.PlanReport) {
	w := a.table(">#", a.t(">投资年", ">funded"), a.t(">开放年", ">open"), a.t("级别", "tier"), a.t("候选点", "candidate"), a.t("依托场所", "host"), a.t("方式", "way"), a.t("区域", "region"),
		a.t("经度,纬度", "lon,lat"), a.t(">万元", ">万元"), a.t(">新增覆盖", ">people gained"), a.t("理由", "reason"))
	for _, p := range v.Sites {
		w.AppendRow(row(p.Number, p.Year, p.OpenYear, p.Tier, p.Candidate, p.Host, a.way(p.Way), p.Region.Name, lonlat(p.Lon, p.Lat), wan(p.Cost), people(p.Gained), a.reason(p)))
	}
	w.Render()
	years := a.table(a.t(">年份", ">year"), a.t(">预算", ">budget"), a.t(">已用", ">spent"), a.t("级别", "tier"), a.t(">有效覆盖", ">effective"), a.t(">目标", ">target"),
		a.t(">上限", ">bound"), a.t(">有形覆盖", ">presence"), a.t(">目标", ">target"))
	var upgrades []string
	for _, y := range v.Years {
		for i, t := range y.Tiers {
			year, budget, spent := "", "", ""
			if i == 0 {
				year, budget, spent = fmt.Sprint(y.Year), wan(y.Budget), wan(y.Spent)
			}
			if t.UpgradeTarget != nil {
				upgrades = append(upgrades, a.t("%d 年底 %s 已提升 %d 处，目标 %s，上限 %s", "at the end of %d %s: %d sites upgraded, target %s, bound %s",
					y.Year, t.Tier, t.Upgraded, percent(t.UpgradeTarget), percent(t.UpgradeBound)))
			}
			years.AppendRow(row(year, budget, spent, t.Tier, percent(t.Effective), optional(t.Target), percent(t.Bound), fmt.Sprintf("%d/%d", t.Owning, t.Required), optional(t.PresenceTarget)))
		}
	}
	years.Render()
	a.printYearBounds(v)
	if slices.Contains(v.BoundsIgnore, "quotas") {
		a.printf("各年上限没有计入配额（plan.quotas），可能偏宽；总目标值的上限已计入", "the bounds of single years leave quotas out (plan.quotas) and may be loose; that of the objective counts them")
	}
	for _, line := range upgrades {
		a.printf("%s", "%s", line)
	}
	if v.Reason != "" {
		a.printf("无解：%s", "infeasible: %s", v.Text().In(a.lang))
	}
	for _, r := range v.Unfair {
		a.printf("%s 到期什么也没有分到（plan.fair）", "%s gets nothing in time (plan.fair)", r.Name)
	}
	a.printRegional(v)
	a.printOverloaded(v.Overloaded)
	for _, m := range v.Missed {
		tail := ""
		if m.Bound < m.Target {
			tail = a.t("；已证明这笔钱达不到", "; proved out of reach with this money")
		}
		a.printf("未达目标：%d 年 %s %s 目标 %s，计划 %s，上限 %s%s", "missed: %d %s %s target %s, plan %s, bound %s%s",
			m.Year, m.Tier, a.kind(m.Kind), percent(&m.Target), percent(&m.Got), percent(&m.Bound), tail)
	}
	a.printRelief(v)
	a.printf("候选 %d 处（考察 %d 处），新建 %d 处；状态 %s，目标值 %.0f，上限 %.0f，差距 %.2f %%，种子 %d",
		"%d candidates (of %d considered), %d sites to open; status %s, objective %.0f, bound %.0f, gap %.2f %%, seed %d",
		v.Candidates, v.Considered, len(v.Sites), v.Status, v.Objective, v.Bound, v.Gap*100, v.Seed)
	a.printStopped(v.Stopped)
}

// printYearBounds says in words what the money of each year cannot exceed.
func (a *app) printYearBounds(v run.PlanReport) {
	for _, y := range v.Years {
		var most []string
		for _, t := range y.Tiers {
			if t.Bound == nil {
				continue
			}
			text := fmt.Sprintf("%s %s", t.Tier, percent(t.Bound))
			if t.PresenceBound != nil {
				text += a.t("（有形覆盖 %s）", " (presence %s)", percent(t.PresenceBound))
			}
			most = append(most, text)
		}
		if len(most) > 0 {
			a.printf("到 %d 年底，用这些钱的任何方案都不可能超过：%s", "no plan with this money can exceed by the end of %d: %s", y.Year, strings.Join(most, a.t("、", ", ")))
		}
	}
}

func (a *app) reason(p run.PickView) string {
	if p.First != "" {
		return a.t("填补空白点：%s", "first site of %s", p.First)
	}
	if p.Reason == siting.ForUpgrade {
		return a.t("功能提升达标", "brought up to standard")
	}
	return a.t("覆盖", "coverage")
}

func (a *app) way(w string) string {
	switch siting.Way(w) {
	case siting.Upgrade:
		return a.t("功能提升", "upgrade")
	case siting.Convert:
		return a.t("改建", "convert")
	}
	return a.t("新建", "new")
}

func (a *app) kind(k string) string {
	switch k {
	case "presence":
		return a.t("有形覆盖", "presence")
	case "upgraded":
		return a.t("功能提升", "upgraded")
	}
	return a.t("有效覆盖", "effective coverage")
}

// optional writes a share that may not be asked.
func optional(share *float64) string {
	if share == nil {
		return "-"
	}
	return percent(share)
}

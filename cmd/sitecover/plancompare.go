package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
)

// namesPlan reports whether an argument of compare means a plan: what plan --json has written, or STUDY@SCENARIO.
func namesPlan(arg string) bool {
	return strings.HasSuffix(strings.ToLower(arg), ".json") || strings.Contains(arg, "@")
}

// comparePlans puts two plans side by side. A study without a scenario stands for its own plan.
func (a *app) comparePlans(cmd *cobra.Command, args []string) error {
	if err := a.readSearch(); err != nil {
		return err
	}
	var plans [2]run.PlanReport
	opened := map[string]*run.Session{}
	for k, arg := range args {
		var err error
		if strings.HasSuffix(strings.ToLower(arg), ".json") {
			plans[k], err = run.ReadPlan(arg)
		} else {
			path, scenario, _ := strings.Cut(arg, "@")
			s := opened[path]
			if s == nil {
				if s, err = a.open(cmd, []string{path}); err != nil {
					return err
				}
				opened[path] = s
			}
			plans[k], err = s.PlanOf(cmd.Context(), scenario)
		}
		if err != nil {
			return a.variantError(err)
		}
	}
	v := run.ComparePlans(plans[0], plans[1], [2]string{args[0], args[1]})
	if a.json {
		return a.emit(v)
	}
	a.printPlanComparison(v)
	return nil
}

func (a *app) printPlanComparison(v *run.PlanComparison) {
	a.printPlanSides(v)
	a.printPlanYears(v)
	a.printTargetChanges(v)
	w := a.table(a.t("变化", "change"), a.t("级别", "tier"), a.t("候选点", "candidate"), a.t("依托场所", "host"), a.t("区域", "region"),
		a.t(">投资年（甲）", ">funded (A)"), a.t(">乙", ">(B)"), a.t(">万元（甲）", ">万元 (A)"), a.t(">乙", ">(B)"))
	for _, list := range []struct {
		name  string
		sites []run.PlannedChange
	}{{a.t("只在甲", "only A"), v.Dropped}, {a.t("只在乙", "only B"), v.Added}, {a.t("换年份", "other year"), v.Moved}} {
		for _, c := range list.sites {
			w.AppendRow(row(list.name, c.Tier, c.Candidate, c.Host, c.Region.Name, yearOr(c.YearBefore), yearOr(c.YearAfter), moneyOr(c.YearBefore, c.CostBefore), moneyOr(c.YearAfter, c.CostAfter)))
		}
	}
	if len(v.Dropped)+len(v.Added)+len(v.Moved) > 0 {
		w.Render()
	}
	a.printf("相同 %d 处，换年份 %d 处，只在甲 %d 处，只在乙 %d 处；%d 个区域得到的不同", "%d sites the same, %d in another year, %d only in A, %d only in B; %d regions get something else",
		len(v.Kept), len(v.Moved), len(v.Dropped), len(v.Added), len(v.Regions))
	if v.Before.Study != v.After.Study {
		a.printf("注意：两个方案来自不同的研究（%s、%s），候选点按编号对应", "note: the plans are of different studies (%s, %s); candidates are matched by id", v.Before.Study, v.After.Study)
	}
	a.printf("两个方案各有差距（甲 %.2f %%，乙 %.2f %%）：比这更小的差别说明不了什么", "each plan has a gap (A %.2f %%, B %.2f %%): smaller differences say nothing", v.Before.Gap*100, v.After.Gap*100)
}

// printPlanSides tells what each plan comes to.
func (a *app) printPlanSides(v *run.PlanComparison) {
	w := a.table(a.t("方案", "plan"), a.t("名称", "name"), a.t("状态", "status"), a.t(">处数", ">sites"), a.t(">万元", ">万元"), a.t(">未达目标", ">targets missed"), a.t(">目标值", ">objective"), a.t(">上限", ">bound"))
	for k, s := range []run.PlanSide{v.Before, v.After} {
		w.AppendRow(row([]string{a.t("甲", "A"), a.t("乙", "B")}[k], s.Name, s.Status, count(s.Sites), wan(s.Spent), count(s.Missed), people(s.Objective), people(s.Bound)))
	}
	w.Render()
	for _, s := range []run.PlanSide{v.Before, v.After} {
		if s.Reason != "" {
			a.printf("%s 无解：%s", "%s is infeasible: %s", s.Name, s.Text().In(a.lang))
		}
		a.printStopped(s.Stopped)
	}
}

// printPlanYears puts money and people side by side, year by year.
func (a *app) printPlanYears(v *run.PlanComparison) {
	w := a.table(a.t(">年份", ">year"), a.t(">已用万元（甲）", ">万元 spent (A)"), a.t(">乙", ">(B)"), a.t("级别", "tier"), a.t(">覆盖人口（甲）", ">people covered (A)"), a.t(">乙", ">(B)"), a.t(">乙多", ">more in B"),
		a.t(">有效覆盖（甲）", ">effective (A)"), a.t(">乙", ">(B)"), a.t(">有形覆盖（甲）", ">presence (A)"), a.t(">乙", ">(B)"))
	money := func(m *run.PlanYearMoney) string {
		if m == nil {
			return "-"
		}
		return wan(m.Spent)
	}
	cells := func(t *run.TierYearView) [3]string {
		if t == nil {
			return [3]string{"-", "-", "-"}
		}
		return [3]string{people(t.Covered), percent(t.Effective), fmt.Sprintf("%d/%d", t.Owning, t.Required)}
	}
	for _, y := range v.Years {
		for i, t := range y.Tiers {
			year, before, after, more := "", "", "", "-"
			if i == 0 {
				year, before, after = fmt.Sprint(y.Year), money(y.Before), money(y.After)
			}
			if t.People != nil {
				more = people(*t.People)
			}
			x, z := cells(t.Before), cells(t.After)
			w.AppendRow(row(year, before, after, t.Tier, x[0], z[0], more, x[1], z[1], x[2], z[2]))
		}
	}
	w.Render()
}

// printTargetChanges lists the targets that not both plans meet.
func (a *app) printTargetChanges(v *run.PlanComparison) {
	met := [2]int{}
	word := func(s *run.TargetSide) string {
		switch {
		case s == nil:
			return a.t("未设", "not asked")
		case s.Met:
			return a.t("达到 %s（目标 %s）", "met with %s (target %s)", percent(&s.Got), percent(&s.Target))
		}
		return a.t("未达，%s（目标 %s）", "missed with %s (target %s)", percent(&s.Got), percent(&s.Target))
	}
	for _, t := range v.Targets {
		for k, s := range []*run.TargetSide{t.Before, t.After} {
			if s != nil && s.Met {
				met[k]++
			}
		}
		if t.Before == nil || t.After == nil || !t.Before.Met || !t.After.Met {
			a.printf("%d 年 %s %s：甲 %s；乙 %s", "%d %s %s: A %s; B %s", t.Year, t.Tier, a.kind(t.Kind), word(t.Before), word(t.After))
		}
	}
	if len(v.Targets) > 0 {
		a.printf("目标：甲达到 %d 项，乙达到 %d 项，共 %d 项", "targets: A meets %d, B meets %d, of %d", met[0], met[1], len(v.Targets))
	}
}

// yearOr and moneyOr leave out what a plan does not have.
func yearOr(year int) string {
	if year == 0 {
		return "-"
	}
	return fmt.Sprint(year)
}

func moneyOr(year int, yuan int64) string {
	if year == 0 {
		return "-"
	}
	return wan(yuan)
}

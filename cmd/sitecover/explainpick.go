package main

import (
	"sitecover/cmd/internal/run"
)

// printPick explains one planned site: what it brings and costs, what it belongs to, and what else could stand in for it.
func (a *app) printPick(v run.PlanReport, n int) error {
	if n < 1 || n > len(v.Sites) {
		return usage("--explain %d：方案有 %d 处", "--explain %d: the plan has %d sites", n, len(v.Sites))
	}
	p := v.Sites[n-1]
	if a.json {
		return a.emit(p)
	}
	a.printf("#%d %s %s %s（%s，%s）：%d 年投资，%d 年起开放，%s 万元", "#%d %s %s %s (%s, %s): money of %d, open from %d, %s 万元",
		p.Number, p.Tier, p.Candidate, p.Host, a.way(p.Way), p.Region.Name, p.Year, p.OpenYear, wan(p.Cost))
	a.printf("服务半径内 %s 人，其中新增覆盖 %s 人", "%s people within reach, of them %s newly covered", people(p.Within), people(p.Gained))
	if p.Gained > 0 {
		a.printf("每新增一人 %s 元", "%s 元 for each person newly covered", people(float64(p.Cost)/p.Gained))
	}
	if p.First != "" {
		a.printf("填补空白点：%s 的第一处达标设施", "the first qualifying site of %s", p.First)
	}
	switch {
	case p.Way == "upgrade":
		a.printf("提升现有设施，不另选址", "an existing site is upgraded in place")
	case p.Parent != "":
		a.printf("隶属 %s", "belongs to %s", p.Parent)
	}
	if p.RunnerUp == "" {
		a.printf("附近没有可替代它的候选点", "no candidate near by could stand in for it")
	} else if p.RunnerUpGained == p.Gained && p.RunnerUpCost == p.Cost {
		a.printf("旁边的 %s 同样好：也新增 %s 人，造价也是 %s 万元；先取依托场所的，再按编号", "%s beside it is as good: it would newly cover %s people too, for %s 万元 as well; venues come first, then the lower id",
			p.RunnerUp, people(p.RunnerUpGained), wan(p.RunnerUpCost))
	} else {
		a.printf("为什么不是旁边的 %s：在同样位置它新增 %s 人，造价 %s 万元", "why not %s beside it: in its place it would newly cover %s people, for %s 万元",
			p.RunnerUp, people(p.RunnerUpGained), wan(p.RunnerUpCost))
	}
	for _, y := range v.Years {
		for _, t := range y.Tiers {
			if y.Year < p.OpenYear || t.Tier != p.Tier || t.Target == nil || t.Effective == nil {
				continue
			}
			by := *t.Effective - *t.Target
			word := a.t("达标，高出", "met, by")
			if by < 0 {
				word, by = a.t("未达，差", "missed, by"), -by
			}
			a.printf("%d 年底有效覆盖 %s，目标 %s：%s %s", "at the end of %d effective coverage is %s, the target %s: %s %s",
				y.Year, percent(t.Effective), percent(t.Target), word, percent(&by))
		}
	}
	return nil
}

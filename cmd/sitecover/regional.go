package main

import (
	"fmt"

	"sitecover/cmd/internal/run"
)

// printRegional tells what quotas, pilots and weights of groups did to a plan.
func (a *app) printRegional(v run.PlanReport) {
	kept := 0
	for _, q := range v.Quotas {
		if !q.Short {
			kept++
			continue
		}
		tail := ""
		if q.Possible < q.Min {
			tail = a.t("；已证明至多 %d 处", "; proved: %d at most", q.Possible)
		}
		a.printf("配额未满：%s %s 至少 %d 处，计划 %d 处（plan.quotas）%s", "quota not met: %s %s at least %d sites, plan %d (plan.quotas)%s", q.Region.Name, a.tierOrAll(q.Tier), q.Min, q.Sites, tail)
	}
	if kept > 0 {
		a.printf("配额（plan.quotas）：%d 项满足，共 %d 项", "quotas (plan.quotas): %d of %d are met", kept, len(v.Quotas))
	}
	if v.Late != nil {
		for _, r := range v.Late.Regions {
			a.printf("试点 %s 第一年未能安排（plan.pilots）", "the pilot %s does not come in the first year (plan.pilots)", r.Name)
		}
		for _, id := range v.Late.Candidates {
			a.printf("试点 %s 第一年未能安排（plan.pilots）", "the pilot %s does not come in the first year (plan.pilots)", id)
		}
	}
	for _, g := range v.Groups {
		a.printf("%s（目标值与上限中一人折合 %g 人）：%s 今天覆盖 %s 人，计划后 %s 人，共 %s 人", "%s (a member counts as %g people in objective and bound): %s covers %s today, %s with the plan, of %s",
			g.Group, g.Weight, g.Tier, people(g.Today), people(g.Covered), people(g.People))
	}
}

func (a *app) tierOrAll(tier string) string {
	if tier == "" {
		return a.t("各级合计", "all tiers")
	}
	return tier
}

// overloadedShown is how many overloaded sites are listed.
const overloadedShown = 20

// printOverloaded lists the sites with more people than they can serve.
func (a *app) printOverloaded(sites []run.LoadView) {
	if len(sites) == 0 {
		return
	}
	a.printf("\n超出容量的设施（人按最近的设施计）：%d 处", "\nsites beyond their capacity (people go to the nearest): %d", len(sites))
	w := a.table(a.t("级别", "tier"), a.t("设施", "site"), a.t("名称", "name"), a.t("区域", "region"), a.t(">人口", ">people"), a.t(">容量", ">capacity"), a.t(">倍", ">times"))
	for _, l := range sites[:min(len(sites), overloadedShown)] {
		w.AppendRow(row(l.Tier, l.Site, l.Name, l.Region.Name, people(l.People), people(l.Capacity), fmt.Sprintf("%.1f", l.Times)))
	}
	w.Render()
	if more := len(sites) - overloadedShown; more > 0 {
		a.printf("另有 %d 处（见 --json）", "%d more (see --json)", more)
	}
}

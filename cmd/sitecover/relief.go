package main

import (
	"sitecover/cmd/internal/run"
)

// printRelief tells how the missed targets could be met.
func (a *app) printRelief(v run.PlanReport) {
	r := v.Relief
	if r == nil {
		if len(v.Missed) > 0 {
			a.printf("怎样才能达到：加 --relax，给出最少要加的钱、要推迟到哪一年、哪条规则挡路", "what would meet them: --relax tells the least more money, the year, and the rules in the way")
		}
		return
	}
	for i, t := range r.Targets {
		m := v.Missed[i]
		reach := a.t("，全部候选点合起来可达 %s", ", all candidates together reach %s", percent(t.Reach))
		if m.Kind == "upgraded" {
			reach = ""
		}
		switch {
		case t.Reach != nil && *t.Reach < m.Target:
			a.printf("%d 年 %s %s %s：多少钱都不够%s；目标要降到这个比例，或放宽选址规则", "%d %s %s %s: no money is enough%s; lower the target to that, or relax the rules for candidates",
				m.Year, m.Tier, a.kind(m.Kind), percent(&m.Target), reach)
		case t.Later > 0:
			a.printf("%d 年 %s %s %s：目标降到 %s 本方案就达到；照最后一年的投入继续，%d 年底达到%s", "%d %s %s %s: this plan meets %s; if the money of the last year goes on, it is reached at the end of %d%s",
				m.Year, m.Tier, a.kind(m.Kind), percent(&m.Target), percent(&m.Got), t.Later, reach)
		default:
			a.printf("%d 年 %s %s %s：目标降到 %s 本方案就达到；照最后一年的投入继续，十年内达不到%s", "%d %s %s %s: this plan meets %s; if the money of the last year goes on, it is not reached within ten years%s",
				m.Year, m.Tier, a.kind(m.Kind), percent(&m.Target), percent(&m.Got), reach)
		}
	}
	switch {
	case r.More != nil:
		a.printf("%d 年多给 %s 万元就全部达到（找到的最少数）", "%s 万元 more in %d meet them all (the least that was found)", a.order(r.MoneyYear, wan(*r.More))...)
	case r.MoneyYear == 0:
		a.printf("在目标年之前没有任何资金能够赶上", "no money comes in time for the target year")
	default:
		a.printf("%d 年多给 %s 万元也没有找到全部达到的方案", "no plan was found that meets them all with up to %s 万元 more in %d", a.order(r.MoneyYear, wan(r.Tried))...)
	}
	if r.Short != nil {
		a.printf("已证明：%d 年多给 %s 万元仍然不够", "proved: %s 万元 more in %d are not enough", a.order(r.MoneyYear, wan(*r.Short))...)
	}
	for _, q := range r.Rules {
		rest := a.t("全部达到", "all are met")
		if q.Missed > 0 {
			rest = a.t("还有 %d 个未达", "%d are still missed", q.Missed)
		}
		a.printf("同样的钱，去掉规则“%s”%s：%s", "the same money without the rule %q%s: %s", a.rule(q.Rule), a.ofTier(q.Tier), rest)
	}
}

// order puts a year and an amount into the order of the language's sentence.
func (a *app) order(year int, amount string) []any {
	if a.lang == "en" {
		return []any{amount, year}
	}
	return []any{year, amount}
}

func (a *app) ofTier(tier string) string {
	if tier == "" {
		return ""
	}
	return a.t("（%s）", " of %s", tier)
}

package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"sitecover/cmd/internal/run"
)

// mostNamed is how many missed targets of a town the table names: more would make it wider than any window.
const mostNamed = 2

// printTowns writes the scoreboard. Of tiers that no town must own a site of, presence is left out.
func (t *tracking) printTowns(v *run.TrackStatus, all bool) {
	if len(v.Towns) == 0 {
		return
	}
	head := []string{t.t(">名次", ">rank"), t.t(">比上年", ">change"), t.t("区划", "region"), t.t("状态", "light"), t.t(">得分", ">score")}
	owned := make([]bool, len(v.Towns[0].Tiers))
	for i, x := range v.Towns[0].Tiers {
		owned[i] = slices.ContainsFunc(v.Towns, func(town run.TownView) bool { return town.Tiers[i].Required > 0 })
		if owned[i] {
			head = append(head, ">"+x.Name+"\n"+t.t("有形", "presence"))
		}
		head = append(head, ">"+x.Name+"\n"+t.t("有效", "effective"), ">"+t.t("变化", "change"))
	}
	w := t.table(append(head, t.t("没完成或滞后的目标", "targets missed or behind"))...)
	cut := false
	for i := range v.Towns {
		town := &v.Towns[i]
		cells := row(rankText(town.Rank), rankChange(*town), town.Name, run.LightText(town.Light).In(t.lang), percent(town.Score))
		for i, x := range town.Tiers {
			if owned[i] {
				cells = append(cells, fmt.Sprintf("%d/%d", x.Owning, x.Required))
			}
			cells = append(cells, percent(x.Effective), points(x.Change))
		}
		late := t.late(town)
		if n := len(late); n > mostNamed && !all {
			late, cut = append(late[:mostNamed:mostNamed], t.t("等 %d 项", "%d in all", n)), true
		}
		w.AppendRow(append(cells, strings.Join(late, "\n")))
	}
	w.Render()
	if cut {
		t.printf("每个镇最多写出 %d 项（--all 全部写出）", "at most %d targets a town are named (--all names all)", mostNamed)
	}
	if v.Before != "" {
		t.printf("名次变化与 %s 相比；得分为各项目标完成度的平均", "ranks are compared with %s; the score is the mean fulfilment of the targets in force", v.Before)
	}
}

// late names the targets that a town misses or is behind with.
func (t *tracking) late(town *run.TownView) []string {
	var out []string
	for _, x := range town.Targets {
		if x.Status == "missed" || x.Status == "behind" {
			out = append(out, fmt.Sprintf("%d %s %s %s", x.Year, x.TierName, run.IndicatorText(x.Indicator).In(t.lang), t.t("差 %s", "%s short", run.AmountText(x.Unit, math.Ceil(x.Short)).In(t.lang))))
		}
	}
	return out
}

// printTownGroups writes how many people of each group are covered, town by town.
func (t *tracking) printTownGroups(v *run.TrackStatus) {
	var rows []groupRow
	for _, town := range v.Towns {
		for _, x := range town.Tiers {
			rows = append(rows, groupRow{town.Name, x})
		}
	}
	t.groupTable(t.t("区划", "region"), rows)
}

// printGroups writes how many people of each group are covered, year by year.
func (t *tracking) printGroups(v *run.TrackStatus) {
	var rows []groupRow
	for _, y := range v.History {
		for _, x := range y.Tiers {
			rows = append(rows, groupRow{y.Date, x})
		}
	}
	t.groupTable(t.t("日期", "day"), rows)
}

// groupRow is a tier's figures somewhere, or on some day.
type groupRow struct {
	of   string
	tier run.TownTier
}

func (t *tracking) groupTable(head string, rows []groupRow) {
	w := t.table(head, t.t("层级", "tier"), t.t("人群", "group"), t.t(">人数", ">people"), t.t(">覆盖", ">covered"), t.t(">有效覆盖", ">effective"))
	for _, r := range rows {
		for _, g := range r.tier.Groups {
			w.AppendRow(row(r.of, r.tier.Name, g.Group, people(g.People), people(g.Covered), percent(g.Effective)))
		}
	}
	if w.Length() == 0 {
		t.printf("研究没有写人群（population 的 groups）", "the study names no groups of people (groups of population)")
		return
	}
	w.Render()
}

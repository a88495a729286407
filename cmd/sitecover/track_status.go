package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/coverage"
	"sitecover/data"
)

func (t *tracking) statusCmd() *cobra.Command {
	var xlsx string
	var show statusShow
	cmd := &cobra.Command{
		Use:   "status [study.yaml]",
		Short: t.t("年度目标完成情况、各镇红黄绿和排名、项目进度", "how the targets stand, the scoreboard of towns, projects by state"),
		Long: t.t(`读取已保存的快照，不重新计算。
完成：达到目标（等于也算）。正常：没到期，且不低于时间进度线，或已批准、在建的项目到期开放后能达到。滞后：没到期，两者都不是。未完成：已到期而没有达到。
绿：各项都完成或正常；红：有一项未完成，或滞后且只剩不到一年；黄：其余滞后。定义见 docs/tracking.md。`,
			`Reads the snapshots that are kept; nothing is computed anew.
met: the target is reached (equality counts). on track: its year has not ended, and the value is not below the straight line to it, or projects approved or
under construction reach it in time. behind: neither. missed: the year has ended without it. green: all met or on track; red: one missed, or
behind with a year or less left; amber: otherwise behind. docs/tracking.md defines each.`),
		Example: "  sitecover track status\n  sitecover track status --json\n  sitecover track status --xlsx 通报.xlsx",
		Args:    t.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.withStatus(cmd, args, func(k *run.Tracker, v *run.TrackStatus) error {
				switch {
				case xlsx != "":
					return t.writeScoreBook(cmd, k, v, xlsx)
				case t.json:
					return t.emit(v)
				}
				t.printStatus(v, show)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&xlsx, "xlsx", "", t.t("写出 Excel 通报表", "write the yearly table as Excel"))
	cmd.Flags().BoolVar(&show.all, "all", false, t.t("也列出已经过去的目标，并写全各镇没完成的目标", "list targets of past years too, and every target that a town misses"))
	cmd.Flags().BoolVar(&show.groups, "groups", false, t.t("也列出各类人群的覆盖", "list the coverage of groups of people too"))
	return cmd
}

// statusShow is what the tables of the status show beside the usual.
type statusShow struct{ all, groups bool }

// withStatus reads the status and hands it on.
func (t *tracking) withStatus(cmd *cobra.Command, args []string, use func(*run.Tracker, *run.TrackStatus) error) (err error) {
	k, done, err := t.tracker(cmd, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	v, err := k.Status(cmd.Context())
	if err != nil {
		return trackError(err, k.Study, t.inLedger(k), os.Getenv("SITECOVER_WHO"))
	}
	return use(k, v)
}

// writeScoreBook writes the yearly table and its manifest.
func (t *tracking) writeScoreBook(cmd *cobra.Command, k *run.Tracker, v *run.TrackStatus, path string) error {
	content, err := v.Book(t.lang, t.version)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return &failure{text: data.T("没有文件夹 %s", "there is no folder %s", filepath.Dir(path)), err: err}
	}
	if err := run.WriteFile(path, content); err != nil {
		return err
	}
	o := run.ReportOptions{Lang: t.lang, Version: t.version, Asked: t.given(cmd)}
	if k.Store != nil {
		full, err := filepath.Abs(k.Store.Path())
		if err != nil {
			return err
		}
		o.Asked = append(slices.DeleteFunc(o.Asked, func(f string) bool { return strings.HasPrefix(f, "--ledger=") }), "--ledger="+full)
	}
	if err := k.SealStatus(cmd.Context(), path, o); err != nil {
		return err
	}
	if t.json {
		return t.emit(map[string]any{"file": path, "bytes": len(content)})
	}
	t.printf("已写出 %s（%s 字节）", "wrote %s (%s bytes)", path, count(len(content)))
	return nil
}

func (t *tracking) printStatus(v *run.TrackStatus, show statusShow) {
	t.printf("%s，截至 %s", "%s, on %s", v.Study, v.Date)
	t.printTargets(v, show.all)
	t.printTowns(v, show.all)
	if show.groups {
		t.printTownGroups(v)
	}
	t.printPipeline(v)
	t.printProgramme(v)
	if len(v.Money) > 0 {
		w := t.table(t.t(">年份", ">year"), t.t(">预算（万元）", ">budget, 万元"), t.t(">待付：已批准和在建（万元）", ">committed, 万元"), t.t(">已拨付（万元）", ">paid, 万元"))
		for _, m := range v.Money {
			w.AppendRow(row(m.Year, wanOr(m.Budget), wanOr(m.Committed), wanOr(m.Paid)))
		}
		w.Render()
	}
	for _, l := range v.LeftOut {
		t.printf("未跟踪：%s（%s）：%s", "not tracked: %s (%s): %s", l.Target, l.Source, l.Why.In(t.lang))
	}
	for _, n := range v.Notes {
		t.printf("%s：%s", "%s: %s", n.Date, n.Text.In(t.lang))
	}
}

// printPipeline writes the projects by state; of a ledger without projects one line says so.
func (t *tracking) printPipeline(v *run.TrackStatus) {
	n := int64(0)
	for _, s := range v.Pipeline {
		n += s.Projects
	}
	switch {
	case !v.Ledger:
		t.printf("没有历年台账（ledger.db）：提升、项目和资金无数据", "there is no ledger over time (ledger.db): upgrades, projects and money are not known")
		return
	case n == 0:
		t.printf("台账里还没有建设项目", "the ledger has no projects yet")
		return
	}
	w := t.table(t.t("项目状态", "state of projects"), t.t(">项目", ">projects"), t.t(">预算（万元）", ">budget, 万元"), t.t(">已拨付（万元）", ">paid, 万元"))
	for _, s := range v.Pipeline {
		w.AppendRow(row(s.Name.In(t.lang), count(s.Projects), wan(s.Budget), wan(s.Paid)))
	}
	w.Render()
}

func orDash(n *int64) string {
	if n == nil {
		return "-"
	}
	return count(*n)
}

func wanOr(yuan *int64) string {
	if yuan == nil {
		return "-"
	}
	return wan(*yuan)
}

func (t *tracking) printTargets(v *run.TrackStatus, all bool) {
	if len(v.Targets) == 0 {
		t.printf("没有目标：在 study.yaml 里写 targets 或 tracking.targets，或写 standard", "there are no targets: give targets, tracking.targets or a standard in study.yaml")
		return
	}
	w := t.table(t.t(">年底", ">end of"), t.t("层级", "tier"), t.t("区划", "region"), t.t("指标", "indicator"), t.t(">目标", ">asked"), t.t(">现状", ">now"), t.t("状态", "status"),
		t.t(">还差", ">short"), t.t(">每年需", ">needed a year"), t.t("已批准和在建建成后", "with committed"), t.t("按计划", "by the plan"), t.t("依据", "from"))
	year, _ := strconv.Atoi(v.Date[:4]) // a snapshot's date is checked
	hidden := 0
	for _, x := range v.Targets {
		if !all && x.Year < year && x.Status == "met" {
			hidden++
			continue
		}
		asked, value := x.Words()
		status := run.StatusText(x.Status).In(t.lang)
		switch {
		case x.Status == "unknown":
			status += "：" + run.WhyText(x.Why).In(t.lang)
			if t.lang == "en" {
				status = run.StatusText(x.Status).EN + ": " + run.WhyText(x.Why).EN
			}
		case x.By == "committed":
			status += t.t("（靠在途项目）", " (by committed projects)")
		}
		short, pace := "", ""
		if x.Short > 0 {
			short = run.AmountText(x.Unit, math.Ceil(x.Short)).In(t.lang)
			if x.Pace > 0 {
				pace = run.AmountText(x.Unit, x.Pace).In(t.lang)
			}
		}
		w.AppendRow(row(x.Year, first(x.TierName, x.Tier, t.t("合计", "all")), first(x.Name, x.Region, t.t("全域", "whole area")), run.IndicatorText(x.Indicator).In(t.lang), asked.In(t.lang), value.In(t.lang),
			status, short, pace, t.outlook(x, x.Commit), t.outlook(x, x.Planned), x.Source))
	}
	w.Render()
	if hidden > 0 {
		t.printf("另有 %d 项往年目标已完成（--all 显示）", "%d targets of past years are met (--all shows them)", hidden)
	}
}

func (t *tracking) outlook(x run.TargetView, o *run.Outlook) string {
	switch {
	case o == nil:
		return ""
	case o.Met:
		return t.t("达到", "reached")
	}
	return t.t("还差 %s", "%s short", run.AmountText(x.Unit, math.Ceil(o.Short)).In(t.lang))
}

func rankText(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

// rankChange tells how many places a town moved up or down.
func rankChange(x run.TownView) string {
	switch d := x.Before - x.Rank; {
	case x.Before == 0 || x.Rank == 0:
		return ""
	case d > 0:
		return "↑" + strconv.Itoa(d)
	case d < 0:
		return "↓" + strconv.Itoa(-d)
	}
	return "="
}

// points writes a change of a share in points.
func points(change *float64) string {
	if change == nil {
		return ""
	}
	text := coverage.ShareText(*change, 1)
	if *change >= 0 {
		text = "+" + text
	}
	return text
}

func (t *tracking) printProgramme(v *run.TrackStatus) {
	if len(v.Programme) == 0 {
		return
	}
	w := t.table(t.t("建设任务", "programme"), t.t(">个数", ">sites"), t.t(">每个补助（万元）", ">grant, 万元"), t.t(">合计（万元）", ">in all, 万元"), t.t(">已立项", ">projects"), t.t(">开工", ">started"),
		t.t(">验收", ">accepted"), t.t(">已拨付（万元）", ">paid, 万元"), t.t("条款", "clause"))
	n, total, paid := 0, int64(0), int64(0)
	for _, b := range v.Programme {
		w.AppendRow(row(b.Name.In(t.lang), b.Count, wan(b.Grant), wan(b.Total), b.Projects, b.Started, b.Accepted, wan(b.Paid), b.Clause))
		n, total, paid = n+b.Count, total+b.Total, paid+b.Paid
	}
	w.AppendFooter(row(t.t("合计", "total"), n, "", wan(total), "", "", "", wan(paid), ""))
	w.Render()
}

func (t *tracking) historyCmd() *cobra.Command {
	groups := false
	cmd := &cobra.Command{
		Use:     "history [study.yaml]",
		Short:   t.t("历年指标：覆盖、阵地、资金", "the indicators year by year: coverage, sites, money"),
		Example: "  sitecover track history\n  sitecover track history --json",
		Args:    t.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.withStatus(cmd, args, func(_ *run.Tracker, v *run.TrackStatus) error {
				if t.json {
					return t.emit(map[string]any{"study": v.Study, "history": v.History, "money": v.Money, "notes": v.Notes})
				}
				t.printHistory(v)
				if groups {
					t.printGroups(v)
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&groups, "groups", false, t.t("也列出各类人群的覆盖", "list the coverage of groups of people too"))
	return cmd
}

func (t *tracking) printHistory(v *run.TrackStatus) {
	w := t.table(t.t("日期", "day"), t.t("层级", "tier"), t.t(">人口", ">people"), t.t(">覆盖人口", ">covered"), t.t(">有效覆盖", ">effective"), t.t(">变化（百分点）", ">change, points"),
		t.t(">有形覆盖", ">presence"), t.t(">开放", ">open"), t.t(">达标", ">qualifying"), t.t(">当年提升", ">upgraded"), t.t(">累计拨付（万元）", ">paid so far, 万元"))
	for _, y := range v.History {
		for _, x := range y.Tiers {
			presence := "n/a"
			if x.Presence != nil {
				presence = fmt.Sprintf("%s (%d/%d)", percent(x.Presence), x.Owning, x.Required)
			}
			w.AppendRow(row(y.Date, x.Name, people(x.People), people(x.Covered), percent(x.Effective), points(x.Change), presence, x.Open, x.Qualifying, orDash(x.Upgraded), wanOr(x.Paid)))
		}
	}
	w.Render()
	for _, n := range v.Notes {
		t.printf("%s：%s", "%s: %s", n.Date, n.Text.In(t.lang))
	}
}

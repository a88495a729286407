package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
)

func (a *app) compareCmd() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "compare before after",
		Short: a.t("比较两份研究（两个年份或两个方案）的覆盖，或两个建设计划", "compare the coverage of two studies (two years or two scenarios), or two plans"),
		Long: a.t("逐级、逐区域、逐网格比较两份研究：开了什么、关了什么、迁了什么，多覆盖了多少人；有人群、开放时间、园区楼宇的也一并比较。区域、设施、网格按编号对应。\n加 --output 写出对比报告：compare.html（三张同步的地图：前、后、变化）、compare.xlsx、compare.json。\n参数是 plan --json 的输出，或“研究文件@方案名”时，比较的是两个建设计划：哪些点相同、换年份、只在一边，逐年的钱与人，目标达到没有。",
			"Compares two studies tier by tier, region by region, cell by cell: what opened, closed and moved, and how many more people are covered; groups of people, opening hours and entities too, where there are any. Regions, sites and cells are matched by id.\nWith --output it writes a comparison report: compare.html (three maps that move together: before, after, change), compare.xlsx and compare.json.\nOutputs of plan --json, or STUDY@SCENARIO, are compared as plans: which sites are the same, in another year or only in one, money and people year by year, and the targets met."),
		Example: "  sitecover compare 2025/study.yaml 2026/study.yaml\n  sitecover compare 2025/study.yaml 2026/study.yaml -o 对比\n" +
			"  sitecover compare plan-a.json plan-b.json\n  sitecover compare study.yaml study.yaml@节约",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("compare 要两份研究文件或两个方案，却给了 %d 个参数", "compare takes two study files or plans, got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if namesPlan(args[0]) || namesPlan(args[1]) {
				if output != "" {
					return usage("对比方案不写文件夹，不能用 --output；加 --json 得到数据", "comparing plans writes no folder, leave out --output; --json gives the data")
				}
				return a.comparePlans(cmd, args)
			}
			before, err := a.open(cmd, args[:1])
			if err != nil {
				return err
			}
			after, err := a.open(cmd, args[1:])
			if err != nil {
				return err
			}
			if output != "" {
				return a.writeComparison(cmd, before, after, output)
			}
			diff, err := run.Compare(cmd.Context(), before, after)
			if err != nil {
				return err
			}
			return a.printComparison(diff)
		},
	}
	a.searchFlags(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", a.t("把对比报告写到这个文件夹", "write the comparison report into this folder"))
	return cmd
}

// writeComparison writes the comparison report and says where it lies; with --json it prints the comparison as without a folder.
func (a *app) writeComparison(cmd *cobra.Command, before, after *run.Session, output string) error {
	lang := a.langFlag
	if lang == "" {
		lang = after.Study.Language
	}
	diff, err := run.CompareReport(cmd.Context(), before, after, output, run.ReportOptions{Lang: lang, Version: a.version})
	if err != nil {
		return err
	}
	if err := a.printComparison(diff); err != nil || a.json {
		return err
	}
	page, err := filepath.Abs(filepath.Join(output, "compare.html"))
	if err != nil {
		return err
	}
	a.printf("对比报告：用浏览器打开 %s", "Comparison: open %s in a browser", page)
	return nil
}

func (a *app) printComparison(diff *run.Comparison) error {
	if a.json {
		return a.emit(diff)
	}
	w := a.table(a.t("级别", "tier"), a.t("区域", "region"), a.t(">有效覆盖（前）", ">effective before"), a.t(">后", ">after"), a.t(">多覆盖人口", ">people gained"),
		a.t(">达标设施（前）", ">qualifying before"), a.t(">后", ">after"))
	for _, t := range diff.Tiers {
		for _, r := range t.Regions {
			w.AppendRow(row(t.Tier, r.Name, percent(r.Before.Effective), percent(r.After.Effective), people(r.Gained), count(r.Before.Qualifying), count(r.After.Qualifying)))
		}
		w.AppendRow(row(t.Tier, a.t("合计", "total"), percent(t.Before.Effective), percent(t.After.Effective), people(t.Gained), count(t.Before.Qualifying), count(t.After.Qualifying)))
		w.AppendSeparator()
	}
	w.Render()
	for _, t := range diff.Tiers {
		if t.RuleChanged {
			a.printf("注意：%s 的标准（半径、方式、面积或级别）前后不同，变化不全来自设施", "note: the standard of %s (radius, mode, area or level) differs, so not all change is made by sites", t.Tier)
		}
		a.printf("%s：新开 %d、关闭 %d、迁移 %d；有变化的网格 %d 个", "%s: %d opened, %d closed, %d moved; %d cells changed", t.Tier, len(t.Opened), len(t.Closed), len(t.Moved), len(t.Cells))
		a.printOtherChanges(t)
	}
	return nil
}

// printOtherChanges tells what changed for groups, at moments of the week, and for entities.
func (a *app) printOtherChanges(t run.TierComparison) {
	for _, g := range t.Groups {
		var before, after *float64
		if g.Before != nil {
			before = g.Before.Effective
		}
		if g.After != nil {
			after = g.After.Effective
		}
		a.printf("  群体 %s：有效覆盖 %s → %s，多覆盖 %s 人", "  group %s: effective %s → %s, %s more covered", g.Group, percent(before), percent(after), people(g.Gained))
	}
	for _, h := range t.Hours {
		var before, after *float64
		if h.Before != nil {
			before = h.Before.Effective
		}
		if h.After != nil {
			after = h.After.Effective
		}
		a.printf("  %s：有效覆盖 %s → %s", "  %s: effective %s → %s", h.Words.In(a.lang), percent(before), percent(after))
	}
	if e := t.Entities; e != nil {
		a.printf("  单位：新覆盖 %d、失去覆盖 %d、新增 %d、撤销 %d", "  entities: %d newly covered, %d no longer, %d added, %d removed", len(e.Reached), len(e.Lost), len(e.Added), len(e.Removed))
	}
}

package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
)

func (a *app) whatifCmd() *cobra.Command {
	var add, move, shut []string
	cmd := &cobra.Command{
		Use:   "whatif [study.yaml]",
		Short: a.t("试算：增设、迁移、关闭设施后覆盖会怎样", "what coverage would be after adding, moving or closing sites"),
		Long: a.t("在现状上增设、迁移、关闭设施（可多次给出，按 增设、迁移、关闭 的顺序），列出覆盖的变化。不改动台账。",
			"Adds, moves and closes sites on top of what stands (repeat the flags; additions first, then moves, then closures) and tells what changes. The ledger is not touched."),
		Example: "  sitecover whatif study.yaml --add station@118.89,33.26 --close ZD00033\n  sitecover whatif study.yaml --move ZX00001@118.90,33.27 --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			edits, err := parseEdits(add, move, shut)
			if err != nil {
				return err
			}
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			diff, err := s.WhatIf(cmd.Context(), edits)
			var bad *run.EditError
			if errors.As(err, &bad) {
				return &usageError{bad.Text}
			}
			if err != nil {
				return err
			}
			return a.printComparison(diff)
		},
	}
	cmd.Flags().StringArrayVar(&add, "add", nil, a.t("增设：级别@经度,纬度", "add: tier@lon,lat"))
	cmd.Flags().StringArrayVar(&move, "move", nil, a.t("迁移：编号@经度,纬度", "move: id@lon,lat"))
	cmd.Flags().StringArrayVar(&shut, "close", nil, a.t("关闭：编号", "close: id"))
	return cmd
}

func parseEdits(add, move, shut []string) ([]run.Edit, error) {
	var edits []run.Edit
	at := func(flag, text string) (string, run.Edit, error) {
		i := strings.LastIndex(text, "@")
		if i <= 0 {
			return "", run.Edit{}, usage("%s %q 应写成 名称@经度,纬度", "%s %q must be name@lon,lat", flag, text)
		}
		p, err := parsePoint(flag, text[i+1:])
		return text[:i], run.Edit{Point: p}, err
	}
	for _, text := range add {
		name, e, err := at("--add", text)
		if err != nil {
			return nil, err
		}
		e.Kind, e.Tier = run.AddSite, name
		edits = append(edits, e)
	}
	for _, text := range move {
		name, e, err := at("--move", text)
		if err != nil {
			return nil, err
		}
		e.Kind, e.Site = run.MoveSite, name
		edits = append(edits, e)
	}
	for _, id := range shut {
		edits = append(edits, run.Edit{Kind: run.CloseSite, Site: id})
	}
	if len(edits) == 0 {
		return nil, usage("没有给出任何改动：用 --add、--move 或 --close", "nothing to change: use --add, --move or --close")
	}
	return edits, nil
}

func (a *app) compareCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "compare before.yaml after.yaml",
		Short: a.t("比较两份研究（两个年份或两个方案）的覆盖", "compare the coverage of two studies (two years or two scenarios)"),
		Long: a.t("逐级、逐区域、逐网格比较两份研究：开了什么、关了什么、迁了什么，多覆盖了多少人。区域、设施、网格按编号对应。",
			"Compares two studies tier by tier, region by region, cell by cell: what opened, closed and moved, and how many more people are covered. Regions, sites and cells are matched by id."),
		Example: "  sitecover compare 2025/study.yaml 2026/study.yaml",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("compare 要两份研究文件，却给了 %d 个参数", "compare takes two study files, got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			before, err := a.open(cmd, args[:1])
			if err != nil {
				return err
			}
			after, err := a.open(cmd, args[1:])
			if err != nil {
				return err
			}
			diff, err := run.Compare(cmd.Context(), before, after)
			if err != nil {
				return err
			}
			return a.printComparison(diff)
		},
	}
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
	}
	return nil
}

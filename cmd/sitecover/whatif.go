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

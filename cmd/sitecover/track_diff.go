package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

func (t *tracking) diffCmd() *cobra.Command {
	var q diffAsked
	cmd := &cobra.Command{
		Use:   "diff [study.yaml]",
		Short: t.t("两个日期之间变了多少，其中阵地、人口、道路各占多少", "what changed between two days, and how much of it sites, people and roads did"),
		Long: t.t(`有效覆盖的变化分解为：阵地（新开、关闭、搬迁）、人口（往年的人口来自 tracking.studies）、道路和服务半径。
各项是 Shapley 值：把三个原因按所有先后次序各换一遍，取平均；各项之和正好等于总变化。`,
			`The change of effective coverage is split into sites (opened, closed, moved), people (those of earlier years come from tracking.studies), and roads and
rules. The parts are Shapley values: the mean over all orders in which the causes could have come. They sum exactly to the change.`),
		Example: "  sitecover track diff --from 2025-12-31 --to 2026-12-31\n  sitecover track diff --from 2025-12-31 --to 2026-12-31 --region 990001",
		Args:    t.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if q.from == "" || q.to == "" {
				return usage("要写两个日期：--from 2025-12-31 --to 2026-12-31", "give two days: --from 2025-12-31 --to 2026-12-31")
			}
			return t.diff(cmd, args, q)
		},
	}
	cmd.Flags().StringVar(&q.from, "from", "", t.t("前一个日期", "the earlier day"))
	cmd.Flags().StringVar(&q.to, "to", "", t.t("后一个日期", "the later day"))
	cmd.Flags().StringVar(&q.known, "known", "", t.t("只算到这一天为止录入的事件", "only count what was entered by the end of this day"))
	cmd.Flags().StringVar(&q.region, "region", "", t.t("只看这个区划（代码）", "only this region, by its code"))
	cmd.Flags().StringVar(&q.level, "level", "", t.t("列出哪一级的区划，例如 community（默认与 status 相同，一般是镇）", "the level of the regions listed, such as community (default: that of status, as a rule towns)"))
	cmd.Flags().BoolVar(&q.all, "all", false, t.t("列出各级全部区划", "list the regions of all levels"))
	return cmd
}

// diffAsked is what a comparison is asked for: two days, and which regions are listed.
type diffAsked struct {
	from, to, known, region, level string
	all                            bool
}

// lists reports whether a change is among the lines asked for. The whole area always is.
func (q diffAsked) lists(c *run.ChangeView) bool {
	switch {
	case q.region != "":
		return c.Region == q.region || c.Name == q.region
	case q.all || c.Region == "":
		return true
	}
	return c.Level == q.level
}

// check holds what was asked for to the study.
func (q *diffAsked) check(study *data.Study) error {
	if q.level == "" {
		if at, ok := study.TrackLevel(); ok {
			q.level = study.Levels[at].ID
		}
		return nil
	}
	words := make([]string, len(study.Levels))
	for i, l := range study.Levels {
		words[i] = l.ID
		if l.Name == q.level {
			q.level = l.ID
		}
	}
	if !slices.Contains(words, q.level) {
		return usage("--level 没有这一级：%q，可用 %v", "--level %q is no level of the study; it has %v", q.level, words)
	}
	return nil
}

func (t *tracking) diff(cmd *cobra.Command, args []string, q diffAsked) (err error) {
	from, err := parseDay("from", q.from)
	if err != nil {
		return err
	}
	to, err := parseDay("to", q.to)
	if err != nil {
		return err
	}
	if !from.Before(to) {
		return usage("--from 要早于 --to", "--from must be before --to")
	}
	known, err := t.known(q.known)
	if err != nil {
		return err
	}
	k, done, err := t.tracker(cmd, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if err := q.check(k.Study); err != nil {
		return err
	}
	v, err := k.Diff(cmd.Context(), from, to, known)
	if err != nil {
		return storeError(err)
	}
	if t.json {
		return t.emit(v)
	}
	t.printDiff(v, q)
	return nil
}

func (t *tracking) printDiff(v *run.TrackDiff, q diffAsked) {
	t.printf("%s → %s：新开 %d，关闭 %d，搬迁 %d", "%s → %s: %d sites opened, %d closed, %d moved", v.From, v.To, len(v.Opened), len(v.Closed), len(v.Moved))
	w := t.table(t.t("层级", "tier"), t.t("区划", "region"), t.t(">前", ">before"), t.t(">后", ">after"), t.t(">变化（百分点）", ">change, points"), t.t(">阵地", ">sites"), t.t(">人口", ">people"), t.t(">道路与规则", ">roads and rules"))
	sign := func(x float64) string { return fmt.Sprintf("%+.1f", x) }
	hidden := 0
	for i := range v.Changes {
		c := &v.Changes[i]
		if !q.lists(c) {
			hidden++
			continue
		}
		w.AppendRow(row(c.TierName, first(c.Name, t.t("全域", "whole area")), percent(&c.Before), percent(&c.After), sign(c.TotalPoints), sign(c.SitesPoints), sign(c.PeoplePoints), sign(c.GroundPoints)))
	}
	w.Render()
	if hidden > 0 && q.region == "" {
		t.printf("另有 %s 行其他级别的区划（--level 换一级，--all 全部列出）", "%s lines of other levels are not shown (--level for another one, --all for all)", count(hidden))
	}
	for _, n := range v.LeftOut {
		t.printf("%s", "%s", n.Text.In(t.lang))
	}
}

package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"sitecover/data"
	"sitecover/data/store"
	"sitecover/siting"
)

// addFlags are the flags of `track add`, as written.
type addFlags struct {
	site, project, event, date, money, budget, point, note string
	fields                                                 store.Fields
}

func (t *tracking) addCmd() *cobra.Command {
	var f addFlags
	cmd := &cobra.Command{
		Use:   "add",
		Short: t.t("录入一个事件", "enter one event"),
		Long: t.t(`事件：planned 计划、declared 申报、reviewed 审核、approved 审批、tendered 招标、building 在建、accepted 验收、paid 拨付、overrun_approved 超支批准、
change_approved 变更批准、withdrawn 撤回、opened 启用、upgraded 提升、moved 搬迁、closed 关闭、assessed 考核、corrected 更正；写中文也可以。
标准里写了流程的（如先验收后付款、超预算先报批），按流程核对，不符合的不录入。`,
			`Events: planned, declared, reviewed, approved, tendered, building, accepted, paid, overrun_approved, change_approved, withdrawn, opened, upgraded,
moved, closed, assessed, corrected; Chinese words will do. Where the study's standard has a process (no payment before acceptance, over budget needs
approval), an event that goes against it is refused.`),
		Example: "  sitecover track add --site V1 --event paid --date 2026-05-01 --money \"60 万元\" --who 王五\n" +
			"  sitecover track add --site S9 --event opened --date 2026-05-01 --tier station --point 120.5,31.4 --area 320 --who 王五",
		Args: t.noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return t.add(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.site, "site", "", t.t("阵地编号", "the site's id"))
	flags.StringVar(&f.event, "event", "", t.t("发生了什么", "what happened"))
	flags.StringVar(&f.date, "date", "", t.t("哪一天发生的", "day on which it happened"))
	flags.StringVar(&f.project, "project", "", t.t("项目编号（默认最近的项目）", "the project's id (default: the latest)"))
	flags.StringVar(&f.money, "money", "", t.t("付款或批准超支的金额，例如 \"60 万元\"", "amount paid or approved, such as \"60 万元\""))
	flags.StringVar(&f.budget, "budget", "", t.t("项目预算，例如 \"60 万元\"", "budget of the project, such as \"60 万元\""))
	flags.StringVar(&f.point, "point", "", t.t("经度,纬度（WGS84）", "lon,lat (WGS84)"))
	flags.StringVar(&f.fields.Name, "name", "", t.t("名称", "name"))
	flags.StringVar(&f.fields.Tier, "tier", "", t.t("层级", "tier"))
	flags.StringVar(&f.fields.Class, "class", "", t.t("标准里的类别", "class of the standard"))
	flags.Float64Var(&f.fields.Area, "area", 0, t.t("建筑面积，平方米", "floor area in m²"))
	flags.StringVar(&f.fields.Region, "region", "", t.t("区划编号", "id of the region"))
	flags.StringVar(&f.fields.Hours, "hours", "", t.t("开放时间，例如 \"周一至周五 8:30-17:30\"", "opening hours, such as \"Mo-Fr 08:30-17:30\""))
	flags.StringVar(&f.fields.Way, "way", "", t.t("建设方式：new、convert、upgrade、purchase、combine", "way of building: new, convert, upgrade, purchase, combine"))
	flags.IntVar(&f.fields.Due, "due", 0, t.t("计划建成年份", "year in which the project is to open"))
	flags.StringVar(&f.note, "note", "", t.t("备注", "note"))
	t.whoFlag(cmd)
	return cmd
}

func (t *tracking) add(ctx context.Context, f addFlags) error {
	if err := t.needWho(); err != nil {
		return err
	}
	if f.site == "" || f.event == "" || f.date == "" {
		return usage("要写 --site、--event 和 --date", "give --site, --event and --date")
	}
	return t.with(ctx, "add", func(s *store.Store) error {
		study, err := t.study(s)
		if err != nil {
			return err
		}
		e, err := t.fromFlags(s, study, f)
		if err != nil {
			return err
		}
		if note, ok := unchecked(study, []store.Event{e}); ok {
			fmt.Fprintln(t.err, t.t("注意：%s", "note: %s", note.In(t.lang)))
		}
		return t.enter(ctx, s, e)
	})
}

// with opens the workspace for a command and closes it after.
func (t *tracking) with(ctx context.Context, doing string, do func(*store.Store) error) error {
	s, err := t.open(ctx, doing)
	if err != nil {
		return err
	}
	err = do(s)
	if closed := s.Close(); err == nil {
		err = closed
	}
	return storeError(err)
}

// fromFlags makes the event that the flags describe.
func (t *tracking) fromFlags(s *store.Store, study *data.Study, f addFlags) (store.Event, error) {
	e := store.Event{Site: f.site, Project: f.project, Fields: f.fields, Note: f.note}
	var ok bool
	if e.Kind, ok = s.KindOf(f.event); !ok {
		return e, usage("没有这种事件：%q，看 track add --help", "%q is not a kind of event, see track add --help", f.event)
	}
	var err error
	if e.Date, err = parseDay("date", f.date); err != nil {
		return e, err
	}
	if e.Money, err = moneyFlag("money", f.money); err != nil {
		return e, err
	}
	if e.Fields.Budget, err = moneyFlag("budget", f.budget); err != nil {
		return e, err
	}
	if f.point != "" {
		if e.Fields.Point, err = parsePoint("point", f.point); err != nil {
			return e, err
		}
	}
	tiers := make([]string, len(study.Tiers))
	for i, tier := range study.Tiers {
		tiers[i] = tier.ID
	}
	if e.Fields.Tier != "" && !slices.Contains(tiers, e.Fields.Tier) {
		return e, usage("研究里没有层级 %q，可用：%v", "%q is not a tier of the study; it has %v", e.Fields.Tier, tiers)
	}
	return e, nil
}

// moneyFlag reads an amount of money; an empty text is none.
func moneyFlag(flag, text string) (siting.Yuan, error) {
	if text == "" {
		return 0, nil
	}
	amount, err := data.ParseMoney(text)
	if err != nil {
		return 0, usage("--%s 不是金额：%q，要写单位，例如 \"60 万元\"", "--%s is no amount of money: %q; write its unit, for example \"60 万元\"", flag, text)
	}
	return amount, nil
}

// enter adds one event and says so once it is safe.
func (t *tracking) enter(ctx context.Context, s *store.Store, e store.Event) error {
	e.Recorded, e.Who = time.Now(), t.who
	ids, err := s.Append(ctx, []store.Event{e})
	if err != nil {
		return err
	}
	entered, err := s.Events(ctx, store.Filter{After: ids[0] - 1, Limit: 1})
	if err != nil {
		return err
	}
	if t.json {
		return t.emit(viewEvent(&entered[0], ""))
	}
	t.printf("已录入第 %d 个事件：%s %s %s", "entered event %d: %s %s on %s", ids[0], entered[0].Site, store.KindName(e.Kind, nil).In(t.lang), e.Date.Format(time.DateOnly))
	return nil
}

func (t *tracking) undoCmd() *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use:     "undo NUMBER",
		Short:   t.t("撤销一个录错的事件（记为一个新事件，原事件保留）", "take back a wrong event (by another event; the wrong one stays readable)"),
		Example: "  sitecover track undo 17 --why 重复录入 --who 王五",
		Args:    t.exactly(1, t.t("事件号", "the number of an event")),
		RunE:    func(cmd *cobra.Command, args []string) error { return t.undo(cmd.Context(), args[0], why) },
	}
	cmd.Flags().StringVar(&why, "why", "", t.t("为什么撤销", "why it is taken back"))
	t.whoFlag(cmd)
	return cmd
}

func (t *tracking) undo(ctx context.Context, number, why string) error {
	if err := t.needWho(); err != nil {
		return err
	}
	if why == "" {
		return usage("要写为什么撤销：--why 原因", "say why it is taken back: --why REASON")
	}
	id, err := parseNumber(number)
	if err != nil {
		return err
	}
	return t.with(ctx, "undo", func(s *store.Store) error {
		if _, err := t.study(s); err != nil {
			return err
		}
		now := time.Now()
		today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
		return t.enter(ctx, s, store.Event{Kind: store.Undone, Date: today, Undoes: id, Note: why})
	})
}

// parseNumber reads the number of an event.
func parseNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, usage("不是事件号：%q，用 track log 查看", "%q is no number of an event, see track log", text)
	}
	return id, nil
}

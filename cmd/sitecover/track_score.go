package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/data/store"
)

// scoreCmds are the commands of `track` that keep the score: snapshots, and how the targets stand.
func (t *tracking) scoreCmds() []*cobra.Command {
	return []*cobra.Command{t.snapshotCmd(), t.statusCmd(), t.historyCmd(), t.diffCmd(), t.crosswalkCmd()}
}

// tracker opens the ledger, or where there is none the study alone: its own ledger of sites then tells which were open on a day, and snapshots
// are kept in a folder. The returned function closes what was opened.
func (t *tracking) tracker(cmd *cobra.Command, args []string) (*run.Tracker, func() error, error) {
	path := ""
	if len(args) > 0 {
		path = args[0]
	}
	opts := run.Options{Workers: t.workers, Progress: t.progress()}
	if _, err := os.Stat(t.path()); errors.Is(err, fs.ErrNotExist) && !cmd.Flags().Changed("ledger") {
		study, err := data.Load(first(path, "study.yaml"))
		if err != nil {
			return nil, nil, err
		}
		return run.NewTracker(study, nil, opts), func() error { return nil }, nil
	}
	st, err := t.open(cmd.Context(), cmd.Name())
	if err != nil {
		return nil, nil, err
	}
	study, err := t.studyOf(st, path)
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return run.NewTracker(study, st, opts), st.Close, nil
}

// studyOf is the study that the user names, or the ledger's own.
func (t *tracking) studyOf(st *store.Store, path string) (*data.Study, error) {
	if path != "" {
		return data.Load(path)
	}
	return t.study(st)
}

// known reads the time up to which entries count: a day counts to its end.
func (t *tracking) known(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	day, err := parseDay("known", text)
	return day.AddDate(0, 0, 1).Add(-time.Microsecond), err
}

func (t *tracking) snapshotCmd() *cobra.Command {
	var dates []string
	var known string
	var o run.SnapshotOptions
	var verify bool
	cmd := &cobra.Command{
		Use:   "snapshot [study.yaml]",
		Short: t.t("计算并保存某一天的全部指标", "compute and keep all indicators of a day"),
		Long: t.t(`按那一天开放的阵地计算全部指标（各层级、各区划及合计），连同所依据的文件一起保存。过去的年份随时可以重算；结果相同则字节相同。
没有 ledger.db 时，按 study.yaml 的台账（启用、关闭日期）计算，快照放在 tracking 文件夹。`,
			`Computes all indicators (every tier, every region, the totals) for the sites open on that day and keeps them with the manifest of what they rest on.
Past years can be computed again at any time; the same state gives the same bytes. Without a ledger.db the study's own ledger (opened, closed) is
used, and snapshots are kept in the folder "tracking".`),
		Example: "  sitecover track snapshot --date 2026-12-31 --who 王五\n  sitecover track snapshot --date 2024-12-31 --date 2025-12-31 --who 王五\n" +
			"  sitecover track snapshot --date 2026-12-31 --plan --who 王五\n  sitecover track snapshot --verify",
		Args: t.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.Known, err = t.known(known); err != nil {
				return err
			}
			if len(dates) == 0 && !verify {
				return usage("要写日期：--date 2026-12-31", "give the day: --date 2026-12-31")
			}
			o.Version = version
			return t.snapshot(cmd, args, dates, o, verify)
		},
	}
	cmd.Flags().StringArrayVar(&dates, "date", nil, t.t("哪一天，可写多次", "the day; may be given more than once"))
	cmd.Flags().StringVar(&known, "known", "", t.t("只算到这一天为止录入的事件", "only count what was entered by the end of this day"))
	cmd.Flags().BoolVar(&o.Plan, "plan", false, t.t("同时按年度建设计划预测", "forecast by the rollout plan too"))
	cmd.Flags().BoolVar(&verify, "verify", false, t.t("重算已保存的快照并逐字节比较，不保存", "compute the snapshots that are kept again and compare them byte by byte; keeps nothing"))
	t.whoFlag(cmd)
	return cmd
}

func (t *tracking) snapshot(cmd *cobra.Command, args, dates []string, o run.SnapshotOptions, verify bool) (err error) {
	k, done, err := t.tracker(cmd, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if verify {
		return t.verify(cmd, k, o)
	}
	if k.Store != nil {
		if err := t.needWho(); err != nil {
			return err
		}
	}
	kept := []run.Kept{}
	var days []time.Time
	for _, text := range dates {
		day, err := parseDay("date", text)
		if err != nil {
			return err
		}
		days = append(days, day)
	}
	for _, day := range days {
		o.Day = day
		snap, err := k.Make(cmd.Context(), o)
		if err != nil {
			return storeError(err)
		}
		x, err := k.Keep(cmd.Context(), snap, t.who, o, time.Now())
		if err != nil {
			return storeError(err)
		}
		kept = append(kept, x)
		if len(snap.Outside) > 0 && !t.quiet {
			t.warn("%d 个开放的阵地不在任何区划内，服务照算，不归任何区划：%s", "%d open sites lie in no region; they serve people, and no region owns them: %s", len(snap.Outside), firstWords(snap.Outside, 5))
		}
	}
	if t.json {
		return t.emit(kept)
	}
	for _, x := range kept {
		switch {
		case x.Same:
			t.printf("%s：与已保存的逐字节相同（%s）", "%s: the same bytes as kept before (%s)", x.Date, x.Where)
		case x.Revision > 1:
			t.printf("%s：已保存为第 %d 版，%s 字节（%s）", "%s: kept as revision %d, %s bytes (%s)", x.Date, x.Revision, count(x.Bytes), x.Where)
		default:
			t.printf("%s：已保存，%s 字节（%s）", "%s: kept, %s bytes (%s)", x.Date, count(x.Bytes), x.Where)
		}
	}
	return nil
}

// warn writes a line to stderr.
func (t *tracking) warn(zh, en string, args ...any) {
	_, _ = t.err.Write([]byte(t.t(zh, en, args...) + "\n")) // a message that cannot be shown changes no result
}

func firstWords(list []string, n int) string {
	out := ""
	for i, s := range list {
		if i == n {
			return out + " …"
		}
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out
}

// verify computes every kept snapshot again and compares the bytes.
func (t *tracking) verify(cmd *cobra.Command, k *run.Tracker, o run.SnapshotOptions) error {
	list, err := k.Verify(cmd.Context(), o)
	if err != nil {
		return trackError(err, k.Study, t.inLedger(k), t.who)
	}
	if t.json {
		if err := t.emit(list); err != nil {
			return err
		}
	}
	different := 0
	for _, x := range list {
		if !x.Same {
			different++
		}
		if t.json {
			continue
		}
		if x.Same {
			t.printf("%s：重算结果逐字节相同", "%s: computed again, the same bytes", x.Date)
		} else {
			t.printf("%s：重算结果不同（%s）", "%s: differs when computed again (%s)", x.Date, x.Why.In(t.lang))
		}
	}
	if different > 0 {
		return &failure{text: data.T("%d 份快照与重算结果不同", "%d snapshots differ from what they are computed to be now", different)}
	}
	return nil
}

// trackError words the errors of tracking. A study without snapshots is told the whole command that makes the first one: the study's day,
// and who, which only a ledger asks for ("" = not known; the ledger is named where it is not the one that is found without).
func trackError(err error, study *data.Study, ledger, who string) error {
	if !errors.Is(err, run.ErrNoSnapshots) {
		return storeError(err)
	}
	command := "sitecover track snapshot"
	if filepath.Base(study.Path) != "study.yaml" {
		command += " " + filepath.Base(study.Path)
	}
	command += " --date " + study.Date.Format(time.DateOnly)
	if ledger != "" && ledger != "." {
		command += " --ledger " + ledger
	}
	zh, en := command, command
	if ledger != "" {
		zh, en = command+" --who "+first(who, "姓名"), command+" --who "+first(who, "NAME")
	}
	return &failure{text: data.Text{ZH: "还没有快照：先运行 " + zh, EN: "there are no snapshots yet: run " + en + " first"}, err: err}
}

// inLedger is the ledger of a tracker, "" when it has none.
func (t *tracking) inLedger(k *run.Tracker) string {
	if k.Store == nil {
		return ""
	}
	return t.ledger
}

func (t *tracking) crosswalkCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "crosswalk",
		Short: t.t("区划合并、拆分、更名对照表", "the table of regions merged, split or renamed"),
		Args:  t.subcommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "check [study.yaml]",
		Short:   t.t("检查对照表，并与已保存的快照核对代码", "check the table, and its codes against the snapshots that are kept"),
		Example: "  sitecover track crosswalk check",
		Args:    t.oneArg,
		RunE:    func(cmd *cobra.Command, args []string) error { return t.crosswalk(cmd, args) },
	})
	return cmd
}

func (t *tracking) crosswalk(cmd *cobra.Command, args []string) (err error) {
	k, done, err := t.tracker(cmd, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	v, err := k.CheckCrosswalk(cmd.Context())
	if err != nil {
		return storeError(err)
	}
	if t.json {
		return t.emit(v)
	}
	if v.File == "" {
		t.printf("研究没有写 tracking.crosswalk：区划代码历年不变才可比较", "the study has no tracking.crosswalk: years compare only where codes stay")
		return nil
	}
	kinds := map[string]string{"merged": t.t("合并", "merged"), "split": t.t("拆分", "split"), "renamed": t.t("更名", "renamed")}
	w := t.table(t.t(">年份", ">year"), t.t("变更", "change"), t.t("原代码", "from"), t.t("新代码", "to"), t.t(">比例", ">share"))
	for _, l := range v.Links {
		w.AppendRow(row(l.Year, kinds[l.Kind], l.From, l.To, percentOr(l.Share, t.t("未写", "not told"))))
	}
	w.Render()
	for _, n := range v.Notes {
		t.printf("%s %s", "%s %s", n.Date, n.Text.In(t.lang))
	}
	t.printf("%s：%d 条，没有问题；核对了 %d 份快照，%d 条说明", "%s: %d rows, no problems; checked against %d snapshots, %d remarks", filepath.Base(v.File), len(v.Links), v.Snapshots, len(v.Notes))
	return nil
}

func percentOr(share *float64, none string) string {
	if share == nil {
		return none
	}
	return percent(share)
}

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sitecover/data"
	"sitecover/data/store"
	"sitecover/geo/crs"
)

// importFlags are the flags of `track import`.
type importFlags struct {
	date, as, sheet, tier, crs string
	columns                    map[string]string
	partial, complete, dry     bool
}

func (t *tracking) importCmd() *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE.xlsx|csv",
		Short: t.t("把一年的台账或一份事件表并入历年台账", "bring a year's ledger, or a list of events, into the ledger"),
		Long: t.t(`三种文件都可以，由列名判断（或用 --as 指定）：
  阵地台账：每行一个阵地，是 --date 那天的状况（默认研究的日期）。与历年台账比较，只记下变化：启用、提升、搬迁、更正；台账里没有的视为关闭。
  事件表：每行一个事件，列有 编号或名称、事件、日期，另可有 项目、金额、预算、层级、坐标、面积、建设方式、备注。已经录过的行不再录。
  项目表：每行一个项目，每个环节一列日期（申报日期、审批日期、开工日期、验收日期、拨付日期……），填了日期的就是一个事件。已经录过的不再录。
坐标系、层级的写法等按研究文件里同名的台账（没有同名的按第一个）。同一个文件再次导入不会增加任何内容。--dry-run 只显示，不写入。`,
			`Three kinds of files, told by their columns (or by --as):
  a ledger of sites: one row a site, as things are on --date (default: the study's date). Compared with the ledger, only what changed is entered:
  opened, upgraded, moved, corrected; open sites that it does not list are closed.
  a list of events: one row an event, with columns site or name, event, date, and optionally project, money, budget, tier, position, area, way, note.
  Rows that were entered before are left out.
  a list of projects: one row a project, one column for the day of each step (declared, approved, building, accepted, paid on ...). Every day that is
  filled in is an event; those entered before are left out.
The coordinate system, the words for tiers and the like are those of the study's ledger of the same name, or of its first. The same file imported
again adds nothing. --dry-run shows what would be entered and writes nothing.`),
		Example: "  sitecover track import sites-2025.xlsx --date 2025-12-31 --who 王五 --dry-run\n  sitecover track import events.csv --who 王五",
		Args:    t.exactly(1, t.t("台账或事件表", "a ledger or a list of events")),
		RunE:    func(cmd *cobra.Command, args []string) error { return t.importFile(cmd.Context(), args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.date, "date", "", t.t("阵地台账是哪一天的（默认研究的日期）", "day of a ledger of sites (default: the study's date)"))
	flags.StringVar(&f.as, "as", "", t.t("sites（阵地台账）、events（事件表）或 projects（项目表）；默认由列名判断", "sites, events or projects; default: told by the columns"))
	flags.StringVar(&f.sheet, "sheet", "", t.t("Excel 工作表（默认第一张）", "Excel sheet (default: the first)"))
	flags.StringVar(&f.tier, "tier", "", t.t("整份文件的层级", "tier of the whole file"))
	flags.StringVar(&f.crs, "crs", "", t.t("坐标系，与研究文件不同时写明", "coordinate system, where it is not the study's"))
	flags.StringToStringVar(&f.columns, "column", nil, t.t("列名对应，例如 --column money=拨付资金", "columns of other names, such as --column money=GRANT"))
	flags.BoolVar(&f.partial, "partial", false, t.t("这份台账只列出一部分阵地：没列出的不关闭", "the ledger lists some sites only: those that it does not list stay open"))
	flags.BoolVar(&f.complete, "complete", false, t.t("这份台账是全部：没列出的都关闭，即使超过一半", "the ledger is complete: those that it does not list are closed, even if they are more than half"))
	flags.BoolVar(&f.dry, "dry-run", false, t.t("只显示会录入什么，不写入", "show what would be entered, write nothing"))
	t.whoFlag(cmd)
	return cmd
}

// parseDay reads a day of a flag.
func parseDay(flag, text string) (time.Time, error) {
	day, err := data.ParseDay(text)
	if err != nil {
		return time.Time{}, usage("--%s 不是日期：%q，例如 2025-12-31", "--%s is not a date: %q, for example 2025-12-31", flag, text)
	}
	return day, nil
}

func (t *tracking) importFile(ctx context.Context, file string, f importFlags) error {
	if err := t.needWho(); err != nil {
		return err
	}
	if f.as != "" && f.as != data.HistorySites && f.as != data.HistoryEvents && f.as != data.HistoryProjects {
		return usage("--as 只能是 sites、events 或 projects，不能是 %q", "--as must be sites, events or projects, not %q", f.as)
	}
	if f.partial && f.complete {
		return usage("--partial 与 --complete 不能同用", "--partial and --complete exclude each other")
	}
	return t.with(ctx, "import", func(s *store.Store) error { return t.importInto(ctx, s, file, f) })
}

func (t *tracking) importInto(ctx context.Context, s *store.Store, file string, f importFlags) error {
	study, err := t.study(s)
	if err != nil {
		return err
	}
	im := store.Import{Who: t.who, Recorded: time.Now(), Date: study.Date, Partial: f.partial}
	if f.date != "" {
		if im.Date, err = parseDay("date", f.date); err != nil {
			return err
		}
	}
	for _, tier := range study.Tiers {
		im.Tiers = append(im.Tiers, store.Tier{ID: tier.ID, MinArea: tier.MinArea})
	}
	history, like, err := t.readHistory(ctx, study, file, f)
	if err != nil {
		return err
	}
	plan, err := s.Plan(ctx, history, im)
	if err != nil {
		return err
	}
	if plan.Before == nil && 2*plan.Gone > plan.Open && !f.partial && !f.complete {
		return usage("这份台账没有列出 %d 个开放阵地中的 %d 个。只是一部分就加 --partial；确实都关闭了就加 --complete",
			"the file does not list %[2]d of the %[1]d open sites. Add --partial if it lists some only, --complete if they are really closed", plan.Open, plan.Gone)
	}
	if f.dry {
		err = s.Try(ctx, plan.Head, plan.Events)
	} else {
		_, err = s.AppendAt(ctx, plan.Head, plan.Events)
	}
	if err != nil {
		return err
	}
	if note, ok := unchecked(study, plan.Events); ok {
		plan.Notes = append(plan.Notes, note)
	}
	return t.printImport(ctx, s, importView{File: file, As: history.As, Like: like, Date: im.Date.Format(time.DateOnly), DryRun: f.dry, plan: plan, findings: history.Findings})
}

// readHistory reads the file the way the study reads its own ledger, but for what the flags say.
func (t *tracking) readHistory(ctx context.Context, study *data.Study, file string, f importFlags) (*data.History, string, error) {
	like, at := study.LikeOf(filepath.Base(file))
	if f.sheet != "" {
		like.Sheet = f.sheet
	}
	if f.crs != "" {
		system, err := crs.Parse(f.crs)
		if err != nil {
			return nil, "", usage("--crs 没有这个坐标系：%q", "--crs is not a known coordinate system: %q", f.crs)
		}
		like.CRS, like.Axes = system.Name(), data.AxesXY
	}
	if f.tier != "" {
		like.Tier = f.tier
	}
	history, err := data.ReadHistory(ctx, study, data.HistoryFile{Path: file, Name: file, As: f.as, Like: like, Columns: f.columns})
	return history, at, err
}

// importView is what an import tells.
type importView struct {
	File     string         `json:"file"`
	As       string         `json:"as"`
	Like     string         `json:"read_like,omitempty"`
	Date     string         `json:"date"`
	DryRun   bool           `json:"dry_run"`
	Added    int            `json:"added"`
	Kinds    map[string]int `json:"kinds"`
	Same     int            `json:"unchanged_rows"`
	Before   *beforeView    `json:"imported_before,omitempty"`
	Notes    []string       `json:"notes"`
	Events   []eventView    `json:"events"`
	Head     int64          `json:"head"`
	Hash     string         `json:"hash"`
	plan     *store.Plan
	findings []data.Finding
}

type beforeView struct {
	Recorded string `json:"recorded"`
	Who      string `json:"who"`
	File     string `json:"file"`
}

func (t *tracking) printImport(ctx context.Context, s *store.Store, v importView) error {
	var err error
	if v.Head, v.Hash, err = s.Head(ctx); err != nil {
		return err
	}
	v.Added, v.Same, v.Kinds, v.Notes, v.Events = len(v.plan.Events), v.plan.Same, map[string]int{}, []string{}, []eventView{}
	for _, n := range v.plan.Notes {
		v.Notes = append(v.Notes, n.In(t.lang))
	}
	for _, n := range v.findings {
		v.Notes = append(v.Notes, n.What.In(t.lang))
	}
	for i := range v.plan.Events {
		v.Kinds[string(v.plan.Events[i].Kind)]++
		v.Events = append(v.Events, viewEvent(&v.plan.Events[i], ""))
	}
	if b := v.plan.Before; b != nil {
		v.Before = &beforeView{stamp(b.Recorded), b.Who, b.Source.File}
	}
	if t.json {
		return t.emit(v)
	}
	t.sayImport(v)
	return nil
}

// sayImport writes what an import did in words.
func (t *tracking) sayImport(v importView) {
	if v.Before != nil {
		t.printf("这个文件（%s）已由 %s 在 %s 导入，没有增加任何内容", "this file (%s) was imported by %s on %s already; nothing was added", v.Before.File, v.Before.Who, v.Before.Recorded)
		return
	}
	switch v.As {
	case data.HistorySites:
		t.printf("%s：%s 的阵地台账", "%s: ledger of sites on %s", v.File, v.Date)
	case data.HistoryProjects:
		t.printf("%s：项目表", "%s: list of projects", v.File)
	default:
		t.printf("%s：事件表", "%s: list of events", v.File)
	}
	if v.Like != "" {
		t.printf("读法同 %s", "read like %s", v.Like)
	}
	const most = 50
	if v.DryRun && len(v.Events) > 0 {
		t.eventTable(v.Events[:min(most, len(v.Events))])
		if len(v.Events) > most {
			t.printf("……还有 %d 个事件（--json 列出全部）", "... and %d events more (--json lists all)", len(v.Events)-most)
		}
	}
	for _, n := range v.Notes {
		t.printf("注意：%s", "note: %s", n)
	}
	var parts []string
	for _, k := range store.Kinds() {
		if n := v.Kinds[string(k)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", store.KindName(k, nil).In(t.lang), n))
			delete(v.Kinds, string(k))
		}
	}
	kinds := strings.Join(parts, t.t("、", ", "))
	switch {
	case v.Added == 0:
		t.printf("没有变化：%d 行都已在台账里", "nothing changed: all %d rows are in the ledger", v.Same)
	case v.DryRun:
		t.printf("会录入 %d 个事件（%s）；%d 行没有变化。没有写入", "would enter %d events (%s); %d rows unchanged. Nothing was written", v.Added, kinds, v.Same)
	default:
		t.printf("已录入 %d 个事件（%s）；%d 行没有变化。最后一个事件 %d，校验 %s", "entered %d events (%s); %d rows unchanged. Last event %d, hash %s", v.Added, kinds, v.Same, v.Head, v.Hash[:16])
	}
}

func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

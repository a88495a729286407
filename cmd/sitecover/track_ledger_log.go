package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/data/store"
)

// eventView is an event as JSON.
type eventView struct {
	ID       int64   `json:"id"`
	Site     string  `json:"site"`
	Project  string  `json:"project,omitempty"`
	Event    string  `json:"event"`
	Date     string  `json:"date"`
	Money    int64   `json:"money_yuan,omitempty"`
	Name     string  `json:"name,omitempty"`
	Tier     string  `json:"tier,omitempty"`
	Class    string  `json:"class,omitempty"`
	Lon      float64 `json:"lon,omitempty"`
	Lat      float64 `json:"lat,omitempty"`
	Area     float64 `json:"area_m2,omitempty"`
	Region   string  `json:"region,omitempty"`
	Way      string  `json:"way,omitempty"`
	Budget   int64   `json:"budget_yuan,omitempty"`
	Due      int     `json:"due,omitempty"`
	Hours    string  `json:"hours,omitempty"`
	Note     string  `json:"note,omitempty"`
	Undoes   int64   `json:"undoes,omitempty"`
	Undone   bool    `json:"undone,omitempty"`
	Recorded string  `json:"recorded,omitempty"`
	Who      string  `json:"who"`
	File     string  `json:"file,omitempty"`
	Row      int     `json:"row,omitempty"`
	Hash     string  `json:"hash,omitempty"`
}

// viewEvent turns an event into its view; recorded is its time of recording as text, "" = its own.
func viewEvent(e *store.Event, recorded string) eventView {
	if recorded == "" && e.ID > 0 {
		recorded = e.Recorded.Format(time.RFC3339Nano)
	}
	f := e.Fields
	return eventView{ID: e.ID, Site: e.Site, Project: e.Project, Event: string(e.Kind), Date: e.Date.Format(time.DateOnly), Money: int64(e.Money), Name: f.Name, Tier: f.Tier, Class: f.Class,
		Lon: f.Point[0], Lat: f.Point[1], Area: f.Area, Region: f.Region, Way: f.Way, Budget: int64(f.Budget), Due: f.Due, Hours: f.Hours, Note: e.Note, Undoes: e.Undoes, Recorded: recorded, Who: e.Who,
		File: e.Source.File, Row: e.Source.Row, Hash: e.Hash}
}

// told words what an event tells of its site.
func (v eventView) told(a *app) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(v.Name)
	add(v.Tier)
	add(v.Class)
	if (orb.Point{v.Lon, v.Lat}) != (orb.Point{}) {
		add(lonlat(v.Lon, v.Lat))
	}
	if v.Area > 0 {
		add(fmt.Sprintf("%g m²", v.Area))
	}
	add(v.Region)
	add(v.Way)
	if v.Budget > 0 {
		add(a.t("预算 %s 万元", "budget %s 万元", wan(v.Budget)))
	}
	if v.Due > 0 {
		add(a.t("%d 年建成", "due %d", v.Due))
	}
	add(v.Hours)
	if v.Undoes > 0 {
		add(a.t("撤销第 %d 个", "undoes %d", v.Undoes))
	}
	add(v.Note)
	return strings.Join(parts, a.t("，", ", "))
}

// eventTable shows events as a table.
func (t *tracking) eventTable(events []eventView) {
	w := t.table(">#", t.t("日期", "date"), t.t("阵地", "site"), t.t("项目", "project"), t.t("事件", "event"), t.t(">万元", ">万元"), t.t("内容", "tells"), t.t("录入", "entered by"), t.t("来源", "from"))
	for _, e := range events {
		id, money, from := "", "", e.File
		if e.ID > 0 {
			id = fmt.Sprint(e.ID)
		}
		if e.Money > 0 {
			money = wan(e.Money)
		}
		if e.Row > 0 {
			from += fmt.Sprintf(":%d", e.Row)
		}
		kind := store.KindName(store.EventKind(e.Event), nil).In(t.lang)
		if e.Undone {
			kind += t.t("（已撤销）", " (undone)")
		}
		w.AppendRow(row(id, e.Date, e.Site, e.Project, kind, money, e.told(t.app), e.Who, from))
	}
	w.Render()
}

// logFlags narrow `track log`.
type logFlags struct {
	site, event, from, to, known string
	last                         int
	valid                        bool
}

func (t *tracking) logCmd() *cobra.Command {
	var f logFlags
	cmd := &cobra.Command{
		Use:     "log",
		Short:   t.t("列出事件：全部，或某个阵地、某种、某段时间的", "list events: all, or those of a site, kind or period"),
		Example: "  sitecover track log --site S1\n  sitecover track log --event paid --from 2025-01-01 --to 2025-12-31\n  sitecover track log --known 2025-03-01",
		Args:    t.noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return t.log(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.site, "site", "", t.t("只看这个阵地", "only this site"))
	flags.StringVar(&f.event, "event", "", t.t("只看这种事件", "only this kind of event"))
	flags.StringVar(&f.from, "from", "", t.t("从哪一天起", "from this day on"))
	flags.StringVar(&f.to, "to", "", t.t("到哪一天止", "up to this day"))
	flags.StringVar(&f.known, "known", "", t.t("只看到这一天为止录入的", "only what was entered by the end of this day"))
	flags.IntVar(&f.last, "last", 0, t.t("只看最后几个", "only the last so many"))
	flags.BoolVar(&f.valid, "valid", false, t.t("不看已撤销的", "leave out what was undone"))
	return cmd
}

// filter reads the flags.
func (t *tracking) filter(s *store.Store, f logFlags) (store.Filter, error) {
	out := store.Filter{Site: f.site, Valid: f.valid}
	if f.event != "" {
		kind, ok := s.KindOf(f.event)
		if !ok && f.event == string(store.Undone) {
			kind, ok = store.Undone, true
		}
		if !ok {
			return out, usage("没有这种事件：%q，看 track add --help", "%q is not a kind of event, see track add --help", f.event)
		}
		out.Kinds = []store.EventKind{kind}
	}
	for _, x := range []struct {
		flag, text string
		to         *time.Time
	}{{"from", f.from, &out.From}, {"to", f.to, &out.To}, {"known", f.known, &out.Known}} {
		if x.text == "" {
			continue
		}
		var err error
		if *x.to, err = parseDay(x.flag, x.text); err != nil {
			return out, err
		}
	}
	if !out.Known.IsZero() { // to the end of the day where the user is
		out.Known = time.Date(out.Known.Year(), out.Known.Month(), out.Known.Day()+1, 0, 0, 0, -1, time.Local)
	}
	if f.last < 0 {
		return out, usage("--last 不能为负：%d", "--last must not be negative: %d", f.last)
	}
	return out, nil
}

func (t *tracking) log(ctx context.Context, f logFlags) error {
	return t.with(ctx, "log", func(s *store.Store) error {
		filter, err := t.filter(s, f)
		if err != nil {
			return err
		}
		events, err := s.Events(ctx, filter)
		if err != nil {
			return err
		}
		undone, err := s.Undone(ctx, filter.Known)
		if err != nil {
			return err
		}
		if f.last > 0 && len(events) > f.last {
			events = events[len(events)-f.last:]
		}
		views := make([]eventView, len(events))
		for i := range events {
			views[i] = viewEvent(&events[i], "")
			views[i].Undone = undone[events[i].ID]
		}
		if t.json {
			return t.emit(views)
		}
		t.eventTable(views)
		t.printf("%d 个事件", "%d event(s)", len(views))
		return nil
	})
}

func (t *tracking) exportCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "export DIR",
		Short:   t.t("把整个台账导出为 CSV（Excel 可直接打开）；台账文件损坏时抢救还能读的部分", "write the whole ledger as CSV files; of a damaged file, what can still be read"),
		Example: "  sitecover track export 导出",
		Args:    t.exactly(1, t.t("新文件夹", "a new folder")),
		RunE:    func(cmd *cobra.Command, args []string) error { return t.export(cmd.Context(), args[0]) },
	}
}

func (t *tracking) export(ctx context.Context, dir string) error {
	out, head, err := t.exportSound(ctx, dir)
	var damaged *store.DamagedError
	if errors.As(err, &damaged) {
		fmt.Fprintln(t.err, damaged.Text().In(t.lang))
		head = nil
		var found *store.Salvaged
		if found, err = store.Salvage(t.path()); err == nil {
			out, err = store.ExportSalvaged(found, dir, t.lang)
		}
	}
	if errors.Is(err, store.ErrExists) {
		return &failure{text: data.T("文件夹 %s 里已有文件，没有写出", "the folder %s holds files already; nothing was written", dir), err: err}
	}
	if err != nil {
		return storeError(err)
	}
	if err := run.SealExport(dir, version, t.path(), head); err != nil {
		return err
	}
	if err := t.printExport(dir, out); err != nil {
		return err
	}
	if out.Salvaged != nil {
		return &failure{text: data.T("台账文件已损坏，以上是抢救出来的", "the ledger is damaged; the above is what could be saved"), err: damaged}
	}
	return nil
}

// exportSound exports a ledger that can be read, and tells how far it goes.
func (t *tracking) exportSound(ctx context.Context, dir string) (out *store.Exported, head *run.LedgerManifest, err error) {
	s, err := store.Open(ctx, t.path(), store.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head = &run.LedgerManifest{}
	if head.LastEvent, head.Hash, err = s.Head(ctx); err != nil {
		return nil, nil, err
	}
	out, err = s.Export(ctx, dir, t.lang)
	return out, head, err
}

func (t *tracking) printExport(dir string, out *store.Exported) error {
	lost := []string{}
	missing := int64(0)
	if s := out.Salvaged; s != nil {
		for _, g := range s.Lost {
			lost = append(lost, fmt.Sprintf("%d-%d", g.From, g.To))
			missing += g.To - g.From + 1
		}
	}
	if t.json {
		return t.emit(map[string]any{"folder": dir, "files": out.Files, "events": out.Events, "entries": out.Entries, "sites": out.Sites, "snapshots": out.Snapshots, "salvaged": out.Salvaged != nil, "lost_events": lost})
	}
	t.printf("已写出 %s：%d 个事件、%d 次录入、%d 个阵地、%d 个快照", "wrote %s: %d events, %d entries, %d sites, %d snapshots", dir, out.Events, out.Entries, out.Sites, out.Snapshots)
	if s := out.Salvaged; s != nil {
		t.printf("其中 %d 个事件经校验无误；缺 %d 个事件：%s；%d 个事件不知何人何时录入", "%d of the events are proved by their hashes; %d events are missing: %s; of %d it is not known when and by whom they were entered",
			proved(s), missing, first(strings.Join(lost, ", "), "-"), s.Orphans)
	}
	return nil
}

func proved(s *store.Salvaged) (n int) {
	for _, ok := range s.Proved {
		if ok {
			n++
		}
	}
	return n
}

func (t *tracking) verifyCmd() *cobra.Command {
	var head string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: t.t("核对台账文件：结构、事件链有没有被改动或缺少", "check the ledger: structure, and whether events were changed or are missing"),
		Long: t.t("每个事件都带有前一个事件的校验值，改动任何一个都会显出来。录入后记下最后一个校验值，以后用 --head 核对，可以知道此前的内容一字未动。",
			"Every event carries a hash over the one before, so that any change shows. Note down the last hash after entering; --head later proves that nothing before it was changed."),
		Example: "  sitecover track verify\n  sitecover track verify --head 3fa4c1d2e5b60718",
		Args:    t.noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return t.verifyLedger(cmd.Context(), head) },
	}
	cmd.Flags().StringVar(&head, "head", "", t.t("以前记下的校验值（至少 8 位）", "a hash noted down before (8 characters or more)"))
	return cmd
}

// verifyView is what `track verify` tells.
type verifyView struct {
	Events    int      `json:"events"`
	Sites     int      `json:"sites"`
	Snapshots int      `json:"snapshots"`
	Head      int64    `json:"head"`
	Hash      string   `json:"hash"`
	Since     int64    `json:"noted_event,omitempty"` // the event whose hash was given
	Problems  []string `json:"problems"`
}

func (t *tracking) verifyLedger(ctx context.Context, head string) error {
	if head != "" && len(head) < 8 {
		return usage("--head 至少 8 位：%q", "--head needs 8 characters or more: %q", head)
	}
	return t.with(ctx, "verify", func(s *store.Store) error {
		r, err := s.Verify(ctx)
		if err != nil {
			return err
		}
		v := verifyView{Events: r.Events, Sites: r.Sites, Snapshots: r.Snapshots, Head: r.Head, Hash: r.Hash, Problems: []string{}}
		for _, p := range r.Problems {
			v.Problems = append(v.Problems, p.In(t.lang))
		}
		if head != "" {
			if v.Since, err = s.Sealed(ctx, head); errors.Is(err, store.ErrNoEvent) {
				v.Problems = append(v.Problems, t.t("没有事件的校验值是 %s：它之前的内容被改动过，或记错了", "no event has the hash %s: something before it was changed, or it was noted down wrong", head))
			} else if err != nil {
				return err
			}
		}
		return t.printVerify(v)
	})
}

func (t *tracking) printVerify(v verifyView) error {
	if t.json {
		if err := t.emit(v); err != nil {
			return err
		}
	} else {
		t.printf("%d 个事件、%d 个阵地、%d 个快照；最后一个事件 %d，校验 %s", "%d events, %d sites, %d snapshots; last event %d, hash %s", v.Events, v.Sites, v.Snapshots, v.Head, v.Hash)
		for _, p := range v.Problems {
			t.printf("[问题] %s", "[problem] %s", p)
		}
		if v.Since > 0 {
			t.printf("记下的校验值是第 %d 个事件的：到它为止一字未动", "the hash noted down is that of event %d: nothing up to it was changed", v.Since)
		}
	}
	if len(v.Problems) > 0 {
		return &failure{text: data.T("台账有 %d 处问题", "the ledger has %d problem(s)", len(v.Problems))}
	}
	if !t.json {
		t.printf("核对无误", "all is well")
	}
	return nil
}

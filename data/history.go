package data

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/siting"
)

// HistoryFile is a ledger of one year, or of events, that the study itself does not name.
type HistoryFile struct {
	Path string // on disk
	Name string // in messages and records
	As   string // HistorySites, HistoryEvents, HistoryProjects, or "" = as its columns tell: one of events and one of dates make events, two days of steps projects
	// Like says how to read it: coordinate system, axes, sheet, words for tiers, and for sites the columns. File is not used.
	Like    SiteSource
	Columns map[string]string // our field -> the file's column, where Like and the usual names do not find it
}

// Kinds of history files.
const (
	HistorySites  = "sites"  // the sites as they are on one day
	HistoryEvents = "events" // one row an event
)

// History is what a history file tells, in the order of its rows.
type History struct {
	As       string
	Input    Input
	Sites    []SiteRow  // of HistorySites
	Events   []EventRow // of HistoryEvents and HistoryProjects
	Findings []Finding
}

// SiteRow is one site of a ledger.
type SiteRow struct {
	coverage.Site
	Row       int
	HoursText string // opening hours in the file's own words; "" = not told. Hours is what they mean.
}

// EventRow is one row of a ledger of events. Fields that the row does not tell are zero.
type EventRow struct {
	Row     int
	Site    string // id; "" when the file has only names
	Name    string
	Event   string // the file's own word
	Date    time.Time
	Project string
	Money   siting.Yuan
	Budget  siting.Yuan
	Tier    string    // tier ID of the study
	Point   orb.Point // WGS84 longitude, latitude; 0,0 = not told
	Area    float64   // m²
	Region  string
	Hours   string // in the file's own words
	Way     string // new, convert, upgrade, purchase or combine
	Class   string
	Due     int // year
	Note    string
}

// ReadHistory reads a history file with the study's tiers, boundaries and words. Everything wrong with it comes back at once as InputErrors.
func ReadHistory(ctx context.Context, study *Study, file HistoryFile) (*History, error) {
	as := file.As
	if as == "" {
		as = file.looksLike(study)
	}
	r := &reader{study: study, c: newCollector(), seen: &inspections{}}
	if as == HistorySites && len(study.Areas) > 0 {
		r.boundaries(ctx)
	}
	out := &History{As: as}
	in := file.input(study, as, r.c)
	if r.c.err() == nil && in.inspect() {
		like := file.Like
		like.Source = file.source(as)
		switch as {
		case HistoryEvents:
			out.Events = r.eventRows(ctx, in, like)
		case HistoryProjects:
			out.Events = r.projectRows(ctx, in, like)
		default:
			out.Sites = r.siteRows(ctx, in, like)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.c.err(); err != nil {
		return nil, err
	}
	out.Input, out.Findings = in.info, r.c.findings
	return out, nil
}

func (f HistoryFile) input(study *Study, role string, c *collector) *input {
	src := f.source(role)
	in := newInput(study, role, src, c)
	in.name, in.path, in.info.Path = f.Name, f.Path, f.Name
	return in
}

// source is where and how to read the file as a role.
func (f HistoryFile) source(role string) Source {
	src := f.Like.Source
	src.File, src.Fields = f.Path, map[string]string{}
	if role == HistorySites {
		maps.Copy(src.Fields, f.Like.Fields)
	}
	maps.Copy(src.Fields, f.Columns)
	return src
}

// looksLike tells by the columns what a file is. What cannot be read counts as a ledger of sites, which then says why.
func (f HistoryFile) looksLike(study *Study) string {
	columns := func(role string) func(string) bool {
		in := f.input(study, role, newCollector())
		if !in.inspect() {
			return nil
		}
		t := openTable(in, Source{}, f.Like.Sheet) // without the named columns, which belong to one role only
		if t == nil {
			return nil
		}
		t.close()
		return func(field string) bool { return t.has(field) || f.Columns[field] != "" }
	}
	if has := columns(HistoryEvents); has != nil && has("event") && has("date") {
		return HistoryEvents
	}
	if has := columns(HistoryProjects); has != nil && isProjects(has) {
		return HistoryProjects
	}
	return HistorySites
}

// siteRows reads a ledger of sites as the study's own are read.
func (r *reader) siteRows(ctx context.Context, in *input, like SiteSource) []SiteRow {
	raw := r.readSites(ctx, in, like)
	nameless(raw, func(s *rawSite) (*string, string, orb.Point) { return &s.ID, s.Name, s.Point })
	first := map[string]int{}
	var out []SiteRow
	for _, s := range raw {
		if at, twice := first[s.ID]; twice {
			_ = in.fail(s.row, "id", s.ID, seenAt{in.name, at}.text("编号重复", "is used twice"), T("每个阵地要有自己的编号", "every site needs an id of its own"))
			continue
		}
		first[s.ID] = s.row
		out = append(out, SiteRow{s.Site, s.row, s.hours})
	}
	return out
}

// eventRows reads a ledger of events.
func (r *reader) eventRows(ctx context.Context, in *input, like SiteSource) []EventRow {
	t := openTable(in, like.Source, like.Sheet)
	if t == nil {
		return nil
	}
	defer t.close()
	ok := t.require("event", "date")
	if !t.has("site") && !t.has("name") {
		ok = t.require("site")
	}
	if !ok {
		return nil
	}
	var out []EventRow
	for t.scan(ctx) {
		if row, ok := r.eventRow(t, like); ok {
			out = append(out, row)
		}
	}
	t.empty()
	return out
}

// eventRow reads a row; ok is false after noting everything wrong with it.
func (r *reader) eventRow(t *table, like SiteSource) (EventRow, bool) {
	before := len(t.in.c.errs)
	e := EventRow{Row: t.row, Site: t.get("site"), Name: t.get("name"), Event: t.get("event"), Project: t.get("project"), Region: t.get("region"), Class: t.get("class"), Note: t.get("note")}
	if e.Site == "" && e.Name == "" {
		_ = t.fail("site", T("没有写是哪个阵地", "does not say which site"), T("补上编号或名称", "fill in its id or name"))
	}
	if e.Event == "" {
		_ = t.fail("event", T("没有写发生了什么", "does not say what happened"), T("例如 申报、审批、开工、验收、拨付、启用、关闭", "for example declared, approved, building, accepted, paid, opened, closed"))
	}
	if e.Date = t.day("date"); t.get("date") == "" {
		_ = t.fail("date", T("没有日期", "has no date"), T("例如 2026-05-01", "for example 2026-05-01"))
	}
	e.Money = t.yuan("money")
	r.eventFields(t, like, &e)
	return e, len(t.in.c.errs) == before
}

// wayWords are what ledgers call the ways of building.
var wayWords = map[string]string{
	"new": "new", "新建": "new", "convert": "convert", "改建": "convert", "改造": "convert", "改扩建": "convert", "upgrade": "upgrade", "功能提升": "upgrade", "提升": "upgrade", "提质": "upgrade",
	"purchase": "purchase", "购置": "purchase", "购买": "purchase", "combine": "combine", "整合": "combine", "共建": "combine",
}

// way reads an optional way of building: a usual word, or one of the standard's ways.
func (r *reader) way(t *table) string {
	word := t.get("way")
	if word == "" {
		return ""
	}
	if use := r.study.Standard; use != nil && use.Profile != nil {
		for _, w := range use.Profile.Ways {
			if w.ID == word || w.ZH == word || strings.EqualFold(w.EN, word) {
				return w.Kind
			}
		}
	}
	if kind, ok := wayWords[strings.ToLower(word)]; ok {
		return kind
	}
	_ = t.fail("way", T("没有这种建设方式", "is not a way of building"), T("可用：新建、改建、功能提升、购置、整合", "use new, convert, upgrade, purchase or combine"))
	return ""
}

// year reads an optional year.
func (t *table) year(field string) int {
	text := strings.TrimSuffix(t.get(field), "年")
	if text == "" {
		return 0
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 1800 && n <= 2200 {
		return n
	}
	if day, ok := parseDate(text); ok {
		return day.Year()
	}
	_ = t.fail(field, T("不是年份", "is not a year"), T("例如 2027", "for example 2027"))
	return 0
}

// yuan reads an optional amount of money. Its unit stands in the cell or in the column's name, as in 金额（万元）: a bare number of an unnamed
// unit is refused, because a guess would be wrong by a factor of ten thousand.
func (t *table) yuan(field string) siting.Yuan {
	text := strings.NewReplacer(",", "", "，", "", " ", "").Replace(t.get(field))
	if text == "" {
		return 0
	}
	value, bad := dimMoney.parse(text)
	if bad != nil {
		if unit := headerUnit(t.column(field)); unit != "" {
			if inUnit, worse := dimMoney.parse(text + unit); worse == nil {
				value, bad = inUnit, nil
			}
		}
	}
	if bad != nil {
		hint := T("写成 60 万元，或在列名里写单位：金额（万元）", "write 60 万元, or put the unit into the column's name: money (万元)")
		_ = t.fail(field, bad.what, hint)
		return 0
	}
	if value.Sign() < 0 || value.Cmp(mostYuan) > 0 {
		_ = t.fail(field, T("不能为负，也不能超过一万亿元", "must not be negative or above a trillion yuan"), T("写零或正数", "write zero or more"))
		return 0
	}
	amount, err := yuan(value)
	if err != nil {
		_ = t.fail(field, T("不是整元", "is not a whole number of yuan"), T("最多写到元", "write whole yuan"))
	}
	return amount
}

var mostYuan = big.NewRat(1_000_000_000_000, 1)

// headerUnit returns what stands in brackets at the end of a column's name.
func headerUnit(name string) string {
	i := strings.IndexAny(name, "(（[【")
	if i < 0 {
		return ""
	}
	rest := name[i:]
	return strings.Trim(rest, "()（）[]【】 单位:：")
}

// LikeOf returns how to read a history file: as the study reads its ledger of the same name, or else its first but for the sheet and the tier of
// the whole file. at names the ledger taken, "" when the study has none.
func (s *Study) LikeOf(name string) (like SiteSource, at string) {
	i := slices.IndexFunc(s.Sites, func(x SiteSource) bool { return baseName(x.File) == name })
	other := i < 0
	if other && len(s.Sites) > 0 {
		i = 0
	}
	if i < 0 {
		return SiteSource{}, ""
	}
	like = s.Sites[i]
	if other {
		like.Sheet, like.Tier = "", ""
	}
	return like, fmt.Sprintf("%s (sites[%d])", s.Sites[i].File, i)
}

func baseName(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}

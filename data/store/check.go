package store

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"sitecover/data"
	"sitecover/geo"
)

// fault is what is wrong with an event.
type fault struct {
	field, value string
	what, hint   data.Text
}

func text(zh, en string, args ...any) data.Text { return data.T(zh, en, args...) }

func faultf(field, value string, what, hint data.Text) *fault {
	return &fault{field, value, what, hint}
}

// clauseText words the clause of the standard that a rule comes from.
func clauseText(clause string) data.Text {
	if clause == "" {
		return data.Text{}
	}
	return text("（%s）", " (clause %s)", clause)
}

func join(a, b data.Text) data.Text { return data.Text{ZH: a.ZH + b.ZH, EN: a.EN + b.EN} }

// against says what the process of the standard has against a step of a project.
func (m *machine) against(p *Project, e *Event) *fault {
	r := m.rules
	if p.State == Withdrawn && e.Kind != Withdrawn {
		return faultf("project", p.ID, text("项目已于 %s 撤回", "was given up on %s", day(p.Since)), text("重新申报会开始新的项目", "declare it again: that begins a new project"))
	}
	if first, before := p.At(e.Kind); before && e.Kind != Paid {
		return faultf("date", day(e.Date), text("项目 %s 在 %s 已到这一步（%s）", "project %s reached this step on %s already (%s)", p.ID, day(first), e.Kind),
			text("重复录入的不必再录；另一个项目要写项目编号", "leave out double entries; name the project if it is another one"))
	}
	var lacks []string
	for _, need := range r.needs[e.Kind] {
		if _, reached := p.At(need); !reached {
			lacks = append(lacks, string(need))
		}
	}
	if len(lacks) > 0 {
		what := text("项目 %s 到 %s 还没有 %s", "project %s has no %[3]s by %[2]s", p.ID, day(e.Date), strings.Join(lacks, ", "))
		return faultf("event", string(e.Kind), join(what, clauseText(r.clause[e.Kind])), text("先录入 %s，日期不晚于这一天；写错的用 track undo 撤销", "enter %s first, on that day or before; take back a wrong entry with track undo", strings.Join(lacks, ", ")))
	}
	if f := m.tender(p, e); f != nil {
		return f
	}
	return m.money(p, e)
}

// tender asks for a tender before a large contract is built.
func (m *machine) tender(p *Project, e *Event) *fault {
	over, asked := m.rules.tenderOver()
	budget := max(p.Budget, e.Fields.Budget)
	if _, done := p.At(Tendered); e.Kind != Building || !asked || budget <= over || done {
		return nil
	}
	what := text("预算 %d 元超过 %d 元，还没有招标", "has a budget of %d yuan, above %d, and no tender", budget, over)
	return faultf("budget", fmt.Sprint(budget), join(what, clauseText(m.rules.tender.Clause)), text("先录入 tendered", "enter tendered first"))
}

// money holds payments and changed budgets to the budget that was approved.
func (m *machine) money(p *Project, e *Event) *fault {
	rule := m.rules.overBudget
	if rule == nil {
		return nil
	}
	hint := func() data.Text {
		return text("先录入 overrun_approved，金额为批准超出的部分", "enter overrun_approved first, with the amount approved above the budget")
	}
	if _, approved := p.At(Approved); approved && e.Kind != ChangeApproved && p.Budget > 0 && e.Fields.Budget > p.Budget {
		return faultf("budget", fmt.Sprint(e.Fields.Budget), join(text("高于批准的预算 %d 元", "is more than the %d yuan that were approved", p.Budget), clauseText(rule.Clause)), hint())
	}
	if most, told := p.most(); e.Kind == Paid && told && p.Paid+e.Money > most {
		what := text("累计付款 %d 元，超过预算 %d 元", "makes %d yuan paid, above the budget of %d", p.Paid+e.Money, most)
		return faultf("money", fmt.Sprint(e.Money), join(what, clauseText(rule.Clause)), hint())
	}
	return nil
}

// changes holds corrections of an approved project to the approval of changes.
func (m *machine) changes(p *Project, e *Event) *fault {
	_, approved := p.At(Approved)
	if m.rules.planChanged == nil || !approved || m.rules.finished(p) {
		return nil
	}
	f, was := &e.Fields, &p.Fields
	clause := clauseText(m.rules.planChanged.Clause)
	hint := text("改用 change_approved 录入批准的变更", "enter the approved change as change_approved instead")
	for _, x := range []struct{ field, now, was string }{{"tier", f.Tier, was.Tier}, {"way", f.Way, was.Way}, {"area", number(f.Area), number(was.Area)}, {"budget", yuanText(f), yuanText(was)}} {
		if x.now != "" && x.was != "" && x.now != x.was && (e.Project != "" || m.state.Opened.IsZero() || x.field == "way" || x.field == "budget") {
			return faultf(x.field, x.now, join(text("与批准的 %s 不同", "differs from %s, which was approved", x.was), clause), hint)
		}
	}
	return nil
}

func number(f float64) string {
	if f == 0 {
		return ""
	}
	return fmt.Sprint(f)
}

func yuanText(f *Fields) string {
	if f.Budget == 0 {
		return ""
	}
	return fmt.Sprint(int64(f.Budget))
}

// Bounds of what an event may hold.
const (
	maxText = 4000
	maxYuan = 1 << 50 // a thousand billion, far above any site
	minYear = 1800
	maxYear = 2200
)

// shape says what is wrong with an event on its own.
func (r *rules) shape(e *Event) []*fault {
	var out []*fault
	bad := func(field, value string, what, hint data.Text) { out = append(out, faultf(field, value, what, hint)) }
	if !r.known(e.Kind) {
		bad("event", string(e.Kind), text("没有这种事件", "is not a kind of event"), kindHint())
	}
	if e.Site == "" {
		bad("site", "", text("没有写阵地编号", "has no site"), text("写上台账里的编号", "give its id in the ledger"))
	}
	if e.Date.IsZero() || e.Date.Year() < minYear || e.Date.Year() > maxYear || !e.Date.Equal(e.Date.Truncate(24*time.Hour)) {
		bad("date", day(e.Date), text("不是 %d 到 %d 年间的一天", "is not a day between %d and %d", minYear, maxYear), text("例如 2026-05-01", "for example 2026-05-01"))
	}
	if e.Who == "" {
		bad("who", "", text("没有写是谁录入的", "does not say who entered it"), text("加 --who 姓名", "add --who NAME"))
	}
	r.amounts(e, bad)
	if (e.Kind == Undone) != (e.Undoes > 0) {
		bad("undoes", fmt.Sprint(e.Undoes), text("只有撤销事件写明撤销哪一个", "goes with events that undo, and only with them"), text("用 track undo 编号", "use track undo NUMBER"))
	}
	if e.Kind == Undone && e.Note == "" {
		bad("note", "", text("没有写为什么撤销", "does not say why"), text("加 --why 原因", "add --why REASON"))
	}
	if e.Kind == Corrected && e.Fields == (Fields{}) {
		bad("event", string(e.Kind), text("没有写更正什么", "does not say what is corrected"), text("写上要更正的列", "give the fields to correct"))
	}
	for _, x := range []struct{ field, value string }{{"site", e.Site}, {"project", e.Project}, {"name", e.Fields.Name}, {"tier", e.Fields.Tier}, {"region", e.Fields.Region}, {"way", e.Fields.Way}, {"class", e.Fields.Class}, {"hours", e.Fields.Hours}, {"note", e.Note}, {"who", e.Who}} {
		if len(x.value) > maxText || !utf8.ValidString(x.value) || strings.ContainsRune(x.value, 0) {
			bad(x.field, clip(x.value), text("太长或不是文字", "is too long or not text"), text("最多 %d 字节", "at most %d bytes", maxText))
		}
	}
	return out
}

// amounts checks the numbers of an event.
func (r *rules) amounts(e *Event, bad func(field, value string, what, hint data.Text)) {
	f := &e.Fields
	switch paying := e.Kind == Paid || e.Kind == OverrunApproved; {
	case paying && (e.Money <= 0 || e.Money > maxYuan):
		bad("money", fmt.Sprint(e.Money), text("不是付款金额", "is no amount of money to be paid"), text("写正数，例如 60 万元", "write a positive amount, for example 60 万元"))
	case !paying && e.Money != 0:
		bad("money", fmt.Sprint(e.Money), text("这种事件没有金额", "does not go with this kind of event"), text("预算写在预算列；付款用 paid", "write a budget into its own column; payments are of kind paid"))
	}
	if f.Budget < 0 || f.Budget > maxYuan {
		bad("budget", fmt.Sprint(f.Budget), text("不是预算", "is no budget"), text("写正数", "write a positive amount"))
	}
	if f.Due != 0 && (f.Due < minYear || f.Due > maxYear) {
		bad("due", fmt.Sprint(f.Due), text("不是年份", "is not a year"), text("例如 2027", "for example 2027"))
	}
	if f.Area < 0 || math.IsNaN(f.Area) || math.IsInf(f.Area, 0) {
		bad("area", fmt.Sprint(f.Area), text("不是面积", "is no area"), text("写正数，单位平方米", "write a positive number of square metres"))
	}
	if f.Point != (orb.Point{}) && !geo.ValidPoint(f.Point) {
		bad("lon", fmt.Sprint(f.Point), text("不是经纬度", "is no position"), text("WGS84，经度在前", "WGS84, longitude first"))
	}
	if _, err := data.ParseHours(f.Hours); err != nil {
		bad("hours", f.Hours, text("开放时间读不懂", "is no opening hours that can be read"), text("例如 周一至周五 8:30-17:30", "for example Mo-Fr 08:30-17:30"))
	}
	if f.Way != "" && !slices.Contains(ways, f.Way) {
		bad("way", f.Way, text("没有这种建设方式", "is not a way of building"), text("可用：%s", "there are %s", strings.Join(ways, ", ")))
	}
}

// ways are the ways of building, as standards name them.
var ways = []string{"new", "convert", "upgrade", "purchase", "combine"}

// kindHint lists the kinds that can be entered.
func kindHint() data.Text {
	var zh, en []string
	for _, k := range Kinds() {
		if k != Undone {
			zh, en = append(zh, KindName(k, nil).ZH), append(en, string(k))
		}
	}
	return data.Text{ZH: "可用：" + strings.Join(zh, "、"), EN: "there are " + strings.Join(en, ", ")}
}

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "?") + "…"
	}
	return s
}

package data

import (
	"context"
	"slices"
)

// HistoryProjects is a ledger with one row a project and one column a step: the days on which it was declared, approved, begun, accepted, paid.
// Offices keep their projects this way; every day that is filled in is an event.
const HistoryProjects = "projects"

// projectSteps are the kinds of events that have a column of their own, by the field of the column, in the order of a project's life.
var projectSteps = []struct{ field, event string }{
	{"planned_on", "planned"}, {"declared_on", "declared"}, {"reviewed_on", "reviewed"}, {"approved_on", "approved"}, {"tendered_on", "tendered"}, {"building_on", "building"},
	{"accepted_on", "accepted"}, {"paid_on", "paid"}, {"opened_on", "opened"}, {"upgraded_on", "upgraded"}, {"withdrawn_on", "withdrawn"}, {"closed_on", "closed"},
}

// isProjects reports whether the columns of a table are those of a ledger of projects: two steps that only projects go through have a day.
func isProjects(has func(field string) bool) bool {
	n := 0
	for _, s := range projectSteps[:8] {
		if has(s.field) {
			n++
		}
	}
	return n >= 2
}

// projectRows reads a ledger of projects as events.
func (r *reader) projectRows(ctx context.Context, in *input, like SiteSource) []EventRow {
	t := openTable(in, like.Source, like.Sheet)
	if t == nil {
		return nil
	}
	defer t.close()
	if !isProjects(t.has) {
		_ = in.fail(t.row, "declared_on", "", T("没有两列以上的环节日期", "has no two columns with the days of steps"), T("例如 申报日期、审批日期、开工日期、验收日期、拨付日期", "for example declared on, approved on, building on, accepted on, paid on"))
		return nil
	}
	if !t.has("site") && !t.has("name") && !t.require("site") {
		return nil
	}
	var out []EventRow
	idle := 0
	for t.scan(ctx) {
		events, ok := r.projectRow(t, like)
		if ok && len(events) == 0 {
			idle++
		}
		out = append(out, events...)
	}
	t.empty()
	if idle > 0 {
		r.c.find("warning", in.name, 0, T("%d 行没有任何环节日期，没有录入", "%d rows have no day of any step and were not entered", idle))
	}
	return out
}

// projectRow reads a row. What it tells of the project comes with the first of its events, what was paid with the payment.
func (r *reader) projectRow(t *table, like SiteSource) ([]EventRow, bool) {
	before := len(t.in.c.errs)
	told := EventRow{Row: t.row, Site: t.get("site"), Name: t.get("name"), Project: t.get("project"), Region: t.get("region"), Class: t.get("class"), Note: t.get("note")}
	if told.Site == "" && told.Name == "" {
		_ = t.fail("site", T("没有写是哪个阵地", "does not say which site"), T("补上编号或名称", "fill in its id or name"))
	}
	r.eventFields(t, like, &told)
	var out []EventRow
	paid := false
	for _, s := range projectSteps {
		day := t.day(s.field)
		if day.IsZero() {
			continue
		}
		e := EventRow{Row: t.row, Site: told.Site, Name: told.Name, Project: told.Project, Event: s.event, Date: day}
		if s.event == "paid" {
			if paid, e.Money = true, t.yuan("money"); e.Money == 0 && t.get("money") == "" {
				_ = t.fail("money", T("有拨付日期，没有金额", "has a day of payment and no amount"), T("补上拨付金额", "fill in the amount paid"))
			}
		}
		out = append(out, e)
	}
	if t.get("money") != "" && !paid {
		_ = t.fail("paid_on", T("有拨付金额，没有拨付日期", "has an amount paid and no day of payment"), T("补上拨付日期；计划投资写在预算列", "fill in the day; what is planned belongs into the budget column"))
	}
	if len(t.in.c.errs) > before {
		return nil, false
	}
	slices.SortStableFunc(out, func(a, b EventRow) int { return a.Date.Compare(b.Date) })
	if len(out) > 0 {
		first := &out[0]
		told.Event, told.Date, told.Money = first.Event, first.Date, first.Money
		*first = told
	}
	return out, true
}

// eventFields reads what a row of events or projects tells of the site: budget, tier, position, area, hours, way and year due.
func (r *reader) eventFields(t *table, like SiteSource, e *EventRow) {
	e.Budget = t.yuan("budget")
	if t.get("tier") != "" || like.Tier != "" {
		if i := r.tierOf(t, like); i >= 0 {
			e.Tier = r.study.Tiers[i].ID
		}
	}
	if t.get("lon") != "" || t.get("lat") != "" {
		e.Point, _ = t.point()
	}
	if t.get("area") != "" {
		e.Area, _ = t.amount("area")
	}
	if t.hours() != nil {
		e.Hours = t.get("hours")
	}
	e.Way = r.way(t)
	e.Due = t.year("due")
}

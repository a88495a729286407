package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/data"
)

// with gives an event fields.
func with(e Event, f Fields) Event {
	e.Fields = f
	return e
}

// What needs an approval beside the order of the states.
func TestApprovals(t *testing.T) {
	plan := Fields{Name: "村", Tier: "village", Point: orb.Point{114, 30}, Way: "new", Area: 400, Budget: 3_000_000}
	begin := func() []Event {
		return []Event{with(event("V", Declared, "2024-01-01"), plan), event("V", Reviewed, "2024-01-02"), event("V", Approved, "2024-01-03")}
	}
	for _, c := range []struct {
		name string
		then []Event
		want string // "" = allowed
	}{
		{"a contract above two million without a tender", []Event{event("V", Building, "2024-02-01")}, "above 2000000, and no tender (clause 四3)"},
		{"with a tender", []Event{event("V", Tendered, "2024-01-20"), event("V", Building, "2024-02-01")}, ""},
		{"a smaller plan corrected in", []Event{with(event("V", Corrected, "2024-01-10"), Fields{Area: 300})}, "differs from 400, which was approved (clause 二2)"},
		{"a smaller plan approved", []Event{with(event("V", ChangeApproved, "2024-01-10"), Fields{Area: 300})}, ""},
		{"another name corrected", []Event{with(event("V", Corrected, "2024-01-10"), Fields{Name: "新名"})}, ""},
		{"a budget raised on the way", []Event{event("V", Tendered, "2024-01-20"), with(event("V", Building, "2024-02-01"), Fields{Budget: 3_500_000})}, "more than the 3000000 yuan that were approved (clause 四3)"},
		{"a budget raised with approval", []Event{with(event("V", ChangeApproved, "2024-01-10"), Fields{Budget: 3_500_000})}, ""},
		{"going on after giving up", []Event{event("V", Withdrawn, "2024-01-10"), event("V", Building, "2024-02-01")}, "was given up on 2024-01-10"},
		{"declared anew after giving up", []Event{event("V", Withdrawn, "2024-01-10"), event("V", Declared, "2024-02-01")}, ""},
		{"an upgrade of what is not open", []Event{event("V", Upgraded, "2024-02-01")}, "is not open on that day"},
		{"a payment entered late, dated before the acceptance", []Event{event("V", Tendered, "2024-01-20"), event("V", Building, "2024-02-01"), event("V", Accepted, "2024-06-01"), paid("V", "2024-05-31", 5)}, "no accepted by 2024-05-31"},
		{"a payment on the day of the acceptance", []Event{event("V", Tendered, "2024-01-20"), event("V", Building, "2024-02-01"), event("V", Accepted, "2024-06-01"), paid("V", "2024-06-01", 5)}, ""},
		{"a budget for a site without project", []Event{opened("W", "2024-01-01"), with(event("W", Corrected, "2024-01-10"), Fields{Budget: 5})}, "no project of the site"},
	} {
		s := newStore(t, Options{Process: hubei(t)})
		add(t, s, entry("2024-12-01", begin()...))
		_, err := s.Append(context.Background(), entry("2024-12-02", c.then...))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// Without a standard the states come in any order, and a payment begins a project if there is none.
func TestWithoutStandard(t *testing.T) {
	s := newStore(t, Options{})
	add(t, s, entry("2024-12-01", paid("V", "2024-01-01", 5), event("V", Approved, "2024-02-01")))
	if p := state(t, s, "2024-12-31", time.Time{})["V"]; len(p.Projects) != 1 || p.Paid != 5 {
		t.Errorf("%+v", p)
	}
}

func row(id string, metresEast, area float64, tier int) data.SiteRow {
	return data.SiteRow{Site: coverage.Site{ID: id, Name: id, Tier: tier, FloorArea: area, Point: orb.Point{120.5 + metresEast/95_000, 31.5}}, Row: 2}
}

// One site of the ledger (a station of 200 m², 300 asked) against what a list may say of it. At latitude 31.5 a degree of longitude is 94,900 m.
func TestDifferences(t *testing.T) {
	closed := row("A", 0, 200, 1)
	closed.Closed = on("2024-06-30")
	late := row("A", 0, 200, 1)
	late.Opened = on("2019-01-01")
	for _, c := range []struct {
		name    string
		rows    []data.SiteRow
		partial bool
		want    string
	}{
		{"the same", []data.SiteRow{row("A", 0, 200, 1)}, false, ""},
		{"the same within rounding", []data.SiteRow{row("A", 0.5, 200, 1)}, false, ""},
		{"a better position", []data.SiteRow{row("A", 30, 200, 1)}, false, "corrected 2024-12-31"},
		{"moved", []data.SiteRow{row("A", 80, 200, 1)}, false, "moved 2024-12-31"},
		{"larger, still below", []data.SiteRow{row("A", 0, 290, 1)}, false, "corrected 2024-12-31"},
		{"large enough", []data.SiteRow{row("A", 0, 300, 1)}, false, "upgraded 2024-12-31"},
		{"area no longer told", []data.SiteRow{row("A", 0, -1, 1)}, false, ""},
		{"a higher tier", []data.SiteRow{row("A", 0, 200, 0)}, false, "upgraded 2024-12-31"},
		{"moved and larger", []data.SiteRow{row("A", 80, 400, 1)}, false, "moved 2024-12-31, upgraded 2024-12-31"},
		{"closed, with a day", []data.SiteRow{closed}, false, "closed 2024-06-30"},
		{"not listed", []data.SiteRow{row("B", 0, 200, 1)}, false, "closed 2024-12-31, opened 2024-12-31"},
		{"not listed in part of a list", []data.SiteRow{row("B", 0, 200, 1)}, true, "opened 2024-12-31"},
		{"another opening day", []data.SiteRow{late}, false, "note"},
	} {
		s := newStore(t, Options{})
		add(t, s, entry("2024-01-01", with(opened("A", "2020-01-01"), Fields{Name: "A", Tier: "station", Point: orb.Point{120.5, 31.5}, Area: 200})))
		h := &data.History{As: data.HistorySites, Sites: c.rows, Input: data.Input{Path: "x.csv", SHA256: "1"}}
		plan, err := s.Plan(context.Background(), h, Import{Who: "w", Recorded: at("2025-01-01"), Date: on("2024-12-31"), Partial: c.partial, Tiers: worldTiers})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range plan.Events {
			got = append(got, fmt.Sprint(e.Kind, " ", day(e.Date)))
		}
		for range plan.Notes {
			if c.want == "note" {
				got = append(got, "note")
			}
		}
		// closing and opening of different sites on one day may come in either order: by name here
		slices.Sort(got)
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: %s, want %s", c.name, text, c.want)
		}
		if err := s.Try(context.Background(), plan.Head, plan.Events); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if head, _, err := s.Head(context.Background()); err != nil || head != 1 {
			t.Errorf("%s: trying wrote something (%v)", c.name, err)
		}
	}
}

// Towns send names without ids, lists that grow, and the newest row first.
func TestListsOfEvents(t *testing.T) {
	ctx := context.Background()
	s := newStore(t, Options{Process: hubei(t)})
	add(t, s, entry("2023-01-01", with(opened("A", "2020-01-01"), Fields{Name: "甲站", Tier: "station", Point: orb.Point{120.5, 31.5}})))
	list := func(sha string, rows ...data.EventRow) *data.History {
		for i := range rows {
			rows[i].Row = i + 2
		}
		return &data.History{As: data.HistoryEvents, Events: rows, Input: data.Input{Path: "x.csv", SHA256: sha}}
	}
	said := func(name, event, date string) data.EventRow {
		return data.EventRow{Name: name, Event: event, Date: on(date)}
	}
	im := Import{Who: "w", Recorded: at("2025-01-01"), Date: on("2024-12-31")}
	first := list("1", said("甲站", "验收合格", "2024-03-01"), said("甲站", "在建", "2024-03-01"), said("甲站", "审批", "2024-02-01"), said("甲站", "审核", "2024-01-02"), said("甲站", "申报", "2024-01-01"))
	plan, err := s.Plan(ctx, first, im)
	if err != nil {
		t.Fatal(err)
	}
	add(t, s, plan.Events)
	if p := state(t, s, "2024-12-31", time.Time{})["A"]; len(p.Projects) != 1 || p.Projects[0].State != Accepted {
		t.Errorf("A = %+v", p)
	}
	pay := said("甲站", "拨付", "2024-06-01")
	pay.Money = 5
	im.Recorded = at("2025-02-01")
	plan, err = s.Plan(ctx, list("2", append(first.Events, pay, pay)...), im) // the same amount twice on one day is two payments
	if err != nil || len(plan.Events) != 2 || plan.Same != 5 {
		t.Fatalf("%+v, %v", plan, err)
	}
	add(t, s, plan.Events)
	im.Recorded = at("2025-03-01")
	if plan, err = s.Plan(ctx, list("3", append(first.Events, pay, pay, pay)...), im); err != nil || len(plan.Events) != 1 || plan.Same != 7 {
		t.Errorf("%+v, %v", plan, err)
	}
	add(t, s, entry("2025-04-01", with(opened("B", "2020-01-01"), Fields{Name: "甲站", Tier: "station", Point: orb.Point{120.6, 31.5}})))
	if _, err = s.Plan(ctx, list("4", said("甲站", "关闭", "2024-07-01")), im); err == nil || !strings.Contains(err.Error(), "is the name of 2 sites") {
		t.Errorf("%v", err)
	}
}

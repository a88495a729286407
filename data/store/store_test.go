package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sitecover/data"
	"sitecover/data/standard"
	"sitecover/siting"
)

// on is a day of the tests.
func on(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// at is a time of recording: noon of a day.
func at(s string) time.Time { return on(s).Add(12*time.Hour + 123456789*time.Nanosecond) }

func hubei(t testing.TB) *standard.Process {
	t.Helper()
	p, err := standard.Load("hubei-village")
	if err != nil {
		t.Fatal(err)
	}
	return p.Process
}

func newStore(t testing.TB, options Options) *Store {
	t.Helper()
	s, err := Create(context.Background(), filepath.Join(t.TempDir(), "账 本?#%.db"), About{Study: "study.yaml", Created: at("2020-01-01"), Who: "test"}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// entry gives events the same time of recording and person.
func entry(recorded string, events ...Event) []Event {
	for i := range events {
		events[i].Recorded, events[i].Who = at(recorded), "王五"
	}
	return events
}

func add(t testing.TB, s *Store, events []Event) []int64 {
	t.Helper()
	ids, err := s.Append(context.Background(), events)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func refuse(t testing.TB, s *Store, events []Event, words ...string) {
	t.Helper()
	before, _, err := s.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Append(context.Background(), events)
	var inputs data.InputErrors
	if !errors.As(err, &inputs) {
		t.Fatalf("err = %v, want InputErrors", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
	if after, _, err := s.Head(context.Background()); err != nil || after != before {
		t.Errorf("head moved from %d to %d (%v)", before, after, err)
	}
}

func opened(site, date string) Event {
	return Event{Site: site, Kind: Opened, Date: on(date), Fields: Fields{Name: site + "站", Tier: "station", Point: orb.Point{120.5, 31.5}, Area: 300}}
}

func event(site string, kind EventKind, date string) Event {
	return Event{Site: site, Kind: kind, Date: on(date)}
}

func paid(site, date string, money siting.Yuan) Event {
	return Event{Site: site, Kind: Paid, Date: on(date), Money: money}
}

func state(t testing.TB, s *Store, date string, known time.Time) map[string]SiteState {
	t.Helper()
	states, err := s.State(context.Background(), on(date), known)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]SiteState{}
	for _, x := range states {
		out[x.Site] = x
	}
	return out
}

// A opens in 2020 and closes on 2022-07-01; B opens in 2021, moves and is upgraded. What holds on a day is told by the events by then.
func TestStateFollowsTheEvents(t *testing.T) {
	s := newStore(t, Options{})
	upgraded, moved := event("B", Upgraded, "2023-03-01"), event("B", Moved, "2022-05-05")
	upgraded.Fields = Fields{Tier: "centre", Area: 1200}
	moved.Fields = Fields{Point: orb.Point{120.6, 31.6}}
	add(t, s, entry("2024-01-01", opened("A", "2020-05-01"), opened("B", "2021-01-01"), event("A", Closed, "2022-07-01"), upgraded, moved))
	for _, want := range []struct {
		day   string
		aOpen bool
		bOpen bool
		bTier string
		bLon  float64
	}{
		{"2020-04-30", false, false, "", 0},
		{"2020-05-01", true, false, "", 0},
		{"2022-06-30", true, true, "station", 120.6},
		{"2022-07-01", false, true, "station", 120.6},
		{"2022-05-04", true, true, "station", 120.5},
		{"2023-03-01", false, true, "centre", 120.6},
	} {
		got := state(t, s, want.day, time.Time{})
		a, b := got["A"], got["B"]
		if a.Open != want.aOpen || b.Open != want.bOpen || b.Tier != want.bTier || b.Point[0] != want.bLon {
			t.Errorf("%s: A %+v, B %+v, want %+v", want.day, a, b, want)
		}
	}
	b := state(t, s, "2030-01-01", time.Time{})["B"]
	if b.Area != 1200 || b.Upgrades != 1 || !b.Upgraded.Equal(on("2023-03-01")) || !b.Moved.Equal(on("2022-05-05")) || b.Name != "B站" {
		t.Errorf("B = %+v", b)
	}
}

// The opening of A was entered late and with a wrong day, then put right: each state of knowledge stays readable.
func TestKnownReproducesWhatWasKnown(t *testing.T) {
	s := newStore(t, Options{})
	id := add(t, s, entry("2021-02-01", opened("A", "2020-05-01")))[0]
	undo := Event{Kind: Undone, Date: on("2021-03-01"), Undoes: id, Note: "日期写错"}
	undone := add(t, s, entry("2021-03-01", undo, opened("A", "2020-09-01")))
	for _, want := range []struct {
		day, known string
		open       bool
	}{
		{"2020-06-01", "2021-01-31", false}, // not entered yet
		{"2020-06-01", "2021-02-02", true},
		{"2020-06-01", "2021-03-02", false}, // put right
		{"2020-10-01", "2021-03-02", true},
	} {
		if got := state(t, s, want.day, at(want.known))["A"]; got.Open != want.open {
			t.Errorf("on %s as known on %s: open = %v", want.day, want.known, got.Open)
		}
	}
	refuse(t, s, entry("2021-04-01", Event{Kind: Undone, Date: on("2021-04-01"), Undoes: id, Note: "x"}), "site A", "undone already")
	// Undo both and the undo itself: the first opening counts again.
	add(t, s, entry("2021-04-02", Event{Kind: Undone, Date: on("2021-04-02"), Undoes: undone[1], Note: "x"}, Event{Kind: Undone, Date: on("2021-04-02"), Undoes: undone[0], Note: "x"}))
	if got := state(t, s, "2020-06-01", time.Time{})["A"]; !got.Open {
		t.Error("undoing the undo did not bring the event back")
	}
	valid, err := s.Events(context.Background(), Filter{Valid: true})
	if err != nil || len(valid) != 1 || valid[0].ID != id {
		t.Errorf("valid events = %v, %v", valid, err)
	}
}

// Hubei: declared, reviewed, approved, building, accepted, paid, in this order; over budget needs approval.
func TestProcessOfTheStandard(t *testing.T) {
	s := newStore(t, Options{Process: hubei(t)})
	declared := event("V1", Declared, "2024-01-10")
	declared.Fields = Fields{Name: "一村", Tier: "village", Point: orb.Point{114, 30}, Way: "new", Budget: 600_000}
	add(t, s, entry("2024-02-01", declared, event("V1", Reviewed, "2024-01-20"), event("V1", Approved, "2024-02-01")))
	refuse(t, s, entry("2024-03-01", paid("V1", "2024-02-10", 100_000)), "site V1", "has no accepted by 2024-02-10", "clause 三")
	refuse(t, s, entry("2024-03-01", event("V1", Accepted, "2024-02-20")), "has no building")
	add(t, s, entry("2024-09-01", event("V1", Building, "2024-03-01"), event("V1", Accepted, "2024-08-01"), paid("V1", "2024-08-20", 400_000)))
	refuse(t, s, entry("2024-10-01", paid("V1", "2024-09-20", 250_000)), "makes 650000 yuan paid, above the budget of 600000", "clause 四3")
	over := event("V1", OverrunApproved, "2024-09-10")
	over.Money = 50_000
	add(t, s, entry("2024-10-02", over, paid("V1", "2024-09-20", 250_000)))
	refuse(t, s, entry("2024-11-01", event("V1", Approved, "2024-10-20")), "reached this step on 2024-02-01 already")
	got := state(t, s, "2024-12-31", time.Time{})["V1"]
	p, ok := got.Latest()
	if !ok || p.ID != "1" || p.State != Paid || p.Paid != 650_000 || got.Paid != 650_000 || p.Overrun != 50_000 || p.Budget != 600_000 || len(p.Reached) != 6 || got.Open {
		t.Errorf("V1 = %+v", got)
	}
	if since, ok := p.At(Accepted); !ok || !since.Equal(on("2024-08-01")) {
		t.Errorf("accepted on %v", since)
	}
	// The acceptance cannot be undone: the payments rest on it.
	refuse(t, s, entry("2024-11-01", Event{Kind: Undone, Date: on("2024-11-01"), Undoes: 5, Note: "x"}), "leaves event 6 (paid on 2024-08-20) without ground")
}

// What a project is to come to is not so before it is carried out: B stays a station until it is upgraded.
func TestPlansAreNotYetTheSite(t *testing.T) {
	s := newStore(t, Options{Process: hubei(t)})
	declared := event("B", Declared, "2024-01-10")
	declared.Fields = Fields{Tier: "centre", Area: 1000, Way: "upgrade"}
	add(t, s, entry("2024-12-01", opened("B", "2020-01-01"), declared, event("B", Reviewed, "2024-01-20"), event("B", Approved, "2024-02-01"),
		event("B", Building, "2024-03-01"), event("B", Accepted, "2024-06-01"), event("B", Upgraded, "2024-06-15")))
	if b := state(t, s, "2024-06-14", time.Time{})["B"]; b.Tier != "station" || b.Area != 300 || b.Projects[0].Tier != "centre" {
		t.Errorf("before the upgrade: %+v", b)
	}
	if b := state(t, s, "2024-06-15", time.Time{})["B"]; b.Tier != "centre" || b.Area != 1000 || !b.Open {
		t.Errorf("after the upgrade: %+v", b)
	}
	// A new declaration after the acceptance begins project 2.
	add(t, s, entry("2025-12-01", event("B", Declared, "2025-01-10")))
	if b := state(t, s, "2025-12-31", time.Time{})["B"]; len(b.Projects) != 2 || b.Projects[1].ID != "2" {
		t.Errorf("projects: %+v", b.Projects)
	}
}

// Every fault of many rows is told, with file and row.
func TestAllFaultsAtOnce(t *testing.T) {
	s := newStore(t, Options{Process: hubei(t)})
	events := entry("2024-01-01", event("A", Closed, "2023-01-01"), opened("B", "2023-01-01"), opened("B", "2023-02-01"), paid("C", "2023-05-01", 0), event("D", "built", "2023-01-01"),
		event("E", Opened, "2023-01-01"))
	for i := range events {
		events[i].Source = Source{File: "事件.xlsx", Row: i + 2}
	}
	refuse(t, s, events, `事件.xlsx:5: money "0"`, `事件.xlsx:6: event "built": site D is not a kind of event`)
	events[3], events[4] = paid("C", "2023-05-01", 5), event("D", Building, "2023-01-01")
	for _, i := range []int{3, 4} {
		events[i].Source, events[i].Recorded, events[i].Who = Source{File: "事件.xlsx", Row: i + 2}, at("2024-01-01"), "x"
	}
	refuse(t, s, events, "事件.xlsx:2: date \"2023-01-01\": site A is not open", "事件.xlsx:4: date: site B is open since", "事件.xlsx:5: event \"paid\": site C", "事件.xlsx:6: event \"building\"", "事件.xlsx:7: tier: site E has no tier")
}

// Nothing can be changed from outside, and time does not run backwards.
func TestAppendOnly(t *testing.T) {
	s := newStore(t, Options{})
	add(t, s, entry("2024-01-01", opened("A", "2020-01-01")))
	for _, sql := range []string{"UPDATE events SET money = 5", "DELETE FROM events", "REPLACE INTO events SELECT * FROM events", "UPDATE entries SET who = ''", "DELETE FROM snapshots"} {
		if sql == "DELETE FROM snapshots" {
			saveSnapshot(t, s, "2023-12-31", "a", 1, true)
		}
		if _, err := s.db.Exec(sql); err == nil || !strings.Contains(err.Error(), "never") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := s.Append(context.Background(), entry("2024-01-01", opened("B", "2020-01-01"))); !errors.Is(err, ErrClock) {
		t.Errorf("recorded at the same time: %v", err)
	}
	if _, err := s.AppendAt(context.Background(), 7, entry("2024-01-02", opened("B", "2020-01-01"))); !errors.Is(err, ErrChanged) {
		t.Errorf("another head: %v", err)
	}
}

func saveSnapshot(t testing.TB, s *Store, date, body string, revision int, saved bool) {
	t.Helper()
	got, isNew, err := s.SaveSnapshot(context.Background(), Snapshot{Date: on(date), Recorded: at("2025-01-01"), Who: "x", Manifest: []byte("{}"), Body: []byte(body)})
	if err != nil || got.Revision != revision || isNew != saved {
		t.Errorf("%s %s: revision %d, saved %v, %v; want %d, %v", date, body, got.Revision, isNew, err, revision, saved)
	}
}

func TestSnapshotsAreKeptBesideOneAnother(t *testing.T) {
	s := newStore(t, Options{})
	saveSnapshot(t, s, "2023-12-31", "a", 1, true)
	saveSnapshot(t, s, "2023-12-31", "a", 1, false)
	saveSnapshot(t, s, "2023-12-31", "b", 2, true)
	saveSnapshot(t, s, "2023-12-31", "a", 3, true)
	saveSnapshot(t, s, "2022-12-31", "z", 1, true)
	first, err := s.Snapshot(context.Background(), on("2023-12-31"), 1)
	if err != nil || string(first.Body) != "a" {
		t.Errorf("%+v, %v", first, err)
	}
	last, err := s.Snapshot(context.Background(), on("2023-12-31"), 0)
	if err != nil || last.Revision != 3 {
		t.Errorf("%+v, %v", last, err)
	}
	if _, err := s.Snapshot(context.Background(), on("2021-12-31"), 0); !errors.Is(err, ErrNoSnapshot) {
		t.Error(err)
	}
	all, err := s.Snapshots(context.Background())
	if err != nil || len(all) != 4 || !all[0].Date.Equal(on("2022-12-31")) || all[0].Body != nil {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	if _, err := Open(ctx, path, Options{}); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	s, err := Create(ctx, path, About{Created: at("2020-01-01")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(ctx, path, About{}, Options{}); !errors.Is(err, ErrExists) {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// What a killed Create left is gone once the workspace opens; nothing else is touched.
func TestLeftoversAreCleared(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	for _, name := range []string{"ledger.db.new-1", "ledger.db.new-1-journal", "other.db.new-1", "ledger.db.backup"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Create(context.Background(), path, About{Study: "study.yaml", Created: at("2020-01-01"), Who: "test"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range left {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "ledger.db ledger.db.backup other.db.new-1" {
		t.Errorf("left: %s", got)
	}
}

package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"sitecover/data"
)

// Opening hours are told by an opening and change by a correction; the same hours in other words are no change, and a row that does not tell
// them leaves them.
func TestHoursAreKeptAndCorrected(t *testing.T) {
	s := newStore(t, Options{})
	list := func(hash, day, hours string) *Plan {
		t.Helper()
		site := row("A", 0, 120, 0)
		site.HoursText = hours
		plan, err := s.Plan(context.Background(), &data.History{As: data.HistorySites, Input: data.Input{Path: "sites.csv", SHA256: hash}, Sites: []data.SiteRow{site}},
			Import{Who: "王五", Recorded: on(day).Add(time.Hour), Date: on(day), Tiers: []Tier{{ID: "station", MinArea: 100}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.AppendAt(context.Background(), plan.Head, plan.Events); err != nil {
			t.Fatal(err)
		}
		return plan
	}
	for _, x := range []struct {
		day, hours, kept string
		kind             EventKind
	}{
		{"2021-12-31", "周一至周五 8:30-17:30", "周一至周五 8:30-17:30", Opened},
		{"2022-12-31", "Mo-Fr 08:30-17:30", "周一至周五 8:30-17:30", ""},
		{"2023-12-31", "", "周一至周五 8:30-17:30", ""},
		{"2024-12-31", "每天 8:30-20:30", "每天 8:30-20:30", Corrected},
	} {
		plan := list(x.day, x.day, x.hours)
		kind := EventKind("")
		if len(plan.Events) == 1 {
			kind = plan.Events[0].Kind
		}
		if kind != x.kind || len(plan.Events) > 1 {
			t.Errorf("%s: %d events of %q, want %q", x.day, len(plan.Events), kind, x.kind)
		}
		if got := state(t, s, x.day, time.Time{})["A"].Hours; got != x.kept {
			t.Errorf("%s: open %q, want %q", x.day, got, x.kept)
		}
	}
	refuse(t, s, entry("2025-06-01", with(event("A", Corrected, "2025-05-01"), Fields{Hours: "有时候"})), "hours")
}

// A file of version 1 is brought up to date when it is opened; its events, hashes and state stay.
func TestFilesOfVersionOneOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	s, err := Create(context.Background(), path, About{Study: "study.yaml", Created: at("2020-01-01"), Who: "test"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	add(t, s, entry("2020-06-01", opened("A", "2020-05-01")))
	_, hash, err := s.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.Exec("PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(context.Background(), path, Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	version := 0
	if err := s.db.QueryRow("PRAGMA user_version").Scan(&version); err != nil || version != len(migrations) {
		t.Fatalf("version %d, %v", version, err)
	}
	add(t, s, entry("2020-07-01", with(event("A", Corrected, "2020-06-15"), Fields{Hours: "24小时"})))
	if _, sum, err := s.Head(context.Background()); err != nil || sum == hash {
		t.Fatal(sum, err)
	}
	if got := state(t, s, "2020-06-14", time.Time{})["A"]; !got.Open || got.Hours != "" {
		t.Errorf("%+v", got)
	}
	if got := state(t, s, "2020-06-15", time.Time{})["A"]; got.Hours != "24小时" {
		t.Errorf("%+v", got)
	}
}

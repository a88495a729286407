package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

// large makes a ledger of n sites with ten events each: a project from declaration to payment, opening, move, upgrade. Every tenth has closed.
func large(n int) []Event {
	kinds := []EventKind{Declared, Reviewed, Approved, Building, Accepted, Paid, Opened, Moved, Upgraded, Assessed}
	var out []Event
	for i, k := range kinds {
		for site := range n {
			e := Event{Site: fmt.Sprintf("S%06d", site), Kind: k, Date: on("2016-01-31").AddDate(i, 0, site%28), Who: "w", Recorded: at("2026-02-01")}
			e.Source = Source{File: "events.csv", Row: len(out) + 2}
			switch k {
			case Declared:
				e.Fields = Fields{Name: fmt.Sprintf("第%d村党群服务站", site), Tier: "station", Point: orb.Point{114 + float64(site%1000)/1000, 30 + float64(site/1000)/100}, Area: 300, Way: "new", Budget: 600_000}
			case Paid:
				e.Money = 600_000
			case Moved:
				e.Fields.Point = orb.Point{114.5, 30.5}
			case Assessed:
				e.Note = "三星"
				if site%10 == 0 {
					e.Kind, e.Note = Closed, ""
				}
			}
			out = append(out, e)
		}
	}
	return out
}

// BenchmarkLedger: a million events of 100,000 sites. State is the state of a day; Scan reads the same events one by one, for the ratio.
//
//	go test -run xxx -bench Ledger -benchtime 3x ./data/store
func BenchmarkLedger(b *testing.B) {
	s := newStore(b, Options{Process: hubei(b)})
	ctx := context.Background()
	events := large(100_000)
	start := time.Now()
	add(b, s, events)
	b.Logf("%d events appended in %s", len(events), time.Since(start).Round(time.Millisecond))
	b.Run("State", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			states, err := s.State(ctx, on("2022-12-31"), time.Time{})
			if err != nil || len(states) != 100_000 || !states[0].Open {
				b.Fatal(len(states), err)
			}
		}
	})
	b.Run("ThreeDays", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if states, err := s.States(ctx, []time.Time{on("2016-12-31"), on("2021-12-31"), on("2022-12-31")}, time.Time{}); err != nil || len(states[2]) != 100_000 {
				b.Fatal(len(states), err)
			}
		}
	})
	b.Run("StateAsKnown", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if states, err := s.State(ctx, on("2022-12-31"), at("2026-02-01")); err != nil || len(states) != 100_000 {
				b.Fatal(len(states), err)
			}
		}
	})
	b.Run("Payments", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			filter := Filter{Kinds: []EventKind{Paid}, To: on("2026-12-31"), Known: at("2026-02-01"), Valid: true}
			if err := s.EachEvent(ctx, filter, func(Event) error { n++; return nil }); err != nil || n != 100_000 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("Scan", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			if err := s.EachEvent(ctx, Filter{}, func(Event) error { n++; return nil }); err != nil || n != 1_000_000 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("AddOne", func(b *testing.B) {
		b.ReportAllocs()
		now := at("2026-03-01")
		for b.Loop() {
			now = now.Add(time.Second)
			e := Event{Site: "S000001", Kind: Assessed, Date: on("2026-03-01"), Who: "w", Recorded: now}
			if _, err := s.Append(ctx, []Event{e}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

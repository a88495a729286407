package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sitecover/data"
)

// FuzzImport reads any bytes as a list of events or a ledger of sites and enters them: no panic; either named problems and nothing entered, or
// events that are all there, a sound chain, and nothing new when the same file comes again under another name.
func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		"编号,名称,事件,日期,金额（万元）,预算,层级,经度,纬度,面积,建设方式,备注\nV1,一村,申报,2024-01-10,,60 万元,村中心,120.5,31.5,400,新建,\nV1,,审核,2024-02-01,,,,,,,,\nV1,,审批,2024-02-01,,,,,,,,\n",
		"site,event,date,money (元),lon,lat,tier\nA,opened,2020-01-01,,120.5,31.5,station\nA,closed,2021-01-01,,,,\nA,opened,2022/1/1,,,,\n",
		"site,event,date,money\nA,paid,2020-01-01,5\nA,undone,2020,1e9\n",
		"名称,事件,日期\n甲,启用,45000\n甲,关闭,2020年1月\n",
		"编号,名称,层级,经度,纬度,面积,启用日期,关闭日期\nA,甲站,站,120.1,31.1,90,2020-05-01,\nB,乙站,站,120.2,31.2,,,2021-01-01\n",
		"id,name,tier,lon,lat\nA,a,station,120.1,31.1\nA,a,station,120.1,31.1\n",
		"\xb1\xe0\xba\xc5,\xca\xc2\xbc\xfe,\xc8\xd5\xc6\xda\nA,\xc6\xf4\xd3\xc3,2020-01-01\n",
		"event,date\n", "",
	} {
		f.Add([]byte(seed))
	}
	study := historyStudy(f)
	process := hubei(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		ctx := context.Background()
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := data.ReadHistory(ctx, study, data.HistoryFile{Path: path, Name: "x.csv"})
		if err != nil {
			named(t, err)
			return
		}
		s := newStore(t, Options{Process: process})
		im := Import{Who: "w", Recorded: at("2026-01-01"), Date: on("2025-12-31"), Tiers: []Tier{{ID: "station", MinArea: 100}, {ID: "village"}}}
		plan, err := s.Plan(ctx, h, im)
		if err != nil {
			named(t, err)
			return
		}
		ids, err := s.AppendAt(ctx, 0, plan.Events)
		if err != nil {
			named(t, err)
			ids = nil
		}
		r, err := s.Verify(ctx)
		if err != nil || len(r.Problems) > 0 || r.Events != len(ids) {
			t.Fatalf("%+v, %v, %d entered", r, err, len(ids))
		}
		if len(ids) == 0 {
			return
		}
		h.Input.SHA256 = "other"
		im.Recorded = im.Recorded.Add(time.Hour)
		if again, err := s.Plan(ctx, h, im); err != nil || h.As == data.HistoryEvents && len(again.Events) > 0 {
			t.Fatalf("again: %+v, %v", again, err)
		}
	})
}

// named fails unless an error is a list of complete problems.
func named(t *testing.T, err error) {
	t.Helper()
	var problems data.InputErrors
	if !errors.As(err, &problems) {
		t.Fatalf("an error without a place: %v", err)
	}
	for _, e := range problems {
		if e.File == "" || e.What.EN == "" || e.What.ZH == "" || e.Row < 0 {
			t.Fatalf("incomplete error %+v", e)
		}
	}
}

// FuzzSalvage reads any bytes as a database without SQLite: no panic, no endless loop.
func FuzzSalvage(f *testing.F) {
	f.Add([]byte("SQLite format 3\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "x.db")
		page := append([]byte{leafTable, 0, 0, 0, 1, 0, 0, 0, 0, 10}, raw...) // as the content of a page of rows, too
		for _, content := range [][]byte{raw, page} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Salvage(path); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzHistory decodes any bytes as a site's history.
func FuzzHistory(f *testing.F) {
	e := opened("A", "2020-01-01")
	e.ID, e.Recorded = 1, at("2021-01-01")
	f.Add(putCore(nil, &e))
	f.Fuzz(func(t *testing.T, raw []byte) {
		events, err := newDecoder().history("A", raw, nil)
		if err != nil {
			return
		}
		for i := range events {
			m := machine{rules: newRules(nil)}
			m.apply(&events[i])
		}
	})
}

// drawn makes an event of a few sites, days and kinds, good or bad.
func drawn(t *rapid.T, head int64) Event {
	site := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "site")
	e := event(site, rapid.SampledFrom([]EventKind{Opened, Opened, Closed, Moved, Upgraded, Paid, Declared, Accepted, Undone}).Draw(t, "kind"), "2020-01-01")
	e.Date = e.Date.AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, "day"))
	switch e.Kind {
	case Opened, Moved:
		e.Fields = opened(site, "2020-01-01").Fields
		e.Fields.Point[0] += float64(rapid.IntRange(1, 5).Draw(t, "east")) / 10
	case Paid:
		e.Money = 1
	case Undone:
		e.Site, e.Note, e.Undoes = "", "x", rapid.Int64Range(1, head+1).Draw(t, "undoes")
	}
	return e
}

// counts is the definition of what counts, without haste: an event counts unless one that counts takes it back.
func counts(all []Event, known time.Time, e Event) bool {
	for _, u := range all {
		if u.Kind == Undone && u.Undoes == e.ID && !u.Recorded.After(known) && counts(all, known, u) {
			return false
		}
	}
	return !e.Recorded.After(known)
}

// naive is the state of a site on a day by that definition: open by the latest opening or closing, paid by the sum.
func naive(all []Event, known, day time.Time, site string) (open bool, lon float64, money int64, legal bool) {
	legal = true
	for d := on("2020-01-01"); !d.After(day); d = d.AddDate(0, 0, 1) {
		for _, e := range all {
			if e.Site != site || !e.Date.Equal(d) || e.Kind == Undone || !counts(all, known, e) {
				continue
			}
			switch e.Kind {
			case Opened:
				legal = legal && !open
				open, lon = true, e.Fields.Point[0]
			case Closed, Moved, Upgraded:
				legal = legal && open
				open = open && e.Kind != Closed
				if e.Kind == Moved {
					lon = e.Fields.Point[0]
				}
			case Paid:
				money += int64(e.Money)
			}
		}
	}
	return open, lon, money, legal
}

// Whatever is entered, in whatever order: the state on every day as known after every entry is that of the definition, and what would make the
// record impossible is refused.
func TestStateIsThatOfTheDefinition(t *testing.T) {
	s := newStore(t, Options{})
	if _, err := s.db.Exec("PRAGMA synchronous = OFF"); err != nil { // no power fails here
		t.Fatal(err)
	}
	clock := at("2021-01-01")
	rapid.Check(t, func(rt *rapid.T) {
		wipe(t, s)
		var all []Event
		var times []time.Time
		for range rapid.IntRange(1, 12).Draw(rt, "entries") {
			clock = clock.Add(time.Second)
			e := drawn(rt, int64(len(all)))
			e.Recorded, e.Who, e.ID = clock.Truncate(time.Microsecond), "w", int64(len(all)+1)
			ids, err := s.Append(context.Background(), []Event{e})
			if err != nil {
				named(t, err)
				continue
			}
			if ids[0] != e.ID {
				rt.Fatalf("id %d, want %d", ids[0], e.ID)
			}
			all, times = append(all, e), append(times, e.Recorded)
		}
		for _, known := range times {
			for day := range 10 {
				d := on("2020-01-01").AddDate(0, 0, day)
				got := state(t, s, d.Format(time.DateOnly), known)
				for _, site := range []string{"A", "B", "C"} {
					open, lon, money, legal := naive(all, known, d, site)
					g := got[site]
					if g.Open != open || int64(g.Paid) != money || open && g.Point[0] != lon || !legal {
						rt.Fatalf("%s on %s: %+v; want open %v at %v, paid %d (legal %v)\n%+v", site, d, g, open, lon, money, legal, all)
					}
				}
			}
		}
	})
}

// wipe empties a workspace, as no user can.
func wipe(t *testing.T, s *Store) {
	t.Helper()
	for _, table := range []string{"events", "entries"} {
		if _, err := s.db.Exec("DROP TRIGGER IF EXISTS " + table + "_keep_delete; DELETE FROM histories; DELETE FROM " + table); err != nil {
			t.Fatal(err)
		}
	}
}

package store

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sitecover/data"
)

// closedStore makes a workspace of n events and a large snapshot, closes it and returns its path and events.
func closedStore(t *testing.T, n int) (string, []Event) {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := Create(ctx, path, About{Created: at("2020-01-01")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var events []Event
	for i := range n {
		e := opened(fmt.Sprintf("S%d", i), "2020-05-01")
		e.Source = Source{File: "台账.xlsx", SHA256: strings.Repeat("ab", 32), Row: i + 2}
		if i%50 == 0 {
			e.Note = strings.Repeat("说明", 600) // overflows its page
		}
		events = append(events, e)
	}
	add(t, s, entry("2021-01-01", events...))
	saveSnapshot(t, s, "2020-12-31", strings.Repeat("body ", 10_000), 1, true)
	all, err := s.Events(ctx, Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, all
}

func sameEvent(a, b Event) bool { return a == b }

// Without SQLite everything is read as SQLite reads it, long notes and bodies included.
func TestSalvageReadsASoundFile(t *testing.T) {
	path, want := closedStore(t, 2000)
	got, err := Salvage(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Events) != len(want) || len(got.Lost) != 0 || got.Orphans != 0 || len(got.Entries) != 1 || len(got.Snapshots) != 1 || len(got.Snapshots[0].Body) != 50_000 {
		t.Fatalf("%d events, lost %v, %d orphans, %d entries, %d snapshots", len(got.Events), got.Lost, got.Orphans, len(got.Entries), len(got.Snapshots))
	}
	for i := range want {
		if !sameEvent(got.Events[i], want[i]) || !got.Proved[want[i].ID] {
			t.Fatalf("event %d: %+v, want %+v", i, got.Events[i], want[i])
		}
	}
}

// Some pages are overwritten with noise. Opening, verifying or exporting says so; what is saved is true, and no more is lost than stood there.
func TestDamagedFileIsToldAndSaved(t *testing.T) {
	path, want := closedStore(t, 2000)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[int64]Event{}
	for _, e := range want {
		byID[e.ID] = e
	}
	random := rand.New(rand.NewPCG(1, 2))
	ctx := context.Background()
	for trial := range 20 {
		raw := bytes.Clone(sound)
		pages := 1 + random.IntN(4)
		for range pages {
			page := raw[4096*random.IntN(len(raw)/4096):][:4096]
			if trial%2 == 0 {
				clear(page)
			} else {
				for i := range page {
					page[i] = byte(random.Uint32())
				}
			}
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(raw, sound) {
			continue
		}
		told := damageTold(ctx, t, path)
		got, err := Salvage(path)
		if err != nil {
			t.Fatal(err)
		}
		if !told && (len(got.Events) < len(want) || len(got.Snapshots) == 0) {
			t.Errorf("trial %d: rows are lost and nobody says so", trial)
		}
		for _, e := range got.Events {
			if w := byID[e.ID]; got.Proved[e.ID] && (e.Site != w.Site || e.Fields != w.Fields || e.Note != w.Note) {
				t.Fatalf("trial %d: event %d is said to be proved and is not what was entered", trial, e.ID)
			}
		}
		if least := len(want) - 60*pages; len(got.Events) < least { // some 20 rows a page
			t.Errorf("trial %d: %d events saved of %d, with %d pages damaged", trial, len(got.Events), len(want), pages)
		}
	}
}

// damageTold reports whether opening or verifying a file says that it is damaged. Other errors and panics fail.
func damageTold(ctx context.Context, t *testing.T, path string) bool {
	t.Helper()
	s, err := Open(ctx, path, Options{})
	var damaged *DamagedError
	if errors.As(err, &damaged) || errors.Is(err, ErrForeign) || errors.Is(err, ErrNewer) {
		return true
	}
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer s.Close()
	r, err := s.Verify(ctx)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return len(r.Problems) > 0
}

// Somebody takes the triggers away and changes, inserts, or cuts off events: the chain tells.
func TestTamperingShows(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct{ sql, want string }{
		{"UPDATE events SET money = 5 WHERE id = 7", "event 7 "},
		{"UPDATE entries SET who = 'nobody'", "event 1 "},
		{"UPDATE events SET row = 900 WHERE id = 20", "event 20 "},
		{"DELETE FROM events WHERE id = 30", "events 30 to 30 are missing"},
		{"DELETE FROM events WHERE id > 90", "the end of events is missing"},
		{"UPDATE histories SET events = x'00' WHERE site = 'S3'", "history of site S3"},
		{"DELETE FROM histories WHERE site = 'S3'", "site S3 has no history"},
		{"UPDATE snapshots SET body = x'00'", "snapshot of 2020-12-31"},
		{"DELETE FROM snapshots", "the end of snapshots is missing"},
	} {
		path, _ := closedStore(t, 100)
		s, err := Open(ctx, path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"events", "entries", "snapshots"} {
			if _, err := s.db.Exec(fmt.Sprintf("DROP TRIGGER %[1]s_keep_update; DROP TRIGGER %[1]s_keep_delete", table)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.db.Exec(c.sql); err != nil {
			t.Fatal(err)
		}
		r, err := s.Verify(ctx)
		if err != nil || len(r.Problems) == 0 || !strings.Contains(r.Problems[0].EN, c.want) {
			t.Errorf("%s: %+v, %v", c.sql, r, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What Export writes is a list of events that another ledger takes, and that ledger has the same state on every day.
func TestExportComesBack(t *testing.T) {
	ctx := context.Background()
	s := newStore(t, Options{Process: hubei(t)})
	declared := event("V1", Declared, "2024-01-10")
	declared.Fields = Fields{Name: "=一村", Tier: "village", Point: opened("x", "2020-01-01").Fields.Point, Way: "new", Budget: 600_000, Class: "village-standard", Due: 2025, Region: "R1", Area: 412.5}
	declared.Note = "a,\"b\"\nc"
	closed := event("A", Closed, "2025-01-01")
	add(t, s, entry("2025-02-01", opened("A", "2020-01-01"), closed, declared, event("V1", Reviewed, "2024-01-20"), event("V1", Approved, "2024-02-01"), event("V1", Building, "2024-03-01"),
		event("V1", Accepted, "2024-08-01"), paid("V1", "2024-08-20", 400_000), event("V1", Opened, "2024-09-01")))
	for _, lang := range []string{"zh", "en"} {
		dir := filepath.Join(t.TempDir(), "out")
		out, err := s.Export(ctx, dir, lang)
		if err != nil || out.Events != 9 || out.Sites != 2 {
			t.Fatalf("%+v, %v", out, err)
		}
		if _, err := s.Export(ctx, dir, lang); !errors.Is(err, ErrExists) {
			t.Errorf("export over files: %v", err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "events.csv"))
		if err != nil || !bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
			t.Fatalf("no byte order mark (%v)", err)
		}
		rows, err := csv.NewReader(bytes.NewReader(raw[3:])).ReadAll()
		if err != nil || len(rows) != 10 {
			t.Fatal(len(rows), err)
		}
		copied := newStore(t, Options{Process: hubei(t)})
		h, err := data.ReadHistory(ctx, historyStudy(t), data.HistoryFile{Path: filepath.Join(dir, "events.csv"), Name: "events.csv"})
		if err != nil {
			t.Fatal(err)
		}
		plan, err := copied.Plan(ctx, h, Import{Who: "x", Recorded: at("2025-03-01"), Date: on("2025-03-01")})
		if err != nil {
			t.Fatal(err)
		}
		add(t, copied, plan.Events)
		for _, day := range []string{"2020-06-01", "2024-02-15", "2024-12-31", "2025-06-01"} {
			want, got := state(t, s, day, time.Time{}), state(t, copied, day, time.Time{})
			for id := range want {
				w, g := want[id], got[id]
				w.Last, g.Last = 0, 0
				w.Name, g.Name = strings.TrimPrefix(w.Name, "="), strings.TrimPrefix(g.Name, "'=") // the apostrophe before a formula stays
				for i := range w.Projects {
					w.Projects[i].Name, g.Projects[i].Name = "", ""
				}
				if fmt.Sprintf("%+v", w) != fmt.Sprintf("%+v", g) {
					t.Errorf("%s %s on %s:\n%+v\n%+v", lang, id, day, w, g)
				}
			}
		}
	}
}

// historyStudy is a study that says no more than importing needs.
func historyStudy(t testing.TB) *data.Study {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"study.yaml": "name: x\ndate: 2025-12-31\nstandard: hubei-village\nlevels: [{id: county, name: 县}]\nareas: [{file: county.geojson, level: county}]\n" +
			"population: [{file: people.csv, kind: points}]\ntiers:\n  - {id: station, name: 站, radius: 1000 m, mode: straight, min_area: 100 m2}\n  - {id: village, name: 村中心, radius: 1000 m, mode: straight}\n",
		"county.geojson": `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"1","name":"县"},"geometry":{"type":"Polygon","coordinates":[[[120,31],[121,31],[121,32],[120,32],[120,31]]]}}]}`,
		"people.csv":     "lon,lat,people\n120.5,31.5,100\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	study, err := data.Load(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return study
}

package run

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sitecover/data"
	"sitecover/data/store"
	"sitecover/siting"
)

// strip is a county of villages in a row, each 0.02° (about 1.9 km) wide, with all its people in the middle; a tier of 500 m as the crow flies
// serves the village that its site stands in the middle of, and no other. Two villages make a town.
//
//	town T1      town T2      ...
//	| v1 | v2 |  | v3 | v4 |
type strip struct {
	t       testing.TB
	dir     string
	study   string   // what stands below the files in study.yaml
	date    string   // of the study
	ids     []string // of villages
	towns   []string // of each village; nil = two villages a town
	people  []int
	sitesAs string // sites.csv; "" = no ledger
	extra   string // further files of study.yaml

	clock map[*store.Store]time.Time // last entry
}

// middle is the centre of village i, counted from 0.
func middle(i int) orb.Point { return orb.Point{118.01 + 0.02*float64(i), 33.01} }

func (w *strip) townOf(i int) string {
	if w.towns != nil {
		return w.towns[i]
	}
	return fmt.Sprintf("T%d", i/2+1)
}

// write writes the study and its files into the folder and returns its path.
func (w *strip) write() string {
	w.t.Helper()
	type feature map[string]any
	box := func(a, b int) [][][2]float64 {
		west, east := 118+0.02*float64(a), 118+0.02*float64(b)
		return [][][2]float64{{{west, 33}, {east, 33}, {east, 33.02}, {west, 33.02}, {west, 33}}}
	}
	var features []feature
	add := func(id, level string, a, b int) {
		features = append(features, feature{"type": "Feature", "properties": map[string]string{"id": id, "name": id, "level": level},
			"geometry": map[string]any{"type": "Polygon", "coordinates": box(a, b)}})
	}
	n := len(w.ids)
	add("C", "county", 0, n)
	for i := 0; i < n; {
		j := i
		for j < n && w.townOf(j) == w.townOf(i) {
			j++
		}
		add(w.townOf(i), "town", i, j)
		i = j
	}
	// A village id that stands several times in a row is one wide village.
	for i := 0; i < n; {
		j := i
		for j < n && w.ids[j] == w.ids[i] {
			j++
		}
		add(w.ids[i], "community", i, j)
		i = j
	}
	areas, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		w.t.Fatal(err)
	}
	people := "lon,lat,people\n"
	for i, p := range w.people {
		people += fmt.Sprintf("%.4f,%.4f,%d\n", middle(i)[0], middle(i)[1], p)
	}
	text := "name: 试验县\ndate: " + w.date + `
grid: {resolution: 11, placement: point}
levels: [{id: county, name: 县}, {id: town, name: 镇}, {id: community, name: 村}]
areas:
  - {file: areas.geojson, fields: {level: level}, level_values: {county: county, town: town, community: community}}
population: [{file: people.csv, kind: points}]
`
	w.file("areas.geojson", string(areas))
	w.file("people.csv", people)
	if w.sitesAs != "" {
		w.file("sites.csv", w.sitesAs)
		text += "sites: [sites.csv]\n"
	}
	return w.file("study.yaml", text+w.extra+w.study)
}

func (w *strip) file(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// ledger starts an empty ledger held to the process of a standard, nil = none.
func (w *strip) ledger(name string) *store.Store {
	w.t.Helper()
	s, err := store.Create(context.Background(), filepath.Join(w.dir, name), store.About{Study: "study.yaml", Created: date("2010-01-01"), Who: "test"}, store.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return s
}

// tracker loads the study and tracks it with a ledger; nil = the study's own.
func (w *strip) tracker(s *store.Store) *Tracker {
	w.t.Helper()
	study, err := data.Load(w.write())
	if err != nil {
		w.t.Fatal(err)
	}
	if s != nil && study.Standard != nil {
		s.HoldTo(study.Standard.Profile.Process)
	}
	return NewTracker(study, s, Options{})
}

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// now is the time of an entry on a day, or just after the last one when that is later.
func (w *strip) now(s *store.Store, day time.Time) time.Time {
	if w.clock == nil {
		w.clock = map[*store.Store]time.Time{}
	}
	if next := w.clock[s].Add(time.Millisecond); day.Before(next) {
		day = next
	}
	w.clock[s] = day
	return day
}

// entered gives events the day on which they were entered; "" = that of the last of them.
func (w *strip) entered(s *store.Store, day string, events ...store.Event) []store.Event {
	at := date("2010-01-01")
	if day != "" {
		at = date(day)
	}
	for i := range events {
		if day == "" && events[i].Date.After(at) {
			at = events[i].Date
		}
	}
	at = w.now(s, at)
	for i := range events {
		events[i].Recorded, events[i].Who = at, "王五"
	}
	return events
}

func (w *strip) enter(s *store.Store, day string, events ...store.Event) []int64 {
	w.t.Helper()
	ids, err := s.Append(context.Background(), w.entered(s, day, events...))
	if err != nil {
		w.t.Fatal(err)
	}
	return ids
}

// opens is the opening of a site in the middle of a village.
func opens(site, tier string, village int, day string, area float64) store.Event {
	return store.Event{Site: site, Kind: store.Opened, Date: date(day), Fields: store.Fields{Name: site, Tier: tier, Point: middle(village), Area: area}}
}

func happens(site string, kind store.EventKind, day string) store.Event {
	return store.Event{Site: site, Kind: kind, Date: date(day)}
}

func pays(site, day string, yuan siting.Yuan) store.Event {
	return store.Event{Site: site, Kind: store.Paid, Date: date(day), Money: yuan}
}

// keep makes and keeps the snapshots of days.
func (w *strip) keep(k *Tracker, days ...string) []*Snap {
	t := w.t
	t.Helper()
	var out []*Snap
	for _, day := range days {
		o := SnapshotOptions{Day: date(day), Version: "test"}
		s, err := k.Make(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Keep(context.Background(), s, "王五", o, w.now(k.Store, o.Day)); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func status(t testing.TB, k *Tracker) *TrackStatus {
	t.Helper()
	v, err := k.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// target finds a target of the whole area by year, tier and indicator.
func target(t testing.TB, v *TrackStatus, year int, tier, indicator string) TargetView {
	t.Helper()
	for _, x := range v.Targets {
		if x.Year == year && x.Tier == tier && x.Indicator == indicator && x.Region == "" {
			return x
		}
	}
	t.Fatalf("no target %d %s %s among %+v", year, tier, indicator, v.Targets)
	return TargetView{}
}

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/data"
)

// world is what really happens: a county that opens, moves, enlarges, merges and closes sites, and whose clerks enter it late and wrongly.
type world struct {
	random *rand.Rand
	sites  map[string]*data.SiteRow // open ones
	next   int
}

var worldTiers = []Tier{{ID: "centre", MinArea: 1000}, {ID: "station", MinArea: 300}}

func (w *world) open(date time.Time) *data.SiteRow {
	w.next++
	s := &data.SiteRow{Row: w.next}
	s.ID, s.Name, s.Tier, s.FloorArea, s.Opened = fmt.Sprintf("S%03d", w.next), fmt.Sprintf("%d号站", w.next), 1, float64(100+w.random.IntN(400)), date
	s.Point = orb.Point{120 + float64(w.random.IntN(10_000))/10_000, 31 + float64(w.random.IntN(10_000))/10_000}
	w.sites[s.ID] = s
	return s
}

func (w *world) any() *data.SiteRow {
	ids := slices.Sorted(maps.Keys(w.sites))
	return w.sites[ids[w.random.IntN(len(ids))]]
}

// year lets a year pass.
func (w *world) year(year int) {
	for range 10 {
		w.open(time.Date(year, time.Month(1+w.random.IntN(12)), 1+w.random.IntN(28), 0, 0, 0, 0, time.UTC))
	}
	for range 3 {
		delete(w.sites, w.any().ID)
	}
	w.any().Point[0] += 0.01 // moved by a kilometre
	grown := w.any()
	grown.FloorArea, grown.Tier = 1200, 0
	keep, gone := w.any(), w.any() // two sites merge: the one goes, the other takes its rooms
	if keep != gone {
		keep.FloorArea += gone.FloorArea
		delete(w.sites, gone.ID)
	}
	w.any().Name += "（新）"
}

// ledger is the list of open sites at the end of a year.
func (w *world) ledger(year int) *data.History {
	h := &data.History{As: data.HistorySites, Input: data.Input{Path: fmt.Sprintf("%d.xlsx", year), SHA256: fmt.Sprintf("%064d", year)}}
	for _, id := range slices.Sorted(maps.Keys(w.sites)) {
		h.Sites = append(h.Sites, *w.sites[id])
	}
	return h
}

func (w *world) snapshot() map[string]coverage.Site {
	out := map[string]coverage.Site{}
	for id, s := range w.sites {
		out[id] = s.Site
	}
	return out
}

func stateBytes(t *testing.T, s *Store, on, known time.Time) string {
	t.Helper()
	states, err := s.State(context.Background(), on, known)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(states)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Ten years, each entered from a ledger some of which comes late or wrong and is put right a year later. The state of each year as it was known
// then, and as it is known at the end, comes from the events alone: from this ledger and from one that got the same events.
func TestTenYears(t *testing.T) {
	ctx := context.Background()
	s := newStore(t, Options{})
	w := &world{random: rand.New(rand.NewPCG(2016, 1)), sites: map[string]*data.SiteRow{}}
	truth := map[int]map[string]coverage.Site{}
	then := map[int]string{}
	var late []data.SiteRow // opened a year ago and left out of that year's ledger
	var wrong []int64       // openings entered with a wrong area
	for year := 2016; year <= 2025; year++ {
		w.year(year)
		truth[year] = w.snapshot()
		end := time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
		now := end.AddDate(0, 0, 14)
		h := w.ledger(year)
		fresh := slices.IndexFunc(h.Sites, func(r data.SiteRow) bool { return r.Opened.Year() == year })
		forgotten := h.Sites[fresh]
		h.Sites = slices.Delete(h.Sites, fresh, fresh+1)
		plan, err := s.Plan(ctx, h, Import{Who: "王五", Recorded: now, Date: end, Tiers: worldTiers})
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(plan.Events, func(e Event) bool { return e.Kind == Opened && e.Fields.Area > 0 && e.Fields.Area < 1000 }); year%3 == 0 {
			plan.Events[i].Fields.Area += 7 // a slip of the pen
			wrong = append(wrong, plan.Head+int64(i)+1)
		}
		if _, err := s.AppendAt(ctx, plan.Head, plan.Events); err != nil {
			t.Fatal(err)
		}
		then[year] = stateBytes(t, s, end, now)
		late = append(late, forgotten)
		putRight(t, s, now.AddDate(0, 1, 0), late[len(late)-1:], &wrong)
		again, err := s.Plan(ctx, h, Import{Who: "王五", Recorded: now.AddDate(0, 2, 0), Date: end, Tiers: worldTiers})
		if err != nil || again.Before == nil || len(again.Events) != 0 {
			t.Fatalf("%d imported again: %+v, %v", year, again, err)
		}
	}
	final := map[int]string{}
	for year := 2016; year <= 2025; year++ {
		end := time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
		if stateBytes(t, s, end, end.AddDate(0, 0, 14)) != then[year] {
			t.Errorf("%d as it was known then is another now", year)
		}
		final[year] = stateBytes(t, s, end, time.Time{})
		if final[year] == then[year] {
			t.Errorf("%d: what came late changed nothing", year)
		}
		compareWorld(t, s, year, truth[year])
	}
	copied := replay(t, s)
	for year := 2016; year <= 2025; year++ {
		end := time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
		if stateBytes(t, copied, end, time.Time{}) != final[year] || stateBytes(t, copied, end, end.AddDate(0, 0, 14)) != then[year] {
			t.Errorf("%d comes out otherwise from the same events", year)
		}
	}
}

// putRight enters what was forgotten and takes back what was wrong.
func putRight(t *testing.T, s *Store, now time.Time, late []data.SiteRow, wrong *[]int64) {
	t.Helper()
	var events []Event
	for _, row := range late {
		events = append(events, Event{Site: row.ID, Kind: Opened, Date: row.Opened, Fields: Fields{Name: row.Name, Tier: worldTiers[row.Tier].ID, Point: row.Point, Area: row.FloorArea}})
	}
	for _, id := range *wrong {
		old, err := s.Events(context.Background(), Filter{After: id - 1, Limit: 1})
		if err != nil || old[0].Kind != Opened {
			t.Fatal(old, err)
		}
		e := old[0]
		e.Fields.Area -= 7
		events = append(events, Event{Kind: Undone, Date: now.Truncate(24 * time.Hour), Undoes: id, Note: "面积写错"}, e)
	}
	*wrong = nil
	for i := range events {
		events[i].Who, events[i].Recorded = "李四", now
	}
	add(t, s, events)
}

// compareWorld holds the final state of a year's end to what really was.
func compareWorld(t *testing.T, s *Store, year int, truth map[string]coverage.Site) {
	t.Helper()
	got := state(t, s, fmt.Sprintf("%d-12-31", year), time.Time{})
	open := 0
	for id, g := range got {
		if !g.Open {
			continue
		}
		open++
		want, ok := truth[id]
		if !ok || g.Tier != worldTiers[want.Tier].ID || g.Area != want.FloorArea || g.Point != want.Point || g.Name != want.Name || !g.Opened.Equal(want.Opened) {
			t.Errorf("%d %s: %+v, really %+v", year, id, g, want)
		}
	}
	if open != len(truth) {
		t.Errorf("%d: %d open, really %d", year, open, len(truth))
	}
}

// replay enters the same events into another ledger, entry by entry.
func replay(t *testing.T, s *Store) *Store {
	t.Helper()
	all, err := s.Events(context.Background(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	out := newStore(t, Options{})
	for len(all) > 0 {
		n := slices.IndexFunc(all, func(e Event) bool { return !e.Recorded.Equal(all[0].Recorded) })
		if n < 0 {
			n = len(all)
		}
		add(t, out, all[:n])
		all = all[n:]
	}
	a, hashA, errA := s.Head(context.Background())
	b, hashB, errB := out.Head(context.Background())
	if a != b || hashA != hashB || errors.Join(errA, errB) != nil {
		t.Errorf("the copies end in %d %s and %d %s", a, hashA, b, hashB)
	}
	return out
}

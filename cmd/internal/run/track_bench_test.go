package run

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"sitecover/coverage/track"
	"sitecover/data/store"
)

// BenchmarkTrackStatus reads how a county of 10,000 regions stands from ten yearly snapshots in a ledger of 100,000 sites and a million
// events, opening the file and reading the study each time. The snapshots are made here from figures, not computed. SITECOVER_BENCH_DIR names
// an empty folder to make the workspace in and leave it, so that the program itself can be measured on it.
func BenchmarkTrackStatus(b *testing.B) {
	dir := os.Getenv("SITECOVER_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	w := &strip{t: b, dir: dir, date: "2026-12-31", ids: []string{"v1", "v2"}, people: []int{64, 128},
		study: oneTier + "tracking:\n  targets: [{year: 2027, tier: station, indicator: presence, share: 100%}]\n"}
	w.write()
	s, err := store.Create(context.Background(), w.dir+"/ledger.db", store.About{Study: "study.yaml", Created: date("2010-01-01"), Who: "test"}, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	fill(b, w, s)
	for y := 2017; y <= 2026; y++ {
		snap := large(y)
		body, err := snap.Encode()
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := s.SaveSnapshot(context.Background(), store.Snapshot{Date: snap.Day(), Recorded: w.now(s, date("2027-01-01")), Who: "王五", Manifest: []byte("{}"), Body: body}); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := store.Open(context.Background(), w.dir+"/ledger.db", store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		v, err := w.tracker(s).Status(context.Background())
		if err != nil || len(v.Towns) != 100 || len(v.History) != 10 {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// fill enters 100,000 sites and a million events: an opening and nine corrections of the area a site.
func fill(b *testing.B, w *strip, s *store.Store) {
	for at := 0; at < 100_000; at += 10_000 {
		var events []store.Event
		for i := at; i < at+10_000; i++ {
			id := fmt.Sprintf("S%06d", i)
			events = append(events, opens(id, "station", i%2, "2015-01-01", 100))
			for k := 1; k < 10; k++ {
				events = append(events, store.Event{Site: id, Kind: store.Corrected, Date: date("2015-01-01").AddDate(k, 0, 0), Fields: store.Fields{Area: float64(100 + k)}})
			}
		}
		w.enter(s, "2026-01-01", events...)
	}
}

// large is a county with 100 towns of 100 villages.
func large(year int) *track.Snapshot {
	s := &track.Snapshot{Format: track.Format, Study: "试验县", Date: track.YearEnd(year).Format(time.DateOnly), Ledger: true,
		Levels:  []track.Level{{ID: "county", Name: "县"}, {ID: "town", Name: "镇"}, {ID: "community", Name: "村"}},
		Regions: []track.Region{{ID: "C", Name: "C", Parent: -1}}}
	table := make(track.Table, 1+1+100+100*100)
	for town := range 100 {
		s.Regions = append(s.Regions, track.Region{ID: fmt.Sprintf("T%02d", town), Name: "镇", Level: 1})
	}
	for i := range 100 * 100 {
		s.Regions = append(s.Regions, track.Region{ID: fmt.Sprintf("v%05d", i), Name: "村", Level: 2, Parent: 1 + i/100})
		f := track.Figures{People: 12_345_678, Covered: 1_234_567, Cells: 9, CoveredCells: 3, Open: 10, Qualifying: 9, Below: 1, Required: 1, Owning: int64((i + year) % 2), Projects: 3, Known: 9, Paid: 123_456, Year: 12_345}
		for _, at := range []int{0, 1, 2 + i/100, 2 + 100 + i} {
			table[at] = table[at].Plus(f)
		}
	}
	s.Tiers = []track.Tier{{ID: "station", Name: "站", Limit: "500 m", Mode: "straight", Owner: 2, Table: table}}
	return s
}

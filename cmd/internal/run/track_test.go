package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/data/store"
)

const oneTier = "tiers: [{id: station, name: 站, radius: 500 m, mode: straight, one_per: community, min_area: 100 m2, cost: 10 万元}]\n"

func row0(s *Snap, region string) (people, covered float64, open, owning, required int64) {
	f := s.Snapshot.Row(0, s.Snapshot.RegionIndex(region))
	return f.People.Float(), f.Covered.Float(), f.Open, f.Owning, f.Required
}

// tenYears is a county of four villages with 64, 128, 256 and 512 people over the years 2017 to 2026. v3 and v4 merged into v9 in 2021;
// until then the study of the old borders holds.
func tenYears(t testing.TB) *strip {
	old := &strip{t: t, dir: t.TempDir(), date: "2020-12-31", ids: []string{"v1", "v2", "v3", "v4"}, people: []int{64, 128, 256, 512}, study: oneTier}
	now := *old
	old.dir += "/2020"
	old.write()
	now.ids = []string{"v1", "v2", "v9", "v9"}
	now.date = "2026-12-31"
	now.file("crosswalk.csv", "年份,原代码,新代码,比例\n2021,v3,v9,\n2021,v4,v9,\n")
	now.study += "tracking:\n  base: 2020-12-31\n  crosswalk: crosswalk.csv\n  studies: {2020: 2020/study.yaml}\n" +
		"  targets:\n    - {year: 2027, tier: station, indicator: presence, share: 100%}\n    - {year: 2022, tier: station, indicator: upgraded, share: 50%}\n"
	return &now
}

// history enters ten years in the order in which they became known: on time, late, wrong and put right.
func history(w *strip, s *store.Store) {
	w.enter(s, "2017-03-02", opens("S1", "station", 0, "2017-03-01", 120))
	w.enter(s, "2019-05-03", opens("S2", "station", 1, "2019-05-01", 80))
	wrong := w.enter(s, "2020-02-01", opens("S9", "station", 3, "2020-01-15", 100))
	w.enter(s, "2021-06-30", opens("S3", "station", 2, "2021-06-01", 100))
	w.enter(s, "2022-04-01", happens("S1", store.Closed, "2022-03-31"))
	w.enter(s, "2022-09-01", store.Event{Site: "S2", Kind: store.Upgraded, Date: date("2022-08-15"), Fields: store.Fields{Area: 150}})
	w.enter(s, "2023-01-10", store.Event{Site: "S9", Kind: store.Undone, Date: date("2023-01-10"), Undoes: wrong[0], Note: "录错了"})
	w.enter(s, "2024-02-01", opens("S4", "station", 3, "2018-06-01", 200)) // late: open since 2018
	w.enter(s, "2025-03-01", store.Event{Site: "S3", Kind: store.Corrected, Date: date("2021-06-01"), Fields: store.Fields{Area: 90}})
	w.enter(s, "2026-10-01", opens("S5", "station", 0, "2026-09-30", 100))
}

// What the events give, by hand. Covered are the villages with an open site, owning those with one of at least 100 m². S9 never
// was; S4 is in v4, which is in v9 from 2021 on; S3 has 90 m² by the correction.
//
//	2017  v1                      64     owning v1          1 of 4
//	2018  v1, v4                  576    v1, v4             2 of 4
//	2019  v1, v2, v4              704    v1, v4 (S2: 80)    2 of 4
//	2020  the same
//	2021  v1, v2, v9 (v3, v4)     960    v1, v9             2 of 3
//	2022  v2, v9                  896    v2 (150), v9       2 of 3
//	2026  v1, v2, v9              960    all                3 of 3
func TestTenYearsFromTheEvents(t *testing.T) {
	w := tenYears(t)
	s := w.ledger("ledger.db")
	history(w, s)
	k := w.tracker(s)
	var days []string
	for y := 2017; y <= 2026; y++ {
		days = append(days, fmt.Sprintf("%d-12-31", y))
	}
	snaps := w.keep(k, days...)
	for i, want := range []struct{ covered, owning, required int }{{64, 1, 4}, {576, 2, 4}, {704, 2, 4}, {704, 2, 4}, {960, 2, 3}, {896, 2, 3}, {896, 2, 3}, {896, 2, 3}, {896, 2, 3}, {960, 3, 3}} {
		people, covered, _, owning, required := row0(snaps[i], "")
		if people != 960 || int(covered) != want.covered || int(owning) != want.owning || int(required) != want.required {
			t.Errorf("%s: %v of %v covered, %d of %d own; want %+v", days[i], covered, people, owning, required, want)
		}
	}
	// The crosswalk brings 2019 to the regions of today: v9 is v3 + v4, of which v4 owned a site; 2 of 3.
	v := status(t, k)
	if y := v.History[2].Tiers[0]; y.Required != 3 || y.Owning != 2 || y.Covered != 704 {
		t.Errorf("2019 on the regions of today: %+v", y)
	}
	if len(v.Notes) != 2*4 { // v3 and v4 in each of the four years before
		t.Errorf("notes %+v", v.Notes)
	}
	if x := target(t, v, 2027, "station", "presence"); x.Status != "met" || x.Source != "study.yaml:14" {
		t.Errorf("%+v", x)
	}
	// Of S1, S2 and S4, open on the base day 2020-12-31, S2 has been upgraded: 1 of 3, two are needed for 50 %.
	if x := target(t, v, 2022, "station", "upgraded"); x.Status != "missed" || x.Part != 1 || x.Whole != 3 || x.Short != 1 {
		t.Errorf("%+v", x)
	}
	verified, err := k.Verify(context.Background(), SnapshotOptions{Version: "test"})
	if err != nil || len(verified) != 10 {
		t.Fatal(verified, err)
	}
	for _, x := range verified {
		if !x.Same {
			t.Errorf("%s is not the same when computed again: %s", x.Date, x.Why.EN)
		}
	}

	// The same events in another ledger give the same bytes, with one worker or with four.
	other := w.ledger("other.db")
	history(w, other)
	again := w.tracker(other)
	again.opts.Workers = 4
	for i, day := range days {
		x, err := again.Make(context.Background(), SnapshotOptions{Day: date(day), Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(x.Body, snaps[i].Body) {
			t.Errorf("%s: another ledger of the same events gives other bytes", day)
		}
	}
}

// What was known at the end of 2022 is what a ledger says that has only the events entered by then: S9 still counts, S4 does not.
func TestAsItWasKnown(t *testing.T) {
	w := tenYears(t)
	s := w.ledger("ledger.db")
	history(w, s)
	k := w.tracker(s)
	o := SnapshotOptions{Day: date("2020-12-31"), Known: date("2022-12-31"), Version: "test"}
	known, err := k.Make(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, covered, _, owning, _ := row0(known, ""); covered != 64+128+512 || owning != 2 {
		t.Errorf("as known in 2022: %v covered, %d own", covered, owning)
	}
	early := w.ledger("early.db")
	w.enter(early, "2017-03-02", opens("S1", "station", 0, "2017-03-01", 120))
	w.enter(early, "2019-05-03", opens("S2", "station", 1, "2019-05-01", 80))
	w.enter(early, "2020-02-01", opens("S9", "station", 3, "2020-01-15", 100))
	then, err := w.tracker(early).Make(context.Background(), SnapshotOptions{Day: date("2020-12-31"), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(then.Body, known.Body) {
		t.Errorf("not what was known then:\n%s%s", then.Body, known.Body)
	}
}

// In 2025 v1 alone has a site: 64 of 960. In 2026 v2 opens one, and the people of v4, 512, have moved to v2: 640 there.
// v = covered of 960: before 64; new site alone 64 + 128 = 192; move alone 64; both 64 + 640 = 704.
// Sites = ½ (128 + 640) / 960 = 0.4; people = ½ (0 + 512) / 960 = 0.2667; together 640 / 960.
func TestDiffSplitsSitesAndPeople(t *testing.T) {
	old := &strip{t: t, dir: t.TempDir(), date: "2025-12-31", ids: []string{"v1", "v2", "v3", "v4"}, people: []int{64, 128, 256, 512}, study: oneTier}
	now := *old
	old.dir += "/old"
	old.write()
	now.date, now.people = "2026-12-31", []int{64, 640, 256, 0}
	now.study += "tracking: {studies: {2025: old/study.yaml}}\n"
	s := now.ledger("ledger.db")
	now.enter(s, "", opens("S1", "station", 0, "2020-01-01", 100), opens("S2", "station", 1, "2026-05-01", 100))
	d, err := now.tracker(s).Diff(context.Background(), date("2025-12-31"), date("2026-12-31"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	c := d.Changes[0]
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	if c.Region != "" || !near(c.Sites, 0.4) || !near(c.People, 256.0/960) || c.Ground != 0 || !near(c.Total, 640.0/960) {
		t.Errorf("%+v", c)
	}
	if c.TotalPoints != 66.7 || c.SitesPoints+c.PeoplePoints != 66.7 {
		t.Errorf("rounded parts do not add up: %+v", c)
	}
	if len(d.Opened) != 1 || d.Opened[0] != "S2" || len(d.Closed) != 0 {
		t.Errorf("%+v", d)
	}
	for _, c := range d.Changes { // v4 has nobody in 2026: no share, no change
		if c.Region == "v4" {
			t.Errorf("v4 %+v", c)
		}
	}
}

// Two committed projects: one approved and due in 2027, one under construction without a year (2027: one year to build). One is only
// declared, one was given up. At the end of 2027 all four villages but the declared one are served.
func TestForecastFromCommittedProjects(t *testing.T) {
	w := &strip{t: t, dir: t.TempDir(), date: "2026-12-31", ids: []string{"v1", "v2", "v3", "v4"}, people: []int{64, 128, 256, 512},
		study: oneTier + "budget: {2027: 30 万元}\ntargets: {2027: {station: {presence: 75%, effective: 90%}}}\n"}
	s := w.ledger("ledger.db")
	begin := func(site string, village, due int) store.Event {
		return store.Event{Site: site, Kind: store.Declared, Date: date("2026-01-01"), Fields: store.Fields{Tier: "station", Point: middle(village), Budget: 100_000, Way: "new", Due: due}}
	}
	w.enter(s, "", opens("S1", "station", 0, "2020-01-01", 100), begin("P2", 1, 2027), begin("P3", 2, 0), begin("P4", 3, 0), begin("P5", 3, 0),
		happens("P2", store.Approved, "2026-02-01"), happens("P3", store.Approved, "2026-02-01"), happens("P3", store.Building, "2026-03-01"),
		pays("P3", "2026-12-01", 40_000), happens("P5", store.Withdrawn, "2026-05-01"))
	k := w.tracker(s)
	w.keep(k, "2025-12-31", "2026-12-31")
	v := status(t, k)
	x := target(t, v, 2027, "station", "presence")
	if x.Status != "on_track" || x.By != "committed" || x.Short != 2 || x.Pace != 2 || !x.Commit.Met || x.Commit.Value != 0.75 {
		t.Errorf("%+v %+v", x, x.Commit)
	}
	// 64 + 128 + 256 = 448 of 960; 90 % are 864 people.
	x = target(t, v, 2027, "station", "effective")
	if x.Status != "behind" || x.Short != 800 || x.Commit.Short != 864-448 {
		t.Errorf("%+v %+v", x, x.Commit)
	}
	states := map[string]int64{}
	for _, s := range v.Pipeline {
		states[s.State] = s.Projects
	}
	if states["declared"] != 1 || states["approved"] != 1 || states["paid"] != 1 {
		t.Errorf("pipeline %v", states)
	}
	// 20 万元 committed, 4 of them paid; the budget is 30.
	if m := v.Money; len(m) != 2 || m[0].Year != 2026 || *m[0].Paid != 40_000 || m[1].Year != 2027 || *m[1].Committed != 160_000 || *m[1].Budget != 300_000 {
		t.Errorf("money %+v", m)
	}
	// The rollout plan, on top of what is committed, buys the three sites that its budget pays for: P4's village is among them.
	o := SnapshotOptions{Day: date("2026-12-31"), Plan: true, Version: "test"}
	snap, err := k.Make(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	last := snap.Snapshot.Forecasts[len(snap.Snapshot.Forecasts)-1]
	if last.Kind != "plan" || last.Year != 2028 || last.Tiers[0][0].Covered != 960*coverage.Person {
		t.Errorf("plan %d: %+v", last.Year, last.Tiers[0][0])
	}
}

// Without a ledger over time the study's own tells who was open; upgrades and money are not known, and say so.
func TestWithoutALedger(t *testing.T) {
	w := &strip{t: t, dir: t.TempDir(), date: "2026-12-31", ids: []string{"v1", "v2"}, people: []int{64, 128}, study: oneTier + "tracking:\n  targets: [{year: 2026, indicator: money, money: 1 万元}]\n",
		sitesAs: fmt.Sprintf("编号,名称,层级,经度,纬度,面积,启用日期\nS1,甲,station,%f,33.01,100,2020-01-01\nS2,乙,station,%f,33.01,100,2026-01-01\n", middle(0)[0], middle(1)[0])}
	k := w.tracker(nil)
	if _, err := k.Status(context.Background()); !errors.Is(err, ErrNoSnapshots) {
		t.Errorf("err = %v", err)
	}
	snaps := w.keep(k, "2025-12-31", "2026-12-31")
	if _, covered, _, _, _ := row0(snaps[0], ""); covered != 64 {
		t.Errorf("2025: %v", covered)
	}
	v := status(t, k)
	if x := target(t, v, 2026, "", "money"); x.Status != "unknown" || x.Why != "no_ledger" {
		t.Errorf("%+v", x)
	}
	if x := v.History[1].Tiers[0]; x.Covered != 192 || x.Paid != nil || x.Upgraded != nil {
		t.Errorf("%+v", x)
	}
	w.file("tracking/snapshot-2026-12-31.json", `{"format":1}`)
	var bad data.InputErrors
	if _, err := k.Status(context.Background()); !errors.As(err, &bad) || bad[0].File != "snapshot-2026-12-31.json" {
		t.Errorf("a broken snapshot: %v", err)
	}
}

func TestTargetsOfUnknownRegions(t *testing.T) {
	w := &strip{t: t, dir: t.TempDir(), date: "2026-12-31", ids: []string{"v1", "v2"}, people: []int{64, 128},
		study: oneTier + "tracking:\n  targets:\n    - {year: 2026, region: v7, tier: station, indicator: count, count: 1}\n"}
	k := w.tracker(w.ledger("ledger.db"))
	w.keep(k, "2026-12-31")
	var bad data.InputErrors
	if _, err := k.Status(context.Background()); !errors.As(err, &bad) || bad[0].Row != 11 || bad[0].Value != "v7" {
		t.Errorf("%v", err)
	}
}

package reports

import (
	"math"
	"strings"
	"testing"

	"sitecover/geo"
)

// TestHeadlineTellsTheChangeSinceLastYear: 70,000 of 100,000 people covered in 2025 and 73,200 in 2026 are +3.2 points and 3,200 people fewer
// without service; 40 of 50 regions owning a site, then 43, are 3 fewer without; the point of 2026-06 is of the same year and skipped.
func TestHeadlineTellsTheChangeSinceLastYear(t *testing.T) {
	s := makeStudy(t, smallWorld)
	id := s.Tiers[1].ID
	s.Tracking = &Tracking{Date: "2026-12-31", Level: "town",
		Series: []TrackSeries{
			{Tier: id, Indicator: "effective", Points: []TrackPoint{{"2025-12-31", 0.70, 70_000, 100_000, false}, {"2026-06-30", 0.71, 71_000, 100_000, false}, {"2026-12-31", 0.732, 73_200, 100_000, false}}},
			{Tier: id, Indicator: "presence", Points: []TrackPoint{{"2025-12-31", 0.8, 40, 50, false}, {"2026-12-31", 0.86, 43, 50, false}}},
			{Tier: s.Tiers[0].ID, Indicator: "effective", Points: []TrackPoint{{"2026-12-31", math.NaN(), 0, 0, false}}},
		},
		Money: []TrackMoney{{Year: 2025, Paid: 500_000}, {Year: 2026, Paid: 1_200_000}, {Year: 2027, Budget: 9}},
		Towns: []TrackTown{{ID: s.Regions.All[1].ID, Rank: 2, Before: 5}},
	}
	b := &builder{words: words{English}, s: s}
	got := b.changes(1)
	for i, want := range []string{"Since 2025: +3.2 points", "Since 2025: -3", "Since 2025: -3,200 people", "Paid in 2026: ¥1.20 m"} {
		if said := strings.NewReplacer("−", "-", nbsp, " ").Replace(got[i]); said != want {
			t.Errorf("figure %d: %q, want %q", i, said, want)
		}
	}
	if got := b.changes(0); got[0] != "" {
		t.Errorf("a single year has no change, got %q", got[0])
	}
	if got := b.rankMove(s.Regions.All[1].ID); got != "↑ 3" {
		t.Errorf("from fifth to second is %q", got)
	}
}

// TestMinutesOfMetres: at 4.5 km/h (75 m a minute) 150 m are 2 minutes and 300 m are 4.
func TestMinutesOfMetres(t *testing.T) {
	s := makeStudy(t, smallWorld)
	s.Tiers[0].Limit = geo.Limit{Max: geo.ToImpedance(600), Metric: geo.Metres}
	s.Speeds = []float64{4.5}
	b := &builder{words: words{English}, s: s}
	if got := b.minutes(0, geo.ToImpedance(150), geo.ToImpedance(300)); got != "2–4 min" {
		t.Errorf("got %q", got)
	}
	if got := b.minutes(0, 0, s.Tiers[0].Limit.Max); got != "over 8 min" {
		t.Errorf("got %q", got)
	}
	if got := b.minutes(1, 0, s.Tiers[1].Limit.Max); got != "" {
		t.Errorf("no speed, yet %q", got)
	}
}

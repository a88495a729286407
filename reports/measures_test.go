package reports

import (
	"testing"

	"sitecover/coverage"
	"sitecover/siting"
)

// makeMeasures gives a study everything that a study may tell besides: hours, land, entities, zones, catchments, reach, footfall, an
// assessment, what would close the gaps, a frontier and tracking.
func makeMeasures(t testing.TB, s *Study) {
	t.Helper()
	week, err := coverage.NewWeek([]coverage.Span{{From: 510, To: 1050}, {From: 1950, To: 2490}, {From: 3390, To: 3930}, {From: 4830, To: 5370}, {From: 6270, To: 6810}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Sites {
		if i%3 != 2 {
			s.Sites[i].Hours = week
		}
	}
	in := coverage.Input{Date: s.Date, Regions: s.Regions, Grid: s.Grid, Demand: s.Demand, Tiers: append([]coverage.Tier{}, s.Tiers...), Sites: s.Sites}
	for k := range in.Tiers {
		in.Tiers[k].Mode = coverage.Straight
	}
	if s.Hours, err = coverage.ByHours(in, s.Coverage, coverage.DefaultMoments()); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 8; i++ {
		d := i * s.Demand.Len() / 9
		s.Entities = append(s.Entities, coverage.Entity{ID: nasty[i], Name: nasty[i], Kind: "park", Headcount: coverage.People(i-1) * 100 * coverage.Person, Point: s.Demand.Point[d], Region: s.Demand.Region[d]})
	}
	if s.Served, err = coverage.Entities(t.Context(), in, s.Entities); err != nil {
		t.Fatal(err)
	}
	for k := range s.Tiers {
		areas, err := coverage.Catchments(t.Context(), in, s.Coverage, coverage.CatchmentOptions{Tier: k})
		if err != nil {
			t.Fatal(err)
		}
		s.Catchments = append(s.Catchments, areas)
		s.Reach = append(s.Reach, []ReachBand{{Limit: s.Tiers[k].Limit, Shape: s.Regions.All[1].Shape}})
		x := s.Coverage.Total[k]
		var points []siting.FrontierPoint
		for n := 1; n <= 4; n++ {
			covered := x.Covered + (x.People-x.Covered)*coverage.People(n)/6
			points = append(points, siting.FrontierPoint{Limit: int64(n) * 100 * int64(siting.Wan), Sites: 3 * n, Covered: covered, Effective: float64(covered) / float64(x.People), Bound: covered.Float() * 1.02})
		}
		s.Frontier = append(s.Frontier, points)
	}
	s.Footfall = make([]float64, len(s.Grid.Cells))
	for i := range s.Footfall {
		s.Footfall[i] = float64(i * 37 % 101)
	}
	s.Zones = []coverage.Zone{{Name: nasty[1], Kind: "fringe", Shape: s.Regions.All[1].Shape}}
	for i := range s.Gaps {
		if i%4 == 0 {
			s.Gaps[i].Zones = []coverage.ZoneTouch{{Zone: 0, People: coverage.Person}}
		}
	}
	s.Offers = s.Plan.Candidates
	for i := range s.Gaps {
		f := siting.FixSite{Candidate: int32(i % 9), Cost: 10 * siting.Wan, Metres: 120, People: s.Gaps[i].People / 2}
		s.Fixes = append(s.Fixes, siting.Fix{Reachable: s.Gaps[i].People, Nearest: f, Cheapest: siting.FixSite{Candidate: int32(i%9) + 1, Cost: f.Cost / 2, People: f.People}, Most: f, Sites: []siting.FixSite{f, f}})
	}
	makeAssessment(s)
	makeTracking(s)
}

func makeAssessment(s *Study) {
	a := &Assessment{Standard: Bilingual{"建设标准", "Standard of building"}, Grades: []Bilingual{{"合格", "Pass"}, {"示范", "Model"}},
		Axes: []Bilingual{{"面积与人员", "Area and staff"}, {"功能区", "Rooms"}, {"标识", "Signs"}, {"制度", "Rules"}}}
	for i := range s.Sites {
		if !s.Sites[i].OpenOn(s.Date) {
			continue
		}
		a.Cards = append(a.Cards, SiteCard{Site: int32(i), Grade: i%3 - 1, Must: Tally{6, 2, 1}, Should: Tally{1, 2, 3}, Axes: []Tally{{2, 0, 0}, {3, 1, 0}, {1, 1, 0}, {0, 0, 1}},
			Lacks: []Lack{{No: "1.12", Name: Bilingual{"无障碍坡道", "Ramp"}, Clause: "附件1", Got: "无", Want: "有"}, {No: "2", Name: Bilingual{nasty[i%len(nasty)], "Opening sign"}, Unknown: true}},
			Next:  &NextGrade{Grade: 1, Missing: 2, Unknown: 1, More: 1, Cost: 12 * siting.Wan, Priced: true}})
	}
	s.Assessment = a
}

func makeTracking(s *Study) {
	tr := &Tracking{Date: "2025-12-31", Level: "town", Stages: []TrackStage{{State: "approved", Name: TrackBilingual{"已立项", "Approved"}, Projects: 5, Tiers: []int{1, 2, 2}, Yuan: 900_000},
		{State: "building", Name: TrackBilingual{"在建", "Building"}, Projects: 3, Tiers: []int{0, 2, 1}, Yuan: 600_000}},
		Money:   []TrackMoney{{Year: 2025, Budget: 2_000_000, Committed: 1_500_000, Paid: 700_000}, {Year: 2026, Budget: 2_000_000, Committed: -1, Paid: -1}},
		Remarks: []TrackBilingual{{"2023 年按现行区划换算。", "2023 was converted to today's regions."}}}
	for _, t := range s.Tiers {
		tr.Tiers = append(tr.Tiers, TrackTier{t.ID, t.Name})
		tr.Series = append(tr.Series, TrackSeries{Tier: t.ID, Indicator: "effective", Committed: 0.6,
			Points: []TrackPoint{{Date: "2023-12-31", Share: 0.3, Converted: true}, {Date: "2025-12-31", Share: 0.41}}, Targets: []TrackAim{{2025, 0.45}, {2027, 0.6}}})
	}
	tr.Targets = []TrackTarget{{Year: 2025, Tier: "station", Name: "试验县", Indicator: "effective", Asked: TrackBilingual{"45 %", "45 %"}, Value: TrackBilingual{"41 %", "41 %"}, Status: "behind", Source: "study.yaml:12"}}
	rank := 0
	for _, r := range s.Regions.All {
		if r.Level != 1 {
			continue
		}
		rank++
		town := TrackTown{ID: r.ID, Name: r.Name, Rank: rank, Before: 3, Light: []string{"green", "amber", "red"}[rank%3], Score: 0.9 - float64(rank)*0.05}
		for range s.Tiers {
			town.Cells = append(town.Cells, TrackTownTier{Effective: 0.4, Change: 0.02 * float64(rank-2)})
		}
		tr.Towns = append(tr.Towns, town)
	}
	tr.Changes = []TrackChange{{Tier: "station", Since: "2024-12-31", Until: "2025-12-31", Total: 0.031, Sites: 0.04, People: -0.01, Ground: 0.001}}
	s.Tracking = tr
}

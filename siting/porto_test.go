package siting

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
	"sitecover/siting/solve"
)

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// shared returns the path of a file of real data, or skips the test: that data is not part of the repository.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real data is absent: %v", err)
	}
	return path
}

var roadClasses = map[string]network.Class{
	"trunk": network.Trunk, "primary": network.Primary, "secondary": network.Secondary, "tertiary": network.Tertiary,
	"unclassified": network.Unclassified, "residential": network.Residential, "living_street": network.LivingStreet,
	"service": network.Service, "pedestrian": network.Pedestrian, "footway": network.Footway, "path": network.Path,
}

// readRoads is a small reader of its own: classes by the highway tag, walkers everywhere.
func readRoads(t testing.TB, path string) *network.Roads {
	t.Helper()
	f := must[*os.File](t)(os.Open(path))
	defer f.Close()
	scan := osmpbf.New(context.Background(), f, 1)
	defer scan.Close()
	points, index, roads := map[osm.NodeID]orb.Point{}, map[osm.NodeID]int32{}, &network.Roads{}
	for scan.Scan() {
		switch o := scan.Object().(type) {
		case *osm.Node:
			points[o.ID] = o.Point()
		case *osm.Way:
			class, ok := roadClasses[o.Tags.Find("highway")]
			if !ok {
				continue
			}
			way := network.Way{ID: int64(o.ID), Class: class, Access: network.Foot, First: int32(len(roads.Refs))}
			for _, n := range o.Nodes {
				p, ok := points[n.ID]
				if !ok {
					continue
				}
				if _, seen := index[n.ID]; !seen {
					index[n.ID] = int32(len(roads.Nodes))
					roads.Nodes = append(roads.Nodes, p)
				}
				roads.Refs = append(roads.Refs, index[n.ID])
			}
			if way.Count = int32(len(roads.Refs)) - way.First; way.Count < 2 {
				roads.Refs = roads.Refs[:way.First]
				continue
			}
			roads.Ways = append(roads.Ways, way)
		}
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return roads
}

// portoAlegre is the centre of Porto Alegre: 1,227 cells, every cell with healthcare a site of the first tier at its
// centre, two tiers of 1,000 and 500 m on foot, the second without any site yet.
func portoAlegre(t testing.TB) *World {
	t.Helper()
	w := &World{Roads: readRoads(t, shared(t, "porto-alegre", "poa_osm.pbf"))}
	f := must[*os.File](t)(os.Open(shared(t, "porto-alegre", "poa_hexgrid.csv")))
	defer f.Close()
	var cells []h3.Cell
	people, care := map[h3.Cell]int{}, map[h3.Cell]string{}
	for _, row := range must[[][]string](t)(csv.NewReader(f).ReadAll())[1:] {
		c := h3.Cell(h3.IndexFromString(row[0]))
		cells = append(cells, c)
		people[c], care[c] = must[int](t)(strconv.Atoi(row[3])), row[6]
	}
	w.Date = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	w.Grid = must[*grid.Grid](t)(grid.FromCells(cells, 9))
	w.Regions = must[*geo.Regions](t)(geo.NewRegions([]geo.Level{{ID: "area"}}, []geo.Region{{ID: "poa", Parent: -1}}))
	w.Demand = &coverage.Demand{}
	for i, c := range w.Grid.Cells {
		d, p := w.Demand, w.Grid.Centre(int32(i))
		if people[c] > 0 {
			d.Point, d.Region, d.Cell = append(d.Point, p), append(d.Region, 0), append(d.Cell, int32(i))
			d.People = append(d.People, coverage.People(people[c])*coverage.Person)
		}
		if care[c] != "" && care[c] != "0" {
			w.Sites = append(w.Sites, coverage.Site{ID: c.String(), Point: p, FloorArea: -1})
		}
	}
	walk := network.StandardModes()[0]
	key := coverage.GraphKey{Mode: walk.ID, Metric: geo.Metres}
	w.Modes = map[string]network.Mode{walk.ID: walk}
	w.Graphs = map[coverage.GraphKey]*network.Graph{key: must[*network.Graph](t)(network.Build(context.Background(), w.Roads, walk, geo.Metres))}
	for i, metres := range []float64{1000, 500} {
		w.Tiers = append(w.Tiers, coverage.Tier{ID: []string{"centre", "point"}[i], Mode: walk.ID, OwnerLevel: -1, Parent: -1,
			Limit: geo.Limit{Metric: geo.Metres, Max: geo.ToImpedance(metres)}})
	}
	w.Coverage = must[*coverage.Result](t)(coverage.Compute(context.Background(), w.Input))
	return w
}

// A real city: everything that was looked at is accounted for, every candidate stands on a road and reaches whom coverage
// says, the plan keeps its rules and coverage confirms its figures.
func TestPortoAlegre(t *testing.T) {
	w := portoAlegre(t)
	rules := []TierRules{
		{New: 10 * Wan, Host: 10 * Wan, Cells: true, MinPeople: 500, Spacing: 600},
		{New: 2 * Wan, Host: 2 * Wan, Cells: true, MinPeople: 100, Spacing: 300},
	}
	p := Problem{World: w, Rules: rules, Options: DefaultOptions(),
		Budgets: []Budget{{2026, 40 * Wan}, {2027, 40 * Wan}, {2028, 20 * Wan}}}
	p.Options.Solve = solve.Options{Iterations: 60}
	p.Found = must[*CandidateSet](t)(FindCandidates(context.Background(), w, rules))
	known := map[string]bool{}
	for _, c := range p.Found.All {
		known[c.ID] = true
	}
	for _, r := range p.Found.Rejected {
		known[r.ID] = true
	}
	if len(known) != p.Found.Considered || len(p.Found.All) < 500 {
		t.Errorf("%d considered, %d candidates, %d accounted for", p.Found.Considered, len(p.Found.All), len(known))
	}
	plan := must[*Plan](t)(Rollout(context.Background(), p))
	if got := checkPlan(t, p, plan); got < plan.Objective*(1-1e-9) || got > plan.Objective*(1+1e-9) {
		t.Errorf("objective %v, by coverage %v", plan.Objective, got)
	}
	if plan.Bound < plan.Objective || plan.Gap > 0.05 {
		t.Errorf("objective %v, bound %v, gap %v", plan.Objective, plan.Bound, plan.Gap)
	}
	// A target of 88 % for the first tier takes money from the second.
	p.Targets = []Target{{Year: 2028, Tier: 0, Effective: 0.88, Presence: -1}}
	aimed := must[*Plan](t)(Rollout(context.Background(), p))
	checkPlan(t, p, aimed)
	if len(aimed.Missed) > 0 || aimed.Years[2].Tiers[0].Effective < 0.88 || aimed.Objective > plan.Bound {
		t.Errorf("missed %+v, year %+v, objective %v", aimed.Missed, aimed.Years[2], aimed.Objective)
	}
	t.Logf("%d candidates, %d rejections, %d picks, objective %.0f bound %.0f gap %.2f %%, missed %v", len(plan.Candidates),
		len(plan.Rejected), len(plan.Picks), plan.Objective, plan.Bound, 100*plan.Gap, plan.Missed)
}

// Roadside stations of a real city, ranked by residents and main roads alone.
func TestPortoAlegreStations(t *testing.T) {
	w := portoAlegre(t)
	r := DefaultStationRules()
	r.Count, r.Weights = 12, map[string]float64{PartResidents: 1, PartRoad: 5}
	set := must[*StationSet](t)(FindStations(context.Background(), w, r))
	t.Logf("score %v, bound %v, gap %.2f %%, %d places passed over", set.Score, set.Bound, 100*set.Gap, len(set.Passed))
	if set.Gap < 0 || set.Gap > 0.05 {
		t.Errorf("gap %v", set.Gap)
	}
	stations := set.Stations
	if len(stations) != 12 {
		t.Fatalf("%d stations", len(stations))
	}
	for i, s := range stations {
		if s.Road == "" || s.Kept < 0 || s.Kept > 1 || s.Candidate.Region != 0 {
			t.Errorf("station %+v", s)
		}
		for _, o := range stations[:i] {
			if distance(s.Candidate.Point, o.Candidate.Point) < r.Spacing {
				t.Errorf("%s and %s are too near", s.Candidate.ID, o.Candidate.ID)
			}
		}
	}
}

func BenchmarkFindCandidates(b *testing.B) {
	w := portoAlegre(b)
	rules := []TierRules{{Cells: true, MinPeople: 500, Spacing: 600}, {Cells: true, Spacing: 300}}
	b.ReportAllocs()
	for b.Loop() {
		must[*CandidateSet](b)(FindCandidates(context.Background(), w, rules))
	}
}

func BenchmarkFindStations(b *testing.B) {
	w := portoAlegre(b)
	r := DefaultStationRules()
	r.Count, r.Weights = 12, map[string]float64{PartResidents: 1, PartRoad: 5}
	b.ReportAllocs()
	for b.Loop() {
		must[*StationSet](b)(FindStations(context.Background(), w, r))
	}
}

package coverage

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata; read the difference before committing it")

// golden compares text with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update rewrites it):\n%s", path, got)
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

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var roadClasses = map[string]network.Class{
	"motorway": network.Motorway, "trunk": network.Trunk, "primary": network.Primary, "secondary": network.Secondary,
	"tertiary": network.Tertiary, "unclassified": network.Unclassified, "residential": network.Residential,
	"living_street": network.LivingStreet, "service": network.Service, "track": network.Track, "cycleway": network.Cycleway,
	"pedestrian": network.Pedestrian, "footway": network.Footway, "path": network.Path, "steps": network.Steps,
}

// readRoads is a small reader of its own, so that these tests stand on the road graph alone: classes by the highway tag, walkers
// everywhere but on motorways, cars down to service roads, oneway as tagged, no posted speeds.
func readRoads(t testing.TB, path string) *network.Roads {
	t.Helper()
	points, ways := readPBF(t, path)
	roads := &network.Roads{}
	index := map[int64]int32{}
	for _, w := range ways {
		class, ok := roadClasses[w.tags["highway"]]
		if !ok || w.tags["area"] == "yes" {
			continue
		}
		way := network.Way{ID: w.id, Class: class, Access: network.Foot, First: int32(len(roads.Refs))}
		if class <= network.Service {
			way.Access |= network.Car
		}
		if class == network.Motorway {
			way.Access = network.Car
		}
		if w.tags["oneway"] == "yes" {
			way.OneWay = network.Forward
		}
		for _, id := range w.refs {
			p, ok := points[id]
			if !ok {
				continue // beyond the edge of the extract
			}
			if _, seen := index[id]; !seen {
				index[id] = int32(len(roads.Nodes))
				roads.Nodes = append(roads.Nodes, p)
			}
			roads.Refs = append(roads.Refs, index[id])
		}
		if way.Count = int32(len(roads.Refs)) - way.First; way.Count < 2 {
			roads.Refs = roads.Refs[:way.First]
			continue
		}
		roads.Ways = append(roads.Ways, way)
	}
	return roads
}

// portoAlegre is the study of the centre of Porto Alegre: people at the centres of 1,227 cells, every cell with healthcare a
// site at its centre, 1,000 m on foot.
func portoAlegre(t testing.TB) (Input, *network.Roads) {
	t.Helper()
	f := must[*os.File](t)(os.Open(shared(t, "porto-alegre", "poa_hexgrid.csv")))
	defer f.Close()
	rows := must[[][]string](t)(csv.NewReader(f).ReadAll())[1:]
	var cells []h3.Cell
	people, care := map[h3.Cell]int{}, map[h3.Cell]int{}
	for _, row := range rows {
		c := h3.Cell(h3.IndexFromString(row[0]))
		cells = append(cells, c)
		people[c] = must[int](t)(strconv.Atoi(row[3]))
		if row[6] != "" { // five cells, all without people, leave it open
			care[c] = must[int](t)(strconv.Atoi(row[6]))
		}
	}
	g := must[*grid.Grid](t)(grid.FromCells(cells, 9))
	in := cellStudy(t, g)
	in.Tiers = []Tier{{ID: "care", Name: "healthcare", Limit: metres(1000), Mode: "walk", OwnerLevel: 0, Parent: -1}}
	for i, c := range g.Cells {
		in.addPeople(int32(i), 0, People(people[c])*Person)
		if care[c] > 0 {
			in.Sites = append(in.Sites, Site{ID: c.String(), Point: g.Centre(int32(i)), FloorArea: -1})
		}
	}
	roads := readRoads(t, shared(t, "porto-alegre", "poa_osm.pbf"))
	in.addGraphs(t, roads)
	return in, roads
}

// cellStudy is a study without boundaries.
func cellStudy(t testing.TB, g *grid.Grid) Input {
	t.Helper()
	regions := must[*geo.Regions](t)(geo.NewRegions([]geo.Level{{ID: "city"}}, []geo.Region{{ID: "city", Parent: -1}}))
	return Input{Date: toyDate, Regions: regions, Grid: g, Demand: &Demand{}}
}

func (in *Input) addPeople(cell, region int32, people People) {
	d := in.Demand
	d.Point = append(d.Point, in.Grid.Centre(cell))
	d.People = append(d.People, people)
	d.Region = append(d.Region, region)
	d.Cell = append(d.Cell, cell)
}

// addGraphs builds the graphs that the tiers ask for.
func (in *Input) addGraphs(t testing.TB, roads *network.Roads) {
	t.Helper()
	in.Graphs, in.Modes = map[GraphKey]*network.Graph{}, map[string]network.Mode{}
	for _, mode := range network.StandardModes() {
		in.Modes[mode.ID] = mode
	}
	for _, tier := range in.Tiers {
		key := GraphKey{tier.Mode, tier.Limit.Metric}
		if in.Graphs[key] == nil && tier.Mode != Straight {
			in.Graphs[key] = must[*network.Graph](t)(network.Build(context.Background(), roads, in.Modes[tier.Mode], key.Metric))
		}
	}
}

// liechtenstein is the study of a small country: people of the villages spread evenly over the land of their
// municipality, post offices within 1,000 m on foot, fire stations within 6 minutes by car.
func liechtenstein(t testing.TB) Input {
	t.Helper()
	in := Input{Date: toyDate, Regions: liechtensteinRegions(t)}
	in.Grid = must[*grid.Grid](t)(grid.Build(context.Background(), in.Regions, 9))
	people := make([]float64, len(in.Regions.All)) // Nendeln lies in Eschen: two villages, one total
	for _, f := range features(t, "liechtenstein", "places_population.geojson") {
		people[in.Regions.Locate(f.Point())] += must[float64](t)(strconv.ParseFloat(f.Properties.MustString("population"), 64))
	}
	var p Population
	for r, n := range people {
		if n > 0 {
			p.Totals = append(p.Totals, RegionTotal{Region: int32(r), People: n})
		}
	}
	demand, _, err := Distribute(in.Grid, in.Regions, p)
	if err != nil {
		t.Fatal(err)
	}
	in.Demand = demand
	in.Tiers = []Tier{
		{ID: "post", Name: "post office", Limit: metres(1000), Mode: "walk", OwnerLevel: 2, Parent: -1},
		{ID: "fire", Name: "fire station", Limit: geo.Limit{Metric: geo.Seconds, Max: 360_000}, Mode: "drive", OwnerLevel: 1, Parent: -1},
	}
	for i, f := range features(t, "liechtenstein", "pois.geojson") {
		if tier := slices.Index([]string{"post_office", "fire_station"}, f.Properties.MustString("amenity", "")); tier >= 0 {
			in.Sites = append(in.Sites, Site{ID: fmt.Sprintf("poi%03d", i), Tier: tier, Point: f.Point(), Region: in.Regions.Locate(f.Point()), FloorArea: -1})
		}
	}
	in.addGraphs(t, readRoads(t, shared(t, "liechtenstein", "liechtenstein.osm.pbf")))
	return in
}

func liechtensteinRegions(t testing.TB) *geo.Regions {
	t.Helper()
	levels := []geo.Level{{ID: "2"}, {ID: "6"}, {ID: "8"}}
	var all []geo.Region
	for _, f := range features(t, "liechtenstein", "boundaries.geojson") {
		level := f.Properties.MustString("admin_level")
		all = append(all, geo.Region{
			ID: f.Properties.MustString("name"), Parent: -1, Shape: f.Geometry.(orb.MultiPolygon),
			Level: slices.IndexFunc(levels, func(l geo.Level) bool { return l.ID == level }),
		})
	}
	return must[*geo.Regions](t)(geo.NewRegions(levels, geo.ParentByShape(levels, all)))
}

func features(t testing.TB, parts ...string) []*geojson.Feature {
	t.Helper()
	var fc geojson.FeatureCollection
	if err := json.Unmarshal(must[[]byte](t)(os.ReadFile(shared(t, parts...))), &fc); err != nil {
		t.Fatal(err)
	}
	return fc.Features
}

// summary writes a result as a page that a person can check.
func summary(in Input, res *Result, gaps []Gap) []byte {
	var b bytes.Buffer
	for k, tier := range in.Tiers {
		unit := tier.Limit.Metric
		fmt.Fprintf(&b, "tier %s: %v %v %s, %d sites open, %d of them without a road\n", tier.ID, tier.Limit.Max.Value(), unit, tier.Mode,
			len(res.Services[k].Open), len(res.Unconnected[k]))
		fmt.Fprintf(&b, "%-22s %9s %9s %7s %9s %9s %9s %6s %6s %5s %9s\n", "region", "people", "covered", "share", "circle", "overclaim",
			"no road", "cells", "cov.", "sites", "presence")
		for r, x := range res.Region[k] {
			summaryLine(&b, fmt.Sprintf("%*s%s", 2*in.Regions.All[r].Level, "", in.Regions.All[r].ID), x)
		}
		summaryLine(&b, "total", res.Total[k])
		var people People
		count := 0
		for _, g := range gaps {
			if g.Tier == k {
				people += g.People
				if count++; count <= 8 {
					fmt.Fprintf(&b, "gap %d %s: %.3f people, %d cells, %s of %d regions, near %q, site at %.0f m, centre %.5f %.5f\n", g.Rank, g.ID,
						g.People.Float(), len(g.Cells), in.Regions.All[g.Region].ID, len(g.Touches), g.Place, g.Metres, g.Centre[0], g.Centre[1])
				}
			}
		}
		fmt.Fprintf(&b, "%d gaps with %.3f people, %.3f scattered\n\n", count, people.Float(), res.Scattered[k].Float())
	}
	return b.Bytes()
}

func summaryLine(b *bytes.Buffer, name string, x Indicators) {
	share, presence := "n/a", "-"
	if v, ok := x.Effective(); ok {
		share = fmt.Sprintf("%.2f%%", 100*v)
	}
	if _, ok := x.Presence(); ok {
		presence = fmt.Sprintf("%d of %d", x.Owning, x.Required)
	}
	fmt.Fprintf(b, "%-22s %9.1f %9.1f %7s %9.1f %9.1f %9.1f %6d %6d %5d %9s\n", name, x.People.Float(), x.Covered.Float(), share,
		x.Circle.Float(), x.OverClaim.Float(), x.Unconnected.Float(), x.Cells, x.CoveredCells, x.Open, presence)
}

package data

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"
)

// shared returns a folder of the real data, or skips the test.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("real data are not here: %v", err)
	}
	return dir
}

// initReal copies a folder of real data, writes the study that Init guesses, and reads it as it is.
func initReal(t *testing.T, name string) *Dataset {
	t.Helper()
	from, dir := shared(t, name), t.TempDir()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, notes, err := Init(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) == 0 {
		t.Error("Init says nothing about its guesses")
	}
	path := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	study, err := Load(path)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	d, err := Read(context.Background(), study, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLiechtenstein: the counts stand in ../shared/data/README.md. Of 4,660 highway ways 48 are closed to everyone and 2 are
// areas or not built.
func TestLiechtenstein(t *testing.T) {
	d := initReal(t, "liechtenstein")
	byLevel := make([]int, 3)
	for _, g := range d.Regions.All {
		byLevel[g.Level]++
		if g.Level > 0 && g.Parent < 0 {
			t.Errorf("%s has no parent", g.ID)
		}
	}
	if byLevel[0] != 1 || byLevel[1] != 2 || byLevel[2] != 11 {
		t.Errorf("regions per level %v, want 1, 2, 11", byLevel)
	}
	var people float64
	for _, p := range d.Population.Points {
		people += p.People
	}
	if len(d.Population.Points) != 12 || people != 38195 {
		t.Errorf("%d places with %v people, want 12 with 38195", len(d.Population.Points), people)
	}
	if n := len(d.Roads.Ways); n != 4660-48-2 {
		t.Errorf("%d ways, want 4610", n)
	}
	stops := 0
	for _, p := range d.Places {
		if p.Kind == "bus_stop" {
			stops++
		}
	}
	if stops != 307 {
		t.Errorf("%d bus stops, want 307", stops)
	}
}

func TestPortoAlegre(t *testing.T) {
	d := initReal(t, "porto-alegre")
	var people float64
	for _, c := range d.Population.Cells {
		people += c.People
	}
	if len(d.Population.Cells) != 1227 || people != 812935 {
		t.Errorf("%d cells with %v people, want 1227 with 812935", len(d.Population.Cells), people)
	}
	if n := len(d.Roads.Ways); n != 15886-1024-218 {
		t.Errorf("%d ways, want 14644", n)
	}
	if len(d.Places) != 15 {
		t.Errorf("%d places, want 15", len(d.Places))
	}
}

// TestInvalidDistrictsAreRefused: nearly every ring of this file is invalid; each is refused with the place named, none accepted in silence.
func TestInvalidDistrictsAreRefused(t *testing.T) {
	path := filepath.Join(shared(t, "china"), "suzhou-districts.gcj02.geojson")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = readToy(t, map[string]string{
		"s.geojson": string(text), "totals.csv": "region,people\n虎丘区,1\n",
		"study.yaml": "name: S\ndate: 2026-12-31\nlevels: [{id: county}]\nareas: [{file: s.geojson, level: county}]\npopulation: [{file: totals.csv, kind: totals}]\ntiers: [{id: c, radius: 1 km, mode: straight}]\n"})
	es := inputErrors(t, err)
	if len(es) < 5 {
		t.Errorf("only %d problems: %v", len(es), es)
	}
	for _, e := range es {
		if !strings.Contains(e.Error(), "区") && !strings.Contains(e.Error(), "市") {
			t.Errorf("message names no district: %v", e)
		}
	}
}

// TestPBFAgreesWithAnotherReader compares every road of the real extracts with what paulmach/osm reads: nodes, positions and tags.
func TestPBFAgreesWithAnotherReader(t *testing.T) {
	for _, file := range []string{"liechtenstein/liechtenstein.osm.pbf", "porto-alegre/poa_osm.pbf"} {
		path := filepath.Join(shared(t, filepath.Dir(file)), filepath.Base(file))
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		blocks, err := readPBF(context.Background(), f, 2)
		if err != nil {
			t.Fatal(err)
		}
		roads, stats := assembleRoads(blocks)
		if stats.cut != 0 || stats.repeats != 0 {
			t.Errorf("%s: %+v", file, stats)
		}
		nodes, ways := otherReader(t, path)
		if len(ways) != len(roads.Ways)+stats.closed+stats.areas {
			t.Errorf("%s: %d ways, the other reader has %d", file, len(roads.Ways), len(ways))
		}
		for _, w := range roads.Ways {
			other := ways[w.ID]
			if other == nil || len(other.Nodes) < int(w.Count) {
				t.Fatalf("%s: way %d is not in the other reader's", file, w.ID)
			}
			if name := other.Tags.Find("name"); name != "" && name != w.Name {
				t.Errorf("way %d is called %q, the other reader says %q", w.ID, w.Name, name)
			}
			k := 0
			for i := range w.Count {
				p := roads.Nodes[roads.Refs[w.First+i]]
				for k < len(other.Nodes) && !samePoint(nodes[other.Nodes[k].ID], p) {
					k++
				}
			}
			if k == len(other.Nodes) {
				t.Fatalf("%s: way %d leads elsewhere", file, w.ID)
			}
		}
	}
}

func samePoint(a, b orb.Point) bool {
	return math.Abs(a[0]-b[0]) < 5e-8 && math.Abs(a[1]-b[1]) < 5e-8
}

func otherReader(t *testing.T, path string) (map[osm.NodeID]orb.Point, map[int64]*osm.Way) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scanner := osmpbf.New(context.Background(), f, 1)
	defer scanner.Close()
	nodes, ways := map[osm.NodeID]orb.Point{}, map[int64]*osm.Way{}
	for scanner.Scan() {
		switch o := scanner.Object().(type) {
		case *osm.Node:
			nodes[o.ID] = orb.Point{o.Lon, o.Lat}
		case *osm.Way:
			if o.Tags.Find("highway") != "" || o.Tags.Find("route") == "ferry" {
				ways[int64(o.ID)] = o
			}
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return nodes, ways
}

// TestWorkersLeaveNoTrace reads one extract with 1 to 7 workers.
func TestWorkersLeaveNoTrace(t *testing.T) {
	path := filepath.Join(shared(t, "liechtenstein"), "liechtenstein.osm.pbf")
	var want string
	for workers := 1; workers <= 7; workers += 2 {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := readPBF(context.Background(), f, workers)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		roads, _ := assembleRoads(blocks)
		text, err := json.Marshal(roads)
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = string(text)
		}
		if string(text) != want {
			t.Fatalf("%d workers read other roads", workers)
		}
	}
}

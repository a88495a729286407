package model_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/data"
	"sitecover/data/model"
)

// folders keeps the models that several tests look at.
var folders struct {
	sync.Mutex
	root  string
	built map[model.Options]string
}

func TestMain(m *testing.M) {
	root, err := os.MkdirTemp("", "model-test")
	if err != nil {
		panic(err)
	}
	folders.root, folders.built = root, map[model.Options]string{}
	code := m.Run()
	if err := os.RemoveAll(root); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// folder returns a model's folder, made once for all tests.
func folder(t *testing.T, opt model.Options) string {
	t.Helper()
	folders.Lock()
	defer folders.Unlock()
	dir, ok := folders.built[opt]
	if !ok {
		dir = filepath.Join(folders.root, strconv.Itoa(len(folders.built)))
		if err := model.Generate(t.Context(), dir, opt); err != nil {
			t.Fatal(err)
		}
		folders.built[opt] = dir
	}
	return dir
}

// whole is the county as `sitecover demo` makes it.
var whole = model.Options{Seed: 1}

// region is a feature of the boundaries.
type region struct {
	code, name, level, parent string
	shape                     orb.MultiPolygon
}

func boundaries(t *testing.T, dir string) []region {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "boundaries.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := geojson.UnmarshalFeatureCollection(text)
	if err != nil {
		t.Fatal(err)
	}
	var out []region
	for _, f := range all.Features {
		r := region{code: f.Properties.MustString("code"), name: f.Properties.MustString("name"),
			level: f.Properties.MustString("level"), parent: f.Properties.MustString("parent")}
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			r.shape = orb.MultiPolygon{g}
		case orb.MultiPolygon:
			r.shape = g
		}
		out = append(out, r)
	}
	return out
}

func TestCountyHasTheSizeAsked(t *testing.T) {
	count := map[string]int{}
	multi, holes := 0, 0
	for _, r := range boundaries(t, folder(t, whole)) {
		count[r.level]++
		if !strings.HasPrefix(r.code, "99") {
			t.Errorf("%s: the code could be of a real place", r.code)
		}
		if r.level == "community" && len(r.shape) > 1 {
			multi++
		}
		for _, p := range r.shape {
			if r.level == "community" && len(p) > 1 {
				holes++
			}
		}
	}
	if count["county"] != 1 || count["town"] != 11 || count["community"] < 335 || count["community"] > 350 {
		t.Errorf("levels: %v", count)
	}
	if multi < 2 || holes < 3 {
		t.Errorf("%d communities in several parts and %d with holes; an island, an exclave and an enclave were to be made", multi, holes)
	}
	size := int64(0)
	entries, err := os.ReadDir(folder(t, whole))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if len(entries) != 11 || size > 15<<20 {
		t.Errorf("%d files of together %d bytes", len(entries), size)
	}
}

// Every piece of a border is walked by exactly two regions of a level, once in each direction, except along the outline of
// the level above, which its children walk in the parent's direction. So neighbours share all points, and children fill
// their parent.
func TestRegionsAreAPartition(t *testing.T) {
	all := boundaries(t, folder(t, whole))
	type piece [2]orb.Point
	walks := map[string]map[piece]string{}
	area := map[string]float64{}
	sum := map[string]float64{}
	for _, r := range all {
		if walks[r.level] == nil {
			walks[r.level] = map[piece]string{}
		}
		for _, polygon := range r.shape {
			for _, ring := range polygon {
				for i := 1; i < len(ring); i++ {
					e := piece{ring[i-1], ring[i]}
					if other, twice := walks[r.level][e]; twice {
						t.Fatalf("%s and %s both lie left of %v", r.code, other, e)
					}
					walks[r.level][e] = r.code
				}
			}
		}
		a := planar.Area(r.shape)
		area[r.code] = a
		sum[r.parent] += a
	}
	for _, pair := range [][2]string{{"community", "town"}, {"town", "county"}} {
		for e, code := range walks[pair[0]] {
			if _, ok := walks[pair[0]][piece{e[1], e[0]}]; ok {
				continue
			}
			if parent := walks[pair[1]][e]; parent == "" || !strings.HasPrefix(code, parent) {
				t.Fatalf("%s has a border piece %v that neither a neighbour nor its parent has", code, e)
			}
		}
		for e, code := range walks[pair[1]] {
			if child := walks[pair[0]][e]; !strings.HasPrefix(child, code) {
				t.Fatalf("%s has a border piece %v that none of its children has", code, e)
			}
		}
	}
	for code, a := range area {
		if s := sum[code]; s > 0 && math.Abs(s-a) > 1e-9*a {
			t.Errorf("%s: area %g, its children together %g", code, a, s)
		}
	}
}

func TestEveryPlaceIsInOneCommunity(t *testing.T) {
	all := boundaries(t, folder(t, whole))
	county := all[0]
	bound := county.shape.Bound()
	rng := rand.New(rand.NewPCG(7, 7))
	for n := 0; n < 400; {
		p := orb.Point{bound.Min[0] + rng.Float64()*(bound.Max[0]-bound.Min[0]), bound.Min[1] + rng.Float64()*(bound.Max[1]-bound.Min[1])}
		inside := planar.MultiPolygonContains(county.shape, p)
		holders := map[string][]string{}
		for _, r := range all[1:] {
			if r.shape.Bound().Contains(p) && planar.MultiPolygonContains(r.shape, p) {
				holders[r.level] = append(holders[r.level], r.code)
			}
		}
		if !inside {
			if len(holders) > 0 {
				t.Fatalf("%v lies outside the county but in %v", p, holders)
			}
			continue
		}
		n++
		if len(holders["town"]) != 1 || len(holders["community"]) != 1 || !strings.HasPrefix(holders["community"][0], holders["town"][0]) {
			t.Fatalf("%v lies in %v", p, holders)
		}
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestPeopleAreConserved(t *testing.T) {
	dir := folder(t, whole)
	total := 0
	for _, row := range readCSV(t, filepath.Join(dir, "totals.csv")) {
		n, err := strconv.Atoi(row[2])
		if err != nil || n < 1 {
			t.Errorf("%v: not a number of people", row)
		}
		total += n
	}
	if total != model.DefaultPeople {
		t.Errorf("totals add up to %d", total)
	}
	cells := 0
	for _, row := range readCSV(t, filepath.Join(dir, "population.csv")) {
		id, err := strconv.ParseUint(row[0], 16, 64)
		if c := h3.Cell(id); err != nil || !c.IsValid() || c.Resolution() != 9 {
			t.Fatalf("%v: not a cell of resolution 9", row)
		}
		n, err := strconv.Atoi(row[1])
		if err != nil || n < 1 || n > 6000 {
			t.Errorf("%v: no plausible number of people for 0.1 km²", row)
		}
		cells += n
	}
	// Chance rounding of some 4,000 cells: the standard deviation is below √4000/2 ≈ 32 people.
	if d := cells - model.DefaultPeople; d < -200 || d > 200 {
		t.Errorf("cells add up to %d", cells)
	}
}

func TestSameOptionsSameBytes(t *testing.T) {
	opt := model.Options{Seed: 5, People: 60_000, Year: 2024}
	var first map[string][]byte
	for _, cores := range []int{1, 2, 2} {
		before := runtime.GOMAXPROCS(cores)
		dir := t.TempDir()
		err := model.Generate(t.Context(), dir, opt)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{}
		paths, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			text, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(p)] = text
		}
		if first == nil {
			first = files
		}
		for name, text := range files {
			if !bytes.Equal(text, first[name]) {
				t.Errorf("%s differs with %d cores", name, cores)
			}
		}
	}
	other := t.TempDir()
	opt.Seed++
	if err := model.Generate(t.Context(), other, opt); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(other, "boundaries.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(text, first["boundaries.geojson"]) {
		t.Error("another seed gives the same boundaries")
	}
}

// roadFile is what an independent reader finds in the PBF.
type roadFile struct {
	nodes map[osm.NodeID]orb.Point
	ways  []*osm.Way
}

func readPBF(t *testing.T, dir string) roadFile {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, "roads.osm.pbf"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := roadFile{nodes: map[osm.NodeID]orb.Point{}}
	scanner := osmpbf.New(t.Context(), file, 1)
	defer scanner.Close()
	header, err := scanner.Header()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(header.RequiredFeatures, " "); got != "OsmSchema-V0.6 DenseNodes" {
		t.Errorf("required features: %s", got)
	}
	for scanner.Scan() {
		switch o := scanner.Object().(type) {
		case *osm.Node:
			p := orb.Point{o.Lon, o.Lat}
			if !(orb.Bound{Min: orb.Point{header.Bounds.MinLon - 1e-7, header.Bounds.MinLat - 1e-7}, Max: orb.Point{header.Bounds.MaxLon + 1e-7, header.Bounds.MaxLat + 1e-7}}).Contains(p) {
				t.Fatalf("node %d lies outside the header's box", o.ID)
			}
			out.nodes[o.ID] = p
		case *osm.Way:
			out.ways = append(out.ways, o)
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRoadsAreARealPBF(t *testing.T) {
	r := readPBF(t, folder(t, whole))
	if n := len(r.nodes); n < 30_000 || n > 80_000 {
		t.Errorf("%d nodes", n)
	}
	used := map[osm.NodeID]bool{}
	count := map[string]int{}
	for i, w := range r.ways {
		if int(w.ID) != i+1 || len(w.Nodes) < 2 {
			t.Fatalf("way %d at place %d has %d nodes", w.ID, i, len(w.Nodes))
		}
		for k, n := range w.Nodes {
			if _, ok := r.nodes[n.ID]; !ok {
				t.Fatalf("way %d: node %d is not in the file", w.ID, n.ID)
			}
			if k > 0 && n.ID == w.Nodes[k-1].ID {
				t.Errorf("way %d repeats node %d", w.ID, n.ID)
			}
			used[n.ID] = true
		}
		class := w.Tags.Find("highway")
		count[class]++
		if w.Tags.Find("bridge") == "yes" {
			count["bridge"]++
		}
		if w.Tags.Find("oneway") == "yes" {
			count["oneway "+class]++
		}
	}
	if len(used) != len(r.nodes) {
		t.Errorf("%d of %d nodes are in a way", len(used), len(r.nodes))
	}
	if count["oneway motorway"] != count["motorway"] {
		t.Errorf("%d of %d motorways are one-way", count["oneway motorway"], count["motorway"])
	}
	for _, class := range []string{"motorway", "motorway_link", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service", "footway", "path", "bridge", "oneway residential"} {
		if count[class] == 0 {
			t.Errorf("no %s", class)
		}
	}
}

func TestNetworkIsMostlyConnected(t *testing.T) {
	r := readPBF(t, folder(t, whole))
	parent := map[osm.NodeID]osm.NodeID{}
	var find func(osm.NodeID) osm.NodeID
	find = func(n osm.NodeID) osm.NodeID {
		if p, ok := parent[n]; ok && p != n {
			parent[n] = find(p)
			return parent[n]
		}
		parent[n] = n
		return n
	}
	for _, w := range r.ways {
		for _, n := range w.Nodes[1:] {
			parent[find(n.ID)] = find(w.Nodes[0].ID)
		}
	}
	size := map[osm.NodeID]int{}
	most := 0
	for n := range r.nodes {
		size[find(n)]++
		most = max(most, size[find(n)])
	}
	if share := float64(most) / float64(len(r.nodes)); share < 0.97 {
		t.Errorf("the largest of %d pieces has %.1f %% of the nodes", len(size), 100*share)
	}
}

// The model is read by the readers of everybody's files, without an error or a finding, and what it says of itself holds.
func TestStudyReadsWhatWasWritten(t *testing.T) {
	dir := folder(t, whole)
	study, err := data.Load(filepath.Join(dir, "study.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !study.Synthetic || len(study.Tiers) != 3 || len(study.Budgets) != 5 || len(study.Targets) != 12 {
		t.Errorf("synthetic %v, %d tiers, %d budgets, %d targets", study.Synthetic, len(study.Tiers), len(study.Budgets), len(study.Targets))
	}
	set, err := data.Read(t.Context(), study, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.Findings {
		if f.Severity != "info" || f.File != "sites.xlsx" && f.File != "entities.csv" { // hours and headcounts that nobody noted
			t.Errorf("%s %s:%d: %s", f.Severity, f.File, f.Row, f.What.EN)
		}
	}
	extrasRead(t, set)
	closed, small := 0, 0
	for _, s := range set.Sites {
		if s.Region < 0 || set.Regions.All[s.Region].Level != 2 {
			t.Fatalf("site %s lies in no community", s.ID)
		}
		if name := set.Regions.All[s.Region].Name; s.Tier == 1 && !strings.HasPrefix(s.Name, name) {
			t.Errorf("site %s %s lies in %s", s.ID, s.Name, name)
		}
		if !s.Closed.IsZero() {
			closed++
			if !s.Closed.After(s.Opened) {
				t.Errorf("site %s closed before it opened", s.ID)
			}
		}
		if s.Opened.Year() < 2018 || s.Opened.After(study.Date) {
			t.Errorf("site %s opened on %v", s.ID, s.Opened)
		}
		if s.FloorArea >= 0 && s.FloorArea < study.Tiers[s.Tier].MinArea {
			small++
		}
	}
	if n := len(set.Sites); n < 150 || closed == 0 || closed > n/10 || small < n/8 || small > n/2 {
		t.Errorf("%d sites, %d closed, %d below the standard", n, closed, small)
	}
	kinds := map[string]int{}
	counted := 0
	for _, p := range set.Places {
		kinds[p.Kind]++
		if p.Region < 0 {
			t.Errorf("place %s %s lies outside", p.ID, p.Name)
		}
		if p.Footfall >= 0 {
			counted++
		}
	}
	for _, k := range []string{"market", "mall", "park", "bus_stop", "hospital", "school", "square", "scenic", "community_centre", "culture", "bank", "idle_room"} {
		if kinds[k] == 0 {
			t.Errorf("no place of kind %s among %v", k, kinds)
		}
	}
	if counted == 0 {
		t.Error("no place has observed footfall")
	}
	zones := map[string]int{}
	for _, x := range set.Exclusions {
		zones[x.Kind]++
	}
	for _, k := range []string{"water", "flood", "ecological", "hazard"} {
		if zones[k] == 0 {
			t.Errorf("no exclusion of kind %s", k)
		}
	}
}

// extrasRead checks the groups, the opening hours, the entities and the zones.
func extrasRead(t *testing.T, set *data.Dataset) {
	t.Helper()
	if len(set.Population.Groups) == 0 {
		t.Error("no groups of people")
	}
	known := 0
	for _, s := range set.Sites {
		if s.Hours != nil {
			known++
		}
	}
	if n := len(set.Sites); known < n/2 || known == n {
		t.Errorf("the hours of %d of %d sites are known", known, n)
	}
	if n := len(set.Entities); n < 20 {
		t.Errorf("%d entities", n)
	}
	kinds := map[string]bool{}
	for _, z := range set.Zones {
		kinds[z.Kind] = true
	}
	if !kinds["新建小区"] || !kinds["城乡结合部"] {
		t.Errorf("zones of kinds %v", kinds)
	}
}

// Scattered farms and lanes about double the inhabited cells and the edges, and keep the number of people and the regions.
func TestScatteredIsDenser(t *testing.T) {
	load := func(scattered bool) *data.Dataset {
		dir := t.TempDir()
		if err := model.Generate(t.Context(), dir, model.Options{Seed: 3, People: 60_000, Scattered: scattered}); err != nil {
			t.Fatal(err)
		}
		study, err := data.Load(filepath.Join(dir, "study.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		set, err := data.Read(t.Context(), study, data.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return set
	}
	plain, thick := load(false), load(true)
	if a, b := len(plain.Population.Cells), len(thick.Population.Cells); float64(b) < 1.5*float64(a) {
		t.Errorf("%d cells, scattered %d", a, b)
	}
	if a, b := len(plain.Roads.Ways), len(thick.Roads.Ways); b < 2*a {
		t.Errorf("%d ways, scattered %d", a, b)
	}
	sum := func(d *data.Dataset) (n float64) {
		for _, r := range d.Population.Totals {
			n += r.People
		}
		return n
	}
	if sum(plain) != 60_000 || sum(thick) != 60_000 || len(plain.Regions.All) != len(thick.Regions.All) {
		t.Errorf("people %v and %v, regions %d and %d", sum(plain), sum(thick), len(plain.Regions.All), len(thick.Regions.All))
	}
}

// Other sizes and seeds read as well: the smallest, a thin one, several counties under a city.
func TestOtherSizesRead(t *testing.T) {
	for _, opt := range []model.Options{
		{Seed: 2, People: 20_000},
		{Seed: 3, People: 130_000, Resolution: 8},
		{Seed: 4, People: 950_000, Year: 2030},
	} {
		t.Run(strconv.Itoa(opt.People), func(t *testing.T) {
			if testing.Short() && opt.People > 500_000 {
				t.Skip("slow: several counties")
			}
			study, err := data.Load(filepath.Join(folder(t, opt), "study.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			set, err := data.Read(t.Context(), study, data.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if want := 3 + min(opt.People/900_000, 1); len(study.Levels) != want {
				t.Errorf("%d levels", len(study.Levels))
			}
			sum := 0.0
			for _, x := range set.Population.Totals {
				sum += x.People
			}
			if sum != float64(opt.People) {
				t.Errorf("%v people", sum)
			}
		})
	}
}

func TestOptionsOutOfRangeAreRefused(t *testing.T) {
	for field, opt := range map[string]model.Options{
		"People: 19999":  {People: 19_999},
		"People: -1":     {People: -1},
		"People: 100000": {People: 100_000_001},
		"Year: 1999":     {Year: 1999},
		"Year: 2101":     {Year: 2101},
		"Resolution: 6":  {Resolution: 6},
		"Resolution: 11": {Resolution: 11},
	} {
		dir := filepath.Join(t.TempDir(), "out")
		err := model.Generate(t.Context(), dir, opt)
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was written", field)
		}
	}
	if err := (model.Options{}).Validate(); err != nil {
		t.Errorf("the zero value: %v", err)
	}
}

func TestCancelledWritesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	if err := model.Generate(ctx, dir, model.Options{People: 20_000}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	file, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if names, err := file.Readdirnames(1); err != io.EOF {
		t.Errorf("left %v, %v", names, err)
	}
}

func BenchmarkGenerate(b *testing.B) {
	for _, people := range []int{150_000, 600_000, 2_400_000} {
		b.Run(strconv.Itoa(people), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := model.Generate(b.Context(), b.TempDir(), model.Options{Seed: 1, People: people}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

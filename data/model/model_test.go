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
	h3 "github.com/uber/h3-go/v4"

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

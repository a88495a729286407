package data

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/network"
	"sitecover/geo/pack"
)

// cacheWorld is the toy county with roads from an OSM file.
func cacheWorld(t *testing.T) *Study {
	t.Helper()
	files := toyFiles()
	files["study.yaml"] = replaceOnce(t, files["study.yaml"], "roads.geojson", "roads.osm.pbf")
	files["roads.osm.pbf"] = toyPBF()
	study, err := Load(writeToy(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return study
}

func replaceOnce(t *testing.T, s, old, now string) string {
	t.Helper()
	for i := 0; i+len(old) <= len(s); i++ {
		if s[i:i+len(old)] == old {
			return s[:i] + now + s[i+len(old):]
		}
	}
	t.Fatalf("no %q", old)
	return ""
}

func readWith(t *testing.T, study *Study, c Cache) *Dataset {
	t.Helper()
	d, err := Read(context.Background(), study, Options{Cache: c})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// alike compares datasets; the spatial index of regions is no value to compare.
func alike(a, b *Dataset) bool {
	x, y := *a, *b
	x.Regions, y.Regions = nil, nil
	return reflect.DeepEqual(x, y) && reflect.DeepEqual(a.Regions.All, b.Regions.All) && reflect.DeepEqual(a.Regions.Levels, b.Regions.Levels)
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*"+entryEnding))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func contents(t *testing.T, list []string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = b
	}
	return out
}

// cacheWorlds are toy counties whose reading has much to tell: of other formats, with repairs, groups, hours, and points outside.
func cacheWorlds(t *testing.T) map[string]*Study {
	t.Helper()
	worlds := map[string]*Study{"osm": cacheWorld(t)}
	add := func(name string, change func(files map[string]string)) {
		files := toyFiles()
		change(files)
		study, err := Load(writeToy(t, files))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		worlds[name] = study
	}
	swap := func(files map[string]string, file, old, now string) {
		files[file] = replaceOnce(t, files[file], old, now)
	}
	add("lines", func(map[string]string) {})
	add("raster", func(files map[string]string) {
		for n, text := range useRaster("pop.tif", toyRaster().bytes()) {
			files[n] = text
		}
	})
	add("repaired", func(files map[string]string) {
		swap(files, "study.yaml", "  - file: boundaries.geojson\n", "  - file: boundaries.geojson\n    repair: true\n")
		swap(files, "boundaries.geojson", "[120,30.01],[120.02,30.01]", "[120,30.01],[120.01,30.01],[120.01,30.01],[120.02,30.01]")
		swap(files, "boundaries.geojson", `"code":"B2","name":"B north"`, `"code":"B2","name":"B1"`)
	})
	add("two files", func(files map[string]string) {
		swap(files, "study.yaml", "  - file: boundaries.geojson\n    fields: {level: level, id: code}\n",
			"  - {file: boundaries.geojson, fields: {level: level, id: code}, level_values: {county: county, town: town}}\n"+
				"  - {file: again.geojson, fields: {level: level, id: code}, level_values: {community: community}}\n")
		files["again.geojson"] = files["boundaries.geojson"]
		swap(files, "study.yaml", "  - roads.geojson\n", "  - roads.geojson\n  - {file: roads.osm.pbf, ferries: false}\n")
		files["roads.osm.pbf"] = toyPBF()
	})
	add("hours and groups", func(files map[string]string) {
		files["sites.csv"] = "编号,名称,级别,经度,纬度,开放时间\nS1,West centre,中心,120.005,30.005,周一至周五 9:00-17:00\nS2,East station,站,120.025,30.005,\nS3,East station,站,120.0251,30.005,\n"
		swap(files, "study.yaml", "  - {file: cells.csv, kind: h3}\n", "  - {file: cells.csv, kind: h3, groups: {old: old}}\n")
		files["cells.csv"] = "h3,people,old\n89419679833ffff,1024,24\n89419679867ffff,2048,48\n89419679eafffff,4096,96\n89419679e67ffff,8192,0\n"
		swap(files, "study.yaml", "exclusions:\n", "zones: [{file: water.geojson, kind: new}]\nresidential: [water.geojson]\nexclusions:\n")
	})
	return worlds
}

// TestCacheChangesNothing: without a cache, with an empty one and with a full one the dataset is the same, findings, hashes and all; and so it is when
// an entry is gone, cut anywhere, altered anywhere, of other magic or another kind of machine, or another entry under its name. A damaged
// entry is made anew, as it was.
func TestCacheChangesNothing(t *testing.T) {
	for name, study := range cacheWorlds(t) {
		t.Run(name, func(t *testing.T) {
			c := Cache{Dir: filepath.Join(t.TempDir(), "cache"), Version: "1", Least: 1}
			plain := readWith(t, study, Cache{})
			same := func(what string) {
				t.Helper()
				if got := readWith(t, study, c); !alike(plain, got) {
					t.Errorf("%s: another dataset", what)
				}
			}
			same("empty cache")
			list := entries(t, c.Dir)
			if len(list) < 3 { // boundaries, roads, and the rest
				t.Fatalf("%d entries", len(list))
			}
			same("full cache")
			whole := contents(t, list)
			rest := c.path(c.id(readingKind, newReader(study, Options{Cache: c}).readingKey(context.Background())))
			for i, path := range list {
				for what, content := range damages(whole[path], whole[list[(i+1)%len(list)]]) {
					if name == "raster" { // whose own entry is not looked at while that of the rest is whole
						write(t, rest, nil)
					}
					write(t, path, content)
					same(what)
					if now := contents(t, list); !reflect.DeepEqual(now, whole) {
						t.Errorf("%s: the entry was not written again", what)
					}
				}
				for _, gone := range []string{path, rest} {
					if err := os.RemoveAll(gone); err != nil {
						t.Fatal(err)
					}
				}
				same("gone")
			}
			if now := contents(t, entries(t, c.Dir)); !reflect.DeepEqual(now, whole) {
				t.Error("the entries are others now")
			}
		})
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// damages lists what may have become of an entry.
func damages(whole, other []byte) map[string][]byte {
	out := map[string][]byte{"empty": {}, "another file": []byte("no entry at all"), "another entry": other, "longer": append(bytes.Clone(whole), 0),
		"without its end": whole[:len(whole)-blockHead]}
	for _, part := range []int{1, 2, 3, 7} {
		out[fmt.Sprint("cut at 1/", part)] = whole[:len(whole)/part-1]
	}
	for _, at := range []int{0, len(entryMagic) - 2, len(entryMagic), len(entryMagic) + 8, len(entryMagic) + 40, len(entryMagic) + 45, len(whole) / 2, len(whole) - blockHead - 1, len(whole) - 1} {
		b := bytes.Clone(whole)
		b[at] ^= 1
		out[fmt.Sprint("altered at ", at)] = b
	}
	return out
}

// TestReadingAsksNoMore: what asRead leaves out of the study does not show in the dataset, save in the study file's own place.
func TestReadingAsksNoMore(t *testing.T) {
	for name, study := range cacheWorlds(t) {
		bare := study.asRead()
		bare.Dir, bare.Path = study.Dir, study.Path
		a, b := readWith(t, study, Cache{}), readWith(t, bare, Cache{})
		b.Study = study
		if !alike(a, b) {
			t.Errorf("%s: another dataset", name)
		}
	}
}

// TestStudyMayChange: what reading does not ask leaves entries as they are; what it asks makes others.
func TestStudyMayChange(t *testing.T) {
	c := Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	change := func(old, now string) *Study {
		files := toyFiles()
		files["study.yaml"] = replaceOnce(t, files["study.yaml"], old, now)
		study, err := Load(writeToy(t, files))
		if err != nil {
			t.Fatal(err)
		}
		return study
	}
	read := func(study *Study) int {
		t.Helper()
		if !alike(readWith(t, study, Cache{}), readWith(t, study, c)) {
			t.Error("another dataset")
		}
		return len(entries(t, c.Dir))
	}
	all := read(change("Toy county", "Toy county"))
	if now := read(change("radius: 1000 m", "radius: 700 m")); now != all {
		t.Errorf("another radius: %d entries, %d before", now, all)
	}
	if now := read(change("name: Toy county\n", "# a line more\nname: Toy county\n")); now != all {
		t.Errorf("another line: %d entries, %d before", now, all)
	}
	if now := read(change("name: 党群服务站", "name: 站点")); now != all+1 {
		t.Errorf("another name of a tier, which ledgers use: %d entries, %d before", now, all)
	}
	if now := read(change("resolution: 9", "resolution: 8")); now != all+2 {
		t.Errorf("another resolution: %d entries, %d before", now, all)
	}
}

// TestCacheIsUsed: entries whose content is valid, though not what the files hold, show that they are what was read; another version of the
// program, or small files, do not use them.
func TestCacheIsUsed(t *testing.T) {
	study := cacheWorld(t)
	c := Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	plain := readWith(t, study, c)
	ctx := context.Background()
	r := newReader(study, Options{Cache: c})
	key := r.roadsKey(ctx, study.Roads[0])
	in := r.open(ctx, "roads", study.Roads[0].Source)
	roads := r.keptRoads(in, key)
	if roads == nil {
		t.Fatal("no entry of roads")
	}
	roads.Ways[0].Name = "of the cache"
	r.keepRoads(in, key, roads, nil)
	var areas keptAreas
	if !c.LoadValues(areasKind, r.areasKey(ctx), &areas) {
		t.Fatal("no entry of boundaries")
	}
	areas.Regions[0].Name = "region of the cache"
	c.keep(areasKind, r.areasKey(ctx), &areas)
	var rest keptRest
	if !c.LoadValues(readingKind, r.readingKey(ctx), &rest) {
		t.Fatal("no entry of the rest")
	}
	rest.Sites[0].Name = "site of the cache"
	c.keep(readingKind, r.readingKey(ctx), &rest)
	got := readWith(t, study, c)
	if a, b, x := got.Roads.Ways[0].Name, got.Regions.All[0].Name, got.Sites[0].Name; a != "of the cache" || b != "region of the cache" || x != "site of the cache" {
		t.Errorf("the entries were not used: %q, %q, %q", a, b, x)
	}
	for what, other := range map[string]Cache{"another version": {Dir: c.Dir, Version: "2", Least: 1}, "small files": {Dir: c.Dir, Version: "1", Least: 1 << 40}} {
		if got := readWith(t, study, other); !alike(plain, got) {
			t.Errorf("%s used the entries", what)
		}
	}
}

// TestInputsThatChange: a ledger, or a file beside a shapefile, that changed is read, and what did not change is still taken from the cache.
func TestInputsThatChange(t *testing.T) {
	study := cacheWorld(t)
	c := Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	readWith(t, study, c)
	before := len(entries(t, c.Dir))
	write(t, filepath.Join(study.Dir, "sites.csv"), []byte("编号,名称,级别,经度,纬度\nS1,West centre,中心,120.006,30.005\n"))
	if plain := readWith(t, study, Cache{}); len(plain.Sites) != 1 || !alike(plain, readWith(t, study, c)) {
		t.Error("another dataset")
	}
	if now := len(entries(t, c.Dir)); now != before+1 {
		t.Errorf("%d entries, %d before", now, before)
	}
	dir := t.TempDir()
	for _, name := range []string{"a.shp", "A.DBF", "a.prj", "ab.dbf", "b.gpkg", "b.gpkg-wal", "b.geojson"} {
		write(t, filepath.Join(dir, name), []byte(name))
	}
	for path, want := range map[string][]string{"a.shp": {"A.DBF", "a.prj"}, "b.gpkg": {"b.gpkg-wal"}, "b.geojson": nil} {
		var got []string
		for _, p := range companions(filepath.Join(dir, path)) {
			got = append(got, filepath.Base(p))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("beside %s: %v, want %v", path, got, want)
		}
	}
}

// TestCacheIsShared: several readers of one folder at once disturb nobody.
func TestCacheIsShared(t *testing.T) {
	study := cacheWorld(t)
	c := Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	plain := readWith(t, study, Cache{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			d, err := Read(context.Background(), study, Options{Cache: c})
			if err != nil || !alike(plain, d) {
				t.Errorf("another dataset (%v)", err)
			}
		}()
	}
	wg.Wait()
	if n := len(entries(t, c.Dir)); n != 3 {
		t.Errorf("%d entries", n)
	}
}

// TestCacheHoldsEveryField: whoever adds a field to ways must add it to the entries too, and whoever adds one to datasets to the rest.
func TestCacheHoldsEveryField(t *testing.T) {
	if n := reflect.TypeFor[network.Way]().NumField(); n != 8 {
		t.Errorf("network.Way has %d fields, entries of the cache hold 8", n)
	}
	if n := reflect.TypeFor[network.Roads]().NumField(); n != 3 {
		t.Errorf("network.Roads has %d fields, entries of the cache hold 3", n)
	}
	if n := reflect.TypeFor[Dataset]().NumField(); n != 12 {
		t.Errorf("Dataset has %d fields, the cache knows 12", n)
	}
}

// TestCachePrunes: no more than cacheEntries are kept, those that were used longest ago go first, and so do entries that were begun and left.
func TestCachePrunes(t *testing.T) {
	c := Cache{Dir: t.TempDir(), Version: "1"}
	old, n := time.Now().Add(-2*staleAfter), 7
	for i := range cacheEntries {
		c.keep("number", fmt.Sprint(i), &n)
		at := old.Add(time.Duration(i) * time.Second)
		if err := os.Chtimes(c.path(c.id("number", fmt.Sprint(i))), at, at); err != nil {
			t.Fatal(err)
		}
	}
	left, fresh := filepath.Join(c.Dir, entryBegun+"1"), filepath.Join(c.Dir, entryBegun+"2")
	write(t, left, []byte("begun"))
	write(t, fresh, []byte("begun"))
	if err := os.Chtimes(left, old, old); err != nil {
		t.Fatal(err)
	}
	if !c.LoadValues("number", "0", &n) { // the oldest, used now
		t.Fatal("no entry")
	}
	c.keep("number", "new", &n)
	if n := len(entries(t, c.Dir)); n != cacheEntries {
		t.Errorf("%d entries", n)
	}
	for key, want := range map[string]bool{"0": true, "1": false, "2": true, "new": true} {
		if c.has("number", key) != want {
			t.Errorf("entry %s is there: %t", key, !want)
		}
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("an entry that was left stays")
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("an entry that another program writes is gone")
	}
}

// TestWriterTells: a folder that cannot be made is told once, and a program that ends gives up what is not written.
func TestWriterTells(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, []byte("no folder"))
	n := 7
	bad := Cache{Dir: filepath.Join(file, "cache"), Writer: &Writer{}}
	bad.keep("number", "1", &n)
	bad.keep("number", "2", &n)
	if err := bad.Writer.Wait(); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("not told once: %v", err)
	}
	good := Cache{Dir: filepath.Join(t.TempDir(), "cache"), Writer: &Writer{}}
	good.Writer.Stop()
	good.keep("number", "1", &n)
	if err := good.Writer.Wait(); err != nil || good.has("number", "1") {
		t.Errorf("written though stopped (%v)", err)
	}
	long := bytes.Repeat([]byte{1}, 3*entryBlock)
	stopping := &Writer{}
	stopping.add(func(stop func() bool) error {
		return good.save(good.id("long", "1"), 1, stop, func(w io.Writer) error {
			if _, err := w.Write(long); err != nil {
				return err
			}
			stopping.Stop()
			_, err := w.Write(long)
			return err
		})
	})
	if err := stopping.Wait(); err != nil || good.has("long", "1") {
		t.Errorf("written though stopped half-way (%v)", err)
	}
	if left, err := os.ReadDir(good.Dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	full := errors.New("disk full")
	if err := good.save(good.id("long", "2"), 1, func() bool { return false }, func(io.Writer) error { return full }); !errors.Is(err, full) {
		t.Errorf("not told: %v", err)
	}
}

// TestLongEntries: entries of no byte, of whole blocks, and around them come back; every altered byte is seen.
func TestLongEntries(t *testing.T) {
	c := Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	for _, size := range []int{1, entryBlock - 1, entryBlock, entryBlock + 1, 5*entryBlock + 3} {
		want := make([]byte, size)
		for i := range want {
			want[i] = byte(i * 7)
		}
		if err := c.Store("bytes", "1", func(w io.Writer) error { _, err := w.Write(want); return err }); err != nil {
			t.Fatal(err)
		}
		var got []byte
		read := func(r io.Reader, most int64) (err error) { got, err = io.ReadAll(r); return err }
		if !c.Load("bytes", "1", read) || !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back as %d", size, len(got))
		}
		if c.Load("bytes", "1", func(r io.Reader, _ int64) error { _, err := io.CopyN(io.Discard, r, int64(size-1)); return err }) {
			t.Error("content that was not read to its end is trusted")
		}
		if c.Load("bytes", "2", read) || c.Load("other", "1", read) {
			t.Error("read under another key")
		}
	}
	path := entries(t, c.Dir)[0]
	whole := contents(t, []string{path})[path]
	swapped := bytes.Clone(whole) // the first two blocks exchanged
	first := len(entryMagic) + 8 + 32
	copy(swapped[first:], whole[first+blockHead+entryBlock:first+2*(blockHead+entryBlock)])
	copy(swapped[first+blockHead+entryBlock:], whole[first:first+blockHead+entryBlock])
	write(t, path, swapped)
	if c.Load("bytes", "1", func(r io.Reader, _ int64) error { _, err := io.Copy(io.Discard, r); return err }) {
		t.Error("blocks that changed their places are trusted")
	}
}

// FuzzEntry: whatever stands in the file of an entry is refused or is what was written, and nothing hangs.
func FuzzEntry(f *testing.F) {
	c := Cache{Dir: f.TempDir(), Version: "1", Least: 1}
	want := []float64{1, 2, 3}
	c.keep("numbers", "1", &want)
	path := c.path(c.id("numbers", "1"))
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-4])
	f.Add(whole[len(entryMagic):])
	f.Fuzz(func(t *testing.T, b []byte) {
		var got []float64
		entry := openEntry(bytes.NewReader(b), c.id("numbers", "1"))
		defer entry.close()
		if pack.Read(entry, int64(len(b)), &got) == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("read %v", got)
		}
	})
}

// FuzzReadRoads: any content of an entry of roads is refused, or gives roads whose ways and nodes are there.
func FuzzReadRoads(f *testing.F) {
	roads := &network.Roads{Nodes: []orb.Point{{1, 2}, {3, 4}}, Refs: []int32{0, 1}, Ways: []network.Way{{ID: 1, Name: "a", Count: 2}}}
	var b bytes.Buffer
	if err := writeRoads(&b, roads, cachedRoads{Findings: []Finding{{File: "x"}}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		roads, _, err := readRoads(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, w := range roads.Ways {
			for _, n := range roads.Refs[w.First : w.First+w.Count] {
				_ = roads.Nodes[n]
			}
		}
	})
}

// FuzzReadAreas: any content of an entry of boundaries is refused or gives boundaries.
func FuzzReadAreas(f *testing.F) {
	ring := orb.Ring{{120, 30}, {121, 30}, {121, 31}, {120, 30}}
	kept := keptAreas{Regions: []geo.Region{{ID: "a", Name: "A", Parent: -1, Shape: orb.MultiPolygon{{ring}}}}, Origin: []keptOrigin{{"f", 1}},
		Files: []keptInput{{}}, Borders: []keptBorder{{Shapes: []keptShape{{Name: "A", Region: 0}}}}}
	var b bytes.Buffer
	if err := pack.Write(&b, &kept); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		var kept keptAreas
		if pack.Read(bytes.NewReader(b), int64(len(b)), &kept) != nil {
			return
		}
		if regions, err := geo.NewRegions([]geo.Level{{ID: "x"}, {ID: "y"}}, kept.Regions); err == nil {
			kept.borders(regions)
		}
	})
}

// BenchmarkRoads reads the roads of a real country as they are and from the cache.
func BenchmarkRoads(b *testing.B) {
	path, err := filepath.Abs(filepath.Join("..", "..", "shared", "data", "liechtenstein", "liechtenstein.osm.pbf"))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		b.Skip("the shared data folder is absent")
	}
	for name, c := range map[string]Cache{"parsed": {}, "cached": {Dir: b.TempDir(), Least: 1}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				src := RoadSource{Source: Source{File: path}}
				r := newReader(&Study{Roads: []RoadSource{src}}, Options{Cache: c})
				if r.roads(context.Background()); r.out.Roads == nil || len(r.out.Roads.Ways) == 0 {
					b.Fatal("not read")
				}
			}
		})
	}
}

package data

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"sitecover/geo/network"
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

// alike compares what a cache could change; the spatial index of regions is no value to compare.
func alike(a, b *Dataset) bool {
	return reflect.DeepEqual(a.Roads, b.Roads) && reflect.DeepEqual(a.Findings, b.Findings) && reflect.DeepEqual(a.Inputs, b.Inputs) && reflect.DeepEqual(a.Sites, b.Sites)
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.parsed"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestCacheChangesNothing: without a cache, with an empty one and with a full one the dataset is the same, and so it is when the entry was
// cut, altered, emptied or replaced by another file: a damaged entry is parsed anew and written again.
func TestCacheChangesNothing(t *testing.T) {
	study := cacheWorld(t)
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
	if len(list) != 1 {
		t.Fatalf("%d entries", len(list))
	}
	same("full cache")
	whole, err := os.ReadFile(list[0])
	if err != nil {
		t.Fatal(err)
	}
	altered := append([]byte(nil), whole...)
	altered[len(altered)-5] ^= 1
	for what, content := range map[string][]byte{"cut": whole[:len(whole)/2], "altered": altered, "empty": {}, "another file": []byte("no entry at all")} {
		if err := os.WriteFile(list[0], content, 0o644); err != nil {
			t.Fatal(err)
		}
		same(what)
		if now, err := os.ReadFile(list[0]); err != nil || !reflect.DeepEqual(now, whole) {
			t.Errorf("%s: the entry was not written again (%v)", what, err)
		}
	}
}

// TestCacheIsUsed: an entry whose content is valid, though not what the file holds, shows that it is what was read; another version of the
// program, or another file, does not use it.
func TestCacheIsUsed(t *testing.T) {
	study := cacheWorld(t)
	c := Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	plain := readWith(t, study, c)
	path := entries(t, c.Dir)[0]
	content, ok := c.load(path)
	if !ok {
		t.Fatal("no entry")
	}
	roads, _, ok := decodeRoads(content)
	if !ok {
		t.Fatal("not decoded")
	}
	roads.Ways[0].Name = "of the cache"
	if err := c.store(path, encodeRoads(roads, []byte(`{}`))); err != nil {
		t.Fatal(err)
	}
	if got := readWith(t, study, c).Roads.Ways[0].Name; got != "of the cache" {
		t.Errorf("the entry was not used: %q", got)
	}
	c.Version = "2"
	if got := readWith(t, study, c); !alike(plain, got) {
		t.Error("another version used the entry")
	}
	c.Least = 1 << 40
	if got := readWith(t, study, c); !alike(plain, got) {
		t.Error("a small file was taken from the cache")
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
	if n := len(entries(t, c.Dir)); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// TestCacheHoldsEveryField: whoever adds a field to ways must add it to the entries too.
func TestCacheHoldsEveryField(t *testing.T) {
	if n := reflect.TypeFor[network.Way]().NumField(); n != 8 {
		t.Errorf("network.Way has %d fields, entries of the cache hold 8", n)
	}
	if n := reflect.TypeFor[network.Roads]().NumField(); n != 3 {
		t.Errorf("network.Roads has %d fields, entries of the cache hold 3", n)
	}
}

// TestCachePrunes: no more than cacheEntries are kept.
func TestCachePrunes(t *testing.T) {
	c := Cache{Dir: t.TempDir(), Version: "1"}
	for i := range cacheEntries + 5 {
		if err := c.store(c.path("roads", string(rune('a'+i))), []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(entries(t, c.Dir)); n != cacheEntries {
		t.Errorf("%d entries", n)
	}
}

func FuzzDecodeRoads(f *testing.F) {
	roads := &network.Roads{}
	f.Add(encodeRoads(roads, []byte(`{}`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if roads, _, ok := decodeRoads(b); ok && len(roads.Nodes) > len(b) {
			t.Error("more nodes than bytes")
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
				r := newReader(&Study{}, Options{Cache: c})
				in := newInput(r.study, "roads", Source{File: path}, r.c)
				if !in.inspect() || r.roadsOSM(context.Background(), in) == nil {
					b.Fatal("not read")
				}
			}
		})
	}
}

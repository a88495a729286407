package data

import (
	"os"
	"reflect"
	"testing"
)

// TestRasterOfTheCache: people of a raster are the same without a cache, with an empty one, a full one and a damaged one; another unit of the
// same file, or another system, has its own entry; and a full one is what is read.
func TestRasterOfTheCache(t *testing.T) {
	load := func(change func(*Study)) *Study {
		files := toyFiles()
		for n, text := range useRaster("pop.tif", toyRaster().bytes()) {
			files[n] = text
		}
		study, err := Load(writeToy(t, files))
		if err != nil {
			t.Fatal(err)
		}
		change(study)
		return study
	}
	study := load(func(*Study) {})
	c := Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	plain := readWith(t, study, Cache{})
	same := func(what string) {
		t.Helper()
		if got := readWith(t, study, c); !alike(plain, got) || !reflect.DeepEqual(plain.Population, got.Population) {
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
	for what, content := range map[string][]byte{"cut": whole[:len(whole)-16], "empty": {}} {
		if err := os.WriteFile(list[0], content, 0o644); err != nil {
			t.Fatal(err)
		}
		same(what)
	}
	dense := load(func(s *Study) { s.Population[0].Density = PerKm2 })
	if reflect.DeepEqual(readWith(t, dense, c).Population, plain.Population) || len(entries(t, c.Dir)) != 2 {
		t.Error("densities took the entry of people")
	}
	coarse := load(func(s *Study) { s.Resolution = 8 })
	if want := readWith(t, coarse, Cache{}); !reflect.DeepEqual(readWith(t, coarse, c).Population, want.Population) || len(entries(t, c.Dir)) != 3 {
		t.Error("coarser cells took the entry of finer ones")
	}
	content, ok := c.load(list[0])
	if !ok {
		t.Fatal("no entry")
	}
	cells, counted, ok := decodeCells(content, 9)
	if !ok {
		t.Fatal("not decoded")
	}
	cells[0].People = 12345
	if err := c.store(list[0], encodeCells(cells, counted)); err != nil {
		t.Fatal(err)
	}
	if got := readWith(t, study, c).Population.Cells[0].People; got != 12345 {
		t.Errorf("the entry was not used: %v people", got)
	}
}

func FuzzDecodeCells(f *testing.F) {
	f.Add(encodeCells(nil, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		if cells, counted, ok := decodeCells(b, 9); ok && string(encodeCells(cells, counted)) != string(b) {
			t.Error("another encoding")
		}
	})
}

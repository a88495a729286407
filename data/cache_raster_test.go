package data

import (
	"math"
	"reflect"
	"testing"

	"sitecover/coverage"
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
	same("full cache")
	all := len(entries(t, c.Dir))
	dense := load(func(s *Study) { s.Population[0].Density = PerKm2 })
	if reflect.DeepEqual(readWith(t, dense, c).Population, plain.Population) || len(entries(t, c.Dir)) != all+2 {
		t.Error("densities took the entry of people")
	}
	coarse := load(func(s *Study) { s.Resolution = 8 })
	if want := readWith(t, coarse, Cache{}); !reflect.DeepEqual(readWith(t, coarse, c).Population, want.Population) || len(entries(t, c.Dir)) != all+4 {
		t.Error("coarser cells took the entry of finer ones")
	}
}

// TestRasterSumsAreChecked: sums that are none of cells in order are not taken from the cache.
func TestRasterSumsAreChecked(t *testing.T) {
	cells := []coverage.CellCount{{Cell: 0x89419679833ffff, People: 1}, {Cell: 0x89419679867ffff, People: 2}}
	if !ascending(cells, 9) || !ascending(nil, 9) {
		t.Error("sound sums are refused")
	}
	for what, list := range map[string][]coverage.CellCount{
		"twice": {cells[0], cells[0]}, "out of order": {cells[1], cells[0]}, "fewer than none": {{Cell: cells[0].Cell, People: -1}},
		"no number": {{Cell: cells[0].Cell, People: math.NaN()}}, "of another resolution": {{Cell: 0x88419679833ffff, People: 1}},
	} {
		if ascending(list, 9) {
			t.Errorf("%s: taken", what)
		}
	}
}

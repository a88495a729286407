package run

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/data"
	"sitecover/geo"
	"sitecover/geo/grid"
)

// TestGridOfTheCache: the grid is the same without a cache, with an empty one, a full one, and one whose entry is cut, altered, or another
// grid's; and a full one is what is read, which an entry shows that holds another valid grid of the same regions.
func TestGridOfTheCache(t *testing.T) {
	square := func(size float64) *geo.Regions {
		ring := orb.Ring{{120, 31}, {120 + size, 31}, {120 + size, 31 + size}, {120, 31 + size}, {120, 31}}
		r, err := geo.NewRegions([]geo.Level{{ID: "county"}}, []geo.Region{{ID: "a", Parent: -1, Shape: orb.MultiPolygon{{ring}}}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	regions := square(0.1)
	build := func(r *geo.Regions, c data.Cache) *grid.Grid {
		t.Helper()
		g, err := buildGrid(context.Background(), r, 9, c)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	c := data.Cache{Dir: filepath.Join(t.TempDir(), "cache"), Version: "1", Least: 1}
	plain := build(regions, data.Cache{})
	same := func(what string) {
		t.Helper()
		if !reflect.DeepEqual(plain, build(regions, c)) {
			t.Errorf("%s: another grid", what)
		}
	}
	same("empty cache")
	list, err := filepath.Glob(filepath.Join(c.Dir, "*"))
	if err != nil || len(list) != 1 {
		t.Fatalf("%d entries (%v)", len(list), err)
	}
	same("full cache")
	whole, err := os.ReadFile(list[0])
	if err != nil {
		t.Fatal(err)
	}
	altered := append([]byte(nil), whole...)
	altered[len(altered)/2] ^= 1
	for what, content := range map[string][]byte{"cut": whole[:len(whole)/2], "altered": altered, "empty": {}} {
		if err := os.WriteFile(list[0], content, 0o644); err != nil {
			t.Fatal(err)
		}
		same(what)
		if now, err := os.ReadFile(list[0]); err != nil || !reflect.DeepEqual(now, whole) {
			t.Errorf("%s: the entry was not written again (%v)", what, err)
		}
	}
	small := build(square(0.05), c) // beside it, under a key of its own
	if reflect.DeepEqual(small, plain) {
		t.Fatal("two areas have one grid")
	}
	same("two entries")
	if err := c.Store("grid", hexKey(grid.Fingerprint(regions, 9)), small.Encode()); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(build(regions, c), small) {
		t.Error("the entry was not used")
	}
	c.Version = "2"
	same("another build of the program")
}

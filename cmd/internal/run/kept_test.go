package run

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"sitecover/data"
	"sitecover/data/model"
)

// keptStudy is a small model county, its files in a folder of their own.
func keptStudy(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := model.Generate(context.Background(), dir, model.Options{Seed: 3, People: 20_000, Scattered: true}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "study.yaml")
}

// computed opens a study and computes its coverage.
func computed(t *testing.T, study string, c data.Cache) *Session {
	t.Helper()
	ctx := context.Background()
	s, err := Open(ctx, study, Options{Cache: c, Workers: 2})
	if err == nil {
		err = s.FindGaps(ctx)
	}
	if err != nil {
		t.Error(err)
	}
	return s
}

// sameSession says in what two sessions of one study differ, "" when they do not.
func sameSession(a, b *Session) string {
	if a == nil || b == nil || a.Gaps == nil || b.Gaps == nil {
		return "end: it was not computed"
	}
	x, y := *a.Data, *b.Data
	x.Regions, y.Regions = nil, nil // their spatial index is no value to compare
	x.Study, y.Study = nil, nil
	for what, same := range map[string]bool{
		"regions": reflect.DeepEqual(a.Data.Regions.All, b.Data.Regions.All), "data": reflect.DeepEqual(x, y), "grid": reflect.DeepEqual(a.Grid, b.Grid),
		"demand": reflect.DeepEqual(a.Demand, b.Demand), "spread": reflect.DeepEqual(a.Spread, b.Spread), "placed": reflect.DeepEqual(a.Placed, b.Placed),
		"result": reflect.DeepEqual(a.Result, b.Result), "gaps": reflect.DeepEqual(a.Gaps, b.Gaps), "findings": reflect.DeepEqual(a.spreadFindings(), b.spreadFindings()),
	} {
		if !same {
			return what
		}
	}
	return ""
}

// TestKeptSessions: a session is the same without a cache, with an empty one, a full one, and one of which an entry is gone, cut, altered or
// another's; a second run takes everything from it, and what was not whole is there again.
func TestKeptSessions(t *testing.T) {
	study := keptStudy(t)
	c := data.Cache{Dir: filepath.Join(t.TempDir(), "cache"), Version: "1", Least: 1}
	plain := computed(t, study, data.Cache{})
	same := func(what string) {
		t.Helper()
		if differs := sameSession(plain, computed(t, study, c)); differs != "" {
			t.Errorf("%s: another %s", what, differs)
		}
	}
	same("empty cache")
	list, err := filepath.Glob(filepath.Join(c.Dir, "*"))
	if err != nil || len(list) != 7 { // boundaries, roads, the rest; the grid, people on it, the graph, people along it
		t.Fatalf("%d entries (%v)", len(list), err)
	}
	whole := map[string][]byte{}
	for _, path := range list {
		if whole[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	same("full cache")
	for i, path := range list {
		altered := bytes.Clone(whole[path])
		altered[len(altered)*2/3] ^= 4
		for what, content := range map[string][]byte{"altered": altered, "another's": whole[list[(i+1)%len(list)]]} {
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			same(what)
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, whole[path]) {
				t.Errorf("%s: the entry was not written again (%v)", what, err)
			}
		}
	}
	c.Version = "2"
	same("another build of the program")
}

// TestKeptBesideOtherWork: entries that are written beside the work of several sessions at once are those that are written by themselves.
func TestKeptBesideOtherWork(t *testing.T) {
	study := keptStudy(t)
	plain := computed(t, study, data.Cache{})
	c := data.Cache{Dir: filepath.Join(t.TempDir(), "cache"), Version: "1", Least: 1}
	var work sync.WaitGroup
	for range 3 {
		work.Go(func() {
			own := c
			own.Writer = &data.Writer{}
			s := computed(t, study, own)
			if err := own.Writer.Wait(); err != nil {
				t.Error(err)
			}
			if differs := sameSession(plain, s); differs != "" {
				t.Errorf("another %s", differs)
			}
		})
	}
	work.Wait()
	if differs := sameSession(plain, computed(t, study, c)); differs != "" {
		t.Errorf("from the cache: another %s", differs)
	}
	if left, err := filepath.Glob(filepath.Join(c.Dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// TestKeptIsUsed: entries that hold something else, valid and under the right key, show that they are what a session is made of.
func TestKeptIsUsed(t *testing.T) {
	study := keptStudy(t)
	c := data.Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	s := computed(t, study, c)
	again, err := Open(context.Background(), study, Options{Cache: c})
	if err != nil {
		t.Fatal(err)
	}
	tier, ok := s.walked()
	if !ok {
		t.Fatal("nobody walks")
	}
	placed := joined(again.keys.people, again.graphKey(s.modes[tier.Mode], tier.Limit.Metric))
	demand, report := *s.Demand, *s.Placed
	report.Kept = 12345
	if err := c.StoreValues(placedKind, placed, &demand, &report); err != nil {
		t.Fatal(err)
	}
	if got := computed(t, study, c).Placed.Kept; got != 12345 {
		t.Errorf("people along streets were not taken from the cache: %d", got)
	}
	wrong := demand
	wrong.Region = append([]int32{int32(len(s.Data.Regions.All))}, demand.Region[1:]...)
	if err := c.StoreValues(placedKind, placed, &wrong, &report); err != nil {
		t.Fatal(err)
	}
	if got := computed(t, study, c); got.Placed.Kept == 12345 || sameSession(s, got) != "" {
		t.Error("people of a region that does not exist were taken from the cache")
	}
}

// TestKeptByContent: the grid and people are found again whatever file they came from; other people, other borders and another resolution have
// entries of their own.
func TestKeptByContent(t *testing.T) {
	study := keptStudy(t)
	text, err := os.ReadFile(study)
	if err != nil {
		t.Fatal(err)
	}
	c := data.Cache{Dir: t.TempDir(), Version: "1", Least: 1}
	key := func(change func()) keys {
		change()
		s, err := Open(context.Background(), study, Options{Cache: c})
		if err != nil {
			t.Fatal(err)
		}
		return s.keys
	}
	rewrite := func(old, now string) func() {
		return func() {
			changed := strings.Replace(string(text), old, now, 1)
			if changed == string(text) {
				t.Fatalf("no %q", old)
			}
			if err := os.WriteFile(study, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	plain := key(func() {})
	if other := key(rewrite("radius: 1000 m", "radius: 900 m")); other != plain {
		t.Error("another radius makes another grid")
	}
	if other := key(rewrite("resolution: 9", "resolution: 8")); other.grid == plain.grid || other.people == plain.people {
		t.Error("another resolution makes the same grid")
	}
	from := strings.Index(string(text), "  - file: totals.csv")
	totals, _, _ := strings.Cut(string(text)[max(from, 0):], "\n\n")
	if other := key(rewrite(totals, "")); other.grid != plain.grid || other.people == plain.people {
		t.Error("other people make another grid, or the same people on it")
	}
}

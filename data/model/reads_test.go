package model_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sitecover/data"
	"sitecover/data/model"
)

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

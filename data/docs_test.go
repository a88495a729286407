package data

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// kindRows is the table of docs/study.md.
func kindRows() string {
	var b strings.Builder
	for _, k := range kinds {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %g |\n", k.id, strings.Join(k.words, "、"), strings.ReplaceAll(strings.Join(k.tags, ", "), "*", "\\*"), k.weight)
	}
	return b.String()
}

// TestDocsAreTrue: the page on the study file names every key, lists every kind of place, and its example is a study.
func TestDocsAreTrue(t *testing.T) {
	path := filepath.Join("..", "docs", "study.md")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	const head = "| kind | 词 | OSM tags | weight |\n|---|---|---|---|\n"
	before, after, found := strings.Cut(page, head)
	if !found {
		t.Fatalf("%s has no table of kinds", path)
	}
	if *update {
		page = before + head + kindRows()
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if after != kindRows() {
		t.Errorf("the table of kinds in %s is not that of kinds.go: refresh with -update", path)
	}
	_, rest, _ := strings.Cut(page, "```yaml\n")
	example, _, _ := strings.Cut(rest, "```")
	files := map[string]string{"study.yaml": example}
	for _, name := range []string{"county.geojson", "towns.geojson", "communities.geojson", "cells.csv", "totals.csv", "roads.osm.pbf", "sites.xlsx", "places.geojson", "water.geojson"} {
		files[name] = "x"
	}
	study, err := Load(writeToy(t, files))
	if err != nil {
		t.Fatalf("the example of %s is no study: %v", path, err)
	}
	for key := range study.Set {
		last := key[strings.LastIndexAny(key, ".]")+1:]
		if !strings.Contains(page, last) {
			t.Errorf("%s does not name %s", path, key)
		}
	}
	for role, names := range fields {
		for _, name := range names {
			if !strings.Contains(page, "`"+name+"`") {
				t.Errorf("%s does not name the field %s of %s", path, name, role)
			}
		}
	}
	for _, key := range []string{"seed", "synthetic", "language", "notice", "min_people", "spacing", "count", "catchment", "weights", "posted_limits", "one_way", "off_road", "max_access", "speeds", "base", "outside", "sheet", "cells", "level_values", "crs", "groups", "pin", "ban", "lead_years", "unspent", "near_road", "near_place", "min_people_within", "region", "avoid", "prefer", "worth", "presence_weight", "hosts_only", "upgrade_cost", "fair", "parent_within", "upgraded", "no_targets", "nested"} {
		if !strings.Contains(page, key) {
			t.Errorf("%s does not name %s", path, key)
		}
	}
}

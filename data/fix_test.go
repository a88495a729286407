package data

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFixSuzhou: boundaries with invalid rings in GCJ-02 that are declared WGS84 are corrected in a copy, which is read without a finding of
// either kind, with areas within half a per cent; the original keeps its bytes.
func TestFixSuzhou(t *testing.T) {
	raw, shapes := suzhou(t)
	study := strings.Replace(fmt.Sprintf(suzhouStudy, "", "roads: [roads.geojson]"), ", repair: true", "", 1)
	path := writeToy(t, map[string]string{"study.yaml": study, "areas.geojson": raw, "people.csv": suzhouPeople(t, shapes), "roads.geojson": borderRoads(t, shapes)})
	e, err := Examine(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(shifts(e, "areas.geojson")) != 1 || len(e.Errors) == 0 {
		t.Fatalf("the shift and the rings are not both found: %v", e.Findings)
	}
	dir := filepath.Join(t.TempDir(), "fixed")
	changes, err := Fix(context.Background(), e, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if !c.Done {
			t.Errorf("not corrected: %+v", c)
		}
	}
	again, err := Examine(context.Background(), filepath.Join(dir, "study.yaml"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if again.Data == nil || len(shifts(again, "")) != 0 {
		t.Errorf("left: %v %v", again.Errors, shifts(again, ""))
	}
	if now, err := os.ReadFile(filepath.Join(filepath.Dir(path), "areas.geojson")); err != nil || string(now) != raw {
		t.Errorf("the original was changed (%v)", err)
	}
	if _, err := Fix(context.Background(), e, dir); !errors.Is(err, ErrFolder) {
		t.Errorf("a folder in use: %v", err)
	}
	if _, err := Fix(context.Background(), again, filepath.Join(t.TempDir(), "x")); !errors.Is(err, ErrNothingToFix) {
		t.Errorf("nothing to do: %v", err)
	}
}

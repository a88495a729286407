package reports

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// written writes a report and returns its files by path.
func written(t testing.TB, s *Study, lang string) (dir string, files map[string][]byte) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "report")
	if err := Write(context.Background(), dir, s, Options{Lang: lang}); err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, files
}

// outputs are all the files of a report.
var outputs = []string{"report.html", "plan.xlsx", "layers/layers.gpkg", "layers/layers.kml", "layers/cells.geojson", "layers/sites.geojson", "layers/gaps.geojson",
	"layers/plan.geojson", "layers/stations.geojson", "layers/regions.geojson"}

func TestWriteGivesTheSameBytesOnAnyNumberOfCores(t *testing.T) {
	s := makeStudy(t, smallWorld)
	_, first := written(t, s, Chinese)
	old := runtime.GOMAXPROCS(1)
	_, second := written(t, makeStudy(t, smallWorld), Chinese)
	runtime.GOMAXPROCS(old)
	for _, path := range outputs {
		if len(first[path]) == 0 {
			t.Errorf("%s: missing or empty", path)
		}
		if !bytes.Equal(first[path], second[path]) {
			t.Errorf("%s: differs between two runs", path)
		}
	}
	if len(first) != len(outputs) {
		t.Errorf("%d files, want %d", len(first), len(outputs))
	}
}

func TestWriteLeavesOtherFilesAndNoTemporaryOnes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "report")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(mine, []byte("keep me"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(context.Background(), dir, makeStudy(t, smallWorld), Options{}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(mine); err != nil || string(got) != "keep me" {
		t.Errorf("notes.txt: %q, %v", got, err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".sitecover-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files left: %v, %v", left, err)
	}
}

func TestWriteLeavesTheOldReportWhenItIsStopped(t *testing.T) {
	s := makeStudy(t, smallWorld)
	dir, before := written(t, s, Chinese)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Write(ctx, dir, s, Options{Lang: English}); err == nil {
		t.Fatal("no error from a cancelled context")
	}
	after, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !bytes.Equal(after, before["report.html"]) {
		t.Errorf("the old report changed (%v)", err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".sitecover-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files left: %v, %v", left, err)
	}
}

func TestWriteRejectsWhatDoesNotFit(t *testing.T) {
	base := makeStudy(t, smallWorld)
	for name, tc := range map[string]struct {
		break_ func(*Study)
		lang   string
		want   string
	}{
		"an unknown language":           {lang: "fr", want: `Options.Lang "fr"`},
		"no demand":                     {break_: func(s *Study) { s.Demand = nil }, want: "Demand: missing"},
		"no tiers":                      {break_: func(s *Study) { s.Tiers = nil }, want: "Tiers: there must be at least one"},
		"one service too few":           {break_: func(s *Study) { c := *s.Coverage; c.Services = c.Services[1:]; s.Coverage = &c }, want: "Coverage: not one entry"},
		"a pick of no candidate":        {break_: func(s *Study) { p := *s.Plan; p.Candidates = nil; s.Plan = &p }, want: "Plan.Picks.Candidate of item 0"},
		"a gap of an unknown tier":      {break_: func(s *Study) { s.Gaps = append(s.Gaps[:0:0], s.Gaps...); s.Gaps[0].Tier = 9 }, want: "Gaps.Tier of item 0: 9"},
		"a year that is not the plan's": {break_: func(s *Study) { p := *s.Plan; p.Years = p.Years[:1]; s.Plan = &p }, want: "is not in Plan.Years"},
	} {
		t.Run(name, func(t *testing.T) {
			s := *base
			if tc.break_ != nil {
				tc.break_(&s)
			}
			dir := filepath.Join(t.TempDir(), "report")
			err := Write(context.Background(), dir, &s, Options{Lang: tc.lang})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("something was written")
			}
		})
	}
	if err := Write(context.Background(), t.TempDir(), nil, Options{}); err == nil {
		t.Error("no study: no error")
	}
}

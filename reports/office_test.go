package reports

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// office converts files with LibreOffice, always calculating formulas anew, and returns the folder with the results. Without LibreOffice
// the test is skipped; SITECOVER_NEED_OFFICE=1 makes that a failure.
func office(t *testing.T, format string, files ...string) string {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("SITECOVER_NEED_OFFICE") != "" {
			t.Fatal("no soffice found, and SITECOVER_NEED_OFFICE is set")
		}
		t.Skip("no soffice on PATH (Debian: apt-get install --no-install-recommends libreoffice-calc libreoffice-writer)")
	}
	profile, out := t.TempDir(), t.TempDir()
	settings := `<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>`
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "user", "registrymodifications.xcu"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--headless", "--norestore", "-env:UserInstallation=file://" + filepath.ToSlash(profile), "--convert-to", format, "--outdir", out}, files...)
	if text, err := exec.CommandContext(t.Context(), soffice, args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, text)
	}
	return out
}

// officeStudy is a study with everything in it, and its files.
func officeStudy(t *testing.T) (s *Study, dir string) {
	t.Helper()
	s = makeStudy(t, smallWorld)
	makeMeasures(t, s)
	dir = filepath.Join(t.TempDir(), "report")
	if err := Write(t.Context(), dir, s, Options{Layers: []string{}, Brief: true}); err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// readSheet reads a sheet that LibreOffice wrote as CSV.
func readSheet(t *testing.T, dir, name string) [][]string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, "plan-"+name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return rows
}

// TestLibreOfficeCalculatesTheSameTotals opens the workbook in LibreOffice, which calculates every formula by itself: no formula fails, the
// sums are the plan's, and names that look like formulas are still text.
func TestLibreOfficeCalculatesTheSameTotals(t *testing.T) {
	s, dir := officeStudy(t)
	// Comma, quote, UTF-8, from row 1, values as they are, every sheet to a file of its own.
	out := office(t, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", filepath.Join(dir, "plan.xlsx"))
	names, err := filepath.Glob(filepath.Join(out, "plan-*.csv"))
	if err != nil || len(names) < 12 {
		t.Fatalf("sheets %v (%v)", names, err)
	}
	seen := map[string]bool{}
	for _, path := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "plan-"), ".csv")
		for i, row := range readSheet(t, out, name) {
			for _, v := range row {
				seen[v] = true
				if strings.HasPrefix(v, "#") || strings.HasPrefix(v, "Err:") {
					t.Errorf("%s row %d: %s", name, i+1, v)
				}
			}
		}
	}
	for _, name := range nasty {
		if !seen[name] {
			t.Errorf("%.40q is not in the sheets as it is", name)
		}
	}
	money, sites, gained := spending(s.Plan, -1)
	for _, x := range []struct {
		sheet  string
		column int
		want   float64
	}{{"建设计划", 8, wan(money)}, {"建设计划", 9, gained.Float()}, {"分年汇总", 2, float64(sites)}, {"分年汇总", 3, wan(money)}, {"分年汇总", 4, gained.Float()}} {
		rows := readSheet(t, out, x.sheet)
		got, err := strconv.ParseFloat(rows[len(rows)-1][x.column], 64)
		if err != nil || math.Abs(got-x.want) > 0.01 {
			t.Errorf("%s, column %d: LibreOffice's total is %q, want %v", x.sheet, x.column+1, rows[len(rows)-1], x.want)
		}
	}
}

// TestLibreOfficeShowsTheBrief lays the brief out: six to ten pages, with every hostile name on them as text.
func TestLibreOfficeShowsTheBrief(t *testing.T) {
	_, dir := officeStudy(t)
	body, err := os.ReadFile(filepath.Join(office(t, "pdf", filepath.Join(dir, "brief.docx")), "brief.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if pages := len(regexp.MustCompile(`/Type\s*/Page[^s]`).FindAll(body, -1)); pages < 6 || pages > 10 {
		t.Errorf("%d pages, want 6 to 10", pages)
	}
	text, err := os.ReadFile(filepath.Join(office(t, "txt:Text (encoded):UTF8", filepath.Join(dir, "brief.docx")), "brief.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range nasty {
		if !strings.Contains(string(text), name) {
			t.Errorf("%.40q is not in the text", name)
		}
	}
}

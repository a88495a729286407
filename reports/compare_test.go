package reports

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"sitecover/coverage"
)

// comparing is the small world before and after every fourth site closed and the nasty names moved to the later side.
func comparing(t *testing.T) *Comparing {
	t.Helper()
	a, b := makeStudy(t, smallWorld), makeStudy(t, smallWorld)
	b.Date = b.Date.AddDate(1, 0, 0)
	var kept []coverage.Site
	for i, s := range b.Sites {
		if i%4 != 1 {
			kept = append(kept, s)
		}
	}
	b.Sites = kept
	in := func(s *Study) coverage.Input {
		tiers := slices.Clone(s.Tiers)
		for k := range tiers {
			tiers[k].Mode = coverage.Straight // as makeStudy computed them
		}
		return coverage.Input{Date: s.Date, Regions: s.Regions, Grid: s.Grid, Demand: s.Demand, Tiers: tiers, Sites: s.Sites}
	}
	var err error
	if b.Coverage, err = coverage.Compute(context.Background(), in(b)); err != nil {
		t.Fatal(err)
	}
	b.Gaps, b.Plan, b.Stations, b.ServedFrom = nil, nil, nil, nil
	diff, err := coverage.Compare(coverage.Computed{Input: in(a), Result: a.Coverage}, coverage.Computed{Input: in(b), Result: b.Coverage})
	if err != nil {
		t.Fatal(err)
	}
	return &Comparing{Before: a, After: b, Diff: diff, JSON: []byte("{}\n")}
}

func writtenComparison(t *testing.T, c *Comparing, lang string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "cmp")
	if err := WriteComparison(context.Background(), dir, c, Options{Lang: lang}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestComparisonIsTheSameBytes(t *testing.T) {
	c := comparing(t)
	one, two := writtenComparison(t, c, Chinese), writtenComparison(t, c, Chinese)
	for _, name := range []string{"compare.html", "compare.xlsx", "compare.json"} {
		a, errA := os.ReadFile(filepath.Join(one, name))
		b, errB := os.ReadFile(filepath.Join(two, name))
		if errA != nil || errB != nil || len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%v, %v)", name, errA, errB)
		}
	}
}

func TestComparisonWordsAreFilledIn(t *testing.T) {
	c := comparing(t)
	for _, lang := range []string{Chinese, English} {
		body, err := os.ReadFile(filepath.Join(writtenComparison(t, c, lang), "compare.html"))
		if err != nil {
			t.Fatal(err)
		}
		page := string(body[:bytes.Index(body, []byte(`<script type="application/json"`))])
		for _, bad := range []string{"⟦", "%!", "NaN", "ZgotmplZ", "<script>window"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: %q in the page", lang, bad)
			}
		}
		d := c.Diff.Tiers[1].Total
		if want := percent(effective(d.After)); !strings.Contains(page, want) {
			t.Errorf("%s: %s is not in the page", lang, want)
		}
	}
}

// TestComparisonBookAgrees computes the differences with Excel's rules and compares them with the comparison.
func TestComparisonBookAgrees(t *testing.T) {
	c := comparing(t)
	f, err := excelize.OpenFile(filepath.Join(writtenComparison(t, c, Chinese), "compare.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, x := range c.Diff.Tiers {
		cell := "I" + strconv.Itoa(i+2) // people served, change
		got, err := f.CalcCellValue("总体对比", cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := strconv.ParseFloat(got, 64); err != nil || math.Abs(v-x.Total.Gained().Float()) > 0.01 {
			t.Errorf("%s: %s computes to %s, want %v", x.ID, cell, got, x.Total.Gained().Float())
		}
	}
	// The changed cells of a tier add up to the change of its total.
	rows, err := f.GetRows("网格变化", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]float64{}
	for _, r := range rows[1:] {
		v, err := strconv.ParseFloat(r[6], 64)
		if err != nil {
			t.Fatal(err)
		}
		sums[r[0]] += v
	}
	for _, x := range c.Diff.Tiers {
		if name := c.After.Tiers[x.After].Name; math.Abs(sums[name]-x.Total.Gained().Float()) > 0.01*float64(len(rows)) {
			t.Errorf("%s: cells add up to %v, want %v", name, sums[name], x.Total.Gained().Float())
		}
	}
}

// TestComparisonInTheBrowser opens the page: nothing fails, nothing is fetched, and the map of changes has the classes of the comparison.
func TestComparisonInTheBrowser(t *testing.T) {
	c := comparing(t)
	dir := writtenComparison(t, c, Chinese)
	if err := os.Rename(filepath.Join(dir, "compare.html"), filepath.Join(dir, "report.html")); err != nil {
		t.Fatal(err) // the name that the tab opens and expects
	}
	b := openBrowser(t, 1440, 900)
	b.open(t, dir)
	if title := ask[string](t, b, `document.title`); !strings.Contains(title, "2025-12-31 → 2026-12-31") {
		t.Errorf("title %q", title)
	}
	cells := len(newComparison(c, Chinese).comparedCells())
	if n := ask[int](t, b, `SC.compare.count`); n != cells {
		t.Errorf("%d cells on the map, want %d", n, cells)
	}
	lead := c.Diff.Tiers[newComparison(c, Chinese).lead]
	worse := 0
	for _, x := range lead.Cells {
		if x.PeopleBefore > 0 && x.PeopleAfter > 0 && permille(float64(x.CoveredAfter)/float64(x.PeopleAfter)) < permille(float64(x.CoveredBefore)/float64(x.PeopleBefore)) {
			worse++
		}
	}
	got := ask[int](t, b, `(function () { var n = 0; for (var i = 0; i < SC.compare.count; i++) if (SC.compare.changeClass(i) > 3) n++; return n; })()`)
	if got != worse || worse == 0 {
		t.Errorf("%d cells got worse on the map, want %d", got, worse)
	}
	if hidden := ask[bool](t, b, `(document.querySelectorAll('[data-show-tier]')[0].click(), document.querySelector('[data-tier-only="1"]').hidden)`); !hidden {
		t.Error("tables of another tier are still shown")
	}
	b.clean(t)
}

// TestComparisonOnSmallAndDarkScreens lets axe-core look at the page as wide as a telephone, in the light and in the dark; nothing is wider
// than the screen.
func TestComparisonOnSmallAndDarkScreens(t *testing.T) {
	dir := writtenComparison(t, comparing(t), Chinese)
	if err := os.Rename(filepath.Join(dir, "compare.html"), filepath.Join(dir, "report.html")); err != nil {
		t.Fatal(err) // the name that the tab opens and expects
	}
	b := openBrowser(t, 390, 844)
	b.open(t, dir)
	if wide := ask[int](t, b, `document.documentElement.scrollWidth`); wide > 390 {
		t.Errorf("the page is %d pixels wide on a screen of 390", wide)
	}
	b.audit(t, "comparison, light")
	b.night(t)
	b.open(t, dir)
	b.audit(t, "comparison, dark")
	b.clean(t)
}

func TestComparisonRefuses(t *testing.T) {
	c := comparing(t)
	c.Diff = nil
	if err := WriteComparison(context.Background(), filepath.Join(t.TempDir(), "x"), c, Options{}); err == nil {
		t.Error("no comparison, and not refused")
	}
}

package reports

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestWorkbookDrawsTheYears: the chart's series point at the rows of the leading tier, and shares below target are marked.
func TestWorkbookDrawsTheYears(t *testing.T) {
	s := makeStudy(t, smallWorld)
	_, files := written(t, s, Chinese)
	z, err := zip.NewReader(bytes.NewReader(files["plan.xlsx"]), int64(len(files["plan.xlsx"])))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(body)
	}
	// The leading tier is the second of three; its rows follow those of the first: today and three years, from row 6 to 9.
	if n := len(s.Plan.Years); n != 3 || leadTier(s) != 1 {
		t.Fatalf("the fixture has %d years and leads with tier %d", n, leadTier(s))
	}
	chart := parts["xl/charts/chart1.xml"]
	for _, want := range []string{"$G$6:$G$9", "$H$6:$H$9", "$I$6:$I$9", "$B$6:$B$9"} {
		if !strings.Contains(chart, want) {
			t.Errorf("the chart has no %s: %.300s", want, chart)
		}
	}
	if !strings.Contains(parts["xl/worksheets/sheet1.xml"], "AND(ISNUMBER($H2),$G2&lt;$H2)") {
		t.Error("shares below target are not marked in the summary")
	}
}

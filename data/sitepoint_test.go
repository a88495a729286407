package data

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func findingsWith(d *Dataset, words string) []Finding {
	var out []Finding
	for _, f := range d.Findings {
		if strings.Contains(f.What.EN, words) {
			out = append(out, f)
		}
	}
	return out
}

// TestSitesWithoutAPosition are refused, with a hint; with locate: region they stand inside the region that they name, and are marked.
func TestSitesWithoutAPosition(t *testing.T) {
	files := toyFiles()
	files["sites.csv"] = "编号,名称,级别,经度,纬度,所属社区\nS1,West,中心,120.005,30.005,A1\nS2,East,站,,,B1\nS3,Lost,站,,,B9\n"
	_, err := readToy(t, files)
	if es := inputErrors(t, err); len(es) != 2 || es[0].Row != 3 || !strings.Contains(es[0].Hint.EN, "locate: region") {
		t.Errorf("%v", err)
	}
	files["study.yaml"] = strings.Replace(toyStudy, "  - file: sites.csv\n", "  - file: sites.csv\n    locate: region\n", 1)
	_, err = readToy(t, files)
	if es := inputErrors(t, err); len(es) != 1 || es[0].Row != 4 || !strings.Contains(es[0].Error(), "is not a known region") {
		t.Errorf("%v", err)
	}
	files["sites.csv"] = "编号,名称,级别,经度,纬度,所属社区\nS1,West,中心,120.005,30.005,A1\nS2,East,站,,,B1\n"
	d := mustReadToy(t, files)
	s := d.Sites[1]
	if !s.Located || d.Sites[0].Located || d.Regions.All[s.Region].ID != "B1" || len(findingsWith(d, "1 sites have no position")) != 1 || len(findingsWith(d, `"East" has no position of its own: it stands inside "B1"`)) != 1 {
		t.Errorf("%+v, %+v", s, d.Findings)
	}
	files["sites.csv"] = "名称,级别,社区\nWest,中心,A1\nEast,站,B south\n"
	if d := mustReadToy(t, files); len(d.Sites) != 2 || !d.Sites[0].Located || !d.Sites[1].Located {
		t.Errorf("a ledger without columns of positions: %+v", d.Sites)
	}
}

// TestSitesOutsideTheirRegion: S1 is listed in the east but stands in the west; S2 names its town, which holds it; S3 names nothing known.
func TestSitesOutsideTheirRegion(t *testing.T) {
	files := toyFiles()
	files["sites.csv"] = "编号,名称,级别,经度,纬度,所属社区\nS1,West,中心,120.005,30.005,B1\nS2,East,站,120.025,30.005,B\nS3,More,站,120.026,30.006,Elsewhere\nS4,None,站,120.027,30.006,\n"
	d := mustReadToy(t, files)
	wrong := findingsWith(d, "is listed under")
	if len(wrong) != 1 || wrong[0].Row != 2 || wrong[0].Severity != "warning" || !strings.Contains(wrong[0].What.EN, `"West" is listed under`) {
		t.Errorf("%+v", wrong)
	}
	if got := findingsWith(d, `1 sites name a region that the boundaries do not hold, such as "Elsewhere"`); len(got) != 1 {
		t.Errorf("%+v", d.Findings)
	}
}

// officeWorkbook is a ledger as offices make them: a title over all columns, a header of two rows with merged cells, a town merged beside its
// sites, numbers and dates as text, an Excel date, and an empty row.
func officeWorkbook(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	rows := [][]any{
		{"云岭县党群服务阵地台账（2024年）"},
		{"序号", "阵地名称", "级别", "所属街道", "位置", "", "面积", "时间"},
		{"", "", "", "", "经度", "纬度", "建筑面积（㎡）", "启用日期"},
		{1, "West", "中心", "A", "120.005", "30.005", "1200", "2019年5月1日"},
		{2, "West point", "站", "", 120.006, 30.006, 80, 45356},
		{},
		{3, "East", "站", "B", 120.025, 30.005, "", "2020.6"},
		{4, "East point", "站", "", 120.026, 30.006, 90.5, "20240305"},
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range [][2]string{{"A1", "H1"}, {"A2", "A3"}, {"B2", "B3"}, {"C2", "C3"}, {"D2", "D3"}, {"E2", "F2"}, {"D4", "D5"}, {"D7", "D8"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestOfficeWorkbook(t *testing.T) {
	files := toyFiles()
	files["study.yaml"] = strings.Replace(toyStudy, "sites.csv", "sites.xlsx", 1)
	files["sites.xlsx"] = officeWorkbook(t)
	d := mustReadToy(t, files)
	want := map[string]struct {
		area   float64
		opened string
	}{"West": {1200, "2019-05-01"}, "West point": {80, "2024-03-05"}, "East": {-1, "2020-06-01"}, "East point": {90.5, "2024-03-05"}}
	if len(d.Sites) != len(want) {
		t.Fatalf("%+v", d.Sites)
	}
	for _, s := range d.Sites {
		if w := want[s.Name]; s.FloorArea != w.area || s.Opened.Format("2006-01-02") != w.opened {
			t.Errorf("%s: %v m², opened %s, want %+v", s.Name, s.FloorArea, s.Opened, w)
		}
	}
	if got := findingsWith(d, "is listed under"); len(got) > 0 {
		t.Errorf("the merged town is not read: %+v", got)
	}
	rows, err := Ledger(t.Context(), d)
	if err != nil || len(rows) != 4 || rows[0].Row != 7 && rows[0].Row != 4 {
		t.Errorf("%+v, %v", rows, err)
	}
}

// TestTitlesAboveATable: lines that fill one cell stand above the header; a table of one column has no title.
func TestTitlesAboveATable(t *testing.T) {
	for _, comma := range []string{",", ";", "\t"} {
		files := toyFiles()
		files["sites.csv"] = "阵地台账\n\n单位：某街道\n" + strings.ReplaceAll("编号,名称,级别,经度,纬度\nS1,West,中心,120.005,30.005\n", ",", comma)
		d := mustReadToy(t, files)
		if len(d.Sites) != 1 || d.Sites[0].ID != "S1" {
			t.Errorf("%q: %+v", comma, d.Sites)
		}
	}
	if n := titleRows([][]string{{"name"}, {"a"}, {"b"}}); n != 0 {
		t.Errorf("%d titles above one column", n)
	}
	if n := titleRows([][]string{{"a title"}, {"a", "b"}}); n != 1 {
		t.Errorf("%d titles", n)
	}
}

package data

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// tableStudy is a broken study with a ledger in a table.
func tableStudy(t *testing.T, ledger string, content []byte) string {
	t.Helper()
	dir := filepath.Dir(writeToy(t, map[string]string{
		"study.yaml":    strings.NewReplacer("sites.geojson", ledger).Replace(brokenStudy),
		"areas.geojson": strings.Replace(brokenAreas, "[118.01,33.02],[118.0101,33.0201],[118.0102,33.02],[118.0099,33.02],", "", 1),
		"people.csv":    "lon,lat,people\n118.010,33.010,640\n118.030,33.010,1280\n",
	}))
	if err := os.WriteFile(filepath.Join(dir, ledger), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// brokenLedger has a row the wrong way round (its coordinates change places), one at 0,0 and a twin (they go), in quotes, spaces and number
// formats of all kinds, which the rows that stay must keep.
const brokenLedger = "编号;名称;级别;经度;纬度;备注\r\n" +
	"S1;\"西社区站\";station;118.010;33.0101;\"原“老站”; 2019 年改\"\r\n" +
	"\r\n" +
	"S2;反写站;station;33.01010;118.030;\"改\"\"造\"\"中\"\r\n" +
	"S3;零点站;station;0;0;\r\n" +
	"S4;西社区站;station;118.0101;33.0101;重复\r\n" +
	"S5;东社区站;station;118.0250;33.01010; 备注 \r\n"

const fixedLedger = "编号;名称;级别;经度;纬度;备注\r\n" +
	"S1;\"西社区站\";station;118.010;33.0101;\"原“老站”; 2019 年改\"\r\n" +
	"\r\n" +
	"S2;反写站;station;118.030;33.01010;\"改\"\"造\"\"中\"\r\n" +
	"S5;东社区站;station;118.0250;33.01010; 备注 \r\n"

// TestFixKeepsTheTable: a ledger in CSV keeps encoding, separator, line ends, empty lines and quotes.
func TestFixKeepsTheTable(t *testing.T) {
	encode := func(s string) []byte {
		out, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	marked := func(s string) []byte { return append(slices.Clone(utf8BOM), s...) }
	plain := func(s string) []byte { return []byte(s) }
	unix := func(s string) []byte { return []byte(strings.TrimSuffix(strings.ReplaceAll(s, "\r\n", "\n"), "\n")) }
	tabs := func(s string) []byte {
		return []byte(strings.ReplaceAll(strings.ReplaceAll(s, "; 2019", "，2019"), ";", "\t"))
	}
	for name, write := range map[string]func(string) []byte{"UTF-8": plain, "UTF-8 with a mark": marked, "GB18030": encode, "no line end at the end": unix, "tabs": tabs} {
		t.Run(name, func(t *testing.T) {
			dir := tableStudy(t, "sites.csv", write(brokenLedger))
			out, changes := fixed(t, dir)
			got, err := os.ReadFile(filepath.Join(out, "sites.csv"))
			if err != nil || string(got) != string(write(fixedLedger)) {
				t.Errorf("the copy is\n%q, want\n%q (%v)", got, write(fixedLedger), err)
			}
			if len(changes) != 3 {
				t.Errorf("changes %+v", changes)
			}
			aside, err := os.ReadFile(filepath.Join(out, "set-aside", "sites.csv"))
			if err != nil || !strings.Contains(string(aside), "零点站") || !strings.Contains(string(aside), "重复") {
				t.Errorf("set aside: %s (%v)", aside, err)
			}
		})
	}
}

// officeBook is a ledger as an office keeps it: a title over all columns, streets that stand for several rows, widths, colours, number
// formats, a comment, a second sheet with formulas over the first.
func officeBook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	rows := [][]any{
		{"试验县阵地台账"},
		{"所属街道", "编号", "名称", "级别", "经度", "纬度", "建筑面积㎡", "启用日期"},
		{"试验镇", "S3", "零点站", "station", 0, 0, 90, 43000},
		{nil, "S1", "西社区站", "station", 118.010, 33.0101, 320, 43586},
		{nil, "S2", "反写站", "station", "33.0101", "118.03", 150, 43586},
		{nil, "S4", "西社区站", "station", 118.0101, 33.0101, 320, 43586},
		{nil, "S5", "东社区站", "station", 118.025, 33.0101, 100, 43586},
		{nil, nil, "合计面积", nil, nil, nil, nil, nil},
	}
	for i, row := range rows[:7] {
		must(f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row))
	}
	must(f.MergeCell("Sheet1", "A1", "H1"))
	must(f.MergeCell("Sheet1", "A3", "A7"))
	must(f.SetColWidth("Sheet1", "C", "C", 33))
	style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "C00000"}, NumFmt: 4})
	must(err)
	must(f.SetCellStyle("Sheet1", "E4", "G7", style))
	must(f.AddComment("Sheet1", excelize.Comment{Cell: "E5", Author: "老王", Paragraph: []excelize.RichTextRun{{Text: "待核实"}}}))
	_, err = f.NewSheet("汇总")
	must(err)
	must(f.SetCellFormula("汇总", "B1", "SUM(Sheet1!G3:G7)"))
	must(f.SetCellValue("汇总", "A1", "面积合计"))
	b, err := f.WriteToBuffer()
	must(err)
	return b.Bytes()
}

// TestFixKeepsTheWorkbook: a workbook stays a workbook, with all that is in it; the cells that changed are coloured and say why, and the
// street that a row named for those below stays theirs when the row goes.
func TestFixKeepsTheWorkbook(t *testing.T) {
	dir := tableStudy(t, "sites.xlsx", officeBook(t))
	out, _ := fixed(t, dir)
	f, err := excelize.OpenFile(filepath.Join(out, "sites.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cell := func(sheet, at string) string {
		v, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for at, want := range map[string]string{"A1": "试验县阵地台账", "A4": "试验镇", "C4": "西社区站", "E4": "118.01", "E5": "118.03", "F5": "33.0101", "G5": "150", "B3": "", "C3": "", "C6": "", "C7": "东社区站", "H7": "43586"} {
		if got := cell("Sheet1", at); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
	if got, err := f.GetCellFormula("汇总", "B1"); err != nil || got != "SUM(Sheet1!G3:G7)" {
		t.Errorf("the formula is %q (%v)", got, err)
	}
	if w, err := f.GetColWidth("Sheet1", "C"); err != nil || w != 33 {
		t.Errorf("the column is %v wide (%v)", w, err)
	}
	merged, err := f.GetMergeCells("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	var areas []string
	for _, m := range merged {
		areas = append(areas, m.GetStartAxis()+":"+m.GetEndAxis())
	}
	slices.Sort(areas)
	if !slices.Equal(areas, []string{"A1:H1", "A4:A7"}) {
		t.Errorf("merged cells %v", areas)
	}
	id, err := f.GetCellStyle("Sheet1", "E5")
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil || style.Font == nil || !style.Font.Bold || style.NumFmt != 4 || !slices.Equal(style.Fill.Color, []string{fixedFill}) {
		t.Errorf("the style of a changed cell is %+v (%v)", style, err)
	}
	comments, err := f.GetComments("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, c := range comments {
		said += c.Cell + " " + c.Text
		for _, p := range c.Paragraph {
			said += p.Text
		}
		said += "\n"
	}
	for _, want := range []string{"待核实", "33.0101", "交换了两个坐标", "E5", "F5", "移到 set-aside"} {
		if !strings.Contains(said, want) {
			t.Errorf("the comments do not say %q:\n%s", want, said)
		}
	}
	if sheets := f.GetSheetList(); len(sheets) != 3 || cell(sheets[2], "G2") == "" {
		t.Errorf("no list of changes: %v", sheets)
	}
	again, err := os.ReadFile(filepath.Join(out, "sites.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	second, _ := fixed(t, dir)
	if b, err := os.ReadFile(filepath.Join(second, "sites.xlsx")); err != nil || string(b) != string(again) {
		t.Errorf("the same again is not the same (%v)", err)
	}
}

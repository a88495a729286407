package reports

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// book opens the workbook of a report.
func book(t *testing.T, s *Study, lang string) *excelize.File {
	t.Helper()
	_, files := written(t, s, lang)
	f, err := excelize.OpenReader(bytes.NewReader(files["plan.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func TestBookSheetsAndHeads(t *testing.T) {
	f := book(t, makeStudy(t, smallWorld), Chinese)
	want := []string{"总览", "区域指标", "空白清单", "缺口清单", "建设计划", "分年汇总", "驿站", "假设与来源"}
	if got := f.GetSheetList(); fmt.Sprint(got) != fmt.Sprint(append(slices.Clone(want), "逐年覆盖图", "分年投入图")) {
		t.Fatalf("sheets %v, want %v and the chart", got, want)
	}
	for _, sheet := range want {
		rows, err := f.GetRows(sheet)
		if err != nil || len(rows) < 2 {
			t.Errorf("%s: %d rows, %v", sheet, len(rows), err)
			continue
		}
		for i, head := range rows[0] {
			if head == "" || strings.Contains(head, "⟦") {
				t.Errorf("%s: column %d has the head %q", sheet, i+1, head)
			}
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the head is not frozen: %+v, %v", sheet, panes, err)
		}
	}
	en := book(t, makeStudy(t, smallWorld), English)
	if got := en.GetSheetList()[4]; got != "Plan" {
		t.Errorf("English sheet %q", got)
	}
}

// sums are the formulas of the workbook: sums over cells, and differences of two.
var sums = regexp.MustCompile(`^(SUM|SUMPRODUCT)\(|^[A-Z]+\d+-[A-Z]+\d+$`)

// TestBookTextIsNeverAFormula looks at every cell of every sheet: only the sums of the plan may be formulas, and the names
// that look like formulas must be there as text.
func TestBookTextIsNeverAFormula(t *testing.T) {
	s := makeStudy(t, smallWorld)
	f := book(t, s, Chinese)
	seen := map[string]bool{}
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, value := range row {
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := f.GetCellFormula(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				if formula != "" && !sums.MatchString(formula) {
					t.Errorf("%s!%s: formula %q", sheet, cell, formula)
				}
				seen[value] = true
			}
		}
	}
	for _, name := range nasty {
		if !seen[name] {
			t.Errorf("the name %.40q does not stand in the workbook as it is", name)
		}
	}
}

// TestBookSumsAgree lets Excel's own rules compute the sums and compares them with the plan, and the written values with
// both.
func TestBookSumsAgree(t *testing.T) {
	s := makeStudy(t, smallWorld)
	f := book(t, s, Chinese)
	rows, err := f.GetRows("建设计划", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	last := len(rows)
	var money, gained float64
	for _, k := range s.Plan.Picks {
		money += float64(k.Cost) / 10_000
		gained += k.Gained.Float()
	}
	for col, want := range map[string]float64{"I": money, "J": gained} {
		cell := col + strconv.Itoa(last)
		computed, err := f.CalcCellValue("建设计划", cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		x, err := strconv.ParseFloat(computed, 64)
		if err != nil || math.Abs(x-want) > 0.01 {
			t.Errorf("%s: computes to %s, want %v", cell, computed, want)
		}
		stored, err := f.GetCellValue("建设计划", cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if y, err := strconv.ParseFloat(stored, 64); err != nil || math.Abs(y-want) > 0.01 {
			t.Errorf("%s: stored %s, want %v", cell, stored, want)
		}
	}
	if len(rows) != 1+len(s.Plan.Picks)+len(s.Plan.Years)+1 {
		t.Errorf("%d rows for %d sites in %d years", len(rows), len(s.Plan.Picks), len(s.Plan.Years))
	}
}

// TestBookRegionsAddUp: the communities' people and covered people add up to the total row.
func TestBookRegionsAddUp(t *testing.T) {
	s := makeStudy(t, smallWorld)
	f := book(t, s, Chinese)
	rows, err := f.GetRows("区域指标", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	var total, sum float64
	for _, row := range rows[1:] {
		if row[4] != "党群服务站" {
			continue
		}
		people, err := strconv.ParseFloat(row[5], 64)
		if err != nil {
			t.Fatalf("%v: %v", row, err)
		}
		switch row[0] {
		case "合计":
			total = people
		case "社区":
			sum += people
		}
	}
	if total == 0 || math.Abs(total-sum) > 0.01*float64(len(rows)) {
		t.Errorf("communities add up to %v, the total is %v", sum, total)
	}
}

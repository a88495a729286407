package reports

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"
)

// markMisses prints shares below the target beside them in the accent, wherever a sheet has both columns.
func markMisses(f *excelize.File, name string, s sheet) error {
	share := slices.IndexFunc(s.columns, func(c column) bool { return c.key == "x.effective" })
	target := slices.IndexFunc(s.columns, func(c column) bool { return c.key == "x.target" })
	if share < 0 || target < 0 || len(s.rows) == 0 {
		return nil
	}
	style, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: "A61B29", Bold: true}})
	if err != nil {
		return err
	}
	x, errX := excelize.ColumnNumberToName(share + 1)
	y, errY := excelize.ColumnNumberToName(target + 1)
	if errX != nil || errY != nil {
		return fmt.Errorf("columns: %w %w", errX, errY)
	}
	return f.SetConditionalFormat(name, fmt.Sprintf("%s2:%s%d", x, x, len(s.rows)+1), []excelize.ConditionalFormatOptions{{Type: "formula",
		Criteria: fmt.Sprintf("AND(ISNUMBER($%s2),$%s2<$%s2)", y, x, y), Format: &style}})
}

// trendSheet draws the coverage of the leading tier by year against target and bound, from the cells of the summary.
func (b *builder) trendSheet(f *excelize.File) error {
	if b.s.Plan == nil || len(b.s.Plan.Years) == 0 {
		return nil
	}
	rows := 1 + len(b.s.Plan.Years) // of a tier: today and the years
	from := 2 + leadTier(b.s)*rows
	cells := func(column string) string {
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", b.t("sheet.summary"), column, from, column, from+rows-1)
	}
	line := func(column, colour string, width float64, dash excelize.LineDashType, mark string) excelize.ChartSeries {
		return excelize.ChartSeries{Name: fmt.Sprintf("'%s'!$%s$1", b.t("sheet.summary"), column), Categories: cells("B"), Values: cells(column),
			Fill:   excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
			Line:   excelize.LineOptions{Width: width, Dash: dash, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}},
			Marker: excelize.ChartMarker{Symbol: mark, Size: 7, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}}}
	}
	low, high := 0.0, 1.0
	return f.AddChartSheet(b.t("sheet.trend"), &excelize.Chart{Type: excelize.Line,
		Series: []excelize.ChartSeries{line("G", "2B6A99", 2.5, excelize.LineDashSolid, "circle"), line("H", "6B7684", 1.5, excelize.LineDashDash, "none"),
			line("I", "6B7684", 1, excelize.LineDashDot, "none")},
		Title:  excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: b.s.Tiers[leadTier(b.s)].Name + " · " + b.t("trend.title")}}},
		Legend: excelize.ChartLegend{Position: "bottom"}, ShowBlanksAs: "gap",
		YAxis: excelize.ChartAxis{Minimum: &low, Maximum: &high, MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0%"}}})
}

package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/xuri/excelize/v2"
)

// ScoreBook is the yearly table of the towns as a workbook.
type ScoreBook struct {
	Name     string // of the study
	Lang     string // "zh" or "en"
	Version  string // of the program
	Tracking *Tracking
}

// WriteScoreBook writes the workbook: the scoreboard of towns, the targets, the years, the projects and the money. Numbers are numbers with formats,
// lights carry a mark and a word beside their colour, headers stay in sight. The same figures give the same bytes.
func WriteScoreBook(w io.Writer, s ScoreBook) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	b := &scoreBook{f: f, s: s, v: s.Tracking, styles: map[string]int{}}
	sheets := []func() (string, error){b.towns, b.targets, b.years, b.stages, b.money}
	for _, sheet := range sheets {
		name, err := sheet()
		if err != nil {
			return fmt.Errorf("reports: sheet %s: %w", name, err)
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		return err
	}
	f.SetActiveSheet(0)
	day, err := time.Parse(time.DateOnly, b.v.Date)
	if err != nil {
		return err
	}
	at := day.Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Title: s.Name, Creator: "sitecover " + s.Version, Created: at, Modified: at}); err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		return err
	}
	return rezip(w, buf.Bytes())
}

type scoreBook struct {
	f      *excelize.File
	s      ScoreBook
	v      *Tracking
	styles map[string]int // by number format; "" = text, "head" = headers
}

// t picks the language.
func (b *scoreBook) t(zh, en string) string {
	if b.s.Lang == "en" {
		return en
	}
	return zh
}

// Number formats of the columns.
const (
	fmtText  = ""
	fmtWhole = "#,##0"
	fmtShare = "0.0%"
	fmtMoney = "#,##0.00"
	fmtTenth = "#,##0.0"
	fmtPoint = `+0.0;-0.0;0.0`
	fmtRank  = "0"
	fmtMove  = `"↑"0;"↓"0;"="`
)

type scoreColumn struct {
	head   string
	format string
	width  float64
}

func (b *scoreBook) style(format string) (int, error) {
	if id, there := b.styles[format]; there {
		return id, nil
	}
	thin := []excelize.Border{{Type: "bottom", Style: 1, Color: "D9D9D9"}}
	style := &excelize.Style{Border: thin, Alignment: &excelize.Alignment{Vertical: "center"}}
	switch format {
	case "head":
		style.Font = &excelize.Font{Bold: true}
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EDEDED"}}
		style.Alignment = &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	case "title":
		style = &excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}
	case fmtText:
		style.NumFmt = 49
		style.Alignment.WrapText = true
	default:
		style.CustomNumFmt = &format
	}
	id, err := b.f.NewStyle(style)
	b.styles[format] = id
	return id, err
}

// sheet writes a title, a header that stays in sight, and rows. A value that is NaN or nil leaves its cell with "n/a" or empty.
func (b *scoreBook) sheet(name, title string, columns []scoreColumn, rows [][]any) error {
	if _, err := b.f.NewSheet(name); err != nil {
		return err
	}
	titleStyle, err := b.style("title")
	if err != nil {
		return err
	}
	if err := errors.Join(b.f.SetCellStr(name, "A1", title), b.f.SetCellStyle(name, "A1", "A1", titleStyle)); err != nil {
		return err
	}
	head, err := b.style("head")
	if err != nil {
		return err
	}
	for i, c := range columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		cell := letter + "2"
		id, err := b.style(c.format)
		if err != nil {
			return err
		}
		err = errors.Join(b.f.SetColWidth(name, letter, letter, c.width), b.f.SetCellStr(name, cell, c.head), b.f.SetCellStyle(name, cell, cell, head))
		if err == nil && len(rows) > 0 {
			err = b.f.SetCellStyle(name, letter+"3", fmt.Sprintf("%s%d", letter, len(rows)+2), id)
		}
		if err != nil {
			return err
		}
	}
	for r, row := range rows {
		for c, v := range row {
			if err := b.cell(name, c+1, r+3, v); err != nil {
				return err
			}
		}
	}
	return errors.Join(b.f.SetRowHeight(name, 2, 34), b.f.SetPanes(name, &excelize.Panes{Freeze: true, XSplit: 0, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}),
		b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: ptr("landscape"), Size: ptr(9), FitToWidth: ptr(pagesAcross(columns)), FitToHeight: ptr(0)}),
		b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: ptr(true)}))
}

// pagesAcross is how many A4 pages side by side print the columns so that they can be read: some 190 characters go on one.
func pagesAcross(columns []scoreColumn) int {
	const across = 190.0
	width := 0.0
	for _, c := range columns {
		width += c.width
	}
	return max(1, int(math.Ceil(width/across)))
}

func ptr[T any](v T) *T { return &v }

func (b *scoreBook) cell(sheet string, column, row int, v any) error {
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	switch x := v.(type) {
	case nil:
		return nil
	case float64:
		if math.IsNaN(x) {
			return b.f.SetCellStr(sheet, at, "n/a")
		}
	case string:
		return b.f.SetCellStr(sheet, at, x)
	}
	return b.f.SetCellValue(sheet, at, v)
}

// colours of the lights and states: fill and text, readable in black and white by their words.
var scoreColours = []struct{ zh, en, fill, font string }{
	{"绿", "green", "C6EFCE", "1E5C2C"}, {"黄", "amber", "FFEB9C", "7A5200"}, {"红", "red", "FFC7CE", "9C0006"},
	{"完成", "met", "C6EFCE", "1E5C2C"}, {"正常", "on track", "E2F0D9", "1E5C2C"}, {"滞后", "behind", "FFEB9C", "7A5200"}, {"未完成", "missed", "FFC7CE", "9C0006"},
}

// paint colours a column by its words.
func (b *scoreBook) paint(sheet, column string, rows int) error {
	if rows == 0 {
		return nil
	}
	var rules []excelize.ConditionalFormatOptions
	for _, c := range scoreColours {
		id, err := b.f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: c.font}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{c.fill}}})
		if err != nil {
			return err
		}
		rules = append(rules, excelize.ConditionalFormatOptions{Type: "formula", Criteria: fmt.Sprintf(`RIGHT($%s3,%d)="%s"`, column, len([]rune(b.t(c.zh, c.en)))+1, mark(b.t(c.zh, c.en))), Format: &id})
	}
	return b.f.SetConditionalFormat(sheet, fmt.Sprintf("%s3:%s%d", column, column, rows+2), rules)
}

// mark is the last part of a light's or state's text: a space and its word.
func mark(word string) string { return " " + word }

func (b *scoreBook) light(word string) string {
	switch word {
	case "green":
		return "●" + mark(b.t("绿", "green"))
	case "amber":
		return "▲" + mark(b.t("黄", "amber"))
	case "red":
		return "■" + mark(b.t("红", "red"))
	}
	return "—"
}

func (b *scoreBook) status(word string) string {
	switch word {
	case "met":
		return "✓" + mark(b.t("完成", "met"))
	case "on_track":
		return "●" + mark(b.t("正常", "on track"))
	case "behind":
		return "▲" + mark(b.t("滞后", "behind"))
	case "missed":
		return "■" + mark(b.t("未完成", "missed"))
	}
	return b.t("— 无数据", "— not known")
}

func yuanWan(yuan int64) any {
	if yuan < 0 {
		return nil
	}
	return float64(yuan) / 10_000
}

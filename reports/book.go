package reports

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"
)

// cellKind is how a column's cells look. Numbers stay numbers: only their format differs.
type cellKind int

const (
	asText cellKind = iota
	asWhole
	asShare
	asMoney // 万元
	asDecimal
	asDegrees
	asYear
	asLine // text that runs on over the empty cells beside it
	numKinds
)

// numberFormats by kind, as Excel writes them.
var numberFormats = [numKinds]string{"@", "#,##0", "0.0%", "#,##0.00", "#,##0.0", "0.000000", "0", "@"}

// column is one column of a sheet.
type column struct {
	key   string // of the head in the catalogue
	width float64
	kind  cellKind
}

// sheet is one worksheet: a title, columns, rows. A row holds values, or formulas with the value they give.
type sheet struct {
	key     string
	columns []column
	rows    []row
	bars    int // 1-based column of shares that gets data bars; 0 = none
}

type row struct {
	values []any
	strong bool // a subtotal or a title
	line   bool // a note: its text runs on over the empty cells beside it
}

// formula is a formula with its value, so that viewers that do not calculate still show it.
type formula struct {
	text  string
	value any
}

// writeBook writes the workbook. Text is always written as text, never as a formula, so a name that starts with = + - or @
// stays a name.
func writeBook(w io.Writer, b *builder) error {
	return b.writeSheets(w, b.sheets(), func(f *excelize.File) error { return errors.Join(b.trendSheet(f), b.moneyChart(f)) })
}

// writeSheets writes a workbook of sheets, and what is added to them.
func (b *builder) writeSheets(w io.Writer, sheets []sheet, add func(*excelize.File) error) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	styles, err := bookStyles(f)
	if err != nil {
		return err
	}
	for i, s := range sheets {
		name := b.t(s.key)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return err
		}
		if err := b.writeSheet(f, name, s, styles); err != nil {
			return err
		}
	}
	if err := add(f); err != nil {
		return err
	}
	f.SetActiveSheet(0)
	// The dates of the file are the report's, not the clock's: the same study gives the same bytes.
	at := b.s.Date.UTC().Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{Title: b.s.Name, Creator: "sitecover " + b.s.Version, Created: at, Modified: at}); err != nil {
		return err
	}
	yes := true
	if err := f.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &yes}); err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		return err
	}
	return rezip(w, buf.Bytes())
}

// rezip writes a zip archive anew with its entries in the order of their names and without times, as excelize keeps some
// of them in maps. [Content_Types].xml comes first, as readers expect.
func rezip(w io.Writer, archive []byte) error {
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	files := slices.Clone(in.File)
	slices.SortFunc(files, func(a, b *zip.File) int {
		first := func(f *zip.File) int { return btoi(f.Name != "[Content_Types].xml") }
		if d := first(a) - first(b); d != 0 {
			return d
		}
		return bytes.Compare([]byte(a.Name), []byte(b.Name))
	})
	out := zip.NewWriter(w)
	for _, f := range files {
		to, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		from, err := f.Open()
		if err != nil {
			return err
		}
		body, err := io.ReadAll(from)
		if err := errors.Join(err, from.Close()); err != nil {
			return err
		}
		if f.Name == "[Content_Types].xml" {
			body = sortDefaults(body)
		}
		if _, err := to.Write(body); err != nil {
			return err
		}
	}
	return out.Close()
}

var contentDefault = regexp.MustCompile(`<Default Extension="[^"]*" ContentType="[^"]*"></Default>`)

// sortDefaults puts the default types of files in order: excelize lists those of images as they come out of a map.
func sortDefaults(types []byte) []byte {
	all := contentDefault.FindAll(types, -1)
	slices.SortFunc(all, bytes.Compare)
	n := 0
	return contentDefault.ReplaceAllFunc(slices.Clone(types), func([]byte) []byte {
		n++
		return all[n-1]
	})
}

// sheetStyles are the style numbers of a workbook: by kind, plain and strong; and the head's.
type sheetStyles struct {
	cell [numKinds][2]int
	head int
}

func bookStyles(f *excelize.File) (s sheetStyles, err error) {
	font := func(bold bool, colour string) *excelize.Font {
		return &excelize.Font{Family: "Microsoft YaHei", Size: 10, Bold: bold, Color: colour}
	}
	for k := range s.cell {
		format := numberFormats[k]
		align := &excelize.Alignment{Vertical: "top"}
		if cellKind(k) == asText {
			align.WrapText = true
		}
		if s.cell[k][0], err = f.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: font(false, "1F2A37"), Alignment: align}); err != nil {
			return s, err
		}
		strong := &excelize.Style{CustomNumFmt: &format, Font: font(true, "1F2A37"), Alignment: align,
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF1F4"}}}
		if s.cell[k][1], err = f.NewStyle(strong); err != nil {
			return s, err
		}
	}
	s.head, err = f.NewStyle(&excelize.Style{Font: font(true, "FFFFFF"),
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F2A37"}},
		Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}})
	return s, err
}

// writeSheet writes one sheet: a frozen, filtered head, then the rows.
func (b *builder) writeSheet(f *excelize.File, name string, s sheet, styles sheetStyles) error {
	last, err := excelize.CoordinatesToCellName(len(s.columns), len(s.rows)+1)
	if err != nil {
		return err
	}
	if len(s.rows) > 0 {
		if err := f.AutoFilter(name, "A1:"+last, nil); err != nil {
			return err
		}
	}
	if err := errors.Join(b.dataBars(f, name, s), markMisses(f, name, s)); err != nil {
		return err
	}
	if err := printed(f, name); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, c := range s.columns {
		if err := w.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(s.columns))
	for i, c := range s.columns {
		head[i] = excelize.Cell{StyleID: styles.head, Value: b.t(c.key)}
	}
	if err := w.SetRow("A1", head, excelize.RowOpts{Height: 30}); err != nil {
		return err
	}
	for i, r := range s.rows {
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := w.SetRow(at, styledRow(s, r, styles)); err != nil {
			return err
		}
	}
	return w.Flush()
}

// printed lays a sheet out for paper: A4 across, as wide as the page, the head on every page.
func printed(f *excelize.File, name string) error {
	landscape, a4, wide, long, fit := "landscape", 9, 1, 0, true
	return errors.Join(f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &long}),
		f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name}))
}

func styledRow(s sheet, r row, styles sheetStyles) []any {
	out := make([]any, len(r.values))
	for i, v := range r.values {
		kind := s.columns[i].kind
		if _, text := v.(string); text {
			if kind = asText; r.line {
				kind = asLine
			}
		}
		c := excelize.Cell{StyleID: styles.cell[kind][btoi(r.strong)], Value: v}
		if x, ok := v.(formula); ok {
			c.Formula, c.Value = x.text, x.value
		}
		if x, ok := c.Value.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
			c.Value = nil
		}
		if t, ok := c.Value.(string); ok {
			c.Value = clip(t)
		}
		out[i] = c
	}
	return out
}

// clip keeps text within what an Excel cell can hold, and drops characters XML forbids.
func clip(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r == '\t' || r == '\n' || r >= 0x20 && r != 0xFFFE && r != 0xFFFF {
			out = append(out, r)
		}
	}
	if len(out) > 32_000 {
		out = append(out[:32_000], '…')
	}
	return string(out)
}

func (b *builder) dataBars(f *excelize.File, name string, s sheet) error {
	if s.bars == 0 || len(s.rows) == 0 {
		return nil
	}
	from, err := excelize.CoordinatesToCellName(s.bars, 2)
	if err != nil {
		return err
	}
	to, err := excelize.CoordinatesToCellName(s.bars, len(s.rows)+1)
	if err != nil {
		return err
	}
	return f.SetConditionalFormat(name, from+":"+to, []excelize.ConditionalFormatOptions{{Type: "data_bar", Criteria: "=",
		MinType: "num", MinValue: "0", MaxType: "num", MaxValue: "1", BarColor: "#A9CBE3", BarSolid: true}})
}

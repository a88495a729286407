package data

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook: a ledger of a province has some 100,000 rows. The unpacked limits stop decompression bombs.
const (
	maxWorkbook  = 200 << 20
	maxUnpacked  = 512 << 20
	maxHeaderRow = 10 // the header is looked for in the first rows

	maxHeaderRows = 3       // of one header
	maxMerged     = 1 << 16 // merged cells of a sheet
)

// openSheet opens an Excel sheet. Its header is the row among the first ten that names most of our fields.
func openSheet(in *input, src Source, sheet string) (t *table) {
	// A damaged workbook can make the library panic; a bad file must never stop the program.
	defer func() {
		if r := recover(); r != nil {
			_ = in.fail(0, "", "", T("工作簿已损坏（%v）", "is a damaged workbook (%v)", r), T("用 Excel 另存为 .xlsx", "save it as .xlsx with Excel"))
			t = nil
		}
	}()
	book, ok := openBook(in)
	if !ok {
		return nil
	}
	name, ok := pickSheet(in, book, sheet)
	if !ok {
		_ = book.Close() // read only
		return nil
	}
	if t = sheetTable(in, src, book, name); t == nil {
		_ = book.Close()
		return nil
	}
	tellSheets(in, book, sheet, name)
	tellCells(in, book, name)
	return t
}

// openBook opens a workbook within the limits.
func openBook(in *input) (*excelize.File, bool) {
	if in.info.Bytes > maxWorkbook {
		_ = in.fail(0, "", "", T("工作簿超过 200 MB", "is a workbook of more than 200 MB"), T("另存为 CSV", "save it as CSV"))
		return nil, false
	}
	if oldWorkbook(in) {
		return nil, false
	}
	book, err := excelize.OpenFile(in.path, excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 64 << 20, RawCellValue: true})
	if err != nil {
		_ = in.failWith(0, T("不是可以读取的 Excel 文件", "is not a readable Excel file"), workbookHint(err), err)
		return nil, false
	}
	return book, true
}

func workbookHint(err error) Text {
	if errors.Is(err, excelize.ErrWorkbookPassword) {
		return T("去掉密码后再试", "remove the password")
	}
	return saveAsXLSX
}

func pickSheet(in *input, book *excelize.File, sheet string) (string, bool) {
	names := book.GetSheetList()
	if sheet == "" && len(names) > 0 {
		return firstSheet(book), true
	}
	if slices.Contains(names, sheet) {
		return sheet, true
	}
	_ = in.fail(0, "sheet", sheet, T("没有这张工作表", "is not a sheet of the workbook"), suggest(sheet, names))
	return "", false
}

// sheetTable reads the rows of a sheet as a stream.
func sheetTable(in *input, src Source, book *excelize.File, sheet string) *table {
	header, at, ok := findHeader(in, src, book, sheet)
	if !ok {
		return nil
	}
	rows, err := book.Rows(sheet)
	if err != nil {
		_ = in.failWith(0, T("无法读取工作表", "has a sheet that cannot be read"), Text{}, err)
		return nil
	}
	merged, err := mergedCells(book, sheet)
	if err != nil {
		_ = in.failWith(0, T("合并单元格的范围不对", "has merged cells that cannot be read"), T("用 Excel 另存为 .xlsx", "save it as .xlsx with Excel"), err)
		return nil
	}
	fill := &mergeFiller{waiting: merged}
	dates := date1904(book)
	t := &table{in: in, header: header, row: at}
	t.close = func() { _, _ = rows.Close(), book.Close() } // read only
	row := 0
	t.next = func() (number int, out []string, err error) {
		defer func() {
			if r := recover(); r != nil { // see openSheet
				number, out, err = row+1, nil, fmt.Errorf("damaged: %v", r)
			}
		}()
		for {
			if !rows.Next() {
				if err = rows.Error(); err == nil {
					err = io.EOF
				}
				return row + 1, nil, err
			}
			row++
			cells, err := rows.Columns()
			if err != nil {
				return row, nil, err
			}
			if row <= at {
				continue
			}
			return row, t.cleanSerials(fill.fill(row, cells, len(header)), dates), nil
		}
	}
	return t
}

func date1904(book *excelize.File) bool {
	props, err := book.GetWorkbookProps()
	return err == nil && props.Date1904 != nil && *props.Date1904 // without properties the usual 1900 dates hold
}

// findHeader returns the header row and its 1-based number.
func findHeader(in *input, src Source, book *excelize.File, sheet string) (header []string, at int, ok bool) {
	rows, err := book.Rows(sheet)
	if err != nil {
		_ = in.failWith(0, T("无法读取工作表", "has a sheet that cannot be read"), Text{}, err)
		return nil, 0, false
	}
	defer rows.Close() // read only
	best := 0
	var above [][]string
	for row := 1; row <= maxHeaderRow && rows.Next(); row++ {
		cells, err := rows.Columns()
		if err != nil {
			_ = in.failWith(row, T("无法读取工作表", "has a sheet that cannot be read"), Text{}, err)
			return nil, 0, false
		}
		above = append(above, cells)
		for depth := 1; depth <= min(maxHeaderRows, len(above)); depth++ { // fewer rows win where they say as much
			names := lowest(above[len(above)-depth:])
			if n := headerScore(in.role, src.Fields, names); n > best {
				best, at, header = n, row, names
			}
		}
	}
	if best == 0 {
		hint := T("表头要有名称、经度、纬度等列名", "the header needs column names such as name, lon, lat")
		if others := otherSheets(book, sheet); len(others) > 0 {
			hint = T("工作簿里还有 %s：在来源里写 sheet: 工作表名", "the workbook also holds %s: write sheet: and its name for the source", clip(strings.Join(others, ", ")))
		}
		_ = in.fail(0, "", "", T("前 10 行里找不到表头", "has no header in its first 10 rows"), hint)
		return nil, 0, false
	}
	return header, at, true
}

// lowest returns the names of columns under headers of several rows: the lowest text of each, since merged cells hold theirs in the first
// row and what stands above 经度 and 纬度 is their group.
func lowest(rows [][]string) []string {
	var out []string
	for _, row := range rows {
		for i, c := range row {
			for len(out) <= i {
				out = append(out, "")
			}
			if c = strings.TrimSpace(c); c != "" {
				out[i] = c
			}
		}
	}
	return out
}

// merge is a cell that stands for several rows, such as a street beside its communities.
type merge struct {
	column, top, bottom int // 0-based, 1-based
	text                string
}

// mergeRef finds merged cells in a sheet's XML. The library finds them too, but only by holding the whole sheet as a tree.
var mergeRef = regexp.MustCompile(`mergeCell\s[^<>]{0,200}?ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"`)

// mergedCells lists the cells that are merged downwards, by their first row. Those merged sideways are titles and remarks.
func mergedCells(book *excelize.File, sheet string) ([]merge, error) {
	part, _ := book.Pkg.Load(sheetPart(book, sheet))
	text, _ := part.([]byte) // none for a sheet of more than 64 MB: too large to be a ledger with merged cells
	var out []merge
	for _, ref := range mergeRef.FindAllSubmatch(text, maxMerged) {
		left, top, err := excelize.CellNameToCoordinates(string(ref[1]))
		if err != nil {
			return nil, err
		}
		right, bottom, err := excelize.CellNameToCoordinates(string(ref[2]))
		if err != nil {
			return nil, err
		}
		if left == right && top < bottom {
			out = append(out, merge{column: left - 1, top: top, bottom: bottom})
		}
	}
	slices.SortFunc(out, func(a, b merge) int { return cmp.Or(cmp.Compare(a.top, b.top), cmp.Compare(a.column, b.column)) })
	return out, nil
}

// partOf returns the name of the part that a relationship of the workbook leads to, "" when the file does not say.
func partOf(book *excelize.File, id string) string {
	part, _ := book.Pkg.Load("xl/_rels/workbook.xml.rels")
	text, _ := part.([]byte)
	var all struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if xml.Unmarshal(text, &all) != nil {
		return "" // the library has read it in its own way: merged cells stay empty
	}
	for _, r := range all.Relationship {
		if r.ID == id && strings.HasPrefix(r.Target, "/") {
			return r.Target[1:]
		} else if r.ID == id {
			return path.Join("xl", r.Target)
		}
	}
	return ""
}

// mergeFiller puts the texts of merged cells into the rows below their first.
type mergeFiller struct {
	waiting []merge // by first row
	active  []merge // that the current row lies in
}

func (f *mergeFiller) fill(row int, cells []string, width int) []string {
	for len(f.waiting) > 0 && f.waiting[0].top <= row {
		m := f.waiting[0]
		f.waiting = f.waiting[1:]
		if m.top == row && m.column < min(width, len(cells)) && strings.TrimSpace(cells[m.column]) != "" {
			m.text = cells[m.column]
			f.active = append(f.active, m)
		}
	}
	f.active = slices.DeleteFunc(f.active, func(m merge) bool { return m.bottom < row })
	if len(f.active) == 0 || strings.TrimSpace(strings.Join(cells, "")) == "" {
		return cells // a row without anything of its own is empty
	}
	for _, m := range f.active {
		for len(cells) <= m.column {
			cells = append(cells, "")
		}
		if strings.TrimSpace(cells[m.column]) == "" {
			cells[m.column] = m.text
		}
	}
	return cells
}

// headerScore counts the fields that a row names.
func headerScore(role string, named map[string]string, cells []string) int {
	columns, _ := findColumns(role, named, cells)
	n := 0
	for _, i := range columns {
		if i >= 0 {
			n++
		}
	}
	return n
}

// cleanSerials turns Excel's day numbers in the date columns into ISO days, so that the one date parser serves all files.
func (t *table) cleanSerials(cells []string, base1904 bool) []string {
	for _, field := range fields[t.in.role] {
		i := t.columns[field]
		if dated := field == "opened" || field == "closed" || field == "date" || strings.HasSuffix(field, "_on"); !dated || i < 0 || i >= len(cells) {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(cells[i]), 64)
		if err != nil || f < 10000 || f > 120000 {
			continue // text, or a plain year: the date parser's work
		}
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		if base1904 {
			day = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		cells[i] = day.AddDate(0, 0, int(math.Floor(f))).Format("2006-01-02")
	}
	return cells
}

package data

import (
	"errors"
	"fmt"
	"io"
	"math"
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
	maxMerged     = 1 << 20 // rows that merged cells stand for
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
	if in.info.Bytes > maxWorkbook {
		_ = in.fail(0, "", "", T("工作簿超过 200 MB", "is a workbook of more than 200 MB"), T("另存为 CSV", "save it as CSV"))
		return nil
	}
	book, err := excelize.OpenFile(in.path, excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 64 << 20, RawCellValue: true})
	if err != nil {
		_ = in.failWith(0, T("不是可以读取的 Excel 文件", "is not a readable Excel file"), workbookHint(err), err)
		return nil
	}
	name, ok := pickSheet(in, book, sheet)
	if !ok {
		_ = book.Close() // read only
		return nil
	}
	if t = sheetTable(in, src, book, name); t == nil {
		_ = book.Close()
	}
	return t
}

func workbookHint(err error) Text {
	if errors.Is(err, excelize.ErrWorkbookPassword) {
		return T("去掉密码后再试", "remove the password")
	}
	return T("用 Excel 另存为 .xlsx", "save it as .xlsx with Excel")
}

func pickSheet(in *input, book *excelize.File, sheet string) (string, bool) {
	names := book.GetSheetList()
	if sheet == "" && len(names) > 0 {
		return names[0], true
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
			return row, t.cleanSerials(merged.fill(row, cells, len(header)), dates), nil
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
		_ = in.fail(0, "", "", T("前 10 行里找不到表头", "has no header in its first 10 rows"), T("表头要有名称、经度、纬度等列名", "the header needs column names such as name, lon, lat"))
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

// merges are the cells that are merged downwards in a sheet: row and column of each but the first -> its text.
type merges map[[2]int]string

// mergedCells finds cells that stand for several rows, such as a street beside its communities.
func mergedCells(book *excelize.File, sheet string) (merges, error) {
	list, err := book.GetMergeCells(sheet)
	if err != nil {
		return nil, err
	}
	out := merges{}
	for _, m := range list {
		left, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			return nil, err
		}
		right, bottom, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil {
			return nil, err
		}
		if right > maxColumns || left != right || strings.TrimSpace(m.GetCellValue()) == "" {
			continue // merged sideways: a title or a remark
		}
		for row := top + 1; row <= bottom && len(out) < maxMerged; row++ {
			out[[2]int{row, left - 1}] = m.GetCellValue()
		}
	}
	return out, nil
}

// fill puts the texts of merged cells into a row, where it has any text of its own.
func (m merges) fill(row int, cells []string, width int) []string {
	if len(m) == 0 || strings.TrimSpace(strings.Join(cells, "")) == "" {
		return cells
	}
	for i := range width {
		if text, ok := m[[2]int{row, i}]; ok {
			for len(cells) <= i {
				cells = append(cells, "")
			}
			if strings.TrimSpace(cells[i]) == "" {
				cells[i] = text
			}
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
	for _, field := range []string{"opened", "closed", "date"} {
		i, ok := t.columns[field]
		if !ok || i < 0 || i >= len(cells) {
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

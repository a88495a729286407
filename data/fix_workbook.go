package data

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The sheet that lists the changes of a workbook, and the colour of cells that were changed.
const (
	logSheet  = "更正记录 corrections"
	fixedFill = "FFE699"
	fixAuthor = "sitecover"
)

// reviseWorkbook writes an Excel workbook with some cells changed. Everything else, formats, widths, merged cells, formulas and other sheets,
// is as it was; changed cells are coloured and have a comment that tells why, and a sheet at the end lists all changes. Rows that are taken
// out become empty, so that no other row moves.
func (f *fixer) reviseWorkbook(rev *revision) (err error) {
	defer func() {
		if r := recover(); r != nil { // see openSheet
			err = fmt.Errorf("%w: %v", errNotRevised, r)
		}
	}()
	path, err := f.target(rev.name)
	if err != nil {
		return err
	}
	book, err := excelize.OpenFile(f.path(rev.file), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 64 << 20, RawCellValue: true})
	if err != nil {
		return errors.Join(errNotRevised, err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	b := &bookEditor{book: book, styles: map[int]int{}}
	for _, layer := range slices.Sorted(maps.Keys(rev.edits)) {
		b.sheet = layer
		if b.sheet == "" {
			b.sheet = firstSheet(book)
		}
		for _, row := range slices.Sorted(maps.Keys(rev.edits[layer])) {
			if err := b.edit(row, rev.edits[layer][row]); err != nil {
				return errors.Join(errNotRevised, err)
			}
		}
	}
	if err := b.log(rev.changes); err != nil {
		return errors.Join(errNotRevised, err)
	}
	return book.SaveAs(path)
}

// bookEditor changes cells of a workbook.
type bookEditor struct {
	book   *excelize.File
	sheet  string
	styles map[int]int // style of a cell -> the same, coloured
}

func (b *bookEditor) edit(row int, e *edit) error {
	if e.remove {
		return b.clear(row, e.note)
	}
	for _, x := range e.cells {
		cell, err := excelize.CoordinatesToCellName(x.column+1, row)
		if err != nil {
			return err
		}
		if top, err := b.owner(x.column+1, row); err != nil || top != cell {
			return errors.Join(errNotRevised, err) // a merged cell stands for several rows
		}
		before, err := b.book.GetCellValue(b.sheet, cell)
		if err != nil {
			return err
		}
		if err := b.set(cell, x.text); err != nil {
			return err
		}
		if err := b.mark(cell, Text{e.note.ZH + "；原值：" + before, e.note.EN + "; before: " + before}); err != nil {
			return err
		}
	}
	return nil
}

// set writes a text as a number where it is one and the cell does not hold text.
func (b *bookEditor) set(cell, text string) error {
	kind, err := b.book.GetCellType(b.sheet, cell)
	if err != nil {
		return err
	}
	number, wrong := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if wrong != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
		return b.book.SetCellStr(b.sheet, cell, text)
	}
	return b.book.SetCellFloat(b.sheet, cell, number, -1, 64)
}

// owner returns the cell that shows what stands in a cell: the first one where it is merged with others.
func (b *bookEditor) owner(column, row int) (string, error) {
	merged, err := b.book.GetMergeCells(b.sheet, true)
	if err != nil {
		return "", err
	}
	for _, m := range merged {
		left, top, right, bottom, err := cornersOf(m)
		if err != nil {
			return "", err
		}
		if column >= left && column <= right && row >= top && row <= bottom && bottom > top {
			return m.GetStartAxis(), nil
		}
	}
	return excelize.CoordinatesToCellName(column, row)
}

func cornersOf(m excelize.MergeCell) (left, top, right, bottom int, err error) {
	left, top, err = excelize.CellNameToCoordinates(m.GetStartAxis())
	if err != nil {
		return 0, 0, 0, 0, err
	}
	right, bottom, err = excelize.CellNameToCoordinates(m.GetEndAxis())
	return left, top, right, bottom, err
}

// clear empties a row. What a merged cell that begins in it says of the rows below is handed on to them.
func (b *bookEditor) clear(row int, note Text) error {
	shared, err := b.handOn(row)
	if err != nil {
		return err
	}
	cells, err := b.width(row)
	if err != nil {
		return err
	}
	marked := false
	for column := 1; column <= cells; column++ {
		if slices.Contains(shared, column) {
			continue
		}
		cell, err := excelize.CoordinatesToCellName(column, row)
		if err != nil {
			return err
		}
		if err := b.book.SetCellValue(b.sheet, cell, nil); err != nil {
			return err
		}
		if err := b.colour(cell); err != nil {
			return err
		}
		if marked {
			continue
		}
		marked = true
		if err := b.comment(cell, note); err != nil {
			return err
		}
	}
	return nil
}

// width returns how many columns of a row hold anything.
func (b *bookEditor) width(row int) (int, error) {
	rows, err := b.book.Rows(b.sheet)
	if err != nil {
		return 0, err
	}
	defer rows.Close() // read only
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil || n == row {
			return len(cells), err
		}
	}
	return 0, rows.Error()
}

// handOn shortens the merged cells that begin in a row, so that they begin in the next, and returns the columns that belong to cells which
// begin above it.
func (b *bookEditor) handOn(row int) (above []int, err error) {
	merged, err := b.book.GetMergeCells(b.sheet)
	if err != nil {
		return nil, err
	}
	for _, m := range merged {
		left, top, right, bottom, err := cornersOf(m)
		if err != nil {
			return nil, err
		}
		switch {
		case top < row && row <= bottom:
			for c := left; c <= right; c++ {
				above = append(above, c)
			}
		case top == row && top < bottom:
			if err := b.shorten(m, left, row); err != nil {
				return nil, err
			}
		}
	}
	return above, nil
}

func (b *bookEditor) shorten(m excelize.MergeCell, left, row int) error {
	style, err := b.book.GetCellStyle(b.sheet, m.GetStartAxis())
	if err != nil {
		return err
	}
	if err := b.book.UnmergeCell(b.sheet, m.GetStartAxis(), m.GetEndAxis()); err != nil {
		return err
	}
	next, err := excelize.CoordinatesToCellName(left, row+1)
	if err != nil {
		return err
	}
	if err := b.set(next, m.GetCellValue()); err != nil {
		return err
	}
	if err := b.book.SetCellStyle(b.sheet, next, next, style); err != nil {
		return err
	}
	if next == m.GetEndAxis() {
		return nil
	}
	return b.book.MergeCell(b.sheet, next, m.GetEndAxis())
}

// mark colours a cell and says why.
func (b *bookEditor) mark(cell string, note Text) error {
	if err := b.colour(cell); err != nil {
		return err
	}
	return b.comment(cell, note)
}

// colour gives a cell the fill of corrected cells and leaves the rest of its format.
func (b *bookEditor) colour(cell string) error {
	id, err := b.book.GetCellStyle(b.sheet, cell)
	if err != nil {
		return err
	}
	filled, known := b.styles[id]
	if !known {
		style, err := b.book.GetStyle(id)
		if err != nil {
			return err
		}
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fixedFill}}
		if filled, err = b.book.NewStyle(style); err != nil {
			return err
		}
		b.styles[id] = filled
	}
	return b.book.SetCellStyle(b.sheet, cell, cell, filled)
}

// comment adds to what a comment of the cell says already.
func (b *bookEditor) comment(cell string, note Text) error {
	text := note.ZH + "\n" + note.EN
	comments, err := b.book.GetComments(b.sheet)
	if err != nil {
		return err
	}
	for _, c := range comments {
		if c.Cell != cell {
			continue
		}
		had := c.Text
		for _, run := range c.Paragraph {
			had += run.Text
		}
		text = strings.TrimSpace(had) + "\n" + text
		if err := b.book.DeleteComment(b.sheet, cell); err != nil {
			return err
		}
	}
	return b.book.AddComment(b.sheet, excelize.Comment{Author: fixAuthor, Cell: cell, Width: 300, Height: 110, Paragraph: []excelize.RichTextRun{{Text: text}}})
}

// log adds a sheet that lists the changes.
func (b *bookEditor) log(changes []Change) error {
	name := logSheet
	for n := 2; slices.ContainsFunc(b.book.GetSheetList(), func(s string) bool { return strings.EqualFold(s, name) }); n++ {
		name = logSheet + " " + strconv.Itoa(n)
	}
	if _, err := b.book.NewSheet(name); err != nil {
		return err
	}
	rows := [][]any{{"工作表 sheet", "行 row", "列 column", "原值 before", "新值 after", "代码 code", "说明", "what"}}
	for _, c := range changes {
		if c.Done {
			rows = append(rows, []any{c.Layer, c.Row, c.Field, c.Before, c.After, c.Code, c.What.ZH, c.What.EN})
		}
	}
	for i, row := range rows {
		if err := b.book.SetSheetRow(name, "A"+strconv.Itoa(i+1), &row); err != nil {
			return err
		}
	}
	for i, width := range []float64{16, 8, 18, 30, 30, 16, 30, 40} {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.book.SetColWidth(name, column, column, width); err != nil {
			return err
		}
	}
	return nil
}

package run

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"sitecover/data"
)

// Figure is one place where two versions of a file differ.
type Figure struct {
	Where string `json:"where"` // "sheet!B5", "row 3, people", "features[2].properties.people", "line 12"
	Was   string `json:"was"`
	Now   string `json:"now"`
}

const (
	mostFigures  = 5         // that are listed of one file
	mostCompared = 256 << 20 // bytes of a file that is looked into
	figureRunes  = 60        // of a value that are shown
)

// differ collects figures until it has enough.
type differ struct{ list []Figure }

func (d *differ) full() bool { return len(d.list) >= mostFigures }

func (d *differ) add(where, was, now string) {
	if !d.full() && was != now {
		d.list = append(d.list, Figure{where, clipped(was), clipped(now)})
	}
}

func clipped(s string) string {
	if utf8.RuneCountInString(s) <= figureRunes {
		return s
	}
	return string([]rune(s)[:figureRunes]) + "…"
}

// figures tells the first places where two versions of a file differ: cells, rows and columns, properties, lines. It is empty for pictures, and
// for what cannot be read as what its ending says: that the two differ is known anyway.
func figures(was, now string) []Figure {
	for _, path := range []string{was, now} {
		if info, err := os.Stat(path); err != nil || info.Size() > mostCompared {
			return nil
		}
	}
	d := &differ{}
	compare := d.text
	switch strings.ToLower(filepath.Ext(was)) {
	case ".xlsx":
		compare = d.workbooks
	case ".csv":
		compare = d.tables
	case ".json", ".geojson":
		compare = d.documents
	case ".gpkg":
		compare = d.geoPackages
	case ".docx", ".kmz":
		compare = d.archives
	case ".png", ".pdf", ".parquet", ".shp", ".shx", ".dbf":
		return nil
	}
	if err := compare(was, now); err != nil {
		return d.list // as far as it could be read
	}
	return d.list
}

func (d *differ) workbooks(was, now string) (err error) {
	defer func() { // the library panics on some damaged workbooks
		if r := recover(); r != nil {
			err = fmt.Errorf("run: damaged workbook: %v", r)
		}
	}()
	var books [2]*excelize.File
	for i, path := range []string{was, now} {
		book, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		defer book.Close() // read only
		books[i] = book
	}
	d.add("sheets", strings.Join(books[0].GetSheetList(), ", "), strings.Join(books[1].GetSheetList(), ", "))
	for _, sheet := range books[0].GetSheetList() {
		a, errA := books[0].GetRows(sheet)
		b, errB := books[1].GetRows(sheet)
		if err := errors.Join(errA, errB); err != nil {
			return err
		}
		d.grid(a, b, func(row, column int) string {
			cell, err := excelize.CoordinatesToCellName(column+1, row+1)
			if err != nil {
				return sheet
			}
			return sheet + "!" + cell
		})
	}
	return nil
}

// grid compares rows of cells.
func (d *differ) grid(a, b [][]string, name func(row, column int) string) {
	at := func(rows [][]string, row, column int) string {
		if row < len(rows) && column < len(rows[row]) {
			return rows[row][column]
		}
		return ""
	}
	for row := 0; row < max(len(a), len(b)) && !d.full(); row++ {
		width := 0
		for _, rows := range [][][]string{a, b} {
			if row < len(rows) {
				width = max(width, len(rows[row]))
			}
		}
		for column := range width {
			if x, y := at(a, row, column), at(b, row, column); x != y {
				d.add(name(row, column), x, y)
			}
		}
	}
}

func (d *differ) tables(was, now string) error {
	var rows [2][][]string
	for i, path := range []string{was, now} {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		if rows[i], err = r.ReadAll(); err != nil {
			return err
		}
	}
	d.grid(rows[0], rows[1], func(row, column int) string {
		name := strconv.Itoa(column + 1)
		if len(rows[0]) > 0 && column < len(rows[0][0]) && row > 0 {
			name = rows[0][0][column]
		}
		return fmt.Sprintf("row %d, %s", row+1, name)
	})
	return nil
}

func (d *differ) documents(was, now string) error {
	var values [2]any
	for i, path := range []string{was, now} {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&values[i]); err != nil {
			return errors.Join(d.text(was, now), err)
		}
	}
	d.value("", values[0], values[1])
	return nil
}

// value compares two JSON values.
func (d *differ) value(path string, a, b any) {
	if d.full() {
		return
	}
	switch x := a.(type) {
	case map[string]any:
		if y, same := b.(map[string]any); same {
			keys := map[string]bool{}
			for _, m := range []map[string]any{x, y} {
				for k := range m {
					keys[k] = true
				}
			}
			for _, k := range slices.Sorted(maps.Keys(keys)) {
				d.value(strings.TrimPrefix(path+"."+k, "."), x[k], y[k])
			}
			return
		}
	case []any:
		if y, same := b.([]any); same {
			for i := range min(len(x), len(y)) {
				d.value(fmt.Sprintf("%s[%d]", path, i), x[i], y[i])
			}
			d.add(path+".length", strconv.Itoa(len(x)), strconv.Itoa(len(y)))
			return
		}
	}
	d.add(path, short(a), short(b))
}

// short writes a JSON value; "" for none.
func short(v any) string {
	if v == nil {
		return ""
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

func (d *differ) geoPackages(was, now string) error {
	var tables [2]map[string][][]string
	for i, path := range []string{was, now} {
		var err error
		if tables[i], err = sqlTables(path); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tables[0])) {
		a, b := tables[0][name], tables[1][name]
		if len(b) == 0 {
			d.add(name, "a table", "")
			continue
		}
		d.grid(a, b, func(row, column int) string {
			if row == 0 || column >= len(a[0]) {
				return name
			}
			return fmt.Sprintf("%s, row %d, %s", name, row, a[0][column])
		})
	}
	return nil
}

// sqlTables reads all tables of a database, each with its columns as the first row.
func sqlTables(path string) (out map[string][][]string, err error) {
	db, err := data.OpenSQLite(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	names, err := sqlRows(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")
	if err != nil {
		return nil, err
	}
	out = map[string][][]string{}
	for _, n := range names[1:] {
		if out[n[0]], err = sqlRows(db, `SELECT * FROM "`+strings.ReplaceAll(n[0], `"`, `""`)+`"`); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func sqlRows(db *sql.DB, query string) ([][]string, error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // read only
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	out := [][]string{columns}
	for rows.Next() {
		values, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			at[i] = &values[i]
		}
		if err := rows.Scan(at...); err != nil {
			return nil, err
		}
		cells := make([]string, len(columns))
		for i, v := range values {
			switch v := v.(type) {
			case nil:
			case []byte:
				cells[i] = hex.EncodeToString(v)
			default:
				cells[i] = fmt.Sprint(v)
			}
		}
		out = append(out, cells)
	}
	return out, rows.Err()
}

func (d *differ) archives(was, now string) error {
	var parts [2]map[string]string
	for i, path := range []string{was, now} {
		archive, err := zip.OpenReader(path)
		if err != nil {
			return err
		}
		defer archive.Close() // read only
		parts[i] = map[string]string{}
		left := int64(mostCompared)
		for _, f := range archive.File {
			content, err := f.Open()
			if err != nil {
				return err
			}
			text, err := io.ReadAll(io.LimitReader(content, left))
			if err = errors.Join(err, content.Close()); err != nil {
				return err
			}
			left -= int64(len(text))
			parts[i][f.Name] = string(text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(parts[0])) {
		d.strings(name+", ", parts[0][name], parts[1][name])
	}
	return nil
}

func (d *differ) text(was, now string) error {
	a, errA := os.ReadFile(was)
	b, errB := os.ReadFile(now)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	d.strings("", string(a), string(b))
	return nil
}

// strings tells the first place where two texts differ, with what stands around it.
func (d *differ) strings(name, a, b string) {
	if a == b || !utf8.ValidString(a) || !utf8.ValidString(b) {
		return
	}
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	const before = 24
	from := max(at-before, strings.LastIndexByte(a[:at], '\n')+1)
	for from > 0 && !utf8.RuneStart(a[from]) {
		from--
	}
	line := strings.Count(a[:at], "\n") + 1
	d.add(fmt.Sprintf("%sline %d", name, line), lineOf(a[from:]), lineOf(b[from:]))
}

func lineOf(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(clipped(s))
}

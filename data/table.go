package data

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sitecover/data/written"
	"sitecover/geo"

	"github.com/paulmach/orb"
)

// table is a ledger being read row by row: a CSV file or an Excel sheet.
type table struct {
	in      *input
	header  []string
	columns map[string]int // our field -> column, -1 = absent
	next    func() (row int, cells []string, err error)
	close   func()

	row   int // of the current record, the file's own number
	cells []string
	set   aside // rows that were taken for no records
	lost  losses
}

// openTable opens a ledger and finds its columns. It returns nil after noting the problem.
func openTable(in *input, src Source, sheet string) *table {
	var t *table
	switch {
	case strings.EqualFold(filepath.Ext(in.name), ".xlsx"):
		in.layer = cmp.Or(sheet, src.Layer)
		t = openSheet(in, src, in.layer)
	case in.features():
		t = featureTable(in)
	default:
		t = openCSV(in)
	}
	if t == nil {
		return nil
	}
	t.in = in
	var missing []string
	t.columns, missing = findColumns(in.role, src.Fields, t.header)
	in.info.Columns = nil
	for _, field := range fields[in.role] {
		if i := t.columns[field]; i >= 0 && i < len(t.header) && !in.features() {
			in.info.Columns = append(in.info.Columns, field+"="+t.header[i])
		}
	}
	for _, field := range missing {
		_ = in.fail(t.row, field, src.Fields[field], T("没有这一列", "is not a column of the file"), columnHint(src.Fields[field], t.header))
	}
	if len(missing) > 0 {
		t.close()
		return nil
	}
	t.headings(src.Fields)
	return t
}

func columnHint(want string, header []string) Text {
	if near := written.Nearest(want, header); near != "" {
		return T("是不是 %s？", "did you mean %s?", near)
	}
	for _, h := range header { // shapefiles cut names to ten bytes
		if len([]rune(h)) > 1 && strings.HasPrefix(want, h) {
			return T("是不是 %s？", "did you mean %s?", h)
		}
	}
	return T("文件里的列：%s", "columns of the file: %s", clip(strings.Join(header, ", ")))
}

// require notes the fields that have no column.
func (t *table) require(names ...string) bool {
	ok := true
	for _, name := range names {
		if t.columns[name] >= 0 {
			continue
		}
		ok = false
		_ = t.in.fail(t.row, name, "", T("找不到这一列", "has no column"), T("列名可以是 %s，或在 fields 里写 %s: 列名；文件里的列：%s",
			"name it one of %s, or map it in fields (%s: column); columns of the file: %s",
			strings.Join(synonyms[t.in.role][name][:min(4, len(synonyms[t.in.role][name]))], "、"), name, clip(strings.Join(t.header, ", "))))
	}
	return ok
}

// scan moves to the next row that holds anything. It returns false at the end, or when reading cannot go on.
func (t *table) scan(ctx context.Context) bool {
	for {
		if t.in.c.full() || ctx.Err() != nil {
			return false
		}
		row, cells, err := t.next()
		if err == io.EOF {
			t.tellAside()
			t.lost.tell(t.in)
			return false
		}
		if err != nil {
			_ = t.in.failWith(row, unreadable(err), T("检查这一行的引号", "look at the quotes of this row"), err)
			return false
		}
		for _, c := range cells {
			if strings.TrimSpace(c) == "" {
				continue
			}
			if t.noRecord(row, cells) {
				break
			}
			t.row, t.cells = row, cells
			t.in.info.Rows++
			for _, text := range cells {
				t.lost.see(row, text)
			}
			return true
		}
	}
}

// unreadable words an error of the CSV or Excel reader.
func unreadable(err error) Text {
	switch {
	case errors.Is(err, csv.ErrQuote), errors.Is(err, csv.ErrBareQuote):
		return T("引号不成对", "has a quote without its partner")
	case errors.Is(err, errWide):
		return T("超过 %d 列", "has more than %d columns", maxColumns)
	}
	return T("读不下去：%v", "cannot be read on: %v", err)
}

// has reports whether the file has a column for the field.
func (t *table) has(field string) bool { return t.columns[field] >= 0 }

// get returns the trimmed text of a field, "" where the file or the row has none.
func (t *table) get(field string) string {
	i := t.columns[field]
	if i < 0 || i >= len(t.cells) {
		return ""
	}
	return strings.TrimSpace(t.cells[i])
}

// text returns the trimmed text of a column by its heading, "" where the file or the row has none.
func (t *table) text(heading string) string {
	i := exactColumn(t.header, heading)
	if i < 0 || i >= len(t.cells) {
		return ""
	}
	return strings.TrimSpace(t.cells[i])
}

// column returns the file's own name of a field, for messages.
func (t *table) column(field string) string {
	if i := t.columns[field]; i >= 0 && i < len(t.header) && t.header[i] != "" {
		return t.header[i]
	}
	return field
}

// positionColumn names the two columns of the position together.
func (t *table) positionColumn() string { return t.column("lon") + ", " + t.column("lat") }

// fail notes a problem with a field of the current row.
func (t *table) fail(field string, what, hint Text) error {
	return t.in.fail(t.row, t.column(field), t.get(field), what, hint)
}

// number returns a number; ok is false after noting that it is none.
func (t *table) number(field string) (float64, bool) {
	f, problem := parseNumber(t.get(field))
	if problem == nil {
		return f, true
	}
	hint := problem.hint
	if field == "lon" || field == "lat" {
		if degrees, ok := sexagesimal(t.get(field)); ok {
			hint = T("写成十进制的度：%s", "write degrees as one decimal number: %s", strconv.FormatFloat(degrees, 'f', 7, 64))
		}
	}
	_ = t.fail(field, problem.what, hint)
	return 0, false
}

// amount returns a number that must not be negative.
func (t *table) amount(field string) (float64, bool) {
	f, ok := t.number(field)
	if ok && f < 0 {
		_ = t.fail(field, T("不能为负", "must not be negative"), T("写零或正数；不知道就留空", "write zero or more; leave it empty where it is not known"))
		return 0, false
	}
	return f, ok
}

// point returns the position of the row; ok is false after noting what is wrong with it.
func (t *table) point() (orb.Point, bool) {
	if t.get("lon") == "" && t.get("lat") == "" {
		_ = t.fail("lon", T("没有坐标", "has no coordinates"), T("补上经度和纬度", "fill in longitude and latitude"))
		return orb.Point{}, false
	}
	lon, okLon := t.number("lon")
	lat, okLat := t.number("lat")
	if !okLon || !okLat {
		return orb.Point{}, false
	}
	p, problem := t.in.at.wgs84(orb.Point{lon, lat})
	if problem != nil {
		_ = t.in.fail(t.row, t.positionColumn(), t.get("lon")+", "+t.get("lat"), problem.what, problem.hint)
		return orb.Point{}, false
	}
	if p != (orb.Point{lon, lat}) { // converted, or swapped
		lon, lat = p[0], p[1]
	}
	if geo.ValidPoint(p) && !(lon == 0 && lat == 0) {
		return p, true
	}
	axis, what, hint := badPoint(p)
	_ = t.fail([]string{"lon", "lat"}[axis], what, hint)
	t.in.turnedAt(p)
	return orb.Point{}, false
}

// turnedAt tells of the last problem where its position would be with the coordinates the other way round, if that is a position.
func (in *input) turnedAt(p orb.Point) {
	if back := (orb.Point{p[1], p[0]}); geo.ValidPoint(back) && !geo.ValidPoint(p) && len(in.c.errs) > 0 {
		in.c.errs[len(in.c.errs)-1].At = &back
	}
}

// badPoint says which axis of an impossible position is wrong (0 longitude, 1 latitude), and what to do.
func badPoint(p orb.Point) (axis int, what, hint Text) {
	lon, lat := p[0], p[1]
	rangeLon, rangeLat := T("超出范围 [-180, 180]", "out of range [-180, 180]"), T("超出范围 [-90, 90]", "out of range [-90, 90]")
	switch {
	case lon == 0 && lat == 0:
		return 0, T("坐标是 0,0", "position is 0,0"), T("0,0 在大西洋里，多半是没有填写", "0,0 lies in the Atlantic: most likely the position was not filled in")
	case max(abs(lon), abs(lat)) > 1000:
		axis = 0
		if abs(lon) <= 180 {
			axis = 1
		}
		what = rangeLon
		if axis == 1 {
			what = rangeLat
		}
		return axis, what, projectedHint(p)
	case abs(lat) > 90 && abs(lon) <= 90 && abs(lat) <= 180:
		return 1, rangeLat, T("经度和纬度像是写反了", "longitude and latitude look swapped")
	case !(abs(lon) <= 180):
		return 0, rangeLon, T("经度在前，纬度在后，单位为度", "longitude first, then latitude, in degrees")
	}
	return 1, rangeLat, T("经度在前，纬度在后，单位为度", "longitude first, then latitude, in degrees")
}

func abs(f float64) float64 {
	if f < 0 {
		return -f
	}
	return f
}

// maxColumns bounds the columns of a ledger.
const maxColumns = 4096

var errWide = errors.New("data: too many columns")

// openCSV opens a text table: its first row with anything in it is the header, its separator is found from that row.
func openCSV(in *input) *table {
	file, err := os.Open(in.path)
	if err != nil {
		_ = in.c.add(openError(in.name, err))
		return nil
	}
	text, err := in.text(file)
	if err != nil || text == nil {
		_ = file.Close() // read only; the problem is noted
		return nil
	}
	t := csvTable(in, text)
	if t == nil {
		_ = file.Close()
		return nil
	}
	t.close = func() { _ = file.Close() } // read only
	return t
}

// csvTable reads a table from decoded text.
func csvTable(in *input, text io.Reader) *table {
	buffered := bufio.NewReaderSize(text, 1<<16)
	head, err := buffered.Peek(1 << 15)
	if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
		_ = in.failWith(0, T("无法解码", "cannot be decoded"), T("另存为 UTF-8", "save it as UTF-8"), err)
		return nil
	}
	if bytes.IndexByte(head, 0) >= 0 {
		_ = in.fail(0, "", "", T("不是文本文件", "is not a text file"), T("另存为 CSV UTF-8", "save it as CSV UTF-8"))
		return nil
	}
	r := csv.NewReader(buffered)
	r.Comma = separator(head)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	r.TrimLeadingSpace = r.Comma != '\t'
	t := &table{in: in, close: func() {}}
	t.next = func() (int, []string, error) {
		cells, err := r.Read()
		if err != nil {
			return csvError(err)
		}
		if len(cells) > maxColumns {
			row, _ := r.FieldPos(0)
			return row, nil, errWide
		}
		row, _ := r.FieldPos(0)
		return row, cells, nil
	}
	header, records := csvHeader(in, head, r.Comma)
	for range records {
		if before := len(in.c.errs); !t.scan(context.Background()) {
			if len(in.c.errs) == before {
				_ = in.fail(0, "", "", T("没有表头", "has no header"), T("第一行写列名", "put the column names into the first row"))
			}
			return nil
		}
	}
	in.info.Rows = 0
	if t.header = header; header == nil {
		t.header = t.cells
	}
	t.header = slices.Clone(t.header)
	for i, c := range t.header {
		t.header[i] = strings.TrimSpace(c)
	}
	width := len(t.header)
	read := t.next
	t.next = func() (int, []string, error) {
		row, cells, err := read()
		if err == nil && len(cells) > width && strings.TrimSpace(strings.Join(cells[width:], "")) != "" {
			_ = in.fail(row, "", "", T("有 %d 列，表头只有 %d 列", "has %d columns, the header %d", len(cells), width), T("含分隔符的文字要加引号", "put text that holds the separator into quotes"))
		}
		return row, cells, err
	}
	return t
}

func csvError(err error) (int, []string, error) {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return parse.Line, nil, parse.Err
	}
	return 0, nil, err
}

// headLines is how many lines of a text are looked at to find the separator and the header.
const headLines = 10

// separator guesses from the first lines: the candidate that occurs most often in one of them outside quotes; a comma when none does.
func separator(head []byte) rune {
	best, most := ',', 0
	for i, line := range bytes.Split(bytes.TrimLeft(head, "\r\n \ufeff"), []byte{'\n'}) {
		if i == headLines {
			break
		}
		for _, r := range []rune{',', '\t', ';'} {
			if n := countOutside(line, r); n > most {
				best, most = r, n
			}
		}
		if most > 0 && i == 0 {
			break // the first line has columns: it is the header
		}
	}
	return best
}

// countOutside counts a character outside quotes.
func countOutside(line []byte, what rune) int {
	n, quoted := 0, false
	for _, r := range string(line) {
		switch {
		case r == '"':
			quoted = !quoted
		case r == what && !quoted:
			n++
		}
	}
	return n
}

// csvHeader finds the names of columns as findHeader does in a sheet: among the first rows, where the most of our fields are named. records
// says how many rows that are not empty there are up to and with the header; header is nil where it is simply the last of them.
func csvHeader(in *input, head []byte, comma rune) (header []string, records int) {
	r := csv.NewReader(bytes.NewReader(head))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	var above [][]string
	best := 0
	for len(above) < maxHeaderRow {
		cells, err := r.Read()
		if err != nil {
			break // the end, or what the reading of the rows stumbles on as well
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		above = append(above, cells)
		for depth := 1; depth <= min(maxHeaderRows, len(above)); depth++ {
			names := lowest(above[len(above)-depth:])
			if n := headerScore(in.role, in.fields, names); n > best {
				best, records, header = n, len(above), names
			}
		}
	}
	if best < 2 { // one name may be chance: a row of data
		return nil, titleRows(above) + 1
	}
	return header, records
}

// titleRows counts the rows above the header that are titles: they fill one cell, and the row after them fills two or more.
func titleRows(rows [][]string) int {
	for titles, cells := range rows {
		filled := 0
		for _, c := range cells {
			if strings.TrimSpace(c) != "" {
				filled++
			}
		}
		if filled > 1 {
			return titles
		}
	}
	return 0
}

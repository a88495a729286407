package data

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/paulmach/orb/encoding/wkt"
)

// wktWords are the names of a column of well-known text.
var wktWords = []string{"wkt", "geometry", "geom", "thegeom", "shape", "几何", "图形", "边界"}

// features reports whether a file is read as features: by its ending, or because it is a table with geometries and without coordinates of
// its own. Tables of cells and of totals are tables whatever their columns are.
func (in *input) features() bool {
	if isFeatures(in.name) || in.tabular || !slices.Contains(tableEndings, strings.ToLower(filepath.Ext(in.name))) {
		return isFeatures(in.name)
	}
	if !slices.Contains(fields[in.role], "lon") {
		return false // roles without positions read their tables as features anyway
	}
	look := *in
	look.c = newCollector() // what is wrong with the file is noted when it is read
	t := openCSV(&look)
	if t == nil {
		return false
	}
	defer t.close()
	columns, _ := findColumns(in.role, in.fields, t.header)
	return wktColumn(t.header) >= 0 && (columns["lon"] < 0 || columns["lat"] < 0)
}

// wktDimension is the word for heights and measures behind the type of a geometry.
var wktDimension = regexp.MustCompile(`(?i)^([A-Z]+)\s*(ZM|Z|M)\s*(\(|EMPTY)`)

// flatWKT leaves heights and measures out of well-known text. All positions must have as many numbers as the word behind the type says, or
// three without a word; else the text stays as it is, for the parser to refuse.
func flatWKT(text string) string {
	flat, want := text, 3
	if word := wktDimension.FindStringSubmatch(text); word != nil {
		flat, want = wktDimension.ReplaceAllString(text, "$1$3"), 2+len(word[2])
	}
	var b strings.Builder
	b.Grow(len(flat))
	for len(flat) > 0 {
		end := strings.IndexAny(flat, "(,)")
		if end < 0 {
			end = len(flat)
		}
		numbers := strings.Fields(flat[:end])
		switch position := len(numbers) > 0 && strings.IndexByte("0123456789+-.", numbers[0][0]) >= 0; {
		case position && len(numbers) != want:
			return text
		case position:
			b.WriteString(numbers[0] + " " + numbers[1])
		default:
			b.WriteString(flat[:end])
		}
		if end < len(flat) {
			b.WriteByte(flat[end])
			end++
		}
		flat = flat[end:]
	}
	return b.String()
}

// readWKT is readFeatures for tables with geometries as well-known text in one column, such as "POLYGON((120 30,…))"; the other columns
// are the properties. "SRID=4528;" before a geometry declares its system.
func readWKT(in *input, visit func(*feature) error) {
	t := openCSV(in)
	if t == nil {
		return
	}
	defer t.close()
	column := wktColumn(t.header)
	if column < 0 {
		_ = in.fail(t.row, "wkt", "", T("没有几何列", "has no column of geometries"), T("一列叫 wkt 或 geometry，内容如 POLYGON((120 30, …))；文件里的列：%s",
			"name one column wkt or geometry, with texts like POLYGON((120 30, ...)); columns of the file: %s", clip(strings.Join(t.header, ", "))))
		return
	}
	for t.scan(context.Background()) { // visit knows the caller's context
		f := &feature{number: t.row}
		for i, h := range t.header {
			if i != column && i < len(t.cells) {
				f.props = append(f.props, property{h, t.cells[i]})
			}
		}
		text := ""
		if column < len(t.cells) {
			text = strings.TrimSpace(t.cells[column])
		}
		if srid, rest, found := strings.Cut(text, ";"); found && strings.HasPrefix(strings.ToUpper(srid), "SRID=") {
			text = rest
			if !in.adoptText("SRID", "EPSG:"+srid[len("SRID="):]) {
				return
			}
		}
		if text != "" && !strings.HasSuffix(strings.ToUpper(text), "EMPTY") {
			geometry, err := wkt.Unmarshal(flatWKT(text))
			if err != nil {
				if in.failWithValue(t.row, t.header[column], text, T("不是 WKT 几何", "is no geometry in well-known text"), T("例如 POLYGON((120 30, 120.1 30, 120.1 30.1, 120 30))", "for example POLYGON((120 30, 120.1 30, 120.1 30.1, 120 30))"), err) != nil {
					return
				}
				continue
			}
			f.geometry = geometry
		}
		if in.deliver(f, visit) != nil {
			return
		}
	}
	t.empty()
}

// wktColumn returns the column of geometries, -1 = none.
func wktColumn(header []string) int {
	for _, word := range wktWords {
		for i, h := range header {
			if normalise(h) == word {
				return i
			}
		}
	}
	return -1
}

// failWithValue is fail with a cause.
func (in *input) failWithValue(row int, field, value string, what, hint Text, cause error) error {
	return in.c.add(&InputError{File: in.name, Row: row, Field: field, Value: clip(value), What: what, Hint: hint, Err: cause})
}

package data

import (
	"context"
	"strings"

	"github.com/paulmach/orb/encoding/wkt"
)

// wktWords are the names of a column of well-known text.
var wktWords = []string{"wkt", "geometry", "geom", "thegeom", "shape", "几何", "图形", "边界"}

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
			if i != column && i < len(t.cells) && strings.TrimSpace(t.cells[i]) != "" {
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
			geometry, err := wkt.Unmarshal(text)
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

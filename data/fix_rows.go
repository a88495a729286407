package data

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"sitecover/geo"
)

// opened opens a source of the original for reading.
func (f *fixer) opened(t *treatment) (*input, bool) {
	in := newInput(f.study, t.role, t.src, newCollector())
	in.c.most = examineMost
	return in, in.inspect()
}

// recode writes a text file in UTF-8, and changes nothing else. Tables get a byte order mark, which tells spreadsheets that it is UTF-8.
func (f *fixer) recode(t *treatment, name string) error {
	raw, err := os.ReadFile(f.path(t.src.File))
	if err != nil {
		return err
	}
	from, text := "GB18030", []byte(nil)
	switch {
	case bytes.HasPrefix(raw, utf16LE), bytes.HasPrefix(raw, utf16BE):
		from = "UTF-16"
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(raw)
	default:
		text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
	}
	if err != nil {
		return fmt.Errorf("data: decode %s: %w", t.src.File, err)
	}
	if slices.Contains(tableEndings, strings.ToLower(filepath.Ext(name))) {
		text = append(slices.Clone(utf8BOM), bytes.TrimPrefix(text, utf8BOM)...)
	}
	f.recoded(t, from)
	return f.write(name, text)
}

// recoded logs that a file is in UTF-8 now.
func (f *fixer) recoded(t *treatment, from string) {
	if t.text != nil {
		f.change(t, *t.text, Change{Before: from, After: "UTF-8", Done: true, What: T("改为 UTF-8 编码", "written in UTF-8")})
	}
}

// table writes a ledger with the rows corrected that need it; the others keep every cell. Workbooks become CSV.
func (f *fixer) table(ctx context.Context, t *treatment, name string) error {
	in, ok := f.opened(t)
	var rows *table
	if ok {
		rows = openTable(in, t.src, t.sheet)
	}
	if rows == nil {
		return f.byHand(t, name)
	}
	defer rows.close()
	if strings.EqualFold(filepath.Ext(name), ".xlsx") {
		name = strings.TrimSuffix(name, filepath.Ext(name)) + ".csv"
		f.names[t.src.File] = name
		f.edit(t, "file", name)
		f.edit(t, "sheet", "")
	}
	if !in.utf8 {
		f.recoded(t, "GB18030")
	}
	width := len(rows.header)
	kept, aside := [][]string{rows.header}, [][]string{append(slices.Clone(rows.header), "原行号 row", "代码 code")}
	seen := map[string]bool{}
	for rows.scan(ctx) {
		cells := make([]string, width)
		copy(cells, rows.cells)
		key := strings.Join(cells, "\x00")
		why, out := t.aside[rows.row]
		if same, asked := t.same[rows.row]; asked && seen[key] {
			why, out = same, true
		}
		seen[key] = true
		if out {
			aside = append(aside, append(cells, fmt.Sprint(rows.row), why.Code))
			f.change(t, why, Change{Before: strings.Join(cells, ", "), Done: true, What: T("这一行移到 %s", "the row was moved to %s", asideDir)})
			continue
		}
		if x, asked := t.swap[rows.row]; asked {
			f.swapCells(t, x, rows, cells)
		}
		kept = append(kept, cells)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(in.c.errs) > 0 && in.c.full() {
		return f.byHand(t, name)
	}
	if err := f.writeCSV(name, kept); err != nil {
		return err
	}
	if len(aside) > 1 {
		return f.writeCSV(asideDir+"/"+strings.ReplaceAll(name, "/", "-"), aside)
	}
	return nil
}

// swapCells exchanges the two coordinates of a row.
func (f *fixer) swapCells(t *treatment, x Finding, rows *table, cells []string) {
	i, j := rows.columns["lon"], rows.columns["lat"]
	if i < 0 || j < 0 || i >= len(cells) || j >= len(cells) {
		return
	}
	before := cells[i] + ", " + cells[j]
	cells[i], cells[j] = cells[j], cells[i]
	f.change(t, x, Change{Field: rows.positionColumn(), Before: before, After: cells[i] + ", " + cells[j], Done: true, What: T("交换了两个坐标", "the two coordinates were exchanged")})
}

func (f *fixer) writeCSV(name string, rows [][]string) error {
	var b bytes.Buffer
	b.Write(utf8BOM)
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return f.write(name, b.Bytes())
}

// byHand copies a file that could not be corrected, and says so.
func (f *fixer) byHand(t *treatment, name string) error {
	for _, x := range t.findings {
		if x.Repair.Do != DoCRS {
			f.change(t, x, Change{What: T("无法自动改正，请人工处理", "could not be corrected: do it by hand")})
		}
	}
	return f.copy(t.src.File, name)
}

// features writes a file of features as GeoJSON in WGS84, with the features corrected that need it.
func (f *fixer) features(t *treatment, name string) error {
	in, ok := f.opened(t)
	if !ok {
		return f.byHand(t, name)
	}
	kept, aside := geojson.NewFeatureCollection(), geojson.NewFeatureCollection()
	var changes []func()
	readFeatures(in, func(x *feature) error {
		out := geojson.NewFeature(x.geometry)
		if x.id != "" {
			out.ID = x.id
		}
		for _, p := range x.props {
			out.Properties[p.key] = p.value
		}
		if why, set := t.aside[x.number]; set {
			aside.Append(out)
			changes = append(changes, func() {
				f.change(t, why, Change{Field: x.label(), Done: true, What: T("这个要素移到 %s", "the feature was moved to %s", asideDir)})
			})
			return nil
		}
		if why, asked := t.swap[x.number]; asked {
			out.Geometry = swapped(x.geometry)
			changes = append(changes, func() {
				f.change(t, why, Change{Field: x.label(), Done: true, What: T("交换了两个坐标", "the two coordinates were exchanged")})
			})
		}
		if why, asked := t.shape[x.number]; asked {
			changes = append(changes, f.reshape(t, why, out, x.label()))
		}
		kept.Append(out)
		return nil
	})
	if len(in.c.errs) > 0 { // features were not delivered: nothing may be lost in a copy
		return f.byHand(t, name)
	}
	if ext := strings.ToLower(filepath.Ext(name)); ext != ".geojson" && ext != ".json" {
		name = strings.TrimSuffix(name, filepath.Ext(name)) + ".geojson"
		f.names[t.src.File] = name
		f.edit(t, "file", name)
	}
	if t.src.CRS != "" {
		f.edit(t, "crs", "")
	}
	if t.src.Axes == AxesYX {
		f.edit(t, "axes", "")
	}
	for _, log := range changes {
		log()
	}
	if err := f.writeFeatures(name, kept); err != nil || len(aside.Features) == 0 {
		return err
	}
	return f.writeFeatures(asideDir+"/"+strings.ReplaceAll(name, "/", "-"), aside)
}

// reshape repairs the shape of a feature and returns what logs it.
func (f *fixer) reshape(t *treatment, why Finding, out *geojson.Feature, label string) func() {
	shape, ok := polygons(&feature{geometry: out.Geometry})
	if ok {
		fixed, repaired := repairShape(shape)
		before, after := geo.Area(closed(shape)), geo.Area(fixed)
		if repaired && math.Abs(after-before) <= maxRepair*before {
			out.Geometry = fixed
			return func() {
				f.change(t, why, Change{Field: label, Before: fmt.Sprintf("%.6f km²", before/1e6), After: fmt.Sprintf("%.6f km²", after/1e6), Done: true,
					What: T("修复了边界，面积变化 %+.4f%%", "the shape was repaired, its area changes by %+.4f%%", 100*(after-before)/before)})
			}
		}
	}
	return func() {
		f.change(t, why, Change{Field: label, What: T("修复会使面积变化超过 0.5%%，请在 GIS 里人工修复", "a repair would change the area by more than 0.5%%: do it by hand in a GIS")})
	}
}

// swapped returns a geometry with the two coordinates of every point exchanged.
func swapped(g orb.Geometry) orb.Geometry {
	if p, ok := g.(orb.Point); ok {
		return orb.Point{p[1], p[0]}
	}
	out := orb.Clone(g)
	eachPoint(out, func(p *orb.Point) { p[0], p[1] = p[1], p[0] })
	return out
}

// writeFeatures writes features one a line.
func (f *fixer) writeFeatures(name string, list *geojson.FeatureCollection) error {
	var b bytes.Buffer
	b.WriteString("{\"type\":\"FeatureCollection\",\"features\":[\n")
	for i, x := range list.Features {
		if i > 0 {
			b.WriteString(",\n")
		}
		text, err := json.Marshal(x)
		if err != nil {
			return err
		}
		b.Write(text)
	}
	b.WriteString("\n]}\n")
	return f.write(name, b.Bytes())
}

package data

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"sitecover/geo"
)

// edit is what becomes of one row or feature in the copy of a file.
type edit struct {
	remove   bool
	geometry orb.Geometry // new, in the file's own system and order of axes; nil = as it was
	cells    []cellEdit   // of a table
	note     Text         // for whoever opens the copy
}

// cellEdit is a new text of one cell.
type cellEdit struct {
	column int // 0-based
	text   string
}

// revision is what becomes of one file.
type revision struct {
	file, name string                   // as the study names it, and its copy
	edits      map[string]map[int]*edit // by layer or sheet, and row
	changes    []Change                 // what the edits mean; they count once the copy is written
	recode     bool                     // the text is written in UTF-8
	aside      []setAside
}

// setAside is a file of rows that were taken out.
type setAside struct {
	name     string
	rows     [][]string // with a header, or
	features *geojson.FeatureCollection
}

// errNotRevised says that a file could not be written with its rows corrected.
var errNotRevised = errors.New("data: the copy could not be corrected")

// add notes an edit and the change that it means. Of two for one row the first stays: the second comes of another source that reads the
// same file.
func (r *revision) add(t *treatment, x Finding, e *edit, c Change) {
	rows := r.edits[t.src.Layer]
	if rows == nil {
		rows = map[int]*edit{}
		r.edits[t.src.Layer] = rows
	}
	if rows[x.Row] != nil {
		return
	}
	c.Done, e.note = true, c.What
	rows[x.Row] = e
	r.changes = append(r.changes, r.change(t, x, c))
}

// leave notes a change that could not be made.
func (r *revision) leave(t *treatment, x Finding, field string, what Text) {
	r.changes = append(r.changes, r.change(t, x, Change{Field: field, What: what}))
}

// change completes a line of the log.
func (r *revision) change(t *treatment, x Finding, c Change) Change {
	c.File, c.Copy, c.Layer, c.Code, c.Row = r.file, r.name, t.src.Layer, x.Code, x.Row
	return c
}

// asideName names the file of what was taken out of a source.
func (r *revision) asideName(t *treatment, ending string) string {
	name := stemOf(strings.ReplaceAll(r.name, "/", "-"))
	if t.src.Layer != "" {
		name += "-" + strings.NewReplacer("/", "-", "\\", "-").Replace(t.src.Layer)
	}
	return asideDir + "/" + name + ending
}

// revisers write copies with rows or features changed, by the ending of the file.
var revisers = map[string]func(*fixer, *revision) error{
	".csv": (*fixer).reviseCSV, ".txt": (*fixer).reviseCSV, ".tsv": (*fixer).reviseCSV, ".xlsx": (*fixer).reviseWorkbook,
	".geojson": (*fixer).reviseGeoJSON, ".json": (*fixer).reviseGeoJSON, topoEnding: (*fixer).reviseGeoJSON,
	".kml": (*fixer).reviseKML, ".kmz": (*fixer).reviseKMZ, ".gpkg": (*fixer).reviseGeoPackage, ".shp": (*fixer).reviseShapefile,
}

// topoEnding is the ending of TopoJSON files, which become GeoJSON.
const topoEnding = ".topojson"

// revise writes the copy of a file.
func (f *fixer) revise(rev *revision) error {
	var err error
	if rev.recode {
		err = f.recode(rev)
	}
	write := revisers[strings.ToLower(filepath.Ext(rev.file))]
	switch {
	case rev.recode:
	case len(rev.edits) == 0:
		err = f.copy(rev.file, rev.name)
	case write == nil:
		err = errNotRevised
	default:
		err = write(f, rev)
	}
	if errors.Is(err, errNotRevised) {
		for i := range rev.changes {
			rev.changes[i].Done, rev.changes[i].What = false, byHand
		}
		f.changes = append(f.changes, rev.changes...)
		return f.copy(rev.file, rev.name)
	}
	if err != nil {
		return err
	}
	f.changes = append(f.changes, rev.changes...)
	return f.putAside(rev)
}

var byHand = T("无法自动改正，请人工处理", "could not be corrected: do it by hand")

// putAside writes what was taken out.
func (f *fixer) putAside(rev *revision) error {
	for _, a := range rev.aside {
		if a.features != nil {
			if err := f.writeFeatures(a.name, a.features); err != nil {
				return err
			}
			continue
		}
		var b bytes.Buffer
		b.Write(utf8BOM)
		w := csv.NewWriter(&b)
		if err := w.WriteAll(a.rows); err != nil {
			return err
		}
		if err := f.write(a.name, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// decide reads a source and decides what becomes of its rows.
func (f *fixer) decide(ctx context.Context, t *treatment, rev *revision) {
	if t.text != nil && !rev.recode {
		rev.recode = true
		rev.changes = append(rev.changes, rev.change(t, *t.text, Change{Before: f.encoding(t.src.File), After: "UTF-8", Done: true, What: T("改为 UTF-8 编码", "written in UTF-8")}))
	}
	if !t.rewrites() {
		return
	}
	in := newInput(f.study, t.role, t.src, newCollector())
	in.c.most, in.raw = examineMost, true
	switch {
	case !in.inspect():
		rev.leaveAll(t)
	case t.geometries(in) || in.features():
		f.decideFeatures(t, rev, in)
	default:
		f.decideRows(ctx, t, rev, in)
	}
}

// leaveAll notes that nothing could be done about a source.
func (r *revision) leaveAll(t *treatment) {
	for _, x := range t.findings {
		if x.Repair.Do != DoCRS && x.Repair.Do != DoRecode {
			r.leave(t, x, "", byHand)
		}
	}
}

// decideRows decides about the rows of a table.
func (f *fixer) decideRows(ctx context.Context, t *treatment, rev *revision, in *input) {
	rows := openTable(in, t.src, t.src.Layer)
	if rows == nil {
		rev.leaveAll(t)
		return
	}
	defer rows.close()
	aside := [][]string{append(slices.Clone(rows.header), "原行号 row", "代码 code")}
	seen := map[string]bool{}
	for rows.scan(ctx) {
		cells := make([]string, len(rows.header))
		copy(cells, rows.cells)
		key := strings.Join(cells, "\x00")
		why, out := t.rows[DoSetAside][rows.row]
		if same, asked := t.rows[DoSame][rows.row]; asked && seen[key] {
			why, out = same, true
		} else if asked && !out {
			rev.leave(t, same, "", T("与前面的行不完全相同，请人工核对后改编号或删去一行", "is not the same as the row before in every cell: change the id or remove a row by hand"))
		}
		seen[key] = true
		if out {
			aside = append(aside, append(cells, strconv.Itoa(rows.row), why.Code))
			rev.add(t, why, &edit{remove: true}, Change{Before: strings.Join(cells[:len(rows.header)], ", "), What: T("这一行移到 %s", "the row was moved to %s", asideDir)})
			continue
		}
		if x, asked := t.rows[DoSwap][rows.row]; asked {
			rev.swapCells(t, x, rows, cells)
		}
	}
	if len(aside) > 1 {
		rev.aside = append(rev.aside, setAside{name: rev.asideName(t, ".csv"), rows: aside})
	}
}

// swapCells exchanges the two coordinates of a row.
func (r *revision) swapCells(t *treatment, x Finding, rows *table, cells []string) {
	i, j := rows.columns["lon"], rows.columns["lat"]
	if i < 0 || j < 0 || i >= len(cells) || j >= len(cells) {
		r.leave(t, x, "", byHand)
		return
	}
	r.add(t, x, &edit{cells: []cellEdit{{i, cells[j]}, {j, cells[i]}}}, Change{Field: rows.positionColumn(),
		Before: cells[i] + ", " + cells[j], After: cells[j] + ", " + cells[i], What: T("交换了两个坐标", "the two coordinates were exchanged")})
}

// decideFeatures decides about the features of a file.
func (f *fixer) decideFeatures(t *treatment, rev *revision, in *input) {
	aside := geojson.NewFeatureCollection()
	seen := map[string]bool{}
	before := len(rev.changes)
	readFeatures(in, func(x *feature) error {
		key := ""
		if len(t.rows[DoSame]) > 0 {
			key = fmt.Sprint(x.id, x.props, x.geometry)
		}
		why, out := t.rows[DoSetAside][x.number]
		if same, asked := t.rows[DoSame][x.number]; asked && seen[key] {
			why, out = same, true
		} else if asked && !out {
			rev.leave(t, same, x.label(), T("与前面的要素不完全相同，请人工核对后改编号或删去一个", "is not the same as the feature before in every property: change the id or remove one by hand"))
		}
		seen[key] = true
		if out {
			aside.Append(asGeoJSON(x))
			rev.add(t, why, &edit{remove: true}, Change{Field: x.label(), What: T("这个要素移到 %s", "the feature was moved to %s", asideDir)})
			return nil
		}
		if why, asked := t.rows[DoSwap][x.number]; asked {
			rev.add(t, why, &edit{geometry: swapped(x.geometry)}, Change{Field: x.label(), What: T("交换了两个坐标", "the two coordinates were exchanged")})
		}
		if why, asked := t.rows[DoShapes][x.number]; asked {
			rev.reshape(t, why, in, x)
		}
		return nil
	})
	if len(in.c.errs) > 0 { // features were not read: nothing may be lost in a copy
		rev.changes = rev.changes[:before]
		delete(rev.edits, t.src.Layer)
		rev.leaveAll(t)
		return
	}
	if len(aside.Features) > 0 {
		rev.aside = append(rev.aside, setAside{name: rev.asideName(t, ".geojson"), features: aside})
	}
}

// reshape repairs the shape of a feature.
func (r *revision) reshape(t *treatment, why Finding, in *input, x *feature) {
	shape, ok := polygons(x)
	if ok {
		if fixed, before, after, ok := reshaped(in, shape); ok {
			r.add(t, why, &edit{geometry: fixed}, Change{Field: x.label(), Before: fmt.Sprintf("%.6f km²", before/1e6), After: fmt.Sprintf("%.6f km²", after/1e6),
				What: T("修复了边界，面积变化 %+.4f%%", "the shape was repaired, its area changes by %+.4f%%", 100*(after-before)/before)})
			return
		}
	}
	r.leave(t, why, x.label(), T("修复会使面积变化超过 0.5%%，请在 GIS 里人工修复", "a repair would change the area by more than 0.5%%: do it by hand in a GIS"))
}

// reshaped repairs a shape that stands in the coordinates of a file. Corners that stay keep their coordinates to the last digit, so that
// neighbours go on sharing them. The areas are in square metres.
func reshaped(in *input, shape orb.MultiPolygon) (out orb.MultiPolygon, before, after float64, ok bool) {
	written := map[orb.Point]orb.Point{} // of a corner in WGS84: as the file has it
	ok = true
	there := orb.Clone(shape).(orb.MultiPolygon)
	eachPoint(there, func(p *orb.Point) {
		q, problem := in.at.wgs84(*p)
		ok = ok && problem == nil
		written[snap(q)], *p = *p, q
	})
	if !ok {
		return nil, 0, 0, false
	}
	fixed, repaired := repairShape(there)
	before, after = geo.Area(closed(there)), geo.Area(fixed)
	if !repaired || !(math.Abs(after-before) <= maxRepair*before) {
		return nil, before, after, false
	}
	eachPoint(fixed, func(p *orb.Point) {
		if own, known := written[snap(*p)]; known {
			*p = own
			return
		}
		q, err := in.at.file(*p)
		ok = ok && err == nil
		*p = q
	})
	return fixed, before, after, ok && soundAgain(in, fixed)
}

// soundAgain reports whether a shape in the coordinates of a file is valid when it is read.
func soundAgain(in *input, shape orb.MultiPolygon) bool {
	there := orb.Clone(shape).(orb.MultiPolygon)
	placed := true
	eachPoint(there, func(p *orb.Point) {
		q, problem := in.at.wgs84(*p)
		placed = placed && problem == nil
		*p = q
	})
	return placed && len(checkShape(there).problems) == 0
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

// encoding names the encoding of a text that is not in UTF-8.
func (f *fixer) encoding(name string) string {
	head := make([]byte, 2)
	file, err := os.Open(f.path(name))
	if err != nil {
		return "" // recode tells
	}
	defer file.Close() // read only
	if n, _ := file.Read(head); n == 2 && (bytes.Equal(head, utf16LE) || bytes.Equal(head, utf16BE)) {
		return "UTF-16"
	}
	return "GB18030"
}

// recode writes a text file in UTF-8, and changes nothing else. Tables get a byte order mark, which tells spreadsheets that it is UTF-8.
func (f *fixer) recode(rev *revision) error {
	raw, err := os.ReadFile(f.path(rev.file))
	if err != nil {
		return err
	}
	var text []byte
	if f.encoding(rev.file) == "UTF-16" {
		text, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(raw)
	} else {
		text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
	}
	if err != nil {
		return errors.Join(errNotRevised, err)
	}
	if slices.Contains(tableEndings, strings.ToLower(filepath.Ext(rev.name))) {
		text = append(slices.Clone(utf8BOM), bytes.TrimPrefix(text, utf8BOM)...)
	}
	return f.write(rev.name, text)
}

func asGeoJSON(x *feature) *geojson.Feature {
	out := geojson.NewFeature(x.geometry)
	if x.id != "" {
		out.ID = x.id
	}
	for _, p := range x.props {
		out.Properties[p.key] = p.value
	}
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

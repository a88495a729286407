package data

import (
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/data/shapefile"
	"sitecover/geo"
)

// featureFormats are the endings of files that hold features: geometries with properties.
var featureFormats = map[string]func(*input, func(*feature) error){
	".geojson": readGeoJSON, ".json": readGeoJSON,
	".shp": readShapefile, ".kml": readKML, ".kmz": readKMZ, ".gpkg": readGeoPackage, ".topojson": readTopoJSON,
}

// featureEndings lists the keys of featureFormats as messages name them.
var featureEndings = []string{".geojson", ".json", ".shp", ".gpkg", ".kml", ".kmz", ".topojson"}

// tableEndings are those of text tables, which hold features where a column is well-known text.
var tableEndings = []string{".csv", ".txt", ".tsv"}

// isFeatures reports whether a file holds features, by its ending.
func isFeatures(name string) bool {
	_, ok := featureFormats[strings.ToLower(filepath.Ext(name))]
	return ok
}

// readFeatures calls visit for every feature of a file, its coordinates converted to WGS84; problems of the file are noted.
// It stops when visit fails. A property that the study names must be in the file.
func readFeatures(in *input, visit func(*feature) error) {
	named := newNamed(in)
	defer named.check()
	each := visit
	visit = func(f *feature) error {
		named.see(f)
		return each(f)
	}
	if read := featureFormats[strings.ToLower(filepath.Ext(in.name))]; read != nil {
		read(in, visit)
		return
	}
	if slices.Contains(tableEndings, strings.ToLower(filepath.Ext(in.name))) {
		readWKT(in, visit)
		return
	}
	_ = in.fail(0, "", "", T("不是要素文件", "is no file of features"), T("用 GeoJSON 或 Shapefile", "use GeoJSON or a shapefile"))
}

// named watches whether the properties that the study names in fields are in a file of features. One that is in none of them would
// leave its field empty everywhere: a slip in the study, or a name that a format cut short.
type named struct {
	in     *input
	rows   int
	unseen map[string]string // our field -> the property that no feature had so far
	keys   []string          // properties of the features, for the hint
	lost   losses
}

// maxNamedKeys bounds the properties that a hint can choose from.
const maxNamedKeys = 200

func newNamed(in *input) *named {
	n := &named{in: in, unseen: maps.Clone(in.fields)}
	maps.DeleteFunc(n.unseen, func(field, key string) bool { return (field == "lon" || field == "lat") && key == field }) // the geometry's, see featureTable
	return n
}

func (n *named) see(f *feature) {
	n.rows++
	for _, p := range f.props {
		n.lost.see(f.number, p.value)
	}
	if len(n.unseen) == 0 {
		return
	}
	for _, p := range f.props {
		if !slices.Contains(n.keys, p.key) && len(n.keys) < maxNamedKeys {
			n.keys = append(n.keys, p.key)
		}
	}
	maps.DeleteFunc(n.unseen, func(_, key string) bool {
		return slices.ContainsFunc(f.props, func(p property) bool { return p.key == key })
	})
}

func (n *named) check() {
	if n.rows == 0 {
		return
	}
	if !slices.Contains(tableEndings, strings.ToLower(filepath.Ext(n.in.name))) { // a table has told
		n.lost.tell(n.in)
	}
	for _, field := range slices.Sorted(maps.Keys(n.unseen)) {
		_ = n.in.fail(0, field, n.unseen[field], T("没有这一列", "is not a column of the file"), columnHint(n.unseen[field], n.keys))
	}
}

// deliver converts a feature's coordinates and gives it to visit. A multipoint of one point is that point: databases and shapefiles often
// hold points so. A feature whose coordinates are none is noted, and is not delivered.
func (in *input) deliver(f *feature, visit func(*feature) error) error {
	var ok bool
	if f.geometry, ok = in.geometryWGS84(f.number, f.label(), f.geometry); !ok {
		if in.c.full() {
			return errFull
		}
		return nil
	}
	if points, several := f.geometry.(orb.MultiPoint); several && len(points) == 1 && !in.raw { // as many programs write points
		f.geometry = points[0]
	}
	return visit(f)
}

// readShapefile reads .shp with the files beside it.
func readShapefile(in *input, visit func(*feature) error) {
	r, err := shapefile.Open(in.path)
	if err != nil {
		in.shapefileProblem(err)
		return
	}
	defer func() { _ = r.Close() }() // read only
	for _, path := range r.Parts {
		in.companion(path)
	}
	if !in.adoptText(".prj", r.PRJ) {
		return
	}
	if r.Fields == nil {
		in.c.find("warning", in.name, 0, T("旁边没有 .dbf，要素没有属性", "has no .dbf beside it: its features have no properties"))
	}
	if r.Doubt {
		in.c.find("warning", in.name, 0, T(".cpg 写的是 %s，但属性不是，按 %s 读取", "the .cpg says %s, but the properties are not: they are read as %s", clip(r.Declared), strings.ToUpper(r.Letters)))
	}
	turned := 0
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			in.shapefileProblem(err)
			return
		}
		in.info.Rows++
		f := &feature{number: rec.Number, geometry: rec.Geometry, props: make([]property, len(rec.Values))}
		for i, v := range rec.Values {
			f.props[i] = property{r.Fields[i], v}
		}
		turned += rec.Turned
		if in.deliver(f, visit) != nil {
			return
		}
	}
	if r.Lost > 0 {
		in.c.find("info", in.name, r.LostAt, T("%d 个数在属性表里是星号（没有填写，或比字段宽），第一个在“%s”，按没有填写处理", "%d numbers are asterisks in the attribute table (not filled in, or too long for the field), the first in %q: they count as not filled in", r.Lost, r.LostField))
	}
	if r.Deleted > 0 {
		in.c.find("info", in.name, 0, T("%d 条在属性表里标为删除的要素，未使用", "%d features are deleted in the attribute table, left out", r.Deleted))
	}
	if turned > 0 {
		in.c.find("info", in.name, 0, T("%d 个环的方向不合规范，按所在位置判断内外", "%d rings wind the wrong way round: what is outside and what a hole was told by where they lie", turned))
	}
}

// shapefileProblem words an error of the reader.
func (in *input) shapefileProblem(err error) {
	row := 0
	var rec *shapefile.RecordError
	if errors.As(err, &rec) {
		row = rec.Number
	}
	again := T("重新导出，.shp、.dbf、.prj、.cpg 要放在一起", "export it again, with .shp, .dbf, .prj and .cpg together")
	detail := shapefileDetail(err)
	for _, known := range []struct {
		err        error
		what, hint Text
	}{
		{shapefile.ErrFormat, T("不是 Shapefile", "is not a shapefile"), again},
		{shapefile.ErrTruncated, T("文件不完整，中途结束%s", "ends in the middle: the file is cut off%s", detail), again},
		{shapefile.ErrCorrupt, T("文件已损坏%s", "is damaged%s", detail), again},
		{shapefile.ErrType, T("几何类型不支持%s", "holds a type of geometry that is not supported%s", detail), T("导出为点、线或面", "export points, lines or polygons")},
		{shapefile.ErrTable, T("属性表 .dbf 已损坏或与图形不符%s", "has an attribute table (.dbf) that is damaged or does not fit%s", detail), again},
		{shapefile.ErrLetters, T("旁边的 .cpg 写的编码不认识%s", "has a .cpg beside it with an encoding that is not known%s", detail), T("改为 UTF-8 或 GB18030，或删去 .cpg", "write UTF-8 or GB18030 into it, or remove it")},
	} {
		if errors.Is(err, known.err) {
			_ = in.c.add(&InputError{File: in.name, Row: row, What: known.what, Hint: known.hint, Err: err})
			return
		}
	}
	_ = in.c.add(openError(in.name, err))
}

// shapefileDetail returns what the reader says beyond the kind of error.
func shapefileDetail(err error) string {
	text := err.Error()
	for _, kind := range []error{shapefile.ErrTruncated, shapefile.ErrCorrupt, shapefile.ErrType, shapefile.ErrTable, shapefile.ErrLetters} {
		if _, after, found := strings.Cut(text, kind.Error()+": "); found {
			return " (" + clip(after) + ")"
		}
	}
	return ""
}

// companion lists a file that was read beside another, with its hash.
func (in *input) companion(path string) {
	other := &input{name: filepath.ToSlash(filepath.Join(filepath.Dir(in.name), filepath.Base(path))), path: path, role: in.role, c: newCollector()}
	other.info = Input{Path: other.name, Role: in.info.Role}
	if other.inspect() || other.info.SHA256 != "" { // an empty .cpg is none of our business
		in.beside = append(in.beside, other.info)
	}
}

// adoptText takes the system that a text beside the geometries declares. A system that is not known must be declared by the study.
func (in *input) adoptText(where, text string) bool {
	if text == "" {
		return true
	}
	system, known := systemOfText(text)
	name := clip(text)
	if i := strings.IndexByte(text, '"'); i >= 0 {
		if name = text[i+1:]; strings.IndexByte(name, '"') > 0 {
			name = clip(name[:strings.IndexByte(name, '"')])
		}
	}
	switch {
	case known:
		in.adopt(system, name)
	case in.at.declared:
		in.c.find("warning", in.name, 0, T("%s 里的坐标系 %s 不认识，按研究文件写的 %s 读取", "%s declares %s, which is not known; it is read as %s, as the study says", where, name, in.at.name()))
	default:
		_ = in.fail(0, where, name, T("坐标系不认识", "is a coordinate system that is not known"), Text{"在来源里写 crs；" + crsHint.ZH, "write crs for the source; " + crsHint.EN})
		return false
	}
	return true
}

// featureTable makes a ledger of a file of features: its columns are the properties, and the position that of the geometry. Polygons stand
// for a point inside them.
func featureTable(in *input) *table {
	t := &table{in: in, close: func() {}}
	type record struct {
		number int
		cells  map[string]string
	}
	var all []record
	seen := map[string]bool{}
	left := &counter{}
	before := len(in.c.errs)
	readFeatures(in, func(f *feature) error {
		p, ok := f.geometry.(orb.Point)
		if shape, isShape := polygons(f); isShape {
			p, ok = geo.InteriorPoint(shape), true
		}
		r := record{f.number, map[string]string{}}
		switch {
		case f.geometry == nil: // a row without a position: the ledger says what becomes of it
		case !ok:
			left.add(T("既不是点也不是面的要素，未使用", "features that are neither points nor polygons, left out"))
			return nil
		default:
			r.cells[lonWords[0]] = strconv.FormatFloat(p[0], 'f', -1, 64)
			r.cells[latWords[0]] = strconv.FormatFloat(p[1], 'f', -1, 64)
		}
		for _, q := range f.props {
			if !seen[q.key] {
				seen[q.key] = true
				t.header = append(t.header, q.key)
			}
			if _, set := r.cells[q.key]; !set {
				r.cells[q.key] = q.value
			}
		}
		all = append(all, r)
		return nil
	})
	left.report(in.c, "info", in.name)
	if len(in.c.errs) > before {
		return nil
	}
	for _, own := range []string{lonWords[0], latWords[0]} {
		if !seen[own] {
			t.header = append(t.header, own)
		}
	}
	in.read, in.at = in.at.system, positions{} // the cells are in WGS84
	in.info.Rows = 0                           // scan counts them again
	next := 0
	t.next = func() (int, []string, error) {
		if next == len(all) {
			return 0, nil, io.EOF
		}
		r := all[next]
		next++
		cells := make([]string, len(t.header))
		for i, h := range t.header {
			cells[i] = r.cells[h]
		}
		return r.number, cells, nil
	}
	return t
}

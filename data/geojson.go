package data

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// property is one property of a feature, as text.
type property struct{ key, value string }

// feature is one geometry with its properties, of any format.
type feature struct {
	number   int // 1-based, in the file's order
	id       string
	props    []property
	kind     string // geometry type, "" = null geometry
	geometry orb.Geometry
	at       stretch // where it stands in the text of a GeoJSON or KML file
	shape    stretch // where its geometry does; empty when it has none, or several
}

// stretch is a piece of a text, in bytes of its UTF-8 without a byte order mark.
type stretch struct{ from, to int }

// get returns a property, "" when it is absent.
func (f *feature) get(key string) string {
	for _, p := range f.props {
		if p.key == key {
			return strings.TrimSpace(p.value)
		}
	}
	return ""
}

// first returns the first of the properties that is not empty.
func (f *feature) first(keys ...string) string {
	for _, k := range keys {
		if v := f.get(k); v != "" {
			return v
		}
	}
	return ""
}

// field returns what the study calls a field: the mapped property, or the first of the usual ones.
func (f *feature) field(src Source, field string, usual ...string) string {
	if key := src.Fields[field]; key != "" {
		return f.get(key)
	}
	return f.first(usual...)
}

// label names the feature in messages.
func (f *feature) label() string {
	return f.first("name", "NAME", "Name", "名称", "name:zh", "id", "code")
}

// features is a GeoJSON file being read.
type features struct {
	in    *input
	s     jsonScanner
	n     int
	visit func(*feature) error
	list  []property     // reused
	path  orb.LineString // reused
}

// readGeoJSON is readFeatures for GeoJSON.
func readGeoJSON(in *input, visit func(*feature) error) {
	text, ok := in.bytes()
	if !ok {
		return
	}
	scanFeatures(in, text, visit)
}

func scanFeatures(in *input, text []byte, visit func(*feature) error) {
	if !in.utf8 {
		_ = in.fail(0, "", "", T("不是 UTF-8 编码", "is not UTF-8"), T("GeoJSON 必须是 UTF-8，重新导出", "GeoJSON must be UTF-8: export it again"))
		return
	}
	fs := &features{in: in, s: jsonScanner{b: text}, visit: visit}
	err := fs.root()
	if err == nil && fs.s.peek() != 0 {
		err = fs.s.unexpected()
	}
	if err == errStop {
		return
	}
	if err != nil {
		line, column := lineOf(text, err.at)
		_ = in.fail(fs.n, "", "", Text{
			ZH: fmt.Sprintf("第 %d 行第 %d 列：%s", line, column, err.what.ZH),
			EN: fmt.Sprintf("line %d, column %d: %s", line, column, err.what.EN),
		}, T("重新导出这个文件", "export the file again"))
	}
}

// errStop ends the scan after visit failed: what is wrong has been noted already.
var errStop = &jsonError{}

func (fs *features) root() *jsonError {
	if fs.s.peek() != '{' {
		return fs.s.fail("不是 GeoJSON", "is not GeoJSON")
	}
	kind, found := "", false
	err := fs.s.object(func(key string) *jsonError {
		switch key {
		case "type":
			text, _, err := fs.s.scalar()
			kind = text
			return err
		case "features":
			found = true
			return fs.s.array(fs.one)
		case "crs":
			return fs.crs()
		}
		return fs.s.skip(0)
	})
	switch {
	case err != nil:
		return err
	case kind == "Feature":
		fs.s.i = 0
		return fs.one()
	case !found:
		if kind == "Topology" {
			scanTopology(fs.in, fs.s.b, fs.visit)
			return errStop
		}
		_ = fs.in.fail(0, "type", kind, T("没有要素", "holds no features"), T("需要 FeatureCollection", "a FeatureCollection is needed"))
		return errStop
	}
	fs.in.info.Rows = fs.n
	return nil
}

// crs reads which coordinates the file declares. One that is not known must be told by the study.
func (fs *features) crs() *jsonError {
	from := fs.s.i
	if err := fs.s.skip(0); err != nil {
		return err
	}
	text := strings.Join(strings.Fields(string(fs.s.b[from:fs.s.i])), " ")
	if text == "null" {
		return nil
	}
	system, known := systemOfText(text)
	switch {
	case known && (fs.n == 0 || fs.in.at.declared || sameDegrees(fs.in.at.system, system)):
		fs.in.adopt(system, system.Name())
		return nil
	case known:
		_ = fs.in.fail(0, "crs", text, T("写在要素之后", "stands after the features"), T("在来源里写 crs: %s", "write crs: %s for the source", system.Name()))
	case fs.in.at.declared:
		fs.in.c.find("warning", fs.in.name, 0, T("文件自称的坐标系 %s 不认识，按研究文件写的 %s 读取", "declares %s, which is not known; it is read as %s, as the study says", clip(text), fs.in.at.name()))
		return nil
	default:
		_ = fs.in.fail(0, "crs", text, T("坐标系不认识", "is a coordinate system that is not known"),
			T("在来源里写 crs，或转换成 EPSG:4326", "write crs for the source, or convert the file to EPSG:4326"))
	}
	return errStop
}

// one reads a feature.
func (fs *features) one() *jsonError {
	fs.n++
	f := &feature{number: fs.n, props: fs.list[:0]}
	if fs.s.peek() != '{' {
		return fs.s.fail("要素应为对象", "has a feature that is no object")
	}
	f.at.from = fs.s.i
	err := fs.s.object(func(key string) *jsonError {
		switch key {
		case "id":
			text, _, err := fs.s.scalar()
			f.id = strings.TrimSpace(text)
			return err
		case "properties":
			return fs.properties(f)
		case "geometry":
			fs.s.peek()
			f.shape.from = fs.s.i
			err := fs.geometry(f)
			f.shape.to = fs.s.i
			return err
		}
		return fs.s.skip(0)
	})
	if err != nil {
		return err
	}
	fs.list, f.at.to = f.props, fs.s.i
	if fs.in.deliver(f, fs.visit) != nil {
		return errStop
	}
	return nil
}

func (fs *features) properties(f *feature) *jsonError {
	if fs.s.peek() != '{' {
		return fs.s.skip(0)
	}
	return fs.s.object(func(key string) *jsonError {
		number := fs.s.peek() != '"'
		text, _, err := fs.s.scalar() // null is nothing, but a property all the same
		if number {
			text = wholeNumber(text)
		}
		f.props = append(f.props, property{key, text})
		return err
	})
}

// wholeNumber writes a whole number without the decimals that some programs give it, such as 320583.0: codes are often stored so.
func wholeNumber(text string) string {
	if whole, zeros, found := strings.Cut(text, "."); found && whole != "" && strings.Trim(zeros, "0") == "" {
		return whole
	}
	return text
}

// geometry reads a geometry. Its coordinates may stand before its type, so they are found first and read afterwards.
func (fs *features) geometry(f *feature) *jsonError {
	if fs.s.peek() != '{' {
		return fs.s.skip(0)
	}
	coordinates := -1
	err := fs.s.object(func(key string) *jsonError {
		switch key {
		case "type":
			text, _, err := fs.s.scalar()
			f.kind = text
			return err
		case "coordinates":
			fs.s.peek()
			coordinates = fs.s.i
			if f.kind != "" {
				return fs.coordinates(f)
			}
		}
		return fs.s.skip(0)
	})
	if err != nil || f.geometry != nil || coordinates < 0 {
		return err
	}
	end := fs.s.i
	fs.s.i = coordinates
	err = fs.coordinates(f)
	if err == nil {
		fs.s.i = end
	}
	return err
}

func (fs *features) coordinates(f *feature) (err *jsonError) {
	switch f.kind {
	case "Point":
		var p orb.Point
		if p, err = fs.point(); err == nil {
			f.geometry = p
		}
	case "MultiPoint":
		var line orb.LineString
		if line, err = fs.line(); err == nil {
			f.geometry = orb.MultiPoint(line)
		}
	case "LineString":
		var line orb.LineString
		if line, err = fs.line(); err == nil {
			f.geometry = line
		}
	case "MultiLineString":
		var lines orb.MultiLineString
		err = fs.s.array(func() *jsonError {
			line, err := fs.line()
			lines = append(lines, line)
			return err
		})
		f.geometry = lines
	case "Polygon":
		var polygon orb.Polygon
		if polygon, err = fs.polygon(); err == nil {
			f.geometry = polygon
		}
	case "MultiPolygon":
		var shape orb.MultiPolygon
		err = fs.s.array(func() *jsonError {
			polygon, err := fs.polygon()
			shape = append(shape, polygon)
			return err
		})
		f.geometry = shape
	default:
		return fs.s.skip(0)
	}
	return err
}

func (fs *features) polygon() (orb.Polygon, *jsonError) {
	var out orb.Polygon
	err := fs.s.array(func() *jsonError {
		line, err := fs.line()
		out = append(out, orb.Ring(line))
		return err
	})
	return out, err
}

func (fs *features) line() (orb.LineString, *jsonError) {
	fs.path = fs.path[:0]
	err := fs.s.array(func() *jsonError {
		p, err := fs.point()
		fs.path = append(fs.path, p)
		return err
	})
	return slices.Clone(fs.path), err
}

// point reads a position; a height is read over.
func (fs *features) point() (p orb.Point, err *jsonError) {
	if err := fs.s.take('['); err != nil {
		return p, err
	}
	if p[0], err = fs.s.number(); err != nil {
		return p, err
	}
	if err := fs.s.take(','); err != nil {
		return p, err
	}
	if p[1], err = fs.s.number(); err != nil {
		return p, err
	}
	for fs.s.peek() == ',' {
		fs.s.i++
		if err := fs.s.skip(0); err != nil {
			return p, err
		}
	}
	return p, fs.s.take(']')
}

package data

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxKMZ bounds what a KMZ file may unpack to.
const maxKMZ = 200 << 20

var errUnpacked = errors.New("data: unpacks to more than is allowed")

// readKML is readFeatures for KML.
func readKML(in *input, visit func(*feature) error) {
	file, err := os.Open(in.path)
	if err != nil {
		_ = in.c.add(openError(in.name, err))
		return
	}
	defer file.Close() // read only
	rows := 0
	if links, ok := scanKML(in, file, &rows, visit); ok {
		followed(in, len(links))
	}
}

// readKMZ is readFeatures for KMZ: a zip file with a KML file in it, doc.kml or else the first.
func readKMZ(in *input, visit func(*feature) error) {
	archive, err := zip.OpenReader(in.path)
	if err != nil {
		_ = in.failWith(0, T("不是 KMZ 压缩包", "is no KMZ archive"), T("重新导出，或导出为 KML", "export it again, or as KML"), err)
		return
	}
	defer archive.Close() // read only
	k := &kmzReader{in: in, archive: &archive.Reader, left: maxKMZ, visit: visit, seen: map[string]bool{}}
	k.read()
}

// read reads the first file and what it links to.
func (k *kmzReader) read() {
	in, archive := k.in, k.archive
	var doc *zip.File
	for _, f := range archive.File {
		if strings.EqualFold(path.Ext(f.Name), ".kml") && (doc == nil || strings.EqualFold(f.Name, "doc.kml")) {
			doc = f
		}
	}
	if doc == nil {
		_ = in.fail(0, "", "", T("压缩包里没有 .kml 文件", "holds no .kml file"), T("重新导出，或导出为 KML", "export it again, or as KML"))
		return
	}
	for queue := []*zip.File{doc}; len(queue) > 0; queue = queue[1:] {
		more, ok := k.file(queue[0])
		if !ok {
			return
		}
		queue = append(queue, more...)
	}
	followed(in, k.links)
}

// kmzReader reads the KML files of an archive: the first one, and those that it links to.
type kmzReader struct {
	in      *input
	archive *zip.Reader
	left    int64 // bytes that may still be unpacked
	rows    int
	links   int // network links to what is not in the archive
	visit   func(*feature) error
	seen    map[string]bool
	at      string // the file that is being read
}

// file reads one file, and returns those of the archive that it links to.
func (k *kmzReader) file(f *zip.File) (linked []*zip.File, ok bool) {
	content, err := f.Open()
	if err != nil {
		_ = k.in.failWith(0, T("无法解压", "cannot be unpacked"), T("重新导出", "export it again"), err)
		return nil, false
	}
	defer content.Close() // read only
	k.seen[f.Name], k.at = true, f.Name
	limited := &limitedReader{content, k.left}
	links, ok := scanKML(k.in, limited, &k.rows, k.visit)
	k.left = limited.left
	for _, link := range links {
		at := slices.IndexFunc(k.archive.File, func(o *zip.File) bool { return o.Name == path.Join(path.Dir(f.Name), link) })
		switch {
		case at < 0:
			k.links++
		case !k.seen[k.archive.File[at].Name]:
			k.seen[k.archive.File[at].Name] = true
			linked = append(linked, k.archive.File[at])
		}
	}
	return linked, ok
}

// followed tells of links that were not followed: to files that are not there, or to other machines.
func followed(in *input, links int) {
	if links > 0 {
		in.c.find("warning", in.name, 0, T("%d 个网络链接没有读取", "%d network links were not followed", links))
	}
}

// limitedReader fails where io.LimitReader would silently end.
type limitedReader struct {
	r    io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errUnpacked
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// kmlReader walks a KML document (OGC 12-007r2): placemarks with names, data and geometries; the folder around a placemark is its
// property "folder".
type kmlReader struct {
	in      *input
	d       *xml.Decoder
	folders []string
	n       int
	labels  int // shapes with a point for their name
	visit   func(*feature) error
	links   []string // where network links lead
	start   int      // where the element begins that was opened last, of those that may be placemarks or geometries
}

// next returns the next token, and remembers where it begins.
func (k *kmlReader) next() (xml.Token, error) {
	k.start = int(k.d.InputOffset())
	return k.d.Token()
}

// scanKML reads one document; rows counts the placemarks over all documents of a file. ok is false after noting that it cannot be read, or
// when visit has failed.
func scanKML(in *input, r io.Reader, rows *int, visit func(*feature) error) (links []string, ok bool) {
	k := &kmlReader{in: in, d: xml.NewDecoder(r), visit: visit, n: *rows}
	k.d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "gbk", "gb2312", "gb18030":
			return simplifiedchinese.GB18030.NewDecoder().Reader(r), nil
		}
		return nil, fmt.Errorf("encoding %q is not known", charset)
	}
	found := false
	for {
		token, err := k.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			if e, ok := token.(xml.StartElement); ok && !found {
				if found = e.Name.Local == "kml"; !found {
					_ = in.fail(0, "", "", T("不是 KML", "is not KML"), T("重新导出这个文件", "export the file again"))
					return nil, false
				}
			}
			err = k.token(token)
		}
		if err != nil {
			k.problem(err)
			return nil, false
		}
	}
	if !found {
		_ = in.fail(0, "", "", T("不是 KML", "is not KML"), T("重新导出这个文件", "export the file again"))
		return nil, false
	}
	if k.labels > 0 {
		in.c.find("info", in.name, 0, T("%d 个图形旁的标注点，未使用", "points that only place the name of a shape, left out: %d", k.labels))
	}
	*rows = k.n
	in.info.Rows = k.n
	return k.links, true
}

// problem notes an error that visit did not note.
func (k *kmlReader) problem(err error) {
	var bad *kmlError
	var syntax *xml.SyntaxError
	again := T("重新导出这个文件", "export the file again")
	switch {
	case errors.Is(err, errVisit): // noted
	case errors.As(err, &bad):
		_ = k.in.fail(k.n, bad.field, bad.value, bad.what, again)
	case errors.Is(err, errUnpacked):
		_ = k.in.fail(0, "", "", T("解压后超过 200 MB", "unpacks to more than 200 MB"), T("拆成几个文件", "split it into several files"))
	case errors.As(err, &syntax):
		_ = k.in.failWith(k.n, T("第 %d 行：XML 语法错误：%s", "line %d: is not XML: %s", syntax.Line, syntax.Msg), again, err)
	default:
		_ = k.in.failWith(k.n, T("读不下去：%v", "cannot be read on: %v", err), again, err)
	}
}

// errVisit ends the reading after visit failed.
var errVisit = errors.New("data: stopped")

// kmlError is something in a KML file that is not as it must be.
type kmlError struct {
	field, value string
	what         Text
}

func (e *kmlError) Error() string { return e.what.EN }

func (k *kmlReader) token(token xml.Token) error {
	switch e := token.(type) {
	case xml.StartElement:
		switch e.Name.Local {
		case "Folder":
			if len(k.folders) >= maxDepth {
				return &kmlError{what: T("文件夹嵌套太深", "nests folders too deeply")}
			}
			k.folders = append(k.folders, "")
		case "name":
			text, err := k.text()
			if n := len(k.folders); n > 0 && k.folders[n-1] == "" {
				k.folders[n-1] = text
			}
			return err
		case "Placemark":
			return k.placemark(e)
		case "NetworkLink":
			return k.link()
		}
	case xml.EndElement:
		if e.Name.Local == "Folder" && len(k.folders) > 0 {
			k.folders = k.folders[:len(k.folders)-1]
		}
	}
	return nil
}

// text reads the characters up to the end of the element; elements inside are skipped.
func (k *kmlReader) text() (string, error) {
	var b strings.Builder
	for {
		token, err := k.d.Token()
		if err != nil {
			return "", cutXML(err)
		}
		switch e := token.(type) {
		case xml.CharData:
			b.Write(e)
		case xml.StartElement:
			if err := k.d.Skip(); err != nil {
				return "", cutXML(err)
			}
		case xml.EndElement:
			return strings.TrimSpace(b.String()), nil
		}
	}
}

func cutXML(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// children calls visit for every element inside the one that was just opened; visit must consume it.
func (k *kmlReader) children(visit func(xml.StartElement) error) error {
	for {
		token, err := k.next()
		if err != nil {
			return cutXML(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if err := visit(e); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// link reads where a network link leads.
func (k *kmlReader) link() error {
	return k.children(func(e xml.StartElement) error {
		if e.Name.Local != "Link" && e.Name.Local != "Url" {
			return k.d.Skip()
		}
		return k.children(func(e xml.StartElement) error {
			if e.Name.Local != "href" {
				return k.d.Skip()
			}
			text, err := k.text()
			k.links = append(k.links, text)
			return err
		})
	})
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (k *kmlReader) placemark(e xml.StartElement) error {
	k.n++
	f := &feature{number: k.n, id: attribute(e, "id"), at: stretch{from: k.start}}
	var parts kmlParts
	shapes := 0
	err := k.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "name", "description", "address":
			text, err := k.text()
			if text != "" {
				f.props = append(f.props, property{e.Name.Local, text})
			}
			return err
		case "ExtendedData":
			return k.data(f)
		case "Point", "LineString", "Polygon", "MultiGeometry":
			from := k.start
			err := k.geometry(e, &parts, 0)
			f.shape = stretch{from, int(k.d.InputOffset())}
			shapes++
			return err
		}
		return k.d.Skip()
	})
	if err != nil {
		return err
	}
	f.at.to = int(k.d.InputOffset())
	if shapes > 1 {
		f.shape = stretch{}
	}
	if n := len(k.folders); n > 0 && k.folders[n-1] != "" {
		f.props = append(f.props, property{"folder", k.folders[n-1]})
	}
	var ok bool
	if f.geometry, ok = parts.geometry(); !ok {
		return &kmlError{field: f.label(), what: T("同时含有点、线和面", "mixes points, lines and polygons in one placemark")}
	}
	if parts.label {
		k.labels++
	}
	if k.in.deliver(f, k.visit) != nil {
		return errVisit
	}
	return nil
}

// data reads Data and SimpleData.
func (k *kmlReader) data(f *feature) error {
	return k.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "SchemaData":
			return k.data(f)
		case "SimpleData":
			text, err := k.text()
			f.props = append(f.props, property{attribute(e, "name"), text})
			return err
		case "Data":
			name := attribute(e, "name")
			return k.children(func(v xml.StartElement) error {
				if v.Name.Local != "value" {
					return k.d.Skip()
				}
				text, err := k.text()
				f.props = append(f.props, property{name, text})
				return err
			})
		}
		return k.d.Skip()
	})
}

// kmlParts are the geometries of a placemark.
type kmlParts struct {
	points   orb.MultiPoint
	lines    orb.MultiLineString
	polygons orb.MultiPolygon
	label    bool // a point was left out that only places the name
}

func (p *kmlParts) geometry() (orb.Geometry, bool) {
	if len(p.points) == 1 && len(p.lines)+len(p.polygons) > 0 { // where map programs put the name of a shape
		p.points = nil
		p.label = true
	}
	kinds := 0
	for _, n := range []int{len(p.points), len(p.lines), len(p.polygons)} {
		kinds += min(n, 1)
	}
	switch {
	case kinds > 1:
		return nil, false
	case len(p.points) == 1:
		return p.points[0], true
	case len(p.points) > 1:
		return p.points, true
	case len(p.lines) > 0:
		return p.lines, true
	case len(p.polygons) > 0:
		return p.polygons, true
	}
	return nil, true
}

func (k *kmlReader) geometry(e xml.StartElement, parts *kmlParts, depth int) error {
	switch e.Name.Local {
	case "MultiGeometry":
		if depth > maxDepth {
			return &kmlError{what: T("嵌套太深", "is nested too deeply")}
		}
		return k.children(func(e xml.StartElement) error { return k.geometry(e, parts, depth+1) })
	case "Point":
		line, err := k.line()
		if len(line) > 0 {
			parts.points = append(parts.points, line[0])
		}
		return err
	case "LineString":
		line, err := k.line()
		if len(line) > 0 {
			parts.lines = append(parts.lines, line)
		}
		return err
	case "Polygon":
		var outer, holes orb.Polygon
		err := k.children(func(e xml.StartElement) error {
			to := &holes
			switch e.Name.Local {
			case "outerBoundaryIs":
				to = &outer
			case "innerBoundaryIs":
			default:
				return k.d.Skip()
			}
			return k.children(func(xml.StartElement) error {
				line, err := k.line()
				*to = append(*to, orb.Ring(line))
				return err
			})
		})
		if len(outer)+len(holes) > 0 {
			parts.polygons = append(parts.polygons, append(outer, holes...))
		}
		return err
	}
	return k.d.Skip()
}

// line reads the coordinates inside an element: "lon,lat,height" parted by white space.
func (k *kmlReader) line() (orb.LineString, error) {
	var out orb.LineString
	err := k.children(func(e xml.StartElement) error {
		if e.Name.Local != "coordinates" {
			return k.d.Skip()
		}
		text, err := k.text()
		if err != nil {
			return err
		}
		for _, word := range strings.Fields(text) {
			numbers := strings.Split(strings.TrimSuffix(word, ","), ",")
			var p orb.Point
			ok := len(numbers) == 2 || len(numbers) == 3
			for i := 0; i < 2 && ok; i++ {
				p[i], err = strconv.ParseFloat(numbers[i], 64)
				ok = err == nil
			}
			if !ok {
				return &kmlError{"coordinates", word, T("不是“经度,纬度”", "is not \"longitude,latitude\"")}
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

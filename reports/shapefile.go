package reports

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strconv"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Shape types of the ESRI Shapefile Technical Description (July 1998).
const (
	shapeNull    = 0
	shapePoint   = 1
	shapePolygon = 5
)

// maxDBFText is the widest text field of dBASE.
const maxDBFText = 254

// shapefiles are the layers as ESRI Shapefiles: .shp, .shx, .dbf (text in GB18030), .cpg, and .prj where the system has a code.
func (b *builder) shapefiles(in frame) []file {
	var out []file
	for _, spec := range b.layers() {
		// A layer is made once, when its first file is written, and the parts are kept until then.
		var made map[string][]byte
		part := func(extension string) file {
			return file{in.file("shp/"+spec.name, extension), func(w io.Writer) error {
				if made == nil {
					t := b.collect(spec, in)
					shp, shx := shapes(t)
					made = map[string][]byte{".shp": shp, ".shx": shx, ".dbf": b.dbf(t), ".cpg": []byte("GB18030\n"), ".prj": []byte(wktOf[in.epsg] + "\n")}
				}
				_, err := w.Write(made[extension])
				return err
			}}
		}
		for _, e := range []string{".shp", ".shx", ".dbf", ".cpg"} {
			out = append(out, part(e))
		}
		if in.epsg != 0 {
			out = append(out, part(".prj"))
		}
	}
	return out
}

// shapes writes the geometry file and its index.
func shapes(t *table) (shp, shx []byte) {
	kind := uint32(shapePoint)
	if t.areas {
		kind = shapePolygon
	}
	bound, any := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}, false
	var records, index []byte
	for i, f := range t.features {
		body := shape(f.geometry)
		if f.geometry != nil {
			bound, any = bound.Union(f.geometry.Bound()), true
		}
		index = binary.BigEndian.AppendUint32(index, uint32((100+len(records))/2))
		index = binary.BigEndian.AppendUint32(index, uint32(len(body)/2))
		records = binary.BigEndian.AppendUint32(records, uint32(i+1))
		records = binary.BigEndian.AppendUint32(records, uint32(len(body)/2))
		records = append(records, body...)
	}
	if !any {
		bound = orb.Bound{}
	}
	head := func(length int) []byte {
		h := binary.BigEndian.AppendUint32(nil, 9994)
		h = append(h, make([]byte, 20)...)
		h = binary.BigEndian.AppendUint32(h, uint32((100+length)/2))
		h = binary.LittleEndian.AppendUint32(h, 1000)
		h = binary.LittleEndian.AppendUint32(h, kind)
		h = appendFloats(h, bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1], 0, 0, 0, 0)
		return h
	}
	return append(head(len(records)), records...), append(head(len(index)), index...)
}

func appendFloats(b []byte, xs ...float64) []byte {
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// shape is one record. Outer rings run clockwise here, holes anticlockwise: the other way round than in GeoJSON.
func shape(g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		return appendFloats(binary.LittleEndian.AppendUint32(nil, shapePoint), g[0], g[1])
	case orb.MultiPolygon:
		var parts, points []byte
		rings, n := 0, 0
		for _, poly := range g {
			for _, ring := range poly {
				parts = binary.LittleEndian.AppendUint32(parts, uint32(n))
				for i := len(ring) - 1; i >= 0; i-- {
					points = appendFloats(points, ring[i][0], ring[i][1])
				}
				rings++
				n += len(ring)
			}
		}
		bound := g.Bound()
		out := binary.LittleEndian.AppendUint32(nil, shapePolygon)
		out = appendFloats(out, bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1])
		out = binary.LittleEndian.AppendUint32(out, uint32(rings))
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
		return append(append(out, parts...), points...)
	}
	return binary.LittleEndian.AppendUint32(nil, shapeNull)
}

// dbf writes the attributes in dBASE III. Names are cut to ten letters and told apart by numbers; text longer than 254 bytes is
// cut after a whole character. Empty numbers are blank.
func (b *builder) dbf(t *table) []byte {
	names := shortNames(t.columns)
	cells := make([][][]byte, len(t.features))
	width := make([]int, len(t.columns))
	for i := range width {
		width[i] = 1
	}
	for r, f := range t.features {
		cells[r] = make([][]byte, len(t.columns))
		for i, v := range t.row(f) {
			cells[r][i] = dbfValue(v)
			width[i] = max(width[i], len(cells[r][i]))
		}
	}
	var out bytes.Buffer
	length := 1
	for _, w := range width {
		length += w
	}
	d := ymd(b.s.Date)
	out.Write([]byte{3, d[0], d[1], d[2]})
	out.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(t.features))))
	out.Write(binary.LittleEndian.AppendUint16(nil, uint16(32+32*len(names)+1)))
	out.Write(binary.LittleEndian.AppendUint16(nil, uint16(length)))
	out.Write(make([]byte, 20))
	for i, name := range names {
		field := make([]byte, 32)
		copy(field, name)
		kind, places := byte('C'), 0
		switch t.kinds[i] {
		case kindBool:
			kind = 'L'
		case kindInt:
			kind = 'N'
		case kindReal:
			kind, places = 'N', 6
		}
		field[11], field[16], field[17] = kind, byte(width[i]), byte(min(places, max(width[i]-2, 0)))
		out.Write(field)
	}
	out.WriteByte(0x0d)
	for r := range cells {
		out.WriteByte(' ')
		for i, c := range cells[r] {
			pad := bytes.Repeat([]byte{' '}, width[i]-len(c))
			if t.kinds[i] == kindInt || t.kinds[i] == kindReal {
				out.Write(pad)
				out.Write(c)
			} else {
				out.Write(c)
				out.Write(pad)
			}
		}
	}
	out.WriteByte(0x1a)
	return out.Bytes()
}

func dbfValue(v any) []byte {
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		return []byte(map[bool]string{true: "T", false: "F"}[v])
	case float64:
		return []byte(strconv.FormatFloat(v, 'f', 6, 64))
	case string:
		return gb18030(v, maxDBFText)
	}
	return []byte(textOf(v))
}

// gb18030 encodes text, cut after the last whole character that fits. Every character of Unicode has a code in it.
func gb18030(s string, most int) []byte {
	encoder := simplifiedchinese.GB18030.NewEncoder()
	var out []byte
	for _, r := range clip(s) {
		code, err := encoder.Bytes([]byte(string(r)))
		if err != nil {
			code = []byte{'?'}
		}
		if len(out)+len(code) > most {
			break
		}
		out = append(out, code...)
	}
	return out
}

// shortNames cuts column names to the ten letters of dBASE; where two become one, numbers tell them apart.
func shortNames(names []string) []string {
	out, seen := make([]string, len(names)), map[string]bool{}
	for i, name := range names {
		ascii := []byte(name)
		for k, c := range ascii {
			if c >= 0x80 || c < 0x20 {
				ascii[k] = '_'
			}
		}
		short := string(ascii[:min(10, len(ascii))])
		for n := 1; seen[short]; n++ {
			tail := strconv.Itoa(n)
			short = string(ascii[:min(10-len(tail), len(ascii))]) + tail
		}
		seen[short] = true
		out[i] = short
	}
	return out
}

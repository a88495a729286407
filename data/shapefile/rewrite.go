package shapefile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Revision says what becomes of a record in a copy. The zero value keeps it byte for byte.
type Revision struct {
	Remove   bool
	Geometry orb.Geometry // of the file's own type, in its coordinates; nil = as it was
}

// indexes are files beside a .shp that say where records lie: they would be wrong beside a copy, and every program makes them anew.
var indexes = []string{".shx", ".sbn", ".sbx", ".qix", ".ain", ".aih", ".fbn", ".fbx", ".idm", ".ind", ".cdx", ".mdx", ".atx"}

// IsIndex reports whether a file beside a .shp is an index over it, by its ending.
func IsIndex(name string) bool {
	name = strings.ToLower(name)
	for _, e := range indexes {
		if strings.HasSuffix(name, e) {
			return true
		}
	}
	return false
}

// Rewrite copies a shapefile with some of its records changed: from is the .shp to read, and to the one to write, with .shx and .dbf beside it.
// revise is called for every record that is not deleted, by its number. Attributes, heights and measures of records that stay are copied
// byte for byte; of a record whose geometry changes, heights are those of the points that stay, and measures are dropped unless only its
// points moved. Other files beside the original are the caller's to copy. Errors are those of Reader.
func Rewrite(from, to string, revise func(number int) Revision) (err error) {
	r, err := Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // read only
	w := &rewriter{kind: r.kind, bound: orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}}
	if r.table != nil {
		if w.rows, err = readRows(Sibling(from, ".dbf")); err != nil {
			return err
		}
	}
	for number := 1; r.left >= 8; number++ {
		if err := w.record(r, number, revise); err != nil {
			return &RecordError{number, err}
		}
	}
	stem := strings.TrimSuffix(to, filepath.Ext(to))
	header := make([]byte, headerSize)
	original, err := os.Open(from)
	if err != nil {
		return err
	}
	_, err = io.ReadFull(original, header)
	if err = errors.Join(err, original.Close()); err != nil {
		return err
	}
	if err := os.WriteFile(to, w.whole(header, w.shp.Bytes()), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(stem+".shx", w.whole(header, w.shx.Bytes()), 0o644); err != nil {
		return err
	}
	if w.rows == nil {
		return nil
	}
	return os.WriteFile(stem+".dbf", w.rows.copy(), 0o644)
}

// rewriter collects the records of a copy.
type rewriter struct {
	kind     int32
	shp, shx bytes.Buffer
	count    int
	bound    orb.Bound
	z        [2]float64 // least and greatest height
	high     bool       // z is set
	rows     *rows
}

// record copies one record, and its row of the table.
func (w *rewriter) record(r *Reader, number int, revise func(int) Revision) error {
	head, err := r.take(8)
	if err != nil {
		return err
	}
	length := 2 * int64(uint32(big32(head[4:])))
	if length < 4 || length > maxRecord {
		return fmt.Errorf("%w: a record of %d bytes", ErrCorrupt, length)
	}
	content, err := r.take(length)
	if err != nil {
		return err
	}
	var row []byte
	if w.rows != nil {
		if row, err = w.rows.next(); err != nil {
			return err
		}
	}
	if row == nil || row[0] != '*' {
		revision := revise(number)
		if revision.Remove {
			return nil
		}
		if revision.Geometry != nil {
			if content, err = reshaped(content, revision.Geometry); err != nil {
				return err
			}
		}
	}
	if w.rows != nil {
		w.rows.keep(row)
	}
	w.add(content)
	return nil
}

func (w *rewriter) add(content []byte) {
	w.count++
	at := headerSize + w.shp.Len()
	w.shx.Write(binary.BigEndian.AppendUint32(nil, uint32(at/2)))
	w.shx.Write(binary.BigEndian.AppendUint32(nil, uint32(len(content)/2)))
	w.shp.Write(binary.BigEndian.AppendUint32(nil, uint32(w.count)))
	w.shp.Write(binary.BigEndian.AppendUint32(nil, uint32(len(content)/2)))
	w.shp.Write(content)
	kind := little32(content)
	switch {
	case kind == null:
	case kind%10 == point && len(content) >= 20:
		if p := pointAt(content[4:]); !empty(p) {
			w.bound = w.bound.Extend(p)
		}
		if kind == point+10 && len(content) >= 28 {
			w.height(float64At(content[20:]))
		}
	case len(content) >= 36:
		w.bound = w.bound.Union(orb.Bound{Min: pointAt(content[4:]), Max: pointAt(content[20:])})
		if zs := heights(content); zs != nil {
			w.height(float64At(zs))
			w.height(float64At(zs[8:]))
		}
	}
}

func (w *rewriter) height(z float64) {
	if !w.high {
		w.z, w.high = [2]float64{z, z}, true
	}
	w.z = [2]float64{min(w.z[0], z), max(w.z[1], z)}
}

// whole puts the header, with its length and extent, before the records. The range of measures stays as it was.
func (w *rewriter) whole(header, records []byte) []byte {
	out := append(bytes.Clone(header), records...)
	binary.BigEndian.PutUint32(out[24:], uint32(len(out)/2))
	if bound := w.bound; bound.Min[0] <= bound.Max[0] {
		for i, v := range []float64{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]} {
			putFloat64(out[36+8*i:], v)
		}
	}
	if w.high {
		putFloat64(out[68:], w.z[0])
		putFloat64(out[76:], w.z[1])
	}
	return out
}

func float64At(b []byte) float64     { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
func putFloat64(b []byte, v float64) { binary.LittleEndian.PutUint64(b, math.Float64bits(v)) }

// pointsIn returns from where to where the points of a record's content lie; the two are the same where it holds none.
func pointsIn(content []byte) (from, to int) {
	kind := little32(content) % 10
	count := 0
	switch {
	case kind == multipoint && len(content) >= 40:
		count, from = int(little32(content[36:])), 40
	case (kind == polyline || kind == polygon) && len(content) >= 44:
		parts := int(little32(content[36:]))
		if parts < 0 || parts > len(content)/4 {
			return 0, 0
		}
		count, from = int(little32(content[40:])), 44+4*parts
	}
	if count < 1 || count > len(content)/16 || from+16*count > len(content) {
		return 0, 0
	}
	return from, from + 16*count
}

// heights returns the heights of a record of several points: their range and one a point; nil where it has none.
func heights(content []byte) []byte {
	kind := little32(content)
	from, to := pointsIn(content)
	if kind < 10 || kind > 20 || from == to {
		return nil
	}
	size := 16 + (to-from)/2
	if len(content) < to+size {
		return nil
	}
	return content[to : to+size]
}

// reshaped returns the content of a record with another geometry.
func reshaped(content []byte, g orb.Geometry) ([]byte, error) {
	kind := little32(content)
	out := bytes.Clone(content)
	switch g := g.(type) {
	case orb.Point:
		if kind%10 != point || len(content) < 20 {
			return nil, fmt.Errorf("%w: a point among others", ErrType)
		}
		putFloat64(out[4:], g[0])
		putFloat64(out[12:], g[1])
		return out, nil
	case orb.MultiPoint:
		return moved(out, multipoint, g)
	case orb.MultiLineString:
		var all []orb.Point
		for _, l := range g {
			all = append(all, l...)
		}
		return moved(out, polyline, all)
	case orb.MultiPolygon:
		if kind%10 != polygon && kind != null {
			return nil, fmt.Errorf("%w: a polygon among others", ErrType)
		}
		return polygonContent(content, g), nil
	}
	return nil, fmt.Errorf("%w: %T", ErrType, g)
}

// moved puts as many points in the place of those of a record, in their order.
func moved(out []byte, kind int32, to []orb.Point) ([]byte, error) {
	from, end := pointsIn(out)
	points := out[from:end]
	if little32(out)%10 != kind || len(points) != 16*len(to) {
		return nil, fmt.Errorf("%w: another number of points", ErrType)
	}
	bound := orb.MultiPoint(to).Bound()
	for i, v := range []float64{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]} {
		putFloat64(out[4+8*i:], v)
	}
	for i, p := range to {
		putFloat64(points[16*i:], p[0])
		putFloat64(points[16*i+8:], p[1])
	}
	return out, nil
}

// polygonContent makes the content of a polygon of the old one's type: outer rings wind clockwise, holes the other way.
func polygonContent(old []byte, shape orb.MultiPolygon) []byte {
	var parts, points []byte
	var all []orb.Point
	for _, p := range shape {
		for i, ring := range p {
			parts = binary.LittleEndian.AppendUint32(parts, uint32(len(all)))
			ring = ring.Clone()
			if outer := i == 0; (planar.Area(ring) > 0) == outer {
				ring.Reverse()
			}
			all = append(all, ring...)
		}
	}
	for _, p := range all {
		points = appendPoint(points, p)
	}
	kind := little32(old)
	out := binary.LittleEndian.AppendUint32(nil, uint32(kind))
	bound := shape.Bound()
	out = appendPoint(appendPoint(out, bound.Min), bound.Max)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(parts)/4))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(all)))
	out = append(append(out, parts...), points...)
	if zs := heights(old); zs != nil {
		out = append(out, heightsOf(old, zs, all)...)
	}
	return out
}

// heightsOf gives points the heights that they had, whichever way round their coordinates are; a new point has that of the one before it.
func heightsOf(old, zs []byte, all []orb.Point) []byte {
	had := map[orb.Point]float64{}
	from, to := pointsIn(old)
	points := old[from:to]
	for i := 0; i < len(points); i += 16 {
		p := pointAt(points[i:])
		had[p] = float64At(zs[16+i/2:])
		had[orb.Point{p[1], p[0]}] = had[p]
	}
	last := float64At(zs[16:])
	values := make([]float64, 0, len(all))
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range all {
		if z, known := had[p]; known {
			last = z
		}
		values, low, high = append(values, last), min(low, last), max(high, last)
	}
	out := appendPoint(nil, orb.Point{low, high})
	for _, v := range values {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
	}
	return out
}

func appendPoint(b []byte, p orb.Point) []byte {
	for _, v := range p {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// rows are the rows of a table as bytes, being copied.
type rows struct {
	header []byte
	width  int
	rest   *bufio.Reader
	left   int
	kept   bytes.Buffer
	count  int
}

// readRows opens the table of a shapefile that a Reader has opened already.
func readRows(path string) (*rows, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(text) < descriptorSize {
		return nil, fmt.Errorf("%w: no header", ErrTable)
	}
	at, width := int(binary.LittleEndian.Uint16(text[8:])), int(binary.LittleEndian.Uint16(text[10:]))
	if at > len(text) || width < 1 {
		return nil, fmt.Errorf("%w: header of %d bytes, rows of %d", ErrTable, at, width)
	}
	return &rows{header: text[:at], width: width, rest: bufio.NewReader(bytes.NewReader(text[at:])), left: int(binary.LittleEndian.Uint32(text[4:]))}, nil
}

func (t *rows) next() ([]byte, error) {
	if t.left == 0 {
		return nil, fmt.Errorf("%w: it has only %d rows", ErrTable, t.count)
	}
	t.left--
	row := make([]byte, t.width)
	if _, err := io.ReadFull(t.rest, row); err != nil {
		return nil, fmt.Errorf("%w: rows are cut off", ErrTable)
	}
	return row, nil
}

func (t *rows) keep(row []byte) {
	t.count++
	t.kept.Write(row)
}

func (t *rows) copy() []byte {
	out := append(bytes.Clone(t.header), t.kept.Bytes()...)
	binary.LittleEndian.PutUint32(out[4:], uint32(t.count))
	return append(out, 0x1A)
}

package data

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Units of RowSums.
const (
	UnitLine    = "line"    // of a text file
	UnitRow     = "row"     // of a sheet, as Excel numbers them
	UnitFeature = "feature" // of a shapefile or GeoPackage
)

// RowSums are checksums of the rows of a file, by which one can tell later which rows were changed. They are no seal: the hash of the file is.
type RowSums struct {
	Unit  string `json:"unit"`
	Sheet string `json:"sheet,omitempty"` // or layer
	Count int    `json:"count"`           // rows
	Block int    `json:"block"`           // rows that share a sum: 1 unless there are many
	Sums  string `json:"sums"`            // base64 of 4 bytes each
}

// maxSums is how many sums a file has at most: of longer files two neighbours, and again two, become one.
const maxSums = 4096

// rowSummer adds up a file row by row.
type rowSummer struct {
	out   RowSums
	sums  []uint32
	block uint32
	in    int // rows in block
}

func newRowSummer(unit string) *rowSummer { return &rowSummer{out: RowSums{Unit: unit, Block: 1}} }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (r *rowSummer) add(row []byte) {
	r.block = crc32.Update(crc32.Update(r.block, castagnoli, row), castagnoli, []byte{'\n'}) // of several rows all count, and their order
	r.out.Count++
	if r.in++; r.in < r.out.Block {
		return
	}
	r.flush()
	if len(r.sums) < maxSums {
		return
	}
	for i := range maxSums / 2 {
		r.sums[i] = joined(r.sums[2*i], r.sums[2*i+1])
	}
	r.sums, r.out.Block = r.sums[:maxSums/2], 2*r.out.Block
}

func joined(a, b uint32) uint32 {
	var pair [8]byte
	binary.LittleEndian.PutUint32(pair[:], a)
	binary.LittleEndian.PutUint32(pair[4:], b)
	return crc32.Checksum(pair[:], castagnoli)
}

func (r *rowSummer) flush() {
	if r.in > 0 {
		r.sums = append(r.sums, r.block)
		r.block, r.in = 0, 0
	}
}

func (r *rowSummer) done() *RowSums {
	r.flush()
	raw := make([]byte, 0, 4*len(r.sums))
	for _, s := range r.sums {
		raw = binary.LittleEndian.AppendUint32(raw, s)
	}
	r.out.Sums = base64.StdEncoding.EncodeToString(raw)
	return &r.out
}

// lineSummer cuts a stream into lines.
type lineSummer struct {
	*rowSummer
	rest []byte
}

func (l *lineSummer) Write(p []byte) (int, error) {
	n := len(p)
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			l.rest = append(l.rest, p...)
			return n, nil
		}
		if len(l.rest) > 0 {
			l.rest = append(l.rest, p[:i]...)
			l.add(bytes.TrimSuffix(l.rest, []byte{'\r'}))
			l.rest = l.rest[:0]
		} else {
			l.add(bytes.TrimSuffix(p[:i], []byte{'\r'}))
		}
		p = p[i+1:]
	}
}

// maxSummed is the largest file of a format that has to be parsed that is added up, in bytes.
const maxSummed = 64 << 20

// lineFormats are the endings of files that are text, in lines.
var lineFormats = []string{".csv", ".txt", ".tsv", ".geojson", ".json", ".topojson", ".kml", ".osm", ".yaml", ".yml"}

// SumRows adds up the rows of a file: lines of text, rows of a sheet (of the first when none is named), features of a shapefile or GeoPackage.
// It returns nil for a file that has no rows, such as a raster, or that cannot be read: then nothing can be told of its rows.
func SumRows(ctx context.Context, path, layer string) *RowSums {
	ext := strings.ToLower(filepath.Ext(path))
	switch {
	case slices.Contains(lineFormats, ext):
		return sumLines(path)
	case ext == ".xlsx" || ext == ".shp" || ext == ".gpkg":
	default:
		return nil
	}
	study := &Study{Dir: filepath.Dir(path)}
	in := newInput(study, "", Source{File: filepath.Base(path), Layer: layer}, newCollector())
	in.raw = true
	if !in.inspect() || in.info.Bytes > maxSummed {
		return nil
	}
	if ext == ".xlsx" {
		return sumSheet(ctx, in, layer)
	}
	sums := newRowSummer(UnitFeature)
	sums.out.Sheet = layer
	var row []byte
	readFeatures(in, func(f *feature) error {
		if ctx.Err() != nil {
			return errVisit
		}
		row = fmt.Append(row[:0], f.id, f.props)
		row = appendCoordinates(row, f.geometry)
		sums.add(row)
		return nil
	})
	if len(in.c.errs) > 0 || ctx.Err() != nil {
		return nil
	}
	return sums.done()
}

// appendCoordinates appends all coordinates of a geometry as bytes.
func appendCoordinates(b []byte, g orb.Geometry) []byte {
	if p, ok := g.(orb.Point); ok {
		g = orb.MultiPoint{p}
	}
	eachPoint(g, func(p *orb.Point) {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	})
	return b
}

func sumLines(path string) *RowSums {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close() // read only
	l := &lineSummer{rowSummer: newRowSummer(UnitLine)}
	if _, err := io.Copy(l, file); err != nil {
		return nil
	}
	if len(l.rest) > 0 {
		l.add(l.rest)
	}
	return l.done()
}

// sumSheet adds up every row of a sheet from the first, so that its numbers are those of the sheet.
func sumSheet(ctx context.Context, in *input, sheet string) (sums *RowSums) {
	defer func() {
		if recover() != nil { // see openSheet
			sums = nil
		}
	}()
	book, ok := openBook(in)
	if !ok {
		return nil
	}
	defer book.Close() // read only
	name, ok := pickSheet(in, book, sheet)
	if !ok {
		return nil
	}
	rows, err := book.Rows(name)
	if err != nil {
		return nil
	}
	defer rows.Close() // read only
	r := newRowSummer(UnitRow)
	r.out.Sheet = sheet
	for rows.Next() && ctx.Err() == nil {
		cells, err := rows.Columns()
		if err != nil {
			return nil
		}
		r.add([]byte(strings.Join(cells, "\x00")))
	}
	return r.done()
}

// Changed tells from where to where the rows of a file differ from what they were, 1-based; the last row is as they are now, and less than the
// first where rows are only gone. ok is false when the two cannot be compared, or do not differ.
func (r *RowSums) Changed(now *RowSums) (first, last int, ok bool) {
	a, b := r.decode(), now.decode()
	if r == nil || now == nil || r.Unit != now.Unit || r.Block != now.Block || len(a) == 0 && len(b) == 0 {
		return 0, 0, false
	}
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	if head == len(a) && head == len(b) {
		return 0, 0, false
	}
	tail := 0
	if r.Block == 1 || r.Count == now.Count { // else blocks hold other rows from the change on
		for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
			tail++
		}
	}
	return head*r.Block + 1, min((len(b)-tail)*r.Block, now.Count), true
}

func (r *RowSums) decode() []uint32 {
	if r == nil {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(r.Sums)
	if err != nil {
		return nil
	}
	out := make([]uint32, len(raw)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(raw[4*i:])
	}
	return out
}

// RowsText names rows from first to last in words.
func RowsText(unit string, first, last int) Text {
	zh := map[string]string{UnitLine: "行", UnitRow: "行", UnitFeature: "个要素"}[unit]
	en := cmp.Or(unit, UnitRow)
	switch {
	case last < first:
		return T("第 %d %s之前删去了内容", "something before %[3]s %[1]d is gone", first, zh, en)
	case last == first:
		return T("第 %d %s", "%[3]s %[1]d", first, zh, en)
	}
	return T("第 %[1]d–%[4]d %[2]s", "%[3]ss %[1]d–%[4]d", first, zh, en, last)
}

// LayersOf lists the layers or sheets of a file that the study reads, "" for the only or the first one; nil when it reads no such file.
func (s *Study) LayersOf(file string) []string {
	var out []string
	sources := s.sources()
	for _, role := range slices.Sorted(maps.Keys(sources)) {
		for i, src := range sources[role] {
			layer := cmp.Or(s.sheet(role, i), src.Layer)
			if src.File == file && !slices.Contains(out, layer) {
				out = append(out, layer)
			}
		}
	}
	return out
}

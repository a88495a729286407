// Package shapefile reads Esri shapefiles, and copies them with single records changed: geometries from .shp, attributes from .dbf, and what .prj and .cpg say of
// coordinates and letters (ESRI Shapefile Technical Description, 1998; dBASE III to VII tables). It reads record by record,
// never a whole file, and trusts no number in a file beyond the bytes that are there.
//
// Coordinates come out as they stand; heights and measures are dropped.
package shapefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/paulmach/orb"
)

// Errors of this package. Those of a record are wrapped in a RecordError.
var (
	ErrFormat    = errors.New("shapefile: not a shapefile")
	ErrTruncated = errors.New("shapefile: file ends in the middle")
	ErrCorrupt   = errors.New("shapefile: damaged")
	ErrType      = errors.New("shapefile: type of geometry is not supported")
	ErrTable     = errors.New("shapefile: attribute table (.dbf) is damaged")
	ErrLetters   = errors.New("shapefile: unknown encoding of letters")
)

// RecordError says at which record reading failed.
type RecordError struct {
	Number int // 1-based
	Err    error
}

// Error names the record.
func (e *RecordError) Error() string { return fmt.Sprintf("record %d: %v", e.Number, e.Err) }

// Unwrap returns the cause.
func (e *RecordError) Unwrap() error { return e.Err }

// Record is one feature.
type Record struct {
	Number   int          // 1-based, as the records stand in the file
	Geometry orb.Geometry // Point, MultiPoint, MultiLineString or MultiPolygon; nil = a null shape
	Values   []string     // of Reader.Fields; nil without a table
	Turned   int          // rings that wind the wrong way round; what they are was told by how they lie
}

// Reader reads a shapefile from its first record to its last. It is not safe for concurrent use.
type Reader struct {
	Fields    []string // names of the attributes, in the table's order
	PRJ       string   // text of the .prj file, "" = none
	Letters   string   // encoding of the attributes: "utf-8" or "gb18030"
	Declared  string   // what the .cpg says, "" = nothing
	Doubt     bool     // the attributes are not in the encoding that .cpg declares, but in Letters
	Lost      int      // numbers of the rows so far that are asterisks: not filled in, or too long for the field
	LostAt    int      // the record of the first of them
	LostField string   // and its field
	Deleted   int      // records deleted in the table, left out so far
	Parts     []string // the files that were read besides the .shp: their paths

	shp     *bufio.Reader
	left    int64 // bytes of .shp not yet read
	number  int
	kind    int32
	table   *table
	buffer  []byte
	closers []io.Closer
}

// Open opens the .shp file and the files beside it that bear its name; letter case of their endings does not matter.
func Open(path string) (r *Reader, err error) {
	shp, size, err := openSized(path)
	if err != nil {
		return nil, err
	}
	r = &Reader{closers: []io.Closer{shp}}
	defer func() {
		if err != nil {
			_ = r.Close() // read only; the first error counts
		}
	}()
	var dbf *os.File
	var dbfSize int64
	if p := Sibling(path, ".dbf"); p != "" {
		if dbf, dbfSize, err = openSized(p); err != nil {
			return nil, err
		}
		r.closers, r.Parts = append(r.closers, dbf), append(r.Parts, p)
	}
	letters, err := r.text(path, ".cpg")
	if err != nil {
		return nil, err
	}
	if r.PRJ, err = r.text(path, ".prj"); err != nil {
		return nil, err
	}
	if dbf == nil {
		return r, r.begin(shp, size, nil, 0, letters)
	}
	return r, r.begin(shp, size, dbf, dbfSize, letters)
}

func openSized(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close() // read only
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// text reads a small file beside the .shp; "" when there is none.
func (r *Reader) text(path, ext string) (string, error) {
	p := Sibling(path, ext)
	if p == "" {
		return "", nil
	}
	f, err := os.Open(p)
	if err != nil {
		return "", err
	}
	defer f.Close() // read only
	b, err := io.ReadAll(io.LimitReader(f, 1<<16))
	if err != nil {
		return "", err
	}
	r.Parts = append(r.Parts, p)
	return strings.TrimSpace(strings.TrimPrefix(string(b), "\ufeff")), nil
}

// Sibling returns the file of the same name with another ending, in any letter case; "" when there is none.
func Sibling(path, ext string) string {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for _, e := range []string{ext, strings.ToUpper(ext)} {
		if info, err := os.Stat(stem + e); err == nil && info.Mode().IsRegular() {
			return stem + e
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "" // the .shp itself tells why
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), filepath.Base(stem)+ext) && e.Type().IsRegular() {
			return filepath.Join(filepath.Dir(path), e.Name())
		}
	}
	return ""
}

// Close closes the files.
func (r *Reader) Close() error {
	var errs []error
	for _, c := range r.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

const headerSize = 100

// begin reads the headers. dbf may be nil.
func (r *Reader) begin(shp io.Reader, size int64, dbf io.ReadSeeker, dbfSize int64, letters string) error {
	r.shp, r.left = bufio.NewReaderSize(shp, 1<<16), size
	header, err := r.take(headerSize)
	if err != nil {
		return ErrFormat
	}
	if big32(header) != 9994 || little32(header[28:]) != 1000 {
		return ErrFormat
	}
	r.kind = little32(header[32:])
	if !supported(r.kind) {
		return fmt.Errorf("%w: %d", ErrType, r.kind)
	}
	// The length in the header may be short in files over 2 GB and in those of careless programs: the file's own size counts, and what
	// the header says beyond it is missing.
	if says := 2 * int64(uint32(big32(header[24:]))); says < headerSize {
		return fmt.Errorf("%w: header says %d bytes", ErrCorrupt, says)
	} else if says > size {
		return fmt.Errorf("%w: %d of %d bytes are there", ErrTruncated, size, says)
	}
	if dbf == nil {
		return nil
	}
	r.table, err = newTable(dbf, dbfSize, letters)
	if err != nil {
		return err
	}
	r.Fields, r.Letters, r.Doubt, r.Declared = r.table.names, r.table.letters, r.table.doubt, letters
	return nil
}

// take reads the next n bytes of .shp; they are valid until the next call.
func (r *Reader) take(n int64) ([]byte, error) {
	if n > r.left {
		return nil, ErrTruncated
	}
	if int64(cap(r.buffer)) < n {
		r.buffer = make([]byte, n)
	}
	b := r.buffer[:n]
	if _, err := io.ReadFull(r.shp, b); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, ErrTruncated
		}
		return nil, err
	}
	r.left -= n
	return b, nil
}

// maxRecord bounds one record: 16 million points.
const maxRecord = 256 << 20

// Next returns the next record that is not deleted, and io.EOF after the last. Records of .shp and rows of the table belong together by
// their order.
func (r *Reader) Next() (Record, error) {
	for {
		if r.left < 8 { // some programs leave padding
			if r.table != nil && r.table.left() > 0 {
				return Record{}, &RecordError{r.number + 1, fmt.Errorf("%w: the table has %d rows more than there are geometries", ErrTruncated, r.table.left())}
			}
			return Record{}, io.EOF
		}
		r.number++
		rec, deleted, err := r.record()
		if err != nil {
			return Record{}, &RecordError{r.number, err}
		}
		if deleted {
			r.Deleted++
			continue
		}
		return rec, nil
	}
}

func (r *Reader) record() (rec Record, deleted bool, err error) {
	head, err := r.take(8)
	if err != nil {
		return rec, false, err
	}
	length := 2 * int64(uint32(big32(head[4:])))
	if length < 4 || length > maxRecord {
		return rec, false, fmt.Errorf("%w: a record of %d bytes", ErrCorrupt, length)
	}
	content, err := r.take(length)
	if err != nil {
		return rec, false, err
	}
	rec.Number = r.number
	if rec.Geometry, rec.Turned, err = geometry(content); err != nil {
		return rec, false, err
	}
	if r.table != nil {
		rec.Values, deleted, err = r.table.next()
		if r.Lost = r.table.lost; r.Lost > 0 && r.LostAt == 0 {
			r.LostAt, r.LostField = r.number, r.table.lostField
		}
	}
	return rec, deleted, err
}

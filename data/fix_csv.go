package data

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// reviseCSV writes a text table with some rows changed, in the encoding, with the separator and the line ends that it has. Rows that stay are
// copied character by character, quotes and all. It reads and writes as a stream.
func (f *fixer) reviseCSV(rev *revision) (err error) {
	in := newInput(f.study, "", Source{File: rev.file}, newCollector())
	if !in.inspect() {
		return errNotRevised
	}
	path, err := f.target(rev.name)
	if err != nil {
		return err
	}
	from, err := os.Open(in.path)
	if err != nil {
		return err
	}
	defer from.Close() // read only
	to, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	buffered := bufio.NewWriterSize(to, 1<<16)
	var out io.Writer = buffered
	marked, err := startsWith(in.path, utf8BOM)
	if err != nil {
		return err
	}
	if marked {
		if _, err := out.Write(utf8BOM); err != nil {
			return err
		}
	}
	encoder := io.NopCloser(nil)
	if !in.utf8 {
		w := transform.NewWriter(out, simplifiedchinese.GB18030.NewEncoder())
		out, encoder = w, writeCloser{w}
	}
	text, err := in.text(from)
	if err != nil {
		return errors.Join(errNotRevised, err)
	}
	c := &csvCopy{out: out, edits: rev.edits[""], utf8: in.utf8}
	if err := c.run(bufio.NewReaderSize(text, 1<<16)); err != nil {
		return err
	}
	return errors.Join(encoder.Close(), buffered.Flush())
}

// writeCloser lets a writer be closed where something to close is wanted.
type writeCloser struct{ io.WriteCloser }

func (writeCloser) Read([]byte) (int, error) { return 0, io.EOF }

// startsWith reports whether a file begins with some bytes.
func startsWith(path string, mark []byte) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close() // read only
	head := make([]byte, len(mark))
	if _, err := io.ReadFull(file, head); err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return false, err
	}
	return bytes.Equal(head, mark), nil
}

// csvCopy copies a table row by row.
type csvCopy struct {
	out    io.Writer
	edits  map[int]*edit
	utf8   bool
	header []string // once a row has been edited by its geometry
	comma  rune
}

func (c *csvCopy) run(text *bufio.Reader) error {
	head, err := text.Peek(1 << 15)
	if err != nil && err != io.EOF && !errors.Is(err, bufio.ErrBufferFull) {
		return errors.Join(errNotRevised, err)
	}
	c.comma = separator(head)
	var passed bytes.Buffer // what was read and not written yet
	r := csv.NewReader(io.TeeReader(text, &passed))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = c.comma, -1, c.comma != '\t'
	done := int64(0)
	for {
		cells, err := r.Read()
		end := err == io.EOF
		if err != nil && !end {
			return errors.Join(errNotRevised, err)
		}
		raw := passed.Next(int(r.InputOffset() - done))
		done = r.InputOffset()
		if !c.utf8 && bytes.ContainsRune(raw, '\uFFFD') { // bytes that are no GB18030 would not come out as they went in
			return errNotRevised
		}
		var e *edit
		if !end {
			row, _ := r.FieldPos(0)
			if e = c.edits[row]; e == nil && c.header == nil && wktColumn(trimmed(cells)) >= 0 {
				c.header = trimmed(cells)
			}
		}
		if e != nil {
			if raw, err = c.edited(raw, cells, e); err != nil {
				return err
			}
		}
		if _, err := c.out.Write(raw); err != nil {
			return err
		}
		if end {
			_, err := c.out.Write(passed.Bytes())
			return err
		}
	}
}

func trimmed(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.TrimSpace(c)
	}
	return out
}

// edited returns the text of a row that changes, with the empty lines before it and its own line end.
func (c *csvCopy) edited(raw []byte, cells []string, e *edit) ([]byte, error) {
	body := bytes.TrimLeft(raw, "\r\n")
	out := bytes.Clone(raw[:len(raw)-len(body)])
	if e.remove {
		return out, nil
	}
	lineEnd := body[len(bytes.TrimRight(body, "\r\n")):]
	for _, x := range e.cells {
		for len(cells) <= x.column {
			cells = append(cells, "")
		}
		cells[x.column] = x.text
	}
	if e.geometry != nil {
		column := wktColumn(c.header)
		if column < 0 || column >= len(cells) {
			return nil, errNotRevised
		}
		srid, _, found := strings.Cut(cells[column], ";") // "SRID=4490;POLYGON…"
		cells[column] = wkt.MarshalString(simplest(e.geometry))
		if found {
			cells[column] = srid + ";" + cells[column]
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = c.comma
	if err := w.Write(cells); err != nil {
		return nil, err
	}
	w.Flush()
	return append(append(out, bytes.TrimRight(b.Bytes(), "\n")...), lineEnd...), w.Error()
}

// simplest is a polygon for a shape of one part, and the geometry itself for all others.
func simplest(g orb.Geometry) orb.Geometry {
	if shape, ok := g.(orb.MultiPolygon); ok && len(shape) == 1 {
		return shape[0]
	}
	return g
}

// multi is a shape for a polygon and lines for a line, as shapefiles have them.
func multi(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.LineString:
		return orb.MultiLineString{g}
	}
	return g
}

package geotiff

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"
	"golang.org/x/image/tiff/lzw"
)

// Compressions.
const (
	none       = 1
	lzwCode    = 5
	deflate    = 8
	deflateOld = 32946
)

// Window is a part of an image in pixels: [X0, X1) × [Y0, Y1).
type Window struct{ X0, Y0, X1, Y1 int }

// Whole returns the window that is the image.
func (m *Image) Whole() Window { return Window{0, 0, m.Width, m.Height} }

// Clip returns what of a window lies in the image; it may be empty.
func (m *Image) Clip(w Window) Window {
	w.X0, w.Y0 = max(w.X0, 0), max(w.Y0, 0)
	w.X1, w.Y1 = min(w.X1, m.Width), min(w.Y1, m.Height)
	return w
}

// Empty reports whether a window holds no pixel.
func (w Window) Empty() bool { return w.X0 >= w.X1 || w.Y0 >= w.Y1 }

// Blocks lists the numbers of the strips or tiles that a window touches, ascending.
func (m *Image) Blocks(w Window) []int64 {
	if w = m.Clip(w); w.Empty() {
		return nil
	}
	var out []int64
	for y := w.Y0 / m.blockHeight; y <= (w.Y1-1)/m.blockHeight; y++ {
		for x := w.X0 / m.blockWidth; x <= (w.X1-1)/m.blockWidth; x++ {
			out = append(out, int64(y)*m.across()+int64(x))
		}
	}
	return out
}

// Scratch is the memory that Rows works in, for one goroutine. Its zero value is ready.
type Scratch struct {
	in     *bufio.Reader
	zlib   io.ReadCloser
	row    []byte
	turned []byte
	values []float64
}

// Rows unpacks a block and calls visit for each of its rows inside the window: the row's number, the first column, and the values,
// NaN where there is no data. The slice is valid until visit returns. Rows after the window are not unpacked.
func (m *Image) Rows(block int64, w Window, s *Scratch, visit func(y, x int, values []float64) error) error {
	w = m.Clip(w)
	x0, y0 := int(block%m.across())*m.blockWidth, int(block/m.across())*m.blockHeight
	from, to := max(w.X0, x0), min(w.X1, x0+m.blockWidth)
	last := min(w.Y1, y0+m.blockHeight, m.Height)
	if from >= to || last <= w.Y0 {
		return nil
	}
	offset, err := m.offsets.whole(block)
	if err != nil {
		return err
	}
	count, err := m.counts.whole(block)
	if err != nil {
		return err
	}
	if offset == 0 && count == 0 { // a block that was never written holds no data
		return nil
	}
	if offset < 0 || count < 0 || offset > m.size-count {
		return fmt.Errorf("%w: block %d", ErrTruncated, block)
	}
	r, err := m.open(s, offset, count)
	if err != nil {
		return fmt.Errorf("%w: block %d: %v", ErrCorrupt, block, err)
	}
	width := m.blockWidth * m.bits / 8
	if cap(s.row) < width {
		s.row, s.turned, s.values = make([]byte, width), make([]byte, width), make([]float64, m.blockWidth)
	}
	row, values := s.row[:width], s.values[:to-from]
	for y := y0; y < last; y++ {
		if _, err := io.ReadFull(r, row); err != nil {
			return fmt.Errorf("%w: block %d, row %d: %v", ErrCorrupt, block, y-y0, err)
		}
		if y < w.Y0 {
			continue // each row is predicted by itself alone
		}
		m.unpredict(s, row)
		m.convert(row[(from-x0)*m.bits/8:], values)
		if err := visit(y, from, values); err != nil {
			return err
		}
	}
	return nil
}

func (m *Image) open(s *Scratch, offset, count int64) (io.Reader, error) {
	section := io.NewSectionReader(m.r, offset, count)
	if s.in == nil {
		s.in = bufio.NewReaderSize(section, 1<<16)
	} else {
		s.in.Reset(section)
	}
	switch m.compression {
	case lzwCode:
		return lzw.NewReader(s.in, lzw.MSB, 8), nil
	case deflate, deflateOld:
		if s.zlib == nil {
			z, err := zlib.NewReader(s.in)
			s.zlib = z
			return z, err
		}
		return s.zlib, s.zlib.(zlib.Resetter).Reset(s.in, nil)
	}
	return s.in, nil
}

func (m *Image) order() binary.ByteOrder {
	if m.big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// unpredict turns differences back into values.
func (m *Image) unpredict(s *Scratch, row []byte) {
	switch m.predictor {
	case 2:
		m.addUp(row)
	case 3: // bytes of all samples sorted by significance, as differences
		for i := 1; i < len(row); i++ {
			row[i] += row[i-1]
		}
		n := m.bits / 8
		count := len(row) / n
		turned := s.turned[:len(row)]
		for b := range n {
			plane := row[b*count : (b+1)*count]
			to := n - 1 - b
			if m.big {
				to = b
			}
			for i, v := range plane {
				turned[i*n+to] = v
			}
		}
		copy(row, turned)
	}
}

// addUp adds up the differences of predictor 2.
func (m *Image) addUp(row []byte) {
	o := m.order()
	switch m.bits {
	case 8:
		for i := 1; i < len(row); i++ {
			row[i] += row[i-1]
		}
	case 16:
		for i := 2; i+2 <= len(row); i += 2 {
			o.PutUint16(row[i:], o.Uint16(row[i:])+o.Uint16(row[i-2:]))
		}
	case 32:
		for i := 4; i+4 <= len(row); i += 4 {
			o.PutUint32(row[i:], o.Uint32(row[i:])+o.Uint32(row[i-4:]))
		}
	case 64:
		for i := 8; i+8 <= len(row); i += 8 {
			o.PutUint64(row[i:], o.Uint64(row[i:])+o.Uint64(row[i-8:]))
		}
	}
}

// convert turns samples into numbers, NaN where there is no data.
func (m *Image) convert(b []byte, values []float64) {
	o := m.order()
	switch {
	case m.format == float && m.bits == 32 && !m.big: // the usual one, without the detour
		for i := range values {
			values[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		}
	case m.format == float && m.bits == 32:
		for i := range values {
			values[i] = float64(math.Float32frombits(o.Uint32(b[4*i:])))
		}
	case m.format == float:
		for i := range values {
			values[i] = math.Float64frombits(o.Uint64(b[8*i:]))
		}
	default:
		for i := range values {
			values[i] = m.integer(o, b[i*m.bits/8:])
		}
	}
	if math.IsNaN(m.NoData) {
		return
	}
	for i, v := range values {
		if v == m.NoData {
			values[i] = math.NaN()
		}
	}
}

func (m *Image) integer(o binary.ByteOrder, b []byte) float64 {
	var v uint64
	switch m.bits {
	case 8:
		v = uint64(b[0])
	case 16:
		v = uint64(o.Uint16(b))
	case 32:
		v = uint64(o.Uint32(b))
	case 64:
		v = o.Uint64(b)
	}
	if m.format == signed {
		shift := 64 - m.bits
		return float64(int64(v<<shift) >> shift)
	}
	return float64(v)
}

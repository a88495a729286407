// Package geotiff reads rasters of one band from GeoTIFF files (TIFF 6.0 with Adobe's supplements, BigTIFF, OGC 19-008r4): in strips
// or tiles, plain or packed with LZW or DEFLATE, predictors 1 to 3, integers and floats of 8 to 64 bits. It reads row by row through
// a window and holds one row per caller in memory, whatever the size of the image.
package geotiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// Errors of this package.
var (
	ErrFormat      = errors.New("geotiff: not a TIFF file")
	ErrTruncated   = errors.New("geotiff: file ends in the middle")
	ErrCorrupt     = errors.New("geotiff: damaged")
	ErrUnsupported = errors.New("geotiff: not supported")
	ErrPlace       = errors.New("geotiff: does not say where it lies")
	ErrScaled      = errors.New("geotiff: values are scaled")
	ErrMasked      = errors.New("geotiff: has a mask")
)

// scaled finds scales and offsets in GDAL's description of the bands.
var scaled = regexp.MustCompile(`role="(scale|offset)">([^<]*)<`)

// scaling returns what says that values are not as they stand, "" when nothing does: a scale of 1 and an offset of 0 change nothing.
func scaling(metadata string) string {
	for _, item := range scaled.FindAllStringSubmatch(metadata, -1) {
		v, err := strconv.ParseFloat(strings.TrimSpace(item[2]), 64)
		if neutral := item[1] == "scale" && v == 1 || item[1] == "offset" && v == 0; err != nil || !neutral {
			return item[1] + " " + item[2]
		}
	}
	return ""
}

// compressions name those that are not read.
var compressions = map[int]string{2: "CCITT", 3: "CCITT", 4: "CCITT", 6: "JPEG", 7: "JPEG", 32773: "PackBits", 34887: "LERC", 34925: "LZMA", 50000: "ZSTD", 50001: "WebP", 50002: "JPEG XL"}

// Image is the first image of a file; further ones are overviews of it. Immutable, safe for concurrent use.
type Image struct {
	Width, Height int
	EPSG          int     // code of the coordinate system; 0 = none, 32767 = described by Citation
	Citation      string  // name of the system, may be empty
	NoData        float64 // NaN = none declared
	Projected     bool    // positions are metres of a projection, whether or not EPSG or Citation name it
	Tiled         bool

	to [6]float64 // x = to[0] + column·to[1] + row·to[2], y = to[3] + column·to[4] + row·to[5], of pixel corners

	r                       io.ReaderAt
	size                    int64
	big                     bool // byte order of the samples
	bits, format            int
	compression, predictor  int
	blockWidth, blockHeight int
	offsets, counts         array
}

// Sample formats.
const (
	unsigned = 1
	signed   = 2
	float    = 3
)

const maxRowBytes = 256 << 20

// Open reads the directory of a file.
func Open(r io.ReaderAt, size int64) (*Image, error) {
	d, err := readDirectory(r, size)
	if err != nil {
		return nil, err
	}
	m := &Image{r: r, size: size, big: d.order == binary.ByteOrder(binary.BigEndian), NoData: math.NaN()}
	for _, step := range []func(*directory) error{m.shape, m.samples, m.blocks, m.place} {
		if err := step(d); err != nil {
			return nil, err
		}
	}
	if how := scaling(d.text(tagMetadata)); how != "" {
		return nil, fmt.Errorf("%w: %s", ErrScaled, how)
	}
	if d.masked(r, size) {
		return nil, ErrMasked
	}
	if text := strings.Trim(d.text(tagNoData), "\x00 "); text != "" {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: nodata %q", ErrCorrupt, text)
		}
		if m.format == float && m.bits == 32 {
			v = float64(float32(v))
		}
		m.NoData = v
	}
	return m, nil
}

func (m *Image) shape(d *directory) error {
	w, h := d.number(tagWidth, 0), d.number(tagHeight, 0)
	if w < 1 || h < 1 || w > 1<<30 || h > 1<<30 {
		return fmt.Errorf("%w: %d × %d pixels", ErrCorrupt, w, h)
	}
	m.Width, m.Height = int(w), int(h)
	if n := d.number(tagSamples, 1); n != 1 {
		return fmt.Errorf("%w: %d bands", ErrUnsupported, n)
	}
	return nil
}

func (m *Image) samples(d *directory) error {
	m.bits, m.format = int(d.number(tagBits, 1)), int(d.number(tagFormat, unsigned))
	m.compression, m.predictor = int(d.number(tagCompression, 1)), int(d.number(tagPredictor, 1))
	switch {
	case m.format < unsigned || m.format > float:
		return fmt.Errorf("%w: sample format %d", ErrUnsupported, m.format)
	case m.bits != 8 && m.bits != 16 && m.bits != 32 && m.bits != 64, m.format == float && m.bits < 32:
		return fmt.Errorf("%w: samples of %d bits", ErrUnsupported, m.bits)
	case !slices.Contains([]int{none, lzwCode, deflate, deflateOld}, m.compression):
		if name := compressions[m.compression]; name != "" {
			return fmt.Errorf("%w: compression %s", ErrUnsupported, name)
		}
		return fmt.Errorf("%w: compression %d", ErrUnsupported, m.compression)
	case m.predictor < 1 || m.predictor > 3 || m.predictor == 3 && m.format != float:
		return fmt.Errorf("%w: predictor %d", ErrUnsupported, m.predictor)
	case d.number(tagFillOrder, 1) != 1:
		return fmt.Errorf("%w: fill order 2", ErrUnsupported)
	}
	if m.compression == none {
		m.predictor = 1 // it belongs to the compression
	}
	return nil
}

func (m *Image) blocks(d *directory) error {
	var err error
	if m.Tiled = d.has(tagTileWidth); m.Tiled {
		w, h := d.number(tagTileWidth, 0), d.number(tagTileHeight, 0)
		if w < 1 || h < 1 || w > 1<<24 || h > 1<<24 {
			return fmt.Errorf("%w: tiles of %d × %d", ErrCorrupt, w, h)
		}
		m.blockWidth, m.blockHeight = int(w), int(h)
		m.offsets, err = d.array(tagTileOffsets)
		if err == nil {
			m.counts, err = d.array(tagTileCounts)
		}
	} else {
		rows := min(d.number(tagRowsPerStrip, int64(m.Height)), int64(m.Height))
		if rows < 1 {
			return fmt.Errorf("%w: strips of %d rows", ErrCorrupt, rows)
		}
		m.blockWidth, m.blockHeight = m.Width, int(rows)
		m.offsets, err = d.array(tagStripOffsets)
		if err == nil {
			m.counts, err = d.array(tagStripCounts)
		}
	}
	if err != nil {
		return err
	}
	if n := m.across() * m.down(); m.offsets.count < n || m.counts.count < n {
		return fmt.Errorf("%w: %d blocks, but %d offsets and %d lengths", ErrCorrupt, n, m.offsets.count, m.counts.count)
	}
	if m.blockWidth*(m.bits/8) > maxRowBytes {
		return fmt.Errorf("%w: rows of %d pixels", ErrUnsupported, m.blockWidth)
	}
	return nil
}

func (m *Image) across() int64 { return int64((m.Width + m.blockWidth - 1) / m.blockWidth) }
func (m *Image) down() int64   { return int64((m.Height + m.blockHeight - 1) / m.blockHeight) }

// Point returns the position of a place in the image, in the file's system; whole numbers are corners of pixels, halves their centres.
func (m *Image) Point(column, row float64) orb.Point {
	return orb.Point{m.to[0] + column*m.to[1] + row*m.to[2], m.to[3] + column*m.to[4] + row*m.to[5]}
}

// Pixel is the inverse of Point.
func (m *Image) Pixel(p orb.Point) (column, row float64) {
	det := m.to[1]*m.to[5] - m.to[2]*m.to[4]
	x, y := p[0]-m.to[0], p[1]-m.to[3]
	return (x*m.to[5] - y*m.to[2]) / det, (y*m.to[1] - x*m.to[4]) / det
}

// Level reports whether rows run along one ordinate: its y then depends on the row alone.
func (m *Image) Level() bool { return m.to[4] == 0 }

// place reads the position: a matrix, or a point and the size of pixels.
func (m *Image) place(d *directory) error {
	if matrix := d.floats(tagMatrix); len(matrix) >= 8 {
		m.to = [6]float64{matrix[3], matrix[0], matrix[1], matrix[7], matrix[4], matrix[5]}
	} else {
		scale, tie := d.floats(tagScale), d.floats(tagTiePoint)
		if len(scale) < 2 || len(tie) < 6 {
			return fmt.Errorf("%w: no position and size of pixels", ErrPlace)
		}
		m.to = [6]float64{tie[3] - tie[0]*scale[0], scale[0], 0, tie[4] + tie[1]*scale[1], 0, -scale[1]}
	}
	for _, v := range m.to {
		if math.IsNaN(v) || math.Abs(v) > 1e12 {
			return fmt.Errorf("%w: position %v", ErrCorrupt, m.to)
		}
	}
	if det := m.to[1]*m.to[5] - m.to[2]*m.to[4]; det == 0 {
		return fmt.Errorf("%w: pixels without an area", ErrPlace)
	}
	keys := d.keys()
	model := keys.shorts[keyModelType]
	m.Projected = model == 1 || model == 32767 || model != 2 && keys.texts[keyProjectedCitation] != ""
	m.EPSG = int(keys.shorts[keyProjected])
	if m.EPSG == 0 && !m.Projected { // else the degrees below the projection
		m.EPSG = int(keys.shorts[keyGeographic])
	}
	for _, k := range []uint16{keyProjectedCitation, keyCitation, keyGeographicCitation} {
		if m.Citation == "" {
			m.Citation = keys.texts[k]
		}
	}
	if keys.shorts[keyRasterType] == 2 { // positions are those of pixel centres
		m.to[0] -= (m.to[1] + m.to[2]) / 2
		m.to[3] -= (m.to[4] + m.to[5]) / 2
	}
	return nil
}

package grid

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

// ErrEncoding says that bytes are not what Encode writes.
var ErrEncoding = errors.New("grid: not an encoded grid")

// Fingerprint is a hash of everything that the result of Build depends on, besides the program: the resolution, and level, parent and every
// vertex of each region, in order. Names and ids leave no trace in a grid and none here.
func Fingerprint(regions *geo.Regions, resolution int) [sha256.Size]byte {
	h := sha256.New()
	le := binary.LittleEndian
	b := le.AppendUint64(nil, uint64(resolution))
	b = le.AppendUint64(b, uint64(len(regions.Levels)))
	b = le.AppendUint64(b, uint64(len(regions.All)))
	for _, g := range regions.All {
		b = le.AppendUint64(b, uint64(g.Level))
		b = le.AppendUint64(b, uint64(int64(g.Parent)))
		b = le.AppendUint64(b, uint64(len(g.Shape)))
		for _, polygon := range g.Shape {
			b = le.AppendUint64(b, uint64(len(polygon)))
			for _, ring := range polygon {
				b = le.AppendUint64(b, uint64(len(ring)))
				for _, p := range ring {
					b = appendPoint(b, p)
				}
				h.Write(b)
				b = b[:0]
			}
		}
	}
	h.Write(b)
	return [sha256.Size]byte(h.Sum(nil))
}

// Lengths of what Encode writes.
const (
	headBytes = 3 * 8
	cellBytes = 8 + 16 + 4
	partBytes = 4 + 8 + 16
)

// Encode writes a grid, little-endian: resolution, number of cells, number of parts; then of each cell its index, centre and number of parts;
// then of each part its region, share and centre.
func (g *Grid) Encode() []byte {
	le := binary.LittleEndian
	b := make([]byte, 0, headBytes+cellBytes*len(g.Cells)+partBytes*len(g.Parts))
	for _, n := range []int{g.Resolution, len(g.Cells), len(g.Parts)} {
		b = le.AppendUint64(b, uint64(n))
	}
	for i, c := range g.Cells {
		b = le.AppendUint64(b, uint64(c))
		b = appendPoint(b, g.centres[i])
		b = le.AppendUint32(b, uint32(g.first[i+1]-g.first[i]))
	}
	for _, p := range g.Parts {
		b = le.AppendUint32(b, uint32(p.Region))
		b = le.AppendUint64(b, math.Float64bits(p.Share))
		b = appendPoint(b, p.Centre)
	}
	return b
}

// Decode reads what Encode wrote of a grid of some number of regions: the same grid, bit for bit. Anything else is ErrEncoding, told by its
// form only: whether the bytes are those of the right grid is for those who keep them.
func Decode(b []byte, regions int) (*Grid, error) {
	le := binary.LittleEndian
	if len(b) < headBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrEncoding, len(b))
	}
	resolution, cells, parts := le.Uint64(b), le.Uint64(b[8:]), le.Uint64(b[16:])
	if resolution < MinResolution || resolution > MaxResolution || cells > maxCells || parts > math.MaxInt32 || uint64(len(b)) != headBytes+cellBytes*cells+partBytes*parts {
		return nil, fmt.Errorf("%w: %d bytes for %d cells and %d parts of resolution %d", ErrEncoding, len(b), cells, parts, resolution)
	}
	b = b[headBytes:]
	g := &Grid{Resolution: int(resolution), Cells: make([]h3.Cell, cells), Parts: make([]Part, parts), first: make([]int32, cells+1), centres: make([]orb.Point, cells)}
	for i := range g.Cells {
		g.Cells[i], g.centres[i] = h3.Cell(le.Uint64(b)), pointAt(b[8:])
		n := le.Uint32(b[24:])
		if g.Cells[i].Resolution() != g.Resolution || i > 0 && g.Cells[i] <= g.Cells[i-1] || uint64(n) > parts-uint64(g.first[i]) {
			return nil, fmt.Errorf("%w: cell %d", ErrEncoding, i)
		}
		g.first[i+1] = g.first[i] + int32(n)
		b = b[cellBytes:]
	}
	if uint64(g.first[cells]) != parts {
		return nil, fmt.Errorf("%w: %d parts of %d belong to cells", ErrEncoding, g.first[cells], parts)
	}
	for i := range g.Cells {
		for k := g.first[i]; k < g.first[i+1]; k++ {
			p := Part{Cell: int32(i), Region: int32(le.Uint32(b)), Share: math.Float64frombits(le.Uint64(b[4:])), Centre: pointAt(b[12:])}
			if p.Region < 0 || int(p.Region) >= regions || !(p.Share > 0 && p.Share < 1+minShare) || !geo.ValidPoint(p.Centre) {
				return nil, fmt.Errorf("%w: part %d", ErrEncoding, k)
			}
			g.Parts[k] = p
			b = b[partBytes:]
		}
	}
	return g, nil
}

func appendPoint(b []byte, p orb.Point) []byte {
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
}

func pointAt(b []byte) orb.Point {
	return orb.Point{math.Float64frombits(binary.LittleEndian.Uint64(b)), math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))}
}

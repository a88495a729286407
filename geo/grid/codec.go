package grid

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/pack"
)

// ErrEncoding says that bytes are not what Write writes.
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

// Write writes a grid for Read, as package pack does.
func (g *Grid) Write(w io.Writer) error {
	return pack.Write(w, &g.Resolution, &g.Cells, &g.Parts, &g.first, &g.centres)
}

// Read reads what Write wrote of a grid of some number of regions: the same grid, bit for bit. The source has at most so many bytes, and ends
// with the grid. Anything else is ErrEncoding or an error of the source, told by its form only: whether it is the right grid is for those who keep it.
func Read(r io.Reader, most int64, regions int) (*Grid, error) {
	g := &Grid{}
	if err := pack.Read(r, most, &g.Resolution, &g.Cells, &g.Parts, &g.first, &g.centres); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEncoding, err)
	}
	if g.Resolution < MinResolution || g.Resolution > MaxResolution || len(g.Cells) > maxCells || len(g.centres) != len(g.Cells) || len(g.first) != len(g.Cells)+1 ||
		g.first[0] != 0 || len(g.Parts) > math.MaxInt32 || int(g.first[len(g.Cells)]) != len(g.Parts) {
		return nil, fmt.Errorf("%w: %d cells and %d parts of resolution %d", ErrEncoding, len(g.Cells), len(g.Parts), g.Resolution)
	}
	for i, c := range g.Cells {
		if c.Resolution() != g.Resolution || i > 0 && c <= g.Cells[i-1] || g.first[i+1] < g.first[i] || int(g.first[i+1]) > len(g.Parts) || !geo.ValidPoint(g.centres[i]) {
			return nil, fmt.Errorf("%w: cell %d", ErrEncoding, i)
		}
		for k := g.first[i]; k < g.first[i+1]; k++ {
			p := &g.Parts[k]
			if p.Cell != int32(i) || p.Region < 0 || int(p.Region) >= regions || !(p.Share > 0 && p.Share < 1+minShare) || !geo.ValidPoint(p.Centre) {
				return nil, fmt.Errorf("%w: part %d", ErrEncoding, k)
			}
		}
	}
	return g, nil
}

func appendPoint(b []byte, p orb.Point) []byte {
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
}

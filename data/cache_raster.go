package data

import (
	"encoding/binary"
	"fmt"
	"math"

	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
)

// cacheKey names the sums of a raster by all they depend on: the file, the pixels read, how they are taken, and the cells.
func (b *rasterBinner) cacheKey() (kind, key string) {
	return "raster", fmt.Sprintf("%s %v %d %x %q", b.in.info.SHA256, b.window, b.resolution, math.Float64bits(b.perSquareMetre), b.in.at.name())
}

// kept takes the sums from the cache, where it has them.
func (b *rasterBinner) kept(c Cache) bool {
	if !c.serves(b.in.info.Bytes) {
		return false
	}
	content, ok := c.Load(b.cacheKey())
	if !ok {
		return false
	}
	cells, counted, ok := decodeCells(content, b.resolution)
	if !ok {
		return false
	}
	b.cells, b.counted = cells, counted
	b.addUp()
	return true
}

// keep puts sound sums into the cache.
func (b *rasterBinner) keep(c Cache) {
	if c.serves(b.in.info.Bytes) {
		kind, key := b.cacheKey()
		_ = c.Store(kind, key, encodeCells(b.cells, b.counted)) // see Store
	}
}

// encodeCells writes the sums of a raster, little-endian: how many pixels were counted, then cell and people of each cell.
func encodeCells(cells []coverage.CellCount, counted int) []byte {
	le := binary.LittleEndian
	b := make([]byte, 0, 8+16*len(cells))
	b = le.AppendUint64(b, uint64(counted))
	for _, c := range cells {
		b = le.AppendUint64(b, uint64(c.Cell))
		b = le.AppendUint64(b, math.Float64bits(c.People))
	}
	return b
}

// decodeCells reads what encodeCells wrote; ok is false where it is anything else.
func decodeCells(b []byte, resolution int) (cells []coverage.CellCount, counted int, ok bool) {
	le := binary.LittleEndian
	if len(b) < 8 || (len(b)-8)%16 != 0 || le.Uint64(b) > math.MaxInt64 {
		return nil, 0, false
	}
	counted = int(le.Uint64(b))
	cells = make([]coverage.CellCount, 0, len(b)/16)
	for b = b[8:]; len(b) > 0; b = b[16:] {
		c := coverage.CellCount{Cell: h3.Cell(le.Uint64(b)), People: math.Float64frombits(le.Uint64(b[8:]))}
		if c.Cell.Resolution() != resolution || !(c.People >= 0) || len(cells) > 0 && c.Cell <= cells[len(cells)-1].Cell {
			return nil, 0, false
		}
		cells = append(cells, c)
	}
	return cells, counted, true
}

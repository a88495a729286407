package data

import (
	"fmt"
	"math"

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
	kind, key := b.cacheKey()
	var cells []coverage.CellCount
	var counted int
	if !c.LoadValues(kind, key, &counted, &cells) || !ascending(cells, b.resolution) {
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
		counted, cells := b.counted, b.cells
		c.keep(kind, key, &counted, &cells)
	}
}

// ascending reports whether sums are those of cells of a resolution, each once and in order.
func ascending(cells []coverage.CellCount, resolution int) bool {
	for i, c := range cells {
		if c.Cell.Resolution() != resolution || !(c.People >= 0) || i > 0 && c.Cell <= cells[i-1].Cell {
			return false
		}
	}
	return true
}

package grid

import (
	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// Grid is the study area on H3: its cells, and for every cell the parts that lie in each region. Immutable.
type Grid struct {
	Resolution int       // 7..11
	Cells      []h3.Cell // ascending; every cell that overlaps the study area
	Parts      []Part    // ascending by cell, then region

	first   []int32     // parts of cell c are Parts[first[c]:first[c+1]]
	centres []orb.Point // of the cells
}

// Part is the piece of one cell in one deepest region.
type Part struct {
	Cell   int32     // index into Grid.Cells
	Region int32     // deepest region; a parent region owns what none of its children covers
	Share  float64   // of the whole cell's area, (0, 1]; shares of a cell sum to <= 1, and to 1 inside the study area
	Centre orb.Point // WGS84, area centroid of the piece; the cell centre when the piece is the whole cell
}

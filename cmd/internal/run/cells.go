package run

import (
	"slices"

	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
	"sitecover/geo/grid"
)

// studyCells is the study area of a study without boundaries: every cell that the population names.
func studyCells(p coverage.Population, resolution int) []h3.Cell {
	var out []h3.Cell
	for _, c := range p.Cells {
		switch res := c.Cell.Resolution(); {
		case res == resolution:
			out = append(out, c.Cell)
		case res > resolution:
			out = append(out, c.Cell.Parent(resolution))
		default:
			out = append(out, c.Cell.Children(resolution)...)
		}
	}
	for _, q := range p.Points {
		out = append(out, grid.CellOf(q.Point, resolution))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

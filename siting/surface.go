package siting

import (
	"fmt"
	"math"

	"sitecover/coverage"
	"sitecover/geo/grid"
)

// CellFootfall is the footfall of every cell of the world's grid before anyone captures it, while stations are open: of the places
// and residents in it, in index points, or in people a day where places are counted (see StationRules.Weights). What roads add is left out, as it
// belongs to stations that stand at them. Places outside the grid count nowhere. The error is that of rules that cannot be used.
func CellFootfall(w *World, r StationRules) ([]float64, error) {
	if err := r.Validate(); err != nil {
		return nil, fmt.Errorf("siting: footfall: %w", err)
	}
	s := newSurface(w, &r)
	out := make([]float64, len(w.Grid.Cells))
	for _, g := range s.generators {
		if g.kind == PartResidents {
			continue
		}
		if c, ok := w.Grid.Index(grid.CellOf(g.point, w.Grid.Resolution)); ok {
			out[c] += g.value
		}
	}
	// Residents are added per cell from their exact sum, so that a cell does not depend on how its people were placed.
	residents := s.times.shares(r.Hours).of(PartResidents, nil)
	people := make([]coverage.People, len(out))
	for i, p := range w.Demand.People {
		people[w.Demand.Cell[i]] += p
	}
	for c, p := range people {
		out[c] += math.Max(0, r.Weights[PartResidents]) * s.point * residents * p.Float() / 100
	}
	return out, nil
}

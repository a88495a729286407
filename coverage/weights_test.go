package coverage

import (
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"sitecover/geo/grid"
)

// TestWeightsSpreadCells: a cell where three regions meet goes by the weights in its parts, three to one, and nobody to the third. A border
// cell keeps outside what its area outside says.
func TestWeightsSpreadCells(t *testing.T) {
	g, r := distributionWorld(t, 8)
	cell := grid.CellOf(orb.Point{121.1, 31.05}, 8)
	i, _ := g.Index(cell)
	parts := g.PartsOf(i)
	weights := []PlaceWeight{{parts[0].Centre, 30}, {parts[1].Centre, 6}, {parts[1].Centre, 4}}
	d, a := distribute(t, g, r, Population{Cells: []CellCount{{cell, 1000}}, Weights: weights})
	got := map[int32]float64{}
	for k := range d.People {
		got[d.Region[k]] += d.People[k].Float()
	}
	if math.Abs(got[parts[0].Region]-750) > 1e-3 || math.Abs(got[parts[1].Region]-250) > 1e-3 || a.Total != 1000*Person {
		t.Errorf("people %v of %+v", got, a)
	}
	edge := grid.CellOf(orb.Point{121.2, 31.05}, 8)
	j, _ := g.Index(edge)
	share, weighted := 0.0, []PlaceWeight{}
	for _, p := range g.PartsOf(j) {
		share += p.Share
		weighted = append(weighted, PlaceWeight{p.Centre, 1})
	}
	_, a = distribute(t, g, r, Population{Cells: []CellCount{{edge, 1024}}, Weights: weighted[:1]})
	if math.Abs(a.Inside.Float()-1024*share) > 1e-3 || a.Inside+a.Outside != 1024*Person {
		t.Errorf("a border cell of share %v: %+v", share, a)
	}
}

// TestWeightsSpreadTotals: a total without other people goes where the buildings are.
func TestWeightsSpreadTotals(t *testing.T) {
	g, r := distributionWorld(t, 9)
	region := r.Locate(inEast)
	d, a := distribute(t, g, r, Population{Totals: []RegionTotal{{region, 500}}, Weights: []PlaceWeight{{inEast, 2}, {nowhere, 100}}})
	if d.Len() != 1 || d.People[0] != 500*Person || len(a.Even) != 1 || !a.Even[0].Weighted {
		t.Errorf("%d demand points, %+v", d.Len(), a)
	}
	_, a = distribute(t, g, r, Population{Totals: []RegionTotal{{region, 500}}, Weights: []PlaceWeight{{inSouth, 2}}})
	if len(a.Even) != 1 || a.Even[0].Weighted || a.Total != 500*Person {
		t.Errorf("no weight in the region: %+v", a)
	}
	for _, w := range []PlaceWeight{{inEast, -1}, {inEast, math.NaN()}, {orb.Point{200, 0}, 1}} {
		if _, _, err := Distribute(g, r, Population{Weights: []PlaceWeight{w}}); !errors.Is(err, ErrPlace) {
			t.Errorf("%v: %v", w, err)
		}
	}
}

package run

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sitecover/coverage"
	"sitecover/data/model"
	"sitecover/geo/network"
)

// TestAccuracyOnModelCounty prints the second table of docs/cell-accuracy.md:
//
//	SITECOVER_MODEL_PEOPLE=600000 go test -run AccuracyOnModelCounty -v ./cmd/internal/run
//
// Without the variable it takes a small county. It holds the table to its message: eight points a part put fewer people on the
// wrong side than one point does, in every tier.
func TestAccuracyOnModelCounty(t *testing.T) {
	people := 40_000
	if s := os.Getenv("SITECOVER_MODEL_PEOPLE"); s != "" {
		var err error
		if people, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := model.Generate(t.Context(), dir, model.Options{Seed: 1, People: people}); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), filepath.Join(dir, "study.yaml"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.network(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := s.input()
	single := in.Demand
	var walk *network.Graph
	for key, g := range in.Graphs {
		if key.Mode == "walk" {
			walk = g
		}
	}
	covered := func(opts coverage.FrontageOptions, spread bool) ([][]float64, []float64, string) {
		in.Demand = single
		placed := time.Duration(0)
		if spread {
			start := time.Now()
			d, _, err := coverage.PlaceOnFrontage(t.Context(), single, in.Grid, in.Regions, walk, opts)
			if err != nil {
				t.Fatal(err)
			}
			in.Demand, placed = d, time.Since(start)
		}
		start := time.Now()
		res, err := coverage.Compute(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(start)
		cells, share := make([][]float64, len(in.Tiers)), make([]float64, len(in.Tiers))
		for k := range in.Tiers {
			cells[k] = make([]float64, len(in.Grid.Cells))
			share[k], _ = res.Total[k].Effective()
			for i, n := range in.Demand.People {
				if res.Services[k].Covered(i) {
					cells[k][in.Demand.Cell[i]] += n.Float()
				}
			}
		}
		return cells, share, fmt.Sprintf("%7d points, placed in %v, computed in %v", in.Demand.Len(), placed.Round(time.Millisecond), took.Round(time.Millisecond))
	}
	truth, finest, note := covered(coverage.FrontageOptions{PerPart: 1 << 16, Piece: 10, Spacing: 10}, true)
	t.Logf("finest  covered %s  %s", percents(finest), note)
	wrong := map[int][]float64{}
	for _, perPart := range []int{0, 1, 2, 4, 8, 16} {
		cells, share, note := covered(coverage.FrontageOptions{PerPart: max(perPart, 1)}, perPart > 0)
		off := make([]float64, len(in.Tiers))
		total := 0.0
		for _, n := range single.People {
			total += n.Float()
		}
		for k := range cells {
			for c := range cells[k] {
				off[k] += math.Abs(cells[k][c]-truth[k][c]) / total
			}
		}
		wrong[perPart] = off
		t.Logf("%-6d  covered %s  wrong %s  %s", perPart, percents(share), percents(off), note)
	}
	for k := range in.Tiers {
		if wrong[8][k] >= wrong[0][k] {
			t.Errorf("tier %s: one point a part puts %.4f of the people wrong, eight %.4f", in.Tiers[k].ID, wrong[0][k], wrong[8][k])
		}
	}
}

func percents(shares []float64) string {
	s := ""
	for _, x := range shares {
		s += fmt.Sprintf("%7.2f %%", 100*x)
	}
	return s
}

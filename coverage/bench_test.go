package coverage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"sitecover/geo/grid"
)

// bigInput is a province of about 100,000 inhabited cells in one piece of land, with sites at random.
func bigInput(b *testing.B, sites int) Input {
	b.Helper()
	rng := rand.New(rand.NewPCG(3, 5))
	g := must[*grid.Grid](b)(grid.FromCells(grid.CellOf(toyOrigin, 9).GridDisk(182), 9)) // 3 × 182 × 183 + 1 = 99,919
	in := cellStudy(b, g)
	for c := range g.Cells {
		in.addPeople(int32(c), 0, People(rng.Int64N(1000))*Person)
	}
	in.Tiers = []Tier{{ID: "t", Mode: Straight, Limit: metres(1000), OwnerLevel: -1, Parent: -1}}
	for i := range sites {
		in.Sites = append(in.Sites, Site{ID: fmt.Sprintf("s%06d", i), Point: g.Centre(int32(rng.IntN(len(g.Cells))))})
	}
	return in
}

func BenchmarkCompute(b *testing.B) {
	for _, sites := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("cells=99919/sites=%d", sites), func(b *testing.B) {
			in := bigInput(b, sites)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Compute(context.Background(), in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFindGaps(b *testing.B) {
	for _, sites := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("cells=99919/sites=%d", sites), func(b *testing.B) {
			in := bigInput(b, sites)
			res, err := Compute(context.Background(), in)
			if err != nil {
				b.Fatal(err)
			}
			names := make([]Named, 10_000)
			for i := range names {
				names[i] = Named{fmt.Sprint(i), in.Grid.Centre(int32(i * 9))}
			}
			b.ReportAllocs()
			for b.Loop() {
				if len(FindGaps(in, res, names)) == 0 {
					b.Fatal("no gaps")
				}
			}
		})
	}
}

// BenchmarkFindGapsProvince is a province of a million inhabited cells and three tiers.
func BenchmarkFindGapsProvince(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 9))
	g := must[*grid.Grid](b)(grid.FromCells(grid.CellOf(toyOrigin, 9).GridDisk(577), 9)) // 1,000,519 cells
	in := cellStudy(b, g)
	for c := range g.Cells {
		in.addPeople(int32(c), 0, People(rng.Int64N(100))*Person)
	}
	for t, radius := range []float64{2000, 1000, 500} {
		in.Tiers = append(in.Tiers, Tier{ID: fmt.Sprint(t), Mode: Straight, Limit: metres(radius), OwnerLevel: -1, Parent: -1})
		for i := range 5000 << t {
			in.Sites = append(in.Sites, Site{ID: fmt.Sprintf("s%d-%06d", t, i), Tier: t, Point: g.Centre(int32(rng.IntN(len(g.Cells))))})
		}
	}
	res, err := Compute(context.Background(), in)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		b.ReportMetric(float64(len(FindGaps(in, res, nil))), "gaps")
	}
}

package siting

import (
	"context"
	"math/rand/v2"

	"golang.org/x/sync/errgroup"

	"sitecover/geo"
)

// sensitivity moves every weight and the catchment at random within Vary, each run on its own, and tells for every station
// the share of runs that still put one there or within half the catchment of it. Run k draws from its own generator, so
// that neither the order nor the number of workers matters.
func (f *footfall) sensitivity(ctx context.Context, stations []Station) error {
	if f.r.Runs == 0 || len(stations) == 0 {
		return nil
	}
	kept, all := make([][]bool, f.r.Runs), make([][]int32, f.r.Runs)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(f.w.workers())
	for run := range kept {
		group.Go(func() error {
			chosen, err := f.choose(ctx, f.vary(uint64(run)))
			if err != nil {
				return err
			}
			kept[run], all[run] = make([]bool, len(stations)), chosen
			for k := range stations {
				for _, j := range chosen {
					if geo.Distance(stations[k].Candidate.Point, f.spots[j].Point) <= f.r.Catchment/2 {
						kept[run][k] = true
					}
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	f.often = make([]int, len(f.spots))
	for _, chosen := range all {
		for _, j := range chosen {
			f.often[j]++
		}
	}
	for k := range stations {
		n := 0
		for run := range kept {
			if kept[run][k] {
				n++
			}
		}
		stations[k].Kept = float64(n) / float64(f.r.Runs)
	}
	return nil
}

// vary returns the setting of a run: catchment first, then the kinds in their order.
func (f *footfall) vary(run uint64) setting {
	rnd := rand.New(rand.NewPCG(f.r.Seed, run))
	draw := func() float64 { return 1 + f.r.Vary*(2*rnd.Float64()-1) }
	s := f.base()
	s.catchment *= draw()
	for k := range s.factor {
		s.factor[k] = draw()
	}
	return s
}

package coverage

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"sitecover/geo"
)

// StraightMatrix returns the great-circle distances in metres from every demand point to every site within the limit: one
// row per site. Distances are rounded to the millimetre before they meet the limit, and equality counts. Points are WGS84
// longitude, latitude.
//
// The limit's metric must be geo.Metres, otherwise the error is geo.ErrMetric; a point that is not a number or out of range
// is an error too. Cost O((sites + demand) log demand + entries log entries). Workers run in parallel, 0 = one per
// processor; the result does not depend on their number.
func StraightMatrix(ctx context.Context, sites, demand []orb.Point, limit geo.Limit, workers int) (*geo.CostMatrix, error) {
	if limit.Metric != geo.Metres {
		return nil, fmt.Errorf("coverage: straight distances are metres, the limit is %v: %w", limit.Metric, geo.ErrMetric)
	}
	if err := checkPoints("sites", sites); err != nil {
		return nil, err
	}
	if err := checkPoints("demand", demand); err != nil {
		return nil, err
	}
	return straightRows(ctx, newPointIndex(demand), sites, limit, workers)
}

// checkPoints refuses points that are no place on Earth.
func checkPoints(what string, points []orb.Point) error {
	for i, p := range points {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return &FieldError{Field: fmt.Sprintf("%s[%d]", what, i), What: fmt.Sprintf("no longitude, latitude: %v", p)}
		}
	}
	return nil
}

// rowBlock is how many rows a worker takes at a time: enough to make the hand-over free, few enough to share fairly.
const rowBlock = 16

// straightRows fills the matrix block by block; blocks are joined in the order of their rows, whoever computed them.
func straightRows(ctx context.Context, ix *pointIndex, sites []orb.Point, limit geo.Limit, workers int) (*geo.CostMatrix, error) {
	n := len(sites)
	blocks := make([][]uint64, (n+rowBlock-1)/rowBlock) // entries of a block's rows, packed
	offset := make([]int64, n+1)                        // entries per row first, then summed
	var next atomic.Int64
	var group errgroup.Group
	for range min(workerCount(workers), max(1, len(blocks))) {
		group.Go(func() error {
			for {
				b := int(next.Add(1)) - 1
				if b >= len(blocks) {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				var out []uint64
				for r := b * rowBlock; r < min(n, (b+1)*rowBlock); r++ {
					from := len(out)
					out = appendStraight(out, ix, sites[r], limit)
					offset[r+1] = int64(len(out) - from)
				}
				blocks[b] = out
			}
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for r := range n {
		offset[r+1] += offset[r]
	}
	m := &geo.CostMatrix{
		Limit: limit, Columns: len(ix.points), Offset: offset,
		Column: make([]int32, 0, offset[n]), Cost: make([]geo.Impedance, 0, offset[n]),
	}
	for _, block := range blocks {
		for _, e := range block {
			m.Column = append(m.Column, int32(e>>32))
			m.Cost = append(m.Cost, geo.Impedance(e))
		}
	}
	return m, nil
}

// appendStraight appends one row, packed as column<<32 | cost so that sorting the numbers sorts the columns.
func appendStraight(out []uint64, ix *pointIndex, site orb.Point, limit geo.Limit) []uint64 {
	from := len(out)
	ix.near(site, limit.Max.Value(), func(i int32) bool {
		if cost := geo.ToImpedance(geo.Distance(site, ix.points[i])); limit.Covers(cost) {
			out = append(out, uint64(i)<<32|uint64(cost))
		}
		return true
	})
	slices.Sort(out[from:])
	return out
}

// straightCovered tells for every demand point whether a site lies within the limit by great circle.
func straightCovered(ctx context.Context, sites, demand []orb.Point, limit geo.Limit, workers int) ([]bool, error) {
	ix := newPointIndex(sites)
	covered := make([]bool, len(demand))
	err := parallel(ctx, len(demand), 1024, workers, func(from, to int) {
		for i := from; i < to; i++ {
			ix.near(demand[i], limit.Max.Value(), func(s int32) bool {
				covered[i] = limit.Covers(geo.ToImpedance(geo.Distance(sites[s], demand[i])))
				return !covered[i]
			})
		}
	})
	return covered, err
}

// parallel splits [0, n) into spans and lets the workers do them in any order: do must only write what belongs to its span.
func parallel(ctx context.Context, n, span, workers int, do func(from, to int)) error {
	var next atomic.Int64
	var group errgroup.Group
	for range min(workerCount(workers), n/span+1) {
		group.Go(func() error {
			for {
				from := int(next.Add(int64(span))) - span
				if from >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				do(from, min(n, from+span))
			}
		})
	}
	return group.Wait()
}

// workerCount turns 0 into one worker per processor.
func workerCount(workers int) int {
	if workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}

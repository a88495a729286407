package coverage

import (
	"fmt"
	"math"

	"sitecover/geo"
	"sitecover/geo/grid"
)

// mostWeight is the weight of the heaviest part.
const mostWeight = 1 << 32

// weigh adds up the weights of the places in every part, as integers.
func (d *distributor) weigh(weights []PlaceWeight) error {
	if len(weights) == 0 {
		return nil
	}
	finder, err := grid.NewFinder(d.grid.Resolution)
	if err != nil {
		return err
	}
	sum, most := make([]float64, len(d.grid.Parts)), 0.0
	for i, w := range weights {
		if !(w.Weight >= 0) || math.IsInf(w.Weight, 0) || !geo.ValidPoint(w.Point) {
			return fmt.Errorf("weight %d: %w: %g at (%g, %g)", i, ErrPlace, w.Weight, w.Point[0], w.Point[1])
		}
		if part := d.place(finder.CellOf(w.Point), w.Point); part >= 0 {
			sum[part] += w.Weight
			most = max(most, sum[part])
		}
	}
	if most == 0 {
		return nil
	}
	d.weight = make([]int64, len(sum))
	for i, w := range sum {
		d.weight[i] = int64(math.Ceil(w / most * mostWeight))
	}
	return nil
}

// weightOf returns the weight of all these parts, 0 when nothing is known of them.
func (d *distributor) weightOf(parts []int32) (sum int64) {
	if d.weight == nil {
		return 0
	}
	for _, part := range parts {
		sum += d.weight[part]
	}
	return sum
}

// reweigh puts the weights of places for those of areas, where there are any, and returns what lies outside in the same measure.
func (d *distributor) reweigh(parts []int32, weights []int64, outside int64) int64 {
	sum := d.weightOf(parts)
	if sum == 0 {
		return outside
	}
	inside := int64(0)
	for k, part := range parts {
		inside += weights[k]
		weights[k] = d.weight[part]
	}
	return int64(math.Round(float64(sum) * float64(outside) / float64(inside)))
}

package solve

import (
	"testing"
)

// countyRollout is a rollout of the size of a large county: three tiers at each of 10,000 candidates, 20,000 demand points,
// 400 square regions that want a site of the lowest tier, five years. Row = tier x client, then the regions.
func countyRollout(tb testing.TB) *RolloutProblem {
	facilities, clients := readPlaces(tb, "city_10000_20000.dat")
	const tiers, across = 3, 20
	m := len(clients)
	p := &RolloutProblem{Cover: Cover{Rows: tiers*m + across*across, Offset: []int64{0}}, Value: []int64{1, 1, 1, 30},
		Budget: []int64{3_000, 3_000, 2_500, 2_500, 2_000}}
	p.Class, p.Cover.Weight = make([]int32, p.Cover.Rows), make([]int64, p.Cover.Rows)
	for i := range p.Cover.Rows {
		if p.Class[i] = int32(i / m); i >= tiers*m {
			p.Class[i], p.Cover.Weight[i] = tiers, 1
		} else {
			p.Cover.Weight[i] = clients[i%m].demand
		}
	}
	reach := make([]Cover, tiers)
	for t, radius := range []float64{1, 0.5, 0.3} {
		reach[t] = coverWithin(facilities, clients, radius)
	}
	for j, f := range facilities {
		var same []int32
		for t := range tiers {
			same = append(same, int32(p.Cover.Columns()))
			for _, i := range reach[t].Column(j) {
				p.Cover.Row = append(p.Cover.Row, int32(t*m)+i)
			}
			if t == 2 {
				p.Cover.Row = append(p.Cover.Row, int32(tiers*m+int(f.y/1.5001)*across+int(f.x/1.5001)))
			}
			p.Cover.Offset = append(p.Cover.Offset, int64(len(p.Cover.Row)))
			p.Cover.Cost = append(p.Cover.Cost, []int64{100, 30, 6}[t]+int64(j%7))
		}
		p.Conflicts = append(p.Conflicts, same)
	}
	return p
}

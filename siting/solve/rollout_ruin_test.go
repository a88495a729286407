package solve

import (
	"context"
	"reflect"
	"testing"
)

// After any moves, taken or taken back, what the search keeps up to date is what it would be if it were made anew, and what
// it says a column adds is what it adds.
func TestRuinKeepsItsBooks(t *testing.T) {
	for seed := range uint64(100) {
		p := goalRollout(seed)
		r := newRollout(p)
		if reason, _ := r.openFixed(); reason.Code != "" {
			continue
		}
		q := newRolloutRuin(r, seed, 1.5)
		base := make([]float64, len(p.Goals))
		for k := range base {
			base[k] = 1
		}
		q.round(context.Background(), base, 20, 0)
		anew := newRolloutRuin(q.rollout, seed, 1.5)
		if !reflect.DeepEqual(q.first, anew.first) {
			t.Fatalf("seed %d: first %v, anew %v", seed, q.first, anew.first)
		}
		for k := range q.price {
			q.price[k] = float64(k + 1) // so that sums are exact
		}
		for j := range int32(p.Cover.Columns()) {
			for y := range int32(p.Years()) {
				if int(q.year[j]) < q.years {
					continue
				}
				before, adds := q.worth(), q.adds(j, y)
				q.enter(j, y)
				if after := q.worth(); after != before+adds {
					t.Fatalf("seed %d: column %d in year %d adds %v, said %v", seed, j, y, after-before, adds)
				}
				q.undo()
			}
		}
		if s, ok := plainScore(p, plainYears(q.best, q.years)); !ok || s != q.top {
			t.Fatalf("seed %d: best plan %v has %v (%v), said %v", seed, q.best, s, ok, q.top)
		}
	}
}

// plainYears writes never as -1.
func plainYears(year []int32, years int) []int32 {
	out := make([]int32, len(year))
	for j, t := range year {
		if out[j] = t; int(t) == years {
			out[j] = -1
		}
	}
	return out
}

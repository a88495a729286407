package solve

import (
	"context"
	"math/bits"
	"math/rand/v2"
	"testing"
)

func randomMedian(r *rand.Rand) *PMedianProblem {
	p := &PMedianProblem{Rows: 1 + r.IntN(20), Columns: 1 + r.IntN(12)}
	p.P = 1 + r.IntN(p.Columns)
	for range p.Rows * p.Columns {
		p.Distance = append(p.Distance, uint32(r.IntN(50)))
	}
	if r.IntN(2) == 0 {
		for range p.Rows {
			p.Weight = append(p.Weight, int64(r.IntN(5)))
		}
	}
	return p
}

// plainMedian returns what the set costs in total and the largest distance, weightless rows aside.
func plainMedian(p *PMedianProblem, set int) (sum, most int64) {
	for i := range p.Rows {
		near := int64(1) << 40
		for j := range p.Columns {
			if set>>j&1 == 1 {
				near = min(near, int64(p.Distance[j*p.Rows+i]))
			}
		}
		sum += p.weight(i) * near
		if p.weight(i) > 0 {
			most = max(most, near)
		}
	}
	return sum, most
}

func TestPMedianAndPCenterAgreeWithBruteForce(t *testing.T) {
	proved := 0
	for seed := range uint64(200) {
		p := randomMedian(rand.New(rand.NewPCG(seed, 10)))
		best, least := int64(1)<<50, int64(1)<<50
		for set := range 1 << p.Columns {
			if bits.OnesCount(uint(set)) == p.P {
				sum, most := plainMedian(p, set)
				best, least = min(best, sum), min(least, most)
			}
		}
		got, err := PMedian(context.Background(), p, Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if checkAnswer(t, seed, got, best, -1) {
			proved++
		}
		if sum, _ := plainMedian(p, asSet(got.Open)); sum != got.Objective || len(got.Open) != p.P {
			t.Fatalf("seed %d: %v claims %d, costs %d", seed, got.Open, got.Objective, sum)
		}
		centre, err := PCenter(context.Background(), p, Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if !checkAnswer(t, seed, centre, least, -1) {
			t.Errorf("seed %d: p-center not proved", seed)
		}
		if _, most := plainMedian(p, asSet(centre.Open)); most != centre.Objective || len(centre.Open) != p.P {
			t.Fatalf("seed %d: %v claims %d, has %d", seed, centre.Open, centre.Objective, most)
		}
	}
	if proved < 200 {
		t.Errorf("%d of 200 proved", proved)
	}
}

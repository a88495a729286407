package solve

import (
	"context"
	"math/rand/v2"
	"testing"
)

// bestSetCover tries every set of columns; -1 = none covers.
func bestSetCover(p *SetCoverProblem) int64 {
	best := int64(-1)
	for set := range 1 << p.Cover.Columns() {
		if !keepsRules(set, p.Fixed, p.Banned) || !covers(p, set) {
			continue
		}
		if c := setCost(&p.Cover, set); best < 0 || c < best {
			best = c
		}
	}
	return best
}

// covers reports whether the set covers what is asked for.
func covers(p *SetCoverProblem, set int) bool {
	c := p.Cover
	want := p.Demand
	if want == 0 {
		c.Weight = nil
		want = int64(c.Rows)
	}
	return coveredWeight(&c, p.Covered, func(j int) bool { return set>>j&1 == 1 }) >= want
}

func TestSetCoverAgreesWithBruteForce(t *testing.T) {
	for _, partial := range []bool{false, true} {
		proved, solvable := 0, 0
		for seed := range uint64(300) {
			r := rand.New(rand.NewPCG(seed, 8))
			n := r.IntN(13)
			p := &SetCoverProblem{Cover: randomCover(r, n)}
			p.Covered = someRows(r, p.Cover.Rows)
			if r.IntN(3) == 0 {
				p.Fixed, p.Banned = someColumns(r, n, 2), someColumns(r, n, 2)
			}
			if partial {
				p.Demand = 1 + int64(r.IntN(150))
			}
			want := bestSetCover(p)
			got, err := SetCover(context.Background(), p, Options{Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			if checkAnswer(t, seed, got, want, -1) && want >= 0 {
				proved++
			}
			if want < 0 {
				continue
			}
			solvable++
			open := asSet(got.Open)
			if !keepsRules(open, p.Fixed, p.Banned) || !covers(p, open) || setCost(&p.Cover, open) != got.Objective {
				t.Fatalf("seed %d: plan %v breaks a rule or does not cost %d", seed, got.Open, got.Objective)
			}
		}
		t.Logf("partial %v: %d of %d proved", partial, proved, solvable)
		if !partial && proved < solvable {
			t.Errorf("only %d of %d covers proved optimal", proved, solvable)
		}
	}
}

// Ten columns of four rows each, which share none: half the weight of 40 takes five columns, 18 of it 4.5, that is five.
// With so few iterations nothing but the first bound can say so.
func TestPartialCoverIsBoundedFromTheStart(t *testing.T) {
	c := Cover{Rows: 40, Offset: []int64{0}}
	for i := range int32(40) {
		if c.Row = append(c.Row, i); i%4 == 3 {
			c.Offset = append(c.Offset, int64(len(c.Row)))
		}
	}
	for _, demand := range []int64{18, 20} {
		got, err := SetCover(context.Background(), &SetCoverProblem{Cover: c, Demand: demand}, Options{Iterations: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got.Bound != 5 || got.Objective < 5 {
			t.Errorf("demand %d: %+v, want a bound of 5", demand, got)
		}
	}
}

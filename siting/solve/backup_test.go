package solve

import (
	"context"
	"math/rand/v2"
	"testing"
)

// plainBackup evaluates a set of columns from the problem's definition.
func plainBackup(p *BackupProblem, set int) (value int64) {
	for i := range p.Cover.Rows {
		n := 0
		if p.Covered != nil {
			n = int(p.Covered[i])
		}
		for j := range p.Cover.Columns() {
			for _, k := range p.Cover.Column(j) {
				if set>>j&1 == 1 && int(k) == i {
					n++
				}
			}
		}
		if n >= 1 {
			value += p.First * p.Cover.WeightOf(int32(i))
		}
		if n >= 2 {
			value += p.Second * p.Cover.WeightOf(int32(i))
		}
	}
	return value
}

func TestBackupAgreesWithBruteForce(t *testing.T) {
	proved, feasible := 0, 0
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(seed, 41))
		n := r.IntN(11)
		p := &BackupProblem{Cover: randomCover(r, n), Budget: int64(r.IntN(20)), First: int64(r.IntN(4)), Second: int64(r.IntN(4)),
			Fixed: someColumns(r, n, 2), Banned: someColumns(r, n, 2)}
		if r.IntN(2) == 0 {
			p.Covered = make([]uint8, p.Cover.Rows)
			for i := range p.Covered {
				p.Covered[i] = uint8(r.IntN(4))
			}
		}
		want := int64(-1)
		for set := range 1 << n {
			if keepsRules(set, p.Fixed, p.Banned) && setCost(&p.Cover, set) <= p.Budget {
				want = max(want, plainBackup(p, set))
			}
		}
		got, err := BackupCover(context.Background(), p, Options{Seed: seed, Iterations: 100})
		if err != nil {
			t.Fatal(err)
		}
		if (got.Status == Infeasible) != (want < 0) {
			t.Fatalf("seed %d: status %s (%s), optimum %d", seed, got.Status, got.Reason, want)
		}
		if want < 0 {
			continue
		}
		feasible++
		set := 0
		for _, j := range got.Open {
			set |= 1 << j
		}
		if !keepsRules(set, p.Fixed, p.Banned) || setCost(&p.Cover, set) > p.Budget || plainBackup(p, set) != got.Objective {
			t.Fatalf("seed %d: opens %v for %d, is %d", seed, got.Open, got.Objective, plainBackup(p, set))
		}
		if got.Bound < float64(want) || got.Objective != want {
			t.Fatalf("seed %d: %d, bound %v, optimum %d", seed, got.Objective, got.Bound, want)
		}
		if got.Status == Optimal {
			proved++
		}
	}
	if proved < feasible {
		t.Errorf("only %d of %d are proved", proved, feasible)
	}
}

// The dual alone may never fall below the optimum.
func TestBackupDualIsABound(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 43))
		n := 1 + r.IntN(8)
		p := &BackupProblem{Cover: randomCover(r, n), Budget: int64(r.IntN(20)), First: int64(r.IntN(4)), Second: int64(r.IntN(4))}
		want := int64(0)
		for set := range 1 << n {
			if setCost(&p.Cover, set) <= p.Budget {
				want = max(want, plainBackup(p, set))
			}
		}
		d := newBackupDual(newBackup(p, p.Budget, seed), 1)
		if d.run(context.Background(), 100, want); d.bound() < want {
			t.Fatalf("seed %d: bound %d, optimum %d", seed, d.bound(), want)
		}
	}
}

func TestBackupRefuses(t *testing.T) {
	for _, p := range []*BackupProblem{
		{Budget: -1},
		{First: -1},
		{Second: MaxTotal + 1},
		{Cover: Cover{Rows: 2, Weight: []int64{MaxTotal / 2, 1}}, First: 3},
		{Cover: Cover{Rows: 2}, Covered: []uint8{1}},
		{Fixed: []int32{0}},
	} {
		if _, err := BackupCover(context.Background(), p, Options{}); err == nil {
			t.Errorf("%+v is taken", p)
		}
	}
}

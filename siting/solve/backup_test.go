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
		was := 0
		if p.Covered != nil {
			was = int(p.Covered[i])
		}
		if n >= 1 && was < 1 {
			value += p.First * p.Cover.WeightOf(int32(i))
		}
		if n >= 2 && was < 2 {
			value += p.Second * p.Cover.WeightOf(int32(i))
		}
	}
	return value
}

// someSets draws conflict sets.
func someSets(r *rand.Rand, columns int) (sets [][]int32) {
	for range r.IntN(4) {
		if set := sortedSet(someColumns(r, columns, 4)); len(set) > 0 {
			sets = append(sets, set)
		}
	}
	return sets
}

func inConflict(set int, conflicts [][]int32) bool {
	for _, c := range conflicts {
		n := 0
		for _, j := range c {
			n += set >> j & 1
		}
		if n > 1 {
			return true
		}
	}
	return false
}

func TestBackupAgreesWithBruteForce(t *testing.T) {
	proved, feasible := 0, 0
	for seed := range uint64(250) {
		r := rand.New(rand.NewPCG(seed, 41))
		n := r.IntN(11)
		p := &BackupProblem{Cover: randomCover(r, n), Budget: int64(r.IntN(20)), First: int64(r.IntN(4)), Second: int64(r.IntN(4)),
			Fixed: someColumns(r, n, 2), Banned: someColumns(r, n, 2)}
		if r.IntN(2) == 0 {
			p.Conflicts = someSets(r, n)
		}
		if r.IntN(2) == 0 {
			p.Covered = make([]uint8, p.Cover.Rows)
			for i := range p.Covered {
				p.Covered[i] = uint8(r.IntN(4))
			}
		}
		want := int64(-1)
		for set := range 1 << n {
			if keepsRules(set, p.Fixed, p.Banned) && setCost(&p.Cover, set) <= p.Budget && !inConflict(set, p.Conflicts) {
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
		if !keepsRules(set, p.Fixed, p.Banned) || setCost(&p.Cover, set) > p.Budget || inConflict(set, p.Conflicts) || plainBackup(p, set) != got.Objective {
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

// The dual alone may never fall below the optimum, and what it settles every better plan holds.
func TestBackupDualIsABound(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 43))
		n := 1 + r.IntN(8)
		p := &BackupProblem{Cover: randomCover(r, n), Budget: int64(r.IntN(20)), First: int64(r.IntN(4)), Second: int64(r.IntN(4)), Conflicts: someSets(r, n)}
		want, plans := int64(0), []int(nil)
		for set := range 1 << n {
			if setCost(&p.Cover, set) > p.Budget || inConflict(set, p.Conflicts) {
				continue
			}
			if v := plainBackup(p, set); v > want {
				want, plans = v, nil
			}
			if plainBackup(p, set) == want {
				plans = append(plans, set)
			}
		}
		q := newBackupPart(p)
		d := newBackupDual(newBackupSearch(q, seed), 1)
		if d.run(context.Background(), 100, want-q.base); q.base+d.bound() < want {
			t.Fatalf("seed %d: bound %d, optimum %d", seed, q.base+d.bound(), want)
		}
		open, drop := d.settle(want - 1 - q.base)
		for _, set := range plans { // each of them is better than want - 1
			for _, j := range open {
				if set>>q.orig[j]&1 == 0 {
					t.Fatalf("seed %d: column %d is settled open, the best plan %b has it not", seed, q.orig[j], set)
				}
			}
			for _, j := range drop {
				if set>>q.orig[j]&1 == 1 {
					t.Fatalf("seed %d: column %d is dropped, the best plan %b has it", seed, q.orig[j], set)
				}
			}
		}
	}
}

// What a search keeps of its columns' worth is what working it out anew gives.
func TestBackupSearchKeepsCount(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 47))
		n := 2 + r.IntN(10)
		p := &BackupProblem{Cover: randomCover(r, n), Budget: 1000, First: 2, Second: 1}
		s := newBackupSearch(newBackupPart(p), seed)
		for range 30 {
			if len(s.open) == 0 {
				break
			}
			s.turn(int32(r.IntN(len(s.open))))
			set := 0
			for j, is := range s.open {
				if is {
					set |= 1 << s.orig[j]
				}
			}
			if got := s.base + s.value; got != plainBackup(p, set) {
				t.Fatalf("seed %d: value %d, want %d", seed, got, plainBackup(p, set))
			}
			for j, is := range s.open {
				with, without := set|1<<s.orig[j], set&^(1<<s.orig[j])
				if want := plainBackup(p, with) - plainBackup(p, without); s.rates[j] != want {
					t.Fatalf("seed %d: column %d (open %v) is worth %d, want %d", seed, s.orig[j], is, s.rates[j], want)
				}
			}
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
		{Cover: Cover{Rows: 0, Offset: []int64{0, 0}}, Conflicts: [][]int32{{0, 0}}},
	} {
		if _, err := BackupCover(context.Background(), p, Options{}); err == nil {
			t.Errorf("%+v is taken", p)
		}
	}
}

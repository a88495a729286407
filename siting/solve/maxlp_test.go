package solve

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// scattered covers random clients of a square by random sites of it; with costs when dear is set.
func scattered(r *rand.Rand, sites, clients int, dear bool) *instance {
	f, c := make([]place, sites), make([]place, clients)
	for k := range f {
		f[k] = place{30 * r.Float64(), 30 * r.Float64(), 0}
	}
	for k := range c {
		c[k] = place{30 * r.Float64(), 30 * r.Float64(), int64(1 + r.IntN(50))}
	}
	cover := coverWithin(f, c, 6)
	if dear {
		for range f {
			cover.Cost = append(cover.Cost, int64(3+r.IntN(8)))
		}
	}
	return newInstance(&cover, reduction{})
}

// certify holds the end of a relaxation against the theorem of duality: x keeps all limits and is worth as much as f says.
func certify(t *testing.T, seed uint64, s *maxLP, budget int64) {
	t.Helper()
	cover := make([]float64, s.in.rows())
	var spent float64
	for j, x := range s.x {
		if x < s.low[j]-1e-7 || x > s.high[j]+1e-7 {
			t.Fatalf("seed %d: x of column %d is %v, not in [%v, %v]", seed, j, x, s.low[j], s.high[j])
		}
		spent += x * float64(s.in.cost[j])
		for _, i := range s.in.col.at(j) {
			cover[i] += x
		}
	}
	if spent > float64(budget)+1e-6 {
		t.Fatalf("seed %d: spends %v of %d", seed, spent, budget)
	}
	var worth float64
	for i, w := range s.in.w {
		worth += float64(w) * min(1, cover[i])
	}
	// f is the worth of an x within the limits, but for what shifts the upper limits of the multipliers.
	if f := s.value(); f < worth-1e-4 || f > worth+0.31 {
		t.Fatalf("seed %d: f is %v, x is worth %v", seed, f, worth)
	}
}

func TestRelaxationEndsAtItsOptimum(t *testing.T) {
	parted := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 21))
		in := scattered(r, 20+r.IntN(60), 100+r.IntN(300), seed%2 == 1)
		budget := int64(2 + r.IntN(10))
		if seed%2 == 1 {
			budget *= 6
		}
		s := newMaxLP(in, budget)
		if seed%3 == 0 { // from multipliers of the volume algorithm
			d := newMaxDual(in, budget, nil, 1)
			d.run(context.Background(), 100, 0)
			s.begin(d.centre, d.shift, 0)
		} else {
			s.begin(nil, 0, 0)
		}
		if end := s.run(context.Background(), lpRun{work: math.MaxInt32}); end != lpBest {
			t.Fatalf("seed %d: ended %v after %d steps", seed, end, s.steps)
		}
		certify(t, seed, s, budget)
		for _, j := range s.tight {
			if x := s.x[j]; x > 1e-6 && x < 1-1e-6 {
				parted++
				s.limit(j, math.Round(x), math.Round(x))
				break
			}
		}
		if end := s.run(context.Background(), lpRun{work: math.MaxInt32}); end != lpBest {
			t.Fatalf("seed %d: the part ended %v", seed, end)
		}
		certify(t, seed, s, budget)
	}
	if parted < 20 {
		t.Fatalf("only %d of 60 relaxations open columns in part", parted)
	}
}

func TestRelaxationGoesOnFromALeanPoint(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	in := scattered(r, 80, 400, false)
	s := newMaxLP(in, 8)
	s.begin(nil, 0, 0)
	s.run(context.Background(), lpRun{work: math.MaxInt32})
	f, steps := s.value(), s.steps
	s.become(s.lean())
	s.renew()
	if end := s.run(context.Background(), lpRun{work: math.MaxInt32}); end != lpBest || s.steps != steps || math.Abs(s.value()-f) > 1e-6 {
		t.Fatalf("ended %v at %v after %d steps more; was at %v", end, s.value(), s.steps-steps, f)
	}
}

// Columns that the relaxation leaves closed are dropped; rows that then have the same columns are merged. What is left of the
// basis is the basis of what is left.
func TestRelaxationGoesOnOnASmallerInstance(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 9))
		in := scattered(r, 80, 400, false)
		s := newMaxLP(in, 8)
		s.begin(nil, 0, 0)
		s.run(context.Background(), lpRun{work: math.MaxInt32})
		n := &maxNode{in: in, left: 8, basis: s.basis()}
		drop := make([]bool, in.columns())
		for j, x := range s.x {
			drop[j] = x == 0 && s.at[j] < 0
		}
		for _, l := range s.l[:in.rows()] {
			n.start = append(n.start, int64(math.Round(l*1024)))
		}
		c := n.open(nil, drop)
		if c.in.rows() >= in.rows() {
			t.Fatalf("seed %d: no rows merged", seed)
		}
		less := newMaxLP(c.in, 8)
		less.begin(c.start, 10, s.l[in.rows()])
		less.resume(c.basis)
		if end := less.run(context.Background(), lpRun{work: math.MaxInt32}); end != lpBest || math.Abs(less.value()-s.value()) > 0.31 {
			t.Fatalf("seed %d: ended %v at %v; was at %v", seed, end, less.value(), s.value())
		}
		if less.steps > s.steps/4 {
			t.Fatalf("seed %d: %d steps, %d from the start", seed, less.steps, s.steps)
		}
		certify(t, seed, less, 8)
	}
}

func TestRelaxationStopsWhenAsked(t *testing.T) {
	in := scattered(rand.New(rand.NewPCG(1, 1)), 80, 400, false)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, k := range []struct {
		ctx  context.Context
		run  lpRun
		want lpEnd
	}{
		{ended, lpRun{work: 1 << 30}, lpShort},
		{context.Background(), lpRun{work: 1}, lpShort},
		{context.Background(), lpRun{work: 1 << 30, steps: 3}, lpShort},
		{context.Background(), lpRun{work: 1 << 30, stop: math.Inf(1)}, lpLow},
	} {
		s := newMaxLP(in, 8)
		s.begin(nil, 0, 0)
		if got := s.run(k.ctx, k.run); got != k.want {
			t.Errorf("%+v: ended %v, want %v", k.run, got, k.want)
		}
	}
}

// The optimum is found by trying all plans.
func TestMaxCoverProvesByItsRelaxation(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 3))
		in := scattered(r, 18, 150, seed%2 == 1)
		p := &MaxCoverProblem{Cover: Cover{Rows: in.rows(), Offset: in.col.off, Row: in.col.item, Weight: in.w, Cost: in.cost}, Budget: 5}
		if seed%2 == 1 {
			p.Budget = 30
		}
		want := bestCover(p)
		for workers := 1; workers <= 2; workers++ {
			got, err := MaxCover(context.Background(), p, Options{Seed: seed, Workers: workers})
			if err != nil || got.Status != Optimal || got.Objective != want {
				t.Fatalf("seed %d: %+v, %v; optimum %d", seed, got, err, want)
			}
		}
	}
}

// Columns that cost nothing and gain nothing at the multipliers have no gain for the money. They once spoiled the order of
// the others, and with it what may be decided by reduced costs (seed 10, budget 9).
func TestMaxCoverOrdersColumnsThatCostNothing(t *testing.T) {
	for seed := range uint64(40) {
		p := &MaxCoverProblem{Cover: randomCover(rand.New(rand.NewPCG(seed, 12)), 10)}
		for p.Budget = 0; p.Budget < 12; p.Budget++ {
			s, err := MaxCover(context.Background(), p, Options{})
			if want := bestCover(p); err != nil || s.Status != Optimal || s.Objective != want {
				t.Fatalf("seed %d, budget %d: %+v, %v; optimum %d", seed, p.Budget, s, err, want)
			}
		}
	}
}

// On these the tree works on relaxations for a while; what it finds must not depend on who visits which node.
func TestMaxCoverByRelaxationDoesNotDependOnWorkers(t *testing.T) {
	for seed := range uint64(3) {
		in := scattered(rand.New(rand.NewPCG(seed, 4)), 120, 1500, seed == 1)
		p := &MaxCoverProblem{Cover: Cover{Rows: in.rows(), Offset: in.col.off, Row: in.col.item, Weight: in.w, Cost: in.cost}, Budget: 12}
		if seed == 1 {
			p.Budget = 70
		}
		var alone *Solution
		for workers := 1; workers <= 3; workers++ {
			reports := 0
			got, err := MaxCover(context.Background(), p, Options{Seed: seed, Workers: workers, Iterations: 2000, Progress: func(r Progress) {
				reports++
				if r.Bound < float64(r.Objective) {
					t.Errorf("seed %d: bound %v below the plan of %d", seed, r.Bound, r.Objective)
				}
			}})
			if err != nil || reports == 0 {
				t.Fatal(err, reports)
			}
			if alone == nil {
				alone = got
			} else if !reflect.DeepEqual(got, alone) {
				t.Fatalf("seed %d: %+v alone, %+v with %d workers", seed, alone, got, workers)
			}
		}
		t.Logf("seed %d: %s, %d of %v after %d iterations", seed, alone.Status, alone.Objective, alone.Bound, alone.Iterations)
	}
}

package solve

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// splitOf cuts a cover into the given parts, with the shares that its dual suggests.
func splitOf(c *Cover, o Options) (*coverTree, *coverSplit) {
	in := newInstance(c, reduction{weightless: true})
	t := newCoverTree(context.Background(), in, o, 0)
	n := &coverNode{in: in}
	d := newSetDual(in, t.shift, nil, 1)
	d.run(t.ctx, 20, 1)
	s := newSetSearch(in, o.Seed)
	s.fill()
	t.accept(n, s.best, s.top)
	return t, newCoverSplit(t, n, d, 2)
}

// Whatever the parts and the shares, the blocks together must not claim more than the cheapest cover costs; and every column has
// to be paid for in full, neither more nor less.
func TestBlocksNeverClaimMoreThanTheOptimum(t *testing.T) {
	reached, solvable := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 21))
		p := &SetCoverProblem{Cover: randomCover(r, 12)}
		want := bestSetCover(p)
		if want < 0 {
			continue
		}
		_, s := splitOf(&p.Cover, Options{Seed: seed})
		if s.core.rows() == 0 {
			continue
		}
		solvable++
		if seed%2 == 0 { // shares that no dual would suggest
			for j, at := range s.slots {
				for _, q := range at {
					s.trial[q] = r.Int64N(1 + s.core.cost[j]<<s.bits)
				}
				s.settle(at, s.core.cost[j]<<s.bits)
			}
		}
		for step := range 12 {
			for j, at := range s.slots {
				var sum int64
				for _, q := range at {
					if sum += s.trial[q]; s.trial[q] < 0 {
						t.Fatalf("seed %d: a share of %d", seed, s.trial[q])
					}
				}
				if sum != s.core.cost[j]<<s.bits {
					t.Fatalf("seed %d, step %d: shares of column %d sum to %d, want %d", seed, step, j, sum, s.core.cost[j]<<s.bits)
				}
			}
			s.evaluate()
			if low := s.lowest(); low > want {
				t.Fatalf("seed %d, step %d: bound %d, optimum %d", seed, step, low, want)
			}
			s.model()
			if step == 5 && len(s.blocks) > 1 {
				s.merge([]int32{0, 0, 1, 1}[:len(s.blocks)], 1+(len(s.blocks)-1)/2)
			}
		}
		if s.lowest() == want {
			reached++
		}
	}
	t.Logf("the bound reached the optimum in %d of %d", reached, solvable)
	if 10*reached < 9*solvable {
		t.Errorf("the bound reached the optimum in %d of %d only", reached, solvable)
	}
}

// cycles is a ring of k cycles of five columns: a row for each edge of a cycle, which either end covers, and a row between
// each cycle and the next, which column 0 of the one and column 2 of the other cover.
//
// A half of every column covers all rows: the linear relaxation is 5k/2. Five edges of a cycle need three columns, as each covers
// two; columns 0, 2 and 3 cover them and every row between cycles. So the optimum is 3k.
func cycles(k int) Cover {
	rows := make([][]int32, 5*k)
	row := int32(0)
	add := func(a, b int) {
		rows[a], rows[b] = append(rows[a], row), append(rows[b], row)
		row++
	}
	for c := range k {
		for e := range 5 {
			add(5*c+e, 5*c+(e+1)%5)
		}
		add(5*c, 5*((c+1)%k)+2)
	}
	cover := Cover{Rows: int(row), Offset: []int64{0}}
	for _, list := range rows {
		cover.Row = append(cover.Row, list...)
		cover.Offset = append(cover.Offset, int64(len(cover.Row)))
	}
	return cover
}

// With 40 cycles the tree would have to close a gap of 20 by branching. Blocks that hold whole cycles close it at once.
func TestBlocksCloseTheGapOfOddCycles(t *testing.T) {
	c := cycles(40)
	in := newInstance(&c, reduction{weightless: true})
	d := newSetDual(in, 20, nil, 1)
	if d.run(context.Background(), 2000, 1000); d.bound() > 100 {
		t.Fatalf("the dual of the rows gives %d: this is not a hard instance", d.bound())
	}
	got, err := SetCover(context.Background(), &SetCoverProblem{Cover: c}, Options{Iterations: 3000})
	if err != nil {
		t.Fatal(err)
	}
	if got.Objective != 120 || got.Status != Optimal {
		t.Errorf("%d of at least %.0f (%s) after %d iterations, want 120, proved", got.Objective, got.Bound, got.Status, got.Iterations)
	}
}

// scatteredCover covers places by others within reach of them, all scattered over a square.
func scatteredCover(seed uint64, columns, rows int, priced bool) Cover {
	r := rand.New(rand.NewPCG(seed, 33))
	facilities, clients := make([]place, columns), make([]place, rows)
	for k := range facilities {
		facilities[k] = place{x: 12 * r.Float64(), y: 12 * r.Float64()}
	}
	for k := range clients { // within reach of one at least
		f := facilities[r.IntN(columns)]
		clients[k] = place{x: max(0, f.x+r.Float64()-0.5), y: max(0, f.y+r.Float64()-0.5), demand: 1}
	}
	c := coverWithin(facilities, clients, 1.3)
	for range columns {
		if priced {
			c.Cost = append(c.Cost, 20+r.Int64N(60))
		}
	}
	return c
}

// The blocks are bounded side by side: answer, bound and reports must not show it.
func TestBlocksDoNotDependOnWorkers(t *testing.T) {
	for _, priced := range []bool{false, true} {
		p := &SetCoverProblem{Cover: scatteredCover(7, 400, 2000, priced)}
		var first *Solution
		var told []Progress
		for _, workers := range []int{1, 2, 5} {
			var reports []Progress
			got, err := SetCover(context.Background(), p, Options{Seed: 3, Workers: workers, Iterations: 600, Progress: func(g Progress) { reports = append(reports, g) }})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first, told = got, reports
				t.Logf("priced %v: %d of at least %.0f (%s)", priced, got.Objective, got.Bound, got.Status)
			}
			if !reflect.DeepEqual(first, got) || !slices.Equal(told, reports) {
				t.Errorf("priced %v, %d workers: %+v, with one %+v", priced, workers, got, first)
			}
		}
	}
}

// A search that is stopped while blocks are bounded keeps its answer and a bound that holds.
func TestBlocksStopWhenAsked(t *testing.T) {
	p := &SetCoverProblem{Cover: scatteredCover(7, 400, 2000, false)}
	whole, err := SetCover(context.Background(), p, Options{Iterations: 4000})
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{1, 8, 12, 20} {
		ctx, stop := context.WithCancel(context.Background())
		told := 0
		got, err := SetCover(ctx, p, Options{Iterations: 4000, Progress: func(Progress) {
			if told++; told == after {
				stop()
			}
		}})
		stop()
		if err != nil {
			t.Fatal(err)
		}
		covered := coveredBy(&p.Cover, nil, got.Open)
		if slices.Contains(covered, false) || got.Bound > float64(whole.Objective) || got.Objective < int64(whole.Bound) {
			t.Errorf("stopped after %d reports: %d of at least %.0f; in the end %d of at least %.0f", after, got.Objective, got.Bound, whole.Objective, whole.Bound)
		}
	}
}

// Two groups of rows that one column joins: that column alone is on both sides of the cut.
func TestSplitterCutsWhereLeastIsShared(t *testing.T) {
	c := Cover{Rows: 24, Offset: []int64{0}}
	for _, rows := range [][]int32{{0, 1, 2, 3, 4, 5}, {4, 5, 6, 7, 8, 9}, {8, 9, 10, 11, 0, 1}, {11, 12},
		{12, 13, 14, 15, 16, 17}, {16, 17, 18, 19, 20, 21}, {20, 21, 22, 23, 12, 13}} {
		slices.Sort(rows)
		c.Row = append(c.Row, rows...)
		c.Offset = append(c.Offset, int64(len(c.Row)))
	}
	in := &instance{w: make([]int64, 24), cost: []int64{1, 1, 1, 1, 1, 1, 1}, col: csr{off: c.Offset, item: c.Row}}
	in.row = in.col.transpose(24)
	d := newSetDual(in, 10, nil, 1)
	part, count := newSplitter(in, d, 0).parts(1)
	if count != 2 {
		t.Fatalf("%d parts, want 2", count)
	}
	for i, p := range part {
		if (p == part[0]) != (i < 12) {
			t.Fatalf("parts %v, want the first twelve rows apart from the others", part)
		}
	}
}

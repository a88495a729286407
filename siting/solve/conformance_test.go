package solve

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// answer is what all solvers have in common.
type answer struct {
	status           Status
	objective, bound float64
	gap              float64
	reason           string
	all              any // the whole solution, for comparison
}

// model is a solver with problems for the conformance suite.
type model struct {
	name     string
	maximise bool
	// draw returns a solver for a random problem that has a solution.
	draw func(r *rand.Rand) func(context.Context, Options) (answer, error)
	// special problems, by name of the case
	special map[string]func(context.Context, Options) (answer, error)
}

func of(s *Solution, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return answer{s.Status, float64(s.Objective), s.Bound, s.Gap, s.Reason.String(), *s}, nil
}

func ofRollout(s *RolloutSolution, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return answer{s.Status, float64(s.Objective), s.Bound, s.Gap, s.Reason.String(), *s}, nil
}

func maxCover(p *MaxCoverProblem) func(context.Context, Options) (answer, error) {
	return func(ctx context.Context, o Options) (answer, error) { return of(MaxCover(ctx, p, o)) }
}

func setCover(p *SetCoverProblem) func(context.Context, Options) (answer, error) {
	return func(ctx context.Context, o Options) (answer, error) { return of(SetCover(ctx, p, o)) }
}

func pMedian(p *PMedianProblem) func(context.Context, Options) (answer, error) {
	return func(ctx context.Context, o Options) (answer, error) { return of(PMedian(ctx, p, o)) }
}

func pCenter(p *PMedianProblem) func(context.Context, Options) (answer, error) {
	return func(ctx context.Context, o Options) (answer, error) { return of(PCenter(ctx, p, o)) }
}

func capacitated(p *CapacitatedProblem) func(context.Context, Options) (answer, error) {
	return func(ctx context.Context, o Options) (answer, error) {
		s, err := Capacitated(ctx, p, o)
		if err != nil {
			return answer{}, err
		}
		return answer{s.Status, float64(s.Objective), s.Bound, s.Gap, s.Reason.String(), *s}, nil
	}
}

func backupCover(p *BackupProblem) func(context.Context, Options) (answer, error) {
	return func(ctx context.Context, o Options) (answer, error) { return of(BackupCover(ctx, p, o)) }
}

func rolloutOf(p *RolloutProblem) func(context.Context, Options) (answer, error) {
	return func(ctx context.Context, o Options) (answer, error) { return ofRollout(Rollout(ctx, p, o)) }
}

// line covers row j and j+1 with column j: n columns, n+1 rows.
func line(n int, weight int64) Cover {
	c := Cover{Rows: n + 1, Offset: []int64{0}, Weight: make([]int64, n+1)}
	for j := range int32(n) {
		c.Row = append(c.Row, j, j+1)
		c.Offset = append(c.Offset, int64(len(c.Row)))
	}
	for i := range c.Weight {
		c.Weight[i] = weight
	}
	return c
}

func models() []model {
	none := PMedianProblem{}
	far := PMedianProblem{Rows: 2, Columns: 1, Distance: []uint32{1, 2}, P: 2}
	flat := PMedianProblem{Rows: 2, Columns: 2, Distance: []uint32{1, 2, 2, 1}, Weight: []int64{0, 0}, P: 1}
	random := func(r *rand.Rand) *PMedianProblem {
		p := &PMedianProblem{Rows: 60, Columns: 30, P: 4}
		for range p.Rows * p.Columns {
			p.Distance = append(p.Distance, uint32(r.IntN(1000)))
		}
		return p
	}
	return []model{
		{"MaxCover", true, func(r *rand.Rand) func(context.Context, Options) (answer, error) {
			return maxCover(&MaxCoverProblem{Cover: randomCover(r, 40), Budget: 8})
		}, map[string]func(context.Context, Options) (answer, error){
			"empty":      maxCover(&MaxCoverProblem{}),
			"weightless": maxCover(&MaxCoverProblem{Cover: line(3, 0), Budget: 2}),
			"no money":   maxCover(&MaxCoverProblem{Cover: line(3, 1)}),
			"infeasible": maxCover(&MaxCoverProblem{Cover: line(3, 1), Budget: 1, Fixed: []int32{0, 1}}),
			"malformed":  maxCover(&MaxCoverProblem{Cover: line(3, 1), Budget: -1}),
		}},
		{"SetCover", false, func(r *rand.Rand) func(context.Context, Options) (answer, error) {
			c := randomCover(r, 40)
			covered := make([]bool, c.Rows)
			for _, i := range uncoverable(&c, covered, make([]bool, 40)) {
				covered[i] = true
			}
			return setCover(&SetCoverProblem{Cover: c, Covered: covered})
		}, map[string]func(context.Context, Options) (answer, error){
			"empty":      setCover(&SetCoverProblem{}),
			"weightless": setCover(&SetCoverProblem{Cover: line(3, 0)}),
			"infeasible": setCover(&SetCoverProblem{Cover: line(3, 1), Banned: []int32{0}}),
			"malformed":  setCover(&SetCoverProblem{Cover: line(3, 1), Banned: []int32{3}}),
		}},
		{"partial SetCover", false, func(r *rand.Rand) func(context.Context, Options) (answer, error) {
			c := line(20, 1)
			return setCover(&SetCoverProblem{Cover: c, Demand: 1 + int64(r.IntN(20))})
		}, map[string]func(context.Context, Options) (answer, error){
			"infeasible": setCover(&SetCoverProblem{Cover: line(3, 1), Demand: 5}),
			"malformed":  setCover(&SetCoverProblem{Cover: line(3, 1), Demand: -1}),
		}},
		{"Capacitated", true, func(r *rand.Rand) func(context.Context, Options) (answer, error) {
			p := randomCapacitated(r, 40)
			p.Fixed, p.Banned = nil, nil
			return capacitated(p)
		}, map[string]func(context.Context, Options) (answer, error){
			"empty":       capacitated(&CapacitatedProblem{}),
			"weightless":  capacitated(&CapacitatedProblem{Cover: line(3, 0), Capacity: []int64{1, 1, 1}, Budget: 2}),
			"no money":    capacitated(&CapacitatedProblem{Cover: line(3, 1), Capacity: []int64{1, 1, 1}}),
			"no capacity": capacitated(&CapacitatedProblem{Cover: line(3, 1), Capacity: []int64{0, 0, 0}, Budget: 2}),
			"infeasible":  capacitated(&CapacitatedProblem{Cover: line(3, 1), Capacity: []int64{1, 1, 1}, Budget: 1, Fixed: []int32{0, 1}}),
			"malformed":   capacitated(&CapacitatedProblem{Cover: line(3, 1), Budget: 1}),
		}},
		{"BackupCover", true, func(r *rand.Rand) func(context.Context, Options) (answer, error) {
			return backupCover(&BackupProblem{Cover: randomCover(r, 40), Budget: 8, First: 2, Second: 1, Conflicts: someSets(r, 40)})
		}, map[string]func(context.Context, Options) (answer, error){
			"empty":           backupCover(&BackupProblem{First: 1}),
			"weightless":      backupCover(&BackupProblem{Cover: line(3, 0), Budget: 2, First: 1, Second: 1}),
			"no money":        backupCover(&BackupProblem{Cover: line(3, 1), First: 1, Second: 1}),
			"infeasible":      backupCover(&BackupProblem{Cover: line(3, 1), Budget: 1, First: 1, Fixed: []int32{0, 1}}),
			"infeasible pair": backupCover(&BackupProblem{Cover: line(3, 1), Budget: 3, First: 1, Fixed: []int32{0, 1}, Conflicts: [][]int32{{0, 1}}}),
			"malformed":       backupCover(&BackupProblem{Cover: line(3, 1), Budget: 1, First: -1}),
		}},
		{"PMedian", false, func(r *rand.Rand) func(context.Context, Options) (answer, error) { return pMedian(random(r)) },
			map[string]func(context.Context, Options) (answer, error){
				"empty": pMedian(&none), "infeasible": pMedian(&far), "weightless": pMedian(&flat),
				"malformed": pMedian(&PMedianProblem{Rows: 1, Columns: 1}),
			}},
		{"PCenter", false, func(r *rand.Rand) func(context.Context, Options) (answer, error) { return pCenter(random(r)) },
			map[string]func(context.Context, Options) (answer, error){
				"empty": pCenter(&none), "infeasible": pCenter(&far), "weightless": pCenter(&flat),
				"malformed": pCenter(&PMedianProblem{Rows: 1, Columns: 1, Distance: []uint32{1}, P: -1}),
			}},
		{"Rollout", true, func(r *rand.Rand) func(context.Context, Options) (answer, error) {
			p := &RolloutProblem{Cover: randomCover(r, 60), Value: []int64{1}, Budget: []int64{4, 6, 5}}
			for j := int32(0); j < 60; j += 3 {
				p.Conflicts = append(p.Conflicts, []int32{j, j + 1})
			}
			return rolloutOf(p)
		}, map[string]func(context.Context, Options) (answer, error){
			"empty":      rolloutOf(&RolloutProblem{}),
			"weightless": rolloutOf(&RolloutProblem{Cover: line(3, 0), Value: []int64{1}, Budget: []int64{1, 1}}),
			"no money":   rolloutOf(&RolloutProblem{Cover: line(3, 1), Value: []int64{1}, Budget: []int64{0, 0}}),
			"no value":   rolloutOf(&RolloutProblem{Cover: line(3, 1), Value: []int64{0}, Budget: []int64{1, 0}}),
			"infeasible": rolloutOf(&RolloutProblem{Cover: line(3, 1), Value: []int64{1}, Budget: []int64{1}, Fixed: []int32{0, 0, Free}}),
			"malformed":  rolloutOf(&RolloutProblem{Cover: line(3, 1), Value: []int64{1}, Budget: []int64{-1}}),
		}},
	}
}

func TestEverySolverKeepsItsPromises(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, m := range models() {
		t.Run(m.name, func(t *testing.T) {
			for seed := range uint64(10) {
				solve := m.draw(rand.New(rand.NewPCG(seed, 11)))
				one := mustSolve(t, solve, context.Background(), Options{Seed: seed, Iterations: 100})
				checkShape(t, m, one)
				for _, workers := range []int{1, 2, 7} {
					again := mustSolve(t, solve, context.Background(), Options{Seed: seed, Iterations: 100, Workers: workers})
					if !reflect.DeepEqual(one.all, again.all) {
						t.Fatalf("seed %d: %d workers answer\n%+v, one answers\n%+v", seed, workers, again.all, one.all)
					}
				}
				checkShape(t, m, mustSolve(t, solve, cancelled, Options{Seed: seed}))
				if _, err := solve(context.Background(), Options{Gap: 2}); !isProblemError(err, "Options.Gap") {
					t.Fatalf("gap of 2: error %v", err)
				}
				if _, err := solve(context.Background(), Options{Iterations: -1, Workers: -1}); !isProblemError(err, "Options.") {
					t.Fatalf("negative options: error %v", err)
				}
			}
			for name, solve := range m.special {
				a, err := solve(context.Background(), Options{})
				switch {
				case name == "malformed":
					if !isProblemError(err, "solve: ") {
						t.Errorf("%s: error %v", name, err)
					}
				case err != nil:
					t.Errorf("%s: error %v", name, err)
				case strings.HasPrefix(name, "infeasible"):
					if a.status != Infeasible || a.reason == "" {
						t.Errorf("%s: %+v", name, a)
					}
				case a.status != Optimal:
					t.Errorf("%s: %+v is not proved optimal", name, a)
				}
			}
		})
	}
}

func mustSolve(t *testing.T, solve func(context.Context, Options) (answer, error), ctx context.Context, o Options) answer {
	t.Helper()
	a, err := solve(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func isProblemError(err error, text string) bool {
	var p *ProblemError
	return errors.As(err, &p) && strings.Contains(err.Error(), text)
}

// checkShape checks what must hold for any solution: status, bound and gap fit together.
func checkShape(t *testing.T, m model, a answer) {
	t.Helper()
	better := a.bound >= a.objective
	if !m.maximise {
		better = a.bound <= a.objective
	}
	if a.status == Infeasible || !better || a.gap < 0 || a.gap > 1 && m.maximise || a.status == Optimal && a.gap != 0 {
		t.Fatalf("%+v", a)
	}
}

// More money never covers less, and the bound of less money never exceeds that of a plan with more by mistake.
func TestMoreMoneyNeverCoversLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 12))
		p := MaxCoverProblem{Cover: randomCover(r, 10)}
		last := int64(-1)
		for p.Budget = 0; p.Budget < 12; p.Budget++ {
			s, err := MaxCover(context.Background(), &p, Options{})
			if err != nil || s.Status != Optimal {
				t.Fatalf("%v %+v", err, s)
			}
			if s.Objective < last {
				t.Fatalf("budget %d covers %d, one less %d", p.Budget, s.Objective, last)
			}
			last = s.Objective
		}
	})
}

// The order of rows has no influence on what is proved.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 13))
		p := MaxCoverProblem{Cover: randomCover(r, 9), Budget: 5}
		turned := p
		turned.Cover = Cover{Rows: p.Cover.Rows, Offset: p.Cover.Offset, Cost: p.Cover.Cost}
		last := int32(p.Cover.Rows - 1)
		for j := range p.Cover.Columns() {
			rows := p.Cover.Column(j)
			for k := len(rows) - 1; k >= 0; k-- {
				turned.Cover.Row = append(turned.Cover.Row, last-rows[k])
			}
		}
		if p.Cover.Weight != nil {
			for k := len(p.Cover.Weight) - 1; k >= 0; k-- {
				turned.Cover.Weight = append(turned.Cover.Weight, p.Cover.Weight[k])
			}
		}
		a, errA := MaxCover(context.Background(), &p, Options{})
		b, errB := MaxCover(context.Background(), &turned, Options{})
		if errA != nil || errB != nil || a.Objective != b.Objective || a.Bound != b.Bound {
			t.Fatalf("%+v %v, turned %+v %v", a, errA, b, errB)
		}
	})
}

// Three years with money for one site each; rows a 8, b 32, c 16, d 4, e 1; M = {a, b}, R = {b, d, e}, L = {a, c}.
// Year by year the best choice is M (40), then L (+16), then R (+5): 40 + 56 + 61 = 157 person-years.
// Jointly R (37), then L (+24 = 61), then nothing more can be gained: 37 + 61 + 61 = 159.
// No plan has more: 61 is all there is, and a first year with more than 37 opens M, after which 61 needs all three years.
func TestRolloutLooksBeyondTheFirstYear(t *testing.T) {
	p := &RolloutProblem{Value: []int64{1}, Budget: []int64{1, 1, 1}, Cover: Cover{Rows: 5, Weight: []int64{8, 32, 16, 4, 1},
		Offset: []int64{0, 2, 5, 7}, Row: []int32{0, 1, 1, 3, 4, 0, 2}}}
	const m, r, l = 0, 1, 2
	got, err := Rollout(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != Optimal || got.Objective != 159 || got.Year[r] != 0 || got.Year[l] != 1 {
		t.Errorf("objective %d (%s), years M %d R %d L %d; want 159, R in year 0, L in year 1", got.Objective, got.Status,
			got.Year[m], got.Year[r], got.Year[l])
	}
	if y := got.Years; y[0].Covered[0] != 37 || y[1].Covered[0] != 61 || y[0].Bound[0] < 40 {
		t.Errorf("years %+v: want 37 and 61 covered, and a first-year bound of at least 40 (M alone)", y)
	}
}

func ExampleRollout() {
	p := &RolloutProblem{
		Cover:  Cover{Rows: 3, Weight: []int64{8, 4, 2}, Offset: []int64{0, 1, 2, 3}, Row: []int32{0, 1, 2}, Cost: []int64{3, 1, 1}},
		Value:  []int64{1},
		Budget: []int64{2, 3},
	}
	s, err := Rollout(context.Background(), p, Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Status, s.Year, s.Years[0].Covered[0], s.Years[1].Covered[0])
	// Output: optimal [1 0 0] 6 14
}

package mip

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"slices"
	"testing"

	"sitecover/siting/solve"
)

func randomCover(r *rand.Rand, columns, rows int) solve.Cover {
	c := solve.Cover{Rows: rows, Offset: []int64{0}}
	for range columns {
		for i := range rows {
			if r.IntN(4) == 0 {
				c.Row = append(c.Row, int32(i))
			}
		}
		c.Offset = append(c.Offset, int64(len(c.Row)))
		c.Cost = append(c.Cost, int64(1+r.IntN(9)))
	}
	for range rows {
		c.Weight = append(c.Weight, int64(r.IntN(20)))
	}
	return c
}

// each runs a test with every program that is installed.
func each(t *testing.T, f func(t *testing.T, program string)) {
	for _, program := range Programs() {
		t.Run(program, func(t *testing.T) {
			if _, err := exec.LookPath(program); err != nil {
				t.Skipf("%s is not installed", program)
			}
			f(t, program)
		})
	}
}

func TestOthersAgreeOnMaxCover(t *testing.T) {
	each(t, func(t *testing.T, program string) {
		for seed := range uint64(8) {
			r := rand.New(rand.NewPCG(seed, 1))
			p := &solve.MaxCoverProblem{Cover: randomCover(r, 12, 30), Budget: 14, Fixed: []int32{2}, Banned: []int32{5}, Covered: make([]bool, 30)}
			p.Covered[seed] = true
			a, err := Solve(context.Background(), program, p)
			if err != nil {
				t.Fatal(err)
			}
			s, err := solve.MaxCover(context.Background(), p, solve.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !a.Optimal || covered(&p.Cover, p.Covered, a.Open) != s.Objective || s.Status != solve.Optimal || cost(&p.Cover, a.Open) > 14 {
				t.Errorf("seed %d: %s opens %v for %d (%s), we %v for %d (%s)", seed, program, a.Open, covered(&p.Cover, p.Covered, a.Open), a.Status, s.Open, s.Objective, s.Status)
			}
		}
	})
}

func TestOthersAgreeOnSetCover(t *testing.T) {
	each(t, func(t *testing.T, program string) {
		for seed := range uint64(8) {
			r := rand.New(rand.NewPCG(seed, 2))
			p := &solve.SetCoverProblem{Cover: randomCover(r, 14, 15)}
			if seed%2 == 1 {
				p.Demand = 100
			}
			a, err := Solve(context.Background(), program, p)
			if err != nil {
				t.Fatal(err)
			}
			s, err := solve.SetCover(context.Background(), p, solve.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if (s.Status == solve.Infeasible) == a.Optimal || a.Optimal && cost(&p.Cover, a.Open) != s.Objective {
				t.Errorf("seed %d: %s opens %v (%s), we %v for %d (%s)", seed, program, a.Open, a.Status, s.Open, s.Objective, s.Status)
			}
		}
	})
}

// planarCover is the cover of points by discs in a square, rows that no disc holds left out: as large as brute force cannot check, and
// with the fractional relaxations that make blocks, bases and trees work.
func planarCover(r *rand.Rand) solve.Cover {
	columns, rows, radius := 120+r.IntN(200), 800+r.IntN(1500), 0.06+0.06*r.Float64()
	centres := make([][2]float64, columns)
	for j := range centres {
		centres[j] = [2]float64{r.Float64(), r.Float64()}
	}
	held := make([][]int32, columns)
	c := solve.Cover{Offset: []int64{0}}
	for range rows {
		x, y, any := r.Float64(), r.Float64(), false
		for j, at := range centres {
			if math.Hypot(at[0]-x, at[1]-y) <= radius {
				held[j], any = append(held[j], int32(c.Rows)), true
			}
		}
		if any {
			c.Rows++
			c.Weight = append(c.Weight, int64(1+r.IntN(50)))
		}
	}
	for j := range held {
		c.Row = append(c.Row, held[j]...)
		c.Offset = append(c.Offset, int64(len(c.Row)))
		c.Cost = append(c.Cost, int64(3+r.IntN(6)))
	}
	return c
}

// Covers of the size of a town: only CBC proves all of them in seconds.
func TestCBCAgreesOnTowns(t *testing.T) {
	if _, err := exec.LookPath("cbc"); err != nil {
		t.Skip("cbc is not installed")
	}
	for _, seed := range []uint64{0, 1, 2, 3, 5, 7, 8, 9} { // 4 and 6 take CBC 3 to 15 s
		c := planarCover(rand.New(rand.NewPCG(seed, 7)))
		if seed%2 == 0 {
			c.Cost = nil
		}
		for name, p := range map[string]solve.LPModel{"all": &solve.SetCoverProblem{Cover: c}, "most": &solve.MaxCoverProblem{Cover: c, Budget: 15}} {
			a, err := Solve(context.Background(), "cbc", p)
			if err != nil || !a.Optimal {
				t.Fatalf("seed %d, %s: cbc %v, %v", seed, name, a, err)
			}
			value, s := cost(&c, a.Open), (*solve.Solution)(nil)
			if most, is := p.(*solve.MaxCoverProblem); is {
				value = covered(&c, nil, a.Open)
				s, err = solve.MaxCover(context.Background(), most, solve.Options{Seed: seed, Iterations: 100_000})
			} else {
				s, err = solve.SetCover(context.Background(), p.(*solve.SetCoverProblem), solve.Options{Seed: seed, Iterations: 100_000})
			}
			if err != nil {
				t.Fatal(err)
			}
			if s.Status != solve.Optimal || s.Objective != value || s.Bound != float64(value) {
				t.Errorf("seed %d, %s: cbc %d, we %d of at most %v (%s)", seed, name, value, s.Objective, s.Bound, s.Status)
			}
		}
	}
}

func TestOthersAgreeOnBackup(t *testing.T) {
	each(t, func(t *testing.T, program string) {
		for seed := range uint64(10) {
			r := rand.New(rand.NewPCG(seed, 4))
			p := &solve.BackupProblem{Cover: randomCover(r, 12, 30), Budget: 22, First: 2, Second: int64(1 + 4*(seed%2)), Fixed: []int32{2}, Banned: []int32{5},
				Conflicts: [][]int32{{0, 1, 3}, {2, 4}}, Covered: make([]uint8, 30)}
			p.Covered[seed], p.Covered[seed+1] = 1, 3
			a, err := Solve(context.Background(), program, p)
			if err != nil {
				t.Fatal(err)
			}
			s, err := solve.BackupCover(context.Background(), p, solve.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !a.Optimal || backed(p, a.Open) != s.Objective || s.Status != solve.Optimal || cost(&p.Cover, a.Open) > 22 {
				t.Errorf("seed %d: %s opens %v for %d (%s), we %v for %d (%s)", seed, program, a.Open, backed(p, a.Open), a.Status, s.Open, s.Objective, s.Status)
			}
		}
	})
}

// backed is what columns of a backup problem count.
func backed(p *solve.BackupProblem, open []int32) (value int64) {
	n := slices.Clone(p.Covered)
	for _, j := range open {
		for _, i := range p.Cover.Column(int(j)) {
			switch w := p.Cover.WeightOf(i); n[i] {
			case 0:
				value += p.First * w
			case 1:
				value += p.Second * w
			}
			n[i]++
		}
	}
	return value
}

// First the least shortfall, then the most value with it: both must be what Rollout says.
func TestOthersAgreeOnRollout(t *testing.T) {
	each(t, func(t *testing.T, program string) {
		for seed := range uint64(8) {
			r := rand.New(rand.NewPCG(seed, 3))
			p := &solve.RolloutProblem{Cover: randomCover(r, 7, 16), Class: make([]int32, 16), Value: []int64{2, 1}, Budget: []int64{7, 6},
				Unspent: solve.Unspent(seed % 2), Conflicts: [][]int32{{0, 3}}, Needs: make([][]int32, 7), Fixed: []int32{-1, -1, -1, -1, -1, -2, -1},
				Goals: []solve.Goal{{Class: 1, Year: int32(seed % 2), Amount: 60, Weight: 2}, {Class: 0, Year: 1, Amount: 50, Weight: 1}}}
			p.Needs[1] = []int32{2, 4}
			p.Caps = []solve.Cap{{Columns: []int32{0, 1, 2, 3}, Most: 1 + int64(seed%3), Until: int32(seed % 2)}, {Columns: []int32{2, 4, 6}, Amount: []int64{3, 4, 5}, Most: 8, Until: 1}}
			for i := range p.Class {
				p.Class[i] = int32(r.IntN(2))
			}
			s, err := solve.Rollout(context.Background(), p, solve.Options{Iterations: 300})
			if err != nil {
				t.Fatal(err)
			}
			for _, most := range []int64{-1, s.Shortfall} {
				a, err := Solve(context.Background(), program, &solve.RolloutLP{RolloutProblem: p, Shortfall: most})
				if err != nil {
					t.Fatal(err)
				}
				missing, value := worth(p, a)
				if !a.Optimal || missing != s.Shortfall || most >= 0 && value != s.Objective {
					t.Errorf("seed %d: %s misses %d and is worth %d (%s), we %d and %d (%s)", seed, program, missing, value, a.Status, s.Shortfall, s.Objective, s.Status)
				}
			}
		}
	})
}

func TestSolveRefuses(t *testing.T) {
	if _, err := Solve(context.Background(), "rm", &solve.MaxCoverProblem{}); err == nil {
		t.Error("any program is run")
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Solve(context.Background(), "cbc", &solve.MaxCoverProblem{}); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v", err)
	}
}

// What the programs write, as far as it is read.
func TestReaders(t *testing.T) {
	for program, text := range map[string]string{
		"highs":  "Model status\nOptimal\n\n# Primal solution values\nFeasible\nObjective 6\n# Columns 3\none 1\nx0 0\nx7_2 1\n# Rows 1\nx0 1\n",
		"cbc":    "Optimal - objective value -6.00000000\n      0 one   1   0\n**    3 x7_2  1   0\n",
		"glpsol": "Problem:\nStatus:     INTEGER OPTIMAL\n\n   No. Column name       Activity\n------ ------------\n     1 one                         1             1             1\n     2 x0           *              0             0\n     3 x7_2\n                    *              1             0             1\n\nInteger feasibility conditions:\n",
	} {
		a, err := read(program, text)
		if err != nil || !a.Optimal || fmt.Sprint(a.Open, a.Year) != "[7] [2]" {
			t.Errorf("%s: %+v, %v", program, a, err)
		}
	}
	for _, program := range []string{"highs", "glpsol"} {
		if _, err := read(program, "nothing"); err == nil {
			t.Errorf("%s: nonsense is read", program)
		}
	}
}

func covered(c *solve.Cover, start []bool, open []int32) (w int64) {
	for i := range c.Rows {
		is := start != nil && start[i]
		for _, j := range open {
			is = is || slices.Contains(c.Column(int(j)), int32(i))
		}
		if is {
			w += c.WeightOf(int32(i))
		}
	}
	return w
}

func cost(c *solve.Cover, open []int32) (sum int64) {
	for _, j := range open {
		sum += c.CostOf(int(j))
	}
	return sum
}

func worth(p *solve.RolloutProblem, a *Answer) (missing, value int64) {
	at := func(class int32, year int) int64 {
		c := p.Cover
		c.Weight = slices.Clone(c.Weight)
		for i := range c.Weight {
			if p.Class[i] != class {
				c.Weight[i] = 0
			}
		}
		var open []int32
		for k, j := range a.Open {
			if int(a.Year[k]) <= year {
				open = append(open, j)
			}
		}
		return covered(&c, nil, open)
	}
	for t := range p.Budget {
		value += p.Value[0]*at(0, t) + p.Value[1]*at(1, t)
	}
	for _, g := range p.Goals {
		missing += g.Weight * max(0, g.Amount-at(g.Class, int(g.Year)))
	}
	return missing, value
}

package coverage

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	h3 "github.com/uber/h3-go/v4"
	"pgregory.net/rapid"

	"sitecover/geo"
	"sitecover/geo/grid"
)

// tenCells is the example of docs/accessibility.md: ten cells, two sites, at most 15 minutes.
func tenCells() (*geo.CostMatrix, []People, []float64) {
	minutes := func(m ...float64) (out []geo.Impedance) {
		for _, x := range m {
			out = append(out, geo.ToImpedance(60*x))
		}
		return out
	}
	m := &geo.CostMatrix{
		Limit: geo.Limit{Metric: geo.Seconds, Max: geo.ToImpedance(900)}, Columns: 10, Offset: []int64{0, 5, 10},
		Column: []int32{0, 1, 2, 3, 4, 3, 4, 5, 6, 7}, Cost: minutes(3, 5, 8, 10, 15, 12, 6, 4, 9, 14),
	}
	var people []People
	for _, n := range []People{100, 200, 100, 100, 300, 200, 100, 100, 200, 100} {
		people = append(people, n*Person)
	}
	return m, people, []float64{380, 180}
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	ok := len(got) == len(want)
	for i := range want {
		ok = ok && (math.Abs(got[i]-want[i]) <= tolerance || math.IsNaN(got[i]) && math.IsNaN(want[i]))
	}
	if !ok {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// The figures stand worked out in docs/accessibility.md.
func TestTenCellsByHand(t *testing.T) {
	m, people, supply := tenCells()
	steps := must[Decay](t)(Steps([]geo.Impedance{300_000, 600_000, 900_000}, []float64{1, 0.5, 0.25}))
	gauss := must[Decay](t)(Gaussian(m.Limit))
	power := must[Decay](t)(Power(1, geo.ToImpedance(60)))
	for _, c := range []struct {
		name      string
		decay     Decay
		ratio     []float64
		score     []float64
		tolerance float64
	}{
		{"2SFCA", Flat, []float64{0.475, 0.225}, []float64{.475, .475, .475, .7, .7, .225, .225, .225, 0, 0}, 1e-12},
		{"E2SFCA in steps", steps, []float64{0.8, 0.4}, []float64{.8, .8, .4, .5, .4, .4, .2, .1, 0, 0}, 1e-12},
		{"E2SFCA Gaussian", gauss, []float64{.9917, .3445}, []float64{.9418, .8555, .6576, .5942, .2772, .3140, .2003, .0354, 0, 0}, 5e-5},
	} {
		a := must[*Access](t)(TwoStep(m, people, supply, c.decay))
		near(t, c.name+" ratio", a.Ratio, c.ratio, c.tolerance)
		near(t, c.name+" score", a.Score, c.score, c.tolerance)
	}
	near(t, "gravity", must[[]float64](t)(Gravity(m, supply, power)),
		[]float64{380. / 3, 76, 47.5, 38 + 15, 380./15 + 30, 45, 20, 180. / 14, 0, 0}, 1e-9)

	score := must[*Access](t)(TwoStep(m, people, supply, steps)).Score
	e := must[Equity](t)(EquityOf(score, people))
	near(t, "mean, Gini, Theil, Palma", []float64{e.Mean, e.Gini, e.Theil, e.Palma},
		[]float64{560. / 1500, 1 - 508_000./840_000, 0.336469, 120. / 70}, 5e-7)
	for q, want := range map[float64]float64{0: 0, 0.2: 0, 0.3: 0.2, 0.5: 0.4, 0.8: 0.5, 0.81: 0.8, 1: 0.8} {
		if got := must[float64](t)(Quantile(score, people, q)); got != want {
			t.Errorf("quantile %v = %v, want %v", q, got, want)
		}
	}
}

func TestDecays(t *testing.T) {
	steps := must[Decay](t)(Steps([]geo.Impedance{10, 20}, []float64{1, 0.5}))
	near(t, "steps", []float64{steps(0), steps(10), steps(11), steps(20), steps(21)}, []float64{1, 1, .5, .5, 0}, 0)
	gauss := must[Decay](t)(Gaussian(geo.Limit{Metric: geo.Metres, Max: 1000}))
	near(t, "Gaussian", []float64{gauss(0), gauss(1000), gauss(2000)}, []float64{1, 0, 0}, 1e-15)
	power := must[Decay](t)(Power(2, 10))
	near(t, "power", []float64{power(0), power(10), power(20), power(100)}, []float64{1, 1, 0.25, 0.01}, 1e-15)

	var refused []error
	try := func(_ Decay, err error) { refused = append(refused, err) }
	try(Steps(nil, nil))
	try(Steps([]geo.Impedance{1, 2}, []float64{1}))
	try(Steps([]geo.Impedance{2, 2}, []float64{1, 1}))
	try(Steps([]geo.Impedance{1, 2}, []float64{0.5, 1}))
	try(Steps([]geo.Impedance{1}, []float64{math.NaN()}))
	try(Gaussian(geo.Limit{Metric: geo.Metres}))
	try(Power(-1, 1))
	try(Power(1, 0))
	m, people, supply := tenCells()
	fail := func(_ any, err error) { refused = append(refused, err) }
	fail(TwoStep(m, people[1:], supply, Flat))
	fail(TwoStep(m, people, supply[1:], Flat))
	fail(TwoStep(m, people, []float64{1, -1}, Flat))
	fail(Gravity(m, []float64{1, math.Inf(1)}, Flat))
	fail(Gravity(m, supply, func(geo.Impedance) float64 { return math.NaN() }))
	for i, err := range refused {
		var field *FieldError
		if !errors.As(err, &field) {
			t.Errorf("case %d: error = %v, want a FieldError", i, err)
		}
	}
}

func randomMatrix(t *rapid.T) (*geo.CostMatrix, []People, []float64) {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 4))
	m := &geo.CostMatrix{Limit: metres(1), Columns: rng.IntN(20), Offset: []int64{0}}
	people := make([]People, m.Columns)
	for i := range people {
		people[i] = People(rng.IntN(5)) * Person / 2
	}
	var supply []float64
	for range rng.IntN(8) {
		for i := range m.Columns {
			if rng.IntN(3) == 0 {
				m.Column = append(m.Column, int32(i))
				m.Cost = append(m.Cost, geo.Impedance(rng.IntN(1001)))
			}
		}
		m.Offset = append(m.Offset, int64(len(m.Column)))
		supply = append(supply, float64(rng.IntN(100)))
	}
	return m, people, supply
}

// The oracle works on a full table, cell by cell, straight from the definition.
func TestTwoStepAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, people, supply := randomMatrix(rt)
		decay := must[Decay](t)(Gaussian(m.Limit))
		got, err := TwoStep(m, people, supply, decay)
		if err != nil {
			rt.Fatal(err)
		}
		f := func(i, j int) float64 {
			columns, costs := m.Row(j)
			if k := slices.Index(columns, int32(i)); k >= 0 {
				return decay(costs[k])
			}
			return 0
		}
		given, wanted := 0.0, 0.0
		for i := range people {
			score := 0.0
			for j := range supply {
				crowd := 0.0
				for k := range people {
					crowd += float64(people[k]) / 1e6 * f(k, j)
				}
				if crowd > 0 {
					score += supply[j] * f(i, j) / crowd
				}
			}
			if math.Abs(score-got.Score[i]) > 1e-9*(1+score) {
				rt.Fatalf("demand %d: %v, want %v", i, got.Score[i], score)
			}
			given += got.Score[i] * people[i].Float()
		}
		for j, r := range got.Ratio {
			if !math.IsNaN(r) {
				wanted += supply[j]
			}
		}
		if math.Abs(given-wanted) > 1e-9*(1+wanted) {
			rt.Fatalf("%v of %v supply is given out", given, wanted)
		}
	})
}

// The oracle makes a list of single people. Gini is half the relative mean difference of all pairs, Palma is counted on
// people cut in ten, so that tenths of the total are whole.
func TestEquityAgreesWithSinglePeople(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 5))
		n := 1 + rng.IntN(8)
		values, people := make([]float64, n), make([]People, n)
		var each []float64 // tenths of people
		for i := range n {
			values[i], people[i] = float64(rng.IntN(4))/3, People(rng.IntN(4))*Person
			for range 10 * int(people[i]/Person) {
				each = append(each, values[i])
			}
		}
		got, err := EquityOf(values, people)
		if err != nil {
			rt.Fatal(err)
		}
		slices.Sort(each)
		sum, pairs, theil := 0.0, 0.0, 0.0
		for _, x := range each {
			sum += x
		}
		count := float64(len(each))
		mean := sum / count
		for _, x := range each {
			for _, y := range each {
				pairs += math.Abs(x - y)
			}
			if x > 0 {
				theil += x / mean * math.Log(x/mean) / count
			}
		}
		total := func(xs []float64) (s float64) {
			for _, x := range xs {
				s += x
			}
			return s
		}
		low, top := total(each[:len(each)*4/10]), total(each[len(each)*9/10:])
		want := []float64{mean, pairs / (2 * count * count * mean), theil, top / low}
		if sum == 0 {
			want[1], want[2] = math.NaN(), math.NaN()
		}
		if low == 0 {
			want[3] = math.NaN()
		}
		for k, g := range []float64{got.Mean, got.Gini, got.Theil, got.Palma} {
			if math.Abs(g-want[k]) > 1e-9 || math.IsNaN(g) != math.IsNaN(want[k]) {
				rt.Fatalf("figure %d = %v, want %v (%v of %v)", k, g, want[k], values, people)
			}
		}
	})
}

func TestEquityOfTheSameForAll(t *testing.T) {
	e := must[Equity](t)(EquityOf([]float64{0.1, 0.1, 0.1}, []People{1, 7 * Person, 3}))
	near(t, "Gini, Theil, Palma", []float64{e.Gini, e.Theil, e.Palma}, []float64{0, 0, 0.25}, 1e-12)
	if _, err := EquityOf([]float64{math.NaN()}, []People{1}); err == nil {
		t.Error("NaN is accepted")
	}
	if _, err := EquityOf([]float64{1}, nil); err == nil {
		t.Error("values without people are accepted")
	}
	if q := must[float64](t)(Quantile(nil, nil, 0.5)); !math.IsNaN(q) {
		t.Errorf("the median of nobody = %v", q)
	}
	if _, err := Quantile(nil, nil, 1.5); err == nil {
		t.Error("quantile 1.5 is accepted")
	}
}

// Nineteen cells, a 1 in the middle: x̄ = 1/19, s = √18 / 19. For the middle and its ring W = 7, so that
// Gi* = (1 - 7/19) / (√18/19 √((19×7 - 49)/18)) = 12/√84. A corner of the outer ring has W = 4: (0 - 4/19) / … = -4/√60;
// between two corners W = 5, with two cells of the inner ring but not the middle: -5/√70.
func TestHotSpotsAroundOneCell(t *testing.T) {
	centre := grid.CellOf(toyOrigin, 9)
	g := must[*grid.Grid](t)(grid.FromCells(centre.GridDisk(2), 9))
	values, want := make([]float64, 19), make([]float64, 19)
	for i, c := range g.Cells {
		around := 0
		for _, d := range c.GridDisk(1) {
			if _, ok := g.Index(d); ok {
				around++
			}
		}
		want[i] = map[int]float64{7: 12 / math.Sqrt(84), 4: -4 / math.Sqrt(60), 5: -5 / math.Sqrt(70)}[around]
		if c == centre {
			values[i] = 1
		}
	}
	near(t, "Gi*", must[[]float64](t)(HotSpots(g, values)), want, 1e-12)
	near(t, "Gi* of equals", must[[]float64](t)(HotSpots(g, slices.Repeat([]float64{0.1}, 19))), slices.Repeat([]float64{math.NaN()}, 19), 0)
	three := must[*grid.Grid](t)(grid.FromCells(centre.GridDisk(1)[:3], 9)) // all touch each other: no neighbourhood is special
	near(t, "Gi* of a triangle", must[[]float64](t)(HotSpots(three, []float64{0.1, 0.2, 0.4})), slices.Repeat([]float64{math.NaN()}, 3), 0)
	if _, err := HotSpots(g, values[1:]); err == nil {
		t.Error("18 values for 19 cells are accepted")
	}
	if _, err := HotSpots(g, slices.Repeat([]float64{math.Inf(1)}, 19)); err == nil {
		t.Error("infinite values are accepted")
	}
}

// The oracle uses a full table of weights, taken from H3 itself, and the textbook's sums.
func TestHotSpotsAgreeWithTheDefinition(t *testing.T) {
	all := grid.CellOf(toyOrigin, 8).GridDisk(3)
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 6))
		var cells []h3.Cell
		for _, c := range all {
			if rng.IntN(4) > 0 {
				cells = append(cells, c)
			}
		}
		if len(cells) == 0 {
			cells = all[:1]
		}
		g := must[*grid.Grid](t)(grid.FromCells(cells, 8))
		values := make([]float64, len(g.Cells))
		for i := range values {
			if values[i] = float64(rng.IntN(5)); rng.IntN(5) == 0 {
				values[i] = math.NaN()
			}
		}
		got, err := HotSpots(g, values)
		if err != nil {
			rt.Fatal(err)
		}
		n, sum, squares := 0.0, 0.0, 0.0
		for _, x := range values {
			if !math.IsNaN(x) {
				n, sum, squares = n+1, sum+x, squares+x*x
			}
		}
		s := math.Sqrt(math.Max(0, squares/n-sum/n*sum/n))
		for i, x := range values {
			local, w, w2 := 0.0, 0.0, 0.0
			for j, y := range values {
				if slices.Contains(g.Cells[i].GridDisk(1), g.Cells[j]) && !math.IsNaN(y) {
					local, w, w2 = local+y, w+1, w2+1
				}
			}
			want := (local - sum/n*w) / (s * math.Sqrt((n*w2-w*w)/(n-1)))
			if math.IsNaN(x) || s < 1e-7 || w == n {
				want = math.NaN()
			}
			if math.Abs(got[i]-want) > 1e-9 || math.IsNaN(got[i]) != math.IsNaN(want) {
				rt.Fatalf("cell %d: %v, want %v", i, got[i], want)
			}
		}
	})
}

func TestFloorAreasAsSupply(t *testing.T) {
	in, _ := toyInput(t)
	in.Sites = append(in.Sites, Site{ID: "s2", FloorArea: -1}, Site{ID: "s3", FloorArea: 0})
	s := mustCompute(t, in).Services[0]
	if _, err := FloorAreas(in, &s); err == nil || err.Error() != "coverage: FloorArea: not known of 1 sites: s2" {
		t.Errorf("error = %v", err)
	}
	in.Sites[1].FloorArea = 7
	near(t, "supply", must[[]float64](t)(FloorAreas(in, &s)), []float64{100, 7, 0}, 0)
}

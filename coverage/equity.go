package coverage

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"sitecover/geo/grid"
)

// Equity says how evenly something is shared out among people, such as the score of an accessibility analysis. Every person
// counts once, however the map is cut. A figure that is not defined is NaN.
type Equity struct {
	People People
	Mean   float64 // per person
	Gini   float64 // 0 = all have the same, towards 1 = one has all; NaN when nobody has anything
	Theil  float64 // 0 = all have the same, up to the logarithm of the number of people; NaN when nobody has anything
	Palma  float64 // what the best-off 10 % have, over what the worst-off 40 % have; NaN when those have nothing
}

// EquityOf measures how values are spread over people; values[i] is what each of the people[i] has, 0 or more.
//
// With people w_i in ascending order of their values x_i, W = Σ w_i, mean μ, and what the first i have together S_i = Σ_{j≤i} w_j x_j:
//
//	Gini  = 1 - Σ w_i (S_{i-1} + S_i) / (W S_n)                 area under the Lorenz curve by trapezia (Gini 1912)
//	Theil = Σ (w_i / W) (x_i / μ) ln(x_i / μ), with 0 ln 0 = 0    the index T (Theil 1967)
//	Palma = S of the top tenth / S of the lowest four tenths      people at the border are split (Cobham & Sumner 2013)
func EquityOf(values []float64, people []People) (Equity, error) {
	groups, err := groupByValue(values, people)
	if err != nil {
		return Equity{}, err
	}
	e := Equity{Mean: math.NaN(), Gini: math.NaN(), Theil: math.NaN(), Palma: math.NaN()}
	all := 0.0
	for _, g := range groups {
		e.People += g.people
		all += g.value * g.people.Float()
	}
	if e.People == 0 {
		return e, nil
	}
	e.Mean = all / e.People.Float()
	if all == 0 {
		return e, nil
	}
	sum, area, theil := 0.0, 0.0, 0.0
	for _, g := range groups {
		w := g.people.Float()
		area += w * (2*sum + w*g.value)
		sum += w * g.value
		if g.value > 0 {
			theil += w * g.value / e.Mean * math.Log(g.value/e.Mean)
		}
	}
	e.Gini = max(0, 1-area/(e.People.Float()*all))
	e.Theil = max(0, theil/e.People.Float())
	if low := lowest(groups, e.People.Float()*0.4); low > 0 {
		e.Palma = (all - lowest(groups, e.People.Float()*0.9)) / low
	}
	return e, nil
}

// Quantile returns the value that the share q (0 to 1) of people stays at or below, NaN when there are no people.
func Quantile(values []float64, people []People, q float64) (float64, error) {
	if !(q >= 0 && q <= 1) {
		return 0, &FieldError{Field: "q", What: fmt.Sprintf("%v is no share", q)}
	}
	groups, err := groupByValue(values, people)
	if err != nil {
		return 0, err
	}
	var all, passed People
	for _, g := range groups {
		all += g.people
	}
	for _, g := range groups {
		if passed += g.people; float64(passed) >= q*float64(all) {
			return g.value, nil
		}
	}
	return math.NaN(), nil
}

// valueGroup is all people who have the same.
type valueGroup struct {
	value  float64
	people People
}

// groupByValue sorts people by what they have, equals together, so that no sum depends on the order of the input.
func groupByValue(values []float64, people []People) ([]valueGroup, error) {
	if len(values) != len(people) {
		return nil, &FieldError{Field: "people", What: fmt.Sprintf("%d entries for %d values", len(people), len(values))}
	}
	var sorted []valueGroup
	for i, v := range values {
		if people[i] < 0 {
			return nil, &FieldError{Field: fmt.Sprintf("people[%d]", i), What: fmt.Sprintf("%v people", people[i].Float())}
		}
		if !(v >= 0) || math.IsInf(v, 1) {
			return nil, &FieldError{Field: fmt.Sprintf("values[%d]", i), What: fmt.Sprintf("%v: must be 0 or more", v)}
		}
		if people[i] > 0 {
			sorted = append(sorted, valueGroup{v, people[i]})
		}
	}
	slices.SortFunc(sorted, func(a, b valueGroup) int { return cmp.Compare(a.value, b.value) })
	groups := sorted[:0]
	for _, g := range sorted {
		if n := len(groups); n > 0 && groups[n-1].value == g.value {
			groups[n-1].people += g.people
		} else {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// lowest returns what the worst-off people, so many of them, have together.
func lowest(groups []valueGroup, people float64) float64 {
	sum := 0.0
	for _, g := range groups {
		w := min(people, g.people.Float())
		sum += w * g.value
		people -= w
	}
	return sum
}

// HotSpots computes the local statistic Gi* (Getis & Ord 1992, Ord & Getis 1995) of a value per cell: where high values lie
// together (hot, above +1.96 at 95 %) and where low ones do (cold, below -1.96). A cell's neighbourhood is itself and the cells
// that touch it, all with weight 1. With n cells, W_i of them in the neighbourhood of i,
//
//	Gi* = (Σ_{j near i} x_j - W_i x̄) / (s √((n W_i - W_i²) / (n - 1))),   x̄ = Σ x_j / n,   s² = Σ x_j² / n - x̄².
//
// Cells whose value is NaN (nobody lives there) take no part and get NaN; so does every cell when all values are equal, or
// when a neighbourhood holds all cells. The result is a standard score; many cells tested at once need a stricter bound.
// O(cells).
func HotSpots(g *grid.Grid, values []float64) ([]float64, error) {
	if len(values) != len(g.Cells) {
		return nil, &FieldError{Field: "values", What: fmt.Sprintf("%d entries for %d cells", len(values), len(g.Cells))}
	}
	n, sum := 0.0, 0.0
	least, most := math.Inf(1), math.Inf(-1)
	for i, x := range values {
		if math.IsInf(x, 0) {
			return nil, &FieldError{Field: fmt.Sprintf("values[%d]", i), What: "must be finite"}
		}
		if !math.IsNaN(x) {
			n++
			sum += x
			least, most = min(least, x), max(most, x)
		}
	}
	mean := sum / n
	variance := 0.0
	for _, x := range values {
		if !math.IsNaN(x) {
			variance += (x - mean) * (x - mean) // the same as Σx²/n - x̄², without its cancellation
		}
	}
	s := math.Sqrt(variance / n)
	z := make([]float64, len(values))
	var near []int32
	for i, x := range values {
		z[i] = math.NaN()
		if math.IsNaN(x) || least == most {
			continue
		}
		local, w := x-mean, 1.0
		near = g.Neighbours(int32(i), near[:0])
		for _, j := range near {
			if !math.IsNaN(values[j]) {
				local += values[j] - mean
				w++
			}
		}
		if w < n {
			z[i] = local / (s * math.Sqrt((n*w-w*w)/(n-1)))
		}
	}
	return z, nil
}

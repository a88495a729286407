package reports

import (
	"math"
	"slices"
)

// The ways to cut values into classes.
const (
	Quantile = "quantile" // classes of about as many regions each
	Jenks    = "jenks"    // natural breaks: the least squares within the classes
	Fixed    = "fixed"    // round breaks that stay the same from report to report
)

// ClassMethods are all of them, the first being the house's choice.
var ClassMethods = []string{Quantile, Jenks, Fixed}

// classCount is how many classes a choropleth has at most: more shades of one hue cannot be told apart in print.
const classCount = 5

// maxJenks bounds the values that natural breaks are found among: the time grows with their square. Of more values, evenly spaced ones of
// the sorted list stand for all.
const maxJenks = 1500

// classBreaks cuts values into at most n classes. It returns the ascending lower bounds of all classes but the first: a value belongs to the
// last class whose bound is not above it. NaN is left out; fewer distinct values make fewer classes. Fixed breaks are those of Breaks.
func classBreaks(values []float64, n int, method string, fixed []float64) []float64 {
	var all []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			all = append(all, v)
		}
	}
	slices.Sort(all)
	if len(all) == 0 {
		return []float64{}
	}
	var out []float64
	switch method {
	case Jenks:
		out = jenksBreaks(thin(all, maxJenks), n)
	case Fixed:
		out = fixed
	default:
		for k := 1; k < n; k++ {
			out = append(out, all[min(len(all)*k/n, len(all)-1)])
		}
	}
	kept := []float64{}
	for _, v := range out {
		if (method == Fixed || v > all[0]) && (len(kept) == 0 || v > kept[len(kept)-1]) {
			kept = append(kept, v)
		}
	}
	return kept
}

// thin keeps at most n evenly spaced values of a sorted list, its ends among them.
func thin(sorted []float64, n int) []float64 {
	if len(sorted) <= n {
		return sorted
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = sorted[i*(len(sorted)-1)/(n-1)]
	}
	return out
}

// jenksBreaks finds the n classes of sorted values with the least sum of squared differences from the class means, exactly, by dynamic
// programming over the distinct values (W. D. Fisher, On Grouping for Maximum Homogeneity, JASA 53, 1958; G. F. Jenks 1967). Of
// equally good cuts the one with the lowest bound wins. O(n · values²).
func jenksBreaks(sorted []float64, n int) []float64 {
	var value, weight []float64
	for _, v := range sorted {
		if k := len(value); k > 0 && value[k-1] == v {
			weight[k-1]++
			continue
		}
		value, weight = append(value, v), append(weight, 1)
	}
	m := len(value)
	n = min(n, m)
	w, x, xx := make([]float64, m+1), make([]float64, m+1), make([]float64, m+1)
	for i, v := range value {
		w[i+1], x[i+1], xx[i+1] = w[i]+weight[i], x[i]+weight[i]*v, xx[i]+weight[i]*v*v
	}
	within := func(i, j int) float64 { // squares within the values [i, j)
		sum := x[j] - x[i]
		return xx[j] - xx[i] - sum*sum/(w[j]-w[i])
	}
	best := make([]float64, m+1)
	for j := 1; j <= m; j++ {
		best[j] = within(0, j)
	}
	cut := make([][]int, n+1)
	for k := 2; k <= n; k++ {
		next := make([]float64, m+1)
		cut[k] = make([]int, m+1)
		for j := range next {
			next[j] = math.Inf(1)
		}
		for j := k; j <= m; j++ {
			for i := k - 1; i < j; i++ {
				if c := best[i] + within(i, j); c < next[j] {
					next[j], cut[k][j] = c, i
				}
			}
		}
		best = next
	}
	breaks := make([]float64, 0, n)
	for k, j := n, m; k >= 2; k-- {
		j = cut[k][j]
		breaks = append(breaks, value[j])
	}
	slices.Reverse(breaks)
	return breaks
}

// classedLevel are the class breaks of one level of regions: for each tier and measure, by method.
type classedLevel struct {
	Level int                      `json:"level"`
	Tiers []map[string][][]float64 `json:"tiers"` // measure -> breaks in the order of ClassMethods
}

// The measures of choropleths.
const (
	measureShare    = "effective" // share of people covered, 0..1
	measureUnserved = "unserved"  // people
	measurePeople   = "people"    // people
)

var choroplethMeasures = []string{measureShare, measureUnserved, measurePeople}

// measured is the value of a region; NaN = none.
func (b *builder) measured(t int, r int32, measure string) float64 {
	x := b.s.Coverage.Region[t][r]
	switch measure {
	case measureUnserved:
		return float64(heads(x.People - x.Covered))
	case measurePeople:
		return float64(heads(x.People))
	}
	if share, ok := x.Effective(); ok {
		return math.Round(share*1000) / 1000
	}
	return math.NaN()
}

// fixedBreaks are the house's round breaks: shares in fifths; people by what a region of the level has on average, rounded.
func (b *builder) fixedBreaks(t, level int, measure string) []float64 {
	if measure == measureShare {
		return []float64{0.2, 0.4, 0.6, 0.8}
	}
	var sum float64
	n := 0
	for r := range b.s.Regions.All {
		if b.s.Regions.All[r].Level == level {
			sum += b.measured(t, int32(r), measure)
			n++
		}
	}
	if n == 0 || sum == 0 {
		return nil
	}
	base := niceNumber(sum / float64(n) / 2)
	return []float64{base, 2 * base, 4 * base, 8 * base}
}

// levelBreaks cuts the regions of a level into classes by a measure.
func (b *builder) levelBreaks(t, level int, measure, method string) []float64 {
	var values []float64
	for r := range b.s.Regions.All {
		if b.s.Regions.All[r].Level == level {
			values = append(values, b.measured(t, int32(r), measure))
		}
	}
	return classBreaks(values, classCount, method, b.fixedBreaks(t, level, measure))
}

// classedLevels are the breaks of every level with at least two regions.
func (b *builder) classedLevels() []classedLevel {
	out := []classedLevel{}
	for level := range b.s.Regions.Levels {
		if countLevel(b.s.Regions, level) < 2 {
			continue
		}
		c := classedLevel{Level: level}
		for t := range b.s.Tiers {
			by := map[string][][]float64{}
			for _, measure := range choroplethMeasures {
				for _, method := range ClassMethods {
					by[measure] = append(by[measure], b.levelBreaks(t, level, measure, method))
				}
			}
			c.Tiers = append(c.Tiers, by)
		}
		out = append(out, c)
	}
	return out
}

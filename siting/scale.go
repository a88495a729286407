package siting

import (
	"math"

	"sitecover/coverage"
	"sitecover/siting/solve"
)

// scale turns people and weights into the solver's integers. Its sums stay below solve.MaxTotal.
type scale struct {
	unit  int64     // millionths of a person in one unit of row weight: a power of ten, 1 = exact
	value []int64   // per class: value of one unit in a year
	miss  []int64   // per class: what one unit missing of a target counts
	ask   []float64 // per ask: units of weight of one person of its tier
	top   float64   // the largest sum that the solver may meet
	one   float64   // value of one person-year of weight 1
}

// people returns people in units, rounded to the nearest.
func (s *scale) people(p coverage.People) int64 { return (int64(p) + s.unit/2) / s.unit }

// fit finds the finest unit that keeps all sums in range.
func (m *model) fit() scale {
	const person = int64(coverage.Person)
	for unit := int64(1); ; unit *= 10 {
		s := m.scaleOf(unit)
		if unit == person || s.top <= float64(solve.MaxTotal)/2 {
			return s
		}
	}
}

// scaleOf returns the scale for a unit: weights are taken in thousandths and reduced by their common divisor.
func (m *model) scaleOf(unit int64) scale {
	factor := make([]int64, len(m.weights))
	divisor := int64(0)
	for t, w := range m.weights {
		factor[t] = max(1, int64(math.Round(w.Person*1000)))
		divisor = gcd(divisor, factor[t])
	}
	perPerson := float64(coverage.Person) / float64(unit)
	s := scale{unit: unit, one: 1000 / float64(divisor) * perPerson}
	for t, w := range m.weights {
		f := factor[t] / divisor
		region := w.Presence
		if region == 0 { // presence has no value of its own, but a target may ask for it
			region = m.w.Coverage.Total[t].People.Float() / float64(max(1, m.w.Coverage.Total[t].Required))
		}
		s.value = append(s.value, f, int64(math.Round(float64(f)*w.Presence*perPerson)))
		s.miss = append(s.miss, f, max(1, int64(math.Round(float64(f)*region*perPerson))))
	}
	m.askScale(&s, perPerson, func(t int) float64 { return float64(factor[t] / divisor) })
	s.top = m.largest(&s)
	return s
}

// largest returns the largest sum that the solver may meet.
func (m *model) largest(s *scale) float64 {
	objective, shortfall := 0.0, 0.0
	for t := range m.weights {
		total := &m.w.Coverage.Total[t]
		people := float64(total.People) / float64(s.unit)
		regions := float64(total.Required)
		objective += float64(m.years) * (people*float64(s.value[2*t]) + regions*float64(s.value[2*t+1]))
		for _, target := range m.p.Targets {
			if target.Tier == t {
				shortfall += people*float64(s.miss[2*t]) + regions*float64(s.miss[2*t+1])
			}
		}
	}
	objective, shortfall = m.askLargest(s, objective, shortfall)
	return max(objective, shortfall)
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

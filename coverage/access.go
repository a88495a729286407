package coverage

import (
	"fmt"
	"math"
	"strings"

	"sitecover/geo"
)

// Decay weighs a site by how far it is. Contract: pure; 0 or more and finite for every impedance within the matrix's limit;
// never more for a farther site. Beyond the limit a matrix has no entries, so nothing there counts.
type Decay func(cost geo.Impedance) float64

// Flat gives every site within the limit the weight 1: the plain 2SFCA.
func Flat(geo.Impedance) float64 { return 1 }

// Steps gives the weight of the first band that holds the impedance, its upper end included, and 0 beyond the last: the
// E2SFCA of Luo & Qi (2009), who take 10, 20 and 30 minutes with weights 1, 0.68 and 0.22, or 1, 0.42 and 0.09. Bands must
// ascend, weights must not.
func Steps(upTo []geo.Impedance, weights []float64) (Decay, error) {
	if len(upTo) != len(weights) || len(upTo) == 0 {
		return nil, &FieldError{Field: "weights", What: fmt.Sprintf("%d weights for %d bands", len(weights), len(upTo))}
	}
	for i := range upTo {
		if upTo[i] == geo.Unreachable || i > 0 && upTo[i] <= upTo[i-1] {
			return nil, &FieldError{Field: fmt.Sprintf("upTo[%d]", i), What: "bands must ascend and be finite"}
		}
		if !(weights[i] >= 0) || math.IsInf(weights[i], 1) || i > 0 && weights[i] > weights[i-1] {
			return nil, &FieldError{Field: fmt.Sprintf("weights[%d]", i), What: fmt.Sprintf("%v: weights must be 0 or more and not ascend", weights[i])}
		}
	}
	return func(cost geo.Impedance) float64 {
		for i, b := range upTo {
			if cost <= b {
				return weights[i]
			}
		}
		return 0
	}, nil
}

// Gaussian falls from 1 at the site to 0 at the limit d0 (Dai 2010):
//
//	f(d) = (exp(-(d/d0)²/2) - exp(-1/2)) / (1 - exp(-1/2)).
func Gaussian(limit geo.Limit) (Decay, error) {
	if limit.Max == 0 || limit.Max == geo.Unreachable {
		return nil, &FieldError{Field: "limit", What: "must be finite and more than 0"}
	}
	least := math.Exp(-0.5)
	return func(cost geo.Impedance) float64 {
		x := float64(cost) / float64(limit.Max)
		return max(0, (math.Exp(-x*x/2)-least)/(1-least))
	}, nil
}

// Power is the distance decay of gravity models (Hansen 1959), f(d) = (d / least)^-beta, and 1 up to least: without it, a site
// next door would weigh infinitely.
func Power(beta float64, least geo.Impedance) (Decay, error) {
	if !(beta >= 0) || math.IsInf(beta, 1) {
		return nil, &FieldError{Field: "beta", What: fmt.Sprintf("%v: must be 0 or more", beta)}
	}
	if least == 0 || least == geo.Unreachable {
		return nil, &FieldError{Field: "least", What: "must be finite and more than 0"}
	}
	return func(cost geo.Impedance) float64 {
		return math.Pow(float64(max(cost, least))/float64(least), -beta)
	}, nil
}

// Access is the outcome of a floating catchment analysis.
type Access struct {
	Score []float64 // per demand point: supply per person within reach; 0 where nothing is
	Ratio []float64 // per site: its supply per weighted person in its reach; NaN for a site that nobody can reach
}

// TwoStep computes the two-step floating catchment area (2SFCA: Radke & Mu 2000, Luo & Wang 2003; with a decay E2SFCA: Luo & Qi
// 2009). With demand i of P_i people, site j of supply S_j and impedance d_ij,
//
//	step 1: R_j = S_j / Σ_i P_i f(d_ij)        over the demand within the limit of j
//	step 2: A_i = Σ_j R_j f(d_ij)              over the sites within the limit of i.
//
// All supply that anyone can reach is given out: Σ P_i A_i = Σ S_j over those sites. Supply is in any unit (m², staff) and
// the scores are that unit per person. Sums run over sites in the order of the rows. Demand points without people get the
// score of their place. O(entries).
func TwoStep(m *geo.CostMatrix, people []People, supply []float64, decay Decay) (*Access, error) {
	if len(people) != m.Columns {
		return nil, &FieldError{Field: "people", What: fmt.Sprintf("%d entries for %d demand points", len(people), m.Columns)}
	}
	if err := checkSupply(m, supply); err != nil {
		return nil, err
	}
	weights, err := decayed(m, decay)
	if err != nil {
		return nil, err
	}
	a := &Access{Score: make([]float64, m.Columns), Ratio: make([]float64, m.Rows())}
	for j := range supply {
		columns, _ := m.Row(j)
		w := weights[m.Offset[j]:m.Offset[j+1]]
		crowd := 0.0
		for k, i := range columns {
			crowd += people[i].Float() * w[k]
		}
		if crowd == 0 {
			a.Ratio[j] = math.NaN()
			continue
		}
		a.Ratio[j] = supply[j] / crowd
		for k, i := range columns {
			a.Score[i] += a.Ratio[j] * w[k]
		}
	}
	return a, nil
}

// Gravity computes the potential of every demand point (Hansen 1959), the supply around it weighed by distance, whoever else
// wants it:
//
//	A_i = Σ_j S_j f(d_ij).
//
// The scores have the unit of the supply. For a gravity model with competition (Joseph & Bantock 1982) use TwoStep with Power.
func Gravity(m *geo.CostMatrix, supply []float64, decay Decay) ([]float64, error) {
	if err := checkSupply(m, supply); err != nil {
		return nil, err
	}
	weights, err := decayed(m, decay)
	if err != nil {
		return nil, err
	}
	score := make([]float64, m.Columns)
	for j := range supply {
		for e := m.Offset[j]; e < m.Offset[j+1]; e++ {
			score[m.Column[e]] += supply[j] * weights[e]
		}
	}
	return score, nil
}

func checkSupply(m *geo.CostMatrix, supply []float64) error {
	if len(supply) != m.Rows() {
		return &FieldError{Field: "supply", What: fmt.Sprintf("%d entries for %d sites", len(supply), m.Rows())}
	}
	for j, s := range supply {
		if !(s >= 0) || math.IsInf(s, 1) {
			return &FieldError{Field: fmt.Sprintf("supply[%d]", j), What: fmt.Sprintf("%v: must be 0 or more", s)}
		}
	}
	return nil
}

// decayed returns the weight of every entry, and refuses a decay that breaks its contract.
func decayed(m *geo.CostMatrix, decay Decay) ([]float64, error) {
	weights := make([]float64, len(m.Cost))
	for e, cost := range m.Cost {
		w := decay(cost)
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, &FieldError{Field: "decay", What: fmt.Sprintf("weight %v at %v %v: must be 0 or more", w, cost.Value(), m.Limit.Metric)}
		}
		weights[e] = w
	}
	return weights, nil
}

// FloorAreas returns the floor areas in m² of the service's open sites as supply. Sites of unknown area cannot be guessed:
// they are an error that names them all.
func FloorAreas(in Input, s *Service) ([]float64, error) {
	supply := make([]float64, len(s.Open))
	var unknown []string
	for r, i := range s.Open {
		supply[r] = in.Sites[i].FloorArea
		if !(supply[r] >= 0) {
			unknown = append(unknown, in.Sites[i].ID)
		}
	}
	if len(unknown) > 0 {
		return nil, &FieldError{Field: "FloorArea", What: fmt.Sprintf("not known of %d sites: %s", len(unknown), strings.Join(unknown, ", "))}
	}
	return supply, nil
}

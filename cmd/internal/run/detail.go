package run

import (
	"context"
	"errors"
	"math"
	"slices"

	"sitecover/coverage"
	"sitecover/geo"
)

// PeoplePerHousehold turns people into households where the study has none: 2.62, the mean of China's census of 2020.
const PeoplePerHousehold = 2.62

// DetailView says how well the people of a region are served, beyond yes or no. Impedances are in the tier's unit, m or s.
type DetailView struct {
	Within       []BandView `json:"within"`
	Median       *float64   `json:"median"` // null when half of the people are beyond the limit
	P90          *float64   `json:"p90"`    // null when a tenth of the people are beyond the limit
	Mean         *float64   `json:"meanOfCovered"`
	Backup       float64    `json:"backupPeople"`
	Own          float64    `json:"ownRegionPeople"`
	Per10000     *float64   `json:"sitesPer10000"`
	AreaPer100HH *float64   `json:"floorAreaPer100Households"`
}

// BandView is a distance band and the people within it.
type BandView struct {
	UpTo    float64 `json:"upTo"`
	Minutes float64 `json:"minutes,omitempty"` // what the band stands for at the mode's speed, for tiers in metres
	People  float64 `json:"people"`
}

// AddDetail fills the details of a coverage report.
func (s *Session) AddDetail(v *CoverageReport) error {
	for t := range s.tiers {
		d, err := coverage.Details(s.input(), s.Result, t, s.bands(t))
		if err != nil {
			return err
		}
		v.Tiers[t].TotalDetail = s.detailView(t, d.Total, d.Bands)
		for r := range d.Region {
			v.Tiers[t].Regions[r].Detail = s.detailView(t, d.Region[r], d.Bands)
		}
	}
	return nil
}

// bandMinutes are the bands of the living circle (GB 50180-2018).
var bandMinutes = [...]float64{5, 10, 15}

// bands are 5, 10 and 15 minutes as far as they are within the tier's limit, and the limit. For a tier in metres a band is
// the way walked or driven in that time at the mode's residential speed; straight tiers take thirds of their radius.
func (s *Session) bands(t int) []geo.Impedance {
	tier := s.tiers[t]
	mode, onRoads := s.modes[tier.Mode]
	if tier.Limit.Metric != geo.Metres || !onRoads {
		return nil // coverage.DefaultBands
	}
	var out []geo.Impedance
	for _, minutes := range bandMinutes {
		if b := geo.ToImpedance(minutes * 60 * coverage.CircleSpeed(mode) / 3.6); b < tier.Limit.Max {
			out = append(out, b)
		}
	}
	return append(out, tier.Limit.Max)
}

// minutes is what a band of a tier in metres stands for, 0 when it is no round number of minutes.
func (s *Session) minutes(t int, b geo.Impedance) float64 {
	mode, onRoads := s.modes[s.tiers[t].Mode]
	if s.tiers[t].Limit.Metric != geo.Metres || !onRoads {
		return 0
	}
	for _, minutes := range bandMinutes {
		if b == geo.ToImpedance(minutes*60*coverage.CircleSpeed(mode)/3.6) {
			return minutes
		}
	}
	return 0
}

func (s *Session) detailView(t int, d coverage.Detail, bands []geo.Impedance) *DetailView {
	v := &DetailView{Median: reached(d.Median), P90: reached(d.P90), Mean: number(d.Mean), Backup: d.Backup.Float(), Own: d.Own.Float(),
		Per10000: share(d.SitesPer10000()), AreaPer100HH: share(d.FloorAreaPer100Households(PeoplePerHousehold)), Within: []BandView{}}
	for i, b := range bands {
		v.Within = append(v.Within, BandView{b.Value(), s.minutes(t, b), d.Within[i].Float()})
	}
	return v
}

func reached(i geo.Impedance) *float64 { return share(i.Value(), i != geo.Unreachable) }

// AccessReport is accessibility and how evenly it is shared out.
type AccessReport struct {
	Study string       `json:"study"`
	Date  string       `json:"date"`
	Decay string       `json:"decay"`
	Tiers []TierAccess `json:"tiers"`
}

// TierAccess is the accessibility of one tier: supply within reach per 10,000 people (E2SFCA).
type TierAccess struct {
	Tier    string         `json:"tier"`
	Name    string         `json:"name"`
	Supply  string         `json:"supply"` // "m2" or "sites"
	Mean    *float64       `json:"meanPer10000"`
	Gini    *float64       `json:"gini"`
	Theil   *float64       `json:"theil"`
	Palma   *float64       `json:"palma"`
	Hot     int            `json:"hotCells"`
	Cold    int            `json:"coldCells"`
	Regions []RegionAccess `json:"regions"`
	Cells   []CellAccess   `json:"cells"`
}

// RegionAccess is a region's mean score over its people.
type RegionAccess struct {
	RegionRef
	Mean *float64 `json:"meanPer10000"`
}

// CellAccess is a cell's mean score over its people, and its Getis-Ord Gi* standard score.
type CellAccess struct {
	Cell  string   `json:"cell"`
	Score float64  `json:"per10000"`
	GiZ   *float64 `json:"giStar"`
}

// hotLimit is the standard score beyond which a cell is hot or cold at 95 %.
const hotLimit = 1.96

// Access computes the two-step floating catchment area of every tier: floor area where the ledger knows it of every open
// site, otherwise one unit a site. Decay is "flat" (2SFCA), "steps" or "gaussian" (E2SFCA), or "gravity" (with competition: Joseph &
// Bantock 1982).
func (s *Session) Access(ctx context.Context, decay string) (*AccessReport, error) {
	if err := s.Coverage(ctx); err != nil {
		return nil, err
	}
	out := &AccessReport{Study: s.Study.Name, Date: s.Study.Date.Format("2006-01-02"), Decay: decay}
	for t := range s.tiers {
		one, err := s.tierAccess(t, decay)
		if err != nil {
			return nil, err
		}
		out.Tiers = append(out.Tiers, *one)
	}
	return out, nil
}

func (s *Session) tierAccess(t int, decay string) (*TierAccess, error) {
	service := &s.Result.Services[t]
	out := &TierAccess{Tier: s.tiers[t].ID, Name: s.tiers[t].Name, Supply: "m2", Cells: []CellAccess{}}
	supply, err := coverage.FloorAreas(s.input(), service)
	var unknown *coverage.FieldError
	if errors.As(err, &unknown) && unknown.Field == "FloorArea" { // some area is not known: a site counts as one
		err = nil
		out.Supply, supply = "sites", make([]float64, len(service.Open))
		for i := range supply {
			supply[i] = 1
		}
	}
	if err != nil {
		return nil, err
	}
	f, err := decayOf(decay, s.tiers[t].Limit)
	if err != nil {
		return nil, err
	}
	access, err := coverage.TwoStep(service.Matrix, s.Demand.People, supply, f)
	if err != nil {
		return nil, err
	}
	for i := range access.Score {
		access.Score[i] *= 10_000
	}
	equity, err := coverage.EquityOf(access.Score, s.Demand.People)
	if err != nil {
		return nil, err
	}
	out.Mean, out.Gini, out.Theil, out.Palma = number(equity.Mean), number(equity.Gini), number(equity.Theil), number(equity.Palma)
	out.Regions = s.regionAccess(access.Score)
	return out, s.cellAccess(out, access.Score)
}

// gravityBeta is the exponent of the gravity model: supply counts by the inverse of the distance, a default without a norm. Below
// a tenth of the limit distance makes no difference.
const gravityBeta = 1

// decayOf is a decay within a limit. The steps of E2SFCA are thirds of it, weighted 1, 0.68 and 0.22 as Luo & Qi (2009) do.
func decayOf(name string, limit geo.Limit) (coverage.Decay, error) {
	switch name {
	case "steps":
		third := limit.Max / 3
		return coverage.Steps([]geo.Impedance{third, 2 * third, limit.Max}, []float64{1, 0.68, 0.22})
	case "gaussian":
		return coverage.Gaussian(limit)
	case "gravity":
		return coverage.Power(gravityBeta, limit.Max/10)
	}
	return coverage.Flat, nil
}

// regionAccess are the people-weighted means of every region, summed in the order of the demand.
func (s *Session) regionAccess(score []float64) []RegionAccess {
	regions := s.Data.Regions
	sum, people := make([]float64, len(regions.All)), make([]float64, len(regions.All))
	for i, v := range score {
		w := s.Demand.People[i].Float()
		for _, r := range regions.Path(s.Demand.Region[i]) {
			sum[r] += v * w
			people[r] += w
		}
	}
	out := make([]RegionAccess, len(sum))
	for r := range sum {
		out[r] = RegionAccess{s.Ref(int32(r)), share(sum[r]/people[r], people[r] > 0)}
	}
	return out
}

func (s *Session) cellAccess(out *TierAccess, score []float64) error {
	values := slices.Repeat([]float64{math.NaN()}, len(s.Grid.Cells))
	people := make([]float64, len(s.Grid.Cells))
	for i, v := range score {
		c, w := s.Demand.Cell[i], s.Demand.People[i].Float()
		if w == 0 {
			continue
		}
		if people[c] == 0 {
			values[c] = 0
		}
		values[c] += v * w
		people[c] += w
	}
	for c := range values {
		values[c] /= people[c] // NaN where nobody lives
	}
	gi, err := coverage.HotSpots(s.Grid, values)
	if err != nil {
		return err
	}
	for c, v := range values {
		if math.IsNaN(v) {
			continue
		}
		out.Cells = append(out.Cells, CellAccess{s.Grid.Cells[c].String(), v, number(gi[c])})
		if gi[c] > hotLimit {
			out.Hot++
		} else if gi[c] < -hotLimit {
			out.Cold++
		}
	}
	return nil
}

package coverage

import (
	"errors"
	"fmt"
	"math"
	"time"

	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// GraphKey names a road graph: the mode it was built for and the unit its edges are counted in.
type GraphKey struct {
	Mode   string // network.Mode.ID
	Metric geo.Metric
}

// Input is all that coverage is computed from. It is only read.
type Input struct {
	Date    time.Time // reporting date: it decides which sites are open
	At      *Moment   // only sites that are known to be open at this minute of the week serve; nil = all hours count
	Regions *geo.Regions
	Grid    *grid.Grid
	Demand  *Demand
	Tiers   []Tier
	Sites   []Site
	Graphs  map[GraphKey]*network.Graph // one for every mode and metric that a tier asks for; Straight needs none
	Modes   map[string]network.Mode     // by ID; needed for tiers in seconds, whose circle needs a speed
	Workers int                         // parallel workers, 0 = one per processor; the result does not depend on it
}

// Validate reports every field that cannot be used, joined; each is a *FieldError.
func (in Input) Validate() error {
	var errs []error
	bad := func(field, what string, cause error) {
		errs = append(errs, &FieldError{Field: field, What: what, Err: cause})
	}
	if in.Regions == nil {
		bad("Regions", "missing", nil)
	}
	if in.Grid == nil {
		bad("Grid", "missing", nil)
	}
	if in.Demand == nil {
		bad("Demand", "missing", nil)
	}
	if in.Workers < 0 {
		bad("Workers", fmt.Sprintf("%d is negative", in.Workers), nil)
	}
	if in.At != nil && (*in.At < 0 || *in.At >= week) {
		bad("At", fmt.Sprintf("minute %d is not in a week", *in.At), nil)
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	in.checkDemand(bad)
	seen := make(map[string]int, len(in.Tiers))
	for i, t := range in.Tiers {
		if j, ok := seen[t.ID]; ok {
			bad(fmt.Sprintf("Tiers[%d].ID", i), fmt.Sprintf("%q is also the ID of Tiers[%d]", t.ID, j), nil)
		}
		seen[t.ID] = i
		in.checkTier(i, bad)
	}
	in.checkSites(bad)
	return errors.Join(errs...)
}

func (in Input) checkDemand(bad func(field, what string, cause error)) {
	d := in.Demand
	n := d.Len()
	if len(d.Point) != n || len(d.Region) != n || len(d.Cell) != n {
		bad("Demand", fmt.Sprintf("columns differ in length: %d points, %d people, %d regions, %d cells",
			len(d.Point), n, len(d.Region), len(d.Cell)), nil)
		return
	}
	for k, g := range d.Groups {
		if len(g.People) != n {
			bad(fmt.Sprintf("Demand.Groups[%d]", k), fmt.Sprintf("%d counts for %d points", len(g.People), n), nil)
			return
		}
	}
	if err := checkPoints("Demand.Point", d.Point); err != nil {
		bad("Demand", "no place on Earth", err)
	}
	for i := range n {
		field := fmt.Sprintf("Demand[%d]", i)
		switch {
		case d.People[i] < 0:
			bad(field, fmt.Sprintf("%v people", d.People[i].Float()), nil)
		case !d.membersFit(i):
			bad(field, "a group has more members than people, or fewer than none", ErrGroup)
		case d.Region[i] < 0 || int(d.Region[i]) >= len(in.Regions.All):
			bad(field, fmt.Sprintf("region %d does not exist", d.Region[i]), nil)
		case d.Cell[i] < 0 || int(d.Cell[i]) >= len(in.Grid.Cells):
			bad(field, fmt.Sprintf("cell %d does not exist", d.Cell[i]), nil)
		default:
			continue
		}
		return // one bad entry means the demand was not made for this grid: a thousand more would say the same
	}
}

func (in Input) checkTier(i int, bad func(field, what string, cause error)) {
	t := in.Tiers[i]
	at := func(field string) string { return fmt.Sprintf("Tiers[%d].%s", i, field) }
	if t.Limit.Metric != geo.Metres && t.Limit.Metric != geo.Seconds {
		bad(at("Limit"), fmt.Sprintf("unknown metric %v", t.Limit.Metric), geo.ErrMetric)
		return
	}
	if t.Limit.Max == geo.Unreachable {
		bad(at("Limit"), "not finite", nil)
	}
	if t.OwnerLevel < -1 || t.OwnerLevel >= len(in.Regions.Levels) {
		bad(at("OwnerLevel"), fmt.Sprintf("level %d does not exist", t.OwnerLevel), nil)
	}
	if t.Nested && (t.Parent < 0 || t.Parent >= i) {
		bad(at("Nested"), fmt.Sprintf("parent tier %d: want one of the tiers before", t.Parent), nil)
	}
	if !(t.MinArea >= 0) || math.IsInf(t.MinArea, 1) {
		bad(at("MinArea"), fmt.Sprintf("%v m²", t.MinArea), nil)
	}
	if t.Mode == Straight {
		if t.Limit.Metric != geo.Metres {
			bad(at("Limit"), "straight distances are metres", geo.ErrMetric)
		}
		return
	}
	if in.Graphs[GraphKey{t.Mode, t.Limit.Metric}] == nil {
		bad(at("Mode"), fmt.Sprintf("no road graph for mode %q in %v", t.Mode, t.Limit.Metric), nil)
	}
	if t.Limit.Metric == geo.Seconds {
		if mode, ok := in.Modes[t.Mode]; !ok {
			bad(at("Mode"), fmt.Sprintf("mode %q is not among the modes", t.Mode), nil)
		} else if !(CircleSpeed(mode) > 0) {
			bad(at("Mode"), fmt.Sprintf("mode %q has no speed", t.Mode), nil)
		}
	}
}

func (in Input) checkSites(bad func(field, what string, cause error)) {
	seen := make(map[string]int, len(in.Sites))
	for i, s := range in.Sites {
		at := func(field string) string { return fmt.Sprintf("Sites[%d].%s", i, field) }
		if j, ok := seen[s.ID]; ok {
			bad(at("ID"), fmt.Sprintf("%q is also the ID of Sites[%d]", s.ID, j), nil)
		}
		seen[s.ID] = i
		if s.Tier < 0 || s.Tier >= len(in.Tiers) {
			bad(at("Tier"), fmt.Sprintf("tier %d does not exist", s.Tier), nil)
		}
		if s.Region < -1 || int(s.Region) >= len(in.Regions.All) {
			bad(at("Region"), fmt.Sprintf("region %d does not exist", s.Region), nil)
		}
		if math.IsNaN(s.FloorArea) || math.IsInf(s.FloorArea, 0) {
			bad(at("FloorArea"), fmt.Sprintf("%v m²", s.FloorArea), nil)
		}
		if math.IsNaN(s.Staff) || math.IsInf(s.Staff, 0) {
			bad(at("Staff"), fmt.Sprintf("%v people", s.Staff), nil)
		}
		if !(math.Abs(s.Point[0]) <= 180 && math.Abs(s.Point[1]) <= 90) {
			bad(at("Point"), fmt.Sprintf("no longitude, latitude: %v", s.Point), nil)
		}
	}
}

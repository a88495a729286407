package siting

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/network"
	"sitecover/siting/solve"
)

// World is what stands today: the coverage study that siting builds upon, and the places and land it may build on.
// Nothing in it is modified.
type World struct {
	coverage.Input                  // regions, grid, demand, tiers, existing sites, graphs, workers
	Coverage       *coverage.Result // of the same Input
	Places         []Place
	Exclusions     []Exclusion
	Roads          *network.Roads // for road-side stations; nil = none
}

// workers returns the number of parallel workers, at least 1.
func (w *World) workers() int {
	if w.Workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return w.Workers
}

// TierRules says where sites of one tier may be opened and what they cost. One per tier of the World, in the same order.
type TierRules struct {
	New  Yuan // cost of a site without a host; >= 0
	Host Yuan // cost of a site in a host place; >= 0

	Upgrades bool // open sites of the tier may be upgraded
	Upgrade  Yuan // cost of bringing one up to standard; >= 0

	Cells     bool     // bare grid cells may hold it
	NoHosts   bool     // no place may host it
	HostKinds []string // place kinds that may host it; empty = every kind

	MinPeople float64   // people that must live within the tier's limit of the candidate; 0 = none asked
	Spacing   float64   // metres, great circle, to every other site of the tier, existing or planned; 0 = none
	Capacity  *Capacity // people that a site can serve; nil = not known
	Banned    []string  // candidate IDs that may not be used
	Must      Must      // what the ground must offer
	// ParentWithin asks for a site of the parent tier, of today or opened no later, within so many metres, great circle;
	// 0 = not asked. Pins of a year are taken without it.
	ParentWithin float64
	Avoid        []string // kinds of exclusions that forbid the tier; nil = every kind
	Prefer       Prefer   // which candidates are worth more

	// Weight is the value of one person-year of this tier against the other tiers. 0 means the default, 1.
	Weight float64
	// PresenceWeight is the value of a year in which an owner-level region owns a qualifying site, in people of this
	// tier. 0 means the default: the mean number of people of a region of that level, so that a region's first site is
	// worth as much as newly covering an average region. Negative = presence has no value of its own.
	PresenceWeight float64
}

// hosts reports whether places of the kind may host the tier.
func (r *TierRules) hosts(kind string) bool {
	return !r.NoHosts && (len(r.HostKinds) == 0 || slices.Contains(r.HostKinds, kind))
}

// avoids reports whether exclusions of the kind forbid the tier.
func (r *TierRules) avoids(kind string) bool {
	return r.Avoid == nil || slices.Contains(r.Avoid, kind)
}

// Cost returns what the tier costs at the candidate.
func (r *TierRules) Cost(c *Candidate) Yuan {
	switch {
	case c.Way == Upgrade:
		return r.Upgrade
	case c.Host >= 0:
		return r.Host
	}
	return r.New
}

// weight returns the value of a person-year.
func (r *TierRules) weight() float64 {
	if r.Weight == 0 {
		return 1
	}
	return r.Weight
}

// Validate names every field that is out of range.
func (r *TierRules) Validate() error {
	var errs []error
	bad := func(field string, v any, want string) {
		errs = append(errs, fmt.Errorf("%s %v: %s", field, v, want))
	}
	if r.New < 0 {
		bad("New", r.New, "want >= 0 元")
	}
	if r.Host < 0 {
		bad("Host", r.Host, "want >= 0 元")
	}
	if !(r.ParentWithin >= 0) || math.IsInf(r.ParentWithin, 0) {
		bad("ParentWithin", r.ParentWithin, "want metres >= 0")
	}
	if r.Upgrade < 0 {
		bad("Upgrade", r.Upgrade, "want >= 0 元")
	}
	if !(r.MinPeople >= 0) || math.IsInf(r.MinPeople, 0) {
		bad("MinPeople", r.MinPeople, "want a number >= 0")
	}
	if !(r.Spacing >= 0) || math.IsInf(r.Spacing, 0) {
		bad("Spacing", r.Spacing, "want metres >= 0")
	}
	if !(r.Weight >= 0 && r.Weight <= maxWeight) {
		bad("Weight", r.Weight, fmt.Sprintf("want 0 (default) to %d", maxWeight))
	}
	if math.IsNaN(r.PresenceWeight) || r.PresenceWeight > maxPresence {
		bad("PresenceWeight", r.PresenceWeight, fmt.Sprintf("want people up to %d", maxPresence))
	}
	if r.Capacity != nil {
		errs = append(errs, r.Capacity.Validate())
	}
	return errors.Join(append(errs, r.Prefer.validate())...)
}

// Bounds of the weights: they keep every sum of weighted people-years inside 64 bits.
const (
	maxWeight   = 1_000
	maxPresence = 100_000_000
)

// Options steer the search for a plan. Start from DefaultOptions. A deadline is the context's; a plan that a deadline cut
// short may differ between machines, one that ended by its iteration budget never does.
type Options struct {
	// LeadYears is the number of years between the year that funds a site and the first year at whose end it is counted as
	// open. DefaultOptions: 1 (what is funded in year k is open from year k+1). 0 = it opens in the year that funds it.
	LeadYears int
	// Unspent says what happens to money that a year does not spend. Default: it lapses.
	Unspent solve.Unspent
	// Solve steers the solver: seed, iteration budget, wanted gap. Iterations 0 means 1,000, and fewer for large problems, so
	// that a county takes seconds (see Plan.Iterations for what was used); the other zero values are the solver's defaults.
	Solve solve.Options
	// Until ends the search when it is closed: the plan is then the best found so far, with its bound, and Plan.Stopped. nil =
	// never. The context's end does the same to the search, but also to what comes before it.
	Until <-chan struct{}
}

// DefaultOptions returns the documented defaults.
func DefaultOptions() Options { return Options{LeadYears: 1} }

// maxLead bounds Options.LeadYears.
const maxLead = 20

// Validate names every field that is out of range.
func (o *Options) Validate() error {
	var errs []error
	if o.LeadYears < 0 || o.LeadYears > maxLead {
		errs = append(errs, fmt.Errorf("siting: Options.LeadYears %d: want 0..%d", o.LeadYears, maxLead))
	}
	if o.Unspent > solve.CarriesOver {
		errs = append(errs, fmt.Errorf("siting: Options.Unspent %d is unknown", o.Unspent))
	}
	return errors.Join(append(errs, o.Solve.Validate())...)
}

// Validate checks the Input, and that the parts of the World belong together.
func (w *World) Validate() error {
	if err := w.Input.Validate(); err != nil {
		return err
	}
	if w.Coverage == nil {
		return errors.New("siting: World.Coverage is missing")
	}
	if n := len(w.Coverage.Services); n != len(w.Tiers) {
		return fmt.Errorf("siting: World.Coverage has %d tiers, World.Tiers %d", n, len(w.Tiers))
	}
	var errs []error
	for t := range w.Tiers {
		if n := len(w.Coverage.Services[t].Nearest); n != w.Demand.Len() {
			errs = append(errs, fmt.Errorf("siting: World.Coverage of tier %s has %d demand points, World.Demand %d", w.Tiers[t].ID, n, w.Demand.Len()))
		}
	}
	seen := make(map[string]bool, len(w.Places))
	for i := range w.Places {
		p := &w.Places[i]
		if seen[p.ID] {
			errs = append(errs, fmt.Errorf("siting: World.Places has two places with ID %q", p.ID))
		}
		seen[p.ID] = true
		if !geo.ValidPoint(p.Point) {
			errs = append(errs, fmt.Errorf("siting: World.Places[%q].Point %v is no longitude, latitude", p.ID, p.Point))
		}
		if math.IsNaN(p.Footfall) || math.IsInf(p.Footfall, 0) {
			errs = append(errs, fmt.Errorf("siting: World.Places[%q].Footfall %v is no number of people", p.ID, p.Footfall))
		} else if err := validateBands(p); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// validateRules checks the rules of all tiers.
func (w *World) validateRules(rules []TierRules) error {
	if len(rules) != len(w.Tiers) {
		return fmt.Errorf("siting: %d tier rules for %d tiers", len(rules), len(w.Tiers))
	}
	var errs []error
	for t := range rules {
		err := errors.Join(rules[t].Validate(), rules[t].Must.validate(w))
		if rules[t].ParentWithin > 0 && (w.Tiers[t].Parent < 0 || w.Tiers[t].Parent >= t) {
			err = errors.Join(err, fmt.Errorf("ParentWithin: parent tier %d: want one of the tiers before", w.Tiers[t].Parent))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("siting: rules of tier %s: %w", w.Tiers[t].ID, err))
		}
	}
	return errors.Join(errs...)
}

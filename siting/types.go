package siting

import (
	"github.com/paulmach/orb"

	"sitecover/coverage"
)

// Yuan is money in 元. Reports show 万元.
type Yuan int64

// Wan is 10,000 元.
const Wan Yuan = 10_000

// Place is a named place of the ground: a host for a site, a generator of footfall, or just a name for a gap.
type Place struct {
	ID       string
	Name     string
	Kind     string    // the study's word for it, e.g. "bus_stop", "market", "park"
	Point    orb.Point // WGS84
	Region   int32     // deepest region that contains it, -1 outside
	Footfall float64   // observed people a day; negative = not observed
}

// Exclusion is land where nothing may be built.
type Exclusion struct {
	Name  string
	Kind  string // e.g. "water", "hazard", "ecological"
	Shape orb.MultiPolygon
}

// Candidate is a place that may get a site.
type Candidate struct {
	ID     string    // stable: "cell:<h3>" or "host:<place id>"
	Name   string    // host's name, or "" for a bare cell
	Point  orb.Point // WGS84
	Cell   int32     // grid cell that holds it
	Region int32     // deepest region
	Host   int32     // index into the places, -1 = no host (a new building)
	Tiers  []int     // tiers it may serve, ascending
}

// Target is what a year asks of a tier. Shares are 0..1; negative = not asked.
type Target struct {
	Year      int
	Tier      int
	Effective float64 // share of people covered at the year's end
	Presence  float64 // share of owner-level regions with a qualifying site at the year's end
}

// Budget is the money of one year.
type Budget struct {
	Year  int
	Money Yuan
}

// Status says what a solution is.
type Status string

// The statuses. Infeasible always comes with a reason.
const (
	Optimal    Status = "optimal"
	Feasible   Status = "feasible"
	Infeasible Status = "infeasible"
)

// Pick is one site to open.
type Pick struct {
	Year      int
	Tier      int
	Candidate int // index into Plan.Candidates
	Cost      Yuan
	Gained    coverage.People // people newly covered by it when it opens, in plan order
	Reason    string          // machine word: "coverage" or "presence"; reports translate it
}

// TierYear is where a tier stands at the end of a year, if the plan is followed.
type TierYear struct {
	Covered   coverage.People // people covered
	Effective float64         // share of people covered; NaN without people
	Bound     float64         // no plan with the same money up to this year can exceed this share
	Target    float64         // asked share; negative = none
	Owning    int             // owner-level regions with a qualifying site
	Required  int
	Presence  float64 // asked presence share; negative = none
}

// Year is the outcome of one year of the rollout.
type Year struct {
	Year   int
	Budget Yuan
	Spent  Yuan
	Tiers  []TierYear
}

// Plan is a rollout: what to open, and in which year.
type Plan struct {
	Candidates []Candidate
	Rejected   []Rejection
	Picks      []Pick // by year, then plan order
	Years      []Year
	Status     Status
	Objective  float64 // people-years covered, summed over tiers and years (weights printed with the plan)
	Bound      float64 // no plan under the same rules can exceed it
	Gap        float64 // (Bound - Objective) / Bound
	Missed     []Miss  // targets that the plan does not meet
	Seed       uint64
}

// Rejection says why a place or cell is no candidate.
type Rejection struct {
	ID     string
	Name   string
	Point  orb.Point
	Reason string // machine word: "exclusion", "no_road", "outside" ...
	Detail string // e.g. the exclusion's name
}

// Miss is a target that is not met.
type Miss struct {
	Target Target
	Kind   string  // "effective" or "presence"
	Got    float64 // share reached
}

// Station is a proposed 红色驿站 in a place of heavy footfall.
type Station struct {
	Rank      int
	Candidate Candidate
	Score     float64            // captured footfall after overlap, index points (or people a day when observed)
	Parts     map[string]float64 // score before overlap by generator kind; "residents", "road" included
	Observed  bool               // the score rests on counted people
	Kept      float64            // share of sensitivity runs that choose it; negative = not run
}

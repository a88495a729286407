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
	Bands    []Band    // when they pass, in any order; nil = counted by the day alone, or not at all
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

	Way  Way   // how a site comes about here
	Site int32 // the existing site that is upgraded; only for Upgrade
}

// Way is how a site comes about.
type Way string

// The ways of building of the Kunshan standard.
const (
	Build   Way = "new"     // 新建: a new building on a bare cell
	Convert Way = "convert" // 改建: in a host place
	Upgrade Way = "upgrade" // 功能提升: an existing site is brought up to standard
)

// Target is what a year asks of a tier. Shares are 0..1; negative = not asked.
type Target struct {
	Year      int
	Tier      int
	Effective float64 // share of people covered at the year's end
	Presence  float64 // share of owner-level regions with a qualifying site at the year's end
	Upgraded  float64 // share of the tier's sites of today that the plan has upgraded by the year's end; 0 = not asked
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
	Year      int // whose money pays for it
	OpenYear  int // at whose end it is first counted as open: Year + Options.LeadYears
	Tier      int
	Candidate int // index into Plan.Candidates
	Cost      Yuan
	Gained    coverage.People // people newly covered by it when it opens, in plan order
	Reason    string          // machine word: "coverage", "presence" or "upgrade"; reports translate it
	Way       Way

	Second    coverage.People // Backup only: people whom it gives a second site within the limit, in plan order
	Within    coverage.People // people within the tier's limit of it, whoever else serves them
	Owner     int32           // owner-level region that it gives its first qualifying site, -1 = none
	Parent    *Link           // the site of the parent tier that it belongs to; nil = no parent tier, or none anywhere
	Pinned    bool            // asked for by a Pin
	Preferred bool            // the tier's rules prefer it
	RunnerUp  *RunnerUp       // the best place that could have stood in for it; nil when there is none
}

// Reasons of a Pick: which of coverage and presence is worth more in the plan's objective. A tie is coverage.
const (
	ForCoverage = "coverage"
	ForPresence = "presence"
	ForUpgrade  = "upgrade" // neither: an existing site is brought up to standard
)

// RunnerUp is the best candidate that is not in the plan and that would do part of a pick's work: at the pick's place in
// the plan's order it would newly cover some of the same people or give the same region its first site.
type RunnerUp struct {
	Candidate int // index into Plan.Candidates
	Cost      Yuan
	Gained    coverage.People // people it would newly cover in the pick's stead
	Owner     int32           // owner-level region that it would give its first qualifying site, -1 = none
}

// Weights are the values that the objective of a plan counts with.
type Weights struct {
	Person   float64 // value of a person-year of the tier
	Presence float64 // value of a year in which an owner-level region owns a qualifying site, in person-years
}

// TierYear is where a tier stands at the end of a year, if the plan is followed.
type TierYear struct {
	Covered   coverage.People // people covered
	Effective float64         // share of people covered; NaN without people
	Bound     float64         // no plan with the same money and rules can exceed this share at the end of this year
	Target    float64         // asked share; negative = none
	Owning    int             // owner-level regions with a qualifying site
	Required  int
	Presence  float64 // asked presence share; negative = none

	Upgraded      int     // sites of today that the plan has upgraded
	Existing      int     // sites of today
	UpgradeTarget float64 // asked share of them; 0 = none
	UpgradeBound  float64 // no plan with the same money and rules can upgrade a larger share; 0 where none may be upgraded

	PresenceBound float64 // no plan with the same money and rules can make the owning share larger; negative where none is required
}

// Year is the outcome of one year of the rollout: the money of that year, and what is open at its end. The years run from
// the first budget to the one in which the last money has become sites, so that the last may have no budget of its own.
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
	Objective  float64 // value added to what stands today: person-years newly covered and region-years newly owning, times Weights, and what Prefer adds
	// Bound: no plan with the same money and rules can exceed it, whether it meets the targets or not. Targets come before
	// the objective, so where they take much of the money the gap includes their price.
	Bound float64
	Gap   float64 // (Bound - Objective) / Bound
	// Shortfall is what the plan misses of targets and the like, weighted, in the solver's unit; 0 = it meets all.
	Shortfall int64
	Missed    []Miss        // targets that the plan does not meet
	Quotas    []QuotaState  // of Problem.Quotas, by quota and region
	Loads     []Load        // what the sites have to serve at the plan's end, of tiers with a capacity
	Late      *Pilots       // pilots that do not get the first year's money; nil = none
	Groups    []GroupWeight // who counts more in Objective and Bound, as asked
	Unfair    []int32       // regions of Problem.Fair that get nothing by its year, ascending
	Links     []Link        // every site of today and of the plan whose tier has a parent, by tier, sites of today by ID first
	Seed      uint64

	Stopped    bool      // the search was ended before its gap, its proof and its iterations
	Iterations int       // bound iterations that the search used
	Considered int       // host places and cells that were looked at: candidates and rejected ones
	LeadYears  int       // as asked
	Weights    []Weights // per tier, as used
	Reason     Reason    // why it is infeasible

	Changing   []int32           // existing sites whose ledger opens or closes them after the reporting date and before the plan's end; the plan counts them as on the reporting date
	OutOfReach []coverage.People // per tier: people whom no open site and no candidate reaches, whatever the money
	NoPlace    [][]int32         // per tier: owner-level regions without a qualifying site and without a candidate, ascending
}

// Rejection says why a place or cell is no candidate.
type Rejection struct {
	ID     string
	Name   string
	Point  orb.Point
	Tier   int    // index of the tier that it is rejected for, or AllTiers
	Reason string // machine word: "exclusion", "no_road", "outside" ...
	Detail string // e.g. the exclusion's name
}

// Miss is a target that is not met.
type Miss struct {
	Target Target
	Kind   string  // "effective", "presence" or "upgraded"
	Got    float64 // share reached
	Bound  float64 // no plan with the same money and rules reaches a larger share; below the target = proved out of reach
}

// Station is a proposed 红色驿站 in a place of heavy footfall.
type Station struct {
	Rank      int // 1 = captures most beside the stations before it
	Candidate Candidate
	Score     float64            // captured footfall after overlap, index points (or people a day when observed)
	Parts     map[string]float64 // score before overlap by generator kind; "residents", "road" included
	Observed  bool               // at least half of the score before overlap rests on counted people
	Kept      float64            // share of sensitivity runs that put a station here or within half the catchment; negative = not run
	Road      string             // class of the main road it stands at, e.g. "primary"; "" = none
	// ByHour is who comes in each hour of the day, open or not, of the places around it that were counted by the hour: people a day, before
	// overlap. nil = there is no such place.
	ByHour []float64
}

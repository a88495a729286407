package data

import (
	"sitecover/geo/network"
	"sitecover/siting"
	"sitecover/siting/solve"
)

// PlanSpec says how money becomes sites.
type PlanSpec struct {
	LeadYears int           // years from the money to the first year at whose end a site counts as open; default 1
	Fair      *siting.Fair  // every region of a level gets something by a year; nil = not asked
	Unspent   solve.Unspent // what becomes of money that a year does not spend; default it lapses

	Quotas []QuotaSpec       // what regions get at least and at most; may be empty
	Pilots *PilotSpec        // what comes first; nil = nothing
	Groups []GroupWeightSpec // who counts more in the objective, in the order of the file; may be empty
}

// QuotaSpec is a quota as written.
type QuotaSpec struct {
	siting.Quota          // without Regions
	Names        []string // ids of regions; nil = every region of the level
	Share        float64  // of the whole budget, instead of Money; negative = not asked
	Line         int      // in the YAML
}

// PilotSpec names what gets the first year's money.
type PilotSpec struct {
	Regions    []string // ids
	Candidates []string // IDs
	Line       int      // in the YAML
}

// GroupWeightSpec is how many people a member of a group counts as.
type GroupWeightSpec struct {
	Group  string // of the population files
	Weight float64
	Line   int // in the YAML
}

// PinSpec asks that the plan holds a site.
type PinSpec struct {
	Candidate string // ID
	Tier      int    // index of Tiers; siting.AllTiers = whichever is best
	Year      int    // of the money; 0 = whichever is best
	Line      int    // in the YAML
}

// GroundSpec is what the ground must offer to a new site of a tier; nil and empty fields ask for nothing.
type GroundSpec struct {
	Road    *RoadSpec
	Place   *PlaceSpec
	People  *siting.PeopleWithin
	Regions []string // IDs
}

// RoadSpec asks for a road near by.
type RoadSpec struct {
	Classes []network.Class
	Within  float64 // metres
}

// PlaceSpec asks for a place near by.
type PlaceSpec struct {
	Kinds  []string
	Within float64 // metres
}

// PreferSpec makes candidates near a place worth more.
type PreferSpec struct {
	PlaceSpec
	Worth float64 // people a year
}

// ScenarioSpec is a variant of the study by name: what it does not set is as in the study.
type ScenarioSpec struct {
	Name      string
	Budgets   []siting.Budget // nil = the study's
	Ban       []string        // beside the study's
	Pin       []PinSpec       // beside the study's
	Spacing   float64         // of every tier; negative = the study's
	MinPeople float64         // of every tier; negative = the study's
	Plan      PlanSpec
	HostsOnly bool // no bare cells
	NoTargets bool // targets are left out
	Line      int  // in the YAML
}

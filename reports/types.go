package reports

import (
	"time"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
	"sitecover/siting"
)

// Study is everything a report shows. Reports compute nothing new: they only arrange, count and draw.
type Study struct {
	Name      string
	Date      time.Time // reporting date
	Synthetic bool      // made data: said on every page and map
	Notice    string    // 审图号 or "for internal planning" line
	Seed      uint64
	Version   string // of the program

	Regions    *geo.Regions
	Grid       *grid.Grid
	Roads      *network.Roads // base map; may be nil
	Tiers      []coverage.Tier
	Sites      []coverage.Site
	Places     []siting.Place
	Exclusions []siting.Exclusion
	Demand     *coverage.Demand
	Coverage   *coverage.Result
	Gaps       []coverage.Gap
	Plan       *siting.Plan       // nil when the study asks for none
	Rules      PlanRules          // what Plan was asked by regions and groups
	Stations   []siting.Station   // 红色驿站
	StationSet *siting.StationSet // how good Stations are together, and the places passed over; nil = not told

	// ServedFrom tells, for each tier and demand point, in which year's end the plan first serves it; 0 = served already, or
	// never. May be nil: the plan map then shows the new sites without the cells they serve.
	ServedFrom [][]int

	Speeds   []float64 // km/h of every tier's way of travelling, to tell metres as minutes; 0 or left out = not told
	Tracking *Tracking // targets year by year; nil = not tracked

	Assumptions []Assumption
	Inputs      []Input
	Findings    []Finding

	Measures       // what else the study tells
	Theme    Theme // how the report looks
}

// Assumption is a number or rule that shaped the result.
type Assumption struct {
	Key     string // e.g. "walk.speed"
	ZH, EN  string // what it is
	Value   string // with its unit; in English where it is words
	ValueZH string // where it is words; "" = Value
	Source  string // e.g. "GB 50180-2018", "study.yaml:31"; in English where it is words
	// SourceZH is the source where it is words; "" = Source.
	SourceZH string
	Default  bool // not set by the user
}

// Input is one file the result rests on.
type Input struct {
	Path   string // relative to the study file
	SHA256 string
	Bytes  int64
	Rows   int
	CRS    string
	// Columns lists how the columns of a table were taken: "name=单位名称"; nil for other files.
	Columns []string
	Role    string // boundaries, population, roads, sites, places, exclusions
}

// Finding is something noticed in the inputs that a reader should know.
type Finding struct {
	Severity string // "warning" or "info"
	Where    string // file and row
	ZH, EN   string
}

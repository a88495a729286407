package data

import (
	"time"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/network"
	"sitecover/siting"
)

// Study is a checked study.yaml: what is asked, of which files, with every default filled in. Paths are relative to Dir.
type Study struct {
	Path      string // of the YAML file
	Dir       string // its folder
	Name      string
	Date      time.Time // reporting date
	Language  string    // "zh" or "en"
	Synthetic bool      // the data is made, not of a real place
	Notice    string    // 审图号 or "for internal planning" line on every map
	Seed      uint64

	Levels      []geo.Level  // coarsest first
	Areas       []AreaSource // may be empty: the study area is then the population's cells
	Population  []PopulationSource
	Roads       []RoadSource // may be empty only if every tier is straight
	Sites       []SiteSource
	Places      []PlaceSource
	Exclusions  []ExclusionSource
	Entities    []EntitySource      // demand of its own besides the residents
	Residential []ResidentialSource // land to measure coverage by, besides people
	Codes       []CodeSource        // the national list of division codes, for `check` alone
	Buildings   []BuildingSource    // where people live inside of what they are counted by
	Spread      string              // SpreadAuto (default) or SpreadArea
	Zones       []ZoneSource        // areas of special kinds, to be named where gaps touch them

	Resolution int    // H3, 7..11
	Placement  string // where the people of a cell stand: PlaceFrontage (default) or PlacePoint
	Modes      []network.Mode
	Tiers      []TierSpec
	Targets    []siting.Target // Tier indexes Tiers
	Budgets    []siting.Budget // ascending years
	Candidates CandidateSpec
	Plan       PlanSpec
	Scenarios  []ScenarioSpec // by name in the order written
	Tracking   TrackSpec
	Stations   *StationSpec // nil = no 红色驿站 asked

	Report ReportSpec // how the report looks and reads

	Standard *StandardUse      // the standard that fills what the study leaves out; nil = none
	From     map[string]Origin // YAML key path -> where the standard says it, for every value filled from it

	Set map[string]int // YAML key path ("grid.resolution") -> line, for every key the user wrote; the rest are defaults
}

// Source is one input file and how to read it.
type Source struct {
	File   string            // relative to the study's folder
	CRS    string            // as geo/crs names it: "wgs84", "cgcs2000", "gcj02", "bd09", "epsg:4528"; "" = what the file says, else wgs84
	Axes   string            // AxesXY (default) or AxesYX
	Repair bool              // repair invalid polygons of boundaries and exclusions; each repair is a finding with its change of area
	Fields map[string]string // our field -> the file's column or property, where they differ
	Layer  string            // of a GeoPackage or TopoJSON file with several; "" = the only one
	Line   int               // in the YAML, for messages
}

// AreaSource is a file of boundaries.
type AreaSource struct {
	Source
	Level string // level ID of the whole file; "" = Fields["level"] tells it per feature
	// ByCode tells the level of a feature by the digits of its code: 2, 4, 6, 9 or 12 once the zeros behind it are off.
	ByCode bool
	// ParentByCode finds parents by the beginning of the code before it asks the shapes.
	ParentByCode bool
	// LevelValues maps the values of the level property to level IDs, e.g. "8": community. Features of other values are
	// left out, and counted.
	LevelValues map[string]string
}

// PopulationSource is a file of people.
type PopulationSource struct {
	Source
	Kind    string        // "h3" cells, "points", "polygons", "totals" per region, or "raster" (people a pixel)
	Density string        // of a raster: PixelPeople (default), PerKm2 or PerHectare
	Groups  []GroupColumn // columns that count groups of these people, or of a raster the rasters that do, as written; nil = none
}

// RoadSource is a file of roads: OSM's PBF or XML, or features of lines.
type RoadSource struct {
	Source
	NoFerries bool // leave ferries out: crossings that one pays or waits for
}

// CodeSource is a national list of division codes (GB/T 2260 or the statistical codes) of one year.
type CodeSource struct {
	Source
	Year int // of the list
}

// SiteSource is a ledger of existing sites: .csv or .xlsx.
type SiteSource struct {
	Source
	Sheet string            // Excel sheet; "" = the first
	Tier  string            // tier ID of the whole file; "" = the tier column tells it
	Tiers map[string]string // value of the tier column -> tier ID, where they differ
	// Outside says what becomes of sites outside the study area: OutsideRefuse (default), OutsideKeep (they serve people
	// inside, and belong to no region) or OutsideDrop. Kept and dropped ones are counted.
	Outside string
	// Locate says what becomes of sites without a position: LocateRefuse (default), or LocateRegion: they are put inside the region that
	// their row names, marked and counted.
	Locate string
}

// What becomes of a site without a position.
const (
	LocateRefuse = "refuse"
	LocateRegion = "region"
)

// What becomes of a site outside the study area.
const (
	OutsideRefuse = "refuse"
	OutsideKeep   = "keep"
	OutsideDrop   = "drop"
)

// PlaceSource is a file of places: .geojson or .csv.
type PlaceSource struct {
	Source
	Kind  string            // of the whole file; "" = the kind column or OSM tags tell it
	Kinds map[string]string // value of the kind column -> our kind, where they differ
	Of    bool              // no places of its own: counts of passers-by at places of the other files, by their id or a unique name
	Bands []BandColumn      // columns that count passers-by by the hour, by their beginning; nil = those that tell their times themselves
}

// ExclusionSource is a GeoJSON file of land where nothing may be built.
type ExclusionSource struct {
	Source
	Kind string
}

// TierSpec is a tier as the study asks for it.
type TierSpec struct {
	coverage.Tier
	Cost  siting.Yuan // of one new site without a host
	Host  siting.Yuan // of one new site in a host place; defaults to Cost
	Hosts []string    // place kinds that may host it; empty = every kind
	Cells bool        // bare cells may host it (default true)

	ParentWithin float64          // metres to a site of the parent tier; 0 = not asked
	Capacity     *siting.Capacity // people a site can serve; nil = not told
	Upgrades     bool             // open sites may be upgraded (upgrade_cost is set)
	Upgrade      siting.Yuan      // cost of an upgrade
	MinPeople    float64          // of candidates; defaults to that of CandidateSpec
	Spacing      float64          // metres; defaults to that of CandidateSpec
	Weight       float64          // value of a person-year against the other tiers, default 1
	Presence     float64          // value of a region-year with a qualifying site, in people; 0 = the mean people of a region, negative = none
	Must         GroundSpec       // what the ground must offer
	Avoid        []string         // kinds of exclusions that forbid the tier; nil = every kind
	Prefer       *PreferSpec      // which candidates are worth more; nil = none
}

// CandidateSpec bounds the search for new sites.
type CandidateSpec struct {
	MinPeople float64   // a bare cell needs this many people within the tier's reach area of its own cell; default 1
	Spacing   float64   // metres between sites of one tier, existing ones included; 0 = none
	Pin       []PinSpec // sites that every plan holds
	Ban       []string  // candidate IDs that no plan may hold
}

// StationSpec asks for 红色驿站 candidates.
type StationSpec struct {
	Count     int
	Catchment float64            // metres on foot, default 300
	Spacing   float64            // metres between stations, default 1,000
	Weights   map[string]float64 // place kind -> index points; "residents" per 100 people, "road" per class step

	ExistingTiers []int        // indexes of tiers whose open sites are stations that stand already
	ExistingKinds []string     // kinds of places that are
	Workers       []WorkerSpec // in the order they are written

	Hours     *coverage.Week // when new stations are open; nil = all day
	HoursText string         // as written
}

// WorkerSpec is a group of people who work out of doors, as a source of footfall of its own.
type WorkerSpec struct {
	ID       string   // such as "couriers"
	Weight   float64  // index points per 100 of them, default 10
	Entities []string // kinds of entities whose headcount they are
	Group    string   // group of the population that they are; "" = none
	Line     int
}

// Dataset is everything a study reads, checked and in WGS84. Immutable.
type Dataset struct {
	Study       *Study
	Regions     *geo.Regions
	Population  coverage.Population
	Roads       *network.Roads // nil when no roads are given
	Sites       []coverage.Site
	Places      []siting.Place
	Exclusions  []siting.Exclusion
	Entities    []coverage.Entity
	Zones       []coverage.Zone
	Residential []orb.MultiPolygon
	Inputs      []Input
	Findings    []Finding
}

// Input is one file that was read.
type Input struct {
	Path   string // relative to the study file
	SHA256 string
	Bytes  int64
	Rows   int
	CRS    string
	// Columns lists how the columns of a table were taken: "name=单位名称", our field first; nil for other files.
	Columns []string
	Role    string // study, boundaries, population, roads, sites, places, exclusions, entities, zones, residential
}

// Finding is something odd in the inputs that does not stop the study.
// Problems of the inputs that do stop it are findings of severity "error" in Examination only.
type Finding struct {
	Severity string // SeverityError, SeverityWarning or SeverityInfo
	Code     string // stable, one of Codes
	File     string
	Layer    string // layer or sheet of the file, as the study names it
	Row      int    // the file's own row or feature number, 0 = the file as a whole
	Field    string // column or property, "" = none
	Value    string // what stands there
	What     Text
	Hint     Text       // what to do; may be empty
	At       *orb.Point // WGS84 lon, lat of where it is; nil where it is nowhere in particular
	Repair   *Repair    // what `check --fix` does about it; nil = nothing
}

// Values of Study.Placement.
const (
	PlaceFrontage = "frontage" // along the streets inside the cell, by their length, so that a cell can be partly covered
	PlacePoint    = "point"    // at one point, the middle of the cell or of its part in a region
)

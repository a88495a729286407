package reports

import (
	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/siting"
)

// Measures are what a study can tell besides who is covered today: each is empty where the study gives nothing to measure, and
// the report then says nothing about it.
type Measures struct {
	Fixes      []siting.Fix               // what would close each gap; parallel to Study.Gaps
	Offers     []siting.Candidate         // the candidates that Fixes point into
	Hours      [][]coverage.HoursCoverage // per tier, moment by moment
	Land       []coverage.LandCoverage    // residential land, per tier
	Entities   []coverage.Entity          // parks, towers, enterprises, markets
	Served     []coverage.TierEntities    // what each tier does for Entities
	Zones      []coverage.Zone            // special areas that gaps may touch
	Catchments [][]coverage.Catchment     // the land of every open site, per tier
	Reach      [][]ReachBand              // land within reach of the open sites, per tier, the smallest first
	Footfall   []float64                  // per grid cell: footfall of the places and residents in it, in index points or people a day
	Frontier   [][]siting.FrontierPoint   // coverage against money, per tier; an empty one was not worked out
	Assessment *Assessment                // open sites against the study's standard
}

// ReachBand is the land from which an open site of a tier is reached within a limit, on the roads.
type ReachBand struct {
	Limit geo.Limit
	Shape orb.MultiPolygon // WGS84 longitude, latitude
}

// Bilingual is a short text in both languages; English may be empty, and Chinese then stands for it.
type Bilingual struct{ ZH, EN string }

// Assessment says how the open sites stand against a standard.
type Assessment struct {
	Standard Bilingual
	Grades   []Bilingual // lowest first
	Axes     []Bilingual // the lists of requirements, in the standard's order: the axes of a site's radar
	Cards    []SiteCard  // by site
}

// SiteCard is the assessment of one site.
type SiteCard struct {
	Site         int32 // index into Study.Sites
	Grade        int   // index into Assessment.Grades, -1 = none reached
	Must, Should Tally
	Withdrawn    bool // the ledger states a ground of withdrawal
	Axes         []Tally
	Lacks        []Lack // required items that are below, or that the ledger does not tell
	Next         *NextGrade
}

// Tally counts requirements by what the ledger says.
type Tally struct{ Pass, Below, Unknown int }

// Of returns how many there are in all.
func (t Tally) Of() int { return t.Pass + t.Below + t.Unknown }

// Lack is a required item that a site does not show to meet.
type Lack struct {
	No        string // number in the document
	Name      Bilingual
	Clause    string
	Unknown   bool   // the ledger does not tell
	Got, Want string // "" = yes or no
}

// NextGrade is what stands between a site and its next grade.
type NextGrade struct {
	Grade   int // index into Assessment.Grades
	Missing int // required items that are below
	Unknown int // required items that the ledger does not tell
	More    int // recommended items still to be met
	Cost    siting.Yuan
	Priced  bool // Cost is known
}

// Theme is how a study wants its report to look and read. The zero Theme is the house's own.
type Theme struct {
	Title    string            // in place of the study's name
	Subtitle string            // in place of the line above the title
	Logo     []byte            // PNG, JPEG or SVG; nil = none
	LogoType string            // media type of Logo
	Accent   string            // colour of what needs attention or is proposed, "#rrggbb"; "" = the house's red
	Hue      string            // colour of coverage, "#rrggbb"; "" = the house's blue
	Sections []string          // of SectionIDs, in order; nil = all of them
	Texts    map[string]string // texts put in place of the house's: TextIDs
	Base     *BaseMap          // online base map; nil = none, and the file asks for nothing
}

// BaseMap is an online map drawn under the study's own, for readers who have a network. Tiles are Web Mercator.
type BaseMap struct {
	Name  string   `json:"name"`  // shown in the list of layers and in the source line
	URLs  []string `json:"urls"`  // tiles drawn one over the other, with {z}, {x}, {y}
	GCJ02 bool     `json:"gcj02"` // the tiles are shifted (GCJ-02): the page shifts each tile back
	Max   int      `json:"max"`   // deepest zoom level that the tiles come in
}

package coverage

import (
	"time"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
)

// People is a number of people in millionths of a person. Fixed point makes every sum exact: regions add up to their
// parents and separately computed areas to the whole, in any order. The largest value is about 9.2e12 people.
type People int64

// Person is one person.
const Person People = 1_000_000

// Float returns the number of people.
func (p People) Float() float64 { return float64(p) / float64(Person) }

// Tier is one service standard of the network, such as 党群服务中心 / 站 / 点.
type Tier struct {
	ID         string
	Name       string
	Limit      geo.Limit // service radius: metres or seconds
	Mode       string    // travel mode ID (see network.Mode), or Straight for great circles only
	MinArea    float64   // minimum floor area in m², 0 = none asked
	OwnerLevel int       // index of the region level whose every region must own one; -1 = none
	Parent     int       // index of the tier it belongs to; -1 = none
	Nested     bool      // sites of the tiers above it stand in for its own; see Site.Serves
}

// Straight as a tier's mode measures great-circle distances instead of paths on the road network.
const Straight = "straight"

// Site is an existing site of the service network.
type Site struct {
	ID        string // unique within the study
	Name      string
	Tier      int       // index into the study's tiers
	Point     orb.Point // WGS84 longitude, latitude
	Region    int32     // deepest region that contains it, -1 outside all (refused by default)
	FloorArea float64   // m²; negative = not known
	Staff     float64   // people who work there; negative = not known
	Opened    time.Time // zero = open since before the records
	Closed    time.Time // zero = not closed; closed ON this day
	Hours     *Week     // when it is open in an ordinary week; nil = not known
	Located   bool      // its ledger tells no position: it stands in the middle of the region that it names
}

// OpenOn reports whether the site serves on the date.
func (s Site) OpenOn(date time.Time) bool {
	return !s.Opened.After(date) && (s.Closed.IsZero() || s.Closed.After(date))
}

// Population is what the sources say about where people live, before it is put on the grid.
type Population struct {
	Cells  []CellCount
	Points []PointCount
	Totals []RegionTotal // control totals; sources are scaled to them region by region
	Groups []GroupCount  // how many of all these belong to each group; nil = no groups are told apart
	// Weights tell where the people of cells and of totals without other people live; nil = evenly over the area.
	Weights []PlaceWeight
}

// PlaceWeight is what one place weighs when people of an area around it are spread: such as the floor area of a building.
type PlaceWeight struct {
	Point  orb.Point // WGS84
	Weight float64   // at least 0, in any unit
}

// CellCount is people counted in an H3 cell of any resolution.
type CellCount struct {
	Cell   h3.Cell
	People float64
}

// PointCount is people counted at a place.
type PointCount struct {
	Point  orb.Point // WGS84
	People float64
}

// RegionTotal is the official number of people of a region.
type RegionTotal struct {
	Region int32
	People float64
}

// Demand is where people are: one entry per inhabited part of a cell (a cell that straddles regions has one part per
// region). Struct of arrays, all of one length, ordered as the grid's parts. Immutable.
type Demand struct {
	Point  []orb.Point // WGS84; representative point of the part
	People []People
	Region []int32 // deepest region
	Cell   []int32 // index into the grid's cells

	Groups []DemandGroup // nil when the study tells no groups apart
}

// Len returns the number of demand points.
func (d *Demand) Len() int { return len(d.People) }

// Service is the answer for one tier: who is served by what.
type Service struct {
	Tier      int
	Open      []int32         // indexes of the sites that serve the tier (Site.Serves) and are open on the reporting date, ascending
	Matrix    *geo.CostMatrix // rows parallel to Open
	Nearest   []int32         // per demand point: index of the nearest open site within the limit, -1 = none
	Cost      []geo.Impedance // per demand point: impedance to it, geo.Unreachable = none within the limit
	Reach     []int32         // per demand point: number of open sites within the limit
	Circle    []bool          // per demand point: inside a great circle of the same radius (minutes: see CircleSpeed)
	Connected []bool          // per demand point: snapped to the mode's road network within max_access
}

// Covered reports whether demand point i is within the tier's limit of an open site.
func (s *Service) Covered(i int) bool { return s.Nearest[i] >= 0 }

// Indicators are the figures of one region and one tier. A total is computed from the people, never a mean of means.
type Indicators struct {
	People      People // who live there
	Covered     People // of them within the limit of an open site, whichever region owns it
	Unconnected People // of them farther than max_access from any usable road: counted as not covered
	Circle      People // covered if great circles were believed
	OverClaim   People // covered by a circle but not by the network

	Cells        int // inhabited cells whose largest part lies in the region
	CoveredCells int // of them with at least half of their people covered; the others are gap cells

	Open          int // open sites of the tier in the region
	Qualifying    int // of them with the minimum floor area
	BelowStandard int // open but smaller than the minimum
	AreaUnknown   int // open, a minimum is asked, and the ledger does not tell the area

	StandIns int // open sites of higher tiers in the region that stand in for the tier's own; not among Open

	Required int // regions of the tier's owner level in (or being) this region; 0 = presence does not apply here
	Owning   int // of them that own a qualifying site, of the tier or standing in for it
}

// Effective returns 有效覆盖, the share of people covered; ok is false for a region without people (n/a, never 0 or 100 %).
func (x Indicators) Effective() (share float64, ok bool) {
	if x.People == 0 {
		return 0, false
	}
	return float64(x.Covered) / float64(x.People), true
}

// Presence returns 有形覆盖, the share of regions of the owner level that own a qualifying site; ok is false where none is
// required.
func (x Indicators) Presence() (share float64, ok bool) {
	if x.Required == 0 {
		return 0, false
	}
	return float64(x.Owning) / float64(x.Required), true
}

// Result is the coverage of a study on its reporting date.
type Result struct {
	Date     time.Time
	Services []Service      // one per tier
	Region   [][]Indicators // [tier][region]
	Total    []Indicators   // [tier], the whole study area
	Blank    [][]int32      // [tier] regions of the owner level without a qualifying site, by region index (空白点)

	Unconnected [][]int32 // [tier] open sites that would serve it, farther than max_access from any usable road: they serve nobody by road
	Scattered   []People  // [tier] uncovered people of cells that count as covered: in no gap. Gaps + Scattered + Covered = People

	Groups [][]GroupCoverage // [tier][group of the demand]; nil when the demand tells no groups apart
}

// Gap is a connected group of inhabited cells whose people are outside every service area of a tier.
type Gap struct {
	ID      string // stable: the tier and the lowest cell index of the group
	Rank    int    // 1 = most people, within its tier
	Tier    int
	Cells   []int32  // grid cells, ascending
	People  People   // uncovered people
	Groups  []People // of them the members of each group of the demand; nil when it tells none apart
	Region  int32    // the deepest region that holds most of these people
	Touches []int32  // every deepest region with uncovered people of the gap, ascending
	Centre  orb.Point
	Place   string           // name of the nearest named place, "" when there is none
	Site    int32            // nearest open site of the tier by great circle, -1 = none
	Metres  float64          // great-circle distance to it
	Shape   orb.MultiPolygon // the cells dissolved

	Zones []ZoneTouch // special areas that it touches, most people first; set by MarkZones
}

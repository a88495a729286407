package run

import (
	"fmt"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
)

// The views are what `--json` prints, and what the tables on the terminal are made from: one set of figures for both.
// People are numbers of persons with up to six decimals; shares are 0..1 and null where there is nothing to share;
// coordinates are WGS84 longitude, latitude; money is 元.

// Total is the number of people on the grid.
func Total(d *coverage.Demand) coverage.People {
	var sum coverage.People
	for _, p := range d.People {
		sum += p
	}
	return sum
}

// CoverageReport is the coverage of a study.
type CoverageReport struct {
	Study string         `json:"study"`
	Date  string         `json:"date"`
	Tiers []TierCoverage `json:"tiers"`

	Overloaded []LoadView `json:"overloaded,omitempty"` // sites with more people nearest to them than they can serve
}

// TierCoverage is the coverage of one tier: the total and every region of every level.
type TierCoverage struct {
	ID      string           `json:"id"`
	Name    string           `json:"name"`
	Mode    string           `json:"mode"`
	Limit   string           `json:"limit"`
	Nested  bool             `json:"nested,omitempty"` // sites of higher tiers stand in for its own
	Total   IndicatorView    `json:"total"`
	Regions []RegionCoverage `json:"regions"`
	Blank   []RegionRef      `json:"blank"`

	TotalDetail *DetailView `json:"totalDetail,omitempty"`
	TotalGroups []GroupView `json:"totalGroups,omitempty"`
	TotalHours  []HoursView `json:"totalHours,omitempty"`
	TotalLand   *LandView   `json:"totalResidentialLand,omitempty"`
}

// RegionCoverage is a region and its figures.
type RegionCoverage struct {
	RegionRef
	IndicatorView
	Detail *DetailView `json:"detail,omitempty"`
	Groups []GroupView `json:"groups,omitempty"`
	Hours  []HoursView `json:"hours,omitempty"`
	Land   *LandView   `json:"residentialLand,omitempty"`
}

// RegionRef names a region.
type RegionRef struct {
	Level  string `json:"level"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"`
}

// IndicatorView is coverage.Indicators for people to read.
type IndicatorView struct {
	People        float64  `json:"people"`
	Covered       float64  `json:"covered"`
	Effective     *float64 `json:"effective"`
	Unconnected   float64  `json:"unconnected"`
	Circle        float64  `json:"circle"`
	OverClaim     float64  `json:"overClaim"`
	Cells         int      `json:"cells"`
	CoveredCells  int      `json:"coveredCells"`
	Open          int      `json:"open"`
	Qualifying    int      `json:"qualifying"`
	BelowStandard int      `json:"belowStandard"`
	AreaUnknown   int      `json:"areaUnknown"`
	Required      int      `json:"required"`
	Owning        int      `json:"owning"`
	Presence      *float64 `json:"presence"`
	StandIns      int      `json:"standIns,omitempty"` // open sites of higher tiers that count for a nested tier; not among open
}

// CoverageView tells the coverage of the session, which must have been computed.
func CoverageView(s *Session) CoverageReport {
	v := CoverageReport{Study: s.Study.Name, Date: s.Study.Date.Format("2006-01-02"), Overloaded: s.Overloaded()}
	for i, t := range s.tiers {
		tc := TierCoverage{ID: t.ID, Name: t.Name, Mode: t.Mode, Limit: LimitText(t.Limit), Nested: t.Nested, Total: indicators(s.Result.Total[i]), Blank: []RegionRef{}}
		for r := range s.Data.Regions.All {
			tc.Regions = append(tc.Regions, RegionCoverage{RegionRef: s.Ref(int32(r)), IndicatorView: indicators(s.Result.Region[i][r])})
		}
		for _, r := range s.Result.Blank[i] {
			tc.Blank = append(tc.Blank, s.Ref(r))
		}
		v.Tiers = append(v.Tiers, tc)
	}
	return v
}

// Ref names region r; an index below 0 gives the empty reference.
func (s *Session) Ref(r int32) RegionRef {
	if r < 0 {
		return RegionRef{}
	}
	all := s.Data.Regions.All
	ref := RegionRef{Level: s.Data.Regions.Levels[all[r].Level].ID, ID: all[r].ID, Name: all[r].Name}
	if p := all[r].Parent; p >= 0 {
		ref.Parent = all[p].ID
	}
	return ref
}

// LimitText writes a service radius: "1000 m" or "15 min".
func LimitText(l geo.Limit) string {
	if l.Metric == geo.Seconds {
		return fmt.Sprintf("%g min", l.Max.Value()/60)
	}
	return fmt.Sprintf("%g m", l.Max.Value())
}

func share(v float64, ok bool) *float64 {
	if !ok {
		return nil
	}
	return &v
}

func indicators(x coverage.Indicators) IndicatorView {
	return IndicatorView{
		People: x.People.Float(), Covered: x.Covered.Float(), Effective: share(x.Effective()),
		Unconnected: x.Unconnected.Float(), Circle: x.Circle.Float(), OverClaim: x.OverClaim.Float(),
		Cells: x.Cells, CoveredCells: x.CoveredCells,
		Open: x.Open, Qualifying: x.Qualifying, BelowStandard: x.BelowStandard, AreaUnknown: x.AreaUnknown,
		Required: x.Required, Owning: x.Owning, Presence: share(x.Presence()), StandIns: x.StandIns,
	}
}

// GapReport lists the gap areas.
type GapReport struct {
	Study string    `json:"study"`
	Date  string    `json:"date"`
	Gaps  []GapView `json:"gaps"`
}

// GapView is one gap area.
type GapView struct {
	ID          string      `json:"id"`
	Tier        string      `json:"tier"`
	Rank        int         `json:"rank"`
	People      float64     `json:"people"`
	Cells       []string    `json:"cells"`
	Region      RegionRef   `json:"region"`
	Touches     []RegionRef `json:"touches"`
	Place       string      `json:"nearestPlace,omitempty"`
	Lon         float64     `json:"lon"`
	Lat         float64     `json:"lat"`
	NearestSite string      `json:"nearestSite,omitempty"`
	Metres      *float64    `json:"nearestSiteMetres"`
	Groups      []float64   `json:"groups,omitempty"` // uncovered members, in the order of the study's groups
	Zones       []ZoneView  `json:"zones,omitempty"`
	Fix         *GapFix     `json:"fix,omitempty"`
}

// ZoneView is a special zone that a gap touches.
type ZoneView struct {
	Name   string  `json:"name"`
	Kind   string  `json:"kind"`
	People float64 `json:"people"`
}

// GapsView tells the gaps of the session, which must have been found.
func GapsView(s *Session) GapReport {
	v := GapReport{Study: s.Study.Name, Date: s.Study.Date.Format("2006-01-02"), Gaps: []GapView{}}
	for _, g := range s.Gaps {
		view := GapView{ID: g.ID, Tier: s.tiers[g.Tier].ID, Rank: g.Rank, People: g.People.Float(), Region: s.Ref(g.Region),
			Place: g.Place, Lon: g.Centre[0], Lat: g.Centre[1], Cells: cellIDs(s.Grid, g.Cells), Touches: []RegionRef{}}
		for _, r := range g.Touches {
			view.Touches = append(view.Touches, s.Ref(r))
		}
		for _, p := range g.Groups {
			view.Groups = append(view.Groups, p.Float())
		}
		for _, z := range g.Zones {
			view.Zones = append(view.Zones, ZoneView{s.Data.Zones[z.Zone].Name, s.Data.Zones[z.Zone].Kind, z.People.Float()})
		}
		if g.Site >= 0 {
			view.NearestSite, view.Metres = s.Data.Sites[g.Site].ID, share(g.Metres, true)
		}
		v.Gaps = append(v.Gaps, view)
	}
	return v
}

func cellIDs(g *grid.Grid, cells []int32) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = g.Cells[c].String()
	}
	return out
}

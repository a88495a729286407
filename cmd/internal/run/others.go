package run

import (
	"context"
	"slices"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/siting"
)

// The views of this file tell coverage by other measures than residents at all hours: groups of people, hours of the week,
// residential land, and entities such as parks and towers. Each is empty where the study gives nothing to measure.

// GroupView is the coverage of one group of people.
type GroupView struct {
	Group       string   `json:"group"`
	People      float64  `json:"people"`
	Covered     float64  `json:"covered"`
	Effective   *float64 `json:"effective"`
	Unconnected float64  `json:"unconnected"`
}

// HoursView is what is covered at one moment of the week.
type HoursView struct {
	Moment    string    `json:"moment"`
	Words     data.Text `json:"-"` // the moment as people say it
	Open      int       `json:"open"`
	Closed    int       `json:"closed"`
	Unknown   int       `json:"hoursUnknown"`
	Covered   float64   `json:"covered"`
	Possible  float64   `json:"possible"` // with the sites whose hours are not known
	Effective *float64  `json:"effective"`
}

// LandView is residential land, in hectares.
type LandView struct {
	Hectares  float64  `json:"hectares"`
	Covered   float64  `json:"coveredHectares"`
	Effective *float64 `json:"effective"`
}

func groupView(id string, x coverage.GroupFigures) GroupView {
	return GroupView{id, x.People.Float(), x.Covered.Float(), share(x.Effective()), x.Unconnected.Float()}
}

func hoursView(c coverage.HoursCoverage, x coverage.HoursFigures) HoursView {
	return HoursView{c.Moment.ID, data.Text{ZH: c.Moment.ZH, EN: c.Moment.EN}, c.Open, c.Closed, c.Unknown, x.Covered.Float(), x.Possible.Float(), share(x.Effective())}
}

func landView(x coverage.LandFigures) *LandView {
	return &LandView{x.Area.SquareMetres() / 1e4, x.Covered.SquareMetres() / 1e4, share(x.Effective())}
}

// AddOthers fills groups, hours and residential land of a coverage report, as far as the study has them. Hours need the opening
// hours of at least one site.
func (s *Session) AddOthers(ctx context.Context, v *CoverageReport) error {
	for t := range s.Result.Groups {
		for _, g := range s.Result.Groups[t] {
			v.Tiers[t].TotalGroups = append(v.Tiers[t].TotalGroups, groupView(g.ID, g.Total))
			for r := range g.Region {
				v.Tiers[t].Regions[r].Groups = append(v.Tiers[t].Regions[r].Groups, groupView(g.ID, g.Region[r]))
			}
		}
	}
	if err := s.addHours(v); err != nil {
		return err
	}
	if len(s.Data.Residential) == 0 {
		return nil
	}
	land, err := coverage.ResidentialLand(ctx, s.Grid, s.Data.Regions, s.Data.Residential)
	if err != nil {
		return err
	}
	covered, err := coverage.CoverLand(ctx, s.input(), land)
	if err != nil {
		return err
	}
	for t := range covered {
		v.Tiers[t].TotalLand = landView(covered[t].Total)
		for r := range covered[t].Region {
			v.Tiers[t].Regions[r].Land = landView(covered[t].Region[r])
		}
	}
	return nil
}

// knowsHours reports whether the hours of any site are known.
func (s *Session) knowsHours() bool {
	return slices.ContainsFunc(s.Data.Sites, func(site coverage.Site) bool { return site.Hours != nil })
}

func (s *Session) addHours(v *CoverageReport) error {
	if !s.knowsHours() {
		return nil
	}
	hours, err := coverage.ByHours(s.input(), s.Result, coverage.DefaultMoments())
	if err != nil {
		return err
	}
	for t := range hours {
		for _, c := range hours[t] {
			v.Tiers[t].TotalHours = append(v.Tiers[t].TotalHours, hoursView(c, c.Total))
			for r := range c.Region {
				v.Tiers[t].Regions[r].Hours = append(v.Tiers[t].Regions[r].Hours, hoursView(c, c.Region[r]))
			}
		}
	}
	return nil
}

// EntityReport is what every tier does for parks, towers, enterprises and markets.
type EntityReport struct {
	Study string       `json:"study"`
	Tiers []TierEntity `json:"tiers"`
}

// TierEntity is one tier's service of entities.
type TierEntity struct {
	Tier     string       `json:"tier"`
	Name     string       `json:"name"`
	Kinds    []KindView   `json:"kinds"`
	Entities []EntityView `json:"entities"`
}

// KindView counts the entities of one kind.
type KindView struct {
	Kind      string   `json:"kind"`
	Entities  int      `json:"entities"`
	Covered   int      `json:"covered"`
	Effective *float64 `json:"effective"`
	Heads     float64  `json:"headcount"`
	Reached   float64  `json:"headcountCovered"`
	Unknown   int      `json:"headcountUnknown"`
}

// EntityView is one entity and its nearest site.
type EntityView struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Kind    string    `json:"kind"`
	Region  RegionRef `json:"region"`
	Covered bool      `json:"covered"`
	Site    string    `json:"nearestSite,omitempty"`
	Cost    *float64  `json:"cost"` // in the tier's unit, m or s
}

// Entities tells which entities each tier covers.
func (s *Session) Entities(ctx context.Context) (*EntityReport, error) {
	if err := s.network(ctx); err != nil {
		return nil, err
	}
	tiers, err := coverage.Entities(ctx, s.input(), s.Data.Entities)
	if err != nil {
		return nil, err
	}
	out := &EntityReport{Study: s.Study.Name}
	for t, x := range tiers {
		v := TierEntity{Tier: s.tiers[t].ID, Name: s.tiers[t].Name, Kinds: []KindView{}, Entities: []EntityView{}}
		for _, k := range x.Kinds {
			v.Kinds = append(v.Kinds, KindView{k.Kind, k.Total.Entities, k.Total.Covered, share(k.Total.Effective()), k.Total.Heads.Float(), k.Total.Reached.Float(), k.Total.Unknown})
		}
		for i, e := range x.Service {
			entity := s.Data.Entities[i]
			view := EntityView{ID: entity.ID, Name: entity.Name, Kind: entity.Kind, Region: s.Ref(entity.Region), Covered: e.Covered}
			if e.Site >= 0 {
				view.Site, view.Cost = s.Data.Sites[e.Site].ID, reached(e.Cost)
			}
			v.Entities = append(v.Entities, view)
		}
		out.Tiers = append(out.Tiers, v)
	}
	return out, nil
}

// GapFix is what would close a gap.
type GapFix struct {
	Nearest   *FixView `json:"nearest"`
	Cheapest  *FixView `json:"cheapest"`
	Sites     int      `json:"sitesTogether"`
	Cost      int64    `json:"costTogetherYuan"`
	Covered   float64  `json:"peopleTogether"`
	Reachable float64  `json:"peopleReachable"`
}

// AddFixes tells for every gap what would close it.
func (s *Session) AddFixes(ctx context.Context, v *GapReport) error {
	found, err := s.Candidates(ctx)
	if err != nil {
		return err
	}
	fixes, err := siting.FixGaps(ctx, s.World(), s.Gaps, found, s.Rules())
	if err != nil {
		return err
	}
	one := func(f siting.FixSite) *FixView {
		if f.Candidate < 0 {
			return nil
		}
		c := found.All[f.Candidate]
		return &FixView{c.ID, c.Name, c.Point[0], c.Point[1], f.Metres, int64(f.Cost), f.People.Float()}
	}
	for i, f := range fixes {
		v.Gaps[i].Fix = &GapFix{one(f.Nearest), one(f.Cheapest), len(f.Sites), int64(f.Cost()), f.Covered().Float(), f.Reachable.Float()}
	}
	return nil
}

package run

import (
	"context"
	"errors"
	"slices"

	"sitecover/data"
	"sitecover/data/standard"
)

// ErrNoStandard: neither the study nor the question names a standard.
var ErrNoStandard = errors.New("run: the study names no standard")

// AssessReport says how every open site stands against the study's standard.
type AssessReport struct {
	Study    string           `json:"study"`
	Standard string           `json:"standard"`
	Date     string           `json:"date"`
	Grades   []GradeView      `json:"grades"` // lowest first
	Sites    []SiteAssessment `json:"sites"`
	Regions  []AssessRegion   `json:"regions"` // every region with a site, and the study area as a whole first
	Skipped  []Skipped        `json:"skipped"` // open sites of tiers that the standard does not have
}

// GradeView is a grade of the standard.
type GradeView struct {
	ID      string        `json:"id"`
	Name    standard.Name `json:"name"`
	Default bool          `json:"default"` // its conditions are a default, not the document's
}

// SiteAssessment is one site's card.
type SiteAssessment struct {
	ID     string               `json:"id"`
	Name   string               `json:"name"`
	Region *RegionRef           `json:"region"`
	Score  *float64             `json:"score"` // share of required items that pass; null where none is required
	Result *standard.Assessment `json:"assessment"`
}

// AssessRegion is the sum over the sites in a region.
type AssessRegion struct {
	RegionRef
	Sites     int            `json:"sites"`
	Grades    map[string]int `json:"grades"` // reached: grade -> sites
	None      int            `json:"none"`   // sites without any grade
	Withdrawn int            `json:"withdrawn"`
	Must      standard.Tally `json:"must"`
	Should    standard.Tally `json:"should"`
	Cost      int64          `json:"costYuan"`    // of the next grade for all sites whose cost is known
	NoPrice   int            `json:"costUnknown"` // sites with something missing and no price for it
}

// Skipped is a site that was not assessed.
type Skipped struct {
	ID   string `json:"id"`
	Tier string `json:"tier"`
}

// Assess checks the open sites against a standard: the study's own, or the one named, an id or a file. Values of the ledger that cannot be
// read are data.InputErrors.
func (s *Session) Assess(ctx context.Context, name string) (*AssessReport, error) {
	p, err := s.standard(name)
	if err != nil {
		return nil, err
	}
	rows, err := data.Ledger(ctx, s.Data)
	if err != nil {
		return nil, err
	}
	out := &AssessReport{Study: s.Study.Name, Standard: p.ID, Date: s.Study.Date.Format("2006-01-02"), Grades: []GradeView{}, Sites: []SiteAssessment{}, Skipped: []Skipped{}}
	for _, g := range p.Grades {
		out.Grades = append(out.Grades, GradeView{g.ID, g.Name, g.Default})
	}
	sums := newAssessSums(s)
	columns := map[int]*standard.Columns{}
	var problems standard.Problems
	for _, row := range rows {
		site := s.Data.Sites[row.Site]
		if !site.OpenOn(s.Study.Date) {
			continue
		}
		tier := s.Study.Tiers[site.Tier].ID
		if p.Tier(tier) == nil {
			out.Skipped = append(out.Skipped, Skipped{site.ID, tier})
			continue
		}
		if columns[row.Source] == nil {
			named := map[string]string{}
			if c := s.Study.Sites[row.Source].Fields["area"]; c != "" && p.Field("area") != nil {
				named["area"] = c
			}
			if columns[row.Source], err = p.Columns(row.Header, named); err != nil {
				return nil, data.StandardErrors(err)
			}
		}
		a, err := columns[row.Source].Assess(standard.Record{File: row.File, Row: row.Row, Tier: tier, Cells: row.Cells})
		if err != nil {
			if problems = problems.Join(err); len(problems) >= data.MaxErrors {
				break
			}
			continue
		}
		view := SiteAssessment{ID: site.ID, Name: site.Name, Result: a}
		if site.Region >= 0 {
			ref := s.Ref(site.Region)
			view.Region = &ref
		}
		if score, ok := a.Score(); ok {
			view.Score = &score
		}
		out.Sites = append(out.Sites, view)
		sums.add(site.Region, a)
	}
	if len(problems) > 0 {
		return nil, data.StandardErrors(problems)
	}
	out.Regions = sums.list()
	return out, nil
}

// standard is the standard named, or else the study's.
func (s *Session) standard(name string) (*standard.Profile, error) {
	if name != "" {
		p, err := standard.Load(name)
		return p, data.StandardErrors(err)
	}
	if s.Study.Standard == nil {
		return nil, ErrNoStandard
	}
	return s.Study.Standard.Profile, nil
}

// assessSums adds up sites by region. Index 0 is the study area, i+1 region i.
type assessSums struct {
	s   *Session
	all []AssessRegion
}

func newAssessSums(s *Session) *assessSums {
	out := &assessSums{s: s, all: make([]AssessRegion, len(s.Data.Regions.All)+1)}
	out.all[0].RegionRef = RegionRef{Name: s.Study.Name}
	for i := range s.Data.Regions.All {
		out.all[i+1].RegionRef = s.Ref(int32(i))
	}
	return out
}

func (x *assessSums) add(region int32, a *standard.Assessment) {
	at := []int32{-1}
	if region >= 0 {
		at = append(at, x.s.Data.Regions.Path(region)...)
	}
	for _, i := range at {
		r := &x.all[i+1]
		r.Sites++
		if r.Grades == nil {
			r.Grades = map[string]int{}
		}
		if a.Grade != nil {
			r.Grades[a.Grade.ID]++
		} else {
			r.None++
		}
		if len(a.Withdrawn) > 0 {
			r.Withdrawn++
		}
		r.Must = r.Must.Plus(a.Must)
		r.Should = r.Should.Plus(a.Should)
		if a.Next != nil && a.Next.Cost != nil {
			r.Cost += int64(*a.Next.Cost)
		} else if a.Next != nil {
			r.NoPrice++
		}
	}
}

func (x *assessSums) list() []AssessRegion {
	return slices.DeleteFunc(x.all, func(r AssessRegion) bool { return r.Sites == 0 })
}

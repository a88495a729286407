package run

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/geo"
	"sitecover/siting"
)

// FindStations looks for places of 红色驿站, where the study asks for them.
func (s *Session) FindStations(ctx context.Context) error {
	if s.Stations != nil || s.Study.Stations == nil {
		return nil
	}
	if err := s.Coverage(ctx); err != nil {
		return err
	}
	if err := s.checkWorkers(); err != nil {
		return err
	}
	rules := s.stationRules()
	if rules.Mode != coverage.Straight {
		if err := s.graph(ctx, rules.Mode, geo.Metres); err != nil {
			return err
		}
	}
	s.stage("按人流选红色驿站", "choosing red stations by footfall")
	var err error
	s.Stations, err = siting.FindStations(ctx, s.World(), rules)
	return err
}

func (s *Session) stationRules() siting.StationRules {
	spec := s.Study.Stations
	rules := siting.DefaultStationRules()
	rules.Count, rules.Catchment, rules.Spacing, rules.Weights = spec.Count, spec.Catchment, spec.Spacing, spec.Weights
	rules.Seed, rules.Hours = s.Study.Seed, spec.Hours
	if s.Data.Roads == nil {
		rules.Mode = coverage.Straight
	}
	rules.Existing = s.standing()
	for _, w := range spec.Workers {
		rules.Workers = append(rules.Workers, siting.WorkerGroup{ID: w.ID, Weight: w.Weight, At: s.workersAt(w)})
	}
	return rules
}

// standing are the stations that stand already: open sites of the tiers that are stations, then places of the kinds that are.
func (s *Session) standing() (out []coverage.Site) {
	spec := s.Study.Stations
	for _, site := range s.Data.Sites {
		if site.OpenOn(s.Study.Date) && slices.Contains(spec.ExistingTiers, site.Tier) {
			out = append(out, site)
		}
	}
	for _, p := range s.Data.Places {
		if slices.Contains(spec.ExistingKinds, p.Kind) {
			out = append(out, coverage.Site{ID: p.ID, Name: p.Name, Point: p.Point, Region: p.Region})
		}
	}
	return out
}

// workersAt are the members of a group of workers: headcounts of entities, and members of a group of the population.
func (s *Session) workersAt(w data.WorkerSpec) (out []siting.Workers) {
	for _, e := range s.Data.Entities {
		if slices.Contains(w.Entities, e.Kind) && e.Headcount > 0 {
			out = append(out, siting.Workers{Point: e.Point, Heads: e.Headcount.Float()})
		}
	}
	for _, g := range s.Demand.Groups {
		if g.ID != w.Group {
			continue
		}
		for i, people := range g.People {
			if people > 0 {
				out = append(out, siting.Workers{Point: s.Demand.Point[i], Heads: people.Float()})
			}
		}
	}
	return out
}

// checkWorkers refuses workers whom the inputs do not hold: they would silently count for nothing.
func (s *Session) checkWorkers() error {
	var errs data.InputErrors
	fail := func(w data.WorkerSpec, key, value string, what, hint data.Text) {
		errs = append(errs, &data.InputError{File: filepath.Base(s.Study.Path), Row: w.Line, Field: "stations.workers." + w.ID + key, Value: value, What: what, Hint: hint})
	}
	var groups []string
	for _, g := range s.Demand.Groups {
		groups = append(groups, g.ID)
	}
	for _, w := range s.Study.Stations.Workers {
		if w.Group != "" && !slices.Contains(groups, w.Group) {
			fail(w, ".group", w.Group, data.T("人口文件里没有这一人群", "is no group of the population"), data.T("现有：%s", "there are: %s", strings.Join(groups, ", ")))
		}
		for _, kind := range w.Entities {
			known, counted := false, false
			for _, e := range s.Data.Entities {
				known, counted = known || e.Kind == kind, counted || e.Kind == kind && e.Headcount >= 0
			}
			switch {
			case !known:
				fail(w, ".entities", kind, data.T("没有这种实体", "is no kind of the entities"), data.T("写 entities 里的种类", "give a kind of entities"))
			case !counted:
				fail(w, ".entities", kind, data.T("这种实体都没有人数", "has no entity with a headcount"), data.T("在实体文件里填人数", "fill in the headcounts of the entities"))
			}
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// StationReport lists the proposed 红色驿站.
type StationReport struct {
	Study    string           `json:"study"`
	Stations []StationView    `json:"stations"`
	Standing int              `json:"existing"` // stations that stand already
	Counted  bool             `json:"counted"`  // scores are people a day; else index points
	Score    float64          `json:"score"`    // of all together
	Bound    float64          `json:"bound"`    // no set of stations under the same rules captures more
	Gap      float64          `json:"gap"`
	Hours    StationHoursView `json:"hours"`
	Rejected map[string]int   `json:"rejected"` // by reason
	Passed   []PassedView     `json:"rejectedPlaces,omitempty"`
}

// PassedView is a place that gets no station.
type PassedView struct {
	Candidate string  `json:"candidate"`
	Name      string  `json:"name,omitempty"`
	Lon       float64 `json:"lon"`
	Lat       float64 `json:"lat"`
	Reason    string  `json:"reason"`
	Detail    string  `json:"detail,omitempty"`
	Score     float64 `json:"score"` // what it would add beside the proposed ones
	// Kept is the share of sensitivity runs that choose this very place; null = not run, or no station may stand here.
	Kept *float64 `json:"keptShare"`
}

// StationView is one proposed 红色驿站.
type StationView struct {
	Rank      int                `json:"rank"`
	Candidate string             `json:"candidate"`
	Host      string             `json:"host,omitempty"`
	Lon       float64            `json:"lon"`
	Lat       float64            `json:"lat"`
	Region    RegionRef          `json:"region"`
	Score     float64            `json:"score"`
	Observed  bool               `json:"observed"`
	Parts     map[string]float64 `json:"parts"`
	Kept      *float64           `json:"keptShare"`
	ByHour    []float64          `json:"byHour,omitempty"` // counted people who come in each hour of the day, before overlap; only where places around it are counted by the hour
}

// StationHoursView tells what is known of the hours of the footfall.
type StationHoursView struct {
	Open   string   `json:"open,omitempty"` // when the stations are open, as the study says; "" = all day
	ByHour int      `json:"countedByHour"`  // places
	ByDay  int      `json:"countedByDay"`   // places that were counted by the day alone
	Share  *float64 `json:"openShare"`      // of the people counted by the hour: the part that passes while the stations are open; null = nobody was counted so
}

// StationsView tells the stations of the session, which must have been found; with rejected also every place that gets none.
func StationsView(s *Session, withRejected bool) StationReport {
	set := s.Stations
	v := StationReport{Study: s.Study.Name, Stations: []StationView{}, Standing: set.Standing, Counted: set.Counted, Score: set.Score, Bound: set.Bound, Gap: set.Gap, Rejected: map[string]int{}}
	h := set.Hours
	v.Hours = StationHoursView{s.Study.Stations.HoursText, h.ByHour, h.ByDay, asked(h.Share)}
	for _, st := range set.Stations {
		c := st.Candidate
		v.Stations = append(v.Stations, StationView{Rank: st.Rank, Candidate: c.ID, Host: c.Name, Lon: c.Point[0], Lat: c.Point[1],
			Region: s.Ref(c.Region), Score: st.Score, Observed: st.Observed, Parts: st.Parts, Kept: asked(st.Kept), ByHour: st.ByHour})
	}
	for _, p := range set.Passed {
		v.Rejected[p.Reason]++
		if withRejected {
			v.Passed = append(v.Passed, PassedView{p.ID, p.Name, p.Point[0], p.Point[1], p.Reason, p.Detail, p.Score, asked(p.Kept)})
		}
	}
	return v
}

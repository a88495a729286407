package run

import (
	"context"

	"sitecover/coverage"
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
	rules := s.stationRules()
	if rules.Mode != coverage.Straight {
		if err := s.graph(ctx, rules.Mode, geo.Metres); err != nil {
			return err
		}
	}
	s.stage("按人流选红色驿站", "choosing red stations by footfall")
	var err error
	s.Stations, err = siting.FindStations(ctx, s.World(), rules)
	if s.Stations == nil {
		s.Stations = []siting.Station{}
	}
	return err
}

func (s *Session) stationRules() siting.StationRules {
	spec := s.Study.Stations
	rules := siting.DefaultStationRules()
	rules.Count, rules.Catchment, rules.Spacing, rules.Weights = spec.Count, spec.Catchment, spec.Spacing, spec.Weights
	rules.Seed = s.Study.Seed
	if s.Data.Roads == nil {
		rules.Mode = coverage.Straight
	}
	return rules
}

// StationReport lists the proposed 红色驿站.
type StationReport struct {
	Study    string        `json:"study"`
	Stations []StationView `json:"stations"`
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
}

// StationsView tells the stations of the session, which must have been found.
func StationsView(s *Session) StationReport {
	v := StationReport{Study: s.Study.Name, Stations: []StationView{}}
	for _, st := range s.Stations {
		c := st.Candidate
		v.Stations = append(v.Stations, StationView{Rank: st.Rank, Candidate: c.ID, Host: c.Name, Lon: c.Point[0], Lat: c.Point[1],
			Region: s.Ref(c.Region), Score: st.Score, Observed: st.Observed, Parts: st.Parts, Kept: asked(st.Kept)})
	}
	return v
}

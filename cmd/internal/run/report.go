package run

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/geo"
	"sitecover/reports"
)

// ReportOptions of a report.
type ReportOptions struct {
	Lang    string   // "zh" or "en"
	Layers  []string // formats of the map layers; nil = reports.DefaultLayers
	CRS     string   // of the map layers; "" = WGS84
	Version string   // of the program
	Asked   []string // the flags of the command, for the manifest
	Brief   bool     // also the Word brief
	PDF     bool     // also the page as PDF
	Browser string   // that prints it; looked up when empty

	Frontier bool   // coverage against money even where the study is large
	Ledger   string // file of the ledger over time, for the pages of yearly tracking; "" = snapshots of the study's folder, if there are any
}

// Report runs what is left of the study and writes the report into a folder.
func (s *Session) Report(ctx context.Context, dir string, o ReportOptions) error {
	if err := s.All(ctx); err != nil {
		return err
	}
	if err := s.measure(ctx, o); err != nil {
		return err
	}
	if err := s.track(ctx, o.Ledger); err != nil {
		return err
	}
	study := s.Arranged(o.Version)
	var err error
	if study.Theme, err = s.theme(); err != nil {
		return err
	}
	s.stage("写出报告", "writing the report")
	return reports.Write(ctx, dir, study, reports.Options{Lang: o.Lang, Layers: o.Layers, CRS: o.CRS, Brief: o.Brief, PDF: o.PDF, Browser: o.Browser,
		Manifest: func(files []reports.Written) ([]byte, error) { return s.manifest(ctx, MadeByReport, dir, o, files) }})
}

// All computes everything that a report shows.
func (s *Session) All(ctx context.Context) error {
	for _, step := range []func(context.Context) error{s.FindGaps, s.Rollout, s.FindStations} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Arranged is the study as the reports take it.
func (s *Session) Arranged(version string) *reports.Study {
	out := &reports.Study{
		Name: s.Study.Name, Date: s.Study.Date, Synthetic: s.Study.Synthetic, Notice: s.Study.Notice,
		Seed: s.Study.Seed, Version: version,
		Regions: s.Data.Regions, Grid: s.Grid, Roads: s.Data.Roads, Tiers: s.tiers, Sites: s.Data.Sites,
		Places: s.Data.Places, Exclusions: s.Data.Exclusions, Demand: s.Demand, Coverage: s.Result,
		Gaps: s.Gaps, Plan: s.Plan, Rules: s.planRules(), ServedFrom: s.servedFrom(), Assumptions: s.Assumptions(), Tracking: s.Tracking,
	}
	for _, t := range s.tiers {
		speed := 0.0
		if mode, onRoads := s.modes[t.Mode]; onRoads && t.Limit.Metric == geo.Metres {
			speed = coverage.CircleSpeed(mode)
		}
		out.Speeds = append(out.Speeds, speed)
	}
	if s.Stations != nil {
		out.Stations, out.StationSet = s.Stations.Stations, s.Stations
	}
	if s.measures != nil {
		out.Measures = *s.measures
	}
	out.Zones = s.Data.Zones // gaps name them, whatever else was measured
	for _, in := range s.Data.Inputs {
		out.Inputs = append(out.Inputs, reports.Input(in))
	}
	for _, e := range s.unread {
		what := data.T("未作达标评定：%s", "sites were not assessed: %s", "")
		out.Findings = append(out.Findings, reports.Finding{Severity: "warning", Where: e.File, ZH: what.ZH + e.In("zh"), EN: what.EN + e.In("en")})
	}
	for _, f := range s.Findings() {
		out.Findings = append(out.Findings, reports.Finding{Severity: f.Severity, Where: where(f), ZH: f.What.ZH, EN: f.What.EN})
	}
	return out
}

// servedFrom tells, per tier and demand point, the year from whose end on the plan serves it; 0 = served today, or never.
func (s *Session) servedFrom() [][]int {
	if s.Plan == nil {
		return nil
	}
	out := make([][]int, len(s.tiers))
	rows := make([]map[string]int, len(s.tiers))
	for t := range s.tiers {
		out[t], rows[t] = make([]int, s.Demand.Len()), map[string]int{}
		for row, i := range s.found.Serving[t] {
			rows[t][s.found.All[i].ID] = row
		}
	}
	for _, pick := range s.Plan.Picks {
		row, ok := rows[pick.Tier][s.Plan.Candidates[pick.Candidate].ID]
		if !ok {
			continue // no candidate of this search: an upgrade serves nobody anew
		}
		columns, _ := s.found.Reach[pick.Tier].Row(row)
		for _, i := range columns {
			if s.Result.Services[pick.Tier].Nearest[i] < 0 && out[pick.Tier][i] == 0 {
				out[pick.Tier][i] = pick.OpenYear
			}
		}
	}
	return out
}

// Findings are what was noticed in the inputs, by the readers and when people came onto the grid.
func (s *Session) Findings() []data.Finding {
	return append(slices.Clone(s.Data.Findings), s.spreadFindings()...)
}

// Output is one written file.
type Output struct {
	Path   string `json:"path"` // relative to the folder, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Written lists the files of a folder by path.
func Written(dir string) ([]Output, error) {
	var out []Output
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		out = append(out, Output{filepath.ToSlash(rel), int64(len(content)), hex.EncodeToString(sum[:])})
		return nil
	})
	slices.SortFunc(out, func(a, b Output) int { return cmp.Compare(a.Path, b.Path) })
	return out, err
}

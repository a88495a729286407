package run

import (
	"encoding/json"
	"path/filepath"
	"time"

	"sitecover/data"
	"sitecover/reports"
)

// ReportManifest tells what a report was made of, so that anyone can check it later: every input with its hash and every decision about it, the
// program and its options, and every output. It holds no clock: the same inputs, options and program give the same bytes.
type ReportManifest struct {
	Format      int                  `json:"format"`
	Program     string               `json:"program"`
	Version     string               `json:"version"`
	Study       string               `json:"study"`
	StudyFile   string               `json:"studyFile"` // relative to the folder of the manifest, with slashes
	Date        string               `json:"date"`
	Seed        uint64               `json:"seed"`
	Options     ManifestOptions      `json:"options"`
	Inputs      []ManifestInput      `json:"inputs"`
	Findings    []ManifestDecision   `json:"findings"` // about people on the grid, which belong to no single file
	Assumptions []ManifestAssumption `json:"assumptions"`
	Outputs     []reports.Written    `json:"outputs"`
}

// manifestFormat is the version of the layout of manifest.json.
const manifestFormat = 1

// ManifestOptions are the options that shape the outputs.
type ManifestOptions struct {
	Lang       string   `json:"lang"`
	Layers     []string `json:"layers"`
	CRS        string   `json:"crs"`
	Brief      bool     `json:"brief"`
	Frontier   bool     `json:"frontier"`
	Gap        float64  `json:"gap"`
	Iterations int      `json:"iterations"`
	Stopped    bool     `json:"stopped"` // searches were ended early by hand: nobody can run that again
	Time       string   `json:"time"`    // limit of the searches; the outputs may then differ between machines. "0s" = none
}

// ManifestInput is one input file.
type ManifestInput struct {
	Path      string             `json:"path"` // as the study names it
	Role      string             `json:"role"`
	SHA256    string             `json:"sha256"`
	Bytes     int64              `json:"bytes"`
	Rows      int                `json:"rows"`
	CRS       string             `json:"crs"`
	Columns   []string           `json:"columns,omitempty"`
	Decisions []ManifestDecision `json:"decisions"`
}

// ManifestDecision is a repair, a guess, or something left out, in both languages.
type ManifestDecision struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	File     string `json:"file,omitempty"`
	Row      int    `json:"row,omitempty"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
}

// ManifestAssumption is a number or rule that shaped the results.
type ManifestAssumption struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Source  string `json:"source"`
	Default bool   `json:"default"` // not the user's own
}

// manifest describes a report that is about to be written into dir.
func (s *Session) manifest(dir string, o ReportOptions, files []reports.Written) ([]byte, error) {
	study, err := relative(dir, s.Study.Path)
	if err != nil {
		return nil, err
	}
	layers := o.Layers
	if layers == nil {
		layers = reports.DefaultLayers
	}
	m := ReportManifest{Format: manifestFormat, Program: "sitecover", Version: o.Version, Study: s.Study.Name, StudyFile: study,
		Date: s.Study.Date.Format(time.DateOnly), Seed: s.Study.Seed, Outputs: files, Inputs: []ManifestInput{}, Findings: []ManifestDecision{}, Assumptions: []ManifestAssumption{},
		Options: ManifestOptions{Lang: o.Lang, Layers: layers, CRS: o.CRS, Brief: o.Brief, Frontier: o.Frontier, Gap: s.opts.Search.Gap, Iterations: s.opts.Search.Iterations, Stopped: s.opts.Stop != nil && s.opts.Stop.Ended(), Time: s.opts.Search.Time.String()}}
	at := map[string]int{}
	for i, in := range s.Data.Inputs {
		at[in.Path] = i
		m.Inputs = append(m.Inputs, ManifestInput{Path: in.Path, Role: in.Role, SHA256: in.SHA256, Bytes: in.Bytes, Rows: in.Rows, CRS: in.CRS, Columns: in.Columns, Decisions: []ManifestDecision{}})
	}
	if logo := s.Study.Report.Logo; logo != "" {
		sum, err := hashFile(filepath.Join(s.Study.Dir, filepath.FromSlash(logo)))
		if err != nil {
			return nil, err
		}
		m.Inputs = append(m.Inputs, ManifestInput{Path: logo, Role: "logo", SHA256: sum, Decisions: []ManifestDecision{}})
	}
	for _, f := range s.Data.Findings {
		d := decision(f)
		if i, known := at[f.File]; known {
			d.File = ""
			m.Inputs[i].Decisions = append(m.Inputs[i].Decisions, d)
		} else {
			m.Findings = append(m.Findings, d)
		}
	}
	for _, f := range s.spreadFindings() {
		m.Findings = append(m.Findings, decision(f))
	}
	for _, a := range s.Assumptions() {
		m.Assumptions = append(m.Assumptions, ManifestAssumption{a.Key, a.Value, a.Source, a.Default})
	}
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

func decision(f data.Finding) ManifestDecision {
	return ManifestDecision{Severity: f.Severity, Code: f.Code, File: f.File, Row: f.Row, ZH: f.What.ZH, EN: f.What.EN}
}

// relative names a file as seen from a folder, with slashes; by its full path where there is no way from one to the other.
func relative(dir, file string) (string, error) {
	from, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(from, to)
	if err != nil { // another drive
		rel = to
	}
	return filepath.ToSlash(rel), nil
}

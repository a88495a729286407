package run

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sitecover/data"
	"sitecover/reports"
)

// Kinds of folders that hold a manifest, by the command that wrote them.
const (
	MadeByReport  = "report"
	MadeBySite    = "site"
	MadeByCompare = "compare"
	MadeByFix     = "check --fix"
	MadeByExport  = "track export"

	MadeByMap        = "map"
	MadeByIsochrones = "isochrones"
	MadeByCatchments = "catchments"
	MadeByFrontier   = "frontier"
	MadeByStatus     = "track status"
)

// outputFlags are the commands that are run again by the flags that they were asked with, and the flag of each that names what it writes.
var outputFlags = map[string]string{MadeBySite: "out", MadeByMap: "output", MadeByIsochrones: "output", MadeByCatchments: "output", MadeByFrontier: "csv", MadeByStatus: "xlsx"}

// OutputFlag is the flag of a command that names what it writes, "" = the command is made again in another way, or never.
func OutputFlag(command string) string { return outputFlags[command] }

// ReportManifest tells what a folder was made of, so that anyone can check it later: every input with its hash and every decision about it, the
// program and its options, and every output. It holds no clock: the same inputs, options and program give the same bytes.
type ReportManifest struct {
	Format      int                  `json:"format"`
	Program     string               `json:"program"`
	Version     string               `json:"version"`
	Command     string               `json:"command"` // that wrote the folder; "" (of older versions) = report
	Study       string               `json:"study"`
	StudyFile   string               `json:"studyFile"`            // relative to the folder of the manifest, with slashes
	BeforeFile  string               `json:"beforeFile,omitempty"` // of the study that is compared with, in the same way
	Given       []string             `json:"given,omitempty"`      // the two studies as they were typed: a comparison names them so
	Asked       []string             `json:"asked,omitempty"`      // the flags that the command was given, but for that of the output
	Ledger      *LedgerManifest      `json:"ledger,omitempty"`     // how far the ledger went that was exported
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
	Side      string             `json:"side,omitempty"` // "before" = of the study that is compared with
	SHA256    string             `json:"sha256"`
	Bytes     int64              `json:"bytes"`
	Rows      int                `json:"rows"`
	CRS       string             `json:"crs"`
	Columns   []string           `json:"columns,omitempty"`
	Decisions []ManifestDecision `json:"decisions"`
	RowSums   []*data.RowSums    `json:"rowSums,omitempty"` // by which verify tells the rows that were changed
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

// manifest describes a report, or the answer of site, that is about to be written into dir.
func (s *Session) manifest(ctx context.Context, command, dir string, o ReportOptions, files []reports.Written) ([]byte, error) {
	m, err := s.made(ctx, dir, o.Version)
	if err != nil {
		return nil, err
	}
	layers := o.Layers
	if layers == nil {
		layers = reports.DefaultLayers
	}
	m.Command, m.Asked, m.Outputs = command, o.Asked, files
	m.Options = ManifestOptions{Lang: o.Lang, Layers: layers, CRS: o.CRS, Brief: o.Brief, Frontier: o.Frontier, Gap: s.opts.Search.Gap, Iterations: s.opts.Search.Iterations, Stopped: s.opts.Stop != nil && s.opts.Stop.Ended(), Time: s.opts.Search.Time.String()}
	if logo := s.Study.Report.Logo; logo != "" && command == MadeByReport {
		sum, err := hashFile(filepath.Join(s.Study.Dir, filepath.FromSlash(logo)))
		if err != nil {
			return nil, err
		}
		m.Inputs = append(m.Inputs, ManifestInput{Path: logo, Role: "logo", SHA256: sum, Decisions: []ManifestDecision{}})
	}
	return m.text()
}

// SealedName is the manifest of an output that is one file: it stands beside it.
func SealedName(file string) string { return file + "." + reports.ManifestName }

// SealFile writes the manifest of a file that a command has written, beside it.
func (s *Session) SealFile(ctx context.Context, command, file string, o ReportOptions) error {
	return sealFile(file, func(dir string, list []reports.Written) ([]byte, error) {
		o.Layers = []string{}
		return s.manifest(ctx, command, dir, o, list)
	})
}

func sealFile(file string, manifest func(dir string, list []reports.Written) ([]byte, error)) error {
	sum, err := hashFile(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	text, err := manifest(filepath.Dir(file), []reports.Written{{Path: filepath.Base(file), Bytes: info.Size(), SHA256: sum}})
	if err != nil {
		return err
	}
	return WriteFile(SealedName(file), text)
}

// manifestOfComparison describes a comparison that is about to be written into dir. Its assumptions are those of the later study.
func manifestOfComparison(ctx context.Context, before, after *Session, dir string, o ReportOptions, files []reports.Written) ([]byte, error) {
	m, err := after.made(ctx, dir, o.Version)
	if err != nil {
		return nil, err
	}
	earlier, err := before.made(ctx, dir, o.Version)
	if err != nil {
		return nil, err
	}
	for _, in := range earlier.Inputs {
		in.Side = sideBefore
		m.Inputs = append(m.Inputs, in)
	}
	m.Findings = append(m.Findings, earlier.Findings...)
	m.Command, m.BeforeFile, m.Given, m.Outputs = MadeByCompare, earlier.StudyFile, []string{before.Study.Path, after.Study.Path}, files
	m.Options.Lang = o.Lang
	return m.text()
}

const sideBefore = "before"

// made tells what the study was made of, as seen from dir.
func (s *Session) made(ctx context.Context, dir, version string) (*ReportManifest, error) {
	m, err := madeOf(ctx, dir, s.Study, s.Data.Inputs, s.Findings())
	if err != nil {
		return nil, err
	}
	m.Version = version
	for _, a := range s.Assumptions() {
		m.Assumptions = append(m.Assumptions, ManifestAssumption{a.Key, a.Value, a.Source, a.Default})
	}
	return m, nil
}

// madeOf is a manifest of a study's inputs, as seen from dir; version, command, options and outputs are the caller's to add.
func madeOf(ctx context.Context, dir string, study *data.Study, inputs []data.Input, findings []data.Finding) (*ReportManifest, error) {
	m := newManifest()
	m.Study, m.Date, m.Seed = study.Name, study.Date.Format(time.DateOnly), study.Seed
	var err error
	if m.StudyFile, err = relative(dir, study.Path); err != nil {
		return nil, err
	}
	at := map[string]int{}
	for i, in := range inputs {
		at[in.Path] = i
		m.Inputs = append(m.Inputs, ManifestInput{Path: in.Path, Role: in.Role, SHA256: in.SHA256, Bytes: in.Bytes, Rows: in.Rows, CRS: in.CRS, Columns: in.Columns, Decisions: []ManifestDecision{},
			RowSums: rowSums(ctx, study, in.Path, study.LayersOf(in.Path))})
	}
	for _, f := range findings {
		d := decision(f)
		if i, known := at[f.File]; known {
			d.File = ""
			m.Inputs[i].Decisions = append(m.Inputs[i].Decisions, d)
		} else {
			m.Findings = append(m.Findings, d)
		}
	}
	return m, nil
}

// rowSums adds up the rows of an input, once for each layer that is read.
func rowSums(ctx context.Context, study *data.Study, name string, layers []string) (out []*data.RowSums) {
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(study.Dir, path)
	}
	if len(layers) == 0 {
		layers = []string{""}
	}
	for _, layer := range layers {
		if sums := data.SumRows(ctx, path, layer); sums != nil {
			out = append(out, sums)
		}
		if len(out) > 0 && out[0].Unit == data.UnitLine {
			break
		}
	}
	return out
}

func newManifest() *ReportManifest {
	return &ReportManifest{Format: manifestFormat, Program: "sitecover", Inputs: []ManifestInput{}, Findings: []ManifestDecision{}, Assumptions: []ManifestAssumption{},
		Options: ManifestOptions{Layers: []string{}, Time: "0s"}, Outputs: []reports.Written{}}
}

func (m *ReportManifest) text() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// seal writes the manifest of a folder that is complete but for it: what is there now are the outputs.
func (m *ReportManifest) seal(dir string) error {
	list, err := Written(dir)
	if err != nil {
		return err
	}
	for _, f := range list {
		m.Outputs = append(m.Outputs, reports.Written(f))
	}
	text, err := m.text()
	if err != nil {
		return err
	}
	return WriteFile(filepath.Join(dir, reports.ManifestName), text)
}

// SealExport writes the manifest of a folder into which a ledger was exported. Ledger is nil of a damaged one, whose end is not known.
func SealExport(dir, version, ledgerFile string, ledger *LedgerManifest) error {
	m := newManifest()
	m.Version, m.Command, m.Ledger = version, MadeByExport, ledger
	path, err := relative(dir, ledgerFile)
	if err != nil {
		return err
	}
	m.Inputs = append(m.Inputs, ManifestInput{Path: path, Role: roleLedger, Decisions: []ManifestDecision{}})
	return m.seal(dir)
}

// SealStatus writes the manifest of a yearly table beside it: the study, and the snapshots or the ledger that it was read from.
func (k *Tracker) SealStatus(ctx context.Context, file string, o ReportOptions) error {
	m, err := madeOf(ctx, filepath.Dir(file), k.Study, nil, nil)
	if err != nil {
		return err
	}
	m.Command, m.Version, m.Asked, m.Options.Lang = MadeByStatus, o.Version, o.Asked, o.Lang
	inputs := map[string]string{filepath.Base(k.Study.Path): "study"}
	if k.Store != nil {
		m.Ledger = &LedgerManifest{}
		if m.Ledger.LastEvent, m.Ledger.Hash, err = k.Store.Head(ctx); err != nil {
			return err
		}
		path, err := relative(k.Study.Dir, k.Store.Path())
		if err != nil {
			return err
		}
		m.Inputs = append(m.Inputs, ManifestInput{Path: path, Role: roleLedger, Decisions: []ManifestDecision{}})
	} else {
		kept, err := filepath.Glob(filepath.Join(k.folder(), snapPrefix+"*.json"))
		if err != nil {
			return err
		}
		for _, path := range kept {
			name, err := relative(k.Study.Dir, path)
			if err != nil {
				return err
			}
			inputs[name] = "snapshot"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		path := filepath.Join(k.Study.Dir, filepath.FromSlash(name))
		sum, err := hashFile(path)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		m.Inputs = append(m.Inputs, ManifestInput{Path: name, Role: inputs[name], SHA256: sum, Bytes: info.Size(), Decisions: []ManifestDecision{}})
	}
	return sealFile(file, func(_ string, list []reports.Written) ([]byte, error) {
		m.Outputs = list
		return m.text()
	})
}

// roleLedger is an input whose bytes change without its content: the hash of its last event stands for it.
const roleLedger = "ledger"

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

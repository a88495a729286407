package run

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sitecover/data"
	"sitecover/reports"
)

// Kinds of differences between a folder and what it says it was made of.
const (
	DiffVersion       = "version"        // another program
	DiffInputChanged  = "input-changed"  // an input has other bytes
	DiffInputMissing  = "input-missing"  // an input is gone
	DiffLedger        = "ledger"         // the ledger has gone on since
	DiffInputNew      = "input-new"      // the study reads a file that the report did not
	DiffOutputEdited  = "output-edited"  // a file of the folder has other bytes than the program wrote
	DiffOutputMissing = "output-missing" // a file of the folder is gone
	DiffResult        = "result"         // running the study again gives other bytes
	DiffResultNew     = "result-new"     // running the study again writes one more file
	DiffResultGone    = "result-gone"    // running the study again does not write the file
)

// Difference is one thing that is not as the manifest says.
type Difference struct {
	Kind string `json:"kind"`
	File string `json:"file,omitempty"`
	Was  string `json:"was,omitempty"` // hash or version
	Now  string `json:"now,omitempty"`

	Rows    *ChangedRows `json:"rows,omitempty"`    // of an input: what differs in it
	Figures []Figure     `json:"figures,omitempty"` // of an output: the first places that differ
}

// ChangedRows are the rows of an input that are not as they were; Last is less than First where rows are only gone.
type ChangedRows struct {
	Unit  string `json:"unit"`            // data.UnitLine, UnitRow or UnitFeature
	Sheet string `json:"sheet,omitempty"` // or layer
	First int    `json:"first"`
	Last  int    `json:"last"`
	Was   int    `json:"countWas"` // rows of the file
	Now   int    `json:"countNow"`
}

// Verification is the outcome of Verify.
type Verification struct {
	Folder      string       `json:"folder"`
	File        string       `json:"file,omitempty"` // the one file that was verified
	Command     string       `json:"command"`        // that wrote the folder
	Study       string       `json:"study"`
	StudyFile   string       `json:"studyFile"`
	Version     string       `json:"version"` // that made the report
	Same        bool         `json:"same"`
	Inputs      int          `json:"inputs"`
	Outputs     int          `json:"outputs"`
	Rerun       bool         `json:"rerun"`                // it was made again and compared; exports of ledgers never are
	LedgerHash  string       `json:"ledgerHash,omitempty"` // of the last event of the ledger that was exported
	Differences []Difference `json:"differences"`
}

// VerifyOptions of Verify.
type VerifyOptions struct {
	Options
	Study    string // the study file; "" = where the manifest says
	Version  string // of this program
	HashOnly bool   // compare hashes only, do not run the study again

	// Again runs a command once more with the flags that its manifest holds, on a study, and writes to out; nil = such outputs are only compared.
	Again func(ctx context.Context, m *ReportManifest, study, out string) error
}

// ErrManifest says that a folder has no manifest that this program reads.
var ErrManifest = errors.New("run: no manifest")

// ReadManifest reads the manifest of a folder, or of a file.
func ReadManifest(path string) (*ReportManifest, error) {
	name := filepath.Join(path, reports.ManifestName)
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		name = SealedName(path)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	defer file.Close() // read only
	const most = 256 << 20
	text, err := io.ReadAll(io.LimitReader(file, most))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	m := &ReportManifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if m.Program != "sitecover" || m.Format != manifestFormat || len(m.Outputs) == 0 {
		return nil, fmt.Errorf("%w: program %q, format %d", ErrManifest, m.Program, m.Format)
	}
	m.Command = cmp.Or(m.Command, MadeByReport)
	switch m.Command {
	case MadeByReport, MadeByFix, MadeBySite, MadeByMap, MadeByIsochrones, MadeByCatchments, MadeByFrontier, MadeByStatus:
		if m.StudyFile == "" {
			return nil, fmt.Errorf("%w: no studyFile", ErrManifest)
		}
	case MadeByCompare:
		if m.StudyFile == "" || m.BeforeFile == "" || len(m.Given) != 2 {
			return nil, fmt.Errorf("%w: not both studies", ErrManifest)
		}
	case MadeByExport:
	default:
		return nil, fmt.Errorf("%w: command %q", ErrManifest, m.Command)
	}
	return m, nil
}

// Verify reads the inputs of a folder again, makes it again with the same options, and lists what differs. Nothing is written but to a
// temporary folder. dir may also be a file that has its manifest beside it. Exported ledgers are only compared with their manifest, see makeable. Problems of the
// inputs are data.InputErrors; the differences found until then come with them.
func Verify(ctx context.Context, dir string, o VerifyOptions) (*Verification, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	file := ""
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir, file = filepath.Dir(dir), filepath.Base(dir)
	}
	at := studies{after: o.Study, before: named(dir, m.BeforeFile)}
	if at.after == "" {
		at.after = named(dir, m.StudyFile)
	}
	v := &Verification{Folder: dir, File: file, Command: m.Command, Study: m.Study, StudyFile: at.after, Version: m.Version, Inputs: len(m.Inputs), Outputs: len(m.Outputs), Differences: []Difference{}}
	if m.Ledger != nil {
		v.LedgerHash = m.Ledger.Hash
	}
	if m.Version != o.Version {
		v.add(DiffVersion, "", m.Version, o.Version)
	}
	if err := v.compareInputs(ctx, m, at); err != nil {
		return nil, err
	}
	if err := v.compareOutputs(m, dir); err != nil {
		return nil, err
	}
	if !o.HashOnly && v.makeable(m, o) {
		if err := v.again(ctx, m, at, o, file); err != nil {
			return v, err
		}
		v.Rerun = true
	}
	v.Same = len(v.Differences) == 0
	return v, nil
}

// studies are the files of the study of a folder, and of that which it is compared with.
type studies struct{ after, before string }

// named finds a file that a manifest in dir names; "" stays.
func named(dir, file string) string {
	path := filepath.FromSlash(file)
	if file == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func (v *Verification) add(kind, file, was, now string) {
	v.Differences = append(v.Differences, Difference{Kind: kind, File: file, Was: was, Now: now})
}

// compareInputs hashes every input of the manifest. The first is the study file itself.
func (v *Verification) compareInputs(ctx context.Context, m *ReportManifest, at studies) error {
	for _, in := range m.Inputs {
		if in.Role == roleLedger {
			continue
		}
		study := at.after
		if in.Side == sideBefore {
			study = at.before
		}
		path := filepath.FromSlash(in.Path)
		switch {
		case in.Role == "study":
			path = study
		case !filepath.IsAbs(path):
			path = filepath.Join(filepath.Dir(study), path)
		}
		if err := v.compareFile(path, [2]string{DiffInputMissing, DiffInputChanged}, in.Path, in.SHA256); err != nil {
			return err
		}
		if n := len(v.Differences); n > 0 && v.Differences[n-1].Kind == DiffInputChanged && v.Differences[n-1].File == in.Path {
			v.Differences[n-1].Rows = changedRows(ctx, path, in.RowSums)
		}
	}
	return nil
}

// changedRows tells which rows of an input are not as they were; nil when nothing can be told.
func changedRows(ctx context.Context, path string, was []*data.RowSums) *ChangedRows {
	for _, then := range was {
		now := data.SumRows(ctx, path, then.Sheet)
		if first, last, ok := then.Changed(now); ok {
			return &ChangedRows{Unit: then.Unit, Sheet: then.Sheet, First: first, Last: last, Was: then.Count, Now: now.Count}
		}
	}
	return nil
}

// compareOutputs hashes every file that the program wrote into the folder.
func (v *Verification) compareOutputs(m *ReportManifest, dir string) error {
	for _, out := range m.Outputs {
		if !filepath.IsLocal(filepath.FromSlash(out.Path)) {
			return fmt.Errorf("%w: output %q lies outside the folder", ErrManifest, out.Path)
		}
		if err := v.compareFile(filepath.Join(dir, filepath.FromSlash(out.Path)), [2]string{DiffOutputMissing, DiffOutputEdited}, out.Path, out.SHA256); err != nil {
			return err
		}
	}
	return nil
}

// compareFile hashes a file that should have a hash; kinds are the differences when it is gone and when it has another.
func (v *Verification) compareFile(path string, kinds [2]string, name, was string) error {
	switch now, err := hashFile(path); {
	case errors.Is(err, fs.ErrNotExist):
		v.add(kinds[0], name, was, "")
	case err != nil:
		return err
	case now != was:
		v.add(kinds[1], name, was, now)
	}
	return nil
}

// makeable reports whether an output can be made again: exported ledgers never are, for the ledger goes on, and answers of site not when an
// older version wrote them, whose manifests do not hold the question.
func (v *Verification) makeable(m *ReportManifest, o VerifyOptions) bool {
	return makers[m.Command] != nil || outputFlags[m.Command] != "" && o.Again != nil && (m.Command != MadeBySite || len(m.Asked) > 0)
}

// makers make a folder of a command again.
var makers = map[string]func(context.Context, *ReportManifest, studies, VerifyOptions, string) error{MadeByReport: reportAgain, MadeByCompare: compareAgain, MadeByFix: fixAgain}

// again makes the folder once more, elsewhere, and compares what is written.
func (v *Verification) again(ctx context.Context, m *ReportManifest, at studies, o VerifyOptions, file string) (err error) {
	tmp, err := os.MkdirTemp("", "sitecover-verify-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	out := filepath.Join(tmp, "again", file)
	if file != "" {
		if err := os.Mkdir(filepath.Dir(out), 0o755); err != nil {
			return err
		}
	}
	remake := makers[m.Command]
	if remake == nil {
		remake = func(ctx context.Context, m *ReportManifest, at studies, o VerifyOptions, out string) error {
			return o.Again(ctx, m, at.after, out)
		}
	}
	switch err := remake(ctx, m, at, o, out); {
	case errors.Is(err, data.ErrNothingToFix): // the inputs were put right since
		v.results(m.Outputs, nil)
		return nil
	case err != nil:
		return err
	}
	now, err := ReadManifest(out)
	if err != nil {
		return err
	}
	v.newInputs(m, now)
	if m.Ledger != nil && now.Ledger != nil && m.Ledger.LastEvent != now.Ledger.LastEvent {
		v.add(DiffLedger, "", fmt.Sprint(m.Ledger.LastEvent), fmt.Sprint(now.Ledger.LastEvent))
	}
	printed := func(f reports.Written) bool { return f.Path == "report.pdf" } // by a browser, which writes the hour into it
	v.results(slices.DeleteFunc(slices.Clone(m.Outputs), printed), now.Outputs)
	if file != "" {
		out = filepath.Dir(out)
	}
	v.look(out, now.Outputs)
	return nil
}

// look tells the figures in which files of the folder differ from what they were, where both versions are at hand: of an edited one, when
// it was made again as it had been; of another result, when the one in the folder is still what was written.
func (v *Verification) look(again string, made []reports.Written) {
	sums := map[string]string{}
	for _, f := range made {
		sums[f.Path] = f.SHA256
	}
	edited := map[string]bool{}
	for i := range v.Differences {
		d := &v.Differences[i]
		here, there := filepath.Join(v.Folder, filepath.FromSlash(d.File)), filepath.Join(again, filepath.FromSlash(d.File))
		switch {
		case d.Kind == DiffOutputEdited:
			edited[d.File] = true
			if sums[d.File] == d.Was {
				d.Figures = figures(there, here)
			}
		case d.Kind == DiffResult && !edited[d.File]:
			d.Figures = figures(here, there)
		}
	}
}

func reportAgain(ctx context.Context, m *ReportManifest, at studies, o VerifyOptions, out string) error {
	limit, err := time.ParseDuration(cmp.Or(m.Options.Time, "0s"))
	if err != nil {
		return fmt.Errorf("%w: options.time: %w", ErrManifest, err)
	}
	o.Search = Search{Gap: m.Options.Gap, Iterations: m.Options.Iterations, Time: limit}
	s, err := Open(ctx, at.after, o.Options)
	if err != nil {
		return err
	}
	layers := m.Options.Layers
	if layers == nil {
		layers = []string{}
	}
	return s.Report(ctx, out, ReportOptions{Lang: m.Options.Lang, Layers: layers, CRS: m.Options.CRS, Brief: m.Options.Brief, Frontier: m.Options.Frontier, Version: m.Version})
}

func compareAgain(ctx context.Context, m *ReportManifest, at studies, o VerifyOptions, out string) error {
	var sides [2]*Session
	for i, path := range []string{at.before, at.after} {
		s, err := Open(ctx, path, o.Options)
		if err != nil {
			return err
		}
		s.Study.Path = m.Given[i] // all files are read: from here on it is only a name
		sides[i] = s
	}
	_, err := CompareReport(ctx, sides[0], sides[1], out, ReportOptions{Lang: m.Options.Lang, Version: m.Version})
	return err
}

func fixAgain(ctx context.Context, m *ReportManifest, at studies, o VerifyOptions, out string) error {
	c, err := Examine(ctx, at.after, o.Options)
	if err != nil {
		return err
	}
	_, err = c.correct(ctx, out, m.Version)
	return err
}

// newInputs lists the files that were read now and not then.
func (v *Verification) newInputs(was, now *ReportManifest) {
	for _, in := range now.Inputs {
		if !slices.ContainsFunc(was.Inputs, func(x ManifestInput) bool { return x.Path == in.Path && x.Side == in.Side }) {
			v.add(DiffInputNew, in.Path, "", in.SHA256)
		}
	}
}

// results compares two lists of outputs.
func (v *Verification) results(was, now []reports.Written) {
	hashes := map[string]string{}
	for _, f := range now {
		hashes[f.Path] = f.SHA256
	}
	for _, f := range was {
		switch sum, there := hashes[f.Path]; {
		case !there:
			v.add(DiffResultGone, f.Path, f.SHA256, "")
		case sum != f.SHA256:
			v.add(DiffResult, f.Path, f.SHA256, sum)
		}
		delete(hashes, f.Path)
	}
	for _, f := range now {
		if sum, left := hashes[f.Path]; left {
			v.add(DiffResultNew, f.Path, "", sum)
		}
	}
}

func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close() // read only
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// rows words the rows of an input that differ.
func (d Difference) rows() data.Text {
	r := d.Rows
	if r == nil {
		return data.Text{}
	}
	text := data.RowsText(r.Unit, r.First, r.Last)
	if r.Sheet != "" {
		text = data.Text{ZH: "“" + r.Sheet + "”" + text.ZH, EN: r.Sheet + " " + text.EN}
	}
	if r.Was != r.Now {
		more := data.T("，原有 %d，现有 %d", "; there were %d, now %d", r.Was, r.Now)
		text = data.Text{ZH: text.ZH + more.ZH, EN: text.EN + more.EN}
	}
	return data.Text{ZH: "（" + text.ZH + "）", EN: " (" + text.EN + ")"}
}

// Text words a difference.
func (d Difference) Text() data.Text {
	file := d.File
	switch d.Kind {
	case DiffVersion:
		return data.T("程序版本不同：文件夹由 %s 写出，现在是 %s", "the program differs: the folder was written by %s, this is %s", d.Was, d.Now)
	case DiffInputChanged:
		return data.Text{ZH: "输入已改动：" + file + d.rows().ZH, EN: "input changed: " + file + d.rows().EN}
	case DiffLedger:
		return data.T("台账在写出之后又有新的事件：当时到第 %s 个，现在到第 %s 个", "the ledger has gone on since: it ended with event %s then, with event %s now", d.Was, d.Now)
	case DiffInputMissing:
		return data.T("输入不见了：%s", "input is gone: %s", file)
	case DiffInputNew:
		return data.T("研究现在还读：%s", "the study now also reads: %s", file)
	case DiffOutputEdited:
		return data.T("输出被改动过：%s", "output was edited: %s", file)
	case DiffOutputMissing:
		return data.T("输出不见了：%s", "output is gone: %s", file)
	case DiffResultNew:
		return data.T("重新计算多写出：%s", "running it again also writes: %s", file)
	case DiffResultGone:
		return data.T("重新计算不再写出：%s", "running it again does not write: %s", file)
	}
	return data.T("重新计算的结果不同：%s", "running it again gives another: %s", file)
}

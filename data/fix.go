package data

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sitecover/data/shapefile"
)

// ErrFolder says that the folder for corrected copies is there and not empty.
var ErrFolder = errors.New("data: the folder is not empty")

// ErrNothingToFix says that no finding of an examination can be corrected without asking anyone.
var ErrNothingToFix = errors.New("data: nothing that can be corrected")

// Names of what Fix writes beside the copies.
const (
	fixLog   = "changes"   // .csv and .json
	asideDir = "set-aside" // rows that were taken out, by file
)

// Fix writes corrected copies of a study and of all its files into a folder that does not exist yet or is empty: what the findings with a
// Repair ask for, and nothing else. Every copy is a file of the same format, system and encoding as its original, and rows and features
// that no finding names are in it as they were; only TopoJSON, whose lines belong to several features, becomes GeoJSON. It writes a log of
// every change beside them (changes.csv, changes.json), puts rows that were taken out into set-aside/, and a study.yaml that reads the
// copies. The originals are opened for reading only. The folder appears when all is written, or not at all.
func Fix(ctx context.Context, e *Examination, dir string) ([]Change, error) {
	if e.Study == nil || !slices.ContainsFunc(e.Findings, func(f Finding) bool { return f.Repair != nil }) {
		return nil, ErrNothingToFix
	}
	dir = filepath.Clean(dir)
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, ErrFolder
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".sitecover-fix-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp) // fails harmlessly once renamed
	f := &fixer{e: e, study: e.Study, dir: tmp, revisions: map[string]*revision{}}
	if err := f.run(ctx); err != nil {
		return nil, err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return nil, err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return f.changes, os.Rename(tmp, dir)
}

// fixer writes the copies. What is to be done is decided source by source first, and every file is written once.
type fixer struct {
	e         *Examination
	study     *Study
	dir       string
	changes   []Change
	revisions map[string]*revision // file as the study names it -> what becomes of it
	order     []*revision
	edits     []studyEdit
}

// studyEdit is a change of one source in the study file; an empty value removes the key.
type studyEdit struct {
	role       string
	index      int
	key, value string
}

func (f *fixer) run(ctx context.Context) error {
	all := f.treatments()
	for _, t := range all {
		rev := f.revision(t, slices.ContainsFunc(all, func(o *treatment) bool { return o.src.File == t.src.File && o.rewrites() }))
		f.declare(t, rev)
		f.decide(ctx, t, rev)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	for _, rev := range f.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.revise(rev); err != nil {
			return err
		}
	}
	if err := f.studyFile(); err != nil {
		return err
	}
	return f.log()
}

// treatments lists every source of the study with what is to be done to it.
func (f *fixer) treatments() []*treatment {
	var out []*treatment
	for role, list := range f.study.sources() {
		for i, src := range list {
			if sheet := f.study.sheet(role, i); sheet != "" {
				src.Layer = sheet
			}
			out = append(out, newTreatment(role, i, src, f.e))
		}
	}
	slices.SortStableFunc(out, func(a, b *treatment) int {
		if a.role != b.role {
			return strings.Compare(a.role, b.role)
		}
		return a.index - b.index
	})
	return out
}

// sources lists the sources of every role, in the order of the study.
func (s *Study) sources() map[string][]Source {
	out := map[string][]Source{}
	for _, x := range s.Areas {
		out["areas"] = append(out["areas"], x.Source)
	}
	for _, x := range s.Population {
		out["population"] = append(out["population"], x.Source)
	}
	for _, x := range s.Roads {
		out["roads"] = append(out["roads"], x.Source)
	}
	for _, x := range s.Sites {
		out["sites"] = append(out["sites"], x.Source)
	}
	for _, x := range s.Places {
		out["places"] = append(out["places"], x.Source)
	}
	for _, x := range s.Exclusions {
		out["exclusions"] = append(out["exclusions"], x.Source)
	}
	for _, x := range s.Entities {
		out["entities"] = append(out["entities"], x.Source)
	}
	for _, x := range s.Zones {
		out["zones"] = append(out["zones"], x.Source)
	}
	for _, x := range s.Residential {
		out["residential"] = append(out["residential"], x.Source)
	}
	for _, x := range s.Buildings {
		out["buildings"] = append(out["buildings"], x.Source)
	}
	for _, x := range s.Codes {
		out["codes"] = append(out["codes"], x.Source)
	}
	return out
}

// sheet returns the sheet that a source of a role names.
func (s *Study) sheet(role string, index int) string {
	switch role {
	case "sites":
		return s.Sites[index].Sheet
	case "entities":
		return s.Entities[index].Sheet
	}
	return ""
}

// path returns where the study's file lies.
func (f *fixer) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(f.study.Dir, filepath.FromSlash(name))
}

// revision returns what becomes of the file of a treatment; rewrites tells whether rows or features of it will change.
func (f *fixer) revision(t *treatment, rewrites bool) *revision {
	if rev, known := f.revisions[t.src.File]; known {
		return rev
	}
	rev := &revision{file: t.src.File, edits: map[string]map[int]*edit{}}
	rev.name = f.copyName(rev.file)
	if strings.EqualFold(filepath.Ext(rev.name), topoEnding) && rewrites {
		rev.name = stemOf(rev.name) + ".geojson"
	}
	f.revisions[rev.file], f.order = rev, append(f.order, rev)
	return rev
}

// copyName is the name of a file's copy: its own, or its last part when it lies outside the study's folder.
func (f *fixer) copyName(name string) string {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		name = "files/" + filepath.Base(name)
	}
	if slices.ContainsFunc(f.order, func(r *revision) bool { return r.name == name }) {
		return "files/" + strconv.Itoa(len(f.order)) + "-" + filepath.Base(name)
	}
	return name
}

// declare changes what the study says of a source.
func (f *fixer) declare(t *treatment, rev *revision) {
	if rev.name != t.src.File {
		f.edit(t, "file", rev.name)
	}
	for _, x := range t.findings {
		switch {
		case x.Repair.Do == DoCRS:
			f.edit(t, "crs", t.crs)
			f.changes = append(f.changes, rev.change(t, x, Change{Field: "crs", Before: t.src.CRS, After: t.crs, Done: true, What: T("在 study.yaml 里改了坐标系", "the coordinate system was changed in study.yaml")}))
			t.src.CRS = t.crs
		case x.Repair.Do == DoSwap && t.axes && (x.Row == 0 || x.Row == t.firstSwap()):
			turned := AxesYX
			if t.src.Axes == AxesYX {
				turned = AxesXY
			}
			f.edit(t, "axes", turned)
			x.Row = 0
			f.changes = append(f.changes, rev.change(t, x, Change{Field: "axes", Before: t.src.Axes, After: turned, Done: true, What: T("在 study.yaml 里改了坐标轴的次序", "the order of the axes was changed in study.yaml")}))
			t.src.Axes = turned
			t.axes = false
		}
	}
}

func (f *fixer) edit(t *treatment, key, value string) {
	f.edits = append(f.edits, studyEdit{t.role, t.index, key, value})
}

// target returns the path of a file of the copy, in a folder that is there.
func (f *fixer) target(name string) (string, error) {
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	return path, os.MkdirAll(filepath.Dir(path), 0o755)
}

// write writes a file of the copy.
func (f *fixer) write(name string, content []byte) error {
	path, err := f.target(name)
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

// copy copies a file as it is, with those beside it that belong to it.
func (f *fixer) copy(from, to string) error {
	target, err := f.target(to)
	if err != nil {
		return err
	}
	if err := copyFile(f.path(from), target); err != nil {
		return err
	}
	return f.copyBeside(from, to, func(string) bool { return true })
}

// copyBeside copies the files of a shapefile besides the .shp.
func (f *fixer) copyBeside(from, to string, wanted func(name string) bool) error {
	path := f.path(from)
	if !strings.EqualFold(filepath.Ext(path), ".shp") {
		return nil
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	stem, target := stemOf(filepath.Base(path)), stemOf(to)
	for _, e := range entries {
		name := e.Name()
		if len(name) <= len(stem) || !strings.EqualFold(name[:len(stem)], stem) || name == filepath.Base(path) || !e.Type().IsRegular() || !wanted(name) {
			continue
		}
		ending := name[len(stem):]
		if ending[0] != '.' || strings.Contains(ending[1:], ".") && !strings.EqualFold(ending, ".shp.xml") {
			continue
		}
		path, err := f.target(target + ending)
		if err != nil {
			return err
		}
		if err := copyFile(filepath.Join(filepath.Dir(f.path(from)), name), path); err != nil {
			return err
		}
	}
	return nil
}

// stemOf is a name without its ending.
func stemOf(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() // read only
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	_, err = io.Copy(out, in)
	return err
}

// reviseShapefile writes a shapefile with some records changed; what lies beside it is copied, but for indexes.
func (f *fixer) reviseShapefile(rev *revision) error {
	to, err := f.target(rev.name)
	if err != nil {
		return err
	}
	err = shapefile.Rewrite(f.path(rev.file), to, func(number int) shapefile.Revision {
		e := rev.edits[""][number]
		if e == nil {
			return shapefile.Revision{}
		}
		return shapefile.Revision{Remove: e.remove, Geometry: multi(e.geometry)}
	})
	if err != nil {
		return errors.Join(errNotRevised, err)
	}
	return f.copyBeside(rev.file, rev.name, func(name string) bool {
		return !shapefile.IsIndex(name) && !strings.EqualFold(filepath.Ext(name), ".dbf")
	})
}

// log writes every change, as a table for people and as data.
func (f *fixer) log() error {
	var b bytes.Buffer
	b.Write(utf8BOM) // so that spreadsheets see UTF-8
	w := csv.NewWriter(&b)
	rows := [][]string{{"文件 file", "副本 copy", "工作表或图层 layer", "行 row", "字段 field", "原值 before", "新值 after", "代码 code", "已改 done", "说明", "what"}}
	type line struct {
		Change
		ZH string `json:"zh"`
		EN string `json:"en"`
	}
	lines := []line{}
	for _, c := range f.changes {
		row := ""
		if c.Row > 0 {
			row = strconv.Itoa(c.Row)
		}
		rows = append(rows, []string{c.File, c.Copy, c.Layer, row, c.Field, c.Before, c.After, c.Code, strconv.FormatBool(c.Done), c.What.ZH, c.What.EN})
		lines = append(lines, line{c, c.What.ZH, c.What.EN})
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	if err := f.write(fixLog+".csv", b.Bytes()); err != nil {
		return err
	}
	text, err := json.MarshalIndent(map[string]any{"changes": lines}, "", "  ")
	if err != nil {
		return err
	}
	return f.write(fixLog+".json", append(text, '\n'))
}

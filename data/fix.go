package data

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
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
// Repair ask for, and nothing else. It writes a log of every change beside them (changes.csv, changes.json), puts rows that were taken out
// into set-aside/, and a study.yaml that reads the copies. The originals are opened for reading only. The folder appears when all is
// written, or not at all.
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
	f := &fixer{e: e, study: e.Study, dir: tmp, names: map[string]string{}}
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

// fixer writes the copies.
type fixer struct {
	e       *Examination
	study   *Study
	dir     string
	changes []Change
	names   map[string]string // file as the study names it -> copy
	edits   []studyEdit
}

// studyEdit is a change of one source in the study file; an empty value removes the key.
type studyEdit struct {
	role       string
	index      int
	key, value string
}

func (f *fixer) run(ctx context.Context) error {
	for _, t := range f.treatments() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.treat(ctx, t); err != nil {
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
	byFile := map[string][]Finding{}
	for _, x := range f.e.Findings {
		if x.Repair != nil {
			byFile[x.File] = append(byFile[x.File], x)
		}
	}
	var out []*treatment
	for role, list := range f.study.sources() {
		for i, src := range list {
			out = append(out, newTreatment(role, i, src, byFile[src.File], f.e.Inputs))
		}
	}
	slices.SortStableFunc(out, func(a, b *treatment) int {
		if a.role != b.role {
			return strings.Compare(a.role, b.role)
		}
		return a.index - b.index
	})
	for _, t := range out {
		if t.role == "sites" {
			t.sheet = f.study.Sites[t.index].Sheet
		}
	}
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
	for _, x := range s.Codes {
		out["codes"] = append(out["codes"], x.Source)
	}
	return out
}

// path returns where the study's file lies.
func (f *fixer) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(f.study.Dir, filepath.FromSlash(name))
}

// copyName is the name of a file's copy: its own, or its last part when it lies outside the study's folder.
func (f *fixer) copyName(name string) string {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		name = "files/" + filepath.Base(name)
	}
	for taken := range f.names {
		if f.names[taken] == name && taken != name {
			return "files/" + strconv.Itoa(len(f.names)) + "-" + filepath.Base(name)
		}
	}
	return name
}

// treat writes the copy of one source.
func (f *fixer) treat(ctx context.Context, t *treatment) error {
	if _, done := f.names[t.src.File]; done && !t.rewrites() {
		f.declare(t)
		return nil
	}
	name := f.copyName(t.src.File)
	f.names[t.src.File] = name
	f.declare(t)
	switch {
	case t.rewrites() && isFeatures(t.src.File):
		return f.features(t, name)
	case t.rewrites():
		return f.table(ctx, t, name)
	case t.text != nil:
		return f.recode(t, name)
	}
	return f.copy(t.src.File, name)
}

// declare changes what the study says of a source.
func (f *fixer) declare(t *treatment) {
	if name := f.names[t.src.File]; name != t.src.File {
		f.edit(t, "file", name)
	}
	for _, x := range t.findings {
		switch {
		case x.Repair.Do == DoCRS:
			f.edit(t, "crs", t.crs)
			f.change(t, x, Change{Field: "crs", Before: t.src.CRS, After: t.crs, Done: true, What: T("在 study.yaml 里改了坐标系", "the coordinate system was changed in study.yaml")})
			t.src.CRS = t.crs
		case x.Repair.Do == DoSwap && t.axes && (x.Row == 0 || x.Row == f.firstSwap(t)):
			turned := AxesYX
			if t.src.Axes == AxesYX {
				turned = AxesXY
			}
			f.edit(t, "axes", turned)
			x.Row = 0
			f.change(t, x, Change{Field: "axes", Before: t.src.Axes, After: turned, Done: true, What: T("在 study.yaml 里改了坐标轴的次序", "the order of the axes was changed in study.yaml")})
			t.src.Axes = turned
			t.axes = false
		}
	}
}

// firstSwap is the first row whose axes are swapped.
func (f *fixer) firstSwap(t *treatment) int {
	for _, x := range t.findings {
		if x.Repair.Do == DoSwap {
			return x.Row
		}
	}
	return 0
}

func (f *fixer) edit(t *treatment, key, value string) {
	f.edits = append(f.edits, studyEdit{t.role, t.index, key, value})
}

// change logs a change that a finding asked for.
func (f *fixer) change(t *treatment, x Finding, c Change) {
	c.File, c.Copy, c.Code, c.Row = t.src.File, f.names[t.src.File], x.Code, x.Row
	f.changes = append(f.changes, c)
}

// write writes a file of the copy.
func (f *fixer) write(name string, content []byte) error {
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}

// copy copies a file as it is, with those beside it that belong to it.
func (f *fixer) copy(from, to string) error {
	path := f.path(from)
	parts := []string{filepath.Base(path)}
	if strings.EqualFold(filepath.Ext(path), ".shp") {
		entries, err := os.ReadDir(filepath.Dir(path))
		if err != nil {
			return err
		}
		stem := strings.TrimSuffix(parts[0], filepath.Ext(parts[0]))
		for _, e := range entries {
			if name := e.Name(); name != parts[0] && e.Type().IsRegular() && strings.TrimSuffix(name, filepath.Ext(name)) == stem {
				parts = append(parts, name)
			}
		}
	}
	for _, part := range parts {
		if err := f.copyOne(filepath.Join(filepath.Dir(path), part), filepath.Join(f.dir, filepath.Dir(filepath.FromSlash(to)), part)); err != nil {
			return err
		}
	}
	return nil
}

func (f *fixer) copyOne(from, to string) (err error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
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

// studyFile writes the study with its changed sources, and copies whatever other files it names.
func (f *fixer) studyFile() error {
	text, err := os.ReadFile(f.study.Path)
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(bytes.TrimPrefix(text, utf8BOM), &doc); err != nil {
		return err
	}
	for _, e := range f.edits {
		if err := editSource(&doc, e); err != nil {
			return err
		}
	}
	if err := f.others(&doc); err != nil {
		return err
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return err
	}
	if err := enc.Close(); err != nil {
		return err
	}
	return f.write(filepath.Base(f.study.Path), b.Bytes())
}

// others copies the files that the study names anywhere else than in its lists of sources, such as a standard of its own.
func (f *fixer) others(n *yaml.Node) error {
	for _, child := range n.Content {
		if err := f.others(child); err != nil {
			return err
		}
	}
	if n.Kind != yaml.ScalarNode || !filepath.IsLocal(filepath.FromSlash(n.Value)) || filepath.Ext(n.Value) == "" {
		return nil
	}
	if info, err := os.Stat(f.path(n.Value)); err != nil || !info.Mode().IsRegular() {
		return nil //nolint:nilerr // no file of that name: it is some other value
	}
	if _, err := os.Stat(filepath.Join(f.dir, filepath.FromSlash(n.Value))); err == nil {
		return nil
	}
	return f.copy(n.Value, n.Value)
}

// editSource changes one key of one source.
func editSource(doc *yaml.Node, e studyEdit) error {
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return fmt.Errorf("data: the study is no mapping")
	}
	list := mapValue(doc.Content[0], e.role)
	if list == nil {
		return fmt.Errorf("data: the study has no %s", e.role)
	}
	item := list
	if list.Kind == yaml.SequenceNode {
		item = list.Content[e.index]
	}
	item = resolve(item)
	if item.Kind == yaml.ScalarNode {
		file := *item
		*item = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "file"}, &file}}
	}
	for i := 0; i+1 < len(item.Content); i += 2 {
		if item.Content[i].Value == e.key {
			if e.value == "" {
				item.Content = slices.Delete(item.Content, i, i+2)
			} else {
				item.Content[i+1].SetString(e.value)
			}
			return nil
		}
	}
	if e.value != "" {
		value := &yaml.Node{}
		value.SetString(e.value)
		item.Content = append(item.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: e.key}, value)
	}
	return nil
}

func mapValue(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return resolve(m.Content[i+1])
		}
	}
	return nil
}

// log writes every change, as a table for people and as data.
func (f *fixer) log() error {
	var b bytes.Buffer
	b.Write(utf8BOM) // so that spreadsheets see UTF-8
	w := csv.NewWriter(&b)
	rows := [][]string{{"文件 file", "副本 copy", "行 row", "字段 field", "原值 before", "新值 after", "代码 code", "已改 done", "说明", "what"}}
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
		rows = append(rows, []string{c.File, c.Copy, row, c.Field, c.Before, c.After, c.Code, strconv.FormatBool(c.Done), c.What.ZH, c.What.EN})
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

package data

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"sitecover/data/standard"
)

// StandardUse says which standard a study works to.
type StandardUse struct {
	Profile *standard.Profile
	File    string // the user's own file, relative to the study; "" = built in
	Unused  []Text // what the standard says and this study could not take over, with the reason
}

// Origin says where a value comes from that the user did not write: a clause of the study's standard, or a default of it.
type Origin struct {
	Profile string // id
	Clause  string
	Default bool   // the document has no number
	Basis   string // what the default rests on
	BasisZH string // the same in Chinese; "" = Basis
}

// String words the origin for tables, such as "kunshan-2018 三(一)1" or "kunshan-2018, default: 15-minute circle ...".
func (o Origin) String() string {
	switch {
	case o.Default:
		return o.Profile + ", default: " + o.Basis
	case o.Clause == "":
		return o.Profile
	}
	return o.Profile + " " + o.Clause
}

// Text is String in both languages.
func (o Origin) Text() Text {
	if !o.Default {
		return Text{EN: o.String()}
	}
	return Text{ZH: o.Profile + "，默认值：" + cmp.Or(o.BasisZH, o.Basis), EN: o.String()}
}

// SourceOf tells where the value of a key path ("tiers.centre.radius") comes from: the line of the study file, or the standard. known is
// false for the program's own defaults.
func (s *Study) SourceOf(key string) (source string, isDefault, known bool) {
	if line, set := s.Set[key]; set {
		return filepath.Base(s.Path) + ":" + strconv.Itoa(line), false, true
	}
	if o, filled := s.From[key]; filled {
		return o.String(), o.Default, true
	}
	return "", true, false
}

// StandardErrors turns the Problems of a standard into InputErrors; other errors stay what they are.
func StandardErrors(err error) error {
	var problems standard.Problems
	if !errors.As(err, &problems) {
		return err
	}
	out := make(InputErrors, len(problems))
	for i, p := range problems {
		out[i] = &InputError{File: p.File, Row: p.Line, Field: p.Key, Value: p.Value, What: Text(p.What), Hint: Text(p.Hint), Err: p.Err}
	}
	return out
}

// standard fills what the study leaves out from the standard that it names, before the tiers are read, so that every value goes through the
// same checks. The returned function, called last, marks the filled values in Study.From: Study.Set tells only what the user wrote.
func (l *loader) standard() func() {
	done := func() {}
	name, file := l.top.text("standard", ""), l.top.text("standard_file", "")
	wanted, wantedNodes := l.top.words("standard_tiers")
	if name == "" && file == "" {
		if wanted != nil {
			l.top.missing("standard", T("standard_tiers 要与 standard 同用", "standard_tiers needs a standard"))
		}
		return done
	}
	p := l.profile(name, file)
	if p == nil {
		return done
	}
	use := &StandardUse{Profile: p, File: file}
	l.study.Standard, l.study.From = use, map[string]Origin{}
	key := "standard"
	if name == "" {
		key = "standard_file"
	}
	f := &filler{l: l, p: p, use: use, line: l.top.get(key).Line, tiers: p.TierIDs()}
	if wanted != nil {
		f.tiers = nil
		for i, id := range wanted {
			if p.Tier(id) == nil {
				l.y.fail(wantedNodes[i], "standard_tiers", T("标准 %s 没有这个层级", "is no tier of %s", p.ID), suggest(id, p.TierIDs()))
				continue
			}
			f.tiers = append(f.tiers, id)
		}
	}
	f.fillTiers()
	f.fillTargets()
	return func() {
		for path := range l.study.From {
			delete(l.study.Set, path)
		}
	}
}

// profile loads the standard; nil after noting why not.
func (l *loader) profile(name, file string) *standard.Profile {
	key, from := "standard", name
	if file != "" {
		key, from = "standard_file", file
		if !filepath.IsAbs(file) {
			from = filepath.Join(l.study.Dir, filepath.FromSlash(file))
		}
		if ext := strings.ToLower(filepath.Ext(file)); ext != ".yaml" && ext != ".yml" {
			l.y.fail(l.top.get(key), key, T("不是 .yaml 文件", "is no .yaml file"), T("内置标准写 standard: %s", "a built-in one is given by standard: %s", "kunshan-2018"))
			return nil
		}
	} else if !slices.Contains(standard.IDs(), name) {
		l.top.unknown(l.top.get(key), key, standard.IDs())
		return nil
	}
	p, err := standard.Load(from)
	if errors.Is(err, fs.ErrNotExist) {
		l.y.fail(l.top.get(key), key, T("找不到文件", "no such file"), nearFile(from))
		return nil
	}
	var problems InputErrors
	if errors.As(StandardErrors(err), &problems) {
		for _, e := range problems {
			_ = l.y.c.add(e) // Load always reads to the end
		}
		return nil
	}
	if file != "" && name != "" && p.ID != name && p.Extends != name {
		l.y.fail(l.top.get("standard"), "standard", T("%s 里是 %s，不扩展它", "%s is %s, which does not extend it", file, p.ID), T("删去 standard，或改文件里的 extends", "remove standard, or correct extends in the file"))
		return nil
	}
	return p
}

// filler writes values of a standard into the study's YAML where the study is silent.
type filler struct {
	l     *loader
	p     *standard.Profile
	use   *StandardUse
	line  int
	tiers []string // of the standard that this study uses
}

func (f *filler) unused(zh, en string, args ...any) {
	f.use.Unused = append(f.use.Unused, T(zh, en, args...))
}

func (f *filler) scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Line: f.line}
}

// lookup returns the value of a key of a mapping; nil when the key is absent.
func lookup(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

// put adds a key that the user did not write, and notes its origin. A key that is there, even as null, is the user's.
func (f *filler) put(m *yaml.Node, path, key string, value *yaml.Node, o Origin) {
	if lookup(m, key) != nil {
		return
	}
	m.Content = append(m.Content, f.scalar(key), value)
	o.Profile = f.p.ID
	f.l.study.From[path+"."+key] = o
}

// fillTiers writes the standard's tiers in their order, with what the study says about them; the study's own tiers follow.
func (f *filler) fillTiers() {
	own := map[string]*yaml.Node{}
	var rest []*yaml.Node
	for _, n := range f.l.top.items("tiers") {
		if n.Kind == yaml.MappingNode {
			if id := lookup(n, "id"); id != nil && slices.Contains(f.tiers, id.Value) && own[id.Value] == nil {
				c := *n
				c.Content = slices.Clone(n.Content)
				own[id.Value] = &c
				continue
			}
		}
		rest = append(rest, n)
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Line: f.line}
	for _, id := range f.tiers {
		n := own[id]
		if n == nil {
			n = &yaml.Node{Kind: yaml.MappingNode, Line: f.line}
		}
		f.fillTier(n, f.p.Tier(id))
		list.Content = append(list.Content, n)
	}
	list.Content = append(list.Content, rest...)
	f.l.top.value["tiers"] = list
}

func (f *filler) fillTier(n *yaml.Node, t *standard.Tier) {
	path := "tiers." + t.ID
	clause := func(key string) Origin { return Origin{Clause: t.ClauseOf(key)} }
	f.put(n, path, "id", f.scalar(t.ID), clause("id"))
	f.put(n, path, "name", f.scalar(t.Name.In(f.l.study.Language)), clause("name"))
	f.limit(n, path, t)
	if t.MinArea > 0 {
		f.put(n, path, "min_area", f.scalar(t.MinArea.String()), clause("min_area"))
	}
	if t.Owner != "" {
		if level := f.level(t.Owner); level != "" {
			f.put(n, path, "one_per", f.scalar(level), clause("owner"))
		} else if lookup(n, "one_per") == nil {
			f.unused("%s：研究里没有对应 %s 的区划级别，不计有形覆盖", "%s: the study has no level that is a %s, so that presence is not asked", t.ID, t.Owner)
		}
	}
	if t.Parent != "" {
		if slices.Contains(f.tiers, t.Parent) {
			f.put(n, path, "parent", f.scalar(t.Parent), clause("parent"))
			if t.Nested && lookup(n, "parent").Tag != "!!null" { // without a parent nothing is nested
				f.put(n, path, "nested", f.scalar("true"), clause("nested"))
			}
		} else if lookup(n, "parent") == nil {
			f.unused("%s：上级 %s 不在研究里", "%s: its parent %s is not in the study", t.ID, t.Parent)
		}
	}
	f.costs(n, path, t)
	f.hosts(n, path, t)
}

// limit fills the service standard, unless the study gives one of its own.
func (f *filler) limit(n *yaml.Node, path string, t *standard.Tier) {
	if t.Service == nil || lookup(n, "radius") != nil || lookup(n, "minutes") != nil {
		return
	}
	s := t.Service
	o := Origin{Clause: s.Clause, Default: s.Default, Basis: s.Basis, BasisZH: s.BasisZH}
	if s.Minutes > 0 {
		f.put(n, path, "minutes", f.scalar(s.Minutes.String()), o)
	} else {
		f.put(n, path, "radius", f.scalar(s.Radius.String()), o)
	}
	if s.Mode != "" {
		f.put(n, path, "mode", f.scalar(s.Mode), o)
	}
}

// costs fills what a new site costs, and one in a host place. Where the standard pays a grant and has no cost, the grant is the money.
func (f *filler) costs(n *yaml.Node, path string, t *standard.Tier) {
	class := ""
	for _, c := range f.p.Classes {
		if c.Tier == t.ID && c.Default {
			class = c.ID
		}
	}
	for _, x := range []struct{ key, way string }{{"cost", "new"}, {"host_cost", "convert"}} {
		price := f.p.PriceOf(x.way, t.ID, class)
		if price == nil || x.key == "host_cost" && lookup(n, "cost") != nil && f.l.study.From[path+".cost"].Profile == "" {
			continue // a study that gives its own cost means it for hosts too
		}
		money := price.Cost
		if money == 0 {
			money = price.Grant
		}
		f.put(n, path, x.key, f.scalar(money.String()), Origin{Clause: price.Clause, Default: price.Default, Basis: price.Basis, BasisZH: price.BasisZH})
	}
}

func (f *filler) hosts(n *yaml.Node, path string, t *standard.Tier) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Line: f.line}
	var kinds []string
	for _, h := range t.Hosts {
		for _, kind := range h.Kinds {
			if slices.Contains(kinds, kind) {
				continue
			}
			if !slices.Contains(f.l.kinds, kind) {
				f.unused("%s：没有 %s 这种地点", "%s: no kind of place is called %s", t.ID, kind)
				continue
			}
			kinds = append(kinds, kind)
			list.Content = append(list.Content, f.scalar(kind))
		}
	}
	if len(kinds) > 0 {
		f.put(n, path, "hosts", list, Origin{Clause: t.ClauseOf("hosts")})
	}
}

// regionWords are the ids and names of levels that mean a level of the standards.
var regionWords = map[string][]string{
	"city":      {"city", "prefecture", "市", "地级市", "设区市"},
	"county":    {"county", "district", "县", "区", "区县", "县区", "县市区", "县（市、区）", "县(市、区)"},
	"town":      {"town", "township", "street", "subdistrict", "镇", "乡", "乡镇", "街道", "镇街", "乡镇街道", "乡镇（街道）", "乡镇(街道)"},
	"community": {"community", "village", "社区", "村", "行政村", "村社区", "村（社区）", "村(社区)"},
}

// level returns the id of the study's level that a standard means, "" when there is none.
func (f *filler) level(word string) string {
	for _, level := range f.l.study.Levels {
		if slices.Contains(regionWords[word], strings.ToLower(level.ID)) || slices.Contains(regionWords[word], level.Name) {
			return level.ID
		}
	}
	return ""
}

// fillTargets writes the targets of the years that the study plans for.
func (f *filler) fillTargets() {
	targets := &yaml.Node{Kind: yaml.MappingNode, Line: f.line}
	if n := f.l.top.get("targets"); n != nil && n.Kind == yaml.MappingNode {
		c := *n
		c.Content = slices.Clone(n.Content)
		targets = &c
	} else if n != nil {
		return // wrong in itself: plan says so
	}
	for i := range f.p.Targets {
		f.fillTarget(targets, &f.p.Targets[i])
	}
	if len(targets.Content) > 0 {
		f.l.top.value["targets"] = targets
	}
}

func (f *filler) fillTarget(targets *yaml.Node, t *standard.Target) {
	indicator := map[string]string{"built": "presence", "presence": "presence", "effective": "effective"}[t.Indicator]
	year := strconv.Itoa(t.Year)
	switch {
	case indicator == "" || t.Year == 0 || t.Share == 0:
		f.unused("目标“%s”（%s）由年度跟踪核对，不进规划", "target %q (%s) is for yearly tracking, not for the plan", t.Name.In(f.l.study.Language), t.Indicator)
		return
	case !f.l.study.Date.IsZero() && t.Year < f.l.study.Date.Year():
		f.unused("目标“%s”的年份 %s 早于统计日期", "target %q is for %s, before the reporting date", t.Name.In(f.l.study.Language), year)
		return
	}
	budget := f.l.top.get("budget")
	if budget == nil || budget.Kind != yaml.MappingNode || lookup(budget, year) == nil && lookup(budget, year+"年") == nil {
		f.unused("目标“%s”：研究没有 %s 年的预算", "target %q: the study has no budget for %s", t.Name.In(f.l.study.Language), year)
		return
	}
	for _, id := range f.tiers {
		if len(t.Tiers) > 0 && !slices.Contains(t.Tiers, id) {
			continue
		}
		if indicator == "presence" && f.l.study.From["tiers."+id+".one_per"].Profile == "" && lookup(f.tierNode(id), "one_per") == nil {
			continue // no region has to own one
		}
		y := f.sub(targets, year)
		sub := f.sub(y, id)
		f.put(sub, fmt.Sprintf("targets.%s.%s", year, id), indicator, f.scalar(t.Share.String()), Origin{Clause: t.Clause})
	}
}

func (f *filler) tierNode(id string) *yaml.Node {
	for _, n := range f.l.top.value["tiers"].Content {
		if x := lookup(n, "id"); x != nil && x.Value == id {
			return n
		}
	}
	return &yaml.Node{Kind: yaml.MappingNode}
}

// sub returns the mapping of a key, a copy of the user's or a new one.
func (f *filler) sub(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value != key {
			continue
		}
		c := *resolve(m.Content[i+1])
		c.Content = slices.Clone(c.Content)
		m.Content[i+1] = &c
		return &c
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Line: f.line}
	m.Content = append(m.Content, f.scalar(key), n)
	return n
}

// standardFile lists the study's own standard among the inputs, and what of the standard could not be taken over among the findings.
func (r *reader) standardFile() {
	use := r.study.Standard
	if use == nil {
		return
	}
	for _, what := range use.Unused {
		r.c.find("info", filepath.Base(r.study.Path), r.study.Set["standard"], Text{ZH: use.Profile.ID + "：" + what.ZH, EN: use.Profile.ID + ": " + what.EN})
	}
	if use.File == "" {
		return
	}
	in := newInput(r.study, "standard", Source{File: use.File}, r.c)
	if in.inspect() {
		r.closeInput(in)
	}
}

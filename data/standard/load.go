package standard

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"sitecover/data/written"
)

//go:embed profiles/*.yaml
var embedded embed.FS

// maxExtends bounds a chain of profiles that extend one another.
const maxExtends = 8

// common is the embedded profile that only lends its fields to others.
const common = "common"

// builtIn parses the embedded profiles once. Their text is part of the program: the tests hold each of them to being right.
var builtIn = sync.OnceValue(func() map[string]*Profile {
	out := map[string]*Profile{}
	for _, id := range append(IDs(), common) {
		if p, err := load(id, ""); err == nil {
			out[id] = p
		}
	}
	return out
})

// IDs lists the built-in profiles that stand on their own, sorted.
func IDs() []string {
	entries, err := embedded.ReadDir("profiles")
	if err != nil {
		return nil // an embedded folder can be listed
	}
	var out []string
	for _, e := range entries {
		if id := strings.TrimSuffix(e.Name(), ".yaml"); id != common {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// Load returns a profile: a built-in one by its id, or a file by its path, which ends in .yaml or .yml. Everything wrong with a file comes
// back at once as Problems.
func Load(name string) (*Profile, error) {
	if !isFile(name) {
		if p := builtIn()[name]; p != nil {
			return p, nil
		}
	}
	return load(name, "")
}

func isFile(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// load reads a profile and what it extends; dir is the folder that relative paths start from.
func load(name, dir string) (*Profile, error) {
	s := &source{files: map[*yaml.Node]string{}}
	raw, file, err := read(name, dir)
	if err != nil {
		return nil, Problems{err}
	}
	return s.profile(file, raw, dirOf(name, dir))
}

// Parse is Load of a text; file names it in messages. What it extends must be built in.
func Parse(file string, raw []byte) (*Profile, error) {
	s := &source{files: map[*yaml.Node]string{}, closed: true}
	return s.profile(file, raw, "")
}

func dirOf(name, dir string) string {
	if !isFile(name) {
		return dir
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	return filepath.Dir(name)
}

// read returns the text of a built-in profile or of a file, and its name for messages.
func read(name, dir string) (raw []byte, file string, problem *Problem) {
	if !isFile(name) {
		raw, err := embedded.ReadFile("profiles/" + name + ".yaml")
		if err != nil || strings.ContainsAny(name, `/\`) {
			return nil, name, &Problem{File: name, What: text("没有这个标准", "is not a known standard"), Hint: suggest(written.Nearest(name, IDs()), append(IDs(), "*.yaml")), Err: fs.ErrNotExist}
		}
		return raw, name + ".yaml", nil
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, name)
	}
	file = filepath.Base(name)
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxBytes) {
		err = errors.New("not a regular file of at most 1 MB")
	}
	if err == nil {
		raw, err = os.ReadFile(path)
	}
	if err != nil {
		what := text("无法读取：%v", "cannot be read: %v", err)
		if errors.Is(err, fs.ErrNotExist) {
			what = text("找不到文件", "no such file")
		}
		return nil, file, &Problem{File: file, What: what, Hint: text("检查路径和文件名", "check the path and the name"), Err: err}
	}
	return raw, file, nil
}

// profile parses a text with what it extends, and checks the whole.
func (s *source) profile(file string, raw []byte, dir string) (*Profile, error) {
	s.file = file
	node := s.parse(file, raw)
	if node != nil {
		node = s.extend(node, dir, []string{file})
	}
	if node == nil || len(s.problems) > 0 {
		return nil, s.problems.err()
	}
	d := &decoder{source: s, at: map[string]spot{}}
	p := &Profile{}
	d.fill(node, reflect.ValueOf(p).Elem(), "")
	p.at = d.at
	if len(s.problems) == 0 {
		p.check(s)
	}
	if err := s.problems.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// extend lays the node over the profile that it extends, and so on down the chain; nil after noting a problem.
func (s *source) extend(node *yaml.Node, dir string, chain []string) *yaml.Node {
	at := -1
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "extends" && node.Content[i+1].Kind == yaml.ScalarNode {
			at = i + 1
		}
	}
	if at < 0 || isNull(node.Content[at]) {
		return node
	}
	link := node.Content[at]
	if s.closed && isFile(link.Value) {
		s.fail(s.spot(link), "extends", link.Value, text("这里只能扩展内置标准", "must be a built-in standard here"), suggest("", IDs()))
		return nil
	}
	raw, file, problem := read(link.Value, dir)
	if problem != nil {
		s.fail(s.spot(link), "extends", link.Value, problem.What, problem.Hint)
		return nil
	}
	if slices.Contains(chain, file) || len(chain) > maxExtends {
		s.fail(s.spot(link), "extends", link.Value, text("互相扩展成环，或层数太多", "makes a circle, or too long a chain"), text("扩展链：%s", "the chain: %s", strings.Join(append(chain, file), " → ")))
		return nil
	}
	base := s.parse(file, raw)
	if base == nil {
		return nil
	}
	if base = s.extend(base, dirOf(link.Value, dir), append(chain, file)); base == nil {
		return nil
	}
	return s.merge(s.without(base, "abstract", "extends"), node, "")
}

// without is a mapping without keys that do not pass on.
func (s *source) without(n *yaml.Node, keys ...string) *yaml.Node {
	out := s.copyOf(n, n)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !slices.Contains(keys, n.Content[i].Value) {
			out.Content = append(out.Content, n.Content[i], n.Content[i+1])
		}
	}
	return out
}

// Tier returns the tier with the id, nil when there is none.
func (p *Profile) Tier(id string) *Tier {
	for i := range p.Tiers {
		if p.Tiers[i].ID == id {
			return &p.Tiers[i]
		}
	}
	return nil
}

// Field returns the field with the id, nil when there is none.
func (p *Profile) Field(id string) *Field {
	for i := range p.Fields {
		if p.Fields[i].ID == id {
			return &p.Fields[i]
		}
	}
	return nil
}

// Where returns the file and line of a key path such as "tiers.centre.min_area"; the line is 0 where the key is not written.
func (p *Profile) Where(path string) (file string, line int) {
	s := p.at[path]
	return s.file, s.line
}

// ClauseOf returns the clause of a key of a tier.
func (t *Tier) ClauseOf(key string) string {
	if c := t.Clauses[key]; c != "" {
		return c
	}
	return t.Clause
}

// PriceOf returns the price of a way of the kind for the tier or class, nil when the profile has none. A price of the class goes first.
func (p *Profile) PriceOf(kind, tier, class string) *Price {
	var found *Price
	for i := range p.Prices {
		price := &p.Prices[i]
		w := p.way(price.Way)
		if w == nil || w.Kind != kind || price.Tier != "" && price.Tier != tier || price.Class != "" && price.Class != class {
			continue
		}
		if found == nil || found.Class == "" && price.Class != "" {
			found = price
		}
	}
	return found
}

func (p *Profile) way(id string) *Way {
	for i := range p.Ways {
		if p.Ways[i].ID == id {
			return &p.Ways[i]
		}
	}
	return nil
}

// Grants returns the grants of a programme in all: for each batch its count times the grant of its way and class.
func (p *Profile) Grants() Money {
	var sum Money
	if p.Programme == nil {
		return 0
	}
	for _, b := range p.Programme.Batches {
		for _, price := range p.Prices {
			if price.Way == b.Way && price.Class == b.Class {
				sum += Money(b.Count) * price.Grant
			}
		}
	}
	return sum
}

package standard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"sitecover/data/written"
)

// maxBytes bounds a profile: it is written by hand.
const maxBytes = 1 << 20

// spot is where a key stands.
type spot struct {
	file string
	line int
}

// source is a parsed file on its way to a profile. Nodes remember their file, because an extended profile is made of several.
type source struct {
	file     string
	files    map[*yaml.Node]string
	problems Problems
	closed   bool // only built-in profiles may be extended
}

func (s *source) fail(at spot, key, value string, what, hint Text) {
	s.problems = append(s.problems, &Problem{File: at.file, Line: at.line, Key: key, Value: clip(value), What: what, Hint: hint})
}

func (s *source) spot(n *yaml.Node) spot {
	if f, known := s.files[n]; known {
		return spot{f, n.Line}
	}
	return spot{s.file, n.Line}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// parse returns the top mapping of a text; nil after noting why there is none.
func (s *source) parse(file string, raw []byte) (top *yaml.Node) {
	whole := spot{file, 0}
	switch {
	case len(raw) > maxBytes:
		s.fail(whole, "", "", text("文件超过 1 MB", "is larger than 1 MB"), text("是不是选错了文件？", "is it the right file?"))
		return nil
	case !utf8.Valid(raw):
		s.fail(whole, "", "", text("不是 UTF-8 编码", "is not UTF-8"), text("另存为 UTF-8", "save the file as UTF-8"))
		return nil
	}
	// yaml.v3 lets a few malformed texts escape as panics of its own; a bad file must never stop the program.
	defer func() {
		if r := recover(); r != nil {
			s.fail(whole, "", "", text("YAML 语法错误：%v", "YAML syntax: %v", r), text("检查缩进和冒号", "check indentation and colons"))
			top = nil
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		s.syntax(file, err)
		return nil
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		s.fail(whole, "", "", text("文件里有不止一个 YAML 文档", "holds more than one YAML document"), text("删去 “---” 之后的部分", "remove what follows \"---\""))
		return nil
	}
	node := document.Content[0]
	if node.Kind != yaml.MappingNode {
		s.fail(spot{file, node.Line}, "", "", text("应为“键: 值”的列表", "must be a list of \"key: value\""), text("第一行写 id: 名称", "begin with id: name"))
		return nil
	}
	if !s.claim(file, node) {
		return nil
	}
	return node
}

func (s *source) syntax(file string, err error) {
	if errors.Is(err, io.EOF) {
		s.fail(spot{file, 0}, "", "", text("文件是空的", "is empty"), text("至少写 id、name", "write at least id and name"))
		return
	}
	line, what := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(what); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits by the pattern
		what = strings.TrimPrefix(what, m[0])
	}
	s.fail(spot{file, line}, "", "", text("YAML 语法错误：%s", "YAML syntax: %s", what),
		text("检查这一行及其上一行的缩进、冒号和引号；只能用空格缩进", "look at indentation, colons and quotes of this line and the one before; indent with spaces only"))
}

// claim notes the file of every node, and refuses anchors: a profile is plain data, and each of its lines says one thing.
func (s *source) claim(file string, n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		s.fail(spot{file, n.Line}, "", n.Value, text("不支持锚点和引用（& 与 *）", "uses an anchor or alias (& or *)"), text("把内容写出来；文字里有 & 或 * 要加引号", "write it out; put text that holds & or * into quotes"))
		return false
	}
	s.files[n] = file
	for _, c := range n.Content {
		if !s.claim(file, c) {
			return false
		}
	}
	return true
}

// member is a field of a struct with what its tags say.
type member struct {
	index   []int
	key     string
	typ     reflect.Type
	req     bool
	enum    []string
	pattern string
	doc     string
}

// membersOf remembers members: reflection on the same few types is most of the work otherwise.
var membersOf sync.Map

// members lists the fields of a struct type in order; embedded structs are part of it.
func members(t reflect.Type) []member {
	if known, ok := membersOf.Load(t); ok {
		return known.([]member)
	}
	var out []member
	for _, f := range reflect.VisibleFields(t) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || key == "" {
			continue
		}
		m := member{index: f.Index, key: key, typ: f.Type, req: f.Tag.Get("req") != "", pattern: f.Tag.Get("pattern"), doc: f.Tag.Get("doc")}
		if e := f.Tag.Get("enum"); e != "" {
			m.enum = strings.Split(e, ",")
		}
		out = append(out, m)
	}
	membersOf.Store(t, out)
	return out
}

// decoder fills a Profile from nodes and notes every problem.
type decoder struct {
	*source
	at map[string]spot
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// fill decodes a mapping into a struct.
func (d *decoder) fill(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.fail(d.spot(n), path, n.Value, text("应为“键: 值”", "must be \"key: value\""), text("例如 {zh: 名称, en: name}", "for example {zh: 名称, en: name}"))
		return
	}
	all := members(v.Type())
	given := map[string]bool{}
	var misspelt []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(all, func(m member) bool { return m.key == key.Value })
		full := join(path, key.Value)
		switch {
		case given[key.Value]:
			d.fail(d.spot(key), full, "", text("这个键写了两次", "is given twice"), text("留下一个", "keep one of them"))
			continue
		case at < 0:
			near := written.Nearest(key.Value, keysOf(all))
			misspelt = append(misspelt, near)
			d.fail(d.spot(key), full, "", text("没有这个键", "is not a known key"), suggest(near, keysOf(all)))
			continue
		}
		given[key.Value] = true
		d.at[full] = d.spot(key)
		if isNull(value) {
			given[key.Value] = false
			continue
		}
		d.value(value, v.FieldByIndex(all[at].index), full, all[at])
	}
	for _, m := range all {
		if m.req && !given[m.key] && !slices.Contains(misspelt, m.key) {
			d.fail(d.spot(n), join(path, m.key), "", text("缺少这一项", "is missing"), Text{m.doc, m.doc})
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func keysOf(all []member) []string {
	out := make([]string, len(all))
	for i, m := range all {
		out[i] = m.key
	}
	return out
}

// value decodes a node into a field of any of the types that profiles use.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path string, m member) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.fill(n, v.Elem(), path)
	case v.Kind() == reflect.Struct:
		d.fill(n, v, path)
	case v.Kind() == reflect.Slice:
		d.list(n, v, path, m)
	case v.Kind() == reflect.Map:
		d.table(n, v, path, m)
	default:
		d.scalar(n, v, path, m)
	}
}

// list decodes a sequence; a single value may be written without brackets.
func (d *decoder) list(n *yaml.Node, v reflect.Value, path string, m member) {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	seen := map[string]int{}
	for i, c := range nodes {
		key := entryKey(c)
		full := fmt.Sprintf("%s[%d]", path, i)
		if key != "" {
			full = join(path, key)
			if first, twice := seen[key]; twice {
				d.fail(d.spot(c), full, "", text("与第 %d 行重复", "is already used in line %d", first), text("改一个编号", "choose another id"))
				continue
			}
			seen[key] = c.Line
		}
		e := reflect.New(v.Type().Elem()).Elem()
		d.at[full] = d.spot(c)
		d.value(c, e, full, m)
		v.Set(reflect.Append(v, e))
	}
}

// entryKey is the id or number of an entry of a list, "" when it has none.
func entryKey(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode {
		return ""
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i].Value; (k == "id" || k == "no") && n.Content[i+1].Kind == yaml.ScalarNode {
			return n.Content[i+1].Value
		}
	}
	return ""
}

func (d *decoder) table(n *yaml.Node, v reflect.Value, path string, m member) {
	if n.Kind != yaml.MappingNode {
		d.fail(d.spot(n), path, n.Value, text("应为“键: 值”", "must be \"key: value\""), text("例如 {centre: must}", "for example {centre: must}"))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		if isNull(value) {
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		d.at[join(path, key)] = d.spot(value)
		d.scalar(value, e, join(path, key), m)
		v.SetMapIndex(reflect.ValueOf(key), e)
	}
}

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

// scalar decodes a single value.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string, m member) {
	if n.Kind != yaml.ScalarNode {
		d.fail(d.spot(n), path, "", text("应为单个值", "must be a single value"), text("不要写成列表或嵌套", "no list or nesting here"))
		return
	}
	given := strings.TrimSpace(n.Value)
	bad := func(what, hint Text) { d.fail(d.spot(n), path, n.Value, what, hint) }
	if s, isQuantity := scales[v.Type()]; isQuantity {
		value, wrong := s.read(given)
		if wrong != nil {
			bad(*wrong, Text{"例如 " + s.Example, "for example " + s.Example})
			return
		}
		if v.CanInt() {
			v.SetInt(value.Num().Int64())
			return
		}
		f, _ := value.Float64()
		v.SetFloat(f)
		return
	}
	switch v.Kind() {
	case reflect.Int:
		i, err := strconv.Atoi(given)
		if err != nil || i < 0 || i > 1_000_000_000 {
			bad(text("不是正整数", "is not a whole number"), text("例如 2", "for example 2"))
			return
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		b, ok := map[string]bool{"true": true, "false": false}[strings.ToLower(given)]
		if !ok {
			bad(text("应为 true 或 false", "must be true or false"), Text{})
			return
		}
		v.SetBool(b)
	default:
		if m.enum != nil && !slices.Contains(m.enum, given) {
			bad(text("没有这个选项", "is not known"), suggest(written.Nearest(given, m.enum), m.enum))
			return
		}
		if m.pattern == "id" && !idPattern.MatchString(given) {
			bad(text("不是编号", "is no id"), text("小写字母开头，只用 a-z、0-9、- 和 _", "begin with a lower-case letter; a-z, 0-9, - and _ only"))
			return
		}
		if m.req && given == "" {
			bad(text("不能为空", "must not be empty"), Text{})
			return
		}
		v.SetString(given)
	}
}

// suggest words a hint of the nearest option, or of all.
func suggest(near string, options []string) Text {
	if near != "" {
		return text("是不是 %s？", "did you mean %s?", near)
	}
	list := strings.Join(options, ", ")
	return text("可用：%s", "known: %s", list)
}

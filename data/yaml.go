package data

import (
	"bytes"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"sitecover/data/written"
)

// maxStudyBytes bounds the study file: it is written by hand.
const maxStudyBytes = 1 << 20

// yamlFile is a parsed study file on its way to a Study: it notes every problem with its line, and every key that was set.
type yamlFile struct {
	name string // for messages
	c    *collector
	set  map[string]int
}

// fail notes a problem at a node.
func (y *yamlFile) fail(node *yaml.Node, path string, what, hint Text) {
	value := ""
	if node.Kind == yaml.ScalarNode {
		value = node.Value
	}
	y.failAt(node.Line, path, value, what, hint)
}

func (y *yamlFile) failAt(line int, path, value string, what, hint Text) {
	_ = y.c.add(&InputError{File: y.name, Row: line, Field: path, Value: value, What: what, Hint: hint}) // Load always reads to the end
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

// parseYAML returns the top mapping of the text, or notes why there is none.
func (y *yamlFile) parseYAML(text []byte) (top *yaml.Node) {
	if !y.textOK(text) {
		return nil
	}
	// yaml.v3 lets a few malformed texts escape as panics of its own; a bad file must never stop the program.
	defer func() {
		if r := recover(); r != nil {
			y.failAt(0, "", "", T("YAML 语法错误：%v", "YAML syntax: %v", r), T("检查缩进和冒号", "check indentation and colons"))
			top = nil
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if err == io.EOF {
			y.failAt(0, "", "", T("文件是空的", "is empty"), T("用 sitecover init 生成一个", "write one with sitecover init"))
			return nil
		}
		y.syntax(err)
		return nil
	}
	if err := decoder.Decode(new(yaml.Node)); err != io.EOF {
		y.failAt(0, "", "", T("文件里有不止一个 YAML 文档", "holds more than one YAML document"), T("删去 “---” 之后的部分", "remove what follows \"---\""))
		return nil
	}
	node := document.Content[0]
	if node.Kind != yaml.MappingNode {
		y.fail(node, "", T("应为“键: 值”的列表", "must be a list of \"key: value\""), T("用 sitecover init 生成一个样例", "see the example that sitecover init writes"))
		return nil
	}
	return node
}

// textOK checks what the YAML parser explains badly: encodings and tabs.
func (y *yamlFile) textOK(text []byte) bool {
	if len(text) > maxStudyBytes {
		y.failAt(0, "", "", T("文件超过 1 MB，不像是一份研究说明", "is larger than 1 MB, which is no study file"), T("是不是选错了文件？", "is it the right file?"))
		return false
	}
	ok := true
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			y.failAt(i+1, "", "", T("不是 UTF-8 编码", "is not UTF-8"), T("另存为 UTF-8", "save the file as UTF-8"))
			return false
		}
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if bytes.ContainsRune(indent, '\t') && len(bytes.TrimSpace(line)) > 0 {
			y.failAt(i+1, "", "", T("缩进里有制表符（Tab）", "has a tab in its indentation"), T("YAML 只能用空格缩进", "YAML is indented with spaces only"))
			ok = false
		}
	}
	return ok
}

func (y *yamlFile) syntax(err error) {
	line, text := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits by the pattern
		text = m[2]
	}
	hint := T("检查这一行及其上一行的缩进和冒号", "look at the indentation and colons of this line and the one before")
	if strings.Contains(text, "unknown anchor") || strings.Contains(text, "alias") {
		hint = T("含 * 或 & 的文字要加引号", "put text that holds * or & into quotes")
	}
	y.failAt(line, "", "", T("YAML 语法错误：%s", "YAML syntax: %s", text), hint)
}

// section is a mapping of the study file. Every key that is asked for becomes a known key; done reports the others.
type section struct {
	y     *yamlFile
	path  string
	node  *yaml.Node
	keys  []*yaml.Node
	value map[string]*yaml.Node
	known []string
	lacks []lack // required keys that are absent
}

// lack is a required key that is absent.
type lack struct {
	key  string
	line int
	hint Text
}

// section wraps a node that must be a mapping; on another kind it notes the problem and returns an empty section.
func (y *yamlFile) section(path string, node *yaml.Node) *section {
	s := &section{y: y, path: path, node: node, value: map[string]*yaml.Node{}}
	if node.Kind != yaml.MappingNode {
		y.fail(node, path, T("应为“键: 值”", "must be \"key: value\""), T("例如 resolution: 9", "for example resolution: 9"))
		s.node = &yaml.Node{Kind: yaml.MappingNode, Line: node.Line, Style: yaml.TaggedStyle}
		s.value = nil
		return s
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], resolve(node.Content[i+1])
		if _, twice := s.value[key.Value]; twice {
			y.failAt(key.Line, s.key(key.Value), "", T("这个键写了两次", "is given twice"), T("留下一个", "keep one of them"))
			continue
		}
		s.keys = append(s.keys, key)
		s.value[key.Value] = value
		y.set[s.key(key.Value)] = key.Line
	}
	return s
}

// broken reports whether the node was no mapping: required keys are then not asked for again.
func (s *section) broken() bool { return s.value == nil }

// resolve follows an alias. The parser refuses aliases that contain themselves.
func resolve(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

func (s *section) key(key string) string {
	if s.path == "" {
		return key
	}
	return s.path + "." + key
}

// get returns the node of a key; nil when it is absent or null. It makes the key known.
func (s *section) get(key string) *yaml.Node {
	if !slices.Contains(s.known, key) {
		s.known = append(s.known, key)
	}
	node := s.value[key]
	if node == nil || node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		return nil
	}
	return node
}

// has reports whether the key is set to something.
func (s *section) has(key string) bool { return s.get(key) != nil }

// missing notes that a required key is absent. done reports it.
func (s *section) missing(key string, hint Text) {
	if s.broken() {
		return
	}
	line := s.node.Line
	if node := s.value[key]; node != nil {
		line = node.Line
	}
	s.lacks = append(s.lacks, lack{key, line, hint})
}

// done reports the keys nobody asked for, and the required ones that are absent. A key that is only misspelt is reported once.
func (s *section) done() {
	misspelt := map[string]bool{}
	for _, key := range s.keys {
		if slices.Contains(s.known, key.Value) {
			continue
		}
		delete(s.y.set, s.key(key.Value))
		list := strings.Join(s.known, ", ")
		hint := T("可用的键：%s", "known keys: %s", list)
		if near := written.Nearest(key.Value, s.known); near != "" {
			hint = T("是不是 %s？", "did you mean %s?", near)
			misspelt[near] = true
		}
		s.y.failAt(key.Line, s.key(key.Value), "", T("没有这个键", "is not a known key"), hint)
	}
	for _, l := range s.lacks {
		if !misspelt[l.key] {
			s.y.failAt(l.line, s.key(l.key), "", T("缺少这一项", "is missing"), l.hint)
		}
	}
}

// scalar returns the text of a key that must be a single value; ok is false when it is absent or no single value.
func (s *section) scalar(key string) (text string, node *yaml.Node, ok bool) {
	node = s.get(key)
	if node == nil {
		return "", nil, false
	}
	if node.Kind != yaml.ScalarNode {
		s.y.fail(node, s.key(key), T("应为单个值", "must be a single value"), T("不要写成列表或嵌套", "no list or nesting here"))
		return "", node, false
	}
	return strings.TrimSpace(node.Value), node, true
}

// text returns the text of a key, or the default.
func (s *section) text(key, def string) string {
	if text, _, ok := s.scalar(key); ok && text != "" {
		return text
	}
	return def
}

// need returns the text of a required key.
func (s *section) need(key string, hint Text) string {
	if !s.has(key) {
		s.missing(key, hint)
		return ""
	}
	text, node, ok := s.scalar(key)
	if ok && text == "" {
		s.y.fail(node, s.key(key), T("不能为空", "must not be empty"), hint)
	}
	return text
}

// choice returns the text of a key that must be one of the options.
func (s *section) choice(key, def string, options []string) string {
	text, node, ok := s.scalar(key)
	if !ok {
		return def
	}
	if !slices.Contains(options, text) {
		s.unknown(node, key, options)
		return def
	}
	return text
}

// unknown notes that the value of a key is none of the options.
func (s *section) unknown(node *yaml.Node, key string, options []string) {
	s.y.fail(node, s.key(key), T("没有这个选项", "is not known"), suggest(node.Value, options))
}

// flag returns a key that must be true or false.
func (s *section) flag(key string, def bool) bool {
	text, node, ok := s.scalar(key)
	if !ok {
		return def
	}
	switch strings.ToLower(text) {
	case "true", "yes", "是":
		return true
	case "false", "no", "否":
		return false
	}
	s.y.fail(node, s.key(key), T("应为 true 或 false", "must be true or false"), T("true 表示是，false 表示否", "true is yes, false is no"))
	return def
}

// whole returns a whole number within [low, high].
func (s *section) whole(key string, def, low, high int) int {
	text, node, ok := s.scalar(key)
	if !ok {
		return def
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		s.y.fail(node, s.key(key), T("不是整数", "is not a whole number"), T("应在 %d 到 %d 之间", "from %d to %d", low, high))
		return def
	}
	if n < low || n > high {
		s.y.fail(node, s.key(key), T("超出范围", "is out of range"), T("应在 %d 到 %d 之间", "from %d to %d", low, high))
		return def
	}
	return n
}

// number returns a number without a unit that is at least zero.
func (s *section) number(key string, def float64) float64 {
	text, node, ok := s.scalar(key)
	if !ok {
		return def
	}
	f, problem := parseNumber(text)
	if problem == nil && f < 0 {
		problem = &quantityError{T("不能为负", "must not be negative"), T("写零或正数", "write zero or more")}
	}
	if problem != nil {
		s.y.fail(node, s.key(key), problem.what, problem.hint)
		return def
	}
	return f
}

// bound is the range rule of a quantity.
type bound int

const (
	positive    bound = iota // > 0
	nonNegative              // >= 0
	share                    // 0 to 1
)

// quantity returns a quantity in the dimension's base unit; ok is false when it is absent or wrong.
func (s *section) quantity(key string, d dimension, b bound) (*big.Rat, bool) {
	text, node, ok := s.scalar(key)
	if !ok {
		return nil, false
	}
	value, problem := d.parse(text)
	if problem == nil {
		problem = b.check(value)
	}
	if problem != nil {
		s.y.fail(node, s.key(key), problem.what, problem.hint)
		return nil, false
	}
	return value, true
}

func (b bound) check(value *big.Rat) *quantityError {
	switch {
	case value.Sign() < 0:
		return &quantityError{T("不能为负", "must not be negative"), T("写零或正数", "write zero or more")}
	case b == positive && value.Sign() == 0:
		return &quantityError{T("必须大于零", "must be greater than zero"), T("写一个正数", "write a positive number")}
	case b == share && value.Cmp(big.NewRat(1, 1)) > 0:
		return &quantityError{Text{"不能超过 100%", "must not exceed 100%"}, Text{"例如 85%", "for example 85%"}}
	}
	return nil
}

// amount returns a quantity as a float in the base unit, or the default.
func (s *section) amount(key string, d dimension, b bound, def float64) float64 {
	if value, ok := s.quantity(key, d, b); ok {
		return float(value)
	}
	return def
}

// date returns a day.
func (s *section) date(key string) (time.Time, bool) {
	text, node, ok := s.scalar(key)
	if !ok {
		return time.Time{}, false
	}
	day, ok := parseDate(text)
	if !ok || len(text) < 8 {
		s.y.fail(node, s.key(key), T("不是日期", "is not a date"), T("例如 2026-12-31", "for example 2026-12-31"))
		return time.Time{}, false
	}
	return day, true
}

// items returns the entries of a list; a single entry may be written without the dash.
func (s *section) items(key string) []*yaml.Node {
	node := s.get(key)
	switch {
	case node == nil:
		return nil
	case node.Kind == yaml.SequenceNode:
		out := make([]*yaml.Node, len(node.Content))
		for i, n := range node.Content {
			out[i] = resolve(n)
		}
		return out
	}
	return []*yaml.Node{node}
}

// words returns a list of texts and their nodes.
func (s *section) words(key string) (texts []string, nodes []*yaml.Node) {
	for _, node := range s.items(key) {
		if node.Kind != yaml.ScalarNode {
			s.y.fail(node, s.key(key), T("应为文字的列表", "must be a list of texts"), T("例如 [market, park]", "for example [market, park]"))
			continue
		}
		texts = append(texts, strings.TrimSpace(node.Value))
		nodes = append(nodes, node)
	}
	return texts, nodes
}

// sub returns the mapping of a key, nil when it is absent.
func (s *section) sub(key string) *section {
	node := s.get(key)
	if node == nil {
		return nil
	}
	return s.y.section(s.key(key), node)
}

// table returns a mapping of texts to texts, such as column names.
func (s *section) table(key string) map[string]string {
	sub := s.sub(key)
	if sub == nil || sub.broken() {
		return nil
	}
	out := make(map[string]string, len(sub.keys))
	for _, k := range sub.keys {
		if text, _, ok := sub.scalar(k.Value); ok {
			out[k.Value] = text
		}
	}
	return out
}

// suggest words the hint for a value that is none of the options.
func suggest(value string, options []string) Text {
	if near := written.Nearest(value, options); near != "" {
		return T("是不是 %s？", "did you mean %s?", near)
	}
	if len(options) == 0 {
		return Text{}
	}
	list := strings.Join(options, ", ")
	return T("可用：%s", "known: %s", list)
}

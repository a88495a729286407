package data

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"
)

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

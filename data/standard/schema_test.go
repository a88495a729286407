package standard

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain is what an editor sees of a YAML node.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plain(c))
		}
		return out
	}
	switch n.Tag {
	case "!!int", "!!float":
		f, err := strconv.ParseFloat(n.Value, 64)
		if err == nil {
			return f
		}
	case "!!bool":
		return n.Value == "true"
	case "!!null":
		return nil
	}
	return n.Value
}

func TestSchemaAcceptsEveryProfile(t *testing.T) {
	s := compiled(t)
	texts := map[string][]byte{"mine": []byte(mine)}
	for _, id := range append(IDs(), common) {
		texts[id], _, _ = read(id, "")
	}
	for id, raw := range texts {
		var doc yaml.Node
		if err := yaml.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(doc.Content[0])); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	for _, text := range []string{
		"id: x", "id: X\nname: {zh: a}", "id: x\nname: {zh: a}\nteirs: []", "id: x\nname: {zh: a}\ntiers: [{id: a, min_area: 500}]",
		"id: x\nname: {zh: a}\ntiers: [{id: a, min_area: 500 m}]", "id: x\nname: {zh: a}\ntiers: [{id: a, owner: hamlet}]",
		"id: x\nname: {zh: a}\ntiers: [{zh: a}]", "id: x\nname: {zh: a}\ntargets: [{id: a, year: soon}]",
	} {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(doc.Content[0])); err == nil {
			t.Errorf("accepted %s", strings.ReplaceAll(text, "\n", "; "))
		}
	}
}

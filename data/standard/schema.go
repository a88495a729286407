package standard

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
)

// schemaID names the schema. It is no address: nothing has to be fetched.
const schemaID = "urn:sitecover:standard"

// Schema returns the JSON Schema (draft 2020-12) of a profile, for editors. It is made from the same types that profiles are read into.
// What it cannot say, such as that a parent must exist, `sitecover standards validate` checks.
func Schema() ([]byte, error) {
	s := schemaOf(reflect.TypeFor[Profile](), member{})
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = schemaID
	s["title"] = "sitecover standard profile"
	return json.MarshalIndent(s, "", "  ")
}

// schemaOf describes a type. Entries of lists may leave out what is required when they only override an entry of the profile that is
// extended, so only the top level's id and name are required, and those of entries only beside nothing to extend; the validator is exact.
func schemaOf(t reflect.Type, m member) map[string]any {
	out := map[string]any{}
	switch {
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem(), m)
	case scales[t] != nil:
		out["anyOf"] = []any{map[string]any{"const": 0}, map[string]any{"type": "string", "pattern": scales[t].pattern()}}
		out["examples"] = []any{scales[t].Example}
	case t.Kind() == reflect.Struct:
		return structSchema(t)
	case t.Kind() == reflect.Slice:
		item := schemaOf(t.Elem(), member{enum: m.enum, pattern: m.pattern})
		if t.Elem().Kind() == reflect.Struct {
			out["type"], out["items"] = "array", item
		} else {
			out["anyOf"] = []any{map[string]any{"type": "array", "items": item}, item}
		}
	case t.Kind() == reflect.Map:
		out["type"] = "object"
		out["additionalProperties"] = nullable(schemaOf(t.Elem(), m))
	case t.Kind() == reflect.Int:
		out["type"], out["minimum"] = "integer", 0
	case t.Kind() == reflect.Bool:
		out["type"] = "boolean"
	case m.enum != nil:
		out["enum"] = m.enum
	case m.pattern == "id":
		out["type"], out["pattern"] = "string", idPattern.String()
	default:
		out["type"] = []any{"string", "number", "boolean"} // 5.1 and yes are texts to the reader, numbers and truths to YAML
	}
	return out
}

func structSchema(t reflect.Type) map[string]any {
	properties := map[string]any{}
	required := []string{}
	keyed := false
	for _, m := range members(t) {
		s := nullable(schemaOf(m.typ, m))
		s["description"] = m.doc
		properties[m.key] = s
		keyed = keyed || m.key == "id" || m.key == "no"
		if m.req && (m.key == "id" || m.key == "no" || m.key == "name") {
			required = append(required, m.key)
		}
	}
	if t == reflect.TypeFor[Profile]() {
		required = []string{"id", "name"}
	} else if keyed {
		properties["remove"] = map[string]any{"type": "boolean", "description": "takes the entry of the extended profile away"}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// nullable allows null, which takes a value of the extended profile away.
func nullable(s map[string]any) map[string]any {
	return map[string]any{"anyOf": []any{s, map[string]any{"type": "null"}}}
}

// pattern is a regular expression of what read takes.
func (s *scale) pattern() string {
	var words []string
	for _, u := range s.Units {
		for _, w := range u.Words {
			words = append(words, regexp.QuoteMeta(w))
		}
	}
	return `^\s*[0-9.]+\s*(` + strings.Join(words, "|") + `)\s*$`
}

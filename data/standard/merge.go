package standard

import "gopkg.in/yaml.v3"

// merge lays one file over another: mappings key by key, lists whose entries have an id or number entry by entry, everything else as a
// whole. null takes a value away; an entry with remove: true takes an entry away. Neither argument is changed.
func (s *source) merge(base, over *yaml.Node, path string) *yaml.Node {
	switch {
	case base.Kind == yaml.MappingNode && over.Kind == yaml.MappingNode:
		return s.mergeMapping(base, over, path)
	case base.Kind == yaml.SequenceNode && over.Kind == yaml.SequenceNode && keyed(base) && keyed(over):
		return s.mergeList(base, over, path)
	}
	return over
}

// keyed reports whether every entry of a list has an id or number.
func keyed(n *yaml.Node) bool {
	for _, c := range n.Content {
		if entryKey(c) == "" {
			return false
		}
	}
	return true
}

func (s *source) copyOf(n *yaml.Node, from *yaml.Node) *yaml.Node {
	out := *n
	out.Content = nil
	s.files[&out] = s.files[from]
	out.Line = from.Line
	return &out
}

func (s *source) mergeMapping(base, over *yaml.Node, path string) *yaml.Node {
	out := s.copyOf(base, over)
	value := map[string]*yaml.Node{}
	for i := 0; i+1 < len(over.Content); i += 2 {
		value[over.Content[i].Value] = over.Content[i+1]
	}
	inBase := map[string]bool{}
	for i := 0; i+1 < len(base.Content); i += 2 {
		key, old := base.Content[i], base.Content[i+1]
		inBase[key.Value] = true
		if v, given := value[key.Value]; given {
			old = s.merge(old, v, join(path, key.Value))
			key = s.keyNode(key, v)
		}
		out.Content = append(out.Content, key, old)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(over.Content); i += 2 {
		key := over.Content[i]
		if seen[key.Value] { // a key given twice stays twice, so that the decoder sees it
			out.Content = append(out.Content, key, over.Content[i+1])
		} else if !inBase[key.Value] {
			out.Content = append(out.Content, key, over.Content[i+1])
		}
		seen[key.Value] = true
	}
	return out
}

// keyNode is a base key that now stands where the overriding value does.
func (s *source) keyNode(key, value *yaml.Node) *yaml.Node {
	out := *key
	out.Line = value.Line
	s.files[&out] = s.files[value]
	return &out
}

func (s *source) mergeList(base, over *yaml.Node, path string) *yaml.Node {
	out := s.copyOf(base, over)
	changes := map[string]*yaml.Node{}
	for _, c := range over.Content {
		changes[entryKey(c)] = c
	}
	known := map[string]bool{}
	for _, c := range base.Content {
		key := entryKey(c)
		known[key] = true
		change, given := changes[key]
		switch {
		case !given:
			out.Content = append(out.Content, c)
		case removes(change):
		default:
			out.Content = append(out.Content, s.merge(c, change, join(path, key)))
		}
	}
	for _, c := range over.Content {
		switch key := entryKey(c); {
		case known[key] && changes[key] == c:
		case removes(c):
			s.fail(s.spot(c), join(path, key), key, text("要删去的这一项不存在", "is to be removed but not there"), text("看看 sitecover standards show", "see sitecover standards show"))
		default:
			out.Content = append(out.Content, c)
		}
	}
	return out
}

// removes reports whether an entry says remove: true.
func removes(n *yaml.Node) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "remove" && n.Content[i+1].Value == "true" {
			return true
		}
	}
	return false
}

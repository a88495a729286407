package standard

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
)

// Change is one value in which two profiles differ. An absent value is "".
type Change struct {
	Key string `json:"key"`
	A   string `json:"a"`
	B   string `json:"b"`
}

// Diff lists where two profiles differ, by key path in the order of the keys. Entries of lists are matched by their id or number, not by
// their place. The ids, names and sources of the profiles themselves are left out.
func Diff(a, b *Profile) ([]Change, error) {
	left, err := flatten(a)
	if err != nil {
		return nil, err
	}
	right, err := flatten(b)
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for k := range left {
		keys[k] = true
	}
	for k := range right {
		keys[k] = true
	}
	out := []Change{}
	for k := range keys {
		if left[k] != right[k] {
			out = append(out, Change{k, left[k], right[k]})
		}
	}
	slices.SortFunc(out, func(x, y Change) int { return compareKeys(x.Key, y.Key) })
	return out, nil
}

// compareKeys orders paths with numbers in them by their value: items.2 before items.10.
func compareKeys(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if digit(a[i]) && digit(b[j]) {
			x, y := i, j
			for i < len(a) && digit(a[i]) {
				i++
			}
			for j < len(b) && digit(b[j]) {
				j++
			}
			if n := (i - x) - (j - y); n != 0 {
				return n
			}
			if a[x:i] != b[y:j] {
				if a[x:i] < b[y:j] {
					return -1
				}
				return 1
			}
			continue
		}
		if a[i] != b[j] {
			return int(a[i]) - int(b[j])
		}
		i++
		j++
	}
	return len(a) - i - (len(b) - j)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// flatten returns the values of a profile by key path.
func flatten(p *Profile) (map[string]string, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("standard: flatten %s: %w", p.ID, err)
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("standard: flatten %s: %w", p.ID, err)
	}
	for _, k := range []string{"id", "name", "source", "extends"} {
		delete(tree, k)
	}
	out := map[string]string{}
	spread(tree, "", out)
	return out, nil
}

func spread(v any, path string, out map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if k != "id" && k != "no" {
				spread(e, join(path, k), out)
			}
		}
	case []any:
		for i, e := range v {
			at := fmt.Sprintf("%s[%d]", path, i)
			if m, isMap := e.(map[string]any); isMap {
				for _, k := range []string{"id", "no"} {
					if key, named := m[k].(string); named {
						at = join(path, key)
					}
				}
			}
			spread(e, at, out)
		}
	default:
		out[path] = fmt.Sprint(v)
	}
}

// Keys lists the key paths at which a profile says something of its own or of what it extends, sorted.
func (p *Profile) Keys() []string {
	out := make([]string, 0, len(p.at))
	for k := range p.at {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// rank is the order of the rooms: a room may import only rooms of a lower rank, or packages of its own room.
// data and reports share a rank, so neither can import the other.
var rank = map[string]int{"geo": 1, "coverage": 2, "siting": 3, "data": 4, "reports": 4, "cmd": 5}

// pure are the rooms that touch nothing outside: no files, clock, log or global randomness.
var pure = map[string]bool{"geo": true, "coverage": true, "siting": true}

var impure = []string{"os", "io/ioutil", "log", "log/slog", "net", "net/http", "math/rand", "os/exec", "embed"}

type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestImportsFlowOneWay(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 8 {
		t.Fatalf("only %d packages listed: the test looks at the wrong tree", len(packages))
	}
	for _, p := range packages {
		from := room(p.ImportPath)
		if from == "" {
			continue
		}
		if rank[from] == 0 {
			t.Errorf("%s: room %q is not in the plan (docs/architecture.md)", p.ImportPath, from)
		}
		for _, imp := range append(append(append([]string(nil), p.Imports...), p.TestImports...), p.XTestImports...) {
			if to := room(imp); to != "" && to != from && rank[to] >= rank[from] {
				t.Errorf("%s imports %s: %s must not know %s", p.ImportPath, imp, from, to)
			}
		}
		for _, imp := range p.Imports {
			for _, bad := range impure {
				if pure[from] && imp == bad {
					t.Errorf("%s imports %s: %s does no I/O and has no clock, log or global randomness", p.ImportPath, imp, from)
				}
			}
		}
	}
}

// room is the top-level folder of a package of this module, "" for anything else.
func room(path string) string {
	rest, ok := strings.CutPrefix(path, "sitecover/")
	if !ok || strings.HasPrefix(rest, ".") {
		return ""
	}
	top, _, _ := strings.Cut(rest, "/")
	return top
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "sitecover/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

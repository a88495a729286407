package data

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// literals returns every string literal of the package's own source, of what reads written values, and of the program's run package, but for the table of codes.
func literals(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*.go", "written/*.go", "../cmd/internal/run/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "doctor_codes.go" {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, err := strconv.Unquote(lit.Value); err == nil {
						out = append(out, s)
					}
				}
				return true
			})
		}
	}
	return out
}

// TestCodesHoldToTheWording: whoever rewords a message must keep its code.
func TestCodesHoldToTheWording(t *testing.T) {
	all := literals(t)
	for _, w := range codeWords {
		if !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, w.words) }) {
			t.Errorf("no message holds %q, which is to have the code %s", w.words, w.code)
		}
	}
}

// TestCodesAreListed: docs/findings.md explains every code, and the code of every finding that is made by name is in the list.
func TestCodesAreListed(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "findings.md"))
	if err != nil {
		t.Fatal(err)
	}
	codes := Codes()
	for _, code := range codes {
		if !strings.Contains(string(page), "`"+code+"`") {
			t.Errorf("docs/findings.md does not explain %s", code)
		}
	}
	for _, name := range []string{"doctor.go", "doctor_people.go", "doctor_roads.go", "doctor_divisions.go", "doctor_border.go", "examine.go"} {
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "note" && sel.Sel.Name != "find" {
				return true
			}
			for _, arg := range call.Args {
				if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, _ := strconv.Unquote(lit.Value); strings.Contains(s, "-") && !strings.Contains(s, " ") && !slices.Contains(codes, s) {
						t.Errorf("%s: the code %s is not in Codes", name, s)
					}
				}
			}
			return true
		})
	}
}

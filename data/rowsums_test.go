package data

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func sumsOf(t testing.TB, lines []string) *RowSums {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	out := SumRows(context.Background(), path, "")
	if out == nil {
		t.Fatal("no sums")
	}
	return out
}

// TestRowSums: a changed line is told by its number, added and removed lines by where they stand, whatever the line ends.
func TestRowSums(t *testing.T) {
	was := []string{"id,people", "a,1", "b,2", "c,3", "d,4"}
	for name, c := range map[string]struct {
		now         []string
		first, last int
		differ      bool
	}{
		"the same":         {was, 0, 0, false},
		"other line ends":  {strings.Split(strings.Join(was, "\r\n"), "\n"), 0, 0, false},
		"one changed":      {[]string{"id,people", "a,1", "b,9", "c,3", "d,4"}, 3, 3, true},
		"two changed":      {[]string{"id,people", "a,7", "b,2", "c,8", "d,4"}, 2, 4, true},
		"one added":        {[]string{"id,people", "a,1", "x,0", "b,2", "c,3", "d,4"}, 3, 3, true},
		"one removed":      {[]string{"id,people", "a,1", "c,3", "d,4"}, 3, 2, true},
		"the last removed": {was[:4], 5, 4, true},
	} {
		first, last, differ := sumsOf(t, was).Changed(sumsOf(t, c.now))
		if first != c.first || last != c.last || differ != c.differ {
			t.Errorf("%s: rows %d to %d (%v), want %d to %d (%v)", name, first, last, differ, c.first, c.last, c.differ)
		}
	}
}

// TestRowSumsOfManyRows: of a long file the changed row lies in the block that is told, and the sums stay few.
func TestRowSumsOfManyRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3*maxSums).Draw(t, "rows")
		at := rapid.IntRange(0, n-1).Draw(t, "changed")
		sum := func(changed int) *RowSums {
			s := newRowSummer(UnitLine)
			for i := range n {
				if i == changed {
					s.add([]byte("other"))
				} else {
					s.add(fmt.Appendf(nil, "row %d", i))
				}
			}
			return s.done()
		}
		was, now := sum(-1), sum(at)
		if len(was.decode()) > maxSums || was.Count != n {
			t.Fatalf("%d sums of %d rows", len(was.decode()), was.Count)
		}
		first, last, ok := was.Changed(now)
		if !ok || at+1 < first || at+1 > last || last-first >= was.Block {
			t.Fatalf("row %d of %d: told %d to %d of blocks of %d (%v)", at+1, n, first, last, was.Block, ok)
		}
	})
}

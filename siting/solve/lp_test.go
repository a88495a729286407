package solve

import (
	"errors"
	"strings"
	"testing"
)

func TestWriteLP(t *testing.T) {
	p := &MaxCoverProblem{Cover: Cover{Rows: 2, Offset: []int64{0, 2, 3}, Row: []int32{0, 1, 1}, Weight: []int64{4, 2}}, Budget: 1,
		Banned: []int32{1}, Covered: []bool{false, true}}
	var b strings.Builder
	if err := WriteLP(&b, p); err != nil {
		t.Fatal(err)
	}
	want := `Maximize
 covered: + 4 y0 + 2 one
Subject To
 money: + 1 x0 + 1 x1 <= 1
 + 1 x1 = 0
 + 1 y0 - 1 x0 <= 0
Bounds
 one = 1
 0 <= y0 <= 1
Binary
 x0
 x1
End
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteLPTellsErrors(t *testing.T) {
	if err := WriteLP(full{}, &MaxCoverProblem{}); err == nil || err.Error() != "disk full" {
		t.Errorf("error %v", err)
	}
	if err := WriteLP(&strings.Builder{}, &SetCoverProblem{Demand: -1}); err == nil {
		t.Error("a malformed problem is written")
	}
}

func TestColumnOf(t *testing.T) {
	for _, c := range []struct {
		name string
		j, t int32
		ok   bool
	}{{"x12", 12, 0, true}, {"x3_4", 3, 4, true}, {"y3", 0, 0, false}, {"one", 0, 0, false}, {"x", 0, 0, false}, {"x1_", 0, 0, false}, {"x-1", 0, 0, false}} {
		if j, y, ok := ColumnOf(c.name); j != c.j || y != c.t || ok != c.ok {
			t.Errorf("%s: %d, %d, %v", c.name, j, y, ok)
		}
	}
}

package run

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestFigures: the cells, properties and lines in which two versions of a file differ are named, with both values.
func TestFigures(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	book := func(name string, people int) string {
		f := excelize.NewFile()
		for cell, v := range map[string]any{"A1": "区划", "B1": "人口", "A2": "西社区", "B2": people} {
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(dir, name)
		if err := f.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		was, now string
		want     []Figure
	}{
		"a workbook":   {book("a.xlsx", 64), book("b.xlsx", 128), []Figure{{"Sheet1!B2", "64", "128"}}},
		"a table":      {write("a.csv", "id,people\nx,1\ny,2\n"), write("b.csv", "id,people\nx,1\ny,3\n"), []Figure{{"row 3, people", "2", "3"}}},
		"a row more":   {write("c.csv", "id\nx\n"), write("d.csv", "id\nx\ny\n"), []Figure{{"row 3, id", "", "y"}}},
		"a property":   {write("a.json", `{"features":[{"p":1.50},{"p":2}]}`), write("b.json", `{"features":[{"p":1.50},{"p":"二"}]}`), []Figure{{"features[1].p", "2", `"二"`}}},
		"fewer items":  {write("c.json", `[1,2]`), write("d.json", `[1]`), []Figure{{".length", "2", "1"}}},
		"a text":       {write("a.svg", "<svg>\n<text>一</text>\n"), write("b.svg", "<svg>\n<text>二</text>\n"), []Figure{{"line 2", "<text>一</text>", "<text>二</text>"}}},
		"no such JSON": {write("e.json", `{`), write("f.json", `[`), []Figure{{"line 1", "{", "["}}},
		"a picture":    {write("a.png", "x"), write("b.png", "y"), nil},
		"nothing":      {write("g.csv", "a"), filepath.Join(dir, "none.csv"), nil},
	} {
		if got := figures(c.was, c.now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

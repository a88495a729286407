package reports

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"

	"sitecover/coverage"
)

// Comparing is what a comparison report shows: two studies, years or scenarios, and what differs between them.
type Comparing struct {
	Before, After         *Study
	BeforeName, AfterName string // how the two are called; where empty by their names, or their dates when those are the same
	Diff                  *coverage.Comparison
	JSON                  []byte // the same as the program prints with --json
}

// Validate reports what of the two sides and their comparison does not fit together.
func (c *Comparing) Validate() error {
	if c.Diff == nil {
		return errors.New("reports: Comparing.Diff: missing")
	}
	if err := errors.Join(c.Before.Validate(), c.After.Validate()); err != nil {
		return err
	}
	for _, t := range c.Diff.Tiers {
		if t.Before < 0 || t.Before >= len(c.Before.Tiers) || t.After < 0 || t.After >= len(c.After.Tiers) {
			return fmt.Errorf("reports: Comparing.Diff: tier %q is not of these studies", t.ID)
		}
	}
	return nil
}

// names are how the two sides are called, and what stands before both in the title.
func (c *Comparing) names() (before, after, common string) {
	if before, after = c.BeforeName, c.AfterName; before != "" && after != "" && before != after {
		return before, after, ""
	}
	if before, after = c.Before.Name, c.After.Name; before != after {
		return before, after, ""
	}
	a, b := c.Before.Date.Format("2006-01-02"), c.After.Date.Format("2006-01-02")
	if a == b {
		a, b = "A", "B"
	}
	return a, b, before
}

// WriteComparison writes a comparison report into a folder: compare.html (one file that needs nothing else), compare.xlsx and
// compare.json. The folder is made when it is missing, and nothing is left half-written, as with Write. Of the options only the
// language counts. The same two studies give the same bytes.
func WriteComparison(ctx context.Context, dir string, c *Comparing, o Options) error {
	if err := errors.Join(o.Validate(), c.Validate()); err != nil {
		return err
	}
	v := newComparison(c, o.Lang)
	return writeFolder(ctx, dir, []file{
		{"compare.html", v.writeHTML},
		{"compare.xlsx", func(w io.Writer) error { return v.after.writeSheets(w, v.sheets(), noMore) }},
		{"compare.json", func(w io.Writer) error { _, err := w.Write(c.JSON); return err }},
	}, o.Manifest)
}

// comparison is a comparison report under way: the builders of both sides, which share their words.
type comparison struct {
	words
	*Comparing
	before, after *builder
	nameA, nameB  string
	common        string // name of both, "" when they have their own
	lead          int    // index into Diff.Tiers of the tier shown first
}

func newComparison(c *Comparing, lang string) *comparison {
	if lang == "" {
		lang = Chinese
	}
	side := func(s *Study) *builder {
		return &builder{words: words{lang}, s: s, cells: collectCells(s), rank: rankLevel(s.Regions)}
	}
	v := &comparison{words: words{lang}, Comparing: c, before: side(c.Before), after: side(c.After)}
	v.nameA, v.nameB, v.common = c.names()
	lead := leadTier(c.After)
	for i, t := range c.Diff.Tiers {
		if t.After == lead {
			v.lead = i
		}
	}
	return v
}

// compareDocument is what the template of the page executes on.
type compareDocument struct {
	words
	Lang         string
	Common       string
	NameA, NameB string
	DateA, DateB string
	Synthetic    bool
	Notice       string
	Version      string
	Tiers        []string
	Lead         int
	Story        string
	Notes        []string
	Sections     []compareSection
	CSS          []template.CSS
	Scripts      []template.JS
	Data         template.JS
}

// compareSection is a heading with its finding and tables.
type compareSection struct {
	ID, Title, Line string
	Maps            bool // the three maps come first
	Tables          []compareTable
}

// compareTable is a table; one of a tier is shown with that tier only.
type compareTable struct {
	Title string
	Tier  int // index into Tiers, -1 = shown with every tier
	Head  []compareCell
	Rows  [][]compareCell
	More  string // what the workbook holds beyond it
}

// compareCell is a cell of a table.
type compareCell struct {
	Text   string
	Figure bool
	Tone   string // "up", "down" or ""
}

func (v *comparison) writeHTML(w io.Writer) error {
	t, err := template.New("compare.html").ParseFS(assets, "assets/compare.html")
	if err != nil {
		return err
	}
	d := compareDocument{words: v.words, Lang: v.lang, Common: v.common, NameA: v.nameA, NameB: v.nameB, DateA: v.Before.Date.Format("2006-01-02"), DateB: v.After.Date.Format("2006-01-02"),
		Synthetic: v.Before.Synthetic || v.After.Synthetic, Notice: v.After.Notice, Version: v.After.Version, Lead: v.lead, Story: v.story(), Notes: v.notes(), Sections: v.sections()}
	for _, x := range v.Diff.Tiers {
		d.Tiers = append(d.Tiers, v.After.Tiers[x.After].Name)
	}
	for _, name := range []string{"assets/report.css", "assets/compare.css"} {
		css, err := assets.ReadFile(name)
		if err != nil {
			return err
		}
		d.CSS = append(d.CSS, template.CSS(css))
	}
	for _, name := range []string{"assets/js/core.js", "assets/js/unpack.js", "assets/compare.js"} {
		js, err := assets.ReadFile(name)
		if err != nil {
			return err
		}
		d.Scripts = append(d.Scripts, template.JS(js))
	}
	data, err := json.Marshal(v.mapData())
	if err != nil {
		return err
	}
	d.Data = template.JS(data)
	out := bufio.NewWriter(w)
	if err := t.Execute(out, &d); err != nil {
		return err
	}
	return out.Flush()
}

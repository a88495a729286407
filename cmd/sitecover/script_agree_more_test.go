package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/parquet-go/parquet-go"

	"sitecover/cmd/internal/run"
	"sitecover/data/shapefile"
)

// sheet is a sheet of the workbook, by its name in either language, without its head; a sheet that is not there has no rows.
func (w *walker) sheet(names ...string) [][]string {
	for _, name := range names {
		if rows := w.sheets[name]; len(rows) > 0 {
			return rows[1:]
		}
	}
	return nil
}

// rows fails unless a sheet has so many rows.
func (w *walker) rows(want int, names ...string) [][]string {
	out := w.sheet(names...)
	if w.compared++; len(out) != want {
		w.ts.Fatalf("the sheet %v has %d rows, want %d", names, len(out), want)
	}
	return out
}

// blankList compares the regions that own no qualifying site.
func (w *walker) blankList() {
	n := 0
	for t, tier := range w.coverage.Tiers {
		if len(tier.Blank) != len(w.page.Blank[t]) {
			w.ts.Fatalf("%d blank regions of %s, %d on the page", len(tier.Blank), tier.ID, len(w.page.Blank[t]))
		}
		figures := map[string]run.IndicatorView{}
		for _, r := range tier.Regions {
			figures[r.ID] = r.IndicatorView
		}
		for k, r := range tier.Blank {
			row, x := rowAt(w.book[2], 1+n), figures[r.ID]
			w.equal("blank region in the workbook", at(row, 2), r.ID)
			w.equal("blank region on the page", w.page.Regions[w.page.Blank[t][k]].ID, r.ID)
			w.same(r.ID+" in the blank list", at(row, 5), x.People, heads)
			w.same(r.ID+" in the blank list", at(row, 6), x.Covered, heads)
			w.optional(r.ID+" in the blank list", at(row, 7), x.Effective, shares)
			w.same(r.ID+" in the blank list", at(row, 8), float64(x.BelowStandard), 0)
			w.same(r.ID+" in the blank list", at(row, 9), float64(x.AreaUnknown), 0)
			n++
		}
	}
	if len(w.book[2]) != n+1 {
		w.ts.Fatalf("%d blank regions, %d in the workbook", n, len(w.book[2])-1)
	}
}

func rowAt(rows [][]string, i int) []string {
	if i < len(rows) {
		return rows[i]
	}
	return nil
}

// others compares groups of people and moments of the day, of the whole and of every region.
func (w *walker) others() {
	var groups, hours [][]string
	g, h := 0, 0
	for r := -1; r < len(w.coverage.Tiers[0].Regions); r++ {
		for t, tier := range w.coverage.Tiers {
			gs, hs := tier.TotalGroups, tier.TotalHours
			if r >= 0 {
				gs, hs = tier.Regions[r].Groups, tier.Regions[r].Hours
			}
			if r < 0 && t == 0 {
				groups = w.rows(len(gs)*len(w.coverage.Tiers)*(1+len(tier.Regions)), "人群", "Groups")
				hours = w.rows(len(hs)*len(w.coverage.Tiers)*(1+len(tier.Regions)), "时段", "Hours")
			}
			for k, x := range gs {
				row := groups[g]
				for i, v := range map[int]float64{4: x.People, 5: x.Covered, 7: x.Unconnected} {
					w.same(x.Group+" in the workbook", at(row, i), v, heads)
				}
				w.optional(x.Group+" in the workbook", at(row, 6), x.Effective, shares)
				if g++; r >= 0 {
					w.same(x.Group+" on the page", number(w.page.Regions[r].Groups[t][k][0]), x.People, 0.5)
					w.same(x.Group+" on the page", number(w.page.Regions[r].Groups[t][k][1]), x.Covered, 0.5)
				}
			}
			for k, x := range hs {
				row := hours[h]
				w.same(x.Moment+" in the workbook", at(row, 5), x.Covered, heads)
				w.optional(x.Moment+" in the workbook", at(row, 6), x.Effective, shares)
				w.same(x.Moment+" in the workbook", at(row, 7), x.Possible, heads)
				if h++; r < 0 {
					for i, n := range []int{x.Open, x.Closed, x.Unknown} {
						w.same(x.Moment+" in the workbook", at(row, 8+i), float64(n), 0)
					}
					continue
				}
				w.same(x.Moment+" on the page", number(w.page.Regions[r].Hours[t][k][0]), x.Covered, 0.5)
				w.same(x.Moment+" on the page", number(w.page.Regions[r].Hours[t][k][1]), x.Possible, 0.5)
			}
		}
	}
}

// stationList compares 红色驿站.
func (w *walker) stationList() {
	if w.stations.Study == "" {
		return
	}
	rows := w.rows(len(w.stations.Stations), "驿站", "Red stations")
	for i, x := range w.stations.Stations {
		what, row := "station "+x.Candidate, rows[i]
		w.equal(what+" in the workbook", at(row, 9), x.Candidate)
		w.same(what, at(row, 0), float64(x.Rank), 0)
		w.same(what, at(row, 3), x.Score, heads)
		w.optional(what, at(row, 4), x.Kept, shares)
		for format, layer := range w.layers("stations") {
			f, what := layer[i], what+" in "+format
			w.equal(what, f["candidate"], x.Candidate)
			w.same(what, f["rank"], float64(x.Rank), 0)
			w.same(what, f["score"], x.Score, heads)
			w.optional(what, f["kept"], x.Kept, 0.000051)
		}
	}
}

// entityList compares parks, towers and markets.
func (w *walker) entityList() {
	n, rows := 0, w.sheet("单位", "Entities")
	for _, tier := range w.entities.Tiers {
		for _, x := range tier.Entities {
			row := rowAt(rows, n)
			w.equal("entity in the workbook", at(row, 1), x.ID)
			w.same("entity "+x.ID, map[string]string{"是": "1", "yes": "1", "否": "0", "no": "0"}[at(row, 6)], map[bool]float64{true: 1}[x.Covered], 0)
			n++
		}
	}
	if n > 0 && n != len(rows) {
		w.ts.Fatalf("%d entities, %d in the workbook", n, len(rows))
	}
}

// assessed is what is walked of assess --json.
type assessed struct {
	Study string
	Sites []struct {
		ID     string
		Result struct {
			Must, Should struct{ Pass, Below, Unknown int }
		} `json:"assessment"`
	}
}

// assessment compares the cards of the sites.
func (w *walker) assessment() {
	if w.assess.Study == "" {
		return
	}
	rows := w.rows(len(w.assess.Sites), "考核", "Assessment")
	for i, x := range w.assess.Sites {
		w.equal("assessed site", at(rows[i], 1), x.ID)
		for k, v := range map[int]int{5: x.Result.Must.Pass, 6: x.Result.Must.Below, 7: x.Result.Must.Unknown, 8: x.Result.Should.Pass, 9: x.Result.Should.Below, 10: x.Result.Should.Unknown} {
			w.same("requirements of "+x.ID, at(rows[i], k), float64(v), 0)
		}
	}
}

func (w *walker) has(path string) bool {
	_, err := os.Stat(filepath.Join(w.dir, filepath.FromSlash(path)))
	return err == nil
}

// shapefile reads a Shapefile. Its names have ten letters at most, its columns the order of every other format.
func (w *walker) shapefile(name string) (out []feature) {
	w.geopackage(name)
	names := w.columns[2:]
	r, err := shapefile.Open(filepath.Join(w.dir, "layers", "shp", name+".shp"))
	w.ts.Check(err)
	defer r.Close()
	if len(r.Fields) != len(names) {
		w.ts.Fatalf("%s: %d columns in the Shapefile, %d in the GeoPackage", name, len(r.Fields), len(names))
	}
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		w.ts.Check(err)
		f := feature{}
		for i, v := range record.Values {
			f[names[i]] = v
		}
		out = append(out, f)
	}
}

func (w *walker) parquet(name string) (out []feature) {
	body := readBytes(w.ts, filepath.Join(w.dir, "layers", name+".parquet"))
	f, err := parquet.OpenFile(bytes.NewReader(body), int64(len(body)))
	w.ts.Check(err)
	columns := f.Root().Columns()
	for _, g := range f.RowGroups() {
		rows := g.Rows()
		for buf := make([]parquet.Row, 64); ; {
			n, err := rows.ReadRows(buf)
			for _, row := range buf[:n] {
				x := feature{}
				for _, v := range row {
					if column := columns[v.Column()].Name(); !v.IsNull() && column != "geometry" {
						x[column] = v.String()
					}
				}
				out = append(out, x)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			w.ts.Check(err)
		}
		w.ts.Check(rows.Close())
	}
	return out
}

var (
	wordTable = regexp.MustCompile(`(?s)<w:tbl>.*?</w:tbl>`)
	wordRow   = regexp.MustCompile(`(?s)<w:tr>.*?</w:tr>|<w:tr .*?</w:tr>`)
	wordCell  = regexp.MustCompile(`(?s)<w:tc>.*?</w:tc>`)
	anyTag    = regexp.MustCompile(`<[^>]*>`)
)

// brief compares the first table of the Word brief: every tier's headline figures.
func (w *walker) brief() {
	if !w.has("brief.docx") {
		return
	}
	z, err := zip.OpenReader(filepath.Join(w.dir, "brief.docx"))
	w.ts.Check(err)
	defer z.Close()
	part, err := z.Open("word/document.xml")
	w.ts.Check(err)
	body, err := io.ReadAll(part)
	w.ts.Check(errors.Join(err, part.Close()))
	rows := wordRow.FindAllString(wordTable.FindString(string(body)), -1)
	if len(rows) != len(w.coverage.Tiers)+1 {
		w.ts.Fatalf("the first table of the brief has %d rows", len(rows))
	}
	for t, tier := range w.coverage.Tiers {
		var cells []string
		for _, c := range wordCell.FindAllString(rows[t+1], -1) {
			cells = append(cells, strings.TrimSpace(anyTag.ReplaceAllString(c, "")))
		}
		what := tier.ID + " in the brief"
		w.equal(what, at(cells, 0), tier.Name)
		w.shown(what, at(cells, 2), tier.Total.Effective)
		w.shown(what, at(cells, 5), new(tier.Total.People-tier.Total.Covered))
		if n := len(w.plan.Years); n > 0 {
			w.shown(what, at(cells, 6), w.plan.Years[n-1].Tiers[t].Effective)
		}
	}
}

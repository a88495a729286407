package main

import (
	"bytes"
	"compress/flate"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
	_ "modernc.org/sqlite"

	"sitecover/cmd/internal/run"
)

// agree runs `agree FOLDER coverage.json gaps.json …`: every number that --json printed must stand in the report's page, brief,
// workbook and layers in FOLDER, row by row. plan.json, stations.json, entities.json, assess.json and status.json are walked too where they are given.
func agree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: agree folder coverage.json gaps.json [plan.json] [stations.json] [entities.json] [assess.json] [status.json]")
	}
	w := &walker{ts: ts, dir: ts.MkAbs(args[0]), read: map[string]map[string][]feature{}, sheets: map[string][][]string{}}
	known := map[string]any{"coverage.json": &w.coverage, "gaps.json": &w.gaps, "plan.json": &w.plan, "stations.json": &w.stations, "entities.json": &w.entities,
		"assess.json": &w.assess, "status.json": &w.status}
	for _, name := range args[1:] {
		to, ok := known[name]
		if !ok {
			ts.Fatalf("agree does not know %s", name)
		}
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), to))
	}
	page := readBytes(ts, filepath.Join(w.dir, "report.html"))
	ts.Check(json.Unmarshal(pageData(ts, page), &w.page))
	book, err := excelize.OpenFile(filepath.Join(w.dir, "plan.xlsx"))
	ts.Check(err)
	for i, name := range book.GetSheetList() {
		rows, err := book.GetRows(name, excelize.Options{RawCellValue: true})
		ts.Check(err)
		if w.sheets[name] = rows; i < 5 { // summary, regions, blank list, gaps, plan
			w.book = append(w.book, rows)
		}
	}
	ts.Check(book.Close())
	w.regions()
	w.gapList()
	w.planList()
	w.years()
	w.yearSheet()
	w.quotaSheets()
	w.cells()
	w.blankList()
	w.others()
	w.stationList()
	w.entityList()
	w.assessment()
	w.shownOnPage(string(page))
	w.brief()
	if w.compared < 100 {
		ts.Fatalf("only %d numbers were compared", w.compared)
	}
	ts.Logf("%d numbers agree", w.compared)
}

// pageData is the data that a report's page holds, as JSON: there it is deflated, in base64.
func pageData(ts *testscript.TestScript, page []byte) []byte {
	packed := regexp.MustCompile(`<script type="text/plain" id="data">(.*?)</script>`).FindSubmatch(page)
	if packed == nil {
		ts.Fatalf("report.html holds no data")
	}
	data, err := io.ReadAll(flate.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(packed[1]))))
	ts.Check(err)
	return data
}

// walker holds the same study as everything that was written of it.
type walker struct {
	ts       *testscript.TestScript
	dir      string
	coverage run.CoverageReport
	gaps     run.GapReport
	plan     run.PlanReport
	stations run.StationReport
	entities run.EntityReport
	assess   assessed
	status   run.TrackStatus
	sheets   map[string][][]string // of the workbook by name
	page     struct {
		Regions []struct {
			ID     string         `json:"id"`
			T      [][]float64    `json:"t"`
			Groups [][][2]float64 `json:"g"`
			Hours  [][][2]float64 `json:"o"`
		} `json:"regions"`
		Gaps []struct {
			Tier   int     `json:"t"`
			Rank   int     `json:"r"`
			People float64 `json:"p"`
		} `json:"gaps"`
		Picks []struct {
			Tier   int     `json:"t"`
			Year   int     `json:"y"`
			Gained float64 `json:"g"`
			Cost   float64 `json:"c"`
		} `json:"picks"`
		Blank [][]int `json:"blank"`
	}
	book     [][][]string
	read     map[string]map[string][]feature // layers, by name and format
	columns  []string                        // of the table of the GeoPackage read last: fid, geometry, and the attributes in the order of every format
	compared int
}

// feature is a feature as each format of layers tells it: attributes as text.
type feature map[string]string

// same fails unless two figures differ by no more than what was rounded away.
func (w *walker) same(what string, got string, want, within float64) {
	w.compared++
	x, err := strconv.ParseFloat(got, 64)
	if err != nil || math.Abs(x-want) > within {
		w.ts.Fatalf("%s: %q, want %v", what, got, want)
	}
}

// optional is same for a figure that may not be: it fails unless a figure that there is not is not told either.
func (w *walker) optional(what string, got string, want *float64, within float64) {
	if want != nil {
		w.same(what, got, *want, within)
	} else if w.compared++; got != "" && got != "NULL" {
		w.ts.Fatalf("%s: %q, want none", what, got)
	}
}

func (w *walker) equal(what, got, want string) {
	w.compared++
	if got != want {
		w.ts.Fatalf("%s: %q, want %q", what, got, want)
	}
}

const heads, shares = 0.00051, 0.00000051 // of three and six decimals

func at(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

// regions compares every indicator of every tier and region.
func (w *walker) regions() {
	tiers := len(w.coverage.Tiers)
	for t, tier := range w.coverage.Tiers {
		w.indicators("total "+tier.ID, w.book[1][1+t], tier.Total)
		for r, x := range tier.Regions {
			what := tier.ID + " " + x.ID
			row := w.book[1][1+tiers+r*tiers+t]
			w.equal(what+" in the workbook", row[1], x.ID)
			w.indicators(what, row, x.IndicatorView)
			for format, layer := range w.layers("regions") {
				f, what := layer[r], what+" in "+format
				w.equal(what, f["id"], x.ID)
				w.same(what, f["people"], x.People, heads)
				w.same(what, f["covered_"+tier.ID], x.Covered, heads)
				w.optional(what, f["effective_"+tier.ID], x.Effective, shares)
				w.same(what, f["unconnected_"+tier.ID], x.Unconnected, heads)
				w.same(what, f["overclaim_"+tier.ID], x.OverClaim, heads)
				for name, n := range map[string]int{"open": x.Open, "qualifying": x.Qualifying, "required": x.Required, "owning": x.Owning} {
					w.same(what+" "+name, f[name+"_"+tier.ID], float64(n), 0)
				}
				w.optional(what, f["presence_"+tier.ID], x.Presence, shares)
			}
			page := w.page.Regions[r]
			w.equal(what+" on the page", page.ID, x.ID)
			for i, v := range []float64{x.People, x.Covered, x.Unconnected, float64(x.Open), float64(x.Qualifying), float64(x.Required), float64(x.Owning)} {
				w.same(fmt.Sprintf("%s on the page, figure %d", what, i), number(page.T[t][i]), v, 0.5)
			}
		}
	}
}

// indicators compares a row of the sheet of regions.
func (w *walker) indicators(what string, row []string, x run.IndicatorView) {
	what += " in the workbook"
	for i, v := range []float64{x.People, x.Covered} {
		w.same(what, at(row, 5+i), v, heads)
	}
	w.optional(what, at(row, 7), x.Effective, shares)
	for i, v := range []float64{x.People - x.Covered, x.Unconnected, x.Circle, x.OverClaim} {
		w.same(what, at(row, 8+i), v, heads)
	}
	for i, n := range []int{x.Cells, x.CoveredCells, x.Open, x.Qualifying, x.BelowStandard, x.AreaUnknown, x.Required, x.Owning} {
		w.same(what, at(row, 12+i), float64(n), 0)
	}
	w.optional(what, at(row, 20), x.Presence, shares)
}

func (w *walker) gapList() {
	tiers := map[string]int{}
	for t, x := range w.coverage.Tiers {
		tiers[x.ID] = t
	}
	if len(w.page.Gaps) != len(w.gaps.Gaps) || len(w.book[3]) != len(w.gaps.Gaps)+1 {
		w.ts.Fatalf("%d gaps, %d on the page, %d in the workbook", len(w.gaps.Gaps), len(w.page.Gaps), len(w.book[3])-1)
	}
	for i, g := range w.gaps.Gaps {
		row := w.book[3][i+1]
		w.equal("gap in the workbook", row[2], g.ID)
		for k, v := range map[int]float64{1: float64(g.Rank), 3: g.People, 4: float64(len(g.Cells)), 9: g.Lon, 10: g.Lat} {
			w.same("gap "+g.ID+" in the workbook", at(row, k), v, heads)
		}
		w.optional("gap "+g.ID+" in the workbook", at(row, 8), g.Metres, 0.051)
		for format, layer := range w.layers("gaps") {
			f, what := layer[i], "gap "+g.ID+" in "+format
			w.equal(what, f["id"], g.ID)
			w.same(what, f["rank"], float64(g.Rank), 0)
			w.same(what, f["people"], g.People, heads)
			w.same(what, f["cells"], float64(len(g.Cells)), 0)
			w.optional(what, f["nearest_m"], g.Metres, 0.051)
		}
		w.same("gap "+g.ID+" on the page", strconv.Itoa(w.page.Gaps[i].Rank), float64(g.Rank), 0)
		w.same("gap "+g.ID+" on the page", strconv.Itoa(w.page.Gaps[i].Tier), float64(tiers[g.Tier]), 0)
		w.same("gap "+g.ID+" on the page", number(w.page.Gaps[i].People), g.People, 0.5)
	}
}

func (w *walker) planList() {
	var rows [][]string // without the subtotals, which have no number
	for _, row := range w.book[4][1:] {
		if at(row, 1) != "" {
			rows = append(rows, row)
		}
	}
	if len(rows) != len(w.plan.Sites) || len(w.page.Picks) != len(w.plan.Sites) {
		w.ts.Fatalf("%d sites, %d in the workbook, %d on the page", len(w.plan.Sites), len(rows), len(w.page.Picks))
	}
	for i, p := range w.plan.Sites {
		what, row := fmt.Sprintf("site %d", p.Number), rows[i]
		w.equal(what+" in the workbook", at(row, 12), p.Candidate)
		for k, v := range map[int]float64{0: float64(p.Year), 1: float64(p.Number), 5: p.Lon, 6: p.Lat, 8: float64(p.Cost) / 10_000, 9: p.Gained} {
			w.same(what+" in the workbook", at(row, k), v, heads)
		}
		for format, layer := range w.layers("plan") {
			f, what := layer[i], what+" in "+format
			w.equal(what, f["candidate"], p.Candidate)
			for name, v := range map[string]float64{"no": float64(p.Number), "year": float64(p.Year), "cost_yuan": float64(p.Cost), "people_gained": p.Gained} {
				w.same(what+" "+name, f[name], v, heads)
			}
		}
		w.same(what+" on the page", strconv.Itoa(w.page.Picks[i].Year), float64(max(p.OpenYear, p.Year)), 0)
		w.same(what+" on the page", number(w.page.Picks[i].Gained), p.Gained, 0.5)
		w.same(what+" on the page", number(w.page.Picks[i].Cost), float64(p.Cost), 0)
	}
}

// years compares where every tier stands at the end of every year.
func (w *walker) years() {
	for t := range w.coverage.Tiers {
		for k, y := range w.plan.Years {
			row, x := w.book[0][1+t*(len(w.plan.Years)+1)+k+1], y.Tiers[t]
			what := fmt.Sprintf("%s in %d in the workbook", x.Tier, y.Year)
			w.same(what, row[1], float64(y.Year), 0)
			w.same(what, at(row, 4), x.Covered, heads)
			w.optional(what, at(row, 6), x.Effective, shares)
			w.optional(what, at(row, 7), x.Target, shares)
			w.optional(what, at(row, 8), x.Bound, shares)
			w.same(what, at(row, 10), float64(x.Required), 0)
			w.same(what, at(row, 11), float64(x.Owning), 0)
		}
	}
}

// cells adds up the cells: their people and those of them whom each tier covers are the totals.
func (w *walker) cells() {
	for format, layer := range w.layers("cells") {
		for _, tier := range w.coverage.Tiers {
			var people, covered float64
			for _, f := range layer {
				n, err := strconv.ParseFloat(f["people"], 64)
				w.ts.Check(err)
				part, err := strconv.ParseFloat(f["covered_"+tier.ID], 64)
				w.ts.Check(err)
				people, covered = people+n, covered+n*part
			}
			within := 0.001 * float64(len(layer)+1)
			w.same("people of the cells in "+format, number(people), tier.Total.People, within)
			w.same("covered people of the cells in "+format, number(covered), tier.Total.Covered, within)
		}
	}
}

// layers reads a layer in every format that has it, once.
func (w *walker) layers(name string) map[string][]feature {
	if w.read[name] != nil {
		return w.read[name]
	}
	out := map[string][]feature{"GeoJSON": w.geojson(name), "GeoPackage": w.geopackage(name)}
	if w.has("layers/" + name + ".parquet") {
		out["GeoParquet"] = w.parquet(name)
	}
	if w.has("layers/shp/" + name + ".shp") {
		out["Shapefile"] = w.shapefile(name)
	}
	if name != "cells" { // which KML leaves out
		out["KML"] = w.kml(name)
	}
	w.read[name] = out
	return out
}

func (w *walker) geojson(name string) (out []feature) {
	var doc struct {
		Features []struct{ Properties map[string]any }
	}
	w.ts.Check(json.Unmarshal(readBytes(w.ts, filepath.Join(w.dir, "layers", name+".geojson")), &doc))
	for _, f := range doc.Features {
		x := feature{}
		for k, v := range f.Properties {
			x[k] = told(v)
		}
		out = append(out, x)
	}
	return out
}

// told is an attribute as text; nothing for null.
func told(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []byte:
		return string(v)
	}
	return fmt.Sprint(v)
}

func (w *walker) geopackage(name string) (out []feature) {
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "layers", "layers.gpkg"))
	w.ts.Check(err)
	defer db.Close()
	rows, err := db.Query(`SELECT * FROM "` + name + `" ORDER BY fid`)
	w.ts.Check(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.ts.Check(err)
	w.columns = columns
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		w.ts.Check(rows.Scan(to...))
		x := feature{}
		for i, c := range columns {
			x[c] = told(values[i])
		}
		out = append(out, x)
	}
	w.ts.Check(rows.Err())
	return out
}

func (w *walker) kml(name string) (out []feature) {
	var doc struct {
		Folders []struct {
			Marks []struct {
				Style string `xml:"styleUrl"`
				Data  []struct {
					Name  string `xml:"name,attr"`
					Value string `xml:"value"`
				} `xml:"ExtendedData>Data"`
			} `xml:"Placemark"`
		} `xml:"Document>Folder"`
	}
	w.ts.Check(xml.Unmarshal(readBytes(w.ts, filepath.Join(w.dir, "layers", "layers.kml")), &doc))
	for _, folder := range doc.Folders {
		for _, m := range folder.Marks {
			if m.Style != "#"+name {
				continue
			}
			x := feature{}
			for _, d := range m.Data {
				x[d.Name] = d.Value
			}
			out = append(out, x)
		}
	}
	return out
}

func readBytes(ts *testscript.TestScript, path string) []byte {
	body, err := os.ReadFile(path)
	ts.Check(err)
	return body
}

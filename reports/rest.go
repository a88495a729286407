package reports

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"html/template"
)

// A long table or list is laid out in the page by its first rows alone: a browser takes seconds to lay out ten thousand. The rest
// travels packed, and the page lists it when asked to, or when it is printed.
const (
	maxFirst  = 150 // rows of a table that are laid out at once
	minFirst  = 12  // of each part of a table that has many parts
	firstGaps = 60  // of each tier
)

// firstRows is how many of n rows are laid out at once: all, unless more than a fifth as much again would be left.
func firstRows(n, most int) int {
	if n <= most+most/5 {
		return n
	}
	return most
}

// restData is the long lists in the words of one language. Its keys are read by assets/js/rest.js.
type restData struct {
	Plan  [][]string  `json:"plan"`  // every pick: tier, name, path, longitude, latitude, cost, people newly served, coverage, reason
	Gaps  [][]restGap `json:"gaps"`  // per tier, beyond the first
	Grids [][]restRow `json:"grids"` // beyond the first rows, by gridView.Key
	Blank [][][]int32 `json:"blank"` // per tier and group the regions, beyond the first
}

// restGap is a gap as the list beside the map tells it.
type restGap struct {
	Rank  int    `json:"r"`
	Name  string `json:"n"`
	Path  string `json:"p"`
	About string `json:"a"` // its cells, and the nearest site
	Zones string `json:"z,omitempty"`
	Fix   string `json:"f,omitempty"`
	Count string `json:"c"`
	Plan  string `json:"y,omitempty"`
}

// restRow is a row of a grid.
type restRow []restCell

type restCell struct {
	Text  string   `json:"t"`
	Class string   `json:"c,omitempty"`
	Share *float64 `json:"s,omitempty"` // of a bar
	Link  string   `json:"l,omitempty"`
}

// FirstPicks, FirstGaps and FirstLinks are what the page lays out at once.
func (y planYear) FirstPicks() []pickView    { return y.Picks[:y.First] }
func (v tierView) FirstGaps() []gapView      { return v.Gaps[:min(len(v.Gaps), firstGaps)] }
func (g blankGroup) FirstLinks() []namedLink { return g.Links[:g.First] }

// Left and GapsLeft are how many are not.
func (y planYear) Left() int     { return len(y.Picks) - y.First }
func (v tierView) GapsLeft() int { return len(v.Gaps) - len(v.FirstGaps()) }
func (g blankGroup) Left() int   { return len(g.Links) - g.First }

// rest gathers the long lists of a page. It cuts the page's tables to their first rows.
func (d *document) rest() restData {
	out := restData{Plan: [][]string{}, Gaps: [][]restGap{}, Grids: [][]restRow{}, Blank: [][][]int32{}}
	if d.Plan != nil {
		for _, y := range d.Plan.Years {
			for _, k := range y.Picks {
				out.Plan = append(out.Plan, []string{k.Tier, k.Name, k.Path, k.Lon, k.Lat, k.Cost, k.Gained, k.Total, k.Reason})
			}
		}
	}
	for _, t := range d.Tiers {
		gaps := []restGap{}
		for _, g := range t.Gaps[min(len(t.Gaps), firstGaps):] {
			gaps = append(gaps, restGap{Rank: g.Rank, Name: g.Name, Path: g.Path, Zones: g.Zones, Fix: g.Fix, Count: g.People, Plan: g.Plan,
				About: d.T("gaps.cells", g.Cells) + " · " + d.T("gaps.nearest", g.Site, g.Distance)})
		}
		blank := [][]int32{}
		for _, g := range t.Blanks {
			blank = append(blank, append([]int32{}, g.ids[g.First:]...))
		}
		out.Gaps, out.Blank = append(out.Gaps, gaps), append(out.Blank, blank)
	}
	for _, g := range d.grids() {
		d.cutGrid(g, &out)
	}
	return out
}

// grids are all tables of the page that may be long.
func (p *page) grids() (out []*gridView) {
	all := func(list []gridView) {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	if p.Plan != nil {
		all(p.Plan.Rules)
	}
	all(p.Others)
	for i := range p.Tiers {
		if g := p.Tiers[i].Entities; g != nil {
			out = append(out, g)
		}
	}
	if p.Assessed != nil {
		all(p.Assessed.Grids)
	}
	if p.Track != nil {
		all(p.Track.Grids)
	}
	return out
}

// cutGrid keeps the first rows of a table in the page, and moves the others to the lists.
func (p *page) cutGrid(g *gridView, out *restData) {
	first := firstRows(len(g.Rows), maxFirst)
	if first == len(g.Rows) {
		return
	}
	rows := []restRow{}
	for _, r := range g.Rows[first:] {
		row := restRow{}
		for _, c := range r.Cells {
			x := restCell{Text: c.Text, Class: c.class(), Link: c.Link}
			if c.Bar && known(c.Share) {
				x.Share = &c.Share
			}
			row = append(row, x)
		}
		rows = append(rows, row)
	}
	g.Key, g.Left, g.More = len(out.Grids), len(rows), p.T("rest.grid", group(int64(len(rows))))
	out.Grids = append(out.Grids, rows)
	g.Rows = g.Rows[:first]
}

// class is what the cell's looks are called in the page's style.
func (c gridCell) class() (out string) {
	if c.Num {
		out += "n "
	}
	if c.Bar {
		out += "barcol "
	}
	if c.Alert {
		out += "behind"
	}
	return out
}

// packJSON is a value as deflated JSON in base64: an eighth of the size of the text, and a browser passes over it quickly.
func packJSON(v any) (template.HTML, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(raw); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return template.HTML(base64.StdEncoding.EncodeToString(out.Bytes())), nil
}

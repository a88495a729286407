package reports

import (
	"cmp"
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"sitecover/siting"
)

// trackView is the section on targets, towns, projects and money from year to year.
type trackView struct {
	Line    string
	Series  []gridView // with their charts
	Grids   []gridView
	Remarks []string
	charts  []chartView
}

func (w words) tracked(x TrackBilingual) string { return w.pick(x.ZH, x.EN) }

// track arranges the tracking; nil when the study does not track.
func (b *builder) track() *trackView {
	t := b.s.Tracking
	if t == nil {
		return nil
	}
	v := &trackView{Line: b.t("track.notargets", t.Date)}
	met, behind := 0, 0
	for _, x := range t.Targets {
		met += btoi(x.Status == "met")
		behind += btoi(x.Status == "behind" || x.Status == "missed")
	}
	if len(t.Targets) > 0 {
		v.Line = b.t("track.line", t.Date, group(int64(len(t.Targets))), group(int64(met)), group(int64(behind)))
	}
	for i := range t.Series {
		id := "track" + strconv.Itoa(i)
		if chart := b.seriesChart(&t.Series[i]); chart != nil {
			v.Series = append(v.Series, b.seriesGrid(&t.Series[i], id))
			v.charts = append(v.charts, chartView{ID: id, Options: []map[string]any{chart}})
		}
	}
	for _, f := range []func() gridView{b.targetGrid, b.townGrid, b.stageGrid, b.moneyGrid, b.changeGrid} {
		if g := f(); len(g.Rows) > 0 {
			g.Tier, g.How = -1, b.t("how.track")
			v.Grids = append(v.Grids, g)
		}
	}
	if chart := b.pipelineChart(); chart != nil {
		v.charts = append(v.charts, chartView{ID: "pipeline", Options: []map[string]any{chart}})
	}
	for _, r := range t.Remarks {
		v.Remarks = append(v.Remarks, b.tracked(r))
	}
	return v
}

// trackTier names a tier of the tracking.
func (b *builder) trackTier(id string) string {
	for _, t := range b.s.Tracking.Tiers {
		if t.ID == id {
			return t.Name
		}
	}
	return id
}

func yearOf(date string) string {
	if len(date) >= 4 {
		return date[:4]
	}
	return date
}

// seriesYears are the years of a series in order, with what stood and what was asked; NaN = nothing.
func seriesYears(s *TrackSeries) (years []string, actual, asked []float64) {
	at := map[string]int{}
	add := func(y string) int {
		if i, ok := at[y]; ok {
			return i
		}
		at[y] = len(years)
		years, actual, asked = append(years, y), append(actual, math.NaN()), append(asked, math.NaN())
		return at[y]
	}
	low, high := 9999, 0
	for _, p := range s.Points {
		if y, err := strconv.Atoi(yearOf(p.Date)); err == nil {
			low, high = min(low, y), max(high, y)
		}
	}
	for _, a := range s.Targets {
		low, high = min(low, a.Year), max(high, a.Year)
	}
	for y := low; y <= high && high-low < 100; y++ {
		add(strconv.Itoa(y))
	}
	for _, p := range s.Points {
		actual[add(yearOf(p.Date))] = p.Share
	}
	for _, a := range s.Targets {
		asked[add(strconv.Itoa(a.Year))] = a.Share
	}
	return years, actual, asked
}

func (b *builder) seriesGrid(s *TrackSeries, chart string) gridView {
	g := gridView{Tier: -1, Chart: chart, How: b.t("how.track"), Heads: []gridHead{{b.t("col.year"), true}, {b.t("col.actual"), true}, {b.t("col.target"), true}, {b.t("col.diff"), true}}}
	last := "—"
	lastDate := b.s.Tracking.Date
	for _, p := range s.Points {
		last, lastDate = percent(p.Share), p.Date
	}
	g.Title = b.t("track.series", b.trackTier(s.Tier), b.or("track."+s.Indicator, s.Indicator), lastDate, last)
	years, actual, asked := seriesYears(s)
	for i := range years {
		diff := gridCell{Text: "—", Num: true}
		if known(actual[i]) && known(asked[i]) {
			diff.Text, diff.Alert = points(actual[i]-asked[i]), actual[i] < asked[i]
		}
		g.Rows = append(g.Rows, gridRow{[]gridCell{figureCell(years[i]), figureCell(percent(actual[i])), figureCell(percent(asked[i])), diff}})
	}
	return g
}

func (b *builder) seriesChart(s *TrackSeries) map[string]any {
	years, actual, asked := seriesYears(s)
	if len(s.Points) == 0 {
		return nil
	}
	var a, t, c []opts.LineData
	for i := range years {
		a, t, c = append(a, opts.LineData{Value: percentValue(actual[i])}), append(t, opts.LineData{Value: percentValue(asked[i])}), append(c, opts.LineData{Value: percentValue(s.Committed)})
	}
	line := charts.NewLine()
	line.SetGlobalOptions(b.base(b.t("people.axis"), 100, "108")...)
	if s.Indicator == "presence" {
		line.SetGlobalOptions(charts.WithYAxisOpts(opts.YAxis{Name: b.t("col.presence"), Min: 0, Max: 100, AxisLabel: textStyle(), SplitLine: gridLines()}))
	}
	line.SetXAxis(years)
	if known(s.Committed) {
		line.AddSeries(b.t("track.committed"), c, lineStyle(quietColour, 1, "dotted")...)
	}
	line.AddSeries(b.t("trend.target"), t, append(lineStyle(quietColour, 1.5, "dashed"), charts.WithLineChartOpts(opts.LineChart{ShowSymbol: opts.Bool(true), Symbol: "circle", SymbolSize: 6, ConnectNulls: opts.Bool(true)}))...)
	line.AddSeries(b.t("track.actual"), a, append(lineStyle(hueColour, 3, "solid"), charts.WithLineChartOpts(opts.LineChart{ShowSymbol: opts.Bool(true), Symbol: "circle", SymbolSize: 7, ConnectNulls: opts.Bool(true)}))...)
	line.Validate()
	return line.JSON()
}

func (b *builder) targetGrid() gridView {
	g := gridView{Title: b.t("track.targets"), Fold: true, Heads: []gridHead{{b.t("col.year"), true}, {b.t("col.region"), false}, {b.t("col.tier"), false}, {b.t("col.indicator"), false},
		{b.t("col.asked"), true}, {b.t("col.actual"), true}, {b.t("col.status"), false}, {b.t("col.source"), false}}}
	for _, x := range b.s.Tracking.Targets {
		tier, region := "—", cmp.Or(x.Name, x.Region, b.place())
		if x.Tier != "" {
			tier = b.trackTier(x.Tier)
		}
		bad := x.Status == "behind" || x.Status == "missed"
		g.Rows = append(g.Rows, gridRow{[]gridCell{figureCell(strconv.Itoa(x.Year)), plain(region), plain(tier), plain(b.or("track."+x.Indicator, b.or("x."+x.Indicator, x.Indicator))),
			figureCell(b.tracked(x.Asked)), figureCell(b.tracked(x.Value)), {Text: b.or("status."+x.Status, x.Status), Alert: bad}, plain(x.Source)}})
	}
	return g
}

func (b *builder) townGrid() gridView {
	g := gridView{Title: b.t("track.title"), Heads: []gridHead{{b.t("col.rank"), true}, {b.t("col.region"), false}, {b.t("col.light"), false}, {b.t("col.score2"), false}}}
	for _, t := range b.s.Tracking.Tiers {
		g.Heads = append(g.Heads, gridHead{t.Name, false}, gridHead{b.t("col.change"), true})
	}
	for _, x := range b.s.Tracking.Towns {
		rank := figureCell("—")
		if x.Rank > 0 {
			rank.Text = strconv.Itoa(x.Rank) + " " + arrow(x.Before, x.Rank)
		}
		light := gridCell{Text: "—"}
		if x.Light != "" {
			light = gridCell{Text: lightMark[x.Light] + " " + b.or("light."+x.Light, x.Light), Alert: x.Light == "red"}
		}
		row := gridRow{[]gridCell{rank, {Text: x.Name, Link: "#region-" + escape(x.ID)}, light, bar(x.Score)}}
		for _, c := range x.Cells {
			change := gridCell{Text: "—", Num: true}
			if !math.IsNaN(c.Change) {
				change.Text, change.Alert = changeMark(c.Change)+points(c.Change), c.Change < 0
			}
			row.Cells = append(row.Cells, bar(c.Effective), change)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// lightMark tells the lights apart by shape, for those who do not tell red from green.
var lightMark = map[string]string{"green": "●", "amber": "▲", "red": "■"}

// arrow says how a rank changed.
func arrow(before, now int) string {
	switch {
	case before == 0 || before == now:
		return ""
	case now < before:
		return "↑" + strconv.Itoa(before-now)
	}
	return "↓" + strconv.Itoa(now-before)
}

func changeMark(diff float64) string {
	switch {
	case diff >= 0.0005:
		return "↑ "
	case diff <= -0.0005:
		return "↓ "
	}
	return ""
}

func (b *builder) stageGrid() gridView {
	g := gridView{Chart: "pipeline", Heads: []gridHead{{b.t("col.stage"), false}, {b.t("col.projects"), true}}}
	for _, t := range b.s.Tracking.Tiers {
		g.Heads = append(g.Heads, gridHead{t.Name, true})
	}
	g.Heads = append(g.Heads, gridHead{b.t("col.budget"), true})
	n := 0
	for _, x := range b.s.Tracking.Stages {
		n += x.Projects
		row := gridRow{[]gridCell{plain(b.tracked(x.Name)), figureCell(group(int64(x.Projects)))}}
		for _, k := range x.Tiers {
			row.Cells = append(row.Cells, figureCell(group(int64(k))))
		}
		g.Rows = append(g.Rows, gridRow{append(row.Cells, figureCell(b.money(siting.Yuan(x.Yuan))))})
	}
	g.Title = b.t("track.pipeline", group(int64(n)))
	return g
}

// pipelineChart is the Sankey diagram of projects: from tiers into the states that they are in.
func (b *builder) pipelineChart() map[string]any {
	t := b.s.Tracking
	var nodes []opts.SankeyNode
	var links []opts.SankeyLink
	seen := map[string]bool{}
	node := func(name, colour string) string {
		if !seen[name] {
			seen[name] = true
			nodes = append(nodes, opts.SankeyNode{Name: name, ItemStyle: &opts.ItemStyle{Color: colour}})
		}
		return name
	}
	for _, x := range t.Stages {
		for k, n := range x.Tiers {
			if n > 0 && k < len(t.Tiers) {
				links = append(links, opts.SankeyLink{Source: node(t.Tiers[k].Name, hueColour), Target: node(b.tracked(x.Name)+" ", accentColour), Value: float32(n)})
			}
		}
	}
	if len(links) == 0 {
		return nil
	}
	return b.sankey(b.t("col.projects"), nodes, links)
}

func (b *builder) moneyGrid() gridView {
	g := gridView{Title: b.t("track.money"), Heads: []gridHead{{b.t("col.year"), true}, {b.t("col.budget"), true}, {b.t("col.committed"), true}, {b.t("col.paid"), true}}}
	amount := func(y int64) gridCell {
		if y < 0 {
			return figureCell("—")
		}
		return figureCell(b.money(siting.Yuan(y)))
	}
	for _, x := range b.s.Tracking.Money {
		g.Rows = append(g.Rows, gridRow{[]gridCell{figureCell(strconv.Itoa(x.Year)), amount(x.Budget), amount(x.Committed), amount(x.Paid)}})
	}
	return g
}

func (b *builder) changeGrid() gridView {
	g := gridView{Heads: []gridHead{{b.t("col.tier"), false}, {b.t("col.change"), true}}}
	for i, x := range b.s.Tracking.Changes {
		line := b.t("track.why", b.trackTier(x.Tier), points(x.Total), points(x.Sites), points(x.People), points(x.Ground))
		if i == 0 {
			g.Title = line
		}
		g.Rows = append(g.Rows, gridRow{[]gridCell{plain(line), figureCell(points(x.Total))}})
	}
	return g
}

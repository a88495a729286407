package reports

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"sitecover/coverage"
)

// Colours that charts, maps and styles share: see assets/report.css. One accent, one hue, greys.
const (
	inkColour    = "#1f2a37"
	quietColour  = "#6b7684"
	lineColour   = "#d9dee5"
	hueColour    = "#2b6a99" // coverage
	paleColour   = "#c9d3dd" // what is not served
	accentColour = "#a61b29" // what needs attention, or is proposed
)

// chartView is one chart: an ECharts option for each tier, or a single one for all tiers. Titles stand in the page, not in
// the chart, so that they can be read aloud and printed as text.
type chartView struct {
	ID      string           `json:"id"`
	Options []map[string]any `json:"options"`
}

// charts builds every chart of the page through go-echarts. Only its option objects are used: they travel as JSON data with
// all names escaped, and the page's own script hands them to ECharts, so nothing is loaded from anywhere and no id is random.
func (b *builder) charts(p *page) []chartView {
	trend, rank, dist := chartView{ID: "trend"}, chartView{ID: "rank"}, chartView{ID: "dist"}
	for t := range p.Tiers {
		v := &p.Tiers[t]
		trend.Options = append(trend.Options, b.trendChart(v))
		rank.Options = append(rank.Options, b.rankChart(v))
		dist.Options = append(dist.Options, b.distanceChart(v))
	}
	out := []chartView{trend, rank, dist, {ID: "people", Options: []map[string]any{b.peopleChart()}}}
	frontier, lorenz := chartView{ID: "frontier"}, chartView{ID: "lorenz"}
	for t := range p.Tiers {
		frontier.Options, lorenz.Options = append(frontier.Options, b.frontierChart(t)), append(lorenz.Options, b.lorenzChart(t))
	}
	out = append(out, frontier, lorenz, chartView{ID: "flow", Options: []map[string]any{b.flowChart()}}, chartView{ID: "radar", Options: []map[string]any{b.radarChart()}})
	if p.Track != nil {
		out = append(out, p.Track.charts...)
	}
	return out
}

// percentValue is a share as a chart value with one decimal; "-" is ECharts' word for no value.
func percentValue(share float64) any {
	if !known(share) {
		return "-"
	}
	return math.Round(share*1000) / 10
}

func textStyle() *opts.AxisLabel {
	return &opts.AxisLabel{Show: opts.Bool(true), Color: quietColour, FontSize: 12}
}

func gridLines() *opts.SplitLine {
	return &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "#edf0f3"}}
}

func axisLine() *opts.AxisLine {
	return &opts.AxisLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: lineColour}}
}

// base are the options that every chart with axes shares: the name and the end of its value axis, and the room right of it.
func (b *builder) base(name string, max any, right string) []charts.GlobalOpts {
	return []charts.GlobalOpts{
		charts.WithAnimation(false),
		charts.WithTitleOpts(opts.Title{Show: opts.Bool(false)}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}),
		charts.WithYAxisOpts(opts.YAxis{Name: name, Min: 0, Max: max, AxisLabel: textStyle(), SplitLine: gridLines()}),
		charts.WithXAxisOpts(opts.XAxis{AxisLabel: textStyle(), AxisLine: axisLine()}),
		charts.WithGridOpts(opts.Grid{Left: "8", Right: right, Top: "36", Bottom: "8", ContainLabel: opts.Bool(true)}),
	}
}

// trendChart is coverage by year against target and bound.
func (b *builder) trendChart(v *tierView) map[string]any {
	if len(v.Years) == 0 {
		return nil
	}
	var labels []string
	var plan, target, bound []opts.LineData
	low, any := math.Inf(1), [3]bool{}
	for _, y := range v.Years {
		labels = append(labels, y.Label)
		for i, x := range [3]float64{y.Effective, y.Target, y.Bound} {
			if known(x) {
				low, any[i] = math.Min(low, x), true
			}
		}
		plan = append(plan, opts.LineData{Value: percentValue(y.Effective)})
		target = append(target, opts.LineData{Value: percentValue(y.Target)})
		bound = append(bound, opts.LineData{Value: percentValue(y.Bound)})
	}
	c := charts.NewLine()
	c.SetGlobalOptions(b.base(b.t("trend.axis"), 100, "108")...)
	// A line needs no zero base: start at the twenty below the lowest value, so that years can be told apart.
	c.SetGlobalOptions(charts.WithYAxisOpts(opts.YAxis{Name: b.t("trend.axis"), Min: math.Max(0, math.Floor(low*5-0.1)*20), Max: 100,
		AxisLabel: textStyle(), SplitLine: gridLines()}))
	c.SetXAxis(labels)
	if any[1] {
		b.targetBand(c, target)
	}
	if any[2] {
		c.AddSeries(b.t("trend.bound"), bound, lineStyle(quietColour, 1, "dashed")...)
	}
	if any[1] {
		c.AddSeries(b.t("trend.target"), target, lineStyle(accentColour, 1.5, "solid")...)
	}
	c.AddSeries(b.t("trend.plan"), plan, append(lineStyle(hueColour, 3, "solid"),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "top", Color: inkColour, FontSize: 12, Formatter: "{c} %"}))...)
	c.Validate()
	return c.JSON()
}

// targetBand shades what lies at or above the target, so that it can be seen in which year the line enters it.
func (b *builder) targetBand(c *charts.Line, target []opts.LineData) {
	var floor, room []opts.LineData
	for _, t := range target {
		above := any("-")
		if x, ok := t.Value.(float64); ok {
			above = math.Round((100-x)*10) / 10
		}
		floor, room = append(floor, t), append(room, opts.LineData{Value: above})
	}
	none := charts.WithLineStyleOpts(opts.LineStyle{Opacity: opts.Float(0)})
	stacked := charts.WithLineChartOpts(opts.LineChart{Stack: "band", ShowSymbol: opts.Bool(false)})
	c.AddSeries("", floor, none, stacked)
	c.AddSeries("", room, none, stacked, charts.WithAreaStyleOpts(opts.AreaStyle{Color: accentColour, Opacity: opts.Float(0.07)}))
}

func lineStyle(colour string, width float32, kind string) []charts.SeriesOpts {
	return []charts.SeriesOpts{
		charts.WithLineStyleOpts(opts.LineStyle{Color: colour, Width: width, Type: kind}),
		charts.WithItemStyleOpts(opts.ItemStyle{Color: colour}),
		charts.WithLineChartOpts(opts.LineChart{ShowSymbol: opts.Bool(kind == "solid"), Symbol: "circle", SymbolSize: 7}),
	}
}

// barsUpTo limits how wide bars grow, in pixels.
func barsUpTo(width string) charts.SeriesOpts {
	return func(s *charts.SingleSeries) { s.BarMaxWidth = width }
}

// rankChart is the coverage of the ranked regions, the lowest first, against the target.
func (b *builder) rankChart(v *tierView) map[string]any {
	var labels []string
	var bars []opts.BarData
	goal := math.NaN()
	for i, r := range v.Rank {
		colour := hueColour
		if r.Behind && i < 3 {
			colour = accentColour
		}
		goal = r.Goal
		labels = append(labels, r.Name)
		bars = append(bars, opts.BarData{Value: percentValue(r.Share), ItemStyle: &opts.ItemStyle{Color: colour}})
	}
	if len(bars) < 2 {
		return nil
	}
	c := charts.NewBar()
	c.SetGlobalOptions(b.base(b.t("rank.axis"), 100, "64")...)
	c.SetXAxis(labels)
	style := []charts.SeriesOpts{barsUpTo("36"), charts.WithItemStyleOpts(opts.ItemStyle{Color: hueColour})}
	if len(bars) <= 16 {
		style = append(style, charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "top", Color: inkColour, FontSize: 11}))
	}
	if !math.IsNaN(goal) {
		style = append(style,
			charts.WithMarkLineNameYAxisItemOpts(opts.MarkLineNameYAxisItem{Name: percent(goal), YAxis: percentValue(goal)}),
			charts.WithMarkLineStyleOpts(opts.MarkLineStyle{Symbol: []string{"none", "none"},
				Label:     &opts.Label{Show: opts.Bool(true), Position: "end", Formatter: "{b}", Color: inkColour},
				LineStyle: &opts.LineStyle{Color: inkColour, Type: "dashed", Width: 1}}))
	}
	c.AddSeries(b.t("col.coverage"), bars, style...)
	if b.s.Plan != nil {
		b.afterSeries(c, v)
	}
	c.Validate()
	return c.JSON()
}

// afterSeries marks above each bar where the region stands at the end of the plan.
func (b *builder) afterSeries(c *charts.Bar, v *tierView) {
	var after []opts.ScatterData
	for _, r := range v.Rank {
		if math.IsNaN(r.Change) {
			return
		}
		after = append(after, opts.ScatterData{Value: percentValue(r.Change), Symbol: "triangle", SymbolSize: 9})
	}
	s := charts.NewScatter()
	s.AddSeries(b.t("col.afterplan"), after, charts.WithItemStyleOpts(opts.ItemStyle{Color: accentColour}))
	c.Overlap(s)
}

// distanceChart is how far people have to the nearest site.
func (b *builder) distanceChart(v *tierView) map[string]any {
	unit, per := b.t("dist.axis"), 1.0
	if b.s.Coverage.Total[v.Index].People >= 100_000*coverage.Person && b.lang == Chinese {
		unit, per = b.t("dist.axis.wan"), 10_000
	}
	var labels []string
	var bars []opts.BarData
	for _, d := range v.Distance {
		colour := hueColour
		if d.Out {
			colour = accentColour
		}
		value := math.Round(d.People.Float()/per*10) / 10
		if per == 1 {
			value = math.Round(value)
		}
		label := d.Label
		if d.Time != "" {
			label += "\n" + d.Time
		}
		labels = append(labels, label)
		bars = append(bars, opts.BarData{Value: value, ItemStyle: &opts.ItemStyle{Color: colour}})
	}
	c := charts.NewBar()
	c.SetGlobalOptions(b.base(unit, nil, "16")...)
	c.SetXAxis(labels)
	c.AddSeries(b.t("dist.axis"), bars, charts.WithBarChartOpts(opts.BarChart{BarCategoryGap: "18%"}),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "top", Color: inkColour, FontSize: 11}))
	c.Validate()
	return c.JSON()
}

// peopleChart is, for each tier, the share of people served, not served, and not connected to a road.
func (b *builder) peopleChart() map[string]any {
	var labels []string
	var yes, no, unc []opts.BarData
	for t := len(b.s.Tiers) - 1; t >= 0; t-- {
		x := b.s.Coverage.Total[t]
		if x.People == 0 {
			continue
		}
		of := func(p coverage.People) opts.BarData {
			return opts.BarData{Value: math.Round(float64(p)/float64(x.People)*1000) / 10}
		}
		labels = append(labels, b.s.Tiers[t].Name)
		yes, no, unc = append(yes, of(x.Covered)), append(no, of(x.People-x.Covered-x.Unconnected)), append(unc, of(x.Unconnected))
	}
	if len(labels) == 0 {
		return nil
	}
	c := charts.NewBar()
	c.SetGlobalOptions(b.base("", nil, "24")...)
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(true), Left: "0", Top: "0", ItemWidth: 12, ItemHeight: 12}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, SplitLine: gridLines(),
			AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: quietColour, Formatter: types.FuncStr("{value} %")}}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", AxisLabel: textStyle()}))
	c.SetXAxis(labels)
	for _, part := range []struct {
		key, colour string
		data        []opts.BarData
	}{{"people.yes", hueColour, yes}, {"people.no", paleColour, no}, {"people.unc", quietColour, unc}} {
		c.AddSeries(b.t(part.key), part.data, charts.WithBarChartOpts(opts.BarChart{Stack: "people"}), barsUpTo("26"),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: part.colour}))
	}
	c.XYReversal()
	c.Validate()
	return c.JSON()
}

package reports

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"sitecover/coverage"
	"sitecover/siting"
)

// frontierView is coverage against money for one tier: chart title, chart and table rows.
type frontierView struct {
	Line string
	Rows [][6]string // money, sites, people, coverage, bound, people newly covered per 万元
}

// frontier tells what parts of all the money would cover; ok is false where that was not worked out.
func (b *builder) frontier(t int) (v frontierView, ok bool) {
	if t >= len(b.s.Frontier) || len(b.s.Frontier[t]) == 0 || b.s.Coverage.Total[t].People == 0 {
		return v, false
	}
	points := b.s.Frontier[t]
	people := b.s.Coverage.Total[t].People.Float()
	for _, f := range points {
		v.Rows = append(v.Rows, [6]string{b.money(siting.Yuan(f.Limit)), group(int64(f.Sites)), b.people(f.Covered), percent(f.Effective), percent(f.Bound / people), decimal(f.Marginal, 1)})
	}
	half, last := points[(len(points)-1)/2], points[len(points)-1]
	today := b.s.Coverage.Total[t].Covered
	if gain := (last.Covered - today).Float(); gain > 0 {
		v.Line = b.t("frontier.line", b.money(siting.Yuan(half.Limit)), percent(half.Effective), percent((half.Covered-today).Float()/gain), b.money(siting.Yuan(last.Limit)), percent(last.Effective))
	} else {
		v.Line = b.t("frontier.flat", b.money(siting.Yuan(last.Limit)))
	}
	return v, true
}

// frontierChart draws coverage against money: the plan that each limit buys, and the bound dashed above it.
func (b *builder) frontierChart(t int) map[string]any {
	if _, ok := b.frontier(t); !ok {
		return nil
	}
	x := b.s.Coverage.Total[t]
	at := func(y siting.Yuan, share float64) opts.LineData {
		return opts.LineData{Value: []any{b.moneyValue(y), percentValue(share)}}
	}
	now := float64(x.Covered) / float64(x.People)
	plan, bound := []opts.LineData{at(0, now)}, []opts.LineData{at(0, now)}
	for _, f := range b.s.Frontier[t] {
		plan, bound = append(plan, at(siting.Yuan(f.Limit), f.Effective)), append(bound, at(siting.Yuan(f.Limit), f.Bound/x.People.Float()))
	}
	c := charts.NewLine()
	c.SetGlobalOptions(b.base(b.t("trend.axis"), 100, "132")...)
	c.SetGlobalOptions(charts.WithXAxisOpts(opts.XAxis{Type: "value", Name: b.t("frontier.axis"), NameLocation: "middle", NameGap: 24, Max: b.moneyValue(siting.Yuan(b.s.Frontier[t][len(b.s.Frontier[t])-1].Limit)), AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: quietColour, FontSize: 12, ShowMaxLabel: opts.Bool(false), HideOverlap: opts.Bool(true)}, AxisLine: axisLine(), SplitLine: &opts.SplitLine{Show: opts.Bool(false)}}),
		charts.WithGridOpts(opts.Grid{Left: "8", Right: "132", Top: "36", Bottom: "46", ContainLabel: opts.Bool(true)}),
		charts.WithYAxisOpts(opts.YAxis{Name: b.t("trend.axis"), Min: math.Max(0, math.Floor(now*5-0.1)*20), Max: 100, AxisLabel: textStyle(), SplitLine: gridLines()}))
	c.AddSeries(b.t("trend.bound"), bound, lineStyle(quietColour, 1, "dashed")...)
	c.AddSeries(b.t("frontier.most"), plan, lineStyle(hueColour, 3, "solid")...)
	c.Validate()
	return c.JSON()
}

// moneyValue is money as a chart value: 万元, or million yuan in English.
func (b *builder) moneyValue(y siting.Yuan) float64 {
	if b.lang == English {
		return math.Round(float64(y)/1e4) / 100
	}
	return math.Round(float64(y)/1e3) / 10
}

// lorenzView is how evenly the sites within reach are shared out.
type lorenzView struct {
	Line   string
	Points [][2]float64 // share of people, the worst-off first; share of the sites within their reach
	Rows   [][2]string
}

// lorenz orders people by the number of open sites of the tier within their reach. ok is false where nobody has any.
func (b *builder) lorenz(t int) (v lorenzView, ok bool) {
	svc := &b.s.Coverage.Services[t]
	if len(svc.Reach) != b.s.Demand.Len() {
		return v, false
	}
	most := int32(0)
	for _, n := range svc.Reach {
		most = max(most, n)
	}
	by := make([]coverage.People, most+1) // people by the number of sites within reach
	values := make([]float64, len(svc.Reach))
	var people coverage.People
	for i, n := range svc.Reach {
		by[n] += b.s.Demand.People[i]
		people += b.s.Demand.People[i]
		values[i] = float64(n)
	}
	e, err := coverage.EquityOf(values, b.s.Demand.People)
	if err != nil || people == 0 || math.IsNaN(e.Gini) {
		return v, false
	}
	var all float64
	for n, p := range by {
		all += float64(n) * p.Float()
	}
	v.Points = [][2]float64{{0, 0}}
	var seen coverage.People
	var held float64
	for n, p := range by {
		if p == 0 {
			continue
		}
		seen, held = seen+p, held+float64(n)*p.Float()
		v.Points = append(v.Points, [2]float64{float64(seen) / float64(people), held / all})
	}
	for k := 1; k <= 10; k++ {
		v.Rows = append(v.Rows, [2]string{percent(float64(k) / 10), percent(lorenzAt(v.Points, float64(k)/10))})
	}
	half := lorenzAt(v.Points, 0.5)
	if v.Line = b.t("lorenz.line", b.s.Tiers[t].Name, percent(half), decimal(e.Gini, 2)); half == 0 {
		v.Line = b.t("lorenz.none", b.s.Tiers[t].Name, decimal(e.Gini, 2))
	}
	return v, true
}

// lorenzAt reads the curve at a share of people, straight between its points.
func lorenzAt(points [][2]float64, x float64) float64 {
	i := sort.Search(len(points), func(i int) bool { return points[i][0] >= x })
	switch {
	case i == len(points):
		return points[len(points)-1][1]
	case i == 0:
		return points[0][1]
	}
	a, z := points[i-1], points[i]
	return a[1] + (z[1]-a[1])*(x-a[0])/(z[0]-a[0])
}

// maxLorenz bounds the points of the drawn curve.
const maxLorenz = 60

func (b *builder) lorenzChart(t int) map[string]any {
	v, ok := b.lorenz(t)
	if !ok {
		return nil
	}
	points := v.Points
	var curve []opts.LineData
	for k := range min(len(points), maxLorenz) {
		p := points[k*(len(points)-1)/max(min(len(points), maxLorenz)-1, 1)]
		curve = append(curve, opts.LineData{Value: []any{percentValue(p[0]), percentValue(p[1])}})
	}
	even := []opts.LineData{{Value: []any{0, 0}}, {Value: []any{100, 100}}}
	c := charts.NewLine()
	c.SetGlobalOptions(b.base(b.t("lorenz.y"), 100, "24")...)
	c.SetGlobalOptions(charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, Name: b.t("lorenz.x"), NameLocation: "middle", NameGap: 24, AxisLabel: textStyle(), AxisLine: axisLine(), SplitLine: &opts.SplitLine{Show: opts.Bool(false)}}),
		charts.WithGridOpts(opts.Grid{Left: "8", Right: "24", Top: "36", Bottom: "46", ContainLabel: opts.Bool(true)}))
	c.AddSeries(b.t("lorenz.even"), even, lineStyle(quietColour, 1, "dashed")...)
	c.AddSeries(b.t("lorenz.curve"), curve, append(lineStyle(hueColour, 2.5, "solid"), charts.WithLineChartOpts(opts.LineChart{ShowSymbol: opts.Bool(false)}),
		charts.WithAreaStyleOpts(opts.AreaStyle{Color: hueColour, Opacity: opts.Float(0.12)}))...)
	c.Validate()
	return c.JSON()
}

// flowView is how the plan's money goes from years over ways of building to tiers.
type flowView struct {
	Line string
	Rows [][5]string // year, way, tier, sites, money
}

type flow struct {
	year, tier int
	way        siting.Way
	sites      int
	money      siting.Yuan
}

// flows adds up the plan's picks by year, way and tier, in that order.
func (b *builder) flows() []flow {
	var out []flow
	for _, k := range b.s.Plan.Picks {
		way := k.Way
		if way == "" {
			way = siting.Build
			if b.s.Plan.Candidates[k.Candidate].Host >= 0 {
				way = siting.Convert
			}
		}
		i := slices.IndexFunc(out, func(f flow) bool { return f.year == k.Year && f.way == way && f.tier == k.Tier })
		if i < 0 {
			i = len(out)
			out = append(out, flow{year: k.Year, way: way, tier: k.Tier})
		}
		out[i].sites++
		out[i].money += k.Cost
	}
	slices.SortFunc(out, func(x, y flow) int {
		return cmp.Or(cmp.Compare(x.year, y.year), cmp.Compare(wayOrder(x.way), wayOrder(y.way)), cmp.Compare(x.tier, y.tier))
	})
	return out
}

func wayOrder(w siting.Way) int {
	return slices.Index([]siting.Way{siting.Build, siting.Convert, siting.Upgrade}, w)
}

func (b *builder) flow() (v flowView, ok bool) {
	if b.s.Plan == nil || len(b.s.Plan.Picks) == 0 {
		return v, false
	}
	byWay := map[siting.Way]siting.Yuan{}
	var all, top siting.Yuan
	best := siting.Build
	for _, f := range b.flows() {
		v.Rows = append(v.Rows, [5]string{strconv.Itoa(f.year), b.wayName(f.way), b.s.Tiers[f.tier].Name, group(int64(f.sites)), b.money(f.money)})
		byWay[f.way] += f.money
		all += f.money
		if byWay[f.way] > top {
			top, best = byWay[f.way], f.way
		}
	}
	if all == 0 {
		return v, false
	}
	v.Line = b.t("flow.line", percent(float64(top)/float64(all)), b.wayName(best))
	return v, true
}

func (w words) wayName(way siting.Way) string { return w.or("way."+string(way), string(way)) }

// flowChart is the Sankey diagram of the money.
func (b *builder) flowChart() map[string]any {
	if _, ok := b.flow(); !ok {
		return nil
	}
	var nodes []opts.SankeyNode
	seen := map[string]bool{}
	node := func(name, colour string) string {
		if !seen[name] {
			seen[name] = true
			nodes = append(nodes, opts.SankeyNode{Name: name, ItemStyle: &opts.ItemStyle{Color: colour}})
		}
		return name
	}
	type pair struct{ from, to string }
	sum := map[pair]siting.Yuan{}
	var order []pair
	add := func(from, to string, y siting.Yuan) {
		p := pair{from, to}
		if _, ok := sum[p]; !ok {
			order = append(order, p)
		}
		sum[p] += y
	}
	for _, f := range b.flows() {
		year, way, tier := node(strconv.Itoa(f.year), quietColour), node(b.wayName(f.way), accentColour), node(b.s.Tiers[f.tier].Name, hueColour)
		add(year, way, f.money)
		add(way, tier, f.money)
	}
	var links []opts.SankeyLink
	for _, p := range order {
		links = append(links, opts.SankeyLink{Source: p.from, Target: p.to, Value: float32(b.moneyValue(sum[p]))})
	}
	return b.sankey(b.t("frontier.axis"), nodes, links)
}

// sankey is a Sankey diagram in the house's style.
func (b *builder) sankey(name string, nodes []opts.SankeyNode, links []opts.SankeyLink) map[string]any {
	c := charts.NewSankey()
	c.SetGlobalOptions(charts.WithAnimation(false), charts.WithTitleOpts(opts.Title{Show: opts.Bool(false)}), charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}))
	c.AddSeries(name, nodes, links, charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Color: inkColour, FontSize: 12}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: "source", Curveness: 0.5, Opacity: opts.Float(0.22)}))
	c.Validate()
	return c.JSON()
}

// radarChart is the frame of a site's radar; the page fills in the site's shares.
func (b *builder) radarChart() map[string]any {
	a := b.s.Assessment
	if a == nil {
		return nil
	}
	var axes []*opts.Indicator
	for _, x := range a.Axes {
		axes = append(axes, &opts.Indicator{Name: b.both(x), Max: 100})
	}
	c := charts.NewRadar()
	c.SetGlobalOptions(charts.WithAnimation(false), charts.WithTitleOpts(opts.Title{Show: opts.Bool(false)}), charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: types.FuncStr("")}),
		charts.WithRadarComponentOpts(opts.RadarComponent{Indicator: axes, Shape: "polygon", SplitNumber: 4, SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: lineColour}}}))
	c.AddSeries(b.t("card.radar"), []opts.RadarData{{Name: b.t("card.radar"), Value: []float64{}}}, charts.WithAreaStyleOpts(opts.AreaStyle{Color: hueColour, Opacity: opts.Float(0.25)}),
		charts.WithLineStyleOpts(opts.LineStyle{Color: hueColour, Width: 2}), charts.WithItemStyleOpts(opts.ItemStyle{Color: hueColour}))
	c.Validate()
	return c.JSON()
}

package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"sitecover/coverage"
	"sitecover/siting"
)

// moreSheets are the sheets on what a study may tell besides coverage, gaps and plan; those that would be empty are left out.
func (b *builder) moreSheets() []sheet {
	return slices.DeleteFunc([]sheet{b.quotaSheet(), b.weightSheet(), b.assessSheet(), b.lackSheet(), b.groupSheet(), b.hourSheet(), b.entitySheet(), b.landSheet()}, func(s sheet) bool { return len(s.rows) == 0 })
}

// fixColumns are the columns of the list of gaps that tell what would close them.
func (b *builder) fixColumns() []column {
	if len(b.s.Fixes) != len(b.s.Gaps) || len(b.s.Gaps) == 0 {
		return nil
	}
	return []column{{"x.fix.near", 24, asText}, {"x.fix.nearm", 12, asWhole}, {"x.fix.nearcost", 14, asMoney}, {"x.fix.nearpeople", 14, asWhole},
		{"x.fix.cheap", 24, asText}, {"x.fix.cheapcost", 14, asMoney}, {"x.fix.cheappeople", 14, asWhole},
		{"x.fix.sites", 12, asWhole}, {"x.fix.cost", 14, asMoney}, {"x.fix.people", 14, asWhole}, {"x.fix.reachable", 14, asWhole}, {"x.fix.zones", 24, asText}}
}

// fixCells are the values of fixColumns for a gap.
func (b *builder) fixCells(i int) []any {
	if b.fixColumns() == nil {
		return nil
	}
	f := b.s.Fixes[i]
	name := func(s siting.FixSite) any {
		if s.Candidate < 0 {
			return nil
		}
		return b.candidateName(b.s.Offers[s.Candidate])
	}
	one := func(s siting.FixSite, v any) any {
		if s.Candidate < 0 {
			return nil
		}
		return v
	}
	return []any{name(f.Nearest), one(f.Nearest, round(f.Nearest.Metres, 1)), one(f.Nearest, wan(f.Nearest.Cost)), one(f.Nearest, heads1(f.Nearest.People)),
		name(f.Cheapest), one(f.Cheapest, wan(f.Cheapest.Cost)), one(f.Cheapest, heads1(f.Cheapest.People)),
		len(f.Sites), wan(f.Cost()), heads1(f.Covered()), heads1(f.Reachable), strings.Join(b.zoneNames(&b.s.Gaps[i]), b.t("comma"))}
}

// yearSheet sums the plan by year and tier. The sums are formulas over the list of the plan, the totals over them.
func (b *builder) yearSheet() sheet {
	s := sheet{key: "sheet.years", columns: []column{{"x.year", 12, asYear}, {"x.tier", 18, asText}, {"x.new", 12, asWhole}, {"x.spent", 16, asMoney}, {"x.gained", 16, asWhole},
		{"x.effective", 12, asShare}, {"x.target", 12, asShare}, {"x.bound", 12, asShare}, {"x.budget", 16, asMoney}, {"x.left", 16, asMoney}}}
	p := b.s.Plan
	if p == nil || len(p.Years) == 0 {
		return s
	}
	last := 1 + len(p.Picks) + len(p.Years) // of the list: the sites and the subtotals of the years
	list := func(column string) string {
		return fmt.Sprintf("'%s'!$%s$2:$%s$%d", b.t("sheet.plan"), column, column, last)
	}
	var firsts []int
	for _, y := range p.Years {
		from := len(s.rows) + 2
		firsts = append(firsts, from)
		var money siting.Yuan
		var gained coverage.People
		sites := 0
		for t, tier := range b.s.Tiers {
			n, m, g := picksOf(p, y.Year, t)
			sites, money, gained = sites+n, money+m, gained+g
			at := len(s.rows) + 2
			match := fmt.Sprintf("(%s=$A%d)*(%s=$B%d)", list("A"), at, list("C"), at)
			s.rows = append(s.rows, row{values: []any{y.Year, tier.Name, formula{"SUMPRODUCT(" + match + ")", n}, formula{"SUMPRODUCT(" + match + "*" + list("I") + ")", wan(m)},
				formula{"SUMPRODUCT(" + match + "*" + list("J") + ")", heads1(g)}, orNil(y.Tiers[t].Effective), orNil(y.Tiers[t].Target), orNil(y.Tiers[t].Bound), nil, nil}})
		}
		to, at := len(s.rows)+1, len(s.rows)+2
		s.rows = append(s.rows, row{strong: true, values: []any{b.t("x.subtotal", y.Year), nil, formula{rangeSum("C", from, to), sites}, formula{rangeSum("D", from, to), wan(money)},
			formula{rangeSum("E", from, to), heads1(gained)}, nil, nil, nil, wan(y.Budget), formula{fmt.Sprintf("I%d-D%d", at, at), wan(y.Budget - money)}}})
	}
	s.rows = append(s.rows, b.yearTotal(firsts))
	return s
}

// yearTotal is the last row of the sheet of years: the sums of the subtotals.
func (b *builder) yearTotal(firsts []int) row {
	var sums []int
	var budget siting.Yuan
	for i, y := range b.s.Plan.Years {
		sums = append(sums, firsts[i]+len(b.s.Tiers))
		budget += y.Budget
	}
	money, n, gained := spending(b.s.Plan, -1)
	at := sums[len(sums)-1] + 1
	return row{strong: true, values: []any{b.t("x.total"), nil, formula{listSum("C", sums), n}, formula{listSum("D", sums), wan(money)}, formula{listSum("E", sums), heads1(gained)}, nil, nil, nil,
		formula{listSum("I", sums), wan(budget)}, formula{fmt.Sprintf("I%d-D%d", at, at), wan(budget - money)}}}
}

// picksOf adds up the picks of a tier that a year pays for.
func picksOf(p *siting.Plan, year, tier int) (n int, money siting.Yuan, gained coverage.People) {
	for _, k := range p.Picks {
		if k.Year == year && k.Tier == tier {
			n, money, gained = n+1, money+k.Cost, gained+k.Gained
		}
	}
	return n, money, gained
}

// moneyChart draws what every year spends, from the subtotals of the sheet of years.
func (b *builder) moneyChart(f *excelize.File) error {
	if b.s.Plan == nil || len(b.s.Plan.Years) == 0 {
		return nil
	}
	name, step := b.t("sheet.years"), len(b.s.Tiers)+1
	cells := func(column string) string {
		parts := make([]string, len(b.s.Plan.Years))
		for i := range parts {
			parts[i] = fmt.Sprintf("'%s'!$%s$%d", name, column, 2+i*step+len(b.s.Tiers))
		}
		return "(" + strings.Join(parts, ",") + ")"
	}
	series := func(column, colour string) excelize.ChartSeries {
		return excelize.ChartSeries{Name: fmt.Sprintf("'%s'!$%s$1", name, column), Categories: cells("A"), Values: cells(column), Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}}
	}
	return f.AddChartSheet(b.t("sheet.money"), &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{series("I", "C9DDEC"), series("D", "2B6A99")},
		Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: b.t("sheet.money")}}}, Legend: excelize.ChartLegend{Position: "bottom"},
		YAxis: excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}}})
}

// assessSheet lists the sites against their standard.
func (b *builder) assessSheet() sheet {
	s := sheet{key: "sheet.assess", columns: []column{{"x.tier", 16, asText}, {"x.id", 16, asText}, {"x.name", 26, asText}, {"x.path", 32, asText}, {"col.grade", 14, asText},
		{"x.must", 12, asWhole}, {"x.mustbelow", 12, asWhole}, {"x.mustunknown", 12, asWhole}, {"x.should", 12, asWhole}, {"x.shouldbelow", 12, asWhole}, {"x.shouldunknown", 12, asWhole},
		{"x.withdrawn", 12, asText}, {"x.next", 14, asText}, {"x.nextmissing", 12, asWhole}, {"x.nextcost", 14, asMoney}}}
	if b.s.Assessment == nil {
		return s
	}
	grade := func(g int) string {
		if g < 0 {
			return b.t("card.nograde")
		}
		return b.both(b.s.Assessment.Grades[g])
	}
	for _, c := range b.s.Assessment.Cards {
		site := b.s.Sites[c.Site]
		next := []any{nil, nil, nil}
		if c.Next != nil {
			next[0], next[1] = grade(c.Next.Grade), c.Next.Missing
			if c.Next.Priced {
				next[2] = wan(c.Next.Cost)
			}
		}
		s.rows = append(s.rows, row{values: append([]any{b.s.Tiers[site.Tier].Name, site.ID, site.Name, strings.Join(regionPathOf(b.s, site.Region), " › "), grade(c.Grade),
			c.Must.Pass, c.Must.Below, c.Must.Unknown, c.Should.Pass, c.Should.Below, c.Should.Unknown, b.yesNo(c.Withdrawn)}, next...)})
	}
	return s
}

// lackSheet lists the required items that sites do not show to meet.
func (b *builder) lackSheet() sheet {
	s := sheet{key: "sheet.lacks", columns: []column{{"x.id", 16, asText}, {"x.name", 26, asText}, {"x.itemno", 10, asText}, {"x.itemname", 36, asText}, {"x.clause", 30, asText}, {"x.state", 14, asText},
		{"x.got", 20, asText}, {"x.want", 20, asText}}}
	if b.s.Assessment == nil {
		return s
	}
	for _, c := range b.s.Assessment.Cards {
		site := b.s.Sites[c.Site]
		for _, l := range c.Lacks {
			state := b.t("x.isbelow")
			if l.Unknown {
				state = b.t("x.isunknown")
			}
			s.rows = append(s.rows, row{values: []any{site.ID, site.Name, l.No, b.both(l.Name), l.Clause, state, l.Got, l.Want}})
		}
	}
	return s
}

// eachRegion calls f for the whole study and then for every region, with its index, level and name; the whole has index -1.
func (b *builder) eachRegion(f func(r int, level, name string)) {
	f(-1, b.t("x.total"), b.place())
	for r, reg := range b.s.Regions.All {
		f(r, b.s.Regions.Levels[reg.Level].Name, b.regionName(int32(r)))
	}
}

// of is a region's figures, or the total for -1.
func of[T any](total T, regions []T, r int) T {
	if r < 0 {
		return total
	}
	return regions[r]
}

func (b *builder) groupSheet() sheet {
	s := sheet{key: "sheet.groups", bars: 7, columns: []column{{"x.level", 10, asText}, {"x.name", 24, asText}, {"x.tier", 16, asText}, {"x.group", 16, asText}, {"x.people", 14, asWhole}, {"x.covered", 14, asWhole},
		{"x.effective", 12, asShare}, {"x.unconnected", 14, asWhole}}}
	b.eachRegion(func(r int, level, name string) {
		for t := range b.s.Coverage.Groups {
			for _, g := range b.s.Coverage.Groups[t] {
				x := of(g.Total, g.Region, r)
				s.rows = append(s.rows, row{strong: r < 0, values: []any{level, name, b.s.Tiers[t].Name, b.groupName(g.ID), heads1(x.People), heads1(x.Covered), share(x.Covered, x.People), heads1(x.Unconnected)}})
			}
		}
	})
	return s
}

func (b *builder) hourSheet() sheet {
	s := sheet{key: "sheet.hours", bars: 7, columns: []column{{"x.level", 10, asText}, {"x.name", 24, asText}, {"x.tier", 16, asText}, {"x.moment", 18, asText}, {"x.people", 14, asWhole}, {"x.covered", 14, asWhole},
		{"x.effective", 12, asShare}, {"x.possible", 14, asWhole}, {"x.hopen", 10, asWhole}, {"x.hclosed", 10, asWhole}, {"x.hunknown", 10, asWhole}}}
	b.eachRegion(func(r int, level, name string) {
		for t := range b.s.Hours {
			for _, h := range b.s.Hours[t] {
				x := of(h.Total, h.Region, r)
				counts := []any{nil, nil, nil}
				if r < 0 {
					counts = []any{h.Open, h.Closed, h.Unknown}
				}
				s.rows = append(s.rows, row{strong: r < 0, values: append([]any{level, name, b.s.Tiers[t].Name, b.momentName(h.Moment), heads1(x.People), heads1(x.Covered), share(x.Covered, x.People), heads1(x.Possible)}, counts...)})
			}
		}
	})
	return s
}

func (b *builder) entitySheet() sheet {
	s := sheet{key: "sheet.entities", columns: []column{{"x.tier", 16, asText}, {"x.id", 18, asText}, {"x.name", 30, asText}, {"x.kind", 16, asText}, {"x.path", 36, asText}, {"x.headcount", 12, asWhole},
		{"x.iscovered", 10, asText}, {"x.site", 24, asText}, {"x.distance", 16, asText}}}
	for t := range b.s.Served {
		for i, x := range b.s.Served[t].Service {
			e := b.s.Entities[i]
			var heads, site, distance any
			if e.Headcount >= 0 {
				heads = heads1(e.Headcount)
			}
			if x.Site >= 0 {
				site, distance = b.s.Sites[x.Site].Name, b.cost(x.Cost, b.s.Tiers[t].Limit.Metric)
			}
			s.rows = append(s.rows, row{values: []any{b.s.Tiers[t].Name, e.ID, e.Name, b.entityKind(e.Kind), strings.Join(regionPathOf(b.s, e.Region), " › "), heads, b.yesNo(x.Covered), site, distance}})
		}
	}
	return s
}

func (b *builder) landSheet() sheet {
	s := sheet{key: "sheet.land", bars: 6, columns: []column{{"x.level", 10, asText}, {"x.name", 24, asText}, {"x.tier", 16, asText}, {"x.hectares", 14, asDecimal}, {"x.coveredha", 14, asDecimal}, {"x.effective", 12, asShare}}}
	b.eachRegion(func(r int, level, name string) {
		for t, l := range b.s.Land {
			x := of(l.Total, l.Region, r)
			var part any
			if v, ok := x.Effective(); ok {
				part = round(v, 6)
			}
			s.rows = append(s.rows, row{strong: r < 0, values: []any{level, name, b.s.Tiers[t].Name, round(x.Area.SquareMetres()/1e4, 4), round(x.Covered.SquareMetres()/1e4, 4), part}})
		}
	})
	return s
}

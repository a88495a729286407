package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"sitecover/coverage"
	"sitecover/siting"
)

// sheets are the sheets of the workbook, in order.
func (b *builder) sheets() []sheet {
	out := []sheet{b.summarySheet(), b.regionSheet(), b.blankSheet(), b.gapSheet(), b.planSheet()}
	if y := b.yearSheet(); len(y.rows) > 0 {
		out = append(out, y)
	}
	return append(append(append(out, b.stationSheet()), b.moreSheets()...), b.basisSheet())
}

// heads1 is people as a workbook number: three decimals, as an auditor may add them up.
func heads1(p coverage.People) float64 { return round(p.Float(), 3) }

// orNil is nil for a share that stands for "none".
func orNil(share float64) any {
	if !known(share) {
		return nil
	}
	return round(share, 6)
}

func wan(y siting.Yuan) float64 { return float64(y) / float64(siting.Wan) }

func (b *builder) summarySheet() sheet {
	s := sheet{key: "sheet.summary", bars: 7, columns: []column{{"x.tier", 16, asText}, {"x.year", 12, asYear}, {"x.standard", 16, asText},
		{"x.people", 14, asWhole}, {"x.covered", 14, asWhole}, {"x.uncovered", 14, asWhole}, {"x.effective", 12, asShare}, {"x.target", 10, asShare},
		{"x.bound", 10, asShare}, {"x.open", 10, asWhole}, {"x.required", 12, asWhole}, {"x.owning", 12, asWhole}, {"x.presence", 10, asShare},
		{"x.new", 10, asWhole}, {"x.spent", 14, asMoney}}}
	for t, tier := range b.s.Tiers {
		x := b.s.Coverage.Total[t]
		var presence any
		if v, ok := x.Presence(); ok {
			presence = round(v, 6)
		}
		s.rows = append(s.rows, row{values: []any{tier.Name, b.t("year.now"), b.standard(t), heads1(x.People), heads1(x.Covered),
			heads1(x.People - x.Covered), share(x.Covered, x.People), nil, nil, x.Open, x.Required, x.Owning, presence, nil, nil}, strong: true})
		if b.s.Plan == nil {
			continue
		}
		for _, y := range b.s.Plan.Years {
			s.rows = append(s.rows, b.summaryYear(t, y, x))
		}
	}
	s.rows = append(s.rows, b.summaryNotes()...)
	return s
}

func (b *builder) summaryYear(t int, y siting.Year, now coverage.Indicators) row {
	ty := y.Tiers[t]
	var money siting.Yuan
	n := 0
	for _, k := range b.s.Plan.Picks {
		if k.Year == y.Year && k.Tier == t {
			money += k.Cost
			n++
		}
	}
	presence := math.NaN()
	if ty.Required > 0 {
		presence = round(float64(ty.Owning)/float64(ty.Required), 6)
	}
	return row{values: []any{b.s.Tiers[t].Name, y.Year, b.limit(b.s.Tiers[t]), heads1(now.People), heads1(ty.Covered), heads1(now.People - ty.Covered),
		orNil(ty.Effective), orNil(ty.Target), orNil(ty.Bound), nil, ty.Required, ty.Owning, orNil(presence), n, wan(money)}}
}

// summaryNotes say below the figures what they are of.
func (b *builder) summaryNotes() []row {
	out := []row{{values: []any{nil}}}
	add := func(key, value string) { out = append(out, row{line: true, values: []any{b.t(key), value}}) }
	add("x.study", b.s.Name)
	add("x.date", b.s.Date.Format("2006-01-02"))
	add("x.version", b.s.Version)
	add("x.seed", fmt.Sprint(b.s.Seed))
	if b.s.Synthetic {
		add("x.item", b.t("doc.synthetic"))
	}
	for t := range b.s.Tiers {
		add("x.story", b.story(t))
	}
	return out
}

func (b *builder) regionSheet() sheet {
	s := sheet{key: "sheet.regions", bars: 8, columns: []column{{"x.level", 10, asText}, {"x.code", 16, asText}, {"x.name", 20, asText}, {"x.parent", 18, asText},
		{"x.tier", 14, asText}, {"x.people", 13, asWhole}, {"x.covered", 13, asWhole}, {"x.effective", 11, asShare}, {"x.uncovered", 13, asWhole},
		{"x.unconnected", 13, asWhole}, {"x.circle", 13, asWhole}, {"x.overclaim", 13, asWhole}, {"x.cells", 10, asWhole}, {"x.coveredcells", 10, asWhole},
		{"x.open", 10, asWhole}, {"x.qualifying", 10, asWhole}, {"x.below", 10, asWhole}, {"x.unknown", 10, asWhole}, {"x.required", 11, asWhole},
		{"x.owning", 11, asWhole}, {"x.presence", 10, asShare}}}
	add := func(strong bool, level, code, name, parent string, t int, x coverage.Indicators) {
		var presence any
		if v, ok := x.Presence(); ok {
			presence = round(v, 6)
		}
		s.rows = append(s.rows, row{strong: strong, values: []any{level, code, name, parent, b.s.Tiers[t].Name, heads1(x.People), heads1(x.Covered),
			share(x.Covered, x.People), heads1(x.People - x.Covered), heads1(x.Unconnected), heads1(x.Circle), heads1(x.OverClaim), x.Cells, x.CoveredCells,
			x.Open, x.Qualifying, x.BelowStandard, x.AreaUnknown, x.Required, x.Owning, presence}})
	}
	for t := range b.s.Tiers {
		add(true, b.t("x.total"), "", b.place(), "", t, b.s.Coverage.Total[t])
	}
	for r, reg := range b.s.Regions.All {
		parent := ""
		if reg.Parent >= 0 {
			parent = b.regionName(reg.Parent)
		}
		for t := range b.s.Tiers {
			add(false, b.s.Regions.Levels[reg.Level].Name, reg.ID, b.regionName(int32(r)), parent, t, b.s.Coverage.Region[t][r])
		}
	}
	return s
}

func (b *builder) blankSheet() sheet {
	s := sheet{key: "sheet.blank", columns: []column{{"x.tier", 14, asText}, {"x.level", 10, asText}, {"x.code", 16, asText}, {"x.name", 22, asText},
		{"x.path", 40, asText}, {"x.people", 13, asWhole}, {"x.covered", 13, asWhole}, {"x.effective", 11, asShare}, {"x.below", 10, asWhole}, {"x.unknown", 10, asWhole}}}
	for t, tier := range b.s.Tiers {
		for _, r := range b.s.Coverage.Blank[t] {
			x, reg := b.s.Coverage.Region[t][r], b.s.Regions.All[r]
			s.rows = append(s.rows, row{values: []any{tier.Name, b.s.Regions.Levels[reg.Level].Name, reg.ID, b.regionName(r), strings.Join(regionPathOf(b.s, r), " › "),
				heads1(x.People), heads1(x.Covered), share(x.Covered, x.People), x.BelowStandard, x.AreaUnknown}})
		}
	}
	return s
}

func (b *builder) gapSheet() sheet {
	s := sheet{key: "sheet.gaps", columns: []column{{"x.tier", 14, asText}, {"x.rank", 8, asWhole}, {"x.id", 18, asText}, {"x.uncovered", 13, asWhole}, {"x.gapcells", 9, asWhole},
		{"x.path", 40, asText}, {"x.place", 22, asText}, {"x.site", 24, asText}, {"x.metres", 13, asWhole}, {"x.lon", 13, asDegrees}, {"x.lat", 13, asDegrees}}}
	s.columns = append(s.columns, b.fixColumns()...)
	for i := range b.s.Gaps {
		g := &b.s.Gaps[i]
		var site, metres any
		if g.Site >= 0 {
			site, metres = b.s.Sites[g.Site].Name, round(g.Metres, 1)
		}
		s.rows = append(s.rows, row{values: append([]any{b.s.Tiers[g.Tier].Name, g.Rank, g.ID, heads1(g.People), len(g.Cells), strings.Join(regionPathOf(b.s, g.Region), " › "),
			g.Place, site, metres, round(g.Centre[0], 7), round(g.Centre[1], 7)}, b.fixCells(i)...)})
	}
	return s
}

// planSheet lists the sites to open year by year; each year ends in a subtotal and the sheet in a total, all formulas.
func (b *builder) planSheet() sheet {
	s := sheet{key: "sheet.plan", columns: []column{{"x.year", 14, asYear}, {"x.no", 7, asWhole}, {"x.tier", 14, asText}, {"x.pick", 24, asText}, {"x.path", 36, asText},
		{"x.lon", 13, asDegrees}, {"x.lat", 13, asDegrees}, {"x.host", 14, asText}, {"x.cost", 14, asMoney}, {"x.gained", 14, asWhole}, {"x.after", 12, asShare},
		{"x.reason", 48, asText}, {"x.candidate", 24, asText}}}
	p := b.s.Plan
	if p == nil {
		return s
	}
	covered := make([]coverage.People, len(b.s.Tiers))
	for t := range covered {
		covered[t] = b.s.Coverage.Total[t].Covered
	}
	var sums []int // spreadsheet rows of the subtotals
	next := 0
	var allMoney siting.Yuan
	var allGained coverage.People
	for _, y := range p.Years {
		first := len(s.rows) + 2
		var money siting.Yuan
		var gained coverage.People
		for ; next < len(p.Picks) && p.Picks[next].Year == y.Year; next++ {
			k := p.Picks[next]
			covered[k.Tier] += k.Gained
			money, gained = money+k.Cost, gained+k.Gained
			s.rows = append(s.rows, b.planRow(next, covered[k.Tier]))
		}
		last := len(s.rows) + 1
		s.rows = append(s.rows, sumRow(b.t("x.subtotal", y.Year), rangeSum("I", first, last), wan(money), rangeSum("J", first, last), heads1(gained)))
		sums = append(sums, len(s.rows)+1)
		allMoney, allGained = allMoney+money, allGained+gained
	}
	s.rows = append(s.rows, sumRow(b.t("x.total"), listSum("I", sums), wan(allMoney), listSum("J", sums), heads1(allGained)))
	return s
}

func (b *builder) planRow(i int, covered coverage.People) row {
	k := b.s.Plan.Picks[i]
	c := b.s.Plan.Candidates[k.Candidate]
	host := b.t("x.host.no")
	if c.Host >= 0 {
		host = b.t("x.host.yes")
	}
	return row{values: []any{k.Year, i + 1, b.s.Tiers[k.Tier].Name, b.candidateName(c), strings.Join(regionPathOf(b.s, c.Region), " › "), round(c.Point[0], 7), round(c.Point[1], 7),
		host, wan(k.Cost), heads1(k.Gained), share(covered, b.s.Coverage.Total[k.Tier].People), b.reason(k, c), c.ID}}
}

func sumRow(label, money string, moneyValue float64, gained string, gainedValue float64) row {
	return row{strong: true, values: []any{label, nil, nil, nil, nil, nil, nil, nil, formula{money, moneyValue}, formula{gained, gainedValue}, nil, nil, nil}}
}

// rangeSum is SUM over rows first..last of a column; a year without sites sums nothing.
func rangeSum(col string, first, last int) string {
	if last < first {
		return "SUM(0)"
	}
	return fmt.Sprintf("SUM(%s%d:%s%d)", col, first, col, last)
}

func listSum(col string, rows []int) string {
	if len(rows) == 0 {
		return "SUM(0)"
	}
	parts := make([]string, len(rows))
	for i, r := range rows {
		parts[i] = fmt.Sprintf("%s%d", col, r)
	}
	return "SUM(" + strings.Join(parts, ",") + ")"
}

// sortedParts are the kinds of a station's score in order.
func sortedParts(parts map[string]float64) []string {
	kinds := make([]string, 0, len(parts))
	for k := range parts {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

func (b *builder) stationSheet() sheet {
	s := sheet{key: "sheet.stations", columns: []column{{"x.rank", 8, asWhole}, {"x.name", 26, asText}, {"x.path", 36, asText}, {b.scoreHead("x.score"), 12, asDecimal}, {"x.kept", 12, asShare},
		{"x.observed", 10, asText}, {"x.lon", 13, asDegrees}, {"x.lat", 13, asDegrees}, {"col.parts", 60, asText}, {"x.candidate", 24, asText}, {"x.busiest", 14, asText}}}
	for _, st := range b.s.Stations {
		kinds := sortedParts(st.Parts)
		slices.SortStableFunc(kinds, func(x, y string) int { return cmp.Compare(st.Parts[y], st.Parts[x]) })
		var parts []string
		for _, k := range kinds {
			parts = append(parts, b.or("kind."+k, k)+" "+decimal(st.Parts[k], 1))
		}
		c := st.Candidate
		s.rows = append(s.rows, row{values: []any{st.Rank, b.candidateName(c), strings.Join(regionPathOf(b.s, c.Region), " › "), round(st.Score, 3), orNil(st.Kept), b.yesNo(st.Observed),
			round(c.Point[0], 7), round(c.Point[1], 7), strings.Join(parts, b.t("comma")), c.ID, orEmpty(busiest(st.ByHour))}})
	}
	return s
}

// orEmpty is nil for no text, so that the cell stays empty.
func orEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (b *builder) yesNo(yes bool) string {
	if yes {
		return b.t("x.yes")
	}
	return b.t("x.no.word")
}

// basisSheet holds assumptions, findings and inputs, one below the other under the same five columns.
func (b *builder) basisSheet() sheet {
	s := sheet{key: "sheet.basis", columns: []column{{"x.item", 16, asText}, {"x.what", 44, asText}, {"x.value", 30, asText}, {"x.source", 34, asText}, {"x.default", 70, asText}}}
	for _, a := range b.s.Assumptions {
		s.rows = append(s.rows, row{values: []any{a.Key, b.pick(a.ZH, a.EN), b.pick(cmp.Or(a.ValueZH, a.Value), a.Value), b.pick(cmp.Or(a.SourceZH, a.Source), a.Source), b.yesNo(a.Default)}})
	}
	s.rows = append(s.rows, row{strong: true, values: []any{b.t("x.severity"), b.t("x.finding"), b.t("x.where"), nil, nil}})
	for _, f := range b.s.Findings {
		s.rows = append(s.rows, row{values: []any{b.or("trust."+f.Severity, f.Severity), b.pick(f.ZH, f.EN), f.Where, nil, nil}})
	}
	s.rows = append(s.rows, row{strong: true, values: []any{b.t("x.role"), b.t("x.file"), b.t("x.rows") + " / " + b.t("x.bytes"), b.t("x.crs"), "SHA-256"}})
	for _, in := range b.s.Inputs {
		s.rows = append(s.rows, row{values: []any{b.or("role."+in.Role, in.Role), in.Path, group(int64(in.Rows)) + " / " + group(in.Bytes), in.CRS, in.SHA256}})
	}
	return s
}

package reports

import (
	"slices"
	"strings"

	"sitecover/coverage"
	"sitecover/siting"
)

// PlanRules are the rules of a plan by regions and groups, with what came of them.
type PlanRules struct {
	Quotas   []siting.Quota // that Plan.Quotas point into
	Weighted []Weighted     // by group, then tier
}

// Weighted tells what a plan does in a tier for a group of people whose members count more in its objective. The numbers of people are
// not weighted.
type Weighted struct {
	Group                  string
	Weight                 float64 // of a member, against 1 of everybody else
	Tier                   int
	People, Today, Covered coverage.People // members; those whom open sites serve today, and with the plan at its end
}

// quotaLine is where a region stands under a quota.
type quotaLine struct {
	siting.QuotaState
	rule *siting.Quota
}

// quotaLines are what the quotas of the plan came to, by quota and region.
func (b *builder) quotaLines() (out []quotaLine) {
	if b.s.Plan == nil {
		return nil
	}
	for _, q := range b.s.Plan.Quotas {
		out = append(out, quotaLine{q, &b.s.Rules.Quotas[q.Quota]})
	}
	return out
}

// tierOrAll names what a quota counts.
func (b *builder) tierOrAll(tier int) string {
	if tier == siting.AllTiers {
		return b.t("quota.alltiers")
	}
	return b.s.Tiers[tier].Name
}

// quotaResult says whether a quota is met, and by how much not.
func (b *builder) quotaResult(q quotaLine) string {
	switch {
	case !q.Short(q.rule):
		return b.t("quota.met")
	case q.Possible < q.rule.Min:
		return b.t("quota.proved", q.rule.Min-q.Sites, q.Possible)
	}
	return b.t("quota.short", q.rule.Min-q.Sites)
}

// planRules are the tables of what the plan was asked for by regions and groups.
func (b *builder) planRules() (out []gridView) {
	for _, f := range []func() (gridView, bool){b.quotaGrid, b.weightGrid} {
		if g, ok := f(); ok {
			g.Tier = -1
			out = append(out, g)
		}
	}
	return out
}

// quotaGrid lists every quota of every region, those that are short first.
func (b *builder) quotaGrid() (g gridView, ok bool) {
	lines := b.quotaLines()
	if len(lines) == 0 {
		return g, false
	}
	slices.SortStableFunc(lines, func(x, y quotaLine) int { return btoi(y.Short(y.rule)) - btoi(x.Short(x.rule)) })
	g = gridView{How: b.t("how.quota"), Fold: len(lines) > 12, Heads: []gridHead{{b.t("col.region"), false}, {b.t("col.tier"), false}, {b.t("col.by"), true},
		{b.t("col.least"), true}, {b.t("col.most"), true}, {b.t("col.moneymost"), true}, {b.t("col.sites"), true}, {b.t("col.spent"), true}, {b.t("col.result"), false}}}
	var short []string
	for _, q := range lines {
		if q.Short(q.rule) {
			if name := b.regionName(q.Region); !slices.Contains(short, name) {
				short = append(short, name)
			}
		}
		row := []gridCell{{Text: b.regionName(q.Region), Link: regionLink(b.s.Regions.All[q.Region].ID)}, plain(b.tierOrAll(q.rule.Tier))}
		for _, limit := range b.quotaLimits(q.rule) {
			row = append(row, figureCell(limit))
		}
		row = append(row, figureCell(group(int64(q.Sites))), figureCell(b.money(q.Money)), gridCell{Text: b.quotaResult(q), Alert: q.Short(q.rule)})
		g.Rows = append(g.Rows, gridRow{row})
	}
	n := group(int64(len(lines)))
	if g.Title = b.t("quota.all", n); len(short) > 0 {
		names := strings.Join(short[:min(len(short), 3)], b.t("comma"))
		if len(short) > 3 {
			names = b.t("quota.andothers", names, len(short))
		}
		g.Title = b.t("quota.some", n, names)
	}
	return g, true
}

// quotaLimits are what a quota asks: by when, sites at least and at most, money at most.
func (b *builder) quotaLimits(q *siting.Quota) []string {
	out := []string{b.t("quota.wholeplan"), "—", "—", "—"}
	if q.Year > 0 {
		out[0] = b.t("quota.by", q.Year)
	}
	if q.Min > 0 {
		out[1] = group(int64(q.Min))
	}
	if q.Max >= 0 {
		out[2] = group(int64(q.Max))
	}
	if q.Money >= 0 {
		out[3] = b.money(q.Money)
	}
	return out
}

// weightGrid tells what the plan does for the groups that count more.
func (b *builder) weightGrid() (g gridView, ok bool) {
	if len(b.s.Rules.Weighted) == 0 {
		return g, false
	}
	g = gridView{How: b.t("how.weights"), Heads: []gridHead{{b.t("col.group"), false}, {b.t("col.weight"), true}, {b.t("col.tier"), false}, {b.t("col.people"), true},
		{b.t("col.today"), false}, {b.t("col.afterplan"), false}}}
	lead := leadTier(b.s)
	for _, w := range b.s.Rules.Weighted {
		g.Rows = append(g.Rows, gridRow{[]gridCell{plain(b.groupName(w.Group)), figureCell(trimZero(decimal(w.Weight, 1))), plain(b.s.Tiers[w.Tier].Name), figureCell(b.people(w.People)),
			bar(ratio(w.Today, w.People)), bar(ratio(w.Covered, w.People))}})
		if w.Tier == lead && g.Title == "" {
			g.Title = b.t("weight.line", b.groupName(w.Group), trimZero(decimal(w.Weight, 1)), b.s.Tiers[lead].Name, percent(ratio(w.Today, w.People)), percent(ratio(w.Covered, w.People)))
		}
	}
	return g, true
}

// ruleNotes name the pilots that do not come first and the regions that get nothing in time.
func (b *builder) ruleNotes() (out []string) {
	p := b.s.Plan
	if p.Late != nil {
		var names []string
		for _, r := range p.Late.Regions {
			names = append(names, b.regionName(r))
		}
		for _, id := range p.Late.Candidates {
			name := id
			if i := slices.IndexFunc(p.Candidates, func(c siting.Candidate) bool { return c.ID == id }); i >= 0 {
				name = b.candidateName(p.Candidates[i])
			}
			names = append(names, name)
		}
		out = append(out, b.t("rules.late", strings.Join(names, b.t("comma"))))
	}
	if len(p.Unfair) > 0 {
		var names []string
		for _, r := range p.Unfair {
			names = append(names, b.regionName(r))
		}
		out = append(out, b.t("rules.unfair", strings.Join(names, b.t("comma"))))
	}
	return out
}

// quotaSheet lists every quota of every region.
func (b *builder) quotaSheet() sheet {
	s := sheet{key: "sheet.quotas", columns: []column{{"x.level", 12, asText}, {"x.code", 16, asText}, {"x.name", 22, asText}, {"x.tier", 16, asText}, {"x.by", 12, asText},
		{"x.least", 10, asWhole}, {"x.most", 10, asWhole}, {"x.moneymost", 16, asMoney}, {"x.new", 12, asWhole}, {"x.spent", 16, asMoney}, {"x.mostpossible", 12, asWhole}, {"x.result", 26, asText}}}
	for _, q := range b.quotaLines() {
		region := b.s.Regions.All[q.Region]
		values := []any{b.s.Regions.Levels[region.Level].Name, region.ID, b.regionName(q.Region), b.tierOrAll(q.rule.Tier), b.quotaLimits(q.rule)[0],
			nil, nil, nil, q.Sites, wan(q.Money), nil, b.quotaResult(q)}
		if q.rule.Min > 0 {
			values[5], values[10] = q.rule.Min, q.Possible
		}
		if q.rule.Max >= 0 {
			values[6] = q.rule.Max
		}
		if q.rule.Money >= 0 {
			values[7] = wan(q.rule.Money)
		}
		s.rows = append(s.rows, row{values: values})
	}
	return s
}

// weightSheet tells what the plan does for the groups that count more.
func (b *builder) weightSheet() sheet {
	s := sheet{key: "sheet.weights", columns: []column{{"x.group", 18, asText}, {"x.weight", 14, asDecimal}, {"x.tier", 16, asText}, {"x.people", 14, asWhole},
		{"x.coveredtoday", 16, asWhole}, {"x.effectivetoday", 14, asShare}, {"x.coveredthen", 16, asWhole}, {"x.effectivethen", 14, asShare}}}
	for _, w := range b.s.Rules.Weighted {
		s.rows = append(s.rows, row{values: []any{b.groupName(w.Group), w.Weight, b.s.Tiers[w.Tier].Name, heads1(w.People), heads1(w.Today), share(w.Today, w.People),
			heads1(w.Covered), share(w.Covered, w.People)}})
	}
	return s
}

package reports

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"sitecover/coverage"
)

// noMore adds nothing to a workbook.
func noMore(*excelize.File) error { return nil }

// sheets are the sheets of the workbook of differences. Changes are formulas over the two columns before them.
func (v *comparison) sheets() []sheet {
	out := []sheet{v.totalSheet(), v.regionSheet(), v.siteSheet(), v.cellSheet()}
	for _, s := range []sheet{v.groupSheet(), v.hoursSheet(), v.entitySheet()} {
		if len(s.rows) > 0 {
			out = append(out, s)
		}
	}
	return append(out, v.noteSheet(), v.inputSheet())
}

// minus is a formula for the difference of two columns of a row with its value; nil where either has none.
func minus(s *sheet, later, earlier string, b, a any) any {
	x, okX := number(b)
	y, okY := number(a)
	if !okX || !okY {
		return nil
	}
	n := len(s.rows) + 2
	return formula{fmt.Sprintf("%s%d-%s%d", later, n, earlier, n), round(x-y, 6)}
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, v == v
	case int:
		return float64(v), true
	}
	return 0, false
}

// pairColumns are the columns of figures before and after, from D on: coverage, people covered, people, open and qualifying sites, blanks.
func pairColumns() []column {
	return []column{{"cmp.x.eff.a", 12, asShare}, {"cmp.x.eff.b", 12, asShare}, {"cmp.x.eff.d", 12, asShare}, {"cmp.x.cov.a", 14, asWhole}, {"cmp.x.cov.b", 14, asWhole}, {"cmp.x.cov.d", 14, asWhole},
		{"cmp.x.peo.a", 14, asWhole}, {"cmp.x.peo.b", 14, asWhole}, {"cmp.x.peo.d", 14, asWhole}, {"cmp.x.open.a", 10, asWhole}, {"cmp.x.open.b", 10, asWhole}, {"cmp.x.open.d", 10, asWhole},
		{"cmp.x.own.a", 12, asWhole}, {"cmp.x.own.b", 12, asWhole}, {"cmp.x.own.d", 12, asWhole}, {"cmp.x.req.a", 12, asWhole}, {"cmp.x.req.b", 12, asWhole}}
}

// pairs are the values of pairColumns, in a row whose figures begin in column D.
func pairs(s *sheet, c coverage.Change) []any {
	a, b := c.Before, c.After
	ea, eb := share(a.Covered, a.People), share(b.Covered, b.People)
	ca, cb, pa, pb := heads1(a.Covered), heads1(b.Covered), heads1(a.People), heads1(b.People)
	return []any{ea, eb, minus(s, "E", "D", eb, ea), ca, cb, minus(s, "H", "G", cb, ca), pa, pb, minus(s, "K", "J", pb, pa),
		a.Open, b.Open, minus(s, "N", "M", b.Open, a.Open), a.Owning, b.Owning, minus(s, "Q", "P", b.Owning, a.Owning), a.Required, b.Required}
}

func (v *comparison) tierName(t coverage.TierChange) string { return v.After.Tiers[t.After].Name }

func (v *comparison) totalSheet() sheet {
	s := sheet{key: "cmp.sheet.total", columns: append([]column{{"x.tier", 18, asText}, {"x.standard", 18, asText}, {"cmp.x.rule", 14, asText}}, pairColumns()...)}
	for _, t := range v.Diff.Tiers {
		s.rows = append(s.rows, row{strong: true, values: append([]any{v.tierName(t), v.after.limit(v.After.Tiers[t.After]), v.after.yesNo(t.Rule)}, pairs(&s, t.Total)...)})
	}
	return s
}

func (v *comparison) regionSheet() sheet {
	s := sheet{key: "cmp.sheet.regions", columns: append([]column{{"x.tier", 16, asText}, {"x.code", 16, asText}, {"x.name", 22, asText}}, pairColumns()...)}
	for _, t := range v.Diff.Tiers {
		for _, r := range t.Regions {
			name, _ := v.regionName(r.ID)
			s.rows = append(s.rows, row{values: append([]any{v.tierName(t), r.ID, name}, pairs(&s, r.Change)...)})
		}
	}
	return s
}

func (v *comparison) siteSheet() sheet {
	s := sheet{key: "cmp.sheet.sites", columns: []column{{"x.tier", 16, asText}, {"cmp.what", 12, asText}, {"x.id", 18, asText}, {"x.name", 30, asText}, {"x.path", 40, asText}}}
	for _, t := range v.Diff.Tiers {
		for _, c := range v.siteChanges(t) {
			name, path := v.siteName(c[1])
			s.rows = append(s.rows, row{values: []any{v.tierName(t), v.t(c[0]), c[1], name, path}})
		}
	}
	return s
}

func (v *comparison) cellSheet() sheet {
	s := sheet{key: "cmp.sheet.cells", columns: []column{{"x.tier", 16, asText}, {"cmp.x.cell", 20, asText}, {"cmp.x.peo.a", 14, asDecimal}, {"cmp.x.peo.b", 14, asDecimal}, {"cmp.x.cov.a", 14, asDecimal}, {"cmp.x.cov.b", 14, asDecimal}, {"cmp.x.cov.d", 14, asDecimal}}}
	for _, t := range v.Diff.Tiers {
		for _, c := range t.Cells {
			a, b := heads1(c.CoveredBefore), heads1(c.CoveredAfter)
			s.rows = append(s.rows, row{values: []any{v.tierName(t), c.Cell.String(), heads1(c.PeopleBefore), heads1(c.PeopleAfter), a, b, minus(&s, "F", "E", b, a)}})
		}
	}
	return s
}

func (v *comparison) groupSheet() sheet {
	s := sheet{key: "cmp.sheet.groups", columns: []column{{"x.tier", 16, asText}, {"cmp.group", 18, asText}, {"x.name", 22, asText}, {"cmp.x.eff.a", 12, asShare}, {"cmp.x.eff.b", 12, asShare}, {"cmp.x.eff.d", 12, asShare},
		{"cmp.x.cov.a", 14, asWhole}, {"cmp.x.cov.b", 14, asWhole}, {"cmp.x.cov.d", 14, asWhole}}}
	for _, t := range v.Diff.Tiers {
		for _, g := range t.Groups {
			add := func(name string, p coverage.GroupPair, strong bool) {
				ea, eb := share(p.Before.Covered, p.Before.People), share(p.After.Covered, p.After.People)
				ca, cb := heads1(p.Before.Covered), heads1(p.After.Covered)
				s.rows = append(s.rows, row{strong: strong, values: []any{v.tierName(t), v.or("group."+g.ID, g.ID), name, ea, eb, minus(&s, "E", "D", eb, ea), ca, cb, minus(&s, "H", "G", cb, ca)}})
			}
			add(v.t("x.total"), g.Total, true)
			for _, r := range g.Regions {
				name, _ := v.regionName(r.ID)
				add(name, r.GroupPair, false)
			}
		}
	}
	return s
}

func (v *comparison) hoursSheet() sheet {
	s := sheet{key: "cmp.sheet.hours", columns: []column{{"x.tier", 16, asText}, {"cmp.moment", 18, asText}, {"x.name", 22, asText}, {"cmp.x.eff.a", 12, asShare}, {"cmp.x.eff.b", 12, asShare}, {"cmp.x.eff.d", 12, asShare},
		{"cmp.x.open.a", 12, asWhole}, {"cmp.x.open.b", 12, asWhole}, {"cmp.x.open.d", 12, asWhole}}}
	for _, t := range v.Diff.Tiers {
		for _, h := range t.Hours {
			eff := func(given bool, x coverage.HoursFigures) any {
				if !given || x.People == 0 {
					return nil
				}
				return share(x.Covered, x.People)
			}
			open := func(x coverage.HoursSide) any {
				if !x.Given {
					return nil
				}
				return x.Open
			}
			moment := v.moment(h.Moment)
			ea, eb, oa, ob := eff(h.Before.Given, h.Before.HoursFigures), eff(h.After.Given, h.After.HoursFigures), open(h.Before), open(h.After)
			s.rows = append(s.rows, row{strong: true, values: []any{v.tierName(t), moment, v.t("x.total"), ea, eb, minus(&s, "E", "D", eb, ea), oa, ob, minus(&s, "H", "G", ob, oa)}})
			for _, r := range h.Regions {
				name, _ := v.regionName(r.ID)
				ea, eb := eff(h.Before.Given, r.Before), eff(h.After.Given, r.After)
				s.rows = append(s.rows, row{values: []any{v.tierName(t), moment, name, ea, eb, minus(&s, "E", "D", eb, ea), nil, nil, nil}})
			}
		}
	}
	return s
}

func (v *comparison) entitySheet() sheet {
	s := sheet{key: "cmp.sheet.entities", columns: []column{{"x.tier", 16, asText}, {"cmp.kind", 20, asText}, {"cmp.what", 30, asText}, {"cmp.x.ent.a", 12, asWhole}, {"cmp.x.ent.b", 12, asWhole}, {"cmp.x.ent.d", 12, asWhole},
		{"cmp.x.entall.a", 12, asWhole}, {"cmp.x.entall.b", 12, asWhole}}}
	for _, t := range v.Diff.Tiers {
		if t.Entities == nil {
			continue
		}
		for _, k := range t.Entities.Kinds {
			s.rows = append(s.rows, row{strong: true, values: []any{v.tierName(t), v.or("kind."+k.Kind, k.Kind), v.t("x.total"), k.Before.Covered, k.After.Covered, minus(&s, "E", "D", k.After.Covered, k.Before.Covered), k.Before.Entities, k.After.Entities}})
		}
		for _, list := range []struct {
			key string
			ids []string
		}{{"cmp.reached", t.Entities.Reached}, {"cmp.lost", t.Entities.Lost}, {"cmp.appeared", t.Entities.Added}, {"cmp.gone", t.Entities.Removed}} {
			for _, id := range list.ids {
				s.rows = append(s.rows, row{values: []any{v.tierName(t), id, v.t(list.key), nil, nil, nil, nil, nil}})
			}
		}
	}
	return s
}

// noteSheet says what the two sides are.
func (v *comparison) noteSheet() sheet {
	s := sheet{key: "cmp.sheet.notes", columns: []column{{"x.item", 20, asText}, {"cmp.a", 60, asText}, {"cmp.b", 60, asText}}}
	s.rows = []row{{values: []any{v.t("x.study"), v.nameA, v.nameB}}, {values: []any{v.t("x.date"), v.Before.Date.Format("2006-01-02"), v.After.Date.Format("2006-01-02")}},
		{values: []any{v.t("x.version"), v.Before.Version, v.After.Version}}, {values: []any{v.t("x.story"), v.story(), nil}}}
	for _, n := range v.notes() {
		s.rows = append(s.rows, row{values: []any{v.t("cmp.note"), n, nil}})
	}
	return s
}

// inputSheet lists the files that the two sides rest on, and what was noticed in them.
func (v *comparison) inputSheet() sheet {
	s := sheet{key: "cmp.sheet.inputs", columns: []column{{"x.study", 24, asText}, {"x.role", 16, asText}, {"x.file", 34, asText}, {"x.rows", 12, asWhole}, {"x.bytes", 14, asWhole}, {"x.crs", 14, asText}, {"col.sha256", 70, asText}}}
	sides := []struct {
		name string
		of   *builder
	}{{v.nameA, v.before}, {v.nameB, v.after}}
	for _, side := range sides {
		for _, in := range side.of.s.Inputs {
			s.rows = append(s.rows, row{values: []any{side.name, v.or("role."+in.Role, in.Role), in.Path, in.Rows, in.Bytes, in.CRS, in.SHA256}})
		}
	}
	for _, side := range sides {
		for _, f := range side.of.s.Findings {
			s.rows = append(s.rows, row{values: []any{side.name, v.or("trust."+f.Severity, f.Severity), f.Where, nil, nil, nil, v.pick(f.ZH, f.EN)}})
		}
	}
	return s
}

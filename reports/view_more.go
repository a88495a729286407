package reports

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"

	"sitecover/coverage"
)

// gridView is a table with its finding as the title, the note on how it is computed and, where there is one, its chart.
type gridView struct {
	Title string // the finding
	How   string
	Chart string // id, "" = none
	Tier  int    // shown with this tier alone; -1 = with every tier
	Heads []gridHead
	Rows  []gridRow
	Fold  bool // long: shown in a window that opens on demand
	Key   int  // of the rows that the page does not lay out at once
	More  string
	Left  int
}

type gridHead struct {
	Text string
	Num  bool
}

type gridRow struct{ Cells []gridCell }

// gridCell is text, or a bar with its text.
type gridCell struct {
	Text  string
	Num   bool
	Bar   bool
	Share float64
	Alert bool
	Link  string // "#site-…", "" = none
}

func plain(s string) gridCell      { return gridCell{Text: s} }
func figureCell(s string) gridCell { return gridCell{Text: s, Num: true} }
func bar(share float64) gridCell {
	return gridCell{Text: percent(share), Bar: true, Share: share}
}

// ratio is a share of people; NaN where there are none.
func ratio(part, all coverage.People) float64 {
	if all == 0 {
		return math.NaN()
	}
	return float64(part) / float64(all)
}

// tierHeads are the first heads of a table and one for each tier.
func (b *builder) tierHeads(first ...gridHead) []gridHead {
	for _, t := range b.s.Tiers {
		first = append(first, gridHead{Text: t.Name})
	}
	return first
}

// others are the tables of coverage by other measures than residents at all hours.
func (b *builder) others() []gridView {
	var out []gridView
	for _, f := range []func() (gridView, bool){b.groupGrid, b.hourGrid, b.landGrid, b.entityGrid} {
		if g, ok := f(); ok {
			g.Tier = -1
			out = append(out, g)
		}
	}
	return out
}

func (b *builder) groupGrid() (g gridView, ok bool) {
	all := b.s.Coverage.Groups
	if len(all) == 0 || len(all[0]) == 0 {
		return g, false
	}
	g = gridView{How: b.t("how.groups"), Heads: b.tierHeads(gridHead{b.t("col.group"), false}, gridHead{b.t("col.people"), true})}
	worst, name, lead := 0.0, "", leadTier(b.s)
	whole, _ := b.s.Coverage.Total[lead].Effective()
	for k := range all[0] {
		row := gridRow{[]gridCell{plain(b.groupName(all[0][k].ID)), figureCell(b.people(all[0][k].Total.People))}}
		for t := range all {
			x := all[t][k].Total
			share := ratio(x.Covered, x.People)
			row.Cells = append(row.Cells, bar(share))
			if t == lead && whole-share > worst {
				worst, name = whole-share, row.Cells[0].Text
			}
		}
		g.Rows = append(g.Rows, row)
	}
	g.Title = b.t("groups.even", b.s.Tiers[lead].Name)
	if worst >= 0.005 {
		g.Title = b.t("groups.line", name, b.s.Tiers[lead].Name, gapPoints(worst))
	}
	return g, true
}

func (b *builder) hourGrid() (g gridView, ok bool) {
	if len(b.s.Hours) == 0 || len(b.s.Hours[0]) == 0 {
		return g, false
	}
	g = gridView{How: b.t("how.hours"), Heads: b.tierHeads(gridHead{b.t("col.moment"), false})}
	lead := leadTier(b.s)
	low, at := math.Inf(1), ""
	for k, h := range b.s.Hours[0] {
		row := gridRow{[]gridCell{plain(b.momentName(h.Moment))}}
		for t := range b.s.Hours {
			x := b.s.Hours[t][k].Total
			c := bar(ratio(x.Covered, x.People))
			if x.Possible != x.Covered {
				c.Text += " – " + percent(ratio(x.Possible, x.People))
			}
			row.Cells = append(row.Cells, c)
			if t == lead && c.Share < low {
				low, at = c.Share, row.Cells[0].Text
			}
		}
		g.Rows = append(g.Rows, row)
	}
	whole, _ := b.s.Coverage.Total[lead].Effective()
	if g.Title = b.t("hours.line", b.s.Tiers[lead].Name, at, percent(low), percent(whole)); low == 0 {
		g.Title = b.t("hours.none", b.s.Tiers[lead].Name, at, percent(whole))
	}
	return g, true
}

func (b *builder) landGrid() (g gridView, ok bool) {
	if len(b.s.Land) == 0 {
		return g, false
	}
	lead := leadTier(b.s)
	share := func(t int) float64 {
		if x, ok := b.s.Land[t].Total.Effective(); ok {
			return x
		}
		return math.NaN()
	}
	g = gridView{Title: b.t("land.line", b.s.Tiers[lead].Name, percent(share(lead)), percent(ratio(b.s.Coverage.Total[lead].Covered, b.s.Coverage.Total[lead].People))),
		How: b.t("how.land"), Heads: b.tierHeads(gridHead{b.t("col.hectares"), true})}
	row := gridRow{[]gridCell{figureCell(decimal(hectares(b.s.Land[0].Total.Area), 1))}}
	for t := range b.s.Land {
		row.Cells = append(row.Cells, bar(share(t)))
	}
	g.Rows = []gridRow{row}
	return g, true
}

func (b *builder) entityGrid() (g gridView, ok bool) {
	if len(b.s.Served) == 0 || len(b.s.Entities) == 0 {
		return g, false
	}
	g = gridView{How: b.t("how.entities"), Heads: b.tierHeads(gridHead{b.t("col.kind"), false}, gridHead{b.t("col.count"), true}, gridHead{b.t("col.heads"), true})}
	lead := leadTier(b.s)
	all, covered := 0, 0
	for k, kind := range b.s.Served[0].Kinds {
		row := gridRow{[]gridCell{plain(b.entityKind(kind.Kind)), figureCell(group(int64(kind.Total.Entities))), figureCell(b.people(kind.Total.Heads))}}
		for t := range b.s.Served {
			x := b.s.Served[t].Kinds[k].Total
			c := gridCell{Bar: true, Share: float64(x.Covered) / float64(max(x.Entities, 1)), Text: fmt.Sprintf("%s / %s", group(int64(x.Covered)), group(int64(x.Entities)))}
			row.Cells = append(row.Cells, c)
			if t == lead {
				all, covered = all+x.Entities, covered+x.Covered
			}
		}
		g.Rows = append(g.Rows, row)
	}
	g.Title = b.t("entities.line", group(int64(all)), group(int64(all-covered)), b.s.Tiers[lead].Name)
	return g, true
}

// unservedEntities lists the entities that a tier does not serve, most people first.
func (b *builder) unservedEntities(t int) (g gridView, ok bool) {
	if t >= len(b.s.Served) {
		return g, false
	}
	var list []int
	for i, x := range b.s.Served[t].Service {
		if !x.Covered {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return g, false
	}
	slices.SortStableFunc(list, func(x, y int) int { return cmp.Compare(b.s.Entities[y].Headcount, b.s.Entities[x].Headcount) })
	g = gridView{Title: b.t("entities.unserved", b.s.Tiers[t].Name), How: b.t("how.entities"), Tier: t, Fold: true,
		Heads: []gridHead{{b.t("col.entity"), false}, {b.t("col.kind"), false}, {b.t("col.region"), false}, {b.t("col.heads"), true}, {b.t("col.nearsite"), false}}}
	for _, i := range list {
		e, near := b.s.Entities[i], plain("—")
		if s := b.s.Served[t].Service[i]; s.Site >= 0 {
			near = gridCell{Text: b.s.Sites[s.Site].Name + " " + b.cost(s.Cost, b.s.Tiers[t].Limit.Metric), Link: siteLink(b.s.Sites[s.Site].ID)}
		}
		count := "—"
		if e.Headcount >= 0 {
			count = b.people(e.Headcount)
		}
		g.Rows = append(g.Rows, gridRow{[]gridCell{plain(e.Name), plain(b.entityKind(e.Kind)), plain(strings.Join(regionPathOf(b.s, e.Region), " › ")), figureCell(count), near}})
	}
	return g, true
}

// assessedView is the section on sites against their standard.
type assessedView struct {
	Line  string
	Grids []gridView
}

// maxCards bounds the list of sites by what they lack; every site has its card.
const maxCards = 200

// assessed arranges the assessment; nil when there is none.
func (b *builder) assessed() *assessedView {
	a := b.s.Assessment
	if a == nil {
		return nil
	}
	v := &assessedView{}
	reached := make([]int, len(a.Grades)+1) // none first
	for _, c := range a.Cards {
		reached[c.Grade+1]++
	}
	top := a.Grades
	n := 0
	for _, c := range a.Cards {
		n += btoi(c.Grade >= 0)
	}
	v.Line = b.t("assess.line", b.both(a.Standard), group(int64(len(a.Cards))), group(int64(n)))
	if len(top) == 0 {
		v.Line = b.t("assess.nogrades", b.both(a.Standard), group(int64(len(a.Cards))))
	}
	v.Grids = append(v.Grids, b.gradeGrid(), b.cardGrid())
	return v
}

// gradeGrid counts the assessed sites of every tier by grade.
func (b *builder) gradeGrid() gridView {
	a := b.s.Assessment
	g := gridView{Tier: -1, How: b.t("how.assess"), Title: b.t("assess.grades"), Heads: []gridHead{{b.t("col.tier"), false}, {b.t("col.open"), true}, {b.t("card.nograde"), true}}}
	for _, x := range a.Grades {
		g.Heads = append(g.Heads, gridHead{b.both(x), true})
	}
	g.Heads = append(g.Heads, gridHead{b.t("col.mustpass"), false})
	for t, tier := range b.s.Tiers {
		counts, n := make([]int, len(a.Grades)+1), 0
		var must Tally
		for _, c := range a.Cards {
			if b.s.Sites[c.Site].Tier == t {
				n++
				counts[c.Grade+1]++
				must.Pass, must.Below, must.Unknown = must.Pass+c.Must.Pass, must.Below+c.Must.Below, must.Unknown+c.Must.Unknown
			}
		}
		row := gridRow{[]gridCell{plain(tier.Name), figureCell(group(int64(n)))}}
		for _, k := range counts {
			row.Cells = append(row.Cells, figureCell(group(int64(k))))
		}
		share := math.NaN()
		if must.Of() > 0 {
			share = float64(must.Pass) / float64(must.Of())
		}
		row.Cells = append(row.Cells, bar(share))
		g.Rows = append(g.Rows, row)
	}
	return g
}

// cardGrid lists the sites that miss most required items first.
func (b *builder) cardGrid() gridView {
	a := b.s.Assessment
	order := make([]int, len(a.Cards))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(a.Cards[y].Must.Below, a.Cards[x].Must.Below) })
	g := gridView{Tier: -1, Fold: true, How: b.t("how.assess"), Title: b.t("assess.sites"),
		Heads: []gridHead{{b.t("col.site"), false}, {b.t("col.tier"), false}, {b.t("col.grade"), false}, {b.t("col.mustpass"), false}, {b.t("col.notmet"), true}, {b.t("col.nottold"), true}, {b.t("col.nextcost"), true}}}
	for _, i := range order[:min(len(order), maxCards)] {
		c := &a.Cards[i]
		site := b.s.Sites[c.Site]
		grade, cost := b.t("card.nograde"), "—"
		if c.Grade >= 0 {
			grade = b.both(a.Grades[c.Grade])
		}
		if c.Next != nil && c.Next.Priced {
			cost = b.money(c.Next.Cost)
		}
		share := math.NaN()
		if c.Must.Of() > 0 {
			share = float64(c.Must.Pass) / float64(c.Must.Of())
		}
		g.Rows = append(g.Rows, gridRow{[]gridCell{{Text: site.Name, Link: siteLink(site.ID)}, plain(b.s.Tiers[site.Tier].Name), plain(grade), bar(share),
			{Text: group(int64(c.Must.Below)), Num: true, Alert: c.Must.Below > 0}, figureCell(group(int64(c.Must.Unknown))), figureCell(cost)}})
	}
	return g
}

// afterPlan is the share of every region's people that a tier covers at the end of the plan; nil without a plan that tells.
func (b *builder) afterPlan(t int) []float64 {
	if b.s.Plan == nil || t >= len(b.s.ServedFrom) {
		return nil
	}
	n := len(b.s.Regions.All)
	gained, out := make([]coverage.People, n), make([]float64, n)
	for i, year := range b.s.ServedFrom[t] {
		if year == 0 {
			continue
		}
		for r := b.s.Demand.Region[i]; r >= 0; r = b.s.Regions.All[r].Parent {
			gained[r] += b.s.Demand.People[i]
		}
	}
	for r := range out {
		x := b.s.Coverage.Region[t][r]
		out[r] = ratio(x.Covered+gained[r], x.People)
	}
	return out
}

// siteLink leads to the card of a site.
func siteLink(id string) string { return "#site-" + escape(id) }

// regionLink leads to the page of a region.
func regionLink(id string) string { return "#region-" + escape(id) }

// escape writes an id as part of a link.
func escape(id string) string { return url.PathEscape(id) }

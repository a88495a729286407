package main

import (
	"archive/zip"
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sitecover/cmd/internal/run"
	"sitecover/siting"
)

// This part of `agree` walks what a plan was asked for: money and sites by year, targets, regional quotas and groups that count more.

// yearSheet compares the sheet that sums the plan by year and tier: a row a tier, then the year's own.
func (w *walker) yearSheet() {
	if len(w.plan.Years) == 0 {
		return
	}
	tiers := len(w.coverage.Tiers)
	rows := w.rows(len(w.plan.Years)*(tiers+1)+1, "分年汇总", "By year")
	for k, y := range w.plan.Years {
		sites, money, gained := 0, 0.0, 0.0
		for t, x := range y.Tiers {
			what, row := fmt.Sprintf("%s in %d in the sheet of years", x.Tier, y.Year), rows[k*(tiers+1)+t]
			n, m, g := w.paid(y.Year, x.Tier)
			sites, money, gained = sites+n, money+m, gained+g
			w.same(what, at(row, 0), float64(y.Year), 0)
			w.same(what, at(row, 2), float64(n), 0)
			w.same(what, at(row, 3), m/10_000, heads)
			w.same(what, at(row, 4), g, heads*float64(n+1))
			w.optional(what, at(row, 5), x.Effective, shares)
			w.optional(what, at(row, 6), x.Target, shares)
			w.optional(what, at(row, 7), x.Bound, shares)
		}
		what, row := fmt.Sprintf("%d in the sheet of years", y.Year), rows[k*(tiers+1)+tiers]
		w.same(what, at(row, 2), float64(sites), 0)
		w.same(what, at(row, 3), float64(y.Spent)/10_000, heads)
		w.same(what, at(row, 3), money/10_000, heads)
		w.same(what, at(row, 4), gained, heads*float64(sites+1))
		w.same(what, at(row, 8), float64(y.Budget)/10_000, heads)
		w.same(what, at(row, 9), (float64(y.Budget)-money)/10_000, heads)
	}
}

// paid adds up the sites of a tier that a year pays for.
func (w *walker) paid(year int, tier string) (n int, money, gained float64) {
	for _, p := range w.plan.Sites {
		if p.Year == year && p.Tier == tier {
			n, money, gained = n+1, money+float64(p.Cost), gained+p.Gained
		}
	}
	return n, money, gained
}

var (
	yearRow    = regexp.MustCompile(`(?s)<tr class="yearrow"><th colspan="9"><b>(\d+)</b> <span>(.*?)</span>`)
	missList   = regexp.MustCompile(`(?s)<details class="notebox warn"><summary>(.*?)</summary><ul>(.*?)</ul>`)
	listItem   = regexp.MustCompile(`(?s)<li>(.*?)</li>`)
	targetText = regexp.MustCompile(`(?s)<p class="target">(.*?)</p>`)
	flowTable  = regexp.MustCompile(`(?s)data-chart="flow".*?</table>`)
	ruleGrid   = regexp.MustCompile(`(?s)<div class="grid">.*?</table>`)
	gridTitle  = regexp.MustCompile(`(?s)<h3>(.*?)<details`)
	anyFigure  = regexp.MustCompile(`¥?[0-9][0-9,]*(?:\.[0-9]+)?(?:[\x{a0} ]?(?:%|万元|万|m\b))?`)
)

// allShown fails unless the figures in a text are these, in this order.
func (w *walker) allShown(what, text string, want ...float64) {
	got := anyFigure.FindAllString(text, -1)
	if len(got) != len(want) {
		w.ts.Fatalf("%s: %q has %d figures, want %v", what, text, len(got), want)
	}
	for i := range want {
		w.shown(what+" "+text, got[i], &want[i])
	}
}

// askedTexts compares what the page says of money by year and of targets.
func (w *walker) askedTexts(lang, now, plan string) {
	if w.plan.Study == "" {
		return
	}
	years := pieces(yearRow, plan)
	if len(years) != len(w.plan.Years) {
		w.ts.Fatalf("%s: the page lists %d years of %d", lang, len(years), len(w.plan.Years))
	}
	for k, y := range w.plan.Years {
		w.equal("year in "+lang, years[k][1], strconv.Itoa(y.Year))
		sites, gained := 0, 0.0
		for _, x := range y.Tiers {
			n, _, g := w.paid(y.Year, x.Tier)
			sites, gained = sites+n, gained+g
		}
		w.allShown(fmt.Sprintf("%d in %s:", y.Year, lang), years[k][2], float64(sites), float64(y.Spent), float64(y.Budget), gained)
	}
	w.missTexts(lang, plan)
	w.targetTexts(lang, now)
	w.flowTexts(lang, plan)
}

// missTexts compares the targets that the plan misses.
func (w *walker) missTexts(lang, body string) {
	list := missList.FindStringSubmatch(body)
	if (list != nil) != (len(w.plan.Missed) > 0) {
		w.ts.Fatalf("%s: %d targets are missed, and the page says %v", lang, len(w.plan.Missed), list)
	}
	if list == nil {
		return
	}
	w.allShown("missed targets in "+lang, plainText(list[1]), float64(len(w.plan.Missed)))
	items := pieces(listItem, list[2])
	for i, m := range w.plan.Missed {
		want := []float64{float64(m.Year), m.Got, m.Target, math.Abs(m.Target-m.Got) * 100}
		if m.Bound > 0 && m.Bound < m.Target {
			want = append(want, m.Bound)
		}
		w.allShown("missed target in "+lang, items[i][1], want...)
	}
}

// targetTexts compares what the headline figures say of targets and of the plan's end.
func (w *walker) targetTexts(lang, body string) {
	texts := pieces(targetText, body)
	next := func(what string, want ...float64) {
		if len(texts) == 0 {
			w.ts.Fatalf("%s: the page says nothing of %s", lang, what)
		}
		w.allShown(what+" in "+lang, texts[0][1], want...)
		texts = texts[1:]
	}
	last := w.plan.Years[len(w.plan.Years)-1]
	money := 0.0
	for _, p := range w.plan.Sites {
		money += float64(p.Cost)
	}
	for t, tier := range w.coverage.Tiers {
		if year, target, ok := w.lastTarget(t, func(x run.TierYearView) *float64 { return x.Target }); ok {
			next("target of "+tier.ID, float64(year), target, math.Abs(*tier.Total.Effective-target)*100)
		}
		if x := last.Tiers[t]; tier.Total.Required > 0 {
			want := []float64{float64(last.Year), float64(x.Required - x.Owning)}
			if year, target, ok := w.lastTarget(t, func(x run.TierYearView) *float64 { return x.PresenceTarget }); ok {
				want = append(want, float64(year), target)
			}
			next("blank regions of "+tier.ID+" after the plan", want...)
		}
		next("unserved of "+tier.ID+" after the plan", float64(last.Year), tier.Total.People-last.Tiers[t].Covered)
		if len(w.coverage.Tiers) > 1 {
			next("money of all tiers", money, float64(len(w.plan.Sites)))
		}
	}
}

// lastTarget is the last year in which something is asked of a tier.
func (w *walker) lastTarget(t int, of func(run.TierYearView) *float64) (year int, target float64, ok bool) {
	for _, y := range w.plan.Years {
		if x := of(y.Tiers[t]); x != nil {
			year, target, ok = y.Year, *x, true
		}
	}
	return year, target, ok
}

// flowTexts compares the table of money by year, way of building and tier.
func (w *walker) flowTexts(lang, body string) {
	type key struct{ year, way, tier int }
	sites, money := map[key]int{}, map[key]float64{}
	var order []key
	for _, p := range w.plan.Sites {
		k := key{p.Year, slices.Index([]siting.Way{siting.Build, siting.Convert, siting.Upgrade}, siting.Way(p.Way)),
			slices.IndexFunc(w.coverage.Tiers, func(t run.TierCoverage) bool { return t.ID == p.Tier })}
		if sites[k] == 0 {
			order = append(order, k)
		}
		sites[k]++
		money[k] += float64(p.Cost)
	}
	slices.SortFunc(order, func(a, b key) int {
		return slices.Compare([]int{a.year, a.way, a.tier}, []int{b.year, b.way, b.tier})
	})
	rows, all := rowText.FindAllString(flowTable.FindString(body), -1), 0.0
	for _, m := range money {
		all += m // of no more than a few sums: the order changes nothing that counts
	}
	if all == 0 {
		return // no money, no table
	}
	if len(rows) != len(order)+1 {
		w.ts.Fatalf("%s: the table of money has %d rows, want %d", lang, len(rows)-1, len(order))
	}
	for i, k := range order {
		cells := cellsOf(rows[i+1])
		what := fmt.Sprintf("money of %d in %s", k.year, lang)
		w.equal(what, at(cells, 0), strconv.Itoa(k.year))
		w.equal(what, at(cells, 2), w.coverage.Tiers[k.tier].Name)
		w.shown(what, at(cells, 3), new(float64(sites[k])))
		w.shown(what, at(cells, 4), new(money[k]))
	}
}

// quotaSheets compares quotas and groups that count more in the workbook.
func (w *walker) quotaSheets() {
	if len(w.plan.Quotas) > 0 {
		rows := w.rows(len(w.plan.Quotas), "区域配额", "Quotas")
		for i, q := range w.plan.Quotas {
			what, row := "quota of "+q.Region.ID+" in the workbook", rows[i]
			w.equal(what, at(row, 1), q.Region.ID)
			w.same(what, at(row, 8), float64(q.Sites), 0)
			w.same(what, at(row, 9), float64(q.Spent)/10_000, heads)
			w.optional(what, at(row, 5), whole(q.Min, q.Min > 0), 0)
			w.optional(what, at(row, 10), whole(q.Possible, q.Min > 0), 0)
			if q.Max != nil {
				w.same(what, at(row, 6), float64(*q.Max), 0)
			}
			if q.MoneyMax != nil {
				w.same(what, at(row, 7), float64(*q.MoneyMax)/10_000, heads)
			}
		}
	}
	if len(w.plan.Groups) > 0 {
		rows := w.rows(len(w.plan.Groups), "人群权重", "Group weights")
		for i, g := range w.plan.Groups {
			for column, v := range map[int]float64{1: g.Weight, 3: g.People, 4: g.Today, 6: g.Covered} {
				w.same("weight of "+g.Group+" in the workbook", at(rows[i], column), v, heads)
			}
		}
	}
}

// whole is a number that may not be told.
func whole(n int, told bool) *float64 {
	if !told {
		return nil
	}
	return new(float64(n))
}

// ruleTexts compares quotas and groups that count more on the page; it returns the findings above the tables.
func (w *walker) ruleTexts(lang, body string) (titles []string) {
	grids := ruleGrid.FindAllString(body, -1)
	want := min(len(w.plan.Quotas), 1) + min(len(w.plan.Groups), 1)
	if len(grids) != want {
		w.ts.Fatalf("%s: %d tables of quotas and weights, want %d", lang, len(grids), want)
	}
	for _, g := range grids {
		titles = append(titles, pieces(gridTitle, g)[0][1])
	}
	if len(w.plan.Quotas) > 0 {
		w.quotaTexts(lang, grids[0])
	}
	if len(w.plan.Groups) > 0 {
		rows := rowText.FindAllString(grids[len(grids)-1], -1)[1:]
		for i, g := range w.plan.Groups {
			cells, what := cellsOf(rows[i]), "weight of "+g.Group+" in "+lang
			for column, v := range map[int]float64{1: g.Weight, 3: g.People} {
				w.shown(what, at(cells, column), &v)
			}
			w.shown(what, at(cells, 4), new(g.Today/g.People))
			w.shown(what, at(cells, 5), new(g.Covered/g.People))
		}
	}
	return titles
}

// quotaTexts compares the table of quotas, where those that are short come first.
func (w *walker) quotaTexts(lang, grid string) {
	quotas := slices.Clone(w.plan.Quotas)
	slices.SortStableFunc(quotas, func(a, b run.QuotaView) int { return cmp.Compare(shortFirst(a), shortFirst(b)) })
	rows := rowText.FindAllString(grid, -1)[1:]
	for i, q := range quotas[:min(len(rows), len(quotas))] {
		cells, what := cellsOf(rows[i]), "quota of "+q.Region.ID+" in "+lang
		w.equal(what, at(cells, 0), q.Region.Name)
		for column, limit := range map[int]*float64{3: whole(q.Min, q.Min > 0), 4: wholeOf(q.Max), 5: yuanOf(q.MoneyMax)} {
			w.shown(what, at(cells, column), limit)
		}
		w.shown(what, at(cells, 6), new(float64(q.Sites)))
		w.shown(what, at(cells, 7), new(float64(q.Spent)))
		if q.Short {
			w.shown(what, figureIn.FindString(at(cells, 8)), new(float64(q.Min-q.Sites)))
		}
	}
}

func shortFirst(q run.QuotaView) int {
	if q.Short {
		return 0
	}
	return 1
}

func wholeOf(n *int) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}

func yuanOf(n *int64) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}

// briefSays fails unless the Word brief holds one of the texts.
func (w *walker) briefSays(texts ...string) {
	if !w.has("brief.docx") {
		return
	}
	z, err := zip.OpenReader(filepath.Join(w.dir, "brief.docx"))
	w.ts.Check(err)
	defer z.Close()
	part, err := z.Open("word/document.xml")
	w.ts.Check(err)
	body, err := io.ReadAll(part)
	w.ts.Check(err)
	w.ts.Check(part.Close())
	plain := html.UnescapeString(anyTag.ReplaceAllString(string(body), ""))
	w.compared++
	if !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(plain, s) }) {
		w.ts.Fatalf("the brief says none of %q", texts)
	}
}

package main

import (
	"fmt"
	"html"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// shown fails unless a text of the page is a figure to the decimals that it shows: "4.6 万" is anything from 45,500 to 46,500 of a tenth of
// 万 less, "53.5 %" anything from 0.5345 to 0.5355. A figure that there is not is a dash.
func (w *walker) shown(what, text string, want *float64) {
	w.compared++
	if want == nil || math.IsNaN(*want) {
		if text != "—" {
			w.ts.Fatalf("%s: the page says %q of a figure that is none", what, text)
		}
		return
	}
	got, step, ok := readFigure(text)
	if !ok || math.Abs(got-*want) > step/2*1.000001+1e-6 {
		w.ts.Fatalf("%s: the page says %q, want %v", what, text, *want)
	}
}

var figureText = regexp.MustCompile(`^(¥)?([−<]?)([0-9][0-9,]*)(?:\.([0-9]+))?\s?(%|万元|万|m)?`)

// readFigure reads a figure as people write it: its value and what its last digit is worth.
func readFigure(text string) (value, step float64, ok bool) {
	m := figureText.FindStringSubmatch(strings.ReplaceAll(text, "\u00a0", " "))
	if m == nil {
		return 0, 0, false
	}
	value, err := strconv.ParseFloat(strings.ReplaceAll(m[3], ",", "")+"."+m[4]+"0", 64)
	unit := map[string]float64{"": 1, "%": 0.01, "万元": 1e4, "万": 1e4, "m": 1}[m[5]]
	if m[1] != "" && m[5] == "m" {
		unit = 1e6
	}
	value, step = value*unit, unit*math.Pow(10, -float64(len(m[4])))
	if len(m[4]) == 0 && unit >= 1e4 {
		step = unit / 10 // money drops a decimal of nought
		if unit == 1e6 {
			step = unit / 100
		}
	}
	switch {
	case m[2] == "−":
		value = -value
	case m[2] == "<": // less than one, not nothing
		value, step = value/2, value
	case m[5] == "%" && (text[:4] == "99.9"): // what is not quite everything never reads 100.0 %
		value, step = 0.9995, 0.0011
	}
	return value, step, err == nil
}

// shownOnPage compares what both languages of the page say in words.
func (w *walker) shownOnPage(page string) {
	if strings.Contains(page, "&lt;td") || strings.Contains(page, "&lt;th") {
		w.ts.Fatalf("the page shows its own tags")
	}
	chinese, english, ok := strings.Cut(page, `<template id="other"`)
	if !ok {
		w.ts.Fatalf("the page has one language")
	}
	titles := map[int][]string{}
	for lang, body := range map[string]string{"zh": chinese, "en": english} {
		w.askedTexts(lang, section(body, "s1"), section(body, "s3"))
		for i, title := range w.ruleTexts(lang, section(body, "s3")) {
			titles[i] = append(titles[i], title)
		}
		w.figures(lang, section(body, "s1"))
		w.gapTexts(lang, section(body, "s2"))
		w.planTexts(lang, section(body, "s3"))
		w.rankTexts(lang, section(body, "s4"))
		w.stationTexts(lang, section(body, "s5"))
		w.townTexts(lang, section(body, "s8"))
	}
	for _, texts := range titles {
		w.briefSays(texts...)
	}
}

// section is the part of the page with an anchor; "" where there is none.
func section(page, id string) string {
	_, rest, _ := strings.Cut(page, `<section id="`+id+`"`)
	body, _, _ := strings.Cut(rest, "</section>")
	return body
}

// plainText is what is read of a piece of HTML.
func plainText(s string) string {
	return strings.TrimSpace(html.UnescapeString(anyTag.ReplaceAllString(s, "")))
}

// pieces are what a pattern's groups find, as plain text.
func pieces(pattern *regexp.Regexp, s string) (out [][]string) {
	for _, m := range pattern.FindAllStringSubmatch(s, -1) {
		for i := range m {
			if i > 0 {
				m[i] = plainText(m[i])
			}
		}
		out = append(out, m)
	}
	return out
}

var (
	valueText = regexp.MustCompile(`(?s)<p class="value">(.*?)<small>(.*?)</small>`)
	gapText   = regexp.MustCompile(`(?s)data-gap="(\d+):(\d+)".*?<small>([^<]*)</small><small>([^<]*)</small>.*?<span class="howmany">([^<]*)<small>`)
	pickText  = regexp.MustCompile(`(?s)<tr data-pick="(\d+)".*?</tr>`)
	rowText   = regexp.MustCompile(`(?s)<tr[ >].*?</tr>`)
	cellText  = regexp.MustCompile(`(?s)<t[dh][ >].*?</t[dh]>`)
	tierTable = regexp.MustCompile(`(?s)<table class="tiers">.*?</table>`)
	yearTable = regexp.MustCompile(`(?s)<table class="years">.*?</table>`)
	rankTable = regexp.MustCompile(`(?s)<table class="rank" data-rank="(\d+)">.*?</table>`)
	rankedRow = regexp.MustCompile(`(?s)<tr data-region="(\d+)">.*?</tr>`)
	starText  = regexp.MustCompile(`(?s)<li data-station="(\d+)".*?<span class="howmany">([^<]*)<small>`)
	townLink  = regexp.MustCompile(`href="#region-([^"]*)"`)
)

// cellsOf are the texts of a row's cells.
func cellsOf(row string) (out []string) {
	for _, c := range cellText.FindAllString(row, -1) {
		out = append(out, plainText(c))
	}
	return out
}

// figures compares the four headline figures of every tier.
func (w *walker) figures(lang, body string) {
	texts := pieces(valueText, body)
	if len(texts) != 4*len(w.coverage.Tiers) {
		w.ts.Fatalf("%s: %d headline figures", lang, len(texts))
	}
	for t, tier := range w.coverage.Tiers {
		x, said := tier.Total, texts[4*t:]
		value := func(i int) string { return said[i][1] + " " + said[i][2] }
		w.shown(tier.ID+" coverage", strings.TrimSuffix(value(0), " "), x.Effective)
		missing := float64(x.Required - x.Owning)
		if x.Required == 0 {
			missing = float64(x.Open)
		}
		w.shown(tier.ID+" missing", said[1][1], &missing)
		w.shown(tier.ID+" unserved", value(2), new(x.People-x.Covered))
		if w.plan.Study == "" {
			continue
		}
		money := 0.0
		for _, p := range w.plan.Sites {
			if p.Tier == tier.ID {
				money += float64(p.Cost)
			}
		}
		w.shown(tier.ID+" money", value(3), &money)
	}
	rows := rowText.FindAllString(tierTable.FindString(body), -1)
	for t, tier := range w.coverage.Tiers {
		cells, x := cellsOf(rows[t+1]), tier.Total
		w.shown(tier.ID+" open sites", at(cells, 3), new(float64(x.Open)))
		w.shown(tier.ID+" coverage", at(cells, 4), x.Effective)
		w.shown(tier.ID+" unserved", at(cells, 6), new(x.People-x.Covered))
		if n := len(w.plan.Years); n > 0 {
			w.shown(tier.ID+" after the plan", at(cells, 7), w.plan.Years[n-1].Tiers[t].Effective)
		}
	}
}

func (w *walker) gapTexts(lang, body string) {
	tiers, found := map[string]int{}, 0
	for t, x := range w.coverage.Tiers {
		tiers[x.ID] = t
	}
	texts := map[string][]string{}
	for _, m := range pieces(gapText, body) {
		texts[m[1]+":"+m[2]] = m
	}
	for _, g := range w.gaps.Gaps {
		m, ok := texts[fmt.Sprintf("%d:%d", tiers[g.Tier], g.Rank)]
		if !ok {
			continue // the page lists the largest
		}
		found++
		w.shown("gap "+g.ID+" in "+lang, m[5], &g.People)
		w.shown("cells of gap "+g.ID+" in "+lang, m[4], new(float64(len(g.Cells))))
		if g.Metres != nil {
			far := figureText.FindString(strings.ReplaceAll(lastFigure(m[4]), "\u00a0", " "))
			w.shown("distance of gap "+g.ID+" in "+lang, far, g.Metres)
		}
	}
	if found != len(texts) {
		w.ts.Fatalf("%s: the page lists %d gaps, --json %d of them", lang, len(texts), found)
	}
}

var figureIn = regexp.MustCompile(`[0-9][0-9,]*(\.[0-9]+)?`)

// lastFigure is the last figure in a text.
func lastFigure(text string) string {
	all := figureIn.FindAllString(text, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// planTexts compares the sites to open, and where every tier stands at the end of every year.
func (w *walker) planTexts(lang, body string) {
	n := 0
	for _, m := range pickText.FindAllStringSubmatch(body, -1) {
		i, err := strconv.Atoi(m[1])
		w.ts.Check(err)
		cells, p := cellsOf(m[0]), w.plan.Sites[i]
		what := fmt.Sprintf("site %d in %s", p.Number, lang)
		w.same(what, at(cells, 0), float64(p.Number), 0)
		w.shown(what, at(cells, 5), new(float64(p.Cost)))
		w.shown(what, at(cells, 6), &p.Gained)
		n++
	}
	if n != min(len(w.plan.Sites), 1500) {
		w.ts.Fatalf("%s: the page lists %d sites of %d", lang, n, len(w.plan.Sites))
	}
	for t, table := range yearTable.FindAllString(body, -1) {
		rows := rowText.FindAllString(table, -1)
		rows = rows[len(rows)-len(w.plan.Years):]
		for k, y := range w.plan.Years {
			cells, x := cellsOf(rows[k]), y.Tiers[t]
			what := fmt.Sprintf("%s in %d in %s", x.Tier, y.Year, lang)
			w.equal(what, at(cells, 0), strconv.Itoa(y.Year))
			w.shown(what, at(cells, 2), x.Effective)
			w.shown(what, at(cells, 3), x.Target)
			w.shown(what, at(cells, 4), x.Bound)
		}
	}
}

func (w *walker) rankTexts(lang, body string) {
	for _, table := range rankTable.FindAllStringSubmatch(body, -1) {
		t, err := strconv.Atoi(table[1])
		w.ts.Check(err)
		for _, m := range rankedRow.FindAllStringSubmatch(table[0], -1) {
			r, err := strconv.Atoi(m[1])
			w.ts.Check(err)
			cells, x := cellsOf(m[0]), w.coverage.Tiers[t].Regions[r]
			what := x.ID + " among the ranked in " + lang
			w.shown(what, at(cells, 2), &x.People)
			w.shown(what, at(cells, 3), x.Effective)
			w.shown(what, at(cells, 5), new(x.People-x.Covered))
		}
	}
}

func (w *walker) stationTexts(lang, body string) {
	for i, m := range pieces(starText, body) {
		if i < len(w.stations.Stations) {
			w.shown("station "+m[1]+" in "+lang, m[2], &w.stations.Stations[i].Score)
		}
	}
}

// townTexts compares the scoreboard: rank, score and each tier's coverage.
func (w *walker) townTexts(lang, body string) {
	if w.status.Towns == nil {
		return
	}
	found := 0
	for _, row := range rowText.FindAllString(body, -1) {
		link := townLink.FindStringSubmatch(row)
		if link == nil {
			continue
		}
		cells := cellsOf(row)
		for _, town := range w.status.Towns {
			if town.ID != link[1] {
				continue
			}
			found++
			w.shown("score of "+town.ID+" in "+lang, at(cells, 3), town.Score)
			for t, x := range town.Tiers {
				w.shown(x.Tier+" of "+town.ID+" in "+lang, at(cells, 4+2*t), x.Effective)
			}
		}
	}
	if found != len(w.status.Towns) {
		w.ts.Fatalf("%s: the page lists %d towns of %d", lang, found, len(w.status.Towns))
	}
}

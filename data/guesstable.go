package data

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// lookTable decides what a CSV file is by its columns and its first row.
func (g *guesser) lookTable(in *input) {
	if !g.readable(in) {
		return
	}
	in.role = "population"
	t := openTable(in, Source{}, "")
	if t == nil {
		g.unusable(in)
		return
	}
	header := slices.Clone(t.header)
	people := t.columns
	cellID := t.scan(context.Background()) && validCell(t.get("id"))
	t.close()
	sites, _ := findColumns("sites", nil, header)
	heads, _ := findColumns("entities", nil, header)
	position := people["lon"] >= 0 && people["lat"] >= 0
	groups := guessGroups(header)
	switch {
	case cellID && people["people"] >= 0:
		g.Population = append(g.Population, guessedSource{File: in.name, Kind: "h3", Groups: groups, Note: "H3 cells in " + header[people["id"]] + ", people in " + header[people["people"]]})
		g.note("%s：H3 格网人口，人数列 %s", "%s: people in H3 cells, counted in column %s", in.name, header[people["people"]])
	case position && people["people"] >= 0 && sites["tier"] < 0:
		g.Population = append(g.Population, guessedSource{File: in.name, Kind: "points", Groups: groups, Note: "people in " + header[people["people"]]})
		g.note("%s：带坐标的人口点，人数列 %s", "%s: points with people, counted in column %s", in.name, header[people["people"]])
	case !position && people["people"] >= 0 && people["region"] >= 0:
		g.Population = append(g.Population, guessedSource{File: in.name, Kind: "totals", Groups: groups, Note: "regions in " + header[people["region"]]})
		g.note("%s：各区划人口总数，作为控制数", "%s: people per region, taken as control totals", in.name)
	case position && (namedLike(in.name, "site", "阵地", "站点", "台账", "ledger") || sites["tier"] >= 0 && (sites["area"] >= 0 || sites["opened"] >= 0)):
		g.ledger(in)
	case position && heads["headcount"] >= 0:
		g.entities(in.name)
	case position:
		g.Places = append(g.Places, guessedSource{File: in.name, Note: "points with coordinates"})
		g.note("%s：带坐标的点，用作地点", "%s: points with coordinates, taken as places", in.name)
	default:
		g.note("%s：看不出是什么（列：%s），未使用", "%s: its columns (%s) do not tell what it is, not used", in.name, clip(strings.Join(header, ", ")))
	}
}

// groupWords are what columns that count a group of people are called by.
var groupWords = []string{"岁", "老年", "老人", "儿童", "党员", "流动人口", "务工", "elderly", "children", "members", "migrant"}

// guessGroups returns the groups of people among the columns as a flow mapping; "" when there are none.
func guessGroups(header []string) string {
	var pairs [][2]string
	for _, h := range header {
		if slices.ContainsFunc(groupWords, func(w string) bool { return strings.Contains(strings.ToLower(h), w) }) {
			pairs = append(pairs, [2]string{h, h})
		}
	}
	if len(pairs) == 0 {
		return ""
	}
	return flowMap(pairs)
}

func validCell(text string) bool {
	_, ok := parseCell(text)
	return ok
}

func (g *guesser) lookWorkbook(in *input) {
	if g.readable(in) {
		g.ledger(in)
	}
}

// ledger takes a file as a site ledger, and reads what it calls its tiers and when its sites opened.
func (g *guesser) ledger(in *input) {
	in.role = "sites"
	in.c = newCollector()
	t := openTable(in, Source{}, "")
	if t == nil {
		g.unusable(in)
		return
	}
	defer t.close()
	if !t.has("lon") || !t.has("lat") {
		g.note("%s：没有经纬度列，未使用（列：%s）", "%s: has no columns of coordinates, not used (columns: %s)", in.name, clip(strings.Join(t.header, ", ")))
		return
	}
	rows := 0
	for t.scan(context.Background()) {
		rows++
		if v := t.get("tier"); v != "" && !slices.Contains(g.tierValues, v) && len(g.tierValues) < 20 {
			g.tierValues = append(g.tierValues, v)
		}
		if day, ok := parseDate(t.get("opened")); ok && day.After(g.newest) {
			g.newest = day
		}
	}
	g.Sites = append(g.Sites, guessedSource{File: in.name, Note: fmt.Sprintf("%d rows", rows)})
	g.note("%s：%d 行，用作现有阵地台账", "%s: %d rows, taken as the ledger of existing sites", in.name, rows)
}

// conclude fills in what follows from all files together.
func (g *guesser) conclude() {
	g.date()
	g.levels()
	g.tiers()
	g.roadFiles()
	year := g.year()
	for i := range 3 {
		y := guessedYear{Year: year + i, Money: "500 万元"}
		var targets [][2]string
		for _, t := range g.Tiers {
			text := fmt.Sprintf("%s: {effective: %d%%", t.ID, 80+5*i)
			if t.OnePer != "" {
				text += ", presence: 100%"
			}
			targets = append(targets, [2]string{text + "}"})
		}
		parts := make([]string, len(targets))
		for k := range targets {
			parts[k] = targets[k][0]
		}
		y.Targets = "{" + strings.Join(parts, ", ") + "}"
		g.Years = append(g.Years, y)
	}
	g.note("层级半径、造价、目标和预算是默认值，请按本地标准修改", "radii, costs, targets and budgets are defaults: set your own")
	if len(g.Population) == 0 {
		g.note("没有找到人口文件：population 必须补上", "no file of people was found: population must be filled in")
	}
}

func (g *guesser) year() int {
	if !g.newest.IsZero() {
		return g.newest.Year() + 1
	}
	return g.today.Year() + 1
}

func (g *guesser) date() {
	if g.newest.IsZero() {
		g.Date, g.DateNote = g.today.Format("2006-01-02"), "today"
		g.note("统计日期取今天 %s", "the reporting date is today, %s", g.Date)
		return
	}
	g.Date = fmt.Sprintf("%d-12-31", g.newest.Year())
	g.DateNote = "the end of the ledger's last year"
	g.note("统计日期取台账最后一年的年底 %s", "the reporting date is the end of the ledger's last year, %s", g.Date)
}

// levelWords tell the level of a boundary file by its name.
var levelWords = []struct {
	id, name string
	words    []string
}{
	{"community", "社区", []string{"communit", "社区", "村", "village", "neighbo"}},
	{"town", "街道", []string{"town", "street", "街道", "乡镇", "镇", "municipal", "ward"}},
	{"county", "区县", []string{"count", "district", "区县", "县", "区"}},
	{"city", "市", []string{"city", "cities", "市", "prefecture"}},
	{"province", "省", []string{"provinc", "省", "state"}},
}

// levels gives each boundary file without a level property a level of its own: the fewer regions, the coarser.
func (g *guesser) levels() {
	slices.SortStableFunc(g.Areas, func(a, b guessedSource) int { return cmp.Compare(a.count, b.count) })
	used := map[string]bool{}
	for _, l := range g.Levels {
		used[l.ID] = true
	}
	for i := range g.Areas {
		a := &g.Areas[i]
		if a.Fields != "" {
			continue
		}
		level := guessedLevel{ID: fmt.Sprintf("level%d", len(g.Levels)+1), Name: fmt.Sprintf("第 %d 级", len(g.Levels)+1)}
		for _, w := range levelWords {
			if namedLike(a.File, w.words...) && !used[w.id] {
				level = guessedLevel{ID: w.id, Name: w.name}
				break
			}
		}
		level.Note = fmt.Sprintf("%s, %d regions", a.File, a.count)
		used[level.ID] = true
		a.Level = level.ID
		g.Levels = append(g.Levels, level)
	}
}

// standardTiers are the tiers of the house, with default radii by analogy to GB 50180 and costs from published projects.
var standardTiers = []guessedTier{
	{ID: "centre", Name: "党群服务中心", Radius: "1000 m", Cost: "80 万元", HostCost: "40 万元"},
	{ID: "station", Name: "党群服务站", Radius: "500 m", Cost: "15 万元", HostCost: "10 万元"},
	{ID: "point", Name: "党群服务点", Radius: "300 m", Cost: "3 万元", HostCost: "2 万元"},
}

// tiers writes the standard tiers that the ledgers use (all three without a ledger), and others that they name.
func (g *guesser) tiers() {
	var values [][2]string
	slices.Sort(g.tierValues)
	wanted := map[string]bool{}
	var own []guessedTier
	for _, v := range g.tierValues {
		id := standardTier(v)
		if id == "" {
			id = fmt.Sprintf("tier%d", len(own)+1)
			own = append(own, guessedTier{ID: id, Name: v, Radius: "500 m", Cost: "15 万元", HostCost: "10 万元", Note: "from the ledger"})
		}
		wanted[id] = true
		values = append(values, [2]string{v, id})
	}
	for _, t := range standardTiers {
		if len(g.tierValues) == 0 || wanted[t.ID] {
			g.Tiers = append(g.Tiers, t)
		}
	}
	g.Tiers = append(g.Tiers, own...)
	for i := range g.Sites {
		if len(values) > 0 {
			g.Sites[i].Values = flowMap(values)
		} else {
			g.Sites[i].Tier = g.Tiers[0].ID
		}
	}
	n := len(g.Levels)
	for i := range g.Tiers {
		t := &g.Tiers[i]
		t.Mode = "walk"
		if len(g.Roads) == 0 {
			t.Mode = "straight"
		}
		switch {
		case t.ID == "centre" && n > 0:
			t.OnePer = g.Levels[max(0, n-2)].ID
		case t.ID == "station" && n > 0:
			t.OnePer = g.Levels[n-1].ID
		}
	}
	if len(g.Roads) == 0 {
		g.note("没有道路文件：各层级按直线距离计算", "no roads were found: tiers are measured in straight lines")
	}
}

// standardTier returns the standard tier that a ledger's word means, "" for others.
func standardTier(word string) string {
	switch w := strings.ToLower(word); {
	case w == "centre" || w == "center" || strings.HasSuffix(w, "中心"):
		return "centre"
	case w == "station" || strings.HasSuffix(w, "站"):
		return "station"
	case w == "point" || strings.HasSuffix(w, "点"):
		return "point"
	}
	return ""
}

// roadFiles keeps the OSM extract where there are lines beside it: two road files do not join.
func (g *guesser) roadFiles() {
	i := slices.IndexFunc(g.Roads, func(s guessedSource) bool { return isOSM(s.File) })
	if i < 0 || len(g.Roads) == 1 {
		return
	}
	kept := g.Roads[i]
	for _, s := range g.Roads {
		if s.File != kept.File {
			g.note("%s：已有 %s，未使用", "%s: not used beside %s", s.File, kept.File)
		}
	}
	g.Roads = []guessedSource{kept}
}

package reports

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// How much of each list the brief holds; the workbook has all of it, and the brief says so.
const (
	briefGaps        = 6
	briefGroups      = 8
	briefPicks       = 6
	briefRegions     = 10
	briefStations    = 6
	briefAssumptions = 6
	briefFindings    = 5
	briefNames       = 6
	briefTargets     = 8
)

// Maps of the brief: drawn larger than they are shown, so that the legend keeps its place beside the map.
const (
	briefMapWidth, briefMapHeight = 180, 112 // mm, as drawn
	briefMapDPI                   = 200
)

// brief is the Word brief under way.
type brief struct {
	*wordFile
	b                      *builder
	p                      *page
	maps                   map[string][]byte // PNG by kind; nil where no font is
	head1, head2           int
	tableCount, imageCount int
}

// writeBrief writes the brief for leaders as a Word document laid out like an official one: the questions of the report in their
// order, with maps and tables, each figure as the page shows it.
func writeBrief(w io.Writer, p *page, b *builder) error {
	maps, err := briefMaps(b)
	if err != nil && !errors.Is(err, ErrNoFont) { // without a font the brief has no maps, and says so
		return err
	}
	d := &brief{wordFile: &wordFile{words: b.words, title: b.s.Name, version: b.s.Version, at: b.s.Date}, b: b, p: p, maps: maps}
	d.opening()
	for _, x := range p.Sections { // those that the study's theme asks for, in its order and with its words
		write, ok := map[string]func(){"now": d.standing, "gaps": d.gaps, "plan": d.plan, "behind": d.behind, "sites": d.sites, "stations": d.stations, "tracking": d.tracking, "trust": d.basis}[x.ID]
		if !ok {
			continue
		}
		title := b.s.Theme.Texts[x.ID+".title"]
		if title == "" {
			title = b.or("brief."+anchors[x.ID], x.Title)
		}
		d.section(title)
		d.say(x.Intro)
		write()
	}
	d.closing()
	return d.save(w)
}

// briefMaps draws the maps. Without a font with Chinese characters the error is ErrNoFont.
func briefMaps(b *builder) (map[string][]byte, error) {
	out := map[string][]byte{}
	kinds := []string{MapCoverage, MapGaps, MapPlan}
	if b.s.Plan == nil {
		kinds = kinds[:2]
	}
	for _, kind := range kinds {
		var png bytes.Buffer
		err := DrawMap(&png, b.s, MapOptions{Map: kind, Format: "png", Lang: b.lang, Width: briefMapWidth, Height: briefMapHeight, DPI: briefMapDPI})
		if err != nil {
			return nil, err
		}
		out[kind] = png.Bytes()
	}
	return out, nil
}

var chineseNumbers = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

// section starts a section: 「一、」, or "1." in English.
func (d *brief) section(title string) {
	d.head1++
	d.head2 = 0
	number := strconv.Itoa(d.head1) + ". "
	if d.lang == Chinese {
		number = chineseNumbers[d.head1] + "、"
	}
	d.para(styleHead1, number+title)
}

// part starts a part of a section: 「（一）」, or "1.1" in English.
func (d *brief) part(key string) {
	d.head2++
	number := strconv.Itoa(d.head1) + "." + strconv.Itoa(d.head2) + " "
	if d.lang == Chinese {
		number = "（" + chineseNumbers[d.head2] + "）"
	}
	d.para(styleHead2, number+d.t(key))
}

// say writes body paragraphs, leaving out empty ones.
func (d *brief) say(texts ...string) {
	for _, text := range texts {
		if text != "" {
			d.para(styleBody, text)
		}
	}
}

// list writes a table under the next number. Lists that hold nothing are not written.
func (d *brief) list(key string, columns []docColumn, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	for i := range columns {
		columns[i].head = d.t(columns[i].head)
	}
	d.numbered(d.t(key), columns, rows)
}

// numbered is list for a caption and heads that are words already.
func (d *brief) numbered(caption string, columns []docColumn, rows [][]string) {
	d.tableCount++
	d.table(d.t("brief.table", strconv.Itoa(d.tableCount), caption), columns, rows)
}

// grid writes the first rows of a table of the page, of the columns that are given by number and width; all of them where none is given.
func (d *brief) grid(g gridView, most int, widths map[int]int) {
	if len(g.Rows) == 0 {
		return
	}
	var columns []docColumn
	var taken []int
	for i, h := range g.Heads {
		width, ok := widths[i]
		switch {
		case ok:
		case widths == nil:
			width = 10 + 6*btoi(!h.Num)
		default:
			continue
		}
		columns, taken = append(columns, docColumn{h.Text, width, h.Num}), append(taken, i)
	}
	var rows [][]string
	for _, r := range g.Rows[:min(most, len(g.Rows))] {
		row := make([]string, len(taken))
		for k, i := range taken {
			row[k] = r.Cells[i].Text
		}
		rows = append(rows, row)
	}
	caption := g.Title
	if len(g.Rows) > most {
		caption += d.t("brief.first", strconv.Itoa(most), group(int64(len(g.Rows))))
	}
	d.numbered(caption, columns, rows)
}

// image places a map under the next number.
func (d *brief) image(kind string) {
	png, ok := d.maps[kind]
	if !ok {
		return
	}
	d.imageCount++
	tier := d.b.s.Tiers[d.p.Lead]
	d.picture(png, docTextMM*briefMapHeight/briefMapWidth, d.t("brief.figure", strconv.Itoa(d.imageCount), d.t("draw."+kind), tier.Name))
}

func (d *brief) lead() *tierView { return &d.p.Tiers[d.p.Lead] }

func (d *brief) opening() {
	d.para(styleTitle, d.p.Heading)
	d.para(styleTitle, d.t("brief.title"))
	d.para(styleSubtitle, d.t("brief.date", d.p.Date))
	if d.p.Synthetic {
		d.para(styleAlert, d.t("doc.synthetic")+d.t("brief.colon")+d.t("doc.synth.why"))
	}
	d.say(d.t("brief.opening", d.p.Place, d.p.Date))
	if d.maps == nil {
		d.say(d.t("brief.nofont"))
	}
}

// standing tells how we stand.
func (d *brief) standing() {
	d.say(d.lead().Story)
	for i := range d.p.Tiers {
		if i != d.p.Lead {
			d.say(d.p.Tiers[i].Story)
		}
	}
	var rows [][]string
	for _, t := range d.p.Tiers {
		rows = append(rows, []string{t.Name, t.Limit, t.Percent, percent(t.Target), t.Presence, t.Unserved, t.After})
	}
	d.list("brief.t.tiers", []docColumn{{"col.tier", 22, false}, {"col.standard", 22, false}, {"brief.c.effective", 14, true}, {"col.target", 12, true}, {"col.presence", 16, true},
		{"brief.c.unserved", 16, true}, {"col.after", 14, true}}, rows)
	d.say(d.t("brief.distance", d.lead().Name, d.lead().DistLine))
	d.image(MapCoverage)
}

// gaps tells where the gaps are.
func (d *brief) gaps() {
	d.part("brief.p.gaps")
	for i := range d.p.Tiers {
		if d.p.Tiers[i].GapLine != "" {
			d.say(d.p.Tiers[i].Name + d.t("brief.colon") + d.p.Tiers[i].GapLine)
		}
	}
	d.image(MapGaps)
	var rows [][]string
	for _, g := range d.lead().Gaps[:min(briefGaps, len(d.lead().Gaps))] {
		rows = append(rows, []string{strconv.Itoa(g.Rank), g.Name, g.People, g.Site, g.Distance, cmp.Or(g.Plan, "—")})
	}
	d.list("brief.t.gaps", []docColumn{{"brief.c.rank", 8, true}, {"brief.c.place", 30, false}, {"brief.c.unserved", 14, true}, {"brief.c.site", 26, false}, {"brief.c.distance", 16, true}, {"brief.c.plan", 18, false}}, rows)
	d.part("brief.p.blank")
	for i := range d.p.Tiers {
		if i == d.p.Lead || d.b.s.Tiers[i].OwnerLevel >= 0 {
			d.say(d.p.Tiers[i].BlankSum)
		}
	}
	rows = nil
	for _, g := range d.lead().Blanks[:min(briefGroups, len(d.lead().Blanks))] {
		names := strings.Join(g.Names[:min(briefNames, len(g.Names))], d.t("comma"))
		if len(g.Names) > briefNames {
			names += d.t("brief.etc")
		}
		rows = append(rows, []string{g.Name, g.Count, names})
	}
	d.list("brief.t.blank", []docColumn{{"col.region", 22, false}, {"brief.c.count", 10, true}, {"brief.c.names", 68, false}}, rows)
}

// plan tells what we build, and when.
func (d *brief) plan() {
	v := d.p.Plan
	if v == nil {
		d.say(d.t("plan.none") + d.t("stop"))
		return
	}
	d.say(v.Line, v.Quality, v.Lead)
	d.part("brief.p.years")
	var rows [][]string
	for _, y := range v.Years {
		row := []string{strconv.Itoa(y.Year), y.Sites, y.Budget, y.Spent, "—", "—", "—"}
		for _, t := range d.lead().Years {
			if t.Label == row[0] {
				text := t.Text()
				copy(row[4:], text[:])
			}
		}
		rows = append(rows, row)
	}
	d.list("brief.t.years", []docColumn{{"plan.year", 12, true}, {"col.sites", 14, true}, {"brief.c.budget", 18, true}, {"brief.c.spent", 18, true}, {"brief.c.effective", 14, true}, {"col.target", 12, true}, {"col.bound", 12, true}}, rows)
	d.say(d.t("brief.years.note", d.lead().Name))
	d.image(MapPlan)
	d.part("brief.p.picks")
	d.picks()
	d.planRules()
	if len(v.Misses) > 0 {
		d.part("brief.p.missed")
		d.say(v.MissLine + d.t("brief.colon") + strings.Join(v.Misses, d.t("brief.semicolon")) + d.t("stop"))
	}
}

// planRules tells what came of quotas and of groups that count more.
func (d *brief) planRules() {
	for _, g := range d.p.Plan.Rules {
		d.say(g.Title + d.t("stop"))
	}
	d.say(d.p.Plan.Notes...)
	var rows [][]string
	for _, q := range d.b.quotaLines() {
		if q.Short(q.rule) {
			limits := d.b.quotaLimits(q.rule)
			rows = append(rows, []string{d.b.regionName(q.Region), d.b.tierOrAll(q.rule.Tier), limits[0], limits[1], group(int64(q.Sites)), d.b.quotaResult(q)})
		}
	}
	if len(rows) > 0 {
		d.list("brief.t.quotas", []docColumn{{"col.region", 22, false}, {"col.tier", 20, false}, {"col.by", 14, true}, {"col.least", 12, true}, {"col.sites", 12, true}, {"col.result", 26, false}}, rows)
	}
}

// picks lists the sites that newly serve most people.
func (d *brief) picks() {
	order := make([]int, len(d.b.s.Plan.Picks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(d.b.s.Plan.Picks[y].Gained, d.b.s.Plan.Picks[x].Gained) })
	byIndex := map[int]pickView{}
	for _, y := range d.p.Plan.Years {
		for _, v := range y.Picks {
			byIndex[v.Index] = v
		}
	}
	var rows [][]string
	for _, i := range order[:min(briefPicks, len(order))] {
		v := byIndex[i]
		rows = append(rows, []string{strconv.Itoa(v.No), strconv.Itoa(d.b.s.Plan.Picks[i].Year), v.Tier, v.Name, v.Cost, v.Gained})
	}
	d.say(d.t("brief.picks", strconv.Itoa(len(rows)), group(int64(len(order)))))
	d.list("brief.t.picks", []docColumn{{"col.no", 9, true}, {"plan.year", 10, true}, {"col.tier", 20, false}, {"col.site", 36, false}, {"col.cost", 14, true}, {"col.gained", 18, true}}, rows)
}

// behind tells who is behind.
func (d *brief) behind() {
	d.say(d.lead().RankLine)
	var rows [][]string
	for _, r := range d.lead().Rank[:min(briefRegions, len(d.lead().Rank))] {
		rows = append(rows, []string{strconv.Itoa(r.Rank), r.Name, r.People, r.Percent, r.Diff, r.Unserved, r.Presence, r.New})
	}
	if len(rows) > 1 {
		d.list("brief.t.rank", []docColumn{{"brief.c.rank", 9, true}, {"col.region", 24, false}, {"col.people", 14, true}, {"brief.c.effective", 14, true}, {"brief.c.diff", 14, true}, {"brief.c.unserved", 16, true}, {"col.presence", 14, true}, {"col.new", 9, true}}, rows)
	}
}

// stations tells of 红色驿站.
func (d *brief) stations() {
	d.say(d.p.StationLine)
	var rows [][]string
	for _, s := range d.p.Stations[:min(briefStations, len(d.p.Stations))] {
		rows = append(rows, []string{strconv.Itoa(s.Rank), s.Name, s.Path, s.Score, s.Kept})
	}
	d.list("brief.t.stations", []docColumn{{"brief.c.rank", 9, true}, {"col.site", 30, false}, {"col.where", 36, false}, {"brief.c.score", 12, true}, {"brief.c.kept", 16, true}}, rows)
}

// sites is how the sites stand against their standard.
func (d *brief) sites() {
	v := d.p.Assessed
	d.say(v.Line)
	grades := v.Grids[0] // by tier
	grades.Title = d.t("brief.t.assess")
	d.grid(grades, len(grades.Rows), nil)
}

// tracking tells how targets stand from year to year, town by town, and how far projects are; money by year stands on the page.
func (d *brief) tracking() {
	b := d.b
	d.say(d.p.Track.Line)
	for i := range b.s.Tracking.Series {
		x := &b.s.Tracking.Series[i]
		if len(x.Points) > 0 {
			d.say(b.seriesGrid(x, "").Title + d.t("stop"))
		}
	}
	for _, x := range b.changeGrid().Rows {
		d.say(x.Cells[0].Text + d.t("stop"))
	}
	d.grid(b.targetGrid(), briefTargets, map[int]int{0: 10, 1: 18, 2: 18, 3: 16, 4: 14, 5: 18, 6: 14})
	widths := map[int]int{0: 10, 1: 22, 2: 14, 3: 12}
	for i := range b.s.Tracking.Tiers {
		widths[4+2*i] = 14 // what changed stands on the page
	}
	d.grid(b.townGrid(), briefRegions, widths)
	stages := b.stageGrid()
	d.grid(stages, len(stages.Rows), nil)
}

// basis tells whether we can trust it.
func (d *brief) basis() {
	v := d.p.Trust
	d.say(v.Line)
	d.part("brief.p.assume")
	d.say(v.Defaults)
	shown := slices.DeleteFunc(slices.Clone(v.Assumptions), func(a assumptionView) bool { return !a.Default })
	var rows [][]string
	for _, a := range shown[:min(briefAssumptions, len(shown))] {
		rows = append(rows, []string{a.What, a.Value, a.Source})
	}
	d.list("brief.t.assume", []docColumn{{"col.what", 42, false}, {"col.value", 28, false}, {"col.source", 30, false}}, rows)
	d.part("brief.p.quality")
	d.say(v.CircleLine)
	d.findings()
	d.inputs()
}

// inputs lists the files that the report rests on; the whole hashes and every decision are in the page and in manifest.json.
func (d *brief) inputs() {
	var rows [][]string
	for _, in := range d.p.Trust.Inputs {
		rows = append(rows, []string{in.Role, in.Path, in.Rows, in.CRS, in.SHA[:min(16, len(in.SHA))]})
	}
	d.list("brief.t.inputs", []docColumn{{"col.role", 18, false}, {"col.path", 30, false}, {"col.rows", 12, true}, {"col.crs", 16, false}, {"col.sha", 24, false}}, rows)
}

func (d *brief) findings() {
	v := d.p.Trust
	warnings := slices.DeleteFunc(slices.Clone(v.Findings), func(f findingView) bool { return !f.Warning })
	if len(warnings) == 0 {
		d.say(d.t("brief.nowarn", group(int64(len(v.Findings)))))
		return
	}
	d.say(d.t("brief.warn", group(int64(len(warnings)))))
	var rows [][]string
	for _, f := range warnings[:min(briefFindings, len(warnings))] {
		rows = append(rows, []string{f.Where, f.What})
	}
	d.list("brief.t.findings", []docColumn{{"col.file", 28, false}, {"col.finding", 72, false}}, rows)
}

func (d *brief) closing() {
	if d.p.Notice != "" {
		d.para(styleLast, d.p.Notice+d.t("stop"))
	}
	d.para(styleLast, d.t("brief.more"))
	d.para(styleSign, d.t("brief.made", d.p.Version, d.p.Seed))
	d.para(styleSign, d.b.s.Date.Format(d.t("brief.day")))
}

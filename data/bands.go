package data

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sitecover/siting"
)

// This file reads counts of passers-by given per stretch of the day: one column a stretch, named in the study (bands: {早高峰:
// 07:00-09:00}) or telling its times itself (07:00-09:00, 7时-9时, 人流 07:00-08:00, 8时).

// BandColumn is a column that counts the people of a stretch of the day.
type BandColumn struct {
	Column   string
	From, To int // minutes of the day as in siting.Band
}

const dayMinutes = 24 * 60

var (
	stretchText = regexp.MustCompile(`^(\d{1,2})(?::(\d{2})|时|点)?-(\d{1,2})(?::(\d{2})|时|点)?$`)
	hourText    = regexp.MustCompile(`^(\d{1,2})(?::00|时|点)$`)
	countWords  = strings.NewReplacer("人流量", "", "人流", "", "客流量", "", "客流", "", "人次", "", "人数", "", "footfall", "", "visitors", "", "people", "", " ", "", "_", "", "(", "", ")", "", "次日", "")
)

// parseStretch reads a stretch of the day: 07:00-09:00, 7时-9时, 22:00-06:00, or 8时 for the hour from eight.
func parseStretch(text string) (from, to int, ok bool) {
	text = hourForms.Replace(strings.ToLower(strings.TrimSpace(text)))
	if m := hourText.FindStringSubmatch(text); m != nil {
		hour, _ := strconv.Atoi(m[1]) // digits by the pattern
		return hour * 60, hour*60 + 60, hour < 24
	}
	m := stretchText.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, false
	}
	var part [4]int
	for i, digits := range m[1:] {
		part[i], _ = strconv.Atoi("0" + digits) // digits by the pattern
	}
	from, to = part[0]*60+part[1], part[2]*60+part[3]
	if part[1] > 59 || part[3] > 59 || from >= dayMinutes || to > dayMinutes || from == to {
		return 0, 0, false
	}
	if to < from {
		to += dayMinutes
	}
	return from, to, true
}

// bandColumns reads `bands:` of a source of places.
func (l *loader) bandColumns(sec *section) (out []BandColumn) {
	table := sec.table("bands")
	for _, column := range slices.Sorted(maps.Keys(table)) {
		from, to, ok := parseStretch(table[column])
		if !ok {
			l.y.fail(sec.get("bands"), sec.key("bands."+column), T("“%s”不是一天里的时段", "%q is no stretch of the day", table[column]), T("例如 07:00-09:00，跨夜写 22:00-06:00", "for example 07:00-09:00, or 22:00-06:00 over midnight"))
			continue
		}
		out = append(out, BandColumn{column, from, to})
	}
	orderBands(out)
	if a, b, twice := overlapping(out); twice {
		l.y.fail(sec.get("bands"), sec.key("bands"), T("%s 与 %s 的时段重叠", "%s and %s overlap", a.Column, b.Column), T("时段不能重叠，否则重复计人", "stretches must not overlap, or people count twice"))
	}
	return out
}

func orderBands(bands []BandColumn) {
	slices.SortFunc(bands, func(a, b BandColumn) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Column, b.Column)) })
}

// overlapping finds two stretches that share a minute.
func overlapping(bands []BandColumn) (a, b BandColumn, twice bool) {
	owner := [dayMinutes]int{}
	for i, x := range bands {
		for m := x.From; m < x.To; m++ {
			if first := owner[m%dayMinutes]; first > 0 {
				return bands[first-1], x, true
			}
			owner[m%dayMinutes] = i + 1
		}
	}
	return a, b, false
}

// bandReader reads the stretches of the rows of one file of places.
type bandReader struct {
	in      *input
	bands   []BandColumn
	found   int // places with a count in any
	partial int // of these, places that lack some stretches
}

// peakWords name stretches of the day without telling when they are.
var peakWords = []string{"早高峰", "晚高峰", "午高峰", "午间", "早间", "晚间", "夜间", "平峰", "morning", "noon", "evening", "night"}

// bandsOf returns the stretches of a table: those that the study names, else the columns that tell their times.
func (r *reader) bandsOf(t *table, src PlaceSource) *bandReader {
	b := &bandReader{in: t.in, bands: src.Bands}
	if len(src.Bands) > 0 {
		for _, x := range src.Bands {
			if exactColumn(t.header, x.Column) < 0 {
				_ = t.in.fail(t.row, "bands."+x.Column, x.Column, T("没有这一列", "is not a column of the file"), columnHint(x.Column, t.header))
			}
		}
		return b
	}
	var words []string
	for _, h := range t.header {
		if from, to, ok := parseStretch(countWords.Replace(strings.ToLower(h))); ok {
			b.bands = append(b.bands, BandColumn{h, from, to})
		} else if slices.ContainsFunc(peakWords, func(w string) bool { return strings.Contains(strings.ToLower(h), w) }) {
			words = append(words, h)
		}
	}
	orderBands(b.bands)
	if x, y, twice := overlapping(b.bands); twice {
		r.c.find("warning", t.in.name, 0, T("时段列 %s 与 %s 重叠，分时段人流均未使用；在 bands 中写明用哪些列", "the columns %s and %s overlap: no counts by the hour are used; name the columns to use in bands", x.Column, y.Column))
		b.bands = nil
	}
	if len(words) > 0 && len(b.bands) == 0 {
		r.c.find("info", t.in.name, 0, T("列 %s 像是分时段人流，但没有写明时刻，未使用；写 bands: {%s: 07:00-09:00}", "the columns %s look like counts by the hour, but do not tell the hours: not used; write bands: {%s: 07:00-09:00}", strings.Join(words, "、"), words[0]))
	}
	return b
}

// read takes the stretches of a place, whose cells value returns. ok is false after noting what is wrong.
func (b *bandReader) read(p *rawPlace, value func(column string) string) (ok bool) {
	sum, minutes := 0.0, 0
	for _, x := range b.bands {
		text := value(x.Column)
		if text == "" {
			continue
		}
		n, problem := parseNumber(text)
		if problem == nil && n < 0 {
			problem = &quantityError{T("不能为负", "must not be negative"), T("写零或正数；不知道就留空", "write zero or more; leave it empty where it is not known")}
		}
		if problem != nil {
			_ = b.in.fail(p.row, x.Column, text, problem.what, problem.hint)
			return false
		}
		p.Bands = append(p.Bands, siting.Band{From: x.From, To: x.To, Count: n})
		sum, minutes = sum+n, minutes+x.To-x.From
	}
	if len(p.Bands) == 0 {
		return true
	}
	b.found++
	if len(p.Bands) < len(b.bands) {
		b.partial++
	}
	if p.Footfall < 0 {
		p.Footfall = sum
	}
	whole := minutes == dayMinutes && sum < p.Footfall*0.99
	if p.Footfall < sum*0.99 || whole {
		_ = b.in.fail(p.row, "footfall", fmt.Sprintf("%g", p.Footfall), T("全天人流与各时段之和 %g 不符", "of the day does not agree with the sum of its stretches, %g", sum),
			T("改正其一，或去掉全天一列", "correct one of them, or leave the column of the day out"))
		return false
	}
	p.Footfall = max(p.Footfall, sum)
	return true
}

// report says how many places lack some stretches, or that all do.
func (b *bandReader) report(c *collector) {
	if len(b.bands) > 0 && b.found == 0 {
		c.find("warning", b.in.name, 0, T("没有一个地点有分时段人流", "no place has any counts by the hour"))
	}
	if b.partial > 0 {
		c.find("info", b.in.name, 0, T("%d 个地点有的时段没有人流数：有全天人流的，其余人数平摊到未计数的时间；没有的，未计数的时段不计人", "%d places have no count in some stretches: what the day has beyond its stretches passes evenly in the rest of it; without a count of the day nobody passes there", b.partial))
	}
}

// countPlaces reads a table of counts and gives them to the places, which it finds by id or by a unique name.
func (r *reader) countPlaces(ctx context.Context, src PlaceSource, places []rawPlace) {
	in := r.open(ctx, "places", src.Source)
	if in == nil {
		return
	}
	defer r.closeInput(in)
	t := openTable(in, src.Source, "")
	if t == nil {
		return
	}
	defer t.close()
	key := "id"
	if !t.has("id") {
		key = "name"
	}
	if !t.require(key) {
		return
	}
	bands := r.bandsOf(t, src)
	defer bands.report(r.c)
	found := map[string][]int{}
	for i := range places {
		word := places[i].ID
		if key == "name" {
			word = places[i].Name
		}
		found[word] = append(found[word], i)
	}
	seen := map[int]seenAt{}
	for t.scan(ctx) {
		list := found[t.get(key)]
		if len(list) != 1 || t.get(key) == "" {
			what := T("不是任何地点的编号或名称", "is the id or name of no place")
			if len(list) > 1 {
				what = T("有 %d 个地点同名", "names %d places at once", len(list))
			}
			_ = t.fail(key, what, T("人流表按编号（没有编号列时按名称）对应其他文件里的地点", "counts go to the places of the other files by id, or by name where there is no column of ids"))
			continue
		}
		if first, twice := seen[list[0]]; twice {
			_ = t.fail(key, first.text("地点重复", "place is counted twice"), T("合并这些行", "merge the rows"))
			continue
		}
		seen[list[0]] = seenAt{in.name, t.row}
		if p := t.counts(bands); p.Footfall >= 0 {
			places[list[0]].Footfall, places[list[0]].Bands = p.Footfall, p.Bands
		}
	}
	t.empty()
}

// counts reads what the row counts: a negative footfall where it counts nothing, or after noting what is wrong.
func (t *table) counts(bands *bandReader) rawPlace {
	p := rawPlace{in: t.in, row: t.row}
	p.Footfall = -1
	if t.get("footfall") != "" {
		var ok bool
		if p.Footfall, ok = t.amount("footfall"); !ok {
			p.Footfall = -1
			return p
		}
	}
	if !bands.read(&p, t.text) {
		p.Footfall = -1
	}
	return p
}

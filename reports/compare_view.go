package reports

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"sitecover/coverage"
)

// maxCompared is how many rows of a list the page shows; the workbook has all.
const maxCompared = 40

// effective is a share, NaN where there is nothing to share.
func effective(x interface{ Effective() (float64, bool) }) float64 {
	if v, ok := x.Effective(); ok {
		return v
	}
	return math.NaN()
}

// story is the one line that says what changed of the leading tier.
func (v *comparison) story() string {
	if len(v.Diff.Tiers) == 0 {
		return v.t("cmp.notier")
	}
	t := v.Diff.Tiers[v.lead]
	a, b := effective(t.Total.Before), effective(t.Total.After)
	out := v.t("cmp.story", v.After.Tiers[t.After].Name, percent(a), percent(b), points(b-a), signedPeople(v.words, t.Total.Gained()))
	if x, y := t.Total.Before, t.Total.After; x.Required+y.Required > 0 {
		out += v.t("cmp.story.blank", group(int64(x.Required-x.Owning)), group(int64(y.Required-y.Owning)))
	}
	return out + v.t("stop")
}

// signedPeople is a difference of people with its sign.
func signedPeople(w words, p coverage.People) string {
	switch {
	case p > 0:
		return "+" + w.peopleUnit(p)
	case p < 0:
		return "−" + w.peopleUnit(-p)
	}
	return w.peopleUnit(0)
}

// signed is a whole number with its sign.
func signed(n int) string {
	if n > 0 {
		return "+" + group(int64(n))
	}
	return group(int64(n))
}

// notes say what makes the two sides hard to compare.
func (v *comparison) notes() (out []string) {
	for _, t := range v.Diff.Tiers {
		if t.Rule {
			out = append(out, v.t("cmp.rule", v.After.Tiers[t.After].Name, v.before.limit(v.Before.Tiers[t.Before]), v.after.limit(v.After.Tiers[t.After])))
		}
		if a, b := t.Total.Before.People, t.Total.After.People; a != b {
			note := v.t("cmp.people", v.peopleUnit(a), v.peopleUnit(b))
			if !slices.Contains(out, note) {
				out = append(out, note)
			}
		}
	}
	if len(v.Diff.Added) > 0 {
		out = append(out, v.t("cmp.added", strings.Join(v.Diff.Added, v.t("comma"))))
	}
	if len(v.Diff.Removed) > 0 {
		out = append(out, v.t("cmp.removed", strings.Join(v.Diff.Removed, v.t("comma"))))
	}
	return out
}

func (v *comparison) sections() []compareSection {
	out := []compareSection{
		{ID: "c1", Title: v.t("cmp.s1"), Tables: []compareTable{v.totals()}},
		{ID: "c2", Title: v.t("cmp.s2"), Line: v.t("cmp.maps"), Maps: true},
		{ID: "c3", Title: v.t("cmp.s3"), Tables: v.perTier(v.regionTable)},
		{ID: "c4", Title: v.t("cmp.s4"), Tables: v.perTier(v.siteTable)},
	}
	if others := append(append(v.perTier(v.groupTable), v.perTier(v.hoursTable)...), v.perTier(v.entityTable)...); len(others) > 0 {
		out = append(out, compareSection{ID: "c5", Title: v.t("cmp.s5"), Tables: others})
	}
	return append(out, compareSection{ID: "c6", Title: v.t("trust.inputs"), Line: v.t("cmp.inputs"), Tables: []compareTable{v.inputTable(v.nameA, v.before), v.inputTable(v.nameB, v.after)}})
}

// inputTable lists the files that a side rests on.
func (v *comparison) inputTable(name string, b *builder) compareTable {
	out := compareTable{Title: name, Tier: -1, Head: v.tableHead("col.role", "col.path", "col.rows#", "col.size#", "col.crs", "col.sha256")}
	for _, in := range b.s.Inputs {
		out.Rows = append(out.Rows, []compareCell{word(v.or("role."+in.Role, in.Role)), word(in.Path), num(group(int64(in.Rows))), num(bytesSize(in.Bytes)), word(in.CRS), word(in.SHA256)})
	}
	return out
}

// perTier makes a table for each tier, leaving out those that would have no rows and nothing to say.
func (v *comparison) perTier(table func(coverage.TierChange) compareTable) (out []compareTable) {
	for i, t := range v.Diff.Tiers {
		if x := table(t); len(x.Rows) > 0 || x.More != "" {
			x.Tier = i
			out = append(out, x)
		}
	}
	return out
}

func word(s string) compareCell { return compareCell{Text: s} }
func num(s string) compareCell  { return compareCell{Text: s, Figure: true} }

// toned is a figure that rose or fell.
func toned(s string, d float64) compareCell {
	c := num(s)
	switch {
	case d > 0:
		c.Tone = "up"
	case d < 0:
		c.Tone = "down"
	}
	return c
}

// tableHead makes the head of a table; figures are those whose key ends in "#".
func (v *comparison) tableHead(keys ...string) []compareCell {
	out := make([]compareCell, len(keys))
	for i, k := range keys {
		key, figure := strings.CutSuffix(k, "#")
		out[i] = compareCell{Text: v.t(key), Figure: figure}
	}
	return out
}

// totals sets the tiers side by side.
func (v *comparison) totals() compareTable {
	out := compareTable{Tier: -1, Head: v.tableHead("col.tier", "cmp.what", "cmp.a#", "cmp.b#", "cmp.change#")}
	for _, t := range v.Diff.Tiers {
		a, b, name := t.Total.Before, t.Total.After, v.After.Tiers[t.After].Name
		add := func(key string, x, y compareCell, change compareCell) {
			out.Rows = append(out.Rows, []compareCell{word(name), word(v.t(key)), x, y, change})
			name = ""
		}
		ea, eb := effective(a), effective(b)
		add("col.coverage", num(percent(ea)), num(percent(eb)), toned(v.t("cmp.pp", points(eb-ea)), eb-ea))
		add("fig.unserved", num(v.people(a.People-a.Covered)), num(v.people(b.People-b.Covered)), num(signedPeople(v.words, (b.People-b.Covered)-(a.People-a.Covered))))
		if a.Required+b.Required > 0 {
			add("cmp.blank", num(group(int64(a.Required-a.Owning))), num(group(int64(b.Required-b.Owning))), num(signed((b.Required-b.Owning)-(a.Required-a.Owning))))
		}
		add("col.open", num(group(int64(a.Open))), num(group(int64(b.Open))), num(signed(b.Open-a.Open)))
		add("x.qualifying", num(group(int64(a.Qualifying))), num(group(int64(b.Qualifying))), num(signed(b.Qualifying-a.Qualifying)))
	}
	return out
}

// regionName is a region's name on either side.
func (v *comparison) regionName(id string) (name string, level int) {
	for _, b := range []*builder{v.after, v.before} {
		if i, ok := b.s.Regions.Index(id); ok {
			return b.regionName(int32(i)), b.s.Regions.All[i].Level
		}
	}
	return id, -1
}

// regionTable lists the ranked regions by their change, the largest first.
func (v *comparison) regionTable(t coverage.TierChange) compareTable {
	out := compareTable{Title: v.After.Tiers[t.After].Name, Head: v.tableHead("col.region", "cmp.a#", "cmp.b#", "cmp.points#", "cmp.gained#", "cmp.unserved#")}
	var rows []coverage.RegionChange
	for _, r := range t.Regions {
		if _, level := v.regionName(r.ID); level == v.after.rank {
			rows = append(rows, r)
		}
	}
	shift := func(r coverage.RegionChange) float64 {
		d := effective(r.Change.After) - effective(r.Change.Before)
		if math.IsNaN(d) {
			return 0
		}
		return math.Abs(d)
	}
	slices.SortStableFunc(rows, func(x, y coverage.RegionChange) int { return cmp.Compare(shift(y), shift(x)) })
	for _, r := range rows[:min(maxCompared, len(rows))] {
		name, _ := v.regionName(r.ID)
		a, b := effective(r.Change.Before), effective(r.Change.After)
		side := func(there bool, share float64) compareCell {
			if !there {
				return num(v.t("cmp.absent"))
			}
			return num(percent(share))
		}
		out.Rows = append(out.Rows, []compareCell{word(name), side(r.Before, a), side(r.After, b), toned(points(b-a), b-a),
			num(signedPeople(v.words, r.Change.Gained())), num(v.people(r.Change.After.People - r.Change.After.Covered))})
	}
	if len(rows) > maxCompared {
		out.More = v.t("cmp.more", group(int64(len(rows)-maxCompared)), v.t("cmp.sheet.regions"))
	}
	return out
}

// siteName is a site's name and region on either side, the later one first.
func (v *comparison) siteName(id string) (name, path string) {
	for _, b := range []*builder{v.after, v.before} {
		if i := slices.IndexFunc(b.s.Sites, func(s coverage.Site) bool { return s.ID == id }); i >= 0 {
			return b.s.Sites[i].Name, strings.Join(regionPathOf(b.s, b.s.Sites[i].Region), " › ")
		}
	}
	return "", ""
}

// siteTable lists the sites opened, closed and moved.
func (v *comparison) siteTable(t coverage.TierChange) compareTable {
	out := compareTable{Title: v.t("cmp.sites", v.After.Tiers[t.After].Name, len(t.Opened), len(t.Closed), len(t.Moved)), Head: v.tableHead("cmp.what", "x.id", "col.site", "col.where")}
	all := v.siteChanges(t)
	for _, s := range all[:min(maxCompared, len(all))] {
		name, path := v.siteName(s[1])
		out.Rows = append(out.Rows, []compareCell{word(v.t(s[0])), word(s[1]), word(name), word(path)})
	}
	switch {
	case len(all) > maxCompared:
		out.More = v.t("cmp.more", group(int64(len(all)-maxCompared)), v.t("cmp.sheet.sites"))
	case len(all) == 0:
		out.More = v.t("cmp.nosites")
	}
	return out
}

// siteChanges lists what happened to which site: a key and an ID.
func (v *comparison) siteChanges(t coverage.TierChange) (out [][2]string) {
	for _, list := range []struct {
		key string
		ids []string
	}{{"cmp.opened", t.Opened}, {"cmp.closed", t.Closed}, {"cmp.moved", t.Moved}} {
		for _, id := range list.ids {
			out = append(out, [2]string{list.key, id})
		}
	}
	return out
}

func (v *comparison) groupTable(t coverage.TierChange) compareTable {
	out := compareTable{Title: v.t("cmp.groups", v.After.Tiers[t.After].Name), Head: v.tableHead("cmp.group", "cmp.a#", "cmp.b#", "cmp.points#", "cmp.gained#")}
	for _, g := range t.Groups {
		a, b := effective(g.Total.Before), effective(g.Total.After)
		out.Rows = append(out.Rows, []compareCell{word(v.or("group."+g.ID, g.ID)), num(percent(a)), num(percent(b)), toned(points(b-a), b-a), num(signedPeople(v.words, g.Total.Gained()))})
	}
	return out
}

// moment is a moment of the week as people say it.
func (v *comparison) moment(m coverage.NamedMoment) string { return cmp.Or(v.pick(m.ZH, m.EN), m.ID) }

func (v *comparison) hoursTable(t coverage.TierChange) compareTable {
	out := compareTable{Title: v.t("cmp.hours", v.After.Tiers[t.After].Name), Head: v.tableHead("cmp.moment", "cmp.open.a#", "cmp.open.b#", "cmp.a#", "cmp.b#", "cmp.points#")}
	for _, h := range t.Hours {
		side := func(x coverage.HoursSide) (open, share string) {
			if !x.Given {
				return "—", "—"
			}
			return group(int64(x.Open)), percent(effective(x.HoursFigures))
		}
		openA, a := side(h.Before)
		openB, b := side(h.After)
		d := math.NaN()
		if h.Before.Given && h.After.Given {
			d = effective(h.After.HoursFigures) - effective(h.Before.HoursFigures)
		}
		out.Rows = append(out.Rows, []compareCell{word(v.moment(h.Moment)), num(openA), num(openB), num(a), num(b), toned(points(d), d)})
	}
	return out
}

func (v *comparison) entityTable(t coverage.TierChange) compareTable {
	out := compareTable{Title: v.t("cmp.entities", v.After.Tiers[t.After].Name), Head: v.tableHead("cmp.kind", "cmp.a#", "cmp.b#", "cmp.change#")}
	if t.Entities == nil {
		return out
	}
	of := func(x coverage.EntityFigures) string {
		return strconv.Itoa(x.Covered) + " / " + strconv.Itoa(x.Entities)
	}
	for _, k := range t.Entities.Kinds {
		d := k.After.Covered - k.Before.Covered
		out.Rows = append(out.Rows, []compareCell{word(v.or("kind."+k.Kind, k.Kind)), num(of(k.Before)), num(of(k.After)), toned(signed(d), float64(d))})
	}
	out.More = v.t("cmp.entities.line", len(t.Entities.Reached), len(t.Entities.Lost), len(t.Entities.Added), len(t.Entities.Removed))
	return out
}

package data

import (
	"context"
	"slices"
	"strings"

	"sitecover/geo"
)

// codeEntry is a line of the national list.
type codeEntry struct {
	code, name string
	former     []string // codes that this one replaced
}

// codeList is the national list of one year.
type codeList struct {
	byCode  map[string]codeEntry
	byName  map[string][]string // plain name -> codes
	next    map[string][]string // former code -> codes that replaced it
	digits  map[int]bool        // lengths of codes that it holds
	ordered []string
}

// readCodes reads a national list of codes: columns of codes and names, and optionally of the codes that each replaced.
func (r *reader) readCodes(ctx context.Context, src CodeSource, list *codeList) {
	in := r.open(ctx, "codes", src.Source)
	if in == nil {
		return
	}
	defer r.closeInput(in)
	t := openTable(in, src.Source, "")
	if t == nil {
		return
	}
	defer t.close()
	if !t.require("code", "name") {
		return
	}
	for t.scan(ctx) {
		e := codeEntry{code: trimCode(t.get("code")), name: t.get("name")}
		if !isCode(e.code) {
			_ = t.fail("code", T("不是区划代码", "is not a division code"), T("2、4、6、9 或 12 位数字", "2, 4, 6, 9 or 12 digits"))
			continue
		}
		for _, f := range strings.FieldsFunc(t.get("former"), func(c rune) bool { return strings.ContainsRune("、,，;； /", c) }) {
			e.former = append(e.former, trimCode(f))
			list.next[trimCode(f)] = append(list.next[trimCode(f)], e.code)
		}
		if _, twice := list.byCode[e.code]; twice {
			continue // the list's own business: the first counts
		}
		list.byCode[e.code] = e
		list.byName[plainName(e.name)] = append(list.byName[plainName(e.name)], e.code)
		list.digits[len(e.code)] = true
		list.ordered = append(list.ordered, e.code)
	}
	t.empty()
}

// trimCode removes the zeros that statistics pad codes of upper levels with: 320000 is 32, 320500 is 3205, 320506000000 is 320506.
func trimCode(code string) string {
	code = strings.TrimSuffix(strings.TrimSpace(code), ".0") // numbers that a spreadsheet made of codes
	if len(code) == 12 {
		code = strings.TrimSuffix(code, "000")
		if len(code) == 9 {
			code = strings.TrimSuffix(code, "000")
		}
	}
	if len(code) == 6 {
		code = strings.TrimSuffix(code, "00")
		if len(code) == 4 {
			code = strings.TrimSuffix(code, "00")
		}
	}
	return code
}

// isCode reports whether a text is a code of some level, trimmed.
func isCode(code string) bool {
	switch len(code) {
	case 2, 4, 6, 9, 12:
	default:
		return false
	}
	return strings.Trim(code, "0123456789") == "" && code[0] != '0'
}

// parentCode returns the code of the level above; "" above provinces.
func parentCode(code string) string {
	switch len(code) {
	case 4:
		return code[:2]
	case 6:
		return code[:4]
	case 9:
		return code[:6]
	case 12:
		return code[:9]
	}
	return ""
}

// plainName is a name without the words that tell its kind, which change with the kind: 昆山县 and 昆山市 are one place.
func plainName(name string) string {
	name = strings.TrimSpace(name)
	for _, suffix := range []string{"社区居民委员会", "社区居委会", "居民委员会", "村民委员会", "街道办事处", "居委会", "村委会", "社区", "街道", "市", "区", "县", "镇", "乡", "村"} {
		if short := strings.TrimSuffix(name, suffix); short != name && len([]rune(short)) >= 2 {
			return short
		}
	}
	return name
}

// codes holds the regions' codes against the national list of the year that the study names.
func (r *reader) codes(ctx context.Context) {
	list := &codeList{byCode: map[string]codeEntry{}, byName: map[string][]string{}, next: map[string][]string{}, digits: map[int]bool{}}
	for _, src := range r.study.Codes {
		r.readCodes(ctx, src, list)
	}
	slices.Sort(list.ordered)
	if r.regions == nil || len(list.byCode) == 0 {
		return
	}
	d := codeDoctor{r: r, list: list, have: map[string]bool{}}
	for _, g := range r.regions.All {
		d.have[trimCode(g.ID)] = true
	}
	for i := range r.regions.All {
		d.region(int32(i))
	}
	d.absent()
}

// codeDoctor compares.
type codeDoctor struct {
	r    *reader
	list *codeList
	have map[string]bool // codes of the study's regions
}

func (d *codeDoctor) find(g *geo.Region, severity, code string, what, hint Text) {
	at := d.r.origin[g.ID]
	f := Finding{Severity: severity, Code: code, File: at.file, Row: at.row, Field: "id", Value: g.ID, What: Text{g.Name + "：" + what.ZH, g.Name + ": " + what.EN}, Hint: hint}
	if p := geo.InteriorPoint(g.Shape); geo.ValidPoint(p) {
		f.At = &p
	}
	d.r.c.findings = append(d.r.c.findings, f)
}

func (d *codeDoctor) year() int { return d.r.study.Codes[0].Year }

func (d *codeDoctor) region(i int32) {
	g := &d.r.regions.All[i]
	code := trimCode(g.ID)
	if strings.Trim(code, "0123456789") != "" {
		return // an id of the study's own
	}
	if !isCode(code) {
		d.find(g, SeverityWarning, "code-length", T("代码有 %d 位，应为 6、9 或 12 位", "its code has %d digits, not 6, 9 or 12", len(g.ID)), T("核对代码是否缺位", "check whether digits are missing"))
		return
	}
	d.parent(i, code)
	if !d.list.digits[len(code)] {
		return // the list does not go down to this level
	}
	entry, known := d.list.byCode[code]
	if !known {
		d.unknown(g, code)
		return
	}
	if entry.name != g.Name && plainName(entry.name) != plainName(g.Name) {
		d.find(g, SeverityWarning, "code-renamed", T("%[1]d 年的名录里 %[2]s 叫“%[3]s”", "the list of %[1]d calls %[2]s %[3]q", d.year(), g.ID, entry.name),
			T("改名，或核对代码是否写错", "change the name, or check whether the code is wrong"))
	}
}

// parent compares the code's own parent with the region that holds it.
func (d *codeDoctor) parent(i int32, code string) {
	g := &d.r.regions.All[i]
	for p := g.Parent; p >= 0; p = d.r.regions.All[p].Parent {
		above := trimCode(d.r.regions.All[p].ID)
		if !isCode(above) || len(above) >= len(code) {
			continue
		}
		if !strings.HasPrefix(code, above) {
			d.find(g, SeverityWarning, "code-parent", T("代码 %[1]s 不以上级 %[2]s 的代码 %[3]s 开头", "its code %[1]s does not begin with %[3]s, the code of %[2]s that holds it", g.ID, d.r.regions.All[p].Name, d.r.regions.All[p].ID),
				T("核对代码，或核对边界归属", "check the code, or which region it belongs to"))
		}
		return
	}
}

// unknown says what became of a code that the list does not hold.
func (d *codeDoctor) unknown(g *geo.Region, code string) {
	now := d.list.next[code]
	switch {
	case len(now) > 1:
		d.find(g, SeverityWarning, "code-split", T("代码 %[1]s 在 %[2]d 年已拆分为 %[3]s", "the code %[1]s has been split by %[2]d: %[3]s", g.ID, d.year(), d.listed(now)), T("换用新的边界和代码", "use the new boundaries and codes"))
	case len(now) == 1 && len(d.list.byCode[now[0]].former) > 1:
		d.find(g, SeverityWarning, "code-merged", T("代码 %[1]s 到 %[2]d 年已并入 %[3]s", "the code %[1]s has been merged by %[2]d into %[3]s", g.ID, d.year(), d.listed(now)), T("换用新的边界和代码", "use the new boundaries and codes"))
	case len(now) == 1:
		d.recoded(g, now)
	default:
		var same []string
		for _, c := range d.list.byName[plainName(g.Name)] {
			if len(c) == len(code) && strings.HasPrefix(c, code[:2]) {
				same = append(same, c)
			}
		}
		if len(same) == 1 {
			d.recoded(g, same)
			return
		}
		d.find(g, SeverityWarning, "code-unknown", T("%[2]d 年的名录里没有代码 %[1]s", "the list of %[2]d holds no code %[1]s", g.ID, d.year()),
			T("可能已撤并，或代码写错", "it may have been abolished, or be mistyped"))
	}
}

func (d *codeDoctor) recoded(g *geo.Region, now []string) {
	if parent := d.movedTo(g, now[0]); parent != "" {
		d.find(g, SeverityWarning, "code-recoded", T("代码 %[1]s 在 %[2]d 年的名录里是 %[3]s，改属 %[4]s", "the code %[1]s is %[3]s in the list of %[2]d, under another parent: %[4]s", g.ID, d.year(), d.listed(now), parent),
			T("改用新代码，并把边界移到新的上级之下", "use the new code, and put the boundary under its new parent"))
		return
	}
	d.find(g, SeverityWarning, "code-recoded", T("代码 %[1]s 在 %[2]d 年的名录里是 %[3]s", "the code %[1]s is %[3]s in the list of %[2]d", g.ID, d.year(), d.listed(now)), T("改用新代码", "use the new code"))
}

// movedTo names the parent of a region's new code when it is not that of the old one, "" otherwise. A code of a village has nine digits of its
// street, one of a street six of its county, one of a county four of its city.
func (d *codeDoctor) movedTo(g *geo.Region, now string) string {
	size := map[int]int{12: 9, 9: 6, 6: 4}[len(now)]
	if size == 0 || len(g.ID) < size || g.ID[:size] == now[:size] {
		return ""
	}
	parent := now[:size]
	if entry, listed := d.list.byCode[parent]; listed {
		return parent + " " + entry.name
	}
	return parent
}

// listed names codes of the list.
func (d *codeDoctor) listed(codes []string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = c + " " + d.list.byCode[c].name
	}
	return strings.Join(out, ", ")
}

// absent tells regions that the list has under a region of the study, beside sisters that are there, and the study has not.
func (d *codeDoctor) absent() {
	sisters := map[string]bool{} // parents of which the study has a child in the list
	for code := range d.have {
		if _, known := d.list.byCode[code]; known {
			sisters[parentCode(code)] = true
		}
	}
	for _, code := range d.list.ordered {
		p := parentCode(code)
		if d.have[code] || !d.have[p] || !sisters[p] || d.replaced(code) {
			continue
		}
		i, _ := d.r.regions.Index(d.full(p))
		g := &d.r.regions.All[i]
		d.find(g, SeverityWarning, "code-absent", T("%[1]d 年的名录里其下有 %[2]s %[3]s，研究里没有", "the list of %[1]d has %[2]s %[3]s under it, the study has not", d.year(), code, d.list.byCode[code].name),
			T("补上边界，或核对年份", "add its boundary, or check the year"))
	}
}

// replaced reports whether the study has what a code replaced: that has been told as merged, split or recoded.
func (d *codeDoctor) replaced(code string) bool {
	return slices.ContainsFunc(d.list.byCode[code].former, func(f string) bool { return d.have[f] }) || slices.ContainsFunc(d.r.regions.All, func(g geo.Region) bool {
		return plainName(g.Name) == plainName(d.list.byCode[code].name) && len(trimCode(g.ID)) == len(code)
	})
}

// full returns the ID under which the study has a code.
func (d *codeDoctor) full(code string) string {
	for _, g := range d.r.regions.All {
		if trimCode(g.ID) == code {
			return g.ID
		}
	}
	return code
}

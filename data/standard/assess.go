package standard

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sitecover/data/written"
)

// Verdict says how a site stands on one requirement.
type Verdict string

// The verdicts. What the ledger does not tell is unknown, never below.
const (
	Pass    Verdict = "pass"
	Below   Verdict = "below"
	Unknown Verdict = "unknown"
)

// Columns finds the values of a profile's fields and items in the columns of one ledger. Immutable.
type Columns struct {
	p       *Profile
	header  []string
	byField map[string]int
	byName  map[string]int // normalised heading -> column
}

// Columns prepares a ledger with this header. named maps field ids to headings where they differ from the profile's own; a heading that
// is not there is a Problem.
func (p *Profile) Columns(header []string, named map[string]string) (*Columns, error) {
	c := &Columns{p: p, header: header, byField: map[string]int{}, byName: map[string]int{}}
	for i := len(header) - 1; i >= 0; i-- {
		c.byName[heading(header[i])] = i
	}
	delete(c.byName, "")
	for _, f := range p.Fields {
		words := append([]string{f.ZH, f.EN}, f.Columns...)
		if f.Columns != nil {
			words = append(slices.Clone(f.Columns), f.ZH, f.EN)
		}
		for _, w := range words {
			if i, ok := c.byName[heading(w)]; ok {
				c.byField[f.ID] = i
				break
			}
		}
	}
	var problems Problems
	for id, want := range named {
		i, ok := c.byName[heading(want)]
		if !ok || p.Field(id) == nil {
			problems = append(problems, &Problem{Key: id, Value: want, What: text("没有这个字段或这一列", "is no field of the standard, or no column of the ledger"), Hint: suggest(written.Nearest(want, header), header)})
			continue
		}
		c.byField[id] = i
	}
	return c, problems.err()
}

// heading brings a column name to the form in which names are compared: lower case, no spaces or punctuation, no remark in brackets.
func heading(name string) string {
	if i := strings.IndexAny(name, "(（[【"); i > 0 {
		name = name[:i]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// Record is one site as its ledger tells it.
type Record struct {
	File  string // for messages
	Row   int
	Tier  string   // tier of the profile
	Cells []string // parallel to the header
}

// Finding is how a site stands on one requirement.
type Finding struct {
	List   string  `json:"list,omitempty"` // "" = of the tier itself: area, staff
	No     string  `json:"no"`
	Name   Name    `json:"name"`
	Clause string  `json:"clause,omitempty"`
	Mark   string  `json:"mark"`
	Result Verdict `json:"result"`
	Got    string  `json:"got,omitempty"`  // what the ledger says
	Want   string  `json:"want,omitempty"` // the threshold
	area   bool    // the floor area is part of it
	cost   Money
}

// Tally counts verdicts.
type Tally struct {
	Pass    int `json:"pass"`
	Below   int `json:"below"`
	Unknown int `json:"unknown"`
}

// Of returns how many there are in all.
func (t Tally) Of() int { return t.Pass + t.Below + t.Unknown }

// Plus adds two tallies.
func (t Tally) Plus(o Tally) Tally {
	return Tally{t.Pass + o.Pass, t.Below + o.Below, t.Unknown + o.Unknown}
}

func (t *Tally) add(v Verdict) {
	switch v {
	case Pass:
		t.Pass++
	case Below:
		t.Below++
	default:
		t.Unknown++
	}
}

// Assessment is how a site stands against its standard.
type Assessment struct {
	Tier      string    `json:"tier"`
	Class     string    `json:"class,omitempty"`
	Items     []Finding `json:"items"`
	Entry     Verdict   `json:"entry,omitempty"`     // conditions of entry as a whole; "" = the profile has none
	Withdrawn []string  `json:"withdrawn,omitempty"` // numbers of the grounds of withdrawal that the ledger states
	Must      Tally     `json:"must"`
	Should    Tally     `json:"should"`
	Grade     *Grade    `json:"grade"` // reached; nil = none
	Next      *Next     `json:"next"`  // nil = the highest grade is reached, or the profile has none
}

// Score is the share of required items that pass; ok is false where none is required.
func (a *Assessment) Score() (share float64, ok bool) {
	if a.Must.Of() == 0 {
		return 0, false
	}
	return float64(a.Must.Pass) / float64(a.Must.Of()), true
}

// Next is what stands between a site and the next grade.
type Next struct {
	Grade   *Grade   `json:"grade"`
	Missing []string `json:"missing"`        // numbers of required items that are below
	Unknown []string `json:"unknown"`        // numbers of required items that the ledger does not tell
	More    int      `json:"more,omitempty"` // recommended items still to be met, any of them
	Way     string   `json:"way,omitempty"`  // cheapest way that puts right what is below
	Cost    *Money   `json:"cost"`           // of that; nil = the profile has no price for it. What is unknown costs nothing here
	Default bool     `json:"costIsDefault,omitempty"`
}

// Assess checks a site item by item. Values that cannot be read come back as Problems, with their column; the rest is then not assessed.
func (c *Columns) Assess(r Record) (*Assessment, error) {
	tier := c.p.Tier(r.Tier)
	if tier == nil {
		return nil, Problems{{File: r.File, Line: r.Row, Value: r.Tier, What: text("标准 %s 没有这个层级", "is no tier of the standard %s", c.p.ID), Hint: suggest(written.Nearest(r.Tier, c.p.TierIDs()), c.p.TierIDs())}}
	}
	s := &sheet{Columns: c, r: r, tier: tier, values: map[string]value{}, told: map[string]bool{}}
	s.read()
	a := &Assessment{Tier: r.Tier, Class: s.class()}
	if err := s.problems.err(); err != nil {
		return nil, err
	}
	s.items(a)
	if err := s.problems.err(); err != nil {
		return nil, err
	}
	c.p.grade(a)
	return a, nil
}

// sheet is one site being assessed.
type sheet struct {
	*Columns
	r        Record
	tier     *Tier
	values   map[string]value
	told     map[string]bool // of the items column: numbers that are present
	problems Problems
}

func (s *sheet) cell(i int) string {
	if i < 0 || i >= len(s.r.Cells) {
		return ""
	}
	return strings.TrimSpace(s.r.Cells[i])
}

// read takes the values of all fields that the row fills in.
func (s *sheet) read() {
	for i := range s.p.Fields {
		f := &s.p.Fields[i]
		column, there := s.byField[f.ID]
		if !there || s.cell(column) == "" {
			continue
		}
		v, wrong := f.ledger(s.cell(column), s.header[column])
		if wrong != nil {
			s.fail(column, *wrong, text("字段 %s（%s）", "field %s (%s)", f.ID, f.Kind))
			continue
		}
		s.values[f.ID] = v
		if f.Kind == "items" {
			s.numbers(column, v.text)
		}
	}
}

func (s *sheet) fail(column int, what, hint Text) {
	s.problems = append(s.problems, &Problem{File: s.r.File, Line: s.r.Row, Key: s.header[column], Value: clip(s.cell(column)), What: what, Hint: hint})
}

// numbers reads a list of item numbers such as "1-12, 15、18".
func (s *sheet) numbers(column int, written string) {
	for _, part := range strings.FieldsFunc(written, func(r rune) bool { return strings.ContainsRune(",，、;； ", r) }) {
		part = strings.ReplaceAll(strings.ReplaceAll(part, "—", "-"), "－", "-")
		from, to, isRange := strings.Cut(part, "-")
		low, errLow := strconv.Atoi(from)
		high, errHigh := strconv.Atoi(to)
		if !isRange || errLow != nil || errHigh != nil {
			s.told[part] = true // a number such as 5.10 or 7.1.3
			continue
		}
		if low > high || high-low > 1000 {
			s.fail(column, text("范围 %s 不对", "has a wrong range %s", part), text("例如 1-12", "for example 1-12"))
			return
		}
		for n := low; n <= high; n++ {
			s.told[strconv.Itoa(n)] = true
		}
	}
	s.told[""] = true // the column is filled in: what it does not name is absent
}

// class is the class of the site: as the ledger says, by id or name, else the tier's default.
func (s *sheet) class() string {
	def := ""
	for _, c := range s.p.Classes {
		if c.Tier == s.tier.ID && c.Default {
			def = c.ID
		}
	}
	v, told := s.values["class"]
	if !told || len(s.p.Classes) == 0 {
		return def
	}
	for _, c := range s.p.Classes {
		if c.Tier == s.tier.ID && (v.text == c.ID || v.text == c.ZH || v.text == c.EN) {
			return c.ID
		}
	}
	s.fail(s.byField["class"], text("没有这个类别", "is not a class of the standard"), suggest(written.Nearest(v.text, s.p.classIDs()), s.p.classIDs()))
	return def
}

// items checks everything that the tier and class must answer to.
func (s *sheet) items(a *Assessment) {
	area, staff := s.tier.MinArea > 0, s.tier.Staff > 0
	var listed []Finding
	for _, l := range s.p.Lists {
		if len(l.Tiers) > 0 && !slices.Contains(l.Tiers, a.Tier) || len(l.Classes) > 0 && !slices.Contains(l.Classes, a.Class) {
			continue
		}
		for i := range l.Items {
			item := &l.Items[i]
			mark := l.markOf(item, a.Tier)
			if mark == "" {
				continue
			}
			f := s.item(&l, item)
			f.Mark = mark
			listed = append(listed, f)
			for _, k := range item.Checks {
				area = area && k.Field != "area"
				staff = staff && k.Field != "staff"
			}
		}
	}
	if area {
		check := Check{Field: "area", AtLeast: s.tier.MinArea.String()}
		a.Items = append(a.Items, s.own("area", Name{"建筑面积", "floor area"}, s.tier.ClauseOf("min_area"), check))
	}
	if staff {
		check := Check{Field: "staff", AtLeast: strconv.Itoa(s.tier.Staff)}
		a.Items = append(a.Items, s.own("staff", Name{"专职人数", "full-time staff"}, s.tier.ClauseOf("staff"), check))
	}
	a.Items = append(a.Items, listed...)
}

// markOf is the mark of an item for a tier, "" when it is not asked there.
func (l *List) markOf(item *Item, tier string) string {
	if item.Marks != nil {
		return item.Marks[tier]
	}
	if l.Mark != "" {
		return l.Mark
	}
	return Must
}

func (s *sheet) own(no string, name Name, clause string, k Check) Finding {
	f := Finding{No: no, Name: name, Clause: clause, Mark: Must, area: no == "area"}
	f.Result, f.Got, f.Want = s.check(&k)
	return f
}

// item checks one item of a list.
func (s *sheet) item(l *List, item *Item) Finding {
	f := Finding{List: l.ID, No: item.No, Name: item.Name, Clause: item.Clause, cost: item.Cost}
	if f.Clause == "" {
		f.Clause = strings.TrimSpace(l.Clause + " " + item.No)
	}
	if len(item.Checks) == 0 {
		f.Result, f.Got = s.present(item)
		return f
	}
	f.Result = Pass
	var got, want []string
	for i := range item.Checks {
		k := &item.Checks[i]
		asked, known := s.asked(k)
		if known && !asked {
			continue
		}
		v, g, w := s.check(k)
		if !known {
			v = Unknown
		}
		f.area = f.area || k.Field == "area" && v == Below
		if v == Below || v == Unknown && f.Result == Pass {
			f.Result = v
		}
		if v != Pass {
			got, want = append(got, g), append(want, w)
		}
	}
	f.Got, f.Want = strings.Join(got, "; "), strings.Join(want, "; ")
	return f
}

// asked reports whether a check holds for this site; known is false when the ledger does not tell.
func (s *sheet) asked(k *Check) (asked, known bool) {
	if k.When == nil {
		return true, true
	}
	v, told := s.values[k.When.Field]
	return told && v.text == k.When.Is, told
}

// present looks for an item that has no threshold: in a column of its own, else in the column of item numbers.
func (s *sheet) present(item *Item) (Verdict, string) {
	for _, name := range []string{item.ZH, item.EN} {
		i, there := s.byName[heading(name)]
		if !there || s.cell(i) == "" {
			continue
		}
		flag := Field{Kind: "flag"}
		v, wrong := flag.plain(s.cell(i))
		if wrong != nil {
			s.fail(i, *wrong, text("写有或无", "write yes or no"))
			return Unknown, s.cell(i)
		}
		if v.text == "yes" {
			return Pass, s.cell(i)
		}
		return Below, s.cell(i)
	}
	switch {
	case s.told[item.No]:
		return Pass, item.No
	case s.told[""]:
		return Below, ""
	}
	return Unknown, ""
}

// check compares a field with its threshold. The boundary passes.
func (s *sheet) check(k *Check) (v Verdict, got, want string) {
	f := s.p.Field(k.Field)
	name := k.Field
	if f != nil {
		name = f.ZH
	}
	want = name + k.bounds()
	have, told := s.values[k.Field]
	if f == nil || !told {
		return Unknown, "", want
	}
	got = name + " " + s.cell(s.byField[k.Field])
	if k.holds(f, have) {
		return Pass, got, want
	}
	return Below, got, want
}

// Text words a threshold in the language, such as "floor area ≥ 400 m2".
func (k *Check) Text(p *Profile, lang string) string {
	name := k.Field
	if f := p.Field(k.Field); f != nil {
		name = f.In(lang)
	}
	if k.When != nil {
		return k.When.Is + ": " + name + k.bounds()
	}
	return name + k.bounds()
}

func (k *Check) bounds() string {
	var out string
	if k.AtLeast != "" {
		out += " ≥ " + k.AtLeast
	}
	if k.AtMost != "" {
		out += " ≤ " + k.AtMost
	}
	if k.Is != "" {
		out += " = " + k.Is
	}
	return out
}

func (k *Check) holds(f *Field, have value) bool {
	compare := func(written string) int {
		want, wrong := f.threshold(written)
		if wrong != nil || want.number == nil || have.number == nil {
			return 2 // check.go has refused such thresholds; without tier fields of its own a profile never gets here
		}
		return have.number.Cmp(want.number)
	}
	switch {
	case k.AtLeast != "" && !slices.Contains([]int{0, 1}, compare(k.AtLeast)):
		return false
	case k.AtMost != "" && !slices.Contains([]int{0, -1}, compare(k.AtMost)):
		return false
	case k.Is != "":
		want, wrong := f.threshold(k.Is)
		return wrong == nil && want.text == have.text
	}
	return true
}

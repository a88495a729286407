package standard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sitecover/data/written"
)

// checker notes what no single key can tell: names that refer to nothing, values that contradict each other.
type checker struct {
	*source
	p *Profile
}

// check verifies a decoded profile.
func (p *Profile) check(s *source) {
	c := &checker{s, p}
	c.tiers()
	c.classes()
	c.lists()
	c.grades()
	c.money()
	c.targets()
	c.siting()
	c.process()
}

// note notes a problem at a key path, or at the nearest of its parents that is written.
func (c *checker) note(path, value string, what, hint Text) {
	for at := path; ; {
		if s, known := c.p.at[at]; known {
			c.fail(s, path, value, what, hint)
			return
		}
		cut := strings.LastIndexByte(at, '.')
		if cut < 0 {
			c.fail(spot{c.file, 0}, path, value, what, hint)
			return
		}
		at = at[:cut]
	}
}

// refer notes a name that is none of those known.
func (c *checker) refer(path, name string, known []string) {
	if name != "" && !slices.Contains(known, name) {
		c.note(path, name, text("没有定义", "is not defined"), suggest(written.Nearest(name, known), known))
	}
}

func (c *checker) referAll(path string, names, known []string) {
	for i, name := range names {
		c.refer(fmt.Sprintf("%s[%d]", path, i), name, known)
	}
}

func ids[T any](list []T, id func(*T) string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = id(&list[i])
	}
	return out
}

// TierIDs lists the tiers from the top down.
func (p *Profile) TierIDs() []string { return ids(p.Tiers, func(t *Tier) string { return t.ID }) }

func (p *Profile) classIDs() []string { return ids(p.Classes, func(c *Class) string { return c.ID }) }
func (p *Profile) fieldIDs() []string { return ids(p.Fields, func(f *Field) string { return f.ID }) }
func (p *Profile) listIDs() []string  { return ids(p.Lists, func(l *List) string { return l.ID }) }
func (p *Profile) wayIDs() []string   { return ids(p.Ways, func(w *Way) string { return w.ID }) }

func (c *checker) tiers() {
	if len(c.p.Tiers) == 0 && !c.p.Abstract {
		c.note("tiers", "", text("至少写一个层级", "needs at least one tier"), text("或写 extends: 某个标准", "or extend a standard with extends: ID"))
	}
	for i, t := range c.p.Tiers {
		path := "tiers." + t.ID
		c.refer(path+".parent", t.Parent, ids(c.p.Tiers[:i], func(t *Tier) string { return t.ID }))
		if t.Nested && t.Parent == "" {
			c.note(path+".nested", "true", text("没有写 parent", "needs a parent"), text("写明上级层级 parent，或删去这一项", "name the parent tier, or remove it"))
		}
		if t.Service != nil {
			c.service(path+".service", t.Service)
		}
	}
}

func (c *checker) service(path string, s *Service) {
	switch {
	case s.Radius > 0 && s.Minutes > 0:
		c.note(path+".minutes", s.Minutes.String(), text("与 radius 只能写一个", "and radius exclude each other"), text("删去一个；扩展时用 radius: null 去掉", "remove one; when extending, radius: null takes it away"))
	case s.Radius == 0 && s.Minutes == 0:
		c.note(path, "", text("没有写 radius 或 minutes", "has neither radius nor minutes"), text("例如 radius: 1000 m", "for example radius: 1000 m"))
	case s.Mode == "straight" && s.Minutes > 0:
		c.note(path+".minutes", s.Minutes.String(), text("直线距离没有时间", "cannot be measured in a straight line"), text("改用 radius，或换一个 mode", "use radius, or another mode"))
	}
	c.stated(path, s.Stated)
}

// stated asks of a default what it rests on.
func (c *checker) stated(path string, s Stated) {
	if s.Default && s.Basis == "" {
		c.note(path+".default", "", text("默认值没有写依据", "is a default without a basis"), text("加上 basis: 依据", "add basis: what it rests on"))
	}
	if s.Default && s.Clause != "" {
		c.note(path+".clause", s.Clause, text("默认值不能有条款号", "cannot be the clause of a default"), text("删去 clause 或 default", "remove clause or default"))
	}
}

func (c *checker) classes() {
	def := map[string]string{}
	for _, x := range c.p.Classes {
		c.refer("classes."+x.ID+".tier", x.Tier, c.p.TierIDs())
		if x.Default {
			if first := def[x.Tier]; first != "" {
				c.note("classes."+x.ID+".default", "", text("层级 %s 的默认类别已是 %s", "tier %s has the default class %s already", x.Tier, first), text("只留一个", "keep one"))
			}
			def[x.Tier] = x.ID
		}
	}
}

func (c *checker) lists() {
	for _, l := range c.p.Lists {
		path := "lists." + l.ID
		c.referAll(path+".tiers", l.Tiers, c.p.TierIDs())
		c.referAll(path+".classes", l.Classes, c.p.classIDs())
		groups := ids(l.Groups, func(g *Group) string { return g.ID })
		for _, item := range l.Items {
			at := path + ".items." + item.No
			c.refer(at+".group", item.Group, groups)
			for tier := range item.Marks { // problems are sorted by line
				c.refer(at+".marks."+tier, tier, c.p.TierIDs())
			}
			for i := range item.Checks {
				c.threshold(fmt.Sprintf("%s.checks[%d]", at, i), &item.Checks[i])
			}
		}
	}
}

func (c *checker) threshold(path string, k *Check) {
	given := 0
	for _, s := range []string{k.AtLeast, k.AtMost, k.Is} {
		if s != "" {
			given++
		}
	}
	if given == 0 || given > 1 && k.Is != "" {
		c.note(path, "", text("要写 at_least、at_most 或 is", "needs at_least, at_most or is"), text("is 不能与另外两个同写", "is excludes the other two"))
	}
	f := c.p.Field(k.Field)
	if f == nil {
		c.refer(path+".field", k.Field, c.p.fieldIDs())
		return
	}
	c.value(path+".at_least", f, k.AtLeast, true)
	c.value(path+".at_most", f, k.AtMost, true)
	c.value(path+".is", f, k.Is, false)
	if k.When != nil {
		if when := c.p.Field(k.When.Field); when != nil {
			c.value(path+".when.is", when, k.When.Is, false)
		} else {
			c.refer(path+".when.field", k.When.Field, c.p.fieldIDs())
		}
	}
}

// value checks the value of a threshold against the kind of its field.
func (c *checker) value(path string, f *Field, written string, ordered bool) {
	if written == "" {
		return
	}
	if ordered != f.ordered() {
		c.note(path, written, text("字段 %s 是 %s，不能这样比较", "field %s is of kind %s and cannot be compared so", f.ID, f.Kind), text("数量用 at_least / at_most，其余用 is", "quantities take at_least or at_most, the others is"))
		return
	}
	if _, wrong := f.threshold(written); wrong != nil {
		c.note(path, written, *wrong, text("字段类型：%s", "kind of the field: %s", f.Kind))
	}
}

func (c *checker) grades() {
	for _, g := range c.p.Grades {
		path := "grades." + g.ID
		c.referAll(path+".lists", g.Lists, c.p.listIDs())
		c.stated(path, g.Stated)
	}
}

func (c *checker) money() {
	for _, price := range c.p.Prices {
		path := "prices." + price.ID
		c.refer(path+".way", price.Way, c.p.wayIDs())
		c.refer(path+".tier", price.Tier, c.p.TierIDs())
		c.refer(path+".class", price.Class, c.p.classIDs())
		c.stated(path, price.Stated)
	}
	if c.p.Programme == nil {
		return
	}
	sum := 0
	for _, b := range c.p.Programme.Batches {
		path := "programme.batches." + b.ID
		c.refer(path+".class", b.Class, c.p.classIDs())
		c.refer(path+".way", b.Way, c.p.wayIDs())
		sum += b.Count
	}
	if total := c.p.Programme.Total; total != 0 && total != sum {
		c.note("programme.total", strconv.Itoa(total), text("各批合计是 %d", "the batches add up to %d", sum), text("改总数，或改各批的个数", "correct the total or the batches"))
	}
}

func (c *checker) targets() {
	for _, t := range c.p.Targets {
		path := "targets." + t.ID
		c.referAll(path+".tiers", t.Tiers, c.p.TierIDs())
		if n := boolInt(t.Year != 0) + boolInt(t.Yearly) + boolInt(t.Undated); n != 1 {
			c.note(path, "", text("要写 year、yearly: true 或 undated: true，三者之一", "needs exactly one of year, yearly: true and undated: true"), text("例如 year: 2027", "for example year: 2027"))
		}
		if t.Year != 0 && (t.Year < 1900 || t.Year > 2200) {
			c.note(path+".year", strconv.Itoa(t.Year), text("不是年份", "is not a year"), text("例如 2027", "for example 2027"))
		}
		if t.Share == 0 && t.Count == 0 && t.Indicator != "debt" {
			c.note(path, "", text("没有写 share 或 count", "has neither share nor count"), text("例如 share: 50%%", "for example share: 50%%"))
		}
	}
}

func (c *checker) siting() {
	for _, r := range c.p.Siting {
		c.referAll("siting."+r.ID+".tiers", r.Tiers, c.p.TierIDs())
		c.referAll("siting."+r.ID+".classes", r.Classes, c.p.classIDs())
	}
	for _, d := range c.p.Duties {
		c.referAll("duties."+d.ID+".tiers", d.Tiers, c.p.TierIDs())
	}
}

// process checks that every state comes after those that it needs.
func (c *checker) process() {
	if c.p.Process == nil {
		return
	}
	states := ids(c.p.Process.States, func(s *State) string { return s.ID })
	for i, s := range c.p.Process.States {
		c.referAll("process.states."+s.ID+".needs", s.Needs, states[:i])
	}
	for _, r := range c.p.Process.Reports {
		if r.Day > 31 {
			c.note("process.reports."+r.ID+".day", strconv.Itoa(r.Day), text("不是几号", "is no day of a month"), text("1 到 31", "1 to 31"))
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

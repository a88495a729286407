package data

import (
	"fmt"
	"math/big"
	"slices"

	"gopkg.in/yaml.v3"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/siting"
)

// tiers reads the service standards, then what refers to them: parents and the site ledgers.
func (l *loader) tiers() {
	nodes := l.top.items("tiers")
	if len(nodes) == 0 && !l.top.has("standard") && !l.top.has("standard_file") { // a standard that fails has said why
		l.top.missing("tiers", T("至少写一个层级", "a study needs at least one tier"))
	}
	lines := map[string]int{}
	var sections []*section
	for i, node := range nodes {
		sec := l.y.section(tierPath(i, node), node)
		spec, id := l.tier(sec), sec.need("id", T("例如 station", "for example station"))
		spec.ID = id
		spec.Name = sec.text("name", id)
		if id != "" && l.unique(lines, sec, id) {
			l.study.Tiers = append(l.study.Tiers, spec)
			sections = append(sections, sec)
		} else {
			sec.get("parent")
			sec.get("nested")
			sec.done()
		}
	}
	for i, sec := range sections {
		t := &l.study.Tiers[i]
		t.Parent, t.Nested = l.parent(sec, i), sec.flag("nested", false)
		if t.Nested && !sec.has("parent") {
			l.y.fail(sec.get("nested"), sec.key("nested"), T("没有写 parent", "needs a parent"), T("写明上级层级 parent，或删去这一项", "name the parent tier, or remove it"))
		}
		t.Nested = t.Nested && t.Parent >= 0 // a parent that is wrong has said so
		sec.done()
	}
	l.siteSources()
}

// tierPath names a tier by its ID where it has one, which reads better in messages and in Study.Set than its place.
func tierPath(i int, node *yaml.Node) string {
	if node.Kind == yaml.MappingNode {
		for k := 0; k+1 < len(node.Content); k += 2 {
			if node.Content[k].Value == "id" && node.Content[k+1].Kind == yaml.ScalarNode && node.Content[k+1].Value != "" {
				return "tiers." + node.Content[k+1].Value
			}
		}
	}
	return fmt.Sprintf("tiers[%d]", i)
}

func (l *loader) tier(sec *section) TierSpec {
	t := TierSpec{Cells: true}
	t.Mode = sec.choice("mode", "walk", append([]string{coverage.Straight}, l.modeIDs()...))
	t.Limit = l.limit(sec, t.Mode)
	t.MinArea = sec.amount("min_area", dimArea, nonNegative, 0)
	t.OwnerLevel = -1
	if level := l.levelOf(sec, "one_per"); level != "" {
		t.OwnerLevel = slices.Index(l.levelIDs(), level)
	}
	t.Cost = l.money(sec, "cost", 0)
	t.Host = l.money(sec, "host_cost", t.Cost)
	t.Cells = sec.flag("cells", true)
	hosts, nodes := sec.words("hosts")
	for i, kind := range hosts {
		if !slices.Contains(l.kinds, kind) {
			l.y.fail(nodes[i], sec.key("hosts"), T("没有这种地点", "is not a known kind of place"), suggest(kind, l.kinds))
		}
	}
	t.Hosts = hosts
	l.siting(sec, &t)
	return t
}

// limit reads the service standard: a radius or a time, exactly one of them.
func (l *loader) limit(sec *section, mode string) geo.Limit {
	switch {
	case sec.has("radius") && sec.has("minutes"):
		l.y.fail(sec.get("minutes"), sec.key("minutes"), T("与 radius 只能写一个", "and radius exclude each other"), T("删去一个", "remove one of them"))
	case sec.has("minutes"):
		if mode == coverage.Straight {
			l.y.fail(sec.get("minutes"), sec.key("minutes"), T("直线距离没有时间", "cannot be measured in a straight line"), T("改用 radius，或换一个 mode", "use radius, or another mode"))
		}
		return l.toLimit(sec, "minutes", geo.Seconds, dimTime)
	case sec.has("radius"):
		return l.toLimit(sec, "radius", geo.Metres, dimLength)
	default:
		sec.missing("radius", T("例如 radius: 1000 m，或 minutes: 15 min", "for example radius: 1000 m, or minutes: 15 min"))
	}
	return geo.Limit{}
}

// maxMetres and maxSeconds bound a service standard: a radius of 500 km or a day is a slip of the pen, and would make every
// search run over the whole network.
const (
	maxMetres  = 500_000
	maxSeconds = 24 * 3600
)

func (l *loader) toLimit(sec *section, key string, metric geo.Metric, d dimension) geo.Limit {
	value, ok := l.limitValue(sec, key, d)
	if !ok {
		return geo.Limit{Metric: metric}
	}
	f := float(value)
	if metric == geo.Metres && f > maxMetres || metric == geo.Seconds && f > maxSeconds {
		l.y.fail(sec.get(key), sec.key(key), T("太大", "is too large"), T("最大 500 km 或 24 h", "at most 500 km or 24 h"))
	}
	return geo.Limit{Metric: metric, Max: geo.ToImpedance(f)}
}

// limitValue reads the number of a service standard. A bare number of minutes is taken, because its key names the unit.
func (l *loader) limitValue(sec *section, key string, d dimension) (*big.Rat, bool) {
	if text, _, ok := sec.scalar(key); ok && key == "minutes" {
		if value, isNumber := new(big.Rat).SetString(text); isNumber && len(text) < 20 && value.Sign() > 0 {
			return value.Mul(value, big.NewRat(60, 1)), true
		}
	}
	return sec.quantity(key, d, positive)
}

func (l *loader) money(sec *section, key string, def siting.Yuan) siting.Yuan {
	value, ok := sec.quantity(key, dimMoney, nonNegative)
	if !ok {
		return def
	}
	money, err := yuan(value)
	if err != nil {
		l.y.fail(sec.get(key), sec.key(key), T("不是整数元", "is not a whole number of yuan"), T("最多四位小数的万元，例如 12.5 万元", "万元 with at most four decimals, for example 12.5 万元"))
		return def
	}
	return money
}

// parent reads the tier that a tier belongs to. It must be listed before, which rules out circles.
func (l *loader) parent(sec *section, at int) int {
	id, node, ok := sec.scalar("parent")
	if !ok {
		return -1
	}
	i := l.tierIndex(id)
	switch {
	case i < 0:
		sec.unknown(node, "parent", l.tierIDs())
	case i >= at:
		l.y.fail(node, sec.key("parent"), T("上级层级要写在前面", "must be listed before this tier"), T("从高到低排列层级", "list the tiers from the top down"))
	default:
		return i
	}
	return -1
}

func (l *loader) tierIndex(id string) int { return slices.Index(l.tierIDs(), id) }

func (l *loader) tierIDs() []string {
	out := make([]string, len(l.study.Tiers))
	for i, t := range l.study.Tiers {
		out[i] = t.ID
	}
	return out
}

func (l *loader) siteSources() {
	l.each("sites", func(sec *section, src Source) {
		s := SiteSource{Source: src, Sheet: sec.text("sheet", ""), Tiers: sec.table("tiers")}
		s.Outside = sec.choice("outside", OutsideRefuse, []string{OutsideRefuse, OutsideKeep, OutsideDrop})
		s.Locate = sec.choice("locate", LocateRefuse, []string{LocateRefuse, LocateRegion})
		if text, node, ok := sec.scalar("tier"); ok {
			s.Tier = text
			if len(l.study.Tiers) > 0 && l.tierIndex(text) < 0 {
				sec.unknown(node, "tier", l.tierIDs())
			}
		}
		if values := sec.value["tiers"]; values != nil && s.Tiers != nil {
			for i := 0; i+1 < len(values.Content); i += 2 {
				if id := values.Content[i+1]; len(l.study.Tiers) > 0 && l.tierIndex(id.Value) < 0 {
					l.y.fail(id, sec.key("tiers."+values.Content[i].Value), T("没有这个层级", "is not a known tier"), suggest(id.Value, l.tierIDs()))
				}
			}
		}
		l.study.Sites = append(l.study.Sites, s)
	})
}

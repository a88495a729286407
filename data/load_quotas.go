package data

import (
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"sitecover/siting"
)

// quotas reads what regions get at least and at most.
func (l *loader) quotas(sec *section) (out []QuotaSpec) {
	for i, node := range sec.items("quotas") {
		sub := l.y.section(sec.key("quotas")+"["+strconv.Itoa(i)+"]", node)
		q := QuotaSpec{Quota: siting.NoQuota(0), Share: sub.amount("money_share", dimShare, share, -1), Line: node.Line}
		if level := l.levelOf(sub, "level"); level != "" {
			q.Level = slices.Index(l.levelIDs(), level)
		} else if !sub.has("level") {
			sub.missing("level", suggest("", l.levelIDs()))
		}
		if id, at, ok := sub.scalar("tier"); ok {
			if q.Tier = l.tierIndex(id); q.Tier < 0 {
				sub.unknown(at, "tier", l.tierIDs())
			}
		}
		q.Min = sub.whole("min", 0, 0, maxQuota)
		q.Max = sub.whole("max", -1, 0, maxQuota)
		q.Money = l.money(sub, "money_max", -1)
		q.Year = sub.whole("by", 0, 1900, 2200)
		q.Names, _ = sub.words("regions")
		switch {
		case sub.broken():
		case q.Max >= 0 && q.Min > q.Max:
			l.y.fail(sub.get("min"), sub.key("min"), T("大于 max", "is more than max"), T("min 不能超过 max", "min must not exceed max"))
		case q.Money >= 0 && q.Share >= 0:
			l.y.fail(sub.get("money_share"), sub.key("money_share"), T("与 money_max 只能写一个", "and money_max exclude each other"), T("删去一个", "remove one of them"))
		case q.Min == 0 && q.Max < 0 && q.Money < 0 && q.Share < 0:
			sub.missing("max", T("min、max、money_max、money_share 至少写一个，例如 max: 3", "give at least one of min, max, money_max and money_share, for example max: 3"))
		}
		sub.done()
		out = append(out, q)
	}
	return out
}

// maxQuota bounds the numbers of sites in a quota.
const maxQuota = 100_000

// pilots reads what comes first.
func (l *loader) pilots(sec *section) *PilotSpec {
	out := &PilotSpec{Line: sec.node.Line}
	out.Regions, _ = sec.words("regions")
	out.Candidates = l.ids(sec, "candidates")
	if len(out.Regions)+len(out.Candidates) == 0 && !sec.broken() {
		sec.missing("regions", T("写 regions 或 candidates，例如 regions: [区划编号]", "give regions or candidates, for example regions: [region id]"))
	}
	sec.done()
	return out
}

// groupWeights reads who counts more in the objective.
func (l *loader) groupWeights(sec *section) (out []GroupWeightSpec) {
	for _, key := range sec.keys {
		w := sec.number(key.Value, 1)
		if w < 1 || w > 10 {
			l.y.fail(sec.value[key.Value], sec.key(key.Value), T("超出范围", "is out of range"), T("1 到 10：该人群一人折合几人", "from 1 to 10: how many people a member counts as"))
			continue
		}
		out = append(out, GroupWeightSpec{Group: key.Value, Weight: w, Line: key.Line})
	}
	sec.done()
	return out
}

// capacity reads how many people a site of a tier can serve.
func (l *loader) capacity(sec *section) *siting.Capacity {
	node := sec.get("capacity")
	if node == nil {
		return nil
	}
	out := &siting.Capacity{}
	if node.Kind == yaml.ScalarNode {
		out.Site = sec.number("capacity", 0)
	} else if sub := sec.sub("capacity"); sub != nil {
		out.Site, out.PerArea = sub.number("site", 0), sub.number("per_m2", 0)
		out.PerStaff, out.Staff = sub.number("per_staff", 0), sub.number("staff", 0)
		sub.done()
	}
	if out.Staff > 0 && out.PerStaff == 0 {
		l.y.fail(node, sec.key("capacity"), T("写了 staff，却没有 per_staff", "gives staff without per_staff"), T("加上 per_staff：每个工作人员能服务多少人", "add per_staff: how many people one of the staff can serve"))
		return nil
	}
	if out.Site == 0 && out.PerArea == 0 && out.PerStaff == 0 {
		l.y.fail(node, sec.key("capacity"), T("没有写出容量", "names no capacity"), T("例如 capacity: 5000（每处多少人），或 capacity: {per_m2: 4, per_staff: 500, site: 3000}", "for example capacity: 5000 (people a site), or capacity: {per_m2: 4, per_staff: 500, site: 3000}"))
		return nil
	}
	return out
}

package data

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"sitecover/geo/network"
	"sitecover/siting"
	"sitecover/siting/solve"
)

// candidates reads the rules for new sites of every tier; pins wait for the tiers.
func (l *loader) candidates() {
	l.study.Candidates = CandidateSpec{MinPeople: 1}
	l.spots = l.top.sub("candidates")
	if sec := l.spots; sec != nil {
		l.study.Candidates.MinPeople = sec.number("min_people", 1)
		l.study.Candidates.Spacing = sec.amount("spacing", dimLength, nonNegative, 0)
	}
}

// pins reads what every plan holds and must not hold.
func (l *loader) pins() {
	if sec := l.spots; sec != nil {
		l.study.Candidates.Pin = l.pinList(sec, "pin")
		l.study.Candidates.Ban = l.ids(sec, "ban")
		sec.done()
	}
}

// ids reads a list of candidate IDs: "cell:<h3>", "host:<place id>", "site:<site id>", or a bare place ID.
func (l *loader) ids(sec *section, key string) (out []string) {
	words, _ := sec.words(key)
	for _, w := range words {
		out = append(out, CandidateID(w))
	}
	return out
}

// CandidateID completes a bare place ID to the candidate's ID.
func CandidateID(word string) string {
	for _, prefix := range []string{"cell:", "host:", "site:"} {
		if strings.HasPrefix(word, prefix) {
			return word
		}
	}
	return "host:" + word
}

func (l *loader) pinList(sec *section, key string) (out []PinSpec) {
	for i, node := range sec.items(key) {
		p := PinSpec{Tier: siting.AllTiers, Line: node.Line}
		if node.Kind == yaml.ScalarNode {
			p.Candidate = CandidateID(strings.TrimSpace(node.Value))
			out = append(out, p)
			continue
		}
		sub := l.y.section(sec.key(key)+"["+strconv.Itoa(i)+"]", node)
		switch {
		case sub.has("place"):
			p.Candidate = "host:" + sub.text("place", "")
			if sub.has("candidate") {
				l.y.fail(sub.get("candidate"), sub.key("candidate"), T("与 place 只能写一个", "and place exclude each other"), T("删去一个", "remove one of them"))
			}
		default:
			p.Candidate = CandidateID(sub.need("candidate", T("候选点编号，例如 cell:8930…，或写 place: 地点编号", "a candidate's id such as cell:8930…, or place: a place's id")))
		}
		if id, node, ok := sub.scalar("tier"); ok {
			if p.Tier = l.tierIndex(id); p.Tier < 0 {
				sub.unknown(node, "tier", l.tierIDs())
			}
		}
		if text, node, ok := sub.scalar("year"); ok {
			year, err := strconv.Atoi(strings.TrimSuffix(text, "年"))
			switch {
			case err != nil || year < 1900 || year > 2200:
				l.y.fail(node, sub.key("year"), T("不是年份", "is not a year"), T("例如 2027", "for example 2027"))
			case p.Tier == siting.AllTiers:
				l.y.fail(node, sub.key("year"), T("写了年份就要写 tier", "needs a tier beside it"), suggest("", l.tierIDs()))
			default:
				p.Year = year
			}
		}
		sub.done()
		out = append(out, p)
	}
	return out
}

// siting reads the rules of one tier for its new sites.
func (l *loader) siting(sec *section, t *TierSpec) {
	t.Upgrade, t.Upgrades = l.money(sec, "upgrade_cost", 0), sec.has("upgrade_cost")
	t.ParentWithin = sec.amount("parent_within", dimLength, nonNegative, 0)
	if t.ParentWithin > 0 && !sec.has("parent") {
		l.y.fail(sec.get("parent_within"), sec.key("parent_within"), T("没有写 parent", "needs a parent"), T("写明上级层级 parent，或删去这一项", "name the parent tier, or remove it"))
	}
	t.Capacity = l.capacity(sec)
	t.MinPeople = sec.number("min_people", l.study.Candidates.MinPeople)
	t.Spacing = sec.amount("spacing", dimLength, nonNegative, l.study.Candidates.Spacing)
	t.Weight = 1
	if w := sec.number("weight", 1); w > 0 && w <= 1000 {
		t.Weight = w
	} else {
		l.y.fail(sec.get("weight"), sec.key("weight"), T("超出范围", "is out of range"), T("大于 0，最大 1000", "more than 0, at most 1000"))
	}
	if sec.has("presence_weight") {
		if t.Presence = sec.number("presence_weight", 0); t.Presence == 0 {
			t.Presence = -1 // asked for: worth nothing
		}
	}
	l.must(sec.sub("must"), t)
	if sec.has("avoid") {
		t.Avoid, _ = sec.words("avoid")
		if t.Avoid == nil {
			t.Avoid = []string{}
		}
	}
	if sub := sec.sub("prefer"); sub != nil {
		t.Prefer = &PreferSpec{Worth: sub.number("worth", 0)}
		if near := sub.sub("near_place"); near != nil {
			t.Prefer.PlaceSpec = l.nearPlace(near)
		} else {
			sub.missing("near_place", T("例如 near_place: {kinds: [bus_stop], within: 100 m}", "for example near_place: {kinds: [bus_stop], within: 100 m}"))
		}
		if !sub.has("worth") {
			sub.missing("worth", T("折合每年多少人，例如 worth: 50", "in people a year, for example worth: 50"))
		}
		sub.done()
	}
}

func (l *loader) must(sec *section, t *TierSpec) {
	if sec == nil {
		return
	}
	if near := sec.sub("near_road"); near != nil {
		t.Must.Road = l.nearRoad(near)
	}
	if near := sec.sub("near_place"); near != nil {
		spec := l.nearPlace(near)
		t.Must.Place = &spec
	}
	if around := sec.sub("min_people_within"); around != nil {
		t.Must.People = &siting.PeopleWithin{People: around.number("people", 0), Radius: l.within(around, "radius")}
		if !around.has("people") {
			around.missing("people", T("例如 people: 300", "for example people: 300"))
		}
		around.done()
	}
	t.Must.Regions, _ = sec.words("region")
	sec.done()
}

func (l *loader) nearRoad(sec *section) *RoadSpec {
	out := &RoadSpec{Within: l.within(sec, "within")}
	words, nodes := sec.words("classes")
	for i, w := range words {
		class, known := roadClasses[w]
		if !known {
			l.y.fail(nodes[i], sec.key("classes"), T("没有这种道路", "is not a known class of road"), suggest(w, roadClassNames()))
			continue
		}
		if !slices.Contains(out.Classes, class) {
			out.Classes = append(out.Classes, class)
		}
	}
	if len(words) == 0 && !sec.broken() {
		sec.missing("classes", T("例如 classes: [trunk, primary]", "for example classes: [trunk, primary]"))
		out.Classes = []network.Class{network.Trunk}
	}
	sec.done()
	return out
}

func (l *loader) nearPlace(sec *section) PlaceSpec {
	out := PlaceSpec{Within: l.within(sec, "within")}
	words, nodes := sec.words("kinds")
	for i, w := range words {
		if !slices.Contains(l.kinds, w) {
			l.y.fail(nodes[i], sec.key("kinds"), T("没有这种地点", "is not a known kind of place"), suggest(w, l.kinds))
		}
	}
	if out.Kinds = words; len(words) == 0 && !sec.broken() {
		sec.missing("kinds", T("例如 kinds: [bus_stop]", "for example kinds: [bus_stop]"))
	}
	sec.done()
	return out
}

// within reads a required distance.
func (l *loader) within(sec *section, key string) float64 {
	if !sec.has(key) {
		sec.missing(key, T("例如 300 m", "for example 300 m"))
		return 0
	}
	return sec.amount(key, dimLength, positive, 0)
}

// rollout reads how money becomes sites.
func (l *loader) rollout() {
	l.study.Plan = l.planSpec(l.top.sub("plan"), PlanSpec{LeadYears: 1})
}

func (l *loader) planSpec(sec *section, def PlanSpec) PlanSpec {
	if sec == nil {
		return def
	}
	out := PlanSpec{LeadYears: sec.whole("lead_years", def.LeadYears, 0, 20), Unspent: def.Unspent, Fair: def.Fair,
		Quotas: def.Quotas, Pilots: def.Pilots, Groups: def.Groups}
	if sec.has("quotas") {
		out.Quotas = l.quotas(sec)
	}
	if sub := sec.sub("pilots"); sub != nil {
		out.Pilots = l.pilots(sub)
	}
	if sub := sec.sub("group_weights"); sub != nil {
		out.Groups = l.groupWeights(sub)
	}
	if sub := sec.sub("fair"); sub != nil {
		out.Fair = l.fair(sub)
	}
	switch word := sec.choice("unspent", "", []string{"lapses", "carries_over"}); word {
	case "lapses":
		out.Unspent = solve.Lapses
	case "carries_over":
		out.Unspent = solve.CarriesOver
	}
	sec.done()
	return out
}

// fair reads which regions get something by when.
func (l *loader) fair(sec *section) *siting.Fair {
	out := &siting.Fair{Year: sec.whole("by", 0, 1900, 2200)}
	if level := l.levelOf(sec, "level"); level != "" {
		out.Level = slices.Index(l.levelIDs(), level)
	}
	if !sec.has("level") {
		sec.missing("level", suggest("", l.levelIDs()))
	}
	if !sec.has("by") {
		sec.missing("by", T("例如 by: 2028", "for example by: 2028"))
	}
	sec.done()
	return out
}

// scenarios reads the variants of the study.
func (l *loader) scenarios() {
	top := l.top.sub("scenarios")
	if top == nil {
		return
	}
	for _, key := range top.keys {
		sec := top.sub(key.Value)
		if sec == nil {
			sec = l.y.section(top.key(key.Value), &yaml.Node{Kind: yaml.MappingNode, Line: key.Line})
		}
		s := ScenarioSpec{Name: key.Value, Line: key.Line, Spacing: -1, MinPeople: -1, Budgets: l.budget(sec.sub("budget")),
			Ban: l.ids(sec, "ban"), Pin: l.pinList(sec, "pin"), Plan: l.planSpec(sec.sub("plan"), l.study.Plan)}
		s.Spacing = sec.amount("spacing", dimLength, nonNegative, -1)
		s.MinPeople = sec.number("min_people", -1)
		s.HostsOnly = sec.flag("hosts_only", false)
		s.NoTargets = sec.flag("no_targets", false)
		sec.done()
		l.study.Scenarios = append(l.study.Scenarios, s)
	}
	top.done()
}

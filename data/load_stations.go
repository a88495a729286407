package data

import "slices"

// stations reads what 红色驿站 are asked for.
func (l *loader) stations() {
	sec := l.top.sub("stations")
	if sec == nil {
		return
	}
	spec := &StationSpec{Weights: defaultWeights()}
	spec.Count = sec.whole("count", 10, 1, 10000)
	spec.Catchment = sec.amount("catchment", dimLength, positive, 300)
	spec.Spacing = sec.amount("spacing", dimLength, nonNegative, 1000)
	if weights := sec.sub("weights"); weights != nil {
		for _, kind := range append([]string{"residents", "road"}, l.kinds...) {
			if f := weights.number(kind, -1); f >= 0 {
				spec.Weights[kind] = f
			}
		}
		weights.done()
	}
	if spec.HoursText = sec.text("hours", ""); spec.HoursText != "" {
		hours, problem := parseHours(spec.HoursText)
		switch {
		case problem != nil:
			l.y.fail(sec.get("hours"), sec.key("hours"), problem.what, problem.hint)
		case hours != nil && len(hours.Spans()) == 0:
			l.y.fail(sec.get("hours"), sec.key("hours"), T("从不开放", "is never open"), T("例如 06:00-22:00", "for example 06:00-22:00"))
		}
		spec.Hours = hours
	}
	if existing := sec.sub("existing"); existing != nil {
		l.standing(existing, spec)
	}
	if workers := sec.sub("workers"); workers != nil {
		spec.Workers = l.workers(workers)
	}
	sec.done()
	l.study.Stations = spec
}

// standing reads which sites and places are stations that stand already.
func (l *loader) standing(sec *section, spec *StationSpec) {
	words, nodes := sec.words("tiers")
	for i, w := range words {
		if t := l.tierIndex(w); t >= 0 {
			spec.ExistingTiers = append(spec.ExistingTiers, t)
		} else {
			l.y.fail(nodes[i], sec.key("tiers"), T("没有这一级", "is no tier of the study"), suggest(w, l.tierIDs()))
		}
	}
	spec.ExistingKinds, nodes = sec.words("kinds")
	for i, w := range spec.ExistingKinds {
		if !slices.Contains(l.kinds, w) {
			l.y.fail(nodes[i], sec.key("kinds"), T("没有这种地点", "is not a known kind of place"), suggest(w, l.kinds))
		}
	}
	sec.done()
}

// defaultWorkerWeight is what 100 people who work out of doors count: ten times as many residents, an order of magnitude as the
// other weights are.
const defaultWorkerWeight = 10

// workers reads groups of people who work out of doors, by name.
func (l *loader) workers(sec *section) (out []WorkerSpec) {
	for _, key := range sec.keys {
		g := sec.sub(key.Value)
		if g == nil {
			l.y.failAt(key.Line, sec.key(key.Value), "", T("没有内容", "is empty"), T("例如 {entities: [快递网点]}", "for example {entities: [depot]}"))
			continue
		}
		if key.Value == "residents" || key.Value == "road" || slices.Contains(l.kinds, key.Value) {
			l.y.failAt(key.Line, sec.key(key.Value), "", T("与地点种类同名", "is the name of a kind of place"), T("换一个名称，例如 couriers", "take another name, such as couriers"))
		}
		spec := WorkerSpec{ID: key.Value, Weight: g.number("weight", defaultWorkerWeight), Group: g.text("group", ""), Line: key.Line}
		spec.Entities, _ = g.words("entities")
		if len(spec.Entities) == 0 && spec.Group == "" && !g.broken() {
			l.y.failAt(key.Line, sec.key(key.Value), "", T("没有写明人在哪里", "does not tell where they are"),
				T("写 entities（实体种类，带人数）或 group（人口文件中的人群）", "give entities (kinds of entities with a headcount) or group (a group of the population)"))
		}
		g.done()
		out = append(out, spec)
	}
	sec.done()
	return out
}

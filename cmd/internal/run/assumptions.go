package run

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/geo/network"
	"sitecover/reports"
	"sitecover/siting"
	"sitecover/siting/solve"
)

// Assumptions lists every number and rule that shaped the results: what it is, its value, where it comes from, and whether
// the user set it or it is a default.
func (s *Session) Assumptions() []reports.Assumption {
	b := &assumptions{s: s}
	b.rules()
	for i := range s.Study.Tiers {
		b.tier(i)
	}
	for _, m := range s.Study.Modes {
		if slices.ContainsFunc(s.tiers, func(t coverage.Tier) bool { return t.Mode == m.ID }) {
			b.mode(m)
		}
	}
	if s.Plan != nil {
		b.plan()
	}
	if s.Study.Stations != nil {
		b.stations()
	}
	return b.list
}

type assumptions struct {
	s    *Session
	list []reports.Assumption
}

// add lists one; source says where a default comes from and is replaced by the line of the study file where the user set it.
func (b *assumptions) add(key, zh, en, value, source string) {
	line, set := b.s.Study.Set[key]
	if set {
		source = "study.yaml:" + strconv.Itoa(line)
	}
	isDefault := !set
	if o, filled := b.s.Study.From[key]; filled {
		source, isDefault = o.String(), o.Default
	}
	in, words := valueWords[value]
	if !words {
		in = data.Text{EN: value}
	}
	b.list = append(b.list, reports.Assumption{Key: key, ZH: zh, EN: en, Value: in.EN, ValueZH: in.ZH, Source: source, Default: isDefault})
}

// valueWords are the values that are words: how people say them.
var valueWords = map[string]data.Text{
	"any": {ZH: "任何一处", EN: "any site"}, "walk": {ZH: "步行", EN: "walking"}, "elderly": {ZH: "老年人步行", EN: "elderly walking"},
	"ebike": {ZH: "电动自行车", EN: "e-bike"}, "drive": {ZH: "驾车", EN: "driving"}, "straight": {ZH: "直线距离", EN: "straight line"},
}

func (b *assumptions) rules() {
	b.add("date", "统计日期", "reporting date", b.s.Study.Date.Format("2006-01-02"), "")
	b.add("grid.resolution", "H3 网格级别", "H3 resolution of the grid", strconv.Itoa(b.s.Study.Resolution), "methods: resolution 9, about 0.1 km² a cell")
	b.add("rule.boundary", "恰好等于服务半径算覆盖", "exactly at the limit counts as covered", "≤", "methods: boundary rule")
	b.placement()
	b.add("rule.any", "居民可使用任何最近的设施，不限所属区域", "people may use any nearest site, whichever region owns it", "any", "source 003")
}

// placement tells where the people of a cell stand.
func (b *assumptions) placement() {
	if p := b.s.Placed; p != nil {
		b.add("grid.placement", "网格内人口沿街道按长度分布，每块最多点数", "the people of a cell stand along its streets by length; points a part at most", strconv.Itoa(p.PerPart), "docs/cell-accuracy.md")
		return
	}
	b.add("grid.placement", "每个网格（跨区时每块）的人口集中在一个代表点", "the people of a cell (of each part where it straddles regions) stand at one point", "1", "methods")
}

func (b *assumptions) tier(i int) {
	t := b.s.Study.Tiers[i]
	key := "tiers." + t.ID + "."
	limit := key + "radius"
	if _, _, minutes := b.s.Study.SourceOf(key + "minutes"); minutes {
		limit = key + "minutes"
	}
	b.add(limit, t.Name+"：服务半径", t.Name+": service radius", LimitText(t.Limit), "GB 50180-2018 by analogy; no norm of its own exists")
	b.add(key+"mode", t.Name+"：出行方式", t.Name+": travel mode", t.Mode, "methods: walking")
	b.add(key+"min_area", t.Name+"：最小面积", t.Name+": minimum floor area", fmt.Sprintf("%g m²", t.MinArea), "none asked")
	if len(b.s.Study.Budgets) > 0 {
		b.add(key+"cost", t.Name+"：新建造价", t.Name+": cost of a new site", money(t.Cost), "methods: order of magnitude of published projects")
		b.add(key+"host_cost", t.Name+"：依托现有场所的造价", t.Name+": cost in a host place", money(t.Host), "same as cost")
	}
}

func money(y siting.Yuan) string {
	return strconv.FormatFloat(float64(y)/float64(siting.Wan), 'f', -1, 64) + " 万元"
}

func (b *assumptions) mode(m network.Mode) {
	key := "modes." + m.ID + "."
	speeds := map[string]bool{}
	low, high := 0.0, 0.0
	for _, v := range m.Speed {
		if v > 0 {
			speeds[strconv.FormatFloat(v, 'g', -1, 64)] = true
			if low == 0 || v < low {
				low = v
			}
			high = max(high, v)
		}
	}
	value := fmt.Sprintf("%g km/h", low)
	if len(speeds) > 1 {
		value = fmt.Sprintf("%g–%g km/h", low, high)
	}
	b.add(key+"speed", m.ID+"：速度", m.ID+": speed", value, "methods: GB 50180-2018 implies 3.2–4.0 km/h on foot")
	b.add(key+"off_road", m.ID+"：离路段速度", m.ID+": speed on the access legs", fmt.Sprintf("%g km/h", m.OffRoad), "methods")
	b.add(key+"max_access", m.ID+"：离路最远（更远算未连通）", m.ID+": farthest from a road (beyond it: unconnected)", fmt.Sprintf("%g m", m.MaxAccess), "methods: 500 m")
}

func (b *assumptions) plan() {
	p := b.s.Plan
	b.add("candidates.min_people", "候选点服务半径内至少人口", "people a candidate must reach", fmt.Sprintf("%g", b.s.Study.Candidates.MinPeople), "program default")
	b.add("candidates.spacing", "同级设施最小间距", "least distance between sites of a tier", fmt.Sprintf("%g m", b.s.Study.Candidates.Spacing), "none asked")
	b.add("plan.lead_years", "当年投资、次年起开放（年数）", "years from funding to opening", strconv.Itoa(p.LeadYears), "methods: funded in year k, open from year k+1")
	for i := range b.s.Study.Tiers {
		b.siting(&b.s.Study.Tiers[i])
	}
	carried := "0 %"
	if b.s.Study.Plan.Unspent == solve.CarriesOver {
		carried = "100 %"
	}
	b.add("plan.unspent", "当年未用完的资金结转到下年的比例", "share of a year's unspent money that the next year gets", carried, "program default")
	for i, w := range p.Weights {
		t := b.s.Study.Tiers[i]
		b.add("tiers."+t.ID+".weight", t.Name+"：一人覆盖一年的价值", t.Name+": value of a person-year", fmt.Sprintf("%g", w.Person), "program default")
		if t.OwnerLevel >= 0 {
			b.add("tiers."+t.ID+".presence_weight", t.Name+"：一个区域有了设施一年的价值（折合人年）", t.Name+": value of a region owning a site for a year, in person-years",
				strconv.FormatFloat(w.Presence, 'f', 0, 64), "program default: mean people of a region of that level")
		}
	}
}

// siting lists the rules for new sites of a tier, where they differ from those of all tiers or ask for something.
func (b *assumptions) siting(t *data.TierSpec) {
	key := "tiers." + t.ID + "."
	if t.ParentWithin > 0 {
		b.add(key+"parent_within", t.Name+"：离上级设施最远", t.Name+": farthest from a site of the parent tier", fmt.Sprintf("%g m", t.ParentWithin), "")
	}
	if t.Upgrades {
		b.add(key+"upgrade_cost", t.Name+"：功能提升造价", t.Name+": cost of an upgrade", money(t.Upgrade), "")
	}
	if t.MinPeople != b.s.Study.Candidates.MinPeople {
		b.add(key+"min_people", t.Name+"：候选点服务半径内至少人口", t.Name+": people a candidate must reach", fmt.Sprintf("%g", t.MinPeople), "")
	}
	if t.Spacing != b.s.Study.Candidates.Spacing {
		b.add(key+"spacing", t.Name+"：最小间距", t.Name+": least distance between sites", fmt.Sprintf("%g m", t.Spacing), "")
	}
	if m := t.Must.Road; m != nil {
		b.add(key+"must.near_road", t.Name+"：必须临近道路", t.Name+": must be near a road", fmt.Sprintf("≤ %g m", m.Within), "")
	}
	if m := t.Must.Place; m != nil {
		b.add(key+"must.near_place", t.Name+"：必须临近地点", t.Name+": must be near a place", fmt.Sprintf("%v ≤ %g m", m.Kinds, m.Within), "")
	}
	if m := t.Must.People; m != nil {
		b.add(key+"must.min_people_within", t.Name+"：周边至少人口", t.Name+": people around", fmt.Sprintf("≥ %g, %g m", m.People, m.Radius), "")
	}
	if len(t.Must.Regions) > 0 {
		b.add(key+"must.region", t.Name+"：限定区域", t.Name+": only in regions", fmt.Sprint(t.Must.Regions), "")
	}
	if t.Avoid != nil {
		b.add(key+"avoid", t.Name+"：避让的禁建区种类", t.Name+": kinds of exclusions that forbid it", fmt.Sprint(t.Avoid), "")
	}
	if p := t.Prefer; p != nil {
		b.add(key+"prefer", t.Name+"：优先临近地点，每年折合人数", t.Name+": near such places a site is worth so many people more a year",
			fmt.Sprintf("%v ≤ %g m: %g", p.Kinds, p.Within, p.Worth), "")
	}
}

func (b *assumptions) stations() {
	st := b.s.Study.Stations
	b.add("stations.catchment", "红色驿站：步行吸引半径", "red stations: catchment on foot", fmt.Sprintf("%g m", st.Catchment), "methods: 300 m")
	b.add("stations.spacing", "红色驿站：最小间距", "red stations: least distance between two", fmt.Sprintf("%g m", st.Spacing), "Shandong 2022; Hengyang 2021")
	for _, kind := range slices.Sorted(maps.Keys(st.Weights)) {
		b.add("stations.weights."+kind, "红色驿站：人流权重 "+kind, "red stations: footfall weight of "+kind, fmt.Sprintf("%g", st.Weights[kind]), "program default")
	}
}

package run

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// add lists one whose value reads the same in both languages; source says where a default comes from and is replaced by the line of the
// study file where the user set it.
func (b *assumptions) add(key, zh, en, value string, source data.Text) {
	b.say(key, zh, en, data.Text{EN: value}, source)
}

// say is add for a value that is words.
func (b *assumptions) say(key, zh, en string, value, source data.Text) {
	line, set := b.s.Study.Set[key]
	if set {
		source = data.Text{EN: "study.yaml:" + strconv.Itoa(line)}
	}
	isDefault := !set
	if o, filled := b.s.Study.From[key]; filled {
		source, isDefault = o.Text(), o.Default
	}
	b.list = append(b.list, reports.Assumption{Key: key, ZH: zh, EN: en, Value: value.EN, ValueZH: value.ZH, Source: source.EN, SourceZH: source.ZH, Default: isDefault})
}

// from is a source in words.
func from(zh, en string) data.Text { return data.Text{ZH: zh, EN: en} }

// Sources of what nobody set: a rule that the method fixes, and a number that the program chose.
var byMethod, byProgram = from("方法约定", "rule of the method"), from("程序默认值", "program default")

// modeName, kindName and kindNames are how people call travel modes and kinds of places.
func modeName(id string) data.Text { return data.Text(reports.ModeName(id)) }
func kindName(id string) data.Text { return data.Text(reports.KindName(id)) }
func kindNames(ids []string) (out data.Text) {
	for i, id := range ids {
		if i > 0 {
			out.ZH, out.EN = out.ZH+"、", out.EN+", "
		}
		name := kindName(id)
		out.ZH, out.EN = out.ZH+name.ZH, out.EN+name.EN
	}
	return out
}

func (b *assumptions) rules() {
	b.add("date", "统计日期", "reporting date", b.s.Study.Date.Format("2006-01-02"), data.Text{})
	b.add("grid.resolution", "H3 网格级别", "H3 resolution of the grid", strconv.Itoa(b.s.Study.Resolution), from("程序默认值：9 级，一格约 0.1 km²", "program default: resolution 9, about 0.1 km² a cell"))
	b.add("rule.boundary", "恰好等于服务半径算覆盖", "exactly at the limit counts as covered", "≤", byMethod)
	b.placement()
	b.say("rule.any", "居民可使用任何最近的设施，不限所属区域", "people may use any nearest site, whichever region owns it", from("任何一处", "any site"), byMethod)
}

// placement tells where the people of a cell stand.
func (b *assumptions) placement() {
	if p := b.s.Placed; p != nil {
		b.add("grid.placement", "网格内人口沿街道按长度分布，每块最多点数", "the people of a cell stand along its streets by length; points a part at most", strconv.Itoa(p.PerPart), from("程序默认值，误差见 docs/cell-accuracy.md", "program default; its error is in docs/cell-accuracy.md"))
		return
	}
	b.add("grid.placement", "每个网格（跨区时每块）的人口集中在一个代表点", "the people of a cell (of each part where it straddles regions) stand at one point", "1", byMethod)
}

func (b *assumptions) tier(i int) {
	t := b.s.Study.Tiers[i]
	key := "tiers." + t.ID + "."
	limit := key + "radius"
	if _, _, minutes := b.s.Study.SourceOf(key + "minutes"); minutes {
		limit = key + "minutes"
	}
	b.add(limit, t.Name+"：服务半径", t.Name+": service radius", LimitText(t.Limit), from("类比 GB 50180-2018；没有专门的规范", "GB 50180-2018 by analogy; no norm of its own exists"))
	b.say(key+"mode", t.Name+"：出行方式", t.Name+": travel mode", modeName(t.Mode), byProgram)
	b.add(key+"min_area", t.Name+"：最小面积", t.Name+": minimum floor area", fmt.Sprintf("%g m²", t.MinArea), from("未提出要求", "none asked"))
	if t.Nested {
		b.say(key+"nested", t.Name+"：上级设施可代替本级", t.Name+": sites of higher tiers stand in for its own",
			from("半径按本级，面积要达到本级要求；站点数仍按各级分别统计", "within its own radius, if they meet its floor area; sites are still counted by tier"), data.Text{})
	}
	if len(b.s.Study.Budgets) > 0 {
		b.add(key+"cost", t.Name+"：新建造价", t.Name+": cost of a new site", money(t.Cost), from("公开项目的数量级", "order of magnitude of published projects"))
		b.add(key+"host_cost", t.Name+"：依托现有场所的造价", t.Name+": cost in a host place", money(t.Host), from("与新建造价相同", "same as the cost of a new site"))
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
	name := modeName(m.ID)
	b.add(key+"speed", name.ZH+"：速度", name.EN+": speed", value, from("程序默认值：GB 50180-2018 折合步行 3.2–4.0 km/h", "program default: GB 50180-2018 implies 3.2–4.0 km/h on foot"))
	b.add(key+"off_road", name.ZH+"：离路段速度", name.EN+": speed on the access legs", fmt.Sprintf("%g km/h", m.OffRoad), byProgram)
	b.add(key+"max_access", name.ZH+"：离路最远（更远算未连通）", name.EN+": farthest from a road (beyond it: unconnected)", fmt.Sprintf("%g m", m.MaxAccess), byProgram)
}

func (b *assumptions) plan() {
	p := b.s.Plan
	b.add("candidates.min_people", "候选点服务半径内至少人口", "people a candidate must reach", fmt.Sprintf("%g", b.s.Study.Candidates.MinPeople), byProgram)
	b.add("candidates.spacing", "同级设施最小间距", "least distance between sites of a tier", fmt.Sprintf("%g m", b.s.Study.Candidates.Spacing), from("未提出要求", "none asked"))
	b.add("plan.lead_years", "当年投资、次年起开放（年数）", "years from funding to opening", strconv.Itoa(p.LeadYears), from("程序默认值：当年投资、次年开放", "program default: funded in one year, open from the next"))
	for i := range b.s.Study.Tiers {
		b.siting(&b.s.Study.Tiers[i])
	}
	carried := "0 %"
	if b.s.Study.Plan.Unspent == solve.CarriesOver {
		carried = "100 %"
	}
	b.add("plan.unspent", "当年未用完的资金结转到下年的比例", "share of a year's unspent money that the next year gets", carried, byProgram)
	for _, g := range b.s.Study.Plan.Groups {
		name := data.Text(reports.GroupName(g.Group))
		b.add("plan.group_weights."+g.Group, name.ZH+"：优化目标中一人折合（人）", name.EN+": a member counts in the objective as so many people", fmt.Sprintf("%g", g.Weight), data.Text{})
	}
	if n := len(b.s.Study.Plan.Quotas); n > 0 {
		b.add("plan.quotas", "区域配额（条）", "rules of regional quotas", strconv.Itoa(n), data.Text{})
	}
	for i, w := range p.Weights {
		t := b.s.Study.Tiers[i]
		b.add("tiers."+t.ID+".weight", t.Name+"：一人覆盖一年的价值", t.Name+": value of a person-year", fmt.Sprintf("%g", w.Person), byProgram)
		if t.OwnerLevel >= 0 {
			b.add("tiers."+t.ID+".presence_weight", t.Name+"：一个区域有了设施一年的价值（折合人年）", t.Name+": value of a region owning a site for a year, in person-years",
				strconv.FormatFloat(w.Presence, 'f', 0, 64), from("程序默认值：该级区域的平均人口", "program default: mean people of a region of that level"))
		}
	}
}

// siting lists the rules for new sites of a tier, where they differ from those of all tiers or ask for something.
func (b *assumptions) siting(t *data.TierSpec) {
	key := "tiers." + t.ID + "."
	if t.ParentWithin > 0 {
		b.add(key+"parent_within", t.Name+"：离上级设施最远", t.Name+": farthest from a site of the parent tier", fmt.Sprintf("%g m", t.ParentWithin), data.Text{})
	}
	if t.Upgrades {
		b.add(key+"upgrade_cost", t.Name+"：功能提升造价", t.Name+": cost of an upgrade", money(t.Upgrade), data.Text{})
	}
	if t.MinPeople != b.s.Study.Candidates.MinPeople {
		b.add(key+"min_people", t.Name+"：候选点服务半径内至少人口", t.Name+": people a candidate must reach", fmt.Sprintf("%g", t.MinPeople), data.Text{})
	}
	if t.Spacing != b.s.Study.Candidates.Spacing {
		b.add(key+"spacing", t.Name+"：最小间距", t.Name+": least distance between sites", fmt.Sprintf("%g m", t.Spacing), data.Text{})
	}
	if m := t.Must.Road; m != nil {
		b.add(key+"must.near_road", t.Name+"：必须临近道路", t.Name+": must be near a road", fmt.Sprintf("≤ %g m", m.Within), data.Text{})
	}
	if m := t.Must.Place; m != nil {
		kinds := kindNames(m.Kinds)
		b.say(key+"must.near_place", t.Name+"：必须临近地点", t.Name+": must be near a place", data.Text{ZH: fmt.Sprintf("%s，%g m 以内", kinds.ZH, m.Within), EN: fmt.Sprintf("%s, within %g m", kinds.EN, m.Within)}, data.Text{})
	}
	if m := t.Must.People; m != nil {
		b.add(key+"must.min_people_within", t.Name+"：周边至少人口", t.Name+": people around", fmt.Sprintf("≥ %g, %g m", m.People, m.Radius), data.Text{})
	}
	if len(t.Must.Regions) > 0 {
		b.add(key+"must.region", t.Name+"：限定区域", t.Name+": only in regions", strings.Join(t.Must.Regions, ", "), data.Text{})
	}
	if t.Avoid != nil {
		b.say(key+"avoid", t.Name+"：避让的禁建区种类", t.Name+": kinds of exclusions that forbid it", kindNames(t.Avoid), data.Text{})
	}
	if p := t.Prefer; p != nil {
		kinds := kindNames(p.Kinds)
		b.say(key+"prefer", t.Name+"：优先临近地点，每年折合人数", t.Name+": near such places a site is worth so many people more a year",
			data.Text{ZH: fmt.Sprintf("%s，%g m 以内：%g", kinds.ZH, p.Within, p.Worth), EN: fmt.Sprintf("%s, within %g m: %g", kinds.EN, p.Within, p.Worth)}, data.Text{})
	}
}

func (b *assumptions) stations() {
	st := b.s.Study.Stations
	b.add("stations.catchment", "红色驿站：步行吸引半径", "red stations: catchment on foot", fmt.Sprintf("%g m", st.Catchment), byProgram)
	b.add("stations.spacing", "红色驿站：最小间距", "red stations: least distance between two", fmt.Sprintf("%g m", st.Spacing), from("山东省 2022 年、衡阳市 2021 年的做法", "practice of Shandong 2022 and Hengyang 2021"))
	hours := data.T("全天", "all day")
	if st.Hours != nil {
		hours = data.Text{EN: st.HoursText}
	}
	b.say("stations.hours", "红色驿站：开放时段", "red stations: opening hours", hours, byProgram)
	rules := siting.DefaultStationRules()
	b.add("stations.roadside", "红色驿站：无依托场所的吸引力，与依托场所的相比", "red stations: what one without a host captures, against one with", fmt.Sprintf("%g", rules.Roadside), byProgram)
	b.say("stations.runs", "红色驿站：敏感性试算", "red stations: sensitivity runs", data.Text{
		ZH: fmt.Sprintf("%d 次，权重与半径各在 ±%g %% 内变动", rules.Runs, rules.Vary*100), EN: fmt.Sprintf("%d, weights and catchment within ±%g %%", rules.Runs, rules.Vary*100)}, byProgram)
	for _, kind := range slices.Sorted(maps.Keys(st.Weights)) {
		name := kindName(kind)
		b.add("stations.weights."+kind, "红色驿站：人流权重（"+name.ZH+"）", "red stations: footfall weight of "+name.EN, fmt.Sprintf("%g", st.Weights[kind]), byProgram)
	}
	for _, w := range st.Workers {
		name := kindName(w.ID)
		b.add("stations.workers."+w.ID, "红色驿站：每百名户外劳动者的权重（"+name.ZH+"）", "red stations: weight of 100 people who work out of doors ("+name.EN+")", fmt.Sprintf("%g", w.Weight), byProgram)
	}
}

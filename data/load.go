package data

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"sitecover/data/written"
	"sitecover/geo"
	"sitecover/geo/network"
	"sitecover/siting"
)

// Load reads and checks a study file. Every problem comes back at once as InputErrors with the line in the YAML; an error
// that is no InputErrors means that the file could not be read at all. The files that the study names are only looked for,
// not read: that is Read's work.
func Load(path string) (*Study, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, InputErrors{openError(filepath.Base(path), err)}
	}
	defer file.Close() // opened for reading: closing has nothing to report
	text, err := io.ReadAll(io.LimitReader(file, maxStudyBytes+1))
	if err != nil {
		return nil, InputErrors{openError(filepath.Base(path), err)}
	}
	return parseStudy(path, text)
}

// parseStudy is Load without the file.
func parseStudy(path string, text []byte) (*Study, error) {
	c := newCollector()
	study := &Study{Path: path, Dir: filepath.Dir(path), Set: map[string]int{}}
	y := &yamlFile{name: filepath.Base(path), c: c, set: study.Set}
	c.file(y.name)
	if node := y.parseYAML(text); node != nil {
		l := &loader{y: y, study: study, top: y.section("", node)}
		l.run()
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	return study, nil
}

// loader turns the sections of the YAML into a Study.
type loader struct {
	y     *yamlFile
	study *Study
	top   *section
	kinds []string // place kinds that the study may use
	spots *section // "candidates", while its pins wait for the tiers
}

func (l *loader) run() {
	l.head()
	l.levels()
	l.sources()
	l.grid()
	l.modes()
	l.candidates()
	defer l.standard()() // fills in before the tiers are read, and tells what it filled once all is read
	l.tiers()
	l.pins()
	l.plan()
	l.rollout()
	l.scenarios()
	l.stations()
	l.tracking()
	l.report()
	l.together()
	l.top.done()
}

func (l *loader) head() {
	s, top := l.study, l.top
	s.Name = top.need("name", T("研究的名称，出现在报告标题", "the title of the report"))
	if top.has("date") {
		s.Date, _ = top.date("date")
	} else {
		top.missing("date", T("统计日期，例如 2026-12-31", "the reporting date, for example 2026-12-31"))
	}
	s.Language = top.choice("language", "zh", []string{"zh", "en"})
	s.Synthetic = top.flag("synthetic", false)
	s.Notice = top.text("notice", "")
	s.Seed = uint64(top.whole("seed", 1, 0, 1<<53))
}

func (l *loader) levels() {
	lines := map[string]int{}
	for i, node := range l.top.items("levels") {
		sec := l.y.section(fmt.Sprintf("levels[%d]", i), node)
		id := sec.need("id", T("例如 town", "for example town"))
		level := geo.Level{ID: id, Name: sec.text("name", id)}
		sec.done()
		if id != "" && l.unique(lines, sec, id) {
			l.study.Levels = append(l.study.Levels, level)
		}
	}
}

// unique notes a second use of an ID.
func (l *loader) unique(lines map[string]int, sec *section, id string) bool {
	line := sec.value["id"].Line
	if first, twice := lines[id]; twice {
		l.y.failAt(line, sec.key("id"), id, T("与第 %d 行重复", "is already used in line %d", first), T("改一个编号", "choose another id"))
		return false
	}
	lines[id] = line
	return true
}

func (l *loader) levelIDs() []string {
	out := make([]string, len(l.study.Levels))
	for i, level := range l.study.Levels {
		out[i] = level.ID
	}
	return out
}

func (l *loader) grid() {
	l.study.Resolution, l.study.Placement, l.study.Spread = 9, PlaceFrontage, SpreadAuto
	if sec := l.top.sub("grid"); sec != nil {
		l.study.Resolution = sec.whole("resolution", 9, 7, 11)
		l.study.Spread = sec.choice("spread", SpreadAuto, []string{SpreadAuto, SpreadArea})
		l.study.Placement = sec.choice("placement", PlaceFrontage, []string{PlaceFrontage, PlacePoint})
		sec.done()
	}
}

// modes starts from the standard modes; the study overrides numbers of them or adds its own on the base of one.
func (l *loader) modes() {
	l.study.Modes = network.StandardModes()
	sec := l.top.sub("modes")
	if sec == nil {
		return
	}
	for _, key := range sec.keys {
		sub := sec.sub(key.Value)
		if sub == nil {
			continue
		}
		l.mode(key, sub)
	}
	sec.done()
}

func (l *loader) mode(key *yaml.Node, sec *section) {
	id := key.Value
	ids := l.modeIDs()
	at := slices.Index(ids, id)
	if at < 0 {
		base := slices.Index(ids, sec.choice("base", "", ids))
		if base < 0 {
			if !sec.has("base") {
				sec.missing("base", suggestMode(id, ids))
			}
			sec.get("speed") // known, though there is nothing to set it on
			base = 0
		}
		mode := l.study.Modes[base]
		mode.ID = id
		l.study.Modes = append(l.study.Modes, mode)
		at = len(l.study.Modes) - 1
	}
	mode := &l.study.Modes[at]
	if value, ok := sec.quantity("speed", dimSpeed, positive); ok {
		for c := range mode.Speed {
			if mode.Speed[c] > 0 {
				mode.Speed[c] = float(value)
			}
		}
		if !sec.has("off_road") && mode.Access == network.Foot {
			mode.OffRoad = float(value)
		}
	}
	mode.OffRoad = sec.amount("off_road", dimSpeed, positive, mode.OffRoad)
	mode.MaxAccess = sec.amount("max_access", dimLength, positive, mode.MaxAccess)
	mode.Posted = sec.flag("posted_limits", mode.Posted)
	mode.OneWay = sec.flag("one_way", mode.OneWay)
	l.classSpeeds(mode, sec.sub("speeds"))
	sec.done()
}

func suggestMode(id string, ids []string) Text {
	if near := written.Nearest(id, ids); near != "" {
		return T("是不是 %s？自定义方式要写 base", "did you mean %s? a mode of your own needs a base", near)
	}
	return T("自定义方式要写 base，例如 base: walk", "a mode of your own needs a base, for example base: walk")
}

// classSpeeds sets the speed per road class; 0 closes the class to the mode.
func (l *loader) classSpeeds(mode *network.Mode, sec *section) {
	if sec == nil {
		return
	}
	for _, key := range sec.keys {
		class, known := roadClasses[key.Value]
		if !known {
			continue // done reports it
		}
		mode.Speed[class] = sec.amount(key.Value, dimSpeed, nonNegative, mode.Speed[class])
	}
	for _, name := range roadClassNames() {
		sec.get(name)
	}
	sec.done()
}

func (l *loader) modeIDs() []string {
	out := make([]string, len(l.study.Modes))
	for i, mode := range l.study.Modes {
		out[i] = mode.ID
	}
	return out
}

// together checks what no single key can tell.
func (l *loader) together() {
	s, top := l.study, l.top
	if !top.has("population") {
		top.missing("population", T("至少要有一个人口文件", "a study needs at least one file of people"))
	}
	cells := len(s.Population) > 0
	for _, p := range s.Population {
		cells = cells && p.Kind == "h3"
	}
	if !top.has("areas") && len(s.Population) > 0 && !cells {
		top.missing("areas", T("只有人口全是 H3 格网时才可省去边界", "boundaries may be left out only when all people are in H3 cells"))
	}
	if top.has("areas") && !top.has("levels") {
		top.missing("levels", T("列出各级区划，从大到小", "list the levels of the areas, coarsest first"))
	}
	if !top.has("roads") {
		for _, t := range s.Tiers {
			if t.Mode != "straight" {
				top.missing("roads", T("层级 %s 按路网（%s）计算，需要道路；或改为 mode: straight", "tier %s is measured on roads (%s), give roads or use mode: straight", t.ID, t.Mode))
				break
			}
		}
	}
	l.budgets()
}

// plan reads targets and budgets.
func (l *loader) plan() {
	for _, year := range l.years("targets") {
		for _, key := range year.keys {
			tier := l.tierIndex(key.Value)
			if tier < 0 {
				continue // done reports it
			}
			l.target(year, key.Value, tier)
		}
		for _, t := range l.study.Tiers {
			year.get(t.ID)
		}
		year.done()
	}
	sort.SliceStable(l.study.Targets, func(i, j int) bool {
		a, b := l.study.Targets[i], l.study.Targets[j]
		return a.Year < b.Year || a.Year == b.Year && a.Tier < b.Tier
	})
	l.study.Budgets = l.budget(l.top.sub("budget"))
}

// budget reads the money of the years; nil where there is none.
func (l *loader) budget(sec *section) (out []siting.Budget) {
	if sec == nil {
		return nil
	}
	for _, key := range sec.keys {
		year, ok := l.year(sec, key)
		value, given := sec.quantity(key.Value, dimMoney, nonNegative)
		if !ok || !given {
			continue
		}
		money, err := yuan(value)
		if err != nil {
			l.y.fail(sec.value[key.Value], sec.key(key.Value), T("不是整数元", "is not a whole number of yuan"), T("最多四位小数的万元，例如 12.5 万元", "万元 with at most four decimals, for example 12.5 万元"))
			continue
		}
		out = append(out, siting.Budget{Year: year, Money: money})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Year < out[j].Year })
	return out
}

// years returns the sections of a mapping whose keys are years.
func (l *loader) years(key string) []*section {
	top := l.top.sub(key)
	if top == nil {
		return nil
	}
	var out []*section
	for _, k := range top.keys {
		if _, ok := l.year(top, k); !ok {
			top.get(k.Value)
			continue
		}
		if sub := top.sub(k.Value); sub != nil {
			out = append(out, sub)
		}
	}
	return out
}

// year reads a key that must be a year not before the reporting date.
func (l *loader) year(sec *section, key *yaml.Node) (int, bool) {
	year, err := strconv.Atoi(strings.TrimSuffix(key.Value, "年"))
	if err != nil || year < 1900 || year > 2200 {
		l.y.failAt(key.Line, sec.path, key.Value, T("不是年份", "is not a year"), T("例如 2027", "for example 2027"))
		return 0, false
	}
	if date := l.study.Date; !date.IsZero() && year < date.Year() {
		l.y.failAt(key.Line, sec.path, key.Value, T("早于统计日期 %s", "is before the reporting date %s", date.Format("2006-01-02")), T("规划年份不能早于统计日期", "plan for years from the reporting date on"))
		return 0, false
	}
	return year, true
}

func (l *loader) target(year *section, id string, tier int) {
	sub := year.sub(id)
	if sub == nil {
		return
	}
	y, _ := strconv.Atoi(strings.TrimSuffix(year.path[strings.IndexByte(year.path, '.')+1:], "年")) // checked by year
	t := siting.Target{Year: y, Tier: tier, Effective: -1, Presence: -1}
	t.Effective = sub.amount("effective", dimShare, share, -1)
	t.Presence = sub.amount("presence", dimShare, share, -1)
	t.Upgraded = sub.amount("upgraded", dimShare, share, 0)
	if sub.has("upgraded") && !l.study.Tiers[tier].Upgrades {
		l.y.fail(sub.get("upgraded"), sub.key("upgraded"), T("层级 %s 没有写 upgrade_cost", "tier %s has no upgrade_cost", id), T("给层级加上 upgrade_cost", "give the tier an upgrade_cost"))
	}
	if !sub.has("effective") && !sub.has("presence") && !sub.has("upgraded") && !sub.broken() {
		l.y.fail(sub.node, sub.path, T("没有写目标", "asks for nothing"), Text{"例如 effective: 85%", "for example effective: 85%"})
	}
	if sub.has("presence") && l.study.Tiers[tier].OwnerLevel < 0 && !l.wroteOnePer(id) {
		l.y.fail(sub.get("presence"), sub.key("presence"), T("层级 %s 没有写 one_per，谈不上有形覆盖", "tier %s has no one_per, so that presence means nothing", id), T("给层级加上 one_per", "give the tier a one_per"))
	}
	sub.done()
	l.study.Targets = append(l.study.Targets, t)
}

// wroteOnePer reports whether the tier has a one_per: when it is wrong, that has been said already.
func (l *loader) wroteOnePer(tier string) bool {
	_, written := l.study.Set["tiers."+tier+".one_per"]
	return written
}

// budgets checks that every target year has money.
func (l *loader) budgets() {
	var last int
	for _, t := range l.study.Targets {
		if t.Year == last {
			continue
		}
		last = t.Year
		if slices.ContainsFunc(l.study.Budgets, func(b siting.Budget) bool { return b.Year == t.Year }) {
			continue
		}
		if _, given := l.study.Set["budget."+strconv.Itoa(t.Year)]; given {
			continue // but wrong: said already
		}
		path := "targets." + strconv.Itoa(t.Year)
		l.y.failAt(l.study.Set[path], path, "", T("这一年没有预算", "has no budget"), T("加上 budget: {%d: 500 万元}", "add budget: {%d: 500 万元}", t.Year))
	}
}

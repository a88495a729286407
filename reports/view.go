package reports

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/siting"
)

// page is everything the HTML template shows, in words: the template itself only lays it out. It is built from the study
// by pure functions, so it can be tested without a browser.
type page struct {
	words
	Lang                     string
	Name, Place, Date        string
	Notice, Version          string
	Seed                     string
	Synthetic                bool
	Lead                     int // the tier shown first
	Tiers                    []tierView
	Money                    string // of the whole plan, "" without one
	PlanLine                 string
	Plan                     *planView
	Stations                 []stationView
	StationLine, StationUnit string
	Trust                    trustView
	Ranked                   bool // there are regions to compare
	FindHint                 string
	Charts                   []chartView

	Sections []sectionView
	Heading  string // the study's name, or the theme's title
	Kicker   string // the line above it
	Foot     string // "" = the house's own alone
	Others   []gridView
	Assessed *assessedView
	Track    *trackView
	Flow     *flowView
}

// sectionView is one section of the page: its kind, its number, and the words that the theme may replace.
type sectionView struct {
	ID, Anchor        string
	No                int
	Nav, Title, Intro string
}

// SectionIDs are the sections of a report in their usual order.
var SectionIDs = []string{"now", "gaps", "plan", "behind", "sites", "stations", "tracking", "trust"}

// anchors are the links of the sections: they stay the same whatever the order.
var anchors = map[string]string{"now": "s1", "gaps": "s2", "plan": "s3", "behind": "s4", "stations": "s5", "trust": "s6", "sites": "s7", "tracking": "s8"}

// sections are those that the theme asks for and the study can fill.
func (b *builder) sections(p *page) (out []sectionView) {
	order := b.s.Theme.Sections
	if order == nil {
		order = SectionIDs
	}
	for _, id := range order {
		if id == "sites" && p.Assessed == nil || id == "tracking" && p.Track == nil {
			continue
		}
		s := sectionView{ID: id, Anchor: anchors[id], No: len(out) + 1, Nav: b.or("nav."+id, id), Title: b.or(anchors[id]+".title", id), Intro: b.s.Theme.Texts[id+".intro"]}
		if t := b.s.Theme.Texts[id+".title"]; t != "" {
			s.Title = t
		}
		out = append(out, s)
	}
	return out
}

// tierView is all that is said about one tier.
type tierView struct {
	Index    int
	Name     string
	Limit    string // service standard, "步行 1,000 米"
	MinArea  string
	Owner    string // name of the level that must own one, "" = none
	Story    string
	Figures  []figure
	Open     string
	Share    float64 // effective coverage, NaN without people
	Percent  string
	Target   float64 // of the last plan year, negative = none
	Presence string
	Blank    string
	Unserved string
	After    string // effective coverage at the end of the plan
	New      string
	Cost     string

	GapLine  string
	Gaps     []gapView
	GapsMore string

	RankLine string
	Rank     []rankView
	Blanks   []blankGroup
	BlankSum string

	Frontier *frontierView
	Lorenz   *lorenzView
	Entities *gridView // that it does not serve

	Years    []yearView
	Distance []barView
	DistLine string
	DistNote string // how metres became minutes, "" = they did not
	YearLine string // the finding of the years
}

// figure is one of the four headline figures.
type figure struct {
	Label, Value, Unit string
	Sub                string
	Target             string
	Change             string  // since the last year on record, "" = none
	Share, Goal        float64 // for the bar under it; negative = no bar, no mark
	Alert              bool
	How                string
}

// barView is one bar of a small chart with its table row.
type barView struct {
	Label  string
	People coverage.People
	Text   string
	Share  string
	Time   string // the way in minutes, "" where the standard is in minutes or no speed is told
	Out    bool   // beyond the standard
}

// builder carries what the view functions share.
type builder struct {
	words
	s     *Study
	cells []cell
	rank  int         // level that is ranked
	only  []layerSpec // the layers to write; nil = those of a report
}

// buildPage arranges the whole page.
func buildPage(s *Study, lang string) (*page, *builder) {
	b := &builder{words: words{lang}, s: s, cells: collectCells(s), rank: rankLevel(s.Regions)}
	p := &page{
		words: b.words, Lang: lang, Name: s.Name, Place: b.place(), Date: s.Date.Format("2006-01-02"),
		Notice: s.Notice, Version: s.Version, Seed: fmt.Sprint(s.Seed), Synthetic: s.Synthetic, Lead: leadTier(s),
	}
	for t := range s.Tiers {
		p.Tiers = append(p.Tiers, b.tier(t))
	}
	if s.Plan != nil {
		p.Plan = b.plan()
		p.Money, p.PlanLine = p.Plan.Money, p.Plan.Line
	}
	p.Stations, p.StationLine = b.stations()
	p.StationUnit = b.scoreUnit()
	p.Ranked = len(p.Tiers[0].Rank) > 1
	p.Trust = b.trust()
	p.FindHint = b.t("find.hint")
	if b.searchesPlaces() {
		p.FindHint = b.t("find.hint.places")
	}
	p.Others, p.Assessed, p.Track = b.others(), b.assessed(), b.track()
	if f, ok := b.flow(); ok {
		p.Flow = &f
	}
	p.Charts = b.charts(p)
	p.Heading, p.Kicker, p.Foot = cmp.Or(s.Theme.Title, s.Name), cmp.Or(s.Theme.Subtitle, s.Theme.Texts["kicker"], b.t("doc.kicker")), s.Theme.Texts["foot"]
	p.Sections = b.sections(p)
	return p, b
}

// place is how the whole study area is called in sentences: by its single top region, or in general words.
func (b *builder) place() string {
	if rs := b.s.Regions; len(rs.All) > 0 && countLevel(rs, 0) == 1 && rs.All[0].Name != "" {
		return rs.All[0].Name
	}
	return b.t("place.all")
}

// leadTier is the tier that the headline shows first: the one that the smallest regions must own, as that is what
// "regions still lacking a site" is about; the first tier when no region must own any.
func leadTier(s *Study) int {
	lead := 0
	for t, tier := range s.Tiers {
		if tier.OwnerLevel > s.Tiers[lead].OwnerLevel {
			lead = t
		}
	}
	return lead
}

// lastYear returns where a tier stands at the end of the plan.
func lastYear(p *siting.Plan, tier int) (year int, ty siting.TierYear, ok bool) {
	if p == nil || len(p.Years) == 0 {
		return 0, siting.TierYear{Target: -1, Bound: math.NaN(), Presence: -1}, false
	}
	y := p.Years[len(p.Years)-1]
	return y.Year, y.Tiers[tier], true
}

// finalTarget returns the last effective-coverage target of a tier and the share the plan reaches in that year.
func finalTarget(p *siting.Plan, tier int) (year int, target, reached float64, ok bool) {
	if p == nil {
		return 0, -1, math.NaN(), false
	}
	for i := len(p.Years) - 1; i >= 0; i-- {
		if ty := p.Years[i].Tiers[tier]; known(ty.Target) {
			return p.Years[i].Year, ty.Target, ty.Effective, true
		}
	}
	return 0, -1, math.NaN(), false
}

// finalPresence is finalTarget for presence coverage.
func finalPresence(p *siting.Plan, tier int) (year int, target float64, ok bool) {
	if p == nil {
		return 0, -1, false
	}
	for i := len(p.Years) - 1; i >= 0; i-- {
		if ty := p.Years[i].Tiers[tier]; known(ty.Presence) {
			return p.Years[i].Year, ty.Presence, true
		}
	}
	return 0, -1, false
}

// spending adds up what a plan spends on a tier (-1 = all), the sites it opens and the people they newly cover.
func spending(p *siting.Plan, tier int) (money siting.Yuan, sites int, gained coverage.People) {
	if p == nil {
		return 0, 0, 0
	}
	for _, k := range p.Picks {
		if tier < 0 || k.Tier == tier {
			money += k.Cost
			gained += k.Gained
			sites++
		}
	}
	return money, sites, gained
}

// standard is the limit of a tier, and how many sites of higher tiers count for it besides its own where it is nested.
func (b *builder) standard(t int) string {
	if !b.s.Tiers[t].Nested {
		return b.limit(b.s.Tiers[t])
	}
	return b.t("tier.nested", b.limit(b.s.Tiers[t]), group(int64(b.s.Coverage.Total[t].StandIns)))
}

func (b *builder) tier(t int) tierView {
	s := b.s
	tier, x := s.Tiers[t], s.Coverage.Total[t]
	v := tierView{Index: t, Name: tier.Name, Limit: b.standard(t), MinArea: "—", Share: math.NaN(), Target: -1}
	if tier.MinArea > 0 {
		v.MinArea = "≥ " + b.area(tier.MinArea)
	}
	if tier.OwnerLevel >= 0 {
		v.Owner = s.Regions.Levels[tier.OwnerLevel].Name
	}
	if share, ok := x.Effective(); ok {
		v.Share = share
	}
	v.Percent = percent(v.Share)
	v.Open = group(int64(x.Open))
	v.Presence, v.Blank = "—", "—"
	if x.Required > 0 {
		v.Presence = fmt.Sprintf("%s / %s", group(int64(x.Owning)), group(int64(x.Required)))
		v.Blank = group(int64(x.Required - x.Owning))
	}
	v.Unserved = b.people(x.People - x.Covered)
	v.After, v.New, v.Cost = "—", "—", "—"
	if _, ty, ok := lastYear(s.Plan, t); ok {
		money, n, _ := spending(s.Plan, t)
		v.After, v.New, v.Cost = percent(ty.Effective), group(int64(n)), b.money(money)
	}
	_, v.Target, _, _ = finalTarget(s.Plan, t)
	v.Story = b.story(t)
	v.Figures = b.figures(t)
	v.Gaps, v.GapsMore, v.GapLine = b.gaps(t)
	v.Rank, v.RankLine = b.ranking(t)
	v.Blanks, v.BlankSum = b.blanks(t)
	v.Years = b.years(t)
	v.YearLine = b.yearLine(v.Years)
	if speed := b.speed(t); speed > 0 {
		v.DistNote = b.t("dist.speed", trimZero(decimal(speed, 1)))
	}
	v.Distance, v.DistLine = b.distances(t)
	if f, ok := b.frontier(t); ok {
		v.Frontier = &f
	}
	if l, ok := b.lorenz(t); ok {
		v.Lorenz = &l
	}
	if e, ok := b.unservedEntities(t); ok {
		v.Entities = &e
	}
	return v
}

// story is the one line that says it all.
func (b *builder) story(t int) string {
	s, x := b.s, b.s.Coverage.Total[t]
	share, ok := x.Effective()
	if !ok {
		return b.t("story.nobody", b.place())
	}
	out := b.t("story.now", b.place(), s.Tiers[t].Name, percent(share))
	if x.Required > 0 {
		missing := x.Required - x.Owning
		out += b.t("story.blank", s.Regions.Levels[s.Tiers[t].OwnerLevel].Name, group(int64(missing)),
			percent(float64(missing)/float64(x.Required)))
	}
	if year, ty, ok := lastYear(s.Plan, t); ok {
		out += b.t("story.plan", year, percent(ty.Effective))
		if known(ty.Bound) {
			out += b.t("story.bound", percent(ty.Bound))
		}
	}
	if year, target, reached, ok := finalTarget(s.Plan, t); ok {
		if reached >= target {
			out += b.t("story.met", year, percent(target))
		} else {
			out += b.t("story.missed", year, percent(target), gapPoints(target-reached))
		}
	}
	return out + b.t("stop")
}

// known reports whether a share that may stand for "none" is one.
func known(share float64) bool { return !math.IsNaN(share) && share >= 0 }

// figures are the four headline figures of a tier.
func (b *builder) figures(t int) []figure {
	out := []figure{b.figureCoverage(t), b.figureBlank(t), b.figureUnserved(t), b.figureMoney(t)}
	for i, change := range b.changes(t) {
		out[i].Change = change
	}
	return out
}

func (b *builder) figureCoverage(t int) figure {
	x := b.s.Coverage.Total[t]
	f := figure{Label: b.t("fig.coverage"), Value: "—", Share: -1, Goal: -1,
		How: b.t("how.coverage", b.limit(b.s.Tiers[t]))}
	if share, ok := x.Effective(); ok {
		f.Value, f.Unit = splitUnit(percent(share))
		f.Share = share
		f.Sub = b.t("fig.coverage.sub", b.peopleUnit(x.Covered), b.peopleUnit(x.People))
	}
	if year, target, _, ok := finalTarget(b.s.Plan, t); ok {
		f.Goal, f.Alert = target, f.Share < target
		f.Target = b.t("fig.coverage.target", year, percent(target), points(f.Share-target))
	}
	return f
}

func (b *builder) figureBlank(t int) figure {
	x, tier := b.s.Coverage.Total[t], b.s.Tiers[t]
	if x.Required == 0 {
		return figure{Label: b.t("fig.open"), Value: group(int64(x.Open)), Unit: b.t("unit.sites"), Share: -1, Goal: -1,
			Sub: b.t("fig.open.sub", group(int64(x.Qualifying)), group(int64(x.BelowStandard)), group(int64(x.AreaUnknown))),
			How: b.t("how.open")}
	}
	level, missing := b.s.Regions.Levels[tier.OwnerLevel].Name, x.Required-x.Owning
	f := figure{Label: b.t("fig.blank", level), Value: group(int64(missing)), Unit: b.t("unit.regions"), Goal: -1,
		Share: float64(x.Owning) / float64(x.Required), Alert: missing > 0,
		Sub: b.t("fig.blank.sub", percent(float64(missing)/float64(x.Required)), group(int64(x.Required)), level, group(int64(x.Owning))),
		How: b.t("how.blank", level)}
	if year, ty, ok := lastYear(b.s.Plan, t); ok {
		f.Target = b.t("fig.blank.after", year, group(int64(ty.Required-ty.Owning)))
	}
	if year, target, ok := finalPresence(b.s.Plan, t); ok {
		f.Goal = target
		f.Target += b.t("fig.blank.target", year, percent(target))
	}
	return f
}

func (b *builder) figureUnserved(t int) figure {
	x := b.s.Coverage.Total[t]
	f := figure{Label: b.t("fig.unserved"), Share: -1, Goal: -1, Alert: x.People > x.Covered, How: b.t("how.unserved")}
	f.Value, f.Unit = splitUnit(b.people(x.People - x.Covered))
	f.Unit += b.t("unit.people")
	n := 0
	for _, g := range b.s.Gaps {
		if g.Tier == t {
			n++
		}
	}
	switch {
	case n == 0:
		f.Sub = b.t("fig.unserved.none")
	case x.Unconnected == 0:
		f.Sub = b.t("fig.unserved.linked", group(int64(n)))
	default:
		f.Sub = b.t("fig.unserved.sub", group(int64(n)), b.peopleUnit(x.Unconnected))
	}
	if year, ty, ok := lastYear(b.s.Plan, t); ok {
		f.Target = b.t("fig.unserved.after", year, b.peopleUnit(x.People-ty.Covered))
	}
	return f
}

func (b *builder) figureMoney(t int) figure {
	f := figure{Label: b.t("fig.money"), Value: "—", Share: -1, Goal: -1, How: b.t("how.money")}
	money, n, gained := spending(b.s.Plan, t)
	if b.s.Plan == nil {
		f.Sub = b.t("plan.none")
		return f
	}
	f.Value, f.Unit = splitUnit(b.money(money))
	f.Sub = b.t("fig.money.sub", group(int64(n)), b.peopleUnit(gained))
	if all, sites, _ := spending(b.s.Plan, -1); len(b.s.Tiers) > 1 {
		f.Target = b.t("fig.money.all", b.money(all), group(int64(sites)))
	}
	return f
}

// splitUnit parts "78.4 %" into figure and unit, so that the unit can be set smaller. Money in yuan ("¥12 m") stays whole.
func splitUnit(s string) (value, unit string) {
	if value, unit, ok := strings.Cut(s, nbsp); ok && !strings.HasPrefix(s, "¥") {
		return value, unit
	}
	return s, ""
}

// distances counts people by their impedance to the nearest site, in fifths of the standard, and those beyond it.
func (b *builder) distances(t int) ([]barView, string) {
	const steps = 5
	svc, tier, x := &b.s.Coverage.Services[t], b.s.Tiers[t], b.s.Coverage.Total[t]
	var bins [steps + 1]coverage.People
	for i, p := range b.s.Demand.People {
		bins[distanceBin(svc.Cost[i], svc.Nearest[i], tier.Limit.Max, steps)] += p
	}
	bars := make([]barView, 0, len(bins))
	for k, p := range bins {
		v := barView{People: p, Text: b.people(p), Share: "—", Out: k == steps}
		if v.Out {
			v.Label = b.t("dist.beyond", b.cost(tier.Limit.Max, tier.Limit.Metric))
			v.Time = b.minutes(t, 0, tier.Limit.Max)
		} else {
			from, to := stepOf(tier.Limit.Max, k, steps), stepOf(tier.Limit.Max, k+1, steps)
			v.Label = b.stepLabel(from, to, tier.Limit.Metric)
			v.Time = b.minutes(t, from, to)
		}
		if x.People > 0 {
			v.Share = percent(float64(p) / float64(x.People))
		}
		bars = append(bars, v)
	}
	near := bins[0] + bins[1]
	if x.People == 0 {
		return bars, b.t("dist.line.none")
	}
	return bars, b.t("dist.line", percent(float64(near)/float64(x.People)), b.cost(stepOf(tier.Limit.Max, 2, steps), tier.Limit.Metric),
		percent(float64(bins[steps])/float64(x.People)))
}

// stepOf is the k-th of n equal steps up to max.
func stepOf(max geo.Impedance, k, n int) geo.Impedance {
	return geo.Impedance(uint64(max) * uint64(k) / uint64(n))
}

// distanceBin puts an impedance in one of n equal steps up to max, upper ends included; n itself means not served.
func distanceBin(c geo.Impedance, nearest int32, max geo.Impedance, n int) int {
	if nearest < 0 || c > max {
		return n
	}
	for k := 1; k < n; k++ {
		if c <= stepOf(max, k, n) {
			return k - 1
		}
	}
	return n - 1
}

func (b *builder) stepLabel(from, to geo.Impedance, m geo.Metric) string {
	if m == geo.Seconds {
		return trimZero(decimal(from.Value()/60, 1)) + "–" + b.cost(to, m)
	}
	return group(int64(math.Round(from.Value()))) + "–" + b.cost(to, m)
}

package reports

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"sitecover/coverage"
	"sitecover/siting"
)

// planView is the rollout as the page shows it.
type planView struct {
	Line     string
	Money    string
	Status   string
	Quality  string
	Lead     string // when what is paid for opens, "" = in the same year
	MissLine string
	Rules    []gridView // what came of quotas and weights of groups
	Notes    []string   // pilots that come late, regions that get nothing in time
	Misses   []string
	First    int
	Last     int
	Years    []planYear
	Rejected string
}

// planYear is one year with its sites.
type planYear struct {
	Year   int
	Sites  string
	Budget string
	Spent  string
	Gained string
	Picks  []pickView
	First  int    // how many of them the page lays out at once
	More   string // what is said of those left
}

// pickView is one site to open.
type pickView struct {
	No       int
	Index    int // into Plan.Picks
	Tier     string
	TierNo   int
	Name     string
	Path     string
	Lon, Lat string
	Cost     string
	Gained   string
	Total    string // coverage of its tier once it is open
	Reason   string
	Opens    int // the year at whose end it is open
}

// openYear is the year at whose end a pick counts as open; plans that do not tell open in the year that pays.
func openYear(k siting.Pick) int { return max(k.OpenYear, k.Year) }

// yearView is one row of the table "coverage by year".
type yearView struct {
	Label     string
	Sites     string
	Spent     string
	Covered   string
	Effective float64
	Target    float64
	Bound     float64
	Diff      string
	Behind    bool
	Presence  string
}

// Text returns the shares of the row as text, for the template.
func (y yearView) Text() [3]string {
	return [3]string{percent(y.Effective), percent(y.Target), percent(y.Bound)}
}

// years lists where a tier stands now and at the end of each plan year.
func (b *builder) years(t int) []yearView {
	if b.s.Plan == nil {
		return nil
	}
	x := b.s.Coverage.Total[t]
	now := yearView{Label: b.t("year.now"), Sites: "—", Spent: "—", Covered: b.people(x.Covered), Effective: math.NaN(),
		Target: -1, Bound: math.NaN(), Diff: "—", Presence: "—"}
	if share, ok := x.Effective(); ok {
		now.Effective = share
	}
	if x.Required > 0 {
		now.Presence = group(int64(x.Owning)) + " / " + group(int64(x.Required))
	}
	rows := []yearView{now}
	for _, y := range b.s.Plan.Years {
		rows = append(rows, b.year(t, y))
	}
	return rows
}

func (b *builder) year(t int, y siting.Year) yearView {
	ty := y.Tiers[t]
	var money siting.Yuan
	n := 0
	for _, k := range b.s.Plan.Picks {
		if k.Year == y.Year && k.Tier == t {
			money += k.Cost
			n++
		}
	}
	v := yearView{Label: strconv.Itoa(y.Year), Sites: group(int64(n)), Spent: b.money(money), Covered: b.people(ty.Covered),
		Effective: ty.Effective, Target: ty.Target, Bound: ty.Bound, Diff: "—", Presence: "—"}
	if known(ty.Target) && !math.IsNaN(ty.Effective) {
		v.Diff, v.Behind = points(ty.Effective-ty.Target), ty.Effective < ty.Target
	}
	if ty.Required > 0 {
		v.Presence = group(int64(ty.Owning)) + " / " + group(int64(ty.Required))
	}
	return v
}

// plan arranges the rollout.
func (b *builder) plan() *planView {
	p := b.s.Plan
	money, n, gained := spending(p, -1)
	v := &planView{Money: b.money(money), Status: b.or("status."+string(p.Status), string(p.Status))}
	if len(p.Years) > 0 {
		v.First, v.Last = p.Years[0].Year, p.Years[len(p.Years)-1].Year
		v.Line = b.t("plan.line", span(v.First, v.Last), group(int64(n)), v.Money)
		if len(b.s.Tiers) == 1 {
			v.Line += b.t("plan.gained", b.peopleUnit(gained))
		}
		v.Line += b.t("stop")
	}
	switch {
	case p.Status == siting.Infeasible && p.Reason.Code != "":
		why, english := Infeasible(p.Reason)
		if b.lang == "en" {
			why = english
		}
		v.Quality = b.t("plan.why", v.Status, why)
	case p.Status != siting.Infeasible && p.Bound > 0:
		v.Quality = b.t("plan.quality", v.Status, percent(math.Max(p.Gap, 0)), p.Seed)
	default:
		v.Quality = b.t("plan.status", v.Status)
	}
	if p.Stopped {
		v.Quality += b.t("plan.stopped")
	}
	for _, m := range p.Missed {
		v.Misses = append(v.Misses, b.missText(m))
	}
	if len(v.Misses) > 0 {
		v.MissLine = b.t("plan.missed", group(int64(len(v.Misses))))
	}
	if p.LeadYears == 1 {
		v.Lead = b.t("plan.lead1")
	} else if p.LeadYears > 0 {
		v.Lead = b.t("plan.lead", p.LeadYears)
	}
	v.Rejected, v.Rules, v.Notes = b.rejections(), b.planRules(), b.ruleNotes()
	covered := make([]coverage.People, len(b.s.Tiers))
	for t := range covered {
		covered[t] = b.s.Coverage.Total[t].Covered
	}
	next := 0
	for _, y := range p.Years {
		py := planYear{Year: y.Year, Budget: b.money(y.Budget), Spent: b.money(y.Spent)}
		var gained coverage.People
		count := 0
		for ; next < len(p.Picks) && p.Picks[next].Year == y.Year; next++ {
			k := p.Picks[next]
			gained += k.Gained
			covered[k.Tier] += k.Gained
			py.Picks = append(py.Picks, b.pickView(next, covered[k.Tier]))
			count++
		}
		py.First = firstRows(count, max(minFirst, maxFirst/len(p.Years)))
		if left := count - py.First; left > 0 {
			py.More = b.t("plan.more", group(int64(left)))
		}
		py.Sites, py.Gained = group(int64(count)), b.peopleUnit(gained)
		v.Years = append(v.Years, py)
	}
	return v
}

// span writes a run of years.
func span(first, last int) string {
	if first == last {
		return strconv.Itoa(first)
	}
	return strconv.Itoa(first) + "–" + strconv.Itoa(last)
}

func (b *builder) pickView(i int, covered coverage.People) pickView {
	k := b.s.Plan.Picks[i]
	c := b.s.Plan.Candidates[k.Candidate]
	v := pickView{No: i + 1, Index: i, Tier: b.s.Tiers[k.Tier].Name, TierNo: k.Tier, Name: b.candidateName(c),
		Path: strings.Join(regionPathOf(b.s, c.Region), " › "), Lon: degrees(c.Point[0]), Lat: degrees(c.Point[1]),
		Cost: b.money(k.Cost), Gained: b.people(k.Gained), Total: "—", Opens: openYear(k), Reason: b.reason(k, c)}
	if all := b.s.Coverage.Total[k.Tier].People; all > 0 {
		v.Total = percent(float64(covered) / float64(all))
	}
	return v
}

// candidateName is the host's name, or says that the site is a new building in a region.
func (b *builder) candidateName(c siting.Candidate) string {
	if c.Name != "" {
		return c.Name
	}
	if b.alone() {
		return b.t("plan.newsite.at", b.position(c.Point))
	}
	return b.t("plan.newsite", b.regionName(c.Region))
}

// reason says in a sentence why a site was chosen.
func (b *builder) reason(k siting.Pick, c siting.Candidate) string {
	var out string
	switch {
	case k.Reason == siting.ForPresence:
		owner := k.Owner
		if owner < 0 {
			owner = c.Region
		}
		out = b.t("reason.presence", b.regionName(owner), b.s.Tiers[k.Tier].Name)
		if k.Gained > 0 {
			out += b.t("reason.and", b.peopleUnit(k.Gained))
		}
	case k.Reason == siting.ForCoverage:
		out = b.t("reason.coverage", b.peopleUnit(k.Gained))
		if k.Owner >= 0 {
			out += b.t("reason.first", b.regionName(k.Owner))
		}
	default:
		out = b.or("reason."+k.Reason, k.Reason)
	}
	if c.Host >= 0 {
		out += b.t("reason.host")
	}
	if r := k.RunnerUp; r != nil {
		out += b.t("reason.next", b.candidateName(b.s.Plan.Candidates[r.Candidate]), b.peopleUnit(r.Gained))
	}
	return out + b.t("stop")
}

// rejections counts why places and cells are no candidates.
func (b *builder) rejections() string {
	count := map[string]int{}
	var reasons []string
	for _, r := range b.s.Plan.Rejected {
		if count[r.Reason] == 0 {
			reasons = append(reasons, r.Reason)
		}
		count[r.Reason]++
	}
	slices.SortFunc(reasons, func(x, y string) int { return cmp.Or(cmp.Compare(count[y], count[x]), cmp.Compare(x, y)) })
	var parts []string
	for _, r := range reasons {
		parts = append(parts, b.or("reject."+r, r)+" "+group(int64(count[r])))
	}
	if len(parts) == 0 {
		return b.t("reject.none", group(int64(len(b.s.Plan.Candidates))))
	}
	return b.t("reject.line", group(int64(len(b.s.Plan.Candidates))), group(int64(len(b.s.Plan.Rejected))), strings.Join(parts, b.t("comma")))
}

package run

import (
	"bytes"
	"context"
	"math"
	"slices"

	"sitecover/coverage"
	"sitecover/coverage/track"
	"sitecover/data"
	"sitecover/data/standard"
	"sitecover/data/store"
	"sitecover/reports"
)

// TrackStatus is how a study stands against its targets on the day of its last snapshot. It is read from snapshots: nothing is computed anew.
type TrackStatus struct {
	Study     string          `json:"study"`
	Date      string          `json:"date"`
	Ledger    bool            `json:"ledger"` // the records of projects were there
	Level     string          `json:"level"`  // of the scoreboard, "" = no levels
	Targets   []TargetView    `json:"targets"`
	Towns     []TownView      `json:"towns"` // by rank
	Before    string          `json:"ranksBefore"`
	Pipeline  []StageView     `json:"pipeline"`
	Programme []BatchView     `json:"programme,omitempty"`
	Money     []MoneyView     `json:"money"`
	History   []HistoryYear   `json:"history"`
	LeftOut   []LeftOut       `json:"targetsLeftOut"`
	Notes     []TrackNoteView `json:"notes"`
}

// TargetView is a target and how it stands. Part, whole, needed and short are in Unit: people, regions, sites, units, projects or 元.
type TargetView struct {
	Year      int      `json:"year"`
	Tier      string   `json:"tier,omitempty"`
	TierName  string   `json:"tierName,omitempty"`
	Region    string   `json:"region,omitempty"`
	Name      string   `json:"regionName,omitempty"`
	Text      string   `json:"name,omitempty"`
	Indicator string   `json:"indicator"`
	Unit      string   `json:"unit"`
	Share     *float64 `json:"askedShare"`
	Amount    *float64 `json:"asked"`
	About     bool     `json:"about,omitempty"`
	Source    string   `json:"source"`
	Handed    bool     `json:"handedDown,omitempty"` // the same share as the whole area

	Status  string   `json:"status"`
	Why     string   `json:"why,omitempty"` // of unknown
	By      string   `json:"by,omitempty"`  // of on_track
	Part    float64  `json:"part"`
	Whole   float64  `json:"whole,omitempty"`
	Value   *float64 `json:"value"` // share, or amount
	Needed  float64  `json:"needed"`
	Short   float64  `json:"short"`
	Line    float64  `json:"line,omitempty"`
	Since   string   `json:"since,omitempty"`
	Years   float64  `json:"yearsLeft,omitempty"`
	Pace    float64  `json:"paceNeeded"`
	Gone    float64  `json:"paceSoFar"`
	Commit  *Outlook `json:"committed,omitempty"`
	Planned *Outlook `json:"planned,omitempty"`
}

// Outlook is a forecast of a target.
type Outlook struct {
	Value float64 `json:"value"`
	Short float64 `json:"short"`
	Met   bool    `json:"met"`
}

// TownView is a line of the scoreboard.
type TownView struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Light   string       `json:"light"`
	Rank    int          `json:"rank"`
	Before  int          `json:"rankBefore"`
	Score   *float64     `json:"score"`
	Tiers   []TownTier   `json:"tiers"`
	Targets []TargetView `json:"targets"`
}

// TownTier is a town's figures in one tier.
type TownTier struct {
	Tier       string   `json:"tier"`
	Name       string   `json:"name"`
	People     float64  `json:"people"`
	Covered    float64  `json:"covered"`
	Effective  *float64 `json:"effective"`
	Change     *float64 `json:"effectiveChange"` // since the snapshot before
	Required   int64    `json:"required"`
	Owning     int64    `json:"owning"`
	Presence   *float64 `json:"presence"`
	Open       int64    `json:"open"`
	Qualifying int64    `json:"qualifying"`
	Below      int64    `json:"belowStandard"`
	Upgraded   *int64   `json:"upgradedThisYear"` // null without a ledger
	Passing    *int64   `json:"passing"`          // null when the sites were not checked
	Paid       *int64   `json:"paidYuan"`         // null without a ledger

	Groups []GroupTier `json:"groups,omitempty"` // of the groups of people that the study names
}

// GroupTier is how many people of a group a tier covers.
type GroupTier struct {
	Group     string   `json:"group"`
	People    float64  `json:"people"`
	Covered   float64  `json:"covered"`
	Effective *float64 `json:"effective"`
}

// StageView counts the projects in a state.
type StageView struct {
	State    string         `json:"state"`
	Name     data.Text      `json:"name"`
	Projects int64          `json:"projects"`
	Tiers    map[string]int `json:"tiers"`
	Budget   int64          `json:"budgetYuan"`
	Paid     int64          `json:"paidYuan"`
}

// BatchView is a batch of the standard's construction programme and how far it is.
type BatchView struct {
	ID       string        `json:"id"`
	Name     standard.Name `json:"name"`
	Count    int           `json:"count"`
	Grant    int64         `json:"grantYuan"` // for one
	Total    int64         `json:"totalYuan"`
	Projects int64         `json:"projects"` // of the ledger
	Started  int64         `json:"started"`
	Accepted int64         `json:"accepted"`
	Paid     int64         `json:"paidYuan"`
	Clause   string        `json:"clause"`
}

// MoneyView is the money of a year; null where it is not known.
type MoneyView struct {
	Year      int    `json:"year"`
	Budget    *int64 `json:"budgetYuan"`
	Committed *int64 `json:"committedYuan"`
	Paid      *int64 `json:"paidYuan"`
}

// TrackNoteView is something that a reader of the figures has to know.
type TrackNoteView struct {
	Date string    `json:"date"`
	Text data.Text `json:"text"`
}

// Status tells how the targets stand. ErrNoSnapshots is returned when none is kept.
func (k *Tracker) Status(ctx context.Context) (*TrackStatus, error) {
	series, notes, err := k.Series(ctx)
	if err != nil {
		return nil, err
	}
	targets, left, err := k.Targets(series)
	if err != nil {
		return nil, err
	}
	return k.statusOf(series, notes, targets, left)
}

func (k *Tracker) statusOf(series []*track.Snapshot, notes []track.Note, targets []track.Target, left []LeftOut) (*TrackStatus, error) {
	now := series[len(series)-1]
	v := &TrackStatus{Study: k.Study.Name, Date: now.Date, Ledger: now.Ledger, LeftOut: left, Targets: []TargetView{}, Towns: []TownView{}, Pipeline: []StageView{}, Notes: []TrackNoteView{}}
	if v.LeftOut == nil {
		v.LeftOut = []LeftOut{}
	}
	standings, err := track.Assess(series, targets)
	if err != nil {
		return nil, err
	}
	for _, s := range standings {
		v.Targets = append(v.Targets, targetView(now, s))
	}
	if level, ok := k.Study.TrackLevel(); ok {
		if at := now.LevelIndex(k.Study.Levels[level].ID); at >= 0 {
			v.Level = now.Levels[at].ID
			board, err := track.Score(series, targets, at)
			if err != nil {
				return nil, err
			}
			v.Before = board.Before
			for _, r := range board.Regions {
				v.Towns = append(v.Towns, townView(series, r))
			}
		}
	}
	v.Pipeline = k.pipeline(now)
	v.Programme = k.batches(now)
	v.Money = k.money(now)
	v.History = historyOf(series)
	for _, n := range notes {
		v.Notes = append(v.Notes, TrackNoteView{n.Date, noteText(n)})
	}
	return v, nil
}

// perUnit turns an exact number into one for people to read: people are in millionths.
func perUnit(u track.Unit, n float64) float64 {
	if u == track.InPeople {
		return n / float64(coverage.Person)
	}
	return n
}

func targetView(now *track.Snapshot, s track.Standing) TargetView {
	t, u := s.Target, s.Target.Indicator.Unit()
	if t.Indicator == track.Built && t.Tier != "" { // regions for a tier that they must own
		if i := now.TierIndex(t.Tier); i >= 0 && now.Tiers[i].Owner >= 0 {
			u = track.InRegions
		}
	}
	n := func(x int64) float64 { return perUnit(u, float64(x)) }
	v := TargetView{Year: t.Year, Tier: t.Tier, Region: t.Region, Text: t.Name, Indicator: string(t.Indicator), Unit: string(u), About: t.About, Source: t.Source, Handed: t.Handed,
		Status: string(s.Status), Why: string(s.Now.Why), By: s.By}
	if i := now.TierIndex(t.Tier); i >= 0 {
		v.TierName = now.Tiers[i].Name
	}
	if i := now.RegionIndex(t.Region); i >= 0 {
		v.Name = now.Regions[i].Name
	}
	if t.Indicator.Shared() {
		v.Share = share(float64(t.Share)/float64(track.Whole), true)
	} else {
		v.Amount = share(n(t.Amount), true)
	}
	if s.Status == track.Unknown {
		return v
	}
	v.Part, v.Whole, v.Needed, v.Short = n(s.Now.Part), n(s.Now.Whole), n(s.Needed), n(s.Short)
	v.Value = share(valueOf(t.Indicator, u, s.Now), true)
	v.Since, v.Years, v.Pace, v.Gone, v.Line = s.Since, s.Years, perUnit(u, s.Pace), perUnit(u, s.Gone), s.Line
	if !t.Indicator.Shared() {
		v.Line = perUnit(u, s.Line)
	}
	view := func(o *track.Outlook) *Outlook {
		if o == nil {
			return nil
		}
		return &Outlook{Value: valueOf(t.Indicator, u, o.Measure), Short: n(o.Short), Met: o.Short == 0}
	}
	v.Commit, v.Planned = view(s.Committed), view(s.Planned)
	return v
}

func valueOf(i track.Indicator, u track.Unit, m track.Measure) float64 {
	if i.Shared() {
		return float64(m.Part) / float64(m.Whole)
	}
	return perUnit(u, float64(m.Part))
}

func townView(series []*track.Snapshot, r track.RegionScore) TownView {
	now := series[len(series)-1]
	region := now.Regions[r.Region]
	v := TownView{ID: region.ID, Name: region.Name, Light: string(r.Light), Rank: r.Rank, Before: r.Before, Tiers: []TownTier{}, Targets: []TargetView{}}
	if r.Targets > 0 {
		v.Score = share(float64(r.Score)/float64(track.Whole), true)
	}
	for t := range now.Tiers {
		f := now.Row(t, r.Region)
		x := tierFigures(now, t, r.Region)
		if n := len(series); n > 1 {
			if before := series[n-2].Row(t, r.Region); before.People > 0 && f.People > 0 {
				x.Change = share(float64(f.Covered)/float64(f.People)-float64(before.Covered)/float64(before.People), true)
			}
		}
		v.Tiers = append(v.Tiers, x)
	}
	for _, s := range r.Standings {
		v.Targets = append(v.Targets, targetView(now, s))
	}
	return v
}

// tierFigures are figures for people to read.
func tierFigures(s *track.Snapshot, t, region int) TownTier {
	f := s.Row(t, region)
	x := TownTier{Tier: s.Tiers[t].ID, Name: s.Tiers[t].Name, People: f.People.Float(), Covered: f.Covered.Float(), Required: f.Required, Owning: f.Owning, Open: f.Open,
		Qualifying: f.Qualifying, Below: f.Below,
		Effective: share(float64(f.Covered)/float64(f.People), f.People > 0), Presence: share(float64(f.Owning)/float64(f.Required), f.Required > 0)}
	for _, g := range s.Tiers[t].Groups {
		people, covered := coverage.People(g.Whole[region+1]), coverage.People(g.Covered[region+1])
		x.Groups = append(x.Groups, GroupTier{g.ID, people.Float(), covered.Float(), share(float64(covered)/float64(people), people > 0)})
	}
	if s.Checked {
		x.Passing = &f.Passing
	}
	if s.Ledger {
		x.Upgraded, x.Paid = &f.UpgradedYear, &f.Paid
	}
	return x
}

// stageNames are the states of a project without a standard.
var stageNames = []struct {
	state store.EventKind
	name  data.Text
}{
	{store.Planned, data.Text{ZH: "列入计划", EN: "planned"}}, {store.Declared, data.Text{ZH: "申报", EN: "declared"}},
	{store.Reviewed, data.Text{ZH: "审核", EN: "reviewed"}}, {store.Approved, data.Text{ZH: "审批", EN: "approved"}},
	{store.Tendered, data.Text{ZH: "招标", EN: "tendered"}}, {store.Building, data.Text{ZH: "在建", EN: "under construction"}},
	{store.Accepted, data.Text{ZH: "验收", EN: "accepted"}}, {store.Paid, data.Text{ZH: "拨付", EN: "paid"}},
}

// pipeline counts the projects by state: the states of the standard's process, or the usual ones, in their order.
func (k *Tracker) pipeline(now *track.Snapshot) []StageView {
	out := []StageView{}
	at := map[string]int{}
	add := func(state string, name data.Text) int {
		if i, there := at[state]; there {
			out[i].Name = name
			return i
		}
		at[state] = len(out)
		out = append(out, StageView{State: state, Name: name, Tiers: map[string]int{}})
		return at[state]
	}
	if !now.Ledger {
		return out
	}
	if p := k.process(); p != nil {
		for _, s := range p.States {
			add(s.ID, data.Text{ZH: s.ZH, EN: s.In("en")})
		}
	} else {
		for _, s := range stageNames {
			add(string(s.state), s.name)
		}
	}
	for _, p := range now.Projects {
		i, there := at[p.State]
		if !there {
			name := data.Text{ZH: p.State, EN: p.State}
			for _, s := range stageNames {
				if string(s.state) == p.State {
					name = s.name
				}
			}
			i = add(p.State, name)
		}
		out[i].Projects += p.Count
		out[i].Tiers[now.Tiers[p.Tier].ID] += int(p.Count)
		out[i].Budget += p.Budget
		out[i].Paid += p.Paid
	}
	return out
}

func (k *Tracker) process() *standard.Process {
	if k.Study.Standard == nil {
		return nil
	}
	return k.Study.Standard.Profile.Process
}

// batches tells how far the standard's construction programme is.
func (k *Tracker) batches(now *track.Snapshot) []BatchView {
	if k.Study.Standard == nil || k.Study.Standard.Profile.Programme == nil {
		return nil
	}
	p := k.Study.Standard.Profile
	var out []BatchView
	for _, b := range p.Programme.Batches {
		v := BatchView{ID: b.ID, Name: b.Name, Count: b.Count, Clause: b.Clause}
		for _, c := range p.Classes {
			if c.ID == b.Class {
				if price := p.PriceOf(b.Way, c.Tier, b.Class); price != nil {
					v.Grant = int64(price.Grant)
				}
			}
		}
		v.Total = v.Grant * int64(b.Count)
		for _, x := range now.Projects {
			if x.Class != b.Class || x.Way != b.Way {
				continue
			}
			v.Projects += x.Count
			v.Paid += x.Paid
			switch store.EventKind(x.State) {
			case store.Building:
				v.Started += x.Count
			case store.Accepted, store.Paid:
				v.Started += x.Count
				v.Accepted += x.Count
			}
		}
		out = append(out, v)
	}
	return out
}

// money lists every year that has a budget, a payment or a committed project.
func (k *Tracker) money(now *track.Snapshot) []MoneyView {
	years := map[int]*MoneyView{}
	of := func(year int) *MoneyView {
		if years[year] == nil {
			years[year] = &MoneyView{Year: year}
			if now.Ledger {
				years[year].Committed, years[year].Paid = new(int64), new(int64)
			}
		}
		return years[year]
	}
	for _, b := range k.Study.Budgets {
		yuan := int64(b.Money)
		of(b.Year).Budget = &yuan
	}
	for _, p := range now.Payments {
		*of(p.Year).Paid += p.Paid
	}
	next := now.Day().AddDate(0, 0, 1).Year()
	for _, p := range now.Projects {
		if rest := p.Budget - p.Paid; rest > 0 && isCommitted(p.State) {
			*of(max(p.Due, next)).Committed += rest
		}
	}
	out := []MoneyView{}
	for _, v := range years {
		out = append(out, *v)
	}
	slices.SortFunc(out, func(a, b MoneyView) int { return a.Year - b.Year })
	return out
}

func isCommitted(state string) bool {
	return slices.Contains([]store.EventKind{store.Approved, store.Tendered, store.Building, store.Accepted, store.Paid}, store.EventKind(state))
}

// HistoryYear is the last snapshot of a year: the whole area, tier by tier.
type HistoryYear struct {
	Year  int        `json:"year"`
	Date  string     `json:"date"`
	Tiers []TownTier `json:"tiers"`
}

func historyOf(series []*track.Snapshot) []HistoryYear {
	out := []HistoryYear{}
	for i, s := range series {
		y := HistoryYear{Year: s.Day().Year(), Date: s.Date}
		for t := range s.Tiers {
			f := s.Row(t, -1)
			x := tierFigures(s, t, -1)
			if i > 0 {
				if before := series[i-1].Row(t, -1); before.People > 0 && f.People > 0 {
					x.Change = share(float64(f.Covered)/float64(f.People)-float64(before.Covered)/float64(before.People), true)
				}
			}
			y.Tiers = append(y.Tiers, x)
		}
		out = append(out, y)
	}
	return out
}

// noteText words a note of the series.
func noteText(n track.Note) data.Text {
	switch n.Kind {
	case track.Converted:
		return data.T("%s 的数字按对照表并入现在的区划", "the figures of %s were brought to a region of today by the crosswalk", n.Region)
	case track.Divided:
		return data.T("%s 后来拆分：人口按比例分开，阵地归比例最大的一块", "%s was split later: people are divided by the shares, sites go to the largest part", n.Region)
	case track.NotTold:
		return data.T("%s 后来拆分而没有比例：各块当年没有数字，上级合计不受影响", "%s was split later without shares: its parts have no figures of that day, totals above are whole", n.Region)
	case track.Gone:
		return data.T("%s 现在没有了，对照表没有写去向：数字留在上级区划", "%s is gone and the crosswalk does not say where to: its figures stay with the region above", n.Region)
	case track.New:
		return data.T("%s 当年没有，对照表没有写来历", "%s was not there, and the crosswalk does not say where it came from", n.Region)
	case track.TierGone:
		return data.T("层级 %s 现在没有了", "the tier %s is there no more", n.Region)
	}
	return data.T("层级 %s 当时的半径、方式或面积要求不同：变化不全是阵地带来的", "the tier %s had another radius, mode or floor area: not all change is made by sites", n.Region)
}

// Book writes the yearly table as Excel.
func (v *TrackStatus) Book(lang, version string) ([]byte, error) {
	var tiers []coverage.Tier
	if len(v.History) > 0 {
		for _, x := range v.History[len(v.History)-1].Tiers {
			tiers = append(tiers, coverage.Tier{ID: x.Tier, Name: x.Name})
		}
	}
	var b bytes.Buffer
	err := reports.WriteScoreBook(&b, reports.ScoreBook{Name: v.Study, Lang: lang, Version: version, Tracking: v.Tracking(tiers, nil)})
	return b.Bytes(), err
}

// Tracking arranges the status for the pages of a report.
func (v *TrackStatus) Tracking(tiers []coverage.Tier, changes []ChangeView) *reports.Tracking {
	out := &reports.Tracking{Date: v.Date, Level: v.Level}
	for _, t := range tiers {
		out.Tiers = append(out.Tiers, reports.TrackTier{ID: t.ID, Name: t.Name})
		for _, indicator := range []string{"effective", "presence"} {
			s := v.seriesOf(t.ID, indicator)
			if len(s.Targets) > 0 || slices.ContainsFunc(s.Points, func(p reports.TrackPoint) bool { return !math.IsNaN(p.Share) }) {
				out.Series = append(out.Series, s)
			}
		}
	}
	for _, t := range v.Targets {
		out.Targets = append(out.Targets, t.report())
	}
	for _, town := range v.Towns {
		out.Towns = append(out.Towns, town.report())
	}
	for _, s := range v.Pipeline {
		stage := reports.TrackStage{State: s.State, Name: reports.TrackBilingual(s.Name), Projects: int(s.Projects), Yuan: s.Budget}
		for _, t := range tiers {
			stage.Tiers = append(stage.Tiers, s.Tiers[t.ID])
		}
		out.Stages = append(out.Stages, stage)
	}
	for _, m := range v.Money {
		out.Money = append(out.Money, reports.TrackMoney{Year: m.Year, Budget: orMinus(m.Budget), Committed: orMinus(m.Committed), Paid: orMinus(m.Paid)})
	}
	for _, c := range changes {
		if c.Region != "" {
			continue
		}
		out.Changes = append(out.Changes, reports.TrackChange{Tier: c.Tier, Since: c.From, Until: c.To, Total: c.TotalPoints / 100, Sites: c.SitesPoints / 100, People: c.PeoplePoints / 100, Ground: c.GroundPoints / 100})
	}
	for _, n := range v.Notes {
		out.Remarks = append(out.Remarks, reports.TrackBilingual{ZH: n.Date + "：" + n.Text.ZH, EN: n.Date + ": " + n.Text.EN})
	}
	for _, l := range v.LeftOut {
		out.Remarks = append(out.Remarks, reports.TrackBilingual{ZH: "未跟踪的目标“" + l.Target + "”（" + l.Source + "）：" + l.Why.ZH, EN: "target not tracked: " + l.Target + " (" + l.Source + "): " + l.Why.EN})
	}
	return out
}

// seriesOf is one indicator of a tier over the years, with what is asked of the whole area.
func (v *TrackStatus) seriesOf(tier, indicator string) reports.TrackSeries {
	s := reports.TrackSeries{Tier: tier, Indicator: indicator, Committed: math.NaN()}
	for _, y := range v.History {
		for _, x := range y.Tiers {
			if x.Tier != tier {
				continue
			}
			p := reports.TrackPoint{Date: y.Date, Share: nan(x.Effective), Part: x.Covered, Whole: x.People}
			if indicator == "presence" {
				p = reports.TrackPoint{Date: y.Date, Share: nan(x.Presence), Part: float64(x.Owning), Whole: float64(x.Required)}
			}
			for _, n := range v.Notes {
				p.Converted = p.Converted || n.Date == y.Date
			}
			s.Points = append(s.Points, p)
		}
	}
	for _, t := range v.Targets {
		same := t.Indicator == indicator || indicator == "presence" && t.Indicator == "built"
		if t.Tier == tier && t.Region == "" && same && t.Share != nil {
			s.Targets = append(s.Targets, reports.TrackAim{Year: t.Year, Share: *t.Share})
			if t.Commit != nil {
				s.Committed = t.Commit.Value
			}
		}
	}
	return s
}

func orMinus(n *int64) int64 {
	if n == nil {
		return -1
	}
	return *n
}

func nan(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// report arranges a target for the pages.
func (t TargetView) report() reports.TrackTarget {
	out := reports.TrackTarget{Year: t.Year, Tier: t.Tier, Region: t.Region, Name: t.Name, Indicator: t.Indicator, Status: t.Status, Short: t.Short, Unit: t.Unit, Pace: t.Pace, Source: t.Source}
	asked, value := t.Words()
	out.IndicatorName = reports.TrackBilingual(IndicatorText(t.Indicator))
	out.Asked, out.Value = reports.TrackBilingual(asked), reports.TrackBilingual(value)
	word := func(o *Outlook) string {
		switch {
		case o == nil:
			return ""
		case o.Met:
			return "met"
		}
		return "short"
	}
	out.Committed, out.Planned = word(t.Commit), word(t.Planned)
	return out
}

func (t TownView) report() reports.TrackTown {
	out := reports.TrackTown{ID: t.ID, Name: t.Name, Light: t.Light, Rank: t.Rank, Before: t.Before, Score: nan(t.Score)}
	for _, x := range t.Tiers {
		out.Cells = append(out.Cells, reports.TrackTownTier{Presence: nan(x.Presence), Effective: nan(x.Effective), Owning: int(x.Owning), Required: int(x.Required),
			Covered: x.Covered, People: x.People, Open: int(x.Open), Qualifying: int(x.Qualifying), Upgraded: int(orMinus(x.Upgraded)), Change: nan(x.Change),
			Below: int(x.Below), Passing: int(orMinus(x.Passing)), Paid: orMinus(x.Paid)})
	}
	return out
}

package run

import (
	"context"

	"sitecover/coverage"
	"sitecover/coverage/track"
	"sitecover/data"
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

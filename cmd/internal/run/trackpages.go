package run

import (
	"bytes"
	"math"
	"slices"

	"sitecover/coverage"
	"sitecover/reports"
)

// This file arranges a status for the pages and the workbook of a report.

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

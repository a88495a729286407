package run

import (
	"math"
	"slices"
	"strconv"

	"sitecover/coverage/track"
	"sitecover/data"
	"sitecover/data/standard"
)

// LeftOut is a target that is not measured, with the reason.
type LeftOut struct {
	Target string    `json:"target"`
	Source string    `json:"source"`
	Why    data.Text `json:"why"`
}

// Targets lists what is asked of the study: tracking.targets, targets, and what its standard asks. Of the same year, tier, region and indicator
// the first of these holds. Targets of every year hold from the year of the first snapshot to the last year that the study plans for, or
// the year after the last snapshot.
func (k *Tracker) Targets(series []*track.Snapshot) ([]track.Target, []LeftOut, error) {
	b := &targetBook{study: k.Study, seen: map[targetKey]bool{}}
	if err := b.known(series[len(series)-1]); err != nil {
		return nil, nil, err
	}
	for _, t := range k.Study.Tracking.Targets {
		b.add(t)
	}
	b.planned()
	if use := k.Study.Standard; use != nil {
		b.years = [2]int{series[0].Day().Year(), series[len(series)-1].Day().Year() + 1}
		for _, y := range k.Study.Budgets {
			b.years[1] = max(b.years[1], y.Year)
		}
		for i := range use.Profile.Targets {
			b.standard(use.Profile, &use.Profile.Targets[i])
		}
		b.programme(use.Profile)
	}
	return b.list, b.left, nil
}

type targetKey struct {
	year         int
	tier, region string
	indicator    track.Indicator
}

type targetBook struct {
	study *data.Study
	years [2]int // of targets of every year
	list  []track.Target
	left  []LeftOut
	seen  map[targetKey]bool
}

func (b *targetBook) add(t track.Target) {
	key := targetKey{t.Year, t.Tier, t.Region, t.Indicator}
	if !b.seen[key] {
		b.seen[key] = true
		b.list = append(b.list, t)
	}
}

// known refuses targets of regions that the last snapshot does not have.
func (b *targetBook) known(last *track.Snapshot) error {
	var errs data.InputErrors
	for _, t := range b.study.Tracking.Targets {
		if t.Region != "" && last.RegionIndex(t.Region) < 0 {
			file, line := splitSource(t.Source)
			errs = append(errs, &data.InputError{File: file, Row: line, Field: "tracking.targets.region", Value: t.Region,
				What: data.T("%s 的快照里没有这个区划", "is no region of the snapshot of %s", last.Date), Hint: data.T("写区划代码；合并、更名过的写新代码", "give its code; of merged or renamed regions the new one")})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

func splitSource(source string) (file string, line int) {
	for i := len(source) - 1; i > 0; i-- {
		if source[i] == ':' {
			if n, err := strconv.Atoi(source[i+1:]); err == nil {
				return source[:i], n
			}
			break
		}
	}
	return source, 0
}

// planned takes the targets of the plan that the user wrote; those that come from the standard are taken from there.
func (b *targetBook) planned() {
	for _, t := range b.study.Targets {
		tier := b.study.Tiers[t.Tier].ID
		for _, x := range []struct {
			key       string
			indicator track.Indicator
			share     float64
		}{{"presence", track.Presence, t.Presence}, {"effective", track.Effective, t.Effective}, {"upgraded", track.Upgraded, t.Upgraded}} {
			if x.share < 0 || x.key == "upgraded" && x.share == 0 {
				continue
			}
			path := "targets." + strconv.Itoa(t.Year)
			if _, set := b.study.Set[path]; !set {
				path += "年"
			}
			path += "." + tier + "." + x.key
			source, _, _ := b.study.SourceOf(path)
			if _, filled := b.study.From[path]; filled {
				continue
			}
			b.add(track.Target{Year: t.Year, Tier: tier, Indicator: x.indicator, Share: int64(math.Round(x.share * float64(track.Whole))), Source: source})
		}
	}
}

// indicators of the standards, as they are tracked.
var standardIndicators = map[string]track.Indicator{
	"built": track.Built, "presence": track.Presence, "effective": track.Effective, "upgraded": track.Upgraded, "count": track.Count, "debt": track.Debt,
	"started": track.Started, "money": track.Money, "units": track.Units, "qualifies": track.Qualifies, "passing": track.Passing,
	"passing_count": track.PassingCount, "upgraded_count": track.UpgradedCount,
}

// standard takes a target of the standard.
func (b *targetBook) standard(p *standard.Profile, t *standard.Target) {
	name, source := t.Name.In(b.study.Language), data.Origin{Profile: p.ID, Clause: t.Clause}.String()
	indicator := standardIndicators[t.Indicator]
	years := []int{t.Year}
	switch {
	case t.Yearly:
		years = nil
		for y := b.years[0]; y <= b.years[1]; y++ {
			years = append(years, y)
		}
		indicator = map[track.Indicator]track.Indicator{track.Upgraded: track.UpgradedYear}[indicator]
		if indicator == "" {
			indicator = standardIndicators[t.Indicator]
		}
	case t.Undated && b.study.Tracking.Undated == 0:
		b.left = append(b.left, LeftOut{name, source, data.T("文本没有年份；写 tracking.undated: 2026 即可跟踪", "the text hides the year; tracking.undated: 2026 gives it one")})
		return
	case t.Undated:
		years[0] = b.study.Tracking.Undated
	}
	for _, tier := range b.tiers(t, indicator) {
		for _, year := range years {
			x := track.Target{ID: t.ID, Name: name, Year: year, Tier: tier, Indicator: indicator, Source: source, About: t.Approximate}
			switch {
			case indicator.Shared():
				x.Share = int64(math.Round(float64(t.Share) * float64(track.Whole)))
			case indicator.Unit() == track.InYuan:
				x.Amount = int64(t.Money)
			default:
				x.Amount = int64(t.Count)
			}
			b.add(x)
		}
	}
}

// tiers are the tiers that a target of the standard is asked of one by one; "" = all together.
func (b *targetBook) tiers(t *standard.Target, i track.Indicator) []string {
	if !i.Shared() && len(t.Tiers) == 0 {
		return []string{""}
	}
	var out []string
	for _, x := range b.study.Tiers {
		if b.study.Standard.Profile.Tier(x.ID) != nil && (len(t.Tiers) == 0 || slices.Contains(t.Tiers, x.ID)) {
			out = append(out, x.ID)
		}
	}
	return out
}

// programme asks that all grants of a construction programme are paid.
func (b *targetBook) programme(p *standard.Profile) {
	if p.Programme == nil || p.Grants() == 0 {
		return
	}
	source := data.Origin{Profile: p.ID, Clause: p.Programme.Clause}.String()
	name := data.T("补助资金拨付", "grants paid").In(b.study.Language)
	year := b.study.Tracking.Undated
	if year == 0 {
		b.left = append(b.left, LeftOut{name, source, data.T("文本没有年份；写 tracking.undated: 2026 即可跟踪", "the text hides the year; tracking.undated: 2026 gives it one")})
		return
	}
	b.add(track.Target{ID: "grants", Name: name, Year: year, Indicator: track.Money, Amount: int64(p.Grants()), Source: source})
}

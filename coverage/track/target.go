package track

import (
	"errors"
	"fmt"
	"math/bits"
)

// Indicator is what a target measures.
type Indicator string

// The indicators. Of each, part of whole.
const (
	// Presence is 有形覆盖: regions that own a qualifying site, of those that must.
	Presence Indicator = "presence"
	// Built is Presence for a tier that regions must own; for any other tier, open sites of all sites that the records know of, open or
	// under way.
	Built Indicator = "built"
	// Effective is 有效覆盖: people covered, of all people.
	Effective Indicator = "effective"
	// Upgraded is the share of the sites that were open on the base day that have been upgraded since, counted together over the years.
	Upgraded Indicator = "upgraded"
	// UpgradedYear is the share of the sites that were open at the end of the year before that were upgraded within the year.
	UpgradedYear Indicator = "upgraded_year"
	// Qualifies is the share of open sites with the minimum floor area.
	Qualifies Indicator = "qualifies"
	// Passing is the share of open sites that reach the lowest grade of the standard (可挂牌).
	Passing Indicator = "passing"
	// Units is the share of units (parks, enterprises, towers) within reach of an open site.
	Units Indicator = "units"
	// Count is the number of open qualifying sites.
	Count Indicator = "count"
	// PassingCount is the number of open sites that reach the lowest grade.
	PassingCount Indicator = "passing_count"
	// UpgradedCount is the number of sites upgraded within the year.
	UpgradedCount Indicator = "upgraded_count"
	// Started is the number of projects that construction has begun on, or that are past it.
	Started Indicator = "started"
	// Money is the money paid up to the day.
	Money Indicator = "money"
	// Debt is what accepted and open projects cost more than was paid for them. It is a most, not a least.
	Debt Indicator = "debt"
)

// Unit is what an indicator's part is counted in.
type Unit string

// The units. People are in millionths of a person.
const (
	InPeople   Unit = "people"
	InRegions  Unit = "regions"
	InSites    Unit = "sites"
	InUnits    Unit = "units"
	InProjects Unit = "projects"
	InYuan     Unit = "yuan"
)

// Unit returns what the indicator's part is counted in.
func (i Indicator) Unit() Unit {
	switch i {
	case Presence:
		return InRegions
	case Effective:
		return InPeople
	case Units:
		return InUnits
	case Started:
		return InProjects
	case Money, Debt:
		return InYuan
	}
	return InSites
}

// Shared reports whether the indicator is a share of a whole; the others are plain amounts.
func (i Indicator) Shared() bool {
	switch i {
	case Count, PassingCount, UpgradedCount, Started, Money, Debt:
		return false
	}
	return true
}

// known are the indicators that there are.
var known = []Indicator{Presence, Built, Effective, Upgraded, UpgradedYear, Qualifies, Passing, Units, Count, PassingCount, UpgradedCount, Started, Money, Debt}

// Indicators lists every indicator.
func Indicators() []Indicator { return append([]Indicator(nil), known...) }

// Whole is everyone: a share of 1 in millionths.
const Whole int64 = 1_000_000

// Target is what is asked by the end of a year.
type Target struct {
	ID        string // of the profile; "" = of the study
	Name      string // as its source words it; may be ""
	Year      int    // by 31 December of it
	Tier      string // id; "" = all tiers together
	Region    string // id; "" = the whole area
	Indicator Indicator
	Share     int64  // millionths of 1; for indicators that are shares
	Amount    int64  // number, or 元; for the others
	Source    string // where it is written: a profile and its clause, or study.yaml and its line
	About     bool   // the document says about
	Handed    bool   // asked of the whole area, and handed down to this region as the same share
}

// ErrTarget is returned for a target that cannot be measured.
var ErrTarget = errors.New("track: target")

// Validate reports what is wrong with a target; the error wraps ErrTarget.
func (t Target) Validate() error {
	bad := func(what string) error { return fmt.Errorf("%w %s %d: %s", ErrTarget, t.Indicator, t.Year, what) }
	found := false
	for _, i := range known {
		found = found || i == t.Indicator
	}
	switch {
	case !found:
		return bad("unknown indicator")
	case t.Year < 1900 || t.Year > 9999:
		return bad("year")
	case t.Indicator.Shared() && (t.Share < 0 || t.Share > Whole || t.Amount != 0):
		return bad("a share is from 0 to 1,000,000 millionths")
	case !t.Indicator.Shared() && (t.Amount < 0 || t.Share != 0):
		return bad("an amount is zero or more")
	}
	return nil
}

// Measure is a measured indicator.
type Measure struct {
	Part, Whole int64 // Whole is 0 for plain amounts
	Why         Why   // why it is not known; "" = it is
}

// Why says why an indicator is not known.
type Why string

// Reasons why an indicator is not known.
const (
	NoTier     Why = "no_tier"     // the snapshot does not have the tier
	NoRegion   Why = "no_region"   // the snapshot does not have the region
	NoLedger   Why = "no_ledger"   // it rests on records of projects, and there are none
	NoBase     Why = "no_base"     // no base day is set
	NotChecked Why = "not_checked" // the sites were not checked against a standard
	NoShare    Why = "no_share"    // the region is part of a split one on that day, or was not there
	Nothing    Why = "nothing"     // there is nothing to have a share of: no people, no region that must own a site
)

// Known reports whether the indicator is known.
func (m Measure) Known() bool { return m.Why == "" }

// needed returns the least part of a whole that is at least the share: the rule by which equality meets.
func needed(share, whole int64) int64 {
	if whole <= 0 || share <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(share), uint64(whole))
	lo, carry := bits.Add64(lo, uint64(Whole-1), 0)
	n, _ := bits.Div64(hi+carry, lo, uint64(Whole)) // share <= Whole, so n fits
	return int64(n)
}

// measure reads an indicator off figures.
func measure(i Indicator, f Figures, s *Snapshot) Measure {
	share := func(part, whole int64) Measure {
		if whole == 0 {
			return Measure{Why: Nothing}
		}
		return Measure{Part: part, Whole: whole}
	}
	if rests(i) && !s.Ledger {
		return Measure{Why: NoLedger}
	}
	switch i {
	case Presence:
		return share(f.Owning, f.Required)
	case Built:
		switch {
		case f.Required > 0:
			return share(f.Owning, f.Required)
		case !s.Ledger:
			return Measure{Why: NoLedger}
		}
		return share(f.Open, f.Open+f.Projects)
	case Effective:
		return share(int64(f.Covered), int64(f.People))
	case Upgraded:
		if s.Base == "" {
			return Measure{Why: NoBase}
		}
		return share(f.BaseUpgraded, f.BaseOpen)
	case UpgradedYear:
		return share(f.UpgradedYear, f.OpenBefore)
	case Qualifies:
		return share(f.Qualifying, f.Open)
	case Passing, PassingCount:
		if !s.Checked {
			return Measure{Why: NotChecked}
		}
		if i == Passing {
			return share(f.Passing, f.Open)
		}
		return Measure{Part: f.Passing}
	case Count:
		return Measure{Part: f.Qualifying}
	case UpgradedCount:
		return Measure{Part: f.UpgradedYear}
	case Started:
		return Measure{Part: f.Started}
	case Money:
		return Measure{Part: f.Paid}
	case Debt:
		return Measure{Part: f.Debt}
	}
	return Measure{Why: Nothing}
}

// rests reports whether the indicator rests on records of projects.
func rests(i Indicator) bool {
	switch i {
	case Upgraded, UpgradedYear, UpgradedCount, Started, Money, Debt:
		return true
	}
	return false
}

// Measure reads a target's indicator off the snapshot. A target of all tiers together adds the tiers up.
func (s *Snapshot) Measure(t Target) Measure {
	region := -1
	if t.Region != "" {
		if region = s.RegionIndex(t.Region); region < 0 {
			return Measure{Why: NoRegion}
		}
		if s.untold != nil && s.untold[region] {
			return Measure{Why: NoShare}
		}
	}
	tiers := []int{}
	for i := range s.Tiers {
		if t.Tier == "" || s.Tiers[i].ID == t.Tier {
			tiers = append(tiers, i)
		}
	}
	if len(tiers) == 0 {
		return Measure{Why: NoTier}
	}
	return s.together(t.Indicator, tiers, func(tier int) Measure {
		if t.Indicator == Units {
			return s.units(tier, region)
		}
		return measure(t.Indicator, s.Row(tier, region), s)
	})
}

// together adds up what the tiers have; a tier that has nothing to share is passed over as long as another has.
func (s *Snapshot) together(i Indicator, tiers []int, of func(tier int) Measure) Measure {
	sum, why := Measure{}, Nothing
	some := false
	for _, t := range tiers {
		m := of(t)
		if !m.Known() {
			if m.Why != Nothing {
				return m
			}
			why = m.Why
			continue
		}
		some = true
		sum.Part += m.Part
		sum.Whole += m.Whole
	}
	if !some {
		return Measure{Why: why}
	}
	return sum
}

func (s *Snapshot) units(tier, region int) Measure {
	m := Measure{}
	for _, p := range s.Tiers[tier].Units {
		m.Whole += p.Whole[region+1]
		m.Part += p.Covered[region+1]
	}
	if m.Whole == 0 {
		return Measure{Why: Nothing}
	}
	return m
}

// forecast is Measure of the end of a year by a forecast. ok is false where there is none of the kind, or for indicators that are not
// forecast.
func (s *Snapshot) forecast(kind string, t Target) (m Measure, ok bool) {
	switch t.Indicator {
	case Presence, Built, Effective, Qualifies, Count:
	default:
		return m, false
	}
	region := -1
	if t.Region != "" {
		if region = s.RegionIndex(t.Region); region < 0 {
			return m, false
		}
	}
	var tiers []int
	for i := range s.Tiers {
		if t.Tier == "" || s.Tiers[i].ID == t.Tier {
			tiers = append(tiers, i)
		}
	}
	some := false
	m = s.together(t.Indicator, tiers, func(tier int) Measure {
		f, there := s.Forecast(kind, t.Year, tier, region)
		some = some || there
		return measure(t.Indicator, f, s)
	})
	return m, some && m.Known()
}

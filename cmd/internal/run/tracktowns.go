package run

import (
	"sitecover/coverage"
	"sitecover/coverage/track"
)

// This file tells how the regions of the scoreboard and their tiers stand.

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

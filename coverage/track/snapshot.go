package track

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Format is the version of a snapshot's JSON.
const Format = 1

// ErrSnapshot is returned for a snapshot that cannot be used.
var ErrSnapshot = errors.New("track: not a usable snapshot")

// Snapshot is all figures of one day: every tier, every region of every level and the whole area. Immutable once made.
type Snapshot struct {
	Format int    `json:"format"`
	Study  string `json:"study"`
	Date   string `json:"date"`           // 2026-12-31
	Base   string `json:"base,omitempty"` // the day from which upgrades are counted together; "" = they are not
	// Ledger tells whether the records of projects were there. Without them upgrades, projects and money are not known, not zero.
	Ledger bool `json:"ledger"`
	// Checked tells whether the sites were checked against the standard, item by item.
	Checked bool `json:"checked"`

	Levels  []Level  `json:"levels"`  // coarsest first
	Regions []Region `json:"regions"` // parents before children
	Tiers   []Tier   `json:"tiers"`

	Projects  []ProjectCount `json:"projects,omitempty"`  // by tier, region, class, way, state, due year
	Payments  []YearMoney    `json:"payments,omitempty"`  // by year and tier, over the whole area
	Forecasts []Forecast     `json:"forecasts,omitempty"` // committed first, then the plan; each by year

	untold []bool // per region: Align found no figures for it; nil = all have theirs
}

// Level is a level of regions.
type Level struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Region is a region of the snapshot's own day.
type Region struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Level  int    `json:"level"`
	Parent int    `json:"parent"` // index, -1 = none
}

// Tier is a tier with its rule of the day and its figures.
type Tier struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Limit   string  `json:"limit"` // "1000 m" or "15 min"
	Mode    string  `json:"mode"`
	MinArea float64 `json:"minAreaM2,omitempty"`
	Nested  bool    `json:"nested,omitempty"` // sites of higher tiers stood in for its own
	Owner   int     `json:"ownerLevel"`       // level whose every region must own one; -1 = none
	Table   Table   `json:"figures"`
	Groups  []Part  `json:"groups,omitempty"` // groups of people: parts in millionths of a person
	Units   []Part  `json:"units,omitempty"`  // kinds of units that count for themselves
}

// Part is what is covered of something else than residents; rows as in a Table.
type Part struct {
	ID      string  `json:"id"`
	Whole   []int64 `json:"whole"`
	Covered []int64 `json:"covered"`
}

// ProjectCount counts projects that are alike.
type ProjectCount struct {
	Tier   int    `json:"tier"`
	Region int    `json:"region"` // deepest, -1 = none
	Class  string `json:"class,omitempty"`
	Way    string `json:"way,omitempty"`
	State  string `json:"state"`
	Due    int    `json:"due,omitempty"` // year in which they are to open; 0 = not told
	Count  int64  `json:"count"`
	Budget int64  `json:"budgetYuan,omitempty"`
	Paid   int64  `json:"paidYuan,omitempty"`
}

// YearMoney is what was paid in a year, negative for what was paid back.
type YearMoney struct {
	Year int   `json:"year"`
	Tier int   `json:"tier"`
	Paid int64 `json:"paidYuan"`
}

// Kinds of forecasts.
const (
	FromCommitted = "committed" // projects approved or under construction, open by the year they are due
	FromPlan      = "plan"      // the committed ones, and the picks of the rollout plan by the year they open
)

// Forecast is the figures at the end of a year to come. Only people, cells, sites and presence are forecast; nobody moves or is born.
type Forecast struct {
	Kind  string  `json:"kind"`
	Year  int     `json:"year"`
	Tiers []Table `json:"tiers"` // parallel to the snapshot's tiers
}

// Day returns the snapshot's day at midnight UTC; the zero time for one that has none, which Validate refuses.
func (s *Snapshot) Day() time.Time {
	day, err := time.Parse(time.DateOnly, s.Date)
	if err != nil {
		return time.Time{}
	}
	return day
}

// Row returns the figures of a region in a tier; -1 is the whole area.
func (s *Snapshot) Row(tier, region int) Figures { return s.Tiers[tier].Table[region+1] }

// Tier returns the index of a tier, -1 = the snapshot does not have it.
func (s *Snapshot) TierIndex(id string) int {
	for i := range s.Tiers {
		if s.Tiers[i].ID == id {
			return i
		}
	}
	return -1
}

// RegionIndex returns the index of a region, -1 = the snapshot does not have it.
func (s *Snapshot) RegionIndex(id string) int {
	for i := range s.Regions {
		if s.Regions[i].ID == id {
			return i
		}
	}
	return -1
}

// LevelIndex returns the index of a level, -1 = the snapshot does not have it.
func (s *Snapshot) LevelIndex(id string) int {
	for i := range s.Levels {
		if s.Levels[i].ID == id {
			return i
		}
	}
	return -1
}

// Forecast returns the figures that a kind of forecast has for the end of a year: those of its last year that is not later, or of today
// when nothing opens before. ok is false when the snapshot holds no forecast of the kind.
func (s *Snapshot) Forecast(kind string, year, tier, region int) (f Figures, ok bool) {
	f = s.Row(tier, region)
	for i := range s.Forecasts {
		if x := &s.Forecasts[i]; x.Kind == kind {
			ok = true
			if x.Year <= year {
				f = x.Tiers[tier][region+1]
			}
		}
	}
	return f, ok
}

// Validate reports what makes a snapshot unusable; errors wrap ErrSnapshot.
func (s *Snapshot) Validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrSnapshot, fmt.Sprintf(format, args...))
	}
	if s.Format != Format {
		return bad("format %d, this program reads %d", s.Format, Format)
	}
	if s.Day().IsZero() {
		return bad("date %q", s.Date)
	}
	for i, r := range s.Regions {
		if r.Parent < -1 || r.Parent >= i || r.Level < 0 || r.Level >= len(s.Levels) {
			return bad("region %q has parent %d and level %d", r.ID, r.Parent, r.Level)
		}
	}
	rows := len(s.Regions) + 1
	for _, t := range s.Tiers {
		if len(t.Table) != rows || t.Owner < -1 || t.Owner >= len(s.Levels) {
			return bad("tier %q has %d rows for %d regions, owner level %d", t.ID, len(t.Table), len(s.Regions), t.Owner)
		}
		for _, p := range append(t.Groups[:len(t.Groups):len(t.Groups)], t.Units...) {
			if len(p.Whole) != rows || len(p.Covered) != rows {
				return bad("%q of tier %q has %d rows", p.ID, t.ID, len(p.Whole))
			}
		}
	}
	for _, f := range s.Forecasts {
		if len(f.Tiers) != len(s.Tiers) {
			return bad("forecast of %d has %d tiers", f.Year, len(f.Tiers))
		}
		for _, t := range f.Tiers {
			if len(t) != rows {
				return bad("forecast of %d has %d rows", f.Year, len(t))
			}
		}
	}
	for _, p := range s.Projects {
		if p.Tier < 0 || p.Tier >= len(s.Tiers) || p.Region < -1 || p.Region >= len(s.Regions) {
			return bad("projects of tier %d in region %d", p.Tier, p.Region)
		}
	}
	for _, p := range s.Payments {
		if p.Tier < 0 || p.Tier >= len(s.Tiers) {
			return bad("payments of tier %d", p.Tier)
		}
	}
	return nil
}

// Encode writes the canonical JSON: fixed order of keys, no spaces, one newline at the end.
func (s *Snapshot) Encode() ([]byte, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	text, err := json.Marshal(s)
	return append(text, '\n'), err
}

// Decode reads a snapshot; errors wrap ErrSnapshot.
func Decode(text []byte) (*Snapshot, error) {
	s := new(Snapshot)
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s, nil
}

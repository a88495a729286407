package track

import (
	"cmp"
	"math/big"
	"slices"
	"time"
)

// Status is how a target stands on the day of the last snapshot.
type Status string

// The states of a target, with v its value, a what is asked, D the day and E the 31 December of the target's year.
//
//	met       v >= a (debt: v <= a). Equality meets. Said before and after E alike.
//	missed    D >= E and not met: the year is over.
//	on_track  D < E, not met, and v is at or above the line to the target on D, or the committed projects that are due by E reach a.
//	behind    D < E, not met, and neither.
//	unknown   the indicator is not known; Why says the reason.
//
// The line to the target is straight in time. It ends in a on E. It begins at the value of the last snapshot on or before E of the target
// before it (same tier, region and indicator), or where there is none at that of the first snapshot. Of indicators that count within
// a year it begins at 0 on 31 December of the year before. On the day on which the line begins v is on it: a score that has just
// begun to be kept is on track.
const (
	Met     Status = "met"
	OnTrack Status = "on_track"
	Behind  Status = "behind"
	Missed  Status = "missed"
	Unknown Status = "unknown"
)

// Standing is a target and how it stands.
type Standing struct {
	Target Target
	Now    Measure
	Needed int64 // least part that meets the target today (debt: the most)
	Short  int64 // how much of it is missing, in the indicator's unit; 0 = met
	Status Status
	By     string  // of on_track: "line" or "committed"
	Line   float64 // what the line asks for on the day: a share 0..1, or an amount
	Since  string  // the day on which the line begins

	// Years left until the end of the target's year, at least 1, and what each of them must bring: Short / Years. A year that has begun
	// counts as the part of it that is left, but the last year counts whole.
	Years float64
	Pace  float64 // in the indicator's unit a year; 0 once met or missed
	Gone  float64 // what each year brought since the line began, in the indicator's unit; 0 on that day

	Committed *Outlook // once the committed projects due by the year are open; nil = not known
	Planned   *Outlook // if the rollout plan is followed too; nil = not known
}

// Outlook is a forecast of a target's measure.
type Outlook struct {
	Measure
	Short int64 // 0 = it will be met
}

// Assess tells how targets stand on the day of the last of a series of snapshots that Align has made comparable. Targets are given in any
// order; the standings come by year, then as given.
func Assess(series []*Snapshot, targets []Target) ([]Standing, error) {
	if len(series) == 0 {
		return nil, ErrSnapshot
	}
	for _, t := range targets {
		if err := t.Validate(); err != nil {
			return nil, err
		}
	}
	a := newAssessor(series, targets)
	out := make([]Standing, 0, len(targets))
	for _, t := range targets {
		out = append(out, a.assess(t))
	}
	slices.SortStableFunc(out, func(x, y Standing) int { return cmp.Compare(x.Target.Year, y.Target.Year) })
	return out, nil
}

// legKey is what makes two targets follow each other.
type legKey struct {
	tier, region string
	indicator    Indicator
}

type assessor struct {
	series []*Snapshot
	now    *Snapshot
	legs   map[legKey][]int // years that are asked for, ascending
}

func newAssessor(series []*Snapshot, targets []Target) *assessor {
	a := &assessor{series: series, now: series[len(series)-1], legs: map[legKey][]int{}}
	for _, t := range targets {
		k := legKey{t.Tier, t.Region, t.Indicator}
		a.legs[k] = append(a.legs[k], t.Year)
	}
	for _, years := range a.legs {
		slices.Sort(years)
	}
	return a
}

func yearEnd(year int) time.Time { return time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC) }

// within reports whether the indicator is counted anew every year.
func within(i Indicator) bool { return i == UpgradedYear || i == UpgradedCount }

// day returns the snapshot that a target is measured on: of indicators that are counted anew every year, the last one of the target's
// year; of the others the last one.
func (a *assessor) day(t Target) *Snapshot {
	if !within(t.Indicator) || t.Year >= a.now.Day().Year() {
		return a.now
	}
	for i := len(a.series) - 1; i >= 0; i-- {
		if a.series[i].Day().Year() == t.Year {
			return a.series[i]
		}
	}
	return a.now
}

func (a *assessor) assess(t Target) Standing {
	on := a.day(t)
	s := Standing{Target: t, Now: on.Measure(t)}
	if within(t.Indicator) && on.Day().Year() != t.Year {
		if t.Year < on.Day().Year() {
			s.Now = Measure{Why: NoLedger} // no snapshot of that year
		} else if s.Now.Known() {
			s.Now.Part = 0 // its year has not begun
		}
	}
	if !s.Now.Known() {
		s.Status = Unknown
		return s
	}
	s.Needed = t.Amount
	if t.Indicator.Shared() {
		s.Needed = needed(t.Share, s.Now.Whole)
	}
	s.Short = short(t, s.Now, s.Needed)
	s.Committed, s.Planned = a.outlook(FromCommitted, t), a.outlook(FromPlan, t)
	today, end := on.Day(), yearEnd(t.Year)
	switch {
	case s.Short == 0:
		s.Status = Met
	case !today.Before(end):
		s.Status = Missed
	default:
		s.pace(today, end)
		above := a.line(&s, today, end)
		s.Status = Behind
		if above {
			s.Status, s.By = OnTrack, "line"
		} else if s.Committed != nil && s.Committed.Short == 0 {
			s.Status, s.By = OnTrack, "committed"
		}
	}
	return s
}

// short returns how much is missing.
func short(t Target, m Measure, needed int64) int64 {
	if t.Indicator == Debt {
		return max(0, m.Part-needed)
	}
	return max(0, needed-m.Part)
}

func (a *assessor) outlook(kind string, t Target) *Outlook {
	m, ok := a.now.forecast(kind, t)
	if !ok || t.Year < a.now.Day().Year() {
		return nil
	}
	n := t.Amount
	if t.Indicator.Shared() {
		n = needed(t.Share, m.Whole)
	}
	return &Outlook{Measure: m, Short: short(t, m, n)}
}

// pace sets the years left and what each of them must bring.
func (s *Standing) pace(today, end time.Time) {
	year := today.Year()
	rest := yearEnd(year).Sub(today).Hours() / yearEnd(year).Sub(yearEnd(year-1)).Hours()
	s.Years = max(1, float64(end.Year()-year)+rest)
	s.Pace = float64(s.Short) / s.Years
}

// line sets the line's height on the day and reports whether the value is at or above it (debt: at or below). Exact: the comparison is
// of fractions.
func (a *assessor) line(s *Standing, today, end time.Time) bool {
	t := s.Target
	begin, from := a.begin(t)
	s.Since = begin.Format(time.DateOnly)
	asked := big.NewRat(t.Amount, 1)
	if t.Indicator.Shared() {
		asked = big.NewRat(t.Share, Whole)
	}
	value := s.Now.value()
	line := new(big.Rat).Set(from)
	if span := days(begin, end); span > 0 && today.After(begin) {
		gone := days(begin, today)
		step := new(big.Rat).Sub(asked, from)
		line.Add(line, step.Mul(step, big.NewRat(gone, span)))
		change := new(big.Rat).Sub(value, from)
		f, _ := change.Float64()
		if t.Indicator.Shared() {
			f *= float64(s.Now.Whole)
		}
		s.Gone = f / (float64(gone) / 365.25)
	}
	s.Line, _ = line.Float64()
	if t.Indicator == Debt {
		return value.Cmp(line) <= 0
	}
	return value.Cmp(line) >= 0
}

func days(a, b time.Time) int64 { return int64(b.Sub(a).Hours()/24 + 0.5) }

// value returns the measure as a share or an amount.
func (m Measure) value() *big.Rat {
	if m.Whole == 0 {
		return big.NewRat(m.Part, 1)
	}
	return big.NewRat(m.Part, m.Whole)
}

// begin returns where the line to a target begins.
func (a *assessor) begin(t Target) (time.Time, *big.Rat) {
	if within(t.Indicator) {
		return yearEnd(t.Year - 1), new(big.Rat)
	}
	first := a.known(t, 0)
	before := 0
	for _, year := range a.legs[legKey{t.Tier, t.Region, t.Indicator}] {
		if year < t.Year {
			before = year
		}
	}
	if before > 0 {
		for i := len(a.series) - 1; i > first; i-- {
			if !a.series[i].Day().After(yearEnd(before)) && a.series[i].Measure(t).Known() {
				first = i
				break
			}
		}
	}
	return a.series[first].Day(), a.series[first].Measure(t).value()
}

// known returns the first snapshot from i on that knows a target's measure; the last one does.
func (a *assessor) known(t Target, i int) int {
	for ; i < len(a.series)-1; i++ {
		if a.series[i].Measure(t).Known() {
			return i
		}
	}
	return len(a.series) - 1
}

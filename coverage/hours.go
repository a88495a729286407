package coverage

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Moment is a minute of an ordinary week, one without public holidays: 0 is Monday 00:00, 10,079 Sunday 23:59.
type Moment int

const (
	day  = 24 * 60
	week = 7 * day
)

// MomentOf returns the moment of a weekday (hour 0..23, minute 0..59; other values run over into the days around).
func MomentOf(weekday time.Weekday, hour, minute int) Moment {
	at := (int(weekday)+6)%7*day + hour*60 + minute
	return Moment((at%week + week) % week)
}

// Span is a time of the week at which a site is open: from the minute From to just before To, in minutes since Monday 00:00.
type Span struct{ From, To Moment }

// ErrWeek says that bytes are not what Week.MarshalBinary writes.
var ErrWeek = errors.New("coverage: not the bytes of a week")

// Week is when a site is open in an ordinary week. Immutable. The zero Week is never open.
type Week struct{ open []Span }

// NewWeek returns the week of some spans in any order, which may overlap. A span may end after Sunday midnight, and then goes on from
// Monday. The error is a *FieldError for one that begins outside the week, or that is empty or longer than a week.
func NewWeek(spans []Span) (*Week, error) {
	var all []Span
	for i, s := range spans {
		if s.From < 0 || s.From >= week || s.To <= s.From || s.To > s.From+week {
			return nil, &FieldError{Field: fmt.Sprintf("spans[%d]", i), What: fmt.Sprintf("minutes %d to %d are no time of a week", s.From, s.To)}
		}
		if s.To > week {
			all = append(all, Span{0, s.To - week})
			s.To = week
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	w := &Week{}
	for _, s := range all {
		if last := len(w.open) - 1; last >= 0 && s.From <= w.open[last].To {
			w.open[last].To = max(w.open[last].To, s.To)
			continue
		}
		w.open = append(w.open, s)
	}
	return w, nil
}

// Spans returns the spans, ascending, apart from each other and within the week.
func (w *Week) Spans() []Span { return slices.Clone(w.open) }

// MarshalBinary writes the minutes at which the spans begin and end, two bytes each. The error is always nil.
func (w *Week) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, 4*len(w.open))
	for _, s := range w.open {
		b = binary.LittleEndian.AppendUint16(b, uint16(s.From))
		b = binary.LittleEndian.AppendUint16(b, uint16(s.To))
	}
	return b, nil
}

// UnmarshalBinary reads what MarshalBinary wrote. The error is that of NewWeek, or ErrWeek for bytes that are none.
func (w *Week) UnmarshalBinary(b []byte) error {
	var spans []Span
	for ; len(b) >= 4; b = b[4:] {
		spans = append(spans, Span{Moment(binary.LittleEndian.Uint16(b)), Moment(binary.LittleEndian.Uint16(b[2:]))})
	}
	read, err := NewWeek(spans)
	if err == nil && (len(b) > 0 || !slices.Equal(read.open, spans)) {
		err = ErrWeek
	}
	if err != nil {
		return err
	}
	*w = *read
	return nil
}

// OpenAt reports whether the site is open at the moment. At the minute at which it closes it is closed.
func (w *Week) OpenAt(at Moment) bool {
	return slices.ContainsFunc(w.open, func(s Span) bool { return s.From <= at && at < s.To })
}

// open reports whether a site serves: on the reporting date, and at the moment if one is asked for. A site whose hours are not
// known does not count as open at any moment.
func (in *Input) open(s *Site) bool {
	return s.OpenOn(in.Date) && (in.At == nil || s.Hours != nil && s.Hours.OpenAt(*in.At))
}

// HoursUnknown lists the sites that serve a tier and are open on the reporting date, at hours that are not known: those that no moment
// counts as open.
func HoursUnknown(in Input, t int) (list []int32) {
	for i := range in.Sites {
		if s := &in.Sites[i]; s.Serves(in.Tiers, t) && s.Hours == nil && s.OpenOn(in.Date) {
			list = append(list, int32(i))
		}
	}
	return list
}

// NamedMoment is a moment with the word that results know it by.
type NamedMoment struct {
	ID     string
	ZH, EN string // as people say it
	At     Moment
}

// DefaultMoments are an evening and a night of a workday (Wednesday 20:00 and 23:00) and Sunday morning (10:00).
func DefaultMoments() []NamedMoment {
	return []NamedMoment{
		{"workday-20:00", "工作日 20:00", "20:00 on workdays", MomentOf(time.Wednesday, 20, 0)},
		{"workday-23:00", "工作日 23:00", "23:00 on workdays", MomentOf(time.Wednesday, 23, 0)},
		{"sunday-10:00", "周日 10:00", "10:00 on Sundays", MomentOf(time.Sunday, 10, 0)},
	}
}

// HoursCoverage is what is left of a tier's coverage at one moment. Open + Closed + Unknown = the tier's sites on the reporting date.
type HoursCoverage struct {
	Moment  NamedMoment
	Open    int // sites that are open then
	Closed  int
	Unknown int // sites whose hours are not known
	Region  []HoursFigures
	Total   HoursFigures
}

// HoursFigures count the people of one region. Covered is what is certain; Possible adds those within the limit of a site whose
// hours are not known, so that the truth lies between the two.
type HoursFigures struct {
	People   People
	Covered  People // within the limit of a site that is open then
	Possible People // within the limit of a site that is open then, or may be
}

// Effective returns the certain share of people covered; ok is false for a region without people.
func (x HoursFigures) Effective() (share float64, ok bool) {
	if x.People == 0 {
		return 0, false
	}
	return float64(x.Covered) / float64(x.People), true
}

func (x *HoursFigures) add(y HoursFigures) {
	x.People += y.People
	x.Covered += y.Covered
	x.Possible += y.Possible
}

// ByHours returns what is covered at each moment: [tier][moment]. It needs no new search, as a site that is closed serves nobody and
// changes nothing for the others: O(moments × entries of the matrices). The result must be that of the input without a moment
// (Input.At); otherwise, and for a moment outside the week, the error is a *FieldError.
func ByHours(in Input, res *Result, moments []NamedMoment) ([][]HoursCoverage, error) {
	if in.At != nil {
		return nil, &FieldError{Field: "At", What: "coverage by hours starts from the coverage at all hours"}
	}
	if len(res.Services) != len(in.Tiers) {
		return nil, &FieldError{Field: "res", What: fmt.Sprintf("%d services for %d tiers", len(res.Services), len(in.Tiers))}
	}
	for i, m := range moments {
		if m.At < 0 || m.At >= week {
			return nil, &FieldError{Field: fmt.Sprintf("moments[%d]", i), What: fmt.Sprintf("minute %d is not in a week", m.At)}
		}
	}
	out := make([][]HoursCoverage, len(in.Tiers))
	for t := range in.Tiers {
		for _, m := range moments {
			out[t] = append(out[t], hoursAt(in, &res.Services[t], m))
		}
	}
	return out, nil
}

// What is known of a demand point at a moment.
const (
	unserved uint8 = iota
	perhaps        // a site whose hours are not known serves it
	served
)

func hoursAt(in Input, s *Service, m NamedMoment) HoursCoverage {
	c := HoursCoverage{Moment: m, Region: make([]HoursFigures, len(in.Regions.All))}
	state := make([]uint8, in.Demand.Len())
	for row, i := range s.Open {
		hours := in.Sites[i].Hours
		serves := served
		switch {
		case hours == nil:
			c.Unknown++
			serves = perhaps
		case hours.OpenAt(m.At):
			c.Open++
		default:
			c.Closed++
			continue
		}
		columns, _ := s.Matrix.Row(row)
		for _, k := range columns {
			state[k] = max(state[k], serves)
		}
	}
	for i, people := range in.Demand.People {
		x := &c.Region[in.Demand.Region[i]]
		x.People += people
		if state[i] == served {
			x.Covered += people
		}
		if state[i] != unserved {
			x.Possible += people
		}
	}
	for r := len(c.Region) - 1; r >= 0; r-- {
		if parent := in.Regions.All[r].Parent; parent >= 0 {
			c.Region[parent].add(c.Region[r])
		} else {
			c.Total.add(c.Region[r])
		}
	}
	return c
}

package coverage

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMoments(t *testing.T) {
	for _, c := range []struct {
		weekday      time.Weekday
		hour, minute int
		want         Moment
	}{
		{time.Monday, 0, 0, 0}, {time.Sunday, 23, 59, 10079}, {time.Wednesday, 20, 0, 2*1440 + 1200},
		{time.Sunday, 24, 0, 0}, {time.Monday, 0, -1, 10079},
	} {
		if got := MomentOf(c.weekday, c.hour, c.minute); got != c.want {
			t.Errorf("%v %d:%02d is %d, want %d", c.weekday, c.hour, c.minute, got, c.want)
		}
	}
}

// Open minute by minute is what the spans say, however they overlap and wherever they cross Sunday midnight.
func TestWeekIsTheUnionOfItsSpans(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var spans []Span
		var open [week]bool
		for range rapid.IntRange(0, 5).Draw(rt, "spans") {
			from := rapid.IntRange(0, week-1).Draw(rt, "from")
			length := rapid.OneOf(rapid.IntRange(1, 600), rapid.IntRange(1, week)).Draw(rt, "length")
			spans = append(spans, Span{Moment(from), Moment(from + length)})
			for m := from; m < from+length; m++ {
				open[m%week] = true
			}
		}
		w, err := NewWeek(spans)
		if err != nil {
			rt.Fatal(err)
		}
		for m := range open {
			if w.OpenAt(Moment(m)) != open[m] {
				rt.Fatalf("minute %d: %v", m, !open[m])
			}
		}
		last := Moment(-1)
		for _, s := range w.Spans() {
			if s.From <= last || s.To <= s.From || s.To > week {
				rt.Fatalf("spans %v", w.Spans())
			}
			last = s.To
		}
	})
	for _, s := range []Span{{-1, 5}, {5, 5}, {week, week + 1}, {0, week + 1}} {
		var field *FieldError
		if _, err := NewWeek([]Span{s}); !errors.As(err, &field) {
			t.Errorf("%v: %v", s, err)
		}
	}
}

// The toy county with a second site at 2,000 m, which serves everybody from 1,000 m to 3,000 m: 4 + 8 + 1/2 + 16 + 32. The first,
// which serves 1 + 2 + 4, is open on workdays from 8 to 20; of the second nobody knows.
func TestByHours(t *testing.T) {
	in, _ := toyInput(t)
	workdays := []Span{}
	for d := range Moment(5) {
		workdays = append(workdays, Span{d*day + 8*60, d*day + 20*60})
	}
	w, err := NewWeek(workdays)
	if err != nil {
		t.Fatal(err)
	}
	in.Sites[0].Hours = w
	in.Sites = append(in.Sites, Site{ID: "s2", Point: north(toyOrigin, 2000), Region: townB, FloorArea: -1})
	res := mustCompute(t, in)
	moments := append(DefaultMoments(), NamedMoment{"workday-19:59", "", "", MomentOf(time.Wednesday, 19, 59)})
	all, err := ByHours(in, res, moments)
	if err != nil {
		t.Fatal(err)
	}
	const half = Person / 2
	for i, want := range []HoursCoverage{
		{Closed: 1, Unknown: 1, Total: HoursFigures{127 * half, 0, 121 * half}}, // at the minute of closing it is closed
		{Closed: 1, Unknown: 1, Total: HoursFigures{127 * half, 0, 121 * half}},
		{Closed: 1, Unknown: 1, Total: HoursFigures{127 * half, 0, 121 * half}},
		{Open: 1, Unknown: 1, Total: HoursFigures{127 * half, 14 * half, 127 * half}},
	} {
		got := all[0][i]
		if got.Moment != moments[i] || got.Open != want.Open || got.Closed != want.Closed || got.Unknown != want.Unknown || got.Total != want.Total {
			t.Errorf("%s: %+v, want %+v", moments[i].ID, got, want)
		}
	}
	if share, ok := all[0][3].Region[townA].Effective(); !ok || share != 7/15.5 {
		t.Errorf("town A: %v", share)
	}
	if got := HoursUnknown(in, 0); !slices.Equal(got, []int32{1}) {
		t.Errorf("unknown: %v", got)
	}
}

// What ByHours says is certain is what a computation at that moment says; what is possible is one in which every unknown site is
// always open.
func TestByHoursEqualsComputing(t *testing.T) {
	always := &Week{[]Span{{0, week}}}
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		in.At = nil
		at := Moment(rapid.IntRange(0, week-1).Draw(rt, "at"))
		all, err := ByHours(in, mustCompute(t, in), []NamedMoment{{ID: "x", At: at}})
		if err != nil {
			rt.Fatal(err)
		}
		in.At = &at
		sure := mustCompute(t, in)
		in.Sites = slices.Clone(in.Sites)
		for i := range in.Sites {
			if in.Sites[i].Hours == nil {
				in.Sites[i].Hours = always
			}
		}
		possible := mustCompute(t, in)
		for k := range in.Tiers {
			got := all[k][0]
			if want := (HoursFigures{sure.Total[k].People, sure.Total[k].Covered, possible.Total[k].Covered}); got.Total != want || got.Open != len(sure.Services[k].Open) {
				rt.Fatalf("tier %d: %+v, want %+v", k, got, want)
			}
			for r := range got.Region {
				if want := (HoursFigures{sure.Region[k][r].People, sure.Region[k][r].Covered, possible.Region[k][r].Covered}); got.Region[r] != want {
					rt.Fatalf("tier %d, region %d: %+v, want %+v", k, r, got.Region[r], want)
				}
			}
		}
	})
}

func TestByHoursRefuses(t *testing.T) {
	in, _ := toyInput(t)
	res := mustCompute(t, in)
	var field *FieldError
	if _, err := ByHours(in, res, []NamedMoment{{ID: "x", At: week}}); !errors.As(err, &field) {
		t.Errorf("a moment outside the week: %v", err)
	}
	if _, err := ByHours(in, &Result{}, nil); !errors.As(err, &field) {
		t.Errorf("the result of another input: %v", err)
	}
	at := Moment(week)
	in.At = &at
	if err := in.Validate(); !errors.As(err, &field) || !reflect.DeepEqual(field.Field, "At") {
		t.Errorf("a moment outside the week: %v", err)
	}
	at = 0
	if _, err := ByHours(in, res, nil); !errors.As(err, &field) {
		t.Errorf("the coverage at one moment: %v", err)
	}
}

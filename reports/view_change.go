package reports

import (
	"math"
	"strconv"

	"sitecover/geo"
	"sitecover/siting"
)

// speed is the speed in km/h that tells a tier's metres as minutes; 0 = none.
func (b *builder) speed(t int) float64 {
	if t >= len(b.s.Speeds) || b.s.Tiers[t].Limit.Metric != geo.Metres {
		return 0
	}
	return b.s.Speeds[t]
}

// minutes tells a span of metres as minutes of the tier's way of travelling; from 0 to the limit it is what lies beyond that.
func (b *builder) minutes(t int, from, to geo.Impedance) string {
	speed := b.speed(t)
	if speed <= 0 {
		return ""
	}
	in := func(i geo.Impedance) string { return trimZero(decimal(i.Value()/(speed/3.6)/60, 1)) }
	if from == 0 && to == b.s.Tiers[t].Limit.Max {
		return b.t("dist.overtime", in(to))
	}
	return b.t("dist.time", in(from), in(to))
}

// yearLine is the finding of a tier's years: where coverage goes, and whether it meets what is asked.
func (b *builder) yearLine(years []yearView) string {
	if len(years) < 2 || math.IsNaN(years[0].Effective) || math.IsNaN(years[len(years)-1].Effective) {
		return b.t("trend.title")
	}
	first, last := years[0], years[len(years)-1]
	out := b.t("trend.rise", percent(first.Effective), percent(last.Effective), last.Label)
	if last.Effective == first.Effective {
		out = b.t("trend.flat", percent(first.Effective))
	}
	asked, missed, worst := 0, 0, years[0]
	for _, y := range years {
		if !known(y.Target) || math.IsNaN(y.Effective) {
			continue
		}
		asked++
		if y.Behind {
			if missed++; missed == 1 || y.Effective-y.Target < worst.Effective-worst.Target {
				worst = y
			}
		}
	}
	switch {
	case asked == 0:
		return out
	case missed == 0:
		return out + b.t("trend.met")
	}
	return out + b.t("trend.behind", worst.Label, gapPoints(worst.Effective-worst.Target))
}

// changes tells of the four headline figures how they changed since the last year on record; "" where nothing is recorded.
func (b *builder) changes(t int) (out [4]string) {
	tr := b.s.Tracking
	if tr == nil {
		return out
	}
	for i := range tr.Series {
		s := &tr.Series[i]
		from, to, ok := lastTwo(s.Points)
		if s.Tier != b.s.Tiers[t].ID || !ok {
			continue
		}
		more := int(math.Round((to.Whole - to.Part) - (from.Whole - from.Part)))
		switch s.Indicator {
		case "effective":
			out[0] = b.t("change.points", yearOf(from.Date), points(to.Share-from.Share))
			out[2] = b.t("change.people", yearOf(from.Date), signed(more))
		case "presence":
			out[1] = b.t("change.count", yearOf(from.Date), signed(more))
		}
	}
	last := 0
	for i, m := range tr.Money {
		if m.Paid > 0 && (last == 0 || m.Year > tr.Money[last-1].Year) {
			last = i + 1
		}
	}
	if last > 0 {
		out[3] = b.t("change.paid", tr.Money[last-1].Year, b.money(siting.Yuan(tr.Money[last-1].Paid)))
	}
	return out
}

// lastTwo are the last point of a series and the last one of an earlier year; ok is false where either is missing or has no share.
func lastTwo(points []TrackPoint) (from, to TrackPoint, ok bool) {
	if len(points) == 0 {
		return from, to, false
	}
	to = points[len(points)-1]
	for i := len(points) - 2; i >= 0; i-- {
		if from = points[i]; yearOf(from.Date) < yearOf(to.Date) {
			return from, to, !math.IsNaN(from.Share) && !math.IsNaN(to.Share)
		}
	}
	return from, to, false
}

// rankMove tells how a region's place in the yearly scoreboard changed; "" where the scoreboard does not hold it.
func (b *builder) rankMove(id string) string {
	if b.s.Tracking == nil {
		return ""
	}
	for _, t := range b.s.Tracking.Towns {
		if t.ID != id || t.Rank == 0 || t.Before == 0 {
			continue
		}
		switch move := t.Before - t.Rank; {
		case move > 0:
			return "↑ " + strconv.Itoa(move)
		case move < 0:
			return "↓ " + strconv.Itoa(-move)
		}
		return "="
	}
	return ""
}

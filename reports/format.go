package reports

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/siting"
)

// nbsp keeps a figure and its unit on one line.
const nbsp = "\u00a0"

// group writes an integer with thousands separators: 1234567 -> "1,234,567".
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "−", s[1:]
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return sign + b.String()
}

// heads rounds people to whole persons.
func heads(p coverage.People) int64 { return int64(math.Round(p.Float())) }

// people writes a number of people as the language expects it: 万 from ten thousand on in Chinese, with one decimal.
func (w words) people(p coverage.People) string {
	n := heads(p)
	if w.lang == Chinese && n >= 10_000 {
		return decimal(p.Float()/10_000, 1) + nbsp + "万"
	}
	return group(n)
}

// someone is people where there are some: fewer than half a person do not read as nobody.
func (w words) someone(p coverage.People) string {
	if p > 0 && heads(p) == 0 {
		return "<1"
	}
	return w.people(p)
}

// peopleUnit is people with its unit: "56.3 万人", "812 人", "56,300 people".
func (w words) peopleUnit(p coverage.People) string {
	s := w.people(p)
	if !strings.HasSuffix(s, "万") {
		s += nbsp
	}
	return s + w.t("unit.people")
}

// decimal writes a number with a fixed number of decimals and thousands separators.
func decimal(x float64, places int) string {
	s := strconv.FormatFloat(math.Abs(x), 'f', places, 64)
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return s
	}
	out := group(n)
	if frac != "" {
		out += "." + frac
	}
	if x < 0 && strings.Trim(s, "0.") != "" {
		out = "−" + out
	}
	return out
}

// percent writes a share (0..1) with one decimal. What is not quite everything never reads 100.0 %, and what is not quite
// nothing never reads 0.0 %. NaN and negative shares, which stand for "none", read as a dash.
func percent(share float64) string {
	switch {
	case math.IsNaN(share) || share < 0:
		return "—"
	case share < 1 && share >= 0.9995:
		return "99.9" + nbsp + "%"
	case share > 0 && share < 0.0005:
		return "<0.1" + nbsp + "%"
	}
	return coverage.ShareText(share, 1) + nbsp + "%"
}

// points writes a difference of two shares in percentage points, with its sign.
func points(diff float64) string {
	if math.IsNaN(diff) {
		return "—"
	}
	s := strings.TrimPrefix(coverage.ShareText(-math.Abs(diff), 1), "-")
	switch {
	case s == "0.0":
		return "0.0"
	case diff < 0:
		return "−" + s
	}
	return "+" + s
}

// gapPoints writes how large a difference is, in percentage points, without a sign.
func gapPoints(diff float64) string { return decimal(math.Abs(diff)*100, 1) }

// money writes yuan in 万元, or in English in million yuan.
func (w words) money(y siting.Yuan) string {
	if w.lang == English && y > -1_000_000 && y < 1_000_000 {
		return "¥" + group(int64(y))
	}
	if w.lang == English {
		return "¥" + trimZero(decimal(float64(y)/1e6, 2)) + nbsp + "m"
	}
	return trimZero(decimal(float64(y)/float64(siting.Wan), 1)) + nbsp + "万元"
}

// trimZero drops an all-zero decimal part.
func trimZero(s string) string {
	whole, frac, ok := strings.Cut(s, ".")
	if ok && strings.Trim(frac, "0") == "" {
		return whole
	}
	return s
}

// cost writes an impedance in its metric: "1,240 米", "12.5 分钟".
func (w words) cost(i geo.Impedance, m geo.Metric) string {
	if i == geo.Unreachable {
		return "—"
	}
	if m == geo.Seconds {
		return trimZero(decimal(i.Value()/60, 1)) + w.t("unit.minutes")
	}
	return group(int64(math.Round(i.Value()))) + w.t("unit.metres")
}

// limit writes a tier's standard: "步行 1,000 米".
func (w words) limit(t coverage.Tier) string {
	return w.or("mode."+t.Mode, t.Mode) + " " + w.cost(t.Limit.Max, t.Limit.Metric)
}

// area writes square metres.
func (w words) area(m2 float64) string {
	if m2 < 0 {
		return "—"
	}
	return group(int64(math.Round(m2))) + nbsp + "m²"
}

// position writes a point as latitude and longitude to a thousandth of a degree, about 100 m: "30.047° S, 51.183° W".
func (w words) position(p orb.Point) string {
	side := func(x float64, plus, minus string) string {
		s := strconv.FormatFloat(math.Abs(x), 'f', 3, 64) + "°" + nbsp
		if x < 0 {
			return s + minus
		}
		return s + plus
	}
	return side(p[1], "N", "S") + ", " + side(p[0], "E", "W")
}

// degrees writes a coordinate with six decimals, about 0.1 m.
func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }

// bytesSize writes a file size.
func bytesSize(n int64) string {
	switch {
	case n >= 1<<20:
		return decimal(float64(n)/(1<<20), 1) + " MB"
	case n >= 1<<10:
		return decimal(float64(n)/(1<<10), 1) + " kB"
	}
	return group(n) + " B"
}

package run

import (
	"math"
	"strconv"
	"strings"

	"sitecover/coverage"
	"sitecover/coverage/track"
	"sitecover/data"
)

// indicatorWords name the indicators.
var indicatorWords = map[track.Indicator]data.Text{
	track.Presence: {ZH: "有形覆盖", EN: "presence"}, track.Built: {ZH: "建成率", EN: "built"}, track.Effective: {ZH: "有效覆盖", EN: "effective coverage"},
	track.Upgraded: {ZH: "累计提升", EN: "upgraded so far"}, track.UpgradedYear: {ZH: "当年提升", EN: "upgraded in the year"},
	track.Qualifies: {ZH: "面积达标率", EN: "large enough"}, track.Passing: {ZH: "可挂牌率", EN: "pass the standard"}, track.Units: {ZH: "单位覆盖", EN: "units covered"},
	track.Count: {ZH: "达标阵地数", EN: "qualifying sites"}, track.PassingCount: {ZH: "可挂牌数", EN: "sites that pass"}, track.UpgradedCount: {ZH: "当年提升数", EN: "sites upgraded in the year"},
	track.Started: {ZH: "开工数", EN: "projects started"}, track.Money: {ZH: "已拨付", EN: "paid"}, track.Debt: {ZH: "欠款", EN: "debt"},
}

// unitWords count what is short.
var unitWords = map[string]data.Text{
	"people": {ZH: "人", EN: "people"}, "regions": {ZH: "个区划", EN: "regions"}, "sites": {ZH: "个阵地", EN: "sites"}, "units": {ZH: "个单位", EN: "units"}, "projects": {ZH: "个项目", EN: "projects"},
}

// IndicatorText names an indicator.
func IndicatorText(word string) data.Text { return indicatorWords[track.Indicator(word)] }

// StatusText words a status.
func StatusText(word string) data.Text {
	return map[string]data.Text{
		"met": {ZH: "完成", EN: "met"}, "on_track": {ZH: "正常", EN: "on track"}, "behind": {ZH: "滞后", EN: "behind"}, "missed": {ZH: "未完成", EN: "missed"}, "unknown": {ZH: "无数据", EN: "not known"},
	}[word]
}

// LightText words a light, so that it is told without its colour.
func LightText(word string) data.Text {
	return map[string]data.Text{"green": {ZH: "● 绿", EN: "● green"}, "amber": {ZH: "▲ 黄", EN: "▲ amber"}, "red": {ZH: "■ 红", EN: "■ red"}, "": {ZH: "—", EN: "—"}}[word]
}

// WhyText words why an indicator is not known.
func WhyText(word string) data.Text {
	return map[string]data.Text{
		string(track.NoTier): {ZH: "快照里没有这个层级", EN: "the snapshot does not have the tier"}, string(track.NoRegion): {ZH: "快照里没有这个区划", EN: "the snapshot does not have the region"},
		string(track.NoLedger): {ZH: "没有当年的项目台账", EN: "there are no records of projects for the year"}, string(track.NoBase): {ZH: "没有起算日", EN: "no base day is set"},
		string(track.NotChecked): {ZH: "没有按标准考核", EN: "sites were not checked against a standard"}, string(track.NoShare): {ZH: "区划当年没有单独的数字", EN: "the region had no figures of its own"},
		string(track.Nothing): {ZH: "没有可计算的对象", EN: "there is nothing to have a share of"},
	}[word]
}

// amount words a number of a unit: "12 人", "350 万元".
func amountText(unit string, n float64) data.Text {
	if unit == string(track.InYuan) {
		s := Group(strconv.FormatFloat(math.Round(n)/10_000, 'f', -1, 64))
		return data.Text{ZH: s + " 万元", EN: s + " 万元"}
	}
	if n != math.Trunc(n) {
		n = math.Round(n*10) / 10
		if unit == string(track.InPeople) {
			n = math.Ceil(n)
		}
	}
	s := Group(strconv.FormatFloat(n, 'f', -1, 64))
	w := unitWords[unit]
	if n == 1 {
		w.EN = map[string]string{"people": "person"}[unit]
		if w.EN == "" {
			w.EN = strings.TrimSuffix(unit, "s")
		}
	}
	return data.Text{ZH: s + " " + w.ZH, EN: s + " " + w.EN}
}

// AmountText words a number of a unit.
func AmountText(unit string, n float64) data.Text { return amountText(unit, n) }

// Words returns what a target asks, and what there is.
func (t TargetView) Words() (asked, value data.Text) {
	about := func(x data.Text) data.Text {
		if t.About {
			return data.Text{ZH: "约 " + x.ZH, EN: "about " + x.EN}
		}
		return x
	}
	if t.Share != nil {
		s := askedText(*t.Share) + " %"
		asked = about(data.Text{ZH: s, EN: s})
		if t.Value != nil {
			p := t.valueText() + " %"
			part, whole := amountText(t.Unit, math.Round(t.Part)), Group(strconv.FormatFloat(math.Round(t.Whole), 'f', -1, 64))
			value = data.Text{ZH: p + "（" + part.ZH + "／" + whole + "）", EN: p + " (" + part.EN + " of " + whole + ")"}
		}
		return asked, value
	}
	asked = about(amountText(t.Unit, nan(t.Amount)))
	if t.Indicator == string(track.Debt) {
		asked = data.Text{ZH: "不超过 " + asked.ZH, EN: "at most " + asked.EN}
	}
	if t.Value != nil {
		value = amountText(t.Unit, *t.Value)
	}
	return asked, value
}

// askedText writes the share that a target asks, which has at most four decimals of a per cent, with as many as it needs.
func askedText(share float64) string {
	text := coverage.ShareText(share, 4)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// valueText writes the share that there is, with one decimal as everywhere. Where that would read like a target that is not met it takes as
// many more as tell the two apart, and as many as there are at most.
func (t TargetView) valueText() string {
	places := 1
	for ; t.Short > 0 && places < 6; places++ {
		if askedText(shown(coverage.ShareText(*t.Value, places))) != askedText(*t.Share) {
			break
		}
	}
	return coverage.ShareText(*t.Value, places)
}

// shown is the share that a text says.
func shown(percent string) float64 {
	v, err := strconv.ParseFloat(percent, 64)
	if err != nil {
		return math.NaN()
	}
	return v / 100
}

// Group puts commas between the thousands of a decimal number.
func Group(s string) string {
	whole, frac, _ := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if frac != "" {
		return sign + b.String() + "." + frac
	}
	return sign + b.String()
}

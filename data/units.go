package data

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"sitecover/siting"
)

// A unit turns a number into the dimension's base unit by an exact factor.
type unit struct {
	words  []string // as they may be written, lower case
	factor *big.Rat
}

// dimension is a kind of quantity that the study file asks for.
type dimension struct {
	zh, en  string // what it is
	example string
	units   []unit
}

func u(num, den int64, words ...string) unit { return unit{words, big.NewRat(num, den)} }

// The dimensions of the study file, with their base units: metres, seconds, km/h, m², yuan, shares of 1.
var (
	dimLength = dimension{"长度", "a length", "800 m", []unit{
		u(1, 1, "m", "米", "meter", "meters", "metre", "metres"), u(1000, 1, "km", "公里", "千米")}}
	dimTime = dimension{"时间", "a time", "15 min", []unit{
		u(60, 1, "min", "分钟", "分", "minute", "minutes"), u(1, 1, "s", "秒", "秒钟", "sec", "second", "seconds"),
		u(3600, 1, "h", "小时", "hour", "hours")}}
	dimSpeed = dimension{"速度", "a speed", "3.8 km/h", []unit{
		u(1, 1, "km/h", "公里/小时", "千米/小时", "kmh", "kph"), u(18, 5, "m/s", "米/秒"), u(3, 50, "m/min", "米/分钟", "米/分")}}
	dimArea = dimension{"面积", "an area", "1000 m2", []unit{
		u(1, 1, "m2", "m²", "㎡", "平方米", "平米", "m^2"), u(10000, 1, "ha", "公顷")}}
	dimMoney = dimension{"金额", "an amount of money", "80 万元", []unit{
		u(1, 1, "元", "yuan", "cny", "rmb"), u(10_000, 1, "万元", "万", "wan"), u(100_000_000, 1, "亿元", "亿")}}
	dimShare = dimension{"比例", "a share", "85%", []unit{u(1, 100, "%", "％")}}
)

// accepted lists the first word of every unit, for hints.
func (d dimension) accepted() string {
	words := make([]string, len(d.units))
	for i, x := range d.units {
		words[i] = x.words[0]
	}
	return strings.Join(words, ", ")
}

// quantityError says why a text is no quantity of the dimension.
type quantityError struct{ what, hint Text }

func (e *quantityError) Error() string { return e.what.EN }

// parse returns the quantity in the base unit, exactly. A number needs its unit, except zero, which is the same in all.
func (d dimension) parse(s string) (*big.Rat, *quantityError) {
	text := strings.ToLower(strings.TrimSpace(s))
	n := 0
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || text[n] == '.' || n == 0 && (text[n] == '-' || text[n] == '+')) {
		n++
	}
	number, word := text[:n], strings.TrimSpace(text[n:])
	hint := T("例如 %s；可用单位：%s", "for example %s; units: %s", d.example, d.accepted())
	value, ok := new(big.Rat).SetString(number)
	if !ok || len(number) > 30 {
		return nil, &quantityError{Text{"不是" + d.zh, "is not " + d.en}, hint}
	}
	if word == "" {
		if value.Sign() == 0 {
			return value, nil
		}
		return nil, &quantityError{T("缺少单位", "has no unit"), hint}
	}
	for _, x := range d.units {
		for _, w := range x.words {
			if w == word {
				return value.Mul(value, x.factor), nil
			}
		}
	}
	return nil, &quantityError{Text{fmt.Sprintf("单位“%s”不是%s的单位", word, d.zh), fmt.Sprintf("unit %q cannot measure %s", word, d.en)}, hint}
}

// float returns the nearest float64.
func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}

// yuan returns whole yuan, or an error for a fraction of one or an amount that does not fit.
func yuan(r *big.Rat) (siting.Yuan, error) {
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, errors.New("data: not a whole number of yuan")
	}
	return siting.Yuan(r.Num().Int64()), nil
}

// dateLayouts are the forms of a day that people write; month and day may have one digit.
var dateLayouts = []string{"2006-1-2", "2006/1/2", "2006年1月2日", "2006.1.2", "20060102"}

// monthLayouts name a month: its first day is meant.
var monthLayouts = []string{"2006-1", "2006/1", "2006年1月", "2006.1"}

// parseDate reads a day in any of the usual Chinese and ISO forms. A form that names only the month means its first day, one
// that names only the year means 1 January. The time of day, if any, is cut off.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if day, clock, found := strings.Cut(strings.Replace(s, "T", " ", 1), " "); found && strings.Contains(clock, ":") {
		s = day
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), "号", "日")
	for _, layouts := range [][]string{dateLayouts, monthLayouts, {"2006年", "2006"}} {
		for _, layout := range layouts {
			if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1800 && t.Year() <= 2200 {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// parseNumber reads a finite decimal number. Thousands separators, units and special values such as NaN are refused.
func parseNumber(s string) (float64, *quantityError) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, &quantityError{T("是空的", "is empty"), T("填上数字，或删去这一行", "fill it in, or remove the row")}
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E') {
			hint := T("只写数字", "write digits only")
			if c == ',' {
				hint = T("去掉千位分隔符，小数点用“.”", "remove thousands separators, write decimals with a point")
			}
			return 0, &quantityError{T("不是数字", "is not a number"), hint}
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, &quantityError{T("不是数字", "is not a number"), T("只写数字", "write digits only")}
	}
	return f, nil
}

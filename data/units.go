package data

import (
	"cmp"
	"errors"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/width"

	"sitecover/data/written"
	"sitecover/siting"
)

// dimension is a kind of quantity that the study file asks for.
type dimension struct{ written.Kind }

// The dimensions of the study file, with their base units: metres, seconds, km/h, m², yuan, shares of 1.
var (
	dimLength = dimension{written.Length}
	dimTime   = dimension{written.Time}
	dimSpeed  = dimension{written.Speed}
	dimArea   = dimension{written.Area}
	dimMoney  = dimension{written.Money}
	dimShare  = dimension{written.Share}
)

// quantityError says why a text is no quantity of the dimension.
type quantityError struct{ what, hint Text }

func (e *quantityError) Error() string { return e.what.EN }

// parse returns the quantity in the base unit, exactly. A number needs its unit, except zero, which is the same in all.
func (d dimension) parse(s string) (*big.Rat, *quantityError) {
	value, wrong := d.Parse(s)
	if wrong != nil {
		return nil, &quantityError{Text{wrong.ZH, wrong.EN}, T("例如 %s；可用单位：%s", "for example %s; units: %s", d.Example, d.Accepted())}
	}
	return value, nil
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
	s = strings.TrimSpace(width.Fold.String(s)) // ２０２４．３
	if day, ok := spelledDate(s); ok {
		s = day
	}
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

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// spelled is a date as official documents write it: 二〇二四年三月十五日.
var spelled = regexp.MustCompile(`^([〇○零一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?)?$`)

// spelledDate writes such a date with digits: 2024年3月15日.
func spelledDate(s string) (string, bool) {
	parts := spelled.FindStringSubmatch(strings.Join(strings.Fields(s), ""))
	if parts == nil {
		return "", false
	}
	digits := strings.NewReplacer("〇", "0", "○", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
	out := digits.Replace(parts[1]) + "年"
	for i, unit := range []string{"月", "日"} {
		text := parts[i+2]
		if text == "" {
			return out, true
		}
		tens, ones, found := strings.Cut(text, "十")
		n := digits.Replace(text)
		if found { // 十, 十五, 二十, 二十五
			n = cmp.Or(digits.Replace(tens), "1") + cmp.Or(digits.Replace(ones), "0")
		}
		out += n + unit
	}
	return out, true
}

// parseNumber reads a finite decimal number; its digits may be as wide as Chinese characters. Thousands separators, units and special values such as NaN are refused.
func parseNumber(s string) (float64, *quantityError) {
	s = strings.TrimSpace(s)
	if !plainASCII(s) {
		s = strings.TrimSpace(width.Fold.String(s))
	}
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

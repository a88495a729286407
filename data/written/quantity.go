// Package written reads what people write by hand into study files, profiles and ledgers: quantities with their unit, and words that are a
// slip away from those that are known. It imports nothing of the module and has no state.
package written

import (
	"fmt"
	"math/big"
	"strings"
)

// Kind is a kind of quantity: what it is called in both languages, an example, and its units.
type Kind struct {
	ZH, EN  string
	Example string
	Units   []Unit
}

// Unit turns a number into the kind's base unit by an exact factor.
type Unit struct {
	Words  []string // as it may be written, lower case; the first is the one to show
	Factor *big.Rat
}

func u(num, den int64, words ...string) Unit { return Unit{words, big.NewRat(num, den)} }

// The kinds of quantities, with their base units: metres, seconds, km/h, m², yuan, shares of 1.
var (
	Length = Kind{"长度", "a length", "800 m", []Unit{
		u(1, 1, "m", "米", "meter", "meters", "metre", "metres"), u(1000, 1, "km", "公里", "千米")}}
	Time = Kind{"时间", "a time", "15 min", []Unit{
		u(60, 1, "min", "分钟", "分", "minute", "minutes"), u(1, 1, "s", "秒", "秒钟", "sec", "second", "seconds"),
		u(3600, 1, "h", "小时", "hour", "hours")}}
	Speed = Kind{"速度", "a speed", "3.8 km/h", []Unit{
		u(1, 1, "km/h", "公里/小时", "千米/小时", "kmh", "kph"), u(18, 5, "m/s", "米/秒"), u(3, 50, "m/min", "米/分钟", "米/分")}}
	Area = Kind{"面积", "an area", "1000 m2", []Unit{
		u(1, 1, "m2", "m²", "㎡", "平方米", "平米", "m^2"), u(10000, 1, "ha", "公顷")}}
	Money = Kind{"金额", "an amount of money", "80 万元", []Unit{
		u(1, 1, "元", "yuan", "cny", "rmb"), u(10_000, 1, "万元", "万", "wan"), u(100_000_000, 1, "亿元", "亿")}}
	Share = Kind{"比例", "a share", "85%", []Unit{u(1, 100, "%", "％")}}
)

// Wrong says in both languages why a text is no quantity of a kind.
type Wrong struct{ ZH, EN string }

// Error returns the English form.
func (w *Wrong) Error() string { return w.EN }

// Parse returns the quantity in the kind's base unit, exactly; nil is wrong. A number needs its unit, except zero, which is the same in all.
func (k Kind) Parse(s string) (*big.Rat, *Wrong) {
	text := strings.ToLower(strings.TrimSpace(s))
	n := 0
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || text[n] == '.' || n == 0 && (text[n] == '-' || text[n] == '+')) {
		n++
	}
	number, word := text[:n], strings.TrimSpace(text[n:])
	value, ok := new(big.Rat).SetString(number)
	if !ok || len(number) > 30 {
		return nil, &Wrong{"不是" + k.ZH, "is not " + k.EN}
	}
	if word == "" {
		if value.Sign() == 0 {
			return value, nil
		}
		return nil, &Wrong{"缺少单位", "has no unit"}
	}
	if factor := k.Factor(word); factor != nil {
		return value.Mul(value, factor), nil
	}
	return nil, &Wrong{fmt.Sprintf("单位“%s”不是%s的单位", word, k.ZH), fmt.Sprintf("unit %q cannot measure %s", word, k.EN)}
}

// Factor returns how many of the base unit a unit is, nil of an unknown one.
func (k Kind) Factor(word string) *big.Rat {
	for _, x := range k.Units {
		for _, w := range x.Words {
			if w == word {
				return x.Factor
			}
		}
	}
	return nil
}

// Accepted lists the first word of every unit, for hints.
func (k Kind) Accepted() string {
	words := make([]string, len(k.Units))
	for i, x := range k.Units {
		words[i] = x.Words[0]
	}
	return strings.Join(words, ", ")
}

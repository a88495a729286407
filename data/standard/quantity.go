package standard

import (
	"math/big"
	"reflect"
	"strings"
)

// Quantities of a profile. In YAML and JSON each is a number with its unit; a bare number is refused, except 0.
type (
	// Area is a floor area in m².
	Area float64
	// Length is a distance in metres.
	Length float64
	// Duration is a travel time in seconds.
	Duration float64
	// Money is an amount in yuan, whole.
	Money int64
	// Share is a part of 1; in YAML a percentage.
	Share float64
)

// scale is how a quantity is written: units with their exact factors to the base unit, the best one for writing first.
type scale struct {
	what    Text
	example string
	units   []scaleUnit
	whole   bool
	most    *big.Rat // nil = no upper bound
}

type scaleUnit struct {
	word   string
	factor *big.Rat
}

func unitsOf(pairs ...any) []scaleUnit {
	var out []scaleUnit
	for i := 0; i < len(pairs); i += 2 {
		factor, _ := new(big.Rat).SetString(pairs[i+1].(string)) // literals of this file
		out = append(out, scaleUnit{pairs[i].(string), factor})
	}
	return out
}

var scales = map[reflect.Type]*scale{
	reflect.TypeFor[Area](): {what: Text{"面积", "an area"}, example: "1000 m2",
		units: unitsOf("m2", "1", "m²", "1", "㎡", "1", "平方米", "1", "平米", "1", "ha", "10000", "公顷", "10000")},
	reflect.TypeFor[Length](): {what: Text{"长度", "a length"}, example: "1000 m",
		units: unitsOf("m", "1", "米", "1", "km", "1000", "公里", "1000", "千米", "1000"), most: big.NewRat(500_000, 1)},
	reflect.TypeFor[Duration](): {what: Text{"时间", "a time"}, example: "15 min",
		units: unitsOf("min", "60", "分钟", "60", "s", "1", "秒", "1", "h", "3600", "小时", "3600"), most: big.NewRat(86_400, 1)},
	reflect.TypeFor[Money](): {what: Text{"金额", "an amount of money"}, example: "80 万元", whole: true,
		units: unitsOf("万元", "10000", "元", "1", "yuan", "1", "亿元", "100000000")},
	reflect.TypeFor[Share](): {what: Text{"比例", "a share"}, example: "85%",
		units: unitsOf("%", "1/100", "％", "1/100"), most: big.NewRat(1, 1)},
}

// read returns the quantity in its base unit, exactly.
func (s *scale) read(written string) (*big.Rat, *Text) {
	t := strings.TrimSpace(written)
	n := 0
	for n < len(t) && (t[n] >= '0' && t[n] <= '9' || t[n] == '.' || n == 0 && (t[n] == '-' || t[n] == '+')) {
		n++
	}
	value, ok := new(big.Rat).SetString(t[:n])
	if !ok || n > 30 {
		return nil, &Text{"不是" + s.what.ZH, "is not " + s.what.EN}
	}
	word := strings.ToLower(strings.TrimSpace(t[n:]))
	if word == "" && value.Sign() != 0 {
		return nil, &Text{"缺少单位", "has no unit"}
	}
	for _, u := range s.units {
		if word == "" || u.word == word {
			return s.bounded(value.Mul(value, u.factor))
		}
	}
	return nil, &Text{"单位“" + word + "”不是" + s.what.ZH + "的单位", "unit \"" + word + "\" cannot measure " + s.what.EN}
}

func (s *scale) bounded(value *big.Rat) (*big.Rat, *Text) {
	switch {
	case value.Sign() < 0:
		return nil, &Text{"不能为负", "must not be negative"}
	case s.whole && (!value.IsInt() || !value.Num().IsInt64()):
		return nil, &Text{"不是整数元", "is not a whole number of yuan"}
	case s.most != nil && value.Cmp(s.most) > 0:
		return nil, &Text{"太大", "is too large"}
	}
	return value, nil
}

// write returns the quantity in the scale's first unit, which read takes back.
func (s *scale) write(value *big.Rat) string {
	if value.Sign() == 0 {
		return "0"
	}
	u := s.units[0]
	number := new(big.Rat).Quo(value, u.factor).FloatString(9)
	number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	if u.word == "%" {
		return number + u.word
	}
	return number + " " + u.word
}

func writeAs[T any](v float64) string {
	r := new(big.Rat).SetFloat64(v)
	if r == nil {
		return "?" // no quantity that was read is infinite
	}
	return scales[reflect.TypeFor[T]()].write(r)
}

// String returns the area in m².
func (a Area) String() string { return writeAs[Area](float64(a)) }

// String returns the length in metres.
func (l Length) String() string { return writeAs[Length](float64(l)) }

// String returns the time in minutes.
func (d Duration) String() string { return writeAs[Duration](float64(d)) }

// String returns the amount in 万元.
func (m Money) String() string {
	return scales[reflect.TypeFor[Money]()].write(new(big.Rat).SetInt64(int64(m)))
}

// String returns the share as a percentage.
func (s Share) String() string { return writeAs[Share](float64(s)) }

// MarshalText writes the quantity as the YAML has it.
func (a Area) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// MarshalText writes the quantity as the YAML has it.
func (l Length) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// MarshalText writes the quantity as the YAML has it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// MarshalText writes the quantity as the YAML has it.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// MarshalText writes the quantity as the YAML has it.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

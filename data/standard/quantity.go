package standard

import (
	"math/big"
	"reflect"
	"strings"

	"sitecover/data/written"
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

// scale is how a quantity is written: its kind, the unit for writing it, and its bounds.
type scale struct {
	written.Kind
	unit  string
	whole bool
	most  *big.Rat // nil = no upper bound
}

var scales = map[reflect.Type]*scale{
	reflect.TypeFor[Area]():     {Kind: written.Area, unit: "m2"},
	reflect.TypeFor[Length]():   {Kind: written.Length, unit: "m", most: big.NewRat(500_000, 1)},
	reflect.TypeFor[Duration](): {Kind: written.Time, unit: "min", most: big.NewRat(86_400, 1)},
	reflect.TypeFor[Money]():    {Kind: written.Money, unit: "万元", whole: true},
	reflect.TypeFor[Share]():    {Kind: written.Share, unit: "%", most: big.NewRat(1, 1)},
}

// read returns the quantity in its base unit, exactly.
func (s *scale) read(text string) (*big.Rat, *Text) {
	value, wrong := s.Parse(text)
	if wrong != nil {
		return nil, &Text{wrong.ZH, wrong.EN}
	}
	return s.bounded(value)
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

// write returns the quantity in the scale's unit for writing, which read takes back.
func (s *scale) write(value *big.Rat) string {
	if value.Sign() == 0 {
		return "0"
	}
	number := new(big.Rat).Quo(value, s.Factor(s.unit)).FloatString(9)
	number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	if s.unit == "%" {
		return number + s.unit
	}
	return number + " " + s.unit
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

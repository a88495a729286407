package standard

import (
	"math/big"
	"reflect"
	"strings"
)

// ordered reports whether the field's values are quantities.
func (f *Field) ordered() bool { return f.scale() != nil || f.Kind == "number" }

func (f *Field) scale() *scale {
	switch f.Kind {
	case "area":
		return scales[reflect.TypeFor[Area]()]
	case "money":
		return scales[reflect.TypeFor[Money]()]
	case "share":
		return scales[reflect.TypeFor[Share]()]
	}
	return nil
}

// value is what stands in a field: a quantity in its base unit, a yes or no, or a text.
type value struct {
	number *big.Rat
	text   string // "yes", "no" or the text
}

// threshold reads a value of the profile: quantities carry their unit, numbers of a field with a unit of its own are bare.
func (f *Field) threshold(written string) (value, *Text) {
	if s := f.scale(); s != nil {
		n, wrong := s.read(written)
		return value{number: n}, wrong
	}
	return f.plain(written)
}

func (f *Field) plain(written string) (value, *Text) {
	t := strings.TrimSpace(written)
	switch f.Kind {
	case "number":
		n, ok := number(t)
		if !ok {
			return value{}, &Text{"不是数字", "is not a number"}
		}
		if n.Sign() < 0 {
			return value{}, &Text{"不能为负", "must not be negative"}
		}
		return value{number: n}, nil
	case "flag":
		switch strings.ToLower(t) {
		case "yes", "true", "1", "是", "有", "已", "√", "✓", "v", "y":
			return value{text: "yes"}, nil
		case "no", "false", "0", "否", "无", "没有", "未", "×", "x", "n":
			return value{text: "no"}, nil
		}
		return value{}, &Text{"应为有或无", "must be yes or no"}
	}
	return value{text: t}, nil
}

// number reads a plain decimal number.
func number(t string) (*big.Rat, bool) {
	if t == "" || len(t) > 30 || strings.Trim(t, "0123456789.-+") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(t)
}

// ledger reads a value of a ledger. People leave units out there, and the kind of the column makes up for it: m² for areas, yuan for money
// unless the heading says 万元. A share may be written 92% or 0.92; above 1 a bare number means per cent.
func (f *Field) ledger(written, heading string) (value, *Text) {
	s := f.scale()
	t := strings.TrimSpace(written)
	if s == nil {
		if f.Kind == "number" {
			t = trimUnit(t)
		}
		return f.plain(t)
	}
	n, bare := number(t)
	if !bare {
		n, wrong := s.read(t)
		return value{number: n}, wrong
	}
	switch {
	case f.Kind == "money" && strings.Contains(heading, "万"):
		n.Mul(n, big.NewRat(10_000, 1))
	case f.Kind == "share" && (strings.ContainsAny(heading, "%％") || n.Cmp(big.NewRat(1, 1)) > 0):
		n.Mul(n, big.NewRat(1, 100))
	}
	n, wrong := s.bounded(n)
	return value{number: n}, wrong
}

// trimUnit cuts a counting word off a number: "12 次", "8小时".
func trimUnit(t string) string {
	n := strings.TrimRight(t, "次人个间支名项小时天年月hours ")
	if n == "" {
		return t
	}
	return n
}

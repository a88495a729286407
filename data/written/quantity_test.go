package written

import (
	"math"
	"testing"
)

func TestQuantities(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		text string
		want float64 // base unit; NaN = refused
	}{
		{Length, "800 m", 800}, {Length, "1 km", 1000}, {Length, "0.5公里", 500}, {Length, "300米", 300}, {Length, "0", 0},
		{Length, "800", math.NaN()}, {Length, "800 min", math.NaN()}, {Length, "1,000 m", math.NaN()}, {Length, "m", math.NaN()}, {Length, "", math.NaN()},
		{Time, "15 min", 900}, {Time, "15分钟", 900}, {Time, "1 h", 3600}, {Time, "90s", 90},
		{Speed, "3.8 km/h", 3.8}, {Speed, "1 m/s", 3.6}, {Speed, "60 m/min", 3.6}, {Speed, "3.8", math.NaN()},
		{Area, "1000 m2", 1000}, {Area, "800㎡", 800}, {Area, "0.1 公顷", 1000},
		{Money, "80 万元", 800_000}, {Money, "2.5万", 25_000}, {Money, "1.2 亿元", 120_000_000}, {Money, "500元", 500},
		{Share, "85%", 0.85}, {Share, "85％", 0.85}, {Share, "0.85", math.NaN()}, {Share, "NaN%", math.NaN()},
	} {
		got, problem := c.kind.Parse(c.text)
		f := math.NaN()
		if problem == nil {
			f, _ = got.Float64()
		}
		switch {
		case problem != nil && !math.IsNaN(c.want):
			t.Errorf("%q as %s: %s", c.text, c.kind.EN, problem.EN)
		case problem == nil && f != c.want:
			t.Errorf("%q as %s is %v, want %v", c.text, c.kind.EN, f, c.want)
		}
	}
}

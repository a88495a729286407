package run

import "testing"

// What is shown agrees with "met" and "missed", which are decided on whole numbers: 21.97 % of 22 % must not read as 22.0 %.
func TestTargetsReadAsTheyStand(t *testing.T) {
	for _, x := range []struct {
		share, part, whole, short float64
		asked, value              string
	}{
		{0.55, 330_000, 600_000, 0, "55 %", "55.0 % (330,000 people of 600,000)"},
		{0.57, 0, 600_000, 342_000, "57 %", "0.0 % (0 people of 600,000)"},
		{0.58, 347_000, 600_000, 1000, "58 %", "57.8 % (347,000 people of 600,000)"},
		{0.333333, 4, 12, 0, "33.3333 %", "33.3 % (4 people of 12)"},
		{0.22, 131_820, 600_000, 180, "22 %", "21.97 % (131,820 people of 600,000)"},
		{0.22, 131_999, 600_000, 1, "22 %", "21.9998 % (131,999 people of 600,000)"},
		{0.22, 99_306, 600_000, 32_694, "22 %", "16.6 % (99,306 people of 600,000)"},
		{1, 599_999, 600_000, 1, "100 %", "99.9 % (599,999 people of 600,000)"},
		{0.125, 74_999, 600_000, 1, "12.5 %", "12.4998 % (74,999 people of 600,000)"},
	} {
		value := x.part / x.whole
		asked, is := TargetView{Indicator: "effective", Unit: "people", Share: &x.share, Part: x.part, Whole: x.whole, Short: x.short, Value: &value}.Words()
		if asked.EN != x.asked || is.EN != x.value {
			t.Errorf("asked %q, is %q; want %q and %q", asked.EN, is.EN, x.asked, x.value)
		}
	}
	if got := AmountText("yuan", 123_456_789).ZH; got != "12,345.6789 万元" {
		t.Errorf("money reads %q", got)
	}
}

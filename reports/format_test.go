package reports

import (
	"math"
	"testing"

	"sitecover/coverage"
	"sitecover/geo"
)

func TestPercentNeverClaimsAllOrNothing(t *testing.T) {
	for share, want := range map[float64]string{
		0: "0.0\u00a0%", 1: "100.0\u00a0%", 0.784: "78.4\u00a0%", 0.99951: "99.9\u00a0%", 0.99949: "99.9\u00a0%",
		0.0001: "<0.1\u00a0%", -1: "—", math.Inf(-1): "—",
	} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %q, want %q", share, got, want)
		}
	}
	if got := percent(math.NaN()); got != "—" {
		t.Errorf("percent(NaN) = %q", got)
	}
}

func TestNumbersAsPeopleReadThem(t *testing.T) {
	zh, en := words{Chinese}, words{English}
	for _, tc := range []struct{ got, want string }{
		{group(0), "0"}, {group(999), "999"}, {group(1000), "1,000"}, {group(-1234567), "−1,234,567"},
		{zh.peopleUnit(812 * coverage.Person), "812\u00a0人"},
		{zh.peopleUnit(9_999 * coverage.Person), "9,999\u00a0人"},
		{zh.peopleUnit(563_000 * coverage.Person), "56.3\u00a0万人"},
		{en.peopleUnit(563_000 * coverage.Person), "563,000\u00a0people"},
		{zh.money(32_400_000), "3,240\u00a0万元"},
		{zh.money(15_000), "1.5\u00a0万元"},
		{en.money(32_400_000), "¥32.40\u00a0m"},
		{zh.cost(geo.ToImpedance(1240.4), geo.Metres), "1,240\u00a0米"},
		{zh.cost(geo.ToImpedance(750), geo.Seconds), "12.5\u00a0分钟"},
		{en.cost(geo.ToImpedance(900), geo.Seconds), "15\u00a0min"},
		{zh.cost(geo.Unreachable, geo.Metres), "—"},
		{points(-0.0823), "−8.2"}, {points(0.05), "+5.0"}, {points(0.0001), "0.0"}, {gapPoints(-0.0823), "8.2"},
		{decimal(-0.04, 1), "0.0"}, {decimal(12345.67, 1), "12,345.7"}, {trimZero("3.0"), "3"}, {trimZero("3.10"), "3.10"},
		{bytesSize(512), "512 B"}, {bytesSize(84_561), "82.6 kB"}, {bytesSize(5 << 20), "5.0 MB"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestDistanceBinsIncludeTheirUpperEnds(t *testing.T) {
	limit := geo.Impedance(1000)
	for cost, want := range map[geo.Impedance]int{0: 0, 200: 0, 201: 1, 400: 1, 401: 2, 999: 4, 1000: 4, 1001: 5} {
		if got := distanceBin(cost, 0, limit, 5); got != want {
			t.Errorf("cost %d: bin %d, want %d", cost, got, want)
		}
	}
	if got := distanceBin(geo.Unreachable, -1, limit, 5); got != 5 {
		t.Errorf("not served: bin %d, want 5", got)
	}
}

func TestNiceNumber(t *testing.T) {
	for x, want := range map[float64]float64{0: 1, 0.3: 0.2, 1: 1, 1.3: 1, 1.6: 2, 3.5: 5, 8: 10, 47: 50, 730: 1000, 700: 500, 980: 1000} {
		if got := niceNumber(x); math.Abs(got-want) > 1e-9 {
			t.Errorf("niceNumber(%v) = %v, want %v", x, got, want)
		}
	}
}

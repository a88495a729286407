package coverage_test

import (
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sitecover/coverage"
)

func TestShareText(t *testing.T) {
	for _, x := range []struct {
		share  float64
		places int
		want   string
	}{
		{4. / 11, 1, "36.4"}, {99306. / 600000, 1, "16.6"}, {0.1645, 1, "16.5"}, {0.0005, 1, "0.1"}, {0.00049, 1, "0.0"}, {0.55, 0, "55"}, {0.57, 1, "57.0"},
		{1, 1, "100.0"}, {0.99999, 1, "99.9"}, {0.99999, 3, "99.999"}, {0, 1, "0.0"}, {-0.0125, 1, "-1.3"}, {-0.0001, 1, "0.0"}, {1.25, 1, "125.0"},
	} {
		if got := coverage.ShareText(x.share, x.places); got != x.want {
			t.Errorf("ShareText(%v, %d) = %s, want %s", x.share, x.places, got, x.want)
		}
	}
}

// Of every quotient of whole numbers the text is the exact one's, rounded half up.
func TestShareTextIsExactlyHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 3_000_000).Draw(t, "whole")
		part := rapid.Int64Range(0, whole).Draw(t, "part")
		want := big.NewInt((part*2000 + whole) / (2 * whole)) // floor(1000 part/whole + 1/2)
		if part < whole && want.Int64() == 1000 {
			want.SetInt64(999)
		}
		got := coverage.ShareText(float64(part)/float64(whole), 1)
		n, err := strconv.ParseInt(strings.Replace(got, ".", "", 1), 10, 64)
		if err != nil || n != want.Int64() {
			t.Fatalf("%d/%d reads %s, want %v tenths", part, whole, got, want)
		}
	})
}

package coverage

import (
	"math"
	"strconv"
)

// ShareText writes a share (0..1) in per cent with 0 to 6 decimals, without the sign for per cent, rounded half up: 0.363636 with one is
// "36.4", and 0.1645 is "16.5" although its nearest binary fraction lies below. Every output of the program writes shares with it, so that
// one figure reads the same wherever it stands. What is not quite everything never reads as everything: of a share below 1 the last digit
// stays below. A negative share is a difference and is rounded away from zero.
func ShareText(share float64, places int) string {
	const digits = 1e9 // to which a quotient of two whole numbers is told from its binary neighbour
	scale := math.Pow10(places + 2)
	step := digits / scale
	n := math.Floor((math.Round(math.Abs(share)*digits) + step/2) / step)
	if share < 1 && n >= scale {
		n = scale - 1
	}
	if share < 0 && n > 0 {
		n = -n
	}
	return strconv.FormatFloat(n*100/scale, 'f', places, 64)
}

package track

import (
	"errors"
	"math/big"
	"math/bits"

	"sitecover/coverage"
)

// ErrSplit is returned for a change that cannot be split.
var ErrSplit = errors.New("track: a change needs the value of every mixture of its causes")

// Fraction is people covered of people.
type Fraction struct{ Covered, People coverage.People }

// Shapley divides the change of a covered share between n causes. value[m] is the share when the causes in the bit set m are as after and the
// others as before; value[0] is before, value[2^n-1] after. Each cause gets its Shapley value
//
//	phi_i = sum over S without i of |S|! (n-|S|-1)! / n! x (v(S + i) - v(S))
//
// the mean, over all orders in which the causes could have come, of what it added (Shapley 1953, "A value for n-person games"). It was chosen
// over "new sites first, then people" because that gives what both did together to whichever came second: 100 new homes beside a new
// site are neither the one's work nor the other's alone. With two causes each gets half of it. The parts sum exactly to the
// change: all is computed in fractions. They are shares: 0.031 is 3.1 points. ErrSplit is returned unless there are 2^n values with
// people; n is 1 to 8.
func Shapley(value []Fraction) ([]*big.Rat, error) {
	n := bits.TrailingZeros(uint(len(value)))
	if n < 1 || n > 8 || len(value) != 1<<n {
		return nil, ErrSplit
	}
	v := make([]*big.Rat, len(value))
	for m, x := range value {
		if x.People <= 0 {
			return nil, ErrSplit
		}
		v[m] = big.NewRat(int64(x.Covered), int64(x.People))
	}
	weight := make([]*big.Rat, n)
	for k := range weight {
		weight[k] = new(big.Rat).SetFrac(new(big.Int).Mul(factorial(k), factorial(n-k-1)), factorial(n))
	}
	out := make([]*big.Rat, n)
	for i := range out {
		out[i] = new(big.Rat)
		for m := range value {
			if m>>i&1 == 1 {
				continue
			}
			gain := new(big.Rat).Sub(v[m|1<<i], v[m])
			out[i].Add(out[i], gain.Mul(gain, weight[bits.OnesCount(uint(m))]))
		}
	}
	return out, nil
}

func factorial(n int) *big.Int { return new(big.Int).MulRange(1, int64(n)) }

// Points rounds a change and its parts to tenths of a point (0.001) such that the rounded parts sum to the rounded whole: what rounding
// leaves over goes to the parts that lost most, the first of equals.
func Points(parts []*big.Rat) (tenths []int64, total int64) {
	sum := new(big.Rat)
	type left struct {
		at   int
		rest *big.Rat
	}
	var order []left
	floor := int64(0)
	for i, p := range parts {
		sum.Add(sum, p)
		scaled := new(big.Rat).Mul(p, big.NewRat(1000, 1))
		q := new(big.Int).Div(scaled.Num(), scaled.Denom()) // Euclidean: rounds down for a positive denominator
		tenths = append(tenths, q.Int64())
		floor += q.Int64()
		order = append(order, left{i, scaled.Sub(scaled, new(big.Rat).SetInt(q))})
	}
	whole := new(big.Rat).Mul(sum, big.NewRat(1000, 1))
	whole.Add(whole, big.NewRat(1, 2))
	total = new(big.Int).Div(whole.Num(), whole.Denom()).Int64()
	for more := total - floor; more > 0; more-- {
		best := -1
		for k, l := range order {
			if l.rest != nil && (best < 0 || l.rest.Cmp(order[best].rest) > 0) {
				best = k
			}
		}
		tenths[order[best].at]++
		order[best].rest = nil
	}
	return tenths, total
}

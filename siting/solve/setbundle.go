package solve

import (
	"math"
	"slices"
)

// The model of a coverSplit: block k costs at most what its cheapest known cover costs. Maximising the sum of these bounds less
// |s - centre|^2 / 2 step is solved in its dual, where each block mixes its covers,
//
//	min  sum_k sum_p w_kp value_kp + step/2 sum_jk (hat_jk - mean_j)^2,  hat_k = sum_p w_kp x_kp, sum_p w_kp = 1, w >= 0,
//
// by moving weight between two covers of a block at a time (Mitchell, Demyanov & Malozemov, SIAM J. Control 12, 1974). The
// shares are then centre + step (hat - mean): a column costs more where it is wanted more than elsewhere.

// poolLimit are the covers that a block remembers.
const poolLimit = 80

// model chooses the next shares.
func (s *coverSplit) model() {
	for _, b := range s.blocks {
		s.value(b)
	}
	clear(s.mean)
	for _, b := range s.blocks {
		for k, j := range b.column {
			s.mean[j] += b.hat[k]
		}
	}
	for j, at := range s.slots {
		s.mean[j] /= float64(max(1, len(at)))
	}
	for range 60 {
		moved := false
		for _, b := range s.blocks {
			moved = s.shiftWeight(b) || moved
		}
		if !moved {
			break
		}
	}
	s.propose()
}

// value brings the pool of a block up to date with the centre; covers of no weight that cost most are forgotten.
func (s *coverSplit) value(b *coverBlock) {
	for p := range b.pool {
		c := &b.pool[p]
		c.value = 0
		for _, k := range c.columns {
			c.value += s.centre[b.slot[k]]
		}
	}
	for len(b.pool) > poolLimit {
		worst := -1
		for p, c := range b.pool[:len(b.pool)-1] {
			if c.weight == 0 && (worst < 0 || c.value > b.pool[worst].value) {
				worst = p
			}
		}
		if worst < 0 {
			break
		}
		b.pool = slices.Delete(b.pool, worst, worst+1)
	}
	clear(b.hat)
	for _, c := range b.pool {
		for _, k := range c.columns {
			b.hat[k] += c.weight
		}
	}
}

// shiftWeight moves weight from the dearest cover in the mix of a block to the cheapest of its pool, as much as is best.
func (s *coverSplit) shiftWeight(b *coverBlock) bool {
	from, to := -1, -1
	var dear, cheap float64
	unit := math.Ldexp(1, -int(s.bits))
	for p, c := range b.pool {
		g := 0.0
		for _, k := range c.shared {
			g += b.hat[k] - s.mean[b.column[k]]
		}
		g = float64(c.value)*unit + float64(s.step*g)
		if to < 0 || g < cheap {
			to, cheap = p, g
		}
		if c.weight > 0 && (from < 0 || g > dear) {
			from, dear = p, g
		}
	}
	if from == to || dear-cheap < 1e-7*s.scale {
		return false
	}
	a, z := &b.pool[from], &b.pool[to]
	bend := 0.0 // second derivative
	differ(a.shared, z.shared, func(k int32, _ float64) {
		bend += 1 - 1/float64(len(s.slots[b.column[k]]))
	})
	by := a.weight
	if bend > 0 {
		by = min(by, (dear-cheap)/float64(s.step*bend))
	}
	if z.weight += by; by == a.weight {
		a.weight = 0
	} else {
		a.weight -= by
	}
	differ(a.shared, z.shared, func(k int32, sign float64) {
		b.hat[k] += float64(sign * by)
		s.mean[b.column[k]] += sign * by / float64(len(s.slots[b.column[k]]))
	})
	return true
}

// differ calls f for what is in one of two ascending lists only: sign is -1 for the first, 1 for the second.
func differ(a, b []int32, f func(k int32, sign float64)) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			f(a[0], -1)
			a = a[1:]
		case len(a) == 0 || b[0] < a[0]:
			f(b[0], 1)
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
}

// propose writes the shares to try, and what the model promises of them.
func (s *coverSplit) propose() {
	unit := math.Ldexp(1, int(s.bits))
	promise := 0.0
	for _, b := range s.blocks {
		for _, c := range b.pool {
			promise += float64(c.weight * float64(c.value) / unit)
		}
		for k, j := range b.column {
			by := 0.0
			if len(s.slots[j]) > 1 {
				by = b.hat[k] - s.mean[j]
			}
			promise += float64(s.step * by * by)
			s.trial[b.slot[k]] = max(0, s.centre[b.slot[k]]+int64(s.step*by*unit))
		}
	}
	s.promise = max(1e-6*s.scale, promise-float64(s.best)/unit)
	for j, at := range s.slots {
		s.settle(at, s.core.cost[j]<<s.bits)
	}
}

// settle changes the shares of a column by as much each until they sum to its cost; none becomes negative.
func (s *coverSplit) settle(at []int32, cost int64) {
	over := -cost
	for _, q := range at {
		over += s.trial[q]
	}
	for over > 0 {
		able := int64(0)
		for _, q := range at {
			if s.trial[q] > 0 {
				able++
			}
		}
		each := max(1, over/able)
		for _, q := range at {
			by := min(each, s.trial[q], over)
			s.trial[q] -= by
			over -= by
		}
	}
	for k, q := range at {
		by := -over / int64(len(at)-k)
		s.trial[q] += by
		over += by
	}
}

package solve

import (
	"math"
	"slices"
)

// pivot brings the basis up to date after a walk: column (or -1) was let go, or multiplier v; column end stopped it, or the
// limit of multiplier stop.
func (s *maxLP) pivot(column, v, end, stop int32) {
	s.fresh++
	s.work += int64(len(s.basic) * len(s.basic))
	switch {
	case column >= 0 && end >= 0:
		s.replaceTight(s.at[column], end)
		s.settle(column)
	case column >= 0:
		s.shrink(s.at[column], s.of[stop])
		s.settle(column)
	case end >= 0:
		s.grow(v, end)
	case stop == v:
		s.l[v] = s.limitOf(v)
	default:
		s.replaceBasic(s.of[stop], v)
		s.l[stop] = s.limitOf(stop)
	}
	if column >= 0 && end < 0 {
		s.l[stop] = s.limitOf(stop)
	}
}

// limitOf returns the limit that multiplier v is at.
func (s *maxLP) limitOf(v int32) float64 {
	if s.l[v] > s.upper[v]/2 {
		return s.upper[v]
	}
	return 0
}

// settle gives a column that is no longer tight the x on its side.
func (s *maxLP) settle(j int32) {
	x := s.low[j]
	if s.t[j] > 0 || s.t[j] == 0 && s.x[j] > s.high[j] {
		x = s.high[j]
	}
	if s.x[j] = 0; x > 0 {
		s.flip(j)
	}
}

// unflip takes a column that becomes tight out of the counts.
func (s *maxLP) unflip(j int32) {
	if s.x[j] > 0.5 {
		s.flip(j)
	}
	s.t[j] = 0
}

// entry returns how t of column j moves with multiplier v.
func (s *maxLP) entry(j, v int32) float64 {
	if int(v) == s.in.rows() {
		return -s.cost[j]
	}
	if _, is := slices.BinarySearch(s.in.col.at(int(j)), v); is {
		return 1
	}
	return 0
}

// through returns how t of column j moves with t of every tight column.
func (s *maxLP) through(j int32) []float64 {
	y := append(s.mixed[:0], make([]float64, len(s.tight))...)
	s.mixed = y
	var places []int32
	for _, i := range s.in.col.at(int(j)) {
		if q := s.of[i]; q >= 0 {
			places = append(places, q)
		}
	}
	price := s.of[s.in.rows()]
	for p, a := range s.inv {
		var sum float64
		for _, q := range places {
			sum += a[q]
		}
		if price >= 0 {
			sum -= float64(s.cost[j] * a[price])
		}
		y[p] = sum
	}
	return y
}

// replaceTight puts column j in the place of a tight one.
func (s *maxLP) replaceTight(p, j int32) {
	y := s.through(j)
	scale(s.inv[p], 1/y[p])
	for k := range s.inv {
		if k != int(p) {
			axpy(s.inv[k], s.inv[p], -y[k])
		}
	}
	s.unflip(j)
	s.at[s.tight[p]], s.at[j], s.tight[p] = -1, p, j
}

// replaceBasic puts multiplier v in the place of a basic one. rise must be how the basic ones move with it.
func (s *maxLP) replaceBasic(q, v int32) {
	z := s.response(v)
	for _, a := range s.inv {
		f := a[q] / z[q]
		if f != 0 {
			axpy(a, z, -f)
		}
		a[q] = f
	}
	s.of[s.basic[q]], s.of[v], s.basic[q] = -1, q, v
}

// response returns how far the basic multipliers fall when v grows by 1.
func (s *maxLP) response(v int32) []float64 {
	z := make([]float64, len(s.basic))
	s.across(v, 1, func(p int32, a float64) { axpy(z, s.inv[p], a) })
	return z
}

// grow makes multiplier v basic and column j tight.
func (s *maxLP) grow(v, j int32) {
	z, y := s.response(v), s.through(j)
	rest := s.entry(j, v)
	for _, i := range s.in.col.at(int(j)) {
		if q := s.of[i]; q >= 0 {
			rest -= z[q]
		}
	}
	if q := s.of[s.in.rows()]; q >= 0 {
		rest += float64(s.cost[j] * z[q])
	}
	for p, a := range s.inv {
		f := y[p] / rest
		if f != 0 {
			axpy(a, z, f)
		}
		s.inv[p] = append(a, -f)
	}
	last := make([]float64, len(z)+1, 2*len(z)+8)
	for q, a := range z {
		last[q] = -a / rest
	}
	last[len(z)] = 1 / rest
	s.inv = append(s.inv, last)
	s.unflip(j)
	s.of[v], s.at[j] = int32(len(s.basic)), int32(len(s.tight))
	s.basic, s.tight = append(s.basic, v), append(s.tight, j)
}

// shrink takes the column at place p and the multiplier at place q out of the basis.
func (s *maxLP) shrink(p, q int32) {
	a, last := s.inv[p], len(s.basic)-1
	for k, b := range s.inv {
		if k == int(p) {
			continue
		}
		if f := b[q] / a[q]; f != 0 {
			axpy(b, a, -f)
		}
		b[q] = b[last]
		s.inv[k] = b[:last]
	}
	s.inv[p] = s.inv[last]
	s.inv = s.inv[:last]
	v, j := s.basic[q], s.tight[p]
	s.basic[q], s.tight[p] = s.basic[last], s.tight[last]
	s.of[s.basic[q]], s.at[s.tight[p]] = q, p
	s.of[v], s.at[j] = -1, -1
	s.basic, s.tight = s.basic[:last], s.tight[:last]
}

// renew makes the inverse anew from the basis by elimination with row pivoting. Columns and multipliers that depend on
// others leave the basis; they are let go again when they matter.
func (s *maxLP) renew() {
	s.fresh = 0
	basic, tight := slices.Clone(s.basic), slices.Clone(s.tight)
	for _, j := range tight {
		s.at[j] = -1
		s.x[j] = 0
	}
	for _, v := range basic {
		s.of[v] = -1
	}
	s.basic, s.tight, s.inv = s.basic[:0], s.tight[:0], s.inv[:0]
	for len(basic) > 0 {
		v := basic[0]
		basic = basic[1:]
		best, most := -1, 1e-6
		z := s.response(v)
		for k, j := range tight {
			rest := s.entry(j, v)
			for _, i := range s.in.col.at(int(j)) {
				if q := s.of[i]; q >= 0 {
					rest -= z[q]
				}
			}
			if q := s.of[s.in.rows()]; q >= 0 {
				rest += float64(s.cost[j] * z[q])
			}
			if rest = math.Abs(rest); rest > most {
				best, most = k, rest
			}
		}
		if best < 0 {
			continue
		}
		j := tight[best]
		tight = slices.Delete(tight, best, best+1)
		s.grow(v, j)
	}
	s.measure()
	for _, j := range s.tight {
		s.t[j] = 0
	}
	for _, j := range tight {
		s.settle(j)
	}
}

// axpy adds f b to a.
func axpy(a, b []float64, f float64) {
	b = b[:len(a)]
	for k, v := range b {
		a[k] += float64(f * v)
	}
}

func scale(a []float64, f float64) {
	for k := range a {
		a[k] *= f
	}
}

package solve

import (
	"math"
)

// enter returns what to let go: a tight column whose x is out of its limits, or a multiplier along which f falls, and the
// direction of its t or of itself. Both are -1 at the least point.
func (s *maxLP) enter() (column, v int32, by float64) {
	column, v = -1, -1
	most := 0.0
	for _, j := range s.tight {
		side := -1.0
		off := s.low[j] - s.x[j]
		if over := s.x[j] - s.high[j]; over > off {
			side, off = 1, over
		}
		if off > lpClose && off*off > most*s.broad[j] {
			column, by, most = j, side, off*off/s.broad[j]
		}
	}
	for k, g := range s.grade {
		if g > lpClose {
			if s.l[k] > 0 && g*g > most*s.wide[k] && s.of[k] < 0 {
				column, v, by, most = -1, int32(k), -1, g*g/s.wide[k]
			}
		} else if g < -lpClose && s.l[k] < s.upper[k] && g*g > most*s.wide[k] && s.of[k] < 0 {
			column, v, by, most = -1, int32(k), 1, g*g/s.wide[k]
		}
	}
	return column, v, by
}

// devex brings the weights of the prices up to date before a pivot: the weight of what is not basic grows with how far what leaves the
// basis moves with it (Harris, "Pivot selection methods of the Devex LP code", Mathematical Programming 5, 1973).
func (s *maxLP) devex(column, v, end, stop int32) {
	if end < 0 && stop == v {
		return
	}
	var rho []float64
	if end >= 0 {
		rho = s.through(end)
	} else {
		rho = append(s.mixed[:0], make([]float64, len(s.tight))...)
		for p, a := range s.inv {
			rho[p] = a[s.of[stop]]
		}
		s.mixed = rho
	}
	m := s.in.rows()
	clear(s.grade)
	for p, j := range s.tight {
		if rho[p] == 0 {
			continue
		}
		for _, i := range s.in.col.at(int(j)) {
			s.grade[i] -= rho[p]
		}
		s.grade[m] += float64(rho[p] * s.cost[j])
		s.work += int64(len(s.in.col.at(int(j))))
	}
	if end >= 0 {
		for _, i := range s.in.col.at(int(end)) {
			s.grade[i]++
		}
		s.grade[m] -= s.cost[end]
	}
	pivot, weight := 0.0, 0.0
	if column >= 0 {
		pivot, weight = rho[s.at[column]], s.broad[column]
	} else {
		pivot, weight = s.grade[v], s.wide[v]
	}
	f := weight / (pivot * pivot)
	for k, a := range s.grade {
		if b := a * a * f; b > s.wide[k] {
			s.wide[k] = b
		}
	}
	for p, j := range s.tight {
		s.broad[j] = max(s.broad[j], rho[p]*rho[p]*f)
	}
	if end >= 0 {
		s.broad[end] = max(f, 1)
	} else {
		s.wide[stop] = max(f, 1)
	}
}

// walk lets a column or a multiplier go and moves along the line to where f is least. It returns how far f fell; ok is
// false when it falls without end.
func (s *maxLP) walk(column, v int32, by float64) (fall float64, ok bool) {
	s.direct(column, v, by)
	steep := 0.0 // how f falls
	if column >= 0 {
		if steep = s.low[column] - s.x[column]; by > 0 {
			steep = s.x[column] - s.high[column]
		}
	} else {
		steep = math.Abs(s.grade[v])
	}
	far, stop := s.room(v, by)
	s.bend(far)
	end := int32(-1)
	was, at, flips := 0.0, far, 0
	for len(s.bends) > 0 {
		b := s.nearest()
		fall += float64(steep * (b.at - was))
		was = b.at
		if steep -= math.Abs(s.slope[b.column]); steep <= 0 {
			end, at = b.column, b.at
			break
		}
		s.flip(b.column)
		flips++
	}
	s.still = flips == 0 && end < 0 && stop == v // x stays what it is
	if math.IsInf(at, 1) {
		return fall, false
	}
	if end < 0 {
		fall += float64(steep * (at - was))
	}
	s.devex(column, v, end, stop)
	s.move(column, v, by, at)
	s.pivot(column, v, end, stop)
	return fall, true
}

// direct sets how the basic multipliers and t move when column's t or multiplier v moves by 1 in direction by and the
// other tight columns stay tight.
func (s *maxLP) direct(column, v int32, by float64) {
	s.rise = append(s.rise[:0], make([]float64, len(s.basic))...)
	clear(s.slope)
	if column >= 0 {
		for q, a := range s.inv[s.at[column]] {
			s.rise[q] = float64(by * a)
		}
	} else {
		s.across(v, by, func(p int32, a float64) {
			for q, b := range s.inv[p] {
				s.rise[q] -= float64(a * b)
			}
		})
		s.spreadOut(v, by)
	}
	for q, r := range s.rise {
		if r != 0 {
			s.spreadOut(s.basic[q], r)
		}
	}
}

// across calls f for the places of the tight columns that multiplier v moves, with by times how much.
func (s *maxLP) across(v int32, by float64, f func(p int32, a float64)) {
	if int(v) == s.in.rows() {
		for p, j := range s.tight {
			f(int32(p), -float64(by*s.cost[j]))
		}
		return
	}
	for _, j := range s.in.row.at(int(v)) {
		if p := s.at[j]; p >= 0 {
			f(p, by)
		}
	}
}

// spreadOut adds to the slopes what multiplier v does when it moves by r.
func (s *maxLP) spreadOut(v int32, r float64) {
	if int(v) == s.in.rows() {
		for j, c := range s.cost {
			s.slope[j] -= float64(c * r)
		}
		return
	}
	row := s.in.row.at(int(v))
	for _, j := range row {
		s.slope[j] += r
	}
	s.work += int64(len(row))
}

// room returns how far the multipliers can move, and the one that stops first.
func (s *maxLP) room(v int32, by float64) (far float64, stop int32) {
	far, stop = math.Inf(1), -1
	if v >= 0 {
		if far, stop = s.l[v], v; by > 0 {
			far = s.upper[v] - s.l[v]
		}
	}
	for q, r := range s.rise {
		k := s.basic[q]
		var at float64
		switch {
		case r > lpPivot:
			at = (s.upper[k] - s.l[k]) / r
		case r < -lpPivot:
			at = s.l[k] / -r
		default:
			continue
		}
		if at = max(at, 0); at < far {
			far, stop = at, k
		}
	}
	return far, stop
}

// bend collects the breakpoints up to far.
func (s *maxLP) bend(far float64) {
	s.bends = s.bends[:0]
	for j, a := range s.slope {
		if s.at[j] >= 0 || s.low[j] == s.high[j] || math.Abs(a) < lpPivot || (s.x[j] > 0.5) == (a > 0) {
			continue
		}
		if at := max(0, -s.t[j]/a); at < far {
			s.bends = append(s.bends, bend{at, int32(j)})
		}
	}
	s.work += int64(len(s.slope))
}

// nearest takes the first breakpoint out of bends.
func (s *maxLP) nearest() bend {
	k := 0
	for i, b := range s.bends {
		if b.at < s.bends[k].at || b.at == s.bends[k].at && b.column < s.bends[k].column {
			k = i
		}
	}
	b := s.bends[k]
	last := len(s.bends) - 1
	s.bends[k] = s.bends[last]
	s.bends = s.bends[:last]
	return b
}

// move goes along the line.
func (s *maxLP) move(column, v int32, by, at float64) {
	for q, r := range s.rise {
		k := s.basic[q]
		s.l[k] = min(max(s.l[k]+float64(at*r), 0), s.upper[k])
	}
	if v >= 0 {
		s.l[v] = min(max(s.l[v]+float64(at*by), 0), s.upper[v])
	}
	for j, a := range s.slope {
		if s.at[j] < 0 {
			s.t[j] += float64(at * a)
		}
	}
	if column >= 0 {
		s.t[column] = by * at
	}
}

package solve

import (
	"context"
	"math"
	"slices"
)

// rolloutDual is the Lagrangian dual of the joint rollout. Multipliers l_it price the cover of row i at the end of year t, and
// m_t the money of year t:
//
//	L(l, m) = sum_it max(0, v_i - l_it) + sum_t m_t B_t + sum_G max(0, max_{j in G, s} sum_{t>=s} r_jt - p_s c_j)
//	r_jt = sum_{i in j} l_it,   p_s = m_s where money lapses, sum_{t>=s} m_t where it carries over
//
// G are groups of columns of which one may open: a partition made of the conflict sets. Caps hold one a column. What columns need and
// other conflicts and caps are relaxed. Goals have multipliers of their own, see goalPrices: L bounds the value of every plan whose
// shortfall is at most the one given to allow.
type rolloutDual struct {
	volume
	r      *rollout
	free   []int32   // per row: years 0..free-1 depend on the plan, the others are covered by fixed columns
	group  []int32   // per column; -1 = alone
	left   []int64   // per year: money for free columns; summed up where it carries over
	unit   float64   // cost that multipliers of money refer to
	base   int64     // value covered whatever is chosen
	gains  []int64   // per column: profit of its best year
	option []int32   // per column: that year, -1 = none
	winner []int32   // per group: its column, -1 = none
	x      []float64 // per column and year: averaged, a near-optimal fractional plan
	cover  []float64 // scratch per row and year
	goals  goalPrices
	shared *sharedCap // nil = no caps
}

// newRolloutDual expects a rollout with only its fixed columns open.
func newRolloutDual(r *rollout, workers int) *rolloutDual {
	m, n, y := r.in.rows(), r.in.columns(), r.years
	d := &rolloutDual{r: r, free: make([]int32, m), group: largestSets(r.in, r.p.Conflicts, &r.sets), left: make([]int64, y), gains: make([]int64, n),
		option: make([]int32, n), winner: make([]int32, len(r.p.Conflicts)), x: make([]float64, n*y),
		cover: make([]float64, m*y)}
	copy(d.free, r.since)
	d.shared = newSharedCap(r, d.group)
	d.base = r.score().value
	var top int64
	most := make([]int64, m*y+y+len(r.p.Goals))
	for i, w := range r.in.w {
		for t := range d.free[i] {
			most[i*y+int(t)] = w * r.value[r.in.kind[i]]
			top += most[i*y+int(t)]
		}
	}
	shift := scaleOf(2*top + 1)
	for k := range m * y {
		most[k] <<= shift
	}
	for t := range y {
		most[m*y+t] = math.MaxInt64
	}
	d.goals = newGoalPrices(r, shift)
	copy(most[m*y+y:], d.goals.most)
	var carried, sum int64
	for t, b := range r.p.Budget {
		carried += b - r.spent[t]
		if d.left[t] = b - r.spent[t]; r.p.Unspent == CarriesOver {
			d.left[t] = carried
		}
	}
	for _, c := range r.in.cost {
		sum += c
	}
	d.unit = math.Max(1, float64(sum)/math.Max(1, float64(n)))
	d.volume = newVolume(most, shift, workers)
	copy(d.lambda, most[:m*y])
	return d
}

// bound returns the bound of the objective, rounded down.
func (d *rolloutDual) bound() int64 { return d.base + d.best>>d.shift }

// price returns what a unit of cost counts in year s.
func (d *rolloutDual) price(s int) float64 {
	at := d.r.in.rows() * d.r.years
	if d.r.p.Unspent == Lapses {
		return float64(d.lambda[at+s]) / d.unit
	}
	var sum float64
	for t := s; t < d.r.years; t++ {
		sum += float64(d.lambda[at+t])
	}
	return sum / d.unit
}

// step evaluates the dual at lambda, keeps it when it is the best, and moves on.
func (d *rolloutDual) step(target int64) {
	y := d.r.years
	d.choose()
	value := d.openWinners()
	at := d.r.in.rows() * y
	for k := range at {
		value += d.most[k] - d.lambda[k]
	}
	value += d.goals.cost(d.lambda[at+y:])
	for t, b := range d.left { // rounding up keeps the bound valid
		value += int64(math.Ceil(float64(d.lambda[at+t])/d.unit*float64(b)*(1+1e-15))) + 1
	}
	for k := range at {
		if d.most[k] == 0 {
			continue
		}
		want := 1.0
		if d.lambda[k] >= d.most[k] {
			want = min(1, d.cover[k])
		}
		d.mix(k, d.cover[k]-want)
	}
	d.mixGoals()
	d.adapt(value)
	d.move(max(0, target-d.base) << d.shift)
}

// choose finds the best year of every column.
func (d *rolloutDual) choose() {
	y := d.r.years
	price := make([]float64, y)
	for s := range price {
		price[s] = d.price(s)
	}
	parallel(d.r.in.columns(), d.work, func(from, to int) {
		sum := make([]int64, y)
		for j := from; j < to; j++ {
			d.option[j], d.gains[j] = -1, 0
			if d.r.fixed[j] {
				continue
			}
			clear(sum)
			for _, i := range d.r.in.col.at(j) {
				for t, l := range d.lambda[int(i)*y : int(i)*y+y] {
					sum[t] += l
				}
			}
			first, cost := 0, float64(d.r.in.cost[j])
			if d.r.p.Earliest != nil {
				first = int(d.r.p.Earliest[j])
			}
			var later int64
			for s := y - 1; s >= first; s-- {
				later += sum[s]
				if d.r.in.cost[j] > d.left[s] {
					continue
				}
				pay := math.Floor(price[s] * cost * (1 - 1e-15)) // rounding down keeps the bound valid
				if pay < float64(later) && later-int64(pay) > d.gains[j] {
					d.option[j], d.gains[j] = int32(s), later-int64(pay)
				}
			}
		}
	})
}

// openWinners opens the best column of every group, sums the profits and takes down what that covers and costs.
func (d *rolloutDual) openWinners() (value int64) {
	y, at := d.r.years, d.r.in.rows()*d.r.years
	clear(d.cover)
	for k := range d.x {
		d.x[k] *= 1 - d.alpha
	}
	spent := make([]float64, y)
	open := func(j int32) {
		s := d.option[j]
		d.x[int(j)*y+int(s)] += d.alpha
		spent[s] += float64(d.r.in.cost[j])
		for _, i := range d.r.in.col.at(int(j)) {
			for k := int(i)*y + int(s); k < int(i)*y+y; k++ {
				d.cover[k]++
			}
		}
	}
	if d.shared != nil {
		value = d.shared.choose(d.option, d.gains, open)
	} else {
		value = d.chooseWinners(open)
	}
	var sum float64
	for t := range spent {
		if sum += spent[t]; d.r.p.Unspent == Lapses {
			sum = spent[t]
		}
		d.mix(at+t, (float64(d.left[t])-sum)/d.unit)
	}
	return value
}

// chooseWinners opens the best column of every group and each that is in none, and returns what they gain.
func (d *rolloutDual) chooseWinners(open func(j int32)) (value int64) {
	for g := range d.winner {
		d.winner[g] = -1
	}
	for j, s := range d.option {
		if s < 0 || d.group == nil || d.group[j] < 0 {
			continue
		}
		if w := &d.winner[d.group[j]]; *w < 0 || d.gains[j] > d.gains[*w] {
			*w = int32(j)
		}
	}
	for j, s := range d.option {
		if s < 0 || d.group != nil && d.group[j] >= 0 && d.winner[d.group[j]] != int32(j) {
			continue
		}
		value += d.gains[j]
		open(int32(j))
	}
	return value
}

// goalPrices returns the prices of the goals at the centre.
func (d *rolloutDual) goalPrices() []float64 {
	return d.goals.prices(d.centre[d.r.in.rows()*d.r.years+d.r.years:])
}

// begin sets the multipliers as a plan suggests: rows that it leaves bare count in full; of what a column adds, as much as
// money is worth where the plan stops.
func (d *rolloutDual) begin(order []int32, year []int32) {
	in, y := d.r.in, d.r.years
	at := in.rows() * y
	ratio := make([]float64, y) // value for the money of the columns open by then that are worth least
	for t := range y {
		since := make([]bool, in.rows())
		var list []int32
		var gains []int64
		var worth []float64
		for _, j := range order {
			if int(year[j]) > t || d.r.fixed[j] {
				continue
			}
			var gain int64
			for _, i := range in.col.at(int(j)) {
				if !since[i] {
					gain += d.most[int(i)*y+t]
				}
				since[i] = true
			}
			list, gains = append(list, j), append(gains, gain)
			worth = append(worth, float64(gain)/math.Max(1, float64(in.cost[j])))
		}
		if len(list) == 0 {
			continue
		}
		slices.Sort(worth)
		ratio[t] = worth[len(worth)/10]
		clear(since)
		for k, j := range list {
			share := min(1, ratio[t]*math.Max(1, float64(in.cost[j]))/math.Max(1, float64(gains[k])))
			for _, i := range in.col.at(int(j)) {
				if at := int(i)*y + t; !since[i] {
					d.lambda[at] = int64(share * float64(d.most[at]))
				}
				since[i] = true
			}
		}
	}
	var later float64
	for t := y - 1; t >= 0; t-- {
		later += ratio[t]
		if d.r.p.Unspent == CarriesOver {
			later = ratio[t]
		}
		d.lambda[at+t] = int64(later * d.unit)
	}
}

// run makes at most n steps; it stops when the bound meets the target or ctx ends, but not before the first.
func (d *rolloutDual) run(ctx context.Context, n int, target int64) int {
	for k := range n {
		if d.best != math.MaxInt64 && (d.bound() <= target || ctx.Err() != nil) {
			return k
		}
		d.step(target)
	}
	return n
}

package solve

import (
	"math"
	"math/bits"
)

// goalPrices are the multipliers of the goals of a rollout's dual. With u_g for a unit of what goal g asks, a plan that
// misses s_g of it, sum_g Weight_g s_g <= S, is worth no more than
//
//	value + sum_g u_g (covered_g - Amount_g + s_g) <= value + sum_g u_g covered_g - sum_g u_g Amount_g + S max_g u_g / Weight_g
//
// so that u_g adds to what rows of its class count in its year, and the bound holds for every plan with a shortfall of at
// most S. Multipliers are kept in finer units than they are used in: u = lambda / unit, rounded.
type goalPrices struct {
	r     *rollout
	need  []int64   // per goal: what it asks beyond what fixed columns cover
	unit  []float64 // per goal: weight that a multiplier refers to
	most  []int64   // per goal: upper limit of lambda; keeps sums far from overflow
	allow int64     // S
	worth [][]int64 // per class and year: value of a unit of weight, goals counted
	was   [][]int64 // the same at the centre
	shift uint
}

// newGoalPrices expects a rollout with only its fixed columns open.
func newGoalPrices(r *rollout, shift uint) goalPrices {
	g := goalPrices{r: r, shift: shift, allow: r.score().missing, need: make([]int64, len(r.p.Goals)),
		unit: make([]float64, len(r.p.Goals)), most: make([]int64, len(r.p.Goals))}
	for range r.value {
		g.worth = append(g.worth, make([]int64, r.years))
		g.was = append(g.was, make([]int64, r.years))
	}
	weight, reach := make([]int64, len(r.value)), make([]float64, len(r.value))
	for i, w := range r.in.w {
		weight[r.in.kind[i]] += w
		reach[r.in.kind[i]] += float64(w) * float64(len(r.in.row.at(i)))
	}
	var mean float64 // value that a column reaches
	for c, v := range r.value {
		mean += reach[c] * float64(v) / math.Max(1, float64(r.in.columns()))
	}
	for k, goal := range r.p.Goals {
		c := goal.Class
		g.need[k] = goal.Amount - r.cover[c][goal.Year]
		g.unit[k] = math.Max(1, mean) / math.Max(1, 5*float64(r.value[c])) // 5: tuned on a model county
		if r.value[c] == 0 {
			g.unit[k] = math.Max(1, reach[c]/math.Max(1, float64(r.in.columns())))
		}
		if g.need[k] <= 0 {
			continue // met whatever is chosen
		}
		largest := math.Max(float64(max(weight[c], goal.Amount)), float64(g.allow)/float64(goal.Weight))
		units := math.Exp2(57) / float64(len(r.p.Goals)) / math.Max(1, largest)
		g.most[k] = int64(math.Min(math.Exp2(62), units*g.unit[k]))
	}
	g.set(make([]int64, len(r.p.Goals)))
	g.settle()
	return g
}

// price returns what a unit of weight counts for goal k.
func (g *goalPrices) price(lambda []int64, k int) int64 {
	return int64(math.Round(float64(lambda[k]) / g.unit[k]))
}

// set computes what a unit of weight is worth in every class and year.
func (g *goalPrices) set(lambda []int64) {
	for c, v := range g.r.value {
		for t := range g.worth[c] {
			g.worth[c][t] = v << g.shift
		}
	}
	for k, goal := range g.r.p.Goals {
		g.worth[goal.Class][goal.Year] += g.price(lambda, k)
	}
}

// pushed returns what a unit of weight is worth when goals count so many times their price at the centre.
func (g *goalPrices) pushed(times float64) [][]int64 {
	worth := make([][]int64, len(g.was))
	for c, years := range g.was {
		own := g.r.value[c] << g.shift
		for _, v := range years {
			worth[c] = append(worth[c], own+int64(math.Round(float64(v-own)*times)))
		}
	}
	return worth
}

// prices returns what a missing unit of each goal counts at the centre, in units of value, and never nothing.
func (g *goalPrices) prices(centre []int64) []float64 {
	out := make([]float64, len(g.need))
	for k, goal := range g.r.p.Goals {
		least := float64(g.r.value[goal.Class]) / 4
		out[k] = math.Max(least, float64(g.price(centre, k))/float64(int64(1)<<g.shift))
	}
	return out
}

// settle makes the present worth the one of the centre.
func (g *goalPrices) settle() {
	for c := range g.worth {
		copy(g.was[c], g.worth[c])
	}
}

// cost returns what the goals take off the dual: the shortfall that is allowed, at its best price, less what they ask.
func (g *goalPrices) cost(lambda []int64) (value int64) {
	var allowed int64
	for k, goal := range g.r.p.Goals {
		u := g.price(lambda, k)
		value -= u * max(0, g.need[k])
		hi, lo := bits.Mul64(uint64(g.allow), uint64(u))
		q, rest := bits.Div64(hi, lo, uint64(goal.Weight))
		if rest > 0 {
			q++
		}
		allowed = max(allowed, int64(q))
	}
	return value + allowed
}

// mixGoals averages the subgradient of the goals' multipliers, for row multipliers that grow along with what rows are worth.
func (d *rolloutDual) mixGoals() {
	y, in := d.r.years, d.r.in
	at := in.rows()*y + y
	if len(d.goals.need) == 0 {
		return
	}
	sum := make([][]float64, len(d.goals.worth))
	for c := range sum {
		sum[c] = make([]float64, y)
	}
	for i, w := range in.w {
		c := in.kind[i]
		for t := range int(d.free[i]) {
			k := i*y + t
			if d.most[k] > 0 {
				share := float64(d.lambda[k]) / float64(d.most[k])
				sum[c][t] += float64(w) * (float64(share*d.cover[k]) + (1 - share))
			}
		}
	}
	top := 0.0
	for k, goal := range d.r.p.Goals {
		top = math.Max(top, float64(d.lambda[at+k])/d.goals.unit[k]/float64(goal.Weight))
	}
	for k, goal := range d.r.p.Goals {
		slack := sum[goal.Class][goal.Year] - float64(d.goals.need[k])
		if u := float64(d.lambda[at+k]) / d.goals.unit[k] / float64(goal.Weight); u == top {
			slack += float64(d.goals.allow) / float64(goal.Weight)
		}
		d.mix(at+k, slack/d.goals.unit[k])
	}
}

// move sets lambda one step from the centre. Where the goals' multipliers change what a row is worth, the row's own
// multiplier changes in proportion first.
func (d *rolloutDual) move(target int64) {
	if len(d.goals.need) == 0 {
		d.volume.move(target)
		return
	}
	y, in := d.r.years, d.r.in
	at := in.rows() * y
	d.goals.set(d.centre[at+y:])
	d.goals.settle()
	d.fill()
	step := d.length(target)
	for k := at; k < len(d.lambda); k++ {
		d.lambda[k] = d.moved(k, step)
	}
	d.goals.set(d.lambda[at+y:])
	d.fill()
	parallel(in.rows(), d.work, func(from, to int) {
		for i := from; i < to; i++ {
			c := in.kind[i]
			for t := range int(d.free[i]) {
				k := i*y + t
				from := d.centre[k]
				if was := d.goals.was[c][t]; was != d.goals.worth[c][t] {
					from = int64(math.Round(float64(from) * (float64(d.goals.worth[c][t]) / math.Max(1, float64(was)))))
				}
				d.lambda[k] = min(max(from-int64(math.Round(float64(step*d.slack[k]))), 0), d.most[k])
			}
		}
	})
}

// fill sets the upper limits of the rows' multipliers to what rows are worth.
func (d *rolloutDual) fill() {
	y := d.r.years
	for i, w := range d.r.in.w {
		worth := d.goals.worth[d.r.in.kind[i]]
		for t := range int(d.free[i]) {
			d.most[i*y+t] = w * worth[t]
		}
	}
}

// allowShortfall tells the dual that plans may miss at most s of the goals. What it proved for more holds for less.
func (d *rolloutDual) allowShortfall(s int64) {
	if s >= d.goals.allow {
		return
	}
	at := d.r.in.rows()*d.r.years + d.r.years
	was := d.goals.cost(d.centre[at:])
	d.goals.allow = s
	if d.best != math.MaxInt64 {
		d.best += d.goals.cost(d.centre[at:]) - was
	}
}

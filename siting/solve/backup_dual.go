package solve

import (
	"context"
	"math"
)

// backupDual is the Lagrangian dual of the backup problem: l_i prices the covers of row i, m the money:
//
//	L(l, m) = sum_i max(0, a w_i - l_i) + max(0, b w_i - l_i) + m B + sum_j max(0, sum_{i in j} l_i - m c_j)
//
// with a = First, b = Second, or both their mean (rounded up) where Second is the larger: that is the least concave function
// above what 0, 1 and 2 covers count, so that L bounds every plan.
type backupDual struct {
	volume
	s     *backup
	two   []int64 // per row: what the second cover counts, as most for the first
	base  int64
	unit  float64
	cover []float64
}

func newBackupDual(s *backup, workers int) *backupDual {
	m := s.p.Cover.Rows
	d := &backupDual{s: s, two: make([]int64, m), cover: make([]float64, m)}
	a, b := s.p.First, s.p.Second
	if b > a {
		a = (a + b + 1) / 2
		b = a
	}
	most := make([]int64, m+1)
	var top, cost int64
	for i, n := range s.start {
		w := s.p.Cover.WeightOf(int32(i))
		d.base += s.p.worth(n) * w
		switch n {
		case 0:
			most[i], d.two[i] = a*w, b*w
		case 1:
			most[i] = s.p.Second * w // one more cover counts this, and no other
		}
		top += most[i] + d.two[i]
	}
	shift := scaleOf(2*top + 1)
	for i := range m {
		most[i] <<= shift
		d.two[i] <<= shift
	}
	most[m] = math.MaxInt64
	for _, j := range s.free {
		cost += s.p.Cover.CostOf(int(j))
	}
	d.unit = math.Max(1, float64(cost)/math.Max(1, float64(len(s.free))))
	d.volume = newVolume(most, shift, workers)
	d.begin()
	return d
}

// begin starts at half of what rows count, and money at what columns are worth then, around the budget's share of them.
func (d *backupDual) begin() {
	var sum float64
	for i := range d.two {
		d.lambda[i] = d.most[i] / 2
	}
	for _, j := range d.s.free {
		for _, i := range d.s.p.Cover.Column(int(j)) {
			sum += float64(d.lambda[i])
		}
	}
	d.lambda[len(d.two)] = int64(sum / math.Max(1, float64(len(d.s.free))))
}

// budget is what the free columns may cost.
func (d *backupDual) budget() float64 {
	left := d.s.p.Budget
	for _, j := range sortedSet(d.s.p.Fixed) {
		left -= d.s.p.Cover.CostOf(int(j))
	}
	return float64(left)
}

// bound returns the bound of the objective, rounded down.
func (d *backupDual) bound() int64 { return d.base + d.best>>d.shift }

func (d *backupDual) step(target int64) {
	m, money := len(d.two), d.budget()
	clear(d.cover)
	price, spent := float64(d.lambda[m])/d.unit, 0.0
	// rounding up keeps the bound valid
	value := int64(math.Ceil(price*money*(1+1e-15))) + 1
	for _, j := range d.s.free {
		cost := float64(d.s.p.Cover.CostOf(int(j)))
		if cost > money {
			continue
		}
		var sum int64
		for _, i := range d.s.p.Cover.Column(int(j)) {
			sum += d.lambda[i]
		}
		pay := math.Floor(price * cost * (1 - 1e-15))
		if pay >= float64(sum) {
			continue
		}
		value += sum - int64(pay)
		spent += cost
		for _, i := range d.s.p.Cover.Column(int(j)) {
			d.cover[i]++
		}
	}
	for i, l := range d.lambda[:m] {
		want := 0.0
		if l < d.most[i] {
			value += d.most[i] - l
			want = 1
		}
		if l < d.two[i] {
			value += d.two[i] - l
			want++
		}
		d.mix(i, d.cover[i]-want)
	}
	d.mix(m, (money-spent)/d.unit)
	d.adapt(value)
	d.move(max(0, target-d.base) << d.shift)
}

// run makes at most n steps; it stops when the bound meets the target or ctx ends, but not before the first.
func (d *backupDual) run(ctx context.Context, n int, target int64) {
	for range n {
		if d.best != math.MaxInt64 && (d.bound() <= target || ctx.Err() != nil) {
			return
		}
		d.step(target)
	}
}

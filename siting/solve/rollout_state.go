package solve

import "slices"

// rollout is a plan over the years, kept up to date as columns open and close.
type rollout struct {
	p     *RolloutProblem
	in    *instance // columns keep their indexes in the problem: none are dropped
	years int
	value []int64 // per class
	fixed []bool  // per column: its year is given or it is banned
	start []int64 // per class: weight covered before anything opens
	sets  csr     // per column: conflict sets it is in
	needy csr     // per column: columns whose Needs name it

	year  []int32   // per column: year it opens, == years when never
	count []int32   // per row x year: open columns that cover the row and open in the year
	since []int32   // per row: first year it is covered, == years when never
	cover [][]int64 // per class, per year: weight covered at its end
	spent []int64   // per year
	taken []int32   // per conflict set: open columns
	caps  capped
}

func newRollout(p *RolloutProblem) *rollout {
	n, m, t := p.Cover.Columns(), p.Cover.Rows, p.Years()
	r := &rollout{p: p, years: t, value: p.Value, fixed: make([]bool, n), start: make([]int64, p.Classes()), year: make([]int32, n),
		spent: make([]int64, t), taken: make([]int32, len(p.Conflicts)), cover: make([][]int64, p.Classes())}
	for i := range m {
		if p.Covered != nil && p.Covered[i] {
			r.start[p.classOf(i)] += p.Cover.WeightOf(int32(i))
		}
	}
	r.in = newInstance(&p.Cover, reduction{dropRow: p.Covered, kind: p.Class, keepColumns: true})
	if r.in.kind == nil {
		r.in.kind = make([]int32, r.in.rows())
	}
	r.count = make([]int32, r.in.rows()*t)
	r.since = make([]int32, r.in.rows())
	for i := range r.since {
		r.since[i] = int32(t)
	}
	for c := range r.cover {
		r.cover[c] = make([]int64, t)
		for y := range t {
			r.cover[c][y] = r.start[c]
		}
	}
	for j := range n {
		r.year[j] = int32(t)
		r.fixed[j] = p.Fixed != nil && p.Fixed[j] != Free
	}
	r.sets = lists(p.Conflicts).transpose(n)
	r.caps = newCapped(p)
	r.needy = csr{off: make([]int64, n+1)}
	if p.Needs != nil {
		needs := lists(p.Needs)
		r.needy = needs.transpose(n)
	}
	return r
}

// fork returns a plan of its own for the same problem, equal for now.
func (r *rollout) fork() *rollout {
	f := *r
	f.year, f.count, f.since = slices.Clone(r.year), slices.Clone(r.count), slices.Clone(r.since)
	f.spent, f.taken, f.caps.used = slices.Clone(r.spent), slices.Clone(r.taken), slices.Clone(r.caps.used)
	f.cover = make([][]int64, len(r.cover))
	for c := range f.cover {
		f.cover[c] = slices.Clone(r.cover[c])
	}
	return &f
}

func (p *RolloutProblem) classOf(i int) int32 {
	if p.Class == nil {
		return 0
	}
	return p.Class[i]
}

// lists packs slices into a csr.
func lists(of [][]int32) *csr {
	c := &csr{off: make([]int64, 1, len(of)+1)}
	for _, l := range of {
		c.item = append(c.item, l...)
		c.off = append(c.off, int64(len(c.item)))
	}
	return c
}

// open opens column j in year t.
func (r *rollout) open(j, t int32) {
	r.year[j] = t
	r.spent[t] += r.in.cost[j]
	r.caps.take(j, t, 1)
	for _, s := range r.sets.at(int(j)) {
		r.taken[s]++
	}
	for _, i := range r.in.col.at(int(j)) {
		r.count[int(i)*r.years+int(t)]++
		if was := r.since[i]; t < was {
			r.shift(i, t, was, r.in.w[i])
			r.since[i] = t
		}
	}
}

// close takes column j out of the plan.
func (r *rollout) close(j int32) {
	t := r.year[j]
	r.year[j] = int32(r.years)
	r.spent[t] -= r.in.cost[j]
	r.caps.take(j, t, -1)
	for _, s := range r.sets.at(int(j)) {
		r.taken[s]--
	}
	for _, i := range r.in.col.at(int(j)) {
		at := int(i) * r.years
		r.count[at+int(t)]--
		if r.since[i] != t || r.count[at+int(t)] > 0 {
			continue
		}
		next := t + 1
		for int(next) < r.years && r.count[at+int(next)] == 0 {
			next++
		}
		r.shift(i, t, next, -r.in.w[i])
		r.since[i] = next
	}
}

// shift adds weight to the cover of row i's class in the years from..to-1.
func (r *rollout) shift(i, from, to int32, weight int64) {
	c := r.cover[r.in.kind[i]]
	for y := from; y < to; y++ {
		c[y] += weight
	}
}

// score is how good a plan is: less missing first, then more value.
type score struct{ missing, value int64 }

func (a score) better(b score) bool {
	return a.missing < b.missing || a.missing == b.missing && a.value > b.value
}

func (r *rollout) score() score {
	var s score
	for _, g := range r.p.Goals {
		s.missing += g.Weight * max(0, g.Amount-r.cover[g.Class][g.Year])
	}
	for c, v := range r.value {
		for _, w := range r.cover[c] {
			s.value += v * w
		}
	}
	return s
}

// affords reports whether money is left for a column of this cost in year t.
func (r *rollout) affords(cost int64, t int32) bool {
	if r.p.Unspent == Lapses {
		return r.spent[t]+cost <= r.p.Budget[t]
	}
	var left int64
	for y, b := range r.p.Budget {
		left += b - r.spent[y]
		if y >= int(t) && left < cost {
			return false
		}
	}
	return true
}

// allows reports whether column j may open in year t: not too early, no conflict, no cap exceeded, what it needs is open. Money is not looked at.
func (r *rollout) allows(j, t int32) bool {
	return !r.fixed[j] && r.fits(j, t) && r.provided(j, t)
}

// fits is allows without what the column needs: that may open later.
func (r *rollout) fits(j, t int32) bool {
	if r.p.Earliest != nil && t < r.p.Earliest[j] {
		return false
	}
	for _, s := range r.sets.at(int(j)) {
		if r.taken[s] > 0 {
			return false
		}
	}
	return r.caps.leaves(j, t)
}

// provided reports whether what column j needs is open by year t.
func (r *rollout) provided(j, t int32) bool {
	if r.p.Needs == nil || len(r.p.Needs[j]) == 0 {
		return true
	}
	for _, k := range r.p.Needs[j] {
		if k != j && r.year[k] <= t {
			return true
		}
	}
	return false
}

// needed reports whether an open column would lack what it needs if column j were closed.
func (r *rollout) needed(j int32) bool {
	was := r.year[j]
	r.year[j] = int32(r.years)
	lacks := false
	for _, k := range r.needy.at(int(j)) {
		lacks = lacks || int(r.year[k]) < r.years && !r.provided(k, r.year[k])
	}
	r.year[j] = was
	return lacks
}

// profile sums the weight of column j's rows per class and first year covered; to is [class][year 0..years].
func (r *rollout) profile(j int32, to [][]int64) {
	for c := range to {
		clear(to[c])
	}
	for _, i := range r.in.col.at(int(j)) {
		to[r.in.kind[i]][r.since[i]] += r.in.w[i]
	}
}

// gain returns what opening a column in year t adds, from its profile.
func (r *rollout) gain(profile [][]int64, t int32) score {
	var s score
	for c, weights := range profile {
		var later int64 // weight now covered after year y
		for y := r.years; y > int(t); y-- {
			if later += weights[y]; later == 0 {
				continue
			}
			s.value += r.value[c] * later // in year y-1
			for _, g := range r.p.Goals {
				if int(g.Class) == c && int(g.Year) == y-1 {
					s.missing += g.Weight * min(later, max(0, g.Amount-r.cover[c][y-1]))
				}
			}
		}
	}
	return s
}

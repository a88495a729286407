package solve

import "math"

// fell closes column j and every column that would lack what it needs.
func (q *rolloutRuin) fell(j int32) {
	if int(q.year[j]) >= q.years || q.fixed[j] {
		return
	}
	q.leave(j)
	for _, k := range q.needy.at(int(j)) {
		if int(q.year[k]) < q.years && !q.fixed[k] && !q.provided(k, q.year[k]) {
			q.fell(k)
		}
	}
}

// ruin closes some columns.
func (q *rolloutRuin) ruin() {
	if len(q.list) == 0 {
		return
	}
	some := func() int32 { return q.list[q.rand.IntN(len(q.list))] }
	j := some()
	n := 1 + q.rand.IntN(6)
	switch q.rand.IntN(3) {
	case 0: // anywhere
		for range n {
			if len(q.list) > 0 {
				q.fell(some())
			}
		}
	case 1: // next to each other
		q.around(j, n)
	case 2: // make room for a closed column in a year
		q.force()
	}
}

// around closes column j and some open columns that cover rows in the reach of its neighbours.
func (q *rolloutRuin) around(j int32, n int) {
	rows := q.in.col.at(int(j))
	q.fell(j)
	for range 8 * n {
		if len(rows) == 0 || n == 0 {
			return
		}
		k := q.in.row.at(int(rows[q.rand.IntN(len(rows))]))
		next := k[q.rand.IntN(len(k))]
		if int(q.year[next]) < q.years && !q.fixed[next] {
			q.fell(next)
			n--
		}
		if q.rand.IntN(2) == 0 {
			rows = q.in.col.at(int(next))
		}
	}
}

// force opens a closed column in some year and closes what is in its way: often one of its own class first, then those that
// are worth least for their money, until it can be paid.
func (q *rolloutRuin) force() {
	t := int32(q.rand.IntN(q.years))
	j := q.closed(t)
	if j < 0 {
		return
	}
	for _, s := range q.sets.at(int(j)) {
		for _, k := range q.p.Conflicts[s] {
			if k != j {
				q.fell(k)
			}
		}
	}
	if q.rand.IntN(2) == 0 {
		q.fellAlike(j, t)
	}
	for tries := 0; tries < 200 && len(q.list) > 0 && !q.affords(q.in.cost[j], t); tries++ {
		out, least := int32(-1), math.Inf(1)
		for range 6 {
			k := q.list[q.rand.IntN(len(q.list))]
			if q.p.Unspent == Lapses && q.year[k] != t {
				continue
			}
			if v := q.loss(k) / math.Max(1, float64(q.in.cost[k])); v < least {
				out, least = k, v
			}
		}
		if out >= 0 {
			q.fell(out)
		}
	}
	if q.affords(q.in.cost[j], t) && q.allows(j, t) {
		q.enter(j, t)
	}
}

// closed returns a closed column that may open in year t, the best for the money of some; -1 = none was found.
func (q *rolloutRuin) closed(t int32) int32 {
	best, most := int32(-1), 0.0
	n := q.in.columns()
	want := 1 + q.rand.IntN(8)
	for range 100 {
		j := int32(q.rand.IntN(n))
		if int(q.year[j]) < q.years || q.fixed[j] || q.p.Earliest != nil && t < q.p.Earliest[j] ||
			q.p.Unspent == Lapses && q.in.cost[j] > q.p.Budget[t] {
			continue
		}
		if v := q.adds(j, t) / math.Max(1, float64(q.in.cost[j])); v > most {
			best, most = j, v
		}
		if want--; want <= 0 && best >= 0 {
			break
		}
	}
	return best
}

// fellAlike closes an open column of year t that has a class in common with column j, if one is found.
func (q *rolloutRuin) fellAlike(j, t int32) {
	if q.slots.off[j] == q.slots.off[j+1] || len(q.list) == 0 {
		return
	}
	class := q.slots.item[q.slots.off[j]]
	for range 40 {
		k := q.list[q.rand.IntN(len(q.list))]
		if q.year[k] == t && q.slots.off[k] < q.slots.off[k+1] && q.slots.item[q.slots.off[k]] == class {
			q.fell(k)
			return
		}
	}
}

// loss returns about what closing column j takes away: what it alone covers, at the value of its classes and with goals.
func (q *rolloutRuin) loss(j int32) float64 {
	t, y := q.year[j], q.years
	var sum float64
	for _, i := range q.in.col.at(int(j)) {
		if q.since[i] != t || q.count[int(i)*y+int(t)] > 1 {
			continue
		}
		c := int(q.in.kind[i])
		for u := int(t); u < y && (u == int(t) || q.count[int(i)*y+u] == 0); u++ {
			v := float64(q.value[c])
			for _, g := range q.goals[c*y+u] {
				if q.cover[c][u] < q.p.Goals[g].Amount+q.in.w[i] {
					v += q.price[g]
				}
			}
			sum += v * float64(q.in.w[i])
		}
	}
	return sum
}

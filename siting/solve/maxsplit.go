package solve

import (
	"cmp"
	"math"
	"slices"
)

// branch says how a node came about: by opening a column (side 1) or dropping it (side 0), which moved its x by step. level
// was the bound before, in units of the dual.
type branch struct {
	column int32 // as the problem names it
	here   int32 // as the instance does
	side   int
	step   float64
	level  int64
}

// lesson is how much branching lowered a bound for each unit that x moved.
type lesson struct {
	column int32
	side   int
	gain   float64
}

// lore keeps what branching on columns has brought.
type lore map[int32]*[2]struct{ sum, count float64 }

func (l lore) add(a lesson) {
	if l[a.column] == nil {
		l[a.column] = new([2]struct{ sum, count float64 })
	}
	k := &l[a.column][a.side]
	k.sum += a.gain
	k.count++
}

// of returns the average, and whether it tells enough.
func (l lore) of(column int32, side int) (gain float64, known bool) {
	k := l[column]
	if k == nil || k[side].count < enoughLessons {
		return 0, false
	}
	return k[side].sum / k[side].count, true
}

const (
	enoughLessons = 1  // of a column and side
	trialColumns  = 8  // candidates of a split
	trialSteps    = 20 // of the dual, on either side of one
)

// learn notes what the branch above the node has brought, after the first bound.
func (v *maxVisit) learn(d *maxDual, round int) {
	c := v.node.cause
	if round == 0 && v.node.depth > 0 && c.step > 0 {
		v.tried = append(v.tried, lesson{c.column, c.side, max(0, float64(c.level-v.level(d))) / c.step})
	}
}

// level returns the bound of the node in units of the dual.
func (v *maxVisit) level(d *maxDual) int64 { return d.best + v.node.value<<v.tree.shift }

// part returns one side of a branch on column j.
func (v *maxVisit) part(d *maxDual, j int32, side int) maxNode {
	n := &v.node
	var c maxNode
	if side == 1 {
		c = n.open([]int32{j}, nil)
	} else {
		drop := make([]bool, n.in.columns())
		drop[j] = true
		c = n.open(nil, drop)
	}
	step := d.x[j]
	if side == 1 {
		step = 1 - step
	}
	c.cause = branch{n.in.orig[j], j, side, step, v.level(d)}
	return c
}

// split branches on the column that promises to lower the bound most on both sides, with it first. What branching on a
// column has brought elsewhere tells; where too little is known a few steps of the dual are tried (Achterberg, Koch &
// Martin, "Branching rules revisited", Operations Research Letters 33, 2005). It reports false when a trial closes one
// side, which leaves the other one as the node.
func (v *maxVisit) split(d *maxDual) bool {
	n := &v.node
	best, most := int32(-1), -1.0
	for _, j := range v.unsure(d) {
		score := 1.0
		for side := range 2 {
			step := d.x[j]
			if side == 1 {
				step = 1 - step
			}
			gain, known := v.tree.lore.of(n.in.orig[j], side)
			if !known {
				c := v.part(d, j, side)
				low := v.try(&c)
				gain = max(0, float64(c.cause.level-low)) / step
				v.tried = append(v.tried, lesson{n.in.orig[j], side, gain})
				if low>>v.tree.shift <= v.top {
					depth, cause := n.depth, n.cause
					*n = v.part(d, j, 1-side)
					n.depth, n.cause = depth, cause
					return false
				}
			}
			score *= max(gain*step, 1e-6)
		}
		if score > most {
			best, most = j, score
		}
	}
	v.parts = []maxNode{v.part(d, best, 0), v.part(d, best, 1)}
	for k := range v.parts {
		v.parts[k].depth++
	}
	return true
}

// unsure returns the columns that the fractional plan is most unsure of.
func (v *maxVisit) unsure(d *maxDual) []int32 {
	order := make([]int32, len(d.x))
	doubt := make([]float64, len(d.x))
	for j, x := range d.x {
		order[j] = int32(j)
		doubt[j] = min(x, 1-x) * float64(d.atBest[j])
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(doubt[b], doubt[a]), cmp.Compare(a, b)) })
	k := 1
	for k < min(len(order), trialColumns) && doubt[order[k]] > 0 {
		k++
	}
	return order[:k]
}

// try returns the bound of a part after a few steps, in units of the dual.
func (v *maxVisit) try(c *maxNode) int64 {
	d := newMaxDual(c.in, c.left, nil, 1)
	d.rescale(v.tree.shift, c.start)
	v.meter.add(len(c.in.col.item), d.run(v.tree.ctx, trialSteps, v.top-c.value))
	if d.best == math.MaxInt64 {
		return math.MaxInt64
	}
	return d.best + c.value<<v.tree.shift
}

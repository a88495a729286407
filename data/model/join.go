package model

import (
	"cmp"
	"math"
	"slices"

	"sitecover/geo/network"
)

// net is the finished road network: ways that share nodes where they meet.
type net struct {
	nodes []vec
	ways  []way
}

// way is a run of one line between changes of its nature.
type way struct {
	line   *line
	nodes  []int32
	bridge bool
}

// sortBy sorts by a strict order.
func sortBy[T any](xs []T, less func(a, b T) bool) {
	slices.SortStableFunc(xs, func(a, b T) int {
		switch {
		case less(a, b):
			return -1
		case less(b, a):
			return 1
		}
		return 0
	})
}

// joiner turns drawn lines into a network.
type joiner struct {
	w     *world
	at    []vec
	ids   map[[2]int32]int32
	deg   []int32
	segs  []seg
	index *buckets
	extra [][]split // per segment
}

// seg is a straight piece of a line.
type seg struct {
	a, b int32
	line int32
}

// split is a node put into a segment at share t of it.
type split struct {
	t    float64
	node int32
}

// Distances within which lines are taken to meet, in metres.
const (
	mergeNear = 9  // a crossing this near to an end uses the end
	reachNear = 16 // a loose end this near to another line joins it
)

// joinRoads makes the network: lines cross on the same ground, so they get a common node where they do, except those
// above; loose pieces are tied to the rest or dropped; ways over water become bridges.
func (w *world) joinRoads() {
	j := &joiner{w: w, ids: map[[2]int32]int32{}}
	j.load()
	j.cross()
	ways := j.tie(j.trim(j.ways()))
	w.net = j.finish(ways)
}

// node returns the node at p; places within a quarter of a metre are one.
func (j *joiner) node(p vec) int32 {
	key := [2]int32{int32(math.Round(4 * p.x)), int32(math.Round(4 * p.y))}
	id, ok := j.ids[key]
	if !ok {
		id = int32(len(j.at))
		j.ids[key] = id
		j.at = append(j.at, p)
		j.deg = append(j.deg, 0)
	}
	return id
}

// load files every piece of every line.
func (j *joiner) load() {
	for i, l := range j.w.roads.lines {
		prev := int32(-1)
		for _, p := range l.pts {
			n := j.node(p)
			if prev >= 0 && n != prev {
				j.segs = append(j.segs, seg{prev, n, int32(i)})
				j.deg[prev]++
				j.deg[n]++
			}
			prev = n
		}
	}
	j.extra = make([][]split, len(j.segs))
	j.index = newBuckets(j.w.land.area, 160, len(j.segs), func(i int) box {
		return boxOf(j.at[j.segs[i].a], j.at[j.segs[i].b], reachNear)
	})
}

// cross finds where pieces cross or a loose end nearly touches another piece, and notes the common nodes.
func (j *joiner) cross() {
	seen := make([]int32, len(j.segs))
	for i := range j.segs {
		s := &j.segs[i]
		if j.w.roads.lines[s.line].apart {
			continue
		}
		j.index.near(boxOf(j.at[s.a], j.at[s.b], reachNear), func(k int32) {
			if int(k) <= i || seen[k] == int32(i)+1 || j.w.roads.lines[j.segs[k].line].apart {
				return
			}
			seen[k] = int32(i) + 1
			j.meet(int32(i), k)
		})
	}
}

// meet joins pieces i and k where they meet.
func (j *joiner) meet(i, k int32) {
	s, o := j.segs[i], j.segs[k]
	if s.a == o.a || s.a == o.b || s.b == o.a || s.b == o.b {
		return
	}
	a, b, c, d := j.at[s.a], j.at[s.b], j.at[o.a], j.at[o.b]
	if t, u, ok := crossing(a, b, c, d); ok {
		ls, lo := a.dist(b), c.dist(d)
		node := int32(-1)
		switch {
		case t*ls < mergeNear:
			node = s.a
		case (1-t)*ls < mergeNear:
			node = s.b
		case u*lo < mergeNear:
			node = o.a
		case (1-u)*lo < mergeNear:
			node = o.b
		default:
			node = j.node(a.lerp(b, t))
		}
		j.put(i, t, node)
		j.put(k, u, node)
		return
	}
	for _, e := range [2]int32{s.a, s.b} {
		j.touch(e, k)
	}
	for _, e := range [2]int32{o.a, o.b} {
		j.touch(e, i)
	}
}

// touch ties the loose end e to piece k when it is near.
func (j *joiner) touch(e, k int32) {
	if j.deg[e] != 1 {
		return
	}
	s := j.segs[k]
	if t, d := onSegment(j.at[e], j.at[s.a], j.at[s.b]); d < reachNear && t > 0 && t < 1 {
		j.put(k, t, e)
	}
}

func (j *joiner) put(i int32, t float64, node int32) {
	if s := j.segs[i]; node != s.a && node != s.b {
		j.extra[i] = append(j.extra[i], split{t, node})
	}
}

// ways strings the pieces of every line together, with the nodes put into them.
func (j *joiner) ways() []way {
	var out []way
	for i := 0; i < len(j.segs); {
		first := j.segs[i]
		nodes := []int32{first.a}
		for i < len(j.segs) && j.segs[i].line == first.line && j.segs[i].a == nodes[len(nodes)-1] {
			slices.SortFunc(j.extra[i], func(a, b split) int {
				return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.node, b.node))
			})
			for _, x := range j.extra[i] {
				if x.node != nodes[len(nodes)-1] {
					nodes = append(nodes, x.node)
				}
			}
			if b := j.segs[i].b; b != nodes[len(nodes)-1] {
				nodes = append(nodes, b)
			}
			i++
		}
		if len(nodes) > 1 {
			out = append(out, way{line: &j.w.roads.lines[first.line], nodes: nodes})
		}
	}
	return out
}

// trim cuts the loose ends of lines that shall have none.
func (j *joiner) trim(ways []way) []way {
	deg := make([]int32, len(j.at))
	for _, y := range ways {
		for i := 1; i < len(y.nodes); i++ {
			deg[y.nodes[i-1]]++
			deg[y.nodes[i]]++
		}
	}
	out := ways[:0]
	for _, y := range ways {
		for y.line.trim && len(y.nodes) > 1 && deg[y.nodes[len(y.nodes)-1]] == 1 {
			y.nodes = y.nodes[:len(y.nodes)-1]
			deg[y.nodes[len(y.nodes)-1]]--
		}
		for y.line.trim && len(y.nodes) > 1 && deg[y.nodes[0]] == 1 {
			y.nodes = y.nodes[1:]
			deg[y.nodes[0]]--
		}
		if len(y.nodes) > 1 {
			out = append(out, y)
		}
	}
	return out
}

// pieces numbers the connected parts of the network: per node, the lowest node of its part.
func (j *joiner) pieces(ways []way) (root []int32, size []int32) {
	root = make([]int32, len(j.at))
	for i := range root {
		root[i] = int32(i)
	}
	find := func(x int32) int32 {
		for root[x] != x {
			root[x] = root[root[x]]
			x = root[x]
		}
		return x
	}
	for _, y := range ways {
		for _, n := range y.nodes[1:] {
			a, b := find(y.nodes[0]), find(n)
			root[max(a, b)] = min(a, b)
		}
	}
	size = make([]int32, len(j.at))
	for i := range root {
		root[i] = find(int32(i))
		size[root[i]]++
	}
	return root, size
}

// Loose pieces of the network are tied to the rest within tieReach metres; what cannot be tied and is smaller than
// keepSize nodes is dropped.
const (
	tieReach = 900
	keepSize = 5
)

// tie joins loose pieces to the largest one where no water lies between, by ferry where only water does.
func (j *joiner) tie(ways []way) []way {
	for range 3 {
		root, size := j.pieces(ways)
		main := int32(0)
		for n := range size {
			if size[n] > size[main] {
				main = int32(n)
			}
		}
		var out []way
		drop := map[int32]bool{}
		added := j.bridgeGaps(ways, root, main)
		for r, n := range size {
			if n > 1 && int32(r) != main && n < keepSize && !added.tied[int32(r)] {
				drop[int32(r)] = true
			}
		}
		for _, y := range ways {
			if !drop[root[y.nodes[0]]] {
				out = append(out, y)
			}
		}
		ways = append(out, added.ways...)
		if len(added.ways) == 0 {
			break
		}
	}
	return ways
}

// gapWays are the ways that tie loose pieces to the main one.
type gapWays struct {
	ways []way
	tied map[int32]bool
}

// bridgeGaps finds for every loose piece the shortest dry way to the main piece.
func (j *joiner) bridgeGaps(ways []way, root []int32, main int32) gapWays {
	inMain, loose := j.membersOf(ways, root, main)
	index := newBuckets(j.w.land.area, 300, len(inMain), func(i int) box { return boxOf(j.at[inMain[i]], j.at[inMain[i]], 0) })
	type gap struct {
		from, to int32
		dist     float64
		wet      bool
	}
	best := map[int32]gap{}
	var order []int32
	for _, n := range loose {
		r := root[n]
		g, ok := best[r]
		if !ok {
			g.dist = math.Inf(1)
			order = append(order, r)
		}
		reach := min(g.dist, tieReach)
		index.near(boxOf(j.at[n], j.at[n], reach), func(k int32) {
			m := inMain[k]
			d := j.at[n].dist(j.at[m])
			if d < g.dist && d <= tieReach && !j.wetBetween(j.at[n], j.at[m]) {
				g = gap{n, m, d, false}
			}
		})
		best[r] = g
	}
	out := gapWays{tied: map[int32]bool{}}
	link := &line{class: network.Unclassified}
	ferry := &line{class: network.Ferry, name: "湖心渡"}
	for _, r := range order {
		g := best[r]
		if !math.IsInf(g.dist, 1) {
			out.ways = append(out.ways, way{line: link, nodes: []int32{g.from, g.to}})
			out.tied[r] = true
		} else if from, to := j.crossLake(loose, root, r, shores{inMain, index}); from >= 0 {
			out.ways = append(out.ways, way{line: ferry, nodes: []int32{from, to}})
			out.tied[r] = true
		}
	}
	return out
}

// membersOf returns the nodes in use of the main piece and of all others, ascending.
func (j *joiner) membersOf(ways []way, root []int32, main int32) (in, out []int32) {
	used := make([]bool, len(j.at))
	for _, y := range ways {
		if y.line.apart {
			continue
		}
		for _, n := range y.nodes {
			used[n] = true
		}
	}
	for n, u := range used {
		switch {
		case u && root[n] == main:
			in = append(in, int32(n))
		case u:
			out = append(out, int32(n))
		}
	}
	return in, out
}

// shores are the nodes at which a ferry may land, and where to find them.
type shores struct {
	nodes []int32 // ascending
	index *buckets
}

// crossLake returns the pier of an island's piece and the nearest node on the shore, -1 when the piece is not on an island.
func (j *joiner) crossLake(loose, root []int32, r int32, to shores) (pier, shore int32) {
	pier, shore = -1, -1
	best := math.Inf(1)
	for _, n := range loose {
		if root[n] != r || !j.w.land.onIsland(j.at[n]) {
			continue
		}
		reach := min(best, 3*j.w.land.lakeAt(j.at[n]).shore.radius)
		to.index.near(boxOf(j.at[n], j.at[n], reach), func(k int32) {
			m := to.nodes[k]
			if d := j.at[n].dist(j.at[m]); d < reach && (d < best || d == best && n == pier && m < shore) {
				best, pier, shore = d, n, m
			}
		})
	}
	return pier, shore
}

// wetBetween reports whether water lies between two places.
func (j *joiner) wetBetween(a, b vec) bool {
	if _, ok := j.w.land.crosses(a, b); ok {
		return true
	}
	n := int(a.dist(b)/40) + 1
	for i := range n + 1 {
		if j.w.land.water(a.lerp(b, float64(i)/float64(n)), 0) {
			return true
		}
	}
	return false
}

// finish splits ways where bridges begin and end, and numbers the nodes in the order of their first use.
func (j *joiner) finish(ways []way) *net {
	out := &net{}
	number := make([]int32, len(j.at))
	id := func(n int32) int32 {
		if number[n] == 0 {
			out.nodes = append(out.nodes, j.at[n])
			number[n] = int32(len(out.nodes))
		}
		return number[n] - 1
	}
	for _, y := range ways {
		run := way{line: y.line}
		for i := 1; i < len(y.nodes); i++ {
			over := y.line.class != network.Ferry && j.wetBetween(j.at[y.nodes[i-1]], j.at[y.nodes[i]])
			if len(run.nodes) > 0 && over != run.bridge {
				out.ways = append(out.ways, run)
				run = way{line: y.line}
			}
			if len(run.nodes) == 0 {
				run.nodes, run.bridge = append(run.nodes, id(y.nodes[i-1])), over
			}
			run.nodes = append(run.nodes, id(y.nodes[i]))
		}
		out.ways = append(out.ways, run)
	}
	return out
}

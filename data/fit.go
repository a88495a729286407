package data

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// How well regions fit together: sisters should neither overlap nor leave gaps, and children should fill their parent. Where borders are
// drawn once and shared, every edge of one region is an edge of another, the other way round, and nothing is left when the two are
// struck out. What is left is the border of all that is covered twice or not at all, and small enough to be measured exactly.

// The kinds of misfit.
const (
	misfitOverlap = iota // covered by several children
	misfitGap            // of the parent, covered by no child
	misfitOutside        // of a child, outside the parent
	numMisfits
)

// patch is a connected piece of misfit.
type patch struct {
	kind  int
	area  float64   // m²
	at    orb.Point // inside its largest trapezoid, longitude and latitude
	width float64   // area of that trapezoid
}

// leastPatch is the area of the smallest patch that is told, in m²: rounding of coordinates makes smaller ones.
const leastPatch = 1.0

// fit measures, parent by parent, how the regions fit, and notes what does not.
func (r *reader) fit(ctx context.Context) {
	if r.regions == nil || len(r.study.Areas) == 0 {
		return
	}
	all := r.regions.All
	var roots []int32
	for i := range all {
		if all[i].Parent < 0 {
			roots = append(roots, int32(i))
		}
	}
	r.fitOf(ctx, -1, roots)
	for i := range all {
		if children := r.regions.Children(int32(i)); len(children) > 0 {
			r.fitOf(ctx, int32(i), children)
		}
	}
}

func (r *reader) fitOf(ctx context.Context, parent int32, children []int32) {
	if ctx.Err() != nil || parent < 0 && len(children) < 2 {
		return
	}
	strip := &stripper{edges: map[edge]int32{}}
	for _, c := range children {
		strip.add(r.regions.All[c].Shape, 1)
	}
	fine := 1 // depth that is as it should be
	if parent >= 0 {
		strip.add(r.regions.All[parent].Shape, -1)
		fine = 0
	}
	patches := sweepMisfits(strip.left(), fine)
	for i := range patches {
		if p := &patches[i]; parent >= 0 && p.kind == misfitOverlap && !geo.Contains(r.regions.All[parent].Shape, p.at) {
			p.kind = misfitOutside
		}
	}
	for kind := range numMisfits {
		r.misfitFinding(parent, children, kind, patches)
	}
}

// misfitFinding tells of the patches of one kind.
func (r *reader) misfitFinding(parent int32, children []int32, kind int, patches []patch) {
	count, total, largest := 0, 0.0, patch{}
	for _, p := range patches {
		if p.kind != kind || p.area < leastPatch {
			continue
		}
		count++
		total += p.area
		if p.area > largest.area {
			largest = p
		}
	}
	if count == 0 {
		return
	}
	name, whole := T("最高一级区划", "the regions of the coarsest level"), 0.0
	if parent >= 0 {
		name = Text{"“" + r.regions.All[parent].Name + "”", fmt.Sprintf("%q", r.regions.All[parent].Name)}
		whole = geo.Area(r.regions.All[parent].Shape)
	} else {
		for _, c := range children {
			whole += geo.Area(r.regions.All[c].Shape)
		}
	}
	var at []string
	for _, c := range children {
		if geo.Contains(r.regions.All[c].Shape, largest.at) {
			at = append(at, r.regions.All[c].Name)
		}
	}
	severity := "info" // below a thousandth of a percent it is digitising noise
	if total > 1e-5*whole {
		severity = "warning"
	}
	what := [numMisfits]Text{
		{"%s：下级区划互相重叠 %d 处，共 %.0f 平方米；最大一处 %.0f 平方米，在 %s（%s）", "%s: its parts overlap in %d places, %.0f m² together; the largest has %.0f m², at %s (%s)"},
		{"%s：下级区划没有填满，空缺 %d 处，共 %.0f 平方米；最大一处 %.0f 平方米，在 %s%s", "%s: its parts leave %d gaps, %.0f m² together; the largest has %.0f m², at %s%s"},
		{"%s：下级区划有 %d 处超出，共 %.0f 平方米；最大一处 %.0f 平方米，在 %s（%s）", "%s: its parts reach out of it in %d places, %.0f m² together; the largest has %.0f m², at %s (%s)"},
	}[kind]
	r.c.find(severity, r.study.Areas[0].File, 0, Text{
		fmt.Sprintf(what.ZH, name.ZH, count, total, largest.area, place(largest.at), strings.Join(at, "、")),
		fmt.Sprintf(what.EN, name.EN, count, total, largest.area, place(largest.at), strings.Join(at, ", "))})
}

// stripper strikes out edges against the same edges the other way round.
type stripper struct{ edges map[edge]int32 }

// add adds the rings of a shape, outer ones anticlockwise, with a weight.
func (s *stripper) add(shape orb.MultiPolygon, weight int32) {
	for _, polygon := range shape {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				e := newEdge(ring[i-1], ring[i])
				w := weight
				if e.a != ring[i-1] {
					w = -w
				}
				if n := s.edges[e] + w; n != 0 {
					s.edges[e] = n
				} else {
					delete(s.edges, e)
				}
			}
		}
	}
}

// span is an edge on the equal-area plane, from its lower to its upper end. Depth grows by step where it is passed from left to right.
type span struct {
	low, high orb.Point
	step      int32
}

func (s *span) at(y float64) float64 {
	return s.low[0] + (y-s.low[1])/(s.high[1]-s.low[1])*(s.high[0]-s.low[0])
}

// left returns what is left, by lower end.
func (s *stripper) left() []span {
	out := make([]span, 0, len(s.edges))
	for e, n := range s.edges {
		a, b := equalArea(e.a), equalArea(e.b)
		switch {
		case a[1] < b[1]: // up, with the inside on the left
			out = append(out, span{a, b, -n})
		case a[1] > b[1]:
			out = append(out, span{b, a, n})
		}
	}
	slices.SortFunc(out, func(p, q span) int {
		return cmp.Or(cmp.Compare(p.low[1], q.low[1]), cmp.Compare(p.low[0], q.low[0]), comparePoints(p.high, q.high))
	})
	return out
}

// misfitSweep goes from south to north, from one end of an edge to the next, and joins trapezoids of one kind that touch.
type misfitSweep struct {
	fine    int
	patches []patch
	joined  []int      // union-find over patches
	before  []interval // of the band below
	active  []span
	xs      []crossed
}

// interval is a piece of the upper side of a band.
type interval struct {
	from, to float64
	patch    int
}

// crossed is an edge in a band.
type crossed struct {
	mid, low, high float64
	step           int32
}

// sweepMisfits returns the patches where the depth is not fine. Time O(n log n + n·w), w = edges at one latitude.
func sweepMisfits(spans []span, fine int) []patch {
	ys := make([]float64, 0, 2*len(spans))
	for _, s := range spans {
		ys = append(ys, s.low[1], s.high[1])
	}
	slices.Sort(ys)
	ys = slices.Compact(ys)
	w := &misfitSweep{fine: fine}
	next := 0
	for i := 0; i+1 < len(ys); i++ {
		from, to := ys[i], ys[i+1]
		w.active = slices.DeleteFunc(w.active, func(s span) bool { return s.high[1] <= from })
		for next < len(spans) && spans[next].low[1] <= from {
			w.active = append(w.active, spans[next])
			next++
		}
		for _, cut := range w.cuts(from, to) {
			w.band(from, cut)
			from = cut
		}
	}
	return w.merged()
}

// cuts returns where a band must be divided because edges cross in it, and last its upper end.
func (w *misfitSweep) cuts(from, to float64) []float64 {
	w.cross(from, to)
	slices.SortFunc(w.xs, func(a, b crossed) int { return cmp.Or(cmp.Compare(a.low, b.low), cmp.Compare(a.high, b.high)) })
	var out []float64
	for i := 1; i < len(w.xs); i++ {
		for k := i; k > 0 && w.xs[k-1].high > w.xs[k].high; k-- { // insertion sort: each exchange is a crossing
			a, b := w.xs[k-1], w.xs[k]
			if t := (b.low - a.low) / ((b.low - a.low) + (a.high - b.high)); t > 0 && t < 1 {
				out = append(out, from+t*(to-from))
			}
			w.xs[k-1], w.xs[k] = b, a
		}
	}
	slices.Sort(out)
	return append(slices.Compact(out), to)
}

func (w *misfitSweep) cross(from, to float64) {
	w.xs = w.xs[:0]
	for i := range w.active {
		s := &w.active[i]
		low, high := s.at(from), s.at(to)
		w.xs = append(w.xs, crossed{(low + high) / 2, low, high, s.step})
	}
}

// band measures the trapezoids between two latitudes that hold no end and no crossing.
func (w *misfitSweep) band(from, to float64) {
	w.cross(from, to)
	slices.SortFunc(w.xs, func(a, b crossed) int { return cmp.Compare(a.mid, b.mid) })
	var now []interval
	depth, below := 0, 0
	for i := 0; i+1 < len(w.xs); i++ {
		depth += int(w.xs[i].step)
		l, r := w.xs[i], w.xs[i+1]
		kind := misfitOverlap
		switch {
		case depth > w.fine:
		case depth < 0:
			kind = misfitGap
		default:
			continue
		}
		area := ((r.low - l.low) + (r.high - l.high)) / 2 * (to - from) * math.Abs(float64(depth-w.fine))
		if !(area > 0) {
			continue
		}
		var p int
		p, below = w.patchBelow(kind, l.low, r.low, below)
		q := &w.patches[p]
		q.area += area
		if area > q.width {
			q.width, q.at = area, orb.Point{(l.mid + r.mid) / 2, (from + to) / 2}
		}
		now = append(now, interval{l.high, r.high, p})
	}
	w.before = now
}

// patchBelow returns the patch of a trapezoid: that of the trapezoids of its kind that it stands on, else a new one.
func (w *misfitSweep) patchBelow(kind int, from, to float64, start int) (p, first int) {
	p = -1
	for start < len(w.before) && w.before[start].to <= from {
		start++
	}
	for i := start; i < len(w.before) && w.before[i].from < to; i++ {
		b := w.find(w.before[i].patch)
		if w.patches[b].kind != kind || b == p {
			continue
		}
		if p < 0 {
			p = b
			continue
		}
		w.joined[b] = p
		w.patches[p].area += w.patches[b].area
		if w.patches[b].width > w.patches[p].width {
			w.patches[p].width, w.patches[p].at = w.patches[b].width, w.patches[b].at
		}
	}
	if p < 0 {
		p = len(w.patches)
		w.patches = append(w.patches, patch{kind: kind})
		w.joined = append(w.joined, p)
	}
	return p, start
}

func (w *misfitSweep) find(p int) int {
	for w.joined[p] != p {
		w.joined[p] = w.joined[w.joined[p]]
		p = w.joined[p]
	}
	return p
}

// merged returns the patches that were not joined to others, with their places in degrees.
func (w *misfitSweep) merged() []patch {
	var out []patch
	for i, p := range w.patches {
		if w.joined[i] == i {
			p.at = fromEqualArea(p.at)
			out = append(out, p)
		}
	}
	return out
}

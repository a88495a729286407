package siting

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/network"
)

// Link ties a site to the one site of the parent tier that it belongs to: a point to its station, a station to its centre.
type Link struct {
	Tier int   // of the child
	Site int32 // the child, where it stands today; -1 = the child is planned
	Pick int   // the child among Plan.Picks; -1 = it stands today

	ParentSite int32   // the parent, where it stands today; -1 = it is planned, or there is none
	ParentPick int     // the parent among Plan.Picks; -1 = it stands today, or there is none
	Cost       float64 // from child to parent: metres or seconds on the roads of the parent tier, as Metric says
	Metric     geo.Metric
	Straight   bool // no way on the roads within linkReach: Cost is great-circle metres
}

// linkReach is how far a parent is looked for on the roads; beyond it the great circle decides.
var linkReach = map[geo.Metric]float64{geo.Metres: 5000, geo.Seconds: 3600}

// needs lists, for columns whose tier must have a parent near by, the columns of the parent tier that would do; none where
// an open site of today does already. nil when no tier asks.
func (m *model) needs() [][]int32 {
	var out [][]int32
	for t := range m.w.Tiers {
		reach := m.p.Rules[t].ParentWithin
		if reach == 0 {
			continue
		}
		if out == nil {
			out = make([][]int32, len(m.columns))
		}
		near := m.w.parents(t)
		planned, columns := newNearIndex(nil), []int32(nil)
		for j, c := range m.columns {
			if at := &m.set.All[c.candidate]; c.tier == m.w.Tiers[t].Parent && at.Way != Upgrade {
				planned.add(at.Point)
				columns = append(columns, int32(j))
			}
		}
		for j, c := range m.columns {
			at := m.point(int32(j))
			if c.tier != t || m.set.All[c.candidate].Way == Upgrade || len(near.within(at, upTo(reach))) > 0 {
				continue
			}
			for _, k := range planned.within(at, upTo(reach)) {
				if m.columns[columns[k]].candidate != c.candidate { // a place holds one tier
					out[j] = append(out[j], columns[k])
				}
			}
		}
	}
	return out
}

// parents indexes the open sites of today of the parent tier of t.
func (w *World) parents(t int) *nearIndex {
	near := newNearIndex(nil)
	for _, i := range w.standing(w.Tiers[t].Parent) {
		if w.Sites[i].OpenOn(w.Date) {
			near.add(w.Sites[i].Point)
		}
	}
	return near
}

// orphans rejects the candidates of a tier that neither a parent of today nor a candidate for one is near, and returns the rows
// to keep. Parents come before their children, so that their own candidates are settled.
func (f *finder) orphans(t int, rows []int32) []int32 {
	reach := f.rules[t].ParentWithin
	if reach == 0 {
		return rows
	}
	near := f.w.parents(t)
	possible := newNearIndex(nil)
	var of []int32
	for _, i := range f.set.Serving[f.w.Tiers[t].Parent] {
		if f.found[i].Way != Upgrade {
			possible.add(f.found[i].Point)
			of = append(of, i)
		}
	}
	return slices.DeleteFunc(rows, func(i int32) bool {
		c := &f.found[i]
		if c.Way == Upgrade || len(near.within(c.Point, upTo(reach))) > 0 ||
			slices.ContainsFunc(possible.within(c.Point, upTo(reach)), func(k int32) bool { return of[k] != i }) {
			return false
		}
		f.reject(c, t, RejectedNoParent, fmt.Sprintf("%s, %.0f m", f.w.Tiers[f.w.Tiers[t].Parent].ID, reach))
		return true
	})
}

// linked is one end of a link.
type linked struct {
	site  int32
	pick  int
	point orb.Point
	from  int // year from whose end it is open; 0 = today
}

// ends lists the sites of a tier: those of today by ID, then the planned ones in plan order.
func (m *model) ends(plan *Plan, t int) (out []linked) {
	for _, i := range m.w.standing(t) {
		if m.w.Sites[i].OpenOn(m.w.Date) {
			out = append(out, linked{site: i, pick: -1, point: m.w.Sites[i].Point})
		}
	}
	for k := range plan.Picks {
		if p := &plan.Picks[k]; p.Tier == t && p.Way != Upgrade {
			out = append(out, linked{site: -1, pick: k, point: plan.Candidates[p.Candidate].Point, from: p.OpenYear})
		}
	}
	return out
}

// link ties every site of today and of the plan to its nearest parent on the roads of the parent tier, among those that are
// open when it is, or else among all; ties go to sites of today by ID, then to plan order.
func (m *model) link(ctx context.Context, plan *Plan) error {
	if plan.Status == Infeasible {
		return nil
	}
	for t := range m.w.Tiers {
		parent := m.w.Tiers[t].Parent
		if parent < 0 {
			continue
		}
		children, parents := m.ends(plan, t), m.ends(plan, parent)
		cost, metric, err := m.linkCosts(ctx, parent, parents, children)
		if err != nil {
			return fmt.Errorf("siting: linking tier %s: %w", m.w.Tiers[t].ID, err)
		}
		for c := range children {
			plan.Links = append(plan.Links, nearestParent(t, children[c], parents, cost[c], metric))
		}
	}
	for i := range plan.Links {
		if l := &plan.Links[i]; l.Pick >= 0 && (l.ParentSite >= 0 || l.ParentPick >= 0) {
			plan.Picks[l.Pick].Parent = l
		}
	}
	return nil
}

// nearestParent links one child. cost holds, per parent, the way on the roads, NaN where there is none.
func nearestParent(t int, child linked, parents []linked, cost []float64, metric geo.Metric) Link {
	l := Link{Tier: t, Site: child.site, Pick: child.pick, ParentSite: -1, ParentPick: -1, Metric: metric}
	if len(parents) == 0 {
		return l
	}
	type rank struct { // the lower the better
		late, straight bool
		cost           float64
	}
	better := func(a, b rank) bool {
		switch {
		case a.late != b.late:
			return b.late
		case a.straight != b.straight:
			return b.straight
		}
		return a.cost < b.cost
	}
	var best rank
	for k, p := range parents {
		r := rank{late: p.from > child.from, cost: cost[k]}
		if math.IsNaN(r.cost) {
			r.straight, r.cost = true, geo.Distance(child.point, p.point)
		}
		if k == 0 || better(r, best) {
			best = r
			l.ParentSite, l.ParentPick, l.Cost, l.Straight = p.site, p.pick, r.cost, r.straight
		}
	}
	if best.straight {
		l.Metric = geo.Metres
	}
	return l
}

// linkCosts returns, per child and parent, the way on the roads of the parent tier, NaN beyond linkReach.
func (m *model) linkCosts(ctx context.Context, parent int, parents, children []linked) ([][]float64, geo.Metric, error) {
	metric := m.w.Tiers[parent].Limit.Metric
	cost := make([][]float64, len(children))
	for c := range cost {
		cost[c] = slices.Repeat([]float64{math.NaN()}, len(parents))
	}
	g := m.w.graph(parent)
	if g == nil || len(parents)*len(children) == 0 {
		return cost, metric, nil
	}
	snaps := func(ends []linked) []network.Snap {
		points := make([]orb.Point, len(ends))
		for i := range ends {
			points[i] = ends[i].point
		}
		return g.Snap(points)
	}
	matrix, err := g.Matrix(ctx, snaps(parents), snaps(children), geo.Limit{Metric: metric, Max: geo.ToImpedance(linkReach[metric])}, m.w.workers())
	if err != nil {
		return nil, metric, err
	}
	for k := range parents {
		columns, costs := matrix.Row(k)
		for i, c := range columns {
			cost[c][k] = costs[i].Value()
		}
	}
	return cost, metric, nil
}

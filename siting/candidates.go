package siting

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// Reasons of a Rejection.
const (
	RejectedExclusion = "exclusion"  // inside an exclusion; the detail names it
	RejectedOutside   = "outside"    // outside the study area
	RejectedNoRoad    = "no_road"    // no usable road within the mode's max_access; the detail names the mode
	RejectedDuplicate = "duplicate"  // at the very point of another candidate, which the detail names
	RejectedSpacing   = "spacing"    // nearer than the spacing to an existing site of the tier; the detail names it
	RejectedFew       = "few_people" // fewer people than asked within the tier's limit
	RejectedBanned    = "banned"     // banned by the rules
	RejectedRegion    = "region"     // outside the regions that the rules ask for
	RejectedFarRoad   = "far_road"   // no road of the asked classes near enough; the detail names the distance
	RejectedFarPlace  = "far_place"  // no place of the asked kinds near enough; the detail names the distance
	RejectedNoParent  = "no_parent"  // no site of the parent tier, of today or possible, near enough; the detail names tier and distance
	RejectedFewAround = "few_around" // fewer people than asked within the radius that the rules name
)

// AllTiers is Rejection.Tier where the reason holds for every tier.
const AllTiers = -1

// CandidateSet is where sites may be opened, where not and why, and whom each candidate would reach.
type CandidateSet struct {
	All        []Candidate       // hosts first, then cells, then upgrades, each by ID: the order that decides ties
	Rejected   []Rejection       // by ID, then tier
	Considered int               // host places, cells and existing sites that were looked at
	Serving    [][]int32         // per tier: candidates that may serve it, ascending
	Reach      []*geo.CostMatrix // per tier: rows parallel to Serving, columns are demand points, within the tier's limit
}

// FindCandidates looks for places that may get a site.
//
// Host places are considered where a tier accepts their kind, at their own point. Grid cells are considered where a tier
// accepts bare cells and the cell is inhabited or has road frontage (its nearest road point lies in the cell itself); the
// candidate then stands at the road point nearest to the cell's centre, on the network of the first tier that travels on
// roads, or at the centre where every tier is straight. Of a cell that straddles regions or the border, the centre is that
// of its largest part.
//
// Where a tier takes upgrades, its open sites are candidates too, under the ID "site:<id>": they give no new coverage but may
// give a region its first qualifying site. Of the rules only bans and the study area bind them.
//
// A candidate outside the study area, inside an exclusion or on the spot of an earlier one is rejected for all tiers; one
// without a usable road, too near to an existing site of the tier, with too few people within the limit, banned, or without
// what the tier's Must asks of the ground, for the tier alone, as is one inside an exclusion that only some tiers avoid. Everything considered is either in All or in Rejected. The result does not depend on the order of places,
// sites or exclusions.
func FindCandidates(ctx context.Context, w *World, rules []TierRules) (*CandidateSet, error) {
	if err := w.Validate(); err != nil {
		return nil, err
	}
	if err := w.validateRules(rules); err != nil {
		return nil, err
	}
	f := &finder{w: w, rules: rules, land: newLandIndex(w.Exclusions), set: &CandidateSet{}}
	f.hosts()
	f.cells()
	f.upgrades()
	f.set.Considered = len(f.found)
	f.screenPlaces()
	if err := f.screenTiers(ctx); err != nil {
		return nil, err
	}
	f.collect()
	return f.set, nil
}

// finder is one search for candidates.
type finder struct {
	w     *World
	rules []TierRules
	land  *landIndex
	found []Candidate // Tiers shrinks as rules take them away
	set   *CandidateSet
}

// reject records why candidate c is none, for a tier or for AllTiers.
func (f *finder) reject(c *Candidate, tier int, reason, detail string) {
	f.set.Rejected = append(f.set.Rejected, Rejection{
		ID: c.ID, Name: c.Name, Point: c.Point, Tier: tier, Reason: reason, Detail: detail,
	})
}

// hosts proposes the places that some tier accepts as host, by ID.
func (f *finder) hosts() {
	for i := range f.w.Places {
		p := &f.w.Places[i]
		c := Candidate{ID: "host:" + p.ID, Name: p.Name, Point: p.Point, Cell: -1, Region: p.Region, Host: int32(i), Way: Convert}
		for t := range f.rules {
			if f.rules[t].hosts(p.Kind) {
				c.Tiers = append(c.Tiers, t)
			}
		}
		if len(c.Tiers) > 0 {
			f.found = append(f.found, c)
		}
	}
	slices.SortFunc(f.found, func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) })
}

// cells proposes bare grid cells, in the order of the grid.
func (f *finder) cells() {
	var tiers []int
	for t := range f.rules {
		if f.rules[t].Cells {
			tiers = append(tiers, t)
		}
	}
	if len(tiers) == 0 {
		return
	}
	inhabited := make([]bool, len(f.w.Grid.Cells))
	for i, c := range f.w.Demand.Cell {
		inhabited[c] = inhabited[c] || f.w.Demand.People[i] > 0
	}
	points := make([]orb.Point, len(f.w.Grid.Cells))
	for c := range points {
		points[c] = f.cellPoint(int32(c))
	}
	snaps := f.snap(tiers, points)
	for c, cell := range f.w.Grid.Cells {
		at := points[c]
		frontage := false
		if snaps != nil && snaps[c].OK {
			at = snaps[c].Point
			frontage = grid.CellOf(at, f.w.Grid.Resolution) == cell
		}
		if inhabited[c] || frontage {
			f.found = append(f.found, Candidate{
				ID: "cell:" + cell.String(), Point: at, Cell: int32(c), Region: -1, Host: -1, Tiers: slices.Clone(tiers), Way: Build,
			})
		}
	}
}

// upgrades proposes the open sites of the tiers that may be upgraded, by ID.
func (f *finder) upgrades() {
	for t := range f.rules {
		if !f.rules[t].Upgrades {
			continue
		}
		for _, i := range f.w.upgradable(t) {
			s := &f.w.Sites[i]
			f.found = append(f.found, Candidate{ID: "site:" + s.ID, Name: s.Name, Point: s.Point, Host: -1, Tiers: []int{t}, Way: Upgrade, Site: i})
		}
	}
	from := slices.IndexFunc(f.found, func(c Candidate) bool { return c.Way == Upgrade })
	if from >= 0 {
		slices.SortStableFunc(f.found[from:], func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) })
	}
}

// upgradable returns the sites of a tier that are open on the reporting date and stand in the study area, by ID.
func (w *World) upgradable(t int) []int32 {
	return slices.DeleteFunc(w.standing(t), func(i int32) bool { return !w.Sites[i].OpenOn(w.Date) || w.Sites[i].Region < 0 })
}

// cellPoint returns the centre of the cell's largest part, the first of equal ones.
func (f *finder) cellPoint(cell int32) orb.Point {
	parts := f.w.Grid.PartsOf(cell)
	if len(parts) == 0 {
		return f.w.Grid.Centre(cell)
	}
	best := 0
	for i := range parts {
		if parts[i].Share > parts[best].Share {
			best = i
		}
	}
	return parts[best].Centre
}

// snap puts points on the roads of the first of the tiers that travels on roads; nil when all are straight.
func (f *finder) snap(tiers []int, points []orb.Point) []network.Snap {
	for _, t := range tiers {
		if g := f.w.graph(t); g != nil {
			return g.Snap(points)
		}
	}
	return nil
}

// graph returns the road graph of a tier, nil for a straight one.
func (w *World) graph(t int) *network.Graph {
	tier := &w.Tiers[t]
	if tier.Mode == coverage.Straight {
		return nil
	}
	return w.Graphs[coverage.GraphKey{Mode: tier.Mode, Metric: tier.Limit.Metric}]
}

// screenPlaces rejects what no tier can use, and fills in cell and region.
func (f *finder) screenPlaces() {
	first := make(map[orb.Point]string, len(f.found))
	kept := f.found[:0]
	for _, c := range f.found {
		var inside bool
		c.Cell, c.Region, inside = f.w.locate(c.Point)
		if !inside {
			f.reject(&c, AllTiers, RejectedOutside, "")
			continue
		}
		if c.Way == Upgrade { // it stands already
			kept = append(kept, c)
			continue
		}
		if f.excluded(&c) {
			continue
		}
		if c.Host < 0 { // two hosts may share an address: each is a choice of its own
			if id, ok := first[c.Point]; ok {
				f.reject(&c, AllTiers, RejectedDuplicate, id)
				continue
			}
			first[c.Point] = c.ID
		}
		kept = append(kept, c)
	}
	f.found = kept
}

// excluded takes from a candidate the tiers that the land forbids, and tells whether none is left.
func (f *finder) excluded(c *Candidate) bool {
	on := f.land.all(c.Point)
	if len(on) == 0 {
		return false
	}
	forbids := make([]*Exclusion, len(f.rules))
	left := make([]int, 0, len(c.Tiers))
	for _, t := range c.Tiers {
		if k := slices.IndexFunc(on, func(e *Exclusion) bool { return f.rules[t].avoids(e.Kind) }); k >= 0 {
			forbids[t] = on[k]
		} else {
			left = append(left, t)
		}
	}
	same := len(left) == 0
	for _, t := range c.Tiers {
		same = same && forbids[t] == forbids[c.Tiers[0]]
	}
	if same {
		f.reject(c, AllTiers, RejectedExclusion, cmp.Or(forbids[c.Tiers[0]].Name, forbids[c.Tiers[0]].Kind))
		return true
	}
	for _, t := range c.Tiers {
		if e := forbids[t]; e != nil {
			f.reject(c, t, RejectedExclusion, cmp.Or(e.Name, e.Kind))
		}
	}
	c.Tiers = left
	return len(left) == 0
}

// locate returns the grid cell and the deepest region of a point, and whether it lies in the study area. A study that is
// defined by cells alone has regions without shape: there the cell decides.
func (w *World) locate(p orb.Point) (cell, region int32, inside bool) {
	cell, ok := w.Grid.Index(grid.CellOf(p, w.Grid.Resolution))
	if !ok {
		return -1, -1, false
	}
	if region = w.Regions.Locate(p); region >= 0 {
		return cell, region, true
	}
	for _, part := range w.Grid.PartsOf(cell) {
		if len(w.Regions.All[part.Region].Shape) == 0 {
			return cell, part.Region, true
		}
	}
	return cell, -1, false
}

// screenTiers applies the rules of every tier and computes who is within reach.
func (f *finder) screenTiers(ctx context.Context) error {
	f.set.Serving = make([][]int32, len(f.rules))
	f.set.Reach = make([]*geo.CostMatrix, len(f.rules))
	demand := map[coverage.GraphKey][]network.Snap{}
	for t := range f.rules {
		rows := f.orphans(t, f.screenTier(t))
		points := make([]orb.Point, len(rows))
		for r, i := range rows {
			points[r] = f.found[i].Point
		}
		m, snaps, err := f.w.reach(ctx, t, points, demand)
		if err != nil {
			return fmt.Errorf("siting: tier %s: %w", f.w.Tiers[t].ID, err)
		}
		keep := f.screenReach(t, rows, m, snaps)
		f.set.Serving[t], f.set.Reach[t] = pickRows(rows, m, keep)
	}
	return nil
}

// screenTier returns the candidates that the tier accepts before anyone travels, and rejects the others.
func (f *finder) screenTier(t int) []int32 {
	rule := &f.rules[t]
	existing := f.w.standing(t)
	points := make([]orb.Point, len(existing))
	for k, s := range existing {
		points[k] = f.w.Sites[s].Point
	}
	near := newNearIndex(points)
	ground := newGround(f.w, &rule.Must)
	var rows []int32
	for i := range f.found {
		c := &f.found[i]
		if !slices.Contains(c.Tiers, t) {
			continue
		}
		if slices.Contains(rule.Banned, c.ID) {
			f.reject(c, t, RejectedBanned, "")
			continue
		}
		if c.Way == Upgrade {
			rows = append(rows, int32(i))
			continue
		}
		if k, d := near.nearest(c.Point, rule.Spacing); k >= 0 {
			s := &f.w.Sites[existing[k]]
			f.reject(c, t, RejectedSpacing, fmt.Sprintf("%s, %.0f m", cmp.Or(s.Name, s.ID), d))
			continue
		}
		if reason, detail := ground.refuse(c); reason != "" {
			f.reject(c, t, reason, detail)
			continue
		}
		rows = append(rows, int32(i))
	}
	return rows
}

// standing returns the sites of a tier that are open on the reporting date or open later, by ID.
func (w *World) standing(t int) []int32 {
	var sites []int32
	for i := range w.Sites {
		s := &w.Sites[i]
		if s.Tier == t && (s.Closed.IsZero() || s.Closed.After(w.Date)) {
			sites = append(sites, int32(i))
		}
	}
	slices.SortFunc(sites, func(a, b int32) int { return cmp.Compare(w.Sites[a].ID, w.Sites[b].ID) })
	return sites
}

// screenReach tells which rows keep the tier, given whom they reach, and rejects the others.
func (f *finder) screenReach(t int, rows []int32, m *geo.CostMatrix, snaps []network.Snap) []bool {
	keep := make([]bool, len(rows))
	for r, i := range rows {
		c := &f.found[i]
		if c.Way == Upgrade {
			keep[r] = true
			continue
		}
		if snaps != nil && !snaps[r].OK {
			f.reject(c, t, RejectedNoRoad, f.w.Tiers[t].Mode)
			continue
		}
		var people coverage.People
		columns, _ := m.Row(r)
		for _, d := range columns {
			people += f.w.Demand.People[d]
		}
		if people.Float() < f.rules[t].MinPeople {
			f.reject(c, t, RejectedFew, fmt.Sprintf("%.0f < %.0f", people.Float(), f.rules[t].MinPeople))
			continue
		}
		keep[r] = true
	}
	return keep
}

// collect drops candidates that lost every tier and sorts the rejections.
func (f *finder) collect() {
	tiers := make([][]int, len(f.found))
	for t, rows := range f.set.Serving {
		for _, i := range rows {
			tiers[i] = append(tiers[i], t)
		}
	}
	renumber := make([]int32, len(f.found))
	for i := range f.found {
		if len(tiers[i]) == 0 {
			continue
		}
		c := f.found[i]
		c.Tiers = tiers[i]
		renumber[i] = int32(len(f.set.All))
		f.set.All = append(f.set.All, c)
	}
	for t := range f.set.Serving {
		for r, i := range f.set.Serving[t] {
			f.set.Serving[t][r] = renumber[i]
		}
	}
	slices.SortStableFunc(f.set.Rejected, func(a, b Rejection) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Tier, b.Tier))
	})
}

// reach returns whom points reach within the limit of a tier, and how they snap to its roads (nil for a straight tier).
// The demand's snaps are kept in demand from tier to tier.
func (w *World) reach(ctx context.Context, t int, points []orb.Point, demand map[coverage.GraphKey][]network.Snap) (*geo.CostMatrix, []network.Snap, error) {
	tier := &w.Tiers[t]
	g := w.graph(t)
	if g == nil {
		if tier.Mode != coverage.Straight {
			return nil, nil, fmt.Errorf("no road graph for mode %q in %v", tier.Mode, tier.Limit.Metric)
		}
		m, err := coverage.StraightMatrix(ctx, points, w.Demand.Point, tier.Limit, w.Workers)
		return m, nil, err
	}
	key := coverage.GraphKey{Mode: tier.Mode, Metric: tier.Limit.Metric}
	if _, ok := demand[key]; !ok {
		demand[key] = g.Snap(w.Demand.Point)
	}
	snaps := g.Snap(points)
	m, err := g.Matrix(ctx, snaps, demand[key], tier.Limit, w.workers())
	return m, snaps, err
}

// reachWithin returns whom points reach within a limit in the way that a tier travels.
func (w *World) reachWithin(ctx context.Context, t int, points []orb.Point, limit geo.Limit) (*geo.CostMatrix, []network.Snap, error) {
	wide := *w
	wide.Tiers = slices.Clone(w.Tiers)
	wide.Tiers[t].Limit = limit
	return wide.reach(ctx, t, points, map[coverage.GraphKey][]network.Snap{})
}

// pickRows returns the rows to keep and their part of the matrix.
func pickRows(rows []int32, m *geo.CostMatrix, keep []bool) ([]int32, *geo.CostMatrix) {
	var kept []int32
	out := &geo.CostMatrix{Limit: m.Limit, Columns: m.Columns, Offset: []int64{0}}
	for r, i := range rows {
		if !keep[r] {
			continue
		}
		columns, costs := m.Row(r)
		kept = append(kept, i)
		out.Column = append(out.Column, columns...)
		out.Cost = append(out.Cost, costs...)
		out.Offset = append(out.Offset, int64(len(out.Column)))
	}
	return kept, out
}

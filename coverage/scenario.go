package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/network"
)

// ErrNoSite is returned for the ID of a site that does not exist.
var ErrNoSite = errors.New("coverage: no such site")

// Scenario is a what-if on top of a computed result: add, move or close sites and see what becomes of coverage. An edit
// searches from the one site that changes, and adds up every tier that it serves anew: O(entries of their matrices + demand + cells), with no
// other search. The outcome is exactly what Compute says of the edited input.
//
// A Scenario never changes: every edit returns a new one that shares what did not change. Old ones stay good, so undo is to
// keep them, and many may be edited at once.
type Scenario struct {
	in      Input
	res     *Result
	shared  *scenarioShared
	circles [][]int32 // [tier] per demand point: open sites whose circle holds it; nil for straight tiers
}

// scenarioShared is what no edit changes.
type scenarioShared struct {
	snaps  map[GraphKey][]network.Snap // of the demand
	index  *pointIndex                 // of the demand
	owner  []int32                     // region that counts each cell
	circle []geo.Limit                 // per tier
}

// NewScenario starts from an input and its result, which must belong together.
func NewScenario(ctx context.Context, in Input, res *Result) (*Scenario, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if len(res.Services) != len(in.Tiers) {
		return nil, &FieldError{Field: "res", What: fmt.Sprintf("%d services for %d tiers", len(res.Services), len(in.Tiers))}
	}
	shared := &scenarioShared{snaps: map[GraphKey][]network.Snap{}, index: newPointIndex(in.Demand.Point), owner: cellOwners(in)}
	s := &Scenario{in: in, res: res, shared: shared}
	for t, tier := range in.Tiers {
		if n := len(res.Services[t].Nearest); n != in.Demand.Len() {
			return nil, &FieldError{Field: "res", What: fmt.Sprintf("%d demand points, the input has %d", n, in.Demand.Len())}
		}
		shared.circle = append(shared.circle, CircleLimit(tier, in.Modes))
		if tier.Mode == Straight {
			s.circles = append(s.circles, nil)
			continue
		}
		key := GraphKey{tier.Mode, tier.Limit.Metric}
		if shared.snaps[key] == nil {
			shared.snaps[key] = in.Graphs[key].Snap(in.Demand.Point)
		}
		var points []orb.Point
		for _, i := range res.Services[t].Open {
			points = append(points, in.Sites[i].Point)
		}
		m, err := straightRows(ctx, shared.index, points, shared.circle[t], in.Workers)
		if err != nil {
			return nil, err
		}
		count := make([]int32, in.Demand.Len())
		for _, i := range m.Column {
			count[i]++
		}
		s.circles = append(s.circles, count)
	}
	return s, nil
}

// Input returns the edited input: new sites are at the end, and closed ones have the reporting date as their closing date.
func (s *Scenario) Input() Input { return s.in }

// Result returns the coverage with the edits. It must not be modified.
func (s *Scenario) Result() *Result { return s.res }

// Add opens another site. Its ID must be new; the caller sets its region.
func (s *Scenario) Add(ctx context.Context, site Site) (*Scenario, error) {
	return s.edit(ctx, len(s.in.Sites), site)
}

// Move puts a site elsewhere; region is the deepest region there, or -1.
func (s *Scenario) Move(ctx context.Context, id string, to orb.Point, region int32) (*Scenario, error) {
	i, err := s.find(id)
	if err != nil {
		return nil, err
	}
	site := s.in.Sites[i]
	site.Point, site.Region = to, region
	return s.edit(ctx, i, site)
}

// Close closes a site on the reporting date.
func (s *Scenario) Close(ctx context.Context, id string) (*Scenario, error) {
	i, err := s.find(id)
	if err != nil {
		return nil, err
	}
	site := s.in.Sites[i]
	site.Closed = s.in.Date
	return s.edit(ctx, i, site)
}

func (s *Scenario) find(id string) (int, error) {
	i := slices.IndexFunc(s.in.Sites, func(x Site) bool { return x.ID == id })
	if i < 0 {
		return 0, fmt.Errorf("%w: %q", ErrNoSite, id)
	}
	return i, nil
}

// edit returns the scenario in which site i is the given one; i = number of sites appends it.
func (s *Scenario) edit(ctx context.Context, i int, site Site) (*Scenario, error) {
	next := &Scenario{in: s.in, res: s.res, shared: s.shared, circles: slices.Clone(s.circles)}
	next.in.Sites = slices.Clone(s.in.Sites)
	next.in.Sites = append(next.in.Sites[:i], append([]Site{site}, next.in.Sites[min(i+1, len(next.in.Sites)):]...)...)
	var errs []error
	next.in.checkSites(func(field, what string, cause error) {
		errs = append(errs, &FieldError{Field: field, What: what, Err: cause})
	})
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	for t := range s.in.Tiers { // more than one where tiers are nested
		was := i < len(s.in.Sites) && s.in.serves(&s.in.Sites[i], t)
		change := rowChange{remove: was, insert: s.in.serves(&site, t)}
		if !change.remove && !change.insert {
			continue
		}
		service := s.res.Services[t]
		change.at, _ = slices.BinarySearch(service.Open, int32(i))
		cut, err := next.apply(ctx, &service, i, change, s.res.Unconnected[t])
		if err != nil {
			return nil, err
		}
		if err := next.circle(ctx, &service, s, i, change); err != nil {
			return nil, err
		}
		next.finish(next.res, service, cut)
	}
	return next, nil
}

// rowChange says what happens to a service's list of open sites.
type rowChange struct {
	at             int // position in the list
	remove, insert bool
}

// apply changes the open sites and the matrix, and labels the demand anew. It returns the tier's sites without a road.
func (s *Scenario) apply(ctx context.Context, service *Service, i int, c rowChange, cut []int32) ([]int32, error) {
	tier := s.in.Tiers[service.Tier]
	point := []orb.Point{s.in.Sites[i].Point}
	cut = slices.DeleteFunc(slices.Clone(cut), func(x int32) bool { return x == int32(i) })
	var row *geo.CostMatrix
	var err error
	switch {
	case !c.insert:
		row = &geo.CostMatrix{Offset: []int64{0}}
	case tier.Mode == Straight:
		row, err = straightRows(ctx, s.shared.index, point, tier.Limit, 1)
	default:
		key := GraphKey{tier.Mode, tier.Limit.Metric}
		snap := s.in.Graphs[key].Snap(point)
		if !snap[0].OK {
			k, _ := slices.BinarySearch(cut, int32(i))
			cut = slices.Insert(cut, k, int32(i))
		}
		row, err = s.in.Graphs[key].Matrix(ctx, snap, s.shared.snaps[key], tier.Limit, 1)
	}
	if err != nil {
		return nil, err
	}
	service.Open = slices.Clone(service.Open)
	to := c.at
	if c.remove {
		to++
	}
	var open []int32
	if c.insert {
		open = []int32{int32(i)}
	}
	service.Open = nilIfEmpty(slices.Replace(service.Open, c.at, to, open...))
	service.Matrix = splice(service.Matrix, c.at, to, row)
	label(s.in, service)
	return nilIfEmpty(cut), nil
}

// nilIfEmpty makes an edited list the same as one that Compute would make.
func nilIfEmpty(list []int32) []int32 {
	if len(list) == 0 {
		return nil
	}
	return list
}

// splice returns the matrix with rows [from, to) replaced by those of another.
func splice(m *geo.CostMatrix, from, to int, rows *geo.CostMatrix) *geo.CostMatrix {
	a, b := m.Offset[from], m.Offset[to]
	out := &geo.CostMatrix{
		Limit: m.Limit, Columns: m.Columns, Offset: slices.Clone(m.Offset[:from]),
		Column: replaced(m.Column, a, b, rows.Column), Cost: replaced(m.Cost, a, b, rows.Cost),
	}
	for _, x := range rows.Offset {
		out.Offset = append(out.Offset, a+x)
	}
	more := int64(len(rows.Column)) - (b - a)
	for _, x := range m.Offset[to+1:] {
		out.Offset = append(out.Offset, x+more)
	}
	return out
}

// replaced returns a new list in which [from, to) is replaced by others.
func replaced[T any](list []T, from, to int64, by []T) []T {
	out := make([]T, 0, len(list)-int(to-from)+len(by))
	out = append(append(out, list[:from]...), by...)
	return append(out, list[to:]...)
}

// circle counts the changed site out of and into the circles that hold each demand point.
func (s *Scenario) circle(ctx context.Context, service *Service, old *Scenario, i int, c rowChange) error {
	t := service.Tier
	service.Circle = make([]bool, s.in.Demand.Len())
	if s.circles[t] == nil {
		for k := range service.Circle {
			service.Circle[k] = service.Covered(k)
		}
		return nil
	}
	var points []orb.Point
	if c.remove {
		points = append(points, old.in.Sites[i].Point)
	}
	if c.insert {
		points = append(points, s.in.Sites[i].Point)
	}
	m, err := straightRows(ctx, s.shared.index, points, s.shared.circle[t], 1)
	if err != nil {
		return err
	}
	count := slices.Clone(s.circles[t])
	for r := range points {
		step := int32(1)
		if r == 0 && c.remove {
			step = -1
		}
		columns, _ := m.Row(r)
		for _, k := range columns {
			count[k] += step
		}
	}
	for k, n := range count {
		service.Circle[k] = n > 0
	}
	s.circles[t] = count
	return nil
}

// finish makes the result: the old one, but for the tier of the service.
func (s *Scenario) finish(old *Result, service Service, cut []int32) {
	f := sum(s.in, &service, s.shared.owner)
	t := service.Tier
	s.res = &Result{
		Date: old.Date, Services: slices.Clone(old.Services), Region: slices.Clone(old.Region), Total: slices.Clone(old.Total),
		Blank: slices.Clone(old.Blank), Unconnected: slices.Clone(old.Unconnected), Scattered: slices.Clone(old.Scattered),
		Groups: slices.Clone(old.Groups),
	}
	s.res.Services[t], s.res.Region[t], s.res.Total[t] = service, f.region, f.total
	s.res.Blank[t], s.res.Unconnected[t], s.res.Scattered[t] = f.blank, cut, f.scattered
	if f.groups != nil {
		s.res.Groups[t] = f.groups
	}
}

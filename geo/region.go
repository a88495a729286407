package geo

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"
)

// Level is one level of administrative division, such as town or community.
type Level struct {
	ID   string // as the study names it, e.g. "town"
	Name string // as people read it, e.g. 街道
}

// Region is one administrative unit.
type Region struct {
	ID     string // the user's own code, unique within the study
	Name   string
	Level  int              // index into Regions.Levels; 0 is the coarsest
	Parent int32            // index into Regions.All, -1 at the top; always of a coarser level
	Shape  orb.MultiPolygon // WGS84; may be empty only for a study defined by cells alone
}

// Regions is the immutable tree of a study's administrative units, ordered by level (coarsest first), then ID.
type Regions struct {
	Levels []Level
	All    []Region

	children [][]int32
	index    map[string]int32
	tree     rtree.RTreeG[int32] // bounding boxes of the shapes
	locators []lazyLocator
}

// ErrRegions is wrapped by every error of NewRegions.
var ErrRegions = errors.New("geo: regions")

// NewRegions checks regions and builds their tree. Parents are indexes into all as it is given; the result is sorted by
// level, then ID, and its parents are indexes into the result. The shapes are shared, not copied.
//
// All problems found are joined into one error: no or repeated level or region IDs, a level that does not exist, a parent
// that does not exist or is not of a coarser level, shapes with coordinates that are no WGS84 degrees, and regions without
// a shape beside regions with one.
func NewRegions(levels []Level, all []Region) (*Regions, error) {
	if err := checkRegions(levels, all); err != nil {
		return nil, err
	}
	order := make([]int32, len(all))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(all[a].Level, all[b].Level), cmp.Compare(all[a].ID, all[b].ID))
	})
	position := make([]int32, len(all))
	for to, from := range order {
		position[from] = int32(to)
	}
	r := &Regions{
		Levels:   slices.Clone(levels),
		All:      make([]Region, len(all)),
		children: make([][]int32, len(all)),
		index:    make(map[string]int32, len(all)),
		locators: make([]lazyLocator, len(all)),
	}
	for to, from := range order {
		region := all[from]
		if region.Parent >= 0 {
			region.Parent = position[region.Parent]
			r.children[region.Parent] = append(r.children[region.Parent], int32(to))
		}
		r.All[to] = region
		r.index[region.ID] = int32(to)
		if len(region.Shape) > 0 {
			bound := region.Shape.Bound()
			r.tree.Insert(bound.Min, bound.Max, int32(to))
		}
	}
	return r, nil
}

func checkRegions(levels []Level, all []Region) error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrRegions}, args...)...))
	}
	if len(levels) == 0 {
		bad("no levels")
	}
	if len(all) == 0 {
		bad("no regions")
	}
	seenLevel := map[string]bool{}
	for i, l := range levels {
		if l.ID == "" {
			bad("level %d has no ID", i)
		} else if seenLevel[l.ID] {
			bad("level ID %q is used twice", l.ID)
		}
		seenLevel[l.ID] = true
	}
	shapes := 0
	for i := range all {
		if len(all[i].Shape) > 0 {
			shapes++
		}
	}
	seen := map[string]bool{}
	for i, g := range all {
		if g.ID == "" {
			bad("region %d has no ID", i)
		} else if seen[g.ID] {
			bad("region ID %q is used twice", g.ID)
		}
		seen[g.ID] = true
		if g.Level < 0 || g.Level >= len(levels) {
			bad("region %q: level %d does not exist", g.ID, g.Level)
		}
		if g.Parent < -1 || int(g.Parent) >= len(all) {
			bad("region %q: parent %d does not exist", g.ID, g.Parent)
		} else if g.Parent >= 0 && all[g.Parent].Level >= g.Level {
			bad("region %q: parent %q is not of a coarser level", g.ID, all[g.Parent].ID)
		}
		if len(g.Shape) == 0 && shapes > 0 {
			bad("region %q has no shape", g.ID)
		}
		if err := checkShape(g.Shape); err != nil {
			bad("region %q: %v", g.ID, err)
		}
	}
	return errors.Join(errs...)
}

// checkShape looks at the numbers only; whether rings cross themselves is for those who read them from files.
func checkShape(shape orb.MultiPolygon) error {
	for _, polygon := range shape {
		if len(polygon) == 0 {
			return errors.New("a polygon without rings")
		}
		for _, ring := range polygon {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return fmt.Errorf("a ring of %d points that is not closed or too short", len(ring))
			}
			for _, p := range ring {
				if !ValidPoint(p) {
					return fmt.Errorf("(%g, %g) is no longitude, latitude in degrees", p[0], p[1])
				}
			}
		}
	}
	return nil
}

// ValidPoint reports whether p is a finite longitude in [-180, 180] and latitude in [-90, 90].
func ValidPoint(p orb.Point) bool {
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90 // false for NaN
}

// Children returns the regions whose parent is i, ascending. The slice is a view: do not modify.
func (r *Regions) Children(i int32) []int32 { return r.children[i] }

// Ancestor returns the region of a level that holds region i: i itself at its own level, -1 where there is none.
func (r *Regions) Ancestor(i int32, level int) int32 {
	for i >= 0 && r.All[i].Level > level {
		i = r.All[i].Parent
	}
	if i >= 0 && r.All[i].Level != level {
		return -1
	}
	return i
}

// Path returns the regions from the top down to i, i included.
func (r *Regions) Path(i int32) []int32 {
	var path []int32
	for ; i >= 0; i = r.All[i].Parent {
		path = append(path, i)
	}
	slices.Reverse(path)
	return path
}

// Index returns the region of an ID.
func (r *Regions) Index(id string) (int32, bool) {
	i, ok := r.index[id]
	return i, ok
}

// Locate returns the region of the deepest level that contains a WGS84 point, -1 when none does. A border belongs to both
// sides: where regions of one level share a point, the lowest index wins.
func (r *Regions) Locate(p orb.Point) int32 {
	var near []int32
	r.tree.Search(p, p, func(_, _ [2]float64, i int32) bool {
		near = append(near, i)
		return true
	})
	slices.SortFunc(near, func(a, b int32) int { return cmp.Or(cmp.Compare(r.All[b].Level, r.All[a].Level), cmp.Compare(a, b)) })
	for _, i := range near {
		if r.Contains(i, p) {
			return i
		}
	}
	return -1
}

// Contains reports whether region i contains a WGS84 point, its border included.
func (r *Regions) Contains(i int32, p orb.Point) bool {
	return r.locators[i].of(r.All[i].Shape).contains(p)
}

package data

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sitecover/geo/crs"
)

// namedShape is a boundary and its name, as read; its rings may be invalid.
type namedShape struct {
	name  string
	shape orb.MultiPolygon
}

// border is a file of boundaries.
type border struct {
	in     *input
	system crs.CRS // in which it was read; nil = WGS84
	shapes []namedShape
}

// A file of boundaries is said to be shifted from so many corners on roads, which are at least that share of all and three times as many
// as under the declared system: borders follow roads for part of their way only. Or from so many claims that do not hold as declared, of
// which under another system at most a quarter do not hold.
const (
	borderNear    = 30.0 // metres: the corner is on a road
	borderCorners = 20
	borderShare   = 0.2
	claimsBroken  = 5
	claimsMost    = 1000
)

// suspectBorder asks whether roads or sites fit boundaries better in another system.
func (r *reader) suspectBorder(b border) {
	declared := orWGS84(b.system)
	if declared.Projected() {
		return
	}
	var corners []orb.Point
	for _, s := range b.shapes {
		for _, polygon := range s.shape {
			for _, ring := range polygon {
				corners = append(corners, ring...)
			}
		}
	}
	corners = sample(corners)
	if roads := r.out.Roads; roads != nil && len(roads.Ways) > 0 && len(corners) >= borderCorners {
		count := func(points []orb.Point) int { return countWithin(roadDistances(roads, points), borderNear) }
		before := count(corners)
		best, on := crs.CRS(nil), max(3*before, borderCorners, int(borderShare*float64(len(corners))))
		for _, other := range degreeSystems {
			if moved, ok := reread(corners, declared, other); ok {
				if n := count(moved); n > on {
					best, on = other, n
				}
			}
		}
		if best != nil {
			r.shifted(b.in, declared, suspicion{system: best}, T("按 %[1]s，%[2]d 个边界点中有 %[3]d 个落在道路上（%.0[4]f m 内）；按 %[5]s 有 %[6]d 个",
				"as %[1]s, %[3]d of %[2]d corners of boundaries lie on roads (within %.0[4]f m); as %[5]s, %[6]d", declared.Name(), len(corners), before, borderNear, best.Name(), on), corners[0])
			return
		}
	}
	var claims []claim
	for _, w := range r.watched {
		if w.names != nil {
			claims = append(claims, claimsOn([]border{b}, w)...)
		}
	}
	// The corners stay and the sites move: to where they stand in the file's own numbers, if it were in the other system.
	if s, ok := suspectClaims(claims, func(p orb.Point, other crs.CRS) (orb.Point, bool) { return rereadOne(p, other, declared) }); ok {
		r.shifted(b.in, declared, s, claimText(declared, s, len(claims)), corners[0])
	}
}

func countWithin(distances []float64, within float64) int {
	n := 0
	for _, d := range distances {
		if d <= within {
			n++
		}
	}
	return n
}

// claim is a site that says where it is: in a region by its name, or at least in the study area.
type claim struct {
	at     orb.Point
	shapes []namedShape // one of these holds it
}

// holds reports whether one of the shapes contains p.
func (c claim) holds(p orb.Point) bool {
	for _, s := range c.shapes {
		if s.shape.Bound().Contains(p) && planar.MultiPolygonContains(s.shape, p) {
			return true
		}
	}
	return false
}

// claims lists what the sites of a file say about where they are.
func (r *reader) claims(w watched) []claim {
	if w.names == nil {
		return nil
	}
	return claimsOn(r.borders, w)
}

// claimsOn finds what sites claim of boundaries: a name that holds a region's name claims that region, the longest such name; the other
// sites claim the area as a whole, unless they may lie outside.
func claimsOn(borders []border, w watched) []claim {
	var all []namedShape
	byName := map[string][]namedShape{}
	for _, b := range borders {
		for _, s := range b.shapes {
			all = append(all, s)
			if utf8.RuneCountInString(s.name) >= 2 {
				byName[s.name] = append(byName[s.name], s)
			}
		}
	}
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	order := make([]int, len(w.points))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Or(comparePoints(w.points[i], w.points[j]), strings.Compare(w.names[i], w.names[j]))
	})
	step := (len(order) + claimsMost - 1) / claimsMost
	var out []claim
	for k := 0; k < len(order); k += max(step, 1) {
		i := order[k]
		at := slices.IndexFunc(names, func(name string) bool { return strings.Contains(w.names[i], name) })
		switch {
		case at >= 0:
			out = append(out, claim{w.points[i], byName[names[at]]})
		case w.within:
			out = append(out, claim{w.points[i], all})
		}
	}
	return out
}

// suspectClaims looks for the system under which claims hold that do not hold as declared.
func suspectClaims(claims []claim, move func(orb.Point, crs.CRS) (orb.Point, bool)) (suspicion, bool) {
	broken := 0
	for _, c := range claims {
		if !c.holds(c.at) {
			broken++
		}
	}
	best := suspicion{before: float64(broken), after: float64(broken)/4 + 1e-9}
	if broken < claimsBroken {
		return best, false
	}
	for _, other := range degreeSystems {
		left, moved := 0, false
		for _, c := range claims {
			p, ok := move(c.at, other)
			if !ok || !c.holds(p) {
				left++
			}
			moved = moved || p != c.at
		}
		if moved && float64(left) < best.after {
			best.system, best.after = other, float64(left)
		}
	}
	return best, best.system != nil
}

func claimText(declared crs.CRS, s suspicion, claims int) Text {
	return T("按 %[1]s，%[2]d 个阵地中有 %.0[3]f 个不在名称所指的区划内（或在研究区外）；按 %[4]s 只有 %.0[5]f 个",
		"as %[1]s, %.0[3]f of %[2]d sites lie outside the region that their name tells, or outside the area; as %[4]s, %.0[5]f", declared.Name(), claims, s.before, s.system.Name(), s.after)
}

// suspectRoads asks whether the points of the other files, which are declared WGS84, lie on the roads if these are in another system. OSM
// files are what they say they are.
func (r *reader) suspectRoads() {
	roads := r.out.Roads
	if roads == nil || len(roads.Ways) == 0 || len(r.study.Roads) != 1 || strings.EqualFold(filepath.Ext(r.study.Roads[0].File), ".pbf") || r.roadFile == nil {
		return
	}
	declared := orWGS84(r.roadFile.source())
	if declared.Projected() {
		return
	}
	var points []orb.Point
	for _, w := range r.watched {
		if sameDegrees(w.system, crs.WGS84) {
			points = append(points, w.points...)
		}
	}
	if points = sample(points); len(points) < doctorPoints {
		return
	}
	s, ok := suspect(roads, points, func(other crs.CRS) ([]orb.Point, bool) { return reread(points, other, declared) })
	if ok {
		r.shifted(r.roadFile, declared, s, T("按 %[1]s，其他文件的 %[2]d 个点离最近道路的中位距离为 %.0[3]f m；按 %[4]s 为 %.0[5]f m",
			"as %[1]s, half of %[2]d points of other files lie farther than %.0[3]f m from the nearest road; as %[4]s, %.0[5]f m", declared.Name(), len(points), s.before, s.system.Name(), s.after), points[0])
	}
}

package data

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/crs"
	"sitecover/geo/network"
)

// watched are the points of one file, for the question whether its system is the declared one.
type watched struct {
	in     *input
	system crs.CRS     // in which they were read; nil = WGS84
	points []orb.Point // WGS84, by that system
}

// watch remembers the points of a file until the roads can be asked.
func (r *reader) watch(in *input, points []orb.Point) {
	r.watched = append(r.watched, watched{in, in.source(), points})
}

// The coordinate doctor says that a file is shifted when there is little doubt: from so many points on, of which as declared half lie
// farther from the roads than so many metres, and under another system at most a third as far; and which are nearer, three out of four,
// than before. Ledgers and stops stand beside roads; the shifts are of 100 to 1,300 m.
const (
	doctorPoints = 8
	doctorMetres = 60.0
	doctorShare  = 0.75
	doctorSample = 400
	doctorReach  = 500.0 // farther from every road than this is just far
)

// systems asks for every file of points whether the roads fit better to them in another system of degrees.
func (r *reader) systems() {
	roads := r.out.Roads
	if roads == nil || len(roads.Ways) == 0 {
		return
	}
	for _, w := range r.watched {
		declared := w.system
		if declared == nil {
			declared = crs.WGS84
		}
		if declared.Projected() || len(w.points) < doctorPoints {
			continue
		}
		points := sample(w.points)
		asDeclared := roadDistances(roads, points)
		before := median(asDeclared)
		if before < doctorMetres {
			continue
		}
		var best crs.CRS
		least := before / 3
		for _, other := range []crs.CRS{crs.WGS84, crs.GCJ02, crs.BD09} {
			if sameDegrees(other, declared) {
				continue
			}
			moved, ok := reread(points, declared, other)
			if !ok {
				continue
			}
			distances := roadDistances(roads, moved)
			nearer := 0
			for i, d := range distances {
				if d < asDeclared[i] {
					nearer++
				}
			}
			if m := median(distances); m <= least && float64(nearer) >= doctorShare*float64(len(points)) {
				best, least = other, m
			}
		}
		if best != nil {
			r.c.find("warning", w.in.name, 0, T("坐标可能是 %[1]s 而不是 %[2]s：按 %[2]s，%[3]d 个点离最近道路的中位距离为 %.0[4]f m；按 %[1]s 为 %.0[5]f m。请在来源里写 crs: %[1]s",
				"may be in %[1]s, not in %[2]s: as %[2]s, half of %[3]d points lie farther than %.0[4]f m from the nearest road; as %[1]s, %.0[5]f m. Write crs: %[1]s for the source",
				best.Name(), declared.Name(), len(points), before, least))
		}
	}
}

// reread returns where points lie when the file was written in another system than declared; ok is false where the two are the same.
func reread(points []orb.Point, declared, other crs.CRS) ([]orb.Point, bool) {
	out := make([]orb.Point, len(points))
	moved := false
	for i, p := range points {
		written, err := declared.FromWGS84(p)
		if err != nil {
			return nil, false
		}
		if out[i], err = other.ToWGS84(written); err != nil {
			return nil, false
		}
		moved = moved || geo.Distance(p, out[i]) > 1
	}
	return out, moved
}

// sample returns at most doctorSample points, the same ones whatever their order.
func sample(points []orb.Point) []orb.Point {
	sorted := slices.Clone(points)
	slices.SortFunc(sorted, comparePoints)
	sorted = slices.Compact(sorted)
	if len(sorted) <= doctorSample {
		return sorted
	}
	out := make([]orb.Point, doctorSample)
	for i := range out {
		out[i] = sorted[i*len(sorted)/doctorSample]
	}
	return out
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// bucket is a square of bucketSide degrees, about 1 km.
type bucket struct{ x, y int32 }

const bucketSide = 0.01

func bucketOf(p orb.Point) bucket {
	return bucket{int32(math.Floor(p[0] / bucketSide)), int32(math.Floor(p[1] / bucketSide))}
}

// roadDistances returns the distance of each point from the nearest road in metres, at most doctorReach.
func roadDistances(roads *network.Roads, points []orb.Point) []float64 {
	byBucket := map[bucket][]int{}
	for i, p := range points {
		b := bucketOf(p)
		for dx := int32(-1); dx <= 1; dx++ {
			for dy := int32(-1); dy <= 1; dy++ {
				at := bucket{b.x + dx, b.y + dy}
				byBucket[at] = append(byBucket[at], i)
			}
		}
	}
	out := make([]float64, len(points))
	for i := range out {
		out[i] = doctorReach
	}
	for _, w := range roads.Ways {
		refs := roads.Refs[w.First : w.First+w.Count]
		for k := 0; k+1 < len(refs); k++ {
			a, b := roads.Nodes[refs[k]], roads.Nodes[refs[k+1]]
			low, high := bucketOf(orb.Point{min(a[0], b[0]), min(a[1], b[1])}), bucketOf(orb.Point{max(a[0], b[0]), max(a[1], b[1])})
			for x := low.x; x <= min(high.x, low.x+100); x++ { // a ferry may be long: its first 100 km do
				for y := low.y; y <= min(high.y, low.y+100); y++ {
					for _, i := range byBucket[bucket{x, y}] {
						out[i] = min(out[i], segmentDistance(points[i], a, b))
					}
				}
			}
		}
	}
	return out
}

// segmentDistance returns the distance of p from the edge a–b in metres, on the plane that touches the Earth at p.
func segmentDistance(p, a, b orb.Point) float64 {
	const metres = 6371008.8 * math.Pi / 180
	cos := math.Cos(p[1] * math.Pi / 180)
	ax, ay := (a[0]-p[0])*cos*metres, (a[1]-p[1])*metres
	dx, dy := (b[0]-a[0])*cos*metres, (b[1]-a[1])*metres
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, -(ax*dx+ay*dy)/l))
	}
	return math.Hypot(ax+t*dx, ay+t*dy)
}

// maxTwin is how far apart two rows of one name may stand to be taken for one site written twice, in metres.
const maxTwin = 50.0

// twins tells sites of one name and tier that stand within 50 m of each other: most likely one site written twice.
func (r *reader) twins(all []rawSite) {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &all[i], &all[j]
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Tier, b.Tier), comparePoints(a.Point, b.Point))
	})
	const far = 0.005 // degrees of longitude, more than 50 m wherever people live
	for k, i := range order {
		for _, j := range order[k+1:] {
			a, b := &all[i], &all[j]
			if b.Name != a.Name || b.Tier != a.Tier || b.Point[0] > a.Point[0]+far {
				break
			}
			if !a.Closed.IsZero() && !b.Opened.Before(a.Closed) || !b.Closed.IsZero() && !a.Opened.Before(b.Closed) {
				continue // one after the other
			}
			d := geo.Distance(a.Point, b.Point)
			if d > maxTwin {
				continue
			}
			if a.in.name == b.in.name && a.row > b.row {
				a, b = b, a
			}
			r.c.find("warning", b.in.name, b.row, T("“%[1]s”与 %[2]s 第 %[3]d 行同名同级，相距 %.0[4]f m，可能重复登记", "%[1]q stands %.0[4]f m from the site of the same name and tier in row %[3]d of %[2]s: is it written twice?",
				b.Name, a.in.name, a.row, d))
		}
	}
}

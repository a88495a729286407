package data

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo/network"
)

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

// number is one of bucketNumbers that a bucket shares with few others.
func (b bucket) number() uint32 {
	return (uint32(b.x)*0x9e3779b1 ^ uint32(b.y)*0x85ebca77) >> (32 - bucketBits)
}

const (
	bucketBits    = 16
	bucketNumbers = 1 << bucketBits
)

func bucketOf(p orb.Point) bucket {
	return bucket{int32(math.Floor(p[0] / bucketSide)), int32(math.Floor(p[1] / bucketSide))}
}

// roadDistances returns the distance of each point from the nearest road in metres, at most doctorReach.
func roadDistances(roads *network.Roads, points []orb.Point) []float64 {
	byBucket := map[bucket][]int{}
	var used [bucketNumbers]bool // nearly all segments are far from every point, and need not be looked up
	for i, p := range points {
		b := bucketOf(p)
		for dx := int32(-1); dx <= 1; dx++ {
			for dy := int32(-1); dy <= 1; dy++ {
				at := bucket{b.x + dx, b.y + dy}
				byBucket[at] = append(byBucket[at], i)
				used[at.number()] = true
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
					at := bucket{x, y}
					if !used[at.number()] {
						continue
					}
					for _, i := range byBucket[at] {
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

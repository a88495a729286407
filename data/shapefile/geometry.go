package shapefile

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"sitecover/geo"
)

func big32(b []byte) int32    { return int32(binary.BigEndian.Uint32(b)) }
func little32(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) }

// Types of geometry. Those with heights are 10 more, those with measures 20 more.
const (
	null       = 0
	point      = 1
	polyline   = 3
	polygon    = 5
	multipoint = 8
)

func supported(kind int32) bool {
	switch kind {
	case null, point, polyline, polygon, multipoint, 11, 13, 15, 18, 21, 23, 25, 28:
		return true
	}
	return false
}

// geometry reads the content of a record.
func geometry(b []byte) (g orb.Geometry, turned int, err error) {
	kind := little32(b)
	if !supported(kind) {
		return nil, 0, fmt.Errorf("%w: %d", ErrType, kind)
	}
	switch b = b[4:]; kind % 10 {
	case null:
		return nil, 0, nil
	case point:
		if len(b) < 16 {
			return nil, 0, ErrCorrupt
		}
		p := pointAt(b)
		if empty(p) {
			return nil, 0, nil
		}
		return p, 0, nil
	case multipoint:
		if len(b) < 36 {
			return nil, 0, ErrCorrupt
		}
		points, err := pointsAt(b[36:], little32(b[32:]))
		return orb.MultiPoint(points), 0, err
	}
	lines, err := linesAt(b)
	if err != nil || len(lines) == 0 {
		return nil, 0, err
	}
	if kind%10 == polyline {
		out := make(orb.MultiLineString, len(lines))
		copy(out, lines)
		return out, 0, nil
	}
	shape, turned := Assemble(lines)
	return shape, turned, nil
}

func pointAt(b []byte) orb.Point {
	return orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(b)),
		math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
	}
}

// empty reports whether a point is written as nothing: NaN, or less than -1e38 as the format's description says.
func empty(p orb.Point) bool { return !(p[0] > -1e38 && p[1] > -1e38) }

func pointsAt(b []byte, n int32) ([]orb.Point, error) {
	if n < 0 || int64(n)*16 > int64(len(b)) {
		return nil, fmt.Errorf("%w: %d points in %d bytes", ErrCorrupt, n, len(b))
	}
	out := make([]orb.Point, n)
	for i := range out {
		out[i] = pointAt(b[16*i:])
	}
	return out, nil
}

// linesAt reads the parts of a line or a polygon: a bound, the numbers of parts and points, where each part begins, the points.
func linesAt(b []byte) ([]orb.LineString, error) {
	if len(b) < 40 {
		return nil, ErrCorrupt
	}
	parts, count := little32(b[32:]), little32(b[36:])
	if b = b[40:]; parts < 0 || int64(parts)*4 > int64(len(b)) {
		return nil, fmt.Errorf("%w: %d parts in %d bytes", ErrCorrupt, parts, len(b))
	}
	points, err := pointsAt(b[4*parts:], count)
	if err != nil {
		return nil, err
	}
	out := make([]orb.LineString, 0, parts)
	for i := range int(parts) {
		from, to := little32(b[4*i:]), count
		if i+1 < int(parts) {
			to = little32(b[4*i+4:])
		}
		if from < 0 || from > to || to > count {
			return nil, fmt.Errorf("%w: part %d runs from point %d to %d of %d", ErrCorrupt, i+1, from, to, count)
		}
		if from < to {
			out = append(out, points[from:to:to])
		}
	}
	return out, nil
}

// ringInfo is a ring while it looks for its place.
type ringInfo struct {
	ring   orb.Ring
	bound  orb.Bound
	area   float64 // signed, planar: anticlockwise is positive
	inner  orb.Point
	within []int // rings around it
}

// Assemble puts rings together to polygons. The format says that outer rings wind clockwise and holes the other way, but many
// programs do not care: what a ring is, its place tells. One inside no ring, or inside an even number of others, is
// an outer one; else it is a hole of the smallest ring around it. turned counts those that wind the other way.
func Assemble(lines []orb.LineString) (shape orb.MultiPolygon, turned int) {
	rings := make([]ringInfo, len(lines))
	for i, l := range lines {
		ring := orb.Ring(l)
		rings[i] = ringInfo{ring: ring, bound: ring.Bound(), area: planar.Area(ring)}
	}
	if len(rings) > 1 {
		nest(rings)
	}
	polygonOf := map[int]int{} // outer ring -> its polygon
	for i := range rings {
		if len(rings[i].within)%2 == 0 {
			polygonOf[i] = len(shape)
			shape = append(shape, orb.Polygon{rings[i].ring})
			if rings[i].area > 0 {
				turned++
			}
		}
	}
	for i := range rings {
		if around := rings[i].within; len(around)%2 == 1 {
			outer := slices.MinFunc(around, func(a, b int) int { // the smallest outer ring
				return cmp.Or(cmp.Compare(len(rings[b].within), len(rings[a].within)), cmp.Compare(a, b))
			})
			at, ok := polygonOf[outer]
			if !ok { // rings that cross can be around each other in no order: leave it to the check of the polygon
				at = len(shape)
				shape = append(shape, orb.Polygon{})
			}
			shape[at] = append(shape[at], rings[i].ring)
			if rings[i].area < 0 {
				turned++
			}
		}
	}
	return shape, turned
}

// nest finds for every ring those around it. Rings are looked at from west to east, so that only those that overlap meet.
func nest(rings []ringInfo) {
	order := make([]int, len(rings))
	for i := range rings {
		order[i] = i
		rings[i].inner = geo.InteriorPoint(orb.MultiPolygon{{rings[i].ring}})
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rings[a].bound.Min[0], rings[b].bound.Min[0]), cmp.Compare(a, b))
	})
	var active []int
	for _, i := range order {
		keep := active[:0]
		for _, j := range active {
			if rings[j].bound.Max[0] < rings[i].bound.Min[0] {
				continue
			}
			keep = append(keep, j)
			contain(rings, i, j)
			contain(rings, j, i)
		}
		active = append(keep, i)
	}
	for i := range rings {
		slices.Sort(rings[i].within)
	}
}

// contain notes ring j around ring i when it is: larger, and around a point inside i. Of equal rings the first is around the other.
func contain(rings []ringInfo, i, j int) {
	a, b := &rings[i], &rings[j]
	x, y := math.Abs(a.area), math.Abs(b.area)
	if y < x || y == x && j > i || !b.bound.Contains(a.inner) {
		return
	}
	if geo.Contains(orb.MultiPolygon{{b.ring}}, a.inner) {
		a.within = append(a.within, j)
	}
}

package data

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/paulmach/orb"
)

// errCurve is returned for arcs, and for surfaces in space.
var errCurve = errors.New("holds curves or surfaces in space")

// errWKB is returned for bytes that are no geometry in well-known binary.
var errWKB = errors.New("no geometry in well-known binary")

// Types of geometries in well-known binary (OGC 06-103r4).
const (
	wkbPoint = 1 + iota
	wkbLine
	wkbPolygon
	wkbMultiPoint
	wkbMultiLine
	wkbMultiPolygon
	wkbCollection
	wkbArc
	wkbCompound
	wkbCurvePolygon
	wkbMultiCurve
	wkbMultiSurface
)

// wkbReader walks well-known binary. It is our own because libraries allocate what a count claims before the bytes are there: a damaged
// file must not cost more memory than it is long.
type wkbReader struct {
	b     []byte
	order binary.ByteOrder
	extra int // ordinates after x and y
	err   error
}

// readWKB reads one geometry. Heights and measures are read over, in the numbering of ISO (1000 Z, 2000 M, 3000 ZM) and in that of
// PostGIS (high bits, with an SRID that is read over). An empty geometry is nil.
func readWKB(b []byte) (orb.Geometry, error) {
	r := &wkbReader{b: b}
	g := r.geometry()
	if r.err != nil {
		return nil, r.err
	}
	return g, nil
}

func (r *wkbReader) fail() {
	r.err, r.b = errWKB, nil
}

func (r *wkbReader) number() uint32 {
	if len(r.b) < 4 {
		r.fail()
		return 0
	}
	v := r.order.Uint32(r.b)
	r.b = r.b[4:]
	return v
}

// count reads a number of items of at least so many bytes each.
func (r *wkbReader) count(least int) int {
	n := r.number()
	if uint64(n)*uint64(least) > uint64(len(r.b)) {
		r.fail()
		return 0
	}
	return int(n)
}

// head reads byte order and type.
func (r *wkbReader) head() uint32 {
	if len(r.b) < 5 || r.b[0] > 1 {
		r.fail()
		return 0
	}
	r.order = binary.ByteOrder(binary.BigEndian)
	if r.b[0] == 1 {
		r.order = binary.LittleEndian
	}
	r.b = r.b[1:]
	kind := r.number()
	r.extra = 0
	for _, bit := range []uint32{1 << 31, 1 << 30} {
		if kind&bit != 0 {
			r.extra++
		}
	}
	if kind&(1<<29) != 0 {
		r.number()
	}
	kind &= 1<<29 - 1
	switch kind / 1000 {
	case 1, 2:
		r.extra++
	case 3:
		r.extra += 2
	}
	return kind % 1000
}

func (r *wkbReader) point() orb.Point {
	width := 16 + 8*r.extra
	if len(r.b) < width {
		r.fail()
		return orb.Point{}
	}
	p := orb.Point{math.Float64frombits(r.order.Uint64(r.b)), math.Float64frombits(r.order.Uint64(r.b[8:]))}
	r.b = r.b[width:]
	return p
}

func (r *wkbReader) line() orb.LineString {
	out := make(orb.LineString, r.count(16+8*r.extra))
	for i := range out {
		out[i] = r.point()
	}
	return out
}

func (r *wkbReader) polygon() orb.Polygon {
	out := make(orb.Polygon, 0, r.count(4))
	for range cap(out) {
		out = append(out, orb.Ring(r.line()))
	}
	return out
}

// parts reads the parts of a multi-geometry, each with a head of its own.
func (r *wkbReader) parts(kind uint32, one func()) {
	for range r.count(5) {
		if r.err == nil && r.head() != kind {
			r.fail()
		}
		if r.err != nil {
			return
		}
		one()
	}
}

func (r *wkbReader) geometry() orb.Geometry {
	switch r.head() {
	case wkbPoint:
		if p := r.point(); p[0] == p[0] || p[1] == p[1] { // an empty point is two NaN
			return p
		}
	case wkbLine:
		return r.line()
	case wkbPolygon:
		return r.polygon()
	case wkbMultiPoint:
		var out orb.MultiPoint
		r.parts(wkbPoint, func() { out = append(out, r.point()) })
		return out
	case wkbMultiLine:
		var out orb.MultiLineString
		r.parts(wkbLine, func() { out = append(out, r.line()) })
		return out
	case wkbMultiPolygon:
		var out orb.MultiPolygon
		r.parts(wkbPolygon, func() { out = append(out, r.polygon()) })
		return out
	case wkbCurvePolygon:
		return r.curvePolygon()
	case wkbMultiCurve:
		var out orb.MultiLineString
		r.mixed(func(kind uint32) {
			if r.straight(kind, wkbLine) {
				out = append(out, r.line())
			}
		})
		return out
	case wkbMultiSurface:
		var out orb.MultiPolygon
		r.mixed(func(kind uint32) {
			if kind == wkbCurvePolygon {
				out = append(out, r.curvePolygon())
			} else if r.straight(kind, wkbPolygon) {
				out = append(out, r.polygon())
			}
		})
		return out
	case wkbArc, wkbCompound, 13, 14, 15, 16, 17: // the abstract curves and surfaces, polyhedra, networks of triangles
		r.err, r.b = errCurve, nil
	default:
		r.fail()
	}
	return nil
}

// curvePolygon reads a polygon whose rings may be arcs; straight ones are as good as any.
func (r *wkbReader) curvePolygon() orb.Polygon {
	var out orb.Polygon
	r.mixed(func(kind uint32) {
		if r.straight(kind, wkbLine) {
			out = append(out, orb.Ring(r.line()))
		}
	})
	return out
}

// mixed reads parts that may be of several types, each with a head of its own.
func (r *wkbReader) mixed(one func(kind uint32)) {
	for range r.count(5) {
		if kind := r.head(); r.err == nil {
			one(kind)
		}
		if r.err != nil {
			return
		}
	}
}

// straight reports whether a part is of the type that has no arcs; else it notes an error.
func (r *wkbReader) straight(kind, want uint32) bool {
	if kind != want {
		r.err, r.b = errCurve, nil
	}
	return kind == want
}

package grid

import (
	"math"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// tiled reports whether the children of a region fill it exactly, corner for corner, so that nothing is left for the region
// itself. It walks the outlines only: borders between children cancel, being drawn once in each direction, and the rest is
// the region's own outline. Sums of 64-bit fingerprints stand for the sets of edges; that two different outlines have one sum
// is as likely as guessing a 64-bit number. Children whose corners are not the parent's are not recognised, only found the
// long way.
func tiled(regions *geo.Regions, region int32) bool {
	children := regions.Children(region)
	if len(children) == 0 {
		return false
	}
	sum := outlinePrint(regions.All[region].Shape)
	for _, c := range children {
		sum -= outlinePrint(regions.All[c].Shape)
	}
	return sum == 0
}

// outlinePrint adds up the fingerprints of a shape's edges, outer rings taken counter-clockwise and holes clockwise. The
// fingerprint of an edge the other way round is its negative.
func outlinePrint(shape orb.MultiPolygon) uint64 {
	var sum uint64
	for _, polygon := range shape {
		for i, ring := range polygon {
			var edges uint64
			for k := 1; k < len(ring); k++ {
				edges += edgePrint(ring[k-1], ring[k])
			}
			if (ring.Orientation() == orb.CCW) != (i == 0) {
				edges = -edges
			}
			sum += edges
		}
	}
	return sum
}

func edgePrint(a, b orb.Point) uint64 {
	switch {
	case a == b:
		return 0
	case a[0] > b[0] || a[0] == b[0] && a[1] > b[1]:
		return -edgePrint(b, a)
	}
	h := uint64(0)
	for _, v := range [...]float64{a[0], a[1], b[0], b[1]} {
		h = mix(h ^ math.Float64bits(v+0)) // + 0 makes one zero of two
	}
	return h
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

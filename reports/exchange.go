package reports

import (
	"encoding/binary"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkb"
)

// wellKnownBinary is a point or multipolygon as other programs exchange it: go-geom's geometry, whose flat coordinates go
// straight into the bytes.
func wellKnownBinary(g orb.Geometry) ([]byte, error) {
	switch g := g.(type) {
	case orb.Point:
		return wkb.Marshal(geom.NewPointFlat(geom.XY, []float64{g[0], g[1]}), binary.LittleEndian)
	case orb.MultiPolygon:
		return wkb.Marshal(flatMultiPolygon(g), binary.LittleEndian)
	}
	return nil, fmt.Errorf("reports: a layer holds points and multipolygons, not %T", g)
}

func flatMultiPolygon(mp orb.MultiPolygon) *geom.MultiPolygon {
	var flat []float64
	ends := make([][]int, len(mp))
	for i, polygon := range mp {
		for _, ring := range polygon {
			for _, p := range ring {
				flat = append(flat, p[0], p[1])
			}
			ends[i] = append(ends[i], len(flat))
		}
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, ends)
}

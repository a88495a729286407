package reports

import (
	"math"

	"github.com/paulmach/orb"
)

// earthRadius is that of the WGS84 mean sphere in metres.
const earthRadius = 6_371_008.8

// projection puts longitude and latitude on the report's map: Mercator scaled to true metres at the middle latitude of
// the study, so shapes are right everywhere and lengths are within 0.1 % over a county. x grows east, y grows SOUTH, as on
// a screen. Coordinates are counted in quanta, whole numbers of about a quarter of a metre, from the north-west corner.
type projection struct {
	lon0, y0 float64 // radians of the west edge; Mercator ordinate of the north edge
	scale    float64 // quanta per radian
	quantum  float64 // metres per quantum
	width    float64 // quanta
	height   float64
}

// newProjection fits the projection to a bound in degrees.
func newProjection(b orb.Bound) projection {
	mid := radians((b.Min[1] + b.Max[1]) / 2)
	p := projection{lon0: radians(b.Min[0]), y0: mercator(b.Max[1]), quantum: 0.25}
	metres := earthRadius * math.Cos(mid)
	span := metres * math.Max(radians(b.Max[0]-b.Min[0]), mercator(b.Max[1])-mercator(b.Min[1]))
	// Coordinates stay below 2^22, exact in the browser's 32-bit floats with two bits to spare.
	for span/p.quantum > 1<<22 {
		p.quantum *= 2
	}
	p.scale = metres / p.quantum
	p.width, p.height = p.forward(orb.Point{b.Max[0], b.Min[1]})
	return p
}

// forward returns the place of a point in quanta, not rounded.
func (p projection) forward(q orb.Point) (x, y float64) {
	return (radians(q[0]) - p.lon0) * p.scale, (p.y0 - mercator(q[1])) * p.scale
}

// line projects a line, not rounded, as an orb geometry in quanta.
func (p projection) line(points []orb.Point) orb.LineString {
	out := make(orb.LineString, len(points))
	for i, q := range points {
		out[i][0], out[i][1] = p.forward(q)
	}
	return out
}

// mercator is the Mercator ordinate of a latitude in degrees; latitudes beyond 85° are held there.
func mercator(lat float64) float64 {
	lat = math.Max(-85, math.Min(85, lat))
	return math.Log(math.Tan(math.Pi/4 + radians(lat)/2))
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

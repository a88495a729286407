package reports

import (
	"math"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// hexModel tells the browser the shape of all hexagons in a few dozen numbers. H3 cells near each other are almost copies of
// one hexagon; what little their corners move with the place is linear over a study area, as long as the cells lie on one face
// of the icosahedron that H3 is built on. So there is one set of 36 numbers a face: corner k of the cell with centre (x, y) is
// (x, y) + Corner[k]·(1, x/width, y/height) for each coordinate. Cells that do not fit (pentagons, cells bent over an edge of
// the icosahedron) travel with their own corners.
type hexModel struct {
	Corner [][6][2][3]float64 `json:"corner"`
	Centre string             `json:"centre"` // packed points
	Model  string             `json:"model"`  // packed: index into Corner + 1 for every cell; 0 = its own corners
	Odd    string             `json:"odd"`    // packed: lines of corners, for the cells of model 0 in order
	Radius float64            `json:"radius"` // mean centre-to-corner distance, quanta
}

// hexTolerance is how far a modelled corner may be from the true one, as a share of the edge length.
const hexTolerance = 0.02

// hexShape is a cell in projected coordinates.
type hexShape struct {
	x, y    float64
	corners orb.LineString
	face    int // of the icosahedron, -1 = on several
}

// packHexagons packs the shapes of cells.
func packHexagons(p projection, cells []h3.Cell) hexModel {
	shapes := make([]hexShape, len(cells))
	byFace := map[int][]hexShape{}
	for i, c := range cells {
		shapes[i] = shapeOf(p, c)
	}
	alignCorners(shapes)
	m := hexModel{Corner: [][6][2][3]float64{}}
	for _, s := range shapes {
		byFace[s.face] = append(byFace[s.face], s)
		for _, c := range s.corners {
			m.Radius += math.Hypot(c[0]-s.x, c[1]-s.y) / float64(len(s.corners)*len(shapes))
		}
	}
	number := map[int]int{}
	for face := range icosahedronFaces {
		if len(byFace[face]) > 0 {
			m.Corner = append(m.Corner, fitHexagons(p, byFace[face]))
			number[face] = len(m.Corner)
		}
	}
	var centre, model, odd packer
	for _, s := range shapes {
		centre.point(s.x, s.y)
		n := number[s.face]
		if n > 0 && !m.fits(p, n, s) {
			n = 0
		}
		model.uint(uint64(n))
		if n == 0 {
			odd.line(s.corners)
		}
	}
	m.Centre, m.Model, m.Odd = centre.String(), model.String(), odd.String()
	return m
}

const icosahedronFaces = 20

func shapeOf(p projection, c h3.Cell) hexShape {
	at := c.LatLng()
	s := hexShape{face: -1}
	if faces := c.IcosahedronFaces(); len(faces) == 1 {
		s.face = faces[0]
	}
	s.x, s.y = p.forward(orb.Point{at.Lng, at.Lat})
	for _, v := range c.Boundary() {
		x, y := p.forward(orb.Point{v.Lng, v.Lat})
		s.corners = append(s.corners, orb.Point{x, y})
	}
	return s
}

// alignCorners turns the corner list of every hexagon so that corner 0 of all of them points the same way.
func alignCorners(shapes []hexShape) {
	ref := math.NaN()
	for i := range shapes {
		s := &shapes[i]
		if len(s.corners) != 6 {
			continue
		}
		if math.IsNaN(ref) {
			ref = math.Atan2(s.corners[0][1]-s.y, s.corners[0][0]-s.x)
		}
		best, at := math.Inf(1), 0
		for k, c := range s.corners {
			if d := math.Abs(math.Remainder(math.Atan2(c[1]-s.y, c[0]-s.x)-ref, 2*math.Pi)); d < best {
				best, at = d, k
			}
		}
		s.corners = append(append(orb.LineString{}, s.corners[at:]...), s.corners[:at]...)
	}
}

// fitHexagons fits the 12 corner offsets by least squares on (1, x/width, y/height). With fewer than three cells, or all
// in a row, the slopes stay zero.
func fitHexagons(p projection, shapes []hexShape) (corner [6][2][3]float64) {
	var normal [3][3]float64
	var right [6][2][3]float64
	n := 0.0
	for _, s := range shapes {
		if len(s.corners) != 6 {
			continue
		}
		n++
		v := hexBasis(p, s)
		for a := range v {
			for b := range v {
				normal[a][b] += v[a] * v[b]
			}
			for k, c := range s.corners {
				right[k][0][a] += v[a] * (c[0] - s.x)
				right[k][1][a] += v[a] * (c[1] - s.y)
			}
		}
	}
	if n == 0 {
		return corner
	}
	for k := range right {
		for axis := range right[k] {
			corner[k][axis] = solve3(normal, right[k][axis], n)
		}
	}
	return corner
}

func hexBasis(p projection, s hexShape) [3]float64 {
	return [3]float64{1, s.x / math.Max(p.width, 1), s.y / math.Max(p.height, 1)}
}

// solve3 solves a 3×3 system by Cramer's rule; when it has no firm solution it returns the mean, right[0]/n.
func solve3(m [3][3]float64, right [3]float64, n float64) [3]float64 {
	det := det3(m)
	if math.Abs(det) < 1e-9*n*n*n {
		return [3]float64{right[0] / n}
	}
	var out [3]float64
	for col := range out {
		c := m
		for row := range c {
			c[row][col] = right[row]
		}
		out[col] = det3(c) / det
	}
	return out
}

func det3(m [3][3]float64) float64 {
	return m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) -
		m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) +
		m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
}

// fits reports whether model n, counted from 1, draws the cell within tolerance.
func (m hexModel) fits(p projection, n int, s hexShape) bool {
	if len(s.corners) != 6 {
		return false
	}
	v := hexBasis(p, s)
	for k, c := range s.corners {
		var at [2]float64
		for axis := range at {
			for a := range v {
				at[axis] += m.Corner[n-1][k][axis][a] * v[a]
			}
		}
		if math.Hypot(s.x+at[0]-c[0], s.y+at[1]-c[1]) > hexTolerance*m.Radius {
			return false
		}
	}
	return true
}

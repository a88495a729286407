package grid

import (
	"math"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// This file finds the H3 cell of a point, and the centre and corners of a cell, without calling the H3 library: a call
// through cgo costs more than the arithmetic, and a raster asks for tens of millions of points. The results are those of
// the library; the tests hold them to it.
//
// How H3 works (https://h3geo.org/docs/core-library/coordsystems): an icosahedron stands in the sphere, its twelve vertices
// being the centres of the twelve pentagons of resolution 0. Each face is mapped by the gnomonic projection to an
// equilateral triangle with a lattice of hexagons: at resolution 0 one lies on the face's centre and one on each
// vertex, two steps away. Each finer lattice has √7 times shorter steps; those of odd resolutions ("class III") are
// turned by asin √(3/28) against the even ones. A cell's index is the number of its ancestor of resolution 0 (base cell),
// and for every resolution the direction, one of six or none, in which it lies from its parent's centre.
//
// Lattice points are Eisenstein integers a + bω, ω = exp(2πi/3): going to the children multiplies by 2 - ω (even to odd)
// or its conjugate 3 + ω (odd to even), both of norm 7, and adds a unit or nothing. The real axis of each face points to
// its first vertex.
//
// Only one thing cannot be computed: how H3 numbered its base cells, and how it turned them. faceBase and faceTurn say it;
// they were found by asking the library (TestFaceTable).

// eisenstein is the number a + bω.
type eisenstein struct{ a, b int64 }

// unit lists the units counter-clockwise from 1, after 0: the offset of a child by its code 0..6.
var unit = [7]eisenstein{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {-1, 0}, {-1, -1}, {0, -1}}

// childCode gives the code of z by (a + 2b) mod 7 for odd resolutions, as ω = 2 modulo 2 - ω, and by (a + 4b) mod 7 for
// even ones, as ω = 4 modulo 3 + ω.
var childCode = [2][7]uint8{
	0: {0, 1, 5, 6, 3, 2, 4},
	1: {0, 1, 3, 2, 5, 6, 4},
}

// parent returns the lattice point of the next coarser resolution, and the code of z among its children.
func (z eisenstein) parent(resolution int) (eisenstein, uint8) {
	if resolution%2 == 1 {
		code := childCode[1][mod7(z.a+2*z.b)]
		a, b := z.a-unit[code].a, z.b-unit[code].b
		return eisenstein{(3*a - b) / 7, (a + 2*b) / 7}, code // times (3 + ω) / 7
	}
	code := childCode[0][mod7(z.a+4*z.b)]
	a, b := z.a-unit[code].a, z.b-unit[code].b
	return eisenstein{(2*a + b) / 7, (3*b - a) / 7}, code // times (2 - ω) / 7
}

// child returns the lattice point of a child, whose resolution is given.
func (z eisenstein) child(resolution int, code uint8) eisenstein {
	if resolution%2 == 1 { // times 2 - ω
		return eisenstein{2*z.a + z.b + unit[code].a, 3*z.b - z.a + unit[code].b}
	}
	return eisenstein{3*z.a - z.b + unit[code].a, z.a + 2*z.b + unit[code].b} // times 3 + ω
}

func mod7(n int64) int64 {
	if n %= 7; n < 0 {
		n += 7
	}
	return n
}

// vec is a vector of space; points of the sphere are unit vectors, x towards 0° 0°, z towards the north pole.
type vec [3]float64

func (v vec) dot(w vec) float64 { return v[0]*w[0] + v[1]*w[1] + v[2]*w[2] }

func (v vec) cross(w vec) vec {
	return vec{v[1]*w[2] - v[2]*w[1], v[2]*w[0] - v[0]*w[2], v[0]*w[1] - v[1]*w[0]}
}

func (v vec) unit() vec {
	s := 1 / math.Sqrt(v.dot(v))
	return vec{v[0] * s, v[1] * s, v[2] * s}
}

func vecOf(p orb.Point) vec {
	sinLat, cosLat := math.Sincos(p[1] * radian)
	sinLon, cosLon := math.Sincos(p[0] * radian)
	return vec{cosLat * cosLon, cosLat * sinLon, sinLat}
}

// face is one triangle of the icosahedron with the axes of its lattice: x to its first vertex, y a quarter turn
// counter-clockwise, seen from outside.
type face struct{ centre, x, y vec }

// northern are six of the vertices of H3's icosahedron, longitude and latitude in degrees: the centres of the pentagons of
// resolution 0 as the library gives them. The other six are their antipodes.
var northern = [6]orb.Point{
	{10.536199075467669, 64.700000127934871},
	{-143.47849001502516, 50.103201482241332},
	{122.30000040778704, 39.100000033975917},
	{-67.132326366435663, 23.71792527122296},
	{58.157705839572586, 10.447345187511031},
	{-5.2453902967773267, 2.3008821116267471},
}

var faces = makeFaces()

// makeFaces numbers the faces by their vertices: all triples of neighbours in the order of northern, then the antipodes.
func makeFaces() (all [20]face) {
	var vertices [12]vec
	for i, p := range northern {
		v := vecOf(p)
		vertices[i], vertices[i+6] = v, vec{-v[0], -v[1], -v[2]}
	}
	neighbours := func(i, j int) bool { return vertices[i].dot(vertices[j]) > 0.4 } // 1/√5, or else at most -1/√5
	n := 0
	for i := range vertices {
		for j := range i {
			for k := range j {
				if neighbours(i, j) && neighbours(j, k) && neighbours(k, i) {
					all[n] = makeFace(vertices[i], vertices[j], vertices[k])
					n++
				}
			}
		}
	}
	return all
}

// makeFace returns the face of three vertices, the first of which gives the direction of x.
func makeFace(a, b, c vec) face {
	f := face{centre: vec{a[0] + b[0] + c[0], a[1] + b[1] + c[1], a[2] + b[2] + c[2]}.unit()}
	d := a.dot(f.centre)
	f.x = vec{a[0] - d*f.centre[0], a[1] - d*f.centre[1], a[2] - d*f.centre[2]}.unit()
	f.y = f.centre.cross(f.x)
	return f
}

// lattice describes the hexagons of one resolution in the gnomonic plane of a face.
type lattice struct {
	resolution int
	ux, uy     float64 // the step of the lattice as a complex number, in Earth radii
	px, py     float64 // its inverse
}

var lattices = makeLattices()

func makeLattices() (all [16]lattice) {
	for r := range all {
		size, turn := res0Spacing/math.Pow(7, float64(r)/2), 0.0
		if r%2 == 1 {
			turn = math.Asin(math.Sqrt(3.0 / 28))
		}
		sin, cos := math.Sincos(turn)
		all[r] = lattice{r, size * cos, size * sin, cos / size, -sin / size}
	}
	return all
}

// at returns the lattice point whose hexagon holds a point of the plane.
func (l *lattice) at(x, y float64) eisenstein {
	x, y = x*l.px-y*l.py, x*l.py+y*l.px
	// Cube coordinates q + r + s = 0 on axes at 60°: round all, and correct the one that was rounded most.
	r := y * (2 / sqrt3)
	q := x - r/2
	rq, rr, rs := math.Floor(q+0.5), math.Floor(r+0.5), math.Floor(0.5-q-r)
	dq, dr, ds := math.Abs(rq-q), math.Abs(rr-r), math.Abs(rs+q+r)
	if dq > dr && dq > ds {
		rq = -rr - rs
	} else if dr > ds {
		rr = -rq - rs
	}
	return eisenstein{int64(rq + rr), int64(rr)} // 60° axes to 120° axes: exp(πi/3) = 1 + ω
}

// plane returns the place of the number a + bω in the plane of a face.
func (l *lattice) plane(a, b float64) (x, y float64) {
	x, y = a-b/2, b*(sqrt3/2)
	return x*l.ux - y*l.uy, x*l.uy + y*l.ux
}

const sqrt3 = 1.7320508075688772935274463415058723669428

// plane returns the gnomonic projection of a point of the sphere.
func (f *face) plane(v vec) (x, y float64) {
	d := 1 / v.dot(f.centre)
	return v.dot(f.x) * d, v.dot(f.y) * d
}

// sphere returns the point of the sphere for a point of the plane.
func (f *face) sphere(x, y float64) vec {
	return vec{
		f.centre[0] + x*f.x[0] + y*f.y[0],
		f.centre[1] + x*f.x[1] + y*f.y[1],
		f.centre[2] + x*f.x[2] + y*f.y[2],
	}.unit()
}

// margin returns how far inside its triangle a point of the plane lies, in Earth radii; negative outside.
func margin(x, y float64) float64 {
	// The sides are as far from the middle as res0Spacing, at 60°, 180° and 300°.
	return res0Spacing - max(-x, x/2+math.Abs(y)*(sqrt3/2))
}

func nearestFace(v vec) int {
	best, most := 0, -1.0
	for i := range faces {
		if d := v.dot(faces[i].centre); d > most {
			best, most = i, d
		}
	}
	return best
}

// slots are the base cells that a face can see: those with their centres on it, and those just beyond its edges, of which
// it holds a fringe.
const slots = 16

// slotOf numbers the base cells of a face by (a+3, b+3); noSlot where there is none.
var slotOf, slotAt = makeSlots()

const noSlot = 255

func makeSlots() (of [7][7]uint8, at [slots]eisenstein) {
	n := uint8(0)
	for a := range int64(7) {
		for b := range int64(7) {
			of[a][b] = noSlot
			x, y := lattices[0].plane(float64(a-3), float64(b-3))
			z := eisenstein{a - 3, b - 3}
			if margin(x, y) > -0.51*res0Spacing && z.a*z.a-z.a*z.b+z.b*z.b <= 4 {
				of[a][b] = n
				at[n] = z
				n++
			}
		}
	}
	return of, at
}

// address is a cell as a face sees it.
type address struct {
	slot  uint8
	lead  uint8 // code of the coarsest resolution at which the cell is not its parent's middle child, 0 = none
	codes [16]uint8
}

// addressOf returns the address of a lattice point; ok is false when it belongs to none of the face's base cells.
func addressOf(z eisenstein, resolution int) (ad address, ok bool) {
	for r := resolution; r > 0; r-- {
		var code uint8
		if z, code = z.parent(r); code != 0 {
			ad.lead = code
		}
		ad.codes[r] = code
	}
	if z.a < -3 || z.a > 3 || z.b < -3 || z.b > 3 {
		return ad, false
	}
	ad.slot = slotOf[z.a+3][z.b+3]
	return ad, ad.slot != noSlot
}

// digit gives H3's number of a direction: the codes 1..6 counter-clockwise from the first axis are the digits I, IJ, J, JK,
// K, IK.
var digit = [7]uint64{0, 4, 6, 2, 3, 1, 5}

// codeOf is the inverse of digit; 7 is no digit.
var codeOf = [8]uint8{0, 5, 3, 4, 1, 6, 2, 0}

// turned returns a code after so many turns of 60° counter-clockwise.
func turned(code, turns uint8) uint8 {
	if code == 0 {
		return 0
	}
	return (code-1+turns)%6 + 1
}

// index assembles an H3 index.
func (ad *address) index(resolution int, base uint64, turns uint8) h3.Cell {
	index := uint64(1)<<59 | uint64(resolution)<<52 | base<<45 | (1<<45 - 1)
	for r := 1; r <= resolution; r++ {
		shift := 3 * (15 - r)
		index ^= (7 ^ digit[turned(ad.codes[r], turns)]) << shift
	}
	return h3.Cell(index)
}

// cellAt returns the cell of a lattice point of a face, 0 when the tables do not know.
func cellAt(f int, z eisenstein, resolution int) h3.Cell {
	ad, ok := addressOf(z, resolution)
	if !ok {
		return 0
	}
	turns := faceTurn[f][int(ad.slot)*7+int(ad.lead)] - '0'
	if turns > 5 {
		return 0
	}
	return ad.index(resolution, uint64(faceBase[f][ad.slot]), turns)
}

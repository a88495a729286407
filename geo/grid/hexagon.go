package grid

import (
	"math"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"
)

// hexagon is a cell in the plane of the face that holds its centre.
type hexagon struct {
	index   int // of the face
	face    *face
	lattice *lattice
	z       eisenstein
}

// baseSlots lists where the faces see each base cell.
var baseSlots = makeBaseSlots()

type faceSlot struct{ face, slot uint8 }

func makeBaseSlots() (of [128][]faceSlot) {
	for f := range faceBase {
		for s, base := range faceBase[f] {
			of[base] = append(of[base], faceSlot{uint8(f), uint8(s)})
		}
	}
	return of
}

// hexagonOf finds a valid cell on the faces: of all places where its index could lie, the one on whose face it is. ok is
// false when the tables do not know.
func hexagonOf(c h3.Cell) (h hexagon, ok bool) {
	index := uint64(c)
	resolution := int(index >> 52 & 15)
	base := index >> 45 & 127
	var codes [16]uint8
	lead := uint8(0)
	for r := resolution; r > 0; r-- {
		codes[r] = codeOf[index>>(3*(15-r))&7]
		if codes[r] != 0 {
			lead = codes[r]
		}
	}
	best := -1e-9
	for _, at := range baseSlots[base] {
		turn := faceTurn[at.face][int(at.slot)*7 : int(at.slot)*7+7]
		for own := range uint8(7) {
			turns := turn[own] - '0'
			if turns > 5 || turned(own, turns) != lead || (own == 0) != (lead == 0) {
				continue
			}
			z := slotAt[at.slot]
			for r := 1; r <= resolution; r++ {
				z = z.child(r, turned(codes[r], 6-turns))
			}
			l := &lattices[resolution]
			if m := margin(l.plane(float64(z.a), float64(z.b))); m > best {
				best, ok = m, true
				h = hexagon{index: int(at.face), face: &faces[at.face], lattice: l, z: z}
			}
		}
	}
	return h, ok
}

func (h *hexagon) centre() vec {
	return h.face.sphere(h.lattice.plane(float64(h.z.a), float64(h.z.b)))
}

// corners returns the six corners, counter-clockwise; ok is false when one lies beyond the face, where the hexagon is bent
// over an edge of the icosahedron.
func (h *hexagon) corners() (all [6]vec, ok bool) {
	for i := range all {
		// The corner between two neighbours is the middle of the triangle that their centres form with this one.
		u, w := unit[i+1], unit[(i+1)%6+1]
		x, y := h.lattice.plane(float64(h.z.a)+float64(u.a+w.a)/3, float64(h.z.b)+float64(u.b+w.b)/3)
		if margin(x, y) < 1e-12 {
			return all, false
		}
		all[i] = h.face.sphere(x, y)
	}
	return all, true
}

// corner returns one of the six corners of a hexagon that has them all on its face, the same as corners does.
func (h *hexagon) corner(i int) orb.Point {
	u, w := unit[i+1], unit[(i+1)%6+1]
	return h.face.sphere(h.lattice.plane(float64(h.z.a)+float64(u.a+w.a)/3, float64(h.z.b)+float64(u.b+w.b)/3)).point()
}

// onVertex tells which base cells are pentagons: those two steps from the middle of a face.
var onVertex = makeOnVertex()

func makeOnVertex() (on [128]bool) {
	for f := range faceBase {
		for s, base := range faceBase[f] {
			if z := slotAt[s]; z.a*z.a-z.a*z.b+z.b*z.b == 4 {
				on[base] = true
			}
		}
	}
	return on
}

// neighbours appends the six neighbours; ok is false where the hexagon is so close to the side of its face that they have
// to be asked of the library.
func (h *hexagon) neighbours(dst []h3.Cell) (_ []h3.Cell, ok bool) {
	for _, u := range unit[1:] {
		z := eisenstein{h.z.a + u.a, h.z.b + u.b}
		if margin(h.lattice.plane(float64(z.a), float64(z.b))) < 1e-12 {
			return dst, false
		}
		c := cellAt(h.index, z, h.lattice.resolution)
		if c == 0 {
			return dst, false
		}
		dst = append(dst, c)
	}
	return dst, true
}

func (v vec) point() orb.Point {
	return orb.Point{math.Atan2(v[1], v[0]) / radian, math.Atan2(v[2], math.Hypot(v[0], v[1])) / radian}
}

// plane projects a point of the sphere to the equal-area plane.
func (v vec) plane() pt { return pt{math.Atan2(v[1], v[0]), v[2]} }

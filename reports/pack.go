package reports

import (
	"encoding/base64"
	"math"

	"github.com/paulmach/orb"
)

// packer writes whole numbers as variable-length integers, seven bits a byte, small ones first: the map's geometry and
// figures travel in it. Signed numbers are zig-zag coded. assets/js/unpack.js reads the same.
type packer struct {
	buf    []byte
	px, py int64 // last point, for differences
}

func (p *packer) uint(v uint64) {
	for v >= 0x80 {
		p.buf = append(p.buf, byte(v)|0x80)
		v >>= 7
	}
	p.buf = append(p.buf, byte(v))
}

func (p *packer) int(v int64) { p.uint(uint64(v<<1) ^ uint64(v>>63)) }

// point writes a point in quanta as the difference from the one before.
func (p *packer) point(x, y float64) {
	ix, iy := int64(math.Round(x)), int64(math.Round(y))
	p.int(ix - p.px)
	p.int(iy - p.py)
	p.px, p.py = ix, iy
}

// line writes the number of points, then the points. Points that fall on the one before are left out.
func (p *packer) line(ls orb.LineString) {
	kept := make(orb.LineString, 0, len(ls))
	for _, q := range ls {
		q[0], q[1] = math.Round(q[0]), math.Round(q[1])
		if len(kept) == 0 || kept[len(kept)-1] != q {
			kept = append(kept, q)
		}
	}
	p.uint(uint64(len(kept)))
	for _, q := range kept {
		p.point(q[0], q[1])
	}
}

// String returns everything written, in base64.
func (p *packer) String() string { return base64.StdEncoding.EncodeToString(p.buf) }

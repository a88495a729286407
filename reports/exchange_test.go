package reports

import (
	"encoding/binary"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

// Two libraries must agree on the bytes: go-geom, which writes the layers, and orb.
func TestWellKnownBinaryAgreesWithOrb(t *testing.T) {
	ring := func(x, size float64) orb.Ring {
		return orb.Ring{{x, 0}, {x + size, 0}, {x + size, size}, {x, 0}}
	}
	for _, g := range []orb.Geometry{
		orb.Point{118.25, 33.5},
		orb.MultiPolygon{{ring(0, 4), ring(1, 1)}, {ring(10, 2)}},
	} {
		got, err := wellKnownBinary(g)
		if err != nil {
			t.Fatal(err)
		}
		want, err := wkb.Marshal(g, binary.LittleEndian)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%T: % x, orb writes % x", g, got, want)
		}
	}
	if _, err := wellKnownBinary(orb.LineString{{0, 0}, {1, 1}}); err == nil {
		t.Error("a line was taken")
	}
}

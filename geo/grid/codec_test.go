package grid

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"sitecover/geo"
)

// TestDecodeGivesTheSameGrid: on the toy and on a real country a grid comes back bit for bit, and every cut or lengthened encoding, and one of
// fewer regions, is refused.
func TestDecodeGivesTheSameGrid(t *testing.T) {
	for name, r := range map[string]*geo.Regions{"toy": mustRegions(t, toy()), "liechtenstein": liechtenstein(t)} {
		g := mustBuild(t, r, 9)
		b := g.Encode()
		back, err := Decode(b, len(r.All))
		if err != nil || !reflect.DeepEqual(g, back) {
			t.Fatalf("%s: another grid (%v)", name, err)
		}
		for _, wrong := range [][]byte{nil, b[:10], b[:len(b)-1], append(slices.Clone(b), 0), append(slices.Clone(b[:24]), b[52:]...)} {
			if _, err := Decode(wrong, len(r.All)); !errors.Is(err, ErrEncoding) {
				t.Errorf("%s: %d bytes of %d gave %v", name, len(wrong), len(b), err)
			}
		}
		if _, err := Decode(b, 1); !errors.Is(err, ErrEncoding) {
			t.Errorf("%s: parts of regions that do not exist gave %v", name, err)
		}
	}
}

// TestFingerprintTellsGridsApart: whatever changes the grid changes the fingerprint; names, which do not, leave it alone.
func TestFingerprintTellsGridsApart(t *testing.T) {
	plain := Fingerprint(mustRegions(t, toy()), 9)
	for name, change := range map[string]func(all []geo.Region) []geo.Region{
		"a vertex": func(all []geo.Region) []geo.Region { all[3].Shape[0][0][1][0] += 1e-12; return all },
		"a parent": func(all []geo.Region) []geo.Region { all[3].Parent = 2; return all },
		"a level":  func(all []geo.Region) []geo.Region { all[2].Level = 2; return all },
		"a hole":   func(all []geo.Region) []geo.Region { all[2].Shape[0] = all[2].Shape[0][:1]; return all },
		"a hole that is a part": func(all []geo.Region) []geo.Region {
			s := all[2].Shape
			all[2].Shape = append(s[:0:0], s[0][:1], s[0][1:])
			return all
		},
		"a region": func(all []geo.Region) []geo.Region { return all[:3] },
	} {
		if Fingerprint(mustRegions(t, change(toy())), 9) == plain {
			t.Errorf("%s leaves no trace", name)
		}
	}
	if Fingerprint(mustRegions(t, toy()), 8) == plain {
		t.Error("the resolution leaves no trace")
	}
	named := toy()
	named[2].Name = "another"
	if Fingerprint(mustRegions(t, named), 9) != plain {
		t.Error("a name leaves a trace")
	}
}

func FuzzDecode(f *testing.F) {
	g := mustBuild(f, mustRegions(f, toy()[:1]), 7)
	f.Add(g.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := Decode(b, 4)
		if err != nil {
			return
		}
		for i := range g.Cells {
			g.Centre(int32(i))
			g.PartsOf(int32(i))
		}
		if !slices.Equal(g.Encode(), b) {
			t.Error("another encoding")
		}
	})
}

// BenchmarkDecode against BenchmarkBuild of the same package tells what keeping a grid saves.
func BenchmarkDecode(b *testing.B) {
	r := liechtenstein(b)
	kept := mustBuild(b, r, 9).Encode()
	for name, f := range map[string]func(){
		"built": func() { mustBuild(b, r, 9) },
		"kept":  func() { Fingerprint(r, 9); _, _ = Decode(kept, len(r.All)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}

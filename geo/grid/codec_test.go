package grid

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"

	"sitecover/geo"
)

func written(t testing.TB, g *Grid) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := g.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBack(b []byte, regions int) (*Grid, error) {
	return Read(bytes.NewReader(b), int64(len(b)), regions)
}

// TestReadGivesTheSameGrid: on the toy and on a real country a grid comes back bit for bit, and every cut or lengthened encoding, one of fewer
// regions, and one whose numbers contradict each other, is refused.
func TestReadGivesTheSameGrid(t *testing.T) {
	for name, r := range map[string]*geo.Regions{"toy": mustRegions(t, toy()), "liechtenstein": liechtenstein(t)} {
		g := mustBuild(t, r, 9)
		b := written(t, g)
		back, err := readBack(b, len(r.All))
		if err != nil || !reflect.DeepEqual(g, back) {
			t.Fatalf("%s: another grid (%v)", name, err)
		}
		for _, wrong := range [][]byte{nil, b[:10], b[:len(b)-1], append(slices.Clone(b), 0), append(slices.Clone(b[:24]), b[52:]...)} {
			if _, err := readBack(wrong, len(r.All)); !errors.Is(err, ErrEncoding) {
				t.Errorf("%s: %d bytes of %d gave %v", name, len(wrong), len(b), err)
			}
		}
		if _, err := readBack(b, 1); !errors.Is(err, ErrEncoding) {
			t.Errorf("%s: parts of regions that do not exist gave %v", name, err)
		}
		for what, change := range map[string]func(g *Grid){
			"a cell out of order": func(g *Grid) { g.Cells[0], g.Cells[1] = g.Cells[1], g.Cells[0] },
			"another resolution":  func(g *Grid) { g.Resolution = 8 },
			"a part elsewhere":    func(g *Grid) { g.Parts[0].Cell++ },
			"a share of nothing":  func(g *Grid) { g.Parts[0].Share = 0 },
			"no place":            func(g *Grid) { g.Parts[0].Centre[1] = 91 },
			"a cell of its own":   func(g *Grid) { g.first[1] = int32(len(g.Parts)) + 1 },
			"a part too many":     func(g *Grid) { g.Parts = append(g.Parts, g.Parts[0]) },
			"no centre":           func(g *Grid) { g.centres = g.centres[1:] },
		} {
			wrong, err := readBack(b, len(r.All))
			if err != nil {
				t.Fatal(err)
			}
			change(wrong)
			if _, err := readBack(written(t, wrong), len(r.All)); !errors.Is(err, ErrEncoding) {
				t.Errorf("%s: %s gave %v", name, what, err)
			}
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

func FuzzRead(f *testing.F) {
	g := mustBuild(f, mustRegions(f, toy()[:1]), 7)
	f.Add(written(f, g))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := readBack(b, 4)
		if err != nil {
			return
		}
		for i := range g.Cells {
			g.Centre(int32(i))
			g.PartsOf(int32(i))
		}
		if again, err := readBack(written(t, g), 4); err != nil || !reflect.DeepEqual(again, g) {
			t.Errorf("another grid when it is written and read again (%v)", err)
		}
	})
}

// BenchmarkRead tells what keeping a grid saves.
func BenchmarkRead(b *testing.B) {
	r := liechtenstein(b)
	kept := written(b, mustBuild(b, r, 9))
	for name, f := range map[string]func(){
		"built": func() { mustBuild(b, r, 9) },
		"kept":  func() { Fingerprint(r, 9); _, _ = readBack(kept, len(r.All)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}

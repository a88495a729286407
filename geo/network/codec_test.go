package network

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

func written(t rapid.TB, g *Graph) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := g.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readBack(b []byte, like *Graph) (*Graph, error) {
	return Read(bytes.NewReader(b), int64(len(b)), like.roads, like.Mode, like.Metric)
}

// alike compares graphs without what they lend to searches.
func alike(a, b *Graph) bool {
	return a.roads == b.roads && reflect.DeepEqual(a.Mode, b.Mode) && a.Metric == b.Metric && reflect.DeepEqual(a.edges, b.edges) &&
		reflect.DeepEqual(a.first, b.first) && reflect.DeepEqual(a.way, b.way) && reflect.DeepEqual(a.oneWay, b.oneWay) && reflect.DeepEqual(a.place, b.place) &&
		reflect.DeepEqual(a.loops, b.loops) && reflect.DeepEqual(a.out, b.out) && reflect.DeepEqual(a.in, b.in) && (a.in == a.out) == (b.in == b.out) &&
		reflect.DeepEqual(a.index, b.index)
}

// TestReadGivesTheSameGraph: awkward networks of every mode and metric come back as they were, and give the same matrix; cut, lengthened and
// for other roads they are refused.
func TestReadGivesTheSameGraph(t *testing.T) {
	check(t, func(t *rapid.T) {
		w := drawWorld(t)
		g := drawGraph(t, w)
		b := written(t, g)
		back, err := readBack(b, g)
		if err != nil || !alike(g, back) {
			t.Fatalf("another graph (%v)", err)
		}
		sites, demand := g.Snap(w.sites), g.Snap(w.demand)
		limit := drawLimit(t, g, sites, demand)
		if !reflect.DeepEqual(mustMatrix(t, g, sites, demand, limit), mustMatrix(t, back, back.Snap(w.sites), back.Snap(w.demand), limit)) {
			t.Fatal("another matrix")
		}
		cut := rapid.IntRange(0, len(b)-1).Draw(t, "cut")
		for _, wrong := range [][]byte{b[:cut], append(slices.Clone(b), 0)} {
			if _, err := readBack(wrong, g); !errors.Is(err, ErrEncoding) {
				t.Fatalf("%d bytes of %d gave %v", len(wrong), len(b), err)
			}
		}
		if len(g.edges) > 0 {
			if _, err := Read(bytes.NewReader(b), int64(len(b)), &Roads{}, g.Mode, g.Metric); !errors.Is(err, ErrEncoding) {
				t.Fatalf("edges of roads that do not exist gave %v", err)
			}
		}
	})
}

// TestFingerprintTellsRoadsApart: whatever changes a graph changes the fingerprint; names and ids, which do not, leave it alone.
func TestFingerprintTellsRoadsApart(t *testing.T) {
	roads := func() *Roads {
		r := &Roads{Nodes: []orb.Point{place(0, 0), place(1, 0), place(2, 1)}}
		r.add(Both, 0, 1)
		r.add(Forward, 1, 2)
		return r
	}
	sum := func(r *Roads) string {
		s, err := r.Fingerprint()
		if err != nil {
			t.Fatal(err)
		}
		return string(s[:])
	}
	plain := sum(roads())
	for name, change := range map[string]func(r *Roads){
		"a node": func(r *Roads) { r.Nodes[1][0] += 1e-12 }, "a turn": func(r *Roads) { r.Refs[0], r.Refs[1] = r.Refs[1], r.Refs[0] },
		"a class": func(r *Roads) { r.Ways[0].Class = Steps }, "an access": func(r *Roads) { r.Ways[0].Access = Foot }, "a direction": func(r *Roads) { r.Ways[1].OneWay = Backward },
		"a speed": func(r *Roads) { r.Ways[1].MaxSpeed = 30 }, "a way": func(r *Roads) { r.Ways = r.Ways[:1] }, "a length": func(r *Roads) { r.Ways[0].Count = 1 },
	} {
		r := roads()
		if change(r); sum(r) == plain {
			t.Errorf("%s leaves no trace", name)
		}
	}
	r := roads()
	r.Ways[0].Name, r.Ways[1].ID = "another", 77
	if sum(r) != plain {
		t.Error("names or ids leave a trace")
	}
}

// FuzzRead: any bytes are refused, or give a graph that can be asked about every edge and any place.
func FuzzRead(f *testing.F) {
	t := drawTown(`
A--B--C
|  |  v
D--E%%F
`)
	for _, m := range StandardModes() {
		g := mustBuild(f, t.roads, m, geo.Metres)
		f.Add(written(f, g))
	}
	mode := StandardModes()[0]
	f.Fuzz(func(t2 *testing.T, b []byte) {
		g, err := Read(bytes.NewReader(b), int64(len(b)), t.roads, mode, geo.Metres)
		if err != nil {
			return
		}
		for e := range int32(g.Edges()) {
			g.Line(e)
			g.Road(e)
			g.Ends(e)
		}
		snaps := g.Snap([]orb.Point{place(0, 0), place(3, 1)})
		if _, err := g.Matrix(context.Background(), snaps, snaps, geo.Limit{Metric: geo.Metres, Max: 1_000_000}, 1); err != nil {
			t2.Error(err)
		}
	})
}

// BenchmarkRead tells what keeping a graph saves.
func BenchmarkRead(b *testing.B) {
	roads := plain(300)
	mode := StandardModes()[0]
	g := mustBuild(b, roads, mode, geo.Metres)
	kept := written(b, g)
	for name, f := range map[string]func() error{
		"built": func() error { _, err := Build(context.Background(), roads, mode, geo.Metres); return err },
		"kept": func() error {
			if _, err := roads.Fingerprint(); err != nil {
				return err
			}
			_, err := readBack(kept, g)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

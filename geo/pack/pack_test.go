package pack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// plainPair lies in memory without a gap, gapped does not.
type plainPair struct{ a, b int32 }

type gapped struct {
	A int8
	B float64
}

// world has one of everything.
type world struct {
	Name   string
	Yes    bool
	N      int
	Small  int8
	F      float64
	Points []orb.Point
	Shapes orb.MultiPolygon
	Pairs  []plainPair
	Gaps   []gapped
	Bools  []bool
	Words  []string
	Fixed  [3]string
	To     *gapped
	ByName map[string][]float64
	Day    time.Time
	Days   []time.Time
}

func drawWorld(t *rapid.T) world {
	floats := rapid.SliceOfN(rapid.Float64(), 0, 20)
	points := func(label string) (out []orb.Point) {
		for i, f := range floats.Draw(t, label) {
			out = append(out, orb.Point{f, float64(i)})
		}
		return out
	}
	w := world{Name: rapid.String().Draw(t, "name"), Yes: rapid.Bool().Draw(t, "yes"), N: rapid.Int().Draw(t, "n"), Small: rapid.Int8().Draw(t, "small"),
		F: rapid.Float64().Draw(t, "f"), Points: points("points"), Words: rapid.SliceOf(rapid.String()).Draw(t, "words"),
		Bools: rapid.SliceOf(rapid.Bool()).Draw(t, "bools"), Fixed: [3]string{"a", "", rapid.String().Draw(t, "fixed")},
		Day: time.Unix(int64(rapid.Int32().Draw(t, "day")), 0).UTC()}
	for range rapid.IntRange(0, 3).Draw(t, "polygons") {
		w.Shapes = append(w.Shapes, orb.Polygon{points("ring"), nil, {}})
	}
	for range rapid.IntRange(0, 3).Draw(t, "gaps") {
		w.Gaps = append(w.Gaps, gapped{rapid.Int8().Draw(t, "a"), rapid.Float64().Draw(t, "b")})
		w.Pairs = append(w.Pairs, plainPair{rapid.Int32().Draw(t, "pa"), 7})
		w.Days = append(w.Days, time.Time{})
	}
	switch rapid.IntRange(0, 2).Draw(t, "map") {
	case 1:
		w.To, w.ByName = &gapped{1, 2}, map[string][]float64{}
	case 2:
		w.ByName = map[string][]float64{"b": nil, "a": {}, "": floats.Draw(t, "by name")}
	}
	return w
}

func written(t testing.TB, pointers ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, pointers...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestComesBack: what is written comes back, nil as nil and empty as empty, however the source hands it out; cut, lengthened, and with too
// small a bound it is refused.
func TestComesBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		n := 42
		b := written(t, &w, &n)
		if again := written(t, &w, &n); !bytes.Equal(b, again) {
			rt.Fatal("the same value has other bytes") // of maps, whose order is none
		}
		for name, r := range map[string]io.Reader{"whole": bytes.NewReader(b), "byte by byte": iotest.OneByteReader(bytes.NewReader(b))} {
			back, m := world{Name: "before", Words: []string{"before"}}, 0
			if err := Read(r, int64(len(b)), &back, &m); err != nil || m != n || !reflect.DeepEqual(w, back) {
				rt.Fatalf("%s: %+v came back as %+v (%v)", name, w, back, err)
			}
		}
		var back world
		cut := rapid.IntRange(0, len(b)-1).Draw(rt, "cut")
		if err := Read(bytes.NewReader(b[:cut]), int64(len(b)), &back, &n); !errors.Is(err, ErrBytes) {
			rt.Fatalf("cut at %d of %d: %v", cut, len(b), err)
		}
		if err := Read(bytes.NewReader(b), int64(cut), &back, &n); !errors.Is(err, ErrBytes) {
			rt.Fatalf("with at most %d of %d bytes: %v", cut, len(b), err)
		}
		if err := Read(bytes.NewReader(append(b, 0)), int64(len(b)+1), &back, &n); !errors.Is(err, ErrBytes) {
			rt.Fatalf("with a byte more: %v", err)
		}
	})
}

// TestFloatsBitForBit: equal is not enough for floats.
func TestFloatsBitForBit(t *testing.T) {
	in := []float64{math.NaN(), math.Float64frombits(0x7ff8000000000123), math.Copysign(0, -1), math.Inf(-1), math.SmallestNonzeroFloat64}
	var out []float64
	b := written(t, &in)
	if err := Read(bytes.NewReader(b), int64(len(b)), &out); err != nil {
		t.Fatal(err)
	}
	for i := range in {
		if math.Float64bits(in[i]) != math.Float64bits(out[i]) {
			t.Errorf("%v came back as %v", in[i], out[i])
		}
	}
}

type itself struct{ Next *itself }

// TestRefusesTypes: what cannot be written whole is not written at all.
func TestRefusesTypes(t *testing.T) {
	for name, p := range map[string]any{
		"hidden text": &struct{ a string }{"x"}, "a function": &struct{ F func() }{}, "an interface": new(any), "a map of numbers": &map[int]int{},
		"itself": &itself{}, "nothing": &struct{}{}, "no pointer": 3, "nil": (*int)(nil), "a channel": new(chan int), "an empty array": &[0]string{},
	} {
		if err := Write(io.Discard, p); !errors.Is(err, ErrType) {
			t.Errorf("%s: %v", name, err)
		}
		if err := Read(bytes.NewReader(nil), 0, p); !errors.Is(err, ErrType) {
			t.Errorf("read %s: %v", name, err)
		}
	}
}

// TestErrorsOfTheOthers: errors of the writer and the reader come back as they are.
func TestErrorsOfTheOthers(t *testing.T) {
	long := make([]float64, 100_000)
	broken := errors.New("broken")
	if err := Write(failing{broken}, &long); !errors.Is(err, broken) {
		t.Errorf("write: %v", err)
	}
	if err := Read(iotest.ErrReader(broken), 1<<20, &long); !errors.Is(err, broken) {
		t.Errorf("read: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestSumTellsApart: values that differ have different sums, equal ones the same, wherever they stand in memory.
func TestSumTellsApart(t *testing.T) {
	sum := func(w world) string {
		s, err := Sum(&w)
		if err != nil {
			t.Fatal(err)
		}
		return string(s[:])
	}
	seen := map[string]string{}
	for name, w := range map[string]world{
		"zero": {}, "empty": {Words: []string{}}, "one": {Words: []string{""}}, "two": {Words: []string{"", ""}}, "text": {Words: []string{"a"}},
		"name": {Name: "a"}, "points": {Points: []orb.Point{{1, 2}}}, "other": {Points: []orb.Point{{2, 1}}}, "to": {To: &gapped{}},
	} {
		s := sum(w)
		if other, twice := seen[s]; twice {
			t.Errorf("%s and %s are told the same", name, other)
		}
		seen[s] = name
	}
	if here, there := sum(world{To: &gapped{1, 2}}), sum(world{To: &gapped{1, 2}}); here != there {
		t.Error("the same value elsewhere is told apart")
	}
}

func TestMark(t *testing.T) {
	m := Mark()
	if binary.NativeEndian.Uint64(m[:])&^0xff != 0x0102030405060700 || m != Mark() {
		t.Errorf("%x", m)
	}
}

// FuzzRead: any bytes are read or refused, and never take much more memory than they are long.
func FuzzRead(f *testing.F) {
	w := world{Name: "a", Points: []orb.Point{{1, 2}}, Gaps: []gapped{{1, 2}}, To: &gapped{}, ByName: map[string][]float64{"x": {1}}, Words: []string{"y"}}
	f.Add(written(f, &w))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		var w world
		if err := Read(bytes.NewReader(b), int64(len(b)), &w); err != nil {
			return
		}
		var again world
		c := written(t, &w)
		if err := Read(bytes.NewReader(c), int64(len(c)), &again); err != nil {
			t.Errorf("what was read cannot be written and read again: %v", err)
		}
	})
}

// BenchmarkRead reads points, which are copied, and records, which are not.
func BenchmarkRead(b *testing.B) {
	points, records := make([]orb.Point, 1<<20), make([]gapped, 1<<20)
	for name, p := range map[string]any{"points": &points, "records": &records} {
		b.Run(name, func(b *testing.B) {
			bytesOf := written(b, p)
			b.SetBytes(int64(len(bytesOf)))
			b.ReportAllocs()
			for b.Loop() {
				if err := Read(bytes.NewReader(bytesOf), int64(len(bytesOf)), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

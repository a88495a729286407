package coverage

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

// north returns the point that lies so many metres north of p: along a meridian a great circle is R times the angle.
func north(p orb.Point, metres float64) orb.Point {
	return orb.Point{p[0], p[1] + metres/geo.Radius*180/math.Pi}
}

func metres(m float64) geo.Limit { return geo.Limit{Metric: geo.Metres, Max: geo.ToImpedance(m)} }

func TestStraightMatrixCountsTheLimitItself(t *testing.T) {
	site := orb.Point{113.5, 23.5}
	// 999.9996 m rounds to 1,000.000 m and 1,000.0004 m too; 1,000.0006 m is the first to be a millimetre too far.
	demand := []orb.Point{north(site, 1000.0006), north(site, 1000.0004), north(site, 999.9996), site, north(site, -1000)}
	m, err := StraightMatrix(context.Background(), []orb.Point{site}, demand, metres(1000), 1)
	if err != nil {
		t.Fatal(err)
	}
	columns, costs := m.Row(0)
	if want := []int32{1, 2, 3, 4}; !slices.Equal(columns, want) {
		t.Errorf("columns = %v, want %v", columns, want)
	}
	if want := []geo.Impedance{1_000_000, 1_000_000, 0, 1_000_000}; !slices.Equal(costs, want) {
		t.Errorf("costs = %v, want %v", costs, want)
	}
}

func TestStraightMatrixRefusesSecondsAndNonsense(t *testing.T) {
	ctx := context.Background()
	if _, err := StraightMatrix(ctx, nil, nil, geo.Limit{Metric: geo.Seconds, Max: 1}, 1); !errors.Is(err, geo.ErrMetric) {
		t.Errorf("seconds: error = %v, want ErrMetric", err)
	}
	for _, p := range []orb.Point{{181, 0}, {0, 91}, {math.NaN(), 0}, {0, math.Inf(1)}} {
		var field *FieldError
		if _, err := StraightMatrix(ctx, []orb.Point{p}, nil, metres(1), 1); !errors.As(err, &field) {
			t.Errorf("%v: error = %v, want a FieldError", p, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := StraightMatrix(cancelled, []orb.Point{{}}, []orb.Point{{}}, metres(1), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error = %v", err)
	}
}

func TestStraightMatrixOfNothing(t *testing.T) {
	for _, n := range [][2]int{{0, 0}, {0, 3}, {3, 0}} {
		m, err := StraightMatrix(context.Background(), make([]orb.Point, n[0]), make([]orb.Point, n[1]), metres(1), 2)
		if err != nil || m.Rows() != n[0] || m.Columns != n[1] || len(m.Column) != 0 {
			t.Errorf("%d sites, %d demand points: %+v, %v", n[0], n[1], m, err)
		}
	}
}

// The oracle compares every pair. Places include the poles and both sides of the 180° meridian, limits go from nothing to
// a fifth of the globe.
func TestStraightMatrixAgreesWithAllPairs(t *testing.T) {
	place := rapid.Custom(func(t *rapid.T) orb.Point {
		centre := rapid.SampledFrom([]orb.Point{{113, 23}, {180, 10}, {-180, -60}, {0, 89.9}, {20, -90}, {0, 0}}).Draw(t, "centre")
		spread := rapid.SampledFrom([]float64{0.001, 0.1, 5}).Draw(t, "spread")
		p := orb.Point{
			centre[0] + rapid.Float64Range(-spread, spread).Draw(t, "lon"),
			centre[1] + rapid.Float64Range(-spread, spread).Draw(t, "lat"),
		}
		if p[0] > 180 {
			p[0] -= 360
		} else if p[0] < -180 {
			p[0] += 360
		}
		p[1] = min(90, max(-90, p[1]))
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		sites := rapid.SliceOfN(place, 0, 40).Draw(t, "sites")
		demand := rapid.SliceOfN(place, 0, 40).Draw(t, "demand")
		limit := metres(rapid.SampledFrom([]float64{0, 100, 5_000, 100_000, 4_000_000}).Draw(t, "limit"))
		got, err := StraightMatrix(context.Background(), sites, demand, limit, rapid.IntRange(1, 3).Draw(t, "workers"))
		if err != nil {
			t.Fatal(err)
		}
		want := &geo.CostMatrix{Limit: limit, Columns: len(demand), Offset: []int64{0}, Column: []int32{}, Cost: []geo.Impedance{}}
		for _, s := range sites {
			for i, d := range demand {
				if c := math.Round(geo.Distance(s, d) * 1000); c <= float64(limit.Max) {
					want.Column = append(want.Column, int32(i))
					want.Cost = append(want.Cost, geo.Impedance(c))
				}
			}
			want.Offset = append(want.Offset, int64(len(want.Column)))
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func TestNearestAgreesWithLinearScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		points := make([]orb.Point, rng.IntN(30))
		spread := math.Pow(10, float64(rng.IntN(6)-4)) // 0.0001° to 10°
		for i := range points {
			points[i] = orb.Point{100 + spread*rng.Float64(), 30 + spread*float64(rng.IntN(3))}
		}
		p := orb.Point{100 + 20*rng.Float64(), 30 * rng.Float64()}
		best, least := int32(-1), math.Inf(1)
		for i := range points {
			if d := geo.Distance(p, points[i]); d < least {
				best, least = int32(i), d
			}
		}
		got, d := newPointIndex(points).nearest(p, func(i, j int32) bool { return i < j })
		if got != best || d != least {
			t.Fatalf("nearest of %d points to %v = %d at %v m, want %d at %v m", len(points), p, got, d, best, least)
		}
	}
}

// The first look is a box of 500 m: it holds the point at (450, 450), which is 636 m away, and not the one 510 m north.
func TestNearestLooksBeyondTheBox(t *testing.T) {
	ix := newPointIndex([]orb.Point{at(450, 450), at(0, 510)})
	if i, d := ix.nearest(toyOrigin, func(i, j int32) bool { return i < j }); i != 1 || math.Abs(d-510) > 0.01 {
		t.Errorf("nearest = %d at %v m, want 1 at 510", i, d)
	}
}

func BenchmarkStraightMatrix(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []orb.Point {
		points := make([]orb.Point, n)
		for i := range points {
			points[i] = orb.Point{113 + 2*rng.Float64(), 22 + 2*rng.Float64()} // a province of about 205 × 222 km
		}
		return points
	}
	sites, demand := random(10_000), random(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := StraightMatrix(context.Background(), sites, demand, metres(1000), 0); err != nil {
			b.Fatal(err)
		}
	}
}

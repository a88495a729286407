package coverage

import (
	"math"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sitecover/geo"
)

// The toy county with a second site, s2 at 1,400 m in A2. To the nearest site it is, by people:
//
//	1: 0 m   2: 500 m   1/2: 100 m   4: 400 m   8: 399.9 m   16: 600 m   32: beyond 1,000 m
//
// Within 1,000 m of both sites are the 2 (500 and 900 m) and the 4 (1,000 and 400 m); the 1 and s2 are 1,400 m apart.
func TestDetailsOfTheToyCounty(t *testing.T) {
	in, _ := toyInput(t)
	in.Sites[0].FloorArea = 100.25
	in.Sites = append(in.Sites, Site{ID: "s2", Point: north(toyOrigin, 1400), Region: villageA2, FloorArea: -1})
	got, err := Details(in, mustCompute(t, in), 0, []geo.Impedance{250_000, 500_000})
	if err != nil {
		t.Fatal(err)
	}
	p, far := Person, geo.Unreachable
	want := []Detail{
		// 31.5 of 63.5 are covered: not quite half.
		county: {People: 127 * p / 2, Covered: 63 * p / 2, Within: []People{3 * p / 2, 31 * p / 2}, Backup: 6 * p, Own: 63 * p / 2,
			Median: far, P90: far, Mean: (50 + 3199.2 + 1600 + 1000 + 9600) / 31.5, Open: 2, FloorArea: 100.25},
		// From near to far 1, 1.5, 9.5 of 15.5: half is passed at 399.9 m. Then 13.5, under nine tenths, and 15.5 at 500 m.
		townA: {People: 31 * p / 2, Covered: 31 * p / 2, Within: []People{3 * p / 2, 31 * p / 2}, Backup: 6 * p, Own: 31 * p / 2,
			Median: 399_900, P90: 500_000, Mean: (50 + 3199.2 + 1600 + 1000) / 15.5, Open: 2, FloorArea: 100.25},
		townB:     {People: 48 * p, Covered: 16 * p, Within: []People{0, 0}, Median: far, P90: far, Mean: 600},
		villageA1: {People: 7 * p / 2, Covered: 7 * p / 2, Within: []People{3 * p / 2, 7 * p / 2}, Backup: 2 * p, Own: 3 * p, Median: 500_000, P90: 500_000, Mean: 1050 / 3.5, Open: 1, FloorArea: 100.25},
		villageA2: {People: 12 * p, Covered: 12 * p, Within: []People{0, 12 * p}, Backup: 4 * p, Own: 12 * p, Median: 399_900, P90: 400_000, Mean: 4799.2 / 12, Open: 1},
		// A site of A serves all of B1, none of its own.
		villageB1: {People: 16 * p, Covered: 16 * p, Within: []People{0, 0}, Median: 600_000, P90: 600_000, Mean: 600},
	}
	for r := range want {
		if math.Abs(got.Region[r].Mean-want[r].Mean) > 1e-9 {
			t.Errorf("%s: mean = %v, want %v", in.Regions.All[r].ID, got.Region[r].Mean, want[r].Mean)
		}
		got.Region[r].Mean = want[r].Mean
		if !reflect.DeepEqual(got.Region[r], want[r]) {
			t.Errorf("%s:\n got %+v\nwant %+v", in.Regions.All[r].ID, got.Region[r], want[r])
		}
	}
	got.Total.Mean = want[county].Mean
	if !reflect.DeepEqual(got.Total, want[county]) {
		t.Errorf("total = %+v, want the county's", got.Total)
	}
	if rate, ok := want[townA].SitesPer10000(); !ok || math.Abs(rate-2e4/15.5) > 1e-9 {
		t.Errorf("sites per 10,000 = %v", rate)
	}
	if m2, ok := want[townA].FloorAreaPer100Households(3); !ok || math.Abs(m2-100.25*300/15.5) > 1e-9 {
		t.Errorf("floor area per 100 households = %v", m2)
	}
	if _, ok := (Detail{Open: 1}).SitesPer10000(); ok {
		t.Error("a rate without people")
	}
}

func TestDetailsRefuseBandsBeyondTheLimit(t *testing.T) {
	in, _ := toyInput(t)
	res := mustCompute(t, in)
	for _, bands := range [][]geo.Impedance{{1_000_001}, {5, 5}, {6, 5}, {geo.Unreachable}} {
		if _, err := Details(in, res, 0, bands); err == nil {
			t.Errorf("bands %v are accepted", bands)
		}
	}
	if _, err := Details(in, res, 1, nil); err == nil {
		t.Error("tier 1 of one is accepted")
	}
}

func TestDefaultBands(t *testing.T) {
	minutes := func(m ...float64) (out []geo.Impedance) {
		for _, x := range m {
			out = append(out, geo.ToImpedance(60*x))
		}
		return out
	}
	for _, c := range []struct {
		limit geo.Limit
		want  []geo.Impedance
	}{
		{metres(900), []geo.Impedance{300_000, 600_000, 900_000}},
		{metres(0), []geo.Impedance{0}},
		{geo.Limit{Metric: geo.Seconds, Max: minutes(15)[0]}, minutes(5, 10, 15)},
		{geo.Limit{Metric: geo.Seconds, Max: minutes(12)[0]}, minutes(5, 10, 12)},
		{geo.Limit{Metric: geo.Seconds, Max: minutes(3)[0]}, minutes(3)},
	} {
		if got := DefaultBands(c.limit); !slices.Equal(got, c.want) {
			t.Errorf("bands of %+v = %v, want %v", c.limit, got, c.want)
		}
	}
}

// The oracle takes each region by itself, sorts all its people and asks every site for each of them.
func TestDetailsAgreeWithOneRegionAtATime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		in.Tiers[0].Mode, in.Tiers[0].Limit = Straight, metres(800)
		res := mustCompute(t, in)
		got, err := Details(in, res, 0, nil)
		if err != nil {
			rt.Fatal(err)
		}
		for r := range in.Regions.All {
			x, want := got.Region[r], slowDetail(in, res, got.Bands, int32(r))
			if math.IsNaN(x.Mean) && math.IsNaN(want.Mean) {
				x.Mean, want.Mean = 0, 0
			}
			if !reflect.DeepEqual(x, want) {
				rt.Fatalf("region %d:\n got %+v\nwant %+v", r, x, want)
			}
		}
	})
}

func slowDetail(in Input, res *Result, bands []geo.Impedance, region int32) Detail {
	inside := func(r int32) bool { return r >= 0 && slices.Contains(in.Regions.Path(r), region) }
	x := Detail{Within: make([]People, len(bands)), Median: geo.Unreachable, P90: geo.Unreachable}
	type walk struct {
		cost   geo.Impedance
		people People
	}
	var walks []walk
	sum := new(big.Int)
	for i, people := range in.Demand.People {
		if !inside(in.Demand.Region[i]) {
			continue
		}
		x.People += people
		own, reach, least := false, 0, geo.Unreachable
		for _, s := range in.Sites {
			if c := geo.ToImpedance(geo.Distance(s.Point, in.Demand.Point[i])); in.open(&s) && s.Tier == 0 && in.Tiers[0].Limit.Covers(c) {
				own = own || inside(s.Region)
				reach++
				least = min(least, c)
			}
		}
		if own {
			x.Own += people
		}
		if reach >= 2 {
			x.Backup += people
		}
		walks = append(walks, walk{least, people})
		if reach > 0 {
			x.Covered += people
			sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(people)), big.NewInt(int64(least))))
		}
	}
	for k, b := range bands {
		for _, w := range walks {
			if w.cost <= b {
				x.Within[k] += w.people
			}
		}
	}
	slices.SortFunc(walks, func(a, b walk) int { return int(int64(a.cost) - int64(b.cost)) })
	quantile := func(tenths People) geo.Impedance {
		var passed People
		for _, w := range walks {
			if passed += w.people; w.people > 0 && passed*10 >= x.People*tenths {
				return w.cost
			}
		}
		return geo.Unreachable
	}
	x.Median, x.P90 = quantile(5), quantile(9)
	mean, _ := new(big.Float).SetInt(sum).Float64()
	x.Mean = mean / 1000 / float64(x.Covered)
	area := int64(0)
	for _, s := range in.Sites {
		if in.open(&s) && s.Tier == 0 && inside(s.Region) {
			x.Open++
			area += int64(max(0, s.FloorArea)) * 10_000
		}
	}
	x.FloorArea = float64(area) / 10_000
	return x
}

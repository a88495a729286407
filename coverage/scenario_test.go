package coverage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"sitecover/geo"
	"sitecover/geo/grid"
)

// A chain of random edits must end where a computation from the start ends, to the last slice.
func TestScenarioEqualsComputing(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "edits"), 8))
		s, err := NewScenario(ctx, in, mustCompute(t, in))
		if err != nil {
			rt.Fatal(err)
		}
		before := s
		for k := range 1 + rng.IntN(6) {
			all := s.Input().Sites
			what := "add"
			switch {
			case len(all) > 0 && rng.IntN(3) == 0:
				what = "close " + all[rng.IntN(len(all))].ID
				s, err = s.Close(ctx, what[6:])
			case len(all) > 0 && rng.IntN(2) == 0:
				to := randomSite(in, rng, "")
				what = "move " + all[rng.IntN(len(all))].ID
				s, err = s.Move(ctx, what[5:], to.Point, to.Region)
			default:
				s, err = s.Add(ctx, randomSite(in, rng, fmt.Sprintf("new%d", k)))
			}
			if err != nil {
				rt.Fatal(err)
			}
			if difference := differs(s.Result(), mustCompute(t, s.Input())); difference != "" {
				rt.Fatalf("after %s: %s", what, difference)
			}
		}
		if what := differs(before.Result(), mustCompute(t, in)); what != "" || !reflect.DeepEqual(before.Input().Sites, in.Sites) {
			rt.Fatalf("the scenario that was edited has changed: %s", what)
		}
	})
}

// differs says where two results first differ, "" when they are equal in everything.
func differs(got, want *Result) string {
	fields := func(prefix string, a, b any) string {
		x, y := reflect.ValueOf(a), reflect.ValueOf(b)
		for i := range x.NumField() {
			if f, g := x.Field(i).Interface(), y.Field(i).Interface(); !reflect.DeepEqual(f, g) {
				return fmt.Sprintf("%s.%s:\n got %#v\nwant %#v", prefix, x.Type().Field(i).Name, f, g)
			}
		}
		return ""
	}
	for t := range min(len(got.Services), len(want.Services)) {
		a, b := got.Services[t], want.Services[t]
		if d := fields("Matrix", *a.Matrix, *b.Matrix); d != "" {
			return d
		}
		if d := fields("Service", a, b); d != "" {
			return d
		}
	}
	return fields("Result", *got, *want)
}

func TestScenarioRefusesWhatCannotBe(t *testing.T) {
	ctx := context.Background()
	in, _ := toyInput(t)
	res := mustCompute(t, in)
	s := must[*Scenario](t)(NewScenario(ctx, in, res))
	if _, err := s.Close(ctx, "s9"); !errors.Is(err, ErrNoSite) {
		t.Errorf("close: %v", err)
	}
	if _, err := s.Move(ctx, "s9", toyOrigin, 0); !errors.Is(err, ErrNoSite) {
		t.Errorf("move: %v", err)
	}
	var field *FieldError
	for _, site := range []Site{{ID: "s1"}, {ID: "x", Tier: 1}, {ID: "x", Region: 99}} {
		if _, err := s.Add(ctx, site); !errors.As(err, &field) {
			t.Errorf("add %+v: %v", site, err)
		}
	}
	if _, err := s.Move(ctx, "s1", north(toyOrigin, 2e7), 0); !errors.As(err, &field) {
		t.Errorf("move off the globe: %v", err)
	}
	if _, err := NewScenario(ctx, in, &Result{}); !errors.As(err, &field) {
		t.Errorf("another result: %v", err)
	}
	other := in
	other.Demand = &Demand{}
	if _, err := NewScenario(ctx, other, res); !errors.As(err, &field) {
		t.Errorf("another demand: %v", err)
	}
}

// BenchmarkScenario makes one edit, adding a site, in two places: Porto Alegre, and a county of some 8,600 inhabited cells, 62,000 streets
// and 400 sites, on foot and by car.
func BenchmarkScenario(b *testing.B) {
	porto, _ := portoAlegre(b)
	b.Run("porto-alegre", func(b *testing.B) { benchmarkAdd(b, porto) })
	for _, tier := range []Tier{
		{ID: "walk", Mode: "walk", Limit: metres(1000), OwnerLevel: -1},
		{ID: "drive", Mode: "drive", Limit: geo.Limit{Metric: geo.Seconds, Max: geo.ToImpedance(900)}, OwnerLevel: -1},
	} {
		b.Run("county/"+tier.ID, func(b *testing.B) { benchmarkAdd(b, countyInput(b, tier)) })
	}
}

func countyInput(b *testing.B, tier Tier) Input {
	rng := rand.New(rand.NewPCG(11, 12))
	in := cellStudy(b, must[*grid.Grid](b)(grid.FromCells(grid.CellOf(toyOrigin, 9).GridDisk(53), 9)))
	for c := range in.Grid.Cells {
		in.addPeople(int32(c), 0, People(rng.Int64N(140))*Person)
	}
	in.Tiers = []Tier{tier}
	for i := range 400 {
		in.Sites = append(in.Sites, Site{ID: fmt.Sprintf("s%d", i), Point: in.Demand.Point[rng.IntN(in.Demand.Len())]})
	}
	in.addGraphs(b, lattice(rng, 216, 150))
	return in
}

func benchmarkAdd(b *testing.B, in Input) {
	ctx := context.Background()
	s, err := NewScenario(ctx, in, mustCompute(b, in))
	if err != nil {
		b.Fatal(err)
	}
	site := Site{ID: "new", Point: in.Demand.Point[600]}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Add(ctx, site); err != nil {
			b.Fatal(err)
		}
	}
}

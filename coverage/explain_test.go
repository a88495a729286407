package coverage

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

func TestExplainTheStreet(t *testing.T) {
	ctx := context.Background()
	in := streetInput(t, metres(1000))
	for _, c := range []struct {
		name   string
		at     orb.Point
		reason Reason
		cost   float64 // metres, -1 = no site
		within int
		access float64
		circle bool
	}{
		{"850 m along the street and 100 m to the site", at(0, 850), Served, 950, 1, 0, true},
		{"950 m along the street", at(0, 950), TooFar, 1050, 0, 0, true},
		{"200 m off the street", at(200, 3000), TooFar, 3300, 0, 200, true}, // s2 has no road, but a circle
		{"600 m off the street", at(600, 0), NoRoad, -1, 0, math.Inf(1), true},
	} {
		e := must[*Explanation](t)(Explain(ctx, in, 0, c.at, 0))
		cost := -1.0
		if e.Site >= 0 {
			cost = e.Cost.Value()
		}
		if e.Reason != c.reason || math.Abs(cost-c.cost) > 0.01 || len(e.Within) != c.within || e.Circle != c.circle ||
			!(e.Access == c.access || math.Abs(e.Access-c.access) < 0.01) {
			t.Errorf("%s: %+v", c.name, e)
		}
		if e.Site >= 0 && len(e.Path) < 2 {
			t.Errorf("%s: path %v", c.name, e.Path)
		}
	}
	e := must[*Explanation](t)(Explain(ctx, in, 0, at(0, 3000), geo.ToImpedance(3000)))
	if e.Reason != NoWay || e.Site != -1 || e.Path != nil {
		t.Errorf("3,100 m with a search of 3,000: %+v", e)
	}
	in.Sites[0].Closed = in.Date
	in.Sites = in.Sites[:1]
	if e := must[*Explanation](t)(Explain(ctx, in, 0, at(0, 0), 0)); e.Reason != NoSite || e.Circle {
		t.Errorf("no open site: %+v", e)
	}
	for _, try := range []func() (*Explanation, error){
		func() (*Explanation, error) { return Explain(ctx, in, 1, toyOrigin, 0) },
		func() (*Explanation, error) { return Explain(ctx, in, 0, orb.Point{200, 0}, 0) },
		func() (*Explanation, error) { return Explain(ctx, in, 0, toyOrigin, 999_999) },
		func() (*Explanation, error) { return Explain(ctx, in, 0, toyOrigin, geo.Unreachable) },
	} {
		var field *FieldError
		if _, err := try(); !errors.As(err, &field) {
			t.Errorf("error = %v, want a FieldError", err)
		}
	}
}

// At every demand point the explanation tells what Compute told.
func TestExplainAgreesWithCompute(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		res := mustCompute(t, in)
		for k := range in.Tiers {
			s := &res.Services[k]
			for i := rapid.IntRange(0, 5).Draw(rt, "first"); i < in.Demand.Len(); i += 6 {
				e, err := Explain(ctx, in, k, in.Demand.Point[i], 0)
				if err != nil {
					rt.Fatal(err)
				}
				if (e.Reason == Served) != s.Covered(i) || len(e.Within) != int(s.Reach[i]) || e.Circle != s.Circle[i] {
					rt.Fatalf("demand %d: %+v; nearest %d, reach %d, circle %v", i, e, s.Nearest[i], s.Reach[i], s.Circle[i])
				}
				if s.Covered(i) && (e.Site != s.Nearest[i] || e.Cost != s.Cost[i]) {
					rt.Fatalf("demand %d: site %d at %v, want %d at %v", i, e.Site, e.Cost, s.Nearest[i], s.Cost[i])
				}
				if len(s.Open) > 0 && (e.Reason == NoRoad) == s.Connected[i] {
					rt.Fatalf("demand %d: reason %s, connected %v", i, e.Reason, s.Connected[i])
				}
			}
		}
	})
}

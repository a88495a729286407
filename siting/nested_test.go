package siting

import (
	"context"
	"errors"
	"testing"

	"sitecover/coverage"
)

// nestedWorld has a centre C (tier 0) at x = 0 in E, whose owner is the region, and a station tier of 100 m (tier 1), one a region. People
// live at C (8), at h1 500 m east of it (16) and at h2 in W (32); h1 and h2 may be stations.
func nestedWorld(t *testing.T, nested bool) *toy {
	station := straightTier(100, 0)
	station.Parent, station.Nested = 0, nested
	y := newToy(t, straightTier(1000, -1), station)
	y.people(at(1000, 2000), 8)
	y.people(at(1500, 2000), 16)
	y.people(at(-2000, 2000), 32)
	y.site("C", 0, at(1000, 2000))
	y.place("h1", "hall", at(1500, 2000))
	y.place("h2", "hall", at(-2000, 2000))
	return y
}

// Models for one tier start from what stands in today. With two stations, nested or not, both halls get one; what they reach in the end
// differs by the 8 people at the centre, and one region is served without a station of its own.
func TestModelsStartFromStandIns(t *testing.T) {
	rules := []TierRules{{}, {Host: 10}}
	for _, c := range []struct {
		nested  bool
		model   Model
		limit   int64
		want    string
		covered float64
		without int
	}{
		{false, MCLP, 2, "h2+32 h1+16", 48, 0},
		{true, MCLP, 2, "h2+32 h1+16", 56, 0},
		{false, Region, 1, "h2+32", 32, 1}, // one of two regions
		{true, Region, 1, "h2+32", 40, 0},  // E owns the centre: W's is the only one missing
		{false, Region, 2, "h2+32 h1+16", 48, 0},
	} {
		y := nestedWorld(t, c.nested)
		o := y.one(OneProblem{Rules: rules, Tier: 1, Model: c.model, Limit: c.limit})
		if got := sketch(o); got != c.want || o.Covered.Float() != c.covered || o.Without != c.without {
			t.Errorf("nested %v, %s with %d: %s, %v covered, %d without; want %s, %v, %d",
				c.nested, c.model, c.limit, got, o.Covered.Float(), o.Without, c.want, c.covered, c.without)
		}
		// What the model says is what coverage says of the world with its picks.
		in := y.w.Input
		for _, p := range o.Picks {
			at := o.Candidates[p.Candidate]
			in.Sites = append(in.Sites, coverage.Site{ID: "new:" + at.ID, Tier: 1, Point: at.Point, Region: at.Region})
		}
		res, err := coverage.Compute(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if res.Total[1].Covered != o.Covered || c.model == Region && len(res.Blank[1]) != o.Without {
			t.Errorf("nested %v, %s with %d: coverage counts %v and %d blank", c.nested, c.model, c.limit, res.Total[1].Covered.Float(), len(res.Blank[1]))
		}
	}
}

func TestRolloutRefusesNestedTiers(t *testing.T) {
	p := Problem{World: nestedWorld(t, true).world(), Rules: []TierRules{{}, {Host: 10}}, Budgets: []Budget{{Year: 2026, Money: 10}}}
	if _, err := Rollout(context.Background(), p); !errors.Is(err, ErrNested) {
		t.Errorf("got %v", err)
	}
}

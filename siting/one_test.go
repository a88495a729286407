package siting

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"sitecover/coverage"
)

func (y *toy) one(p OneProblem) *One {
	y.t.Helper()
	p.World = y.world()
	got, err := SolveOne(context.Background(), p)
	if err != nil {
		y.t.Fatal(err)
	}
	return got
}

// sketch renders an answer as "L R".
func sketch(o *One) string {
	var ids []string
	for _, p := range o.Picks {
		ids = append(ids, fmt.Sprintf("%s+%g", strings.TrimPrefix(o.Candidates[p.Candidate].ID, "host:"), p.Gained.Float()))
	}
	return strings.Join(ids, " ")
}

// See greedyTrap: L holds 20 people, M 24, R 11, L and R together all 31.
func TestModelsOfOneTierByHand(t *testing.T) {
	cheap := []TierRules{{Host: 10}}
	spaced := []TierRules{{Host: 10, Spacing: 150}} // L and M, M and R stand 100 m apart
	for _, c := range []struct {
		name      string
		p         OneProblem
		want      string
		objective float64
		status    Status
	}{
		{"one site covers most from the middle", OneProblem{Rules: cheap, Model: MCLP, Limit: 1}, "M+24", 24, Optimal},
		{"two sites leave the middle out", OneProblem{Rules: cheap, Model: MCLP, Limit: 2}, "L+20 R+11", 31, Optimal},
		{"money for one site and a half", OneProblem{Rules: cheap, Model: MCLP, Unit: ByMoney, Limit: 15}, "M+24", 24, Optimal},
		{"no money", OneProblem{Rules: cheap, Model: MCLP, Unit: ByMoney}, "", 0, Optimal},
		{"spacing is kept", OneProblem{Rules: spaced, Model: MCLP, Limit: 3}, "L+20 R+11", 31, ""},
		{"everyone needs two sites", OneProblem{Rules: cheap, Model: LSCP}, "L+20 R+11", 2, Optimal},
		{"everyone costs 20", OneProblem{Rules: cheap, Model: LSCP, Unit: ByMoney}, "L+20 R+11", 20, Optimal},
		{"24 of 31 are just covered by one", OneProblem{Rules: cheap, Model: LSCP, Share: 24.0 / 31}, "M+24", 1, Optimal},
		{"a little more needs two", OneProblem{Rules: cheap, Model: LSCP, Share: 24.5 / 31}, "L+20 R+11", 2, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := greedyTrap(t).one(c.p)
			if (c.want != "L+20 R+11" || c.p.Share == 0) && sketch(got) != c.want || got.Objective != c.objective {
				t.Errorf("%s objective %v, want %s %v", sketch(got), got.Objective, c.want, c.objective)
			}
			if c.status != "" && got.Status != c.status {
				t.Errorf("status %s bound %v", got.Status, got.Bound)
			}
			if better := got.Bound - got.Objective; c.p.Model == MCLP && better < -1e-9 || c.p.Model == LSCP && better > 1e-9 {
				t.Errorf("bound %v on the wrong side of %v", got.Bound, got.Objective)
			}
		})
	}
}

// People out of everyone's reach are counted; a share that needs them is infeasible, and the reason tells what is possible.
func TestLSCPSaysWhatIsOutOfReach(t *testing.T) {
	y := greedyTrap(t)
	y.people(at(3000, 3000), 31)
	got := y.one(OneProblem{Rules: []TierRules{{Host: 10}}, Model: LSCP, Share: 0.75})
	if got.Status != Infeasible || got.OutOfReach != 31*coverage.Person || got.Reason.Code != ShareTooLarge || got.Reason.Of[3] != 0.5 {
		t.Errorf("%s, %v out of reach: %q", got.Status, got.OutOfReach.Float(), got.Reason)
	}
	got = y.one(OneProblem{Rules: []TierRules{{Host: 10}}, Model: LSCP})
	if got.Status != Optimal || sketch(got) != "L+20 R+11" || got.Effective != 0.5 || got.Cost != 20 {
		t.Errorf("%s %s, share %v, cost %v", got.Status, sketch(got), got.Effective, got.Cost)
	}
	if got = y.one(OneProblem{Rules: []TierRules{{Host: 10, Spacing: 250}}, Model: LSCP}); len(got.TooNear) != 1 {
		t.Errorf("L and R stand 200 m apart: %v", got.TooNear)
	}
	y.site("all", 0, at(3000, 3000))
	if got = y.one(OneProblem{Rules: []TierRules{{Host: 10}}, Model: LSCP, Share: 0.5}); got.Status != Optimal || len(got.Picks) > 0 {
		t.Errorf("half is served today, yet %s opens", sketch(got))
	}
}

func TestOneProblemRefuses(t *testing.T) {
	w := greedyTrap(t).world()
	for _, c := range []struct {
		want string
		p    OneProblem
	}{
		{"World is missing", OneProblem{}},
		{"Tier 1 of 1", OneProblem{World: w, Rules: make([]TierRules, 1), Tier: 1, Model: MCLP}},
		{`Model "best"`, OneProblem{World: w, Rules: make([]TierRules, 1), Model: "best"}},
		{"Unit 7", OneProblem{World: w, Rules: make([]TierRules, 1), Model: MCLP, Unit: 7}},
		{"Limit -1", OneProblem{World: w, Rules: make([]TierRules, 1), Model: MCLP, Limit: -1}},
		{"Share NaN", OneProblem{World: w, Rules: make([]TierRules, 1), Model: LSCP, Share: math.NaN()}},
		{"Found is of 0 tiers", OneProblem{World: w, Rules: make([]TierRules, 1), Model: LSCP, Found: &CandidateSet{}}},
	} {
		if _, err := SolveOne(context.Background(), c.p); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want it to say %q", err, c.want)
		}
	}
}

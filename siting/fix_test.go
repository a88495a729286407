package siting

import (
	"context"
	"math/rand/v2"
	"testing"

	"sitecover/coverage"
	"sitecover/geo"
)

func fixes(t *testing.T, w *World, rules []TierRules) ([]coverage.Gap, *CandidateSet, []Fix) {
	t.Helper()
	gaps := coverage.FindGaps(w.Input, w.Coverage, nil)
	set, err := FindCandidates(context.Background(), w, rules)
	if err != nil {
		t.Fatal(err)
	}
	out, err := FixGaps(context.Background(), w, gaps, set, rules)
	if err != nil {
		t.Fatal(err)
	}
	return gaps, set, out
}

// People 8, 4, 2 and 1 stand 300 m apart, at x = 100, 400, 700 and 1,000; sites serve 350 m. Host a at x = 150 reaches 8 + 4, b at
// 700 reaches 4 + 2 + 1, c at 1,000 reaches 2 + 1. The mean place is x = 320, the nearest person 400: from there a is
// 250 m away, b 300. All cost the same, so a comes first, and b adds 2 + 1. One person far off is out of reach of everything.
func TestFixGaps(t *testing.T) {
	toy := newToy(t, straightTier(350, -1))
	for i, n := range []int64{8, 4, 2, 1} {
		toy.people(at(100+300*float64(i), 2000), n)
	}
	toy.people(at(3500, 3500), 1)
	toy.place("a", "market", at(150, 2000))
	toy.place("b", "market", at(700, 2000))
	toy.place("c", "market", at(1000, 2000))
	w := toy.world()
	for _, c := range []struct {
		spacing float64
		want    string
		covered int64
	}{
		{0, "ab", 15},
		{600, "ac", 15}, // b is 550 m from a
		{900, "a", 12},  // and c 850 m
	} {
		gaps, set, all := fixes(t, w, []TierRules{{Host: 10, Spacing: c.spacing}})
		if len(gaps) != 2 || gaps[0].People != 15*coverage.Person {
			t.Fatalf("gaps %+v", gaps)
		}
		name := func(s FixSite) string { return set.All[s.Candidate].ID[len("host:"):] }
		fix, got := all[0], ""
		for _, s := range fix.Sites {
			got += name(s)
		}
		if got != c.want || fix.Cost() != Yuan(10*len(c.want)) || fix.Covered() != coverage.People(c.covered)*coverage.Person || fix.Reachable != 15*coverage.Person {
			t.Errorf("spacing %v: %s, want %s: %+v", c.spacing, got, c.want, fix)
		}
		if name(fix.Nearest) != "a" || name(fix.Cheapest) != "a" || name(fix.Most) != "a" || fix.Most.People != 12*coverage.Person || geo.ToImpedance(fix.Nearest.Metres) != geo.ToImpedance(250) {
			t.Errorf("spacing %v: %+v", c.spacing, fix)
		}
		if far := all[1]; far.Nearest != noFixSite || far.Cheapest != noFixSite || far.Most != noFixSite || far.Sites != nil || far.Reachable != 0 {
			t.Errorf("the far gap: %+v", far)
		}
	}
	if _, err := FixGaps(context.Background(), w, nil, &CandidateSet{}, nil); err == nil {
		t.Error("rules for no tier are taken")
	}
	if _, err := FixGaps(context.Background(), w, []coverage.Gap{{Tier: 1}}, toy.find(TierRules{}), []TierRules{{}}); err == nil {
		t.Error("a gap of no tier is taken")
	}
}

// On random towns every answer is that of looking at all candidates one by one; without spacing the sites together cover exactly
// whom candidates reach, each for less money a person than any other could at its turn.
func TestFixGapsAgreesWithLookingAtAll(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		toy := newToy(t, straightTier(300, -1), straightTier(600, -1))
		for range 60 {
			toy.people(at(rng.Float64()*7000-3500, rng.Float64()*3500+200), 1+rng.Int64N(9))
		}
		for i := range 15 {
			toy.place(string(rune('a'+i)), "market", at(rng.Float64()*7000-3500, rng.Float64()*3500+200))
		}
		toy.site("s", 1, at(0, 2000))
		w := toy.world()
		rules := []TierRules{{New: 30, Host: 20, Cells: true}, {Host: 7}}
		gaps, set, all := fixes(t, w, rules)
		for g, gap := range gaps {
			left := map[int32]bool{} // uncovered demand of the gap
			for i, c := range w.Demand.Cell {
				for _, x := range gap.Cells {
					if x == c && !w.Coverage.Services[gap.Tier].Covered(i) {
						left[int32(i)] = true
					}
				}
			}
			gain := func(row int) (sum coverage.People) {
				columns, _ := set.Reach[gap.Tier].Row(row)
				for _, i := range columns {
					if left[i] {
						sum += w.Demand.People[i]
					}
				}
				return sum
			}
			best := func() FixSite {
				best := noFixSite
				for row, i := range set.Serving[gap.Tier] {
					c := &set.All[i]
					s := FixSite{i, rules[gap.Tier].Cost(c), geo.Distance(gap.Centre, c.Point), gain(row)}
					if s.People > 0 && (best.Candidate < 0 || float64(s.Cost)/s.People.Float() < float64(best.Cost)/best.People.Float()-1e-12 ||
						float64(s.Cost)/s.People.Float() < float64(best.Cost)/best.People.Float()+1e-12 && s.People > best.People) {
						best = s
					}
				}
				return best
			}
			if got := all[g].Cheapest; got != best() {
				t.Fatalf("seed %d, gap %s: cheapest %+v, want %+v", seed, gap.ID, got, best())
			}
			for k, got := range all[g].Sites {
				if want := best(); got != want {
					t.Fatalf("seed %d, gap %s, site %d: %+v, want %+v", seed, gap.ID, k, got, want)
				}
				for row, i := range set.Serving[gap.Tier] {
					if i == got.Candidate {
						columns, _ := set.Reach[gap.Tier].Row(row)
						for _, i := range columns {
							delete(left, i)
						}
					}
				}
			}
			if best() != noFixSite || all[g].Covered() != all[g].Reachable {
				t.Fatalf("seed %d, gap %s: %+v is left, %v of %v covered", seed, gap.ID, best(), all[g].Covered(), all[g].Reachable)
			}
		}
	}
}

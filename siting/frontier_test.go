package siting

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"sitecover/coverage"
)

// The greedy trap by money, 10 a site. One site: M, 24. Two: L and R, 31, all there are. So the curve is 0, 24, 31, 31, and the
// second site adds 7 for its 10 元, that is 7,000 people a 万元.
func TestFrontierOfTheGreedyTrap(t *testing.T) {
	w := greedyTrap(t).world()
	points, err := Frontier(context.Background(), OneProblem{World: w, Rules: []TierRules{{Host: 10}}, Unit: ByMoney}, []int64{0, 10, 20, 30})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range points {
		got = append(got, fmt.Sprintf("%d: %d sites %d 元 %g of %g, %g", f.Limit, f.Sites, f.Cost, f.Covered.Float(), f.Bound, f.Marginal))
	}
	want := "0: 0 sites 0 元 0 of 0, 0; 10: 1 sites 10 元 24 of 24, 24000; 20: 2 sites 20 元 31 of 31, 7000; 30: 2 sites 20 元 31 of 31, 0"
	if strings.Join(got, "; ") != want {
		t.Errorf("frontier\n%s, want\n%s", strings.Join(got, "; "), want)
	}
	if _, err := Frontier(context.Background(), OneProblem{World: w, Rules: []TierRules{{Host: 10}}}, []int64{3, 3}); err == nil {
		t.Error("limits that do not ascend are taken")
	}
	if _, err := Frontier(context.Background(), OneProblem{World: w, Rules: []TierRules{{Host: 10}}}, nil); err == nil {
		t.Error("no limits are taken")
	}
}

// With two sites the trap covers 31. A spacing of 150 m keeps L and R (200 m apart) but not M beside them: no price. Of 250 m:
// M alone, 24, a price of 7. A ban of R leaves L and M, 28, a price of 3. At least 15 people leaves L and M (R has 11): 28.
func TestPriceOfRules(t *testing.T) {
	w := greedyTrap(t).world()
	price := func(r TierRules) string {
		r.Host = 10
		_, prices, err := PriceRules(context.Background(), OneProblem{World: w, Rules: []TierRules{r}, Unit: BySites, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range prices {
			out = append(out, fmt.Sprintf("%s %g [%g %g]", p.Rule, p.People.Float(), p.Least, p.Most))
		}
		return strings.Join(out, "; ")
	}
	for _, c := range []struct {
		rules TierRules
		want  string
	}{
		{TierRules{Cells: true}, ""},
		{TierRules{Cells: true, Spacing: 150}, "spacing 0 [0 0]"},
	} {
		if got := price(c.rules); !strings.HasPrefix(got, c.want) {
			t.Errorf("%+v: %s, want %s", c.rules, got, c.want)
		}
	}
	hosts := TierRules{Spacing: 250}
	if got := price(hosts); !strings.HasPrefix(got, "spacing 7 [7 7]; cells ") {
		t.Errorf("spacing of 250 m: %s", got)
	}
	if got := price(TierRules{Banned: []string{"host:R"}}); !strings.HasPrefix(got, "banned 3 [3 3]; cells ") {
		t.Errorf("ban of R: %s", got)
	}
	if got := price(TierRules{MinPeople: 15}); !strings.HasPrefix(got, "min_people 3 [3 3]; cells ") {
		t.Errorf("at least 15 people: %s", got)
	}
}

// On random worlds no point of a curve is beyond the bound, both never fall, and a curve of all limits together agrees with the
// proved points of one limit after the other: none of it is above their bounds, and none of its bounds is below their answers.
func TestFrontierNeverFalls(t *testing.T) {
	limits := []int64{2, 4, 8, 12, 30}
	for seed := range uint64(40) {
		p := randomProblem(t, seed)
		one := OneProblem{World: p.World, Rules: p.Rules, Tier: int(seed % 2), Unit: ByMoney}
		var curves [2][]FrontierPoint
		for k, entries := range []int{frontierApart, -1} {
			var err error
			if curves[k], err = frontier(context.Background(), one, limits, entries); err != nil {
				t.Fatal(err)
			}
			covered, bound := coverage.People(0), 0.0
			for _, f := range curves[k] {
				if f.Covered < covered || f.Bound < bound || f.Covered.Float() > f.Bound+1e-6 || int64(f.Cost) > f.Limit {
					t.Errorf("seed %d: %+v after %v of %v", seed, f, covered.Float(), bound)
				}
				covered, bound = f.Covered, f.Bound
			}
		}
		for k, f := range curves[0] {
			if g := curves[1][k]; g.Covered.Float() > f.Bound+1e-6 || f.Covered.Float() > g.Bound+1e-6 {
				t.Errorf("seed %d: apart %+v, together %+v", seed, f, g)
			}
		}
	}
}

// The greedy trap with a spacing of 250 m, 200 m from L to R: two sites cover no more than M alone, 24, and all limits together
// find that and no less a bound. Without spacing they cover 31.
func TestFrontierKeepsSpacing(t *testing.T) {
	w := greedyTrap(t).world()
	for spacing, two := range map[float64]float64{250: 24, 0: 31} {
		one := OneProblem{World: w, Rules: []TierRules{{Host: 10, Spacing: spacing}}, Unit: ByMoney}
		points, err := frontier(context.Background(), one, []int64{10, 20}, -1)
		if err != nil {
			t.Fatal(err)
		}
		if points[0].Covered.Float() != 24 || points[1].Covered.Float() != two || points[1].Bound < two {
			t.Errorf("spacing %g: %+v, want 24 and %g", spacing, points, two)
		}
	}
}

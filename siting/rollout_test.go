package siting

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sitecover/coverage"
)

// greedyTrap puts five families on a line, 100 m apart, and three hosts whose 150 m circles hold
//
//	L: 16, 4      M: 16, 8      R: 8, 2, 1 (the 1 lives beside R, off the line)
//
//	4 --L-- 16 --M-- 8 --R-- 2
//	                     1
func greedyTrap(t *testing.T) *toy {
	y := newToy(t, straightTier(60, -1))
	y.people(at(1000, 1000), 4)
	y.people(at(1100, 1000), 16)
	y.people(at(1200, 1000), 8)
	y.people(at(1300, 1000), 2)
	y.people(at(1250, 960), 1)
	y.place("L", "hall", at(1050, 1000))
	y.place("M", "hall", at(1150, 1000))
	y.place("R", "hall", at(1250, 1000))
	return y
}

// Over three years with money for one site in each of the first two: M first, then L gives 24 + 28 + 28 = 80 person-years;
// L and R give 20 + 31 + 31 = 82, R first 11 + 31 + 31 = 73. Greedy by year starts with M, as it covers most, and cannot
// come back.
func TestRolloutLooksBeyondTheFirstYear(t *testing.T) {
	plan := greedyTrap(t).rollout(Problem{
		Rules:   []TierRules{{New: 10, Host: 10}},
		Budgets: []Budget{{2026, 10}, {2027, 10}, {2028, 0}},
	})
	if got, want := picks(plan), "2026 host:L/0(+20) 2027 host:R/0(+11)"; got != want {
		t.Errorf("picks %s, want %s", got, want)
	}
	if plan.Objective != 82 || plan.Bound < 82 {
		t.Errorf("objective %v bound %v, want 82 and no less", plan.Objective, plan.Bound)
	}
}

// The same money with one year between funding and opening: the sites count from 2027 and 2028, a last row shows the year
// after the last money, and the first year shows what stands today.
func TestRolloutOpensAfterTheLeadTime(t *testing.T) {
	y := greedyTrap(t)
	y.site("old", 0, at(1300, 1030)) // serves the 2
	plan := y.rollout(Problem{
		Rules:   []TierRules{{New: 10, Host: 10}},
		Budgets: []Budget{{2026, 10}, {2027, 10}},
		Targets: []Target{{Year: 2026, Tier: 0, Effective: 0.5, Presence: -1}, {Year: 2027, Tier: 0, Effective: 26.0 / 31, Presence: -1}},
		Options: DefaultOptions(),
	})
	// 24 by M in 2027, 28 + 2 by L in 2028: 26 of 31 at the end of 2027 is just the target. With the money of both years L
	// and R could serve all 31 in 2028: that is the bound of that year taken alone.
	if got, want := picks(plan), "2026 host:M/0(+24) 2027 host:L/0(+4)"; got != want {
		t.Fatalf("picks %s, want %s", got, want)
	}
	var years []string
	for _, x := range plan.Years {
		years = append(years, fmt.Sprintf("%d spent %d covered %g of %.4f", x.Year, x.Spent, x.Tiers[0].Covered.Float(), x.Tiers[0].Bound*31))
	}
	want := "2026 spent 10 covered 2 of 2.0000; 2027 spent 10 covered 26 of 26.0000; 2028 spent 0 covered 30 of 31.0000"
	if got := strings.Join(years, "; "); got != want {
		t.Errorf("years\n%s, want\n%s", got, want)
	}
	if plan.Picks[0].OpenYear != 2027 {
		t.Errorf("open year %d", plan.Picks[0].OpenYear)
	}
	if len(plan.Missed) != 1 || plan.Missed[0].Target.Year != 2026 || plan.Missed[0].Got != 2.0/31 || plan.Missed[0].Bound != 2.0/31 {
		t.Errorf("missed %+v", plan.Missed)
	}
}

// A presence target outranks people: with money for one site a year, the region without people gets its first site in time
// for its target, and people come first where no target asks.
func TestRolloutMeetsPresenceTargetsFirst(t *testing.T) {
	y := newToy(t, straightTier(100, 0))
	y.people(at(1000, 1000), 64)
	y.people(at(2000, 1000), 32)
	y.place("east1", "hall", at(1000, 1000))
	y.place("east2", "hall", at(2000, 1000))
	y.place("west", "hall", at(-1000, 1000))
	rules := []TierRules{{Host: 10, PresenceWeight: 1}}
	budgets := []Budget{{2026, 10}, {2027, 10}, {2028, 10}}
	plan := y.rollout(Problem{Rules: rules, Budgets: budgets})
	if got, want := picks(plan), "2026 host:east1/0(+64) 2027 host:east2/0(+32) 2028 host:west/0(+0)"; got != want {
		t.Errorf("without a target: %s, want %s", got, want)
	}
	if p := plan.Picks[2]; p.Reason != ForPresence || y.w.Regions.All[p.Owner].ID != "W" {
		t.Errorf("the west is opened for %s, region %d", p.Reason, p.Owner)
	}
	plan = y.rollout(Problem{Rules: rules, Budgets: budgets, Targets: []Target{{Year: 2027, Tier: 0, Effective: -1, Presence: 1}}})
	if got, want := picks(plan), "2026 host:east1/0(+64) 2027 host:west/0(+0) 2028 host:east2/0(+32)"; got != want {
		t.Errorf("with a target: %s, want %s", got, want)
	}
	if len(plan.Missed) > 0 {
		t.Errorf("missed %+v", plan.Missed)
	}
}

// The west has people and no place, the lonely family of the east is out of reach: no money changes that, and the plan says so.
func TestRolloutTellsWhatNoMoneyCanChange(t *testing.T) {
	y := newToy(t, straightTier(100, 0))
	y.people(at(1000, 1000), 64)
	y.people(at(3000, 1000), 8)
	y.people(at(-1000, 1000), 2)
	y.place("east", "hall", at(1000, 1000))
	plan := y.rollout(Problem{Rules: []TierRules{{Host: 1}}, Budgets: []Budget{{2026, 100}},
		Targets: []Target{{Year: 2026, Tier: 0, Effective: 1, Presence: 1}}})
	west, _ := y.w.Regions.Index("W")
	if plan.OutOfReach[0] != 10*coverage.Person || !slices.Equal(plan.NoPlace[0], []int32{west}) {
		t.Errorf("out of reach %v, without a place %v", plan.OutOfReach, plan.NoPlace)
	}
	if len(plan.Missed) != 2 || plan.Missed[0].Bound >= 1 || plan.Missed[1].Bound != 0.5 {
		t.Errorf("missed %+v", plan.Missed)
	}
}

// A site that the ledger opens next year serves nobody yet in the plan, which names it.
func TestRolloutNamesSitesThatChangeLater(t *testing.T) {
	y := greedyTrap(t)
	for i, opened := range []int{2020, 2026, 2040} {
		y.site(fmt.Sprint(i), 0, at(1300, 1030))
		y.w.Sites[i].Opened = time.Date(opened, 6, 1, 0, 0, 0, 0, time.UTC)
	}
	y.w.Sites[0].Closed = time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	plan := y.rollout(Problem{Rules: []TierRules{{Host: 1}}, Budgets: []Budget{{2026, 1}}, Options: DefaultOptions()})
	if !slices.Equal(plan.Changing, []int32{1}) || plan.Years[0].Tiers[0].Covered != 0 {
		t.Errorf("changing %v, covered %v", plan.Changing, plan.Years[0].Tiers[0].Covered)
	}
}

// Eight billion people over ten years with a weight of 2.5 do not fit in millionths: the solver counts in coarser units, the
// plan still in people, to the last one.
func TestRolloutCountsMorePeopleThanTheSolverCan(t *testing.T) {
	y := newToy(t, straightTier(100, -1), straightTier(50, -1))
	y.people(at(1000, 1000), 5_000_000_001)
	y.people(at(2000, 1000), 3_000_000_002)
	y.place("a", "hall", at(1000, 1000))
	y.place("b", "hall", at(2000, 1000))
	var budgets []Budget
	for year := 2026; year < 2036; year++ {
		budgets = append(budgets, Budget{year, 1})
	}
	plan := y.rollout(Problem{Rules: []TierRules{{Host: 1, Weight: 2.5}, {NoHosts: true}}, Budgets: budgets,
		Targets: []Target{{Year: 2020, Tier: 0, Effective: 0.5, Presence: -1}, {Year: 2026, Tier: 0, Effective: 0.6, Presence: -1}}})
	if got, want := picks(plan), "2026 host:a/0(+5.000000001e+09) 2027 host:b/0(+3.000000002e+09)"; got != want {
		t.Errorf("picks %s, want %s", got, want)
	}
	if want := 2.5 * (10*5_000_000_001 + 9*3_000_000_002); math.Abs(plan.Objective-want) > 1e-6*want {
		t.Errorf("objective %v, want %v", plan.Objective, want)
	}
	if len(plan.Missed) != 1 || plan.Missed[0].Target.Year != 2020 { // before any money; 62.5 % are reached in 2026
		t.Errorf("missed %+v", plan.Missed)
	}
}

func TestRolloutOpensNothingWhereAllIsServed(t *testing.T) {
	y := greedyTrap(t)
	for i, p := range y.w.Demand.Point {
		y.site(fmt.Sprint(i), 0, p)
	}
	plan := y.rollout(Problem{Rules: []TierRules{{Host: 1}}, Budgets: []Budget{{2026, 100}}, Options: DefaultOptions()})
	if len(plan.Picks) > 0 || plan.Status != Optimal || plan.Gap != 0 {
		t.Errorf("picks %s, %s, gap %v", picks(plan), plan.Status, plan.Gap)
	}
}

// The runner-up of L is M: it would cover 24 in L's stead, R shares nobody with L.
func TestRolloutNamesTheRunnerUp(t *testing.T) {
	plan := greedyTrap(t).rollout(Problem{Rules: []TierRules{{Host: 10}}, Budgets: []Budget{{2026, 20}, {2027, 0}}})
	if got, want := picks(plan), "2026 host:L/0(+20) host:R/0(+11)"; got != want {
		t.Fatalf("picks %s, want %s", got, want)
	}
	r := plan.Picks[0].RunnerUp
	if r == nil || plan.Candidates[r.Candidate].ID != "host:M" || r.Gained != 24*coverage.Person {
		t.Errorf("runner-up %+v", r)
	}
	if within := plan.Picks[1].Within; within != 11*coverage.Person {
		t.Errorf("R reaches %v people", within.Float())
	}
}

// Pinned, M must open in 2027 though L and R alone would do better; the rest of the plan is chosen around it. Two pins that
// the money does not allow, or one beside the spacing, make the plan infeasible, with both named.
func TestRolloutKeepsPins(t *testing.T) {
	p := Problem{Rules: []TierRules{{Host: 10}}, Budgets: []Budget{{2026, 10}, {2027, 10}, {2028, 0}},
		Pins: []Pin{{Candidate: "host:M", Year: 2027}}}
	plan := greedyTrap(t).rollout(p)
	// L first: 20 + 28 + 28 = 76 person-years; R first: 11 + 27 + 27 = 65.
	if got, want := picks(plan), "2026 host:L/0(+20) 2027 host:M/0(+8)"; got != want || plan.Objective != 76 {
		t.Errorf("picks %s for %v, want %s for 76", got, plan.Objective, want)
	}
	if plan.Picks[0].Pinned || !plan.Picks[1].Pinned {
		t.Errorf("pinned %v, %v", plan.Picks[0].Pinned, plan.Picks[1].Pinned)
	}
	p.Pins = []Pin{{Candidate: "host:M", Year: 2027}, {Candidate: "host:L", Year: 2027}}
	if plan = greedyTrap(t).rollout(p); plan.Status != Infeasible || len(plan.Picks) > 0 || !strings.Contains(plan.Reason.String(), "host:M (r60, 2027)") {
		t.Errorf("%s: %q", plan.Status, plan.Reason)
	}
	p.Rules[0].Spacing = 150
	p.Pins = []Pin{{Candidate: "host:M", Year: 2026}, {Candidate: "host:L", Year: 2027}}
	if plan = greedyTrap(t).rollout(p); plan.Status != Infeasible || !strings.Contains(plan.Reason.String(), "host:L (r60, 2027)") {
		t.Errorf("%s: %q", plan.Status, plan.Reason)
	}
}

func TestRolloutRefuses(t *testing.T) {
	y := greedyTrap(t)
	good := func() Problem {
		return Problem{World: y.world(), Rules: []TierRules{{Host: 1}}, Budgets: []Budget{{2026, 1}}, Options: DefaultOptions()}
	}
	for _, c := range []struct {
		want string
		mar  func(*Problem)
	}{
		{"World is missing", func(p *Problem) { p.World = nil }},
		{"2 tier rules for 1 tiers", func(p *Problem) { p.Rules = make([]TierRules, 2) }},
		{"New -1: want >= 0", func(p *Problem) { p.Rules[0].New = -1 }},
		{"Spacing NaN", func(p *Problem) { p.Rules[0].Spacing = math.NaN() }},
		{"MinPeople +Inf", func(p *Problem) { p.Rules[0].MinPeople = math.Inf(1) }},
		{"Weight -2", func(p *Problem) { p.Rules[0].Weight = -2 }},
		{"PresenceWeight NaN", func(p *Problem) { p.Rules[0].PresenceWeight = math.NaN() }},
		{"Budgets is empty", func(p *Problem) { p.Budgets = nil }},
		{"budget of 2027: -5", func(p *Problem) { p.Budgets = append(p.Budgets, Budget{2027, -5}) }},
		{"two budgets for 2026", func(p *Problem) { p.Budgets = append(p.Budgets, Budget{2026, 5}) }},
		{"span 2026 to 3026", func(p *Problem) { p.Budgets = append(p.Budgets, Budget{3026, 5}) }},
		{"Targets[0].Tier 3 of 1", func(p *Problem) { p.Targets = []Target{{Year: 2026, Tier: 3, Effective: 1}} }},
		{"Targets[0].Effective 1.5", func(p *Problem) { p.Targets = []Target{{Year: 2026, Effective: 1.5}} }},
		{"tier r60 has no owner level", func(p *Problem) { p.Targets = []Target{{Year: 2026, Presence: 1}} }},
		{`"host:X" is no candidate for tier 0`, func(p *Problem) { p.Pins = []Pin{{"host:X", 0, 2026}} }},
		{`"host:L" is no candidate for tier 0: rejected for banned`, func(p *Problem) {
			p.Rules[0].Banned = []string{"host:L"}
			p.Pins = []Pin{{"host:L", 0, 2026}}
		}},
		{`"host:L": no money in 2040`, func(p *Problem) { p.Pins = []Pin{{"host:L", 0, 2040}} }},
		{`"host:L" is pinned twice`, func(p *Problem) { p.Pins = []Pin{{"host:L", 0, 2026}, {"host:L", 0, 2026}} }},
		{"LeadYears 99", func(p *Problem) { p.Options.LeadYears = 99 }},
		{"Gap", func(p *Problem) { p.Options.Solve.Gap = 2 }},
	} {
		p := good()
		c.mar(&p)
		_, err := Rollout(context.Background(), p)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want it to say %q", err, c.want)
		}
	}
}

// randomProblem is a small world of two tiers: up to five hosts that may hold either tier, people of both regions, two
// years of money.
func randomProblem(t *testing.T, seed uint64) Problem {
	rnd := rand.New(rand.NewPCG(seed, 7))
	y := newToy(t, straightTier(float64(300+rnd.IntN(500)), 0), straightTier(float64(150+rnd.IntN(300)), -1))
	spot := func() (float64, float64) { return rnd.Float64()*2000 - 1000, 500 + rnd.Float64()*1000 }
	for k := range 8 {
		a, b := spot()
		y.people(at(a, b), 1<<k)
	}
	for k := range 2 + rnd.IntN(3) {
		a, b := spot()
		y.place(fmt.Sprint(k), "hall", at(a, b))
	}
	if rnd.IntN(2) == 0 {
		a, b := spot()
		y.site("old", rnd.IntN(2), at(a, b))
	}
	return Problem{
		World:   y.world(),
		Rules:   []TierRules{{Host: 5, Spacing: 400, PresenceWeight: float64(rnd.IntN(40) - 5)}, {Host: 3, Spacing: float64(rnd.IntN(3)) * 200, Weight: 0.5}},
		Budgets: []Budget{{2026, Yuan(3 + rnd.IntN(6))}, {2027, Yuan(rnd.IntN(9))}},
		Options: Options{LeadYears: rnd.IntN(2)},
	}
}

// checkPlan verifies that a plan keeps every rule, by its own arithmetic, and returns its objective.
func checkPlan(t *testing.T, p Problem, plan *Plan) float64 {
	t.Helper()
	spent, used := map[int]Yuan{}, map[int]int{}
	for _, k := range plan.Picks {
		spent[k.Year] += k.Cost
		used[k.Candidate]++
		if used[k.Candidate] > 1 {
			t.Errorf("%s holds two tiers", plan.Candidates[k.Candidate].ID)
		}
		if !slices.Contains(plan.Candidates[k.Candidate].Tiers, k.Tier) {
			t.Errorf("%s may not hold tier %d", plan.Candidates[k.Candidate].ID, k.Tier)
		}
	}
	for _, b := range p.Budgets {
		if spent[b.Year] > b.Money {
			t.Errorf("%d spends %d of %d", b.Year, spent[b.Year], b.Money)
		}
	}
	sites := slices.Clone(p.World.Sites)
	value := 0.0
	for _, y := range plan.Years {
		for _, k := range plan.Picks {
			c := plan.Candidates[k.Candidate]
			if k.OpenYear == y.Year {
				for _, s := range sites {
					if s.Tier == k.Tier && distanceOf(s, c) < p.Rules[k.Tier].Spacing {
						t.Errorf("%s stands %.0f m from %s", c.ID, distanceOf(s, c), s.ID)
					}
				}
				sites = append(sites, coverage.Site{ID: c.ID, Tier: k.Tier, Point: c.Point, Region: c.Region, FloorArea: -1})
			}
		}
		in := p.World.Input
		in.Sites = sites
		res, err := coverage.Compute(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		for tier, got := range y.Tiers {
			want, today := res.Total[tier], p.World.Coverage.Total[tier]
			if got.Covered != want.Covered || got.Owning != want.Owning {
				t.Errorf("%d tier %d: %v people and %d regions, coverage says %v and %d", y.Year, tier,
					got.Covered.Float(), got.Owning, want.Covered.Float(), want.Owning)
			}
			if got.Effective > got.Bound+1e-12 {
				t.Errorf("%d tier %d: %v exceeds its bound %v", y.Year, tier, got.Effective, got.Bound)
			}
			if y.Year < p.Budgets[0].Year+p.Options.LeadYears {
				continue
			}
			w := plan.Weights[tier]
			value += w.Person * ((want.Covered - today.Covered).Float() + w.Presence*float64(want.Owning-today.Owning))
		}
	}
	return value
}

func distanceOf(s coverage.Site, c Candidate) float64 { return distance(s.Point, c.Point) }

// The oracle tries every assignment of tiers and years to the candidates.
func TestRolloutAgainstBruteForce(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			p := randomProblem(t, seed)
			plan, err := Rollout(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			got := checkPlan(t, p, plan)
			if math.Abs(got-plan.Objective) > 1e-9*(1+got) {
				t.Errorf("objective %v, by coverage %v", plan.Objective, got)
			}
			best := bruteForce(p, plan)
			if plan.Bound < best-1e-6 {
				t.Errorf("bound %v below the best %v", plan.Bound, best)
			}
			if got > best+1e-6 || plan.Status == Optimal && got < best-1e-6 {
				t.Errorf("%s at %v, the best is %v", plan.Status, got, best)
			}
			if got < best-1e-6 {
				t.Logf("found %v of %v", got, best)
			}
		})
	}
}

// bruteForce returns the best objective of a problem of one year and lead, without targets, over plan.Candidates.
func bruteForce(p Problem, plan *Plan) float64 {
	w := p.World
	type open struct{ candidate, tier, year int }
	best := 0.0
	var try func(candidate int, chosen []open, money [2]Yuan)
	value := func(chosen []open) float64 {
		sum := 0.0
		for tier := range w.Tiers {
			weight := plan.Weights[tier]
			for year := range 2 {
				owning := map[int32]bool{}
				for d := range w.Demand.Len() {
					if w.Coverage.Services[tier].Covered(d) {
						continue
					}
					for _, o := range chosen {
						if o.tier == tier && o.year <= year && w.Tiers[tier].Limit.Covers(
							impedance(w.Demand.Point[d], plan.Candidates[o.candidate].Point)) {
							sum += weight.Person * w.Demand.People[d].Float()
							break
						}
					}
				}
				for _, o := range chosen {
					if o.tier == tier && o.year <= year && slices.Contains(w.Coverage.Blank[tier], plan.Candidates[o.candidate].Region) {
						owning[plan.Candidates[o.candidate].Region] = true
					}
				}
				sum += weight.Person * weight.Presence * float64(len(owning))
			}
		}
		return sum
	}
	try = func(candidate int, chosen []open, money [2]Yuan) {
		if candidate == len(plan.Candidates) {
			best = max(best, value(chosen))
			return
		}
		try(candidate+1, chosen, money)
		for _, tier := range plan.Candidates[candidate].Tiers {
			clash := slices.ContainsFunc(chosen, func(o open) bool {
				return o.tier == tier && distance(plan.Candidates[o.candidate].Point, plan.Candidates[candidate].Point) < p.Rules[tier].Spacing
			})
			for year := range 2 {
				if left := money[year] - p.Rules[tier].Host; left >= 0 && !clash {
					m := money
					m[year] = left
					try(candidate+1, append(slices.Clone(chosen), open{candidate, tier, year}), m)
				}
			}
		}
	}
	try(0, nil, [2]Yuan{p.Budgets[0].Money, p.Budgets[1].Money})
	return best
}

func TestMoreMoneyNeverLowersAProvedPlan(t *testing.T) {
	for seed := range uint64(15) {
		p := randomProblem(t, seed)
		last := -1.0
		for range 4 {
			plan, err := Rollout(context.Background(), p)
			if err != nil {
				t.Fatal(err)
			}
			if plan.Bound < last-1e-9 {
				t.Errorf("seed %d: with more money no plan exceeds %v, with less %v was found", seed, plan.Bound, last)
			}
			if plan.Status == Optimal && plan.Objective < last {
				t.Errorf("seed %d: more money lowers %v to %v", seed, last, plan.Objective)
			}
			last = max(last, plan.Objective)
			p.Budgets = slices.Clone(p.Budgets)
			p.Budgets[0].Money += 3
		}
	}
}

// The order in which places, sites and budgets are listed changes nothing.
func TestRolloutIgnoresTheOrderOfItsInputs(t *testing.T) {
	for seed := range uint64(10) {
		p := randomProblem(t, seed)
		a, err := Rollout(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		w := *p.World
		w.Places, w.Sites = slices.Clone(w.Places), slices.Clone(w.Sites)
		slices.Reverse(w.Places)
		slices.Reverse(w.Sites)
		p.World, p.Budgets = (&toy{t, &w}).world(), slices.Clone(p.Budgets)
		slices.Reverse(p.Budgets)
		b, err := Rollout(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		if picks(a) != picks(b) {
			t.Errorf("seed %d: %s, then %s", seed, picks(a), picks(b))
		}
		for i := range b.Candidates { // hosts are indexes into the places
			b.Candidates[i].Host = a.Candidates[i].Host
		}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("seed %d: the plans differ", seed)
		}
	}
}

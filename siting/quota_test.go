package siting

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sitecover/coverage"
)

// quotaToy has three halls in the east with 8, 4 and 2 people, and one in the west with 1; a site costs 10.
func quotaToy(t *testing.T) (*toy, Problem) {
	y := newToy(t, straightTier(60, -1))
	for k, n := range []int64{8, 4, 2} {
		y.people(at(1000+200*float64(k), 1000), n)
		y.place(fmt.Sprint("e", k), "hall", at(1000+200*float64(k), 1000))
	}
	y.people(at(-1000, 1000), 1)
	y.place("w", "hall", at(-1000, 1000))
	return y, Problem{Rules: []TierRules{{Host: 10}}, Budgets: []Budget{{2026, 20}, {2027, 20}}}
}

// Without rules the money opens all four, the eastern ones first. At most one in each region by 2026 (one may come later): 8 and the 1
// in the west, then the others. At most one ever: 8 and 1. At least one in the west by 2026 is the same as the first. At most 10 元 in
// each region: 8 and 1. A pilot in the west: it comes first.
func TestQuotasByHand(t *testing.T) {
	y, p := quotaToy(t)
	w, _ := y.w.Regions.Index("W")
	for _, c := range []struct {
		name  string
		set   func(p *Problem)
		picks string
	}{
		{"none", func(*Problem) {}, "2026 host:e0/0(+8) host:e1/0(+4) 2027 host:e2/0(+2) host:w/0(+1)"},
		{"max by 2026", func(p *Problem) { p.Quotas = []Quota{{Tier: 0, Max: 1, Money: -1, Year: 2026}} },
			"2026 host:e0/0(+8) host:w/0(+1) 2027 host:e1/0(+4) host:e2/0(+2)"},
		{"max ever", func(p *Problem) { p.Quotas = []Quota{{Tier: AllTiers, Max: 1, Money: -1}} }, "2026 host:e0/0(+8) host:w/0(+1)"},
		{"min by 2026", func(p *Problem) { p.Quotas = []Quota{{Tier: 0, Min: 1, Max: -1, Money: -1, Year: 2026}} },
			"2026 host:e0/0(+8) host:w/0(+1) 2027 host:e1/0(+4) host:e2/0(+2)"},
		{"min 2 in the east only", func(p *Problem) {
			e, _ := y.w.Regions.Index("E")
			p.Quotas = []Quota{{Regions: []int32{e}, Tier: 0, Min: 3, Max: -1, Money: -1}}
		}, "2026 host:e0/0(+8) host:e1/0(+4) 2027 host:e2/0(+2) host:w/0(+1)"},
		{"money", func(p *Problem) { p.Quotas = []Quota{{Tier: AllTiers, Max: -1, Money: 19}} }, "2026 host:e0/0(+8) host:w/0(+1)"},
		{"pilot region", func(p *Problem) { p.Pilots = &Pilots{Regions: []int32{w}} },
			"2026 host:e0/0(+8) host:w/0(+1) 2027 host:e1/0(+4) host:e2/0(+2)"},
		{"pilot candidate", func(p *Problem) { p.Pilots = &Pilots{Candidates: []string{"host:e2"}} },
			"2026 host:e0/0(+8) host:e2/0(+2) 2027 host:e1/0(+4) host:w/0(+1)"},
	} {
		q := p
		c.set(&q)
		plan := y.rollout(q)
		if got := picks(plan); got != c.picks || plan.Late != nil || plan.Status != Optimal {
			t.Errorf("%s: %s, %s; want %s", c.name, plan.Status, got, c.picks)
		}
	}
}

// Two in each region are asked for, the west has one place only: one short there, and proved so. Pilots for more than the first year's
// money: one of three is late.
func TestQuotasThatCannotBe(t *testing.T) {
	y, p := quotaToy(t)
	w, _ := y.w.Regions.Index("W")
	p.Quotas = []Quota{{Tier: 0, Min: 2, Max: -1, Money: -1}}
	plan := y.rollout(p)
	for _, s := range plan.Quotas {
		want := QuotaState{Quota: 0, Region: s.Region, Sites: 3, Money: 30, Possible: 3}
		if s.Region == w {
			want.Sites, want.Money, want.Possible = 1, 10, 1
		}
		if s != want || s.Short(&p.Quotas[0]) != (s.Region == w) {
			t.Errorf("%+v, want %+v", s, want)
		}
	}
	p.Quotas, p.Pilots = nil, &Pilots{Candidates: []string{"host:e1", "host:e2"}, Regions: []int32{w}}
	plan = y.rollout(p)
	if plan.Late == nil || len(plan.Late.Candidates)+len(plan.Late.Regions) != 1 {
		t.Errorf("late %+v", plan.Late)
	}
	p.Pilots = &Pilots{Candidates: []string{"host:nobody"}}
	p.World = y.world()
	if _, err := Rollout(context.Background(), p); err == nil || !strings.Contains(err.Error(), "host:nobody") {
		t.Errorf("error %v", err)
	}
	// A pin that a quota forbids is infeasible, and says which.
	p.Pilots, p.Quotas, p.Pins = nil, []Quota{{Tier: 0, Max: 0, Money: -1}}, []Pin{{Candidate: "host:w", Tier: 0, Year: 2026}}
	if plan = y.rollout(p); plan.Status != Infeasible || !strings.Contains(plan.Reason.String(), "host:w") {
		t.Errorf("%s: %s", plan.Status, plan.Reason)
	}
}

func TestQuotasRefuse(t *testing.T) {
	y, p := quotaToy(t)
	p.World = y.world()
	p.Quotas = []Quota{{Level: 3}, {Tier: 7, Max: 1, Money: -1}, {Min: 2, Max: 1, Money: -1}, {Max: -1, Money: -1}, {Regions: []int32{9}, Max: 1, Money: -1}}
	p.Pilots = &Pilots{Regions: []int32{9}}
	p.Groups = []GroupWeight{{Group: 0, Weight: 2}}
	_, err := Rollout(context.Background(), p)
	for _, want := range []string{"Quotas[0].Level 3", "Quotas[1].Tier 7", "Quotas[2].Min 2", "Quotas[3].Min, Max and Money", "Quotas[4].Regions: 9", "Pilots.Regions: 9", "Groups[0].Group 0 of 0"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to say %q", err, want)
		}
	}
}

// 3 of the 4 at e1 are elderly and count three times: 4 + 3 x 2 = 10 against 8 at e0. With money for one site the plan turns, and says what
// it reaches in people and in weighted people.
func TestGroupWeightsTurnThePlan(t *testing.T) {
	y, p := quotaToy(t)
	p.Budgets = []Budget{{2026, 10}}
	y.w.Demand.Groups = []coverage.DemandGroup{{ID: "60+", People: []coverage.People{0, 3 * coverage.Person, coverage.Person, 0}}}
	if got := picks(y.rollout(p)); got != "2026 host:e0/0(+8)" {
		t.Fatalf("without weights %s", got)
	}
	p.Groups = []GroupWeight{{Group: 0, Weight: 3}}
	plan := y.rollout(p)
	if got := picks(plan); got != "2026 host:e1/0(+4)" || plan.Objective != 10 || plan.Bound < 10 || plan.Picks[0].Gained != 4*coverage.Person {
		t.Errorf("%s for %v, bound %v", got, plan.Objective, plan.Bound)
	}
	if plan.Years[0].Tiers[0].Covered != 4*coverage.Person || plan.Years[0].Tiers[0].Effective != 4.0/15 {
		t.Errorf("people are told weighted: %+v", plan.Years[0].Tiers[0])
	}
	one := y.one(OneProblem{Rules: p.Rules, Model: MCLP, Limit: 1, Groups: p.Groups})
	if sketch(one) == "" || one.Objective != 10 || one.Covered != 4*coverage.Person {
		t.Errorf("one tier: %v for %v people", one.Objective, one.Covered)
	}
}

// Random small worlds with quotas and weights of groups, against all plans there are.
func TestQuotasAgainstBruteForce(t *testing.T) {
	for seed := range uint64(59) {
		p := randomProblem(t, seed)
		rnd := rand.New(rand.NewPCG(seed, 99))
		g := coverage.DemandGroup{ID: "60+"}
		for _, n := range p.World.Demand.People {
			g.People = append(g.People, n/coverage.People(1+rnd.IntN(4)))
		}
		p.World.Demand.Groups = []coverage.DemandGroup{g}
		if seed%2 == 0 {
			p.Groups = []GroupWeight{{Group: 0, Weight: 1 + rnd.Float64()*4}}
		}
		for range 1 + rnd.IntN(2) {
			q := Quota{Tier: rnd.IntN(3) - 1, Max: rnd.IntN(4) - 1, Money: Yuan(rnd.IntN(12)) - 1, Year: []int{0, 2026 + p.Options.LeadYears, 2027 + p.Options.LeadYears}[rnd.IntN(3)]}
			if q.Max < 0 && q.Money < 0 {
				q.Max = 1
			}
			p.Quotas = append(p.Quotas, q)
		}
		plan, err := Rollout(context.Background(), p)
		if err != nil {
			t.Fatal(err)
		}
		best := 0.0
		everyAssignment(p, plan, func(chosen []assigned) { best = math.Max(best, worthOf(p, plan, chosen)) })
		var got []assigned
		for _, k := range plan.Picks {
			got = append(got, assigned{k.Candidate, k.Tier, k.Year - 2026})
		}
		if !keepsQuotas(p, plan, got) {
			t.Fatalf("seed %d: %v breaks a quota of %+v", seed, picks(plan), p.Quotas)
		}
		if v := worthOf(p, plan, got); math.Abs(v-plan.Objective) > 1e-5*(1+v) {
			t.Fatalf("seed %d: objective %v, by hand %v", seed, plan.Objective, v)
		}
		if plan.Bound < best-1e-5 || plan.Objective > best+1e-5 || plan.Status == Optimal && plan.Objective < best-1e-5 {
			t.Fatalf("seed %d: %s at %v, bound %v, best %v", seed, plan.Status, plan.Objective, plan.Bound, best)
		}
	}
}

// assigned is a site of a plan by hand.
type assigned struct{ candidate, tier, year int }

// everyAssignment calls see with every plan of the problem's two years that keeps money, spacing and quotas.
func everyAssignment(p Problem, plan *Plan, see func([]assigned)) {
	var try func(candidate int, chosen []assigned, money [2]Yuan)
	try = func(candidate int, chosen []assigned, money [2]Yuan) {
		if candidate == len(plan.Candidates) {
			if keepsQuotas(p, plan, chosen) {
				see(chosen)
			}
			return
		}
		try(candidate+1, chosen, money)
		for _, tier := range plan.Candidates[candidate].Tiers {
			clash := slices.ContainsFunc(chosen, func(o assigned) bool {
				return o.tier == tier && distance(plan.Candidates[o.candidate].Point, plan.Candidates[candidate].Point) < p.Rules[tier].Spacing
			})
			for year := range 2 {
				if left := money[year] - p.Rules[tier].Host; left >= 0 && !clash {
					m := money
					m[year] = left
					try(candidate+1, append(slices.Clone(chosen), assigned{candidate, tier, year}), m)
				}
			}
		}
	}
	try(0, nil, [2]Yuan{p.Budgets[0].Money, p.Budgets[1].Money})
}

// keepsQuotas counts by hand.
func keepsQuotas(p Problem, plan *Plan, chosen []assigned) bool {
	for _, q := range p.Quotas {
		sites, money := map[int32]int{}, map[int32]Yuan{}
		for _, o := range chosen {
			if (q.Tier == AllTiers || q.Tier == o.tier) && (q.Year == 0 || 2026+o.year+p.Options.LeadYears <= q.Year) {
				sites[plan.Candidates[o.candidate].Region]++
				money[plan.Candidates[o.candidate].Region] += p.Rules[o.tier].Host
			}
		}
		for r := range sites {
			if q.Max >= 0 && sites[r] > q.Max || q.Money >= 0 && money[r] > q.Money {
				return false
			}
		}
	}
	return true
}

// worthOf is the objective by hand.
func worthOf(p Problem, plan *Plan, chosen []assigned) (sum float64) {
	w := p.World
	for tier := range w.Tiers {
		weight := plan.Weights[tier]
		for year := range 2 {
			owning := map[int32]bool{}
			for _, o := range chosen {
				if o.tier == tier && o.year <= year && slices.Contains(w.Coverage.Blank[tier], plan.Candidates[o.candidate].Region) {
					owning[plan.Candidates[o.candidate].Region] = true
				}
			}
			sum += weight.Person * weight.Presence * float64(len(owning))
			for d := range w.Demand.Len() {
				served := !w.Coverage.Services[tier].Covered(d) && slices.ContainsFunc(chosen, func(o assigned) bool {
					return o.tier == tier && o.year <= year && w.Tiers[tier].Limit.Covers(impedance(w.Demand.Point[d], plan.Candidates[o.candidate].Point))
				})
				if served {
					sum += weight.Person * Weighted(w, p.Groups, d)
				}
			}
		}
	}
	return sum
}

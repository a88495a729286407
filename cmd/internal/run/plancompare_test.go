package run

import (
	"os"
	"path/filepath"
	"testing"
)

// Plan A: p in 2027 and q in 2028 as points of town t, 10 each; plan B: q in 2027, and p as a station, 50. A place of another tier is
// another site. 2027 covers 40 % against a target of 50 % in A and 60 % in B, who alone goes on to 2029.
func TestComparePlans(t *testing.T) {
	town := RegionRef{ID: "t", Name: "T"}
	at := func(id, tier string, year int, cost int64) PickView {
		return PickView{Candidate: id, Tier: tier, Year: year, Cost: cost, Region: town}
	}
	target, low, high := 0.5, 0.4, 0.6
	a := PlanReport{Study: "s", Status: "optimal", Sites: []PickView{at("p", "point", 2027, 10), at("q", "point", 2028, 10)},
		Years: []YearView{{Year: 2027, Spent: 10, Tiers: []TierYearView{{Tier: "point", Covered: 40, Effective: &low, Target: &target}}}, {Year: 2028, Spent: 10}}}
	b := PlanReport{Study: "s", Status: "optimal", Sites: []PickView{at("q", "point", 2027, 10), at("p", "station", 2028, 50)},
		Years: []YearView{{Year: 2027, Spent: 10, Tiers: []TierYearView{{Tier: "point", Covered: 60, Effective: &high, Target: &target}}}, {Year: 2028, Spent: 50}, {Year: 2029}}}
	v := ComparePlans(a, b, [2]string{"A", "B"})
	if len(v.Kept) != 0 || len(v.Moved) != 1 || v.Moved[0].Candidate != "q" || v.Moved[0].YearBefore != 2028 || v.Moved[0].YearAfter != 2027 {
		t.Errorf("kept %+v, moved %+v", v.Kept, v.Moved)
	}
	if len(v.Dropped) != 1 || v.Dropped[0].Tier != "point" || len(v.Added) != 1 || v.Added[0].Tier != "station" || v.Added[0].CostAfter != 50 {
		t.Errorf("dropped %+v, added %+v", v.Dropped, v.Added)
	}
	if len(v.Regions) != 1 || v.Regions[0] != (PlanRegionCount{town, 2, 2, 20, 60}) {
		t.Errorf("regions %+v", v.Regions)
	}
	if len(v.Years) != 3 || *v.Years[0].Tiers[0].People != 20 || v.Years[2].Before != nil || v.Years[1].After.Spent != 50 {
		t.Errorf("years %+v", v.Years)
	}
	if len(v.Targets) != 1 || v.Targets[0].Before.Met || !v.Targets[0].After.Met {
		t.Errorf("targets %+v", v.Targets)
	}
	if v.Before.Spent != 20 || v.After.Spent != 60 {
		t.Errorf("%+v against %+v", v.Before, v.After)
	}
}

func TestReadPlanRefuses(t *testing.T) {
	for name, text := range map[string]string{"no json": "sites", "another json": `{"study": "x"}`, "another shape": `{"years": 3}`} {
		path := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadPlan(path); err == nil {
			t.Errorf("%s is read as a plan", name)
		}
	}
	if _, err := ReadPlan(filepath.Join(t.TempDir(), "none.json")); err == nil {
		t.Error("a file that is not there is read as a plan")
	}
}

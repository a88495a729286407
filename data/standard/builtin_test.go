package standard

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func builtin(t testing.TB, id string) *Profile {
	t.Helper()
	p, err := Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestBuiltInProfiles(t *testing.T) {
	want := []string{"four-level", "hubei-village", "kunshan-2018", "living-circle", "nanchang-2020", "shaanxi-2014", "wenzhou-db3303", "xuzhou-landmark"}
	if got := IDs(); !slices.Equal(got, want) {
		t.Fatalf("IDs() = %v", got)
	}
	for _, id := range append(IDs(), common) {
		p, err := load(id, "")
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if p.ID != id {
			t.Errorf("%s calls itself %s", id, p.ID)
		}
		if id != common {
			holdToRules(t, p)
		}
	}
}

// holdToRules: both languages everywhere, short words only, a clause or a marked default for every number of a document.
func holdToRules(t *testing.T, p *Profile) {
	t.Helper()
	walk(reflect.ValueOf(*p), p.ID, func(path string, v reflect.Value) {
		if n, isName := v.Interface().(Name); isName && !strings.Contains(path, ".Notes") {
			if n.EN == "" {
				t.Errorf("%s: %q has no English", path, n.ZH)
			}
			if len([]rune(n.ZH)) > 40 || len(n.EN) > 90 {
				t.Errorf("%s: %q is no short word", path, n.ZH)
			}
		}
		if s, isStated := v.Interface().(Stated); isStated && s.Clause == "" && !s.Default {
			t.Errorf("%s has neither clause nor default", path)
		}
	})
	if p.ID == "living-circle" {
		return // an analogy: every number is a default
	}
	for _, tier := range p.Tiers {
		if tier.Clause == "" {
			t.Errorf("%s: tier %s has no clause", p.ID, tier.ID)
		}
	}
	for _, l := range p.Lists {
		for _, item := range l.Items {
			if l.Clause == "" && item.Clause == "" {
				t.Errorf("%s: item %s.%s has no clause", p.ID, l.ID, item.No)
			}
		}
	}
	for _, clause := range [][]string{
		ids(p.Targets, func(x *Target) string { return x.Clause }), ids(p.Siting, func(x *Rule) string { return x.Clause }),
		ids(p.Duties, func(x *Duty) string { return x.Clause }), ids(p.Inspections, func(x *Inspection) string { return x.Clause }),
	} {
		if slices.Contains(clause, "") {
			t.Errorf("%s: something has no clause: %q", p.ID, clause)
		}
	}
}

func walk(v reflect.Value, path string, see func(string, reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), path, see)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), path+"[]", see)
		}
	case reflect.Struct:
		if v.CanInterface() {
			see(path, v)
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), path+"."+v.Type().Field(i).Name, see)
			}
		}
	}
}

func list(t *testing.T, p *Profile, id string) *List {
	t.Helper()
	i := slices.Index(p.listIDs(), id)
	if i < 0 {
		t.Fatalf("%s has no list %s", p.ID, id)
	}
	return &p.Lists[i]
}

func TestKunshanListsAndTargets(t *testing.T) {
	p := builtin(t, "kunshan-2018")
	for id, want := range map[string]struct {
		items  int
		groups []int // items per function, in the order of the list
		area   Area
	}{
		"centre":  {54, []int{18, 10, 7, 10, 8, 1}, 1000},
		"station": {31, []int{14, 8, 4, 4, 1}, 300},
		"point":   {18, []int{12, 5, 1}, 100},
	} {
		l := list(t, p, id)
		if len(l.Items) != want.items || p.Tier(id).MinArea != want.area {
			t.Errorf("%s: %d items, %v", id, len(l.Items), p.Tier(id).MinArea)
		}
		var groups []int
		for _, g := range l.Groups {
			n := 0
			for _, item := range l.Items {
				if item.Group == g.ID {
					n++
				}
			}
			groups = append(groups, n)
		}
		if !slices.Equal(groups, want.groups) {
			t.Errorf("%s: items per function %v, want %v", id, groups, want.groups)
		}
		if len(l.Groups)-1 != map[string]int{"centre": 5, "station": 4, "point": 2}[id] {
			t.Errorf("%s is not N+X", id)
		}
	}
	if p.Tier("centre").Staff != 2 || p.Tier("station").Parent != "centre" || p.Tier("point").Parent != "station" {
		t.Error("staff or parents")
	}
	if got := p.Targets[0]; got.Year != 2018 || got.Share != 0.5 || !got.Approximate {
		t.Errorf("2018: %+v", got)
	}
	if got := p.Targets[1]; got.Year != 2019 || got.Share != 1 {
		t.Errorf("2019: %+v", got)
	}
}

// TestWenzhouMatrix spells out table A.1 row by row: 2 = ★, 1 = ☆, 0 = blank, for city, county, town, community.
func TestWenzhouMatrix(t *testing.T) {
	p := builtin(t, "wenzhou-db3303")
	want := []struct {
		zh    string
		marks string
	}{
		{"主题党日", "2221"}, {"红色讲堂", "2220"}, {"服务大厅（窗口）", "2222"}, {"党代表工作室", "2211"}, {"党建展示", "2222"},
		{"党员志愿服务平台", "2111"}, {"优秀服务团队、特色品牌", "2211"}, {"党员志愿服务网络", "2221"}, {"长者服务", "2222"}, {"儿童中心", "2110"},
		{"家长沙龙", "2110"}, {"红色影院", "2112"}, {"家庭中心", "2110"}, {"学生课后托管", "2220"}, {"百姓健身房", "2211"},
		{"城市书房", "2221"}, {"物资器材库", "2110"}, {"档案资料室", "2222"},
	}
	l := list(t, p, "zones")
	if len(l.Items) != len(want) {
		t.Fatalf("%d rows", len(l.Items))
	}
	stars := map[string]int{}
	for i, item := range l.Items {
		got := ""
		for _, tier := range p.TierIDs() {
			switch l.markOf(&item, tier) {
			case Must:
				got += "2"
				stars[tier]++
			case Should:
				got += "1"
			default:
				got += "0"
			}
		}
		if item.ZH != want[i].zh || got != want[i].marks {
			t.Errorf("row %d: %s %s, want %s %s", i+1, item.ZH, got, want[i].zh, want[i].marks)
		}
	}
	if !reflect.DeepEqual(stars, map[string]int{"city": 18, "county": 12, "town": 9, "community": 5}) {
		t.Errorf("★ per level: %v", stars)
	}
	for id, area := range map[string]Area{"city": 3000, "county": 1000, "town": 500, "community": 250} {
		if p.Tier(id).MinArea != area {
			t.Errorf("%s: %v", id, p.Tier(id).MinArea)
		}
	}
}

// TestHubeiProgramme: 17 + 64 + 59 = 140 projects; 17·100 + 64·60 + 59·20 = 1,700 + 3,840 + 1,180 = 6,720 万元.
func TestHubeiProgramme(t *testing.T) {
	p := builtin(t, "hubei-village")
	n := 0
	for _, b := range p.Programme.Batches {
		n += b.Count
	}
	if n != 140 || p.Programme.Total != 140 {
		t.Errorf("%d projects", n)
	}
	if got := p.Grants(); got != 67_200_000 || got.String() != "6720 万元" {
		t.Errorf("grants %v", got)
	}
	if len(list(t, p, "demonstration").Items) != 12 || len(list(t, p, "standard").Items) != 12 {
		t.Error("not twelve items")
	}
	var states []string
	for _, s := range p.Process.States {
		states = append(states, s.ID)
	}
	if !slices.Equal(states, []string{"declared", "reviewed", "approved", "building", "accepted", "paid"}) {
		t.Errorf("states %v", states)
	}
	if last := p.Process.States[5]; !slices.Contains(last.Needs, "accepted") {
		t.Error("payment before acceptance is not ruled out")
	}
}

func TestNanchangAndShaanxiTargets(t *testing.T) {
	if got := builtin(t, "nanchang-2020").Targets[0]; !got.Yearly || got.Share != 0.2 || got.Indicator != "upgraded" || !slices.Equal(got.Tiers, []string{"centre"}) {
		t.Errorf("%+v", got)
	}
	p := builtin(t, "shaanxi-2014")
	if got := p.Targets[0]; got.Year != 2014 || got.Share != 1 || got.Indicator != "presence" {
		t.Errorf("%+v", got)
	}
	if got := p.Targets[1]; got.Indicator != "debt" || got.Money != 0 {
		t.Errorf("%+v", got)
	}
}

func TestXuzhouClauses(t *testing.T) {
	p := builtin(t, "xuzhou-landmark")
	l := list(t, p, "landmark")
	want := []string{"5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "5.10", "5.11", "5.12", "5.13", "5.14", "5.15"}
	if got := ids(l.Items, func(i *Item) string { return i.No }); !slices.Equal(got, want) {
		t.Fatalf("clauses %v", got)
	}
	thresholds := map[string]string{}
	for _, item := range l.Items {
		for _, k := range item.Checks {
			thresholds[k.Field] = strings.TrimSpace(k.bounds())
		}
	}
	for field, bound := range map[string]string{"area": "≥ 400 m2", "plates": "≥ 100%", "rooms": "≥ 10", "terminal-staff": "≥ 2", "study-monthly": "≥ 1", "study-hours": "≥ 36",
		"attendance": "≥ 80%", "openness": "≥ 90%", "hours": "≥ 8", "awareness": "≥ 90%", "badges": "≥ 100%", "training": "≥ 30", "party-days": "≥ 12", "member-view": "≥ 90%",
		"talks": "≥ 90%", "activities": "≥ 12", "teams": "≥ 1", "ranking": "≤ 30%", "terminal-money": "≥ 2000 元", "satisfaction": "≥ 90%"} {
		if thresholds[field] != bound {
			t.Errorf("%s %q, want %q", field, thresholds[field], bound)
		}
	}
}

// TestRoundTrip: a profile written as JSON, which is YAML, reads back as itself.
func TestRoundTrip(t *testing.T) {
	for _, id := range IDs() {
		p := builtin(t, id)
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse(id+".yaml", text)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		a, b := *p, *back
		a.at, b.at = nil, nil
		if !reflect.DeepEqual(a, b) {
			changes, _ := Diff(&a, &b)
			t.Errorf("%s does not come back: %v", id, changes)
		}
	}
}

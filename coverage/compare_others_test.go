package coverage

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// others computes hours at one moment and the entities of a side.
func others(t testing.TB, in Input, moments []NamedMoment, entities []Entity) Computed {
	c := computed(t, in)
	c.Hours = must[[][]HoursCoverage](t)(ByHours(in, c.Result, moments))
	c.Entities = entities
	c.EntityService = must[[]TierEntities](t)(Entities(context.Background(), in, entities))
	return c
}

// otherSides are the toy county with s1 at 0 m, and with s2 at 1,400 m instead.
func otherSides(t testing.TB) (before, after Computed) {
	in, _ := toyInput(t)
	p := Person
	in.Demand.Groups = []DemandGroup{{ID: "old", People: []People{p, 0, p / 2, 2 * p, 8 * p, 0, 16 * p}}}
	day := must[*Week](t)(NewWeek([]Span{{MomentOf(time.Wednesday, 9, 0), MomentOf(time.Wednesday, 17, 0)}}))
	in.Sites[0].Hours = day
	evening := []NamedMoment{{ID: "evening", At: MomentOf(time.Wednesday, 20, 0)}}
	at := func(id, kind string, metres float64, heads People) Entity {
		return Entity{ID: id, Kind: kind, Headcount: heads, Point: north(toyOrigin, metres), Region: villageA1}
	}
	before = others(t, in, evening, []Entity{at("keeps", "park", 1000, 5*p), at("loses", "market", 100, 3*p), at("gains", "park", 2000, 4*p), at("goes", "office", 0, p)})
	later := in
	demand := *in.Demand
	demand.Groups = append(slices.Clone(in.Demand.Groups), DemandGroup{ID: "young", People: []People{0, 2 * p, 0, 0, 0, 16 * p, 0}})
	later.Demand = &demand
	later.Sites = []Site{{ID: "s2", Point: north(toyOrigin, 1400), Region: villageA2, FloorArea: -1}}
	after = others(t, later, evening, []Entity{at("new", "school", 1400, -1), at("gains", "park", 2000, 4*p), at("keeps", "park", 1000, 5*p), at("loses", "market", 100, 3*p)})
	return before, after
}

// Covered before are the points at 0, 500 and 1,000 m: of the old 1 + 0 + 2. Covered after are those at 500, 1,500, 1,000, 1,000.1 and
// 2,000 m: of the old 0 + 1/2 + 2 + 8 + 0, of the young, whom only the later side counts, 2 + 16.
func TestCompareGroups(t *testing.T) {
	before, after := otherSides(t)
	groups := must[*Comparison](t)(Compare(before, after)).Tiers[0].Groups
	if len(groups) != 2 || groups[0].ID != "old" || groups[1].ID != "young" || groups[1].Before || !groups[1].After {
		t.Fatalf("groups %+v", groups)
	}
	p := Person
	if x := groups[0].Total; x.Before.Covered != 3*p || x.After.Covered != 21*p/2 || x.Gained() != 15*p/2 || x.Before.People != 55*p/2 {
		t.Errorf("old %+v", x)
	}
	if x := groups[1].Total; x.Gained() != 18*p || x.Before != (GroupFigures{}) {
		t.Errorf("young %+v", x)
	}
	// Village A1 holds the points at 0, 500 and 1,500 m.
	for _, r := range groups[0].Regions {
		if r.ID == before.Input.Regions.All[villageA1].ID && (r.Before.Covered != p || r.After.Covered != p/2) {
			t.Errorf("village A1: %+v", r)
		}
	}
}

// On Wednesday evening s1 is closed; nobody knows whether s2 is open, so its 61/2 people are possible, not certain.
func TestCompareHours(t *testing.T) {
	before, after := otherSides(t)
	hours := must[*Comparison](t)(Compare(before, after)).Tiers[0].Hours
	if len(hours) != 1 || hours[0].Moment.ID != "evening" {
		t.Fatalf("hours %+v", hours)
	}
	x, y := hours[0].Before, hours[0].After
	if x.Closed != 1 || x.Open+x.Unknown != 0 || x.Possible != 0 || y.Unknown != 1 || y.Covered != 0 || y.Possible != 61*Person/2 || !x.Given || !y.Given {
		t.Errorf("before %+v, after %+v", x, y)
	}
	after.Hours = nil
	if hours = must[*Comparison](t)(Compare(before, after)).Tiers[0].Hours; len(hours) != 1 || hours[0].After.Given || !hours[0].Before.Given {
		t.Errorf("one-sided hours %+v", hours)
	}
}

// At 1,000 m both sites serve; at 100 m only s1, at 2,000 m only s2.
func TestCompareEntities(t *testing.T) {
	before, after := otherSides(t)
	x := must[*Comparison](t)(Compare(before, after)).Tiers[0].Entities
	want := &EntitiesChange{Reached: []string{"gains"}, Lost: []string{"loses"}, Added: []string{"new"}, Removed: []string{"goes"}, Kinds: []KindChange{
		{Kind: "market", Before: EntityFigures{1, 1, 0, 3 * Person, 3 * Person}, After: EntityFigures{1, 0, 0, 3 * Person, 0}},
		{Kind: "park", Before: EntityFigures{2, 1, 0, 9 * Person, 5 * Person}, After: EntityFigures{2, 2, 0, 9 * Person, 9 * Person}},
		{Kind: "school", After: EntityFigures{1, 1, 1, 0, 0}},
		{Kind: "office", Before: EntityFigures{1, 1, 0, Person, Person}},
	}}
	if !reflect.DeepEqual(x, want) {
		t.Errorf("entities\n got %+v\nwant %+v", x, want)
	}
}

func TestCompareRefusesOthersThatDoNotFit(t *testing.T) {
	before, after := otherSides(t)
	before.Hours = append(before.Hours, nil)
	after.EntityService = []TierEntities{{}}
	var field *FieldError
	_, err := Compare(before, after)
	if !errors.As(err, &field) || field.Field != "before.Hours" {
		t.Errorf("%v", err)
	}
}

// There and back is the mirror image, whatever the two sides hold.
func TestCompareOthersMirrors(t *testing.T) {
	before, after := otherSides(t)
	there, back := must[*Comparison](t)(Compare(before, after)).Tiers[0], must[*Comparison](t)(Compare(after, before)).Tiers[0]
	if !slices.Equal(there.Entities.Reached, back.Entities.Lost) || !slices.Equal(there.Entities.Added, back.Entities.Removed) {
		t.Errorf("there %+v, back %+v", there.Entities, back.Entities)
	}
	for _, g := range there.Groups {
		k := slices.IndexFunc(back.Groups, func(x GroupChange) bool { return x.ID == g.ID })
		if k < 0 || back.Groups[k].Total.Gained() != -g.Total.Gained() {
			t.Errorf("group %s: %+v", g.ID, back.Groups)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		a, b := rapid.SliceOfDistinct(rapid.IntRange(0, 9), rapid.ID).Draw(rt, "a"), rapid.SliceOfDistinct(rapid.IntRange(0, 9), rapid.ID).Draw(rt, "b")
		name := func(i int) string { return string(rune('a' + i)) }
		x, y := ids(a, name), ids(b, name)
		seen := map[string]bool{}
		for _, p := range match(x, y) {
			id := itemOf(x, p[0])
			if p[1] >= 0 {
				if p[0] >= 0 && id != y[p[1]] {
					rt.Fatalf("%v pairs %q with %q", p, id, y[p[1]])
				}
				id = y[p[1]]
			}
			if seen[id] {
				rt.Fatalf("%q twice", id)
			}
			seen[id] = true
		}
		for _, id := range append(x, y...) {
			if !seen[id] {
				rt.Fatalf("%q is lost", id)
			}
		}
	})
}

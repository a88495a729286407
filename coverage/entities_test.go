package coverage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sitecover/geo"
)

// Two parks and a tower on the meridian of the toy county, whose one site serves 1,000 m.
func TestEntities(t *testing.T) {
	in, _ := toyInput(t)
	entities := []Entity{
		{ID: "p1", Kind: "park", Headcount: 500 * Person, Point: north(toyOrigin, 1000), Region: villageA2}, // on the limit
		{ID: "p2", Kind: "park", Headcount: -1, Point: north(toyOrigin, 2000), Region: villageB1},
		{ID: "t1", Kind: "office", Headcount: 64 * Person, Point: north(toyOrigin, 20_000), Region: -1}, // beyond ten times the limit
	}
	all, err := Entities(context.Background(), in, entities)
	if err != nil {
		t.Fatal(err)
	}
	want := []EntityService{
		{Site: 0, Cost: geo.ToImpedance(1000), Covered: true, Connected: true},
		{Site: 0, Cost: geo.ToImpedance(2000), Connected: true},
		{Site: -1, Cost: geo.Unreachable, Connected: true},
	}
	if !reflect.DeepEqual(all[0].Service, want) {
		t.Errorf("services %+v, want %+v", all[0].Service, want)
	}
	kinds := all[0].Kinds
	if len(kinds) != 2 || kinds[0].Kind != "office" || kinds[1].Kind != "park" {
		t.Fatalf("kinds %+v", kinds)
	}
	if got, want := kinds[1].Total, (EntityFigures{2, 1, 1, 500 * Person, 500 * Person}); got != want || kinds[1].Region[county] != want {
		t.Errorf("parks %+v, %+v, want %+v", got, kinds[1].Region[county], want)
	}
	if share, ok := kinds[1].Region[townB].Effective(); !ok || share != 0 {
		t.Errorf("parks of town B: %v, %v", share, ok)
	}
	if _, ok := kinds[0].Region[county].Effective(); ok || kinds[0].Total.Entities != 1 {
		t.Errorf("towers %+v", kinds[0])
	}
}

func TestEntitiesAreChecked(t *testing.T) {
	in, _ := toyInput(t)
	_, err := Entities(context.Background(), in, []Entity{{ID: "a", Point: orb.Point{200, 0}, Region: 99}, {ID: "a"}})
	var field *FieldError
	if !errors.As(err, &field) {
		t.Fatal(err)
	}
	for _, want := range []string{"entities[0].Point", "entities[0].Region", `entities[1].ID: "a" is also the ID of entities[0]`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %s in\n%v", want, err)
		}
	}
}

// An entity at a demand point is served as the people there are.
func TestEntitiesAgreeWithDemand(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := randomInput(rt, t)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "kinds"), 3))
		var entities []Entity
		for i, p := range in.Demand.Point {
			entities = append(entities, Entity{ID: fmt.Sprint(i), Kind: fmt.Sprint(rng.IntN(3)), Headcount: in.Demand.People[i], Point: p, Region: in.Demand.Region[i]})
		}
		all, err := Entities(context.Background(), in, entities)
		if err != nil {
			rt.Fatal(err)
		}
		res := mustCompute(t, in)
		for k := range in.Tiers {
			s := &res.Services[k]
			for i, got := range all[k].Service {
				if got.Covered != s.Covered(i) || got.Connected != s.Connected[i] || got.Covered && (got.Cost != s.Cost[i] || got.Site != s.Nearest[i]) {
					rt.Fatalf("tier %d, demand %d: %+v, want site %d at %v", k, i, got, s.Nearest[i], s.Cost[i])
				}
			}
			for r, x := range res.Region[k] {
				var sum EntityFigures
				for _, kind := range all[k].Kinds {
					sum.add(kind.Region[r])
				}
				if sum.Heads != x.People || sum.Reached != x.Covered {
					rt.Fatalf("tier %d, region %d: %+v, want %+v", k, r, sum, x)
				}
			}
		}
	})
}

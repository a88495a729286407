package track

import (
	"bytes"
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"sitecover/coverage"
)

const person = coverage.Person

// county is a county of two towns with villages a1, a2, a3 in town A and b1 in town B. Every village must own a station; own says which
// do; people and covered are per village, in persons.
func county(date string, people, covered []int, own ...string) *Snapshot {
	s := &Snapshot{Format: Format, Study: "toy", Date: date, Ledger: true,
		Levels: []Level{{"county", "县"}, {"town", "镇"}, {"village", "村"}},
		Regions: []Region{{"C", "县", 0, -1}, {"A", "甲镇", 1, 0}, {"B", "乙镇", 1, 0},
			{"a1", "甲一", 2, 1}, {"a2", "甲二", 2, 1}, {"a3", "甲三", 2, 1}, {"b1", "乙一", 2, 2}},
		Tiers: []Tier{{ID: "station", Name: "站", Limit: "500 m", Mode: "walk", Owner: 2, Table: make(Table, 8)}},
	}
	for i := 0; i < 4; i++ {
		f := Figures{People: coverage.People(people[i]) * person, Covered: coverage.People(covered[i]) * person, Required: 1, Cells: 1}
		for _, id := range own {
			if id == s.Regions[3+i].ID {
				f.Owning, f.Open, f.Qualifying = 1, 1, 1
			}
		}
		s.count(Place{0, int32(3 + i)}, func(x *Figures) { *x = x.Plus(f) })
	}
	return s
}

func presence(year int, percent int64) Target {
	return Target{Year: year, Tier: "station", Indicator: Presence, Share: percent * 10_000}
}

func TestEqualityMeets(t *testing.T) {
	s := county("2026-12-31", []int{100, 100, 100, 100}, []int{100, 100, 0, 0}, "a1", "b1")
	for _, c := range []struct {
		target Target
		status Status
		short  int64
	}{
		{presence(2026, 50), Met, 0},    // 2 of 4 is exactly one half
		{presence(2026, 51), Missed, 1}, // 51 % of 4 is 2.04: three are needed
		{presence(2027, 75), OnTrack, 1},
		{Target{Year: 2026, Tier: "station", Indicator: Effective, Share: 500_000}, Met, 0},
		{Target{Year: 2026, Tier: "station", Indicator: Effective, Share: 500_001}, Missed, 400}, // 0.000001 x 400 people = 0.0004 people
		{Target{Year: 2026, Tier: "station", Indicator: Count, Amount: 2}, Met, 0},
		{Target{Year: 2026, Tier: "station", Indicator: Count, Amount: 3}, Missed, 1},
		{Target{Year: 2026, Tier: "station", Indicator: Debt, Amount: 0}, Met, 0},
	} {
		got, err := Assess([]*Snapshot{s}, []Target{c.target})
		if err != nil {
			t.Fatal(err)
		}
		if got[0].Status != c.status || got[0].Short != c.short {
			t.Errorf("%s %d %d: %s, %d short; want %s, %d", c.target.Indicator, c.target.Year, c.target.Share, got[0].Status, got[0].Short, c.status, c.short)
		}
	}
}

// The line to 100 % at the end of 2028 begins at 25 % at the end of 2026 (731 days). On 2027-12-31, 365 days on, it asks for
// 0.25 + 0.75 x 365/731 = 0.6245: two of four villages are behind, three on track. Each of the two years was to bring 1.5 villages.
func TestLine(t *testing.T) {
	p := []int{100, 100, 100, 100}
	first := county("2026-12-31", p, p, "a1")
	for _, c := range []struct {
		own    []string
		status Status
		pace   float64
	}{{[]string{"a1", "a2"}, Behind, 2}, {[]string{"a1", "a2", "a3"}, OnTrack, 1}} {
		got, err := Assess([]*Snapshot{first, county("2027-12-31", p, p, c.own...)}, []Target{presence(2028, 100)})
		if err != nil {
			t.Fatal(err)
		}
		g := got[0]
		if g.Status != c.status || g.Pace != c.pace || g.Line < 0.62 || g.Line > 0.63 || g.Since != "2026-12-31" {
			t.Errorf("%v: %+v", c.own, g)
		}
	}
}

// A target is on track in spite of its line when the committed projects that are due reach it.
func TestCommittedProjectsReachIt(t *testing.T) {
	p := []int{100, 100, 100, 100}
	first, now := county("2026-12-31", p, p), county("2027-12-31", p, p)
	done := county("2028-12-31", p, p, "a1", "a2", "a3", "b1")
	now.Forecasts = []Forecast{{FromCommitted, 2028, []Table{done.Tiers[0].Table}}}
	got, err := Assess([]*Snapshot{first, now}, []Target{presence(2028, 100), {Year: 2029, Tier: "station", Indicator: Count, Amount: 5}})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Status != OnTrack || got[0].By != "committed" || got[0].Committed.Short != 0 {
		t.Errorf("%+v", got[0])
	}
	if got[1].Status != Behind || got[1].Committed.Short != 1 { // four of five
		t.Errorf("%+v", got[1])
	}
}

// Town A owns 2 of 3, town B 1 of 1. 100 % of the county in 2027 is handed down: A is one short with one year left and behind its line,
// so red; B has met it. A year before A owned 2 of 3 and B none, so B has come from rank 2 to 1.
func TestScoreboard(t *testing.T) {
	p := []int{100, 100, 100, 100}
	series := []*Snapshot{county("2025-12-31", p, p, "a1", "a2"), county("2026-12-31", p, p, "a1", "a2", "b1")}
	b, err := Score(series, []Target{presence(2027, 100)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Regions) != 2 || b.Before != "2025-12-31" {
		t.Fatalf("%+v", b)
	}
	first, second := b.Regions[0], b.Regions[1]
	if first.Region != 2 || first.Light != Green || first.Rank != 1 || first.Before != 2 || first.Score != 1_000_000 {
		t.Errorf("first %+v", first)
	}
	if second.Region != 1 || second.Light != Red || second.Rank != 2 || second.Before != 1 || second.Score != 666_666 {
		t.Errorf("second %+v", second)
	}
	if s := second.Standings[0]; !s.Target.Handed || s.Short != 1 || s.Years != 1 {
		t.Errorf("%+v", s)
	}
}

func TestEqualTownsShareARank(t *testing.T) {
	p := []int{100, 100, 100, 100}
	b, err := Score([]*Snapshot{county("2026-12-31", p, p, "a1", "a2", "a3", "b1")}, []Target{presence(2027, 100)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if b.Regions[0].Rank != 1 || b.Regions[1].Rank != 1 || b.Regions[0].Region != 1 {
		t.Errorf("%+v", b.Regions)
	}
}

func TestBytesAreCanonical(t *testing.T) {
	s := county("2026-12-31", []int{1, 2, 3, 4}, []int{1, 0, 0, 0}, "a1")
	one, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(one)
	if err != nil {
		t.Fatal(err)
	}
	two, err := back.Encode()
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("%v\n%s%s", err, one, two)
	}
	for _, broken := range []string{"", "{}", `{"format":1,"date":"2026-12-31","tiers":[{"figures":{"rows":2}}]}`, `{"format":2,"date":"2026-12-31"}`,
		`{"format":1,"date":"2026-12-31","tiers":[{"ownerLevel":-1,"figures":{"rows":1,"open":[1,2]}}]}`} {
		if _, err := Decode([]byte(broken)); !errors.Is(err, ErrSnapshot) {
			t.Errorf("%q: %v", broken, err)
		}
	}
}

func mustCrosswalk(t *testing.T, links ...Link) *Crosswalk {
	t.Helper()
	c, err := NewCrosswalk(links)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// In 2027 villages a1 and a2 merge into a9, and b1 is renamed b2. On 2026-12-31 a1 alone owned a station: a9 of that day owns one, and
// town A, which had 1 of 3, has 1 of 2. People and covered people are sums: 100 + 200 of which 50 + 20.
func TestMergedAndRenamed(t *testing.T) {
	old := county("2026-12-31", []int{100, 200, 300, 400}, []int{50, 20, 0, 40}, "a1")
	now := county("2027-12-31", []int{1, 1, 1, 1}, []int{0, 0, 0, 0})
	now.Regions = []Region{{"C", "县", 0, -1}, {"A", "甲镇", 1, 0}, {"B", "乙镇", 1, 0}, {"a9", "甲九", 2, 1}, {"a3", "甲三", 2, 1}, {"b2", "乙二", 2, 2}}
	now.Tiers[0].Table = now.Tiers[0].Table[:7]
	cw := mustCrosswalk(t, Link{Year: 2027, From: "a1", To: "a9", Share: -1}, Link{Year: 2027, From: "a2", To: "a9", Share: -1}, Link{Year: 2027, From: "b1", To: "b2", Share: -1})
	series, notes, err := Align([]*Snapshot{now, old}, cw)
	if err != nil {
		t.Fatal(err)
	}
	a9, a, all := series[0].Row(0, 3), series[0].Row(0, 1), series[0].Row(0, -1)
	if a9.People != 300*person || a9.Covered != 70*person || a9.Required != 1 || a9.Owning != 1 || a9.Open != 1 {
		t.Errorf("a9 %+v", a9)
	}
	if a.People != 600*person || a.Required != 2 || a.Owning != 1 {
		t.Errorf("A %+v", a)
	}
	if all.People != 1000*person || all.Required != 3 || all.Owning != 1 {
		t.Errorf("all %+v", all)
	}
	if len(notes) != 3 || notes[0].Kind != Converted {
		t.Errorf("%+v", notes)
	}
	for _, c := range []struct {
		link Link
		kind LinkKind
	}{{cw.Links()[0], Merged}, {cw.Links()[2], Renamed}} {
		if got := cw.Kind(c.link); got != c.kind {
			t.Errorf("%+v is %s", c.link, got)
		}
	}
}

// Village a1 splits 70 : 30 into a1 and a8. Of 101 people, 30 % rounded down to a millionth go to a8 and the rest stays.
func TestSplit(t *testing.T) {
	old := county("2026-12-31", []int{101, 200, 300, 400}, []int{50, 20, 0, 40}, "a1")
	now := county("2027-12-31", []int{1, 1, 1, 1}, []int{0, 0, 0, 0})
	now.Regions = append(now.Regions, Region{"a8", "甲八", 2, 1})
	now.Tiers[0].Table = append(now.Tiers[0].Table, Figures{})
	shares := mustCrosswalk(t, Link{Year: 2027, From: "a1", To: "a1", Share: 700_000}, Link{Year: 2027, From: "a1", To: "a8", Share: 300_000})
	series, notes, err := Align([]*Snapshot{old, now}, shares)
	if err != nil {
		t.Fatal(err)
	}
	a1, a8, a := series[0].Row(0, 3), series[0].Row(0, 7), series[0].Row(0, 1)
	if a8.People != 30_300_000 || a1.People != 70_700_000 || a8.Open != 0 || a1.Open != 1 || a1.Owning != 1 || a8.Required != 1 || a8.Owning != 0 {
		t.Errorf("a1 %+v\na8 %+v", a1, a8)
	}
	if a.People != 601*person || a.Required != 4 {
		t.Errorf("A %+v", a)
	}
	if len(notes) != 1 || notes[0].Kind != Divided {
		t.Errorf("%+v", notes)
	}
	// Without shares the parts have no figures of that day, and the town keeps its people.
	untold := mustCrosswalk(t, Link{Year: 2027, From: "a1", To: "a1", Share: -1}, Link{Year: 2027, From: "a1", To: "a8", Share: -1})
	series, notes, err = Align([]*Snapshot{old, now}, untold)
	if err != nil {
		t.Fatal(err)
	}
	if m := series[0].Measure(Target{Year: 2027, Region: "a8", Tier: "station", Indicator: Effective}); m.Why != NoShare {
		t.Errorf("%+v", m)
	}
	if a := series[0].Row(0, 1); a.People != 601*person || a.Required != 2 || notes[0].Kind != NotTold {
		t.Errorf("A %+v %+v", a, notes)
	}
}

func TestCrosswalkProblems(t *testing.T) {
	_, err := NewCrosswalk([]Link{
		{Year: 2027, From: "a", To: "", Share: -1, Row: 2},
		{Year: 0, From: "a", To: "b", Share: -1, Row: 3},
		{Year: 2027, From: "a", To: "b", Share: 500_000, Row: 4},
		{Year: 2027, From: "a", To: "c", Share: 400_000, Row: 5},
		{Year: 2027, From: "a", To: "c", Share: 400_000, Row: 6},
		{Year: 2028, From: "d", To: "d", Share: -1, Row: 7},
		{Year: 2028, From: "e", To: "f", Share: -1, Row: 8},
		{Year: 2028, From: "e", To: "g", Share: 100_000, Row: 9},
		{Year: 2028, From: "h", To: "g", Share: 0, Row: 10},
	})
	want := map[int]LinkProblem{2: LinkEmpty, 3: LinkYear, 4: LinkSum, 6: LinkTwice, 7: LinkSelf, 8: LinkSomeTold, 10: LinkShare}
	if !errors.Is(err, ErrLink) {
		t.Fatal(err)
	}
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var l *LinkError
		if !errors.As(e, &l) || want[l.Row] != l.What {
			t.Errorf("%v", e)
		}
		delete(want, l.Row)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

// Before: 50 of 100 covered. The new site alone covers 60 of 100; the move of people alone 50 of 110; both 75 of 110.
// Sites = ½ (60/100 - 50/100) + ½ (75/110 - 50/110), people = ½ (50/110 - 50/100) + ½ (75/110 - 60/100).
func TestShapleyOfTwo(t *testing.T) {
	parts, err := Shapley([]Fraction{{50, 100}, {60, 100}, {50, 110}, {75, 110}})
	if err != nil {
		t.Fatal(err)
	}
	half := big.NewRat(1, 2)
	sites := new(big.Rat).Mul(half, new(big.Rat).Add(big.NewRat(10, 100), big.NewRat(25, 110)))
	if parts[0].Cmp(sites) != 0 {
		t.Errorf("sites %v, want %v", parts[0], sites)
	}
	sum := new(big.Rat).Add(parts[0], parts[1])
	if sum.Cmp(new(big.Rat).Sub(big.NewRat(75, 110), big.NewRat(50, 100))) != 0 {
		t.Errorf("sum %v", sum)
	}
	if _, err := Shapley([]Fraction{{1, 1}, {1, 0}}); !errors.Is(err, ErrSplit) {
		t.Error(err)
	}
}

func TestShapleySumsExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "n")
		v := make([]Fraction, 1<<n)
		for m := range v {
			p := rapid.Int64Range(1, 1e15).Draw(t, "people")
			v[m] = Fraction{coverage.People(rapid.Int64Range(0, p).Draw(t, "covered")), coverage.People(p)}
		}
		parts, err := Shapley(v)
		if err != nil {
			t.Fatal(err)
		}
		sum := new(big.Rat)
		for _, p := range parts {
			sum.Add(sum, p)
		}
		last := v[len(v)-1]
		want := new(big.Rat).Sub(big.NewRat(int64(last.Covered), int64(last.People)), big.NewRat(int64(v[0].Covered), int64(v[0].People)))
		if sum.Cmp(want) != 0 {
			t.Fatalf("%v, want %v", sum, want)
		}
		tenths, total := Points(parts)
		for _, x := range tenths {
			total -= x
		}
		if total != 0 {
			t.Fatalf("the rounded parts miss the rounded whole by %d", total)
		}
	})
}

func TestNeededIsTheLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Int64Range(0, Whole).Draw(t, "share")
		whole := rapid.Int64Range(0, 1<<62).Draw(t, "whole")
		n := needed(share, whole)
		big1 := func(a, b int64) *big.Int { return new(big.Int).Mul(big.NewInt(a), big.NewInt(b)) }
		if big1(n, Whole).Cmp(big1(share, whole)) < 0 || n > 0 && big1(n-1, Whole).Cmp(big1(share, whole)) >= 0 {
			t.Fatalf("%d of %d for %d", n, whole, share)
		}
	})
}

func FuzzDecode(f *testing.F) {
	text, err := county("2026-12-31", []int{1, 2, 3, 4}, []int{1, 0, 0, 0}, "a1").Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Decode(text)
		if err != nil {
			return
		}
		again, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(again); err != nil {
			t.Fatal(err)
		}
	})
}

package data

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"sitecover/geo"
	"sitecover/siting"
)

// standardStudy is the toy study without its own tiers, as the text after them is replaced.
func standardStudy(t *testing.T, date, rest string, more map[string]string) (*Study, error) {
	t.Helper()
	before, _, _ := strings.Cut(toyStudy, "tiers:\n  - id: centre")
	before = strings.Replace(before, "2026-12-31", date, 1)
	before = strings.Replace(before, "    tiers: {中心: centre, 站: station}\n", "", 1) // no standard but Kunshan's has tiers of these names
	files := toyFiles()
	for name, text := range more {
		files[name] = text
	}
	files["study.yaml"] = before + rest
	return Load(writeToy(t, files))
}

// TestStandardFillsEverything: kunshan-2018 with nothing but its name. The county's 2018 and 2019 targets apply to a study that plans
// those years.
func TestStandardFillsEverything(t *testing.T) {
	s, err := standardStudy(t, "2017-12-31", "standard: kunshan-2018\nbudget: {2018: 500 万元, 2019: 500 万元}\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Tiers) != 3 {
		t.Fatalf("%d tiers", len(s.Tiers))
	}
	for i, want := range []struct {
		id, name        string
		metres, area    float64
		parent, level   int
		cost, host      siting.Yuan
		radius, minArea string
	}{
		{"centre", "党群服务中心", 1000, 1000, -1, 1, 100 * siting.Wan, 80 * siting.Wan, "default", "三(一)1"},
		{"station", "党群服务站", 500, 300, 0, 2, 15 * siting.Wan, 10 * siting.Wan, "default", "三(二)1"},
		{"point", "党群服务点", 300, 100, 1, -1, 3 * siting.Wan, 2 * siting.Wan, "default", "三(三)1"},
	} {
		got := s.Tiers[i]
		if got.ID != want.id || got.Name != want.name || got.Limit != (geo.Limit{Metric: geo.Metres, Max: geo.ToImpedance(want.metres)}) ||
			got.MinArea != want.area || got.Parent != want.parent || got.OwnerLevel != want.level || got.Cost != want.cost || got.Host != want.host {
			t.Errorf("tier %d: %+v", i, got)
		}
		radius, area := s.From["tiers."+want.id+".radius"], s.From["tiers."+want.id+".min_area"]
		if !radius.Default || !strings.Contains(radius.String(), "GB 50180") || area.Default || area.Clause != want.minArea {
			t.Errorf("%s: radius from %q, area from %q", want.id, radius, area)
		}
	}
	want := []siting.Target{{Year: 2018, Tier: 0, Effective: -1, Presence: 0.5}, {Year: 2018, Tier: 1, Effective: -1, Presence: 0.5},
		{Year: 2019, Tier: 0, Effective: -1, Presence: 1}, {Year: 2019, Tier: 1, Effective: -1, Presence: 1}}
	if !slices.Equal(s.Targets, want) {
		t.Errorf("targets %+v", s.Targets)
	}
	for key := range s.From {
		if _, both := s.Set[key]; both {
			t.Errorf("%s is both the user's and the standard's", key)
		}
	}
	if _, set := s.Set["standard"]; !set {
		t.Error("the user's own key is not marked as set")
	}
}

// TestStudyGoesBeforeStandard: what the study writes stays, and stays marked as the user's.
func TestStudyGoesBeforeStandard(t *testing.T) {
	s, err := standardStudy(t, "2018-12-31", `standard: kunshan-2018
standard_tiers: [centre, station]
tiers:
  - {id: station, minutes: 10 min, cost: 12 万元, min_area: ~}
  - {id: kiosk, parent: station, radius: 200 m, mode: straight}
targets: {2019: {station: {presence: 80%}}}
budget: {2019: 500 万元}
`, nil)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, x := range s.Tiers {
		ids = append(ids, x.ID)
	}
	if strings.Join(ids, " ") != "centre station kiosk" {
		t.Fatalf("tiers %v", ids)
	}
	st := s.Tiers[1]
	if st.Limit.Metric != geo.Seconds || st.Cost != 12*siting.Wan || st.Host != 12*siting.Wan || st.MinArea != 0 || st.Name != "党群服务站" || st.OwnerLevel != 2 {
		t.Errorf("station %+v", st)
	}
	if source, _, _ := s.SourceOf("tiers.station.cost"); !strings.HasPrefix(source, "study.yaml:") {
		t.Errorf("cost from %q", source)
	}
	if source, isDefault, known := s.SourceOf("tiers.station.one_per"); source != "kunshan-2018 三(二)1" || isDefault || !known {
		t.Errorf("one_per from %q", source)
	}
	want := []siting.Target{{Year: 2019, Tier: 0, Effective: -1, Presence: 1}, {Year: 2019, Tier: 1, Effective: -1, Presence: 0.8}}
	if !slices.Equal(s.Targets, want) {
		t.Errorf("targets %+v", s.Targets)
	}
	if len(s.Standard.Unused) != 0 {
		// the year of the 2018 target is the reporting year, which has no budget
		if len(s.Standard.Unused) != 1 || !strings.Contains(s.Standard.Unused[0].EN, "no budget for 2018") {
			t.Errorf("unused %v", s.Standard.Unused)
		}
	}
}

// TestStandardOfOnesOwn: a file of the user's that extends a built-in standard; it is among the inputs, with its hash.
func TestStandardOfOnesOwn(t *testing.T) {
	own := "id: mine\nextends: kunshan-2018\nname: {zh: 我县}\ntiers: [{id: station, min_area: 250 m2, clause: 本县3}]\n"
	s, err := standardStudy(t, "2026-12-31", "standard: kunshan-2018\nstandard_file: mine.yaml\nstandard_tiers: [centre, station]\n", map[string]string{"mine.yaml": own})
	if err != nil {
		t.Fatal(err)
	}
	if s.Tiers[1].MinArea != 250 || s.From["tiers.station.min_area"].String() != "mine 本县3" {
		t.Errorf("%v from %v", s.Tiers[1].MinArea, s.From["tiers.station.min_area"])
	}
	s.Sites = nil
	d, err := Read(context.Background(), s, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(d.Inputs, func(in Input) bool { return in.Path == "mine.yaml" && in.Role == "standard" && in.SHA256 != "" }) {
		t.Errorf("inputs %+v", d.Inputs)
	}
	if !slices.ContainsFunc(d.Findings, func(f Finding) bool {
		return strings.Contains(f.What.EN, "is for 2018, before the reporting date")
	}) {
		t.Errorf("what was not taken over is not told: %v", d.Findings)
	}
}

func TestStandardFaults(t *testing.T) {
	for name, c := range map[string]struct {
		rest, want string
		more       map[string]string
	}{
		"unknown":       {"standard: kunshan-2019\n", `study.yaml:23: standard "kunshan-2019": is not known (hint: did you mean kunshan-2018?)`, nil},
		"no file":       {"standard_file: mien.yaml\n", `standard_file "mien.yaml": no such file (hint: did you mean mine.yaml?)`, map[string]string{"mine.yaml": "x"}},
		"bad file":      {"standard_file: mine.yaml\n", `mine.yaml:3: tiers.a.min_area "5": has no unit`, map[string]string{"mine.yaml": "id: m\nname: {zh: 甲}\ntiers: [{id: a, zh: 乙, min_area: 5}]\n"}},
		"two that part": {"standard: wenzhou-db3303\nstandard_file: mine.yaml\n", `mine.yaml is mine, which does not extend it`, map[string]string{"mine.yaml": "id: mine\nextends: kunshan-2018\nname: {zh: 甲}\n"}},
		"tier":          {"standard: kunshan-2018\nstandard_tiers: [palace]\n", `standard_tiers "palace": is no tier of kunshan-2018`, nil},
		"tiers alone":   {"standard_tiers: [centre]\ntiers: [{id: centre, radius: 1 km}]\n", `standard: is missing`, nil},
		"not yaml":      {"standard_file: cells.csv\n", `is no .yaml file`, nil},
	} {
		_, err := standardStudy(t, "2026-12-31", c.rest, c.more)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

// TestEveryStandardMakesAStudy: each built-in standard alone fills the tiers of the toy county.
func TestEveryStandardMakesAStudy(t *testing.T) {
	for _, id := range []string{"kunshan-2018", "wenzhou-db3303", "nanchang-2020", "xuzhou-landmark", "hubei-village", "shaanxi-2014", "four-level", "living-circle"} {
		s, err := standardStudy(t, "2026-12-31", "standard: "+id+"\n", nil)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		for _, tier := range s.Tiers {
			if tier.Limit.Max <= 0 || tier.Cost <= 0 || len(tier.Hosts) == 0 {
				t.Errorf("%s: %+v", id, tier)
			}
		}
		if s.Date != time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC) {
			t.Error(s.Date)
		}
	}
}

// TestNestedTiers: a standard may nest its tiers; the study goes before it, and a study that takes the parent away has nothing nested.
func TestNestedTiers(t *testing.T) {
	own := map[string]string{"mine.yaml": "id: mine\nextends: kunshan-2018\nname: {zh: 我县}\ntiers: [{id: station, nested: true}]\n"}
	const head = "standard_file: mine.yaml\nstandard_tiers: [centre, station]\n"
	for _, c := range []struct {
		rest string
		want bool
	}{
		{"", true},
		{"tiers: [{id: station, nested: false}]\n", false},
		{"tiers: [{id: station, parent: ~}]\n", false},
	} {
		s, err := standardStudy(t, "2026-12-31", head+c.rest, own)
		if err != nil {
			t.Fatal(err)
		}
		if s.Tiers[0].Nested || s.Tiers[1].Nested != c.want {
			t.Errorf("%q: centre %v, station %v", c.rest, s.Tiers[0].Nested, s.Tiers[1].Nested)
		}
	}
	if _, err := standardStudy(t, "2026-12-31", "standard_file: mine.yaml\n", map[string]string{
		"mine.yaml": "id: mine\nextends: kunshan-2018\nname: {zh: 我县}\ntiers: [{id: centre, nested: true}]\n"}); err == nil || !strings.Contains(err.Error(), `tiers.centre.nested "true": needs a parent`) {
		t.Errorf("a nested tier at the top: %v", err)
	}
}

package standard

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mine = `id: mine
extends: kunshan-2018
name: {zh: 我县, en: my county}
tiers:
  - {id: station, min_area: 250 m2, service: {radius: 800 m, default: false, basis: null, clause: 本县办法3}}
  - {id: point, remove: true}
  - {id: kiosk, zh: 亭, en: kiosk, parent: station, service: {minutes: 5 min, clause: 本县办法4}}
lists:
  - {id: point, remove: true}
  - id: station
    items:
      - {no: 31, remove: true}
      - {no: 32, zh: 充电, en: charging, group: service}
prices:
  - {id: new-point, remove: true}
  - {id: convert-point, remove: true}
  - {id: upgrade-point, remove: true}
siting:
  - {id: demand, tiers: [kiosk]}
duties:
  - {id: areas, tiers: [station]}
  - {id: extension, remove: true}
`

func TestExtends(t *testing.T) {
	base := builtin(t, "kunshan-2018")
	before, _ := flatten(base)
	p, err := Parse("mine.yaml", []byte(mine))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.TierIDs(); strings.Join(got, " ") != "centre station kiosk" {
		t.Errorf("tiers %v", got)
	}
	s := p.Tier("station")
	if s.MinArea != 250 || s.Service.Radius != 800 || s.Service.Default || s.Service.Mode != "walk" || s.ZH != "党群服务站" {
		t.Errorf("station %+v %+v", s, s.Service)
	}
	l := list(t, p, "station")
	if len(l.Items) != 31 || l.Items[30].No != "32" || len(list(t, p, "centre").Items) != 54 {
		t.Error("items are not merged by their numbers")
	}
	if file, line := p.Where("tiers.station.min_area"); file != "mine.yaml" || line != 5 {
		t.Errorf("min_area stands at %s:%d", file, line)
	}
	if file, line := p.Where("tiers.centre.min_area"); file != "kunshan-2018.yaml" || line == 0 {
		t.Errorf("what is inherited stands at %s:%d", file, line)
	}
	if after, _ := flatten(base); len(after) != len(before) || base.Tier("station").MinArea != 300 {
		t.Error("extending changed the extended profile")
	}
}

func TestExtendsFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"mine.yaml": mine, "more.yaml": "id: more\nextends: mine.yaml\nname: {zh: 更多}\ntiers: [{id: centre, staff: 3}]\n",
		"a.yaml": "id: a\nname: {zh: 甲}\nextends: b.yaml\n", "b.yaml": "id: b\nname: {zh: 乙}\nextends: a.yaml\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Load(filepath.Join(dir, "more.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Tier("centre").Staff != 3 || p.Tier("station").MinArea != 250 {
		t.Error("the chain is not followed")
	}
	if _, err := Load(filepath.Join(dir, "a.yaml")); err == nil || !strings.Contains(err.Error(), "makes a circle") {
		t.Errorf("circle: %v", err)
	}
	if _, err := Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
	if _, err := Load("kunshan-2017"); err == nil || !strings.Contains(err.Error(), "did you mean kunshan-2018?") {
		t.Errorf("absent id: %v", err)
	}
}

// Every fault is told with its line, its key and a way out; several at once.
func TestFaults(t *testing.T) {
	const head = "id: x\nname: {zh: 甲}\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"empty":            {"", []string{"x.yaml: is empty"}},
		"no mapping":       {"- a", []string{"x.yaml:1: must be a list of \"key: value\""}},
		"syntax":           {"id: [", []string{"YAML syntax"}},
		"two documents":    {"id: x\n---\nid: y\n", []string{"more than one YAML document"}},
		"not UTF-8":        {"id: \xff", []string{"is not UTF-8"}},
		"anchor":           {"id: &a x\nname: {zh: *a}\n", []string{"x.yaml:1 \"x\": uses an anchor"}},
		"misspelt":         {head + "teirs: []\n", []string{"x.yaml:3: teirs: is not a known key (hint: did you mean tiers?)"}},
		"twice":            {head + "id: y\n", []string{"x.yaml:3: id: is given twice"}},
		"missing":          {"tiers: [{id: a}]\n", []string{"id: is missing", "name: is missing", "tiers.a.zh: is missing"}},
		"bad id":           {"id: X Y\nname: {zh: 甲}\n", []string{"x.yaml:1: id \"X Y\": is no id"}},
		"no unit":          {head + "tiers: [{id: a, zh: 甲, min_area: 500}]\n", []string{"x.yaml:3: tiers.a.min_area \"500\": has no unit (hint: for example 1000 m2)"}},
		"wrong unit":       {head + "tiers: [{id: a, zh: 甲, min_area: 500 m}]\n", []string{"unit \"m\" cannot measure an area"}},
		"no share":         {head + "targets: [{id: t, zh: 甲, indicator: built, year: 2018, share: 120%}]\n", []string{"targets.t.share \"120%\": is too large"}},
		"no list":          {head + "tiers: [{id: a, zh: 甲, owner: hamlet}]\n", []string{"tiers.a.owner \"hamlet\": is not known"}},
		"nesting":          {head + "tiers: [{id: [a], zh: 甲}]\n", []string{"tiers[0].id: must be a single value"}},
		"same id":          {head + "tiers:\n  - {id: a, zh: 甲}\n  - {id: a, zh: 乙}\n", []string{"x.yaml:5: tiers.a: is already used in line 4"}},
		"nothing":          {head, []string{"needs at least one tier"}},
		"parent":           {head + "tiers:\n  - {id: a, zh: 甲, parent: b}\n  - {id: b, zh: 乙}\n", []string{"x.yaml:4: tiers.a.parent \"b\": is not defined"}},
		"two standards":    {head + "tiers: [{id: a, zh: 甲, service: {radius: 1 km, minutes: 5 min}}]\n", []string{"exclude each other"}},
		"no basis":         {head + "tiers: [{id: a, zh: 甲, service: {radius: 1 km, default: true}}]\n", []string{"is a default without a basis"}},
		"unknown field":    {head + "tiers: [{id: a, zh: 甲}]\nlists: [{id: l, zh: 乙, kind: build, items: [{no: 1, zh: 丙, checks: [{field: aera, at_least: 1}]}]}]\n", []string{"lists.l.items.1.checks[0].field \"aera\": is not defined"}},
		"bad threshold":    {head + "extends: common\ntiers: [{id: a, zh: 甲}]\nlists: [{id: l, zh: 乙, kind: build, items: [{no: 1, zh: 丙, checks: [{field: area, at_least: 1}]}]}]\n", []string{"at_least \"1\": has no unit"}},
		"wrong comparison": {head + "extends: common\ntiers: [{id: a, zh: 甲}]\nlists: [{id: l, zh: 乙, kind: build, items: [{no: 1, zh: 丙, checks: [{field: area, is: yes}]}]}]\n", []string{"cannot be compared so"}},
		"wrong sum":        {head + "tiers: [{id: a, zh: 甲}]\nclasses: [{id: c, zh: 乙, tier: a}]\nways: [{id: new, zh: 新, kind: new}]\nprogramme: {total: 5, batches: [{id: b, zh: 丙, class: c, way: new, count: 4}]}\n", []string{"programme.total \"5\": the batches add up to 4"}},
		"order of states":  {head + "tiers: [{id: a, zh: 甲}]\nprocess: {states: [{id: paid, zh: 付, needs: [accepted]}, {id: accepted, zh: 收}]}\n", []string{"process.states.paid.needs[0] \"accepted\": is not defined"}},
		"no such base":     {head + "extends: kunshan\n", []string{"x.yaml:3: extends \"kunshan\": is not a known standard"}},
		"nothing to take":  {head + "extends: kunshan-2018\ntiers: [{id: palace, remove: true}]\n", []string{"x.yaml:4: tiers.palace \"palace\": is to be removed but not there"}},
		"dangling":         {head + "extends: kunshan-2018\ntiers: [{id: point, remove: true}]\n", []string{"lists.point.tiers[0] \"point\": is not defined", "prices.new-point.tier \"point\": is not defined"}},
	} {
		_, err := Parse("x.yaml", []byte(c.text))
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v\nwant %s", name, err, want)
			}
		}
		var first *Problem
		if !errors.As(err, &first) || first.What.ZH == "" || first.What.EN == "" {
			t.Errorf("%s: not a Problem in both languages: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(mine))
	f.Add([]byte("id: x\nname: {zh: 甲}\ntiers: [{id: a, zh: 乙, min_area: 500 m2, service: {radius: 1 km}}]\ntargets: [{id: t, zh: 丙, indicator: built, year: 2018, share: 50%}]"))
	f.Add([]byte("id: x\nextends: kunshan-2018\ntiers: [{id: centre, remove: true}, 3, [], null]"))
	f.Add([]byte("? - x\n: y"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Parse("f.yaml", raw)
		if (p == nil) == (err == nil) {
			t.Fatal("neither a profile nor an error")
		}
		var problems Problems
		if err != nil && !errors.As(err, &problems) {
			t.Fatalf("%T is no Problems", err)
		}
		for _, p := range problems {
			if p.File == "" || p.What.EN == "" || p.What.ZH == "" || p.Line < 0 {
				t.Fatalf("incomplete problem %+v", p)
			}
		}
	})
}

// TestDocsExample: the example of docs/standards.md is a standard, and the page names every built-in one.
func TestDocsExample(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "standards.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "```yaml\n")
	example, _, _ := strings.Cut(rest, "```")
	p, err := Parse("docs.yaml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	l := list(t, p, "station")
	if len(l.Items) != 31 || l.Items[7].ZH != "本县标识" || l.Items[7].Group != "political" || p.Tier("station").Service.Radius != 800 {
		t.Errorf("%+v", l.Items[7])
	}
	for _, id := range IDs() {
		if !strings.Contains(string(raw), "`"+id+"`") {
			t.Errorf("the page does not name %s", id)
		}
	}
}

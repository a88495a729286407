package run

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	h3 "github.com/uber/h3-go/v4"

	"sitecover/data"
	"sitecover/siting"
)

// Rules are the study's rules for new sites, one per tier.
func (s *Session) Rules() []siting.TierRules {
	out := make([]siting.TierRules, len(s.Study.Tiers))
	for i := range s.Study.Tiers {
		t := &s.Study.Tiers[i]
		out[i] = siting.TierRules{
			New: t.Cost, Host: t.Host, Cells: t.Cells, HostKinds: t.Hosts, Capacity: t.Capacity, MinPeople: t.MinPeople, Spacing: t.Spacing,
			ParentWithin: t.ParentWithin, Upgrades: t.Upgrades, Upgrade: t.Upgrade, Weight: t.Weight, PresenceWeight: t.Presence, Avoid: t.Avoid, Banned: s.Study.Candidates.Ban,
		}
		if m := t.Must.Road; m != nil {
			out[i].Must.Road = &siting.NearRoad{Classes: m.Classes, Within: m.Within}
		}
		if m := t.Must.Place; m != nil {
			out[i].Must.Place = &siting.NearPlace{Kinds: m.Kinds, Within: m.Within}
		}
		out[i].Must.People = t.Must.People
		for _, id := range t.Must.Regions {
			if r, ok := s.Data.Regions.Index(id); ok { // checkRules has refused the others
				out[i].Must.Regions = append(out[i].Must.Regions, r)
			}
		}
		if p := t.Prefer; p != nil {
			out[i].Prefer = siting.Prefer{Place: &siting.NearPlace{Kinds: p.Kinds, Within: p.Within}, Worth: p.Worth}
		}
	}
	return out
}

// checkRules refuses rules that speak of what the inputs do not hold: they would silently hold nothing or everything.
func (s *Session) checkRules() error {
	var errs data.InputErrors
	fail := func(key, value string, what, hint data.Text) {
		errs = append(errs, &data.InputError{File: filepath.Base(s.Study.Path), Row: s.Study.Set[key], Field: key, Value: value, What: what, Hint: hint})
	}
	kinds := map[string]bool{}
	for i := range s.Data.Exclusions {
		kinds[s.Data.Exclusions[i].Kind] = true
	}
	for i := range s.Study.Tiers {
		t := &s.Study.Tiers[i]
		key := "tiers." + t.ID + "."
		for _, id := range t.Must.Regions {
			if _, ok := s.Data.Regions.Index(id); !ok {
				fail(key+"must.region", id, data.T("没有这个区划", "is not a region of the study"), data.T("写边界文件里的编号", "give an id of the boundaries"))
			}
		}
		for _, kind := range t.Avoid {
			if !kinds[kind] {
				fail(key+"avoid", kind, data.T("没有这种禁建区", "is not a kind of the exclusions"),
					data.T("现有：%s", "there are: %s", strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")))
			}
		}
		if t.Must.Road != nil && s.Data.Roads == nil {
			fail(key+"must.near_road", "", data.T("研究没有道路", "needs roads"), data.T("加上 roads", "give roads"))
		}
	}
	s.checkRegional("plan", s.Study.Plan, fail)
	for i := range s.Study.Scenarios {
		key := "scenarios." + s.Study.Scenarios[i].Name + ".plan"
		if _, set := s.Study.Set[key]; set {
			s.checkRegional(key, s.Study.Scenarios[i].Plan, fail)
		}
	}
	for _, id := range s.Study.Candidates.Ban {
		if !s.knows(id) {
			fail("candidates.ban", id, data.T("没有这个地点、网格或设施", "is no place, cell or site of the study"),
				data.T("写 plan 列出的候选点编号，或地点编号", "give a candidate's id as plan lists it, or a place's id"))
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// knows reports whether a candidate ID speaks of a place, cell or site of the study.
func (s *Session) knows(id string) bool {
	kind, name, _ := strings.Cut(id, ":")
	switch kind {
	case "host":
		return slices.ContainsFunc(s.Data.Places, func(p siting.Place) bool { return p.ID == name })
	case "site":
		for i := range s.Data.Sites {
			if s.Data.Sites[i].ID == name {
				return true
			}
		}
		return false
	}
	_, ok := s.Grid.Index(h3.Cell(h3.IndexFromString(name)))
	return ok
}

// pins turns the study's pins into the plan's.
func pins(specs []data.PinSpec) (out []siting.Pin) {
	for _, p := range specs {
		out = append(out, siting.Pin{Candidate: p.Candidate, Tier: p.Tier, Year: p.Year})
	}
	return out
}

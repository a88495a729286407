package reports

import (
	"cmp"
	"slices"
	"strings"

	"sitecover/coverage"
)

// trustView is what a reader needs to judge the figures.
type trustView struct {
	Line        string
	Assumptions []assumptionView
	Defaults    string
	Findings    []findingView
	Circles     []circleView
	CircleLine  string
	People      [][4]string // tier, served, unserved, not connected
	Unconnected []unconnectedView
	UnconnMore  string
	Inputs      []inputView
}

type assumptionView struct {
	What, Value, Source string
	Default             bool
}

type findingView struct {
	Warning     bool
	Where, What string
}

// circleView sets circles against the road network, for one tier.
type circleView struct {
	Tier                     string
	Circle, Network, Diff    string
	OverClaim, OverClaimHead string
}

type unconnectedView struct {
	Tier, Path, People string
}

type inputView struct {
	Role, Path, Rows, Size, CRS, SHA string
}

func (b *builder) trust() trustView {
	var v trustView
	defaults := 0
	for _, a := range b.s.Assumptions {
		if a.Default {
			defaults++
		}
		what := b.pick(a.ZH, a.EN)
		if what == "" {
			what = a.Key
		}
		v.Assumptions = append(v.Assumptions, assumptionView{what, b.pick(cmp.Or(a.ValueZH, a.Value), a.Value), b.pick(cmp.Or(a.SourceZH, a.Source), a.Source), a.Default})
	}
	v.Defaults = b.t("trust.defaults", group(int64(len(v.Assumptions))), group(int64(defaults)))
	warnings := 0
	for _, f := range b.s.Findings {
		if f.Severity == "warning" {
			warnings++
		}
		v.Findings = append(v.Findings, findingView{f.Severity == "warning", f.Where, b.pick(f.ZH, f.EN)})
	}
	v.Circles, v.CircleLine = b.circles()
	for t, tier := range b.s.Tiers {
		x := b.s.Coverage.Total[t]
		v.People = append(v.People, [4]string{tier.Name, b.people(x.Covered), b.people(x.People - x.Covered - x.Unconnected), b.people(x.Unconnected)})
	}
	v.Unconnected, v.UnconnMore = b.unconnected()
	for _, in := range b.s.Inputs {
		v.Inputs = append(v.Inputs, inputView{b.or("role."+in.Role, in.Role), in.Path, group(int64(in.Rows)), bytesSize(in.Bytes), in.CRS, in.SHA256})
	}
	if v.Line = b.t("trust.line", group(int64(len(v.Inputs))), group(int64(warnings)), group(int64(defaults))); warnings == 0 {
		v.Line = b.t("trust.line.clean", group(int64(len(v.Inputs))), group(int64(defaults)))
	}
	return v
}

// circles says how much great circles of the same radius would have over-claimed, tier by tier.
func (b *builder) circles() (rows []circleView, line string) {
	worst, at := 0.0, -1
	for t, tier := range b.s.Tiers {
		x := b.s.Coverage.Total[t]
		if x.People == 0 || tier.Mode == coverage.Straight {
			continue
		}
		circle, net := float64(x.Circle)/float64(x.People), float64(x.Covered)/float64(x.People)
		over := float64(x.OverClaim) / float64(x.People)
		rows = append(rows, circleView{Tier: tier.Name, Circle: percent(circle), Network: percent(net), Diff: points(circle - net),
			OverClaim: percent(over), OverClaimHead: b.peopleUnit(x.OverClaim)})
		if over > worst {
			worst, at = over, t
		}
	}
	switch {
	case len(rows) == 0:
		return nil, b.t("circle.none")
	case at < 0:
		return rows, b.t("circle.zero")
	}
	return rows, b.t("circle.line", b.s.Tiers[at].Name, b.peopleUnit(b.s.Coverage.Total[at].OverClaim), percent(worst))
}

// unconnected lists the deepest regions with people too far from any usable road, tiers of one mode together.
func (b *builder) unconnected() (rows []unconnectedView, more string) {
	type entry struct {
		tier   int
		region int32
		people coverage.People
	}
	var all []entry
	seen := map[string]bool{}
	for t, tier := range b.s.Tiers {
		if seen[tier.Mode] {
			continue
		}
		seen[tier.Mode] = true
		for r, x := range b.s.Coverage.Region[t] {
			if x.Unconnected > 0 && !b.hasUnconnectedChild(t, int32(r)) {
				all = append(all, entry{t, int32(r), x.Unconnected})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y entry) int { return cmp.Compare(y.people, x.people) })
	for i, e := range all {
		if i == maxUnconnected {
			more = b.t("unconn.more", group(int64(len(all)-i)))
			break
		}
		rows = append(rows, unconnectedView{b.or("mode."+b.s.Tiers[e.tier].Mode, b.s.Tiers[e.tier].Mode),
			strings.Join(regionPathOf(b.s, e.region), " › "), b.someone(e.people)})
	}
	return rows, more
}

// hasUnconnectedChild reports whether the unconnected people of a region are listed with one of its children.
func (b *builder) hasUnconnectedChild(t int, r int32) bool {
	for c := range b.s.Regions.All {
		if b.s.Regions.All[c].Parent == r && b.s.Coverage.Region[t][c].Unconnected > 0 {
			return true
		}
	}
	return false
}

package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"sitecover/coverage"
	"sitecover/siting"
)

// The list of places that no road reaches is cut on the page, and says so; the tables hold everything.
const maxUnconnected = 20

// gapView is one gap in the list beside the map.
type gapView struct {
	Rank     int
	Name     string
	Path     string
	People   string
	Cells    string
	Site     string
	Distance string
	Plan     string // what the plan does there, "" = nothing
	Fix      string // what would close it, "" = not worked out
	Zones    string // special areas that it touches
}

// gaps lists the gaps of a tier in rank order.
func (b *builder) gaps(t int) (list []gapView, more, line string) {
	planned := b.plannedCells(t)
	var total, shown coverage.People
	n := 0
	for i := range b.s.Gaps {
		g := &b.s.Gaps[i]
		if g.Tier != t {
			continue
		}
		n++
		total += g.People
		if n <= firstGaps {
			shown += g.People
		}
		v := b.gap(g, planned)
		v.Fix, v.Zones = b.fix(i), strings.Join(b.zoneNames(g), b.t("comma"))
		list = append(list, v)
	}
	if n == 0 {
		return nil, "", b.t("gaps.none", b.s.Tiers[t].Name)
	}
	if n > firstGaps {
		more = b.t("gaps.more", group(int64(n-firstGaps)), b.peopleUnit(total-shown))
	}
	var top coverage.People
	k := 0
	for i := range b.s.Gaps {
		if g := &b.s.Gaps[i]; g.Tier == t && k < 5 {
			top += g.People
			k++
		}
	}
	line = b.t("gaps.few", group(int64(n)), b.peopleUnit(total), list[0].Name)
	if total > 0 && n > 5 {
		line += b.t("gaps.top", percent(float64(top)/float64(total)))
	}
	line += b.t("stop")
	if t < len(b.s.Coverage.Scattered) && b.s.Coverage.Scattered[t] > 0 {
		line += b.t("gaps.rest", b.peopleUnit(b.s.Coverage.Scattered[t]))
	}
	return list, more, line
}

func (b *builder) gap(g *coverage.Gap, planned map[int32]int) gapView {
	v := gapView{Rank: g.Rank, People: b.people(g.People), Cells: group(int64(len(g.Cells))), Site: "—", Distance: "—"}
	v.Name = b.gapName(g)
	v.Path = strings.Join(regionPathOf(b.s, g.Region), " › ")
	if g.Site >= 0 {
		v.Site = b.s.Sites[g.Site].Name
		v.Distance = group(int64(math.Round(g.Metres))) + b.t("unit.metres")
	}
	first := 0
	for _, c := range g.Cells {
		if y := planned[c]; y != 0 && (first == 0 || y < first) {
			first = y
		}
	}
	if first != 0 {
		v.Plan = b.t("gaps.planned", first)
	}
	return v
}

// gapName calls a gap by its region and the place next to it; where one region is the whole area, by where it lies.
func (b *builder) gapName(g *coverage.Gap) string {
	name := b.regionName(g.Region)
	if b.alone() {
		if g.Place != "" {
			return b.t("gaps.at", g.Place)
		}
		return b.position(g.Centre)
	}
	if g.Place != "" {
		name += b.t("gaps.near", g.Place)
	}
	return name
}

// alone reports whether the study has no regions to tell places apart by.
func (b *builder) alone() bool { return len(b.s.Regions.All) < 2 }

// plannedCells tells in which year the plan opens a site of the tier in a grid cell.
func (b *builder) plannedCells(t int) map[int32]int {
	out := map[int32]int{}
	if b.s.Plan == nil {
		return out
	}
	for _, k := range b.s.Plan.Picks {
		c := b.s.Plan.Candidates[k.Candidate].Cell
		if y, ok := out[c]; k.Tier == t && (!ok || k.Year < y) {
			out[c] = k.Year
		}
	}
	return out
}

func (b *builder) regionName(r int32) string {
	if r < 0 || b.s.Regions.All[r].Name == "" {
		return b.t("place.unnamed")
	}
	return b.s.Regions.All[r].Name
}

func regionPathOf(s *Study, r int32) []string {
	if r < 0 || len(s.Regions.All) < 2 {
		return nil
	}
	return regionPath(s.Regions, r)
}

// rankView is one region in the ranking.
type rankView struct {
	Region   int32
	Rank     int
	Name     string
	People   string
	Share    float64 // NaN without people
	Percent  string
	Goal     float64 // negative = none
	Diff     string  // against target or the whole, in points
	Behind   bool
	Unserved string
	Presence string
	Open     string
	New      string
	After    string  // coverage at the end of the plan
	Change   float64 // the same as a share; NaN = not known
	Move     string  // in the yearly scoreboard, "" = not told
	Children bool
	Link     string // to its page
}

// ranking orders the regions of the ranked level, the lowest coverage first; regions without people come last.
func (b *builder) ranking(t int) ([]rankView, string) {
	s := b.s
	year, goal, _, ok := finalTarget(s.Plan, t)
	against := b.t("rank.target", year)
	if !ok {
		goal, against = math.NaN(), b.t("rank.whole")
		if share, ok := s.Coverage.Total[t].Effective(); ok {
			goal = share
		}
	}
	picks, after := b.picksByRegion(t), b.afterPlan(t)
	var rows []rankView
	for r := range s.Regions.All {
		if s.Regions.All[r].Level == b.rank {
			row := b.rankRow(t, int32(r), goal, picks)
			row.After, row.Change = "—", math.NaN()
			if after != nil {
				row.After, row.Change = percent(after[r]), after[r]
			}
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(x, y rankView) int {
		if nx, ny := math.IsNaN(x.Share), math.IsNaN(y.Share); nx || ny {
			return cmp.Compare(btoi(nx), btoi(ny))
		}
		return cmp.Compare(x.Share, y.Share)
	})
	for i := range rows {
		rows[i].Rank = i + 1
	}
	return rows, b.rankLine(rows, goal, against)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (b *builder) rankRow(t int, r int32, goal float64, picks map[int32]int) rankView {
	x := b.s.Coverage.Region[t][r]
	v := rankView{Region: r, Name: b.regionName(r), People: b.people(x.People), Share: math.NaN(), Goal: goal, Diff: "—",
		Unserved: b.people(x.People - x.Covered), Presence: "—", Open: group(int64(x.Open)), New: "—",
		Link: regionLink(b.s.Regions.All[r].ID), Move: b.rankMove(b.s.Regions.All[r].ID)}
	if share, ok := x.Effective(); ok {
		v.Share = share
		if !math.IsNaN(goal) {
			v.Diff, v.Behind = points(share-goal), share < goal
		}
	}
	v.Percent = percent(v.Share)
	if x.Required > 0 {
		v.Presence = group(int64(x.Owning)) + " / " + group(int64(x.Required))
	}
	if b.s.Plan != nil {
		v.New = group(int64(picks[r]))
	}
	for _, c := range b.s.Regions.All {
		if c.Parent == r {
			v.Children = true
			break
		}
	}
	return v
}

// picksByRegion counts the plan's sites of a tier in every region of every level.
func (b *builder) picksByRegion(t int) map[int32]int {
	out := map[int32]int{}
	if b.s.Plan == nil {
		return out
	}
	for _, k := range b.s.Plan.Picks {
		if k.Tier != t {
			continue
		}
		for r := b.s.Plan.Candidates[k.Candidate].Region; r >= 0; r = b.s.Regions.All[r].Parent {
			out[r]++
		}
	}
	return out
}

// rankLine is the finding of the ranking.
func (b *builder) rankLine(rows []rankView, goal float64, against string) string {
	var names []string
	worst, n := math.NaN(), 0
	for _, r := range rows {
		if r.Behind {
			n++
			if len(names) < 3 {
				names = append(names, r.Name)
			}
			if math.IsNaN(worst) {
				worst = r.Share - goal
			}
		}
	}
	level := b.s.Regions.Levels[b.rank].Name
	switch {
	case len(rows) < 2:
		return b.t("rank.single")
	case n == 0:
		return b.t("rank.fine", level, against, percent(goal))
	case n > len(names):
		return b.t("rank.many", strings.Join(names, b.t("comma")), group(int64(n)), level, against, percent(goal), gapPoints(worst))
	}
	return b.t("rank.few", strings.Join(names, b.t("comma")), against, percent(goal), gapPoints(worst))
}

// blankGroup is the blank list of one region of the ranked level.
type blankGroup struct {
	Name  string
	Count string
	Names []string
	Links []namedLink // the same, with their pages
	ids   []int32     // the regions
	First int         // how many the page lays out at once
	More  string      // how many are left, "" = none
}

// namedLink is a name that leads to a page of its own.
type namedLink struct{ Name, Link string }

// blanks groups the blank list (空白点) by ranked region.
func (b *builder) blanks(t int) ([]blankGroup, string) {
	s, tier := b.s, b.s.Tiers[t]
	if tier.OwnerLevel < 0 {
		return nil, b.t("blank.na", tier.Name)
	}
	level := s.Regions.Levels[tier.OwnerLevel].Name
	if len(s.Coverage.Blank[t]) == 0 {
		return nil, b.t("blank.zero", level, tier.Name)
	}
	byGroup, links, ids := map[int32][]string{}, map[int32][]namedLink{}, map[int32][]int32{}
	var order []int32
	for _, r := range s.Coverage.Blank[t] {
		g := ancestor(s.Regions, r, b.rank)
		if tier.OwnerLevel <= b.rank {
			g = s.Regions.All[r].Parent
		}
		if _, ok := byGroup[g]; !ok {
			order = append(order, g)
		}
		byGroup[g] = append(byGroup[g], b.regionName(r))
		links[g] = append(links[g], namedLink{b.regionName(r), regionLink(s.Regions.All[r].ID)})
		ids[g] = append(ids[g], r)
	}
	slices.SortStableFunc(order, func(x, y int32) int {
		return cmp.Or(cmp.Compare(len(byGroup[y]), len(byGroup[x])), cmp.Compare(x, y))
	})
	out := make([]blankGroup, 0, len(order))
	for _, g := range order {
		name := b.place()
		if g >= 0 {
			name = b.regionName(g)
		}
		x := blankGroup{Name: name, Count: group(int64(len(byGroup[g]))), Names: byGroup[g], Links: links[g], ids: ids[g]}
		if x.First = firstRows(len(x.ids), max(minFirst, maxFirst/len(order))); x.First < len(x.ids) {
			x.More = b.t("rest.blank", group(int64(len(x.ids)-x.First)))
		}
		out = append(out, x)
	}
	return out, b.t("blank.line", group(int64(len(s.Coverage.Blank[t]))), level, tier.Name)
}

// missText says which target a plan misses.
func (b *builder) missText(m siting.Miss) string {
	asked, key := m.Target.Effective, "miss.effective"
	if m.Kind == "presence" {
		asked, key = m.Target.Presence, "miss.presence"
	} else if m.Kind == "upgraded" {
		asked, key = m.Target.Upgraded, "miss.upgraded"
	}
	out := b.t(key, m.Target.Year, b.s.Tiers[m.Target.Tier].Name, percent(m.Got), percent(asked), gapPoints(asked-m.Got))
	if m.Bound > 0 && m.Bound < asked {
		out += b.t("miss.proved", percent(m.Bound))
	}
	return out
}

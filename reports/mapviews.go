package reports

import (
	"math"
	"slices"
	"strings"
	"time"

	"sitecover/coverage"
	"sitecover/siting"
)

// viewData is what the pages of single regions and sites show beyond the lists that the maps share.
type viewData struct {
	Groups   []string       `json:"groups"`   // of people, in the order of regionData.Groups
	Moments  []string       `json:"moments"`  // of the week, in the order of regionData.Hours
	Entities []entityData   `json:"entities"` // parks, towers, enterprises
	Standard string         `json:"standard"` // "" = no assessment
	Grades   []string       `json:"grades"`   // lowest first
	Axes     []string       `json:"axes"`     // lists of requirements
	Shapes   []packedLines  `json:"shapes"`   // of every region, parallel to the regions
	Reach    [][]reachData  `json:"reach"`    // per tier, the smallest band first
	Catch    []packedLines  `json:"catch"`    // catchments, per tier
	Breaks   []classedLevel `json:"breaks"`   // of choropleths
}

// entityData is a park, tower or enterprise: for each tier its nearest site, and the way to it where it is covered.
type entityData struct {
	Name   string     `json:"n"`
	Kind   string     `json:"k"`
	Region int32      `json:"rg"`
	Heads  string     `json:"h,omitempty"`
	At     [2]int64   `json:"at"`
	Tiers  [][2]int64 `json:"t"` // covered (1) or not; index of the nearest site, -1 = none
}

type reachData struct {
	Label string `json:"label"`
	packedLines
}

// cardData is the assessment of a site.
type cardData struct {
	Grade  int         `json:"g"`
	Must   [3]int      `json:"m"` // pass, below, not told
	Should [3]int      `json:"s"`
	Out    bool        `json:"out,omitempty"`
	Axes   [][3]int    `json:"ax"`
	Lacks  [][4]string `json:"l,omitempty"` // number, name, what the ledger says ("?" = nothing), threshold
	Next   string      `json:"next,omitempty"`
}

// fixData is what would close a gap: places as the name of a host (or a region, for a new building), yuan and people of the gap.
type fixData struct {
	Nearest  *fixPlace `json:"n,omitempty"` // nil = no candidate reaches anybody
	Cheapest *fixPlace `json:"c,omitempty"`
	All      *[3]int64 `json:"a,omitempty"` // sites, yuan, people
}

type fixPlace struct {
	Name   string `json:"n,omitempty"`
	Region int32  `json:"r"`
	Yuan   int64  `json:"y"`
	People int64  `json:"p"`
}

func (m *mapper) views() viewData {
	s := m.s
	v := viewData{Groups: []string{}, Moments: []string{}, Entities: []entityData{}, Grades: []string{}, Axes: []string{}, Shapes: []packedLines{}, Catch: []packedLines{}, Reach: [][]reachData{}}
	for _, g := range s.Demand.Groups {
		v.Groups = append(v.Groups, m.groupName(g.ID))
	}
	if len(s.Hours) > 0 {
		for _, h := range s.Hours[0] {
			v.Moments = append(v.Moments, m.momentName(h.Moment))
		}
	}
	for i, e := range s.Entities {
		d := entityData{Name: e.Name, Kind: m.entityKind(e.Kind), Region: e.Region, At: m.at(e.Point)}
		if e.Headcount >= 0 {
			d.Heads = m.people(e.Headcount)
		}
		for t := range s.Served {
			x := s.Served[t].Service[i]
			d.Tiers = append(d.Tiers, [2]int64{int64(btoi(x.Covered)), int64(x.Site)})
		}
		v.Entities = append(v.Entities, d)
	}
	if a := s.Assessment; a != nil {
		v.Standard = m.both(a.Standard)
		for _, g := range a.Grades {
			v.Grades = append(v.Grades, m.both(g))
		}
		for _, x := range a.Axes {
			v.Axes = append(v.Axes, m.both(x))
		}
	}
	for i := range s.Regions.All {
		var pk packer
		n := packRings(m.projection, s.Regions.All[i].Shape, 8, &pk)
		v.Shapes = append(v.Shapes, packedLines{Count: n, Data: pk.String()})
	}
	v.Reach, v.Catch = m.reach(), m.catchments()
	v.Breaks = m.classedLevels()
	return v
}

// both is a bilingual text in the report's language.
func (w words) both(x Bilingual) string { return w.pick(x.ZH, x.EN) }

// groupName names the usual groups of people; others keep the study's own word.
func (w words) groupName(id string) string { return w.or("group."+id, id) }

// entityKind names the usual kinds of entities; others keep the study's own word.
func (w words) entityKind(kind string) string {
	return w.or("entity."+kind, w.or("kind."+kind, kind))
}

var weekdays = [...]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// weekday names a day, 0 being Monday.
func (w words) weekday(d int) string { return w.or("day."+weekdays[d], weekdays[d]) }

// momentName writes a moment of the week: "周日 10:00".
func (w words) momentName(m coverage.NamedMoment) string {
	minutes := int(m.At)
	at := time.Date(2000, 1, 3, 0, minutes, 0, 0, time.UTC) // a Monday
	return w.weekday((int(at.Weekday())+6)%7) + " " + at.Format("15:04")
}

// reach packs the land within reach of the open sites. Its outline is drawn to about the width of a street.
func (m *mapper) reach() [][]reachData {
	out := make([][]reachData, 0, len(m.s.Reach))
	for _, bands := range m.s.Reach {
		list := []reachData{}
		for _, b := range bands {
			var pk packer
			n := packRings(m.projection, b.Shape, 12, &pk)
			list = append(list, reachData{Label: m.cost(b.Limit.Max, b.Limit.Metric), packedLines: packedLines{Count: n, Data: pk.String()}})
		}
		out = append(out, list)
	}
	return out
}

// catchments packs the outlines of every tier's catchments, the teeth of the hexagons smoothed away.
func (m *mapper) catchments() []packedLines {
	out := make([]packedLines, 0, len(m.s.Catchments))
	tooth := m.hexRadius()
	for _, areas := range m.s.Catchments {
		var pk packer
		n := 0
		for _, a := range areas {
			n += packRings(m.projection, a.Shape, tooth, &pk)
		}
		out = append(out, packedLines{Count: n, Data: pk.String()})
	}
	return out
}

// hexRadius is about the distance from a cell's centre to its corners, in metres: that of a hexagon of the mean H3 area, whose areas go
// down by a factor of 7 a level from 4,357,449 km² at level 0 (https://h3geo.org/docs/core-library/restable).
func (m *mapper) hexRadius() float64 {
	area := 4_357_449e6 / math.Pow(7, float64(m.s.Grid.Resolution))
	return math.Sqrt(area * 2 / (3 * math.Sqrt(3)))
}

// regionMore fills what the page of a region tells besides the tiers' figures.
func (m *mapper) regionMore(r int, d *regionData) {
	s := m.s
	for t := range s.Tiers {
		if t < len(s.Coverage.Groups) {
			var list [][2]int64
			for _, g := range s.Coverage.Groups[t] {
				list = append(list, [2]int64{heads(g.Region[r].People), heads(g.Region[r].Covered)})
			}
			d.Groups = append(d.Groups, list)
		}
		if t < len(s.Hours) {
			var list [][2]int64
			for _, h := range s.Hours[t] {
				list = append(list, [2]int64{heads(h.Region[r].Covered), heads(h.Region[r].Possible)})
			}
			d.Hours = append(d.Hours, list)
		}
		if t < len(s.Land) {
			x := s.Land[t].Region[r]
			d.Land = append(d.Land, [2]float64{hectares(x.Area), hectares(x.Covered)})
		}
	}
}

// hectares rounds land to a tenth of a hectare.
func hectares(a coverage.LandArea) float64 { return math.Round(a.SquareMetres()/1000) / 10 }

// sites are all sites of the ledger with what their cards tell.
func (m *mapper) sites() []siteData {
	s := m.s
	out := make([]siteData, 0, len(s.Sites))
	for i := range s.Sites {
		x := &s.Sites[i]
		d := siteData{ID: x.ID, Name: x.Name, Tier: x.Tier, At: m.at(x.Point), Region: x.Region, Hours: m.week(x.Hours)}
		if x.FloorArea >= 0 {
			d.Area = m.area(x.FloorArea)
		}
		switch {
		case !x.OpenOn(s.Date):
			d.State = 2
		case s.Tiers[x.Tier].MinArea > 0 && x.FloorArea >= 0 && x.FloorArea < s.Tiers[x.Tier].MinArea:
			d.State = 1
		}
		out = append(out, d)
	}
	for _, areas := range s.Catchments {
		for _, a := range areas {
			out[a.Site].Catchment = m.people(a.People)
		}
	}
	if s.Plan != nil {
		for _, l := range s.Plan.Links {
			if l.Site >= 0 {
				out[l.Site].Parent = m.linkText(l)
			}
		}
	}
	if s.Assessment != nil {
		for i := range s.Assessment.Cards {
			c := &s.Assessment.Cards[i]
			out[c.Site].Card = m.card(c)
		}
	}
	return out
}

// linkText names the parent of a site and the way to it.
func (b *builder) linkText(l siting.Link) string {
	name := ""
	switch {
	case l.ParentSite >= 0:
		name = b.s.Sites[l.ParentSite].Name
	case l.ParentPick >= 0:
		k := b.s.Plan.Picks[l.ParentPick]
		name = b.candidateName(b.s.Plan.Candidates[k.Candidate]) + b.t("link.planned", openYear(k))
	default:
		return ""
	}
	if l.Straight {
		return b.t("link.straight", name, group(int64(math.Round(l.Cost)))+b.t("unit.metres"))
	}
	if l.Metric.String() == "s" {
		return b.t("link.way", name, trimZero(decimal(l.Cost/60, 1))+b.t("unit.minutes"))
	}
	return b.t("link.way", name, group(int64(math.Round(l.Cost)))+b.t("unit.metres"))
}

func triple(t Tally) [3]int { return [3]int{t.Pass, t.Below, t.Unknown} }

func (m *mapper) card(c *SiteCard) *cardData {
	d := &cardData{Grade: c.Grade, Must: triple(c.Must), Should: triple(c.Should), Out: c.Withdrawn}
	for _, a := range c.Axes {
		d.Axes = append(d.Axes, triple(a))
	}
	for _, l := range c.Lacks {
		got := l.Got
		if l.Unknown {
			got = "?"
		}
		d.Lacks = append(d.Lacks, [4]string{l.No, m.both(l.Name), got, l.Want})
	}
	if n := c.Next; n != nil {
		d.Next = m.t("card.next", m.both(m.s.Assessment.Grades[n.Grade]), group(int64(n.Missing)), group(int64(n.Unknown)))
		if n.More > 0 {
			d.Next += m.t("card.more", group(int64(n.More)))
		}
		if n.Priced {
			d.Next += m.t("card.cost", m.money(n.Cost))
		}
	}
	return d
}

// week writes opening hours: days with the same hours together, "周一至周五 08:30–17:30".
func (w words) week(week *coverage.Week) string {
	if week == nil {
		return ""
	}
	const day = 24 * 60
	perDay := make([][]string, 7)
	for _, span := range week.Spans() {
		for d := int(span.From) / day; d*day < int(span.To) && d < 7; d++ {
			from, to := max(int(span.From)-d*day, 0), min(int(span.To)-d*day, day)
			perDay[d] = append(perDay[d], clock(from)+"–"+clock(to))
		}
	}
	var parts []string
	for d := 0; d < 7; {
		end := d
		for end < 6 && slices.Equal(perDay[end+1], perDay[d]) {
			end++
		}
		if len(perDay[d]) > 0 {
			days := w.weekday(d)
			if end > d {
				days = w.t("day.to", days, w.weekday(end))
			}
			parts = append(parts, days+" "+strings.Join(perDay[d], w.t("comma")))
		}
		d = end + 1
	}
	if len(parts) == 0 {
		return w.t("day.never")
	}
	return strings.Join(parts, w.t("semicolon"))
}

// clock writes minutes of a day: "08:30".
func clock(minutes int) string {
	const digits = "0123456789"
	h, m := minutes/60, minutes%60
	return string([]byte{digits[h/10], digits[h%10], ':', digits[m/10], digits[m%10]})
}

// fixes is what would close a gap; nil when that was not worked out.
func (b *builder) fixes(i int) *fixData {
	if i >= len(b.s.Fixes) {
		return nil
	}
	f := &b.s.Fixes[i]
	place := func(x siting.FixSite) *fixPlace {
		if x.Candidate < 0 {
			return nil
		}
		c := &b.s.Offers[x.Candidate]
		return &fixPlace{c.Name, c.Region, int64(x.Cost), heads(x.People)}
	}
	d := &fixData{Nearest: place(f.Nearest)}
	if f.Cheapest.Candidate != f.Nearest.Candidate {
		d.Cheapest = place(f.Cheapest)
	}
	if len(f.Sites) > 1 {
		d.All = &[3]int64{int64(len(f.Sites)), int64(f.Cost()), heads(f.Covered())}
	}
	return d
}

// fix is the one answer to a gap that a list has room for: all that is needed together, or else the nearest place.
func (b *builder) fix(i int) string {
	if i >= len(b.s.Fixes) {
		return ""
	}
	f := &b.s.Fixes[i]
	switch {
	case f.Nearest.Candidate < 0:
		return b.t("fix.none")
	case len(f.Sites) > 1:
		return b.t("fix.all", group(int64(len(f.Sites))), b.money(f.Cost()), b.peopleUnit(f.Covered()))
	}
	return b.t("fix.nearest", b.candidateName(b.s.Offers[f.Nearest.Candidate]), b.money(f.Nearest.Cost), b.peopleUnit(f.Nearest.People))
}

// zoneNames are the special areas that a gap touches.
func (b *builder) zoneNames(g *coverage.Gap) (out []string) {
	for _, z := range g.Zones {
		x := b.s.Zones[z.Zone]
		name := x.Name
		if name == "" {
			name = b.or("zone."+x.Kind, x.Kind)
		}
		if !slices.Contains(out, name) { // zones may share a name
			out = append(out, name)
		}
	}
	return out
}

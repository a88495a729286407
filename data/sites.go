package data

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/coverage"
	"sitecover/geo"
)

// ledgers reads all site ledgers.
func (r *reader) ledgers(ctx context.Context) {
	var all []rawSite
	for _, s := range r.study.Sites {
		in := r.open(ctx, "sites", s.Source)
		if in == nil {
			continue
		}
		read := r.readSites(ctx, in, s)
		all = append(all, read...)
		r.closeInput(in)
	}
	nameless(all, func(s *rawSite) (*string, string, orb.Point) { return &s.ID, s.Name, s.Point })
	slices.SortStableFunc(all, func(a, b rawSite) int { return strings.Compare(a.ID, b.ID) })
	r.twins(all)
	for i, s := range all {
		if i > 0 && all[i-1].ID == s.ID {
			first := all[i-1]
			_ = s.in.fail(s.row, "id", s.ID, seenAt{first.in.name, first.row}.text("编号重复", "is used twice"), T("每个阵地要有自己的编号", "every site needs an id of its own"))
			continue
		}
		r.out.Sites = append(r.out.Sites, s.Site)
	}
}

// rawSite is a site as read.
type rawSite struct {
	coverage.Site
	in    *input
	row   int
	claim string // the region that the row names, "" = none
	hours string // the opening hours in the file's own words, "" = not told
}

// nameless gives items without an id one of their own: the name, and the name with the position where names repeat. It depends only on
// the items themselves, not on their order.
func nameless[T any](items []T, parts func(*T) (id *string, name string, p orb.Point)) {
	count := map[string]int{}
	for i := range items {
		id, name, _ := parts(&items[i])
		if *id != "" {
			count[*id]++
		} else {
			count[name]++
		}
	}
	for i := range items {
		id, name, p := parts(&items[i])
		if *id != "" {
			continue
		}
		*id = name
		if name == "" || count[name] > 1 {
			*id = fmt.Sprintf("%s@%.7f,%.7f", name, p[0], p[1])
		}
	}
}

func (r *reader) readSites(ctx context.Context, in *input, src SiteSource) []rawSite {
	t := openTable(in, src.Source, src.Sheet)
	if t == nil {
		return nil
	}
	defer t.close()
	ok := src.Locate == LocateRegion && t.has("region") && !t.has("lon") && !t.has("lat") || t.require("lon", "lat")
	if src.Tier == "" {
		ok = t.require("tier") && ok
	}
	if !t.has("name") && !t.has("id") {
		ok = t.require("name")
	}
	if !ok {
		return nil
	}
	var out []rawSite
	var kept, dropped int
	seen := watched{in: in, system: in.source(), within: src.Outside == OutsideRefuse}
	for t.scan(ctx) {
		site, ok := r.site(t, src)
		if !ok {
			continue
		}
		if !site.Located {
			seen.points, seen.names = append(seen.points, site.Point), append(seen.names, site.Name)
		}
		if site.Region = r.locate(site.Point); site.Region < 0 && r.regions != nil {
			switch src.Outside {
			case OutsideDrop:
				dropped++
				continue
			case OutsideKeep:
				kept++
			default:
				_ = in.fail(t.row, t.positionColumn(), place(site.Point), T("在研究区之外", "lies outside the study area"), r.outsideHint(site.Point))
				continue
			}
		}
		raw := rawSite{Site: site, in: in, row: t.row, claim: t.get("region")}
		if site.Hours != nil {
			raw.hours = t.get("hours")
		}
		out = append(out, raw)
	}
	t.empty()
	r.watched = append(r.watched, seen)
	r.listedAt(in, out)
	if kept > 0 {
		r.c.find("warning", in.name, 0, T("%d 个阵地在研究区之外，仍可服务区内居民，不归属任何区划", "%d sites lie outside the study area: they serve people inside, and belong to no region", kept))
	}
	if dropped > 0 {
		r.c.find("warning", in.name, 0, T("%d 个阵地在研究区之外，未使用", "%d sites outside the study area were left out", dropped))
	}
	r.hoursFinding(in, t, out)
	if !t.has("id") {
		r.c.find("info", in.name, 0, T("没有编号列，用名称作编号", "has no id column: names serve as ids"))
	}
	return out
}

// site reads a row; ok is false after noting everything wrong with it.
func (r *reader) site(t *table, src SiteSource) (coverage.Site, bool) {
	before := len(t.in.c.errs)
	s := coverage.Site{ID: t.get("id"), Name: t.get("name"), FloorArea: -1, Staff: -1}
	if s.ID == "" && s.Name == "" {
		_ = t.fail("name", T("没有名称", "has no name"), T("补上名称或编号", "fill in the name or the id"))
	} else if s.ID == "" && t.has("id") {
		_ = t.fail("id", T("没有编号", "has no id"), T("补上编号", "fill in the id"))
	}
	if s.Name == "" {
		s.Name = s.ID
	}
	s.Tier = r.tierOf(t, src)
	s.Point, s.Located = r.sitePoint(t, src)
	if t.get("area") != "" {
		if area, ok := t.amount("area"); ok {
			s.FloorArea = area
		}
	}
	if t.get("staff") != "" {
		if staff, ok := t.amount("staff"); ok {
			s.Staff = staff
		}
	}
	s.Opened = t.day("opened")
	s.Closed = t.day("closed")
	s.Hours = t.hours()
	if !s.Closed.IsZero() && !s.Opened.Before(s.Closed) {
		_ = t.fail("closed", T("关闭日期不晚于启用日期 %s", "is not after the opening day %s", s.Opened.Format("2006-01-02")), T("检查两个日期", "check both dates"))
	}
	return s, len(t.in.c.errs) == before
}

// day reads an optional date.
func (t *table) day(field string) time.Time {
	text := t.get(field)
	if text == "" {
		return time.Time{}
	}
	day, ok := parseDate(text)
	if !ok {
		_ = t.fail(field, T("不是日期", "is not a date"), T("例如 2019-05-01、2019/5/1、2019年5月1日", "for example 2019-05-01, 2019/5/1, 2019年5月1日"))
	}
	return day
}

// tierOf returns the tier index of a row, -1 after noting that it has none. A value is looked up in the study's own table, then among the
// tiers' ids, then among their names.
func (r *reader) tierOf(t *table, src SiteSource) int {
	value := src.Tier
	if value == "" {
		value = t.get("tier")
		if id, mapped := src.Tiers[value]; mapped {
			value = id
		}
	}
	var words []string
	for i, tier := range r.study.Tiers {
		if strings.EqualFold(tier.ID, value) || tier.Name == value {
			return i
		}
		words = append(words, tier.ID)
		if tier.Name != tier.ID {
			words = append(words, tier.Name)
		}
	}
	if t.get("tier") == "" {
		_ = t.fail("tier", T("没有层级", "has no tier"), suggest("", words))
	} else {
		_ = t.fail("tier", T("没有这个层级", "is not a tier of the study"), tierHint(value, words))
	}
	return -1
}

func tierHint(value string, words []string) Text {
	hint := suggest(value, words)
	return Text{hint.ZH + "；或在 tiers 里写对应关系", hint.EN + "; or map it in the source's tiers"}
}

// outsideHint says how far outside a point lies, and whether swapped axes would explain it.
func (r *reader) outsideHint(p orb.Point) Text {
	swapped := orb.Point{p[1], p[0]}
	if geo.ValidPoint(swapped) && r.locate(swapped) >= 0 {
		return T("经度和纬度写反了：交换后在区内", "longitude and latitude are swapped: the other way round it lies inside")
	}
	metres, name := r.nearestRegion(p)
	near := T("离 %s 约 %s；改坐标，或在来源里写 outside: keep / drop", "about %[2]s from %[1]s; correct the position, or set outside: keep / drop for the source", name, distanceText(metres))
	return near
}

func distanceText(metres float64) string {
	if metres < 1000 {
		return fmt.Sprintf("%.0f m", metres)
	}
	return fmt.Sprintf("%.1f km", metres/1000)
}

// nearestRegion returns the deepest region whose border has the vertex nearest to p, and how far that is. It looks at every vertex: it is
// asked only for messages.
func (r *reader) nearestRegion(p orb.Point) (metres float64, name string) {
	metres = 1e12
	for i, g := range r.regions.All {
		if len(r.regions.Children(int32(i))) > 0 {
			continue
		}
		for _, polygon := range g.Shape {
			for _, q := range polygon[0] {
				if d := geo.Distance(p, q); d < metres {
					metres, name = d, g.Name
				}
			}
		}
	}
	for _, cells := range r.cells {
		for cell := range cells { // a minimum over all: their order does not show
			if d := geo.Distance(p, centre(cell)); d < metres {
				metres, name = d, r.study.Name
			}
		}
	}
	return metres, name
}

// centre returns the centre of a cell, longitude first.
func centre(cell h3.Cell) orb.Point {
	ll := cell.LatLng()
	return orb.Point{ll.Lng, ll.Lat}
}

package data

import (
	"github.com/paulmach/orb"

	"sitecover/geo"
)

// sitePoint returns the position of a row. A row without one is an error, unless the source says that such sites stand in the region they
// name: located tells that this is one.
func (r *reader) sitePoint(t *table, src SiteSource) (p orb.Point, located bool) {
	if t.get("lon") != "" || t.get("lat") != "" {
		p, _ = t.point()
		return p, false
	}
	switch {
	case src.Locate != LocateRegion && t.has("region"):
		_ = t.fail("lon", T("没有坐标", "has no coordinates"), T("补上经度和纬度；或在来源里写 locate: region，放在所属区划的内部点并标明", "fill in longitude and latitude; or write locate: region for the source, to put such sites inside the region they name, marked"))
		return p, false
	case src.Locate != LocateRegion || r.regions == nil || len(r.study.Areas) == 0:
		p, _ = t.point() // notes that there is none
		return p, false
	}
	region, ok := r.regionOf(t, regionNames(r.regions))
	if !ok {
		return p, false
	}
	return geo.InteriorPoint(r.regions.All[region].Shape), true
}

// listedAt holds the positions of sites against the regions that their rows name.
func (r *reader) listedAt(in *input, sites []rawSite) {
	if r.regions == nil || len(r.study.Areas) == 0 {
		return
	}
	names := regionNames(r.regions)
	unknown, first, located := 0, "", 0
	for i := range sites {
		s := &sites[i]
		if s.Located {
			located++
			r.c.find("info", in.name, s.row, T("“%s”没有坐标，放在“%s”的内部点", "%q has no position of its own: it stands inside %q", s.Name, s.claim))
			continue
		}
		if s.claim == "" || s.Region < 0 {
			continue
		}
		claimed, ok := r.indexOf(s.claim)
		if !ok {
			if len(names[s.claim]) == 0 {
				if unknown++; unknown == 1 {
					first = s.claim
				}
			}
			if len(names[s.claim]) != 1 {
				continue // a name of several regions claims none of them
			}
			claimed = names[s.claim][0]
		}
		if !r.regions.Contains(claimed, s.Point) {
			r.c.find("warning", in.name, s.row, T("“%s”登记在“%s”，坐标却在“%s”，位置 %s", "%q is listed under %q but stands in %q, at %s", s.Name, r.regions.All[claimed].Name, r.regions.All[s.Region].Name, place(s.Point)))
		}
	}
	if located > 0 {
		r.c.find("warning", in.name, 0, T("%d 个阵地没有坐标，放在所属区划的内部点；它们的服务范围只是示意", "%d sites have no position and stand inside the region that they name: what they reach is a guess", located))
	}
	if unknown > 0 {
		r.c.find("info", in.name, 0, T("%d 个阵地的所属区划不在边界文件里，例如“%s”", "%d sites name a region that the boundaries do not hold, such as %q", unknown, first))
	}
}

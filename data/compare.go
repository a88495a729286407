package data

import (
	"context"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// compare holds the inputs against each other: a file that lies wholly elsewhere is an error that no single row shows.
func (r *reader) compare(context.Context) {
	r.systems()
	if r.regions == nil || r.c.err() != nil {
		return
	}
	area, ok := r.extent()
	if !ok {
		return
	}
	if roads := r.out.Roads; roads != nil && len(roads.Nodes) > 0 {
		r.elsewhere(area, roads.Nodes, r.study.Roads[0].File, T("没有一条道路在研究区范围内", "no road lies within the study area's extent"))
	}
	if points := r.out.Population.Points; len(points) > 0 {
		list := make([]orb.Point, len(points))
		for i, p := range points {
			list[i] = p.Point
		}
		r.elsewhere(area, list, r.populationFile("points"), T("没有一个人口点在研究区范围内", "no point with people lies within the study area's extent"))
	}
	if cells := r.out.Population.Cells; len(cells) > 0 {
		list := make([]orb.Point, len(cells))
		for i, c := range cells {
			list[i] = centre(c.Cell)
		}
		r.elsewhere(area.Pad(0.05), list, r.populationFile("h3"), T("没有一个格网在研究区范围内", "no cell lies within the study area's extent"))
	}
}

func (r *reader) populationFile(kind string) string {
	for _, p := range r.study.Population {
		if p.Kind == kind {
			return p.File
		}
	}
	return ""
}

// extent returns the bound of the study area.
func (r *reader) extent() (bound orb.Bound, ok bool) {
	for _, g := range r.regions.All {
		if len(g.Shape) > 0 {
			if !ok {
				bound, ok = g.Shape.Bound(), true
			}
			bound = bound.Union(g.Shape.Bound())
		}
	}
	for _, cells := range r.cells {
		for cell := range cells {
			p := centre(cell)
			if !ok {
				bound, ok = orb.Bound{Min: p, Max: p}, true
			}
			bound = bound.Extend(p) // a union: the order of cells does not show
		}
	}
	return bound, ok
}

// elsewhere notes a file none of whose points lies in the area.
func (r *reader) elsewhere(area orb.Bound, points []orb.Point, file string, what Text) {
	swapped := 0
	for _, p := range points {
		if area.Contains(p) {
			return
		}
		if q := (orb.Point{p[1], p[0]}); geo.ValidPoint(q) && area.Contains(q) {
			swapped++
		}
	}
	hint := T("研究区在 %s 到 %s，文件里的第一个点在 %s：检查坐标系和文件", "the area spans %s to %s, the file's first point is %s: check the coordinates and the file",
		place(area.Min), place(area.Max), place(points[0]))
	if swapped > 0 {
		hint = T("经度和纬度写反了：交换后在区内", "longitude and latitude are swapped: the other way round they lie inside")
	}
	_ = r.c.add(&InputError{File: file, What: what, Hint: hint})
}

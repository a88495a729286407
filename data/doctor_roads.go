package data

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/network"
)

// Bounds of the road doctor.
const (
	islandShare  = 0.01 // share of the people on islands from which it is a warning
	tornShare    = 0.8  // of the length: a network whose largest part has less is in pieces
	gapMetres    = 5.0  // dead ends of different parts this near each other were meant to meet
	borderMetres = 60.0 // a dead end this near the border ends at it
	borderEnds   = 5
)

// islands counts the parts of the network that no road joins to the largest, and the people on them.
func (d *doctor) islands() {
	c := d.Graph.Components()
	if c.Count() < 2 {
		return
	}
	people := make([]float64, c.Count())
	where := make([]crowd, c.Count())
	total := 0.0
	for i, s := range d.snaps {
		p := d.Demand.People[i].Float()
		total += p
		if !s.OK {
			continue
		}
		k := c.Of[s.Edge]
		people[k] += p
		if p > where[k].people {
			where[k] = crowd{at: s.Point, people: p}
		}
	}
	var list []crowd
	length := uint64(0)
	for k := range people {
		length += c.Weight[k]
		if k > 0 && people[k] > 0 {
			list = append(list, crowd{at: where[k].at, people: people[k]})
		}
	}
	d.inhabited = people
	inhabited := len(list)
	first, on := worst(list)
	severity := SeverityInfo
	if on > islandShare*total {
		severity = SeverityWarning
	}
	var at *orb.Point
	if len(first) > 0 {
		at = &first[0].at
	}
	d.note(severity, "road-islands", d.roadFile(), at, T("路网（%[1]s）除最大的一片外还有 %[2]d 片不相连，其中 %[3]d 片上住着 %.0[4]f 人（%.1[5]f%%）",
		"the network (%[1]s) has %[2]d parts that no road joins to the largest; %.0[4]f people (%.1[5]f%%) live on %[3]d of them", d.Graph.Mode.ID, c.Count()-1, inhabited, on, 100*on/max(total, 1)),
		T("补上缺失的连接道路，或确认那里确实不通", "add the roads that join them, or make sure that there are none"))
	for _, i := range first[:min(len(first), 5)] {
		d.note(SeverityInfo, "road-islands", d.roadFile(), &i.at, T("这一片孤立道路上住着 %.0f 人", "%.0f people live on this part", i.people), Text{})
	}
	if share := float64(c.Weight[0]) / float64(max(length, 1)); share < tornShare && c.Count() > 20 {
		d.note(SeverityWarning, "road-gap", d.roadFile(), nil, T("最大的一片只占路网长度的 %.0f%%：道路多半没有在交叉口断开、相接", "the largest part has only %.0f%% of the length: most likely the lines are not cut and joined where roads meet", 100*share),
			T("在 GIS 里按交点打断并捕捉端点（例如 QGIS 的 v.clean break, snap）", "cut the lines at crossings and snap their ends in a GIS (for example v.clean break, snap in QGIS)"))
	}
}

// end is a node where one edge ends and no other begins.
type end struct {
	at   orb.Point
	edge int32
}

// ends lists the dead ends of the network, in the order of its edges.
func ends(g *network.Graph) []end {
	degree := make([]int32, g.Nodes())
	for e := range int32(g.Edges()) {
		from, to := g.Ends(e)
		degree[from]++
		degree[to]++
	}
	var out []end
	for e := range int32(g.Edges()) {
		from, to := g.Ends(e)
		if degree[from] > 1 && degree[to] > 1 {
			continue
		}
		line := g.Line(e)
		if degree[from] == 1 {
			out = append(out, end{line[0], e})
		}
		if degree[to] == 1 {
			out = append(out, end{line[len(line)-1], e})
		}
	}
	return out
}

// gaps finds dead ends of different parts of the network that all but touch.
func (d *doctor) gaps() {
	c := d.Graph.Components()
	if c.Count() < 2 {
		return
	}
	list := ends(d.Graph)
	slices.SortFunc(list, func(a, b end) int { return cmp.Or(comparePoints(a.at, b.at), cmp.Compare(a.edge, b.edge)) })
	found := 0
	severity := SeverityInfo // where nobody lives it may well be a gate or a wall
	var at orb.Point
	for i, a := range list {
		for _, b := range list[i+1:] {
			if b.at[0] > a.at[0]+0.0002 { // more than 5 m of longitude wherever people live
				break
			}
			if c.Of[a.edge] != c.Of[b.edge] && geo.Distance(a.at, b.at) <= gapMetres {
				if found == 0 {
					at = a.at
				}
				found++
				if off := max(c.Of[a.edge], c.Of[b.edge]); d.inhabited[off] > 0 {
					severity = SeverityWarning
				}
			}
		}
	}
	if found > 0 {
		d.note(severity, "road-gap", d.roadFile(), &at, T("%d 处断头路的端点相距不到 %.0f m，却没有相接，第一处见地图", "%d pairs of dead ends lie within %.0f m of each other and are not joined; the map shows the first", found, gapMetres),
			T("捕捉端点；几个道路文件的接边处要共用端点", "snap the ends; where files of roads meet they must share their end points"))
	}
}

// deadEnds tells whether the roads were cut off at the border of the study area.
func (d *doctor) deadEnds() {
	if len(d.Data.Study.Areas) == 0 {
		return
	}
	n := 0
	var first *orb.Point
	for _, e := range ends(d.Graph) {
		switch {
		case d.Data.Regions.Locate(e.at) < 0:
			return // roads go on outside
		case d.atBorder(e.at):
			n++
			if first == nil {
				first = &e.at
			}
		}
	}
	if n >= borderEnds {
		d.note(SeverityInfo, "road-dead-ends", d.roadFile(), first, T("%d 条道路在研究区边界处断头，区外没有道路：边界附近的居民无法借道区外", "%d roads end at the border of the study area and none goes on outside: people near it cannot use ways around", n),
			T("道路数据最好比研究区多出 2–3 公里", "let the roads reach 2–3 km beyond the study area"))
	}
}

// atBorder reports whether land outside the study area begins within borderMetres.
func (d *doctor) atBorder(p orb.Point) bool {
	const degree = borderMetres / 111_195
	for _, step := range []orb.Point{{degree, 0}, {-degree, 0}, {0, degree}, {0, -degree}} {
		if d.Data.Regions.Locate(orb.Point{p[0] + step[0], p[1] + step[1]}) < 0 {
			return true
		}
	}
	return false
}

// classes tells which kinds of roads the file lacks.
func (d *doctor) classes() {
	var has [network.NumClasses]bool
	for _, w := range d.Data.Roads.Ways {
		has[w.Class] = true
	}
	any := func(from, to network.Class) bool { return slices.Contains(has[from:to+1], true) }
	switch {
	case !any(network.Unclassified, network.Path):
		d.note(SeverityWarning, "road-classes-missing", d.roadFile(), nil, T("只有干线道路，没有居住区道路、村道和步行道：覆盖会被低估", "holds main roads only, no residential or village roads and no footpaths: coverage will be too low"),
			T("换用完整的路网", "use a complete network"))
	case !any(network.Motorway, network.Tertiary):
		d.note(SeverityInfo, "road-classes-missing", d.roadFile(), nil, T("没有任何干线道路（三级以上）", "holds no main road (tertiary or above)"), T("核对等级属性的对应关系", "check how classes are mapped"))
	}
}

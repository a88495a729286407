package data

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/coverage"
	"sitecover/geo"
	"sitecover/geo/grid"
	"sitecover/geo/network"
)

// Ground is what the doctors of people and roads look at: a sound dataset and its people on the grid.
type Ground struct {
	Data   *Dataset
	Grid   *grid.Grid
	Demand *coverage.Demand
	Spread *coverage.Distribution
	Graph  *network.Graph // of the mode in which people travel; nil = no tier uses roads
}

// Densities and differences from which the population doctor speaks.
const (
	denseCell    = 100_000.0 // people per km² of a cell: the densest quarters of the world, and more than any whole cell of a county should hold
	totalWarning = 2.0       // official total and source differ by this factor, and by so many people
	totalInfo    = 1.5
	totalPeople  = 1000.0
	doctorList   = 20 // places that are named one by one; the rest are counted
)

// Doctor looks for what is odd about the people and the roads of a sound dataset. The findings come in a fixed order.
func Doctor(g Ground) []Finding {
	d := &doctor{Ground: g}
	d.totals()
	d.dense()
	if g.Graph != nil {
		d.snaps = g.Graph.Snap(g.Demand.Point)
		d.roadless()
		d.islands()
		d.gaps()
		d.deadEnds()
		d.classes()
	}
	return d.out
}

type doctor struct {
	Ground
	snaps []network.Snap // of the demand points
	out   []Finding

	inhabited []float64 // people by part of the network, set by islands
}

// note adds a finding; at is nil where it is nowhere in particular.
func (d *doctor) note(severity, code, file string, at *orb.Point, what, hint Text) {
	d.out = append(d.out, Finding{Severity: severity, Code: code, File: file, At: at, What: what, Hint: hint})
}

func (d *doctor) peopleFile(kinds ...string) string {
	for _, p := range d.Data.Study.Population {
		if slices.Contains(kinds, p.Kind) {
			return p.File
		}
	}
	return "population"
}

func (d *doctor) roadFile() string { return d.Data.Study.Roads[0].File }

// totals compares the official totals with the people that the sources count.
func (d *doctor) totals() {
	file := d.peopleFile("totals")
	told, left := 0, 0
	for _, s := range d.Spread.Scaled {
		f := s.Factor()
		far := max(f, 1/f)
		if !(far >= totalInfo) {
			continue
		}
		if told == doctorList {
			left++
			continue
		}
		told++
		severity := SeverityInfo
		if far >= totalWarning && math.Abs(s.After.Float()-s.Before.Float()) >= totalPeople {
			severity = SeverityWarning
		}
		g := d.Data.Regions.All[s.Region]
		d.note(severity, "people-total-differs", file, interior(g.Shape), T("%[1]s 的官方总数为 %.0[2]f，人口来源里有 %.0[3]f（系数 %.2[4]f）", "%[1]s has an official total of %.0[2]f, the source of people counts %.0[3]f (factor %.2[4]f)",
			g.Name, s.After.Float(), s.Before.Float(), f), T("核对总数的年份与口径，或人口栅格的年份", "check the year and the definition of the total, and the year of the raster"))
	}
	if left > 0 {
		d.note(SeverityInfo, "people-total-differs", file, nil, T("另有 %d 个区划的总数相差 一半以上", "the totals of %d more regions differ by more than half", left), Text{})
	}
}

// interior returns a point inside a shape, nil where it has none.
func interior(shape orb.MultiPolygon) *orb.Point {
	if p := geo.InteriorPoint(shape); geo.ValidPoint(p) {
		return &p
	}
	return nil
}

// crowd is a number of people at a place.
type crowd struct {
	at     orb.Point
	people float64
	text   string
}

// worst sorts crowds, most people first, and returns the first of them and the people of all.
func worst(list []crowd) (first []crowd, people float64) {
	slices.SortStableFunc(list, func(a, b crowd) int {
		if a.people != b.people {
			return int(sign(b.people - a.people))
		}
		return comparePoints(a.at, b.at)
	})
	for _, c := range list {
		people += c.people
	}
	return list[:min(len(list), doctorList)], people
}

func sign(f float64) float64 {
	if f > 0 {
		return 1
	}
	return -1
}

// dense names cells that hold more people than fit.
func (d *doctor) dense() {
	var list []crowd
	sums := make([]coverage.People, len(d.Grid.Cells))
	for i, p := range d.Demand.People {
		sums[d.Demand.Cell[i]] += p
	}
	for c, sum := range sums {
		area := d.Grid.Area(int32(c)) / 1e6
		if people := sum.Float(); area > 0 && people/area > denseCell {
			list = append(list, crowd{d.Grid.Centre(int32(c)), people, fmt.Sprintf("%.0f", people/area)})
		}
	}
	first, people := worst(list)
	for _, c := range first {
		d.note(SeverityWarning, "people-dense", d.peopleFile("points", "h3", "raster"), &c.at, T("一个网格里有 %.0f 人，每平方公里 %s 人，高于世界上最密的街区", "a cell holds %.0f people, %s per km²: more than the densest quarters of the world", c.people, c.text),
			T("人口点是否代表了整个社区？把人口分到楼栋，或用栅格", "does one point stand for a whole community? Spread its people over the buildings, or use a raster"))
	}
	if n := len(list) - len(first); n > 0 {
		d.note(SeverityWarning, "people-dense", d.peopleFile("points", "h3", "raster"), nil, T("另有 %d 个网格同样过密，合计 %.0f 人", "%d more cells are as dense; all of them hold %.0f people", n, people), Text{})
	}
}

// roadless names people who live too far from every road.
func (d *doctor) roadless() {
	byCell := map[int32]int{}
	var list []crowd
	total := 0.0
	for i, s := range d.snaps {
		people := d.Demand.People[i].Float()
		total += people
		if s.OK || people == 0 {
			continue
		}
		k, known := byCell[d.Demand.Cell[i]]
		if !known {
			k = len(list)
			byCell[d.Demand.Cell[i]] = k
			list = append(list, crowd{at: d.Demand.Point[i]})
		}
		list[k].people += people
	}
	if len(list) == 0 {
		return
	}
	first, people := worst(list)
	severity := SeverityInfo
	if people > 0.02*total {
		severity = SeverityWarning
	}
	d.wholeRoadless()
	d.note(severity, "people-roadless", d.roadFile(), &first[0].at, T("%[1]d 个有人居住的网格（%.0[2]f 人，占 %.1[3]f%%）在 %.0[4]f m 内没有可用道路，人最多的在图上所示处",
		"%[1]d inhabited cells (%.0[2]f people, %.1[3]f%%) have no usable road within %.0[4]f m; the map shows the one with most people", len(list), people, 100*people/total, d.Graph.Mode.MaxAccess),
		T("补上村道、小路，或核对人口的位置", "add village roads and paths, or check where the people are"))
}

// wholeRoadless names the finest regions in which nobody is near a road although people live there: roads of a whole place are missing.
func (d *doctor) wholeRoadless() {
	all := map[int32]float64{}
	off := map[int32]float64{}
	total := 0.0
	for i, s := range d.snaps {
		people := d.Demand.People[i].Float()
		all[d.Demand.Region[i]] += people
		total += people
		if !s.OK {
			off[d.Demand.Region[i]] += people
		}
	}
	var list []crowd
	for _, region := range slices.Sorted(maps.Keys(all)) {
		if region < 0 || all[region] < 1 || off[region] < all[region] {
			continue
		}
		g := d.Data.Regions.All[region]
		if at := interior(g.Shape); at != nil {
			list = append(list, crowd{at: *at, people: all[region], text: g.Name})
		}
	}
	if len(list) == 0 {
		return
	}
	first, people := worst(list)
	names := make([]string, 0, len(first))
	for _, c := range first {
		names = append(names, c.text)
	}
	severity := SeverityInfo
	if people > 0.01*total {
		severity = SeverityWarning
	}
	d.note(severity, "people-roadless", d.roadFile(), &first[0].at, T("%[1]d 个区划全境没有可用道路，共 %.0[2]f 人：%[3]s", "%[1]d regions have no usable road at all, and %.0[2]f people: %[4]s", len(list), people, strings.Join(names, "、"), strings.Join(names, ", ")),
		T("道路文件是否只覆盖了一部分？补上这些地方的道路", "does the file of roads cover a part only? Add the roads of these places"))
}

package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// More maps that DrawMap draws.
const (
	MapPeople     = "people"     // cells by people
	MapUnserved   = "unserved"   // cells by people whom the tier does not serve
	MapDistance   = "distance"   // cells by the way to the nearest site
	MapFootfall   = "footfall"   // cells by footfall, 红色驿站
	MapRegions    = "regions"    // whole regions by class
	MapReach      = "reach"      // land within reach of the open sites
	MapCatchments = "catchments" // the land that each open site looks after
)

// AllMaps are the maps that DrawMap draws.
var AllMaps = []string{MapCoverage, MapGaps, MapPlan, MapPeople, MapUnserved, MapDistance, MapFootfall, MapRegions, MapReach, MapCatchments}

// ErrNoLayer: the study has nothing for the map to show.
var ErrNoLayer = fmt.Errorf("reports: the study has nothing for this map to show")

// Ramps of one hue, light to dark, as assets/js/style.js has them.
var (
	ochreRamp = []string{"#f4ead3", "#e6d09f", "#cdaa63", "#a27c36", "#6e501c"}
	redRamp   = []string{"#f3d3d0", "#e5a7a5", "#d07678", "#b5404b", "#861320"}
	nearRamp  = []string{"#1f5a8a", "#3f7fae", "#72a6cc", "#a9cbe3", "#d5e6f2"}
	blueRamp  = []string{"#e4eef6", "#b9d3e8", "#86b4d6", "#4a8bbd", "#1f5a8a"}
	reachRamp = []string{"#5e8fb6", "#9dbfd9", "#d3e3ef"}
)

// hasLayer reports whether the study has what a map shows.
func (s *Study) hasLayer(kind string, tier int) bool {
	switch kind {
	case MapFootfall:
		return len(s.Footfall) > 0
	case MapReach:
		return tier < len(s.Reach) && len(s.Reach[tier]) > 0
	case MapCatchments:
		return tier < len(s.Catchments) && len(s.Catchments[tier]) > 0
	case MapRegions:
		return slices.ContainsFunc(s.Regions.All, func(r geo.Region) bool { return r.Level > 0 })
	}
	return true
}

// spread picks n colours of a ramp, evenly, its dark end among them.
func spread(ramp []string, n int) []string {
	out := make([]string, n)
	for k := range out {
		out[k] = ramp[len(ramp)-1]
		if n > 1 {
			out[k] = ramp[int(math.Round(float64(k)*float64(len(ramp)-1)/float64(n-1)))]
		}
	}
	return out
}

// classOf is the class of a value: how many breaks are not above it.
func classOf(breaks []float64, v float64) int {
	k := 0
	for k < len(breaks) && v >= breaks[k] {
		k++
	}
	return k
}

// between names a class of counts.
func between(breaks []float64, k int) string {
	n := func(i int) string { return group(int64(math.Round(breaks[i]))) }
	switch {
	case len(breaks) == 0:
		return ""
	case k == 0:
		return "< " + n(0)
	case k == len(breaks):
		return "≥ " + n(k-1)
	}
	return n(k-1) + "–" + n(k)
}

// layer draws what a map of one of the additional kinds shows, instead of the cells by coverage; it reports whether it is one.
func (m *mapSheet) layer() bool {
	switch m.o.Map {
	case MapPeople:
		m.counted(func(c cell) float64 { return c.people.Float() }, ochreRamp, m.t("class.people"))
	case MapUnserved:
		m.counted(func(c cell) float64 { return (c.people - c.tiers[m.tier].covered).Float() }, redRamp, m.t("class.people"))
	case MapFootfall:
		m.counted(func(c cell) float64 { return m.s.Footfall[c.index] }, ochreRamp, m.footUnit())
	case MapDistance:
		m.distances()
	case MapRegions:
		m.choropleth()
	case MapReach:
		m.reached()
	case MapCatchments:
		for _, a := range m.s.Catchments[m.tier] {
			m.stroke(closed(m.rings(a.Shape)), 0.2, "#7a5a12")
		}
		m.entries = append(m.entries, legendEntry{colour: "#7a5a12", text: m.t("layer.catch"), count: group(int64(len(m.s.Catchments[m.tier]))), hollow: true})
	default:
		return false
	}
	return true
}

// hexagons fills the cells class by class and puts the classes into the legend with their counts.
func (m *mapSheet) hexagons(class func(cell) int, colours, labels []string) {
	rings, counts := make([][][]xy, len(colours)), make([]int, len(colours))
	for _, c := range m.mapper.cells {
		k := class(c)
		var out []xy
		for _, v := range m.s.Grid.Cells[c.index].Boundary() {
			out = append(out, m.put(orb.Point{v.Lng, v.Lat}))
		}
		rings[k], counts[k] = append(rings[k], out), counts[k]+1
	}
	for k := range colours {
		if len(rings[k]) > 0 {
			m.fill(rings[k], colours[k], 1)
		}
		m.entries = append(m.entries, legendEntry{colour: colours[k], text: labels[k], count: m.t("class.cells", group(int64(counts[k])))})
	}
}

// counted shades the cells by a count, in classes near the quintiles.
func (m *mapSheet) counted(value func(cell) float64, ramp []string, unit string) {
	values := make([]float64, len(m.mapper.cells))
	for i, c := range m.mapper.cells {
		values[i] = value(c)
	}
	breaks := niceBreaks(values)
	labels := make([]string, len(breaks)+1)
	for k := range labels {
		labels[k] = between(breaks, k)
	}
	labels[0] += " " + unit
	m.hexagons(func(c cell) int { return classOf(breaks, value(c)) }, spread(ramp, len(labels)), labels)
}

// distances shades the cells by the way to the nearest site, in fifths of the standard.
func (m *mapSheet) distances() {
	tier, n := m.s.Tiers[m.tier], len(nearRamp)
	labels := make([]string, 0, n+1)
	for k := range n {
		labels = append(labels, m.stepLabel(stepOf(tier.Limit.Max, k, n), stepOf(tier.Limit.Max, k+1, n), tier.Limit.Metric))
	}
	m.hexagons(func(c cell) int { return distanceBin(c.tiers[m.tier].cost, c.tiers[m.tier].site, tier.Limit.Max, n) },
		append(slices.Clone(nearRamp), "#dcd8d0"), append(labels, m.t("class.beyond")))
}

// choropleth fills the regions of a level by class.
func (m *mapSheet) choropleth() {
	level, measure, method := m.o.level(m.s.Regions), m.o.Measure, m.o.Classes
	breaks := m.levelBreaks(m.tier, level, measure, method)
	ramp := map[string][]string{measureShare: blueRamp, measureUnserved: redRamp, measurePeople: ochreRamp}[measure]
	colours := append(spread(ramp, len(breaks)+1), "#f2f2f2")
	counts := make([]int, len(colours))
	for r := range m.s.Regions.All {
		if m.s.Regions.All[r].Level != level {
			continue
		}
		k := len(breaks) + 1
		if m.s.Coverage.Region[m.tier][r].People > 0 {
			k = classOf(breaks, m.measured(m.tier, int32(r), measure))
		}
		counts[k]++
		m.fill(m.rings(m.s.Regions.All[r].Shape), colours[k], 1)
	}
	for k := range colours {
		text := m.t("choro.none")
		switch {
		case k <= len(breaks) && measure == measureShare:
			text = shareClass(breaks, k)
		case k <= len(breaks):
			text = between(breaks, k)
		}
		m.entries = append(m.entries, legendEntry{colour: colours[k], text: text, count: m.t("class.regions", group(int64(counts[k])))})
	}
	m.entries = append(m.entries, legendEntry{colour: quietColour, text: m.or("classes."+method, method) + " · " + m.s.Regions.Levels[level].Name, hollow: true})
}

// shareClass names a class of shares.
func shareClass(breaks []float64, k int) string {
	pc := func(i int) string { return trimZero(decimal(breaks[i]*100, 1)) }
	switch {
	case len(breaks) == 0:
		return ""
	case k == 0:
		return "< " + pc(0) + " %"
	case k == len(breaks):
		return "≥ " + pc(k-1) + " %"
	}
	return pc(k-1) + "–" + pc(k) + " %"
}

// reached fills the land within reach, the largest band first.
func (m *mapSheet) reached() {
	bands := m.s.Reach[m.tier]
	colours := spread(reachRamp, len(bands))
	for k := len(bands) - 1; k >= 0; k-- {
		m.fill(m.rings(bands[k].Shape), colours[k], 1)
	}
	for k, b := range bands {
		m.entries = append(m.entries, legendEntry{colour: colours[k], text: m.t("layer.reachof", m.cost(b.Limit.Max, b.Limit.Metric))})
	}
}

// level is the index of the level that a map of regions shows: the one asked for, or the deepest with at most 1,200 regions.
func (o MapOptions) level(rs *geo.Regions) int {
	best := 0
	for i, l := range rs.Levels {
		if o.Level == l.ID {
			return i
		}
		if countLevel(rs, i) <= 1200 && countLevel(rs, i) > 0 {
			best = i
		}
	}
	return best
}

package reports

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"

	"sitecover/coverage"
	"sitecover/geo"
)

// Maps that DrawMap draws.
const (
	MapCoverage = "coverage" // cells by coverage, existing sites
	MapGaps     = "gaps"     // gaps, numbered, over the coverage
	MapPlan     = "plan"     // proposed sites and the cells that they serve
)

// MapOptions of DrawMap.
type MapOptions struct {
	Map    string  // of AllMaps
	Tier   string  // ID of the tier; the one the report shows first when empty
	Format string  // "png" or "svg"
	Lang   string  // "zh" (the default when empty) or "en"
	Width  float64 // millimetres; 297 when 0
	Height float64 // millimetres; 210 when 0
	DPI    float64 // of a PNG; 300 when 0
	Font   string  // font file with Chinese characters; looked up in the system when empty

	Measure string // of MapRegions: "effective" (the default when empty), "unserved" or "people"
	Classes string // of MapRegions: of ClassMethods; the first when empty
	Level   string // of MapRegions: ID of the level; the deepest that can be told apart when empty
}

// Validate names every field that cannot be followed.
func (o MapOptions) Validate() error {
	var problems []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Errorf("reports: MapOptions."+format, args...))
		}
	}
	check(slices.Contains(AllMaps, o.Map), "Map %q: must be of %s", o.Map, strings.Join(AllMaps, ", "))
	check(o.Measure == "" || slices.Contains(choroplethMeasures, o.Measure), "Measure %q: must be of %s", o.Measure, strings.Join(choroplethMeasures, ", "))
	check(o.Classes == "" || slices.Contains(ClassMethods, o.Classes), "Classes %q: must be of %s", o.Classes, strings.Join(ClassMethods, ", "))
	check(o.Format == "png" || o.Format == "svg", `Format %q: must be "png" or "svg"`, o.Format)
	check(o.Lang == "" || o.Lang == Chinese || o.Lang == English, "Lang %q: must be %q or %q", o.Lang, Chinese, English)
	check(o.Width == 0 || o.Width >= 120 && o.Width <= 1200, "Width %g: must be 120 to 1,200 mm", o.Width)
	check(o.Height == 0 || o.Height >= 100 && o.Height <= 1200, "Height %g: must be 100 to 1,200 mm", o.Height)
	check(o.DPI == 0 || o.DPI >= 72 && o.DPI <= 600, "DPI %g: must be 72 to 600", o.DPI)
	return errors.Join(problems...)
}

// DrawMap draws one map of a study on a sheet, without a browser: title, map, legend with counts, scale bar, north arrow, date,
// source and notice. The same study, options and font file give the same bytes. Errors: an option or the study refused;
// ErrNoFont; a plan map of a study without a plan.
func DrawMap(w io.Writer, s *Study, o MapOptions) error {
	if err := errors.Join(o.Validate(), s.Validate()); err != nil {
		return err
	}
	if o.Map == MapPlan && s.Plan == nil {
		return errors.New("reports: the study has no plan to draw")
	}
	o.Lang, o.Width, o.Height, o.DPI = cmp.Or(o.Lang, Chinese), cmp.Or(o.Width, 297), cmp.Or(o.Height, 210), cmp.Or(o.DPI, 300)
	tier := leadTier(s)
	if o.Tier != "" {
		if tier = slices.IndexFunc(s.Tiers, func(t coverage.Tier) bool { return t.ID == o.Tier }); tier < 0 {
			return fmt.Errorf("reports: MapOptions.Tier %q: the study has no such tier", o.Tier)
		}
	}
	o.Measure, o.Classes = cmp.Or(o.Measure, measureShare), cmp.Or(o.Classes, ClassMethods[0])
	if o.Level != "" && !slices.ContainsFunc(s.Regions.Levels, func(l geo.Level) bool { return l.ID == o.Level }) {
		return fmt.Errorf("reports: MapOptions.Level %q: the study has no such level", o.Level)
	}
	if !s.hasLayer(o.Map, tier) {
		return ErrNoLayer
	}
	f, err := loadFont(o.Font)
	if err != nil {
		return err
	}
	_, b := buildPage(s, o.Lang)
	var p paper = newDrawing(f, o.Width, o.Height)
	if o.Format == "png" {
		p = newRaster(f, o.Width, o.Height, o.DPI)
	}
	m := newMapSheet(b, p, o, tier)
	m.ground()
	if !m.layer() {
		m.cells()
	}
	m.lines()
	m.overlays()
	m.names()
	m.frame()
	m.legend()
	return p.finish(w)
}

// mapSheet is a map under way: the frame of the map on the paper, and how the study's quanta come into it.
type mapSheet struct {
	mapper
	paper
	o              MapOptions
	tier           int
	x0, y0, x1, y1 float64 // frame, mm
	k, dx, dy      float64 // mm per quantum; offset
	boxes          [][4]float64
	entries        []legendEntry
}

type legendEntry struct {
	colour, text, count string
	rings               [][]xy // symbol around the origin; nil = a swatch
	hollow              bool
}

const legendWidth = 62 // mm

func newMapSheet(b *builder, p paper, o MapOptions, tier int) *mapSheet {
	m := &mapSheet{mapper: mapper{b, newProjection(b.bounds())}, paper: p, o: o, tier: tier, x0: 10, y0: 26, x1: o.Width - 14 - legendWidth, y1: o.Height - 20}
	m.k = math.Min((m.x1-m.x0-10)/m.projection.width, (m.y1-m.y0-10)/m.height)
	m.dx = (m.x0+m.x1)/2 - m.projection.width*m.k/2
	m.dy = (m.y0+m.y1)/2 - m.height*m.k/2
	return m
}

func (m *mapSheet) put(p orb.Point) xy {
	x, y := m.forward(p)
	return xy{m.dx + x*m.k, m.dy + y*m.k}
}

// rings puts a geometry on the paper, simplified to a twentieth of a millimetre, its holes turning against its rims.
func (m *mapSheet) rings(shape orb.MultiPolygon) [][]xy {
	var out [][]xy
	g, ok := tidy(shape).(orb.MultiPolygon)
	if !ok {
		return nil
	}
	for _, poly := range g {
		for _, ring := range poly {
			out = append(out, m.line(ring))
		}
	}
	return out
}

func (m *mapSheet) line(points []orb.Point) []xy {
	ls := simplify.DouglasPeucker(0.05 / m.k).LineString(m.projection.line(points))
	out := make([]xy, len(ls))
	for i, q := range ls {
		// Outside the frame nothing is drawn: what lies there is pushed to its rim.
		out[i] = xy{math.Max(m.x0, math.Min(m.x1, m.dx+q[0]*m.k)), math.Max(m.y0, math.Min(m.y1, m.dy+q[1]*m.k))}
	}
	return out
}

func (m *mapSheet) ground() {
	box := [][]xy{{{m.x0, m.y0}, {m.x1, m.y0}, {m.x1, m.y1}, {m.x0, m.y1}}}
	var land [][]xy
	for _, r := range m.s.Regions.All {
		if r.Parent < 0 {
			land = append(land, m.rings(r.Shape)...)
		}
	}
	for _, e := range m.s.Exclusions {
		if e.Kind == "water" {
			rings := m.rings(e.Shape)
			m.fill(rings, "#b4d0e4", 1)
			m.stroke(closed(rings), 0.25, "#b4d0e4")
		}
	}
	// The land runs against the frame, so the two together are what lies outside: water ends at the outline.
	if len(land) > 0 {
		m.fill(append(box, land...), "#eef1f4", 1)
	}
}

func closed(rings [][]xy) [][]xy {
	out := make([][]xy, len(rings))
	for i, r := range rings {
		out[i] = r
		if len(r) > 0 && r[0] != r[len(r)-1] {
			out[i] = append(slices.Clone(r), r[0])
		}
	}
	return out
}

// cells shades the inhabited cells: by coverage, on a plan map with those that the plan will serve.
func (m *mapSheet) cells() {
	keys, colours := []string{"class.none", "class.some", "class.most", "class.all"}, slices.Clone(shareColours)
	later := map[int32]bool{}
	if m.o.Map == MapPlan && m.tier < len(m.s.ServedFrom) {
		for i, y := range m.s.ServedFrom[m.tier] {
			if y > 0 {
				later[m.s.Demand.Cell[i]] = true
			}
		}
		colours = append(colours, "#dd9f9b")
	}
	classes, counts := make([][][]xy, len(colours)), make([]int, len(colours))
	for _, c := range m.mapper.cells {
		class := 3
		switch share := permille(c.share(m.tier)); {
		case later[c.index]:
			class = 4
		case share == 0:
			class = 0
		case share < 500:
			class = 1
		case share < 1000:
			class = 2
		}
		var ring orb.Ring
		for _, v := range m.s.Grid.Cells[c.index].Boundary() {
			ring = append(ring, orb.Point{v.Lng, v.Lat})
		}
		out := make([]xy, len(ring))
		for i, q := range ring {
			out[i] = m.put(q)
		}
		classes[class], counts[class] = append(classes[class], out), counts[class]+1
	}
	for i, rings := range classes {
		if len(rings) > 0 {
			m.fill(rings, colours[i], 1)
		}
		text := ""
		if i < len(keys) {
			text = m.t(keys[i])
		} else {
			years := m.s.Plan.Years
			text = m.t("class.year", span(years[0].Year, years[len(years)-1].Year))
		}
		m.entries = append(m.entries, legendEntry{colour: colours[i], text: text, count: m.t("class.cells", group(int64(counts[i])))})
	}
}

// lines draws roads of the two upper ranks, then boundaries.
func (m *mapSheet) lines() {
	if roads := m.s.Roads; roads != nil {
		var by [2][][]xy
		for i := range roads.Ways {
			w := &roads.Ways[i]
			if rank := roadRank(w.Class); (rank == 0 || rank == 1) && w.Count > 1 {
				at := make([]orb.Point, 0, w.Count)
				for _, n := range roads.Refs[w.First : w.First+w.Count] {
					at = append(at, roads.Nodes[n])
				}
				by[rank] = append(by[rank], m.line(at))
			}
		}
		m.stroke(by[1], 0.14, "#b1b9c2")
		m.stroke(by[0], 0.28, "#8f9aa5")
	}
	for level := len(m.s.Regions.Levels) - 1; level >= 0; level-- {
		var lines [][]xy
		for _, r := range m.s.Regions.All {
			if r.Level == level {
				lines = append(lines, closed(m.rings(r.Shape))...)
			}
		}
		if n := countLevel(m.s.Regions, level); level > 0 && math.Sqrt((m.x1-m.x0)*(m.y1-m.y0)/float64(max(n, 1))) < 7 {
			continue
		}
		m.stroke(lines, []float64{0.5, 0.25, 0.12}[min(level, 2)], []string{"#55606d", "#6b7684", "#a4adb6"}[min(level, 2)])
	}
}

// glyph is the symbol of a tier around a place.
func glyph(tier int, at xy, r float64) [][]xy {
	var ring []xy
	switch min(tier, len(markers)-1) {
	case 0:
		ring = []xy{{-r, -r}, {r, -r}, {r, r}, {-r, r}}
	case 1:
		return [][]xy{disc(at, r, 24)}
	case 2:
		ring = []xy{{0, -1.15 * r}, {1.05 * r, 0.8 * r}, {-1.05 * r, 0.8 * r}}
	case 3:
		ring = []xy{{0, -1.2 * r}, {1.2 * r, 0}, {0, 1.2 * r}, {-1.2 * r, 0}}
	default:
		a := 0.36 * r
		ring = []xy{{-a, -r}, {a, -r}, {a, -a}, {r, -a}, {r, a}, {a, a}, {a, r}, {-a, r}, {-a, a}, {-r, a}, {-r, -a}, {-a, -a}}
	}
	for i := range ring {
		ring[i] = xy{ring[i].x + at.x, ring[i].y + at.y}
	}
	return [][]xy{ring}
}

// mark draws a symbol, filled or hollow, with a light rim.
func (m *mapSheet) mark(at xy, r float64, colour string, hollow bool) {
	if hollow {
		m.fill(glyph(m.tier, at, r), colour, 1)
		m.fill(glyph(m.tier, at, r*0.6), "#ffffff", 1)
		return
	}
	m.fill(glyph(m.tier, at, r*1.3), "#ffffff", 1)
	m.fill(glyph(m.tier, at, r), colour, 1)
}

// overlays draws gaps, sites and proposals with their legend.
func (m *mapSheet) overlays() {
	name := m.s.Tiers[m.tier].Name
	if m.o.Map == MapGaps {
		n := 0
		for i := range m.s.Gaps {
			if g := &m.s.Gaps[i]; g.Tier == m.tier {
				n++
				rings := m.rings(g.Shape)
				m.fill(rings, accentColour, 0.1)
				m.stroke(closed(rings), 0.22, accentColour)
			}
		}
		m.entries = append(m.entries, legendEntry{colour: accentColour, text: m.t("layer.gaps"), count: group(int64(n)), hollow: true})
	}
	open, other, above := 0, 0, 0
	for _, s := range m.s.Sites {
		if s.Tier != m.tier {
			if s.Serves(m.s.Tiers, m.tier) && s.OpenOn(m.s.Date) {
				above++
				m.mark(m.put(s.Point), 0.75, inkColour, false)
			}
			continue
		}
		bad := !s.OpenOn(m.s.Date) || s.FloorArea >= 0 && s.FloorArea < m.s.Tiers[m.tier].MinArea
		if bad {
			other++
		} else {
			open++
		}
		m.mark(m.put(s.Point), 0.75, inkColour, bad)
	}
	m.entries = append(m.entries, legendEntry{colour: inkColour, text: name, count: group(int64(open)), rings: glyph(m.tier, xy{}, 1.2)})
	if above > 0 {
		m.entries = append(m.entries, legendEntry{colour: inkColour, text: m.t("site.standin"), count: group(int64(above)), rings: glyph(m.tier, xy{}, 1.2)})
	}
	if other > 0 {
		m.entries = append(m.entries, legendEntry{colour: inkColour, text: m.t("site.below") + " / " + m.t("site.closed"), count: group(int64(other)), rings: glyph(m.tier, xy{}, 1.2), hollow: true})
	}
	if m.o.Map == MapPlan {
		n := 0
		for _, k := range m.s.Plan.Picks {
			if k.Tier == m.tier {
				n++
				m.mark(m.put(m.s.Plan.Candidates[k.Candidate].Point), 0.95, accentColour, false)
			}
		}
		m.entries = append(m.entries, legendEntry{colour: accentColour, text: name + " · " + m.t("site.planned"), count: group(int64(n)), rings: glyph(m.tier, xy{}, 1.2)})
	}
}

// free takes a box if nothing has it and it lies in the frame.
func (m *mapSheet) free(x0, y0, x1, y1 float64) bool {
	if x0 < m.x0+1 || y0 < m.y0+1 || x1 > m.x1-1 || y1 > m.y1-1 {
		return false
	}
	for _, b := range m.boxes {
		if x0 < b[2] && b[0] < x1 && y0 < b[3] && b[1] < y1 {
			return false
		}
	}
	m.boxes = append(m.boxes, [4]float64{x0, y0, x1, y1})
	return true
}

// names numbers the first gaps, then names the ranked regions, the largest first; what would overlap is left out.
func (m *mapSheet) names() {
	m.boxes = append(m.boxes, [4]float64{m.x0, m.y1 - 12, m.x0 + 50, m.y1}, [4]float64{m.x1 - 14, m.y0, m.x1, m.y0 + 18}) // scale, north
	if m.o.Map == MapGaps {
		for i := range m.s.Gaps {
			g := &m.s.Gaps[i]
			if g.Tier != m.tier || g.Rank > 25 {
				continue
			}
			at := m.put(g.Centre)
			if m.free(at.x-2.2, at.y-2.2, at.x+2.2, at.y+2.2) {
				m.fill([][]xy{disc(at, 2.1, 32)}, accentColour, 1)
				m.fill([][]xy{disc(at, 1.8, 32)}, "#ffffff", 1)
				m.text(at, strconv.Itoa(g.Rank), 6.5, 0.5, accentColour, false)
			}
		}
	}
	if m.alone() {
		return
	}
	all := m.regions()
	order := make([]int, 0, len(all))
	for i, r := range all {
		if r.Level == m.rank && r.Tiers[0][0] > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[b].Tiers[0][0], all[a].Tiers[0][0]) })
	for _, i := range order {
		r := all[i]
		at := xy{m.dx + float64(r.At[0])*m.k, m.dy + float64(r.At[1])*m.k}
		half := m.width(r.Name, 8)/2 + 0.5
		if m.free(at.x-half, at.y-1.9, at.x+half, at.y+1.9) {
			m.text(at, r.Name, 8, 0.5, inkColour, true)
		}
	}
}

// width is the paper's measure of text; the projection's field of the same name is the map's.
func (m *mapSheet) width(s string, size float64) float64 { return m.paper.width(s, size) }

// frame draws the rim, title, scale bar, north arrow, and the lines under the map.
func (m *mapSheet) frame() {
	m.stroke([][]xy{{{m.x0, m.y0}, {m.x1, m.y0}, {m.x1, m.y1}, {m.x0, m.y1}, {m.x0, m.y0}}}, 0.3, quietColour)
	tier := m.s.Tiers[m.tier]
	m.text(xy{m.x0, 12}, m.s.Name, 16, 0, inkColour, false)
	m.text(xy{m.x0, 20}, m.or("draw."+m.o.Map, m.o.Map)+" · "+tier.Name+" · "+m.limit(tier), 10, 0, quietColour, false)
	if m.s.Synthetic {
		m.text(xy{m.o.Width - 10, 12}, m.t("doc.synthetic"), 10, 1, accentColour, false)
	}
	// North.
	nx, ny := m.x1-8, m.y0+4
	m.fill([][]xy{{{nx, ny}, {nx + 2.4, ny + 8}, {nx, ny + 6.2}, {nx - 2.4, ny + 8}}}, inkColour, 1)
	m.text(xy{nx, ny + 11}, m.t("map.north"), 8, 0.5, inkColour, true)
	// Scale: the longest round length under 40 mm.
	perMM := m.quantum / m.k
	base := math.Pow(10, math.Floor(math.Log10(40*perMM)))
	length := base
	for _, f := range []float64{2, 5} {
		if f*base <= 40*perMM {
			length = f * base
		}
	}
	sx, sy, sl := m.x0+4, m.y1-4, length/perMM
	m.stroke([][]xy{{{sx, sy - 1.4}, {sx, sy}, {sx + sl, sy}, {sx + sl, sy - 1.4}}}, 0.35, inkColour)
	label := group(int64(length)) + " " + m.t("unit.m")
	if length >= 1000 {
		label = group(int64(length/1000)) + " " + m.t("unit.km")
	}
	m.text(xy{sx, sy - 4}, label, 8, 0, inkColour, true)
	notice := m.s.Notice
	if notice == "" {
		notice = m.t("map.notice")
	}
	m.text(xy{m.x0, m.y1 + 5}, m.t("map.source", m.s.Date.Format("2006-01-02")), 7.5, 0, quietColour, false)
	m.text(xy{m.x0, m.y1 + 10}, notice, 7.5, 0, quietColour, false)
	m.text(xy{m.x1, m.y1 + 5}, "sitecover "+m.s.Version, 7.5, 1, quietColour, false)
}

// legend lists what was drawn, with counts.
func (m *mapSheet) legend() {
	x, y := m.x1+6, m.y0+3
	m.text(xy{x, y}, m.t("map.legend"), 10, 0, inkColour, false)
	for _, e := range m.entries {
		y += 7
		at := xy{x + 3, y}
		switch {
		case e.rings != nil:
			m.mark(at, 1.2, e.colour, e.hollow)
		case e.hollow:
			m.stroke([][]xy{{{x, y - 2}, {x + 6, y - 2}, {x + 6, y + 2}, {x, y + 2}, {x, y - 2}}}, 0.4, e.colour)
		default:
			m.fill([][]xy{{{x, y - 2}, {x + 6, y - 2}, {x + 6, y + 2}, {x, y + 2}}}, e.colour, 1)
		}
		m.text(xy{x + 8, y}, e.text, 8, 0, inkColour, false)
		m.text(xy{m.o.Width - 10, y}, e.count, 8, 1, quietColour, false)
	}
	share := m.s.Coverage.Total[m.tier]
	if v, ok := share.Effective(); ok {
		m.text(xy{x, y + 10}, m.t("col.coverage")+" "+percent(v), 10, 0, inkColour, false)
	}
}

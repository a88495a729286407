package data

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/crs"
)

// Orders of the two coordinates of a position, as a source declares them.
const (
	AxesXY = "xy" // longitude or easting first (default); in a ledger the column x is the easting
	AxesYX = "yx" // latitude or northing first, as surveyors write; in a ledger the column x is the northing
)

// positions says where a file's coordinates are: their system and the order of their axes. The zero value is longitude and
// latitude on WGS84.
type positions struct {
	system   crs.CRS // nil = WGS84
	declared bool    // by the study: what the file says of itself is then only compared
	swapped  bool    // the northern coordinate comes first
}

// newPositions takes what the study says of a source; Load has checked it.
func newPositions(src Source) positions {
	p := positions{declared: src.CRS != "", swapped: src.Axes == AxesYX}
	if system, err := crs.Parse(src.CRS); err == nil {
		p.system = system
	}
	return p
}

// name returns the system's name for the manifest.
func (p *positions) name() string {
	name := crs.WGS84.Name()
	if p.system != nil {
		name = p.system.Name()
	}
	if p.swapped {
		name += " (yx)"
	}
	return name
}

// plain reports whether points are WGS84 longitude, latitude as they stand.
func (p *positions) plain() bool {
	return !p.swapped && (p.system == nil || p.system == crs.WGS84 || p.system == crs.CGCS2000)
}

// pointProblem says why a point is none of the system; axis is the coordinate to blame (0 or 1, as the file writes them).
type pointProblem struct {
	axis       int
	what, hint Text
}

// wgs84 converts a point as the file writes it. Points that cannot be degrees are the caller's to note when the system is in
// degrees: they come back as they are. For a projected system a point that it does not have is a problem.
func (p *positions) wgs84(q orb.Point) (orb.Point, *pointProblem) {
	if p.swapped {
		q[0], q[1] = q[1], q[0]
	}
	if p.system == nil || p.system == crs.WGS84 || p.system == crs.CGCS2000 {
		return q, nil
	}
	if !p.system.Projected() {
		return p.shifted(q)
	}
	if q == (orb.Point{}) {
		_, what, hint := badPoint(q)
		return q, &pointProblem{0, what, hint}
	}
	if geo.ValidPoint(q) { // a zone without a prefix would have it, on the equator
		return q, p.outside(q)
	}
	out, err := p.system.ToWGS84(q)
	if err == nil {
		return out, nil
	}
	return q, p.outside(q)
}

// file converts a WGS84 point to how the file writes it: the other way round than wgs84.
func (p *positions) file(q orb.Point) (orb.Point, error) {
	if !p.plain() && p.system != nil {
		var err error
		if q, err = p.system.FromWGS84(q); err != nil {
			return q, err
		}
	}
	if p.swapped {
		q[0], q[1] = q[1], q[0]
	}
	return q, nil
}

// shifted converts from GCJ-02 or BD-09, which are defined in the rectangle around China only.
func (p *positions) shifted(q orb.Point) (orb.Point, *pointProblem) {
	if !geo.ValidPoint(q) || q == (orb.Point{}) {
		return q, nil
	}
	out, err := p.system.ToWGS84(q)
	if err == nil && out != q {
		return out, nil
	}
	problem := &pointProblem{0, T("不在 %s 的范围内", "lies outside the area of %s", p.system.Name()),
		T("%s 只用于中国；检查坐标和 crs", "%s is used in China only: check the coordinates and crs", p.system.Name())}
	if back := (orb.Point{q[1], q[0]}); geo.ValidPoint(back) {
		if out, err := p.system.ToWGS84(back); err == nil && out != back {
			problem.hint = p.swapHint()
		}
	}
	return q, problem
}

func (p *positions) swapHint() Text {
	want := AxesYX
	if p.swapped {
		want = AxesXY
	}
	return T("两个坐标写反了：在来源里写 axes: %s", "the two coordinates are the other way round: write axes: %s for the source", want)
}

// outside says why a point is no easting and northing of the system, and what would explain it.
func (p *positions) outside(q orb.Point) *pointProblem {
	problem := &pointProblem{axis: p.axisOf(0), what: T("不是 %s 的坐标（东坐标、北坐标，米）", "is no position of %s (easting, northing in metres)", p.system.Name())}
	problem.hint = T("检查 crs 和文件", "check crs and the file")
	if back, err := p.system.ToWGS84(orb.Point{q[1], q[0]}); err == nil && inChina(back) {
		problem.hint = p.swapHint()
		return problem
	}
	if geo.ValidPoint(q) {
		problem.hint = T("像是经纬度：改 crs，例如 crs: cgcs2000", "looks like degrees: change crs, for example crs: cgcs2000")
		return problem
	}
	if other := zonesOf(q); len(other) > 0 {
		problem.hint = T("可能是 %s", "may be %s", strings.Join(other, ", "))
	} else if plain := withoutPrefix(p.system, q); plain != "" {
		problem.hint = T("东坐标没有带号：可能是 %s", "the easting lacks the zone's number: may be %s", plain)
	}
	return problem
}

// withoutPrefix names the zone of the same meridian without a prefix when the point fits it, "" otherwise.
func withoutPrefix(system crs.CRS, q orb.Point) string {
	code, err := strconv.Atoi(strings.TrimPrefix(system.Name(), "epsg:"))
	switch {
	case err != nil:
		return ""
	case code >= 4491 && code <= 4501:
		code += 11
	case code >= 4513 && code <= 4533:
		code += 21
	default:
		return ""
	}
	other, err := crs.GaussKruger(code)
	if err != nil {
		return ""
	}
	if p, err := other.ToWGS84(q); err != nil || !inChina(p) {
		return ""
	}
	return strings.ToUpper(other.Name())
}

// axisOf returns which coordinate of the file is the eastern (0) or the northern one (1).
func (p *positions) axisOf(i int) int {
	if p.swapped {
		return 1 - i
	}
	return i
}

// zonesOf lists the zones with a prefix that have an easting, northing within China: at most two, the 3° and the 6° zone of that number.
func zonesOf(q orb.Point) []string {
	var out []string
	for code := 4491; code <= 4533; code++ {
		if code >= 4502 && code <= 4512 {
			continue // without a prefix any of them would do: that says nothing
		}
		system, err := crs.GaussKruger(code)
		if err != nil {
			continue
		}
		if p, err := system.ToWGS84(q); err == nil && inChina(p) && math.Abs(p[0]-meridian(system)) <= 3.5 {
			out = append(out, strings.ToUpper(system.Name()))
		}
	}
	return out
}

// projectedHint says what to do about metres where degrees belong.
func projectedHint(p orb.Point) Text {
	if zones := zonesOf(p); len(zones) > 0 {
		return T("像是投影坐标（米），可能是 %s：在来源里写 crs: %s", "looks like projected metres, maybe of %s: write crs: %s for the source", strings.Join(zones, ", "), zones[0])
	}
	if zones := zonesOf(orb.Point{p[1], p[0]}); len(zones) > 0 {
		return T("像是投影坐标（米），北坐标在前，可能是 %s：在来源里写 crs: %s 和 axes: yx", "looks like projected metres with the northing first, maybe of %s: write crs: %s and axes: yx for the source", strings.Join(zones, ", "), zones[0])
	}
	return T("像是投影坐标（米）：在来源里写 crs，例如 crs: EPSG:4549，或转换成经纬度", "looks like projected metres: write crs for the source, for example crs: EPSG:4549, or convert to degrees")
}

// meridian returns the central meridian of a zone with a prefix.
func meridian(system crs.CRS) float64 {
	for lon := 75.0; lon <= 135; lon += 3 {
		if p, err := system.FromWGS84(orb.Point{lon, 30}); err == nil && math.Abs(math.Mod(p[0], 1e6)-500_000) < 1 {
			return lon
		}
	}
	return math.Inf(1)
}

// inChina reports whether a point lies in the rectangle around China.
func inChina(p orb.Point) bool { return p[0] >= 73 && p[0] <= 136 && p[1] >= 3 && p[1] <= 54 }

// source returns the system in which positions stand in the file, nil = WGS84.
func (in *input) source() crs.CRS {
	if in.read != nil {
		return in.read
	}
	return in.at.system
}

// adopt takes the system that a file declares of itself. What the study says has precedence; a difference is told.
func (in *input) adopt(system crs.CRS, says string) {
	if !in.at.declared {
		in.at.system = system
		in.info.CRS = in.at.name()
		return
	}
	if in.at.system.Name() == system.Name() || in.at.plain() && !system.Projected() && (system == crs.WGS84 || system == crs.CGCS2000) {
		return
	}
	in.c.find("warning", in.name, 0, T("文件自称坐标系为 %s，按研究文件写的 %s 读取", "declares %s; it is read as %s, as the study says", says, in.at.system.Name()))
}

// geometryWGS84 converts a geometry in place, but for points, which come back. ok is false after noting the first point that is none.
func (in *input) geometryWGS84(number int, label string, g orb.Geometry) (orb.Geometry, bool) {
	if in.at.plain() || in.raw {
		return g, true
	}
	ok := true
	one := func(p *orb.Point) {
		if !ok {
			return
		}
		q, problem := in.at.wgs84(*p)
		if problem != nil {
			ok = false
			what := Text{fmt.Sprintf("点 %s %s", place(*p), problem.what.ZH), fmt.Sprintf("point %s %s", place(*p), problem.what.EN)}
			_ = in.fail(number, label, "", what, problem.hint)
			return
		}
		*p = q
	}
	switch g := g.(type) {
	case orb.Point:
		one(&g)
		return g, ok
	case nil:
	default:
		eachPoint(g, one)
	}
	return g, ok
}

// eachPoint visits the points of a geometry of several.
func eachPoint(g orb.Geometry, visit func(*orb.Point)) {
	line := func(points []orb.Point) {
		for i := range points {
			visit(&points[i])
		}
	}
	switch g := g.(type) {
	case orb.MultiPoint:
		line(g)
	case orb.LineString:
		line(g)
	case orb.MultiLineString:
		for _, l := range g {
			line(l)
		}
	case orb.Polygon:
		for _, r := range g {
			line(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			for _, r := range p {
				line(r)
			}
		}
	}
}

// crsHint lists what crs: may be.
var crsHint = T("可用：wgs84, cgcs2000, gcj02, bd09，或 CGCS2000 高斯-克吕格投影的 EPSG 编号（EPSG:4491–4554）；西安 80、北京 54、UTM 等先用 QGIS 转换为 EPSG:4490",
	"known: wgs84, cgcs2000, gcj02, bd09, or the EPSG code of a Gauss–Krüger zone of CGCS2000 (EPSG:4491 to EPSG:4554); convert others, such as Xi'an 1980, Beijing 1954 or UTM, to EPSG:4490 with QGIS first")

// system reads crs and axes of a source. Files whose format or kind fixes the system may declare no other.
func (l *loader) system(sec *section, src *Source, role string) {
	src.Axes = sec.choice("axes", AxesXY, []string{AxesXY, AxesYX})
	text, node, ok := sec.scalar("crs")
	if !ok || text == "" {
		return
	}
	system, err := crs.Parse(text)
	if err != nil {
		l.y.fail(node, sec.key("crs"), T("没有这个坐标系", "is not a known coordinate system"), crsHint)
		return
	}
	src.CRS = system.Name()
	if role == "roads" && isOSM(src.File) && src.CRS != crs.WGS84.Name() {
		l.y.fail(node, sec.key("crs"), T("OSM 文件总是 wgs84", "cannot be: OSM files are always in wgs84"), T("删去 crs；坐标有偏移时请改用原始的 OSM 数据", "remove crs; if the roads are shifted, use the original OSM extract"))
	}
}

// isOSM reports whether a file is in one of OSM's own formats, by its ending.
func isOSM(file string) bool {
	return slices.Contains([]string{".pbf", ".osm"}, strings.ToLower(filepath.Ext(file)))
}

// cellSystem refuses a shifted or projected system for people who stand in no coordinates.
func (l *loader) cellSystem(sec *section, p PopulationSource) {
	at := newPositions(p.Source)
	if (p.Kind == "h3" || p.Kind == "totals") && !at.plain() {
		l.y.fail(sec.node, sec.path, T("kind: %s 没有坐标，不能写 crs: %s 或 axes", "of kind %s holds no coordinates that could be in %s", p.Kind, at.name()),
			T("H3 格网总是 WGS84；若格网由偏移的点算出，要用原始的点重算", "H3 cells are always on WGS84: if they were made from shifted points, make them anew from corrected ones"))
	}
}

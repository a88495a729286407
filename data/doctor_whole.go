package data

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/crs"
)

// wholeLeast is how many rows must have one and the same error of coordinates before it is one of the file.
const wholeLeast = 4

// wholeCodes are the errors of coordinates that are mostly errors of a whole file.
var wholeCodes = []string{CodeSwapped, codeProjected}

const codeProjected = "crs-projected"

// wholeKey is what errors of one whole file have in common.
type wholeKey struct{ file, layer, code string }

// whole makes one error of those that nearly every row of a file has, with what would put the file right, and returns the findings for
// those. Errors that only follow from it, such as that no road is left, go.
func (r *reader) whole(problems InputErrors) (left InputErrors, findings []Finding) {
	count := map[wholeKey]int{}
	for _, p := range problems {
		if k := (wholeKey{p.File, p.Layer, codeOf(p.What, p.Hint)}); slices.Contains(wholeCodes, k.code) && p.Row > 0 {
			count[k]++
		}
	}
	told := map[wholeKey]*InputError{}
	spoilt := map[string]bool{}
	for _, in := range r.opened {
		for _, code := range wholeCodes {
			k := wholeKey{in.name, in.layer, code}
			if n := count[k]; n >= wholeLeast && float64(n) >= wholeFile*float64(in.info.Rows) && told[k] == nil {
				f := r.wholeFile(in, k, n)
				findings = append(findings, f)
				told[k] = &InputError{File: f.File, Layer: f.Layer, What: f.What, Hint: f.Hint}
				spoilt[in.name] = true
			}
		}
	}
	done := map[wholeKey]bool{}
	for _, p := range problems {
		k := wholeKey{p.File, p.Layer, codeOf(p.What, p.Hint)}
		switch {
		case told[k] != nil && p.Row > 0:
			if !done[k] {
				done[k] = true
				left = append(left, told[k])
			}
		case spoilt[p.File] && p.Row == 0 && slices.Contains([]string{"road-none", "region-level", "people-missing"}, k.code): // they follow
		default:
			left = append(left, p)
		}
	}
	return left, findings
}

// wholeFile says what is wrong with a file of which n rows have an error of coordinates.
func (r *reader) wholeFile(in *input, k wholeKey, n int) Finding {
	f := Finding{Severity: SeverityError, Code: k.code, File: k.file, Layer: k.layer}
	points := r.rawPoints(in)
	rows := max(in.info.Rows, n)
	if k.code == CodeSwapped {
		turned := AxesYX
		if in.swappedBefore() {
			turned = AxesXY
		}
		f.What = T("%d 条中有 %d 条经度和纬度写反", "%d records, of which %d have longitude and latitude the wrong way round", rows, n)
		f.Hint = T("两个坐标写反了：在来源里写 axes: %s", "the two coordinates are the other way round: write axes: %s for the source", turned)
		f.Repair = &Repair{Do: DoSwap}
		if len(points) > 0 {
			if p := (orb.Point{points[0][1], points[0][0]}); geo.ValidPoint(p) {
				f.At = &p
			}
		}
		return f
	}
	f.What = T("%d 条中有 %d 条是投影坐标（米），不是经纬度", "%d records, of which %d are in metres, not in degrees", rows, n)
	f.Hint = T("像是投影坐标（米）：在来源里写 crs，例如 crs: EPSG:4549，或转换成经纬度", "looks like projected metres: write crs for the source, for example crs: EPSG:4549, or convert to degrees")
	if len(points) == 0 {
		return f
	}
	if z, ok := r.zoneOf(in, points); ok {
		f.At = &z.at
		f.What = Text{fmt.Sprintf("%s；多半是 %s，按它有 %d/%d 个点落在其他文件的范围内", f.What.ZH, z.name, z.within, len(points)),
			fmt.Sprintf("%s; most likely of %s, as which %d of %d points lie where the other files are", f.What.EN, z.name, z.within, len(points))}
		f.Hint = T("像是投影坐标（米）：在来源里写 crs: %s", "looks like projected metres: write crs: %s for the source", z.name)
		if z.swapped {
			f.Hint = T("像是投影坐标（米），北坐标在前：在来源里写 crs: %s 和 axes: yx", "looks like projected metres with the northing first: write crs: %s and axes: yx for the source", z.name)
			return f
		}
		f.Repair = &Repair{Do: DoCRS, CRS: z.name}
		return f
	}
	f.Hint = projectedHint(points[0])
	return f
}

// swappedBefore reports whether the study says that the file has the northern coordinate first.
func (in *input) swappedBefore() bool { return strings.HasSuffix(in.info.CRS, "(yx)") }

// zone is a projection that fits a file.
type zone struct {
	name    string
	swapped bool
	at      orb.Point // its first point, in WGS84
	within  int       // points that lie where the other files are
}

// nearOthers is how far beyond the other files a file may reach, in degrees: some 20 km, less than half a zone is wide.
const nearOthers = 0.2

// zoneOf finds the projection under which points in metres lie where the other files of the study are. The one of most points wins, then the
// one with the zone in its easting, then the 3° zone before the 6° zone of the same meridian, which are the same on the ground.
func (r *reader) zoneOf(in *input, points []orb.Point) (best zone, ok bool) {
	bound, some := r.others(in)
	if !some {
		return best, false
	}
	bound = bound.Pad(nearOthers)
	for code := 4491; code <= 4554; code++ {
		system, err := crs.GaussKruger(code)
		if err != nil {
			continue
		}
		for _, swapped := range []bool{false, true} {
			z := zone{name: strings.ToUpper(system.Name()), swapped: swapped}
			for i, p := range points {
				if swapped {
					p[0], p[1] = p[1], p[0]
				}
				q, err := system.ToWGS84(p)
				if err != nil || !bound.Contains(q) {
					continue
				}
				if z.within++; z.within == 1 || i == 0 {
					z.at = q
				}
			}
			three := code >= 4513 && code <= 4533 || code >= 4534
			if z.within > best.within || z.within == best.within && z.within > 0 && three && !z.swapped && !best.swapped {
				best = z
			}
		}
	}
	return best, float64(best.within) >= wholeFile*float64(len(points))
}

// others returns the extent of what was read of the other files, in WGS84: boundaries, roads, sites and places.
func (r *reader) others(in *input) (bound orb.Bound, ok bool) {
	bound = orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	add := func(p orb.Point) {
		if geo.ValidPoint(p) && p != (orb.Point{}) {
			bound, ok = bound.Extend(p), true
		}
	}
	for _, b := range r.borders {
		if b.in.name == in.name {
			continue
		}
		for _, s := range b.shapes {
			eachPoint(s.shape, func(p *orb.Point) { add(*p) })
		}
	}
	if r.out.Roads != nil && in.role != "roads" {
		for _, p := range r.out.Roads.Nodes {
			add(p)
		}
	}
	for _, w := range r.watched {
		if w.in.name != in.name {
			for _, p := range w.points {
				add(p)
			}
		}
	}
	return bound, ok
}

// rawPoints reads some points of a file as they stand in it: of every row of a table, the first one of every feature.
func (r *reader) rawPoints(old *input) []orb.Point {
	src, ok := r.sourceOf(old)
	if !ok {
		return nil
	}
	in := newInput(r.study, old.role, src, newCollector())
	in.raw, in.c.most = true, examineMost
	if !in.inspect() {
		return nil
	}
	var out []orb.Point
	if t := (&treatment{role: old.role, src: src}); t.geometries(in) {
		readFeatures(in, func(x *feature) error {
			if p, ok := firstPoint(x.geometry); ok {
				out = append(out, p)
			}
			if len(out) == doctorSample {
				return errVisit
			}
			return nil
		})
		return out
	}
	rows := openTable(in, src, src.Layer)
	if rows == nil {
		return nil
	}
	defer rows.close()
	for len(out) < doctorSample {
		_, cells, err := rows.next()
		if err != nil {
			return out // the end, or an error that is told elsewhere
		}
		rows.cells = cells
		x, wrongX := parseNumber(rows.get("lon"))
		y, wrongY := parseNumber(rows.get("lat"))
		if wrongX == nil && wrongY == nil {
			out = append(out, orb.Point{x, y})
		}
	}
	return out
}

// sourceOf finds the source of a file that was read.
func (r *reader) sourceOf(in *input) (Source, bool) {
	for role, list := range r.study.sources() {
		if role != in.role {
			continue
		}
		for i, src := range list {
			if sheet := r.study.sheet(role, i); sheet != "" {
				src.Layer = sheet
			}
			if src.File == in.name && src.Layer == in.layer {
				return src, true
			}
		}
	}
	return Source{}, false
}

func firstPoint(g orb.Geometry) (p orb.Point, ok bool) {
	if q, single := g.(orb.Point); single {
		return q, true
	}
	eachPoint(g, func(q *orb.Point) {
		if !ok {
			p, ok = *q, true
		}
	})
	return p, ok
}

// FollowShift tells at findings that a shifted file most likely leads to that the shift comes first: it changes their hints.
func FollowShift(findings []Finding, inputs []Input) {
	roleOf := map[string]string{}
	for _, in := range inputs {
		roleOf[in.Path] = in.Role
	}
	var shifted []Finding
	for _, f := range findings {
		if f.Code == CodeShifted && f.Repair != nil {
			shifted = append(shifted, f)
		}
	}
	for i := range findings {
		f := &findings[i]
		if !slices.Contains([]string{"site-outside", "site-region", "people-outside", "people-roadless", "elsewhere"}, f.Code) {
			continue
		}
		for _, s := range shifted {
			if s.File == f.File || roleOf[s.File] == "boundaries" || f.Code == "people-roadless" && (roleOf[s.File] == "roads" || roleOf[s.File] == "population") {
				f.Hint = T("多半是因为 %[1]s 的坐标系不对（见 crs-shifted）：先给 %[1]s 写 crs: %[2]s", "most likely because %[1]s is in another system (see crs-shifted): write crs: %[2]s for %[1]s first", filepath.ToSlash(s.File), s.Repair.CRS)
				break
			}
		}
	}
}

package data

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/crs"
	"sitecover/geo/network"
)

// watched are the points of one file, for the question whether its system is the declared one.
type watched struct {
	in     *input
	system crs.CRS     // in which they were read; nil = WGS84
	points []orb.Point // WGS84, by that system
	names  []string    // of sites, parallel to points; nil for other points
	within bool        // they are said to lie in the study area
}

// watch remembers the points of a file until the roads can be asked.
func (r *reader) watch(in *input, points []orb.Point) {
	r.watched = append(r.watched, watched{in: in, system: in.source(), points: points})
}

// The coordinate doctor says that a file is shifted when there is little doubt: from so many points on, of which as declared half lie
// farther from the roads than so many metres, and under another system at most a third as far; and which are nearer, three out of four,
// than before. Ledgers and stops stand beside roads; the shifts are of 100 to 1,300 m.
const (
	doctorPoints = 8
	doctorMetres = 60.0
	doctorShare  = 0.75
	doctorSample = 400
	doctorReach  = 500.0 // farther from every road than this is just far
)

// degreeSystems are the systems that are mistaken for each other.
var degreeSystems = []crs.CRS{crs.WGS84, crs.GCJ02, crs.BD09}

// systems asks of every file whether it fits the others better in another system of degrees.
func (r *reader) systems() {
	r.suspectRoads()
	for _, w := range r.watched {
		r.suspectPoints(w)
	}
	for _, b := range r.borders {
		r.suspectBorder(b)
	}
}

// suspicion is a system in which a file fits better, and by how much: misfits are metres, or numbers of claims that do not hold.
type suspicion struct {
	system        crs.CRS
	before, after float64
}

// shifted notes that a file is probably in another system, with the evidence, and a place of it as it is read now.
func (r *reader) shifted(in *input, declared crs.CRS, s suspicion, evidence Text, at orb.Point) {
	r.c.findings = append(r.c.findings, Finding{Severity: SeverityWarning, Code: CodeShifted, File: in.name, Layer: in.layer,
		What: Text{fmt.Sprintf("坐标可能是 %s 而不是 %s：%s", s.system.Name(), declared.Name(), evidence.ZH),
			fmt.Sprintf("may be in %s, not in %s: %s", s.system.Name(), declared.Name(), evidence.EN)},
		Hint: T("请在来源里写 crs: %s", "write crs: %s for the source", s.system.Name()), At: &at,
		Repair: &Repair{Do: DoCRS, CRS: s.system.Name()}})
}

// suspectPoints asks whether the roads, or else the named regions, fit a file of points better in another system.
func (r *reader) suspectPoints(w watched) {
	declared := orWGS84(w.system)
	if declared.Projected() || len(w.points) < doctorPoints {
		return
	}
	if roads := r.out.Roads; roads != nil && len(roads.Ways) > 0 {
		points := sample(w.points)
		if s, ok := suspect(roads, points, func(other crs.CRS) ([]orb.Point, bool) { return reread(points, declared, other) }); ok {
			r.shifted(w.in, declared, s, T("按 %[1]s，%[2]d 个点离最近道路的中位距离为 %.0[3]f m；按 %[4]s 为 %.0[5]f m",
				"as %[1]s, half of %[2]d points lie farther than %.0[3]f m from the nearest road; as %[4]s, %.0[5]f m", declared.Name(), len(points), s.before, s.system.Name(), s.after), points[0])
			return
		}
	}
	claims := r.claims(w)
	if s, ok := suspectClaims(claims, func(p orb.Point, other crs.CRS) (orb.Point, bool) { return rereadOne(p, declared, other) }); ok {
		r.shifted(w.in, declared, s, claimText(declared, s, len(claims)), w.points[0])
	}
}

// suspect looks for the system of degrees under which points lie on the roads.
func suspect(roads *network.Roads, points []orb.Point, move func(crs.CRS) ([]orb.Point, bool)) (suspicion, bool) {
	asDeclared := roadDistances(roads, points)
	best := suspicion{before: median(asDeclared)}
	if best.before < doctorMetres {
		return best, false
	}
	best.after = best.before / 3
	for _, other := range degreeSystems {
		moved, ok := move(other)
		if !ok {
			continue
		}
		distances := roadDistances(roads, moved)
		nearer := 0
		for i, d := range distances {
			if d < asDeclared[i] {
				nearer++
			}
		}
		if m := median(distances); m <= best.after && float64(nearer) >= doctorShare*float64(len(points)) {
			best.system, best.after = other, m
		}
	}
	return best, best.system != nil
}

func orWGS84(system crs.CRS) crs.CRS {
	if system == nil {
		return crs.WGS84
	}
	return system
}

// reread returns where points lie when the file was written in another system than declared; ok is false where the two are the same.
func reread(points []orb.Point, declared, other crs.CRS) ([]orb.Point, bool) {
	out := make([]orb.Point, len(points))
	moved := false
	for i, p := range points {
		var ok bool
		if out[i], ok = rereadOne(p, declared, other); !ok {
			return nil, false
		}
		moved = moved || geo.Distance(p, out[i]) > 1
	}
	return out, moved
}

// rereadOne is reread of one point; ok is false where one of the systems does not have it.
func rereadOne(p orb.Point, declared, other crs.CRS) (orb.Point, bool) {
	written, err := declared.FromWGS84(p)
	if err != nil {
		return p, false
	}
	out, err := other.ToWGS84(written)
	return out, err == nil
}

// maxTwin is how far apart two rows of one name may stand to be taken for one site written twice, in metres.
const maxTwin = 50.0

// twins tells sites of one name and tier that stand within 50 m of each other: most likely one site written twice.
func (r *reader) twins(all []rawSite) {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &all[i], &all[j]
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Tier, b.Tier), comparePoints(a.Point, b.Point))
	})
	const far = 0.005 // degrees of longitude, more than 50 m wherever people live
	for k, i := range order {
		for _, j := range order[k+1:] {
			a, b := &all[i], &all[j]
			if b.Name != a.Name || b.Tier != a.Tier || b.Point[0] > a.Point[0]+far {
				break
			}
			if !a.Closed.IsZero() && !b.Opened.Before(a.Closed) || !b.Closed.IsZero() && !a.Opened.Before(b.Closed) {
				continue // one after the other
			}
			d := geo.Distance(a.Point, b.Point)
			if d > maxTwin {
				continue
			}
			if a.in.name == b.in.name && a.row > b.row {
				a, b = b, a
			}
			r.c.findings = append(r.c.findings, Finding{Severity: SeverityWarning, Code: CodeTwin, File: b.in.name, Layer: b.in.layer, Row: b.row, Value: b.Name, At: &b.Point,
				Hint: T("留下一行", "keep one row"), Repair: &Repair{Do: DoSetAside}, What: T("“%[1]s”与 %[2]s 第 %[3]d 行同名同级，相距 %.0[4]f m，可能重复登记", "%[1]q stands %.0[4]f m from the site of the same name and tier in row %[3]d of %[2]s: is it written twice?",
					b.Name, a.in.name, a.row, d)})
		}
	}
}

package model

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
)

// openingHours are how the ledger notes them, by tier; an empty text is a site whose hours nobody wrote down.
var openingHours = map[string][]string{
	centreTier:  {"每天 8:30-20:30", "周一至周五 8:30-20:30；周六日 9:00-17:00", "每天 8:30-17:30"},
	stationTier: {"周一至周五 8:30-17:30", "周一至周六 8:30-18:00", "每天 8:30-17:30", "周一至周五 8:30-17:30；周六日 9:00-16:00", ""},
	pointTier:   {"24小时", "每天 7:00-21:00", "周一至周五 8:30-17:30", "每天 8:30-20:30", ""},
}

// hoursOf chooses the opening hours of the k-th site.
func (w *world) hoursOf(tier string, k int64) string {
	list := openingHours[tier]
	return list[int(w.seed.field(91).cell(k, 0)*float64(len(list)))]
}

// entityKinds are the kinds of places that count as units of their own, with the order of magnitude of those who work there.
var entityKinds = map[string]struct {
	kind  string
	heads float64
}{"office": {"园区楼宇", 420}, "market": {"市场", 160}, "mall": {"商圈", 350}}

// writeEntities writes the parks, towers, markets and malls with their headcounts; some are not known.
func (w *world) writeEntities(out io.Writer) error {
	table, luck := csv.NewWriter(out), w.seed.field(82).rand(0)
	rows, n := [][]string{{"编号", "名称", "类型", "经度", "纬度", "从业人数"}}, 0
	for _, p := range w.places {
		k, ok := entityKinds[p.kind]
		if !ok {
			continue
		}
		n++
		lon, lat := w.frame.lonlat(p.at)
		heads := strconv.Itoa(int(k.heads * math.Exp(0.6*luck.NormFloat64())))
		if luck.Float64() < 0.06 {
			heads = ""
		}
		rows = append(rows, []string{"QY" + pad(n, 4), p.name, k.kind, strconv.FormatFloat(lon, 'f', 6, 64), strconv.FormatFloat(lat, 'f', 6, 64), heads})
	}
	return table.WriteAll(rows)
}

// writeZones writes the new estates, and the rims of the southern quarters as urban-rural fringe.
func (w *world) writeZones(out io.Writer) error {
	f := w.features(out, "zones")
	for i := range w.urban {
		x := &w.settlements[i]
		name, kind, from, to := x.name, "新建小区", 0.0, 1.0
		switch x.kind {
		case estate:
		case southTown:
			name, kind, from, to = x.name+"城南", "城乡结合部", 0.8, 1.5
		default:
			continue
		}
		rings := [][]vec{x.oval(to)}
		if from > 0 {
			hole := x.oval(from)
			for a, b := 0, len(hole)-1; a < b; a, b = a+1, b-1 {
				hole[a], hole[b] = hole[b], hole[a]
			}
			rings = append(rings, hole)
		}
		f.add([]property{{"name", name + kind}, {"kind", kind}}, f.shapeGeometry(shape{rings}))
	}
	return f.close()
}

// oval is the closed ring at k times the size of the settlement, counterclockwise.
func (x *settlement) oval(k float64) []vec {
	var ring []vec
	for i := range 24 {
		a := 2 * math.Pi * float64(i) / 24
		ring = append(ring, x.axis(k*math.Cos(a), k*math.Sin(a)))
	}
	return closed(ring)
}

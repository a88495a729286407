package model

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// title names the model.
func (w *world) title() string {
	switch {
	case len(w.cities) > 1:
		return "云岭省（模型）"
	case len(w.cities) == 1:
		return w.cities[0].name
	}
	return w.countyUnits[0].name
}

// features writes a GeoJSON FeatureCollection, one feature a line.
type features struct {
	w     *world
	out   io.Writer
	buf   []byte
	count int
	err   error
}

func (w *world) features(out io.Writer, name string) *features {
	f := &features{w: w, out: out}
	_, f.err = fmt.Fprintf(out, "{\"type\":\"FeatureCollection\",\"name\":%q,\"note\":\"合成数据，并非真实地点；种子 %d\",\"features\":[", name, w.opt.Seed)
	return f
}

// property is a key and its value, a string or a whole number.
type property struct {
	key   string
	value any
}

// add writes a feature; geometry appends the "type" and "coordinates" members.
func (f *features) add(properties []property, geometry func(b []byte) []byte) {
	if f.err != nil {
		return
	}
	b := f.buf[:0]
	if f.count > 0 {
		b = append(b, ',')
	}
	f.count++
	b = append(b, "\n{\"type\":\"Feature\",\"properties\":{"...)
	for i, p := range properties {
		if i > 0 {
			b = append(b, ',')
		}
		value, err := json.Marshal(p.value)
		if err != nil {
			f.err = err
			return
		}
		b = append(append(append(append(b, '"'), p.key...), "\":"...), value...)
	}
	b = append(b, "},\"geometry\":{"...)
	b = geometry(b)
	b = append(b, "}}"...)
	f.buf = b
	_, f.err = f.out.Write(b)
}

func (f *features) close() error {
	if f.err == nil {
		_, f.err = io.WriteString(f.out, "\n]}\n")
	}
	return f.err
}

// point appends a position with six decimals, a tenth of a metre.
func (f *features) point(b []byte, p vec) []byte {
	lon, lat := f.w.frame.lonlat(p)
	b = strconv.AppendFloat(append(b, '['), lon, 'f', 6, 64)
	b = strconv.AppendFloat(append(b, ','), lat, 'f', 6, 64)
	return append(b, ']')
}

func (f *features) pointGeometry(p vec) func([]byte) []byte {
	return func(b []byte) []byte {
		return f.point(append(b, `"type":"Point","coordinates":`...), p)
	}
}

func (f *features) shapeGeometry(s shape) func([]byte) []byte {
	return func(b []byte) []byte {
		if len(s) == 1 {
			return f.polygon(append(b, `"type":"Polygon","coordinates":`...), s[0])
		}
		b = append(b, `"type":"MultiPolygon","coordinates":[`...)
		for i, p := range s {
			if i > 0 {
				b = append(b, ',')
			}
			b = f.polygon(b, p)
		}
		return append(b, ']')
	}
}

func (f *features) polygon(b []byte, rings [][]vec) []byte {
	b = append(b, '[')
	for i, r := range rings {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for j, p := range r {
			if j > 0 {
				b = append(b, ',')
			}
			b = f.point(b, p)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

// levels returns the IDs of the levels that the model has, coarsest first.
func (w *world) levels() []string {
	switch {
	case len(w.cities) > 1:
		return []string{"province", "city", "county", "town", "community"}
	case len(w.cities) == 1:
		return []string{"city", "county", "town", "community"}
	}
	return []string{"county", "town", "community"}
}

// writeBoundaries writes the regions of all levels.
func (w *world) writeBoundaries(out io.Writer) error {
	edges := w.borders()
	f := w.features(out, "boundaries")
	level := func(id string, n int, of func(int32) int32, unit func(int) unit, parent func(int) string) {
		for i, s := range w.shapes(edges, n, of) {
			u := unit(i)
			if len(s) == 0 {
				continue // its land went to others: it has no people either
			}
			f.add([]property{{"code", u.code}, {"name", u.name}, {"level", id}, {"parent", parent(i)}}, f.shapeGeometry(s))
		}
	}
	townOf := func(c int32) int32 { return w.communities[c].town }
	countyOf := func(c int32) int32 { return int32(w.towns[townOf(c)].county) }
	cityOf := func(c int32) int32 { return countyOf(c) / perCity }
	top := ""
	if len(w.cities) > 1 {
		top = "990000"
		level("province", 1, func(int32) int32 { return 0 }, func(int) unit { return unit{code: top, name: w.title()} }, func(int) string { return "" })
	}
	if len(w.cities) > 0 {
		level("city", len(w.cities), cityOf, func(i int) unit { return w.cities[i] }, func(int) string { return top })
	}
	level("county", len(w.countyUnits), countyOf, func(i int) unit { return w.countyUnits[i] }, func(i int) string {
		if len(w.cities) == 0 {
			return ""
		}
		return w.cities[i/perCity].code
	})
	level("town", len(w.towns), townOf, func(i int) unit { return w.towns[i].unit }, func(i int) string { return w.countyUnits[w.towns[i].county].code })
	level("community", len(w.communities), func(c int32) int32 { return c }, func(i int) unit { return w.communities[i].unit },
		func(i int) string { return w.towns[w.communities[i].town].code })
	return f.close()
}

// writeCells writes the people of the H3 cells.
func (w *world) writeCells(out io.Writer) error {
	if _, err := io.WriteString(out, "h3,population,60岁以上,15岁以下\n"); err != nil {
		return err
	}
	var b []byte
	for _, c := range w.cells() {
		b = strconv.AppendUint(b[:0], uint64(c.cell), 16)
		for _, n := range [...]int64{c.people, c.old, c.young} {
			b = strconv.AppendInt(append(b, ','), n, 10)
		}
		if _, err := out.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// writeTotals writes the official totals of the communities.
func (w *world) writeTotals(out io.Writer) error {
	if _, err := io.WriteString(out, "区划代码,名称,常住人口\n"); err != nil {
		return err
	}
	for i, c := range w.communities {
		if _, err := fmt.Fprintf(out, "%s,%s,%d\n", c.code, c.name, w.totals[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) writePlaces(out io.Writer) error {
	f := w.features(out, "places")
	for i, p := range w.places {
		props := []property{{"id", "P" + pad(i+1, 6)}, {"name", p.name}, {"kind", p.kind}}
		if p.footfall > 0 {
			props = append(props, property{"footfall", p.footfall})
		}
		f.add(props, f.pointGeometry(p.at))
	}
	return f.close()
}

// writeExclusions writes the land where nothing may be built.
func (w *world) writeExclusions(out io.Writer) error {
	f := w.features(out, "exclusions")
	zone := func(kind, name string, s shape) {
		f.add([]property{{"name", name}, {"kind", kind}}, f.shapeGeometry(s))
	}
	for _, r := range w.land.rivers {
		for _, run := range w.wetRuns(r) {
			zone("water", r.name, shape{{closed(run)}})
		}
	}
	for i, k := range w.land.lakes {
		island := reversed(k.island.ring(60))
		zone("water", k.name, shape{{closed(k.shore.ring(180)), closed(island)}})
		n := w.seed.field(95).field(uint64(i))
		seat := w.land.seat(i)
		s := w.land.scale
		low := w.land.bankAt(i, seat.x+0.21*w.land.pitch, -1500*s)
		zone("flood", w.land.rivers[i/w.land.cols].name+"行洪区", shape{{closed(blob{low, 1700 * s, 0.45, n}.ring(90))}})
		for j := range 4 {
			c := w.highest(i, 2600*s, n.field(uint64(j)))
			zone("ecological", "生态保护红线（"+pick([]string{"云顶山", "石门岭", "松涛林场", "青石崖"}, j)+"）", shape{{closed(blob{c, 2300 * s, 0.5, n.field(uint64(10 + j))}.ring(90))}})
		}
		for j := range 3 {
			a := 2 * math.Pi * n.cell(int64(j), 77)
			c := w.land.southAt(i).add(vec{5200 * s * math.Cos(a), 5200 * s * math.Sin(a)})
			zone("hazard", pick([]string{"地质灾害隐患点", "危化品企业防护区", "采空塌陷区"}, j), shape{{closed(blob{c, 420 * s, 0.2, n.field(uint64(20 + j))}.ring(40))}})
		}
	}
	return f.close()
}

// highest returns the highest of some places in the county around which radius metres lie inside it too.
func (w *world) highest(county int, radius float64, n noise) vec {
	best, found := math.Inf(-1), w.land.seat(county)
	for j := range 150 {
		a, d := 2*math.Pi*n.cell(int64(j), 1), 0.55*w.land.pitch*math.Sqrt(n.cell(int64(j), 2))
		c := w.land.seat(county).add(vec{d * math.Cos(a), d * math.Sin(a)})
		ok := true
		for k := range 12 {
			rim := c.add(vec{radius, 0}.rot(math.Cos(float64(k)*math.Pi/6), math.Sin(float64(k)*math.Pi/6)))
			ok = ok && w.county[w.mesh.nearest(rim)] == int32(county)
		}
		for t := range w.towns {
			ok = ok && w.towns[t].centre.dist(c) > radius
		}
		if h := w.land.hill(c); ok && h > best {
			best, found = h, c
		}
	}
	return found
}

func closed(ring []vec) []vec { return append(ring, ring[0]) }

// wetRuns returns the outlines of a river, in pieces inside the model.
func (w *world) wetRuns(r river) [][]vec {
	const piece = 40
	var out [][]vec
	for from := 0; from+1 < len(r.line); from += piece {
		to := min(from+piece, len(r.line)-1)
		inside := false
		for _, p := range r.line[from : to+1] {
			inside = inside || w.county[w.mesh.nearest(p)] >= 0
		}
		if !inside {
			continue
		}
		var left, right []vec
		for i := from; i <= to; i++ {
			n := r.line[min(i+1, len(r.line)-1)].sub(r.line[max(i-1, 0)]).unit().left().mul(r.half[i])
			left, right = append(left, r.line[i].add(n)), append(right, r.line[i].sub(n))
		}
		out = append(out, append(right, reversed(left)...))
	}
	return out
}

// trimPlace shortens a community's name for use in others.
func trimPlace(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, "社区"), "村")
}

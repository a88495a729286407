package data

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/geo"
	"sitecover/siting"
)

// rawPlace is a place as read.
type rawPlace struct {
	siting.Place
	in  *input
	row int
}

// places reads all place files.
func (r *reader) places(ctx context.Context) {
	var all []rawPlace
	for _, p := range r.study.Places {
		if p.Of {
			continue
		}
		in := r.open(ctx, "places", p.Source)
		if in == nil {
			continue
		}
		left, outside := &counter{}, 0
		var read []rawPlace
		if in.features() {
			read = r.readPlaceFeatures(ctx, in, p, left)
		} else {
			read = r.readPlaceRows(ctx, in, p, left)
		}
		for i := range read {
			if read[i].Region = r.locate(read[i].Point); read[i].Region < 0 {
				outside++
			}
		}
		left.report(r.c, "info", in.name)
		if outside > 0 && r.regions != nil {
			r.c.find("info", in.name, 0, T("%d 个地点在研究区之外", "%d places lie outside the study area", outside))
		}
		all = append(all, read...)
		points := make([]orb.Point, len(read))
		for i := range read {
			points[i] = read[i].Point
		}
		r.watch(in, points)
		r.closeInput(in)
	}
	for _, p := range r.study.Places {
		if p.Of {
			r.countPlaces(ctx, p, all)
		}
	}
	r.orderPlaces(all)
}

// orderPlaces gives places without an id one made of kind and position, refuses an id of the file's own that is used twice, and sorts.
func (r *reader) orderPlaces(all []rawPlace) {
	own := make([]bool, len(all))
	for i := range all {
		p := &all[i]
		if own[i] = p.ID != ""; !own[i] {
			p.ID = fmt.Sprintf("%s@%.7f,%.7f", p.Kind, p.Point[0], p.Point[1])
		}
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := all[i], all[j]
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Name, b.Name), cmp.Compare(a.Footfall, b.Footfall))
	})
	same := 0
	for k, i := range order {
		p := all[i]
		if k > 0 && all[order[k-1]].ID == p.ID {
			if own[i] {
				first := all[order[k-1]]
				_ = p.in.fail(p.row, "id", p.ID, seenAt{first.in.name, first.row}.text("编号重复", "is used twice"), T("每个地点要有自己的编号", "every place needs an id of its own"))
				continue
			}
			same++
			p.ID = fmt.Sprintf("%s#%d", p.ID, same+1)
		} else {
			same = 0
		}
		r.out.Places = append(r.out.Places, p.Place)
	}
}

// kindOf returns the kind of a place from the study's table, the vocabulary, or the whole file's kind.
func kindOf(src PlaceSource, value string) (string, bool) {
	if own, ok := src.Kinds[value]; ok && value != "" {
		return own, true
	}
	if src.Kind != "" {
		return src.Kind, true
	}
	return kindOfWord(value)
}

func (r *reader) readPlaceFeatures(ctx context.Context, in *input, src PlaceSource, left *counter) []rawPlace {
	var out []rawPlace
	bands := &bandReader{in: in, bands: src.Bands}
	defer bands.report(r.c)
	readFeatures(in, func(f *feature) error {
		k, ok := kindOf(src, f.field(src.Source, "kind", "kind", "类型", "类别"))
		if !ok {
			k, ok = kindOfTags(f.get)
		}
		if !ok {
			left.add(T("种类不在词表里的地点，未使用", "places of kinds that the study does not know, left out"))
			return r.stop(ctx)
		}
		point, ok := r.placePoint(in, f, left)
		if !ok {
			return r.stop(ctx)
		}
		p := rawPlace{in: in, row: f.number}
		p.Kind, p.Point, p.Footfall = k, point, -1
		p.Name = f.field(src.Source, "name", nameWords...)
		p.ID = f.field(src.Source, "id", "id", "@id", "osm_id", "编号")
		if p.ID == "" && src.Fields["id"] == "" {
			p.ID = f.id
		}
		if text := f.field(src.Source, "footfall", "footfall", "客流", "日客流"); text != "" {
			n, problem := parseNumber(text)
			if problem == nil && n < 0 {
				problem = &quantityError{T("不能为负", "must not be negative"), T("写零或正数；不知道就留空", "write zero or more; leave it empty where it is not known")}
			}
			if problem != nil {
				_ = in.fail(f.number, cmp.Or(src.Fields["footfall"], "footfall"), text, problem.what, problem.hint)
				return r.stop(ctx)
			}
			p.Footfall = n
		}
		if bands.read(&p, f.get) {
			out = append(out, p)
		}
		return r.stop(ctx)
	})
	return out
}

// placePoint returns where a feature is: polygons stand for a point inside them.
func (r *reader) placePoint(in *input, f *feature, left *counter) (orb.Point, bool) {
	if p, ok := f.geometry.(orb.Point); ok {
		return p, in.checkPoint(f, p)
	}
	shape, ok := polygons(f)
	if !ok {
		left.add(T("既不是点也不是面的要素，未使用", "features that are neither points nor polygons, left out"))
		return orb.Point{}, false
	}
	check := checkShape(shape)
	for _, p := range check.problems {
		_ = in.fail(f.number, f.label(), "", p.what, p.hint)
	}
	if len(check.problems) > 0 {
		return orb.Point{}, false
	}
	p := geo.InteriorPoint(check.shape)
	return p, !math.IsNaN(p[0])
}

func (r *reader) readPlaceRows(ctx context.Context, in *input, src PlaceSource, left *counter) []rawPlace {
	t := openTable(in, src.Source, "")
	if t == nil {
		return nil
	}
	defer t.close()
	if byCell := t.has("cell") && !t.has("lon") && !t.has("lat"); !byCell && !t.require("lon", "lat") {
		return nil
	}
	bands := r.bandsOf(t, src)
	defer bands.report(r.c)
	if src.Kind == "" && !t.has("kind") {
		src.Kind = impliedKind(t.header)
		r.c.find("info", in.name, 0, T("没有种类列，全部按 %s", "has no column of kinds: all are taken as %s", src.Kind))
	}
	var out []rawPlace
	for t.scan(ctx) {
		k, ok := kindOf(src, t.get("kind"))
		if !ok {
			left.add(Text{"种类“" + clip(t.get("kind")) + "”不在词表里的地点，未使用", "places of the unknown kind \"" + clip(t.get("kind")) + "\", left out"})
			continue
		}
		point, ok := t.placePoint()
		if !ok {
			continue
		}
		p := rawPlace{in: in, row: t.row}
		p.ID, p.Name, p.Kind, p.Point, p.Footfall = t.get("id"), t.get("name"), k, point, -1
		if p.Name == "" {
			p.Name = p.ID
		}
		if t.get("footfall") != "" {
			if p.Footfall, ok = t.amount("footfall"); !ok {
				continue
			}
		}
		if bands.read(&p, t.text) {
			out = append(out, p)
		}
	}
	t.empty()
	return out
}

// placePoint returns the position of the row: its coordinates, or the middle of its H3 cell.
func (t *table) placePoint() (orb.Point, bool) {
	if t.has("lon") || t.has("lat") {
		return t.point()
	}
	cell, ok := parseCell(t.get("cell"))
	if !ok {
		_ = t.fail("cell", T("不是 H3 格网编号", "is not an H3 cell"), T("例如 8928308280fffff", "for example 8928308280fffff"))
		return orb.Point{}, false
	}
	centre := h3.CellToLatLng(cell)
	return orb.Point{centre.Lng, centre.Lat}, true
}

// impliedKind says what a file without kinds holds: a GTFS stops.txt tells by its columns.
func impliedKind(header []string) string {
	for _, h := range header {
		if normalise(h) == "stopid" {
			return "bus_stop"
		}
	}
	return "other"
}

// exclusions reads all exclusion files.
func (r *reader) exclusions(ctx context.Context) {
	for _, e := range r.study.Exclusions {
		in := r.open(ctx, "exclusions", e.Source)
		if in == nil {
			continue
		}
		r.readExclusions(ctx, in, e)
		r.closeInput(in)
	}
	slices.SortStableFunc(r.out.Exclusions, func(a, b siting.Exclusion) int {
		p, q := a.Shape[0][0][0], b.Shape[0][0][0]
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]))
	})
}

func (r *reader) readExclusions(ctx context.Context, in *input, e ExclusionSource) {
	left := r.readPolygons(ctx, in, func(f *feature, shape orb.MultiPolygon) {
		if check, sound := in.sound(e.Source, f.number, f.label(), shape); sound {
			x := siting.Exclusion{Shape: check.shape, Name: f.field(e.Source, "name", nameWords...)}
			x.Kind = cmp.Or(f.field(e.Source, "kind", "kind", "type", "类型"), e.Kind)
			if e.Kind != "" && e.Fields["kind"] == "" {
				x.Kind = e.Kind
			}
			r.out.Exclusions = append(r.out.Exclusions, x)
		}
	})
	left.report(r.c, "info", in.name)
}

// readPolygons reads the polygons of a file and counts the features that are none.
func (r *reader) readPolygons(ctx context.Context, in *input, each func(*feature, orb.MultiPolygon)) (left *counter) {
	left = &counter{}
	readFeatures(in, func(f *feature) error {
		if shape, ok := polygons(f); ok {
			each(f, shape)
		} else {
			left.add(T("不是面的要素，未使用", "features that are no polygons, left out"))
		}
		return r.stop(ctx)
	})
	return left
}

// whole checks the polygons of a feature, which are taken as they are or not at all, and notes what is wrong with them.
func (in *input) whole(f *feature, shape orb.MultiPolygon) (_ orb.MultiPolygon, sound bool) {
	check := checkShape(shape)
	for _, p := range check.problems {
		_ = in.fail(f.number, f.label(), "", p.what, p.hint)
	}
	return check.shape, len(check.problems) == 0
}

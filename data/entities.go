package data

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sitecover/coverage"
)

// EntitySource is a file of places that count as demand of their own, such as industrial parks: .csv, .xlsx or .geojson.
type EntitySource struct {
	Source
	Sheet string            // Excel sheet; "" = the first
	Kind  string            // of the whole file; "" = the kind column tells it
	Kinds map[string]string // value of the kind column -> the study's word, where they differ
}

// ZoneSource is a GeoJSON file of areas of special kinds, such as new estates or villages turned communities.
type ZoneSource struct {
	Source
	Kind string // of the whole file; "" = the kind property tells it
}

// entitySources reads `entities:`, `zones:` and `residential:`.
func (l *loader) entitySources() {
	s := l.study
	l.each("entities", func(sec *section, src Source) {
		e := EntitySource{Source: src, Sheet: sec.text("sheet", ""), Kind: sec.text("kind", ""), Kinds: sec.table("kinds")}
		s.Entities = append(s.Entities, e)
	})
	l.each("zones", func(sec *section, src Source) {
		s.Zones = append(s.Zones, ZoneSource{Source: src, Kind: sec.text("kind", "")})
	})
	l.each("residential", func(sec *section, src Source) { s.Residential = append(s.Residential, ResidentialSource{src}) })
	l.each("buildings", func(sec *section, src Source) { s.Buildings = append(s.Buildings, BuildingSource{src}) })
}

// rawEntity is an entity as read.
type rawEntity struct {
	coverage.Entity
	in  *input
	row int
}

// featureKinds are the properties that may tell the kind of an entity or a zone.
var featureKinds = []string{"kind", "type", "类型", "类别", "种类"}

// entities reads all entity files.
func (r *reader) entities(ctx context.Context) {
	var all []rawEntity
	for _, e := range r.study.Entities {
		in := r.open(ctx, "entities", e.Source)
		if in == nil {
			continue
		}
		var read []rawEntity
		if in.features() {
			read = r.readEntityFeatures(ctx, in, e)
		} else {
			read = r.readEntityRows(ctx, in, e)
		}
		points := make([]orb.Point, len(read))
		for i := range read {
			points[i] = read[i].Point
		}
		r.watch(in, points)
		all = append(all, r.inside(in, read)...)
		r.closeInput(in)
	}
	nameless(all, func(e *rawEntity) (*string, string, orb.Point) { return &e.ID, e.Name, e.Point })
	slices.SortStableFunc(all, func(a, b rawEntity) int { return strings.Compare(a.ID, b.ID) })
	for i, e := range all {
		if i > 0 && all[i-1].ID == e.ID {
			first := all[i-1]
			_ = e.in.fail(e.row, "id", e.ID, seenAt{first.in.name, first.row}.text("编号重复", "is used twice"), T("每个单位要有自己的编号", "every entity needs an id of its own"))
			continue
		}
		r.out.Entities = append(r.out.Entities, e.Entity)
	}
}

// inside keeps the entities of the study area, and counts the others and those without a headcount.
func (r *reader) inside(in *input, read []rawEntity) (kept []rawEntity) {
	outside, unknown := 0, 0
	for _, e := range read {
		if e.Region = r.locate(e.Point); e.Region < 0 && r.regions != nil {
			outside++
			continue
		}
		if e.Headcount < 0 {
			unknown++
		}
		kept = append(kept, e)
	}
	if outside > 0 {
		r.c.find("warning", in.name, 0, T("%d 个单位在研究区之外，未使用", "%d entities outside the study area were left out", outside))
	}
	if unknown > 0 {
		r.c.find("info", in.name, 0, T("%d 个单位的人数不详：计入个数，不计入人数", "the headcount of %d entities is not known: they count as entities, not as people", unknown))
	}
	return kept
}

// entity puts an entity together; ok is false after noting what is wrong. The texts are those of the file.
func entity(in *input, row int, src EntitySource, e coverage.Entity, kind, headcount string) (rawEntity, bool) {
	before := len(in.c.errs)
	e.Kind = cmp.Or(src.Kinds[kind], kind)
	if src.Kind != "" {
		e.Kind = src.Kind
	}
	if e.Kind == "" {
		_ = in.fail(row, cmp.Or(src.Fields["kind"], "kind"), "", T("没有种类", "has no kind"), T("补上种类，或在来源里写 kind", "fill in the kind, or give the source a kind"))
	}
	if e.ID == "" && e.Name == "" {
		_ = in.fail(row, cmp.Or(src.Fields["name"], "name"), "", T("没有名称", "has no name"), T("补上名称或编号", "fill in the name or the id"))
	}
	e.Name = cmp.Or(e.Name, e.ID)
	e.Headcount = -1
	if headcount != "" {
		n, problem := parseNumber(headcount)
		switch {
		case problem == nil && n < 0:
			problem = &quantityError{T("不能为负", "must not be negative"), T("写零或正数；不知道就留空", "write zero or more; leave it empty where it is not known")}
		case problem == nil && n > maxPeople:
			problem = &quantityError{T("超过 10 亿人", "is more than a billion people"), T("检查单位", "check the unit")}
		}
		if problem != nil {
			_ = in.fail(row, cmp.Or(src.Fields["headcount"], "headcount"), headcount, problem.what, problem.hint)
		}
		e.Headcount = coverage.People(math.Round(n * float64(coverage.Person)))
	}
	return rawEntity{e, in, row}, len(in.c.errs) == before
}

func (r *reader) readEntityRows(ctx context.Context, in *input, src EntitySource) (out []rawEntity) {
	t := openTable(in, src.Source, src.Sheet)
	if t == nil {
		return nil
	}
	defer t.close()
	ok := t.require("lon", "lat", "headcount")
	if src.Kind == "" {
		ok = t.require("kind") && ok
	}
	if !ok {
		return nil
	}
	src.Fields = map[string]string{"name": t.column("name"), "kind": t.column("kind"), "headcount": t.column("headcount")} // for messages
	for t.scan(ctx) {
		point, okPoint := t.point()
		e, okEntity := entity(in, t.row, src, coverage.Entity{ID: t.get("id"), Name: t.get("name"), Point: point}, t.get("kind"), t.get("headcount"))
		if okPoint && okEntity {
			out = append(out, e)
		}
	}
	t.empty()
	return out
}

func (r *reader) readEntityFeatures(ctx context.Context, in *input, src EntitySource) (out []rawEntity) {
	left := &counter{}
	readFeatures(in, func(f *feature) error {
		point, ok := r.placePoint(in, f, left)
		if !ok {
			return r.stop(ctx)
		}
		e := coverage.Entity{ID: f.field(src.Source, "id", "id", "编号"), Name: f.field(src.Source, "name", nameWords...), Point: point}
		if e.ID == "" && src.Fields["id"] == "" {
			e.ID = f.id
		}
		kind := f.field(src.Source, "kind", featureKinds...)
		headcount := f.field(src.Source, "headcount", synonyms["entities"]["headcount"]...)
		if x, ok := entity(in, f.number, src, e, kind, headcount); ok {
			out = append(out, x)
		}
		return r.stop(ctx)
	})
	left.report(r.c, "warning", in.name)
	return out
}

// zones reads all zone files.
func (r *reader) zones(ctx context.Context) {
	for _, z := range r.study.Zones {
		in := r.open(ctx, "zones", z.Source)
		if in == nil {
			continue
		}
		r.readZones(ctx, in, z)
		r.closeInput(in)
	}
	slices.SortStableFunc(r.out.Zones, func(a, b coverage.Zone) int {
		p, q := a.Shape[0][0][0], b.Shape[0][0][0]
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]))
	})
}

func (r *reader) readZones(ctx context.Context, in *input, z ZoneSource) {
	left := r.readPolygons(ctx, in, func(f *feature, shape orb.MultiPolygon) {
		shape, sound := in.whole(f, shape)
		zone := coverage.Zone{Name: f.field(z.Source, "name", nameWords...), Kind: z.Kind, Shape: shape}
		if zone.Kind == "" {
			zone.Kind = f.field(z.Source, "kind", featureKinds...)
		}
		if zone.Kind == "" {
			_ = in.fail(f.number, cmp.Or(z.Fields["kind"], "kind"), "", T("没有种类", "has no kind"), T("补上种类，或在来源里写 kind", "fill in the kind, or give the source a kind"))
		} else if sound {
			r.out.Zones = append(r.out.Zones, zone)
		}
	})
	left.report(r.c, "warning", in.name)
}

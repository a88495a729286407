package data

import (
	"context"

	"github.com/paulmach/orb"

	"sitecover/geo"
)

// keptAreas is what reading the boundaries told.
type keptAreas struct {
	Regions  []geo.Region // as NewRegions orders them
	Origin   []keptOrigin // by region
	Files    []keptInput
	Borders  []keptBorder // by file
	Findings []Finding
}

// keptOrigin is where a region stands.
type keptOrigin struct {
	File string
	Row  int
}

// keptBorder lists the shapes of one file in its order. Most are those of regions, and kept once.
type keptBorder struct{ Shapes []keptShape }

// keptShape is the shape of a region, or one of its own where Region is negative.
type keptShape struct {
	Name   string
	Region int32
	Shape  orb.MultiPolygon
}

const areasKind = "areas"

// areasKey names what reading the boundaries gives by all that it depends on; "" when it is not kept.
func (r *reader) areasKey(ctx context.Context) string {
	if r.options.Cache.Dir == "" || len(r.study.Areas) == 0 {
		return ""
	}
	hashes, bytes, ok := r.hashes(ctx, sources(r.study.Areas, func(a AreaSource) Source { return a.Source }))
	if !ok || !r.options.Cache.serves(bytes) {
		return ""
	}
	return cacheKeyOf(r.study.Levels, lineless(r.study.Areas, func(a *AreaSource) *int { return &a.Line }), hashes)
}

// keptBoundaries takes the boundaries from the cache, where it has them.
func (r *reader) keptBoundaries(ctx context.Context, key string) bool {
	var kept keptAreas
	if key == "" || !r.options.Cache.LoadValues(areasKind, key, &kept) {
		return false
	}
	regions, err := geo.NewRegions(r.study.Levels, kept.Regions)
	if err != nil || len(kept.Origin) != len(kept.Regions) || len(kept.Files) != len(r.study.Areas) || len(kept.Borders) != len(kept.Files) {
		return false
	}
	borders, ok := kept.borders(regions)
	if !ok {
		return false
	}
	ins := make([]*input, len(kept.Files))
	for i, a := range r.study.Areas {
		if ins[i] = r.open(ctx, "areas", a.Source); ins[i] == nil {
			return true // it could be read a moment ago: the problem is noted
		}
		if !ins[i].restore(kept.Files[i]) {
			return false
		}
	}
	for i, in := range ins {
		r.borders = append(r.borders, border{in, in.source(), borders[i]})
		r.closeInput(in)
	}
	r.regions, r.origin = regions, make(map[string]seenAt, len(regions.All))
	for i, g := range regions.All {
		r.origin[g.ID] = seenAt{kept.Origin[i].File, kept.Origin[i].Row}
	}
	r.appendFindings(kept.Findings)
	return true
}

// borders returns the shapes of every file.
func (k *keptAreas) borders(regions *geo.Regions) ([][]namedShape, bool) {
	out := make([][]namedShape, len(k.Borders))
	for i, b := range k.Borders {
		out[i] = make([]namedShape, len(b.Shapes))
		for j, s := range b.Shapes {
			if int(s.Region) >= len(regions.All) {
				return nil, false
			}
			if s.Region >= 0 {
				s.Shape = regions.All[s.Region].Shape
			}
			out[i][j] = namedShape{s.Name, s.Shape}
		}
	}
	return out, true
}

// keepBoundaries puts boundaries that were read without a problem into the cache; so many findings are those of other inputs.
func (r *reader) keepBoundaries(key string, findings int) {
	if key == "" || r.regions == nil || r.c.err() != nil {
		return
	}
	kept := keptAreas{Regions: r.regions.All, Findings: append([]Finding(nil), r.c.findings[findings:]...)}
	at := map[*orb.Point]int32{} // first corner of a shape -> region
	for i, g := range r.regions.All {
		from := r.origin[g.ID]
		kept.Origin = append(kept.Origin, keptOrigin{from.file, from.row})
		if len(g.Shape) > 0 {
			at[&g.Shape[0][0][0]] = int32(i)
		}
	}
	for _, b := range r.borders {
		kept.Files = append(kept.Files, keptOf(b.in))
		border := keptBorder{Shapes: make([]keptShape, len(b.shapes))}
		for i, s := range b.shapes {
			border.Shapes[i] = keptShape{Name: s.name, Region: -1, Shape: s.shape}
			if len(s.shape) > 0 && len(s.shape[0]) > 0 && len(s.shape[0][0]) > 0 {
				if region, same := at[&s.shape[0][0][0]]; same {
					border.Shapes[i].Region, border.Shapes[i].Shape = region, nil
				}
			}
		}
		kept.Borders = append(kept.Borders, border)
	}
	if len(kept.Files) == len(r.study.Areas) {
		r.options.Cache.keep(areasKind, key, &kept)
	}
}

package data

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"
)

// ResidentialSource is a GeoJSON file of residential land.
type ResidentialSource struct{ Source }

// residential reads all files of residential land.
func (r *reader) residential(ctx context.Context) {
	for _, s := range r.study.Residential {
		in := r.open(ctx, "residential", s.Source)
		if in == nil {
			continue
		}
		left := &counter{}
		readFeatures(in, func(f *feature) error {
			shape, ok := polygons(f)
			if !ok {
				left.add(T("不是面的要素，未使用", "features that are no polygons, left out"))
				return r.stop(ctx)
			}
			check := checkShape(shape)
			for _, p := range check.problems {
				_ = in.fail(f.number, f.label(), "", p.what, p.hint)
			}
			if len(check.problems) == 0 {
				r.out.Residential = append(r.out.Residential, check.shape)
			}
			return r.stop(ctx)
		})
		left.report(r.c, "warning", in.name)
		r.closeInput(in)
	}
	slices.SortStableFunc(r.out.Residential, func(a, b orb.MultiPolygon) int {
		p, q := a[0][0][0], b[0][0][0]
		return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]))
	})
}

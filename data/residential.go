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
		left := r.readPolygons(ctx, in, func(f *feature, shape orb.MultiPolygon) {
			if shape, sound := in.whole(f, shape); sound {
				r.out.Residential = append(r.out.Residential, shape)
			}
		})
		left.report(r.c, "warning", in.name)
		r.closeInput(in)
	}
	slices.SortStableFunc(r.out.Residential, func(a, b orb.MultiPolygon) int {
		p, q := a[0][0][0], b[0][0][0]
		return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]))
	})
}

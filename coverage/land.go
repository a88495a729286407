package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"sitecover/geo"
	"sitecover/geo/grid"
)

// LandArea is an area in square centimetres. Integers make every sum exact.
type LandArea int64

// SquareMetres returns the area in m².
func (a LandArea) SquareMetres() float64 { return float64(a) / 10_000 }

// Land is residential land on the grid: every shape is cut by the cells. Immutable. Columns are parallel, ordered by cell, then shape.
type Land struct {
	Point   []orb.Point // WGS84, area centroid of the piece
	Region  []int32     // deepest region that holds the centroid
	Area    []LandArea
	Outside LandArea // pieces whose centroid lies outside every region: left out
}

// ResidentialLand cuts shapes by the cells of the grid. A piece belongs to the region of its centroid: in a cell that straddles regions
// the land of each is right to about half a cell, its sum exactly. Shapes should not overlap: what they share counts for each,
// though never above the area of the cell. The error names a shape that cannot be used, or is the context's. Cost as grid.Build on the shapes.
func ResidentialLand(ctx context.Context, g *grid.Grid, r *geo.Regions, shapes []orb.MultiPolygon) (*Land, error) {
	if len(shapes) == 0 {
		return &Land{}, nil
	}
	regions := make([]geo.Region, len(shapes))
	for i, shape := range shapes {
		regions[i] = geo.Region{ID: fmt.Sprintf("%010d", i), Parent: -1, Shape: shape}
	}
	all, err := geo.NewRegions([]geo.Level{{ID: "residential"}}, regions)
	if err != nil {
		return nil, err
	}
	cut, err := grid.Build(ctx, all, g.Resolution)
	if err != nil {
		return nil, err
	}
	land := &Land{}
	d := &distributor{grid: g, regions: r}
	for _, piece := range cut.Parts {
		area := LandArea(math.Round(piece.Share * cut.Area(piece.Cell) * 10_000))
		part := d.place(cut.Cells[piece.Cell], piece.Centre)
		if part < 0 {
			land.Outside += area
			continue
		}
		land.Point = append(land.Point, piece.Centre)
		land.Region = append(land.Region, g.Parts[part].Region)
		land.Area = append(land.Area, area)
	}
	return land, nil
}

// LandFigures are the residential land of a region, and how much of it is within a tier's limit.
type LandFigures struct {
	Area    LandArea
	Covered LandArea
}

// Effective returns 有效覆盖 by residential land; ok is false for a region without any.
func (x LandFigures) Effective() (share float64, ok bool) {
	if x.Area == 0 {
		return 0, false
	}
	return float64(x.Covered) / float64(x.Area), true
}

// LandCoverage is what one tier does for residential land.
type LandCoverage struct {
	Region []LandFigures // per region; a parent is its children and what it owns itself
	Total  LandFigures
}

// CoverLand tells for every tier how much residential land is covered: a piece is when its centroid is within the limit of an open
// site, whether people are counted there or not. Pieces are at most a cell. It costs one search of the road graph a tier, from all
// sites at once.
func CoverLand(ctx context.Context, in Input, land *Land) ([]LandCoverage, error) {
	n := len(land.Area)
	err := in.Validate()
	if len(land.Point) != n || len(land.Region) != n {
		err = errors.Join(err, &FieldError{Field: "land", What: "columns differ in length"})
	}
	if err != nil {
		return nil, err
	}
	out := make([]LandCoverage, len(in.Tiers))
	for t, tier := range in.Tiers {
		service, err := in.nearestServices(ctx, t, land.Point, tier.Limit)
		if err != nil {
			return nil, fmt.Errorf("coverage: tier %q: %w", tier.ID, err)
		}
		c := LandCoverage{Region: make([]LandFigures, len(in.Regions.All))}
		for i, area := range land.Area {
			x := LandFigures{Area: area}
			if service[i].Covered {
				x.Covered = area
			}
			c.Total.add(x)
			for r := land.Region[i]; r >= 0; r = in.Regions.All[r].Parent {
				c.Region[r].add(x)
			}
		}
		out[t] = c
	}
	return out, nil
}

func (x *LandFigures) add(y LandFigures) {
	x.Area += y.Area
	x.Covered += y.Covered
}

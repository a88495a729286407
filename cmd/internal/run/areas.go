package run

import (
	"context"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/geo"
	"sitecover/geo/network"
)

// AreasError says why areas cannot be drawn.
type AreasError struct{ Text data.Text }

// Error returns the English form.
func (e *AreasError) Error() string { return e.Text.EN }

// Isochrones draws the service areas of a tier's open sites on its road network: one feature a band, of all sites together
// (site == "") or of one. Bands beyond or below the tier's radius may be asked for; none asks for DefaultBands.
func (s *Session) Isochrones(ctx context.Context, tier int, site string, bands []geo.Limit) (*geojson.FeatureCollection, error) {
	if err := s.Coverage(ctx); err != nil {
		return nil, err
	}
	t := s.tiers[tier]
	graph := s.graphs[coverage.GraphKey{Mode: t.Mode, Metric: t.Limit.Metric}]
	if graph == nil {
		return nil, &AreasError{data.T("%s 按直线计算，没有沿路的服务区", "tier %s is measured in straight lines, it has no area along roads", t.ID)}
	}
	if len(bands) == 0 {
		for _, b := range coverage.DefaultBands(t.Limit) {
			bands = append(bands, geo.Limit{Metric: t.Limit.Metric, Max: b})
		}
	}
	for _, b := range bands {
		if b.Metric != t.Limit.Metric {
			return nil, &AreasError{data.T("%s 以 %s 计，不能用 %s", "tier %s is measured in %s, not as %s", t.ID, t.Limit.Metric, LimitText(b))}
		}
	}
	points, err := s.openPoints(tier, site)
	if err != nil {
		return nil, err
	}
	s.stage("绘制服务区", "drawing service areas")
	shapes, err := graph.Isochrones(ctx, graph.Snap(points), bands, network.IsochroneOptions{Workers: s.opts.Workers})
	if err != nil {
		return nil, err
	}
	fc := geojson.NewFeatureCollection()
	for i, shape := range shapes {
		f := geojson.NewFeature(shape)
		f.Properties = geojson.Properties{"tier": t.ID, "site": site, "sites": len(points), "limit": LimitText(bands[i]), "area_km2": geo.Area(shape) / 1e6}
		fc.Append(f)
	}
	slices.Reverse(fc.Features) // the largest first, so that a viewer draws it below the others
	return fc, nil
}

// openPoints are the places of the tier's open sites, or of the one that is named.
func (s *Session) openPoints(tier int, site string) ([]orb.Point, error) {
	var points []orb.Point
	for _, i := range s.Result.Services[tier].Open {
		if site == "" || s.Data.Sites[i].ID == site {
			points = append(points, s.Data.Sites[i].Point)
		}
	}
	if len(points) == 0 && site != "" {
		return nil, &AreasError{data.T("%s 没有编号为 %q 的开放设施", "tier %s has no open site with id %q", s.tiers[tier].ID, site)}
	}
	return points, nil
}

// CatchmentReport are the management areas (网格化) of a tier's open sites.
type CatchmentReport struct {
	Study string          `json:"study"`
	Tier  string          `json:"tier"`
	Areas []CatchmentView `json:"areas"`
}

// CatchmentView is one site's area.
type CatchmentView struct {
	Site   string  `json:"site"`
	Name   string  `json:"name"`
	People float64 `json:"people"`
	Moved  float64 `json:"peopleNearerToAnother"`
	Cells  int     `json:"cells"`
	Pieces int     `json:"pieces"`
	Km2    float64 `json:"areaKm2"`
}

// Catchments divides the land among a tier's open sites, as a table and as a layer.
func (s *Session) Catchments(ctx context.Context, tier int, balance float64) (*CatchmentReport, *geojson.FeatureCollection, error) {
	if err := s.Coverage(ctx); err != nil {
		return nil, nil, err
	}
	s.stage("划分管理网格", "dividing the land among sites")
	areas, err := coverage.Catchments(ctx, s.input(), s.Result, coverage.CatchmentOptions{Tier: tier, Balance: balance})
	if err != nil {
		return nil, nil, err
	}
	report := &CatchmentReport{Study: s.Study.Name, Tier: s.tiers[tier].ID, Areas: []CatchmentView{}}
	fc := geojson.NewFeatureCollection()
	for _, c := range areas {
		site := s.Data.Sites[c.Site]
		v := CatchmentView{site.ID, site.Name, c.People.Float(), c.Moved.Float(), len(c.Cells), c.Pieces, geo.Area(c.Shape) / 1e6}
		report.Areas = append(report.Areas, v)
		f := geojson.NewFeature(c.Shape)
		f.Properties = geojson.Properties{"tier": report.Tier, "site": v.Site, "name": v.Name, "people": v.People, "moved": v.Moved, "pieces": v.Pieces, "area_km2": v.Km2}
		fc.Append(f)
	}
	return report, fc, nil
}

package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sitecover/coverage"
	"sitecover/data"
	"sitecover/data/standard"
	"sitecover/geo"
	"sitecover/geo/network"
	"sitecover/reports"
	"sitecover/siting"
)

// What a report works out by itself is bounded by the size of the study, never by the clock, so that the same study gives the same
// report on any machine.
const (
	frontierDemand = 60_000 // demand points up to which coverage against money is worked out without being asked for
	frontierSteps  = 8
	frontierRounds = 60 // steps of the relaxation for each point of the curve; the search of plans goes along
)

// measure works out what a report tells besides coverage, gaps and the plan: as far as the study gives it something to measure.
func (s *Session) measure(ctx context.Context, o ReportOptions) error {
	if s.measures != nil {
		return nil
	}
	m := &reports.Measures{}
	for _, step := range []func(context.Context, *reports.Measures) error{s.measureGaps, s.measureOthers, s.measureLand, s.measureSites} {
		if err := step(ctx, m); err != nil {
			return err
		}
	}
	if s.wantsFrontier(o) {
		if err := s.measureFrontier(ctx, m); err != nil {
			return err
		}
	}
	s.measures = m
	return nil
}

// measureGaps tells what would close the gaps, where the study says what may be built.
func (s *Session) measureGaps(ctx context.Context, m *reports.Measures) error {
	m.Zones = s.Data.Zones
	if s.Plan == nil {
		return nil
	}
	found, err := s.Candidates(ctx)
	if err != nil {
		return err
	}
	s.stage("计算补齐各空白区的办法", "working out what would close the gaps")
	m.Offers = found.All
	m.Fixes, err = siting.FixGaps(ctx, s.World(), s.Gaps, found, s.Rules())
	return err
}

// measureOthers tells hours, entities and residential land.
func (s *Session) measureOthers(ctx context.Context, m *reports.Measures) error {
	s.stage("计算各类人群、时段与单位的覆盖", "measuring groups, hours and entities")
	var err error
	if slices.ContainsFunc(s.Data.Sites, func(x coverage.Site) bool { return x.Hours != nil }) {
		if m.Hours, err = coverage.ByHours(s.input(), s.Result, coverage.DefaultMoments()); err != nil {
			return err
		}
	}
	if len(s.Data.Entities) > 0 {
		m.Entities = s.Data.Entities
		if m.Served, err = coverage.Entities(ctx, s.input(), s.Data.Entities); err != nil {
			return err
		}
	}
	if len(s.Data.Residential) > 0 {
		land, err := coverage.ResidentialLand(ctx, s.Grid, s.Data.Regions, s.Data.Residential)
		if err != nil {
			return err
		}
		if m.Land, err = coverage.CoverLand(ctx, s.input(), land); err != nil {
			return err
		}
	}
	return nil
}

// MeasureLand works out what maps of footfall, reach and catchments show, and nothing else.
func (s *Session) MeasureLand(ctx context.Context) error {
	if s.measures != nil {
		return nil
	}
	if err := s.FindGaps(ctx); err != nil {
		return err
	}
	if s.Study.Stations != nil {
		if rules := s.stationRules(); rules.Mode != coverage.Straight {
			if err := s.graph(ctx, rules.Mode, geo.Metres); err != nil {
				return err
			}
		}
	}
	m := &reports.Measures{}
	s.measures = m
	return s.measureLand(ctx, m)
}

// measureLand divides the land among the sites and draws what is within reach of them.
func (s *Session) measureLand(ctx context.Context, m *reports.Measures) error {
	s.stage("绘制服务区与责任区", "drawing service areas and catchments")
	for t := range s.tiers {
		areas, err := coverage.Catchments(ctx, s.input(), s.Result, coverage.CatchmentOptions{Tier: t})
		if err != nil {
			return err
		}
		bands, err := s.reach(ctx, t)
		if err != nil {
			return err
		}
		m.Catchments, m.Reach = append(m.Catchments, areas), append(m.Reach, bands)
	}
	if s.Study.Stations == nil {
		return nil
	}
	var err error
	m.Footfall, err = siting.CellFootfall(s.World(), s.stationRules())
	return err
}

// reach draws the land within reach of a tier's open sites; none for tiers without roads.
func (s *Session) reach(ctx context.Context, tier int) ([]reports.ReachBand, error) {
	t := s.tiers[tier]
	graph := s.graphs[coverage.GraphKey{Mode: t.Mode, Metric: t.Limit.Metric}]
	if graph == nil || len(s.Result.Services[tier].Open) == 0 {
		return []reports.ReachBand{}, nil
	}
	points, err := s.openPoints(tier, "")
	if err != nil {
		return nil, err
	}
	var limits []geo.Limit
	for _, b := range coverage.DefaultBands(t.Limit) {
		limits = append(limits, geo.Limit{Metric: t.Limit.Metric, Max: b})
	}
	shapes, err := graph.Isochrones(ctx, graph.Snap(points), limits, network.IsochroneOptions{Workers: s.opts.Workers})
	if err != nil {
		return nil, err
	}
	out := make([]reports.ReachBand, len(limits))
	for i := range limits {
		out[i] = reports.ReachBand{Limit: limits[i], Shape: shapes[i]}
	}
	return out, nil
}

// measureSites assesses the open sites, where the study uses a standard.
func (s *Session) measureSites(ctx context.Context, m *reports.Measures) error {
	if s.Study.Standard == nil {
		return nil
	}
	a, err := s.Assess(ctx, "")
	var unread data.InputErrors
	if errors.As(err, &unread) {
		s.unread = unread // the report says so instead of failing: it does not rest on the assessment
		return nil
	}
	if err != nil {
		return err
	}
	m.Assessment = s.assessment(a, s.Study.Standard.Profile)
	return nil
}

// assessment turns an assessment into what reports show.
func (s *Session) assessment(a *AssessReport, p *standard.Profile) *reports.Assessment {
	name := func(n standard.Name) reports.Bilingual { return reports.Bilingual{ZH: n.ZH, EN: n.EN} }
	out := &reports.Assessment{Standard: name(p.Name)}
	grade := map[string]int{}
	for i, g := range a.Grades {
		out.Grades, grade[g.ID] = append(out.Grades, name(g.Name)), i
	}
	axes := map[string]int{"": 0}
	out.Axes = []reports.Bilingual{{ZH: "面积与人员", EN: "Area and staff"}}
	for _, l := range p.Lists {
		if l.Kind != "withdrawal" {
			axes[l.ID] = len(out.Axes)
			out.Axes = append(out.Axes, name(l.Name))
		}
	}
	sites := map[string]int32{}
	for i := range s.Data.Sites {
		sites[s.Data.Sites[i].ID] = int32(i)
	}
	tally := func(t standard.Tally) reports.Tally {
		return reports.Tally{Pass: t.Pass, Below: t.Below, Unknown: t.Unknown}
	}
	for _, x := range a.Sites {
		r := x.Result
		card := reports.SiteCard{Site: sites[x.ID], Grade: -1, Must: tally(r.Must), Should: tally(r.Should), Withdrawn: len(r.Withdrawn) > 0,
			Axes: make([]reports.Tally, len(out.Axes))}
		if r.Grade != nil {
			card.Grade = grade[r.Grade.ID]
		}
		for _, f := range r.Items {
			axis, ok := axes[f.List]
			if !ok {
				continue
			}
			count(&card.Axes[axis], f.Result)
			if f.Mark == "must" && f.Result != standard.Pass {
				card.Lacks = append(card.Lacks, reports.Lack{No: f.No, Name: name(f.Name), Clause: f.Clause, Unknown: f.Result != standard.Below, Got: f.Got, Want: f.Want})
			}
		}
		if n := r.Next; n != nil {
			card.Next = &reports.NextGrade{Grade: grade[n.Grade.ID], Missing: len(n.Missing), Unknown: len(n.Unknown), More: n.More, Priced: n.Cost != nil}
			if n.Cost != nil {
				card.Next.Cost = siting.Yuan(*n.Cost)
			}
		}
		out.Cards = append(out.Cards, card)
	}
	return out
}

func count(t *reports.Tally, v standard.Verdict) {
	switch v {
	case standard.Pass:
		t.Pass++
	case standard.Below:
		t.Below++
	default:
		t.Unknown++
	}
}

// wantsFrontier reports whether the report shows coverage against money: when asked for, or when the study is small.
func (s *Session) wantsFrontier(o ReportOptions) bool {
	switch {
	case s.Plan == nil:
		return false
	case o.Frontier || s.Study.Report.Frontier == "always":
		return true
	}
	return s.Study.Report.Frontier == "auto" && s.Demand.Len() <= frontierDemand
}

// measureFrontier works out what each tier could cover with parts of all the money.
func (s *Session) measureFrontier(ctx context.Context, m *reports.Measures) error {
	found, err := s.Candidates(ctx)
	if err != nil {
		return err
	}
	s.stage("计算投入与覆盖曲线", "computing the frontier")
	until, done := s.until()
	defer done()
	var total int64
	for _, b := range s.Study.Budgets {
		total += int64(b.Money)
	}
	m.Frontier = make([][]siting.FrontierPoint, len(s.tiers))
	if total < frontierSteps {
		return nil
	}
	var limits []int64
	for k := int64(1); k <= frontierSteps; k++ {
		limits = append(limits, total*k/frontierSteps)
	}
	for t := range s.tiers {
		p := siting.OneProblem{Tier: t, Model: siting.MCLP, Unit: siting.ByMoney, Limit: total, World: s.World(), Rules: s.Rules(), Found: found, Until: until, Solve: s.sitingOptions().Solve}
		if p.Solve.Iterations == 0 || p.Solve.Iterations > frontierRounds {
			p.Solve.Iterations = frontierRounds
		}
		p.Solve.Progress = nil
		if len(found.Serving[t]) == 0 {
			continue
		}
		m.Frontier[t], err = siting.Frontier(ctx, p, limits)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("frontier of tier %s: %w", s.tiers[t].ID, err)
		}
	}
	return nil
}

// theme is how the study wants its report to look. The error names a logo that cannot be read.
func (s *Session) theme() (reports.Theme, error) {
	r := s.Study.Report
	t := reports.Theme{Title: r.Title, Subtitle: r.Subtitle, Accent: r.Accent, Hue: r.Hue, Sections: r.Sections, Texts: r.Texts}
	if r.Logo != "" {
		picture, err := os.ReadFile(filepath.Join(s.Study.Dir, filepath.FromSlash(r.Logo)))
		if err != nil {
			return t, err
		}
		if len(picture) > maxLogo {
			return t, &data.InputError{File: r.Logo, What: data.T("图片超过 1 MB", "is larger than 1 MB"), Hint: data.T("缩小后再用", "make it smaller"), Err: errLogo}
		}
		t.Logo, t.LogoType = picture, data.LogoTypes[strings.ToLower(filepath.Ext(r.Logo))]
	}
	switch b := r.Base; {
	case b == nil:
	case b.Provider == data.BaseTianditu:
		t.Base = &reports.BaseMap{Name: "天地图", Max: b.Max, URLs: []string{tianditu("vec", b.Key), tianditu("cva", b.Key)}}
	default:
		t.Base = &reports.BaseMap{Name: b.URLs[0], URLs: b.URLs, GCJ02: b.CRS == "gcj02", Max: b.Max}
	}
	return t, nil
}

const maxLogo = 1 << 20

var errLogo = errors.New("run: the logo is too large")

// tianditu is the address of a layer's tiles in Web Mercator. Its coordinates are CGCS2000, which is WGS84 to a decimetre.
func tianditu(layer, key string) string {
	return "https://t0.tianditu.gov.cn/" + layer + "_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=" + layer +
		"&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=" + key
}

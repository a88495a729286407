package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/spf13/cobra"
	h3 "github.com/uber/h3-go/v4"

	"sitecover/cmd/internal/run"
	"sitecover/geo"
)

// where says which place `explain` is asked about: exactly one of them.
type where struct{ at, cell, site, region, layer string }

func (a *app) explainCmd() *cobra.Command {
	var w where
	cmd := &cobra.Command{
		Use:   "explain [study.yaml]",
		Short: a.t("解释一个地方为什么被覆盖或没有被覆盖", "say why a place is covered or not"),
		Long: a.t("说明每级设施为什么覆盖或没有覆盖这个地方：最近的设施、沿哪条路、差多少、圆形算法会怎么说，以及哪个候选点能解决、要多少钱。",
			"Says for every tier why the place is covered or not: the nearest site, along which path, by how much it misses, what a circle would claim, and which candidate would fix it at what cost."),
		Example: "  sitecover explain study.yaml --at 118.89,33.26\n  sitecover explain study.yaml --cell 8930866c123ffff --layer path.geojson\n  sitecover explain study.yaml --site ZD00033 --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := w.check(cmd); err != nil {
				return err
			}
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if w.region != "" {
				return a.region(cmd, s, w.region)
			}
			at, err := w.point(s)
			if err != nil {
				return err
			}
			report, err := s.ExplainPlace(cmd.Context(), at)
			if err != nil {
				return err
			}
			if w.layer != "" {
				if err := a.writeLayer(w.layer, report.PathLayer()); err != nil {
					return err
				}
			}
			if a.json {
				return a.emit(report)
			}
			a.printPlace(s, report)
			return nil
		},
	}
	cmd.Flags().StringVar(&w.at, "at", "", a.t("经度,纬度（WGS84）", "lon,lat (WGS84)"))
	cmd.Flags().StringVar(&w.cell, "cell", "", a.t("H3 网格编号", "H3 cell"))
	cmd.Flags().StringVar(&w.site, "site", "", a.t("设施编号：解释它所在的位置", "id of a site: explains the place where it stands"))
	cmd.Flags().StringVar(&w.region, "region", "", a.t("区域编号：解释整个区域", "id of a region: explains the whole region"))
	cmd.Flags().StringVar(&w.layer, "layer", "", a.t("把路径写成这个 GeoJSON 文件", "write the paths to this GeoJSON file"))
	return cmd
}

func (w *where) check(cmd *cobra.Command) error {
	n := 0
	if w.region != "" && w.layer != "" {
		return usage("--layer 不能与 --region 同用", "--layer excludes --region")
	}
	for _, name := range []string{"at", "cell", "site", "region"} {
		if cmd.Flags().Changed(name) {
			n++
		}
	}
	if n != 1 {
		return usage("--at、--cell、--site、--region 要给一个且只给一个，现有 %d 个", "give exactly one of --at, --cell, --site and --region, got %d", n)
	}
	return nil
}

// point is the place that the flags name.
func (w *where) point(s *run.Session) (orb.Point, error) {
	switch {
	case w.at != "":
		return parsePoint("--at", w.at)
	case w.cell != "":
		cell := h3.Cell(h3.IndexFromString(w.cell))
		i, ok := s.Grid.Index(cell)
		if !ok {
			return orb.Point{}, usage("--cell %q 不是研究区内 %d 级的 H3 网格", "--cell %q is no H3 cell of the study area at resolution %d", w.cell, s.Grid.Resolution)
		}
		return s.Grid.Centre(i), nil
	}
	for _, site := range s.Data.Sites {
		if site.ID == w.site {
			return site.Point, nil
		}
	}
	return orb.Point{}, usage("--site %q 不在台账里", "--site %q is not in the ledger", w.site)
}

// parsePoint reads "lon,lat".
func parsePoint(flag, text string) (orb.Point, error) {
	a, b, ok := strings.Cut(strings.ReplaceAll(text, "，", ","), ",")
	lon, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lat, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if !ok || err1 != nil || err2 != nil || !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
		return orb.Point{}, usage("%s %q 不是 经度,纬度，例如 118.89,33.26", "%s %q is not lon,lat, for example 118.89,33.26", flag, text)
	}
	return orb.Point{lon, lat}, nil
}

func (a *app) printPlace(s *run.Session, r *run.PlaceReport) {
	var names []string
	for _, p := range r.Path {
		names = append(names, p.Name)
	}
	a.printf("%s，网格 %s，%s，网格内 %s 人", "%s, cell %s, %s, %s people in the cell", lonlat(r.Lon, r.Lat), r.Cell, strings.Join(names, " · "), people(r.People))
	for i, t := range r.Tiers {
		a.printf("%s（%s）：%s", "%s (%s): %s", s.Tiers()[i].Name, t.Limit, a.why(t))
		if t.Fix != nil {
			a.printf("  可解决：候选点 %s %s，%s，约 %s 万元", "  fix: candidate %s %s, %s, about %s 万元", t.Fix.Candidate, t.Fix.Host, quantity(t.Limit, t.Fix.Distance), wan(t.Fix.YuanCost))
		}
	}
}

// why is one sentence about one tier.
func (a *app) why(t run.TierWhy) string {
	cost := "-"
	if t.Cost != nil {
		cost = quantity(t.Limit, *t.Cost)
	}
	circle := ""
	if t.Circle && t.Reason != "covered" {
		circle = a.t("；按圆形会误算为覆盖", "; a circle would claim it")
	}
	switch t.Reason {
	case "covered":
		return a.t("已覆盖，%s 在 %s，半径内共 %d 处", "covered by %s at %s; %d sites within reach", t.Site, cost, t.Within)
	case "no_site":
		return a.t("未覆盖：这一级没有开放的设施", "not covered: the tier has no open site") + circle
	case "no_road":
		return a.t("未连通：离任何可用道路太远", "unconnected: too far from any usable road") + circle
	case "too_far":
		return a.t("未覆盖：最近的 %s 在 %s，超过 %s", "not covered: the nearest, %s, is at %s, beyond %s", t.Site, cost, t.Limit) + circle
	}
	return a.t("未覆盖：沿路到不了任何设施", "not covered: no site can be reached by road") + circle
}

// quantity writes an impedance in the unit of a limit text.
func quantity(limit string, v float64) string {
	if strings.HasSuffix(limit, "min") {
		return fmt.Sprintf("%.1f min", v/60)
	}
	return metres(v)
}

// orNone writes an impedance to a site, or that there is none.
func orNone(limit geo.Limit, v *float64) string {
	if v == nil {
		return "-"
	}
	return quantity(run.LimitText(limit), *v)
}

// region explains a whole region.
func (a *app) region(cmd *cobra.Command, s *run.Session, id string) error {
	i, ok := s.Data.Regions.Index(id)
	if !ok {
		return usage("--region %q 不在研究中", "--region %q is not in the study", id)
	}
	report, err := s.ExplainRegion(cmd.Context(), i)
	if err != nil {
		return err
	}
	if a.json {
		return a.emit(report)
	}
	var names []string
	for _, p := range report.Path {
		names = append(names, p.Name)
	}
	a.printf("%s（%s）", "%s (%s)", strings.Join(names, " · "), id)
	for _, x := range report.Tiers {
		a.printf("%s：%s 人中有效覆盖 %s，其中本区设施覆盖 %s 人；开放 %d 处，达标 %d 处；应有 %d、已有 %d；圆形高估 %s 人，未连通 %s 人",
			"%s: effective coverage %[3]s of %[2]s people, %[4]s of them by own sites; %[5]d open, %[6]d qualifying; %[7]d required, %[8]d owning; over-claim %[9]s, unconnected %[10]s",
			x.Name, people(x.People), percent(x.Effective), people(x.Detail.Own), x.Open, x.Qualifying, x.Required, x.Owning, people(x.OverClaim), people(x.Unconnected))
		if len(x.Served) > 0 {
			a.printf("  服务来自：%s", "  served by: %s", strings.Join(x.Served[:min(8, len(x.Served))], ", "))
		}
		for _, g := range x.Gaps[:min(3, len(x.Gaps))] {
			a.printf("  缺口 %d：%s 人，%s", "  gap %d: %s people, %s", g.Rank, people(g.People), a.fix(g))
		}
	}
	return nil
}

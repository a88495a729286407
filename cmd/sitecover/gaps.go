package main

import (
	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
)

func (a *app) gapsCmd() *cobra.Command {
	var f filter
	cmd := &cobra.Command{
		Use:   "gaps [study.yaml]",
		Short: a.t("列出连片的覆盖缺口，按人口排序", "list connected gap areas, ranked by people"),
		Long: a.t("把服务半径之外的有人网格归并成连片缺口，按人口排序，注明所在区域、最近的地名和最近的设施。",
			"Groups inhabited cells outside every service area into connected gap areas, ranked by people, each with its region, nearest place and nearest site."),
		Example: "  sitecover gaps study.yaml --tier station --top 20\n  sitecover gaps study.yaml --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if err := f.check(s); err != nil {
				return err
			}
			if err := s.FindGaps(cmd.Context()); err != nil {
				return err
			}
			view := run.GapsView(s)
			if a.json {
				return a.emit(view)
			}
			a.printGaps(s, view, f)
			return nil
		},
	}
	cmd.Flags().StringVar(&f.tier, "tier", "", a.t("只看这一级设施（study.yaml 中的 id）", "only this tier (its id in study.yaml)"))
	cmd.Flags().IntVar(&f.top, "top", 10, a.t("每级设施列出前几处，0 为全部", "how many to list per tier, 0 = all"))
	return cmd
}

func (a *app) printGaps(s *run.Session, v run.GapReport, f filter) {
	for _, t := range s.Tiers() {
		if f.tier != "" && t.ID != f.tier {
			continue
		}
		total, n := 0.0, 0
		w := a.table(">#", a.t("编号", "id"), a.t(">人口", ">people"), a.t(">网格", ">cells"), a.t("区域", "region"), a.t("最近地名", "nearest place"),
			a.t("最近设施", "nearest site"), a.t(">距离", ">distance"), a.t("经度,纬度", "lon,lat"))
		for _, g := range v.Gaps {
			if g.Tier != t.ID {
				continue
			}
			total += g.People
			n++
			if f.top > 0 && n > f.top {
				continue
			}
			dist := "-"
			if g.Metres != nil {
				dist = metres(*g.Metres)
			}
			w.AppendRow(row(g.Rank, g.ID, people(g.People), len(g.Cells), g.Region.Name, g.Place, g.NearestSite, dist, lonlat(g.Lon, g.Lat)))
		}
		a.printf("\n%s：缺口 %d 处，共 %s 人", "\n%s: %d gap areas, %s people", t.Name, n, people(total))
		w.Render()
	}
}

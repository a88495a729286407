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
			if f.detail {
				if err := s.AddFixes(cmd.Context(), &view); err != nil {
					return err
				}
			}
			if a.json {
				return a.emit(view)
			}
			a.printGaps(s, view, f)
			return nil
		},
	}
	cmd.Flags().StringVar(&f.tier, "tier", "", a.t("只看这一级设施（study.yaml 中的 id）", "only this tier (its id in study.yaml)"))
	cmd.Flags().BoolVar(&f.detail, "fix", false, a.t("另说明每处缺口怎样补：最省钱的候选点，以及合起来要几处、多少钱", "also what would close each gap: the cheapest candidate, and how many together at what cost"))
	cmd.Flags().IntVar(&f.top, "top", 10, a.t("每级设施列出前几处，0 为全部", "how many to list per tier, 0 = all"))
	return cmd
}

func (a *app) printGaps(s *run.Session, v run.GapReport, f filter) {
	for _, t := range s.Tiers() {
		if f.tier != "" && t.ID != f.tier {
			continue
		}
		total, n := 0.0, 0
		var fixes []string
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
			fixes = append(fixes, a.fix(g))
			w.AppendRow(row(g.Rank, g.ID, people(g.People), len(g.Cells), g.Region.Name, g.Place, g.NearestSite, dist, lonlat(g.Lon, g.Lat)))
		}
		a.printf("\n%s：缺口 %d 处，共 %s 人", "\n%s: %d gap areas, %s people", t.Name, n, people(total))
		w.Render()
		for _, line := range fixes {
			if line != "" {
				a.printf("%s", "%s", line)
			}
		}
	}
}

// fix is one sentence on what would close a gap, "" where that was not asked.
func (a *app) fix(g run.GapView) string {
	zones := ""
	for _, z := range g.Zones {
		zones += a.t("；涉及 %s（%s）", "; touches %s (%s)", z.Name, z.Kind)
	}
	switch {
	case g.Fix == nil && zones == "":
		return ""
	case g.Fix == nil:
		return g.ID + zones
	case g.Fix.Cheapest == nil:
		return a.t("%s：没有候选点够得到", "%s: no candidate reaches it", g.ID) + zones
	}
	c := g.Fix.Cheapest
	return a.t("%s：最省钱 %s %s，%s 万元覆盖 %s 人；合计 %d 处、%s 万元可覆盖 %s 人", "%s: cheapest %s %s, %s 万元 for %s people; together %d sites, %s 万元 for %s people",
		g.ID, c.Candidate, c.Host, wan(c.YuanCost), people(c.People), g.Fix.Sites, wan(g.Fix.Cost), people(g.Fix.Covered)) + zones
}

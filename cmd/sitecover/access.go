package main

import (
	"slices"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
)

func (a *app) accessCmd() *cobra.Command {
	var f filter
	decay := ""
	decays := []string{"flat", "steps", "gaussian", "gravity"}
	cmd := &cobra.Command{
		Use:   "access [study.yaml]",
		Short: a.t("可达性与公平性：人均供给、基尼系数、冷热点", "accessibility and equity: supply per person, Gini, hot and cold spots"),
		Long: a.t(`两步移动搜索法（2SFCA；steps、gaussian 为带衰减的 E2SFCA，gravity 为有竞争的引力模型）：每万人在服务半径内能分到多少供给
（每个开放设施都有面积时按 m²，否则每处计 1）。另给出人与人之间的基尼系数、泰尔指数、帕尔马比，
以及网格的 Getis-Ord Gi* 冷热点。公式与出处见 docs/accessibility.md。`,
			`Two-step floating catchment areas (2SFCA; steps and gaussian are E2SFCA, gravity the gravity model with competition): the supply within the service radius per 10,000 people
(m² where every open site's area is known, otherwise one a site). With Gini, Theil and Palma between people, and
Getis-Ord Gi* hot and cold spots of the grid. Formulas and sources: docs/accessibility.md.`),
		Example: "  sitecover access study.yaml --level town\n  sitecover access study.yaml --decay gaussian --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(decays, decay) {
				return usage("--decay 只能是 flat、steps、gaussian 或 gravity，不能是 %q", "--decay must be flat, steps, gaussian or gravity, not %q", decay)
			}
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if err := f.check(s); err != nil {
				return err
			}
			report, err := s.Access(cmd.Context(), decay)
			if err != nil {
				return err
			}
			if a.json {
				return a.emit(report)
			}
			a.printAccess(report, f, topLevel(s, f))
			return nil
		},
	}
	f.flags(a, cmd)
	cmd.Flags().StringVar(&decay, "decay", "flat", a.t("距离衰减：flat、steps、gaussian、gravity", "distance decay: flat, steps, gaussian, gravity"))
	return cmd
}

func (a *app) printAccess(r *run.AccessReport, f filter, level string) {
	for _, t := range r.Tiers {
		if f.tier != "" && t.Tier != f.tier {
			continue
		}
		unit := a.t("处", "sites")
		if t.Supply == "m2" {
			unit = "m²"
		}
		a.printf("\n%s（%s，衰减 %s，单位：%s/万人）", "\n%s (%s, decay %s, in %s per 10,000 people)", t.Name, t.Tier, r.Decay, unit)
		w := a.table(a.t("区域", "region"), a.t(">人均可达供给", ">supply within reach"))
		for _, x := range t.Regions {
			if x.Level == level {
				w.AppendRow(row(x.Name, decimal(x.Mean)))
			}
		}
		w.AppendFooter(row(a.t("合计", "total"), decimal(t.Mean)))
		w.Render()
		a.printf("基尼系数 %s，泰尔指数 %s，帕尔马比 %s；热点网格 %d 个，冷点网格 %d 个", "Gini %s, Theil %s, Palma %s; %d hot and %d cold cells",
			decimal(t.Gini), decimal(t.Theil), decimal(t.Palma), t.Hot, t.Cold)
	}
}

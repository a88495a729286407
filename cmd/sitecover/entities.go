package main

import (
	"github.com/spf13/cobra"

	"sitecover/data"
)

func (a *app) entitiesCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "entities [study.yaml]",
		Short: a.t("园区、楼宇、企业、市场等单位是否被覆盖", "whether parks, towers, enterprises and markets are covered"),
		Long: a.t("把园区、楼宇、国企、市场等作为单位（不是土地）逐个核对：每级设施是否覆盖、最近的是哪一处、多远。名单来自 study.yaml 的 entities。",
			"Looks at parks, towers, state-owned enterprises and markets one by one, as units rather than land: covered or not by each tier, by which site, how far. The list comes from entities in study.yaml."),
		Example: "  sitecover entities study.yaml\n  sitecover entities study.yaml --json",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.open(cmd, args)
			if err != nil {
				return err
			}
			if len(s.Data.Entities) == 0 {
				return &failure{text: data.T("%s 里没有 entities；见 docs/study.md", "%s has no entities; see docs/study.md", s.Study.Path)}
			}
			report, err := s.Entities(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				return a.emit(report)
			}
			for i, t := range report.Tiers {
				limit := s.Tiers()[i].Limit
				a.printf("\n%s（%s）", "\n%s (%s)", t.Name, t.Tier)
				w := a.table(a.t("类别", "kind"), a.t(">单位", ">entities"), a.t(">已覆盖", ">covered"), a.t(">比例", ">share"), a.t(">人数", ">headcount"), a.t(">已覆盖人数", ">headcount covered"))
				for _, k := range t.Kinds {
					w.AppendRow(row(k.Kind, count(k.Entities), count(k.Covered), percent(k.Effective), people(k.Heads), people(k.Reached)))
				}
				w.Render()
				for _, e := range t.Entities {
					if !e.Covered {
						a.printf("未覆盖：%s %s（%s）最近 %s %s", "not covered: %s %s (%s), nearest %s %s", e.ID, e.Name, e.Region.Name, e.Site, orNone(limit, e.Cost))
					}
				}
			}
			return nil
		},
	}
}

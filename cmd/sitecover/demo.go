package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
	"sitecover/data/model"
)

func (a *app) demoCmd() *cobra.Command {
	opts := model.Options{}
	var force bool
	cmd := &cobra.Command{
		Use:   "demo [folder]",
		Short: a.t("生成示范县（合成数据）并跑完整个研究", "make the model county (synthetic) and run the whole study"),
		Long: a.t("按种子生成一个合成的示范县，写成普通的输入文件（边界、人口、道路、台账、地点、禁建区、study.yaml），再像对待任何研究一样从这些文件读入并写出报告。示范县不代表任何真实地方。",
			"Makes a synthetic model county from a seed, writes it as ordinary input files (boundaries, people, roads, ledger, places, exclusions, study.yaml), then reads them like anyone's and writes the report. It is not a real place."),
		Example: "  sitecover demo\n  sitecover demo 大县 --people 6000000 --seed 7",
		Args:    a.oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "demo"
			if len(args) > 0 {
				dir = args[0]
			}
			if err := a.readSearch(); err != nil {
				return err
			}
			if err := opts.Validate(); err != nil {
				return usage("%v", "%v", err)
			}
			study := filepath.Join(dir, "study.yaml")
			if exists(study) && !force {
				return &failure{text: data.T("%s 已存在；要重新生成请加 --force", "%s exists; add --force to make it again", study)}
			}
			if p := a.progress(); p != nil {
				p(data.Text{ZH: "生成示范县（合成数据）", EN: "making the model county (synthetic)"}, 0, 0)
			}
			if err := model.Generate(cmd.Context(), dir, opts); err != nil {
				return err
			}
			s, err := run.Open(cmd.Context(), study, run.Options{Workers: a.workers, Progress: a.progress(), Search: a.search, Stop: a.stop})
			if err != nil {
				return err
			}
			return a.writeReport(cmd, s, filepath.Join(dir, "report"), run.ReportOptions{Brief: true})
		},
	}
	cmd.Flags().Uint64Var(&opts.Seed, "seed", 1, a.t("随机种子：同一种子得到同样的县", "seed: the same seed makes the same county"))
	cmd.Flags().IntVar(&opts.People, "people", 600_000, a.t("人口，可到数千万", "people, up to tens of millions"))
	a.searchFlags(cmd)
	cmd.Flags().BoolVar(&force, "force", false, a.t("覆盖已有的示范县", "overwrite an existing model county"))
	return cmd
}
